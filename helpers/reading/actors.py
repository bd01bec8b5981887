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
_FOLLOWS = re.compile(r"(?P<land>,? (?:[A-Z]\.){2})?[ -]*(?P<word>[A-Za-z]*)")
_SPEECH = {row["lemma"] for row in read_lexicon("reporting_verbs.csv") if row["stance"]}
_OWNER = re.compile(".'s|s' [a-z]")
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
                    found[-1] = last._replace(end=name.end, role=_role(span, text, name, False))  # "regime [troops]"
                continue
        else:
            actor, candidates, variant = name.actor, name.candidates, first.alias
            is_place = first.kind == "metonym" and _is_place(span, text, "place")
            own = matcher.people.get(actor, ())
            if is_place or _is_ordinary(span, first, own, found) or _is_of_another(span, first, own, found):
                continue
        role = _role(span, text, name, first.country)
        found.append(Mention(*name[:2], sentence_no, actor, variant, first.kind, role, name.inside, candidates))
    return [mention for mention in found if mention.actor != OTHER]


def _resolve(name: Name, span: "Span", found: list[Mention], number: int, matcher: Matcher) -> tuple[str, str, str]:
    """Return the actor a description stands for, its candidates, and the alias; three times "" where none is meant."""
    owned = {alias.owner: alias for alias in name.aliases if alias.owner}
    before = span.doc[max(0, span.start - 1)]
    # no pointer: "said that militants"; another's: "the military base"
    unpointed = (before.lower_ == "that" and before.dep_ == "mark") or span.root.dep_ == "amod"
    free = [alias for alias in name.aliases if not alias.owner and not (alias.pointed and unpointed)]
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
        is_name = token.text[0].isupper() and not (token.is_sent_start or token.dep_ == "det" or mention)
        if is_own or is_pro or is_name:
            return True, None
    return False, None


def _is_place(span: "Span", text: str, *uses: str) -> bool:
    """Return whether a capital or a country means the place: after "in", before "province", "southern ..."."""
    after = text[span.end_char : span.end_char + 24]
    is_dateline = span.text.isupper() and span[0].is_sent_start and _DATELINE.match(after)  # "CITY (Agency)"
    beside = {span.doc[max(span.start - 1, 0)], *span.root.lefts}  # "southern X", "the capital X"
    is_part = any(one.lower_ in list_words(_PLACES, "before") for one in beside)
    follows = _FOLLOWS.match(after)  # "X province", and "X Province", its name; "X, D.C."
    if is_dateline or is_part or follows["land"] or follows["word"].lower() in list_words(_PLACES, "follows"):
        return True
    token = climb(span.root, "conj")
    link, above = token.head.lemma_.lower(), token.head.head.lemma_.lower()
    # "the suburbs of X", "the border with X", "the road to X"
    of_land = link in ("of", "with", "to") and above in list_words(_PLACES, "noun")
    is_entered = token.dep_ == "dobj" and link in list_words(_PLACES, "verb")
    return is_entered or (token.dep_ == "pobj" and (of_land or link in list_words(_PLACES, *uses)))


def _is_of_another(span: "Span", alias: Alias, names: Collection[str], found: list[Mention]) -> bool:
    """Return whether a name, of a person of these `names`, is another's: "Brent" in "Sara Brent", "Central [Xian]"."""
    before = span.doc[max(span.start - 1, 0)]
    before = span.doc[max(span.start - 2, 0)] if before.text == "-" else before  # "Asian-Ruritanian"
    is_land = alias.country or alias.kind == "adjective"
    if before not in span and before.lower_ in list_words(_PLACES, "other land" if is_land else "other body"):
        return before.is_title or not is_land  # "a super PAC"
    bearers = takewhile(lambda one: one.is_title or one.text == "&", span.doc[span.end : span.end + 3])
    uses = ("bearer", "person's bearer") if names else () if is_land else ("bearer",)  # "Brent Street", "Brent & Sons"
    is_full = " " in alias.head
    is_family = names and not is_full and before.lower_ == "the" and span.text[-1] == "s" != alias.head[-1]  # "Brents"
    if is_family or any(one.lower_.strip(".") in list_words(_PLACES, *uses) for one in bearers):
        return True
    own = {name[:size] for name in names for size in (1, 2)}  # "Ann B. [Brent]", "A. [Brent]", "Anne [Brent]"
    lists = index_lexicon("titles.csv"), list_words(_PLACES, "epithet")
    is_apart = before in span or any(before.lower_ in words for words in lists)
    if not names or is_full or is_apart or (found and before.idx < found[-1].end):
        return False
    is_longer = before.is_title and before.pos_ == "PROPN" and before.head in span
    return is_longer and own.isdisjoint(one.text.strip(".")[:2] for one in span.root.lefts if one.pos_ == "PROPN")


