"""Which words stand more around an actor in one outlet than in the others: passages -> contrasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from helpers import inference
from helpers.lexicons import LEXICONS
from helpers.naming import ALL_VOICES
from helpers.reading.schemas import VOICES
from helpers.terms.counting import FORMS, Counted, count_terms, select_passages
from helpers.terms.measures import find_dispersion, rank_log_odds, score_g2, score_log_odds, score_log_ratio

if TYPE_CHECKING:
    from helpers.reading import Reading

MEASURES = ("tfidf", "log_odds", "g2", "log_ratio")
FULL_WEIGHT_WORDS = 100
WHOLE = -1  # in the column `window`: whole sentences
COLUMNS = {
    "actor": "str", "target": "str", "against": "str", "voice": "str", "measure": "str", "forms": "str",
    "window": "int64", "term": "str",
    "score": "float64", "low": "float64", "high": "float64", "p": "float64", "z": "float64",
    "n_target": "int64", "n_rest": "int64", "rate_target": "float64", "rate_rest": "float64",
    "articles_target": "int64", "articles_rest": "int64", "dispersion": "float64", "driven_by": "str",
    "k_target": "int64", "k_rest": "int64", "note": "str",
}  # fmt: skip


def contrast_terms(
    read: Reading,
    *,
    actor: str,
    target: str | None,
    against: str | Iterable[str] | None = None,
    measure: str = "tfidf",
    voice: str | None = None,
    ngrams: tuple[int, int] = (1, 2),
    forms: str = "lemmas",
    window: int | None = None,
    min_n: int = 2,
    top: int | None = None,
    strength: float = 1.0,
    background: Mapping[str, float] | None = None,
    replicates: int = inference.REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the terms around `actor`, those that stand more in `target` than in the other outlets first.

    A document is one article's passages about the actor (`select_passages`, in one `voice` or all; with `window` only
    the words so near to a mention); terms are the
    n-grams of `ngrams` = (shortest, longest) as `find_terms` gives them, of masked lemmas or, with `forms="words"`,
    of words as printed. `target=None` sets each outlet in turn against the others. Measures:

    - `tfidf`: scikit-learn's defaults (smooth idf, length 1); score = the mean of the target's documents minus the mean
      of the other outlets' means, in [-1, 1], a document weighing min(n_words, 100) so that a one-sentence article
      does not rule;
    - `log_odds`: Monroe, Colaresi & Quinn 2008: shrunk difference of log odds; the prior holds `strength` (0.1, 1, 10)
      times the smaller side's terms of an order, spread as in all these passages or by `background` (term -> share of
      its order); z ranks and tests nothing;
    - `g2`: Dunning's signed four-cell G2; - `log_ratio`: binary logarithm of the ratio of rates.

    The unit is the story cluster. From 5 on either side, p says how often clusters dealt out anew between the sides,
    within the same month or year, give a score as large among all the terms that 5 clusters hold (max-T); from 20,
    low and high are the 95 % interval (Poisson bootstrap of clusters, idf and prior held fixed). Where neither can be
    had, as of a term that fewer than 5 clusters hold, `note` says why.
    `replicates=0` gives the scores alone.

    One row is one term (x target), by score (log_odds: by z) from highest to lowest (`top` keeps the first), never by
    p. Columns: actor, target, against (the others, separated by ` | `), voice (`all` or the one asked for), measure,
    forms, window (-1: whole sentences), term, score, low, high, p, z; n_target, n_rest (times found); rate_target,
    rate_rest (per 10,000 words of these passages); articles_target, articles_rest (articles that hold it); dispersion
    (Gries's DP over these articles, 0 even to 1 in one place); driven_by (of the articles that hold it, the one
    without which the score changes most); k_target, k_rest (story clusters); note. Terms found fewer than `min_n`
    times are left out of the table, not of the counts. No row where no other outlet has passages about the actor, or
    no outlet at all.

    Raises ValueError for an unknown actor, outlet, voice, measure or form, and where the target has no passage
    about the actor though others have.
    """
    _need_choices(measure=(measure, MEASURES), forms=(forms, FORMS), voice=(voice, (None, *VOICES)))
    needed = ["outlet", "n_words", "lemmas", *(["lemma_starts", "lemma_ends"] if forms == "words" else [])]
    passages = select_passages(read, actor=actor, voice=voice, window=window, columns=needed)
    passages = passages[passages["n_words"] > 0]
    asked = [target] if target is not None else sorted(passages["outlet"].unique())
    chosen = {one: _choose_rest(read, passages, actor, one, against) for one in asked}
    sides = {one: rest for one, rest in chosen.items() if rest}
    empty = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    if not sides:
        return empty
    named = {*sides, *(outlet for rest in sides.values() for outlet in rest)}
    counted = count_terms(read, passages[passages["outlet"].isin(named)], ngrams=ngrams, forms=forms)
    if not len(counted.terms):
        return empty
    texts = read.articles[read.articles["article_id"].isin(counted.documents["article_id"])]
    seeds = inference.hash_clusters(texts) if replicates else pd.Series(dtype="uint64")
    tables = [
        _contrast(counted, one, rest, measure, (strength, background), min_n, replicates, seed, seeds)
        for one, rest in sides.items()
    ]
    contrasts = pd.concat(tables).assign(actor=actor, voice=voice or ALL_VOICES, measure=measure, forms=forms)
    contrasts["window"] = WHOLE if window is None else window
    by = "z" if measure == "log_odds" else "score"
    order = ["target", by, "term"]
    contrasts = contrasts.sort_values(order, ascending=[True, False, True])
    contrasts = contrasts if top is None else contrasts.groupby("target").head(top)
    return contrasts[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _contrast(
    counted: Counted, target: str, rest: list[str], measure: str, prior: tuple[float, Mapping[str, float] | None],
    min_n: int, replicates: int, seed: int, seeds: pd.Series,
) -> pd.DataFrame:  # fmt: skip
    """Contrast one outlet with others; the columns of one actor, voice and measure are left to the caller."""
    from sklearn.feature_extraction.text import TfidfTransformer

    keep = counted.documents["outlet"].isin([target, *rest]).to_numpy()
    documents, counts = counted.documents[keep].reset_index(drop=True), counted.counts[np.flatnonzero(keep)]
    outlet_no = documents["outlet"].map({name: number for number, name in enumerate([target, *rest])}).to_numpy()
    side, orders = np.minimum(outlet_no, 1), counted.orders
    sums = inference.add_rows(counts, side, 2).toarray()
    totals = np.stack([np.bincount(orders, row, orders.max() + 1) for row in sums])  # terms of each order
    shown = np.flatnonzero(sums.sum(axis=0) >= min_n)
    if not len(shown):
        return pd.DataFrame(columns=list(COLUMNS))
    a, b = sums[:, shown]
    n_a, n_b = totals[:, orders[shown]]
    pseudo, total = _find_prior(counted.terms[shown], a + b, n_a, n_b, *prior)
    if measure == "tfidf":
        weights = documents["n_words"].clip(upper=FULL_WEIGHT_WORDS).to_numpy(float)
        vectors = sparse.diags_array(weights) @ TfidfTransformer().fit_transform(counts)[:, shown]
        parts = inference.Parts(sparse.csr_matrix(vectors), weights[:, None], np.zeros(len(shown), int))
        score, group = _score_tfidf, outlet_no
    else:
        parts = inference.Parts(counts[:, shown].astype(float).tocsr(), _count_orders(counts, orders), orders[shown])
        score, group = _score_counts(measure, pseudo, total), side
    clusters = documents["cluster_id"]
    scored = inference.spread_scores(parts, score, group, clusters, documents["published"], seeds,
                           replicates=replicates, seed=seed)  # fmt: skip
    words = np.bincount(side, documents["n_words"], 2)
    articles = inference.add_rows((counts[:, shown] > 0).astype(float), side, 2).toarray().astype("int64")
    held = counts[:, shown].tocoo()
    return pd.DataFrame({
        "target": target, "against": " | ".join(rest), "term": counted.terms[shown],
        "score": np.round(scored.score, 12), "low": scored.low, "high": scored.high, "p": scored.p,
        "z": rank_log_odds(a, b, pseudo, scored.score) if measure == "log_odds" else np.nan,
        "n_target": a, "n_rest": b, "rate_target": 1e4 * a / words[0], "rate_rest": 1e4 * b / words[1],
        "articles_target": articles[0], "articles_rest": articles[1],
        "dispersion": find_dispersion(held.data, held.col, held.row, documents["n_words"].to_numpy(float), len(shown)),
        "driven_by": documents["article_id"].to_numpy()[scored.driver],
        "k_target": scored.k_target, "k_rest": scored.k_rest,
        "note": ["; ".join(filter(None, [scored.note, rare])) for rare in inference.note_rare(scored)],
    })  # fmt: skip


def _find_prior(
    terms: np.ndarray, both: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, strength: float,
    background: Mapping[str, float] | None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return each term's pseudo-count and that of all terms of its order."""
    total = strength * np.minimum(n_a, n_b)
    least = 1 / (n_a + n_b)  # a term that the background lacks is rarer than any that it has
    share = both / (n_a + n_b) if background is None else np.array([background.get(term, 0.0) for term in terms])
    return total * np.maximum(share, least), total


def _count_orders(counts: sparse.csr_matrix, orders: np.ndarray) -> np.ndarray:
    """Return how many terms of each order stand in each document."""
    return (counts @ sparse.csr_matrix((np.ones(len(orders)), (np.arange(len(orders)), orders)))).toarray()


def _score_counts(measure: str, pseudo: np.ndarray, total: np.ndarray) -> inference.Score:
    def score(sums: list[np.ndarray], totals: list[np.ndarray], columns: slice | np.ndarray) -> np.ndarray:
        if measure == "log_odds":
            shape = (-1,) if sums[0].ndim == 1 else (-1, 1)
            prior = [one[columns].reshape(shape).astype(sums[0].dtype) for one in (pseudo, total)]
            return score_log_odds(*sums, *totals, *prior)
        return (score_g2 if measure == "g2" else score_log_ratio)(*sums, *totals)

    return score


def _score_tfidf(sums: list[np.ndarray], totals: list[np.ndarray], columns: slice | np.ndarray) -> np.ndarray:
    """The target's mean less the mean of the others' means; an outlet without a document drops out."""
    means = [
        np.where(total > 0, one / np.where(total > 0, total, 1), 0) for one, total in zip(sums, totals, strict=True)
    ]
    there = sum((total > 0).astype(means[0].dtype) for total in totals[1:])
    return means[0] - sum(means[1:]) / np.maximum(there, 1)


def _choose_rest(
    read: Reading, passages: pd.DataFrame, actor: str, target: str, against: str | Iterable[str] | None
) -> list[str]:
    there = sorted(passages["outlet"].unique())
    asked = there if against is None else [against] if isinstance(against, str) else list(against)
    outlets = set(read.articles["outlet"])
    if not outlets:
        return []
    for outlet in [target, *(asked if against is not None else [])]:
        if outlet not in outlets:
            raise ValueError(f"no outlet {outlet!r} in articles.csv (there are: {', '.join(sorted(outlets))})")
    rest = [outlet for outlet in there if outlet in asked and outlet != target]
    if not there:
        return []
    if target not in there or (against is not None and not rest):
        silent = target if target not in there else ", ".join(map(str, asked))
        raise ValueError(f"no passage about {actor!r} in {silent!r} (these have: {', '.join(there) or 'none'})")
    return rest


def load_error() -> pd.DataFrame:
    """Return how often tests and intervals of contrasts erred on groups drawn from real articles, as measured.

    One row is what was measured x measure x k (stories a side): what, measure, k, draws, share (of the draws, or of
    the common terms over the draws). Source: tests/benchmarks/contrasts.py on 408 articles of 15 outlets.
    """
    return pd.read_csv(LEXICONS / "contrast_error.csv")


def _need_choices(**choices: tuple[object, tuple]) -> None:
    for name, (chosen, possible) in choices.items():
        if chosen not in possible:
            raise ValueError(f"{name}={chosen!r} is not one of {', '.join(map(repr, possible))}")
