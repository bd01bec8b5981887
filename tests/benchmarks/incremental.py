"""What reading costs: a corpus at once, again from the store, with one article more, and on several processes.

The articles are drawn from the paragraphs of real ones, one word changed in each, so that no two are alike. Seconds
hang on the machine and on what else it does: only what one run prints is to be compared.

    python -m tests.benchmarks.incremental CORPUS --articles 1000 --workers 2
"""

import argparse
import importlib
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
from helpers.reading.networks import set_products
from spacy.language import Language
from threadpoolctl import threadpool_limits

from helpers import reading
from helpers.reading import corpus


def draw_articles(articles: corpus.Corpus, n: int, seed: int = 1) -> corpus.Corpus:
    """Return a corpus of n articles of four paragraphs each."""
    chooser = random.Random(seed)
    lines = [line for text in articles.articles["text"] for line in text.split("\n") if len(line.split()) > 8]
    pattern, rows = articles.articles.iloc[0].to_dict(), []
    for number in range(n):
        words = "\n".join(chooser.sample(lines, 4)).split(" ")
        words[chooser.randrange(len(words))] = f"word{number}"
        name = f"a{number}"
        own = {"article_id": name, "cluster_id": name, "text": " ".join(words), "n_words": len(words)}
        rows.append({**pattern, **own})
    return replace(articles, articles=pd.DataFrame(rows).astype(articles.articles.dtypes.to_dict()))


def load_bare(*, products: bool = False) -> Language:
    """Return spaCy's own pipeline of the components that reading uses, as it comes or with our products of matrices."""
    nlp = importlib.import_module(reading.find_model()).load(exclude=["ner"])
    if products:
        set_products(nlp)
    return nlp


def measure(work: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    more = draw_articles(corpus.open_corpus(options.corpus), options.articles + 1)
    drawn = replace(more, articles=more.articles.iloc[:-1])
    texts = drawn.articles["text"].tolist()
    print(f"{len(texts)} articles, {drawn.articles['n_words'].sum():,} words; load {os.getloadavg()[0]:.1f}")
    bare, ours = load_bare(), load_bare(products=True)
    reading.read_corpus(replace(drawn, articles=drawn.articles.iloc[:9]), store=None, progress=False)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        whole = measure(lambda: reading.read_corpus(drawn, store=Path(folder), progress=False))
        stored = measure(lambda: reading.read_corpus(drawn, store=Path(folder), progress=False))
        added = measure(lambda: reading.read_corpus(more, store=Path(folder), progress=False))
        parsed, faster = (measure(lambda nlp=nlp: list(nlp.pipe(texts, batch_size=64))) for nlp in (bare, ours))
    print(f"read at once    {whole:.1f} s, {whole / parsed:.2f} of spaCy's pipeline as it comes, "
          f"{whole / faster:.2f} of it with our products of matrices")  # fmt: skip
    print(f"from the store  {stored:.2f} s, {stored / whole:.1%}")
    print(f"one article more {added:.2f} s, {added / whole:.1%} (the model is loaded)")
    if options.workers > 1:
        with reading.open_client(options.workers) as client:
            reading.read_corpus(replace(drawn, articles=drawn.articles.iloc[:300]), store=None, client=client)  # load
            alone = measure(lambda: reading.read_corpus(drawn, store=None, progress=False))
            spread = measure(lambda: reading.read_corpus(drawn, store=None, progress=False, client=client))
        print(f"{options.workers} workers       {spread:.1f} s, {alone / spread:.2f} times faster than one; "
              f"load {os.getloadavg()[0]:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
