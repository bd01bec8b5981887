"""Read tables of articles (CSV, Excel, JSON, Parquet): each file becomes tables of text, each row an article."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any

import pandas as pd

from helpers.importing.guessing import find_order, fold, load_names, make_item
from helpers.importing.items import KNOWN, LIMITS, RULES, Field, Item, Refused, refuse
from helpers.reading.cleaning.repair import count_words
from helpers.reading.files import suggest

_SEPARATORS = (",", ";", "\t", "|")
_TAG = re.compile(r"</?(?:p|div|br|span|a|em|strong|h\d|li|ul)\b[^<>]*>", re.IGNORECASE)
_CUT = re.compile(r"\[\+\d+ chars\]\s*$")
_FAMILY_FIRST = re.compile(r"([^,;]+), ([^,;]+)")

Tables = dict[str, pd.DataFrame]  # by the names of their sheets; cells are texts, the index is the row in the file


# ---- files -> tables


def read_csv(text: str) -> Tables:
    """Return the one table of a CSV or TSV, whatever its separator."""
    head = next(filter(None, text[:10_000].splitlines()), "")
    names_separator = text[:4].lower() == "sep=" and len(head) > 4  # a line that Excel reads
    separator = head[4] if names_separator else max(_SEPARATORS, key=re.sub('"[^"]*"', "", head).count)
    # pandas' reader has no limit on a cell, and refuses a table for one row with more cells than headings
    csv.field_size_limit(LIMITS["article_characters"])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return {"": _tabulate([] if names_separator and not number else row for number, row in enumerate(rows))}
    except csv.Error:
        most = f"{LIMITS['article_characters']:,} characters (a quotation mark that is not closed?)"
        raise Refused(f"a cell has more than {most}: correct it and save it again as CSV UTF-8") from None


def read_xlsx(file: io.BytesIO) -> Tables:
    """Return all sheets of an Excel workbook."""
    import openpyxl  # slow to load

    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    if len(book.worksheets) > LIMITS["sheets"]:
        raise Refused(f"it has {len(book.worksheets):,} sheets, more than {LIMITS['sheets']}: split it")
    tables = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write a false size, and rows beyond it would be lost
        tables[sheet.title] = _tabulate(sheet.iter_rows(values_only=True, max_col=LIMITS["columns"] + 1))
    return tables


def read_parquet(file: io.BytesIO) -> Tables:
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
        inner = next((loaded[key] for key in RULES["json"]["lists"] if isinstance(loaded.get(key), list | dict)), None)
        loaded = [loaded] if inner is None else inner
    if not isinstance(loaded, list):
        raise Refused("it holds no list of articles: give a list of objects")
    return _gather(loaded)


def _load_line(line: str) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(line) if line.strip() else {}


def _gather(objects: Sequence[Any]) -> Tables:
    """Return objects, numbered from 1, as a table with a column for each name in them; what is no object stays NaN."""
    records = [one if isinstance(one, dict) else {} for one in objects]
    headings = list(dict.fromkeys(chain.from_iterable(records)))
    if not headings:
        raise Refused("it holds no objects with names and values: give one for each article")
    table = _tabulate(chain([headings], ([record.get(heading) for heading in headings] for record in records)), first=0)
    broken = [number for number, one in enumerate(objects, 1) if not isinstance(one, dict)]
    return {"": table.reindex([*table.index, *broken])}


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
        return next((_plain(cell[name]) for name in RULES["json"]["names"] if cell.get(name)), "")
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# ---- tables -> articles


def check_options(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the columns that the user chose, by our names; raise ValueError for a name that is not ours."""
    chosen = {}
    for name, heading in (columns or {}).items():
        ours = load_names().get(fold(name))
        if ours is None:
            names = ", ".join(["body", *sorted(set(load_names().values()))])
            raise ValueError(f"column {name!r} is not one of ours: give one of {names}")
        chosen[ours] = heading
    return chosen


