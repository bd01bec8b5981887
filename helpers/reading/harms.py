"""Find events of harm, who bears them and who does them: a parsed text and its mentions in, harms out."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading.schemas import NAMED_BY, UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from helpers.reading.actors import Mention

    Row = dict[str, str]  # of harm_words.csv
    Doer = tuple[str, Token | None]  # how it is named, and the word for it or for the means

_SUBJECT, _BY, _OWNER, _ELSEWHERE, _WEAPON, _NOBODY = NAMED_BY
_IN = {"in", "by", "from", "with", "during", "after", "following", "amid", "under", "when", "as", "of", "due", "to"}
_MODALS = {"would", "could", "may", "might", "can", "ca", "will", "should", "must", "'ll", "’ll", "’d", "wo"}
_PRONOUNS, _CLAUSES = ("who", "whom", "which", "that"), ("acl", "relcl")
_OWNED = ("poss", "compound", "amod", "nmod", "npadvmod")
_SHARED = ("conj", "xcomp", "advcl", "pcomp", "prep", "acomp")  # a verb below these has the subject of the one above
_LEFT = ("oprd", "ccomp", "xcomp", "acomp", "dobj")  # "left ten dead"
_HELD = ("dobj", "xcomp", "pobj", "prep", "pcomp", "nsubjpass", "acl", "ccomp")  # by a plan, a fear, a denial
_PERSONS = ("fighters", "civilians", "people", "children", "officials")


def find_harms(doc: "Doc", mentions: Sequence["Mention"]) -> list[dict[str, Any]]:
    """Return every word of a text that tells of harm (lexicons/harm_words.csv), in the order of the text.

    Verbs, participles and nouns count, each for itself: "strikes killed ten" is two events. The doer is named as the
    `subject`, after `by`, as the `owner` of the noun ("Red air strikes") or of the means or attack that does it
    ("killed in a Red air strike"), or `elsewhere` in the sentence ("claimed the attack"); `weapon`: there is a means,
    an attack or a clash, and nobody behind it; `nobody`: none of these. A word that needs a `war` counts where its
    sentence or the one before or after has another word of harm, of weapons or of the scene, and none counts beside a
    word that makes it a figure of speech. A mention that stands for a place does nothing.

    One dict has the columns of the table `harms` from `word` on; a span of -1 says that the sentence does not tell.
    """
    known: dict[int, str] = {}
    for mention in mentions:
        if mention.role != "place" and mention.actor != UNRESOLVED:
            span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            known |= dict.fromkeys(range(span.start, span.end), mention.actor)
    events = list(_find_events(doc))
    doers = {token.i: _find_doer(token, row, known) for token, row in events}
    return [_describe(token, row, _look_elsewhere(token, doers), known) for token, row in events]


@cache
def _forms(part: str) -> "dict[str, Row]":
    """Return the rows of one part of harm_words.csv by each form of their word."""
    forms = {}
    for row in (row for row in read_lexicon("harm_words.csv") if row["part"] == part):
        word, is_verb = row["word"], part in ("verb", "light", "unreal")
        stem = word[:-1] + "i" if word[-1] == "y" and word[-2] not in "aeiou" else word.removesuffix("e")
        ends = ("es", "ed", word[len(stem) :] + "ing") if is_verb else ("es",)
        made = [word, f"{word}s", f"{word}ing".replace("eing", "ing"), *row["forms"].split("|")]
        made = made if is_verb else [made[0], made[1], *made[3:]]
        forms |= dict.fromkeys([*made, *(stem + end for end in ends)], row)
    return forms


def _row(part: str, token: "Token") -> "Row":
    return _forms(part).get(token.lower_, {})


def _child(token: "Token", *relations: str) -> "Token | None":
    """Return the first child in one of these relations, the first relation first."""
    return next((one for name in relations for one in token.children if one.dep_ == name), None)


def _after(token: "Token", *words: str) -> "Token | None":
    """Return the noun after one of these prepositions, of those that belong to a word."""
    nouns = (_child(child, "pobj") for child in token.children if child.lower_ in words)
    return next((noun for noun in nouns if noun is not None and not _row("time", noun) and noun.pos_ != "NUM"), None)


def _is_means(token: "Token") -> bool:
    return bool(_row("means", token)) or _row("noun", token).get("kind") == "attack"


def _find_events(doc: "Doc") -> "Iterator[tuple[Token, Row]]":
    """Yield each word of harm with its row of the lexicon."""
    add, lower = doc.vocab.strings.add, doc.to_array("LOWER")
    places = [
        np.flatnonzero(np.isin(lower, [add(form) for part in parts for form in _forms(part)])).tolist()
        for parts in (("verb", "noun"), ("means", "scene"))
    ]
    found = [(doc[i], row) for i in places[0] if (row := _choose(doc[i]))]
    sent = np.cumsum(doc.to_array("SENT_START").astype(np.int64) == 1)
    doubtful = [sent[token.i] for token, row in found if row["needs"] == "war"]
    at_war = {sent[i] for i in places[1]} | {number for number in doubtful if doubtful.count(number) > 1}
    at_war |= {sent[token.i] for token, row in found if not row["needs"] and not row["only"]}
    for token, row in found:
        near = [*token.children, token.head, *doc[max(0, token.i - 1) : token.i + 2]]
        beside = {word for one in near if one != token for word in (one.lower_, one.lemma_.lower())}
        only, never = ({*filter(None, row[column].split("|"))} for column in ("only", "not"))
        is_figure = not beside.isdisjoint(never) or (only and beside.isdisjoint(only))
        is_meant = row["needs"] != "war" or not at_war.isdisjoint(sent[token.i] + step for step in (-1, 0, 1))
        if is_meant and not is_figure and (row["needs"] != "person" or _kind(_find_victim(token, row), {}) in _PERSONS):
            yield token, row


def _choose(token: "Token") -> "Row":
    """Return the row of a word, by its part of speech; a headline's "Kills" may be taken for a noun."""
    verb, noun = _row("verb", token), _row("noun", token)
    is_verb = token.pos_ in ("VERB", "AUX")
    is_owned = token.tag_ == "VBG" and _child(token, "det", "poss", "compound", "amod") is not None  # "Red shelling of"
    if noun and (not verb or not is_verb or is_owned):
        return noun if token.pos_ != "ADJ" or token.lower_ == "dead" else {}
    is_form = token.lower_[-2:] in ("ed", "ls", "ts") and not _row("means", token) and not _row("scene", token)
    return verb if is_verb or is_form else {}


