"""Find what is printed twice: copies of an article, articles on one event, passages that an outlet repeats."""

import re
from calendar import day_name
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from helpers.reading.cleaning import repair
from helpers.reading.cleaning.repair import OPENING_MARKS, PATTERNS, REPEATED, Span, count_words, ends_sentence, squeeze
from helpers.reading.sentences import split_sentences

N = 5  # words in a shingle
CONTAINED, LEAST_WORDS = 0.5, 20  # of the shorter article's shingles; words in a row
WORD = re.compile(r"\w+")
DAYS = 3  # either outlet may date the news of two days a day off
OPENING = 150  # words of headline and text: further down stands background, which reports of other events share
LIKE = 0.115  # in 402 articles read by hand .93 of the pairs joined are one event, .84 of the pairs of one are joined
HEADLINE = 0.5  # of the opening's weight: set phrases make openings alike; a headline says what happened
SAME_OUTLET, OTHER_DAY, PER_DAY = 0.5, 0.5, 0.8  # an outlet's set phrases are alike, and so is the next day's news
COLUMNS = {
    "article_a": "str", "outlet_a": "str", "article_b": "str", "outlet_b": "str", "kind": "str",
    "containment": "float64", "n_words": "int64", "text": "str",
}  # fmt: skip


def find_copies(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of articles that print the same text.

    A text is the set of its shingles: five words in a row in lower case, punctuation ignored (a shorter text is one
    shingle). All are compared, so no pair is missed. `articles` has article_id, outlet, text, in any order.

    One row is a pair, article_a < article_b, the highest containment first: article_a, outlet_a, article_b,
    outlet_b; kind, `copy` where containment is CONTAINED or more, else `passage`: at least LEAST_WORDS words in a
    row are the same, as where two long articles print one wire paragraph; containment (distinct shingles in both /
    those of the shorter, in (0, 1]); the longest passage in both, the earliest of several: n_words and text (as a
    prints it).

    Source: Broder 1997, On the resemblance and containment of documents.
    """
    articles = articles.sort_values("article_id")
    ids, outlets, texts = (articles[name].tolist() for name in ("article_id", "outlet", "text"))
    shingles = []
    for text in texts:
        words = WORD.findall(text.replace("\u0130", "I").lower())  # the one character that lower() would make two of
        runs = [" ".join(words[start : start + N]) for start in range(max(bool(words), len(words) - N + 1))]
        shingles.append(pd.util.hash_array(np.array(runs, dtype=object), categorize=False))
    article = np.repeat(np.arange(len(shingles)), [len(one) for one in shingles])
    column, distinct = pd.factorize(np.concatenate([*shingles, np.zeros(0, "uint64")]))
    shape = len(shingles), len(distinct)
    held = sparse.csr_array((np.ones(len(column), "int64"), (article, column)), shape).sign()  # article x shingle
    both, size, rows = sparse.triu(held @ held.T, k=1, format="coo"), np.diff(held.indptr), []
    shares = both.data / np.minimum(size[both.row], size[both.col])
    enough = (both.data > LEAST_WORDS - N) | (shares >= CONTAINED)  # a passage of so many words has so many shingles
    for a, b, share in zip(*(one[enough].tolist() for one in (both.row, both.col, shares)), strict=True):
        matcher = SequenceMatcher(None, shingles[a].tolist(), shingles[b].tolist(), autojunk=False)
        passage = matcher.find_longest_match()
        words = [word.span() for word in WORD.finditer(texts[a])][passage.a :][: passage.size + N - 1]
        if share >= CONTAINED or len(words) >= LEAST_WORDS:
            kind, text = "copy" if share >= CONTAINED else "passage", texts[a][words[0][0] : words[-1][1]]
            rows.append((ids[a], outlets[a], ids[b], outlets[b], kind, share, len(words), text))
    rows.sort(key=lambda row: (-row[5], row[0], row[2]))  # containment, article_a, article_b
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype(COLUMNS)


def cluster_copies(articles: pd.DataFrame, copies: pd.DataFrame) -> pd.Series:
    """Return which articles share their text: cluster_id by article_id, sorted.

    Articles are in one cluster where a chain of pairs of kind `copy` leads from one to the other, so its ends may
    share little; a shared passage does not join a cluster. cluster_id is the smallest article_id of the cluster.
    """
    ids = pd.Index(articles["article_id"].unique(), name="article_id").sort_values()
    close = copies[copies["kind"].eq("copy")]
    ends = ids.get_indexer(close["article_a"]), ids.get_indexer(close["article_b"])
    links = sparse.coo_matrix((np.ones(len(close)), ends), shape=(len(ids), len(ids)))
    cluster = connected_components(links, directed=False)[1]
    return ids.to_series(name="cluster_id").groupby(cluster).transform("min")


def match_stories(articles: pd.DataFrame, *, like: float = LIKE) -> pd.DataFrame:
    """Return the pairs of articles of different outlets that seem to report the same event.

    They are dated at most DAYS apart (by the nearest days that their dates can mean; an article of which only the
    month or year is known is not matched), and their likeness is at least `like`. That is the cosine of the TF-IDF
    vectors of their openings: the first OPENING words from the headline on, without English stop words, with names
    (they are the event), each counted as 1 + ln n, and beside them of their headlines, weighted by HEADLINE. It is
    multiplied by PER_DAY for each day between them, and by OTHER_DAY if both openings name weekdays, but none in
    common. Of two interviews `like` is at least CONTAINED. Check it: two battles of one day may be taken for one event.

    One row is a pair, the most alike first: article_a, outlet_a, article_b, outlet_b, likeness (0 to 1), days_apart.
    """
    ids, outlets = articles.sort_values("article_id")[["article_id", "outlet"]].to_numpy(object).T
    a, b, likeness, apart = _compare_openings(articles, like)
    columns = {"article_a": ids[a], "outlet_a": outlets[a], "article_b": ids[b], "outlet_b": outlets[b]}
    table = pd.DataFrame({**columns, "likeness": likeness, "days_apart": apart}).query("outlet_a != outlet_b")
    return table.sort_values(["likeness", "article_a", "article_b"], ascending=[False, True, True], ignore_index=True)


def cluster_stories(articles: pd.DataFrame, clusters: pd.Series) -> pd.Series:
    """Return which articles share their text or report the same event: story_id by article_id, sorted.

    `clusters`, as `cluster_copies` gives them, are stories to begin with. From the two articles most alike to those of
    likeness LIKE, their stories are joined where the likeness of an article of the one to an article of the other is
    LIKE on average: so no chain of days makes one story of a war. Likeness is that of `match_stories`, within an outlet
    times SAME_OUTLET; it is 0 below half of LIKE and between dates too far apart. story_id is the smallest article_id
    of a story. LIKE and the factors: tests/benchmarks/stories.py.
    """
    a, b, likeness, _ = _compare_openings(articles, LIKE / 2)
    story, names = pd.factorize(clusters)
    alike = sum(sparse.csr_array((likeness, ends), (len(story), len(story))) for ends in ((a, b), (b, a)))
    for pair in np.argsort(-likeness, kind="stable")[: (likeness >= LIKE).sum()]:
        low, high = sorted((story[a[pair]], story[b[pair]]))
        if low != high and alike[story == low][:, story == high].mean() >= LIKE:
            story[story == high] = low
    return pd.Series(names.take(story), index=clusters.index, name="story_id")


def group_articles(articles: pd.DataFrame) -> pd.DataFrame:
    """Return cluster_id and story_id of articles, by article_id, sorted."""
    clusters = cluster_copies(articles, find_copies(articles))
    return pd.concat([clusters, cluster_stories(articles, clusters)], axis=1)


def _compare_openings(articles: pd.DataFrame, least: float) -> tuple[np.ndarray, ...]:
    """Return the pairs at least so alike (`match_stories`): numbers a < b by article_id, likeness, days apart."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to import
    from sklearn.neighbors import radius_neighbors_graph

    articles = articles.sort_values("article_id", ignore_index=True)
    dated = articles[(articles["published_to"] - articles["published_from"]).dt.days <= DAYS]
    numbers, outlets = dated.index.to_numpy(), dated["outlet"].to_numpy(object)
    first, last = (dated[name].to_numpy("datetime64[D]").astype("int64") for name in ("published_from", "published_to"))
    openings = [" ".join(f"{row.headline}. {row.text}".split()[:OPENING]).lower() for row in dated.itertuples()]
    named = np.array([[day.lower() in opening for day in day_name] for opening in openings], bool)
    try:
        vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit(openings)
    except ValueError:  # there is no word in them
        return tuple(np.zeros((4, 0), "int64"))
    vectors = [vectorizer.transform(openings), HEADLINE * vectorizer.transform(dated["headline"])]
    graph = radius_neighbors_graph(sparse.hstack(vectors), 1 - least + 1e-6, mode="distance", metric="cosine")
    near = sparse.triu(graph, k=1, format="coo")
    a, b = near.row, near.col
    apart = np.maximum(np.maximum(first[b] - last[a], first[a] - last[b]), 0)
    other_day = named[a].any(axis=1) & named[b].any(axis=1) & ~(named[a] & named[b]).any(axis=1)
    factors = np.where(other_day, OTHER_DAY, 1) * np.where(outlets[a] == outlets[b], SAME_OUTLET, 1)
    likeness = ((1 - near.data) * factors * PER_DAY**apart).round(6)  # the other digits depend on the processor
    talks = dated.reindex(columns=["genre"]).eq("interview").to_numpy().ravel()
    needed = np.where(talks[a] & talks[b], max(CONTAINED, least), least)  # each says his own
    enough = (likeness >= needed) & (apart <= DAYS)
    return numbers[a[enough]], numbers[b[enough]], likeness[enough], apart[enough]


# ---------------------------------------------------------------- what repeats over many articles of one outlet

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
    own = sorted(articles, key=lambda one: (one["outlet"], one["published"] or "~", one["article_id"]))
    left = [repair.select_rules(rules, one["outlet"], one["rules_off"]) for one in own]
    is_on = np.array([any(rule.name == REPEATED for rule in rules) for rules in left])
    rows = [(number, one["outlet"], *unit) for number, one in enumerate(own) for unit in _list_units(one["text"])]
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
    n_articles = units.groupby("outlet")["article"].transform("nunique")
    is_foreign = units["is_notice"] | (at_edge & (n_held >= MIN_SHARE * n_articles))
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
    for _, start, end in split_sentences(text):
        shown = text[start:end]
        n_words, key = count_words(shown), squeeze(shown)
        is_short = n_words < MIN_WORDS and not ends_sentence(shown)
        is_line = is_short and shown[-1] not in _NO_END and shown[0] not in OPENING_MARKS and "@" not in shown
        is_notice = bool(re.search(PATTERNS["notice"], shown))
        key = re.sub(r"\d+", "0", key) if is_line or is_notice else key  # "3,412 views", "© 2016"
        if key:
            yield key, start, end, n_words, is_line, is_notice
