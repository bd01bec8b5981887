"""Load the rules of cleaning: the generic ones of `lexicons/cleaning.toml` and a corpus's own."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from helpers.lexicons import LEXICONS
from helpers.reading.sheets import suggest

PATTERN_KINDS = ("line", "to_end", "opening", "closing", "span")
REPAIRS = frozenset({"join lines", "join hyphen", "drop capital"})


class Rule(NamedTuple):
    """One rule: its name, why it is there, its kind, and the outlet it is limited to (empty: any)."""

    name: str
    note: str
    kind: str
    pattern: re.Pattern[str] | None
    outlet: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """The rules of a corpus in the order they are tried, and the words that repair needs."""

    rules: tuple[Rule, ...]
    repair: Mapping[str, list[str]]
    off: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Return every name that `rules_off` may hold."""
        return frozenset(rule.name for rule in self.rules) | REPAIRS

    def select(self, outlet: str, off: Iterable[str]) -> "Rules":
        """Return the rules for an article of `outlet` without those named in `off`."""
        applicable = [rule for rule in self.rules if rule.outlet in ("", outlet)]
        names = frozenset(off) | {rule.name for rule in applicable if rule.kind == "off"}
        return Rules(tuple(rule for rule in applicable if rule.name not in names), self.repair, names)

    def of_kind(self, kind: str) -> list[Rule]:
        """Return the rules of one kind, in order."""
        return [rule for rule in self.rules if rule.kind == kind]

    def list_built_in(self) -> dict[str, Mapping[str, Any]]:
        """Return the parameters of the rules about structure, by name."""
        return {rule.name: rule.options for rule in self.rules if rule.kind == "built_in"}


def load_rules(settings: Mapping[str, Any]) -> tuple[Rules, list[str]]:
    """Return the rules for a corpus, and a line for each of its own rules that cannot be used.

    `settings` is the parsed corpus.toml. Each `[[cleaning]]` entry has a `name`, a `note`, and one of `line`, `to_end`,
    `opening`, `closing`, `span` (regular expressions) or `off = true`; an `outlet` limits it to one. A corpus's own
    rules are tried before the generic ones, so that what is removed goes by the most telling name.
    """
    lexicon = tomllib.loads((LEXICONS / "cleaning.toml").read_text(encoding="utf-8"))
    generic = [_make_rule(entry, lexicon["structure"]) for entry in lexicon["rule"]]
    known = {rule.name for rule in generic} | REPAIRS
    entries = settings.get("cleaning", [])
    if not isinstance(entries, list):
        problem = "[cleaning] is a single table: write [[cleaning]] above each rule"
        return Rules(tuple(generic), lexicon["repair"]), [problem]
    own: list[Rule] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            rule = _make_rule(entry, {})
            if rule.kind == "built_in" or (rule.kind == "off" and rule.name not in known):
                raise ValueError(f"there is no rule {rule.name!r} to switch off{suggest(rule.name, known)}")
            own.append(rule)
        except ValueError as error:
            problems.append(f"[[cleaning]] number {number}: {error}")
    return Rules((*own, *generic), lexicon["repair"]), problems


def find_options(name: str) -> Mapping[str, Any]:
    """Return the parameters of a generic built-in rule."""
    return load_rules({})[0].list_built_in()[name]


def split_names(cell: str) -> list[str]:
    """Return the rule names in a `rules_off` cell, which separates them by semicolons."""
    return [name.strip() for name in cell.split(";") if name.strip()]


def _make_rule(entry: Any, shared: Mapping[str, Any]) -> Rule:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError("it has no name: give it one")
    name = entry["name"].strip()
    kinds = [kind for kind in (*PATTERN_KINDS, "built_in", "off") if entry.get(kind)]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise ValueError(f"{name!r} needs one of {', '.join(PATTERN_KINDS)} or off, and has {found}")
    kind = kinds[0]
    pattern = _compile(name, entry[kind]) if kind in PATTERN_KINDS else None
    options = {**shared, **entry}
    for key in ("pattern", "self_evident"):
        if key in options:
            options[key] = _compile(name, options[key])
    return Rule(name, str(entry.get("note", "")), kind, pattern, str(entry.get("outlet", "")).strip(), options)


def _compile(name: str, pattern: Any) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.MULTILINE)
    except (re.error, TypeError) as error:
        raise ValueError(f"{name!r} has {pattern!r}, which is no regular expression: {error}") from None
