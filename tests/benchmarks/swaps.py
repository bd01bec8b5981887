"""Measure what changes when actors change names: python -m tests.benchmarks.swaps CORPUS [N_ARTICLES]

The names of the six actors that a corpus names most are given to each other, all five ways round, in the texts; every
article is read again. Neither who is cited nor who acts should change. (Tone cannot: its encoder is shown one word in
place of every actor's name.)

Prints one row a way round: attributions and changed (share of them that are not found again with the same cue and
form), acts and changed (share whose role is not the same), does and does_swapped (share of the acts that are done by
the actor, before and after).
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

import numpy as np
import pandas as pd

from helpers.reading import Reading, open_corpus, read_corpus

N_ACTORS = 6


def swap_names(text: str, mentions: pd.DataFrame, names: dict[str, str]) -> tuple[str, Callable[[int], int]]:
    """Return the text with another name in each mention, and a function from old places in it to new ones."""
    parts, ends, shifts, last = [], [0], [0], 0
    for start, end, actor in mentions[["start", "end", "actor"]].sort_values("start").itertuples(index=False):
        if start >= last:
            parts += [text[last:start], names[actor]]
            ends, shifts, last = [*ends, end], [*shifts, len(names[actor]) - (end - start)], end
    moved = list(accumulate(shifts))
    return "".join([*parts, text[last:]]), lambda place: place + moved[np.searchsorted(ends, place, "right") - 1]


def list_cues(read: Reading, moves: dict[str, Callable[[int], int]]) -> set[tuple[str, int, str, str]]:
    """Return where each attribution has its cue, in the text as `moves` moves it, with the cue and the form."""
    found = read.attributions.drop_duplicates("attribution_id")
    columns = found[["article_id", "cue_start", "cue_lemma", "form"]]
    return {
        (article, moves[article](start), cue, form) for article, start, cue, form in columns.itertuples(index=False)
    }


def main(folder: str, n_articles: int = 100) -> None:
    corpus = open_corpus(folder, store=None)
    step = max(1, len(corpus.articles) // n_articles)
    corpus = replace(corpus, articles=corpus.articles.iloc[::step].reset_index(drop=True))
    read = read_corpus(corpus, store=None, progress=False)
    named = read.mentions[read.mentions["kind"].eq("name")]
    actors = [*named["actor"].value_counts().index[:N_ACTORS]]
    named, texts = named[named["actor"].isin(actors)], read.articles.set_index("article_id")["text"]
    printed = [texts[row.article_id][row.start : row.end] for row in named.itertuples()]
    common = named.assign(printed=printed).groupby("actor")["printed"].agg(lambda names: names.mode()[0])
    acts = read.acts.rename(columns={"mention_start": "start", "mention_end": "end"})
    acts = acts.merge(named[["article_id", "start", "end", "actor"]])
    rows = []
    for step in range(1, len(actors)):
        other = {actor: actors[(n + step) % len(actors)] for n, actor in enumerate(actors)}
        swapped = {
            article: swap_names(text, named[named["article_id"].eq(article)], {a: common[other[a]] for a in actors})
            for article, text in texts.items()
        }
        articles = read.articles.assign(
            text=read.articles["article_id"].map({article: new for article, (new, _) in swapped.items()})
        )
        again = read_corpus(replace(corpus, articles=articles), store=None, progress=False)
        moves = {article: move for article, (_, move) in swapped.items()}
        before, after = list_cues(read, moves), list_cues(again, dict.fromkeys(moves, int))
        own = acts.assign(actor=acts["actor"].map(other))
        own["mention_start"] = [moves[row.article_id](row.start) for row in own.itertuples()]
        keys = ["article_id", "actor", "mention_start"]
        both = own.merge(
            again.acts[[*keys, "role"]].drop_duplicates(keys), on=keys, how="left", suffixes=("", "_again")
        )
        does = both[["role", "role_again"]].eq("does").mean()
        changed = len(before - after) / len(before), both["role"].ne(both["role_again"]).mean()
        rows.append((len(before), changed[0], len(both), changed[1], *does))
    columns = ["attributions", "changed", "acts", "changed", "does", "does_swapped"]
    print(pd.DataFrame(rows, columns=columns).round(3).to_string(index=False))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
