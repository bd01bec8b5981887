"""Import files and exports into a corpus folder: each article is accepted, or rejected with a reason.

The way of an article: its file is found and read in a separate process (`formats`, `tables`); a row without
a text gets that of a file (`joining`); its outlet is settled (`guessing`); `folder` writes it into the corpus. `items`
defines an article on its way, and holds the limits.

To add a file type, write one function and add one line: a function from a file's bytes and name to articles, with a
line in `formats.ARTICLES`; or, for a table, a function from a file's bytes to sheets, with a line in `tables.TABLES`.
"""

import multiprocessing
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pebble
import psutil
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from helpers.importing.folder import add_articles, read_known
from helpers.importing.formats import ARTICLES
from helpers.importing.guessing import add_language, check_options, settle_outlets
from helpers.importing.items import LIMITS, RULES, Contents, Item, Refused, show
from helpers.importing.joining import join_rows
from helpers.importing.tables import TABLES, make_articles
from helpers.reading.sheets import suggest

__all__ = ["Imported", "describe_import", "import_articles"]

_FEW = 10  # files that need no progress bar


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
        the file of the folder that it names, or that has its address.
    target
        The corpus folder, created if it does not exist. Nothing in it is changed; rows are added to articles.csv.
    columns
        Our column -> the table's, if the guess by name is wrong: `{"body": "Text"}`. Ours are body, headline,
        author, published, outlet, language, url, source_file, starts_with, ends_with, published_note and rules_off.
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
    _check_places(source, target)
    chosen = check_options(columns)
    known = read_known(target)
    root, files, refused = _list_files(source, target)
    tables = [path for path in files if _suffix(path) in TABLES]
    beside = [path for path in files if path not in tables]
    is_table = source.is_file() and bool(tables)  # of the files beside it, only those it names are articles
    read = read_files(root, tables, chosen, progress)
    rows = [item for contents in read.values() for item in contents.items]
    if not is_table or not all(row.text.strip() for row in rows):
        read |= read_files(root, beside, chosen, progress)
    joined = join_rows(rows, {path: read[path].items for path in beside if path in read}, root)
    asked = tables if is_table else files
    alone = [item for path in asked if path in beside and path not in joined.used for item in read[path].items]
    reasons = [(item, _refuse_text(item)) for item in [*joined.found, *alone]]
    usable = [item for item, reason in reasons if not reason]
    accepted, traces, left_out = add_articles(target, settle_outlets(usable, outlet), *known)
    refused += [(show(path), show(path) + words) for path in asked for words in read[path].refused]
    for item, reason in [*joined.rejected, *reasons, *left_out]:
        refused += [(show(item.path), f"{item.origin}: {reason}")] if reason else []
    notes = [("", "columns", "", "guessed", show(path) + words) for path in asked for words in read[path].notes]
    notes += [("", "text", "", "found", words) for words in joined.notes]
    about_tables = pd.DataFrame(notes, columns=list(traces.columns), dtype="str").map(show)
    rejected = pd.DataFrame(refused, columns=["source_file", "reason"], dtype="str").map(show)
    return Imported(accepted, rejected, pd.concat([about_tables, traces], ignore_index=True))


# ---- which files


def _check_places(source: Path, target: Path) -> None:
    if not source.exists():
        near = suggest(source.name, [path.name for path in source.parent.iterdir()]) if source.parent.is_dir() else ""
        raise ValueError(f"there is no {str(source)!r}{near}: give a folder of articles, or a table")
    if target.exists() and not target.is_dir():
        raise ValueError(f"{str(target)!r} is a file: give a folder for the corpus, new or old")
    if target.resolve() in (source.resolve(), source.resolve().parent if source.is_file() else None):
        raise ValueError(f"{str(target)!r} is where the articles come from: give another folder for the corpus")


