"""The joint test of a table: by hand, against plain loops over every shuffle, and as often wrong as it says."""

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import norm

from helpers import permutation
from helpers.permutation import Parts, choose_strata, find_spread, measure_ratios


def _units(outlets, dates=None, stories=None):
    stories = stories or [f"s{n:03}" for n in range(len(outlets))]
    units = pd.DataFrame({"story_id": stories, "outlet": list(outlets), "published": dates or [""] * len(outlets)})
    return units.assign(hash=pd.util.hash_array(units["story_id"].to_numpy(object)))


def _parts(values, sizes=None):
    values = np.array(values, float).reshape(len(values), -1)
    sizes = np.ones(len(values)) if sizes is None else np.array(sizes, float)
    return Parts(sparse.csr_matrix(values), sizes[:, None], np.zeros(values.shape[1], int))


def test_a_ratio_its_error_and_the_weights_of_its_sides_by_hand():
    sides = np.ones(3), np.array([1, 0.5, 0]), np.array([[1, 1], [1, 0.5], [1, 0]])
    parts = _parts([1, 2, 0], [2, 2, 2])
    (ratio, error, above, below), weighted, both = (measure_ratios(parts, side) for side in sides)
    # x - ratio n is 0, 1 and -1: spread 2, times 3/2 for three units, over a total of 6
    assert (ratio[0], above[0], below[0]) == (0.5, 3, 6) and error[0] == pytest.approx(np.sqrt(3) / 6)
    assert weighted[0] == pytest.approx([2 / 3])
    assert both[1][0] == pytest.approx([error[0], weighted[1][0]])  # many shuffles at once
    # each side weighs a stratum by what the other has in it
    own, others = permutation.weigh_sides(np.array([1.0, 0, 0, 1, 0, 1]), np.array([0, 0, 0, 1, 1, 2]))
    assert own == pytest.approx([2 / 3, 0, 0, 1 / 2, 0, 0])  # nobody else is in the last stratum
    assert others == pytest.approx([0, 1 / 3, 1 / 3, 0, 1 / 2, 0])


@pytest.mark.parametrize(("dates", "least", "note"), [
    (["2016-02-03"] * 12, 2 / comb(12, 6), ""),
    ([f"2016-{month:02}" for month in range(1, 13)], 2 / comb(12, 6), "shuffled within years"),
    (["2016-02"] * 6 + ["2017-03"] * 6, 1, "shuffled within years"),
    ((["2016"] * 3 + ["2017"] * 3) * 2, 2 / comb(6, 3) ** 2, "shuffled within years"),
    (["2016-02-03"] * 11 + ["2016"], 2 / comb(12, 6), "shuffled within years"),  # as exact as the least exact
    (["2016-00-00"] * 12, 2 / comb(12, 6), "shuffled within years"),  # month not known
    ([""] * 12, 2 / comb(12, 6), "undated stories shuffled"),
    ([""] * 8 + ["2016-02-03"] * 4, 2 / comb(8, 2), "shuffled within years; undated stories shuffled"),
])  # fmt: skip
def test_stories_change_places_within_a_month_or_a_year(dates, least, note):
    _, found, said = choose_strata(_units("N" * 6 + "S" * 6, dates))
    assert [*found.values()] == pytest.approx([least, least]) and said == note


def test_stories_are_shuffled_within_strata_and_the_parts_of_a_shared_one_with_each_other_only():
    units = _units("NSNS", ["2016-02"] * 4, ["x", "x", "a", "b"])
    strata, _, _ = choose_strata(units)
    assert strata[0] == strata[1] != strata[2] == strata[3]
    outlets, strata = np.array(list("AABACBCABC"), object), np.array([0, 0, 0, 1, 1, 1, 1, 2, 3, 3])
    shuffled = permutation.shuffle_outlets(outlets, strata, 20, [0])
    for own in (strata == stratum for stratum in range(4)):
        assert all(sorted(one) == sorted(outlets[own]) for one in shuffled[own].T)
    assert (shuffled != outlets[:, None]).any()


def test_the_spread_is_that_of_every_shuffle():
    values, sizes = np.array([3.0, 0, 1, 2, 5, 1, 0]), np.ones(7)
    own, strata = np.array([1, 1, 0, 0, 1, 0, 0], bool), np.array([0, 0, 0, 0, 1, 1, 1])
    differences = []
    for first in combinations(range(4), 2):
        for second in combinations(range(4, 7), 1):
            side = np.zeros(7)
            side[[*first, *second]] = 1
            weights = permutation.weigh_sides(side, strata)
            differences.append(np.subtract(*((values @ weight) / (sizes @ weight) for weight in weights)))
    ratio, spread, part, size = find_spread(_parts(values), own, strata)[:, 0]
    assert spread == pytest.approx(np.std(differences)) and np.mean(differences) == pytest.approx(0)
    assert ratio == pytest.approx((1.5 * 1 * 6 / 4 / 1.5 + 2 / 3 * 6 / 3) / (1 + 2 / 3)) and 0 < part < 1
    assert size == pytest.approx(1 + 2 / 3)  # 2 of 4 and 1 of 3 stories, each weighed by the rest of its stratum


