"""Names as they are printed -> names that can be compared, and which of them are forms of one."""

import re
from collections import Counter
from collections.abc import Iterable

import pandas as pd

from helpers.reading.sources import read_titles

_WORD = r"(?:[A-Z][\w’'-]+|of|the|for|and|de|in|on)"
_DEFINED = re.compile(rf"({_WORD}(?: {_WORD}){{1,9}}) \(([A-Z][A-Za-z]{{1,8}})\)")
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_PARTS = re.compile(r"^[Tt]he\s+|['’]s?$|[\s.,;:“”\"‘’']+$|^[\s.,;:“”\"‘’']+")


def count_names(entities: pd.DataFrame, outlets: Iterable[str]) -> pd.DataFrame:
    """Return each name, without article and possessive: label (the most frequent), n, ..., and its first place."""
    named = entities.assign(name=entities["name"].map(clean_name).astype("str"))
    own = {clean_name(outlet).casefold() for outlet in outlets}
    is_name = named["name"].str.match(r"[A-Z]\w") & ~named["name"].str.casefold().isin(own)
    named = named[is_name]
    labels = named.groupby(["name", "label"], as_index=False).size()
    labels = labels.sort_values(["name", "size", "label"], ascending=[True, False, True]).drop_duplicates("name")
    counts = named.groupby("name", as_index=False).agg(
        n=("start", "size"), n_articles=("article_id", "nunique"), n_outlets=("outlet", "nunique"),
        article_id=("article_id", "first"), start=("start", "first"),
    )  # fmt: skip
    counts = labels[["name", "label"]].merge(counts, on="name")
    return counts[["name", "label", "n", "n_articles", "n_outlets", "article_id", "start"]]


def clean_name(name: str) -> str:
    """Return a name without article, possessive, titles and marks around it."""
    name = " ".join(name.split())
    before = None
    while before != name:
        before, name = name, _PARTS.sub("", name)
    words = name.split()
    while len(words) > 1 and words[0].strip(".").lower() in read_titles():
        words.pop(0)
    return " ".join(words)


def find_acronyms(texts: Iterable[str]) -> dict[str, str]:
    """Return acronym -> the name it is defined beside: the shortest whose capitals or words it stands for."""
    found: dict[str, Counter[str]] = {}
    for text in texts:
        for match in _DEFINED.finditer(text):
            words, acronym = match[1].split(), match[2]
            letters = re.sub(r"[a-z]", "", acronym) or acronym
            for start in range(len(words) - 1, -1, -1):
                part = words[start:]
                pieces = [piece for word in part if word not in _SMALL for piece in word.split("-") if piece]
                initials = "".join(piece[0] for piece in pieces)
                if words[start] not in _SMALL and initials.upper() == letters.upper() and len(part) > 1:
                    found.setdefault(acronym, Counter())[clean_name(" ".join(part))] += 1
                    break
    return {acronym: min(names, key=lambda name: (-names[name], name)) for acronym, names in found.items()}


def group_names(counts: pd.DataFrame, acronyms: dict[str, str]) -> dict[str, list[tuple[str, str, str]]]:
    """Return actor -> its aliases (alias, kind, note)."""
    labels = dict(zip(counts["name"], counts["label"], strict=True))
    n = dict(zip(counts["name"], counts["n"], strict=True))
    for acronym, name in acronyms.items():
        if acronym in labels or name in labels:
            labels.setdefault(name, "ORG")
            labels.setdefault(acronym, "ORG")
    for name in [name for name, label in labels.items() if label == "PERSON" and " " in name]:
        labels.setdefault(name.split()[-1], "PERSON")  # spaCy misses many a surname on its own
    groups: dict[str, list[tuple[str, str, str]]] = {}
    labels = {name: label for name, label in labels.items() if not (name.endswith("s") and name[:-1] in labels)}
    whole: dict[str, list[str]] = {}
    for name, label in labels.items():
        if label == "PERSON" and " " in name:
            whole.setdefault(name.split()[-1], []).append(name)
    for name in sorted(labels, key=lambda one: (-len(one.split()), one)):
        actor = _find_owner(name, labels, acronyms, n, whole)
        kind = "acronym" if name in acronyms or (name.isupper() and " " not in name) else "name"
        note = "country" if labels[name] == "GPE" and actor == name else ""
        groups.setdefault(actor, []).append((name, kind, note))
    return groups


def _find_owner(
    name: str, labels: dict[str, str], acronyms: dict[str, str], n: dict[str, int], whole: dict[str, list[str]]
) -> str:
    """Return the name that this one is another form of, itself where it is of none."""
    if name in acronyms:
        return acronyms[name]
    if " " not in name:
        if len(whole.get(name, ())) == 1:
            return whole[name][0]
        if labels[name] == "NORP":
            places = [place for place in labels if labels[place] == "GPE" and _is_adjective(name, place)]
            if places:
                return min(places, key=lambda place: (-n.get(place, 0), place))
    return name


def _is_adjective(name: str, place: str) -> bool:
    """Tell whether a name is a place's adjective: it starts like it and ends as such words do."""
    stem = place.rstrip("aeiouy") if len(place) > 4 else place
    plain = name.removesuffix("s")
    ends = re.search(r"(?:n|ese|ish|i|ic)$", plain)
    return len(stem) >= 3 and plain.startswith(stem) and bool(ends) and " " not in place
