"""Articles of one story: their openings are alike, and they are near in time. What repeats counts once."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from helpers import stories
from helpers.reading import change_tables
from helpers.reading.copies import HEADLINE, LIKE, cluster_stories
from helpers.reading.corpus import parse_date
from helpers.terms import drop_repeated, join_terms
from tests.parsing import read_texts

BRIDGE = "The bridge over the Orban river fell on Monday and nine drivers died, said mayor Ilka Varga of Tarnok."
VOTE = "Parliament in Sibor passed the grain bill by two votes after a night of quarrels over tariffs."


def _articles(*rows):
    """rows: (outlet, date, text)"""
    frame = pd.DataFrame(rows, columns=["outlet", "published", "text"])
    spans = [parse_date(date) if date else (pd.NaT, pd.NaT) for date in frame["published"]]
    return frame.assign(
        headline="", article_id=[f"a{n}" for n in range(len(frame))],
        published_from=pd.to_datetime([a for a, _ in spans]), published_to=pd.to_datetime([b for _, b in spans]),
    )  # fmt: skip


def test_a_story_is_matched_across_outlets_within_days():
    matched = stories.match_stories(_articles(
        ("North", "2016-05-02", BRIDGE), ("South", "2016-05-04", "Nine died when the Orban river bridge fell."),
        ("South", "2016-05-03", VOTE), ("North", "2016-05-02", BRIDGE), ("South", "2016-05-20", BRIDGE),
        ("South", "2016-05", BRIDGE), ("North", "", BRIDGE), ("South", "", BRIDGE),  # a month or no date: not matched
        ("North", "2016-05-02", "..."), ("South", "2016-05-02", "of the"),
    ))  # fmt: skip
    assert matched[["article_a", "article_b", "days_apart"]].values.tolist() == [["a0", "a1", 2], ["a1", "a3", 2]]
    assert matched["likeness"].between(LIKE, 1).all()
    assert matched[["outlet_a", "outlet_b"]].values.tolist() == [["North", "South"], ["South", "North"]]


def _compare(one, day, other):
    found = stories.match_stories(_articles(("North", "2016-05-02", one), ("South", day, other)), like=0)
    return found["likeness"].tolist()


def test_likeness_is_a_cosine_less_for_days_apart_and_other_weekdays():
    """A word of one of two articles weighs 1 + ln(3 / 2) = 1.405465, a word of both weighs 1."""
    assert _compare("bridge fell", "2016-05-02", "bridge fell") == [1]
    assert _compare("bridge fell", "2016-05-04", "bridge fell") == [0.64]  # 0.8 squared
    assert _compare("bridge fell", "2016-05-02", "bridge fell monday") == [0.709297]  # 2 / sqrt(2 (2 + 1.405465 ** 2))
    # half of 2 / (2 + 1.405465 ** 2)
    assert _compare("bridge fell Tuesday", "2016-05-02", "bridge fell monday") == [0.251551]
    below = f"{'bridge ' * 150} The war began in spring."
    assert not _compare(below, "2016-05-02", below.replace("bridge", "vote"))


def test_headlines_count_beside_the_opening():
    """Unit vectors of the opening and, times HEADLINE, of the headline; both to the length 1."""
    articles = _articles(("North", "2016-05-02", "bridge fell"), ("South", "2016-05-02", "bridge fell"))
    opening = TfidfVectorizer(sublinear_tf=True).fit_transform(["vote. bridge fell", "snow. bridge fell"]).toarray()
    likeness = stories.match_stories(articles.assign(headline=["vote", "snow"]), like=0)["likeness"]
    assert likeness.tolist() == pytest.approx([opening[0] @ opening[1] / (1 + HEADLINE**2)], abs=1e-6)


def _cluster(articles, **shared):
    ids = pd.Index(articles["article_id"], name="article_id")
    return cluster_stories(articles, pd.Series(ids, ids).replace(shared)).tolist()


def test_a_story_is_one_event_within_and_across_outlets():
    articles = _articles(
        ("North", "2016-05-02", BRIDGE), ("South", "2016-05-03", "Nine died when the Orban river bridge fell."),
        ("North", "2016-05-03", f"Toll rises. {BRIDGE}"), ("South", "2016-05-03", VOTE), ("South", "2016-05", BRIDGE),
        ("North", "2016-05-20", BRIDGE),
    )  # fmt: skip
    assert _cluster(articles) == ["a0", "a0", "a0", "a3", "a4", "a5"]
    assert _cluster(articles, a5="a3") == ["a0", "a0", "a0", "a3", "a4", "a3"]  # they share a text, whatever the dates
    assert cluster_stories(articles.iloc[::-1], pd.Series(["a0"] * 6, articles["article_id"])).eq("a0").all()


def test_a_chain_of_days_is_not_one_story():
    """Each day's report is like those of the days before and after, never enough like all of the others."""
    words = [f"word{n}" for n in range(60)]
    rows = [(f"outlet {n}", f"2016-05-{n + 1:02}", " ".join(words[n * 6 : n * 6 + 12])) for n in range(9)]
    matched = stories.match_stories(_articles(*rows))
    assert len(matched) == 8 and matched["days_apart"].eq(1).all()
    sizes = pd.Series(_cluster(_articles(*rows))).value_counts()
    assert 1 < sizes.max() <= 4


