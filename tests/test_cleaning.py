"""Cleaning: what is cut, what is kept, how a page is repaired, and that nothing vanishes unseen."""

import re
import string
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reading import cleaning
from helpers.reading.cleaning import CONDITIONS, load_rules
from tests.pseudonyms import read_table

GENERIC, _ = load_rules({})
FIRST = "The army said on Tuesday that it had taken the village after a week of fighting."
NEXT = "Residents told reporters that most of the shops had been closed since the morning."
LAST = "The fighting has forced thousands of families to leave the area, aid workers said."


def make_row(**cells):
    empty = dict.fromkeys(("starts_with", "ends_with", "headline", "author", "rules_off"), "")
    return {"article_id": "a", "outlet": "Courier", **empty, **cells}


def clean(raw, rules=GENERIC, **cells):
    """The text of a file with one article, and what was cut from it: (rule, words)."""
    [article], cuts, _ = clean_rows(raw, [make_row(**cells)], rules)
    return article.text, [(rule, raw[start:end]) for start, end, rule in cuts]


def clean_rows(raw, rows, rules=GENERIC):
    """The articles of a file, all that was cut, in order, and the rows that could not be located.

    What was cut does not overlap; the rest of the file is the articles' texts and white space.
    """
    parts, problems = cleaning.clean_file(raw, rows, rules)
    articles, cuts = [one for one in parts if one.article_id], sorted(cut for one in parts for cut in one.cuts)
    left, at = list(raw), 0
    for start, end, _ in cuts:
        assert at <= start < end and not raw[start].isspace() and not raw[end - 1].isspace()
        left[start:end] = " " * (end - start)
        at = end
    for article in articles:
        text, place = article.text, slice(article.start, article.end)
        assert "".join(text.split()) == "".join("".join(left[place]).split())
        left[place] = " " * (article.end - article.start)
        assert text == "\n".join(" ".join(line.split()) for line in text.split("\n")) or not text
    assert not "".join(left).strip()
    return articles, cuts, problems


# where words stand: between paragraphs, at the head or foot as one, before the first sentence or after the last
AROUND = {"between": f"{FIRST}\n{{}}\n{LAST}", "first": f"{{}} {FIRST}\n{LAST}", "middle": f"{FIRST} {{}} {LAST}",
          "last": f"{FIRST} {{}}", "head": f"{{}}\n{FIRST}\n{LAST}", "foot": f"{FIRST}\n{LAST}\n{{}}",
          "alone": "{}"}  # fmt: skip
ROWS = read_table(Path(__file__).with_name("furniture.csv")).to_numpy().tolist()
TEASERS = ["Major operation to capture the city to start in days",
           "An operation to capture the city will start in the next few days, ... World News -"]  # fmt: skip
