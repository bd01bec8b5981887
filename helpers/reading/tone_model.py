"""Tone toward a target: what a sentence says of one actor, by a small classifier. Masked sentences in, chances out.

The features are hashed words and pairs of words, marked where they are near the target; GloVe vectors of the words
around it; and VADER's valences by distance. One hidden layer reads them. It was trained on NewsMTSC (Hamborg & Donnay
2021: persons in the politics of one country), on coded sentences about armies, states and armed groups in news of a
war, and on what a larger network, fine-tuned on both, said of unlabelled sentences (distillation, Hinton et al. 2015).
The program is tests/benchmarks/train_sentiment.py.
"""

import math
import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import softmax

from helpers.lexicons import LEXICONS
from helpers.reading.attribution.network import find_vectors, widen_table
from helpers.reading.masking import ACTOR, NAME, place_words
from helpers.reading.valences import weigh_text

TARGET = "_target_"
BITS = 18  # of a feature's number
# divides the scores: chances are then .016 off on the held-out fifth of the training sentences, .034 without it
COOLING = 1.2
DIGITS = 4  # of a chance: the digits after them depend on the processor
_WORD = re.compile(rf"{TARGET}|{NAME}|[\w']+(?:-[\w']+)*|[^\w\s]")
_ZONES = {1: "1", 2: "2", 3: "2", **dict.fromkeys(range(4, 9), "3")}  # words from the target -> zone


Classifier = dict[str, np.ndarray]  # array by name, as `unpack_classifier` lists them


class Described(NamedTuple):
    """A sentence about a target, in numbers."""

    ids: np.ndarray  # hashed features, each once
    dense: np.ndarray


def describe_target(sentence: str) -> Described:
    """Return the features of a masked sentence in which `_target_` stands for the target's first mention."""
    words = [word.lower() for word in _WORD.findall(sentence)] or [TARGET]
    at, n = (words.index(TARGET) if TARGET in words else 0), len(words)
    features = {f"u:{word}" for word in words} | {f"b:{word}_{after}" for word, after in pairwise(words)}
    for step, zone in _ZONES.items():
        near = [(side, words[place]) for side, place in (("L", at - step), ("R", at + step)) if 0 <= place < n]
        features.update(f"{side}{zone}:{word}" for side, word in near)
        if step < 6:
            features.update(f"N:{word}" for _, word in near)
    features |= {f"LB:{'_'.join(words[max(0, at - 2) : at])}", f"RB:{'_'.join(words[at + 1 : at + 3])}"}
    ids = np.array(sorted({zlib.crc32(feature.encode()) % (1 << BITS) for feature in features}), dtype=np.int64)
    around = (range(n), range(at - 4, at), range(at + 1, at + 5), (at + 1,), (at + 2,), (at - 1,))
    vectors = find_vectors(words)
    known = set(np.flatnonzero(vectors.any(axis=1)).tolist())
    chosen = [vectors[[place for place in places if place in known]] for places in around]
    averages = [np.add.reduce(own, axis=0) / np.float32(len(own) or 1) for own in chosen]
    return Described(ids, np.concatenate([_sum_valences(sentence, at, n), *averages]))


def _sum_valences(sentence: str, at: int, n: int) -> np.ndarray:
    """Return sums of VADER's valences by side and distance from the target, its score, the target's place and n."""
    weighed = weigh_text(sentence)
    target = next((number for number, word in enumerate(sentence.split()) if TARGET in word), 0)
    sums = np.zeros(12, np.float32)
    for _, place, valence in weighed.words:
        step = place - target
        near = math.exp(-abs(step) / 6)
        sums[0] += valence * near
        sums[1 if step < 0 else 2] += valence * math.exp(-abs(step) / 4)
        sums[3 if valence > 0 else 4] += valence
        sums[5 if valence > 0 else 6] += valence * near
        if abs(step) <= 4:
            sums[7 if step < 0 else 8] += valence
    sums[9:] = weighed.compound, at / n, math.log(n)
    return sums


def unpack_classifier(parts: dict[str, np.ndarray]) -> Classifier:
    """Return the classifier from its arrays as stored, by name.

    - row_of: feature number -> row of `table`; row 0 is for features that training did not meet
    - rarity: the weight of each row (inverse document frequency)
    - table (rows), dense (dense features), bias: x (hidden + 3); output: hidden x 3
    """
    ids = np.cumsum(parts["steps"].astype(np.int64))
    row_of = np.zeros(1 << BITS, dtype=np.int32)
    row_of[ids] = np.arange(1, len(ids) + 1)
    blank = {"table": np.pad(widen_table(parts, "table"), ((1, 0), (0, 0))), "rarity": np.pad(parts["rarity"], (1, 0))}
    # in float64, so that neither the order in which BLAS sums on each processor nor the sentences scored together
    # show in the digits kept
    weights = {name: one.astype(np.float64) for name, one in (parts | blank).items()}
    return {name: weights[name] for name in ("rarity", "table", "dense", "bias", "output")} | {"row_of": row_of}


@cache
def load_classifier() -> Classifier:
    """Return the classifier of lexicons/tone_weights.npz."""
    with np.load(LEXICONS / "tone_weights.npz", allow_pickle=False) as stored:
        return unpack_classifier(dict(stored))


def score_targets(sentences: Sequence[str], classifier: Classifier | None = None) -> np.ndarray:
    """Return the chances of negative, neutral and positive (rows x 3) of masked sentences with `_target_`."""
    if not len(sentences):
        return np.zeros((0, 3))
    learned = classifier or load_classifier()
    described = [describe_target(sentence) for sentence in sentences]
    rows = [learned["row_of"][one.ids] for one in described]
    rarities = [learned["rarity"][own] for own in rows]
    weights = [own / (np.sqrt(np.square(own).sum()) + 1e-6) for own in rarities]
    ends, shape = np.cumsum([0, *map(len, rows)]), (len(rows), len(learned["table"]))
    features = sparse.csr_matrix((np.concatenate(weights), np.concatenate(rows), ends), shape=shape)
    dense = np.stack([one.dense for one in described]).astype(np.float64)
    summed = features @ learned["table"] + dense @ learned["dense"] + learned["bias"]
    hidden, linear = np.split(summed, [len(learned["output"])], axis=1)
    return softmax((linear + np.maximum(hidden, 0) @ learned["output"]) / COOLING, axis=1).round(DIGITS)


def mark_target(text: str, masked: str, mentions: Sequence[tuple[int, int]]) -> str:
    """Return a masked sentence with `_target_` for the mentions of one actor and `_name_` for all other names."""
    words, places = masked.split(), place_words(text, masked)
    for start, end in mentions:
        first = max(0, bisect_right(places, start) - 1)
        if ACTOR in words[first]:
            words[first] = words[first].replace(ACTOR, TARGET, 1)
        else:  # a description, which is not masked
            after = max(first + 1, bisect_left(places, end))
            words[first:after] = [TARGET + re.search(r"\W*$", words[after - 1])[0], *[""] * (after - first - 1)]
    return " ".join(word for word in words if word).replace(ACTOR, NAME)
