"""Describe a source: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.lexicons import index_lexicon
from helpers.reading.aliases import straighten
from helpers.reading.attribution.spans import find_antecedent
from helpers.reading.files import Pattern
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from helpers.reading.actors import Mention
    from helpers.reading.attribution import Citation, Parsed

PRONOUN_REACH = 400  # characters back to the only source that "he said" can mean
_BARE = (
    "source", "official", "report", "people", "person", "man", "woman", "observer", "some", "many", "most", "few",
    "others", "someone", "somebody", "everyone", "everybody", "anyone", "nobody", "none",
)  # fmt: skip
_VOICES = ("owner", "organisation", "same")  # "a statement by X", "an X spokesman", "the X group": X speaks
_OWNERS = ("of", "by", "from", "for", "with", "at", "in", "within")
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
    words of their names (`Matcher`). Otherwise it is a proper name without titles, and a
    later part of it ("Smith") takes the full name used elsewhere in the article; or a description ("a military
    source"), named by its words without the article, and "the source" takes the last description with the same noun.
    A pronoun takes the one source cited shortly before; where there are two, its name is "unresolved".
    """
    described: list[list[Source]] = []
    earlier: list[Source] = []
    for citation in citations:
        sources = [_describe(article, span, rules, mentions, people, earlier) for span in citation.sources] or [NOBODY]
        described.append(sources)
        earlier += sources
    return _unite_names(described)


def _describe(
    parsed: "Parsed", span: tuple[int, int], rules: Sequence[SourceRule], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]], earlier: Sequence[Source],
) -> Source:  # fmt: skip
    """Return a source described, by the first of these that applies: sources.csv, a pronoun, a name, a description."""
    article = parsed.text
    span = find_antecedent(parsed.doc.char_span(*span, alignment_mode="expand")[0]) or span
    words, text = parsed.doc.char_span(*span, alignment_mode="expand"), article[slice(*span)]
    head = words.root
    actor, seat = _find_actor(words, mentions, people)
    matches = [
        (not _is_head(own, words), match.start(), number, match)
        for number, rule in enumerate(rules)
        if (match := rule.pattern.search(straighten(text)))
        and (own := parsed.doc.char_span(*(span[0] + at for at in match.span()), alignment_mode="expand"))
        and (_is_head(own, words) or _speaks_for(own.root, words, _VOICES))
    ]
    if matches:  # the leftmost that is the head: in "Smith, head of the monitor" Smith speaks
        *_, number, match = min(matches)
        name, kind = rules[number].name, rules[number].source_type or _type_of(words)
        # a rule may describe ("the French journalist"): only a capital letter names
        named = "named" if re.search(r"\b[A-Z]", match[0]) else "described"
        intro = _find_intro(article, span, (span[0] + match.start(), span[0] + match.end()))
        return Source(*span, text, name, kind, rules[number].actor or actor, named, intro)
    if head.pos_ == "PRON" and head.lower_ not in _BARE:
        return _find_speaker(span, text, earlier)
    run = _proper_run(head)
    if run:
        found = (run[0].idx, run[-1].idx + len(run[-1]))
        kind = "government" if seat else _type_of(words)
        return Source(*span, text, article[slice(*found)], kind, actor, "named", _find_intro(article, span, found))
    return _describe_common(article, span, words, actor, earlier)


def _is_head(own: "Span", words: "Span") -> bool:
    """Return whether some words of a source hold its head, or the name beside it ("the mayor, X")."""
    names = [child for child in words.root.children if child.dep_ == "appos" and child.pos_ == "PROPN"]
    return any(token in own for token in (words.root, *names))


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
    """Return the type of the first noun that has one, the head's first; "militia member" is of the militia's type."""
    nouns = index_lexicon("source_nouns.csv")
    known = [
        nouns[form]
        for token in (words.root, *words)
        for form in (token.lemma_.lower(), token.lower_)
        if token.pos_ in ("NOUN", "PROPN", "ADJ") and form in nouns
    ]
    known.sort(key=lambda row: row["only_alone"] == "yes")  # these come after all others
    return known[0]["source_type"] if known else "other"


