"""Texts -> parsed articles and who is cited in them: what of a reading hangs neither on actors nor on sources.

It is most of the work, so it is kept beside the tables: where only actors, sources, names to mask or the lexicons of
what comes later changed, nothing is parsed again.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.reading.attribution import Citation, Parsed, Part, find_citations
from helpers.reading.hashing import hash_code
from helpers.reading.models import name_model, tokenize
from helpers.reading.quotations import find_quotations
from helpers.reading.sentences import split_sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

# modules and lexicons that a parse depends on, and those that the citations in it depend on besides; tests hold both
# against what is imported and opened
PARSERS = ("arcs", "models", "networks", "parses", "rulings", "sentences")
PARSER_LEXICONS = ("abbreviations.csv", "sentence_starters.csv")
CITERS = ("attribution", "quotations")
CITER_LEXICONS = ("attribution_weights.npz", "reporting_verbs.csv")
_WORD = ("ORTH", "NORM", "TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START", "SPACY")
_NAMED = [_WORD.index(name) for name in ("ORTH", "NORM", "TAG", "MORPH", "LEMMA", "DEP")]  # are strings


class Parse(NamedTuple):
    """An article's parse and its citations, as they are stored."""

    key: str  # `name_parse` of its text
    words: bytes  # _WORD x words, 32 bits each; what is a string is its number in `strings`
    strings: list[str]
    citer: str  # `name_citer` of what found the citations
    citations: str  # JSON


@cache
def name_parser() -> str:
    """Return a name for what parses: model, code and lexicons."""
    return f"{name_model()}, {hash_code(PARSERS, PARSER_LEXICONS)}"


@cache
def name_citer() -> str:
    """Return a name for what finds citations in a parse."""
    return hash_code(CITERS, CITER_LEXICONS)


def name_parse(text: str) -> str:
    """Return a name for the parse of a text."""
    return hashlib.sha256(f"{name_parser()}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def parse_articles(
    nlp: "Language", texts: Sequence[str], known: Sequence[Parse | None]
) -> tuple[list[Parsed], list[list[Citation]], list[Parse | None]]:
    """Return each text parsed, its citations, and what is to be stored of both: None where it is.

    `known` are those stored under the texts' names. Of one whose citations others found only these are looked for
    anew, which takes the parser's word vectors, but no parse.
    """
    pairs = [
        tokenize(nlp, text) if parse is None else (_unpack(parse, nlp.vocab), split_sentences(text))
        for text, parse in zip(texts, known, strict=True)
    ]
    unparsed = [doc for (doc, _), parse in zip(pairs, known, strict=True) if parse is None]
    uncited = [number for number, parse in enumerate(known) if parse is None or parse.citer != name_citer()]
    list(nlp.pipe(unparsed, batch_size=len(texts)))  # fills them in
    without = [pairs[number][0] for number in uncited if known[number] is not None]
    list(nlp.get_pipe("tok2vec").pipe(iter(without), batch_size=len(texts)))
    parsed = [
        Parsed(doc, text, sentences, find_quotations(text)[0])
        for (doc, sentences), text in zip(pairs, texts, strict=True)
    ]
    found = dict(zip(uncited, find_citations([parsed[number] for number in uncited]), strict=True))
    cited = [
        found[number] if number in found else _load_citations(parse.citations) for number, parse in enumerate(known)
    ]
    new = [_pack(article, found[number]) if number in found else None for number, article in enumerate(parsed)]
    return parsed, cited, new


def _pack(article: Parsed, citations: Sequence[Citation]) -> Parse:
    """Return what is stored of a parse: spaCy's own DocBin takes twice the room and five times the time."""
    words = article.doc.to_array(list(_WORD)).reshape(-1, len(_WORD)).astype(np.int64)
    named, numbers = np.unique(words[:, _NAMED].astype(np.uint64), return_inverse=True)
    words[:, _NAMED] = numbers.reshape(-1, len(_NAMED))
    strings = [article.doc.vocab.strings[one] for one in named.tolist()]
    dumped = json.dumps(citations, default=int)  # NumPy's whole numbers, too
    return Parse(name_parse(article.text), words.T.astype(np.int32).tobytes(), strings, name_citer(), dumped)


def _unpack(parse: Parse, vocab: "Vocab") -> "Doc":
    """Return a stored parse as a Doc; it has all that was set but the model's word vectors."""
    from spacy.tokens import Doc

    named = np.array([vocab.strings.add(string) for string in parse.strings], np.uint64)
    words = np.frombuffer(parse.words, np.int32).reshape(len(_WORD), -1).T.astype(np.int64).astype(np.uint64)
    words[:, _NAMED] = named[words[:, _NAMED]]
    doc = Doc(vocab, words=words[:, 0].tolist(), spaces=words[:, -1].tolist())
    return doc.from_array(list(_WORD[:-1]), np.ascontiguousarray(words[:, :-1]))


def _load_citations(dumped: str) -> list[Citation]:
    return [
        Citation(
            tuple(cue), lemma, frame, tuple(map(tuple, sources)), tuple(Part(*part) for part in parts),
            via and tuple(via), confidence, parent,
        )
        for cue, lemma, frame, sources, parts, via, confidence, parent in json.loads(dumped)
    ]  # fmt: skip
