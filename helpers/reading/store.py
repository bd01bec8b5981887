"""The store of what was read: parts, each one file of Parquet, written once and moved into place.

    tables/HASH/part-*    the rows of some articles; HASH is of what they share: actors, sources, model, code, lexicons
    parses/HASH/*         spaCy's parses of texts, so that an edited actors.csv parses nothing again
    names/HASH/part-*     the names that spaCy finds in texts, for drafts of actors.csv (proposing.py)
    opened/HASH/part-*    the cleaned articles of a large corpus and what was removed (corpus.py)

Any file or folder can be deleted at any time: what is missing is read again.
"""

import contextlib
import hashlib
import io
import os
import shutil
import sys
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading import schemas
from helpers.reading.files import clear_parts, write_whole

if TYPE_CHECKING:
    import pyarrow as pa

STORE = Path(__file__).parents[2] / ".cache" / "reading"
LARGEST = 4_000_000_000  # bytes: beyond, the folders that were used longest ago are removed
READ_TABLES = ("sentences", "passages", "mentions", "attributions", "acts", "harms", "odd_marks")


@cache  # what a running process has loaded stays as it was
def hash_files(*patterns: str) -> str:
    """Return a hash of files of helpers/reading and helpers/lexicons."""
    files = {file for home in (Path(__file__).parent, LEXICONS) for pattern in patterns for file in home.glob(pattern)}
    parts = [part for file in sorted(files) for part in (file.name.encode(), file.read_bytes())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def save_part(folder: Path, table: "pd.DataFrame | pa.Table") -> None:
    """Write a table as one part of a folder; a kill never leaves half of one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(table, preserve_index=False) if isinstance(table, pd.DataFrame) else table
    pq.write_table(table, content := io.BytesIO(), compression="zstd")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"part-{uuid.uuid4().hex}.parquet", content.getvalue())


def load_parts(folder: Path, **options: Any) -> "Iterator[pa.Table]":
    """Yield each part of a folder; one that cannot be read is removed.

    `options` are those of pyarrow's read_table: columns, filters. The folder is then used today, so that it is not
    among those that go first.
    """
    import pyarrow.parquet as pq

    with contextlib.suppress(OSError):  # there is none yet, or nothing can be written here
        os.utime(folder)
    for part in sorted(folder.glob("part-*.parquet")):
        try:
            yield pq.read_table(part, **options)
        except (OSError, ValueError) as error:  # ValueError: what is there is no Parquet
            print(f"{part} is damaged and made again: {error}"[:400], file=sys.stderr)
            with contextlib.suppress(OSError):
                part.unlink()


def tidy_store(store: Path, used: Collection[Path]) -> None:
    """Remove what killed runs left and, beyond LARGEST, the folders used longest ago, but none of those `used` now."""
    folders = []
    for folder in store.glob("*/*"):
        with contextlib.suppress(OSError):  # another run removed it
            clear_parts(folder)
            size = sum(file.stat().st_size for file in folder.iterdir())
            folders.append((folder.stat().st_mtime, size, folder))
    total = sum(size for _, size, _ in folders)
    for _, size, folder in sorted(folders):
        if total > LARGEST and folder not in used:
            shutil.rmtree(folder, ignore_errors=True)
            total -= size


def pack_tables(
    tables: Mapping[str, pd.DataFrame], sizes: Mapping[str, Sequence[int]], keys: Sequence[str]
) -> "pa.Table":
    """Return tables as one with a row a key: its next rows of each table, as many as its `sizes` say."""
    import pyarrow as pa

    columns: dict[str, Any] = {"key": pa.array(keys, pa.string())}
    for name, table in tables.items():
        rows = pa.Table.from_pandas(table, preserve_index=False).to_struct_array().combine_chunks()
        columns[name] = pa.LargeListArray.from_arrays([0, *pd.Series(sizes[name], dtype="int64").cumsum()], rows)
    return pa.table(columns)


def unpack_tables(packed: "pa.Table") -> dict[str, pd.DataFrame]:
    """Return the tables that `pack_tables` was given."""
    import pyarrow as pa

    rows = {name: packed[name].combine_chunks().flatten() for name in packed.column_names if name != "key"}
    return {name: schemas.cast(pa.Table.from_struct_array(own).to_pandas(), name) for name, own in rows.items()}


def load_tables(folder: Path, keys: list[str]) -> dict[str, pd.DataFrame] | None:
    """Return all tables of the articles with these keys, in their order; None where one of them is not stored."""
    import pyarrow as pa

    if not keys:
        return {name: schemas.cast(pd.DataFrame(), name) for name in READ_TABLES}
    parts = [*load_parts(folder, filters=[("key", "in", keys)])]
    stored = [key for part in parts for key in part["key"].to_pylist()]
    places = {key: place for place, key in enumerate(stored)}  # two runs at once may have stored the same
    if not places.keys() >= set(keys):  # a part was damaged, or another run removed it
        return None
    return unpack_tables(pa.concat_tables(parts).take([places[key] for key in keys]))
