"""Say who a source is: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.reading.attribution import find_antecedent
from helpers.reading.schemas import UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from helpers.reading.actors import Mention
    from helpers.reading.attribution import Citation

PRONOUN_REACH = 400  # characters back to the only source that "he said" can mean
_BARE = ("source", "official", "report", "people", "person", "man", "woman", "some", "many", "others", "observer")
_NONE = (-1, -1)
_BEFORE_INTRO = re.compile(r"\b(?:by|from|the|an?)\s+|[,;]\s*", re.IGNORECASE)


class SourceRule(NamedTuple):
    """One row of sources.csv, compiled."""

    name: str
    pattern: re.Pattern[str]
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


NOBODY = Source(-1, -1, "", "", "none", "", "bare", _NONE)


def compile_sources(sources: pd.DataFrame) -> list[SourceRule]:
    """Compile the rows of sources.csv (name, pattern, source_type, actor); a pattern is a regular expression."""
    columns = ["name", "pattern", "source_type", "actor"]
    return [
        SourceRule(name, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), source_type, actor)
        for name, pattern, source_type, actor in sources[columns].itertuples(index=False, name=None)
    ]


@cache
def _types() -> dict[str, tuple[str, bool]]:
    """Noun -> its type, and whether it gives way to any other noun's ("member" to "militia")."""
    return {row["noun"]: (row["source_type"], row["only_alone"] == "yes") for row in read_lexicon("source_nouns.csv")}


@cache
def read_titles() -> frozenset[str]:
    """Return the words of titles.csv that may stand before a name, in small letters."""
    return frozenset(row["title"] for row in read_lexicon("titles.csv"))


def describe_sources(
    doc: "Doc",
    text: str,
    citations: Sequence["Citation"],
    rules: Sequence[SourceRule],
    mentions: Sequence["Mention"],
) -> list[list[Source]]:
    """Return, for each citation in a parsed text, its sources described; one `NOBODY` where none is named.

    A source is known by sources.csv where a pattern matches it. Otherwise a proper name without titles, and a
    later part of it ("Smith") takes the full name used elsewhere in the article; a description ("a military
    source") is its words without the article, and "the source" takes the last description with the same noun. A
    pronoun takes the one source cited shortly before; where there are two, its name is "unresolved".
    """
    described: list[list[Source]] = []
    for citation in citations:
        spans = [find_antecedent(doc.char_span(*span, alignment_mode="expand")[0]) or span for span in citation.sources]
        sources = [_describe(doc, text, span, rules, mentions, described) for span in spans]
        described.append(sources or [NOBODY])
    return _unite_names(described)


def _describe(
    doc: "Doc",
    article: str,
    span: tuple[int, int],
    rules: Sequence[SourceRule],
    mentions: Sequence["Mention"],
    earlier: Sequence[Sequence[Source]],
) -> Source:
    words = doc.char_span(*span, alignment_mode="expand")
    head = words.root
    text = article[slice(*span)]
    actor, seat = _actor_in(span, head, mentions)
    matches = [(match.start(), n) for n, rule in enumerate(rules) if (match := rule.pattern.search(text))]
    if matches:  # the leftmost: in "Smith, head of the monitor" Smith speaks
        rule = rules[min(matches)[1]]
        match = rule.pattern.search(text)
        found = (span[0] + match.start(), span[0] + match.end())
        kind = rule.source_type or _type_of(words)
        # a rule may describe ("the French journalist"): only a capital letter names
        named = "named" if re.search(r"\b[A-Z]", match.group()) else "described"
        return Source(*span, text, rule.name, kind, rule.actor or actor, named, _intro(article, span, found))
    if head.pos_ == "PRON":
        return _antecedent(span, text, earlier)
    run = _proper_run(head)
    if run:
        found = (run[0].idx, run[-1].idx + len(run[-1]))
        name = article[slice(*found)]
        kind = "government" if seat else _type_of(words)
        return Source(*span, text, name, kind, actor, "named", _intro(article, span, found))
    return _describe_common(article, span, words, head, actor, earlier)


def _actor_in(span: tuple[int, int], head: "Token", mentions: Sequence["Mention"]) -> tuple[str, bool]:
    """The actor that speaks: the mention at the head, else the one whose source it is; and is it a capital?"""
    inside = [
        m
        for m in mentions
        if span[0] <= m.start and m.end <= span[1] and m.role != "compound" and m.actor != UNRESOLVED
    ]
    at_head = [m for m in inside if m.start <= head.idx < m.end]
    owners = [m for m in inside if m.role in ("possessive", "modifier", "member", "head")]
    first = (at_head or owners or [None])[0]
    return (first.actor, bool(at_head) and first.kind == "metonym") if first else ("", False)


