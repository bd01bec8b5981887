"""Find who acts and who is acted upon: a parsed article and its mentions in, acts out."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from helpers.lexicons import index_lexicon
from helpers.reading.attribution.spans import find_first_joined
from helpers.reading.schemas import UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from helpers.reading.actors import Mention

_PARTITIVES = ("hundred", "thousand", "dozen", "score", "ten", "some", "most", "many", "all", "part", "number", "group")


class Act(NamedTuple):
    """One actor mention in one act, or as the owner or qualifier of a noun."""

    mention: "Mention"
    role: str
    verb: str
    verb_start: int
    verb_end: int
    voice_of_verb: str
    nominal: bool
    negated: bool


def find_acts(doc: "Doc", mentions: Sequence["Mention"]) -> list[Act]:
    """Return what each actor mention does, undergoes, owns or qualifies.

    Agents are subjects of active verbs, those after "by", and X in "X-backed". Patients are objects, subjects of
    passives, and those an act is directed against ("the fight against X", "pressure on X", "deal a blow to X", "the
    expulsion of X"). "X's advance" and "the chief of X" make X the possessor, "X air strikes" the modifier; where the
    noun names an act (lexicons/act_nouns.csv) the row is `nominal`. Joined subjects and joined verbs count for each.
    Mentions that stand for a place, unresolved mentions and appositions have no role.
    """
    acts = []
    for mention in mentions:
        span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if mention.role != "place" and mention.actor != UNRESOLVED:
            acts.extend(_acts_of(mention, span))
    return acts


def _acts_of(mention: "Mention", span: "Span") -> Iterator[Act]:
    doc, token = span.doc, span.root
    after = doc[span.end : span.end + 2]
    if len(after) == 2 and after[0].text == "-" and after[1].tag_ in ("VBN", "VBD"):  # "backed" in "X-backed forces"
        yield _act(mention, "agent", after[1], "passive")
        return
    if mention.role == "compound" and mention.inside == "" and span.start and doc[span.start - 1].text == "-":
        return  # "anti-X", "pro-X": X itself does nothing here
    if token.dep_ == "poss" or mention.role == "possessive":
        yield _act(mention, "possessor", token.head, "")
        return
    if token.dep_ in ("compound", "amod", "nmod"):
        yield _act(mention, "modifier", token.head, "")
        return
    token = find_first_joined(token)
    relation, head = token.dep_, token.head
    if relation == "pobj" and head.lower_ == "of" and head.head.lemma_.lower() in _PARTITIVES:
        token = find_first_joined(head.head)  # "hundreds of X were killed"
        relation, head = token.dep_, token.head
    if relation in ("nsubj", "nsubjpass"):
        for verb in _joined_verbs(_main_verb(head)):
            if _is_passive(verb, relation == "nsubjpass" and verb is head):
                by = any(child.dep_ == "agent" for child in verb.children)
                yield _act(mention, "patient", verb, "passive" if by else "agentless")
            else:
                yield _act(mention, "agent", verb, "active")
    elif relation in ("dobj", "dative"):
        yield _act(mention, "patient", head, "active")
    elif relation == "pobj":
        yield from _acts_after(mention, head)


def _acts_after(mention: "Mention", preposition: "Token") -> Iterator[Act]:
    """Yield what a preposition makes of the actor after it: "by", "of", "against", "on", "to"."""
    word, head = preposition.lower_, preposition.head
    nouns = index_lexicon("act_nouns.csv")
    if preposition.dep_ == "agent":
        yield _act(mention, "agent", head, "passive")
    elif word == "of" and head.pos_ in ("NOUN", "PROPN"):
        is_undergone = nouns.get(head.lemma_.lower(), {}).get("of") == "patient"  # "the expulsion of X"
        yield _act(mention, "patient" if is_undergone else "possessor", head, "")
    elif word in ("by", "against", "on") and head.lemma_.lower() in nouns:
        yield _act(mention, "agent" if word == "by" else "patient", head, "")
    elif word == "against" and head.pos_ == "VERB":
        yield _act(mention, "patient", head, "active")
    elif word == "to":
        verb = head if head.pos_ == "VERB" else head.head
        if verb.pos_ == "VERB" and any(one.dep_ == "dobj" and one.lemma_.lower() in nouns for one in verb.children):
            yield _act(mention, "patient", verb, "active")


def _main_verb(verb: "Token") -> "Token":
    """Return the verb that counts in "is able to renew", "is likely to win": the one after the adjective."""
    adjectives = [child for child in verb.children if child.dep_ == "acomp" and verb.lemma_ == "be"]
    after = (one for adjective in adjectives for one in adjective.children)
    return next((one for one in after if one.dep_ == "xcomp" and one.pos_ == "VERB"), verb)


def _is_passive(verb: "Token", known: bool) -> bool:
    """Return whether a verb is passive; a joined verb has its own voice ("was attacked and fled")."""
    own = {child.dep_ for child in verb.children}
    if known or "auxpass" in own:
        return True
    shares = verb.dep_ == "conj" and verb.tag_ == "VBN" and "aux" not in own
    return shares and any(child.dep_ == "auxpass" for child in verb.head.children)


def _joined_verbs(verb: "Token") -> list["Token"]:
    """Return the verb and those joined to it that have no subject of their own ("entered and took")."""
    joined = [child for child in verb.children if child.dep_ == "conj" and child.pos_ == "VERB"]
    return [verb, *(one for one in joined if not any(child.dep_.startswith("nsubj") for child in one.children))]


def _act(mention: "Mention", role: str, word: "Token", voice: str) -> Act:
    negated = any(child.dep_ == "neg" for child in word.children)
    lemma = word.lemma_.lower()
    nominal = voice == "" and (lemma in index_lexicon("act_nouns.csv") or role in ("agent", "patient"))
    return Act(mention, role, lemma, word.idx, word.idx + len(word), voice, nominal, negated)
