"""Tone of the sentences that mention an actor: VADER's scores, what they are made of, and a classifier beside them.

VADER's tone is that of a sentence, not a stance toward the actor: "the army was slaughtered" scores low no matter who
is sorry. `classify_targets` estimates the tone toward the actor.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp

import numpy as np
import pandas as pd

from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading import Reading, select_mentions, select_rows
from helpers.reading.masking import number_words, place_words
from helpers.reading.schemas import ALL_VOICES
from helpers.reading.tone_model import DIGITS, mark_target, score_targets
from helpers.reading.valences import Weighed, reweigh, split_score, weigh_texts

REACH = 12.0  # words: one this far from the mention counts for 1/e; best of 3 to 12 on NewsMTSC's training split
MIXED = "mixed"  # in the column `voice`: several voices
LEAST = 8  # sentences without the actor, in the same voice of the same article, that make a baseline
VARIANTS = ("as printed", "names masked", "near the mention", "without topic words", "minus the rest of the article")
EMPHASIS, ROUNDING = "(! and ?)", "(rounding)"
EXACT = 1e-9  # by how much a sum of shares may differ from what it must sum to
_SHIFT = ["term", "voice", "in_target", "in_rest", "score", "n_target", "n_rest", "articles_target", "articles_rest"]
_SENTENCE = ["article_id", "sentence_no"]


def select_sentences(read: Reading, *, actor: str | None = None) -> pd.DataFrame:
    """Return the sentences that mention an actor, one row a sentence x actor; mere places do not count as mentions.

    Columns: actor, outlet, article_id, sentence_no, start, end, text, masked; voice (the one in which the sentence
    mentions the actor, `mixed` where it does so in several); n_actors (different actors in the sentence).

    Raises ValueError where the actor is unknown.
    """
    keys = ["actor", *_SENTENCE]
    voices = _find_voices(select_mentions(read, actor=actor, columns=[*keys, "voice"]), keys)
    columns = ["outlet", *_SENTENCE, "start", "end", "text", "masked", "n_actors"]
    sentences = select_rows(read, "sentences", columns, among=voices[_SENTENCE].drop_duplicates())
    sentences = sentences.merge(voices, on=_SENTENCE).sort_values(["actor", "outlet", *_SENTENCE], ignore_index=True)
    return sentences[["actor", *columns[:-1], "voice", "n_actors"]]


def _find_voices(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the keys, each once, and the voice of their rows: `mixed` where there are several."""
    voices = rows[[*keys, "voice"]].drop_duplicates()
    several = voices.duplicated(keys, keep=False)
    return voices.assign(voice=voices["voice"].mask(several, MIXED)).drop_duplicates()


def _find_mentions(read: Reading, sentences: pd.DataFrame, actor: str | None) -> list[list[tuple[int, int]]]:
    """Return for each sentence x actor where in the article the actor's mentions begin and end."""
    keys = ["actor", *_SENTENCE]
    spans: dict[tuple, list[tuple[int, int]]] = defaultdict(list)
    mentions = select_mentions(read, actor=actor, columns=[*keys, "start", "end"])
    for *key, start, end in mentions.itertuples(index=False, name=None):
        spans[tuple(key)].append((start, end))
    return [sorted(spans[key]) for key in sentences[keys].itertuples(index=False, name=None)]


def score_sentences(read: Reading, *, actor: str | None = None) -> pd.DataFrame:
    """Return the tone of each sentence that mentions an actor: as printed, masked, and weighted by distance.

    One row is sentence x actor (`actor=None`: every actor). Columns: those of `select_sentences`; compound, in
    [-1, 1]: VADER's score of the sentence as printed, exactly as the library gives it; masked_compound, in [-1, 1]:
    of the sentence with neutral words in place of names, so that a name carries no tone; weighted_compound, in
    (-1, 1): of the masked sentence, each word's valence times exp(-d / 12), d words from the nearest mention of the
    actor, and times its reliability (lexicons/word_reliability.csv: how well the word predicted the tone toward
    persons near it in NewsMTSC's training split, 1 = like an average word); n_hits: words of the masked sentence that
    are in VADER's lexicon, which tells a 0 because there is no such word from a 0 because they cancel out.

    Raises ValueError where the actor is unknown. Source: Hutto & Gilbert 2014, "VADER: A Parsimonious
    Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM.
    """
    sentences = select_sentences(read, actor=actor)
    weighed = weigh_texts([*sentences["text"], *sentences["masked"]])
    masked = [weighed[text] for text in sentences["masked"]]
    near = []
    for row, one, mentions in zip(sentences.itertuples(), masked, _find_mentions(read, sentences, actor), strict=True):
        numbers = number_words(row.text, row.masked, [start - row.start for start, _ in mentions])
        near.append(weigh_by_distance(one, numbers) if one.words else 0.0)
    return sentences.assign(
        compound=pd.Series([weighed[text].compound for text in sentences["text"]], dtype=float),
        masked_compound=pd.Series([one.compound for one in masked], dtype=float),
        weighted_compound=pd.Series(near, dtype=float),
        n_hits=pd.Series([one.n_hits for one in masked], dtype="int64"),
    )


