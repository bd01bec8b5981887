"""Describe a source: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from calendar import day_name
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading.aliases import straighten
from helpers.reading.attribution.spans import find_antecedent, paint
from helpers.reading.patterns import Pattern
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from helpers.reading.actors import Mention
    from helpers.reading.attribution import Citation, Parsed

PRONOUN_REACH = 400  # characters back to the end of what the source of "he said" is cited for
_BARE = (
    "source", "official", "report", "people", "person", "man", "woman", "observer", "some", "many", "most", "few",
    "others", "someone", "somebody", "everyone", "everybody", "anyone", "nobody", "none",
)  # fmt: skip
_VOICES = ("owner", "organisation", "same")  # "a statement by X", "an X spokesman", "the X group": X speaks
_OWNERS = ("of", "by", "from", "for", "with", "at", "in", "within")
_LEFT = ("amod", "compound", "nmod", "poss")
_LINKED = ("prep", "pobj")
_PLACING = ("in", "of", "at", "for", "near", "from", "on")
_PRONOUNS = {"he": "person", "she": "person", "it": "body", "they": "people"}
_NOT = {"he": ("she", "ms.", "mrs."), "she": ("he", "mr.")}  # words for others than these
_ANY_BODY = ("group", "organisation", "organization", "agency")
_NONE = (-1, -1)
_BEFORE_INTRO = re.compile(r"\b(?:by|from|the|an?)\s+|[,;]\s*", re.IGNORECASE)
_AFTER_NAME = re.compile(r",\s*(?:(?:the|a|an)\s+)?([^,]+)")


class SourceRule(NamedTuple):
    """One row of sources.csv, compiled."""

    name: str
    pattern: Pattern
    source_type: str
    actor: str


class Source(NamedTuple):
    """One source of one citation, described."""

    start: int
    end: int
    text: str
    name: str
    source_type: str
    actor: str
    named: str
    intro: tuple[int, int]


NOBODY = Source(-1, -1, "", "", NOT_NAMED, "", "bare", _NONE)


def compile_sources(sources: pd.DataFrame) -> list[SourceRule]:
    """Return the rows of sources.csv (name, pattern, source_type, actor) with their regular expressions compiled.

    An apostrophe or a hyphen in them stands for any.
    """
    sources = sources.assign(pattern=sources["pattern"].map(straighten))
    columns = ["name", "pattern", "source_type", "actor"]
    return [
        SourceRule(name, Pattern(rf"(?<!\w)(?:{pattern})(?!\w)"), source_type, actor)
        for name, pattern, source_type, actor in sources[columns].itertuples(index=False, name=None)
    ]


def describe_sources(
    article: "Parsed", citations: Sequence["Citation"], rules: Sequence[SourceRule], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]],
) -> list[list[Source]]:  # fmt: skip
    """Return, for each citation in an article, its sources described; one `NOBODY` where none is named.

    A source is known by sources.csv where a pattern matches its head, or whom its noun speaks for (source_nouns.csv: "a
    statement by X"); "X's brother" and "an X surrogate" are not X. `people` are the actors that are people, with the
    words of their names (`Matcher`). Otherwise it is a proper name without titles, and a later part of it ("Smith") or
    its acronym takes the full name used elsewhere in the article; or a description ("a military source"), named by its
    words without the article. A pronoun takes the last source before it that agrees with it, and "the monitor" the
    last monitor (`_find_antecedent`); where there is none, a pronoun's name is "unresolved".
    """
    described = [
        [_describe(article, span, rules, mentions, people) for span in citation.sources] or [NOBODY]
        for citation in citations
    ]
    return _join_names(article, citations, _unite_names(described))


def _describe(
    parsed: "Parsed", span: tuple[int, int], rules: Sequence[SourceRule], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]],
) -> Source:  # fmt: skip
    """Return a source described, by the first of these that applies: sources.csv, a pronoun, a name, a description."""
    article = parsed.text
    span = find_antecedent(parsed.doc.char_span(*span, alignment_mode="expand")[0]) or span
    words, text = parsed.doc.char_span(*span, alignment_mode="expand"), article[slice(*span)]
    head, run = words.root, _find_name(words)
    actor, seat = _find_actor(words, mentions, people)
    matches = [
        (not _is_head(own, words, run), match.start(), number, match)
        for number, rule in enumerate(rules)
        if (match := rule.pattern.search(straighten(text)))
        and (own := parsed.doc.char_span(*(span[0] + at for at in match.span()), alignment_mode="expand"))
        and (_is_head(own, words, run) or _speaks_for(own.root, words, _VOICES))
    ]
    if matches:  # the leftmost that is the head: in "Smith, head of the monitor" Smith speaks
        *_, number, match = min(matches)
        name, kind = rules[number].name, rules[number].source_type or _type_of(words)
        # a rule may describe ("the French journalist"): only a capital letter names
        named = "named" if re.search(r"\b[A-Z]", match[0]) else "described"
        intro = _find_intro(article, span, (span[0] + match.start(), span[0] + match.end()))
        return Source(*span, text, name, kind, rules[number].actor or actor, named, intro)
    if head.pos_ == "PRON" and head.lower_ not in _BARE:
        return Source(*span, text, UNRESOLVED, "unresolved", "", "bare", _NONE)
    if run:
        found = (run[0].idx, run[-1].idx + len(run[-1]))
        kind = "government" if seat else _type_of(words)
        return Source(*span, text, article[slice(*found)], kind, actor, "named", _find_intro(article, span, found))
    return _describe_common(article, span, words, actor)


def _is_head(own: "Span", words: "Span", name: Sequence["Token"]) -> bool:
    """Return whether some words of a source are of its name, or hold its head where it has none."""
    return any(token in own for token in name or [words.root])


def _find_actor(words: "Span", mentions: Sequence["Mention"], people: Mapping[str, frozenset[str]]) -> tuple[str, bool]:
    """Return the actor that speaks, at the head or whom the head speaks for, and whether it is named by its capital."""
    found = []
    for mention in mentions:
        if words.start_char <= mention.start and mention.end <= words.end_char and mention.actor != UNRESOLVED:
            own = words.doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if mention.role != "compound" and not _is_namesake(own, people.get(mention.actor)):
                at_head = mention.start <= words.root.idx < mention.end
                voices = _VOICES[:1] if mention.actor in people else _VOICES
                if at_head or (mention.role != "place" and _speaks_for(own.root, words, voices)):
                    found.append((not at_head, mention.start, mention.actor, at_head and mention.kind == "metonym"))
    return min(found)[2:] if found else ("", False)


def _is_namesake(own: "Span", known: frozenset[str] | None) -> bool:
    """Return whether a person's name is a part of somebody else's: "Brent" in "Sara Brent"."""
    before = own.doc[own.start - 1] if own.start else own.root
    other = before.pos_ == "PROPN" and before.head in own and before.text.isalpha() and before.i < own.start
    return bool(known) and other and before.text not in known and before.lower_ not in index_lexicon("titles.csv")


def _speaks_for(token: "Token", words: "Span", voices: Collection[str]) -> bool:
    """Return whether the head of a source speaks for a name in it, as source_nouns.csv says of each noun between them.

    An adjective owns no statement and names no group: "a Northern report", "a Northern group".
    """
    nouns, owns, root = [], token.dep_ == "poss", words.root
    for one in words.doc[token.i + 1 : root.i]:
        if _voice_of(one) == "":
            return False  # "a Northern rebel commander"
    adjective = token.pos_ == "ADJ"
    while token != root and token.head in words and token.head != token:
        token = token.head
        if token.pos_ == "ADP":
            owns = True
            if token.lower_ not in _OWNERS:
                return False
        elif token.pos_ in ("NOUN", "PROPN") and token.dep_ != "compound":
            nouns.append(token)
    if nouns and nouns[-1].pos_ == "PROPN" and not _voice_of(nouns[-1]):  # "X spokesman Smith"
        before = [one for one in root.lefts if one.dep_ == "compound" and (one.pos_ == "NOUN" or _voice_of(one))]
        nouns[-1:] = before[-1:]
    allowed = set(voices) - ({"same"} if adjective or owns else set()) - ({"owner"} if adjective else set())
    return token == root and bool(nouns) and all(_voice_of(noun) in allowed for noun in nouns)


def _voice_of(noun: "Token") -> str | None:
    """Return whom a noun speaks for (source_nouns.csv), "": for nobody but itself; None where it is not listed."""
    nouns = index_lexicon("source_nouns.csv")
    return next((nouns[form]["speaks_for"] for form in (noun.lemma_.lower(), noun.lower_) if form in nouns), None)


def _type_of(words: "Span") -> str:
    """Return the type of the first noun that has one, the head's first; "militia member" is of the militia's type.

    What belongs to the head counts only where the head may speak for it: "an officer of the police", but not "victims
    of the police". A country, and a spokesman with the adjective of one, is a government's.
    """
    nouns, own = index_lexicon("source_nouns.csv"), [words.root]
    for token in own:  # grows on the way
        voice = _voice_of(token)
        for child in token.children:
            if "-" in (child.doc[child.i - 1].text, child.doc[child.i + 1 :][:1].text):  # "front-runner"
                continue
            left = child.i < token.i and child.dep_ in _LEFT and voice != ""
            linked = (voice or token.pos_ == "ADP") and child.dep_ in _LINKED
            if child in words and (left or linked or child.dep_ == "appos"):
                own.append(child)
    known = [
        nouns[form]
        for token in own
        for form in (token.lemma_.lower(), token.lower_)
        if form in nouns and nouns[form]["source_type"] not in ("", *("document",) * (token != words.root))
    ]
    known.sort(key=lambda row: row["only_alone"] == "yes")  # these come after all others
    if known:
        return known[0]["source_type"]
    names, adjectives = _list_countries()
    is_country = words.root.pos_ == "PROPN" and re.sub("^[Tt]he ", "", words.text) in names
    beside = [one.text for one in words.root.lefts]
    is_national = _voice_of(words.root) == "organisation" and not adjectives.isdisjoint(beside)
    return "government" if is_country or is_national else "other"


@cache
def _list_countries() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names and the adjectives of countries.csv."""
    rows = [row for row in read_lexicon("countries.csv") if row["note"] == "country"]
    columns = (("name", "other_names"), ("adjective",))
    names, adjectives = ([name for row in rows for one in own for name in row[one].split("|")] for own in columns)
    return frozenset(names) - {""}, frozenset([*names, *adjectives]) - {""}


def _kind_of(words: "Span") -> str:
    """Return what a source is, as source_nouns.csv knows it: person, body, thing; "people": several; "": unknown."""
    root, nouns = words.root, index_lexicon("source_nouns.csv")
    if root.pos_ == "PRON":
        return _PRONOUNS.get(root.lower_, "")
    if any(_is_office(one) and one.nbor().pos_ == "PROPN" for one in words[:-1]):  # "director X"
        return "person"
    kinds = [nouns[form]["kind"] for form in (root.lower_, root.lemma_.lower()) if form in nouns]
    if root.pos_ != "PROPN":
        several = root.tag_ == "NNS" and root.lower_ not in nouns and kinds != ["thing"]
        return "people" if several else (kinds or ["thing"])[0]
    beside = [one for one in root.children if one in words and one.dep_ in (*_LEFT, "appos")]
    kinds += [nouns[form]["kind"] for one in beside for form in (one.lower_, one.lemma_.lower()) if form in nouns]
    kinds += ["body"] * (root.is_upper or root.text in _list_countries()[0])
    return "person" if "person" in kinds else (kinds or [""])[0]


def _is_office(token: "Token") -> bool:
    """Return whether a word is an office or trade of a person: "minister", "activist"."""
    forms = (token.lower_, token.lemma_.lower())
    known = index_lexicon("source_nouns.csv")
    return token.lower_ in index_lexicon("titles.csv") or any(
        known.get(one, {}).get("kind") == "person" for one in forms
    )


def _find_name(words: "Span") -> list["Token"]:
    """Return the proper name in a source, without titles, days and places; empty where there is none.

    It is that of the head or of an apposition ("the mayor, X"). Where commas are lost it may stand before the office
    ("X head of Y") or after it ("governor of Y X"), and have an age behind it ("X 24").
    """
    head, titles = words.root, index_lexicon("titles.csv")
    names = [one for one in (head, *head.children) if one.pos_ == "PROPN" and (one == head or one.dep_ == "appos")]
    start = names[0] if names else words[0] if head.like_num else None
    end = _grow_name(words[-1], words)
    if end and end[0].i > head.i and _is_office(end[0].nbor(-1)):  # "of the group director X"
        return _cut_name(end)
    if head.lower_ in titles and any(one.dep_ == "prep" and one.i > head.i for one in head.children):
        lead, cut = _grow_name(words[0], words), _cut_name(end, ("person", "body"))
        lead = lead[: next((n for n, one in enumerate(lead) if one.lower_ in titles and n > 1), len(lead))]
        if (
            len(_cut_name(lead)) > 1
            and lead[-1].i < head.i
            and _kind_of(words.doc[lead[0].i : lead[-1].i + 1]) != "body"
        ):
            return _cut_name(lead)
        if len(cut) < len(end) and end[0].i > head.i:
            return cut
    run = _cut_name(_grow_name(start, words)) if start in words else []
    is_state = len(run) > 2 and run[0].i > 1 and run[0].nbor(-1).lower_ == "of" and _is_office(run[0].nbor(-2))
    return run[1:] if is_state else run  # "Secretary of State X"


def _grow_name(token: "Token", words: "Span") -> list["Token"]:
    """Return the run of proper names around a word of a source, without the days at its edges; "Ministry of Trade"."""
    doc, left, right = words.doc, token.i, token.i
    if token.pos_ != "PROPN":
        return []
    while left > words.start and (
        doc[left - 1].pos_ == "PROPN" or doc[left - 1].text == "-" and doc[left - 2].pos_ == "PROPN"
    ):
        left -= 1
    while (
        right + 1 < len(doc)
        and (doc[right + 1].pos_ == "PROPN" and doc[right + 1].dep_ != "appos" or doc[right + 1].text == "-")
        and (right + 1 < words.end or "-" in (doc[right].text, doc[right + 1].text))
        and not (doc[right + 1].text == "-" and doc[right].whitespace_)
    ):
        right += 1
    if left == right > words.start and doc[left - 1].pos_ == "ADJ" and doc[left - 1].is_title:
        left -= not doc[left - 1].is_sent_start  # "Northern Coalition"
    after = doc[right + 1 : words.end]
    is_body = index_lexicon("source_nouns.csv").get(doc[right].lower_, {}).get("kind") == "body"
    if (
        is_body
        and after
        and after[0].lower_ in ("of", "for")
        and all(one.is_title or one.pos_ in ("ADP", "DET") for one in after)
    ):
        right = words.end - 1
    run = [one for one in doc[left : right + 1] if one.text not in day_name]
    return run or list(doc[left : right + 1])


def _cut_name(run: list["Token"], offices: Collection[str] = ("person",)) -> list["Token"]:
    """Return a name without the offices before it, and without a place that runs into it ("in Y X said")."""
    nouns, titles = index_lexicon("source_nouns.csv"), index_lexicon("titles.csv")
    if not run:
        return run
    if len(run) > 1 and run[0].i and run[0].nbor(-1).lower_ in _PLACING:
        same = [one for one in run[0].doc[1:-1] if one.text == run[0].text]
        if run[0].text in _list_countries()[0] or any(
            "PROPN" not in (one.nbor(-1).pos_, one.nbor().pos_) for one in same
        ):
            run = run[1:]
    for at in range(len(run) - 1, 0, -1):
        before = run[at - 1].lower_
        is_office = before in titles or nouns.get(before, {}).get("kind") in offices
        if (
            is_office
            and run[at].lower_ not in titles
            and (len(run) - at > 1 or all(one.lower_ in titles for one in run[:at]))
        ):
            return run[at:]
    return run


def _find_intro(article: str, span: tuple[int, int], name: tuple[int, int]) -> tuple[int, int]:
    """Return the words that introduce a name: those before it in its phrase, else what follows it after a comma."""
    before = article[span[0] : name[0]]
    start = max((match.end() for match in _BEFORE_INTRO.finditer(before)), default=0)
    words = before[start:].rstrip(" ,-—–")
    if words.strip():
        return span[0] + start, span[0] + start + len(words)
    after = _AFTER_NAME.match(article, name[1], span[1])
    return after.span(1) if after else _NONE


def _describe_common(article: str, span: tuple[int, int], words: "Span", actor: str) -> Source:
    """Return a source without a name, described."""
    head, left = words.root, words.root.left_edge
    before = [t for t in head.doc[left.i : head.i] if t.pos_ not in ("DET", "NUM", "PUNCT", "SPACE")]
    first = next((t for t in before if t.text not in day_name), head)
    name = article[first.idx : head.idx + len(head)]
    if first.pos_ != "PROPN" and first.is_sent_start:
        name = name[0].lower() + name[1:]
    named = "bare" if head.lemma_.lower() in _BARE and first == head and not list(head.rights) else "described"
    return Source(*span, words.text, name, _type_of(words), actor, named, _NONE)


def _unite_names(described: list[list[Source]]) -> list[list[Source]]:
    """Return sources in which a part of a name or its acronym has the one full name in the article, and its type.

    A part ends the name ("Smith") or is what it is of or for ("Ministry" of "Ministry of Trade").
    """
    full = {s.name: s for sources in described for s in sources if s.named == "named" and " " in s.name}

    def is_part(part: str, name: str) -> bool:
        initials = "".join(word[0] for word in name.split() if word[0].isupper())
        ends = name.endswith((f" {part}", f"-{part}")) or re.search(rf"(?:^| ){re.escape(part)} (?:of|for) ", name)
        return name != part and (bool(ends) or (len(part) > 1 and part == initials))

    def unite(source: Source) -> Source:
        longer = [name for name in full if is_part(source.name.removeprefix("The "), name)]
        if source.named != "named" or len(longer) != 1:
            return source
        known = full[longer[0]]
        kind = source.source_type if source.source_type != "other" else known.source_type
        return source._replace(name=known.name, source_type=kind, actor=source.actor or known.actor)

    return [[unite(source) for source in sources] for sources in described]


class _Known(NamedTuple):
    """A source that was cited before."""

    source: Source
    kind: str  # `_kind_of`
    words: frozenset[str]  # it was described with, in lower case
    end: int  # of its citation
    number: int  # of its citation
    parent: int | None
    says: bool  # its citation reports


def _join_names(
    article: "Parsed", citations: Sequence["Citation"], described: list[list[Source]]
) -> list[list[Source]]:
    """Return sources in which pronouns ("he said") and pointing words ("the monitor") have the name they stand for."""
    known: list[_Known] = []
    told = paint(len(article.text), (part for citation in citations for part in citation.parts)) >= 0
    kinds: dict[str, str] = {}
    for number, citation in enumerate(citations):
        for place, source in enumerate(described[number]):
            if source.start < 0:
                continue
            words = article.doc.char_span(source.start, source.end, alignment_mode="expand")
            own = frozenset(
                one.lower_
                for one in (words.root, *words.root.children)
                if words.root.pos_ == "PROPN" or one.dep_ == "appos" or one == words.root
            )
            kind = _kind_of(words)
            before = sorted((k for k in known if k.source.end <= source.start), key=lambda k: k.source.end)
            if source.name == UNRESOLVED:
                same = _find_speaker(words, citation, before, told)
            else:
                same = _find_pointed(words, source, before)
            if same:
                source = same.source._replace(start=source.start, end=source.end, text=source.text, intro=_NONE)
                described[number][place], own, kind = source, own | same.words, same.kind or kind
            kind = kinds[source.name] = kind or kinds.get(source.name, "")
            end = max(citation.cue[1], source.end, *(part.end for part in citation.parts))
            known.append(_Known(source, kind, own, end, number, citation.parent, citation.says))
    return described


def _find_speaker(words: "Span", citation: "Citation", before: Sequence[_Known], told: np.ndarray) -> _Known | None:
    """Return whom "he said" means: the last source cited shortly before that may be a "he", in the same voice.

    Where the subject of a sentence after it is somebody else, it is that one if cited before, else nobody. `told` says
    which characters are reported: subjects there do not count.
    """
    doc, at, wanted, other = words.doc, words.start_char, _kind_of(words), _NOT.get(words.root.lower_, ())
    near = [
        one
        for one in before
        if at - one.end <= PRONOUN_REACH
        and (one.parent == citation.parent or one.number == citation.parent)
        and one.source.name != UNRESOLVED
        and (one.says or one.kind)
        and (one.kind == wanted or (one.kind == "" and wanted in ("person", "body")))
        and one.words.isdisjoint(other)
    ]
    if not near or not wanted:
        return None
    since = doc[: words.start] if wanted == "person" else []
    for token in reversed([one for one in since if one.idx >= near[-1].source.end and not told[one.idx]]):
        if token.dep_ in ("nsubj", "nsubjpass") and token.pos_ == "PROPN" and not _is_place(token):
            same = [one for one in before if one.source.name.endswith(token.text)]
            if not same or same[-1].kind in ("", wanted):
                return same[-1] if same else None
    return near[-1]


def _is_place(token: "Token") -> bool:
    """Return whether a name is a country's, or stands after "in" elsewhere in the text."""
    same = [one for one in token.doc[1:] if one.text == token.text]
    return token.text in _list_countries()[0] or any(one.nbor(-1).lower_ in ("in", "near", "at") for one in same)


def _find_pointed(words: "Span", source: Source, before: Sequence[_Known]) -> _Known | None:
    """Return whom "the monitor" means: the last named monitor cited before, else the last of the same noun.

    "the group" may be any body cited before that is no government's and no army.
    """
    head, nouns = words.root, index_lexicon("source_nouns.csv")
    row = next((nouns[form] for form in (head.lemma_.lower(), head.lower_) if form in nouns), {})
    beside = [one for one in head.lefts if one.dep_ in _LEFT and one.lower_ not in ("based", "same")]
    beside = [one for one in beside if one.nbor().text != "-"]  # "X-based"
    if source.named == "named" or head.left_edge.lower_ not in ("the", "this", "that"):
        return None
    fits = [one for one in before if not source.actor or one.source.actor in ("", source.actor)]
    if row.get("kind") == "body" and row["speaks_for"] == "same":
        kind, is_any = source.source_type, head.lower_ in _ANY_BODY and not beside
        typed = all(nouns.get(one.lower_, {"source_type": ""})["source_type"] == kind for one in beside)
        named = [one for one in fits if one.kind == "body" and one.source.named == "named"] if typed else []
        alike = [one for one in named if head.lower_ in one.words]
        alike = alike or [one for one in named if one.source.source_type == kind != "other"]
        alike = alike or [one for one in named if is_any and one.source.source_type not in ("government", "military")]
        if alike:
            return alike[-1]
    same = [one for one in fits if head.lower_ in one.words and one.kind == _kind_of(words)]
    return same[-1] if same and not beside else None
