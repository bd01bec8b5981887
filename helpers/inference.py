"""Intervals and tests for any table counted by story cluster, and refusals where there are too few clusters.

The unit is the story cluster: an article, or the articles that share a text. With fewer than 5 clusters a side nothing
is claimed; from 5 on, differences are tested by shuffling clusters between the sides (a permutation test); from 20 on
there are 95 % intervals, from a Poisson bootstrap of clusters. Random numbers are seeded by the clusters' texts, so
results depend neither on the machine nor on the order of rows.

Sources: Poisson bootstrap: Chamandy, Muralidharan, Najmi & Naidu 2012; intervals wider for few clusters: Hesterberg
2015 (doi 10.1080/00031305.2015.1089789); max-T: Westfall & Young 1993; p-values that count the sample itself: Phipson &
Smyth 2010; Benjamini & Hochberg 1995; tests of what enough clusters hold: Bourgon, Gentleman & Huber 2010.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from math import comb, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtr, stdtrit

from helpers.reading import Reading, select_mentions, select_rows, select_sources
from helpers.reading.schemas import ENOUGH, FEW, LEVEL

REPLICATES = 999
FEW_TESTS = 50  # rows of a table: up to here Benjamini & Hochberg, beyond it max-T
MOST_DROPPED = 0.1  # of the replicates: where more leave a side empty, the others are no fair sample of all
BLOCK = 1_000_000  # scores in memory at once: cells x replicates
# sums and totals by group, alike in shape (cells, or cells x replicates), and which cells they are -> scores
Score = Callable[[list[np.ndarray], list[np.ndarray], slice | np.ndarray], np.ndarray]


class Parts(NamedTuple):
    """What a score is made of: numbers of each document, to be summed by outlet or by side."""

    values: sparse.csr_matrix  # documents x cells (terms, names ...)
    sizes: np.ndarray  # documents x kinds of total
    kind: np.ndarray  # the kind of total that belongs to each cell


def compare_names(read: Reading, *, actor: str, voice: str | None = None, **options: int) -> pd.DataFrame:
    """Return which share of an outlet's mentions of an actor each name has: P(name | actor, outlet, voice).

    Adjectives are left out.
    One row is outlet x variant; a value of 0 is a name that only other outlets use. Columns: those of
    `estimate_ratios`, with n (times used) and total (the outlet's mentions of the actor). `options` are replicates and
    seed.
    """
    mentions = select_mentions(read, actor=actor, voice=voice, columns=["article_id", "variant", "kind"])
    return compare_shares(read, mentions[mentions["kind"].ne("adjective")], "variant", **options)


def compare_sources(read: Reading, *, by: str = "source_type", **options: int) -> pd.DataFrame:
    """Return which share of the sources that an outlet cites is of each type (or name, stance, ...)."""
    return compare_shares(read, select_sources(read, ["article_id", by]), by, **options)


def compare_roles(read: Reading, *, actor: str, **options: int) -> pd.DataFrame:
    """Return in which share of an actor's acts in an outlet it acts, is acted upon, or only owns or qualifies."""
    return compare_shares(read, select_rows(read, "acts", ["article_id", "role"], actor=actor), "role", **options)


def compare_tone(
    scores: pd.DataFrame, read: Reading, *, column: str = "masked_compound", **options: int
) -> pd.DataFrame:
    """Return the mean of the articles' mean tones by outlet; `scores` is of one actor, `column` the score.

    As `estimate_ratios`, but n counts sentences and total articles.
    """
    means = scores.groupby("article_id")[column].mean().rename("n").reset_index().assign(score=column)
    below = means[["article_id"]].assign(n=1)
    compared = estimate_ratios(means, below, read.articles, keys=["score"], share=False, **options)
    own = scores.groupby("outlet")["article_id"]
    return compared.assign(n=compared["outlet"].map(own.size()), total=compared["outlet"].map(own.nunique()))


def compare_shares(read: Reading, rows: pd.DataFrame, key: str, **options: int) -> pd.DataFrame:
    """Return which share of an outlet's rows has each value of the column `key`, as in `estimate_ratios`."""
    above = rows.groupby(["article_id", key]).size().rename("n").reset_index()
    below = rows.groupby("article_id").size().rename("n").reset_index()
    return estimate_ratios(above, below, read.articles, keys=[key], **options)


def estimate_ratios(
    above: pd.DataFrame, below: pd.DataFrame, articles: pd.DataFrame, *, keys: Sequence[str],
    share: bool = True, replicates: int = REPLICATES, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return ratios of sums by outlet, with intervals and with the test of each against all other outlets.

    `above` has one row an article x `keys` (what is counted: a name, a kind of source, a role): article_id, the keys,
    n. `below` has one row an article: article_id, n (what it is a share of: mentions, sources, acts; words for a
    rate; 1 for a mean of articles). `articles`: article_id, outlet, cluster_id, published, text.

    One row is outlet x keys: outlet, the keys, value = sum of n above / sum of n below; low, high (95 %, from 20 story
    clusters of the outlet on; where a share is 0 or 1, no replicate can differ, so that end of the interval is where
    all k clusters would agree by chance in one of twenty cases); difference (from all other outlets together) and p
    (clusters shuffled between the outlet and the others, from 5 on either side, and for a share where 5 hold what is
    counted; for up to 50 rows adjusted by Benjamini & Hochberg, for more by max-T within each outlet); k (story
    clusters of the outlet that count below), note (why anything is missing), n and total (the two sums of the value).
    """
    keys = list(keys)
    columns = ["outlet", *keys, "value", "low", "high", "difference", "p", "k", "note", "n", "total"]
    below = below[below["n"] > 0].merge(articles[["article_id", "outlet", "cluster_id", "published"]], on="article_id")
    below = below.sort_values("article_id", ignore_index=True)
    above = above[above["article_id"].isin(below["article_id"])]
    if above.empty:
        return pd.DataFrame(columns=columns)
    counted = above.groupby(keys, dropna=False)
    cells, cell_no = counted.size().reset_index()[keys], counted.ngroup()
    row_no = pd.Index(below["article_id"]).get_indexer(above["article_id"])
    values = sparse.csr_matrix((above["n"].to_numpy(float), (row_no, cell_no)), (len(below), len(cells)))
    parts = Parts(values, below["n"].to_numpy(float)[:, None], np.zeros(len(cells), int))
    seeds = hash_clusters(articles[articles["article_id"].isin(below["article_id"])])
    asked = seeds, share, replicates, seed
    tables = [_estimate_one(parts, below, cells, outlet, *asked) for outlet in sorted(below["outlet"].unique())]
    table = pd.concat(tables, ignore_index=True)
    if len(table) <= FEW_TESTS:
        from scipy.stats import false_discovery_control  # slow to import

        tested = table["p_alone"].notna()
        table.loc[tested, "p"] = false_discovery_control(table.loc[tested, "p_alone"])
    return table[columns]


def _estimate_one(
    parts: Parts, below: pd.DataFrame, cells: pd.DataFrame, outlet: str, seeds: pd.Series, share: bool,
    replicates: int, seed: int,
) -> pd.DataFrame:  # fmt: skip
    own = below["outlet"].eq(outlet).to_numpy()
    mine, one_group = Parts(parts.values[own], parts.sizes[own], parts.kind), np.zeros(own.sum(), int)
    sums, totals = _sum_groups(mine, one_group)
    value = _score_ratios(sums, totals, slice(None))
    names, cluster_no = np.unique(below.loc[own, "cluster_id"].to_numpy(object), return_inverse=True)
    k, low, high = len(names), np.nan, np.nan
    if k >= ENOUGH and replicates:
        weights = weigh_clusters(seeds[names], replicates)[cluster_no]
        (low, high), _ = bootstrap(mine, _score_ratios, one_group, weights, k)
    if share and k >= ENOUGH:
        reach = 1 - LEVEL ** (1 / k)
        low, high = np.where(value == 1, 1 - reach, low), np.where(value == 0, reach, high)
    n, total = (one[0].astype("int64") if share else one[0] for one in (sums, totals))
    table = cells.assign(outlet=outlet, value=value, low=low, high=high, k=k, n=n, total=total)
    note = "" if k >= ENOUGH else f"stories: {k}, {ENOUGH} are needed for an interval"
    if own.all():
        return table.assign(difference=np.nan, p=np.nan, p_alone=np.nan, note=note)
    kept, refusal, left = choose_outlets(below["outlet"], below["cluster_id"], outlet)
    among, parts = below[kept], Parts(parts.values[kept], parts.sizes[kept], parts.kind)
    others, options = (~own[kept]).astype(int), {"replicates": replicates, "seed": seed, "refusal": refusal}
    scored = spread_scores(parts, _score_ratios, others, among["cluster_id"], among["published"], seeds,
                           interval=False, screen=share, **options)  # fmt: skip
    notes = ["; ".join(filter(None, [note, other, left])) for other in scored["note"]]
    return table.assign(difference=scored["score"], p=scored["p"], p_alone=scored["p_alone"], note=notes)


def _score_ratios(sums: list[np.ndarray], totals: list[np.ndarray], _: slice | np.ndarray) -> np.ndarray:
    """Return the ratio of the first group, minus that of the second where there is one."""
    first, *rest = (one / np.where(total > 0, total, 1) for one, total in zip(sums, totals, strict=True))
    return first - sum(rest)


def choose_outlets(outlets: pd.Series, clusters: pd.Series, target: str) -> tuple[np.ndarray, str, str]:
    """Return which documents a target is compared on, why it cannot be tested, and a note of who is left out.

    A target of 5 stories or more is compared with the outlets that have as many. Where no other has, or the target has
    fewer, all take part and are only described. `outlets`, `clusters`: the outlet and story cluster of each document.
    """
    k = clusters.groupby(outlets).nunique()
    small = k.index[k.lt(FEW) & (k.index != target)]
    if k[target] < FEW or len(small) == len(k) - 1:
        return np.ones(len(outlets), bool), f"no other outlet has {FEW} stories, which a test needs", ""
    left = f"outlets with fewer than {FEW} stories, left out: {len(small)}" if len(small) else ""
    return ~outlets.isin(small).to_numpy(), "", left


def spread_scores(
    parts: Parts, score: Score, group: np.ndarray, clusters: pd.Series, dates: pd.Series, seeds: pd.Series,
    *, replicates: int, seed: int, interval: bool = True, screen: bool = True, refusal: str = "",
) -> pd.DataFrame:  # fmt: skip
    """Return the scores of all cells with intervals and p-values, as far as the number of clusters allows.

    One row is a cell: score; low, high, p (holds for all scores together: max-T) and p_alone (of each score by itself),
    empty where nothing is claimed; driver (number of the document without which the score changes most), held (story
    clusters in which the cell is not zero), k_target, k_rest (story clusters of the sides), note (why anything is
    missing).

    `group`: 0 for a document of the target, 1 and up for the sums that the score takes of the others; `clusters`: the
    story cluster of each document; `dates`: its date as known; `seeds`: a number for each cluster (`hash_clusters`);
    `refusal`: why nothing may be claimed though there are stories enough (`choose_outlets`).
    With `screen` nothing is claimed of a cell that fewer than 5 clusters hold, and it does not count as a test: how
    many hold it says nothing about the sides.
    """
    names, cluster_no = np.unique(clusters.to_numpy(object), return_inverse=True)
    in_target, in_rest = (np.bincount(cluster_no, side) > 0 for side in (group == 0, group > 0))
    k_target, k_rest = int(in_target.sum()), int(in_rest.sum())
    k, few = min(k_target, k_rest), f"stories: {k_target} and {k_rest}, "
    found = score(*_sum_groups(parts, group), slice(None))
    held = np.bincount(add_rows(parts.values != 0, cluster_no, len(names)).indices, minlength=len(found))
    table = pd.DataFrame({"score": found, **dict.fromkeys(["low", "high", "p", "p_alone"], np.nan), "held": held})
    table = table.assign(driver=_find_drivers(parts, score, group, found), k_target=k_target, k_rest=k_rest)
    cells = np.flatnonzero(held >= FEW) if screen else np.arange(len(held))
    if not replicates:
        return table.assign(note="not asked for")
    if k < FEW or refusal or not len(cells):
        why = refusal or f"nothing occurs in {FEW} stories"
        return table.assign(note=f"{few}{FEW} a side are needed for a test" if k < FEW else why)
    parts = Parts(parts.values[:, cells], parts.sizes, parts.kind[cells])

    def score_cells(sums: list[np.ndarray], totals: list[np.ndarray], some: slice | np.ndarray) -> np.ndarray:
        return score(sums, totals, cells[some])

    interval_note = f"{few}{ENOUGH} a side are needed for an interval" if interval and k < ENOUGH else ""
    if interval and k >= ENOUGH:
        weights = weigh_clusters(seeds[names], replicates)[cluster_no]
        ends, n_dropped = bootstrap(parts, score_cells, group, weights, k)
        table.loc[cells, ["low", "high"]] = ends.T
        too_many = ": too many for an interval" if n_dropped > MOST_DROPPED * replicates else ""
        interval_note = f"{n_dropped} of {replicates} replicates lack an outlet{too_many}" if n_dropped else ""
    first = pd.Series(dates.to_numpy(object)).groupby(cluster_no).min()
    strata, test_note = choose_strata(in_target, in_rest, first.tolist())
    if strata is not None:
        # seeded by the stories too: the same shuffles for every set of stories would favour the same sides each time
        own_seed = [seed, int(np.bitwise_xor.reduce(seeds[names].to_numpy()))]
        moved = shuffle_sides(in_target, in_rest, strata, replicates, own_seed)
        table.loc[cells, ["p", "p_alone"]] = np.column_stack(_test(parts, score_cells, group, moved[cluster_no]))
    is_rare = (held < FEW) & screen & (strata is not None)
    rare = np.where(is_rare, [f"in {n} stories, {FEW} are needed for a test" for n in held], "")
    return table.assign(note=["; ".join(filter(None, (interval_note, test_note, note))) for note in rare])


def hash_clusters(articles: pd.DataFrame) -> pd.Series:
    """Return a number for each story cluster, the smallest hash of its articles' texts.

    `articles` has cluster_id and text. The index is cluster_id, sorted.
    """
    hashes = [int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) for text in articles["text"]]
    seeds = pd.Series(hashes, articles["cluster_id"].to_numpy(object), dtype="uint64", name="seed")
    return seeds.groupby(level=0).min()


def add_rows(
    counts: sparse.csr_matrix | np.ndarray, group: np.ndarray, n_groups: int
) -> sparse.csr_matrix | np.ndarray:
    """Return the sums of rows by group: groups x cells."""
    return sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), (n_groups, len(group))) @ counts


def _sum_groups(parts: Parts, group: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the sums over the documents of each group, and the totals that belong to them, a number for each cell."""
    n_groups = int(group.max()) + 1
    sums, sizes = add_rows(parts.values, group, n_groups).toarray(), add_rows(parts.sizes, group, n_groups)
    return list(sums), [size[parts.kind] for size in sizes]


def _find_drivers(parts: Parts, score: Score, group: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return for each cell the document that holds it and moves its score most when left out; -1 where none does."""
    held, whole = parts.values.tocoo(), np.array(_sum_groups(parts, group))  # sums and totals x groups x cells
    own = np.array([held.data, parts.sizes[held.row, parts.kind[held.col]]])
    change, step = np.zeros(held.nnz), BLOCK // len(whole[0])
    for start in range(0, held.nnz, step):
        some = slice(start, start + step)
        cell = held.col[some]
        left = whole[:, :, cell]
        left[:, group[held.row[some]], np.arange(len(cell))] -= own[:, some]
        change[some] = np.abs(score(*map(list, left), cell) - found[cell])
    order = np.lexsort((held.row, -np.round(change, 12), held.col))
    drivers = pd.Series(held.row[order]).groupby(held.col[order]).first()
    return drivers.reindex(range(len(found)), fill_value=-1).to_numpy()


def _score_draws(parts: Parts, score: Score, groups: list[tuple]) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield the next cells with their scores in each draw (cells x draws): all of them would not fit in memory.

    `groups`: for each group its documents, and how often each of them counts in each draw (documents x draws).
    """
    values = [parts.values[rows].tocsc() for rows, _ in groups]
    sizes = [parts.sizes[rows].T @ weights for rows, weights in groups]
    step = max(1, BLOCK // max(1, sizes[0].shape[1]))
    for start in range(0, len(parts.kind), step):
        cells = slice(start, start + step)
        sums = [own[:, cells].T @ weights for own, (_, weights) in zip(values, groups, strict=True)]
        yield cells, score(sums, [size[parts.kind[cells]] for size in sizes], cells)


def weigh_clusters(seeds: Sequence[int], replicates: int = REPLICATES) -> np.ndarray:
    """Return how often each cluster is drawn in each replicate: clusters x replicates, Poisson of mean 1.

    The weights of a cluster depend on its own seed alone, so it has the same in every outlet.
    """
    return np.array([np.random.default_rng(int(seed)).poisson(1, replicates) for seed in seeds], float)


def bootstrap(parts: Parts, score: Score, group: np.ndarray, weights: np.ndarray, k: int) -> tuple[np.ndarray, int]:
    """Return the low and the high ends of the scores' intervals (2 x cells), and how many replicates were dropped.

    `weights`: documents x replicates. Dropped are those that lack a group; where many do, the ends are empty.
    """
    n_groups = int(group.max()) + 1
    there = (add_rows(weights, group, n_groups) > 0).all(axis=0)
    if (~there).mean() > MOST_DROPPED:
        return np.full((2, len(parts.kind)), np.nan), int((~there).sum())
    groups = [(rows := np.flatnonzero(group == number), weights[rows][:, there]) for number in range(n_groups)]
    ends = [find_interval(scores, k) for _, scores in _score_draws(parts, score, groups)]
    return np.concatenate(ends, axis=1), int((~there).sum())


def find_interval(replicates: np.ndarray, k: int) -> np.ndarray:
    """Return the low and the high ends of the interval of each row of `replicates`: 2 x statistics, NaN left out.

    Percentiles, further out the fewer clusters there are: the normal tail at sqrt(k / (k - 1)) times Student's t.
    """
    tail = ndtr(-sqrt(k / (k - 1)) * stdtrit(k - 1, 1 - LEVEL / 2))
    quantile = np.nanquantile if np.isnan(replicates).any() else np.quantile  # the second is much faster
    return quantile(replicates, [tail, 1 - tail], axis=1)


def choose_strata(target: np.ndarray, rest: np.ndarray, dates: Sequence[str]) -> tuple[np.ndarray | None, str]:
    """Return the stratum of each cluster (its month or its year) within which it is shuffled, and a note.

    `target`, `rest`: whether a cluster is in the target, in the others (both, where they share the text). Clusters of
    the same month say most about the outlet and least about the event; where months do not hold enough of both sides,
    or of any of them only the year is known, years are taken. Undated clusters are shuffled among each other. Without
    strata (None) there is no test, and the note says why.
    """
    dates = [date.replace("-00", "") for date in dates]  # month or day 00: not known
    exact = min((len(date) for date in dates if date), default=0)  # characters of an ISO date
    undated = "" if all(dates) else "undated stories shuffled"
    for length, note in [(7, ""), (4, "shuffled within years")][0 < exact < 7 :]:
        strata = np.unique([date[:length] for date in dates], return_inverse=True)[1]
        least = find_smallest_p(target, rest, strata)
        if least <= LEVEL:
            return strata, "; ".join(filter(None, [note if exact else "", undated]))
    if exact and least == 1.0:
        return None, "outlet and event cannot be told apart: no year has articles of both sides"
    return None, f"not testable: the smallest possible p is {least:.2g}"


def find_smallest_p(target: np.ndarray, rest: np.ndarray, strata: np.ndarray) -> float:
    """Return the smallest two-sided p-value that shuffling can give: two in the number of ways to shuffle."""
    ways = 2 ** int((target & rest).sum())
    for stratum in np.unique(strata):
        own = (strata == stratum) & (target ^ rest)
        ways *= comb(int(own.sum()), int((own & target).sum()))
    return min(1.0, 2 / ways)


def shuffle_sides(
    target: np.ndarray, rest: np.ndarray, strata: np.ndarray, replicates: int, seed: int | Sequence[int] = 0
) -> np.ndarray:
    """Return which clusters change sides in each draw: clusters x draws.

    A cluster of one side takes the place of another in its stratum; one that is on both (a shared text) swaps its two
    parts in half of the draws.
    """
    rng = np.random.default_rng(seed)
    moved = np.zeros((len(target), replicates), bool)
    for stratum in np.unique(strata):
        group = np.flatnonzero((strata == stratum) & (target ^ rest))
        if target[group].any() and rest[group].any():
            sides = np.repeat(target[group, None], replicates, axis=1)
            moved[group] = rng.permuted(sides, axis=0) ^ sides
    both = target & rest
    moved[both] = rng.random((int(both.sum()), replicates)) < 0.5
    return moved


def _test(parts: Parts, score: Score, group: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return p-values for all scores together (max-T) and of each by itself; `moved`: documents x draws."""
    inside = ((group == 0)[:, None] ^ moved).astype(float)
    observed = np.abs(score(*_sum_groups(parts, np.minimum(group, 1)), slice(None)))
    own, alone, largest = [], [], np.zeros(moved.shape[1])
    for cells, scores in _score_draws(parts, score, [(slice(None), inside), (slice(None), 1 - inside)]):
        alone.append(rank_p(observed[cells], np.abs(scores)))
        scaled, most = scale_by_tail(observed[cells], scores)
        own.append(scaled)
        largest = np.maximum(largest, most)
    return rank_p(np.concatenate(own), largest), np.concatenate(alone)


def scale_by_tail(observed: np.ndarray, shuffled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return statistics in units of their own tail over the draws, and the largest of each draw (for max-T).

    `observed`: statistics; `shuffled`: statistics x draws. The tail is the norm of order 8 of all draws, the observed
    one among them, between their spread (order 2) and the largest. A rare word lies far out in units of its spread
    whenever it falls to one side, and would dominate the largest of each draw; in units of its tail it does not. One
    that never varies becomes 0. The p-values are `rank_p` of the first against the second.
    """
    sizes = np.abs(np.column_stack([observed, shuffled]))
    tail = np.mean(((sizes**2) ** 2) ** 2, axis=1) ** (1 / 8)  # much faster than sizes**8
    sizes /= np.where(tail > 0, tail, 1)[:, None]
    return sizes[:, 0], sizes[:, 1:].max(axis=0, initial=0.0)


def rank_p(observed: np.ndarray, shuffled: np.ndarray) -> np.ndarray:
    """Return the share of draws, the observed one among them, that are as large as each of `observed`.

    `shuffled`: draws for all, or statistics x draws.
    """
    as_large = (shuffled >= observed[:, None] * (1 - 1e-6)).sum(axis=1)
    return (1 + as_large) / (1 + shuffled.shape[-1])
