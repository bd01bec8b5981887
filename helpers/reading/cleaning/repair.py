"""Put the lines, split words and drop capitals of a printed page back together.

Only white space and line-end hyphens are ever touched; every other character stays as it was found.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
WORD = re.compile(r"\w+(?:[-'’]\w+)*")
OPENING_MARKS = "\"'“”‘’«„([¿¡"
HYPHENS = "-\u2010\u2011\u00ad"
_SENTENCE_END = re.compile(r"[.!?…؟。][\"'”’»)\]]*$")
_ABBREVIATION_END = re.compile(r"\b(?:[A-Z]\.){2,}$")
_SPLIT_WORD = re.compile(rf"([\w’'{HYPHENS}]*\w)[{HYPHENS}]$")
_CONTINUATION = re.compile(rf"([\w’']+)([{HYPHENS}]?)")

LONGEST_COLUMN = 120  # a line longer than this was not broken by a page's column
FEWEST_LINES = 4


class Line(NamedTuple):
    """A line of the raw text without the white space around it."""

    start: int
    end: int
    after_gap: bool  # a blank line, or a line that was cut, stands before it


@dataclass(frozen=True)
class Paragraph:
    """Pieces of the raw text that read as one paragraph.

    Each piece is (start, end, glue): `glue`, nothing or a space, stands before it in `text`. `hyphens` are the
    positions of line-end hyphens that belong to the page and not to the word.
    """

    pieces: tuple[tuple[int, int, str], ...]
    hyphens: tuple[int, ...]
    text: str


def split_lines(raw: str, start: int, end: int) -> list[Line]:
    """Return the lines of `raw[start:end]` that hold more than white space, in order."""
    lines: list[Line] = []
    at, n_breaks = start, 2
    for found in [*BREAK.finditer(raw, start, end), None]:
        stop = found.start() if found else end
        text = raw[at:stop]
        if text.strip():
            first = at + len(text) - len(text.lstrip())
            lines.append(Line(first, first + len(text.strip()), n_breaks > 1))
            n_breaks = 0
        n_breaks += 1
        at = found.end() if found else end
    return lines


def count_words(text: str) -> int:
    """Return the number of words in `text`: letters and digits, joined by hyphens and apostrophes."""
    return len(WORD.findall(text))


def ends_sentence(text: str) -> bool:
    """Tell whether `text` closes with sentence punctuation, inside or outside quotation marks."""
    return bool(_SENTENCE_END.search(text))


def is_hard_wrapped(texts: list[str]) -> bool:
    """Tell from the lines themselves whether a page's column broke them.

    True where hardly any line is long, at least half do not end a sentence and a quarter go on in lower case;
    prose with a paragraph a line has next to none of the latter.
    """
    n_letters = sum(map(len, texts))
    if len(texts) < FEWEST_LINES or sum(len(text) for text in texts if len(text) > LONGEST_COLUMN) > 0.1 * n_letters:
        return False
    n_open = sum(not ends_sentence(text) for text in texts)
    n_lower = sum(text[0].islower() for text in texts)
    return n_open >= 0.5 * len(texts) and n_lower >= 0.25 * len(texts)


def form_paragraphs(
    raw: str, lines: list[Line], words: Mapping[str, list[str]], off: frozenset[str] = frozenset()
) -> list[Paragraph]:
    """Join lines into paragraphs: a paragraph a line, unless the page's columns broke the lines.

    Parameters
    ----------
    lines
        From `split_lines`, without those that were cut.
    words
        The `[mending]` table of cleaning.toml: `tails`, `heads`, `links`, `open_words`, `one_letter_words`.
    off
        Of `join lines`, `join hyphen`, `drop capital`, those that are switched off.

    Returns
    -------
    list of Paragraph
        In the order of the text. Their pieces and hyphens cover every line exactly.
    """
    texts = [raw[line.start : line.end] for line in lines]
    wrapped = "join lines" not in off and is_hard_wrapped(texts)
    width = (
        sorted(map(len, texts))[3 * len(texts) // 4] if texts else 0
    )  # a full line; the last of a paragraph is short
    capitals = {
        number
        for number, (text, after) in enumerate(pairwise(texts))
        if "drop capital" not in off and _is_drop_capital(text, after, words)
    }
    forms: _Forms | None = None  # counted only for the few files that need it
    groups: list[list[tuple[int, int, str]]] = []
    hyphens: list[list[int]] = []
    for number, (line, text) in enumerate(zip(lines, texts, strict=True)):
        glue = None
        if number and number not in capitals:
            before, may_drop = texts[number - 1], number - 1 in capitals
            if may_drop or wrapped:
                forms = forms or _count_forms(raw)
            if may_drop:
                glue = "" if _completes_capital(before, text, words, forms) else " "
            elif wrapped and _split_word(before, text):
                glue = ""
                if "join hyphen" not in off and not _has_real_hyphen(before, text, words, forms):
                    start, end, old = groups[-1][-1]
                    groups[-1][-1] = (start, end - 1, old)
                    hyphens[-1].append(end - 1)
            elif wrapped and _continues(before, text, line.after_gap, width, words):
                glue = " "
        if glue is None:
            groups.append([(line.start, line.end, "")])
            hyphens.append([])
        else:
            groups[-1].append((line.start, line.end, glue))
    return [
        Paragraph(tuple(group), tuple(marks), "".join(glue + " ".join(raw[s:e].split()) for s, e, glue in group))
        for group, marks in zip(groups, hyphens, strict=True)
    ]


def locate_characters(raw: str, paragraph: Paragraph) -> list[int]:
    """Return, for each character of `paragraph.text`, its position in `raw`; -1 for glue between two lines."""
    positions: list[int] = []
    for start, end, glue in paragraph.pieces:
        positions += [-1] * len(glue)
        for number, found in enumerate(re.finditer(r"\S+", raw[start:end])):
            first, after = start + found.start(), start + found.end()
            positions += [*([first - 1] if number else []), *range(first, after)]
    return positions


class _Forms(NamedTuple):
    tokens: Counter[str]  # words as printed, compounds whole
    parts: Counter[str]  # words, and the parts of compounds
    pairs: Counter[str]  # neighbouring parts of compounds, with their hyphen


def _count_forms(raw: str) -> _Forms:
    tokens = Counter(found.group().lower() for found in WORD.finditer(raw))
    parts, pairs = Counter(tokens), Counter[str]()
    for token, n in tokens.items():
        pieces = token.split("-")
        if len(pieces) > 1:
            parts.update({piece: n for piece in pieces})
            pairs.update({f"{left}-{right}": n for left, right in pairwise(pieces)})
    return _Forms(tokens, parts, pairs)


def _is_drop_capital(before: str, after: str, words: Mapping[str, list[str]]) -> bool:
    letter = before.lstrip(OPENING_MARKS)
    if len(letter) != 1 or not letter.isupper():
        return False
    first = WORD.match(after)
    if not first:
        return False
    in_capitals = len(first.group()) > 1 and first.group().isupper() and letter not in words["one_letter_words"]
    return after[0].islower() or in_capitals


def _completes_capital(before: str, after: str, words: Mapping[str, list[str]], forms: _Forms) -> bool:
    letter, rest = before[-1], WORD.match(after).group().lower()
    if letter not in words["one_letter_words"] or forms.tokens[letter.lower() + rest]:
        return True
    return forms.tokens[rest] < 2  # once is this place itself


def _split_word(before: str, after: str) -> tuple[str, str, bool] | None:
    """Return the two halves of a word that a line end splits, and whether a hyphen follows the second."""
    left, right = _SPLIT_WORD.search(before), _CONTINUATION.match(after)
    return (left.group(1), right.group(1), bool(right.group(2))) if left and right else None


def _has_real_hyphen(before: str, after: str, words: Mapping[str, list[str]], forms: _Forms) -> bool:
    if before[-1] == "\u00ad":
        return False
    left, right, chained = _split_word(before, after)
    last = re.split(f"[{HYPHENS}]", left)[-1]
    is_acronym = len(last) > 1 and last.isupper()
    if is_acronym or last.isdigit() or right[0].isupper() or right[0].isdigit():
        return True
    last, right = last.lower(), right.lower()
    hyphened, joined = forms.pairs[f"{last}-{right}"], forms.parts[last + right]
    if hyphened or joined:
        return hyphened >= joined
    in_chain = (chained and right in words["links"]) or (last in words["links"] and last != left.lower())
    return in_chain or right in words["tails"] or last in words["heads"]


def _continues(before: str, after: str, after_gap: bool, width: int, words: Mapping[str, list[str]]) -> bool:
    """Tell whether a line of a column goes on in the next."""
    is_open = not ends_sentence(before) or bool(_ABBREVIATION_END.search(before))
    first = after.lstrip(OPENING_MARKS)[:1]
    if after_gap:  # a blank line that falls mid-sentence is the end of a column
        hangs = before.endswith(",") or before.split()[-1].lower() in words["open_words"]
        return is_open and (after[0].islower() or after[0].isdigit() or hangs)
    would_fit = len(before) + 1 + len(after.split(None, 1)[0]) < 0.9 * width
    return is_open or first.islower() or not would_fit
