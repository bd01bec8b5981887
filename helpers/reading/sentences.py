"""Split a text into sentences by rules, so that the breaks do not depend on a model."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from helpers.lexicons import index_lexicon, list_words, read_lexicon

_MARKS = "".join(sorted({letter for row in read_lexicon("quotation_marks.csv") for letter in row["mark"]}))
_OPENING = "".join(mark for mark, row in index_lexicon("quotation_marks.csv").items() if row["shape"] == "open")
_BREAK = re.compile(
    rf"""(?P<stop>[.!?…؟。]+)           # what ends it
        (?P<close>[{_MARKS})\]]*)       # closing marks belong to the sentence that ends
        (?P<gap>\s+)
        (?:(?P<apart>["″])\s+)?         # a mark with a space on either side, as programs that split words leave
        (?=[{_MARKS}(\[]*(?:(?<=[{_OPENING}])\s)?  # « Nous ...
        (?P<cut>(?<=[{_MARKS}\[])(?:…|\.\.\.)\]?\s?)?  # “… a speech that begins in the middle
        (?P<next>\w[\w'’-]*))""",
    re.VERBOSE,
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,}$")
_INITIAL = re.compile(r"[A-Z]\.")
_LIST_NUMBER = re.compile(r"\s*\(?\d{1,2}\.")
_WORD_BEFORE = re.compile(r"[^\s–—/(\[“‘\"'-]*$")  # of "then-Sen." the last part
_SIGN = re.compile(r"(?<=[.!?\"”’)])\s+(?=[^\w\s\"“‘'«„(\[–—-]|https?:|www\.)")
_SPEAKER = re.compile(r"[\"“‘']*(?:[A-Z][\w'’-]*\s+){0,3}(?P<verb>\w+)")


class Sentence(NamedTuple):
    """One sentence: its paragraph and its characters in the text."""

    paragraph_no: int
    start: int
    end: int


def _ends_here(before: str, found: re.Match[str], after: str) -> bool:
    """Return whether the stop that `found` matched ends a sentence."""
    first = found["next"]
    if first[0].islower() and not found["cut"]:
        return False
    tag = _SPEAKER.match(after) if found["close"] and found["stop"] != "." else None
    if tag and tag["verb"] in list_words("speech_tags.csv", "question"):
        return False  # “Will it last?” Smith asked. “It may ...” Smith said.
    if found["stop"] != "." or found["close"]:
        return True
    if _LIST_NUMBER.fullmatch(before):
        return False  # "1. The ceasefire holds"
    token = _WORD_BEFORE.search(before).group()
    may_end = index_lexicon("abbreviations.csv").get(token, {}).get("may_end")
    if may_end == "no" or (may_end == "only before words" and first[0].isdigit()):
        return False
    if may_end == "yes" or _DOTTED.search(token) or _INITIAL.fullmatch(token):
        # "the U.S. The army" and "Plan C. Nobody" end, "the U.S. Army", "C. Smith" and "C. A. Smith" do not
        starts = first.lower() in index_lexicon("sentence_starters.csv")
        return starts and not _INITIAL.match(after.lstrip("\"“‘'«„(["))
    return True


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
                found.append(Sentence(paragraph_no, start, match.end("apart" if closes else "close")))
                start = match.end() if closes else match.end("gap")
        found.append(Sentence(paragraph_no, start, last))
    return found


def split_pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the sentences of a text; a sign or an address after a full stop begins one of its own."""
    for _, start, end in split_sentences(text):
        edges = [start, *(edge for found in _SIGN.finditer(text, start, end) for edge in found.span()), end]
        yield from zip(edges[::2], edges[1::2], strict=True)
