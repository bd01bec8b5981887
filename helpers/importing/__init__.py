"""Import files and exports into a corpus folder: each article is accepted, or rejected with a reason.

The way of an article: its file is found, and read in a separate process (by a function of `formats` or `tables`); what
is not stated is guessed (`items`); a row without a text gets that of a file; its outlet is settled (`items`); its text,
its row of articles.csv and those of import.csv, which says where everything is from, are written. `items` defines an
article on its way, and holds the limits.

The texts are written first, the tables last and whole. An import that is stopped in between leaves the corpus as it
was, with some files that the next import uses again.

To add a file type, write one function in `formats`, from a file's text, or the opened file where it is no text, to its
articles, and name it in READERS.
"""

import hashlib
import io
import multiprocessing
import os
import re
import textwrap
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pebble
import psutil
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from helpers.importing import formats, items, tables
from helpers.importing.items import LIMITS, NAMES, PATTERNS, RULES, Item, Refused, fold, show
from helpers.reading.corpus import sum_up
from helpers.reading.files import suggest, write_whole
from helpers.reading.sheets import COLUMNS, REQUIRED, add_rows, read_sheet

__all__ = ["Imported", "describe_import", "import_articles"]
_TABLES = {f"{name}.csv": (COLUMNS[name], REQUIRED[name]) for name in ("articles", "import")}
READERS = {  # by the ending of a file's name
    ".txt": formats.read_text, ".text": formats.read_text, ".md": formats.read_markdown,
    ".html": formats.read_page, ".htm": formats.read_page, ".xhtml": formats.read_page,
    ".docx": formats.read_docx, ".pdf": formats.read_pdf, ".xlsx": tables.read_xlsx, ".parquet": tables.read_parquet,
    ".csv": tables.read_csv, ".tsv": tables.read_csv,
    ".json": tables.read_json, ".jsonl": tables.read_json, ".ndjson": tables.read_json,
}  # fmt: skip
BINARY = {".docx", ".pdf", ".xlsx", ".parquet"}  # no text: their readers are given the opened file


class Imported(NamedTuple):
    """What an import did: `accepted` (rows added to articles.csv), `rejected`, `guesses` (see `import_articles`)."""

    accepted: pd.DataFrame
    rejected: pd.DataFrame
    guesses: pd.DataFrame


def import_articles(
    source: str | os.PathLike[str], target: str | os.PathLike[str], *, columns: Mapping[str, str] | None = None,
    outlet: str | None = None, progress: bool = True,
) -> Imported:  # fmt: skip
    """Return what was accepted, rejected and guessed; write the articles into a corpus folder, new or old.

    `source` is a folder with texts, web pages, PDF and Word files (sub-folders may be outlets), with tables of articles
    among them (CSV, Excel, JSON, Parquet); or one such file. A row without a text is joined to the file of the folder
    that it names. Rows with one `article_id`, or with that of another row as `part_of`, are one article. Files are read
    in a separate process; on macOS and Windows, a script that calls this needs `if __name__ == "__main__":`.

    `target` is the corpus folder, created if it does not exist. Nothing in it is changed; articles.csv gets rows, in
    UTF-8. `columns` maps our columns to the table's, if the guess by name or by what it holds is wrong: `{"body":
    "Text"}`. Ours are body, headline, author, published, outlet, language, url, source_file, starts_with, ends_with,
    article_id, part_of, published_note, complete and rules_off. `outlet` is that of all these articles. `progress`
    shows a bar where reading the files takes more than a second.

    Each file, or row of a table, is in one of the first two tables; a row that is joined to a file is one article with
    it. `accepted` has the columns of articles.csv, a row for each article added. `rejected`: source_file, reason, a row
    for each file, or row of a table, that was not taken. `guesses`: article_id, field, value, status (found, guessed,
    missing), origin, a row for each article and field, and for each note on its text, as in the corpus's import.csv.

    Raises ValueError, in one line, if `source` does not exist, `target` is a file or the same folder, or its
    articles.csv is unusable.
    """
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
    known = [read_sheet(target / name, *needed)[0] for name, needed in _TABLES.items()]
    found = find_files(source.resolve(), root, target.resolve())
    read = [items.check_item(item) for item in join_rows(read_files(root, found, chosen, progress))]
    return _add_articles(target, items.settle_outlets(read, outlet, known[0]["outlet"]), *known)


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


