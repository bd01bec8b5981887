"""The reporting verbs as data: which words report, in which frame, with what stance, and how reliably."""

from functools import cache
from typing import NamedTuple

from helpers.lexicons import read_lexicon

FRAMES = ("none", "quotation", "clause", "infinitive", "object", "preposition", "passive")  # what a cue occurs with
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
def _load_column(column: str) -> dict[tuple[str, str], str]:
    """Return (lemma, frame) -> cell of a column."""
    return {(verb.lemma, verb.frame): getattr(verb, column) for verb in load_rows()}


def find_stance(lemma: str, frame: str) -> str:
    """Return the stance of a reporting verb in a frame, "" where it does not report.

    The row of that frame decides, else the lemma's row for any frame: "back" is supportive with an object ("backed the
    plan"), and reports nothing as a passive ("was backed by air support").
    """
    stances = _load_column("stance")
    return stances.get((lemma, "clause" if frame == "parenthetical" else frame), stances.get((lemma, ANY), ""))


def weigh_use(lemma: str, frame: str) -> float:
    """Return what the column `use` adds to the log-odds that a lemma in a frame is a cue.

    Where it is empty in the row of that frame, the lemma's row for any frame decides.
    """
    uses = _load_column("use")
    return _USES[uses.get((lemma, frame)) or uses.get((lemma, ANY), "")]


def list_lemmas() -> frozenset[str]:
    """Return the lemmas that reporting_verbs.csv has a stance for, in some frame."""
    return frozenset(verb.lemma for verb in load_rows() if verb.stance)


def list_always() -> tuple[str, ...]:
    """Return the lemmas that are always a cue in some frame."""
    return tuple(sorted({verb.lemma for verb in load_rows() if verb.use == "always"}))
