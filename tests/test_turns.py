import pytest

from helpers.reading.turns import find_turns, guess_genre


def turns(text):
    """Return who speaks and what, by turn; "" is an interviewer without a name."""
    return [
        (text[slice(*turn.speaker)] if turn.speaker else "", " / ".join(text[slice(*one)] for one in turn.contents))
        for turn in find_turns(text)
    ]


TOLD, LIED, YES = ("Ann Lind", "They lied. / And they knew."), ("MS. LIND", "They lied."), ("MS. LIND", "Yes.")
MOSS, LIND = "JO MOSS", "MARA LIND"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Harbour Union struck. Ann Lind led.\nQ: Why now?\nA: They lied.\nAnd they knew.\nQ. And now?\nA. No.",
         [("", "Why now?"), TOLD, ("", "And now?"), ("Ann Lind", "No.")]),
        ("Ann Lind leads the union.\nQ: Why now?\nA: They lied.\nQ: And now?\nShe left.",
         [("", "Why now?"), ("Ann Lind", "They lied."), ("", "And now?")]),
        # questions without a colon, notes of what is heard
        ("MS. LIND: They lied.\n(Laughter)\nQ Why now?\nMS. LIND: Ask them.\nQ — And then?\nMS. LIND: Yes.",
         [LIED, ("", "Why now?"), ("MS. LIND", "Ask them."), ("", "And then?"), YES]),
        # names as labels take the full name
        ("JO MOSS: Good evening.\nMARA LIND, mayor: Thank you.\nWe are here.\nMOSS: Will you stay?\nLIND: I will.",
         [(MOSS, "Good evening."), (LIND, "Thank you. / We are here."), (MOSS, "Will you stay?"), (LIND, "I will.")]),
        ("Echo: Why now?\nAnn Lind: They lied.\nEcho: And now?\nAnn Lind: No.",
         [("", "Why now?"), ("Ann Lind", "They lied."), ("", "And now?"), ("Ann Lind", "No.")]),
        # questions in bold, and nothing before the answers
        ("Jo Moss meets Ann Lind.\nWhy did you leave?\nI was tired. They lied.\nIt was late. Do you mind?\nWe do not."
         "\nWill you go back?\nNever.\nShe left.",
         [("Ann Lind", "I was tired. They lied."), ("Ann Lind", "We do not."), ("Ann Lind", "Never.")]),
        # with numbers, an office in brackets, an arrow
        ("Ann Lind led.\nQ1: Why now?\nA1: They lied.\nQuestion 2: And now?\nAnswer: No.",
         [("", "Why now?"), ("Ann Lind", "They lied."), ("", "And now?"), ("Ann Lind", "No.")]),
        ("JO MOSS: Did you stay?\nMARA LIND: I did.\nTHE CHAIR: Order.\nJO MOSS: Why?\nMARA LIND: I had to.",
         [(MOSS, "Did you stay?"), (LIND, "I did."), ("THE CHAIR", "Order."), (MOSS, "Why?"), (LIND, "I had to.")]),
        (">> JO MOSS, HOST (voice-over): Good evening.\n>> SPEAKER 2: Thank you.\n>> MOSS: Stay.\n>> SPEAKER 2: Yes.",
         [(MOSS, "Good evening."), ("SPEAKER 2", "Thank you."), (MOSS, "Stay."), ("SPEAKER 2", "Yes.")]),
        # with times, one of them once
        ("[10:15] Lind: We stay.\n[10:17] Brent: You go.\n[10:20] Lind: No.",
         [("Lind", "We stay."), ("Brent", "You go."), ("Lind", "No.")]),
        ("Ann Lind (mayor): We stay.\nBo Brent: You go.\nAnn Lind (mayor): No.",
         [("Ann Lind", "We stay."), ("Bo Brent", "You go."), ("Ann Lind", "No.")]),
        # each once, of themselves
        ("Ann Lind, 40, baker:\nI stay.\nBo Brent, 22, student:\nThey lied.\nJo Moss, 81, miller:\nI go.",
         [("Ann Lind", "I stay."), ("Bo Brent", "They lied."), ("Jo Moss", "I go.")]),
        # an outlet that answers itself
        ("Q. Will the port close?\nA. No, says Ann Lind.\nQ. And the jobs?\nA. They stay.",
         [("", "Will the port close?"), ("", "No, says Ann Lind."), ("", "And the jobs?"), ("", "They stay.")]),
        ("The hall was full.\n“We will not leave this quay” — Ann Lind, mayor of Ayton.\n“We stay” — but it rained.\n"
         "Jo Moss, on the sale: “They never asked any of us.”",
         [("Ann Lind", "“We will not leave this quay”"), ("Jo Moss", "“They never asked any of us.”")]),
        # on lines of their own
        ("JO MOSS:\nGood evening.\nMARA LIND:\nThank you.\nMOSS:\nWill you stay?\nLIND:\nI will.\nShe left.",
         [(MOSS, "Good evening."), (LIND, "Thank you."), (MOSS, "Will you stay?"), (LIND, "I will.")]),
    ],
)  # fmt: skip
def test_labels_say_whose_turn_it_is(text, expected):
    assert turns(text) == expected


