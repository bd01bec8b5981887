"""Hold what the instruments found against what a person coded by reading: the measured error of every count."""

from helpers.validation.agreement import (
    NOT_VALIDATED,
    RATES,
    measure_acts,
    measure_attributions,
    measure_mentions,
    measure_voices,
    note_error,
)
from helpers.validation.coders import list_disagreements, measure_coders
from helpers.validation.corrected import correct_counts, correct_tone, stack_estimates
from helpers.validation.power import count_needed
from helpers.validation.tone import list_misses, measure_tone

__all__ = [
    "NOT_VALIDATED",
    "RATES",
    "correct_counts",
    "correct_tone",
    "count_needed",
    "list_disagreements",
    "list_misses",
    "measure_acts",
    "measure_attributions",
    "measure_coders",
    "measure_mentions",
    "measure_tone",
    "measure_voices",
    "note_error",
    "stack_estimates",
]
