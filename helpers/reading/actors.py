"""Find every mention of an actor in a parsed article.

Aliases are matched by `aliases`; here each mention gets its role in the phrase, places are told from governments,
and descriptions ("the militants") are resolved where the text makes the actor clear. What stays open is kept as
"unresolved" with its candidates.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from helpers.lexicons import read_lexicon
from helpers.reading.aliases import OTHER, Matcher, Name, choose_actor, fold, match_names
from helpers.reading.schemas import UNRESOLVED
from helpers.reading.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_QUALIFIERS = ("ADJ", "NOUN", "PROPN", "NUM", "ADV")
_LINKS = ("-", "'s", "’s", "'", "’")
_LANDS = ("place_words.csv", "word", "noun")  # "the suburbs of X", "the border with X"
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


@cache
def _words(file: str, column: str, use: str = "") -> frozenset[str]:
    return frozenset(row[column] for row in read_lexicon(file) if not use or row["use"] == use)


def find_mentions(doc: "Doc", text: str, sentences: Sequence[Sentence], matcher: Matcher) -> list[Mention]:
    """Return every mention of an actor in a parsed article, in the order of the text.

    A span leaves out article, title and 's. A name nested at a hyphen ("X-backed forces") is a mention of its own.
    A capital's name counts as a metonym only where it does not stand for the place. A description in ordinary
    words is resolved only (1) to the actor that owns it, where actors.csv lists that ("X's army"), (2) to the one
    candidate that the same noun stood for up to two sentences back, (3) to the one candidate named earlier in its
    sentence, or (4) to the one candidate in the nearest of the two sentences before that names any; else it is
    "unresolved" with its candidates. It is no mention where it is the head of a name ("X militants": X is the
    mention), belongs to somebody who is no actor, stands for `(other)` where actors.csv gives it that candidate
    too, or is indefinite.
    """
    found: list[Mention] = []
    numbers = [(sentence.start, sentence.end) for sentence in sentences]
    sentence_no = 0
    for name in match_names(text, matcher, others=True):
        while sentence_no < len(numbers) - 1 and name.start >= numbers[sentence_no][1]:
            sentence_no += 1
        span = doc.char_span(name.start, name.end, alignment_mode="expand")
        if span is None:
            continue
        first = name.aliases[0]
        if first.common:
            actor, candidates, variant = _resolve(name, span, text, found, sentence_no)
            if not actor:
                _lengthen(text, name, span, found)
                continue
        else:
            aliases = [alias for alias in name.aliases if not alias.owner] or name.aliases
            (actor, candidates), variant = choose_actor(aliases), aliases[0].alias
            if first.kind == "metonym" and _is_place(span, text, "place"):
                continue
        inside = "{}:{}".format(*name.inside) if name.inside else ""
        role = _role(span, text, name, first.country)
        found.append(Mention(name.start, name.end, sentence_no, actor, variant, first.kind, role, inside, candidates))
    return [mention for mention in found if mention.actor != OTHER]


def _resolve(name: Name, span: "Span", text: str, found: list[Mention], sentence_no: int) -> tuple[str, str, str]:
    """The actor a description stands for, "" if it is no mention, with its candidates and the alias matched."""
    owned = {alias.owner: alias for alias in name.aliases if alias.owner}
    joins = _follows_conjunction(span)  # "said that militants ...": this "that" points at nobody
    free = [alias for alias in name.aliases if not alias.owner and not (alias.pointed and joins)]
    actors = sorted({alias.actor for alias in free})
    relation, mention = _attached(span, found)
    if relation == "other" or _is_in_name(span, text, name):
        return "", "", ""
    if mention is not None:
        if relation == "whose" and mention.actor in actors:
            return mention.actor, "", name.aliases[0].alias
        alias = owned.get(mention.actor)
        return (alias.actor, "", alias.alias) if alias else ("", "", "")
    if not actors:
        return "", "", ""
    variant = free[0].alias
    if len(actors) == 1 and not all(alias.pointed for alias in free):
        return actors[0], "", variant
    recent = [m for m in found if m.sentence_no >= sentence_no - SENTENCES_BACK and m.actor in actors]
    same_noun = {m.actor for m in recent if fold(text[m.start : m.end]) == fold(span.text)}
    if len(same_noun) == 1:
        return same_noun.pop(), "", variant
    for back in range(SENTENCES_BACK + 1):
        named = {m.actor for m in recent if m.sentence_no == sentence_no - back}
        if len(named) == 1:
            return named.pop(), "", variant
        if named:
            break
    if len(actors) == 1 and any(m.actor == actors[0] for m in found):
        return actors[0], "", variant
    return UNRESOLVED, " | ".join(actor for actor in actors if actor != OTHER), variant


def _lengthen(text: str, name: Name, span: "Span", found: list[Mention]) -> None:
    """Make "regime troops" one mention: the description before takes in the head noun right behind it."""
    last = found[-1] if found else None
    if (
        last
        and last.kind == "description"
        and last.role != "compound"
        and text[last.end : name.start].strip() == ""
        and not last.candidates
    ):
        found[-1] = last._replace(end=name.end, role=_role(span, text, name, False))


def _attached(span: "Span", found: list[Mention]) -> tuple[str, Mention | None]:
    """Who a description belongs to: an actor named right before it, somebody else, or nobody."""
    token = span[0]
    left = _left_edge(span)
    for _ in range(5):
        if token.i == 0:
            break
        previous = token.doc[token.i - 1]
        mention = next((m for m in reversed(found) if m.start <= previous.idx < m.end), None)
        if mention and mention.role != "compound":  # "anti-X rebels" are not X's
            return "owned", mention
        if previous.lower_ == "whose":
            nearest = [m for m in found if m.end <= previous.idx and previous.idx - m.end < 25]
            return ("whose", nearest[-1]) if nearest else ("other", None)
        if previous.lower_ in ("other", "another"):
            return "other", None
        if previous.lower_ in ("a", "an", "his", "her", "our", "my", "your", "no"):
            # "a rebel foothold", "a rebel-held town": "a" is the foothold's, the town's
            qualifies = span.root.dep_ in ("compound", "amod", "nmod") or _is_hyphened(span)
            return ("", None) if qualifies else ("other", None)
        if previous.lower_ == "pro" and token.text == "-" and token.i + 1 < span.start:
            return "other", None  # "pro-X fighters": X's side, but not X's own
        if previous.i < left and previous.dep_ in ("npadvmod", "pobj"):
            break  # "late last year rebels attacked": the year is no part of the phrase
        qualifies = previous.pos_ in _QUALIFIERS or previous.dep_ == "amod"
        if not qualifies and previous.text not in _LINKS:
            break
        if previous.text[0].isupper() and not previous.is_sent_start and not mention:
            return "other", None
        token = previous
    return "", None


def _left_edge(span: "Span") -> int:
    """Where the noun phrase that holds a description begins, counted in words."""
    top = span.root
    while top.dep_ in ("compound", "amod", "nmod") and top.head.i > top.i:
        top = top.head
    return min(top.left_edge.i, span.start)


def _is_hyphened(span: "Span") -> bool:
    return span.end < len(span.doc) and span.doc[span.end].text == "-"


def _follows_conjunction(span: "Span") -> bool:
    """Tell whether the word before is the "that" of "said that", which does not point."""
    return span.start > 0 and span.doc[span.start - 1].lower_ == "that" and span.doc[span.start - 1].dep_ == "mark"


def _is_in_name(span: "Span", text: str, name: Name) -> bool:
    """Tell whether a description opens somebody's name: "the Army of Honour"."""
    follows = re.match(r"\s+of\s+(?:the\s+)?[A-Z]", text[name.end : name.end + 12])
    return bool(follows) and text[name.start].isupper() and not span[0].is_sent_start


