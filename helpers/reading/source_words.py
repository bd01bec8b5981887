"""What the words of a source say of it: its type, whether it is a person or a body, its name, for whom it speaks."""

import re
from calendar import day_name, month_abbr, month_name
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import pairwise, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from helpers.lexicons import compile_speech, index_lexicon, list_words, read_lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

TITLES = index_lexicon("titles.csv")
NOUNS = index_lexicon("source_nouns.csv")
NOUNS = {title: NOUNS[row["word"]] for title, row in TITLES.items() if row["word"] in NOUNS} | NOUNS  # "Sen."
_FORMS = {one: row for noun, row in NOUNS.items() for one in (f"{noun}s", re.sub("y$", "ies", noun))} | NOUNS  # plurals
_PAIRED = {word for one in _FORMS if " " in one for word in one.split()}
PRONOUNS = index_lexicon("pronouns.csv")
STANDS_FOR = {word: frozenset(row["stands_for"].split("|")) for word, row in PRONOUNS.items()}
NEVER_FOR = {word: frozenset(filter(None, row["never_for"].split("|"))) for word, row in PRONOUNS.items()}
SEXED = NEVER_FOR["he"] | NEVER_FOR["she"]  # "Mrs.", "brother"
FIRST_NAMES = {row["name"]: row["pronoun"] for row in read_lexicon("first_names.csv")}
_LANDS = read_lexicon("countries.csv")
COUNTRIES = {row["alias"] for row in _LANDS if "country" in row["note"] or row["kind"] == "metonym"}
PLACES = {row["alias"] for row in _LANDS}
_STATES = {row["actor"] for row in _LANDS if row["alias"] in COUNTRIES}
_NATIONS = {row["alias"] for row in _LANDS if row["actor"] in _STATES}  # "Ruritania", "Ruritanian"
_COUNTRIES = tuple(f"{one} " for one in COUNTRIES)
VOICES = ("owner", "organisation", "same")  # "a statement by X", "an X spokesman", "the X group": X speaks
LEFT = ("amod", "compound", "nmod", "poss")
_OFFICE, _PAST = (list_words("vague_sources.csv", use) for use in ("office", "past"))
_JOINING = ("of", "for", "the", "and", "in", "on")
DATES = {*day_name, *month_name, *month_abbr, "Sept"}
_THERE = ("in", "near", "toward", "towards", "around")  # "in Ostrel Smith said"
_PLACING = ("in", "of", "at", "for", "near", "from", "on")
_OFFICIAL = {"government", "military", "document", "person"}  # types, or kinds, of what may speak for a country
_NAMING = re.compile(r"\b(?:named|called|(?:known|identified) as)(?: the)?$")  # "a nurse named [X]"
_UNKNOWN = {"noun": "", "source_type": "", "only_alone": "", "speaks_for": None, "kind": ""}
_MET = {("dobj", "VBD"), ("dobj", "VBN"), ("ROOT", "NN"), ("appos", "RB")}  # "Outside, [a man] who sang wept"
_SHARED = compile_speech("shared surname")
AFTER_HEAD = re.compile(r" (?:of|for) |,? (?:[JS]r\b|II+$)")  # "Ministry [of Trade]", "Ann Smith [Jr.]"


def find_row(token: "Token") -> Mapping[str, str | None]:
    """Return the row of source_nouns.csv for a word, or for two that it is one of; empty cells where none is listed."""
    known, at = token.doc.user_data, token.i
    if at not in known:  # a word is asked for many times
        word = token.lower_
        around = token.doc[max(at - 2, 0) : at + 3] if word in _PAIRED else ()
        near = [one for one in around if one.text not in ("-", "of")]  # "front-runner", "members of parliament"
        pairs = (f"{one.lower_} {'of ' * (after.nbor(-1).text == 'of')}{after.lower_}"
                 for one, after in pairwise(near) if at in (one.i, after.i))  # fmt: skip
        row = next(filter(None, map(_FORMS.get, pairs)), None) or NOUNS.get(token.text)
        parts = word.replace("-", " ")  # "vice-president", "ex-mayor"
        row = row or NOUNS.get(token.lemma_.lower()) or _FORMS.get(parts)
        known[at] = row or _FORMS.get(parts.rpartition(" ")[2], _UNKNOWN)
    return known[at]


