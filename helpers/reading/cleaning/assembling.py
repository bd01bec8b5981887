"""Put an article's text together from the paragraphs that stay, and say which stretches of its file stay or go."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from helpers.reading.cleaning.repair import Paragraph, locate_characters


class Cut(NamedTuple):
    """A stretch of the raw text that a rule cut; `article_id` is empty outside any article."""

    article_id: str
    rule: str
    start: int
    end: int


class Kept(NamedTuple):
    """A stretch of the raw text that is an article's own prose."""

    article_id: str
    start: int
    end: int


def assemble(
    raw: str, article_id: str, paragraphs: list[Paragraph], spans: Mapping[int, list[tuple[int, int, str]]]
) -> tuple[str, list[Kept], list[Cut]]:
    """Return the text of an article, its kept stretches, and the cuts inside its paragraphs."""
    texts: list[str] = []
    stretches: list[tuple[int, int]] = []
    cuts: list[Cut] = []
    for number, paragraph in enumerate(paragraphs):
        text, own = paragraph.text, []
        if number in spans:
            positions = locate_characters(raw, paragraph)
            left, at = [], 0
            for start, end, name in spans[number]:
                places = [at for at in range(start, end) if not text[at].isspace()]
                left.append(text[at:start])
                at = end
                if places:
                    first, last = positions[places[0]], positions[places[-1]]
                    own += [Cut(article_id, name, *stretch) for stretch in cover(raw, paragraph, first, last + 1)]
            text = " ".join(("".join([*left, text[at:]])).split())
        hyphens = [at for at in paragraph.hyphens if not any(cut.start <= at < cut.end for cut in own)]
        own += [Cut(article_id, "join hyphen", at, at + 1) for at in hyphens]
        cuts += own
        stretches += _subtract(raw, [(start, end) for start, end, _ in paragraph.pieces], own)
        texts += [text] if text else []
    return "\n".join(texts), [Kept(article_id, *stretch) for stretch in _merge(raw, stretches)], cuts


def cover(raw: str, paragraph: Paragraph, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the stretches that a paragraph takes up between two positions: several where a line inside it was cut."""
    stop = len(raw) if end is None else end
    pieces = [(first, last + (last in paragraph.hyphens)) for first, last, _ in paragraph.pieces]
    within = [(max(first, start), min(last, stop)) for first, last in pieces]
    return _merge(raw, [(first, last) for first, last in within if first < last])


def _subtract(raw: str, pieces: list[tuple[int, int]], cuts: list[Cut]) -> Iterator[tuple[int, int]]:
    """Yield what is left of the pieces, without white space at its ends."""
    for piece_start, piece_end in pieces:
        at = piece_start
        for start, end in [*sorted((cut.start, cut.end) for cut in cuts), (piece_end, piece_end)]:
            text = raw[at : min(start, piece_end)]
            if text.strip():
                first = at + len(text) - len(text.lstrip())
                yield first, first + len(text.strip())
            at = max(at, end)


def _merge(raw: str, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join neighbouring stretches that only white space parts."""
    merged: list[tuple[int, int]] = []
    for start, end in stretches:
        if merged and not raw[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
