"""Find every mention of an actor in a parsed article.

Aliases are matched by `aliases`. Here each mention gets its role in the phrase, places are told apart from
governments, and descriptions ("the militants") are resolved where the text makes the actor clear. What stays open is
kept as "unresolved" with its candidates.
"""

import re
from bisect import bisect_right
from collections.abc import Collection
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from helpers.lexicons import index_lexicon, list_words, read_lexicon
from helpers.reading.aliases import OTHER, Alias, Matcher, Name, fold, match_names, straighten
from helpers.reading.attribution.spans import climb
from helpers.reading.schemas import UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from helpers.reading.attribution import Parsed

_OTHERS = ("other", "another", "whose", "a", "an", "his", "her", "our", "my", "your", "no")  # before a description
_PLACES = "place_words.csv"
_DATELINE = re.compile(r" *[(—–―/]| - |, [A-Z][\w. ]+ ?(?:\d|[(—–―])")  # after "CITY": an agency, a day, a country
_FOLLOWS = re.compile(rf",? (?:[A-Z]\.){{2}}|[ -]+(?i:{'|'.join(list_words(_PLACES, 'follows'))})\b")  # "X, D.C."
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
    A capital's name counts as a metonym only where it does not stand for the place. A description in ordinary
    words is resolved only (1) to the actor that owns it, where actors.csv lists that ("X's army"), (2) to the one
    candidate that the same noun stood for up to two sentences back, (3) to the one candidate named earlier in its
    sentence, or (4) to the one candidate in the nearest of the two sentences before that names any; else it is
    "unresolved" with its candidates. A name that is also a month or an ordinary word (ordinary_words.csv: "May")
    is no mention where it is used as that. It is no mention where it is the head of a name ("X militants": X is the
    mention), belongs to somebody who is not an actor, stands for `(other)` where actors.csv gives it that candidate
    too, or is indefinite.
    """
    found: list[Mention] = []
    text, ends = article.text, [sentence.end for sentence in article.sentences[:-1]]
    for name in match_names(text, matcher):
        sentence_no = bisect_right(ends, name.start)
        span = article.doc.char_span(name.start, name.end, alignment_mode="expand")
        first = name.aliases[0]
        if name.common:
            actor, candidates, variant = _resolve(name, span, found, sentence_no, matcher)
            if not actor:
                last = found[-1] if found and not text[found[-1].end : name.start].strip() else None
                if last and last.kind == "description" and last.role != "compound" and not last.candidates:
                    found[-1] = last._replace(end=name.end, role=_role(span, text, name))  # "regime [troops]"
                continue
        else:
            actor, candidates, variant = name.actor, name.candidates, first.alias
            own, is_known = matcher.people.get(actor, frozenset()), any(one.actor == actor for one in found)
            is_place = first.kind == "metonym" and _is_place(span, text, "place")
            is_namesake = " " not in first.head and _is_namesake(span, own, found)
            is_other = is_place or is_namesake or _is_inside(span, first, bool(own))
            if is_other or _is_ordinary(span, first, own, is_known):
                continue
        role = _role(span, text, name)
        found.append(Mention(*name[:2], sentence_no, actor, variant, first.kind, role, name.inside, candidates))
    return [mention for mention in found if mention.actor != OTHER]


def _resolve(name: Name, span: "Span", found: list[Mention], number: int, matcher: Matcher) -> tuple[str, str, str]:
    """Return the actor a description stands for, its candidates, and the alias; three times "" where none is meant."""
    owned = {alias.owner: alias for alias in name.aliases if alias.owner}
    is_of_noun = span.root.dep_ == "amod"  # "the military base": "the" is the base's
    free = [alias for alias in name.aliases if not alias.owner and not (alias.pointed and is_of_noun)]
    actors = sorted({alias.actor for alias in free})
    is_others, mention = _find_owner(span, found)
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
    return UNRESOLVED, " | ".join(actor for actor in actors if actor != OTHER), variant


def _find_owner(span: "Span", found: list[Mention]) -> tuple[bool, Mention | None]:
    """Return whether a description is somebody else's, and the mention of the actor that it belongs to ("X's army")."""
    top = climb(span.root, "amod", "compound", "nmod")
    for token in reversed(span.doc[top.left_edge.i : span.start]):
        mention = next((m for m in reversed(found) if m.start <= token.idx < m.end), None)
        if mention and mention.role != "compound":  # "anti-X rebels" are not X's
            return False, mention
        # "a rebel foothold": "a" is the foothold's
        is_own = token.lower_ in _OTHERS and (token.dep_ == "poss" or token.head == span.root)
        is_pro = token.lower_ == "pro" and token.i + 2 < span.start  # X's side, not X's own
        is_first = token.is_sent_start and not (token.pos_ == "PROPN" and span.text[0].isupper())  # "Dock Army"
        is_name = token.text[0].isupper() and not (is_first or token.dep_ == "det" or mention)
        if is_own or is_pro or is_name:
            return True, None
    return False, None


