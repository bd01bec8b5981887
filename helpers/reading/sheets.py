"""Read a CSV as spreadsheets save it, and add rows to it: any of their separators, encodings and line ends."""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.reading.files import defuse, restore

ROW = "row"  # the column with each record's number as a spreadsheet shows it
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Sheet:
    """The records of a file as text, one column more for the row number, and a line for each thing amiss."""

    table: pd.DataFrame
    problems: list[str]


def read_sheet(path: Path, columns: Sequence[str], required: Sequence[str]) -> Sheet:
    """Read a CSV whose cells are all text.

    Accepts a byte order mark, UTF-8, UTF-16 or Windows-1252, commas, semicolons or tabs, any line end, empty rows
    and columns at the end, and capitals, spaces or hyphens in the header. A cell that reads `NA` stays `NA`.

    Parameters
    ----------
    path
        The file.
    columns
        The columns it may have; those it has not are empty.
    required
        The columns without which it cannot be used.

    Returns
    -------
    Sheet
        `table` has `columns` and `row`, the number of the record where a spreadsheet shows it, from 2.

    Raises
    ------
    ValueError
        In one line, where the file cannot be read or lacks a required column.
    """
    try:
        text = decode(path.read_bytes())
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_find_separator(text), strict=False))
    except (OSError, csv.Error) as error:
        raise ValueError(f"{path.name} cannot be read ({error}): save it again as CSV UTF-8") from None
    skipped = 1 if records and records[0] and records[0][0].lower().startswith("sep=") else 0
    records = records[skipped:]
    header = [_name_column(cell) for cell in records[0]] if records else []
    missing = [column for column in required if column not in header]
    if missing:
        found = ", ".join(filter(None, header)) or "nothing"
        raise ValueError(f"{path.name} row 1: no column {missing[0]!r} (found: {found[:200]}): add it")
    problems = _check_header(path.name, header, records, columns)
    rows = []
    for number, record in enumerate(records[1:], 2 + skipped):
        cells = [restore(" ".join(cell.split())) for cell in record]
        if not any(cells):
            continue
        if any(cells[len(header) :]):
            problems.append(
                f"{path.name} row {number}: {len(cells)} cells under {len(header)} columns: put a cell that holds the "
                "separator in quotation marks"
            )
        named = dict(zip(reversed(header[: len(cells)]), reversed(cells[: len(header)]), strict=True))
        rows.append({**{column: named.get(column, "") for column in columns}, ROW: number})
    return Sheet(pd.DataFrame(rows, columns=[*columns, ROW]).astype(dict.fromkeys(columns, "str")), problems)


def add_rows(content: bytes, name: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return a CSV with rows added at its end, in its separator, encoding and line ends, the rest byte for byte.

    A column that the file has not is left out. Raises ValueError where the encoding lacks a letter.
    """
    text, encoding = decode(content), find_encoding(content)
    separator = _find_separator(text)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    header = next(record for record in records if record and not record[0].lower().startswith("sep="))
    columns = [_name_column(cell) for cell in header]
    line_end = "\r\n" if "\r\n" in text else "\n"
    added = io.StringIO(newline="")
    writer = csv.writer(added, delimiter=separator, lineterminator=line_end)
    writer.writerows([[defuse(row.get(column, "")) for column in columns] for row in rows])
    start = "" if text.endswith(("\n", "\r")) else line_end
    try:
        return content + (start + added.getvalue()).encode(encoding)
    except UnicodeEncodeError as error:
        lacking = error.object[error.start : error.end][:20]
        raise ValueError(
            f"{name} is in {encoding}, which lacks {lacking!r}: save it as CSV UTF-8, then again"
        ) from None


def decode(content: bytes) -> str:
    """Return the text of a file that a spreadsheet saved."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def find_encoding(content: bytes) -> str:
    """Return the encoding of a file that a spreadsheet saved, without the mark at its start."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _find_separator(text: str) -> str:
    head = text.lstrip("\r\n").splitlines()[:1] or [""]
    if head[0].lower().startswith("sep=") and len(head[0]) > 4:
        return head[0][4]
    return max(_SEPARATORS, key=head[0].count)


def _name_column(cell: str) -> str:
    return "_".join(cell.replace("-", " ").lower().split())


def _check_header(file: str, header: list[str], records: list[list[str]], columns: Sequence[str]) -> list[str]:
    problems = []
    for place, name in enumerate(header):
        if name in columns and name in header[:place]:
            problems.append(f"{file} column {name!r} stands twice: the first is read; delete the other")
        elif name not in columns:
            used = any(len(record) > place and record[place].strip() for record in records[1:])
            if name or used:
                shown = repr(name) if name else f"number {place + 1} without a name"
                free = [column for column in columns if column not in header]
                problems.append(
                    f"{file} column {shown} is not known, not read{suggest(name, free)}: rename or delete it"
                )
    return problems


def suggest(found: str, known: Iterable[str]) -> str:
    """Return ` (nearest: '…')` with the known name most like `found`, or nothing."""
    near = difflib.get_close_matches(found, list(known), n=1, cutoff=0.6)
    return f" (nearest: {near[0]!r})" if near else ""
