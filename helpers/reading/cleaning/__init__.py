"""Remove what is not an article's own prose, repair the rest, and say what was removed.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml. Nothing
but white space is ever inserted or altered: an article's text, what was removed and white space make up its file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from helpers.reading.cleaning import repair
from helpers.reading.cleaning.repair import Line, Paragraph, count_words, split_lines, squeeze
from helpers.reading.cleaning.rules import Context, Rules, find_boilerplate, find_options, find_spans
from helpers.reading.files import suggest

OUTSIDE = "outside any article"
RUNNING_HEAD = "running head"
_WINDOW_LINES = 3  # a to_end pattern sees its line and the next two
_MOST_REPEATS = 50  # places of the first words that are looked at
_MOST_LINES = 2000  # among which the nearest is looked for

Heads = set[tuple[int, int]]  # start and end of running heads
Stretch = tuple[str, int, int]  # rule, start and end in the file
Spans = Mapping[Paragraph, list[tuple[int, int, str]]]  # of a paragraph's text, and the rule that cuts each


class Problem(NamedTuple):
    """Something wrong with one row: its index, the column, what was found and how to correct it."""

    row: int
    column: str
    reason: str


class Cut(NamedTuple):
    """A stretch of the raw text that a rule removed; `article_id` is empty outside any article."""

    article_id: str
    rule: str
    start: int
    end: int


class Cleaned(NamedTuple):
    """A file's articles, what was removed from it, and the rows that could not be located."""

    articles: dict[str, tuple[str, int, int, int]]  # article_id -> text, number of its words, start and end in the file
    removed: list[Cut]
    problems: list[Problem]


