"""A table of articles (see `sheets`) -> its rows as articles."""

import re
import statistics
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from helpers.importing.columns import fold, map_columns
from helpers.importing.dates import parse_dates
from helpers.importing.items import FIELDS, KEPT, MARKS, Field, Item, make_item
from helpers.importing.limits import Refused, limit
from helpers.importing.pages import read_markup
from helpers.importing.sheets import Sheet, read_sheets
from helpers.importing.walking import may_be_outlet
from helpers.reading.cleaning.repair import count_words

_TAG = re.compile(r"</?(?:p|div|br|span|a|em|strong|h\d|li|ul)\b[^<>]*>", re.IGNORECASE)
_CUT = re.compile(r"\[\+\d+ chars\]\s*$")
_FAMILY_FIRST = re.compile(r"([^,;]+), ([^,;]+)")


class Table(NamedTuple):
    """The articles of a file of rows; what was guessed, and why a part of it was not read, each (part, words)."""

    items: list[Item]
    notes: list[tuple[str, str]]
    refused: list[tuple[str, str]]


class _TooMany(Refused):
    """The rows of all sheets together are too many, so that none is taken."""


def read_table(content: bytes, suffix: str, columns: Mapping[str, str]) -> Table:
    """Return the rows of a table, each an article; its text is empty where no column holds one.

    Of a workbook all sheets are read that look like tables of articles; each other one that is not empty is `refused`.
    Raises Refused where the file is no table of articles or too large.
    """
    table = Table([], [], [])
    read: list[tuple[str, list[Item]]] = []
    n_left = limit("rows")
    for sheet in read_sheets(content, suffix):
        part = f"sheet {sheet.name!r}" if sheet.name else ""
        try:
            cells, places, guessed = _read_cells(sheet, columns, n_left)
        except Refused as error:
            if isinstance(error, _TooMany) or not part:
                raise
            table.refused.append((part, str(error)))
            continue
        n_left -= len(cells)
        read.append((sheet.name, _make_items(sheet, cells, places, part)))
        taken = ", ".join(f"{field} = {sheet.headings[place].strip()!r}" for field, place in sorted(guessed.items()))
        unused = [name for name in MARKS if name in places and "text" in places]
        lost = f"{' and '.join(unused)} not used where a row holds its text" if unused else ""
        note = "; ".join(filter(None, (f"columns guessed: {taken}" if taken else "", lost, sheet.note)))
        table.notes.extend([(part, note)] if note else [])
    for name, items in read:
        table.items.extend(_add_outlets(items, name) if len(read) > 1 and may_be_outlet(name) else items)
    return table


def _add_outlets(items: list[Item], name: str) -> list[Item]:
    """Return a sheet's articles as of the outlet that its name may be, where they have neither outlet nor address."""
    guess = {"outlet": Field(name, "guessed", "the sheet's name")}
    return [
        item if {"outlet", "url"} & set(item.fields) else item._replace(fields={**item.fields, **guess})
        for item in items
    ]


_Cells = list[tuple[int, dict[str, str]]]


def _read_cells(sheet: Sheet, columns: Mapping[str, str], most: int) -> tuple[_Cells, dict[str, int], dict[str, int]]:
    """Return a sheet's rows by our names, our column -> its place, and those of the places that are guessed."""
    headings = sheet.headings
    if len(headings) > limit("columns"):
        raise Refused(f"it has {len(headings):,} columns, more than {limit('columns'):,}: delete those not needed")
    asked, guessed = map_columns(headings, columns)
    places = {**guessed, **asked}
    if not {"text", "url", "source_file"} & set(places):
        shown = ", ".join(repr(heading[:40]) for heading in headings[:12]) or "nothing"
        raise Refused(f"no column holds texts, addresses or files (found: {shown}): say which, --column body=NAME")
    cells = list(islice(sheet.rows, most + 1))
    if len(cells) > most:
        together = " in all its sheets" if sheet.name else ""
        raise _TooMany(f"it has more than {limit('rows'):,} rows{together}: split it")
    named = [(number, _name(row, places)) for number, row in cells if row is None or any(map(str.strip, row))]
    if not named:
        raise Refused("it has no row below its headings: put a row for each article in it")
    if "text" in guessed:
        _check_texts([row["text"] for _, row in named if row.get("text", "").strip()], headings[guessed["text"]])
    return named, places, guessed


def _make_items(sheet: Sheet, cells: _Cells, places: Mapping[str, int], part: str) -> list[Item]:
    how = {field: f"column {sheet.headings[place].strip()!r}" for field, place in places.items()}
    dates = parse_dates([row.get("published", "") for _, row in cells])
    family_first = fold("Publication Title") in map(fold, sheet.headings)
    return [
        _make(f"{part} row {number}".strip(), row, date, how, family_first)
        for (number, row), date in zip(cells, dates, strict=True)
    ]


def _check_texts(texts: list[str], heading: str) -> None:
    """Raise Refused where what looks like a column of articles holds snippets or codes."""
    words = int(statistics.median(map(count_words, texts))) if texts else limit("least_words")
    if words < limit("least_words"):
        raise Refused(
            f"its column {heading.strip()!r} holds {words} words a row, so no articles: if it does, say "
            f"--column body={heading.strip()!r}"
        )


def _make(at: str, row: dict[str, str], date: tuple[str, str], how: dict[str, str], family_first: bool) -> Item:
    text, note, problems = _take_text(row.get("text", ""))
    problems += [row["problem"]] if "problem" in row else []
    fields = {
        name: Field(row[name], "found", how[name]) for name in (*FIELDS, "source_file", *MARKS, *KEPT) if name in row
    }
    if "published" in fields:
        iso, said = date
        fields["published"] = Field(iso, "found", "; ".join(filter(None, (how["published"], said if iso else ""))))
        problems += [said] if said and not iso else []
    if family_first and "author" in fields:
        names = [_FAMILY_FIRST.sub(r"\2 \1", name.strip()) for name in fields["author"].value.split(";")]
        fields["author"] = fields["author"]._replace(value=", ".join(names))
    return make_item(text, fields, at=at, note=note, problems=problems)


def _take_text(cell: str) -> tuple[str, str, list[str]]:
    """Return a cell's text without the tags that some exports leave in it, a note on it, and what is amiss."""
    text, note = cell, ""
    if len(_TAG.findall(cell)) >= 2:
        plain = read_markup(cell)
        text, note = (plain, "HTML in the cell: its text was taken") if plain else (cell, "")
    cut = _CUT.search(text)
    return text, note, [f"the text is cut off ({cut[0]!r}): get the whole"] if cut else []


def _name(row: list[str] | None, places: Mapping[str, int]) -> dict[str, str]:
    """Return a row's cells by our names; an unreadable row has a problem in place of them."""
    if row is None:
        return {"problem": "it is no JSON object: mend it"}
    return {field: row[place] for field, place in places.items() if place < len(row)}
