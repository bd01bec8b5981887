"""The network that finds attributions: articles are read alike alone and together, and rows of the lexicon decide."""

from itertools import chain

import numpy as np
import pytest

from helpers.reading.attribution import find_citations, network
from helpers.reading.attribution.spans import SWITCH, find_runs
from helpers.reading.parsing import Article, parse_texts

TEXTS = (
    "Kagan said that it was over. “We will go on,” a monitor told Reuters, “until it ends.”",
    "The minister denied the report and accused the rebels of lying. According to sources the road is open.",
    "No one spoke. He claimed that it rained.",
)


def parse(text):
    return next(parse_texts([Article("", "", "", text, (), None)]))[0]


@pytest.fixture(scope="module")
def articles():
    return [parse(text) for text in TEXTS]


def test_an_article_is_read_alike_alone_in_any_company_and_in_any_order(articles):
    def compare(found, expected):
        assert [len(own) for own in found] == [len(own) for own in expected]
        for one, other in zip(chain(*found), chain(*expected), strict=True):
            assert one._replace(confidence=0) == other._replace(confidence=0)
            assert one.confidence == pytest.approx(other.confidence, abs=1e-4)

    alone = [find_citations([article])[0] for article in articles]
    assert all(alone)
    compare(find_citations(articles), alone)
    compare(find_citations(articles[::-1]), alone[::-1])
    compare(find_citations([parse(""), *articles]), [[], *alone])


def test_runs_bridge_small_gaps_and_are_worth_their_ends():
    assert 2 * SWITCH == 1.4
    for gain, runs in (
        ([2, -1, 2], [(0, 2)]), ([2, -1.5, 2], [(0, 0), (2, 2)]), ([-1, 1.5, -1], [(1, 1)]), ([1, -2, 1], []),
    ):  # fmt: skip
        assert find_runs(np.array(gain, dtype=float)) == runs


@pytest.fixture
def edit_verbs(monkeypatch):
    """Give reporting_verbs.csv other rows."""
    columns = ("lemma", "frame", "stance", "taxonomy", "use", "n", "reliability")

    def edit(*rows):
        listed = [dict(zip(columns, row.split(","), strict=True)) for row in rows]
        monkeypatch.setattr(network, "read_lexicon", lambda name: listed)

    monkeypatch.setattr(network, "load_rows", network.load_rows.__wrapped__)  # without its cache
    return edit


def test_the_column_use_decides_over_the_network(articles, edit_verbs):
    never = "say,any,neutral,own,never,,"
    for number, lemma, rows, is_found in (
        (0, "say", ["say,any,neutral,own,,,"], True), (0, "say", [never], False),
        (2, "speak", ["speak,any,,,always,,"], True), (0, "say", [never, "say,clause,neutral,own,always,,"], True),
    ):  # fmt: skip
        edit_verbs(*rows)
        lemmas = [citation.lemma for citation in find_citations([articles[number]])[0]]
        assert (lemma in lemmas) == is_found


def test_a_mistyped_row_is_named_with_its_cure(edit_verbs):
    for row, message in (
        ("say,claus,,,,,", r"reporting_verbs\.csv row 2, frame: 'claus'; write one of: none, quot"),
        ("say,any,,,yes,,", r"row 2, use: 'yes'; write one of: \(empty\), always, never"),
    ):
        edit_verbs(row)
        with pytest.raises(ValueError, match=message):
            network.find_verb("say", "clause")


def test_the_stance_of_a_frame_comes_before_the_lemmas():
    rows = ("agree clause", "agree preposition", "no-such-verb clause", "say parenthetical", "say clause")
    assert [network.find_verb(*row.split())["stance"] for row in rows] == ["endorsing", "", "", "neutral", "neutral"]
    assert {"back", "agree"} <= network.list_lemmas()
