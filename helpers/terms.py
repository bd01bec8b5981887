"""Which words appear near an actor, and which appear there more in one outlet than in the others."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import xlogy

from helpers import inference
from helpers.lexicons import LEXICONS, read_lexicon
from helpers.passages import WHOLE, print_words, select_passages
from helpers.reading import Reading
from helpers.reading.masking import NEUTRAL
from helpers.reading.schemas import ALL_VOICES, VOICES

MEASURES = ("tfidf", "log_odds", "g2", "log_ratio")
FORMS = ("lemmas", "words")
FULL_WEIGHT_WORDS = 100
COLUMNS = {
    "actor": "str", "target": "str", "against": "str", "voice": "str", "measure": "str", "forms": "str",
    "window": "int64", "term": "str",
    "score": "float64", "low": "float64", "high": "float64", "p": "float64", "z": "float64",
    "n_target": "int64", "n_rest": "int64", "rate_target": "float64", "rate_rest": "float64",
    "articles_target": "int64", "articles_rest": "int64", "dispersion": "float64", "driven_by": "str",
    "k_target": "int64", "k_rest": "int64", "note": "str",
}  # fmt: skip


class Counted(NamedTuple):
    """Terms counted by document: one article's passages about the actor."""

    documents: pd.DataFrame  # article_id, outlet, n_words, cluster_id, published; one row a document
    terms: np.ndarray
    orders: np.ndarray  # words in each term
    counts: sparse.csr_matrix  # documents x terms


