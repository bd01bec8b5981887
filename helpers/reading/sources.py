"""Describe a source: its canonical name, its type, whether it is named, and the words that introduce it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from helpers.lexicons import compile_speech, list_words, read_lexicon
from helpers.reading import source_words
from helpers.reading.aliases import straighten
from helpers.reading.attribution.spans import THERE, find_antecedent, find_phrase, paint, span_of
from helpers.reading.files import Pattern
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED
from helpers.reading.source_words import COUNTRIES, FIRST_NAMES, NEVER_FOR, SEXED, VOICES, find_row, is_office, type_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from helpers.reading.actors import Mention
    from helpers.reading.attribution import Citation, Parsed

PRONOUN_REACH = 400  # characters back to the end of what the source of "he said" is cited for
_USES = ("bare", "any body", "company", "office", "past")  # of vague_sources.csv; all others are source types
_BARE, _ANY_BODY, _COMPANIES, *_ = (list_words("vague_sources.csv", use) for use in _USES)
_NONE = (-1, -1)
_SUBJECT, _ASIDE = -1, -2  # in place of the number of a citation: told of, but not cited
_UNNAMED = compile_speech("unnamed")
_LEAD, _BEFORE_NAME, _AFTER_NAME = map(compile_speech, ("before a source", "before a name", "after a name"))
_TOLD = {row["word"]: row["use"] for row in read_lexicon("vague_sources.csv") if row["use"] not in _USES}
# "X's campaign", "X (R-Ohio)", "X fighters"
_TELLS = re.compile(rf"([A-Z]\w+)(?:['’]s?)? (?:presidential |primary )?({'|'.join(map(re.escape, _TOLD))})\b")
SourceRule = tuple[str, Pattern, str, str]  # a row of sources.csv: name, pattern, source type, actor
Place = tuple[int, int, int, int | None]  # start and end, the number of its citation and of the one that holds it
_Voice = tuple[tuple[int, int], Sequence[str], Any]  # where somebody is named, which `VOICES` speak for them, who it is


class Source(NamedTuple):
    """Somebody whom a text cites, or only tells of, described."""

    words: "Span | None"
    number: int  # of the citation, or _SUBJECT, _ASIDE
    parent: int | None  # the number of the citation that holds it
    start: int
    end: int
    text: str
    kind: str = ""  # `kind_of`
    called: frozenset[str] = frozenset()  # `list_called`
    name: str = UNRESOLVED
    source_type: str = "unresolved"
    actor: str = ""
    named: str = "bare"
    intro: tuple[int, int] = _NONE
    until: int = -1  # where its citation ends


NOBODY = Source(None, -1, None, *_NONE, "", name="", source_type=NOT_NAMED)


def compile_sources(sources: pd.DataFrame) -> tuple[SourceRule, ...]:
    """Return the rows of sources.csv (name, pattern, source_type, actor) with their regular expressions compiled.

    An apostrophe or a hyphen in them stands for any.
    """
    rows = sources[["name", "pattern", "source_type", "actor"]].itertuples(index=False, name=None)
    return tuple((one, Pattern(rf"(?<!\w)(?:{straighten(said)})(?!\w)"), *rest) for one, said, *rest in rows)


@lru_cache(maxsize=20_000)  # articles name the same few sources again and again
def _match_rules(rules: tuple[SourceRule, ...], text: str) -> list[tuple[int, int, int]]:
    """Return where rules match the words of a source: the start and end of each one's first match, and its number."""
    plain = straighten(text)
    return [(*match.span(), n) for n, (_, pattern, *_) in enumerate(rules) if (match := pattern.search(plain))]


def unite_types(cited: pd.DataFrame) -> pd.DataFrame:
    """Return sources (rows of attributions) in which a name is of one type in all articles: the one told most often.

    So nobody is an official in one outlet and a politician in another, as each happens to introduce him.
    """
    is_told = cited["named"].eq("named") & ~cited["source_type"].isin(["other", "unresolved"])
    types = cited[is_told].groupby("source_name")["source_type"].agg(lambda own: own.mode()[0])
    told = cited["source_name"].map(types)
    return cited.assign(source_type=cited["source_type"].where(told.isna(), told))


