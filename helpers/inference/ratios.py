"""Shares, rates and means as ratios of sums over articles, with intervals and differences from the other outlets."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.inference.draws import (
    ENOUGH,
    INTERVALS,
    LEVEL,
    REPLICATES,
    adjust_few,
    hash_clusters,
    judge,
    weigh_clusters,
)
from helpers.inference.scores import Parts, Weights, add_rows, bootstrap, note_rare, spread_scores

_FEW_TESTS = 50


def estimate_ratios(
    above: pd.DataFrame, below: pd.DataFrame, articles: pd.DataFrame, *, keys: Sequence[str],
    share: bool = True, replicates: int = REPLICATES, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return ratios of sums by outlet, with intervals and with the test of each against all other outlets.

    `above` has one row an article x `keys` (what is counted: a name, a kind of source, a role): article_id, the keys,
    n. `below` has one row an article: article_id, n (what it is a share of: mentions, sources, acts; words for a
    rate; 1 for a mean of articles). `articles`: article_id, outlet, cluster_id, published, text.

    One row is outlet x keys: outlet, the keys, value = sum of n above / sum of n below; low, high (95 %, from 20 story
    clusters of the outlet on; of a share of 0 or 1 the end that no draw can move is where all k clusters would agree
    by chance in one of twenty cases); difference (from all other outlets together) and p (clusters dealt out anew
    between the outlet and the others, from 5 on either side, and of a share where 5 hold what is counted; for up to
    50 rows adjusted by Benjamini & Hochberg, for more by max-T within each outlet); k (story clusters of the outlet
    that count below), note (why anything is missing).
    """
    below = below[below["n"] > 0].merge(articles[["article_id", "outlet", "cluster_id", "published"]], on="article_id")
    below = below.sort_values("article_id", ignore_index=True)
    columns = ["outlet", *keys, "value", "low", "high", "difference", "p", "k", "note"]
    above = above[above["article_id"].isin(below["article_id"])]
    if above.empty:
        return pd.DataFrame(columns=columns)
    cells = above[list(keys)].drop_duplicates().sort_values(list(keys), ignore_index=True)
    cell_no = above[list(keys)].merge(cells.reset_index(names="no"), on=list(keys), how="left")["no"].to_numpy()
    row_no = pd.Index(below["article_id"]).get_indexer(above["article_id"])
    shape = (len(below), len(cells))
    parts = Parts(
        sparse.csr_matrix((above["n"].to_numpy(float), (row_no, cell_no)), shape),
        below["n"].to_numpy(float)[:, None],
        np.zeros(len(cells), int),
    )
    seeds = hash_clusters(articles[articles["article_id"].isin(below["article_id"])])
    tables = []
    for outlet in sorted(below["outlet"].unique()):
        table = _estimate_one(parts, below, cells, outlet, seeds, share, replicates, seed)
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    few = len(table) <= _FEW_TESTS
    table["p"] = adjust_few(table["p_alone"]) if few else table["p"]
    return table[columns]


def _estimate_one(
    parts: Parts, below: pd.DataFrame, cells: pd.DataFrame, outlet: str, seeds: pd.Series, share: bool,
    replicates: int, seed: int,
) -> pd.DataFrame:  # fmt: skip
    own = below["outlet"].eq(outlet).to_numpy()
    sums, total = add_rows(parts.values, (~own).astype(int), 2).toarray()[0], below.loc[own, "n"].sum()
    low, high, k = _spread_own(parts, below, own, seeds, replicates)
    if share and judge(k) == INTERVALS:
        reach = 1 - LEVEL ** (1 / k)
        low, high = np.where(sums == total, 1 - reach, low), np.where(sums == 0, reach, high)
    table = cells.assign(outlet=outlet, value=sums / total, low=low, high=high, k=k)
    note = "" if judge(k) == INTERVALS else f"stories: {k}, {ENOUGH} are needed for an interval"
    if own.all():
        return table.assign(difference=np.nan, p=np.nan, p_alone=np.nan, note=note)
    scored = spread_scores(parts, _subtract, (~own).astype(int), below["cluster_id"], below["published"], seeds,
                           replicates=replicates, seed=seed, interval=False, screen=share, alone=True)  # fmt: skip
    notes = ["; ".join(dict.fromkeys(filter(None, [note, scored.note, rare]))) for rare in note_rare(scored, share)]
    return table.assign(difference=scored.score, p=scored.p, p_alone=scored.p_alone, note=notes)


def _subtract(sums: list[np.ndarray], totals: list[np.ndarray], _: slice | np.ndarray) -> np.ndarray:
    safe = [np.where(total > 0, total, 1) for total in totals]
    first, rest = (np.where(total > 0, one / by, 0) for one, total, by in zip(sums, totals, safe, strict=True))
    return first - rest


def _spread_own(
    parts: Parts, below: pd.DataFrame, own: np.ndarray, seeds: pd.Series, replicates: int
) -> tuple[np.ndarray, np.ndarray, int]:
    clusters = below.loc[own, "cluster_id"].to_numpy(object)
    k, nothing = len(set(clusters)), np.full(parts.values.shape[1], np.nan)
    if judge(k) != INTERVALS or not replicates:
        return nothing, nothing, k
    names, number = np.unique(clusters.astype(str), return_inverse=True)
    weights = weigh_clusters(seeds.reindex(names).to_numpy(np.uint64), replicates)
    mine = Parts(parts.values[own], parts.sizes[own], parts.kind)
    low, high, _ = bootstrap(mine, _divide, np.zeros(len(number), int), 1, Weights(weights, number), k)
    return low, high, k


def _divide(sums: list[np.ndarray], totals: list[np.ndarray], _: slice | np.ndarray) -> np.ndarray:
    return sums[0] / totals[0]
