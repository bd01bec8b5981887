"""Describe a source: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from calendar import day_name
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading import source_words
from helpers.reading.aliases import straighten
from helpers.reading.attribution.spans import find_antecedent, find_phrase, paint, span_of
from helpers.reading.files import Pattern
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED
from helpers.reading.source_words import LEFT, VOICES, find_name, find_row, is_office, kind_of, speaks_for, type_of

if TYPE_CHECKING:
    from spacy.tokens import Span

    from helpers.reading.actors import Mention
    from helpers.reading.attribution import Citation, Parsed

PRONOUN_REACH = 400  # characters back to the end of what the source of "he said" is cited for
_BARE = (
    "source", "official", "report", "people", "person", "man", "woman", "observer", "some", "many", "most", "few",
    "others", "someone", "somebody", "everyone", "everybody", "anyone",
)  # fmt: skip
_ANY_BODY = ("group", "organisation", "organization", "agency")
_AGREES = {  # with "he", "it", "they", "we"
    "person": ("person", ""), "body": ("body", "thing", ""), "people": ("people",), "any": ("person", "body", "people"),
}  # fmt: skip
_WOMEN = ("she", "ms.", "mrs.", "woman", "wife", "mother", "sister", "daughter", "spokeswoman", "girl")
_MEN = ("he", "mr.", "man", "husband", "father", "brother", "son", "spokesman", "boy")
_NOT = {"he": _WOMEN, "she": _MEN}  # words that mean somebody else
_COUNTRIES = {form for row in read_lexicon("countries.csv") for cell in row.values() for form in cell.split("|")}
_DAYS = frozenset(day_name)  # which it would write anew each time it is asked
_NONE = (-1, -1)
_SUBJECT, _ASIDE = -1, -2  # in place of the number of a citation: told of, but not cited
_BEFORE_INTRO = re.compile(r"\b(?:by|from|the|an?)\s+|[,;]\s*", re.IGNORECASE)
_NONE_SAYS = re.compile(r"(?:no|none|nobody|neither)\b", re.IGNORECASE)
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


def compile_sources(sources: pd.DataFrame) -> tuple[SourceRule, ...]:
    """Return the rows of sources.csv (name, pattern, source_type, actor) with their regular expressions compiled.

    An apostrophe or a hyphen in them stands for any.
    """
    rows = sources[["name", "pattern", "source_type", "actor"]].itertuples(index=False, name=None)
    compiled = ((name, Pattern(rf"(?<!\w)(?:{straighten(words)})(?!\w)"), *rest) for name, words, *rest in rows)
    return tuple(SourceRule(*row) for row in compiled)


@lru_cache(maxsize=20_000)  # articles name the same few sources again and again
def _match_rules(rules: tuple[SourceRule, ...], text: str) -> list[tuple[int, int, int]]:
    """Return where rules match the words of a source: the start and end of each one's first match, and its number."""
    plain = straighten(text)
    matches = ((rule.pattern.search(plain), number) for number, rule in enumerate(rules))
    return [(*match.span(), number) for match, number in matches if match]


