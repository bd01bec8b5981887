"""Means corrected by hand codes, and how many more codes a difference between outlets needs.

Corrected is the machine's mean plus the mean of its error in the coded sentences: prediction-powered inference in
closed form (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, "Prediction-powered inference", Science 382). Each
coded sentence stands for as many as its chance of being drawn says, and the interval is that of the draw (Särndal,
Swensson & Wretman 1992, "Model Assisted Survey Sampling", ch. 6): it is about the mean that coding every sentence of
these articles would give, not about what the outlet will print.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from helpers.lexicons import read_lexicon
from helpers.reading.schemas import LEVEL

# of tone: the column of their scores -> their name
INSTRUMENTS = {row["scores"]: row["instrument"] for row in read_lexicon("instruments.csv") if row["scores"]}
TONE_NAMES = {-1: "negative", 0: "neutral", 1: "positive"}  # of codes, and of the labels of the classifier
MACHINE = "machine "  # before its name: the column of a machine of labels/machines/
BY_HAND = "by hand codes"
Z = float(ndtri(1 - LEVEL / 2))  # standard errors from a mean to either end of its 95% interval
IN_FULL = "coded in full: more codes change nothing"
LEAST_CODES = 20  # of an outlet, below which its mean is not corrected
_PLACE, SPAN = ["article_id", "sentence_no", "actor"], ["article_id", "start", "end", "actor"]


def name_instruments(scores: pd.DataFrame) -> dict[str, str]:
    """Return the columns of a table of scores that are an instrument's, and its name; machines of others come last."""
    others = {column: column.removeprefix(MACHINE) for column in scores.columns if column.startswith(MACHINE)}
    return {column: name for column, name in {**INSTRUMENTS, **others}.items() if column in scores}


