import re
from difflib import SequenceMatcher
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reading import copies
from helpers.reading.copies import COLUMNS, find_copies, group_articles


def make_articles(*texts, **named):
    """Texts, or article_id=text -> an articles table; every article is of an outlet of its own."""
    named = named or {f"{number:02}": text for number, text in enumerate(texts)}
    frame = pd.DataFrame({"article_id": list(named), "text": list(named.values())}, dtype="str")
    day = pd.Timestamp("2016-03-04")
    return frame.assign(outlet="outlet " + frame["article_id"], headline="", published_from=day, published_to=day)


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