def _is_place(span: "Span", text: str, *uses: str) -> bool:
    """Return whether a capital or a country means the place: after "in", before "province", "southern ..."."""
    after = text[span.end_char : span.end_char + 24]
    is_dateline = span.text.isupper() and span[0].is_sent_start and _DATELINE.match(after)  # "CITY (Agency)"
    beside = {span.doc[max(span.start - 1, 0)], *span.root.lefts}  # "southern X", "the capital X"
    is_part = any(one.lower_ in list_words(_PLACES, "before") for one in beside)
    if is_dateline or is_part or _FOLLOWS.match(after):  # "X province", and "X Province", its name
        return True
    token = climb(span.root, "conj")
    link, above = token.head.lemma_.lower(), token.head.head.lemma_.lower()
    # "the suburbs of X", "the border with X", "the road to X"
    of_land = link in ("of", "with", "to") and above in list_words(_PLACES, "noun")
    is_entered = token.dep_ == "dobj" and link in list_words(_PLACES, "verb")
    return is_entered or (token.dep_ == "pobj" and (of_land or link in list_words(_PLACES, *uses)))


def _is_inside(span: "Span", alias: Alias, is_person: bool) -> bool:
    """Return whether a name is a part of another: "Lake Brent", "Central [Xian]", "Brent Street", "the Brents"."""
    doc, is_land = span.doc, alias.country or alias.kind == "adjective"
    before, after = doc[max(span.start - 1, 0)], doc[span.end : span.end + 3]
    is_first = before.is_sent_start and span.root.dep_ in ("compound", "amod")  # "New Xian rules"
    lands = ("other land",) if is_first else ("other land", "new land")
    ahead = {before.lower_}
    if before.lower_ in ("of", "-"):  # "town of", "Asian-"
        ahead = {doc[max(span.start - 2, 0) : span.start].text.lower().strip("-")}
    if before not in span and not ahead.isdisjoint(list_words(_PLACES, *(lands if is_land else ("other body",)))):
        return not (is_land and before.is_lower)  # "a super PAC"
    uses = ("bearer", "person's bearer", "kin") if is_person else () if alias.kind == "adjective" else ("bearer",)
    bearers = takewhile(lambda one: one.is_title or one.text == "&" or one.lower_ in list_words(_PLACES, "kin"), after)
    is_family, head = before.lower_ == "the" and span.text[-1] == "s" != alias.head[-1], span.root.head
    # "Brent-Orr", but not "the Brent-Orr debate"
    is_pair = after.text.startswith("-") and head in after and head.pos_ == "PROPN" and head.dep_ != "compound"
    is_relative = is_person and " " not in alias.head and (is_family or is_pair)
    return is_relative or any(one.lower_.strip(".") in list_words(_PLACES, *uses) for one in bearers)


def _is_namesake(span: "Span", names: frozenset[str], found: list[Mention]) -> bool:
    """Return whether a surname, of a person of these `names`, is another's: "Sara Brent", "Mrs. Brent", "Brent Sr."."""
    top, last = climb(span.root, "compound"), max((one.end for one in found[-1:]), default=0)  # "Otto Brent Jr."
    lefts = (top if top.pos_ == "PROPN" else span.root).lefts
    given = [one for one in lefts if one.i < span.start and one.is_title and one.pos_ == "PROPN"]
    given = given if given and given[-1].idx >= last else []
    first_names, titles = index_lexicon("first_names.csv"), index_lexicon("titles.csv")
    if not names:  # a person may be called as a country or a body is
        return bool(given) and given[-1].text in first_names
    sexes = {first_names[name]["pronoun"] for name in names if name in first_names}
    never = index_lexicon("pronouns.csv")[sexes.pop()]["never_for"].split("|") if len(sexes) == 1 else ()
    before, suffix = span.doc[max(span.start - 1, 0)], span.doc[min(span.end, len(span.doc) - 1)].text
    pronouns = [first_names[one.text]["pronoun"] for one in given if one.text in first_names][:1]
    called = {before.lower_, f"{before.lower_}.", *pronouns}
    if not called.isdisjoint(never) or (suffix in list_words(_PLACES, "suffix") and suffix not in names):
        return True
    is_told = bool(given) and (given[-1].lower_ in titles or given[-1].lower_ in list_words(_PLACES, "epithet"))
    is_debate = before.text == "-" and span.root.dep_ in ("compound", "amod")  # "the Orr-Brent debate"
    own = {name[:size] for name in names for size in (1, 2)}  # "Ann B. [Brent]", "A. [Brent]", "Anne [Brent]"
    return bool(given) and not (is_told or is_debate) and own.isdisjoint(one.text[:2].strip(".") for one in given)