def _type_of(words: "Span") -> str:
    """The type of the first noun that has one, the head's first; "militia member" is of the militia's type."""
    known = [
        _types()[form]
        for token in (words.root, *words)
        for form in (token.lemma_.lower(), token.lower_)
        if token.pos_ in ("NOUN", "PROPN", "ADJ") and form in _types()
    ]
    own = [source_type for source_type, only_alone in known if not only_alone]
    return own[0] if own else known[0][0] if known else "other"


def _proper_run(head: "Token") -> list["Token"]:
    """The proper name at the head, without titles; a name in apposition to a common noun counts too."""
    start = head
    if head.pos_ != "PROPN":
        names = [child for child in head.children if child.dep_ == "appos" and child.pos_ == "PROPN"]
        if not names:
            return []
        start = names[0]
    left = right = start.i
    doc = start.doc
    while left > 0 and (doc[left - 1].pos_ == "PROPN" or (doc[left - 1].text == "-" and doc[left - 2].pos_ == "PROPN")):
        left -= 1
    while (
        right + 1 < len(doc)
        and (doc[right + 1].pos_ == "PROPN" or (doc[right + 1].text == "-" and right + 2 < len(doc)))
        and doc[right + 1].dep_ != "appos"
    ):
        right += 1
    run = [token for token in doc[left : right + 1]]
    while len(run) > 1 and run[0].lower_ in read_titles():
        run = run[1:]
    return run


def _intro(article: str, span: tuple[int, int], name: tuple[int, int]) -> tuple[int, int]:
    """The words that introduce a name: those before it in its phrase, else what follows it after a comma."""
    before = article[span[0] : name[0]]
    start = max(
        (m.end() for m in re.finditer(r"(?:\b(?:by|from)\s+|\b(?:the|an?)\s+|[,;]\s*)", before, re.IGNORECASE)),
        default=0,
    )
    words = before[start:].rstrip(" ,-—–")
    if words.strip():
        return span[0] + start, span[0] + start + len(words)
    after = re.match(r",\s*(?:(?:the|a|an)\s+)?([^,]+)", article[name[1] : span[1]])
    return (name[1] + after.start(1), name[1] + after.end(1)) if after else _NONE


def _antecedent(span: tuple[int, int], text: str, earlier: Sequence[Sequence[Source]]) -> Source:
    """Whom "he said" means: the one source cited shortly before, if it is one."""
    near = [s for sources in earlier for s in sources if s.start >= 0 and 0 < span[0] - s.end <= PRONOUN_REACH]
    last = near[-1] if near else None
    rivals = {s.name for s in near if s.name not in ("", UNRESOLVED)}
    if last and rivals == {last.name}:
        return last._replace(start=span[0], end=span[1], text=text, intro=_NONE)
    return Source(*span, text, UNRESOLVED, "unresolved", "", "bare", _NONE)


def _describe_common(
    article: str, span: tuple[int, int], words: "Span", head: "Token", actor: str, earlier: Sequence[Sequence[Source]]
) -> Source:
    """A source without a name."""
    left = head.left_edge
    definite = left.lower_ in ("the", "this", "that")
    modified = [t for t in words if t.i < head.i and t.dep_ in ("amod", "compound", "nmod", "poss") and t.pos_ != "DET"]
    if definite and not modified:
        same = [s for sources in earlier for s in sources if s.name.lower().split()[-1:] == [head.lower_]]
        if same:
            return same[-1]._replace(start=span[0], end=span[1], text=words.text, intro=_NONE)
    before = [t for t in head.doc[left.i : head.i] if t.pos_ not in ("DET", "NUM", "PUNCT", "SPACE")]
    first = before[0] if before else head
    name = article[first.idx : head.idx + len(head)]
    if first.pos_ != "PROPN" and first.is_sent_start:
        name = name[0].lower() + name[1:]
    named = "bare" if head.lemma_.lower() in _BARE and not modified and not list(head.rights) else "described"
    return Source(*span, words.text, name, _type_of(words), actor, named, _NONE)


def _unite_names(described: list[list[Source]]) -> list[list[Source]]:
    """Give a part of a name ("Smith") the one full name in the article that ends with it, and its type."""
    full = {s.name: s for sources in described for s in sources if s.named == "named" and " " in s.name}

    def unite(source: Source) -> Source:
        longer = {name for name in full if name != source.name and name.endswith(" " + source.name)}
        if source.named != "named" or len(longer) != 1:
            return source
        name = longer.pop()
        known = source.source_type if source.source_type != "other" else full[name].source_type
        return source._replace(name=name, source_type=known, actor=source.actor or full[name].actor)

    return [[unite(source) for source in sources] for sources in described]
