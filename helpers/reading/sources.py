"""Describe a source: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from calendar import day_name
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading.aliases import straighten
from helpers.reading.attribution.spans import find_antecedent, find_phrase, paint
from helpers.reading.files import Pattern
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED
from helpers.reading.source_words import LEFT, VOICES, find_name, find_row, is_office, kind_of, speaks_for, type_of

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
_SUBJECT, _ASIDE = -1, -2  # in place of the number of a citation: told of, but not cited
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
    words without the article. A pronoun takes the last source or subject before it that agrees with it
    (`_find_speaker`), and "the monitor" the last monitor (`_find_pointed`); where there is none, a pronoun's name is
    "unresolved".
    """
    describe = partial(_describe, article, rules=rules, mentions=mentions, people=people)
    spans = [(span, number) for number, one in enumerate(citations) for span in one.sources]
    spans = [one for one in spans if not _TORN.search(article.text[max(0, one[0][0] - 40) : one[0][0]])]
    spans += _list_others(article, citations)
    sources = _unite_names([describe(span) for span, _ in spans])
    _resolve(article, citations, sources, numbers := [number for _, number in spans])
    cited: list[list[Source]] = [[] for _ in citations]
    for source, number in zip(sources, numbers, strict=True):
        if number >= 0:
            cited[number].append(source)
    return [own or [NOBODY] for own in cited]


def _describe(
    parsed: "Parsed", span: tuple[int, int], rules: Sequence[SourceRule], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]],
) -> Source:  # fmt: skip
    """Return a source described, by the first of these that applies: a pronoun, sources.csv, a name, a description."""
    article = parsed.text
    span = _cut_lead(parsed.doc.char_span(*span, alignment_mode="expand"), span)
    words, text = parsed.doc.char_span(*span, alignment_mode="expand"), article[slice(*span)]
    head, run = words.root, find_name(words)
    if head.pos_ == "PRON" and head.lower_ not in _BARE:
        return Source(*span, text, UNRESOLVED, "unresolved", "", "bare", _NONE)
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
    if run or (own_name and own_name.kind in ("name", "acronym")):  # "Sanders" may be taken for a noun
        found = (run[0].idx, run[-1].idx + len(run[-1])) if run else (own_name.start, own_name.end)
        kind = "government" if own_name and own_name.kind == "metonym" else type_of(words)
        return Source(*span, text, article[slice(*found)], kind, actor, "named", _find_intro(article, span, found))
    before = [t for t in parsed.doc[words.start : head.i] if t.pos_ not in ("DET", "NUM", "PUNCT", "SPACE")]
    first = next((t for t in before if t.text not in day_name), head)
    name = article[first.idx : head.idx + len(head)]
    if first.pos_ != "PROPN" and first.is_sent_start and first.is_title and first.text not in _COUNTRIES:
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
    begins = [span[0]]
    for before, one in pairwise(words):
        after = before.text == ")" and "(" not in words.text  # "(Agency) [X]"
        early = before == words[0] and before.pos_ == "ADV" and one.lower_ == "the"
        counted = before.pos_ in ("NUM", "NOUN") and one.i < words.root.i  # "killed 9 [a source]"
        if after or early or one.text in ("A", "An", "Another") or (counted and one.text in ("a", "an")):
            begins.append(one.idx)
    return find_antecedent(words[0]) or (max(begins), span[1])


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


def _unite_names(sources: list[Source]) -> list[Source]:
    """Return sources in which a part of a name or its acronym has the one full name in the article, and its type.

    A part ends the name ("Smith") or is what it is of or for ("Ministry" of "Ministry of Trade").
    """
    whole = [s for s in sources if s.named == "named" and " " in s.name]
    full = {s.name: s for s in sorted(whole, key=lambda s: s.source_type != "other")}
    longer: dict[str, set[str]] = defaultdict(set)
    for name in full:
        head, *others = re.split(" (?:of|for) ", name)
        parts = [name[at.end() :] for at in re.finditer("[ -]", name)]
        parts += [head[at.end() :] for at in re.finditer("^|[ -]", head) if others]
        for part in [*parts, "".join(word[0] for word in name.split() if word[0].isupper())]:
            longer[part].add(name)
    united = []
    for source in sources:
        names = longer[source.name] - {source.name}
        longest = max(names, key=len, default="")
        if source.named == "named" and names and all(name in longest for name in names):
            known = full[longest]
            kind = source.source_type if source.source_type != "other" else known.source_type
            source = source._replace(name=known.name, source_type=kind, actor=known.actor or source.actor)
        united.append(source)
    return united


