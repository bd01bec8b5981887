"""Remove what is not an article's own prose, repair the rest, and say what was removed.

The rules are data: `lexicons/cleaning.toml` for any corpus, `[[cleaning]]` in a corpus's own corpus.toml. Nothing
but white space is ever inserted or altered: an article's text, what was removed and white space make up its file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from helpers.reading.cleaning.repair import Span, form_paragraphs, split_lines, squeeze
from helpers.reading.cleaning.rules import Rules, find_boilerplate, find_spans, name_lines
from helpers.reading.files import suggest

OUTSIDE = "outside any article"
_MOST_LINES = 2000  # among which the nearest is looked for


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


@dataclass
class Article:
    """An article while it is cleaned: its place in the raw text of its file, its text so far, and what was cut."""

    article_id: str
    raw: str
    start: int
    end: int
    text: str = ""
    cuts: list[Cut] = field(default_factory=list)

    def cut(self, spans: Sequence[Span], text: str | None = None) -> None:
        """Cut spans from the text, or from another `text` that differs from it in white space alone.

        Of spans that overlap, the first goes whole. One is several stretches of the raw text where something inside it
        was cut before.
        """
        text = self.text if text is None else text
        gone = {at for cut in self.cuts for at in range(cut.start, cut.end)}
        part = range(self.start, self.end) if spans else ()
        solid = [at for at in part if at not in gone and not self.raw[at].isspace()]
        n_solid = [0, *accumulate(not mark.isspace() for mark in text)] if spans else []
        left, after = [], 0
        for start, end, rule in sorted(spans):
            own = solid[n_solid[max(start, after)] : n_solid[max(end, after)]]
            breaks = [n for n, (one, two) in enumerate(pairwise(own), 1) if self.raw[one + 1 : two].strip()]
            stretches = pairwise([0, *breaks, len(own)]) if own else ()
            self.cuts += [Cut(self.article_id, rule, own[one], own[two - 1] + 1) for one, two in stretches]
            left.append(text[after:start])
            after = max(end, after)
        lines = (" ".join(line.split()) for line in "".join([*left, text[after:]]).split("\n"))
        self.text = "\n".join(filter(None, lines))


class Cleaned(NamedTuple):
    """A file's articles, what is outside any, and the rows that could not be located."""

    articles: dict[str, Article]
    outside: list[Cut]
    problems: list[Problem]

    @property
    def removed(self) -> list[Cut]:
        """Return all that was removed from the file, in its order."""
        cuts = (cut for article in self.articles.values() for cut in article.cuts)
        return sorted([*self.outside, *cuts], key=lambda cut: cut.start)


def clean_file(raw: str, rows: Sequence[Mapping[str, str]], rules: Rules) -> Cleaned:
    """Return the articles of one file as clean text, and what was removed from it.

    `rows` are its articles as in articles.csv: article_id, starts_with, ends_with, outlet, headline, author, rules_off;
    `rules` come from `load_rules`. A text has one paragraph a line. What was removed does not overlap; without it and
    without white space, the file is its articles' texts. A row that could not be located is in `problems` and has no
    text.
    """
    places, problems = place_articles(raw, rows)
    headlines = {squeeze(row["headline"]) for row in rows} - {""}
    articles = {}
    for number, start, end in places:
        row = rows[number]
        own = rules.select(row["outlet"], row["rules_off"])
        article = articles[row["article_id"]] = Article(row["article_id"], raw, start, end)
        text, spans = form_paragraphs(*name_lines(split_lines(raw[start:end]), own), own.off, own.words)
        article.cut(spans, text)
        article.cut(find_boilerplate(article.text, row, headlines, own))
        article.cut(find_spans(article.text, row["headline"], own))
    edges = [0, *(edge for _, *place in places for edge in place), len(raw)]
    outside = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if shown := raw[start:end].strip():
            start += raw[start:end].index(shown)
            outside.append(Cut("", OUTSIDE, start, start + len(shown)))
    return Cleaned(articles, outside, problems)


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
    lines = split_lines(raw)[:_MOST_LINES]
    near = [line.text[: len(typed)] if start is None else line.text[-len(typed) :] for line in lines]
    return f"the file has no {typed!r}{suggest(typed, near, cutoff=0.4)}: copy the words from the file"
