"""The network that scores words, in NumPy and SciPy, from the weights that training wrote.

Each word begins as the sum of its vectors (the parser's own, its lemma's, GloVe's of its form, its tag, its relation,
its place among quotation marks) and then looks twice at its neighbours in the sentence and in the parse (a graph
network, as Marcheggiani & Titov 2017 use for semantic roles). Two heads read the result: is this word a cue, and which
words are its source and its content? Each is one hidden layer over words and hashed features, beside a linear model of
both. The program that trains it is tests/benchmarks/train_attribution.py. At the end stands what a person decided in
reporting_verbs.csv: which words report, in which frame, with what stance.
"""

from functools import cache

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import softmax

from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading.attribution.features import BITS, Words

Network = dict[str, np.ndarray | pd.Index]  # array by name, as `unpack_network` lists them
_BLANK = ((1, 0), (0, 0))  # a row of zeros before the others, for words that training did not meet
_SMALL = 1e-5  # as in training
FRAMES = ("none", "quotation", "clause", "infinitive", "object", "preposition", "passive")  # what a cue occurs with
ANY = "any"  # the frame of a row about a lemma in every frame; the lemma "*" means every lemma
USES = {"": 0.0, "always": 99.0, "never": -99.0, "speakers": 0.0}  # log-odds added to what the network says


@cache
def load_network() -> Network:
    """Return the network of lexicons/attribution_weights.npz."""
    with np.load(LEXICONS / "attribution_weights.npz", allow_pickle=False) as stored:
        return unpack_network(dict(stored))


def unpack_network(parts: dict[str, np.ndarray]) -> Network:
    """Return a network from its stored arrays, by name.

    - lemma, lower, tag, dep: a vector for any other word, then one for each of the sorted hashes in lemma_hashes ...;
      flags: a vector a flag; tensor: what the parser's vectors are multiplied by; first_bias, first_gain, first_shift
    - layer0_dense: the weights of the word itself, of each kind of neighbour and of the sentence, one below the other;
      layer0_bias, layer0_gain, layer0_shift; layer1_dense ...
    - cue_rows: feature number -> row of cue_table, 0 for features that training did not meet; cue_dense: weights of the
      words looked at; cue_bias; cue_output: from the hidden layer on; the same of role_...
    - null_dense, null_bias: score of "nobody is the source", from the cue
    - nominal: hashes of (lemma, part of speech) of the words other than verbs that may be cues
    """
    network = {key: one.astype(np.float32) if one.dtype == np.float16 else one for key, one in parts.items()}
    network |= {f"{name}_index": pd.Index(parts[f"{name}_hashes"]) for name in ("lemma", "lower", "tag", "dep")}
    for name in ("lemma", "tag", "dep", "cue_table", "role_table"):
        network[name] = np.pad(widen_table(parts, name), _BLANK)
    network["lower"] = np.pad(widen_table(parts, "glove") @ network["glove_dense"], _BLANK)
    network["flags"] = widen_table(parts, "flags")
    for head in ("cue", "role"):
        ids = np.cumsum(parts[f"{head}_steps"].astype(np.int64))
        network[f"{head}_rows"] = np.zeros(1 << BITS, dtype=np.int32)
        network[f"{head}_rows"][ids] = np.arange(1, len(ids) + 1)
    return network


