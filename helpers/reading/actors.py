"""Find every mention of an actor in a parsed article.

Aliases are matched by `aliases`. A name is then asked: is it a place (`_is_place`), a part of another name
(`_is_inside`), an ordinary word (`_is_ordinary`), somebody else's (`_find_bearer`), and in which `_role`? Descriptions
("the militants") are resolved where the text makes the actor clear; what stays open is "unresolved", with candidates.
"""

import re
from bisect import bisect_right
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from helpers.lexicons import index_lexicon, list_words, read_lexicon
from helpers.reading.aliases import GIVEN, OTHER, Alias, Matcher, Name, fold, match_names, straighten, surname
from helpers.reading.attribution.spans import climb
from helpers.reading.schemas import UNRESOLVED
from helpers.reading.source_words import DATES, FIRST_NAMES, NEVER_FOR, NOUNS, PLACES, TITLES

if TYPE_CHECKING:
    from spacy.tokens import Span

    from helpers.reading.attribution import Parsed

_PLACES = "place_words.csv"
_TOWNS = PLACES | {name.title() for name in list_words("ordinary_words.csv", "town")}
_DATELINE = re.compile(r" *[(—–―/]| - |(?:, [A-Z]| [A-Z][a-z])[\w. ]+ ?[\d(—–―]")  # after "CITY": an agency, a day
_FOLLOWS = re.compile(rf",? (?:[A-Z]\.){{2}}|[ -]+(?i:{'|'.join(list_words(_PLACES, 'follows'))})\b")  # "X, D.C."
_IN_STATE = re.compile(rf", (?:{'|'.join(map(re.escape, list_words(_PLACES, 'state')))})(?![\w’'-])")  # "in X, Iowa"
_FIRM = re.compile(r"(?:, [A-Z][\w'-]+){0,3},? (?:&|v\.) [A-Z]|-on-[A-Z]")  # "Brent & Orr", "Brent-on-Sea"
_KIN = list_words(_PLACES, "kin")
_GOES_ON = re.compile(rf"[ -](?:[A-Z&]|(?:{'|'.join(_KIN)})\b)")  # after a name
_THINGS = list_words(_PLACES, "bearer")  # in capitals after a name: what bears it
_BEARERS = _THINGS | _KIN | {word.lower() for word, row in NOUNS.items() if row["speaks_for"] == "same"}
_BEARERS -= list_words(_PLACES, "no bearer")  # so too, after a person's name
_SPEAKERS = {word for word, row in NOUNS.items() if row["speaks_for"] not in ("", "same") or row["kind"] == "person"}
# "the Brent Plan", "Brent warplanes"
_SPEAKERS |= {*list_words(_PLACES, "no bearer"), *index_lexicon("act_nouns.csv"), *index_lexicon("through_nouns.csv")}
_TAIL = re.compile(rf"(?m),? ({'|'.join(list_words(_PLACES, 'suffix'))})\b|, ([A-Z]\w+) ?(?:[:(–—\d]|$)")  # "Brent Sr."
_CALLINGS = {word for word, row in NOUNS.items() if row["kind"] == "person"} | {*list_words(_PLACES, "epithet")}
_CALLINGS |= {title.strip(".") for title in TITLES}  # in capitals before a name: no first name
_SPEECH = {row["lemma"] for row in read_lexicon("reporting_verbs.csv") if row["stance"]}
SENTENCES_BACK = 2  # how far "the militants" may reach back for the actor it stands for


class Mention(NamedTuple):
    """One mention of one actor in an article."""

    start: int
    end: int
    sentence_no: int
    actor: str
    variant: str
    kind: str
    role: str
    inside: str
    candidates: str


