"""Find what to cut inside paragraphs: what stands before an article's first words, behind its last, or between."""

import re
from collections.abc import Iterator

from helpers.reading.cleaning import structure
from helpers.reading.cleaning.repair import OPENING_MARKS, count_words
from helpers.reading.cleaning.rules import Rules

_MOST_OPENINGS = 8  # stamp, headline, credit, dateline …: what may stand before the first words
_FEWEST_HEADLINE_WORDS = 4
_SURE_HEADLINE_WORDS = 6  # so long a headline does not open a sentence by chance
_CLOSING_REACH = 600  # characters before the end that a closing may take


def find_spans(texts: list[str], context: structure.Context, rules: Rules) -> dict[int, list[tuple[int, int, str]]]:
    """Return the stretches to cut inside paragraphs, without overlap: number -> (start, end, rule)."""
    found: dict[int, list[tuple[int, int, str]]] = {}
    span_rules = rules.of_kind("span")
    for number, text in enumerate(texts):
        stretches = [(*match.span(), rule.name) for rule in span_rules for match in rule.pattern.finditer(text)]
        if number == 0:
            stretches += _find_openings(text, context, rules)
        if number == len(texts) - 1:
            stretches += _find_closings(text, rules)
        at = 0
        for start, end, name in sorted(stretches):
            if end > max(at, start):
                found.setdefault(number, []).append((max(at, start), end, name))
                at = end
    return found


def _find_openings(text: str, context: structure.Context, rules: Rules) -> Iterator[tuple[int, int, str]]:
    openings = rules.of_kind("opening")
    has_headline_rule = any(rule.name == "headline" for rule in rules.of_kind("built_in"))
    at, stamped = 0, False
    for _ in range(_MOST_OPENINGS):
        rest = text[at:]
        skipped = len(rest) - len(rest.lstrip())
        rest = rest.lstrip()
        found = next(((m.end(), rule.name) for rule in openings if (m := rule.pattern.match(rest)) and m.end()), None)
        if not found and has_headline_rule:
            length = _measure_opening_headline(rest, context.row["headline"], stamped)
            found = (length, "headline") if length else None
        if not found:
            return
        stamped = True
        yield at, at + skipped + found[0], found[1]
        at += skipped + found[0]


def _measure_opening_headline(text: str, headline: str, stamped: bool) -> int:
    """Return the length of the headline at the start of the first paragraph; 0 where a sentence may go on from it."""
    n_words = count_words(headline)
    length = structure.measure_headline(text, headline) if n_words >= _FEWEST_HEADLINE_WORDS else 0
    if not length:
        return 0
    mark = re.match(r"[\"'”’)\]]*\s?[.:!?|]+(?=\s)|[\"'”’)\]]*", text[length:]).group()
    rest = text[length + len(mark) :].lstrip()
    begins = bool(rest) and (rest[0].isupper() or rest[0].isdigit() or rest[0] in OPENING_MARKS)
    is_sure = stamped or mark.strip() or n_words >= _SURE_HEADLINE_WORDS
    return length + len(mark) if begins and is_sure else 0


def _find_closings(text: str, rules: Rules) -> Iterator[tuple[int, int, str]]:
    closings = rules.of_kind("closing")
    end = len(text.rstrip())
    base = max(0, end - _CLOSING_REACH)
    while True:
        found = next(((m.start(), rule.name) for rule in closings if (m := rule.pattern.search(text[base:end]))), None)
        if not found or base + found[0] >= end:
            return
        yield base + found[0], end, found[1]
        end = len(text[: base + found[0]].rstrip())
