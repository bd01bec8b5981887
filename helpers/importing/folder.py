"""Articles -> a corpus folder: texts, rows of articles.csv, and import.csv, which says where each thing comes from.

Texts are written first, the tables last and whole: a stop in between leaves a corpus as it was, and files that the
next import takes up again.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from pathvalidate import sanitize_filename

from helpers.importing.items import FIELDS, KEPT, Field
from helpers.importing.joining import Found, show_origin
from helpers.importing.walking import show
from helpers.reading.cleaning.locating import place_articles
from helpers.reading.corpus import ARTICLE_COLUMNS, REQUIRED_COLUMNS
from helpers.reading.files import csv_text, write_whole
from helpers.reading.sheets import add_rows, find_encoding, read_sheet

IMPORT_COLUMNS = ("article_id", "field", "value", "status", "origin")
SETTINGS = """# What this corpus compares; every line is optional. Take away the # and write your own.
# title = "What the articles are about"
# actor = "a name as in actors.csv"     # whom the notebooks compare
# target = "an outlet as in articles.csv"  # the outlet that they set against the others
"""
_LONGEST = {"headline": 500, "author": 300, "url": 2000, "outlet": 100, "published_note": 1000, "rules_off": 500}
_OUTLET_LETTERS, _TITLE_LETTERS = 24, 48


def read_known(target: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of a corpus's articles.csv and import.csv, empty where there is none yet.

    Raises ValueError where articles.csv is there and cannot be used.
    """
    tables = []
    for name, columns, required in (
        ("articles.csv", ARTICLE_COLUMNS, REQUIRED_COLUMNS),
        ("import.csv", IMPORT_COLUMNS, IMPORT_COLUMNS),
    ):
        path = target / name
        empty = pd.DataFrame(columns=list(columns), dtype="str")
        tables.append(read_sheet(path, columns, required).table[list(columns)] if path.is_file() else empty)
    return tables[0], tables[1]


def add_articles(
    target: Path, found: Sequence[Found], root: Path
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[Found, str]]]:
    """Write articles into a corpus folder; return rows of articles.csv and import.csv, and a reason for each left out.

    An article is left out where its text is that of an article of the same outlet, or came from the same place before.
    """
    target.mkdir(parents=True, exist_ok=True)
    articles, imported = read_known(target)
    hashes = _hash_known(target, articles, imported)
    taken, encodings = _Names(target, articles), _find_encodings(target)
    rows: list[dict[str, str]] = []
    traces: list[dict[str, str]] = []
    left_out: list[tuple[Found, str]] = []
    for one in found:
        origin = show_origin(one, root)
        content = one.item.text.encode("utf-8", errors="replace")
        digest = hashlib.sha256(content).hexdigest()
        outlet = _cell("outlet", one.item.fields["outlet"])
        same = _find_same(hashes.get(digest, []), outlet, origin, one.item.fields["outlet"].status == "missing")
        if same:
            left_out.append((one, f"already in the corpus, as {same!r}"))
            continue
        values = {name: _cell(name, field) for name, field in one.item.fields.items() if name in FIELDS}
        title = values.get("headline") or one.path.stem if not one.item.at else values.get("headline", "")
        stem = taken.take(outlet, title or one.item.text[:200], content)
        row, trace = _make_row(one, stem, values, digest), _trace(one, stem, values, origin)
        lacking = _find_lacking(" ".join(cell for cells in (row, *trace) for cell in cells.values()), encodings)
        if lacking:
            left_out.append((one, lacking))
            continue
        write_whole(target / row["source_file"], content)
        hashes.setdefault(digest, []).append((stem, outlet, origin))
        rows.append(row)
        traces += trace
    _write(target, "articles.csv", rows, ARTICLE_COLUMNS)
    _write(target, "import.csv", traces, IMPORT_COLUMNS)
    if not (target / "corpus.toml").exists():
        write_whole(target / "corpus.toml", SETTINGS.encode())
    accepted = pd.DataFrame(rows, columns=list(ARTICLE_COLUMNS), dtype="str")
    return accepted, pd.DataFrame(traces, columns=list(IMPORT_COLUMNS), dtype="str"), left_out


def _cell(name: str, field: Field) -> str:
    """Return a value as it may stand in articles.csv."""
    value = " ".join(show(field.value).split())[: _LONGEST.get(name, 200)]
    if name == "url" and not re.match(r"https?://[^\s<>\"]+$", value):
        return ""
    return value.replace("|", "/") if name == "outlet" else value


