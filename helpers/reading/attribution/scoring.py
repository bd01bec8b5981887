"""Parsed articles -> how likely each word is a cue, and which words are its source and content."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.reading.attribution.cues import describe_candidates, find_candidates, find_subjects, name_frames
from helpers.reading.attribution.lexicon import find_reporting, list_always, weigh_uses
from helpers.reading.attribution.network import (
    Network,
    encode_words,
    load_arrays,
    score_cues,
    score_nobody,
    score_roles,
    unpack_network,
)
from helpers.reading.attribution.roles import describe_pairs, pair_words
from helpers.reading.attribution.words import Tokens, Words

if TYPE_CHECKING:
    from spacy.strings import StringStore

# Log-odds from which a candidate is a cue: a chance of 0.25 for a word that is known to report (it has a stance in
# reporting_verbs.csv), of 0.35 for another. Cross-validated, no other pair gave a higher F1 with a rate of speech
# attributions nearer to the annotators' (0.7 per 1,000 words too few).
THRESHOLD, UNLISTED = -1.1, -0.6
NESTED = 0.5  # log-odds for a cue inside another's content: no corpus says where annotators would draw the line


class Scores(NamedTuple):
    """Candidates (token numbers), their log-odds, and the role scores of the words near the accepted ones."""

    at: np.ndarray
    frame: np.ndarray  # number in FRAMES
    alone: np.ndarray  # log-odds that it is a cue, whatever is around it
    outer: np.ndarray  # log-odds that it is a cue and no other attribution holds it
    least: np.ndarray  # log-odds that `outer` must pass
    pairs: tuple[np.ndarray, np.ndarray]  # candidate, word near it
    role: np.ndarray  # pairs x (neither, source, content): chances
    source: np.ndarray  # chance that this word of the pair heads the source; the rest, that there is none

    def cut(self, tokens: Tokens) -> "Scores":
        """Return the scores of one article, its tokens counted from its first."""
        first, last = tokens.begin, tokens.begin + len(tokens.start)
        (a, b), (c, d) = np.searchsorted(self.at, (first, last)), np.searchsorted(self.pairs[0], (first, last))
        pairs = self.pairs[0][c:d] - first, self.pairs[1][c:d] - first
        rows = (self.frame[a:b], self.alone[a:b], self.outer[a:b], self.least[a:b])
        return Scores(self.at[a:b] - first, *rows, pairs, self.role[c:d], self.source[c:d])


class Model(NamedTuple):
    """All that was learned."""

    network: Network
    nominal: np.ndarray  # hashes of words other than verbs that may be cues


@cache
def load_model() -> Model:
    """Return what was learned, from lexicons/attribution_weights.npz."""
    arrays = load_arrays()
    return Model(unpack_network(arrays), arrays["nominal"])


def score_words(words: Words, strings: "StringStore", model: Model) -> Scores:
    """Score the candidates of articles, and around those that may be accepted the words near them."""
    network = model.network
    at = find_candidates(words, strings, model.nominal, list_always())
    frames = name_frames(words, at)
    state = encode_words(network, words)
    governor = words.near[at, 2]
    seen = (at, governor, find_subjects(words, at))
    scores = score_cues(network, state, seen, describe_candidates(words, at, frames)).astype(np.float64)
    scores += weigh_uses(words.lemma[at], frames, strings)[:, None]
    least = np.where(find_reporting(words.lemma[at], frames, strings), THRESHOLD, UNLISTED)
    cues = at[(scores[:, 1] > least) | (scores[:, 0] > NESTED)]
    cue, word = pair_words(words, cues)
    found = score_roles(network, state, cue, word, describe_pairs(words, cue, word)).astype(np.float64)
    role = np.exp(found[:, :3] - found[:, :3].max(axis=1, keepdims=True))
    role /= role.sum(axis=1, keepdims=True)
    source = _choose(found[:, 3], np.searchsorted(cues, cue), score_nobody(network, state, cues).astype(np.float64))
    return Scores(at, frames, scores[:, 0], scores[:, 1], least, (cue, word), role, source)


def _choose(scores: np.ndarray, number: np.ndarray, nobody: np.ndarray) -> np.ndarray:
    """Return the chance of each word among those of its cue and nobody (softmax)."""
    highest = nobody.copy()
    np.maximum.at(highest, number, scores)
    raised = np.exp(scores - highest[number])
    total = np.bincount(number, raised, len(nobody)) + np.exp(nobody - highest)
    return raised / total[number]
