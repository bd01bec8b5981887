"""Words and features: parsed articles as arrays, which words may be a cue, and what the network is told about them.

All tokens of several articles are in one set of arrays, because NumPy takes as long for a short article as for ten.
Features are hashed (Weinberger et al. 2009): each combination of properties becomes a number of BITS bits.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from spacy.strings import StringStore
    from spacy.tokens import Doc

    from helpers.reading.quotations import OddMark, Quotation
    from helpers.reading.sentences import Sentence
    from helpers.reading.turns import Turn

# relations of a child to its head that tell the frame of the head; each is one bit of `Words.frame`
RELATIONS = (
    "nsubj", "nsubjpass", "csubj", "dobj", "ccomp", "xcomp", "prep", "agent", "dative", "aux", "auxpass", "neg",
    "advcl", "acl", "relcl", "parataxis", "mark", "prt", "attr", "acomp", "oprd", "advmod", "poss", "conj", "pobj",
    "appos", "expl", "amod", "compound", "det", "dep",
)  # fmt: skip
HEAD, SUBJECT = 2, 3  # their columns in `Words.near`
# children that the network looks at from a word, beside its neighbours and its head
_NEAR = (
    ("nsubj", "nsubjpass", "csubj"), ("dobj", "attr", "acomp", "oprd", "dative"), ("ccomp", "xcomp"),
    ("prep", "agent", "pobj"), ("advcl", "acl", "relcl", "parataxis"), ("conj", "appos", "poss"),
)  # fmt: skip
_PAIR_FRAME = ("nsubj", "nsubjpass", "dobj", "ccomp", "xcomp", "agent", "prep", "parataxis", "prt")
_MARKS = (",", ";", ":", "—", "–", "(", ")", "--", "-")
_READ = ["LEMMA", "LOWER", "POS", "TAG", "DEP", "HEAD", "IDX", "SENT_START"]
_EMPTY = np.array([[0, 0, 0, 0, 0, 0, 0, 1]], dtype=np.uint64)  # a sentence of its own
SPEECH = 5  # tokens, marks included, that make a quotation a speech
REACH = 60  # words on either side of a cue that may be its source or content
FLAGS = 24  # rows that each of the six flags has in the network's table
BITS = 22  # of a feature's number
_FAR = 10_000  # length of a path that leaves the words around the cue


class Parsed(NamedTuple):
    """A parsed article, as the extractor takes it."""

    doc: "Doc"
    text: str  # spaCy would join its tokens again each time it is asked
    sentences: "Sequence[Sentence]"
    quotations: "Sequence[Quotation]"
    odd_marks: "Sequence[OddMark]"
    turns: "Sequence[Turn]"


class Words(NamedTuple):
    """The tokens of several articles in a row, each article followed by an empty token.

    Each field but `begin` and `child` holds one value a token. Token numbers run through all articles; -1 means none.
    """

    begin: np.ndarray  # number of each article's first token
    lemma: np.ndarray  # hashes of spaCy's string store: the same in every run
    lower: np.ndarray
    pos: np.ndarray
    tag: np.ndarray
    dep: np.ndarray
    head: np.ndarray  # token number
    first: np.ndarray  # first token of the sentence
    last: np.ndarray
    frame: np.ndarray  # bits of RELATIONS among the children
    child: dict[str, np.ndarray]  # relation -> each token's first child in it
    quote: np.ndarray  # number of the quotation around a token, -1 outside
    quote_words: np.ndarray  # tokens of that quotation, 0 outside
    beside: np.ndarray  # tokens x two: words to the next quoted one before and after in the sentence; 5: not in four
    vectors: np.ndarray  # the parser's own contextual vectors
    near: np.ndarray  # tokens x neighbours: before, after, head, then a child in each of _NEAR
    flags: np.ndarray  # tokens x six: its place among quotation marks and in its sentence


def read_words(articles: Sequence[Parsed]) -> Words:
    """Return the arrays of parsed articles."""
    tables, vectors, quotes, sizes = [], [], [], []
    for article in articles:
        table, tensor = article.doc.to_array(_READ), article.doc.tensor
        outermost_last = [one[:2] for one in reversed(article.quotations)]
        quote, places = np.full(len(table), -1), table[:, _READ.index("IDX")].astype(np.int64)
        for number, (low, high) in enumerate(np.searchsorted(places, outermost_last)):
            quote[low:high] = number
        tables += [table, _EMPTY]
        vectors += [tensor, np.zeros_like(tensor, shape=(1, tensor.shape[1]))]
        quotes += [quote, [-1]]
        sizes += [np.bincount(quote + 1)[quote + 1] * (quote >= 0), [0]]
    lemma, lower, pos, tag, dep, head, _, starts = np.ascontiguousarray(np.concatenate(tables).T)
    head = np.arange(len(lemma)) + head.view(np.int64)
    quote, quote_words, sentence = np.concatenate(quotes), np.concatenate(sizes), np.cumsum(starts == 1)
    first, last = np.searchsorted(sentence, sentence), np.searchsorted(sentence, sentence, side="right") - 1
    at, strings = np.arange(len(head)), articles[0].doc.vocab.strings
    frame, child = np.zeros(len(dep), dtype=np.uint64), {}
    for bit, relation in enumerate(RELATIONS):
        found = np.flatnonzero((dep == strings[relation]) & (head != at))[::-1]
        child[relation] = np.full(len(dep), -1)
        child[relation][head[found]] = found  # the first child is written last and stays
        frame |= (child[relation] >= 0).astype(np.uint64) << np.uint64(bit)
    before, after = np.where(at > first, at - 1, -1), np.where(at < last, at + 1, -1)
    children = (np.max([child[name] for name in names], axis=0) for names in _NEAR)
    near = np.stack([before, after, np.where(head == at, -1, head), *children], axis=1)
    quoted, speech = quote >= 0, quote_words >= SPEECH
    total, spoken = _count_before(quoted), _count_before(speech)
    windows = [(np.maximum(at - far, first), np.minimum(at + far, last) + 1) for far in range(1, 5)]
    beside = 1 + np.sum([[total[low] == total[at], total[at + 1] == total[high]] for low, high in windows], axis=0)
    around = quoted[np.minimum(last + 1, len(at) - 1)] * 2 + quoted[first - 1] + (spoken[last + 1] > spoken[first]) * 4
    flags = (quoted + speech * 1, *beside, around, _bucket(at - first), _bucket(last - at))
    return Words(
        np.cumsum([0, *map(len, quotes)])[:-1:2], lemma, lower, pos, tag, dep, head, first, last, frame, child, quote,
        quote_words, beside.T, np.concatenate(vectors), near,
        np.stack([flag + FLAGS * place for place, flag in enumerate(flags)], axis=1),
    )  # fmt: skip


def _count_before(flags: np.ndarray) -> np.ndarray:
    """Return how many words before each are flagged, with the number of all at the end."""
    return np.concatenate([[0], np.cumsum(flags)])


def _bucket(distance: np.ndarray) -> np.ndarray:
    """Return signed distances in words as 15 coarse steps."""
    steps = np.searchsorted(np.array([1, 2, 3, 5, 8, 13, 25]), np.abs(distance), side="right")
    return np.where(distance < 0, 8 + steps, steps)


def _pick(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return values[at], 0 where `at` is -1 (no such word)."""
    return np.where(at >= 0, values[at], np.zeros((), dtype=values.dtype))


