"""What the words of a source say of it: its type, whether it is a person or a body, its name, for whom it speaks."""

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

import numpy as np

from helpers.lexicons import index_lexicon, read_lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

VOICES = ("owner", "organisation", "same")  # "a statement by X", "an X spokesman", "the X group": X speaks
LEFT = ("amod", "compound", "nmod", "poss")
_JOINING = ("of", "for", "the", "and", "in", "on")
_PLACING = ("in", "of", "at", "for", "near", "from", "on")
_PRONOUNS = {"he": "person", "she": "person", "i": "person", "it": "body", "they": "people", "we": "any"}
_UNKNOWN = {"noun": "", "source_type": "", "only_alone": "", "speaks_for": None, "kind": ""}
_THERE = re.compile(r"\b(?:in|near|inside|outside) ([A-Z]\w*(?: [A-Z]\w*)*)(?!['’]|\w| [A-Z])")
_DATELINE = re.compile(r"^([^\n/,(—–-]+?) ?[/,(—–-]", re.MULTILINE)


def find_row(token: "Token") -> Mapping[str, str | None]:
    """Return the row of source_nouns.csv for a word; one of empty cells where it is not listed."""
    nouns = index_lexicon("source_nouns.csv")
    return nouns.get(token.lemma_.lower()) or nouns.get(token.lower_, _UNKNOWN)


@cache
def list_countries() -> frozenset[str]:
    """Return the names of the countries of countries.csv."""
    rows = [row for row in read_lexicon("countries.csv") if row["note"] == "country"]
    return frozenset(name for row in rows for name in (row["name"], *row["other_names"].split("|")) if name)


def speaks_for(token: "Token", words: "Span", voices: Collection[str]) -> bool:
    """Return whether the head of a source speaks for a name in it, as source_nouns.csv says of each noun between them.

    An adjective owns no statement and names no group: "a Northern report", "a Northern group".
    """
    nouns, owns, root = [], token.dep_ == "poss", words.root
    for one in words.doc[token.i + 1 : root.i]:
        if find_row(one)["speaks_for"] == "":
            return False  # "a Northern rebel commander"
    adjective = token.pos_ == "ADJ"
    while token != root and token.head in words and token.head != token:
        token = token.head
        if token.pos_ == "ADP":
            owns = True
        elif token.pos_ in ("NOUN", "PROPN") and token.dep_ != "compound":
            nouns.append(token)
    if nouns and nouns[-1].pos_ == "PROPN" and not find_row(nouns[-1])["speaks_for"]:  # "X spokesman Smith"
        before = [
            one for one in root.lefts if one.dep_ == "compound" and (one.pos_ == "NOUN" or find_row(one)["speaks_for"])
        ]
        nouns[-1:] = before[-1:]
    allowed = set(voices) - ({"same"} if adjective or owns else set()) - ({"owner"} if adjective else set())
    return token == root and bool(nouns) and all(find_row(noun)["speaks_for"] in allowed for noun in nouns)


def type_of(words: "Span") -> str:
    """Return the type of the first noun that has one, the head's first; "militia member" is of the militia's type.

    What belongs to a noun counts only where that may speak for it: "an officer of the police", but not "victims of the
    police". A country is a government's.
    """
    root, doc = words.root, words.doc
    own, rows = [root], []
    for token in own:  # grows on the way
        both = f"{token.nbor(-1).lower_} {token.lower_}" if token.i else ""  # "attorney general"
        row = index_lexicon("source_nouns.csv").get(both) or find_row(token)
        rows += [row] if token == root or row["source_type"] != "document" else []
        links = ("appos", "prep", "pobj") if row["speaks_for"] or token.pos_ == "ADP" else ("appos",)
        for child in token.children:
            left = child.i < token.i and child.dep_ in LEFT and row["speaks_for"] != ""
            if (left or child.dep_ in links) and words.start <= child.i < words.end:
                near = (doc[child.i - 1].text, doc[child.i + 1].text if child.i + 1 < len(doc) else "")
                own += [] if "-" in near else [child]  # "front-runner"
    known = sorted((row for row in rows if row["source_type"]), key=lambda row: row["only_alone"] == "yes")
    if known:  # those of `only_alone` come after all others
        return known[0]["source_type"]
    name = words.text.removeprefix("The ").removeprefix("the ")
    return "government" if root.pos_ == "PROPN" and name in list_countries() else "other"


