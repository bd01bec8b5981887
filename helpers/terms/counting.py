"""How often each term stands in each article's passages about an actor."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.naming import select_mentions
from helpers.reading import select_rows
from helpers.reading.masking import NEUTRAL
from helpers.terms.words import list_terms

if TYPE_CHECKING:
    from helpers.reading import Reading

FORMS = ("lemmas", "words")
LEFT_OUT = "…"  # stands for words outside the window


class Counted(NamedTuple):
    """Terms counted by document, a document being one article's passages about the actor."""

    documents: pd.DataFrame  # article_id, outlet, n_words, cluster_id, published; one row a document
    terms: np.ndarray
    counts: sparse.csr_matrix  # documents x terms

    @property
    def orders(self) -> np.ndarray:
        """Words in each term."""
        return np.char.count(self.terms, " ") + 1 if len(self.terms) else np.zeros(0, int)


def select_passages(
    read: "Reading", *, actor: str, voice: str | None = None, window: int | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the passages about an actor: rows of `read.passages`, all columns or those asked for.

    A passage concerns every actor in its sentence, so these are the passages of each sentence with a mention of
    the actor that is not merely a place; `voice` keeps those in one voice, whatever voice the mention stands in.
    `window` keeps of each sentence the words up to so many before and after a mention; what is left out becomes one
    mark, which no term crosses, and `n_words` counts what is kept.
    """
    keys = ["article_id", "sentence_no"]
    mentions = select_mentions(read, actor=actor, columns=[*keys, "start"])
    about = mentions[keys].drop_duplicates()
    if window is None:
        voices = {} if voice is None else {"voice": voice}
        needed = None if columns is None else list(dict.fromkeys([*keys, *columns]))
        return select_rows(read, "passages", needed, among=about, **voices).reset_index(drop=True)
    passages = select_rows(read, "passages", among=about).reset_index(drop=True)
    passages = _cut_windows(passages, mentions, window)
    return passages if voice is None else passages[passages["voice"].eq(voice)]


def _cut_windows(passages: pd.DataFrame, mentions: pd.DataFrame, window: int) -> pd.DataFrame:
    """Keep the words near the mentions; the distance is counted in tokens of the sentence, across its passages."""
    keys = ["article_id", "sentence_no"]
    places = {key: own.tolist() for key, own in mentions.groupby(keys)["start"]}
    passages = passages.sort_values([*keys, "start"], ignore_index=True)
    cut = [
        row
        for key, own in passages.groupby(keys, sort=False)
        for row in _cut_sentence(own[["lemmas", "lemma_starts", "lemma_ends"]], places[key], window)
    ]
    columns = ["lemmas", "lemma_starts", "lemma_ends", "n_words"]
    table = pd.DataFrame(cut, columns=columns, index=passages.index)
    return passages.assign(**{column: table[column] for column in columns})


def _cut_sentence(rows: pd.DataFrame, mentions: list[int], window: int) -> Iterator[tuple[str, str, str, int]]:
    parts = [tuple(cell.split() for cell in row) for row in rows.itertuples(index=False, name=None)]
    starts = [int(start) for _, own, _ in parts for start in own]
    at = [max(0, bisect_right(starts, mention) - 1) for mention in mentions]
    number = 0
    for lemmas, own_starts, own_ends in parts:
        kept: list[tuple[str, str, str]] = []
        n_words = 0
        for token in zip(lemmas, own_starts, own_ends, strict=True):
            if min(abs(number - place) for place in at) <= window:
                kept.append(token)
                n_words += any(letter.isalnum() for letter in token[0])
            elif not kept or kept[-1][0] != LEFT_OUT:
                kept.append((LEFT_OUT, *token[1:]))
            number += 1
        yield *(" ".join(column) for column in zip(*kept, strict=True)), n_words


def count_terms(
    read: "Reading", passages: pd.DataFrame, *, ngrams: tuple[int, int] = (1, 2), forms: str = "lemmas"
) -> Counted:
    """Count the terms of passages by article. `forms="words"` counts words as printed, in small letters."""
    from sklearn.feature_extraction.text import CountVectorizer

    passages = passages[passages["n_words"] > 0]
    if forms == "words":
        texts = read.articles.set_index("article_id")["text"].to_dict()
        passages = passages.assign(lemmas=[print_words(row, texts[row.article_id]) for row in passages.itertuples()])
    documents = (
        passages.groupby("article_id")
        .agg(outlet=("outlet", "first"), n_words=("n_words", "sum"), lemmas=("lemmas", list))
        .reset_index()
    )
    documents = documents.merge(read.articles[["article_id", "cluster_id", "published"]], on="article_id", how="left")
    analyzer = partial(_list_document, ngrams=ngrams)
    if not any(map(analyzer, documents["lemmas"])):
        return Counted(documents.drop(columns="lemmas"), np.array([], str), sparse.csr_matrix((len(documents), 0)))
    counter = CountVectorizer(analyzer=analyzer)
    counts = counter.fit_transform(documents["lemmas"])
    return Counted(documents.drop(columns="lemmas"), counter.get_feature_names_out().astype(str), counts)


def _list_document(document: list[str], ngrams: tuple[int, int]) -> list[str]:
    return [term for lemmas in document for term in list_terms(lemmas, ngrams)]


def print_words(row: tuple, text: str) -> str:
    """Return a passage's tokens as printed, in small letters; neutral words stay, words of one token are joined."""
    tokens = zip(row.lemmas.split(), row.lemma_starts.split(), row.lemma_ends.split(), strict=True)
    return " ".join(
        lemma
        if lemma in NEUTRAL or lemma == LEFT_OUT
        else "_".join(text[int(start) : int(end)].lower().split()) or lemma
        for lemma, start, end in tokens
    )