def find_files(path: Path, root: Path, skip: Path) -> list[Item]:
    """Return the files below a folder, in order, or one file, each to be read, or refused with the reason.

    Paths are relative to `root`; nothing outside it is opened. `skip` is left out: the corpus that is being made.
    """
    name, is_folder, suffix, most = path.name, path.is_dir(), path.suffix.lower(), LIMITS["depth"]
    is_system = name.startswith((".", "~$")) or name in ("Thumbs.db", "desktop.ini")
    is_parts = name.casefold().endswith(tuple(RULES["names"]["page_folders"]))
    kind = f"{suffix} files are" if suffix else "files without an ending in their name are"
    cures = (cure for cure, endings in RULES["cures"].items() if suffix[1:] in endings)
    rules = (
        (path == root, ""),
        (not is_folder and not path.is_file(), "it is no file (a link to nothing, a pipe?): copy the file itself"),
        (not path.resolve().is_relative_to(root), "it is a link out of the folder, not followed: copy the file itself"),
        (is_folder and (path.is_symlink() or is_system), "a linked or hidden folder, not looked into"),
        (is_folder and is_parts, "what a browser saves beside a page, not looked into"),
        (len(path.relative_to(root).parts) > most + 1, f"more than {most} folders deep: move it up"),
        (is_folder and not os.access(path, os.R_OK | os.X_OK), "it cannot be opened (Permission denied)"),
        (is_system, "a file of the system or of an open program, not an article"),
        (not is_folder and suffix not in READERS, f"{kind} not read: {next(cures, RULES['names']['other_cure'])}"),
        (path.is_file() and path.stat().st_size > LIMITS["bytes"], f"more than {LIMITS['bytes']:,} bytes: split it"),
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
    read, seconds = [file for file in found if file.refused], LIMITS["seconds"]
    try:
        paths = [file.path for file in found if not file.refused]
        jobs = {path: pool.schedule(read_file, (root, path, columns), timeout=seconds) for path in paths}
        shown = tqdm(jobs.items(), "opening", unit=" files", leave=False, delay=1, disable=not progress or None)
        for path, job in shown:
            try:
                read += job.result()
            except (TimeoutError, pebble.ProcessExpired) as error:
                why = f"took longer than {seconds} seconds" if isinstance(error, TimeoutError) else "broke off"
                read.append(Item(path=path, refused=f"reading it {why}: save it as .txt, or split it"))
    finally:
        pool.stop()
        pool.join()
    return read


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
        opened, note = (io.BytesIO(content), "") if suffix in BINARY else items.decode(content)
        read = READERS[suffix](opened)
        if isinstance(read, dict):
            return [items.finish_item(item, path, note) for item in tables.make_articles(read, columns)]
        if not any(item.text.strip() or item.refused for item in read):
            raise Refused("it holds no text (a scan?): recognise its text with OCR first, or save it again")
        seen = [formats.TAG.sub("\n", opened), opened] if isinstance(opened, str) else [item.text for item in read]
        for name, pattern in PATTERNS["other_deliveries"].items():
            if any(map(pattern.search, seen)):
                raise Refused(f"it is {name}, not read: export a table, or save each article as .txt")
        return [items.finish_item(item, path, note) for item in read]
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


def join_rows(read: Sequence[Item]) -> list[Item]:
    """Return rows of tables, each with its text, and the articles of files that no row took.

    A row has its own text, or takes that of the file it names; its own fields override its file's. Rows with one
    `article_id`, or `part_of` it, are one article, but for those of two outlets.
    """
    rows, others = ([item for item in read if ("row " in item.at) is is_row] for is_row in (True, False))
    n_articles = Counter(item.path for item in others)
    files = {item.path: item for item in others if not item.refused and n_articles[item.path] == 1}
    named: dict[str, list[Path]] = {}
    for path in files:
        named.setdefault(path.name, []).append(path)
    meant = [_find_file(row, named) for row in rows]
    n_rows = Counter(path for row, path in zip(rows, meant, strict=True) if not row.text.strip())
    joined, outlets = dict[Any, Item](), dict[Any, str]()  # of an article, the outlet of the row above
    for number, (row, path) in enumerate(zip(rows, meant, strict=True)):
        name, has_text = row.get("source_file")[-120:], bool(row.text.strip())
        if path and n_rows[path] == 1 and not has_text:
            file = files[path]
            row = row._replace(text=file.text, notes=row.notes + file.notes, fields=file.fields | row.fields)
        elif not (has_text or row.refused):
            reason = f"its file {name!r} is not in the folder, or not one article" if name else "it has no text"
            reason = f"{n_rows[path]} rows have its file {name!r}, one text" if path else reason
            row = row._replace(refused=f"{reason}: {RULES['names']['no_text_in_row']}")
        own = (row.path, row.get("part_of") or row.get("article_id"))
        outlets[own] = row.get("outlet") or outlets.get(own, "")  # it may stand in the first row; two may count alike
        key = (*own, outlets[own]) if own[1] and row.text.strip() else number
        if (first := joined.setdefault(key, row)) is not row:
            one, other = first.text.strip(), row.text.strip()
            text = max(one, other, key=len) if one in other or other in one else f"{one}\n\n{other}"
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


def _add_articles(target: Path, found: Iterable[Item], articles: pd.DataFrame, imported: pd.DataFrame) -> Imported:
    """Return what was added to articles.csv and import.csv, and what was left out; write all to the corpus folder.

    `articles` and `imported` are the rows that the corpus has of each. An article is left out, with the
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
        origin = origins.get(row.article_id, "")
        known[digest, row.outlet.casefold()] = known[digest, origin] = known[row.headline, origin] = row.article_id
    names = {name.casefold() for name in [*articles["source_file"], *(articles["article_id"] + ".txt")]}
    added: dict[str, list[dict[str, str]]] = {name: [] for name in _TABLES}
    refused, taken = [], Counter[str]()  # the last number of each name
    for item in found:
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
        stem = "_".join(parts)
        for number in count(taken[stem] + 1):  # no other file is overwritten; one that a stopped import left is used
            article_id = stem + f"-{number}" * (number > 1)
            path = target / f"{article_id}.txt"
            is_left = path.is_file() and not path.is_symlink() and path.read_bytes() == content
            if path.name not in names and (is_left or not os.path.lexists(path)):
                break
        taken[stem] = number
        row = {name: item.get(name) for name in COLUMNS["articles"]}
        row |= {"article_id": article_id, "source_file": path.name, "sha256": digest}
        if row["published"] and not row["published_note"]:
            row["published_note"] = f"{item.fields['published'].status}: {item.fields['published'].origin}"
        was = known.get((item.get("headline"), item.origin))
        older = [f"{was!r} is an older text from the same place: delete its row in articles.csv"] * bool(was)
        said = [("text", "", "found", item.origin), *(("text", "", "guessed", note) for note in (*item.notes, *older))]
        said += [(name, *item.fields.get(name, ("", "missing", ""))) for name in items.FIELDS]
        write_whole(path, content)
        known |= dict.fromkeys(places, article_id)
        names.add(path.name)
        added["articles.csv"].append(row)
        for one in said:
            added["import.csv"].append(dict(zip(COLUMNS["import"], (article_id, *map(show, one)), strict=True)))
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
