"""The instruments against others' packages: python -m tests.benchmarks.peers CORPUS --python PYTHON.

PYTHON is an interpreter of its own in which these were installed: `pip install pycorpdiff scattertext six datasketch
pyahocorasick scikit-learn vaderSentiment`. Two of them need another pandas than the project. It runs as a process that
is told when to work and answers with its seconds, so that both sides of a pair take turns in one run; the texts are
handed over before. Printed are medians of the rounds, as rows of results.md. What each does is not the same: the
automaton finds aliases wherever their letters stand, a compiled alternation at the edges of words; the other peers
count words of the text or draw a sketch, the project counts words and pairs of stored lemmas, tests and gives
intervals; near-copies are found without a sketch; of tone it says what each sentence's words add, too.
"""

import argparse
import json
import re
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
        "CountVectorizer": lambda: run_vectorizer(given["texts"]), "VADER": lambda: run_vader(given["sentences"]),
        "datasketch": lambda: run_datasketch(given["copies"]),
        "pyahocorasick": lambda: run_pyahocorasick(given["articles"], given["aliases"]),
        "one compiled alternation": lambda: run_alternation(given["articles"], given["aliases"]),
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


def run_vectorizer(texts: list[str]) -> object:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(ngram_range=(1, 2)).fit_transform(texts)


def run_vader(sentences: list[str]) -> object:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return [analyzer.polarity_scores(sentence) for sentence in sentences]


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


def run_alternation(texts: list[str], aliases: list[str]) -> object:
    alternation = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(aliases, key=len, reverse=True)))})(?!\w)")
    return [list(alternation.finditer(text)) for text in texts]


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

    from helpers import reading, sentiment, terms
    from helpers.reading import corpus
    from helpers.reading.aliases import compile_aliases, match_names
    from helpers.reading.copies import find_copies
    from helpers.reading.valences import weigh_text
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
    scored = sentiment.score_sentences(read)

    def contrast(replicates: int) -> object:
        return terms.contrast_terms(large, actor=actor, target=target, measure="g2", replicates=replicates)

    def score_tone() -> object:
        weigh_text.cache_clear()
        return sentiment.score_sentences(read)

    what, alone = "contrast, one outlet, 999 replicates", "contrast, one outlet, scores alone"
    pairs: list[tuple[str, str, Callable[[], object]]] = [
        ("pycorpdiff", what, lambda: contrast(999)), ("CountVectorizer", what, lambda: contrast(999)),
        ("scattertext", alone, lambda: contrast(0)), ("CountVectorizer", alone, lambda: contrast(0)),
        ("datasketch", "near-copies, exact", lambda: find_copies(table)),
        ("pyahocorasick", "aliases matched", lambda: [match_names(text, matcher) for text in drawn]),
        ("one compiled alternation", "aliases matched", lambda: [match_names(text, matcher) for text in drawn]),
        ("VADER", "tone, as printed and masked", score_tone),
    ]  # fmt: skip
    rows = []
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        given = {"texts": about.tolist(), "sides": sides, "copies": table["text"].tolist(), "articles": drawn,
                 "sentences": [*{*scored["text"], *scored["masked"]}]}  # fmt: skip
        json.dump({**given, "aliases": articles.actors["alias"].tolist()}, file)
        file.flush()
        program = [str(python), __file__, "--serve", file.name]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
            for name, what, work in pairs:
                found = []
                for number in range(rounds + 1):
                    peer.stdin.write(f"{name}\n")
                    peer.stdin.flush()
                    theirs = float(peer.stdout.readline().split()[-1])
                    ours = take_time(work)
                    found += [ours / theirs] if number else []  # the first round loads what both need
                texts = f"{len(given['sentences']):,} sentences" if work is score_tone else f"{n:,} documents"
                rows.append((what, f"{name}, {texts}", f"{statistics.median(found):.2f} times"))
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
