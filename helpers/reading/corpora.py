"""A corpus -> its Reading: what is stored is found again, what is missing is read, here or on a cluster."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers import schemas
from helpers.corpus import Corpus
from helpers.reading.chunks import BATCH, READ_TABLES, Chunk, Task, name_reader, read_chunk
from helpers.reading.keys import list_masks, name_articles
from helpers.reading.models import FEW, name_model
from helpers.reading.spreading import count_threads, spread_tasks
from helpers.reading.storing import STORE, load_chunks, store_chunk, tidy_store
from helpers.refusals import refuse_unreadable

if TYPE_CHECKING:
    from distributed import Client

CHUNK = 1_000_000  # characters that are read, sent and stored together: about a minute's work
_IDS = ("attribution_id", "parent_id")  # columns in which the article's id stands before a number


@dataclass(frozen=True)
class Reading:
    """Everything that was read from a corpus, as the tables of schemas.py."""

    articles: pd.DataFrame
    sentences: pd.DataFrame
    passages: pd.DataFrame
    mentions: pd.DataFrame
    attributions: pd.DataFrame
    acts: pd.DataFrame
    odd_marks: pd.DataFrame
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
    corpus = refuse_unreadable(corpus)
    masks = list_masks(corpus)
    keys = name_articles(corpus, name_model(), masks)
    chunks = load_chunks(store, keys) if store else []
    stored = {key for chunk in chunks for key in chunk.keys}
    threads = count_threads(client) if client else 0
    tasks = _cut_tasks(corpus, keys, masks, stored, threads)
    for chunk in _read_tasks(tasks, progress, client):
        if store:
            store_chunk(chunk, store)
        chunks.append(chunk)
    if store and tasks:
        tidy_store(store, keys)
    corpus, keys = _refuse_failed(corpus, keys, {key: why for chunk in chunks for key, why in chunk.failed.items()})
    return Reading(articles=corpus.articles, corpus=corpus, model=name_model(), **_join_tables(chunks, keys, corpus))


def _cut_tasks(
    corpus: Corpus, keys: Sequence[str], masks: Sequence[Sequence[str]], stored: set[str], threads: int = 0
) -> list[Task]:
    """Return what is to be read, each distinct text once, in portions of `CHUNK` characters.

    Where there is less than four of them for each thread that reads, they are smaller, so that all are busy.
    """
    wanted = {
        key: (text, tuple(names))
        for key, text, names in zip(keys, corpus.articles["text"], masks, strict=True)
        if key not in stored
    }
    total = sum(len(text) for text, _ in wanted.values())
    most = min(CHUNK, max(BATCH, total // (4 * threads))) if threads else CHUNK
    portions: list[list[str]] = [[]]
    size = 0
    for key, (text, _) in wanted.items():
        if size + len(text) > most and portions[-1]:
            portions.append([])
            size = 0
        portions[-1].append(key)
        size += len(text)
    return [
        Task(
            tuple(portion),
            tuple(wanted[key][0] for key in portion),
            tuple(wanted[key][1] for key in portion),
            corpus.actors,
            corpus.sources,
            name_reader(),
        )
        for portion in portions
        if portion
    ]


def _read_tasks(tasks: Sequence[Task], progress: bool, client: "Client | None") -> Iterator[Chunk]:
    from tqdm import tqdm

    n = sum(len(task.keys) for task in tasks)
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


def _join_tables(chunks: Sequence[Chunk], keys: Sequence[str], corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Return the tables of a corpus: the rows of each article, in the order of the articles, with id and outlet."""
    place = {key: number for number, key in enumerate(key for chunk in chunks for key in chunk.keys)}
    order = np.array([place[key] for key in keys], dtype=np.int64)
    counts = [chunk.counts for chunk in chunks if len(chunk.counts)]
    sizes = np.concatenate(counts) if counts else np.zeros((0, len(READ_TABLES)), np.int64)
    return {
        name: _join_table(name, [chunk.tables[name] for chunk in chunks], sizes[:, column], order, corpus)
        for column, name in enumerate(READ_TABLES)
    }


def _join_table(name: str, parts: Iterable, sizes: np.ndarray, order: np.ndarray, corpus: Corpus) -> pd.DataFrame:
    import pyarrow as pa

    parts = [part for part in parts if len(part)]
    if not parts or not len(order):
        return schemas.cast(pd.DataFrame(), name)
    begin, own = (np.cumsum(sizes) - sizes)[order], sizes[order]
    rows = np.arange(own.sum()) + np.repeat(begin - (np.cumsum(own) - own), own)
    table = pa.concat_tables(parts).take(rows).to_pandas()
    ids, outlets = (corpus.articles[column].repeat(own).reset_index(drop=True) for column in ("article_id", "outlet"))
    named = {
        column: table[column].mask(table[column].ne(""), ids + table[column]) for column in _IDS if column in table
    }
    return schemas.cast(table.assign(article_id=ids, outlet=outlets, **named), name)
