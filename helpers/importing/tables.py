"""Read tables of articles (CSV, Excel, JSON, Parquet): each file becomes tables of text, each row an article."""

import json
import re
from ast import literal_eval
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import islice
from statistics import median
from typing import Any

import pandas as pd
from pyarrow import parquet

from helpers.importing import items
from helpers.importing.formats import TAG, read_cell
from helpers.importing.items import LIMITS, NAMES, PATTERNS, RULES, Field, Item, Refused, fold, parse_date
from helpers.reading.cleaning.repair import count_words, ends_sentence
from helpers.reading.files import suggest
from helpers.reading.sheets import split_rows

Tables = dict[str, Iterable[Any]]  # by the sheets' names: rows as heading -> cell; anything else is no whole row
Rows = dict[int, dict[str, str] | None]  # by their numbers in the file: heading -> text; None where it is no whole row

_COLUMNS = PATTERNS["columns"]
_PARAGRAPH = "\x1d"  # between the parts of a list: lines of a text, names of a field
_ABOUT = frozenset(map(fold, RULES["json"]["about"]))
_OBJECT = re.compile(r"(?:^|[\[},\n])[\s,]*(?=\{)")  # where one may begin: not the value of a name
_SAMPLE, _TITLES = 200, 10  # rows that show what a column holds, and that may be above the headings


def read_csv(text: str) -> Tables:
    """Return the one table of a CSV or TSV, whatever its separator."""
    rows = split_rows(text)[1]
    if re.match(r'"(?!sep=)[^"\r\n]*[,;\t|]', text) and not any(row and len(row) > 1 for row in rows):
        rows = split_rows("\n".join(row[0] if row else "" for row in rows))[1]  # saved twice: each row is one cell
    return {"": _name_cells(rows)}


def read_xlsx(file: BytesIO) -> Tables:
    """Return all sheets of an Excel workbook."""
    sheets = pd.read_excel(file, sheet_name=None, header=None, dtype=object, na_filter=False)
    return {name: _name_cells(sheet.itertuples(index=False, name=None)) for name, sheet in sheets.items()}


def read_parquet(file: BytesIO) -> Tables:
    """Return the one table of a Parquet file."""
    return {"": parquet.read_table(file).to_pylist()}


def read_json(text: str) -> Tables:
    """Return the tables of a JSON file: a list of objects, an object that holds some, or one object below another.

    A broken one does not stop the others.
    """
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        loaded, end = [], 0
        while found := _OBJECT.search(text, end - 1):
            try:
                one, end = json.JSONDecoder().raw_decode(text, found.end())
            except ValueError:
                one, end = None, found.end() + 2
            loaded += [one] * (one is not None or loaded[-1:] != [None])  # of a broken one each part is broken
        loaded += [None] * (loaded[-1:] != [None] and bool(re.search(r"\w", text[end:])))
        if not any(loaded):
            raise Refused(f"it is not JSON ({type(error).__name__}: {str(error)[:100]}): save it again") from None
    while isinstance(loaded, dict):
        values = list(loaded.values())  # perhaps articles, by their ids
        inner = next((loaded[key] for key in RULES["json"]["lists"] if isinstance(loaded.get(key), list | dict)), None)
        is_many = len(values) > 1 and {*map(type, values)} == {dict} and set.intersection(*map(set, values))
        is_lists, is_article = {*map(type, values)} == {list}, "text" in map(NAMES.get, map(fold, loaded))
        lists = {name: one for name, one in loaded.items() if isinstance(one, list) and dict in map(type, one)}
        if inner is None and lists and not is_article:  # articles, perhaps by their outlets or years
            return {name * (len(lists) > 1): one for name, one in lists.items()}
        if (inner is None and is_lists) or (is_many and is_article):
            with suppress(ValueError):  # unless all are as long: columns
                inner = pd.DataFrame(loaded).to_dict("records")
        loaded = inner if inner is not None else values if is_many else [loaded]
    if not isinstance(loaded, list) or not any(isinstance(one, dict) and one for one in loaded):
        raise Refused("it holds no list of objects with names and values: give one for each article")
    return {"": loaded}


