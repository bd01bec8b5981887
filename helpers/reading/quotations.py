"""Find quotations by their marks, and report marks that cannot be paired."""

import re
from typing import NamedTuple

_OPENS = {"“": "”", "«": "»", "„": "“”", "‘": "’"}
_MARK = re.compile(r"''|[“”«»„‘’\"]|(?<![\w'])'(?=\w)|(?<=[\w.,!?…])'(?!\w)")
_OTHER = re.compile(r"(?<=\w)[’'](?=[,;:])|(?<=[.,!?])[’'](?=\s|$)")  # closes a quotation that another mark opened
_LONGEST = 3_000  # characters: a "quotation" longer than this is a pair of marks that do not belong together
_SPEECH = 3  # fewer words in quotation marks are a name or an echo, not speech


class Quotation(NamedTuple):
    """One quotation: from its opening mark to after its closing mark."""

    start: int
    end: int
    level: int  # 0: not inside another quotation
    is_speech: bool  # long enough, not the name of something ("The Old Council"), and not a part of another quotation


class OddMark(NamedTuple):
    """A quotation mark that has no partner."""

    start: int
    mark: str


def find_quotations(text: str) -> tuple[list[Quotation], list[OddMark]]:
    """Return the quotations of a text and the marks that could not be paired.

    Each paragraph (line) is read by itself. Curly, angular and straight double marks count, two apostrophes as one
    double mark, single marks where they are outside a word. An opening mark without a partner runs to the end of
    its paragraph when the next paragraph opens with the same mark (as printers do in long speeches), or to a closing
    mark of another kind next to punctuation (“... jihadists’, the source said); otherwise it is returned as odd.
    """
    found: list[tuple[int, int, str, bool]] = []
    odd: list[OddMark] = []
    lines = list(re.finditer(r"[^\n]+", text))
    for line, following in zip(lines, [*(line[0].lstrip() for line in lines[1:]), ""], strict=False):
        stack: list[tuple[int, str]] = []  # the marks that are open
        for match in _MARK.finditer(line[0]):
            at, mark = line.start() + match.start(), match[0]
            top = stack[-1][1] if stack else ""
            if mark in ('"', "'", "''"):
                closes = top == mark
                if not closes and (mark != "'" or text[at + 1 : at + 2].isalnum()):
                    stack.append((at, mark))
            elif mark == "’":
                apostrophe = text[at + 1 : at + 2].isalnum() or _is_possessive(text, at, line.end())
                closes = top == "‘" and not apostrophe
            elif mark in "”»" or (mark == "“" and top == "„"):
                while stack and mark not in _OPENS.get(stack[-1][1], ""):
                    odd.append(OddMark(*stack.pop()))
                closes = bool(stack)
                if not closes:
                    odd.append(OddMark(at, mark))
            else:
                closes = False
                stack.append((at, mark))
            if closes:
                start, opening = stack.pop()
                if at - start <= _LONGEST and at > start + len(opening):
                    found.append((start, at + len(mark), opening, True))
        for start, mark in stack:
            end, closed = _end_of_unclosed(text, start, mark, line.end(), following)
            if end < 0 or any(start < begin < end < stop for begin, stop, *_ in found):
                odd.append(OddMark(start, mark))
            else:
                found.append((start, end, mark, closed))
    return _describe(text, found), sorted(odd)


def _is_possessive(text: str, at: int, end: int) -> bool:
    """Return whether a ’ shows possession (‘the militants’ capital’): another one closes later in the line."""
    if text[at - 1 : at] not in "sS" or text[at + 1 : at + 2] != " ":
        return False
    return bool(re.search(r"’(?!\w)", text[at + 1 : end].split("‘")[0]))


def _end_of_unclosed(text: str, start: int, mark: str, line_end: int, following: str) -> tuple[int, bool]:
    """Return where a quotation without a partner to its opening mark ends (-1: nowhere) and if it is closed there."""
    if mark in ("'", "‘"):
        return -1, False
    other = _OTHER.search(text, start + 2, line_end)
    if other:
        return other.end(), True
    return line_end if following.startswith(mark) else -1, False


def _describe(text: str, found: list[tuple[int, int, str, bool]]) -> list[Quotation]:
    """Return quotations in the order of the text, with the number of those around each and whether it is speech."""
    quotations: list[Quotation] = []
    ends: list[int] = []  # of the quotations around the next one
    for start, end, mark, closed in sorted(found, key=lambda quotation: (quotation[0], -quotation[1])):
        while ends and ends[-1] <= start:
            ends.pop()
        words = text[start + len(mark) : end - closed * len(mark)].split()
        is_speech = not ends and len(words) >= _SPEECH and not all(word[0].isupper() for word in words)
        quotations.append(Quotation(start, end, len(ends), is_speech))
        ends.append(end)
    return quotations
