"""Match the aliases of actors.csv in a text: the longest wins, plural and possessive forms count."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from helpers.lexicons import index_lexicon, list_words, read_lexicon
from helpers.reading.schemas import UNRESOLVED

OTHER = "(other)"  # in actors.csv: a longer name that holds an alias but is not an actor
_POINTER = r"(?i:the|this|these|those|its|their|whose)\s+"
_POINTED = re.compile(rf"\b{_POINTER}$")
_LETTERS = [(other, row["letter"]) for row in read_lexicon("look_alikes.csv") for other in row["others"]]
_ALIKE = str.maketrans({other: letter[0] for other, letter in _LETTERS})
_DOUBLE = str.maketrans({other: f"{letter}\3" for other, letter in _LETTERS if len(letter) > 1})
_DOUBLES = re.compile(r"(?<=[^\W_aeiouq])[aou]e(?=[^\W_aeiouy]\w)|ss")  # in "Mueller" and "Strauss", not in "Joey"
MARKS = str.maketrans({"\N{SOFT HYPHEN}": ""} | {other: letter for other, letter in _LETTERS if not letter.isalpha()})
_UNLIKE = re.compile(f"[{re.escape(''.join(map(chr, _ALIKE)))}]")  # found by it, they take an eighth of the time

PARTICLES = rf"(?i:(?:{'|'.join(index_lexicon('name_particles.csv'))})[ -])*"  # "al-", "van der "
_ARTICLES = "|".join(sorted(sorted(list_words("name_particles.csv", "Arabic article")), key=len, reverse=True))
_ARTICLES += "".join(rf"|{one}(?=.?-)" for one in sorted(list_words("name_particles.csv", "article at a hyphen")))
# in either case before a name, which keeps its capital letter: "the Front" is no "front", al-Noor and Al-Noor are one
_LEAD = re.compile(rf"(?:(?:(?i:the )|{PARTICLES})(?=\w))?")
# "J. K. Lind", "J.-K. Lind" and "J K Lind" are one, and so are "St. Lind" and "St Lind", "Lind, Inc." and "Lind Inc."
_SHORT = r"(?<=\b[A-Z])(?:\.?[ -]?(?=[A-Z]\b)|(?= [A-Z]))|\.(?= [A-Z])|(?<=\b[A-Z][a-z])(?= [A-Z])"
_STOPS = re.compile(rf"{_SHORT}|,? (?=(?:[JS]r|II+|Inc|Ltd|LLC|Corp|plc)\b)")
# what may be printed for a letter of an alias: "Red & Blue", "G-7", "Muller" for "Mueller", "Workers Party"
_ALSO = {0: r"[.,]?[\s-]?", 1: r"(?:\s*&\s*|\s+and\s+)", 2: "[ -]?", 3: "?", ord('"'): "[\"']", ord("'"): "[\"']?"}
_ADDED = r"""(?:[A-Z]\.|["'(][^"'()]{2,20}["')])"""  # "Ann B. Lind", "Ivo “Red” Lind"
_ADDRESS = re.compile(r"(?:://|\bwww\.|[\w-]\.[a-z]{2,}/)\S*$")  # up to a name: nobody is named in "post.example/Lind"
GIVEN = frozenset(index_lexicon("first_names.csv"))
GIVEN |= {name.title() for name in list_words("ordinary_words.csv", "first name", "town")}  # of places, too: "Victoria"
_SPELLINGS = {word: words for words in index_lexicon("spellings.csv") for word in words.split("|")}


class Alias(NamedTuple):
    """One row of actors.csv, read."""

    actor: str
    alias: str
    kind: str
    head: str  # the words that are matched: without "the" and without an owner
    country: bool  # its note says "country": the name also stands for a place
    pointed: bool  # written "the militants": counts only after the, this, its ...
    owner: str  # written "X's army": counts only when owned by actor X
    alone: bool  # its actor has descriptions only ("the union"), so that no name before it can make it clear


class Matcher(NamedTuple):
    """The aliases of a corpus, compiled."""

    pattern: re.Pattern[str]  # all aliases, the longest first, each with a group, for straightened texts
    aliases: Sequence[tuple[Alias, ...]]  # of each group: more than one where several actors share it
    people: dict[str, frozenset[str]]  # actors that are people -> the words of their names

    def look_up(self, name: str) -> tuple[Alias, ...]:
        """Return the aliases that a name as printed is."""
        found = self.pattern.fullmatch(straighten(name))
        return self.aliases[found.lastindex - 1] if found else ()


class Name(NamedTuple):
    """One alias found in a text."""

    start: int
    end: int
    aliases: tuple[Alias, ...]  # more than one when several actors share it
    inside: str  # the longer name it is nested in as "start:end", "" where there is none

    @property
    def common(self) -> bool:
        """Whether it is a description in ordinary words, which may stand for anybody ("the army")."""
        return self.aliases[0].kind == "description" and self.aliases[0].head.islower()

    @property
    def candidates(self) -> str:
        """The actors that it may stand for, where they are several."""
        actors = {alias.actor for alias in self.aliases} if len(self.aliases) > 1 else ()
        return " | ".join(sorted(actors)) if len(actors) > 1 else ""

    @property
    def actor(self) -> str:
        return UNRESOLVED if self.candidates else self.aliases[0].actor


def fold(text: str) -> str:
    """Return a text as aliases are compared: lower case, straight apostrophes, single spaces also for hyphens."""
    return _STOPS.sub("", re.sub(r"[\s-]+", " ", text.translate(_ALIKE))).lower()


def straighten(text: str) -> str:
    """Return a text with plain apostrophes, hyphens and letters; no character moves."""
    return _UNLIKE.sub(lambda found: _ALIKE[ord(found[0])], text)


def surname(name: str) -> str:
    """Return the last word of a name, but for "Jr.", with the particles before it: "van der Berg"."""
    return re.search(rf"(?:(?<= ){PARTICLES})?\S+$", re.sub(r"(?<=\S),? (?:[JS]r\.?|I{2,3}|IV)$", "", name))[0]


def _spell(found: re.Match[str]) -> str:
    """Return a regular expression for all spellings of a word: "l(?:abor|abour)"."""
    [first, *_], others = found[0], _SPELLINGS.get(found[0].replace("\3", ""), "").split("|")
    return f"{first}(?:{'|'.join(re.escape(one[1:]) for one in others)})" if len(others) > 1 else found[0]


def _pattern(alias: str, kind: str) -> str:
    """Return a regular expression for an alias in straightened texts: spellings, plural; case as in the README."""
    head = straighten(_DOUBLES.sub("\\g<0>\3", alias).translate(_DOUBLE))
    plural = "(?:e?s)?" if len(head) > 1 and head[-1].isalpha() and head[-1].lower() != "s" else ""
    if kind == "acronym":
        form = re.sub(r"\\\.(?=\w)", r"\\. ?", re.escape(straighten(alias))) + ("s?" if plural else "")
        form += "?" if form[-1] == "." else ""  # "(P.W.U)"
    else:
        head = re.sub("(?<=[A-Za-z])[ -]?(?=[0-9])", "\2", re.sub(" ?& ?| and ", "\1", head))
        at, plural = _LEAD.match(head).end(), r"\.?" if head[-1] == "." else plural
        lead, first, head = re.escape(head[:at].lower()), head[at], _STOPS.sub("\0", head[at:].removesuffix("."))
        rest = re.sub("[a-z\3]+", _spell, re.escape(head.lower()))[len(re.escape(first)) :]
        rest = re.sub("man$", "m[ae]n", re.sub("y$", "(?:y|ies)" if kind == "name" else "y", rest))
        # a class of one letter is ruled out sooner than a letter without case
        either = f"[{first}{first.upper()}]" if first.islower() else re.escape(first)
        form = f"(?i:{lead}){either}(?i:{rest}{plural})"
        # "al-Noor" is "El-Noor", and "Workers' Party" "Worker's Party"
        form = re.sub(r"s'?(?=\\[ -])", "'s'", re.sub(rf"\b(?:{_ARTICLES})(?=\\[ -])", f"(?:{_ARTICLES})", form))
    gap = rf"[\s-]+(?:{_ADDED}\s)?" if kind == "name" else r"[\s-]+"  # "Al Noor", "al-Noor"
    return re.sub(r"\\[ -]", "\4", form).translate(_ALSO | {4: gap})


def _list_other_forms(alias: Alias) -> Iterator[tuple[str, str]]:
    """Yield how else an alias is written: "PWU" as "P.W.U.", "William Lind" as "Bill Lind" and "Lind, William"."""
    if re.fullmatch(r"(?:[A-Z]\.?){2,6}", alias.head):
        letters = alias.head.replace(".", "")
        yield letters if "." in alias.head else re.sub("(.)", r"\1.", letters), "acronym"
    first, _, rest = alias.head.partition(" ")
    if rest and alias.kind == "name" and first in index_lexicon("first_names.csv"):
        yield f"{rest}, {first}", "name"
        groups = (row["names"].split("|") for row in read_lexicon("nicknames.csv"))
        yield from ((f"{one.title()} {rest}", "name") for own in groups if first.lower() in own for one in own)


def compile_aliases(actors: pd.DataFrame) -> Matcher:
    """Return the rows of actors.csv (actor, alias, kind, note) as one matcher; the longest alias wins."""
    rows = list(actors[["actor", "alias", "kind", "note"]].itertuples(index=False, name=None))
    owners = {fold(alias): actor for actor, alias, kind, _ in rows if kind != "description"}
    known: dict[str, list[Alias]] = {}  # by their pattern
    for actor, alias, kind, note in rows:
        head, is_described = alias.translate(MARKS).strip("\"' "), kind == "description"  # printed in marks or not
        bare = re.sub(f"^{_POINTER}", "", head) if is_described else head
        owned = re.fullmatch(r"(.+?)'s? (.+)", bare) if is_described else None
        owner = owners.get(fold(owned[1]), "") if owned else ""
        is_country, is_alone = bool(re.search(r"\bcountry\b", note)), actor not in owners.values()
        read = Alias(actor, alias, kind, owned[2] if owner else bare, is_country, bare != head, owner, is_alone)
        known.setdefault(_pattern(read.head, kind), []).append(read)
    others: dict[str, list[Alias]] = {}  # of those who share an alias, all are meant by its other forms
    for own in known.values():
        for form, kind in _list_other_forms(own[0]):
            ends = "(?! [A-Z])" if ", " in form else ""  # "Lind, Ann Roe" are two
            others.setdefault(_pattern(form, kind) + ends, []).extend(own)
    known = others | known
    longest = sorted(known.items(), key=lambda pair: (-len(pair[1][0].head), pair[1][0].kind != "acronym", pair[0]))
    # nor in "#Lind", "O'Lind", "Lind.pdf", "Q&A", "PWU-31", "leader-elect" and "K-pop"
    forms = "|".join(f"{form}()" for form, _ in longest) or "(?!)"  # each ends with an empty group, which tells it
    full = rf"(?<![^\W_]|[@#&])(?<!\w[_'])(?:{forms})(?![^\W_]|_\w|[@&$]|-\d|-elect\b|\.[a-z]{{2}}|(?<=\b[A-Z])-[a-z])"
    return Matcher(re.compile(full), [tuple(own) for _, own in longest], _list_people(actors))


def _list_people(actors: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the actors with an alias that is the last word of a longer one ("Ann Smith", "Smith"): they are people.

    So are those called by the first word of one, a first name. An organisation or a country may be shortened so too:
    its last word is a noun of source_nouns.csv, it has an acronym, or its note says "country".
    """
    people, nouns = {}, index_lexicon("source_nouns.csv")
    is_body = actors["kind"].eq("acronym") | actors["note"].str.contains("country")
    for actor, own in actors[~actors["actor"].isin(actors["actor"][is_body])].groupby("actor"):
        ends = {surname(name) for name in own["alias"] if " " in name}
        ends |= {word for name in own["alias"] for word in name.split() if " " in name and name.split()[0] in GIVEN}
        words = frozenset(word.strip(".") for word in " ".join(own["alias"]).split())
        known = {name for name in ends.intersection(own["alias"]) if name != name.lower()}
        if any(name.lower() not in nouns for name in known) or (known and not GIVEN.isdisjoint(words)):
            people[actor] = words
    return people


