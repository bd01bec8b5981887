"""The tables of what was read, left in the store: DuckDB fetches the rows asked for, Arrow whole columns."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.reading import schemas
from helpers.reading.chunks import KEYS, READ_TABLES, list_types
from helpers.reading.selecting import keep_rows, list_values
from helpers.reading.storing import Place, find_chunks, is_whole

_IDS = ("attribution_id", "parent_id")  # columns in which the article's id stands before a number
_TRIES = 5  # other runs may move chunks while a table is fetched
_SETTINGS = {
    "autoinstall_known_extensions": False, "autoload_known_extensions": False,  # nothing is ever downloaded
    "arrow_large_buffer_size": True,  # a column may hold more than 2 GB
    "temp_directory": "",  # what does not fit in memory is refused, and not written where one happens to work
}  # fmt: skip


class Stored:
    """Where what was read of some articles is stored."""

    def __init__(self, store: Path, keys: Sequence[str], articles: pd.DataFrame, refill: Callable[[], object]) -> None:
        """Take the articles' names in the store, article_id and outlet of each, and what reads those that vanish."""
        self.store, self.keys, self.refill = store, list(keys), refill
        self.articles = articles[list(KEYS)].reset_index(drop=True)
        self._places: list[Place] = []
        self._whole: set[tuple[Path, str]] = set()

    def find_places(self, table: str) -> list[Place]:
        """Return the chunks of the articles, a table of them proved whole; what is missing is read again."""
        for _ in range(_TRIES):
            if not self._places:
                self._places = find_chunks(self.store, self.keys)
                if set(self.keys).difference(*(place.keys for place in self._places)):
                    self.refill()
                    self._places = []
                    continue
            unproved = [place for place in self._places if (place.folder, table) not in self._whole]
            if all([is_whole(place, table) for place in unproved]):
                self._whole |= {(place.folder, table) for place in unproved}
                return self._places
            self._places = []
        raise OSError(f"{self.store}: what was read could not be kept there; delete the folder and run it again")

    def fetch(self, table: str, columns: Sequence[str], values: dict[str, Any], numbers: np.ndarray | None) -> "_Rows":
        """Return rows of a table: all that hold the values, or those with the numbers given."""
        names = list_types(table).names
        if unknown := [name for name in (*columns, *values) if name not in names]:
            raise KeyError(f"no column {unknown[0]!r} in {table}")
        for _ in range(_TRIES):
            layout = _lay_out(self.find_places(table), self.keys, table)
            files = [str(place.find(table)) for place in self._places]
            try:
                return _fetch(files, layout, columns, values, numbers)
            except OSError:  # another run moved a chunk
                self._places = []
        raise OSError(f"{self.store}: other runs change it all the time; wait for them, then run it again")

    def keep(self, kept: pd.Series) -> "Stored":
        """Return what is stored of some of the articles."""
        keys = [key for key, keep in zip(self.keys, kept, strict=True) if keep]
        return Stored(self.store, keys, self.articles[kept.to_numpy()], self.refill)


