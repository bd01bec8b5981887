"""Remove what is not an article's own prose, repair the rest, and say what was removed.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml. Nothing
but white space is ever inserted or altered: an article's text, what was removed and white space make up its file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from helpers.reading.cleaning import repair, structure
from helpers.reading.cleaning.locating import Place, Problem, place_articles
from helpers.reading.cleaning.repair import Line, Paragraph
from helpers.reading.cleaning.rules import Rules, load_rules, split_names

__all__ = ["Cleaned", "Cut", "Problem", "Rules", "clean_file", "load_rules", "split_names"]

OUTSIDE = "outside any article"
RUNNING_HEAD = "running head"
_WINDOW_LINES = 3  # a to_end pattern sees its line and the next two

Heads = set[tuple[int, int]]  # start and end of running heads
Stretch = tuple[str, int, int]  # rule, start, end


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
    headlines = frozenset(structure.squeeze(row["headline"]) for row in rows) - {""}
    options = rules.find_options(RUNNING_HEAD)
    heads = repair.find_running_heads(raw, options) if options else set()
    cleaned = Cleaned(problems=problems)
    prose: list[Paragraph] = []
    for place in places:
        row = rows[place.row]
        own = rules.select(row["outlet"], split_names(row["rules_off"]))
        context = structure.Context(row["headline"], row["author"], headlines)
        paragraphs, text, cuts = _clean_article(raw, place, context, own, heads)
        prose += paragraphs
        cleaned.texts[row["article_id"]] = text
        cleaned.n_words[row["article_id"]] = repair.count_words(text)
        cleaned.ranges[row["article_id"]] = (place.start, place.end)
        cleaned.removed.extend(Cut(row["article_id"], *cut) for cut in cuts)
    edges = [0, *(edge for place in places for edge in (place.start, place.end)), len(raw)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if raw[start:end].strip():
            cuts = _remove_outside(raw, start, end, rules.select("", ()), headlines, heads, prose)
            cleaned.removed.extend(Cut("", *cut) for cut in cuts)
    cleaned.removed.sort(key=lambda cut: cut.start)
    return cleaned


def _clean_article(
    raw: str, place: Place, context: structure.Context, rules: Rules, heads: Heads
) -> tuple[list[Paragraph], str, list[Stretch]]:
    """Return an article's paragraphs, its text, and what was removed."""
    heads = heads if rules.find_options(RUNNING_HEAD) else set()
    paragraphs, cuts = _form_paragraphs(raw, place.start, place.end, rules, heads, (place.start + place.end) / 2)
    context = context._replace(captions=[raw[start:end] for rule, start, end in cuts if "caption" in rule])
    boilerplate = structure.find_boilerplate(paragraphs, context, rules)
    for paragraph, rule in boilerplate.items():
        cuts += [(rule, *stretch) for stretch in _find_stretches(raw, paragraph)]
    kept = [paragraph for paragraph in paragraphs if paragraph not in boilerplate]
    spans = structure.find_spans(kept, context, rules)
    texts = []
    for paragraph in kept:
        text, more = _cut_spans(raw, paragraph, spans.get(paragraph, []))
        texts.append(text)
        cuts += more
    return kept, "\n".join(filter(None, texts)), cuts


def _form_paragraphs(
    raw: str, start: int, end: int, rules: Rules, heads: Heads, tail_from: float
) -> tuple[list[Paragraph], list[Stretch]]:
    """Return the paragraphs between two positions without the lines that are cut, and what was cut.

    These are running heads, lines that a line rule matches, and a tail: from where a to_end rule matches, which is
    tried from the position `tail_from` on.
    """
    lines = repair.split_lines(raw, start, end)
    cuts = [(RUNNING_HEAD, line.start, line.end) for line in lines if (line.start, line.end) in heads]
    body = [line for line in lines if (line.start, line.end) not in heads]
    kept: list[Line] = []
    for number, line in enumerate(body):
        window = "\n".join(one.text for one in body[number : number + _WINDOW_LINES])
        tails = rules.search("to_end", window) if line.start >= tail_from else ()
        tail = next((name for name, found in tails if found.start() == 0), None)
        if tail:
            cuts.append((tail, line.start, body[-1].end))
            break
        name, _ = next(rules.search("line", line.text), (None, None))
        if name:
            cuts.append((name, line.start, line.end))
        else:
            kept.append(line)
    gaps = set(lines).difference(kept)
    after_gap = {after for before, after in pairwise(lines) if before in gaps}
    kept = [line._replace(after_gap=line.after_gap or line in after_gap) for line in kept]
    return repair.form_paragraphs(raw, kept, rules.repair, rules.off), cuts


def _cut_spans(raw: str, paragraph: Paragraph, spans: Sequence[tuple[int, int, str]]) -> tuple[str, list[Stretch]]:
    """Return a paragraph's text without some spans of it, and what was removed, line-end hyphens among it."""
    text, cuts = paragraph.text, []
    positions = repair.locate_characters(raw, paragraph) if spans else []
    for start, end, rule in reversed(spans):
        removed = [positions[at] for at in range(start, end) if not text[at].isspace()]
        if removed:
            cuts += [(rule, *stretch) for stretch in _find_stretches(raw, paragraph, removed[0], removed[-1] + 1)]
        text = text[:start] + text[end:]
    hyphens = [at for at in paragraph.hyphens if not any(start <= at < end for _, start, end in cuts)]
    return " ".join(text.split()), [*cuts, *(("join hyphen", at, at + 1) for at in hyphens)]


def _find_stretches(raw: str, paragraph: Paragraph, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the stretches of the file that hold a paragraph between two positions.

    They are several where a line inside the paragraph was removed.
    """
    stop = len(raw) if end is None else end
    stretches: list[tuple[int, int]] = []
    for first, last, _ in paragraph.pieces:
        first, last = max(first, start), min(last + (last in paragraph.hyphens), stop)
        if first < last and stretches and not raw[stretches[-1][1] : first].strip():
            stretches[-1] = (stretches[-1][0], last)
        elif first < last:
            stretches.append((first, last))
    return stretches


def _remove_outside(
    raw: str, start: int, end: int, rules: Rules, headlines: frozenset[str], heads: Heads, prose: list[Paragraph]
) -> list[Stretch]:
    """Return what is outside the articles between two positions, under the rule that would have removed it."""
    paragraphs, cuts = _form_paragraphs(raw, start, end, rules, heads, tail_from=len(raw))
    options = rules.find_options("pull quote")
    context = structure.Context("", "", headlines)
    quoted = structure.find_pull_quotes([*paragraphs, *prose], options, context) if options else set()
    for paragraph in paragraphs:
        rule = OUTSIDE
        if structure.squeeze(paragraph.text) in headlines:
            rule = "headline"
        elif paragraph in quoted:
            rule = "pull quote"
        elif end < len(raw) and paragraph is paragraphs[-1] and structure.is_place(paragraph):
            rule = "dateline"
        cuts += [(rule, *stretch) for stretch in _find_stretches(raw, paragraph)]
    return cuts
