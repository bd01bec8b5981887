"""One test of all outlets and all rows of a table together, and the smallest difference that it would find.

The chance of any false difference in a table is 5%, however many outlets and rows it has. Shuffled is which outlet
printed what: stories of one outlet within the same month or year, and the outlets' parts of a story that several report
among each other. Within these strata an outlet is set against the others weighted to its dates (overlap weights: Li,
Morgan & Zaslavsky 2018, doi 10.1080/01621459.2016.1260466). One shuffle scores every outlet and row at once, and a
p-value is the share of shuffles in which any row scores as high as this one (Westfall & Young 1993; Phipson & Smyth
2010); a row has no score where a side has fewer than 5 comparable stories about the thing, as printed or shuffled. A
score is the surprise of a difference, -log p by the normal tail of its standard error, plus the logarithm of a weight,
so that what many cases can tell is found first (on weights: Roeder & Wasserman 2009, Statistical Science 24): of shares
how often the thing is counted, to the power of 1.5; of rates the cube of by how much its count on a side varies over
the shuffles. The weights do not see who printed it.
"""

from collections.abc import Sequence
from math import comb, prod
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import betaincinv, log_ndtr, ndtri, ndtri_exp, stdtrit

from helpers.reading.schemas import ENOUGH, FEW, LEVEL

REPLICATES = 999
MOST_TIMES = 20  # as high: a larger ratio is no difference that a reader would wait for a test to see
POWER = 0.8  # the smallest difference is the one found in four of five cases
LOG_2 = np.log(2)
TINY, FLAT = 1e-300, 1e-12  # in place of 0, below a fraction; a spread or a total that is 0 but for rounding
BLOCK = 200_000  # scores at once, cells x shuffles: few enough for a processor to keep at hand


class Parts(NamedTuple):
    """What ratios are made of: numbers of each unit, to be summed by outlet."""

    values: sparse.csr_matrix  # units x cells (terms, names ...)
    sizes: np.ndarray  # units x kinds of total
    kind: np.ndarray  # the kind of total that belongs to each cell


