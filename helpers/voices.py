"""Cut sentences into passages, each in one voice: the outlet's own, a paraphrase of a source, or a quotation."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from helpers.attribution import Citation, find_speech
from helpers.quotations import Quotation
from helpers.sentences import Sentence

_BRACKET = re.compile(r"\[[^\[\]]*\]")


class Passage(NamedTuple):
    """The longest stretch of one sentence in one voice."""

    sentence_no: int
    start: int
    end: int
    voice: str
    citation: int  # number of the citation whose content it is; -1: none


def find_passages(
    text: str, sentences: Sequence[Sentence], quotations: Sequence[Quotation], citations: Sequence[Citation]
) -> list[Passage]:
    """Return the passages of a text; together they hold every character of every sentence once.

    The innermost content wins. A quotation long enough to be speech is `quote` also where nobody is cited for it;
    words in square brackets inside one are the outlet's. Stretches without a word join the passage before.
    """
    layers = _layers(text, quotations, citations)
    edges = sorted({edge for start, end, *_ in layers for edge in (start, end)})
    passages: list[Passage] = []
    for number, sentence in enumerate(sentences):
        cuts = [sentence.start, *[e for e in edges if sentence.start < e < sentence.end], sentence.end]
        first = len(passages)
        for start, end in pairwise(cuts):
            voice, citation = _voice_at(start, layers)
            last = passages[-1] if len(passages) > first else None
            wordless = not re.search(r"\w", text[start:end])
            if last and (wordless or (last.voice, last.citation) == (voice, citation)):
                passages[-1] = last._replace(end=end)
            elif last and not re.search(r"\w", text[last.start : last.end]):
                passages[-1] = Passage(number, last.start, end, voice, citation)
            else:
                passages.append(Passage(number, start, end, voice, citation))
    return passages


def _layers(
    text: str, quotations: Sequence[Quotation], citations: Sequence[Citation]
) -> list[tuple[int, int, str, int]]:
    """Stretches with a voice, the later ones lying over the earlier: (start, end, voice, citation)."""
    contents = [
        (part.start, part.end, "quote" if part.quoted else "paraphrase", number)
        for number, citation in enumerate(citations)
        for part in citation.parts
    ]
    contents.sort(key=lambda layer: -(layer[1] - layer[0]))
    paraphrases = [layer for layer in contents if layer[2] == "paraphrase"]
    quotes = [layer for layer in contents if layer[2] == "quote"]
    speech = find_speech(text, quotations)
    bare = [(q.start, q.end, "quote", _holder(q.start, contents)) for q in speech]
    owned = {(start, end) for start, end, *_ in quotes}
    brackets = [
        (q.start + match.start(), q.start + match.end(), "outlet", -1)
        for q in speech
        for match in _BRACKET.finditer(text[q.start : q.end])
    ]
    return [*paraphrases, *[layer for layer in bare if layer[:2] not in owned], *quotes, *brackets]


def _holder(at: int, contents: Iterable[tuple[int, int, str, int]]) -> int:
    """The innermost citation whose content holds a character."""
    return next((number for start, end, _, number in reversed(list(contents)) if start <= at < end), -1)


def _voice_at(at: int, layers: Sequence[tuple[int, int, str, int]]) -> tuple[str, int]:
    for start, end, voice, citation in reversed(layers):
        if start <= at < end:
            return voice, citation
    return "outlet", -1
