"""Hold what the instruments found against what a person coded by reading: the measured error of every count."""

from helpers.validation.agreement import (
    NOT_VALIDATED,
    measure_acts,
    measure_attributions,
    measure_mentions,
    measure_voices,
    note_error,
)
from helpers.validation.tone import list_misses, measure_tone

__all__ = [
    "NOT_VALIDATED",
    "list_misses",
    "measure_acts",
    "measure_attributions",
    "measure_mentions",
    "measure_tone",
    "measure_voices",
    "note_error",
]
