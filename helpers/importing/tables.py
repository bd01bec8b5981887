"""Read tables of articles (CSV, Excel, JSON, Parquet): each file becomes sheets of text, each row an article."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import pandas as pd

from helpers.importing.guessing import fold, map_columns, may_be_outlet, parse_dates
from helpers.importing.items import KNOWN, LIMITS, MARKS, Contents, Field, Item, Refused, check_zip, decode, make_item
from helpers.reading.cleaning.repair import count_words

_SEPARATORS = (",", ";", "\t", "|")
_LISTS = ("articles", "items", "results", "data", "documents", "docs", "rows", "stories", "response")
_NAMES = ("name", "title", "value")  # of a thing that JSON describes by an object
_TAG = re.compile(r"</?(?:p|div|br|span|a|em|strong|h\d|li|ul)\b[^<>]*>", re.IGNORECASE)
_CUT = re.compile(r"\[\+\d+ chars\]\s*$")
_FAMILY_FIRST = re.compile(r"([^,;]+), ([^,;]+)")


class Sheets(NamedTuple):
    """The tables of a file by the names of their sheets, a note on the encoding, and rows that could not be read.

    All cells are text, empty where the file's cell is. The index is the number of the row in the file.
    """

    tables: dict[str, pd.DataFrame]
    note: str = ""
    broken: Sequence[int] = ()


# ---- files -> sheets


def read_csv(content: bytes) -> Sheets:
    """Return the one table of a CSV or TSV, whatever its separator and encoding."""
    text, note = decode(content)
    head = next(filter(None, text[:10_000].splitlines()), "")
    names_separator = text[:4].lower() == "sep=" and len(head) > 4  # a line that Excel reads
    separator = head[4] if names_separator else max(_SEPARATORS, key=re.sub('"[^"]*"', "", head).count)
    # pandas' reader has no limit on a cell, and refuses a table for one row with more cells than headings
    csv.field_size_limit(LIMITS["article_characters"])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return Sheets({"": _tabulate(chain([[]], islice(rows, 1, None)) if names_separator else rows)}, note)
    except csv.Error:
        most = f"{LIMITS['article_characters']:,} characters (a quotation mark that is not closed?)"
        raise Refused(f"a cell has more than {most}: correct it and save it again as CSV UTF-8") from None


def read_xlsx(content: bytes) -> Sheets:
    """Return all sheets of an Excel workbook."""
    check_zip(content)
    import openpyxl  # slow to load

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    if len(book.worksheets) > LIMITS["sheets"]:
        raise Refused(f"it has {len(book.worksheets):,} sheets, more than {LIMITS['sheets']}: split it")
    tables = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write a false size, and rows beyond it would be lost
        tables[sheet.title] = _tabulate(sheet.iter_rows(values_only=True, max_col=LIMITS["columns"] + 1))
    return Sheets(tables)


def read_json(content: bytes) -> Sheets:
    """Return the one table of a JSON file: a list of objects, or an object that holds one."""
    text, note = decode(content)
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValueError) and "\n{" in text.strip():
            return read_lines(content)
        raise Refused(f"it is not JSON ({type(error).__name__}: {str(error)[:100]}): save it again") from None
    while isinstance(loaded, dict):
        inner = next((loaded[key] for key in _LISTS if isinstance(loaded.get(key), list | dict)), None)
        loaded = [loaded] if inner is None else inner
    if not isinstance(loaded, list):
        raise Refused("it holds no list of articles: give a list of objects")
    return _gather(loaded, note)


def read_lines(content: bytes) -> Sheets:
    """Return the one table of a file with a JSON object on each line; a broken line does not stop the others."""
    text, note = decode(content)
    loaded = []
    for line in text.split("\n"):
        try:
            loaded.append(json.loads(line) if line.strip() else {})
        except (ValueError, RecursionError):
            loaded.append(None)
    return _gather(loaded, note)


def read_parquet(content: bytes) -> Sheets:
    """Return the one table of a Parquet file."""
    import pyarrow.parquet  # slow to load

    return _gather(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist())


def _gather(objects: Sequence[Any], note: str = "") -> Sheets:
    """Return objects, numbered from 1, as a table with a column for each name in them."""
    records = [one if isinstance(one, dict) else {} for one in objects]
    headings = list(dict.fromkeys(chain.from_iterable(records)))
    if not headings:
        raise Refused("it holds no objects with names and values: give one for each article")
    rows = ([record.get(heading) for heading in headings] for record in records)
    broken = [number for number, one in enumerate(objects, 1) if not isinstance(one, dict)]
    return Sheets({"": _tabulate(chain([headings], rows), first=0)}, note, broken)


def _tabulate(rows: Iterable[Sequence[Any]], first: int = 1) -> pd.DataFrame:
    """Return rows, numbered from `first`, as a table; the first that is not empty holds the headings.

    Of columns with one heading the first is taken, and of very many rows one more than may be read.
    """
    numbered = ((number, [_plain(cell) for cell in row]) for number, row in enumerate(rows, first))
    filled = ((number, row) for number, row in numbered if any(map(str.strip, row)))
    _, headings = next(filled, (0, []))
    while headings and not headings[-1]:
        headings.pop()
    kept = dict(islice(filled, LIMITS["rows"] + 1))
    cells = pd.DataFrame(list(kept.values()), index=list(kept), dtype=object).reindex(columns=range(len(headings)))
    table = cells.fillna("").set_axis(headings, axis=1)
    return table.loc[:, ~table.columns.duplicated()]


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


# a new kind of table is a function above and a line here (see the package's docstring)
TABLES: dict[str, Callable[[bytes], Sheets]] = {
    **dict.fromkeys(("csv", "tsv"), read_csv),
    **dict.fromkeys(("jsonl", "ndjson"), read_lines),
    "xlsx": read_xlsx,
    "json": read_json,
    "parquet": read_parquet,
}


# ---- sheets -> articles


def make_articles(sheets: Sheets, columns: Mapping[str, str]) -> Contents:
    """Return the rows of a file's sheets as articles; the text of an article is empty if no column holds it.

    `columns` are those that the user chose. Sheets that do not look like tables of articles are refused one by one.
    Raises Refused for a file without a cell, and for one with too many rows.
    """
    contents = Contents([], [], [f" row {number}: it is not a JSON object: correct it" for number in sheets.broken])
    filled = {name: table for name, table in sheets.tables.items() if len(table.columns)}
    if not filled:
        raise Refused("it is empty: put a row of headings and a row for each article in it")
    if sum(map(len, filled.values())) > LIMITS["rows"]:
        raise Refused(f"it has more than {LIMITS['rows']:,} rows{' in all its sheets' * (len(filled) > 1)}: split it")
    articles: dict[str, list[Item]] = {}
    for name, table in filled.items():
        part = f" sheet {name!r}" if name else ""
        try:
            chosen, guessed = _find_columns(table, columns)
        except Refused as error:
            contents.refused.append(f"{part}: {error}")
            continue
        ours = guessed | chosen
        articles[name] = _make_items(table, ours, part)
        unused = [mark for mark in MARKS if mark in ours and "text" in ours]
        taken = ", ".join(f"{field} = {heading.strip()!r}" for field, heading in sorted(guessed.items()))
        said = [
            f"columns guessed: {taken}" if taken else "",
            f"{' and '.join(unused)} not used where a row holds its text" if unused else "",
            sheets.note,
        ]
        contents.notes.extend([f"{part}: {'; '.join(filter(None, said))}"] if any(said) else [])
    for name, items in articles.items():
        guess = Field(name, "guessed", "the sheet's name") if len(articles) > 1 and may_be_outlet(name) else None
        for item in items:
            is_known = guess is None or item.get("outlet") or item.get("url")
            contents.items.append(item if is_known else item.with_field("outlet", guess))
    return contents


def _find_columns(table: pd.DataFrame, columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return our column -> the table's, of those that the user chose and of those that are guessed.

    Raises Refused if it does not look like a table of articles.
    """
    headings = list(table.columns)
    if len(headings) > LIMITS["columns"]:
        raise Refused(f"it has {len(headings):,} columns, more than {LIMITS['columns']:,}: delete those not needed")
    chosen, guessed = map_columns(headings, columns)
    if not {"text", "url", "source_file"} & {*chosen, *guessed}:
        shown = ", ".join(repr(heading[:40]) for heading in headings[:12])
        raise Refused(f"no column holds texts, addresses or files (found: {shown}): say which, --column body=NAME")
    if table.empty:
        raise Refused("it has no row below its headings: put a row for each article in it")
    if "text" in guessed:
        texts = table[guessed["text"]]
        n_words = texts[texts.str.strip() != ""].map(count_words).median()
        if n_words < LIMITS["least_words"]:
            heading = repr(guessed["text"].strip())
            few = f"its column {heading} holds {n_words:.0f} words a row, too few for articles"
            raise Refused(f"{few}: if they are, say --column body={heading}")
    return chosen, guessed


