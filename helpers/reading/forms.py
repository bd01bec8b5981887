"""Join the forms in which articles print one name: "Anna Kessler", "Anna B. Kessler" and "Kessler"."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from functools import cache, partial

import pandas as pd

from helpers.lexicons import index_lexicon, list_words, read_lexicon
from helpers.reading.aliases import PARTICLES, compile_aliases, fold, match_names, surname
from helpers.reading.sheets import ACTOR_COLUMNS

_MARKS = str.maketrans({other: row["letter"] for row in read_lexicon("look_alikes.csv") for other in row["others"]
                        if not row["letter"].isalpha()})  # fmt: skip
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_WORD = rf"(?:{PARTICLES}[A-Z][\w’'-]+|{'|'.join(_SMALL)})"
_NAME = rf"({_WORD}(?: {_WORD}){{0,9}})"
_SHORT = r"((?:[A-Z]\.){2,8}|[A-Z][A-Za-z]{1,8})"  # "P.W.U.", "PWU"
_DEFINED = re.compile(rf"{_NAME}(?: [a-z-]+){{0,3}} \({_SHORT}\)|(?<!\w){_SHORT} \({_NAME}\)")
_CALLED = re.compile(rf"{_NAME},? \(?(?:(?:also|better) (?:known as|called)|(?:formerly|previously)(?: known as)?)"
                     rf"(?: the)? (?={_NAME})")  # fmt: skip
_PARTS = re.compile(rf"^[Tt]he\s+|^.*\s[-—]\s|'s?$|(?: (?:{'|'.join(_SMALL)}))+$|,? (?:[JS]r\.?|I{{2,3}})$|"
                    r"[\s.,;:“”\"']+$|^[\s.,;:“”\"']+|[][]")  # fmt: skip


def clean_name(name: str) -> str:
    """Return a name without article, short title ("Dr"), possessive and marks around it, with plain apostrophes."""
    first, _, rest = (name := name.translate(_MARKS)).partition(" ")
    name = rest if rest[:1].isupper() and f"{first.strip('.').lower()}." in index_lexicon("titles.csv") else name
    return re.sub(r"^((?:[A-Z]\.)+[A-Z])$", r"\1.", _PARTS.sub("", " ".join(name.split())))  # "U.N." keeps its stop


def count_printed(actors: pd.DataFrame, texts: Iterable[str]) -> dict[str, Counter[int]]:
    """Return alias -> how often each text prints it, by the text's number; the longest alias wins."""
    matcher = compile_aliases(actors)
    printed: dict[str, Counter[int]] = defaultdict(Counter)
    for number, text in enumerate(texts):
        for name in match_names(text, matcher):
            printed[name.aliases[0].alias][number] += 1
    return printed


