"""Speed, false alarms and coverage of term contrasts: python -m tests.benchmarks.contrasts CORPUS --actor ACTOR.

CORPUS is a corpus folder of several hundred articles. Printed are ratios to scikit-learn's CountVectorizer (words and
pairs) on the same sentences, with articles drawn anew to --documents; the share of draws in which two groups of
articles from one pool are told apart at .05; and the share of common terms whose 95 % interval holds the score of the
whole, for groups drawn with replacement from two halves of the outlets. `--out` receives contrast_error.csv, which is
shipped in helpers/lexicons and shown in notebook 03.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from helpers import corpus, reading, terms
from helpers.naming import select_mentions

TABLES = ("passages", "mentions", "articles", "sentences")


def draw(read: reading.Reading, ids: Sequence[str], outlets: Sequence[str] | None = None) -> SimpleNamespace:
    """Return a reading of articles drawn with repeats, each as an article of its own, undated."""
    rows = pd.DataFrame({"article_id": ids, "new": [f"d{n:06d}" for n in range(len(ids))]})
    rows = rows if outlets is None else rows.assign(side=outlets)
    tables = {}
    for name in TABLES:
        table = rows.merge(getattr(read, name), on="article_id")
        table["article_id"] = table.pop("new")
        tables[name] = table if outlets is None else table.assign(outlet=table.pop("side"))
    articles = tables["articles"]
    text = articles["text"] + articles["article_id"]
    tables["articles"] = articles.assign(cluster_id=articles["article_id"], text=text, published="")
    return SimpleNamespace(**tables, corpus=read.corpus)


def take_time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_speed(read: reading.Reading, ids: np.ndarray, actor: str, n: int) -> None:
    large = draw(read, np.random.default_rng(0).choice(ids, n).tolist())
    about = select_mentions(large, actor=actor)[["article_id", "sentence_no"]].drop_duplicates()
    texts = large.sentences.merge(about).groupby("article_id")["text"].agg(" ".join).tolist()
    target = large.articles["outlet"].value_counts().index[0]
    kinds = {
        "point estimate": {"target": target, "replicates": 0},
        "999 replicates": {"target": target},
        "999 replicates, each outlet": {"target": None},
    }
    ratios: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(3):
        base = take_time(lambda: CountVectorizer(ngram_range=(1, 2)).fit_transform(texts))
        for name, options in kinds.items():
            work = lambda options=options: terms.contrast_terms(large, actor=actor, measure="log_odds", **options)  # noqa: E731
            ratios[name].append(take_time(work) / base)
    for name, found in ratios.items():
        print(f"{name}: {np.median(found):.2f} times CountVectorizer ({n} documents)")


def measure_alarms(read: reading.Reading, ids: np.ndarray, actor: str, k: int, draws: int) -> float:
    alarms = []
    for seed in range(draws):
        chosen = np.random.default_rng(seed).choice(ids, 2 * k, replace=False).tolist()
        groups = draw(read, chosen, ["A"] * k + ["B"] * k)
        p = terms.contrast_terms(groups, actor=actor, target="A", measure="log_odds", replicates=199)["p"]
        alarms.append(p.min() <= 0.05)
    print(f"k = {k}: {np.mean(alarms):.3f} of {draws} draws tell groups of one pool apart")
    return float(np.mean(alarms))


def measure_coverage(read: reading.Reading, ids: np.ndarray, actor: str, measure: str, k: int, draws: int) -> float:
    outlet = read.articles.set_index("article_id")["outlet"]
    first = set(sorted(set(outlet))[::2])
    pools = [[one for one in ids if (outlet[one] in first) == side] for side in (True, False)]
    options = {"actor": actor, "target": "A", "measure": measure}
    both = draw(read, [*pools[0], *pools[1]], ["A"] * len(pools[0]) + ["B"] * len(pools[1]))
    whole = terms.contrast_terms(both, replicates=0, **options).set_index("term")
    common = whole[whole["articles_target"] + whole["articles_rest"] >= 0.14 * len(ids)]["score"]
    held = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        chosen = [one for pool in pools for one in rng.choice(pool, k).tolist()]
        found = terms.contrast_terms(draw(read, chosen, ["A"] * k + ["B"] * k), **options).set_index("term")
        found = found.reindex(common.index).dropna(subset=["low"])
        truth = common[found.index]
        held.append(((found["low"] <= truth) & (truth <= found["high"])).mean())
    print(f"{measure}, k = {k}: intervals hold {np.mean(held):.3f} of {len(common)} common terms, {draws} draws")
    return float(np.mean(held))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--actor", required=True)
    parser.add_argument("--documents", type=int, default=8000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    read = reading.read_corpus(corpus.open_corpus(options.corpus))
    ids = np.array(sorted(select_mentions(read, actor=options.actor)["article_id"].unique()))
    measure_speed(read, ids, options.actor, options.documents)
    rows = [
        ("two groups of one pool told apart at .05", "log_odds", k, options.draws,
         measure_alarms(read, ids, options.actor, k, options.draws))
        for k in (5, 10, 20)
    ]  # fmt: skip
    draws = max(1, options.draws // 16)
    rows += [
        ("common terms whose 95 % interval holds the truth", measure, k, draws,
         measure_coverage(read, ids, options.actor, measure, k, draws))
        for measure in ("tfidf", "log_odds", "log_ratio")
        for k in (20, 40)
    ]  # fmt: skip
    if options.out:
        table = pd.DataFrame(rows, columns=["what", "measure", "k", "draws", "share"]).round({"share": 3})
        table.to_csv(options.out / "contrast_error.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
