"""Join the forms in which articles print one name: "Anna Kessler", "Anna B. Kessler" and "Kessler"."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from functools import cache

import pandas as pd

from helpers.lexicons import index_lexicon, read_lexicon
from helpers.reading.aliases import compile_aliases, fold, match_names, straighten
from helpers.reading.sheets import ACTOR_COLUMNS

_FORMS = {"name": "name", "other_names": "name", "adjective": "adjective", "people": "adjective", "capital": "metonym"}
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_PARTICLES = index_lexicon("name_particles.csv")
_WORD = rf"(?:(?:[a-z]{{2}}-)?[A-Z][\w’'-]+|{'|'.join((*_SMALL, *_PARTICLES))})"
_NAME = rf"({_WORD}(?: {_WORD}){{0,9}})"
_DEFINED = re.compile(rf"{_NAME}(?: [a-z-]+){{0,3}} \(([A-Z][A-Za-z]{{1,8}})\)")
_CALLED = re.compile(rf"{_NAME},? \(?(?:(?:also|better) (?:known as|called)|(?:formerly|previously)(?: known as)?)"
                     rf"(?: the)? (?={_NAME})")  # fmt: skip
_PARTS = re.compile(r"^[Tt]he\s+|^.*\s[-—]\s|'s?$|[\s.,;:“”\"']+$|^[\s.,;:“”\"']+")


def clean_name(name: str) -> str:
    """Return a name without article, short title ("Dr"), possessive and marks around it, with plain apostrophes."""
    first, _, rest = (name := straighten(name)).partition(" ")
    name = rest if rest[:1].isupper() and f"{first.strip('.').lower()}." in index_lexicon("titles.csv") else name
    return re.sub(r"^((?:[A-Z]\.)+[A-Z])$", r"\1.", _PARTS.sub("", " ".join(name.split())))  # "U.N." keeps its stop


def count_printed(actors: pd.DataFrame, texts: Iterable[str]) -> dict[str, Counter[int]]:
    """Return alias -> how often each text prints it, by the text's number; the longest alias wins."""
    matcher = compile_aliases(actors)
    printed: dict[str, Counter[int]] = defaultdict(Counter)
    for number, text in enumerate(texts):
        for name in match_names(text, matcher, others=True):
            printed[name.aliases[0].alias][number] += 1
    return printed


def find_other_names(texts: Iterable[str], bodies: Collection[str]) -> list[tuple[str, str]]:
    """Return pairs of names of one body: "X, also known as Y", and an acronym in brackets: "Port Workers Union (PWU)".

    Its name is the shortest before the bracket whose capitals are the acronym; else the longest of
    `bodies` there, where the acronym has half its letters from the initials or stands so twice (as of a name in another
    language).
    """
    found = Counter[tuple[str, str]]()
    for match in (match for text in texts for match in _DEFINED.finditer(text)):
        words, acronym = match[1].split(), match[2]
        names = [clean_name(" ".join(words[start:])) for start, word in enumerate(words) if word not in _SMALL]
        initials = {name: "".join(re.findall(r"(?<![\w’'])[A-Z]", name)) for name in names}
        exact = [name for name in names if initials[name] == acronym.upper()]
        near = [name for name in names if name in bodies and _is_acronym(acronym)]
        if exact:
            found[acronym, exact[-1]] += 2
        elif near:
            found[acronym, near[0]] += 1 + (2 * len({*acronym} & {*initials[near[0]]}) >= len({*acronym}))
    for match in (match for text in texts for match in _CALLED.finditer(text)):
        before, after = match[1].split(), match[2].split()
        one = [name for start in range(len(before)) if (name := clean_name(" ".join(before[start:]))) in bodies]
        other = [name for end in range(len(after), 0, -1) if (name := clean_name(" ".join(after[:end]))) in bodies]
        if one and other:
            found[one[0], other[0]] += 2
    return sorted(pair for pair, n in found.items() if n > 1)


