"""Find events of harm, who bears them and who does them: a parsed text and its mentions in, harms out."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import takewhile
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
_PRONOUNS, _CLAUSES, _VERBS = ("who", "whom", "which", "that"), ("acl", "relcl"), ("VERB", "AUX")
_SHARED = ("conj", "xcomp", "advcl", "pcomp", "prep", "acomp")  # a verb below these has the subject of the one above
_OWNED, _LEFT = ("poss", "compound", "amod", "nmod", "npadvmod"), ("oprd", "ccomp", "xcomp", "acomp", "dobj")
_HELD = ("dobj", "xcomp", "pobj", "prep", "pcomp", "nsubjpass", "acl", "ccomp")  # by a plan, a fear, a denial
_KINDS_OF_ATTACK = ("terrorist", "terror", "suicide", "un", "sniper")
_PERSONS = ("fighters", "civilians", "people", "children", "officials")
_UNTOLD: "Doer" = (_NOBODY, None)


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
    finder = _Finder(doc, mentions)
    events = list(finder.find_events())
    doers = {token.i: finder.find_doer(token, row) for token, row in events}
    return [finder.describe(token, row, finder.look_elsewhere(token, doers)) for token, row in events]


@cache
def _forms(part: str) -> "dict[str, Row]":
    """Return the rows of one part of harm_words.csv by each form of their word; for `nation`, those of countries."""
    forms = {}
    if part == "nation":
        return {one: row for row in read_lexicon("countries.csv") for one in row["adjective"].split("|") if one}
    for row in (row for row in read_lexicon("harm_words.csv") if row["part"] == part):
        word = row["word"]
        stem = word[:-1] + "i" if word[-1] == "y" and word[-2] not in "aeiou" else word.removesuffix("e")
        verbal = (f"{stem}ed", f"{word.removesuffix('e')}ing") if part in ("verb", "light", "told", "unreal") else ()
        forms |= dict.fromkeys([word, f"{word}s", f"{stem}es", *verbal, *row["forms"].split("|")], row)
    return forms


@cache
def _keys(*parts: str) -> frozenset[int]:
    """Return the forms of all words of some parts, as spaCy numbers them."""
    from spacy.strings import hash_string

    return frozenset(hash_string(form) for part in parts for form in _forms(part))


def _row(part: str, token: "Token") -> "Row":
    return _forms(part).get(token.lower_, {})


def _child(token: "Token", *relations: str) -> "Token | None":
    """Return the first child in one of these relations, the first relation first."""
    own = {child.dep_: child for child in [*token.children][::-1]}
    return next((own[name] for name in relations if name in own), None)


def _after(token: "Token", *words: str) -> "Token | None":
    """Return the noun after one of these prepositions, of those that belong to a word."""
    nouns = [_child(child, "pobj") for child in token.children if child.lower_ in words]
    told = (noun for noun in nouns if noun is not None and noun.pos_ != "NUM" and not _row("time", noun))
    return next((noun for noun in told if not _row("time", noun.left_edge)), None)


def _is_means(token: "Token") -> bool:
    return bool(_row("means", token)) or _row("noun", token).get("kind") == "attack"


def _choose(token: "Token") -> "Row":
    """Return the row of a word, by its part of speech; a headline's "Kills" may be taken for a noun."""
    verb, noun, is_verb = _row("verb", token), _row("noun", token), token.pos_ in _VERBS
    is_owned = token.tag_ == "VBG" and _child(token, "det", "poss", "compound", "amod") is not None  # "Red shelling of"
    if token.dep_ == "compound" and _row("means", token.head):  # "strike jets"
        return {}
    if noun and (not verb or not is_verb or is_owned):
        return noun if token.pos_ != "ADJ" or token.lower_ == "dead" else {}
    is_plain = token.lower_.endswith("s") or (token.i + 1 < len(token.doc) and token.nbor(1).like_num)  # "Kill 50"
    is_form = token.lower_.endswith("ed") or (is_plain and not verb.get("needs"))
    return verb if is_verb or (is_form and not _row("means", token)) else {}


