"""Import files and exports into a corpus folder: each article is accepted, or rejected with a reason.

The way of an article: its file is found and read in a separate process (`files`, with `formats` and `tables`), and what
is not stated is guessed (`items`); a row without a text gets that of a file (`files`); its outlet is settled (`items`);
its text, its row of articles.csv and those of import.csv, which says where everything is from, are written (here).
`items` defines an article on its way, and holds the limits.

The texts are written first, the tables last and whole. An import that is stopped in between leaves the corpus as it
was, with some files that the next import uses again.

To add a file type, write one function, from a file's text (for suffixes in `files._BINARY`, from the opened file) to
articles or tables, and enter it in `files.ARTICLES` or `files.TABLES`.
"""

import hashlib
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.importing.items import FIELDS, NAMES, RULES, Item, check_item, fold, settle_outlets, show
from helpers.reading.corpus import ARTICLE_COLUMNS, REQUIRED_COLUMNS, sum_up
from helpers.reading.files import suggest, write_whole
from helpers.reading.sheets import add_rows, read_sheet

__all__ = ["Imported", "describe_import", "import_articles", "read_known"]
IMPORT_COLUMNS = ("article_id", "field", "value", "status", "origin")
_TABLES = {"articles.csv": (ARTICLE_COLUMNS, REQUIRED_COLUMNS), "import.csv": (IMPORT_COLUMNS, IMPORT_COLUMNS)}


class Imported(NamedTuple):
    """What an import did: `accepted` (rows added to articles.csv), `rejected`, `guesses` (see `import_articles`)."""

    accepted: pd.DataFrame
    rejected: pd.DataFrame
    guesses: pd.DataFrame


def import_articles(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    outlet: str | None = None,
    progress: bool = True,
) -> Imported:
    """Return what was accepted, rejected and guessed; write the articles into a corpus folder, new or old.

    Files are read in a separate process; on macOS and Windows, a script that calls this needs
    `if __name__ == "__main__":`.

    Parameters
    ----------
    source
        A folder with .txt, .md, .html, .pdf and .docx files (sub-folders may be outlets), with tables of articles
        (.csv, .tsv, .xlsx, .json, .jsonl, .parquet) among them; or one such file. A row without a text is joined to
        the file of the folder that it names. Rows with one `article_id`, or with that of another row as `part_of`, are
        one article.
    target
        The corpus folder, created if it does not exist. Nothing in it is changed; articles.csv gets rows, in UTF-8.
    columns
        Our column -> the table's, if the guess by name or by what it holds is wrong: `{"body": "Text"}`. Ours are
        body, headline, author, published, outlet, language, url, source_file, starts_with, ends_with, article_id,
        part_of, published_note, complete and rules_off.
    outlet
        The outlet of all these articles.
    progress
        Show a bar where reading the files takes more than a second.

    Returns
    -------
    Imported
        Each file, or row of a table, is in one of the first two; a row that is joined to a file is one article with it.
        `accepted` has the columns of articles.csv, a row for each article added. `rejected`: source_file, reason, a row
        for each file, or row of a table, that was not taken. `guesses`: article_id, field, value, status (found,
        guessed, missing), origin, a row for each article and field, and for each note on its text, as in the corpus's
        import.csv.

    Raises
    ------
    ValueError
        In one line, if `source` does not exist, `target` is a file or the same folder, or its articles.csv is unusable.
    """
    from helpers.importing import files  # slow to load, with what reads pages, PDF and Word

    source, target, columns = Path(source), Path(target), columns or {}
    if not source.exists():
        near = suggest(source.name, [path.name for path in source.parent.iterdir()]) if source.parent.is_dir() else ""
        raise ValueError(f"there is no {str(source)!r}{near}: give a folder of articles, or a table")
    if target.exists() and not target.is_dir():
        raise ValueError(f"{str(target)!r} is a file: give a folder for the corpus, new or old")
    root = (source if source.is_dir() else source.parent).resolve()
    if target.resolve() == root:
        raise ValueError(f"{str(target)!r} is where the articles come from: give another folder for the corpus")
    if wrong := [name for name in columns if fold(name) not in NAMES]:
        ours = ", ".join(["body", *sorted(set(NAMES.values()))])
        raise ValueError(f"column {wrong[0]!r} is not one of ours: give one of {ours}")
    chosen = {NAMES[fold(name)]: heading for name, heading in columns.items()}
    known, found = read_known(target), files.find_files(source.resolve(), root, target.resolve())
    items = files.join_rows(files.read_files(root, found, chosen, progress))
    return _add_articles(target, settle_outlets([check_item(item) for item in items], outlet), *known)


