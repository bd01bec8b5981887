"""The timeline: when each outlet's articles were published."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date

from helpers.charts import frame
from helpers.charts.style import GREY, RULE, SMALL, outlet_colors, outlet_markers, text_width

_SPAN = ["outlet", "published_from", "published_to"]


@frame.drawing
def timeline(articles: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw when each outlet's articles were published, one row per outlet.

    A marker is an article dated to the day. A bar is as long as the date is uncertain (a month, a year), with the
    number of articles above it where there are several. Undated articles are counted in the foot.

    Columns of `articles`: outlet, published_from, published_to (dates; empty where unknown), one row per article.
    """
    look = look.completed(subtitle="Date of publication", empty="no dated article")
    dated = frame.need(articles, _SPAN, "timeline").dropna(subset=_SPAN)
    if dated.empty:
        return frame.draw_message(look, "timeline", articles)[0]

    spans = dated.groupby(_SPAN, as_index=False).size().rename(columns={"size": "n"})
    exact = spans["published_from"] == spans["published_to"]
    spans = spans.assign(start=date2num(spans["published_from"]), end=date2num(spans["published_to"]) + 1)
    names, totals = look.names(articles), articles["outlet"].value_counts()
    notes = [f"n = {totals.get(name, 0):,}" for name in names]
    if not exact.all():
        look = look.noted("Bars: the date is known only to the month or year; a number above is how many articles.")
    if n_undated := len(articles) - len(dated):
        look = look.noted(f"Not drawn, because there is no date: {n_undated}.")
    shape = frame.row_shape(look, names, 22.0, notes, bottom=13, x_axis=True)
    axis = frame.open_panels(look, shape, "timeline", spans[[*_SPAN, "n"]], _SPAN, "n")[0]

    first, last = spans["start"].min(), spans["end"].max()
    pad, points = max(3.0, 0.02 * (last - first)), shape.panel_width(look.width)
    axis.set_xlim(first - pad, last + pad)
    a_day = points / (last - first + 2 * pad)
    _mark_dates(axis, first, last, 7 if points > 300 else 4, a_day)
    axis.grid(axis="x", color=RULE, linewidth=0.4)
    colors, markers = outlet_colors(names, look.known), outlet_markers(names, look.known)
    for y, name in enumerate(names):
        axis.axhline(y, color=RULE, linewidth=0.4, zorder=0.5)
        for row in spans[(spans["outlet"] == name) & ~exact].itertuples():
            axis.barh(y, row.end - row.start, 0.36, row.start, facecolor=colors[name], alpha=0.4, linewidth=0)
            axis.plot([row.start, row.end], [y, y], color=colors[name], marker="|", markersize=8, linewidth=1.2)
            if row.n > 1:
                middle = (row.start + row.end) / 2
                frame.write(axis, middle, y, str(row.n), offset=(0, 7), ha="center", color=GREY)
        days = spans[(spans["outlet"] == name) & exact]
        x = np.repeat(days["start"].to_numpy(), days["n"]) + 0.5
        axis.plot(
            x, y + _stack(x, 4.2 / a_day, 0.4), markers[name], markersize=3.6, markerfacecolor=colors[name],
            markeredgecolor="white", markeredgewidth=0.3, alpha=0.85, linestyle="",
        )  # fmt: skip
    frame.note_rows(axis, notes)
    return axis


def _mark_dates(axis: Axes, first: float, last: float, most: int, a_day: float) -> None:
    """Write dates below the axis: at most `most`, and no more than fit where a day takes `a_day` points."""
    ticks = AutoDateLocator(minticks=2, maxticks=most).tick_values(num2date(first), num2date(last))
    days = [num2date(tick) for tick in ticks if first - 1 <= tick <= last + 1]
    starts_month = all(day.day == 1 for day in days)
    starts_year = starts_month and all(day.month == 1 for day in days)
    labels = [day.strftime("%Y" if starts_year else "%b %Y" if starts_month else "%Y-%m-%d") for day in days]
    room = max((text_width(label, SMALL) for label in labels), default=0.0) + 8
    apart = np.diff(date2num(days)).min() * a_day if len(days) > 1 else room
    step = max(1, int(np.ceil(room / apart)))
    axis.set_xticks(date2num(days)[::step], labels[::step])


def _stack(x: np.ndarray, cell: float, room: float) -> np.ndarray:
    """Return offsets that set apart points closer than `cell`: 0, +1, -1, +2 … steps, all within ±`room`."""
    cells = pd.Series(np.floor(x / cell))
    rank = cells.groupby(cells).cumcount()
    steps = np.where(rank % 2 == 1, (rank + 1) // 2, -(rank // 2))
    return steps * min(0.16, room / max(1, np.abs(steps).max(initial=0)))