def drop_self_citations(outlet: str, citations: Sequence["Citation"], text: str) -> list["Citation"]:
    """Return the citations in an outlet's article, emptied where it cites itself: "The Gazette asked her".

    A part of its name stands for it ("the Gazette" for Ayton Gazette), but no place.
    """
    whole, left = f" {outlet}".casefold(), []
    for one in citations:
        names = [re.sub("^[Tt]he ", "", text[slice(*span)]) for span in one.sources]
        own = [name[:1].isupper() and name not in source_words.PLACES and whole.endswith(f" {name}".casefold())
               for name in names]  # fmt: skip
        left.append(one._replace(frame="", sources=(), parts=()) if own and all(own) else one)
    return [one._replace(parent=None) if one.parent is not None and not left[one.parent].parts else one for one in left]


def describe_sources(
    article: "Parsed", citations: Sequence["Citation"], rules: tuple[SourceRule, ...], mentions: Sequence["Mention"],
    people: Mapping[str, frozenset[str]],
) -> list[list[Source]]:  # fmt: skip
    """Return, for each citation in an article, its sources described; one `NOBODY` where none is named.

    A source is whom a pattern of sources.csv finds at its head, or whom its noun speaks for ("a statement by X", but no
    "X's brother"); else a proper name without titles; else a description without its article. Then a part of a name
    takes the full name (`_unite_names`), a pronoun the last who may be meant (`_find_speaker`; else "unresolved"), "the
    monitor" the last one (`_find_pointed`). `people` are actors that are people, with the words of their names.
    """
    # only what a person owns speaks for him: "X's statement", no "X aide"
    actors = [((one.start, one.end), VOICES[:1] if one.actor in people else VOICES, one) for one in mentions
              if one.role != "compound" and one.actor != UNRESOLVED]  # fmt: skip
    calls = {one: one for one in people} | {one.variant: one.actor for *_, one in actors}
    places = [(*span, number, one.parent) for number, one in enumerate(citations) for span in one.sources]
    places = sorted({*places, *_list_told(article, citations)}, key=lambda one: one[:3])
    known: list[Source] = []
    for source in _unite_names([_describe(article, place, rules, actors) for place in places], article, rules):
        actor = source.actor or calls.get(source.name, "")
        known.append(_resolve(source._replace(actor=actor), citations, known))
    types = {actor: source_type for *_, source_type, actor in rules if actor and source_type}  # "the firm" of X
    known = [one._replace(source_type=types.get(one.actor, "other")) if one.source_type == "other" else one
             for one in known]  # fmt: skip
    return [[one for one in known if one.number == n] or [NOBODY] for n in range(len(citations))]


