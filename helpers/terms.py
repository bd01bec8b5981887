"""Which words appear near an actor, and which appear there more in one outlet than in the others."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import rel_entr, stdtrit

from helpers.lexicons import list_words
from helpers.permutation import REPLICATES, Parts, assess_differences, find_units, measure_ratios, sum_parts
from helpers.reading import Reading, check_name, select_mentions, select_rows
from helpers.reading.masking import NEUTRAL
from helpers.reading.schemas import ALL_VOICES, ENOUGH, LEVEL, VOICES

SCOPES = ("passages", "articles")
LEAST_WORDS = 6  # a shorter passage is no sentence, and an outlet may write it twice
MEASURES = ("tfidf", "log_odds", "g2", "log_ratio")
FULL_WEIGHT_WORDS = 100
COLUMNS = {
    "actor": "str", "target": "str", "against": "str", "voice": "str", "measure": "str", "scope": "str",
    "term": "str", "score": "float64", "low": "float64", "high": "float64", "p": "float64", "smallest_times": "float64",
    "z": "float64", "n_target": "int64", "n_rest": "int64", "rate_target": "float64", "rate_rest": "float64",
    "articles_target": "int64", "articles_rest": "int64", "k_target": "int64", "k_rest": "int64",
    "note": "str",
}  # fmt: skip


class Counted(NamedTuple):
    """Terms counted by document: one article's passages about the actor."""

    documents: pd.DataFrame  # article_id, outlet, n_words, story_id, published, text, unit; one row a document
    units: pd.DataFrame  # of `find_units`
    terms: np.ndarray
    counts: sparse.csr_matrix  # documents x terms


