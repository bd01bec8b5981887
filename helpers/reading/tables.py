"""Turn a parsed article into passages, each in one voice, and the rows of every table; needs no model."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from helpers.reading.attribution.spans import paint
from helpers.reading.masking import ACTOR, NAME, mask_text
from helpers.reading.schemas import UNRESOLVED
from helpers.reading.sentences import WORD

if TYPE_CHECKING:
    from helpers.reading.actors import Mention
    from helpers.reading.acts import Act
    from helpers.reading.attribution import Citation, Parsed
    from helpers.reading.masking import Spans
    from helpers.reading.sources import Source

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
    text, speech = article.text, [(one.start, one.end) for one in article.quotations if one.is_speech]
    parts = [(part, number) for number, one in enumerate(citations) for part in one.parts]
    parts.sort(key=lambda owned: owned[0].start - owned[0].end)  # the longest first, so that the innermost counts
    layers = [(*one[:2], "paraphrase", n) for one, n in parts if not one.quoted and citations[n].paraphrases]
    layers += [(*span, "quote", -1) for span in speech]  # of two that overlap the later one counts
    layers += [(*one[:2], "quote", number) for one, number in parts if one.quoted]
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


# ---- rows -------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """What was found in one article: all that its rows are made of."""

    article_id: str
    article: "Parsed"
    mentions: "list[Mention]"
    citations: "list[Citation]"
    sources: "list[list[Source]]"  # of each citation
    passages: list[Passage]
    acts: "list[Act]"
    harms: list[dict[str, Any]]
    masks: "Spans"

    def name_citation(self, number: int | None) -> str:
        """Return the id of a citation in the tables; of none, an empty one."""
        return "" if number is None or number < 0 else f"{self.article_id}/{number}"

    def number_sentence(self, place: int) -> int:
        """Return the number of the sentence that holds a character."""
        return bisect_right(self.article.sentences, place, key=lambda sentence: sentence.end)

    def number_passage(self, place: int) -> int:
        """Return the number of the passage that holds a character."""
        return max(0, bisect_right(self.passages, place, key=lambda passage: passage.start) - 1)

    def voice_at(self, place: int) -> str:
        """Return the voice of the passage that holds a character."""
        return self.passages[self.number_passage(place)].voice


def make_rows(found: Found, **shared: str) -> dict[str, list[dict[str, Any]]]:
    """Return all rows that an article gives, by table, each with the columns that all of them share."""
    rows = {
        "sentences": _sentence_rows(found),
        "passages": _passage_rows(found),
        "mentions": _mention_rows(found),
        "attributions": _attribution_rows(found),
        "acts": (
            {**act._asdict(), "sentence_no": act.mention.sentence_no, "actor": act.mention.actor,
             "mention_start": act.mention.start, "mention_end": act.mention.end,
             "voice": found.voice_at(act.mention.start)}
            for act in found.acts
        ),
        "harms": (
            {**harm, "sentence_no": found.number_sentence(harm["start"]), "voice": found.voice_at(harm["start"])}
            for harm in found.harms
        ),
        "odd_marks": (
            {"start": odd.start, "mark": odd.mark, "text": found.article.text[max(0, odd.start - 30) : odd.start + 30]}
            for odd in found.article.odd_marks
        ),
    }  # fmt: skip
    return {name: [{**shared, **row} for row in some] for name, some in rows.items()}


def _show(found: Found, start: int, end: int) -> dict[str, Any]:
    """Return the columns that sentences and passages share."""
    text = found.article.text
    masked = mask_text(text, start, end, found.masks)
    return {"text": text[start:end], "masked": masked, "n_words": len(WORD.findall(text, start, end))}


def _sentence_rows(found: Found) -> Iterator[dict[str, Any]]:
    named = [mention for mention in found.mentions if mention.actor != UNRESOLVED and mention.role != "place"]
    n_actors = Counter(number for number, _ in {(mention.sentence_no, mention.actor) for mention in named})
    for number, sentence in enumerate(found.article.sentences):
        shown = _show(found, sentence.start, sentence.end)
        yield {**sentence._asdict(), "sentence_no": number, **shown, "n_actors": n_actors[number]}


def _passage_rows(found: Found) -> Iterator[dict[str, Any]]:
    words = _lemmatise(found)
    starts, shown = [start for start, *_ in words], [[str(word[column]) for word in words] for column in range(3)]
    for number, passage in enumerate(found.passages):
        own = slice(bisect_left(starts, passage.start), bisect_left(starts, passage.end))
        lemma_starts, lemma_ends, lemmas = (" ".join(column[own]) for column in shown)
        yield {
            **passage._asdict(),
            "passage_no": number,
            "attribution_id": found.name_citation(passage.citation),
            **_show(found, passage.start, passage.end),
            "lemmas": lemmas,
            "lemma_starts": lemma_starts,
            "lemma_ends": lemma_ends,
        }


def _lemmatise(found: Found) -> list[tuple[int, int, str]]:
    """Return the words of an article as (start, end, lemma); each actor's alias and each other name is one word."""
    doc, strings = found.article.doc, found.article.doc.vocab.strings
    names = [(m.start, m.end, ACTOR) for m in found.mentions if not m.inside]
    names += [mask for mask in found.masks if mask[2] == NAME]
    named = np.append(0, np.cumsum(paint(len(found.article.text), names) >= 0))  # before each character: in a name
    table = doc.to_array(["IDX", "LENGTH", "IS_SPACE", "LEMMA", "LOWER"])
    start, end = table[:, 0].astype(int), table[:, :2].sum(axis=1).astype(int)
    words = list(names)
    for at, length, _, lemma, lower in table[(table[:, 2] == 0) & (named[start] == named[end])].tolist():
        words.append((at, at + length, strings[lemma or lower].lower().replace(" ", "") or strings[lower]))
    return sorted(words)


