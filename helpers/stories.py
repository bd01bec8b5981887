"""Which articles of different outlets report the same story, and readings of chosen articles only."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.reading import Reading, narrow_reading

DAYS, LIKE = 3, 0.3  # days: either outlet may date the news of two days a day off; see `match_stories`
CHOICES = ("all", "matched", "unique")
BLOCK = 500  # articles compared at once


def match_stories(articles: pd.DataFrame, *, days: int = DAYS, like: float = LIKE) -> pd.DataFrame:
    """Return the pairs of articles of different outlets that seem to report the same story.

    They are dated at most `days` apart (by the nearest days that their dates can mean; an article of which only the
    month or year is known is not matched) and alike in words: cosine of TF-IDF vectors (scikit-learn's defaults,
    English stop words left out, names kept: they are the story) of at least `like`. This is a guess, so check it: two
    battles in the same week may be taken for one story.

    One row is a pair, the most alike first: article_a, outlet_a, article_b, outlet_b, likeness (0 to 1), days_apart.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    columns = ["article_a", "outlet_a", "article_b", "outlet_b", "likeness", "days_apart"]
    exact = articles.dropna(subset=["published_from", "published_to"])
    exact = exact[(exact["published_to"] - exact["published_from"]).dt.days <= days]
    exact = exact.sort_values(["published_from", "article_id"], ignore_index=True)
    if exact["outlet"].nunique() < 2:
        return pd.DataFrame(columns=columns)
    vectors = TfidfVectorizer(stop_words="english").fit_transform(exact["text"])
    first = exact["published_from"].to_numpy("datetime64[D]").astype("int64")
    last = exact["published_to"].to_numpy("datetime64[D]").astype("int64")
    outlets = exact["outlet"].to_numpy(object)
    ids, found = exact["article_id"].to_numpy(object), []
    for start in range(0, len(exact), BLOCK):
        own = slice(start, min(start + BLOCK, len(exact)))
        stop = np.searchsorted(first, last[own].max() + days, side="right")
        likeness = (vectors[own] @ vectors[start:stop].T).tocoo()
        a, b, cosine = likeness.row + start, likeness.col + start, likeness.data
        apart = np.maximum(first[b] - last[a], 0)
        kept = (a < b) & (cosine >= like) & (apart <= days) & (outlets[a] != outlets[b])
        a, b, cosine, apart = a[kept], b[kept], cosine[kept].round(6), apart[kept]
        a, b = np.where(ids[a] < ids[b], (a, b), (b, a))
        found += zip(ids[a], outlets[a], ids[b], outlets[b], cosine, apart, strict=True)
    table = pd.DataFrame(found, columns=columns).astype({"likeness": float, "days_apart": "int64"})
    return table.sort_values(["likeness", "article_a", "article_b"], ascending=[False, True, True], ignore_index=True)


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