def find_mentions(article: "Parsed", matcher: Matcher) -> list[Mention]:
    """Return every mention of an actor in a parsed article, in the order of the text.

    A span leaves out article, title and 's. A name nested at a hyphen ("X-backed forces") is a mention of its own.
    A capital's name counts as a metonym only where it does not stand for the place. A description in ordinary words is
    resolved only (1) to the actor that owns it, where actors.csv lists that ("X's army"), (2) to the one candidate that
    the same noun stood for up to two sentences back, (3) to the one candidate named earlier in its sentence, (4) to the
    one candidate in the nearest of the two sentences before that names any, or (5) to its only candidate, named further
    above ("the ministry"); else it is "unresolved" with its candidates. A name that is also a month or an ordinary word
    (ordinary_words.csv: "May") is no mention where it is used as that. It is no mention where it is the head of a name
    ("X militants": X is the mention), belongs to somebody who is not an actor, stands for `(other)` where actors.csv
    gives it that candidate too, or is indefinite.
    """
    found: list[Mention] = []
    text, ends = article.text, [sentence.end for sentence in article.sentences[:-1]]
    names = match_names(text, matcher)
    edges = {edge for name in names for edge in name[:2]}
    full = {name.actor for name in names if " " in text[name.start : name.end]}
    for name in names:
        sentence_no = bisect_right(ends, name.start)
        span = article.doc.char_span(name.start, name.end, alignment_mode="expand")
        first = name.aliases[0]
        if name.common:
            actor, candidates, variant = _resolve(name, span, found, sentence_no, matcher)
            if not actor:
                last = found[-1] if found and not text[found[-1].end : name.start].strip() else None
                if last and last.kind == "description" and last.role != "compound":
                    found[-1] = last._replace(end=name.end, role=_role(span, text, name))  # "regime [troops]"
                continue
        else:
            own = matcher.people.get(first.actor, frozenset())
            is_beside = not edges.isdisjoint((*range(name.end + 1, name.end + 5), name.start - 3, name.start - 4))
            # a headline in capitals knows whom the text below names in full
            is_known = any(one.actor == first.actor for one in found) or (first.actor in full and span.text.isupper())
            is_town = first.kind == "metonym" or (own and first.head in _TOWNS)  # a person called Paris
            is_part = (is_town and _is_place(span, text, "place")) or _is_inside(span, text, first, own, is_beside)
            is_list = first.actor in full and text.startswith(",", name.end) and not _is_prose(span)  # "Black, Roe Win"
            if is_part or (_is_ordinary(span, first, own, is_known) and not is_list):
                continue
            whose = {one: _find_bearer(span, text, one, matcher, found) for one in name.aliases}  # "Mr. Brent"
            name = name._replace(aliases=tuple(one for one in whose if not whose[one]) or (first,))
            actor, candidates, variant = whose[name.aliases[0]] or name.actor, name.candidates, first.alias
        role = _role(span, text, name)
        found.append(Mention(*name[:2], sentence_no, actor, variant, first.kind, role, name.inside, candidates))
    return [mention for mention in found if mention.actor != OTHER]


