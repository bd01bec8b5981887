"""The same annotations from a spaCy pipeline in a third of the time: optional, and the only room that opens spaCy up.

For whom it is worth it: parsing is most of what a first run costs, so whoever reads thousands of articles. Two things
are done in another way, in the version of spaCy and its model that this was made for; any other stays as it is:

1. The networks multiply with NumPy's library, and go through all layers with a few texts at a time.
2. What depends on a single word is asked once for each: the vector that the networks begin with, by its form, and what
   the attribute ruler and the lemmatizer say, by its form, tag and relation.

The parser is spaCy's own: to decide the moves of many sentences together took half of this room and saved a first
reading a sixth of its time.

Heads, relations, tags and lemmas are those of the pipeline that was given; vectors differ in their last bits. How to
remove it: delete this file, its test and the call of `accelerate` in parsing.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler, Lemmatizer
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
    Language.component("accelerated_attribute_ruler", func=words)
    nlp.replace_pipe("attribute_ruler", "accelerated_attribute_ruler")
    return nlp


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


class WordRuler:
    """A component that sets what an attribute ruler, and the lemmatizer after it, set, in many texts at once.

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

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        for batch in minibatch(docs, batch_size):
            if ready := [doc for doc in batch if len(doc)]:
                self._annotate(ready)
            yield from batch

    def _annotate(self, docs: Sequence[Doc]) -> None:
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
