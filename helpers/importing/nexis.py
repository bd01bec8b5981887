"""A Nexis delivery (many articles in one Word file) -> its articles."""

import re
from collections.abc import Iterator, Sequence

from helpers.importing.dates import parse_dates
from helpers.importing.items import Field, Item, make_item

_END = re.compile(r"^(?:End of Document|Ende des Dokuments|Fin du document)$", re.IGNORECASE)
_START = re.compile(r"^\d+ of \d+ DOCUMENTS$", re.IGNORECASE)
_LENGTH = re.compile(r"^Length: ?[\d,.]+ words?$", re.IGNORECASE)
_BODY = re.compile(r"^Body$", re.IGNORECASE)
_KEYS = (
    "Section|Length|Byline|Highlight|Dateline|Copyright|Load-Date|Language|Publication-Type|Graphic|Notes"
    "|Classification|URL|Link|Subject|Journal Code|Series|Correction|Correction-Date"
)
_KEY = re.compile(rf"^({_KEYS})\b:?\s*(.*)$", re.IGNORECASE)
_AFTER = re.compile(
    r"^(?:Classification|Graphic|Notes)$|^(?:Load-Date|Language|Publication-Type|Subject): ?", re.IGNORECASE
)
_AFTER_OLD = re.compile(r"^(?:LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|SUBJECT|GRAPHIC|URL): ?")


def is_nexis(lines: Sequence[str]) -> bool:
    """Tell whether the lines of a document are a Nexis delivery."""
    ends = sum(bool(_END.match(line) or _START.match(line)) for line in lines)
    return bool(ends and any(_LENGTH.match(line) for line in lines))


def split_nexis(lines: Sequence[str]) -> list[Item]:
    """Return the articles of a delivery, in its order; a part without a text is an article with an empty one."""
    return [_read_one(part, f"article {number}") for number, part in enumerate(_split(lines), 1)]


def _split(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each article: closed by `End of Document`, or opened by `1 of 9 DOCUMENTS`."""
    closed = any(_END.match(line) for line in lines)
    part: list[str] = []
    for line in lines:
        if (_END if closed else _START).match(line):
            if any(_LENGTH.match(one) or _BODY.match(one) for one in part):
                yield part
            part = []
        elif line:
            part.append(line)
    if any(_LENGTH.match(one) or _BODY.match(one) for one in part):
        yield part


def _read_one(part: list[str], at: str) -> Item:
    length = next((place for place, line in enumerate(part) if _LENGTH.match(line)), None)
    body = next((place for place, line in enumerate(part) if _BODY.match(line)), None)
    keys, first = _read_keys(part, body, length)
    last = next((place for place in range(first, len(part)) if _closes(part, place)), len(part))
    tail = {found[1].casefold(): found[2] for line in part[last:] if (found := _KEY.match(line))}
    top = part[: length if length is not None else first]
    fields, problems = _read_top(top)
    for name, key in (("author", "byline"), ("url", "url"), ("url", "link"), ("language", "language")):
        value = keys.get(key) or tail.get(key) or ""
        if value:
            fields.setdefault(name, Field(re.sub(r"^(?:By|BY) ", "", value), "found", f"the line {key.capitalize()}"))
    return make_item("\n".join(part[first:last]), fields, at=at, problems=problems)


def _closes(part: list[str], place: int) -> bool:
    return bool(_AFTER.match(part[place]) or _AFTER_OLD.match(part[place]))


def _read_keys(part: list[str], body: int | None, length: int | None) -> tuple[dict[str, str], int]:
    """Return what stands before the body (`Byline: ...`), and where the body starts."""
    if body is not None:
        found = [match for line in part[:body] if (match := _KEY.match(line))]
        return {match[1].casefold(): match[2] for match in found}, body + 1
    keys: dict[str, str] = {}
    place = (length if length is not None else -1) + 1
    while place < len(part) and (match := _KEY.match(part[place])) and not _closes(part, place):
        keys[match[1].casefold()] = match[2]
        place += 1
    byline = next(
        (match[2] for line in part[:place] if (match := _KEY.match(line)) and match[1].lower() == "byline"), ""
    )
    return ({**keys, "byline": byline} if byline else keys), place


def _read_top(top: list[str]) -> tuple[dict[str, Field], list[str]]:
    """Return headline, outlet and date, which stand in this order above the copyright line.

    The first article of a delivery has its cover above it: so the last date is taken, and what stands just before.
    """
    before = next(
        (place for place, line in enumerate(top) if _KEY.match(line) and "copyright" in line.lower()), len(top)
    )
    dated = [place for place in range(before) if parse_dates([top[place]])[0][0] and not _KEY.match(top[place])]
    if not dated:
        return {}, ["no line with a date stands above the text: headline, outlet and date are left empty"]
    at = dated[-1]
    fields = {"published": Field(parse_dates([top[at]])[0][0], "found", "the line below the outlet")}
    if at >= 1:
        fields["outlet"] = Field(top[at - 1], "found", "the line above the date")
    if at >= 2:
        fields["headline"] = Field(top[at - 2], "found", "the line above the outlet")
    return fields, []