@pytest.fixture
def read():
    """Two articles of one story, which also share a text, and one of another."""
    read = read_texts({"n-1": BRIDGE, "s-1": BRIDGE.replace("Monday", "a Monday"), "s-2": VOTE})
    dates = pd.to_datetime(["2016-05-03", "2016-05-02", "2016-05-02"])
    own = {"outlet": ["North", "South", "South"], "cluster_id": ["n-1", "n-1", "s-2"]}
    return change_tables(read, articles=read.articles.assign(published_from=dates, published_to=dates, **own))


def test_articles_of_matched_stories_alone_and_of_copies_the_earliest(read):
    kept = stories.keep_articles(read, "matched")
    assert set(kept.articles["article_id"]) == {"n-1", "s-1"} == set(kept.sentences["article_id"])
    assert stories.keep_articles(read, "unique").articles["article_id"].tolist() == ["s-1", "s-2"]
    assert stories.keep_articles(read) is read
    with pytest.raises(ValueError, match="set ARTICLES ="):
        stories.keep_articles(change_tables(read, articles=read.articles.iloc[1:]), "matched")
    with pytest.raises(ValueError, match="ARTICLES = 'some' is not one of 'all', 'matched', 'unique'"):
        stories.keep_articles(read, "some")


def test_a_sentence_that_an_outlet_prints_again_counts_once():
    pasted, short = "the war have kill half a million", "a monitor say so"
    rows = [("N", pasted, 7), ("N", f"{pasted} .", 7), ("S", pasted, 7), ("N", short, 4), ("N", short, 4)]
    passages = pd.DataFrame(rows, columns=["outlet", "lemmas", "n_words"])
    assert drop_repeated(passages).index.tolist() == [0, 2, 3, 4]
    assert drop_repeated(passages.iloc[::-1]).index.tolist() == [4, 3, 2, 1]
    assert drop_repeated(passages.iloc[:0]).empty


def test_terms_that_never_stand_alone_are_joined_with_the_longest():
    """`strike` is also found without `air`, `kill` twice where `strike kill` is once; `rebel` is part of no term."""
    counts = {
        "air": [1, 2, 0], "strike": [1, 3, 0], "air strike": [1, 2, 0], "kill": [0, 2, 0], "strike kill": [0, 1, 0],
        "rebel": [1, 2, 0], "mass": [0, 0, 1], "grave": [0, 0, 1],
        "mass grave": [0, 0, 1], "find mass grave": [0, 0, 1],
    }  # fmt: skip
    for kind in (sparse.csr_matrix, sparse.csc_array):
        given = kind(np.array(list(counts.values())).T)
        kept = [term for term, stays in zip(counts, join_terms(list(counts), given), strict=True) if stays]
        assert kept == ["strike", "air strike", "kill", "strike kill", "rebel", "find mass grave"]
    assert join_terms([], sparse.csr_matrix((3, 0))).size == 0
