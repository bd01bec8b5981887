"""The same annotations from a spaCy pipeline in a third of the time: optional, and the only room that opens spaCy up.

For whom it is worth it: parsing is most of what a first run costs, so whoever reads thousands of articles. Three things
are done in another way, each only where the component is built as spaCy's English ones are:

1. The networks multiply with NumPy's library.
2. The parser (arc-eager: Nivre 2008, Honnibal & Johnson 2014) decides the next move of many sentences together, in
   NumPy, where spaCy takes one sentence after the other. Sentence breaks must be set before, as `tokenize` does.
3. What the attribute ruler and the lemmatizer say of a single word is asked once for each form, tag and relation.

And a parse is stored and loaded without a search through all installed packages, which took half the time of loading.

Heads, relations, tags and lemmas are those of the pipeline that was given; vectors differ in their last bits. How to
remove it: delete this file, its test and the one call of `accelerate` in parsing.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import AttributeRuler, DependencyParser, Lemmatizer
    from spacy.tokens import Doc

MOST_FORMS = 100_000  # whose rules are remembered, so that memory does not grow with the articles


def accelerate(nlp: "Language") -> "Language":
    """Return the pipeline, made faster in place; a component of another form is left as it is."""
    from spacy.lang.en.lemmatizer import EnglishLemmatizer
    from spacy.pipeline import AttributeRuler
    from srsly import msgpack_decoders, msgpack_encoders
    from thinc.api import NumpyOps

    msgpack_decoders.entry_points = msgpack_encoders.entry_points = False  # searched for each parse that is stored
    parts, ops = dict(nlp.pipeline), NumpyOps(use_blis=False)
    for network in (part.model for part in parts.values() if hasattr(getattr(part, "model", None), "walk")):
        for node in network.walk():  # the library in the wheels of spaCy is slower by half on some processors
            node.ops = ops
    if "parser" in parts and (moves := read_moves(parts["parser"])):
        _replace(nlp, "parser", SentenceParser(parts["parser"], moves))
    last = [type(part) for _, part in nlp.pipeline[-2:]]
    if last == [AttributeRuler, EnglishLemmatizer] and _looks_at_words(parts["attribute_ruler"]):
        _replace(nlp, "attribute_ruler", WordRuler(parts["attribute_ruler"], nlp.remove_pipe("lemmatizer")[1]))
    return nlp


def _replace(nlp: "Language", name: str, component: "Callable[[Doc], Doc]") -> None:
    """Put a component in the place of the pipeline's component of that name."""
    from spacy.language import Language

    Language.component(f"accelerated_{name}", func=component)
    nlp.add_pipe(f"accelerated_{name}", after=name)
    nlp.remove_pipe(name)


# ---------------------------------------------------------------- parser

_SHIFT, _REDUCE, _LEFT, _RIGHT = range(4)
_KINDS = {"S": _SHIFT, "D": _REDUCE, "L": _LEFT, "R": _RIGHT}  # as spaCy abbreviates its moves
_BREAK = "B"  # the move that begins a sentence: never allowed where all breaks are set
_FEATURES = 8  # words of a state from which the next move is predicted


class Moves(NamedTuple):
    """What a parser's moves do, and the model that scores them."""

    kind: np.ndarray  # one of _KINDS' values, a move each
    label: np.ndarray  # hash of the relation that it sets
    score: "Callable[[Sequence[Doc]], Callable[[np.ndarray], np.ndarray]]"  # texts -> (states -> scores)


def read_moves(parser: "DependencyParser") -> Moves | None:
    """Return the moves of a parser; None where it is not built as spaCy's English one is."""
    from spacy.pipeline import DependencyParser

    model = parser.model
    if type(parser) is not DependencyParser or model.name != "parser_model" or parser.cfg["beam_width"] != 1:
        return None
    if not model.attrs["has_upper"] or model.attrs["unseen_classes"]:
        return None
    words, lower, upper = (model.get_ref(name) for name in ("tok2vec", "lower", "upper"))
    names = [parser.moves.get_class_name(number) for number in range(parser.moves.n_moves)]
    if (lower.get_dim("nF"), lower.get_dim("nP")) != (_FEATURES, 2) or not {n[0] for n in names} <= {*_KINDS, _BREAK}:
        return None
    used = [number for number, name in enumerate(names) if name[0] != _BREAK]
    weights, biases = upper.get_param("W")[used], upper.get_param("b")[used]

    def score(docs: "Sequence[Doc]") -> Callable[[np.ndarray], np.ndarray]:
        """Return a function that scores states: a row of word numbers each, -1 where there is no word."""
        vectors = lower.predict(words.predict(docs))  # of "no word", then of each word, once for each feature
        vectors = vectors.reshape(len(vectors) * _FEATURES, -1)
        bias = lower.get_param("b").ravel()

        def score_states(states: np.ndarray) -> np.ndarray:
            rows = (states + 1) * _FEATURES + np.arange(_FEATURES)
            total = vectors[rows].sum(axis=1) + bias
            hidden = np.maximum(total[:, 0::2], total[:, 1::2])  # maxout of two pieces
            return hidden @ weights.T + biases

        return score_states

    kinds = np.array([_KINDS[names[number][0]] for number in used])
    labels = [parser.vocab.strings.add(names[number][2:]) for number in used]
    return Moves(kinds, np.array(labels, np.uint64), score)