@cache
def known_forms() -> dict[str, tuple[str, str, str, str]]:
    """Return each name in countries.csv, as `clean_name` leaves it -> its row of actors.csv."""
    known = {}
    for row in read_lexicon("countries.csv"):
        for column, kind in _FORMS.items():
            note = {"adjective": "", "metonym": "capital or seat"}.get(kind, row["note"])
            for form in filter(None, row[column].split("|")):
                is_acronym = kind == "name" and _is_acronym(form)
                known[clean_name(form)] = (row["name"], form, "acronym" if is_acronym else kind, note)
    return known


def group_countries(names: Collection[str]) -> pd.DataFrame:
    """Return the names that countries.csv knows as aliases of actors: actor, alias, kind, note."""
    rows, found = known_forms(), set(names)
    return pd.DataFrame([rows[name] for name in rows if name in found], columns=list(ACTOR_COLUMNS), dtype="str")


def group_names(names: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """Return the other names (name, label) as aliases of actors: actor, alias, kind, note.

    Forms of one name are: names that differ only by capitals, hyphens and "al-"; an acronym and the name it is
    defined beside; and those that `unite_names` joins. Left out are what often stands where a place does ("in
    Ostrel"), the agency that is told or credited ("via Reuters", "Anna Kessler/Reuters") and adjectives.
    """
    labels = dict(zip(names["name"], names["label"], strict=True))
    pairs = find_other_names(texts, {name for name, label in labels.items() if label != "PERSON"})
    for pair in pairs:
        labels |= {name: "ORG" for name in pair if labels.keys() & pair and name not in labels}
    surnames = {name.split()[-1] for name, label in labels.items() if label == "PERSON"} - labels.keys()
    surnames -= {name for name in surnames if len(name) == 1}  # of "Anna K."
    labels |= dict.fromkeys(sorted(surnames), "PERSON")  # spaCy misses many on their own
    labels = {name: label for name, label in labels.items() if _is_actor(name, label, labels.keys())}
    rows = pd.DataFrame([(name, name, "acronym" if _is_acronym(name) else "name", "") for name in labels],
                        columns=list(ACTOR_COLUMNS))  # fmt: skip
    printed, places = count_printed(rows, texts), count_places(texts)
    total = {name: printed[name].total() for name in labels}
    forms: dict[str, list[str]] = {}  # the most frequent first
    countries = {name for name in labels if labels[name] == "GPE" and 20 * places[name] > total[name]}
    for name in sorted(labels, key=lambda name: (-total[name], name)):
        if total[name] and places[name] < max(0.1 * total[name], 3):
            forms.setdefault(fold_name(name), []).append(name)
    counts = {key: sum((printed[name] for name in own), Counter()) for key, own in forms.items()}
    kinds = {key: "NORP" if own[0] in countries else labels[own[0]] for key, own in forms.items()}  # nobody's surname
    owners = unite_names(counts, kinds)
    for pair in pairs:
        one, other = (owners.get(fold_name(name)) for name in pair)
        if one and other:
            owners |= {name: other for name, owner in owners.items() if owner == one}
    rows = []
    for main in dict.fromkeys(filter(None, owners.values())):
        every = [name for key, owner in owners.items() if owner == main for name in forms[key]]
        own = []  # of "ROPE" and "Rope" the more frequent; not "Senior Anna Kessler", not "Northside Dockers"
        for name in sorted(every, key=lambda name: (name.isupper(), -total[name], name)):
            inner = [total[one] for one in every if " " in one and name.endswith(f" {one}")]
            twins = [one for one in every if fold(one) == fold(name)]
            if 5 * total[name] >= max(inner, default=0) and name == max(twins, key=lambda one: (total[one], one)):
                own.append((name, "acronym" if _is_acronym(name) and len(twins) == 1 else "name"))
        actor = max((name for name, _ in own), key=lambda name: (" " in name, total[name] * len(name), name))
        rows += [(actor, name, kind, "country" * (actor in countries)) for name, kind in own]
    return pd.DataFrame(rows, columns=list(ACTOR_COLUMNS), dtype="str")


def unite_names(counts: Mapping[str, Counter[int]], labels: Mapping[str, str]) -> dict[str, str]:
    """Return name -> the name it is a form of: itself where it is no other's, empty where two persons share it.

    `counts` is name -> how often each text prints it, by the text's number; `labels` are spaCy's.
    One name is: a name and what it begins ("Free Dockers", "Free Dockers of Ostrel"); a person's names where
    one holds the other; and a name of one word with the person or body that stands in the same texts, holds it and has
    three fifths of the mentions of all who do, by surname before others.
    """
    owners: dict[str, str] = {}
    holders: dict[str, dict[str, Counter[int]]] = defaultdict(dict)  # a word -> the names that hold it
    for name in sorted(counts, key=lambda name: (" " not in name, -counts[name].total(), name)):
        if " " in name:
            near = (main for word in name.split() for main in holders[word] if _is_form(name, main, labels))
            owners[name] = next(near, name)
            for word in name.split():
                holders[word].setdefault(owners[name], Counter()).update(counts[name])
            continue
        ends = {main: held for main, held in holders[name].items() if main.endswith(f" {name}")}
        family = {main: ends[main] for main in ends if labels[main] == "PERSON"}  # some persons are taken for bodies
        held = family or holders[name]
        n, beside = counts[name].total(), sum(counts[name][text] for text in _add(held))
        top = max(held, key=lambda main: held[main].total(), default=name)
        # most articles may print a full name once, or never where everybody knows it
        is_theirs = beside >= (0.1 if family else 0.8) * n or (family and 4 * held[top].total() >= n)
        is_theirs = is_theirs and labels[name] != "NORP"
        if not held or not is_theirs or not (family or 5 * n >= held[top].total()):
            owners[name] = name
        else:
            is_one = held[top].total() >= 0.6 * _add(ends if family else held).total()
            owners[name] = top if is_one else "" if family else name
    return owners


def _add(held: Mapping[str, Counter[int]]) -> Counter[int]:
    return sum(held.values(), Counter())


def _is_form(one: str, other: str, labels: Mapping[str, str]) -> bool:
    """Return whether two names of several words are forms of one."""
    short, long = sorted((one.split(), other.split()), key=len)
    if "PERSON" not in (labels[one], labels[other]):
        return long[: len(short)] == short and long[len(short)] in ("of", "for", "in")
    rest = iter(long)  # "anna b kessler" holds "anna kessler", in this order
    return short[-1] == long[-1] and all(word in rest for word in short) and {*_SMALL}.isdisjoint(long)


def count_places(texts: Iterable[str]) -> Counter[str]:
    """Return how often each name stands where a place does: after "in", "northern" ...; or is told, or credited."""
    before = "|".join(row["word"] for row in read_lexicon("place_words.csv") if row["use"] in ("place", "before"))
    placed = re.compile(rf"(?i:\b(?:{before}|told)\s+|/)((?:[\w'’-]*[A-Z][\w'’-]*\s?)+)")
    found = (match[1].strip() for text in texts for match in placed.finditer(straighten(text)))
    runs = [clean_name(run).split() for run in found if not re.search(r" .*'s$", run)]  # "into Anna Kessler's past"
    return Counter(" ".join(run[:n]) for run in runs for n in range(1, len(run) + 1))


def _is_actor(name: str, label: str, found: Set[str]) -> bool:
    """Return whether a name may be an actor's that countries.csv does not know: no plural, no adjective."""
    is_cut = not re.match(r"(?:[a-z]{2}-)?[A-Z]", name) or name.split()[-1] in _SMALL  # "al-Kessler" is whole
    is_plural = name[-1] == "s" and name[:-1] in found and label != "NORP"  # or has lost its apostrophe
    if is_cut or is_plural or {name, name.removesuffix("s")} & known_forms().keys():
        return False
    return label != "NORP" or " " in name or _is_acronym(name) or name.endswith("s")


def _is_acronym(name: str) -> bool:
    return name.isupper() and " " not in name


def fold_name(name: str) -> str:
    """Return a name as names are compared: small letters, without accents, hyphens, stops and Arabic articles."""
    words = re.findall(r"\w+", re.sub("[.\u0300-\u036f]", "", unicodedata.normalize("NFKD", fold(name))))
    return " ".join([word for word in words if word not in index_lexicon("name_particles.csv")] or words)
