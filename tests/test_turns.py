import re

import pytest

from helpers.lexicons import read_lexicon
from helpers.reading.corpus import guess_genre
from helpers.reading.turns import find_turns


def turns(text):
    """Return who speaks and what, by turn; "" is an interviewer without a name."""
    return [
        (text[slice(*turn.speaker)] if turn.speaker else "", " / ".join(text[slice(*one)] for one in turn.contents))
        for turn in find_turns(text)
    ]


TURNS = [  # {who|what is said}; an interviewer has no name
    "The Port Union struck. Ann Lind led.\nQ: {|Why now?}\nA: {Ann Lind|They lied.\nAnd they knew.}\nQ. {|And now?}\n"
    "A. {Ann Lind|No.}",
    "Ann Lind leads the union.\nQ. {|Why now?} A. {Ann Lind|They lied.}\nQ: {|And now?}\nShe left.",
    # questions without a colon, notes of what is heard
    "MS. LIND: {LIND|They lied.}\n(Laughter)\nQ {|Why now?}\nMS. LIND: {LIND|Ask them.}\nQ — {|And then?}",
    # names as labels take the full name
    "JO MOSS: {|Good evening.}\nMARA LIND, mayor: {MARA LIND|Thank you.\nWe are here.}\n"
    "MOSS: {|Will you stay?}\nLIND: {MARA LIND|I will.}",
    "Echo — {|Why now?}\n**Ann Lind**: {Ann Lind|They lied.}\n**Echo: {|And now?**}\nAnn Lind: {Ann Lind|No.}",
    # questions in bold, and nothing before the answers
    "Jo Moss meets Ann Lind.\n**Why did you leave?**\n{Ann Lind|I was tired. They lied.}\nIt was late. Do you mind?\n"
    "{Ann Lind|We do not.}\nWill you go back?\n{Ann Lind|Never.}\nShe left.",
    # with numbers, an office in brackets, an arrow
    "Ann Lind led.\n[Q] {|Why now?}\nA—{Ann Lind|They lied.}\n__Question 2:__ {|And now?}\nAnswer： {Ann Lind|No.}",
    "JO MOSS: {|Did you?} ANN LIND: {ANN LIND|I did.}\nTHE CHAIR: {THE CHAIR|Order.}\nJO MOSS: {|Why?}",
    ">> JO MOSS, HOST (voice-over): {|Welcome.}\n• SPEAKER 2: {SPEAKER 2|Thanks. I am glad.}\n>> MOSS: {|Will you?}",
    # with times, one of them once
    "[10:15] Lind: {Lind|We stay.}\n3/3/2016 10:17 - Roe: {Roe|You go.}\n[3/3/2016, 10:20] Lind: {Lind|No.}",
    "Ann Lind (Ay) (Lab): {Ann Lind|We stay.}\nHead for Docks (Bo): {Head for Docks|No.}\nAnn Lind: {Ann Lind|Ha.}",
    # each once, of themselves
    "Ann Lind, 40, baker:\n{Ann Lind|I stay.}\nBo Lee, a cook:\n{Bo Lee|They lied.}\nJo Moss, 81:\n{Jo Moss|I go.}",
    "lind: {lind|we stay}\nbrent: {brent|you go}\nlind: {lind|no}\nbrent: {brent|yes}",
    "q: {|Why, Ann Lind?}\na: {Ann Lind|They lied.}\nq: {|And now?}\na: {Ann Lind|No.}",
    "GAZETTE\n{|Will you stay?}\nANN LIND\n{ANN LIND|I will.\nTo the end.}\nGAZETTE\n{|You said so in May.}\n"
    "ANN LIND\n{ANN LIND|My word stands.}\nGAZETTE\n{|Do you sleep?}\nANN LIND\n{ANN LIND|No.}",
    "Jo Moss met Ann Lind.\n**You left. Why?**\n{Ann Lind|I was ill.\nDo you mind?}\n**They say you fled.**\n"
    "{Ann Lind|We ran.\nIt burned.}\n_Will you go back?_\n{Ann Lind|Never.}",
    "Q. {|Will the port close?}\nA. {|No, says Ann Lind.}\nQ. {|And the jobs?}\nA. {|They stay.}",
    "It rained.\n{Ann Lind|“We will not leave this quay”} — Ann Lind, 44, mayor of Ayton.\n“We stay” — it rained.",
    "Jo Moss met Ann Lind.\nJ.M.: {|Why?}\nAL — mayor: {Ann Lind|I left.}\nJ.M.: {|Now?}\nAL: {Ann Lind|I rest.}",
    "Lind (on a screen): {Lind|I stay.}\nRoe, 52: {Roe|I go.}\nLind: {Lind|You do not.}",
    "We met a night porter.\nQ: {|Do you sleep?}\nA: {a night porter|I do.}\nQ: {|When?}\nA: {a night porter|Now.}",
    # the last is no longer than the longest before it
    "Jo Moss met Ann Lind.\nJ.M. – {|Why?}\nA.L. – {Ann Lind|I left.\nIt rained.}\nJ.M. – {|Now?}\n"
    "A.L. – {Ann Lind|I rest.\nI do.}\nThe port is shut.",
    # only questions have labels
    "Jo Moss met Ann Lind.\nQ: Why?\n{Ann Lind|They lied to us.\nI know it.}\nQ: How long?\n{Ann Lind|I wait.}\n"
    "Q: So?\n{Ann Lind|We go.}",
    "JO MOSS:\n{|Welcome.}\nANN LIND:\n{ANN LIND|Thank you.}\nMOSS:\n{|Stay?}\nLIND:\n{ANN LIND|No.}",
]


