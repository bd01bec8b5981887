"""Language knowledge as data: CSV and TOML files that a non-programmer edits, and what was learned."""

import csv
import re
from functools import cache
from pathlib import Path

import pandas as pd
import regex

LEXICONS = Path(__file__).parent


@cache
def read_lexicon(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV lexicon as texts, column -> cell; a running kernel keeps those it began with.

    Raises ValueError where a row has too few or too many cells, or nothing in the first.
    """
    with (LEXICONS / name).open(encoding="utf-8-sig", newline="") as file:
        rows = tuple(csv.DictReader(file))
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values() or not next(iter(row.values())).strip():
            found = f"found {[*row.values()]}; a row needs a cell for each heading, the first with a word in it"
            raise ValueError(f"lexicons/{name}, row {number}: {found}")
    return rows


@cache
def index_lexicon(name: str) -> dict[str, dict[str, str]]:
    """Return the rows of a CSV lexicon by what stands in their first column."""
    return {next(iter(row.values())): row for row in read_lexicon(name)}


def read_measured(name: str) -> pd.DataFrame:
    """Return a CSV of what was measured of an instrument: lexicons/README.md says on what, and what a column means."""
    return pd.read_csv(LEXICONS / name, dtype={"k": "Int64"})


@cache
def list_words(name: str, *uses: str) -> frozenset[str]:
    """Return the first column of a CSV lexicon, of the rows whose `use` is one of those given."""
    return frozenset(next(iter(row.values())) for row in read_lexicon(name) if row["use"] in uses)


@cache
def compile_phrases(name: str, flags: int = re.IGNORECASE, only: str = "") -> tuple[re.Pattern[str], list[str]]:
    """Return a pattern with a group (n0, n1 ...) for each `phrase` of a CSV lexicon, and the `use` of each.

    `only` takes the phrases of one use. In a phrase, `*` stands for any ending and `...` for up to five words.
    """
    rows = [row for row in read_lexicon(name) if only in ("", row["use"])]
    forms = [re.escape(row["phrase"]).replace(r"\ \.\.\.", r"(?: [\w’'-]+){0,5}").replace(r"\*", r"[\w’'-]*")
             for row in rows]  # fmt: skip
    groups = "|".join(f"(?P<n{number}>{form})" for number, form in enumerate(forms))
    return re.compile(rf"(?<![\w-])(?:{groups})(?![\w-])", flags), [row["use"] for row in rows]


def compile_speech(use: str) -> regex.Pattern[str]:
    """Return the patterns that speech_patterns.csv has for a use as one; README.md says what stands in them."""
    lists, marks = ("speech_tags.csv", "sentence_ends.csv", "quotation_marks.csv"), index_lexicon("quotation_marks.csv")
    words = {row["use"]: list_words(name, row["use"]) for name in lists for row in read_lexicon(name)}
    pattern = "|".join(row["pattern"] for row in read_lexicon("speech_patterns.csv") if row["use"] == use)
    for part in reversed(read_lexicon("speech_patterns.csv")):  # a part may hold those above it
        pattern = pattern.replace(f"{{{part['name']}}}", part["pattern"])
    return regex.compile(pattern, regex.MULTILINE, ignore_unused=True, mark=frozenset(marks), **words)
