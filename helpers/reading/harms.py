"""Find events of harm, who bears them and who does them: a parsed text and its mentions in, harms out."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading.attribution.spans import THERE, climb
from helpers.reading.schemas import NAMED_BY
from helpers.reading.source_words import PLACES
from helpers.reading.walks import find_child, find_subjects, list_children, use_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from helpers.reading.actors import Mention

    Row = dict[str, Any]  # of harm_words.csv
    Listed = tuple[Token, dict[str, Row]]  # a word with its rows, by their part
    Doer = tuple[str, Token | None]  # how it is named, and the word for it or for the means

_SUBJECT, _BY, _OWNER, _ELSEWHERE, _WEAPON, _NOBODY = NAMED_BY
_PRONOUNS, _CLAUSES = ("who", "whom", "which", "that", "this", "what"), ("acl", "relcl")
_NOMINAL = ("NOUN", "PROPN", "ADJ", "PART", "PUNCT", "PRON", "CCONJ")  # after an owner: "Red air strikes and fire"
_HELD = ("dobj", "xcomp", "pobj", "prep", "pcomp", "nsubjpass", "acl", "ccomp")  # by a plan, a fear, a denial
_PERSONS = ("fighters", "civilians", "people", "children", "officials", "person")
_UNNAMED, _UNTOLD = (_WEAPON, _NOBODY), (_NOBODY, None)


def find_harms(doc: "Doc", named: Sequence[tuple["Mention", "Span"]]) -> list[dict[str, Any]]:
    """Return every word of a text that tells of harm (lexicons/harm_words.csv), in the order of the text.

    Verbs, participles and nouns count, each for itself: "strikes killed ten" is two events. The doer is named as the
    `subject`, after `by`, as the `owner` of the noun ("Red air strikes") or of the means or attack that does it
    ("killed in a Red air strike"), or `elsewhere` in the sentence ("claimed the attack"); `weapon`: there is a means,
    an attack or a clash, and nobody behind it; `nobody`: none of these. A word that needs a `war` counts where its
    sentence or the one before or after has another word of harm, of weapons or of the scene, and none counts beside a
    word that makes it a figure of speech. `named` are the actors that are named, with their words.

    One dict has the columns of the table `harms` from `word` on; a span of -1 says that the sentence does not tell.
    """
    known = {word.i: one.actor for one, own in named if one.role != "compound" for word in own}  # no "X-held", "anti-X"
    words, forms, sents = _words(), doc.to_array("LOWER").tolist(), [*doc.sents]
    listed = [[(doc[i], words[forms[i]]) for i in range(one.start, one.end) if forms[i] in words] for one in sents]
    at_war = [False, *map(_tells_of_war, listed), False]
    near = zip(sents, listed, at_war, at_war[1:], at_war[2:], strict=False)
    return [row for sent, own, *war in near if own for row in _Sentence(sent, own, known).describe_events(any(war))]


@cache
def _words() -> "dict[int, dict[str, Row]]":
    """Return the rows of harm_words.csv by each form of their word, as spaCy numbers it, and by their part."""
    from spacy.strings import hash_string

    words: dict[int, dict[str, Row]] = {}
    nations = "|".join(row["alias"].lower() for row in read_lexicon("countries.csv") if row["kind"] == "adjective")
    for row in (*read_lexicon("harm_words.csv"), {"word": "", "forms": nations, "part": "nation"}):
        lists = {column: {*filter(None, row.get(column, "").split("|"))} for column in ("only", "not")}
        for form in (row["word"], *row["forms"].split("|")):
            words.setdefault(hash_string(form), {})[row["part"]] = row | lists
    return words


def _tells_of_war(listed: "list[Listed]") -> bool:
    """Return whether a sentence has a word of weapons, of the scene, or of a harm that is one anywhere."""
    rows = (row for _, parts in listed for row in parts.values() if row["part"] in ("verb", "noun", "means", "scene"))
    return any(not row["only"] and (row["kind"] == "killing" or not row["needs"]) for row in rows)


def _row(part: str, token: "Token") -> "Row":
    return _words().get(token.lower, {}).get(part, {})


def _after(near: "Iterable[Token]", *words: str) -> "Token | None":
    """Return the noun after the first of these prepositions that has one, but no time ("on Friday")."""
    nouns = (find_child(one, "pobj") for one in near if one.lower_ in words)
    return next((noun for noun in nouns if noun is not None and not _row("time", noun)), None)


def _choose(token: "Token") -> "Row":
    """Return the row of a word, by its part of speech; a headline's "Kills", "Rebels Shell Ostrel" look like nouns."""
    before, after = token.doc[max(token.i - 1, 0)], token.doc[token.i + 1 : token.i + 2]
    is_between = before.tag_ in ("NNS", "NNPS") and any(one.is_title and not _row("verb", one) for one in after)
    verb, noun = _row("verb", token), _row("noun", token)
    is_verb = token.pos_ == "VERB" or (is_between and token.is_title and token.lower_ == verb.get("word"))
    is_name = token.tag_ == "VBG" and _object(token) is None
    if noun and (is_name or not (verb and is_verb)):  # "a new offensive", not "it is offensive"
        return {} if token.pos_ == "ADJ" and token.dep_ == "acomp" and token.lower_ != "dead" else noun
    is_form = token.lower_.endswith(("ed", "s", "kill", "slain")) and not verb.get("needs") and not _row("means", token)
    return verb if is_verb or is_form else {}


