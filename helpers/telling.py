"""A difference between outlets in one plain sentence, filled in from its numbers (`lexicons/findings.csv`).

`tell` is given the shares of one fact, one row an outlet (`findings.compare_facts`), and decides who is set apart from
whom; where there are too few cases, or nothing but two forms of one name, there is no sentence.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from helpers.lexicons import index_lexicon
from helpers.reading import Reading, select_rows
from helpers.reading.schemas import ALL_VOICES, FEW

LEAST = 3  # cases: one or two of anything are no finding
_OWN = "outlet"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LINKS = {"al", "el", "the", "of", "in", "and", "for"}  # words that two forms of a name may differ in


class Told(NamedTuple):
    """A finding in words: the outlets that it is about, its sentence, its numbers, rows for `evidence.show_lines`."""

    outlets: list[str]
    sentence: str
    n: str
    key: list[dict[str, str]]


def tell(read: Reading, kind: str, actor: str, fact: str, cells: pd.DataFrame, table: pd.DataFrame) -> Told | None:
    """Return a finding in words, or None where there is none.

    `cells` are the rows of `findings.compare_facts` of one fact, `table` those of all facts of the actor and kind.
    """
    if kind == "whose word" and actor and is_form(fact, actor):
        return None  # everybody prints its plain name
    up, rest = _choose(kind, cells)
    more: dict[str, Any] | None = {}
    if len(up) and len(rest) and kind == "name":
        more = _compare_names(fact, rest, table)
    if up.empty or rest.empty or more is None:
        return None
    outlets = [*up["outlet"], *(rest["outlet"] if kind == "whose word" else [])]
    words, named, n_rest = index_lexicon("findings.csv")[kind], name_actor(read, actor), rest["n"].sum()
    rows = words["evidence"] or ("actor={actor}; variant={fact}" if actor else "label={fact}")
    row = {name: text.format(actor=actor, fact=fact) for name, text in (one.split("=") for one in rows.split("; "))}
    key = [{"outlet": outlet, **row} for outlet in [*up["outlet"], *rest["outlet"]]]  # one with no case has no line
    if kind == "whose word":
        key = [one | {"voice": _OWN if one["outlet"] in [*up["outlet"]] else ALL_VOICES} for one in key]
    if kind == "name":  # the others with what they say most
        key = [one | {"variant": fact if one["outlet"] in outlets else more["top"]} for one in key]
    rates = [f"{10_000 * side['n'].sum() / side['total'].sum():,.0f}" for side in (up, rest)]
    sentence, n = (words[column].format(
        actor=named, fact=fact, whom=f" for {named}" if actor else "", outlets=join(up["outlet"]),
        s="s" * (len(up) == 1), own="its" if len(up) == 1 else "their", rest=_name_rest(rest, up),
        rest_s="s" * (len(rest) == 1), n=_each(up["n"]), total=_each(up["total"]), n_sum=f"{up['n'].sum():,}",
        n_of=join(f"{one.n:,} of {one.total:,}" for one in up.itertuples()), rest_each=_each(rest["total"]),
        do="do" + "es" * (len(rest) == 1), times_rest=["never", "once", f"{n_rest:,} times"][min(n_rest, 2)],
        n_rest=f"{n_rest:,}", total_rest=f"{rest['total'].sum():,}", rate=rates[0], rate_rest=rates[1],
        expected=_each((up["n_rest"] * up["total"] / up["total_rest"]).round().astype(int)), **more,
    ) for column in ("sentence", "n"))  # fmt: skip
    return Told(outlets, sentence, n, key)


def _choose(kind: str, cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the outlets that are set apart, and of those that they are set apart from."""
    is_tested, holds, n = cells["p"].notna().any(), cells["holds"], cells["n"]
    expected = cells["n_rest"] * cells["total"] / cells["total_rest"]
    if kind == "whose word":
        only = n.eq(0) & cells["total"].ge(LEAST) & (holds | (not is_tested))
        return cells[n.ge(LEAST)], cells[only]
    if kind == "only here":
        return cells[n.ge(LEAST) & holds], cells[n.eq(0)]
    if kind in ("left out", "never cited"):
        some = cells[n.gt(0)]
        enough = len(some) > 1 if kind == "left out" else some["n"].sum() >= LEAST
        asked = expected if kind == "left out" else cells["total"]
        return cells[n.eq(0) & holds & asked.ge(LEAST)], some if enough else some.head(0)
    more = n / cells["total"] - cells["n_rest"] / cells["total_rest"]
    few = ("acting", "acted upon", "certainty", "harm", "harm to")  # of few, one that is misread decides
    least = FEW if kind in few else LEAST
    gap = float(index_lexicon("findings.csv")[kind]["gap"])
    is_up = holds & n.ge(LEAST) & cells["total"].ge(least) & more.gt(0) & more.ge(gap)
    if kind == "name" and not is_tested:
        is_up &= 2 * n > cells["total"]  # in few articles: the name that it uses most
    rest = cells[~is_up]
    return cells[is_up], rest if rest["total"].sum() >= LEAST else rest.head(0)


