"""Predict tone toward targets: python -m tests.benchmarks.sentiment TRAIN.jsonl TEST.jsonl --out FILE.

Rows {"id", "label", "score"} for the scorer. `--instrument classifier` (the default) is the shipped one, which learned
from TRAIN; `vader` is VADER with names masked, its two cut points fitted on TRAIN (macro-F1).

Without TEST, FILE receives helpers/lexicons/tone_error.csv: how far both agree with codes that nothing was learned
from, those of a fifth of TRAIN's sentences and of the check in war_codes.csv (`--coded CSV`: its articles, coded.py).
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import f1_score

from helpers.reading.tone_model import score_targets
from helpers.reading.valences import weigh_text
from tests.benchmarks.coded import read_codes
from tests.benchmarks.newsmtsc import Target, is_kept, read_targets


def score_vader(targets: Sequence[Target]) -> np.ndarray:
    """Return VADER's score of each masked sentence."""
    return np.array([weigh_text(target.masked).compound for target in targets])


def fit_cuts(targets: Sequence[Target]) -> tuple[float, float]:
    """Return the two cut points of VADER's score with the best macro-F1, over quantiles of the scores."""
    scores, labels = score_vader(targets), np.array([target.label for target in targets])
    steps = np.unique(np.quantile(scores, np.linspace(0, 1, 41)))
    pairs = [(low, high) for number, low in enumerate(steps) for high in steps[number + 1 :]]
    return max(pairs, key=lambda pair: f1_score(labels, cut(scores, *pair), average="macro"))


def cut(scores: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.where(scores <= low, -1, np.where(scores >= high, 1, 0))


def find_calibration_error(chances: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error over ten bins (Naeini, Cooper & Hauskrecht 2015)."""
    sure, right = chances.max(axis=1), chances.argmax(axis=1) - 1 == labels
    bins = np.minimum((sure * 10).astype(int), 9)
    return sum(abs(right[bins == n].mean() - sure[bins == n].mean()) * (bins == n).mean() for n in set(bins.tolist()))


def measure(name: str, known: Sequence[Target], kept: Sequence[Target]) -> Iterator[dict[str, str | float]]:
    """Yield a row an instrument on targets kept out; VADER's two cut points are fitted on `known`."""
    labels, vader = np.array([target.label for target in kept]), score_vader(kept)
    chances = score_targets([target.marked for target in kept])
    said = {
        "classifier": (chances.argmax(axis=1) - 1, chances[:, 2] - chances[:, 0]),
        "VADER, names masked": (cut(vader, *fit_cuts(known)), vader),
        "every sentence neutral": (np.zeros(len(kept), int), None),
    }
    for instrument, (label, score) in said.items():
        f1 = f1_score(labels, label, average="macro")
        rank = float("nan") if score is None else spearmanr(score, labels).statistic
        yield {"sentences": name, "instrument": instrument, "n": len(kept), "macro_f1": f1, "spearman": rank}
    print(f"{name}: calibration error of the classifier {find_calibration_error(chances, labels):.3f}; F1 of negative,")
    print(f"neutral and positive {f1_score(labels, said['classifier'][0], average=None).round(3)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path, nargs="?")
    parser.add_argument("--coded", type=Path, help="the CSV with the articles of war_codes.csv")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--instrument", choices=("classifier", "vader"), default="classifier")
    options = parser.parse_args()
    if not options.test:
        news, war = read_targets(options.train), read_codes(options.coded) if options.coded else None
        parts = [[target for target in news if is_kept(target.text) == kept] for kept in (False, True)]
        rows = [*measure("a fifth of NewsMTSC, kept out", *parts)]
        rows += measure("war news, kept out", war.learn, war.check) if war else []
        table = pd.DataFrame(rows).round(3)
        table.to_csv(options.out, index=False, lineterminator="\n")
        print(table.to_string(index=False))
        return
    targets = read_targets(options.test)
    if options.instrument == "vader":
        scores = score_vader(targets)
        labels = cut(scores, *fit_cuts(read_targets(options.train)))
    else:
        chances = score_targets([target.marked for target in targets])
        scores, labels = chances[:, 2] - chances[:, 0], chances.argmax(axis=1) - 1
    with options.out.open("w", encoding="utf-8", newline="\n") as file:
        for target, label, score in zip(targets, labels.tolist(), scores.tolist(), strict=True):
            file.write(json.dumps({"id": target.key, "label": label, "score": score}) + "\n")


if __name__ == "__main__":
    main()
