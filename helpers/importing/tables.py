"""Read tables of articles (CSV, Excel, JSON, Parquet): each file becomes tables of text, each row an article."""

import csv
import json
import re
from ast import literal_eval
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import islice
from statistics import median
from typing import Any, NamedTuple

import pandas as pd

from helpers.importing.formats import TAG, read_cell
from helpers.importing.guessing import find_order, fold, load_names, parse_date
from helpers.importing.items import ADDRESS, KNOWN, LIMITS, RULES, Field, Item, Refused, refuse
from helpers.reading.cleaning.repair import count_words
from helpers.reading.files import suggest
from helpers.reading.sheets import find_separator

_NOT_PUBLISHED = re.compile(RULES["dates"]["not_published"], re.IGNORECASE)
_TOKENS = re.compile(r"(?<=\s)(?:[.,;:?!]|''|n't|'s)(?=\s|$)|``")
_PRINTED = re.compile(r"[a-z][.!?][\"”’']*(?:\s+[\"“‘']*[A-Z]|\s*$)")
_PARAGRAPH = "\u2029"  # between the parts of a list: lines of a text, names of a field
_SAMPLE = 200  # rows that show what a column holds


class Table(NamedTuple):
    """Headings and, by their numbers in the file, the rows: heading -> text; None where it is no whole row."""

    headings: list[str]
    rows: dict[int, dict[str, str] | None]

    @property
    def shown(self) -> str:
        """The first headings, as shown to the user."""
        return ", ".join(repr(heading.strip()[:40]) for heading in self.headings[:20])


Tables = dict[str, Table]  # by the names of their sheets


# ---- files -> tables


def read_csv(text: str) -> Tables:
    """Return the one table of a CSV or TSV, whatever its separator."""
    csv.field_size_limit(LIMITS["bytes"])
    separator, lines = find_separator(text), re.split(r"\r\n|\r|\n", text)
    rows = [*islice(_split_rows(lines, separator), LIMITS["rows"] + 2)]
    plain = [line.split(separator) if line else [] for line in lines]
    is_plain = len({*map(len, plain)} - {0}) == 1 and '""' not in text and '"' not in lines[0]
    if is_plain and sum(map(bool, rows)) < sum(map(bool, plain)):  # a program that writes no quotation marks
        rows = plain
    rows = [[], *rows[1:]] if text[:4].lower() == "sep=" else rows  # a line that Excel reads
    width = max(len(next(filter(None, rows), [])), 1)
    return {"": _tabulate(None if row is None or any(map(str.strip, row[width:])) else row for row in rows)}


def _split_rows(lines: Sequence[str], separator: str) -> Iterator[list[str] | None]:
    """Yield the rows of a table, None for a line that is no whole row, as where quotation marks do not match."""
    start = 0
    while start < len(lines):
        rest = (f"{lines[number]}\n" for number in range(start, len(lines)))
        reader, n_read = csv.reader(rest, delimiter=separator, strict=True), 0
        with suppress(csv.Error):
            for row in reader:
                yield row
                n_read = reader.line_num
            return
        yield None
        start += n_read + 1


def read_xlsx(file: BytesIO) -> Tables:
    """Return all sheets of an Excel workbook."""
    sheets = pd.read_excel(file, sheet_name=None, header=None, dtype=object, na_filter=False)
    return {name: _tabulate(sheet.itertuples(index=False, name=None)) for name, sheet in sheets.items()}


def read_parquet(file: BytesIO) -> Tables:
    """Return the one table of a Parquet file."""
    import pyarrow.parquet  # slow to load

    return _gather(pyarrow.parquet.read_table(file).to_pylist())


def read_json(text: str) -> Tables:
    """Return the one table of a JSON file: a list of objects, an object that holds one, or an object on each line.

    A broken line does not stop the others.
    """
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "\n{" not in text.strip():
            raise Refused(f"it is not JSON ({type(error).__name__}: {str(error)[:100]}): save it again") from None
        loaded = [_load_line(line) for line in text.split("\n")]
    while isinstance(loaded, dict):
        values = list(loaded.values())  # articles, by their ids
        first = values[0] if values and isinstance(values[0], dict) else {}
        inner = next((loaded[key] for key in RULES["json"]["lists"] if isinstance(loaded.get(key), list | dict)), None)
        is_many = len(loaded) > 1 and all(isinstance(one, dict) and not one.keys().isdisjoint(first) for one in values)
        loaded = inner if inner is not None else values if is_many else [loaded]
    if not isinstance(loaded, list):
        raise Refused("it holds no list of articles: give a list of objects")
    return _gather(loaded)


