"""Find what stands in quotation marks, and refuse marks that cannot be paired."""

import re
from typing import NamedTuple

_OPENS = {"“": "”", "«": "»", "„": "“”", "‘": "’"}
_MARK = re.compile(r"''|[“”«»„‘’\"]|(?<![\w'])'(?=\w)|(?<=[\w.,!?…])'(?!\w)")
_LONGEST = 3_000  # characters: a "quotation" longer than this is a pair of marks that do not belong together


class Quotation(NamedTuple):
    """One quotation: from its opening mark to after its closing mark."""

    start: int
    end: int
    mark: str
    closed: bool  # False: runs to the paragraph's end and goes on in the next one
    level: int  # 0: not inside another quotation

    @property
    def inner(self) -> tuple[int, int]:
        """The words without their marks."""
        return self.start + len(self.mark), self.end - self.closed * len(self.mark)


class OddMark(NamedTuple):
    """A quotation mark that has no partner."""

    start: int
    mark: str


def _closes_word(text: str, at: int) -> bool:
    """An apostrophe inside a word, or one that shows possession before a word, closes nothing."""
    after = text[at + 1 : at + 2]
    return not after.isalnum()


def find_quotations(text: str) -> tuple[list[Quotation], list[OddMark]]:
    """Return the quotations of a text and the marks that could not be paired.

    Each paragraph (line) is read by itself. Curly, angular and straight double marks count, two apostrophes as one
    double mark, single marks where they stand outside a word. An opening mark without a partner runs to the end of
    its paragraph when the next paragraph opens with the same mark (the printer's rule for long speeches), or to a
    closing mark of another sort that is followed by punctuation (“... jihadists’, the source said); otherwise it is
    skipped and returned as odd, never guessed.
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
                    if mark != "’" or (_closes_word(text, at) and not _is_possessive(text, at, line.end())):
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
    return _with_levels(quotations), sorted(odd)


def _close(quotations: list[Quotation], stack: list[tuple[int, str]], at: int) -> None:
    start, mark = stack.pop()
    if at - start <= _LONGEST and at > start + len(mark):
        width = 2 if mark == "''" else 1
        quotations.append(Quotation(start, at + width, mark, True, 0))


def _is_possessive(text: str, at: int, end: int) -> bool:
    """‘the militants’ capital’: the first ’ is possessive when another one closes later in the line."""
    if text[at - 1 : at] not in "sS" or text[at + 1 : at + 2] != " ":
        return False
    rest = text[at + 1 : end]
    return bool(re.search(r"’(?!\w)", rest.split("‘")[0]))


def _end_of_unclosed(text: str, start: int, mark: str, line_end: int, following: str) -> tuple[int, bool] | None:
    if mark in ("'", "‘"):
        return None
    other = re.compile(r"(?<=\w)[’'](?=[,;:])|(?<=[.,!?])[’'](?=\s|$)").search(text, start + 2, line_end)
    if other:
        return other.end(), True
    if following.startswith(mark):
        return line_end, False
    return None


def _with_levels(quotations: list[Quotation]) -> list[Quotation]:
    placed: list[Quotation] = []
    enclosing: list[int] = []
    for quotation in sorted(quotations, key=lambda q: (q.start, -q.end)):
        while enclosing and enclosing[-1] <= quotation.start:
            enclosing.pop()
        placed.append(quotation._replace(level=len(enclosing)))
        enclosing.append(quotation.end)
    return placed
