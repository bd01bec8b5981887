"""VADER, word by word: which words make a sentence's score, exactly. Pure: texts in, rows out.

The library gives one number a text; here its own rules are run once and the weight that each word ends with is kept.
Source: Hutto & Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text",
ICWSM; package vaderSentiment.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from string import punctuation
from typing import NamedTuple

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
    allcap_differential,
    normalize,
)

_ALPHA = 15  # of the library's normalize: score / sqrt(score ** 2 + 15)
_BACK = 3  # words before a word that the library looks at
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
    if emojis.keys().isdisjoint(text):
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


@cache
def _find_ruled() -> frozenset[str]:
    """Return the words without one of which no rule changes a neighbour's valence, from the library's own tables."""
    phrases = [phrase.split() for phrase in (*SPECIAL_CASES, *BOOSTER_DICT)]
    telling = {max(words, key=len) for words in phrases}  # a phrase matches only where its longest word stands
    return frozenset({*telling, *NEGATE, "no", "least", "so", "this"})


class _Window(NamedTuple):
    """As much of a text as the library's rules look at around one word, in the library's own terms."""

    words_and_emoticons: tuple[str, ...]
    is_cap_diff: bool


class _Word(NamedTuple):
    """A word as the library reads it."""

    word: str
    small: str
    known: bool  # its lexicon weighs it
    ruled: bool  # it may change a neighbour's valence


@lru_cache(maxsize=1 << 16)  # a text has few different words
def _read_word(printed: str) -> _Word:
    bare = printed.strip(punctuation)
    word = bare if len(bare) > 2 else printed  # what is left of an emoticon is too short to be a word
    small = word.lower()
    return _Word(word, small, small in load_analyzer().lexicon, small in _find_ruled() or "n't" in small)


def weigh_text(text: str) -> Weighed:
    """Return what VADER makes of each word of a text, after boosters, negation and "but"."""
    analyzer = load_analyzer()
    said = describe_emojis(text)
    read = [_read_word(printed) for printed in said.split()]
    hits = [at for at, word in enumerate(read) if word.known]
    if not hits:
        return Weighed((), 0.0, 0)
    words, small, _, ruled = zip(*read, strict=True)
    capitals = any(words[at].isupper() for at in hits) and allcap_differential(words)
    found: dict[int, float] = {}
    for at in hits:
        if small[at] in BOOSTER_DICT or (small[at] == "kind" and small[at + 1 : at + 2] == ("of",)):
            continue
        # no rule looks further than three words back and two on: what it does with the window, it does with the text
        first = max(0, at - _BACK)
        if any(ruled[first : at + 3]):
            window = _Window(words[first : at + 3], allcap_differential(words))
            found[at] = analyzer.sentiment_valence(0, window, words[at], at - first, [])[0]
        else:
            value = analyzer.lexicon[small[at]]
            loud = capitals and words[at].isupper()
            found[at] = value + (C_INCR if value > 0 else -C_INCR) * loud
    if "but" in small and any(found.values()):
        found = dict(enumerate(analyzer._but_check(words, [found.get(at, 0) for at in range(len(words))])))
    total = float(sum(found.values()))
    emphasis = math.copysign(analyzer._punctuation_emphasis(said), total) if total else 0.0
    numbers = _number_printed(text, said)
    kept = ((small[at], numbers[at], float(valence)) for at, valence in found.items() if valence)
    return Weighed(tuple(kept), emphasis, len(hits) - sum(small[at] == "kind" and at not in found for at in hits))


def _number_printed(text: str, said: str) -> Sequence[int]:
    """Return for each word that the library reads the number of the printed word that it stands for, or is part of.

    They differ where an emoji is read as words.
    """
    if text.strip() == said:
        return range(len(said.split()))
    ends = [end for _, end in find_words(text)]
    # the library's words up to the end of each printed word: as many as its beginning is read as
    read_by = [len(describe_emojis(text[:end]).split()) for end in ends]
    return [bisect_right(read_by, at) for at in range(len(said.split()))]


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
