"""Tell an article's prose from what a page sets around, between and inside its paragraphs.

The parameters of each rule are in `lexicons/cleaning.toml`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers.reading.cleaning.repair import LONGEST_WORD, OPENING_MARKS, WORD, Paragraph, count_words

if TYPE_CHECKING:
    from helpers.reading.cleaning.rules import Rules

Paragraphs = list[Paragraph]
Options = Mapping[str, Any]

_MOST_PLACE_WORDS = 4
_FINAL_STOP = re.compile(r"[.…][\"'”’»)\]]*$")  # a headline may ask or exclaim
_EDGE_LINES = 4  # how far from the start or end of an article a byline may be
_MOST_OPENINGS = 8  # stamp, headline, credit, dateline …: what may come before the first words
_FEWEST_HEADLINE_WORDS = 4
_SURE_HEADLINE_WORDS = 6  # so long a headline does not open a sentence by chance
_CLOSING_REACH = 600  # characters before the end that a closing may take


class Context(NamedTuple):
    """What is known of an article: headline and author, its file's headlines (squeezed), the captions removed."""

    headline: str
    author: str
    headlines: frozenset[str]
    captions: Sequence[str] = ()


def squeeze(text: str) -> str:
    """Return the letters and digits of `text` in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


def _spell(text: str) -> str:
    """Return the words of `text` in lower case, each between spaces."""
    return f" {' '.join(WORD.findall(text.lower()))} "


def is_place(line: Paragraph) -> bool:
    """Tell whether a line could be a place and nothing else: a few capitalised words without a final stop."""
    return _is_heading(line, _MOST_PLACE_WORDS) and all(word[0].isupper() for word in WORD.findall(line.text))


def _is_heading(line: Paragraph, max_words: int) -> bool:
    """Tell whether a line could be a heading: it has words, but few, no final stop and no quotation mark first.

    A line with a handle ("@name") names the writer of a post.
    """
    if not 0 < line.n_words <= max_words or len(line.text) > LONGEST_WORD * max_words or "@" in line.text:
        return False
    return not (line.text[0] in '"“«„•-–—' or line.text[0].islower() or _FINAL_STOP.search(line.text))


def _is_title_case(line: Paragraph, small_words: list[str], min_words: int) -> bool:
    words = [word for word in WORD.findall(line.text) if word not in small_words]
    raised = [word[0].isdigit() or any(part[0].isupper() for part in word.split("-")) for word in words]
    return len(words) >= min_words and all(raised)


# ---- whole paragraphs --------------------------------------------------------------------------------------------


def find_boilerplate(paragraphs: Paragraphs, context: Context, rules: "Rules") -> dict[Paragraph, str]:
    """Return the paragraphs that are not the article's prose, each with the name of the rule that says so."""
    found: dict[Paragraph, str] = {}
    for paragraph in paragraphs:
        is_joined = len(paragraph.pieces) > 1  # each of its lines was tried alone before
        if is_joined and (match := next(rules.search("line", paragraph.text), None)):
            found[paragraph] = match[0]
    n_found, names = -1, tuple(FINDERS)
    while len(found) > n_found:
        n_found = len(found)
        for name in names:
            left = [paragraph for paragraph in paragraphs if paragraph not in found]
            options = rules.find_options(name)
            if left and options:
                found |= dict.fromkeys(FINDERS[name](left, options, context), name)
        names = EDGE_RULES
    return found


def find_headlines(paragraphs: Paragraphs, options: Options, context: Context) -> set[Paragraph]:
    """Return lines that are a headline of articles.csv, and a line without a final stop that opens the article."""
    longest = max(map(len, context.headlines), default=0)
    found = {one for one in paragraphs if len(one.text) <= 2 * longest and squeeze(one.text) in context.headlines}
    first, second = [*(one for one in paragraphs if one not in found), None, None][:2]
    if second and second.is_sentence and first.n_words > 3 and _is_heading(first, options["max_words"]):
        is_unlisted = not context.headline and first.n_words <= options["max_words_unlisted"]
        if (is_unlisted and not first.is_sentence) or _is_title_case(first, options["small_words"], 5):
            found.add(first)
    return found


