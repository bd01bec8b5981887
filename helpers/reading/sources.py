"""Describe a source: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from calendar import day_name
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading.aliases import straighten
from helpers.reading.attribution.spans import find_antecedent, find_phrase, paint
from helpers.reading.files import Pattern
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED
from helpers.reading.source_words import LEFT, VOICES, find_name, find_row, kind_of, speaks_for, type_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from helpers.reading.actors import Mention
    from helpers.reading.attribution import Citation, Parsed

PRONOUN_REACH = 400  # characters back to the end of what the source of "he said" is cited for
_BARE = (
    "source", "official", "report", "people", "person", "man", "woman", "observer", "some", "many", "most", "few",
    "others", "someone", "somebody", "everyone", "everybody", "anyone", "nobody", "none",
)  # fmt: skip
_ANY_BODY = ("group", "organisation", "organization", "agency")
_AGREES = {  # with "he", "it", "they", "we"
    "person": ("person", ""), "body": ("body", "thing", ""), "people": ("people",), "any": ("person", "body", "people"),
}  # fmt: skip
_WOMEN = ("she", "ms.", "mrs.", "woman", "wife", "mother", "sister", "daughter", "spokeswoman", "girl")
_MEN = ("he", "mr.", "man", "husband", "father", "brother", "son", "spokesman", "boy")
_NOT = {"he": _WOMEN, "she": _MEN}  # words that mean somebody else
_COUNTRIES = {form for row in read_lexicon("countries.csv") for cell in row.values() for form in cell.split("|")}
_NONE = (-1, -1)
_BEFORE_INTRO = re.compile(r"\b(?:by|from|the|an?)\s+|[,;]\s*", re.IGNORECASE)
_TORN = re.compile(r"\b(?:in|of|from|near) (?:[A-Z]\w+ )?\w*-$")  # "near [Old al-]Ostrel" is a place and no source
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
    rows = sources[["name", "pattern", "source_type", "actor"]].itertuples(index=False, name=None)
    return [SourceRule(name, Pattern(rf"(?<!\w)(?:{words})(?!\w)"), kind, actor) for name, words, kind, actor in rows]


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
    last monitor (`_find_pointed`); where there is none, a pronoun's name is "unresolved".
    """
    describe = partial(_describe, article, rules=rules, mentions=mentions, people=people)
    whole = [[span for span in one.sources if not _TORN.search(article.text[max(0, span[0] - 40) : span[0]])]
             for one in citations]  # fmt: skip
    described = [[describe(span) for span in spans] or [NOBODY] for spans in whole]
    subjects = [describe(span) for span in _list_subjects(article, citations)]
    *described, subjects = _unite_names([*described, subjects])
    return _join_names(article, citations, described, subjects, describe)


def _describe(
    parsed: "Parsed", span: tuple[int, int], rules: Sequence[SourceRule], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]],
) -> Source:  # fmt: skip
    """Return a source described, by the first of these that applies: sources.csv, a pronoun, a name, a description."""
    article = parsed.text
    span = _cut_lead(parsed.doc.char_span(*span, alignment_mode="expand"), span)
    words, text = parsed.doc.char_span(*span, alignment_mode="expand"), article[slice(*span)]
    head, run = words.root, find_name(words)
    actor, own_name = _find_actor(words, mentions, people)
    matches = [
        (not _is_head(own, words, run), match.start(), number, match)
        for number, rule in enumerate(rules)
        if (match := rule.pattern.search(straighten(text)))
        and (own := parsed.doc.char_span(*(span[0] + at for at in match.span()), alignment_mode="expand"))
        and (_is_head(own, words, run) or speaks_for(own.root, words, VOICES))
    ]
    if matches:  # the leftmost that is the head: in "Smith, head of the monitor" Smith speaks
        *_, number, match = min(matches)
        name, kind = rules[number].name, rules[number].source_type or type_of(words)
        # a rule may describe ("the French journalist"): only a capital letter names
        named = "named" if re.search(r"\b[A-Z]", match[0]) else "described"
        intro = _find_intro(article, span, (span[0] + match.start(), span[0] + match.end()))
        return Source(*span, text, name, kind, rules[number].actor or actor, named, intro)
    if head.pos_ == "PRON" and head.lower_ not in _BARE:
        return Source(*span, text, UNRESOLVED, "unresolved", "", "bare", _NONE)
    if run:
        found = (run[0].idx, run[-1].idx + len(run[-1]))
        kind = "government" if own_name and own_name.kind == "metonym" else type_of(words)
        return Source(*span, text, article[slice(*found)], kind, actor, "named", _find_intro(article, span, found))
    before = [t for t in parsed.doc[words.start : head.i] if t.pos_ not in ("DET", "NUM", "PUNCT", "SPACE")]
    first = next((t for t in before if t.text not in day_name), head)
    name = article[first.idx : head.idx + len(head)]
    if first.pos_ != "PROPN" and first.is_sent_start and first.is_title:
        name = name[0].lower() + name[1:]
    named = "bare" if head.lemma_.lower() in _BARE and first == head and not list(head.rights) else "described"
    if find_row(head)["kind"] == "body" and find_row(head)["source_type"] in ("", "media", "NGO or monitor"):
        names = {t.text for t in before if t.pos_ == "PROPN" and t.nbor().text != "-"} - _COUNTRIES
        named = "named" if names else named  # "the Reuters news agency" has a name
    return Source(*span, text, name, type_of(words), actor, named, _NONE)


