"""The reporting verbs as data: which words report, in which frame, with what stance, and how reliably."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.lexicons import read_lexicon

if TYPE_CHECKING:
    from spacy.strings import StringStore

FRAMES = ("none", "quotation", "clause", "infinitive", "object", "preposition", "passive")  # what a cue occurs with
REPORTING = ("according", "block", "label")  # frames that report whatever the word: "according to", "Name:"
ANY = "any"  # the frame of a row about a lemma in every frame; the lemma "*" means every lemma
_USES = {"": 0.0, "always": 99.0, "never": -99.0}  # log-odds added to what the network says


class Verb(NamedTuple):
    """One row of reporting_verbs.csv."""

    lemma: str
    frame: str
    stance: str  # what the verb implies; empty where the frame does not report
    taxonomy: str  # where the stance is taken from; "own" where it is this project's
    use: str  # "always" or "never" a cue in this frame, whatever the network says; empty: as it says
    n: str  # occurrences in this frame in the training articles
    reliability: str  # share of the n that annotators call a cue


@cache
def load_rows() -> tuple[Verb, ...]:
    """Return the rows of lexicons/reporting_verbs.csv.

    Raises ValueError, with the row and its cure, for a frame or a use that does not exist.
    """
    rows = tuple(Verb(**row) for row in read_lexicon("reporting_verbs.csv"))
    for number, row in enumerate(rows, start=2):
        for column, value, known in (("frame", row.frame, (*FRAMES, ANY)), ("use", row.use, tuple(_USES))):
            if value not in known:
                listed = ", ".join(word or "(empty)" for word in known)
                raise ValueError(f"reporting_verbs.csv row {number}, {column}: '{value}'; write one of: {listed}")
    return rows


@cache
def _load_stances() -> dict[tuple[str, str], str]:
    return {(verb.lemma, verb.frame): verb.stance for verb in load_rows()}


def find_stance(lemma: str, frame: str) -> str:
    """Return the stance of a reporting verb in a frame, "" where it does not report.

    The row of that frame decides, else the lemma's row for any frame: "back" is supportive with an object ("backed the
    plan"), and reports nothing as a passive ("was backed by air support").
    """
    own = (lemma, "clause" if frame == "parenthetical" else frame)
    return _load_stances().get(own, _load_stances().get((lemma, ANY), ""))


def list_lemmas() -> frozenset[str]:
    """Return the lemmas that reporting_verbs.csv has a stance for, in some frame."""
    return frozenset(verb.lemma for verb in load_rows() if verb.stance)


def list_always() -> tuple[str, ...]:
    """Return the lemmas that are always a cue in some frame."""
    return tuple(sorted({verb.lemma for verb in load_rows() if verb.use == "always"}))


def find_reporting(lemmas: np.ndarray, frames: np.ndarray, strings: "StringStore") -> np.ndarray:
    """Return which candidates, given by lemma (hash) and number in FRAMES, have a stance: words known to report."""
    pairs = list(zip(lemmas.tolist(), frames.tolist(), strict=True))
    known = {pair: find_stance(strings[pair[0]].lower(), FRAMES[pair[1]]) != "" for pair in set(pairs)}
    return np.array([known[pair] for pair in pairs], dtype=bool)


def weigh_uses(lemmas: np.ndarray, frames: np.ndarray, strings: "StringStore") -> np.ndarray:
    """Return what the column `use` adds to the log-odds of candidates, given by lemma (hash) and number in FRAMES."""
    added = np.zeros(len(lemmas))
    for verb in sorted(load_rows(), key=lambda verb: verb.frame != ANY):  # a row for one frame comes last and decides
        if verb.use:
            hit = lemmas == np.uint64(strings[verb.lemma])
            added[hit if verb.frame == ANY else hit & (frames == FRAMES.index(verb.frame))] = _USES[verb.use]
    return added