def find_bylines(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return lines near an edge that start with the article's author, or with `By` and a name."""
    author = squeeze(context.author)
    edges = [*paragraphs[:_EDGE_LINES], *paragraphs[-_EDGE_LINES:]]
    return [
        one
        for one in edges
        if _is_heading(one, options["max_words"])
        and (options["pattern"].search(one.text) or (author and squeeze(one.text).startswith(author)))
    ]


def find_other_scripts(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return short lines none of whose letters are in the script (Latin, Cyrillic, Arabic …) of the article."""
    scripts: dict[Paragraph, Counter[str]] = {one: Counter() for one in paragraphs}
    for one in paragraphs:
        for letter, n in Counter(one.text).items():
            if letter.isalpha():
                scripts[one]["LATIN" if letter.isascii() else unicodedata.name(letter, "?").split()[0]] += n
    whole = sum(scripts.values(), Counter())
    main = max(whole, key=whole.get, default="")
    return [one for one, own in scripts.items() if own and main not in own and one.n_words <= options["max_words"]]


def find_repeated_captions(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return lines whose words are in a caption that was removed."""
    captions = "\n".join(map(_spell, context.captions))
    return [one for one in paragraphs if one.n_words >= options["min_words"] and _spell(one.text) in captions]


def find_pull_quotes(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return blocks whose words are printed again inside a longer paragraph."""
    words = {one: _spell(one.text) for one in paragraphs}
    whole, same = "\n".join(words.values()), Counter(words.values())
    blocks = [one for one in paragraphs if options["min_words"] <= one.n_words <= options["max_words"]]
    return [one for one in blocks if whole.count(words[one]) > same[words[one]]]


def find_teasers(paragraphs: Paragraphs, options: Options, context: Context) -> set[Paragraph]:
    """Return paragraphs that break off before a section label, and the line without a final stop above each."""
    teasers = {one for one in paragraphs if one.n_words >= options["min_words"] and options["pattern"].search(one.text)}
    if len(teasers) < options["min_count"]:
        return set()
    above = (before for before, one in pairwise(paragraphs) if one in teasers)
    return teasers.union(one for one in above if _is_heading(one, options["headline_max_words"]))


def find_related_headlines(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return lines in Title Case without a final stop that come after the first paragraph."""
    return [
        one
        for before, one in pairwise(paragraphs)
        if _is_heading(one, options["max_words"])
        and not before.text.endswith((":", ","))
        and one.text.count(",") < 3
        and _is_title_case(one, options["small_words"], options["min_words"])
    ]


def find_datelines(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return a line with nothing but a place, below something removed and directly above the first paragraph."""
    first, second = [*paragraphs, None, None][:2]
    if not second or first.number == 0 or second.number != first.number + 1:
        return []
    return [first] if is_place(first) and second.is_sentence else []


def find_section_labels(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return lines of a few words at the very start or end, where longer text remains."""
    found: Paragraphs = []
    if any(one.n_words > options["max_words"] for one in paragraphs):
        for side in (paragraphs, paragraphs[::-1]):
            for one in side:
                if one.is_sentence or one.text[0] in OPENING_MARKS or one.n_words > options["max_words"]:
                    break
                found.append(one)
    return found


def find_bios(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return a last paragraph that introduces the author."""
    last = paragraphs[-1]
    if len(paragraphs) < 2 or last.n_words > options["max_words"]:
        return []
    named = options["pattern"].search(last.text)
    is_author = bool(named) and squeeze(named["name"]) in squeeze(context.author)
    return [last] if is_author or options["self_evident"].search(last.text) else []


def find_crossheads(paragraphs: Paragraphs, options: Options, context: Context) -> Paragraphs:
    """Return short lines without a final stop between two full paragraphs, of which the first ends a sentence.

    A line that ends with a colon or comma, or follows one, introduces something; one that opens with a pronoun or
    conjunction is prose; short lines in a row are a list. These are kept.
    """
    return [
        one
        for before, one, after in zip(paragraphs, paragraphs[1:], paragraphs[2:], strict=False)
        if _is_heading(one, options["max_words"])
        and not one.is_sentence
        and not one.text.endswith((":", ",", ";", "-", "–", "—"))
        and WORD.search(one.text.lower()).group() not in options["prose_openings"]
        and before.is_sentence
        and after.n_words > options["max_words"]
    ]


# In the order in which they run, the surest first. Each sees the paragraphs that those before it left.
FINDERS: dict[str, Callable[[Paragraphs, Options, Context], Iterable[Paragraph]]] = {
    "headline": find_headlines,
    "byline": find_bylines,
    "other script": find_other_scripts,
    "repeated caption": find_repeated_captions,
    "pull quote": find_pull_quotes,
    "teaser": find_teasers,
    "related headline": find_related_headlines,
    "dateline": find_datelines,
    "section label": find_section_labels,
    "author bio": find_bios,
    "crosshead": find_crossheads,
}
EDGE_RULES = ("headline", "byline", "dateline", "section label", "author bio")  # run again until they find no more


# ---- inside paragraphs -------------------------------------------------------------------------------------------


def find_spans(paragraphs: Paragraphs, context: Context, rules: "Rules") -> dict[Paragraph, list[tuple[int, int, str]]]:
    """Return what to remove inside paragraphs, without overlap: paragraph -> (start, end, rule)."""
    found: dict[Paragraph, list[tuple[int, int, str]]] = {}
    span_rules = [rule for rule in rules.rules if rule.kind == "span"]
    for number, one in enumerate(paragraphs):
        spans = [(*match.span(), rule.name) for rule in span_rules for match in rule.options["span"].finditer(one.text)]
        if number == 0:
            spans += _find_openings(one.text, context, rules)
        if number == len(paragraphs) - 1:
            spans += _find_closings(one.text, rules)
        at = 0
        for start, end, name in sorted(spans):
            if end > max(at, start):
                found.setdefault(one, []).append((max(at, start), end, name))
                at = end
    return found


def _find_openings(text: str, context: Context, rules: "Rules") -> Iterator[tuple[int, int, str]]:
    """Yield what comes before the first words of an article, one after the other."""
    at = 0
    for _ in range(_MOST_OPENINGS):
        rest = text[at:].lstrip()
        start = len(text) - len(rest)
        found = rules.search("opening", rest)
        name, length = next(
            ((name, match.end()) for name, match in found if match.end() and not match.start()), ("", 0)
        )
        if not length and rules.find_options("headline"):
            name, length = "headline", _measure_headline(rest, context.headline, is_stamped=at > 0)
        if not length:
            return
        yield at, start + length, name
        at = start + length


def _measure_headline(text: str, headline: str, is_stamped: bool) -> int:
    """Return the length of the headline at the start of the first paragraph; 0 where a sentence may continue it.

    Its punctuation may differ. A headline below a stamp, with a mark after it, or of many words is a sure one.
    """
    n_words, wanted = count_words(headline), squeeze(headline)
    if n_words < _FEWEST_HEADLINE_WORDS or not wanted:
        return 0
    letters = [at for at, letter in enumerate(text) if letter.isalnum()][: len(wanted)]
    end = letters[-1] + 1 if letters else 0
    if squeeze(text[:end]) != wanted:
        return 0
    mark = re.match(r"[\"'”’)\]]*\s?[.:!?|]+(?=\s)|[\"'”’)\]]*", text[end:]).group()
    rest = text[end + len(mark) :].lstrip()
    begins = bool(rest) and (rest[0].isupper() or rest[0].isdigit() or rest[0] in OPENING_MARKS)
    is_sure = is_stamped or mark.strip() or n_words >= _SURE_HEADLINE_WORDS
    is_whole = not text[end : end + 1].isalnum()
    return end + len(mark) if begins and is_sure and is_whole else 0


def _find_closings(text: str, rules: "Rules") -> Iterator[tuple[int, int, str]]:
    """Yield what comes after the last words of an article, from the end backwards."""
    end = len(text.rstrip())
    base = max(0, end - _CLOSING_REACH)
    while found := next(rules.search("closing", text[base:end]), None):
        start = base + found[1].start()
        if start >= end:
            return
        yield start, end, found[0]
        end = len(text[:start].rstrip())
