"""Counts by category, a panel an outlet: who is cited, with which verbs."""

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
    note_room,
    open_panels,
    panel_points,
    set_rows,
    write,
)
from helpers.charts.style import FILLS, GREY, INK, SMALL, legible, outlet_colors, wrap


@drawing
def count_bars(
    counts: pd.DataFrame,
    ax: Sequence[Axes] | None = None,
    *,
    label: str,
    value: str = "n",
    stack: str | None = None,
    part: tuple[str, str, str] | None = None,
    top: int = 10,
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    title: str = "",
    subtitle: str | None = None,
    foot: str = "",
    width: str = "double",
    empty: str = "nothing to count",
) -> np.ndarray:
    """Draw counts by category: a panel an outlet, the same categories and the same scale in each.

    The `top` categories (by sum over the outlets) are drawn, the others added up in a last row. At each bar's end
    stands its value; under each outlet's name, n. `stack` names a column whose values divide the bars;
    `part=(column, its name, name of the remainder)` divides them by a column that counts a part of `value`.

    Columns of `counts`: outlet, `label`, `value` (additive: a count, or a rate of one denominator), n where `value`
    is another column. Returns an array of Axes, one an outlet.
    """
    kind = f"counts by {label}"
    if subtitle is None:
        subtitle = "How many in each outlet, on one scale; n: all of that outlet" if value == "n" else ""
    page = Page(title, subtitle, foot, width)
    if counts.empty or not counts[value].fillna(0).any():
        return draw_message(ax, page, kind, empty, counts)
    extra = [column for column in (stack, part[0] if part else None) if column]
    need(counts, ("outlet", label, value, *extra), kind)
    table = counts.assign(**{label: counts[label].astype(str).replace("", "(none)")})
    if part:
        column, inside, outside = part
        table = pd.concat([
            table.assign(**{value: table[column], "part": inside}),
            table.assign(**{value: table[value] - table[column], "part": outside}),
        ])  # fmt: skip
        stack = "part"
    ranked = table.groupby(label, as_index=False)[value].sum().sort_values([value, label], ascending=[False, True])
    shown = list(ranked[label])[: top if len(ranked) > top + 1 else None]
    lumped = f"all others ({len(ranked) - len(shown)})"
    keys = ["outlet", label, *([stack] if stack else [])]
    drawn = table.assign(**{label: table[label].where(table[label].isin(shown), lumped)})
    drawn = drawn.groupby(keys, as_index=False)[value].sum()
    categories = [*shown, *([lumped] if len(shown) < len(ranked) else [])]

    names = sorted(set(outlets) if outlets is not None else set(drawn["outlet"]))
    levels = [inside, outside] if part else sorted(set(drawn[stack].astype(str))) if stack else []
    fills = {name: FILLS[i % len(FILLS)] for i, name in enumerate(levels)}
    colors = outlet_colors(names, known)
    totals = counts.groupby("outlet")["n" if "n" in counts.columns else value].sum()
    most = 5 if width == "double" else 2
    cols = -(-len(names) // -(-len(names) // most))
    biggest = drawn.groupby(["outlet", label])[value].sum().max()
    room = note_room([_amount(biggest)])
    left = gutter(categories, width)
    points = panel_points(ax, page, Shape(1, n=len(names), cols=cols, left=left, right=room, gap=6))
    headings = [wrap(name, points + room - 2, SMALL, bold=True, lines=2) for name in names]
    shape = Shape(
        len(categories) * 12.5, n=len(names), cols=cols, left=gutter(categories, width), right=room, top=26, bottom=2,
        gap=6, key=[{"label": legible(k), "facecolor": fill, "edgecolor": "none"} for k, fill in fills.items()],
    )  # fmt: skip
    axes = open_panels(ax, page, shape, kind, drawn, tuple(keys), value)
    for i, (axis, name) in enumerate(zip(axes, names, strict=True)):
        clear(axis)
        set_rows(axis, len(categories))
        axis.set_xlim(0, biggest)
        rows = drawn[drawn["outlet"] == name]
        starts = pd.Series(0.0, index=categories)
        for level in levels or [""]:
            here = rows[rows[stack].astype(str) == level] if stack else rows
            amounts = here.groupby(label)[value].sum().reindex(categories, fill_value=0)
            there = amounts.to_numpy() != 0  # a bar without width is seen in a PDF, as a hairline
            color = fills.get(level, colors[name])
            axis.barh(np.flatnonzero(there), amounts[there], 0.72, starts[there], color=color, linewidth=0)
            starts += amounts
        for y, end in enumerate(starts):
            write(axis, end, y, _amount(end), offset=(2.5, 0), fontsize=SMALL, color=INK if end else GREY)
        axis.axvline(0, color=INK, linewidth=0.7)
        heading = "\n".join(headings[i])
        count = f"n = {totals.get(name, 0):,.0f}"
        write(axis, 0, 1, heading, xycoords="axes fraction", offset=(0, 10), va="bottom", fontsize=SMALL, weight="bold",
              linespacing=1.05)  # fmt: skip
        write(axis, 0, 1, count, xycoords="axes fraction", offset=(0, 2), va="bottom", fontsize=SMALL, color=GREY)
        if i % cols == 0:
            label_rows(axis, categories, shape.left)
    return axes


def _amount(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
