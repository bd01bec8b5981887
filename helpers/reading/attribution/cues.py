"""Which words may be a cue, in which frame each stands, and its features."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.reading.attribution.features import mix, number_features, pick
from helpers.reading.attribution.words import SPEECH, Words, find_flagged

if TYPE_CHECKING:
    from spacy.strings import StringStore

FRAMES = ("none", "quotation", "clause", "infinitive", "object", "preposition", "passive")


def find_candidates(
    words: Words, strings: "StringStore", nominal: np.ndarray, always: Sequence[str] = ()
) -> np.ndarray:
    """Return the tokens that may be a cue: full verbs, colons and the words of other kinds that training met as cues.

    `nominal` holds the hashes of (lemma, part of speech) of the latter, sorted; `always` are words in small
    letters that a person says are cues.
    """
    helping = np.isin(words.dep, [strings[name] for name in ("aux", "auxpass")])
    verbs = np.isin(words.pos, [strings["VERB"], strings["AUX"]]) & ~helping
    listed = np.isin(mix(words.lemma, words.pos), nominal)
    named = np.isin(words.lower, [strings[word] for word in (":", *always)])
    return np.flatnonzero(verbs | listed | named)


def name_frames(words: Words, at: np.ndarray) -> np.ndarray:
    """Return the number in FRAMES of each candidate: what stands beside it that can be a content."""
    has = {name: words.child[name][at] >= 0 for name in ("ccomp", "xcomp", "dobj", "prep", "nsubjpass", "auxpass")}
    quoted = np.concatenate([[0], np.cumsum((words.quote >= 0) & (words.quote_words >= SPEECH))])
    low, high = np.maximum(at - 4, words.first[at]), np.minimum(at + 5, words.last[at] + 1)
    beside = (quoted[high] - quoted[low] > 0) & (words.quote[at] < 0)
    passive = has["nsubjpass"] | has["auxpass"]
    return np.select(
        [beside, has["ccomp"], passive, has["xcomp"], has["dobj"], has["prep"]], [1, 2, 6, 3, 4, 5], default=0
    )


def find_subjects(words: Words, at: np.ndarray) -> np.ndarray:
    return np.max([words.child[name][at] for name in ("nsubj", "nsubjpass", "csubj")], axis=0)


def describe_candidates(words: Words, at: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Return the ids of the hashed features of candidates (candidates x templates): a lemma and what stands with it."""
    lemma, tag, dep, frame = words.lemma[at], words.tag[at], words.dep[at], words.frame[at]
    first, last = words.first[at], words.last[at]
    quoted = words.quote >= 0
    before, behind = find_flagged(quoted, at, -1, first), find_flagged(quoted, at, 1, last)
    left = pick(words.lower, np.where(at > first, at - 1, -1))
    right = pick(words.lower, np.where(at < last, at + 1, -1))
    child = {name: pick(words.lemma, words.child[name][at]) for name in ("dobj", "prep", "xcomp", "attr", "acomp")}
    subject = pick(words.lemma, find_subjects(words, at))
    return number_features([
        lemma, mix(lemma, frames), mix(lemma, tag, dep), mix(lemma, frame), mix(lemma, subject),
        mix(lemma, child["dobj"]), mix(lemma, child["prep"]), mix(lemma, child["xcomp"]), mix(lemma, right),
        mix(lemma, left), mix(frame, tag), mix(lemma, words.lemma[words.head[at]], dep), mix(lemma, before, behind),
        mix(right, left), mix(lemma, words.child["prt"][at] >= 0, child["attr"], child["acomp"]),
    ])  # fmt: skip
