"""Write articles into a corpus folder: the texts, articles.csv, and import.csv, which says where everything is from.

The texts are written first, the tables last and whole. An import that is stopped in between leaves the corpus as it
was, with some files that the next import uses again.
"""

import hashlib
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path

import pandas as pd

from helpers.importing.items import ADDRESS, FIELDS, LIMITS, RULES, Item, show
from helpers.reading.corpus import ARTICLE_COLUMNS, REQUIRED_COLUMNS
from helpers.reading.files import write_csv, write_whole
from helpers.reading.sheets import add_rows, find_encoding, read_sheet

IMPORT_COLUMNS = ("article_id", "field", "value", "status", "origin")
_TABLES = {"articles.csv": (ARTICLE_COLUMNS, REQUIRED_COLUMNS), "import.csv": (IMPORT_COLUMNS, IMPORT_COLUMNS)}
_OUTLET_LETTERS, _TITLE_LETTERS = 24, 48


def read_known(target: Path) -> list[pd.DataFrame]:
    """Return the rows of a corpus's articles.csv and import.csv, empty if there are none yet.

    Raises ValueError if one exists but cannot be used.
    """
    return [
        read_sheet(target / name, columns, required).table[list(columns)]
        if (target / name).is_file()
        else pd.DataFrame(columns=list(columns), dtype="str")
        for name, (columns, required) in _TABLES.items()
    ]


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
    saved = {name: (target / name).read_bytes() for name in _TABLES if (target / name).is_file()}
    added: dict[str, list[dict[str, str]]] = {name: [] for name in _TABLES}
    left_out: list[Item] = []
    for item in items:
        content = item.text.encode("utf-8", errors="replace")
        digest = hashlib.sha256(content).hexdigest()
        outlet = "" if item.fields["outlet"].status == "missing" else item.get("outlet").casefold()
        same = known.get((digest, item.origin)) or known.get((digest, outlet))  # a text in two outlets is two articles
        article_id = _name_article(target, names, item, content)
        row, trace = _describe(item, article_id, digest)
        reason = _refuse_text(item) or (f"already in the corpus, as {same!r}" if same else "")
        if reason := reason or _refuse_letters(saved, [row, *trace]):
            left_out.append(item._replace(refused=reason))
            continue
        write_whole(target / row["source_file"], content)
        for where in (row["outlet"].casefold(), item.origin, ""):
            known.setdefault((digest, where), article_id)
        names.add(row["source_file"])
        added["articles.csv"].append(row)
        added["import.csv"] += trace
    tables = {name: pd.DataFrame(added[name], columns=list(own), dtype="str") for name, (own, _) in _TABLES.items()}
    for name, table in tables.items():
        if name not in saved:
            write_csv(table, target / name)
        elif added[name]:
            write_whole(target / name, add_rows(saved[name], name, added[name]))
    if not (target / "corpus.toml").exists():
        write_whole(target / "corpus.toml", RULES["folder"]["settings"].encode())
    return *tables.values(), left_out


def _refuse_text(item: Item) -> str:
    """Return why an article's text cannot be used, empty if it can."""
    n_letters, most = len(item.text), LIMITS["article_characters"]
    if "\0" in item.text:
        return "its text holds a NUL character, so it is not plain text: save it again"
    if n_letters > most:
        return f"its text has {n_letters:,} characters, more than {most:,}: split it into articles: not taken"
    is_prose = any(map(str.isalpha, item.text))
    return item.refused or ("" if is_prose else "its text holds no word: not taken")


def _refuse_letters(saved: Mapping[str, bytes], rows: Iterable[Mapping[str, str]]) -> str:
    """Return which letters a table cannot hold as it is saved, empty if it can hold all."""
    letters = sorted({letter for row in rows for cell in row.values() for letter in cell})
    for name, content in saved.items():
        encoding = find_encoding(content)
        if lacking := [letter for letter in letters if not letter.encode(encoding, errors="ignore")]:
            cure = "save it as CSV UTF-8 and import again"
            return f"{name} is saved in {encoding}, which lacks {''.join(lacking[:20])!r}: {cure}"
    return ""


def _hash_known(target: Path, articles: pd.DataFrame, imported: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return (hash, where) -> article of each text as articles.csv records it, else as its file is now.

    Where it is from is its outlet and also the place that it was imported from; an empty one stands for any.
    """
    texts = imported.query("field == 'text' and status == 'found'")
    origins = dict(zip(texts["article_id"], texts["origin"], strict=True))
    known: dict[tuple[str, str], str] = {}
    for row in articles.itertuples():
        path, digest = target / Path(row.source_file).name, row.sha256.lower()
        if not digest and path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        for where in (row.outlet.casefold(), origins.get(row.article_id, ""), ""):
            known.setdefault((digest, where), row.article_id)
    return known


def _name_article(target: Path, names: set[str], item: Item, content: bytes) -> str:
    """Return a readable name that no other article has.

    A file that a stopped import left behind is used again; no other file is overwritten.
    """
    title = item.get("headline") or (item.path.stem if not item.at else "") or item.text[:200]
    parts = []
    for text, most, other in ((item.get("outlet"), _OUTLET_LETTERS, "outlet"), (title, _TITLE_LETTERS, "article")):
        words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", show(text)).casefold())
        parts.append(textwrap.shorten(" ".join(words), most, placeholder="").replace(" ", "-") or other)
    for number in count(1):
        name = "_".join(parts) + f"-{number}" * (number > 1)
        path = target / f"{name}.txt"
        is_left = path.is_file() and not path.is_symlink() and path.read_bytes() == content
        if path.name not in names and (is_left or not os.path.lexists(path)):
            return name


def _describe(item: Item, article_id: str, digest: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return an article's row of articles.csv, and those of import.csv: each field found, guessed or missing, where."""
    row = {name: item.get(name) for name in ARTICLE_COLUMNS}
    row |= {"article_id": article_id, "source_file": f"{article_id}.txt", "sha256": digest}
    row["url"] = row["url"] if ADDRESS.fullmatch(row["url"]) else ""
    if row["published"] and not row["published_note"]:
        row["published_note"] = f"{item.fields['published'].status}: {item.fields['published'].origin}"
    said = [("text", "", "found", item.origin), *[("text", "", "guessed", item.note)] * bool(item.note)]
    for name in FIELDS:
        _, status, origin = item.fields.get(name, ("", "missing", ""))
        said.append((name, row[name], status if row[name] else "missing", origin))
    return row, [dict(zip(IMPORT_COLUMNS, (article_id, *map(show, one)), strict=True)) for one in said]
