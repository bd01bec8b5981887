"""Remove what is not an article's own prose, repair the rest, and say what was removed.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml; CONDITIONS is
what each condition that they name means. Nothing but white space is ever inserted or altered: an article's text, what
was removed and white space make up its file.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise, takewhile
from typing import Any, NamedTuple

from helpers.reading.cleaning import repair
from helpers.reading.cleaning.repair import LEXICON, Line, Rules, Span, count_words, ends_sentence, split_lines, squeeze
from helpers.reading.files import Pattern, suggest
from helpers.reading.quotations import find_quotations
from helpers.reading.sentences import split_sentences
from helpers.reading.turns import Place, find_turns

OUTSIDE = "outside any article"
PATTERN_KINDS = ("line", "to_end", "opening", "closing", "span")  # of rules; others: paragraph, step and off
_KEYS = ("name", "note", "outlet", "off", *PATTERN_KINDS)  # of a rule in corpus.toml
ANCHORED = {"opening": r"\A(?:{})", "closing": r"(?:{}).*\Z"}
WHOLE, PIECES = ("paragraph", "whole"), ("line", "paragraph")  # of rules tried on paragraphs, and on pieces of them
_MOST_LINES = 2000  # among which the nearest is looked for
OWN_SIGN, LEAST, PROSE = 3, 0, -5  # points of a sentence that may begin a tail, of any in it, and of none
_WORDS = {name: frozenset(words.split()) for name, words in LEXICON["words"].items()}
_JOINED = "|".join(LEXICON["joined"])
_search = lru_cache(10_000)(re.search)
_lower = lru_cache(1_000)(lambda text: {*re.findall(r"[\w-]+", text.lower())})

Problem = tuple[int, str, str]  # a row's index, the column, what was found and how to correct it


def load_rules(settings: Mapping[str, Any], outlets: Collection[str] = ()) -> tuple[Rules, list[str]]:
    """Return the rules for a corpus, and a line for each of its own rules that cannot be used.

    `settings` is the parsed corpus.toml. Each `[[cleaning]]` entry has a `name`, a `note`, and one of `line`, `to_end`,
    `opening`, `closing`, `span` (regular expressions) or `off = true`; an `outlet` limits it to one. A corpus's own
    rules are tried before the generic ones, so that what is removed goes by the most telling name. `outlets` are those
    that a rule may be limited to.
    """
    pairs = [(entry, kind) for entry in LEXICON["rule"] for kind in (*PATTERN_KINDS, *WHOLE, "step") if kind in entry]
    tests = [re.compile(entry[kind], re.MULTILINE) if kind in PATTERN_KINDS else entry[kind] for entry, kind in pairs]
    generic = [repair.Rule(entry["name"], kind, "", test) for (entry, kind), test in zip(pairs, tests, strict=True)]
    known, own, problems = {rule.name for rule in generic}, [], []
    for number, entry in enumerate(settings.get("cleaning", []), 1):
        try:
            own.append(_make_rule(entry, known, outlets))
        except ValueError as error:
            problems.append(f"[[cleaning]] number {number}: {error}")
    return (*own, *generic), problems


def _make_rule(entry: Any, known: Collection[str], outlets: Collection[str]) -> repair.Rule:
    """Return the rule of an entry of corpus.toml. Raises ValueError, which says how to correct it, if it has none."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError("it has no name: give it one")
    name, outlet = entry["name"].strip(), str(entry.get("outlet", "")).strip()
    kinds = [kind for kind in (*PATTERN_KINDS, "off") if entry.get(kind)]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise ValueError(f"{name!r} needs one of {', '.join(PATTERN_KINDS)} or off, and has {found}")
    if kinds == ["off"] and name not in known:
        raise ValueError(f"there is no rule {name!r} to switch off{suggest(name, known)}")
    if outlets and outlet not in {"", *outlets}:
        wrong = f"{name!r} is limited to {outlet!r}, an outlet that no article has"
        raise ValueError(f"{wrong}{suggest(outlet, outlets)}: write it as in articles.csv")
    if odd := [key for key in entry if key not in _KEYS]:
        raise ValueError(f"{name!r} has {odd[0]!r}{suggest(odd[0], _KEYS)}: rename or delete it")
    kind, test = kinds[0], entry[kinds[0]]
    try:
        kind, pattern = ("span", ANCHORED[kind].format(test)) if kind in ANCHORED else (kind, test)
        return repair.Rule(name, kind, outlet, pattern if kind == "off" else Pattern(pattern, re.MULTILINE))
    except ValueError as error:
        raise ValueError(f"{name!r}: {error}") from None