def _load_line(line: str) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(line) if line.strip() else {}


def _gather(objects: Sequence[Any]) -> Tables:
    """Return objects, numbered from 1, as a table with a column for each name in them."""
    objects = [_flatten(one) for one in objects]
    headings = list(dict.fromkeys(name for one in objects if isinstance(one, dict) for name in one))
    if not headings:
        raise Refused("it holds no objects with names and values: give one for each article")
    rows = ([one.get(name) for name in headings] if isinstance(one, dict) else None for one in objects)
    return {"": _tabulate([headings, *rows], first=0)}


def _flatten(one: Any) -> Any:
    """Return an object with what stands beside the text in an object within it ("article": {"body": ...})."""
    for inner in one.values() if isinstance(one, dict) else ():
        names = [name for name in inner if load_names().get(fold(name)) == "text"] if isinstance(inner, dict) else []
        if any(count_words(_plain(inner[name])) >= LIMITS["least_words"] for name in names):
            return inner | one
    return one


def _tabulate(rows: Iterable[Sequence[Any] | None], first: int = 1) -> Table:
    """Return rows, numbered from `first`, as a table; the first that is not empty holds the headings.

    Of columns with one heading the first is taken, and of very many rows one more than may be read.
    """
    headings, kept = [], {}
    for number, row in enumerate(rows, first):
        cells = [_plain(cell) for cell in row or ()]
        while cells and not cells[-1].strip():
            cells.pop()
        if row is None:
            kept[number] = None
        elif cells and headings:
            kept[number] = dict.fromkeys(headings, "") | dict(reversed([*zip(headings, cells, strict=False)]))
        headings = headings or cells
        if len(kept) > LIMITS["rows"]:
            break
    return Table([*dict.fromkeys(headings)], kept)


