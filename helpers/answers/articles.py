"""Which articles there are, and what their number and dates do not allow."""

from typing import TYPE_CHECKING

import pandas as pd

from helpers.answers.wording import MOST_LISTED, count_of, list_words
from helpers.comparability import compare_dates, warn_dates
from helpers.page import safe

if TYPE_CHECKING:
    from helpers.reading import Reading

FEW_ARTICLES = 5  # an outlet with fewer is described by its articles only


def answer_articles(articles: pd.DataFrame) -> str:
    """Say which articles there are and whether the outlets write at the same time."""
    dates = sorted(articles.loc[articles["published"].ne(""), "published"])
    span = f", {safe(dates[0])} to {safe(dates[-1])}" if dates else ", undated"
    start = f"{count_of(len(articles), 'article')} from {count_of(articles['outlet'].nunique(), 'outlet')}{span}."
    pairs = compare_dates(articles)
    unknown = int(pairs["months_apart"].isna().sum())
    apart = pairs[~pairs["overlap"] & pairs["months_apart"].notna()]
    if pairs.empty:
        return f"**{start}** With fewer than two outlets there is nothing to compare."
    if apart.empty and unknown:
        those = "the outlets" if unknown == len(pairs) else f"{unknown} of {len(pairs)} pairs of outlets"
        return (
            f"**{start} For want of dates nothing says whether {those} write at the same time: what differs between "
            "them may be the event and not the outlet.**"
        )
    if apart.empty:
        return f"**{start} All outlets write at the same time.**"
    most = apart.sort_values(["months_apart", "outlet_a", "outlet_b"]).iloc[-1]
    gap = f"; {safe(most['outlet_a'])} and {safe(most['outlet_b'])} are {most['months_apart']:.0f} months apart" * bool(
        most["months_apart"] >= 1
    )
    gap += f"; of {unknown} pairs the dates are unknown" * bool(unknown)
    share = "No two outlets" if len(apart) == len(pairs) else f"{len(apart)} of {len(pairs)} pairs of outlets do not"
    return (
        f"**{start} {share} write at the same time{gap}: what differs between them may be the event and not the "
        "outlet, so nothing below is a statement about an outlet as such.**"
    )


def answer_measured(articles: pd.DataFrame, measured: pd.DataFrame) -> str:
    """Say how many of a corpus's articles are measured, and in what languages the others are."""
    others = articles[~articles["article_id"].isin(measured["article_id"])]
    if others.empty:
        return f"**{'The one article is' if len(articles) == 1 else f'All {len(articles):,} articles are'} measured.**"
    counts = others["language"].replace("", "no known language").value_counts().sort_index()
    languages = list_words(f"{n:,} in {name}" for name, n in counts.items())
    return (
        f"**Of {count_of(len(articles), 'article')}, {len(others):,} {'is' if len(others) == 1 else 'are'} listed and "
        f"not measured: {languages}; the end of this notebook says why.**"
    )


def limit_articles(read: "Reading") -> str:
    """Say what the number of articles and their dates do not allow."""
    articles = read.articles.groupby("outlet").size()
    if articles.empty:
        return "No article could be opened: notebook 01 says why, a line each."
    few = sorted(articles[articles < FEW_ARTICLES].index)
    limits = []
    if few:
        have = "has" if len(few) == 1 else "have"
        limits.append(
            f"{list_words(few)} {have} fewer than {FEW_ARTICLES} articles here: read what is said of them as a "
            "description of these articles only."
        )
    if warn_dates(read.articles):
        limits.append(
            f"Of the articles compared: {warn_dates(read.articles)}; so outlet and event cannot be told apart."
        )
    return " ".join(limits) or "Every outlet has several articles, and they are of the same time."


def answer_copies(articles: pd.DataFrame, shared: pd.DataFrame) -> str:
    """Say how many articles share their text or a passage with another, and how many stories that leaves."""
    if shared.empty:
        return "**No two articles share 20 words on end.**"
    whole = shared[shared["kind"].eq("copy")]
    copied = {*whole["article_a"], *whole["article_b"]}
    stories = articles["cluster_id"].nunique()
    across = int(shared["outlet_a"].ne(shared["outlet_b"]).sum())
    return (
        f"**{count_of(len(copied), 'article')} of {len(articles)} are copies of others, which leaves "
        f"{stories} stories; {count_of(len(shared) - len(whole), 'further pair')} share a passage; "
        f"{across} of {count_of(len(shared), 'pair')} are across outlets.**"
    )


def answer_stories(articles: pd.DataFrame, matched: pd.DataFrame) -> str:
    """Say how many articles report a story that another outlet reports too."""
    if matched.empty:
        return "**No two articles of different outlets report the same story: whatever differs may be the event.**"
    n = len({*matched["article_a"], *matched["article_b"]})
    return f"**{n} of {count_of(len(articles), 'article')} report a story that another outlet reports too.**"


def answer_uncovered(uncovered: pd.DataFrame) -> str:
    """Say which frequent names in the articles are no alias of any actor."""
    if uncovered.empty:
        return "**Every name that the articles use three times or more is an alias of an actor.**"
    most = [f"{row.name} ({row.n:,})" for row in uncovered.head(MOST_LISTED).itertuples(index=False)]
    are = "is" if len(uncovered) == 1 else "are"
    drawn = int(uncovered["n_drawn"].max())
    where = f", in {count_of(drawn, 'article')} drawn by chance" if drawn else ""
    names = count_of(len(uncovered), "frequent name")
    return f"**{names} {are} no alias of any actor, most often {list_words(most)}{where}.**"
