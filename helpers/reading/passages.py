"""Cut sentences into passages, each in one voice: the outlet's own, a paraphrase of a source, or a quotation."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.reading.quotations import Quotation, find_speech
from helpers.reading.sentences import Sentence

if TYPE_CHECKING:
    from helpers.reading.attribution import Citation

_BRACKET = re.compile(r"\[[^\[\]]*\]")


class Passage(NamedTuple):
    """The longest stretch of one sentence in one voice."""

    sentence_no: int
    start: int
    end: int
    voice: str
    citation: int  # number of the citation whose content it is; -1: none


class _Layer(NamedTuple):
    """A stretch of text with a voice; where two overlap the later one counts."""

    start: int
    end: int
    voice: str
    citation: int


def find_passages(
    text: str, sentences: Sequence[Sentence], quotations: Sequence[Quotation], citations: Sequence["Citation"]
) -> list[Passage]:
    """Return the passages of a text; together they hold every character of every sentence once.

    A paraphrase needs a cue of saying or thinking (`Citation.paraphrases`). The innermost content wins. A quotation
    long enough to be speech is `quote` also where nobody is cited for it; words in square brackets inside one are the
    outlet's. Stretches without a word join the passage before.
    """
    layers = _list_layers(text, quotations, citations)
    top_layer = _paint(len(text), layers)
    edges = sorted({edge for layer in layers for edge in (layer.start, layer.end)})
    passages: list[Passage] = []
    for number, sentence in enumerate(sentences):
        inside = edges[bisect_right(edges, sentence.start) : bisect_left(edges, sentence.end)]
        first = len(passages)
        for start, end in pairwise([sentence.start, *inside, sentence.end]):
            top = top_layer[start]
            voice, citation = layers[top][2:] if top >= 0 else ("outlet", -1)
            last = passages[-1] if len(passages) > first else None
            wordless = not re.search(r"\w", text[start:end])
            if last and (wordless or (last.voice, last.citation) == (voice, citation)):
                passages[-1] = last._replace(end=end)
            elif last and not re.search(r"\w", text[last.start : last.end]):
                passages[-1] = Passage(number, last.start, end, voice, citation)
            else:
                passages.append(Passage(number, start, end, voice, citation))
    return passages


def _list_layers(text: str, quotations: Sequence[Quotation], citations: Sequence["Citation"]) -> list[_Layer]:
    """Return all stretches with a voice: paraphrases, speech that nobody is cited for, quotations, square brackets."""
    contents = [
        _Layer(part.start, part.end, "quote" if part.quoted else "paraphrase", number)
        for number, citation in enumerate(citations)
        for part in citation.parts
        if part.quoted or citation.paraphrases
    ]
    contents.sort(key=lambda layer: layer.start - layer.end)  # the longest first, so that the innermost counts
    quotes = [layer for layer in contents if layer.voice == "quote"]
    speech, owned = find_speech(text, quotations), {layer[:2] for layer in quotes}
    holder = _paint(len(text), contents)
    bare = [
        _Layer(q.start, q.end, "quote", contents[holder[q.start]].citation if holder[q.start] >= 0 else -1)
        for q in speech
        if (q.start, q.end) not in owned
    ]
    brackets = [
        _Layer(q.start + match.start(), q.start + match.end(), "outlet", -1)
        for q in speech
        for match in _BRACKET.finditer(text[q.start : q.end])
    ]
    return [*(layer for layer in contents if layer.voice == "paraphrase"), *bare, *quotes, *brackets]


def _paint(length: int, layers: Sequence[_Layer]) -> np.ndarray:
    """Return for each character of a text the number of the last layer that covers it, -1 for none."""
    painted = np.full(length, -1)
    for number, layer in enumerate(layers):
        painted[layer.start : layer.end] = number
    return painted
