"""Which articles of different outlets report the same story, and readings of chosen articles only."""

from collections.abc import Iterable

from helpers.reading import Reading, narrow_reading
from helpers.reading.copies import match_stories

CHOICES = ("all", "matched", "unique")


def keep_articles(read: Reading, which: str = "all") -> Reading:
    """Return a reading of the chosen articles: each table keeps only their rows.

    `which`: "all"; "matched", those that `match_stories` pairs with another outlet's; "unique", only the earliest of
    the articles that share a text (of the same day, the first by article_id).

    Raises ValueError where it is none of these, or nothing is left to compare.
    """
    if which not in CHOICES:
        raise ValueError(f"ARTICLES = {which!r} is not one of {', '.join(map(repr, CHOICES))}")
    articles = read.articles
    if which == "unique":
        order = articles.sort_values(["published_from", "article_id"], na_position="last")
        articles = order.drop_duplicates("cluster_id")
    if which == "matched":
        pairs = match_stories(articles)
        articles = articles[articles["article_id"].isin({*pairs["article_a"], *pairs["article_b"]})]
        if articles.empty:
            raise ValueError('no two articles of different outlets report the same story: set ARTICLES = "all"')
    return narrow_reading(read, set(articles["article_id"]))


def keep_outlets(read: Reading, outlets: Iterable[str]) -> Reading:
    """Return a reading of the articles of these outlets: each table keeps only their rows."""
    articles = read.articles
    return narrow_reading(read, set(articles.loc[articles["outlet"].isin(set(outlets)), "article_id"]))
