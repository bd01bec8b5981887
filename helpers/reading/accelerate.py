"""The same annotations from a spaCy pipeline in a quarter of the time: optional, and the only room that opens spaCy up.

For whom it is worth it: parsing is most of what a first run costs, so whoever reads thousands of articles. Three things
are done in another way, in the version of spaCy and its model that this was made for; any other stays as it is:

1. The networks multiply with NumPy's library, and go through all layers with a few texts at a time.
2. The parser (arc-eager: Nivre 2008, Honnibal & Johnson 2014) decides the next move of many sentences together, in
   NumPy, where spaCy takes one sentence after the other. Sentence breaks must be set before, as `tokenize` does.
3. What depends on a single word is asked once for each: the vector that the networks begin with, by its form, and what
   the attribute ruler and the lemmatizer say, by its form, tag and relation.

Heads, relations, tags and lemmas are those of the pipeline that was given; vectors differ in their last bits. How to
remove it: delete this file, its test and the call of `accelerate` in parsing.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler, DependencyParser, Lemmatizer
from spacy.pipeline.attributeruler import set_token_attrs
from spacy.tokens import Doc
from spacy.util import minibatch
from thinc.api import Model, NumpyOps, chain

MADE_FOR = "3.8."  # how the versions begin of spaCy and of its English model whose insides this room knows
MOST_FORMS = 100_000  # words of which something is remembered, so that memory does not grow with the articles
FEW = 2_000  # words that go through all layers together: their numbers stay near the processor
_SMALL = 1e-8  # as in thinc


def accelerate(nlp: Language) -> Language:
    """Return the pipeline, made faster in place; one of another version is left as it is."""
    if not nlp.meta["version"].startswith(MADE_FOR) or not spacy.__version__.startswith(MADE_FOR):
        return nlp
    parts, ops = dict(nlp.pipeline), NumpyOps(use_blis=False)
    for network in (part.model for part in parts.values() if hasattr(getattr(part, "model", None), "walk")):
        for node in network.walk():  # the library in the wheels of spaCy is slower by half on some processors
            node.ops = ops
    if "parser" not in parts:  # only names are wanted
        return nlp
    parts["tok2vec"].model = shorten_vectors(parts["tok2vec"].model)
    words = WordRuler(parts["attribute_ruler"], nlp.remove_pipe("lemmatizer")[1])
    for name, component in (("parser", SentenceParser(parts["parser"])), ("attribute_ruler", words)):
        Language.component(f"accelerated_{name}", func=component)
        nlp.replace_pipe(name, f"accelerated_{name}")
    return nlp


class Batched:
    """A component whose `annotate` sets something in many texts at once, none of which is empty."""

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        for batch in minibatch(docs, batch_size):
            if ready := [doc for doc in batch if len(doc)]:
                self.annotate(ready)
            yield from batch


def _deal(docs: Sequence[Doc], *tables: np.ndarray) -> Iterator[tuple[Doc, *tuple[np.ndarray, ...]]]:
    """Yield each text with its own rows of tables that have a row a word."""
    ends = np.cumsum([len(doc) for doc in docs])[:-1]
    return zip(docs, *(np.split(table, ends) for table in tables), strict=True)


# ---------------------------------------------------------------- what depends on a single word


class Memory:
    """What a function says of rows of numbers, a row each: asked once for every distinct row."""

    def __init__(self, ask: Callable[[np.ndarray], np.ndarray]) -> None:
        self.ask, self.known = ask, dict[bytes, int]()  # the number of a row among those that were told

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return what the function says of each row."""
        names = np.ascontiguousarray(rows).view(f"V{rows.itemsize * rows.shape[1]}").ravel().tolist()
        if len(self.known) > MOST_FORMS:
            self.known.clear()
        if new := {name: number for number, name in enumerate(names) if name not in self.known}:
            told = self.ask(rows[[*new.values()]])
            self.told = np.concatenate([self.told, told]) if self.known else told
            self.known.update(zip(new, range(len(self.known), len(self.told)), strict=True))
        return self.told[[self.known[name] for name in names]]


