import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.reading.quotations import find_quotations


def quoted(text):
    return [text[q.start : q.end] for q in find_quotations(text)[0]]


PAIRED = {
    'He said "we won" and "they lost".': ['"we won"', '"they lost"'],
    "« Nous », dit-il. „So“, sagte er.": ["« Nous »", "„So“"],
    "She wrote 'a fine mess' there.": ["'a fine mess'"],
    # an apostrophe closes nothing
    "ISIS’s ‘capital’ and the rebels’ town": ["‘capital’"],
    "‘the militants’ capital’ fell": ["‘the militants’ capital’"],
    "the militants' capital, the '90s": [],
    "'In '98 the dockers' pay went,' he said. 'It's late.' In '03": ["'In '98 the dockers' pay went,'", "'It's late.'"],
    "the 'rebels' and the dockers' union": ["'rebels'"],
    "The class of ’99 met, as in the ’80s ’n’ ’90s.": [],
    "Get ‘em ‘cause they went, 'cause of it. The '68 revolt, like the '80s, rock 'n' roll and the crews' pay.": [],
    "'Goin' home, thinkin' of 'em,' he said. The 'cause of it'": ["'Goin' home, thinkin' of 'em,'", "'cause of it'"],
    "Roe‘s plan and Smith ‘s plan were ‘dead’: he “couldn‘t sign”.": ["‘dead’", "“couldn‘t sign”"],
    # curly and straight marks close each other, whatever their shape
    '“We stay," he said. The hall was full. "They go,”': ['“We stay,"', '"They go,”'],
    "“We stay,“ he said, and ”we hope.”": ["“We stay,“", "”we hope.”"],
    # other countries' and other machines' marks
    "»We stay,« she said. He said ‹no›.": ["»We stay,«", "‹no›"],
    "``We stay,'' she said, `and hope'.": ["``We stay,''", "`and hope'"],
    "She: 「We stay」. ″So″ and 〝so〟.\n> We “may”.": ["「We stay」", "″So″", "〝so〟", "> We “may”.", "“may”"],
    "''He told me, 'Go home,''' she said.": ["''He told me, 'Go home,'''", "'Go home,'"],
    "``We stay,´´ she said. He said ❝no❞.": ["``We stay,´´", "❝no❞"],
    # what is beside a mark decides: dashes, brackets, inches, bullets
    'The head—"the worst we had"—left ("not gladly").': ['"the worst we had"', '"not gladly"'],
    'A 5" pipe and a 12" pipe, "both old"; at 6’4” and 5\'11" he left.': ['"both old"'],
    '"We cut a 5" pipe," he said. "In 2014" was "in 2015".': ['"We cut a 5" pipe,"', '"In 2014"', '"in 2015"'],
    '» Ships wait. » <a id="6" name="@lind">Crews</a> left.': ['"6"', '"@lind"'],
    # a speech that goes on in the next paragraph; a closing mark of another sort where it is clear
    "She left. 'One.\n'Two,' he said.\n” … Three,” she said.": ["'One.\n'Two,'", "” … Three,”"],
    "“We go,’ he said. The hall was full. ‘They stay,” she said.": ["“We go,’", "‘They stay,”"],
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
    "“GO HOME NOW YOU THIEVES,” the crowd shouted.": {True},
    "“We Will Make The Port Great Again,” Smith wrote.": {True},
    "“The Old Council” met, and so did “The Harbour Master's Office,” it said.": {False},
    "“the port” was “closed today”, a “rescue,” she said. A “Plan B,” she said. They: “Stronger Together.”": {False},
    "“No,” she said. “Why?” asked Lind. He answered: “Never!” “The port,” he said. Was it late? “Oh yes.”": {True},
    "“Friends,\n“we close.\n“Jo.”": {True},
    "She wrote “Songs of Ayton”, “The Old Man and the Sea”, “A Day on the Quay”. Her song “Bread of Ay” won.": {False},
    "They chanted “Death to the Council” and left.": {True},
}


def test_speech_is_told_from_names_and_echoes():
    assert {text: {q.is_speech for q in find_quotations(text)[0]} for text in SPEECH} == SPEECH


def test_a_long_speech_is_a_quotation_unless_it_names_a_speaker():
    words = "and we will not leave this quay before the council has signed what it promised " * 60
    assert quoted(f"“We stay {words}now,” she said.") == [f"“We stay {words}now,”"]
    assert quoted(f"“We stay, Smith said, {words}now,” she said.") == []


LEVELS = {  # the levels of its quotations, and its odd marks
    "“IRGC “advisers,” and ‘friends’ came,” he said.\n“One.\n“Two,” he said.": ([0, 1, 1, 0], []),
    "He said “we won and left.\nA new paragraph ” here.": ([], ["“", "”"]),
    "The '68 revolt. 'Tis late.": ([], []),
}


def test_a_quotation_inside_another_has_a_level_and_a_mark_without_a_partner_is_reported():
    found = {text: find_quotations(text) for text in LEVELS}
    assert {text: ([one.level for one in q], [mark.mark for mark in odd]) for text, (q, odd) in found.items()} == LEVELS


@pytest.mark.parametrize("speaker", ["Hugh Brent told reporters", "Brent, the mayor, explained", "said Hugh Brent"])
def test_a_lost_closing_mark_stops_before_the_speaker(speaker):
    text = f"“We should leave now, {speaker} at the gate.\n“No one leaves,” said Mara Lind."
    assert quoted(text) == ["“We should leave now,", "“No one leaves,”"]
    assert [mark.start for mark in find_quotations(text)[1]] == [0]


@example("\"„a',“")
@settings(max_examples=2000)
@given(st.text(alphabet="ab ,.\n“”‘’\"'«»„`", max_size=60))
def test_quotations_nest_and_never_cross(text):
    quotations, odd = find_quotations(text)
    for a in quotations:
        assert 0 <= a.start < a.end <= len(text)
        assert not any(a.start < b.start < a.end < b.end for b in quotations)
    assert all(text.startswith(mark.mark, mark.start) for mark in odd)