def is_met(token: "Token") -> bool:
    """Return whether a word tells of somebody new where no other person is a subject: "A firm sent [a man]"."""
    is_person = (token.dep_, token.head.tag_) in _MET and find_row(token)["kind"] == "person"
    if not is_person or {"a", "an", "another"}.isdisjoint(one.lower_ for one in token.lefts):
        return False
    others = (one for one in token.sent if one.dep_ in ("nsubj", "nsubjpass") and one not in token.subtree)
    others = (one for one in others if one.pos_ != "PRON" or one.lower_ in ("he", "she"))
    return all(find_row(one)["kind"] == "body" or call(token) in NEVER_FOR.get(one.lower_, ()) for one in others)


def call(token: "Token") -> str:
    """Return the noun that somebody is called by: "senator" for "Sen."; any other word in lower case."""
    return (find_row(token)["noun"] or token.lower_).rpartition(" ")[2]


def list_called(words: "Span") -> frozenset[str]:
    """Return the nouns that a source is called by: those of its head and of what is beside it."""
    root, links = words.root, ("appos", *LEFT) if words.root.pos_ == "PROPN" else ("appos",)
    return frozenset(call(one) for one in (root, *root.children) if one == root or (one.dep_ in links and one in words))


def speaks_for(token: "Token", words: "Span", voices: Collection[str]) -> bool:
    """Return whether the head of a source speaks for a name in it, as source_nouns.csv says of each noun between them.

    An adjective owns no statement and names no group: "a Northern report", "a Northern group".
    """
    root, above = words.root, [*takewhile(lambda one: words.start <= one.i < words.end, token.ancestors)]
    if root not in above or any(find_row(one)["speaks_for"] == "" for one in words.doc[token.i + 1 : root.i]):
        return False  # "a Northern rebel commander"
    nouns = [one for one in above if one.pos_ in ("NOUN", "PROPN") and one.dep_ != "compound"]
    if nouns and nouns[-1].pos_ == "PROPN" and not find_row(nouns[-1])["speaks_for"]:  # "X spokesman Smith"
        beside = [one for one in root.lefts if one.dep_ == "compound" and one.i > token.i]
        nouns[-1:] = [one for one in beside if one.pos_ == "NOUN" or find_row(one)["speaks_for"]][-1:]
    kinds = {row["source_type"] or row["kind"] for row in map(find_row, nouns)}
    if token.text in _NATIONS and (not kinds <= _OFFICIAL or any(one.pos_ == "PROPN" for one in token.lefts)):
        return False  # "the Ruritanian press", "the president of Care Ruritania"
    owns = token.dep_ == "poss" or any(one.pos_ == "ADP" for one in above)
    barred = {"same", "owner"} if token.pos_ == "ADJ" else {"same"} if owns else set()
    offices = [noun for noun in nouns if find_row(noun)["speaks_for"] != "same"]  # but "the former alliance X"
    is_past = any(one.lower_ in _PAST for noun in offices for one in noun.lefts)  # "a former X spokesman"
    return bool(nouns) and not is_past and all(find_row(noun)["speaks_for"] in {*voices} - barred for noun in nouns)


def type_of(words: "Span") -> str:
    """Return the type of the first noun that has one, the head's first; "militia member" is of the militia's type.

    What belongs to a noun counts only where that may speak for it: "an officer of the police", but not "victims of the
    police", nor those in the name of a body ("Workers of Ostrel").
    """
    bodies = [one for one in words.root.children if one.dep_ == "appos" and one.pos_ == "PROPN" and one in words]
    own, rows = [*(one for one in bodies if find_row(one)["kind"] == "body"), words.root], []
    for token in own:  # grows on the way
        row = find_row(token)
        is_of_body = row["only_alone"] == "country" and _is_of_body(token, words)
        is_of_body |= row["source_type"] == "civilian" and token.tag_ == "NNPS" and token != words.root
        is_member = row["kind"] == "person" and token.head in own and find_row(token.head)["kind"] == "body"
        if row["source_type"] and not is_of_body and (token == own[0] or row["source_type"] != "document"):
            rows.append((is_member, row["only_alone"], row["source_type"]))  # "Farmers Association" is of its own type
        links = ("appos", "prep", "pobj", "amod") if row["speaks_for"] or token.pos_ in ("ADP", "ADJ") else ("appos",)
        for child in (*[*token.lefts][::-1], *token.rights):  # in "a government watchdog group" the watchdog is nearer
            if words.start <= child.i < words.end:
                is_left = child.i < token.i and child.dep_ in LEFT
                is_left &= row["speaks_for"] != "" or " " in find_row(child)["noun"]  # "civil defence forces"
                own += [child] if is_left or child.dep_ in links else []
            if child.dep_ == "relcl" and child.lemma_ in _OFFICE:  # "X, who runs the observatory"
                own += [one for one in child.children if one.dep_ in ("attr", "dobj")]
    return min(rows, key=itemgetter(0, 1), default=("other",))[-1]  # "yes" comes after the others


