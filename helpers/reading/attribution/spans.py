"""Spans: from the network's chances to runs of tokens, and from these to whole quotations and noun phrases."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import regex

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from helpers.reading.quotations import Quotation
    from helpers.reading.sentences import Sentence

REPORTING = ("according", "block", "label")  # frames that report whatever the word: "according to", "Name:"
SWITCH = 0.7  # log-odds that it costs to begin or end a stretch of content
_INSIDE = 0.4  # least chance of a word beside the head of the source
_PHRASE = 3  # words that a run may be completed by
_APART = ("PUNCT", "VERB", "AUX", "CCONJ", "SCONJ")  # what begins a clause: "he said" is no end of a phrase
_LINKS = ("ADP", "DET", "PART")  # no end of a phrase either: "seven people in", "asked the council to"
_OPENS = regex.compile(r"[\s,;:—–-]*(?i:that\b,?\s*(?=\w{3}))?")
_CLOSES = regex.compile(r"(?r)(?:[\s,;:*—–-]|(?<![.A-Z])[.!?])*")  # read backwards; not the full stop of "U.S."
_LED = regex.compile(r"(?<=[,:]\s*)[^\w\s]+\s?\p{Lu}")  # said over the noise, “We stay.”
WHOLE = regex.compile(r"(?s)[^\w\s]+\s?\p{Lu}.*[.,!?…][^\w\s]+")
THERE = regex.compile(r"\b(?:in|near|inside|outside) ([A-Z]\w*(?: [A-Z]\w*)*)(?!['’]|\w| [A-Z])")  # "in Ostrel"
NOMINAL = ("NOUN", "PROPN", "PRON")
_CLAUSE = ("VBD", "VBZ", "VBP", "VB", "MD")  # the tags of verbs that make a clause
_MODIFIES = ("compound", "amod", "nmod", "det", "nummod", "quantmod")


class Part(NamedTuple):
    """One stretch of content."""

    start: int
    end: int
    quoted: bool


class Citation(NamedTuple):
    """One cue with its sources and the parts of its content; spans are characters of the article."""

    cue: tuple[int, int]
    lemma: str
    frame: str
    stance: str  # what the cue implies of the content; "" where it does not report
    sources: tuple[tuple[int, int], ...]  # empty: nobody is named
    parts: tuple[Part, ...]
    via: tuple[int, int] | None  # to whom it was said, or who relays it
    confidence: float  # chance that an annotator would mark it
    parent: int | None = None  # number of the citation that reports this one

    @property
    def form(self) -> str:
        """Direct: only quotation; indirect: only paraphrase; mixed: both."""
        quoted = {part.quoted for part in self.parts}
        return "mixed" if len(quoted) == 2 else "direct" if quoted == {True} else "indirect"

    @property
    def paraphrases(self) -> bool:
        """Whether what is reported without quotation marks is the source's words and not the outlet's.

        It needs a cue of saying or thinking, and somebody who says it or a passive ("is said to"). "It is worth
        mentioning that ..." and "is known as" stay the outlet's.
        """
        is_told = bool(self.sources) or (self.frame == "passive" and self.lemma != "know")
        return is_told and (self.frame in REPORTING or self.stance != "")


class Cue(NamedTuple):
    """A word that may report, with what the network says of it and of the words near it; numbers of tokens."""

    frame: str
    article: int  # which of those read together
    token: int
    alone: float  # log-odds that it is a cue, no matter what is around it
    outer: float  # log-odds that it is a cue and no other attribution holds it
    least: float  # log-odds that `outer` must pass
    first: int  # the first of the words near it, for each of which the next three say
    head: np.ndarray  # the chance that it heads the source
    source: np.ndarray  # the chance that it is a part of the source
    content: np.ndarray  # the log-odds that it is a part of the content


def assign_roles(cue: Cue, known: "Token | None") -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """Return the source, headed by the word known for it, and the runs of the content, as first and last token."""
    gain, source = cue.content.copy(), (known.left_edge.i, known.right_edge.i) if known else None
    if not source and cue.head.sum() >= 0.5:  # else nobody is likelier than any word
        left, right = _grow(cue.source >= _INSIDE, int(cue.head.argmax()))
        source = cue.first + left, cue.first + right
    if source:
        gain[source[0] - cue.first : source[1] - cue.first + 1] -= 3  # no word is both
    top = int(gain.argmax())
    runs = find_runs(gain) or [_grow(gain > gain[top] - 1, top)]  # every attribution has a content
    return source, [(cue.first + first, cue.first + last) for first, last in runs]


def find_runs(gain: np.ndarray) -> list[tuple[int, int]]:
    """Return the runs of likely words, from the log-odds of each; a gap that costs less than two ends is bridged."""
    total, runs = [0.0, *np.cumsum(gain).tolist()], []  # before each word
    for at in np.flatnonzero(gain > 0).tolist():
        if runs and total[at] - total[runs[-1][1] + 1] > -2 * SWITCH:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return [(first, last) for first, last in runs if total[last + 1] - total[first] > 2 * SWITCH]


def _grow(fits: Sequence[bool] | np.ndarray, at: int) -> tuple[int, int]:
    """Return the first and last of the places around one that fit without a gap."""
    gaps = [-1, *(place for place, fit in enumerate(fits) if not fit and place != at), len(fits)]
    after = bisect_left(gaps, at)
    return gaps[after - 1] + 1, gaps[after] - 1


def complete(last: "Token", taken: set[int]) -> "Token":
    """Return the last word of a run that does not end inside a phrase: "to further" becomes "to further problems"."""
    whole = last
    for token in last.doc[last.i + 1 : last.i + 1 + _PHRASE]:
        if token.i in taken or (token.pos_ in _APART and token.text != "-"):
            break
        last = token if token.head.i <= last.i or last.head == token else last
        whole = last if last == token and token.pos_ not in _LINKS else whole
    return whole


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the white space, commas, dashes and full stop at its edges, and the "that" before it."""
    start = _OPENS.match(text, start, end).end()
    return start, _CLOSES.match(text, start, end).start()


