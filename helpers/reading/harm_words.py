"""Words of harm (lexicons/harm_words.csv), and the grammar around them that `harms` needs."""

from functools import cache
from typing import TYPE_CHECKING

from helpers.lexicons import read_lexicon

if TYPE_CHECKING:
    from spacy.tokens import Token

    Row = dict[str, str]  # of harm_words.csv

PRONOUNS, CLAUSES, VERBS = ("who", "whom", "which", "that"), ("acl", "relcl"), ("VERB", "AUX")
SHARED = ("conj", "xcomp", "advcl", "pcomp", "prep", "acomp")  # a verb below these has the subject of the one above


@cache
def list_forms(part: str) -> "dict[str, Row]":
    """Return the rows of one part of harm_words.csv by each form of their word."""
    forms = {}
    for row in (row for row in read_lexicon("harm_words.csv") if row["part"] == part):
        word = row["word"]
        stem = word[:-1] + "i" if word[-1] == "y" and word[-2] not in "aeiou" else word.removesuffix("e")
        verbal = (f"{stem}ed", f"{word.removesuffix('e')}ing") if part in ("verb", "light", "told", "unreal") else ()
        forms |= dict.fromkeys([word, f"{word}s", f"{stem}es", *verbal, *row["forms"].split("|")], row)
    return forms


@cache
def hash_forms(*parts: str) -> frozenset[int]:
    """Return the forms of all words of some parts, as spaCy numbers them."""
    from spacy.strings import hash_string

    return frozenset(hash_string(form) for part in parts for form in list_forms(part))


@cache
def list_nations() -> frozenset[str]:
    return frozenset(one for row in read_lexicon("countries.csv") for one in row["adjective"].split("|") if one)


def find_row(part: str, token: "Token") -> "Row":
    return list_forms(part).get(token.lower_, {})


def find_child(token: "Token", *relations: str) -> "Token | None":
    """Return the first child in one of these relations, the first relation first."""
    own = {child.dep_: child for child in [*token.children][::-1]}
    return next((own[name] for name in relations if name in own), None)


def find_after(token: "Token", *words: str) -> "Token | None":
    """Return the noun after one of these prepositions, of those that belong to a word."""
    nouns = [find_child(child, "pobj") for child in token.children if child.lower_ in words]
    times = [
        noun is None or noun.pos_ == "NUM" or find_row("time", noun) or find_row("time", noun.left_edge)
        for noun in nouns
    ]
    return next((noun for noun, is_time in zip(nouns, times, strict=True) if not is_time), None)


def is_means(token: "Token") -> bool:
    return bool(find_row("means", token)) or find_row("noun", token).get("kind") == "attack"


def choose_row(token: "Token") -> "Row":
    """Return the row of a word, by its part of speech; a headline's "Kills" may be taken for a noun."""
    verb, noun, is_verb = find_row("verb", token), find_row("noun", token), token.pos_ in VERBS
    is_owned = (
        token.tag_ == "VBG" and find_child(token, "det", "poss", "compound", "amod") is not None
    )  # "Red shelling of"
    if token.dep_ == "compound" and find_row("means", token.head):  # "strike jets"
        return {}
    if noun and (not verb or not is_verb or is_owned):
        return noun if token.pos_ != "ADJ" or token.lower_ == "dead" else {}
    is_counted = not verb.get("needs") and token.i + 1 < len(token.doc) and token.nbor(1).like_num  # "Blasts Kill 50"
    is_form = is_counted or token.lower_.endswith("ed") or (token.lower_.endswith("s") and not verb.get("needs"))
    return verb if is_verb or (is_form and not find_row("means", token)) else {}


def is_passive(verb: "Token") -> bool:
    own = {child.dep_: child for child in verb.children}
    if not own.keys().isdisjoint(("nsubjpass", "auxpass", "agent")):
        return True
    if verb.dep_ == "conj" and verb.tag_ in ("VBN", "VBD") and own.keys().isdisjoint(("nsubj", "dobj")):
        return is_passive(verb.head)
    after = own["dobj"].i + 1 if "dobj" in own else len(verb.doc)
    is_free = "dobj" not in own or (
        after < len(verb.doc) and find_row("verb", verb.doc[after]).get("kind") == "wounding"
    )
    row = find_row("verb", verb)
    is_active = not row or "aux" in own or (row["kind"] == "attack" and verb.tag_ == "VBD" and "nsubj" in own)
    return is_free and verb.tag_ in ("VBN", "VBD", "JJ") and not is_active


def find_subject(verb: "Token") -> "Token | None":
    """Return the subject of a verb, of the one that it is joined to, or that it shares a subject with."""
    subject = find_child(verb, "nsubj", "nsubjpass")
    if subject is not None and not (verb.dep_ == "relcl" and subject.lower_ in PRONOUNS):
        return subject
    if verb.dep_ in CLAUSES:
        return verb.head
    return find_subject(verb.head) if verb.dep_ in SHARED and verb.head != verb else None
