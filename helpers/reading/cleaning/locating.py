"""Locate each article in its file, from the first and last words that a person typed."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from helpers.reading.cleaning.repair import BREAK, split_lines
from helpers.reading.files import suggest

_LINE_START = re.compile(rf"(?:\A|{BREAK.pattern})[ \t\xa0]*\Z")
_MOST_REPEATS = 50
_MOST_LINES = 2000


class Problem(NamedTuple):
    """Something wrong with one row: its index, the column, what was found and how to correct it."""

    row: int
    column: str
    reason: str


class Place(NamedTuple):
    """Where the article of one row is in its file."""

    row: int
    start: int
    end: int


def place_articles(raw: str, rows: Sequence[Mapping[str, str]]) -> tuple[list[Place], list[Problem]]:
    """Return where each row's article is in the file, in the file's order, and the rows that could not be located.

    `starts_with` and `ends_with` are found whatever their white space, hyphens and other marks; an empty
    `starts_with` means the start of the file, an empty `ends_with` the next article's start or the file's end.
    A row that cannot be located, or that would overlap with one before it, is a problem and has no place.
    """
    starts: list[tuple[int, int]] = []
    problems: list[Problem] = []
    after = -1
    for number, row in enumerate(rows):
        start = _find_start(raw, row["starts_with"], after) if row["starts_with"] else 0
        if start is None:
            problems.append(Problem(number, "starts_with", _explain_missing(raw, row["starts_with"])))
        else:
            starts.append((start, number))
            after = start
    starts.sort()
    places: list[Place] = []
    for order, (start, number) in enumerate(starts):
        if order and start == starts[order - 1][0]:
            other = rows[starts[order - 1][1]]["article_id"]
            reason = f"the article starts where {other!r} starts: give each the words that it starts with"
            problems.append(Problem(number, "starts_with", reason))
            continue
        end = next((later for later, _ in starts[order + 1 :] if later > start), len(raw))
        if typed := rows[number]["ends_with"]:
            ends = [found.end() for found in _compile(typed).finditer(raw, start, end)]
            if not ends:
                problems.append(Problem(number, "ends_with", _explain_missing(raw, typed, start)))
                continue
            end = ends[-1]
        text = raw[start:end]
        start += len(text) - len(text.lstrip())
        places.append(Place(number, start, start + len(text.strip())))
    return places, problems


def _compile(typed: str) -> re.Pattern[str]:
    """Return an expression for words, whatever space and marks are between them, with the marks directly around."""
    words = r"\W*".join(re.findall(r"\w", typed)) or "(?!)"
    return re.compile(rf"(?<![^\w\s])[^\w\s]*{words}[^\w\s]*")


def _find_start(raw: str, typed: str, after: int) -> int | None:
    """Return where `typed` starts: where it opens a line, else at its first place; later articles first."""
    starts = [found.start() for found in islice(_compile(typed).finditer(raw), _MOST_REPEATS)]
    opening = [start for start in starts if _LINE_START.search(raw[max(0, start - 40) : start])] or starts
    return next((start for start in opening if start > after), opening[0] if opening else None)


def _explain_missing(raw: str, typed: str, start: int | None = None) -> str:
    """Say that words are missing and what is most like them; of the last words of an article that starts at `start`.

    Without `start` they are first words.
    """
    words = _compile(typed)
    if start is not None and words.search(raw, start):
        return f"{typed!r} is found only after the start of the next article, so that the two would overlap"
    if start is not None and words.search(raw, 0, start):
        return f"{typed!r} is found only before the words that the article starts with"
    lines = split_lines(raw, 0, len(raw))[:_MOST_LINES]
    near = [line.text[: len(typed)] if start is None else line.text[-len(typed) :] for line in lines]
    return f"the file has no {typed!r}{suggest(typed, near, cutoff=0.4)}: copy the words from the file"
