"""VADER, word by word: which words make up a sentence's score. Texts in, valences out.

The library returns one score per text; here the valence of each word is kept as well. Source: Hutto & Gilbert 2014,
"VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM; package vaderSentiment.
"""

import math
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer, SentiText, negated, normalize

_EXCLAMATION, _QUESTIONS = 0.292, (0, 0, 2 * 0.18, 3 * 0.18, 0.96)  # emphasis a mark, and by how many marks


class Weighed(NamedTuple):
    """A text as VADER weighs it."""

    # word in lower case, number of the word in the text, valence, whether a negation turns it ("did not stab")
    words: tuple[tuple[str, int, float, bool], ...]
    emphasis: float  # what exclamation and question marks add, with its sign
    total: float  # of valences and emphasis
    n_hits: int  # words in the lexicon, even where the rules leave them no valence

    @property
    def compound(self) -> float:
        """The library's score, to its last digit."""
        return round(normalize(self.total), 4)

    @property
    def shares(self) -> list[float]:
        """What each word and, last, the emphasis contribute to the score: they sum to it before it is rounded.

        A word's share is its valence over the root by which the library divides the sum of valences.
        """
        root = math.sqrt(self.total**2 + 15)  # as in the library's `normalize`
        return [valence / root for *_, valence, _ in self.words] + [self.emphasis / root]


@cache  # made once: it reads the whole lexicon
class _Analyzer(SentimentIntensityAnalyzer):
    """VADER whose scores are what it computes on the way."""

    def score_valence(self, sentiments: list[float], text: str) -> dict[str, Any]:
        """Return the valence of each word, and the text with emojis in words."""
        return {"valences": sentiments, "read": text}


@lru_cache(maxsize=20_000)
def weigh_text(text: str) -> Weighed:
    """Return the valence of each word of a text by VADER, after boosters, negation and "but"."""
    analyzer, printed = _Analyzer(), [word.strip(".,;:!?'\"") for word in text.split()]
    scores = analyzer.polarity_scores(text)
    words = [word.lower() for word in SentiText(scores["read"]).words_and_emoticons]
    numbers = range(len(words))
    if scores["read"] != text.strip():  # emojis were read as words: one printed word may have become several
        lengths = [len(analyzer.polarity_scores(printed)["read"].split()) for printed in text.split()]
        numbers = [number for number, length in enumerate(lengths) for _ in range(length)]
    kept = tuple(
        (word, at, valence, analyzer.lexicon.get(word, valence) * valence < 0 and negated(printed[max(0, at - 3) : at]))
        for word, at, valence in zip(words, numbers, map(float, scores["valences"]), strict=True) if valence
    )  # fmt: skip
    total = float(sum(scores["valences"]))
    marks = _EXCLAMATION * min(scores["read"].count("!"), 4) + _QUESTIONS[min(scores["read"].count("?"), 4)]
    emphasis = math.copysign(marks, total) if total else 0.0
    # "kind of" is a booster, not the adjective
    n_hits = sum(pair[0] in analyzer.lexicon for pair in pairwise([*words, ""]) if pair != ("kind", "of"))
    return Weighed(kept, emphasis, total + emphasis, n_hits)
