import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reading.sentences import split_sentences


def split(text):
    return [text[s.start : s.end] for s in split_sentences(text)]


def test_breaks_survive_titles_initials_and_dotted_abbreviations():
    text = "Dr. F. Kagan met Gen. Smith of the U.S. Army at 5 p.m. on Sunday. He left the U.S. The army stayed."
    assert split(text) == [
        "Dr. F. Kagan met Gen. Smith of the U.S. Army at 5 p.m. on Sunday.",
        "He left the U.S.",
        "The army stayed.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "They waited in the sun.|He said no.|The hall was full.",
        "It was on page no. 5.|The fault lay with Group B.|Nobody asked about Plan C.|In May it closed.",
        "It was sold by then-Sen. Ann Pike, ex-Gov. Bo Lee and the mayor—Mr. Moss.|Det. Mara Lind told Cllr. Roe.",
        "J. A. Smith, C. D. Roe and George F. Will met on Sun. and Mon. DEC. 5.",
    ],
)
def test_what_ends_a_sentence_and_what_does_not(text):
    assert split(text.replace("|", " ")) == text.split("|")


def test_closing_marks_belong_to_the_sentence_they_end():
    assert split("He would fall “at any moment.” Indeed, he did not. “It (the end) came.” She said so.") == [
        "He would fall “at any moment.”",
        "Indeed, he did not.",
        "“It (the end) came.”",
        "She said so.",
    ]


def test_nested_quotation_marks():
    assert split("“He said ‘we won.’ We did not. They ‘lost’.” That was all.") == [
        "“He said ‘we won.’",
        "We did not.",
        "They ‘lost’.”",
        "That was all.",
    ]


def test_a_question_inside_a_speech_does_not_end_the_sentence():
    assert len(split("“Will it last?” Rami Abdel Rahman asked. Nobody knew.")) == 2


def test_the_number_of_a_list_is_no_sentence():
    assert split("1. The ceasefire holds. 2. The army left.") == ["1. The ceasefire holds.", "2. The army left."]
    assert split("They lost 12. The army left in 2016. It came back.") == [
        "They lost 12.",
        "The army left in 2016.",
        "It came back.",
    ]


def test_ellipsis_and_numbers_do_not_break():
    assert len(split("There is none between the armies… at least, officially, 3.5 km away.")) == 1


def test_a_line_is_a_paragraph_and_needs_no_full_stop():
    sentences = split_sentences("No stop here\n\nA second. And a third\n")
    assert [s.paragraph_no for s in sentences] == [0, 1, 1]


@given(st.text(alphabet='aB .!?…\n“”’"(U.S)Dr', max_size=80))
def test_every_word_is_in_exactly_one_sentence(text):
    sentences = split_sentences(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(sentences))
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in sentences)