def _plain(cell: Any) -> str:
    """Return a cell as text; what is empty, and only that, is empty."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, str) and cell.startswith(("['", '["')):  # a list that Python wrote into a cell
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            cell = literal_eval(cell)
    if isinstance(cell, list | tuple):
        return _PARAGRAPH.join(filter(None, map(_plain, cell)))
    if isinstance(cell, dict):
        return next((_plain(cell[name]) for name in RULES["json"]["names"] if cell.get(name)), "")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# ---- tables -> articles


def make_articles(tables: Tables, columns: Mapping[str, str]) -> list[Item]:
    """Return the rows of a file's sheets as articles, and notes on the columns that were guessed.

    `columns` are those that the user chose. The text of an article is empty if no column holds it. A sheet that does
    not look like a table of articles is one that is refused. Raises Refused for a file without a cell, and for one
    with too many rows.
    """
    filled = {name: table for name, table in tables.items() if table.headings}
    if not filled:
        raise Refused("it is empty: put a row of headings and a row for each article in it")
    if sum(len(table.rows) for table in filled.values()) > LIMITS["rows"]:
        raise Refused(f"it has more than {LIMITS['rows']:,} rows{' in all its sheets' * (len(filled) > 1)}: split it")
    items = []
    for name, table in filled.items():
        sheet = f"sheet {name!r} " if name else ""
        try:
            ours = _find_columns(table, columns)
        except Refused as error:
            items.append(refuse(str(error), at=sheet.strip()))
            continue
        if guessed := sorted(ours.keys() - columns.keys()):
            taken = ", ".join(f"{field} = {ours[field].strip()!r}" for field in guessed)
            items.append(Item("", {}, note=f"{f'{sheet.strip()}: ' if name else ''}columns guessed: {taken}"))
        items += _make_items(table, ours, sheet)
    return items


def _find_columns(table: Table, columns: Mapping[str, str]) -> dict[str, str]:
    """Return our column -> the table's: those that the user chose, then those guessed by name or by what they hold.

    Raises Refused if a chosen column is not there, or if it does not look like a table of articles.
    """
    if (n := len(table.headings)) > LIMITS["columns"]:
        raise Refused(f"it has {n:,} columns, more than {LIMITS['columns']:,}: delete those not needed")
    if not table.rows:
        raise Refused("it has no row below its headings: put a row for each article in it")
    if any(count_words(heading) >= LIMITS["prose_words"] for heading in table.headings):
        raise Refused("its first row holds an article and no headings: put a row of headings (body, date) above it")
    held: dict[str, list[str]] = {}
    for heading in table.headings:
        cells = (row[heading].strip() for row in table.rows.values() if row)
        held[heading] = [*islice(filter(None, cells), _SAMPLE)]
    by_name = {fold(heading): heading for heading in reversed(held)}
    ours = {}
    for field, heading in columns.items():
        ours[field] = heading if heading in held else by_name.get(fold(heading))
        if ours[field] is None:
            raise Refused(f"it has no column {heading!r}{suggest(heading, held)}: it has {table.shown}")
    for name, field in load_names().items():
        if name in by_name and field not in {"text", *ours} and by_name[name] not in ours.values():
            ours[field] = by_name[name]
    free = {heading: cells for heading, cells in held.items() if cells and heading not in ours.values()}
    if "text" not in ours:
        ours["text"] = max(free, key=lambda heading: _rate_text(heading, free[heading]), default="")
        if not any(_rate_text(ours["text"], free.pop(ours["text"], []))):
            del ours["text"]
    guesses = {"url": ADDRESS.fullmatch, "published": parse_date}
    for field in guesses.keys() - ours.keys():
        sure = [
            name for name, cells in free.items()
            if not _NOT_PUBLISHED.search(name) and sum(map(bool, map(guesses[field], cells))) > 0.9 * len(cells)
        ]  # fmt: skip
        ours |= {field: sure[0]} if len(sure) == 1 else {}
    if not {"text", "source_file"} & ours.keys() and any(table.rows.values()):
        few = f"no column holds articles ({LIMITS['least_words']} words a row or more) or names of files"
        raise Refused(f"{few} (found: {table.shown}): say which holds articles, --column body=NAME")
    return ours


def _rate_text(heading: str, cells: Sequence[str]) -> tuple[bool, bool, int]:
    """Return whether a column is named as one of articles, and printed, and how many words it has; else nothing.

    It is printed if words and marks do not stand apart, and there are capitals and full stops.
    """
    words = [count_words(TAG.sub("", cell)) for cell in cells]
    names = "|".join(name for name, field in load_names().items() if field == "text")
    is_named = bool(re.search(f"^(?:{names})|(?:{names})$", fold(heading)))
    if not words or median(words) < LIMITS["least_words" if is_named else "prose_words"]:
        return False, False, 0
    text = "\n".join(cells)
    return is_named, bool(_PRINTED.search(text)) and len(_TOKENS.findall(text)) < 0.03 * sum(words), sum(words)


def _make_items(table: Table, ours: Mapping[str, str], sheet: str) -> list[Item]:
    """Return an article for each row of a table; `ours` is our column -> the table's."""
    items = []
    dates = [row[ours["published"]] for row in table.rows.values() if row and "published" in ours]
    day_first = find_order(dates)
    most = LIMITS["excel_characters"]
    for number, cells in table.rows.items():
        if cells is None:
            why = "it is no whole row or object (a mark that is not closed, a separator outside quotation marks?)"
            items.append(refuse(f"{why}: correct it", at=f"{sheet}row {number}"))
            continue
        text, note = read_cell(cells[ours["text"]].replace(_PARAGRAPH, "\n")) if "text" in ours else ("", "")
        row = {name: cells[heading].replace(_PARAGRAPH, ", ") for name, heading in ours.items()}
        if "published" in row:
            row["published"] = parse_date(row["published"], day_first) or row["published"]
        fields = {name: Field(row[name], "found", f"column {ours[name].strip()!r}") for name in KNOWN if row.get(name)}
        if len(row.get("text", "")) == most:
            reason = f"no: {most:,} characters, the most that Excel puts in a cell"
            fields["complete"] = Field(reason, "guessed", "its length")
        note = note if "text" in ours else f"its columns are {table.shown}"
        items.append(Item(text, fields, at=f"{sheet}row {number}", note=note))
    return items
