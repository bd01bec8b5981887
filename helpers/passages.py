"""The passages about an actor: whole, or only the words near a mention; as masked lemmas, or as printed.

And what must not count several times: a sentence that an outlet prints again, the parts of a longer term.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.reading import Reading, select_mentions, select_rows
from helpers.reading.masking import NEUTRAL

WHOLE = -1  # in the column `window`: whole sentences
LEFT_OUT = "…"  # replaces a word outside the window
LEAST_WORDS = 6  # of a passage that is taken for pasted when it is there again: shorter ones may be chance


def select_passages(
    read: Reading, *, actor: str, voice: str | None = None, window: int | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the passages about an actor: rows of `read.passages`, all columns or those asked for.

    A passage is about every actor in its sentence, so these are the passages of each sentence with a mention of
    the actor that is not merely a place; `voice` keeps those in one voice, whatever the voice of the mention.
    `window` keeps only the words of each sentence that are at most so many words before or after a mention. Each of
    the others becomes a mark, which no term crosses, and `n_words` counts what is kept.
    """
    keys = ["article_id", "sentence_no"]
    mentions = select_mentions(read, actor=actor, columns=[*keys, "start"])
    about = mentions[keys].drop_duplicates()
    if window is None:
        voices = {} if voice is None else {"voice": voice}
        return select_rows(read, "passages", columns, among=about, **voices).reset_index(drop=True)
    passages = _cut_windows(select_rows(read, "passages", among=about), mentions, window)
    return passages if voice is None else passages[passages["voice"].eq(voice)]


def _cut_windows(passages: pd.DataFrame, mentions: pd.DataFrame, window: int) -> pd.DataFrame:
    """Return passages with a mark for each token far from a mention; distance is counted across the whole sentence."""
    keys = ["article_id", "sentence_no"]
    mention_starts = {key: own.tolist() for key, own in mentions.groupby(keys)["start"]}
    passages = passages.sort_values([*keys, "start"], ignore_index=True)
    cut = []
    for key, own in passages.groupby(keys, sort=False):
        starts = [int(start) for cell in own["lemma_starts"] for start in cell.split()]
        places = [max(0, bisect_right(starts, start) - 1) for start in mention_starts[key]]
        near = iter([min(abs(number - place) for place in places) <= window for number in range(len(starts))])
        cut += [[lemma if next(near) else LEFT_OUT for lemma in cell.split()] for cell in own["lemmas"]]
    n_words = [sum(any(map(str.isalnum, lemma)) for lemma in kept) for kept in cut]
    return passages.assign(lemmas=[" ".join(kept) for kept in cut], n_words=n_words)


def print_words(row: tuple, text: str) -> str:
    """Return a passage's tokens as printed, in lower case; masks stay, the words of one token are joined by `_`."""
    kept = {*NEUTRAL, LEFT_OUT}
    tokens = zip(row.lemmas.split(), row.lemma_starts.split(), row.lemma_ends.split(), strict=True)
    return " ".join(
        lemma if lemma in kept else "_".join(text[int(start) : int(end)].lower().split()) or lemma
        for lemma, start, end in tokens
    )


def drop_repeated(passages: pd.DataFrame) -> pd.DataFrame:
    """Return the passages without those that the same outlet printed before: of equal ones, the first row stays.

    `passages` has outlet, n_words, lemmas. Equal are passages of LEAST_WORDS words or more with the same masked lemmas,
    punctuation aside. (Opening a corpus cuts what three articles of an outlet hold; this is for what two hold, or
    several reports of one event.)
    """
    words = passages["lemmas"].str.findall(r"\w+").str.join(" ")
    again = passages.assign(words=words).duplicated(["outlet", "words"])
    return passages[~(again & passages["n_words"].ge(LEAST_WORDS))]


def join_terms(terms: Sequence[str], counts: sparse.spmatrix) -> np.ndarray:
    """Return which terms stay, True or False for each: those that never stand alone do not.

    A term is dropped where a longer one that contains its words in a row has the same count in every document
    (`counts` is documents x terms): "air" and "strike" where each is always in "air strike", and this where it is
    always in "air strike kill". What is counted of all terms (n-grams of a length) is to be counted before.
    """
    columns = sparse.csc_array(counts, copy=True)
    columns.sum_duplicates()
    columns.eliminate_zeros()
    spans = pairwise(columns.indptr)
    held = [columns.indices[start:end].tobytes() + columns.data[start:end].tobytes() for start, end in spans]
    places = {term: place for place, term in enumerate(terms)}
    stays = np.ones(len(held), bool)
    for place, term in enumerate(terms):
        words = term.split()
        for n in range(1, len(words)):
            for start in range(len(words) - n + 1):
                part = places.get(" ".join(words[start : start + n]))
                if part is not None and held[part] == held[place]:
                    stays[part] = False
    return stays
