"""Walks over a parsed sentence that the rules of acts and of harms share: a word in, the words that it leads to out."""

from itertools import chain
from typing import TYPE_CHECKING

from helpers.lexicons import index_lexicon
from helpers.reading.attribution.spans import climb

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS, NOUNS, VERBS = ("nsubj", "nsubjpass"), ("NOUN", "PROPN"), ("VERB", "AUX")
_PARTICIPLES, _FINITE = ("VBN", "VBG"), ("VBD", "VBP", "VBZ")
_STOPS = (".", "!", "?", "…")
_RELATIVE = ("who", "which", "that")
_NESTED = ("acomp", "prep", "pobj", "dobj", "attr")
_MEANWHILE = ("after", "before", "by", "since", "when", "while")  # "after taking the town, X left"


def list_children(token: "Token", *relations: str) -> "list[Token]":
    """Return the children in one of these relations, in the order of the text."""
    return [child for child in token.children if child.dep_ in relations]


def find_child(token: "Token", *relations: str) -> "Token | None":
    """Return the first child in one of these relations, the first relation first."""
    return min(list_children(token, *relations), key=lambda child: relations.index(child.dep_), default=None)


def use_of(verb: "Token") -> str:
    """Return what act_verbs.csv says of a verb, alone or with a word beside it ("come under", "take fire")."""
    lemma, verbs = verb.lemma_.lower(), index_lexicon("act_verbs.csv")
    forms = [*(f"{lemma} {one.lemma_.lower()}" for one in verb.rights if one.dep_ in ("prep", "agent", "dobj")), lemma]
    return next((verbs[form]["subject"] for form in forms if form in verbs), "")


def leads_on(verb: "Token") -> bool:
    """Return whether the verb after this one counts in its place ("is able to renew", "began to advance")."""
    heads = [verb, *list_children(verb, "acomp")] if use_of(verb) in ("idle", "next") else []
    return any(one.pos_ == "VERB" for head in heads for one in list_children(head, "xcomp"))


def _is_active(verb: "Token") -> bool:
    """Return whether a verb is no passive whatever the parse says of "by": finite, in a sentence that has its stop.

    "Lind left by a side door." is told so. A headline may be one ("Lind hit by a strike"), and what names who does it.
    """
    by, is_own = find_child(verb, "agent"), find_child(verb, *SUBJECTS) is not None
    doer = by and find_child(by, "pobj")
    is_named = doer and (doer.pos_ == "PROPN" or doer.lemma_.lower() in index_lexicon("source_nouns.csv"))
    if is_named or find_child(verb, "auxpass", "nsubjpass") or not any(one.text in _STOPS for one in verb.sent[-3:]):
        return False
    if verb.dep_ == "conj" and not is_own:  # "Lind came late and left by train."
        return find_child(verb.head, "auxpass") is None
    return is_own and (verb.tag_ in _FINITE or verb.dep_ in ("ROOT", "relcl"))  # not "they had X bitten by a dog"


def find_subjects(verb: "Token", meant: bool = False) -> "tuple[list[Token], bool]":
    """Return the nouns whose verb this is, by its own subjects or those that it shares, and whether they bear it.

    A clause of a noun is that noun's ("X, which attacked", "it was X that attacked", "X, attacked by Y"). Joined verbs
    and participles share the subject of the verb above them; with a passive, only a participle before it or after a
    word of time does ("the town was taken, killing ten": by others). A finite verb without one, as where commas are
    lost, has that of the clause before it. `meant` takes in what is only meant or said to be done ("X denied
    attacking").
    """
    near = list_children(verb, *SUBJECTS, "auxpass", "agent")
    own = [one for one in near if one.dep_ in SUBJECTS]
    is_passive = any(one.dep_ != "nsubj" for one in near) and not _is_active(verb)
    if own:
        near = verb.doc[max(own[0].i - 1, 0)]  # "it was X that", "lived in X which"
        antecedent = near if verb.head.pos_ in VERBS and near.pos_ in NOUNS else verb.head
        nouns = ([antecedent] if one.lower_ in _RELATIVE else [one, *one.conjuncts] for one in own)
        return [*chain.from_iterable(nouns)], is_passive
    near = verb.head.children if verb.tag_ in _FINITE and verb.dep_ not in ("conj", "relcl") else ()
    if before := [one for one in near if one.i < verb.i and list_children(one, *SUBJECTS)]:
        return find_subjects(before[-1], meant)[0], is_passive
    is_clause = verb.tag_ == "VBG" and use_of(verb) == "clause"  # "hit X, killing ten": the parse may hang it on X
    if verb.dep_ == "acl" and verb.tag_ in _PARTICIPLES and not is_clause:
        return [verb.head], verb.tag_ == "VBN" and not list_children(verb, "dobj")  # with one it is a VBD misread
    above = climb(verb.head, *_NESTED, *(("acl", "agent") if verb.dep_ == "acl" else ()))
    if verb.dep_ == "conj" and verb.head.dep_ == "ccomp" and verb.lemma_ == verb.head.head.lemma_:
        above = verb.head.head  # "X said Y left and said Z stayed"
    subjects, passive = find_subjects(above, meant) if above != verb else ([], False)
    if verb.dep_ in ("conj", "xcomp", "acomp"):
        shares = meant or (verb.head.pos_ in VERBS if verb.dep_ == "conj" else leads_on(above))
        bears = passive and verb.tag_ == "VBN" and not list_children(verb, "aux")  # "was attacked and beaten"
    else:
        within = {one.lower_ for one in list_children(verb, "mark", "aux", "advmod")}
        is_real = verb.tag_ in _PARTICIPLES and within.isdisjoint(("if", "unless", "to", "as", "than"))
        is_real &= verb.dep_ != "pcomp" or verb.head.lower_ in _MEANWHILE
        is_timed = verb.i < above.i or verb.dep_ == "pcomp" or not within.isdisjoint(_MEANWHILE)
        shares = verb.dep_ in ("advcl", "pcomp", "acl") and (meant or is_real) and (is_timed or not passive)
        bears = verb.tag_ == "VBN" and "having" not in within
    return subjects if shares else [], is_passive or bears
