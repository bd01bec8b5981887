"""Turn parsed articles into the rows of every table. Pure: no file but the lexicons, no model."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from helpers.reading.actors import Mention, find_mentions
from helpers.reading.acts import Act, find_acts
from helpers.reading.aliases import Matcher
from helpers.reading.attribution import Citation, Parsed, find_stance
from helpers.reading.masking import ACTOR, NAME, Spans, find_names_to_mask, mask_text
from helpers.reading.passages import Passage, find_passages
from helpers.reading.quotations import find_quotations, find_speech
from helpers.reading.schemas import UNRESOLVED
from helpers.reading.sentences import Sentence
from helpers.reading.sources import Source, SourceRule, describe_sources

if TYPE_CHECKING:
    from spacy.tokens import Doc

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


def read_rows(
    article: Parsed, citations: list[Citation], matcher: Matcher, rules: list[SourceRule], listed: Iterable[str]
) -> dict[str, Iterable[dict[str, Any]]]:
    """Return all rows that a parsed article with its citations gives, by table; `listed` are names to mask in it.

    The rows are without id and outlet of the article. An id of an attribution is "/" and a number; the article's own
    id stands before it in the tables.
    """
    doc, text, sentences, quotations = article
    mentions = find_mentions(doc, text, sentences, matcher)
    sources = describe_sources(doc, text, citations, rules, mentions)
    passages = find_passages(text, sentences, quotations, citations)
    masks = find_names_to_mask(doc, text, mentions, listed)
    ids = [*(f"/{number}" for number in range(len(citations))), ""]  # the last, at -1, is for none
    speech = set(find_speech(text, quotations))
    scare = [quotation for quotation in quotations if quotation not in speech]
    return {
        "sentences": _sentence_rows(text, sentences, mentions, masks),
        "passages": _passage_rows(doc, text, passages, mentions, masks, ids),
        "mentions": _mention_rows(mentions, passages, sources, [(q.start, q.end) for q in scare], ids),
        "attributions": _attribution_rows(text, sentences, citations, sources, passages, ids),
        "acts": _act_rows(find_acts(doc, mentions), passages),
        "odd_marks": [
            {"start": m.start, "mark": m.mark, "text": text[max(0, m.start - 30) : m.start + 30]}
            for m in find_quotations(text)[1]
        ],
    }


def _sentence_rows(
    text: str, sentences: list[Sentence], mentions: list[Mention], masks: Spans
) -> Iterator[dict[str, Any]]:
    named_in: dict[int, set[str]] = {}
    for mention in mentions:
        if mention.actor != UNRESOLVED:
            named_in.setdefault(mention.sentence_no, set()).add(mention.actor)
    for number, (paragraph_no, start, end) in enumerate(sentences):
        named = named_in.get(number, ())
        yield {
            "paragraph_no": paragraph_no,
            "sentence_no": number,
            "start": start,
            "end": end,
            "text": text[start:end],
            "masked": mask_text(text, start, end, masks),
            "n_words": len(_WORD.findall(text[start:end])),
            "n_actors": len(named),
        }


def _passage_rows(
    doc: "Doc", article: str, passages: list[Passage], mentions: list[Mention], masks: Spans, ids: list[str]
) -> Iterator[dict[str, Any]]:
    words = _lemmatise(doc, mentions, masks)
    starts = [start for start, *_ in words]
    columns = [str(start) for start in starts], [str(end) for _, end, _ in words], [lemma for *_, lemma in words]
    for number, passage in enumerate(passages):
        own = slice(bisect_left(starts, passage.start), bisect_left(starts, passage.end))
        lemma_starts, lemma_ends, lemmas = (" ".join(column[own]) for column in columns)
        text = article[passage.start : passage.end]
        yield {
            "sentence_no": passage.sentence_no,
            "passage_no": number,
            "voice": passage.voice,
            "attribution_id": ids[passage.citation],
            "start": passage.start,
            "end": passage.end,
            "text": text,
            "masked": mask_text(article, passage.start, passage.end, masks),
            "lemmas": lemmas,
            "lemma_starts": lemma_starts,
            "lemma_ends": lemma_ends,
            "n_words": len(_WORD.findall(text)),
        }


def _lemmatise(doc: "Doc", mentions: list[Mention], masks: Spans) -> list[tuple[int, int, str]]:
    """The words of an article as (start, end, lemma); each actor's alias and each other name is one neutral word."""
    aliases = [(m.start, m.end, ACTOR) for m in mentions if not m.inside]
    covered = sorted([*aliases, *[mask for mask in masks if mask[2] == NAME]])
    words: list[tuple[int, int, str]] = list(covered)
    at = 0
    for token in doc:
        while at < len(covered) and covered[at][1] <= token.idx:
            at += 1
        masked = at < len(covered) and covered[at][0] < token.idx + len(token) and token.idx < covered[at][1]
        if not masked and not token.is_space:
            lemma = (token.lemma_ or token.text).lower().replace(" ", "")
            words.append((token.idx, token.idx + len(token), lemma or token.lower_))
    return sorted(words)


