"""Intervals and tests for any table counted by story cluster, and refusals where there are too few."""

from helpers.inference.differences import compare_names, compare_roles, compare_sources, compare_tone, list_different
from helpers.inference.draws import (
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
from helpers.inference.ratios import estimate_ratios
from helpers.inference.scores import Parts, Score, add_rows, note_rare, spread_scores

__all__ = [
    "ENOUGH",
    "FEW",
    "LEVEL",
    "REPLICATES",
    "Parts",
    "Score",
    "add_rows",
    "adjust_few",
    "compare_names",
    "compare_roles",
    "compare_sources",
    "compare_tone",
    "estimate_ratios",
    "find_interval",
    "hash_clusters",
    "judge",
    "list_different",
    "note_rare",
    "spread_scores",
    "weigh_clusters",
]