def hash_columns(*columns: np.ndarray) -> np.ndarray:
    """Return one 64-bit hash a row from columns of integers.

    Any other hash would do as well, but the weights were learned with this one.
    """
    hashed = np.full(np.shape(columns[0]), 7, dtype=np.uint64)
    for column in columns:
        hashed ^= column.view(np.uint64) if column.dtype == np.int64 else column.astype(np.uint64, copy=False)
        hashed *= np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    return hashed


def _number_features(*templates: Sequence[np.ndarray]) -> np.ndarray:
    """Return feature numbers (rows x templates): a hash of a template's columns and of its place among them."""
    ids = np.empty((len(templates[0][0]), len(templates)), dtype=np.int32)
    for place, columns in enumerate(templates):
        salt = np.uint64((place + 1) * 0xD1B54A32D192ED03 % 2**64)
        hashed = columns[0].astype(np.uint64) if len(columns) == 1 else hash_columns(*columns)
        ids[:, place] = ((hashed ^ salt) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - BITS)
    return ids


def find_candidates(words: Words, strings: "StringStore", nominal: np.ndarray, sure: Iterable[str] = ()) -> np.ndarray:
    """Return the tokens that may be a cue: full verbs, colons and the words of other kinds that training met as cues.

    `nominal` holds the hashes of (lemma, part of speech) of the last group, sorted; `sure` are words in lower case
    that reporting_verbs.csv says are always cues.
    """
    helping = np.isin(words.dep, [strings[name] for name in ("aux", "auxpass")])
    verbs = np.isin(words.pos, [strings["VERB"], strings["AUX"]]) & ~helping
    listed = np.isin(hash_columns(words.lemma, words.pos), nominal)
    named = np.isin(words.lower, [strings[word] for word in (":", *sure)])
    return np.flatnonzero(verbs | listed | named)


