"""Large corpora made from a small one: its articles again and again, altered, with what was read of them stored.

    python -m tests.benchmarks.resampling CORPUS FOLDER --articles 16000

Parsing is the one thing left out. Of each article some words give way to others of the same length (so that no two
share a passage, and every span stays true), some lemmas to others (so that distinct terms grow with the corpus, as they
do in real ones), and one in thirty is printed by a second outlet, three words changed.
"""

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from helpers.reading.chunks import PARSES, TABLES, Chunk
from helpers.reading.storing import find_chunks, load_chunk, store_chunk

from helpers import reading
from helpers.reading import READ_TABLES, cleaning, corpus
from helpers.reading.corpus import ARTICLE_COLUMNS, Corpus
from tests.benchmarks.incremental import draw_articles

WORD = re.compile(r"\b[a-z]{4,}\b")
CHANGED, NEW_LEMMAS, COPIED = 0.3, 0.1, 30
OUTLETS, DAYS = 15, 365
CHUNK = 1_000_000  # characters, as reading has them
FEW = 300  # articles; of fewer, more are drawn from their paragraphs


def open_base(folder: Path) -> Corpus:
    """Return the articles that are resampled."""
    base = corpus.open_corpus(folder)
    base = base if len(base.articles) >= FEW else draw_articles(base, 800)
    lasting = [is_lasting(row._asdict()) for row in base.articles.itertuples(index=False)]
    return replace(base, articles=base.articles[lasting].reset_index(drop=True))


def read_base(folder: Path, store: Path) -> tuple[Corpus, Chunk]:
    """Return the articles that are resampled, and what reading gave, in their order."""
    base = reading.read_corpus(open_base(folder), store=store).corpus
    keys = reading.name_articles(base, reading.name_model())
    return base, order_articles([load_chunk(place) for place in find_chunks(store, keys)], keys)


def is_lasting(article: dict[str, Any]) -> bool:
    """Tell whether cleaning leaves a cleaned text as it is, so that spans stay true."""
    row = {**article, "starts_with": "", "ends_with": "", "rules_off": "", "headline": "", "author": ""}
    cleaned = cleaning.clean_file(article["text"], [row], cleaning.load_rules({})[0])
    return cleaned.texts.get(article["article_id"]) == article["text"]


def order_articles(chunks: Sequence[Chunk], keys: Sequence[str]) -> Chunk:
    place = {key: number for number, key in enumerate(key for chunk in chunks for key in chunk.keys)}
    joined = Chunk(
        tuple(keys),
        np.concatenate([chunk.counts for chunk in chunks]),
        {name: pa.concat_tables([chunk.tables[name] for chunk in chunks]).combine_chunks() for name in TABLES},
        {},
    )
    return take_articles(joined, np.array([place[key] for key in keys]), tuple(keys))


def take_articles(chunk: Chunk, numbers: np.ndarray, keys: tuple[str, ...]) -> Chunk:
    """Return the rows of some articles of a chunk, each as often as it is named, under new keys."""
    counts, tables = chunk.counts[numbers], {}
    for column, name in enumerate(READ_TABLES):
        begin, own = (np.cumsum(chunk.counts[:, column]) - chunk.counts[:, column])[numbers], counts[:, column]
        rows = np.arange(own.sum()) + np.repeat(begin - (np.cumsum(own) - own), own)
        tables[name] = chunk.tables[name].take(rows)
    return Chunk(keys, counts, {**tables, PARSES: chunk.tables[PARSES].slice(0, 0)}, {})  # the texts are others


