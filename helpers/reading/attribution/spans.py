"""Runs of tokens -> the exact characters of a content: whole quotations, no edge punctuation, speeches that go on."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from helpers.reading.attribution.citations import Citation, Part, split_quoted, trim
from helpers.reading.attribution.words import Tokens
from helpers.reading.quotations import Quotation
from helpers.reading.sentences import Sentence

_THAT = re.compile(r"(?:that|whether|if)\b,?\s*(?=\w{3})", re.IGNORECASE)
_NEAR = 80  # characters from a quotation to the cue behind it
_JOIN = 3  # characters between two stretches that belong together


def find_parts(
    text: str, tokens: Tokens, cue: int, runs: Sequence[tuple[int, int]], speech: Sequence[Quotation]
) -> tuple[Part, ...]:
    """Return the parts of a content given as runs of tokens; a quotation that is touched is taken whole."""
    at = int(tokens.start[cue])
    spans = [(int(tokens.start[a]), int(tokens.end[b])) for a, b in runs]
    speech = _find_touched(speech, spans[0][0], spans[-1][1]) if spans else []
    for quotation in speech:
        if quotation.start <= at < quotation.end:
            continue
        if any(min(end, quotation.end) - max(start, quotation.start) > 2 for start, end in spans):
            spans.append((quotation.start, quotation.end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        gap = text[merged[-1][1] : start] if merged else "none"
        if merged and (start <= merged[-1][1] or (len(gap) <= _JOIN and not gap.strip())):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    parts: list[Part] = []
    for start, end in merged:
        begin = trim(text, start, end)[0]
        that = _THAT.match(text, begin, end) if text[begin : begin + 4].lower() == "that" else None
        left, right = trim(text, that.end() if that else begin, end)
        closing = next((q.end for q in speech if q.start < right <= q.end and q.end - right <= 2), right)
        if closing - left > 1:
            parts.extend(split_quoted((left, closing), speech))
    return tuple(part for part in parts if re.search(r"\w", text[part.start : part.end]))


def _find_touched(speech: Sequence[Quotation], start: int, end: int) -> Sequence[Quotation]:
    """Return the quotations that have a character in a stretch; they are in order and do not overlap."""
    first = bisect_right(speech, start, key=lambda quotation: quotation.end)
    last = bisect_left(speech, end, key=lambda quotation: quotation.start)
    return speech[first:last]


def continue_quotations(
    text: str, sentences: Sequence[Sentence], speech: Sequence[Quotation], found: Sequence[Citation]
) -> list[Citation]:
    """Give each quotation that nobody is cited for to the speaker of the sentence before or right behind it."""
    cited = list(found)
    starts, cues = [sentence.start for sentence in sentences], [citation.cue[0] for citation in cited]
    taken = sorted((part.start, part.end) for citation in cited for part in citation.parts)
    reach = list(accumulate((end for _, end in taken), max))
    last, passed = (-1, -1), 0  # where the words of the cues before a quotation end, and whose they are
    for quotation in speech:
        while passed < len(cues) and cues[passed] < quotation.start:
            last = max(last, (_end_of(cited[passed]), passed))
            passed += 1
        before = bisect_left(taken, (quotation.end, 0))
        if before and reach[before - 1] > quotation.start:
            continue
        number = _speaker_near(text, quotation, sentences, starts, cited, cues, last)
        if number is not None:
            part = Part(quotation.start, quotation.end, True)
            cited[number] = cited[number]._replace(parts=tuple(sorted((*cited[number].parts, part))))
            if number < passed:
                last = max(last, (quotation.end, number))
    return cited


def _end_of(citation: Citation) -> int:
    return max([citation.cue[1], *(part.end for part in citation.parts)])


def _sentence_at(at: int, starts: Sequence[int]) -> int:
    return max(0, bisect_right(starts, at) - 1)


def _speaker_near(
    text: str,
    quotation: Quotation,
    sentences: Sequence[Sentence],
    starts: Sequence[int],
    cited: Sequence[Citation],
    cues: Sequence[int],
    last: tuple[int, int],
) -> int | None:
    """Return the number of the citation that a quotation belongs to: behind it, in its sentence, or just before."""
    first, final = _sentence_at(quotation.start, starts), _sentence_at(quotation.end - 1, starts)
    begin, following = bisect_left(cues, quotation.start), bisect_left(cues, quotation.end)
    for number in range(following, bisect_left(cues, quotation.end + _NEAR)):
        near = _sentence_at(cues[number], starts) <= final + 1 and "\n" not in text[quotation.end : cues[number]]
        if near and not cited[number].parts:
            return number
    inside = begin - 1 if begin and cues[begin - 1] >= starts[first] else None
    late = quotation.start - sentences[first].start > 2
    if late and inside is not None:
        parts = cited[inside].parts
        return inside if not parts or any(part.quoted for part in parts) else None
    end, number = last
    if late or number < 0:
        return None
    before = _sentence_at(max(end - 1, cues[number]), starts)
    same = sentences[before].paragraph_no == sentences[first].paragraph_no
    return number if first - before == 1 and (same or cited[number].form != "indirect") else None
