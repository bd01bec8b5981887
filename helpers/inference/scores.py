"""How far scores move when story clusters are drawn or dealt out anew, or one document is left out."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.inference.draws import (
    ENOUGH,
    FEW,
    INTERVALS,
    POINTS,
    Refusal,
    Sides,
    choose_strata,
    deal_out,
    find_interval,
    hold_against_tail,
    judge,
    rank_p,
    weigh_clusters,
)

BLOCK = 1_000_000  # sums held at once: cells x replicates
PART = 10_000  # documents whose weights are held at once as numbers that can be multiplied
# sums and totals by group, alike in shape (terms, or cells x replicates), and which cells they are -> scores
Score = Callable[[list[np.ndarray], list[np.ndarray], slice | np.ndarray], np.ndarray]


class Parts(NamedTuple):
    """What a score is made of: sums over documents, by outlet or by side."""

    values: sparse.csr_matrix  # documents x cells (terms, names ...)
    sizes: np.ndarray  # documents x kinds of total
    kind: np.ndarray  # the kind of total that belongs to each cell


class Weights(NamedTuple):
    """How often each document counts in each replicate, a byte each: those of a cluster share a row."""

    table: np.ndarray  # rows x replicates
    row: np.ndarray  # of each document


class Scored(NamedTuple):
    """The scores of the cells and how sure they are; NaN where nothing is said."""

    score: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray  # holds for all scores together
    p_alone: np.ndarray  # of each score by itself, where it was asked for
    driver: np.ndarray  # number of the document without which the score changes most
    held: np.ndarray  # story clusters in which the cell is not zero
    k_target: int
    k_rest: int
    note: str


def spread_scores(
    parts: Parts, score: Score, group: np.ndarray, clusters: pd.Series, dates: pd.Series, seeds: pd.Series,
    *, replicates: int, seed: int, interval: bool = True, screen: bool = True,
    alone: bool = False,
) -> Scored:  # fmt: skip
    """Return the scores of all cells with intervals and p-values, as far as the number of clusters allows.

    With `screen` nothing is claimed of a cell that fewer than 5 clusters hold, and it is no part of the family that p
    holds for: how many hold it does not know the sides (independent filtering: Bourgon, Gentleman & Huber 2010).
    `alone` asks for the p-value of each score by itself too.

    `group`: 0 for a document of the target, 1 and up for the sums that the score takes of the others; `clusters`: the
    story cluster of each document; `dates`: its date as known; `seeds`: a number for each cluster.
    """
    names, cluster_no = np.unique(clusters.to_numpy(object).astype(str), return_inverse=True)
    in_target = np.bincount(cluster_no, group == 0) > 0
    in_rest = np.bincount(cluster_no, group > 0) > 0
    k_target, k_rest = int(in_target.sum()), int(in_rest.sum())
    n_groups = int(group.max()) + 1
    whole = list(add_rows(parts.values, group, n_groups).toarray())
    sizes = list(add_rows(parts.sizes, group, n_groups))
    found = score(whole, [one[parts.kind] for one in sizes], slice(None))
    driver = _find_drivers(parts, score, group, whole, sizes, found)
    held = _count_holders(parts.values, cluster_no)
    nothing = np.full(len(found), np.nan)
    allowed = judge(min(k_target, k_rest))
    few = f"stories: {k_target} and {k_rest}, "
    if allowed == POINTS or not replicates:
        note = f"{few}{FEW} a side are needed for a test" if replicates else "not asked for"
        return Scored(found, nothing, nothing, nothing, nothing, driver, held, k_target, k_rest, note)
    cells = np.flatnonzero(held >= FEW) if screen else np.arange(len(held))
    if not len(cells):
        note = f"nothing stands in {FEW} stories"
        return Scored(found, nothing, nothing, nothing, nothing, driver, held, k_target, k_rest, note)
    parts, whole = Parts(parts.values[:, cells], parts.sizes, parts.kind[cells]), [one[cells] for one in whole]

    def score_some(sums: list[np.ndarray], totals: list[np.ndarray], columns: slice | np.ndarray) -> np.ndarray:
        return score(sums, totals, cells[columns])

    def fill(values: np.ndarray | float) -> np.ndarray:
        filled = nothing.copy()
        filled[cells] = values
        return filled

    own_seeds = seeds.reindex(names, fill_value=0).to_numpy(np.uint64)
    note, low, high = "", nothing, nothing
    if allowed == INTERVALS and interval:
        weights = weigh_clusters(own_seeds, replicates)
        ends = bootstrap(parts, score_some, group, n_groups, Weights(weights, cluster_no), min(k_target, k_rest))
        low, high, n_dropped = fill(ends[0]), fill(ends[1]), ends[2]
        note = f"{n_dropped} replicates without a side left out" if n_dropped else ""
    elif interval:
        note = f"{few}{ENOUGH} a side are needed for an interval"
    first = pd.Series(dates.to_numpy(object)).groupby(cluster_no).min()
    sides = choose_strata(in_target, in_rest, first.tolist())
    if isinstance(sides, Refusal):
        notes = "; ".join(filter(None, [note, sides.why]))
        return Scored(found, low, high, nothing, nothing, driver, held, k_target, k_rest, notes)
    # deals of its own for every set of stories: the same few for all would favour the same sides each time
    own_seed = [seed, int(np.bitwise_xor.reduce(own_seeds))]
    p, by_itself = _test(parts, score_some, group, cluster_no, sides, whole, sizes, replicates, own_seed, alone)
    where = {"": "undated clusters dealt out", "month": "", "year": "dealt out within years"}[sides.within]
    notes = "; ".join(filter(None, [note, where]))
    return Scored(found, low, high, fill(p), fill(by_itself), driver, held, k_target, k_rest, notes)


def note_rare(scored: Scored, screen: bool = True) -> list[str]:
    """Return for each cell why nothing is claimed of it where others are tested, else nothing."""
    tested = screen and not np.isnan(scored.p).all()
    return [f"in {n} stories, {FEW} are needed for a test" if tested and n < FEW else "" for n in scored.held]


def _count_holders(values: sparse.csr_matrix, cluster_no: np.ndarray) -> np.ndarray:
    """Return the number of clusters in which each cell is not zero."""
    there = add_rows((values != 0).astype(np.float32), cluster_no, int(cluster_no.max()) + 1)
    return np.bincount(there.indices, minlength=values.shape[1])


def _blocks(n_cells: int, replicates: int, n_groups: int = 2) -> Iterator[slice]:
    step = max(1, BLOCK // (replicates * n_groups))
    for start in range(0, n_cells, step):
        yield slice(start, start + step)


def _sum(values: sparse.csc_matrix | np.ndarray, columns: slice, weights: Weights) -> np.ndarray:
    """Return the weighted sums of some columns: cells x replicates."""
    own = sparse.csc_matrix(values)[:, columns].T.tocsr().astype(np.float32)
    used = np.unique(own.indices)
    sums = np.zeros((own.shape[0], weights.table.shape[1]), np.float32)
    for start in range(0, len(used), PART):
        part = used[start : start + PART]
        sums += own[:, part] @ weights.table[weights.row[part]].astype(np.float32)
    return sums


def bootstrap(
    parts: Parts, score: Score, group: np.ndarray, n_groups: int, weights: Weights, k: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the low and high ends of the scores over the replicates, and how many were dropped.

    Dropped are the replicates that leave a group without a document.
    """
    members = [np.flatnonzero(group == number) for number in range(n_groups)]
    drawn = [weights._replace(row=weights.row[rows]) for rows in members]
    ones = [_sum(np.ones((len(rows), 1)), slice(None), mine) for rows, mine in zip(members, drawn, strict=True)]
    there = np.all([one[0] > 0 for one in ones], axis=0)
    sizes = [_sum(parts.sizes[rows], slice(None), mine)[:, there] for rows, mine in zip(members, drawn, strict=True)]
    values = [parts.values[rows].tocsc() for rows in members]
    ends = []
    for columns in _blocks(parts.values.shape[1], weights.table.shape[1], n_groups):
        sums = [_sum(own, columns, mine)[:, there] for own, mine in zip(values, drawn, strict=True)]
        scores = score(sums, [one[parts.kind[columns]] for one in sizes], columns)
        ends.append(find_interval(scores, k))
    low, high = (np.concatenate(part) for part in zip(*ends, strict=True))
    return low, high, int((~there).sum())


