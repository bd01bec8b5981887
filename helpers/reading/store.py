"""The store of what was read: parts of Parquet, written once and moved into place.

    tables/HASH/part-*/   the rows of some articles; HASH is of what they share: actors, sources, model, code, lexicons
    parses/HASH/part-*/   spaCy's parses of texts, so that an edited actors.csv or lexicon parses nothing again
    names/HASH/part-*/    the names that spaCy finds in texts, for drafts of actors.csv (proposing.py)
    opened/HASH/part-*/   the cleaned articles of a large corpus and what was removed (corpus.py)

Any file or folder can be deleted at any time: what is missing is read again.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.reading import schemas

STORE = Path(__file__).parents[2] / ".cache" / "reading"
LARGEST = 4_000_000_000  # bytes: beyond, the folders that were used longest ago are removed
READ_TABLES = ("sentences", "passages", "mentions", "attributions", "acts", "harms", "odd_marks")
INDEX = "articles"  # the table of a part with one row an article: its key and how many rows it has in each table
_TRIES = 5  # other runs may remove parts while a table is fetched
_DAY = 86_400


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


class StoredTables:
    """The tables of some articles, left in the store until columns of them are asked for."""

    def __init__(self, folder: Path, keys: Sequence[str], refill: Callable[[], object]) -> None:
        """Take a folder of parts, the articles' keys in the order of their rows, and what reads those that vanished."""
        self.folder, self.keys, self.refill = folder, list(keys), refill

    def narrow(self, kept: Sequence[bool]) -> "StoredTables":
        """Return the tables of some of the articles."""
        keys = [key for key, stays in zip(self.keys, kept, strict=True) if stays]
        return StoredTables(self.folder, keys, self.refill)

    def select(self, table: str, columns: Collection[str] | None = None) -> pd.DataFrame:
        """Return columns of a table, its rows in the order of the articles, each under its number.

        Raises KeyError for an unknown column, OSError where the store cannot be read.
        """
        known = list(schemas.TABLES[table].columns)
        names = known if columns is None else list(columns)
        if unknown := [name for name in names if name not in known]:
            raise KeyError(f"no column {unknown[0]!r} in {table}")
        if not self.keys:
            return schemas.cast(pd.DataFrame(), table, names)
        filters = [("key", "in", self.keys)]
        for _ in range(_TRIES):
            articles = index_parts(self.folder).reindex(self.keys)
            parts = dict(load_parts(self.folder, table, ["key", "row", *names], filters=filters))
            if parts.keys() >= set(articles["part"]):
                break
            self.refill()  # a part was damaged, or another run removed it
        else:
            raise OSError(f"{self.folder}: cannot be read, or other runs change it all the time; delete it, run again")
        counts = articles[table].astype("int64")
        found = pd.concat(parts.values())
        found.index = found["key"].map(counts.cumsum() - counts).astype("int64") + found["row"].astype("int64")
        found = found[~found.index.duplicated()].sort_index()  # two runs at once may have stored the same
        return schemas.cast(found, table, names).set_index(found.index)


def index_parts(folder: Path) -> pd.DataFrame:
    """Return the stored articles by key: part (its path) and, for each table, how many rows the article has."""
    none = pd.DataFrame(columns=["key", *READ_TABLES, "part"])
    parts = [none, *(table.assign(part=part) for part, table in load_parts(folder, INDEX, ["key", *READ_TABLES]))]
    return pd.concat(parts).drop_duplicates("key").set_index("key")  # two runs at once may have stored the same
