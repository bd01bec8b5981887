"""The measures of a contrast, as formulas on counts. Pure: arrays in, arrays out.

`a` and `b` are how often a term stands in the target and in the rest; `n_a` and `n_b` how many terms of its order
(words, pairs of words) stand there in all. Each is an array that broadcasts against the others.
"""

import numpy as np
from scipy.special import xlogy

STRENGTHS = (0.1, 1.0, 10.0)  # of the prior, in sizes of the smaller side


def score_log_odds(
    a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, prior: np.ndarray, total: np.ndarray
) -> np.ndarray:
    """Return the difference of the log odds of a term, shrunk by an informative Dirichlet prior.

    `prior` is the pseudo-count of the term, `total` that of all terms of its order. Natural logarithms; above 0: more
    in the target. Source: Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16, eq. 16.
    """
    a, b, n_a, n_b = a + prior, b + prior, n_a + total, n_b + total
    return np.log(a / (n_a - a)) - np.log(b / (n_b - b))


def rank_log_odds(a: np.ndarray, b: np.ndarray, prior: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Return z: the difference over its standard deviation, by the two-term approximation (eq. 19, 20 and 22).

    It treats words as drawn one by one, which words of an article are not: it ranks terms and tests nothing.
    """
    return delta / np.sqrt(1 / (a + prior) + 1 / (b + prior))


def score_g2(a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the log-likelihood ratio G2 of the four-cell table, with the sign of the difference of rates.

    Source: Dunning 1993, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics
    19; the form of quanteda's "lr" and pycorpdiff's "dunning" (Rayson & Garside 2000 take two cells only).
    """
    both, n = a + b, n_a + n_b
    cells = ((a, n_a * both / n), (b, n_b * both / n), (n_a - a, n_a * (n - both) / n), (n_b - b, n_b * (n - both) / n))
    value = 2 * sum(xlogy(seen, seen) - xlogy(seen, expected) for seen, expected in cells)
    return np.maximum(value, 0) * np.sign(a * n_b - b * n_a)


def score_log_ratio(a: np.ndarray, b: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the binary logarithm of the ratio of rates: 1 = twice as often in the target, -1 = half as often.

    A count of 0 is taken as 0.5. Source: Hardie 2014, "Log Ratio: an informal introduction".
    """
    rate_a, rate_b = (np.where(x > 0, x, 0.5) / n for x, n in ((a, n_a), (b, n_b)))
    return np.log2(rate_a) - np.log2(rate_b)


def find_dispersion(
    counts: np.ndarray, terms: np.ndarray, documents: np.ndarray, sizes: np.ndarray, n: int
) -> np.ndarray:
    """Return Gries's deviation of proportions of each term, 0 (as even as the articles are long) to 1 (in one place).

    The non-zero counts come as three arrays alike in length: `counts`, their `terms` and `documents`; `sizes` are the
    words of all documents, `n` is the number of terms. Source: Gries 2008, International Journal of Corpus Linguistics
    13; normalised as in Lijffijt & Gries 2012.
    """
    share = sizes / sizes.sum()
    total = np.bincount(terms, counts, n)
    own = counts / total[terms]
    there = np.bincount(terms, np.abs(own - share[documents]) - share[documents], n)
    deviation = (there + 1) / 2  # what stands nowhere deviates by its whole share, and the shares sum to 1
    return deviation / (1 - share.min()) if len(sizes) > 1 else np.zeros(n)
