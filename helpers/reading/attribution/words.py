"""Parsed articles as arrays: what every feature of the extractor is computed from, without a Python loop a token."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.reading.attribution.features import bucket
from helpers.reading.quotations import Quotation
from helpers.reading.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

# grammatical relations of a child that tell what frame its head stands in; each is one bit of `Words.frame`
RELATIONS = (
    "nsubj", "nsubjpass", "csubj", "dobj", "ccomp", "xcomp", "prep", "agent", "dative", "aux", "auxpass", "neg",
    "advcl", "acl", "relcl", "parataxis", "mark", "prt", "attr", "acomp", "oprd", "advmod", "poss", "conj", "pobj",
    "appos", "expl", "amod", "compound", "det", "dep",
)  # fmt: skip
# the words that a word's vector is learned from, beside those before and behind it and the one it hangs on
_NEAR = (
    ("nsubj", "nsubjpass", "csubj"), ("dobj", "attr", "acomp", "oprd", "dative"), ("ccomp", "xcomp"),
    ("prep", "agent", "pobj"), ("advcl", "acl", "relcl", "parataxis"), ("conj", "appos", "poss"),
)  # fmt: skip
SPEECH = 5  # tokens, marks included, that make a quotation a speech
FLAGS = 24  # rows that each of the six flags has in the network's table


class Parsed(NamedTuple):
    """A parsed article, as the extractor takes it."""

    doc: "Doc"
    text: str  # spaCy would join it anew at each look
    sentences: Sequence[Sentence]
    quotations: Sequence[Quotation]


class Words(NamedTuple):
    """The tokens of several articles one behind the other, each article followed by an empty token.

    Each field holds one value a token; numbers of tokens count from the first article on, -1 means none.
    """

    lemma: np.ndarray  # 64-bit hashes of spaCy's string store: the same in every run
    lower: np.ndarray
    pos: np.ndarray
    tag: np.ndarray
    dep: np.ndarray
    head: np.ndarray  # token number
    first: np.ndarray  # first token of the sentence
    last: np.ndarray
    frame: np.ndarray  # bits of RELATIONS among the children
    child: dict[str, np.ndarray]  # relation -> first child in it
    quote: np.ndarray  # number of the quotation around a token, -1 outside
    quote_words: np.ndarray  # words of that quotation, 0 outside
    vectors: np.ndarray  # the model's own contextual vectors
    near: np.ndarray  # tokens x neighbours: before, behind, head, then a child in each of _NEAR
    flags: np.ndarray  # tokens x six: where it stands among quotation marks and in its sentence


class Tokens(NamedTuple):
    """The tokens of one article, counted within it: what spans are cut from."""

    begin: int  # number of the first one among the Words
    start: np.ndarray  # first character
    end: np.ndarray
    pos: np.ndarray
    head: np.ndarray
    last: np.ndarray  # last token of the sentence
    quote: np.ndarray


def read_words(articles: Sequence[Parsed]) -> tuple[Words, list[Tokens]]:
    """Return the arrays of parsed articles, together and apart.

    Together, because most of the time for a short article would go into setting out to compute.
    """
    tokens, tables, vectors, quote_words, begin = [], [], [], [], 0
    for article in articles:
        table = article.doc.to_array(["LEMMA", "LOWER", "POS", "TAG", "DEP", "HEAD", "LENGTH", "SPACY"])
        n = len(table)
        length, size = table[:, 6].astype(np.int64), (table[:, 6] + table[:, 7]).astype(np.int64)
        start = np.cumsum(size) - size
        head = np.clip(np.arange(n) + table[:, 5].astype(np.int64), 0, max(0, n - 1))
        starts = np.array([s.start for s in article.sentences] or [0])
        sentence = np.maximum(np.searchsorted(starts, start, side="right"), 1)
        first, last = np.searchsorted(sentence, sentence), np.searchsorted(sentence, sentence, side="right") - 1
        quote, size = _read_quotes(start, article.quotations)
        tokens.append(Tokens(begin, start, start + length, table[:, 2], head, last, quote))
        tables.append(np.stack([*table[:, :5].T, *(x.view(np.uint64) + np.uint64(begin) for x in (head, first, last))]))
        tables.append(np.array([[0]] * 5 + [[begin + n]] * 3, dtype=np.uint64))
        vectors += [np.asarray(article.doc.tensor, dtype=np.float32).reshape(n, -1)]
        vectors.append(np.zeros((1, vectors[-1].shape[1]), dtype=np.float32))
        quote_words += [size, np.zeros(1, dtype=np.int64)]
        begin += n + 1
    lemma, lower, pos, tag, dep, *places = np.concatenate(tables, axis=1)
    head, first, last = (place.view(np.int64) for place in places)
    frame, child = _read_children(articles[0].doc, dep, head)
    quote = np.concatenate([x for article in tokens for x in (article.quote, [-1])])
    sizes = np.concatenate(quote_words)
    return Words(
        lemma, lower, pos, tag, dep, head, first, last, frame, child, quote, sizes, np.concatenate(vectors),
        _find_near(head, first, last, child), _raise_flags(first, last, quote >= 0, sizes >= SPEECH),
    ), tokens  # fmt: skip


def _find_near(head: np.ndarray, first: np.ndarray, last: np.ndarray, child: dict[str, np.ndarray]) -> np.ndarray:
    at = np.arange(len(head))
    before, behind = np.where(at > first, at - 1, -1), np.where(at < last, at + 1, -1)
    children = (np.max([child[name] for name in names], axis=0) for names in _NEAR)
    return np.stack([before, behind, np.where(head == at, -1, head), *children], axis=1)


def _raise_flags(first: np.ndarray, last: np.ndarray, quoted: np.ndarray, long: np.ndarray) -> np.ndarray:
    at = np.arange(len(first))
    speech = quoted & long
    before, behind = (np.minimum(find_flagged(quoted, at, step, end), 5) for step, end in ((-1, first), (1, last)))
    spoken = np.concatenate([[0], np.cumsum(speech)])
    has_speech = spoken[last + 1] > spoken[first]
    around = quoted[np.minimum(last + 1, len(at) - 1)] * 2 + quoted[first - 1] + has_speech * 4
    flags = (quoted + speech * 1, before, behind, around, bucket(at - first), bucket(last - at))
    return np.stack([flag + FLAGS * place for place, flag in enumerate(flags)], axis=1)


def find_flagged(flags: np.ndarray, at: np.ndarray, step: int, end: np.ndarray) -> np.ndarray:
    """Return how many words away the next flagged one in the sentence is; 9 when there is none within 4."""
    near = np.full(len(at), 9)
    for distance in range(4, 0, -1):
        place = at + step * distance
        inside = place <= end if step > 0 else place >= end
        near[inside & flags[np.clip(place, 0, len(flags) - 1)]] = distance
    return near


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
