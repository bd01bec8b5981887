"""Block quotations: paragraphs quoted without marks, which the sentence before introduces."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from helpers.reading.attribution.citations import Citation, Part, span_of
from helpers.reading.attribution.phrases import find_owner, noun_phrase
from helpers.reading.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc


CONFIDENCE = 0.9  # of 25 found in cross-validation, annotators had marked 23
_REPORT = re.compile(r"\b(?:report|reports|reported|statement|says|said|writes|wrote)\b", re.IGNORECASE)


def cite_blocks(doc: "Doc", text: str, sentences: Sequence[Sentence], found: Sequence[Citation]) -> Iterator[Citation]:
    """Yield paragraphs quoted without marks: the one before has no final stop and names a report."""
    paragraphs: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        paragraphs.setdefault(sentence.paragraph_no, []).append(sentence)
    for number in sorted(paragraphs)[1:]:
        intro = paragraphs[number - 1][-1]
        said = text[intro.start : intro.end]
        start, end = paragraphs[number][0].start, paragraphs[number][-1].end
        cue = None if said[-1] in '.!?…”"’)' else _REPORT.search(said)
        if not cue or any(start <= c.cue[0] < end for c in found):
            continue
        at = intro.start + cue.start()
        token = doc.char_span(at, at + 1, alignment_mode="expand")[0]
        same = [c for c in found if intro.start <= c.cue[0] < intro.end]
        sources = same[0].sources if same else find_owner(token)
        lemma = same[0].lemma if same else token.lemma_.lower()
        relay = [t for t in doc.char_span(intro.start, intro.end) if t.dep_ == "agent" and t.idx > at]
        via = next((noun_phrase(c, [c]) for t in relay for c in t.children if c.dep_ == "pobj"), None)
        yield Citation(span_of(token, token), lemma, "block", sources, (Part(start, end, True),), via, CONFIDENCE)
