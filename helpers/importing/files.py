"""Find the files of a folder, read each in a separate process with limits, and join rows to the files they mean."""

import io
import multiprocessing
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pebble
import psutil
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from helpers.importing.formats import read_docx, read_mail, read_page, read_pdf, read_text
from helpers.importing.guessing import finish_item
from helpers.importing.items import LIMITS, MARKS, RULES, Item, Refused, check_kind, decode, refuse
from helpers.importing.tables import Tables, make_articles, read_csv, read_json, read_parquet, read_xlsx

# a new kind of file is a function in `formats` or `tables`, and a line here
ARTICLES: dict[str, Callable[[Any], list[Item]]] = {
    **dict.fromkeys((".txt", ".md", ".text"), read_text),
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_page),
    ".eml": read_mail,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
TABLES: dict[str, Callable[[Any], Tables]] = {
    **dict.fromkeys((".csv", ".tsv"), read_csv),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), read_json),
    ".xlsx": read_xlsx,
    ".parquet": read_parquet,
}
_BINARY = (".eml", ".pdf", ".docx", ".xlsx", ".parquet")  # of the others, the function is given the text
_SHORTEST_NAME = 8  # letters that a file name needs to identify the file without its folder
_FEW = 10  # files that need no progress bar


# ---- which files


def find_files(root: Path, skip: Path, path: Path | None = None) -> dict[Path, str]:
    """Return the files below a folder, in order, or one file, each with why it is not read: empty where it is.

    Paths are relative to `root`; nothing outside it is opened. `skip` is left out: the corpus that is being made.
    """
    path = path or root
    reason = "" if path == root else _refuse_path(root, path)
    if not path.is_dir() or reason:
        return {path.relative_to(root): reason}
    inner = [find_files(root, skip, one) for one in sorted(path.iterdir(), key=os.fsencode) if one != skip]
    return {name: reason for found in inner for name, reason in found.items()}


def _refuse_path(root: Path, path: Path) -> str:
    """Return why a file or folder is not read; empty where it is."""
    name, is_folder = path.name, path.is_dir()
    is_outside = not Path(os.path.realpath(path)).is_relative_to(root)
    is_system = name.startswith((".", "~$")) or name in ("Thumbs.db", "desktop.ini")
    is_parts = name.casefold().endswith(tuple(RULES["names"]["page_folders"]))
    is_list = name in RULES["names"]["corpus_files"]
    suffix, most = path.suffix.lower(), LIMITS["depth"]
    kind = f"{suffix} files are" if suffix else "files without an ending in their name are"
    cure = RULES["cures"].get(suffix[1:], "where it is an article, save it as .txt")
    rules = (
        (not path.exists(), "it cannot be opened (a link to nothing?): copy the file itself"),
        (is_outside, "it is a link out of the folder, not followed: copy the file itself"),
        (is_folder and (path.is_symlink() or is_system), "a linked or hidden folder, not looked into"),
        (is_folder and is_parts, "what a browser saves beside a page, not looked into"),
        (is_folder and len(path.relative_to(root).parts) > most, f"more than {most} folders deep: move it up"),
        (is_folder and not os.access(path, os.R_OK | os.X_OK), "it cannot be opened (Permission denied)"),
        (not is_folder and not path.is_file(), "it is not a file but a device or pipe, not opened"),
        (is_system, "a file of the system or of an open program, not an article"),
        (is_list and path.with_name("articles.csv").is_file(), "it belongs to a corpus and holds no articles"),
        (not is_folder and suffix not in (ARTICLES | TABLES), f"{kind} not read: {cure}"),
    )
    return next((reason for applies, reason in rules if applies), "")


# ---- what is in them


def read_files(root: Path, paths: Sequence[Path], columns: Mapping[str, str], progress: bool) -> list[Item]:
    """Return the articles of files, each read in a separate process with limits on memory and time.

    A file that takes too long or crashes the process is refused, and a new process goes on with the next file.
    """
    # a spawned process runs the user's script again; a forked one does not, but only Linux forks safely
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    pool = pebble.ProcessPool(1, initializer=_limit_process, context=context)
    items, seconds = [], LIMITS["seconds"]
    try:
        jobs = {path: pool.schedule(read_file, (root, path, columns), timeout=seconds) for path in paths}
        hidden = None if progress and len(jobs) > _FEW else True
        for path, job in tqdm(jobs.items(), "opening", unit=" files", leave=False, disable=hidden):
            try:
                items += job.result()
            except (TimeoutError, pebble.ProcessExpired) as error:
                is_slow = isinstance(error, TimeoutError)
                why = f"took longer than {seconds} seconds and was stopped" if is_slow else "broke off"
                items.append(refuse(f"reading it {why}: save it as .txt, or split it", path))
    finally:
        pool.stop()
        pool.join()
    return items


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


def read_file(root: Path, path: Path, columns: Mapping[str, str]) -> list[Item]:
    """Return the articles of one file; whatever the file does to its reader, there is an answer."""
    suffix = path.suffix.lower()
    try:
        n_bytes = (root / path).stat().st_size
        if n_bytes > LIMITS["bytes"]:
            raise Refused(f"it has {n_bytes:,} bytes, more than {LIMITS['bytes']:,}: split it")
        content = (root / path).read_bytes()
        if not content.strip():
            raise Refused("it is empty: put an article in it")
        check_kind(content, suffix)
        opened, note = (io.BytesIO(content), "") if suffix in _BINARY else decode(content)
        if suffix not in TABLES:
            return [finish_item(item, path, note) for item in ARTICLES[suffix](opened)]
        items = make_articles(TABLES[suffix](opened), columns) + ([Item("", {}, note=note)] if note else [])
        return [finish_item(item, path, "") for item in items]
    except Refused as error:
        reason = str(error)
    except MemoryError:
        reason = "it takes more memory than importing.toml allows: split it"
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror or error}): copy it again"
    except Exception as error:  # the libraries fail on broken files in many ways
        shown = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        reason = f"it is damaged or of another format ({shown}): save it again"
    return [refuse(reason, path)]


