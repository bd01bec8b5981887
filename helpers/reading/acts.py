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
    through: (
        str  # lemma of the member or means that acts for it ("X fighters", "X's warplanes"); "" where X itself does
    )
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
    What a member or a means of X does ("X fighters", "X's warplanes"; lexicons/through_nouns.csv) X does, `through` it.
    Relative clauses ("X, which attacked"), clefts ("it was X that attacked") and participles ("attacked at dawn, X
    left") count as clauses do; to be something is no act. Mentions that stand for a place, unresolved mentions and
    appositions have no role.
    """
    acts = []
    for mention in mentions:
        span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if mention.role != "place" and mention.actor != UNRESOLVED:
            acts.extend(act for act in _acts_of(mention, span) if act.verb != "be")
    return acts


def _acts_of(mention: "Mention", span: "Span") -> Iterator[Act]:
    doc, token = span.doc, span.root
    after = doc[span.end : span.end + 2]
    if len(after) == 2 and after[0].text == "-" and after[1].tag_ in ("VBN", "VBD"):  # "backed" in "X-backed forces"
        yield _act(mention, "agent", after[1], "passive")
        return
    if mention.role == "compound" and mention.inside == "" and span.start and doc[span.start - 1].text == "-":
        return  # "anti-X", "pro-X": X itself does nothing here
    owned = token.dep_ == "poss" or mention.role == "possessive"
    if owned or token.dep_ in ("compound", "amod", "nmod"):
        own = [act._replace(through=token.head.lemma_.lower()) for act in _acts_through(mention, token.head)]
        yield from own or [_act(mention, "possessor" if owned else "modifier", token.head, "")]
        return
    yield from _acts_as(mention, token)


def _acts_through(mention: "Mention", noun: "Token") -> Iterator[Act]:
    """Yield what a member or a means of an actor does or undergoes; nothing where the noun is neither."""
    if noun.lemma_.lower() in index_lexicon("through_nouns.csv") and noun.dep_ not in ("compound", "amod", "nmod"):
        yield from (act for act in _acts_as(mention, noun) if act.role in ("agent", "patient"))


def _acts_as(mention: "Mention", token: "Token") -> Iterator[Act]:
    """Yield the acts of a noun phrase, by the relation of its head to its verb or its preposition."""
    token = find_first_joined(token)
    relation, head = token.dep_, token.head
    if relation == "pobj" and head.lower_ == "of" and head.head.lemma_.lower() in _PARTITIVES:
        token = find_first_joined(head.head)  # "hundreds of X were killed"
        relation, head = token.dep_, token.head
    if relation in ("nsubj", "nsubjpass"):
        yield from _acts_in_participles(mention, head, token)
        for verb in _joined_verbs(_main_verb(head)):
            yield _act_of_subject(mention, verb, relation == "nsubjpass" and verb is head)
    elif relation in ("dobj", "dative"):
        yield _act(mention, "patient", head, "active")
    elif relation == "pobj":
        yield from _acts_after(mention, head)
    yield from _acts_in_clauses(mention, token)


def _act_of_subject(mention: "Mention", verb: "Token", passive: bool) -> Act:
    if not _is_passive(verb, passive):
        return _act(mention, "agent", verb, "active")
    by = any(child.dep_ == "agent" for child in verb.children)
    return _act(mention, "patient", verb, "passive" if by else "agentless")


def _acts_in_participles(mention: "Mention", verb: "Token", subject: "Token") -> Iterator[Act]:
    """Yield the acts of participles before a subject: "Attacked by thieves, X left", "Attacking at dawn, X won"."""
    for child in verb.lefts:
        is_participle = child.i < subject.i and child.dep_ == "advcl" and child.tag_ in ("VBN", "VBG")
        if is_participle and not {one.dep_ for one in child.children} & {"nsubj", "nsubjpass", "mark", "aux"}:
            yield _act_of_subject(mention, child, child.tag_ == "VBN")


def _acts_in_clauses(mention: "Mention", noun: "Token") -> Iterator[Act]:
    """Yield the acts of clauses that a noun has: "X, which attacked", "it was X that attacked", "X, attacked by Y"."""
    is_cleft = noun.dep_ == "attr" and noun.head.lemma_ == "be"
    for clause in [*noun.children, *(noun.head.rights if is_cleft else ())]:
        pronouns = {child.dep_ for child in clause.children if child.lower_ in ("who", "whom", "which", "that")}
        if clause.dep_ == "relcl" or (clause.dep_ == "ccomp" and clause.head == noun.head):
            if pronouns & {"nsubj", "nsubjpass"}:
                for verb in _joined_verbs(clause):
                    yield _act_of_subject(mention, verb, "nsubjpass" in pronouns and verb is clause)
            elif "dobj" in pronouns:
                yield _act(mention, "patient", clause, "active")
        elif clause.dep_ == "acl" and clause.tag_ in ("VBN", "VBG"):
            yield _act_of_subject(mention, clause, clause.tag_ == "VBN")


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
    return Act(mention, role, "", lemma, word.idx, word.idx + len(word), voice, nominal, negated)
