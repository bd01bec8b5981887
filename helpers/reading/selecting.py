"""Rows of the tables of a Reading, in the columns asked for: a large one is never loaded whole."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from helpers.reading.corpora import Reading

FEW = 1_000  # articles up to which a table is loaded once: asking the store again and again would take longer


def select_rows(
    read: "Reading",
    table: str,
    columns: Sequence[str] | None = None,
    *,
    among: pd.DataFrame | None = None,
    **values: Any,
) -> pd.DataFrame:
    """Return rows of a table of a Reading, in their order, each under its number in the table.

    `columns` are those wanted, in this order (None: all). `values` say what a column must hold: one value, or a list
    of those it may hold. With `among` only those rows are returned that agree with one of its rows in all its
    columns. What was stored of more than `FEW` articles is asked in the store, so that other rows and columns never
    are in memory; a table made by hand, or loaded before, gives the same.
    """
    held = vars(read)[table]
    if not isinstance(held, pd.DataFrame):
        if len(read.articles) > FEW:
            return held.select(columns, among, values)
        held = getattr(read, table)
    kept = keep_rows(held, among, values)
    return kept if columns is None else kept[list(columns)]


def keep_rows(frame: pd.DataFrame, among: pd.DataFrame | None, values: dict[str, Any]) -> pd.DataFrame:
    """Return the rows of a table that `select_rows` would."""
    keep = pd.Series(True, index=frame.index)
    for column, wanted in values.items():
        keep &= frame[column].isin(list_values(wanted))
    if among is not None:
        keys = list(among.columns)
        keep &= pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(among))
    return frame[keep]


def list_values(wanted: Any) -> list[Any]:
    """Return what a column may hold as a list."""
    several = isinstance(wanted, Collection) and not isinstance(wanted, str)
    return list(wanted) if several else [wanted]
