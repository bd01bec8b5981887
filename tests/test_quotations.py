import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.reading.quotations import find_quotations


def quoted(text):
    return [text[q.start : q.end] for q in find_quotations(text)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “we won” and left.", ["“we won”"]),
        ('He said "we won" and "they lost".', ['"we won"', '"they lost"']),
        ("« Nous », dit-il. „So“, sagte er.", ["« Nous »", "„So“"]),
        ("the regime claims to be ‘liberating’, he said", ["‘liberating’"]),
        ("She wrote 'a fine mess' there.", ["'a fine mess'"]),
        # an apostrophe closes nothing
        ("ISIS’s ‘capital’ and the rebels’ town", ["‘capital’"]),
        ("‘the militants’ capital’ fell", ["‘the militants’ capital’"]),
        ("the militants' capital, the '90s", []),
    ],
)
def test_marks_are_paired(text, expected):
    assert quoted(text) == expected


def test_a_quotation_inside_another_has_a_level():
    quotations, odd = find_quotations("“IRGC “advisers,” and ‘friends’ came,” he said.")
    assert [q.level for q in quotations] == [0, 1, 1]
    assert not odd


def test_a_speech_that_goes_on_in_the_next_paragraph():
    quotations, odd = find_quotations("“One.\n“Two,” he said.")
    assert [(q.closed, q.level) for q in quotations] == [(False, 0), (True, 0)]
    assert not odd


def test_a_closing_mark_of_another_sort_is_taken_where_it_is_clear():
    assert quoted("to “ensure security against Daesh jihadists’, the source said") == [
        "“ensure security against Daesh jihadists’"
    ]


def test_a_mark_without_a_partner_is_refused_and_reported():
    quotations, odd = find_quotations("He said “we won and left.\nA new paragraph ” here.")
    assert quotations == []
    assert [mark.mark for mark in odd] == ["“", "”"]


@example("\"„a',“")
@settings(max_examples=2000)
@given(st.text(alphabet="ab ,.\n“”‘’\"'«»„", max_size=60))
def test_quotations_nest_and_never_cross(text):
    quotations, odd = find_quotations(text)
    for a in quotations:
        assert 0 <= a.start < a.end <= len(text)
        assert not any(a.start < b.start < a.end < b.end for b in quotations)
    assert all(text.startswith(mark.mark, mark.start) for mark in odd)