def _is_head(own: "Span", words: "Span", name: Sequence["Token"]) -> bool:
    """Return whether some words of a source hold its head, or are of its name where that stands apart."""
    return any(token in own for token in (name if name and words.root not in name else [words.root]))


def _cut_lead(words: "Span", span: tuple[int, int]) -> tuple[int, int]:
    """Return a source without what is before it, where commas and line ends are lost; of a relative pronoun, its noun.

    "Earlier [the source]", "Photo by X [A witness]".
    """
    begins = [one.idx for one in words[1:] if one.text in ("A", "An", "Another")]
    begins += [one.idx for one in words[1:2] if one.lower_ == "the" and words[0].pos_ == "ADV"]
    begins += [one.nbor().idx for one in words[1:-1] if one.text == ")" and "(" not in words.text]  # "(Agency) X"
    return find_antecedent(words[0]) or (max([span[0], *begins]), span[1])


def _find_actor(
    words: "Span", mentions: Sequence["Mention"], people: Mapping[str, frozenset[str]]
) -> tuple[str, "Mention | None"]:
    """Return the actor that speaks, at the head or whom the head speaks for, and its mention where that is the head."""
    found = []
    for mention in mentions:
        if words.start_char <= mention.start and mention.end <= words.end_char and mention.actor != UNRESOLVED:
            own = words.doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if mention.role != "compound" and not _is_namesake(own, people.get(mention.actor)):
                at_head = mention.start <= words.root.idx < mention.end
                voices = VOICES[:1] if mention.actor in people else VOICES
                if at_head or speaks_for(own.root, words, voices):
                    found.append((not at_head, mention.start, mention.actor, mention if at_head else None))
    return min(found, key=itemgetter(0, 1, 2))[2:] if found else ("", None)


def _is_namesake(own: "Span", known: frozenset[str] | None) -> bool:
    """Return whether a person's name is a part of somebody else's: "Brent" in "Sara Brent"."""
    before = own.doc[own.start - 1] if own.start else own.root
    other = before.pos_ == "PROPN" and before.head in own and before.text.isalpha() and before.i < own.start
    return bool(known) and other and before.text not in known and before.lower_ not in index_lexicon("titles.csv")


def _find_intro(article: str, span: tuple[int, int], name: tuple[int, int]) -> tuple[int, int]:
    """Return the words that introduce a name: those before it in its phrase, else what follows it after a comma."""
    before = article[span[0] : name[0]]
    start = max((match.end() for match in _BEFORE_INTRO.finditer(before)), default=0)
    words = before[start:].rstrip(" ,-—–")
    if words.strip():
        return span[0] + start, span[0] + start + len(words)
    after = _AFTER_NAME.match(article, name[1], span[1])
    return after.span(1) if after else _NONE


def _unite_names(described: list[list[Source]]) -> list[list[Source]]:
    """Return sources in which a part of a name or its acronym has the one full name in the article, and its type.

    A part ends the name ("Smith") or is what it is of or for ("Ministry" of "Ministry of Trade").
    """
    whole = [s for sources in described for s in sources if s.named == "named" and " " in s.name]
    full = {s.name: s for s in sorted(whole, key=lambda s: s.source_type != "other")}
    longer: dict[str, set[str]] = defaultdict(set)
    for name in full:
        head, *others = re.split(" (?:of|for) ", name)
        parts = [name[at.end() :] for at in re.finditer("[ -]", name)]
        parts += [head[at.end() :] for at in re.finditer("^|[ -]", head) if others]
        for part in [*parts, "".join(word[0] for word in name.split() if word[0].isupper())]:
            longer[part].add(name)

    for sources in described:
        for number, source in enumerate(sources):
            names = longer[source.name] - {source.name}
            if source.named == "named" and len(names) == 1:
                known = full[min(names)]
                kind = source.source_type if source.source_type != "other" else known.source_type
                actor = known.actor or source.actor
                sources[number] = source._replace(name=known.name, source_type=kind, actor=actor)
    return described


class _Known(NamedTuple):
    """Somebody whom the text has cited, or told of, before."""

    source: Source
    kind: str  # `kind_of`
    words: frozenset[str]  # it was described with, in lower case
    end: int  # of its citation
    number: int  # of its citation, -1: the subject of another sentence
    parent: int | None
    says: bool  # its citation reports


def _list_subjects(article: "Parsed", citations: Sequence["Citation"]) -> Iterator[tuple[int, int]]:
    """Yield the proper names and pronouns that are subjects in the outlet's own words and no sources."""
    told = paint(len(article.text), (part for one in citations for part in one.parts)) >= 0
    cited = paint(len(article.text), (span for one in citations for span in one.sources)) >= 0
    for token in article.doc:
        if token.dep_ in ("nsubj", "nsubjpass") and not told[token.idx] and not cited[token.idx]:
            if token.pos_ == "PROPN" or token.lower_ in ("he", "she"):
                yield find_phrase(token)


