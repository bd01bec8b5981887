"""Which words of a passage are terms."""

import re
from functools import cache, lru_cache
from itertools import pairwise

from helpers.lexicons import read_lexicon
from helpers.reading.masking import NEUTRAL


def find_terms(lemmas: str, ngrams: tuple[int, int] = (1, 2)) -> list[tuple[str, int, int]]:
    """Return the terms of one passage as (term, number of its first token, number after its last).

    A term is an n-gram that crosses neither punctuation (a token without a letter or digit) nor a word put in
    place of a name, and neither begins nor ends with a stop word: scikit-learn's English list without the words
    of `lexicons/content_words.csv`, and words of one letter. So `surface missile` is a term, `the missile` is not.
    """
    tokens = lemmas.split()
    marks = [_judge_token(token) for token in tokens]
    shortest, longest = ngrams
    found = []
    for first, mark in enumerate(marks):
        if mark != "word":
            continue
        for after in range(first + 1, min(first + longest, len(tokens)) + 1):
            last = marks[after - 1]
            if last == "break":
                break
            if last == "word" and after - first >= shortest:
                found.append((" ".join(tokens[first:after]), first, after))
    return found


def list_terms(lemmas: str, ngrams: tuple[int, int] = (1, 2)) -> list[str]:
    """Return the terms of `find_terms` without their places, in any order; words and pairs are found faster."""
    shortest, longest = ngrams
    if longest > 2:
        return [term for term, _, _ in find_terms(lemmas, ngrams)]
    tokens = lemmas.split()
    words = [token if _judge_token(token) == "word" else "" for token in tokens]
    pairs = [f"{one} {other}" for one, other in pairwise(words) if one and other] if longest == 2 else []
    return pairs if shortest == 2 else [*filter(None, words), *pairs]


@lru_cache(maxsize=100_000)
def _judge_token(token: str) -> str:
    n_letters = len(re.findall(r"[^\W_]", token))
    if n_letters == 0 or token in NEUTRAL:
        return "break"
    return "stop" if n_letters == 1 or token in _list_stop_words() else "word"


@cache
def _list_stop_words() -> frozenset[str]:
    """Return scikit-learn's English stop words, without the nouns and verbs (`fire`, `front`) that it holds."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return ENGLISH_STOP_WORDS - {row["word"] for row in read_lexicon("content_words.csv")}