def _is_passive(verb: "Token") -> bool:
    if _child(verb, "nsubjpass", "auxpass", "agent") is not None:
        return True
    if verb.dep_ == "conj" and verb.tag_ in ("VBN", "VBD") and _child(verb, "nsubj", "dobj") is None:
        return _is_passive(verb.head)
    own = _child(verb, "dobj")
    after = own.doc[own.i + 1 : own.i + 2] if own is not None else ()
    is_free = own is None or any(_row("verb", one).get("kind") == "wounding" for one in after)  # "3 killed 2 wounded"
    return is_free and verb.tag_ in ("VBN", "VBD", "JJ") and bool(_row("verb", verb)) and _child(verb, "aux") is None


def _find_subject(verb: "Token") -> "Token | None":
    """Return the subject of a verb, of the one that it is joined to, or that it shares a subject with."""
    subject = _child(verb, "nsubj", "nsubjpass")
    if subject is not None and not (verb.dep_ == "relcl" and subject.lower_ in _PRONOUNS):
        return subject
    if verb.dep_ in _CLAUSES:
        return verb.head
    return _find_subject(verb.head) if verb.dep_ in _SHARED and verb.head != verb else None


def _find_victim(token: "Token", row: "Row") -> "Token | None":
    """Return the head of the words for who or what is harmed."""
    if token.head.lemma_ == "leave" and token.dep_ in _LEFT:
        return _child(token, "nsubj", "nummod") or _child(token.head, "dobj")
    if row["part"] == "noun":
        return _find_victim_of_noun(token, row)
    if row["whose"] == "means":
        return None
    if row["only"] == "life":
        lives = _child(token, "dobj")
        return lives and _after(lives, "of")
    if token.pos_ not in ("VERB", "AUX", "ADJ"):  # taken for a noun: the last word of the phrase after it
        phrase = token.doc[token.i + 1 : token.sent.end]
        ends = (one.i for one in phrase if one.pos_ not in ("DET", "ADJ", "NUM", "NOUN", "PROPN", "ADV"))
        return token.doc[next(ends, token.sent.end) - 1]
    if row["whose"] == "patient" or _is_passive(token):
        if token.dep_ in ("amod", *_CLAUSES) and _child(token, "nsubj", "nsubjpass") is None:
            return token.head
        victim = None if token.dep_ in ("pobj", "dobj") else _find_subject(token)  # "the wounded"
        victim = token if victim is None and token.tag_ in ("JJ", "VBN") else victim
    else:
        victim = _child(token, "dobj", "dative")
        victim = token.head if victim is not None and victim.lower_ in _PRONOUNS else victim
    if victim is None or _row("means", victim):  # "fired rockets at"
        at = (_after(one, "at", "on", "into", "against") for one in token.subtree)
        victim = next(filter(None, at), victim)
    joined = (_child(one, "dobj") for one in token.conjuncts if one.i > token.i)
    return next(filter(None, joined), None) if victim is None else victim


