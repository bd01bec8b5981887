"""Match the aliases of actors.csv in a text: the longest wins, plural and possessive forms count."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from helpers.schemas import UNRESOLVED

OTHER = "(other)"  # in actors.csv: a longer name that holds an alias but is no actor
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

    pattern: re.Pattern[str]
    aliases: dict[str, tuple[Alias, ...]]


class Name(NamedTuple):
    """One alias found in a text."""

    start: int
    end: int
    aliases: tuple[Alias, ...]  # more than one when several actors share it
    inside: tuple[int, int] | None


def fold(text: str) -> str:
    """Return a text as aliases are compared: lower case, straight apostrophes, single spaces."""
    return re.sub(r"\s+", " ", text).replace("’", "'").lower()


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
    ordered = sorted(heads, key=lambda head: (-len(head), head))
    pattern = "|".join(_pattern(head, heads[head]) for head in ordered) or r"(?!)"
    compiled = re.compile(rf"(?<![\w])(?:{pattern})(?![\w])")
    return Matcher(compiled, {key: tuple(entries) for key, entries in by_key.items()})


def _look_up(matcher: Matcher, text: str) -> tuple[Alias, ...]:
    """The aliases a matched text stands for, singular or plural."""
    for form in (text, text[:-1], fold(text), fold(text)[:-1], fold(text)[:-2]):
        if form in matcher.aliases:
            return matcher.aliases[form]
    return ()


def match_names(text: str, matcher: Matcher, *, others: bool = False) -> list[Name]:
    """Return each alias in `text` with the aliases it may stand for, names nested at a hyphen included.

    What stands only for `(other)` is left out unless `others` asks for it.
    """
    found: list[Name] = []
    for match in matcher.pattern.finditer(text):
        aliases = _look_up(matcher, match.group())
        before = text[max(0, match.start() - 8) : match.start()].split()
        pointed = bool(before) and before[-1].lower() in _POINTERS
        aliases = tuple(alias for alias in aliases if pointed or not alias.pointed)
        other = all(alias.actor == OTHER for alias in aliases)
        if not aliases or (other and not others):
            continue
        found.append(Name(match.start(), match.end(), aliases, None))
        if other:
            continue
        if not aliases[0].common:
            found.extend(_nested(match, matcher, aliases))
    return found


def _nested(match: re.Match[str], matcher: Matcher, around: tuple[Alias, ...]) -> Iterable[Name]:
    """The actors named inside a longer alias: anywhere in a description, in a name only at a hyphen ("X-led")."""
    text = match.group()
    for word in re.finditer(r"\w[\w.]*", text):
        at_hyphen = "-" in (text[word.start() - 1 : word.start()], text[word.end() : word.end() + 1])
        if not (at_hyphen or around[0].kind == "description") or not matcher.pattern.fullmatch(word.group()):
            continue
        aliases = tuple(a for a in _look_up(matcher, word.group()) if a.kind != "description" and a.actor != OTHER)
        if aliases and aliases[0].actor not in {alias.actor for alias in around}:
            offset = match.start()
            yield Name(offset + word.start(), offset + word.end(), aliases, match.span())


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
