"""Find what repeats over many articles of one outlet: legal feet, newsletter boxes, notes, pasted background."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from helpers.reading.cleaning.repair import OPENING_MARKS, count_words, ends_sentence, squeeze
from helpers.reading.cleaning.rules import Rules, Span, find_options
from helpers.reading.sentences import split_sentences

REPEATED = "repeated"
_OWN = 0.2  # share of an article's words that must be its own, so that it counts as another article
_ALIKE = 0.8  # neighbours are one passage where the smaller of their numbers of articles is this share of the larger
_SIGN = re.compile(r"(?<=[.!?\"”’)])\s+(?=[^\w\s\"“‘'«„(\[–—-]|https?:|www\.)")
_NO_END = ":,;-–—"  # a line that ends so introduces something


class Unit(NamedTuple):
    """A sentence, or a line that is none; its key is the same wherever its words are."""

    key: str
    start: int
    end: int
    n_words: int
    is_line: bool  # short, and does not end as a sentence
    is_notice: bool  # it speaks to the reader, or of the page


Block = list[Unit]  # a passage: sentences in a row that are in about as many articles, or in none but this


def find_repeats(articles: Sequence[Mapping[str, Any]], rules: Rules) -> dict[str, list[Span]]:
    """Return what to cut because other articles of the outlet hold it: article_id -> spans of its text.

    `articles` have article_id, outlet, published, rules_off and text. A sentence repeats if `min_articles` articles
    hold it that differ otherwise. A passage is cut where it is no prose, and at the head or foot where most of the
    outlet's articles carry it; other prose stays in the first article by date. What is no prose, and the numbers, are
    in lexicons/cleaning.toml.
    """
    options, found = find_options(REPEATED), {}
    by_date = sorted(articles, key=lambda article: (article["outlet"], article["published"] or "~"))
    for own in (list(group) for _, group in groupby(by_date, itemgetter("outlet"))):
        if len(own) < options["min_articles"]:
            continue
        units = [_list_units(article["text"], options) for article in own]
        repeated = _count_articles(units, options["min_articles"])
        blocks = [_form_blocks(listed, repeated) for listed in units] if repeated else []
        edges = Counter(key for listed in blocks for key in _list_edges(listed, repeated))
        framing = {key for key, n in edges.items() if n >= options["min_share"] * len(own)}
        seen: set[str] = set()
        for article, listed in zip(own, blocks, strict=False):
            if REPEATED in rules.select(article["outlet"], article["rules_off"]).off:
                continue
            at_edge = framing & _list_edges(listed, repeated)
            cut: Block = []
            for block in (block for block in listed if block[0].key in repeated):
                if any(unit.is_notice or unit.key in at_edge for unit in block):
                    cut += block
                    continue
                is_prose = sum(unit.n_words for unit in block) >= options["min_words"]
                cut += [unit for unit in block if unit.is_line or (is_prose and unit.key in seen)]
                seen |= {unit.key for unit in block if is_prose}
            for unit in cut:
                spans = found.setdefault(article["article_id"], [])
                follows = spans and not article["text"][spans[-1][1] : unit.start].strip()
                start = spans.pop()[0] if follows else unit.start
                spans.append((start, unit.end, REPEATED))
    return found


def _list_units(text: str, options: Mapping[str, Any]) -> Block:
    """Return the sentences of a text; what begins with a sign or an address after a full stop is one of its own."""
    units, edges = [], []
    for _, start, end in split_sentences(text):
        edges += [start, *(edge for found in _SIGN.finditer(text, start, end) for edge in found.span()), end]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        shown = text[start:end]
        n_words, key = count_words(shown), squeeze(shown)
        is_short = n_words < options["min_words"] and not ends_sentence(shown)
        is_line = is_short and shown[-1] not in _NO_END and shown[0] not in OPENING_MARKS and "@" not in shown
        is_notice = bool(re.search(options["pattern"], shown))
        key = re.sub(r"\d+", "0", key) if is_line or is_notice else key  # "3,412 views", "© 2016"
        if key:
            units.append(Unit(key, start, end, n_words, is_line, is_notice))
    return units


def _count_articles(units: Sequence[Block], least: int) -> dict[str, int]:
    """Return the sentences that repeat, and how many articles hold each.

    Versions of one story share sentences too. So articles count as one that share a sentence which few others hold,
    and an article does not count that has hardly anything of its own.
    """
    held = Counter(key for listed in units for key in {unit.key for unit in listed})
    frequent = {key for key, n in held.items() if n >= least}
    if not frequent:
        return {}
    first: dict[str, int] = {}  # the first article with a sentence
    pairs, counting = [], []
    for number, listed in enumerate(units):
        rest = [unit for unit in listed if unit.key not in frequent]
        pairs += [(first.setdefault(unit.key, number), number) for unit in rest if held[unit.key] > 1]
        if sum(unit.n_words for unit in rest) > _OWN * sum(unit.n_words for unit in listed):
            counting.append(number)
    ends = np.array(pairs or [(0, 0)]).T
    links = coo_matrix((np.ones(len(ends[0])), tuple(ends)), shape=(len(units), len(units)))
    story = connected_components(links, directed=False)[1]
    stories = {(key, story[n]) for n in counting for key in frequent.intersection(unit.key for unit in units[n])}
    n_stories = Counter(key for key, _ in stories)
    return {key: held[key] for key in frequent if n_stories[key] >= least}


def _form_blocks(units: Block, repeated: Mapping[str, int]) -> list[Block]:
    blocks: list[Block] = []
    for unit in units:
        n, before = (repeated.get(one.key, 0) for one in (unit, blocks[-1][-1] if blocks else unit))
        if blocks and min(n, before) >= _ALIKE * max(n, before):
            blocks[-1].append(unit)
        else:
            blocks.append([unit])
    return blocks


def _list_edges(blocks: Sequence[Block], repeated: Mapping[str, int]) -> set[str]:
    """Return the repeated sentences with nothing of the article's own between them and its start or end."""
    ends = (takewhile(lambda block: block[0].key in repeated, side) for side in (blocks, blocks[::-1]))
    return {unit.key for end in ends for block in end for unit in block}
