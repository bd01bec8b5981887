"""Which words of a cue's sentence are its source, which its content? One row of features a cue and word."""

from bisect import bisect_left

import numpy as np
from spacy.strings import hash_string
from spacy.symbols import AUX, VERB

from helpers.attribution.features import bucket, mix, number_features, pick
from helpers.attribution.words import RELATIONS, Words

_FRAME = ("nsubj", "nsubjpass", "dobj", "ccomp", "xcomp", "agent", "prep", "parataxis", "prt", "attr", "oprd", "acomp")
_MARKS = np.array([hash_string(mark) for mark in (",", ";", ":", "—", "–", "(", ")", "--", "-")], dtype=np.uint64)
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


def trace_paths(words: Words, cues: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return for each pair: the path of relations from cue to word, its first two steps, length and first word."""
    head, dep = words.head.tolist(), (words.dep % np.uint64(65521)).astype(np.int64).tolist()
    children: dict[int, list[int]] = {}
    for token, parent in enumerate(head):
        if parent != token:
            children.setdefault(parent, []).append(token)
    paths, steps, lengths, gates = [], [], [], []
    for cue in cues.tolist():
        low = max(int(words.first[cue]), cue - REACH)
        high = min(int(words.last[cue]), cue + REACH) + 1
        size = high - low
        path, step, length, gate = [1] * size, [1] * size, [99] * size, [-1] * size
        todo = [(cue, -1, 7, 7, 0, cue)]
        for token, back, code, begun, far, through in todo:  # breadth first: the list grows while it is read
            if low <= token < high:
                path[token - low], step[token - low] = code, begun
                length[token - low], gate[token - low] = far, through
            parent = head[token]
            below = children.get(token, ())
            if len(below) > REACH:  # a list of a thousand items is one head with a thousand children
                below = below[bisect_left(below, low - REACH) : bisect_left(below, high + REACH)]
            onward = [(child, dep[child] * 2) for child in below if child != back]
            if parent not in (token, back):
                onward.append((parent, dep[token] * 2 + 1))
            for other, relation in onward:
                if not low - REACH <= other < high + REACH:
                    continue  # keeps the cost of a cue flat in a sentence of any length
                longer = (code * 1000003 + relation) & _MASK if far < 5 else code
                todo.append((other, token, longer, longer if far < 2 else begun, far + 1, through if far else other))
        paths += path
        steps += step
        lengths += length
        gates += gate
    return np.array(paths, np.int64), np.array(steps, np.int64), np.array(lengths, np.int64), np.array(gates, np.int64)


def describe_pairs(words: Words, cues: np.ndarray, cue: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashed features (pairs x templates) and the vectors of pairs."""
    path, step, length, gate = trace_paths(words, cues)
    keep = sum(1 << RELATIONS.index(name) for name in _FRAME)
    frame = (words.frame & np.uint64(keep))[cue]
    cue_lemma, lemma, lower = words.lemma[cue], words.lemma[at], words.lower[at]
    pos, tag, dep = words.pos[at], words.tag[at], words.dep[at]
    gate_dep = pick(words.dep, gate)
    gate_at = np.sign(at - gate) * (gate >= 0)
    gate_side = (gate > cue) * 1
    direction = np.sign(at - cue)
    far = bucket(at - cue)
    quoted = words.quote >= 0
    speech = quoted & (words.quote_words >= 4)
    q = quoted[at] * 2 + speech[at]
    q_cue = quoted[cue] * 2 + speech[cue]
    same_quote = (words.quote[at] == words.quote[cue]) * 1 + quoted[cue] * 2
    total = np.concatenate([[0], np.cumsum(speech)])
    any_quote = (total[words.last[cue] + 1] - total[words.first[cue]] > 0) * 1
    low, high = np.minimum(at, cue), np.maximum(at, cue)
    punct = np.isin(words.lower, _MARKS)
    stops = np.concatenate([[0], np.cumsum(punct)])
    between = np.minimum(stops[high] - stops[np.minimum(low + 1, high)], 3)
    verbs = np.concatenate([[0], np.cumsum(np.isin(words.pos, [VERB, AUX]))])
    verbs_between = np.minimum(verbs[high] - verbs[np.minimum(low + 1, high)], 3)
    subject = np.max([words.child[name][cue] for name in ("nsubj", "nsubjpass")], axis=0)
    versus_subject = np.where(subject < 0, 2, np.sign(at - subject))
    clause = np.max([words.child[name][cue] for name in ("ccomp", "xcomp", "dobj")], axis=0)
    clause_side = np.where(clause < 0, 2, np.sign(clause - cue))
    previous = np.where(at > words.first[at], at - 1, -1)
    following = np.where(at < words.last[at], at + 1, -1)
    lower_1, lower1 = pick(words.lower, previous), pick(words.lower, following)
    tag_1, tag1 = pick(words.tag, previous), pick(words.tag, following)
    head = words.head[at]
    cue_tag, cue_dep, cue_pos = words.tag[cue], words.dep[cue], words.pos[cue]
    after_cue = pick(words.lower, np.where(cue < words.last[cue], cue + 1, -1))
    edge = bucket(at - words.first[at])
    edge_right = bucket(words.last[at] - at)
    short = np.minimum(length, 7)
    templates = [
        path, mix(path, pos), mix(path, cue_lemma), mix(path, frame), mix(path, cue_dep, cue_tag), mix(path, direction),
        mix(step, direction), mix(step, cue_lemma), mix(step, frame), mix(step, q, q_cue), mix(step, pos),
        mix(gate_dep, gate_side, gate_at), mix(gate_dep, gate_side, frame), mix(gate_dep, gate_side, cue_lemma),
        mix(gate_dep, gate_side, any_quote, q), mix(gate_dep, gate_side, lower), mix(far, q, same_quote),
        mix(far, between), mix(direction, between, any_quote, q), mix(direction, cue_lemma),
        mix(direction, q, cue_lemma),
        mix(direction, frame, any_quote, q), mix(direction, cue_pos, cue_dep), lower, mix(lower, direction),
        mix(lower, far), mix(lemma, cue_lemma), mix(lemma, step), mix(pos, dep, direction), mix(tag, dep, far),
        mix(tag_1, tag, tag1), mix(lower_1, lower), mix(lower, lower1), mix(lower_1, tag, direction),
        mix(head == cue, dep, cue_lemma), mix(words.pos[head], dep, short), mix(short, direction, pos),
        mix(versus_subject, direction, between), mix(versus_subject, cue_dep, clause_side), mix(versus_subject, frame),
        mix(clause_side, direction, any_quote, q), mix(verbs_between, between, direction, any_quote),
        mix(after_cue, direction), mix(after_cue, direction, cue_lemma), mix(edge, direction, versus_subject),
        mix(edge_right, direction, cue_dep), mix(cue_tag, cue_dep, direction, clause_side), mix(path, q, any_quote),
        mix(verbs_between, step, between), mix(q, q_cue, same_quote, direction, frame), mix(path, tag_1, tag),
    ]  # fmt: skip
    vectors = np.concatenate([words.vectors[at], words.vectors[cue]], axis=1)
    return number_features([t.astype(np.uint64) ^ np.uint64(0x5EED) for t in templates]), vectors
