"""Cache what opening a large corpus computes, cleaned files and story clusters, so that it is computed once.

Each entry is found by a hash of all that it depends on, so nothing stale is used. The folder can be deleted at any
time; where it cannot be written, nothing is cached.
"""

import contextlib
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading.files import write_whole

STORE = Path(__file__).parents[2] / ".cache" / "opened"
MANY = 500  # entries; so few are computed again in less than a second


def hash_parts(*parts: str) -> str:
    """Return a hash of texts, and of the code and the lexicon that clean and compare articles."""
    digest = hashlib.sha256(_read_code())
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:32]


@functools.cache  # what a running kernel has loaded stays as it was
def _read_code() -> bytes:
    code = sorted(Path(__file__).parent.rglob("*.py"))
    return b"\0".join(file.read_bytes() for file in [*code, LEXICONS / "cleaning.toml"])


def load_cache(store: Path | None, folder: Path) -> dict[str, str]:
    """Return what an earlier opening of a corpus folder cached, hash -> JSON; nothing where there is none."""
    if not store:
        return {}
    try:
        cached = pd.read_parquet(_find_file(store, folder), page_checksum_verification=True)
    except (OSError, ValueError):  # missing or damaged
        return {}
    return dict(zip(cached["hash"], cached["entry"], strict=True))


def save_cache(store: Path | None, folder: Path, entries: Mapping[str, str]) -> None:
    """Cache the entries of a corpus folder in place of earlier ones, if there are many."""
    if not store or len(entries) < MANY:
        return
    table = pd.DataFrame({"hash": list(entries), "entry": list(entries.values())})
    with contextlib.suppress(OSError):
        store.mkdir(parents=True, exist_ok=True)
        content = table.to_parquet(index=False, compression="zstd", write_page_checksum=True)
        write_whole(_find_file(store, folder), content)


def _find_file(store: Path, folder: Path) -> Path:
    return store / f"{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}.parquet"
