"""The store of what was read: parts, each one file of Parquet, written once and moved into place.

    tables/HASH/part-*    the rows of some articles; HASH is of what they share: actors, sources, model, code, lexicons
    parses/HASH/part-*    spaCy's parses of texts, so that an edited actors.csv parses nothing again
    entities/HASH/part-*  the names that spaCy finds in texts, for drafts of actors.csv (proposing.py)
    opened/HASH/part-*    the cleaned articles of a large corpus and what was removed (corpus.py)
    tones/, vectors/      what the encoder says of sentences (tone_model.py)

Any file or folder can be deleted at any time: what is missing is read again.
"""

import contextlib
import hashlib
import io
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.lexicons import LEXICONS
from helpers.reading import schemas
from helpers.reading.files import write_whole

STORE = Path(__file__).parents[2] / ".cache" / "reading"
LARGEST = 4_000_000_000  # bytes: beyond, the folders that were used longest ago are removed
READ_TABLES = ("sentences", "passages", "mentions", "attributions", "acts", "harms", "odd_marks")


@cache  # what a running process has loaded stays as it was
def hash_files(*patterns: str) -> str:
    """Return a hash of files of helpers/reading and helpers/lexicons."""
    files = {file for home in (Path(__file__).parent, LEXICONS) for pattern in patterns for file in home.glob(pattern)}
    parts = [part for file in sorted(files) for part in (file.name.encode(), file.read_bytes())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def hash_text(*parts: str) -> str:
    """Return a hash of texts, under which what was made of them is stored."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def recall(
    folder: Path | None, keys: Sequence[str], make: Callable[[list[str]], Iterable[pa.Table]], must_save: bool = False
) -> pa.Table:
    """Return one row a key, in the order of `keys`: as a folder has it, else as `make` makes it of the missing keys.

    `make` gives tables with a column `key`, each of which is stored at once; of a key that it leaves out there is no
    row. Without a folder nothing is stored. What cannot be stored is made again next time; with `must_save`, that
    raises OSError.
    """
    parts = [*load_parts(folder, keys)] if folder else []
    stored = {key for part in parts for key in part["key"].to_pylist()}
    missing = [key for key in dict.fromkeys(keys) if key not in stored]
    for part in make(missing) if missing else ():
        parts.append(part)
        with contextlib.suppress(*() if must_save else (OSError,)):
            if folder:
                save_part(folder, part)
    order = {key: place for place, key in enumerate(keys)}
    parts = sorted(filter(len, parts), key=lambda part: order[part["key"][0].as_py()])  # so mostly no row must move
    packed = pa.concat_tables(parts or [pa.table({"key": pa.array([], pa.string())})])
    found = pc.index_in(pa.array(keys, pa.string()), packed["key"]).drop_null()  # two runs may have stored the same
    return packed if found.to_pylist() == [*range(len(packed))] else packed.take(found)


def save_part(folder: Path, table: pa.Table) -> None:
    """Write a table as one part of a folder; a kill never leaves half of one."""
    pq.write_table(table, content := io.BytesIO(), compression="zstd")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"part-{uuid.uuid4().hex}.parquet", content.getvalue())


def load_parts(folder: Path, keys: Collection[str]) -> Iterator[pa.Table]:
    """Yield the rows of these keys in each part of a folder; a part that cannot be read is removed.

    The folder is then used today, so that it is not among those that go first.
    """
    wanted = pa.array(keys, pa.string())
    with contextlib.suppress(OSError):  # there is none yet, or nothing can be written here
        os.utime(folder)
    for part in sorted(folder.glob("part-*.parquet")):
        try:
            with pq.ParquetFile(part) as file:  # threads and filters are slower for many small columns
                keep = pc.is_in(file.read(["key"], use_threads=False)["key"], wanted)
                if pc.any(keep).as_py():
                    table = file.read(use_threads=False)
                    yield table if pc.all(keep).as_py() else table.filter(keep)
        except (OSError, ValueError, KeyError) as error:  # what is there is no Parquet, or not one of these
            print(f"{part} is damaged and made again: {error}"[:400], file=sys.stderr)
            with contextlib.suppress(OSError):
                part.unlink()


def tidy_store(store: Path, used: Collection[Path]) -> None:
    """Remove, beyond LARGEST, the folders used longest ago, but none of those `used` now."""
    found = {}  # when each folder was used, and its size
    for folder in [*store.glob("*/*/")]:
        with contextlib.suppress(OSError):  # another run removed it, or something in it
            found[folder] = folder.stat().st_mtime, sum(map(os.path.getsize, folder.iterdir()))
    for folder in sorted(found.keys() - used, key=found.get):
        if sum(size for _, size in found.values()) > LARGEST:
            shutil.rmtree(folder, ignore_errors=True)
            del found[folder]


def pack_rows(read: Mapping[str, Mapping[str, Sequence[Any]]]) -> pa.Table:
    """Return rows, by key and table, as one table with a row a key and the rows of each table in a column."""
    columns: dict[str, Any] = {"key": pa.array(read, pa.string())}
    for name in next(iter(read.values()), ()):
        rows = [tables[name] for tables in read.values()]
        columns[name] = pa.array(rows, schemas.ROWS[name], from_pandas=True)  # so that NaT is a day that is missing
    return pa.table(columns)


def unpack_tables(packed: pa.Table) -> dict[str, pd.DataFrame]:
    """Return the tables of what `pack_rows` packed, checked."""
    if not len(packed):
        return {name: schemas.check(pd.DataFrame(), name) for name in READ_TABLES}
    rows = {name: pc.list_flatten(packed[name]) for name in packed.column_names if name != "key"}
    return {name: schemas.check(pa.Table.from_struct_array(own).to_pandas(), name) for name, own in rows.items()}