def kind_of(words: "Span", text: str) -> str:
    """Return what a source is, as source_nouns.csv knows it: person, body, thing (a document) or none of these.

    "people" are several, and "" is a name of which neither its words nor the `text` around them say it.
    """
    root, row = words.root, find_row(words.root)
    if root.pos_ == "PRON":
        return _PRONOUNS.get(root.lower_, "")
    has_office = any(after.pos_ == "PROPN" and is_office(one) for one, after in pairwise(words))  # "director X"
    if has_office and (root.pos_ == "PROPN" or not row["kind"]):  # but "Mrs. X's campaign"
        return "person"
    if root.pos_ != "PROPN":
        return "people" if root.tag_ == "NNS" and row["noun"] != root.lower_ else row["kind"] or "none"
    beside = [one for one in root.children if words.start <= one.i < words.end and one.dep_ in (*LEFT, "appos")]
    kinds = [find_row(one)["kind"] for one in (root, *beside)]
    if "person" in kinds and kinds[0] != "body":
        return "person"
    near = words.doc[max(root.i - 1, words.start) : root.i] if root.tag_ == "NNP" else ()  # "Rights Watch"
    is_body = "body" in (*kinds[:1], *(find_row(one)["kind"] for one in near)) or words[0].lower_ == "the"
    is_body = is_body or root.is_upper or root.text in list_countries()
    return "body" if is_body or is_place(root.text, text) else "people" if root.tag_ == "NNPS" else kinds[0]


def is_place(name: str, text: str) -> bool:
    """Return whether a name is a place in a text: "in X", or "X" in capitals, as in a dateline."""
    there, datelines = _list_places(text)
    return name in there or name.upper() in datelines


