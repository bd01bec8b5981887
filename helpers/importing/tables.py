"""A table of articles (CSV, TSV, Excel, JSON, JSON lines, Parquet) -> its rows as articles."""

import csv
import io
import json
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import openpyxl
import pyarrow.parquet

from helpers.importing.columns import fold, map_columns
from helpers.importing.dates import parse_dates
from helpers.importing.documents import check_zip
from helpers.importing.items import FIELDS, Field, Item, make_item
from helpers.importing.limits import Refused, limit
from helpers.importing.pages import read_markup
from helpers.importing.texts import decode
from helpers.mending import count_words

_Rows = Iterator[tuple[int, list[str] | None]]  # number and cells; None: what should be a row could not be read
_SEPARATORS = (",", ";", "\t", "|")
_LISTS = ("articles", "items", "results", "data", "documents", "docs", "rows", "stories", "response")
_NAMES = ("name", "title", "value")  # of a thing that JSON describes by an object
_TAG = re.compile(r"</?(?:p|div|br|span|a|em|strong|h\d|li|ul)\b[^<>]*>", re.IGNORECASE)
_CUT = re.compile(r"\[\+\d+ chars\]\s*$")
_FAMILY_FIRST = re.compile(r"([^,;]+), ([^,;]+)")


def read_table(content: bytes, suffix: str, columns: Mapping[str, str]) -> tuple[list[Item], str]:
    """Return the rows of a table, each an article (its text is empty where no column holds one), and a note.

    The note says which column was taken for what. Raises Refused where it is no table of articles or too large.
    """
    read = {"xlsx": _read_xlsx, "json": _read_json, "parquet": _read_parquet}
    read |= {"jsonl": _read_lines, "ndjson": _read_lines}
    headings, rows, encoding = read.get(suffix, _read_csv)(content)
    if len(headings) > limit("columns"):
        raise Refused(f"it has {len(headings):,} columns, more than {limit('columns'):,}: delete those not needed")
    asked, guessed = map_columns(headings, columns)
    places = {**guessed, **asked}
    if not {"text", "url", "source_file"} & set(places):
        shown = ", ".join(repr(heading[:40]) for heading in headings[:12]) or "nothing"
        raise Refused(f"no column holds texts, addresses or files (found: {shown}): say which, --column body=NAME")
    cells = list(islice(rows, limit("rows") + 1))
    if len(cells) > limit("rows"):
        raise Refused(f"it has more than {limit('rows'):,} rows: split it")
    named = [(number, _name(row, places)) for number, row in cells if row is None or any(map(str.strip, row))]
    if not named:
        raise Refused("it has no row below its headings: put a row for each article in it")
    if "text" in guessed:
        _check_texts([row["text"] for _, row in named if row.get("text", "").strip()], headings[guessed["text"]])
    how = {field: f"column {headings[place].strip()!r}" for field, place in places.items()}
    dates = parse_dates([row.get("published", "") for _, row in named])
    family_first = fold("Publication Title") in map(fold, headings)
    items = [_make(number, row, date, how, family_first) for (number, row), date in zip(named, dates, strict=True)]
    taken = ", ".join(f"{field} = {headings[place].strip()!r}" for field, place in sorted(guessed.items()))
    note = "; ".join(filter(None, (f"columns guessed: {taken}" if taken else "", encoding)))
    return items, note


def _check_texts(texts: list[str], heading: str) -> None:
    """Raise Refused where what looks like a column of articles holds snippets or codes."""
    words = int(statistics.median(map(count_words, texts))) if texts else limit("least_words")
    if words < limit("least_words"):
        raise Refused(
            f"its column {heading.strip()!r} holds {words} words a row, so no articles: if it does, say "
            f"--column body={heading.strip()!r}"
        )


def _make(number: int, row: dict[str, str], date: tuple[str, str], how: dict[str, str], family_first: bool) -> Item:
    text, note, problems = _take_text(row.get("text", ""))
    problems += [row["problem"]] if "problem" in row else []
    fields = {name: Field(row[name], "found", how[name]) for name in (*FIELDS, "source_file") if name in row}
    if "published" in fields:
        iso, said = date
        fields["published"] = Field(iso, "found", "; ".join(filter(None, (how["published"], said if iso else ""))))
        problems += [said] if said and not iso else []
    if family_first and "author" in fields:
        names = [_FAMILY_FIRST.sub(r"\2 \1", name.strip()) for name in fields["author"].value.split(";")]
        fields["author"] = fields["author"]._replace(value=", ".join(names))
    return make_item(text, fields, at=f"row {number}", note=note, problems=problems)


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


