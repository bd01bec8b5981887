"""Split a text into sentences by rules, so that the breaks do not depend on a model."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import regex

from helpers.lexicons import compile_speech, read_lexicon

_SHAPES = {row["mark"]: row["shape"] for row in read_lexicon("quotation_marks.csv") if len(row["mark"]) == 1}
_MARKS, _OPENING = "".join(_SHAPES), "".join(mark for mark, shape in _SHAPES.items() if shape == "open")
_BREAK = regex.compile(
    rf"""(?P<stop>[.!?…؟。]+)           # what ends it
        [{_MARKS})\]]*                  # closing marks and the number of a note belong to the sentence that ends
        (?:[¹²³⁴-⁹†‡]+|\[\d{{1,3}}\]|(?<=[{_MARKS}])\d{{1,3}})?
        (?P<gap>\s+)
        (?:(?P<apart>["″])\s+)?         # a mark with a space on either side, as programs that split words leave
        (?=[{_MARKS}(\[]*(?:(?<=[{_OPENING}])\s)?  # « Nous ...
        (?:(?<=[{_MARKS}\[])(?:…|\.\.\.)\]?\s?\w|(?!\p{{Ll}})\w))  # “… a speech that begins in the middle""",
    regex.VERBOSE,
)
_NO_END = compile_speech("no end")
_LIST_NUMBER = re.compile(r"\(?\d{1,2}\.")  # "1. The ceasefire holds"
_SIGN = re.compile(r"(?<=[.!?\"”’])\s+(?=[^\w\s\"“‘'«„(\[–—-]|https?:|www\.)")


class Sentence(NamedTuple):
    """One sentence: its paragraph and its characters in the text."""

    paragraph_no: int
    start: int
    end: int


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, paragraph by paragraph (a paragraph is a line).

    A sentence ends at . ! ? or … with the closing marks after it, before white space and a word that does not begin in
    lower case; but not after a title ("Dr."), an initial, or a dotted abbreviation ("U.S.") unless the next word
    usually begins a sentence: lexicons/sentence_ends.csv and the rows "no end" of speech_patterns.csv. Quotations
    are split too: a speech of three sentences is three sentences.
    """
    found: list[Sentence] = []
    for paragraph_no, line in enumerate(re.finditer(r"\S(?:[^\n]*\S)?", text)):
        start, last = line.span()
        for match in _BREAK.finditer(text, start, last):
            if _NO_END.match(text, match.start("gap"), last) or _LIST_NUMBER.fullmatch(text, start, match.end("stop")):
                continue
            closes = match["apart"] and text.count(match["apart"], line.start(), match.start()) % 2
            found.append(Sentence(paragraph_no, start, match.end("apart") if closes else match.start("gap")))
            start = match.end() if closes else match.end("gap")
        found.append(Sentence(paragraph_no, start, last))
    return found


def split_pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the sentences of a text; a sign or an address after a full stop begins one of its own."""
    for _, start, end in split_sentences(text):
        edges = [start, *(edge for found in _SIGN.finditer(text, start, end) for edge in found.span()), end]
        yield from zip(edges[::2], edges[1::2], strict=True)