def _resolve(name: Name, span: "Span", found: list[Mention], number: int, matcher: Matcher) -> tuple[str, str, str]:
    """Return the actor a description stands for, its candidates, and the alias; three times "" where none is meant."""
    is_title = any(one.pos_ == "PROPN" and not one.is_sent_start for one in span.doc[span.end : span.end + 1])
    owned = {alias.owner: alias for alias in name.aliases if alias.owner}
    is_of_noun = span.root.dep_ == "amod"  # "the military base": "the" is the base's
    free = [alias for alias in name.aliases if not alias.owner and not (alias.pointed and is_of_noun)]
    actors = sorted({alias.actor for alias in free})
    is_others, mention = _find_owner(span, found)
    is_others |= is_title and all(one.actor in matcher.people for one in name.aliases)  # "council leader [Ann Lind]"
    is_others |= span.text.partition("-")[0].lower() in list_words(_PLACES, "whose")  # "the ex-minister"
    if mention and (alias := owned.get(mention.actor)):
        return alias.actor, "", alias.alias
    of = re.match(r"of (?:the )?[A-Z][\w’' -]*", span.doc[span.end : span.end + 8].text)  # "the army of Norland"
    if is_others or mention or not actors or (of and not match_names(of[0], matcher)):
        return "", "", ""
    variant = free[0].alias
    if len(actors) == 1 and not all(alias.pointed and not alias.alone for alias in free):
        return actors[0], "", variant
    recent = [m for m in found if m.sentence_no >= number - SENTENCES_BACK and m.actor in actors]
    nearest = max((m.sentence_no for m in recent), default=0)
    same_noun = {m.actor for m in recent if fold(str(span.doc.char_span(m.start, m.end))) == fold(span.text)}
    for named in (same_noun, {m.actor for m in recent if m.sentence_no == nearest}):
        if len(named) == 1:
            return named.pop(), "", variant
    ends = [m.end for m in found if [m.actor] == actors]  # the only one it may be is named further above
    since = [one for one in span.doc[: span.start] if ends and one.idx >= ends[-1] and one.lower_ == span[-1].lower_]
    if ends and not any(left.dep_ in ("compound", "amod") for one in since for left in one.lefts):  # "Trade Ministry"
        return actors[0], "", variant
    return UNRESOLVED, " | ".join(actor for actor in actors if actor != OTHER), variant


def _find_owner(span: "Span", found: list[Mention]) -> tuple[bool, Mention | None]:
    """Return whether a description is somebody else's, and the mention of the actor that it belongs to ("X's army")."""
    top = climb(span.root, "amod", "compound", "nmod")
    for token in reversed(span.doc[top.left_edge.i : span.start]):
        mention = next((m for m in reversed(found) if m.start <= token.idx < m.end), None)
        if mention and mention.role != "compound":  # "anti-X rebels" are not X's
            return False, mention
        # "a rebel foothold": "a" is the foothold's
        is_own = token.lower_ in list_words(_PLACES, "whose") and (token.dep_ == "poss" or token.head == span.root)
        is_pro = token.lower_ == "pro" and token.i + 2 < span.start  # X's side, not X's own
        is_name = token.tag_ == "NNP" or not (token.is_sent_start or token.tag_ == "DT")  # "Ayton's mayor"
        is_name &= token.text[0].isupper() and not mention
        if is_own or is_pro or is_name:
            return True, None
    return False, None


def _is_place(span: "Span", text: str, *uses: str) -> bool:
    """Return whether a capital or a country means the place: after "in", before "province", "southern ..."."""
    after = text[span.end_char : span.end_char + 24]
    is_dateline = span.text.isupper() and span[0].is_sent_start and _DATELINE.match(after)  # "CITY (Agency)"
    is_part = span.doc[max(span.start - 1, 0)].lower_ in list_words(_PLACES, "before")  # "southern X", "capital X"
    is_after = text.endswith(", ", 0, span.start_char) and span.doc[span.start - 2].text not in PLACES
    is_state = is_after and after[:1] in ",.)" and span.text in list_words(_PLACES, "state")  # "Ostrel, Georgia."
    if is_dateline or is_part or is_state or _IN_STATE.match(text, span.end_char) or _FOLLOWS.match(after):
        return True
    token = climb(span.root, "conj")
    link, above = token.head.lemma_.lower(), token.head.head.lemma_.lower()  # "the border with X", "the road to X"
    of_land = link in ("of", "with", "to") and above in list_words(_PLACES, "noun")
    is_entered = token.dep_ == "dobj" and link in list_words(_PLACES, "verb")
    return of_land or is_entered or link in list_words(_PLACES, *uses)


