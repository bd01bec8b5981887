"""The store of what was read: parts of Parquet, written once and moved into place, asked with DuckDB.

    tables/HASH/part-*/   the rows of some articles; HASH is of what they share: actors, sources, model, code, lexicons
    parses/HASH/part-*/   spaCy's parses of texts, so that an edited actors.csv or lexicon parses nothing again
    names/HASH/part-*/    the names that spaCy finds in texts, for drafts of actors.csv (proposing.py)

Any file or folder can be deleted at any time: what is missing is read again.
"""

import contextlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
_DUCKDB = {
    "autoinstall_known_extensions": False, "autoload_known_extensions": False,  # nothing is ever downloaded
    "arrow_large_buffer_size": True,  # a column may hold more than 2 GB
    "temp_directory": "",  # nothing is written where it happens to run
}  # fmt: skip


def save_part(folder: Path, tables: "Mapping[str, Any]") -> None:
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
    folder: Path, table: str, columns: Sequence[str] | None = None, *, keys: Collection[str] | None = None
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Yield each part of a folder with one of its tables; a part in which that cannot be read is removed.

    With `keys` only parts that hold one. The folder is then used today, so that it is not among those that go first.
    """
    import pyarrow.parquet as pq

    with contextlib.suppress(OSError):  # there is none yet, or nothing can be written here
        os.utime(folder)
    for part in sorted(folder.glob("part-*")):
        file = part / f"{table}.parquet"
        try:
            if keys is None or pq.read_table(file, columns=["key"]).to_pandas()["key"].isin(keys).any():
                yield part, pq.read_table(file, columns=columns).to_pandas()
        except (OSError, ValueError):  # ValueError: what is there is no Parquet
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
    """The tables of some articles, left in the store until rows of them are asked for."""

    def __init__(self, folder: Path, keys: Sequence[str], refill: Callable[[], object]) -> None:
        """Take a folder of parts, the articles' keys in the order of their rows, and what reads those that vanished."""
        self.folder, self.keys, self.refill = folder, list(keys), refill
        self._index: pd.DataFrame | None = None

    def narrow(self, kept: Sequence[bool]) -> "StoredTables":
        """Return the tables of some of the articles."""
        keys = [key for key, stays in zip(self.keys, kept, strict=True) if stays]
        return StoredTables(self.folder, keys, self.refill)

    def select(
        self, table: str, columns: Sequence[str] | None = None, among: pd.DataFrame | None = None,
        values: Mapping[str, list[Any]] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return rows of a table in the order of the articles, each under its number in the whole table.

        Rows hold one of the listed values in each column of `values`, and agree in all columns of `among` with one of
        its rows. Raises KeyError for an unknown column, OSError where the store cannot be read.
        """
        import duckdb
        import pyarrow as pa

        known, values = list(schemas.TABLES[table].columns), values or {}
        names = known if columns is None else list(columns)
        if unknown := [name for name in (*names, *values) if name not in known]:
            raise KeyError(f"no column {unknown[0]!r} in {table}")
        shown = "".join(f', "{name}"' for name in names)
        query = f'SELECT first + "row" AS number{shown} FROM read_parquet(?) JOIN wanted USING (filename, key)'
        if among is not None:
            query += " SEMI JOIN among USING ({})".format(", ".join(f'"{name}"' for name in among.columns))
        if values:
            query += " WHERE " + " AND ".join(f'list_contains(?, "{name}")' for name in values)
        found = pd.DataFrame(columns=["number", *names])
        for _ in range(_TRIES if self.keys else 0):
            wanted = self._find_articles(table)
            try:
                with duckdb.connect(":memory:", config=_DUCKDB) as engine:
                    engine.register("wanted", pa.Table.from_pandas(wanted, preserve_index=False))
                    if among is not None:
                        engine.register("among", pa.Table.from_pandas(among, preserve_index=False))
                    asked = [sorted(set(wanted["filename"])), *values.values()]
                    found = engine.sql(f"{query} ORDER BY number", params=asked).to_arrow_table().to_pandas()
                break
            except duckdb.Error:  # a file is damaged, or another run removed it
                for name in (INDEX, *READ_TABLES):
                    list(load_parts(self.folder, name))
                self._index = None
        if self.keys and self._index is None:
            raise OSError(f"{self.folder}: cannot be read, or other runs change it all the time; delete it, run again")
        return schemas.cast(found, table, names).set_index(pd.Index(found["number"].to_numpy(), name=None))

    def _find_articles(self, table: str) -> pd.DataFrame:
        """Return of each article its key, the file that holds its rows of a table, and the number of the first."""
        if self._index is None:
            found = index_parts(self.folder)
            if not set(self.keys) <= set(found.index):
                self.refill()
                found = index_parts(self.folder)
            articles = found.loc[self.keys].reset_index()
            counts = articles[list(READ_TABLES)].astype(int)
            self._index = articles.assign(**(counts.cumsum() - counts))
        files = self._index["part"] + f"/{table}.parquet"
        return self._index[["key"]].assign(filename=files, first=self._index[table])


def index_parts(folder: Path) -> pd.DataFrame:
    """Return the stored articles by key: part (its path) and, for each table, how many rows the article has."""
    none = pd.DataFrame(columns=["key", *READ_TABLES])
    parts = [none.assign(part=""), *(table.assign(part=str(part)) for part, table in load_parts(folder, INDEX))]
    return pd.concat(parts).drop_duplicates("key").set_index("key")  # two runs at once may have stored the same
