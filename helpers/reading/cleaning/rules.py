"""Load the rules of cleaning: the generic ones of `lexicons/cleaning.toml` and a corpus's own."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from helpers.lexicons import LEXICONS
from helpers.reading.files import suggest
from helpers.reading.patterns import Pattern

PATTERN_KINDS = ("line", "to_end", "opening", "closing", "span")
GENERIC_KINDS = (
    "paragraph",
    "outside",
    "page",
    "repeats",
)  # conditions and parameters, which only the lexicon may hold
REPAIRS = frozenset({"join lines", "join hyphen", "drop capital"})


class Rule(NamedTuple):
    """One rule: name, kind, the outlet it is limited to (empty: any), and its regular expression or conditions."""

    name: str
    kind: str
    outlet: str
    test: Any


@dataclass(frozen=True)
class Rules:
    """The rules of a corpus in the order they are tried, and the words that they and repair need."""

    rules: tuple[Rule, ...]
    words: Mapping[str, list[str]]
    off: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Return every name that `rules_off` may hold."""
        return frozenset(rule.name for rule in self.rules) | REPAIRS

    def select(self, outlet: str, off: str) -> "Rules":
        """Return the rules for an article of `outlet` without those named in `off`, separated by semicolons."""
        applicable = [rule for rule in self.rules if rule.outlet in ("", outlet)]
        names = {name.strip() for name in off.split(";")} | {rule.name for rule in applicable if rule.kind == "off"}
        return Rules(tuple(rule for rule in applicable if rule.name not in names), self.words, frozenset(names))

    def drop(self, pattern: str) -> "Rules":
        """Return the rules without those whose expression is `pattern`."""
        return replace(self, rules=tuple(rule for rule in self.rules if getattr(rule.test, "text", "") != pattern))

    def search(self, kind: str, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield the rules of one kind that are found in a text, in order: the name and its first match."""
        for rule in self.rules:
            if rule.kind == kind and (found := rule.test.search(text)):
                yield rule.name, found


def load_rules(settings: Mapping[str, Any]) -> tuple[Rules, list[str]]:
    """Return the rules for a corpus, and a line for each of its own rules that cannot be used.

    `settings` is the parsed corpus.toml. Each `[[cleaning]]` entry has a `name`, a `note`, and one of `line`, `to_end`,
    `opening`, `closing`, `span` (regular expressions) or `off = true`; an `outlet` limits it to one. A corpus's own
    rules are tried before the generic ones, so that what is removed goes by the most telling name.
    """
    lexicon = tomllib.loads((LEXICONS / "cleaning.toml").read_text(encoding="utf-8"))
    generic = [_make_rule(entry, (*PATTERN_KINDS, *GENERIC_KINDS), is_ours=True) for entry in lexicon["rule"]]
    known = {rule.name for rule in generic} | REPAIRS
    entries = settings.get("cleaning", [])
    own: list[Rule] = []
    problems: list[str] = []
    if not isinstance(entries, list):
        entries, problems = [], ["[cleaning] is a single table: write [[cleaning]] above each rule"]
    for number, entry in enumerate(entries, 1):
        try:
            rule = _make_rule(entry, (*PATTERN_KINDS, "off"), is_ours=False)
            if rule.kind == "off" and rule.name not in known:
                raise ValueError(f"there is no rule {rule.name!r} to switch off{suggest(rule.name, known)}")
            own.append(rule)
        except ValueError as error:
            problems.append(f"[[cleaning]] number {number}: {error}")
    return Rules((*own, *generic), lexicon["words"]), problems


@cache
def find_options(name: str) -> Mapping[str, Any]:
    """Return the parameters of a generic rule."""
    return next(rule.test for rule in load_rules({})[0].rules if rule.name == name)


def _make_rule(entry: Any, allowed: tuple[str, ...], *, is_ours: bool) -> Rule:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError("it has no name: give it one")
    name = entry["name"].strip()
    kinds = [kind for kind in allowed if entry.get(kind)]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise ValueError(f"{name!r} needs one of {', '.join(PATTERN_KINDS)} or off, and has {found}")
    kind, test = kinds[0], entry[kinds[0]]
    try:
        if kind in PATTERN_KINDS:
            test = re.compile(test, re.MULTILINE) if is_ours else Pattern(test, re.MULTILINE)
    except ValueError as error:
        raise ValueError(f"{name!r} has {test!r}, which is not a regular expression: {error}") from None
    return Rule(name, kind, str(entry.get("outlet", "")).strip(), test)