def _test(
    parts: Parts, score: Score, group: np.ndarray, cluster_no: np.ndarray, sides: Sides,
    whole: list[np.ndarray], sizes: list[np.ndarray], replicates: int, seed: list[int],
    alone: bool,
) -> tuple[np.ndarray, np.ndarray | float]:  # fmt: skip
    """Return p-values for all scores together, and of each by itself, of clusters dealt out between target and rest.

    Together by max-T, each score held against its own tail over the deals, so that a rare word does not rule.
    """
    dealt, swapped = deal_out(sides, replicates, seed)
    # whether a document stands in the target as dealt out: of a cluster of both sides, one of its two parts does
    both = np.flatnonzero((sides.target & sides.rest)[cluster_no])
    parted = swapped[cluster_no[both]] ^ (group[both] == 0)[:, None]
    row = cluster_no.copy()
    row[both] = len(dealt) + np.arange(len(both))
    weights = Weights((np.concatenate([dealt, parted]) if len(both) else dealt).view(np.uint8), row)
    values, in_target = parts.values.tocsc(), _sum(parts.sizes, slice(None), weights)
    in_rest = parts.sizes.sum(axis=0)[:, None].astype(np.float32) - in_target
    everything = sum(whole)[:, None].astype(np.float32)
    pooled = [one[parts.kind] for one in (sizes[0], sum(sizes[1:]))]
    observed = score([whole[0], sum(whole[1:])], pooled, slice(None))
    largest, own, singly = np.zeros(replicates), [], []
    for columns in _blocks(values.shape[1], replicates):
        a, kind = _sum(values, columns, weights), parts.kind[columns]
        scores = score([a, everything[columns] - a], [in_target[kind], in_rest[kind]], columns)
        if alone:
            as_large = np.abs(scores) >= np.abs(observed[columns])[:, None] * (1 - 1e-6)
            singly.append((1 + as_large.sum(axis=1)) / (1 + replicates))
        held, most = hold_against_tail(observed[columns], scores)
        own.append(held)
        largest = np.maximum(largest, most)
    return rank_p(np.concatenate(own), largest), np.concatenate(singly) if alone else np.nan


