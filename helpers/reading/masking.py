"""Put neutral words in place of names, so that a name carries neither tone nor topic."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from helpers.reading.actors import Mention

ACTOR = "_actor_"
NAME = "_name_"
NEUTRAL = frozenset({ACTOR, NAME})  # words that stand for a name and never count as a term

_LETTER, _WORD = re.compile(r"\w"), re.compile(r"\S+")
_NEUTRAL = re.compile(f"({'|'.join(sorted(NEUTRAL))})")

Spans = list[tuple[int, int, str]]


def find_names_to_mask(doc: "Doc", text: str, mentions: Sequence["Mention"], listed: Iterable[str] = ()) -> Spans:
    """Return what is masked in a parsed text, without overlaps: (start, end, neutral word).

    Actors' names, acronyms and metonyms; proper names as the part-of-speech tagger sees them (people, places,
    organisations, offices, days and months); and the names `listed` (`list_names`). A description ("the regime")
    is a choice of words, not a name, and stays.
    """
    spans = [(m.start, m.end, ACTOR) for m in mentions if m.kind != "description"]
    spans.extend((*run, NAME) for run in _proper_runs(doc))
    names = "|".join(re.escape(name) for name in sorted(listed, key=len, reverse=True))
    if names:
        spans.extend((*match.span(), NAME) for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text))
    return _without_overlaps(text, spans)


def list_names(articles: pd.DataFrame, listed: Iterable[str]) -> list[str]:
    """Return the names that a corpus itself knows, sorted: its outlets, its bylines and those `listed` in corpus.toml.

    An outlet's name counts with a capital only, or one called "Time" would hide a common word; a byline of one word
    ("Staff") is left to the tagger.
    """
    outlets = {form for name in articles["outlet"].unique() for form in (name, name.title(), name.upper())}
    bylines = {name.strip() for line in articles["author"].unique() for name in re.split(r",|;|&| and ", line)}
    names = {name for name in outlets if name != name.lower() and len(name) > 2}
    names |= {" ".join(name.split()) for name in bylines if " " in name}
    return sorted(names | set(listed))


def _proper_runs(doc: "Doc") -> Iterable[tuple[int, int]]:
    start = None
    for token in doc:
        if token.pos_ == "PROPN" and token.text[0].isalnum():
            start = token.idx if start is None else start
            end = token.idx + len(token)
        elif start is not None and not (token.text in ("-", ".") and not token.whitespace_):
            yield start, end
            start = None
    if start is not None:
        yield start, end


def _without_overlaps(text: str, spans: Spans) -> Spans:
    """Keep actors before other names; a name that overlaps an actor keeps what is left of it."""
    kept: Spans = []  # in the order of the text
    for start, end, word in sorted(spans, key=lambda span: (span[2] != ACTOR, span[0], -span[1])):
        number = bisect_right(kept, start, key=lambda span: span[1])
        pieces = []
        while number < len(kept) and kept[number][0] < end:
            pieces.append((start, kept[number][0]))
            start = kept[number][1]
            number += 1
        for left, right in (*pieces, (start, end)):
            if text[left:right].strip():
                insort(kept, (*_trim(text, left, right), word))
    return kept


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave the white space beside a name out, so that two neutral words never run together."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def mask_text(text: str, start: int, end: int, spans: Spans) -> str:
    """Return `text[start:end]` with each of `spans` replaced by its neutral word."""
    parts, at = [], start
    for number in range(bisect_left(spans, start, key=lambda span: span[1]), len(spans)):
        left, right, word = spans[number]
        if left >= end:
            break
        left, right = max(left, start), min(right, end)
        if not _LETTER.search(text, left, right):
            continue
        parts += [text[at:left], word]
        at = right
    parts.append(text[at:end])
    return "".join(parts)


def place_words(text: str, masked: str) -> list[int]:
    """Return for each word of a masked text (parted by white space) the first of its characters in the text."""
    stretches = _align(text, masked)
    begins = [begin for begin, _ in stretches[1:]] + [len(masked)]
    words, number = [], 0
    for word in _WORD.finditer(masked):
        start = word.start()
        while start >= begins[number]:
            number += 1
        begin, at = stretches[number]
        words.append(at + start - begin)
    return words


def number_words(text: str, masked: str, characters: Iterable[int]) -> list[int]:
    """Return for characters of a text the number of the word of the masked text that stands there, or before it."""
    stretches = _align(text, masked)
    starts = [at for _, at in stretches]
    numbers = []
    for character in characters:
        number = max(0, bisect_right(starts, character) - 1)
        begin, at = stretches[number]
        neutral = number % 2 == 1
        last = stretches[number + 1][0] if number + 1 < len(stretches) else len(masked)
        end = begin if neutral else min(begin + character - at, last - 1)
        numbers.append(max(0, len(masked[: end + 1].split()) - 1))
    return numbers


def _align(text: str, masked: str) -> list[tuple[int, int]]:
    """Return where each stretch of a masked text begins, in it and in the text: words and neutral words in turn.

    A neutral word stands where its name begins. What stands between two masks is looked for behind the first; the last
    stretch is the end of the text.
    """
    stretches: list[tuple[int, int]] = []
    at, begin = 0, 0
    pieces = _NEUTRAL.split(masked)
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            if number:
                found = text.find(piece, at + 1) if piece else -1
                at = len(text) - len(piece) if number == len(pieces) - 1 else max(found, at)
            stretches.append((begin, at))
            at += len(piece)
        else:
            stretches.append((begin, at))
        begin += len(piece)
    return stretches
