"""How far two coders agree."""

import krippendorff
import numpy as np
import pandas as pd

from helpers.coding import CODES

LEVELS = {"mentions": "interval", "tone": "ordinal", "voice": "nominal", "sources": "interval"}
LEAST_ARTICLES = 10  # below it no interval
DRAWS = 999


def measure_coders(codes: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Return Krippendorff's alpha of each thing that two or more coders coded.

    `codes` is the table of `read_codes`. One row is one thing coded: code, n_coders, n_both (sentences that at least
    two coded), n_same (of those, coded alike by all), alpha (1: as one; 0: as by chance; empty where all codes are
    alike: chance cannot be told from agreement), and its 95 % interval low, high (999 bootstrap draws of articles;
    empty under ten articles). Tone counts as ordinal, numbers as interval, voice as nominal. Empty with one coder.

    Source: Krippendorff 2019, "Content Analysis", 4th ed., ch. 12; package krippendorff.
    """
    rows = []
    keys = ["article_id", "start", "end", "actor"]
    for code in CODES:
        own = codes[codes[code].notna()]
        values, _ = pd.factorize(own[code], sort=True)
        own = own.assign(value=values if code == "voice" else own[code].astype(float))
        wide = own.pivot_table(index=keys, columns="coder", values="value", aggfunc="first")
        wide = wide[wide.notna().sum(axis=1) >= 2]
        if wide.empty:
            continue
        same = int(wide.nunique(axis=1).eq(1).sum())
        low, high = _bootstrap(wide, LEVELS[code], seed)
        rows.append((code, wide.shape[1], len(wide), same, _alpha(wide, LEVELS[code]), low, high))
    return pd.DataFrame(rows, columns=["code", "n_coders", "n_both", "n_same", "alpha", "low", "high"])


def _alpha(wide: pd.DataFrame, level: str) -> float:
    values = wide.to_numpy(float).T
    if len(np.unique(values[~np.isnan(values)])) < 2:
        return float("nan")
    return round(float(krippendorff.alpha(values, level_of_measurement=level)), 12)


def _bootstrap(wide: pd.DataFrame, level: str, seed: int) -> tuple[float, float]:
    articles = [rows for _, rows in wide.groupby(level="article_id")]
    if len(articles) < LEAST_ARTICLES:
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    draws = [
        _alpha(pd.concat([articles[n] for n in rng.integers(len(articles), size=len(articles))]), level)
        for _ in range(DRAWS)
    ]
    if np.isnan(draws).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return round(float(low), 12), round(float(high), 12)


def list_disagreements(codes: pd.DataFrame, code: str = "tone") -> pd.DataFrame:
    """Return the sentences that coders coded differently, to be talked over: one row a sentence, a column a coder."""
    keys = ["number", "article_id", "sentence_no", "start", "end"]
    wide = codes[codes[code].notna()].pivot_table(index=keys, columns="coder", values=code, aggfunc="first")
    wide = wide[wide.nunique(axis=1).gt(1)]
    order = wide.reset_index().sort_values("number", key=lambda rows: rows.astype(int), ignore_index=True)
    return order.rename_axis(columns=None)
