"""What a difference in tone is made of: each word's exact share of the scores, by voice."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.reading import select_rows
from helpers.reading.masking import place_words
from helpers.reading.valences import Weighed, split_score, weigh_texts
from helpers.sentiment.sentences import average_tone, score_sentences

if TYPE_CHECKING:
    from helpers.reading import Reading

EMPHASIS, ROUNDING = "(! and ?)", "(rounding)"
EXACT = 1e-9  # by how much a sum of shares may differ from what it must sum to
_KEYS = ["actor", "outlet", "article_id", "sentence_no"]


def weigh_words(read: "Reading", *, actor: str | None = None, masked: bool = True) -> pd.DataFrame:
    """Return what each word adds to VADER's score of the sentences that mention an actor.

    One row is one word with a valence in one sentence x actor, or what exclamation and question marks, or the
    library's rounding to four digits, add there. Columns: actor, outlet, article_id, sentence_no, word (small
    letters), start (its first character in `articles.text`; -1 for marks and rounding), voice (that of the passage
    it stands in; for marks and rounding that of the sentence's first word with a valence) and share: its valence
    after boosters, negation and "but", over the root that the library divides by. The shares of a sentence sum to
    its score within 1e-9, which is checked.

    `masked`: of the sentence with names masked, else as printed. Raises ArithmeticError where a sum is not exact.
    """
    return _weigh(read, score_sentences(read, actor=actor), masked)


def _weigh(read: "Reading", sentences: pd.DataFrame, masked: bool) -> pd.DataFrame:
    column, score = ("masked", "masked_compound") if masked else ("text", "compound")
    weighed = weigh_texts(sentences[column])
    keys = ["article_id", "sentence_no"]
    about = select_rows(read, "passages", [*keys, "start", "voice"], among=sentences[keys].drop_duplicates())
    passages: dict[tuple[str, int], tuple[list[int], list[str]]] = {}
    for article_id, sentence_no, start, voice in zip(*(about[name].tolist() for name in about), strict=True):
        starts, voices = passages.setdefault((article_id, sentence_no), ([], []))
        starts.append(start)
        voices.append(voice)
    rows = []
    for row in sentences.itertuples():
        one = weighed[getattr(row, column)]
        places = place_words(row.text, getattr(row, column))
        starts, voices = passages[row.article_id, row.sentence_no]
        rows += [
            (row.actor, row.outlet, row.article_id, row.sentence_no, *share)
            for share in _split(one, [row.start + place for place in places], starts, voices)
        ]
    shares = pd.DataFrame(rows, columns=[*_KEYS, "word", "start", "voice", "share"])
    _check_sums(shares, sentences, score)
    return shares.astype({"start": "int64", "share": float})


def _split(
    one: Weighed, places: Sequence[int], starts: Sequence[int], voices: Sequence[str]
) -> Iterator[tuple[str, int, str, float]]:
    """Yield word, start, voice and share of each row of one sentence."""
    if not one.words:
        return
    shares, emphasis, rounding = split_score(one)
    heard = [voices[max(0, bisect_right(starts, places[at]) - 1)] for _, at, _ in one.words]
    for (word, at, _), voice, share in zip(one.words, heard, shares, strict=True):
        yield word, places[at], voice, share
    for word, share in ((EMPHASIS, emphasis), (ROUNDING, rounding)):
        if share:
            yield word, -1, heard[0], share


def _check_sums(shares: pd.DataFrame, sentences: pd.DataFrame, score: str) -> None:
    summed = shares.groupby(_KEYS)["share"].sum().reindex(pd.MultiIndex.from_frame(sentences[_KEYS]), fill_value=0.0)
    off = abs(summed.to_numpy(float) - sentences[score].to_numpy(float))
    if len(off) and off.max() > EXACT:
        raise ArithmeticError(f"the shares of a sentence miss its score by {off.max():.1e}")


def split_voices(read: "Reading", *, actor: str, masked: bool = True) -> pd.DataFrame:
    """Return how much of an outlet's mean tone is said in its own voice, in paraphrase and in quotation.

    One row is one outlet: outlet, outlet_voice, paraphrase, quote (what the words of each voice add to the mean of
    the articles' means), tone (their sum), n_sentences, n_articles.
    """
    scores = score_sentences(read, actor=actor)
    tone = average_tone(scores, "masked_compound" if masked else "compound")
    means = _average(_weigh(read, scores, masked), scores, ["voice"])
    wide = means.pivot_table(index="outlet", columns="voice", values="mean", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(index=tone["outlet"], columns=["outlet", "paraphrase", "quote"], fill_value=0.0)
    wide = wide.rename(columns={"outlet": "outlet_voice"}).rename_axis(index="outlet", columns=None).reset_index()
    wide["tone"] = wide[["outlet_voice", "paraphrase", "quote"]].sum(axis=1)
    return wide.assign(n_sentences=tone["n_sentences"].to_numpy(), n_articles=tone["n_articles"].to_numpy())


def _average(shares: pd.DataFrame, scores: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return what each kind of row adds to an outlet's mean of its articles' means, and how often it occurs."""
    sentences, articles = scores.groupby("article_id").size(), scores.groupby("outlet")["article_id"].nunique()
    parts = shares["article_id"].map(sentences) * shares["outlet"].map(articles)
    return (
        shares.assign(mean=shares["share"] / parts)
        .groupby(["outlet", *by], as_index=False)
        .agg(mean=("mean", "sum"), n=("share", "size"), n_articles=("article_id", "nunique"))
    )


def shift_words(
    read: "Reading", *, actor: str, target: str, voice: str | None = None, masked: bool = True
) -> pd.DataFrame:
    """Return which words make the gap between the tone of one outlet and that of the others around an actor.

    An exact word shift (Gallagher et al. 2021 draw such; here the shares are VADER's own). The gap is the target's
    tone minus the mean of the other outlets' tones, each the mean of its articles' means.

    One row is a word, marks or rounding: term, voice (`all`, or the one asked for), in_target and in_rest (what it
    adds to either side), score (the difference: what it adds to the gap), n_target, n_rest (occurrences),
    articles_target, articles_rest; the largest first. Over all voices the scores sum to the gap within 1e-9, which is
    checked. Raises ValueError where the target has no sentence about the actor, ArithmeticError where a sum is off.
    """
    scores = score_sentences(read, actor=actor)
    tone = average_tone(scores, "masked_compound" if masked else "compound")
    if target not in set(tone["outlet"]):
        raise ValueError(f"outlet '{target}' has no sentence about '{actor}'; there are: {', '.join(tone['outlet'])}")
    shares = _weigh(read, scores, masked)
    if voice is not None:
        shares = shares[shares["voice"] == voice]
    means = _average(shares, scores, ["word"]).assign(rest=lambda rows: rows["outlet"].ne(target))
    others = max(1, tone["outlet"].nunique() - 1)
    means["mean"] = means["mean"] / means["rest"].map({True: others, False: 1})
    sides = means.groupby(["word", "rest"])[["mean", "n", "n_articles"]].sum().unstack(fill_value=0)
    sides = sides.reindex(
        columns=pd.MultiIndex.from_product([["mean", "n", "n_articles"], [False, True]]), fill_value=0
    )
    shift = pd.DataFrame({
        "term": sides.index, "voice": voice or "all", "in_target": sides["mean", False].to_numpy(float),
        "in_rest": sides["mean", True].to_numpy(float),
        "n_target": sides["n", False].to_numpy("int64"), "n_rest": sides["n", True].to_numpy("int64"),
        "articles_target": sides["n_articles", False].to_numpy("int64"),
        "articles_rest": sides["n_articles", True].to_numpy("int64"),
    })  # fmt: skip
    shift.insert(4, "score", shift["in_target"] - shift["in_rest"])
    if voice is None:
        values = tone.set_index("outlet")["tone"]
        rest = values.drop(target).mean() if len(values) > 1 else 0.0
        off = abs(shift["score"].sum() - (values[target] - rest))
        if off > EXACT:
            raise ArithmeticError(f"the words' shares miss the gap by {off:.1e}")
    size = shift["score"].abs().round(12).rename("size")
    order = shift.join(size).sort_values(["size", "term"], ascending=[False, True]).index
    return shift.loc[order].reset_index(drop=True)


def show_words(
    read: "Reading", shift: pd.DataFrame, *, actor: str, masked: bool = True, limit: int = 2
) -> pd.DataFrame:
    """Return the sentences in which the words of a shift stand, at most `limit` an outlet and word.

    One row is one occurrence: term, outlet, article_id, sentence_no, voice, share (what it adds to its sentence's
    score), before, match, after. Words of other columns of `shift` than `term` are not asked for.
    """
    shares = weigh_words(read, actor=actor, masked=masked)
    shares = shares[shares["start"].ge(0)].merge(
        shift[["term"]].assign(rank=range(len(shift))), left_on="word", right_on="term"
    )
    shares = shares.sort_values(["rank", "outlet", "article_id", "start"]).groupby(["rank", "outlet"]).head(limit)
    sentences = read.sentences[["article_id", "sentence_no", "start", "end", "text"]]
    lines = shares.merge(sentences, on=["article_id", "sentence_no"], suffixes=("", "_sentence"))
    first = lines["start"] - lines["start_sentence"]
    words = [re.match(r"\S+", text[at:])[0] for text, at in zip(lines["text"], first, strict=True)]
    cut = [(t[:a], w, t[a + len(w) :]) for t, a, w in zip(lines["text"], first, words, strict=True)]
    lines[["before", "match", "after"]] = pd.DataFrame(cut, columns=["before", "match", "after"], dtype="str")
    columns = ["term", "outlet", "article_id", "sentence_no", "voice", "share", "before", "match", "after"]
    return lines[columns].reset_index(drop=True)
