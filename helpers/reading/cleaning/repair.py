"""Turn the lines of a printed page into paragraphs: find running heads, join lines, split words and drop capitals.

Only white space and line-end hyphens are ever touched; every other character stays as it was found.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from helpers.reading.cleaning.rules import Rules

PAGE = "\f"  # separates two pages in text that a program took out of a PDF
BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
WORD = re.compile(r"\w+(?:[-'’]\w+)*")
OPENING_MARKS = "\"'“”‘’«„([¿¡"
HYPHENS = "-\u2010\u2011\u00ad"
_SENTENCE_END = re.compile(r"[.!?…؟。][\"'”’»)\]]*$")
_SPLIT_WORD = re.compile(rf"([\w’'{HYPHENS}]*\w)[{HYPHENS}]\n([\w’']+)([{HYPHENS}]?)")
_NUMBER = re.compile(r"\d+")


class Line(NamedTuple):
    """A line of the raw text without the white space around it; `text` has one space between words."""

    start: int
    end: int
    text: str
    after_gap: bool  # a blank line or a removed line comes before it


@dataclass(frozen=True, eq=False)
class Paragraph:
    """Lines that read as one paragraph; `number` counts from 0."""

    number: int
    text: str
    words: list[str]
    spelt: str  # the words in lower case, each between spaces
    is_sentence: bool  # it ends with sentence punctuation


def count_words(text: str) -> int:
    """Return the number of words in `text`: letters and digits, joined by hyphens and apostrophes."""
    return len(WORD.findall(text))


def squeeze(text: str) -> str:
    """Return the letters and digits of `text` in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


def ends_sentence(text: str) -> bool:
    """Tell whether `text` ends with sentence punctuation, inside or outside quotation marks."""
    return bool(_SENTENCE_END.search(text))


# ---- lines -------------------------------------------------------------------------------------------------------


def split_lines(raw: str, start: int, end: int) -> list[Line]:
    """Return the lines of `raw[start:end]` that hold more than white space, in order."""
    lines: list[Line] = []
    at, after_gap = start, True
    for stop, following in [*(found.span() for found in BREAK.finditer(raw, start, end)), (end, end)]:
        text = raw[at:stop]
        if text.strip():
            first = at + len(text) - len(text.lstrip())
            lines.append(Line(first, first + len(text.strip()), " ".join(text.split()), after_gap))
        at, after_gap = following, not text.strip()
    return lines


def find_running_heads(raw: str, options: Mapping[str, Any]) -> set[tuple[int, int]]:
    """Return the lines (start, end) at the top or foot of most pages that are the same but for numbers.

    A number may stay the same or count the pages; a line whose numbers do anything else is not a running head. The
    test is stricter for two pages alone and for a line that reads as a sentence, because two paragraphs may begin
    alike. `options`: `reach`, how many lines from the edge of its page a head may be, and `max_words`. A text
    without page breaks has none.
    """
    ends = [*(found.start() for found in re.finditer(PAGE, raw)), len(raw)]
    split = (split_lines(raw, start, end) for start, end in zip([0, *ends], ends, strict=False))
    pages = [(number, lines) for number, lines in enumerate(split) if lines]
    heads: set[tuple[int, int]] = set()
    for step in (1, -1):
        seen: dict[tuple[int, str], dict[int, Line]] = {}  # by distance from the edge and words
        for number, lines in pages:
            for distance, line in enumerate(lines[::step][: options["reach"]]):
                if count_words(line.text) <= options["max_words"]:
                    seen.setdefault((distance, _NUMBER.sub("0", line.text)), {})[number] = line
        for alike in seen.values():
            if _is_running_head({number: line.text for number, line in alike.items()}, len(pages)):
                heads |= {(line.start, line.end) for line in alike.values()}
    return heads


def _is_running_head(texts: Mapping[int, str], n_pages: int) -> bool:
    """Tell whether lines that are alike but for their numbers, one a page, are a running head."""
    n_found = len(texts)
    if n_found < 2 or n_found < (n_pages / 2 if n_found > 2 else n_pages - 1):
        return False
    numbers = zip(*([int(one) for one in _NUMBER.findall(text)] for text in texts.values()), strict=True)
    changing = [column for column in numbers if len(set(column)) > 1]
    if changing:
        return all(len({number - page for number, page in zip(one, texts, strict=True)}) == 1 for one in changing)
    first = next(iter(texts.values()))
    is_prose = n_found == 2 and (count_words(first) < 3 or ends_sentence(first))
    return any(map(str.isalpha, first)) and not first[0].islower() and not is_prose


