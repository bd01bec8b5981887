"""Find quotations by their marks, and report marks that cannot be paired."""

import re
from typing import NamedTuple

from helpers.lexicons import index_lexicon, list_words, read_lexicon

# mark -> its family (marks of one family close each other), and what its shape does where its neighbours do not tell
_SHAPES = {row["mark"]: (row["family"], row["shape"]) for row in read_lexicon("quotation_marks.csv")}
# an apostrophe that begins a word ("'em", "'n'", but "the 'cause of death'") or a decade ("'80s") is none, nor one cut
# from its word ("Smith 's")
_WORDS = rf"(?i:\d0s|n[’']|(?<!the .)(?:{'|'.join(index_lexicon('clipped_words.csv'))}))"
_CLIPPED = rf"(?<!\w)[‘’']{_WORDS}(?!\w)|(?<=\w )[‘’']s(?= )"
_FIRST = "".join({mark[0] for mark in _SHAPES})  # asked first: most characters are ruled out at once
# three apostrophes after a word are one mark inside another
_MARK = rf"{_CLIPPED}|(?<=[\w.,!?…])'(?=''(?!'))|{'|'.join(sorted(_SHAPES, key=len, reverse=True))}"
_MARK = re.compile(f"(?=[{_FIRST}])(?:{_MARK})")
_MARKS = "".join(mark for mark in _SHAPES if len(mark) == 1)
_OPENING = re.compile(r"(?<!\w)[‘'](?=\w)")
_CLOSING = re.compile(r"(?<=[^\WsS])[’'](?!\w)|(?<=[.,!?…])[’']")  # no apostrophe of a plural, that is
_YEAR = re.compile(r"[’']\d\d(?!\w)")
_DROPPED = re.compile(r"(?:[sS]|in)$")  # "the militants' ", "goin' "
_DASHES = "-‐‑‒–—―/"
_INCHES = '"″'
_BLOCK = "> "  # begins a paragraph that is quoted as a whole, in posts and mail
_NEAR = 6  # characters beside a mark that may be marks themselves: “‘We
_SPEECH = 3  # fewer words in quotation marks are a name or an echo, not speech
_DEEPEST = 20  # marks open at once: more are no quotations inside each other, and would take long
_LONG = 3_000  # characters: where a longer quotation names a speaker, a mark was lost
_WHO = r"(?:he|she|they|(?:the|an?) [\w-]+(?: [\w-]+){0,2}|[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3})"
_SAID = f"(?:{'|'.join(sorted(list_words('speech_tags.csv', 'quotation')))})"
_TAG = rf"(?:{_SAID} {_WHO}\b|{_WHO}(?:, [^,.\n]{{2,40}},)? {_SAID}\b)"  # "said Smith", "Smith, the mayor, said"
_INSIDE = re.compile(rf",(?= {_TAG}(?! that\b))")  # in a quotation without an end
_AFTER = re.compile(rf",?\s*{_TAG}")  # after a quotation
# inches in a quotation, where the next mark closes: "a 5" pipe," he said
_MEASURE = re.compile(
    rf"(?<=\d)[{_INCHES}](?! ?{_TAG})(?= [a-z][^{_INCHES}”]*[^{_INCHES}”\s][{_INCHES}”](?=[\s.,;:!?…)]|$))"
)
# before a name: 'his “Songs of Bread”'
_OWNED = re.compile(r"(?i:\b(?:his|her|their|its|the|an?)|['’]s)(?: [a-z]+)? $")


class Quotation(NamedTuple):
    """One quotation: from its opening mark to after its closing mark."""

    start: int
    end: int
    level: int  # 0: not inside another quotation
    is_speech: bool  # long enough, not the name of something ("The Old Council"), and not a part of another quotation


class OddMark(NamedTuple):
    """A quotation mark that has no partner."""

    start: int
    mark: str


def find_quotations(text: str) -> tuple[list[Quotation], list[OddMark]]:
    """Return the quotations of a text and the marks that could not be paired.

    Each paragraph (line) is read by itself; one that begins with "> " is quoted as a whole. A mark opens or closes by
    what is beside it (white space, a bracket or a dash before it and a word after it, or the reverse), else by its
    shape; curly and straight marks close each other, single and double ones only before a speaker ("We leave,’ said
    Smith) and where the paragraph ends. Two apostrophes and two backticks are double marks. Single marks are
    apostrophes inside a word, in a word that begins with one ("'em", "'80s"; lexicons/clipped_words.csv) and after a
    plural or "goin'"; a straight mark after a number is inches.

    An opening mark without a partner runs to the end of its paragraph when the next paragraph opens with the same mark
    (as printers do in long speeches). Otherwise it is odd, as is any closing mark without a partner; only where a
    speaker is named after it (“We leave, Smith said) does the quotation count up to there.
    """
    found: list[tuple[int, int]] = []
    odd: list[OddMark] = []
    lines = list(re.finditer(r"[^\n]+", text))
    for line, following in zip(lines, [*(line[0].lstrip() for line in lines[1:]), ""], strict=False):
        pairs, alone, unclosed = _pair_marks(line[0])
        for mark in unclosed:
            is_single, before = _SHAPES[mark.mark][0] == "single", line[0][: mark.start].rstrip()
            tag = None if is_single else _INSIDE.search(line[0], mark.start)
            goes_on = following.startswith(mark.mark) and not (is_single and before and before[-1].isalnum())
            end = tag.end() if tag else len(line[0])
            if not (tag or goes_on) or any(mark.start < start < end < stop for start, stop in pairs):
                alone.append(mark)
            else:
                pairs.append((mark.start, end))
                alone += [mark] if tag else []
        pairs += [(0, len(line[0]))] if line[0].startswith(_BLOCK) else []
        found += [(line.start() + start, line.start() + end) for start, end in pairs]
        odd += [OddMark(line.start() + start, mark) for start, mark in alone]
    found.sort(key=lambda quotation: (quotation[0], -quotation[1]))
    levels = [sum(first <= start and end <= last for first, last in found) - 1 for start, end in found]
    own = zip(found, levels, strict=True)
    return [Quotation(*span, level, not level and _is_speech(text, *span)) for span, level in own], sorted(odd)