def _describe(article: "Parsed", place: Place, rules: tuple[SourceRule, ...], actors: Sequence[_Voice]) -> Source:
    """Return somebody described by the first of: a pronoun, sources.csv, a name, a description."""
    text, lead = article.text, _LEAD.match(article.text, *place[:2])
    words = article.doc.char_span(*place[:2], alignment_mode="expand")
    span = find_antecedent(words[0]) or (lead.end() if lead else place[0], place[1])
    words = source_words.find_counted(article.doc.char_span(*span, alignment_mode="expand"))
    root, told = words.root, (source_words.kind_of(words), source_words.list_called(words))
    source = Source(words, *place[2:], *span, text[slice(*span)], *told)
    is_pronoun = root.pos_ == "PRON" and not root.is_upper and root.lower_ not in _BARE and not any(root.rights)
    if is_pronoun or root.lower_ in source_words.PRONOUNS:
        return source
    run = source_words.find_name(words)
    heads = [root] if root in run else [*run[-1:], root]  # "the mayor, X"
    _, spoken = _find_voice(words, heads, actors) or (_NONE, None)
    source = source._replace(source_type=type_of(words), actor=spoken.actor if spoken else "", named="named")
    kind = spoken.kind if spoken and spoken.start <= root.idx < spoken.end else ""
    matches = (((span[0] + start, span[0] + end), VOICES, n) for start, end, n in _match_rules(rules, source.text))
    if matched := _find_voice(words, heads, matches):
        found, (name, _, source_type, actor) = matched[0], rules[matched[1]]
        beside = run and not found[0] <= run[0].idx < found[1]  # who speaks for it: "[X] head of the monitor"
        found = span_of(run[0], run[-1]) if beside else found
        # a rule may describe ("the French journalist"): only a capital letter names
        named = "named" if re.search(r"\b[A-Z]", text[slice(*found)]) else "described"
        told = {"source_type": source_type or source.source_type, "actor": actor or source.actor, "named": named}
        source = source._replace(name=text[slice(*found)] if beside else name, **told)
    elif run or (spoken and kind in ("name", "acronym")):  # "Sanders" may be taken for a noun
        found = span_of(run[0], run[-1]) if run else (spoken.start, spoken.end)
        source = source._replace(name=text[slice(*found)])
    else:
        return _describe_noun(source, text)
    # the words before the name in its phrase introduce it, else those that follow it after a comma
    intro = _BEFORE_NAME.fullmatch(text, span[0], found[0]) or _AFTER_NAME.match(text, found[1], span[1])
    is_folk = find_row(root)["noun"] or root.text.removesuffix("s") in source_words.PLACES  # "Democrats", "Americans"
    is_people = source.kind == "people" and is_folk and (run == [root] or find_row(root)["source_type"] == "politician")
    return source._replace(intro=intro.span(1) if intro else _NONE, named="described" if is_people else source.named)


def _find_voice(words: "Span", heads: Sequence["Token"], known: Iterable[_Voice]) -> tuple[tuple[int, int], Any] | None:
    """Return where a source names whom, of those it may name: the first at its head, else the first it speaks for.

    In "Smith, head of the monitor" Smith speaks. With each comes in which `VOICES` somebody may speak for it.
    """
    found, start, end = [], words.start_char, words.end_char
    for span, voices, whose in (one for one in known if start <= one[0][0] and one[0][1] <= end):
        own = words.doc.char_span(*span, alignment_mode="expand")
        rank = next((n for n, token in enumerate(heads) if own.start <= token.i < own.end), len(heads))
        if rank < len(heads) or source_words.speaks_for(own.root, words, voices):
            found.append((rank, span[0], (span, whose)))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _describe_noun(source: Source, text: str) -> Source:
    """Return a source that has no name, named by its words up to the head, without the article."""
    words, doc, head = source.words, source.words.doc, source.words.root
    is_count = find_row(head)["kind"] == "count" or head.like_num  # "74 percent", of nobody
    before = [one for one in doc[words.start : head.i] if one.pos_ not in ("DET", "PUNCT", "SPACE")]
    first = next((one for one in before if is_count or (one.pos_ != "NUM" and find_row(one)["kind"] != "count")), head)
    name = words.text if head.pos_ == "PRON" else text[slice(*span_of(first, head))]  # "those surveyed"
    named = "bare" if head.lemma_.lower() in _BARE and first == head and not list(head.rights) else "described"
    if named == "described" and head.lower_ == "source" == first.lower_ and doc[head.i + 1].pos_ in ("ADP", "ADJ"):
        name = doc[head.i : words.end].text  # "source close to the ministry"
    if first.is_sent_start and first.is_title and not source_words.is_proper(first):
        name = name[0].lower() + name[1:]
    return source._replace(name=name, named=named)


