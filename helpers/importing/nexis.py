"""A Nexis delivery (many articles in one Word or text file) -> its articles.

Two forms are in use. A Word file closes each article with `End of Document`, and gives headline, outlet, date and
copyright, then `Length: 512 words` and other keys, then `Body`. An older text file opens each with `1 of 9 DOCUMENTS`,
and gives outlet, date and edition, headline, then `BYLINE: ...`, `LENGTH: ...`, the text, and `LOAD-DATE: ...`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from helpers.importing.dates import parse_dates
from helpers.importing.items import Field, Item, make_item

_END = re.compile(r"^(?:End of Document|Ende des Dokuments|Fin du document)$", re.IGNORECASE)
_START = re.compile(r"^(?:\d+ of \d+ DOCUMENTS?|Dokument \d+ von \d+|Document \d+ de \d+)$", re.IGNORECASE)
_LENGTH = re.compile(r"^(?:Length|Länge|Longueur): ?[\d.,]+(?: \w+)?$", re.IGNORECASE)
_BODY = re.compile(r"^Body$", re.IGNORECASE)
_KEYS = (
    "Section|Length|Länge|Longueur|Byline|Highlight|Dateline|Copyright|Load-Date|Language|Publication-Type|Graphic"
    "|Notes|Classification|URL|Link|Subject|Journal[ -]Code|Series|Correction|Correction-Date"
)
_KEY = re.compile(rf"^({_KEYS})\b:?\s*(.*)$", re.IGNORECASE)
_AFTER = re.compile(r"^(?:Classification|Graphic|Notes)$|^Load-Date: ?", re.IGNORECASE)
# where a body has none of these behind it; in it, a paragraph may start so
_AFTER_LESS = re.compile(r"^(?:Language|Publication-Type|Subject): ?", re.IGNORECASE)
_AFTER_OLD = re.compile(r"^(?:LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|SUBJECT|GRAPHIC|URL|JOURNAL-CODE): ?")
_LONGEST_DATE = 80  # characters: `January 11, 2010 Monday Edition 1; Scotland` says more than the day


def is_nexis(lines: Sequence[str]) -> bool:
    """Tell whether the lines of a document are a Nexis delivery."""
    parted = any(_END.match(line) or _START.match(line) for line in lines)
    return parted and any(_LENGTH.match(line) or _BODY.match(line) for line in lines)


def split_nexis(lines: Sequence[str]) -> list[Item]:
    """Return the articles of a delivery, in its order; a part without a text is an article with an empty one."""
    if any(_END.match(line) for line in lines):
        parts, read = _split_closed(lines), _read_one
    else:
        parts, read = _split_opened(lines), _read_old
    return [read(part, f"article {number}") for number, part in enumerate(parts, 1)]


def _split_closed(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each article that `End of Document` closes; the first has the cover above it."""
    part: list[str] = []
    for line in lines:
        if _END.match(line):
            yield part
            part = []
        elif line:
            part.append(line)
    if any(_LENGTH.match(one) or _BODY.match(one) for one in part):
        yield part


