"""The store of what was read: Parquet, many articles a chunk, each article under a hash of all that it depends on.

A chunk is a folder that is written beside its place and moved there, and never changed. Any of them can be deleted
at any time, and the whole store too: what is missing is read again.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.reading.chunks import PARSES, READ_TABLES, TABLES, Chunk
from helpers.reading.parses import Parse

STORE = Path(__file__).parents[2] / ".cache" / "reading"
LARGEST = 4_000_000_000  # bytes: beyond, the chunks that were used longest ago are removed
SMALL, MOST_SMALL = 64, 16  # articles of a small chunk, and how many such chunks there may be before they become one
_INDEX, _SUMS = "index.parquet", b"sums"
_CHUNK, _PART = "chunk-", "part-"
_DAY = 86_400


class Place(NamedTuple):
    """A stored chunk, as its index has it: nothing of its tables is loaded."""

    folder: Path
    keys: tuple[str, ...]
    counts: np.ndarray  # articles x READ_TABLES: rows, one article behind the other
    sums: dict[str, int]  # table -> CRC-32 of its file

    def find(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"


def find_chunks(store: Path, keys: Collection[str]) -> list[Place]:
    """Return the stored chunks that hold articles of these keys, as few as there need be."""
    missing, found = set(keys), []
    for place in _list_chunks(store):
        if missing.isdisjoint(place.keys):
            continue
        missing.difference_update(place.keys)
        found.append(place)
        with contextlib.suppress(OSError):
            os.utime(place.folder)
    return found


def find_parses(store: Path, names: Collection[str]) -> dict[str, Place]:
    """Return the chunk in which the parse of each of these names is stored, where it is."""
    found, wanted = {}, set(names)
    for place in _list_chunks(store):
        with contextlib.suppress(OSError, ValueError):  # `is_whole` mends it when it is asked for
            keys = pq.read_table(place.find(PARSES), columns=["key"])["key"].to_pylist()
            found |= dict.fromkeys(wanted.intersection(keys), place)
    return found


def load_parses(place: Place, names: Collection[str]) -> dict[str, Parse]:
    """Return the parses of these names that a chunk holds; none where it is damaged, and then it is removed."""
    if not is_whole(place, PARSES):
        return {}
    try:
        rows = pq.read_table(place.find(PARSES), filters=[("key", "in", list(names))]).to_pylist()
        os.utime(place.folder)
    except OSError:  # another run moved it
        return {}
    return {row["key"]: Parse(**row) for row in rows}


def is_whole(place: Place, table: str) -> bool:
    """Tell whether a table of a chunk is as it was written; if not, the chunk is removed."""
    try:
        whole = zlib.crc32(place.find(table).read_bytes()) == place.sums[table]
    except OSError:
        whole = False
    if not whole:
        _remove(place.folder)
    return whole


def load_chunk(place: Place) -> Chunk | None:
    """Return a stored chunk with its tables; None where it is damaged, and then it is removed."""
    if not all(is_whole(place, name) for name in TABLES):
        return None
    tables = {name: pq.read_table(place.find(name)) for name in TABLES}
    return Chunk(place.keys, place.counts, tables, {})


def store_chunk(chunk: Chunk, store: Path) -> None:
    """Write a chunk beside its place and move it there, so that a kill or a second run never leaves half of one."""
    if not chunk.keys:
        return
    folder = store / f"{_CHUNK}{hashlib.sha256(' '.join(chunk.keys).encode()).hexdigest()[:24]}"
    store.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=_PART, dir=store))
    try:
        sums = {name: _write_table(chunk.tables[name], beside / f"{name}.parquet") for name in TABLES}
        index = pa.table({"key": list(chunk.keys), **dict(zip(READ_TABLES, chunk.counts.T, strict=True))})
        index = index.replace_schema_metadata({_SUMS: json.dumps(sums).encode()})
        pq.write_table(index, beside / _INDEX, write_page_checksum=True)
        if folder.exists():  # another run was first with the same articles, and theirs may have been damaged since
            _remove(folder)
        with contextlib.suppress(OSError):  # or it was first just now
            os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_table(table: pa.Table, file: Path) -> int:
    """Write a table and return the CRC-32 of what was written."""
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    written = buffer.getvalue()
    file.write_bytes(written)
    return zlib.crc32(written)


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
    for folder in store.glob(f"{_CHUNK}*"):
        with contextlib.suppress(OSError):  # another run removed it
            size = sum(file.stat().st_size for file in folder.iterdir())
            places.append((folder.stat().st_mtime, size, folder))
    total = sum(size for _, size, _ in places)
    for _, size, folder in sorted(places):
        if total <= LARGEST:
            break
        place = _read_index(folder)
        if place is None or used.isdisjoint(place.keys):
            _remove(folder)
            total -= size


def _join_small(store: Path) -> None:
    small = [place for place in _list_chunks(store) if len(place.keys) < SMALL]
    if len(small) <= MOST_SMALL:
        return
    chunks = [chunk for place in small if (chunk := load_chunk(place)) is not None]
    tables = {name: pa.concat_tables([chunk.tables[name] for chunk in chunks]) for name in TABLES}
    keys = tuple(key for chunk in chunks for key in chunk.keys)
    store_chunk(Chunk(keys, np.concatenate([chunk.counts for chunk in chunks]), tables, {}), store)
    for place in small:
        _remove(place.folder)


def _list_chunks(store: Path) -> Iterator[Place]:
    return (place for folder in sorted(store.glob(f"{_CHUNK}*")) if (place := _read_index(folder)) is not None)


def _read_index(folder: Path) -> Place | None:
    """Return a chunk as its index has it; None where that is damaged, and then the chunk is removed.

    A chunk of an older version of this project, without sums or parses, is let be.
    """
    try:
        index = pq.read_table(folder / _INDEX, page_checksum_verification=True)
        counts = np.stack([index[name].to_numpy() for name in READ_TABLES], axis=1)
        keys = tuple(index["key"].to_pylist())
        sums = json.loads((index.schema.metadata or {}).get(_SUMS, b"{}"))
    except (OSError, ValueError, KeyError):
        _remove(folder)
        return None
    return Place(folder, keys, counts, sums) if set(TABLES) <= set(sums) else None


def _remove(folder: Path) -> None:
    """Move a folder away, then delete it: whoever looks meanwhile sees all of it or nothing."""
    away = folder.with_name(f"{_PART}{folder.name}-{os.getpid()}")
    with contextlib.suppress(OSError):
        os.replace(folder, away)
    shutil.rmtree(away, ignore_errors=True)