def describe_import(imported: Imported) -> list[str]:
    """Return how many articles were taken and from whom, a line for each that was not, and what was guessed."""
    accepted, rejected, guesses = imported
    lines = [f"accepted: {len(accepted):,}; rejected: {len(rejected):,}"]
    lines += [f"  {outlet}: {n:,}" for outlet, n in accepted["outlet"].value_counts().sort_index().items()]
    if len(rejected):
        lines += ["", "rejected, with the reason:", *(f"  {reason}" for reason in sum_up(rejected)["reason"])]
    is_text, said = guesses["field"] == "text", []
    for field, status in guesses[~is_text].groupby("field", sort=False)["status"]:
        said.append(f"  {field}: " + ", ".join(f"{n:,} {one}" for one, n in status.value_counts().items()))
    is_said = guesses["status"] == is_text.map({True: "guessed", False: "missing"})
    alike = guesses["origin"].replace(r"^'.*?'(?= is no )", "", regex=True)  # a column of dates that cannot be read
    for (field, _), row in guesses[is_said & (alike != "")].groupby(["field", alike.rename("alike")], sort=False):
        ids, n, origin = ", ".join(row["article_id"][:3]), len(row) - 3, row["origin"].iloc[0]
        said.append(f"  {ids}{f' and {n:,} more' if n > 0 else ''}: {field}: {origin}")
    return [*lines, "", "found, guessed and missing (import.csv says so for each article):", *said] if said else lines


def read_known(target: Path) -> list[pd.DataFrame]:
    """Return the rows of a corpus's articles.csv and import.csv, empty if there are none yet.

    Raises ValueError if one exists but cannot be used.
    """
    return [
        read_sheet(target / name, *needed)[0] if (target / name).is_file() else pd.DataFrame("", [], needed[0])
        for name, needed in _TABLES.items()
    ]


def _add_articles(target: Path, items: Iterable[Item], articles: pd.DataFrame, imported: pd.DataFrame) -> Imported:
    """Return what was added to articles.csv and import.csv, and what was left out; write all to the corpus folder.

    `articles` and `imported` are the rows that the corpus has (see `read_known`). An article is left out, with the
    reason, if its text is already there from the same outlet, or was imported from the same place before. Its name is
    readable, and no other article has it.
    """
    target.mkdir(parents=True, exist_ok=True)
    origins = dict(imported.query("field == 'text' and status == 'found'")[["article_id", "origin"]].to_numpy())
    known: dict[tuple[str, str], str] = {}  # hash of a text, and its outlet or origin -> the first such article
    for row in articles[::-1].itertuples():
        path, digest = target / Path(row.source_file).name, row.sha256.lower()
        if not digest and path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        places = (row.outlet.casefold(), origins.get(row.article_id, ""))
        known |= dict.fromkeys([(digest, where) for where in places], row.article_id)
    names = {name.casefold() for name in [*articles["source_file"], *(articles["article_id"] + ".txt")]}
    added: dict[str, list[dict[str, str]]] = {name: [] for name in _TABLES}
    refused = []
    for item in items:
        content = item.text.encode("utf-8", errors="replace")
        digest = hashlib.sha256(content).hexdigest()
        places = [(digest, item.origin), (digest, item.get("outlet").casefold())]
        same = next(filter(None, map(known.get, places)), "")  # a text in two outlets is two articles
        if reason := item.refused or (f"already in the corpus, as {same!r}" if same else ""):
            refused.append((item.path.as_posix(), f"{item.origin}: {reason}"))
            continue
        title, parts = item.get("headline") or (item.path.stem if not item.at else "") or item.text[:200], []
        for text, most, other in ((item.get("outlet"), 24, "outlet"), (title, 48, "article")):
            words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", show(text)).casefold())
            parts.append(textwrap.shorten(" ".join(words), most, placeholder="").replace(" ", "-") or other)
        for number in count(1):  # no other file is overwritten; one that a stopped import left behind is used again
            article_id = "_".join(parts) + f"-{number}" * (number > 1)
            path = target / f"{article_id}.txt"
            is_left = path.is_file() and not path.is_symlink() and path.read_bytes() == content
            if path.name not in names and (is_left or not os.path.lexists(path)):
                break
        row = {name: item.get(name) for name in ARTICLE_COLUMNS}
        row |= {"article_id": article_id, "source_file": path.name, "sha256": digest}
        if row["published"] and not row["published_note"]:
            row["published_note"] = f"{item.fields['published'].status}: {item.fields['published'].origin}"
        said = [("text", "", "found", item.origin), *(("text", "", "guessed", note) for note in item.notes)]
        said += [(name, *item.fields.get(name, ("", "missing", ""))) for name in FIELDS]
        write_whole(path, content)
        known |= dict.fromkeys(places, article_id)
        names.add(path.name)
        added["articles.csv"].append(row)
        added["import.csv"] += [dict(zip(IMPORT_COLUMNS, (article_id, *map(show, one)), strict=True)) for one in said]
    for name, (columns, _) in _TABLES.items():
        path = target / name
        saved = path.read_bytes() if path.is_file() else f"{','.join(columns)}\n".encode()
        if added[name] or not path.is_file():
            write_whole(path, add_rows(saved, added[name]))
    if not (target / "corpus.toml").exists():
        write_whole(target / "corpus.toml", RULES["folder"]["settings"].encode())
    accepted, guesses = (pd.DataFrame(added[name], columns=[*_TABLES[name][0]], dtype="str") for name in _TABLES)
    rejected = pd.DataFrame(refused, columns=["source_file", "reason"], dtype="str").map(show)
    return Imported(accepted, rejected, guesses)
