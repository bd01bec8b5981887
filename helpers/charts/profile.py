"""The profile: what several measures say of each outlet, side by side."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.charts.drawn import drawing
from helpers.charts.frame import (
    Page,
    Shape,
    clear,
    draw_message,
    gutter,
    label_rows,
    need,
    open_panels,
    panel_points,
    set_rows,
    write,
)
from helpers.charts.style import GREY, INK, RULE, SMALL, outlet_colors, outlet_markers, wrap

_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}


@drawing
def profile(
    table: pd.DataFrame,
    ax: Sequence[Axes] | None = None,
    *,
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    title: str = "",
    subtitle: str = "A panel a measure, each on its own scale from zero; below each value, n, the number it is made of",
    foot: str = "",
    width: str = "double",
    empty: str = "nothing to compare",
) -> np.ndarray:
    """Draw what several measures say of each outlet: a panel a measure, a row an outlet, the rows always alike.

    Each panel has its own scale, which includes zero (the vertical line). Under each value stands its n. A value
    that is missing is written "n too small".

    Columns of `table`: outlet, measure, value (empty where n is too small), n. Measures keep their first order.
    Returns an array of Axes, one a measure.
    """
    kind = "profile of measures"
    page = Page(title, subtitle, foot, width)
    if table.empty:
        return draw_message(ax, page, kind, empty, table)
    need(table, ("outlet", "measure", "value", "n"), kind)
    if table.duplicated(["outlet", "measure"]).any():
        twice = table[table.duplicated(["outlet", "measure"])].iloc[0]
        raise ValueError(f"{kind}: two rows for outlet {twice['outlet']!r} and measure {twice['measure']!r}")
    names = sorted(set(outlets) if outlets is not None else set(table["outlet"]))
    measures = list(dict.fromkeys(table["measure"]))
    most = 6 if width == "double" else 2
    cols = -(-len(measures) // -(-len(measures) // most))
    shape = Shape(len(names) * 27.0, n=len(measures), cols=cols, left=gutter(names, width), top=24, bottom=6, gap=14)
    points = panel_points(ax, page, shape)
    drawn = table[["outlet", "measure", "value", "n"]]
    axes = open_panels(ax, page, shape, kind, drawn, ("outlet", "measure"), "value")
    colors, markers = outlet_colors(names, known), outlet_markers(names, known)
    for i, (axis, measure) in enumerate(zip(axes, measures, strict=True)):
        clear(axis)
        set_rows(axis, len(names))
        rows = table[table["measure"] == measure].set_index("outlet")
        values = rows["value"].astype(float).dropna()
        largest = values.abs().max() if len(values) else 0.0
        digits = 0 if largest >= 1000 else 1 if largest >= 10 else 2
        low, high = min(0.0, values.min()), max(0.0, values.max()) if len(values) else 1.0
        room = ((high - low) or 1.0) * 0.24
        axis.set_xlim((low if len(values) else 0.0) - room, high + room)
        axis.axvline(0, color=INK, linewidth=0.7)
        heading = "\n".join(wrap(measure, points, SMALL, bold=True, lines=2))
        write(axis, 0, 1, heading, xycoords="axes fraction", offset=(0, 4), va="bottom", weight="bold", fontsize=SMALL)
        for y, name in enumerate(names):
            axis.axhline(y + 0.5, color=RULE, linewidth=0.4)
            n = rows["n"].get(name, 0)
            if name not in values.index:
                write(axis, 0.5, y, "n too small\n" + f"(n {n:,.0f})", xycoords=axis.get_yaxis_transform(), ha="center",
                      fontsize=SMALL, color=GREY, bbox=_PAPER)  # fmt: skip
                continue
            value = values[name]
            axis.plot([0, value], [y, y], color=colors[name], linewidth=1.2)
            axis.plot([value], [y], markers[name], color=colors[name], markersize=5)
            write(
                axis,
                value,
                y,
                _plain(value, digits),
                offset=(0, 4),
                ha="center",
                va="bottom",
                fontsize=SMALL,
                bbox=_PAPER,
            )
            write(
                axis,
                value,
                y,
                f"n {n:,.0f}",
                offset=(0, -4),
                ha="center",
                va="top",
                fontsize=SMALL,
                color=GREY,
                bbox=_PAPER,
            )
        if i % cols == 0:
            label_rows(axis, names, shape.left)
    return axes


def _plain(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}".replace("-", "−")
    return text.removeprefix("−") if float(f"{value:.{digits}f}") == 0 else text