def _is_passive(verb: "Token") -> bool:
    own = {child.dep_: child for child in verb.children}
    if not own.keys().isdisjoint(("nsubjpass", "auxpass", "agent")):
        return True
    if verb.dep_ == "conj" and verb.head != verb and verb.tag_ in ("VBN", "VBD") and not own.keys() & {"nsubj", "dobj"}:
        return _is_passive(verb.head)
    after = own["dobj"].i + 1 if "dobj" in own else len(verb.doc)
    is_free = "dobj" not in own or (after < len(verb.doc) and _row("verb", verb.doc[after]).get("kind") == "wounding")
    kind = _row("verb", verb).get("kind", "")
    is_active = not kind or "aux" in own or (kind == "attack" and verb.tag_ == "VBD" and "nsubj" in own)
    return is_free and verb.tag_ in ("VBN", "VBD", "JJ") and not is_active


def _find_subject(verb: "Token") -> "Token | None":
    """Return the subject of a verb, of the one that it is joined to, or that it shares a subject with."""
    subject = _child(verb, "nsubj", "nsubjpass")
    if subject is not None and not (verb.dep_ == "relcl" and subject.lower_ in _PRONOUNS):
        return subject
    if verb.dep_ in _CLAUSES:
        return verb.head
    return _find_subject(verb.head) if verb.dep_ in _SHARED and verb.head != verb else None


