"""Whether outlets can be compared: when they published, and how much text there is from each."""

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.charts import Look, say_dates
from helpers.reading import Reading
from helpers.reading.schemas import FEW

SAME_TIME = 7  # days: news of one week counts as published at the same time
_SPAN = ["published_from", "published_to"]
MONTH = 31  # days that a date may leave open to show that two outlets publish at the same time; a year leaves more


def compare_dates(articles: pd.DataFrame) -> pd.DataFrame:
    """Return how far apart in time each pair of outlets published.

    One row is a pair of outlets: outlet_a, outlet_b; overlap (some article of the one, dated to the month or the day,
    may be of the same day as such an article of the other, give or take a week) and months_apart (between the nearest
    two articles, from the end of the earlier date's span to the start of the later's; empty where that is not known:
    an outlet has no dated article, or the nearest has a year alone, in which both may have published).
    """
    dated = articles[["outlet", *_SPAN]].dropna().drop_duplicates()
    rows = []
    for pair in combinations(sorted(set(articles["outlet"])), 2):
        spans = (dated.loc[dated["outlet"].eq(name), _SPAN].to_numpy("datetime64[D]") for name in pair)
        one, other = (span.astype(float) for span in spans)
        gaps = np.maximum(one[:, :1] - other[:, 1], other[:, 0] - one[:, 1:]).clip(min=0)  # days; 0: they meet
        is_exact = (one[:, 1:] - one[:, :1] < MONTH) & (other[:, 1] - other[:, 0] < MONTH)  # both
        days, sure = (some.min(initial=np.inf) for some in (gaps, gaps[is_exact]))
        apart = sure if sure <= SAME_TIME else days if SAME_TIME < days < np.inf else np.nan
        rows.append((*pair, sure <= SAME_TIME, round(apart / 365.25 * 12, 1)))
    return pd.DataFrame(rows, columns=["outlet_a", "outlet_b", "overlap", "months_apart"])


def describe_articles(articles: pd.DataFrame) -> pd.DataFrame:
    """Return how much text there is from each outlet, and of what dates.

    One row is one outlet: outlet, n_articles, n_words, first and last (the dates as known), n_undated and languages.
    """
    ordered = articles.assign(published=articles["published"].replace("", None))
    return ordered.sort_values(["published_from", "article_id"]).groupby("outlet", as_index=False).agg(
        n_articles=("article_id", "size"), n_words=("n_words", "sum"), first=("published", "first"),
        last=("published", "last"), n_undated=("published", lambda dates: dates.isna().sum()),
        languages=("language", lambda some: " | ".join(sorted({*some} - {""}))),
    ).fillna({"first": "", "last": ""})  # fmt: skip


def list_large(articles: pd.DataFrame) -> list[str]:
    """Return the outlets with 5 stories or more: only these are put in an order, or called the highest or lowest."""
    k = articles.groupby("outlet")["story_id"].nunique()
    return sorted(k.index[k.ge(FEW)])


def frame(read: Reading, method: str = "") -> Look:
    """Return the look that every figure of a corpus shares: its outlets and the line under it.

    That line says n, dates, whether the outlets published at the same time, which are below the bar of tests, and the
    method. `outlets` are those of the articles that are kept, `known` all of the corpus, so that an outlet keeps its
    colour where fewer are chosen.
    """
    articles, every = read.articles, read.corpus.articles
    n, k = len(articles), articles["outlet"].nunique()
    counted = f"{n:,} article{'s' * (n != 1)}, {k} outlet{'s' * (k != 1)}, {say_dates(articles['published'])}"
    chosen = f"chosen of {len(every):,}" * (n < len(every))
    warning = warn_dates(articles) if articles["published"].any() else ""
    n_few = k - len(list_large(articles))
    few = f"fewer than {FEW} stories an outlet" if n_few >= k - 1 else f"{n_few} outlets with fewer than {FEW} stories"
    untested = f"described, not tested: {few}" * bool(n_few and k > 1)
    foot = "; ".join(filter(None, [counted, chosen, warning, untested, method])) + "."
    known = every["outlet"].value_counts().to_dict()
    return Look(outlets=sorted(articles["outlet"].unique()), known=known, foot=foot)


def warn_dates(articles: pd.DataFrame) -> str:
    """Return the warning for every caption that compares outlets, empty where they published at the same time."""
    pairs = compare_dates(articles)
    unknown = int(pairs["months_apart"].isna().sum())
    apart = len(pairs) - int(pairs["overlap"].sum()) - unknown
    if apart and apart == len(pairs):
        return "different dates, so perhaps different events"
    if unknown and unknown == len(pairs):
        return "dates not known to the month"
    counted = {"no week in common": apart, "dates not known to the month": unknown}
    return ", ".join(f"{what} in {n} of {len(pairs)} pairs of outlets" for what, n in counted.items() if n)