def _split_opened(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each article that `1 of 9 DOCUMENTS` opens, with its empty ones; the cover is none."""
    part: list[str] | None = None
    for line in lines:
        if _START.match(line):
            if part is not None:
                yield part
            part = []
        elif part is not None:
            part.append(line)
    if part is not None:
        yield part


def _read_one(part: list[str], at: str) -> Item:
    length = next((place for place, line in enumerate(part) if _LENGTH.match(line)), None)
    body = next((place for place, line in enumerate(part) if _BODY.match(line)), None)
    if length is None and body is None:
        shown = f" ({part[-1][:60]!r})" if part else ""
        return make_item("", {}, at=at, problems=[f"the delivery holds no text of it{shown}: get it again"])
    keys, first = _read_keys(part, body, length)
    last = next((place for rule in (_AFTER, _AFTER_LESS) for place in _find(part, rule, first)), len(part))
    tail = {found[1].casefold(): found[2] for line in part[last:] if (found := _KEY.match(line))}
    fields, problems = _read_top(part[: length if length is not None else first])
    return make_item("\n".join(part[first:last]), {**_name(keys, tail), **fields}, at=at, problems=problems)


def _find(part: list[str], rule: re.Pattern[str], first: int) -> Iterator[int]:
    return (place for place in range(first, len(part)) if rule.match(part[place]))


def _name(keys: dict[str, str], tail: dict[str, str]) -> dict[str, Field]:
    """Return what the keys before and behind the body say of the article."""
    fields: dict[str, Field] = {}
    for name, key in (("author", "byline"), ("url", "url"), ("url", "link"), ("language", "language")):
        value = keys.get(key) or tail.get(key) or ""
        if value:
            fields.setdefault(name, Field(re.sub(r"^(?:By|BY) ", "", value), "found", f"the line {key.capitalize()}"))
    return fields


def _read_keys(part: list[str], body: int | None, length: int | None) -> tuple[dict[str, str], int]:
    """Return what stands before the body (`Byline: ...`), and where the body starts."""
    if body is not None:
        found = [match for line in part[:body] if (match := _KEY.match(line))]
        return {match[1].casefold(): match[2] for match in found}, body + 1
    place = (length if length is not None else -1) + 1
    while place < len(part) and _KEY.match(part[place]) and not (_AFTER.match(part[place])):
        place += 1
    found = [match for line in part[:place] if (match := _KEY.match(line))]
    return {match[1].casefold(): match[2] for match in found}, place


def _read_date(line: str) -> str:
    return "" if _KEY.match(line) else parse_dates([line[:_LONGEST_DATE]])[0][0]


def _read_top(top: list[str]) -> tuple[dict[str, Field], list[str]]:
    """Return headline, outlet and date, which stand in this order above the copyright line.

    The first article of a delivery has its cover above it: so the last date is taken, and what stands just before.
    """
    before = next(
        (place for place, line in enumerate(top) if _KEY.match(line) and "copyright" in line.lower()), len(top)
    )
    dated = [place for place in range(before) if _read_date(top[place])]
    if not dated:
        return {}, ["no line with a date stands above the text: headline, outlet and date are left empty"]
    at = dated[-1]
    fields = {"published": Field(_read_date(top[at]), "found", "the line below the outlet")}
    if at >= 1:
        fields["outlet"] = Field(top[at - 1], "found", "the line above the date")
    if at >= 2:
        fields["headline"] = Field(top[at - 2], "found", "the line above the outlet")
    return fields, []


def _read_old(part: list[str], at: str) -> Item:
    """Read an article of a text file; its blocks are parted by empty lines, and long lines broken."""
    blocks = [list(lines) for is_text, lines in groupby(part, bool) if is_text]
    if len(blocks) == 1:  # a copy without its empty lines
        blocks = [[line] for line in blocks[0]]
    keyed = [bool(_KEY.match(block[0])) for block in blocks]
    first = next((place for place, block in enumerate(blocks) if any(map(_LENGTH.match, block))), len(blocks))
    while first < len(blocks) and keyed[first] and not _AFTER_OLD.match(blocks[first][0]):
        first += 1
    last = next((place for place in range(first, len(blocks)) if _AFTER_OLD.match(blocks[place][0])), len(blocks))
    if first == last:
        return make_item("", {}, at=at, problems=["the delivery holds no text of it: get it again"])
    keys, tail = (
        {found[1].casefold(): found[2] for block in some if (found := _KEY.match(" ".join(block)))}
        for some in (blocks[:first], blocks[last:])
    )
    fields, problems = _read_old_top(blocks[: next((place for place in range(first) if keyed[place]), first)])
    text = "\n\n".join("\n".join(block) for block in blocks[first:last])
    return make_item(text, {**_name(keys, tail), **fields}, at=at, problems=problems)


def _read_old_top(top: list[list[str]]) -> tuple[dict[str, Field], list[str]]:
    """Return outlet, date and headline, which stand in this order, each a block; the edition is below the date."""
    dated = next((place for place, block in enumerate(top) if place and _read_date(block[0])), None)
    if dated is None:
        return {}, ["no date stands above the text: headline, outlet and date are left empty"]
    return {
        "outlet": Field(" ".join(line for block in top[:dated] for line in block), "found", "the line above the date"),
        "published": Field(_read_date(top[dated][0]), "found", "the line below the outlet"),
        "headline": Field(
            " ".join(line for block in top[dated + 1 :] for line in block), "found", "the lines below the date"
        ),
    }, []
