"""Keep what opening a large corpus computes: the cleaning of each file, and the story clusters.

Each is found again under a hash of all that it depends on. The folder can be deleted at any time, and where it cannot
be written, nothing is kept.
"""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.reading.cleaning import Cleaned, Cut, Problem
from helpers.reading.files import write_whole
from helpers.reading.hashing import hash_code

if TYPE_CHECKING:
    import pyarrow as pa

STORE = Path(__file__).parents[1] / ".cache" / "opened"
MANY = 500  # files; what so few take is not worth a file
MOST = 40  # files that are kept, those used last
# what cleaning and copies depend on; tests hold the modules against what these import
CLEANERS = ("cleaning",)
LEXICONS = ("cleaning.toml",)
_ROW = ("article_id", "starts_with", "ends_with", "outlet", "headline", "author", "rules_off")


class CleanedFiles:
    """The cleaning of a corpus's files as an earlier run found it, and what this run adds."""

    def __init__(self, store: Path | None, folder: Path, settings: Mapping[str, Any]) -> None:
        """Look for what is kept of a corpus folder with these settings (corpus.toml)."""
        place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
        self.file = store / f"cleaned-{place}.parquet" if store else None
        code = hash_code(CLEANERS, LEXICONS)
        self.shared = hashlib.sha256(f"{code}\0{json.dumps(settings, default=str, sort_keys=True)}".encode())
        self.kept = _load(self.file)
        self.rows = {key: row for row, key in enumerate(self.kept["key"].to_pylist())} if self.kept else {}
        self.used: list[int] = []
        self.new: dict[str, str] = {}

    def name(self, raw: str, rows: Sequence[Mapping[str, str]]) -> str:
        """Return a name for the cleaning of a file: a hash of its text, its rows in articles.csv, rules and code."""
        own = self.shared.copy()
        given = json.dumps([[row[column] for column in _ROW] for row in rows])
        own.update(f"\0{given}\0{raw}".encode("utf-8", "surrogatepass"))
        return own.hexdigest()[:32]

    def find(self, key: str) -> Cleaned | None:
        """Return what is kept under a name (without the stretches kept, which opening does not need)."""
        if key not in self.rows:
            return None
        self.used.append(self.rows[key])
        found = json.loads(self.kept["cleaned"][self.rows[key]].as_py())
        ranges = {article_id: (start, end) for article_id, (start, end) in found["ranges"].items()}
        removed = [Cut(*cut) for cut in found["removed"]]
        problems = [Problem(*problem) for problem in found["problems"]]
        return Cleaned(found["texts"], found["n_words"], ranges, removed, problems)

    def add(self, key: str, cleaned: Cleaned) -> None:
        """Keep the cleaning of a file under a name."""
        parts = ("texts", "n_words", "ranges", "removed", "problems")
        self.new[key] = json.dumps({part: getattr(cleaned, part) for part in parts})

    def save(self) -> None:
        """Write what this run used, where it cleaned many files or kept ones are to be added to."""
        if not self.file or not self.new or (len(self.new) < MANY and not self.kept):
            return
        added = _build({"key": self.new, "cleaned": self.new.values()})
        _save(self.file, [self.kept.take(np.array(self.used, np.int64)), added] if self.kept else [added])


def name_texts(articles: pd.DataFrame) -> str:
    """Return a name for what near-copies are found in: ids, outlets and texts, and the code that looks for them."""
    digest = hashlib.sha256(hash_code(("copies",)).encode())
    for column in ("article_id", "outlet", "text"):
        for cell in articles[column]:
            content = cell.encode("utf-8", "surrogatepass")
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:24]


def load_clusters(store: Path | None, name: str) -> dict[str, str] | None:
    """Return the story cluster of each article as an earlier run found it; None where none is kept."""
    kept = _load(store / f"clusters-{name}.parquet" if store else None)
    return dict(zip(kept["article_id"].to_pylist(), kept["cluster_id"].to_pylist(), strict=True)) if kept else None


def save_clusters(store: Path | None, name: str, clusters: pd.Series) -> None:
    """Keep the story cluster of each article (cluster_id by article_id), where there are many."""
    if store and len(clusters) >= MANY:
        columns = {"article_id": clusters.index, "cluster_id": clusters}
        _save(store / f"clusters-{name}.parquet", [_build(columns)])


def _load(file: Path | None) -> "pa.Table | None":
    if not file or not file.is_file():
        return None
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file, page_checksum_verification=True)
        os.utime(file)
    except (OSError, ValueError):  # damaged, or gone by now: computed anew
        return None
    return table


def _build(columns: Mapping[str, Iterable[str]]) -> "pa.Table":
    import pyarrow as pa

    return pa.table({name: pa.array(list(cells), pa.large_string()) for name, cells in columns.items()})


def _save(file: Path, tables: "Sequence[pa.Table]") -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.concat_tables(tables), buffer, compression="zstd", write_page_checksum=True)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, buffer.getvalue())
        _tidy(file.parent)


def _tidy(store: Path) -> None:
    """Remove all but the `MOST` files that were used last."""
    files = sorted(store.glob("*.parquet"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[MOST:]:
        file.unlink(missing_ok=True)
