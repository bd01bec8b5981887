"""The measures of a contrast: worked examples, peers' numbers, intervals and tests on planted words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from helpers import answers, evidence, terms
from helpers.reading import schemas
from helpers.terms import find_dispersion, rank_log_odds, score_g2, score_log_odds, score_log_ratio
from tests.readings import build_reading

COMMON = ["village", "border", "camp", "desert", "convoy", "winter", "market", "bridge"]


def _read(seed, k, planted=None, dates=False):
    """k articles an outlet of 8 sentences; a planted word stands in the given share of each outlet's sentences."""
    rng = np.random.default_rng(seed)
    articles = {}
    for outlet in ("North", "South"):
        for number in range(k):
            sentences = []
            for _ in range(8):
                words = [str(word) for word in rng.choice(COMMON, 5)]
                if planted and rng.random() < planted[outlet]:
                    words.append("rocket")
                sentences.append(" ".join(["{ISIS|ISIS}", *words]) + ".")
            articles[f"{outlet}{number:02}"] = (outlet, sentences)
    read = build_reading(articles, check=schemas.cast)
    read.articles["published"] = "2016-05" if dates else ""
    return read


@pytest.mark.parametrize(
    ("strength", "delta", "z"), [(50, 1.2007, 1.9368), (500, 0.8428, 1.7448), (5000, 0.2252, 0.9682)]
)
def test_log_odds_are_those_of_the_worked_example(strength, delta, z):
    """12 of 800 words against 3 of 700, background rate .006."""
    prior = np.array(strength * 0.006)
    found = score_log_odds(
        np.array(12.0), np.array(3.0), np.array(800.0), np.array(700.0), prior, np.array(float(strength))
    )
    assert found == pytest.approx(delta, abs=5e-5)
    assert rank_log_odds(np.array(12.0), np.array(3.0), prior, found) == pytest.approx(z, abs=5e-5)


def test_g2_ranks_the_published_example_of_quanteda_as_quanteda_does():
    """quanteda.textstats, test-textstat_keyness.R: "basic textstat_keyness lr works on two rows"."""
    letters = "abcdefgh"
    sides = ("aaabbccccccdefghh", "aabccddddefh")
    a, b = (np.array([float(side.count(letter)) for letter in letters]) for side in sides)
    for (one, other), expected in (((a, b), "cgbhaefd"), ((b, a), "defabhgc")):
        found = score_g2(one, other, one.sum(), other.sum())
        assert "".join(letters[at] for at in np.argsort(-found, kind="stable")) == expected


@given(st.integers(0, 40), st.integers(0, 40), st.integers(41, 900), st.integers(41, 900))
def test_g2_is_the_likelihood_ratio_of_the_table(a, b, n_a, n_b):
    found = float(score_g2(*(np.array(float(x)) for x in (a, b, n_a, n_b))))
    if a + b == 0:
        assert found == 0
        return
    expected = chi2_contingency([[a, b], [n_a - a, n_b - b]], correction=False, lambda_="log-likelihood").statistic
    assert abs(found) == pytest.approx(expected, abs=1e-6)
    assert np.sign(found) == np.sign(a / n_a - b / n_b) or abs(found) < 1e-9


def test_log_ratio_by_hand():
    assert score_log_ratio(np.array(8.0), np.array(2.0), np.array(1000.0), np.array(500.0)) == pytest.approx(1)
    assert score_log_ratio(np.array(0.0), np.array(2.0), np.array(500.0), np.array(500.0)) == pytest.approx(-2)


def test_dispersion_by_hand():
    sizes = np.array([100.0, 300.0])
    even = find_dispersion(np.array([1, 3]), np.array([0, 0]), np.array([0, 1]), sizes, 1)
    single = find_dispersion(np.array([4]), np.array([0]), np.array([0]), sizes, 1)
    assert even == pytest.approx([0]) and single == pytest.approx([0.75 / 0.75])


@pytest.mark.parametrize("measure", ["tfidf", "log_odds", "g2", "log_ratio"])
def test_below_five_articles_nothing_is_tested(measure):
    contrasts = terms.contrast_terms(_read(0, 4), actor="ISIS", target="North", measure=measure)
    assert contrasts[["low", "high", "p"]].isna().all(axis=None)
    assert set(contrasts["note"]) == {"stories: 4 and 4, 5 a side are needed for a test"}
    assert answers.answer_tested(contrasts).startswith("**No term is tested: stories&#58; 4 and 4")