class _Finder:
    """One text: who is an actor in it, and where weapons and attacks are."""

    def __init__(self, doc: "Doc", mentions: Sequence["Mention"]) -> None:
        self.doc, self.lower, self.known = doc, doc.to_array("LOWER").tolist(), dict[int, str]()
        for one in mentions:
            if one.role != "place" and one.actor != UNRESOLVED and not one.inside:
                span = doc.char_span(one.start, one.end, alignment_mode="expand")
                self.known |= dict.fromkeys(range(span.start, span.end), one.actor)
        self.means = [i for i in self.place("means", "noun") if _is_means(doc[i])]

    def place(self, *parts: str) -> list[int]:
        """Return the tokens that are a form of a word of these parts."""
        keys = _keys(*parts)
        return [i for i, key in enumerate(self.lower) if key in keys]

    def find_events(self) -> "Iterator[tuple[Token, Row]]":
        """Yield each word of harm with its row of the lexicon."""
        found = [(self.doc[i], row) for i in self.place("verb", "noun") if (row := _choose(self.doc[i]))]
        sent = np.cumsum(self.doc.to_array("SENT_START").astype(np.int64) == 1).tolist()
        sure = [sent[token.i] for token, row in found if row["kind"] == "killing" or not row["needs"] + row["only"]]
        scene = [sent[i] for i in self.place("means", "scene") if _row("scene", self.doc[i]).get("kind") != "beside"]
        at_war, talk = (
            {*scene, *sure},
            {sent[i] for i in self.place("talk")},
        )
        for token, row in found:
            no = sent[token.i]
            is_doubtful = row["needs"] == "war" or (row["needs"] == "talk" and no in talk)
            if is_doubtful and at_war.isdisjoint((no - 1, no, no + 1)):
                continue
            near = [*token.children, token.head, *self.doc[max(0, token.i - 1) : token.i + 2]]
            beside = {word for one in near if one != token for word in (one.lower_, one.lemma_.lower())}
            only, never = ({*filter(None, row[column].split("|"))} for column in ("only", "not"))
            is_meant = beside.isdisjoint(never) and not (only and beside.isdisjoint(only))
            if is_meant and (row["needs"] != "person" or self.kind(self.find_victim(token, row)) in _PERSONS):
                yield token, row

    def find_victim(self, token: "Token", row: "Row") -> "Token | None":
        """Return the head of the words for who or what is harmed."""
        if token.head.lemma_ == "leave" and token.dep_ in _LEFT:
            return _child(token, "nsubj", "nummod") or _child(token.head, "dobj")
        if row["part"] == "noun":
            return self.find_victim_of_noun(token, row)
        if row["whose"] == "means":
            return None
        if row["only"] == "life":
            return _after(_child(token, "dobj") or token, "of")
        if token.pos_ not in (*_VERBS, "ADJ"):  # taken for a noun: the last word of the phrase after it
            phrase = self.doc[token.i + 1 : token.sent.end]
            ends = (one.i for one in phrase if one.pos_ not in ("DET", "ADJ", "NUM", "NOUN", "PROPN", "ADV"))
            return self.doc[next(ends, token.sent.end) - 1]
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
            victim = next(filter(None, at), None if row["word"] == "fire" else victim)
        joined = (_child(one, "dobj") for one in token.conjuncts if one.i > token.i) if victim is None else ()
        return next(filter(None, joined), victim)

    def find_victim_of_noun(self, token: "Token", row: "Row") -> "Token | None":
        bears, head = row["whose"] == "patient", token.head
        if token.lower_ == "dead":
            subject = head if token.dep_ == "amod" else _child(token, "nummod", "npadvmod", "nsubj")
            is_said = subject is None and token.dep_ in ("acomp", "oprd", "attr")
            return (_find_subject(head) if is_said else subject) or token
        of = bears or token.lower_.endswith("ing") or index_lexicon("act_nouns.csv").get(row["word"], {}).get("of")
        own = ("to", "among", *(("of",) if of in (True, "patient") else ()))
        for word in self.doc[token.i + 1 : min(token.i + 12, token.sent.end)]:  # "on" may hang on another word
            if (text := word.lower_) in ("on", "against") or (text in own and token in (word.head, word.nbor(-1))):
                if (victim := _after(word.head, text)) is not None:
                    return victim
            elif word.pos_ in _VERBS and word.head != token:
                break
        acts = [one for one in token.children if one.dep_ in _CLAUSES] + ([head] if token.dep_ == "nsubj" else [])
        found = [_child(one, "dobj") for one in acts if _row("verb", one).get("kind") in ("attack", "destruction")]
        found += [_child(token, "nummod")] if bears else []
        kinds = _PERSONS if bears else ("place", "thing", "civilians")
        for one in (one for one in token.lefts if one.dep_ in _OWNED and not _row("means", one)):
            is_name = one.dep_ == "compound" and one.pos_ == "PROPN" and one.lower_ not in _KINDS_OF_ATTACK
            is_place = is_name and not bears and not self.is_agent(one) and not _row("victim", one)
            is_bearer = is_place or (bears and one.dep_ == "poss") or _row("victim", one).get("kind") in kinds
            found += [one] if is_bearer else []
        while (head.dep_ == "pobj" or head.lower_ in ("of", "under")) and head.head != head:  # "a series of strikes"
            head = head.head
        verb = head.head if head.dep_ == "dobj" else head
        bearing = index_lexicon("act_verbs.csv").get(verb.lemma_, {}).get("subject") == "undergoes"
        came = verb.lemma_ == "come" and token.dep_ == "pobj"  # "under attack"
        subject = _find_subject(verb) if (bearing or came) and token.dep_ != "nsubj" else None
        return next(filter(None, found), subject)

    def find_doer(self, token: "Token", row: "Row") -> "Doer":
        """Return the doer that is named beside a word of harm, or the means."""
        if row["part"] == "noun" and row["whose"] == "agent":
            return self.find_doer_of_noun(token)
        head = token.head
        while head.dep_ in ("conj", *_LEFT) and head.lemma_ != "leave" and head.head != head:  # "left ten dead"
            head = head.head
        if head.lemma_ == "leave" and token.dep_ in ("conj", "acl", *_LEFT):
            return self.find_doer_of_verb(head)
        if row["whose"] == "means":
            return self.judge(_find_subject(token), _SUBJECT)
        if row["whose"] == "patient":
            found = self.find_doer_of_noun(token, is_borne=True) if row["part"] == "noun" else _UNTOLD
            return self.find_means(token) if found[1] is None else found
        if token.pos_ in (*_VERBS, "ADJ"):
            return self.find_doer_of_verb(token)
        before = [one for one in self.doc[token.sent.start : token.i] if one.pos_ in ("NOUN", "PROPN")][::-1]
        return self.judge(next((one for one in before if _is_means(one)), before[0] if before else None), _SUBJECT)

    def find_doer_of_verb(self, verb: "Token") -> "Doer":
        by = _child(verb, "agent")
        if by is not None and (doer := _child(by, "pobj")) is not None:
            return self.judge(doer, _OWNER if _is_means(by.nbor(-1)) else _BY)
        if verb.i and _is_means(verb.nbor(-1)) and verb.dep_ not in ("amod", *_CLAUSES):  # "bomb hits bus"
            return self.judge(verb.nbor(-1), _SUBJECT)
        if _is_passive(verb):
            if verb.i > 1 and verb.nbor(-1).text == "-" and verb.nbor(-2).pos_ != "ADV":  # "X-besieged"
                return _OWNER, self.doc[verb.i - 2]
        elif _child(verb, "nsubj") is not None:
            return self.judge(_find_subject(verb), _SUBJECT)
        elif verb.dep_ in (*_SHARED, *_CLAUSES) and verb.head != verb:
            is_subject = verb.dep_ in _CLAUSES and (verb.tag_ == "VBG" or _is_means(verb.head))
            is_subject &= not _row("verb", verb.head.head)  # "killing ten people, wounding six"
            of_noun = self.judge(verb.head, _SUBJECT) if is_subject else _UNTOLD
            above = next((one for one in verb.ancestors if one.pos_ in (*_VERBS, "ADJ")), None)  # "a plan to"
            if of_noun[1] is not None or above is None:
                return of_noun
            is_told = "dobj" if _row("told", above) else ""  # "accused X of killing", "was said to kill"
            told = _child(above, is_told, "nsubjpass") if is_told or verb.dep_ == "xcomp" else None
            return self.find_doer_of_verb(above) if told is None or verb.dep_ == "conj" else self.judge(told, _SUBJECT)
        return self.find_means(verb)

    def find_doer_of_noun(self, token: "Token", is_borne: bool = False) -> "Doer":
        """Return who does a noun of attack: its owner, or who carries it out."""
        found, head = self.find_owner(token, is_borne), token.head
        if found[1] is None and _row("light", head) and (not is_borne or _row("light", head)["kind"] == "cause"):
            told = self.find_doer_of_verb(head) if token.dep_ in ("dobj", "nsubjpass") else found
            return told if told[0] not in (_WEAPON, _NOBODY) else found
        return found

    def judge(self, noun: "Token | None", named: str) -> "Doer":
        """Return whom a noun in the place of the doer names: itself, the owner of the means that it is, or nobody."""
        kind = _row("victim", noun).get("kind") if noun is not None and noun.i not in self.known else ""
        if noun is None or kind == "place":
            return _UNTOLD
        if _row("time", noun):  # "air strikes on Friday that killed ten"
            before = [self.doc[i] for i in self.means if noun.sent.start <= i < noun.i]
            return self.judge(_after(noun, "of") or (before[-1] if before else None), named)
        is_person = noun.i in self.known or any(child.lower_ == "suicide" for child in noun.children)
        is_weapon = bool(_row("noun", noun) or (_row("means", noun) and not is_person))
        lemma = noun.lemma_.lower()
        is_person |= index_lexicon("source_nouns.csv").get(lemma, {}).get("kind") in ("person", "body")
        is_person |= lemma in index_lexicon("through_nouns.csv") and kind != "thing"
        is_person |= kind in _PERSONS or lemma.endswith(("er", "or", "ist", "man", "ian", "ary", "side"))
        is_thing = not is_weapon and noun.pos_ == "NOUN" and not is_person
        if not is_weapon and not is_thing and named != _WEAPON and noun.lower_ not in ("this", "that", "which", "what"):
            return named, noun
        how, owner = self.find_owner(noun)
        if owner is None:
            return _WEAPON, noun
        return (named, noun) if is_thing else (_ELSEWHERE if how == _ELSEWHERE else _OWNER, owner)

    def find_owner(self, noun: "Token", is_borne: bool = False) -> "Doer":
        """Return who owns a weapon or an attack ("Red jets"), sends it ("from Red planes") or carries it out."""
        after = [one for one in self.doc[noun.i + 1 : noun.i + 2] if one.lower_ == "by" and noun not in one.subtree]
        for child in (*noun.children, *after):
            found, of = _UNTOLD, _child(child, "pobj")
            if child.dep_ in _OWNED and not is_borne:
                found = (_OWNER, child) if self.is_agent(child) else self.find_owner(child)
            elif of is not None and child.lower_ in ("by", *(() if is_borne else ("from", "of"))):
                is_doer = child.lower_ == "by" or self.is_agent(of) or _is_means(of)
                found = self.judge(of, _BY) if is_doer else _UNTOLD
            elif of is not None and child.lower_ in ("with", "between") and _row("means", noun).get("kind") == "clash":
                found = _ELSEWHERE, of
            elif child.dep_ in _CLAUSES and (_row("light", child) or _row("verb", child) or child.lemma_ == "claim"):
                doer = _after(child, "by", "from") or _child(child, "nsubj")
                if doer is not None and doer.lower_ not in _PRONOUNS:
                    found = self.judge(doer, _ELSEWHERE if child.lemma_ == "claim" else _BY)
            if found[0] not in (_WEAPON, _NOBODY):
                return found
        return _UNTOLD

    def is_agent(self, word: "Token") -> bool:
        """Return whether a word before an attack or a weapon says whose it is."""
        if word.i in self.known or word.dep_ == "poss":
            return word.lower_ != "whose" and not _row("time", word)
        if _row("means", word) or _row("noun", word) or word.lower_ in _KINDS_OF_ATTACK:
            return False
        groups = index_lexicon("through_nouns.csv").keys()
        is_group = word.pos_ != "ADJ" and not groups.isdisjoint((word.lemma_.lower(), word.lower_.removesuffix("s")))
        is_group |= word.lower_ == "led" or _row("victim", word).get("kind") in ("fighters", "officials")
        return is_group or word.text in _forms("nation") or (word.is_upper and word.is_alpha and 1 < len(word) < 6)

    def find_means(self, token: "Token") -> "Doer":
        """Return the means, the attack or the clash that a sentence gives for a harm, or whose it is."""
        is_part = token.dep_ in ("amod", *_CLAUSES, "acomp", "oprd", "attr", "conj", "dobj")
        tops, judged, sent = {token, token.head if is_part else token}, [], token.sent
        for word in (self.doc[i] for i in self.means if sent.start <= i < sent.end and i != token.i):
            chain = [word]
            while chain[-1] not in tops and chain[-1].head != chain[-1]:
                chain.append(chain[-1].head)
            if chain[-1] in tops and (word.dep_ != "nsubjpass" or not _row("means", word)):
                times = {one.lower_ for up in chain[1:-1] for one in up.children if one.dep_ in ("mark", "advmod")}
                is_given = not _IN.isdisjoint(one.lower_ for one in chain) or not times.isdisjoint(
                    ("when", "after", "as")
                )
                if is_given or (word.dep_ == "nsubj" and word.head in tops):
                    judged.append(self.judge(word, _WEAPON))
        return next((one for one in judged if one[0] != _WEAPON), judged[0] if judged else _UNTOLD)

    def look_elsewhere(self, token: "Token", doers: "dict[int, Doer]") -> "Doer":
        """Return the doer of an event; where none is named beside it, that of an event that it hangs together with."""
        if doers[token.i][0] not in (_WEAPON, _NOBODY):
            return doers[token.i]
        low, high, chain = token.left_edge.i, token.right_edge.i, [token, *token.ancestors]
        above = {one.head.i for one in takewhile(lambda one: one.dep_ not in ("relcl", "ccomp"), chain)}
        near = [i for i in doers if (low <= i <= high or i in above) and doers[i][0] not in (_WEAPON, _NOBODY)]
        if near:
            return _ELSEWHERE, doers[min(near, key=lambda i: abs(i - token.i))][1]
        heads = [one.head for one in takewhile(lambda one: one.dep_ in ("dobj", "pobj", "prep"), chain)]
        claim = next((one for one in heads if one.lemma_ == "claim"), None)  # "claimed (responsibility for) the attack"
        doer = None if claim is None else _find_subject(claim)
        return doers[token.i] if doer is None or _is_means(doer) else (_ELSEWHERE, doer)

    def describe(self, token: "Token", row: "Row", doer: "Doer") -> dict[str, Any]:
        """Return an event as a row of the table `harms`."""
        victim, chain, is_noun = self.find_victim(token, row), [token], row["part"] == "noun"
        while len(chain) < 4 and chain[-1].dep_ in (*_HELD, "" if is_noun else "conj"):
            chain.append(chain[-1].head)
        unreal = {_row("unreal", one).get("kind") for one in [*chain[1:], *token.children] if one.dep_ != "prep"}
        own = {one.lower_ if one.dep_ in ("aux", "mark") else one.dep_ for up in chain[:2] for one in up.children}
        voice = "intransitive" if row["whose"] != "agent" else "passive" if _is_passive(token) else "active"
        bears, does = (self.span(one, token) for one in (victim, doer[1]))
        return {
            "word": row["word"], "harm": row["kind"], "start": token.idx, "end": token.idx + len(token),
            "voice_of_verb": "noun" if is_noun else voice, "victim_start": bears[0], "victim_end": bears[1],
            "victim_kind": self.kind(victim), "victim_actor": bears[2], "named": doer[0], "doer_start": does[0],
            "doer_end": does[1], "doer_actor": "" if doer[0] == _WEAPON else does[2],
            "negated": "neg" in own or "negated" in unreal,
            "hypothetical": not own.isdisjoint(_MODALS | {"if", "unless"}) or "hypothetical" in unreal,
        }  # fmt: skip

    def span(self, noun: "Token | None", event: "Token") -> tuple[int, int, str]:
        """Return the characters of a noun phrase, with words before its head (after the event) and "of"; its actor."""
        if noun is None:
            return -1, -1, ""
        first = noun
        for child in [*noun.lefts][::-1]:
            if child.right_edge.i + 1 != first.i or child.left_edge.i <= event.i <= child.right_edge.i:
                break
            first = child.left_edge
        last = _after(noun, "of") or noun
        actors = [self.known[i] for i in (noun.i, *range(last.i, first.i - 1, -1)) if i in self.known]
        return first.idx, last.idx + len(last), actors[0] if actors else ""

    def kind(self, noun: "Token | None") -> str:
        """Return what sort of victim a noun names, from harm_words.csv; `actor` where it is one, `other` elsewhere."""
        if noun is None:
            return ""
        kind = _row("victim", noun).get("kind", "")
        if kind in ("", "people") and (of := _after(noun, "of")) is not None:  # "dozens of civilians"
            kind = _row("victim", of).get("kind", kind)
        is_person = noun.like_num or noun.pos_ == "PRON"
        return kind or ("actor" if noun.i in self.known else "people" if is_person else "other")