def find_parts(
    doc: "Doc", text: str, at: int, spans: Sequence[tuple[int, int]], speech: "Sequence[Quotation]"
) -> tuple[Part, ...]:
    """Return the parts of a content given as spans of characters; a quotation in or between them is taken whole.

    `at` is the first character of the cue: a quotation around it is not taken. What only leads to a whole quotation, or
    follows it, is none, where it has no verb ("said [over the noise], “We stay.”", "“We stay,” he said [on air]"), or
    the cue comes behind both: "[The plan failed], “We stay,” he said".
    """
    touched = [one for one in speech if spans[0][0] < one.end and one.start < spans[-1][1]]
    whole = [one[:2] for one in touched if not one.start <= at < one.end]
    merged: list[tuple[int, int]] = []
    for start, end in sorted([*spans, *whole]):
        if merged and not text[merged[-1][1] : start].strip():
            start, last = merged.pop()
            end = max(end, last)
        merged.append((start, end))
    parts: list[Part] = []
    for start, end in merged:
        left, right = trim(text, start, end)
        edges = sorted({left, right, *(edge for one in touched for edge in one[:2] if left < edge < right)})
        parts += [Part(*one, any(mark.start <= one[0] < mark.end for mark in touched)) for one in pairwise(edges)]
    kept, parts = [], [part for part in parts if re.search(r"\w\w", text[part.start : part.end])]
    for before, part, after in zip((None, *parts), parts, (*parts[1:], None), strict=False):
        leads = after and after.quoted and _LED.match(text, after.start)
        follows = before and before.quoted and at < part.start and WHOLE.fullmatch(text, before.start, before.end)
        is_beside = not part.quoted and (leads or follows)
        kept += [] if is_beside and (not is_told(doc, part) or (leads and after.end <= at)) else [part]
    return tuple(kept)


def is_told(doc: "Doc", part: Part) -> bool:
    """Return whether a part is a clause, told without quotation marks: it has a verb that is no participle."""
    return not part.quoted and any(one.tag_ in _CLAUSE for one in doc.char_span(*part[:2], alignment_mode="expand"))


def paint(length: int, spans: Iterable[tuple[int, int, *tuple[Any, ...]]]) -> np.ndarray:
    """Return for each character of a text the number of the last span (start, end, ...) that covers it, -1: none."""
    painted = np.full(length, -1)
    for number, (start, end, *_) in enumerate(spans):
        painted[start:end] = number
    return painted