def _list_files(source: Path, target: Path) -> tuple[Path, list[Path], list[tuple[str, str]]]:
    """Return the folder of the source, the files in it that can be read, and (file, reason) for the others.

    Beside a single table, the article files of its folder are listed too: they may hold its texts.
    """
    if source.is_file():
        beside = _find_files(source.parent.resolve(), target, ARTICLES) if _suffix(source) in TABLES else []
        return source.parent, [Path(source.name), *(path for path, reason in beside if not reason)], []
    found = _find_files(source.resolve(), target, {**ARTICLES, **TABLES})
    files, most = [path for path, reason in found if not reason], LIMITS["files"]
    refused = [(path, reason) for path, reason in found if reason]
    refused += [(path, f": not read, as the folder has more than {most:,} files: split it") for path in files[most:]]
    return source, files[:most], [(show(path), f"{show(path)}{reason}") for path, reason in refused]


def _find_files(root: Path, skip: Path, suffixes: Collection[str], inside: Path = Path()) -> list[tuple[Path, str]]:
    """Return what is in a folder below `root`, in order, each with why it is not read (empty where it is).

    Paths are relative to the root; nothing outside it is opened. Files can be read if their ending is one of
    `suffixes`; `skip` is a folder that is left out: the corpus that is being made.
    """
    found = []
    for path in sorted((root / inside).iterdir(), key=os.fsencode):
        place = path.relative_to(root)
        if path == skip.resolve():
            continue
        reason = _refuse_path(root, place, suffixes)
        if path.is_dir() and not reason:
            found += _find_files(root, skip, suffixes, place)
        else:
            found.append((place, reason))
    return found


def _refuse_path(root: Path, inside: Path, suffixes: Collection[str]) -> str:
    """Return why a file or folder is not read, in words that follow its name; empty where it is."""
    path = root / inside
    if not path.exists():
        return ": it cannot be opened (a link to nothing?): copy the file itself"
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return ": it is a link out of the folder, not followed: copy the file itself"
    if path.is_dir():
        if path.is_symlink() or path.name.startswith("."):
            return "/: a linked or hidden folder, not looked into"
        if path.name.endswith("_files"):
            return "/: what a browser saves beside a page, not looked into"
        if len(inside.parts) > LIMITS["depth"]:
            return f"/: more than {LIMITS['depth']} folders deep, not looked into: move it up"
        return "" if os.access(path, os.R_OK | os.X_OK) else "/ cannot be opened (Permission denied)"
    if not path.is_file():
        return ": it is not a file but a device or pipe, not opened"
    if path.name.startswith((".", "~$")) or path.name in ("Thumbs.db", "desktop.ini"):
        return ": a file of the system or of an open program, not an article"
    if path.name in RULES["names"]["corpus_files"] and path.with_name("articles.csv").is_file():
        cure = f"copy what you need of it; give {show(inside.with_name('articles.csv'))} to import its rows alone"
        return f": it belongs to a corpus and holds no articles: {cure}"
    return "" if _suffix(path) in suffixes else f": {_refuse_format(path)}"


def _suffix(path: Path) -> str:
    return path.suffix.lower().lstrip(".")


def _refuse_format(path: Path) -> str:
    suffix = _suffix(path)
    kind = f".{show(suffix)} files are" if suffix else "files without an ending in their name are"
    return f"{kind} not read: {RULES['cures'].get(suffix, 'where it is an article, save it as .txt')}"


# ---- what is in them


def read_files(root: Path, files: Sequence[Path], columns: Mapping[str, str], progress: bool) -> dict[Path, Contents]:
    """Return what each file holds, read in a separate process with limits on memory and time.

    A file that takes too long or crashes the process is refused, and a new process goes on with the next file.
    """
    # a spawned process runs the user's script again; a forked one does not, but only Linux forks safely
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    pool = pebble.ProcessPool(1, initializer=_limit_process, context=context)
    contents = {}
    try:
        jobs = []
        for path in files:
            seconds = LIMITS["table_seconds" if _suffix(path) in TABLES else "seconds"]
            jobs.append((path, seconds, pool.schedule(read_file, (root / path, columns), timeout=seconds)))
        hidden = None if progress and len(files) > _FEW else True
        for path, seconds, job in tqdm(jobs, "opening", unit=" files", leave=False, disable=hidden):
            why = ""
            try:
                read = job.result()
            except TimeoutError:
                why = f"took longer than {seconds} seconds and was stopped"
            except pebble.ProcessExpired:
                why = "broke off"
            if why:
                read = Contents([], [], [f": reading it {why}: save it as .txt, or split it"])
            contents[path] = read._replace(items=[item._replace(path=path) for item in read.items])
    finally:
        pool.stop()
        pool.join()
    return contents


