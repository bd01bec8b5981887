"""Locate each article in its file, from the first and last words that a person typed."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from helpers.reading.cleaning.repair import BREAK, split_lines
from helpers.reading.files import suggest

# not what people type in different ways: white space, quotation marks, hyphens and dashes
_TYPED = re.compile("[^\\s\"'“”‘’‚„«»‹›`´\u00ad\u2010-\u2015-]")
_LINE_START = re.compile(rf"(?:\A|{BREAK.pattern})[ \t\xa0]*\Z")
_OPENING = "\"'“‘«„‹"
_CLOSING = re.compile(r"[.!?…,;:\"'”’»›)\]]*")
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

    `starts_with` and `ends_with` are found whatever their white space, hyphens and quotation marks; an empty
    `starts_with` means the start of the file, an empty `ends_with` the next article's start or the file's end.
    A row that cannot be located, or that would overlap with one before it, is a problem and has no place.
    """
    folded = _Folded(raw) if any(row["starts_with"] or row["ends_with"] for row in rows) else None
    starts: list[tuple[int, int]] = []
    problems: list[Problem] = []
    after = -1
    for number, row in enumerate(rows):
        start = folded.find_start(row["starts_with"], after) if folded and row["starts_with"] else 0
        if start is None:
            problems.append(Problem(number, "starts_with", _explain_missing(raw, row["starts_with"], at_end=False)))
        else:
            starts.append((start, number))
            after = start
    starts.sort()
    places: list[Place] = []
    for order, (start, number) in enumerate(starts):
        typed = rows[number]["ends_with"]
        if order and start == starts[order - 1][0]:
            other = rows[starts[order - 1][1]]["article_id"]
            reason = f"the article starts where {other!r} starts: give each the words that it starts with"
            problems.append(Problem(number, "starts_with", reason))
            continue
        limit = next((later for later, _ in starts[order + 1 :] if later > start), len(raw))
        end = folded.find_end(typed, start, limit) if folded and typed else limit
        if end is None:
            problems.append(Problem(number, "ends_with", folded.explain_missing_end(typed, start)))
        else:
            text = raw[start:end]
            start += len(text) - len(text.lstrip())
            places.append(Place(number, start, start + len(text.strip())))
    return places, problems


class _Folded:
    """A text without what people type in different ways, and where each of its characters came from."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.positions = [found.start() for found in _TYPED.finditer(raw)]
        self.text = _fold(raw)

    def find_start(self, typed: str, after: int) -> int | None:
        """Return where `typed` starts: where it opens a line, else at its first place; later articles first."""
        needle = _fold(typed)
        starts: list[int] = []
        at = self.text.find(needle) if needle else -1
        while at >= 0 and len(starts) < _MOST_REPEATS:
            start = self.positions[at]
            while start and self.raw[start - 1] in _OPENING:
                start -= 1
            starts.append(start)
            at = self.text.find(needle, at + 1)
        opening = [start for start in starts if _LINE_START.search(self.raw[max(0, start - 40) : start])] or starts
        return next((start for start in opening if start > after), opening[0] if opening else None)

    def find_end(self, typed: str, start: int, limit: int) -> int | None:
        """Return where the last `typed` between `start` and `limit` ends, with the punctuation that closes it."""
        needle = _fold(typed)
        first, last = bisect_left(self.positions, start), bisect_left(self.positions, limit)
        at = self.text.rfind(needle, first, last) if needle else -1
        if at < 0:
            return None
        end = self.positions[at + len(needle) - 1] + 1
        return min(_CLOSING.match(self.raw, end).end(), limit)

    def explain_missing_end(self, typed: str, start: int) -> str:
        """Say where the words are instead of between the article's start and the next one's."""
        needle, first = _fold(typed), bisect_left(self.positions, start)
        if needle in self.text[first:]:
            return f"{typed!r} is found only after the start of the next article, so that the two would overlap"
        if needle in self.text[:first]:
            return f"{typed!r} is found only before the words that the article starts with"
        return _explain_missing(self.raw, typed, at_end=True)


def _fold(text: str) -> str:
    return "".join(_TYPED.findall(text))


def _explain_missing(raw: str, typed: str, at_end: bool) -> str:
    """Say that the file lacks the words, and which words at the start or end of a line are most like them."""
    span = len(typed) + 8
    near = []
    for line in split_lines(raw, 0, len(raw))[:_MOST_LINES]:
        if at_end:
            near.append(" ".join(raw[max(0, line.end - span) : line.end].split())[-len(typed) :])
        else:
            near.append(" ".join(raw[line.start : line.start + span].split())[: len(typed)])
    return f"the file has no {typed!r}{suggest(typed, near, cutoff=0.4)}: copy the words from the file"
