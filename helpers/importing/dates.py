"""Dates as written -> ISO dates as exact as they are known; nothing is guessed that could mean two days."""

import datetime
import re
from collections.abc import Sequence

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR, _DAY = r"(?P<year>(?:1[6-9]|20)\d\d)\b", r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_WRITTEN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}",
        rf"\b{_MONTH} {_DAY},? ?{_YEAR}",
        rf"\b{_MONTH},? {_YEAR}",
    )
]
_ISO = re.compile(rf"^{_YEAR}(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?)?(?=$|[T ,])")
_COMPACT = re.compile(r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{6}Z?)?$")
_MONTH_YEAR = re.compile(rf"^(?P<month>\d{{1,2}})[./-]{_YEAR}$")
_NUMBERS = re.compile(rf"(?:^|(?<=[ ,]))(\d{{1,2}})([./-])(\d{{1,2}})\2{_YEAR}")
_LONGEST = 80  # characters: more is not a date but a sentence that has one
_ORDERS = {True: "day first", False: "month first"}


def parse_dates(written: Sequence[str]) -> list[tuple[str, str]]:
    """Return, for each date of one file, its ISO form and how that was read.

    A date such as 03/04/2017 is read in the order that the other dates of the file agree on; where they do not say,
    its ISO form is empty and the second text is the reason. So it is for what is no date. An empty text gives two.
    """
    numbers = [_NUMBERS.search(one) for one in written if len(one) <= _LONGEST]
    first = {int(found[1]) > 12 for found in numbers if found and found[2] != "." and _tells(found)}
    order = first.pop() if len(first) == 1 else None
    return [_parse(" ".join(one.split()), order) for one in written]


def _tells(found: re.Match[str]) -> bool:
    return (int(found[1]) > 12) != (int(found[3]) > 12)


def _parse(written: str, day_first: bool | None) -> tuple[str, str]:
    if not written:
        return "", ""
    if len(written) > _LONGEST:
        return "", f"{written[:30]!r}... is no date: left empty; write it as 2016, 2016-02 or 2016-02-27"
    for pattern in (_ISO, _COMPACT, _MONTH_YEAR, *_WRITTEN):
        found = pattern.search(written)
        iso = _join(**found.groupdict()) if found else ""
        if iso:
            return iso, ""
    numbers = _NUMBERS.search(written)
    if numbers:
        return _read_numbers(written, numbers, day_first)
    return "", f"{written!r} is no date that can be read: left empty; write it as 2016, 2016-02 or 2016-02-27"


def _read_numbers(written: str, found: re.Match[str], day_first: bool | None) -> tuple[str, str]:
    one, mark, other, year = found.groups()
    note = ""
    if _tells(found):
        day_first = int(one) > 12
    elif one == other:
        day_first = True
    elif mark == ".":
        day_first, note = True, "day first, as dates with full stops are written"
    elif day_first is not None:
        note = f"{_ORDERS[day_first]}, as the other dates of the file are written"
    else:
        both = " or ".join(filter(None, (_join(year, other, one), _join(year, one, other))))
        return "", f"{written!r} can mean {both or 'no day'}: left empty; write it as 2016-02-27"
    day, month = (one, other) if day_first else (other, one)
    iso = _join(year, month, day)
    return (iso, note) if iso else ("", f"{written!r} is no day of a calendar: left empty; write it as 2016-02-27")


def _join(year: str, month: str | None = None, day: str | None = None) -> str:
    """Return an ISO date as exact as its parts, empty where there is no such day."""
    if not month or not int(month if month.isdigit() else 1):
        return year
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    if not day or not int(day):
        return f"{year}-{number:02}" if number <= 12 else ""
    try:
        return datetime.date(int(year), number, int(day)).isoformat()
    except ValueError:
        return ""
