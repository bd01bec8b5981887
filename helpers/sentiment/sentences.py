"""VADER on the sentences that mention an actor: as printed, with names masked, and weighted by distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import exp
from typing import TYPE_CHECKING

import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.naming import ALL_VOICES, select_mentions
from helpers.reading import select_rows
from helpers.reading.masking import number_words
from helpers.reading.valences import Weighed, reweigh, weigh_texts

if TYPE_CHECKING:
    from helpers.reading import Reading

REACH = 12.0  # words: one this far from the mention counts for 1/e; best of 3 to 12 on NewsMTSC's training split
MIXED = "mixed"


def score_sentences(
    read: Reading, *, actor: str | None = None, outlets: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the tone of each sentence that mentions an actor: as printed, masked, and weighted.

    One row is sentence x actor (`actor=None`: every actor). Columns: those of `select_sentences`; compound, in
    [-1, 1]: VADER's score of the sentence as printed, exactly as the library gives it; masked_compound, in [-1, 1]:
    of the sentence with neutral words in place of names, so that a name carries no tone; weighted_compound, in
    (-1, 1): of the masked sentence, each word's valence times exp(-d / 12), d words from the nearest mention of the
    actor, and times its reliability (lexicons/word_reliability.csv: how far such a word said something of the tone
    toward persons near it in NewsMTSC's training split, 1 = as an average word does); n_hits: words of the masked
    sentence that VADER's lexicon knows, so that a 0 for want of any such word can be told from a balance.

    Raises ValueError where the actor or an outlet is unknown. Source: Hutto & Gilbert 2014, "VADER: A Parsimonious
    Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM.
    """
    sentences = select_sentences(read, actor=actor, outlets=outlets)
    texts, hidden, starts = (sentences[column].tolist() for column in ("text", "masked", "start"))
    weighed = weigh_texts([*texts, *hidden])
    masked = [weighed[text] for text in hidden]
    found = find_mentions_of(read, sentences, actor)
    near = [
        weigh_by_distance(one, number_words(*row, [at - first for at, _ in own])) if one.words else 0.0
        for one, row, first, own in zip(masked, zip(texts, hidden, strict=True), starts, found, strict=True)
    ]
    return sentences.assign(
        compound=pd.Series([weighed[text].compound for text in texts], dtype=float),
        masked_compound=pd.Series([one.compound for one in masked], dtype=float),
        weighted_compound=pd.Series(near, dtype=float),
        n_hits=pd.Series([one.n_hits for one in masked], dtype="int64"),
    )


def find_mentions_of(read: Reading, sentences: pd.DataFrame, actor: str | None) -> list[list[tuple[int, int]]]:
    """Return for each sentence x actor where in the article the actor's mentions begin and end."""
    keys = ["article_id", "sentence_no", "actor"]
    spans: dict[tuple, list[tuple[int, int]]] = {}
    mentions = select_mentions(read, actor=actor, columns=[*keys, "start", "end"])
    for *key, start, end in zip(*(mentions[column].tolist() for column in [*keys, "start", "end"]), strict=True):
        spans.setdefault(tuple(key), []).append((start, end))
    return [sorted(spans[key]) for key in zip(*(sentences[column].tolist() for column in keys), strict=True)]


@cache
def load_reliability() -> dict[str, float]:
    """Return how far the valence of a word says something of the tone toward those near it, from a lexicon."""
    return {row["word"]: float(row["reliability"]) for row in read_lexicon("word_reliability.csv")}


def weigh_by_distance(
    weighed: Weighed, mentions: Sequence[int], reliability: Mapping[str, float] | None = None
) -> float:
    """Return the score of a sentence whose words count the less the further they stand from a mention.

    `mentions` are the numbers of the words at which the actor is mentioned; `reliability` is a factor of each word's
    valence, 1 where it has none (by default lexicons/word_reliability.csv).
    """
    trusted = load_reliability() if reliability is None else reliability
    weights = {
        at: trusted.get(word, 1.0) * exp(-min(abs(at - number) for number in mentions) / REACH)
        for word, at, _ in weighed.words
    }
    return reweigh(weighed, weights)