def _is_inside(span: "Span", text: str, alias: Alias, names: frozenset[str], is_beside: bool) -> bool:
    """Return whether a name, of a person of these `names`, is a part of another: "Lake Brent", "Brent Street".

    `is_beside`: the next word, or that beyond "&", "v." or a comma, names an actor, so that the two are no name.
    """
    doc, start, is_people, is_single = span.doc, span.start_char, alias.kind == "adjective", " " not in alias.head
    before = text[max(0, start - 24) : start].rpartition("\n")[2]
    *_, far, near = ["", "", *re.sub(r"[-(\[“‘«\"']", " ", before).split()]
    lands = ("other land",) if is_people else ("other land", "new land")  # "New Xian", but not "new Xianese rules"
    others = list_words(_PLACES, *(lands if is_people or alias.country else ("other body",)))
    if not others.isdisjoint((near, near.lower(), f"{far} {near}")) or f"{near} {alias.head}".lower() in NOUNS:
        is_small = (far if near in ("of", "de") else near).islower()
        return not (is_small and (is_people or alias.country))  # "a super PAC", "the White House", "Voice of Norland"
    beyond = doc[min(span.end, len(doc) - 1)]
    is_phrase = f"{alias.head} {beyond.lemma_}".lower() in list_words(_PLACES, "phrase")  # "French fries"
    is_of = near == "of" and far.istitle() and alias.kind == "name" and not alias.country
    if is_phrase or (is_of and far.lower() in _BEARERS | list_words(_PLACES, "body")):  # "the Ministry of Hope"
        return True
    if names:
        # "the Brents", "the Sara Brent sank", "drove a Brent", but not "the Brent of old" and "the Brent we knew"
        is_the = near.lower() == "the" or (is_single and near.lower() in ("a", "an"))
        is_the &= doc[span.start - 1].head == span.root and alias.head not in GIVEN
        is_the &= span.text != alias.head or beyond.text not in ("'", "’")  # but "the Ames' camp"
        is_the &= not (is_beside or any(one.dep_ == "relcl" or one.lower_ == "of" for one in span.root.children))
        is_firm = not is_beside and (near in ("&", "v.") or _FIRM.match(text, span.end_char))
        is_in = near.lower() in list_words(_PLACES, "place", "country")
        link = "in" if near.lower() in list_words(_PLACES, "place") else near  # "held at Brent"
        above = {f"{one.lemma_} {link}" for one in (doc[span.start - 2], span.root.head.head) if is_single}
        is_stay = beyond.pos_ not in ("PART", "NOUN", "PROPN") and not above.isdisjoint(list_words(_PLACES, "road"))
        state = _IN_STATE.match(text, span.end_char)  # "Brent, Iowa, voted", "in Brent, Iowa they voted"
        if is_the or is_firm or is_stay or (state and (is_in or not re.match(r"[a-z] \w", text[state.end() - 1 :]))):
            return True
    if is_people or not _GOES_ON.match(text, span.end_char):
        return is_people and beyond.text in list_words(_PLACES, "people's bearer")  # "Xianese Airlines"
    is_person = (names or alias.head in GIVEN) and text[start - 1] != "-"  # "the Orr-Brent Act", but "anti-Brent Party"
    prose = _is_prose(span)
    after = doc[span.end : span.end + (3 if prose else 1)]
    rest = [*takewhile(lambda one: one.text[0].isupper() or one.lower_ in {"-", *_KIN}, after)]
    words = {word for one in rest for word in (one.lower_.strip("."), one.lower_.removesuffix("s"))}
    if not words.isdisjoint(_BEARERS if is_person else _THINGS):  # "Brent Street", "the Brent Foundation", "Xian Post"
        return True
    # "Brent Shipping", but not "Brent Campaign", "Brent White House", "met Brent Monday"
    name = after[:2][-1] if re.fullmatch(r"[A-Z]\.?", after[0].text) else after[0]  # after an initial: "Sara B. Brent"
    is_apart = is_beside or name.text in PLACES or name.text.strip(".") in DATES
    is_bearer = is_person or (name.tag_ == "NNPS" and name.text[-1] == "s")  # "the Ostrel Tigers"
    is_named = is_bearer and is_single and prose and span.root.dep_ in ("compound", "amod") and name.text[0].isupper()
    return is_named and not (is_apart or name.is_upper) and _SPEAKERS.isdisjoint({*words, after[:2].text.lower()})


