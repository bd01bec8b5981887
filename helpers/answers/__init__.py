"""Put a result table into the one sentence that answers a notebook's question. Every number is taken from a table."""

from helpers.answers.articles import (
    answer_articles,
    answer_copies,
    answer_measured,
    answer_stories,
    answer_uncovered,
    limit_articles,
)
from helpers.answers.tone import answer_order, answer_shift, answer_tone, limit_tone
from helpers.answers.trust import (
    answer_agreement,
    answer_changes,
    answer_coders,
    answer_codes,
    answer_corrected,
    answer_differences,
    answer_needed,
    answer_together,
    answer_tone_error,
)
from helpers.answers.voices import answer_agentless, answer_intros, answer_roles, answer_sources, limit_sources
from helpers.answers.words import (
    answer_names,
    answer_only_quoted,
    answer_tested,
    answer_words,
    compare_terms,
    limit_terms,
)

__all__ = [
    "answer_agentless",
    "answer_agreement",
    "answer_articles",
    "answer_changes",
    "answer_coders",
    "answer_codes",
    "answer_copies",
    "answer_corrected",
    "answer_differences",
    "answer_intros",
    "answer_measured",
    "answer_names",
    "answer_needed",
    "answer_only_quoted",
    "answer_order",
    "answer_roles",
    "answer_shift",
    "answer_sources",
    "answer_stories",
    "answer_tested",
    "answer_together",
    "answer_tone",
    "answer_tone_error",
    "answer_uncovered",
    "answer_words",
    "compare_terms",
    "limit_articles",
    "limit_sources",
    "limit_terms",
    "limit_tone",
]