def _list_others(article: "Parsed", citations: Sequence["Citation"]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield who else a text names, with _SUBJECT for the subjects of the outlet's own words, with _ASIDE for others.

    These are the subjects inside what is reported, names with an office before them, and bodies.
    """
    from spacy.strings import hash_string
    from spacy.symbols import nsubj, nsubjpass

    listed = [noun for noun, row in index_lexicon("source_nouns.csv").items() if row["kind"] in ("person", "body")]
    listed += index_lexicon("titles.csv")
    told = paint(len(article.text), (part for one in citations for part in one.parts)) >= 0
    cited = paint(len(article.text), (span for one in citations for span in one.sources)) >= 0
    lower, dep = article.doc.to_array(["LOWER", "DEP"]).T
    found = np.isin(lower, list(map(hash_string, listed))) | np.isin(dep, [nsubj, nsubjpass])
    for token in (article.doc[at] for at in np.flatnonzero(found).tolist()):
        is_subject = token.dep_ in ("nsubj", "nsubjpass") and token.pos_ == "PROPN"
        is_subject = is_subject or (token.lower_ in ("he", "she") and not told[token.idx])
        if token.dep_ == "compound" and is_office(token):
            token = token.head  # "director [X]"
            is_named = token.pos_ == "PROPN" and not told[token.idx]
        else:
            is_named = token.head.lower_ not in ("of", "for") and any(one.is_title for one in token.lefts)
            is_named = is_named and find_row(token)["kind"] == "body"
        if not cited[token.idx] and (is_named or is_subject):
            yield find_phrase(token), _SUBJECT if is_subject and not told[token.idx] else _ASIDE


class _Known(NamedTuple):
    """Somebody whom the text has cited, or told of, before."""

    source: Source
    kind: str  # `kind_of`
    words: frozenset[str]  # it was described with, in lower case
    end: int  # of its citation
    number: int  # of its citation, or _SUBJECT, _ASIDE
    parent: int | None


def _resolve(
    article: "Parsed", citations: Sequence["Citation"], sources: list[Source], numbers: Sequence[int]
) -> None:
    """Give pronouns ("he said") and pointing words ("the monitor") among the sources the name they stand for.

    `numbers` has the citation of each.
    """
    known: list[_Known] = []
    traits: dict[str, tuple[str, frozenset[str]]] = defaultdict(lambda: ("", frozenset()))
    meant: dict[int, _Known] = {}
    for at in sorted(range(len(sources)), key=lambda at: sources[at].start):
        source, number = sources[at], numbers[at]
        words = article.doc.char_span(source.start, source.end, alignment_mode="expand")
        beside = [one for one in words.root.children if one.dep_ == "appos" or words.root.pos_ == "PROPN"]
        own, kind = frozenset(one.lower_ for one in (words.root, *beside)), kind_of(words, article.text)
        kind = "" if kind == "none" and source.named == "named" else kind  # the parser took a name for a noun
        cited = citations[number] if number >= 0 else None
        before = [one for one in known if one.source.end <= source.start]
        if source.start in meant:  # the subject of several cues: "he said and promised"
            same = meant[source.start]
        elif source.name == UNRESOLVED:
            same = _find_speaker(words, kind, cited.parent if cited else None, before)
        else:
            same = _find_pointed(words, kind, source, before)
        if same:
            meant[source.start] = same
            own, kind = own | same.words, same.kind or kind
            named = same.source.named
            if source.name != UNRESOLVED and named == "named":  # its own words describe it
                named = "described"
            of_type = same.source if same.source.source_type != "other" or source.name == UNRESOLVED else source
            source = source._replace(
                name=same.source.name, source_type=of_type.source_type, actor=same.source.actor or source.actor,
                named=named, intro=_NONE,
            )  # fmt: skip
            sources[at] = source
        elif source.name != UNRESOLVED:
            kind, own = kind or traits[source.name][0], own | traits[source.name][1]
            traits[source.name] = kind, own
        end = max(cited.cue[1], source.end, *(part.end for part in cited.parts)) if cited else source.end
        known.append(_Known(source, kind, own, end, number, cited.parent if cited else None))


def _find_speaker(words: "Span", wanted: str, parent: int | None, before: Sequence[_Known]) -> _Known | None:
    """Return whom "he said" means: the last before it, in the same voice and near, that may be a "he".

    Who is named only aside comes after all others.
    """
    other = _NOT.get(words.root.lower_, ())
    near = [
        one
        for one in before
        if words.start_char - one.end <= PRONOUN_REACH
        and (one.number == parent or (one.parent == parent and words.root.lower_ not in ("i", "we")))
        and one.source.name != UNRESOLVED
        and one.kind in _AGREES.get(wanted, ())
        and one.words.isdisjoint(other)
    ]
    near = [one for one in near if one.number != _ASIDE] or near
    return max(near, key=lambda one: one.source.end, default=None)


def _find_pointed(words: "Span", wanted: str, source: Source, before: Sequence[_Known]) -> _Known | None:
    """Return whom "the monitor" means: the last named monitor before, else what the text calls so before.

    "the group" may be any body cited before that is no government's and no army; "the source" is the last source; a
    title that nobody has had so far ("the governor") means the person cited last, if near.
    """
    head, row = words.root, find_row(words.root)
    if source.named == "named" or words[0].lower_ not in ("the", "this", "that"):
        return None
    beside = [one for one in head.lefts if one.dep_ in LEFT and one.lower_ != "based" and one.nbor().text != "-"]
    same = [one for one in before if head.lower_ in one.words and one.kind == wanted]
    main, kind = [one for one in before if one.number != _ASIDE], source.source_type
    if any(one.lower_ == "of" for one in head.rights):
        return None
    if row["kind"] != "body":
        if same and not beside:
            return same[-1]
        last = main[-1] if main and head.tag_ == "NN" and row["kind"] == "person" and kind != "media" else None
        fits = last and last.number >= 0 and last.kind in ("person", "") and last.source.named == "named"
        near = fits and words.start_char - last.end <= PRONOUN_REACH
        return last if near and len({last.source.source_type, kind} - {"other"}) < 2 else None
    if any(find_row(one)["source_type"] != kind for one in beside):  # but "the monitoring group"
        return None
    mine = [one for one in main if one.kind == "body" and row["speaks_for"] == "same"]
    named = [one for one in (*same, *mine) if one.source.named == "named"]
    typed = [one for one in named if one.source.source_type == kind != "other"]
    is_any = head.lower_ in _ANY_BODY and not beside
    loose = [one for one in named if is_any and one.source.source_type not in ("government", "military")]
    found = typed or loose or [one for one in same if not beside or one.number >= 0]
    return found[-1] if found else None