def _is_of_body(office: "Token", words: "Span") -> bool:
    """Return whether an office is that of a body and no country: "Echo President", "the club's president"."""
    before = words.doc[max(office.i - 3, words.start) : office.i]
    named = [before.text] if before and before[-1].pos_ == "PROPN" and before[-1].lower_ not in TITLES else []
    named += [words.doc[one.i + 1 : words.end].text.removeprefix("the ") for one in office.rights if one.lower_ == "of"]
    named += [one.text for one in office.lefts if find_row(one)["speaks_for"] == "same"]
    return bool(named) and not any(one in PLACES or f"{one} ".startswith(_COUNTRIES) for one in named)


def kind_of(words: "Span") -> str:
    """Return what a source is, as source_nouns.csv knows it: person, body, thing (a document) or none of these.

    "people" are several, and "" is a name whose words do not say it.
    """
    root, row = words.root, find_row(words.root)
    if root.pos_ == "PRON":
        return PRONOUNS[root.lower_]["kind"] if root.lower_ in PRONOUNS else ""
    is_plural = root.tag_ in ("NNS", "NNPS") and row["noun"] != root.lower_
    is_name = not row["kind"] or (root.pos_ == "PROPN" and not is_plural)  # but "Mrs. X's campaign", "fellow Democrats"
    told = words.doc[root.i : words.end] if row["kind"] == "body" else words  # no "Republican National Committee"
    before = (after.pos_ == "PROPN" and is_office(one) for one, after in pairwise(told))  # "director X"
    after = (one.dep_ == "appos" and is_office(one) for one in root.children)  # "X, the director"
    if is_name and (any(before) or any(after)):
        return "person"
    if root.pos_ != "PROPN" or row["kind"] == "person":  # "the Democrats" are no body
        plural = "none" if row["kind"] == "thing" else "people"  # no polls are a "they"
        return plural if is_plural else row["kind"] or "none"
    near = (find_row(one)["kind"] for one in (words.doc[max(root.i - 1, words.start)], root))  # "Rights Watch"
    is_body = words[0].lower_ == "the" or root.is_upper or "body" in near or " & " in words.text
    return "body" if is_body else "people" if root.tag_ == "NNPS" else row["kind"]


def is_office(token: "Token") -> bool:
    """Return whether a word is an office or trade of a person: "minister", "activist"."""
    return token.lower_ in TITLES or find_row(token)["kind"] == "person"


