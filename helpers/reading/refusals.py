"""Which articles the instruments cannot read: moved to `rejected`, each with its line, before any is parsed."""

import re
from dataclasses import replace

import pandas as pd

from helpers.reading import schemas
from helpers.reading.corpus import Corpus

LONGEST = 200_000  # characters: the parser's memory grows with an article's length
UNBROKEN = 5_000  # characters without a space: no prose, and the tokenizer's time grows with their square
_UNBROKEN = re.compile(rf"\S{{{UNBROKEN}}}")
_ENGLISH = r"(?:en|eng)(?:[-_].*)?|english"


def refuse_unreadable(corpus: Corpus) -> Corpus:
    """Return the corpus without the articles that cannot be read, with a line in `rejected` for each.

    These are articles in another language than English (an empty `language` counts as English), too long to parse, or
    too long without a space.
    """
    return _refuse_long(_refuse_foreign(corpus))


def _refuse_foreign(corpus: Corpus) -> Corpus:
    language = corpus.articles["language"].str.strip().str.lower()
    foreign = language.ne("") & ~language.str.fullmatch(_ENGLISH)
    lines = [
        (row.source_file, f"{row.source_file}: article '{row.article_id}' is in '{row.language}'; the instruments read "
         "English only: kept, not measured; if it is English, write en in articles.csv, column language")
        for row in corpus.articles[foreign].itertuples()
    ]  # fmt: skip
    return _refuse(corpus, foreign, lines)


def _refuse_long(corpus: Corpus) -> Corpus:
    text = corpus.articles["text"]
    long, unbroken = text.str.len() > LONGEST, text.str.contains(_UNBROKEN)
    lines = [
        (row.source_file, f"{row.source_file}: article '{row.article_id}' has {len(row.text):,} characters; split it "
         f"into articles of at most {LONGEST:,}" if is_long else f"{row.source_file}: article '{row.article_id}' has "
         f"{UNBROKEN:,} characters without a space, '{_UNBROKEN.search(row.text)[0][:20]}...'; cut what is not prose")
        for row, is_long in zip(corpus.articles[long | unbroken].itertuples(), long[long | unbroken], strict=True)
    ]  # fmt: skip
    return _refuse(corpus, long | unbroken, lines)


def _refuse(corpus: Corpus, which: pd.Series, lines: list[tuple[str, str]]) -> Corpus:
    if not lines:
        return corpus
    refused = pd.DataFrame(lines, columns=["source_file", "reason"])
    rejected = schemas.check(pd.concat([corpus.rejected, refused]), "rejected")
    return replace(corpus, articles=corpus.articles[~which].reset_index(drop=True), rejected=rejected)