def _mention_rows(found: Found) -> Iterator[dict[str, Any]]:
    scare = [(quotation.start, quotation.end) for quotation in found.article.quotations if not quotation.is_speech]
    speakers = [(source.start, source.end) for cited in found.sources for source in cited]
    for mention in found.mentions:
        number = found.number_passage(mention.start)
        passage = found.passages[number]
        yield {
            **mention._asdict(),
            "passage_no": number,
            "voice": passage.voice,
            "scare": any(start <= mention.start and mention.end <= end for start, end in scare),
            "attribution_id": found.name_citation(passage.citation),
            "as_source": any(start <= mention.start and mention.end <= end for start, end in speakers),
        }


def _attribution_rows(found: Found) -> Iterator[dict[str, Any]]:
    text = found.article.text
    for number, (citation, cited) in enumerate(zip(found.citations, found.sources, strict=True)):
        cue_start, cue_end = citation.cue
        sentence_no, voice = found.number_sentence(cue_start), found.voice_at(cue_start)
        for source_no, source in enumerate(cited):
            for part_no, part in enumerate(citation.parts):
                yield {
                    "attribution_id": found.name_citation(number), "source_no": source_no, "part": part_no,
                    "parent_id": found.name_citation(citation.parent),
                    "via": text[slice(*citation.via)] if citation.via else "",
                    "sentence_no": sentence_no,
                    "source": source.text, "source_name": source.name, "source_type": source.source_type,
                    "source_actor": source.actor, "named": source.named,
                    "intro": text[slice(*source.intro)] if source.intro[0] >= 0 else "",
                    "cue": text[cue_start:cue_end], "cue_lemma": citation.lemma, "frame": citation.frame,
                    "stance": citation.stance, "form": citation.form, "voice": voice,
                    "confidence": round(citation.confidence, 2),  # digits that no processor changes
                    "source_start": source.start, "source_end": source.end,
                    "cue_start": cue_start, "cue_end": cue_end,
                    "content_start": part.start, "content_end": part.end,
                    "intro_start": source.intro[0], "intro_end": source.intro[1],
                }  # fmt: skip