def _compare_names(fact: str, rest: pd.DataFrame, table: pd.DataFrame) -> dict[str, Any] | None:
    """Return what the others call the actor; None where that is a form of the same name, or hardly anything."""
    others = table[table["outlet"].isin(rest["outlet"])].groupby("fact")["n"].sum().sort_index()
    top, n_top, n, total = others.idxmax(), others.max(), rest["n"].sum(), rest["total"].sum()
    if n_top < LEAST or is_form(fact, top):
        return None
    mostly, do = "mostly" if 2 * n_top > total else "most often", "does" if len(rest) == 1 else "do"
    never = f"{do} so {n:,} of {total:,} times" if n else f"never {do}"
    return {"top": top, "n_top": f"{n_top:,}", "mostly": mostly, "never": never}


def is_form(one: str, other: str) -> bool:
    """Return whether two names are forms of one: the words of one are all in the other, or one is an acronym of it."""
    parts = [split_words(name) for name in (one, other)]
    initials = ["".join(word[0] for word in words) for words in parts]
    is_acronym = initials[0] == "".join(parts[1]) or initials[1] == "".join(parts[0])  # "U.N." of "UN"
    return is_acronym or {*parts[0]} <= {*parts[1]} or {*parts[1]} <= {*parts[0]}


def split_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without those that two forms of a name may differ in."""
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in _LINKS]


def name_actor(read: Reading, actor: str) -> str:
    """Return an actor's name as in a sentence: with "the" before a singular noun or where articles mostly print it."""
    texts = dict(zip(read.articles["article_id"], read.articles["text"], strict=True))
    asked = {"actor": actor, "kind": ["name", "acronym"], "role": ["head", "place"]}
    printed = select_rows(read, "mentions", ["article_id", "start"], **asked)
    before = [texts[article_id][max(0, start - 4) : start].lower() for article_id, start in printed.to_numpy()]
    is_noun = re.search(r"^(?!the ).* [a-z-]*[a-rt-z]$", actor)
    return f"the {actor}" if is_noun or 2 * before.count("the ") > len(before) else actor


def count_in_words(n: int) -> str:
    """Return a number as a newspaper prints it: in letters below ten."""
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"


def join(values: Iterable[object], word: str = "and") -> str:
    """Return values as in a sentence: a, b and c."""
    *first, last = map(str, values)
    return f"{', '.join(first)} {word} {last}" if first else last


def _each(numbers: Iterable[int]) -> str:
    return join(f"{n:,}" for n in numbers)


def _name_rest(rest: pd.DataFrame, up: pd.DataFrame) -> str:
    """Return "the other four outlets", "four other outlets" where those are not all, or one or two names."""
    if len(rest) < 3:
        return join(rest["outlet"])
    is_all = len(rest) + len(up) == rest["n_outlets"].iloc[0]
    return f"the other {count_in_words(len(rest))} outlets" if is_all else f"{count_in_words(len(rest))} other outlets"