def _is_ordinary(span: "Span", alias: Alias, names: Collection[str], found: list[Mention]) -> bool:
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
    is_noun = names and before.pos_ == "DET" and before.head == token  # "the Hope of Norland"
    if is_noun or ("month" in use and _is_month(token, before, after)):
        return True
    # first in a sentence and in capitals all words look like names: "Hope said" is a person, "Hope for peace" is none,
    # and "Hope is fading" only where he was named before
    is_known = use != "ordinary word" or not names or any(one.actor == alias.actor for one in found)
    says = after.tag_ in ("VBD", "VBZ") and (is_known or after.lemma_ in _SPEECH)
    looks = token.pos_ in ("PROPN", "NOUN") and after.pos_ != "ADP"
    return (starts or token.text != token.text.title()) and not says and not (is_known and looks)


def _is_month(token: "Token", before: "Token", after: "Token") -> bool:
    """Return whether the name of a month is one: "in mid-May", "3 May", "May to July", "the May talks", "until May"."""
    doc, months = token.doc, list_words("ordinary_words.csv", "month", "month modal", "month verb")
    near = [(before, doc[max(token.i - 2, 0)]), (after, doc[min(token.i + 2, len(doc) - 1)])]
    listed = (one.is_title and one.lower_ in months for link, one in near
              if one != token and not (link.like_num or link.text in ".!?"))  # fmt: skip
    before = near[0][1] if before.text in ("-", "of") else before
    is_in = before.lower_ in list_words(_PLACES, "month") or after.lower_ in list_words(_PLACES, "after month")
    of_verb = token.dep_ == "pobj" and token.head.dep_ == "prep" and token.head.head.pos_ in ("VERB", "AUX")
    is_until = of_verb and before.lower_ in list_words(_PLACES, "before month")
    is_the = before.pos_ == "DET" and token.head.lemma_ not in index_lexicon("source_nouns.csv")  # "the May talks"
    return any(listed) or is_in or is_until or is_the or after.like_num or (before.like_num and len(before) < 3)


def _role(span: "Span", text: str, name: Name, country: bool) -> str:
    """Return the role of a mention in its phrase."""
    root = span.root
    joined = text[name.start - 1 :][:1] == "-" and re.search(r"(\w*)-$", text[max(0, name.start - 20) : name.start])
    is_joined = joined and joined[1].lower() not in index_lexicon("name_particles.csv")  # "anti-X", but not "al-X"
    if name.inside or text[name.end : name.end + 1] == "-" or is_joined:
        return "compound"
    if root.dep_ == "poss" or _OWNER.match(straighten(text[name.end - 1 : name.end + 3])):  # "Ames' house"
        return "possessive"
    people = root.pos_ == "ADJ" and root.i < root.head.i and root.head.lower_ in list_words(_PLACES, "land")
    if people or (country and _is_place(span, text, "place", "country")):
        return "place"
    if climb(root, "conj").dep_ in ("amod", "compound", "nmod"):  # "Northern and Southern forces"
        return "modifier"
    if root.dep_ == "pobj" and root.head.lower_ == "of" and root.head.head.lemma_ in index_lexicon("member_nouns.csv"):
        return "member"
    return "head"