def _is_place(span: "Span", text: str, use: str) -> bool:
    """Tell whether a capital or a country stands for the land: after "in", before "province", "southern ..."."""
    after = text[span.end_char : span.end_char + 24].lstrip(" -")
    follows = re.match(r"[A-Za-z]+", after)  # "X province", and "X Province", its name
    if follows and follows.group().lower() in _words("place_words.csv", "word", "follows"):
        return True
    if any(child.lower_ in _words("place_words.csv", "word", "before") for child in span.root.lefts):
        return True
    words = _words("place_words.csv", "word", "place")
    if use == "country":
        words = words | _words("place_words.csv", "word", "country")
    token = span.root
    while token.dep_ == "conj" and token.head is not token:
        token = token.head
    if token.dep_ != "pobj":
        return False
    of_land = token.head.lower_ in ("of", "with") and token.head.head.lemma_.lower() in _words(*_LANDS)
    return of_land or token.head.lower_ in words


def _role(span: "Span", text: str, name: Name, country: bool) -> str:
    """The place of a mention in its phrase."""
    root = span.root
    before, after = text[max(0, name.start - 1) : name.start], text[name.end : name.end + 2]
    if name.inside or after[:1] == "-" or before == "-":
        return "compound"
    if after[:1] in "'’" and (after[1:] == "s" or text[name.end - 1] == "s") and root.dep_ == "poss":
        return "possessive"
    if root.dep_ == "poss" or after in ("'s", "’s"):
        return "possessive"
    if country and _is_place(span, text, "country"):
        return "place"
    first = root
    while first.dep_ == "conj" and first.head is not first:
        first = first.head
    if first.dep_ in ("amod", "compound", "nmod") and first.head.i >= root.i:  # "Northern and Southern forces"
        return "modifier"
    if root.dep_ == "pobj" and root.head.lower_ == "of" and root.head.head.lemma_ in _words("member_nouns.csv", "noun"):
        return "member"
    return "head"
