"""Shares, rates and means by outlet with their intervals, and how each outlet differs from the others.

The unit is the story: an event, or the articles that share a text. With fewer than 5 stories nothing is claimed of an
outlet; from 5 on, differences are tested (`permutation`: one table is one family); from 20 on there are 95% intervals.

Intervals: Jeffreys' for shares and rates, by effective sample size (Brown, Cai & DasGupta 2001; Korn & Graubard 1998),
with the linearised standard error of a ratio of sums (Cochran 1977, Sampling Techniques, ch. 6); Student's t for means.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from helpers import permutation
from helpers.reading import Reading, check_name, select_mentions, select_rows, select_sources
from helpers.reading.schemas import ALL_VOICES

ALL = "all others"  # in place of another outlet's name


def compare_names(read: Reading, *, actor: str, voice: str | None = None, **options: int) -> pd.DataFrame:
    """Return which share of an outlet's mentions of an actor each name has: P(name | actor, outlet, voice).

    Adjectives are left out. One row is outlet x variant; a value of 0 is a name that only other outlets use. Columns:
    those of `estimate_ratios`, with n (times used) and total (the outlet's mentions of the actor), then actor and
    voice (`all`, or the one asked for), so that `evidence.show_lines` finds what was counted. `options` are replicates
    and seed.
    """
    mentions = select_mentions(read, actor=actor, voice=voice, columns=["article_id", "variant", "kind"])
    compared = compare_shares(read, mentions[mentions["kind"].ne("adjective")], "variant", **options)
    return compared.assign(actor=actor, voice=voice or ALL_VOICES)


def compare_sources(read: Reading, *, by: str = "source_type", **options: int) -> pd.DataFrame:
    """Return which share of the sources that an outlet cites is of each type (or name, stance, ...)."""
    return compare_shares(read, select_sources(read, ["article_id", by]), by, **options)


def share_voice(read: Reading, **options: int) -> pd.DataFrame:
    """Return each actor's share of an outlet's mentions of all actors (share of voice), the unresolved left out."""
    return compare_shares(read, select_mentions(read, columns=["article_id", "actor"]), "actor", **options)


def compare_roles(read: Reading, *, actor: str, **options: int) -> pd.DataFrame:
    """Return in which share of an actor's acts in an outlet it does, undergoes, or only has its name attached."""
    check_name(actor, {*read.corpus.actors["actor"]}, "actor", "actors.csv")
    acts = select_rows(read, "acts", ["article_id", "role"], actor=actor, negated=False)
    return compare_shares(read, acts, "role", **options).assign(actor=actor)


def compare_certainty(statements: pd.DataFrame, read: Reading, **options: int) -> pd.DataFrame:
    """Return which share of an outlet's statements about each actor is told as fact, attributed or hedged.

    `statements` are rows of `attribution.find_statements`. One row is outlet x actor x certainty, all tested as one
    family: the columns of `estimate_ratios`, with n (statements so told) and total (all about the actor, never 0).
    """
    asked = statements.assign(of=statements["actor"])
    return compare_shares(read, asked, "of", "actor", "certainty", **options).drop(columns="of")


class Verdict(NamedTuple):
    """How outlets compare in tone toward an actor, and why none may be said to differ; `doubt` is "" where one may."""

    table: pd.DataFrame
    doubt: str


def compare_tone(
    scores: pd.DataFrame, read: Reading, *, column: str = "masked_compound", **options: int
) -> pd.DataFrame:
    """Return the mean of the articles' mean tones by outlet; `scores` is of one actor, `column` the score.

    As `estimate_ratios`, but n counts sentences and total articles.
    """
    means = scores.groupby("article_id")[column].mean().rename("n").reset_index().assign(score=column)
    compared = estimate_ratios(means, means.assign(n=1), read.articles, keys=["score"], what="mean", **options)
    own = scores.groupby("outlet")["article_id"]
    return compared.assign(n=compared["outlet"].map(own.size()), total=compared["outlet"].map(own.nunique()))


def compare_shares(
    read: Reading, rows: pd.DataFrame, *keys: str, hits: pd.Series | None = None, **options: int
) -> pd.DataFrame:
    """Return which share of an outlet's rows has each value of the columns `keys`, as in `estimate_ratios`.

    Where `of` is one of the keys, a share is one of the rows with the same value there; an outlet that has none has no
    row. With `hits`, True or False for each row, the share is of those that are True; it may be 0 in every outlet.
    """
    above = rows.assign(n=1 if hits is None else hits.astype("int64"))
    shares = estimate_ratios(above, rows.assign(n=1), read.articles, keys=keys, **options)
    return shares[shares["total"].gt(0)].reset_index(drop=True)


def compare_tellings(told: pd.DataFrame, read: Reading, **options: int) -> pd.DataFrame:
    """Return how often an outlet's sentence tells what its partner in another outlet does not, tested by story.

    `told` comes from `stories.list_tellings`. One row is outlet x other_outlet (or ALL) x kind: value = n / total, of
    the facts that both report the share in which the outlet alone tells something of the kind; difference from the
    other's share, and the other columns of `estimate_ratios`: shuffled are the two outlets' parts of each story, which
    is a sign-flip test, and all rows are one family; k: stories of the two outlets.
    """
    table = pd.concat([told, told.assign(other_outlet=ALL), told.assign(outlet=ALL)], ignore_index=True)
    pairs = zip(table["outlet"], table["other_outlet"], strict=True)
    table["of"] = pd.Series([" | ".join(sorted(two)) for two in pairs], dtype=object)  # there may be none
    copies = table[["article_id", "outlet", "of"]].drop_duplicates(["article_id", "of"])
    copies = copies.merge(read.articles.drop(columns="outlet"), on="article_id")
    copies["story_id"] += " " + copies["of"]
    for one in (table, copies):  # an article takes part once for each other outlet
        one["article_id"] += " " + one["of"]
    above = table.melt(["article_id", "of"], told.columns[3:].tolist(), "kind", "n")
    tested = estimate_ratios(above, table.assign(n=1), copies, keys=["of", "kind"], **options)
    tested = table[["outlet", "other_outlet", "of"]].drop_duplicates().merge(tested[tested["outlet"].ne(ALL)])
    return tested.assign(k=tested.pop("of").map(copies.groupby("of")["story_id"].nunique()))


def estimate_ratios(
    above: pd.DataFrame, below: pd.DataFrame, articles: pd.DataFrame, *, keys: Sequence[str], what: str = "share",
    replicates: int = permutation.REPLICATES, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return ratios of sums by outlet, with intervals, and the test of each against all other outlets.

    `above` has article_id, the `keys` (what is counted: a name, a kind of source, a role) and n, `below` article_id and
    n (what it is a share of: mentions, sources, acts; words for a rate; 1 for a mean of articles); of rows that agree
    in the rest, n is summed. Where rows are shares of several things, both have a column `of`, which is then one of the
    keys. `articles`: article_id, outlet, story_id (else cluster_id), published, text. `what` the ratio is: "share" (0
    to 1), "rate" (0 to 1, of which a story has many cases, as of words) or "mean" (any number).

    One row is outlet x keys: outlet, the keys, value = sum of n above / sum of n below; low, high (95%, from 20
    stories of the outlet on); difference (from the other outlets together), difference_low, difference_high (95%,
    from 20 stories on either side), p (of the whole table, from 5 stories on either side and for what 5 stories hold),
    smallest (the smallest difference that this test would find in four of five cases like this one; empty where it
    would find none; of rates smallest_times: how many times as high one had to be), k (stories of the outlet that
    count below), note (why anything is missing), n and total (the two sums of the value). An outlet of 5 stories or
    more is compared with the outlets that have as many; one of fewer is described beside all others.
    """
    keys = list(keys)
    columns = ["outlet", *keys, "value", "low", "high", "difference", "difference_low", "difference_high", "p",
               "smallest_times" if what == "rate" else "smallest", "k", "note", "n", "total"]  # fmt: skip
    articles = articles.assign(story_id=articles["story_id" if "story_id" in articles else "cluster_id"])
    below = below[(below["n"] > 0) & below["article_id"].isin(articles["article_id"])]
    above = above[above["article_id"].isin(below["article_id"])]
    if above.empty:
        return pd.DataFrame(columns=columns)
    counted = above.groupby(keys, dropna=False)
    cells, cell_no = counted.size().reset_index()[keys], counted.ngroup()
    totals = below.assign(of=below.get("of", "")).pivot_table("n", "article_id", "of", aggfunc="sum", fill_value=0)
    kind = totals.columns.get_indexer(cells["of"]) if "of" in keys else np.zeros(len(cells), int)
    row_no = totals.index.get_indexer(above["article_id"])
    values = sparse.csr_matrix((above["n"].to_numpy(float), (row_no, cell_no)), (len(totals), len(cells)))
    parts = permutation.Parts(values, totals.to_numpy(float), kind)
    stories, outlets = permutation.find_units(totals.reset_index()[["article_id"]].merge(articles, on="article_id"))
    units = permutation.sum_parts(parts, stories["unit"].to_numpy())
    tested = permutation.assess_differences(units, outlets, what=what, replicates=replicates, seed=seed)
    sides = pd.get_dummies(outlets["outlet"], dtype=float).to_numpy()
    held = ((units.sizes > 0).T @ sides).astype("int64")[parts.kind]  # an outlet may have few stories about one actor
    value, low, high, n, total = permutation.find_intervals(units, sides, held, what)  # each cells x outlets
    numbers = {"value": value, "low": low, "high": high, "n": n, "total": total, "k": held}
    table = pd.concat([cells] * sides.shape[1], ignore_index=True).join(tested.rename(columns={"target": "outlet"}))
    table = table.assign(**{name: cells_of.T.ravel() for name, cells_of in numbers.items()})
    if what != "mean":
        table[["n", "total"]] = table[["n", "total"]].astype("int64")
    return table[columns]
