"""What each instrument costs, as ratios in one run: python -m tests.benchmarks.speed CORPUS --out results.md.

The two sides of a pair take turns, and the median of the rounds is shown: seconds depend on the machine and on what
else it does, ratios much less. Articles are drawn from the paragraphs of real ones, one word changed in each, so that
no two are alike. With --peers, the other instruments are held against other packages, as in peers.py. With --workers
and --many, reading on several processes and opening a large corpus again are measured as well.
"""

import argparse
import importlib
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pandas as pd
from spacy.language import Language
from threadpoolctl import threadpool_limits

from helpers.reading import Corpus, open_client, open_corpus, parsing, read_corpus
from tests.benchmarks.differences import take_time
from tests.benchmarks.peers import compare

PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "spacy")
Row = tuple[str, str, str]  # what, against what, the figure


def pair(work: Callable[[], object], other: Callable[[], object], rounds: int = 5) -> float:
    """Return how many times as long `work` takes as `other`, the median of the rounds."""
    return statistics.median(take_time(work) / take_time(other) for _ in range(rounds))


def draw_articles(articles: Corpus, n: int, seed: int = 1) -> Corpus:
    """Return a corpus of n articles of four paragraphs each."""
    chooser = random.Random(seed)
    lines = [line for text in articles.articles["text"] for line in text.split("\n") if len(line.split()) > 8]
    pattern, rows = articles.articles.iloc[0].to_dict(), []
    for number in range(n):
        words = "\n".join(chooser.sample(lines, 4)).split(" ")
        words[chooser.randrange(len(words))] = f"word{number}"
        own = dict.fromkeys(("article_id", "cluster_id", "story_id"), f"a{number}")
        rows.append({**pattern, **own, "text": " ".join(words), "n_words": len(words)})
    return replace(articles, articles=pd.DataFrame(rows).astype(articles.articles.dtypes.to_dict()))


def load_bare(*exclude: str) -> Language:
    """Return spaCy's own pipeline as it comes, without some components."""
    return importlib.import_module(parsing.MODEL).load(exclude=list(exclude))


def measure_reading(articles: Corpus, n: int) -> list[Row]:
    drawn = draw_articles(articles, n)
    texts = drawn.articles["text"].tolist()
    plain, accelerated = load_bare("ner"), parsing.load_model()

    def read(nlp: Language) -> None:
        parsing.load_model = lambda: nlp
        read_corpus(drawn, store=None, progress=False)

    rows, loaded = [], parsing.load_model
    for what, exclude, ours, name in (
        ("spaCy's pipeline as it comes", (), accelerated, "reading with every instrument"),
        ("the components that reading needs", ("ner",), accelerated, "reading with every instrument"),
        ("the components that reading needs", ("ner",), plain, "reading without accelerate.py"),
    ):
        bare = load_bare(*exclude)
        with threadpool_limits(1):
            ratio = pair(lambda ours=ours: read(ours), lambda bare=bare: list(bare.pipe(texts, batch_size=64)), 3)
        rows.append((name, f"{what}, {n:,} articles", f"{ratio:.2f} times"))
    parsing.load_model = loaded
    return rows


def measure_again(articles: Corpus, n: int) -> list[Row]:
    """Measure what a later run reads: nothing, one article more, or all of them for other actors."""
    more = draw_articles(articles, n + 1)
    drawn = replace(more, articles=more.articles.iloc[:-1])
    other = replace(drawn, actors=drawn.actors.iloc[1:].reset_index(drop=True))
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        whole, again, added, actors = (
            take_time(lambda some=some: read_corpus(some, store=store, progress=False).mentions)
            for some in (drawn, drawn, more, other)
        )
    against = f"a first reading of {n:,} articles"
    return [
        ("reading again, nothing changed", against, f"{again / whole:.3f} times"),
        ("reading again with one article more", against, f"{added / whole:.3f} times"),
        ("reading again with another actors.csv", against, f"{actors / whole:.2f} times"),
    ]


def measure_workers(articles: Corpus, n: int, workers: int) -> list[Row]:
    drawn, tables = draw_articles(articles, n), []
    with open_client(workers) as client:
        read_corpus(draw_articles(articles, 300, seed=2), store=None, client=client)  # loads the model in each
        times = [
            take_time(lambda one=one: tables.append(read_corpus(drawn, store=None, progress=False, client=one)))
            for one in (None, client)
        ]
    same = all(getattr(tables[0], name).equals(getattr(tables[1], name)) for name in ("mentions", "passages", "acts"))
    told = f"{times[0] / times[1]:.2f} times faster, tables {'equal' if same else 'NOT EQUAL'}"
    return [(f"reading on {workers} processes", f"on one, {n:,} articles", told)]


def measure_opening(articles: Corpus, n: int) -> list[Row]:
    """Write n articles as a corpus folder, read it, and open it again in seconds of this machine."""
    drawn = draw_articles(articles, n).articles
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "corpus"
        home.mkdir()
        rows = drawn.assign(source_file=drawn["article_id"] + ".txt")[["article_id", "source_file", "outlet"]]
        rows.to_csv(home / "articles.csv", index=False)
        articles.actors.to_csv(home / "actors.csv", index=False)
        for name, text in zip(rows["source_file"], drawn["text"], strict=True):
            (home / name).write_text(text, encoding="utf-8")
        store = Path(folder) / "store"
        read_corpus(open_corpus(home), store=store, progress=False)
        opened = take_time(lambda: open_corpus(home))
        corpus = open_corpus(home)
        read = take_time(lambda: read_corpus(corpus, store=store, progress=False))
    return [("opening a corpus that was read", f"{n:,} articles", f"{opened:.1f} s and {read:.1f} s for its tables")]


def write_results(rows: Sequence[Row]) -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    lines = [f"| {what} | {against} | {figure} |" for what, against, figure in rows]
    return "\n".join([
        "# What each instrument costs", "",
        "Made by `make bench`; the two sides of a pair took turns in one run.", "",
        f"Python {platform.python_version()}, {versions}; {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors, load at the end {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m')}.", "",
        "| what | against | figure |", "|---|---|---|", *lines, "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=2000, help="that peers work on")
    parser.add_argument("--workers", type=int, default=0, help="processes to read 10,000 articles on")
    parser.add_argument("--many", type=int, default=0, help="articles of a corpus that is opened again")
    parser.add_argument("--peers", type=Path, help="an interpreter that has other people's packages: see peers.py")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    articles = open_corpus(options.corpus)
    rows: list[Row] = []
    for work in (
        lambda: measure_reading(articles, 300),
        lambda: measure_again(articles, 1000),
        lambda: measure_workers(articles, 10_000, options.workers) if options.workers else [],
        lambda: measure_opening(articles, options.many) if options.many else [],
        lambda: compare(options.corpus, options.peers, options.documents, 3) if options.peers else [],
    ):
        found = work()
        print(*(" | ".join(row) for row in found), sep="\n", flush=True)
        rows += found
    if options.out:
        options.out.write_text(write_results(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
