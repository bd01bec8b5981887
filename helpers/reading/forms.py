"""Join the forms in which articles print one name: "Anna Kessler", "Anna B. Kessler" and "Kessler"."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.lexicons import index_lexicon, list_words, read_lexicon
from helpers.reading.aliases import PARTICLES, compile_aliases, fold, match_names, surname
from helpers.reading.sheets import ACTOR_COLUMNS

_MARKS = str.maketrans({other: row["letter"] for row in read_lexicon("look_alikes.csv") for other in row["others"]
                        if not row["letter"].isalpha()})  # fmt: skip
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_ALSO = "|".join(map(re.escape, index_lexicon("other_names.csv")))
_CALLED = re.compile(rf"(?: [\w-]+){{0,3}}?,? \(?(?:[\w-]+ ){{0,3}}?(?:{_ALSO})(?: the)? \"?")  # between two names
_BEFORE, _OF = ("|".join(list_words("place_words.csv", *uses)) for uses in (("place", "before"), ("noun",)))
_PLACED = re.compile(rf"(?i:\b(?:{_BEFORE}|told|(?:{_OF})s? of) |/)$")
_FOLLOWED = re.compile(rf"[ -](?:{'|'.join(list_words('place_words.csv', 'follows'))})\b")
_PARTS = re.compile(rf"^[Tt]he\s+|^.*\s[-—]\s|'s?$|(?: (?:{'|'.join(_SMALL)}))+$|,? (?:[JS]r\.?|I{{2,3}})$|"
                    r"[\s.,;:\"']+$|^[\s.,;:\"']+|[][]")  # fmt: skip


def clean_name(name: str) -> str:
    """Return a name without article, short title ("Dr"), possessive and marks around it, with plain apostrophes."""
    first, _, rest = (name := name.translate(_MARKS)).partition(" ")
    name = rest if rest[:1].isupper() and f"{first.strip('.').lower()}." in index_lexicon("titles.csv") else name
    return re.sub(r"^((?:[A-Z]\.)+[A-Z])$", r"\1.", _PARTS.sub("", " ".join(name.split())))  # "U.N." keeps its stop


def fold_name(name: str) -> str:
    """Return a name as names are compared: small letters, without accents, hyphens, stops and Arabic articles."""
    words = re.findall(r"\w+", fold(name).replace(".", ""))
    return " ".join([word for word in words if word not in index_lexicon("name_particles.csv")] or words)


# each name in countries.csv, as `clean_name` leaves it -> its row of actors.csv
KNOWN_FORMS = {clean_name(row["alias"]): tuple(row.values()) for row in read_lexicon("countries.csv")}


def find_printed(actors: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """Return where texts print an alias, the longest that stands there: alias, text (its number).

    `placed` says whether it stands where a place does ("in X and Y", "X province"), or is told or credited ("via X");
    `split` whether it begins a longer name. Between it and `last`, the alias before it, stands `gap`.
    """
    matcher, rows = compile_aliases(actors), []
    for number, text in enumerate(texts):
        last, end, is_placed = "", 0, False
        for name in match_names(text := text.translate(_MARKS), matcher):
            alias, after = name.aliases[0].alias, text[name.end : name.end + 16]
            is_past = " " in alias and after.startswith("'s ")  # "into Anna Kessler's past"
            gap = text[end : name.start]
            is_joined = is_placed and gap in (" and ", ", ", ", and ")  # "the towns of Ostrel and Velmora"
            is_placed = bool(is_joined or _PLACED.search(gap) or _FOLLOWED.match(after)) and not is_past
            rows.append((alias, number, is_placed, bool(re.match(" [A-Z]", after)), last, gap if last else ""))
            last, end = alias, name.end
    return pd.DataFrame(rows, columns=["alias", "text", "placed", "split", "last", "gap"])


def find_other_names(printed: pd.DataFrame, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return pairs of names of one actor: "X, also known as Y", and an acronym in brackets, or after "or".

    `printed` is as `find_printed` returns it, `labels` is name -> spaCy's label. An acronym has half its letters from
    the initials of the name, which is no person's, or stands so twice (as of a name in another language).
    """
    called = printed[printed["gap"].str.fullmatch(_CALLED)]
    beside = printed[printed["gap"].isin([" (", ", or "])]
    pairs = list(zip(called["last"], called["alias"], strict=True))
    for pair, n in beside.groupby(["last", "alias"]).size().items():
        short, long = sorted(pair, key=lambda name: not name.isupper())
        shared = {*short} & {*re.findall(r"(?<![\w'])[A-Z]", long)}
        if short.isupper() and labels.get(long) != "PERSON" and n + (2 * len(shared) >= len({*short})) > 1:
            pairs.append(pair)
    return pairs


