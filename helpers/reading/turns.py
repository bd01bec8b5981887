"""Find what is said in turns: interviews and transcripts with labels ("Q:", "Smith:"), and posts copied into a text."""

import re
from collections import Counter
from typing import NamedTuple

from helpers.lexicons import list_words

LABELS = "turn_labels.csv"
FEWEST = 3  # labelled paragraphs that make an interview; fewer may be "What we know: ..."
LONGEST_NAME = 4  # words of a line that names the writer of a post, above the handle
_NAME = r"[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|of|the|de|van|von|bin|al)){0,5}"
_LABEL = re.compile(
    r"[ \t]*(?:- )?(?:(?P<initial>[QA])(?:[.:]| ?[–—-]|(?<=Q)(?=[ \t]+[A-Z]))|"
    rf"(?P<name>{_NAME})(?:,? \(?[^:()\n]{{2,40}}\)?)?:)(?:[ \t]+(?=[^\s\d])|[ \t]*$)"
)
_NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")  # "(Applause)": nobody says it
_FULL_NAME = re.compile(r"(?P<article>\b[Tt]he )?[A-Z][\w'’-]+(?: (?:al|bin|de|van|von))?(?: [A-Z][\w'’-]+)+")
_HANDLE = r"\(?(?P<handle>@\w{2,30})\)?"
_SIGNED = re.compile(
    rf"(?:(?P<body>\S.*?)\s*)?(?:[—–-]{{1,2}}|\bA post shared by)\s*(?P<name>[^—@()\n]{{2,60}}?)"
    rf"\s*{_HANDLE}(?P<date>(?:[^.!?\n]|(?<=\d)\.){{0,40}})"
)
_HEADED = re.compile(rf"(?P<name>[^—@()\n]{{0,60}}?)\s*{_HANDLE}(?:\s*[·•|-].{{0,30}})?")
_ASKED = re.compile(r"(?:[^\n.!]{1,200}[.!] )?[^\n.!]{4,300}\?\s*")  # a paragraph that is a question
_YOU = re.compile(r"\b[Yy]ou(?:r|rself)?\b")
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur)\b")
_TOLD = re.compile(r"\s*(?P<handle>@\w{2,30}):\s+(?=\S)")


class Turn(NamedTuple):
    """What one speaker says in a row; spans are characters of the text."""

    cue: tuple[int, int]  # the colon, the mark of a question without a label, or the handle of a post
    speaker: tuple[int, int] | None  # the words that name the speaker; None: nobody is named
    contents: tuple[tuple[int, int], ...]  # a paragraph each
    label: tuple[int, int]
    asks: bool  # an interviewer's, so the outlet's own words


def find_turns(text: str) -> list[Turn]:
    """Return the turns of an interview or transcript, and the posts in a text, in the order of the text.

    A text is an interview where three or more paragraphs begin with a label and one label comes back. A turn runs to
    the next label. "A:" is the first full name before the first label, and a surname the full name that holds it.
    Labels that ask are in lexicons/turn_labels.csv. Without labels it is one where three or more paragraphs are
    questions, most of them to "you", and a third of the answers or more are in the first person. A post is signed below
    ("— Name (@handle) March 3"), headed by its writer's name and handle, or told behind the handle ("@handle: ...").
    """
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text)]
    spoken = _find_labelled(text, lines) or _find_answers(text, lines)
    return sorted([*spoken, *_find_posts(text, lines)], key=lambda turn: turn.cue)


