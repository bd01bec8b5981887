"""Estimates corrected by hand codes, and how many sentences a difference in tone would need.

Corrected is the machine's number plus the mean of its measured error: prediction-powered inference in closed form
(Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, "Prediction-powered inference", Science 382), with each coded
sentence weighted by how many it stands for and the variance taken by article, since sentences of one article are alike.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

INSTRUMENTS = {  # of tone: the column of their scores -> their name
    "compound": "VADER, as printed",
    "masked_compound": "VADER, names masked",
    "target_score": "classifier of tone toward a target",
}
BY_HAND = "by hand codes"
LEAST_ARTICLES, LEAST_CODES = 10, 40  # of an outlet, below which its number is not corrected
IN_FULL = "coded in full"
DIFFERENCES = (0.1, 0.2, 0.4)
POWER, LEVEL = 0.8, 0.05
Numbers = np.ndarray | pd.Series
_PLACE, _SPAN = ["article_id", "sentence_no"], ["article_id", "start", "end", "actor"]


class Estimate(NamedTuple):
    """A number of one outlet: raw as the machine has it, corrected, and the 95% interval of the corrected one."""

    raw: float
    corrected: float
    low: float
    high: float
    note: str


def join_codes(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the coded sentences, with the code as the column tone (-1, 0 or 1)."""
    usable = labels[labels["problem"].eq("")]
    numbers = dict.fromkeys(["start", "end", "tone"], "int64")
    return scores.astype({"start": "int64", "end": "int64"}).merge(usable[[*_SPAN, "tone"]].astype(numbers), on=_SPAN)