def contrast_terms(
    read: Reading, *, actor: str, target: str | None, against: str | Iterable[str] | None = None,
    measure: str = "tfidf", voice: str | None = None, ngrams: tuple[int, int] = (1, 2), forms: str = "lemmas",
    window: int | None = None, min_n: int = 2, top: int | None = None, strength: float = 1.0,
    replicates: int = inference.REPLICATES, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return the terms near `actor`, those most typical of `target` compared with the other outlets first.

    A document is one article's passages about the actor (`select_passages`: in one `voice` or all, whole or within a
    `window`). Terms are the n-grams that `find_terms` finds, of `ngrams` = (shortest, longest) words: masked lemmas
    or, with `forms="words"`, words as printed. `target=None` compares each outlet in turn with the others. Measures:

    - `tfidf`: scikit-learn's defaults (smooth idf, length 1); score = the mean of the target's documents minus the
      mean of the other outlets' means, in [-1, 1]; a document weighs min(n_words, 100), so that an article with one
      sentence does not dominate;
    - `log_odds`: Monroe, Colaresi & Quinn 2008: shrunk difference of log odds. The prior holds `strength` (0.1, 1, 10)
      times the smaller side's n-grams of that length, distributed as in all these passages; z ranks terms and is no
      test;
    - `g2`: Dunning's signed four-cell G2;
    - `log_ratio`: binary logarithm of the ratio of rates.

    The unit is the story cluster. From 5 on either side, p says how often clusters shuffled between the sides, within
    the same month or year, give a score as large among all terms found in 5 clusters (permutation test, max-T); from
    20, low and high are the 95 % interval (Poisson bootstrap of clusters; idf and prior are held fixed). Where either
    is missing, as for a term found in fewer than 5 clusters, `note` says why. Of a target that has 5, outlets with
    fewer are not among the others (`inference.choose_outlets`). `replicates=0` gives the scores alone.

    One row is one term (x target), sorted by score (log_odds: by z) from highest to lowest (`top` keeps the first),
    never by p. Columns: actor, target, against (the others, separated by ` | `), voice (`all` or the one asked for),
    measure, forms, window (-1: whole sentences), term, score, low, high, p, z; n_target, n_rest (occurrences);
    rate_target, rate_rest (per 10,000 words of these passages); articles_target, articles_rest (articles with the
    term); dispersion (Gries's DP over these articles, 0 even to 1 in one place); driven_by (the article without which
    the score changes most); k_target, k_rest (story clusters); note. Terms with fewer than `min_n` occurrences are
    left out of the table, not of the counts. No rows where no other outlet, or none at all, has passages about the
    actor.

    Raises ValueError for an unknown actor, outlet, voice, measure or form, and where the target has no passage
    about the actor though others have.
    """
    choices = (("measure", measure, MEASURES), ("forms", forms, FORMS), ("voice", voice, (None, *VOICES)))
    for name, chosen, possible in choices:
        if chosen not in possible:
            raise ValueError(f"{name}={chosen!r} is not one of {', '.join(map(repr, possible))}")
    needed = ["article_id", "outlet", "n_words", "lemmas"]
    needed += ["lemma_starts", "lemma_ends"] if forms == "words" else []
    passages = select_passages(read, actor=actor, voice=voice, window=window, columns=needed)
    passages = passages[passages["n_words"] > 0]
    there = sorted(passages["outlet"].unique())
    sides = _choose_sides(read, there, actor, target, against)
    named = {*sides, *(outlet for rest in sides.values() for outlet in rest)}
    counted = count_terms(read, passages[passages["outlet"].isin(named)], ngrams=ngrams, forms=forms)
    if not len(counted.terms):
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    texts = read.articles[read.articles["article_id"].isin(counted.documents["article_id"])]
    seeds = inference.hash_clusters(texts) if replicates else pd.Series(dtype="uint64")
    contrasts = pd.concat([
        _contrast(counted, one, rest, measure, strength, min_n, replicates, seed, seeds)
        for one, rest in sides.items()
    ])  # fmt: skip
    asked = {"voice": voice or ALL_VOICES, "window": WHOLE if window is None else window}
    contrasts = contrasts.assign(actor=actor, measure=measure, forms=forms, **asked)
    order = ["target", "z" if measure == "log_odds" else "score", "term"]
    contrasts = contrasts.sort_values(order, ascending=[True, False, True])
    contrasts = contrasts if top is None else contrasts.groupby("target").head(top)
    return contrasts[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _choose_sides(
    read: Reading, there: list[str], actor: str, target: str | None, against: str | Iterable[str] | None
) -> dict[str, list[str]]:
    """Return each target and the outlets it is compared with; `there` are those with passages about the actor."""
    asked = there if against is None else [against] if isinstance(against, str) else list(against)
    targets = [target] if target is not None else [one for one in there if against is None or one not in asked]
    outlets = sorted(read.articles["outlet"].unique())
    for outlet in [*targets, *asked]:
        if outlets and outlet not in outlets:
            raise ValueError(f"no outlet {outlet!r} in articles.csv (there are: {', '.join(outlets)})")
    sides = {one: [outlet for outlet in there if outlet in asked and outlet != one] for one in targets}
    for one, rest in sides.items():
        if there and (one not in there or (against is not None and not rest)):
            silent = one if one not in there else ", ".join(map(str, asked))
            raise ValueError(f"no passage about {actor!r} in {silent!r} (these have: {', '.join(there)})")
    return {one: rest for one, rest in sides.items() if rest}


def _contrast(
    counted: Counted, target: str, rest: list[str], measure: str, strength: float, min_n: int, replicates: int,
    seed: int, seeds: pd.Series,
) -> pd.DataFrame:  # fmt: skip
    """Return the contrasts of one outlet with others, without the columns that are alike in all rows of a call."""
    from sklearn.feature_extraction.text import TfidfTransformer

    asked = counted.documents[counted.documents["outlet"].isin([target, *rest])]
    kept, refusal, left = inference.choose_outlets(asked["outlet"], asked["cluster_id"], target)
    documents, counts = asked[kept].reset_index(drop=True), counted.counts[asked.index[kept]]
    rest = [outlet for outlet in rest if outlet in set(documents["outlet"])]
    n_words = documents["n_words"].to_numpy(float)
    outlet_no = documents["outlet"].map({name: number for number, name in enumerate([target, *rest])}).to_numpy()
    side = np.minimum(outlet_no, 1)
    sums = inference.add_rows(counts, side, 2).toarray()
    shown = np.flatnonzero(sums.sum(axis=0) >= min_n)
    if not len(shown):
        return pd.DataFrame(columns=list(COLUMNS))
    terms, kind = counted.terms[shown], counted.orders[shown]
    sizes = inference.add_rows(counts.T, counted.orders, counted.orders.max() + 1).toarray().T  # n-grams of each length
    a, b = sums[:, shown]
    n_a, n_b = inference.add_rows(sizes, side, 2)[:, kind]
    own = counts[:, shown]
    total = strength * np.minimum(n_a, n_b)  # pseudo-counts of all n-grams of a length
    pseudo = total * (np.maximum(a + b, 1) / (n_a + n_b))
    if measure == "tfidf":
        weights = np.minimum(n_words, FULL_WEIGHT_WORDS)
        vectors = sparse.diags_array(weights) @ TfidfTransformer().fit_transform(counts)[:, shown]
        parts = inference.Parts(sparse.csr_matrix(vectors), weights[:, None], np.zeros(len(shown), int))
        score, group = _score_tfidf, outlet_no
    else:
        parts = inference.Parts(own.astype(float).tocsr(), sizes, kind)
        score, group = _score_counts(measure, pseudo, total), side
    scored = inference.spread_scores(
        parts, score, group, documents["cluster_id"], documents["published"], seeds, replicates=replicates, seed=seed,
        refusal=refusal,
    )  # fmt: skip
    words = np.bincount(side, n_words, 2)
    notes = ["; ".join(filter(None, [note, left])) for note in scored["note"]]
    articles = inference.add_rows((own > 0).astype(float), side, 2).toarray().astype("int64")
    cells = own.tocoo()
    return pd.DataFrame({
        "target": target, "against": " | ".join(rest), "term": terms,
        "score": scored["score"].round(12), "low": scored["low"], "high": scored["high"], "p": scored["p"],
        "z": rank_log_odds(a, b, pseudo, scored["score"]) if measure == "log_odds" else np.nan,
        "n_target": a, "n_rest": b, "rate_target": 1e4 * a / words[0], "rate_rest": 1e4 * b / words[1],
        "articles_target": articles[0], "articles_rest": articles[1],
        "dispersion": find_dispersion(cells.data, cells.col, cells.row, n_words, len(terms)),
        "driven_by": documents["article_id"].to_numpy()[scored["driver"]],
        "k_target": scored["k_target"], "k_rest": scored["k_rest"], "note": notes,
    })  # fmt: skip


def _score_counts(measure: str, pseudo: np.ndarray, total: np.ndarray) -> inference.Score:
    """Return a measure as a function of sums, totals and the terms they are of; `pseudo`, `total`: see log-odds."""

    def score(sums: list[np.ndarray], totals: list[np.ndarray], columns: slice | np.ndarray) -> np.ndarray:
        if measure != "log_odds":
            return (score_g2 if measure == "g2" else score_log_ratio)(*sums, *totals)
        shape = (-1,) if sums[0].ndim == 1 else (-1, 1)
        prior = [one[columns].reshape(shape).astype(sums[0].dtype) for one in (pseudo, total)]
        return score_log_odds(*sums, *totals, *prior)

    return score


def _score_tfidf(sums: list[np.ndarray], totals: list[np.ndarray], columns: slice | np.ndarray) -> np.ndarray:
    """Return the target's mean minus the mean of the others' means; an outlet without a document drops out."""
    means = [
        np.divide(one, total, out=np.zeros_like(one), where=total > 0) for one, total in zip(sums, totals, strict=True)
    ]
    there = sum((total > 0).astype(means[0].dtype) for total in totals[1:])
    return means[0] - sum(means[1:]) / np.maximum(there, 1)


# The measures as formulas. `a` and `b` are how often a term occurs in the target and in the rest; `n_a` and `n_b` how
# many n-grams of its length there are. All are arrays that broadcast against each other.


def score_log_odds(
    a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, prior: np.ndarray, total: np.ndarray
) -> np.ndarray:
    """Return the difference of the log odds of a term, shrunk by an informative Dirichlet prior.

    `prior` is the pseudo-count of the term, `total` that of all n-grams of its length. Natural logarithms; above 0:
    more in the target. Source: Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16, eq. 16.
    """
    a, b, n_a, n_b = a + prior, b + prior, n_a + total, n_b + total
    return np.log(a / (n_a - a)) - np.log(b / (n_b - b))


def rank_log_odds(a: np.ndarray, b: np.ndarray, prior: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Return z: the difference over its standard deviation, by the two-term approximation (eq. 19, 20 and 22).

    It assumes that words are drawn independently, which the words of an article are not: z ranks terms, it is no test.
    """
    return delta / np.sqrt(1 / (a + prior) + 1 / (b + prior))


