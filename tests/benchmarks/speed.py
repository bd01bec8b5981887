"""What each instrument costs, as ratios in one run: python -m tests.benchmarks.speed CORPUS --out results.md.

Every pair is taken in turn, the median of the rounds is shown: mention finding against one compiled alternation of the
same aliases; tone against a bare VADER loop over the same sentences; term contrasts against scikit-learn's
CountVectorizer; near-copies against hashed tokenising; reading, in chunks of articles drawn from real paragraphs,
against spaCy's own pipeline without the entity recogniser, and how time and memory grow; the dearest step of the
notebooks against reading, and a whole run against its parts, as in scale.py; figures and notebooks as in startup.py;
with --peers aliases, contrasts and near-copies against other packages, as in peers.py. The machine and the versions
stand above the figures: seconds hang on both, ratios much less. It takes about a quarter of an hour.
"""

import argparse
import math
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from threadpoolctl import threadpool_limits
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from helpers import reading, sentiment, terms
from helpers.reading import corpus
from helpers.reading.aliases import compile_aliases, match_names
from helpers.reading.copies import find_copies
from tests.benchmarks.contrasts import draw, take_time
from tests.benchmarks.copies import hash_shingles, make_articles, read_memory, shuffle_parts
from tests.benchmarks.incremental import draw_articles, load_bare
from tests.benchmarks.peers import compare
from tests.benchmarks.startup import measure_figure, measure_notebooks

PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "spacy", "vaderSentiment")
Row = tuple[str, str, str]  # what, against what, the figure


def pair(work: Callable[[], object], other: Callable[[], object], rounds: int = 5) -> float:
    """Return how many times as long `work` takes as `other`, the median of the rounds."""
    return statistics.median(take_time(work) / take_time(other) for _ in range(rounds))


def measure_mentions(articles: corpus.Corpus) -> Row:
    texts = articles.articles["text"].tolist()
    matcher = compile_aliases(articles.actors)
    words = sorted(articles.actors["alias"], key=len, reverse=True)
    alternation = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
    found = pair(
        lambda: [match_names(text, matcher) for text in texts],
        lambda: [list(alternation.finditer(text)) for text in texts],
        rounds=25,  # each takes a few milliseconds
    )
    return "aliases matched", "one compiled alternation", f"{found:.2f} times"


def measure_tone(read: reading.Reading) -> Row:
    analyzer = SentimentIntensityAnalyzer()
    scored = sentiment.score_sentences(read)
    sentences = pd.unique(pd.concat([scored["text"], scored["masked"]]))
    found = pair(
        lambda: sentiment.score_sentences(read), lambda: [analyzer.polarity_scores(text) for text in sentences]
    )
    return "tone, printed, masked and near the mention", "a bare VADER loop", f"{found:.2f} times"


def measure_contrasts(read: reading.Reading, actor: str, n: int) -> list[Row]:
    about = terms.select_passages(read, actor=actor)
    ids = sorted(about["article_id"].unique())
    large = draw(read, np.random.default_rng(0).choice(ids, n).tolist())
    texts = terms.select_passages(large, actor=actor).groupby("article_id")["text"].agg(" ".join).tolist()
    target = large.articles["outlet"].value_counts().index[0]
    kinds = {
        "contrast, one outlet, scores alone": {"target": target, "replicates": 0},
        "contrast, one outlet, 999 replicates": {"target": target},
        f"contrast, each of {large.articles['outlet'].nunique()} outlets, 999 replicates": {"target": None},
    }
    return [
        (name, f"CountVectorizer, {n:,} documents", f"{found:.2f} times")
        for name, options in kinds.items()
        for found in [
            pair(
                lambda options=options: terms.contrast_terms(large, actor=actor, measure="log_odds", **options),
                lambda: CountVectorizer(ngram_range=(1, 2)).fit_transform(texts),
                rounds=3,
            )
        ]
    ]


