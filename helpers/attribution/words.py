"""A parsed article as arrays: what every feature of the extractor is computed from, without a Python loop a token."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.quotations import Quotation
from helpers.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

# grammatical relations of a child that tell what frame its head stands in; each is one bit of `Words.frame`
RELATIONS = (
    "nsubj", "nsubjpass", "csubj", "dobj", "ccomp", "xcomp", "prep", "agent", "dative", "aux", "auxpass", "neg",
    "advcl", "acl", "relcl", "parataxis", "mark", "prt", "attr", "acomp", "oprd", "advmod", "poss", "conj", "pobj",
    "appos", "expl", "amod", "compound", "det", "dep",
)  # fmt: skip


class Words(NamedTuple):
    """The tokens of an article; each field holds one value a token, children as token numbers (-1: none)."""

    start: np.ndarray  # first character
    end: np.ndarray
    lemma: np.ndarray  # 64-bit hashes of spaCy's string store: the same in every run
    lower: np.ndarray
    pos: np.ndarray
    tag: np.ndarray
    dep: np.ndarray
    head: np.ndarray  # token number
    sentence: np.ndarray  # sentence number
    first: np.ndarray  # first token of the sentence
    last: np.ndarray
    frame: np.ndarray  # bits of RELATIONS among the children
    child: dict[str, np.ndarray]  # relation -> first child in it
    quote: np.ndarray  # number of the quotation around a token, -1 outside
    quote_words: np.ndarray  # words of that quotation, 0 outside
    vectors: np.ndarray  # the model's own contextual vectors


def read_words(doc: "Doc", sentences: Sequence[Sentence], quotations: Sequence[Quotation]) -> Words:
    """Return the arrays of a parsed article."""
    n = len(doc)
    table = doc.to_array(["LEMMA", "LOWER", "POS", "TAG", "DEP", "HEAD", "LENGTH", "SPACY"])
    lemma, lower, pos, tag, dep, offset, length, space = (table[:, k] for k in range(8))
    end = np.cumsum((length + space).astype(np.int64))
    start = end - (length + space).astype(np.int64)
    end = start + length.astype(np.int64)
    head = np.clip(np.arange(n) + offset.astype(np.int64), 0, max(0, n - 1))
    starts = np.array([s.start for s in sentences] or [0])
    sentence = np.clip(np.searchsorted(starts, start, side="right") - 1, 0, None)
    first = np.searchsorted(sentence, sentence, side="left")
    last = np.searchsorted(sentence, sentence, side="right") - 1
    frame, child = _read_children(doc, dep, head)
    quote, quote_words = _read_quotes(start, quotations)
    return Words(
        start, end, lemma, lower, pos, tag, dep, head, sentence, first, last, frame, child, quote, quote_words,
        np.asarray(doc.tensor, dtype=np.float32).reshape(n, -1),
    )  # fmt: skip


def _read_children(doc: "Doc", dep: np.ndarray, head: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    frame = np.zeros(len(dep), dtype=np.uint64)
    child: dict[str, np.ndarray] = {}
    for bit, relation in enumerate(RELATIONS):
        number = doc.vocab.strings[relation]  # relations have numbers of their own, not hashes
        found = np.flatnonzero((dep == number) & (head != np.arange(len(dep))))
        first = np.full(len(dep), -1)
        first[head[found[::-1]]] = found[::-1]
        child[relation] = first
        frame |= (first >= 0).astype(np.uint64) << np.uint64(bit)
    return frame, child


def _read_quotes(start: np.ndarray, quotations: Sequence[Quotation]) -> tuple[np.ndarray, np.ndarray]:
    quote, words = np.full(len(start), -1), np.zeros(len(start), dtype=np.int64)
    for number, quotation in enumerate(quotations):
        if quotation.level == 0:
            left, right = np.searchsorted(start, [quotation.start, quotation.end])
            quote[left:right], words[left:right] = number, right - left
    return quote, words
