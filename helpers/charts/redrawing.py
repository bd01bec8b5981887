"""Keep with each figure how to draw it again at another width, and say why it cannot be read at one."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.charts.drawn import find_drawn, find_figure
from helpers.charts.rendering import write_pdf
from helpers.charts.style import RC

SMALLEST = 6.0  # points: what a journal still prints
_TOUCH = 1.0  # points that two texts may share: the air around their letters
_WORDS = (
    "outlets",
    "known",
    "title",
    "subtitle",
    "foot",
    "width",
    "empty",
    "heads",
    "rest",
)  # options that choose nothing

Chart = Callable[..., Any]


def drawing(chart: Chart) -> Chart:
    """Let a chart draw in the house style and keep, as `axes.drawn`, what it was given and how to draw it again.

    `known`, the outlets of the corpus, settles the colours of outlets; a chart that has none does not take it.
    """

    colors_outlets = "known" in inspect.signature(chart).parameters

    @functools.wraps(chart)
    def draw(table: pd.DataFrame, ax: object = None, **options: Any) -> Any:
        if not colors_outlets:
            options.pop("known", None)
        for name in ("outlets", "known"):
            if options.get(name) is not None:
                options[name] = list(options[name])  # may be an iterator: it is read again at the other width
        with mpl.rc_context(RC):
            made = chart(table, ax, **options)
        given = table.copy(deep=False)
        again = functools.partial(_draw_again, draw, given, options) if ax is None else None
        chosen = {name: value for name, value in options.items() if name not in _WORDS}
        for one in np.atleast_1d(np.asarray(made, dtype=object)).ravel():
            one.drawn = replace(one.drawn, given=given, options=chosen, again=again)
        return made

    return draw


def _draw_again(draw: Chart, table: pd.DataFrame, options: dict[str, Any], width: str) -> Any:
    return draw(table, **{**options, "width": width})


def redraw_figure(axes: Any, width: str) -> tuple[Axes | np.ndarray | None, str]:
    """Return a figure drawn anew at a width ("single", 89 mm, or "double", 183 mm), and why it cannot be.

    One of the two is empty: the Axes where no chart of this package made the figure or it cannot be read at that
    width, the reason where it can.
    """
    drawn = find_drawn(axes)
    if drawn.again is None:
        return None, "not drawn by helpers.charts, which alone can draw a figure again"
    made = drawn.again(width)
    reason = find_drawn(made).crowded or find_clash(find_figure(made))
    return (None, reason) if reason else (made, "")


def _find_texts(figure: Figure) -> list[Text]:
    """Return the texts of a figure, but not those of an axis that is not drawn: they would be made for us."""
    parts = [(whole, part) for whole in (figure, *figure.axes) for part in whole.get_children()]
    hidden = (part for whole, part in parts if isinstance(part, Axis) and not (whole.axison and part.get_visible()))
    skipped = {*figure.axes, *hidden}
    return [text for _, part in parts if part not in skipped for text in part.findobj(Text)]


def find_clash(figure: Figure) -> str:
    """Return the first text of a figure that cannot be read: too small, outside it, or over another; else nothing."""
    write_pdf(figure)  # puts every text in its place
    renderer = RendererAgg(figure.bbox.width, figure.bbox.height, figure.dpi)
    with mpl.rc_context(RC):
        texts = [text for text in _find_texts(figure) if text.get_text().strip() and text.get_visible()]
        boxes = [text.get_window_extent(renderer) for text in texts]
    figure.stale = False  # it was measured, not changed
    unit = figure.dpi / 72
    page = figure.bbox.padded(unit)
    for text, box in zip(texts, boxes, strict=True):
        if text.get_fontsize() < SMALLEST:
            return f"'{text.get_text()}' would be smaller than {SMALLEST:g} points"
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1:
            return f"'{text.get_text()}' would be cut at the edge"
    ends = np.array([box.padded(-_TOUCH * unit).get_points() for box in boxes]).reshape(-1, 2, 2)
    low, high = ends.min(axis=1), ends.max(axis=1)
    meet = (low[:, None] <= high).all(axis=2) & (low <= high[:, None]).all(axis=2)
    for one, other in np.argwhere(np.triu(meet, k=1))[:1]:
        return f"'{texts[one].get_text()}' would lie over '{texts[other].get_text()}'".replace("\n", " ")
    return ""
