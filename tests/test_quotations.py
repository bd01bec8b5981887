import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.reading.quotations import find_quotations


def quoted(text):
    return [text[q.start : q.end] for q in find_quotations(text)[0]]


LONG = "and we will not leave this quay before the council has signed what it promised " * 60
PAIRED = {
    """« Nous », dit-il. „So“, sagte er. "We won" 'a fine mess'.""": ["« Nous »", "„So“", '"We won"', "'a fine mess'"],
    # an apostrophe closes nothing
    "ISIS’s ‘capital’ and the rebels’ town; the 'rebels' and the dockers' union": ["‘capital’", "'rebels'"],
    "'In '98 the dockers' pay went,' he said. 'It's late.' In '03": ["'In '98 the dockers' pay went,'", "'It's late.'"],
    "The militants' capital, the '90s and 'nineties. The class of ’99 met, as in the ’80s ’n’ ’90s.": [],
    "Get ‘em 'round the bay ‘cause they went. The '68 revolt, like the '80s, rock 'n' roll and the crews' pay.": [],
    "Back in ‘84 the workers’ hall was ‘twixt two ships. They had ‘84 men’ and ‘rats’.": ["‘84 men’", "‘rats’"],
    "'Goin' home an' out of 'em,' he said. ‘The crews’ pay’": ["'Goin' home an' out of 'em,'", "‘The crews’ pay’"],
    "Roe‘s plan and Smith ‘s plan were ‘dead’, the 'cause of it'.": ["‘dead’", "'cause of it'"],
    # curly and straight marks close each other, whatever their shape
    '“We stay," he said. It rained. "They go,”\n“No,“ she said.': ['“We stay,"', '"They go,”', "“No,“"],
    # other countries' and other machines' marks
    '»We stay,« she said. He said ‹no›. ""So," he said.': ["»We stay,«", "‹no›", '""So,"'],
    "′They lie,′ said a 5′ 10″ man. ˝No,˝ she said. ″So″.": ["′They lie,′", "˝No,˝", "″So″"],
    "《We》 「go」.\n> We.\n>\n> Go.\nOk.\n>> “No”.": ["《We》", "「go」", "> We.\n>\n> Go.", ">> “No”.", "“No”"],
    "''He told me, 'Go home,''' she said. ,,We go.''": ["''He told me, 'Go home,'''", "'Go home,'", ",,We go.''"],
    "``We stay,´´ she said. ``No,'' he said, `and hope'. ❝No❞,,.": ["``We stay,´´", "``No,''", "`and hope'", "❝No❞"],
    # what is beside a mark decides: dashes, brackets, inches, bullets
    'The head—"the worst we had"—left ("not gladly").': ['"the worst we had"', '"not gladly"'],
    'A 5" pipe and a 12" pipe, "both old"; at 6’4” and 5\'11" he left.': ['"both old"'],
    '"We cut a 5" pipe," he said. "In 2014" was "in 2015".': ['"We cut a 5" pipe,"', '"In 2014"', '"in 2015"'],
    '» Ships wait. » <a id="6" name="@lind">Crews</a> left.': ['"6"', '"@lind"'],
    # a speech that goes on in the next paragraph; a closing mark of another sort where it is clear
    "She left. 'One.\n'Two,' he said.\n” … Three,” she said.": ["'One.\n'Two,'", "” … Three,”"],
    "“We go,’ he said. The hall was full. ‘They stay,” she said.": ["“We go,’", "‘They stay,”"],
    "Lind wrote:\n“The sea has all,\nit has the rest.”\nHe left.": ["“The sea has all,\nit has the rest.”"],
    # a lost mark closes before the speaker
    "“We go, Hugh Orr told men.\n“No,” said Bo.\n“We sit, Bo, the cook, explained.": ["“We go,", "“No,”", "“We sit,"],
    # a long one is a quotation
    f"“We stay {LONG}now,” she said.": [f"“We stay {LONG}now,”"],
    "— And then? asked Lind.\n— Crews left, they said.": ["— And then?"],
}


def test_marks_are_paired():
    assert {text: quoted(text) for text in PAIRED} == PAIRED


PARAGRAPH = "He said {}we stay,{} and left. The hall was full. {}They go,{} she said. It was a {}fair{} deal."


@pytest.mark.parametrize("marks", ['"' * 6, "“”" * 3, "«»" * 3, '“"' * 3])
@pytest.mark.parametrize("lost", range(6))
def test_a_lost_mark_is_reported_and_turns_nothing_round(marks, lost):
    whole = quoted(PARAGRAPH.format(*marks))
    text = PARAGRAPH.format(*("" if n == lost else mark for n, mark in enumerate(marks)))
    odd = [mark.start for mark in find_quotations(text)[1]]
    assert len(whole) == 3
    assert [one for one in quoted(text) if one in whole] == [one for n, one in enumerate(whole) if n != lost // 2]
    assert [text[at] for at in odd] == [marks[lost ^ 1]]


SPEECH = {
    "“GO HOME NOW YOU THIEVES,” the crowd shouted. They chanted “Death to the Council”. “GO! GO!”": {True},
    "“We Will Make The Port Great Again,” Smith wrote.": {True},
    "“The Old Council” met, and so did “The Harbour Master's Office,” it said. Its motto, “Work and Wait”.": {False},
    "“the port” was “closed today”, a “rescue,” she said. A “Plan B,” she said. They: “Stronger Together.”": {False},
    "“No,” she said. “Why?” asked Lind. He said: “Ask Ann Lind.” “The port,” he said. It was. “Oh yes.”": {True},
    "“We stay” — she paused — “for as long as it takes.” “The port,”[4] he said. “We,” I said, “go.”": {True},
    "“Friends,\n“we close.\n“Jo.”": {True},
    "She wrote “Songs of Ayton”, “The Old Man and the Sea”, “A Day on the Quay”. Her song “Bread of Ay” won.": {False},
}


def test_speech_is_told_from_names_and_echoes():
    assert {text: {q.is_speech for q in find_quotations(text)[0]} for text in SPEECH} == SPEECH


ODD = {  # the number of its quotations, and its odd marks
    "“IRGC “advisers,” and ‘friends’ came,” he said.\n“One.\n“Two,” he said.": (4, []),
    "“We go now, said Hugh Brent.\n“No,” said Lind.": (2, ["“"]),
    "He said “we won and left.\nA new paragraph ” here.": (0, ["“", "”"]),
    "The '68 revolt. 'Tis late.": (0, []),
}


def test_a_mark_without_a_partner_is_reported():
    found = {text: find_quotations(text) for text in ODD}
    assert {text: (len(quotations), [mark.mark for mark in odd]) for text, (quotations, odd) in found.items()} == ODD


@example("\"„a',“")
@settings(max_examples=2000)
@given(st.text(alphabet="ab ,.\n“”‘’\"'«»„`", max_size=60))
def test_quotations_nest_and_never_cross(text):
    quotations, odd = find_quotations(text)
    for a in quotations:
        assert 0 <= a.start < a.end <= len(text)
        assert not any(a.start < b.start < a.end < b.end for b in quotations)
    assert all(text.startswith(mark.mark, mark.start) for mark in odd)
