"""What repeats over the articles of an outlet: cut where it is no prose, kept once where it is."""

import re

import pandas as pd
import pytest

from helpers.reading import checks
from helpers.reading.cleaning import load_rules
from helpers.reading.copies import find_repeats
from tests.readings import build_reading

FOOT = "Quotations are delayed by an hour. The publisher warrants none of them, and has an office in the harbour."
BACKGROUND = "The strike began in May, after the owners of the docks had refused for two years to talk about the pay."
BOX = "The day in your inbox at six. Sign up for our letter."
SHORT = "She declined to comment."
WIRE = [f"Ship {n} was lost off the coast of the north in a storm at noon." for n in range(12)]


def write(number, n=3):
    return [f"Owner {number} told the dockers of pier {n * number + k} to go home by noon." for k in range(n)]


def cut(texts, gap, outlets="A", settings=None, off=()):
    """What is left of texts, each a list of sentences, the last one the first by date."""
    articles = [
        {"article_id": n, "outlet": outlets[n % len(outlets)], "published": f"2016-{99 - n}", "text": gap.join(text),
         "rules_off": "crosshead; repeated" if n in off else ""}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    left = [article["text"] for article in articles]
    for number, places in find_repeats(articles, load_rules(settings or {})[0]).items():
        for start, end, _ in reversed(places):
            left[number] = left[number][:start] + left[number][end:]
    return left


def count(words, left):
    return sum(words.split(".")[0] in text for text in left)


@pytest.fixture(params=[" ", "\n"], ids=["one line", "paragraphs"])
def gap(request):
    return request.param


@pytest.mark.parametrize(
    ("passage", "at", "n_articles", "n_left"),
    [
        (FOOT, 3, 9, 0), (FOOT, 0, 9, 0), (FOOT, 3, 2, 2), (BOX, 1, 3, 0), (BACKGROUND, 1, 4, 1), (BACKGROUND, 3, 4, 1),
        ("Read 7 times", 3, 4, 0), ("© Wharf Press 2011. Reprints are paid.", 3, 4, 0),
        ("www.wharf.example prints all of it.", 3, 4, 0), ("* Dockers are paid by the hour.", 3, 7, 0),
        (SHORT, 1, 5, 5), (SHORT, 3, 3, 3), ("Get the news on every network", 3, 4, 0), ("Interior ministry:", 3, 4, 4),
    ],
)  # fmt: skip
def test_a_passage_is_cut_or_kept_once_or_stays(gap, passage, at, n_articles, n_left):
    texts = [write(n) for n in range(10)]
    for number in range(n_articles):
        texts[number].insert(at, passage.replace("7", f"{number}7").replace("2011", f"20{number}1"))
    left = cut(texts, gap)
    assert count(re.split(r"\d", passage)[0], left) == n_left and all(count(write(n)[2], [left[n]]) for n in range(10))
    if n_left == 1:
        assert count(passage, [left[n_articles - 1]])  # the first by date


def test_of_a_page_that_is_nothing_else_nothing_is_left_and_a_short_article_stays(gap):
    left = cut([*([*write(n, 1), FOOT] for n in range(5)), [FOOT]], gap)
    assert count(FOOT, left) == 0 and left[5].strip() == "" and count(write(2, 1)[0], left) == 1


@pytest.mark.parametrize(
    "versions",
    [[WIRE] * 4, [WIRE[:n] for n in (3, 6, 9, 12)], [[*WIRE, write(n, 1)[0]] for n in range(4)]],
    ids=["copies", "a growing story", "a new sentence each"],
)
def test_versions_of_one_story_are_left_whole(gap, versions):
    texts = [*versions, *([*write(n)] for n in range(9, 14))]
    assert cut(texts, gap) == [gap.join(text) for text in texts]
    left = cut([[*text, FOOT] for text in texts], gap)
    assert count(FOOT, left) == 0 and count(WIRE[2], left) == 4


def test_each_outlet_is_counted_alone_and_the_rule_can_be_off(gap):
    texts = [[*write(n), FOOT] for n in range(8)]
    assert count(FOOT, cut(texts, gap, "AB")) == 0
    assert count(FOOT, cut(texts[:4], gap, "AB")) == 4  # two of each
    assert count(FOOT, cut(texts, gap, off=[2, 5])) == 2
    rule = {"name": "repeated", "note": "", "off": True}
    assert count(FOOT, cut(texts, gap, "AB", {"cleaning": [rule]})) == 8
    assert count(FOOT, cut(texts, gap, "AB", {"cleaning": [{**rule, "outlet": "B"}]})) == 4


def test_aliases_that_match_nothing_are_listed_with_what_is_like_them():
    texts = ["{Arno Lind|Lind} met Melin of Nordhaven.", "Ruhl and the Harbour Autority said no to Arno  Lind’s union."]
    read = build_reading({"a": ("A", texts)}, actors=["Lind"])
    aliases = ["Arno Lind", "Harbour Authority", "nordhaven", "Quill", "Mélin", "Al-Ruhl", "Juhl", "Lind, Arno", "No"]
    read.corpus.actors = pd.DataFrame({"actor": [*"01234567", "(other)"], "alias": aliases, "kind": "name", "note": ""})
    found = checks.list_unmatched(read)[["actor", "alias", "nearest"]].values.tolist()
    near = ["Harbour Autority", "Nordhaven", "", "Melin", "Ruhl", "Ruhl", "Arno Lind"]
    assert found == [[f"{number}", aliases[number], one] for number, one in enumerate(near, 1)]
