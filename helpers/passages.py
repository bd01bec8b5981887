"""The passages that contrasts count, and which of them and of their terms say the same thing twice."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from textwrap import shorten

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.reading import Reading, select_mentions, select_rows
from helpers.reading.masking import NEUTRAL
from helpers.reading.tone_model import STAND_IN, encode_sentences

SCOPES = ("passages", "articles")
MOST = 40  # sentences of an outlet about one actor that are compared with those of others
CUT = 160  # characters of a sentence where it is shown
LEAST_WORDS = 6  # a shorter passage is no sentence, and an outlet may write it twice


def select_passages(
    read: Reading, *, actor: str, voice: str | None = None, scope: str = "passages",
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the passages about an actor: rows of `read.passages`, all columns or those asked for.

    A passage is about every actor in its sentence, so these are the passages of each sentence with a mention of the
    actor that is not merely a place or, with `scope="articles"`, of each article with such a sentence; `voice` keeps
    those in one voice, whatever the voice of the mention.
    """
    keys = ["article_id", "sentence_no"] if scope == "passages" else ["article_id"]
    about = select_mentions(read, actor=actor, columns=keys).drop_duplicates()
    voices = {} if voice is None else {"voice": voice}
    return select_rows(read, "passages", columns, among=about, **voices).reset_index(drop=True)


def find_planned(passages: pd.DataFrame, words: Iterable[str]) -> set[str]:
    """Return the terms (lemmas) that some words are: as written, and as they are read where a passage prints them.

    `passages`: text, start, lemmas, lemma_starts. "air strikes" is "air strike", "said" is "say".
    """
    found = {word.lower() for word in words}
    for word in list(found):
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        for row in passages[passages["text"].str.lower().str.contains(word, regex=False)].itertuples():
            places = list(zip(map(int, row.lemma_starts.split()), row.lemmas.split(), strict=False))
            for match in pattern.finditer(row.text.lower()):
                first, last = (row.start + at for at in match.span())
                found.add(" ".join(lemma for start, lemma in places if first <= start < last))
    return found


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


def find_near_statements(read: Reading, *, actor: str, limit: int = 12) -> pd.DataFrame:
    """Return sentences of two outlets about one actor, of different stories, that are most alike in sense.

    They are said of the same actor, and are not the same fact. One row is a pair, each sentence once: article_id,
    outlet, sentence_no, text, the same of the other (other_...), likeness (cosine of the vectors, names masked).
    Compared are the first MOST sentences of each outlet. Raises ValueError where the actor is unknown.
    """
    place = ["article_id", "sentence_no"]
    about = select_mentions(read, actor=actor, columns=place).drop_duplicates()
    rows = select_rows(read, "sentences", [*place, "outlet", "text", "masked"], among=about)
    rows = rows.groupby("outlet").head(MOST).merge(read.articles[["article_id", "story_id"]])
    vectors = encode_sentences(rows.pop("masked").str.replace("|".join(sorted(NEUTRAL)), STAND_IN, regex=True))
    rows["text"] = [shorten(text, CUT, placeholder=" …") for text in rows["text"]]
    near = rows.merge(rows.add_prefix("other_"), how="cross").assign(likeness=(vectors @ vectors.T).ravel().round(3))
    near = near[near["outlet"].lt(near["other_outlet"]) & near["story_id"].ne(near["other_story_id"])]
    near = near.sort_values("likeness", ascending=False, kind="stable").drop_duplicates(place)
    near = near.drop_duplicates([f"other_{name}" for name in place]).drop(columns=["story_id", "other_story_id"])
    return near.head(limit).reset_index(drop=True)