def make_articles(tables: Tables, columns: Mapping[str, str]) -> list[Item]:
    """Return the rows of a file's sheets as articles, and notes on the columns that were guessed.

    `columns` are those that the user chose. The text of an article is empty if no column holds it. A sheet that does
    not look like a table of articles is one that is refused. Raises Refused for a file without a cell, and for one
    with too many rows.
    """
    filled = {name: table for name, table in tables.items() if len(table.columns)}
    if not filled:
        raise Refused("it is empty: put a row of headings and a row for each article in it")
    if sum(map(len, filled.values())) > LIMITS["rows"]:
        raise Refused(f"it has more than {LIMITS['rows']:,} rows{' in all its sheets' * (len(filled) > 1)}: split it")
    items, found = [], {}
    for name, table in filled.items():
        try:
            found[name] = _find_columns(table, columns)
        except Refused as error:
            items.append(refuse(str(error), at=f"sheet {name!r}" if name else ""))
    for name, (chosen, guessed) in found.items():
        if guessed:
            taken = ", ".join(f"{field} = {heading.strip()!r}" for field, heading in sorted(guessed.items()))
            items.append(Item("", {}, note=f"{f'sheet {name!r}: ' if name else ''}columns guessed: {taken}"))
        items += _make_items(filled[name], guessed | chosen, name)
    return items


def _find_columns(table: pd.DataFrame, columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return our column -> the table's: those that the user chose, and those guessed by name.

    Raises Refused if a chosen column is not there, or if it does not look like a table of articles.
    """
    headings = list(table.columns)
    shown = ", ".join(repr(heading[:40]) for heading in headings[:20])
    if len(headings) > LIMITS["columns"]:
        raise Refused(f"it has {len(headings):,} columns, more than {LIMITS['columns']:,}: delete those not needed")
    by_name = {fold(heading): heading for heading in reversed(headings)}
    chosen, guessed = {}, {}
    for field, heading in columns.items():
        chosen[field] = heading if heading in headings else by_name.get(fold(heading))
        if chosen[field] is None:
            raise Refused(f"it has no column {heading!r}{suggest(heading, headings)}: it has {shown}")
    for name, field in load_names().items():
        if name in by_name and field not in {*chosen, *guessed} and by_name[name] not in chosen.values():
            guessed[field] = by_name[name]
    if not {"text", "url", "source_file"} & {*chosen, *guessed}:
        raise Refused(f"no column holds texts, addresses or files (found: {shown}): say which, --column body=NAME")
    if table.empty:
        raise Refused("it has no row below its headings: put a row for each article in it")
    if "text" in guessed:
        texts = table[guessed["text"]].dropna()
        n_words = texts[texts.str.strip() != ""].map(count_words).median()
        if n_words < LIMITS["least_words"]:
            heading = repr(guessed["text"].strip())
            few = f"its column {heading} holds {n_words:.0f} words a row, too few for articles"
            raise Refused(f"{few}: if they are, say --column body={heading}")
    return chosen, guessed


def _make_items(table: pd.DataFrame, ours: Mapping[str, str], sheet: str) -> list[Item]:
    """Return an article for each row of a table; `ours` is our column -> the table's."""
    origins = {name: f"column {heading.strip()!r}" for name, heading in ours.items()}
    rows = table[list(ours.values())].set_axis(list(ours), axis=1)
    broken = rows.index[rows.isna().all(axis=1)]
    items = [refuse("it is not a JSON object: correct it", at=f"row {number}") for number in broken]
    rows = rows.drop(broken)
    day_first = find_order(rows["published"]) if "published" in ours else None
    is_zotero = fold("Publication Title") in map(fold, table.columns)  # it writes `Family, Given; Family, Given`
    for number, row in zip(rows.index, rows.to_dict("records"), strict=True):
        text, note = _take_text(row.get("text", ""))
        if is_zotero and "author" in row:
            row["author"] = ", ".join(_FAMILY_FIRST.sub(r"\2 \1", name.strip()) for name in row["author"].split(";"))
        fields = {name: Field(row[name], "found", origins[name]) for name in KNOWN if row.get(name)}
        at = f"sheet {sheet!r} row {number}" if sheet else f"row {number}"
        items.append(make_item(text, fields, day_first, at=at, note=note))
    return items


def _take_text(cell: str) -> tuple[str, str]:
    """Return a cell's text without the HTML that some exports leave in it, and a note on what was done or is wrong."""
    text, notes = cell, []
    if len(_TAG.findall(cell)) >= 2:
        page = f"<html><body><article>{cell}</article></body></html>"
        import trafilatura  # slow to load

        if read := trafilatura.extract(page, include_comments=False):
            text, notes = read.strip(), ["HTML in the cell: its text was taken"]
    if cut := _CUT.search(text):
        notes.append(f"the text is cut off ({cut[0]!r}): get the whole")
    return text, "; ".join(notes)
