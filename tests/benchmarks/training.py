"""Train the small networks of helpers/attribution: Adam in numpy and scipy, nothing that reading would need."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from helpers.attribution.features import BITS
from helpers.attribution.network import Network, unpack_network


class Recipe(NamedTuple):
    """How a network is trained."""

    hidden: int
    least: int  # times a feature must be met
    epochs: int
    batch: int = 2048
    rate: float = 4e-3
    drop: float = 0.6  # share of features left out in each step: the network must not lean on single words
    drop_vectors: float = 0.5
    seed: int = 0


def train_network(
    features: np.ndarray, vectors: np.ndarray, labels: np.ndarray, used: np.ndarray, classes: int, recipe: Recipe
) -> dict[str, np.ndarray]:
    """Return the weights of a network trained on the rows that are `used`, as `Network` stores them."""
    rng = np.random.default_rng(recipe.seed)
    rows = np.flatnonzero(used)
    kept = np.flatnonzero(np.bincount(features[rows].ravel(), minlength=1 << BITS) >= recipe.least)
    row_of = np.zeros(1 << BITS, dtype=np.int32)
    row_of[kept] = np.arange(1, len(kept) + 1)
    mean, spread = vectors[rows].astype(np.float32).mean(axis=0), vectors[rows].astype(np.float32).std(axis=0) + 1e-3
    hidden, width, size = recipe.hidden, features.shape[1], vectors.shape[1]
    weights = {
        "table": np.pad(rng.normal(0, 0.05, (len(kept) + 1, hidden)), ((0, 0), (0, classes))),
        "dense": np.pad(rng.normal(0, 0.5 / np.sqrt(size), (size, hidden)), ((0, 0), (0, classes))),
        "bias": np.zeros(hidden + classes),
        "output": rng.normal(0, hidden**-0.5, (hidden, classes)),
    }
    weights = {name: value.astype(np.float32) for name, value in weights.items()}
    weights["table"][0] = 0
    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    steps, total = 0, recipe.epochs * -(-len(rows) // recipe.batch)
    for _ in range(recipe.epochs):
        rng.shuffle(rows)
        for start in range(0, len(rows), recipe.batch):
            batch = rows[start : start + recipe.batch]
            ids = row_of[features[batch]]
            ids[rng.random(ids.shape, dtype=np.float32) < recipe.drop] = 0
            share = np.full(ids.size, 1 / np.sqrt(width) / (1 - recipe.drop), dtype=np.float32)
            met = sparse.csr_matrix(
                (share, ids.ravel(), np.arange(0, ids.size + 1, width)), shape=(len(batch), len(kept) + 1)
            )
            shown = (vectors[batch].astype(np.float32) - mean) / spread
            shown *= (rng.random(shown.shape, dtype=np.float32) >= recipe.drop_vectors) / (1 - recipe.drop_vectors)
            gradient = _differentiate(weights, met, shown.astype(np.float32), labels[batch], classes)
            gradient["table"][0] = 0
            steps += 1
            pace = recipe.rate * max(0.05, 1 - steps / total)
            for name, value in weights.items():
                change = gradient[name] + 1e-6 * value
                first[name] += 0.1 * (change - first[name])
                second[name] += 0.001 * (change * change - second[name])
                step = first[name] / (1 - 0.9**steps) / (np.sqrt(second[name] / (1 - 0.999**steps)) + 1e-7)
                value -= pace * step
    dense = weights["dense"] / spread[:, None]
    return {**weights, "dense": dense, "bias": weights["bias"] - mean @ dense, "kept": kept}


def _differentiate(
    weights: dict[str, np.ndarray], met: sparse.csr_matrix, shown: np.ndarray, labels: np.ndarray, classes: int
) -> dict[str, np.ndarray]:
    """Return the gradient of the cross-entropy of a batch."""
    hidden = len(weights["output"])
    summed = met @ weights["table"] + shown @ weights["dense"] + weights["bias"]
    active = np.maximum(summed[:, :hidden], 0)
    scores = summed[:, hidden:] + active @ weights["output"]
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    error = (chance - np.eye(classes, dtype=np.float32)[labels]) / len(labels)
    back = np.concatenate([(error @ weights["output"].T) * (active > 0), error], axis=1)
    return {
        "table": met.T.tocsr() @ back,
        "dense": shown.T @ back,
        "bias": back.sum(axis=0),
        "output": active.T @ error,
    }


def pack_network(trained: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the arrays that the weights file holds: a byte a weight, two classes as one difference."""
    hidden = len(trained["output"])
    table, dense, bias, output = (trained[key] for key in ("table", "dense", "bias", "output"))
    if output.shape[1] == 2:
        table, dense, bias = (_join_classes(array, hidden) for array in (table, dense, bias))
        output = output[:, 1:] - output[:, :1]
    scale = np.abs(table[1:]).max(axis=0) + 1e-12
    rooted = np.sign(table[1:]) * np.sqrt(np.abs(table[1:]) / scale)  # fine steps for the many small weights
    return {
        "steps": np.diff(trained["kept"], prepend=0).astype(np.uint32),
        "weights": np.round(127 * rooted).astype(np.int8),
        "scale": scale.astype(np.float32),
        "dense": dense.astype(np.float16),
        "bias": bias.astype(np.float32),
        "output": output.astype(np.float32),
    }


def _join_classes(array: np.ndarray, hidden: int) -> np.ndarray:
    return np.concatenate([array[..., :hidden], array[..., hidden + 1 :] - array[..., hidden : hidden + 1]], axis=-1)


def build_network(trained: dict[str, np.ndarray]) -> Network:
    """Return the network as reading would load it, its rounding included."""
    return unpack_network(pack_network(trained))
