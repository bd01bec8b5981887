"""Intervals and tests for any table counted by story cluster, and refusals where there are too few."""

from helpers.resample.draws import (
    ENOUGH,
    FEW,
    LEVEL,
    REPLICATES,
    adjust_few,
    find_interval,
    hash_clusters,
    judge,
    weigh_clusters,
)
from helpers.resample.ratios import estimate_ratios
from helpers.resample.scores import Parts, Score, add_rows, note_rare, spread_scores

__all__ = [
    "ENOUGH",
    "FEW",
    "LEVEL",
    "REPLICATES",
    "Parts",
    "Score",
    "add_rows",
    "adjust_few",
    "estimate_ratios",
    "find_interval",
    "hash_clusters",
    "judge",
    "note_rare",
    "spread_scores",
    "weigh_clusters",
]
