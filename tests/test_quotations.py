import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.reading.quotations import find_quotations


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
        # a speech that goes on in the next paragraph; a closing mark of another sort where it is clear
        ("“One.\n“Two,” he said.", ["“One.", "“Two,”"]),
        ("to “ensure security against Daesh jihadists’, he said", ["“ensure security against Daesh jihadists’"]),
    ],
)
def test_marks_are_paired(text, expected):
    assert [text[q.start : q.end] for q in find_quotations(text)[0]] == expected


@pytest.mark.parametrize(
    ("text", "levels"),
    [("“IRGC “advisers,” and ‘friends’ came,” he said.", [0, 1, 1]), ("“One.\n“Two,” he said.", [0, 0])],
)
def test_a_quotation_inside_another_has_a_level(text, levels):
    quotations, odd = find_quotations(text)
    assert [q.level for q in quotations] == levels
    assert not odd


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