class SentenceParser:
    """A component that sets the heads and relations that spaCy's parser sets, in many sentences at once."""

    def __init__(self, parser: "DependencyParser", moves: Moves) -> None:
        """Take spaCy's parser and its moves; each word of a batch takes 4 kB."""
        self.parser, self.moves = parser, moves

    def __call__(self, doc: "Doc") -> "Doc":
        return next(self.pipe([doc]))

    def pipe(self, docs: "Iterable[Doc]", *, batch_size: int = 256) -> "Iterator[Doc]":
        from spacy.util import minibatch

        for batch in minibatch(docs, batch_size):
            if ready := [doc for doc in batch if len(doc)]:
                self._set_arcs(ready, *find_arcs(ready, self.moves))
            yield from batch

    def _set_arcs(self, docs: "Sequence[Doc]", head: np.ndarray, label: np.ndarray) -> None:
        """Set heads and relations in texts; a word without a head is the root of its sentence."""
        root = head < 0
        label = np.where(root, np.uint64(self.parser.vocab.strings.add("ROOT")), label)
        offset = np.where(root, 0, head - np.arange(len(head))).astype(np.int64).view(np.uint64)
        first = 0
        for doc in docs:
            own = slice(first, first + len(doc))
            doc.from_array(["HEAD", "DEP"], np.stack([offset[own], label[own]], axis=1))
            for finish in self.parser.postprocesses:
                finish(doc)
            first = own.stop


class States:
    """Where the parser is in each sentence: its stack, the words it put back, the next word, and the arcs so far.

    Words are numbered through all texts; the last entry of each word array stands for "no word", so that looking
    something up for it gives -1 again.
    """

    def __init__(self, docs: "Sequence[Doc]") -> None:
        sizes = np.array([len(doc) for doc in docs])
        ends = np.cumsum(sizes)
        begins = np.concatenate([doc.to_array("SENT_START") for doc in docs]) == 1
        begins[ends - sizes] = True
        start = np.flatnonzero(begins)
        n, many = int(ends[-1]), len(start)
        self.end = np.append(start[1:], n)  # of a sentence
        self.text_end = ends[np.searchsorted(ends, start, side="right")]
        self.next = start.copy()  # first unread word
        self.top, self.height = np.full(many, -1), np.zeros(many, int)  # of the stack
        self.back, self.n_back = np.full(many, -1), np.zeros(many, int)  # word put back last, and how many there are
        self.head, self.label, self.was_back = np.full(n + 1, -1), np.zeros(n + 1, np.uint64), np.zeros(n + 1, bool)
        self.below, self.behind = np.full((2, n + 1), -1)  # on the stack; among words put back
        self.left, self.right, self.before = np.full((3, n + 1), -1)  # latest child on a side; the one before it there


def find_arcs(docs: "Sequence[Doc]", moves: Moves) -> tuple[np.ndarray, np.ndarray]:
    """Return of each word of some texts its head, -1 where it has none, and the hash of its relation to it.

    No text is empty, and all their sentence breaks are set. One round of the loop makes one move in every sentence.
    """
    state, score = States(docs), moves.score(docs)
    going = np.arange(len(state.next))
    while len(going):
        s0, b0 = state.top[going], np.where(state.n_back[going] > 0, state.back[going], state.next[going])
        move = _choose_moves(state, going, s0, b0, moves, score)
        _make_moves(state, going, s0, b0, moves.kind[move], moves.label[move])
        left = (state.height[going] > 0) | (state.n_back[going] > 0) | (state.next[going] < state.end[going])
        going = going[left]
    return state.head[:-1], state.label[:-1]


