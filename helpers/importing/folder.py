"""Write articles into a corpus folder: the texts, articles.csv, and import.csv, which says where everything is from.

The texts are written first, the tables last and whole. An import that is stopped in between leaves the corpus as it
was, with some files that the next import uses again.
"""

import hashlib
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path

import pandas as pd
from pathvalidate import sanitize_filename

from helpers.importing.items import ADDRESS, FIELDS, KEPT, RULES, Field, Item, show
from helpers.reading.cleaning.locating import place_articles
from helpers.reading.corpus import ARTICLE_COLUMNS, REQUIRED_COLUMNS
from helpers.reading.files import csv_text, write_whole
from helpers.reading.sheets import add_rows, find_encoding, read_sheet

IMPORT_COLUMNS = ("article_id", "field", "value", "status", "origin")
_OUTLET_LETTERS, _TITLE_LETTERS = 24, 48


def read_known(target: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of a corpus's articles.csv and import.csv, empty if there are none yet.

    Raises ValueError if one exists but cannot be used.
    """
    tables = []
    for name, columns, required in (
        ("articles.csv", ARTICLE_COLUMNS, REQUIRED_COLUMNS),
        ("import.csv", IMPORT_COLUMNS, IMPORT_COLUMNS),
    ):
        empty = pd.DataFrame(columns=list(columns), dtype="str")
        path = target / name
        tables.append(read_sheet(path, columns, required).table[list(columns)] if path.is_file() else empty)
    return tables[0], tables[1]


def add_articles(
    target: Path, found: Iterable[Item], articles: pd.DataFrame, imported: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[Item, str]]]:
    """Return rows added to articles.csv and import.csv, and the articles left out; write all to the corpus folder.

    `articles` and `imported` are the rows that the corpus has (see `read_known`). An article is left out, with the
    reason, if its text is already there from the same outlet, or was imported from the same place before.
    """
    target.mkdir(parents=True, exist_ok=True)
    known = _hash_known(target, articles, imported)
    names = {_fold(name) for name in [*articles["source_file"], *(articles["article_id"] + ".txt")]}
    tables = [target / name for name in ("articles.csv", "import.csv")]
    encodings = {path.name: find_encoding(path.read_bytes()) for path in tables if path.is_file()}
    rows: list[dict[str, str]] = []
    traces: list[dict[str, str]] = []
    left_out: list[tuple[Item, str]] = []
    for item in found:
        content = item.text.encode("utf-8", errors="replace")
        digest = hashlib.sha256(content).hexdigest()
        values = {name: _clean(name, field.value) for name, field in item.fields.items() if name in (*FIELDS, *KEPT)}
        own = "" if item.fields["outlet"].status == "missing" else values["outlet"].casefold()
        same = [  # one text in two outlets is two articles
            article_id
            for article_id, outlet, origin in known.get(digest, [])
            if origin == item.origin or own in ("", outlet.casefold())
        ]
        if same:
            left_out.append((item, f"already in the corpus, as {same[0]!r}"))
            continue
        article_id = _name_article(target, names, item, values, content)
        row, trace = _make_row(item, article_id, values, digest), _trace(item, article_id, values)
        lacking = _find_lacking([cell for cells in (row, *trace) for cell in cells.values()], encodings)
        if lacking:
            left_out.append((item, lacking))
            continue
        write_whole(target / row["source_file"], content)
        known.setdefault(digest, []).append((article_id, values["outlet"], item.origin))
        rows.append(row)
        traces += trace
    written = []
    for path, table, columns in zip(tables, (rows, traces), (ARTICLE_COLUMNS, IMPORT_COLUMNS), strict=True):
        written.append(pd.DataFrame(table, columns=list(columns), dtype="str"))
        if path.name not in encodings:
            write_whole(path, csv_text(written[-1]).encode())
        elif table:
            write_whole(path, add_rows(path.read_bytes(), path.name, table))
    if not (target / "corpus.toml").exists():
        write_whole(target / "corpus.toml", RULES["folder"]["settings"].encode())
    return *written, left_out


def _clean(name: str, value: str) -> str:
    """Return a value as it may be written into a column of articles.csv."""
    value = " ".join(show(value).split())[: RULES["folder"]["longest"].get(name, 200)]
    if name == "url":
        return value if ADDRESS.fullmatch(value) else ""
    return value.replace("|", "/") if name == "outlet" else value


def _hash_known(target: Path, articles: pd.DataFrame, imported: pd.DataFrame) -> dict[str, list[tuple[str, str, str]]]:
    """Return hash -> (article, outlet, origin) of each text as articles.csv records it and as its file is now."""
    origins = imported[imported["field"] == "text"].set_index("article_id")["origin"].to_dict()
    hashes: dict[str, list[tuple[str, str, str]]] = {}
    for row in articles.itertuples():
        path = target / Path(row.source_file).name
        now = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for digest in {row.sha256.lower(), now} - {""}:
            hashes.setdefault(digest, []).append((row.article_id, row.outlet, origins.get(row.article_id, "")))
    return hashes


def _name_article(target: Path, names: set[str], item: Item, values: Mapping[str, str], content: bytes) -> str:
    """Return a readable name that no other article has, and add it to `names`.

    A file that a stopped import left behind is used again; no other file is overwritten.
    """
    title = values.get("headline") or (item.path.stem if not item.at else "") or item.text[:200]
    parts = (_slug(values["outlet"], _OUTLET_LETTERS), _slug(title, _TITLE_LETTERS) or "article")
    stem = sanitize_filename("_".join(filter(None, parts)), platform="universal") or "article"
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        path = target / f"{name}.txt"
        is_left = path.is_file() and not path.is_symlink() and path.read_bytes() == content
        if _fold(path.name) not in names and (is_left or not os.path.lexists(path)):
            names.add(_fold(path.name))
            return name


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()  # as file systems that ignore case compare names


def _slug(text: str, most: int) -> str:
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", show(text)).lower())
    return textwrap.shorten(" ".join(words), most, placeholder="").replace(" ", "-")


def _make_row(item: Item, article_id: str, values: Mapping[str, str], digest: str) -> dict[str, str]:
    """Return the row of articles.csv."""
    published = item.fields.get("published")
    note = f"{published.status}: {published.origin}" if published else ""
    row = dict.fromkeys(ARTICLE_COLUMNS, "") | {"published_note": note} | values
    row |= {"article_id": article_id, "source_file": f"{article_id}.txt", "sha256": digest}
    if item.starts_with:
        places, problems = place_articles(item.text, [{**row, "starts_with": item.starts_with}])
        row["starts_with"] = item.starts_with if places and not problems else ""
    return row


def _trace(item: Item, article_id: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a row of import.csv for the text and each field: found, guessed or missing, and where."""
    rows = [("text", "", "found", item.origin)]
    rows += [("text", "", "guessed", item.note)] if item.note else []
    for name in FIELDS:
        field = item.fields[name] if values.get(name) else Field("", "missing", "")
        rows.append((name, values.get(name, ""), field.status, field.origin))
    rows += [("published" if "left empty" in said else "text", "", "missing", said) for said in item.problems]
    return [dict(zip(IMPORT_COLUMNS, (article_id, *map(show, row)), strict=True)) for row in rows]


def _find_lacking(cells: Sequence[str], encodings: Mapping[str, str]) -> str:
    """Return why a row cannot be added to the tables in the encoding they were saved in, empty if it can."""
    for name, encoding in encodings.items():
        try:
            " ".join(cells).encode(encoding)
        except UnicodeEncodeError as error:
            lacking = error.object[error.start : error.end][:20]
            return f"{name} is saved in {encoding}, which lacks {lacking!r}: save it as CSV UTF-8 and import again"
    return ""
