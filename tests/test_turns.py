import pytest

from helpers.reading.turns import find_turns


def turns(text):
    """Return who speaks and what, by turn; "" is an interviewer without a name."""
    return [
        (text[slice(*turn.speaker)] if turn.speaker else "", " / ".join(text[slice(*one)] for one in turn.contents))
        for turn in find_turns(text)
    ]


def test_question_and_answer():
    text = "Ann Lind leads the union. She spoke to us.\nQ: Why now?\nA: They lied.\nAnd they knew.\nQ. And now?\nA. No."
    lind = [("Ann Lind", said) for said in ("They lied. / And they knew.", "No.")]
    assert turns(text) == [("", "Why now?"), lind[0], ("", "And now?"), lind[1]]


def test_questions_without_a_colon_and_notes_of_what_is_heard():
    text = "MS. LIND: They lied.\n(Laughter)\nQ Why now?\nMS. LIND: Ask them.\nQ — And then?\nMS. LIND: Yes."
    lind = [("MS. LIND", said) for said in ("They lied.", "Ask them.", "Yes.")]
    assert turns(text) == [lind[0], ("", "Why now?"), lind[1], ("", "And then?"), lind[2]]


def test_names_as_labels_take_the_full_name():
    text = "JO MOSS: Good evening.\nMARA LIND, mayor: Thank you.\nWe are here.\nMOSS: Will you stay?\nLIND: I will."
    moss, lind = "JO MOSS", "MARA LIND"
    said = [(moss, "Good evening."), (lind, "Thank you. / We are here."), (moss, "Will you stay?"), (lind, "I will.")]
    assert turns(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "What we know: the port closed.\nBackground: it was sold.\nAYTON: Ships wait.",
        "Smith: 1,777\nRoe: 1,200\nSmith: 1,800",
        "Monday: closed.\nTuesday: open.\nMonday: closed again.\nWinner: Smith.\nWinner: Roe.",
        "The mayor said: We stay.\nThe crews left.",
        "Write to desk@gazette.example or follow @gazette for more.",
    ],
)
def test_what_is_no_turn(text):
    assert turns(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Users mocked her.\nMara Lind (@maralind)\nShame on them.\nThe mayor was silent.",
        "Users mocked her.\nMara Lind\n@maralind\nShame on them.\nThe mayor was silent.",
        "Users mocked her.\nShame on them. — Mara Lind (@maralind) March 3, 2016\nThe mayor was silent.",
        "Users mocked her.\nShame on them.\n— Mara Lind (@maralind) 3 March 2016\nThe mayor was silent.",
    ],
)
def test_a_post_is_its_writers(text):
    assert turns(text) == [("Mara Lind", "Shame on them.")]
