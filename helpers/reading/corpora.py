"""A corpus -> its Reading: what is stored is found again, what is missing is read, here or on a cluster."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.reading import schemas
from helpers.reading.chunks import BATCH, READ_TABLES, Chunk, Task, name_reader, read_chunk
from helpers.reading.corpus import Corpus, refuse_unreadable
from helpers.reading.keys import list_masks, name_articles
from helpers.reading.models import FEW, name_model
from helpers.reading.parses import name_parse
from helpers.reading.spreading import count_threads, spread_tasks
from helpers.reading.stored import Stored, StoredTable
from helpers.reading.storing import STORE, Place, find_chunks, find_parses, load_parses, store_chunk, tidy_store

if TYPE_CHECKING:
    from distributed import Client

CHUNK = 1_000_000  # characters that are read, sent and stored together: some ten seconds' work


class _Table:
    """A table of a Reading: where it is stored, it is loaded when it is first looked at."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, read: "Reading | None", owner: type) -> pd.DataFrame:
        if read is None:
            raise AttributeError(self.name)  # so that the field has no default
        held = vars(read)[self.name]
        if isinstance(held, StoredTable):
            held = vars(read)[self.name] = held.select()
        return held

    def __set__(self, read: "Reading", table: "pd.DataFrame | StoredTable") -> None:
        vars(read)[self.name] = table


