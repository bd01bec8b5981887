"""The rules of cleaning: what loads them, and what tells an article's prose from what a page sets around and inside it.

The generic ones are in `lexicons/cleaning.toml`, a corpus's own in its corpus.toml; CONDITIONS is what each condition
that they name means.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from helpers.lexicons import LEXICONS
from helpers.reading.cleaning.repair import OPENING_MARKS, Paragraph, count_words, squeeze
from helpers.reading.files import Pattern, suggest

PATTERN_KINDS = ("line", "to_end", "opening", "closing", "span")
GENERIC_KINDS = ("paragraph", "page", "repeats")  # conditions and parameters: only the lexicon may hold them
REPAIRS = frozenset({"join lines", "join hyphen", "drop capital"})
Paragraphs = list[Paragraph]
Span = tuple[int, int, str]  # start and end in a text, and the rule that cuts it
_FINAL_STOP = re.compile(r"[.…][\"'”’»)\]]*$")  # a headline may ask or exclaim
_AFTER_HEADLINE = r"(?![^\W_])(?P<mark>[\"'”’)\]]*\s?[.:!?|]+(?=\s)|[\"'”’)\]]*)\s*(?P<next>\S)"
_MOST_OPENINGS = 8  # stamp, headline, credit, dateline …: what may come before the first words
_FEWEST_HEADLINE_WORDS = 4
_SURE_HEADLINE_WORDS = 6  # so long a headline does not open a sentence by chance
_CLOSING_REACH = 600  # characters before the end that a closing may take


class Rule(NamedTuple):
    """One rule: name, kind, the outlet it is limited to (empty: any), and its regular expression or conditions."""

    name: str
    kind: str
    outlet: str
    test: Any


class Rules(NamedTuple):
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


# ---- an article and its paragraphs ---------------------------------------------------------------------------------


class Context(NamedTuple):
    """What is known of the article that paragraphs belong to."""

    words: Mapping[str, Sequence[str]]  # of Rules
    headlines: frozenset[str]  # of all articles of the file, squeezed
    headline: str = ""
    author: str = ""  # squeezed


class Spot(NamedTuple):
    """A paragraph among those that are left."""

    one: Paragraph
    above: Paragraph | None
    below: Paragraph | None
    left: Paragraphs
    context: Context


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
    "capitals": lambda at, _: all(word[0].isupper() for word in at.one.words),
    "title_case": lambda at, small: is_title_case(at.one, at.context.words[small]),
    "sentence": lambda at, wanted: at.one.is_sentence == wanted,
    "pattern": lambda at, pattern: re.search(pattern, at.one.text),
    "not_first_word": lambda at, listed: at.one.words[0].lower() not in at.context.words[listed],
    "not_last": lambda at, marks: at.one.text[-1] not in marks,
    # its place
    "first": lambda at, _: at.above is None,
    "last": lambda at, _: at.above and at.below is None,
    "cut_above": lambda at, _: at.one.number > (at.above.number + 1 if at.above else 0),
    "above_not_last": lambda at, marks: at.above and at.above.text[-1] not in marks,
    "sentence_above": lambda at, _: at.above and at.above.is_sentence,
    "sentence_below": lambda at, _: at.below and at.below.is_sentence,
    "min_words_below": lambda at, least: at.below and len(at.below.words) >= least,
    "min_longest": lambda at, least: any(len(one.words) >= least for one in at.left),
    # its article
    "listed": lambda at, _: squeeze(at.one.text) in at.context.headlines,
    "unlisted": lambda at, _: not at.context.headline,
    "author_first": lambda at, _: at.context.author and squeeze(at.one.text).startswith(at.context.author),
    "names_author": lambda at, name: any(squeeze(one) in at.context.author for one in re.findall(name, at.one.text)),
    "in_longer": lambda at, _: any(at.one.spelt in one.spelt != at.one.spelt for one in at.left),
}


# ---- whole paragraphs --------------------------------------------------------------------------------------------


def find_boilerplate(paragraphs: Paragraphs, context: Context, rules: Rules) -> dict[Paragraph, str]:
    """Return the paragraphs of an article that are not prose, each with the name of the rule that says so."""
    found: dict[Paragraph, str] = {}
    n_found = -1
    while len(found) > n_found:  # what was cut has moved the edges
        n_found = len(found)
        for rule in (rule for rule in rules.rules if rule.kind == "paragraph"):
            conditions = [(CONDITIONS[name], value) for name, value in rule.test.items() if name in CONDITIONS]
            left = [one for one in paragraphs if one not in found]
            around = zip([None, *left], left, [*left[1:], None], strict=False)
            spots = (Spot(one, above, below, left, context) for above, one, below in around)
            meeting = [spot.one for spot in spots if all(meets(spot, value) for meets, value in conditions)]
            if "edge_run" in rule.test:
                meeting = [one for side in (left, left[::-1]) for one in takewhile(meeting.__contains__, side)]
            if most := rule.test.get("heading_above"):
                meeting += [above for above, one in pairwise(left) if one in meeting and is_heading(above, most)]
            found |= dict.fromkeys(meeting, rule.name)
    return found


# ---- inside paragraphs -------------------------------------------------------------------------------------------


def find_spans(paragraphs: Paragraphs, named: Mapping[Paragraph, str], headline: str, rules: Rules) -> list[Span]:
    """Return what to remove from paragraphs, one a line: those `named`, and spans of the others, without overlap."""
    found: list[Span] = []
    base, kept = 0, [one for one in paragraphs if one not in named]
    for one in paragraphs:
        spans: list[Span] = [(0, len(one.text), named[one])] if one in named else []
        if one not in named:
            own = (rule for rule in rules.rules if rule.kind == "span")
            spans += [(*match.span(), rule.name) for rule in own for match in rule.test.finditer(one.text)]
        if one in kept[:1]:
            spans += _find_openings(one.text, headline, rules)
        if one in kept[-1:]:
            reach = max(0, len(one.text) - _CLOSING_REACH)
            closings = rules.search("closing", one.text[reach:])
            spans += [(reach + match.start(), len(one.text), name) for name, match in closings][:1]
        at = 0
        for start, end, name in sorted(spans):
            if end > max(at, start):
                found.append((base + max(at, start), base + end, name))
                at = end
        base += len(one.text) + 1
    return found


def _find_openings(text: str, headline: str, rules: Rules) -> Iterator[Span]:
    """Yield what comes before the first words of an article, one after the other: stamps, its headline and the like.

    The headline's punctuation may differ. A sentence could begin with its words, so it is below a stamp, has a mark
    after it or many words.
    """
    n_words = count_words(headline)
    wanted = squeeze(headline) if n_words >= _FEWEST_HEADLINE_WORDS and "headline" not in rules.off else ""
    printed = r"\W*".join(["", *wanted]) + _AFTER_HEADLINE
    at = 0
    for _ in range(_MOST_OPENINGS):
        start = len(text) - len(text[at:].lstrip())
        rest = text[start:]
        stamps = ((name, match.span()) for name, match in rules.search("opening", rest))
        name, length = next(((name, end) for name, (begin, end) in stamps if begin == 0 < end), ("", 0))
        if not name and wanted and (found := re.match(printed, rest, re.IGNORECASE)):
            begins = found["next"].isupper() or found["next"].isdigit() or found["next"] in OPENING_MARKS
            if begins and (at or found["mark"].strip() or n_words >= _SURE_HEADLINE_WORDS):
                name, length = "headline", found.end("mark")
        if not name:
            return
        yield at, start + length, name
        at = start + length
