"""Estimates corrected by hand codes: the machine's number plus the mean of its measured error.

Prediction-powered inference in closed form (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, "Prediction-powered
inference", Science 382), with each coded sentence weighed by how many it stands for and the variance taken by article,
since sentences of one article are alike.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from helpers.attribution import select_sources
from helpers.coding import first_codes, weigh_rows
from helpers.naming import select_mentions
from helpers.reading.selecting import select_rows
from helpers.validation.tone import INSTRUMENTS

if TYPE_CHECKING:
    from helpers.reading import Reading

LEAST_ARTICLES, LEAST_CODES = 10, 40  # of an outlet, below which its number is not corrected
IN_FULL = "coded in full"
_KEYS = ["article_id", "sentence_no"]


class Estimate(NamedTuple):
    """A number of one outlet: raw as the machine has it, corrected, and the 95 % interval of the corrected one."""

    raw: float
    corrected: float
    low: float
    high: float
    note: str


def estimate(
    articles: Sequence[str], machine: np.ndarray, share: np.ndarray, code: np.ndarray, stands_for: np.ndarray
) -> Estimate:
    """Return the sum over sentences of share x truth, from what a machine says of all and a person of some.

    Each argument has one entry a sentence: its article; the machine's number; its share of the estimate (1 for a
    total; 1 / (articles x sentences of its article) for a mean of articles' means); the code, NaN where there is none;
    and how many sentences it stands for (0 where it has no code).
    """
    numbers, names = pd.factorize(np.asarray(articles, dtype=object))
    raw, n = float((share * machine).sum()), len(names)
    has = stands_for > 0
    if not has.any():
        return Estimate(raw, np.nan, np.nan, np.nan, "no codes")
    full = bool(has.all())
    n_coded, n_articles = int(has.sum()), len(np.unique(numbers[has]))
    if not full and (n_articles < LEAST_ARTICLES or n_coded < LEAST_CODES):
        needed = f"{n_articles} articles ({LEAST_ARTICLES} needed), {n_coded} codes ({LEAST_CODES} needed)"
        return Estimate(raw, np.nan, np.nan, np.nan, f"not corrected: {needed}")
    weight = np.where(has, share * stands_for, 0.0)
    scale = share.sum() / weight.sum()  # what the draw missed of the whole, and sentences that turned out none
    error = np.where(has, code - machine, 0.0)
    corrected = raw + scale * float((weight * error).sum())
    if n < LEAST_ARTICLES:
        return Estimate(raw, corrected, np.nan, np.nan, f"{IN_FULL}; {n} article{'' if n == 1 else 's'}, no interval")
    mean_error = float((weight * error).sum() / weight.sum())
    # a total's error is not a mean's: only a mean is centred, a total varies with how many sentences an article has
    centre = mean_error if share.max() < 1 else 0.0
    parts = np.bincount(numbers, share * machine + scale * weight * (error - centre), minlength=n)
    spread = np.sqrt(n / (n - 1) * ((parts - parts.mean()) ** 2).sum())
    reach = float(stdtrit(n - 1, 0.975)) * spread
    return Estimate(raw, corrected, corrected - reach, corrected + reach, IN_FULL if full else "corrected")


def correct_tone(scores: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the mean tone toward one actor by outlet, as instruments have it and corrected by hand codes.

    `scores` is a table of `score_sentences` for one actor, with the columns of `classify_targets` where it is to be
    corrected too; `codes` of `read_codes`, or of `coding.read_labels(corpus, "sentiment")` where all was coded. The
    mean is that of the articles' means; the corrected one is on the codes' scale, -1 to 1.

    One row is outlet x instrument: outlet, instrument, n_sentences, n_articles, n_coded, articles_coded, raw,
    corrected, low, high (95 %, Student's t over articles), note: `corrected`; `coded in full` (then it is the coded
    mean); or `not corrected` with what is missing: ten articles and 40 codes of that outlet.
    """
    coded = first_codes(codes) if "stratum" in codes else _all_coded(codes, scores)
    coded = coded[coded["mentions"].ne(0)] if "mentions" in coded else coded
    coded = coded.drop(columns="actor").merge(scores[[*_KEYS, "outlet"]], on=_KEYS)
    coded = coded.assign(stands_for=weigh_rows(coded, "tone", coded["outlet"]))
    rows = scores.merge(coded[[*_KEYS, "tone", "stands_for"]], on=_KEYS, how="left")
    rows["stands_for"] = rows["stands_for"].fillna(0.0)
    table = []
    for outlet, own in rows.groupby("outlet"):
        sizes = own.groupby("article_id")["text"].transform("size")
        share = 1 / (sizes * own["article_id"].nunique())
        has = own["stands_for"] > 0
        counts = (len(own), own["article_id"].nunique(), int(has.sum()), own.loc[has, "article_id"].nunique())
        for column, instrument in INSTRUMENTS.items():
            if column in own:
                found = estimate(own["article_id"], *(values.to_numpy(float) for values in
                                 (own[column], share, own["tone"], own["stands_for"])))  # fmt: skip
                table.append((outlet, instrument, *counts, *found))
    columns = ["outlet", "instrument", "n_sentences", "n_articles", "n_coded", "articles_coded", *Estimate._fields]
    return pd.DataFrame(table, columns=columns)