def widen_table(parts: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return a table that is stored as signed square roots in bytes, which keeps fine steps for small weights."""
    rooted = parts[name].astype(np.float32) / 127
    return np.sign(rooted) * rooted**2 * parts[f"{name}_scale"]


def encode_words(network: Network, words: Words) -> np.ndarray:
    """Return one vector a token."""
    state = words.vectors @ network["tensor"] + network["first_bias"]
    for name in ("lemma", "lower", "tag", "dep"):
        state += network[name].take(network[f"{name}_index"].get_indexer(getattr(words, name)) + 1, axis=0)
    for flags in words.flags.T:
        state += network["flags"].take(flags, axis=0)
    state = _normalise(network, "first", state)
    starts, sentence = np.unique(words.first, return_inverse=True)
    for layer in [f"layer{n}" for n in range(sum(name.endswith("_gain") for name in network) - 1)]:
        own, *kinds, whole = np.split(network[f"{layer}_dense"], words.near.shape[1] + 2)
        highest = np.maximum.reduceat(state, starts)  # of each sentence
        learned = state @ own + (highest @ whole)[sentence] + network[f"{layer}_bias"]
        for at, weights in zip(words.near.T, kinds, strict=True):
            known = np.flatnonzero(at >= 0)
            learned[known] += state.take(at[known], axis=0) @ weights
        state = state + _normalise(network, layer, learned)
    return state


def _normalise(network: Network, layer: str, rows: np.ndarray) -> np.ndarray:
    """Return rows rectified, in place, with mean 0 and spread 1, scaled (layer norm, Ba et al. 2016)."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + _SMALL)
    rows *= network[f"{layer}_gain"]
    rows += network[f"{layer}_shift"]
    return np.maximum(rows, 0, out=rows)


def _score(network: Network, head: str, features: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the outputs of a head for rows of feature numbers, and of what the words looked at add up to."""
    table, output, width = network[f"{head}_table"], network[f"{head}_output"], features.shape[1]
    share = np.full(features.size, width**-0.5, dtype=np.float32)
    columns, ends = network[f"{head}_rows"][features].ravel(), np.arange(0, features.size + 1, width)
    met = sparse.csr_matrix((share, columns, ends), shape=(len(features), len(table)))
    summed = met @ table + seen + network[f"{head}_bias"]
    hidden, linear = np.split(summed, [len(output)], axis=1)
    return (linear + np.maximum(hidden, 0) @ output).astype(np.float64)


def score_cues(network: Network, state: np.ndarray, seen: tuple[np.ndarray, ...], features: np.ndarray) -> np.ndarray:
    """Return two log-odds a candidate: that it is a cue at all, and the cue of an outermost attribution.

    `seen` are the candidates, their heads and their subjects as token numbers, -1 where there is none.
    """
    rows = np.concatenate([state[at] * (at >= 0)[:, None] for at in seen], axis=1)
    return _score(network, "cue", features, rows @ network["cue_dense"])


def score_roles(
    network: Network, state: np.ndarray, cue: np.ndarray, at: np.ndarray, features: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the chances of the words near cues, one row a pair of cue and word.

    First pairs x (neither, source, content), then the chance of each word to be the head of the source; the rest, up
    to 1 a cue, is the chance that nobody is the source.
    """
    of_cue, of_word = np.split(network["role_dense"], 2)
    cues, number = np.unique(cue, return_inverse=True)
    scores = _score(network, "role", features, (state[cues] @ of_cue)[number] + (state @ of_word)[at])
    nobody = (state[cues] @ network["null_dense"])[:, 0] + network["null_bias"]
    raised, nobody = np.exp(scores[:, 3]), np.exp(nobody.astype(np.float64))  # a softmax over the words of a cue and it
    return softmax(scores[:, :3], axis=1), raised / (np.bincount(number, raised, len(nobody)) + nobody)[number]


# ---------------------------------------------------------------- reporting_verbs.csv


@cache
def load_rows() -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of lexicons/reporting_verbs.csv by lemma and frame; a lemma may be two words ("declare war").

    lexicons/README.md tells what is in their columns. Raises ValueError, with the row and its cure, for a frame or a
    use that does not exist.
    """
    rows = read_lexicon("reporting_verbs.csv")
    for number, row in enumerate(rows, start=2):
        for column, known in (("frame", (*FRAMES, ANY)), ("use", tuple(USES))):
            if row[column] not in known:
                cure = f"write one of: {', '.join(word or '(empty)' for word in known)}"
                raise ValueError(f"reporting_verbs.csv row {number}, {column}: '{row[column]}'; {cure}")
    return {(row["lemma"], row["frame"]): row for row in rows}


def find_verb(lemma: str, frame: str) -> dict[str, str]:
    """Return the row of a word in a frame; where there is none, the lemma's row for any frame, or one of empty cells.

    "back" is supportive with an object ("backed the plan"), and reports nothing as a passive ("backed by air power").
    """
    rows = load_rows()
    row = rows.get((lemma, "clause" if frame == "parenthetical" else frame)) or rows.get((lemma, ANY))
    return row or {"stance": "", "use": ""}


def list_lemmas() -> frozenset[str]:
    """Return the lemmas that somebody has judged: with a stance in some frame, or known to have none."""
    return frozenset(lemma for (lemma, _), row in load_rows().items() if row["stance"] or row["taxonomy"])