def contrast_terms(
    read: Reading, *, actor: str, target: str | None, measure: str = "tfidf", voice: str | None = None,
    ngrams: tuple[int, int] = (1, 2), scope: str = "passages", words: Iterable[str] | None = None, min_n: int = 2,
    replicates: int = REPLICATES, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return the terms near `actor`, those most typical of `target` compared with the other outlets first.

    A document is one article's passages about the actor (`select_passages`, in one `voice` or all) or, with
    `scope="articles"`, all passages of an article that mentions it: more words, of which fewer are about the actor.
    A passage that an outlet prints again counts once. Terms are the n-grams of masked lemmas that `find_terms` finds,
    of `ngrams` = (shortest, longest) words, or as long as planned ones are; one that only stands in a longer one ("air"
    in "air strike") has no row. `target=None` compares each outlet in turn with the others. Measures:

    - `tfidf`: scikit-learn's defaults (smooth idf, length 1); score = the mean of the target's documents minus the
      mean of the other outlets' means, in [-1, 1]; a document weighs min(n_words, 100), so that an article with one
      sentence does not dominate;
    - `log_odds`: Monroe, Colaresi & Quinn 2008: shrunk difference of log odds. The prior holds as many n-grams of that
      length as the smaller side, distributed as in all these passages; z ranks terms and is no test;
    - `g2`: Dunning's signed four-cell G2, which grows with the amount of text and so has no interval;
    - `log_ratio`: binary logarithm of the ratio of rates.

    Whatever the measure, p tests whether the rate of a term differs (`permutation.assess_differences`), from 5 stories
    on either side and for terms that 5 stories hold. All terms of the table, of all targets, are one family; `words`
    are a family of their own: those decided on before looking (words.csv of a corpus), in any form, which alone are
    tested and shown. From 20 stories on, low and high are the 95% interval of the score (idf and prior held fixed).

    One row is one term (x target), sorted by score (log_odds: by z) from highest to lowest, never by p. Columns: actor,
    target, against (the others, separated by ` | `), voice (`all` or the one asked for), measure, scope, term, score,
    low, high, p, smallest_times (how many times as frequent a term would have to be for this test to find it in four of
    five cases), z; n_target, n_rest (occurrences); rate_target, rate_rest (per 10,000 words of these passages);
    articles_target, articles_rest (articles with the term); k_target, k_rest (stories); note. Terms with fewer than
    `min_n` occurrences are left out of the table, not of the counts. No rows where no other outlet, or none at all, has
    passages about the actor.

    Raises ValueError for an unknown actor, voice, measure or scope, and where the target, if there is such an outlet,
    has no passage about the actor though others have.
    """
    check_name(measure, MEASURES, "measure", "terms.MEASURES")
    check_name(scope, SCOPES, "scope", "terms.SCOPES")
    check_name(voice or VOICES[0], VOICES, "voice", "the passages")
    if not 1 <= ngrams[0] <= ngrams[1]:
        raise ValueError(f"ngrams={ngrams}: write the words of the shortest and of the longest term, such as (1, 2)")
    words = [words] if isinstance(words, str) else words
    passages = select_passages(read, actor=actor, voice=voice, scope=scope)
    passages = drop_repeated(passages[passages["n_words"] > 0])
    there = sorted(passages["outlet"].unique())
    if target is not None and there:
        check_name(target, there, "outlet", f"the passages about {actor!r}")
    targets = there if target is None else [target]
    planned = find_planned(passages, words or [])
    lengths = [*ngrams, *(len(term.split()) for term in planned)]
    counted = count_terms(read, passages, ngrams=(min(lengths), max(lengths)))
    if words is None:
        often = np.asarray(counted.counts.sum(axis=0)).ravel()
        shown = np.flatnonzero((often >= min_n) & stand_alone(counted.terms, often))
    else:
        shown = np.flatnonzero(np.isin(counted.terms, list(planned)))
    if len(there) < 2 or not len(shown):
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    orders = np.char.count(counted.terms, " ") + 1  # words in each term
    sizes = np.column_stack([counted.counts[:, orders == n].sum(axis=1).A1 for n in range(orders.max() + 1)])
    parts = Parts(counted.counts[:, shown], sizes, orders[shown])
    summed = sum_parts(parts, counted.documents["unit"].to_numpy())
    tested = assess_differences(summed, counted.units, targets=targets, what="rate", replicates=replicates, seed=seed)
    tables = [_contrast(counted, parts, shown, own, measure) for _, own in tested.groupby("target")]
    contrasts = pd.concat(tables).assign(actor=actor, measure=measure, voice=voice or ALL_VOICES, scope=scope)
    contrasts = contrasts[(contrasts["n_target"] + contrasts["n_rest"]).ge(0 if words is not None else min_n)]
    order = ["target", "z" if measure == "log_odds" else "score", "term"]
    contrasts = contrasts.sort_values(order, ascending=[True, False, True])
    return contrasts[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _contrast(counted: Counted, parts: Parts, shown: np.ndarray, tested: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the contrasts of one outlet with others, without the columns that are alike in all rows of a call."""
    target, against = tested[["target", "against"]].iloc[0]
    names = [target, *against.split(" | ")]  # no name has a bar: `unite_spellings`
    kept = counted.documents["outlet"].isin(names).to_numpy()
    documents, own = counted.documents[kept], Parts(parts.values[kept], parts.sizes[kept], parts.kind)
    unit, n_words = pd.factorize(documents["unit"], sort=True)[0], documents["n_words"].to_numpy(float)
    outlets, units = documents.groupby("unit")["outlet"].first(), sum_parts(own, unit)
    sides = np.column_stack([outlets.eq(names[0]), outlets.ne(names[0])]).astype(float)
    _, error, n, n_all = measure_ratios(units, sides)
    (a, b), (n_a, n_b) = n.T, n_all.T
    # errors of the counts, of a rare term at least those of chance alone (Poisson)
    error_a, error_b = np.maximum(error * n_all, np.sqrt(np.maximum(n, 0.5))).T
    z = np.full(len(a), np.nan)
    if measure == "tfidf":
        from sklearn.feature_extraction.text import TfidfTransformer

        weights = np.minimum(n_words, FULL_WEIGHT_WORDS)
        vectors = sparse.diags_array(weights) @ TfidfTransformer().fit_transform(counted.counts[kept])[:, shown]
        weighed = sum_parts(Parts(vectors, weights[:, None], np.zeros(len(shown), int)), unit)
        means, errors, *_ = measure_ratios(weighed, np.column_stack([outlets.eq(name) for name in names]).astype(float))
        score = means[:, 0] - means[:, 1:].mean(axis=1)
        error = np.hypot(errors[:, 0], np.linalg.norm(errors[:, 1:], axis=1) / (len(names) - 1))
    elif measure == "log_odds":
        total = np.minimum(n_a, n_b)  # pseudo-counts of all n-grams of a length
        pseudo = total * (np.maximum(a + b, 1) / (n_a + n_b))
        score, z = score_log_odds(a, b, n_a, n_b, pseudo, total)
        error = np.hypot(error_a / (a + pseudo), error_b / (b + pseudo))
    elif measure == "log_ratio":
        score = score_log_ratio(a, b, n_a, n_b)
        error = np.hypot(error_a / np.maximum(a, 0.5), error_b / np.maximum(b, 0.5)) / np.log(2)
    else:
        score, error = score_g2(a, b, n_a, n_b), np.full(len(a), np.nan)
    k = tested[["k_target", "k_rest"]].min(axis=1).to_numpy()
    reach = np.where(k >= ENOUGH, stdtrit(np.maximum(k - 1, 1), 1 - LEVEL / 2) * error, np.nan)
    side = documents["outlet"].ne(names[0]).to_numpy(int)
    words, articles = np.bincount(side, n_words, 2), [(own.values[side == one] > 0).sum(axis=0).A1 for one in (0, 1)]
    return tested.assign(
        term=counted.terms[shown], score=score.round(12), low=score - reach, high=score + reach, z=z,
        n_target=a, n_rest=b, rate_target=1e4 * a / words[0], rate_rest=1e4 * b / words[1],
        articles_target=articles[0], articles_rest=articles[1],
    )  # fmt: skip


# The measures as formulas. `a` and `b` are how often a term occurs in the target and in the rest; `n_a` and `n_b` how
# many n-grams of its length there are. All are arrays that broadcast against each other.


def score_log_odds(
    a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, prior: np.ndarray, total: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the difference of the log odds of a term, shrunk by an informative Dirichlet prior, and its z.

    `prior` is the pseudo-count of the term, `total` that of all n-grams of its length. Natural logarithms; above 0:
    more in the target. Source: Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16, eq. 16. z is
    the difference over its standard deviation, by the two-term approximation (eq. 19, 20 and 22), which assumes that
    words are drawn independently. The words of an article are not: z ranks terms, it is no test.
    """
    a, b, n_a, n_b = a + prior, b + prior, n_a + total, n_b + total
    odds_a, odds_b = (x / np.maximum(n - x, 1e-9 * n) for x, n in ((a, n_a), (b, n_b)))  # it may be the only term
    delta = np.log(odds_a) - np.log(odds_b)
    return delta, delta / np.sqrt(1 / a + 1 / b)


def score_g2(a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the log-likelihood ratio G2 of the four-cell table, with the sign of the difference of rates.

    Source: Dunning 1993, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics
    19; the form of quanteda's "lr" and pycorpdiff's "dunning" (Rayson & Garside 2000 use two cells only).
    """
    both, n = a + b, n_a + n_b
    cells = ((a, n_a * both / n), (b, n_b * both / n), (n_a - a, n_a * (n - both) / n), (n_b - b, n_b * (n - both) / n))
    value = 2 * sum(rel_entr(seen, expected) for seen, expected in cells)
    return np.maximum(value, 0) * np.sign(a * n_b - b * n_a)


def score_log_ratio(a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the binary logarithm of the ratio of rates: 1 = twice as often in the target, -1 = half as often.

    A count of 0 is taken as 0.5. Source: Hardie 2014, "Log Ratio: an informal introduction".
    """
    rate_a, rate_b = (np.where(x > 0, x, 0.5) / n for x, n in ((a, n_a), (b, n_b)))
    return np.log2(rate_a) - np.log2(rate_b)


def count_terms(read: Reading, passages: pd.DataFrame, *, ngrams: tuple[int, int] = (1, 2)) -> Counted:
    """Return the terms of passages (article_id, outlet, n_words, lemmas) counted by article."""
    by_article = passages.groupby("article_id", as_index=False)
    documents = by_article.agg(outlet=("outlet", "first"), n_words=("n_words", "sum"))
    documents = documents.merge(read.articles[["article_id", "story_id", "published", "text"]], "left", "article_id")
    found = pd.Series(find_terms(passages["lemmas"], ngrams), by_article.ngroup(), object).explode().dropna()
    column, terms = pd.factorize(found.to_numpy(object), sort=True)
    counts = sparse.csr_matrix((np.ones(len(found)), (found.index, column)), (len(documents), len(terms)))
    return Counted(*find_units(documents), terms.astype(str), counts)


def find_terms(passages: Collection[str], ngrams: tuple[int, int] = (1, 2)) -> list[list[str]]:
    """Return the terms of each passage, each as often as it occurs.

    A passage is its lemmas, separated by spaces. A term is an n-gram that crosses neither punctuation (a token without
    a letter or digit) nor a masked name, and neither begins nor ends with a stop word: scikit-learn's English list
    as `lexicons/content_words.csv` changes it, and words of one letter. So `surface missile` is a term, `the
    missile` is not.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    # nouns and verbs ("fire", "front") are among scikit-learn's stop words, and "anti" of "anti-war" is not
    stops = ENGLISH_STOP_WORDS - list_words("content_words.csv", "term") | list_words("content_words.csv", "stop")
    letters = {word: sum(map(str.isalnum, word)) for word in {*chain.from_iterable(map(str.split, passages))}}
    breaks = {word for word, n in letters.items() if n == 0} | NEUTRAL
    edges = {word for word, n in letters.items() if n > 1} - stops
    found = []
    for words in map(str.split, passages):
        begins = [at for at, word in enumerate(words) if word in edges]
        spans = [(at, at + n) for n in range(ngrams[0], ngrams[1] + 1) for at in begins if at + n <= len(words)]
        ends = [(a, b) for a, b in spans if words[b - 1] in edges and breaks.isdisjoint(words[a:b])]
        found.append([" ".join(words[a:b]) for a, b in ends])
    return found


# Which passages count, and which of them and of their terms say the same thing twice.


def select_passages(read: Reading, *, actor: str, voice: str | None = None, scope: str = "passages") -> pd.DataFrame:
    """Return the passages about an actor: rows of `read.passages`, by the date of their article, then its id.

    A passage is about every actor in its sentence, so these are the passages of each sentence with a mention of the
    actor that is not merely a place or, with `scope="articles"`, of each article with such a sentence; `voice` keeps
    those in one voice, whatever the voice of the mention.
    """
    keys = ["article_id", "sentence_no"] if scope == "passages" else ["article_id"]
    about = select_mentions(read, actor=actor, columns=keys).drop_duplicates()
    order = read.articles.sort_values(["published_from", "article_id"])[["article_id"]]  # no date: last
    return order.merge(select_rows(read, "passages", among=about, voice=voice))


def find_planned(passages: pd.DataFrame, words: Iterable[str]) -> set[str]:
    """Return the terms (lemmas) that some words are: as written, and as they are read where a passage prints them.

    `passages`: text, start, lemmas, lemma_starts. "air strikes" is "air strike", "said" is "say"; a name is no term.
    """
    found = {word.lower() for word in words}
    for word in list(found):
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        for row in passages[passages["text"].str.lower().str.contains(word, regex=False)].itertuples():
            places = list(zip(map(int, row.lemma_starts.split()), row.lemmas.split(), strict=False))
            for match in pattern.finditer(row.text.lower()):
                first, last = (row.start + at for at in match.span())
                lemmas = [lemma for start, lemma in places if first <= start < last]
                found |= {" ".join(lemmas)} if lemmas and NEUTRAL.isdisjoint(lemmas) else set()
    return found


def drop_repeated(passages: pd.DataFrame) -> pd.DataFrame:
    """Return the passages without those that the same outlet printed before: of equal ones, the first row stays.

    `passages` has outlet, n_words, lemmas. Equal are passages of LEAST_WORDS words or more with the same masked lemmas,
    punctuation aside. (Opening a corpus cuts what three articles of an outlet hold; this is for what two hold, or
    several reports of one event.)
    """
    words = [" ".join(re.findall(r"\w+", lemmas)) for lemmas in passages["lemmas"]]
    again = passages.assign(words=words).duplicated(["outlet", "words"])
    return passages[~(again & passages["n_words"].ge(LEAST_WORDS))]


def stand_alone(terms: Sequence[str], counts: np.ndarray) -> np.ndarray:
    """Return True or False for each term: whether it ever stands alone, outside a longer one.

    A term is dropped where a longer one that contains its words in a row is counted as often: "air" and "strike" where
    each is always in "air strike", and this where it is always in "air strike kill". (No document has a longer one more
    often, so they agree in each.) What is counted of all terms (n-grams of a length) is to be counted before.
    """
    places, stays = {term: place for place, term in enumerate(terms)}, np.ones(len(counts), bool)
    for place, term in enumerate(terms):
        words = term.split()
        for start, end in combinations(range(len(words) + 1), 2):
            part = places.get(" ".join(words[start:end]), place)
            if part != place and counts[part] == counts[place]:
                stays[part] = False
    return stays