def _find_victim_of_noun(token: "Token", row: "Row") -> "Token | None":
    bears, head = row["whose"] == "patient", token.head
    if token.lower_ == "dead":
        subject = head if token.dep_ == "amod" else _child(token, "nummod", "npadvmod", "nsubj")
        is_said = subject is None and token.dep_ in ("acomp", "oprd", "attr")
        return (_find_subject(head) if is_said else subject) or token
    for word in token.doc[token.i + 1 : min(token.i + 12, token.sent.end)]:  # the parse may hang "on" on another word
        is_own = word.head == token or word.i == token.i + 1
        words = ("on", "against", "to", "among") if is_own else ("on", "against")
        victim = _after(word.head, *words, *(["of"] if is_own and (bears or token.lower_[-3:] == "ing") else []))
        if word.lower_ in (*words, "of") and victim is not None and victim.head == word:
            return victim
        if word.pos_ in ("VERB", "AUX") and word.head != token:
            break
    acts = [one for one in token.children if one.dep_ in _CLAUSES] + ([head] if token.dep_ == "nsubj" else [])
    hit = [_child(one, "dobj") for one in acts if _row("verb", one).get("kind") in ("attack", "destruction")]
    kinds, owners = _PERSONS if bears else ("place", "thing", "civilians"), [_child(token, "nummod")] if bears else []
    for one in token.lefts:
        is_place = one.dep_ == "compound" and one.pos_ == "PROPN" and not bears and not _is_agent(one, {})
        is_bearer = is_place or (bears and one.dep_ == "poss") or _row("victim", one).get("kind") in kinds
        owners += [one] if one.dep_ in _OWNED and is_bearer else []
    while head.dep_ in ("pobj", "prep") and head.pos_ != "VERB":  # "suffered a series of strikes"
        head = head.head
    verb = head.head if head.dep_ == "dobj" else head
    bearing = index_lexicon("act_verbs.csv").get(verb.lemma_, {}).get("subject") == "undergoes" or verb.lemma_ == "come"
    return next(filter(None, [*hit, *owners]), None) or (_find_subject(verb) if bearing else None)


def _find_doer(token: "Token", row: "Row", known: dict[int, str]) -> "Doer":
    """Return the doer that is named beside a word of harm, or the means."""
    if row["part"] == "noun" and row["whose"] == "agent":
        return _find_doer_of_noun(token, known)
    if token.head.lemma_ == "leave" and token.dep_ in _LEFT:
        return _find_doer_of_verb(token.head, known)
    if row["whose"] != "agent":
        return _find_means(token, known) if row["whose"] == "patient" else _judge(_find_subject(token), known, _WEAPON)
    if token.pos_ in ("VERB", "AUX", "ADJ"):
        return _find_doer_of_verb(token, known)
    before = [one for one in token.doc[token.sent.start : token.i] if one.pos_ in ("NOUN", "PROPN")][::-1]
    return _judge(next((one for one in before if _is_means(one)), before[0] if before else None), known, _SUBJECT)


