"""The store of what was read: Parquet, many articles a chunk, each article under a hash of all that it depends on.

A chunk is a folder that is written beside its place and moved there, and never changed. Any of them can be deleted
at any time, and the whole store too: what is missing is read again.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.reading.chunks import READ_TABLES, Chunk, list_types

STORE = Path(__file__).parents[2] / ".cache" / "reading"
LARGEST = 4_000_000_000  # bytes: beyond, the chunks that were used longest ago are removed
SMALL, MOST_SMALL = 64, 16  # articles of a small chunk, and how many such chunks there may be before they become one
_INDEX = "index.parquet"
_CHUNK, _PART = "chunk-", "part-"
_DAY = 86_400


def load_chunks(store: Path, keys: Collection[str]) -> list[Chunk]:
    """Return the stored chunks that hold articles of these keys; a chunk that is damaged is removed."""
    missing, found = set(keys), []
    for place in sorted(store.glob(f"{_CHUNK}*")):
        index = _read_index(place)
        if index is None or missing.isdisjoint(index["key"]):
            continue
        chunk = _read_chunk(place, index)
        if chunk is not None:
            missing.difference_update(chunk.keys)
            found.append(chunk)
            with contextlib.suppress(OSError):
                os.utime(place)
    return found


def store_chunk(chunk: Chunk, store: Path) -> None:
    """Write a chunk beside its place and move it there, so that a kill or a second run never leaves half of one."""
    if not chunk.keys:
        return
    place = store / f"{_CHUNK}{hashlib.sha256(' '.join(chunk.keys).encode()).hexdigest()[:24]}"
    store.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=_PART, dir=store))
    try:
        for name, table in chunk.tables.items():
            pq.write_table(table, beside / f"{name}.parquet", compression="zstd", write_page_checksum=True)
        counts = dict(zip(READ_TABLES, chunk.counts.T, strict=True))
        pq.write_table(pa.table({"key": list(chunk.keys), **counts}), beside / _INDEX, write_page_checksum=True)
        if place.exists():  # another run was first with the same articles, and theirs may have been damaged since
            _remove(place)
        with contextlib.suppress(OSError):  # or it was first just now
            os.replace(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def tidy_store(store: Path, used: Collection[str] = ()) -> None:
    """Join small chunks, and remove what killed runs left and, beyond `LARGEST`, what was used longest ago.

    Chunks with an article of the keys `used` stay.
    """
    for part in store.glob(f"{_PART}*"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _DAY:
                shutil.rmtree(part, ignore_errors=True)
    _join_small(store)
    places, used = [], set(used)
    for place in store.glob(f"{_CHUNK}*"):
        with contextlib.suppress(OSError):  # another run removed it
            size = sum(file.stat().st_size for file in place.iterdir())
            places.append((place.stat().st_mtime, size, place))
    total = sum(size for _, size, _ in places)
    for _, size, place in sorted(places):
        if total <= LARGEST:
            break
        index = _read_index(place)
        if index is None or used.isdisjoint(index["key"]):
            _remove(place)
            total -= size


def _join_small(store: Path) -> None:
    indices = {place: _read_index(place) for place in sorted(store.glob(f"{_CHUNK}*"))}
    small = {place: index for place, index in indices.items() if index is not None and len(index) < SMALL}
    if len(small) <= MOST_SMALL:
        return
    chunks = [chunk for place, index in small.items() if (chunk := _read_chunk(place, index)) is not None]
    tables = {name: pa.concat_tables([chunk.tables[name] for chunk in chunks]) for name in READ_TABLES}
    keys = tuple(key for chunk in chunks for key in chunk.keys)
    store_chunk(Chunk(keys, np.concatenate([chunk.counts for chunk in chunks]), tables, {}), store)
    for place in small:
        _remove(place)


def _read_index(place: Path) -> pd.DataFrame | None:
    try:
        return pq.read_table(place / _INDEX, page_checksum_verification=True).to_pandas()[["key", *READ_TABLES]]
    except (OSError, ValueError, KeyError):
        _remove(place)
        return None


def _read_chunk(place: Path, index: pd.DataFrame) -> Chunk | None:
    counts = index[list(READ_TABLES)].to_numpy(dtype=np.int64)
    try:
        tables = {
            name: pq.read_table(place / f"{name}.parquet", page_checksum_verification=True) for name in READ_TABLES
        }
        whole = _fit(tables, counts.sum(axis=0))
    except (OSError, ValueError, KeyError):
        whole = False
    if not whole:
        _remove(place)
        return None
    return Chunk(tuple(index["key"]), counts, tables, {})


def _fit(tables: dict[str, pa.Table], sizes: Sequence[int]) -> bool:
    """Tell whether stored tables have the columns and as many rows as they should."""
    return all(
        len(table) == size and table.schema.equals(list_types(name))
        for (name, table), size in zip(tables.items(), sizes, strict=True)
    )


def _remove(place: Path) -> None:
    """Move a folder away, then delete it: whoever looks meanwhile sees all of it or nothing."""
    away = place.with_name(f"{_PART}{place.name}-{os.getpid()}")
    with contextlib.suppress(OSError):
        os.replace(place, away)
    shutil.rmtree(away, ignore_errors=True)