def _limit_process() -> None:
    """Limit the memory and threads of the process that reads the files; drop what libraries print."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    threadpool_limits(1)  # each thread of a BLAS would take memory
    if sys.platform == "linux":
        import resource

        most = psutil.Process().memory_info().vms + LIMITS["memory_bytes"]  # a fork starts with what its parent has
        with suppress(ValueError):  # the system allows less already
            resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def read_file(path: Path, columns: Mapping[str, str]) -> Contents:
    """Return what one file holds; whatever the file does to its reader, there is an answer."""
    suffix = _suffix(path)
    try:
        most = LIMITS["table_bytes" if suffix in TABLES else "article_bytes"]
        if path.stat().st_size > most:
            raise Refused(f"it has {path.stat().st_size:,} bytes, more than {most:,}: split it")
        content = path.read_bytes()
        if not content.strip():
            raise Refused("it is empty: put an article in it")
        if suffix in TABLES:
            contents = make_articles(TABLES[suffix](content), columns)
        elif suffix in ARTICLES:
            contents = Contents(ARTICLES[suffix](content, path.stem), [], [])
        else:
            raise Refused(_refuse_format(path))
        return contents._replace(items=[add_language(item) for item in contents.items])
    except Refused as error:
        reason = str(error)
    except MemoryError:
        reason = "it takes more memory than importing.toml allows: split it"
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror or error}): copy it again"
    except Exception as error:  # the libraries fail on broken files in many ways
        shown = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        reason = f"it is damaged or of another format ({shown}): save it again"
    return Contents([], [], [f": {reason}"])


def _refuse_text(item: Item) -> str:
    """Return why an article's text cannot be used, empty if it can."""
    if "\0" in item.text:
        return "its text holds a NUL character, so it is not plain text: save it again"
    if len(item.text) > LIMITS["article_characters"]:
        most = LIMITS["article_characters"]
        return f"its text has {len(item.text):,} characters, more than {most:,}: split it into articles: not taken"
    if any(map(str.isalpha, item.text)):
        return ""
    return f"{item.problems[0] if item.problems and not item.text else 'its text holds no word'}: not taken"


def describe_import(imported: Imported) -> list[str]:
    """Return how many articles were taken and from whom, a line for each that was not, and what was guessed."""
    accepted, rejected, guesses = imported
    lines = [f"accepted: {len(accepted):,}; rejected: {len(rejected):,}"]
    lines += [f"  {outlet}: {n:,}" for outlet, n in accepted["outlet"].value_counts().sort_index().items()]
    if len(rejected):
        lines += ["", "rejected, with the reason:", *(f"  {reason}" for reason in rejected["reason"])]
    said = [f"  {origin}" for origin in guesses.loc[guesses["article_id"] == "", "origin"]]
    own = guesses[guesses["article_id"] != ""]
    for field, status in own[own["field"] != "text"].groupby("field", sort=False)["status"]:
        found, guessed = int((status == "found").sum()), int((status == "guessed").sum())
        missing = len(accepted) - found - guessed
        said.append(f"  {field}: {found:,} found, {guessed:,} guessed, {missing:,} missing")
    is_said = (own["status"] == "missing") | ((own["field"] == "text") & (own["status"] == "guessed"))
    for row in own[is_said & (own["origin"] != "")].itertuples():
        said.append(f"  {row.article_id}: {row.field}: {row.origin}")
    unknown = accepted.loc[accepted["outlet"] == RULES["names"]["unknown_outlet"], "article_id"]
    if len(unknown):
        some = ", ".join(unknown[:3]) + (" ..." if len(unknown) > 3 else "")
        said.append(
            f"  no outlet is known for {len(unknown):,} of {len(accepted):,} ({some}): write it into articles.csv, "
            'column outlet; or import into a new folder, with a sub-folder for each outlet, or OUTLET="Name" '
            "(--outlet) where all are from one"
        )
    for row in accepted[~accepted["language"].isin(["", "en"])].itertuples():
        said.append(f"  {row.article_id} is in {row.language}: kept, not measured (English only)")
    return [*lines, "", "found, guessed and missing (import.csv says so for each article):", *said] if said else lines