def measure_copies(articles: corpus.Corpus, n: int) -> Row:
    chooser = random.Random(1)  # words shuffled, or each article would share a paragraph with hundreds
    texts = [shuffle_parts(text, " ", chooser) for text in draw_articles(articles, n // 2).articles["text"]]
    table = make_articles(texts + texts)
    found = pair(lambda: find_copies(table), lambda: [hash_shingles(text) for text in table["text"]], rounds=3)
    return "near-copies", f"hashed tokenising, {n:,} articles, each twice", f"{found:.2f} times"


def measure_reading(articles: corpus.Corpus, n: int) -> list[Row]:
    drawn = draw_articles(articles, n)
    texts = drawn.articles["text"].tolist()
    bare = {"spaCy's pipeline as it comes": load_bare(), "the same, our products": load_bare(products=True)}
    with threadpool_limits(1):
        ratios = [
            pair(
                lambda: reading.read_corpus(drawn, store=None, progress=False),
                lambda nlp=nlp: list(nlp.pipe(texts, batch_size=64)),
                rounds=3,
            )
            for nlp in bare.values()
        ]
    return [
        ("reading with every instrument", f"{what}, {n:,} articles", f"{ratio:.2f} times")
        for what, ratio in zip(bare, ratios, strict=True)
    ]


def measure_growth(folder: Path, sizes: Sequence[int]) -> list[Row]:
    """Read corpora of growing size, each in a process of its own."""
    program = [sys.executable, "-m", "tests.benchmarks.speed", str(folder), "--grow"]
    said = [subprocess.run([*program, str(n)], check=True, capture_output=True, text=True).stdout for n in sizes]
    seconds, mebibytes = zip(*(map(float, line.split()) for line in said), strict=True)
    exponent = math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])
    between = f"{sizes[0]:,} to {sizes[-1]:,} articles"
    return [
        ("reading, exponent of time", between, f"{exponent:.2f}"),
        ("reading, peak memory", between, f"{mebibytes[-1] / mebibytes[0]:.2f} times ({mebibytes[0]:.0f} MiB first)"),
    ]


def measure_whole(folder: Path, n: int) -> list[Row]:
    """Take the dearest step and the whole run in a process of their own, which has loaded nothing yet."""
    program = [sys.executable, "-m", "tests.benchmarks.scale", str(folder), "--whole", "--articles", str(n)]
    said = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    return [tuple(line.split(" | ")) for line in said.splitlines()]


def grow(articles: corpus.Corpus, n: int) -> None:
    """Print the processor seconds of reading n articles into a store, and the peak memory of this process in MiB."""
    drawn = draw_articles(articles, n)
    reading.read_corpus(replace(drawn, articles=drawn.articles.iloc[:9]), store=None, progress=False)
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        reading.read_corpus(drawn, store=Path(folder), progress=False)
        print(time.process_time() - start, read_memory("VmHWM"))


def write_results(rows: Sequence[Row]) -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    lines = [f"| {what} | {against} | {figure} |" for what, against, figure in rows]
    return "\n".join([
        "# What each instrument costs", "",
        "Made by `make bench`; each pair was taken in turn in one run.", "",
        f"Python {platform.python_version()}, {versions}; {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors, load at the end {os.getloadavg()[0]:.1f}.", "",
        "| what | against | figure |", "|---|---|---|", *lines, "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--actor", help="whom the contrasts are about (default: the actor of corpus.toml)")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 4000, 16000])
    parser.add_argument("--articles", type=int, default=1000, help="of which the steps and the whole run are taken")
    parser.add_argument("--rounds", type=int, default=3, help="of all notebooks against their imports")
    parser.add_argument("--peers", type=Path, help="an interpreter that has other people's packages: see peers.py")
    parser.add_argument("--grow", type=int, help="read so many articles, print seconds and MiB")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    articles = corpus.open_corpus(options.corpus)
    if options.grow:
        grow(articles, options.grow)
        return
    read = reading.read_corpus(articles)
    actor = reading.pick_actor(read, options.actor)
    rows: list[Row] = []
    for work in (
        lambda: [measure_mentions(articles)],
        lambda: [measure_tone(read)],
        lambda: measure_contrasts(read, actor, options.documents),
        lambda: [measure_copies(articles, options.documents)],
        lambda: measure_reading(articles, 300),
        lambda: measure_growth(options.corpus, options.sizes),
        lambda: measure_whole(options.corpus, options.articles),
        lambda: measure_figure(9),
        lambda: measure_notebooks(options.rounds),
        lambda: compare(options.corpus, options.peers, options.documents, 3) if options.peers else [],
    ):
        found = work()
        print(*(" | ".join(row) for row in found), sep="\n", flush=True)
        rows += found
    if options.out:
        options.out.write_text(write_results(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