def _pair_marks(line: str) -> tuple[list[tuple[int, int]], list[OddMark], list[OddMark]]:
    """Return the pairs of marks in a line (start, end), the marks without a partner, and those left open."""
    pairs: list[tuple[int, int]] = []
    alone: list[OddMark] = []
    stack: list[OddMark] = []  # the marks that are open
    for match in (one for one in _MARK.finditer(line) if one[0] in _SHAPES):
        mark, (start, end) = match[0], match.span()
        family, shape = _SHAPES[mark]
        partner = next((n for n in reversed(range(len(stack))) if _SHAPES[stack[n].mark][0] == family), -1)
        is_inner = 0 <= partner < len(stack) - 1  # another mark is open inside the one that it could close
        if family == "single" and (is_inner or _is_apostrophe(line, start, partner >= 0)):
            continue
        if partner >= 0 and _MEASURE.match(line, start):
            continue
        is_first = not line[:start].strip()  # a double mark opens there, whatever its shape; others may be bullets
        shape = "open" if is_first and family == "double" else shape or ("close" if partner >= 0 else "open")
        side = _find_side(line, start, end) or shape
        if side == "open":
            stack.append(OddMark(start, mark))
            alone += [stack.pop(0)] if len(stack) > _DEEPEST else []
        elif partner >= 0:
            alone += stack[partner + 1 :]
            if start > stack[partner].start + len(stack[partner].mark):
                pairs.append((stack[partner].start, end))
            del stack[partner:]
        elif (
            stack and (line[start - 1] in ".,!?…" or line[end : end + 1] == ",")
            and (_AFTER.match(line, end) or not line[end:].strip())
            and all(first < stack[-1].start for first, _ in pairs)
        ):  # fmt: skip
            pairs.append((stack.pop().start, end))  # opened by a mark of another family
        elif family != "single" and not is_first and not (mark in _INCHES and line[start - 1].isdigit()):
            alone.append(OddMark(start, mark))
    for start, end in [pair for pair in pairs if pair[1] - pair[0] > _LONG]:
        if _INSIDE.search(line, start, end):
            pairs.remove((start, end))
            alone += [OddMark(start, line[start]), OddMark(end - 1, line[end - 1])]
    return pairs, alone, stack


def _is_apostrophe(line: str, at: int, inside: bool) -> bool:
    """Return whether a single mark, maybe inside a quotation, is an apostrophe: in a word, before a year, "goin'"."""
    before, after = line[at - 1 : at] if at else "", line[at + 1 : at + 2]
    if (before.isalnum() and after.isalnum()) or (line[at] == "’" and after.isdigit()):  # "the class of ’99"
        return True
    is_year, is_dropped = _YEAR.match(line, at), after == " " and _DROPPED.search(line, max(0, at - 2), at)
    if (is_year and inside) or not (is_year or is_dropped):
        return bool(is_year)
    # the militants’ capital’: another mark that can only close comes before the next that opens; not so after a year
    rest = re.sub(_CLIPPED, "", line[at + 1 : at + _LONG])
    return bool(_CLOSING.search(_OPENING.split(rest)[0])) != bool(is_year)


def _find_side(line: str, start: int, end: int) -> str:
    """Return whether a mark opens or closes by what is beside it and its neighbouring marks; "": that does not tell."""
    left = (line[max(0, start - _NEAR) : start].rstrip(_MARKS) or " ")[-1]
    right = (line[end : end + _NEAR].lstrip(_MARKS) or " ")[0]
    opens = (left.isspace() or left in "([{<" + _DASHES) and not (right.isspace() or right in ",;:!?)]}")
    closes = (right.isspace() or right in ".,;:!?…)]}>" + _DASHES) and not left.isspace()
    return "" if opens == closes else "open" if opens else "close"


def _is_speech(text: str, start: int, end: int) -> bool:
    """Return whether a quotation is speech: no echo of a word or two, and no title unless somebody says it."""
    words = text[start:end].strip(_MARKS + " ").split()
    if len(words) < _SPEECH:
        return False
    named = [word for word in words if word not in list_words("speech_tags.csv", "title")]  # "A Night on the Quay"
    is_called = len(named) >= _SPEECH or bool(_OWNED.search(text, max(0, start - 20), start))
    is_title = is_called and all(word[0].isupper() for word in named) and not text[start:end].isupper()
    return not is_title or (len(words) > _SPEECH and bool(_AFTER.match(text, end, end + 80)))
