"""Which words stand more around an actor in one outlet than in the others: passages -> contrasts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfTransformer

from helpers.masking import NEUTRAL
from helpers.naming import ALL_VOICES, select_mentions
from helpers.schemas import VOICES

if TYPE_CHECKING:
    from helpers.reading import Reading

MEASURES = ("tfidf",)
FORMS = ("lemmas",)
FULL_WEIGHT_WORDS = 100
CONTENT_WORDS = Path(__file__).parent / "lexicons" / "content_words.csv"
COLUMNS = {
    "actor": "str", "target": "str", "against": "str", "voice": "str", "term": "str", "score": "float64",
    "n_target": "int64", "n_rest": "int64", "rate_target": "float64", "rate_rest": "float64",
    "articles_target": "int64", "articles_rest": "int64", "driven_by": "str",
}  # fmt: skip


def contrast_terms(
    read: Reading,
    *,
    actor: str,
    target: str,
    against: str | Iterable[str] | None = None,
    measure: str = "tfidf",
    voice: str | None = None,
    ngrams: tuple[int, int] = (1, 2),
    forms: str = "lemmas",
    min_n: int = 2,
    top: int | None = None,
) -> pd.DataFrame:
    """Return the terms around `actor`, those that stand more in `target` than in the other outlets first.

    A document is one article's passages about the actor (`select_passages`, in one `voice` or all). Each becomes a
    TF-IDF vector by scikit-learn's defaults (smooth idf, length 1) over masked lemmas; terms are the n-grams of
    `ngrams` = (shortest, longest) as `find_terms` gives them. score = the mean of the target's documents minus the
    mean of the other outlets' means, in [-1, 1], a document weighing min(n_words, 100) so that a one-sentence
    article does not rule. Terms found fewer than `min_n` times are left out of the table, not of the vectors.

    One row is one term, by score from highest to lowest (`top` keeps the first), never by significance. Columns:
    actor, target, against (the others, separated by ` | `), voice (`all` or the one asked for), term, score;
    n_target, n_rest (times found); rate_target, rate_rest (per 10,000 words of these passages); articles_target,
    articles_rest (articles that hold it); driven_by (of the articles that hold it, the one without which the score
    changes most, idf held fixed; an outlet left without an article drops out). No row where no other outlet has
    passages about the actor, or no outlet at all.

    Raises ValueError for an unknown actor, outlet, voice, measure or form, and where the target has no passage
    about the actor though others have.
    """
    _need_choices(measure=(measure, MEASURES), forms=(forms, FORMS), voice=(voice, (None, *VOICES)))
    passages = select_passages(read, actor=actor, voice=voice)
    passages = passages[passages["n_words"] > 0]
    rest = _choose_rest(read, passages, actor, target, against)
    documents = (
        passages[passages["outlet"].isin([target, *rest])]
        .groupby("article_id")
        .agg(outlet=("outlet", "first"), n_words=("n_words", "sum"), lemmas=("lemmas", list))
        .reset_index()
    )
    analyzer = partial(_list_terms, ngrams=ngrams)
    if not rest or not any(map(analyzer, documents["lemmas"])):
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)

    counter = CountVectorizer(analyzer=analyzer)
    counts = counter.fit_transform(documents["lemmas"])
    vectors = TfidfTransformer().fit_transform(counts)
    outlet_no = documents["outlet"].map({name: number for number, name in enumerate([target, *rest])}).to_numpy()
    weights = documents["n_words"].clip(upper=FULL_WEIGHT_WORDS).to_numpy(float)
    means = _average_rows(vectors, outlet_no, weights)

    side = np.minimum(outlet_no, 1)
    n_target, n_rest = _add_rows(counts, side)
    articles_target, articles_rest = _add_rows(counts.astype(bool).astype("int64"), side)
    words_target, words_rest = np.bincount(side, documents["n_words"])
    contrasts = pd.DataFrame({
        "actor": actor, "target": target, "against": " | ".join(rest), "voice": voice or ALL_VOICES,
        "term": counter.get_feature_names_out().astype(str),
        "score": np.round(_contrast_means(means), 12),
        "n_target": n_target, "n_rest": n_rest,
        "rate_target": 1e4 * n_target / words_target, "rate_rest": 1e4 * n_rest / words_rest,
        "articles_target": articles_target, "articles_rest": articles_rest,
    })  # fmt: skip
    contrasts = contrasts[contrasts["n_target"] + contrasts["n_rest"] >= min_n]
    contrasts = contrasts.sort_values(["score", "term"], ascending=[False, True]).head(
        len(contrasts) if top is None else top
    )
    shown = contrasts.index.to_numpy()
    drivers = _find_drivers(vectors[:, shown], means[:, shown].sorted_indices(), outlet_no, weights)
    contrasts["driven_by"] = documents["article_id"].to_numpy()[drivers]
    return contrasts[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def select_passages(read: Reading, *, actor: str, voice: str | None = None) -> pd.DataFrame:
    """Return the passages about an actor: rows of `read.passages`.

    A passage concerns every actor in its sentence, so these are the passages of each sentence with a mention of
    the actor that is not merely a place; `voice` keeps those in one voice, whatever voice the mention stands in.
    """
    about = select_mentions(read, actor=actor)[["article_id", "sentence_no"]].drop_duplicates()
    passages = read.passages if voice is None else read.passages[read.passages["voice"].eq(voice)]
    return passages.merge(about, on=["article_id", "sentence_no"])


def find_terms(lemmas: str, ngrams: tuple[int, int] = (1, 2)) -> list[tuple[str, int, int]]:
    """Return the terms of one passage as (term, number of its first token, number after its last).

    A term is an n-gram that crosses neither punctuation (a token without a letter or digit) nor a word put in
    place of a name, and neither begins nor ends with a stop word: scikit-learn's English list without the words
    of `lexicons/content_words.csv`, and words of one letter. So `surface missile` is a term, `the missile` is not.
    """
    tokens = lemmas.split()
    marks = [_judge_token(token) for token in tokens]
    shortest, longest = ngrams
    found = []
    for first, mark in enumerate(marks):
        if mark != "word":
            continue
        for after in range(first + 1, min(first + longest, len(tokens)) + 1):
            last = marks[after - 1]
            if last == "break":
                break
            if last == "word" and after - first >= shortest:
                found.append((" ".join(tokens[first:after]), first, after))
    return found


def _list_terms(document: list[str], ngrams: tuple[int, int]) -> list[str]:
    return [term for lemmas in document for term, _, _ in find_terms(lemmas, ngrams)]


@lru_cache(maxsize=100_000)
def _judge_token(token: str) -> str:
    n_letters = len(re.findall(r"[^\W_]", token))
    if n_letters == 0 or token in NEUTRAL:
        return "break"
    return "stop" if n_letters == 1 or token in _list_stop_words() else "word"


@cache
def _list_stop_words() -> frozenset[str]:
    """Return scikit-learn's English stop words, without the nouns and verbs (`fire`, `front`) that it holds."""
    with CONTENT_WORDS.open(encoding="utf-8", newline="") as lines:
        return ENGLISH_STOP_WORDS - {row["word"] for row in csv.DictReader(lines)}