def score_g2(a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the log-likelihood ratio G2 of the four-cell table, with the sign of the difference of rates.

    Source: Dunning 1993, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics
    19; the form of quanteda's "lr" and pycorpdiff's "dunning" (Rayson & Garside 2000 use two cells only).
    """
    both, n = a + b, n_a + n_b
    cells = ((a, n_a * both / n), (b, n_b * both / n), (n_a - a, n_a * (n - both) / n), (n_b - b, n_b * (n - both) / n))
    value = 2 * sum(xlogy(seen, seen) - xlogy(seen, expected) for seen, expected in cells)
    return np.maximum(value, 0) * np.sign(a * n_b - b * n_a)


def score_log_ratio(a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the binary logarithm of the ratio of rates: 1 = twice as often in the target, -1 = half as often.

    A count of 0 is taken as 0.5. Source: Hardie 2014, "Log Ratio: an informal introduction".
    """
    rate_a, rate_b = (np.where(x > 0, x, 0.5) / n for x, n in ((a, n_a), (b, n_b)))
    return np.log2(rate_a) - np.log2(rate_b)


def find_dispersion(
    counts: np.ndarray, terms: np.ndarray, documents: np.ndarray, sizes: np.ndarray, n: int
) -> np.ndarray:
    """Return Gries's deviation of proportions of each term, 0 (as even as the articles are long) to 1 (in one place).

    The non-zero counts come as three arrays of one length: `counts`, their `terms` and their `documents`; `sizes` are
    the words of all documents, `n` is the number of terms. Source: Gries 2008, International Journal of Corpus
    Linguistics 13; normalised as in Lijffijt & Gries 2012.
    """
    share = sizes / sizes.sum()
    total = np.bincount(terms, counts, n)
    own = counts / total[terms]
    there = np.bincount(terms, np.abs(own - share[documents]) - share[documents], n)
    deviation = (there + 1) / 2  # a document without the term deviates by its whole share, and the shares sum to 1
    return deviation / (1 - share.min()) if len(sizes) > 1 else np.zeros(n)


def load_error() -> pd.DataFrame:
    """Return how often tests and intervals of contrasts were wrong in groups drawn from real articles, as measured.

    One row is what was measured x measure x k (stories a side): what, measure, k, draws, share (of the draws, or of
    the common terms over the draws). Source: tests/benchmarks/contrasts.py on 408 articles of 15 outlets.
    """
    return pd.read_csv(LEXICONS / "contrast_error.csv")


def count_terms(
    read: Reading, passages: pd.DataFrame, *, ngrams: tuple[int, int] = (1, 2), forms: str = "lemmas"
) -> Counted:
    """Return the terms of passages counted by article. `forms="words"` counts words as printed, in lower case."""
    from sklearn.feature_extraction.text import CountVectorizer

    def list_terms(document: list[str]) -> list[str]:
        return [term for lemmas in document for term in find_terms(lemmas, ngrams)]

    if forms == "words":
        texts = read.articles.set_index("article_id")["text"].to_dict()
        passages = passages.assign(lemmas=[print_words(row, texts[row.article_id]) for row in passages.itertuples()])
    by_article = passages.groupby("article_id", as_index=False)
    documents = by_article.agg(outlet=("outlet", "first"), n_words=("n_words", "sum"), lemmas=("lemmas", list))
    documents = documents.merge(read.articles[["article_id", "cluster_id", "published"]], on="article_id", how="left")
    lemmas = documents.pop("lemmas")
    terms, counts = np.array([], str), sparse.csr_matrix((len(documents), 0))
    if any(map(list_terms, lemmas)):  # the vectorizer refuses an empty vocabulary
        counter = CountVectorizer(analyzer=list_terms)
        counts = counter.fit_transform(lemmas)
        terms = counter.get_feature_names_out().astype(str)
    return Counted(documents, terms, np.char.count(terms, " ") + 1, counts)


def find_terms(lemmas: str, ngrams: tuple[int, int] = (1, 2)) -> list[str]:
    """Return the terms of one passage, in the order of their first words.

    A term is an n-gram that crosses neither punctuation (a token without a letter or digit) nor a masked name, and
    neither begins nor ends with a stop word: scikit-learn's English list without the words of
    `lexicons/content_words.csv`, and words of one letter. So `surface missile` is a term, `the missile` is not.
    """
    shortest, longest = ngrams
    tokens = lemmas.split()
    kinds = [_judge_token(token) for token in tokens]
    found = []
    for first, kind in enumerate(kinds):
        if kind != "word":
            continue
        for last in range(first, min(first + longest, len(tokens))):
            if kinds[last] == "break":
                break
            if kinds[last] == "word" and last - first + 1 >= shortest:
                found.append(" ".join(tokens[first : last + 1]))
    return found


@lru_cache(maxsize=100_000)
def _judge_token(token: str) -> str:
    """Return "word", "stop" (may be inside a term, but not at its ends) or "break" (no term crosses it)."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    n_letters = sum(letter.isalnum() for letter in token)
    if n_letters == 0 or token in NEUTRAL:
        return "break"
    if n_letters > 1 and token not in ENGLISH_STOP_WORDS:
        return "word"
    # nouns and verbs ("fire", "front") are among scikit-learn's stop words
    return "word" if token in {row["word"] for row in read_lexicon("content_words.csv")} else "stop"
