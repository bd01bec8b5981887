"""Is it the actor or the topic? The same comparison of outlets with the topic taken out in two ways."""

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.reading import select_rows
from helpers.reading.valences import Weighed, reweigh, weigh_texts
from helpers.sentiment.sentences import score_sentences

if TYPE_CHECKING:
    from helpers.reading import Reading

LEAST = 8  # sentences without the actor, in the same voice of the same article, that make a baseline
VARIANTS = ("as printed", "names masked", "near the mention", "without topic words", "less the rest of the article")
_SAME = 1e-9  # means closer than this are of one rank


@cache
def load_topic_words() -> frozenset[str]:
    """Return the words that name the topic rather than judge it ("war", "killed"), from lexicons/topic_words.csv."""
    return frozenset(row["word"] for row in read_lexicon("topic_words.csv"))


def _leave_out_topic(weighed: Weighed) -> float:
    return reweigh(weighed, {at: 0.0 for word, at, _ in weighed.words if word in load_topic_words()})


def compare_baselines(read: "Reading", *, actor: str) -> pd.DataFrame:
    """Return the tone of the sentences that mention an actor, by outlet, measured in five ways.

    `as printed`, `names masked` and `near the mention` are means of the columns of `score_sentences`; `without topic
    words` leaves the words of lexicons/topic_words.csv out; `less the rest of the article` subtracts the mean of the
    article's sentences in the same voice that do not mention the actor (8 at the least, else the sentence has no
    baseline). All but the first are of sentences with names masked; each is the mean of the articles' means.

    One row is outlet x variant: outlet, variant, tone (empty: no baseline), n_sentences (that it is made of),
    n_articles.
    """
    scores = score_sentences(read, actor=actor)
    weighed = weigh_texts(scores["masked"])
    columns = {
        "as printed": scores["compound"],
        "names masked": scores["masked_compound"],
        "near the mention": scores["weighted_compound"],
        "without topic words": scores["masked"].map({text: _leave_out_topic(one) for text, one in weighed.items()}),
        "less the rest of the article": scores["masked_compound"] - _find_baselines(read, scores),
    }
    rows = []
    for outlet, own in scores.groupby("outlet"):
        for variant in VARIANTS:
            values = columns[variant].loc[own.index].astype(float).dropna()
            articles = values.groupby(own["article_id"].loc[values.index]).mean()
            mean = articles.mean() if len(articles) else float("nan")
            rows.append((outlet, variant, mean, len(values), len(articles)))
    return pd.DataFrame(rows, columns=["outlet", "variant", "tone", "n_sentences", "n_articles"])


def _find_baselines(read: "Reading", scores: pd.DataFrame) -> pd.Series:
    """Return for each sentence the mean tone of its article's sentences without the actor, in the same voice."""
    keys = ["article_id", "sentence_no"]
    about = scores[["article_id"]].drop_duplicates()
    heard = select_rows(read, "passages", [*keys, "voice"], among=about).drop_duplicates()
    several = heard.duplicated(keys, keep=False)
    voices = heard.assign(voice=heard["voice"].mask(several, "mixed")).drop_duplicates().set_index(keys)["voice"]
    others = select_rows(read, "sentences", [*keys, "masked"], among=about).merge(voices.reset_index(), on=keys)
    others = others[~pd.MultiIndex.from_frame(others[keys]).isin(pd.MultiIndex.from_frame(scores[keys]))]
    tones = others["masked"].map({text: one.compound for text, one in weigh_texts(others["masked"]).items()})
    means = tones.astype(float).groupby([others["article_id"], others["voice"]]).agg(["mean", "size"])
    means = means.loc[means["size"] >= LEAST, "mean"]
    places = scores[keys].merge(voices.reset_index(), on=keys, how="left")
    found = means.reindex(pd.MultiIndex.from_frame(places[["article_id", "voice"]]))
    return pd.Series(found.to_numpy(float), index=scores.index)


def rank_outlets(baselines: pd.DataFrame) -> pd.DataFrame:
    """Return the order of the outlets by each variant of `compare_baselines`, the coldest first.

    One row is a variant: variant, order (outlets from cold to warm, parted by " < ", by " = " where alike), n_outlets
    (those with a value), and agrees (the order among the outlets it shares with `names masked` is the same).
    """
    masked = baselines[baselines["variant"] == "names masked"].set_index("outlet")["tone"]
    rows = []
    for variant in VARIANTS:
        tones = baselines[baselines["variant"] == variant].dropna(subset=["tone"]).set_index("outlet")["tone"]
        tones = tones.sort_index().sort_values(kind="stable")
        signs = [" = " if after - before < _SAME else " < " for before, after in pairwise(tones)]
        order = "".join(part for pair in zip(tones.index, [*signs, ""][: len(tones)], strict=True) for part in pair)
        shared = [outlet for outlet in tones.index if outlet in masked.index]
        agrees = _rank(tones[shared]) == _rank(masked[shared])
        rows.append((variant, order, len(tones), agrees))
    return pd.DataFrame(rows, columns=["variant", "order", "n_outlets", "agrees"])


def _rank(tones: pd.Series) -> dict[str, float]:
    return tones.round(9).rank().to_dict()