def _average_rows(vectors: sparse.csr_matrix, group: np.ndarray, weights: np.ndarray) -> sparse.csr_matrix:
    """Return each group's weighted mean vector, one row a group."""
    share = weights / np.bincount(group, weights)[group]
    return sparse.csr_matrix((share, (group, np.arange(len(group))))) @ vectors


def _add_rows(counts: sparse.csr_matrix, side: np.ndarray) -> np.ndarray:
    return (sparse.csr_matrix((np.ones(len(side), "int64"), (side, np.arange(len(side))))) @ counts).toarray()


def _contrast_means(means: sparse.csr_matrix) -> np.ndarray:
    rest = np.asarray(means[1:].sum(axis=0)).ravel() / (means.shape[0] - 1)
    return means[[0]].toarray().ravel() - rest


def _find_drivers(
    vectors: sparse.csr_matrix, means: sparse.csr_matrix, outlet_no: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return for each term (column) the document (row) that holds it and moves its score most when taken out."""
    held = vectors.tocoo()
    outlet, weight = outlet_no[held.row], weights[held.row]
    mean = np.asarray(means[outlet, held.col]).ravel()
    left = np.bincount(outlet_no, weights)[outlet] - weight
    alone = np.bincount(outlet_no)[outlet] == 1
    moved = np.where(alone, -mean, weight * (mean - held.data) / np.where(alone, 1, left))

    n_rest = means.shape[0] - 1
    rest = np.asarray(means[1:].sum(axis=0)).ravel()[held.col] / n_rest
    emptied = (rest - mean) / (n_rest - 1) if n_rest > 1 else -mean
    change = np.where(outlet == 0, moved, np.where(alone, emptied, moved / n_rest))

    order = np.lexsort((held.row, -np.round(np.abs(change), 12), held.col))
    first = np.unique(held.col[order], return_index=True)[1]
    return held.row[order][first]


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


def _need_choices(**choices: tuple[object, tuple]) -> None:
    for name, (chosen, possible) in choices.items():
        if chosen not in possible:
            raise ValueError(f"{name}={chosen!r} is not one of {', '.join(map(repr, possible))}")
