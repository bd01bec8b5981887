"""The noun phrases around a cue: who speaks, to whom, whose report it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.reading.attribution.citations import span_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


_NOMINAL = ("NOUN", "PROPN", "PRON")
_MEMBER = 6  # words of a member of a list
_INSIDE = ("compound", "amod", "nmod", "det", "nummod", "quantmod")


def find_sources(first: "Token", last: "Token") -> tuple[tuple[int, int], ...]:
    """Return the spans of whoever speaks, from the run of words that the network calls the source."""
    doc = first.doc
    run = range(first.i, last.i + 1)
    nouns = [doc[i] for i in run if doc[i].pos_ in _NOMINAL]
    tops = [token for token in nouns if token.head.i not in run or token.head == token] or nouns
    if not tops:
        return (_trim_span(doc, first.i, last.i),)
    head = tops[0]
    while head.dep_ in _INSIDE and head.head.pos_ in _NOMINAL and head.head != head:
        head = head.head
    listed = _split_list(doc, first.i, last.i)
    return listed or find_joint(head) or (_trim_span(doc, first.i, last.i),)


def _split_list(doc: "Doc", first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Return the members of a list with commas ("X, Y and two officials"), which the parser often takes apart."""
    cuts = [i for i in range(first, last + 1) if doc[i].text == "," or doc[i].lower_ in ("and", "&")]
    if len(cuts) < 2 or doc[cuts[-1]].text == "," or any(doc[i].text != "," for i in cuts[:-1]):
        return ()
    if cuts[-1] - cuts[-2] == 1:  # "X, Y, and Z"
        cuts.pop(-2)
    starts, ends = [first, *(i + 1 for i in cuts)], [*(i - 1 for i in cuts), last]
    members = [doc[a : b + 1] for a, b in zip(starts, ends, strict=True) if a <= b]
    names = all(1 <= len(member) <= _MEMBER and member[-1].pos_ in ("NOUN", "PROPN") for member in members)
    if len(members) <= 2 or not names or any(token.dep_ in ("appos", "relcl") for token in doc[first : last + 1]):
        return ()
    return tuple(_trim_span(doc, member.start, member.end - 1) for member in members)


def find_antecedent(word: "Token") -> tuple[int, int] | None:
    """Return the noun phrase that a relative pronoun stands for ("an officer who said")."""
    if word.lower_ not in ("who", "which", "that") or word.dep_ not in ("nsubj", "nsubjpass"):
        return None
    clause = word.head
    while clause.dep_ in ("conj", "xcomp", "advcl") and clause.head != clause:
        clause = clause.head
    return noun_phrase(clause.head, [clause.head]) if clause.dep_ == "relcl" else None


def find_joint(head: "Token") -> tuple[tuple[int, int], ...]:
    """A noun phrase and those joined to it by "and", each without its relative clauses."""
    heads = [head]
    if head.pos_ not in ("NOUN", "PROPN", "PRON") or not any(letter.isalpha() for letter in head.text):
        return ()
    while True:
        joined = [child for child in heads[-1].children if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN")]
        if not joined:
            break
        heads.append(joined[0])
    return tuple(noun_phrase(one, heads) for one in heads)


def noun_phrase(head: "Token", joined: Sequence["Token"]) -> tuple[int, int]:
    """The head with its modifiers and appositions, up to a relative clause or a noun joined to it."""
    skip: set[int] = set()
    for child in head.subtree:
        to_whom = child.dep_ in ("prep", "dative") and child.lower_ == "to"
        if child is not head and (child.dep_ in ("relcl", "cc") or child in joined or to_whom):
            skip.update(token.i for token in child.subtree)
    left = right = head.i
    inside = {token.i for token in head.subtree} - skip
    while left - 1 in inside:
        left -= 1
    while right + 1 in inside:
        right += 1
    return _trim_span(head.doc, left, right)


def _trim_span(doc: "Doc", left: int, right: int) -> tuple[int, int]:
    while right > left and (doc[right].is_punct or doc[right].is_space):
        right -= 1
    while left < right and (doc[left].is_punct or doc[left].is_space):
        left += 1
    return span_of(doc[left], doc[right])


def find_recipient(verb: "Token") -> tuple[int, int] | None:
    """To whom it was said ("told the agency", "said to the agency"), or whom the speaker cites ("citing Y")."""
    for child in verb.children:
        if child.dep_ in ("dobj", "dative") and verb.lemma_ in ("tell", "inform", "brief") and child.pos_ == "PROPN":
            return noun_phrase(child, [child])
        if child.dep_ in ("prep", "dative") and child.lower_ == "to" and child.i > verb.i:
            for grandchild in child.children:
                if grandchild.dep_ == "pobj" and grandchild.pos_ == "PROPN":
                    return noun_phrase(grandchild, [grandchild])
        if child.dep_ == "advcl" and child.lower_ == "citing":
            for grandchild in child.children:
                if grandchild.dep_ == "dobj":
                    return noun_phrase(grandchild, [grandchild])
    return None


def find_owner(noun: "Token") -> tuple[tuple[int, int], ...]:
    """Whose report it is: "the ministry's report", "a report by the agency"."""
    for child in noun.children:
        if child.dep_ == "poss":
            return (noun_phrase(child, [child]),)
        if child.lower_ in ("by", "of", "from"):
            for grandchild in child.children:
                if grandchild.dep_ == "pobj":
                    return (noun_phrase(grandchild, [grandchild]),)
    return ()
