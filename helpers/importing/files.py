"""Find the files of a folder, read each in a separate process with limits, and join rows to the files they mean."""

import io
import multiprocessing
import os
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pebble
import psutil
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from helpers.importing.formats import TAG
from helpers.importing.items import LIMITS, PATTERNS, READERS, RULES, Item, Refused, decode, finish_item
from helpers.importing.tables import make_articles

_CURES = {f".{ending}": cure for cure, endings in RULES["cures"].items() for ending in endings}


def find_files(path: Path, root: Path, skip: Path) -> list[Item]:
    """Return the files below a folder, in order, or one file, each to be read, or refused with the reason.

    Paths are relative to `root`; nothing outside it is opened. `skip` is left out: the corpus that is being made.
    """
    name, is_folder, suffix, most = path.name, path.is_dir(), path.suffix.lower(), LIMITS["depth"]
    is_system = name.startswith((".", "~$")) or name in ("Thumbs.db", "desktop.ini")
    is_parts = name.casefold().endswith(tuple(RULES["names"]["page_folders"]))
    n_bytes = path.stat().st_size if path.is_file() else 0
    kind = f"{suffix} files are" if suffix else "files without an ending in their name are"
    cure = _CURES.get(suffix, "where it is an article, save it as .txt")
    rules = (
        (path == root, ""),
        (not path.exists(), "it cannot be opened (a link to nothing?): copy the file itself"),
        (not path.resolve().is_relative_to(root), "it is a link out of the folder, not followed: copy the file itself"),
        (is_folder and (path.is_symlink() or is_system), "a linked or hidden folder, not looked into"),
        (is_folder and is_parts, "what a browser saves beside a page, not looked into"),
        (len(path.relative_to(root).parts) > most + 1, f"more than {most} folders deep: move it up"),
        (is_folder and not os.access(path, os.R_OK | os.X_OK), "it cannot be opened (Permission denied)"),
        (is_system, "a file of the system or of an open program, not an article"),
        (not is_folder and suffix not in READERS, f"{kind} not read: {cure}"),
        (not is_folder and not path.is_file(), "it is not a file but a device or pipe, not opened"),
        (n_bytes > LIMITS["bytes"], f"it has {n_bytes:,} bytes, more than {LIMITS['bytes']:,}: split it"),
    )
    reason = next((reason for applies, reason in rules if applies), "")
    if not is_folder or reason:
        return [Item(path=path.relative_to(root), refused=reason)]
    inner = [one for one in sorted(path.iterdir(), key=os.fsencode) if one != skip]
    return [item for one in inner for item in find_files(one, root, skip)]


def read_files(root: Path, found: Sequence[Item], columns: Mapping[str, str], progress: bool) -> list[Item]:
    """Return the articles of files, each read in a separate process with limits on memory and time, and those refused.

    A file that takes too long or crashes the process is refused, and a new process goes on with the next file.
    """
    # a spawned process runs the user's script again; a forked one does not, but only Linux forks safely
    context = multiprocessing.get_context("fork" if psutil.LINUX else "spawn")
    pool = pebble.ProcessPool(1, initializer=_limit_process, context=context)
    items, seconds = [file for file in found if file.refused], LIMITS["seconds"]
    try:
        paths = [file.path for file in found if not file.refused]
        jobs = {path: pool.schedule(read_file, (root, path, columns), timeout=seconds) for path in paths}
        shown = tqdm(jobs.items(), "opening", unit=" files", leave=False, delay=1, disable=not progress or None)
        for path, job in shown:
            try:
                items += job.result()
            except (TimeoutError, pebble.ProcessExpired) as error:
                why = f"took longer than {seconds} seconds" if isinstance(error, TimeoutError) else "broke off"
                items.append(Item(path=path, refused=f"reading it {why}: save it as .txt, or split it"))
    finally:
        pool.stop()
        pool.join()
    return items


def _limit_process() -> None:
    """Limit the memory and threads of the process that reads the files; drop what libraries print."""
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    threadpool_limits(1)  # each thread of a BLAS would take memory
    if psutil.LINUX:
        own = psutil.Process()
        most = own.memory_info().vms + LIMITS["memory_bytes"]  # a fork starts with what its parent has
        with suppress(ValueError, psutil.Error):  # the system allows less already
            own.rlimit(psutil.RLIMIT_AS, (most, own.rlimit(psutil.RLIMIT_AS)[1]))