def describe_sources(
    article: "Parsed", citations: Sequence["Citation"], rules: tuple[SourceRule, ...], mentions: Sequence["Mention"],
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
    spans = [(span, number) for number, one in enumerate(citations) for span in one.sources]
    spans = [one for one in spans if not _NONE_SAYS.match(article.text, one[0][0])]  # "no group has claimed"
    spans = [one for one in spans if not _TORN.search(article.text, max(0, one[0][0] - 40), one[0][0])]
    spans = sorted([*spans, *_list_others(article, citations)])
    described = [_describe(article, span, rules, mentions, people) for span, _ in spans]
    sources = _unite_names([source for _, source in described], article)
    known: list[_Known] = []
    for (words, _), source, (_, number) in zip(described, sources, spans, strict=True):
        known.append(_resolve(article.text, citations, words, source, number, known))
    cited: list[list[Source]] = [[] for _ in citations]
    for one in known:
        if one.number >= 0:
            cited[one.number].append(one.source)
    return [own or [NOBODY] for own in cited]


def _describe(
    article: "Parsed", span: tuple[int, int], rules: tuple[SourceRule, ...], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]],
) -> tuple["Span", Source]:  # fmt: skip
    """Return a source's words, and it described by the first of: a pronoun, sources.csv, a name, a description."""
    doc = article.doc
    words = doc.char_span(*span, alignment_mode="expand")
    if span != (cut := _cut_lead(words, span)):
        span, words = cut, doc.char_span(*cut, alignment_mode="expand")
    words = source_words.find_counted(words)
    text, head = article.text[slice(*span)], words.root
    if head.pos_ == "PRON" and head.lower_ not in _BARE:
        return words, Source(*span, text, UNRESOLVED, "unresolved", "", "bare", _NONE)
    actor, own_name = _find_actor(words, mentions, people)
    run, matches = find_name(words), []
    heads = run if run and head not in run else [head]  # a name may stand apart from the head
    for start, end, number in _match_rules(rules, text):
        own = doc.char_span(span[0] + start, span[0] + end, alignment_mode="expand")
        is_head = any(own.start <= token.i < own.end for token in heads)
        if is_head or speaks_for(own.root, words, VOICES):
            matches.append((not is_head, start, number, end))
    if matches:  # the leftmost that is the head: in "Smith, head of the monitor" Smith speaks
        _, start, number, end = min(matches)
        rule, found = rules[number], (span[0] + start, span[0] + end)
        # a rule may describe ("the French journalist"): only a capital letter names
        named = "named" if re.search(r"\b[A-Z]", text[start:end]) else "described"
        name, kind, actor = rule.name, rule.source_type or type_of(words), rule.actor or actor
        return words, Source(*span, text, name, kind, actor, named, _find_intro(article.text, span, found))
    if run or (own_name and own_name.kind in ("name", "acronym")):  # "Sanders" may be taken for a noun
        found = span_of(run[0], run[-1]) if run else (own_name.start, own_name.end)
        kind = "government" if own_name and own_name.kind == "metonym" else type_of(words)
        intro = _find_intro(article.text, span, found)
        return words, Source(*span, text, article.text[slice(*found)], kind, actor, "named", intro)
    dates = [t.i + 1 for t in doc[words.start : head.i] if t.text in _DAYS or (t.text.isdigit() and len(t) == 4)]
    before = doc[max([words.start, *dates]) : head.i]  # "2 May 2014 [activists]", where line ends are lost
    before = [t for t in before if t.pos_ not in ("DET", "NUM", "PUNCT", "SPACE")]
    first = before[0] if before else head
    name = article.text[slice(*span_of(first, head))]
    if first.pos_ != "PROPN" and first.is_sent_start and first.is_title and first.text not in _COUNTRIES:
        name = name[0].lower() + name[1:]
    named = "bare" if head.lemma_.lower() in _BARE and first == head and not list(head.rights) else "described"
    if named == "described" and head.lower_ == "source" == first.lower_ and doc[head.i + 1].pos_ == "ADP":
        name = doc[head.i : words.end].text  # "source at the ministry"
    if find_row(head)["kind"] == "body" and find_row(head)["source_type"] in ("", "media", "NGO or monitor"):
        names = {t.text for t in before if t.pos_ == "PROPN" and t.nbor().text != "-"} - _COUNTRIES
        named = "named" if names else named  # "the Reuters news agency" has a name
    return words, Source(*span, text, name, type_of(words), actor, named, _NONE)


def _cut_lead(words: "Span", span: tuple[int, int]) -> tuple[int, int]:
    """Return a source without what is before it, where commas and line ends are lost; of a relative pronoun, its noun.

    "Earlier [the source]", "Photo by X [A witness]".
    """
    start = span[0]
    for before, one in pairwise(words):
        after = before.text == ")" and "(" not in words.text  # "(Agency) [X]"
        early = one.lower_ == "the" and before.i == words.start and before.pos_ == "ADV"
        if after or early or one.text in ("A", "An", "Another"):
            start = one.idx
    return find_antecedent(words[0]) or (start, span[1])


def _find_actor(
    words: "Span", mentions: Sequence["Mention"], people: Mapping[str, frozenset[str]]
) -> tuple[str, "Mention | None"]:
    """Return the actor that speaks, at the head or whom the head speaks for, and its mention where that is the head."""
    found, start, end = [], words.start_char, words.end_char
    for mention in mentions:
        if start <= mention.start and mention.end <= end and mention.actor != UNRESOLVED:
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


def _unite_names(sources: list[Source], article: "Parsed") -> list[Source]:
    """Return sources in which a part of a name or its acronym has the one full name in the article, and its type.

    A part ends the name ("Smith") or is what it is of or for ("Ministry" of "Ministry of Trade"). The full name is a
    source's, else the shortest of those that the text has anywhere.
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
        elif source.named == "named" and source.name.istitle() and not names:
            source = source._replace(name=source_words.spell_out(source.name, article.doc, article.text))
        united.append(source)
    return united


def _list_others(article: "Parsed", citations: Sequence["Citation"]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield who else a text names, with _SUBJECT for the subjects of the outlet's own words, with _ASIDE for others.

    These are the subjects inside what is reported, names with an office before them, and bodies.
    """
    from spacy.symbols import nsubj, nsubjpass

    told = paint(len(article.text), (part for one in citations for part in one.parts)) >= 0
    cited = paint(len(article.text), (span for one in citations for span in one.sources)) >= 0
    listed, words = _hash_nouns(), article.doc.to_array(["LOWER", "DEP"]).tolist()
    found = [at for at, (lower, dep) in enumerate(words) if dep in (nsubj, nsubjpass) or lower in listed]
    for token in map(article.doc.__getitem__, found):
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


