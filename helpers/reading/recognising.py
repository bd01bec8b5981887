"""The names that spaCy's entity recogniser finds, found in many texts at once.

The recogniser goes through a text word by word. What it answers outside of a name follows from the word and what stands
around it, whatever came before: so all words of all texts are asked together whether a name begins there, and names of
several words are then followed together, too. These are the names that its own `pipe` finds, in half of the time.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spacy.pipeline import EntityRecognizer
    from spacy.tokens import Doc, Span


def recognise(recogniser: "EntityRecognizer", docs: Sequence["Doc"]) -> list[list["Span"]]:
    """Return the names in each text; no text has sentence breaks or names set, by which spaCy would go."""
    from spacy.tokens import Span

    sizes = np.array([len(doc) for doc in docs])
    n, first = sizes.sum(), np.cumsum(sizes) - sizes
    if not n:
        return [[] for _ in docs]
    last = np.isin(np.arange(n), first + sizes - 1)
    space = np.concatenate([doc.to_array("IS_SPACE") for doc in docs]).astype(bool)
    labels, start, end, label = _follow_names(recogniser, docs, last, space)
    names: list[list[Span]] = [[] for _ in docs]
    free = 0
    for text, low, high, own in zip(np.searchsorted(first, start, side="right") - 1, start, end, label, strict=True):
        if low >= free:  # else it lies within a name, where none is looked for
            own_first = first[text]
            names[text].append(Span(docs[text], low - own_first, high - own_first, label=labels[own]))
            free = high
    return names


def _follow_names(
    recogniser: "EntityRecognizer", docs: Sequence["Doc"], last: np.ndarray, space: np.ndarray
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Return the labels, and of a name that begins at any word: first word, the word after its last, its label.

    Words are numbered through all texts; `last` and `space` say which end a text and which are white space.
    """
    step = recogniser.model.predict(docs)

    def score(*words: np.ndarray) -> np.ndarray:
        """Score all moves at states: the word, the first and the latest word of the name that is open (-1: none)."""
        return step.vec2scores.predict(step.state2vec.predict(np.stack(words, axis=1).astype("int32")))

    moves = [recogniser.moves.get_class_name(number) for number in range(recogniser.moves.n_moves)]
    labels = sorted({move[2:] for move in moves} - {""})
    begin, inside, close, unit = (np.array([moves.index(f"{kind}-{one}") for one in labels]) for kind in "BILU")
    none = np.full(len(last), -1)
    scores = score(np.arange(len(last)), none, none)
    scores[np.ix_(last | space, begin)] = scores[np.ix_(space, unit)] = -np.inf
    best = scores[:, [*begin, *unit, moves.index("O")]].argmax(axis=1)
    start = np.flatnonzero(best < 2 * len(labels))
    label, end = best[start] % len(labels), start + 1
    left = np.flatnonzero(best[start] < len(labels))  # names of several words that are not closed yet
    while len(left):
        scores, rows = score(end[left], start[left], end[left] - 1), np.arange(len(left))
        closed = last[end[left]] | (scores[rows, close[label[left]]] > scores[rows, inside[label[left]]])
        end[left] += 1
        left = left[~closed]
    return labels, start, end, label
