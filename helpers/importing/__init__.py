"""Import files and exports into a corpus folder: each article is accepted, or rejected with a reason.

The way of an article: its file is found and read in a separate process (`files`, with `formats` and `tables`); a row
without a text gets that of a file (`files`); its outlet is settled (`guessing`); `folder` writes it into the corpus.
`items` defines an article on its way, and holds the limits.

To add a file type, write one function and add one line: a function from a file's text (for suffixes in
`files._BINARY`, from the opened file) to articles, with a line in `files.ARTICLES`; for a table, a function to tables,
with a line in `files.TABLES`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.importing.files import TABLES, find_files, join_rows, read_files
from helpers.importing.folder import add_articles, read_known
from helpers.importing.guessing import add_doubts, fold, load_names, settle_outlets
from helpers.importing.items import RULES, show
from helpers.reading.files import suggest

__all__ = ["Imported", "describe_import", "import_articles"]


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
        the file of the folder that it names, or that has its address. Rows with one `article_id`, or with that of
        another row as `part_of`, are one article.
    target
        The corpus folder, created if it does not exist. Nothing in it is changed; rows are added to articles.csv.
    columns
        Our column -> the table's, if the guess by name or by what it holds is wrong: `{"body": "Text"}`. Ours are
        body, headline, author, published, outlet, language, url, source_file, starts_with, ends_with, article_id,
        part_of, published_note, complete and rules_off.
    outlet
        The outlet of all these articles.
    progress
        Show a bar for more than a few files.

    Returns
    -------
    Imported
        Each file, or row of a table, is in one of the first two; a row that is joined to a file is one article with it.
        `accepted` has the columns of articles.csv, a row for each article added. `rejected`: source_file, reason, a row
        for each file, or row of a table, that was not taken. `guesses`: article_id, field, value, status (found,
        guessed, missing), origin, a row for each article and field, as in the corpus's import.csv; where article_id is
        empty, it is about a whole table.

    Raises
    ------
    ValueError
        In one line, if `source` does not exist, `target` is a file or the same folder, or its articles.csv is unusable.
    """
    source, target = Path(source), Path(target)
    chosen = _check_call(source, target, columns or {})
    known = read_known(target)
    source, skip = source.resolve(), target.resolve()
    root = source if source.is_dir() else source.parent
    found = find_files(root, skip, source)
    items = read_files(root, [item.path for item in found if not item.refused], chosen, progress)
    if source.suffix.lower() in TABLES and any(row.at and not (row.text.strip() or row.refused) for row in items):
        beside = [item.path for item in find_files(root, skip) if not item.refused]  # some may be those of the rows
        articles = [path for path in beside if path.suffix.lower() not in TABLES]
        items += read_files(root, articles, chosen, progress)
    asked = {item.path for item in found}
    if any(item.path.suffix.lower() in TABLES for item in items):
        items = [item for item in join_rows(items, root) if item.path in asked]
    articles = [add_doubts(item) for item in items if item.text or item.refused]
    accepted, traces, left_out = add_articles(target, settle_outlets(articles, outlet), *known)
    refused = [item for item in found if item.refused] + left_out
    reasons = [(item.path.as_posix(), f"{item.origin}: {item.refused}") for item in refused]
    rejected = pd.DataFrame(reasons, columns=["source_file", "reason"], dtype="str").map(show)
    notes = [f"{item.origin}: {item.note}" for item in items if not (item.text or item.refused)]
    about_tables = pd.DataFrame({"field": "columns", "status": "guessed", "origin": notes}, dtype="str").map(show)
    guesses = pd.concat([about_tables.reindex(columns=traces.columns, fill_value=""), traces], ignore_index=True)
    return Imported(accepted, rejected, guesses)


def _check_call(source: Path, target: Path, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that the user chose, by our names; raise ValueError for what cannot be used."""
    if not source.exists():
        near = suggest(source.name, [path.name for path in source.parent.iterdir()]) if source.parent.is_dir() else ""
        raise ValueError(f"there is no {str(source)!r}{near}: give a folder of articles, or a table")
    if target.exists() and not target.is_dir():
        raise ValueError(f"{str(target)!r} is a file: give a folder for the corpus, new or old")
    if target.resolve() in (source.resolve(), source.resolve().parent if source.is_file() else None):
        raise ValueError(f"{str(target)!r} is where the articles come from: give another folder for the corpus")
    for name in columns:
        if fold(name) not in load_names():
            names = ", ".join(["body", *sorted(set(load_names().values()))])
            raise ValueError(f"column {name!r} is not one of ours: give one of {names}")
    return {load_names()[fold(name)]: heading for name, heading in columns.items()}


def describe_import(imported: Imported) -> list[str]:
    """Return how many articles were taken and from whom, a line for each that was not, and what was guessed."""
    accepted, rejected, guesses = imported
    lines = [f"accepted: {len(accepted):,}; rejected: {len(rejected):,}"]
    lines += [f"  {outlet}: {n:,}" for outlet, n in accepted["outlet"].value_counts().sort_index().items()]
    if len(rejected):
        lines += ["", "rejected, with the reason:", *(f"  {reason}" for reason in rejected["reason"])]
    is_own = guesses["article_id"] != ""
    said = [f"  {origin}" for origin in guesses.loc[~is_own, "origin"]]
    own = guesses[is_own]
    for field, status in own[own["field"] != "text"].groupby("field", sort=False)["status"]:
        n = status.value_counts().reindex(["found", "guessed", "missing"], fill_value=0)
        said.append(f"  {field}: {n['found']:,} found, {n['guessed']:,} guessed, {n['missing']:,} missing")
    is_said = (own["status"] == "missing") | ((own["field"] == "text") & (own["status"] == "guessed"))
    for (field, origin), row in own[is_said & (own["origin"] != "")].groupby(["field", "origin"], sort=False):
        said.append(f"  {_name_some(row['article_id'])}: {field}: {origin}")
    unknown = accepted.loc[accepted["outlet"] == RULES["names"]["unknown_outlet"], "article_id"]
    if len(unknown):
        said.append(
            f"  no outlet is known for {len(unknown):,} of {len(accepted):,} ({_name_some(unknown)}): write it into "
            "articles.csv, column outlet; or import into a new folder, with a sub-folder for each outlet, or "
            'OUTLET="Name" (--outlet) where all are from one'
        )
    for row in accepted[~accepted["language"].isin(["", "en"])].itertuples():
        said.append(f"  {row.article_id} is in {row.language}: kept, not measured (English only)")
    return [*lines, "", "found, guessed and missing (import.csv says so for each article):", *said] if said else lines


def _name_some(ids: pd.Series) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3:,} more" if len(ids) > 3 else "")