class StoredTable(NamedTuple):
    """One table of a Reading that is left in the store."""

    stored: Stored
    name: str

    def select(
        self, columns: Sequence[str] | None = None, among: pd.DataFrame | None = None,
        values: dict[str, Any] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return the rows that `tables.select_rows` is asked for."""
        values = values or {}
        wanted = list(schemas.TABLES[self.name].columns) if columns is None else list(columns)
        late = {name: value for name, value in values.items() if name in (*KEYS, *_IDS)}
        early = {name: value for name, value in values.items() if name not in late}
        numbers = None
        if among is not None or late:
            keys = list(dict.fromkeys([*(among.columns if among is not None else []), *late]))
            numbers = keep_rows(self._fetch(keys, early, None), among, late).index.to_numpy()
        return self._fetch(wanted, early if numbers is None else {}, numbers)

    def _fetch(self, columns: list[str], values: dict[str, Any], numbers: np.ndarray | None) -> pd.DataFrame:
        own = [name for name in columns if name not in KEYS]
        rows = self.stored.fetch(self.name, own, values, numbers)
        frame, articles = rows.table.to_pandas(), self.stored.articles
        named = {name: articles[name].take(rows.articles).reset_index(drop=True) for name in KEYS}
        for name in set(_IDS) & set(own):
            named[name] = frame[name].mask(frame[name].ne(""), named["article_id"] + frame[name])
        found = schemas.cast(frame.assign(**named), self.name, columns)
        return found.set_index(pd.RangeIndex(rows.n) if len(rows.numbers) == rows.n else pd.Index(rows.numbers))


class _Layout(NamedTuple):
    """Where the rows of a table stand: in the stored files end to end, and in the table of the corpus."""

    files: np.ndarray  # first row of each file
    stored: np.ndarray  # of each article of the corpus, its first row in the files
    begin: np.ndarray  # its first row in the table
    own: np.ndarray  # its rows


class _Rows(NamedTuple):
    numbers: np.ndarray  # of each row, its number in the table
    articles: np.ndarray  # the number of its article
    table: pa.Table
    n: int  # rows of the whole table


def _lay_out(places: Sequence[Place], keys: Sequence[str], table: str) -> _Layout:
    column = READ_TABLES.index(table)
    counts = [place.counts[:, column] for place in places]
    sizes = np.concatenate([np.zeros(0, np.int64), *counts])
    number = {key: number for number, key in enumerate(key for place in places for key in place.keys)}
    order = np.array([number[key] for key in keys], dtype=np.int64)
    files = np.cumsum([0, *(own.sum() for own in counts)])
    return _Layout(files, (np.cumsum(sizes) - sizes)[order], np.cumsum(sizes[order]) - sizes[order], sizes[order])


def _fetch(
    files: list[str], layout: _Layout, columns: Sequence[str], values: dict[str, Any], numbers: np.ndarray | None
) -> _Rows:
    """Return the rows asked for, in the order of the articles."""
    stored, begin, own = layout.stored, layout.begin, layout.own
    wanted = None
    if numbers is not None:
        articles = np.searchsorted(begin, numbers, side="right") - 1  # of articles without rows the last one is met
        wanted = stored[articles] + numbers - begin[articles]
    rows, table = _ask(files, layout.files, columns, values, wanted)
    if wanted is not None:
        taken = np.searchsorted(rows, wanted)
    else:
        first, last = np.searchsorted(rows, stored), np.searchsorted(rows, stored + own)
        size = last - first
        articles = np.repeat(np.arange(len(own)), size)
        taken = np.arange(size.sum()) + np.repeat(first - (np.cumsum(size) - size), size)
        numbers = begin[articles] + rows[taken] - stored[articles]
    same = len(taken) == len(rows) and (taken == np.arange(len(rows))).all()
    return _Rows(numbers, articles, table if same else table.take(taken), int(own.sum()))


def _ask(
    files: list[str], first: np.ndarray, columns: Sequence[str], values: dict[str, Any], wanted: np.ndarray | None
) -> tuple[np.ndarray, pa.Table]:
    """Return rows of files and their numbers in the files end to end, sorted: those wanted, or that hold the values."""
    if not files or (wanted is not None and not len(wanted)):
        return np.zeros(0, np.int64), pa.table({name: pa.array([], pa.large_string()) for name in columns})
    if wanted is None and not values:  # whole columns: to ask for them takes ten times as long as to read them
        return np.arange(first[-1]), pa.concat_tables(pq.read_table(file, columns=list(columns)) for file in files)
    import duckdb

    shown = "".join(f', "{name}"' for name in columns)
    query, given = f"SELECT file_index, file_row_number{shown} FROM read_parquet(?)", [files]
    with duckdb.connect(":memory:", config=_SETTINGS) as engine:
        if wanted is not None:
            distinct = np.unique(wanted)
            file = np.searchsorted(first, distinct, side="right") - 1
            engine.register("wanted", pa.table({"file_index": file, "file_row_number": distinct - first[file]}))
            query += " SEMI JOIN wanted USING (file_index, file_row_number)"
        if values:
            query += " WHERE " + " AND ".join(f'list_contains(?, "{name}")' for name in values)
            given += [list_values(value) for value in values.values()]
        try:
            found = engine.sql(query, params=given).to_arrow_table()
        except duckdb.IOException as error:
            raise OSError(str(error)) from None
    rows = first[found["file_index"].to_numpy()] + found["file_row_number"].to_numpy()
    found = found.select(list(columns))
    order = np.argsort(rows, kind="stable")
    return rows[order], found if (rows[1:] > rows[:-1]).all() else found.take(order)
