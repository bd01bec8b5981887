import re
from pathlib import Path

import pytest

from helpers.lexicons import read_lexicon
from helpers.reading.corpus import guess_genre
from helpers.reading.turns import find_turns
from tests.pseudonyms import read_table


def turns(text):
    """Return who speaks and what, by turn; "" is an interviewer without a name."""
    return [
        (text[slice(*turn.speaker)] if turn.speaker else "", " / ".join(text[slice(*one)] for one in turn.contents))
        for turn in find_turns(text)
    ]


# each turn as {who|what is said}; an interviewer has no name
@pytest.mark.parametrize("marked", read_table(Path(__file__).with_name("turns.csv"))["marked"])
def test_labels_say_whose_turn_it_is(marked):
    expected = [(who, said.replace("\n", " / ")) for who, said in re.findall(r"\{([^|]*)\|([^}]*)\}", marked)]
    assert turns(re.sub(r"\{[^|]*\||\}", "", marked)) == expected


def test_a_post_is_its_writers():
    assert turns("Mara Lind @maralind · 3h\n \n") == []  # nothing is said in it
    assert turns("@al\nStay.\nTweet by @bo: Go.\nNo. —@cy, May 3") == [("@al", "Stay."), ("@bo", "Go."), ("@cy", "No.")]
    rows = [row for row in read_lexicon("speech_patterns.csv") if row["use"] in ("label", "post", "signed")]
    assert [row for row in rows if len(turns("\n".join([row["example"].replace(" / ", "\n")] * 3))) < 3] == []
    posts = [row["pattern"] for row in rows if row["use"] != "label"]
    assert [one for one in posts if one[0] != "^"] == []  # of one without it, every character is asked for all of them


NEWS = "The port closed. “We will not leave, I told them, and we will win, and our pay is ours,” she said. " * 3
SHOULD = "The town must keep it. To sell would be madness. It should wait. Perhaps it will. Why not?"
TOLD = "She said we must wait, and our town should. He told us that you ought to ask me, and perhaps I will."
MENU = ["News", "section label", "Opinion", "section label", "Sport"]
VIEWS = "The hall is ugly. Its critics see stone. Beauty is cheap. No other hall is as warm."
GENRES = [  # text, headline, address, rules that cut something, genre
    (NEWS, "Port closes after interview", "https://a.example/news/1", [], "news"),
    (NEWS, "Port closes: as it happened", "", [], "live blog"), (NEWS, "Port closes – live", "", [], "live blog"),
    (NEWS, "An interview with Mara Lind", "", [], "interview"), (NEWS, "Where dockers live", "", [], "news"),
    (NEWS, "Transcript of the mayor's speech", "", [], "transcript"),
    (NEWS, "Our view: stand with them", "", [], "opinion"), (NEWS, "Port closes | Opinion", "", [], "opinion"),
    *((NEWS, "Port closes", f"https://a.example/{part}/2", [], "opinion") for part in ("opinion", "columns/lind")),
    (NEWS, "Port closes", "", ["disclaimer"], "opinion"),
    (f"Sir, – They lied.\n{NEWS}", "Port", "", [], "opinion"), (f"To the Editor:\n{NEWS}", "", "", [], "opinion"),
    ("10:15 It rains.\n10.40 a.m. - Lind comes.\nShe stays.\n11:05 GMT Ships wait.\n", "Port", "", [], "live blog"),
    ("12.30 is the first train.\n11.20 was it until May.\n10.10 was too early.\n", "Port", "", [], "news"),
    ("12.30 Bo Orr, Barrow\n12.10 Ann Lind, Ayton\n11.20 Hugh Roe, Ayton\nOrr won.", "Port", "", [], "news"),
    (f"{NEWS}", "Port", "", ["section label", "To the Editor:"], "opinion"),
    ("Statement by the Harbour Union\nThe sale is void.", "", "", [], "press release"),
    (f"Statement by Ann Lind stuns town\n{NEWS}", "", "", [], "news"),
    (f"AYTON--(BUSINESS WIRE)--{NEWS}", "", "", [], "press release"),
    (NEWS, "", "", ["furniture", "This is a paid press release. Contact its distributor."], "press release"),
    (NEWS, "", "", ["headline", "Full text: Ann Lind’s speech"], "transcript"),
    (NEWS, "", "", ["section label", "Opinion"], "opinion"), (NEWS, "", "", ["comment widget"], "news"),
    *((NEWS, "", "", [*cut, "section label"], "news") for cut in (["related link", "Full text of a talk"], MENU)),
    (NEWS, "", "", ["layout mark", "Full text:"], "news"),  # a database of articles writes it above all
    (f"The port closed.\nPRESS RELEASE\n{NEWS}", "", "", [], "news"),
    (NEWS, "Press release: port opens", "", [], "press release"), (NEWS, "", "", ["page notice", "ENDS"], "news"),
    (NEWS, "", "", ["a", "PRESS RELEASE"], "press release"), (NEWS, "", "", ["press release", "ENDS"], "press release"),
    ("JM: You left. Why?\nPK: They lied.\nJM: About what?\nPK: The price.", "Port", "", [], "interview"),
    ("Q. Will it close?\nA. No.\nQ. And the jobs?\nA. They stay.", "Port", "", [], "news"),
    (f"@lind: They lied.\n{NEWS}", "Port", "", [], "news"),
    (f"{NEWS}\n@lind: We say it. It was forced on us, and I know our port. We know it. I know.", "", "", [], "news"),
    ("Q: Why?\nA: They lied.\nQ: And now?\nA: We wait.", "Port closes", "", [], "interview"),
    ("We say it plainly. It was forced on us, and I know our port. We stand. " * 2, "Port", "", [], "opinion"),
    ("Early.\nQ: Why?\nThey lied to us.\nQ: And now?\nWe wait.\nQ: How long?\nI know not.", "", "", [], "interview"),
    (VIEWS, "", "", [], "opinion"), (f"{VIEWS} It opens Friday. They said so. It seats 9.", "", "", [], "news"),
    (SHOULD, "", "", [], "opinion"), (TOLD, "", "", [], "news"), ("(Applause) No. [Laughs]", "", "", [], "transcript"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "headline", "url", "removed", "genre"), GENRES)
def test_a_genre_is_guessed_with_its_reason(text, headline, url, removed, genre):
    found, why = guess_genre(text, headline, url, removed)
    assert (found, bool(why)) == (genre, genre != "news")