def find_name(words: "Span") -> list["Token"]:
    """Return the proper name in a source, without titles and places; empty where there is none.

    It is that of the head or of an apposition ("the mayor, X"). Where commas are lost it may stand before the office
    ("X head of Y", "X a former engineer") or after it ("governor of Y X", "of the group director X", "the group X").
    """
    head = words.root
    if len(words) == 1 or not any(one.pos_ == "PROPN" for one in words):
        is_name = is_proper(head) if len(words) == 1 else words.text.isupper() and not find_row(head)["noun"]
        return [*words] if is_name else []  # "ANN ORR: It is late"
    lead, end = _grow_name(words[0], words), [] if words[-1] == head else _grow_name(words[-1], words)
    is_office_of = head.lower_ in TITLES and {"prep", "poss"} & {one.dep_ for one in head.children} == {"prep"}
    lead = lead[: next((n for n, one in enumerate(lead) if n > 1 and one.lower_ in TITLES), len(lead))]
    if len(lead) > 1 and lead[-1].i < head.i and (is_office_of or lead[-1].nbor().lower_ in ("a", "an")):
        return _cut_name(lead)
    if end and end[0].i > head.i:
        before, cut = end[0].nbor(-1), _cut_name(end, ("person", "body"))
        named = head.pos_ == "NOUN" and _NAMING.search(words.doc[head.i : end[0].i].text)
        is_after = is_office(before) or bool(named)
        is_after |= before == head and find_row(head)["kind"] == "body"
        is_after |= before.text == "," and end[0].text in FIRST_NAMES and is_office(head)  # "the envoy to X, [Y Z]"
        is_office_of &= head.nbor().lower_ != "for"  # "a spokesman for Mr. X"
        # "a nurse in X [Y Z]", but "opponents of President X"
        is_at = is_office(head) and len(cut) > 1 and head.nbor().lower_ in _PLACING and not is_office(cut[0].nbor(-1))
        if is_after or ((is_office_of or is_at) and len(cut) < len(end)):
            return _cut_name(end) if is_after else cut
    beside = (one for one in head.children if one.dep_ == "appos" and one.left_edge.lower_ not in ("a", "an"))
    names = [one for one in (head, *beside) if one.pos_ == "PROPN" and not one.is_lower]  # no name is a "ministry"
    if not names and head.is_lower and find_row(head)["speaks_for"] == "same":  # "the X news agency", but no place
        before = [one for one in words if one.i < head.i and one.pos_ == "PROPN" and head in (one.head, one.head.head)]
        names = [one for one in before[-1:] if one.dep_ != "poss" and one.nbor().text != "-"]
        names = [one for one in names if not PLACES & {one.text, one.text.removesuffix("s")}]
    run = _cut_name(_grow_name(names[0], words)) if names and words.start <= names[0].i < words.end else []
    lefts = [one for one in words[: head.i - words.start][-1:] if one.pos_ == "ADJ" and one.text in _NATIONS]
    if run == [head] and lefts and find_row(head)["kind"] == "body":
        return [*lefts, head]  # "the Ruritanian Coalition"
    kind, told = find_row(head)["kind"], (one.dep_ in LEFT and one.pos_ != "PROPN" for one in [*head.lefts][-1:])
    is_noun = words[0].pos_ == "DET" and head in (words[-1], *run) if kind == "person" else run == [head] and any(told)
    return [] if kind and is_noun else run  # "Northern state TV" is no "TV", and "the Northern Democrat" no name


def find_wholes(name: str, doc: "Doc", text: str) -> Mapping[str, "Span"]:
    """Return the longer names in a text that a name is a part or the acronym of, each with where it is printed."""
    if name.isupper() and name.isalpha() and 1 < len(name) < 8:
        joined = rf"(?: (?:{'|'.join(_JOINING)}))* ".join(rf"{letter}[\w-]*\w" for letter in name)
        runs = [doc.char_span(*one.span(), alignment_mode="expand") for one in re.finditer(rf"\b{joined}", text)]
    else:
        same = _find_word(doc, doc.vocab.strings[re.split("[ -]", name)[-1]])
        cut = (_cut_name(_grow_name(one, doc[:]), ("person", "body")) for one in same if one.tag_ == "NNP")
        runs = [doc[run[0].i : run[-1].i + 1] for run in cut if len(run) > 1 and run[0].is_title]
    wholes = {run.text: run for run in runs if doc[run.start - 1].lower_ not in _THERE}
    shared = (one for one in _SHARED.finditer(text) if {one["first"], one["second"]} <= FIRST_NAMES.keys())
    wholes |= {f"{one['first']} {one['surname']}": doc.char_span(*one.span()) for one in shared}
    return {whole: run for whole, run in wholes.items() if is_part(name, whole)}


@lru_cache(maxsize=20_000)  # articles name the same few people again and again
def is_part(name: str, whole: str) -> bool:
    """Return whether a name ends another ("Smith"), is its acronym or first name, or "Trade" of "Trade of X"."""
    if len(name) >= len(whole):
        return False
    is_acronym = name.isupper() and name == "".join(word[0] for word in whole.split() if word[0].isupper())
    end, *ends = (f" {one}".lower().replace("-", " ") for one in (name, whole, AFTER_HEAD.split(whole)[0]))
    is_end = any(one.endswith(end) and end not in one[: -len(end)] for one in ends)
    return is_acronym or is_end or (name in FIRST_NAMES and whole.startswith(f"{name} "))


def is_proper(word: "Token") -> bool:
    """Return whether a word is of a name, also where the parser takes it for a noun ("Woods"), but not everywhere."""
    is_known = (word.pos_ == "PROPN" or word.text in PLACES) and word.text not in DATES
    is_capital = not is_known and word.is_title and not find_row(word)["noun"]
    same = _find_word(word.doc, word.orth) if is_capital else ()
    is_label = is_capital and word.tag_ == "NN" and word.doc[word.i + 1 : word.i + 2].text == ":"  # "Roe: It is late"
    return is_known or is_label or any(one.pos_ == "PROPN" for one in same)


