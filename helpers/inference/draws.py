"""Intervals and tests for any table counted by story cluster, and refusals where there are too few.

The unit is the story cluster: an article, or the articles that share a text. One weight is drawn for a cluster and
replicate from the cluster's own content, so that it is the same in every outlet, on every machine, and however the
articles are split: sums over parts merge exactly. Sources: Poisson bootstrap: Chamandy, Muralidharan, Najmi & Naidu
2012; the percentile interval is widened for few clusters as in Hesterberg 2015, "What Teachers Should Know About the
Bootstrap" (doi 10.1080/00031305.2015.1089789); max-T: Westfall & Young 1993; p-values that count the sample
itself: Phipson & Smyth 2010; splitmix64: Steele, Lea & Flood 2014.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from math import comb, prod, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtrit

REPLICATES = 999
FEW, ENOUGH = 5, 20  # clusters: below the first nothing is claimed, from the second on there are intervals
LEVEL = 0.05
POINTS, TESTS, INTERVALS = "points only", "points and p", "intervals and p"
_GOLDEN, _MIX = np.uint64(0x9E3779B97F4A7C15), (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
# 2^64 times the chance of a Poisson(1) number of 0, of at most 1, ... at most 12
_STEPS = np.array(
    [int(2**64 * np.exp(-1) * sum(1 / prod(range(1, n + 1)) for n in range(most + 1))) for most in range(12)], np.uint64
)
PERIODS = {"month": 7, "year": 4}  # characters of an ISO date


def hash_clusters(articles: pd.DataFrame) -> pd.Series:
    """Return a number for each story cluster, from the smallest hash of its articles' texts.

    `articles` has cluster_id and text. One entry a cluster, its index cluster_id in order.
    """
    digests = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in articles["text"]]
    smallest = pd.Series(digests, index=articles["cluster_id"].to_numpy(object), dtype=object).groupby(level=0).min()
    return smallest.map(lambda digest: int(digest, 16)).astype("uint64").rename("seed")


def weigh_clusters(seeds: Sequence[int], replicates: int = REPLICATES) -> np.ndarray:
    """Return how often each cluster is drawn in each replicate: clusters x replicates, Poisson of mean 1; read only.

    A byte each, since this is what grows with the corpus.
    """
    return _weigh(np.asarray(seeds, dtype=np.uint64).tobytes(), replicates)


@lru_cache(maxsize=1)  # each outlet in turn against the others: the same clusters again
def _weigh(seeds: bytes, replicates: int) -> np.ndarray:
    steps = np.arange(1, replicates + 1, dtype=np.uint64) * _GOLDEN
    numbers = np.frombuffer(seeds, dtype=np.uint64)
    weights = np.empty((len(numbers), replicates), np.uint8)
    for start in range(0, len(numbers), 500):  # some at a time: the mixing takes several times the room of its result
        state = numbers[start : start + 500, None] + steps
        for shift, factor in zip((30, 27), _MIX, strict=True):
            state = (state ^ (state >> np.uint64(shift))) * factor
        state ^= state >> np.uint64(31)
        weights[start : start + 500] = np.searchsorted(_STEPS, state.ravel(), side="right").reshape(state.shape)
    weights.flags.writeable = False
    return weights


def judge(k: int) -> str:
    """Return what k clusters allow: points only, points and p, or intervals and p."""
    return POINTS if k < FEW else TESTS if k < ENOUGH else INTERVALS


def find_interval(replicates: np.ndarray, k: int, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of each row of `replicates` (statistics x replicates), NaN left out.

    Percentiles, further out the fewer clusters there are: the normal tail at sqrt(k / (k - 1)) times Student's t.
    """
    reach = sqrt(k / (k - 1)) * stdtrit(k - 1, 1 - level / 2) if k > 1 else np.inf
    tail = float(ndtr(-reach))
    ends = np.nanquantile if np.isnan(replicates).any() else np.quantile
    low, high = ends(replicates, [tail, 1 - tail], axis=1)
    return low, high


class Sides(NamedTuple):
    """Clusters as a test deals them out: which of them stand in the target, and which may change places."""

    target: np.ndarray  # clusters: in the target
    rest: np.ndarray  # clusters: in the others (both, where they share the text)
    strata: np.ndarray  # number of the time in which a cluster may change places with others
    within: str  # month, year, or "" where nothing is known of the dates


class Refusal(NamedTuple):
    """Why there is no test."""

    why: str


