"""The encoder of tone toward a target: what it is shown, and that company changes nothing."""

import re
from itertools import accumulate, pairwise

import numpy as np
import pytest

from helpers import sentiment
from helpers.reading import tone_model
from helpers.reading.tone_model import Marked, cut_pieces, encode_sentences, score_targets
from tests.readings import build_reading


def mark(sentence: str) -> Marked:
    """Return a sentence whose target stands in brackets."""
    parts = re.split(r"[\[\]]", sentence)
    ends = [0, *accumulate(map(len, parts))]
    return Marked("".join(parts), tuple(pairwise(ends))[1::2])


@pytest.mark.parametrize(("text", "names", "target", "shown"), [
    ("The Free Army lied.", ["Free Army"], "Free Army", "The [X] lied."),
    ("Bo met Ada-backed men of Ur", ["Bo", "Ada"], "Ada", "X met [X]-backed men of Ur"),
    ("Bo’s army met Bo", ["Bo’s army", "Bo"], "Bo", "[X] met X"),
    ("He hates the brutal regime, all say.", ["He"], "brutal regime", "X hates the [brutal regime], all say."),
    ("The new Red army won", ["Red"], "Red army", "The new [X army] won"),
])  # fmt: skip
def test_names_are_hidden_and_descriptions_stay(text, names, target, shown):
    places = [match.span() for name in names for match in re.finditer(name, text)]
    assert tone_model.hide_names(text, places, [re.search(target, text).span()]) == mark(shown)


def test_words_are_cut_into_pieces_without_case_or_accents():
    assert cut_pieces(mark("The [café] closed")) == cut_pieces(mark("the [CAFE] closed"))
    ids, own = cut_pieces(mark("a [b] c"))
    assert own == [False, False, True, False, False] and len(ids) == 5
    ids, own = cut_pieces(mark("word " * 500 + "[X] lied"))  # what is cut off marks the beginning
    assert len(ids) == tone_model.LONGEST and own == [True] + [False] * (tone_model.LONGEST - 1)


def test_chances_sum_to_one_and_do_not_depend_on_what_is_read_with_a_sentence():
    sentences = [mark(text) for text in ("[X] lied again.", "Critics praised [X] for a great success.", "[X] met X.")]
    sentences += [Marked("", ()), mark("The $x_{ <script> =cmd() [X] ’ \u202e عربى ﬁ ß İ")]
    chances = score_targets(sentences)
    assert chances.sum(axis=1) == pytest.approx(np.ones(5), abs=2e-3)  # three digits are kept of each
    alone = np.concatenate([tone_model.run_encoder([sentence])[0] for sentence in sentences])
    assert (tone_model.run_encoder(sentences)[0] == alone).all()
    assert (score_targets(sentences[::-1])[::-1] == chances).all()  # from the store
    assert score_targets([]).shape == (0, 3)


def test_vectors_of_sentences_that_say_the_same_are_near():
    texts = ["The bridge fell at noon.", "At midday the bridge collapsed.", "Parliament debated a bill on grain."]
    vectors, sketched = encode_sentences(texts), tone_model.sketch_sentences([*texts, "", "\u0301"])
    assert np.linalg.norm([*vectors, *sketched], axis=1) == pytest.approx(np.ones(8), abs=5e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3
    assert (sketched[:3] * vectors).sum(axis=1).min() > 0.3
    assert (encode_sentences(texts[::-1])[::-1] == vectors).all()  # from the store


def test_plain_cases_come_out_on_the_side_a_reader_puts_them():
    good, bad, plain = score_targets([
        mark("Everybody praised [X] as a hero and a wonderful leader."),
        mark("[X] is a disgraceful liar, critics said."),
        mark("[X] arrived on Monday."),
    ])  # fmt: skip
    assert good[2] > 0.5 and bad[0] > 0.5 and plain[1] > 0.5
    attacker, attacked = score_targets([mark("[X] slammed X as a liar."), mark("X slammed [X] as a liar.")])
    assert attacked[0] > attacker[0]


def test_one_row_a_sentence_and_actor_in_the_order_of_the_scores():
    read = build_reading({"a": ("North", ["{ISIS|ISIS} fought {Turkey|Turkey}.", "The brave {SDF|SDF} won."]),
                          "b": ("South", ["{ISIS|ISIS} is a disgrace."])})  # fmt: skip
    scores, targets = sentiment.score_sentences(read), sentiment.classify_targets(read)
    keys = ["actor", "article_id", "sentence_no"]
    assert targets[keys].equals(scores[keys])
    assert (targets["target_score"] - (targets["positive"] - targets["negative"])).abs().max() < 1e-8
    assert sentiment.classify_targets(build_reading({"a": ("N", ["No."])}, actors=["ISIS"]), actor="ISIS").empty