@cache
def load_reliability() -> dict[str, float]:
    """Return how well the valence of each word predicts the tone toward those near it (1: like an average word)."""
    return {row["word"]: float(row["reliability"]) for row in read_lexicon("word_reliability.csv")}


def weigh_by_distance(
    weighed: Weighed, mentions: Sequence[int], reliability: Mapping[str, float] | None = None
) -> float:
    """Return the score of a sentence in which words count less the further they are from a mention.

    `mentions` are the numbers of the words at which the actor is mentioned; `reliability` is a factor of each word's
    valence, 1 where it has none (by default lexicons/word_reliability.csv).
    """
    trusted = load_reliability() if reliability is None else reliability
    weights = {
        at: trusted.get(word, 1.0) * exp(-min(abs(at - number) for number in mentions) / REACH)
        for word, at, _ in weighed.words
    }
    return reweigh(weighed, weights)


def classify_targets(read: Reading, *, actor: str | None = None) -> pd.DataFrame:
    """Return the tone of each sentence toward the actor that it mentions, by a classifier.

    One row is sentence x actor, as in `score_sentences` and in the same order. Columns: those of `select_sentences`;
    negative, neutral, positive: probabilities, to four digits; target_score = positive - negative, -1 to 1;
    target_label: the likeliest of the three, -1, 0 or 1. Names are masked, so that no name carries a tone. It was
    trained on sentences about persons in the politics of one country and about the sides of one war: notebook 08 says
    how far it agrees with hand codes, `load_error` how far on other articles.

    Raises ValueError where the actor is unknown.
    """
    sentences = select_sentences(read, actor=actor)
    marked = [
        mark_target(row.text, row.masked, [(start - row.start, end - row.start) for start, end in mentions])
        for row, mentions in zip(sentences.itertuples(), _find_mentions(read, sentences, actor), strict=True)
    ]
    number, distinct = pd.factorize(np.array(marked, object))  # each sentence is scored once
    found = score_targets(distinct)[number]
    named = dict(zip(("negative", "neutral", "positive"), found.T, strict=True))
    score, label = (found[:, 2] - found[:, 0]).round(DIGITS), found.argmax(axis=1) - 1
    return sentences.assign(**named, target_score=score, target_label=label.astype("int64"))


def load_error() -> pd.DataFrame:
    """Return how far measures of tone agreed with hand codes of articles that none was trained on.

    One row is a set of sentences x instrument: sentences, instrument, n (targets), macro_f1 (0 to 1), spearman (-1 to
    1; empty where every sentence has the same score). VADER's cut points are fitted on other sentences of the same
    kind; its words' reliability was estimated on all of NewsMTSC, which flatters it there (cross-validated: .567 and
    .485). Source: tests/benchmarks/train_sentiment.py; the sentences on a war were coded by one person.
    """
    return pd.read_csv(LEXICONS / "tone_error.csv")