def _find_labelled(text: str, lines: list[tuple[int, int]]) -> list[Turn]:
    found = [(number, match) for number, line in enumerate(lines) if (match := _LABEL.match(text, *line))]
    labelled = [(number, match) for number, match in found if _label_of(match) not in list_words(LABELS, "nobody")]
    counts = Counter(_label_of(match) for _, match in labelled)
    known = list_words(LABELS, "asks", "answers")
    back = {label for label, count in counts.items() if count > 1 or label in known}
    labelled = [(number, match) for number, match in labelled if _label_of(match) in back or len(back) > 1]
    if len(labelled) < FEWEST or not back:
        return []
    named = _list_people(text)
    full = {name[0].casefold().split()[-1]: name.span() for name in reversed(named)}  # surname -> its first full name
    first = labelled[0][1].start()
    answers = named[0].span() if named and named[0].end() <= first else None
    shared = len(back) > 1  # all speakers have labels, so what has none goes on with the turn before
    begins = [number for number, _ in labelled]
    alone = {number for number, match in labelled if match.end() == lines[number][1]}  # the next line is what is said
    turns, ends = [], [number + 1 + (number in alone) for number in begins]
    if shared:  # where some turns are longer, the last is too
        ends = [*begins[1:], ends[-1] if ends[:-1] == begins[1:] else len(lines)]
    for (number, match), end in zip(labelled, ends, strict=True):
        rest = [line for line in lines[number + 1 : end] if not _NOTE.fullmatch(text, *line)]
        mark = match.end() - len(match[0]) + len(match[0].rstrip()) - 1
        asks, is_answer = (_label_of(match) in list_words(LABELS, use) for use in ("asks", "answers"))
        label = match.span("name") if match["name"] else match.span("initial")
        speaker = answers if is_answer else full.get(text[slice(*label)].casefold(), label)
        contents = (*[(match.end(), lines[number][1])] * (number not in alone), *rest)
        turns += [Turn((mark, mark + 1), None if asks else speaker, contents, label, asks)] * bool(contents)
    return turns


def _list_people(text: str) -> list[re.Match[str]]:
    """Return the full names in a text that have no article: "the Harbour Union" answers no question."""
    return [match for match in _FULL_NAME.finditer(text) if not match["article"]]


def _find_answers(text: str, lines: list[tuple[int, int]]) -> list[Turn]:
    """Return the answers of an interview whose questions are paragraphs without labels (printed in bold)."""
    asked = [number for number, line in enumerate(lines) if _ASKED.fullmatch(text, *line)]
    answers = [lines[number + 1 : end] for number, end in zip(asked, [*asked[1:], len(lines)], strict=False)]
    n_you = sum(bool(_YOU.search(text, *lines[number])) for number in asked)
    n_own = sum(bool(own and _FIRST_PERSON.search(text, own[0][0], own[-1][1])) for own in answers)
    if len(asked) < FEWEST or 2 * n_you <= len(asked) or 3 * n_own < len(asked):
        return []
    if all(len(own) < 2 for own in answers[:-1]):
        answers[-1] = answers[-1][:1]
    named = _list_people(text[: lines[asked[0]][0]])
    marks = [(at, at + 1) for at in (text.rindex("?", *lines[number]) for number in asked)]
    speaker = named[0].span() if named else None
    return [Turn(mark, speaker, tuple(own), mark, False) for mark, own in zip(marks, answers, strict=True) if own]


def _label_of(match: re.Match[str]) -> str:
    """Return what one speaker's labels have in common: "q", or the surname."""
    return (match["name"] or match["initial"]).split()[-1].casefold()


def _find_posts(text: str, lines: list[tuple[int, int]]) -> list[Turn]:
    posts = []
    for number, line in enumerate(lines):
        if "@" not in text[slice(*line)]:
            continue
        before = lines[number - 1] if number else None
        if (signed := _SIGNED.fullmatch(text, *line)) and (signed["body"] or before):
            content = signed.span("body") if signed["body"] else before
            posts.append(Turn(signed.span("handle"), signed.span("name"), (content,), signed.span("name"), False))
        elif (headed := _HEADED.fullmatch(text, *line)) and number + 1 < len(lines):
            name = headed.span("name") if headed["name"] else headed.span("handle")
            if not headed["name"] and before and len(text[slice(*before)].split()) <= LONGEST_NAME:
                name = before
            posts.append(Turn(headed.span("handle"), name, (lines[number + 1],), name, False))
        elif told := _TOLD.match(text, *line):
            writer, mark = told.span("handle"), told.end("handle")
            posts.append(Turn((mark, mark + 1), writer, ((told.end(), line[1]),), writer, False))
    return posts
