"""Who acts and who is acted upon: the table of acts in, counts out; and who is named as the doer of a harm."""

from collections.abc import Sequence

import pandas as pd

from helpers import inference
from helpers.naming import count_rows, read_headlines
from helpers.reading import Reading, select_rows
from helpers.reading.schemas import ACTS, ALL_VOICES, ATTACHED, FEW, NAMED_BY, UNDERGOES

ROLES = (ACTS, UNDERGOES, ATTACHED)  # in the order shown
UNNAMED = NAMED_BY[-2:]  # a weapon or an attack alone, or nobody
SAID = dict(zip(NAMED_BY, ("as the subject", "after “by”", "as owner of the attack", "elsewhere in the sentence",
                           "weapon or attack only", "nobody"), strict=True))  # fmt: skip


def count_roles(read: Reading, *, actor: str | None = None, voice: str | None = None) -> pd.DataFrame:
    """Return how often each actor (or only `actor`, or only in `voice`) acts and is acted upon, by outlet.

    What is denied is left out, here and in the other counts of roles.

    One row is actor x outlet x role. Columns: actor, outlet, voice (`all` or the one asked for), role (`does`, the
    field's agent; `undergoes`, its patient; `name attached`, to a noun or to the participle of a compound), n,
    n_articles, total (n of the three roles of the actor in the outlet), share = n / total, 0 to 1.
    """
    keys = ["actor", "outlet", "role"]
    acts = select_rows(read, "acts", [*keys, "article_id"], actor=actor, voice=voice, negated=False)
    counts = count_rows(acts, keys)
    total = counts.groupby(["actor", "outlet"])["n"].transform("sum")
    counts = counts.assign(voice=voice or ALL_VOICES, total=total, share=counts["n"] / total)
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


def share_agents(read: Reading) -> pd.DataFrame:
    """Return how often each actor is the one acting, of the times that it acts or is acted upon.

    One row is actor x outlet with at least 5 such acts: actor, outlet, n (times that it acts or is acted upon)
    and share (times that it acts / n, 0 to 1).
    """
    acts = select_rows(read, "acts", ["actor", "outlet", "role"], role=[ACTS, UNDERGOES], negated=False)
    grouped = acts.assign(does=acts["role"].eq(ACTS)).groupby(["actor", "outlet"], as_index=False)
    shares = grouped.agg(n=("does", "size"), share=("does", "mean"))
    return shares[shares["n"].ge(FEW)].reset_index(drop=True)


def find_harm(read: Reading) -> pd.DataFrame:
    """Return every harm that happened, in headlines and articles: the table `harms` without what is negated or feared.

    One row is a word of harm, by article, its headline first: the columns of `harms` (of a headline, start and end are
    counted in it, and sentence_no is -1) and part (`headline` or `body`).
    """
    parts = [read.harms.assign(part="body")]
    if read.articles["headline"].str.strip().ne("").any():
        parts.append(read_headlines(read).harms.assign(part="headline", sentence_no=-1))
    found = pd.concat(parts).query("not negated and not hypothetical")
    return found.sort_values(["article_id", "sentence_no", "start"], ignore_index=True)


def share_unnamed(harms: pd.DataFrame, read: Reading, *, by: Sequence[str] = (), **options: int) -> pd.DataFrame:
    """Return in which share of the harms no doer is named: a means or an attack alone, or nobody.

    `harms` is a table of `find_harm`. One row is outlet x value of one of the columns `by` (part, voice, harm,
    victim_kind, victim_actor ...), all tested as one family: the columns of `inference.estimate_ratios`, with of
    (`all`, or column and value: `voice: quote`), n (no doer named) and total (harms, never 0). `options` are replicates
    and seed.
    """
    parts = [harms[harms[name].ne("")].assign(of=f"{name}: " + harms[name]) for name in by]
    asked = pd.concat(parts or [harms.assign(of="all")])
    return inference.compare_shares(read, asked, "of", hits=asked["named"].isin(UNNAMED), **options)