def average_tone(scores: pd.DataFrame, column: str = "compound") -> pd.DataFrame:
    """Return the mean tone of the sentences that mention each actor, by outlet.

    The mean of the articles' means, so that each article counts once however long it is. `scores` is a table of
    `score_sentences`, `column` the score to average. One row is actor x outlet. Columns: actor, outlet, voice (that
    of all the sentences, `all` where they differ), score (the name of the column averaged), tone (in [-1, 1]),
    n_sentences, n_articles, share_no_hit (of the sentences, in [0, 1]: without a word in VADER's lexicon),
    share_several_actors (of the sentences: with other actors too).

    Raises ValueError where `scores` has no such column.
    """
    if column not in scores:
        raise ValueError(f"no column {column!r} in the scores (there are: {', '.join(scores.columns)})")
    keys = ["actor", "outlet", "voice"]
    scores = scores if scores["voice"].nunique() == 1 else scores.assign(voice=ALL_VOICES)
    sizes = scores.assign(no_hit=scores["n_hits"].eq(0), several=scores["n_actors"].gt(1)).groupby(keys)
    averages = sizes.agg(
        n_sentences=("text", "size"),
        n_articles=("article_id", "nunique"),
        share_no_hit=("no_hit", "mean"),
        share_several_actors=("several", "mean"),
    )
    articles = scores.groupby([*keys, "article_id"])[column].mean()
    averages.insert(0, "score", column)
    averages.insert(1, "tone", articles.groupby(level=keys).mean().round(12))
    return averages.reset_index()


def compare_masking(scores: pd.DataFrame) -> pd.DataFrame:
    """Return how much of the tone around each actor comes from names, by outlet.

    `scores` is a table of `score_sentences`. One row is actor x outlet. Columns: actor, outlet, voice (as in
    `average_tone`); printed and masked (means of article means, in [-1, 1]); difference = printed - masked, what the
    names add; n_sentences; n_articles; n_changed (sentences whose score changes when names are masked).
    """
    printed, masked = (average_tone(scores, name) for name in ("compound", "masked_compound"))
    compared = printed[["actor", "outlet", "voice"]].assign(printed=printed["tone"], masked=masked["tone"])
    compared["difference"] = (compared["printed"] - compared["masked"]).round(12)
    compared[["n_sentences", "n_articles"]] = printed[["n_sentences", "n_articles"]]
    changed = scores["compound"].ne(scores["masked_compound"]).groupby([scores["actor"], scores["outlet"]]).sum()
    return compared.assign(n_changed=changed.to_numpy("int64"))


def compare_baselines(read: Reading, *, actor: str) -> pd.DataFrame:
    """Return the tone of the sentences that mention an actor, by outlet, in five ways: is it the actor or the topic?

    `as printed`, `names masked` and `near the mention` are means of the columns of `score_sentences`; `without topic
    words` leaves out the words that name the topic rather than judge it ("war", "killed": lexicons/topic_words.csv);
    `minus the rest of the article` subtracts the mean of the article's sentences in the same voice that do not mention
    the actor (at least 8, otherwise the sentence has no baseline). All but the first are of sentences with names
    masked; each is the mean of the articles' means.

    One row is outlet x variant: outlet, variant, tone (empty: no baseline), n_sentences (behind the mean), n_articles.
    """
    scores = score_sentences(read, actor=actor)
    topic = {row["word"] for row in read_lexicon("topic_words.csv")}
    without = {
        text: reweigh(one, {at: 0.0 for word, at, _ in one.words if word in topic})
        for text, one in weigh_texts(scores["masked"]).items()
    }
    rest = scores["masked_compound"] - _find_baselines(read, scores)
    values = [scores[column] for column in ("compound", "masked_compound", "weighted_compound")]
    scores = scores.assign(**dict(zip(VARIANTS, [*values, scores["masked"].map(without), rest], strict=True)))
    rows = []
    for outlet, own in scores.groupby("outlet"):
        for variant in VARIANTS:
            articles = own.dropna(subset=[variant]).groupby("article_id")[variant]
            rows.append((outlet, variant, articles.mean().mean(), own[variant].count(), articles.ngroups))
    return pd.DataFrame(rows, columns=["outlet", "variant", "tone", "n_sentences", "n_articles"])


def _find_baselines(read: Reading, scores: pd.DataFrame) -> pd.Series:
    """Return for each sentence the mean tone of its article's sentences without the actor, in the same voice."""
    about = scores[["article_id"]].drop_duplicates()
    voices = _find_voices(select_rows(read, "passages", [*_SENTENCE, "voice"], among=about), _SENTENCE)
    others = select_rows(read, "sentences", [*_SENTENCE, "masked"], among=about).merge(voices, on=_SENTENCE)
    others = others[~pd.MultiIndex.from_frame(others[_SENTENCE]).isin(pd.MultiIndex.from_frame(scores[_SENTENCE]))]
    tones = others["masked"].map({text: one.compound for text, one in weigh_texts(others["masked"]).items()})
    means = tones.astype(float).groupby([others["article_id"], others["voice"]]).agg(["mean", "size"])
    means = means.loc[means["size"] >= LEAST, "mean"]
    places = scores[_SENTENCE].merge(voices, on=_SENTENCE, how="left").set_axis(scores.index)
    return places.join(means, on=["article_id", "voice"])["mean"]


