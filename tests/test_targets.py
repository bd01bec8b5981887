"""The classifier of tone toward a target: what it is shown, and that company changes nothing."""

import numpy as np
import pytest

from helpers import sentiment
from helpers.reading.tone_model import describe_target, mark_target, score_targets
from tests.readings import build_reading


@pytest.mark.parametrize(
    ("text", "masked", "mention", "marked"),
    [
        ("The Free Army lied.", "The _actor_ lied.", "Free Army", "The _target_ lied."),
        ("Bo met Ada-backed men", "_actor_ met _actor_-backed men", "Ada", "_name_ met _target_-backed men"),
        ("He hates the brutal regime, all say.", "He hates the brutal regime, all say.", "brutal regime",
         "He hates the _target_, all say."),
    ],
)  # fmt: skip
def test_the_target_is_one_word_and_other_names_another(text, masked, mention, marked):
    start = text.index(mention)
    assert mark_target(text, masked, [(start, start + len(mention))]) == marked


def test_chances_sum_to_one_and_do_not_depend_on_company():
    sentences = ["_target_ lied again.", "Critics praised _target_ for a great success.", "_target_ met _name_.", ""]
    chances = score_targets(sentences)
    assert chances.sum(axis=1) == pytest.approx(np.ones(4), abs=2e-4)  # four digits are kept of each
    for number, sentence in enumerate(sentences):
        assert (score_targets([sentence])[0] == chances[number]).all()
    assert score_targets([]).shape == (0, 3)


def test_plain_cases_come_out_on_the_side_a_reader_puts_them():
    good, bad, plain = score_targets([
        "Everybody praised _target_ as a hero and a wonderful leader.",
        "_target_ is a disgraceful liar, critics said.",
        "_target_ arrived on Monday.",
    ])  # fmt: skip
    assert good[2] - good[0] > plain[2] - plain[0] > bad[2] - bad[0]
    assert bad[0] > 0.5
    attacker, attacked = score_targets(["_target_ slammed _name_ as a liar.", "_name_ slammed _target_ as a liar."])
    assert attacked[0] > attacker[0]


def test_features_are_numbers_within_their_range():
    described = describe_target("The $x_{ <script> =cmd() _target_ ’ \u202e عربى")
    assert described.ids.min() >= 0
    assert np.isfinite(described.dense).all()


def test_one_row_a_sentence_and_actor_in_the_order_of_the_scores():
    read = build_reading({
        "a": ("North", ["{ISIS|ISIS} fought {Turkey|Turkey}.", "Nothing.", "The brave {SDF|SDF} won."]),
        "b": ("South", ["{ISIS|ISIS} is a disgrace."]),
    })  # fmt: skip
    scores, targets = sentiment.score_sentences(read), sentiment.classify_targets(read)
    keys = ["actor", "article_id", "sentence_no"]
    assert targets[keys].equals(scores[keys])
    assert targets["target_score"].between(-1, 1).all()
    assert (targets["target_score"] - (targets["positive"] - targets["negative"])).abs().max() < 1e-8
    assert sentiment.classify_targets(build_reading({"a": ("N", ["No."])}, actors=["ISIS"]), actor="ISIS").empty
