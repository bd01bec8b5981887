"""The store of what was read: parts of Parquet, written once and moved into place.

    tables/HASH/part-*/   the rows of some articles; HASH is of what they share: actors, sources, model, code, lexicons
    parses/HASH/part-*/   spaCy's parses of texts, so that an edited actors.csv or lexicon parses nothing again
    names/HASH/part-*/    the names that spaCy finds in texts, for drafts of actors.csv (proposing.py)
    opened/HASH/part-*/   the cleaned articles of a large corpus and what was removed (corpus.py)

Any file or folder can be deleted at any time: what is missing is read again.
"""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading import schemas

STORE = Path(__file__).parents[2] / ".cache" / "reading"
LARGEST = 4_000_000_000  # bytes: beyond, the folders that were used longest ago are removed
READ_TABLES = ("sentences", "passages", "mentions", "attributions", "acts", "harms", "odd_marks")
INDEX = "articles"  # the table of a part with one row an article, its key: it may have no row in the others
_DAY = 86_400


@cache  # what a running process has loaded stays as it was
def hash_files(*patterns: str) -> str:
    """Return a hash of files of helpers/reading and helpers/lexicons."""
    files = {file for home in (Path(__file__).parent, LEXICONS) for pattern in patterns for file in home.glob(pattern)}
    parts = [part for file in sorted(files) for part in (file.name.encode(), file.read_bytes())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def save_part(folder: Path, tables: "dict[str, Any]") -> None:
    """Write Arrow tables as one part: beside its place, then moved there, so that a kill never leaves half of one."""
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        for name, table in tables.items():
            pq.write_table(table, beside / f"{name}.parquet", compression="zstd")
        os.replace(beside, folder / f"part-{uuid.uuid4().hex}")
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def load_parts(
    folder: Path, table: str, columns: Collection[str] = (), **options: Any
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Yield each part of a folder with one of its tables, all columns or some; one that cannot be read is removed.

    `options` are those of pyarrow's read_table, such as filters. The folder is then used today, so that it is not among
    those that go first.
    """
    import pyarrow.parquet as pq

    with contextlib.suppress(OSError):  # there is none yet, or nothing can be written here
        os.utime(folder)
    for part in sorted(folder.glob("part-*")):
        try:
            found = pq.read_table(part / f"{table}.parquet", columns=list(columns) or None, **options).to_pandas()
            if lost := [name for name in columns if name not in found]:
                raise ValueError(f"it has no column {lost[0]!r}")
            yield part, found
        except (OSError, ValueError) as error:  # ValueError: what is there is no Parquet
            print(f"{part / table}.parquet is damaged and made again: {error}"[:400], file=sys.stderr)
            _remove(part)


def tidy_store(store: Path, used: Collection[Path]) -> None:
    """Remove what killed runs left and, beyond LARGEST, the folders used longest ago, but none of those `used` now."""
    folders = []
    for folder in store.glob("*/*"):
        with contextlib.suppress(OSError):  # another run removed it
            for left in folder.glob(".new-*"):
                if time.time() - left.stat().st_mtime > _DAY:
                    shutil.rmtree(left, ignore_errors=True)
            size = sum(file.stat().st_size for file in folder.glob("part-*/*"))
            folders.append((folder.stat().st_mtime, size, folder))
    total = sum(size for _, size, _ in folders)
    for _, size, folder in sorted(folders):
        if total > LARGEST and folder not in used:
            _remove(folder)
            total -= size


def _remove(folder: Path) -> None:
    """Move a folder away, then delete it: whoever looks meanwhile sees all of it or nothing."""
    away = folder.with_name(f".new-{uuid.uuid4().hex}")
    with contextlib.suppress(OSError):
        os.replace(folder, away)
    shutil.rmtree(away, ignore_errors=True)


def index_parts(folder: Path) -> dict[str, Path]:
    """Return the part that holds an article, by key."""
    return {key: part for part, table in load_parts(folder, INDEX, ["key"]) for key in table["key"]}


def load_tables(folder: Path, keys: list[str]) -> dict[str, pd.DataFrame] | None:
    """Return all tables of the articles with these keys, in their order; None where one of them is not stored whole."""
    index, places, tables = index_parts(folder), pd.Series(range(len(keys)), keys), {}
    for name in READ_TABLES:
        columns = ["key", "row", *schemas.TABLES[name].columns]
        parts = dict(load_parts(folder, name, columns, filters=[("key", "in", keys)])) if keys else {}
        if not {index.get(key) for key in keys} <= parts.keys():  # one was damaged, or another run removed it
            return None
        found = pd.concat(parts.values()) if parts else pd.DataFrame(columns=columns)
        found = found.drop_duplicates(["key", "row"])  # two runs at once may have stored the same
        found = found.assign(place=found["key"].map(places)).sort_values(["place", "row"])
        tables[name] = schemas.cast(found, name)
    return tables