def _list_told(article: "Parsed", citations: Sequence["Citation"]) -> Iterator[Place]:
    """Yield who else a text names, with _SUBJECT for the subjects of the outlet's own words, with _ASIDE for others.

    These are the subjects inside what is reported, bodies with a longer name and names beside an office. Somebody new
    is as good as a subject where no other may speak. With each comes the number of the citation whose content holds it.
    """
    parts = [(*part[:2], number) for number, one in enumerate(citations) for part in one.parts]
    speakers = [span for one in citations for span in one.sources]
    held, spoken = (paint(len(article.text), spans) for spans in (parts, speakers))
    for token in (one for one in article.doc if one.pos_ in ("NOUN", "PROPN")):
        link, owns = token.dep_, token.dep_ == "poss"  # "[X]'s plan failed"
        is_asked = link == "dobj" and token.head.lemma_ == "ask"
        is_subject = (token.head.dep_ if owns else link) in ("nsubj", "nsubjpass")
        is_known = (is_subject or is_asked) and source_words.is_proper(token)
        is_known |= (is_asked or link == "nsubj") and find_row(token)["kind"] in ("person", "body", "thing")
        is_known |= source_words.is_met(token)
        beside = token.children if token.pos_ == "PROPN" and (token.n_lefts or token.n_rights) else ()
        offices = (one for one in beside if one.dep_ in ("compound", "appos") and is_office(one))  # "director [X]"
        is_body = token.n_lefts and token.tag_ != "NNS" and any(one.is_title for one in token.lefts)
        is_told = is_known or (is_body and find_row(token)["kind"] == "body") or (any(offices) and not is_office(token))
        if (is_known and owns) or (spoken[token.idx] < 0 and is_told):
            parent = parts[held[token.idx]][2] if held[token.idx] >= 0 else None
            yield (*find_phrase(token), _SUBJECT if is_known and parent is None else _ASIDE, parent)


def _unite_names(sources: list[Source], article: "Parsed", rules: tuple[SourceRule, ...]) -> list[Source]:
    """Return sources in which a part of a name or its acronym has the full name, and what the text tells of that.

    This is the actor, what it is (where nothing tells it, maybe a place), what it is called, and its type: the one told
    most often, else by the word after it in the text ("X's campaign").
    """
    named = {s.name: s for s in sorted(sources, key=lambda s: s.source_type != "other") if s.named == "named"}
    alike, whole = defaultdict[str, list[Source]](list), lru_cache(None)(partial(_find_whole, named, article, rules))
    full = {n: whole(one.name, one.called & SEXED) for n, one in enumerate(sources) if one.named == "named"}
    for n, one in full.items():
        alike[one.name] += (sources[n], one)
    places, after, told = {*THERE.findall(article.text)}, dict(_TELLS.findall(article.text)), {}
    for name, same in alike.items():
        first, *rest = name.title().split()
        # a country is no person ("our ally X"), a name of several words no "they" (for the parser "Ann Woods" may be)
        heads = [one for one in same if one.words.root.pos_ == "PROPN"] or same  # "the X group" makes no body of X
        kinds = Counter(one.kind for one in heads if one.kind not in ("", "none", "people" if rest else ""))
        kind = "body" if name in COUNTRIES else max(kinds, key=kinds.get, default="place" if name in places else "")
        pronoun = FIRST_NAMES.get(first, "") if rest and kind != "body" else ""
        called = frozenset({pronoun}.union(*(one.called for one in same)).difference(NEVER_FOR.get(pronoun, ())))
        kind = "person" if pronoun or called & SEXED else kind
        least = "government" if name in COUNTRIES else _TOLD.get(after.get(name.split()[-1], ""), "other")
        types = Counter(one.source_type for one in same if one.source_type != "other")
        source_type = max(types, key=types.__getitem__, default=least)
        told[name] = {"name": name, "source_type": source_type, "kind": kind, "called": called}
    for n, one in full.items():
        first = sources[n] if sources[n].called & SEXED else one  # "Mrs. Lind" is no Mr. Lind
        sources[n] = sources[n]._replace(actor=first.actor or one.actor or sources[n].actor, **told[one.name])
    return sources