def read_file(root: Path, path: Path, columns: Mapping[str, str]) -> list[Item]:
    """Return the articles of one file; whatever the file does to its reader, there is an answer."""
    suffix = path.suffix.lower()
    try:
        content = (root / path).read_bytes()
        if not content.strip():
            raise Refused("it is empty: put an article in it")
        for start, (kind, *suffixes) in RULES["starts"].items():
            if content.startswith(start.encode("latin-1")) and suffix not in suffixes:
                raise Refused(f"it is {kind} under another name: rename it, or save it as what its name says")
        if content.startswith(b"PK\x03\x04"):
            members = zipfile.ZipFile(io.BytesIO(content)).infolist()
            unpacked = sum(member.file_size for member in members)  # of a member that is larger, zipfile reads no more
            if unpacked > LIMITS["ratio_from"] and (ratio := unpacked / len(content)) > LIMITS["ratio"]:
                raise Refused(f"it unpacks to {ratio:,.0f} times its size, more than {LIMITS['ratio']:,}: not opened")
        reader, is_binary = READERS[suffix]
        opened, note = (io.BytesIO(content), "") if is_binary else decode(content)
        items = reader(opened)
        if isinstance(items, dict):
            items = make_articles(items, columns)
        else:
            if not any(item.text.strip() or item.refused for item in items):
                raise Refused("it holds no text (a scan?): recognise its text with OCR first, or save it again")
            seen = [TAG.sub("\n", opened), opened] if isinstance(opened, str) else [item.text for item in items]
            for name, pattern in PATTERNS["other_deliveries"].items():
                if any(map(pattern.search, seen)):
                    raise Refused(f"it is {name}, not read: export a table, or save each article as .txt")
        return [finish_item(item, path, note) for item in items]
    except Refused as error:
        reason = str(error)
    except MemoryError:
        reason = "it takes more memory than importing.toml allows: split it"
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror or error}): copy it again"
    except Exception as error:  # the libraries fail on broken files in many ways
        shown = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        reason = f"it is damaged or of another format ({shown}): save it again"
    return [Item(path=path, refused=reason)]


def join_rows(items: Sequence[Item]) -> list[Item]:
    """Return rows of tables, each with its text, and the articles of files that no row took.

    A row has its own text, or takes that of the file it names; its own fields override its file's. Rows with one
    `article_id`, or `part_of` it, are one article.
    """
    rows = [item for item in items if "row " in item.at]
    others = [item for item in items if "row " not in item.at]
    n_articles = Counter(item.path for item in others)
    files = {item.path: item for item in others if not item.refused and n_articles[item.path] == 1}
    named: dict[str, list[Path]] = {}
    for path in files:
        named.setdefault(path.name, []).append(path)
    meant = [_find_file(row, named) for row in rows]
    n_rows = Counter(path for row, path in zip(rows, meant, strict=True) if not row.text.strip())
    joined: dict[Any, Item] = {}
    for number, (row, path) in enumerate(zip(rows, meant, strict=True)):
        name, has_text = row.get("source_file")[-120:], bool(row.text.strip())
        if path and n_rows[path] == 1 and not has_text:
            file = files[path]
            row = row._replace(text=file.text, notes=row.notes + file.notes, fields=file.fields | row.fields)
        elif not (has_text or row.refused):
            reason = f"its file {name!r} is not in the folder, or not one article" if name else "it has no text"
            reason = f"{n_rows[path]} rows have its file {name!r}, one text" if path else reason
            row = row._replace(refused=f"{reason}: {RULES['names']['no_text_in_row']}")
        own_id = row.get("part_of") or row.get("article_id")
        key = (row.path, own_id) if own_id and row.text.strip() else number
        if key in joined and row.get("outlet") and joined[key].get("outlet") not in ("", row.get("outlet")):
            key = number  # two outlets count their articles alike
        if (first := joined.setdefault(key, row)) is not row:
            text = first.text if row.text in first.text else f"{first.text.rstrip()}\n\n{row.text.lstrip()}"
            notes = (*first.notes, f"joined with {row.at}, which is of the same article")
            joined[key] = first._replace(text=text, fields=row.fields | first.fields, notes=notes)
    return [*joined.values(), *(item for item in others if item.path not in meant)]


def _find_file(row: Item, named: Mapping[str, Sequence[Path]]) -> Path | None:
    """Return the one file whose path ends as one that the row names does, compared from all its folders to none.

    A short name, such as `1.txt`, is not enough without its folder. `named` are the files of each name.
    """
    for name in row.get("source_file").replace("\\", "/").split(";"):
        wanted = (*row.path.parent.parts, *Path(name.strip()).parts)
        for end in (wanted[n:] for n in range(len(wanted))):
            found = [path for path in named.get(end[-1], ()) if path.parts[-len(end) :] == end]
            if len(found) == 1 and (len(end) > 1 or len(end[0]) >= LIMITS["long_name"] or found[0].parts == wanted):
                return found[0]
    return None