def _choose_moves(
    state: States, going: np.ndarray, s0: np.ndarray, b0: np.ndarray, moves: Moves,
    score: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Return the best allowed move of each sentence; `s0` is the word on top of the stack, `b0` the next to be read."""
    shift, reduce = (int(np.flatnonzero(moves.kind == kind)[0]) for kind in (_SHIFT, _REDUCE))
    move = np.where(state.height[going] == 0, shift, reduce)  # the only one with an empty stack, or at the end
    ended = (state.n_back[going] == 0) & (state.next[going] == state.end[going])
    free = np.flatnonzero((state.height[going] > 0) & ~ended)
    if not len(free):
        return move
    at, s, b = going[free], s0[free], b0[free]
    unread, n_back, end = state.next[at], state.n_back[at], state.text_end[at]
    b1 = np.where(n_back > 0, unread, unread + 1)  # the word after b
    b1 = np.where(n_back > 1, state.behind[b], np.where(b1 < end, b1, -1))
    below = state.below[s]
    features = [b, b1, s, below, state.below[below], state.left[b], state.left[s], state.right[s]]
    scores = score(np.stack(features, axis=1))
    scores[(end - unread + n_back < 2) | state.was_back[b], shift] = -np.inf
    scores[state.height[at] == 1, reduce] = -np.inf
    move[free] = scores.argmax(axis=1)
    return move


def _make_moves(
    state: States, going: np.ndarray, s0: np.ndarray, b0: np.ndarray, kind: np.ndarray, label: np.ndarray
) -> None:
    """Make one move in each sentence."""
    mine = kind == _LEFT  # b becomes the head of s
    word, head = s0[mine], b0[mine]
    old = state.head[word]
    state.right[old[old >= 0]] = state.before[word[old >= 0]]  # s was the latest child of the word below it
    state.before[word], state.left[head] = state.left[head], word
    state.head[word], state.label[word], state.was_back[head] = head, label[mine], False

    mine = kind == _RIGHT  # s becomes the head of b
    word, head = b0[mine], s0[mine]
    state.before[word], state.right[head] = state.right[head], word
    state.head[word], state.label[word] = head, label[mine]

    mine = (kind == _REDUCE) & (state.head[s0] < 0) & (state.height[going] > 1)  # a word without a head is put back
    word, own = s0[mine], going[mine]
    state.was_back[word], state.behind[word], state.back[own] = True, state.back[own], word
    reread = state.n_back[going] > 0  # the words read now that had been put back
    state.n_back[own] += 1

    mine = (kind == _LEFT) | (kind == _REDUCE)  # s leaves the stack
    own = going[mine]
    state.top[own] = state.below[s0[mine]]
    state.height[own] -= 1

    mine = (kind == _SHIFT) | (kind == _RIGHT)  # b goes on the stack
    word, own, again = b0[mine], going[mine], reread[mine]
    state.below[word], state.top[own] = s0[mine], word
    state.height[own] += 1
    state.back[own[again]] = state.behind[word[again]]
    state.n_back[own[again]] -= 1
    state.next[own[~again]] += 1


# ---------------------------------------------------------------- ruler and lemmatizer

_ASKED = ("ORTH", "LOWER", "IS_SPACE", "TAG", "DEP")  # what a rule may ask of a word: all follow from ORTH, TAG and DEP
_SET = ("TAG", "POS", "MORPH", "LEMMA", "DEP")  # what it may set; the lemma follows from these and ORTH


def _looks_at_words(ruler: "AttributeRuler") -> bool:
    """Tell whether no rule asks for, or sets, anything else."""
    from spacy.attrs import IDS

    asked = {name for rule in ruler.patterns for words in rule["patterns"] for word in words for name in word}
    return asked <= {*_ASKED} and set().union(*ruler.attrs) <= {IDS[name] for name in _SET}


class WordRuler:
    """A component that sets what an attribute ruler, and the lemmatizer after it, set.

    Which rules of one word hold, and its lemma, follow from the word and what was set before: both are asked once for
    each distinct one. The ruler's few rules on several words are matched in every text.
    """

    def __init__(self, ruler: "AttributeRuler", lemmatizer: "Lemmatizer") -> None:
        from spacy.matcher import Matcher

        self.ruler, self.lemmatizer, self.known, self.several = ruler, lemmatizer, {}, Matcher(ruler.vocab)
        for number, rule in enumerate(ruler.patterns):
            if long := [words for words in rule["patterns"] if len(words) > 1]:
                self.several.add(str(number), long)
        index = lemmatizer.lookups.get_table("lemma_index")
        for part, forms in list(index.items()):
            index[part] = frozenset(forms)  # up to 57,000, searched one by one

    def __call__(self, doc: "Doc") -> "Doc":
        if not len(doc):
            return doc
        words = list(map(tuple, doc.to_array(["ORTH", *_SET]).tolist()))
        for name, start, end in self.several(doc, allow_missing=True) if len(self.several) else ():
            number = int(doc.vocab.strings[name])
            at = range(start, end)[self.ruler.indices[number]]
            words[at] = (*words[at], number)  # with the rules on several words that hold for it
        if len(self.known) > MOST_FORMS:
            self.known.clear()
        self._learn([word for word in dict.fromkeys(words) if word not in self.known], doc)
        return doc.from_array([*_SET], np.array([self.known[word] for word in words], np.uint64))

    def _learn(self, words: list[tuple[int, ...]], doc: "Doc") -> None:
        """Ask ruler and lemmatizer what they set of words, each with the rules on several words that hold for it."""
        from spacy.pipeline.attributeruler import set_token_attrs
        from spacy.tokens import Doc

        if not words:
            return
        asked = Doc(doc.vocab, words=[doc.vocab.strings[word[0]] for word in words])
        asked.from_array([*_SET], np.array([word[1 : 1 + len(_SET)] for word in words], np.uint64))
        alone = [(start, number) for number, _, start, end in self.ruler.match(asked) if end - start == 1]
        joint = [(place, number) for place, word in enumerate(words) for number in word[1 + len(_SET) :]]
        for place, number in sorted({*alone, *joint}):  # of two rules the later one counts
            set_token_attrs(asked[place], self.ruler.attrs[number])
        self.lemmatizer(asked)
        self.known.update(zip(words, asked.to_array([*_SET]).tolist(), strict=True))
