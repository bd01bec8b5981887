"""Find what is said in turns: interviews and transcripts with labels ("Q:", "Smith:"), and posts copied into a text."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from helpers.lexicons import compile_speech, list_words

LABELS, NOBODY = "turn_labels.csv", ("nobody", "elsewhere")
_FEWEST = 3  # labelled paragraphs that make an interview; fewer may be "What we know: ..."

Place = tuple[int, int]  # characters of a text: start and end
Heads = Mapping[int, regex.Match[str]]  # by the number of a line: what a turn begins with

# what begins turns, the surest first
_HEADS = {use: compile_speech(use) for use in ("label", "name alone", "bold question", "question", "unmarked question")}
_QUESTIONS = [pattern for use, pattern in _HEADS.items() if "question" in use]
_LINE, _FULL_NAME, _POST, _SIGNED, _NOTE = map(compile_speech, ("paragraph", "full name", "post", "signed", "note"))
_MET, _NAMELESS, _ANNOUNCED, _ASKS, _WORD = map(compile_speech, ("met", "nameless", "announced", "asks", "first word"))
_FIRST_PERSON, _I, _YOU, _OWN = map(compile_speech, ("first person", "singular", "second person", "own words"))
_TALK, _ADDRESSED, _HOUSE, _MAY_BE, _WHO = map(compile_speech, ("talk", "addressed", "house", "may be asked", "who"))
_TALKING = {"timed": 0, "label": 1 / 3, "name alone": 2 / 3}  # of turns, the least share in which somebody talks


class Turn(NamedTuple):
    """What one speaker says in a row; spans are characters of the text."""

    cue: Place  # the colon, a name alone on its line, the first word of an answer without one, or the handle of a post
    speaker: Place | None  # the words that name the speaker; None: nobody is named
    contents: tuple[Place, ...]  # a paragraph each
    label: Place
    asks: bool | None  # an interviewer's, so the outlet's own words; None: it is a post, or may be a question


@lru_cache(256)  # asked for the parts of a text, too, when a corpus is opened
def find_turns(text: str) -> tuple[Turn, ...]:
    """Return the turns of an interview or transcript, and the posts in a text, in the order of the text.

    A text is an interview where three or more paragraphs begin with a label (lexicons/speech_patterns.csv), one label
    comes back or each says who its speaker is ("Ann Smith, 40:", "Bo Lee, a baker:"), and a third of the turns, or one
    where all have a time, has a question, an "I", a "you", a yes or a no. A turn runs to the next label. "A:" is whom
    the text meets ("a night porter") or names first, and a surname, initials or an office the full name. Labels that
    ask are in turn_labels.csv; hosts ask, too, as does one of two that asks most of the time, and of any the one that
    speaks first, asks and says little. Names alone on a line are labels where two come back and two thirds of the turns
    have such words. Without labels three or more paragraphs are in bold or questions and answers in the first person;
    many questions are to "you", or the text says what it is or, in bold, names the guest. Where no answer has an "I"
    and no label a name, the outlet answers itself; in a parliament nobody asks for it. Two questions with such answers
    that make no interview are a turn without contents. A post is signed below ("— Name (@handle) March 3"), headed by
    its writer's name and handle, or told behind the handle. Below a head it runs to its time ("10:15 AM · Mar 3, 2021")
    or on where paragraphs say "I" and none above them does. A paragraph in quotation marks may be signed, too, and a
    letter to the editor is.
    """
    lines = [match.span() for match in _LINE.finditer(text)]
    turns = next(filter(None, (_share_out(text, lines, use) for use in _HEADS)), [])
    if not turns and text.count("?") > 1 and (asked := _MAY_BE.search(text)):
        turns = [Turn(asked.span("cue"), None, (), asked.span("cue"), None)]
    told = 0  # where the last post ends
    for start, _ in lines:
        post = start >= told and (_SIGNED.match(text, start) or ("@" in text and _POST.match(text, start)))
        if post and (said := tuple(line.span() for line in _LINE.finditer(text, *post.span("content")))):
            writer = post.span("name" if post["name"] else "cue")
            turns.append(Turn(post.span("cue"), writer, said, writer, None))
            told = post.end()
    return tuple(sorted(turns, key=lambda turn: turn.cue))


def _share_out(text: str, lines: Sequence[Place], use: str) -> list[Turn]:
    """Return the turns of a text whose speakers are told by labels, or by what else stands at the head of a turn."""
    heads = {n: match for n, line in enumerate(lines) if (match := _HEADS[use].match(text, line[0]))}
    if len(heads) < _FEWEST:  # so it is in most articles
        return []
    people = [*_FULL_NAME.finditer(text)]
    full: dict[str, Place] = {}  # surname or initials -> the first full name with them
    for name in reversed([one for one in people if one["name"]]):
        words = name[0].casefold().split()
        full |= dict.fromkeys((words[-1], "".join(word[0] for word in words)), name.span())
    full |= {one["office"].casefold(): one.span("name") for one in heads.values() if one.groupdict().get("office")}
    names = {n: "?" if "question" in use else one["name"].casefold().replace(".", "") for n, one in heads.items()}
    nobody, answering = (list_words(LABELS, *roles) for roles in (NOBODY, ("answers",)))
    names = {n: name for n, name in names.items() if nobody.isdisjoint((name, name.split()[-1]))}
    whole = {name: full.get(name) or full.get(name.split()[-1], (0, 0)) for name in names.values()}
    keys = {n: (text[slice(*whole[name])].casefold() or name).split()[-1] for n, name in names.items()}  # the surname
    back = _find_speakers(text, lines, heads, keys, use)
    keys = {n: key for n, key in keys.items() if key in back}
    asking = {one["asks"].casefold().split()[-1] for one in people if one["asks"]} | list_words(LABELS, "asks")
    asking |= {key for n, key in keys.items() if heads[n].groupdict().get("asks")}
    if len(keys) < _FEWEST or (use == "name alone" and len(back) < 2):
        return []
    # who is interviewed, of those told of before the first answer: who is met, by name or without, else the first named
    first = heads[next((n for n, key in keys.items() if key not in asking), min(keys))].start("cue")
    told = (*(one.search(text, 0, first) for one in (_MET, _NAMELESS)), *(one for one in people if one.end() <= first))
    guest = next((one.span("name") for one in told if one and one["name"]), None)
    speakers = {n: guest if key in answering else full.get(names[n], heads[n].span("name")) for n, key in keys.items()}
    cut = _cut_turns(text, lines, {n: heads[n] for n in keys}, speakers, len(back) == 1 and use == "label")
    turns = [(keys[n], turn) for n, turn in cut.items()]
    asking |= _find_askers(text, turns, {key for n, key in keys.items() if any(whole[names[n]])})
    if asking.issuperset(back):  # where only questions have labels, they are found as questions
        return []
    is_named = "question" not in use  # of no label the name is a guess, and who says "we" may be the outlet
    own = _FIRST_PERSON if is_named or _ANNOUNCED.search(text, 0, lines[min(keys)][0]) else _I
    answers = [turn for key, turn in turns if key not in asking]
    if not any((is_named and turn.speaker) or own.search(text, *span) for turn in answers for span in turn.contents):
        asking |= back  # the outlet answers itself
    found = [turn._replace(asks=True, speaker=None) if key in asking else turn for key, turn in turns]
    use = "timed" if use == "label" and all(one["time"] for one in heads.values()) else use
    return found if found and _is_interview(text, found, use) else []


def _find_speakers(text: str, lines: Sequence[Place], heads: Heads, keys: Mapping[int, str], use: str) -> set[str]:
    """Return the keys of those who speak, and do not only head a line: who comes back, and then others, too."""
    roles = list_words(LABELS, "asks", "answers")
    back = {key for key, n in Counter(keys.values()).items() if n > 1 or key in roles}
    if use == "label" and (back or all(_WHO.match(text, heads[n].end("name")) for n in keys)):
        lead = min((n for n, key in keys.items() if key in back), default=0)  # others may speak once, but no headline
        back = {key for n, key in keys.items() if n >= lead or text[lines[n][1] - 1] in ".!?…"}
    return back


def _cut_turns(
    text: str, lines: Sequence[Place], heads: Heads, speakers: Mapping[int, Place | None], is_one: bool
) -> dict[int, Turn]:
    """Return the turns that begin with these heads, by the number of their first line; `is_one`: all are one's."""
    ends = [n + 1 + (head.end() >= lines[n][1]) for n, head in heads.items()]  # a label alone is above its words
    if not is_one:  # all speakers have labels, so what has none goes on with the turn before
        # how long the last turn is, nothing tells: as long as the longest before it
        ends = [*[*heads][1:], min(len(lines), max(heads) + max(b - a for a, b in pairwise(heads)))]
    turns = {}
    for (number, match), end in zip(heads.items(), ends, strict=True):
        said = [(match.end(), lines[number][1]), *lines[number + 1 : end]]
        said = [one for one in said if one[0] < one[1] and not _NOTE.fullmatch(text, *one)]
        head = _HEADS["label"].match(text, *lines[number]) or match
        cue = head.span("cue")
        if match.re in _QUESTIONS and said:
            if own := _HEADS["label"].match(text, *said[0]):  # the first may have labels
                cue, said[0] = own.span("cue"), (own.end(), said[0][1])
            elif word := _WORD.search(text, *said[0]):  # the question is not the guest's
                cue = word.span()
        if said:
            turns[number] = Turn(cue, speakers[number], tuple(said), head.span("name"), False)
    return turns


