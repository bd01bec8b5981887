"""Speed, false alarms and coverage of term contrasts: python -m tests.benchmarks.contrasts CORPUS --actor ACTOR.

CORPUS is a corpus folder of several hundred articles. Printed are ratios to scikit-learn's CountVectorizer (words and
pairs) on the same sentences, with articles drawn anew to --documents; the share of draws in which two groups of
articles from one pool are told apart at .05; the share in which a common word that was halved in one group is found,
by this engine and by plain max-T of z; and the share of common terms whose 95 % interval holds the score of the whole,
for groups drawn with replacement from two halves of the outlets. `--out` receives contrast_error.csv, which is shipped
in helpers/lexicons and shown in notebook 03.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from helpers import reading, terms
from helpers.naming import select_mentions
from helpers.reading import corpus
from helpers.reading.masking import NAME
from helpers.terms import count_terms, rank_log_odds, score_log_odds, select_passages

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
    own = dict.fromkeys(("cluster_id", "story_id"), articles["article_id"])
    tables["articles"] = articles.assign(**own, text=articles["text"] + articles["article_id"], published="")
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


def thin_word(groups: SimpleNamespace, word: str, rng: np.random.Generator) -> SimpleNamespace:
    """Return the groups with half of a word's occurrences in group B hidden: a planted log ratio of 1."""
    passages = groups.passages
    thinned = [
        " ".join(NAME if one == word and rng.random() < 0.5 else one for one in lemmas.split())
        if outlet == "B"
        else lemmas
        for lemmas, outlet in zip(passages["lemmas"], passages["outlet"], strict=True)
    ]
    return SimpleNamespace(**{**vars(groups), "passages": passages.assign(lemmas=thinned)})


def rank_plainly(groups: SimpleNamespace, actor: str, word: str, rng: np.random.Generator, deals: int) -> float:
    """Return the p of a word by plain max-T: the largest |z| of all terms in each deal of the articles."""
    counted = count_terms(groups, select_passages(groups, actor=actor))
    everything, orders = sparse.csr_array(counted.counts), counted.orders
    shown = np.flatnonzero(everything.sum(axis=0) >= 2)
    counts = everything[:, shown].astype(float)
    sizes = np.stack([everything[:, np.flatnonzero(orders == order)].sum(axis=1) for order in (1, 2)])[
        orders[shown] - 1
    ]
    side = counted.documents["outlet"].eq("A").to_numpy()
    total, n = counts.sum(axis=0), sizes.sum(axis=1)

    def rank(chosen: np.ndarray) -> np.ndarray:
        a, n_a = counts.T @ chosen, sizes @ chosen
        strength = np.minimum(n_a, n - n_a)
        prior = strength * total / n
        return rank_log_odds(a, total - a, prior, score_log_odds(a, total - a, n_a, n - n_a, prior, strength))

    observed = np.abs(rank(side.astype(float))[counted.terms[shown] == word])
    largest = [np.abs(rank(rng.permutation(side).astype(float))).max() for _ in range(deals)]
    return (1 + sum(most >= one for one in observed for most in largest)) / (1 + deals) if len(observed) else 1.0


def measure_power(
    read: reading.Reading, ids: np.ndarray, actor: str, k: int, draws: int, n_words: int = 10
) -> tuple[float, float]:
    whole = count_terms(read, select_passages(read, actor=actor), ngrams=(1, 1))
    held = np.asarray((whole.counts > 0).sum(axis=0)).ravel()
    words = [word for word in whole.terms[np.argsort(-held, kind="stable")] if word.isalpha()][:n_words]
    found: list[tuple[bool, bool]] = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        word = words[seed % n_words]
        groups = draw(read, rng.choice(ids, 2 * k, replace=False).tolist(), ["A"] * k + ["B"] * k)
        thinned = thin_word(groups, word, rng)
        table = terms.contrast_terms(thinned, actor=actor, target="A", measure="log_odds", replicates=199)
        ours = table.loc[table["term"].eq(word), "p"].min() <= 0.05
        found.append((bool(ours), rank_plainly(thinned, actor, word, rng, 199) <= 0.05))
    ours, plain = (float(share) for share in np.mean(found, axis=0))
    print(
        f"k = {k}: a common word halved in one group is found in {ours:.3f} of {draws} draws, {plain:.3f} by max-T of z"
    )
    return ours, plain


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
    some = max(1, options.draws // 5)
    for k in (10, 20, 40):
        found = measure_power(read, ids, options.actor, k, some)
        names = "a common word, halved on one side, told apart at .05", "the same by plain max-T of z"
        rows += [(name, "log_odds", k, some, share) for name, share in zip(names, found, strict=True)]
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
