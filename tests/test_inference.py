"""Intervals, differences and refusals: by hand, against closed forms, and as often right as they say."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from helpers import answers, inference, permutation
from tests.readings import build_reading


def _articles(outlets):
    ids = [f"a{i:03}" for i in range(len(outlets))]
    texts = [f"text {i}" for i in range(len(outlets))]
    return pd.DataFrame({"article_id": ids, "outlet": list(outlets), "story_id": ids, "published": "", "text": texts})


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


@pytest.mark.parametrize(("k", "tested", "interval"), [(4, 0, 0), (5, 1, 0), (19, 1, 0), (20, 1, 1)])
def test_outlets_of_few_stories_have_no_test_and_no_interval(k, tested, interval):
    articles = _split(k)
    counts = _draw(articles, np.random.default_rng(0), {"N": 0.5, "S": 0.5})
    ratios = _estimate(*counts, articles, replicates=99)
    assert ratios["p"].notna().eq(bool(tested)).all()
    assert ratios[["low", "high"]].notna().eq(bool(interval)).all(axis=None)
    few = [_estimate(*counts, articles, what=what, replicates=18)["smallest"] for what in ("share", "mean")]
    assert pd.concat(few).isna().all() and ratios["smallest"].notna().eq(bool(tested)).all()  # p: 1 of 19 at least
    unmatched = articles.rename(columns={"story_id": "cluster_id"})  # articles known only by shared texts, made by hand
    pd.testing.assert_frame_equal(_estimate(*counts, unmatched, replicates=99), ratios)


def test_outlets_of_few_stories_take_no_part_in_the_test_of_others():
    rng, large, small = np.random.default_rng(5), "N" * 9 + "S" * 9, "ABCDEF"
    counts = _draw(_articles(large + small), rng, dict.fromkeys("NSABCDEF", 0.5))
    both = [_estimate(*counts, _articles(outlets)).query("outlet in ['N', 'S']") for outlets in (large + small, large)]
    columns = ["value", "difference", "p"]
    np.testing.assert_allclose(*(ratios[columns].to_numpy(float) for ratios in both))
    assert both[0]["note"].str.contains("outlets with fewer than 5 stories, left out: 6").all()
    alone = _estimate(*counts, _articles(large + small).drop(range(9)))
    assert alone["p"].isna().all() and "no other outlet has 5 stories" in alone.set_index("outlet")["note"]["S"]


def test_ratios_by_hand_and_refused_below_five():
    articles = _articles("NNS")
    ratios = _estimate(_count(articles, [1, 3, 1], name="x"), _count(articles, [2, 6, 5]), articles).set_index("outlet")
    assert ratios[["value", "n", "total", "k"]].values.tolist() == [[0.5, 4, 8, 2], [0.2, 1, 5, 1]]
    assert ratios["difference"].tolist() == pytest.approx([0.3, -0.3])
    assert ratios[["low", "high", "p"]].isna().all(axis=None)
    assert ratios.loc["N", "note"] == "only 2 of the 5 stories that a test needs"
    assert answers.tell_smallest(ratios).startswith("With so few stories")
    shared = _split(6).assign(story_id=["s"] * 3 + [f"c{i}" for i in range(9)])  # three articles of one story
    ratios = _estimate(_count(shared, 1, name="x"), _count(shared, 1), shared).set_index("outlet")
    assert ratios["k"].to_dict() == {"N": 4, "S": 6} and ratios["p"].isna().all()


def test_neither_the_order_of_rows_nor_the_size_of_blocks_matters(monkeypatch):
    articles = _split(30)
    articles.loc[[3, 40], "story_id"] = "shared"
    above, below = _draw(articles, np.random.default_rng(3), {"N": 0.6, "S": 0.4})
    counts = pd.concat([above, above.assign(name="y", n=below["n"] - above["n"])]), below
    whole = _estimate(*counts, articles)
    mixed = [table.sample(frac=1, random_state=0) for table in (*counts, articles)]
    pd.testing.assert_frame_equal(_estimate(*mixed), whole)
    monkeypatch.setattr(permutation, "BLOCK", 7)
    pd.testing.assert_frame_equal(_estimate(*counts, articles), whole)


def test_the_interval_of_a_share_by_hand():
    articles = _split(20)
    # ten stories of 2 and ten of 4, half of each are so: 60^2 / 200 = 18 equal ones; x - n / 2 is 1 or 2 from 0, the
    # error^2 is 50 x 18/17 / 60^2, that of 17 independent cases, and fewer by the squares of the two Student's t
    above = _count(articles, [2] * 5 + [0] * 5 + [4] * 5 + [0] * 25, name="x")
    below, cases = _count(articles, [2] * 10 + [4] * 10 + [3] * 20), 17 * (2.0010 / 2.1098) ** 2
    expected = beta.ppf([0.025, 0.975], cases / 2 + 0.5, cases / 2 + 0.5)
    for what, none in (("share", 20), ("rate", 60)):  # of no case in 20 stories, and of none in 60 words
        ratios = _estimate(above, below, articles, what=what, replicates=0)
        ends = [*expected, 0, 1 - 0.025 ** (1 / none)]
        assert ratios[["low", "high"]].to_numpy().ravel() == pytest.approx(ends, abs=1e-4)


def test_names_roles_and_sources_are_compared():
    read = build_reading(
        {f"{outlet}{n}": (outlet, [f"{{{name}|ISIS}} fell."] * 2)
         for outlet, name in (("N", "Daesh"), ("S", "ISIS")) for n in range(6)},
        acts=[{"article_id": "N0", "actor": "ISIS", "role": "does", "verb": "fall", "mention_start": 0,
               "mention_end": 5, "verb_start": 6, "verb_end": 10}],
    )  # fmt: skip
    names = inference.compare_names(read, actor="ISIS")
    assert len(names) == 4 and names["p"].le(0.05).all()
    north = names.set_index(["outlet", "variant"]).loc[("N", "ISIS")]
    assert north[["n", "total", "value"]].tolist() == [0, 12, 0]
    told = answers.answer_differences(names, "variant")
    assert "hold: “Daesh” in N (12 of 12, 1.00; +1.00 against S" in told
    assert inference.compare_roles(read, actor="ISIS")["value"].tolist() == [1.0]
    assert inference.compare_sources(read).empty


def test_shares_of_several_things_are_each_of_its_own_total_and_one_family():
    """Shares of twenty things, most of them in a few articles only, as the page of findings counts them."""
    alarms, articles = [], _split(20)
    for seed in range(24):
        rng, above, below = np.random.default_rng(seed), [], []
        for number in range(20):
            some = articles.sample(frac=rng.uniform(0.1, 1), random_state=rng.integers(1000))
            below.append(_count(some, rng.integers(1, 9, len(some)), of=f"thing {number}"))
            share = rng.uniform(0.05, 0.95)
            if seed % 2 and number == 0:
                share = np.where(some["outlet"].eq("N"), 0.9, 0.1)
            above.append(below[-1].assign(n=rng.binomial(below[-1]["n"], share), name="x"))
        above, below = pd.concat(above).query("n > 0"), pd.concat(below)
        table = inference.estimate_ratios(above, below, articles, keys=["of", "name"], replicates=99, seed=seed)
        total = below.merge(articles).groupby(["of", "outlet"])["n"].sum()
        told = table.set_index(["of", "outlet"])["total"]
        assert told.tolist() == total.reindex(told.index, fill_value=0).tolist()
        alarms.append(table[table["of"].eq("thing 0") == (seed % 2)]["p"].min() <= 0.05)
    assert np.mean(alarms[::2]) <= 0.1 and np.mean(alarms[1::2]) >= 0.5


def test_what_few_stories_tell_hides_no_other_difference():
    """Five stories of a rare thing never let both outlets have the five of a test, so it takes no part in any."""
    articles, rng = _split(12), np.random.default_rng(0)
    below = [_count(articles, 4, of="common")]
    above = [_count(articles, [3] * 6 + [2] * 6 + [1] * 2 + [2] * 10, of="common")]
    for number in range(8):
        below.append(_count(articles.iloc[10:15], 400, of=f"rare {number}"))
        above.append(below[-1].assign(n=rng.binomial(400, rng.uniform(0.05, 0.95, 5))))
    tables = [inference.estimate_ratios(pd.concat(above[:some]), pd.concat(below[:some]), articles, keys=["of"],
                                        replicates=199) for some in (1, 9)]  # fmt: skip
    tests = [table[table["of"].eq("common")]["p"].tolist() for table in tables]
    assert tests[0] == tests[1] and max(tests[0]) < 0.05


@pytest.mark.parametrize(("others", "tested", "interval"), [(0, 0, 0), (4, 0, 0), (5, 1, 0), (19, 1, 0), (20, 1, 1)])
def test_what_the_others_hardly_have_is_not_tested(others, tested, interval):
    """Five stories of a thing on either side for a test, twenty for an interval; of nothing there is no share."""
    articles = _split(25)
    some = articles.head(25 + others)
    below = pd.concat([_count(some, 4, of="rare"), _count(articles, 3, of="common")])
    above = below.assign(name="x", n=[3] * 25 + [0] * others + [1, 2] * 25)
    table = inference.estimate_ratios(above[above["n"] > 0], below, articles, keys=["of", "name"], replicates=99)
    rare, common = (table[table["of"].eq(of)].set_index("outlet") for of in ("rare", "common"))
    assert rare["p"].notna().eq(bool(tested)).all() and rare["smallest"].notna().eq(bool(tested)).all()
    assert rare["difference_low"].notna().eq(bool(interval)).all() and common["difference_low"].notna().all()
    assert rare["difference"].isna().eq(not others).all() and np.isnan(rare.loc["S", "value"]) == (not others)
    why = f"the others have only {others} of the 5 comparable stories that a test needs"
    why = why if not tested else "fewer than 20 stories on a side: no interval; " * (not interval)
    assert rare.loc["N", "note"].removesuffix("undated stories shuffled") == why


@pytest.mark.parametrize(("near", "tested"), [(4, 0), (5, 1)])
def test_stories_of_a_year_in_which_the_others_have_none_make_no_test(near, tested):
    """All of N in the one year is so and nothing of S: 1 in 10,626 ways to shuffle 4 of 24 stories, and no test yet."""
    articles = _articles("N" * 25 + "S" * 20).assign(published=["2016"] * near + ["2014"] * (25 - near) + ["2016"] * 20)
    ratios = _estimate(_count(articles[:25], 1, name="x"), _count(articles, 1), articles, replicates=99)
    assert ratios[["p", "smallest"]].notna().eq(bool(tested)).all(axis=None) and ratios["difference_low"].isna().all()
    why = ["only 4 of the 5 comparable stories that a test needs"]
    assert tested or ratios["note"].tolist() == [*why, f"the others have {why[0]}"]


def test_an_event_that_two_of_the_others_report_is_one_of_their_stories():
    articles = _articles("N" * 20 + "A" * 11 + "B" * 10)
    articles.loc[20:29, "story_id"] = articles.loc[31:, "story_id"] = articles["story_id"].to_numpy()[:10]
    ratios = _estimate(_count(articles, 1, name="x"), _count(articles, 2), articles).set_index("outlet")
    assert np.isnan(ratios.loc["N", "difference_low"]) and "fewer than 20" in ratios.loc["N", "note"]


def test_a_difference_its_interval_and_its_weights_by_hand():
    articles, high = _split(20), 1 - 0.025 ** (1 / 20)  # where 0 of 20 are so; where all are, 1 - high is low
    ratios = _estimate(_count(articles[20:], 1, name="x"), _count(articles, 1), articles).set_index("outlet")
    columns = ["difference", "difference_low", "difference_high"]
    assert ratios.loc["N", columns].tolist() == pytest.approx([-1, -1, -1 + high * np.sqrt(2)])
    # outlets of the same dates weigh their stories alike, whatever the share of the other
    articles, rng = _articles("N" * 20 + "S" * 60), np.random.default_rng(2)
    ratios = _estimate(*_draw(articles, rng, {"N": 0.4, "S": 0.2}), articles, replicates=99).set_index("outlet")
    n, s, found = ratios.loc["N"], ratios.loc["S"], ratios.loc["N", columns].tolist()
    below, above = np.hypot(n.value - n.low, s.high - s.value), np.hypot(n.high - n.value, s.value - s.low)
    assert found == pytest.approx([n.value - s.value, n.value - s.value - below, n.value - s.value + above])
    # January has 4 stories of N and 2 of S, which weigh 1/3 and 2/3; February 2 and 6, which weigh 3/4 and 1/4
    articles = _articles("N" * 6 + "S" * 8).assign(published=[f"2016-0{1 + (i in (4, 5) or i > 7)}" for i in range(14)])
    above = _count(articles, [1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0], name="x")
    ratios = _estimate(above, _count(articles, 1), articles, replicates=99).set_index("outlet")
    n, s = (2 / 3 + 3 / 2) / (4 / 3 + 3 / 2), 1 / 4 / (4 / 3 + 3 / 2)
    assert ratios.loc["N", ["value", "difference"]].tolist() == pytest.approx([4 / 6, n - s])


def test_a_mean_whose_articles_share_a_story_by_hand():
    articles = _articles("N" * 22).assign(story_id=[f"s{min(i, 19):02}" for i in range(22)])
    tones = _count(articles, [0.2] * 19 + [-0.2] * 3, name="x")
    ratios = _estimate(tones, _count(articles, 1), articles, what="mean").iloc[0]
    # x - mean n is .2 - 3.2 / 22 in 19 stories and -.6 - 9.6 / 22 in the last one, which has 3 of 22 articles: as many
    # as 22^2 / (19 + 9) = 17.286 equal stories; t of 16.286 degrees is 2.1169
    reach = 2.1169 * np.sqrt((19 * (0.2 - 3.2 / 22) ** 2 + (0.6 + 9.6 / 22) ** 2) * 17.2857 / 16.2857) / 22
    expected = [3.2 / 22, 3.2 / 22 - reach, 3.2 / 22 + reach, 20]
    assert ratios[["value", "low", "high", "k"]].tolist() == pytest.approx(expected, abs=1e-5)