def shorten_vectors(model: Model) -> Model:
    """Return the layers that make the vectors of words as one, in which each word is remembered.

    Of the layers that look at the words beside each, a few texts at a time go through all, so that they stay near the
    processor: windows of three words, the best of some products (maxout), and a norm, added to what was there.
    """
    (extract, *rest), encode = model.get_ref("embed").layers, model.get_ref("encode")
    alone = chain(*rest)
    known = Memory(lambda features: alone.predict([features])[0])
    mixers, norms = ([one for one in encode.walk() if one.name == name] for name in ("maxout", "layernorm"))
    weights = [(one.get_param("W").T.reshape(one.get_dim("nI"), -1), one.get_param("b").T.ravel()) for one in mixers]
    scales = [(one.get_param("G"), one.get_param("b")) for one in norms]
    gap = np.zeros((encode.attrs["pad"], model.get_dim("nO")), np.float32)  # between texts

    def forward(_: Model, docs: Sequence[Doc], is_train: bool) -> tuple[list[np.ndarray], Callable]:
        texts = [own for _, own in _deal(docs, known(np.concatenate(extract.predict(docs))))]
        groups = zip(np.cumsum([len(own) for own in texts]) // FEW, texts, strict=True)  # in their order
        parts = ([own for _, own in few] for _, few in groupby(groups, key=lambda group: group[0]))
        return [own for few in parts for own in encode_texts(few)], list  # nothing learns

    def encode_texts(texts: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
        state = np.concatenate([gap, *(rows for one in texts for rows in (one, gap))])
        for (products, bias), (gain, shift) in zip(weights, scales, strict=True):
            beside = np.pad(state, ((1, 1), (0, 0)))
            mixed = np.hstack([beside[:-2], state, beside[2:]]) @ products + bias
            best = np.maximum.reduce(np.split(mixed, mixed.shape[1] // gap.shape[1], axis=1))
            best -= best.mean(axis=1, keepdims=True)
            state = state + best / np.sqrt(np.square(best).mean(axis=1, keepdims=True) + _SMALL) * gain + shift
        ends = np.cumsum([len(one) + len(gap) for one in texts]).tolist()
        return (state[end - len(one) : end] for one, end in zip(texts, ends, strict=True))

    return Model("vectors", forward, dims={"nO": model.get_dim("nO")})


_SET = ("TAG", "POS", "MORPH", "LEMMA", "DEP")  # what rules may set; the lemma follows from these and ORTH


class WordRuler(Batched):
    """A component that sets what an attribute ruler, and the lemmatizer after it, set.

    Which rules of one word hold, and its lemma, follow from its form, tag and relation: both are asked once for each
    distinct word. Of the ruler's few rules on two words they are asked again where a word may begin one.
    """

    def __init__(self, ruler: AttributeRuler, lemmatizer: Lemmatizer) -> None:
        self.ruler, self.lemmatizer, self.known = ruler, lemmatizer, Memory(self._ask)
        self.first = Matcher(ruler.vocab)  # of two words
        self.first.add("", [words[:1] for rule in ruler.patterns for words in rule["patterns"] if len(words) > 1])
        index = lemmatizer.lookups.get_table("lemma_index")
        for part, forms in list(index.items()):
            index[part] = frozenset(forms)  # up to 57,000, searched one by one

    def annotate(self, docs: Sequence[Doc]) -> None:
        words = np.concatenate([doc.to_array(["ORTH", *_SET]) for doc in docs])
        for doc, own, told in _deal(docs, words, self.known(words)):
            for begin in np.flatnonzero(told[:, -1]).tolist():
                before = min(begin, 1)  # the word before may be the first of two, the second here that of another two
                near = self._ask(own[begin - before : begin + 3], in_row=True)
                told[begin : begin + 2] = near[before : before + 2]
            doc.from_array([*_SET], told[:, :-1])

    def _ask(self, words: np.ndarray, in_row: bool = False) -> np.ndarray:
        """Return what ruler and lemmatizer set of words, and whether each may be the first of two that a rule is on.

        Such a rule holds only of words that are `in_row`, as in a text.
        """
        asked = Doc(self.ruler.vocab, words=[self.ruler.vocab.strings[word] for word in words[:, 0].tolist()])
        asked.from_array([*_SET], words[:, 1:])
        begins = np.isin(np.arange(len(words)), [start for _, start, _ in self.first(asked, allow_missing=True)])
        for number, _, start, end in self.ruler.match(asked):  # in the order of the rules: the later one counts
            if in_row or end - start == 1:
                set_token_attrs(asked[start:end][self.ruler.indices[number]], self.ruler.attrs[number])
        self.lemmatizer(asked)
        return np.column_stack([asked.to_array([*_SET]), begins.astype(np.uint64)])


# ---------------------------------------------------------------- parser

# the moves, as spaCy abbreviates them; the last begins a sentence: it is never allowed where all breaks are set
_SHIFT, _REDUCE, _LEFT, _RIGHT, _BREAK = map(ord, "SDLRB")
_FEATURES = 8  # words of a state from which the next move is predicted


class SentenceParser(Batched):
    """A component that sets the heads and relations that spaCy's parser sets, in many sentences at once."""

    def __init__(self, parser: DependencyParser) -> None:
        """Take spaCy's parser; each word of a batch takes 4 kB."""
        self.parser = parser
        self.words, self.lower, upper = (parser.model.get_ref(name) for name in ("tok2vec", "lower", "upper"))
        names = [parser.moves.get_class_name(number) for number in range(parser.moves.n_moves)]
        used = [number for number, name in enumerate(names) if ord(name[0]) != _BREAK]
        self.kind = np.array([ord(names[number][0]) for number in used])
        self.label = np.array([parser.vocab.strings.add(names[number][2:]) for number in used], np.uint64)
        self.weights, self.biases = upper.get_param("W")[used].T, upper.get_param("b")[used]

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Set heads and relations in texts; a word without a head is the root of its sentence.

        All sentence breaks are set. One round of the loop makes one move in every sentence.
        """
        state = States(docs)
        vectors = self.lower.predict(self.words.predict(docs))  # of "no word", then of each word, once for each feature
        vectors = vectors.reshape(len(vectors) * _FEATURES, -1)
        going = np.arange(len(state.next))
        while len(going):
            s0, back, unread = state.top[going], state.back[going], state.next[going]
            b0 = np.where(back >= 0, back, np.where(unread < state.end[going], unread, -1))
            going, s0, b0 = (one[(s0 >= 0) | (b0 >= 0)] for one in (going, s0, b0))
            move = self._choose_moves(state, going, s0, b0, vectors)
            state.move(going, s0, b0, self.kind[move], self.label[move])
        head, label = state.head[:-1], state.label[:-1]
        label = np.where(head < 0, np.uint64(self.parser.vocab.strings.add("ROOT")), label)
        offset = np.where(head < 0, 0, head - np.arange(len(head))).astype(np.int64).view(np.uint64)
        for doc, own in _deal(docs, np.stack([offset, label], axis=1)):
            doc.from_array(["HEAD", "DEP"], own)
            for finish in self.parser.postprocesses:
                finish(doc)

    def _choose_moves(
        self, state: "States", going: np.ndarray, s0: np.ndarray, b0: np.ndarray, vectors: np.ndarray
    ) -> np.ndarray:
        """Return the best allowed move of each sentence; `s0`: the word on top of the stack, `b0`: the next to read."""
        shift, reduce = (int(np.flatnonzero(self.kind == kind)[0]) for kind in (_SHIFT, _REDUCE))
        move = np.where(s0 < 0, shift, reduce)  # the only one with an empty stack, or at the end
        free = np.flatnonzero((s0 >= 0) & (b0 >= 0))
        at, s, b = going[free], s0[free], b0[free]
        b1 = state.next[at] + (state.back[at] < 0)  # the word after b
        b1 = np.where(state.behind[b] >= 0, state.behind[b], np.where(b1 < state.text_end[at], b1, -1))
        below = state.below[s]
        words = [b, b1, s, below, state.below[below], state.left[b], state.left[s], state.right[s]]
        rows = (np.stack(words) + 1) * _FEATURES + np.arange(_FEATURES)[:, None]
        total = np.add.reduce(np.take(vectors, rows, axis=0)) + self.lower.get_param("b").ravel()
        scores = np.maximum(total[:, 0::2], total[:, 1::2]) @ self.weights + self.biases  # maxout of two pieces
        scores[(b1 < 0) | state.was_back[b], shift] = -np.inf  # the text's last word, or one that was put back
        scores[below < 0, reduce] = -np.inf  # the only word on the stack
        move[free] = scores.argmax(axis=1)
        return move


class States:
    """Where the parser is in each sentence: its stack, the words it put back, the next word, and the arcs so far.

    Words are numbered through all texts; the last entry of each word array stands for "no word", so that looking
    something up for it gives -1 again.
    """

    def __init__(self, docs: Sequence[Doc]) -> None:
        sizes = np.array([len(doc) for doc in docs])
        ends = np.cumsum(sizes)
        begins = np.concatenate([doc.to_array("SENT_START") for doc in docs]) == 1
        begins[ends - sizes] = True
        start, n = np.flatnonzero(begins), int(ends[-1])
        self.end = np.append(start[1:], n)  # of a sentence
        self.text_end = ends[np.searchsorted(ends, start, side="right")]
        self.next = start.copy()  # first unread word
        self.top, self.back = np.full((2, len(start)), -1)  # of the stack; the word put back last
        self.head, self.label, self.was_back = np.full(n + 1, -1), np.zeros(n + 1, np.uint64), np.zeros(n + 1, bool)
        self.below, self.behind = np.full((2, n + 1), -1)  # on the stack; among words put back
        self.left, self.right, self.before = np.full((3, n + 1), -1)  # latest child on a side; the one before it there

    def move(self, going: np.ndarray, s0: np.ndarray, b0: np.ndarray, kind: np.ndarray, label: np.ndarray) -> None:
        """Make one move in each sentence."""
        mine = kind == _LEFT  # b becomes the head of s
        word, head = s0[mine], b0[mine]
        old = self.head[word]
        self.right[old[old >= 0]] = self.before[word[old >= 0]]  # s was the latest child of the word below it
        self.before[word], self.left[head] = self.left[head], word
        self.head[word], self.label[word], self.was_back[head] = head, label[mine], False

        mine = kind == _RIGHT  # s becomes the head of b
        word, head = b0[mine], s0[mine]
        self.before[word], self.right[head] = self.right[head], word
        self.head[word], self.label[word] = head, label[mine]

        mine = (kind == _REDUCE) & (self.head[s0] < 0) & (self.below[s0] >= 0)  # a word without a head is put back
        word, own = s0[mine], going[mine]
        self.was_back[word], self.behind[word], self.back[own] = True, self.back[own], word

        mine = (kind == _LEFT) | (kind == _REDUCE)  # s leaves the stack
        self.top[going[mine]] = self.below[s0[mine]]

        mine = (kind == _SHIFT) | (kind == _RIGHT)  # b goes on the stack
        word, own = b0[mine], going[mine]
        self.below[word], self.top[own] = s0[mine], word
        again = self.back[own] >= 0  # it had been put back
        self.back[own[again]] = self.behind[word[again]]
        self.next[own[~again]] += 1
