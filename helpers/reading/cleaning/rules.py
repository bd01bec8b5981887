"""The rules of cleaning: what loads them, and what tells an article's prose from what a page sets around and inside it.

The generic ones are in `lexicons/cleaning.toml`, a corpus's own in its corpus.toml; CONDITIONS is what each condition
that they name means.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from helpers.lexicons import LEXICONS
from helpers.reading.cleaning.repair import (
    OPENING_MARKS,
    WORD,
    Line,
    Span,
    Words,
    count_words,
    ends_sentence,
    find_running_heads,
    squeeze,
)
from helpers.reading.files import Pattern, suggest

PATTERN_KINDS = ("line", "to_end", "opening", "closing", "span")
RUNNING_HEAD, REPEATED = "running head", "repeated"
STEPS = frozenset({RUNNING_HEAD, REPEATED, "join lines", "join hyphen", "drop capital"})  # rules that are code
_FINAL_STOP = re.compile(r"[.…][\"'”’»)\]]*$")  # a headline may ask or exclaim
_AFTER_HEADLINE = (
    r"(?![^\W_])(?P<mark>[\"'”’)\]]*(?:\s?[.:!?|]+(?=\s))?)" rf"(?=\s*(?:[^\Wa-z_]|[{re.escape(OPENING_MARKS)}]))"
)
_FEWEST_HEADLINE_WORDS = 4
_SURE_HEADLINE_WORDS = 6  # so long a headline does not open a sentence by chance
_CLOSING_REACH = 600  # characters before the end that a closing may take
_WINDOW_LINES = 3  # a to_end pattern sees its line and the next two


class Rule(NamedTuple):
    """One rule: name, kind, the outlet it is limited to (empty: any), and its regular expression or conditions."""

    name: str
    kind: str
    outlet: str
    test: Any


class Rules(NamedTuple):
    """The rules of a corpus in the order they are tried, and the words that they and repair need."""

    rules: tuple[Rule, ...]
    words: Words
    off: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Return every name that `rules_off` may hold."""
        return frozenset(rule.name for rule in self.rules) | STEPS

    def select(self, outlet: str, off: str) -> "Rules":
        """Return the rules for an article of `outlet` without those named in `off`, separated by semicolons."""
        applicable = [rule for rule in self.rules if rule.outlet in ("", outlet)]
        names = {name.strip() for name in off.split(";")} | {rule.name for rule in applicable if rule.kind == "off"}
        return Rules(tuple(rule for rule in applicable if rule.name not in names), self.words, frozenset(names))

    def drop(self, pattern: str) -> "Rules":
        """Return the rules without those whose expression is `pattern`."""
        return self._replace(rules=tuple(rule for rule in self.rules if getattr(rule.test, "text", "") != pattern))

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
    generic = [_make_rule(entry, "paragraph", re.compile) for entry in lexicon["rule"]]
    known = {rule.name for rule in generic} | STEPS
    entries = settings.get("cleaning", [])
    own: list[Rule] = []
    problems: list[str] = []
    if not isinstance(entries, list):
        entries, problems = [], ["[cleaning] is a single table: write [[cleaning]] above each rule"]
    for number, entry in enumerate(entries, 1):
        try:
            rule = _make_rule(entry, "off", Pattern)
            if rule.kind == "off" and rule.name not in known:
                raise ValueError(f"there is no rule {rule.name!r} to switch off{suggest(rule.name, known)}")
            own.append(rule)
        except ValueError as error:
            problems.append(f"[[cleaning]] number {number}: {error}")
    return Rules((*own, *generic), lexicon["words"]), problems


