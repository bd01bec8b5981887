"""VADER, word by word: which words make a sentence's score, exactly. Pure: texts in, rows out.

The library gives one number a text; here its own rules are run once and the weight that each word ends with is kept.
Source: Hutto & Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text",
ICWSM; package vaderSentiment.
"""

import math
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from vaderSentiment.vaderSentiment import BOOSTER_DICT, SentimentIntensityAnalyzer, SentiText, normalize

_ALPHA = 15  # of the library's normalize: score / sqrt(score ** 2 + 15)
_WORD = re.compile(r"\S+")


class Weighed(NamedTuple):
    """A text as VADER weighs it."""

    words: tuple[tuple[str, int, float], ...]  # word in small letters, number of the word in the text, valence
    emphasis: float  # what exclamation and question marks add, with its sign
    n_hits: int  # words that the lexicon weighs, whatever the rules make of them

    @property
    def total(self) -> float:
        return sum(valence for _, _, valence in self.words) + self.emphasis

    @property
    def compound(self) -> float:
        """The library's score, to its last digit."""
        return round(normalize(self.total), 4)


@cache
def load_analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def describe_emojis(text: str) -> str:
    """Return a text with its emojis in words, as the library reads it."""
    emojis = load_analyzer().emojis
    if text.isascii():
        return text.strip()
    said, after_space = "", True
    for letter in text:
        if letter in emojis:
            said += ("" if after_space else " ") + emojis[letter]
            after_space = False
        else:
            said += letter
            after_space = letter == " "
    return said.strip()


def weigh_text(text: str) -> Weighed:
    """Return what VADER makes of each word of a text, after boosters, negation and "but"."""
    analyzer = load_analyzer()
    said = describe_emojis(text)
    senti = SentiText(said)
    words = senti.words_and_emoticons
    small = [word.lower() for word in words]
    valences: list[float] = []
    hits = 0
    for at, word in enumerate(words):
        kind_of = small[at] == "kind" and at < len(words) - 1 and small[at + 1] == "of"
        if small[at] not in analyzer.lexicon or small[at] in BOOSTER_DICT or kind_of:
            hits += small[at] in analyzer.lexicon and not kind_of
            valences.append(0)
        else:
            hits += 1
            analyzer.sentiment_valence(0, senti, word, at, valences)
    valences = analyzer._but_check(words, valences) if any(valences) else valences
    total = float(sum(valences))
    emphasis = math.copysign(analyzer._punctuation_emphasis(said), total) if total else 0.0
    kept = ((small[at], at, float(valence)) for at, valence in enumerate(valences) if valence)
    return Weighed(tuple(kept), emphasis, hits)


def weigh_texts(texts: Collection[str]) -> dict[str, Weighed]:
    """Return each distinct text weighed, once."""
    return {text: weigh_text(text) for text in dict.fromkeys(texts)}


def reweigh(weighed: Weighed, weights: Mapping[int, float]) -> float:
    """Return the score with each word's valence times a weight (by the word's number; 1 where none is given)."""
    total = sum(valence * weights.get(at, 1.0) for _, at, valence in weighed.words)
    return normalize(total + (weighed.emphasis if total else 0.0))


def split_score(weighed: Weighed) -> tuple[list[float], float, float]:
    """Return what each word, the emphasis and the library's rounding contribute to the score; they sum to it.

    A word's share is its valence over the root that the library divides the sum of valences by; so shares sum to the
    unrounded score, and what rounding to four digits adds is a share of its own.
    """
    root = math.sqrt(weighed.total**2 + _ALPHA)
    shares = [valence / root for _, _, valence in weighed.words]
    emphasis = weighed.emphasis / root
    return shares, emphasis, weighed.compound - (sum(shares) + emphasis)


def find_words(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text's words as the library counts them (without emojis: they are read as words)."""
    return [match.span() for match in _WORD.finditer(text)]