def _mention_rows(
    mentions: list[Mention],
    passages: list[Passage],
    sources: list[list[Source]],
    scare: list[tuple[int, int]],
    ids: list[str],
) -> Iterator[dict[str, Any]]:
    speakers = [(source.start, source.end) for cited in sources for source in cited]
    at = 0
    for mention in mentions:
        while passages[at].end <= mention.start:
            at += 1
        passage = passages[at]
        yield {
            "sentence_no": mention.sentence_no,
            "passage_no": at,
            "actor": mention.actor,
            "variant": mention.variant,
            "kind": mention.kind,
            "role": mention.role,
            "voice": passage.voice,
            "scare": any(start <= mention.start and mention.end <= end for start, end in scare),
            "attribution_id": ids[passage.citation],
            "as_source": any(start <= mention.start and mention.end <= end for start, end in speakers),
            "inside": mention.inside,
            "candidates": mention.candidates,
            "start": mention.start,
            "end": mention.end,
        }


def _attribution_rows(
    text: str,
    sentences: list[Sentence],
    citations: list[Citation],
    sources: list[list[Source]],
    passages: list[Passage],
    ids: list[str],
) -> Iterator[dict[str, Any]]:
    starts, ends = [passage.start for passage in passages], [sentence.end for sentence in sentences]
    for number, (citation, cited) in enumerate(zip(citations, sources, strict=True)):
        cue_start, cue_end = citation.cue
        here = passages[max(0, bisect_right(starts, cue_start) - 1)]
        for source_no, source in enumerate(cited):
            for part_no, part in enumerate(citation.parts):
                yield {
                    "attribution_id": ids[number],
                    "source_no": source_no,
                    "part": part_no,
                    "parent_id": ids[-1 if citation.parent is None else citation.parent],
                    "via": text[slice(*citation.via)] if citation.via else "",
                    "sentence_no": bisect_right(ends, cue_start),
                    "source": source.text,
                    "source_name": source.name,
                    "source_type": source.source_type,
                    "source_actor": source.actor,
                    "named": source.named,
                    "intro": text[slice(*source.intro)] if source.intro[0] >= 0 else "",
                    "cue": text[cue_start:cue_end],
                    "cue_lemma": citation.lemma,
                    "frame": citation.frame,
                    "stance": find_stance(citation.lemma, citation.frame),
                    "form": citation.form,
                    "confidence": round(citation.confidence, 4),  # the remaining digits depend on the processor
                    "voice": here.voice,
                    "source_start": source.start,
                    "source_end": source.end,
                    "cue_start": cue_start,
                    "cue_end": cue_end,
                    "content_start": part.start,
                    "content_end": part.end,
                    "intro_start": source.intro[0],
                    "intro_end": source.intro[1],
                }


def _act_rows(acts: Iterable[Act], passages: list[Passage]) -> Iterator[dict[str, Any]]:
    starts = [passage.start for passage in passages]
    for act in acts:
        mention = act.mention
        voice = passages[bisect_right(starts, mention.start) - 1].voice
        yield {
            "sentence_no": mention.sentence_no,
            "actor": mention.actor,
            "mention_start": mention.start,
            "mention_end": mention.end,
            "role": act.role,
            "verb": act.verb,
            "verb_start": act.verb_start,
            "verb_end": act.verb_end,
            "voice_of_verb": act.voice_of_verb,
            "nominal": act.nominal,
            "negated": act.negated,
            "voice": voice,
        }
