"""The passages about an actor: whole, or only the words near a mention; as masked lemmas, or as printed."""

from bisect import bisect_right
from collections.abc import Sequence

import pandas as pd

from helpers.reading import Reading, select_mentions, select_rows
from helpers.reading.masking import NEUTRAL

WHOLE = -1  # in the column `window`: whole sentences
LEFT_OUT = "…"  # replaces a word outside the window


def select_passages(
    read: Reading, *, actor: str, voice: str | None = None, window: int | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the passages about an actor: rows of `read.passages`, all columns or those asked for.

    A passage is about every actor in its sentence, so these are the passages of each sentence with a mention of
    the actor that is not merely a place; `voice` keeps those in one voice, whatever the voice of the mention.
    `window` keeps only the words of each sentence that are at most so many words before or after a mention. Each of
    the others becomes a mark, which no term crosses, and `n_words` counts what is kept.
    """
    keys = ["article_id", "sentence_no"]
    mentions = select_mentions(read, actor=actor, columns=[*keys, "start"])
    about = mentions[keys].drop_duplicates()
    if window is None:
        voices = {} if voice is None else {"voice": voice}
        return select_rows(read, "passages", columns, among=about, **voices).reset_index(drop=True)
    passages = _cut_windows(select_rows(read, "passages", among=about), mentions, window)
    return passages if voice is None else passages[passages["voice"].eq(voice)]


def _cut_windows(passages: pd.DataFrame, mentions: pd.DataFrame, window: int) -> pd.DataFrame:
    """Return passages with a mark for each token far from a mention; distance is counted across the whole sentence."""
    keys = ["article_id", "sentence_no"]
    mention_starts = {key: own.tolist() for key, own in mentions.groupby(keys)["start"]}
    passages = passages.sort_values([*keys, "start"], ignore_index=True)
    cut = []
    for key, own in passages.groupby(keys, sort=False):
        starts = [int(start) for cell in own["lemma_starts"] for start in cell.split()]
        places = [max(0, bisect_right(starts, start) - 1) for start in mention_starts[key]]
        near = iter([min(abs(number - place) for place in places) <= window for number in range(len(starts))])
        cut += [[lemma if next(near) else LEFT_OUT for lemma in cell.split()] for cell in own["lemmas"]]
    n_words = [sum(any(map(str.isalnum, lemma)) for lemma in kept) for kept in cut]
    return passages.assign(lemmas=[" ".join(kept) for kept in cut], n_words=n_words)


def print_words(row: tuple, text: str) -> str:
    """Return a passage's tokens as printed, in lower case; masks stay, the words of one token are joined by `_`."""
    kept = {*NEUTRAL, LEFT_OUT}
    tokens = zip(row.lemmas.split(), row.lemma_starts.split(), row.lemma_ends.split(), strict=True)
    return " ".join(
        lemma if lemma in kept else "_".join(text[int(start) : int(end)].lower().split()) or lemma
        for lemma, start, end in tokens
    )
