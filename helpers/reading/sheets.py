"""Read the tables and settings of a corpus as spreadsheets and people save them, and add rows to a table.

Whatever cannot be used gets one line that names file, row and column, what was found and how to correct it.
What a person may write is in `lists.csv` beside this file, a row for each column of a list and each key of corpus.toml:
whether it must be filled in, which values it may have or what form (a regular expression; a key's, of its value as
JSON), what a line about it adds, what to do where a name that may be there `once` comes again, and what happens
`otherwise`. A connotation with a "?" is one that nobody confirmed.
"""

import csv
import json
import re
import tomllib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.reading.aliases import OTHER, fold
from helpers.reading.files import STRAY, Pattern, decode_text, defuse, find_utf16, normalize, restore, suggest

_NAMES = ("outlet", "actor", "label", "group", "name", "source_type")  # columns in which a name has one spelling
MOST_NEAR = 1_000  # names of one row that may be typos, and frequent ones that they may be typos of
BOOKS = (".xlsx", ".xls", ".ods", ".numbers")  # whose sheets are saved as CSV first
ROW = "row"  # the column with each record's number as a spreadsheet shows it, from 2
_LISTED = pd.read_csv(Path(__file__).with_name("lists.csv"), dtype=str, keep_default_na=False)
_RULES = {name: {rule.column: rule for rule in own.itertuples()} for name, own in _LISTED.groupby("list")}
COLUMNS = {name: tuple(rules) for name, rules in _RULES.items()}
REQUIRED = {name: tuple(column for column in rules if rules[column].required) for name, rules in _RULES.items()}
ACTOR_COLUMNS = COLUMNS["actors"][:-1]  # a draft has no `group`
SOURCE_TYPES = sorted({row["source_type"] for row in read_lexicon("source_nouns.csv")})

Rejected = list[tuple[str, str]]  # the file that a line concerns, and the line
Record = dict[str, Any]


def reject(rejected: Rejected, table: str, row: Record, column: str, reason: str, file: str = "") -> None:
    """Add a line about one cell of a table to `rejected`; it concerns `file`, where that is not the table."""
    rejected.append((file or table, f"{table} row {row[ROW]}, column {column}: {reason}"))


# ---- any table ---------------------------------------------------------------------------------------------------


