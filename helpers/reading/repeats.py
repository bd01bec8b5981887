"""Find what repeats over many articles of one outlet: legal feet, newsletter boxes, notes, pasted background."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.reading.cleaning import repair
from helpers.reading.cleaning.repair import OPENING_MARKS, PATTERNS, REPEATED, Span, count_words, ends_sentence, squeeze
from helpers.reading.sentences import split_pieces

MIN_ARTICLES = 3  # that differ otherwise and hold a sentence
MIN_SHARE = 0.5  # of an outlet's articles: what so many carry at their head or foot is cut, even where it is prose
MIN_WORDS = 12  # prose of so many words stays in the first article by date; shorter prose is left alone
_OWN = 0.2  # share of an article's words that must be its own, so that it counts as another article
_ALIKE = 0.8  # neighbours are one passage where the smaller of their numbers of articles is this share of the larger
_NO_END = ":,;-–—"  # a line that ends so introduces something
UNIT = ["article", "outlet", "key", "start", "end", "n_words", "is_line", "is_notice"]


def find_repeats(articles: Sequence[Mapping[str, Any]], rules: repair.Rules) -> dict[str, list[Span]]:
    """Return what to cut because other articles of the outlet hold it: article_id -> spans of its text.

    `articles` have article_id, outlet, published, rules_off and text. A sentence repeats if MIN_ARTICLES articles hold
    it that differ otherwise. A passage is sentences in a row that are in about as many articles. It is cut where it is
    no prose, and at the head or foot where most of the outlet's articles carry it; other prose stays in the first
    article by date.
    """
    own = sorted(articles, key=lambda article: (article["outlet"], article["published"] or "~"))
    left = [repair.select_rules(rules, one["outlet"], one["rules_off"]) for one in own]
    is_on = np.array([any(rule.name == REPEATED for rule in rules) for rules in left])
    rows = [(number, one["outlet"], *unit) for number, one in enumerate(own) for unit in _list_units(one["text"])]
    if not rows:
        return {}
    units = pd.DataFrame(rows, columns=UNIT)
    key, article = units.groupby(["outlet", "key"]).ngroup(), units["article"]
    n_held = article.groupby(key).transform("nunique")
    # versions of one story share sentences too: an article counts if it has words of its own, which few others hold
    n_words, n_own = (table.groupby("article")["n_words"].sum() for table in (units, units[n_held < MIN_ARTICLES]))
    others = n_own.index[n_own > _OWN * n_words[n_own.index]]
    repeats = article.where(article.isin(others)).groupby(key).transform("nunique") >= MIN_ARTICLES
    n_held = n_held.where(repeats, 0)
    before = n_held.groupby(article).shift()
    passage = (~(np.minimum(n_held, before) >= _ALIKE * np.maximum(n_held, before))).cumsum()
    at_edge = sum(side.astype(int).groupby(article).cummin() for side in (repeats, repeats[::-1])) > 0  # up to an edge
    n_framed = key.map(article[at_edge].groupby(key).nunique())
    n_articles = units.groupby("outlet")["article"].transform("nunique")
    is_foreign = units["is_notice"] | (at_edge & (n_framed >= MIN_SHARE * n_articles))
    is_foreign = is_foreign.groupby(passage).transform("any")
    repeats &= is_on[article]  # where the rule is off nothing is cut
    stays = repeats & ~is_foreign & (units["n_words"].groupby(passage).transform("sum") >= MIN_WORDS)
    seen = stays & (passage > passage.where(stays).groupby(key).transform("min"))
    cut = units[repeats & (is_foreign | units["is_line"] | seen)]
    runs = cut.groupby(["article", cut.index - np.arange(len(cut))])  # of units in a row
    found: dict[str, list[Span]] = {}
    for (number, _), start, end in runs.agg({"start": "first", "end": "last"}).itertuples():
        found.setdefault(own[number]["article_id"], []).append((start, end, REPEATED))
    return found


def _list_units(text: str) -> Iterator[tuple[Any, ...]]:
    """Yield the sentences of a text, and lines that are none: the columns of UNIT from `key` on.

    The key is the same wherever the words are. A line is short, and does not end as a sentence; a notice speaks to the
    reader, or of the page.
    """
    for start, end in split_pieces(text):
        shown = text[start:end]
        n_words, key = count_words(shown), squeeze(shown)
        is_short = n_words < MIN_WORDS and not ends_sentence(shown)
        is_line = is_short and shown[-1] not in _NO_END and shown[0] not in OPENING_MARKS and "@" not in shown
        is_notice = bool(re.search(PATTERNS["notice"], shown))
        key = re.sub(r"\d+", "0", key) if is_line or is_notice else key  # "3,412 views", "© 2016"
        if key:
            yield key, start, end, n_words, is_line, is_notice
