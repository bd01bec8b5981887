"""Remove what is not an article's own prose, repair the rest, and say what was removed.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml. Nothing
but white space is ever inserted or altered: an article's text, what was removed and white space make up its file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from helpers.reading.cleaning import repair
from helpers.reading.cleaning.locating import Problem, place_articles
from helpers.reading.cleaning.repair import Line, Paragraph, count_words, spell, squeeze
from helpers.reading.cleaning.rules import Rules, find_options, load_rules
from helpers.reading.cleaning.structure import Context, Span, find_boilerplate, find_spans, list_scripts

__all__ = ["Cleaned", "Cut", "Problem", "Rules", "clean_file", "count_words", "cut_spans", "load_rules"]

OUTSIDE = "outside any article"
RUNNING_HEAD = "running head"
_WINDOW_LINES = 3  # a to_end pattern sees its line and the next two

Heads = set[tuple[int, int]]  # start and end of running heads
Stretch = tuple[str, int, int]  # rule, start and end in the file


class Cut(NamedTuple):
    """A stretch of the raw text that a rule removed; `article_id` is empty outside any article."""

    article_id: str
    rule: str
    start: int
    end: int


@dataclass(frozen=True)
class Cleaned:
    """One file's articles: article_id -> text, its words, (start, end) in the file; what was removed, and problems."""

    texts: dict[str, str] = field(default_factory=dict)
    n_words: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    removed: list[Cut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def clean_file(raw: str, rows: Sequence[Mapping[str, str]], rules: Rules) -> Cleaned:
    """Return the articles of one file as clean text, and what was removed from it.

    `rows` are its articles as in articles.csv: article_id, starts_with, ends_with, outlet, headline, author, rules_off;
    `rules` come from `load_rules`. A text has one paragraph a line. What was removed does not overlap; without it and
    without white space, the file is its articles' texts. A row that could not be located is in `problems` and has no
    text.
    """
    places, problems = place_articles(raw, rows)
    cleaned = Cleaned(problems=problems)
    headlines = frozenset(squeeze(row["headline"]) for row in rows) - {""}
    heads = repair.find_running_heads(raw, find_options(RUNNING_HEAD)) if repair.PAGE in raw else set()
    prose: list[Paragraph] = []
    for number, start, end in places:
        row = rows[number]
        own = rules.select(row["outlet"], row["rules_off"])
        lines, cuts = _cut_lines(raw, start, end, own, heads, tail_from=(start + end) / 2)
        paragraphs = repair.form_paragraphs(raw, lines, own)
        context = Context(
            rules.words,
            headlines,
            row["headline"],
            squeeze(row["author"]),
            "\n".join(spell(raw[first:last]) for rule, first, last in cuts if "caption" in rule),
            next(iter(list_scripts("".join(paragraph.text for paragraph in paragraphs))), ""),
        )
        named = find_boilerplate("paragraph", paragraphs, context, own)
        kept = [paragraph for paragraph in paragraphs if paragraph not in named]
        text, more = _cut_paragraphs(raw, paragraphs, named, find_spans(kept, row["headline"], own))
        prose += kept
        article_id = row["article_id"]
        cleaned.texts[article_id] = text
        cleaned.n_words[article_id] = repair.count_words(text)
        cleaned.ranges[article_id] = (start, end)
        cleaned.removed.extend(Cut(article_id, *cut) for cut in [*cuts, *more])
    own = rules.select("", "")
    edges = [0, *(edge for place in places for edge in (place.start, place.end)), len(raw)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if raw[start:end].strip():
            lines, cuts = _cut_lines(raw, start, end, own, heads, tail_from=len(raw))
            paragraphs = repair.form_paragraphs(raw, lines, own)
            context = Context(rules.words, headlines, prose=prose, is_followed=end < len(raw))
            named = dict.fromkeys(paragraphs, OUTSIDE) | find_boilerplate("outside", paragraphs, context, own)
            _, more = _cut_paragraphs(raw, paragraphs, named, {})
            cleaned.removed.extend(Cut("", *cut) for cut in [*cuts, *more])
    cleaned.removed.sort(key=lambda cut: cut.start)
    return cleaned


def _cut_lines(
    raw: str, start: int, end: int, rules: Rules, heads: Heads, tail_from: float
) -> tuple[list[Line], list[Stretch]]:
    """Return the lines between two positions without those that are cut, and what was cut.

    These are running heads, lines that a line rule matches, and a tail: from where a to_end rule matches, which is
    tried from the position `tail_from` on.
    """
    lines = repair.split_lines(raw, start, end)
    heads = heads if RUNNING_HEAD not in rules.off else set()
    body = [line for line in lines if (line.start, line.end) not in heads]
    kept: list[Line] = []
    cuts: list[Stretch] = []
    tail_start = end
    for number, line in enumerate(body):
        window = "\n".join(one.text for one in body[number : number + _WINDOW_LINES])
        tails = rules.search("to_end", window) if line.start >= tail_from else ()
        tail = next((name for name, found in tails if found.start() == 0), None)
        if tail:
            tail_start = line.start
            cuts.append((tail, tail_start, lines[-1].end))
            break
        name, _ = next(rules.search("line", line.text), (None, None))
        if name:
            cuts.append((name, line.start, line.end))
        else:
            kept.append(line)
    in_heads = (line for line in lines if (line.start, line.end) in heads and line.start < tail_start)
    cuts += [(RUNNING_HEAD, line.start, line.end) for line in in_heads]
    gaps = set(lines).difference(kept)
    after_gap = {after for before, after in pairwise(lines) if before in gaps}
    return [line._replace(after_gap=line.after_gap or line in after_gap) for line in kept], cuts


def _cut_paragraphs(
    raw: str, paragraphs: Iterable[Paragraph], named: Mapping[Paragraph, str], spans: Mapping[Paragraph, list[Span]]
) -> tuple[str, list[Stretch]]:
    """Return the text of paragraphs without those `named` and without spans of others, and what was removed.

    A cut is in several stretches where a line inside the paragraph was removed before. Of what is kept, the hyphens
    are cut that belong to the page's lines.
    """
    texts, cuts = [], []
    for one in paragraphs:
        text, own = one.text, []
        cut_out = [(0, len(text), named[one])] if one in named else spans.get(one, [])
        places = []  # in the file, of each character of the text; -1 for the space between two lines
        for start, end, glue in one.pieces if cut_out else ():
            places += [-1] * len(glue)
            places += [start + found.end() - 1 for found in re.finditer(r"\S|\s+", raw[start:end])]
        for start, end, rule in reversed(cut_out):
            removed = [at for at in places[start:end] if at >= 0 and not raw[at].isspace()]
            removed += [at for at in one.hyphens if removed and removed[0] < at < removed[-1]]
            own += [(rule, *stretch) for stretch in _join_places(raw, sorted(removed))]
            text = text[:start] + text[end:]
        texts.append(" ".join(text.split()))
        hyphens = [at for at in one.hyphens if not any(start <= at < end for _, start, end in own)]
        cuts += [*own, *(("join hyphen", at, at + 1) for at in hyphens)]
    return "\n".join(filter(None, texts)), cuts


def cut_spans(
    raw: str, start: int, end: int, removed: Iterable[tuple[int, int]], text: str, spans: Iterable[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of an article without spans of it, and the stretches of the file that these were.

    The article is `raw[start:end]`, of which `removed` was cut before; `spans` are in order, in `text`.
    """
    edges = [start, *(edge for stretch in sorted(removed) for edge in stretch), end]
    kept = [at for first, last in zip(edges[::2], edges[1::2], strict=True) for at in range(first, last)]
    kept = [at for at in kept if not raw[at].isspace()]
    places, pieces, before = [], [], 0
    for first, last in spans:
        n_before = len("".join(text[:first].split()))
        places += kept[n_before : n_before + len("".join(text[first:last].split()))]
        pieces.append(text[before:first])
        before = last
    left = "".join([*pieces, text[before:]])
    return "\n".join(filter(None, (" ".join(line.split()) for line in left.split("\n")))), _join_places(raw, places)


def _join_places(raw: str, places: Iterable[int]) -> list[tuple[int, int]]:
    """Return characters of the file, in order, as stretches: with nothing but white space between, they are one."""
    stretches: list[tuple[int, int]] = []
    for at in places:
        if stretches and not raw[stretches[-1][1] : at].strip():
            stretches[-1] = (stretches[-1][0], at + 1)
        else:
            stretches.append((at, at + 1))
    return stretches
