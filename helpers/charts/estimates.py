"""Values of each outlet: estimates with their intervals, and several measures side by side."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.charts import frame
from helpers.charts.style import GREY, INK, RULE, SMALL, outlet_colors, outlet_markers, signed, wrap

# dark to light, alternately full and hollow, so that they can be told apart in print
_MARKS = [
    {"marker": mark, "markersize": 4.5, "color": edge, "markerfacecolor": face, "markeredgecolor": edge}
    for mark, face, edge in (("D", INK, INK), ("o", "white", INK), ("s", "#9a9a9a", GREY), ("^", "white", GREY))
]
_STEP = 11.0  # points between the marks of one row


@frame.drawing
def forest(estimates: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw estimates as marks, one row per outlet, with a line for the interval; a mark without a line has none.

    Columns of `estimates`: outlet, series (which mark; at most four, in the order they come), value, low and high
    (empty: no interval) and n (what the estimate is based on, written beside the row, as text). With `look.outlets`,
    outlets without a value keep their row.
    """
    look = look.completed(empty="no estimate")
    columns = ["outlet", "series", "value", "low", "high", "n"]
    drawn = frame.need(estimates, columns, "estimates").dropna(subset=["value"])[columns]
    if drawn.empty:
        return frame.draw_message(look, "estimates", estimates)[0]
    names = list(dict.fromkeys(drawn["outlet"])) if look.outlets is None else look.names(drawn)
    series = list(dict.fromkeys(drawn["series"]))
    if len(series) > len(_MARKS):
        raise ValueError(f"estimates: {len(series)} series; draw at most {len(_MARKS)}")
    if drawn["low"].isna().all():
        look = look.noted("No intervals: too few articles.")
    marks = dict(zip(series, _MARKS, strict=False))
    sizes = drawn.drop_duplicates("outlet").set_index("outlet")["n"]
    notes = [str(sizes.get(name, "")) for name in names]
    height = max(20.0, _STEP * len(series) + 5)
    key = list(marks.items()) if len(series) > 1 else []
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
            frame.write(axis, (left + right) / 2, y, look.empty, ha="center", color=GREY)
        for one in own.itertuples():
            at = y + (series.index(one.series) - (len(series) - 1) / 2) * _STEP / height
            mark = marks[one.series]
            axis.plot([one.low, one.high], [at, at], color=mark["color"], linewidth=1.1, solid_capstyle="butt")
            axis.plot([one.value], [at], linestyle="", **mark)
    frame.note_rows(axis, notes)
    return axis


@frame.drawing
def profile(table: pd.DataFrame, look: frame.Look = frame.PLAIN) -> np.ndarray:
    """Draw what several measures say of each outlet: one panel per measure, one row per outlet.

    Each panel has its own scale, which includes zero (the vertical line). Under each value is its n. A value that is
    missing is written "n too small".

    Columns of `table`: outlet, measure, value (empty where n is too small), n. Measures keep their order. Returns an
    array of Axes, one per measure.
    """
    kind, columns = "profile of measures", ["outlet", "measure", "value", "n"]
    look = look.completed(
        subtitle="A panel a measure, each on its own scale from zero; below each value, n, the number it is made of",
        empty="nothing to compare",
    )
    drawn = frame.need(table, columns, kind)[columns]
    if drawn.empty:
        return frame.draw_message(look, kind, table)
    twice = drawn[drawn.duplicated(["outlet", "measure"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(f"{kind}: two rows for outlet {row['outlet']!r} and measure {row['measure']!r}")
    names, measures = look.names(drawn), list(dict.fromkeys(drawn["measure"]))
    cols = frame.spread_columns(len(measures), 6 if look.width == "double" else 2)
    shape = frame.row_shape(look, names, 27.0, n=len(measures), cols=cols, top=24, bottom=6, gap=14)
    axes = frame.open_panels(look, shape, kind, drawn, ("outlet", "measure"), "value")
    colors, markers = outlet_colors(names, look.known), outlet_markers(names, look.known)
    for axis, measure in zip(axes, measures, strict=True):
        heading = "\n".join(wrap(measure, shape.panel_width(look.width), SMALL, bold=True, lines=2))
        frame.head_panel(axis, heading, 4)
        rows = drawn[drawn["measure"] == measure].set_index("outlet")
        values, ns = rows["value"].astype(float), rows["n"]
        largest = values.abs().max()
        digits = 0 if largest >= 1000 else 1 if largest >= 10 else 2
        low, high = np.nanmin([0.0, *values]), np.nanmax([0.0, *values] if values.notna().any() else [1.0])
        room = ((high - low) or 1.0) * 0.24
        axis.set_xlim(low - room, high + room)
        axis.axvline(0, color=INK, linewidth=0.7)
        for y, name in enumerate(names):
            axis.axhline(y + 0.5, color=RULE, linewidth=0.4)
            value, n = values.get(name, np.nan), f"n {ns.get(name, 0):,.0f}"
            around = {"ha": "center", "bbox": frame.PAPER}
            if np.isnan(value):
                frame.write(axis, 0.5, y, f"n too small\n({n})", at="row", color=GREY, **around)
                continue
            axis.plot([0, value], [y, y], color=colors[name], linewidth=1.2)
            axis.plot([value], [y], markers[name], color=colors[name], markersize=5)
            text = f"{value:z,.{digits}f}".replace("-", "−")  # z: no minus where it rounds to zero
            frame.write(axis, value, y, text, offset=(0, 4), va="bottom", **around)
            frame.write(axis, value, y, n, offset=(0, -4), va="top", color=GREY, **around)
    return axes
