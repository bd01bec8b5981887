"""Match the aliases of actors.csv in a text: the longest wins, plural and possessive forms count."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import pandas as pd

from helpers.reading.schemas import UNRESOLVED

OTHER = "(other)"  # in actors.csv: a longer name that holds an alias but is no actor
FORMS = 10_000  # texts that were matched are remembered, so many at most
_POINTERS = ("the", "this", "that", "these", "those", "its", "their", "whose")


class Alias(NamedTuple):
    """One row of actors.csv, read."""

    actor: str
    alias: str
    kind: str
    head: str  # the words that are matched: without "the" and without an owner
    country: bool  # its note says "country": the name also stands for a place
    pointed: bool  # written "the militants": counts only after the, this, its ...
    owner: str  # written "X's army": counts only when owned by actor X

    @property
    def common(self) -> bool:
        """A description in ordinary words, which may stand for anybody ("the army")."""
        return self.kind == "description" and self.head.islower()


class Matcher(NamedTuple):
    """The aliases of a corpus, compiled."""

    beginnings: re.Pattern[str]  # the words that an alias may begin with, in a folded text
    patterns: dict[str, re.Pattern[str]]  # such a word -> the aliases that begin with it, the longest first
    read: "Callable[[str, bool], Form]"  # what a text that was matched stands for, with "the" before it or without


class Form(NamedTuple):
    """What a text that matches an alias stands for."""

    aliases: tuple[Alias, ...]
    other: bool  # it stands only for `(other)`
    asks: bool  # whether "the" stands before it makes a difference
    nested: tuple[tuple[int, int, tuple[Alias, ...]], ...]  # the names inside it


class Name(NamedTuple):
    """One alias found in a text."""

    start: int
    end: int
    aliases: tuple[Alias, ...]  # more than one when several actors share it
    inside: tuple[int, int] | None


def fold(text: str) -> str:
    """Return a text as aliases are compared: lower case, straight apostrophes, single spaces."""
    return re.sub(r"\s+", " ", text).replace("’", "'").lower()


def _fold_case(text: str) -> str:
    """Return a text in which all letters are the same that a pattern takes for the same, character for character."""
    folded = text.casefold().replace("ı", "i")
    return folded if len(folded) == len(text) else "".join(_fold_case(one[:1]) for one in map(str.casefold, text))


def _pattern(head: str, kind: str) -> str:
    """A regular expression for one alias: any white space, either apostrophe, plural; case as the README says."""
    flexible = re.escape(head).replace(r"\ ", r"\s+").replace("'", "['’]").replace("’", "['’]")
    plural = "(?:e?s)?" if head[-1].isalpha() and head[-1].lower() != "s" else ""
    if kind == "acronym":
        return flexible + ("s?" if plural else "")
    if head[0].isupper():
        first, rest = re.match(r"(\\?.)(.*)", flexible, re.DOTALL).groups()
        return f"{first}(?i:{rest}{plural})"
    return f"(?i:{flexible}{plural})"


def _begin(head: str) -> list[str]:
    """Return what a text that matches an alias may begin with: its first word, in the plural too where it is all."""
    word = _fold_case(re.match(r"\w*", head)[0])
    if not word:
        return ["'", "’"] if head[0] in "'’" else [head[0]]
    return [word, word + "s", word + "es"] if len(word) == len(head) else [word]


def _merge(words: Iterable[str]) -> str:
    """Return a regular expression for some words that looks at each letter once."""
    following: dict[str, list[str]] = {}
    for word in words:
        following.setdefault(word[:1], []).append(word[1:])
    branches = [re.escape(first) + _merge(rest) for first, rest in following.items() if first]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if '' in following else ''}"


def compile_aliases(actors: pd.DataFrame) -> Matcher:
    """Compile the rows of actors.csv (actor, alias, kind, note) into one matcher; the longest alias wins."""
    rows = list(actors[["actor", "alias", "kind", "note"]].itertuples(index=False, name=None))
    owners = {fold(alias): actor for actor, alias, kind, _ in rows if kind != "description"}
    by_key: dict[str, list[Alias]] = {}
    heads: dict[str, str] = {}
    for actor, alias, kind, note in rows:
        head, pointed, owner = alias, False, ""
        if kind == "description":
            first, _, rest = alias.partition(" ")
            if first.lower() in _POINTERS and rest:
                head, pointed = rest, True
            owned = re.fullmatch(r"(.+?)['’]s? (.+)", head)
            if owned and fold(owned[1]) in owners:
                owner, head = owners[fold(owned[1])], owned[2]
        country = bool(re.search(r"\bcountry\b", note))
        entry = Alias(actor, alias, kind, head, country, pointed, owner)
        by_key.setdefault(head if kind == "acronym" else fold(head), []).append(entry)
        heads[head] = kind
    patterns: dict[str, list[str]] = {}
    for head in sorted(heads, key=lambda head: (-len(head), head)):
        for word in _begin(head):
            patterns.setdefault(word, []).append(_pattern(head, heads[head]))
    words, signs = ([key for key in patterns if bool(re.match(r"\w", key)) == is_word] for is_word in (True, False))
    either = [rf"{_merge(words)}(?!\w)" if words else r"(?!)", *map(re.escape, signs)]
    compiled = {key: re.compile(rf"(?<!\w)(?:{'|'.join(own)})(?!\w)") for key, own in patterns.items()}
    known = {key: tuple(entries) for key, entries in by_key.items()}
    read = lru_cache(FORMS)(partial(_read_form, compiled, known))
    return Matcher(re.compile(rf"(?<!\w)(?:{'|'.join(either)})"), compiled, read)


def _look_up(known: dict[str, tuple[Alias, ...]], text: str) -> tuple[Alias, ...]:
    """The aliases a matched text stands for, singular or plural."""
    for form in (text, text[:-1], fold(text), fold(text)[:-1], fold(text)[:-2]):
        if form in known:
            return known[form]
    return ()


def _read_form(
    patterns: dict[str, re.Pattern[str]], known: dict[str, tuple[Alias, ...]], text: str, pointed: bool
) -> Form:
    """Return what a matched text stands for."""
    listed = _look_up(known, text)
    aliases = tuple(alias for alias in listed if pointed or not alias.pointed)
    other = all(alias.actor == OTHER for alias in aliases)
    nested = () if other or aliases[0].common else tuple(_find_nested(patterns, known, text, aliases))
    return Form(aliases, other, any(alias.pointed for alias in listed), nested)


def _find_nested(
    patterns: dict[str, re.Pattern[str]], known: dict[str, tuple[Alias, ...]], text: str, around: tuple[Alias, ...]
) -> Iterator[tuple[int, int, tuple[Alias, ...]]]:
    """The actors named inside a longer alias: anywhere in a description, in a name only at a hyphen ("X-led")."""
    for word in re.finditer(r"(\w+)[\w.]*", text):
        at_hyphen = "-" in (text[word.start() - 1 : word.start()], text[word.end() : word.end() + 1])
        pattern = patterns.get(_fold_case(word[1]))
        if not (at_hyphen or around[0].kind == "description") or not pattern or not pattern.fullmatch(word.group()):
            continue
        aliases = tuple(a for a in _look_up(known, word.group()) if a.kind != "description" and a.actor != OTHER)
        if aliases and aliases[0].actor not in {alias.actor for alias in around}:
            yield *word.span(), aliases


def match_names(text: str, matcher: Matcher, *, others: bool = False) -> list[Name]:
    """Return each alias in `text` with the aliases it may stand for, names nested at a hyphen included.

    What stands only for `(other)` is left out unless `others` asks for it.
    """
    found: list[Name] = []
    reached = 0
    for place in matcher.beginnings.finditer(_fold_case(text)):
        start = place.start()
        match = matcher.patterns[place[0]].match(text, start) if start >= reached else None
        if not match:
            continue
        reached = match.end()
        form = matcher.read(match[0], False)
        if form.asks and _is_pointed(text, start):
            form = matcher.read(match[0], True)
        if not form.aliases or (form.other and not others):
            continue
        found.append(Name(start, reached, form.aliases, None))
        for left, right, aliases in form.nested:
            found.append(Name(start + left, start + right, aliases, (start, reached)))
    return found


def _is_pointed(text: str, start: int) -> bool:
    """Tell whether "the", "this", "its" ... stands before a place."""
    before = text[max(0, start - 8) : start].split()
    return bool(before) and before[-1].lower() in _POINTERS


def find_names(text: str, actors: pd.DataFrame) -> pd.DataFrame:
    """Return the aliases that stand in a text without a parse, for headlines and short texts.

    One row is one name found. Descriptions that several actors share are "unresolved" with their candidates.

    Parameters
    ----------
    text : any text
    actors : rows of actors.csv (actor, alias, kind, note)

    Returns
    -------
    DataFrame with actor, variant (the alias as written in actors.csv), kind, start, end (characters into `text`),
    inside ("start:end" of the longer name it is nested in), candidates.
    """
    columns = ["actor", "variant", "kind", "start", "end", "inside", "candidates"]
    return pd.DataFrame(list_found(text, compile_aliases(actors)), columns=columns)


def list_found(text: str, matcher: "Matcher") -> list[tuple[str, str, str, int, int, str, str]]:
    """Return the rows of `find_names`, for many texts: the aliases are compiled once."""
    rows = []
    for name in match_names(text, matcher):
        aliases = [alias for alias in name.aliases if not alias.owner and alias.actor != OTHER]
        if aliases:
            actor, candidates = choose_actor(aliases)
            inside = "{}:{}".format(*name.inside) if name.inside else ""
            rows.append((actor, aliases[0].alias, aliases[0].kind, name.start, name.end, inside, candidates))
    return rows


def choose_actor(aliases: Sequence[Alias]) -> tuple[str, str]:
    """Return the one actor of some aliases, or "unresolved" and the candidates."""
    actors = sorted({alias.actor for alias in aliases})
    return (actors[0], "") if len(actors) == 1 else (UNRESOLVED, " | ".join(actors))
