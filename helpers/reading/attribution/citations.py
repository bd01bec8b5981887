"""What an attribution is made of: cue, sources and parts of content, as spans of the article."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from helpers.reading.quotations import Quotation

if TYPE_CHECKING:
    from spacy.tokens import Token


REPORTING = ("according", "block", "label")  # frames that report whatever the word: "according to", "Name:"
SPEECH_WORDS = 3  # fewer words in quotation marks are a name or an echo, not speech
_FULL_STOP = re.compile(r"(?<![.A-Z])[.!?]$")  # but not the one of "U.S."
_TRIM = " \t\n,;:—–-"


class Part(NamedTuple):
    """One stretch of content."""

    start: int
    end: int
    quoted: bool


class Citation(NamedTuple):
    """One cue with its sources and the parts of its content; spans are characters of the article."""

    cue: tuple[int, int]
    lemma: str
    frame: str
    sources: tuple[tuple[int, int], ...]  # empty: nobody is named
    parts: tuple[Part, ...]
    via: tuple[int, int] | None  # to whom it was said, or who relays it
    confidence: float = float("nan")  # chance that an annotator would mark it
    parent: int | None = None  # number of the citation that reports this one

    @property
    def form(self) -> str:
        """Direct: only quotation; indirect: only paraphrase; mixed: both."""
        quoted = {part.quoted for part in self.parts}
        return "mixed" if len(quoted) == 2 else "direct" if quoted == {True} else "indirect"


def find_speech(text: str, quotations: Sequence[Quotation]) -> list[Quotation]:
    """Return the quotations that are speech: long enough, and not the name of something ("The Old Council").

    A quotation inside another is part of it.
    """
    speech = []
    for quotation in quotations:
        words = text[slice(*quotation.inner)].split()
        if quotation.level == 0 and len(words) >= SPEECH_WORDS and not all(word[0].isupper() for word in words):
            speech.append(quotation)
    return speech


def span_of(first: "Token", last: "Token") -> tuple[int, int]:
    return first.idx, last.idx + len(last)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and (text[end - 1] in _TRIM or _FULL_STOP.search(text, max(start, end - 3), end)):
        end -= 1
    return start, end


def split_quoted(span: tuple[int, int], speech: Sequence[Quotation]) -> Iterator[Part]:
    """Cut a stretch of content where quotation marks begin and end."""
    at = span[0]
    for quotation in speech:
        start, end = max(quotation.start, at), min(quotation.end, span[1])
        if start < end:
            end = quotation.end if quotation.end - end <= 2 else end  # trimming took the closing mark
            if start > at:
                yield Part(at, start, False)
            yield Part(start, end, True)
            at = end
    if at < span[1]:
        yield Part(at, span[1], False)