def _find_word(doc: "Doc", word: int) -> list["Token"]:
    """Return where a document has a word, given as spaCy's number of it."""
    return [doc[at] for at in np.flatnonzero(doc.to_array("ORTH") == word).tolist()]


def find_counted(words: "Span") -> "Span":
    """Return of a source that is counted the words for who is counted: "voters" of "45 percent of voters"."""
    root = words.root
    counts = root.like_num or find_row(root)["kind"] == "count"
    of = [one for one in (root, *(root.children if counts else ())) if one.lower_ == "of"]
    who = [noun for one in of for noun in one.children if noun.dep_ == "pobj" and noun.i < words.end]
    return find_counted(words.doc[who[0].left_edge.i : words.end]) if who else words


def _grow_name(token: "Token", words: "Span") -> list["Token"]:
    """Return the run of proper names around a word of a source: "Al-Noor", "Ministry of Trade"."""
    if token.pos_ != "PROPN":
        return []
    doc, left, right = words.doc, token.i, token.i
    while left > words.start and _is_name(doc[left - 1]):
        left -= 1
    while right + 1 < min(token.i + 12, words.end) and _is_name(doc[right + 1]):
        right += 1
    if right + 1 < words.end and doc[right + 1].lower_ in ("of", "for") and find_row(doc[right])["kind"] == "body":
        after = doc[right + 1 : words.end]
        right += len([*takewhile(lambda one: one.is_title or one.is_upper or one.lower_ in _JOINING, after)])
    return [doc[at] for at in range(left + (doc[left].text == "-"), right + (doc[right].text != "-"))]


def _cut_name(run: list["Token"], offices: Collection[str] = ("person",)) -> list["Token"]:
    """Return a name without what is before it: offices, and a place that runs into it ("in northern [Y] X said")."""
    if len(run) < 2:
        return run
    doc, before = run[0].doc, run[0].i - 1
    before -= before > 0 and doc[before].lower_ in list_words("place_words.csv", "before")
    is_placed = before >= 0 and doc[before].lower_ in _PLACING
    is_office_of = before > 0 and doc[before].lower_ == "of" and is_office(doc[before - 1])  # "Secretary of [State] X"
    for at in range(len(run) - 1, 0, -1):
        front, rest, last, first = run[:at], run[at:], run[at - 1], run[at]
        if first.is_digit or (find_row(rest[-1])["kind"] == "body" and not first.is_upper):  # "Minister's Office"
            return run
        ends = last.lower_ in TITLES or find_row(last)["kind"] in offices
        ends &= (first.lower_ not in TITLES or last.lower_ in SEXED) and (len(rest) > 1 or all(map(is_office, front)))
        owns = last.text == "’s" and not find_row(rest[-1])["noun"]  # "the Echo’s Ann Orr"
        is_whole = last.text == "-" or any(one.text in FIRST_NAMES or one.text[1:] == "." for one in front)  # "Ann H."
        if is_placed and not is_whole and (first.is_title or first.is_upper):
            others = (one.nbor() for one in _find_word(doc, last.orth) if one.i + 1 < len(doc))
            ends |= (at == 1 and is_office_of) or (len(rest) == 1 and first.is_upper and not last.is_upper)
            ends |= last.text in COUNTRIES or any(one.pos_ != "PROPN" for one in others)  # the place is printed alone
        if ends or owns:
            return rest
    return run


def _is_name(token: "Token") -> bool:
    """Return whether a word is of a name, or a hyphen or a number in one: "al-Noor", "SPEAKER 1", "France 24"."""
    if token.pos_ == "PROPN" or not token.i or token.nbor(-1).pos_ != "PROPN":
        return token.pos_ == "PROPN" and token.text != "."
    before = token.nbor(-1)  # but "Ann Orr 40" has an age
    is_whole = token.is_digit and (before.is_upper or before.text in PLACES or len(token) == 1)
    is_whole |= token.text == "&" or (before.tag_ == "NNPS" and token.text in ("'", "’", "'s", "’s"))  # "Boys’ Club"
    return is_whole or (token.text == "-" and not token.whitespace_ and not before.whitespace_)
