"""Read the tables and settings of a corpus as spreadsheets and people save them, and add rows to a table.

Whatever cannot be used gets one line that names file, row and column, what was found and how to correct it.
What a person may write is in `lists.csv` beside this file, a row for each column of a list and each key of corpus.toml:
whether it must be filled in, what it may hold (a column one of these values, a key this type), what a line about it
adds. A connotation with a "?" is one that nobody confirmed.
"""

import csv
import io
import re
import tomllib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.reading.aliases import OTHER, fold
from helpers.reading.files import EndlessError, Pattern, decode_text, defuse, normalize, restore, suggest
from helpers.reading.schemas import UNRESOLVED

ROW = "row"  # the column with each record's number as a spreadsheet shows it, from 2
_LISTED = pd.read_csv(Path(__file__).with_name("lists.csv"), dtype=str, keep_default_na=False)
COLUMNS = {name: tuple(own["column"]) for name, own in _LISTED.groupby("list")}
REQUIRED = {name: tuple(own["column"]) for name, own in _LISTED[_LISTED["required"].eq("yes")].groupby("list")}
ACTOR_COLUMNS = COLUMNS["actors"][:-1]  # a draft has no `group`
_CHOICES = {row.column: (row.values.split("|"), row.hint) for row in _LISTED.itertuples() if "|" in row.values}
_SETTINGS = {row.column: (row.values, row.hint) for row in _LISTED[_LISTED["list"].eq("corpus")].itertuples()}
SOURCE_TYPES = sorted({row["source_type"] for row in read_lexicon("source_nouns.csv")})
_TRAPS = ("aa " * 20, "Aa " * 20, "a-" * 30, "1" * 60, " " * 60)  # what an expression that does not end stumbles over
BAR, UNBARRED = "|", "/"  # a bar separates names in a cell of the tables, so no name can contain one

Rejected = list[tuple[str, str]]  # the file that a line concerns, and the line
Record = dict[str, Any]


def reject(rejected: Rejected, table: str, row: Record, column: str, reason: str, file: str = "") -> None:
    """Add a line about one cell of a table to `rejected`; it concerns `file`, where that is not the table."""
    rejected.append((file or table, f"{table} row {row[ROW]}, column {column}: {reason}"))


# ---- any table ---------------------------------------------------------------------------------------------------


def read_sheet(path: Path, columns: Sequence[str], required: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the records of a CSV as text: `columns` (empty where it lacks them), and `row`, as a spreadsheet counts.

    Beside them stands a line for each problem.

    Accepts a byte order mark, UTF-8, UTF-16 or Windows-1252, commas, semicolons or tabs, any line end, empty rows
    and columns at the end, and capitals, spaces or hyphens in the header. A cell that reads `NA` stays `NA`.

    Raises ValueError, in one line, where the file cannot be read or lacks a `required` column.
    """
    try:
        text, _, header, rows = _split(path.read_bytes())
    except (OSError, csv.Error) as error:
        raise ValueError(f"{path.name} cannot be read ({error}): save it again as CSV UTF-8") from None
    if missing := [column for column in required if column not in header]:
        found = ", ".join(filter(None, header)) or "nothing"
        raise ValueError(f"{path.name} row 1: no column {missing[0]!r} (found: {found[:200]}): add it")
    records = {number: [restore(" ".join(normalize(cell).split())) for cell in record] for number, record in rows}
    problems = []
    for place, name in enumerate(header):
        if name in columns and name in header[:place]:
            problems.append(f"{path.name} column {name!r} appears twice: the first is read; delete the other")
            header[place] = ""
        elif name not in columns and (name or any(place < len(cells) and cells[place] for cells in records.values())):
            shown = repr(name) if name else f"number {place + 1} without a name"
            near = suggest(name, [column for column in columns if column not in header])
            problems.append(f"{path.name} column {shown} is not known, not read{near}: rename or delete it")
    joined = [number for number, record in rows if any("\n" in cell for cell in record)]
    if joined and text.count('"') % 2:
        problems.append(f"{path.name} row {joined[0]}: a quotation mark joins it with rows below: close or delete it")
    cure = "put a cell that holds the separator in quotation marks"
    wide = [(number, len(cells)) for number, cells in records.items() if any(cells[len(header) :])]
    problems += [f"{path.name} row {number}: {n} cells under {len(header)} columns: {cure}" for number, n in wide]
    table = [dict(zip(header, cells, strict=False)) | {ROW: number} for number, cells in records.items() if any(cells)]
    types = dict.fromkeys(columns, "str") | {ROW: "int64"}
    return pd.DataFrame(table, columns=[*types], dtype=object).fillna("").astype(types), problems


def add_rows(content: bytes, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return a CSV with rows added at its end, in its separator and line ends, the rest byte for byte.

    Columns that the file does not have are left out. One that is not in UTF-8 is saved as UTF-8 with a mark, which
    spreadsheets know, as its own encoding may lack a letter.
    """
    text, separator, header, _ = _split(content)
    line_end = "\r\n" if "\r\n" in text else "\n"
    cells = [[defuse(row.get(name, "")) for name in header] for row in rows]
    added = pd.DataFrame(cells).to_csv(None, sep=separator, header=False, index=False, lineterminator=line_end)
    same = content if text.encode() == content.removeprefix(BOM_UTF8) else BOM_UTF8 + text.encode()
    return same + ("" if text.endswith(("\n", "\r")) else line_end).encode() + added.encode()


def _split(content: bytes) -> tuple[str, str, list[str], list[tuple[int, list[str]]]]:
    """Return the text of a CSV, what separates its cells, its columns, and the rows below, each with its number."""
    is_wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig", errors="replace" if is_wide else "strict")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    separator = find_separator(text)
    rows = [*enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1)]
    while rows and (not any(rows[0][1]) or rows[0][1][0].lower().startswith("sep=")):
        rows.pop(0)
    header = ["_".join(normalize(cell).replace("-", " ").lower().split()) for cell in (rows or [(1, [])])[0][1]]
    return text, separator, header, rows[1:]


