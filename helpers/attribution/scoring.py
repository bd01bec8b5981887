"""A parsed article -> how likely each word is a cue, and which words are its source and content."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.attribution.cues import describe_candidates, describe_context, find_candidates
from helpers.attribution.lexicon import Rates, load_rates, rate_candidates
from helpers.attribution.network import Network, load_weights, score_rows
from helpers.attribution.roles import describe_pairs, pair_words
from helpers.attribution.words import Words

if TYPE_CHECKING:
    from spacy.strings import StringStore

LIKELY = -2.0  # log-odds of the first pass below which a word is no cue and its roles are not read


class Scores(NamedTuple):
    """Candidates (token numbers), their log-odds, and the role scores of the words near the likely ones."""

    at: np.ndarray
    alone: np.ndarray  # log-odds that it is a cue, whatever is around it
    outer: np.ndarray  # log-odds that it is a cue and no other attribution holds it
    pairs: tuple[np.ndarray, np.ndarray]  # candidate, word near it
    chance: np.ndarray  # pairs x (none, source, content)


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


class Model(NamedTuple):
    """All that was learned."""

    word: Network
    role: Network
    cue: Network
    nominal: np.ndarray  # hashes of words other than verbs that may be cues
    rates: Rates


@cache
def load_model() -> Model:
    """Return what was learned, from lexicons/attribution_weights.npz and lexicons/reporting_verbs.csv."""
    networks, nominal = load_weights()
    return Model(networks["word"], networks["role"], networks["cue"], nominal, load_rates())


def score_words(words: Words, strings: "StringStore", model: Model) -> Scores:
    """Score an article in three steps: each candidate alone, the roles around it, then both together.

    The third step knows what the first two found, above all whether a likelier cue reports this one.
    """
    at = find_candidates(words, strings, model.nominal)
    features, vectors = describe_candidates(words, at, rate_candidates(words, at, strings, model.rates))
    alone = score_rows(model.word, features, vectors)[:, 0]
    likely = at[alone > LIKELY]
    pairs = pair_words(words, likely)
    chance = softmax(score_rows(model.role, *describe_pairs(words, likely, *pairs)))
    more, around = describe_context(words, at, alone, pairs, chance)
    both = np.concatenate([features, more], axis=1), np.concatenate([vectors, around], axis=1)
    return Scores(at, alone, score_rows(model.cue, *both)[:, 0], pairs, chance)
