"""Who acts and who is acted upon: the table of acts in, counts out."""

import pandas as pd

from helpers.reading import Reading, select_rows
from helpers.reading.schemas import ACTS, ATTACHED, UNDERGOES

ROLES = (ACTS, UNDERGOES, ATTACHED)  # in the order shown


def count_roles(read: Reading, *, actor: str | None = None, voice: str | None = None) -> pd.DataFrame:
    """Return how often each actor (or only `actor`, or only in `voice`) acts and is acted upon, by outlet.

    One row is actor x outlet x role. Columns: actor, outlet, voice (`all` or the one asked for), role (`does`, the
    field's agent; `undergoes`, its patient; `name attached`, to a noun or to the participle of a compound), n,
    n_articles, total (n of the three roles of the actor in the outlet), share = n / total, 0 to 1.
    """
    asked = {name: value for name, value in (("actor", actor), ("voice", voice)) if value is not None}
    acts = select_rows(read, "acts", ["actor", "outlet", "role", "article_id"], **asked)
    grouped = acts.groupby(["actor", "outlet", "role"], as_index=False)
    counts = grouped.agg(n=("article_id", "size"), n_articles=("article_id", "nunique"))
    total = counts.groupby(["actor", "outlet"])["n"].transform("sum")
    counts = counts.assign(voice=voice or "all", total=total, share=counts["n"] / total)
    return counts[["actor", "outlet", "voice", "role", "n", "n_articles", "total", "share"]]


def count_verbs(read: Reading, *, actor: str) -> pd.DataFrame:
    """Return what an actor does and what is done to it: the verbs, and the nouns that name an act.

    One row is outlet x role (`does`, `undergoes`) x verb, the most frequent first within an outlet. Columns:
    actor, outlet, role, verb (lemma with its particle: `seize`, `drive out`), nominal (it is a noun), n, n_articles,
    n_negated (of them negated).
    """
    keys = ["actor", "outlet", "role", "verb", "nominal"]
    acts = select_rows(read, "acts", [*keys, "negated", "article_id"], actor=actor, role=[ACTS, UNDERGOES])
    grouped = acts.groupby(keys, as_index=False)
    counts = grouped.agg(n=("negated", "size"), n_articles=("article_id", "nunique"), n_negated=("negated", "sum"))
    order = ["outlet", "n", "n_articles", "role", "verb"]
    return counts.sort_values(order, ascending=[True, False, False, True, True], ignore_index=True)


def share_agents(read: Reading, *, least: int = 5) -> pd.DataFrame:
    """Return how often each actor is the one acting, of the times that it acts or is acted upon.

    One row is actor x outlet with at least `least` such acts: actor, outlet, n (times that it acts or is acted upon)
    and share (times that it acts / n, 0 to 1).
    """
    acts = select_rows(read, "acts", ["actor", "outlet", "role"], role=[ACTS, UNDERGOES])
    grouped = acts.assign(does=acts["role"].eq(ACTS)).groupby(["actor", "outlet"], as_index=False)
    shares = grouped.agg(n=("does", "size"), share=("does", "mean"))
    return shares[shares["n"] >= least].reset_index(drop=True)


def count_passives(read: Reading) -> pd.DataFrame:
    """Return how often passives in which an actor is acted upon say who acts ("by ..."), and how often they do not.

    One row is actor x outlet x voice_of_verb (`passive`: the doer is named; `agentless`: it is not). Columns: actor,
    outlet, role (`undergoes`), voice_of_verb, n.
    """
    keys = ["actor", "outlet", "role", "voice_of_verb"]
    acts = select_rows(read, "acts", keys, role=UNDERGOES, voice_of_verb=["passive", "agentless"])
    return acts.groupby(keys, as_index=False).size().rename(columns={"size": "n"})