def continue_quotations(
    text: str, sentences: "Sequence[Sentence]", speech: "Sequence[Quotation]", found: Sequence[Citation]
) -> list[Citation]:
    """Return the citations with each quotation that nobody is cited for given to a speaker near it.

    The speaker is before it in its sentence, else in the sentence before.
    """
    cited, taken = list(found), paint(len(text), (part for one in found for part in one.parts)) >= 0
    starts, cues = [sentence.start for sentence in sentences], [citation.cue[0] for citation in cited]
    for quotation in speech:
        before = range(bisect_left(cues, quotation.start))
        number = next((n for n in reversed(before) if cited[n].sources), -1)
        if number < 0 or taken[quotation.start : quotation.end].any():
            continue
        first = bisect_right(starts, quotation.start) - 1
        said = max(*cited[number].cue, *(part.end for part in cited[number].parts))
        opens = quotation.start - starts[first] <= 2  # the sentence begins with the quotation
        if bisect_right(starts, said - 1) != first if opens else cues[number] < starts[first]:
            continue  # it does not end in the sentence before, or is not in this one
        parts = sorted([*cited[number].parts, Part(quotation.start, quotation.end, True)])
        cited[number] = cited[number]._replace(parts=tuple(parts))
    return cited


# ---------------------------------------------------------------- noun phrases: who speaks, to whom, whose report


def span_of(first: "Token", last: "Token") -> tuple[int, int]:
    """Return the span of characters from one word to another."""
    return first.idx, last.idx + len(last)


def find_sources(run: "Span", cue: "Token") -> tuple[tuple[int, int], ...]:
    """Return the spans of the speakers in the run of words that the network calls the source.

    Where commas are lost it may hold more than one phrase: the subject of the cue comes before the first.
    """
    doc, at = cue.doc, min(run[0], run.root.left_edge if run.root.dep_ == "pobj" else run[0]).i
    of = at - (doc[at].lower_ not in ("of", "for"))
    if of > 0 and doc[of].lower_ in ("of", "for") and doc[of - 1].is_title and doc[of + 1].is_title:
        at = doc[of - 1].left_edge.i  # it begins inside a name: "for Boats"
    run = doc[at : run.end]
    whole, nouns = (_trim_words(run),), [one for one in run if one.pos_ in NOMINAL]
    tops = [one for one in nouns if one.head not in run or one.head == one] or nouns
    head = next((one for one in tops if one.head == cue and one.dep_ == "nsubj"), tops[0] if tops else run[0])
    found = _find_joint(climb(head, *_MODIFIES)) or whole
    before, after = ([one for one in run if one.idx < found[0][0]], [one for one in run if one.idx >= found[0][1]])
    if len(found) == 1 and {"of", "for"} & {one.lower_ for one in (*before[-1:], *after[:1])}:  # "Union [for Towns]"
        return whole
    if len(found) == 1 and after and all(one.pos_ == "PROPN" for one in after):  # "[the minister of trade] X"
        return ((found[0][0], whole[0][1]),)
    return found


def _find_joint(head: "Token") -> tuple[tuple[int, int], ...]:
    """Return a noun phrase and those joined to it ("and", "along with"), each without its relative clauses."""
    if head.pos_ not in NOMINAL or not any(letter.isalpha() for letter in head.text):
        return ()
    heads = [head]
    for noun in heads:  # grows on the way
        joined = _list_joined(noun)
        names = [one for one in noun.children if one.dep_ == "appos" and one.pos_ == noun.pos_ == "PROPN"]
        for name in (one for one in names if one.left_edge.pos_ != "DET"):  # "X, [a Democrat] and sailor" is one
            apart = name.left_edge.nbor(-1).is_punct and _list_joined(name)  # no apposition: "X, [Y] and Z"
            joined += [name] if apart else _list_joined(name)  # "Minister [Ann Orr] and Bo Lee" are two
        for one in (one for child in noun.children for one in (child, *child.children) if one.lower_ == "with"):
            joined += one.children if one.nbor(-1).lower_ in ("along", "together") else ()
        heads += [one for one in joined if one.pos_ in ("NOUN", "PROPN")]
    return tuple(find_phrase(one, heads) for one in heads)


def _list_joined(noun: "Token") -> list["Token"]:
    """Return what is joined to a noun, also where the parse joins it to a place: "X of Ayton and [Moss] of Barrow"."""
    places = [one for prep in noun.children if prep.dep_ == "prep" for one in prep.children]
    tops = (noun, *(one for one in places if one.pos_ == noun.pos_))
    joined = [one for top in tops for one in top.children if one.dep_ == "conj" and one.nbor(-1).text != "&"]
    return [one for one in joined if one.head == noun or any(of.dep_ == "prep" for of in one.children)]


