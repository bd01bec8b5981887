"""Turn the lines of a printed page into paragraphs: find running heads, join lines, split words and drop capitals.

Only white space and line-end hyphens are ever touched; every other character stays as it was found.
"""

import re
import tomllib
from bisect import bisect
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from helpers.lexicons import LEXICONS

LEXICON = tomllib.loads((LEXICONS / "cleaning.toml").read_text(encoding="utf-8"))
PATTERNS: dict[str, str] = LEXICON["patterns"]
REPEATED = "repeated"  # the rule that cuts what many articles of one outlet hold
PAGE = "\f"  # separates two pages in text that a program took out of a PDF
WORD = re.compile(r"\w+(?:[-'’]\w+)*")  # what is counted as one word
OPENING_MARKS = "\"'“”‘’«„([¿¡"
HYPHENS = "-\u2010\u2011\u00ad"
REACH = 3  # lines from the edge of its page that a running head may be
LONGEST_HEAD = 20  # words
_SENTENCE_END = re.compile(r"[.!?…؟。][\"'”’»)\]]*$")
_SPLIT_WORD = re.compile(rf"[\w’'{HYPHENS}]*\w[{HYPHENS}]\n[\w’']+[{HYPHENS}]?")
_LINE = re.compile(r"\S(?:[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]*\S)?")
_NUMBER = re.compile(r"(\d{1,9})")

Span = tuple[int, int, str]  # start and end in a text, and the rule that cuts it


class Line(NamedTuple):
    """A line of a text without the white space around it; `text` has one space between words."""

    start: int
    end: int
    text: str
    page: int


class Rule(NamedTuple):
    """One rule: name, kind, the outlet it is limited to (empty: any), and its regular expression or conditions."""

    name: str
    kind: str
    outlet: str
    test: Any


Rules = tuple[Rule, ...]  # in the order they are tried


def select_rules(rules: Rules, outlet: str, off: str) -> Rules:
    """Return the rules for an article of `outlet` without those named in `off`, separated by semicolons."""
    own = [rule for rule in rules if rule.outlet in ("", outlet)]
    names = {name.strip() for name in off.split(";")} | {rule.name for rule in own if rule.kind == "off"}
    return tuple(rule for rule in own if rule.name not in names)


@lru_cache(1_000)
def count_words(text: str) -> int:
    """Return the number of words in `text`: letters and digits, joined by hyphens and apostrophes."""
    return len(WORD.findall(text))


@lru_cache(1_000)
def squeeze(text: str) -> str:
    """Return the letters and digits of `text` in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


def ends_sentence(text: str) -> bool:
    """Tell whether `text` ends with sentence punctuation, inside or outside quotation marks."""
    return bool(_SENTENCE_END.search(text))


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text that hold more than white space, in order."""
    pages = [found.start() for found in re.finditer(PAGE, text)]
    return [Line(*line.span(), " ".join(line[0].split()), bisect(pages, line.start())) for line in _LINE.finditer(text)]


def find_running_heads(lines: Sequence[Line]) -> set[Line]:
    """Return the lines at the top or foot of most pages that are the same but for numbers.

    Its numbers stay the same, but for one that may count the pages; a line whose numbers do anything else is not a
    running head. The test is stricter for two pages alone and for a line that reads as a sentence, because two
    paragraphs may begin alike. A text without page breaks has none.
    """
    pages = [list(own) for _, own in groupby(lines, lambda line: line.page)]
    seen: dict[tuple[Any, ...], list[Line]] = {}  # by the edge, the distance from it, the words, and the numbers
    for step in (1, -1):
        for distance, line in ((n, line) for own in pages for n, line in enumerate(own[::step][:REACH])):
            parts = _NUMBER.split(line.text)
            places = range(-1, len(parts), 2)  # of the number that counts the pages, if any
            for counting in places if count_words(line.text) <= LONGEST_HEAD else ():
                key = tuple(int(part) - line.page if n == counting else part for n, part in enumerate(parts))
                seen.setdefault((step, distance, counting > 0, key), []).append(line)
    heads: set[Line] = set()
    for (_, _, is_counting, _), alike in seen.items():
        n_found, first = len(alike), alike[0].text
        is_often = n_found >= 2 and n_found >= (len(pages) / 2 if n_found > 2 else len(pages) - 1)
        is_prose = n_found == 2 and (count_words(first) < 3 or ends_sentence(first))
        is_words = any(map(str.isalpha, first)) and not first[0].islower() and not is_prose
        heads.update(alike if is_often and (is_counting or is_words) else ())
    return heads


def form_paragraphs(raw: str, lines: Sequence[Line], rules: Set[str]) -> tuple[str, list[Span]]:
    """Return the text that lines of a raw text form, one paragraph a line, and spans of it that are to be cut.

    A paragraph is one line, unless the page's columns broke the lines. The spans are line-end hyphens that belong to
    the page and not to the word. `join lines`, `join hyphen` and `drop capital` are done where `rules` has them.
    """
    texts = [line.text for line in lines]
    n_open, n_lower = sum(not ends_sentence(text) for text in texts), sum(text[0].islower() for text in texts)
    # prose with one paragraph a line has next to none that begin in lower case
    is_wrapped = "join lines" in rules and n_open >= 0.4 * len(texts) and n_lower >= 0.25 * len(texts)
    width = sorted(map(len, texts))[3 * len(texts) // 4] if texts else 0  # of a full line; a last line is short
    capitals: dict[Line, str] = {}  # one large letter, set apart from the text that begins with it, and what joins them
    for line, below in pairwise(lines if "drop capital" in rules else ()):
        if found := re.match(PATTERNS["drop_capital"], f"{line.text}\n{below.text}"):
            n_rest = sum(WORD.findall(text.lower()).count(found["rest"].lower()) for text in texts)
            capitals[line] = " " if found["word"] and n_rest > 1 else ""  # one is this place itself
    formed, spans = "", []
    for above, line in pairwise([None, *lines]):
        glue = capitals.get(above, "\n")  # what joins the line to the one before
        if glue == "\n" and is_wrapped and above and line not in capitals:
            both = f"{above.text}\n{line.text}"
            if split := _SPLIT_WORD.search(both):
                glue, word = "", re.sub(rf"[{HYPHENS}]\n?", "-", split[0])
                if "join hyphen" in rules and not re.search(PATTERNS["real_hyphen"], word):
                    spans.append((len(formed) - 1, len(formed), "join hyphen"))
            else:
                goes_on = not ends_sentence(above.text)
                indent, below = (one.start - raw.rfind("\n", 0, one.start) for one in (above, line))
                # blank lines, or some that are no prose: in the middle of a sentence they are the end of a column
                if below > indent or len(f"{raw[above.end : line.start]}.".splitlines()) > 2:
                    goes_on = goes_on and re.search(PATTERNS["unfinished"], both)
                elif not goes_on:  # where the first word below would not have fitted, the line was full
                    goes_on = len(above.text) + 1 + len(line.text.split(None, 1)[0]) >= 0.9 * width
                glue = " " if goes_on else "\n"
        formed += glue + line.text
    return formed, spans
