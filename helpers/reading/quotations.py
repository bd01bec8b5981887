"""Find quotations by their marks, and report marks that cannot be paired."""

import re
from itertools import zip_longest
from typing import NamedTuple

from helpers.lexicons import compile_speech, list_words, read_lexicon

# mark -> its family (marks of one family close each other), and what its shape does where its neighbours do not tell
_SHAPES = {row["mark"]: (row["family"], row["use"]) for row in read_lexicon("quotation_marks.csv")}
_MARKS = "".join(mark for mark in _SHAPES if len(mark) == 1)
_KNOWN = {"open": "“", "close": "”", "": '"'}  # what the model knows: it would take "»" for a noun
PLAIN = str.maketrans({mark: _KNOWN[_SHAPES[mark][1]] for mark in _MARKS if _SHAPES[mark][0] != "single"})
_SPEECH = 3  # fewer words in quotation marks are a name or an echo, not speech
_DEEPEST = 20  # marks open at once: more are no quotations inside each other, and would take long
_LOST_END, _TOLD_AFTER, _SPLIT = map(compile_speech, ("lost end", "told after", "told before"))
_NO_MARK, _APOSTROPHE, _INSIDE, _VERSE = map(compile_speech, ("no mark", "apostrophe", "apostrophe inside", "verse"))
_OPENS, _CLOSES, _CLOSES_ANY = map(compile_speech, ("opens", "closes", "closes any"))
_MARK, _BEGUN, _MEASURE, _TITLE, _UNMARKED = map(compile_speech, ("mark", "begun", "inches", "title", "unmarked"))


class Quotation(NamedTuple):
    """One quotation: from its opening mark to after its closing mark."""

    start: int
    end: int
    is_speech: bool  # long enough, not the name of something ("The Old Council"), and not a part of another quotation


class OddMark(NamedTuple):
    """A quotation mark that has no partner."""

    start: int
    mark: str


def find_quotations(text: str) -> tuple[list[Quotation], list[OddMark]]:
    """Return the quotations of a text and the marks that could not be paired.

    Each paragraph (line) is read by itself; one that begins with "> " is quoted as a whole, and one that begins with a
    dash up to its speaker ("— And then? asked Smith"). A mark opens or closes by what is beside it (white space, a
    bracket or a dash before it and a word after it, or the reverse), else by its shape; curly and straight marks close
    each other, single and double ones only before a speaker ("We leave,’ said Smith) and where the paragraph ends. Two
    apostrophes and two backticks are double marks. Single marks are apostrophes inside a word, in a word that begins
    with one ("'em", "'80s") and after a plural or "goin'"; a straight mark after a number is inches.

    An opening mark without a partner runs on where the next paragraph opens with the same mark (as printers do in long
    speeches), or over short lines up to a mark that ends one (verse). Otherwise it is odd, as is any closing mark
    without a partner; only where a speaker is named after it (“We leave, Smith said) does it count up to there.
    """
    found: dict[int, int] = {}  # end -> start
    odd: list[OddMark] = []
    lines = [line.span() for line in re.finditer(r"\S[^\n]*", text)]
    for (begin, stop), after in zip_longest(lines, [start for start, _ in lines[1:]], fillvalue=len(text)):
        pairs, alone = _pair_marks(text, begin, stop, after)
        for start, end in sorted(pairs, key=lambda pair: (pair[0], -pair[1])):
            # what runs on from the paragraph before ends where this one begins
            found.setdefault(end, found.pop(start, start) if start == begin else start)
        odd += alone
    odd = sorted(mark for mark in odd if mark.start + 1 not in found)  # one may end a verse
    quotations: list[Quotation] = []
    reached = 0  # the end of those that hold others
    for start, end in sorted((start, -end) for end, start in found.items()):
        quotations.append(Quotation(start, -end, start >= reached and _is_speech(text, start, -end)))
        reached = max(reached, -end)
    return quotations, odd


