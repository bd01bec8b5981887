"""Tone of the sentences that mention an actor: VADER and what its scores are made of.

A tone of sentences, not a stance towards the actor: "the army was slaughtered" scores low whoever is sorry.
"""

from helpers.sentiment.baselines import compare_baselines, rank_outlets
from helpers.sentiment.sentences import average_tone, compare_masking, score_sentences, select_sentences
from helpers.sentiment.shifts import shift_words, show_words, split_voices, weigh_words
from helpers.sentiment.targets import classify_targets, load_error

__all__ = [
    "average_tone",
    "classify_targets",
    "compare_baselines",
    "compare_masking",
    "load_error",
    "rank_outlets",
    "score_sentences",
    "select_sentences",
    "shift_words",
    "show_words",
    "split_voices",
    "weigh_words",
]