def _make_items(table: pd.DataFrame, ours: Mapping[str, str], part: str) -> list[Item]:
    """Return an article for each row of a table; `ours` is our column -> the table's."""
    origins = {name: f"column {heading.strip()!r}" for name, heading in ours.items()}
    rows = table[list(ours.values())].set_axis(list(ours), axis=1)
    dates = parse_dates(rows["published"].tolist()) if "published" in ours else [("", "")] * len(rows)
    is_zotero = fold("Publication Title") in map(fold, table.columns)  # it writes `Family, Given; Family, Given`
    items = []
    for number, row, (iso, said) in zip(rows.index, rows.to_dict("records"), dates, strict=True):
        text, note, problems = _take_text(row.get("text", ""))
        if is_zotero and "author" in row:
            row["author"] = ", ".join(_FAMILY_FIRST.sub(r"\2 \1", name.strip()) for name in row["author"].split(";"))
        fields = {name: Field(row[name], "found", origins[name]) for name in KNOWN if name in row}
        if "published" in fields:
            origin = "; ".join(filter(None, (origins["published"], said if iso else "")))
            fields["published"] = Field(iso, "found", origin)
            problems += [said] if said and not iso else []
        items.append(make_item(text, fields, at=f"{part} row {number}".strip(), note=note, problems=problems))
    return items


def _take_text(cell: str) -> tuple[str, str, list[str]]:
    """Return a cell's text without the HTML that some exports leave in it, a note on it, and what is wrong with it."""
    text, note = cell, ""
    if len(_TAG.findall(cell)) >= 2:
        page = f"<html><body><article>{cell}</article></body></html>"
        import trafilatura  # slow to load

        read = trafilatura.bare_extraction(page, include_comments=False)
        if read and (read.text or "").strip():
            text, note = read.text.strip(), "HTML in the cell: its text was taken"
    cut = _CUT.search(text)
    return text, note, [f"the text is cut off ({cut[0]!r}): get the whole"] if cut else []
