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
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import softmax

from helpers.lexicons import LEXICONS
from helpers.reading.attribution.network import load_glove, widen_table
from helpers.reading.masking import ACTOR, NAME, place_words
from helpers.reading.valences import weigh_text

TARGET = "_target_"
BITS = 18  # of a feature's number
# divides the scores: chances are then .016 off on the held-out fifth of the training sentences, .034 without it
COOLING = 1.2
DIGITS = 4  # of a chance: the digits after them depend on the processor
_WORD = re.compile(rf"{TARGET}|{NAME}|[\w']+(?:-[\w']+)*|[^\w\s]")
_ZONES = {1: "1", 2: "2", 3: "2", **dict.fromkeys(range(4, 9), "3")}  # words from the target -> zone


class Described(NamedTuple):
    """A sentence about a target, in numbers."""

    ids: np.ndarray  # hashed features, each once
    dense: np.ndarray


@cache
def _load_vectors() -> tuple[dict[int, int], np.ndarray]:
    """Return spaCy's hash of a word -> the row of its vector, and the vectors."""
    hashes, vectors = load_glove()
    return {int(value): row for row, value in enumerate(hashes)}, vectors


@lru_cache(maxsize=100_000)
def _find_row(word: str) -> int | None:
    """Return the row of a word's vector; None where it has none, and for a word that replaces a name."""
    from spacy.strings import get_string_id

    return None if word.startswith("_") else _load_vectors()[0].get(get_string_id(word))


def _average_vectors(rows: Sequence[int | None], places: Iterable[int]) -> np.ndarray:
    found = [rows[at] for at in places if 0 <= at < len(rows) and rows[at] is not None]
    return np.add.reduce(_load_vectors()[1][found], axis=0) / np.float32(len(found) or 1)


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
    rows = [_find_row(word) for word in words]
    valences = _sum_valences(sentence, at, n)
    return Described(ids, np.concatenate([valences, *(_average_vectors(rows, places) for places in around)]))


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


class Classifier(NamedTuple):
    """The weights of the network."""

    row_of: np.ndarray  # feature id -> row of `table`; row 0 is for features not met in training
    rarity: np.ndarray  # weight of each row (inverse document frequency)
    table: np.ndarray  # rows x (hidden + 3)
    dense: np.ndarray  # dense features x (hidden + 3)
    bias: np.ndarray
    output: np.ndarray  # hidden x 3


def unpack_classifier(parts: dict[str, np.ndarray]) -> Classifier:
    """Return the classifier from its arrays as stored."""
    ids = np.cumsum(parts["steps"].astype(np.int64))
    row_of = np.zeros(1 << BITS, dtype=np.int32)
    row_of[ids] = np.arange(1, len(ids) + 1)
    table = np.pad(widen_table(parts, "table"), ((1, 0), (0, 0)))
    rarity = np.pad(parts["rarity"].astype(np.float32), (1, 0))
    return Classifier(row_of, rarity, table, *(parts[key].astype(np.float32) for key in ("dense", "bias", "output")))


@cache
def load_classifier() -> Classifier:
    """Return the classifier of lexicons/tone_weights.npz."""
    with np.load(LEXICONS / "tone_weights.npz", allow_pickle=False) as stored:
        return unpack_classifier({key: stored[key] for key in stored.files})


def score_targets(sentences: Sequence[str], classifier: Classifier | None = None) -> np.ndarray:
    """Return the chances of negative, neutral and positive (rows x 3) of masked sentences with `_target_`."""
    if not len(sentences):
        return np.zeros((0, 3))
    learned = classifier or load_classifier()
    described = [describe_target(sentence) for sentence in sentences]
    rows = [learned.row_of[one.ids] for one in described]
    weights = [learned.rarity[own] for own in rows]
    # in float64: in float32 the order in which BLAS sums on each processor would show in the digits kept
    weights = [own / (np.sqrt(np.square(own, dtype=np.float64).sum()) + 1e-6) for own in weights]
    ends = np.cumsum([0, *(len(own) for own in rows)])
    shape = (len(rows), len(learned.table))
    features = sparse.csr_matrix((np.concatenate(weights), np.concatenate(rows), ends), shape=shape)
    # in float64 too, so that a sentence's score does not depend on the sentences scored with it
    summed = features @ learned.table.astype(np.float64)
    summed += np.stack([one.dense for one in described]).astype(np.float64) @ learned.dense.astype(np.float64)
    summed += learned.bias
    hidden = len(learned.output)
    scores = summed[:, hidden:] + np.maximum(summed[:, :hidden], 0) @ learned.output.astype(np.float64)
    return softmax(scores / COOLING, axis=1).round(DIGITS)


def mark_target(text: str, masked: str, mentions: Sequence[tuple[int, int]]) -> str:
    """Return a masked sentence with `_target_` for the mentions of one actor and `_name_` for all other names."""
    words, places = masked.split(), place_words(text, masked)
    for start, end in mentions:
        first = max((n for n, place in enumerate(places) if place <= start), default=0)
        if ACTOR in words[first]:
            words[first] = words[first].replace(ACTOR, TARGET, 1)
        else:  # a description, which is not masked
            inside = [n for n, place in enumerate(places) if first <= n and place < end] or [first]
            tail = re.search(r"\W*$", words[inside[-1]])[0]
            words[first] = TARGET + tail
            for n in inside[1:]:
                words[n] = ""
    return " ".join(word for word in words if word).replace(ACTOR, NAME)
