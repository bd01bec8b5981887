"""Runs of tokens -> the exact characters of a content: whole quotations, no edge punctuation, speeches that go on."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from helpers.attribution.citations import Citation, Part, split_quoted, trim
from helpers.attribution.words import Words
from helpers.quotations import Quotation
from helpers.sentences import Sentence

_THAT = re.compile(r"(?:that|whether|if)\b,?\s*(?=\w{3})", re.IGNORECASE)
_NEAR = 80  # characters from a quotation to the cue behind it
_JOIN = 3  # characters between two stretches that belong together


def find_parts(
    text: str, words: Words, cue: int, runs: Sequence[tuple[int, int]], speech: Sequence[Quotation]
) -> tuple[Part, ...]:
    """Return the parts of a content given as runs of tokens; a quotation that is touched is taken whole."""
    at = int(words.start[cue])
    spans = [(int(words.start[a]), int(words.end[b])) for a, b in runs]
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


def continue_quotations(
    text: str, sentences: Sequence[Sentence], speech: Sequence[Quotation], found: Sequence[Citation]
) -> list[Citation]:
    """Give each quotation that nobody is cited for to the speaker of the sentence before or right behind it."""
    cited = list(found)
    starts = [sentence.start for sentence in sentences]
    for quotation in speech:
        if any(p.start < quotation.end and quotation.start < p.end for c in cited for p in c.parts):
            continue
        number = _speaker_near(text, quotation, sentences, starts, cited)
        if number is not None:
            part = Part(quotation.start, quotation.end, True)
            cited[number] = cited[number]._replace(parts=tuple(sorted((*cited[number].parts, part))))
    return cited


def _sentence_at(at: int, starts: Sequence[int]) -> int:
    return max(0, bisect_right(starts, at) - 1)


def _speaker_near(
    text: str, quotation: Quotation, sentences: Sequence[Sentence], starts: Sequence[int], cited: Sequence[Citation]
) -> int | None:
    first, last = _sentence_at(quotation.start, starts), _sentence_at(quotation.end - 1, starts)
    behind = [
        n
        for n, c in enumerate(cited)
        if not c.parts
        and quotation.end <= c.cue[0] < quotation.end + _NEAR
        and _sentence_at(c.cue[0], starts) <= last + 1
        and "\n" not in text[quotation.end : c.cue[0]]
    ]
    if behind:
        return behind[0]
    inside = [n for n, c in enumerate(cited) if first == _sentence_at(c.cue[0], starts) and c.cue[0] < quotation.start]
    if inside and quotation.start - sentences[first].start > 2:
        return inside[-1] if any(p.quoted for p in cited[inside[-1]].parts) or not cited[inside[-1]].parts else None
    earlier = [
        (max([c.cue[1], *(p.end for p in c.parts)]), n) for n, c in enumerate(cited) if c.cue[0] < quotation.start
    ]
    if not earlier or quotation.start - sentences[first].start > 2:
        return None
    end, number = max(earlier)
    before = _sentence_at(max(end - 1, cited[number].cue[0]), starts)
    near = sentences[before].paragraph_no == sentences[first].paragraph_no
    direct = cited[number].form != "indirect"
    return number if first - before == 1 and (near or direct) else None
