"""The network that scores words: pure numpy and scipy, from the arrays that training wrote.

Each word begins as the sum of its vectors (the parser's own, its lemma's, GloVe's of its form, its tag, its relation,
its place among quotation marks) and then looks twice at its neighbours in the sentence and in the parse (a graph
network, as Marcheggiani & Titov 2017 use for semantic roles). Two heads read the result: is this word a cue, and which
words are its source and its content?
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from helpers.lexicons import LEXICONS
from helpers.reading.attribution.features import BITS
from helpers.reading.attribution.words import Words

WEIGHTS = LEXICONS / "attribution_weights.npz"
_BLOCK = 512  # rows multiplied at once, always as many: so a row's result does not depend on the rows beside it
_SMALL = 1e-5  # as in training


class Layer(NamedTuple):
    """One look at the neighbours."""

    dense: np.ndarray  # (1 + kinds of neighbour + 1) x width rows: the word itself, its neighbours, its sentence
    bias: np.ndarray
    gain: np.ndarray  # of the layer norm, with `shift`
    shift: np.ndarray


class Head(NamedTuple):
    """One hidden layer over words and hashed features, beside a linear model of both."""

    row_of: np.ndarray  # feature id -> row of `table`; row 0 is for features that training did not meet
    table: np.ndarray  # rows x (hidden + outputs)
    dense: np.ndarray  # vectors of the words looked at x (hidden + outputs)
    bias: np.ndarray
    output: np.ndarray  # hidden x outputs


class Network(NamedTuple):
    """All that the networks learned."""

    hashes: dict[str, np.ndarray]  # lemma, lower, tag, dep: the hashes that have a row, sorted
    tables: dict[str, np.ndarray]  # the same and `flags`: a row a hash, behind the row for any other
    tensor: np.ndarray  # of the parser's vectors
    first: tuple[np.ndarray, np.ndarray, np.ndarray]  # bias; gain and shift of the layer norm
    layers: tuple[Layer, ...]
    cue: Head
    role: Head
    null: tuple[np.ndarray, np.ndarray]  # score of "nobody is the source", from the cue


def load_arrays() -> dict[str, np.ndarray]:
    """Return the arrays of lexicons/attribution_weights.npz."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def load_glove() -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes of the forms that have a GloVe vector, sorted, and the vectors."""
    parts = load_arrays()
    return parts["lower_hashes"], widen_table(parts, "glove")


def unpack_network(parts: dict[str, np.ndarray]) -> Network:
    """Return a network from its stored arrays: tables as bytes with a scale a column, feature ids as steps."""
    names = ("lemma", "lower", "tag", "dep")
    hashes = {name: parts[f"{name}_hashes"] for name in names}
    tables = {name: _add_blank(widen_table(parts, name)) for name in ("lemma", "tag", "dep")}
    tables["lower"] = _add_blank(widen_table(parts, "glove") @ parts["glove_dense"].astype(np.float32))
    tables["flags"] = widen_table(parts, "flags")
    first = tuple(parts[f"first_{key}"] for key in ("bias", "gain", "shift"))
    depth = sum(key.endswith("_gain") for key in parts) - 1
    layers = tuple(Layer(*(parts[f"layer{n}_{key}"].astype(np.float32) for key in Layer._fields)) for n in range(depth))
    return Network(
        hashes, tables, parts["tensor"].astype(np.float32), first, layers, _unpack_head(parts, "cue"),
        _unpack_head(parts, "role"), (parts["null_dense"].astype(np.float32), parts["null_bias"]),
    )  # fmt: skip


def _unpack_head(parts: dict[str, np.ndarray], name: str) -> Head:
    ids = np.cumsum(parts[f"{name}_steps"].astype(np.int64))
    row_of = np.zeros(1 << BITS, dtype=np.int32)
    row_of[ids] = np.arange(1, len(ids) + 1)
    rest = (parts[f"{name}_{key}"].astype(np.float32) for key in ("dense", "bias", "output"))
    return Head(row_of, _add_blank(widen_table(parts, f"{name}_table")), *rest)