@lru_cache(maxsize=1)
def _list_places(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(_THERE.findall(text)), frozenset(_DATELINE.findall(text))


def is_office(token: "Token") -> bool:
    """Return whether a word is an office or trade of a person: "minister", "activist"."""
    return token.lower_ in index_lexicon("titles.csv") or find_row(token)["kind"] == "person"


def find_name(words: "Span") -> list["Token"]:
    """Return the proper name in a source, without titles and places; empty where there is none.

    It is that of the head or of an apposition ("the mayor, X"). Where commas are lost it may stand before the office
    ("X head of Y") or after it ("governor of Y X").
    """
    head, titles = words.root, index_lexicon("titles.csv")
    if len(words) == 1 and head.pos_ != "PROPN":
        return [head] if _is_name_elsewhere(head) else []
    names = [one for one in (head, *head.children) if one.pos_ == "PROPN" and (one == head or one.dep_ == "appos")]
    last = next((one.nbor(-1) for one in words[1:] if one.text == "("), words[-1])
    end, lead = _grow_name(last, words), _grow_name(words[0], words)
    if end and end[0].i > head.i:
        before = end[0].nbor(-1)
        if is_office(before) or (before == head and find_row(head)["kind"] == "body"):
            return _cut_name(end)  # "of the group director X", "the group X"
    if len(lead) > 1 and lead[-1].i < head.i and lead[-1].nbor().lower_ in ("a", "an"):  # "X a former engineer"
        return _cut_name(lead)
    if head.lower_ in titles and any(one.dep_ == "prep" and one.i > head.i for one in head.children):
        lead = _cut_name(lead[: next((n for n, one in enumerate(lead) if one.lower_ in titles and n > 1), len(lead))])
        if len(lead) > 1 and lead[-1].i < head.i:
            return lead
        cut = _cut_name(end, ("person", "body"))
        if len(cut) < len(end) and end[0].i > head.i:
            return cut
    run = _cut_name(_grow_name(names[0], words)) if names and names[0] in words else []
    is_office_of = len(run) > 1 and run[0].i > 1 and run[0].nbor(-1).lower_ == "of" and is_office(run[0].nbor(-2))
    is_state = is_office_of and (len(run) > 2 or run[0].lower_ == "state") and find_row(run[-1])["kind"] != "body"
    return run[1:] if is_state else run  # "Secretary of State X"


def spell_out(name: str, doc: "Doc", text: str) -> str:
    """Return the shortest full name in a text of whom a word names ("Ann Smith"); the word where they are several."""
    longer: set[str] = set()
    for at in np.flatnonzero(doc.to_array("ORTH") == doc.vocab.strings[name]).tolist():
        run = _cut_name(_grow_name(doc[at], doc[:]), ("person", "body"))
        is_full = len(run) > 1 and run[0].is_title and run[-1].i == at and run[-1].tag_ == "NNP"
        if is_full and name not in list_countries() and not is_place(run[0].text, text):
            longer.add(doc[run[0].i : at + 1].text)
    words = max(longer, key=len, default="").split()
    return min(longer, key=len, default=name) if all({*one.split()} <= {*words} for one in longer) else name


def _is_name_elsewhere(word: "Token") -> bool:
    """Return whether a word that is taken for a noun is a name elsewhere in its text: "Woods called", "to Woods"."""
    if not word.is_title or find_row(word)["noun"] or word.pos_ not in ("NOUN", "ADJ", "VERB"):
        return False
    same = [word.doc[at] for at in np.flatnonzero(word.doc.to_array("ORTH") == word.orth).tolist()]
    return any(one.pos_ == "PROPN" and not (one.i + 1 < len(one.doc) and one.nbor().pos_ == "PROPN") for one in same)


def find_counted(words: "Span") -> "Span":
    """Return of a source that is counted the words for who is counted: "voters" of "45 percent of voters"."""
    root = words.root
    of = [one for one in root.children if one.lower_ == "of" and (root.like_num or find_row(root)["kind"] == "count")]
    who = [noun for one in of for noun in one.children if noun.pos_ in ("NOUN", "PROPN") and noun.i < words.end]
    return words.doc[who[0].left_edge.i : words.end] if who else words


def _grow_name(token: "Token", words: "Span") -> list["Token"]:
    """Return the run of proper names around a word of a source: "Al-Noor", "Ministry of Trade"."""
    doc, left, right = words.doc, token.i, token.i
    if token.pos_ != "PROPN":
        return []
    while left > words.start and _is_name(doc[left - 1]):
        left -= 1
    while right + 1 < words.end and _is_name(doc[right + 1]):
        right += 1
    if left == right > words.start and doc[left - 1].pos_ == "ADJ" and doc[left - 1].is_title:
        left -= not doc[left - 1].is_sent_start  # "Northern Coalition"
    if right + 1 < words.end and doc[right + 1].lower_ in ("of", "for") and find_row(doc[right])["kind"] == "body":
        after = doc[right + 1 : words.end]
        whole = list(takewhile(lambda one: one.is_title or one.is_upper or one.lower_ in _JOINING, after))
        rest = after[len(whole) :][:1]
        if not rest or rest[0].text in ("(", "a", "an") or find_row(rest[0])["kind"]:
            right += len(whole)
    return list(doc[left : right + 1])


def _is_name(token: "Token") -> bool:
    """Return whether a word is of a name, or a hyphen in one: "al-Noor"."""
    hyphen = token.text == "-" and token.i and not token.whitespace_ and not token.nbor(-1).whitespace_
    return token.pos_ == "PROPN" or (hyphen and token.nbor(-1).pos_ == "PROPN")


def _cut_name(run: list["Token"], offices: Collection[str] = ("person",)) -> list["Token"]:
    """Return a name without the offices before it, and without a place that runs into it ("in Y X said")."""
    titles = index_lexicon("titles.csv")
    if len(run) > 1 and run[0].i and run[0].nbor(-1).lower_ in _PLACING:
        same = [run[0].doc[int(at) + 1] for at in np.flatnonzero(run[0].doc.to_array("ORTH")[1:-1] == run[0].orth)]
        alone = any("PROPN" not in (one.nbor(-1).pos_, one.nbor().pos_) for one in same)
        run = run[1:] if alone or run[0].text in list_countries() else run
    is_body = run and find_row(run[-1])["kind"] == "body"  # "Prime Minister's Office"
    for at in range(0 if is_body else len(run) - 1, 0, -1):
        before, is_last = run[:at], len(run) - at == 1
        ends = before[-1].lower_ in titles or find_row(before[-1])["kind"] in offices
        only_titles = all(one.lower_ in titles for one in before)
        if ends and run[at].lower_ not in titles and (only_titles or not is_last):
            return run[at:]
    return run
