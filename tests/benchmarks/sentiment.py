"""Predict tone toward targets: python -m tests.benchmarks.sentiment TRAIN.jsonl TEST.jsonl --out FILE.

Rows {"id", "label", "score"} for the scorer. `--instrument classifier` (the default) is the shipped one, which learned
from TRAIN; `vader` is VADER with names masked, its two cut points fitted on TRAIN (macro-F1).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from helpers.reading.tone_model import score_targets
from helpers.reading.valences import weigh_text
from tests.benchmarks.newsmtsc import Target, read_targets


def score_vader(targets: list[Target]) -> np.ndarray:
    """Return VADER's score of each masked sentence."""
    return np.array([weigh_text(target.masked).compound for target in targets])


def fit_cuts(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the two cut points with the best macro-F1, over quantiles of the scores."""
    steps = np.unique(np.quantile(scores, np.linspace(0, 1, 41)))
    pairs = [(low, high) for number, low in enumerate(steps) for high in steps[number + 1 :]]
    return max(pairs, key=lambda pair: f1_score(labels, cut(scores, *pair), average="macro"))


def cut(scores: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.where(scores <= low, -1, np.where(scores >= high, 1, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--instrument", choices=("classifier", "vader"), default="classifier")
    options = parser.parse_args()
    targets = read_targets(options.test)
    if options.instrument == "vader":
        train = read_targets(options.train)
        cuts = fit_cuts(score_vader(train), np.array([target.label for target in train]))
        scores = score_vader(targets)
        labels = cut(scores, *cuts)
    else:
        chances = score_targets([target.marked for target in targets])
        scores, labels = chances[:, 2] - chances[:, 0], chances.argmax(axis=1) - 1
    with options.out.open("w", encoding="utf-8", newline="\n") as file:
        for target, label, score in zip(targets, labels.tolist(), scores.tolist(), strict=True):
            file.write(json.dumps({"id": target.key, "label": label, "score": score}) + "\n")


if __name__ == "__main__":
    main()