def _pair_marks(text: str, begin: int, stop: int, after: int) -> tuple[list[tuple[int, int]], list[OddMark]]:
    """Return the pairs of marks in a paragraph (start, end), and the marks without a partner.

    A pair that goes on in the next paragraph ends where that one begins: `after`.
    """
    pairs: list[tuple[int, int]] = []
    alone: list[OddMark] = []
    stack: list[OddMark] = []  # the marks that are open
    skipped = {at for found in _NO_MARK.finditer(text, begin, stop) for at in range(*found.span())}
    for mark, start, end in ((one[0], *one.span()) for one in _MARK.finditer(text, begin, stop)):
        family, shape = _SHAPES[mark]
        partner = next((n for n in reversed(range(len(stack))) if _SHAPES[stack[n].mark][0] == family), -1)
        if start in skipped or (partner >= 0 and _MEASURE.match(text, start, stop)):
            continue
        is_inner = 0 <= partner < len(stack) - 1  # another mark is open inside the one that it could close
        is_word = _APOSTROPHE.match(text, start, stop) or (partner >= 0 and _INSIDE.match(text, start, stop))
        if family == "single" and (is_inner or is_word):
            continue
        # a double mark opens a paragraph, whatever its shape; others there may be bullets
        shape = "open" if start == begin and family == "double" else shape or ("close" if partner >= 0 else "open")
        opens, closes = (bool(beside.match(text, start)) for beside in (_OPENS, _CLOSES))
        if opens if opens != closes else shape == "open":
            stack.append(OddMark(start, mark))
            alone += [stack.pop(0)] if len(stack) > _DEEPEST else []
        elif partner >= 0:
            alone += stack[partner + 1 :]
            pairs.append((stack[partner].start, end))
            del stack[partner:]
        elif stack and _CLOSES_ANY.match(text, start) and all(first < stack[-1].start for first, _ in pairs):
            pairs.append((stack.pop().start, end))  # opened by a mark of another family
        elif family != "single" and start > begin and not (mark in '"″' and text[start - 1].isdigit()):  # no inches
            alone.append(OddMark(start, mark))
    for mark in stack:
        tag = None if _SHAPES[mark.mark][0] == "single" else _LOST_END.search(text, mark.start, stop)
        ends = tag or _VERSE.match(text, mark.start)
        end = ends.end() if ends else after
        goes_on = ends or text.startswith(mark.mark, after)
        if goes_on and not any(mark.start < start < end < last for start, last in pairs):
            pairs.append((mark.start, end))
        alone += [mark] if tag or (mark.start, end) not in pairs else []
    if match := _UNMARKED.match(text, begin, stop):  # lines that begin with ">" are one
        pairs.append((begin, after if text[begin] == text[after : after + 1] == ">" else match.end()))
    return pairs, alone


def _is_speech(text: str, start: int, end: int) -> bool:
    """Return whether a quotation is speech: no echo of a word or two, and no title unless somebody says it."""
    words = text[start:end].strip(_MARKS + "—–― ").split()
    named = [word for word in words if word not in list_words("speech_tags.csv", "title")]  # "A Night on the Quay"
    are_names = all(word[0].isupper() for word in named) and not text[start:end].isupper()
    is_said = bool(_TOLD_AFTER.match(text, end, end + 80))
    before = text[max(0, start - 60) : start]
    if len(words) < _SPEECH:  # “No,” she said, “no.” He answered: “No.”
        is_whole = is_said or (text[end - 2] in ".!?…" and (len(words) == 1 or not are_names))
        return bool(words and (_SPLIT.search(before) or (is_whole and words[0][0].isupper() and _BEGUN.search(before))))
    is_title = are_names and (len(named) >= _SPEECH or _TITLE.search(before))
    return not is_title or bool(_SPLIT.search(before)) or (len(words) > _SPEECH and is_said)
