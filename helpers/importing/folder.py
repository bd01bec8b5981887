"""Write articles into a corpus folder: the texts, articles.csv, and import.csv, which says where everything is from.

The texts are written first, the tables last and whole. An import that is stopped in between leaves the corpus as it
was, with some files that the next import uses again.
"""

import hashlib
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pandas as pd
from pathvalidate import sanitize_filename

from helpers.importing.items import ADDRESS, FIELDS, LIMITS, RULES, Item, show
from helpers.reading.corpus import ARTICLE_COLUMNS, REQUIRED_COLUMNS
from helpers.reading.files import csv_text, write_whole
from helpers.reading.sheets import add_rows, find_encoding, read_sheet

IMPORT_COLUMNS = ("article_id", "field", "value", "status", "origin")
_TABLES = {"articles.csv": (ARTICLE_COLUMNS, REQUIRED_COLUMNS), "import.csv": (IMPORT_COLUMNS, IMPORT_COLUMNS)}
_OUTLET_LETTERS, _TITLE_LETTERS = 24, 48


def read_known(target: Path) -> list[pd.DataFrame]:
    """Return the rows of a corpus's articles.csv and import.csv, empty if there are none yet.

    Raises ValueError if one exists but cannot be used.
    """
    known = []
    for name, (columns, required) in _TABLES.items():
        empty = pd.DataFrame(columns=list(columns), dtype="str")
        path = target / name
        known.append(read_sheet(path, columns, required).table[list(columns)] if path.is_file() else empty)
    return known


def add_articles(
    target: Path, items: Iterable[Item], articles: pd.DataFrame, imported: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[Item]]:
    """Return rows added to articles.csv and import.csv, and the articles left out; write all to the corpus folder.

    `articles` and `imported` are the rows that the corpus has (see `read_known`). An article is left out, with the
    reason, if its text is already there from the same outlet, or was imported from the same place before.
    """
    target.mkdir(parents=True, exist_ok=True)
    known = _hash_known(target, articles, imported)
    names = {name.casefold() for name in [*articles["source_file"], *(articles["article_id"] + ".txt")]}
    saved = [target / name for name in _TABLES if (target / name).is_file()]
    encodings = {path.name: find_encoding(path.read_bytes()) for path in saved}
    rows: list[dict[str, str]] = []
    traces: list[dict[str, str]] = []
    left_out: list[Item] = []
    for item in items:
        content = item.text.encode("utf-8", errors="replace")
        digest = hashlib.sha256(content).hexdigest()
        outlet = "" if item.fields["outlet"].status == "missing" else item.get("outlet").casefold()
        same = known.get((digest, item.origin)) or known.get((digest, outlet))  # a text in two outlets is two articles
        reason = _refuse_text(item) or (f"already in the corpus, as {same!r}" if same else "")
        article_id = _name_article(target, names, item, content)
        row, trace = _describe(item, article_id, digest)
        letters = {letter for cells in (row, *trace) for cell in cells.values() for letter in cell}
        for name, encoding in encodings.items():
            lacking = sorted(letters - {*"".join(letters).encode(encoding, errors="ignore").decode(encoding)})
            cure = f"which lacks {''.join(lacking[:20])!r}: save it as CSV UTF-8 and import again"
            reason = reason or (f"{name} is saved in {encoding}, {cure}" if lacking else "")
        if reason:
            left_out.append(item._replace(refused=reason))
            continue
        write_whole(target / row["source_file"], content)
        for where in (row["outlet"].casefold(), item.origin, ""):
            known.setdefault((digest, where), article_id)
        names.add(row["source_file"])
        rows.append(row)
        traces += trace
    written = []
    for (name, (columns, _)), added in zip(_TABLES.items(), (rows, traces), strict=True):
        written.append(pd.DataFrame(added, columns=list(columns), dtype="str"))
        path = target / name
        if path not in saved:
            write_whole(path, csv_text(written[-1]).encode())
        elif added:
            write_whole(path, add_rows(path.read_bytes(), name, added))
    if not (target / "corpus.toml").exists():
        write_whole(target / "corpus.toml", RULES["folder"]["settings"].encode())
    return *written, left_out


def _refuse_text(item: Item) -> str:
    """Return why an article's text cannot be used, empty if it can."""
    n_letters, most = len(item.text), LIMITS["article_characters"]
    if "\0" in item.text:
        return "its text holds a NUL character, so it is not plain text: save it again"
    if n_letters > most:
        return f"its text has {n_letters:,} characters, more than {most:,}: split it into articles: not taken"
    is_prose = any(map(str.isalpha, item.text))
    return item.refused or ("" if is_prose else "its text holds no word: not taken")


def _hash_known(target: Path, articles: pd.DataFrame, imported: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return (hash, where) -> article of each text as articles.csv records it and as its file is now.

    Where it is from is its outlet and also the place that it was imported from; an empty one stands for any.
    """
    imported = imported.query("field == 'text' and status == 'found'")
    origins = dict(zip(imported["article_id"], imported["origin"], strict=True))
    known: dict[tuple[str, str], str] = {}
    for row in articles.itertuples():
        path = target / Path(row.source_file).name
        now = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for where in (row.outlet.casefold(), origins.get(row.article_id, ""), ""):
            known.setdefault((row.sha256.lower(), where), row.article_id)
            known.setdefault((now, where), row.article_id)
    return known


def _name_article(target: Path, names: set[str], item: Item, content: bytes) -> str:
    """Return a readable name that no other article has.

    A file that a stopped import left behind is used again; no other file is overwritten.
    """
    title = item.get("headline") or (item.path.stem if not item.at else "") or item.text[:200]
    parts = []
    for text, most in ((item.get("outlet"), _OUTLET_LETTERS), (title, _TITLE_LETTERS)):
        words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", show(text)).casefold())
        parts.append(textwrap.shorten(" ".join(words), most, placeholder="").replace(" ", "-"))
    stem = sanitize_filename(f"{parts[0]}_{parts[1] or 'article'}".strip("_"), platform="universal")
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        path = target / f"{name}.txt"
        is_left = path.is_file() and not path.is_symlink() and path.read_bytes() == content
        if path.name not in names and (is_left or not os.path.lexists(path)):
            return name


def _describe(item: Item, article_id: str, digest: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return an article's row of articles.csv, and those of import.csv: each field found, guessed or missing, where."""
    published = item.fields.get("published")
    row = dict.fromkeys(ARTICLE_COLUMNS, "")
    row["published_note"] = f"{published.status}: {published.origin}" if item.get("published") else ""
    row |= {name: field.value for name, field in item.fields.items() if name in row}
    row |= {"article_id": article_id, "source_file": f"{article_id}.txt", "sha256": digest}
    row["url"] = row["url"] if ADDRESS.fullmatch(row["url"]) else ""
    said = [("text", "", "found", item.origin)]
    said += [("text", "", "guessed", item.note)] if item.note else []
    for name in FIELDS:
        _, status, origin = item.fields.get(name, ("", "missing", ""))
        said.append((name, row[name], status if row[name] else "missing", origin))
    return row, [dict(zip(IMPORT_COLUMNS, (article_id, *map(show, one)), strict=True)) for one in said]