def read_sheet(path: Path, columns: Sequence[str], required: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the records of a CSV as text: `columns` (empty where it lacks them), and `row`, as a spreadsheet counts.

    Beside them stands a line for each problem. A file that is not there has no records.

    Accepts a byte order mark, UTF-8, UTF-16 or Windows-1252, commas, semicolons or tabs, any line end, empty rows
    and columns at the end, and capitals, spaces or hyphens in the header. A cell that reads `NA` stays `NA`.

    Raises ValueError, in one line, where the file cannot be read or lacks a `required` column.
    """
    try:
        text, _, header, rows = _split(path.read_bytes()) if path.is_file() else ("", "", [*columns], [])
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error}): save it again as CSV UTF-8") from None
    if text.startswith("PK\3\4"):
        raise ValueError(f"{path.name} is no CSV but a workbook: open it as a spreadsheet and save it as CSV UTF-8")
    if missing := [column for column in required if column not in header]:
        found = ", ".join(filter(None, header)) or "nothing"
        raise ValueError(f"{path.name} row 1: no column {missing[0]!r} (found: {found[:200]}): add it")
    broken, problems = "a quotation mark is not closed, or not doubled in a cell: correct it", []
    are_doubled = '""' in text  # a cell that begins with one had it doubled
    for number, row in rows:
        if row is None or (not are_doubled and any(cell[:1] == '"' and cell.count('"') % 2 for cell in row)):
            problems.append(f"{path.name} row {number}: {broken}{'; not read' * (row is None)}")
    records = {number: [restore(" ".join(normalize(cell).split())) for cell in row or ()] for number, row in rows}
    header += [""] * (max(map(len, records.values()), default=0) - len(header))
    for place, name in enumerate(header):
        filled = [number for number, cells in records.items() if any(cells[place : place + 1])]
        if name in columns and name in header[:place]:
            problems.append(f"{path.name} column {name!r} appears twice: the first is read; delete the other")
            header[place] = ""
        elif name not in columns and (name or filled):
            odd = repr(name) if name else f"number {place + 1} (row {filled[0]}: a separator outside quotation marks?)"
            near = suggest(name, [column for column in columns if column not in header])
            problems.append(f"{path.name} column {odd} is not known, not read{near}: rename or delete it")
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


def _split(content: bytes) -> tuple[str, str, list[str], list[tuple[int, list[str] | None]]]:
    """Return the text of a CSV, what separates its cells, its columns, and the rows below, each with its number."""
    text = content.decode(find_utf16(content) or "utf-8-sig", errors=STRAY)
    separator, split = split_rows(text)
    rows = [*enumerate(split, 1)]
    while rows and (not any(rows[0][1] or ()) or rows[0][1][0].lower().startswith("sep=")):
        rows.pop(0)
    header = ["_".join(normalize(cell).replace("-", " ").lower().split()) for cell in (rows or [(1, [])])[0][1]]
    return text, separator, header, rows[1:]


def split_rows(text: str) -> tuple[str, list[list[str] | None]]:
    """Return what separates the cells of a CSV, and its rows, whatever its line ends and separator.

    A line that is no whole row, as where quotation marks do not match, is None, and does not join those below.
    """
    if re.search(r'\\"[\w ]', text):  # R, Spark and MySQL write a mark in a cell so
        text = text.replace('\\"', '""')
    if (end := re.search("\r\n?|\n", text)) and end[0] != "\r":  # alone, it ends no row and is part of a cell
        text = re.sub("\r(?!\n)", "\u2029", text)
    lines, rows, start = re.split(r"\r\n|\r|\n", text), [], 0
    bare = re.sub('"[^"]*"', "", "\n".join(lines[:999])).split("\n")  # a title above has none, or others
    counts = {one: Counter(line.count(one) for line in bare if one in line) for one in ",;\t|"}
    separator = max(counts, key=lambda one: (max(counts[one].values(), default=0), bare[0].count(one)))
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    while start < len(lines):
        rest = (f"{lines[number]}\n" for number in range(start, len(lines)))
        reader, n_read = csv.reader(rest, delimiter=separator, strict=True, skipinitialspace=True), 0
        with suppress(csv.Error):
            for row in reader:
                rows.append(row)
                n_read = reader.line_num
            break
        rows.append(None)
        start += n_read + 1
    plain = [line.split(separator) if line else [] for line in lines]
    n_cells, marked = {*map(len, plain)} - {0}, [cell for row in plain for cell in row if '"' in cell]
    is_quoting = 2 * sum(bool(re.fullmatch('"[^"]*"', cell)) for cell in marked) > len(marked)
    is_plain = len(n_cells) == 1 and n_cells != {1} and not ('""' in text or '"' in lines[0] or is_quoting)
    if is_plain and sum(map(bool, rows)) < sum(map(bool, plain)):  # a program that writes no quotation marks
        rows = plain
    return separator, rows


# ---- what a corpus lists beside its articles ---------------------------------------------------------------------


def read_rows(folder: Path, name: str, rejected: Rejected, actors: Collection[str] = ()) -> list[Record]:
    """Return the rows of a table of a corpus, each with its number; what cannot be used is emptied and gets a line.

    `name` is a key of COLUMNS. A row that then lacks a REQUIRED cell is not to be used. No row comes from a file that
    is missing or cannot be read; for articles.csv, that raises ValueError.
    An actor of sources.csv must be in `actors`; a type that nobody knows is used as it is, and gets a line that lists
    the known ones or names the nearest. A name counts in any spelling, an id or an acronym as it is written; a
    description may be of several actors.
    """
    path, owners, faults = folder / f"{name}.csv", {}, {}  # rows by the name that only one may have; why not, by cell
    known = {"actor": (OTHER, *actors), "label": (OTHER,), "source_type": SOURCE_TYPES}
    try:
        table, problems = read_sheet(path, COLUMNS[name], REQUIRED[name])
    except ValueError as error:
        if name == "articles":
            raise
        table, problems = pd.DataFrame(), [f"{error}; not read"]
    rejected += [(path.name, problem) for problem in problems]
    records = table.to_dict("records")
    for column in (column for column in COLUMNS[name] if column in _NAMES):
        unite_spellings(records, column, path.name, rejected, known.get(column, ()))
    rules = sorted(_RULES[name].values(), key=lambda rule: rule.once)  # last: an unusable row takes no name
    blank = {row[ROW]: [one for one in REQUIRED[name] if not row[one]] for row in records}
    for row, rule in product(records, rules):
        cell, kind = row[rule.column], row.get("kind")
        if (rule.column, cell) not in faults:
            faults[rule.column, cell] = _find_fault(rule, cell, actors)
        reason = faults[rule.column, cell]
        is_usable = not reason and all(row[one] for one in REQUIRED[name])
        if rule.once and is_usable and kind not in ("description", "metonym"):
            as_written = kind == "acronym" or name in ("articles", "sources")
            owner = owners.setdefault(cell if as_written else fold(cell), row)
            if owner is not row and (not kind or owner["actor"] != row["actor"]):
                reason = f"{cell!r} is already in row {owner[ROW]}: {rule.once}"
        if reason and (cell or rule.column == blank[row[ROW]][-1]):  # one line for all that are empty
            columns = rule.column if cell else ", ".join(blank[row[ROW]])
            reject(rejected, path.name, row, columns, f"{reason}; {rule.otherwise}")
        row[rule.column] = "" if reason else cell.lower() if "|" in rule.values else cell
    typed: dict[str, Record] = {}  # by the name of a source: its first row with a type
    for row in (row for row in records if row.get("source_type")):
        if row["source_type"] != (first := typed.setdefault(row["name"], row))["source_type"]:
            reason = f"{row['name']!r} is {first['source_type']!r} in row {first[ROW]}: give one of them another name"
            reject(rejected, path.name, row, "source_type", reason)
    return records


def read_list(folder: Path, name: str, rejected: Rejected, actors: Collection[str] = ()) -> pd.DataFrame:
    """Return the rows of actors.csv, sources.csv, labels.csv or words.csv that can be used (see `read_rows`)."""
    table = pd.DataFrame(read_rows(folder, name, rejected, actors), columns=[*COLUMNS[name]]).astype("str")
    return table[table[[*REQUIRED[name]]].ne("").all(axis=1)].drop_duplicates(ignore_index=True)


def _find_fault(rule: Any, cell: str, actors: Collection[str]) -> str:
    """Return why a cell cannot be used, whatever else stands in its row, or nothing."""
    allowed = rule.values.split("|") if "|" in rule.values else actors
    if not cell:
        return "it is empty: fill it in" if rule.required else ""
    if rule.column == "pattern":
        try:
            found = {one[0] for one in Pattern(cell).finditer(f"{cell} Qq ŋ.")}
            Pattern(rf"(?<!\w)(?:{cell})(?!\w)")  # as `compile_sources` has it
        except ValueError as error:
            return str(error)
        if found & {"", "ŋ"} or any("Qq" in one for one in found):  # nobody is called so
            return f"{cell!r} matches where none of its words stands: write the words of a name"
    if rule.values and not {cell, cell.lower()} & {*allowed}:
        return f"{cell!r} is none of {rule.values.replace('|', ', ')}{suggest(cell, allowed)}"
    return "" if re.search(rule.form, cell) else f"{cell!r} {rule.hint}"


def unite_spellings(rows: list[Record], column: str, file: str, rejected: Rejected, known: Iterable[str] = ()) -> None:
    """Give names that differ by capitals, spaces, outer brackets, apostrophes and hyphens alone one spelling in rows.

    The one in `known` counts, else the most frequent. A bar, which separates names, is replaced. Each other spelling
    gets a line, each name with a bar too, and, where these are at most 1,000, a name of one row that is nearly another
    of several rows, or an actor nearly one above it.
    """
    counts, first = Counter(row[column] for row in rows), {row[column]: row for row in reversed(rows)}
    names = [*known, *(name for name, _ in counts.most_common())]
    keys = {name: fold(name.replace("|", "/")).replace(" ", "").strip("()") for name in names}
    bare = {re.sub("^the ", "", name.lower()): name for name in reversed(names)}  # "The Post" may be the Post
    spelt = {keys[name]: name.replace("|", "/") for name in reversed(names)}
    is_sought = [*counts.values()].count(1) <= MOST_NEAR
    often = [name for name, n in counts.most_common(MOST_NEAR) if n > 1 and is_sought]
    types = f": those known are {', '.join(filter(None, known))}"
    for name, n in counts.items():
        united, reason = spelt[keys[name]], ""
        if name != united:
            reason = f"{name!r} is read as {united!r}: write it so in each row, without '|', which separates names"
        elif name not in {"", *known} and (file, column) != ("sources.csv", "actor"):
            twin = bare[re.sub("^the ", "", name.lower())]
            near = suggest(name, [*known, *often] if n == 1 else known, cutoff=0.86)
            near = near if twin == name else f" (nearest: {twin!r})"
            reason = near and f"{name!r} is taken for one of its own{near}: is it a typo?"
            if not near and column == "source_type":
                reason, types = f"{name!r} is taken for a type of your own{types}", ""  # listed once
        if reason:
            reject(rejected, file, first[name], column, reason)
        often += [name] * (column == "actor" and is_sought)
    for row in rows:
        row[column] = spelt[keys[row[column]]]


def read_settings(folder: Path, known: Mapping[str, Collection[str]], rejected: Rejected) -> dict[str, Any]:
    """Return the settings of corpus.toml that can be used, and add a line to `rejected` for each of the others.

    `known` has what an `actor`, a `target` and the genres to `leave_out` may be.
    """
    path, settings, kept, rules = folder / "corpus.toml", {}, {}, _RULES["corpus"]
    try:
        settings = tomllib.loads(decode_text(path.read_bytes(), path.name)) if path.is_file() else {}
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        reason = f"{' '.join(str(error).split())[:200]}: use straight quotation marks"
        rejected.append((path.name, f"{path.name} is not TOML and not read: {reason}"))
    for key, value in settings.items():
        rule, written = rules.get(key), json.dumps(value, default=lambda _: None)
        fits, listed = rule and re.fullmatch(rule.form, written), value if isinstance(value, list) else [value]
        wrong = [one for one in listed if fits and one not in known.get(key, listed)]
        reasons = [f"must be {rule.hint}: {one!r} is none{suggest(one, known[key])}; not used" for one in wrong]
        if not rule:
            reasons = [f"is not known, not read{suggest(key, rules)}: rename or delete it"]
        elif not fits:
            reasons = [f"must be {rule.hint}: not read"]
        rejected += [(path.name, f"{path.name} key {key!r} {reason}") for reason in reasons]
        if fits and (isinstance(value, list) or not wrong):
            kept[key] = value
    return kept
