"""The grammatical relations that spaCy's parser finds, found in many sentences at once.

The parser (arc-eager: Nivre 2008, Honnibal & Johnson 2014) goes through a text move by move: the next word goes on a
stack, or the word on top of the stack takes it, or is taken by it, or leaves. Where the sentence breaks are set before,
what is done in a sentence does not hang on another: so all sentences take their next move together. The relations are
those of spaCy's own pass.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import DependencyParser
    from spacy.tokens import Doc

MOST = 20_000  # words that are parsed together: each takes 4 kB
_SHIFT, _REDUCE, _LEFT, _RIGHT = range(4)
_KINDS = {"S": _SHIFT, "D": _REDUCE, "L": _LEFT, "R": _RIGHT}  # as spaCy abbreviates them
_BREAK = "B"  # begins a sentence, which is never allowed where all breaks are set
_ASKED = 8  # words that a state is weighed by


class Moves(NamedTuple):
    """The moves of a parser, and how they are weighed: one behind the other as spaCy has them, without breaks."""

    kind: np.ndarray  # of each move
    label: np.ndarray  # hash of the relation that it sets
    weigh: "Callable[[Sequence[Doc]], Callable[[np.ndarray], np.ndarray]]"  # texts -> states of them -> scores


class Sentences(NamedTuple):
    """Sentences of texts whose words are numbered one behind the other."""

    start: np.ndarray  # first word
    end: np.ndarray  # the word behind the last
    last: np.ndarray  # the word behind the last of the text


class SentenceParser:
    """A part of a pipeline that finds relations in the place of its parser."""

    def __init__(self, parser: "DependencyParser") -> None:
        self.parser, self.moves = parser, read_moves(parser)

    def __call__(self, doc: "Doc") -> "Doc":
        return next(self.pipe([doc]))

    def pipe(self, docs: "Iterable[Doc]", *, batch_size: int = 256) -> "Iterator[Doc]":
        from spacy.util import minibatch

        for batch in minibatch(docs, batch_size):
            own: dict[bool, list[Doc]] = {True: [], False: []}
            for doc in batch:
                own[bool(self.moves) and _has_breaks(doc)].append(doc)
            list(self.parser.pipe(own[False]))  # goes by itself where a sentence breaks
            for part in _cut(own[True]):
                _set_arcs(part, *find_arcs(part, self.moves), self.parser)
            yield from batch


def parse_together(nlp: "Language") -> None:
    """Put a parser that takes many sentences at once in the place of a pipeline's, where that is spaCy's own."""
    from spacy.language import Language

    parser = dict(nlp.pipeline).get("parser")
    if parser and read_moves(parser):
        Language.factory("sentence_parser", func=_make_parser)
        nlp.add_pipe("sentence_parser", after="parser")
        nlp.remove_pipe("parser")


def _make_parser(nlp: "Language", name: str) -> SentenceParser:
    return SentenceParser(nlp.get_pipe("parser"))


def read_moves(parser: "DependencyParser") -> Moves | None:
    """Return the moves of a parser; None where it is not built as spaCy's English ones are."""
    from spacy.pipeline import DependencyParser

    model = parser.model
    if type(parser) is not DependencyParser or model.name != "parser_model" or parser.cfg["beam_width"] != 1:
        return None
    if not model.attrs["has_upper"] or model.attrs["unseen_classes"]:
        return None
    words, lower, upper = (model.get_ref(name) for name in ("tok2vec", "lower", "upper"))
    if (lower.get_dim("nF"), lower.get_dim("nP")) != (_ASKED, 2):
        return None
    names = [parser.moves.get_class_name(number) for number in range(parser.moves.n_moves)]
    if not {name[0] for name in names} <= {*_KINDS, _BREAK} or any(name.endswith("-subtok") for name in names):
        return None
    used = [number for number, name in enumerate(names) if name[0] != _BREAK]
    weights, biases = upper.get_param("W")[used], upper.get_param("b")[used]

    def weigh(docs: "Sequence[Doc]") -> Callable[[np.ndarray], np.ndarray]:
        """Return what weighs states of texts: rows of the words they are weighed by, -1 where there is none."""
        vectors = lower.predict(words.predict(docs))  # of no word, then of each, in each of the places of a state
        vectors = vectors.reshape(len(vectors) * _ASKED, -1)
        bias = lower.get_param("b").ravel()

        def score(states: np.ndarray) -> np.ndarray:
            rows = (states + 1) * _ASKED + np.arange(_ASKED)
            total = vectors.take(rows[:, 0], axis=0)
            for place in range(1, _ASKED):
                total += vectors.take(rows[:, place], axis=0)
            total += bias
            hidden = np.maximum(total[:, 0::2], total[:, 1::2])
            return upper.ops.gemm(hidden, weights, trans2=True) + biases

        return score

    kinds = np.array([_KINDS[names[number][0]] for number in used])
    labels = [parser.vocab.strings.add(names[number][2:]) for number in used]
    return Moves(kinds, np.array(labels, np.uint64), weigh)


def _has_breaks(doc: "Doc") -> bool:
    """Tell whether there are words, and of each but the first it is said whether it begins a sentence."""
    return len(doc) > 0 and bool(doc.to_array("SENT_START")[1:].all())


