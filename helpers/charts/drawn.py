"""What a figure shows, kept with it: its table, its words, and how to draw it at another width."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawn:
    """The kind of a figure, the table of exactly what is drawn, and the words around it.

    `given` is the table that the chart was given, `options` its options; `again` draws the figure at another width.
    """

    kind: str = "figure"
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    keys: tuple[str, ...] = ()
    value: str = ""
    title: str = ""
    subtitle: str = ""
    foot: str = ""
    given: pd.DataFrame | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    again: Callable[[str], Any] | None = None


def redraw_figure(axes: Any, width: str) -> Axes | np.ndarray | None:
    """Return a figure drawn again at a width ("single", 89 mm, or "double", 183 mm).

    None where no chart of this package made it: only they can draw a figure again.
    """
    again = find_drawn(axes).again
    return again(width) if again else None


def find_figure(axes: Axes | Figure | Sequence[Axes] | np.ndarray) -> Figure:
    """Return the Figure of what a chart returned: Axes, an array of them, or the Figure itself."""
    first = axes if isinstance(axes, Figure) else np.ravel(axes)[0]
    if not isinstance(first, Figure | Axes):
        raise TypeError(f"neither Axes nor Figure: {type(first).__name__}")
    return first if isinstance(first, Figure) else first.get_figure(root=True)


def find_drawn(axes: Axes | Figure | Sequence[Axes] | np.ndarray) -> Drawn:
    """Return what a chart says it drew; an empty Drawn for a figure that no chart of this package made."""
    figure = find_figure(axes)
    candidates = figure.axes if isinstance(axes, Figure) else np.ravel(axes)
    return next((one.drawn for one in candidates if hasattr(one, "drawn")), Drawn())


def describe_figure(drawn: Drawn) -> str:
    """Return the alternative text: what kind of figure, of how many rows, and where its value is highest and lowest."""
    table = drawn.table
    counted = [key for key in drawn.keys if key in table.columns and not key.endswith(("_no", "_from", "_to"))]
    sizes = ", ".join(f"{key.removesuffix('_id').replace('_', ' ')}: {table[key].nunique()}" for key in counted)
    parts = [drawn.title, f"{drawn.kind.capitalize()}, rows: {len(table)}" + (f" ({sizes})" if sizes else "")]
    values = pd.to_numeric(table[drawn.value], errors="coerce").dropna() if drawn.value in table.columns else []
    if len(values):
        at = [_say_end(table, values, drawn.keys, word, end) for word, end in (("highest", "max"), ("lowest", "min"))]
        parts.append(f"{drawn.value}: {', '.join(at if values.nunique() > 1 else at[:1])}")
    return join_sentences(parts)


def join_sentences(parts: Sequence[str]) -> str:
    """Return the parts as running text, each with a full stop where it has no mark of its own."""
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _say_end(table: pd.DataFrame, values: pd.Series, keys: Sequence[str], word: str, end: str) -> str:
    """Return the highest or the lowest value and where it is: "highest 2 (Post, X) and in 3 more"."""
    extreme = values.agg(end)
    at = values.index[values.eq(extreme)]
    found = [table.at[at[0], key] for key in keys]
    names = ", ".join(f"{one:%Y-%m-%d}" if isinstance(one, pd.Timestamp) else str(one) for one in found)
    more = f" and in {len(at) - 1:,} more" if len(at) > 1 else ""
    return f"{word} {extreme:.4g}{f' ({names})' if keys else ''}{more}"