def _object(verb: "Token") -> "Token | None":
    """Return the object of a verb, or the number after it ("kills at least 12"), unless its own verb follows."""
    joined = next((one for one in verb.rights if one.dep_ == "conj" and find_child(one, "nsubj", "aux") is None), verb)
    near = verb.doc[verb.i + 1 : verb.i + 5]
    numbers = (one for one in near if one.like_num and (one.left_edge.i <= verb.i + 1 or near[0].lower_ == "over"))
    found = find_child(verb, "dobj") or find_child(joined, "dobj") or next(numbers, None)  # "hit and burned"
    after = () if found is None else verb.doc[found.i + 1 : found.i + 2]
    return None if any(_row("verb", one) and one.tag_ != "VBG" for one in after) else found


def _is_passive(verb: "Token") -> bool:
    row, is_past = _row("verb", verb), verb.tag_ in ("VBN", "VBD", "JJ")
    if not is_past or find_child(verb, "nsubjpass", "auxpass", "agent") is not None:
        return is_past
    is_active = row.get("kind") == "attack" and find_child(verb, "nsubj") is not None
    return row.get("whose") == "agent" and not is_active and _object(verb) is None


def _find_subject(verb: "Token") -> "Token | None":
    return find_child(verb, "csubj") or next(iter(find_subjects(verb, meant=True)[0]), None)  # "shelling ... killed"


def _choose_doer(doers: "Iterable[Doer]") -> "Doer":
    """Return the first who is named, else the first weapon, else nobody."""
    return min(doers, key=lambda one: _UNNAMED.index(one[0]) if one[0] in _UNNAMED else -1, default=_UNTOLD)