def _find_whole(
    named: Mapping[str, Source], article: "Parsed", rules: tuple[SourceRule, ...], name: str, called: frozenset[str]
) -> Source:
    """Return whom a name stands for: who has the first of the full names in the text that it is a part of.

    "Mrs. Smith" is nobody with a man's first name, "Mr. Lou" may be Lou Jiwei, but no body. Of two who share a surname
    that one is called by it alone. A name stays as it is where it has no longer one.
    """
    if name in COUNTRIES:
        return named[name]
    printed = {} if " " in name else source_words.find_wholes(name, article.doc, article.text)
    wholes = {*printed, *(other for other in named if " " in other and source_words.is_part(name, other))}
    wholes = [one for one in wholes if not any(one.endswith(f" {other}") for other in wholes)]  # no "Mayor Ann Orr"
    wholes = wholes or [one for one in named if called and one.startswith(f"{name} ") and named[one].kind != "body"]
    wholes = [one for one in wholes if called.isdisjoint(NEVER_FOR.get(FIRST_NAMES.get(one.split()[0]), ()))]
    best = min(wholes, key=lambda one: (one.startswith(f"{name} "), article.text.find(one), len(one)), default=name)
    whole = named.get(best) or named[name]._replace(name=best, source_type=type_of(printed[best]), actor="")
    for listed, _, source_type, actor in (rules[n] for *span, n in _match_rules(rules, best) if span == [0, len(best)]):
        whole = whole._replace(name=listed, source_type=source_type or whole.source_type, actor=actor or whole.actor)
    return whole


def _resolve(source: Source, citations: Sequence["Citation"], known: Sequence[Source]) -> Source:
    """Return a source with the name that it stands for, where it is a pronoun ("he said") or points ("the monitor")."""
    is_open, cited = source.name == UNRESOLVED, citations[source.number] if source.number >= 0 else None
    spans = [(source.words.start_char, source.end), *((cited.cue, *cited.parts) if cited else ())]
    begin, source = min(one[0] for one in spans), source._replace(until=max(one[1] for one in spans))
    quoted = [part for part in (cited.parts if cited and is_open else ()) if part.quoted]  # nobody in it says it
    told = [one for one in known if not any(part.start <= one.start < part.end for part in quoted)] if quoted else known
    holds = citations[source.parent].parts if source.parent is not None else ()
    own = next((one.start for one in holds if one.quoted and one.start <= source.start < one.end), None)
    same = _find_speaker(source, begin, told, own) if is_open else _find_pointed(source, known)
    if not same:
        return source._replace(source_type=_type_owner(source, known)) if source.source_type == "other" else source
    is_named = any(one.named == "named" for one in known if one.name == same.name)
    named = ("named" if is_open else "described") if is_named else same.named  # its own words describe it
    kept = source if same.source_type == "other" and not is_open else same
    told = {"source_type": kept.source_type, "actor": same.actor or source.actor, "named": named, "intro": _NONE}
    return source._replace(name=same.name, called=source.called | same.called, **told)


def _type_owner(source: Source, known: Sequence[Source]) -> str:
    """Return the type of whom a source speaks for: X of "an X spokesman", "X's Smith"; known of a name."""
    words = source.words
    owned = [one for one in words if one.pos_ == "PROPN" and not is_office(one)]  # "Mr." is nobody
    speaks = [one for one in owned if source_words.speaks_for(one, words, VOICES)]
    names = {source_words.call(one) for one in speaks if one.text[0].isupper() and one.text not in COUNTRIES}
    owners = (one for one in known if one.named == "named" and (one.name == source.name or names & one.called))
    return next((one.source_type for one in owners if one.source_type != "other"), "other")