def weigh_words(
    read: Reading, *, actor: str | None = None, masked: bool = True, scores: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what each word adds to VADER's score of the sentences that mention an actor.

    One row is one word with a valence in one sentence x actor, or what exclamation and question marks, or the
    library's rounding to four digits, add there. Columns: actor, outlet, article_id, sentence_no, word (lower case),
    start (its first character in `articles.text`; -1 for marks and rounding), voice (of the passage with the word; for
    marks and rounding that of the sentence's first word with a valence) and share: its valence after boosters,
    negation and "but", over the root that the library divides by. The shares of a sentence sum to its score within
    1e-9, which is checked: ArithmeticError is raised where a sum is off.

    `masked`: of the sentence with names masked, else as printed. `scores` is a table of `score_sentences`, made here
    where there is none.
    """
    sentences = score_sentences(read, actor=actor) if scores is None else scores
    column, score = ("masked", "masked_compound") if masked else ("text", "compound")
    keys = ["actor", "outlet", *_SENTENCE]
    texts = weigh_texts(sentences[column])
    passages: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    about = select_rows(read, "passages", [*_SENTENCE, "start", "voice"], among=sentences[_SENTENCE].drop_duplicates())
    for article_id, sentence_no, start, voice in about.itertuples(index=False, name=None):
        passages[article_id, sentence_no].append((start, voice))
    rows = []
    for row in sentences.itertuples():
        text, own = getattr(row, column), passages[row.article_id, row.sentence_no]
        weighed = texts[text]
        if not weighed.words:
            continue
        shares, emphasis, rounding = split_score(weighed)
        places = place_words(row.text, text)
        starts = [row.start + places[at] for _, at, _ in weighed.words]
        voices = [own[max(0, bisect_right(own, at, key=lambda passage: passage[0]) - 1)][1] for at in starts]
        added = [*zip((word for word, _, _ in weighed.words), starts, voices, shares, strict=True)]
        added += [(name, -1, voices[0], part) for name, part in ((EMPHASIS, emphasis), (ROUNDING, rounding)) if part]
        rows += [(row.actor, row.outlet, row.article_id, row.sentence_no, *share) for share in added]
    table = pd.DataFrame(rows, columns=[*keys, "word", "start", "voice", "share"])
    table = table.astype({"start": "int64", "share": float})
    summed = table.groupby(keys)["share"].sum().reindex(pd.MultiIndex.from_frame(sentences[keys]), fill_value=0.0)
    off = abs(summed.to_numpy(float) - sentences[score].to_numpy(float)).max(initial=0)
    if off > EXACT:
        raise ArithmeticError(f"the shares of a sentence miss its score by {off:.1e}")
    return table


def split_voices(read: Reading, *, actor: str) -> pd.DataFrame:
    """Return how much of an outlet's mean tone, names masked, is from its own voice, from paraphrase, from quotation.

    One row is one outlet: outlet, outlet_voice, paraphrase, quote (what the words of each voice add to the mean of
    the articles' means), tone (their sum), n_sentences, n_articles.
    """
    scores = score_sentences(read, actor=actor)
    tone = average_tone(scores, "masked_compound")
    means = _average_shares(weigh_words(read, scores=scores), scores, "voice")
    wide = means.pivot_table(index="outlet", columns="voice", values="mean", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(index=tone["outlet"], columns=["outlet", "paraphrase", "quote"], fill_value=0.0)
    wide = wide.assign(tone=wide.sum(axis=1)).rename(columns={"outlet": "outlet_voice"})
    wide = wide.rename_axis(index="outlet", columns=None).reset_index()
    return wide.assign(n_sentences=tone["n_sentences"].to_numpy(), n_articles=tone["n_articles"].to_numpy())


def _average_shares(shares: pd.DataFrame, scores: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return what each voice or word adds to an outlet's mean of its articles' means, and how often it occurs."""
    sentences, articles = scores.groupby("article_id").size(), scores.groupby("outlet")["article_id"].nunique()
    parts = shares["article_id"].map(sentences) * shares["outlet"].map(articles)
    averaged = shares.assign(mean=shares["share"] / parts).groupby(["outlet", by], as_index=False)
    return averaged.agg(mean=("mean", "sum"), n=("share", "size"), n_articles=("article_id", "nunique"))


def shift_words(read: Reading, *, actor: str, target: str) -> pd.DataFrame:
    """Return which words make up the gap between the tone of one outlet and that of the others around an actor.

    An exact word shift (Gallagher et al. 2021 draw such; here the shares are VADER's own). The gap is the target's
    tone minus the mean of the other outlets' tones, each the mean of its articles' means, names masked.

    One row is a word, marks or rounding: term, voice (`all`), in_target and in_rest (what it adds to either side),
    score (the difference: what it adds to the gap), n_target, n_rest (occurrences), articles_target, articles_rest; the
    largest first. The scores sum to the gap within 1e-9, which is checked. No rows where no outlet has a sentence about
    the actor. Raises ValueError where others have and the target has none, ArithmeticError where a sum is off.
    """
    scores = score_sentences(read, actor=actor)
    if scores.empty:
        return pd.DataFrame(columns=_SHIFT)
    tones = average_tone(scores, "masked_compound").set_index("outlet")["tone"]
    if target not in tones:
        raise ValueError(f"outlet '{target}' has no sentence about '{actor}'; there are: {', '.join(tones.index)}")
    rest = tones.drop(target)
    means = _average_shares(weigh_words(read, scores=scores), scores, "word")
    means["side"] = np.where(means["outlet"] == target, "target", "rest")
    means["mean"] /= means["side"].map({"target": 1, "rest": max(1, len(rest))})
    names = {"mean": "in", "n": "n", "n_articles": "articles"}
    sides = means.groupby(["word", "side"])[list(names)].sum().unstack(fill_value=0)
    sides = sides.reindex(columns=pd.MultiIndex.from_product([names, ["target", "rest"]]), fill_value=0)
    sides.columns = [f"{names[column]}_{side}" for column, side in sides]
    shift = sides.rename_axis(index="term").reset_index().astype({"in_target": float, "in_rest": float})
    shift.insert(1, "voice", ALL_VOICES)
    shift.insert(4, "score", shift["in_target"] - shift["in_rest"])
    off = abs(shift["score"].sum() - (tones[target] - (rest.mean() if len(rest) else 0.0)))
    if off > EXACT:
        raise ArithmeticError(f"the words' shares miss the gap by {off:.1e}")
    shift["size"] = shift["score"].abs().round(12)
    return shift.sort_values(["size", "term"], ascending=[False, True], ignore_index=True).drop(columns="size")


def show_words(read: Reading, shift: pd.DataFrame, *, actor: str, limit: int = 2) -> pd.DataFrame:
    """Return the sentences with the words of a shift, at most `limit` an outlet and word.

    One row is one occurrence: term, outlet, article_id, sentence_no, voice, share (what it adds to its sentence's
    score), before, match, after. Of `shift` only the column `term` is used.
    """
    shares = weigh_words(read, actor=actor)
    ranks = shift[["term"]].assign(rank=range(len(shift)))
    shares = shares[shares["start"].ge(0)].merge(ranks, left_on="word", right_on="term")
    shares = shares.sort_values(["rank", "outlet", "article_id", "start"]).groupby(["rank", "outlet"]).head(limit)
    sentences = read.sentences[[*_SENTENCE, "start", "end", "text"]]
    lines = shares.merge(sentences, on=_SENTENCE, suffixes=("", "_sentence"))
    cut = []
    for text, first in zip(lines["text"], lines["start"] - lines["start_sentence"], strict=True):
        last = first + len(text[first:].split(maxsplit=1)[0])
        cut.append((text[:first], text[first:last], text[last:]))
    lines[["before", "match", "after"]] = pd.DataFrame(cut, columns=["before", "match", "after"], dtype="str")
    columns = ["term", "outlet", *_SENTENCE, "voice", "share", "before", "match", "after"]
    return lines[columns].reset_index(drop=True)
