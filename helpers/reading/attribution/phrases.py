"""The noun phrases around a cue: who speaks, to whom, whose report it is; as spans of characters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_NOMINAL = ("NOUN", "PROPN", "PRON")
_MEMBER = 6  # words of a member of a list
_INSIDE = ("compound", "amod", "nmod", "det", "nummod", "quantmod")


def span_of(first: "Token", last: "Token") -> tuple[int, int]:
    """Return the span of characters from one word to another."""
    return first.idx, last.idx + len(last)


def find_sources(first: "Token", last: "Token") -> tuple[tuple[int, int], ...]:
    """Return the spans of the speakers in the run of words that the network calls the source."""
    doc, run = first.doc, range(first.i, last.i + 1)
    nouns = [doc[i] for i in run if doc[i].pos_ in _NOMINAL]
    tops = [token for token in nouns if token.head.i not in run or token.head == token] or nouns
    whole = (_trim_span(doc, first.i, last.i),)
    if not tops:
        return whole
    head = tops[0]
    while head.dep_ in _INSIDE and head.head.pos_ in _NOMINAL and head.head != head:
        head = head.head
    return _split_list(doc, first.i, last.i) or _find_joint(head) or whole


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


def _find_joint(head: "Token") -> tuple[tuple[int, int], ...]:
    """Return a noun phrase and those joined to it by "and", each without its relative clauses."""
    if head.pos_ not in _NOMINAL or not any(letter.isalpha() for letter in head.text):
        return ()
    heads, joined = [], [head]
    while joined:
        heads.append(joined[0])
        joined = [child for child in heads[-1].children if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN")]
    return tuple(find_phrase(one, heads) for one in heads)


def find_phrase(head: "Token", joined: Sequence["Token"] = ()) -> tuple[int, int]:
    """Return the head with its modifiers and appositions, up to a relative clause or a noun joined to it."""
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


def find_antecedent(word: "Token") -> tuple[int, int] | None:
    """Return the noun phrase that a relative pronoun stands for ("an officer who said")."""
    if word.lower_ not in ("who", "which", "that") or word.dep_ not in ("nsubj", "nsubjpass"):
        return None
    clause = word.head
    while clause.dep_ in ("conj", "xcomp", "advcl") and clause.head != clause:
        clause = clause.head
    return find_phrase(clause.head) if clause.dep_ == "relcl" else None


def find_recipient(verb: "Token") -> tuple[int, int] | None:
    """Return to whom it was said ("told X", "said to X"), or whom the speaker cites ("citing X")."""
    for child in verb.children:
        if child.dep_ in ("dobj", "dative") and verb.lemma_ in ("tell", "inform", "brief") and child.pos_ == "PROPN":
            return find_phrase(child)
        objects: list[Token] = []
        if child.dep_ in ("prep", "dative") and child.lower_ == "to" and child.i > verb.i:
            objects = [one for one in child.children if one.dep_ == "pobj" and one.pos_ == "PROPN"]
        elif child.dep_ == "advcl" and child.lower_ == "citing":
            objects = [one for one in child.children if one.dep_ == "dobj"]
        if objects:
            return find_phrase(objects[0])
    return None


def find_owner(noun: "Token") -> tuple[tuple[int, int], ...]:
    """Return whose report it is ("the ministry's report", "a report by the agency"); empty where nobody is named."""
    for child in noun.children:
        if child.dep_ == "poss":
            return (find_phrase(child),)
        objects = [one for one in child.children if one.dep_ == "pobj"]
        if child.lower_ in ("by", "of", "from") and objects:
            return (find_phrase(objects[0]),)
    return ()
