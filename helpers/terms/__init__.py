"""Which words stand around an actor, and which stand there more in one outlet than in the others."""

from helpers.terms.contrast import COLUMNS, MEASURES, WHOLE, contrast_terms, load_error
from helpers.terms.counting import FORMS, count_terms, print_words, select_passages
from helpers.terms.words import find_terms

__all__ = [
    "COLUMNS",
    "FORMS",
    "MEASURES",
    "WHOLE",
    "contrast_terms",
    "count_terms",
    "find_terms",
    "load_error",
    "print_words",
    "select_passages",
]
