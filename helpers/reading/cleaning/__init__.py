"""Remove what is not an article's own prose, repair the rest, and say what was removed.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml. Nothing
but white space is ever inserted or altered: an article's text, what was removed and white space make up its file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from helpers.reading.cleaning import repair
from helpers.reading.cleaning.repair import Line, split_lines, squeeze
from helpers.reading.cleaning.rules import Context, Rules, Span, find_boilerplate, find_options, find_spans
from helpers.reading.files import suggest

OUTSIDE = "outside any article"
RUNNING_HEAD = "running head"
_WINDOW_LINES = 3  # a to_end pattern sees its line and the next two
_MOST_LINES = 2000  # among which the nearest is looked for

Stretch = tuple[str, int, int]  # rule, start and end in the file


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

    articles: dict[str, tuple[str, int, int]]  # article_id -> text, start and end in the file
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
    edges = [0, *(edge for _, *place in places for edge in place), len(raw)]
    around = [(-1, *place) for place in zip(edges[::2], edges[1::2], strict=True) if raw[slice(*place)].strip()]
    nobody = dict.fromkeys(("article_id", "outlet", "headline", "author", "rules_off"), "")
    for number, start, end in [*places, *around]:
        is_article, row = number >= 0, rows[number] if number >= 0 else nobody
        own = rules.select(row["outlet"], row["rules_off"])
        lines, cuts = _cut_lines(raw, start, end, own, heads, tail_from=(start + end) / 2 if is_article else len(raw))
        paragraphs, hyphens = repair.form_paragraphs(lines, own)
        cuts += [("join hyphen", at, at + 1) for at in hyphens]
        context = Context(rules.words, headlines, row["headline"], squeeze(row["author"]))
        named = find_boilerplate(paragraphs, context, own) if is_article else dict.fromkeys(paragraphs, OUTSIDE)
        text = "\n".join(one.text for one in paragraphs)
        text, more = cut_spans(raw, start, end, cuts, text, find_spans(paragraphs, named, row["headline"], own))
        cleaned.removed.extend(Cut(row["article_id"], *cut) for cut in [*cuts, *more])
        if is_article:
            cleaned.articles[row["article_id"]] = text, start, end
    cleaned.removed.sort(key=lambda cut: cut.start)
    return cleaned


def _cut_lines(
    raw: str, start: int, end: int, rules: Rules, heads: set[tuple[int, int]], tail_from: float
) -> tuple[list[Line], list[Stretch]]:
    """Return the lines between two positions that are not cut, and what was cut.

    These are running heads, lines that a line rule matches, and a tail: from where a to_end rule matches, which is
    tried from the position `tail_from` on.
    """
    lines = split_lines(raw, start, end)
    heads = heads if RUNNING_HEAD not in rules.off else set()
    named = {line: RUNNING_HEAD for line in lines if (line.start, line.end) in heads}
    body = [line for line in lines if line not in named]
    cuts: list[Stretch] = []
    for number, line in enumerate(body):
        window = "\n".join(one.text for one in body[number : number + _WINDOW_LINES])
        tails = rules.search("to_end", window) if line.start >= tail_from else ()
        if tail := next((name for name, found in tails if found.start() == 0), None):
            cuts.append((tail, line.start, lines[-1].end))
            lines = [one for one in lines if one.start < line.start]
            break
        if name := next((name for name, _ in rules.search("line", line.text)), None):
            named[line] = name
    cuts += [(named[line], line.start, line.end) for line in lines if line in named]
    pairs = zip([None, *lines], lines, strict=False)
    return [one._replace(after_gap=one.after_gap or above in named) for above, one in pairs if one not in named], cuts


def cut_spans(
    raw: str, start: int, end: int, removed: Iterable[Stretch], text: str, spans: Sequence[Span]
) -> tuple[str, list[Stretch]]:
    """Return the text of a part of a file without spans of it, and the stretches of the file that these were.

    The part is `raw[start:end]`, of which `removed` was cut before: without that and white space it is `text`. `spans`
    are in order, in `text`; one is several stretches where something inside it was cut before.
    """
    edges = [start, *(edge for _, *stretch in sorted(removed, key=itemgetter(1)) for edge in stretch), end]
    parts = zip(edges[::2], edges[1::2], strict=True)
    solid = [at for part in parts if spans for at in range(*part) if not raw[at].isspace()]
    left, stretches = [], []
    after = place = 0  # in `text` and in `solid`
    for first, last, rule in spans:
        left.append(text[after:first])
        place += len("".join(left[-1].split()))
        length, n_before = len("".join(text[first:last].split())), len(stretches)
        for at in solid[place : place + length]:
            if len(stretches) > n_before and not raw[stretches[-1][2] : at].strip():
                stretches[-1] = (rule, stretches[-1][1], at + 1)
            else:
                stretches.append((rule, at, at + 1))
        after, place = last, place + length
    lines = [" ".join(line.split()) for line in "".join([*left, text[after:]]).split("\n")]
    return "\n".join(filter(None, lines)), stretches


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
            found = [match.start() for match in _compile(typed).finditer(raw)]
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