def _name_cells(rows: Iterable[Sequence[Any] | None]) -> Iterator[dict[str, Any] | None]:
    """Yield rows as objects; the first that has several cells, or a known heading, holds the headings.

    Where one below it has more known headings, that does. It is itself an object without values, and so is each row
    that holds them again, as where exports were joined. What is above, a title or Excel's `sep=;`, is left out. A
    heading that comes again is numbered. A row with more cells is no whole one, nor is one cell alone, as where a line
    break is in no marks.
    """
    cells = [row if row is None else [*map(_plain, row)] for row in rows]
    filled = [(number, row) for number, row in enumerate(cells) if row and any(map(str.strip, row))]
    heads = [one for one in filled[:_TITLES] if len([*filter(str.strip, one[1])]) > 1 or fold("".join(one[1])) in NAMES]
    known = {number: sum(fold(cell) in NAMES for cell in row) for number, row in heads}  # one may be chance
    start, headings = max(heads or filled[:1] or [(0, [])], key=lambda one: max(1, known.get(one[0], 0)))
    seen = pd.Series(headings, dtype=object).pipe(lambda alike: alike.groupby(alike).cumcount())
    names = [f"{name} {n + 1}" if n else name for name, n in zip(headings, seen, strict=True)]
    for number, row in enumerate(cells):
        odd = row and (row if len(row) == 1 < len(names) else row[len(names) :])
        named = dict.fromkeys(names) if row == headings else dict(zip(names, row or (), strict=False))
        yield {} if number < start else None if odd is None or any(map(str.strip, odd)) else named


def _gather(objects: Iterable[Any]) -> tuple[list[str], Rows]:
    """Return objects, numbered from 1, as a table with a column for each name in them.

    An object in which one holds the text ("article": {"body": ...}), or that tells of it ("meta": {"title": ...}), has
    the names inside in its place.
    """
    numbered = dict(enumerate((one if isinstance(one, dict) else None for one in objects), 1))
    for number, one in numbered.items():
        for around, inner in (one or {}).items():
            fields = {name: NAMES.get(fold(name)) for name in inner} if isinstance(inner, dict) else {}
            is_about = any(fields.values()) and fold(around) in _ABOUT
            texts = [_plain(inner[name]) for name, field in fields.items() if field == "text"]
            if is_about or any(count_words(one) >= LIMITS["least_words"] for one in texts):
                numbered[number] = inner | {name: value for name, value in numbered[number].items() if name != around}
    headings = [*dict.fromkeys(name for one in numbered.values() for name in one or ())]
    rows = {n: one and {name: _plain(one.get(name)) for name in headings} for n, one in numbered.items()}
    return headings, {n: row for n, row in rows.items() if row is None or any(map(str.strip, row.values()))}