def match_names(text: str, matcher: Matcher) -> list[Name]:
    """Return each alias in `text` with the aliases it may stand for, names nested at a hyphen included."""
    found: list[Name] = []
    for match in matcher.pattern.finditer(straighten(text)):
        start, end = match.span()
        is_pointed = _POINTED.search(text, max(0, start - 8), start)
        known = sorted(matcher.aliases[match.lastindex - 1], key=lambda one: one.alias != match[0])  # as printed first
        aliases = tuple(one for one in known if is_pointed or not one.pointed)
        if not aliases or (not text[start - 1].isspace() and _ADDRESS.search(text, max(0, start - 99), start)):
            continue
        found.append(Name(start, end, aliases, ""))
        found += _find_nested(matcher, match[0], found[-1])
    return found


def _find_nested(matcher: Matcher, text: str, around: Name) -> Iterator[Name]:
    """Yield the actors named inside a longer alias: anywhere in a description, in a name only at a hyphen ("X-led")."""
    words = r"\w[\w.]*" if around.aliases[0].kind == "description" else r"\w[\w.]*(?=-)|(?<=-)\w[\w.]*"
    own = {OTHER, *(alias.actor for alias in around.aliases)}
    for word in re.finditer(words, "" if around.common or around.actor == OTHER else text):
        aliases = matcher.look_up(word[0])
        if aliases and aliases[0].kind != "description" and aliases[0].actor not in own:
            start = around.start + word.start()
            yield Name(start, start + len(word[0]), aliases, f"{around.start}:{around.end}")


def list_found(text: str, matcher: Matcher) -> list[Name]:
    """Return the aliases in a text without parsing it, for headlines and short texts: none of `(other)`, none owned."""
    return [name._replace(aliases=own) for name in match_names(text, matcher)
            if (own := tuple(one for one in name.aliases if not one.owner and one.actor != OTHER))]  # fmt: skip