def assess_differences(
    units: Parts, outlets: pd.DataFrame, *, targets: Sequence[str] | None = None, what: str = "share",
    replicates: int = REPLICATES, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return how each target's ratios differ from those of the other outlets together, tested as one family.

    `units` and `outlets` (story_id, outlet, published, hash) have one row a unit (`find_units`); `targets` are all
    outlets, or those asked about; `what` the ratio is: "share", "rate" or "mean". The shuffles depend on `seed` and on
    the texts: the same ones for all would favour the same outlets each time.

    An outlet of 5 stories or more is compared with the outlets that have as many; one of fewer is described beside all
    others. Where a target is tested, the others are weighted to its dates.

    One row is target x cell, in the order of the outlets and of the cells: target, against (the others, separated by
    ` | `), difference, difference_low, difference_high (95%, from 20 stories on either side), p, smallest (the
    smallest difference that this test would find in four of five cases, empty where it would find none; of rates
    smallest_times: how many times as high one had to be), k_target, k_rest (stories), note (why anything is missing).
    """
    k = outlets.groupby("outlet").size()
    large = k.index[k.ge(FEW)]
    among = outlets["outlet"].isin(large).to_numpy()
    strata, least, how = choose_strata(outlets[among])
    tested, stories = Parts(units.values[among], units.sizes[among], units.kind), pd.factorize(outlets["story_id"])[0]
    told = sum_parts(tested, stories[among]).values != 0
    held = np.asarray(told.sum(axis=0)).ravel()  # in how many stories, whoever printed them
    is_rare = (held < FEW) & (what != "mean")
    rare = np.where(is_rare, [f"in only {n} of the {FEW} stories that a test needs" for n in held], "")
    left_out = f"outlets with fewer than {FEW} stories, left out: {len(k) - len(large)}" if len(k) > len(large) else ""
    tables = []
    for target in sorted(k.index if targets is None else targets):
        reasons = {
            "not asked for": not replicates,
            f"only {k[target]} of the {FEW} stories that a test needs": k[target] < FEW,
            f"no other outlet has {FEW} stories, which a test needs": len(large) < 2,
            "outlet and event cannot be told apart: no year has stories of both sides": least.get(target, 1) == 1,
            f"not testable: the smallest possible p is {least.get(target, 1):.2g}": least.get(target, 1) > LEVEL,
        }
        refusal = next((why for why, is_so in reasons.items() if is_so), "")
        is_among = target in large and len(large) > 1  # else all take part and are only described
        rest = sorted((large if is_among else k.index).difference([target]))
        sides = np.column_stack([outlets["outlet"].isin(side).to_numpy(float) for side in ([target], rest)])
        k_rest = len({*stories[sides[:, 1] > 0]})
        if not refusal:
            sides[among] = np.column_stack(weigh_sides(sides[among, 0], strata))
        has = [pd.DataFrame((units.sizes > 0) & (side > 0)[:, None]).groupby(stories).any().sum() for side in sides.T]
        k_of = np.column_stack(has)[units.kind]  # stories of each side with a case of a cell's kind
        table = _describe_difference(units, sides, k_of, what)
        table = table.assign(target=target, against=" | ".join(rest), k_target=k[target], k_rest=k_rest)
        no_ends = np.where(table["difference_low"].isna(), f"fewer than {ENOUGH} stories on a side: no interval", "")
        rows = zip(*k_of.T, no_ends, rare, strict=True)
        table["note"] = [_tell_why(refusal, *ks, [one, how, left_out, of]) for *ks, one, of in rows]
        tables.append(table.assign(asked=~is_rare & (not refusal), told=(k_of >= FEW).all(axis=1)))
    table = pd.concat(tables, ignore_index=True).assign(p=np.nan)
    is_asked, is_told = table.pop("asked"), table.pop("told")
    table[smallest := "smallest_times" if what == "rate" else "smallest"] = np.nan
    if is_asked.any():
        codes = k.index.get_indexer(outlets.loc[among, "outlet"])
        asked = k.index.get_indexer(table.loc[is_asked, "target"]), np.flatnonzero(is_asked) % len(held)
        seeds = [seed, int(np.bitwise_xor.reduce(outlets.loc[among, "hash"].to_numpy()))]
        table.loc[is_asked, ["p", smallest]] = _test_family(tested, codes, strata, *asked, what, replicates, seeds)
    table.loc[~is_told, ["p", smallest]] = np.nan
    return table


def _tell_why(refusal: str, k: int, k_others: int, notes: list[str]) -> str:
    """Return why a row is not tested, where the sides have k stories with a case of its kind, else the notes on it."""
    needed = f"of the {FEW} {'' if refusal else 'comparable '}stories that a test needs"
    if k < FEW or refusal:
        return f"only {k} {needed}" if k < FEW else refusal
    return f"the others have only {k_others} {needed}" if k_others < FEW else "; ".join(filter(None, notes))


def _describe_difference(units: Parts, sides: np.ndarray, k: np.ndarray, what: str) -> pd.DataFrame:
    """Return the differences of the first of two weighted sides from the other, with intervals.

    An interval is made of those of the two sides (Zou & Donner 2008, Statistics in Medicine 27).
    """
    measured = find_intervals(units, sides, k, what)[:3]
    (one, other), (low, other_low), (high, other_high) = (both.T for both in measured)
    below, above = np.hypot(one - low, other_high - other), np.hypot(high - one, other - other_low)
    gap = one - other
    return pd.DataFrame({"difference": gap, "difference_low": gap - below, "difference_high": gap + above})


def find_intervals(units: Parts, sides: np.ndarray, k: np.ndarray, what: str) -> tuple[np.ndarray, ...]:
    """Return the ratios of weighted sides, the low and high ends of their 95 % intervals, and the two sums.

    There are ends from 20 stories (`k`) on; of nothing there is no ratio. Of a mean: Student's t. Of a share or a rate:
    Jeffreys' interval (Brown, Cai & DasGupta 2001) for as many independent cases as have this error (Korn & Graubard
    1998); where a share is 0 or 1, the exact one for the `k` stories; of a rate, of which each story has many cases,
    for all of them. Stories of unlike size count as many as equal ones would be, (sum of n)^2 / sum of n^2, in the
    error and in Student's t (Carter, Schnepel & Steigerwald 2017, doi 10.1162/REST_a_00639), and so do cases of unlike
    weight (Kish 1965).
    """
    value, _, above, total = measure_ratios(units, sides)
    alike = [total**2 / np.maximum(n.T @ sides**2, TINY)[units.kind] for n in (units.sizes**2, units.sizes)]
    (stories, most), (reach, reach_most) = np.maximum(alike, 2), stdtrit(np.maximum(alike, 2) - 1, 1 - LEVEL / 2)
    error = np.sqrt(sum_squares(units, value, sides**2) * stories / (stories - 1)) / np.maximum(total, TINY)
    low, high = value - reach * error, value + reach * error
    if what != "mean":
        cases = value * (1 - value) / np.maximum(error**2, TINY) * (reach_most / reach) ** 2
        is_mixed = (value > 0) & (value < 1) & (error**2 > FLAT * value**2)
        cases = np.where(is_mixed, np.minimum(cases, most), most if what == "rate" else k)
        hits, half = value * cases, np.where((value > 0) & (value < 1), 0.5, 0)
        low = np.where(value > 0, betaincinv(hits + half, cases - hits + 1 - half, LEVEL / 2), 0)
        high = np.where(value < 1, betaincinv(hits + 1 - half, cases - hits + half, 1 - LEVEL / 2), 1)
    low, high = np.where(k >= ENOUGH, [low, high], np.nan)
    return np.where(total > FLAT, value, np.nan), low, high, above, total


def find_units(documents: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the documents with the number of their unit, and the units: what one outlet printed of one story.

    `documents`: outlet, story_id, published, text. One row of the second table is a unit: story_id, outlet, published
    (the earliest date; empty where a text has none), hash (depends on its texts), sorted by story and outlet.
    """
    hashes = pd.util.hash_array(documents["text"].to_numpy(object), categorize=False)
    grouped = documents.assign(hash=hashes).groupby(["story_id", "outlet"])
    units = grouped.agg(published=("published", "min"), hash=("hash", "min")).reset_index()
    return documents.assign(unit=grouped.ngroup()), units