CUT = {  # raw, cells, (rule, words)
    **{f"{n}: {words}": (
           AROUND[place].format(words), {"headline": headline, "author": author}, [(rule, words)] * bool(rule))
       for n, (rule, place, words, headline, author) in enumerate(ROWS)},
    "page furniture around the paragraphs": (
        f"World\n\nArmy Charges Toward The Capital\n\nJane Roe Foreign Policy Reporter\n\n{FIRST}\n{LAST}\n\nReport\n",
        {"headline": "Army charges toward the capital", "author": "Jane Roe"},
        [("section label", "World"), ("headline", "Army Charges Toward The Capital"),
         ("byline", "Jane Roe Foreign Policy Reporter"), ("section label", "Report")],
    ),
    "a headline in quotation marks above a line in bold": (
        f'"We Will Not Leave The Quay"\n\n**4 March 2017**\n\n{FIRST}\n{LAST}',
        {"headline": '"We will not leave the quay"'},
        [("headline", '"We Will Not Leave The Quay"'), ("section label", "**4 March 2017**")],
    ),
    "a stamp and the headline in the first line": (
        f"Ayton: News | Updated Wed 05 Apr 2017 Army takes the old town by night. {FIRST} {LAST}",
        {"headline": "Army takes the old town, by night"},
        [("credit", "Ayton: News |"), ("date stamp", "Updated Wed 05 Apr 2017"),
         ("headline", "Army takes the old town by night.")],
    ),
    "what signs off a live blog": (
        f"{FIRST}\nThat is all from the hall tonight. {NEXT} Thank you for reading.\n{LAST}", {},
        [("live blog", "That is all from the hall tonight."), ("live blog", "Thank you for reading.")],
    ),
    "words in bold": (f"{FIRST}\n**Orr** said **no**, she said.\n{LAST}", {}, [("code", "**")] * 4),
    "teasers of other articles": ("\n".join([FIRST, LAST, *TEASERS]), {}, [("teaser", line) for line in TEASERS]),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_goes_by_the_name_of_its_rule(name):
    raw, cells, cuts = CUT[name]
    text, found = clean(raw, **cells)
    assert found == cuts
    for _, words in cuts:
        raw = raw.replace(words, "", 1)
    assert text == "\n".join(" ".join(line.split()) for line in raw.splitlines() if line.strip())


COLUMN = """\
T

he army said on Tuesday that
its sudden move has trig-
gered a race to take the de

facto capital, Lagos.
The rivalry between the US-
backed groups and allied mili-
tias has a surface-to-
surface missile made in 2012-
15, and now a game-chang-
ing aid to all of them.

Another scenario previews a high-

way of oil-rich land.
"""


def test_a_printed_column_is_repaired():
    text, cuts = clean(COLUMN)
    assert text.split("\n") == [
        "The army said on Tuesday that its sudden move has triggered a race to take the de facto capital, Lagos.",
        "The rivalry between the US-backed groups and allied militias has a surface-to-surface missile made in "
        "2012-15, and now a game-changing aid to all of them.",
        "Another scenario previews a highway of oil-rich land.",
    ]
    assert cuts == [("join hyphen", "-")] * 4


def test_an_indent_begins_a_paragraph():
    lines = ["    The army said on Tuesday that", "it had taken the village after", "a week of fighting.",
             "    Residents told reporters that", "most of the shops had been closed."]  # fmt: skip
    assert [line[:8] for line in clean("\n".join(lines))[0].split("\n")] == ["The army", "Resident"]


def test_lines_of_short_paragraphs_are_joined_and_lines_of_single_letters_are_read_at_once():
    paragraphs = [FIRST, NEXT, LAST, "It rained."]
    lines = [line for one in paragraphs for line in textwrap.wrap(one, 60)]
    assert clean("\n".join(lines))[0].split("\n") == paragraphs
    assert clean(f"{'A ' * 400}\n{FIRST}\n{LAST}")[0].endswith(f"{FIRST}\n{LAST}")


def test_repairs_can_be_switched_off_and_odd_spaces_and_marks_go():
    assert "mili-tias" in clean(COLUMN, rules_off="join hyphen")[0]
    odd = 'The army\xa0said  it\u2009had ta\u00adken the\u200b \\"town\\".'
    assert clean(odd)[0] == 'The army said it had taken the "town".'
    assert clean(COLUMN, rules_off="drop capital")[0].startswith("T he army said")
    assert clean(COLUMN, rules_off="join lines")[0].count("\n") > 10


STAY = ["ISIS- held", "Deir- Ezzor", "15- year", "anti- tank", "man- led", "face- to-face", "up-to- date"]
REPAIRED = {  # of a drop capital, of a hyphen at a line's end: words of the text
    "A\n\nmid the snow the town fell.": "Amid the snow", "“T\n\nhe town fell,” he said.": "“The town",
    "A\n\nsuicide bomber came. Another suicide bomber went.": "A suicide", "T\n\nHE TOWN fell.": "THE TOWN",
    "I\n\nraq said it was over. In Iraq it was not.": "Iraq said",
    **{f"the army had seen a {word} of the south and\nthen it went on to the\nnorth again.".replace("- ", "-\n"):
       f"the army had seen a {word.replace(' ', '')} of" for word in STAY},
}  # fmt: skip


@pytest.mark.parametrize("raw", REPAIRED)
def test_drop_capitals_are_joined_and_hyphens_of_a_word_stay(raw):
    assert f"\n{REPAIRED[raw]}" in "\n" + clean(f"{raw}\n\n{LAST}")[0]


PAGE = f"Top of the page\n\n‘{FIRST}’\n{NEXT}\n\nA CAPTION of no article\n\nSecond. {LAST}\nThe end came in-\nto view."


def test_two_articles_of_one_page():
    first = make_row(starts_with='"The army said on  Tuesday', ends_with="since the morning")
    articles, cuts, _ = clean_rows(PAGE, [first, make_row(article_id="b", starts_with="Second")])
    assert articles[0].text == f"‘{FIRST}’\n{NEXT}"
    assert articles[1].text.startswith("Second. The fighting")
    assert [rule for _, _, rule in cuts] == [cleaning.OUTSIDE] * 2


MISPLACED = [  # cells of an article and, where another follows, of that; the column that the line names, and its words
    ([{"starts_with": "The navy said on Tuesday"}], "starts_with", "nearest: '‘The army said on Tuesd"),
    ([{"starts_with": "Second", "ends_with": "since the morning"}], "ends_with", "only before the article"),
    ([{"ends_with": "until the evening"}], "ends_with", "copy the words"),
    ([{"ends_with": "The end came"}, {"starts_with": "Second"}], "ends_with", "or after those of the next"),
    ([{}, {}], "starts_with", "starts where 'n0' starts"),
]


@pytest.mark.parametrize(("cells", "column", "words"), MISPLACED)
def test_words_that_cannot_be_placed(cells, column, words):
    rows = [make_row(article_id=f"n{n}", **own) for n, own in enumerate(cells)]
    articles, _, [(_, found, reason)] = clean_rows(PAGE, rows)
    assert len(articles) == len(rows) - 1
    assert found == column and words in reason and "\n" not in reason


BODY = [  # of four pages
    ["The army said on Tuesday that it had taken the village", "after a week of fighting. Residents said that most of"],
    ["the shops had been closed since the morning. It has", "forced thousands of families to leave, aid workers said."],
    ["A spokesman of the army called the talks a first step", "towards a truce. Both sides blamed each other for the"],
    ["failure of the last one, which had ended within a day", "of its start. No new date was set by the delegations."],
]


def make_pages(heads, feet=(), bodies=BODY):
    """A text as programs take it out of a PDF: page by page, with what is above and below each."""
    pages = [[*(head[n] for head in heads), *body, *(foot[n] for foot in feet)] for n, body in enumerate(bodies)]
    return "\f".join("\n".join(filter(None, page)) for page in pages)


PAGES = range(1, 5)
HEADS = {
    "title and page of": (["Dockers walk out in the port"] * 4, [f"https://post.example/d {n}/4" for n in PAGES]),
    "date of the print": (["11/26/26, 7:01 AM Dockers walk out - Post"] * 4, [f"Page {n}" for n in PAGES]),
    "number alone": ([""] * 4, ["1", "2", "3", "4"]),
    "number between dashes, from page 12": ([f"- {n} -" for n in range(12, 16)], [""] * 4),
    "not on the first page": (["", *["Evening Post | Friday"] * 3], [""] * 4),
    "a notice": ([""] * 4, ["© 2017 The Publishers. All rights reserved."] * 4),
}


@pytest.mark.parametrize("name", HEADS)
def test_what_pages_repeat_is_cut_and_the_sentence_across_them_repaired(name):
    head, foot = HEADS[name]
    raw = make_pages([head], [foot])
    text, cuts = clean(raw)
    assert text.replace("\n", " ") == " ".join(" ".join(page) for page in BODY)
    assert "most of the shops" in text
    lines = {line for page in BODY for line in page}
    found = [words for rule, words in cuts if rule == "running head"]
    assert found == [line for line in re.split("[\n\f]", raw) if line not in lines]
    assert "running head" not in dict(clean(raw, rules_off="running head")[1])


KEPT = {
    "one page": make_pages([["Dockers walk out in the port"]], [["Page 1"]], BODY[:1]),
    "a sentence that opens two pages": make_pages([[FIRST, FIRST]], [], BODY[:2]),
    "a sentence that closes two of three": make_pages([], [[FIRST, FIRST, ""]], BODY[:3]),
    "headings": make_pages([["A walk to the port", "What the union wants", "The talks in the capital", "Afterwards"]]),
    "numbered headings that skip pages": make_pages([["Part 1 of it", "", "Part 2 of it", "Part 3 of it"]]),
    "figures at the edge": make_pages([["12,5 per cent", "13,1 per cent", "2,2 per cent", "7,9 per cent"]]),
    "the speaker of a talk": make_pages([["Roe:", "Roe:"]], [], BODY[:2]),
    "a line that goes on": make_pages([["of the village and the"] * 4]),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_only_looks_like_a_running_head_is_kept(name):
    assert "running head" not in dict(clean(KEPT[name])[1])


def test_a_corpus_adds_rules_limits_them_to_an_outlet_and_switches_others_off():
    motto = {"name": "motto", "note": "", "line": "^All the news", "outlet": "Courier"}
    rules, problems = load_rules({"cleaning": [motto, {"name": "crosshead", "off": True}]})
    raw = f"{FIRST}\nAll the news of the world.\nArmy pushes into the province\n{LAST}"
    assert problems == []
    assert clean(raw, rules)[1] == [("motto", "All the news of the world.")]
    assert clean(raw, rules, rules_off="headline; motto")[1] == []
    assert clean(raw, rules, outlet="Herald")[1] == []
    assert [rule for rule, _ in clean(raw)[1]] == ["crosshead"]


BAD_RULES = [
    ({"line": "x"}, "no name"), ({"name": "x"}, "needs one of"), ("x", "no name"),
    ({"name": "x", "line": "a", "outlte": "A"}, "nearest: 'outlet'"),
    ({"name": "crosheads", "off": True}, "nearest: 'cross"), ({"name": "x", "line": "a", "span": "b"}, "line and span"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "words"), BAD_RULES)
def test_rules_that_cannot_be_used(entry, words):
    rules, problems = load_rules({"cleaning": [entry]})
    assert len(problems) == 1 and words in problems[0] and "\n" not in problems[0]
    assert rules == GENERIC


def test_generic_rules_say_why_they_are_there_and_name_conditions_that_exist():
    entries = cleaning.LEXICON["rule"] + cleaning.LEXICON["sign"]
    assert [entry for entry in entries if not entry.get("note")] == []
    assert {name for one in entries for kind in ("paragraph", "whole") for name in one.get(kind, ())} == {*CONDITIONS}


PRINTED = (
    "the The army A I T he held- mili- tias US- said. town, “We will” © Subscribe - … ... 12 Comments Font Size: "
    "Заголовок logo ’ ' \u00ad al-Assad World -- (Agency) Notify of Photo: 2016 Read Also"
)
WORDS = st.sampled_from([*PRINTED.split(), "Follow us on Facebook.", "Sign up here.", "(Agency)"])
SPACES = st.sampled_from([" ", " ", " ", "\n", "\n", "\n\n", "\f", "\xa0", "\r\n", "\u2028", " \n \n", "-\n", ""])
PAGES = st.lists(st.tuples(WORDS, SPACES), max_size=60).map(lambda pairs: "".join(map("".join, pairs)))
ANYTHING = st.one_of(PAGES, st.text(), st.text(string.ascii_letters + " \n-.'\"", max_size=300))
CELLS = st.fixed_dictionaries({
    "starts_with": st.one_of(st.just(""), PAGES), "ends_with": st.one_of(st.just(""), WORDS), "headline": PAGES,
    "author": WORDS, "rules_off": st.sampled_from(["", *sorted({rule.name for rule in GENERIC})]),
})  # fmt: skip
PATTERNS = st.sampled_from(["the", r"\w+", "^", "$", ".*", r"\s", "said.*$", "(?<=T)|-", "[a-m]+", r"\b", "x*"])
KINDS = st.sampled_from(["line", "to_end", "opening", "closing", "span"])
OWN_RULES = st.lists(st.builds(lambda kind, pattern: {"name": "own", kind: pattern}, KINDS, PATTERNS), max_size=3)


@given(ANYTHING, st.lists(CELLS, min_size=1, max_size=2), OWN_RULES)
def test_nothing_vanishes_unseen(raw, cells, entries):
    rules, _ = load_rules({"cleaning": entries})
    rows = [make_row(article_id=name, **row) for name, row in zip("ab", cells, strict=False)]
    articles, _, problems = clean_rows(raw, rows, rules)
    assert len(articles) + len(problems) == len(rows)
