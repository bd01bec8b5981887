"""The words near a cue, which may be its source or its content: pairs of cue and word, and their features."""

from functools import cache
from typing import NamedTuple

import numpy as np

from helpers.reading.attribution.features import bucket, mix, number_features, pick
from helpers.reading.attribution.words import RELATIONS, SPEECH, Words

_FRAME = ("nsubj", "nsubjpass", "dobj", "ccomp", "xcomp", "agent", "prep", "parataxis", "prt")
_MARKS = (",", ";", ":", "—", "–", "(", ")", "--", "-")
_MASK = 0x7FFFFFFFFFFF
REACH = 60  # words on either side of a cue that are read


def pair_words(words: Words, cues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (cue, word) pairs as two arrays of token numbers: each cue with each word near it in its sentence."""
    low = np.maximum(words.first[cues], cues - REACH)
    high = np.minimum(words.last[cues], cues + REACH) + 1
    sizes = high - low
    cue = np.repeat(cues, sizes)
    starts = np.repeat(low - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) if len(cues) else low
    return cue, (np.arange(sizes.sum()) + starts).astype(np.int64)


class Paths(NamedTuple):
    """How the words near cues hang on them in the parse; one value a pair."""

    code: np.ndarray  # hash of the relations on the way from cue to word
    begun: np.ndarray  # hash of the first two of them
    length: np.ndarray  # relations on the way; 99 where the way leaves the words that are read
    gate: np.ndarray  # first word on the way, -1: none


def trace_paths(words: Words, cue: np.ndarray, at: np.ndarray) -> Paths:
    """Return the way through the parse from cue to word for each pair of `pair_words`.

    A tree has one way between two words: up from the cue to a word that governs both, then down. So the codes of the
    words above each cue come first, then those of all others, each from the word above it, level by level.
    """
    dep = (words.dep % np.uint64(65521)).astype(np.int64)
    level = _measure_depth(words.head)
    cues, number = np.unique(cue, return_inverse=True)
    low = np.maximum(words.first[cues], cues - 2 * REACH)  # a way may leave the words that are paired, a little
    sizes = np.minimum(words.last[cues], cues + 2 * REACH) + 1 - low
    offset = np.concatenate([[0], np.cumsum(sizes)])
    token = np.arange(offset[-1]) + np.repeat(low - offset[:-1], sizes)
    place = offset[:-1] - low  # add a token's number: its row among those of its cue
    code, begun = np.ones(len(token), np.int64), np.ones(len(token), np.int64)
    length, gate = np.full(len(token), 99), np.full(len(token), -1)

    def extend(row: np.ndarray, back: np.ndarray, relation: np.ndarray) -> None:
        far = length[back] + 1
        longer = np.where(far <= 5, (code[back] * 1000003 + relation) & _MASK, code[back])
        code[row], length[row] = longer, far
        begun[row] = np.where(far <= 2, longer, begun[back])
        gate[row] = np.where(far == 1, token[row], gate[back])

    below, mine = cues, np.arange(len(cues))
    row = place + cues
    code[row], begun[row], length[row], gate[row] = 7, 7, 0, cues
    while len(below):
        above = words.head[below]
        go = (above != below) & (above >= low[mine]) & (above < low[mine] + sizes[mine])
        below, above, mine = below[go], above[go], mine[go]
        extend(place[mine] + above, place[mine] + below, dep[below] * 2 + 1)
        below = above
    owner = np.repeat(np.arange(len(cues)), sizes)
    head = words.head[token]
    wanted = np.flatnonzero((gate < 0) & (head >= low[owner]) & (head < (low + sizes)[owner]) & (head != token))
    wanted = wanted[np.argsort(level[token[wanted]], kind="stable")]
    back = place[owner[wanted]] + head[wanted]
    cuts = np.flatnonzero(np.diff(level[token[wanted]])) + 1
    for rows, behind in zip(np.split(wanted, cuts), np.split(back, cuts), strict=True):
        met = gate[behind] >= 0
        extend(rows[met], behind[met], dep[token[rows[met]]] * 2)
    row = place[number] + at
    return Paths(code[row], begun[row], length[row], gate[row])


def _measure_depth(head: np.ndarray) -> np.ndarray:
    """Return how many words govern each word, directly or not."""
    depth, above = np.zeros(len(head), np.int64), np.arange(len(head))
    while True:
        higher = head[above]
        moved = higher != above
        if not moved.any():
            return depth
        depth += moved
        above = higher


def describe_pairs(words: Words, cue: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the ids of the hashed features of pairs (pairs x templates): the way between the words and their place."""
    path, step, length, gate = trace_paths(words, cue, at)
    from spacy.symbols import AUX, VERB

    keep = sum(1 << RELATIONS.index(name) for name in _FRAME)
    frame = (words.frame & np.uint64(keep))[cue]
    cue_lemma, lemma, lower, pos = words.lemma[cue], words.lemma[at], words.lower[at], words.pos[at]
    tag, dep, head = words.tag[at], words.dep[at], words.head[at]
    speech = (words.quote >= 0) & (words.quote_words >= SPEECH - 1)
    quoted, quoted_cue = ((words.quote[k] >= 0) * 2 + speech[k] for k in (at, cue))
    same_quote = (words.quote[at] == words.quote[cue]) * 1 + (words.quote[cue] >= 0) * 2
    total = np.concatenate([[0], np.cumsum(speech)])
    any_quote = (total[words.last[cue] + 1] > total[words.first[cue]]) * 1
    stops = _count_between(np.isin(words.lower, _hash_marks()), cue, at)
    verbs = _count_between(np.isin(words.pos, [VERB, AUX]), cue, at)
    direction, far = np.sign(at - cue), bucket(at - cue)
    gate_dep, gate_side, gate_at = pick(words.dep, gate), (gate > cue) * 1, np.sign(at - gate) * (gate >= 0)
    subject = np.max([words.child[name][cue] for name in ("nsubj", "nsubjpass")], axis=0)
    versus_subject = np.where(subject < 0, 2, np.sign(at - subject))
    clause = np.max([words.child[name][cue] for name in ("ccomp", "xcomp", "dobj")], axis=0)
    clause_side = np.where(clause < 0, 2, np.sign(clause - cue))
    previous = np.where(at > words.first[at], at - 1, -1)
    following = np.where(at < words.last[at], at + 1, -1)
    behind_cue = pick(words.lower, np.where(cue < words.last[cue], cue + 1, -1))
    return number_features([
        mix(path, direction), mix(path, cue_lemma), mix(step, direction, frame), mix(step, cue_lemma),
        mix(gate_dep, gate_side, gate_at, any_quote, quoted), mix(gate_dep, gate_side, cue_lemma),
        mix(far, quoted, same_quote), mix(far, stops, verbs), mix(direction, stops, any_quote, quoted, verbs),
        mix(direction, cue_lemma, quoted), mix(versus_subject, direction, stops, clause_side),
        mix(quoted, quoted_cue, same_quote, direction, frame), mix(path, pos), mix(lower, direction),
        mix(lemma, cue_lemma), mix(path, quoted, any_quote), mix(path, pick(words.tag, previous), tag),
        mix(words.pos[head], dep, np.minimum(length, 7), direction), mix(pick(words.lower, previous), lower),
        mix(lower, pick(words.lower, following)), mix(behind_cue, direction, cue_lemma), mix(tag, dep, far),
        mix(path, words.dep[cue], words.tag[cue]), mix(path, frame), mix(step, pos, direction),
    ])  # fmt: skip


def _count_between(flags: np.ndarray, cue: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return how many flagged words stand between the words of each pair, 3 at the most."""
    total = np.concatenate([[0], np.cumsum(flags)])
    low, high = np.minimum(at, cue), np.maximum(at, cue)
    return np.minimum(total[high] - total[np.minimum(low + 1, high)], 3)


@cache
def _hash_marks() -> np.ndarray:
    from spacy.strings import hash_string

    return np.array([hash_string(mark) for mark in _MARKS], dtype=np.uint64)
