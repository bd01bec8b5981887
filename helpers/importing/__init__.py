"""Strangers' files and exports -> a corpus folder: articles in = accepted + rejected, each with its reason."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tqdm import tqdm

from helpers.importing.apart import Answer, read_apart
from helpers.importing.columns import check_options
from helpers.importing.describing import describe_import
from helpers.importing.folder import add_articles, read_known
from helpers.importing.joining import Found, join_rows, show_origin
from helpers.importing.outlets import settle_outlets
from helpers.importing.walking import find_files, is_table, refuse_format, show, show_path
from helpers.reading.sheets import suggest

__all__ = ["Imported", "describe_import", "import_articles"]

FEW = 10  # files that are opened before a progress bar would be of use


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
    """Make a corpus folder from articles as they come, or add new ones to it.

    Parameters
    ----------
    source
        A folder with .txt, .md, .html, .pdf and .docx files (sub-folders may be outlets), with tables of articles
        (.csv, .tsv, .xlsx, .json, .jsonl, .parquet) among them; or one such file. A row without a text is joined to
        the file of the folder that it names, or whose address it has.
    target
        The corpus folder, made where it is not there. Nothing in it is changed; rows are added to articles.csv.
    columns
        Our column -> the table's, where the guess by name is wrong: `{"body": "Text"}`. Ours are body, headline,
        author, published, outlet, language, url, source_file, starts_with, ends_with,
        published_note and rules_off.
    outlet
        The outlet of all these articles.
    progress
        Show a bar for more than a few files.

    Returns
    -------
    Imported
        Each file, or row of a table, is in one of the first two; a row that is joined to a file is one article with it.
        `accepted` has the columns of articles.csv, a row an article added. `rejected`: source_file, reason, a row for
        each file, or row of a table, that was not taken. `guesses`: article_id, field, value, status (found, guessed,
        missing), origin, a row for each article and field, as in the corpus's import.csv; where article_id is empty,
        it is about a whole table.

    Raises
    ------
    ValueError
        In one line, where `source` is not there, `target` is no folder or the same, or its articles.csv is unusable.
    """
    source, target = Path(source), Path(target)
    _check_places(source, target)
    options = check_options(columns)
    read_known(target)
    root, files, rejected = _list_files(source, target)
    tables = [path for path in files if is_table(path)]
    read = _read(tables, options, progress)
    rows = [Found(item, path) for path, answer in read.items() for item in answer.items]
    beside = [path for path in files if path not in read]
    by_itself = source.is_dir() or not tables
    if by_itself or not all(row.item.text.strip() for row in rows):
        read |= _read(beside, options, progress)
    texts = {path: read[path].items for path in beside if path in read}
    joined = join_rows(rows, texts, root)
    found = list(joined.found)
    if by_itself:
        found += [Found(item, path) for path, items in texts.items() if path not in joined.used for item in items]
    answers = {path: read[path] for path in files if path in read and (by_itself or path == source)}
    usable, unusable = _part_usable(found)
    accepted, traces, same = add_articles(target, settle_outlets(usable, root, outlet), root)
    said = {kind: _say(answers, kind, root) for kind in ("notes", "refused")}
    rejected += said["refused"]
    rejected += [
        (show_path(one.path, root), f"{show_origin(one, root)}: {reason}")
        for one, reason in [*joined.reasons, *unusable, *same]
    ]
    notes = [("", "columns", "", "guessed", show(line)) for _, line in said["notes"]]
    notes += [("", "text", "", "found", show(f"{show_path(path, root)}: {said}")) for path, said in joined.notes]
    about_tables = pd.DataFrame(notes, columns=list(traces.columns), dtype="str")
    return Imported(
        accepted,
        pd.DataFrame(rejected, columns=["source_file", "reason"], dtype="str").map(show),
        pd.concat([about_tables, traces], ignore_index=True),
    )


def _check_places(source: Path, target: Path) -> None:
    if not source.exists():
        near = suggest(source.name, [path.name for path in source.parent.iterdir()]) if source.parent.is_dir() else ""
        raise ValueError(f"there is no {str(source)!r}{near}: give a folder of articles, or a table")
    if target.exists() and not target.is_dir():
        raise ValueError(f"{str(target)!r} is a file: give a folder for the corpus, new or old")
    if target.resolve() in (source.resolve(), source.resolve().parent if source.is_file() else None):
        raise ValueError(f"{str(target)!r} is where the articles come from: give another folder for the corpus")


def _list_files(source: Path, target: Path) -> tuple[Path, list[Path], list[tuple[str, str]]]:
    """Return the root of all names, the files that can be read, and a line for each other one.

    Beside a single table, the article files of its folder are listed too: they may hold its texts.
    """
    if source.is_dir():
        return source, *find_files(source, target)
    reason = refuse_format(source)
    if reason:
        return source.parent, [], [(show(source.name), f"{show(source.name)}: {reason}")]
    beside = find_files(source.parent, target)[0] if is_table(source) else []
    return source.parent, [source, *(path for path in beside if not is_table(path))], []


def _read(files: list[Path], columns: Mapping[str, str], progress: bool) -> dict[Path, Answer]:
    read = read_apart(files, columns)
    if progress and len(files) > FEW:
        read = tqdm(read, total=len(files), desc="opening", unit=" files", leave=False, disable=None)
    return dict(read)


def _say(answers: Mapping[Path, Answer], kind: str, root: Path) -> list[tuple[str, str]]:
    """Return the notes of files, or why they or parts of them are refused: the file, and a line."""
    return [
        (show_path(path, root), f"{show_path(path, root)} {part}".strip() + f": {words}")
        for path, answer in answers.items()
        for part, words in getattr(answer, kind)
    ]


def _part_usable(found: list[Found]) -> tuple[list[Found], list[tuple[Found, str]]]:
    """Return the articles that hold a text, and a reason for each that does not."""
    usable, lines = [], []
    for one in found:
        text = one.item.text
        if "\0" in text:
            lines.append((one, "its text holds a NUL character, so it is no plain text: save it anew"))
        elif any(map(str.isalpha, text)):
            usable.append(one)
        else:
            stated = one.item.problems[0] if one.item.problems and not text else "its text holds no word"
            lines.append((one, f"{stated}: not taken"))
    return usable, lines
