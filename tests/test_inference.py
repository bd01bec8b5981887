"""Intervals, tests and refusals: by hand, against closed forms, and as often right as they say."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from helpers import answers, inference
from helpers.inference import choose_strata, find_smallest_p, rank_p, scale_by_tail, shuffle_sides
from helpers.terms import contrast_terms
from tests.readings import build_reading


def _articles(outlets):
    ids = [f"a{i:03}" for i in range(len(outlets))]
    texts = [f"text {i}" for i in range(len(outlets))]
    return pd.DataFrame({"article_id": ids, "outlet": list(outlets), "cluster_id": ids, "published": "", "text": texts})


def _split(k):
    """As many articles of two outlets, each a story of its own."""
    return _articles("N" * k + "S" * k)


def _count(articles, n, **key):
    return articles[["article_id"]].assign(n=n, **key)


def _estimate(above, below, articles, **options):
    return inference.estimate_ratios(above, below, articles, keys=["name"], **options)


def _draw(articles, rng, shares):
    below = _count(articles, rng.integers(1, 9, len(articles)))
    n = [rng.binomial(size, shares[outlet]) for size, outlet in zip(below["n"], articles["outlet"], strict=True)]
    return below.assign(n=n, name="x"), below


def test_weights_are_poisson_and_the_clusters_own():
    weights = inference.weigh_clusters(np.arange(2000, dtype="uint64"), 500)
    shares = np.bincount(weights.astype(int).ravel(), minlength=4)[:4] / weights.size
    assert shares == pytest.approx(np.exp(-1) / np.array([1, 1, 2, 6]), abs=0.002)
    assert abs(np.corrcoef(weights[:50]) - np.eye(50)).max() < 0.25
    part = inference.weigh_clusters(np.arange(7, 9, dtype="uint64"), 500)
    assert (part == weights[7:9]).all()  # the same however the clusters are split


def test_a_cluster_is_known_by_the_smallest_hash_of_its_texts():
    articles = _articles("NSS").assign(cluster_id=["x", "x", "y"])
    seeds = inference.hash_clusters(articles)
    alone = inference.hash_clusters(articles.assign(cluster_id=["a", "b", "y"]))
    assert seeds["x"] == min(alone["a"], alone["b"]) and seeds["y"] == alone["y"]
    assert inference.hash_clusters(articles.iloc[::-1]).to_dict() == seeds.to_dict()


@pytest.mark.parametrize(("k", "tested", "interval"), [(1, 0, 0), (4, 0, 0), (5, 1, 0), (19, 1, 0), (20, 1, 1)])
def test_few_clusters_are_refused(k, tested, interval):
    articles = _split(k)
    counts = _draw(articles, np.random.default_rng(0), {"N": 0.5, "S": 0.5})
    ratios = _estimate(*counts, articles, replicates=99)
    assert ratios["p"].notna().eq(bool(tested)).all()
    assert ratios[["low", "high"]].notna().eq(bool(interval)).all(axis=None)


def test_outlets_of_few_stories_take_no_part_in_the_test_of_others():
    rng, large, small = np.random.default_rng(5), "N" * 9 + "S" * 9, "ABCDEF"
    counts = _draw(_articles(large + small), rng, dict.fromkeys("NSABCDEF", 0.5))
    both = [_estimate(*counts, _articles(outlets)).query("outlet in ['N', 'S']") for outlets in (large + small, large)]
    columns = ["value", "difference", "p"]
    np.testing.assert_allclose(*(ratios[columns].to_numpy(float) for ratios in both))
    assert both[0]["note"].str.endswith("outlets with fewer than 5 stories, left out: 6").all()
    alone = _estimate(*counts, _articles(large + small).drop(range(9)))
    assert alone["p"].isna().all() and "no other outlet has 5 stories" in alone.set_index("outlet")["note"]["S"]


def test_an_interval_from_a_few_of_its_replicates_is_refused():
    sizes = {"A": 25, **dict.fromkeys("BCDEFGHIJKLMNOPQRSTUVWXYZ", 5)}  # one of these lacks in 16 % of the replicates
    sentences = {f"{outlet}{n}": (outlet, [f"{{ISIS|ISIS}} held town {outlet} {n} by the river."])
                 for outlet, size in sizes.items() for n in range(size)}  # fmt: skip
    found = contrast_terms(build_reading(sentences), actor="ISIS", target="A")
    assert len(found) and found["low"].isna().all() and found["note"].str.contains("too many for an interval").all()


def test_an_interval_widens_for_few_clusters():
    draws = np.random.default_rng(0).normal(size=(1, 20_000))
    ends = {k: inference.find_interval(draws, k) for k in (5, 20, 10_000)}
    assert ends[5][0] < ends[20][0] < ends[10_000][0]
    assert ends[10_000][0][0] == pytest.approx(-1.96, abs=0.06)
    assert ends[5][1][0] == pytest.approx((5 / 4) ** 0.5 * 2.776, abs=0.5)  # t with 4 degrees of freedom


def test_the_smallest_p_by_hand():
    one = np.array([True] * 5 + [False] * 5)
    assert find_smallest_p(one, ~one, np.zeros(10, int)) == 2 / comb(10, 5)
    assert find_smallest_p(one, ~one, np.array([0, 0, 0, 1, 1, 0, 0, 1, 1, 1])) == 2 / (comb(5, 3) * comb(5, 2))
    assert find_smallest_p(one, ~one, np.arange(10)) == 1


def test_clusters_change_places_within_a_month_a_year_or_not_at_all():
    one = np.array([True] * 6 + [False] * 6)
    assert choose_strata(one, ~one, ["2016-02-03"] * 12)[1] == ""
    months = [f"2016-{month:02}" for month in range(1, 13)]
    assert choose_strata(one, ~one, months)[1] == "shuffled within years"
    strata, why = choose_strata(one, ~one, ["2016-02"] * 6 + ["2017-03"] * 6)
    assert strata is None and "outlet and event cannot be told apart" in why
    assert choose_strata(one, ~one, [""] * 12)[1] == "undated stories shuffled"
    years = ["2016"] * 6 + ["2017"] * 6
    assert choose_strata(one, ~one, years)[1].startswith("outlet and event cannot be told apart")
    assert choose_strata(one, ~one, ["2016-02-03"] * 11 + ["2016"])[1] == "shuffled within years"
    assert choose_strata(one, ~one, ["2016-00-00"] * 12)[1] == "shuffled within years"  # month not known
    some = choose_strata(one, ~one, [""] * 8 + ["2016-02-03"] * 4)
    assert some[1] == "not testable: the smallest possible p is 0.071"
    few = choose_strata(one[4:8], ~one[4:8], [""] * 4)
    assert few == (None, "not testable: the smallest possible p is 0.33")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 3)), min_size=2, max_size=20))
def test_shuffling_keeps_the_numbers_of_each_stratum(rows):
    rows = [(a or not b, b, stratum) for a, b, stratum in rows]
    target, rest, strata = (np.array(part) for part in zip(*rows, strict=True))
    shuffled = shuffle_sides(target, rest, strata, 20) ^ target[:, None]
    for stratum in set(strata):
        own = (strata == stratum) & (target ^ rest)
        assert (shuffled[own].sum(axis=0) == target[own].sum()).all()


def test_max_t_by_hand():
    own, largest = scale_by_tail(np.array([2.0, 0.0]), np.array([[1.0, -1.0, 3.0], [0.0, 0.0, 0.0]]))
    tail = ((1 + 1 + 3**8 + 2**8) / 4) ** (1 / 8)
    assert own == pytest.approx([2 / tail, 0]) and largest == pytest.approx([1 / tail, 1 / tail, 3 / tail])
    assert rank_p(own, largest).tolist() == [2 / 4, 4 / 4]


def test_ratios_by_hand_and_refused_below_five():
    articles = _articles("NNS")
    ratios = _estimate(_count(articles, [1, 3, 1], name="x"), _count(articles, [2, 6, 5]), articles).set_index("outlet")
    assert ratios[["value", "n", "total", "k"]].values.tolist() == [[0.5, 4, 8, 2], [0.2, 1, 5, 1]]
    assert ratios["difference"].tolist() == pytest.approx([0.3, -0.3])
    assert ratios[["low", "high", "p"]].isna().all(axis=None)
    assert ratios.loc["N", "note"].startswith("stories: 2, 20 are needed for an interval")


def test_a_difference_is_found_and_none_where_there_is_none():
    rng = np.random.default_rng(1)
    articles = _split(25)
    ratios = _estimate(*_draw(articles, rng, {"N": 0.7, "S": 0.2}), articles)
    assert (ratios["p"] <= 0.01).all()
    assert ((ratios["low"] < ratios["value"]) & (ratios["value"] < ratios["high"])).all()
    same = {"N": 0.4, "S": 0.4}
    p = [_estimate(*_draw(articles, rng, same), articles, replicates=99)["p"].iloc[0] for _ in range(150)]
    assert np.mean(np.array(p) <= 0.05) <= 0.09


def test_neither_the_order_of_rows_nor_the_size_of_blocks_matters(monkeypatch):
    articles = _split(30)
    articles.loc[[3, 40], "cluster_id"] = "shared"
    above, below = _draw(articles, np.random.default_rng(3), {"N": 0.6, "S": 0.4})
    counts = pd.concat([above, above.assign(name="y", n=below["n"] - above["n"])]), below
    whole = _estimate(*counts, articles)
    mixed = [table.sample(frac=1, random_state=0) for table in (*counts, articles)]
    pd.testing.assert_frame_equal(_estimate(*mixed), whole)
    monkeypatch.setattr(inference, "BLOCK", 7)
    pd.testing.assert_frame_equal(_estimate(*counts, articles), whole)


def test_few_tests_are_adjusted_by_benjamini_and_hochberg_and_names_of_few_stories_are_no_tests():
    rng, articles = np.random.default_rng(4), _split(9)
    below = _count(articles, 9)
    above = pd.concat([_count(articles, rng.integers(1, 9, 18), name=name) for name in "abc"])
    ratios = _estimate(pd.concat([above, _count(articles.head(3), 1, name="rare")]), below, articles)
    # the same p for both outlets: alone there is nothing to adjust
    alone = [_estimate(above[above["name"].eq(name)], below, articles)["p"].iloc[0] for name in "abc"]
    tested = ratios[ratios["name"].ne("rare")].sort_values(["outlet", "name"])["p"]
    assert tested.to_numpy() == pytest.approx(false_discovery_control([*alone, *alone]))
    assert ratios.loc[ratios["name"].eq("rare"), "p"].isna().all()
    assert ratios["note"].str.contains("in 3 stories, 5 are needed for a test").sum() == 2


def test_intervals_of_a_share_hold_the_truth():
    rng, held = np.random.default_rng(2), []
    articles = _split(20)
    share = {"N": 0.3, "S": 0.5}
    for _ in range(100):
        ratios = _estimate(*_draw(articles, rng, share), articles, replicates=399)
        held += [row.low <= share[row.outlet] <= row.high for row in ratios.itertuples()]
    assert np.mean(held) >= 0.9


def test_a_share_of_nothing_has_an_end_above():
    articles = _split(20)
    ratios = _estimate(_count(articles[20:], 2, name="x"), _count(articles, 2), articles).set_index("outlet")
    assert ratios.loc["N", ["value", "low", "high"]].tolist() == pytest.approx([0, 0, 1 - 0.05 ** (1 / 20)])
    assert ratios.loc["S", ["value", "low", "high"]].tolist() == pytest.approx([1, 0.05 ** (1 / 20), 1])


def test_a_shared_story_counts_once():
    articles = _split(6).assign(cluster_id=["s"] * 3 + [f"c{i}" for i in range(9)])
    ratios = _estimate(_count(articles, 1, name="x"), _count(articles, 1), articles).set_index("outlet")
    assert ratios["k"].to_dict() == {"N": 4, "S": 6} and ratios["p"].isna().all()


def test_names_roles_and_sources_are_compared():
    read = build_reading(
        {f"{outlet}{n}": (outlet, [f"{{{name}|ISIS}} fell."] * 2)
         for outlet, name in (("N", "Daesh"), ("S", "ISIS")) for n in range(6)},
        acts=[{"article_id": "N0", "actor": "ISIS", "role": "acts", "verb": "fall", "mention_start": 0,
               "mention_end": 5, "verb_start": 6, "verb_end": 10}],
    )  # fmt: skip
    names = inference.compare_names(read, actor="ISIS")
    held = names[names["p"].le(inference.LEVEL)]
    assert set(zip(held["outlet"], held["variant"], strict=True)) == {(o, v) for o in "NS" for v in ("Daesh", "ISIS")}
    north = names.set_index(["outlet", "variant"]).loc[("N", "ISIS")]
    assert north[["n", "total", "value"]].tolist() == [0, 12, 0]
    assert "hold: N, Daesh 1.00 (+1.00 against the others)" in answers.answer_differences(names, "variant")
    assert inference.compare_roles(read, actor="ISIS")["value"].tolist() == [1.0]
    assert inference.compare_sources(read).empty