@pytest.mark.parametrize("marked", TURNS)
def test_labels_say_whose_turn_it_is(marked):
    expected = [(who, said.replace("\n", " / ")) for who, said in re.findall(r"\{([^|]*)\|([^}]*)\}", marked)]
    assert turns(re.sub(r"\{[^|]*\||\}", "", marked)) == expected


NONE = [
    "What we know: the port closed.\nBackground: it was sold.\nAYTON: Ships wait.",
    "Smith: 1,777\nRoe: 1,200\nSmith: 1,800\nAYTON: Ships wait.\nBARROW: It rains.\nAYTON: It is late.\nDay 1: No.",
    "Monday: closed.\nTuesday: open.\nMonday: closed again.\nWinner: Smith.\nWinner: Roe.",
    "The mayor said: We stay.\nAYTON — Ships wait.\nAYTON — A man fell.\nMOSSFORD — It rains.",
    "What happened?\nThe port closed.\nWhat can you do?\nStay at home.\nWhat will happen next?\nNobody knows.",
    "I saw it.\nNews\nWe wept. Did you?\nRead more\nI left.\nNews\nMy son ran.\nRead more\nWe sat.",
    "text-align: left;\nIt rained.\ntext-align: left;\ntext-align: center;",
    "It is over.\nWhat do you say?\n“I won.”\nWill you go?\n“We will.”\nDo you mind?\n“I do.”\nHe sat.",
    'He wrote it.\n<tweet tweet-author="@lind" tweet-date="May 3\n">They lied.',
    "Ann Lind, 52\nLind baked.\nBo Lee, 40, cook\nHe sang.\nJo Moss, 81\nShe ran.\nFollow @gazette for more.",
]
POSTS = [  # /: a new line
    "Mara Lind ✔ (@maralind)/Shame on them.", "Mara Lind @maralind/Mar 3/Shame on them.",
    "Mara Lind/@maralind/·/Mar 3/Shame on them.", "Mara Lind (@maralind) — 3 March 2016/Shame on them.",
    "Mara Lind, [12.03.21 10:15]/Shame on them.", "Mara Lind (@maralind) posted on X: Shame on them.",
    "Mara Lind/@maralind/Replying to @roe/Shame on them.", "> Shame on them./> — Mara Lind (@maralind) 3 March 2016",
    "Shame on them./A post shared by Mara Lind (@maralind) on March 3",
]  # fmt: skip


def test_a_post_is_its_writers_and_what_is_no_turn_is_none():
    assert [text for text in NONE if turns(text)] == []
    posts = ["\n".join(["Users mocked her.", *post.split("/"), "The mayor was silent."]) for post in POSTS]
    assert [text for text in posts if turns(text) != [("Mara Lind", "Shame on them.")]] == []
    assert turns("@al\nStay.\nTweet by @bo: Go.\nNo. —@cy, May 3") == [("@al", "Stay."), ("@bo", "Go."), ("@cy", "No.")]
    rows = [row for row in read_lexicon("speech_patterns.csv") if row["use"] in ("label", "post", "signed")]
    assert [row for row in rows if len(turns("\n".join([row["example"].replace(" / ", "\n")] * 3))) < 3] == []


NEWS = "The port closed. “We will not leave, I told them, and we will win, and our pay is ours,” she said. " * 3
SHOULD = "The town must keep it. To sell would be madness. It should wait. Perhaps it will. Why not?"
TOLD = "She said we must wait, and our town should. He told us that you ought to ask me, and perhaps I will."
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
    ("JM: You left. Why?\nPK: They lied.\nJM: About what?\nPK: The price.", "Port", "", [], "interview"),
    ("Q. Will it close?\nA. No.\nQ. And the jobs?\nA. They stay.", "Port", "", [], "news"),
    (f"@lind: They lied.\n{NEWS}", "Port", "", [], "news"),
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
