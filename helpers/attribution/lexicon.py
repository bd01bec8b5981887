"""The reporting verbs as data: which words report, in which frame, with what stance, and how reliably."""

import csv
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.attribution.citations import LEXICONS
from helpers.attribution.cues import FRAMES, name_frames
from helpers.attribution.words import Words

if TYPE_CHECKING:
    from spacy.strings import StringStore

ANY = "any"  # the frame of a row that speaks of a lemma in every frame; the lemma "*" speaks of every lemma
_UNSEEN = 50  # occurrences that a row without n counts for
_PRIOR = 3  # occurrences that the wider row (the lemma in any frame, every lemma in the frame) counts for


class Verb(NamedTuple):
    """One row of reporting_verbs.csv."""

    lemma: str
    frame: str
    stance: str
    taxonomy: str
    n: float
    reliability: float | None  # share of the n occurrences in this frame that annotators call a cue


@cache
def load_rows() -> tuple[Verb, ...]:
    """Return the rows of lexicons/reporting_verbs.csv (lemma, frame, stance, taxonomy, n, reliability)."""
    with (LEXICONS / "reporting_verbs.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Verb(
                row["lemma"], row["frame"], row["stance"], row["taxonomy"],
                float(row["n"] or _UNSEEN), float(row["reliability"]) if row["reliability"] else None,
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


@cache
def load_verbs() -> dict[str, tuple[str, str]]:
    """Return lemma -> (frame, stance): the frame in which a verb reports most reliably, and its stance if listed."""
    best: dict[str, tuple[float, str, str]] = {}
    for verb in load_rows():
        weight = (verb.reliability or 0) * min(verb.n, 20) if verb.frame != ANY else -1
        known = best.get(verb.lemma, (-2.0, "", ""))
        stance = verb.stance or known[2]
        best[verb.lemma] = (weight, verb.frame, stance) if weight > known[0] else (known[0], known[1], stance)
    return {lemma: (frame, stance) for lemma, (_, frame, stance) in best.items() if lemma != "*"}


Rates = dict[tuple[str, str], tuple[float, float]]  # (lemma, frame) -> n, reliability


@cache
def load_rates() -> Rates:
    """Return n and reliability of each (lemma, frame) that has one."""
    return {(v.lemma, v.frame): (v.n, v.reliability) for v in load_rows() if v.reliability is not None}


def rate(lemma: str, frame: str, rates: Rates) -> float:
    """Return how reliably a lemma in a frame is a cue: its own row, shrunk towards the wider ones."""
    _, wide = rates.get(("*", frame), (0, 0.17))
    n, reliability = rates.get((lemma, ANY), (0, 0))
    wide = (n * reliability + _PRIOR * wide) / (n + _PRIOR)
    n, reliability = rates.get((lemma, frame), (0, 0))
    return (n * reliability + _PRIOR * wide) / (n + _PRIOR)


def rate_candidates(words: Words, at: np.ndarray, strings: "StringStore", rates: Rates) -> np.ndarray:
    """Return the reliability of each candidate in the frame that it stands in."""
    frames, lemmas = name_frames(words, at).tolist(), words.lemma[at].tolist()
    pairs = zip(lemmas, frames, strict=True)
    return np.array([rate(strings[lemma].lower(), FRAMES[frame], rates) for lemma, frame in pairs], dtype=float)
