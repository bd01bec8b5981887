"""What is printed twice: copies, clusters of them, and what repeats over the articles of an outlet."""

import re
from difflib import SequenceMatcher
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reading import checks, copies
from helpers.reading.cleaning import load_rules
from helpers.reading.copies import COLUMNS, find_copies, find_repeats, group_articles
from tests.readings import build_reading


def make_articles(*texts, **named):
    """Texts, or article_id=text -> an articles table; every article is of an outlet of its own."""
    named = named or {f"{number:02}": text for number, text in enumerate(texts)}
    frame = pd.DataFrame({"article_id": list(named), "text": list(named.values())}, dtype="str")
    day = pd.Timestamp("2016-03-04")
    frame = frame.assign(outlet="outlet " + frame["article_id"], headline="", genre="")
    return frame.assign(published_from=day, published_to=day)


def number_words(prefix, n):
    return " ".join(f"{prefix}{number}" for number in range(n))


def split_words(text):
    return re.findall(r"\w+", text.lower())


def cut_shingles(words):
    return {tuple(words[start : start + 5]) for start in range(max(1, len(words) - 4)) if words}


def compare_all(articles, containment, least_words):
    """What find_copies must say, from every pair's sets of words."""
    words = {row.article_id: split_words(row.text) for row in articles.itertuples()}
    expected = {}
    for a, b in combinations(sorted(words), 2):
        one, other = cut_shingles(words[a]), cut_shingles(words[b])
        if not one & other:
            continue
        n_shared, shorter = len(one & other), min(len(one), len(other))
        run = SequenceMatcher(None, words[a], words[b], autojunk=False).find_longest_match()
        if n_shared / shorter >= containment or (run.size >= least_words and n_shared > least_words - 5):
            kind = "copy" if n_shared / shorter >= containment else "passage"
            expected[a, b] = (kind, n_shared / shorter, run.size, words[a][run.a : run.a + run.size])
    return expected


def test_a_pair_is_counted_by_hand():
    """a: 4 shingles, abcde to defgh; b: 3, bcdef, cdefg and defgx. Two in both."""
    found = find_copies(make_articles("A b c, d e f g h.", "“B c d” e f g x"))
    assert found.columns.tolist() == list(COLUMNS)
    assert found.values.tolist() == [["00", "outlet 00", "01", "outlet 01", "copy", 2 / 3, 6, "b c, d e f g"]]


ALIKE = {
    "It doesn’t say “who” fired": "it doesn't say who FIRED", "a—b–c\nd\u00a0e": "a b c d e",
    "İ said so there then": "i said so there then", "ΟΔΟΣ one two \U0001f600 three four": "οδος one two three four",
}  # fmt: skip


@pytest.mark.parametrize(("a", "b"), ALIKE.items())
def test_marks_and_capitals_part_no_words(a, b):
    for one, other, text in ((f"{a}, and", f"“{b}” but", a), (f"“{b}” but", f"{a}, and", b)):
        found = find_copies(make_articles(one, other))
        assert found["containment"][0] >= 0.5 and found["text"][0] == text


TEXTS = st.lists(
    st.lists(st.sampled_from([*"abcdef", "a b c d e f", "v w x y z", "A, b"]), max_size=25).map(" ".join), max_size=6
)


@given(
    texts=TEXTS, contained=st.sampled_from([0.05, 0.5, 0.9]),
    least_words=st.sampled_from([5, 9, 20]), draw=st.randoms(use_true_random=False),
)  # fmt: skip
def test_pairs_are_those_of_all_pairs_of_sets_in_any_order(texts, contained, least_words, draw):
    articles = make_articles(*texts)
    articles = articles.iloc[draw.sample(range(len(texts)), len(texts))]
    before = articles.copy()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("CONTAINED", contained), ("LEAST_WORDS", least_words)):
            patch.setattr(copies, name, value)
        found = find_copies(articles)
    columns = found[["article_a", "article_b", "kind", "containment", "n_words", "text"]]
    listed = {(a, b): (*row, split_words(text)) for a, b, *row, text in columns.itertuples(index=False)}
    assert listed == compare_all(articles, contained, least_words)
    assert found.dtypes.to_dict() == found.astype(COLUMNS).dtypes.to_dict()  # also where there is none
    assert all(row.text in texts[int(row.article_a)] for row in found.itertuples())
    order = list(zip(-found["containment"], found["article_a"], found["article_b"], strict=True))
    assert order == sorted(order)
    pd.testing.assert_frame_equal(articles, before)


def test_clusters_are_chains_named_by_their_smallest_article():
    """b holds a and shares 36 of its 66 shingles with c; a and c share none; d prints a passage of c; e is alone."""
    one, two, three = number_words("x", 30), number_words("y", 40), number_words("z", 30)
    articles = make_articles(
        c=f"{two} {three}", b=f"{one} {two}", a=one, d=f"{three} {number_words('d', 300)}", e=number_words("e", 30)
    )
    found = find_copies(articles)
    kinds = {(row.article_a, row.article_b): (row.kind, row.n_words) for row in found.itertuples()}
    assert kinds == {("a", "b"): ("copy", 30), ("b", "c"): ("copy", 40), ("c", "d"): ("passage", 30)}
    assert found.set_index("kind").loc["passage", ["containment", "text"]].tolist() == [26 / (70 - 4), three]
    clusters = group_articles(articles)["cluster_id"]
    assert clusters.to_dict() == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e"}
    assert (clusters.name, clusters.index.name) == ("cluster_id", "article_id")


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


def test_of_one_day_the_article_with_the_first_id_keeps_a_passage_in_any_order():
    own = {"outlet": "A", "published": "2016-03-04", "rules_off": ""}
    rows = [{"article_id": f"{n}", "text": " ".join([*write(n), BACKGROUND, *write(n + 9)]), **own} for n in range(5)]
    assert all({*find_repeats(order, load_rules({})[0])} == {*"1234"} for order in (rows, rows[::-1]))


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
    aliases = ["Arno Lind", "Harbour Authority", "nordhaven", "Quill", "Mélin", "Al-Ruhl", "Juhl", "Lind, Arno"]
    aliases, actors = [*aliases, "Arno", "No"], [*"012345678", "(other)"]
    read.corpus.actors = pd.DataFrame({"actor": actors, "alias": aliases, "kind": "name", "note": ""})
    found = checks.list_unmatched(read)[["actor", "alias", "nearest"]].values.tolist()
    near = ["Harbour Autority", "Nordhaven", "", "Melin", "Ruhl", "Ruhl", "Arno Lind", "Arno Lind"]
    assert found == [[f"{number}", aliases[number], one] for number, one in enumerate(near, 1)]
