"""Estimates as points, with their intervals where they have one: one row an outlet (or a term), one mark a series."""

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

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
    note_rows,
    open_panels,
    set_rows,
    write,
)
from helpers.charts.style import GREY, INK, RULE, SMALL, signed

# dark to light, full and hollow in turn, so that they are told apart in print
_MARKS = (("D", INK, INK), ("o", "white", INK), ("s", "#9a9a9a", "#565656"), ("^", "white", "#565656"))
_STEP = 11.0  # points between the marks of one row


@drawing
def forest(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    row: str = "outlet",
    series: str = "series",
    value: str = "value",
    zero: float | None = 0.0,
    outlets: Iterable[str] | None = None,
    title: str = "",
    subtitle: str = "",
    foot: str = "",
    width: str = "double",
    empty: str = "no estimate",
) -> Axes:
    """Draw estimates as marks, a row each, with a line for the interval; a mark without a line has none.

    Columns of `estimates`: `row` (the label), `series` (which mark; at most four, in the order they come), `value`,
    low and high (empty: no interval) and n (what the estimate rests on, written beside the row, as text).
    `zero`: where a line is drawn for no difference. `outlets` puts the rows in order and keeps those without a value.
    """
    kind = "estimates"
    page = Page(title, subtitle, foot, width)
    if len(estimates):
        need(estimates, (row, series, value, "low", "high", "n"), kind)
    drawn = estimates.dropna(subset=[value]) if len(estimates) else estimates
    if drawn.empty:
        return draw_message(ax, page, kind, empty, estimates)[0]
    names = sorted(outlets) if outlets is not None and row == "outlet" else list(dict.fromkeys(drawn[row]))
    kinds = list(dict.fromkeys(drawn[series]))
    if len(kinds) > len(_MARKS):
        raise ValueError(f"{kind}: {len(kinds)} series; draw at most {len(_MARKS)}")
    if drawn[drawn["low"].notna()].empty:
        page = Page(title, subtitle, f"{foot} No intervals: too few articles.".strip(), width)
    marks = dict(zip(kinds, _MARKS, strict=False))
    key = [
        {"label": name, "marker": mark, "markersize": 4.5, "color": edge, "markerfacecolor": face,
         "markeredgecolor": edge}
        for name, (mark, face, edge) in marks.items()
    ]  # fmt: skip
    sizes = drawn.drop_duplicates(row).set_index(row)["n"]
    notes = [str(sizes.get(name, "")) for name in names]
    height = max(20.0, _STEP * len(kinds) + 5)
    shape = Shape(len(names) * height, left=gutter(names, width), right=note_room(notes), bottom=14,
                  key=key if len(kinds) > 1 else ())  # fmt: skip
    axis = open_panels(ax, page, shape, kind, drawn[[row, series, value, "low", "high", "n"]], (row, series), value)[0]
    clear(axis, x_axis=True)
    set_rows(axis, len(names))
    ends = [*drawn[value], *drawn["low"].dropna(), *drawn["high"].dropna(), *([] if zero is None else [zero])]
    room = (max(ends) - min(ends) or 1.0) * 0.08
    axis.set_xlim(min(ends) - room, max(ends) + room)
    left, right = axis.get_xlim()
    ticks = [tick for tick in MaxNLocator(6).tick_values(left, right) if left <= tick <= right]
    axis.set_xticks(ticks, [signed(tick) for tick in ticks])
    if zero is not None:
        axis.axvline(zero, color=INK, linewidth=0.7, zorder=1)
    for y, name in enumerate(names):
        if y:
            axis.axhline(y - 0.5, color=RULE, linewidth=0.4)
        own = drawn[drawn[row] == name]
        if own.empty:
            write(axis, (left + right) / 2, y, empty, ha="center", fontsize=SMALL, color=GREY)
        for one in own.to_dict("records"):
            mark, face, edge = marks[one[series]]
            at = y + (kinds.index(one[series]) - (len(kinds) - 1) / 2) * _STEP / height
            axis.plot([one["low"], one["high"]], [at, at], color=edge, linewidth=1.1, solid_capstyle="butt")
            axis.plot([one[value]], [at], mark, markersize=4.5, markerfacecolor=face, markeredgecolor=edge)
    label_rows(axis, names, shape.left)
    note_rows(axis, notes)
    return axis
