"""How often a name stands in articles, and a sentence with it."""

import pandas as pd

from helpers.reading.aliases import OTHER, compile_aliases, match_names
from helpers.reading.sentences import split_sentences

LONGEST_EXAMPLE = 160  # characters


def count_aliases(listed: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Return the aliases with how often each stands in the articles, the longest winning, and an example."""
    matcher = compile_aliases(listed)
    found = [
        (name.aliases[0].alias, row.article_id, row.outlet, row.text, name.start)
        for row in articles.itertuples()
        for name in match_names(row.text, matcher)
        if name.aliases[0].actor != OTHER
    ]
    frame = pd.DataFrame(found, columns=["alias", "article_id", "outlet", "text", "start"])
    grouped = frame.groupby("alias")
    counts = grouped.agg(n=("start", "size"), n_articles=("article_id", "nunique"), n_outlets=("outlet", "nunique"))
    examples = {alias: show_example(own["text"].iloc[0], own["start"].iloc[0]) for alias, own in grouped}
    joined = listed.merge(counts.reset_index(), on="alias", how="left")
    numbers = {name: joined[name].fillna(0).astype("int64") for name in ("n", "n_articles", "n_outlets")}
    return joined.assign(**numbers, example=joined["alias"].map(examples).fillna(""))


def show_example(text: str, start: int) -> str:
    """Return the sentence around a place, shortened around it to whole words."""
    sentence = next((one for one in split_sentences(text) if one.start <= start < one.end), None)
    if sentence is None:
        return ""
    low = max(sentence.start, start - LONGEST_EXAMPLE // 2)
    high = min(sentence.end, low + LONGEST_EXAMPLE)
    if low > sentence.start:
        low += text[low:start].find(" ") + 1
    if high < sentence.end:
        high = text.rfind(" ", start, high) if " " in text[start:high] else high
    before, after = "…" if low > sentence.start else "", "…" if high < sentence.end else ""
    return f"{before}{' '.join(text[low:high].split())}{after}"