def weigh_codes(codes: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the tone of each sentence of a coded sheet (the coders' mean), and how many sentences it stands for.

    Sentences in which the coders found no mention of the actor are left out. What has no tone stands for none, and is
    made up for by the others of its outlet and stratum.
    """
    keys = [*_PLACE, "start", "end", "stratum", "probability"]
    coded = codes.groupby(keys, as_index=False)[["mentions", "tone"]].mean()
    coded = coded[coded["mentions"].ne(0)].merge(scores[[*_PLACE, "outlet"]], on=_PLACE)
    has = coded["tone"].notna()
    sums = coded.assign(drawn=1 / coded["probability"], has=has).groupby(["outlet", "stratum"])[["drawn", "has"]]
    totals = sums.transform("sum")
    return coded.assign(stands_for=(totals["drawn"] / totals["has"]).where(has, 0.0))


def estimate(articles: Sequence[str], machine: Numbers, share: Numbers, code: Numbers, stands_for: Numbers) -> Estimate:
    """Return the sum over sentences of share x truth, from what a machine says of all and a person of some.

    Each argument has one entry a sentence: its article; the machine's number; its share of the estimate (of a mean of
    articles' means: 1 / (articles x sentences of its article)); the code, NaN where there is none; and how many
    sentences it stands for (0 where it has no code).
    """
    numbers, names = pd.factorize(np.asarray(articles, dtype=object))
    raw, n = float((share * machine).sum()), len(names)
    has = stands_for > 0
    if not has.any():
        return Estimate(raw, np.nan, np.nan, np.nan, "no codes")
    n_coded, n_articles = int(has.sum()), len(np.unique(numbers[has]))
    if not has.all() and (n_articles < LEAST_ARTICLES or n_coded < LEAST_CODES):
        needed = f"articles: {n_articles} of {LEAST_ARTICLES} needed, codes: {n_coded} of {LEAST_CODES} needed"
        return Estimate(raw, np.nan, np.nan, np.nan, f"not corrected: {needed}")
    weight = np.where(has, share * stands_for, 0.0)
    scale = share.sum() / weight.sum()  # makes up for what was not drawn, or turned out not to mention the actor
    error = np.where(has, code - machine, 0.0)
    corrected = raw + scale * float((weight * error).sum())
    if n < LEAST_ARTICLES:
        return Estimate(raw, corrected, np.nan, np.nan, f"{IN_FULL}; {n} article{'' if n == 1 else 's'}, no interval")
    centred = error - float((weight * error).sum() / weight.sum())
    parts = np.bincount(numbers, share * machine + scale * weight * centred, minlength=n)
    spread = np.sqrt(n / (n - 1) * ((parts - parts.mean()) ** 2).sum())
    reach = float(stdtrit(n - 1, 0.975)) * spread
    return Estimate(raw, corrected, corrected - reach, corrected + reach, IN_FULL if has.all() else "corrected")


def correct_tone(scores: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the mean tone toward one actor by outlet: by hand codes, and as instruments have it.

    `scores` is a table of `score_sentences` for one actor, with the columns of `classify_targets` or without; `codes`
    of `read_codes`, or of `coding.read_labels(corpus, "sentiment")` where all was coded. The mean is that of the
    articles' means. By hand codes it is the mean of the last instrument plus that of its error, on the codes' scale.

    One row is outlet x series, as `charts.forest` draws it: outlet, series (`by hand codes`, then the instruments),
    value, low, high (95%, Student's t over articles; by hand codes alone), n_coded, n (in words), note (of the hand
    codes: `corrected`; `coded in full`, then it is the coded mean; or `not corrected` with what is missing: ten
    articles and 40 codes of that outlet).
    """
    if "stratum" in codes:
        coded = weigh_codes(codes, scores)
    else:  # whole articles are coded: each sentence stands for itself
        usable = codes[codes["problem"].eq("")].drop_duplicates(_SPAN)
        coded = join_codes(scores, usable).assign(stands_for=1.0)
    rows = scores.merge(coded[[*_PLACE, "tone", "stands_for"]], on=_PLACE, how="left").fillna({"stands_for": 0.0})
    columns, table = [column for column in INSTRUMENTS if column in rows], []
    for outlet, own in rows.groupby("outlet"):
        sizes, n_articles = own.groupby("article_id")["text"].transform("size"), own["article_id"].nunique()
        share, n_coded = 1 / (sizes * n_articles), int(own["stands_for"].gt(0).sum())
        n = f"{len(own):,} sentences\n{n_coded:,} coded"
        found = estimate(own["article_id"], own[columns[-1]], share, own["tone"], own["stands_for"])
        table.append((outlet, BY_HAND, found.corrected, found.low, found.high, n_coded, n, found.note))
        raw = own[columns].mul(share, axis=0).sum()
        table += [(outlet, INSTRUMENTS[name], raw[name], np.nan, np.nan, n_coded, n, "") for name in columns]
    return pd.DataFrame(table, columns=["outlet", "series", "value", "low", "high", "n_coded", "n", "note"])


def count_needed(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return how many sentences about an actor each of two outlets needs for a difference in their tone to be seen.

    The difference is between mean codes (-1 to 1); it is seen with 80% power in a two-sided test at 5%. A score that
    follows the codes with slope b shows b times the difference, among scores that spread by sd: n = 2 (z + z')^2 sd^2 /
    (b difference)^2, times the design effect of coding several sentences of one article (`find_cost`).

    `scores` and `labels` as in `measure_tone`. One row is instrument x difference: instrument (`codes by hand`
    first), slope with slope_low (of its 95% interval, sentences taken as independent), sd, difference, n_sentences (an
    outlet; empty where the slope is not above 0 beyond doubt: the score does not follow the codes).

    Source: Cohen 1988, "Statistical Power Analysis", ch. 2; Kish 1965, "Survey Sampling", ch. 5, for the cost.
    """
    from scipy.stats import linregress  # slow to import

    columns = ["instrument", "slope", "slope_low", "sd", "difference", "n_sentences"]
    both = join_codes(scores, labels)
    if len(both) < 3 or both["tone"].nunique() < 2:
        return pd.DataFrame(columns=columns)
    reach = (ndtri(1 - LEVEL / 2) + ndtri(POWER)) ** 2
    cost, rows = find_cost(both), []
    for column, instrument in {"tone": "codes by hand", **INSTRUMENTS}.items():
        if column not in both or both[column].nunique() < 2:
            continue
        values = both[column].astype(float)
        line, sd = linregress(both["tone"], values), float(values.std())
        low = line.slope - ndtri(1 - LEVEL / 2) * line.stderr
        for difference in DIFFERENCES:
            n = ceil(2 * reach * sd**2 / (line.slope * difference) ** 2 * cost) if low > 0 else None
            rows.append((instrument, line.slope, low, sd, difference, n))
    return pd.DataFrame(rows, columns=columns).astype({"n_sentences": "Int64"})


def find_cost(both: pd.DataFrame) -> float:
    """Return the design effect: by how much alike sentences of one article multiply the sentences needed, 1 or more.

    1 + (m - 1) r, where m sentences of an article are coded on average and r is the intraclass correlation (ANOVA
    estimator) of their codes. `both` has the columns article_id and tone.
    """
    groups = both.groupby("article_id")["tone"].agg(["size", "mean", "var"])
    sizes, n, k = groups["size"], len(both), len(groups)
    if k < 2 or n == k:
        return 1.0
    usual = (n - (sizes**2).sum() / n) / (k - 1)  # of unequal groups
    between = (sizes * (groups["mean"] - both["tone"].mean()) ** 2).sum() / (k - 1)
    within = ((sizes - 1) * groups["var"]).sum() / (n - k)
    likeness = (between - within) / (between + (usual - 1) * within) if between + within else 0.0
    return 1 + (n / k - 1) * max(0.0, float(likeness))
