"""Find what a printed page repeats: its running head and foot, and its number."""

import re
from collections.abc import Mapping, Set
from typing import Any

from helpers.reading.cleaning.repair import Line, count_words, ends_sentence, split_lines

PAGE = "\f"  # what parts two pages, as programs that take the text out of a PDF write it
_NUMBER = re.compile(r"\d+")
_LONGEST_WORD = 40


def find_running_heads(raw: str, options: Mapping[str, Any]) -> set[tuple[int, int]]:
    """Return the lines (start, end) at the top or foot of most pages that are the same but for numbers.

    A number may stay the same or count the pages; a line whose numbers do anything else is no head. On two pages
    alone, and for what reads as a sentence, more is asked for: two paragraphs may open alike. `options`: `reach`, how
    many lines from the edge of its page a head may stand, and `max_words`. A text without page breaks has none.
    """
    pages = [(number, lines) for number, lines in enumerate(_split_pages(raw)) if lines]
    heads: set[tuple[int, int]] = set()
    for step in (1, -1):
        seen: dict[tuple[int, str], dict[int, Line]] = {}  # by its place, counted from the edge, and its words
        for number, lines in pages:
            for place, line in enumerate(lines[::step][: options["reach"]]):
                text = " ".join(raw[line.start : line.end].split())
                if count_words(text) <= options["max_words"] and len(text) <= _LONGEST_WORD * options["max_words"]:
                    seen.setdefault((place, _NUMBER.sub("0", text)), {})[number] = line
        for own in seen.values():
            texts = {number: raw[line.start : line.end] for number, line in own.items()}
            if _runs(texts, len(pages)):
                heads |= {(line.start, line.end) for line in own.values()}
    return heads


def part_heads(lines: list[Line], heads: Set[tuple[int, int]]) -> tuple[list[Line], list[Line]]:
    """Return the lines that are no running heads, and those that are.

    A line after one stands after a gap: what a page break parts may be one paragraph, and need not.
    """
    kept: list[Line] = []
    cut: list[Line] = []
    after_cut = False
    for line in lines:
        is_head = (line.start, line.end) in heads
        (cut if is_head else kept).append(line._replace(after_gap=line.after_gap or after_cut))
        after_cut = is_head
    return kept, cut


def _split_pages(raw: str) -> list[list[Line]]:
    ends = [*(at for at, letter in enumerate(raw) if letter == PAGE), len(raw)] if PAGE in raw else []
    return [split_lines(raw, start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _runs(texts: Mapping[int, str], n_pages: int) -> bool:
    """Tell whether a line of these pages, alike but for its numbers, is a running head."""
    n_found = len(texts)
    if n_found < 2 or n_found < min(n_pages / 2 if n_found > 2 else n_pages - 1, n_pages):
        return False
    numbers = zip(*([int(one) for one in _NUMBER.findall(text)] for text in texts.values()), strict=True)
    kinds = {_judge(values, list(texts)) for values in numbers}
    first = next(iter(texts.values()))
    if "other" in kinds:
        return False
    if "counts" in kinds:
        return True
    if not any(map(str.isalpha, first)) or first[0].islower():
        return False
    return n_found > 2 if ends_sentence(first) else n_found > 2 or count_words(first) > 2


def _judge(values: tuple[int, ...], pages: list[int]) -> str:
    if len(set(values)) == 1:
        return "stays"
    return "counts" if len({value - page for value, page in zip(values, pages, strict=True)}) == 1 else "other"