def clean_file(raw: str, rows: Sequence[Mapping[str, str]], rules: Rules) -> Cleaned:
    """Return the articles of one file as clean text, and what was removed from it.

    `rows` are its articles as in articles.csv: article_id, starts_with, ends_with, outlet, headline, author, rules_off;
    `rules` come from `load_rules`. A text has one paragraph a line. What was removed does not overlap; without it and
    without white space, the file is its articles' texts. A row that could not be located is in `problems` and has no
    text.
    """
    places, problems = place_articles(raw, rows)
    cleaned = Cleaned({}, [], problems)
    headlines = frozenset(squeeze(row["headline"]) for row in rows) - {""}
    heads = repair.find_running_heads(raw, find_options(RUNNING_HEAD)) if repair.PAGE in raw else set()
    prose: list[Paragraph] = []
    for number, start, end in places:
        row = rows[number]
        own = rules.select(row["outlet"], row["rules_off"])
        paragraphs, cuts = _cut_lines(raw, start, end, own, heads, tail_from=(start + end) / 2)
        context = Context(rules.words, headlines, row["headline"], squeeze(row["author"]))
        named = find_boilerplate("paragraph", paragraphs, context, own)
        kept = [paragraph for paragraph in paragraphs if paragraph not in named]
        text, more = _cut_paragraphs(raw, paragraphs, named, find_spans(kept, row["headline"], own))
        prose += kept
        cleaned.articles[row["article_id"]] = text, count_words(text), start, end
        cleaned.removed.extend(Cut(row["article_id"], *cut) for cut in [*cuts, *more])
    own = rules.select("", "")
    edges = [0, *(edge for _, *place in places for edge in place), len(raw)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if raw[start:end].strip():
            paragraphs, cuts = _cut_lines(raw, start, end, own, heads, tail_from=len(raw))
            context = Context(rules.words, headlines, prose=prose, is_followed=end < len(raw))
            named = dict.fromkeys(paragraphs, OUTSIDE) | find_boilerplate("outside", paragraphs, context, own)
            _, more = _cut_paragraphs(raw, paragraphs, named, {})
            cleaned.removed.extend(Cut("", *cut) for cut in [*cuts, *more])
    cleaned.removed.sort(key=lambda cut: cut.start)
    return cleaned


def _cut_lines(
    raw: str, start: int, end: int, rules: Rules, heads: Heads, tail_from: float
) -> tuple[list[Paragraph], list[Stretch]]:
    """Return the paragraphs between two positions without the lines that are cut, and what was cut.

    These are running heads, lines that a line rule matches, and a tail: from where a to_end rule matches, which is
    tried from the position `tail_from` on.
    """
    lines = split_lines(raw, start, end)
    heads = heads if RUNNING_HEAD not in rules.off else set()
    body = [line for line in lines if (line.start, line.end) not in heads]
    kept: list[Line] = []
    cuts: list[Stretch] = []
    tail_start = end
    for number, line in enumerate(body):
        window = "\n".join(one.text for one in body[number : number + _WINDOW_LINES])
        tails = rules.search("to_end", window) if line.start >= tail_from else ()
        if tail := next((name for name, found in tails if found.start() == 0), None):
            tail_start = line.start
            cuts.append((tail, tail_start, lines[-1].end))
            break
        if name := next((name for name, _ in rules.search("line", line.text)), None):
            cuts.append((name, line.start, line.end))
        else:
            kept.append(line)
    in_heads = (line for line in lines if (line.start, line.end) in heads and line.start < tail_start)
    cuts += [(RUNNING_HEAD, line.start, line.end) for line in in_heads]
    gaps = set(lines).difference(kept)
    after_gap = {after for before, after in pairwise(lines) if before in gaps}
    left = [line._replace(after_gap=line.after_gap or line in after_gap) for line in kept]
    return repair.form_paragraphs(raw, left, rules), cuts


def _cut_paragraphs(
    raw: str, paragraphs: Iterable[Paragraph], named: Mapping[Paragraph, str], spans: Spans
) -> tuple[str, list[Stretch]]:
    """Return the text of paragraphs without those `named` and without spans of others, and what was removed.

    A cut is in several stretches where a line inside the paragraph was removed before. Of what is kept, the hyphens
    are cut that belong to the page's lines.
    """
    texts, cuts = [], []
    for one in paragraphs:
        cut_out = [(0, len(one.text), named[one])] if one in named else spans.get(one, [])
        text, places = _cut_text(raw, [piece[:2] for piece in one.pieces], one.text, [span[:2] for span in cut_out])
        own: list[Stretch] = []
        for (_, _, rule), removed in zip(cut_out, places, strict=True):
            own += [(rule, *stretch) for stretch in _join_places(raw, removed)]
        texts.append(text)
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
    left, places = _cut_text(raw, zip(edges[::2], edges[1::2], strict=True), text, list(spans))
    return left, _join_places(raw, [at for own in places for at in own])


def _cut_text(
    raw: str, printed: Iterable[tuple[int, int]], text: str, spans: Sequence[tuple[int, int]]
) -> tuple[str, list[list[int]]]:
    """Return a text without spans of it and, of each, the places of its characters in the file but for white space.

    Without white space, the stretches `printed` of the file are the text.
    """
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    left = "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    lines = [" ".join(line.split()) for line in left.split("\n")]
    solid = [at for start, end in printed if spans for at in range(start, end) if not raw[at].isspace()]
    before = [len("".join(text[:edge].split())) for edge in edges[1:-1]]
    places = [solid[first:last] for first, last in zip(before[::2], before[1::2], strict=True)]
    return "\n".join(filter(None, lines)), places


def _join_places(raw: str, places: Iterable[int]) -> list[tuple[int, int]]:
    """Return characters of the file, in order, as stretches: with nothing but white space between, they are one."""
    stretches: list[tuple[int, int]] = []
    for at in places:
        if stretches and not raw[stretches[-1][1] : at].strip():
            stretches[-1] = (stretches[-1][0], at + 1)
        else:
            stretches.append((at, at + 1))
    return stretches


# ---- where each article is ---------------------------------------------------------------------------------------


def place_articles(raw: str, rows: Sequence[Mapping[str, str]]) -> tuple[list[tuple[int, int, int]], list[Problem]]:
    """Return each article as the number of its row, its start and its end in the file, and rows that were not located.

    They are in the file's order. `starts_with` and `ends_with` are found whatever their white space, hyphens and other
    marks; an empty `starts_with` means the start of the file, an empty `ends_with` the next article's start or the
    file's end. A row that cannot be located, or that would overlap with one before it, is a problem and has no place.
    """
    starts: list[tuple[int, int]] = []
    problems: list[Problem] = []
    after = -1
    for number, row in enumerate(rows):
        start = 0
        if typed := row["starts_with"]:  # its first place after the article before
            found = [match.start() for match in islice(_compile(typed).finditer(raw), _MOST_REPEATS)]
            start = next((start for start in found if start > after), found[0] if found else -1)
        if start < 0:
            problems.append(Problem(number, "starts_with", _explain_missing(raw, typed)))
        else:
            starts.append((start, number))
            after = start
    starts.sort()
    places = []
    for order, (start, number) in enumerate(starts):
        if order and start == starts[order - 1][0]:
            other = rows[starts[order - 1][1]]["article_id"]
            reason = f"the article starts where {other!r} starts: give each the words that it starts with"
            problems.append(Problem(number, "starts_with", reason))
            continue
        end = next((later for later, _ in starts[order + 1 :] if later > start), len(raw))
        if typed := rows[number]["ends_with"]:
            ends = [found.end() for found in _compile(typed).finditer(raw, start, end)]
            if not ends:
                problems.append(Problem(number, "ends_with", _explain_missing(raw, typed, start)))
                continue
            end = ends[-1]
        text = raw[start:end]
        start += len(text) - len(text.lstrip())
        places.append((number, start, start + len(text.strip())))
    return places, problems


def _compile(typed: str) -> re.Pattern[str]:
    """Return an expression for words, whatever space and marks are between them, with the marks directly around."""
    words = r"\W*".join(re.findall(r"\w", typed)) or "(?!)"
    return re.compile(rf"(?<![^\w\s])[^\w\s]*{words}[^\w\s]*")


def _explain_missing(raw: str, typed: str, start: int | None = None) -> str:
    """Say that words are missing and what is most like them; of the last words of an article that starts at `start`.

    Without `start` they are first words.
    """
    words = _compile(typed)
    if start is not None and words.search(raw, start):
        return f"{typed!r} is found only after the start of the next article, so that the two would overlap"
    if start is not None and words.search(raw, 0, start):
        return f"{typed!r} is found only before the words that the article starts with"
    lines = split_lines(raw, 0, len(raw))[:_MOST_LINES]
    near = [line.text[: len(typed)] if start is None else line.text[-len(typed) :] for line in lines]
    return f"the file has no {typed!r}{suggest(typed, near, cutoff=0.4)}: copy the words from the file"
