"""Find who is cited for what, and with which words: a parsed article in, citations out.

The terms are Pareti's (2015): a cue, its source and its content.
"""

from helpers.reading.attribution.citations import REPORTING, Citation, Part, find_speech
from helpers.reading.attribution.finding import find_citations
from helpers.reading.attribution.lexicon import find_stance, list_lemmas
from helpers.reading.attribution.words import Parsed

__all__ = ["REPORTING", "Citation", "Parsed", "Part", "find_citations", "find_speech", "find_stance", "list_lemmas"]
