"""The reporting verbs as data: which words report, in which frame, with what stance, and how reliably."""

from functools import cache

from helpers.lexicons import read_lexicon

FRAMES = ("none", "quotation", "clause", "infinitive", "object", "preposition", "passive")  # what a cue occurs with
ANY = "any"  # the frame of a row about a lemma in every frame; the lemma "*" means every lemma
_USES = {"": 0.0, "always": 99.0, "never": -99.0, "speakers": 0.0}  # log-odds added to what the network says


@cache
def load_rows() -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of lexicons/reporting_verbs.csv by lemma and frame; a lemma may be two words ("declare war").

    - stance: what the verb implies; empty where the frame does not report
    - taxonomy: where the stance is taken from; "own" where it is this project's
    - use: "always" or "never" a cue in this frame, whatever the network says; empty: as it says; "speakers": reports
      only where its subject is somebody or a document ("the study shows", not "the storm shows")
    - n, reliability: occurrences in the training articles, and the share of them that annotators call a cue

    Raises ValueError, with the row and its cure, for a frame or a use that does not exist.
    """
    rows = read_lexicon("reporting_verbs.csv")
    for number, row in enumerate(rows, start=2):
        for column, known in (("frame", (*FRAMES, ANY)), ("use", tuple(_USES))):
            if row[column] not in known:
                listed = ", ".join(word or "(empty)" for word in known)
                raise ValueError(f"reporting_verbs.csv row {number}, {column}: '{row[column]}'; write one of: {listed}")
    return {(row["lemma"], row["frame"]): row for row in rows}


def find_stance(lemma: str, frame: str) -> str:
    """Return the stance of a reporting verb in a frame, "" where it does not report.

    The row of that frame decides, else the lemma's row for any frame: "back" is supportive with an object ("backed the
    plan"), and reports nothing as a passive ("was backed by air support").
    """
    rows = load_rows()
    row = rows.get((lemma, "clause" if frame == "parenthetical" else frame)) or rows.get((lemma, ANY))
    return row["stance"] if row else ""


def weigh_use(lemma: str, frame: str) -> float:
    """Return what the column `use` adds to the log-odds that a lemma in a frame is a cue.

    Where it is empty in the row of that frame, the lemma's row for any frame decides.
    """
    rows = load_rows()
    uses = (rows[key]["use"] for key in ((lemma, frame), (lemma, ANY)) if key in rows)
    return _USES[next(filter(None, uses), "")]


def needs_speaker(lemma: str) -> bool:
    """Return whether a verb reports only where its subject is somebody or a document."""
    return load_rows().get((lemma, ANY), {}).get("use") == "speakers"


def list_lemmas() -> frozenset[str]:
    """Return the lemmas that somebody has judged: with a stance in some frame, or known to have none."""
    return frozenset(lemma for (lemma, _), row in load_rows().items() if row["stance"] or row["taxonomy"])


def list_always() -> list[str]:
    """Return the lemmas that are always a cue in some frame."""
    return sorted({lemma for (lemma, _), row in load_rows().items() if row["use"] == "always"})
