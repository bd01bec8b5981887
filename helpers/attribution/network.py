"""The small networks that score words: hashed features and vectors in, one number a class out. Pure numpy and scipy."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from helpers.attribution.citations import LEXICONS
from helpers.attribution.features import BITS

WEIGHTS = LEXICONS / "attribution_weights.npz"
_ROWS = 4096  # scored at once: bounds the memory of a long article


class Network(NamedTuple):
    """One hidden layer over embedded features and vectors, beside a linear model of both."""

    row_of: np.ndarray  # feature id -> row of `weights`; row 0 is for features that training did not meet
    weights: np.ndarray  # rows x (hidden + classes): the feature's embedding, then its linear weights
    dense: np.ndarray  # vector entries x (hidden + classes), for standardised vectors
    bias: np.ndarray  # hidden + classes
    output: np.ndarray  # hidden x classes


def load_weights() -> tuple[dict[str, Network], np.ndarray]:
    """Return the networks "word", "role" and "cue" of the weights file, and its hashes of nominal cues."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        parts = {key: stored[key] for key in stored.files}
    names = ("word", "role", "cue")
    networks = {name: unpack_network({k.removeprefix(f"{name}_"): v for k, v in parts.items()}) for name in names}
    return networks, parts["nominal"]


def unpack_network(parts: dict[str, np.ndarray]) -> Network:
    """Return a network from its stored arrays: roots of weights as bytes, feature ids as steps."""
    ids = np.cumsum(parts["steps"].astype(np.int64))
    row_of = np.zeros(1 << BITS, dtype=np.int32)
    row_of[ids] = np.arange(1, len(ids) + 1)
    rooted = parts["weights"].astype(np.float32) / 127
    weights = np.sign(rooted) * rooted**2 * parts["scale"]
    weights = np.concatenate([np.zeros((1, weights.shape[1]), np.float32), weights])
    rest = (parts[key].astype(np.float32) for key in ("dense", "bias", "output"))
    return Network(row_of, weights, *rest)


def score_rows(network: Network, features: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return one row of class scores (log-odds up to a constant) for each row of features and vectors."""
    hidden = len(network.output)
    width = features.shape[1]
    scores = []
    for first in range(0, len(features), _ROWS):
        rows = network.row_of[features[first : first + _ROWS]]
        ends = np.arange(0, rows.size + 1, width)
        share = np.full(rows.size, 1 / np.sqrt(width), dtype=np.float32)
        met = sparse.csr_matrix((share, rows.ravel(), ends), shape=(len(rows), len(network.weights)))
        summed = met @ network.weights + vectors[first : first + _ROWS] @ network.dense + network.bias
        scores.append(summed[:, hidden:] + np.maximum(summed[:, :hidden], 0) @ network.output)
    return np.concatenate(scores) if scores else np.zeros((0, network.output.shape[1]), np.float32)
