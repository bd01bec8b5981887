"""Tone toward a target: what each sentence says of one actor, by the classifier of reading/tone_model.py."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading import Reading
from helpers.reading.tone_model import DIGITS, mark_target, score_targets
from helpers.sentiment.sentences import find_mentions_of, select_sentences


def classify_targets(
    read: "Reading", *, actor: str | None = None, outlets: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the tone of each sentence toward the actor that it mentions, by a classifier.

    One row is sentence x actor, as in `score_sentences` and in the same order. Columns: those of `select_sentences`;
    negative, neutral, positive: chances, to four digits; target_score = positive - negative, -1 to 1; target_label:
    the likeliest of the three, -1, 0 or 1. Names are masked, so that no name carries a tone. It learned from sentences
    on persons in the politics of one country and on the sides of one war: notebook 08 says how far it agrees with
    hand codes, `load_error` how far on other articles.

    Raises ValueError where the actor or an outlet is unknown.
    """
    sentences = select_sentences(read, actor=actor, outlets=outlets)
    mentions = find_mentions_of(read, sentences, actor)
    marked = [
        mark_target(row.text, row.masked, [(start - row.start, end - row.start) for start, end in found])
        for row, found in zip(sentences.itertuples(), mentions, strict=True)
    ]
    distinct = list(dict.fromkeys(marked))
    chances = dict(zip(distinct, score_targets(distinct).tolist(), strict=True))
    found = np.array([chances[sentence] for sentence in marked]).reshape(-1, 3)
    named = dict(zip(("negative", "neutral", "positive"), found.T, strict=True))
    score, label = (found[:, 2] - found[:, 0]).round(DIGITS), found.argmax(axis=1) - 1
    return sentences.assign(**named, target_score=score, target_label=label.astype("int64"))


def load_error() -> pd.DataFrame:
    """Return how far instruments of tone agreed with codes of articles that nothing was learned from, as measured.

    One row is a set of sentences x instrument: sentences, instrument, n (targets), macro_f1 (0 to 1), spearman (-1 to
    1; empty where every sentence scores alike). VADER's cut points are fitted on other sentences of the same kind; its
    words' reliability was counted on NewsMTSC whole, which flatters it there (cross-validated: .567 and .485).
    Source: tests/benchmarks/train_sentiment.py; the sentences on a war were coded by one person.
    """
    return pd.read_csv(LEXICONS / "tone_error.csv")
