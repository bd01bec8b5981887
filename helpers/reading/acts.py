"""Find who acts and who is acted upon: a parsed article and its mentions in, acts out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers.lexicons import index_lexicon
from helpers.reading.attribution.spans import climb
from helpers.reading.schemas import ACTS, ATTACHED, UNDERGOES, UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from helpers.reading.actors import Mention

_PARTITIVES = ("hundred", "thousand", "dozen", "score", "ten", "some", "most", "many", "all", "part", "number", "group")
_OWNED = ("poss", "compound", "amod", "nmod")
_SUBJECTS, _PAST, _PARTICIPLES = ("nsubj", "nsubjpass"), ("VBN", "VBD"), ("VBN", "VBG")
_PARTICLES = ("out", "back", "away")  # the parse takes some for prepositions ("driven out of the town")
_MEANWHILE = ("after", "before", "by", "since", "when", "while")  # "after taking the town, X left"


class Act(NamedTuple):
    """What somebody does or undergoes, or what a name is attached to: a verb, a noun or a participle."""

    role: str
    word: "Token"
    voice: str  # of a verb; "" for a noun
    through: str = ""  # lemma of the member or means that acts for it ("X fighters"); "" where X itself does


def find_acts(doc: "Doc", mentions: Sequence["Mention"]) -> list[dict[str, Any]]:
    """Return what each actor mention does and undergoes, or what its name is attached to.

    It acts (the field's agent) as the subject of an active verb, after "by", and as the owner of a noun that names an
    act ("X's advance", "X air strikes", "the advance of X": lexicons/act_nouns.csv). It is acted upon (patient) as an
    object, as the subject of a passive or of a verb like "suffer" (lexicons/act_verbs.csv), and where an act is
    directed against it ("the fight against X", "pressure on X", "deal a blow to X", "the expulsion of X", "X's
    defeat"). Any other noun that it owns or qualifies has its name attached ("X's town", "the chief of X", "anti-X
    war"), and so has the participle of a compound ("X-held town", "X-backed forces"), which tells of no act but says
    what something is: its voice is `compound`. Joined subjects and joined verbs count for each. What a member or a
    means of X does ("X fighters", "X's warplanes", "members of X"; lexicons/through_nouns.csv) X does, `through` it.
    Relative clauses ("X, which attacked"), clefts ("it was X that attacked") and participles ("attacked at dawn, X
    left", "X attacked, killing ten") count as clauses do; to be or to have something is no act. Mentions that stand for
    a place, unresolved mentions and appositions have no role.
    """
    acts: dict[tuple[str, str, int], tuple[Mention, Act]] = {}
    for mention in (one for one in mentions if one.role != "place" and one.actor != UNRESOLVED):
        span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
        for act in _acts_of(mention, span):  # an actor does a thing once, under however many names
            acts.setdefault((mention.actor, act.role, act.word.i), (mention, act))
    return [_describe(*one) for one in acts.values()]


def _acts_of(mention: "Mention", span: "Span") -> Iterator[Act]:
    token, near = span.root, span.doc[span.end : span.end + 2]
    after = next((one for one in near if one.text != "-"), token)
    is_joined = (after.i > span.end or after.text[0] == "-") and (after.tag_ in _PAST or after.lower_.endswith("ed"))
    top = climb(token, "conj")  # "Northern and X jets"
    is_short = top.dep_ in _SUBJECTS and find_child(top.head, "aux", "xcomp")  # "X's been winning", "X's going to win"
    whose = index_lexicon("through_nouns.csv").get(token.head.lemma_.lower(), {}) if token.tag_ == "JJ" else {}
    if is_joined or (after.i == span.end and after.tag_ == "VBN" and after.dep_ == "amod"):  # "X-backed"
        yield Act(ATTACHED, after, "compound")
    elif whose.get("kind") == "foe" or (mention.role == "compound" and not mention.inside):  # "Xian rebels"
        yield from [Act(ATTACHED, token.head, "")] if token.dep_ in _OWNED else []  # "anti-X fighters"
    elif top.dep_ in _OWNED or (mention.role == "possessive" and not is_short):
        yield from _acts_of_owner(top.head)
    else:
        yield from _acts_as(token)


def _acts_of_owner(noun: "Token", link: str = "owned") -> Iterator[Act]:
    """Yield what an actor does or undergoes by a noun that it owns or qualifies, else the noun as attached to it.

    `link`: the column of act_nouns.csv that says what the act is to it: `owned` for "X's N", `of` for "N of X".
    """
    lemma, acts, members = noun.lemma_.lower(), index_lexicon("act_nouns.csv"), index_lexicon("through_nouns.csv")
    found: Iterable[Act] = ()
    if lemma in members:
        found = _acts_of_owner(noun.head) if noun.dep_ in _OWNED else _acts_as(noun)
        found = (act._replace(through=act.through or lemma) for act in found)
    elif noun.dep_ == "compound" and lemma not in acts:  # "X's coast guard"
        found = _acts_of_owner(noun.head)
    own = [act for act in found if act.role != ATTACHED]
    part = acts.get(lemma, {}).get(link, "")
    if part and link == "owned" and any(child.lower_ == "of" for child in noun.rights):
        part = "agent"  # "X's destruction of the town"
    elif part and link == "of" and noun.head.lower_ == "in" and not noun.n_lefts:
        part = "patient"  # "in support of X"
    yield from own or [Act({"agent": ACTS, "patient": UNDERGOES}.get(part, ATTACHED), noun, "")]


def _acts_as(token: "Token") -> Iterator[Act]:
    """Yield the acts of a noun phrase, by the relation of its head to its verbs or its preposition."""
    noun, token = token, climb(token, "conj")
    if token.dep_ == "pobj" and token.head.lower_ == "of" and token.head.head.lemma_.lower() in _PARTITIVES:
        noun = token = climb(token.head.head, "conj")  # "hundreds of X were killed"
    for verb, passive in _verbs_of(token, noun):
        if use_of(verb) != "idle":  # neither "have" nor "be located"
            voice = "active" if not passive else "agentless" if find_child(verb, "agent") is None else "passive"
            yield Act(UNDERGOES if passive or use_of(verb) == "undergoes" else ACTS, verb, voice)
    if token.dep_ in ("dobj", "dative") and use_of(token.head) != "idle":
        yield Act(UNDERGOES, token.head, "active")
    if token.dep_ != "pobj":
        return
    word, head, nouns = token.head.lower_, token.head.head, index_lexicon("act_nouns.csv")
    if token.head.dep_ == "agent":
        yield Act(ACTS, head, "passive")
    elif word == "of" and head.pos_ in ("NOUN", "PROPN"):
        yield from _acts_of_owner(head, "of")
    elif word in ("by", "against", "on") and (head.lemma_.lower() in nouns or (word, head.pos_) == ("against", "VERB")):
        yield Act(ACTS if word == "by" else UNDERGOES, head, "active" if head.pos_ == "VERB" else "")
    elif word == "to" and (dealt := find_child(head, "dobj") or head).dep_ == "dobj" and dealt.lemma_.lower() in nouns:
        yield Act(UNDERGOES, dealt.head, "active")  # "deal a blow to X"


def _verbs_of(noun: "Token", last: "Token") -> Iterator[tuple["Token", bool]]:
    """Yield the verbs whose subject a noun, or the one joined to it, is, with participles, and whether each is passive.

    So are verbs of its clauses ("X, which attacked", "it was X that attacked", "X, attacked by Y"), and of participles
    with a passive those before it ("the town was taken, killing ten": by other killers).
    """
    clauses = [(noun.head, noun.dep_ == "nsubjpass")] if noun.dep_ in _SUBJECTS else []
    is_cleft = noun.dep_ == "attr" and noun.head.lemma_ == "be"
    for clause in [*last.children, *(noun.head.rights if is_cleft else ())]:
        subject = find_child(clause, *_SUBJECTS) if clause.n_lefts else None
        if subject is not None and subject.lower_ in ("who", "which", "that"):
            clauses.append((clause, subject.dep_ == "nsubjpass"))
        elif clause.dep_ == "acl" and (clause.tag_ == "VBN" or (clause.tag_ == "VBG" and use_of(clause) != "clause")):
            # with an object the parse took VBD for VBN
            clauses.append((clause, clause.tag_ == "VBN" and find_child(clause, "dobj") is None))
    for verb, head, passive in ((verb, *clause) for clause in clauses for verb in _joined_verbs(clause[0])):
        shares = verb is head or (verb.tag_ == "VBN" and find_child(verb, "aux") is None)  # "was attacked and beaten"
        is_passive = find_child(verb, "auxpass") is not None or (passive and shares)
        yield verb, is_passive
        for child in verb.children:
            if child.dep_ == "prep" and child.lower_ in _MEANWHILE:
                child = find_child(child, "pcomp") or child
            if child.dep_ in ("advcl", "pcomp") and child.tag_ in _PARTICIPLES and (child.i < verb.i or not is_passive):
                within = {one.lower_ if one.dep_ in ("mark", "aux", "advmod") else one.dep_ for one in child.children}
                if within.isdisjoint((*_SUBJECTS, "if", "unless", "to", "as", "than")):
                    yield child, child.tag_ == "VBN" and "having" not in within


def find_child(token: "Token", *relations: str) -> "Token | None":
    """Return the first child in one of these relations, the first relation first."""
    found = [child for child in token.children if child.dep_ in relations]
    return min(found, key=lambda child: relations.index(child.dep_)) if len(found) > 1 else next(iter(found), None)


def use_of(verb: "Token") -> str:
    """Return what act_verbs.csv says of a verb, before a preposition ("come under") or alone."""
    lemma, verbs = verb.lemma_.lower(), index_lexicon("act_verbs.csv")
    forms = [*(f"{lemma} {child.lower_}" for child in verb.rights if child.dep_ == "prep"), lemma]
    return next((verbs[form]["subject"] for form in forms if form in verbs), "")


def _joined_verbs(verb: "Token") -> list["Token"]:
    """Return the verb that counts and those joined to it that have no subject of their own ("entered and took").

    In "is able to renew", "began to advance" the one after the adjective or the verb counts.
    """
    heads = [child for child in verb.children if child.dep_ == "acomp" and verb.lemma_ == "be"]
    heads += [verb] if use_of(verb) in ("idle", "next") else []
    after = (one for head in heads for one in head.children if one.dep_ == "xcomp" and one.pos_ == "VERB")
    free = (one for one in verb.children if one.dep_ == "conj" and find_child(one, *_SUBJECTS) is None)
    return [next(after, verb), *(one for first in free if first.pos_ == "VERB" for one in _joined_verbs(first))]


def _describe(mention: "Mention", act: Act) -> dict[str, Any]:
    """Return an act as a row of the table `acts`."""
    word, lemma = act.word, act.word.lemma_.lower()
    near = (one for one in word.rights if one.dep_ == "prt" or (one.i == word.i + 1 and one.lower_ in _PARTICLES))
    particle = next(near, None) if act.voice else None
    return {
        "mention_start": mention.start, "mention_end": mention.end, "actor": mention.actor,
        "role": act.role, "through": act.through, "verb": lemma if particle is None else f"{lemma} {particle.lower_}",
        "verb_start": word.idx, "verb_end": word.idx + len(word), "voice_of_verb": act.voice,
        "nominal": act.voice == "" and lemma in index_lexicon("act_nouns.csv"),
        "negated": find_child(word, "neg") is not None,
    }  # fmt: skip
