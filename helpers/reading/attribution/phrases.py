"""Reports without a verb ("per X", "in the words of X"), and those at second hand ("Y quoted X as saying")."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from helpers.lexicons import index_lexicon
from helpers.reading.attribution.spans import Citation, find_parts, find_phrase, span_of

if TYPE_CHECKING:
    from spacy.tokens import Token

    from helpers.reading.attribution.features import Parsed
    from helpers.reading.quotations import Quotation

_RELAYING = ("quote", "cite", "report")
_SAYING = ("say", "tell", "claim", "warn", "write", "state", "add", "argue", "declare")
_SURE = 0.9  # confidence of what is found here
_STOP = re.compile(r"[,.;:—)]|$")  # what ends a phrase
_BEFORE = re.compile(r"(?:^|[,;:—(])[\s\"“‘]*$")
_LONGEST = 30  # characters between the head of a source and the end of its phrase


def cite_phrases(article: "Parsed", speech: "Sequence[Quotation]") -> Iterator[Citation]:
    """Yield what is reported with a phrase of source_phrases.csv, set off by commas: "per X", "in X's view".

    Its content is what follows in the sentence or clause, or the clause before where nothing follows. After "per" comes
    a name or a source ("per the minister"), no measure ("per hour"); "in his own words" reports nothing.
    """
    for token in article.doc:
        found = _find_source(token)
        if not found:
            continue
        preposition, source = found
        clause = preposition.head
        while clause.pos_ not in ("VERB", "AUX") and clause.head != clause:
            clause = clause.head
        sentence, (first, last) = token.sent, span_of(clause.doc[clause.left_edge.i], clause.doc[clause.right_edge.i])
        head_end = max(source.idx + len(source), token.idx + len(token))
        end = _STOP.search(article.text, head_end, sentence.end_char).start()
        before = article.text[sentence.start_char : preposition.idx]
        if not _BEFORE.search(before) or end - head_end > _LONGEST:
            continue
        rest = (end, last if before.strip() else sentence.end_char)
        parts = find_parts(article.text, token.idx, [rest], speech) if rest[1] - end > 2 else ()
        parts = parts or (find_parts(article.text, token.idx, [(first, preposition.idx)], speech) if before else ())
        if parts:
            name = find_phrase(source)
            sources = ((name[0], min(name[1], end)),)
            yield Citation(span_of(token, token), token.lower_, "according", "", sources, parts, None, _SURE)


def _find_source(token: "Token") -> tuple["Token", "Token"] | None:
    """Return the preposition of a phrase that reports and the head of its source."""
    kind = index_lexicon("source_phrases.csv").get(token.lower_, {}).get("kind")
    below = [(child, one) for child in token.children for one in child.children if one.dep_ == "pobj"]
    if kind == "preposition":
        known = [
            one
            for one in token.children
            if one.pos_ == "PROPN" or (one.lemma_.lower() in index_lexicon("source_nouns.csv") and _is_somebody(one))
        ]
        return (token, known[0]) if known and token.dep_ == "prep" else None
    if kind != "noun" or token.dep_ != "pobj" or any(child.lower_ == "own" for child in token.children):
        return None
    owners = [child for child in token.children if child.dep_ == "poss"]
    owners += [one for child, one in below if child.lower_ == "of"]
    return (token.head, owners[0]) if owners and token.head.lower_ in ("in", "by", "from", "to") else None


def _is_somebody(noun: "Token") -> bool:
    """Return whether a noun means certain people, not a measure: "per the minister", "per officials"; "per soldier"."""
    return noun.tag_ == "NNS" or any(child.dep_ in ("det", "poss") for child in noun.children)


def merge_relays(article: "Parsed", found: Sequence[Citation], speech: "Sequence[Quotation]") -> list[Citation]:
    """Return citations with those at second hand as one: "X was quoted by Y as saying" has the source X and the via Y.

    The content is that of both verbs, outside the words from X, Y and the first verb to the second.
    """
    merged = {citation.cue[0]: citation for citation in found}
    for citation in found:
        relay = _find_relay(article.doc.char_span(*citation.cue, alignment_mode="expand")[0])
        if not relay:
            continue
        saying, speaker, via = relay
        told = [citation.cue, span_of(saying, saying), speaker, *([via] if via else [])]
        low, high = min(span[0] for span in told), max(span[1] for span in told)
        parts = [part for cue in (citation.cue[0], saying.idx) if cue in merged for part in merged[cue].parts]
        outside = {(part.start, min(part.end, low)) for part in parts} | {
            (max(part.start, high), part.end) for part in parts
        }
        content = sorted(span for span in outside if span[1] - span[0] > 2)
        if content and (whole := find_parts(article.text, citation.cue[0], content, speech)):
            merged.pop(saying.idx, None)
            merged[citation.cue[0]] = citation._replace(sources=(speaker,), via=via, parts=whole)
    return list(merged.values())


def _find_relay(verb: "Token") -> tuple["Token", tuple[int, int], tuple[int, int] | None] | None:
    """Return the second verb, who speaks and who relays it in "X was quoted by Y as saying", "Y quoted X as saying"."""
    ways = [child for child in verb.children if child.lower_ == "as"] if verb.lemma_ in _RELAYING else []
    later = [one for way in ways for one in way.children if one.dep_ == "pcomp" and one.lemma_ in _SAYING]
    if not later:
        return None
    people: dict[str, Token] = {}
    for child in (*verb.children, *later[0].children):
        if child.dep_ in ("agent", "prep"):
            people.update((child.lower_, one) for one in child.children if one.dep_ == "pobj")
        else:
            people.setdefault(child.dep_, child)
    passive = "nsubjpass" in people or (verb.dep_ == "acl" and "nsubj" not in people)
    speaker = people.get("nsubjpass", verb.head if verb.dep_ == "acl" else None) if passive else people.get("dobj")
    via = people.get("by", people.get("in")) if passive else people.get("nsubj")
    return (later[0], find_phrase(speaker, [verb]), find_phrase(via) if via else None) if speaker else None