NONE = [
    "What we know: the port closed.\nBackground: it was sold.\nAYTON: Ships wait.",
    "Smith: 1,777\nRoe: 1,200\nSmith: 1,800",
    "Monday: closed.\nTuesday: open.\nMonday: closed again.\nWinner: Smith.\nWinner: Roe.",
    "The mayor said: We stay.\nThe crews left.",
    "What happened?\nThe port closed.\nWhat can you do?\nStay at home.\nWhat will happen next?\nNobody knows.",
    "Write to desk@gazette.example or follow @gazette for more.",
]
POSTS = [
    "Users mocked her.\nMara Lind (@maralind)\nShame on them.\nThe mayor was silent.",
    "Users mocked her.\nMara Lind @maralind 3h\nShame on them.\nThe mayor was silent.",
    "Users mocked her.\nRT Mara Lind (@maralind): Shame on them.\nThe mayor was silent.",
    "Users mocked her.\nMara Lind\n@maralind\nShame on them.\nThe mayor was silent.",
    "Users mocked her.\nShame on them. — Mara Lind (@maralind) March 3, 2016\nThe mayor was silent.",
    "Users mocked her.\nShame on them.\n— Mara Lind (@maralind) 3 March 2016\nThe mayor was silent.",
    "Users mocked her.\nShame on them.\nA post shared by Mara Lind (@maralind) on March 3\nThe mayor was silent.",
]


def test_a_post_is_its_writers_and_what_is_no_turn_is_none():
    assert [text for text in NONE if turns(text)] == []
    assert [text for text in POSTS if turns(text) != [("Mara Lind", "Shame on them.")]] == []
    assert turns("Users mocked her.\n@maralind: Shame on them.\nShe left.") == [("@maralind", "Shame on them.")]


NEWS = (
    "The port closed on Monday. “We will not leave, I told them, and we will win, and our pay is ours,” she said. " * 3
)


@pytest.mark.parametrize(
    ("text", "headline", "url", "removed", "genre"),
    [
        (NEWS, "Port closes after interview", "https://a.example/news/1", [], "news"),
        (NEWS, "Port closes: as it happened", "", [], "live blog"),
        (NEWS, "An interview with Mara Lind", "", [], "interview"),
        (NEWS, "Transcript of the mayor's speech", "", [], "transcript"),
        (NEWS, "Our view: stand with them", "", [], "opinion"),
        (NEWS, "Port closes", "https://a.example/opinion/2", [], "opinion"),
        (NEWS, "Port closes", "", ["disclaimer"], "opinion"),
        (f"Sir, – They lied.\n{NEWS}", "Port", "", [], "opinion"),
        (f"To the Editor:\n{NEWS}", "Port", "", [], "opinion"),
        ("10:15 It rains.\n10.40 a.m. - Lind comes.\nShe stays.\n11:05 GMT Ships wait.\n", "Port", "", [], "live blog"),
        ("JM: You left. Why?\nPK: They lied.\nJM: About what?\nPK: The price.", "Port", "", [], "interview"),
        ("Q. Will it close?\nA. No.\nQ. And the jobs?\nA. They stay.", "Port", "", [], "news"),
        (f"@lind: They lied.\n{NEWS}", "Port", "", [], "news"),
        ("Q: Why?\nA: They lied.\nQ: And now?\nA: We wait.", "Port closes", "", [], "interview"),
        ("We say it plainly. It was forced on us, and I know our port. We stand. " * 2, "Port", "", [], "opinion"),
    ],
)
def test_a_genre_is_guessed_with_its_reason(text, headline, url, removed, genre):
    found, why = guess_genre(text, headline, url, removed)
    assert found == genre
    assert bool(why) == (genre != "news")