def _is_prose(span: "Span") -> bool:
    """Return whether a name stands in no headline, where most words have capitals: "Brent Says a Bank Lost"."""
    return any(one.is_lower and one.pos_ in ("VERB", "AUX", "NOUN", "ADJ", "ADV") for one in span.sent)


def _is_ordinary(span: "Span", alias: Alias, names: frozenset[str], is_known: bool) -> bool:
    """Return whether a name of one word is a month or an ordinary word here: "in May", "May they go", "LET IT GO"."""
    token, doc, words = span[-1], span.doc, index_lexicon("ordinary_words.csv")
    is_plural = alias.kind == "name" and span.text[1:].islower() and span.text[-1] == "s" != alias.head[-1]
    before, after = doc[max(span.start - 1, 0)], doc[min(span.end, len(doc) - 1)]
    starts = span[0].is_sent_start or before.is_quote
    is_before = token.dep_ in ("compound", "amod") and token.head.pos_ == "NOUN"
    if len(span) > 1:  # "Dock unions met", "Free front seats", "Stop and shop": none is the name
        is_small = starts and span.text[1:].islower() and not alias.head[1:].islower()
        is_body = NOUNS.get(token.lemma_, {}).get("kind") == "body" and token.lower_ not in words  # "Dock union ships"
        return is_small and (is_plural or (is_before and not is_body) or "VERB" in (span[0].pos_, token.pos_))
    word = token.lower_.strip(".")  # "Jan."
    is_small = token.is_title and token.pos_ in ("PRON", "DET", "ADP", "SCONJ") and before.lower_ not in TITLES
    if is_small or (is_plural and word[:-1] in words and (names or (starts and not (is_known or alias.country)))):
        return True  # "He said so", "Bakers struck"
    use = words.get(word, {}).get("use", "")
    # "Red warplanes", "Red voters", but no "Young voters"
    is_owner = is_before and token.head.lemma_ in _SPEAKERS and not (names and token.pos_ != "PROPN")
    is_who = names and re.match(r"(?:, )?who\b|, \d\d,", doc[span.end : span.end + 3].text)  # "after May, who spoke"
    if use in ("", "first name", "town") or is_who or (use != "month" and is_owner):
        return False
    if alias.kind == "acronym":  # a name, but not in a line in capitals: "LET IT GO", "WHO WILL PAY?", "IT WAS LATE"
        near = [one for one in (before, after) if one.is_alpha]
        in_capitals = all(one.is_upper for one in near) and any(len(one) > 1 for one in near)
        is_headline = token.sent.text.isupper() and token.sent.text.rstrip()[-1].isalnum()  # "ORR SUES WHO"
        in_capitals &= not is_headline or token.pos_ != "PROPN" or before.tag_ == "VB"  # "LET IT GO"
        # "AS Orr left", "it is OK", "do IT", "9 AM"
        is_word = token.tag_ in ("IN", "CC", "DT", "PDT", "JJ") and after.pos_ != "VERB" and use != "question word"
        is_word |= (use == "pronoun" and token.dep_ == "dobj") or (before.dep_ == "nummod" and before.head == token)
        if starts:
            is_told = use == "pronoun" and in_capitals and after.pos_ == "AUX"
            return is_word or is_told or (use == "question word" and "?" in token.sent.text)
        # "what WAS clear", "the plan WAS dead", "those WHO VOTE"
        is_verb = use == "question word" and before.pos_ in ("NOUN", "PRON") and after.pos_ in ("ADJ", "DET", "PART")
        return in_capitals or is_word or is_verb or (token.tag_ == "WP" and token.head.dep_ == "relcl")
    owns = after.text in ("'s", "’s")
    if after.like_num or (names and before.pos_ == "DET" and before.head == token):  # "Page 3", "the Hope of Norland"
        return True
    if use == "month":
        around = doc[max(token.i - 2, token.sent.start) : token.i + 3]  # "May to July", "in April and May"
        near = {one.lower_ for one in around if one.is_title} & list_words("alignment_words.csv", "month")
        last = doc[max(token.i - 2, 0)] if before.text in ("-", "of") else before  # "in mid-May"
        is_in = last.lower_ in list_words(_PLACES, "month") and last.pos_ != "SCONJ"  # but "before May spoke"
        is_the = before.pos_ == "DET" and token.head.lemma_ not in NOUNS  # "the May talks"
        is_day = word.endswith("day") and (token.dep_ not in ("nsubj", "nsubjpass", "poss") or (owns and not is_known))
        is_cold = not list_words(_PLACES, "weather").isdisjoint(one.lower_ for one in after.children)
        is_cold = after.lemma_ == "be" and (is_cold or (starts and not is_known))  # "April was cold"
        if near - {word} or is_in or is_the or is_day or is_cold or (last.like_num and len(last) < 3):  # "3 May"
            return True
    # first in a sentence and in capitals all words look like names: "Hope said" is a person, "Hope for peace" is none,
    # nor "Hope prices rose", and "Hope is fading" only where he was named before
    if token.pos_ == "AUX" and not owns:  # "Will they go?", "Will Orr left", but "WILL LEAVES OFFICE", "May Calls Vote"
        is_asked = starts and ("?" in token.sent.text or after.pos_ in ("PRON", "DET"))
        return is_asked or (after.is_title and _is_prose(span))
    is_proper = token.pos_ == "PROPN"
    is_known = (is_known and (is_proper or after.pos_ != "AUX")) or (is_proper and not names) or "ordinary" not in use
    # "Young left", "Hope won the vote", "Hope said", "Hope Quits Race", "Hope and Otto met"
    acts = "attribute" in use or ((is_proper or not names) and any(one.dep_ == "dobj" for one in after.children))
    says = (after.tag_ in ("VBD", "VBZ") or owns) and (is_known or acts or after.lemma_ in _SPEECH)
    verb = doc[min(span.end + (after.lower_ == "to"), len(doc) - 1)]  # "Hope to Quit"
    tells = names and verb.is_title and verb.lower_.removesuffix("s") in _SPEECH | list_words(_PLACES, "does")
    says |= bool(tells) or (any(one.pos_ == "PROPN" for one in token.conjuncts) and _is_prose(span))
    looks = token.pos_ in ("PROPN", "NOUN") and (after.pos_ != "ADP" or token.dep_ == "dobj")
    is_thing = is_before and not (is_owner or token.is_upper or tells)  # "Hope prices", "HOPE QUITS RACE"
    return (starts or token.text != token.text.title()) and (is_thing or not (says or (is_known and looks)))


