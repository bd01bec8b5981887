"""From scores to attributions: the words of each role become spans, and no content is given twice."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.reading.attribution.words import Tokens

if TYPE_CHECKING:
    from helpers.reading.attribution.scoring import Scores

_PHRASE = 3  # words that a run may be completed by
SWITCH = 0.7  # log-odds that it costs to begin or end a stretch of content
INSIDE = 0.4  # least chance of a word beside the head of the source


class Found(NamedTuple):
    """One cue with the tokens of its roles."""

    cue: int
    confidence: float
    source: tuple[int, int] | None  # first and last token
    content: tuple[tuple[int, int], ...]  # runs of tokens, first and last


def find_runs(gain: np.ndarray) -> list[tuple[int, int]]:
    """Return the runs that a two-state Viterbi path calls "in", from the log-odds of each word."""
    likely = np.flatnonzero(gain > 0)  # no run begins or ends with a word that speaks against it
    if not len(likely):
        return []
    first, last = int(likely[0]), int(likely[-1])
    best_out, best_in, back = 0.0, -SWITCH, []
    for value in gain[first : last + 1].tolist():
        enter, leave = best_out - SWITCH, best_in - SWITCH
        back.append((enter > best_in, leave > best_out))
        best_in, best_out = (enter if enter > best_in else best_in) + value, leave if leave > best_out else best_out
    state, runs, end = best_in > best_out, [], -1
    for at in range(last, first - 1, -1):
        entered, left = back[at - first]
        if state:
            end = at if end < 0 else end
            if entered:
                runs.append((at, end))
                state, end = False, -1
        else:
            state = left
    if state and end >= 0:
        runs.append((first, end))
    return runs[::-1]


def find_source(head: np.ndarray, inside: np.ndarray, low: int) -> tuple[int, int] | None:
    """Return the run of words around the likeliest head of the source; None where nobody is likelier.

    `head` is each word's chance to head the source, `inside` its chance to be a part of it; `low` is the first word.
    """
    if not len(head) or head.sum() < 0.5:
        return None
    top = int(head.argmax())
    left = right = top
    while left > 0 and inside[left - 1] >= INSIDE:
        left -= 1
    while right + 1 < len(inside) and inside[right + 1] >= INSIDE:
        right += 1
    return low + left, low + right


def assign_roles(tokens: Tokens, cues: np.ndarray, confidence: np.ndarray, scores: "Scores") -> list[Found]:
    """Return the source and the content of each cue, from the chances of the words near it."""
    cue, at = scores.pairs
    content = np.log(scores.role[:, 2] + 1e-6) - np.log(1 - scores.role[:, 2] + 1e-6)
    bounds = np.searchsorted(cue, cues).tolist(), np.searchsorted(cue, cues, side="right").tolist()
    found = []
    for own_cue, sure, low, high in zip(cues.tolist(), confidence.tolist(), *bounds, strict=True):
        first = int(at[low])
        own = content[low:high].copy()
        own[own_cue - first] = -9.0
        source = find_source(scores.source[low:high], scores.role[low:high, 1], first)
        if source:
            own[source[0] - first : source[1] - first + 1] -= 3
        runs = tuple((first + a, first + b) for a, b in find_runs(own)) or _likeliest(own, first)
        found.append(Found(own_cue, sure, source, tuple(_complete(tokens, run, own_cue, source) for run in runs)))
    return found


def _likeliest(gain: np.ndarray, first: int) -> tuple[tuple[int, int], ...]:
    """Return the run around the likeliest word: every attribution has a content."""
    top = int(gain.argmax())
    left = right = top
    while left > 0 and gain[left - 1] > gain[top] - 1:
        left -= 1
    while right + 1 < len(gain) and gain[right + 1] > gain[top] - 1:
        right += 1
    return ((first + left, first + right),)


def _complete(tokens: Tokens, run: tuple[int, int], cue: int, source: tuple[int, int] | None) -> tuple[int, int]:
    """Return a run that does not end inside a phrase: "to further" goes on to "problems", the phrase's last word."""
    from spacy.symbols import PUNCT

    first, last = run
    taken = {cue, *(range(source[0], source[1] + 1) if source else ())}
    limit = int(min(tokens.last[last], last + _PHRASE))
    wanted = last
    for token in range(last + 1, limit + 1):
        if token in taken or tokens.pos[token] == PUNCT:
            break
        # the word's phrase began inside the run: its head is there, or it is the head of the run's last word
        if first <= tokens.head[token] <= wanted or tokens.head[wanted] == token:
            wanted = token
    return first, wanted
