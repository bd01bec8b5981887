"""How far the valence of a word can be trusted: python -m tests.benchmarks.word_reliability TRAIN.jsonl --out FOLDER.

FOLDER receives word_reliability.csv, which is shipped in helpers/lexicons: word, n (targets in whose sentence it
stands), reliability: how far the codes of the targets near it lean to the sign of its valence, against how far they do
so for all words (1; 0 where they lean away, as near "security", "fight", "endorsed"), drawn to 1 where there are few.
`--folds 5` cross-validates the score with and without it.
"""

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import exp
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import f1_score

from helpers.reading.tone_model import TARGET
from helpers.reading.valences import weigh_text
from helpers.sentiment import REACH, weigh_by_distance
from tests.benchmarks.newsmtsc import Target, read_targets
from tests.benchmarks.sentiment import cut, fit_cuts

LEAST = 3  # targets
PRIOR = 6  # targets beside the word that every word is given, as reliable as the average


def find_target(target: Target) -> int:
    """Return the number of the word at which the target stands."""
    return next((number for number, word in enumerate(target.marked.split()) if TARGET in word), 0)


def find_reliability(targets: Sequence[Target]) -> dict[str, tuple[int, float]]:
    """Return word -> targets near it, and its reliability."""
    usual = float(np.mean([target.label for target in targets]))
    near: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for target in targets:
        at = find_target(target)
        for word, place, valence in weigh_text(target.marked).words:
            near[word].append((exp(-abs(place - at) / REACH), np.sign(valence) * (target.label - usual)))
    sums = {
        word: (len(found), sum(weight for weight, _ in found), sum(weight * lean for weight, lean in found))
        for word, found in sorted(near.items())
    }
    average = sum(lean for _, _, lean in sums.values()) / sum(weight for _, weight, _ in sums.values())
    return {
        word: (n, max(0.0, (lean / average + PRIOR) / (weight + PRIOR)))
        for word, (n, weight, lean) in sums.items()
        if n >= LEAST
    }


def score(targets: Sequence[Target], reliability: Mapping[str, float]) -> np.ndarray:
    return np.array([weigh_by_distance(weigh_text(t.marked), [find_target(t)], reliability) for t in targets])


def cross_validate(targets: Sequence[Target], folds: int) -> str:
    keys = sorted({target.sentence_key for target in targets})
    random.Random(0).shuffle(keys)
    fold = {key: number % folds for number, key in enumerate(keys)}
    labels, scores = np.array([target.label for target in targets]), np.zeros((2, len(targets)))
    found = np.zeros((2, len(targets)), int)
    for number in range(folds):
        held = np.array([fold[target.sentence_key] == number for target in targets])
        own = [target for target, out in zip(targets, held, strict=True) if not out]
        for row, learned in enumerate(({}, {word: value for word, (_, value) in find_reliability(own).items()})):
            scores[row] = np.where(held, score(targets, learned), scores[row])
            cuts = fit_cuts(score(own, learned), labels[~held])
            found[row, held] = cut(scores[row, held], *cuts)
    figures = [(f1_score(labels, f, average="macro"), spearmanr(s, labels).statistic)
               for f, s in zip(found, scores, strict=True)]  # fmt: skip
    (f1, rank), (f1_learned, rank_learned) = figures
    return (
        f"all words alike: macro-F1 {f1:.3f}, Spearman {rank:.3f}; "
        f"by their reliability: {f1_learned:.3f}, {rank_learned:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    targets = read_targets(options.train)
    if options.folds:
        print(cross_validate(targets, options.folds))
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "word_reliability.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("word", "n", "reliability"))
        writer.writerows((word, n, f"{value:.2f}") for word, (n, value) in find_reliability(targets).items())


if __name__ == "__main__":
    main()