def _read_csv(content: bytes) -> tuple[list[str], _Rows, str]:
    text, note = decode(content)
    csv.field_size_limit(limit("article_characters"))
    skipped = 1 if text[:4].lower() == "sep=" else 0
    head = (
        next(iter(text.splitlines()[skipped : skipped + 1]), "")
        if len(text) < 10_000
        else text[:10_000].split("\n")[skipped]
    )
    separator = text[4] if skipped and len(text) > 4 else max(_SEPARATORS, key=re.sub('"[^"]*"', "", head).count)
    rows = enumerate(_guard(csv.reader(io.StringIO(text, newline=""), delimiter=separator)), 1)
    for _ in range(skipped):
        next(rows, None)
    _, headings = next(((number, row) for number, row in rows if any(row)), (0, []))
    return headings, rows, note


def _guard(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        reason = f"it is no CSV ({error}): save it again as CSV UTF-8"
        if "field larger" in str(error):
            reason = (
                f"a cell has more than {limit('article_characters'):,} characters (a quotation mark without a "
                "partner?): mend it and save it again as CSV UTF-8"
            )
        raise Refused(reason) from None


def _read_xlsx(content: bytes) -> tuple[list[str], _Rows, str]:
    check_zip(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(f"it is no Excel file ({error}): save it as .xlsx again") from None
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True, max_col=limit("columns") + 1)
        numbered = ((number, [_plain(cell) for cell in row]) for number, row in enumerate(rows, 1))
        filled = ((number, row) for number, row in numbered if any(row))
        first = next(filled, None)
        if first:
            headings = first[1]
            while headings and not headings[-1]:
                headings.pop()
            others = ", ".join(repr(other.title) for other in book.worksheets if other is not sheet)
            return headings, filled, f"sheet {sheet.title!r} is read, not {others}" if others else ""
    raise Refused("it is empty: put a row of headings and a row for each article in it")


def _read_json(content: bytes) -> tuple[list[str], _Rows, str]:
    text, note = decode(content)
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValueError) and "\n{" in text.strip():
            return _read_lines(content)
        raise Refused(f"it is no JSON ({type(error).__name__}: {str(error)[:100]}): save it again") from None
    while isinstance(loaded, dict):
        inner = next((loaded[key] for key in _LISTS if isinstance(loaded.get(key), list | dict)), None)
        loaded = [loaded] if inner is None else inner
    if not isinstance(loaded, list):
        raise Refused("it holds no list of articles: give a list of objects")
    return _tabulate(enumerate(loaded, 1), note)


def _read_lines(content: bytes) -> tuple[list[str], _Rows, str]:
    text, note = decode(content)

    def load() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError):
                    yield number, {}

    return _tabulate(load(), note)


def _tabulate(objects: Iterable[tuple[int, Any]], note: str) -> tuple[list[str], _Rows, str]:
    kept = list(islice(objects, limit("rows") + 1))
    headings = list(dict.fromkeys(chain.from_iterable(one for _, one in kept if isinstance(one, dict))))
    if not headings:
        raise Refused("it holds no objects with names and values: give one for each article")
    if len(headings) > limit("columns"):
        raise Refused(f"it has {len(headings):,} columns, more than {limit('columns'):,}: delete those not needed")
    rows = (
        (number, [_plain(one.get(heading)) for heading in headings] if isinstance(one, dict) and one else None)
        for number, one in kept
    )
    return headings, rows, note


def _read_parquet(content: bytes) -> tuple[list[str], _Rows, str]:
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise Refused(f"it is no Parquet file ({str(error)[:100]}): save it again") from None
    if file.metadata.num_rows > limit("rows"):
        raise Refused(f"it has {file.metadata.num_rows:,} rows, more than {limit('rows'):,}: split it")
    headings = file.schema_arrow.names
    if len(headings) > limit("columns"):
        raise Refused(f"it has {len(headings):,} columns, more than {limit('columns'):,}: delete those not needed")

    def read() -> _Rows:
        number = 0
        for batch in file.iter_batches(batch_size=500):
            for row in batch.to_pylist():
                number += 1
                yield number, [_plain(row[heading]) for heading in headings]

    return headings, read(), ""


def _plain(cell: Any) -> str:
    """Return a cell as text; what is empty, and only that, is empty."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, list | tuple):
        return ", ".join(filter(None, map(_plain, cell)))
    if isinstance(cell, dict):
        return next((_plain(cell[name]) for name in _NAMES if cell.get(name)), "")
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