class CleanedArticle:
    """An article while it is cleaned: where it is in the raw text of its file, its text so far, and what was cut.

    With an empty `article_id` it is a part of the file that is outside any article.
    """

    def __init__(self, article_id: str, raw: str, start: int, end: int) -> None:
        """Take a part of a file. `marks` are where its marks are in the raw text; it begins and ends with one."""
        self.article_id, self.raw, self.text = article_id, raw, raw[start:end]
        self.cuts: list[Span] = []  # of the raw text
        self.marks = [at for at in range(start, end) if not raw[at].isspace()]
        self.start, self.end = (self.marks[0], self.marks[-1] + 1) if self.marks else (end, end)

    def cut(self, spans: Sequence[Span]) -> None:
        """Cut spans; paragraphs stay apart. Of those that overlap, the first goes whole, with what was cut in it."""
        ordered = sorted(spans, key=lambda span: span[0])  # from one place on, the rules stay in their order
        ends = accumulate((end for _, end, _ in ordered), max, initial=0)  # of all before it
        for (start, end, rule), after in reversed([*zip(ordered, ends, strict=False)]):
            place = slice(max(start, after), max(end, after))
            numbers = slice(*(len("".join(self.text[:at].split())) for at in (place.start, place.stop)))
            if own := self.marks[numbers]:
                self.cuts = [cut for cut in self.cuts if not own[0] < cut[0] < own[-1]]
                self.cuts.append((own[0], own[-1] + 1, rule))
            del self.marks[numbers]
            self.text = self.text[: place.start] + "\n" * ("\n" in self.text[place]) + self.text[place.stop :]
        self.text = "\n".join(filter(None, (" ".join(line.split()) for line in self.text.split("\n"))))


