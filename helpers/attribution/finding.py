"""A parsed article -> its attributions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.attribution.blocks import cite_blocks
from helpers.attribution.citations import Citation, find_speech, span_of
from helpers.attribution.cues import FRAMES, name_frames
from helpers.attribution.joint import Found, assign_roles
from helpers.attribution.phrases import find_recipient, find_sources
from helpers.attribution.scoring import Model, Scores, load_model, score_words
from helpers.attribution.spans import continue_quotations, find_parts
from helpers.attribution.words import Words, read_words
from helpers.quotations import Quotation
from helpers.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

# log-odds, a confidence of 0.43; cross-validated, speech attributions are then 0.6 per 1,000 words too few
THRESHOLD = -0.3
_RELAYING = ("cite",)
NESTED = 0.5  # log-odds for a cue inside another's content: no corpus says where annotators would draw the line


def find_citations(
    doc: "Doc",
    sentences: Sequence[Sentence],
    quotations: Sequence[Quotation],
    model: Model | None = None,
) -> list[Citation]:
    """Return every attribution in a parsed article, in the order of the cues.

    A cue is accepted where its chance is above `THRESHOLD`; its source and content are the words that the role
    network gives it, mended to whole noun phrases and whole quotations. Quotations that go on in the next sentence
    join their speaker; a quoted speaker's own reports are read as that speaker's words; reports inside a paraphrase
    are returned with their `parent`. Block quotations without marks follow from the sentence that introduces them.
    `model` is what was learned, as shipped unless another is given.
    """
    if not len(doc):
        return []
    text = doc.text  # spaCy joins it anew each time
    words = read_words(doc, sentences, quotations)
    scores = score_words(words, doc.vocab.strings, model or load_model())
    speech = find_speech(text, quotations)
    read = np.isin(scores.at, scores.pairs[0])
    outer = _cite(doc, text, words, scores, scores.outer, read & (scores.outer > THRESHOLD), speech)
    outer = [c for c in continue_quotations(text, sentences, speech, outer) if c.parts]
    outer = [c for c in outer if not _is_relay(c, outer)]
    held = _lies_inside(words.start[scores.at], outer)
    taken = np.isin(words.start[scores.at], [c.cue[0] for c in outer])
    free = read & held & ~taken & (scores.alone > NESTED) & (words.quote[scores.at] < 0)
    inner = [c for c in _cite(doc, text, words, scores, scores.alone, free, speech) if c.parts]
    found = [*outer, *inner]
    found.extend(cite_blocks(doc, text, sentences, found))
    return _name_parents(sorted(found, key=lambda citation: citation.cue))


def _cite(
    doc: "Doc",
    text: str,
    words: Words,
    scores: Scores,
    odds: np.ndarray,
    accepted: np.ndarray,
    speech: Sequence[Quotation],
) -> list[Citation]:
    cues = scores.at[accepted]
    mine = np.isin(scores.pairs[0], cues)
    confidence = 1 / (1 + np.exp(-odds[accepted]))
    frames = name_frames(words, cues).tolist()
    found = assign_roles(words, cues, confidence, (scores.pairs[0][mine], scores.pairs[1][mine]), scores.chance[mine])
    return [_spell_out(doc, text, words, one, FRAMES[frame], speech) for one, frame in zip(found, frames, strict=True)]


def _spell_out(doc: "Doc", text: str, words: Words, found: Found, frame: str, speech: Sequence[Quotation]) -> Citation:
    token = doc[found.cue]
    cue, lemma = span_of(token, token), token.lemma_.lower()
    following = doc[token.i + 1] if token.i + 1 < len(doc) else token
    if token.lower_ == "according" and following.lower_ == "to":
        cue, lemma, frame = span_of(token, following), "according to", "according"
    elif following.dep_ == "prt" and following.head == token:
        cue = span_of(token, following)
    sources = find_sources(doc[found.source[0]], doc[found.source[1]]) if found.source else ()
    parts = find_parts(text, words, found.cue, found.content, speech)
    if frame == "clause" and parts and parts[0].end <= cue[0]:
        frame = "parenthetical"
    return Citation(cue, lemma, frame, sources, parts, find_recipient(token), found.confidence)


def _is_relay(citation: Citation, others: Sequence[Citation]) -> bool:
    """Tell whether "citing Y" only says from whom another citation has its words: that is the other's `via`."""
    contents = [part for part in citation.parts if citation.lemma in _RELAYING]
    return any(
        other.via and part.start < other.via[1] and other.via[0] < part.end
        for other in others
        if other is not citation
        for part in contents
    )


def _lies_inside(starts: np.ndarray, citations: Sequence[Citation]) -> np.ndarray:
    inside = np.zeros(len(starts), dtype=bool)
    for citation in citations:
        for part in citation.parts:
            inside |= (starts >= part.start) & (starts < part.end)
    return inside


def _name_parents(citations: list[Citation]) -> list[Citation]:
    """Give each citation whose cue lies in another's content the number of the innermost such one."""
    parts = sorted((part.start, part.end, n) for n, citation in enumerate(citations) for part in citation.parts)
    named, open_parts, following = [], [], 0
    for number, citation in enumerate(citations):  # in the order of the cues, so that the parts can be swept once
        at = citation.cue[0]
        while following < len(parts) and parts[following][0] <= at:
            open_parts.append(parts[following])
            following += 1
        open_parts = [part for part in open_parts if part[1] > at]
        holders = [(end - start, n) for start, end, n in open_parts if n != number]
        named.append(citation._replace(parent=min(holders)[1] if holders else None))
    return named