def _proper_run(head: "Token") -> list["Token"]:
    """Return the proper name at the head, without titles; a name in apposition to a common noun counts too."""
    doc, names = head.doc, [child for child in head.children if child.dep_ == "appos"]
    start = next((token for token in (head, *names) if token.pos_ == "PROPN"), None)
    if start is None:
        return []
    left = right = start.i
    while left > 0 and (doc[left - 1].pos_ == "PROPN" or (doc[left - 1].text == "-" and doc[left - 2].pos_ == "PROPN")):
        left -= 1
    for token in doc[right + 1 :]:
        if token.dep_ == "appos" or not (token.pos_ == "PROPN" or (token.text == "-" and token.i + 1 < len(doc))):
            break
        right += 1
    while left < right and doc[left].lower_ in index_lexicon("titles.csv"):
        left += 1
    return list(doc[left : right + 1])


def _find_intro(article: str, span: tuple[int, int], name: tuple[int, int]) -> tuple[int, int]:
    """Return the words that introduce a name: those before it in its phrase, else what follows it after a comma."""
    before = article[span[0] : name[0]]
    start = max((match.end() for match in _BEFORE_INTRO.finditer(before)), default=0)
    words = before[start:].rstrip(" ,-—–")
    if words.strip():
        return span[0] + start, span[0] + start + len(words)
    after = _AFTER_NAME.match(article, name[1], span[1])
    return after.span(1) if after else _NONE


def _find_speaker(span: tuple[int, int], text: str, earlier: Sequence[Source]) -> Source:
    """Return whom "he said" means: the one source cited shortly before, "unresolved" where there are more."""
    near = [source for source in earlier if source.start >= 0 and 0 < span[0] - source.end <= PRONOUN_REACH]
    rivals = {source.name for source in near} - {"", UNRESOLVED}
    if near and rivals == {near[-1].name}:
        return near[-1]._replace(start=span[0], end=span[1], text=text, intro=_NONE)
    return Source(*span, text, UNRESOLVED, "unresolved", "", "bare", _NONE)


def _describe_common(
    article: str, span: tuple[int, int], words: "Span", actor: str, earlier: Sequence[Source]
) -> Source:
    """Return a source without a name, described."""
    head, left = words.root, words.root.left_edge
    modified = [t for t in words if t.i < head.i and t.dep_ in ("amod", "compound", "nmod", "poss") and t.pos_ != "DET"]
    if left.lower_ in ("the", "this", "that") and not modified:
        same = [source for source in earlier if source.name.lower().split()[-1:] == [head.lower_]]
        if same:
            return same[-1]._replace(start=span[0], end=span[1], text=words.text, intro=_NONE)
    first = next((t for t in head.doc[left.i : head.i] if t.pos_ not in ("DET", "NUM", "PUNCT", "SPACE")), head)
    name = article[first.idx : head.idx + len(head)]
    if first.pos_ != "PROPN" and first.is_sent_start:
        name = name[0].lower() + name[1:]
    named = "bare" if head.lemma_.lower() in _BARE and not modified and not list(head.rights) else "described"
    return Source(*span, words.text, name, _type_of(words), actor, named, _NONE)


def _unite_names(described: list[list[Source]]) -> list[list[Source]]:
    """Return sources in which a part of a name ("Smith") has the one full name that ends with it, and its type."""
    full = {s.name: s for sources in described for s in sources if s.named == "named" and " " in s.name}

    def unite(source: Source) -> Source:
        longer = [name for name in full if name != source.name and name.endswith(" " + source.name)]
        if source.named != "named" or len(longer) != 1:
            return source
        known = full[longer[0]]
        kind = source.source_type if source.source_type != "other" else known.source_type
        return source._replace(name=known.name, source_type=kind, actor=source.actor or known.actor)

    return [[unite(source) for source in sources] for sources in described]
