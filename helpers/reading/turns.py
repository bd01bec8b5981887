"""Find what is said in turns: interviews and transcripts with labels ("Q:", "Smith:"), and posts copied into a text."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import regex

from helpers.lexicons import index_lexicon, list_words

LABELS = "turn_labels.csv"
_FEWEST = 3  # labelled paragraphs that make an interview; fewer may be "What we know: ..."
_AGE = re.compile(r", \d\d?\b")  # "Ann Smith, 40, baker:" may speak once, as may others with their ages
_NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")  # "(Applause)": nobody says it
_MET = re.compile(rf"\b(?:{'|'.join(list_words('speech_tags.csv', 'guest'))})(?: [a-z]+){{0,5}} $")
_ASKED = re.compile(r"(?:[^\n.!]{1,200}[.!] )?[^\n.!]{4,300}\?[\s*_]*")  # a paragraph that is a question
_ASKS = re.compile(r"\?[\W_]*$")
_YOU = re.compile(r"\b[Yy]ou(?:r|rself)?\b")
FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|[Uu]s|[Mm]e)\b")

Place = tuple[int, int]  # characters of a text: start and end


def _compile(use: str) -> regex.Pattern[str]:
    """Return the patterns of one use as one, with what each `{part}` in them stands for."""
    rows = index_lexicon("turn_patterns.csv")
    forms = [row["pattern"] for row in rows.values() if row["use"] == use]
    for name, part in reversed([*rows.items()]):  # a part may hold those above it
        forms = [form.replace(f"{{{name}}}", part["pattern"]) for form in forms]
    return regex.compile("|".join(forms), regex.MULTILINE)


_LABEL, _LINE, _FULL_NAME, _POST, _SIGNED = map(_compile, ("label", "paragraph", "full name", "post", "signed"))


class Turn(NamedTuple):
    """What one speaker says in a row; spans are characters of the text."""

    cue: Place  # the colon, the mark of a question without a label, or the handle of a post
    speaker: Place | None  # the words that name the speaker; None: nobody is named
    contents: tuple[Place, ...]  # a paragraph each
    label: Place
    asks: bool | None  # an interviewer's, so the outlet's own words; None: it is a post


def find_turns(text: str) -> list[Turn]:
    """Return the turns of an interview or transcript, and the posts in a text, in the order of the text.

    A text is an interview where three or more paragraphs begin with a label (lexicons/turn_patterns.csv) and one label
    comes back, or each says how old its speaker is ("Ann Smith, 40, baker:"). A turn runs to the next label. "A:" is
    the full name before the first label, and a surname the full name that holds it. Labels that ask are in
    lexicons/turn_labels.csv, and one of two that only asks is the outlet's. Without labels it is one where three or
    more paragraphs are questions, most of them to "you", and a third of the answers or more are in the first person.
    Where nobody is named and no answer is in the first person, the outlet answers its own questions. A post is signed
    below ("— Name (@handle) March 3"), headed by its writer's name and handle, or told behind the handle ("@handle:
    ..."), and so may a quotation be signed that is a paragraph of its own.
    """
    lines = [match.span() for match in _LINE.finditer(text)]
    turns = _find_labelled(text, lines) or _find_answers(text, lines)
    for post in (*_SIGNED.finditer(text), *(_POST.finditer(text) if "@" in text else ())):
        writer = post.span("name") if post["name"] else post.span("cue")
        turns.append(Turn(post.span("cue"), writer, (post.span("content"),), writer, None))
    return sorted(turns, key=lambda turn: turn.cue)


def _find_labelled(text: str, lines: Sequence[Place]) -> list[Turn]:
    """Return the turns that begin with a label, in a text that is said in turns."""
    found = {number: match for number, line in enumerate(lines) if (match := _LABEL.match(text, line[0]))}
    keys = {n: one["name"].split()[-1].casefold() for n, one in found.items()}  # "q", or the surname
    keys = {n: key for n, key in keys.items() if key not in list_words(LABELS, "nobody")}
    back = {key for key, n in Counter(keys.values()).items() if n > 1 or key in list_words(LABELS, "asks", "answers")}
    if all(_AGE.match(text, found[n].end("name")) for n in keys):
        back = {*keys.values()}
    # with a time, in capitals or with a first name, a speaker may speak once
    marked = all(found[n]["time"] or found[n]["name"].isupper() or " " in found[n]["name"] for n in keys)
    keys = {n: key for n, key in keys.items() if key in back or len(back) > 1 or marked}
    if len(keys) < _FEWEST or not back:
        return []
    # surname -> its first full name
    full = {name[0].casefold().split()[-1]: name.span() for name in reversed([*_FULL_NAME.finditer(text)])}
    guest = _find_guest(text, found[min(keys)].start())
    # what follows a label that stands alone is on the next line
    ends = [n + 1 + (found[n].end() == lines[n][1]) for n in keys]
    if len(back) > 1:  # all speakers have labels, so what has none goes on with the turn before
        begins = list(keys)  # where some turns are longer, the last is too
        ends = [*begins[1:], ends[-1] if ends[:-1] == begins[1:] else len(lines)]
    turns = []
    for (number, key), end in zip(keys.items(), ends, strict=True):
        match = found[number]
        said = [(match.end(), lines[number][1]), *lines[number + 1 : end]]
        said = [one for one in said if one[0] < one[1] and not _NOTE.fullmatch(text, *one)]
        cue, label = match.span("cue"), match.span("name")
        speaker = guest if key in list_words(LABELS, "answers") else full.get(match["name"].casefold(), label)
        turns += [(key, Turn(cue, speaker, tuple(said), label, False))] * bool(said)
    asking = list_words(LABELS, "asks")
    if len(speakers := {key for key, _ in turns}) == 2:  # the one who only asks is the interviewer
        asking |= speakers - {key for key, turn in turns if not _ASKS.search(text, *turn.contents[-1])}
    told = [turn for key, turn in turns if key not in asking]
    if not any(turn.speaker or FIRST_PERSON.search(text, *span) for turn in told for span in turn.contents):
        asking |= speakers  # the outlet answers itself
    return [turn._replace(asks=True, speaker=None) if key in asking else turn for key, turn in turns]


def _find_answers(text: str, lines: Sequence[Place]) -> list[Turn]:
    """Return the answers of an interview whose questions are paragraphs without labels (printed in bold)."""
    asked = [number for number, line in enumerate(lines) if _ASKED.fullmatch(text, *line)]
    answers = [lines[number + 1 : end] for number, end in zip(asked, [*asked[1:], len(lines)], strict=False)]
    n_you = sum(bool(_YOU.search(text, *lines[number])) for number in asked)
    n_own = sum(bool(own and FIRST_PERSON.search(text, own[0][0], own[-1][1])) for own in answers)
    if len(asked) < _FEWEST or 2 * n_you <= len(asked) or 3 * n_own < len(asked):
        return []
    if all(len(own) < 2 for own in answers[:-1]):
        answers[-1] = answers[-1][:1]
    marks = [(at, at + 1) for at in (text.rindex("?", *lines[number]) for number in asked)]
    speaker = _find_guest(text, lines[asked[0]][0])
    return [Turn(mark, speaker, tuple(own), mark, False) for mark, own in zip(marks, answers, strict=True) if own]


def _find_guest(text: str, end: int) -> Place | None:
    """Return who is interviewed, of those named before the first question: the one met, else the first."""
    named = [*_FULL_NAME.finditer(text, 0, end)]
    met = [name for name in named if _MET.search(text, 0, name.start())]
    return next((name.span() for name in (*met, *named)), None)