def sum_parts(parts: Parts, group: np.ndarray) -> Parts:
    """Return the parts summed by group (0, 1, ...): groups x cells, groups x kinds."""
    n_groups = int(group.max()) + 1 if len(group) else 0
    adder = sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), (n_groups, len(group)))
    return Parts((adder @ parts.values).tocsr(), adder @ parts.sizes, parts.kind)


def measure_ratios(units: Parts, weights: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the ratios of the two weighted sums over the units, their standard errors, and the two sums.

    The weights are of the units, or of units x sides; so the results are of cells, or of cells x sides. The error is
    that of a ratio of sums, to first order: the spread of x - ratio n over the units that weigh anything.
    """
    sizes, k = sparse.csr_matrix(units.sizes.T), np.maximum((weights > 0).sum(axis=0), 2)
    above, below = units.values.T @ weights, np.maximum(sizes @ weights, TINY)[units.kind]
    ratio = above / below
    return ratio, np.sqrt(sum_squares(units, ratio, weights**2) * (k / (k - 1))) / below, above, below


def sum_squares(units: Parts, ratio: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted sum of (x - ratio n)^2 over the units, of cells or of cells x sides."""
    values, sizes, cells = units.values.T, sparse.csr_matrix(units.sizes.T), units.values.tocoo()
    crossed = cells.data * units.sizes[cells.row, units.kind[cells.col]]
    crossed = sparse.csr_matrix((crossed, (cells.col, cells.row)), values.shape)
    squares = values.power(2) @ weights - 2 * ratio * (crossed @ weights)
    return np.maximum(squares + ratio**2 * (sizes.power(2) @ weights)[units.kind], 0)


def weigh_sides(own: np.ndarray, strata: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of the units on the side of `own` (0 or 1) and on the other: units, or units x shuffles.

    Overlap weights: a unit weighs as much as the share of its stratum that is on the other side.
    """
    first = own.reshape(len(own), -1)[:, 0]  # how many of a stratum are on either side is alike in all shuffles
    mine = (np.bincount(strata, first) / np.bincount(strata))[strata].reshape(-1, *[1] * (own.ndim - 1))
    return own * (1 - mine), (1 - own) * mine


def choose_strata(units: pd.DataFrame) -> tuple[np.ndarray, dict[str, float], str]:
    """Return the stratum of each unit, within which outlets are shuffled, each outlet's smallest p, and a note.

    `units`: story_id, outlet, published. The parts of a story that several outlets report are shuffled among each
    other. Stories of one outlet are shuffled within their month, which says most about the outlet and least about the
    event; where a date is known to the year alone, or months do not hold enough of an outlet and of others, within
    their year. Undated stories are shuffled among each other. The smallest p is two in the number of ways to shuffle.
    """
    codes, dates = units["outlet"].to_numpy(object), units["published"].str.replace("-00", "")  # 00: not known
    shared = units.groupby("story_id")["outlet"].transform("size").gt(1)
    exact = dates[dates.ne("")].str.len().min()
    undated = "undated stories shuffled" if dates.eq("").any() else ""
    for length in (4,) if exact < 7 else (7, 4):
        strata = pd.factorize(np.where(shared, units["story_id"], dates.str[:length]), sort=True)[0]
        sides = {one: np.bincount(strata, codes == one).astype(int) for one in sorted(set(codes))}
        least = {one: min(1.0, 2 / prod(map(comb, np.bincount(strata), n))) for one, n in sides.items()}
        if max(least.values(), default=1) <= LEVEL or dates.eq("").all():
            break
    years = "shuffled within years" if length == 4 and dates.ne("").any() else ""
    return strata, least, "; ".join(filter(None, [years, undated]))


def shuffle_outlets(outlets: np.ndarray, strata: np.ndarray, replicates: int, seed: Sequence[int]) -> np.ndarray:
    """Return the outlets of the units, shuffled within strata: units x shuffles."""
    rng = np.random.default_rng(seed)
    shuffled = np.repeat(outlets[:, None], replicates, axis=1)
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        if (outlets[own] != outlets[own[0]]).any():
            shuffled[own] = rng.permuted(shuffled[own], axis=0)
    return shuffled


def _test_family(
    units: Parts, outlets: np.ndarray, strata: np.ndarray, targets: np.ndarray, cells: np.ndarray, what: str,
    replicates: int, seed: Sequence[int],
) -> np.ndarray:  # fmt: skip
    """Return p and the smallest difference (rows x 2) of rows that are each a target and a cell, sorted by target."""
    of_each = [(target, np.flatnonzero(targets == target)) for target in np.unique(targets)]
    spreads = [find_spread(units, outlets == target, strata)[:, cells[rows]] for target, rows in of_each]
    ratio, spread, part, size = np.hstack(spreads)
    counts = size * np.minimum(ratio, 1 - ratio).clip(0)
    weights = {"mean": np.ones(len(cells)), "share": counts**1.5, "rate": (size * spread) ** 3}[what]
    weights[spread < FLAT] = 0  # alike in all stories that can be compared
    log_weights = np.log(weights, out=np.full(len(cells), -np.inf), where=weights > 0)
    shuffled = np.column_stack([outlets, shuffle_outlets(outlets, strata, replicates, seed)])  # the first is as printed
    scores, largest, values = np.zeros(len(cells)), np.full(replicates + 1, -np.inf), units.values.tocsc()
    has = sparse.csr_matrix((units.sizes > 0).T, dtype=float)
    for target, rows in of_each:
        these = Parts(values[:, cells[rows]], units.sizes, units.kind[cells[rows]])
        weights, wide = log_weights[rows, None], spread[rows, None]
        sides = weigh_sides((shuffled == target).astype(float), strata)
        for some in np.array_split(np.arange(replicates + 1), 1 + len(rows) * replicates // BLOCK):
            measured = measure_ratios(these, np.hstack([side[:, some] for side in sides]))
            ratios, errors, _, sizes = (np.hsplit(both, 2) for both in measured)
            apart = np.where(np.minimum(*sizes) > FLAT, np.abs(np.subtract(*ratios)), 0)  # 0: a side has no such case
            # the larger of two spreads, that of all shuffles and that within the sides of this one: so a rare thing of
            # one story, or of none, is no surprise
            error = np.maximum(np.hypot(*errors), wide)
            surprise = weights - log_ndtr(-apart / np.maximum(error, FLAT)) - LOG_2
            held = np.minimum(*(has @ (side[:, some] > 0) for side in sides))  # kinds x shuffles, by parts of stories
            surprise[held[these.kind] < FEW] = -np.inf  # not tested
            largest[some] = np.maximum(largest[some], surprise.max(axis=0))
            if some[0] == 0:
                scores[rows] = surprise[:, 0]
    largest = np.sort(largest[1:])
    p = (1 + replicates - np.searchsorted(largest, scores - 1e-9)) / (1 + replicates)
    n_high = int(LEVEL * (replicates + 1))  # may score as high, what is printed among them; 0: p is never small enough
    critical = max(largest[-n_high], -1 / TINY) if n_high else np.inf  # finite where no shuffle has a score
    spread = np.where(spread > 0, spread, np.nan)  # never counted where the sides can be compared
    return np.column_stack([p, find_smallest(log_weights - critical, spread, ratio, part, what)])


def find_spread(units: Parts, own: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """Return the spread of each difference of `own` from the others over all shuffles: 4 x cells.

    The rows: the ratio on both sides together, the standard deviation of the difference, which part of its variance
    comes from the side of `own`, and the total of a side, of which the ratio is a part. They are the same whoever
    printed what. To first order a difference is a sum of x - ratio n over the units of `own`, drawn from each stratum
    without replacement, over the size of a side (Cochran 1977, Sampling Techniques, ch. 2 and 6).
    """
    n, mine = np.bincount(strata), np.bincount(strata, own)
    overlap = mine * (n - mine) / n  # what either side weighs in a stratum
    ratio, _, _, size = measure_ratios(units, (overlap / n)[strata])
    factor, totals = overlap / np.maximum(n - 1, 1), sum_parts(units, strata)
    strays = totals.values.toarray() - ratio * totals.sizes[:, units.kind]  # strata x cells
    variance = sum_squares(units, ratio, factor[strata]) - (factor / n) @ strays**2
    variance[variance < FLAT * (ratio * size) ** 2] = 0  # but for rounding
    part = np.average(1 - mine / n, weights=overlap)
    return np.array([ratio, np.sqrt(np.maximum(variance, 0)) / size, np.full(len(ratio), part), size])


def find_smallest(weight: np.ndarray, spread: np.ndarray, ratio: np.ndarray, part: np.ndarray, what: str) -> np.ndarray:
    """Return the smallest differences found in four of five cases (of rates: how many times as high, to 20), or NaN.

    `weight`: its logarithm, less the score that makes p = .05; `spread`, `ratio`, `part`: see `find_spread`. A rate
    spreads the more the higher it is, and so gains weight: where it is R times the others', its part of the variance
    grows with R^2 (R in steps of 2 %). No weight makes a row easier to find than a test of it alone would.
    """
    found, is_rate = np.full(len(ratio), np.nan), what == "rate"
    for times in np.geomspace(MOST_TIMES, 1, 150) if is_rate else (1,):  # downwards: the last that can be found counts
        wider = np.sqrt(part * times**2 + 1 - part)
        needed = -ndtri_exp(np.minimum(weight + 3 * np.log(wider), np.log(LEVEL)) - LOG_2)
        reach = (needed + ndtri(POWER)) * spread * wider
        is_found = (times - 1) * ratio >= reach if is_rate else reach < (np.inf if what == "mean" else 1)
        found[is_found] = times if is_rate else reach[is_found]
    return found
