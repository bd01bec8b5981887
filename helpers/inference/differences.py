"""Which differences between outlets hold beyond the articles at hand: names, sources, roles and tone, with intervals.

Each function counts by article and leaves intervals, tests and refusals to `inference.estimate_ratios`: one row is an
outlet x what is counted, with value, low, high, difference (from all other outlets together), p, k (story clusters)
and note (why an interval or a test is missing).
"""

from typing import TYPE_CHECKING

import pandas as pd

from helpers.attribution import select_sources
from helpers.inference.draws import LEVEL
from helpers.inference.ratios import estimate_ratios
from helpers.naming import select_mentions
from helpers.reading import select_rows

if TYPE_CHECKING:
    from helpers.reading import Reading


def compare_names(read: "Reading", *, actor: str, voice: str | None = None, **options: int) -> pd.DataFrame:
    """Return which share of an outlet's mentions of an actor each name has: P(name | actor, outlet, voice).

    One row is outlet x variant, those no outlet uses left out: a value of 0 is a name that others use. Columns as the
    module says, and n (times used), total (the outlet's mentions of the actor), connotation (the alias's note in
    actors.csv).
    """
    mentions = select_mentions(read, actor=actor, voice=voice, columns=["article_id", "outlet", "variant"])
    compared = _compare(read, mentions, "variant", options)
    aliases = read.corpus.actors
    notes = aliases[aliases["actor"].eq(actor)].drop_duplicates("alias").set_index("alias")["note"]
    return compared.assign(connotation=compared["variant"].map(notes).fillna(""))


def compare_sources(read: "Reading", *, by: str = "source_type", **options: int) -> pd.DataFrame:
    """Return which share of the sources that an outlet cites is of each type (or name, stance, ...)."""
    return _compare(read, select_sources(read, ["article_id", "outlet", by]), by, options)


def compare_roles(read: "Reading", *, actor: str, **options: int) -> pd.DataFrame:
    """Return which share of an actor's acts in an outlet it does, undergoes, or only owns or qualifies."""
    return _compare(read, select_rows(read, "acts", ["article_id", "outlet", "role"], actor=actor), "role", options)


def compare_tone(
    scores: pd.DataFrame, read: "Reading", *, column: str = "masked_compound", **options: int
) -> pd.DataFrame:
    """Return the mean of the articles' mean tones by outlet; `scores` is of one actor, `column` the score."""
    means = scores.groupby("article_id")[column].mean().rename("n").reset_index().assign(score=column)
    below = means[["article_id"]].assign(n=1)
    compared = estimate_ratios(means, below, read.articles, keys=["score"], share=False, **options)
    sizes = scores.groupby("outlet").agg(n=("article_id", "size"), total=("article_id", "nunique"))
    return compared.merge(sizes, left_on="outlet", right_index=True)


def _compare(read: "Reading", rows: pd.DataFrame, key: str, options: dict[str, int]) -> pd.DataFrame:
    above = rows.groupby(["article_id", key]).size().rename("n").reset_index()
    below = rows.groupby("article_id").size().rename("n").reset_index()
    compared = estimate_ratios(above, below, read.articles, keys=[key], **options)
    n = rows.groupby(["outlet", key]).size().rename("n").reset_index()
    compared = compared.merge(n, on=["outlet", key], how="left")
    compared["n"] = compared["n"].fillna(0).astype("int64")
    return compared.assign(total=compared["outlet"].map(rows.groupby("outlet").size()).astype("int64"))


def list_different(compared: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return the rows of a comparison whose difference holds at `level`, the largest difference of an outlet first."""
    different = compared[compared["p"].le(level)]
    size = different["difference"].abs().round(12)
    keys = [name for name in compared.columns if name not in ("value", "low", "high", "difference", "p", "k", "note")]
    order = different.assign(size=size).sort_values(["outlet", "size", *keys[1:2]], ascending=[True, False, True])
    return order.drop(columns="size").reset_index(drop=True)
