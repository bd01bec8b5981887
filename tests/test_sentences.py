import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reading.sentences import split_sentences
from tests.pseudonyms import read_table


def split(text):
    return [text[s.start : s.end] for s in split_sentences(text)]


# one row a text, marked where a sentence ends
@pytest.mark.parametrize("marked", read_table(Path(__file__).with_name("sentences.csv"))["sentences"])
def test_where_sentences_end(marked):
    assert split(marked.replace("|", "")) == marked.split("| ")


@pytest.mark.parametrize("marks", ["„ “", "» «", "‹ ›", "「 」", "″ ″", "` '", "`` ''", "❝ ❞", "＂ ＂", "‚ ‘"])
def test_sentences_end_at_every_kind_of_quotation_marks(marks):
    text = "((We left.)| They sat.| ((It is over,)) he said.| ((Will it last?)| ((No.)| It ended.".replace("))", ")")
    test_where_sentences_end(text.replace("((", marks.split()[0]).replace(")", marks.split()[1]))


def test_a_line_is_a_paragraph_and_needs_no_full_stop():
    assert split("**You left. Why?**\n_I was ill._\n2 * 3 is 6") == ["You left.", "Why?", "I was ill.", "2 * 3 is 6"]
    sentences = split_sentences("No stop here\n\nA second. And a third\n")
    assert [s.paragraph_no for s in sentences] == [0, 1, 1]


@given(st.text(alphabet='aB .!?…\n“”’"(U.S)Dr', max_size=80))
def test_every_word_is_in_exactly_one_sentence(text):
    sentences = split_sentences(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(sentences))
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in sentences)
