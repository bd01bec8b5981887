"""Attributions that the syntax shows: "X said that ...", "..., X said.", "according to X"."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from helpers.attribution.citations import (
    Citation,
    Part,
    is_covered,
    load_verbs,
    quotation_at,
    span_of,
    split_quoted,
    trim,
)
from helpers.attribution.phrases import find_joint, find_recipient, find_subjects
from helpers.quotations import Quotation

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


_CLAUSES = ("ccomp", "parataxis")
_VERBAL = ("VERB", "AUX")


def cite_clauses(doc: "Doc", speech: list[Quotation], inside: list[tuple[int, int]]) -> Iterator[Citation]:
    verbs = load_verbs()
    for token in doc:
        frame = verbs.get(token.lemma_.lower(), ("", ""))[0] if token.pos_ in ("VERB", "AUX") else ""
        if frame != "clause" or is_covered(token.idx, inside):
            continue  # what a quoted speaker reports is read as that speaker's words
        sources = find_subjects(token)
        if not sources:
            continue
        cue = Citation(span_of(token, token), token.lemma_.lower(), "clause", sources, (), find_recipient(token))
        aside = _aside(doc, token, sources)
        clause = next((child for child in token.children if child.dep_ in _CLAUSES and child.pos_ in _VERBAL), None)
        if aside:
            parts = tuple(split_quoted(aside, speech))
            if not parts[0].quoted or len(parts) > 1:  # a quotation alone is paired below, by its marks
                yield cue._replace(frame="parenthetical", parts=parts)
        elif clause is not None and (clause.dep_ == "ccomp" or clause.i < token.i):
            start = clause.left_edge.idx
            own = quotation_at(clause.idx, speech)
            if own is not None and own.start <= start:
                continue
            parts = _clause_parts(doc, token, clause, sources, speech)
            if parts:
                yield cue._replace(frame="clause" if clause.i > token.i else "parenthetical", parts=parts)


def _aside(doc: "Doc", verb: "Token", sources: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The words before ", X said," or ", X said." when they are a clause: the parser often loses these."""
    sentence = verb.sent
    start, _ = sources[0]
    before, after = doc.text[sentence.start_char : start].rstrip(), doc.text[verb.idx + len(verb) :].lstrip(" ")
    if start > verb.idx or not before.endswith(",") or after[:1] not in (",", ".") or len(before.split()) < 4:
        return None
    clause = [t for t in sentence if t.idx < start and t.dep_.startswith("nsubj") and t.head.idx < start]
    return trim(doc.text, sentence.start_char, sentence.start_char + len(before)) if clause else None


def _clause_parts(
    doc: "Doc", verb: "Token", clause: "Token", sources: Sequence[tuple[int, int]], speech: list[Quotation]
) -> tuple[Part, ...]:
    """The clause's real extent, without its "that", cut where the cue and its source stand in the middle."""
    start, end = span_of(clause.left_edge, clause.right_edge)
    end = min(end, verb.sent.end_char)
    if clause.i > verb.i:
        start = max(start, verb.idx + len(verb))
        start += len(re.match(r"(?:that\b,?\s*)?", doc.text[start:end], re.IGNORECASE).group())
        spans = [(start, _with_joined(doc, verb, end))]
    else:
        cue_spans = [span_of(verb, verb), *[s for s in sources if s[0] < end + 40]]
        first, last = min(s[0] for s in cue_spans), max(s[1] for s in cue_spans)
        spans = [(start, min(end, first)), (last, end)]
    trimmed = [trim(doc.text, *span) for span in spans if span[1] - span[0] > 1]
    return tuple(part for span in trimmed if span[1] > span[0] for part in split_quoted(span, speech))


def _with_joined(doc: "Doc", verb: "Token", end: int) -> int:
    """The end of the sentence when the clause goes on with "and could lead ...", whose subject is the clause's."""
    rest = doc.char_span(end, verb.sent.end_char, alignment_mode="contract")
    if rest is None or not re.match(r",?\s*(?:and|but|or)\b", doc.text[end : verb.sent.end_char]):
        return end
    verbs = [token for token in rest if token.pos_ in _VERBAL]
    own_subject = any(token.dep_.startswith("nsubj") for token in rest) or any(t.lemma_ in load_verbs() for t in verbs)
    return verb.sent.end_char if verbs and not own_subject else end


def cite_according(doc: "Doc", speech: list[Quotation]) -> Iterator[Citation]:
    """Yield the attributions of "according to X": the rest of the clause is the content."""
    for token in doc[:-1]:
        if token.lower_ != "according" or doc[token.i + 1].lower_ != "to":
            continue
        to = doc[token.i + 1]
        noun = next((child for child in to.children if child.dep_ == "pobj"), None)
        if noun is None:
            continue
        source = find_joint(noun)
        if not source:
            continue
        cue = span_of(token, to)
        start, end = token.sent.start_char, token.sent.end_char
        spans = [(source[-1][1], end)] if token.i - token.sent.start <= 4 else [(start, cue[0])]
        parts = tuple(
            part for span in spans for part in split_quoted(trim(doc.text, *span), speech) if part.end - part.start > 1
        )
        if parts:
            yield Citation(cue, "according to", "according", source, parts, None)