class _Sentence:
    """One sentence: who is an actor in it, and where words of harm, weapons and attacks are."""

    def __init__(self, span: "Span", listed: "list[Listed]", known: dict[int, str]) -> None:
        self.span, self.listed, self.known, self.judged = span, listed, known, dict[int, "Doer"]()
        self.attacks = {one.i for one, parts in listed if "means" in parts or _row("noun", one).get("kind") == "attack"}

    def describe_events(self, is_at_war: bool) -> "Iterator[dict[str, Any]]":
        """Yield each word of harm as a row of `harms`; `is_at_war`: this sentence or one beside it tells of war."""
        if not (found := [*self.find_events(is_at_war)]):
            return
        victims = [victim for *_, victim in found if victim is not None]
        self.borne = {one.i for one in victims}
        hurt = (one for victim in victims for one in victim.subtree if _row("victim", one))  # "hit ships and jets"
        past = (one.head if one.dep_ == "mark" else one for one, parts in self.listed if "past" in parts)
        free = self.attacks - {one.i for one in hurt if one.head.dep_ != "agent"}
        free -= {one.i for word in past for one in word.subtree}  # "since the war began"
        means = [one for one, _ in self.listed if one.i in free and one.tag_ not in ("VB", "VBD", "VBN")]
        self.means = [one for one in means if one.dep_ != "compound" or one.head.i not in self.attacks]
        events = [(*event, _choose_doer(self.list_doers(*event[:2]))) for event in found]
        told = [(token.i, doer) for token, *_, doer in events]
        told += [(one.i, self.judge(one, _WEAPON)) for one in self.means if _row("means", one).get("kind") != "clash"]
        for word in (one for one, parts in self.listed if parts.get("told", {}).get("kind") == "blame"):
            blamed = find_child(word, "dobj", "nsubjpass"), _after(word.children, "on", "of", "to")
            told += [(word.i, self.judge(who, _ELSEWHERE)) for who in blamed]
        self.doers = [(i, who) for i, (named, who) in told if named not in _UNNAMED]
        yield from (self.describe(*event) for event in events)

    def target(self, token: "Token", *words: str) -> "Token | None":
        """Return the noun after one of these prepositions, whichever word they hang on, up to the next verb."""
        is_made = token.dep_ == "nsubjpass" and _row("light", token.head)  # "were launched on"
        own = {token, token.head} if is_made else {token}
        for one in token.doc[token.i + 1 : self.span.end]:
            if one.pos_ == "VERB" and one.dep_ != "amod" and not {one, one.head} & own:
                return None
            own |= {one} if _row("told", one) else set()  # "believed to be carried out by"
            noun = _after([one], *words) if one.lower_ in words else None
            if noun is not None and _row("told", one.head).get("kind") != "blame":  # but not "blamed on X"
                return noun

    def find_events(self, is_at_war: bool) -> "Iterator[tuple[Token, Row, Token | None]]":
        """Yield each word of harm with its row of the lexicon and its victim."""
        chosen = ((one, _choose(one)) for one, parts in self.listed if "verb" in parts or "noun" in parts)
        for token, row in (one for one in chosen if one[1] and (is_at_war or not one[1]["needs"])):
            listed = (one for one in self.list_victims(token, row) if one is not None and not _row("time", one))
            victim = next((one for one in listed if _row("victim", one) or one.i not in self.attacks), None)  # no bomb
            near = [token.head, *token.children]
            if row["only"]:
                near = [one for one in near if one.dep_ != "nsubj" or _object(token) is None]  # "men seized a town"
                near += [_after(one.children, "of") for one in near]  # "fired dozens of rockets"
            elif token.pos_ in ("VERB", "ADJ"):  # "the bill they killed", "dead on arrival"; no "attack on a book"
                near += [victim, _after(token.children, "by", "on", "with")]
            beside = {word for one in near if one not in (None, token) for word in (one.lower_, one.lemma_.lower())}
            if beside.isdisjoint(row["not"]) and not (row["only"] and beside.isdisjoint(row["only"])):
                yield token, row, victim

    def list_victims(self, token: "Token", row: "Row") -> "Iterator[Token | None]":
        if row["part"] == "noun":
            yield from self.list_victims_of_noun(token, row)
        elif find_child(token, "det") is not None:  # "the wounded"
            yield token
        elif "missile" in row["only"]:  # "fired at", "fired rockets at"
            yield self.target(token, "at", "on", "into", "toward", "towards")
        elif token.dep_ in ("amod", "compound", *_CLAUSES) and find_child(token, "nsubj", "nsubjpass", "dobj") is None:
            yield token.nbor() if token.tag_ == "NNP" and token.i < token.head.i else token.head  # "Rebels Shell X"
        elif row["whose"] != "patient" and not _is_passive(token):
            yield _object(token) or (token.head if token.dep_ == "relcl" else None)  # "soldiers they captured"
        else:
            subject, before = _find_subject(token), token.doc[max(token.i - 1, 0)]
            is_apart = before.like_num or (_row("victim", before) and not (subject and subject.is_ancestor(before)))
            yield before if is_apart else subject  # "12 killed", "and many more wounded"

    def list_victims_of_noun(self, token: "Token", row: "Row") -> "Iterator[Token | None]":
        bears, above = row["whose"] == "patient", climb(token, "compound", "dobj", "pobj", "prep", "nsubjpass")
        if token.lower_ == "dead":
            yield _find_subject(token) if token.dep_ == "acomp" else token.head if token.dep_ == "amod" else None
            yield token.nbor(-1) if token.i and token.nbor(-1).pos_ in ("NUM", "NOUN", "PROPN") else token  # "12 dead"
        at, to = (("in", "at"), ("to",)) if row["kind"] == "destruction" else ((), ())
        yield _after(token.children, "of", *at) if self.find_owner(token) is None else None
        yield self.target(token, "on", "upon", "against", *to)
        for one in (*token.children, token.head, climb(token, "pobj", "agent")):
            is_harm = _row("verb", one).get("kind") in ("attack", "destruction")
            yield find_child(one, "dobj", "nsubjpass") if is_harm else None
        kinds = _PERSONS if bears else ("place", "thing", "civilians")
        lefts = (one for one in token.lefts if not (_row("means", one) or _row("sort", one)))
        yield from (one for one in lefts if _row("victim", one).get("kind") in kinds or (bears and one.dep_ == "poss"))
        is_suffered = use_of(above) == "undergoes" and (bears or not _row("verb", above))  # not "died in a raid"
        yield _find_subject(above) if is_suffered or token.head.lower_ == "under" else None  # "is under siege"

    def list_doers(self, token: "Token", row: "Row") -> "Iterator[Doer]":
        """Yield the doer that is named beside a word of harm, then the nearest means, attack or clash."""
        is_noun, is_borne = row["part"] == "noun", row["whose"] == "patient"
        if is_noun:
            yield self.find_doer_of_noun(token)
        elif not is_borne:
            yield self.find_doer_of_verb(token)
        is_apart = row["kind"] == "displacement" or (row["kind"] == "attack" and token.dep_ in ("amod", "compound"))
        if not is_apart and (is_borne or not is_noun):
            near = (one for one in self.means if one != token)
            yield self.judge(min(near, key=lambda one: abs(one.i - token.i), default=None), _WEAPON)

    def find_doer_of_noun(self, noun: "Token") -> "Doer":
        if noun.i not in self.judged:
            self.judged[noun.i] = _UNTOLD  # where it leads back to itself
            self.judged[noun.i] = _choose_doer(self.list_doers_of_noun(noun))
        return self.judged[noun.i]

    def list_doers_of_noun(self, noun: "Token") -> "Iterator[Doer]":
        """Yield who owns a weapon or an attack, does it ("shelling by"), carries it out, or is told of with it."""
        yield from ((_OWNER, word) for word in self.list_owners_before(noun))
        if (by := self.target(noun, "by")) is not None:
            used = by.head.head if by.head.dep_ == "agent" and by.head.head.i > noun.i else noun
            if used == noun or _row("light", used) or _row("verb", used):  # not "condemned by X"
                yield self.judge(by, _ELSEWHERE if _row("light", used).get("kind") == "claim" else _BY)
        yield from self.list_who_carry_out(noun)
        yield self.judge(self.find_owner(noun), _ELSEWHERE if _row("means", noun).get("kind") == "clash" else _BY)

    def list_owners_before(self, noun: "Token") -> "Iterator[Token]":
        """Yield whose an attack is by the words before it, the nearest first: "Red jets", "Lind attack on the town"."""
        is_done = _row("noun", noun).get("whose") != "patient" or any(one.lower_ == "of" for one in noun.rights)
        aims = _row("noun", noun) and _after(noun.children, "on", "against", "of")
        for word in reversed(noun.doc[self.span.start : noun.i]) if is_done else ():  # "X's killing of"
            is_name = aims and word.is_title and word.dep_ == "compound" and word.lower not in _words()
            is_none = word.is_sent_start and word.pos_ == "NOUN"  # "Acid attack on a man", "Ayton attack on a bank"
            is_name = is_name and not is_none and word.text not in {*PLACES, *THERE.findall(noun.doc.text)}
            if self.is_agent(word) or is_name:  # "Lind attack on the town"
                yield word
            near = noun.doc[word.i - 1].text_with_ws, noun.doc[word.i + 1].text
            told = _row("told", word) and not _row("victim", word)  # a headline's "Lind Condemns Attack"
            if (word.text == "-" and near[0].endswith(" ")) or told or (word.pos_ not in _NOMINAL and "-" not in near):
                break  # at a dash too: "according to Lind. - Air raids"

    def list_who_carry_out(self, noun: "Token") -> "Iterator[Doer]":
        """Yield who does an attack by a verb of doing alone: "launched raids", "is behind raids", "a raid he led"."""
        top = climb(noun, "compound", "conj", "nmod")  # "an air strike campaign", "wreaked havoc and destruction"
        path = [*list_children(top, "relcl"), top]
        while path[-1].dep_ in ("dobj", "pobj", "prep", "nsubjpass"):
            path.append(word := path[-1].head)
            is_amount = index_lexicon("act_nouns.csv").get(word.lemma_.lower(), {}).get("of") == "whole"
            if _row("apart", word) or (word.pos_ == "NOUN" and not is_amount and not _row("light", word)):
                break  # "launched a series of raids", no "inquiry into a raid"
        for word in (one for one in path if _row("light", one)):
            named, doer = self.find_doer_of_verb(word if word in top.children else path[-1])
            if named not in _UNNAMED:
                yield _ELSEWHERE if _row("light", word)["kind"] == "claim" else named, doer

    def find_owner(self, noun: "Token") -> "Token | None":
        """Return who is named after a weapon, an attack or a clash as behind it: "jets of X", "a clash with X"."""
        if _row("means", noun).get("kind") == "clash":  # "clashes erupted between"
            return _after([*noun.children, *noun.head.children], "with", "between", "among")
        held = [child for one in noun.rights if one.lower_ == "belonging" for child in one.children]
        bears = index_lexicon("act_nouns.csv").get(noun.lemma_.lower(), {}).get("of") == "patient"  # "shelling of X"
        near = ("from",) if noun.i not in self.attacks or bears else ("from", "of")
        owner = _after(held, "to") or _after(noun.children, *near)
        return owner if owner is not None and self.is_agent(owner) else None

    def find_doer_of_verb(self, verb: "Token") -> "Doer":
        verbs = (verb, *verb.conjuncts) if (is_passive := _is_passive(verb)) else (verb,)  # "was shot and killed by"
        by = next((one for joined in verbs for one in list_children(joined, "agent")), None)
        if by is not None and (doer := find_child(by, "pobj")) is not None:
            return self.judge(doer, _OWNER if by.i - 1 in self.attacks else _BY)
        if is_passive:  # "X-besieged"
            return self.judge(verb.nbor(-2), _OWNER) if verb.i > 1 and verb.nbor(-1).text == "-" else _UNTOLD
        above = next((one for one in verb.ancestors if one.pos_ == "VERB"), verb)  # "accused X of killing"
        is_told = _row("told", above) and find_child(verb, "nsubj") is None
        subject = (find_child(above, "dobj", "nsubjpass") if is_told else None) or _find_subject(verb)
        near = verb.doc[max(verb.i - 1, 0)]  # "Army Kills", "elsewhere rebels hit"
        beside = (_SUBJECT, near) if near != subject and self.is_agent(near) else _UNTOLD
        return _choose_doer([self.judge(subject, _SUBJECT), beside])

    def judge(self, noun: "Token | None", named: str) -> "Doer":
        """Return whom a noun in the place of the doer names: itself, the owner of the means that it is, or nobody."""
        if noun is None or _row("time", noun):
            return _UNTOLD
        of = None if self.is_agent(noun) or noun.i in self.attacks else _after(noun.children, "of")
        noun = noun if of is None or of.i not in self.attacks else of  # "dozens of Red air strikes"
        types = (one for one in noun.lefts if one.text[0].isalpha() and one.text[-1].isdigit())  # "Su-35 fighters"
        is_weapon = bool(_row("noun", noun) or _row("means", noun) or [*types])
        person = _row("victim", noun) or index_lexicon("source_nouns.csv").get(noun.lemma_.lower(), {})
        is_person = noun.pos_ in ("PROPN", "PRON", "NUM") or person.get("kind") in _PERSONS or self.is_agent(noun)
        is_apart = noun.i in self.borne or noun.head.lower_ == "in"
        is_none = any(_row("unreal", one).get("kind") == "negated" for one in noun.lefts)  # "no group"
        if is_none or (is_apart and not is_weapon and not self.is_agent(noun)):  # "a raid in Ostrel"
            return _UNTOLD
        is_it = noun.lower_ == "it" and _row("verb", noun.head) and noun.head.dep_ != "ccomp"  # not "Lind said it hit"
        is_thing = noun.lower_ in _PRONOUNS or (is_it and min(self.attacks, default=noun.i) < noun.i)
        if is_person and not is_weapon and not is_thing:
            return named, noun
        how, owner = self.find_doer_of_noun(noun) if is_weapon else _UNTOLD
        return (_WEAPON, noun) if how in _UNNAMED else (_OWNER if how in (_OWNER, _BY) else _ELSEWHERE, owner)

    def is_agent(self, word: "Token") -> bool:
        """Return whether a word before an attack or a weapon says whose it is."""
        parts = _words().get(word.lower, {})
        kind = parts.get("victim", {}).get("kind")
        if kind == "thing" or word.is_punct or not parts.keys().isdisjoint(("means", "noun", "sort", "time")):
            return False
        is_owner = word.i in self.known or word.dep_ == "poss" or "nation" in parts
        is_member = word.tag_[0] == "N" and word.lemma_.lower().removesuffix("s") in index_lexicon("through_nouns.csv")
        short = word.text.partition(".-")[0].replace(".", "").removesuffix("s")  # "the XYZ", "X.Y.-led strikes"
        is_short = 1 < len(short) < 5 and short.isupper() and short[0].isalpha() and word.tag_ != "IN"
        return is_owner or is_member or is_short or kind in ("fighters", "officials")

    def describe(self, token: "Token", row: "Row", victim: "Token | None", doer: "Doer") -> dict[str, Any]:
        """Return an event as a row of `harms`; its doer is, where none is named beside it, the nearest event's."""
        bears, (named, who) = self.measure(victim), doer
        if named in _UNNAMED and row["kind"] != "displacement":
            others = ((i, one) for i, one in self.doers if one != victim)  # none harms itself in passing
            near = [(abs(i - token.i), one) for i, one in others if not bears[2] or self.measure(one)[2] != bears[2]]
            named, who = (_ELSEWHERE, min(near, key=lambda pair: pair[0])[1]) if near else doer
        if named == _ELSEWHERE and who.dep_ == "nsubj" and who.i < token.i and "VBG" in (token.tag_, token.head.tag_):
            named = _SUBJECT  # "they shelled it, killing ten"
        chain = [climb(token, "conj") if token.tag_ == "VB" else token]
        while len(chain) < 4 and chain[-1].dep_ in _HELD and not _row("apart", chain[-1]):
            chain.append(chain[-1].head)
        near = [*chain[1:], *(one for word in {chain[0], token} for one in word.children)]
        unreal = {_row("unreal", one).get("kind") for one in near if one.pos_ != "PROPN"}
        voice = "noun" if row["part"] == "noun" else "intransitive" if row["whose"] != "agent" else ""
        does, voice = self.measure(who), voice or ("passive" if _is_passive(token) else "active")
        return {
            "word": row["word"], "harm": row["kind"], "start": token.idx, "end": token.idx + len(token),
            "voice_of_verb": voice, "victim_start": bears[0], "victim_end": bears[1],
            "victim_kind": bears[3], "victim_actor": bears[2], "named": named,
            "doer_start": does[0], "doer_end": does[1], "doer_actor": "" if named == _WEAPON else does[2],
            "negated": "negated" in unreal or any(one.dep_ == "neg" for one in near),
            "hypothetical": "hypothetical" in unreal,
        }  # fmt: skip

    def measure(self, noun: "Token | None") -> tuple[int, int, str, str]:
        """Return the characters of a noun phrase, with the words before its head and "of", its actor and its sort.

        The sort is from harm_words.csv, else `actor` where it is one, `people` or `other`.
        """
        if noun is None:
            return -1, -1, "", ""
        first, last = noun.left_edge, _after(noun.children, "of") or noun
        while noun.dep_ == "compound" and noun.i not in self.known and first.i - 1 in self.known:  # "Red army jets"
            first = first.nbor(-1)
        actors = [self.known[i] for i in (noun.i, *range(last.i, first.i - 1, -1)) if i in self.known]
        sorts = [_row("victim", one).get("kind", "people" if one.like_num else "") for one in (noun, last)]
        plain = "actor" if noun.i in self.known else "people" if "people" in sorts or noun.pos_ == "PRON" else "other"
        sort = next((one for one in sorts if one not in ("", "people")), plain)  # "dozens of civilians"
        return first.idx, last.idx + len(last), actors[0] if actors else "", sort