def select_sentences(
    read: Reading, *, actor: str | None = None, outlets: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the sentences that mention an actor, one row a sentence x actor; mere places do not count as mentions.

    Columns: actor, outlet, article_id, sentence_no, start, end, text, masked; voice (the one in which the sentence
    mentions the actor, `mixed` where it does so in several); n_actors (different actors in the sentence).

    Raises ValueError where the actor or an outlet is unknown.
    """
    keys = ["article_id", "sentence_no"]
    voices = select_mentions(read, actor=actor, columns=["actor", *keys, "voice"]).drop_duplicates()
    several = voices.duplicated(["actor", *keys], keep=False)
    voices = voices.assign(voice=voices["voice"].mask(several, MIXED)).drop_duplicates()
    columns = ["outlet", *keys, "start", "end", "text", "masked", "n_actors"]
    sentences = select_rows(read, "sentences", columns, among=voices[keys].drop_duplicates())
    if outlets is not None:
        chosen = {outlets} if isinstance(outlets, str) else set(outlets)
        known = set(read.articles["outlet"])
        if unknown := sorted(chosen - known):
            raise ValueError(f"no outlet {unknown[0]!r} in articles.csv (there are: {', '.join(sorted(known))})")
        sentences = sentences[sentences["outlet"].isin(chosen)]
    columns = ["actor", "outlet", *keys, "start", "end", "text", "masked", "voice", "n_actors"]
    return sentences.merge(voices, on=keys).sort_values(["actor", "outlet", *keys], ignore_index=True)[columns]


def average_tone(scores: pd.DataFrame, column: str = "compound", *, by_voice: bool = False) -> pd.DataFrame:
    """Return the mean tone of the sentences that mention each actor, by outlet.

    The mean of the articles' means, so that each article counts once however long it is. `scores` is a table of
    `score_sentences`, `column` the score to average. One row is actor x outlet, or with `by_voice=True` actor x
    outlet x voice. Columns: actor, outlet, voice (`all` where several are added up), score (the name of the column
    averaged), tone (in [-1, 1]), n_sentences, n_articles, share_no_hit (of the sentences, in [0, 1]: no word that
    the lexicon knows), share_several_actors (of the sentences: they mention other actors too).

    Raises ValueError where `scores` has no such column.
    """
    if column not in scores:
        raise ValueError(f"no column {column!r} in the scores (there are: {', '.join(scores.columns)})")
    keys = ["actor", "outlet", "voice"]
    scores = _name_voice(scores, by_voice)
    sizes = scores.assign(no_hit=scores["n_hits"].eq(0), several=scores["n_actors"].gt(1)).groupby(keys)
    averages = sizes.agg(
        n_sentences=("text", "size"),
        n_articles=("article_id", "nunique"),
        share_no_hit=("no_hit", "mean"),
        share_several_actors=("several", "mean"),
    )
    averages.insert(0, "score", column)
    averages.insert(1, "tone", _average_articles(scores, keys, column))
    return averages.reset_index()


def compare_masking(scores: pd.DataFrame, *, by_voice: bool = False) -> pd.DataFrame:
    """Return how much of the tone around each actor is carried by names, by outlet.

    `scores` is a table of `score_sentences`. One row is actor x outlet (x voice with `by_voice=True`). Columns:
    actor, outlet, voice; printed and masked (means of article means, in [-1, 1]); difference = printed - masked,
    what the names add; n_sentences; n_articles; n_changed (sentences whose score the masking changes).
    """
    keys = ["actor", "outlet", "voice"]
    scores = _name_voice(scores, by_voice)
    printed = _average_articles(scores, keys, "compound")
    masked = _average_articles(scores, keys, "masked_compound")
    compared = pd.DataFrame({"printed": printed, "masked": masked, "difference": (printed - masked).round(12)})
    changed = scores.assign(changed=scores["compound"].ne(scores["masked_compound"])).groupby(keys)
    counted = changed.agg(
        n_sentences=("text", "size"), n_articles=("article_id", "nunique"), n_changed=("changed", "sum")
    )
    return compared.join(counted.astype("int64")).reset_index()


def _average_articles(scores: pd.DataFrame, keys: list[str], column: str) -> pd.Series:
    articles = scores.groupby([*keys, "article_id"])[column].mean()
    return articles.groupby(level=keys).mean().round(12)


def _name_voice(scores: pd.DataFrame, by_voice: bool) -> pd.DataFrame:
    if by_voice or scores["voice"].nunique() == 1:
        return scores
    return scores.assign(voice=ALL_VOICES)