def _find_speaker(source: Source, begin: int, known: Sequence[Source], own: int | None) -> Source | None:
    """Return whom "he said" means: the last, near where it begins, who may be a "he".

    Who is told of in another voice (by somebody cited, where the outlet says "he") comes after those of its own voice,
    and who is named only aside after all others. "He" stays open where in what somebody else says another may be
    meant ("Smith left. The crew says Jones lied. He said"), "it" where a source of another body has spoken since. In
    somebody's own words (an answer, a post; `own` is where they begin) "he" is another, and open where two are told of.
    """
    words, parent = source.words, source.parent
    stands_for, barred = (listed.get(words.root.lower_, frozenset()) for listed in (source_words.STANDS_FOR, NEVER_FOR))
    near = [one for one in known if one.end <= words.start_char and begin <= one.until + PRONOUN_REACH]
    others = {one.name: one.start for one in known if not one.called.isdisjoint(barred)}  # a "she" is no "he"
    fits = [one for one in near if one.kind in stands_for and one.name != UNRESOLVED and (
        one.name not in others or (one.named != "named" and one.start > others[one.name]))]  # fmt: skip
    if words.root.lower_ in ("i", "we", "my", "our"):
        fits = [one for one in fits if one.number == parent]
    elif own is not None and source.kind == "person":
        speaks = {one.name for one in known if one.number == parent}
        fits = [one for one in fits if one.name not in speaks]
    told = [one for one in fits if parent in (one.number, one.parent) or (parent is None and one.number < 0)
            or (own is not None and one.start >= own)]  # fmt: skip
    near = told or [one for one in fits if one.named == "named" and one.kind]
    best = max(near, default=None, key=lambda one: (  # in "Smith was asked by a caller" it is Smith
        one.words.root.head.dep_ != "agent", bool(told) and one.number != _ASIDE, one.end
    ))  # fmt: skip
    since = [one for one in known if best and one.start > best.end and one.name != best.name]
    if source.kind == "body":
        rivals = [one for one in since if one.number >= 0 and find_row(one.words.root)["speaks_for"] == "organisation"]
    else:
        since = [one for one in told if one.name != best.name] if own is not None and best else since
        rivals = [one for one in since if one in fits and (own is not None or one.named == "named")]
        rivals = [one for one in rivals if "nsubj" in one.words.root.dep_]
        rivals = [one for one in rivals if one.kind == "person" and not (best.kind and one.parent == best.number)]
    return None if rivals else best


def _find_pointed(source: Source, known: Sequence[Source]) -> Source | None:
    """Return whom "the monitor" means: the last named monitor before, else what the text calls so before.

    "the group" may be any body cited before that is no government's and no army, "the company" one of no known type;
    "the source" is the last source; "the governor", whom nobody is called so far, the person cited last, if told of
    more than once, and not by the governor. "The group" stays open where another subject comes after the body cited.
    """
    words, head, row = source.words, source.words.root, find_row(source.words.root)
    if source.named == "named" or words[0].lower_ not in ("the", "this", "that") or "of" in map(str, head.rights):
        return None
    lefts = [one for one in head.lefts if one.dep_ in source_words.LEFT and one.nbor().text != "-"]
    beside = [one for one in lefts if not one.lower_.endswith("based")]  # "the London-based group"
    told = {*map(source_words.call, (*beside, head))}  # "the trade office" is the Boat Trade Office
    is_unnamed = _UNNAMED.search(words.doc[head.left_edge.i : head.right_edge.i + 1].text)  # "who is not to be named"
    before = [one for one in known if one.end <= source.start and not (is_unnamed and one.named == "named")]
    same = [one for one in before if source_words.call(head) in one.called and one.kind == source.kind]
    whole = [one for one in same if told <= one.called]
    main = [one for one in before if one.number != _ASIDE]
    owners = {one.actor for one in before} if not source.actor else {"", source.actor}  # "the firm" of actors.csv
    mine = [one for one in before if one.kind == "body" and row["speaks_for"] == "same" and one.actor in owners]
    mine = [one for one in mine if one in main] or mine
    named = [one for one in (*same, *mine) if one.named == "named"]
    loose = [one for one in named if one.source_type not in ("government", "military")]
    is_typed = source.source_type != "other" or head.lower_ in _COMPANIES
    typed = [one for one in named if is_typed and one.source_type == source.source_type]
    fit = loose if head.lower_ in _ANY_BODY and not beside else [one for one in typed if one in same] or typed
    # "the trade office" is no other office, but "the monitoring group" is the group
    types = {find_row(one)["source_type"] for one in beside}
    is_other = whole or row["kind"] != "body" or types - {source.source_type}
    if meant := whole if beside and is_other else fit or same:
        cited = [one for one in meant if one.number >= 0 and head.lower_ in (*_ANY_BODY, *_COMPANIES)] or meant
        return meant[-1] if cited[-1].name == meant[-1].name else None  # who spoke last, or a subject since
    last = main[-1] if main and row["kind"] == "person" and head.tag_ in ("NN", "NNP") else None
    cited = last and 0 <= last.number != source.parent and last.kind in ("person", "") and last.named == "named"
    return last if cited and last.parent != source.number and sum(one.name == last.name for one in main) > 1 else None
