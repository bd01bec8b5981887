"""Find quotations by their marks, and report marks that cannot be paired."""

import re
from collections.abc import Sequence
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
    mark: str
    closed: bool  # False: runs to the end of the paragraph and continues in the next one
    level: int  # 0: not inside another quotation

    @property
    def inner(self) -> tuple[int, int]:
        """The span of the words without their marks."""
        return self.start + len(self.mark), self.end - self.closed * len(self.mark)


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
    quotations: list[Quotation] = []
    odd: list[OddMark] = []
    lines = list(re.finditer(r"[^\n]+", text))
    for number, line in enumerate(lines):
        following = lines[number + 1].group().lstrip() if number + 1 < len(lines) else ""
        stack: list[tuple[int, str]] = []
        for found in _MARK.finditer(line.group()):
            at, mark = line.start() + found.start(), found.group()
            top = stack[-1][1] if stack else ""
            if mark in ('"', "'", "''"):
                if top == mark:
                    _close(quotations, stack, at)
                elif mark != "'" or (text[at + 1 : at + 2].isalnum() and not text[at - 1 : at].isalnum()):
                    stack.append((at, mark))
            elif mark in "”»’" or (mark == "“" and top == "„"):
                if top and mark in _OPENS.get(top, ""):
                    if mark != "’" or not (text[at + 1 : at + 2].isalnum() or _is_possessive(text, at, line.end())):
                        _close(quotations, stack, at)
                elif mark != "’":
                    while stack and mark not in _OPENS.get(stack[-1][1], ""):
                        odd.append(OddMark(*stack.pop()))
                    if stack:
                        _close(quotations, stack, at)
                    else:
                        odd.append(OddMark(at, mark))
            else:
                stack.append((at, mark))
        for start, mark in stack:
            end = _end_of_unclosed(text, start, mark, line.end(), following)
            if end is None or any(start < q.start < end[0] < q.end for q in quotations):
                odd.append(OddMark(start, mark))
            else:
                quotations.append(Quotation(start, end[0], mark, end[1], 0))
    return _set_levels(quotations), sorted(odd)


def find_speech(text: str, quotations: Sequence[Quotation]) -> list[Quotation]:
    """Return the quotations that are speech: long enough, and not the name of something ("The Old Council").

    A quotation inside another is part of it.
    """
    speech = []
    for quotation in quotations:
        words = text[slice(*quotation.inner)].split()
        if quotation.level == 0 and len(words) >= _SPEECH and not all(word[0].isupper() for word in words):
            speech.append(quotation)
    return speech


def _close(quotations: list[Quotation], stack: list[tuple[int, str]], at: int) -> None:
    start, mark = stack.pop()
    if at - start <= _LONGEST and at > start + len(mark):
        quotations.append(Quotation(start, at + (2 if mark == "''" else 1), mark, True, 0))


def _is_possessive(text: str, at: int, end: int) -> bool:
    """Return whether a ’ shows possession (‘the militants’ capital’): another one closes later in the line."""
    if text[at - 1 : at] not in "sS" or text[at + 1 : at + 2] != " ":
        return False
    return bool(re.search(r"’(?!\w)", text[at + 1 : end].split("‘")[0]))


def _end_of_unclosed(text: str, start: int, mark: str, line_end: int, following: str) -> tuple[int, bool] | None:
    """Return where a quotation without a partner to its opening mark ends, and whether it is closed there."""
    if mark in ("'", "‘"):
        return None
    other = _OTHER.search(text, start + 2, line_end)
    if other:
        return other.end(), True
    return (line_end, False) if following.startswith(mark) else None


def _set_levels(quotations: list[Quotation]) -> list[Quotation]:
    """Return quotations in the order of the text, each with the number of those around it."""
    placed: list[Quotation] = []
    enclosing: list[int] = []
    for quotation in sorted(quotations, key=lambda q: (q.start, -q.end)):
        while enclosing and enclosing[-1] <= quotation.start:
            enclosing.pop()
        placed.append(quotation._replace(level=len(enclosing)))
        enclosing.append(quotation.end)
    return placed