def _is_ordinary(span: "Span", alias: Alias, names: Collection[str], is_named: bool) -> bool:
    """Return whether a name of one word is a month or an ordinary word here: "in May", "May they go", "LET IT GO"."""
    token, doc = span[0], span.doc
    use = index_lexicon("ordinary_words.csv").get(token.lower_, {}).get("use", "")
    if len(span) > 1 or not use:
        return False
    before, after = doc[max(token.i - 1, 0)], doc[min(token.i + 1, len(doc) - 1)]
    starts = token.is_sent_start or before.is_quote
    if alias.kind == "acronym":  # a name, but not in a line in capitals: "LET IT GO", "WHO WILL PAY?", "IT WAS LATE"
        near = [one for one in (before, after) if one.is_alpha]
        is_asked = use == "question word" and next((one.text for one in doc[token.i :] if one.text in ".!?"), "") == "?"
        is_open = not starts or is_asked or (use == "pronoun" and after.pos_ == "AUX")
        return bool(near) and is_open and all(one.is_upper and len(one) > 1 for one in near)
    # "the Hope of Norland", "the West Coast"
    is_noun = (names and before.pos_ == "DET" and before.head == token) or (after.is_title and token.head == after)
    if is_noun or after.like_num or ("month" in use and _is_month(token, before, after)):  # "Page 3", "May 5"
        return True
    # first in a sentence and in capitals all words look like names: "Hope said" is a person, "Hope for peace" is none,
    # and "Hope is fading" only where he was named before
    is_known = use != "ordinary word" or not names or is_named
    says = after.tag_ in ("VBD", "VBZ") and (is_known or after.lemma_ in _SPEECH)
    looks = token.pos_ in ("PROPN", "NOUN") and after.pos_ != "ADP"
    return (starts or token.text != token.text.title()) and not says and not (is_known and looks)


def _is_month(token: "Token", before: "Token", after: "Token") -> bool:
    """Return whether the name of a month is one: "in mid-May", "3 May", "May to July", "the May talks", "until May"."""
    near = {one.lower_ for one in token.doc[max(token.i - 2, 0) : token.i + 3] if one.is_title} - {token.lower_}
    is_listed = near & list_words("ordinary_words.csv", "month", "month modal", "month verb")
    before = token.doc[max(token.i - 2, 0)] if before.text in ("-", "of") else before
    is_in = before.lower_ in list_words(_PLACES, "month") or after.lower_ in list_words(_PLACES, "after month")
    is_until = token.dep_ == "pobj" and before.lower_ in list_words(_PLACES, "before month")
    is_the = before.pos_ == "DET" and token.head.lemma_ not in index_lexicon("source_nouns.csv")  # "the May talks"
    return bool(is_listed) or is_in or is_until or is_the or (before.like_num and len(before) < 3)


def _role(span: "Span", text: str, name: Name) -> str:
    """Return the role of a mention in its phrase."""
    root = span.root
    joined = text.endswith("-", 0, name.start) and re.search(r"(\w*)-$", text[max(0, name.start - 20) : name.start])
    is_joined = joined and joined[1].lower() not in index_lexicon("name_particles.csv")  # "anti-X", but not "al-X"
    if name.inside or text[name.end : name.end + 1] == "-" or is_joined:
        return "compound"
    if root.dep_ == "poss" or re.match(".'s|s' [a-z]", straighten(text[name.end - 1 : name.end + 3])):  # "Ames' house"
        return "possessive"
    people = root.pos_ == "ADJ" and root.i < root.head.i and root.head.lower_ in list_words(_PLACES, "land")
    if people or (name.aliases[0].country and _is_place(span, text, "place", "country")):
        return "place"
    if climb(root, "conj").dep_ in ("amod", "compound", "nmod"):  # "Northern and Southern forces"
        return "modifier"
    if root.dep_ == "pobj" and root.head.lower_ == "of" and root.head.head.lemma_ in index_lexicon("member_nouns.csv"):
        return "member"
    return "head"
