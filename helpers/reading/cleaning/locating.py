"""Find where each article of a file starts and ends, from words that a person typed."""

import difflib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from helpers.reading.cleaning.repair import BREAK, split_lines

_NOT_TYPED = frozenset("\"'“”‘’‚„«»‹›`´-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015")
_OPENING = "\"'“‘«„‹"
_CLOSING = re.compile(r"[.!?…,;:\"'”’»›)\]]*")
_MOST_REPEATS = 50
_MOST_LINES = 2000


class Problem(NamedTuple):
    """Something about one row: its index, the column, what was found and how to mend it."""

    row: int
    column: str
    reason: str


class Place(NamedTuple):
    """Where the article of one row stands in its file."""

    row: int
    start: int
    end: int


def suggest(found: str, known: Iterable[str]) -> str:
    """Return ` (nearest: '…')` with the known name most like `found`, or nothing."""
    near = difflib.get_close_matches(found, list(known), n=1, cutoff=0.6)
    return f" (nearest: {near[0]!r})" if near else ""


def place_articles(raw: str, rows: Sequence[Mapping[str, str]]) -> tuple[list[Place], list[Problem]]:
    """Return where each row's article stands in the file, in the file's order, and what could not be placed.

    `starts_with` and `ends_with` are found whatever their white space, hyphens and quotation marks; an empty
    `starts_with` means the start of the file, an empty `ends_with` the next article's start or the file's end.
    A row that cannot be placed, or that would overlap with one before it, is a problem and has no place.
    """
    folded = _Folded(raw) if any(row["starts_with"] or row["ends_with"] for row in rows) else None
    starts: list[tuple[int, int]] = []
    problems: list[Problem] = []
    after = -1
    for number, row in enumerate(rows):
        start = folded.find_start(row["starts_with"], after) if folded and row["starts_with"] else 0
        if start is None:
            problems.append(Problem(number, "starts_with", _not_found(raw, row["starts_with"], at_end=False)))
        else:
            starts.append((start, number))
            after = start
    starts.sort()
    places: list[Place] = []
    for order, (start, number) in enumerate(starts):
        limit = starts[order + 1][0] if order + 1 < len(starts) else len(raw)
        typed = rows[number]["ends_with"]
        if order and start == starts[order - 1][0]:
            other = rows[starts[order - 1][1]]["article_id"]
            reason = f"the article starts where {other!r} starts: give each the words that it starts with"
            problems.append(Problem(number, "starts_with", reason))
            continue
        if order + 1 < len(starts) and limit == start:
            limit = next((later for later, _ in starts[order + 1 :] if later > start), len(raw))
        end = folded.find_end(typed, start, limit) if folded and typed else limit
        if end is None:
            problems.append(Problem(number, "ends_with", _misplaced_end(raw, folded, typed, start)))
        else:
            places.append(Place(number, *_strip(raw, start, end)))
    return places, problems


class _Folded:
    """A text without white space, hyphens and quotation marks, and where each of its characters came from."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.positions = [at for at, letter in enumerate(raw) if _is_typed(letter)]
        self.text = "".join([raw[at] for at in self.positions])

    def find_start(self, typed: str, after: int) -> int | None:
        """Return where `typed` starts: where it opens a line, else at its first place; later articles first."""
        needle = fold(typed)
        found = self._find_all(needle)
        if not found:
            return None
        starts = [self._open(self.positions[at]) for at in found]
        opening = [start for start in starts if _opens_line(self.raw, start)] or starts
        return next((start for start in opening if start > after), opening[0])

    def find_end(self, typed: str, start: int, limit: int) -> int | None:
        """Return where the last `typed` between `start` and `limit` ends, with the punctuation that closes it."""
        needle = fold(typed)
        first, last = self._locate(start), self._locate(limit)
        at = self.text.rfind(needle, first, last) if needle else -1
        if at < 0:
            return None
        end = self.positions[at + len(needle) - 1] + 1
        return min(_CLOSING.match(self.raw, end).end(), limit)

    def holds(self, typed: str, start: int, end: int) -> bool:
        return fold(typed) in self.text[self._locate(start) : self._locate(end)]

    def _find_all(self, needle: str) -> list[int]:
        found: list[int] = []
        at = self.text.find(needle) if needle else -1
        while at >= 0 and len(found) < _MOST_REPEATS:
            found.append(at)
            at = self.text.find(needle, at + 1)
        return found

    def _locate(self, position: int) -> int:
        return bisect_left(self.positions, position)

    def _open(self, start: int) -> int:
        while start and self.raw[start - 1] in _OPENING:
            start -= 1
        return start


def fold(text: str) -> str:
    """Return `text` without what people type in different ways: white space, hyphens, quotation marks."""
    return "".join([letter for letter in text if _is_typed(letter)])


def _is_typed(letter: str) -> bool:
    return not letter.isspace() and letter not in _NOT_TYPED


def _opens_line(raw: str, start: int) -> bool:
    before = raw[max(0, start - 40) : start].rstrip(" \t\xa0")
    return not before or bool(BREAK.match(before[-1]))


def _strip(raw: str, start: int, end: int) -> tuple[int, int]:
    text = raw[start:end]
    start += len(text) - len(text.lstrip())
    return start, start + len(text.strip())


def _not_found(raw: str, typed: str, at_end: bool) -> str:
    lines = split_lines(raw, 0, len(raw))[:_MOST_LINES]
    span = len(typed) + 8
    if at_end:
        near = [" ".join(raw[max(0, line.end - span) : line.end].split())[-len(typed) :] for line in lines]
    else:
        near = [" ".join(raw[line.start : line.start + span].split())[: len(typed)] for line in lines]
    closest = difflib.get_close_matches(typed, near, n=1, cutoff=0.4)
    hint = f"; nearest: {closest[0]!r}" if closest else ""
    return f"the file has no {typed!r}{hint}: copy the words from the file"


def _misplaced_end(raw: str, folded: _Folded, typed: str, start: int) -> str:
    if folded.holds(typed, start, len(raw)):
        return f"{typed!r} stands only after the start of the next article, so that the two would overlap"
    if folded.holds(typed, 0, start):
        return f"{typed!r} stands only before the words that the article starts with"
    return _not_found(raw, typed, at_end=True)
