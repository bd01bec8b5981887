"""Estimates corrected by hand codes: by hand, refused where they must be, and as sure as they say."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers import correction
from helpers.correction import estimate, find_cost
from tests.readings import build_reading


def test_coded_in_full_is_the_mean_of_the_codes():
    articles, machine = ["a", "a", "b"], np.array([0.5, 0.1, -0.3])
    share = np.array([1 / 4, 1 / 4, 1 / 2])
    found = estimate(articles, machine, share, np.array([1.0, 0.0, -1.0]), np.ones(3))
    assert found.raw == pytest.approx(0.0) and found.corrected == pytest.approx(0.25 * 1 - 0.5)
    assert found.note == "coded in full; 2 articles, no interval" and math.isnan(found.low)


def test_too_few_articles_or_codes_are_not_corrected():
    articles = [f"a{n % 9}" for n in range(90)]
    share, machine = np.full(90, 1 / 90), np.zeros(90)
    stands_for = np.where(np.arange(90) < 45, 2.0, 0.0)
    found = estimate(articles, machine, share, np.ones(90), stands_for)
    assert found.note == "not corrected: articles: 9 of 10 needed, codes: 45 of 40 needed" and math.isnan(
        found.corrected
    )
    assert estimate(articles, machine, share, np.ones(90), np.zeros(90)).note == "no codes"


def test_the_error_is_weighed_by_what_a_code_stands_for():
    # twelve articles of four sentences; the machine is right on three of four and says 0 for the 1 of the fourth
    articles = np.repeat([f"a{n:02}" for n in range(12)], 4)
    truth, machine = np.tile([0.0, 0, 0, 1], 12), np.zeros(48)
    coded = np.arange(48) >= 4
    stands_for = np.where(coded, 48 / 44, 0.0)
    found = estimate(articles, machine, np.full(48, 1 / 48), np.where(coded, truth, np.nan), stands_for)
    assert found.raw == 0 and found.corrected == pytest.approx(0.25) and found.note == "corrected"
    assert found.high - found.low == pytest.approx(0, abs=1e-9)  # the articles are alike


def _simulate(rng, n_articles, per_article):
    sizes = rng.integers(1, 13, n_articles)
    article = np.repeat(np.arange(n_articles), sizes)
    truth = np.clip(np.round(rng.normal(-0.1, 0.25, n_articles)[article] + rng.normal(0, 0.6, len(article))), -1, 1)
    machine = 0.4 * truth + 0.15 + rng.normal(0, 0.35, len(article))
    stratum, stands_for = np.digitize(machine, [0.0, 0.3]), np.zeros(len(article))
    for number in range(3):
        rows = np.flatnonzero(stratum == number)
        drawn = rng.choice(rows, min(len(rows), n_articles * per_article // 3), replace=False)
        stands_for[drawn] = len(rows) / max(1, len(drawn))
    return article, truth, machine, stands_for, 1 / (sizes[article] * n_articles)


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(7)
    article, truth, *_ = _simulate(rng, 20_000, 1)
    mean = (np.bincount(article, truth) / np.bincount(article)).mean()
    found = []
    for _ in range(600):
        article, truth, machine, stands_for, share = _simulate(rng, 25, 4)
        code = np.where(stands_for > 0, truth, np.nan)
        found.append(estimate(article, machine, share, code, stands_for))
    assert all(one.note == "corrected" for one in found)
    assert np.mean([one.low <= mean <= one.high for one in found]) >= 0.92
    assert np.mean([one.corrected for one in found]) == pytest.approx(mean, abs=0.02)
    assert np.mean([one.raw for one in found]) > mean + 0.15  # the machine alone is far off


def test_tone_of_a_reading():
    read = build_reading({"a": ("North", ["{ISIS|ISIS} won.", "{ISIS|ISIS} lost.", "Rain."]),
                          "b": ("North", ["{ISIS|ISIS} met {ISIS|ISIS}."])})  # fmt: skip
    scores = read.sentences[read.sentences["n_actors"] > 0].assign(actor="ISIS", masked_compound=[0.5, -0.5, 0.1])
    rows = scores[["article_id", "sentence_no", "start", "end", "actor"]]
    labels = rows.assign(tone=["1", "0", "-1"], problem="")
    hand, machine = correction.correct_tone(scores, labels).to_dict("records")
    assert machine["value"] == pytest.approx((0 + 0.1) / 2) and hand["value"] == pytest.approx((0.5 - 1) / 2)
    assert (hand["series"], machine["series"]) == ("by hand codes", "VADER, names masked")
    assert (hand["n_coded"], hand["n"]) == (3, "3 sentences\n3 coded") and hand["note"].startswith("coded in full")

    codes = rows.assign(coder="A", number="1", stratum="x", probability=1.0, mentions=[1.0, 1, 0], tone=[1.0, 0, -1])
    hand = correction.correct_tone(scores, codes).iloc[0]  # a sentence that does not mention the actor has no code
    assert hand["n_coded"] == 2 and hand["note"] == "not corrected: articles: 1 of 10 needed, codes: 2 of 40 needed"


def test_sentences_needed_by_hand():
    tone = [1, 0, -1, 0] * 10
    scores = pd.DataFrame({"article_id": [f"a{n}" for n in range(40)], "start": 0, "end": 9, "actor": "ISIS"})
    labels = scores.assign(tone=[str(code) for code in tone], problem="")
    scores = scores.assign(masked_compound=[code / 2 for code in tone], compound=[0.1, 0.3] * 20)
    needed = correction.count_needed(scores, labels).set_index(["instrument", "difference"])
    sd = np.std(tone, ddof=1)
    by_hand = math.ceil(2 * (1.959964 + 0.841621) ** 2 * sd**2 / 0.2**2)
    assert needed.loc[("codes by hand", 0.2), "n_sentences"] == by_hand
    assert needed.loc[("VADER, names masked", 0.2), "n_sentences"] == by_hand  # half the slope, half the spread
    assert needed.loc[("VADER, names masked", 0.2), "slope"] == pytest.approx(0.5)
    assert pd.isna(needed.loc[("VADER, as printed", 0.2), "n_sentences"])  # does not follow the codes


def test_alike_sentences_cost():
    alike = pd.DataFrame({"article_id": ["a"] * 5 + ["b"] * 5, "tone": [1] * 5 + [-1] * 5})
    assert find_cost(alike) == pytest.approx(5)  # five alike tell no more than one
    assert find_cost(alike.assign(tone=[1, -1, 0, 1, -1] * 2)) == 1