def _find_drivers(
    parts: Parts, score: Score, group: np.ndarray, whole: list[np.ndarray], sizes: list[np.ndarray], found: np.ndarray
) -> np.ndarray:
    """Return for each cell the document that holds it and moves its score most when left out."""
    held = parts.values.tocsc()
    drivers = []
    step = BLOCK // len(whole)  # documents' cells held at once: every group has its sums of them
    for low, high in pairwise([0, *(np.flatnonzero(np.diff(held.indptr // step)) + 1), held.shape[1]]):
        row = held.indices[held.indptr[low] : held.indptr[high]]
        data = held.data[held.indptr[low] : held.indptr[high]]
        term = np.repeat(np.arange(low, high), np.diff(held.indptr[low : high + 1]))
        of, own_size = group[row], parts.sizes[row, parts.kind[term]]
        sums = [one[term] - data * (of == number) for number, one in enumerate(whole)]
        totals = [one[parts.kind[term]] - own_size * (of == number) for number, one in enumerate(sizes)]
        change = np.abs(score(sums, totals, term) - found[term])
        order = np.lexsort((row, -np.round(change, 12), term))
        first = np.unique(term[order], return_index=True)[1]
        drivers.append(row[order][first])
    return np.concatenate(drivers)


def add_rows(
    counts: sparse.csr_matrix | np.ndarray, group: np.ndarray, n_groups: int
) -> sparse.csr_matrix | np.ndarray:
    """Return the sums of rows by group: groups x cells."""
    return sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), (n_groups, len(group))) @ counts