def widen_table(parts: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return a table stored as signed roots in bytes, which keeps fine steps for the many small weights."""
    rooted = parts[name].astype(np.float32) / 127
    return np.sign(rooted) * rooted**2 * parts[f"{name}_scale"]


def _add_blank(table: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((1, table.shape[1]), np.float32), table])


def _look_up(hashes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the row of each value: its place among the hashes from 1 on, 0 for others."""
    place = np.minimum(np.searchsorted(hashes, values), len(hashes) - 1)
    return np.where(hashes[place] == values, place + 1, 0)


def _multiply(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return rows @ weights, in blocks of one size."""
    product = np.empty((len(rows), weights.shape[1]), np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        product[start : start + _BLOCK] = _multiply_block(block, weights)
    return product


def _multiply_block(block: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if len(block) == _BLOCK:
        return block @ weights
    return (np.concatenate([block, np.zeros((_BLOCK - len(block), block.shape[1]), np.float32)]) @ weights)[
        : len(block)
    ]


def _normalise(rows: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return rectified rows of mean 0 and spread 1, scaled (layer norm, Ba et al. 2016); the rows given are used up."""
    rows -= rows.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + _SMALL)
    rows /= spread
    rows *= gain
    rows += shift
    return np.maximum(rows, 0, out=rows)


def encode_words(network: Network, words: Words) -> np.ndarray:
    """Return one vector a token."""
    bias, gain, shift = network.first
    state = _multiply(words.vectors, network.tensor)
    state += bias
    for name in ("lemma", "lower", "tag", "dep"):
        state += network.tables[name][_look_up(network.hashes[name], getattr(words, name))]
    for flags in words.flags.T:
        state += network.tables["flags"][flags]
    state = _normalise(state, gain, shift)
    begins = np.diff(words.first, prepend=-1) > 0
    starts, sentence = np.flatnonzero(begins), np.cumsum(begins) - 1
    for layer in network.layers:
        highest = np.maximum.reduceat(state, starts)
        state = state + _look_around(layer, np.concatenate([state, np.zeros_like(state[:1])]), words, highest, sentence)
    return state


def _look_around(
    layer: Layer, state: np.ndarray, words: Words, highest: np.ndarray, sentence: np.ndarray
) -> np.ndarray:
    """Return what each word learns from itself, its neighbours and its sentence; the last row of `state` is nobody."""
    n, width = len(words.first), state.shape[1]
    learned = np.empty((n, width), np.float32)
    seen = np.zeros((_BLOCK, len(layer.dense) // width, width), np.float32)
    rows = np.concatenate([state, highest])
    at = np.concatenate([np.arange(n)[:, None], words.near % (n + 1), sentence[:, None] + n + 1], axis=1)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        np.take(rows, at[start:stop], axis=0, out=seen[: stop - start], mode="clip")  # else NumPy copies once more
        learned[start:stop] = (seen.reshape(_BLOCK, -1) @ layer.dense)[: stop - start]
    learned += layer.bias
    return _normalise(learned, layer.gain, layer.shift)


def _score(head: Head, features: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the outputs of a head for rows of feature ids, and of what the words looked at add up to."""
    hidden, width = len(head.output), features.shape[1]
    share = np.full(features.size, width**-0.5, dtype=np.float32)
    ends = np.arange(0, features.size + 1, width)
    met = sparse.csr_matrix((share, head.row_of[features].ravel(), ends), shape=(len(features), len(head.table)))
    summed = met @ head.table
    summed += seen
    summed += head.bias
    return summed[:, hidden:] + _multiply(np.maximum(summed[:, :hidden], 0), head.output)


def score_cues(network: Network, state: np.ndarray, seen: tuple[np.ndarray, ...], features: np.ndarray) -> np.ndarray:
    """Return log-odds of each candidate (seen[0], with the words it hangs on): cue at all, and cue of an outermost one.

    `seen` are token numbers, -1 where there is none.
    """
    rows = np.concatenate([state[at] * (at >= 0)[:, None] for at in seen], axis=1)
    return _score(network.cue, features, _multiply(rows, network.cue.dense))


def score_roles(
    network: Network, state: np.ndarray, cue: np.ndarray, at: np.ndarray, features: np.ndarray
) -> np.ndarray:
    """Return four scores a pair of cue and word: neither, source, content; and head of the source."""
    width = state.shape[1]
    cues, number = np.unique(cue, return_inverse=True)
    low = int(at.min()) if len(at) else 0
    near = _multiply(state[low : int(at.max()) + 1] if len(at) else state[:0], network.role.dense[width:])
    seen = _multiply(state[cues], network.role.dense[:width])[number] + near[at - low]
    return _score(network.role, features, seen)


def score_nobody(network: Network, state: np.ndarray, cues: np.ndarray) -> np.ndarray:
    """Return the score of "nobody is the source", to hold against those of the words near each cue."""
    dense, bias = network.null
    return _multiply(state[cues], dense)[:, 0] + bias