def _find_doer_of_verb(verb: "Token", known: dict[int, str]) -> "Doer":
    by = _child(verb, "agent")
    if by is not None and (doer := _child(by, "pobj")) is not None:
        return _judge(doer, known, _OWNER if _is_means(by.nbor(-1)) else _BY)
    if _is_passive(verb):
        if verb.i > 1 and verb.nbor(-1).text == "-":  # "X-besieged"
            return _OWNER, verb.doc[verb.i - 2]
    elif _child(verb, "nsubj") is not None or (verb.dep_ in _CLAUSES and verb.tag_ == "VBG"):
        return _judge(_find_subject(verb), known, _SUBJECT)
    elif verb.dep_ in _SHARED and verb.head != verb:
        return _find_doer_of_verb(verb.head, known)
    return _find_means(verb, known)


def _judge(noun: "Token | None", known: dict[int, str], named: str) -> "Doer":
    """Return whom a noun in the place of the doer names: itself, the owner of the means that it is, or nobody."""
    if noun is None or (noun.i not in known and _row("victim", noun).get("kind") == "place"):
        return _NOBODY, None
    is_means = noun.i not in known and bool(_row("means", noun) or _row("noun", noun))
    if not is_means and named != _WEAPON and noun.lower_ not in ("this", "that", "which", "what"):
        return named, noun
    how, owner = _find_owner(noun, known)
    return (_WEAPON, noun) if owner is None else (_ELSEWHERE if how == _ELSEWHERE else _OWNER, owner)


def _find_owner(noun: "Token", known: dict[int, str]) -> "Doer":
    """Return who owns a weapon or an attack ("Red jets"), sends it ("from Red planes") or carries it out."""
    after = [one for one in noun.doc[noun.i + 1 : noun.i + 2] if one.lower_ == "by"]
    for child in (*noun.children, *after):
        found, of = (_NOBODY, None), _child(child, "pobj")
        if child.dep_ in _OWNED:
            found = (_OWNER, child) if _is_agent(child, known) else _find_owner(child, known)
        elif of is not None and child.lower_ in ("by", "from", "of"):
            if child.lower_ == "by" or _is_agent(of, known) or _is_means(of):
                found = _judge(of, known, _BY)
        elif child.dep_ in _CLAUSES and (_row("light", child) or _row("verb", child) or child.lemma_ == "claim"):
            doer = _after(child, "by", "from") or _child(child, "nsubj")
            is_named = doer is not None and doer.lower_ not in _PRONOUNS
            found = _judge(doer if is_named else None, known, _ELSEWHERE if child.lemma_ == "claim" else _BY)
        if found[0] not in (_WEAPON, _NOBODY):
            return found
    return _NOBODY, None


def _is_agent(word: "Token", known: dict[int, str]) -> bool:
    """Return whether a word before an attack or a weapon says whose it is."""
    if word.i in known or word.dep_ == "poss":
        return word.lower_ != "whose" and not _row("time", word)
    if _row("means", word) or word.lower_ in ("terrorist", "terror", "suicide", "un"):
        return False
    is_ally = word.lower_ in ("led", "backed") and word.i > 0 and word.nbor(-1).text == "-"
    is_armed = _row("victim", word).get("kind") in ("fighters", "officials")
    groups = index_lexicon("through_nouns.csv")
    is_group = is_armed or word.lemma_.lower() in groups or word.lower_.removesuffix("s") in groups
    return is_ally or is_group or word.text in _nations() or (word.is_upper and word.is_alpha and 1 < len(word) < 6)


@cache
def _nations() -> frozenset[str]:
    return frozenset(one for row in read_lexicon("countries.csv") for one in row["adjective"].split("|") if one)


def _find_doer_of_noun(token: "Token", known: dict[int, str]) -> "Doer":
    """Return who does a noun of attack: its owner, or who carries it out."""
    found, head = _find_owner(token, known), token.head
    if found[1] is None and _row("light", head):
        if token.dep_ == "dobj" and not _is_passive(head):
            return _judge(_find_subject(head), known, _SUBJECT)
        by = _child(head, "agent")
        return found if by is None else _judge(_child(by, "pobj"), known, _BY)
    return found