def _make_rule(entry: Any, other: str, compiler: Callable[..., Any]) -> Rule:
    """Return the rule of an entry, which holds a pattern of some kind or is of the `other` kind."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError("it has no name: give it one")
    name = entry["name"].strip()
    kinds = [kind for kind in (*PATTERN_KINDS, other) if entry.get(kind)]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise ValueError(f"{name!r} needs one of {', '.join(PATTERN_KINDS)} or off, and has {found}")
    kind, test = kinds[0], entry[kinds[0]]
    try:
        test = compiler(test, re.MULTILINE) if kind in PATTERN_KINDS else test
    except ValueError as error:
        raise ValueError(f"{name!r} has {test!r}, which is not a regular expression: {error}") from None
    return Rule(name, kind, str(entry.get("outlet", "")).strip(), test)


# ---- lines -------------------------------------------------------------------------------------------------------


def name_lines(lines: list[Line], rules: Rules) -> tuple[list[Line], dict[Line, str]]:
    """Return lines, and those of them that are no prose, each with the name of the rule that says so.

    These are running heads, lines that a line rule matches, and a tail: all from where a to_end rule matches, which is
    tried in the last half. The tail comes back as one line.
    """
    named = {} if RUNNING_HEAD in rules.off else dict.fromkeys(find_running_heads(lines), RUNNING_HEAD)
    body = [line for line in lines if line not in named]
    for number, line in enumerate(body):
        window = "\n".join(one.text for one in body[number : number + _WINDOW_LINES])
        tails = rules.search("to_end", window) if 2 * line.start >= lines[-1].end else ()
        if tail := next((name for name, found in tails if not found.start()), None):
            at = lines.index(line)
            last = line._replace(end=lines[-1].end, text=" ".join(one.text for one in lines[at:]))
            return [*lines[:at], last], {**named, last: tail}
        if name := next((name for name, _ in rules.search("line", line.text)), None):
            named[line] = name
    return lines, named


# ---- whole paragraphs --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Paragraph:
    """A paragraph of a text."""

    start: int
    text: str
    words: list[str]
    key: str  # its letters and digits


class Spot(NamedTuple):
    """A paragraph among those that are left."""

    one: Paragraph
    above: Paragraph | None
    below: Paragraph | None
    left: list[Paragraph]
    row: Mapping[str, str]  # its article in articles.csv
    headlines: Set[str]  # of all articles of the file, squeezed


def is_heading(one: Paragraph, most: int) -> bool:
    """Tell whether a line could be a heading: it has words, but few, no final stop and no quotation mark first.

    A line with a handle ("@name") names the writer of a post.
    """
    if not 0 < len(one.words) <= most or "@" in one.text:
        return False
    return not (one.text[0] in '"“«„•-–—' or one.text[0].islower() or _FINAL_STOP.search(one.text))


def is_title_case(one: Paragraph, small_words: Sequence[str]) -> bool:
    """Tell whether five words or more begin with a capital, and all but small ones."""
    words = [word for word in one.words if word not in small_words]
    raised = [word[0].isdigit() or any(part[0].isupper() for part in word.split("-")) for word in words]
    return len(words) >= 5 and all(raised)


CONDITIONS: dict[str, Callable[[Spot, Any], Any]] = {
    # the paragraph
    "min_words": lambda at, least: len(at.one.words) >= least,
    "max_words": lambda at, most: len(at.one.words) <= most,
    "heading": lambda at, most: is_heading(at.one, most),
    "title_case": lambda at, small: is_title_case(at.one, small),
    "sentence": lambda at, wanted: ends_sentence(at.one.text) == wanted,
    "pattern": lambda at, pattern: re.search(pattern, at.one.text),
    "not_first_word": lambda at, words: at.one.words[0].lower() not in words,
    "not_last": lambda at, marks: at.one.text[-1] not in marks,
    # its place
    "first": lambda at, _: at.above is None,
    "last": lambda at, _: at.above and at.below is None,
    "sentence_above": lambda at, _: at.above and ends_sentence(at.above.text),
    "min_words_below": lambda at, least: at.below and len(at.below.words) >= least,
    "min_longest": lambda at, least: any(len(one.words) >= least for one in at.left),
    # its article
    "listed": lambda at, _: at.one.key in at.headlines,
    "unlisted": lambda at, _: not at.row["headline"],
    "author_first": lambda at, _: at.row["author"] and at.one.key.startswith(squeeze(at.row["author"])),
    "names_author": lambda at, name: any(
        squeeze(one) in squeeze(at.row["author"]) for one in re.findall(name, at.one.text)
    ),
    "in_longer": lambda at, _: any(at.one.key in one.key != at.one.key for one in at.left),
}


def find_boilerplate(text: str, row: Mapping[str, str], headlines: Set[str], rules: Rules) -> list[Span]:
    """Return the paragraphs of an article's text that are not prose.

    `row` is its article in articles.csv; `headlines` are those of all articles of its file, squeezed.
    """
    lines = [(found.start(), found[0]) for found in re.finditer(".+", text)]
    left = [Paragraph(start, line, WORD.findall(line), squeeze(line)) for start, line in lines]
    spans: list[Span] = []
    n_left = -1
    while n_left != len(left):  # what was cut has moved the edges
        n_left = len(left)
        for rule in (rule for rule in rules.rules if rule.kind == "paragraph"):
            conditions = [(CONDITIONS[name], value) for name, value in rule.test.items() if name in CONDITIONS]
            around = zip([None, *left], left, [*left[1:], None], strict=False)
            spots = (Spot(one, above, below, left, row, headlines) for above, one, below in around)
            meeting = [spot.one for spot in spots if all(meets(spot, value) for meets, value in conditions)]
            if "edge_run" in rule.test:
                meeting = [one for side in (left, left[::-1]) for one in takewhile(meeting.__contains__, side)]
            if most := rule.test.get("heading_above"):
                meeting += [above for above, one in pairwise(left) if one in meeting and is_heading(above, most)]
            spans += [(one.start, one.start + len(one.text), rule.name) for one in meeting]
            left = [one for one in left if one not in meeting]
    return spans


# ---- inside paragraphs -------------------------------------------------------------------------------------------


def find_spans(text: str, headline: str, rules: Rules) -> list[Span]:
    """Return what to cut inside the paragraphs of an article's text: openings, spans and a closing."""
    paragraphs = list(re.finditer(".+", text))
    spans: list[Span] = []
    for one in paragraphs:
        own = ((rule.name, *found.span()) for rule in rules.rules if rule.kind == "span"
               for found in rule.test.finditer(one[0]))  # fmt: skip
        spans += [(one.start() + start, one.start() + end, name) for name, start, end in own]
    for one in paragraphs[:1]:
        spans += [
            (one.start() + start, one.start() + end, name)
            for start, end, name in _find_openings(one[0], headline, rules)
        ]
    for one in paragraphs[-1:]:
        reach = max(one.start(), len(text) - _CLOSING_REACH)
        closings = rules.search("closing", text[reach : one.end()])
        spans += [(reach + found.start(), one.end(), name) for name, found in closings][:1]
    return spans


def _find_openings(text: str, headline: str, rules: Rules) -> Iterator[Span]:
    """Yield what comes before the first words of an article, one after the other: stamps, its headline and the like.

    The headline's punctuation may differ. A sentence could begin with its words, so it is below a stamp, has a mark
    after it or many words.
    """
    n_words = count_words(headline)
    is_wanted = n_words >= _FEWEST_HEADLINE_WORDS and "headline" not in rules.off
    printed = r"(?i:" + r"\W*".join(["", *squeeze(headline)]) + ")" + _AFTER_HEADLINE
    at, end = -1, 0
    while end > at:
        at, rest = end, text[end:].lstrip()
        stamps = [
            (found.end(), name) for name, found in rules.search("opening", rest) if found.end() and not found.start()
        ]
        found = re.match(printed, rest) if is_wanted and not stamps else None
        if found and (at or found["mark"].strip() or n_words >= _SURE_HEADLINE_WORDS):
            stamps.append((found.end(), "headline"))
        for length, name in stamps[:1]:
            end = len(text) - len(rest) + length
            yield at, end, name
