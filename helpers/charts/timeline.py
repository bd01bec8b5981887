"""The timeline: when each outlet's articles were published."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date

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
    panel_points,
    set_rows,
    write,
)
from helpers.charts.style import GREY, RULE, SMALL, outlet_colors, outlet_markers, text_width


@drawing
def timeline(
    articles: pd.DataFrame,
    ax: Axes | None = None,
    *,
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    title: str = "",
    subtitle: str = "Date of publication",
    foot: str = "",
    width: str = "double",
    empty: str = "no dated article",
) -> Axes:
    """Draw when each outlet's articles were published, a row an outlet.

    A marker is an article dated to the day. A bar is as long as the date is uncertain (a month, a year), with the
    number of articles above it where there are several. Undated articles are counted in the foot.

    Columns of `articles`: outlet, published_from, published_to (dates; empty where unknown), one row an article.
    `outlets` are the rows to show (without it, those of the table); `known`, all there are, settle the colours.
    """
    kind = "timeline"
    if len(articles):
        need(articles, ("outlet", "published_from", "published_to"), kind)
        dated = articles.dropna(subset=["published_from", "published_to"])
    else:
        dated = articles
    page = Page(title, subtitle, foot, width)
    if dated.empty:
        return draw_message(ax, page, kind, empty, articles)[0]

    names = sorted(set(outlets) if outlets is not None else set(articles["outlet"]))
    spans = (
        dated.groupby(["outlet", "published_from", "published_to"])
        .size()
        .rename("n")
        .reset_index()
        .sort_values(["outlet", "published_from", "published_to"], kind="stable")
    )
    first, last = date2num(spans["published_from"].min()), date2num(spans["published_to"].max()) + 1
    pad = max(3.0, 0.02 * (last - first))
    totals = articles["outlet"].value_counts()
    notes = [f"n = {totals.get(name, 0):,}" for name in names]
    vague = spans[spans["published_from"] != spans["published_to"]]
    method = []
    if len(vague):
        method.append("Bars: the date is known only to the month or year; a number above is how many articles.")
    if len(dated) < len(articles):
        method.append(f"Not drawn for want of a date: {len(articles) - len(dated)}.")
    page = Page(title, subtitle, " ".join(filter(None, [foot, *method])), width)
    pitch = 22.0
    shape = Shape(len(names) * pitch, left=gutter(names, width), right=note_room(notes), bottom=13)
    points = panel_points(ax, page, shape)
    axis = open_panels(ax, page, shape, kind, spans, ("outlet", "published_from", "published_to"), "n")[0]
    clear(axis, x_axis=True)
    set_rows(axis, len(names))
    axis.set_xlim(first - pad, last + pad)
    _mark_dates(axis, first, last, 7 if points > 300 else 4, points / (last - first + 2 * pad))
    axis.grid(axis="x", color=RULE, linewidth=0.4)
    colors, markers = outlet_colors(names, known), outlet_markers(names, known)
    cell = 4.2 * (last - first + 2 * pad) / points
    for y, name in enumerate(names):
        axis.axhline(y, color=RULE, linewidth=0.4, zorder=0.5)
        for row in vague[vague["outlet"] == name].itertuples():
            start, end = date2num(row.published_from), date2num(row.published_to) + 1
            axis.barh(y, end - start, 0.36, start, facecolor=colors[name], alpha=0.4, linewidth=0)
            axis.plot([start, end], [y, y], color=colors[name], marker="|", markersize=8, linewidth=1.2)
            if row.n > 1:
                write(axis, (start + end) / 2, y, str(row.n), offset=(0, 7), ha="center", fontsize=SMALL, color=GREY)
        exact = spans[(spans["outlet"] == name) & (spans["published_from"] == spans["published_to"])]
        x = np.repeat(date2num(exact["published_from"]), exact["n"]) + 0.5 if len(exact) else np.array([])
        axis.plot(
            x, y + _stack(x, cell, 0.4), markers[name], markersize=3.6, markerfacecolor=colors[name],
            markeredgecolor="white", markeredgewidth=0.3, alpha=0.85, linestyle="",
        )  # fmt: skip
    label_rows(axis, names, shape.left)
    note_rows(axis, notes)
    return axis


def _mark_dates(axis: Axes, first: float, last: float, most: int, a_day: float) -> None:
    """Write dates below the axis, at most `most`, and no more than have room where a day takes `a_day` points."""
    ticks = AutoDateLocator(minticks=2, maxticks=most).tick_values(num2date(first), num2date(last))
    days = [num2date(tick) for tick in ticks if first - 1 <= tick <= last + 1]
    if all((day.month, day.day) == (1, 1) for day in days):
        form = "%Y"
    else:
        form = "%b %Y" if all(day.day == 1 for day in days) else "%Y-%m-%d"
    labels = [day.strftime(form) for day in days]
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
