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
_AND = re.compile(r", (?:and|but|or|so|while|which|who|as)\b")  # another clause follows
_LONGEST = 30  # characters between the head of a source and the end of its phrase


def cite_phrases(article: "Parsed", speech: "Sequence[Quotation]") -> Iterator[Citation]:
    """Yield what is reported with a phrase of source_phrases.csv, set off by commas: "per X", "in X's view".

    Its content is what follows in the sentence or clause, or the clause before where nothing follows. After "per" comes
    a name or a source ("per the minister"), no "per hour"; "in his own words", "in our view" report nothing.
    """
    phrases = index_lexicon("source_phrases.csv")
    for token in article.doc:
        found = _find_source(token, phrases[token.lower_]["kind"]) if token.lower_ in phrases else None
        if not found or any(quotation.start <= token.idx < quotation.end for quotation in speech):
            continue
        preposition, source = found
        clause = preposition.head
        while clause.pos_ not in ("VERB", "AUX") and clause.head != clause:
            clause = clause.head
        words = clause.doc[clause.left_edge.i : clause.right_edge.i + 1]
        head_end, last = max(source.idx + len(source), token.idx + len(token)), token.sent.end_char
        end = _STOP.search(article.text, head_end, last).start()
        before = article.text[token.sent.start_char : preposition.idx]
        if not _BEFORE.search(before) or end - head_end > _LONGEST:
            continue
        quoted = [quotation.end for quotation in speech if end <= quotation.start <= end + 2]
        after = (end, max(words.end_char, *quoted, end) if before.strip() else last)
        spans = [after, (words.start_char, preposition.idx)]
        if _AND.match(article.text, end):
            spans.reverse()
        spans = [span for span in spans if span[1] - span[0] > 2]
        parts = next(filter(None, (find_parts(article.text, token.idx, [span], speech) for span in spans)), ())
        if parts:
            start, stop = find_phrase(source)
            own, name = span_of(token, token), (start, min(stop, end))
            yield Citation(own, token.lower_, "according", "", (name,), parts, None, _SURE)


def _find_source(token: "Token", kind: str) -> tuple["Token", "Token"] | None:
    """Return the preposition of a phrase that reports and the head of its source."""
    if kind == "preposition":
        nouns = index_lexicon("source_nouns.csv")
        known = [one for one in token.children if one.pos_ == "PROPN" or (one.lemma_ in nouns and _is_somebody(one))]
        return (token, known[0]) if known and token.dep_ == "prep" else None
    owners = [child for child in token.children if child.dep_ == "poss"]
    owners += [one for child in token.children if child.lower_ == "of" for one in child.children if one.dep_ == "pobj"]
    is_own = any(child.lower_ in ("own", "my", "our") for child in token.children)
    fits = token.dep_ == "pobj" and token.head.lower_ in ("in", "by", "from", "to") and owners and not is_own
    return (token.head, owners[0]) if fits else None


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
