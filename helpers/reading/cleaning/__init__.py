"""Cut what is not an article's own prose, mend the rest, and say what was cut.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml. Nothing
but white space is ever inserted or altered: an article's text is its kept stretches of the file, and these, the
stretches cut and white space tile the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from helpers.reading.cleaning import structure
from helpers.reading.cleaning.assembling import Cut, Kept, assemble, cover
from helpers.reading.cleaning.insets import find_spans
from helpers.reading.cleaning.locating import Problem, place_articles
from helpers.reading.cleaning.pagination import find_running_heads, part_heads
from helpers.reading.cleaning.repair import Line, Paragraph, count_words, form_paragraphs, split_lines
from helpers.reading.cleaning.rules import Rule, Rules, load_rules, split_names

__all__ = ["Cleaned", "Cut", "Kept", "Rules", "clean_file", "load_rules", "split_names"]

OUTSIDE = "outside any article"
_HEAD = "running head"
_WINDOW_LINES = 3  # a to_end pattern sees its line and the next two


@dataclass(frozen=True)
class Cleaned:
    """One file taken apart: article_id -> text, its words, (start, end) in the file; and what became of the rest."""

    texts: dict[str, str] = field(default_factory=dict)
    n_words: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    removed: list[Cut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def clean_file(raw: str, rows: Sequence[Mapping[str, str]], rules: Rules) -> Cleaned:
    """Take the articles out of one file's text, cut what is not their prose, and mend the rest.

    Parameters
    ----------
    raw
        The text of the file.
    rows
        Its articles, as in articles.csv: article_id, starts_with, ends_with, outlet, headline, author, rules_off.
    rules
        From `load_rules`.

    Returns
    -------
    Cleaned
        A text has one paragraph a line. Without white space, it is its kept stretches without theirs. `kept` and
        `removed` do not overlap, and leave nothing but white space between them. A row that could not be placed
        is in `problems` and has no text.
    """
    places, problems = place_articles(raw, rows)
    headlines = frozenset(structure.squeeze(row["headline"]) for row in rows) - {""}
    heads = _find_heads(raw, rules)
    cleaned = Cleaned(problems=problems)
    prose: list[str] = []
    for place in places:
        row = rows[place.row]
        own = rules.select(row["outlet"], split_names(row["rules_off"]))
        context = structure.Context(row, headlines)
        own_heads = heads if _HEAD in own.names else frozenset()
        paragraphs, spans, cuts = _cut_article(raw, place.start, place.end, context, own, own_heads)
        text, kept, more = assemble(raw, row["article_id"], paragraphs, spans)
        prose += [paragraph.text for paragraph in paragraphs]
        cleaned.texts[row["article_id"]] = text
        cleaned.n_words[row["article_id"]] = count_words(text)
        cleaned.ranges[row["article_id"]] = (place.start, place.end)
        cleaned.kept.extend(kept)
        cleaned.removed.extend([*cuts, *more])
    edges = [0, *(edge for place in places for edge in (place.start, place.end)), len(raw)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        cleaned.removed.extend(_cut_outside(raw, start, end, rules.select("", ()), headlines, prose, heads))
    cleaned.removed.sort(key=lambda cut: cut.start)
    return cleaned


def _find_heads(raw: str, rules: Rules) -> frozenset[tuple[int, int]]:
    options = next((rule.options for rule in rules.of_kind("built_in") if rule.name == _HEAD), None)
    return frozenset(find_running_heads(raw, options)) if options else frozenset()


def _name_heads(lines: list[Line]) -> list[tuple[str, int, int]]:
    return [(_HEAD, line.start, line.end) for line in lines]


def _cut_article(
    raw: str, start: int, end: int, context: structure.Context, rules: Rules, heads: frozenset[tuple[int, int]]
) -> tuple[list[Paragraph], dict[int, list[tuple[int, int, str]]], list[Cut]]:
    """Return the paragraphs kept, the spans to cut inside them (paragraph -> start, end, rule), and the cuts."""
    article_id = context.row["article_id"]
    lines, cut_heads = part_heads(split_lines(raw, start, end), heads)
    lines, tail = _cut_tail(raw, lines, start, end, rules)
    lines, cut_lines = _cut_lines(raw, lines, rules)
    cuts = [Cut(article_id, *cut) for cut in [*_name_heads(cut_heads), *tail, *cut_lines]]
    captions = tuple(raw[cut.start : cut.end] for cut in cuts if "caption" in cut.rule)
    paragraphs = form_paragraphs(raw, lines, rules.mending, rules.off)
    found = _find_structure(paragraphs, structure.Context(context.row, context.headlines, captions), rules)
    for number, rule in found.items():
        cuts += [Cut(article_id, rule, *stretch) for stretch in cover(raw, paragraphs[number])]
    kept = [paragraph for number, paragraph in enumerate(paragraphs) if number not in found]
    return kept, find_spans([paragraph.text for paragraph in kept], context, rules), cuts


def _cut_tail(
    raw: str, lines: list[Line], start: int, end: int, rules: Rules
) -> tuple[list[Line], list[tuple[str, int, int]]]:
    to_end = rules.of_kind("to_end")
    texts = [_read(raw, line) for line in lines]
    for number, line in enumerate(lines):
        if line.start < (start + end) / 2:
            continue
        window = "\n".join(texts[number : number + _WINDOW_LINES])
        for rule in to_end:
            if rule.pattern.match(window):
                return lines[:number], [(rule.name, line.start, lines[-1].end)]
    return lines, []


def _cut_lines(raw: str, lines: list[Line], rules: Rules) -> tuple[list[Line], list[tuple[str, int, int]]]:
    line_rules = rules.of_kind("line")
    kept: list[Line] = []
    cuts: list[tuple[str, int, int]] = []
    after_cut = False
    for line in lines:
        name = _match_line(_read(raw, line), line_rules)
        if name:
            cuts.append((name, line.start, line.end))
        else:
            kept.append(line._replace(after_gap=line.after_gap or after_cut))
        after_cut = bool(name)
    return kept, cuts


def _read(raw: str, line: Line) -> str:
    return " ".join(raw[line.start : line.end].split())


def _match_line(text: str, line_rules: list[Rule]) -> str:
    return next((rule.name for rule in line_rules if rule.pattern.search(text)), "")


def _find_structure(paragraphs: list[Paragraph], context: structure.Context, rules: Rules) -> dict[int, str]:
    """Return the paragraphs to cut (number -> rule)."""
    built_in = {rule.name: rule.options for rule in rules.of_kind("built_in")}
    line_rules = rules.of_kind("line")
    texts = {number: paragraph.text for number, paragraph in enumerate(paragraphs)}
    found: dict[int, str] = {}
    for number, paragraph in enumerate(paragraphs):
        name = _match_line(paragraph.text, line_rules) if len(paragraph.pieces) > 1 else ""
        if name:
            found[number] = name
    n_found, finders = -1, structure.FINDERS
    while len(found) != n_found:
        n_found = len(found)
        for name, find in finders.items():
            left = {number: text for number, text in texts.items() if number not in found}
            if left and name in built_in:
                found |= dict.fromkeys(find(left, built_in[name], context), name)
        finders = structure.EDGE_FINDERS
    return found


def _cut_outside(
    raw: str, start: int, end: int, rules: Rules, headlines: frozenset[str], prose: list[str],
    heads: frozenset[tuple[int, int]],
) -> Iterator[Cut]:  # fmt: skip
    """Yield what stands outside any article, each under the rule that would have cut it."""
    if not raw[start:end].strip():
        return
    lines, cut_heads = part_heads(split_lines(raw, start, end), heads)
    lines, cut_lines = _cut_lines(raw, lines, rules)
    yield from (Cut("", *cut) for cut in [*_name_heads(cut_heads), *cut_lines])
    options = {rule.name: rule.options for rule in rules.of_kind("built_in")}
    paragraphs = form_paragraphs(raw, lines, rules.mending, rules.off)
    texts = {number: paragraph.text for number, paragraph in enumerate(paragraphs)}
    longer = {len(texts) + number: text for number, text in enumerate(prose)}
    context = structure.Context({"headline": "", "author": ""}, headlines)
    can_repeat = "pull quote" in options
    quoted = structure.find_pull_quotes(texts | longer, options["pull quote"], context) if can_repeat else ()
    for number, paragraph in enumerate(paragraphs):
        name = OUTSIDE
        if structure.squeeze(paragraph.text) in headlines:
            name = "headline"
        elif number in quoted:
            name = "pull quote"
        elif end < len(raw) and number == len(texts) - 1 and structure.is_place(paragraph.text):
            name = "dateline"
        yield from (Cut("", name, *stretch) for stretch in cover(raw, paragraph))
