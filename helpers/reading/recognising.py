"""The names that spaCy's entity recogniser finds, found in many texts at once.

The recogniser goes through a text word by word. What it answers outside of a name follows from the word and what stands
around it, whatever came before: so all words of all texts are asked together whether a name begins there, and names of
several words are then followed together, too. These are the names that its own `pipe` finds, in half of the time.
"""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.reading.models import FEW, find_model
from helpers.reading.networks import read_once, set_products

if TYPE_CHECKING:
    from spacy.pipeline import EntityRecognizer
    from spacy.tokens import Doc, Span

NAME_LABELS = ("PERSON", "ORG", "GPE", "NORP")
_BATCH = 32  # articles whose names are found together


def find_entities(articles: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return the names that spaCy's entity recogniser finds in articles (article_id, text).

    One row is one name: article_id, name (as printed), label (one of NAME_LABELS), start, end (characters into the
    article's text).
    """
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    nlp = importlib.import_module(find_model()).load(enable=["ner"])
    recogniser = nlp.get_pipe("ner")
    read_once(recogniser.model.get_ref("tok2vec").layers[0])
    set_products(nlp)
    rows, hidden = [], not progress or len(articles) <= FEW
    bar = tqdm(total=len(articles), desc="names", unit=" articles", leave=False, disable=hidden)
    with threadpool_limits(1), bar:
        for start in range(0, len(articles), _BATCH):
            batch = articles.iloc[start : start + _BATCH]
            named = recognise(recogniser, [nlp.make_doc(text) for text in batch["text"]])
            for article_id, names in zip(batch["article_id"], named, strict=True):
                rows += [(article_id, one.text, one.label_, one.start_char, one.end_char) for one in names]
            bar.update(len(batch))
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64"}
    found = pd.DataFrame(rows, columns=list(types)).astype(types)
    return found[found["label"].isin(NAME_LABELS)].reset_index(drop=True)


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
