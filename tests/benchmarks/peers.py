"""Aliases, contrasts and near-copies against others' packages: python -m tests.benchmarks.peers CORPUS --python PYTHON.

PYTHON is an interpreter of its own in which `pip install pycorpdiff scattertext six datasketch pyahocorasick` was run:
two of these need another pandas than the project. It runs as a process that is told when to work and answers with its
seconds, so that both sides of a pair take turns in one run; the texts are handed over before. Printed are medians of
the rounds, as rows of results.md. What each does is not the same: the automaton finds aliases wherever their letters
stand; the other peers count words of the text or draw a sketch, the project counts words and pairs of stored lemmas,
tests and gives intervals; near-copies are found without a sketch.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Row = tuple[str, str, str]


def serve(path: Path) -> None:
    """Work on the texts of a JSON file as often as a line on standard input names something, and print the seconds."""
    import pandas as pd

    given = json.loads(path.read_text(encoding="utf-8"))
    frame = pd.DataFrame({"text": given["texts"], "side": given["sides"]})
    kinds: dict[str, Callable[[], object]] = {
        "pycorpdiff": lambda: run_pycorpdiff(frame), "scattertext": lambda: run_scattertext(frame),
        "datasketch": lambda: run_datasketch(given["copies"]),
        "pyahocorasick": lambda: run_pyahocorasick(given["articles"], given["aliases"]),
    }  # fmt: skip
    for line in sys.stdin:
        start = time.perf_counter()
        kinds[line.strip()]()
        print(time.perf_counter() - start, flush=True)


def run_pycorpdiff(frame: Any) -> object:
    import pycorpdiff

    both = pycorpdiff.from_dataframe(frame, meta_cols=("side",))
    compared = pycorpdiff.compare(both.slice(side="target"), both.slice(side="rest"))
    return compared.keyness(min_count=2, ci="bootstrap", n_boot=999, simultaneous_ci=True, bootstrap_seed=1).to_df()


def run_scattertext(frame: Any) -> object:
    import scattertext

    parsed = frame.assign(parse=frame["text"].map(scattertext.whitespace_nlp))
    made = scattertext.CorpusFromParsedDocuments(parsed, category_col="side", parsed_col="parse").build()
    return made.get_scaled_f_scores("target"), made.get_term_freq_df()


def run_datasketch(texts: list[str], n_hashes: int = 128, least: float = 0.5) -> object:
    from datasketch import MinHash, MinHashLSH

    sketches = []
    for text in texts:
        words = text.lower().split()
        sketch = MinHash(num_perm=n_hashes)
        sketch.update_batch([" ".join(words[at : at + 5]).encode() for at in range(max(1, len(words) - 4))])
        sketches.append(sketch)
    index = MinHashLSH(threshold=least, num_perm=n_hashes)
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch)
    return [index.query(sketch) for sketch in sketches]


def run_pyahocorasick(texts: list[str], aliases: tuple[str, ...]) -> object:
    automaton = build_automaton(tuple(aliases))
    return [list(automaton.iter_long(text)) for text in texts]


@cache
def build_automaton(aliases: tuple[str, ...]) -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for alias in aliases:
        automaton.add_word(alias, alias)
    automaton.make_automaton()
    return automaton


def compare(folder: Path, python: Path, n: int, rounds: int) -> list[Row]:
    """Return a row for each pair, on n documents drawn from a corpus."""
    import random

    import numpy as np
    import pandas as pd

    from helpers import reading, terms
    from helpers.reading import corpus
    from helpers.reading.aliases import compile_aliases, match_names
    from helpers.reading.copies import find_copies
    from tests.benchmarks.differences import deal, take_time
    from tests.benchmarks.speed import draw_articles

    articles = corpus.open_corpus(folder)
    read = reading.read_corpus(articles)
    actor = reading.pick_actor(read, None)
    ids = sorted(terms.select_passages(read, actor=actor)["article_id"].unique())
    large = deal(read, np.random.default_rng(0).choice(ids, n).tolist())
    target = large.articles["outlet"].value_counts().index[0]
    about = terms.select_passages(large, actor=actor).groupby(["article_id", "outlet"])["text"].agg(" ".join)
    chooser = random.Random(1)
    drawn, matcher = draw_articles(articles, n).articles["text"].tolist(), compile_aliases(articles.actors)
    words = [text.split(" ") for text in drawn[: n // 2]]  # shuffled, or each would share a paragraph with hundreds
    copied = 2 * [" ".join(chooser.sample(own, len(own))) for own in words]
    table = pd.DataFrame({"article_id": [f"{number:06}" for number in range(n)], "outlet": "A", "text": copied})
    sides = ["target" if outlet == target else "rest" for outlet in about.index.get_level_values("outlet")]
    contrast = {"actor": actor, "target": target, "measure": "g2"}
    pairs: dict[str, tuple[str, Callable[[], object]]] = {
        "pycorpdiff": (
            "contrast, one outlet, 999 replicates",
            lambda: terms.contrast_terms(large, **contrast, replicates=999),
        ),
        "scattertext": (
            "contrast, one outlet, scores alone",
            lambda: terms.contrast_terms(large, **contrast, replicates=0),
        ),
        "datasketch": ("near-copies, exact", lambda: find_copies(table)),
        "pyahocorasick": ("aliases matched", lambda: [match_names(text, matcher) for text in drawn]),
    }
    rows = []
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        given = {"texts": about.tolist(), "sides": sides, "copies": table["text"].tolist(), "articles": drawn}
        json.dump({**given, "aliases": articles.actors["alias"].tolist()}, file)
        file.flush()
        program = [str(python), __file__, "--serve", file.name]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
            for name, (what, work) in pairs.items():
                found = []
                for number in range(rounds + 1):
                    peer.stdin.write(f"{name}\n")
                    peer.stdin.flush()
                    theirs = float(peer.stdout.readline().split()[-1])
                    ours = take_time(work)
                    found += [ours / theirs] if number else []  # the first round loads what both need
                rows.append((what, f"{name}, {n:,} documents", f"{statistics.median(found):.2f} times"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--python", type=Path, help="an interpreter that has the peers")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    for row in compare(options.corpus, options.python, options.documents, options.rounds):
        print(" | ".join(row))


if __name__ == "__main__":
    main()