def _find_bearer(span: "Span", text: str, alias: Alias, matcher: Matcher, found: list[Mention]) -> str:
    """Return whose a surname is that is not of the actor of its alias: "Sara Brent", "Mrs. Brent"."""
    names, is_surname = matcher.people.get(alias.actor, frozenset()), surname(f"- {alias.head}") == alias.head
    tail = _TAIL.match(text, span.end_char)  # "Sara Brent Jr.", "Brent, Sara: 40 votes"
    is_other = names and tail and (tail[1] or (is_surname and tail[2])) not in {False, *names}
    if is_other or not (is_surname and span.start):
        return OTHER if is_other else ""
    last, before = found[-1].end if found else 0, span.doc[span.start - 1]
    top = span.root.head if text[span.end_char : span.end_char + 1] == "-" else span.root  # "Sara Brent-Orr"
    given = [one for one in top.lefts if one.i < span.start and one.is_title and one.pos_ == "PROPN"]
    # "Orr Backs Brent", "On Monday Brent won", "In Ostrel Brent won", "Ostrel's Brent won"
    is_apart = before.text in DATES or span.doc[max(span.start - 2, 0)].text == "In"
    is_given = given and given[-1].idx >= last and given[-1].dep_ != "poss" and not is_apart and _is_prose(span)
    if before.text == "-" and span.doc[span.start - 2].lower_ in index_lexicon("name_particles.csv"):
        before = span.doc[span.start - 3]  # "Otto al-[Brent]"
    given = given if is_given else [before] if names and before.text in FIRST_NAMES else []
    first = given[-1].text if given else ""
    if not names:  # a person may be called as a country or a body is: "Otto Brent’s wife", "Otto B. Brent"
        is_land = alias.kind == "metonym" or (alias.country and alias.kind == "name")
        is_named = before.lower_ in TITLES or (before.text in GIVEN and not (is_apart or before.text in PLACES))
        is_named |= first == before.text and span.root.dep_ in ("poss", "nsubj", "nsubjpass", "appos")
        is_called = (is_land and before.is_title and is_named) or re.fullmatch(r"[A-Z]\.", before.text)
        return OTHER if (first in FIRST_NAMES and first not in _TOWNS) or is_called else ""
    sexes = {FIRST_NAMES[name] for name in names if name in FIRST_NAMES}
    never = NEVER_FOR[sexes.pop()] if len(sexes) == 1 else ()
    is_royal = before.text in list_words(_PLACES, "royal") - names and alias.head in GIVEN and "bin" not in names
    if is_royal or not {before.lower_, f"{before.lower_}.", FIRST_NAMES.get(first)}.isdisjoint(never):
        return OTHER
    if not given:  # after "Sara Brent", Brent is she, if nobody else is named
        alike = [one for one in found if one.actor == alias.actor or one.variant.endswith(alias.head)]
        named = [one.actor for one in alike if one.actor in {OTHER, *matcher.people} or one.variant.split()[0] in GIVEN]
        storm = rf"(?:{'|'.join(list_words(_PLACES, 'storm'))}) {re.escape(alias.head)}\b"  # "Hurricane Brent"
        named = named or [OTHER for _ in re.finditer(storm, text[: span.start_char])]
        return named[-1] if named and alias.actor not in named else ""
    is_called = given[-1].lower_.strip(".") in _CALLINGS  # "President Brent"
    is_debate = before.text in ("-", "/") and span.root.dep_ in ("compound", "amod")  # "the Orr-Brent debate"
    own = {name[:size] for name in names - {alias.head} for size in (1, 2)}  # "A. B. [Brent]", "Anne [Brent]"
    return "" if is_debate or is_called or not own.isdisjoint(one.text[:2].strip(".") for one in given) else OTHER


def _role(span: "Span", text: str, name: Name) -> str:
    """Return the role of a mention in its phrase."""
    root = span.root
    joined = re.search(r"(\w*)-$", text[max(0, name.start - 20) : name.start])
    is_joined = joined and joined[1].lower() not in index_lexicon("name_particles.csv")  # "anti-X", but not "al-X"
    if name.inside or text[name.end : name.end + 1] == "-" or is_joined:
        return "compound"
    if root.dep_ == "poss" or re.match(".'s|s' [a-z]", straighten(text[name.end - 1 : name.end + 3])):  # "Ames' house"
        return "possessive"
    people = root.pos_ == "ADJ" and root.head.lower_ in list_words(_PLACES, "land")
    if people or (name.aliases[0].country and _is_place(span, text, "place", "country")):
        return "place"
    if climb(root, "conj").dep_ in ("amod", "compound", "nmod"):  # "Northern and Southern forces"
        return "modifier"
    is_member = root.head.lower_ == "of" and root.head.head.lemma_ in index_lexicon("member_nouns.csv")
    return "member" if is_member else "head"
