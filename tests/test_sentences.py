import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reading.sentences import split_sentences


def split(text):
    return [text[s.start : s.end] for s in split_sentences(text)]


@pytest.mark.parametrize(
    "marked",  # where a sentence ends
    [
        "Dr. F. Kagan met Gen. Smith of the U.S. Army at 5 p.m. on Sunday.| He left the U.S.| The army stayed.",
        # closing marks belong to the sentence they end
        "He would fall “at any moment.”| Indeed, he did not.| “It (the end) came.”| She said so.",
        "“He said ‘we won.’| We did not.| They ‘lost’.”| That was all.",
        "He left.| “… and that is all,” she said.| ‘[...] we go.’| “Will it last?” Jo Lee Orr asked.| Nobody knew.",
        # the number of a list
        "1. The ceasefire holds.| 2. “It is over.”12| The army left.[3]| It came.²| Nobody saw it.",
        "They lost 12.| The army left in 2016.| It sat in the sun.| It said no.| They lost Smith's.| It came back.",
        "There is none between the armies… at least, officially, 3.5 km away.",
        # what is an abbreviation elsewhere, or an initial
        "It was on page no. 5.| The fault lay with Group B.| Nobody asked about Plan C.| In May it closed.",
        "It was sold by then-Sen. Ann Pike, ex-Gov. Bo Lee and the mayor—Mr. Moss.| Det. Mara Lind told Cllr. Roe.",
        "J. A. Smith, C. D. Roe and George F. Will met on Sun. and Mon. Dec. 5.",
        # marks that stand apart
        'He left.| " We will not leave . "| It closed on Monday.| " It is over , " she said.| « Nous », he said.',
    ],
)
def test_where_sentences_end(marked):
    assert split(marked.replace("|", "")) == marked.split("| ")


@pytest.mark.parametrize("marks", ["„ “", "» «", "‹ ›", "「 」", "″ ″", "` '", "`` ''", "❝ ❞", "＂ ＂", "‚ ‘"])
def test_sentences_end_at_every_kind_of_quotation_marks(marks):
    text = "((We left.)| They sat.| ((It is over,)) he said.| ((Will it last?)| ((No.)| It ended.".replace("))", ")")
    test_where_sentences_end(text.replace("((", marks.split()[0]).replace(")", marks.split()[1]))


def test_a_line_is_a_paragraph_and_needs_no_full_stop():
    sentences = split_sentences("No stop here\n\nA second. And a third\n")
    assert [s.paragraph_no for s in sentences] == [0, 1, 1]


@given(st.text(alphabet='aB .!?…\n“”’"(U.S)Dr', max_size=80))
def test_every_word_is_in_exactly_one_sentence(text):
    sentences = split_sentences(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(sentences))
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in sentences)
