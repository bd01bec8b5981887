"""Cut sentences into passages, each in one voice: the outlet's own, a paraphrase of a source, or a quotation."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from helpers.reading.attribution.spans import paint

if TYPE_CHECKING:
    from helpers.reading.attribution import Citation, Parsed

_BRACKET = re.compile(r"\[[^\[\]]*\]")


class Passage(NamedTuple):
    """The longest stretch of one sentence in one voice."""

    sentence_no: int
    start: int
    end: int
    voice: str
    citation: int  # number of the citation whose content it is; -1: none


def find_passages(article: "Parsed", citations: Sequence["Citation"]) -> list[Passage]:
    """Return the passages of an article; together they hold every character of every sentence once.

    A paraphrase needs a cue of saying or thinking (`Citation.paraphrases`). The innermost content wins. A quotation
    long enough to be speech is `quote` also where nobody is cited for it; words in square brackets inside one are the
    outlet's. Stretches without a word join the passage before.
    """
    text = article.text
    contents = [
        (part.start, part.end, "quote" if part.quoted else "paraphrase", number)
        for number, citation in enumerate(citations)
        for part in citation.parts
        if part.quoted or citation.paraphrases
    ]
    contents.sort(key=lambda layer: layer[0] - layer[1])  # the longest first, so that the innermost counts
    holder = paint(len(text), contents)
    layers = [layer for layer in contents if layer[2] == "paraphrase"]  # of two that overlap the later one counts
    speech = [(one.start, one.end) for one in article.quotations if one.is_speech]
    layers += [(*span, "quote", contents[holder[span[0]]][3] if holder[span[0]] >= 0 else -1) for span in speech]
    layers += [layer for layer in contents if layer[2] == "quote"]
    layers += [(*match.span(), "outlet", -1) for span in speech for match in _BRACKET.finditer(text, *span)]
    layers.append((0, 0, "outlet", -1))  # the last, number -1, is below them all
    top_layer = paint(len(text), layers)
    edges = sorted({edge for start, end, *_ in layers for edge in (start, end)})
    passages: list[Passage] = []
    for number, sentence in enumerate(article.sentences):
        inside = edges[bisect_right(edges, sentence.start) : bisect_left(edges, sentence.end)]
        pieces: list[Passage] = []
        for start, end in pairwise([sentence.start, *inside, sentence.end]):
            *_, voice, citation = layers[top_layer[start]]
            last = pieces[-1] if pieces else None
            if last and (not re.search(r"\w", text[start:end]) or last[3:] == (voice, citation)):
                pieces[-1] = last._replace(end=end)
            elif last and not re.search(r"\w", text[last.start : last.end]):
                pieces[-1] = Passage(number, last.start, end, voice, citation)
            else:
                pieces.append(Passage(number, start, end, voice, citation))
        passages += pieces
    return passages