def _find_means(token: "Token", known: dict[int, str]) -> "Doer":
    """Return the means, the attack or the clash that a sentence gives for a harm, or whose it is."""
    is_part = token.dep_ in ("amod", *_CLAUSES, "acomp", "oprd", "attr", "conj", "dobj")
    tops, judged = {token, token.head if is_part else token}, []
    for word in (one for one in token.sent if one != token and _is_means(one)):
        chain = [word]
        while chain[-1] not in tops and chain[-1].head != chain[-1]:
            chain.append(chain[-1].head)
        times = {child.lower_ for one in chain[1:-1] for child in one.children if child.dep_ in ("mark", "advmod")}
        is_given = not _IN.isdisjoint(one.lower_ for one in chain) or not times.isdisjoint(("when", "after", "as"))
        if chain[-1] in tops and (is_given or (word.dep_ == "nsubj" and word.head in tops)):
            judged.append(_judge(word, known, _WEAPON))
    return next((one for one in judged if one[0] != _WEAPON), judged[0] if judged else (_NOBODY, None))


def _look_elsewhere(token: "Token", doers: "dict[int, Doer]") -> "Doer":
    """Return the doer of an event; where none is named beside it, that of an event that it hangs together with."""
    if doers[token.i][0] not in (_WEAPON, _NOBODY):
        return doers[token.i]
    near = {one.i for one in (*token.ancestors, *token.subtree)}
    for i, (named, doer) in sorted(doers.items(), key=lambda pair: abs(pair[0] - token.i)):
        if i in near and named not in (_WEAPON, _NOBODY):
            return _ELSEWHERE, doer
    if token.dep_ == "dobj" and token.head.lemma_ == "claim" and (doer := _find_subject(token.head)) is not None:
        return _ELSEWHERE, doer
    return doers[token.i]


def _describe(token: "Token", row: "Row", doer: "Doer", known: dict[int, str]) -> dict[str, Any]:
    """Return an event as a row of the table `harms`."""
    victim, chain = _find_victim(token, row), [token]
    while len(chain) < 4 and chain[-1].dep_ in (*_HELD, *(["conj"] if row["part"] == "verb" else [])):
        chain.append(chain[-1].head)
    unreal = {_row("unreal", one).get("kind") for one in [*chain[1:], *token.children]}
    own = {one.lower_ if one.dep_ in ("aux", "mark") else one.dep_ for head in chain[:2] for one in head.children}
    voice = "noun" if row["part"] == "noun" else "intransitive" if row["whose"] != "agent" else "active"
    spans = [_span(one, token) for one in (victim, doer[1])]
    return {
        "word": row["word"], "harm": row["kind"], "start": token.idx, "end": token.idx + len(token),
        "voice_of_verb": "passive" if voice == "active" and _is_passive(token) else voice,
        "victim_start": spans[0][0], "victim_end": spans[0][1], "victim_kind": _kind(victim, known),
        "victim_actor": known.get(victim.i, "") if victim is not None else "", "named": doer[0],
        "doer_start": spans[1][0], "doer_end": spans[1][1],
        "doer_actor": known.get(doer[1].i, "") if doer[1] is not None else "",
        "negated": "neg" in own or "negated" in unreal,
        "hypothetical": bool(own & (_MODALS | {"if", "unless"})) or "hypothetical" in unreal,
    }  # fmt: skip


def _span(noun: "Token | None", event: "Token") -> tuple[int, int]:
    """Return the characters of a noun phrase: its head, the words of it before (after the event's), and "of" after."""
    if noun is None:
        return -1, -1
    first = noun
    while first.i > noun.sent.start and first.i <= first.nbor(-1).head.i <= noun.i and first.i != event.i + 1:
        first = first.nbor(-1)
    last = _after(noun, "of") or noun
    return first.idx, last.idx + len(last)


def _kind(noun: "Token | None", known: dict[int, str]) -> str:
    """Return what sort of victim a noun names, from harm_words.csv; `actor` where it is one, `other` elsewhere."""
    if noun is None:
        return ""
    kind = _row("victim", noun).get("kind", "")
    if kind in ("", "people") and (of := _after(noun, "of")) is not None:  # "dozens of civilians"
        kind = _row("victim", of).get("kind", kind)
    return kind or ("actor" if noun.i in known else "people" if noun.like_num or noun.pos_ == "PRON" else "other")
