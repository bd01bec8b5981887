"""Parsed articles -> their attributions."""

from collections.abc import Sequence

import numpy as np

from helpers.reading.attribution.blocks import cite_blocks
from helpers.reading.attribution.citations import Citation, find_speech, span_of, trim
from helpers.reading.attribution.cues import FRAMES
from helpers.reading.attribution.joint import Found, assign_roles
from helpers.reading.attribution.phrases import find_recipient, find_sources
from helpers.reading.attribution.scoring import NESTED, Model, Scores, load_model, score_words
from helpers.reading.attribution.spans import continue_quotations, find_parts
from helpers.reading.attribution.words import Parsed, Tokens, read_words
from helpers.reading.quotations import Quotation

_RELAYING = ("cite",)


def find_citations(articles: Sequence[Parsed], model: Model | None = None) -> list[list[Citation]]:
    """Return every attribution in each of some parsed articles, in the order of the cues.

    A cue is accepted where its log-odds pass the thresholds in `scoring`; its source and content are the words that
    the network gives it, mended to whole noun phrases and whole quotations. Quotations that go on in the next sentence
    join their speaker; a quoted speaker's own reports are read as that speaker's words; reports inside a paraphrase
    are returned with their `parent`. Block quotations without marks follow from the sentence that introduces them.
    `model` is what was learned, as shipped unless another is given.
    """
    full = [article for article in articles if len(article.doc)]
    if not full:
        return [[] for _ in articles]
    words, tokens = read_words(full)
    scores = score_words(words, full[0].doc.vocab.strings, model or load_model())
    found = (_find(article, own, scores.cut(own)) for article, own in zip(full, tokens, strict=True))
    return [next(found) if len(article.doc) else [] for article in articles]


def _find(article: Parsed, tokens: Tokens, scores: Scores) -> list[Citation]:
    """Return the citations of one article from its scores."""
    speech = find_speech(article.text, article.quotations)
    outer = _cite(article, tokens, scores, scores.outer, scores.outer > scores.least, speech)
    outer = [c for c in continue_quotations(article.text, article.sentences, speech, outer) if c.parts]
    outer = [c for c in outer if not _is_relay(c, outer)]
    starts = tokens.start[scores.at]
    taken = np.isin(starts, [c.cue[0] for c in outer])
    free = _lies_inside(starts, outer) & ~taken & (scores.alone > NESTED) & (tokens.quote[scores.at] < 0)
    inner = [c for c in _cite(article, tokens, scores, scores.alone, free, speech) if c.parts]
    found = [*outer, *inner]
    blocks = list(cite_blocks(article.doc, article.text, article.sentences, found))
    own = {block.cue for block in blocks}  # a word is the cue of one attribution
    found = [*blocks, *(citation for citation in found if citation.cue not in own)]
    return _name_parents(sorted(found, key=lambda citation: citation.cue))


def _cite(
    article: Parsed,
    tokens: Tokens,
    scores: Scores,
    odds: np.ndarray,
    accepted: np.ndarray,
    speech: Sequence[Quotation],
) -> list[Citation]:
    """Return a citation for each accepted candidate."""
    frames = scores.frame[accepted].tolist()
    found = assign_roles(tokens, scores.at[accepted], 1 / (1 + np.exp(-odds[accepted])), scores)
    return [_spell_out(article, tokens, one, FRAMES[frame], speech) for one, frame in zip(found, frames, strict=True)]


def _spell_out(article: Parsed, tokens: Tokens, found: Found, frame: str, speech: Sequence[Quotation]) -> Citation:
    doc = article.doc
    token = doc[found.cue]
    cue, lemma, via = span_of(token, token), token.lemma_.lower(), find_recipient(token)
    following = doc[token.i + 1] if token.i + 1 < len(doc) else token
    if token.lower_ == "according" and following.lower_ == "to":
        cue, lemma, frame, via = span_of(token, following), "according to", "according", None
    elif token.lower_ == ":":
        frame = "label"
    elif following.dep_ == "prt" and following.head == token:
        cue = span_of(token, following)
    sources = find_sources(doc[found.source[0]], doc[found.source[1]]) if found.source else ()
    sources = tuple(_clip(article.text, span, cue) for span in sources)
    parts = find_parts(article.text, tokens, found.cue, found.content, speech)
    if frame == "clause" and parts and parts[0].end <= cue[0]:
        frame = "parenthetical"
    return Citation(cue, lemma, frame, sources, parts, via, found.confidence)


def _clip(text: str, source: tuple[int, int], cue: tuple[int, int]) -> tuple[int, int]:
    """Return the part of a source before its cue, else behind it: a phrase of the parse may run on over both."""
    if source[0] < cue[0] < source[1]:
        return trim(text, source[0], cue[0])
    return trim(text, cue[1], source[1]) if source[0] <= cue[0] and source[1] > cue[1] else source


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
    """Tell which of some characters lie in the content of a citation."""
    parts = sorted((part.start, part.end) for citation in citations for part in citation.parts)
    if not parts:
        return np.zeros(len(starts), dtype=bool)
    begins, ends = np.array(parts).T
    before = np.searchsorted(begins, starts, side="right")
    return (before > 0) & (np.maximum.accumulate(ends)[before - 1] > starts)


def _name_parents(citations: list[Citation]) -> list[Citation]:
    """Give each citation whose cue lies in another's content the number of the innermost such one.

    Of two that hold each other's cue ("his claim that X was denied by Y") the likelier one is the outer.
    """
    parts = sorted((part.start, part.end, n) for n, citation in enumerate(citations) for part in citation.parts)
    holders: list[list[int]] = []
    open_parts, following = [], 0
    for number, citation in enumerate(citations):  # in the order of the cues, so that the parts can be swept once
        at = citation.cue[0]
        while following < len(parts) and parts[following][0] <= at:
            open_parts.append(parts[following])
            following += 1
        open_parts = [part for part in open_parts if part[1] > at]
        holders.append([n for _, n in sorted((end - start, n) for start, end, n in open_parts if n != number)])
    parents: dict[int, int] = {}
    for number in sorted(range(len(citations)), key=lambda n: citations[n].confidence):
        free = [n for n in holders[number] if number not in _climb(n, parents)]
        if free:
            parents[number] = free[0]
    return [citation._replace(parent=parents.get(number)) for number, citation in enumerate(citations)]


def _climb(number: int, parents: dict[int, int]) -> list[int]:
    """Return a citation and all those that hold it."""
    line = [number]
    while line[-1] in parents:
        line.append(parents[line[-1]])
    return line