def _plain(cell: Any) -> str:
    """Return a cell as text; what is empty, and only that, is empty. Texts and objects in a list are runs of one."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, str) and cell.startswith(("['", '["')):  # a list that Python wrote into a cell
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            cell = literal_eval(cell)
    if isinstance(cell, list | tuple):
        return ("" if {str, dict} <= {*map(type, cell)} else _PARAGRAPH).join(filter(None, map(_plain, cell)))
    if isinstance(cell, dict):
        return next((_plain(cell[name]) for name in RULES["json"]["names"] if cell.get(name)), "")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removeprefix("\ufeff")  # the mark of a file that was put below another


def make_articles(tables: Tables, columns: Mapping[str, str]) -> list[Item]:
    """Return the rows of a file's sheets as articles, with a note on the columns that were guessed.

    `columns` are those that the user chose. The text of an article is empty if no column holds it. A sheet that does
    not look like a table of articles is one that is refused. Raises Refused for a file without a cell, and for one
    with too many rows.
    """
    filled = {name: table for name, rows in tables.items() if (table := _gather(rows))[0]}
    if not filled:
        raise Refused("it is empty: put a row of headings and a row for each article in it")
    if sum(len(rows) for _, rows in filled.values()) > LIMITS["rows"]:
        raise Refused(f"it has more than {LIMITS['rows']:,} rows{' in all its sheets' * (len(filled) > 1)}: split it")
    articles, words, nothing = [], RULES["names"], RULES["names"]["nothing"]
    for name, (headings, rows) in filled.items():
        sheet = f"sheet {name!r}" if name else ""
        try:
            ours, texts, note = _find_columns(headings, rows, columns)
        except Refused as error:
            articles.append(Item(at=sheet, refused=str(error)))
            continue
        day_first = items.find_order(row[ours["published"]] for row in rows.values() if row and "published" in ours)
        for number, cells in rows.items():
            at = f"{sheet} row {number}".strip()
            if cells is None:
                articles.append(Item(at=at, refused=words["no_whole_row"]))
                continue
            fields = {}
            for field, heading in ours.items():
                value, origin = cells[heading].replace(_PARAGRAPH, ", "), f"column {heading.strip()!r}"
                if field != "text" and (field == "headline" or value not in nothing):
                    value = (field == "published" and parse_date(value, day_first)) or value
                    fields[field] = Field(value, "found", origin)
            if len(filled) > 1 and not (PATTERNS["folders"]["no_outlet"].fullmatch(name) or parse_date(name)):
                fields.setdefault("outlet", Field(name, "guessed", f"the name of the {sheet}"))
            parts = [cells[heading] for heading in texts if cells[heading] not in nothing]
            for length in {str(len(part)) for part in parts if not ends_sentence(part)} & {*RULES["cells"]}:
                fields["complete"] = Field(RULES["cells"][length], "guessed", "its length")
            text, read = read_cell("\n".join(parts).replace(_PARAGRAPH, "\n"))
            articles.append(Item(text, fields, at=at, notes=(*filter(None, [note]), *read)))
    return articles


def _find_columns(headings: list[str], rows: Rows, columns: Mapping[str, str]) -> tuple[dict[str, str], list[str], str]:
    """Return our column -> the table's: those that the user chose, then those guessed by name or by what they hold.

    With it come all columns that hold a part of the text, such as text_1 and text_2, and a note on what was guessed,
    and on what is not read. Raises Refused if a chosen column is not there, or if it is no table of articles.
    """
    if not rows:
        raise Refused("it has no row below its headings: put a row for each article in it")
    if any(count_words(heading) >= LIMITS["prose_words"] for heading in headings):
        raise Refused("its first row holds an article and no headings: put a row of headings (body, date) above it")
    shown = ", ".join(repr(heading.strip()[:40]) for heading in headings[:20])
    whole = [row for row in rows.values() if row]
    held = {name: [*islice(filter(None, (row[name].strip() for row in whole)), _SAMPLE)] for name in headings}
    by_name = {fold(heading): heading for heading in reversed(headings)}
    ours = {}
    for field, heading in columns.items():
        ours[field] = heading if heading in held else by_name.get(fold(heading))
        if ours[field] is None:
            raise Refused(f"it has no column {heading!r}{suggest(heading, held)}: it has {shown}")
    names = NAMES | (RULES["factiva"] if {"hd", "td"} <= by_name.keys() else {})
    for name, field in names.items():
        if name in by_name and field not in {"text", *ours} and by_name[name] not in ours.values():
            ours[field] = by_name[name]
    free = {heading: cells for heading, cells in held.items() if cells and heading not in ours.values()}
    rated = {heading: rating for heading, cells in free.items() if (rating := _rate_text(heading, cells))}
    if rated and "text" not in ours:
        ours["text"] = max(rated, key=rated.get)
    dated = {name: cells for name, cells in free.items() if not _COLUMNS["no_article_day"].search(name)}
    tests = {"url": items.ADDRESS.fullmatch, "published": items.find_days, "headline": _COLUMNS["short"].fullmatch}
    for field, test in tests.items():
        likely = [name for name in dated if field != "headline" or _COLUMNS["headline"].search(name)]
        sure = [name for name in likely if sum(map(bool, map(test, dated[name]))) > 0.9 * len(dated[name])]
        if field not in ours and len(sure) == 1:
            ours[field] = sure[0]
    if not {"text", "source_file"} & ours.keys() and whole:
        few = f"no column holds articles ({LIMITS['least_words']} words a row or more) or names of files"
        raise Refused(f"{few} (found: {shown}): say which holds articles, --column body=NAME")
    text, digits = ours.get("text", ""), "" if "text" in columns else "0123456789 _"
    alike = [name for name in headings if text and name.rstrip(digits) == text.rstrip(digits)]
    texts = [ours.pop("lead")] if "lead" in ours else []
    texts += [name for name in alike if name == text or _rate_text(name, held[name])]
    guessed = ", ".join(f"{one} = {ours[one].strip()!r}" for one in sorted(ours.keys() - columns.keys()))
    guessed += f" (with {', '.join(map(repr, texts))})" * (len(texts) > 1)
    notes = [f"columns guessed: {guessed}"] * bool(guessed)
    others = [name.strip() for name in free if name not in {*ours.values(), *texts}]
    notes += [f"columns not read: {', '.join(map(repr, others))[:300]}"] * bool(others)
    return ours, texts, "; ".join(notes)


def _rate_text(heading: str, cells: Sequence[str]) -> tuple[bool, bool, int, int] | None:
    """Return whether a column of articles is named as one, and printed, its words and its lines; None for another.

    It is printed if words and marks do not stand apart, and there are capitals and full stops.
    """
    words = [count_words(TAG.sub("", cell)) for cell in cells if not _COLUMNS["no_text"].search(heading)]
    names = "|".join(name for name, field in NAMES.items() if field == "text")
    is_named = bool(re.search(f"^(?:{names})|(?:{names})$", fold(heading)))
    if not words or median(words) < LIMITS["least_words" if is_named else "prose_words"]:
        return None
    text = "\n".join(cells)
    is_apart = len(_COLUMNS["apart"].findall(text)) > 0.03 * sum(words)
    return is_named, bool(_COLUMNS["printed"].search(text)) and not is_apart, sum(words), len(text.splitlines())