def _find_askers(text: str, turns: Sequence[tuple[str, Turn]], named: Set[str]) -> set[str]:
    """Return who interviews: who asks at the end of most turns, or of a third, speaks first and says less than others.

    The turns have their speakers' keys; `named` are those whom the text names in full.
    """
    speakers, asked, size = (Counter[str]() for _ in range(3))
    is_house = any(_HOUSE.match(text, text.rfind("\n", 0, turn.label[0]) + 1) for _, turn in turns)
    for key, turn in turns:
        is_outlet = key == turns[0][0] and bool(named) and key not in named  # it may tell: "You left in May."
        signs = (_ASKS, _ADDRESSED) if is_outlet else (_ASKS,)
        speakers[key] += 1
        asked[key] += not is_house and any(sign.search(text, *turn.contents[-1]) for sign in signs)
        size[key] += turn.contents[-1][1] - turn.contents[0][0]
    asking = set()
    for key, n in speakers.items():
        leads, asks = key == turns[0][0] and n > 1, 3 * asked[key]
        is_short = 4 * asked[key] >= 3 * asked.total() and 2 * size[key] <= size.total()
        asking |= {key} if asks >= (n if leads and is_short else 2 * n) and (leads or len(speakers) == 2) else set()
    return asking


def _is_interview(text: str, turns: Sequence[Turn], use: str) -> bool:
    """Return whether turns are no list ("Monday: ..."): in so many of those that begin with names somebody talks.

    Of others a third must end as questions, more than a third of these be to "you", and a third of the answers be in
    the first person. Where the text says that it is an interview, or names the guest, with no "I" of its own above
    questions in bold, they need not be to "you"; if few end as questions, two thirds of the answers must be so, too.
    Answers in quotation marks are none: an article may ask, and quote who knows.
    """
    if use in _TALKING:
        talk = [one for one in turns if _TALK.search(text, one.contents[0][0], one.contents[-1][1])]
        return len(talk) >= max(1, _TALKING[use] * len(turns))
    answers = [turn for turn in turns if not turn.asks]
    asked = [turn.contents[-1] for turn in turns if turn.asks]
    asked = asked or [(text.rfind("\n", 0, at) + 1, text.find("\n", at)) for at in (turn.label[0] for turn in turns)]
    n_you, n_marks, n_told = (sum(bool(one.search(text, *span)) for span in asked) for one in (_YOU, _ASKS, _ADDRESSED))
    n_own = sum(any(_OWN.fullmatch(text, *span) for span in turn.contents) for turn in answers)
    is_bold, is_own = use == "bold question", 3 * n_own >= 2 * len(answers)
    is_sure = is_bold and answers and answers[0].speaker and not _FIRST_PERSON.search(text, 0, asked[0][0])
    is_sure = bool(is_sure or _ANNOUNCED.search(text, 0, asked[0][0]))
    if use == "unmarked question" or (is_bold and 3 * n_marks < len(asked)):
        return (is_sure or (not is_bold and 3 * n_marks >= 2 * len(asked))) and 3 * n_told > len(asked) and is_own
    is_asked = 3 * n_you > len(asked) or (is_sure and is_bold) or (is_own and (is_sure or n_you > 0))
    return 3 * n_marks >= len(asked) and is_asked and 3 * n_own >= len(answers)
