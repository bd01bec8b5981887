"""Numbers for words: feature hashing (Weinberger et al. 2009), the same in training and in reading."""

from collections.abc import Sequence

import numpy as np

BITS = 22  # of a feature id; the weights file keeps those that training met often enough
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def mix(*columns: np.ndarray) -> np.ndarray:
    """Return one 64-bit hash a row from columns of integers."""
    mixed = np.full(np.shape(columns[0]), 7, dtype=np.uint64)
    for column in columns:
        mixed ^= column.view(np.uint64) if column.dtype == np.int64 else column.astype(np.uint64, copy=False)
        mixed *= _ODD
        mixed ^= mixed >> _SHIFT
    return mixed


def number_features(templates: Sequence[np.ndarray]) -> np.ndarray:
    """Return feature ids (rows x templates) of hashed columns; a template's place is in the hash."""
    ids = np.empty((len(templates[0]), len(templates)), dtype=np.int32)
    for place, template in enumerate(templates):
        salt = np.uint64((place + 1) * 0xD1B54A32D192ED03 % 2**64)
        mixed = (template ^ salt) * _ODD
        ids[:, place] = mixed >> np.uint64(64 - BITS)
    return ids


def pick(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return values[at], 0 where `at` is -1 (no such word)."""
    return np.where(at >= 0, values[at], np.zeros((), dtype=values.dtype))


def bucket(distance: np.ndarray) -> np.ndarray:
    """Return signed distances in words as 15 coarse steps."""
    steps = np.searchsorted(np.array([1, 2, 3, 5, 8, 13, 25]), np.abs(distance), side="right")
    return np.where(distance < 0, 8 + steps, steps)