def find_phrase(head: "Token", joined: Sequence["Token"] = ()) -> tuple[int, int]:
    """Return the head with its modifiers and appositions, up to a relative clause or a noun joined to it."""
    kept, begin = [head], next((one.i for one in head.lefts if one.lower_ in ("a", "an", "the", "another")), 0)
    for child in (child for token in kept for child in token.children):  # grows on the way
        to_whom = child.lower_ == "to" and child.head == head and head.i > head.head.i  # "said Orr [to men]"
        also = child.lower_ in ("along", "together", "with") and any(one in joined for one in child.subtree)
        # "[Oddly] a report"; where commas are lost: "the town of Ayton [a monitor]", but "[Ann Orr a sailor]"
        before = child.i < begin and any(one.pos_ not in ("PROPN", "DET", "PUNCT") for one in child.subtree)
        apart = child.dep_ == "relcl" or (child.dep_ == "cc" and child.text != "&")
        apart |= child.lower_ in ("both", "either", "neither") or child in joined
        if not (before or to_whom or also or apart):
            kept.append(child)
    inside, around = {token.i for token in kept}, range(head.left_edge.i, head.right_edge.i + 1)
    first, last = _grow([number in inside for number in around], head.i - around.start)
    return _trim_words([head.doc[number] for number in around[first : last + 1]])


def _trim_words(words: "Sequence[Token] | Span") -> tuple[int, int]:
    """Return the span of characters of some words, without the marks at their edges, but a bracket with its end."""
    kept = [token for token in words if token.text == "%" or not (token.is_punct or token.is_space)] or [words[0]]
    first, last, doc = kept[0], kept[-1], words[0].doc
    closes = last.i + 1 < len(doc) and doc[last.i + 1].text == ")"
    closes = closes and sum({"(": 1, ")": -1}.get(one.text, 0) for one in doc[first.i : last.i + 1]) > 0
    return first.idx, last.idx + len(last) + closes


def climb(token: "Token", *relations: str) -> "Token":
    """Return the word itself or the next above it that is in none of these relations ("conj": joined by "and")."""
    while token.dep_ in relations:
        token = token.head
    return token


def find_inverted(verb: "Token", known: Container[str]) -> "Token | None":
    """Return who speaks right after a verb, where the parser takes the speaker for its object: "said [the monitor]"."""
    if verb.lower_ not in known:
        return None
    told = [one for one in verb.rights if one.dep_ in ("dobj", "nsubj") and one.left_edge.i == verb.i + 1]
    if any(one.dep_ == "nsubj" for one in verb.lefts):  # "men [died] said Orr.", but no "Orr said men left."
        told = [one for one in told if one.sent.end - one.i < 6]
    return next((one for one in told if one.pos_ in ("NOUN", "PROPN")), None)


def find_antecedent(word: "Token") -> tuple[int, int] | None:
    """Return the noun phrase that a relative pronoun stands for ("an officer who said")."""
    if word.lower_ not in ("who", "which", "that") or word.dep_ not in ("nsubj", "nsubjpass"):
        return None
    clause = climb(word.head, "conj", "xcomp", "advcl")
    is_named = clause.head.dep_ == "appos" and clause.head.head.pos_ == "PROPN"  # "Orr, an officer who said"
    return find_phrase(clause.head.head if is_named else clause.head) if clause.dep_ == "relcl" else None


def name_verb(verb: "Token", known: Container[tuple[str, str]]) -> str:
    """Return a verb's lemma, with what `known` has rows of beside it: "call off", "refuse to say", "say not"."""
    lemma, beside = verb.lemma_.lower(), ("neg", "prt", "dobj", "nsubjpass", "acomp", "xcomp")
    pairs = ((child, "to " if child.dep_ == "xcomp" else "") for child in verb.children if child.dep_ in beside)
    both = (f"{lemma} {to}{child.lemma_.lower()}" for child, to in pairs)
    return next((one for one in both if (one, "any") in known), lemma)


def find_recipient(verb: "Token") -> tuple[int, int] | None:
    """Return to whom it was said ("told X", "said to X"), or whom the speaker cites ("citing X")."""
    below = [*verb.children]
    told = [one for one in below if one.dep_ in ("dobj", "dative") and verb.lemma_ in ("tell", "inform", "brief")]
    told += [one for to in below if to.lower_ == "to" and to.i > verb.i for one in to.children if one.dep_ == "pobj"]
    cited = [one for citing in below if citing.lower_ == "citing" for one in citing.children if one.dep_ == "dobj"]
    named = [*(one for one in told if one.pos_ == "PROPN"), *cited]
    return find_phrase(named[0]) if named else None
