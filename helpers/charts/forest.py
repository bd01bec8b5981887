"""Estimates as points, with their intervals where they have one: one row per outlet, one mark per series."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.charts import frame
from helpers.charts.style import GREY, INK, RULE, SMALL, signed

# dark to light, alternately full and hollow, so that they can be told apart in print
_MARKS = (("D", INK, INK), ("o", "white", INK), ("s", "#9a9a9a", "#565656"), ("^", "white", "#565656"))
_STEP = 11.0  # points between the marks of one row


@frame.drawing
def forest(estimates: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw estimates as marks, one row per outlet, with a line for the interval; a mark without a line has none.

    Columns of `estimates`: outlet, series (which mark; at most four, in the order they come), value, low and high
    (empty: no interval) and n (what the estimate rests on, written beside the row, as text). With
    `look.outlets`, outlets without a value keep their row.
    """
    look = look.completed(empty="no estimate")
    columns = ["outlet", "series", "value", "low", "high", "n"]
    drawn = frame.need(estimates, columns, "estimates").dropna(subset=["value"])[columns]
    if drawn.empty:
        return frame.draw_message(look, "estimates", estimates)[0]
    names = list(dict.fromkeys(drawn["outlet"])) if look.outlets is None else look.names(drawn)
    kinds = list(dict.fromkeys(drawn["series"]))
    if len(kinds) > len(_MARKS):
        raise ValueError(f"estimates: {len(kinds)} series; draw at most {len(_MARKS)}")
    if drawn["low"].isna().all():
        look = look.noted("No intervals: too few articles.")
    marks = [
        {"marker": mark, "markersize": 4.5, "color": edge, "markerfacecolor": face, "markeredgecolor": edge}
        for mark, face, edge in _MARKS
    ]
    key = [{"label": name, **mark} for name, mark in zip(kinds, marks, strict=False)] if len(kinds) > 1 else []
    sizes = drawn.drop_duplicates("outlet").set_index("outlet")["n"]
    notes = [str(sizes.get(name, "")) for name in names]
    height = max(20.0, _STEP * len(kinds) + 5)
    shape = frame.row_shape(look, names, height, notes, bottom=14, x_axis=True, key=key)
    axis = frame.open_panels(look, shape, "estimates", drawn, ("outlet", "series"), "value")[0]

    ends = drawn[["value", "low", "high"]].assign(zero=0.0).stack()
    room = (ends.max() - ends.min() or 1.0) * 0.08
    left, right = ends.min() - room, ends.max() + room
    axis.set_xlim(left, right)
    ticks = [tick for tick in MaxNLocator(6).tick_values(left, right) if left <= tick <= right]
    axis.set_xticks(ticks, [signed(tick) for tick in ticks])
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    for y, name in enumerate(names):
        if y:
            axis.axhline(y - 0.5, color=RULE, linewidth=0.4)
        own = drawn[drawn["outlet"] == name]
        if own.empty:
            frame.write(axis, (left + right) / 2, y, look.empty, ha="center", size=SMALL, color=GREY)
        for one in own.to_dict("records"):
            nth = kinds.index(one["series"])
            at = y + (nth - (len(kinds) - 1) / 2) * _STEP / height
            color = marks[nth]["color"]
            axis.plot([one["low"], one["high"]], [at, at], color=color, linewidth=1.1, solid_capstyle="butt")
            axis.plot([one["value"]], [at], linestyle="", **marks[nth])
    frame.note_rows(axis, notes)
    return axis
