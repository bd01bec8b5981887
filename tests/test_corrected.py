"""Means corrected by hand codes: by hand, refused where they must be, and as sure as they say."""

import numpy as np
import pandas as pd
import pytest

from helpers import coding, correction
from helpers.correction import correct_mean
from tests.readings import build_reading


def test_where_all_is_coded_the_mean_is_that_of_the_codes():
    share = np.array([1 / 4, 1 / 4, 1 / 2])
    mean, error = correct_mean(np.array([0.5, 0.1, -0.3]), share, np.array([1.0, 0.0, -1.0]), np.ones(3))
    assert mean == pytest.approx(0.25 * 1 - 0.5) and error == 0
    # else the error is weighed by what a code stands for: the machine says 0; of 48 sentences 12 are 1
    # all of these are coded, and a third of the others
    truth, drawn = np.tile([0.0, 0, 0, 1], 12), np.tile([True, False, False, True], 12)
    stands_for = np.where(drawn, np.where(truth == 1, 1.0, 3.0), 0.0)
    mean, error = correct_mean(np.zeros(48), np.full(48, 1 / 48), np.where(drawn, truth, np.nan), stands_for)
    assert mean == pytest.approx(0.25) and 0 < error < 0.1


def make_scores(rng, n_articles=30):
    """Three outlets whose articles differ, and a machine that knows how sure it may be."""
    rows = [(f"o{n % 3}", f"a{n}", rng.dirichlet([2, 4 - n % 3, 1])) for n in range(3 * n_articles)]
    rows = [(*row[:2], rng.dirichlet(3 * row[2] + 0.05)) for row in rows for _ in range(rng.integers(1, 9))]
    scores = pd.DataFrame([row[:2] for row in rows], columns=["outlet", "article_id"])
    chances = np.array([row[2] for row in rows])
    scores[["negative", "neutral", "positive"]] = chances
    code = (rng.random((len(rows), 1)) > chances.cumsum(axis=1)).sum(axis=1) - 1.0
    scores = scores.assign(target_score=chances[:, 2] - chances[:, 0], code=code.clip(-1, 1), actor="X", text="")
    return scores.assign(sentence_no=range(len(rows)), start=range(len(rows)), end=1, target_label=0)


def test_intervals_cover_the_truth_and_take_half_the_codes():
    rng, found, off = np.random.default_rng(7), [], []
    for _ in range(60):
        scores = make_scores(rng)
        truth = scores.groupby(["outlet", "article_id"])["code"].mean().groupby("outlet").mean()
        for n, chances in ((180, np.full(len(scores), 180 / len(scores))), (90, coding.find_chances(scores, 90))):
            assert chances.sum() == pytest.approx(n) and chances.min() >= 0.2 * n / len(scores) and chances.max() <= 1
            drawn = scores.assign(probability=chances, rank=rng.random(len(scores)) / chances)
            each = drawn.groupby("outlet")["probability"].sum().round().astype(int)
            drawn = pd.concat([drawn[drawn["outlet"] == one].nsmallest(k, "rank") for one, k in each.items()])
            codes = drawn.assign(stratum="x", tone=drawn["code"])
            known = scores.assign(target_score=0.0) if n == 180 else scores  # at random, and codes alone
            hand = correction.correct_tone(known, codes).query("series == 'by hand codes'").set_index("outlet")
            assert hand["note"].eq("corrected").all()
            covered = hand["low"].le(truth) & hand["high"].ge(truth)
            if n == 90:  # the sheet of doubtful sentences, without the machine's help
                off.append(correction.weigh_tones(scores, codes.assign(problem="")) - truth)
            found += [(n, *row) for row in zip(covered, hand["high"] - hand["low"], strict=True)]
    table = pd.DataFrame(found, columns=["n", "covered", "wide"]).groupby("n").mean()
    assert pd.DataFrame(off).mean().abs().max() < 0.02
    assert table["covered"].min() >= 0.93
    assert table.loc[90, "wide"] < table.loc[180, "wide"]


