"""From scores to attributions: the words of each role become spans, and no content is given twice."""

from typing import NamedTuple

import numpy as np
from spacy.symbols import PUNCT

from helpers.attribution.words import Words

_PHRASE = 3  # words that a run may be completed by
SWITCH = 0.7  # log-odds that it costs to begin or end a stretch of content
SOURCE = 0.35  # least probability of the best source word, else nobody is cited


class Found(NamedTuple):
    """One cue with the tokens of its roles."""

    cue: int
    confidence: float
    source: tuple[int, int] | None  # first and last token
    content: tuple[tuple[int, int], ...]  # runs of tokens, first and last


def find_runs(gain: np.ndarray) -> list[tuple[int, int]]:
    """Return the runs that a two-state Viterbi path calls "in", from the log-odds of each word."""
    best_out, best_in, back = 0.0, -SWITCH, []
    for value in gain.tolist():
        stay_in, enter = best_in, best_out - SWITCH
        stay_out, leave = best_out, best_in - SWITCH
        back.append((enter > stay_in, leave > stay_out))
        best_in, best_out = max(stay_in, enter) + value, max(stay_out, leave)
    state, runs, end = best_in > best_out, [], -1
    for at in range(len(back) - 1, -1, -1):
        if state:
            end = at if end < 0 else end
            entered, _ = back[at]
            if entered:
                runs.append((at, end))
                state, end = False, -1
        else:
            state = back[at][1]
    if state and end >= 0:
        runs.append((0, end))
    return runs[::-1]


def find_source(chance: np.ndarray, low: int) -> tuple[int, int] | None:
    """Return the run of words around the likeliest source word."""
    if not len(chance) or chance.max() < SOURCE:
        return None
    top = int(chance.argmax())
    left = right = top
    while left > 0 and chance[left - 1] >= 0.4:
        left -= 1
    while right + 1 < len(chance) and chance[right + 1] >= 0.4:
        right += 1
    return low + left, low + right


def assign_roles(
    words: Words, cues: np.ndarray, confidence: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], chance: np.ndarray
) -> list[Found]:
    """Return the source and the content of each cue, from the chances of the words near it."""
    cue, at = pairs
    content = np.log(chance[:, 2] + 1e-6) - np.log(1 - chance[:, 2] + 1e-6)
    bounds = np.searchsorted(cue, cues), np.searchsorted(cue, cues, side="right")
    found = []
    for number, (low, high) in enumerate(zip(*bounds, strict=True)):
        first = int(at[low])
        own = content[low:high].copy()
        own[int(cues[number]) - first] = -9.0
        source = find_source(chance[low:high, 1], first)
        if source:
            own[source[0] - first : source[1] - first + 1] -= 3
        runs = tuple((first + a, first + b) for a, b in find_runs(own)) or _likeliest(own, first)
        runs = tuple(_complete(words, run, int(cues[number]), source) for run in runs)
        found.append(Found(int(cues[number]), float(confidence[number]), source, runs))
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


def _complete(words: Words, run: tuple[int, int], cue: int, source: tuple[int, int] | None) -> tuple[int, int]:
    """Return a run that does not end inside a phrase: "to further" goes on to "problems", the phrase's last word."""
    first, last = run
    taken = {cue, *(range(source[0], source[1] + 1) if source else ())}
    limit = int(min(words.last[last], last + _PHRASE))
    wanted = last
    for token in range(last + 1, limit + 1):
        if token in taken or words.pos[token] == PUNCT:
            break
        # the word's phrase began inside the run: its head is there, or it is the head of the run's last word
        if first <= words.head[token] <= wanted or words.head[wanted] == token:
            wanted = token
    return first, wanted
