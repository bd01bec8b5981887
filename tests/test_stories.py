"""Articles of one story: alike in words, near in time, of different outlets."""

import pandas as pd
import pytest

from helpers import stories
from helpers.reading import change_tables
from helpers.reading.corpus import parse_date
from tests.parsing import read_texts

BRIDGE = "The bridge over the Orban river fell on Monday and nine drivers died, said mayor Ilka Varga of Tarnok."
VOTE = "Parliament in Sibor passed the grain bill by two votes after a night of quarrels over tariffs."


def _articles(*rows):
    """rows: (outlet, date, text)"""
    frame = pd.DataFrame(rows, columns=["outlet", "published", "text"])
    spans = [parse_date(date) if date else (pd.NaT, pd.NaT) for date in frame["published"]]
    return frame.assign(
        article_id=[f"a{n}" for n in range(len(frame))],
        published_from=pd.to_datetime([a for a, _ in spans]), published_to=pd.to_datetime([b for _, b in spans]),
    )  # fmt: skip


def test_a_story_is_matched_across_outlets_within_days():
    matched = stories.match_stories(_articles(
        ("North", "2016-05-02", BRIDGE), ("South", "2016-05-04", "Nine died when the Orban river bridge fell."),
        ("South", "2016-05-03", VOTE), ("North", "2016-05-02", BRIDGE), ("South", "2016-05-20", BRIDGE),
    ))  # fmt: skip
    assert matched[["article_a", "article_b", "days_apart"]].values.tolist() == [["a0", "a1", 2], ["a1", "a3", 2]]
    assert matched["likeness"].between(0.3, 1).all()
    assert matched[["outlet_a", "outlet_b"]].values.tolist() == [["North", "South"], ["South", "North"]]


def test_a_date_that_is_only_a_month_is_not_matched():
    assert stories.match_stories(_articles(("North", "2016-05", BRIDGE), ("South", "2016-05-02", BRIDGE))).empty
    assert stories.match_stories(_articles(("North", "", BRIDGE), ("South", "", BRIDGE))).empty


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