def find_separator(text: str) -> str:
    """Return what separates the cells of a CSV: what stands most often between its headings, or what `sep=` says."""
    head = next(iter(text[:10_000].lstrip("\r\n").splitlines()), "")
    if head.lower().startswith("sep=") and len(head.strip()) > 4:
        return head[4]
    return max(",;\t|", key=re.sub('"[^"]*"', "", head).count)


# ---- what a corpus lists beside its articles ---------------------------------------------------------------------


def read_list(folder: Path, name: str, rejected: Rejected, actors: Collection[str] = ()) -> pd.DataFrame:
    """Return the rows of actors.csv, sources.csv, labels.csv or words.csv that can be used; the others get a line.

    `name` is a key of COLUMNS; `group` of an actor is the name under which its aliases may be counted together, often
    empty. No row comes from a file that is missing or cannot be read. An actor of sources.csv that is not in `actors`
    is left empty; a type that nobody knows is used as it is, and gets a line where it is nearly a known one.
    """
    path, columns, records, rows = folder / f"{name}.csv", COLUMNS[name], [], []
    try:
        if path.is_file():
            table, problems = read_sheet(path, columns, REQUIRED[name])
            records = table.to_dict("records")
            rejected += [(path.name, problem) for problem in problems]
    except ValueError as error:
        rejected.append((path.name, f"{error}; not read"))
    known = {"name": (), "label": (OTHER,), "actor": (OTHER, *actors), "source_type": SOURCE_TYPES}
    for column in [column for column in columns if column in known]:
        unite_spellings(records, column, path.name, rejected, known[column])
    owners: dict[str, Record] = {}
    for row in records:
        tell = partial(reject, rejected, path.name, row)
        column, reason = _find_fault(row, REQUIRED[name], owners)
        if reason:
            tell(column, f"{reason}; the row is not read")
            continue
        if name == "sources" and row["actor"] not in ("", *actors):
            near = suggest(row["actor"], actors)
            tell("actor", f"{row['actor']!r} is not in actors.csv{near}: write it as there; left empty")
            row["actor"] = ""
        kind = row.get("source_type", "")
        if kind not in SOURCE_TYPES and (near := suggest(kind, SOURCE_TYPES, cutoff=0.8)):
            tell("source_type", f"{kind!r} is taken for a type of its own{near}: is it a typo?")
        rows.append({**row, **{column: row.get(column, "").lower() for column in _CHOICES}})
    return pd.DataFrame(rows, columns=list(columns)).astype("str").drop_duplicates(ignore_index=True)


def _find_fault(row: Record, required: Sequence[str], owners: dict[str, Record]) -> tuple[str, str]:
    """Return the column that makes a row unusable, and why; empty where it can be used.

    `owners` are the rows before by alias, to which this one is added: a name can be of one actor or label alone.
    """
    if empty := [column for column in required if not row[column]]:
        return empty[0], "it is empty: fill it in"
    for column in ("alias", "word"):
        if column in required and not any(map(str.isalnum, row[column])):
            return column, f"{row[column]!r} has no letter: write it as it is printed"
    if "actor" in required and row["actor"] == UNRESOLVED:
        return "actor", f"{UNRESOLVED!r} is used for mentions whose actor is unclear: choose another name"
    for column, (allowed, more) in _CHOICES.items():
        found = row.get(column, "")
        if found.lower() not in ("", *allowed):
            return column, f"{found!r} is none of {', '.join(allowed)}{suggest(found, allowed)}{more}"
    if "pattern" in required:
        return "pattern", _try_pattern(row["pattern"])
    name, kind = required[0], row.get("kind", "").lower()
    if "alias" in required and kind not in ("description", "metonym"):
        owner = owners.setdefault(row["alias"] if kind == "acronym" else fold(row["alias"]), row)
        if owner is not row and (not kind or owner[name] != row[name]):
            cure = "delete one, or make both a description" if kind else "delete one"
            return "alias", f"{row['alias']!r} already counts under {owner[name]!r} (row {owner[ROW]}): {cure}"
    return "", ""


