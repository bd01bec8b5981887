"""Find what repeats over many articles of one outlet: legal feet, newsletter boxes, notes, pasted background."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from helpers.reading.cleaning.repair import OPENING_MARKS, PATTERNS, REPEATED, Span, count_words, ends_sentence, squeeze
from helpers.reading.sentences import split_pieces

if TYPE_CHECKING:
    from helpers.reading.cleaning import Rules

MIN_ARTICLES = 3  # that differ otherwise and hold a sentence
MIN_SHARE = 0.5  # of an outlet's articles: what so many carry at their head or foot is cut, even where it is prose
MIN_WORDS = 12  # prose of so many words stays in the first article by date; shorter prose is left alone
_OWN = 0.2  # share of an article's words that must be its own, so that it counts as another article
_ALIKE = 0.8  # neighbours are one passage where the smaller of their numbers of articles is this share of the larger
_NO_END = ":,;-–—"  # a line that ends so introduces something
# What is known of a sentence, or of a line that is none. Its key is the same wherever its words are. A line is short,
# and does not end as a sentence; a notice speaks to the reader, or of the page.
UNIT = ["key", "start", "end", "n_words", "is_line", "is_notice"]


def find_repeats(articles: Sequence[Mapping[str, Any]], rules: "Rules") -> dict[str, list[Span]]:
    """Return what to cut because other articles of the outlet hold it: article_id -> spans of its text.

    `articles` have article_id, outlet, published, rules_off and text. A sentence repeats if MIN_ARTICLES articles hold
    it that differ otherwise. A passage is sentences in a row that are in about as many articles. It is cut where it is
    no prose, and at the head or foot where most of the outlet's articles carry it; other prose stays in the first
    article by date.
    """
    own = sorted(articles, key=lambda article: (article["outlet"], article["published"] or "~"))
    tried = ({rule.name for rule in rules.select(one["outlet"], one["rules_off"])} for one in own)
    off = [number for number, names in enumerate(tried) if REPEATED not in names]
    rows = [(number, one["outlet"], *unit) for number, one in enumerate(own) for unit in _list_units(one["text"])]
    units = pd.DataFrame(rows, columns=["article", "outlet", *UNIT])
    units["key"] = units.groupby(["outlet", "key"]).ngroup()
    n_held = _count_articles(units) if rows else 0
    repeats = n_held > 0
    if not np.any(repeats):
        return {}
    key, article = units["key"], units["article"]
    before = n_held.groupby(article).shift()
    passage = (~(np.minimum(n_held, before) >= _ALIKE * np.maximum(n_held, before))).cumsum()
    runs = [side.groupby(article).cummin() for side in (repeats.astype(int), repeats[::-1].astype(int))]
    at_edge = runs[0] + runs[1] > 0  # nothing of the article's own is between it and the start or end
    n_framed = key.map(units[at_edge].groupby("key")["article"].nunique())
    n_articles = units.groupby("outlet")["article"].transform("nunique")
    is_foreign = units["is_notice"] | (at_edge & (n_framed >= MIN_SHARE * n_articles))
    is_foreign = is_foreign.groupby(passage).transform("any")
    repeats &= ~article.isin(off)  # where the rule is off nothing is cut
    stays = repeats & ~is_foreign & (units["n_words"].groupby(passage).transform("sum") >= MIN_WORDS)
    seen = stays & (passage > passage.where(stays).groupby(key).transform("min"))
    found: dict[str, list[Span]] = {}
    for unit in units[repeats & (is_foreign | units["is_line"] | seen)].itertuples():
        spans, text = found.setdefault(own[unit.article]["article_id"], []), own[unit.article]["text"]
        follows = spans and not text[spans[-1][1] : unit.start].strip()
        spans.append((spans.pop()[0] if follows else unit.start, unit.end, REPEATED))
    return found


def _list_units(text: str) -> Iterator[tuple[Any, ...]]:
    """Yield the sentences of a text; what begins with a sign or an address after a full stop is one of its own."""
    for start, end in split_pieces(text):
        shown = text[start:end]
        n_words, key = count_words(shown), squeeze(shown)
        is_short = n_words < MIN_WORDS and not ends_sentence(shown)
        is_line = is_short and shown[-1] not in _NO_END and shown[0] not in OPENING_MARKS and "@" not in shown
        is_notice = bool(re.search(PATTERNS["notice"], shown))
        key = re.sub(r"\d+", "0", key) if is_line or is_notice else key  # "3,412 views", "© 2016"
        if key:
            yield key, start, end, n_words, is_line, is_notice


def _count_articles(units: pd.DataFrame) -> pd.Series:
    """Return how many articles hold each sentence, 0 where it does not repeat.

    Versions of one story share sentences too. So articles count as one that share a sentence which few others hold,
    and an article does not count that has hardly anything of its own.
    """
    key, article = units["key"], units["article"]
    n_held = article.groupby(key).transform("nunique")
    n, few = article.max() + 1, units[n_held < MIN_ARTICLES]
    links = coo_matrix((np.ones(len(few)), (few["article"], n + few["key"])), shape=[n + key.max() + 1] * 2)
    story = connected_components(links, directed=False)[1]
    n_words, n_own = (table.groupby("article")["n_words"].sum() for table in (units, few))
    others = n_own.index[n_own > _OWN * n_words[n_own.index]]
    n_stories = pd.Series(story[article]).where(article.isin(others)).groupby(key).nunique()
    return n_held.where((n_held >= MIN_ARTICLES) & (key.map(n_stories) >= MIN_ARTICLES), 0)