@pytest.mark.parametrize("measure", ["tfidf", "log_odds", "g2", "log_ratio"])
def test_a_planted_word_is_found_and_no_other(measure):
    read = _read(3, 20, {"North": 0.8, "South": 0.2}, dates=True)
    contrasts = terms.contrast_terms(read, actor="ISIS", target="North", measure=measure, ngrams=(1, 1))
    contrasts = contrasts.set_index("term")
    assert contrasts.loc["rocket", "p"] <= 0.01 and (contrasts.drop("rocket")["p"] > 0.05).all()
    assert 0 < contrasts.loc["rocket", "low"] < contrasts.loc["rocket", "score"] < contrasts.loc["rocket", "high"]
    assert set(contrasts["note"]) == {""} and set(contrasts["k_target"]) == {20}


def test_false_alarms_are_as_rare_as_promised():
    alarms = [
        terms.contrast_terms(_read(seed, 6), actor="ISIS", target="North", measure="log_odds", replicates=199)[
            "p"
        ].min()
        <= 0.05
        for seed in range(120)
    ]
    assert np.mean(alarms) <= 0.1


def test_outlets_of_other_months_are_not_tested():
    read = _read(1, 8)
    read.articles["published"] = ["2016-02" if outlet == "North" else "2017-06" for outlet in read.articles["outlet"]]
    contrasts = terms.contrast_terms(read, actor="ISIS", target="North")
    assert contrasts["p"].isna().all() and contrasts["note"].str.contains("outlet and event cannot be told apart").all()


def test_each_outlet_in_turn():
    read = _read(2, 5)
    every = terms.contrast_terms(read, actor="ISIS", target=None, replicates=0)
    assert set(every["target"]) == {"North", "South"}
    for target, own in every.groupby("target"):
        one = terms.contrast_terms(read, actor="ISIS", target=target, replicates=0)
        pd.testing.assert_frame_equal(own.reset_index(drop=True), one)
    assert len(terms.contrast_terms(read, actor="ISIS", target=None, replicates=0, top=3)) == 6


def test_strength_draws_to_nothing_and_a_background_counts():
    read = _read(4, 5, {"North": 0.9, "South": 0.1})
    scores = [
        terms.contrast_terms(read, actor="ISIS", target="North", measure="log_odds", strength=strength, replicates=0)
        .set_index("term")["score"]["rocket"]
        for strength in (0.1, 1, 10)
    ]  # fmt: skip
    assert scores[0] > scores[1] > scores[2] > 0
    rare = terms.contrast_terms(
        read, actor="ISIS", target="North", measure="log_odds", background={"camp": 0.1}, replicates=0
    )
    assert rare.set_index("term")["score"]["rocket"] > scores[1]


@pytest.mark.parametrize("measure", ["tfidf", "log_odds", "g2", "log_ratio"])
@pytest.mark.parametrize("forms", ["lemmas", "words"])
@pytest.mark.parametrize("window", [None, 3])
def test_every_count_has_its_lines(measure, forms, window):
    read = _read(5, 2, {"North": 0.5, "South": 0.5})
    contrasts = terms.contrast_terms(read, actor="ISIS", target="North", measure=measure, forms=forms, window=window)
    contrasts = contrasts.head(4)
    lines = evidence.show_lines(read, contrasts)
    assert lines.groupby("row").size().tolist() == (contrasts["n_target"] + contrasts["n_rest"]).tolist()
    places = evidence.place_terms(read, contrasts)
    assert places["position"].notna().sum() == len(lines) and places["position"].dropna().between(0, 1).all()
    assert set(places["article_id"]) == set(read.articles["article_id"])


def test_a_window_keeps_the_words_near_a_mention():
    read = build_reading({
        "n": ("North", ["rocket village {ISIS|ISIS} border camp desert {ISIS|ISIS} convoy."]),
        "s": ("South", [[("outlet", "market {ISIS|ISIS} bridge:"), ("quote", '"winter harvest"')]]),
    })  # fmt: skip
    contrasts = terms.contrast_terms(read, actor="ISIS", target="North", window=1, min_n=1)
    assert set(contrasts["term"]) == {"village", "border", "desert", "convoy", "market", "bridge"}
    assert set(contrasts["window"]) == {1}
    wide = terms.contrast_terms(read, actor="ISIS", target="North", window=3, min_n=1)
    assert {"border camp", "camp desert", "bridge"} < set(wide["term"]) and "winter harvest" not in set(wide["term"])
    quoted = terms.contrast_terms(read, actor="ISIS", target="South", window=9, voice="quote", min_n=1)
    assert quoted.empty  # North quotes nothing, so there is nothing to set it against


def test_no_terms_stand_nowhere():
    read = build_reading({"n": ("North", ["{ISIS|ISIS} fell."])})
    contrasts = terms.contrast_terms(read, actor="ISIS", target="North")
    assert evidence.place_terms(read, contrasts).empty