def test_what_is_alike_in_all_stories_has_no_spread():
    sizes = np.arange(1, 9.0)
    ratio, spread, *_ = find_spread(_parts(sizes * 0.3, sizes), np.arange(8) % 2, np.array([0, 0, 0, 0, 1, 1, 1, 1]))
    assert ratio == pytest.approx([0.3]) and spread.tolist() == [0]  # not the last bits of a sum


def test_the_smallest_difference_by_hand():
    given = weights, spread, ratio, part = [np.array([x]) for x in (np.log(0.001), 0.05, 0.3, 0.5)]
    found = {what: permutation.find_smallest(*given, what)[0] for what in ("share", "rate", "mean")}
    assert found["share"] == found["mean"] == pytest.approx((norm.isf(0.001 / 2) + norm.ppf(0.8)) * 0.05)
    times = found["rate"]  # (times - 1) is reach spreads, each sqrt((times^2 + 1) / 2) of that of a ratio of 1
    wider = np.sqrt((times**2 + 1) / 2)  # the weight grows with its cube, so that a lower surprise is enough
    reach = norm.isf(0.001 * wider**3 / 2) + norm.ppf(0.8)
    assert 0.001 * wider**3 < 0.05 and (times - 1) * 0.3 == pytest.approx(reach * 0.05 * wider, rel=0.04)
    alone = permutation.find_smallest(np.zeros(1), spread, ratio, part, "share")  # no weight makes it easier than alone
    assert alone == pytest.approx([(1.96 + norm.ppf(0.8)) * 0.05], rel=1e-4)
    for what in ("rate", "share"):  # it cannot be found
        assert np.isnan(permutation.find_smallest(weights, spread * 9, ratio, part, what)[0])


@pytest.mark.parametrize("what", ["share", "rate"])
def test_the_joint_maximum_is_that_of_plain_loops(monkeypatch, what):
    rng = np.random.default_rng(3)
    units = _parts(rng.poisson(2, (15, 3)), rng.integers(3, 9, 15))
    outlets = np.repeat(np.array(list("ABC"), object), 5)
    strata = np.array([0, 0, 1, 1, 1] * 3)
    shuffles = permutation.shuffle_outlets(outlets, strata, 39, [5])
    monkeypatch.setattr(permutation, "shuffle_outlets", lambda *_: shuffles)
    targets, cells = np.repeat(np.array(list("ABC"), object), 3), np.tile([0, 1, 2], 3)
    found = permutation._test_family(units, outlets, strata, targets, cells, what, 39, [0])
    spreads = {one: find_spread(units, outlets == one, strata) for one in "ABC"}
    rows = list(zip(targets, cells, strict=True))
    ratios, spread, size = (np.array([spreads[t][i][c] for t, c in rows]) for i in (0, 1, 3))
    weights = (size * np.minimum(ratios, 1 - ratios)) ** 1.5 if what == "share" else (size * spread) ** 3
    weights = np.log(weights / weights.mean())

    def score(dealt):
        scores = []
        for row, (target, cell) in enumerate(zip(targets, cells, strict=True)):
            one = Parts(units.values[:, [cell]], units.sizes, np.zeros(1, int))
            sides = permutation.weigh_sides((dealt == target).astype(float), strata)
            (a, error_a, *_), (b, error_b, *_) = (measure_ratios(one, side) for side in sides)
            z = abs(a - b) / max(np.hypot(error_a, error_b)[0], spread[row])
            scores.append(weights[row] - np.log(2 * norm.sf(z[0])))
        return np.array(scores)

    largest = np.array([score(one).max() for one in shuffles.T])
    expected = [(1 + (largest >= own - 1e-9).sum()) / 40 for own in score(outlets)]
    assert found[:, 0] == pytest.approx(expected)


def test_a_share_that_is_always_1_leaves_the_others_their_p():
    for seed in (0, 21, 23):  # the sum of the whole is 1 and a last bit more
        rng = np.random.default_rng(seed)
        sizes = rng.integers(3, 90, 24).astype(float)
        units = _parts(np.column_stack([sizes, rng.binomial(sizes.astype(int), 0.3)]), sizes)
        strata, outlets = rng.integers(0, 5, 24), np.where(rng.random(24) < 0.4, "A", "B").astype(object)
        targets = np.array(["A", "A"], object)
        found = permutation._test_family(units, outlets, strata, targets, np.arange(2), "share", 19, [0])
        assert found[0, 0] == 1 and 0.05 <= found[1, 0] < 1