def find_other_names(texts: Iterable[str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return pairs of names of one actor: "X, also known as Y", and an acronym in brackets: "Port Workers Union (PWU)".

    `labels` is name -> spaCy's label. An acronym's name is the shortest before the bracket whose capitals are the
    acronym; else the longest in `labels` there that is no person's, where the acronym has half its letters from the
    initials or stands so twice (as of a name in another language).
    """
    found, bodies = Counter[tuple[str, str]](), {name for name, label in labels.items() if label != "PERSON"}
    for before, acronym, first, after in (match for text in texts for match in _DEFINED.findall(text)):
        words, acronym = (before or after).split(), acronym or first
        names = [clean_name(" ".join(words[start:])) for start, word in enumerate(words) if word not in _SMALL]
        initials = {name: "".join(re.findall(r"(?<![\w’'])[A-Z]", name)) for name in names}
        exact = [name for name in names if initials[name] == acronym.upper().replace(".", "")]
        near = [name for name in names if name in bodies and acronym.isupper()]
        for name in [*exact[-1:], *near][:1]:
            found[acronym, name] += 1 + (2 * len({*acronym.upper()} & {*initials[name]}) >= len({*acronym}))
    for before, after in (pair for text in texts for pair in _CALLED.findall(text.translate(_MARKS))):
        one = max((name for name in labels if f" {before}".endswith(f" {name}")), key=len, default="")
        other = max((name for name in labels if f"{after} ".startswith(f"{name} ")), key=len, default="")
        if one and other:
            found[one, other] += 2
    return sorted(pair for pair, n in found.items() if n > 1)


@cache
def known_forms() -> dict[str, tuple[str, ...]]:
    """Return each name in countries.csv, as `clean_name` leaves it -> its row of actors.csv."""
    return {clean_name(row["alias"]): tuple(row.values()) for row in read_lexicon("countries.csv")}


def group_names(names: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """Return the names (name, label) that countries.csv does not know as aliases of actors: actor, alias, kind, note.

    Forms of one name are: names that differ only by capitals, hyphens and "al-"; an acronym and the name it is
    defined beside; and those that `join_names` joins. Left out are what often stands where a place does ("in
    Ostrel"), the agency that is told or credited ("via Reuters", "Anna Kessler/Reuters") and adjectives.
    """
    labels = dict(zip(names["name"], names["label"], strict=True))
    pairs = find_other_names(texts, labels)
    surnames = sorted({surname(name) for name, label in labels.items() if label == "PERSON"})
    alone = filter(re.compile(rf"{PARTICLES}[A-Z][\w’'-]").match, surnames)  # not "said", nor of "Anna K."
    defined = [name for pair in pairs if labels.keys() & pair for name in pair]
    labels = dict.fromkeys(alone, "PERSON") | dict.fromkeys(defined, "ORG") | labels  # spaCy misses many on their own
    own = [name for name, label in labels.items() if _is_actor(name, label, labels.keys())]
    kinds = ["acronym" if name.isupper() and " " not in name else "name" for name in own]
    named = pd.DataFrame({"actor": own, "alias": own, "kind": kinds, "note": ""}, dtype="str")
    printed, places = count_printed(named, texts), count_places(texts)
    known = {"n": [printed[name].total() for name in own], "placed": [places[name] for name in own]}
    named = named.assign(**known, label=[labels[name] for name in own], fold=named["alias"].map(fold))
    named = named[named["n"].gt(0) & named["placed"].lt((0.1 * named["n"]).clip(lower=3))]
    named = named.sort_values(["n", "alias"], ascending=[False, True])
    is_land = named["label"].eq("GPE") & named["n"].lt(20 * named["placed"])
    named = named.assign(label=named["label"].mask(is_land, "NORP"))  # nobody's surname
    named.loc[named["fold"].duplicated(keep=False), "kind"] = "name"  # "ROPE" and "Rope": the more frequent
    forms = named.groupby(named["alias"].map(fold_name))
    counts = {key: sum((printed[name] for name in some), Counter()) for key, some in forms["alias"]}
    owners = join_names(counts, forms["label"].first().to_dict())  # of the most frequent form
    for pair in pairs:
        one, other = (owners.get(fold_name(name)) for name in pair)
        if one and other:
            owners |= {name: other for name, owner in owners.items() if owner == one}
    named = named.assign(owner=named["alias"].map(fold_name).map(owners)).drop_duplicates("fold").query("owner != ''")
    fullest = partial(max, key=lambda name: (" " in name, printed[name].total() * len(name), name))
    named["actor"] = named.groupby("owner")["alias"].transform(fullest)
    named.loc[named["actor"].isin(named["alias"][is_land]), "note"] = "country"
    return named[[*ACTOR_COLUMNS]]


def join_names(counts: Mapping[str, Counter[int]], labels: Mapping[str, str]) -> dict[str, str]:
    """Return name -> the name it is a form of: itself where it is no other's, empty where two persons share it.

    `counts` is name -> how often each text prints it, by the text's number; `labels` are spaCy's.
    One name is: a name and what it begins ("Free Dockers", "Free Dockers of Ostrel"); a person's names where one holds
    the other; and a name of one word with the person or body that stands in the same texts, holds it and has three
    fifths of the mentions of all who do, by surname before others.
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
        family = [main for main in ends if labels[main] == "PERSON"]  # some persons are taken for bodies
        held = {main: holders[name][main] for main in family} or holders[name]
        rivals = sum(held.total() for held in (ends if family else held).values())
        n, beside = counts[name].total(), sum(counts[name][text] for text in set().union(*held.values()))
        most, top = max(((held[main].total(), main) for main in held), default=(0, name))
        # most articles may print a full name once, or never where everybody knows it
        is_theirs = beside >= 0.1 * n or 4 * most >= n if family else beside >= 0.8 * n and 5 * n >= most >= 0.1 * n
        owners[name] = name
        if is_theirs and labels[name] != "NORP":
            owners[name] = top if most >= 0.6 * rivals else "" if family else name
    return owners


def _is_form(one: str, other: str, labels: Mapping[str, str]) -> bool:
    """Return whether two names of several words are forms of one."""
    short, long = sorted((one.split(), other.split()), key=len)
    if "PERSON" not in (labels[one], labels[other]):
        return long[: len(short)] == short and long[len(short)] in ("of", "for", "in")
    rest = iter(long)  # "anna b kessler" holds "anna kessler", in this order
    return short[-1] == long[-1] and all(word in rest for word in short) and {*_SMALL}.isdisjoint(long)


def count_places(texts: Iterable[str]) -> Counter[str]:
    """Return how often each name stands where a place does: after "in", "northern" ...; or is told, or credited."""
    before = "|".join(list_words("place_words.csv", "place", "before"))
    placed = re.compile(rf"(?i:\b(?:{before}|told)\s+|/)((?:[\w'’-]*[A-Z][\w'’-]*\s?)+)")
    found = (match[1].strip() for text in texts for match in placed.finditer(text.translate(_MARKS)))
    runs = [clean_name(run).split() for run in found if not re.search(r" .*'s$", run)]  # "into Anna Kessler's past"
    return Counter(" ".join(run[:n]) for run in runs for n in range(1, len(run) + 1))


def _is_actor(name: str, label: str, found: Set[str]) -> bool:
    """Return whether a name may be an actor's that countries.csv does not know: no plural, no adjective."""
    is_plural = name[-1] == "s" and name[:-1] in found and label != "NORP"  # or has lost its apostrophe
    is_adjective = label == "NORP" and " " not in name and not name.isupper() and not name.endswith("s")
    return not (is_plural or is_adjective or {name, name.removesuffix("s")} & known_forms().keys())


def fold_name(name: str) -> str:
    """Return a name as names are compared: small letters, without accents, hyphens, stops and Arabic articles."""
    words = re.findall(r"\w+", fold(name).replace(".", ""))
    return " ".join([word for word in words if word not in index_lexicon("name_particles.csv")] or words)