def write_corpus(base: Corpus, folder: Path, n: int, seed: int = 1) -> list[int]:
    """Write a corpus folder of n articles; return which article of the base each was made from."""
    draw = random.Random(seed)
    folder.mkdir(parents=True)
    texts = base.articles["text"].tolist()
    places = [[found.span() for found in WORD.finditer(text)] for text in texts]
    words: dict[int, list[str]] = {}
    for text, spans in zip(texts, places, strict=True):
        for start, end in spans:
            words.setdefault(end - start, []).append(text[start:end])
    made, rows, text = [], [], ""
    for number in range(n):
        copied = number % COPIED == COPIED - 1
        one = made[-1] if copied else draw.randrange(len(texts))
        spans = places[one]
        chosen = draw.sample(spans, min(3, len(spans))) if copied else [s for s in spans if draw.random() < CHANGED]
        text = replace_words(text if copied else texts[one], sorted(chosen), words, draw)
        made.append(one)
        name = f"a{number:07}"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        day = pd.Timestamp(2016, 1, 1) + pd.Timedelta(days=draw.randrange(DAYS))
        outlet = f"Outlet {chr(65 + draw.randrange(OUTLETS))}"
        headline = f"{number}: {text[len(text) // 2 :][:50]}"  # its first words would be cut from the text
        own = {"article_id": name, "source_file": f"{name}.txt", "outlet": outlet, "headline": headline}
        rows.append({**own, "published": str(day.date()), "language": "en"})
    pd.DataFrame(rows).reindex(columns=list(ARTICLE_COLUMNS), fill_value="").to_csv(
        folder / "articles.csv", index=False
    )
    base.actors.to_csv(folder / "actors.csv", index=False)
    base.sources.to_csv(folder / "sources.csv", index=False)
    return made


def replace_words(text: str, spans: Sequence[tuple[int, int]], words: dict[int, list[str]], draw: random.Random) -> str:
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], draw.choice(words[end - start])]
        last = end
    return "".join([*parts, text[last:]])


def alter_lemmas(passages: pa.Table, draw: np.random.Generator) -> pa.Table:
    """Return passages of which some lemmas are others of the same tables, as often as these stand there."""
    lists = pc.split_pattern(passages["lemmas"], " ").combine_chunks()
    flat = lists.values
    chosen = draw.random(len(flat)) < NEW_LEMMAS
    others = flat.take(draw.integers(len(flat), size=int(chosen.sum())))
    altered = pc.replace_with_mask(flat, pa.array(chosen), others).cast(pa.string())
    joined = pc.binary_join(pa.ListArray.from_arrays(lists.offsets.cast(pa.int32()), altered), " ")
    column = passages.schema.get_field_index("lemmas")
    return passages.set_column(column, passages.schema.field(column), joined.cast(pa.large_string()))


def cut_chunks(texts: Sequence[str]) -> Iterator[slice]:
    size, start = 0, 0
    for number, text in enumerate(texts):
        if size + len(text) > CHUNK:
            yield slice(start, number)
            start, size = number, 0
        size += len(text)
    yield slice(start, len(texts))


def store_readings(base: Chunk, made: Sequence[int], opened: Corpus, store: Path) -> None:
    keys = reading.name_articles(opened, reading.name_model())
    draw = np.random.default_rng(1)
    for part in cut_chunks(opened.articles["text"].tolist()):
        chunk = take_articles(base, np.array(made[part]), tuple(keys[part]))
        tables = {**chunk.tables, "passages": alter_lemmas(chunk.tables["passages"], draw)}
        store_chunk(replace(chunk, tables=tables), store)


def make_large(base_folder: Path, folder: Path, n: int) -> None:
    """Make a corpus folder `corpus-n` and the store `store-n` of what was read of it, in a folder."""
    base, chunk = read_base(base_folder, folder / "base")
    place, origin = folder / f"corpus-{n}", folder / f"made-{n}.txt"
    if not origin.exists():  # the readings are stored anew where what reads has changed since
        origin.write_text(" ".join(map(str, write_corpus(base, place, n))), encoding="utf-8")
    made = [int(number) for number in origin.read_text(encoding="utf-8").split()]
    opened = corpus.open_corpus(place)
    texts = base.articles["text"].tolist()
    same = [
        len(text) == len(texts[made[int(name[1:])]]) for name, text in opened.articles[["article_id", "text"]].values
    ]
    if not all(same):  # a word that came in made a rule of cleaning match
        table = pd.read_csv(place / "articles.csv", dtype=str, keep_default_na=False)
        table = table[table["article_id"].isin(opened.articles["article_id"][same])]
        table.to_csv(place / "articles.csv", index=False)
        opened = corpus.open_corpus(place)
    made = [made[int(name[1:])] for name in opened.articles["article_id"]]
    store_readings(chunk, made, opened, folder / f"store-{n}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000])
    options = parser.parse_args()
    for n in options.articles:
        make_large(options.corpus, options.folder, n)


if __name__ == "__main__":
    main()