def clean_file(raw: str, rows: Sequence[Mapping[str, str]], rules: Rules) -> tuple[list[CleanedArticle], list[Problem]]:
    """Return the articles of one file and what is outside any, cleaned, and the rows that could not be located.

    `rows` are its articles as in articles.csv: article_id, starts_with, ends_with, outlet, headline, author, rules_off;
    `rules` come from `load_rules`. A text has one paragraph a line. What was cut does not overlap; without it and
    without white space, the file is its articles' texts.
    """
    places, problems = place_articles(raw, rows)
    headlines = {squeeze(row["headline"]) for row in rows} - {""}
    articles = []
    for number, start, end in places:
        row = {**rows[number], "headlines": headlines}
        own = repair.select_rules(rules, row["outlet"], row["rules_off"])
        article = CleanedArticle(row["article_id"], raw, start, end)
        lines = split_lines(article.text)
        named = name_lines(lines, own, headlines)
        left = [line for line in lines if not any(first <= line.start < last for first, last, _ in named)]
        text, hyphens = repair.form_paragraphs(article.text, left, {rule.name for rule in own})
        article.cut(named)
        article.text = text
        article.cut(hyphens)
        n_left = None
        while n_left != len(article.marks):  # what was cut has moved the edges
            n_left = len(article.marks)
            article.cut(find_cuts(article.text, row, own))
        articles.append(article)
    edges = [0, *(edge for _, *place in places for edge in place), len(raw)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        articles.append(CleanedArticle("", raw, start, end))
        articles[-1].cut([(0, end - start, OUTSIDE)])
    return articles, problems


def place_articles(raw: str, rows: Sequence[Mapping[str, str]]) -> tuple[list[tuple[int, int, int]], list[Problem]]:
    """Return each article as the number of its row, its start and its end in the file, and rows that were not located.

    They are in the file's order. `starts_with` and `ends_with` are found whatever their white space, hyphens and other
    marks; an empty `starts_with` means the start of the file, an empty `ends_with` the next article's start or the
    file's end. A row that cannot be located, or that would overlap with one before it, is a problem and has no place.
    """
    starts: dict[int, int] = {}  # start -> number of its row
    places, problems = [], []
    after = -1
    for number, row in enumerate(rows):
        found, problem = _find(row["starts_with"], raw, 0, len(raw))
        if found:
            after = next((start for start, _ in found if start > after), found[0][0])  # after the article before
            if (first := starts.setdefault(after, number)) != number:
                other = rows[first]["article_id"]
                problem = f"the article starts where {other!r} starts: give each the words that it starts with"
        problems += [(number, "starts_with", problem)] * bool(problem)
    for start, end in pairwise([*sorted(starts), len(raw)]):
        found, problem = _find(rows[starts[start]]["ends_with"], raw, start, end)
        places += [(starts[start], start, last) for _, last in found[-1:]]
        problems += [(starts[start], "ends_with", problem)] * bool(problem)
    return places, problems


def _find(typed: str, raw: str, start: int, end: int) -> tuple[list[Place], str]:
    """Return where words are, whatever space and marks are between them, with the marks directly around.

    No words are all from `start` to `end`. Where they are not, the second says what is most like them.
    """
    words = r"\W*".join(re.findall(r"\w", typed)) or "(?!)"
    pattern = re.compile(rf"(?<![^\w\s])[^\w\s]*{words}[^\w\s]*")
    found = [one.span() for one in pattern.finditer(raw, start, end)] if typed else [(start, end)]
    if found:
        return found, ""
    if pattern.search(raw):
        return [], f"{typed!r} is found only before the article's first words or after those of the next"
    lines = [line.text for line in split_lines(raw)[:_MOST_LINES]]
    near = [*(line[: len(typed)] for line in lines), *(line[-len(typed) :] for line in lines)]
    return [], f"the file has no {typed!r}{suggest(typed, near, cutoff=0.4)}: copy the words from the file"


# ---- what is not prose ----------------------------------------------------------------------------------------------


def name_lines(lines: Sequence[Line], rules: Rules, headlines: Collection[str] = ()) -> list[Span]:
    """Return the spans of the lines that are no prose, each with the rule that says so.

    These are running heads, lines that a line rule matches and that are none of the `headlines`, squeezed, and a tail:
    all from where a to_end rule matches, which is tried in the last half.
    """
    heads = repair.find_running_heads(lines) if any(rule.name == "running head" for rule in rules) else ()
    body, spans = [line for line in lines if line not in heads], [(*line[:2], "running head") for line in heads]
    last = lines[-1].end if lines else 0
    half = [line for line in body if 2 * line.start >= last]
    text = "\n".join(line.text for line in half)
    found = [(rule.test.search(text), rule.name) for rule in rules if rule.kind == "to_end" and half]
    ends = [(half[text.count("\n", 0, one.start())].start, name) for one, name in found if one]
    end, name = min(ends, default=(last, ""))
    spans += [(end, last, name)] * bool(ends)
    for line in (line for line in body if line.start < end and squeeze(line.text) not in headlines):
        names = (rule.name for rule in rules if rule.kind == "line" and rule.test.search(line.text))
        spans += [(line.start, line.end, name) for name in islice(names, 1)]
    return spans


class Paragraph(NamedTuple):
    """One of the paragraphs that are left of an article, or the sentences that end the last of them."""

    text: str
    number: int  # among those left
    left: Sequence[str]
    row: Mapping[str, Any]  # its article in articles.csv, and `headlines`: those of its file, squeezed


CONDITIONS: dict[str, Callable[[Paragraph, Any], Any]] = {
    # the paragraph
    "min_words": lambda at, least: count_words(at.text) >= least,
    "max_words": lambda at, most: count_words(at.text) <= most,
    "heading": lambda at, most: 0 < count_words(at.text) <= most and _search(repair.PATTERNS["heading"], at.text),
    "sentence": lambda at, wanted: ends_sentence(at.text) == wanted,
    "pattern": lambda at, pattern: _search(pattern, at.text),
    "no_pattern": lambda at, pattern: not _search(pattern, at.text),
    "clause": lambda at, verb: _search(repair.PATTERNS["clause"] + verb, at.text),
    "words": lambda at, least: all(len(_WORDS[name] & _lower(at.text)) >= n for name, n in least.items()),
    "score": lambda at, least: least <= count_points(at),
    # its place
    "last": lambda at, _: 0 < at.number == len(at.left) - 1,
    "edge": lambda at, _: at.number in (0, len(at.left) - 1),
    "above": lambda at, wanted: (
        at.number > 0 and meets_all(Paragraph(at.left[at.number - 1], at.number - 1, *at[2:]), wanted)
    ),
    "below": lambda at, wanted: (
        at.number + 1 < len(at.left) and meets_all(Paragraph(at.left[at.number + 1], at.number + 1, *at[2:]), wanted)
    ),
    "min_longest": lambda at, least: any(count_words(one) >= least for n, one in enumerate(at.left) if n != at.number),
    # its article
    "listed": lambda at, _: squeeze(at.text) in at.row["headlines"],
    "in_listed": lambda at, _: any(squeeze(at.text) in one for one in at.row["headlines"]),
    "unlisted": lambda at, _: at.number == 0 and not at.row["headline"],
    "names": lambda at, cell: (
        (name := at.row[cell])
        and (squeeze(name) in squeeze(at.text) or _search(rf"\b{re.escape(name.split()[-1])}\b", at.text))
    ),
    "new_name": lambda at, name: (hit := _search(name, at.text)) and sum(hit[1] in one for one in at.left) < 2,
    "in_longer": lambda at, _: any(squeeze(at.text) in squeeze(one) != squeeze(at.text) for one in at.left),
}


def meets_all(one: Paragraph, conditions: Mapping[str, Any]) -> bool:
    """Tell whether a paragraph meets all of the conditions."""
    return all(CONDITIONS[name](one, value) for name, value in conditions.items())


def count_points(one: Paragraph) -> int:
    """Return the points of a paragraph's signs; those of prose come first, and what has many of them is not read on."""
    points = 0
    for sign in LEXICON["sign"]:
        points += sign["points"] * meets_all(one, sign["paragraph"])
        if points <= PROSE:
            break
    return points


def find_cuts(text: str, row: Mapping[str, Any], rules: Rules) -> list[Span]:
    """Return what to cut of an article's text: spans inside paragraphs, else what the first rule cuts, not quoted.

    The headline that opens it is a span: its punctuation may differ; a sentence could begin with its words, so it has
    a mark after it or many words. Else paragraphs are tried, and smaller pieces. `row` is as of a Paragraph.
    """
    spans = [(*found.span(), one.name) for one in rules if one.kind == "span" for found in one.test.finditer(text)]
    key, below = squeeze(row["headline"]), LEXICON["below_headline"]
    if key and squeeze(text).startswith(key) and any(rule.name == "headline" for rule in rules):
        last = next(islice(re.finditer(r"[^\W_]", text), len(key) - 1, None))
        after = below["mark"] * (count_words(row["headline"]) < below["sure_words"]) + below["end"]
        spans += [(0, one.end(), "headline") for one in [re.compile(after).match(text, last.end())] if one]
    if spans:
        return spans
    for kinds, places, tried in _list_splits(text, row):
        left = [text[slice(*place)] for place in places]
        pieces = [Paragraph(left[n], n, left, row) for n, place in enumerate(places) if place in tried]
        for rule in (rule for rule in rules if rule.kind in kinds):
            is_cut = (lambda one, test: test.search(one.text)) if rule.kind == "line" else meets_all
            spans = [(*places[one.number], rule.name) for one in pieces if is_cut(one, rule.test)]
            said = find_quotations(text)[0] if spans else []
            kept = _list_kept(text) if spans else []
            spans = [span for span in spans if not any(one.start < span[0] < one.end for one in said)]
            if spans := [span for span in spans if not any(span[0] <= at < span[1] for at in kept)]:
                return spans
    return []


def _list_kept(text: str) -> list[int]:
    """Return where that begins which tells who speaks: heads of turns, and posts from their name to their time."""
    kept = []
    for turn in find_turns(text):
        is_post, is_long = turn.asks is None, len(turn.contents) > 1
        if not is_post or is_long or turn.contents[:1] < (turn.label,):  # above one paragraph it may be a byline
            kept += [turn.label[0], turn.cue[0]]
        kept += [start for start, _ in turn.contents[: None if is_post else 1]]
        kept += [turn.contents[-1][1] + 1] * (is_post and is_long)
    return kept


def _list_splits(text: str, row: Mapping[str, Any]) -> Iterator[tuple[Sequence[str], list[Place], set[Place]]]:
    """Yield the ways to split a text, the surest first: kinds of rules, its pieces, and those that they are tried on.

    They are its paragraphs; the last sentences as one, of which the first has a sign of its own and none reads as prose
    (what has no end is alone); its sentences, and lines that were joined to one.
    """
    paragraphs = [found.span() for found in re.finditer(".+", text)]
    yield WHOLE, paragraphs, {*paragraphs}
    places = [one[1:] for one in split_sentences(text)]
    left = [text[slice(*place)] for place in places]
    has_end = ends_sentence(text) or _search(r"\S@\S+$|\w\.\w\S*$", text)
    last = [n for n, place in enumerate(places) if has_end and place[0] >= paragraphs[-1][0]]
    points = ((n, count_points(Paragraph(left[n], n, left[: n + 1], row))) for n in reversed(last))
    for n in reversed([n for n, own in takewhile(lambda pair: pair[1] >= LEAST, points) if own >= OWN_SIGN]):
        tail = (places[n][0], len(text))
        yield PIECES, [*places[:n], tail], {tail}
    found = [_search(_JOINED, words) if ends_sentence(words) else None for words in left]
    joined = {(at, at + len(one[0].rstrip())): one for one, (at, _) in zip(found, places, strict=True) if one}
    lines = {*joined, *places}.difference(paragraphs)
    yield ("line",), sorted(lines), lines
    opens = [place for place, one in joined.items() if place[0] == 0 and not one["before_name"]]
    at_edge = {place for place in places if place[0] >= paragraphs[-1][0] or place[1] < paragraphs[0][1]}
    # what ends a first paragraph goes on with it
    yield ("paragraph",), [*opens, *places], {*opens, *at_edge}.difference(paragraphs)