def stack_estimates(corrected: pd.DataFrame, instruments: Sequence[str]) -> pd.DataFrame:
    """Return what `charts.forest` draws: by outlet the mean by hand codes, then the raw means of instruments.

    The first of `instruments` is the one whose corrected mean is shown (coded in full, all have the same). One row is
    outlet x series: outlet, series, value, low, high (of the corrected one), n (sentences and codes, as text).
    """
    first = corrected[corrected["instrument"].eq(instruments[0])].assign(series="by hand codes")
    parts = [first.rename(columns={"corrected": "value"})]
    for name in instruments:
        own = corrected[corrected["instrument"].eq(name)]
        parts.append(own.assign(series=name, low=np.nan, high=np.nan).rename(columns={"raw": "value"}))
    rows = pd.concat(parts)
    n = [f"{row.n_sentences:,} sentences\n{row.n_coded:,} coded" for row in rows.itertuples()]
    return rows.assign(n=n)[["outlet", "series", "value", "low", "high", "n"]].reset_index(drop=True)


def _all_coded(labels: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return labels of whole articles in the form of `first_codes`: each stands for itself."""
    labels = labels[labels["problem"].eq("")].drop_duplicates(["article_id", "start", "end", "actor"])
    coded = scores[[*_KEYS, "start", "end", "actor"]].merge(
        labels[["article_id", "start", "end", "actor", "tone"]], on=["article_id", "start", "end", "actor"]
    )
    return coded.assign(tone=coded["tone"].astype(float), stratum="all", probability=1.0)


def correct_counts(read: "Reading", codes: pd.DataFrame, *, actor: str) -> pd.DataFrame:
    """Return how often an outlet mentions an actor and cites a source, as found and corrected by hand codes.

    One row is outlet x what is counted (`mentions` of the actor, `sources` cited in its sentences of any kind):
    outlet, what, n_sentences, n_articles, n_coded, raw, corrected, low, high, note, as in `correct_tone`. Without
    enough codes the note is `not validated`.
    """
    coded = first_codes(codes) if len(codes) else pd.DataFrame(columns=[*_KEYS, "mentions", "sources"])
    coded = coded[coded["actor"].eq(actor)] if len(coded) else coded
    rows = select_rows(read, "sentences", ["outlet", *_KEYS])
    rows = rows.merge(coded.drop(columns="actor", errors="ignore"), on=_KEYS, how="left")
    cited = select_sources(read, [*_KEYS, "parent_id"])
    cited = cited[cited["parent_id"].eq("")]
    found = {
        "mentions": select_mentions(read, actor=actor, columns=_KEYS).groupby(_KEYS).size(),
        "sources": cited.groupby(_KEYS).size(),
    }
    places, table = pd.MultiIndex.from_frame(rows[_KEYS]), []
    for what, sizes in found.items():
        machine = sizes.reindex(places).fillna(0).to_numpy(float)
        stands_for = np.zeros(len(rows))
        if len(coded):
            has = rows["stratum"].notna()
            stands_for[has] = weigh_rows(rows[has], what, rows.loc[has, "outlet"])
        for outlet, own in rows.groupby("outlet"):
            at = own.index.to_numpy()
            weights = stands_for[at]
            one = estimate(own["article_id"], machine[at], np.ones(len(at)), own[what].to_numpy(float), weights)
            note = (
                one.note if one.note.startswith(("corrected", IN_FULL)) else one.note.replace("corrected", "validated")
            )
            note = "not validated: no codes" if note == "no codes" else note
            counts = (len(own), own["article_id"].nunique(), int((weights > 0).sum()))
            table.append((outlet, what, *counts, *one[:-1], note))
    columns = ["outlet", "what", "n_sentences", "n_articles", "n_coded", *Estimate._fields]
    return pd.DataFrame(table, columns=columns)