# ---- paragraphs --------------------------------------------------------------------------------------------------


def form_paragraphs(lines: list[Line], rules: "Rules") -> tuple[list[Paragraph], list[int]]:
    """Return the paragraphs that lines form, in order: one a line, unless the page's columns broke the lines.

    Also returned are the places of the line-end hyphens that belong to the page and not to the word, which are left
    out. `join lines`, `join hyphen` and `drop capital` may be off in `rules`.
    """
    texts = [line.text for line in lines]
    n_open, n_lower = sum(not ends_sentence(text) for text in texts), sum(text[0].islower() for text in texts)
    # prose with one paragraph a line has next to none that begin in lower case
    is_wrapped = "join lines" not in rules.off and n_open >= 0.5 * len(texts) and n_lower >= 0.25 * len(texts)
    width = sorted(map(len, texts))[3 * len(texts) // 4] if texts else 0  # of a full line; a last line is short
    capitals = {} if "drop capital" in rules.off else _find_drop_capitals(texts, rules.words)
    drafts: list[str] = []
    hyphens: list[int] = []
    for number, (line, text) in enumerate(zip(lines, texts, strict=True)):
        glue = capitals.get(number - 1)  # what joins the line to the one before; None: a new paragraph
        if glue is None and is_wrapped and number and number not in capitals:
            before = texts[number - 1]
            if split := _SPLIT_WORD.search(f"{before}\n{text}"):
                glue = ""
                if "join hyphen" not in rules.off and not _is_real_hyphen(*split.groups(), rules.words):
                    drafts[-1] = drafts[-1][:-1]
                    hyphens.append(lines[number - 1].end - 1)
            elif _continues(before, text, line.after_gap, width, rules.words):
                glue = " "
        if glue is None:
            drafts.append(text)
        else:
            drafts[-1] += glue + text
    found = []
    for number, text in enumerate(drafts):
        words = WORD.findall(text)
        found.append(Paragraph(number, text, words, f" {' '.join(words).lower()} ", ends_sentence(text)))
    return found, hyphens


def _continues(before: str, after: str, after_gap: bool, width: int, words: Mapping[str, list[str]]) -> bool:
    """Tell whether a line of a column continues in the next."""
    is_open = not ends_sentence(before)
    if after_gap:  # a blank line in the middle of a sentence is the end of a column
        is_unfinished = before.endswith(",") or before.split()[-1].lower() in words["open_words"]
        return is_open and (after[0].islower() or after[0].isdigit() or is_unfinished)
    would_fit = len(before) + 1 + len(after.split(None, 1)[0]) < 0.9 * width
    return is_open or not would_fit


# ---- split words and drop capitals -------------------------------------------------------------------------------


def _is_real_hyphen(left: str, right: str, following: str, words: Mapping[str, list[str]]) -> bool:
    """Tell whether the hyphen at a line end belongs to the word, as in `oil-rich`, and not to the page."""
    last = re.split(f"[{HYPHENS}]", left)[-1]
    is_acronym = len(last) > 1 and last.isupper()
    if is_acronym or last.isdigit() or right[0].isupper() or right[0].isdigit():
        return True
    last, right = last.lower(), right.lower()
    in_chain = (following and right in words["links"]) or (last in words["links"] and last != left.lower())
    return in_chain or right in words["tails"] or last in words["heads"]


def _find_drop_capitals(texts: list[str], words: Mapping[str, list[str]]) -> dict[int, str]:
    """Return the lines that are one large letter, set apart from the text that begins with it, by number.

    With each is what joins it to the next line: nothing, or a space where the letter is a word of its own.
    """
    found = {}
    for number, (before, after) in enumerate(pairwise(texts)):
        letter = before.lstrip(OPENING_MARKS)
        first = WORD.match(after) if len(letter) == 1 and letter.isupper() else None
        may_be_word = letter in words["one_letter_words"]
        if first and (after[0].islower() or (first[0].isupper() and len(first[0]) > 1 and not may_be_word)):
            n_rest = WORD.findall(" ".join(texts).lower()).count(first[0].lower())
            found[number] = " " if may_be_word and n_rest > 1 else ""  # one is this place itself
    return found
