"""How many sentences a difference in tone would need to be seen, at the error an instrument was measured to have."""

from collections.abc import Sequence
from math import ceil

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.validation.tone import INSTRUMENTS, join_codes

DIFFERENCES = (0.1, 0.2, 0.4)
POWER, LEVEL = 0.8, 0.05
BY_HAND = "codes by hand"


def count_needed(
    scores: pd.DataFrame, labels: pd.DataFrame, differences: Sequence[float] = DIFFERENCES
) -> pd.DataFrame:
    """Return how many sentences about an actor each of two outlets needs for a difference in their tone to be seen.

    A difference is of mean codes (-1 to 1); it is seen with 80 % power in a two-sided test at 5 %. A score that
    follows the codes with slope b shows b times the difference, among scores that spread by sd: n = 2 (z + z')^2 sd^2 /
    (b difference)^2, times what the likeness of the sentences of one article costs, 1 + (m - 1) r, where m sentences
    of an article are coded on average and r is the intraclass correlation of their codes.

    `scores` and `labels` as in `measure_tone`. One row is instrument x difference: instrument (`codes by hand`
    first), slope with slope_low and slope_high (95 %, sentences taken as independent), sd, difference, n_sentences
    (an outlet; empty where the slope is not above 0 beyond doubt: the score does not follow the codes).

    Source: Cohen 1988, "Statistical Power Analysis", ch. 2; Kish 1965, "Survey Sampling", ch. 5, for the cost.
    """
    from scipy.stats import linregress

    both = join_codes(scores, labels)
    if len(both) < 3 or both["tone"].nunique() < 2:
        return pd.DataFrame(
            columns=["instrument", "slope", "slope_low", "slope_high", "sd", "difference", "n_sentences"]
        )
    reach = (ndtri(1 - LEVEL / 2) + ndtri(POWER)) ** 2
    cost, rows = find_cost(both), []
    for column, instrument in {"tone": BY_HAND, **INSTRUMENTS}.items():
        if column not in both or both[column].nunique() < 2:
            continue
        values = both[column].astype(float)
        line, sd = linregress(both["tone"], values), float(values.std())
        low, high = (line.slope + sign * ndtri(0.975) * line.stderr for sign in (-1, 1))
        for difference in differences:
            n = 2 * reach * sd**2 / (line.slope * difference) ** 2 * cost if low > 0 else np.nan
            rows.append((instrument, line.slope, low, high, sd, difference, ceil(n) if low > 0 else None))
    table = pd.DataFrame(
        rows, columns=["instrument", "slope", "slope_low", "slope_high", "sd", "difference", "n_sentences"]
    )
    return table.astype({"n_sentences": "Int64"})


def find_cost(both: pd.DataFrame) -> float:
    """Return by how much the likeness of the sentences of one article multiplies the sentences needed, 1 or more."""
    groups = both["tone"].astype(float).groupby(both["article_id"])
    sizes, n, k = groups.size(), len(both), groups.ngroups
    if k < 2 or n == k:
        return 1.0
    usual = (n - (sizes**2).sum() / n) / (k - 1)  # of unequal groups
    between = (sizes * (groups.mean() - both["tone"].mean()) ** 2).sum() / (k - 1)
    within = groups.apply(lambda own: ((own - own.mean()) ** 2).sum()).sum() / (n - k)
    likeness = (between - within) / (between + (usual - 1) * within) if between + within else 0.0
    return 1 + (n / k - 1) * max(0.0, float(likeness))