def _cut(docs: "Sequence[Doc]") -> "Iterator[list[Doc]]":
    """Yield texts of not more than MOST words, or one."""
    part: list[Doc] = []
    for doc in docs:
        if part and sum(map(len, part)) + len(doc) > MOST:
            yield part
            part = []
        part.append(doc)
    if part:
        yield part


def _find_sentences(docs: "Sequence[Doc]") -> Sentences:
    sizes = np.array([len(doc) for doc in docs])
    last = np.cumsum(sizes)
    begins = np.concatenate([doc.to_array("SENT_START") for doc in docs]) == 1
    begins[last - sizes] = True
    start = np.flatnonzero(begins)
    return Sentences(start, np.append(start[1:], last[-1]), last[np.searchsorted(last, start, side="right")])


def find_arcs(docs: "Sequence[Doc]", moves: Moves) -> tuple[np.ndarray, np.ndarray]:
    """Return of each word of some texts its head, -1 where it has none, and the hash of its relation to it.

    No text is empty, and all their sentence breaks are set.
    """
    sentences, score = _find_sentences(docs), moves.weigh(docs)
    n, many = int(sentences.end[-1]), len(sentences.start)
    # words; behind them one that stands for none, so that what is looked up for it is none again
    head, label, stuck = np.full(n + 1, -1), np.zeros(n + 1, np.uint64), np.zeros(n + 1, bool)
    below, behind = np.full(n + 1, -1), np.full(n + 1, -1)  # on the stack; among the words that were put back
    left, right, before = (np.full(n + 1, -1) for _ in range(3))  # latest child on a side; the child before it there
    # sentences: top of the stack and its height, the word put back last and how many there are, the next unread word
    top, back, at = np.full(many, -1), np.full(many, -1), sentences.start.copy()
    depth, kept = np.zeros(many, int), np.zeros(many, int)
    shift, reduce = (int(np.flatnonzero(moves.kind == kind)[0]) for kind in (_SHIFT, _REDUCE))
    going = np.arange(many)
    while len(going):
        last, next_word, height, waiting = sentences.last[going], at[going], depth[going], kept[going]
        s0, b0 = top[going], np.where(waiting > 0, back[going], next_word)
        ended = (waiting == 0) & (next_word == sentences.end[going])  # then the stack can only be emptied
        move = np.where(height == 0, shift, reduce)
        free = np.flatnonzero((height > 0) & ~ended)
        if len(free):
            s, b, read = s0[free], b0[free], next_word[free]
            b1 = np.where(waiting[free] > 0, read, read + 1)
            b1 = np.where(waiting[free] > 1, behind[b], np.where(b1 < last[free], b1, -1))
            states = np.stack([b, b1, s, below[s], below[below[s]], left[b], left[s], right[s]], axis=1)
            scores = score(states)
            scores[(last[free] - read + waiting[free] < 2) | stuck[b], shift] = -np.inf
            scores[height[free] == 1, reduce] = -np.inf
            move[free] = scores.argmax(axis=1)
        kind, relation = moves.kind[move], moves.label[move]

        mine = kind == _LEFT
        word, taker = s0[mine], b0[mine]
        old = head[word]
        right[old[old >= 0]] = before[word[old >= 0]]  # it was the latest child of the one below it
        before[word], left[taker] = left[taker], word
        head[word], label[word], stuck[taker] = taker, relation[mine], False

        mine = kind == _RIGHT
        word, taker = b0[mine], s0[mine]
        before[word], right[taker] = right[taker], word
        head[word], label[word] = taker, relation[mine]

        mine = (kind == _REDUCE) & (head[s0] < 0) & (height > 1)  # a word without a head is put back
        word, own = s0[mine], going[mine]
        stuck[word], behind[word], back[own] = True, back[own], word
        kept[own] += 1

        mine = (kind == _LEFT) | (kind == _REDUCE)
        own = going[mine]
        top[own] = below[s0[mine]]
        depth[own] -= 1

        mine = (kind == _SHIFT) | (kind == _RIGHT)
        word, own, again = b0[mine], going[mine], waiting[mine] > 0
        below[word], top[own] = s0[mine], word
        depth[own] += 1
        back[own[again]] = behind[word[again]]
        kept[own[again]] -= 1
        at[own[~again]] += 1

        going = going[(depth[going] > 0) | (kept[going] > 0) | (at[going] < sentences.end[going])]
    return head[:n], label[:n]


def _set_arcs(docs: "Sequence[Doc]", head: np.ndarray, label: np.ndarray, parser: "DependencyParser") -> None:
    """Set heads and relations in texts; a word without a head is the root of its sentence."""
    none = head < 0
    label = np.where(none, np.uint64(parser.vocab.strings.add("ROOT")), label)
    head = np.where(none, 0, head - np.arange(len(head))).astype(np.int64).view(np.uint64)
    first = 0
    for doc in docs:
        own = slice(first, first + len(doc))
        doc.from_array(["HEAD", "DEP"], np.stack([head[own], label[own]], axis=1))
        for finish in parser.postprocesses:
            finish(doc)
        first = own.stop
