"""Who acts and who is acted upon: the table of acts in, counts out."""

import pandas as pd

from helpers.reading import Reading, select_rows


def count_roles(read: Reading, *, actor: str | None = None, voice: str | None = None) -> pd.DataFrame:
    """Return how often each actor (or only `actor`, or only in `voice`) acts and is acted upon, by outlet.

    One row is actor x outlet x role. Columns: actor, outlet, voice (`all` or the one asked for), role (agent, patient,
    possessor, modifier), n, n_articles, total (all acts of the actor in the outlet), share = n / total, 0 to 1.
    """
    asked = {name: value for name, value in (("actor", actor), ("voice", voice)) if value is not None}
    acts = select_rows(read, "acts", ["actor", "outlet", "role", "article_id"], **asked)
    grouped = acts.groupby(["actor", "outlet", "role"], as_index=False)
    counts = grouped.agg(n=("article_id", "size"), n_articles=("article_id", "nunique"))
    total = counts.groupby(["actor", "outlet"])["n"].transform("sum")
    counts = counts.assign(voice=voice or "all", total=total, share=counts["n"] / total)
    return counts[["actor", "outlet", "voice", "role", "n", "n_articles", "total", "share"]]


def count_verbs(read: Reading, *, actor: str) -> pd.DataFrame:
    """Return the verbs, and the nouns that name an act, of which an actor is the agent, patient, owner or modifier.

    One row is outlet x role x verb (lemma), the most frequent first within an outlet. Columns: actor, outlet, role,
    verb, nominal (it is a noun), n, n_negated (of them negated).
    """
    acts = select_rows(read, "acts", ["actor", "outlet", "role", "verb", "nominal", "negated"], actor=actor)
    acts = acts[acts["nominal"] | acts["role"].isin(["agent", "patient"])]
    grouped = acts.groupby(["actor", "outlet", "role", "verb", "nominal"], as_index=False)
    counts = grouped.agg(n=("negated", "size"), n_negated=("negated", "sum"))
    keys = ["outlet", "n", "role", "verb"]
    return counts.sort_values(keys, ascending=[True, False, True, True], ignore_index=True)


def share_agents(read: Reading, *, least: int = 5) -> pd.DataFrame:
    """Return how often each actor is the one acting, of the times that it acts or is acted upon.

    One row is actor x outlet with at least `least` such acts: actor, outlet, n (agent and patient together) and
    share (agent / n, 0 to 1).
    """
    acts = select_rows(read, "acts", ["actor", "outlet", "role"], role=["agent", "patient"])
    grouped = acts.assign(agent=acts["role"].eq("agent")).groupby(["actor", "outlet"], as_index=False)
    shares = grouped.agg(n=("agent", "size"), share=("agent", "mean"))
    return shares[shares["n"] >= least].reset_index(drop=True)


def list_agentless(read: Reading) -> pd.DataFrame:
    """Return the passive clauses with an actor as the patient that do not say who did it.

    One row is one such act: article_id, outlet, sentence_no, actor, voice, before, match (from the actor to the
    verb), after (the rest of the sentence).
    """
    keys = ["article_id", "sentence_no"]
    spans = ["mention_start", "mention_end", "verb_start", "verb_end"]
    acts = select_rows(read, "acts", [*keys, "outlet", "actor", "voice", *spans], voice_of_verb="agentless")
    sentences = select_rows(read, "sentences", [*keys, "start", "end", "text"], among=acts[keys].drop_duplicates())
    rows = acts.merge(sentences, on=keys)
    first = rows[["mention_start", "verb_start"]].min(axis=1) - rows["start"]
    last = rows[["mention_end", "verb_end"]].max(axis=1) - rows["start"]
    parts = [(t[:a], t[a:b], t[b:]) for t, a, b in zip(rows["text"], first, last, strict=True)]
    split = pd.DataFrame(parts, columns=["before", "match", "after"], dtype="str")
    return rows[["article_id", "outlet", "sentence_no", "actor", "voice"]].join(split)
