"""Attributions that the quotation marks show: the cue beside them, the speaker before them, block quotations."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from helpers.attribution.citations import Citation, Part, is_covered, load_verbs, span_of
from helpers.attribution.phrases import find_joint, find_owner, find_recipient, find_subjects, noun_phrase
from helpers.quotations import Quotation
from helpers.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


_REPORT = re.compile(r"\b(?:report|reports|reported|statement|says|said|writes|wrote)\b", re.IGNORECASE)


def cite_quotations(
    doc: "Doc", sentences: Sequence[Sentence], speech: Sequence[Quotation], found: list[Citation]
) -> list[Citation]:
    """Give each quotation that no clause holds to the cue beside it, or to the speaker before it."""
    cited = list(found)
    for quotation in speech:
        part = Part(quotation.start, quotation.end, True)
        if any(p.quoted and p.start < quotation.end and quotation.start < p.end for c in cited for p in c.parts):
            continue
        cue = _cue_beside(doc, sentences, quotation, speech)
        if cue is None:
            previous = _speaker_before(doc.text, quotation, sentences, cited)
            if previous is not None:
                cited[previous] = cited[previous]._replace(parts=(*cited[previous].parts, part))
            continue
        span = span_of(cue, cue)
        same = next((number for number, citation in enumerate(cited) if citation.cue == span), None)
        if same is not None:
            parts = tuple(sorted((*cited[same].parts, part)))
            cited[same] = cited[same]._replace(parts=parts)
        else:
            sources = find_subjects(cue) or _beside(doc, cue, quotation)
            cited.append(Citation(span, cue.lemma_.lower(), "quotation", sources, (part,), find_recipient(cue)))
    return cited


def _cue_beside(
    doc: "Doc", sentences: Sequence[Sentence], quotation: Quotation, speech: Sequence[Quotation]
) -> "Token | None":
    """The reporting verb nearest to the quotation's marks, in the sentences that it touches, outside any marks."""
    touched = [s for s in sentences if s.start < quotation.end and quotation.start < s.end]
    spans = [(q.start, q.end) for q in speech]
    stretch = doc.char_span(touched[0].start, touched[-1].end, alignment_mode="expand")
    verbs = load_verbs()
    near = []
    for token in stretch:
        if (
            token.lemma_.lower() in verbs
            and token.pos_ == "VERB"
            and token.dep_ != "relcl"
            and not is_covered(token.idx, spans)
        ):
            gap = quotation.start - token.idx if token.idx < quotation.start else token.idx - quotation.end
            near.append((gap, token.i))
    return doc[min(near)[1]] if near else None


def _beside(doc: "Doc", cue: "Token", quotation: Quotation) -> tuple[tuple[int, int], ...]:
    """The noun phrase right behind or right before a cue whose subject the parser missed ("said Smith")."""
    heads = [doc[i] for i in range(cue.i + 1, min(cue.i + 7, len(doc))) if doc[i].pos_ in ("PROPN", "NOUN", "PRON")]
    heads = [h for h in heads if h.head.i <= cue.i or h.dep_ in ("dobj", "attr", "oprd", "npadvmod", "ROOT")]
    if heads and not any(t.is_punct for t in doc[cue.i + 1 : heads[0].i]):
        return find_joint(heads[0])
    return ()


def _speaker_before(
    text: str, quotation: Quotation, sentences: Sequence[Sentence], cited: Sequence[Citation]
) -> int | None:
    """The citation that a quotation without a cue continues: the last one, when nothing else stands between."""
    home = next(s for s in sentences if s.start <= quotation.start < s.end or quotation.start < s.end)
    earlier = [(max(p.end for p in c.parts), n) for n, c in enumerate(cited) if c.cue[0] < quotation.start]
    if not earlier or quotation.start - home.start > 2:
        return None
    end, number = max(earlier)
    last = next(s for s in reversed(sentences) if s.start <= max(end - 1, cited[number].cue[0]))
    follows = sentences.index(home) - sentences.index(last)
    direct = cited[number].form != "indirect"
    return number if follows == 1 and (last.paragraph_no == home.paragraph_no or direct) else None


def cite_blocks(doc: "Doc", sentences: Sequence[Sentence], found: Sequence[Citation]) -> Iterator[Citation]:
    """Yield paragraphs quoted without marks: the one before has no final stop and names a report."""
    paragraphs: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        paragraphs.setdefault(sentence.paragraph_no, []).append(sentence)
    for number in sorted(paragraphs)[1:]:
        intro = paragraphs[number - 1][-1]
        said = doc.text[intro.start : intro.end]
        cue = list(_REPORT.finditer(said))
        start, end = paragraphs[number][0].start, paragraphs[number][-1].end
        if not cue or said[-1] in '.!?…”"’)' or any(c.cue[0] in range(start, end) for c in found):
            continue
        at = intro.start + cue[0].start()
        token = doc.char_span(at, at + 1, alignment_mode="expand")[0]
        same = [c for c in found if intro.start <= c.cue[0] < intro.end]
        sources = same[0].sources if same else find_owner(token)
        lemma = same[0].lemma if same else token.lemma_.lower()
        relay = [t for t in doc.char_span(intro.start, intro.end) if t.dep_ == "agent" and t.idx > at]
        via = next((noun_phrase(c, [c]) for t in relay for c in t.children if c.dep_ == "pobj"), None)
        yield Citation(span_of(token, token), lemma, "block", sources, (Part(start, end, True),), via)
