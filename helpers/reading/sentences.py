"""Split a text into sentences by rules, so that the breaks do not depend on a model."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from helpers.lexicons import compile_speech, index_lexicon, read_lexicon

_SHAPES = {row["mark"]: row["shape"] for row in read_lexicon("quotation_marks.csv") if len(row["mark"]) == 1}
_MARKS, _OPENING = "".join(_SHAPES), "".join(mark for mark, shape in _SHAPES.items() if shape == "open")
_BREAK = re.compile(
    rf"""(?P<stop>[.!?…؟。]+)           # what ends it
        (?P<close>[{_MARKS})\]]*)       # closing marks and the number of a note belong to the sentence that ends
        (?P<note>[¹²³⁴-⁹†‡]+|\[\d{{1,3}}\]|(?<=[{_MARKS}])\d{{1,3}})?
        (?P<gap>\s+)
        (?:(?P<apart>["″])\s+)?         # a mark with a space on either side, as programs that split words leave
        (?=[{_MARKS}(\[]*(?:(?<=[{_OPENING}])\s)?  # « Nous ...
        (?P<cut>(?<=[{_MARKS}\[])(?:…|\.\.\.)\]?\s?)?  # “… a speech that begins in the middle
        (?P<next>\w[\w'’-]*))""",
    re.VERBOSE,
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,}$|^[A-Z]\.$")  # "U.S.", "C."
_INITIAL = re.compile(r"[\"“‘'«„(\[]*[A-Z]\.")
_LIST_NUMBER = re.compile(r"\s*\(?\d{1,2}\.")
_WORD_BEFORE = re.compile(r"[^\s–—/(\[“‘\"'-]*$")  # of "then-Sen." the last part
_SIGN = re.compile(r"(?<=[.!?\"”’)])\s+(?=[^\w\s\"“‘'«„(\[–—-]|https?:|www\.)")
_ASKER = compile_speech("asker")


class Sentence(NamedTuple):
    """One sentence: its paragraph and its characters in the text."""

    paragraph_no: int
    start: int
    end: int


def _ends_here(before: str, found: re.Match[str], after: str) -> bool:
    """Return whether the stop that `found` matched ends a sentence."""
    first, stop = found["next"], found["stop"]
    if first[0].islower() and not found["cut"]:
        return False
    if found["close"] or stop != ".":
        return stop == "." or not (found["close"] and _ASKER.match(after))  # “Will it last?” Smith asked. “It may ...”
    token = _WORD_BEFORE.search(before).group()
    unlisted = {"may_end": "yes" if _DOTTED.search(token) else "always"}
    may_end = index_lexicon("abbreviations.csv").get(token, unlisted)["may_end"]
    if may_end == "yes":
        # "the U.S. The army" and "Plan C. Nobody" end, "the U.S. Army", "C. Smith" and "C. A. Smith" do not
        return first.lower() in index_lexicon("sentence_starters.csv") and not _INITIAL.match(after)
    is_before_words = may_end == "only before words" and not first[0].isdigit()
    return (may_end == "always" or is_before_words) and not _LIST_NUMBER.fullmatch(before)  # "1. The ceasefire holds"


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, paragraph by paragraph (a paragraph is a line).

    A sentence ends at . ! ? or … with the closing marks after it, before white space and a word that does not begin in
    lower case; but not after a title ("Dr."), an initial, or a dotted abbreviation ("U.S.") unless the next word
    usually begins a sentence. The lists are lexicons/abbreviations.csv and lexicons/sentence_starters.csv. Quotations
    are split too: a speech of three sentences is three sentences.
    """
    found: list[Sentence] = []
    for paragraph_no, line in enumerate(re.finditer(r"\S(?:[^\n]*\S)?", text)):
        start, last = line.span()
        for match in _BREAK.finditer(text, start, last):
            before = text[max(start, match.start() - 40) : match.end("stop")]
            if _ends_here(before, match, text[match.end("gap") : min(match.end("gap") + 80, last)]):
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
