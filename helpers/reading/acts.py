"""Find who acts and who is acted upon: a parsed article and its mentions in, acts out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from helpers.lexicons import index_lexicon, list_words
from helpers.reading.attribution.spans import climb, find_inverted
from helpers.reading.schemas import ACTS, ATTACHED, UNDERGOES
from helpers.reading.walks import NOUNS, SUBJECTS, VERBS, find_child, find_subjects, leads_on, list_children, use_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from helpers.reading.actors import Mention

    # role, verb or noun, voice of a verb, and the member or means that acts for it ("X fighters"); "" for none
    Act = tuple[str, Token, str, str]

_OWNED = ("poss", "compound", "amod", "nmod")
_LOST_E = re.compile(r"([^aeiou ]*[aeiou][^aeiouswxy ]) \1(?:ed|es|ing)")  # "fined" is of fine, as fin has "finned"
_PARTICLES = ("out", "back", "away")  # the parse takes some for prepositions ("driven out of the town")


def find_acts(named: Sequence[tuple["Mention", "Span"]]) -> list[dict[str, Any]]:
    """Return what each actor does and undergoes, or what its name is attached to; `named` are mentions and their words.

    It acts (the field's agent) as the subject of an active verb, after "by", as the owner of a noun that names an act
    ("X's advance", "X air strikes", "the advance of X": lexicons/act_nouns.csv), and where an act is shared ("clashes
    with X"). It is acted upon (patient) as an object, as the subject of a passive or of a verb like "suffer"
    (lexicons/act_verbs.csv), and where an act is directed against it ("the fight against X", "pressure on X", "deal a
    blow to X", "the expulsion of X", "X's defeat"). Any other noun that it owns or qualifies has its name attached
    ("X's town", "the chief of X", "anti-X war"), and so has the participle of a compound ("X-held town", "X-backed
    forces"), which tells of no act but says what something is: its voice is `compound`. Joined subjects and joined
    verbs count for each. What a member or a means of X does ("X fighters", "X's warplanes", "members of X";
    lexicons/through_nouns.csv) X does, `through` it. Relative clauses ("X, which attacked"), clefts ("it was X that
    attacked") and participles ("attacked at dawn, X left", "X attacked, killing ten") count as clauses do; to be or to
    have something is no act, nor is what is asked ("did X attack?"). Of appositions only a name beside its noun has a
    role ("their leader X"). What is denied (`negated`) or may happen has one too.
    """
    acts: dict[tuple[str, str, int], tuple[Mention, Act]] = {}
    for mention, span in named:
        for act in _acts_of(mention, span):  # an actor does a thing once, under however many names
            acts.setdefault((mention.actor, act[0], act[1].i), (mention, act))
    nouns, rows = index_lexicon("act_nouns.csv"), []
    for mention, (role, word, voice, through) in acts.values():
        near = (one for one in word.rights if one.dep_ == "prt" or (one.i == word.i + 1 and one.lower_ in _PARTICLES))
        clause = (word, climb(word, "xcomp", "acomp"))  # "is not able to win"
        beside = {left.lower_ for one in (*clause, *list_children(clause[1], *SUBJECTS)) for left in one.lefts}
        particle, lemma = next(near, None) if voice else None, word.lemma_.lower()
        lemma += "e" * bool(_LOST_E.fullmatch(f"{lemma} {word.lower_}"))
        rows.append({
            "mention_start": mention.start, "mention_end": mention.end, "actor": mention.actor,
            "role": role, "through": through, "verb": lemma if particle is None else f"{lemma} {particle.lower_}",
            "verb_start": word.idx, "verb_end": word.idx + len(word), "voice_of_verb": voice,
            "nominal": voice == "" and nouns.get(lemma, {}).get("of", "whole") != "whole",
            "negated": any(find_child(one, "neg") for one in clause) or not beside.isdisjoint(("no", "neither")),
        })  # fmt: skip
    return rows


def _acts_of(mention: "Mention", span: "Span") -> Iterator["Act"]:
    root, noun, doc, end = span.root, span.root.head, span.doc, span.end
    before = doc[max(root.left_edge.i - 1, 0)]
    is_named = root.dep_ == "appos" and noun.tag_ == "NN" and noun in (before, before.head)
    token = noun if is_named and noun.lemma_ in index_lexicon("source_nouns.csv") else root  # "their leader, X"
    top = climb(token, "conj")  # "Northern and X jets"
    words = [token.head, *token.head.lefts] if token.tag_ == "JJ" else []  # "Xian rebels", "Xian rebel fighters"
    is_foe = any(index_lexicon("through_nouns.csv").get(one.lemma_.lower(), {}).get("kind") == "foe" for one in words)
    is_joined = end + 1 < len(doc) and doc[end].text == "-"
    if is_joined and (doc[end + 1].tag_ in ("VBN", "VBD") or doc[end + 1].lower_.endswith("ed")):  # "X-backed"
        yield ATTACHED, doc[end + 1], "compound", ""
    elif is_foe or (mention.role == "compound" and not mention.inside):
        yield from [(ATTACHED, token.head, "", "")] if token.dep_ in _OWNED else []  # "anti-X fighters"
    elif top.dep_ in _OWNED or mention.role == "possessive":
        yield from _acts_of_owner(top.head)
    else:
        yield from _acts_as(token)


def _acts_of_owner(noun: "Token", link: str = "owned") -> Iterator["Act"]:
    """Yield what an actor does or undergoes by a noun that it owns or qualifies, else the noun as attached to it.

    `link`: the column of act_nouns.csv that says what the act is to it: `owned` for "X's N", `of` for "N of X".
    """
    lemma, acts, members = noun.lemma_.lower(), index_lexicon("act_nouns.csv"), index_lexicon("through_nouns.csv")
    part = acts.get(lemma, {}).get(link, "")
    found: Iterable[Act] = ()
    if lemma in members or part == "whole" or (noun.dep_ == "compound" and lemma not in acts):  # "X's coast guard"
        found = _acts_of_owner(noun.head) if noun.dep_ in _OWNED else _acts_as(noun)  # "hundreds of X were killed"
    means = lemma if lemma in members else ""
    own = [(role, word, voice, through or means) for role, word, voice, through in found if role != ATTACHED]
    if part and link == "owned" and any(child.lower_ == "of" for child in noun.rights):
        part = "agent"  # "X's destruction of the town"
    elif part and link == "of" and noun.head.lower_ == "in" and not noun.n_lefts:
        part = "patient"  # "in support of X"
    role = {"agent": ACTS, "patient": UNDERGOES, "whole": ""}.get(part, ATTACHED)
    yield from own or ([(role, noun, "", "")] if role else [])


def _acts_as(token: "Token") -> Iterator["Act"]:
    """Yield the acts of a noun phrase, by the relation of its head to its verbs or its preposition."""
    noun, token = token, climb(token, "conj")
    top = token.head if token.dep_ in (*SUBJECTS, "attr") else noun
    for verb in token.doc[top.left_edge.i : top.right_edge.i + 1]:
        if verb.pos_ in VERBS and verb.is_alpha and (use := use_of(verb)) != "idle":  # no "49%", nor "have"
            subjects, passive = find_subjects(verb)
            voice = "active" if not passive else "agentless" if find_child(verb, "agent") is None else "passive"
            is_asked = next(verb.lefts, verb).dep_ in ("aux", "auxpass") and list_children(verb, *SUBJECTS)
            is_none = is_asked or leads_on(verb) or (use, voice) == ("feels", "agentless")
            if noun in subjects and not is_none:  # "did X attack?", "began to advance", "X was relieved"
                yield UNDERGOES if passive or use == "undergoes" else ACTS, verb, voice, ""
    if token.dep_ in ("dobj", "dative") and use_of(token.head) != "idle":
        speaks = token == find_inverted(token.head, list_words("speech_tags.csv", "inverted"))
        yield ACTS if speaks else UNDERGOES, token.head, "active", ""
    word, head, nouns = token.head.lower_, token.head.head, index_lexicon("act_nouns.csv")
    is_act = word == "against" if head.pos_ == "VERB" else head.lemma_.lower() in nouns
    is_shared = word in ("with", "between") and use_of(head) == "shared"  # "fought with X", "clashes between X and Y"
    if token.head.dep_ == "agent" and use_of(head) != "idle" and find_subjects(head)[1]:  # not "represented by X"
        yield ACTS, head, "passive", ""
    elif word == "of" and (head.pos_ in NOUNS or is_act):
        yield from _acts_of_owner(head, "of")
    elif is_shared or (word in ("by", "from", "against", "on") and is_act):
        yield UNDERGOES if word in ("against", "on") else ACTS, head, "active" if head.pos_ == "VERB" else "", ""
    elif word == "to" and (dealt := find_child(head, "dobj") or head).dep_ == "dobj" and dealt.lemma_.lower() in nouns:
        yield UNDERGOES, dealt.head, "active", ""  # "deal a blow to X"