def _hash_known(target: Path, articles: pd.DataFrame, imported: pd.DataFrame) -> dict[str, list[tuple[str, str, str]]]:
    """Return hash -> (article, outlet, origin), by what articles.csv records and by what the files hold now."""
    origins = dict(
        imported.loc[imported["field"] == "text", ["article_id", "origin"]].itertuples(index=False, name=None)
    )
    hashes: dict[str, list[tuple[str, str, str]]] = {}
    for row in articles.to_dict("records"):
        path = target / Path(row["source_file"]).name
        digests = {row["sha256"].lower()} - {""}
        if path.is_file():
            digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
        for digest in digests:
            known = (row["article_id"], row["outlet"], origins.get(row["article_id"], ""))
            hashes.setdefault(digest, []).append(known)
    return hashes


def _find_same(known: Sequence[tuple[str, str, str]], outlet: str, origin: str, unknown: bool) -> str:
    """Return the article that a text is already in: one text in two outlets is two articles."""
    for article_id, other, source in known:
        if unknown or source == origin or other.casefold() == outlet.casefold():
            return article_id
    return ""


class _Names:
    """The names taken in a corpus folder, compared as disks do that know no capitals."""

    def __init__(self, target: Path, articles: pd.DataFrame) -> None:
        self.target = target
        self.listed = {_fold_name(name) for name in articles["source_file"]}
        self.taken = {_fold_name(path.name) for path in target.iterdir()}
        self.taken |= self.listed | {_fold_name(f"{article_id}.txt") for article_id in articles["article_id"]}

    def take(self, outlet: str, title: str, content: bytes) -> str:
        """Return a readable name that is free, or that of a file left by an import that was stopped."""
        parts = (_slug(outlet, _OUTLET_LETTERS), _slug(title, _TITLE_LETTERS) or "article")
        stem = sanitize_filename("_".join(filter(None, parts)), platform="universal") or "article"
        number = 1
        while True:
            name = stem if number == 1 else f"{stem}-{number}"
            key = _fold_name(f"{name}.txt")
            if key not in self.taken or self._is_left(f"{name}.txt", key, content):
                self.taken.add(key)
                self.listed.add(key)
                return name
            number += 1

    def _is_left(self, name: str, key: str, content: bytes) -> bool:
        path = self.target / name
        return key not in self.listed and path.is_file() and not path.is_symlink() and path.read_bytes() == content


def _fold_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _slug(text: str, most: int) -> str:
    words = re.findall(r"\w+", unicodedata.normalize("NFC", show(text)).lower().replace("_", " "))
    slug = ""
    for word in words:
        if slug and len(slug) + len(word) >= most:
            break
        slug = f"{slug}-{word}" if slug else word[:most]
    return slug


def _make_row(one: Found, stem: str, values: Mapping[str, str], digest: str) -> dict[str, str]:
    published = one.item.fields.get("published")
    note = f"{published.status}: {published.where}" if published else ""
    row = dict.fromkeys(ARTICLE_COLUMNS, "") | dict(values)
    own = {name: _cell(name, one.item.fields[name]) for name in KEPT if name in one.item.fields}
    row |= {"article_id": stem, "source_file": f"{stem}.txt", "published_note": note, "sha256": digest, **own}
    starts_with = one.item.starts_with
    if starts_with:
        places, problems = place_articles(one.item.text, [{**row, "starts_with": starts_with}])
        row["starts_with"] = starts_with if places and not problems else ""
    return row


def _trace(one: Found, stem: str, values: Mapping[str, str], origin: str) -> list[dict[str, str]]:
    """Return a row of import.csv for the text and each field: found, guessed or missing, and where."""
    rows = [("text", "", "found", origin)]
    if one.item.note:
        rows.append(("text", "", "guessed", one.item.note))
    for name in FIELDS:
        field = one.item.fields.get(name)
        status = field.status if field and values.get(name) else "missing"
        rows.append((name, values.get(name, ""), status, field.where if field and status != "missing" else ""))
    rows += [("published" if "left empty" in said else "text", "", "missing", said) for said in one.item.problems]
    return [dict(zip(IMPORT_COLUMNS, (stem, *map(show, row)), strict=True)) for row in rows]


def _find_encodings(target: Path) -> dict[str, str]:
    """Return the tables of a corpus that are there -> their encoding."""
    paths = (target / "articles.csv", target / "import.csv")
    return {path.name: find_encoding(path.read_bytes()) for path in paths if path.is_file()}


def _find_lacking(text: str, encodings: Mapping[str, str]) -> str:
    """Return why a row cannot be added to the tables as they were saved, empty where it can."""
    for name, encoding in encodings.items():
        try:
            text.encode(encoding)
        except UnicodeEncodeError as error:
            lacking = error.object[error.start : error.end][:20]
            return f"{name} is saved in {encoding}, which lacks {lacking!r}: save it as CSV UTF-8 and import again"
    return ""


def _write(target: Path, name: str, rows: list[dict[str, str]], columns: Sequence[str]) -> None:
    path = target / name
    if not path.is_file():
        write_whole(path, csv_text(pd.DataFrame(rows, columns=list(columns), dtype="str")).encode())
    elif rows:
        write_whole(path, add_rows(path.read_bytes(), name, rows))