def join_codes(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the coded sentences, with the code as the column tone (-1, 0 or 1) and its `weight`.

    The weight is 1 / `probability` of the labels: how many sentences about the actor one stands for (1: all is coded).
    """
    usable = labels[labels["problem"].eq("")]
    usable = usable[[*SPAN, "tone"]].assign(weight=1 / usable["probability"] if "probability" in usable else 1.0)
    numbers = dict.fromkeys(["start", "end"], "int64")
    return scores.astype(numbers).merge(usable.astype(numbers | {"tone": "int64"}), on=SPAN)


def weigh_tones(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.Series:
    """Return the mean code by outlet, of one actor: that of its articles' means, as far as they are coded.

    Each code counts for as many sentences as it stands for (Hájek's estimator), so that a sheet of the sentences that
    the machine doubts most gives the mean of all.
    """
    sizes = scores.groupby("article_id")["actor"].transform("size")
    coded = join_codes(scores.assign(size=sizes), labels)
    share = coded["weight"] / coded["size"]
    sums = pd.DataFrame({"tone": coded["tone"] * share, "share": share}).groupby(coded["outlet"]).sum()
    return sums["tone"] / sums["share"]


def correct_mean(
    machine: np.ndarray, share: np.ndarray, code: np.ndarray, stands_for: np.ndarray
) -> tuple[float, float]:
    """Return the sum over sentences of share x truth, and its standard error (widened as Student's t is for few codes).

    Each argument has one entry a sentence: the machine's number; its share of the estimate (of a mean of articles'
    means: 1 / (articles x sentences of its article)); the code; how many sentences it stands for (0: no code).
    """
    has = stands_for > 0
    weight = np.where(has, share * stands_for, 0.0)
    weight *= share.sum() / weight.sum()  # makes up for what was not drawn
    error = np.where(has, code - machine, 0.0)
    mean = float((weight * error).sum() / share.sum())
    missed = np.where(has, 1 - 1 / np.maximum(stands_for, 1), 0.0)  # nothing is left to chance in what is always drawn
    parts = missed * (weight * (error - mean)) ** 2
    # of freedom: two thirds of the codes where errors are normal, few where a few codes make most of the variance
    degrees = max(2.0, 2 * parts.sum() ** 2 / max((parts**2).sum(), 1e-300))
    wider = float(stdtrit(degrees, 1 - LEVEL / 2)) / Z
    return float((share * machine).sum()) + mean * float(share.sum()), wider * float(np.sqrt(parts.sum()))


def correct_tone(scores: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the mean tone toward one actor by outlet: by hand codes, and as instruments have it.

    `scores` is a table of `score_sentences` for one actor, with the columns of `classify_targets` and of
    `coding.add_machines` or without; `codes` of `read_codes`, or of `coding.read_labels(corpus, "sentiment")` where all
    was coded. The mean is that of the articles' means. By hand codes it is the mean of the last instrument that scored
    every sentence plus that of its error, on the codes' scale.

    One row is outlet x series, as `charts.forest` draws it: outlet, series (`by hand codes`, then the instruments),
    value, low, high (95%; by hand codes alone), n_coded, n (in words), note (of the hand codes: `corrected`; `coded in
    full`, then it is the coded mean and needs no interval; or `not corrected`: 20 codes of the outlet are needed).
    """
    if "stratum" not in codes:  # whole articles are coded: each sentence stands for itself
        codes = join_codes(scores, codes.drop_duplicates(SPAN)).assign(stratum="", probability=1.0)
    keys = [*_PLACE, "stratum", "probability"]
    coded = codes.groupby(keys, as_index=False)["tone"].mean().merge(scores[[*_PLACE, "outlet"]], on=_PLACE)
    coded["drawn"], coded["has"] = 1 / coded["probability"], coded["tone"].notna() / coded["probability"]
    totals = coded.groupby(["outlet", "stratum"])[["drawn", "has"]].transform("sum")
    # what has no tone stands for none, and is made up for by the others of its outlet and stratum
    coded["stands_for"] = (coded["has"] * totals["drawn"] / totals["has"]).fillna(0.0)
    rows = scores.merge(coded[[*_PLACE, "tone", "stands_for"]], on=_PLACE, how="left").fillna({"stands_for": 0.0})
    names, table = name_instruments(rows), []
    machine = [column for column in names if rows[column].notna().all()][-1]
    for outlet, own in rows.groupby("outlet"):
        articles, n_coded = own.groupby("article_id"), int(own["stands_for"].gt(0).sum())
        share = 1 / (articles["text"].transform("size") * articles.ngroups)
        n, value, reach = f"{len(own):,} sentences\n{n_coded:,} coded", np.nan, np.nan
        note = "coded in full" if n_coded == len(own) else "corrected"
        if n_coded < min(LEAST_CODES, len(own)):
            note = f"not corrected: {n_coded} of {min(LEAST_CODES, len(own))} codes needed" if n_coded else "no codes"
        else:
            columns = (own[machine], share, own["tone"], own["stands_for"])
            value, error = correct_mean(*(column.to_numpy(float) for column in columns))
            reach = np.nan if n_coded == len(own) else Z * error
        table.append((outlet, BY_HAND, value, value - reach, value + reach, n_coded, n, note))
        means = articles[[*names]].mean().mean()
        table += [(outlet, name, means[column], np.nan, np.nan, n_coded, n, "") for column, name in names.items()]
    return pd.DataFrame(table, columns=["outlet", "series", "value", "low", "high", "n_coded", "n", "note"])


def plan_codes(corrected: pd.DataFrame) -> pd.DataFrame:
    """Return how far each outlet's mean by hand codes is from that of the others, and how many codes may still move it.

    `corrected` is a table of `correct_tone`. One row is an outlet whose mean is corrected or coded in full: outlet,
    difference (from the mean of such others), low, high (95% for all outlets together: Bonferroni), n_coded, n_more
    (codes of all outlets, drawn in the same way, until the interval leaves 0 out: variance falls as 1 / n; 0 once it
    does; empty where there is no difference) and note. Where every sentence of all is coded, the draw leaves nothing to
    chance: low, high and n_more are empty, and the note says so. That is about these articles, as these coders read
    them: other articles, or another reader, may still differ.
    """
    own = corrected[corrected["series"].eq(BY_HAND) & corrected["value"].notna()].set_index("outlet")
    own = own if len(own) > 1 else own.head(0)
    square = ((own["high"] - own["low"]) / 2 / Z).fillna(0.0) ** 2
    others = max(1, len(own) - 1)
    gap = own["value"] - (own["value"].sum() - own["value"]) / others
    reach = ndtri(1 - LEVEL / 2 / (others + 1)) * np.sqrt(square + (square.sum() - square) / others**2)
    reach = reach.where(reach.gt(0))
    more = np.ceil(own["n_coded"].sum() * ((reach / gap.where(gap.ne(0))) ** 2 - 1)).clip(lower=0).astype("Int64")
    note = reach.isna().map({True: IN_FULL, False: ""})
    planned = {"difference": gap, "low": gap - reach, "high": gap + reach, "n_coded": own["n_coded"], "n_more": more}
    return pd.DataFrame(planned | {"note": note}).reset_index()