def _try_pattern(text: str) -> str:
    """Return why the pattern of a source cannot be used, or does not end on its own words; empty where it can."""
    words = [word[:99] for word in re.findall(r"\w+", text)[:20]]
    try:
        pattern = Pattern(rf"(?<!\w)(?:{text})(?!\w)")  # as `compile_sources` has it
        for trap in {*_TRAPS, *(word * 30 for word in words), *(f"{word} " * 20 for word in words)}:
            list(pattern.finditer(f"{trap}\0\n{' '.join(words)}"))  # a text without them all may be given up at once
    except EndlessError:
        return str(EndlessError(text))
    except ValueError as error:
        return f"{text!r} is not a regular expression ({error}): write \\ before ( ) [ ] * + ? . |"
    is_any = any(map(pattern.search, ("", "Qq ŋ"))) or not re.search(r"\w", re.sub(r"\\.", "", text))  # nobody's name
    return f"{text!r} matches everything or nothing: write the words of a name" if is_any else ""


def unite_spellings(rows: list[Record], column: str, file: str, rejected: Rejected, known: Iterable[str] = ()) -> None:
    """Give names that differ by capitals, spaces, or kinds of apostrophe and hyphen alone one spelling, in these rows.

    The one in `known` counts, else the most frequent. A bar, which separates names in the tables, is replaced in each.
    Each other spelling gets a line, each name with a bar too.
    """
    names = [*known, *(name for name, _ in Counter(row[column] for row in rows).most_common())]
    plain = {name: name.replace(BAR, UNBARRED) for name in names}
    keys = {name: fold(one).replace(" ", "") for name, one in plain.items()}
    spelt, told = {keys[name]: plain[name] for name in reversed(names)}, set()
    for row in rows:
        name, row[column] = row[column], spelt[keys[row[column]]]
        if name not in {row[column], *told}:
            told.add(name)
            barred = f"{name!r} holds {BAR!r}, which separates names in the tables"
            reason = barred if BAR in name else f"{name!r} and {row[column]!r} are taken for one"
            reject(rejected, file, row, column, f"{reason}: read as {row[column]!r}; write it so")


def read_settings(folder: Path, rejected: Rejected) -> dict[str, Any]:
    """Return the settings of corpus.toml that can be used, and add a line to `rejected` for each of the others."""
    path, settings, problems = folder / "corpus.toml", {}, {}
    try:
        settings = tomllib.loads(decode_text(path.read_bytes(), path.name)) if path.is_file() else {}
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        reason = f"{' '.join(str(error).split())[:200]}: use straight quotation marks"
        problems[""] = f"is not TOML and not read: {reason}"
    for key, value in settings.items():
        kind, wanted = _SETTINGS.get(key, ("", ""))
        names = value.get("names", []) if key == "masking" and isinstance(value, dict) else []
        is_listed = isinstance(names, list) and all(isinstance(name, str) and name.strip() for name in names)
        if not kind:
            problems[key] = f"key {key!r} is not known, not read{suggest(key, _SETTINGS)}: rename or delete it"
        elif type(value).__name__ != kind or not is_listed:
            problems[key] = f"key {key!r} must be {wanted}: not read"
    rejected += [(path.name, f"{path.name} {problem}") for problem in problems.values()]
    return {key: value for key, value in settings.items() if key not in problems}


def check_choices(settings: dict[str, Any], known: Mapping[str, Collection[str]], rejected: Rejected) -> dict[str, Any]:
    """Return the settings without an `actor` or `target` that is not `known`; the notebooks then choose one.

    A genre to `leave_out` that is not gets a line, too.
    """
    places = {"actor": "an actor of actors.csv", "target": "an outlet of articles.csv"}
    asked = {key: value if isinstance(value, list) else [value] for key, value in settings.items() if key in known}
    lacking = [(key, str(one)) for key, listed in asked.items() for one in listed if str(one) not in known[key]]
    for key, found in lacking:
        where = places.get(key) or f"one of {', '.join(known[key])}"
        reason = f"{found!r} is not {where}{suggest(found, known[key])}; not used: write it so"
        rejected.append(("corpus.toml", f"corpus.toml key {key!r}: {reason}"))
    return {key: value for key, value in settings.items() if (key, value) not in lacking}