def group_names(names: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """Return the names (name, label) as aliases of actors: actor, alias, kind, note; n, how often texts print it.

    A name that countries.csv knows has its actor from there. Forms of one name are: names that differ only by capitals,
    hyphens and "al-"; those that an article says are one ("X, also known as Y"), an acronym and the name it is defined
    beside among them; and those that `join_names` joins. Left out are what often stands where a place does ("in
    Ostrel"), the agency that is told or credited ("via Reuters", "Anna Kessler/Reuters"), the first part of longer
    names ("Super Ropers") and adjectives.
    """
    labels = dict(zip(names["name"], names["label"], strict=True))
    surnames = sorted({surname(name) for name, label in labels.items() if label == "PERSON"})
    alone = filter(re.compile(rf"{PARTICLES}[A-Z][\w’'-]").match, surnames)  # not "said", nor of "Anna K."
    labels = dict.fromkeys(alone, "PERSON") | labels  # spaCy misses many on their own
    known = pd.DataFrame(KNOWN_FORMS.values(), index=KNOWN_FORMS.keys(), columns=[*ACTOR_COLUMNS])
    peoples = {name for name, label in labels.items() if label == "NORP"}
    plurals = {name for name in labels.keys() - peoples if name[-1] == "s" and name[:-1] in labels}
    adjectives = {name for name in peoples if re.fullmatch(r"\S*[a-z-]\S*[^s\s]", name)}  # "Stoic", no "Stoics"
    others = {*known.index, *(f"{name}s" for name in known.index), *plurals, *adjectives}
    own = [name for name in labels if name not in others]
    known = known[known["actor"].isin(known["actor"].reindex(labels.keys()))]
    kinds = ["acronym" if name.isupper() and " " not in name else "name" for name in own]
    named = pd.concat([known, pd.DataFrame({"actor": "", "alias": own, "kind": kinds, "note": ""}, dtype="str")])
    printed = find_printed(named, texts)
    named = named.merge(printed.assign(n=1).groupby("alias", as_index=False)[["n", "placed", "split"]].sum())
    is_other = named["placed"].ge((0.1 * named["n"]).clip(lower=2)) | (2 * named["split"]).gt(named["n"])
    named = named[named["actor"].ne("") | ~is_other].sort_values(["n", "alias"], ascending=[False, True])
    named = named.assign(fold=named["alias"].map(fold), key=named["alias"].map(fold_name))
    named.loc[named["fold"].duplicated(keep=False) & named["actor"].eq(""), "kind"] = "name"  # "ROPE" and "Rope"
    named = named.sort_values("actor", ascending=False, kind="stable").drop_duplicates("fold")  # the more frequent
    new = named[named["actor"].eq("")].drop_duplicates("key")
    is_land = new["alias"].map(labels).eq("GPE") & new["n"].lt(20 * new["placed"])
    types = new["alias"].map(labels).mask(is_land, "NORP").set_axis(new["key"])  # a land is nobody's surname
    counts = printed["text"].groupby(printed["alias"].map(fold_name)).agg(Counter)
    owners = join_names(counts[types.index].to_dict(), types.to_dict())
    owners |= {fold_name(name): actor for name, (actor, *_) in KNOWN_FORMS.items()}
    owner = named["key"].map(owners).set_axis(named["fold"])
    bodies = {"", *known["actor"]}
    for pair in find_other_names(printed, labels):
        one, other = sorted((owner.get(fold(name), "") for name in pair), key=bodies.__contains__)
        if one not in bodies and other:
            owner = owner.replace(one, other)
    size = named["n"] * named["alias"].str.len()
    named = named.assign(owner=[*owner], size=size + 1e6 * named["alias"].str.contains(" "))
    named = named[named["owner"].ne("")].sort_values(["size", "alias"], ascending=False)  # the fullest name first
    fullest = named.groupby("owner")["alias"].transform("first")
    named = named.assign(actor=named["owner"].where(named["owner"].isin(bodies), fullest))
    named.loc[named["actor"].isin(new["alias"][is_land]), "note"] = "country"
    return named[[*ACTOR_COLUMNS, "n"]]


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
        # most articles may print a full name once, or never where everybody knows it; a first name is of one person
        is_known, is_sole = beside >= 0.1 * n or 4 * most >= n, len(held) == 1 or labels[top] != "PERSON"
        is_theirs = is_known if family else is_sole and beside >= 0.8 * n and 5 * n >= most >= 0.1 * n
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
