"""A file of rows (CSV, TSV, Excel, JSON, JSON lines, Parquet) -> its sheets: headings, and rows of cells as text."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

import openpyxl
import pyarrow.parquet

from helpers.importing.documents import check_zip
from helpers.importing.limits import Refused, limit
from helpers.importing.texts import decode

Rows = Iterator[tuple[int, list[str] | None]]  # number and cells; None: what should be a row could not be read
_SEPARATORS = (",", ";", "\t", "|")
_LISTS = ("articles", "items", "results", "data", "documents", "docs", "rows", "stories", "response")
_NAMES = ("name", "title", "value")  # of a thing that JSON describes by an object


class Sheet(NamedTuple):
    """One table of a file: its headings, its rows, a note on how it was read, and its name where it has one."""

    headings: list[str]
    rows: Rows
    note: str = ""
    name: str = ""


def read_sheets(content: bytes, suffix: str) -> Iterator[Sheet]:
    """Yield the tables that a file holds: the sheets of a workbook that are not empty, else one.

    The rows of each are to be read before the next is asked for. Raises Refused where it is no such file.
    """
    read = {"json": _read_json, "jsonl": _read_lines, "ndjson": _read_lines, "parquet": _read_parquet}
    if suffix == "xlsx":
        yield from _read_xlsx(content)
    else:
        yield read.get(suffix, _read_csv)(content)


def _read_csv(content: bytes) -> Sheet:
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
    return Sheet(headings, rows, note)


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


def _read_xlsx(content: bytes) -> Iterator[Sheet]:
    check_zip(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(f"it is no Excel file ({error}): save it as .xlsx again") from None
    if len(book.worksheets) > limit("sheets"):
        raise Refused(f"it has {len(book.worksheets):,} sheets, more than {limit('sheets')}: split it")
    n_filled = 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write a false size, and rows beyond it would be lost
        rows = sheet.iter_rows(values_only=True, max_col=limit("columns") + 1)
        numbered = ((number, [_plain(cell) for cell in row]) for number, row in enumerate(rows, 1))
        filled = ((number, row) for number, row in numbered if any(row))
        first = next(filled, None)
        if first:
            headings = first[1]
            while headings and not headings[-1]:
                headings.pop()
            n_filled += 1
            yield Sheet(headings, filled, name=sheet.title)
    if not n_filled:
        raise Refused("it is empty: put a row of headings and a row for each article in it")


def _read_json(content: bytes) -> Sheet:
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


def _read_lines(content: bytes) -> Sheet:
    text, note = decode(content)

    def load() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError):
                    yield number, {}

    return _tabulate(load(), note)


def _tabulate(objects: Iterable[tuple[int, Any]], note: str) -> Sheet:
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
    return Sheet(headings, rows, note)


def _read_parquet(content: bytes) -> Sheet:
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise Refused(f"it is no Parquet file ({str(error)[:100]}): save it again") from None
    if file.metadata.num_rows > limit("rows"):
        raise Refused(f"it has {file.metadata.num_rows:,} rows, more than {limit('rows'):,}: split it")
    headings = file.schema_arrow.names
    if len(headings) > limit("columns"):
        raise Refused(f"it has {len(headings):,} columns, more than {limit('columns'):,}: delete those not needed")

    def read() -> Rows:
        number = 0
        for batch in file.iter_batches(batch_size=500):
            for row in batch.to_pylist():
                number += 1
                yield number, [_plain(row[heading]) for heading in headings]

    return Sheet(headings, read())


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
