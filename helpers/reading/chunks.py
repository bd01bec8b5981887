"""Texts in, the rows of every table out, many articles at a time: the same function here and on a cluster's workers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.reading import schemas
from helpers.reading.aliases import compile_aliases
from helpers.reading.keys import name_rules
from helpers.reading.models import find_model, load_model, name_model
from helpers.reading.parses import Parse, parse_articles
from helpers.reading.sources import compile_sources
from helpers.reading.tables import read_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.language import Language

READ_TABLES = ("sentences", "passages", "mentions", "attributions", "acts", "odd_marks")
PARSES = "parses"  # what was parsed for a chunk, one row a text
TABLES = (*READ_TABLES, PARSES)
KEYS = ("article_id", "outlet")  # what the rows of a chunk do not say
BATCH = 50_000  # characters that are parsed together: enough to be fast, few enough to keep memory flat

_ALONE = threading.Lock()  # one parse at a time in a process: the model and its strings are shared
_Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Task:
    """What one worker reads at a time: articles by key, what to look for, and who asks."""

    keys: tuple[str, ...]
    texts: tuple[str, ...]
    masks: tuple[tuple[str, ...], ...]  # names to mask in each text
    parses: tuple[Parse | None, ...]  # of each text, where it is stored
    actors: pd.DataFrame
    sources: pd.DataFrame
    reader: str  # `name_reader` of the process that asks


@dataclass(frozen=True)
class Chunk:
    """Some articles, read: their rows one behind the other, how many each has, and why others could not be read."""

    keys: tuple[str, ...]
    counts: np.ndarray  # articles x READ_TABLES
    tables: "dict[str, pa.Table]"  # TABLES
    failed: dict[str, str]  # key -> what happened


def name_reader() -> str:
    """Return a name for what reads: model, code and lexicons."""
    return f"{name_model()}, {name_rules()}"


def read_chunk(task: Task, tell: Callable[[int], object] | None = None) -> Chunk:
    """Read some articles; one that cannot be read is in `failed`, and the others are read.

    `tell` is called with the number of articles done, again and again. Raises RuntimeError where model, code or
    lexicons are others than in the process that asks.
    """
    from threadpoolctl import threadpool_limits

    if task.reader != name_reader():
        raise RuntimeError(
            "a worker has other code, lexicons or model: install the same version there, then restart it"
        )
    rows: _Rows = {name: [] for name in TABLES}
    keys, counts, failed = [], [], {}
    with _ALONE, threadpool_limits(1):  # several threads for such small products only stand in each other's way
        matcher, rules = compile_aliases(task.actors), compile_sources(task.sources)
        nlp = load_model(find_model())
        for batch in _batch(task.texts):
            for number, found in _read_batch(nlp, task, batch, matcher, rules):
                if isinstance(found, str):
                    failed[task.keys[number]] = found
                    continue
                keys.append(task.keys[number])
                counts.append([len(found[name]) for name in READ_TABLES])
                for name in TABLES:
                    rows[name] += found[name]
            if tell:
                tell(len(batch))
    sizes = np.array(counts, dtype=np.int64).reshape(-1, len(READ_TABLES))
    return Chunk(tuple(keys), sizes, {name: _to_arrow(found, name) for name, found in rows.items()}, failed)


def list_types(name: str) -> "pa.Schema":
    """Return the columns and types of a stored table: those of the schema without article and outlet."""
    import pyarrow as pa

    if name == PARSES:
        text = pa.large_string()
        types = {"words": pa.large_binary(), "strings": pa.list_(text)}
        return pa.schema([(column, types.get(column, text)) for column in Parse._fields])
    types = {"int64": pa.int64(), "bool": pa.bool_(), "float64": pa.float64()}
    columns = schemas.TABLES[name].columns.items()
    return pa.schema(
        [(key, types.get(str(column.dtype), pa.large_string())) for key, column in columns if key not in KEYS]
    )


def _to_arrow(rows: list[dict[str, Any]], name: str) -> "pa.Table":
    """Return rows as an Arrow table, those of a READ_TABLE checked against its schema."""
    import pyarrow as pa

    if name == PARSES or not rows:
        return pa.Table.from_pylist(rows, list_types(name))
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    checked = schemas.check(pd.DataFrame(columns).assign(**dict.fromkeys(KEYS, "")), name)
    return pa.Table.from_pandas(checked, list_types(name), preserve_index=False)


def _batch(texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield the numbers of texts to be read together."""
    batch: list[int] = []
    size = 0
    for number, text in enumerate(texts):
        if batch and size + len(text) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(number)
        size += len(text)
    if batch:
        yield batch


def _read_batch(
    nlp: "Language", task: Task, batch: Sequence[int], matcher: Any, rules: Any, anew: bool = False
) -> Iterator[tuple[int, _Rows | str]]:
    """Yield the rows of each text, or what went wrong.

    Where a batch fails, each of its texts is read alone, and where that fails with a stored parse, without it.
    """
    texts = [task.texts[number] for number in batch]
    known = [None if anew else task.parses[number] for number in batch]
    try:
        found = []
        for number, article, citations, parse in zip(batch, *parse_articles(nlp, texts, known), strict=True):
            rows = read_rows(article, citations, matcher, rules, task.masks[number])
            stored = [] if parse is None else [parse._asdict()]
            found.append({name: list(own) for name, own in {**rows, PARSES: stored}.items()})
    except Exception as error:
        if len(batch) > 1 or any(known):
            for number in batch:
                yield from _read_batch(nlp, task, [number], matcher, rules, anew=len(batch) == 1)
        else:
            yield batch[0], f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        return
    yield from zip(batch, found, strict=True)