def test_corrected_tone_by_hand():
    read = build_reading({"a": ("North", ["{ISIS|ISIS} won.", "{ISIS|ISIS} lost.", "Rain."]),
                          "b": ("North", ["{ISIS|ISIS} met {ISIS|ISIS}."])})  # fmt: skip
    scores = read.sentences[read.sentences["n_actors"] > 0].assign(actor="ISIS", masked_compound=[0.5, -0.5, 0.1])
    rows = scores[["article_id", "sentence_no", "start", "end", "actor"]]
    labels = rows.assign(tone=["1", "0", "-1"], problem="")
    hand, machine = correction.correct_tone(scores, labels).to_dict("records")
    assert machine["value"] == pytest.approx((0 + 0.1) / 2) and hand["value"] == pytest.approx((0.5 - 1) / 2)
    assert (hand["series"], machine["series"]) == ("by hand codes", "VADER, names masked")
    assert (hand["n_coded"], hand["n"]) == (3, "3 sentences\n3 coded") and hand["note"] == "coded in full"

    codes = rows.assign(coder="A", number="1", stratum="x", probability=1.0, tone=[1.0, 0, np.nan])
    hand = correction.correct_tone(scores, codes).iloc[0]  # a sentence that does not mention the actor has no code
    assert hand["n_coded"] == 2 and hand["note"] == "not corrected: 2 of 3 codes needed"
    hand = correction.correct_tone(scores, codes.assign(actor="SDF")).iloc[0]  # a sheet about another in them
    assert hand["n_coded"] == 0 and hand["note"] == "no codes"


def test_codes_needed_by_hand():
    hand = pd.DataFrame({"outlet": ["A", "B"], "series": "by hand codes", "value": [0.1, -0.1], "n_coded": 50,
                         "low": [0.0, -0.2], "high": [0.2, 0.0]})  # fmt: skip
    # the error of the difference is 0.1 * sqrt(2) / 1.96, the interval of two outlets 2.2414 times that
    reach = 2.2414 * 0.1 * 2**0.5 / 1.95996
    planned = correction.plan_codes(hand).set_index("outlet")
    assert planned.loc["A", "low"] == pytest.approx(0.2 - reach, abs=1e-4) and planned.loc["A", "n_more"] == 0
    near = correction.plan_codes(hand.assign(value=[0.05, -0.05])).set_index("outlet")
    assert near.loc["B", "n_more"] == pytest.approx(100 * ((reach / 0.1) ** 2 - 1), abs=1)
    assert correction.plan_codes(hand.head(1)).empty
    # of B all is coded: its mean stands still, that of A may move
    planned = correction.plan_codes(hand.assign(low=[0.0, np.nan], high=[0.2, np.nan])).set_index("outlet")
    assert planned.loc["B", "low"] == pytest.approx(-0.2 - 2.2414 * 0.1 / 1.95996, abs=1e-4)
    assert planned["n_more"].tolist() == [0, 0] and planned["note"].tolist() == ["", ""]
    # of both: no code is needed, and none was: nothing is decided by that
    planned = correction.plan_codes(hand.assign(low=np.nan, high=np.nan))
    assert planned[["low", "high", "n_more"]].isna().all(axis=None)
    assert set(planned["note"]) == {"coded in full: more codes change nothing"}


def test_a_sheet_of_doubtful_sentences_gives_the_mean_of_all():
    rows = [("a", n, "North") for n in range(4)] + [("b", 9, "North")]
    scores = pd.DataFrame(rows, columns=["article_id", "start", "outlet"]).assign(end=99, actor="X")
    codes = scores.iloc[[0, 1, 4]].assign(tone=[-1, 0, 1], probability=[1, 1 / 3, 1], problem="")
    # in a, one is -1 and the 0 stands for three: -1/4; in b: 1; by what was drawn it were -1/2 and 1
    assert correction.weigh_tones(scores, codes)["North"] == pytest.approx((-1 / 4 + 1) / 2)
