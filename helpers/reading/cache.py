"""Cache what opening a large corpus computes, cleaned files and story clusters, so that it is computed once.

Each entry is found by a hash of all that it depends on, so nothing stale is used. The folder can be deleted at any
time; where it cannot be written, nothing is cached.
"""

import contextlib
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

from helpers.reading.files import write_whole
from helpers.reading.hashing import hash_code

STORE = Path(__file__).parents[2] / ".cache" / "opened"
MANY = 500  # entries; so few are computed again in less than a second
CODE, LEXICONS = ("cleaning", "copies"), ("cleaning.toml",)  # what computes the entries


def hash_parts(*parts: str) -> str:
    """Return a hash of texts, and of the code and the lexicons that clean and compare them."""
    digest = hashlib.sha256(hash_code(CODE, LEXICONS).encode())
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:32]


def load_cache(store: Path | None, folder: Path) -> dict[str, str]:
    """Return what an earlier opening of a corpus folder cached, hash -> JSON; nothing where there is none."""
    file = _find_file(store, folder) if store else None
    if not file or not file.is_file():
        return {}
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file, page_checksum_verification=True)
    except (OSError, ValueError):  # damaged, or deleted by now
        return {}
    return dict(zip(table["hash"].to_pylist(), table["entry"].to_pylist(), strict=True))


def save_cache(store: Path | None, folder: Path, entries: Mapping[str, str]) -> None:
    """Cache the entries of a corpus folder in place of earlier ones, if there are many."""
    if not store or len(entries) < MANY:
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"hash": list(entries), "entry": pa.array(entries.values(), pa.large_string())})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    with contextlib.suppress(OSError):
        store.mkdir(parents=True, exist_ok=True)
        write_whole(_find_file(store, folder), buffer.getvalue())


def _find_file(store: Path, folder: Path) -> Path:
    return store / f"{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}.parquet"