@cache
def _hash_nouns() -> frozenset[int]:
    """Return spaCy's hashes of the nouns for a person or a body, and of titles."""
    from spacy.strings import hash_string

    listed = [noun for noun, row in index_lexicon("source_nouns.csv").items() if row["kind"] in ("person", "body")]
    return frozenset(map(hash_string, (*listed, *index_lexicon("titles.csv"))))


class _Known(NamedTuple):
    """Somebody whom the text has cited, or told of, before."""

    source: Source
    kind: str  # `kind_of`
    called: frozenset[str]  # the words it was described with, in lower case
    end: int  # of its citation
    number: int  # of its citation, or _SUBJECT, _ASIDE
    parent: int | None
    same: "_Known | None"  # whom it stands for


def _resolve(
    text: str, citations: Sequence["Citation"], words: "Span", source: Source, number: int, known: Sequence[_Known]
) -> _Known:
    """Return a source with the name that it stands for, where it is a pronoun ("he said") or points ("the monitor")."""
    root, cited = words.root, citations[number] if number >= 0 else None
    parent = cited.parent if cited else None
    beside = [one for one in root.children if one.dep_ == "appos" or root.pos_ == "PROPN"]
    own, kind = frozenset(one.lower_ for one in (root, *beside)), kind_of(words, text)
    is_person = kind == "people" and source.name.endswith(f" {words.text}")  # "Woods" of "Ann Woods"
    kind = "" if (kind == "none" and source.named == "named") or is_person else kind  # the parser took it for a noun
    is_open = source.name == UNRESOLVED
    twin = next((one for one in known[::-1] if one.source.start == source.start and one.same), None)
    if twin:  # the subject of several cues: "he said and promised"
        same = twin.same
    elif is_open:
        same = _find_speaker(words, kind, parent, known)
    else:
        same = _find_pointed(words, kind, source, known)
    if same:
        own, kind, meant = own | same.called, same.kind or kind, same.source
        named = "described" if meant.named == "named" and not is_open else meant.named  # its own words describe it
        kept = source if meant.source_type == "other" and not is_open else meant
        source = source._replace(
            name=meant.name, source_type=kept.source_type, actor=meant.actor or source.actor, named=named, intro=_NONE
        )
    elif not is_open:  # called so before
        before = next((one for one in known[::-1] if one.source.name == source.name and not one.same), None)
        kind, own = (kind or before.kind, own | before.called) if before else (kind, own)
    end = max(cited.cue[1], source.end, *(part.end for part in cited.parts)) if cited else source.end
    return _Known(source, kind, own, end, number, parent, same)


def _find_speaker(words: "Span", wanted: str, parent: int | None, known: Sequence[_Known]) -> _Known | None:
    """Return whom "he said" means: the last before it, in the same voice and near, that may be a "he".

    Who is named only aside comes after all others.
    """
    other = _NOT.get(words.root.lower_, ())
    near = [
        one
        for one in known
        if one.source.end <= words.start_char <= one.end + PRONOUN_REACH
        and (one.number == parent or (one.parent == parent and words.root.lower_ not in ("i", "we")))
        and one.source.name != UNRESOLVED
        and one.kind in _AGREES.get(wanted, ())
        and one.called.isdisjoint(other)
    ]
    near = [one for one in near if one.number != _ASIDE] or near
    return max(near, key=lambda one: one.source.end, default=None)


def _find_pointed(words: "Span", wanted: str, source: Source, known: Sequence[_Known]) -> _Known | None:
    """Return whom "the monitor" means: the last named monitor before, else what the text calls so before.

    "the group" may be any body cited before that is no government's and no army; "the source" is the last source; a
    title that nobody has had so far ("the governor") means the person cited last, if near and told to have another.
    """
    head, row = words.root, find_row(words.root)
    if source.named == "named" or words[0].lower_ not in ("the", "this", "that"):
        return None
    before = [one for one in known if one.source.end <= source.start]
    beside = [one for one in head.lefts if one.dep_ in LEFT and one.nbor().text != "-"]
    beside = [one for one in beside if not one.lower_.endswith("based")]  # "the London-based group"
    same = [one for one in before if head.lower_ in one.called and one.kind == wanted]
    main, kind = [one for one in before if one.number != _ASIDE], source.source_type
    if any(one.lower_ == "of" for one in head.rights):
        return None
    if row["kind"] != "body":
        if same and not beside:
            return same[-1]
        last = main[-1] if main and head.tag_ == "NN" and row["kind"] == "person" else None
        fits = last and last.number >= 0 and last.kind in ("person", "") and last.source.named == "named"
        offices = {**index_lexicon("titles.csv"), **index_lexicon("source_nouns.csv")} if fits else {}
        told = fits and (not row["source_type"] or any(word in offices for word in last.called))  # more than a name
        near = told and words.start_char - last.end <= PRONOUN_REACH
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