def name_frames(words: Words, at: np.ndarray) -> np.ndarray:
    """Return the number in `network.FRAMES` of each candidate: what is near it that can be a content."""
    has = {name: words.child[name][at] >= 0 for name in ("ccomp", "xcomp", "dobj", "prep", "nsubjpass", "auxpass")}
    quoted = _count_before(words.quote_words >= SPEECH)
    low, high = np.maximum(at - 4, words.first[at]), np.minimum(at + 5, words.last[at] + 1)
    beside = (quoted[high] - quoted[low] > 0) & (words.quote[at] < 0)
    passive = has["nsubjpass"] | has["auxpass"]
    return np.select([beside, has["ccomp"], passive, has["xcomp"], has["dobj"], has["prep"]], [1, 2, 6, 3, 4, 5])


def describe_candidates(words: Words, at: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Return the feature numbers of candidates (candidates x templates): a lemma and what is near it."""
    lemma, tag, dep, frame = words.lemma[at], words.tag[at], words.dep[at], words.frame[at]
    before, after = np.where(words.beside[at] == 5, 9, words.beside[at]).T  # 9: the weights were learned with it
    left, right = (_pick(words.lower, words.near[at, side]) for side in (0, 1))
    child = {name: _pick(words.lemma, words.child[name][at]) for name in ("dobj", "prep", "xcomp", "attr", "acomp")}
    subject = _pick(words.lemma, words.near[at, SUBJECT])
    return _number_features(
        [lemma], [lemma, frames], [lemma, tag, dep], [lemma, frame], [lemma, subject], [lemma, child["dobj"]],
        [lemma, child["prep"]], [lemma, child["xcomp"]], [lemma, right], [lemma, left], [frame, tag],
        [lemma, words.lemma[words.head[at]], dep], [lemma, before, after], [right, left],
        [lemma, words.child["prt"][at] >= 0, child["attr"], child["acomp"]],
    )  # fmt: skip


def pair_words(words: Words, cues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (cue, word) pairs as two arrays of token numbers: each cue with each word near it in its sentence."""
    low = np.maximum(words.first[cues], cues - REACH)
    sizes = np.minimum(words.last[cues], cues + REACH) + 1 - low
    begins = np.cumsum(sizes) - sizes
    return np.repeat(cues, sizes), np.arange(sizes.sum()) + np.repeat(low - begins, sizes)


def trace_paths(words: Words, cue: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the path through the parse from cue to word for each pair of `pair_words`, in four arrays.

    A hash of the relations on the path (of the first five where there are more); a hash of the first two; how many
    there are, _FAR where the path leaves the words around the cue; and the first word on the path, -1 for none.

    A tree has one path between two words: up from the cue to a word that governs both, then down.
    """
    starts, number = np.unique(cue, return_inverse=True)
    low, high = (np.clip(edge[starts], starts - 2 * REACH, starts + 2 * REACH) for edge in (words.first, words.last))
    below = np.flatnonzero(words.head != np.arange(len(words.head)))
    arcs = sparse.csr_array((np.ones(len(below), bool), (below, words.head[below])), 2 * words.head.shape)
    arcs, label = arcs + arcs.T, 2 * (words.dep % np.uint64(65521))
    found = np.tile([1, 1, _FAR, -1], (len(starts), 4 * REACH + 1, 1))  # of each word around each cue
    tree, token, before, gate, length = np.arange(len(starts)), starts, starts, starts, 0
    code = begun = np.full(len(starts), 7, np.uint64)
    while len(token):  # each round goes one word further from every cue
        found[tree, token - low[tree]] = np.stack([code, begun, np.full_like(code, length), gate.astype(np.uint64)], 1)
        beside = arcs[token]
        near, of = beside.indices, np.repeat(np.arange(len(token)), np.diff(beside.indptr))
        ahead = (near != before[of]) & (low[tree[of]] <= near) & (near <= high[tree[of]])
        near, of = near[ahead], of[ahead]
        relation = np.where(words.head[near] == token[of], label[near], label[token[of]] + np.uint64(1))  # odd: up
        longer = (code[of] * np.uint64(1_000_003) + relation) % np.uint64(2**47)  # the weights were learned with this
        code, begun = longer if length < 5 else code[of], longer if length < 2 else begun[of]
        gate, before, tree, token, length = gate[of] if length else near, token[of], tree[of], near, length + 1
    return tuple(found[number, at - low[number]].T)


def describe_pairs(words: Words, cue: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the feature numbers of pairs (pairs x templates): the path between the words and their places."""
    from spacy.strings import hash_string
    from spacy.symbols import AUX, VERB

    path, step, length, gate = trace_paths(words, cue, at)
    frame = (words.frame & np.uint64(sum(1 << RELATIONS.index(name) for name in _PAIR_FRAME)))[cue]
    cue_lemma, lemma, lower, pos = words.lemma[cue], words.lemma[at], words.lower[at], words.pos[at]
    tag, dep, head = words.tag[at], words.dep[at], words.head[at]
    speech = words.quote_words >= SPEECH - 1
    quoted, quoted_cue = ((words.quote[k] >= 0) * 2 + speech[k] for k in (at, cue))
    same_quote = (words.quote[at] == words.quote[cue]) * 1 + (words.quote[cue] >= 0) * 2
    spoken = _count_before(speech)
    any_quote = (spoken[words.last[cue] + 1] > spoken[words.first[cue]]) * 1
    marks = np.array([hash_string(mark) for mark in _MARKS], dtype=np.uint64)
    low, high = np.minimum(cue, at), np.maximum(cue, at)
    totals = (_count_before(flags) for flags in (np.isin(words.lower, marks), np.isin(words.pos, [VERB, AUX])))
    stops, verbs = (np.minimum(total[high] - total[np.minimum(low + 1, high)], 3) for total in totals)  # between them
    direction, far = np.sign(at - cue), _bucket(at - cue)
    gate_dep, gate_side, gate_at = _pick(words.dep, gate), (gate > cue) * 1, np.sign(at - gate) * (gate >= 0)
    subject = np.max([words.child[name][cue] for name in ("nsubj", "nsubjpass")], axis=0)
    versus_subject = np.where(subject < 0, 2, np.sign(at - subject))
    clause = np.max([words.child[name][cue] for name in ("ccomp", "xcomp", "dobj")], axis=0)
    clause_side = np.where(clause < 0, 2, np.sign(clause - cue))
    previous, following = words.near[at, 0], words.near[at, 1]
    after_cue = _pick(words.lower, words.near[cue, 1])
    return _number_features(
        [path, direction], [path, cue_lemma], [step, direction, frame], [step, cue_lemma],
        [gate_dep, gate_side, gate_at, any_quote, quoted], [gate_dep, gate_side, cue_lemma],
        [far, quoted, same_quote], [far, stops, verbs], [direction, stops, any_quote, quoted, verbs],
        [direction, cue_lemma, quoted], [versus_subject, direction, stops, clause_side],
        [quoted, quoted_cue, same_quote, direction, frame], [path, pos], [lower, direction], [lemma, cue_lemma],
        [path, quoted, any_quote], [path, _pick(words.tag, previous), tag],
        [words.pos[head], dep, np.minimum(length, 7), direction], [_pick(words.lower, previous), lower],
        [lower, _pick(words.lower, following)], [after_cue, direction, cue_lemma], [tag, dep, far],
        [path, words.dep[cue], words.tag[cue]], [path, frame], [step, pos, direction],
    )  # fmt: skip