# ---- which text a row has


def join_rows(items: Iterable[Item], root: Path) -> list[Item]:
    """Return rows of tables, each with its text, and the articles of files that no row took.

    A row has its own text, or takes that of the file it names, or that of the file with its address. Its own fields
    override its file's. Rows with one `article_id`, or `part_of` it, are one article. A table without a column of
    texts of which no row finds a file has one line.
    """
    rows: list[Item] = []
    files: dict[Path, list[Item]] = {}
    for item in items:
        (rows if item.path.suffix.lower() in TABLES else files.setdefault(item.path, [])).append(item)
    usable = {path: [item for item in own if not item.refused] for path, own in files.items()}
    known = _name_files(files, root)
    meant = [_find_file(row, known, usable) for row in rows]
    n_parts = Counter(path for row, path in zip(rows, meant, strict=True) if any(map(row.get, MARKS)))
    joined: list[Item] = []
    lost: dict[Path, list[Item]] = {}
    used: set[Path | None] = set()
    for row, path in zip(rows, meant, strict=True):
        own, reason = usable.get(path, []), ""
        if row.text.strip() or row.refused or not row.at:
            used.add(path)  # the file that its text was taken from is not a second article
        elif path is None:
            url, names = row.get("url")[:120], row.get("source_file").replace("\\", "/").split(";")
            name = names[-1].strip()[:120]
            reason = f"it has no text, {f'and no file here is of {url!r}' if url else 'address or file'}"
            reason = f"its file {name!r} is not in the folder, or of no format that is read" if name else reason
            reason = f"{reason}: put its page or text in the folder"
            lost.setdefault(row.path, []).append(row._replace(refused=reason))
            continue
        elif len(own) != 1:
            reason = "holds several articles: see there" if own else "could not be used: see there"
        elif n_parts[path] > 1:
            reason = "is that of several rows: save each article in a file of its own"
        elif path in used:
            reason = "is already that of another row: give it its own"
        else:
            stated = {name: field for name, field in row.fields.items() if field.value}
            row = row._replace(text=own[0].text, fields=row.fields | own[0].fields | stated, note=own[0].note)
        used |= {path} if len(own) == 1 else set()
        joined.append(row._replace(refused=f"its file {path.as_posix()!r} {reason}") if reason else row)
    taken = {row.path for row in joined if row.text.strip()}
    for path, own in lost.items():
        if path not in taken and own[0].note and (len(own) > 1 or not own[0].get("source_file")):
            reason = f"no column holds texts, and none of its {len(own):,} rows has the name or address of a file here"
            own = [refuse(f"{reason}; {own[0].note}: say which holds the text, --column body=NAME", path)]
        joined += own
    joined = _join_parts(joined)
    return joined + [item for path, own in files.items() for item in own if item.refused or path not in used]


def _find_file(row: Item, known: Mapping[str, Path], usable: Mapping[Path, Sequence[Item]]) -> Path | None:
    """Return the file that a row names, or that has its address; of several one that can be used."""
    names = []
    for name in map(Path, re.split(r"\s*;\s*", row.get("source_file").replace("\\", "/"))):
        names += [row.path.parent / name, name, Path(*name.parts[-2:]), Path(name.name)]  # of a path elsewhere its end
    found = [known[name] for name in [*map(Path.as_posix, names), _fold_url(row.get("url"))] if name in known]
    return next(filter(usable.get, found), next(iter(found), None))


def _join_parts(rows: Sequence[Item]) -> list[Item]:
    """Return rows, those of one article as one: its text is all of theirs, its fields are those of the first."""
    whole: dict[tuple[Any, ...], Item] = {}
    for number, row in enumerate(rows):
        own_id = row.get("part_of") or row.get("article_id")
        is_part = own_id and row.text.strip() and not (row.refused or any(row.get(mark) for mark in MARKS))
        key = (row.path, own_id) if is_part else (number,)
        if (first := whole.setdefault(key, row)) is not row:
            text = first.text if row.text in first.text else f"{first.text.rstrip()}\n\n{row.text.lstrip()}"
            note = f"{first.note}; joined with {row.at}, which is of the same article".strip("; ")
            whole[key] = first._replace(text=text, fields=row.fields | first.fields, note=note)
    return list(whole.values())


def _name_files(files: Mapping[Path, Sequence[Item]], root: Path) -> dict[str, Path]:
    """Return the names and addresses by which a row can mean a file; nothing outside the folder has one."""
    n_named = Counter(path.name for path in files)
    known: dict[str, Path] = {}
    for path, items in files.items():
        is_alone = n_named[path.name] == 1 and len(path.stem) >= _SHORTEST_NAME
        names = [path.as_posix(), Path(*(root / path).parts[-2:]).as_posix(), path.name if is_alone else ""]
        for name in [*names, *(_fold_url(item.get("url")) for item in items)]:
            known.setdefault(name, path)
    known.pop("", None)
    return known


def _fold_url(url: str) -> str:
    """Return an address without the parts that differ between links to the same page."""
    bare = re.sub(r"^(?:[a-z]+://)?(?:(?:www|m|amp)\.)?", "", url.strip().casefold())
    return re.split(r"[?#]", bare)[0].rstrip("/")