@dataclass(frozen=True, repr=False, eq=False)
class Reading:
    """Everything that was read from a corpus, as the tables of schemas.py.

    A table that is stored is loaded whole when it is first looked at; `tables.select_rows` asks for rows and columns.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame = _Table()
    passages: pd.DataFrame = _Table()
    mentions: pd.DataFrame = _Table()
    attributions: pd.DataFrame = _Table()
    acts: pd.DataFrame = _Table()
    odd_marks: pd.DataFrame = _Table()
    corpus: Corpus
    model: str


def read_corpus(
    corpus: Corpus, *, store: Path | None = STORE, progress: bool = True, client: "Client | None" = None
) -> Reading:
    """Read each article of a corpus once and return what was read as tables.

    What an article gives is kept under `store` and found again while its text, the names masked in it, the actors,
    the sources, the lexicons, the model and the code that reads are the same; `store=None` reads anew and keeps
    nothing. The folder can be deleted at any time. `progress` shows a bar for more than a few articles. With a
    `client` of Dask's, its workers read, and the tables are the same. An article too long to parse, in another
    language than English, or that cannot be read becomes a line of `corpus.rejected` in the Reading, and the others
    are read.
    """
    if store is None:
        with tempfile.TemporaryDirectory() as folder:
            read = read_corpus(corpus, store=Path(folder), progress=progress, client=client)
            return replace(read)  # looks at every table
    corpus = refuse_unreadable(corpus)
    masks = list_masks(corpus)
    keys = name_articles(corpus, name_model(), masks)
    failed = _fill_store(corpus, keys, masks, store, progress, client)
    corpus, keys = _refuse_failed(corpus, keys, failed)
    refill = partial(_fill_store, corpus, keys, None, store, progress)
    stored = Stored(store, keys, corpus.articles, refill)
    tables = {name: StoredTable(stored, name) for name in READ_TABLES}
    return Reading(articles=corpus.articles, corpus=corpus, model=name_model(), **tables)


def change_tables(read: Reading, **tables: pd.DataFrame) -> Reading:
    """Return a reading with other tables in place of some; the others stay where they are."""
    return Reading(**{**vars(read), **tables})


def narrow_reading(read: Reading, kept: Collection[str]) -> Reading:
    """Return a reading of the articles with these ids alone: every table keeps their rows."""
    stays = read.articles["article_id"].isin(kept)
    if stays.all():
        return read
    parts: dict[int, Stored] = {}
    tables: dict[str, Any] = {}
    for name in READ_TABLES:
        table = vars(read)[name]
        if isinstance(table, StoredTable):
            whole = table.stored
            part = parts.setdefault(id(whole), whole.keep(whole.articles["article_id"].isin(kept)))
            tables[name] = StoredTable(part, name)
        else:
            tables[name] = table[table["article_id"].isin(kept)].reset_index(drop=True)
    return change_tables(read, articles=read.articles[stays].reset_index(drop=True), **tables)


def _fill_store(
    corpus: Corpus, keys: Sequence[str], masks: Sequence[Sequence[str]] | None, store: Path, progress: bool,
    client: "Client | None" = None,
) -> dict[str, str]:  # fmt: skip
    """Read what is not stored, a part at a time, and store it; return why some articles could not be read, by key."""
    missing = set(keys).difference(*(place.keys for place in find_chunks(store, keys)))
    if not missing:
        return {}
    failed: dict[str, str] = {}
    lengths = dict(zip(keys, corpus.articles["text"].str.len(), strict=True))
    most = _size_tasks(sum(lengths[key] for key in missing), count_threads(client) if client else 0)
    tasks = _cut_tasks(corpus, keys, masks or list_masks(corpus), missing, most, store)
    for chunk in _read_tasks(tasks, len(missing), progress, client):
        store_chunk(chunk, store)
        failed |= chunk.failed
    tidy_store(store, keys)
    return failed


def _size_tasks(total: int, threads: int) -> int:
    """Return how many characters are read together: `CHUNK`, or fewer where there would not be four for each thread."""
    return min(CHUNK, max(BATCH, total // (4 * threads))) if threads else CHUNK


def _cut_tasks(
    corpus: Corpus, keys: Sequence[str], masks: Sequence[Sequence[str]], missing: set[str], most: int, store: Path
) -> Iterator[Task]:
    """Yield what is to be read, each distinct text once, in portions of `most` characters."""
    texts, left = corpus.articles["text"], set(missing)
    parses = find_parses(store, [name_parse(text) for key, text in zip(keys, texts, strict=True) if key in left])
    portion: dict[str, tuple[str, tuple[str, ...]]] = {}
    size = 0
    for key, text, names in zip(keys, texts, masks, strict=True):
        if key not in left:
            continue
        left.remove(key)
        if portion and size + len(text) > most:
            yield _make_task(corpus, portion, parses)
            portion, size = {}, 0
        portion[key] = text, tuple(names)
        size += len(text)
    if portion:
        yield _make_task(corpus, portion, parses)


def _make_task(corpus: Corpus, portion: dict[str, tuple[str, tuple[str, ...]]], places: dict[str, Place]) -> Task:
    """Return some articles (key -> text, names to mask), each with its parse where that is stored."""
    texts, masks = zip(*portion.values(), strict=True)
    names = [name_parse(text) for text in texts]
    stored: dict[Path, Place] = {places[name].folder: places[name] for name in names if name in places}
    parses = {name: parse for place in stored.values() for name, parse in load_parses(place, names).items()}
    return Task(
        tuple(portion), texts, masks, tuple(map(parses.get, names)), corpus.actors, corpus.sources, name_reader()
    )


def _read_tasks(tasks: Iterator[Task], n: int, progress: bool, client: "Client | None") -> Iterator[Chunk]:
    from tqdm import tqdm

    hidden = not progress or n <= FEW
    with tqdm(total=n, desc="reading", unit=" articles", leave=False, disable=hidden) as bar:
        if client is None:
            yield from (read_chunk(task, bar.update) for task in tasks)
        else:
            yield from spread_tasks(tasks, client, bar.update)


def _refuse_failed(corpus: Corpus, keys: Sequence[str], failed: dict[str, str]) -> tuple[Corpus, list[str]]:
    """Move articles that could not be read to `rejected`."""
    if not failed:
        return corpus, list(keys)
    bad = pd.Series([key in failed for key in keys])
    lines = [
        (row.source_file, f"{row.source_file}: article '{row.article_id}' could not be read ({failed[key]}); leave it "
         "out of articles.csv, or cut what is not prose")
        for row, key in zip(corpus.articles.itertuples(), keys, strict=True) if key in failed
    ]  # fmt: skip
    refused = pd.DataFrame(lines, columns=["source_file", "reason"])
    rejected = schemas.check(pd.concat([corpus.rejected, refused]), "rejected")
    kept = corpus.articles[~bad].reset_index(drop=True)
    return replace(corpus, articles=kept, rejected=rejected), [key for key in keys if key not in failed]