def _join_names(
    article: "Parsed", citations: Sequence["Citation"], described: list[list[Source]], subjects: Sequence[Source],
    describe: Callable[[tuple[int, int]], Source],
) -> list[list[Source]]:  # fmt: skip
    """Return sources in which pronouns ("he said") and pointing words ("the monitor") have the name they stand for."""
    known: list[_Known] = []
    kinds: dict[str, str] = {}
    called: dict[str, frozenset[str]] = defaultdict(frozenset)
    meant: dict[int, _Known] = {}
    spoken = [(one, number, place) for number, own in enumerate(described) for place, one in enumerate(own)]
    spoken = [one for one in spoken if one[0].start >= 0]
    for source, number, place in sorted([*spoken, *((one, -1, 0) for one in subjects)], key=lambda one: one[0].start):
        words = article.doc.char_span(source.start, source.end, alignment_mode="expand")
        beside = [one for one in words.root.children if one.dep_ == "appos" or words.root.pos_ == "PROPN"]
        own, kind = frozenset(one.lower_ for one in (words.root, *beside)), kind_of(words)
        kind = "" if kind == "none" and source.named == "named" else kind  # the parser took a name for a noun
        parent, says = (citations[number].parent, citations[number].says) if number >= 0 else (None, True)
        before = [one for one in known if one.source.end <= source.start]
        if " " in source.name:
            own = called[source.name] = called[source.name] | own
        if source.start in meant:  # the subject of several cues: "he said and promised"
            same = meant[source.start]
        elif source.name == UNRESOLVED:
            same = _find_speaker(words, parent, before)
        else:
            same = _find_pointed(words, source, before, describe)
        if same:
            meant[source.start] = same
            own, kind = own | same.words, same.kind or kind
            named = same.source.named
            if source.name != UNRESOLVED and named == "named":  # its own words describe it
                named = "described"
            source = same.source._replace(
                start=source.start, end=source.end, text=source.text, named=named, intro=_NONE
            )
        kind = kinds[source.name] = kind or kinds.get(source.name, "")
        end = source.end
        if number >= 0:
            described[number][place] = source
            end = max(citations[number].cue[1], end, *(part.end for part in citations[number].parts))
        known.append(_Known(source, kind, own, end, number, parent, says))
    return described


def _find_speaker(words: "Span", parent: int | None, before: Sequence[_Known]) -> _Known | None:
    """Return whom "he said" means: the last before it, in the same voice and near, that may be a "he"."""
    wanted, other = kind_of(words), _NOT.get(words.root.lower_, ())
    near = [
        one
        for one in before
        if words.start_char - one.end <= PRONOUN_REACH
        and (one.parent == parent or one.number == parent)
        and one.source.name != UNRESOLVED
        and one.kind in _AGREES.get(wanted, ())
        and one.words.isdisjoint(other)
    ]
    return near[-1] if near else None


def _find_pointed(
    words: "Span", source: Source, before: Sequence[_Known], describe: Callable[[tuple[int, int]], Source]
) -> _Known | None:
    """Return whom "the monitor" means: the last named monitor cited before, else what the text calls so before.

    "the group" may be any body cited before that is no government's and no army; "the source" is the last source.
    """
    head, row = words.root, find_row(words.root)
    if source.named == "named" or words[0].lower_ not in ("the", "this", "that"):
        return None
    beside = [one for one in head.lefts if one.dep_ in LEFT and one.lower_ != "based" and one.nbor().text != "-"]
    same = [one for one in before if head.lower_ in one.words and one.kind == kind_of(words)]
    if any(one.lower_ == "of" for one in head.rights):
        return None
    if row["kind"] != "body":
        if same and not beside:
            return same[-1]
        if head.tag_ == "NN" and row["kind"] == "person" and row["source_type"] != "media" and before:
            one = before[-1]
            fits = one.kind in ("person", "") and one.source.named == "named" and one.number >= 0
            near = words.start_char - one.end <= PRONOUN_REACH
            types = {one.source.source_type, source.source_type} - {"other"}
            if fits and near and len(types) < 2:
                return one
        return None
    kind, is_any = source.source_type, head.lower_ in _ANY_BODY and not beside
    if any(find_row(one)["source_type"] != kind for one in beside):  # but "the monitoring group"
        return None
    alike = [one for one in before if one.kind == "body" and (one in same or row["speaks_for"] == "same")]
    named = [one for one in alike if one.source.named == "named"]
    typed = [one for one in named if one.source.source_type == kind != "other"]
    loose = [one for one in named if is_any and one.source.source_type not in ("government", "military")]
    if found := typed or loose or same:
        return found[-1]
    for token in reversed(head.doc[: words.start]):
        is_named = any(one.is_title and one.i < token.i for one in token.children)
        if is_named and token.lower_ == head.lower_ and not beside:
            return _Known(describe(find_phrase(token)), "body", frozenset({head.lower_}), 0, -1, None, False)
    return None
