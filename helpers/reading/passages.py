"""Cut sentences into passages, each in one voice: the outlet's own, a paraphrase of a source, or a quotation."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from helpers.reading.attribution import REPORTING, Citation, find_speech, find_stance
from helpers.reading.quotations import Quotation
from helpers.reading.sentences import Sentence

Layer = tuple[int, int, str, int]  # start, end, voice, number of the citation (-1: none)
_REACH = 3_000  # characters: as long as a quotation may be
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

    A paraphrase needs a cue of saying or thinking: one with a stance in reporting_verbs.csv, or "according to"; and
    somebody who says it, or a passive ("is said to"). "It is worth mentioning that ..." stays the outlet's.

    The innermost content wins. A quotation long enough to be speech is `quote` also where nobody is cited for it;
    words in square brackets inside one are the outlet's. Stretches without a word join the passage before.
    """
    layers = _by_sentence(_layers(text, quotations, citations), sentences)
    passages: list[Passage] = []
    for number, sentence in enumerate(sentences):
        edges = sorted({edge for start, end, *_ in layers[number] for edge in (start, end)})
        cuts = [sentence.start, *[e for e in edges if sentence.start < e < sentence.end], sentence.end]
        first = len(passages)
        for (start, end), (voice, citation) in zip(pairwise(cuts), _hear(cuts[:-1], layers[number]), strict=True):
            last = passages[-1] if len(passages) > first else None
            wordless = not re.search(r"\w", text[start:end])
            if last and (wordless or (last.voice, last.citation) == (voice, citation)):
                passages[-1] = last._replace(end=end)
            elif last and not re.search(r"\w", text[last.start : last.end]):
                passages[-1] = Passage(number, last.start, end, voice, citation)
            else:
                passages.append(Passage(number, start, end, voice, citation))
    return passages


def _by_sentence(layers: Sequence[Layer], sentences: Sequence[Sentence]) -> list[list[Layer]]:
    """The layers that touch each sentence, in their order: the work then grows with an article, not its square."""
    starts = [sentence.start for sentence in sentences]
    touching: list[list[Layer]] = [[] for _ in sentences]
    for layer in layers:
        number = max(0, bisect_right(starts, layer[0]) - 1)
        while number < len(sentences) and starts[number] < layer[1]:
            touching[number].append(layer)
            number += 1
    return touching


def _layers(text: str, quotations: Sequence[Quotation], citations: Sequence[Citation]) -> list[Layer]:
    """Stretches with a voice, the later ones lying over the earlier: (start, end, voice, citation)."""
    contents = [
        (part.start, part.end, "quote" if part.quoted else "paraphrase", number)
        for number, citation in enumerate(citations)
        for part in citation.parts
        if part.quoted or _is_paraphrase(citation)
    ]
    contents.sort(key=lambda layer: -(layer[1] - layer[0]))
    paraphrases = [layer for layer in contents if layer[2] == "paraphrase"]
    quotes = [layer for layer in contents if layer[2] == "quote"]
    speech = find_speech(text, quotations)
    starts = sorted((layer[0], number) for number, layer in enumerate(contents))
    bare = [(q.start, q.end, "quote", _holder(q.start, contents, starts)) for q in speech]
    owned = {(start, end) for start, end, *_ in quotes}
    brackets = [
        (q.start + match.start(), q.start + match.end(), "outlet", -1)
        for q in speech
        for match in _BRACKET.finditer(text[q.start : q.end])
    ]
    return [*paraphrases, *[layer for layer in bare if layer[:2] not in owned], *quotes, *brackets]


def _is_paraphrase(citation: Citation) -> bool:
    says = citation.frame in REPORTING or find_stance(citation.lemma, citation.frame) != ""
    return says and (bool(citation.sources) or citation.frame == "passive")


def _holder(at: int, contents: Sequence[Layer], starts: Sequence[tuple[int, int]]) -> int:
    """The innermost citation whose content holds a character; contents do not reach further than `_REACH`."""
    last = bisect_right(starts, (at, len(contents)))
    near = [
        number for start, number in starts[bisect_right(starts, (at - _REACH, -1)) : last] if contents[number][1] > at
    ]
    return contents[max(near)][3] if near else -1


def _hear(places: Sequence[int], layers: Sequence[Layer]) -> Iterator[tuple[str, int]]:
    """Yield the voice and the citation at each place, from left to right: those of the last layer that lies there."""
    waiting = sorted(((layer[0], -number) for number, layer in enumerate(layers)), reverse=True)
    lying: list[int] = []  # negative numbers of layers, the last one first
    for place in places:
        while waiting and waiting[-1][0] <= place:
            heappush(lying, waiting.pop()[1])
        while lying and layers[-lying[0]][1] <= place:
            heappop(lying)
        yield layers[-lying[0]][2:] if lying else ("outlet", -1)