def choose_strata(target: np.ndarray, rest: np.ndarray, dates: Sequence[str]) -> "Sides | Refusal":
    """Return clusters with the time within which they are dealt out, the shortest that allows a test; or a refusal.

    Clusters of the same month say most about the outlet and least about the event; where months do not hold enough
    of both sides, years are taken. Undated clusters are dealt out among each other.
    """
    known = [date for date in dates if date]
    if not known:
        sides = Sides(target, rest, np.zeros(len(dates), int), "")
        least = smallest_p(sides)
        return sides if least <= LEVEL else Refusal(f"not testable: the smallest possible p is {least:.2g}")
    least = 1.0
    for within, length in PERIODS.items():
        strata = np.unique([date[:length] if len(date) >= length else "" for date in dates], return_inverse=True)[1]
        sides = Sides(target, rest, strata, within)
        least = smallest_p(sides)
        if least <= LEVEL:
            return sides
    if least == 1.0:
        return Refusal("outlet and event cannot be told apart: no year has articles of both sides")
    return Refusal(f"not testable: the smallest possible p is {least:.2g}")


def smallest_p(sides: Sides) -> float:
    """Return the smallest two-sided p-value that dealing out can give: two in the number of ways to deal."""
    ways = 1
    single = sides.target ^ sides.rest
    for stratum in np.unique(sides.strata):
        own = (sides.strata == stratum) & single
        ways *= comb(int(own.sum()), int((own & sides.target).sum()))
    ways *= 2 ** int((sides.target & sides.rest).sum())
    return min(1.0, 2 / ways)


def deal_out(
    sides: Sides, replicates: int = REPLICATES, seed: int | Sequence[int] = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return which clusters stand in the target as dealt out anew within each stratum: clusters x replicates.

    A cluster of one side takes the place of another; one that stands in both (a shared text) may swap its two parts.
    Returns (target, swapped): clusters of one side in the target; clusters of both whose parts are swapped.
    """
    rng = np.random.default_rng(seed)
    single, both = sides.target ^ sides.rest, sides.target & sides.rest
    dealt = np.repeat((sides.target & single)[:, None], replicates, axis=1)
    for stratum in np.unique(sides.strata):
        group = np.flatnonzero((sides.strata == stratum) & single)
        if sides.target[group].any() and sides.rest[group].any():
            dealt[group] = rng.permuted(dealt[group], axis=0)
    swapped = np.zeros(dealt.shape, bool)
    at = 0
    for row in np.flatnonzero(both):  # every cluster has its own stretch of the numbers: only those used are drawn
        rng.bit_generator.advance(int(row - at) * replicates)
        swapped[row] = rng.random(replicates) < 0.5
        at = row + 1
    return dealt, swapped


def hold_against_tail(observed: np.ndarray, dealt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return statistics in units of their own tail as dealt out, and the largest of each deal (for max-T).

    `observed`: statistics; `dealt`: statistics x replicates, which is used up. The tail is the norm of order 8 of all
    deals, the observed one among them, between their spread (order 2) and the largest. A rare word lies far out in
    units of its spread whenever it is dealt to one side, and would rule the largest of each deal; in units of its tail
    it does not. One that never varies becomes 0. The p-values are `rank_p` of the first against the second.
    """
    scores, own = np.abs(dealt, out=dealt), np.abs(observed)
    most = np.maximum(scores.max(axis=1, initial=0.0), own).astype(scores.dtype)
    scale = np.where(most > 0, 1 / np.where(most > 0, most, 1), 0).astype(scores.dtype)
    scores *= scale[:, None]
    own = own * scale
    fourth = np.square(scores)
    np.square(fourth, out=fourth)
    tail = ((np.einsum("ij,ij->i", fourth, fourth) + own**8) / (scores.shape[1] + 1)) ** (1 / 8)
    scale = np.where(tail > 0, 1 / np.where(tail > 0, tail, 1), 0).astype(scores.dtype)
    scores *= scale[:, None]
    return own * scale, scores.max(axis=0, initial=0.0)


def rank_p(observed: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    """Return the share of draws, the observed one among them, that are as large as each of `observed`."""
    order = np.sort(dealt)
    as_large = len(order) - np.searchsorted(order, observed * (1 - 1e-6), side="left")
    return (1 + as_large) / (1 + len(order))


def adjust_few(p: pd.Series) -> pd.Series:
    """Return Benjamini & Hochberg's (1995) adjusted p-values of at most 50 tests; empty ones are not counted.

    Raises ValueError for more: use max-T there.
    """
    known = p.dropna().sort_values(ascending=False)
    if len(known) > 50:
        raise ValueError(f"{len(known)} tests at once; Benjamini-Hochberg is for at most 50 here: use max-T")
    ranks = np.arange(len(known), 0, -1)
    adjusted = np.minimum.accumulate(known.to_numpy() * len(known) / ranks)
    return pd.Series(np.minimum(adjusted, 1.0), index=known.index).reindex(p.index)
