"""The frame around a plot: title, subtitle, key, panels at exact places, foot.

Everything is placed in points before anything is drawn. So a figure has the width that a journal asks for, a bar is as
thick in one figure as in the next, and no renderer is needed to lay it out.
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from helpers.charts.drawn import Drawn
from helpers.charts.style import GREY, INK, LABEL, RC, RULE, SMALL, SUBTITLE, TITLE, WIDTHS, legible, text_width, wrap

PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}  # behind a number that lies over lines or points
_MARGIN = 5.0
_LEADING = 1.32
_KEY_LINE = SMALL * 1.6


@dataclass(frozen=True)
class Look:
    """The words around a plot, its width, and the outlets it shows.

    title: the finding or the question. subtitle: measure and unit (None: the chart's own words). foot: n, dates,
    method. width: "single" (89 mm) or "double" (183 mm). outlets: the rows or panels (None: those of the table).
    known: all outlets of the corpus, by which the colours are chosen. empty: what to say where there is nothing to
    draw ("": the chart's own words).
    """

    title: str = ""
    subtitle: str | None = None
    foot: str = ""
    width: str = "double"
    outlets: Sequence[str] | None = None
    known: Sequence[str] | None = None
    empty: str = ""

    def __post_init__(self) -> None:
        if self.width not in WIDTHS:
            raise ValueError(f"width {self.width!r}: use {' or '.join(map(repr, WIDTHS))}")

    def titled(self, title: str, subtitle: str | None = None) -> "Look":
        """Return the same look with a title and, where the chart's own will not do, a subtitle."""
        return replace(self, title=title, subtitle=subtitle)

    def completed(self, *, subtitle: str | None = None, empty: str = "") -> "Look":
        """Return the look with a chart's own words where the caller has given none."""
        own = subtitle if self.subtitle is None else self.subtitle
        return replace(self, subtitle=own, empty=self.empty or empty)

    def noted(self, *notes: str) -> "Look":
        """Return the look with more sentences in its foot."""
        return replace(self, foot=" ".join(filter(None, [self.foot, *notes])))

    def names(self, table: pd.DataFrame) -> list[str]:
        """Return the outlets to show, in order: those asked for, else those of `table`."""
        return sorted(set(table["outlet"] if self.outlets is None else self.outlets))


PLAIN = Look()


@dataclass(frozen=True)
class Shape:
    """The space a plot needs, in points: `n` panels in `cols` columns, each with room around it.

    `labels` names the rows of every panel, to the left of the first column. `key` says what the colours or markers
    mean: a label, and options of a Rectangle or a marker.
    """

    height: float
    n: int = 1
    cols: int = 1
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    gap: float = 10.0
    labels: Sequence[str] = ()
    x_axis: bool = False
    key: Sequence[dict[str, Any]] = ()

    def panel_width(self, width: str) -> float:
        """Return the width of one panel in a figure of this `width`."""
        taken = 2 * _MARGIN + self.left + self.cols * self.right + (self.cols - 1) * self.gap
        return (WIDTHS[width] * 72 - taken) / self.cols


def drawing(chart: Callable[..., Any]) -> Callable[..., Any]:
    """Return the chart wrapped: it draws in the house style and keeps, as `axes.drawn`, what it was given."""

    @functools.wraps(chart)
    def draw(table: pd.DataFrame, look: Look = PLAIN, **options: Any) -> Any:
        with mpl.rc_context(RC):
            made = chart(table, look, **options)
        given = table.copy(deep=False)
        chosen = {name: value for name, value in options.items() if name not in ("heads", "rest")}  # these are words

        def again(width: str) -> Any:
            return draw(given, replace(look, width=width), **options)

        for axes in np.ravel(made):
            axes.drawn = replace(axes.drawn, given=given, options=chosen, again=again)
        return made

    return draw


def need(table: pd.DataFrame, columns: Iterable[str], chart: str) -> pd.DataFrame:
    """Return `table`; an empty one gets the columns it lacks. Raises ValueError where rows lack one of `columns`."""
    missing = [name for name in columns if name not in table.columns]
    if missing and len(table):
        raise ValueError(f"{chart} needs column {missing[0]!r}; the table has: {', '.join(map(str, table.columns))}")
    return table.reindex(columns=[*table.columns, *missing]) if missing else table


def row_shape(look: Look, labels: Sequence[str], height: float, notes: Iterable[str] = (), **space: Any) -> Shape:
    """Return the space for a row of this `height` for each label, with room for labels and right-hand notes."""
    left, right = gutter(labels, look.width), note_room(notes)
    return Shape(len(labels) * height, left=left, right=right, labels=labels, **space)


def gutter(labels: Iterable[str], width: str) -> float:
    """Return the room that row labels need; a label too wide for its share of the figure is broken in two."""
    longest = max((text_width(legible(label)) for label in labels), default=0.0)
    return min(longest, WIDTHS[width] * 72 * (0.34 if width == "single" else 0.24)) + 7


def note_room(notes: Iterable[str]) -> float:
    """Return the room that right-hand notes need; 0 without notes."""
    return max((text_width(line, SMALL) + 5 for note in notes for line in note.split("\n")), default=0.0)


def spread_columns(n: int, most: int) -> int:
    """Return the number of columns for `n` panels: at most `most`, and the rows as even as can be."""
    return math.ceil(n / math.ceil(n / most))


def open_panels(
    look: Look, shape: Shape, kind: str, table: pd.DataFrame, keys: Sequence[str] = (), value: str = ""
) -> np.ndarray:
    """Return the Axes to draw in, one per panel, with everything around them already drawn.

    The figure is as high as its content needs. It is not registered with pyplot, so nothing shows it twice and nothing
    has to close it. `table`, `keys` and `value` are kept as what is drawn.
    """
    panel, full = shape.panel_width(look.width), WIDTHS[look.width] * 72
    inner = full - 2 * _MARGIN
    title = wrap(look.title, inner, TITLE, bold=True)
    subtitle, foot = wrap(look.subtitle or "", inner, SUBTITLE), wrap(look.foot, inner, SMALL)
    key = _place_key(shape.key, inner)
    title_high, subtitle_high = len(title) * TITLE * _LEADING, len(subtitle) * SUBTITLE * _LEADING
    head = title_high + subtitle_high + ((key[-1][0] + 1) * _KEY_LINE + 4 if key else 0) + 5
    foot_high = len(foot) * SMALL * _LEADING
    cell = shape.top + shape.height + shape.bottom
    total = _MARGIN + head + math.ceil(shape.n / shape.cols) * cell + 5 + foot_high + _MARGIN

    figure = Figure(figsize=(full / 72, total / 72), dpi=200, layout="none")
    FigureCanvasAgg(figure)
    top = total - _MARGIN
    _put_lines(figure, top, title, TITLE, INK, weight="bold")
    _put_lines(figure, top - title_high, subtitle, SUBTITLE, INK)
    _put_lines(figure, _MARGIN + foot_high, foot, SMALL, GREY)
    for line, start, entry in key:
        y = top - title_high - subtitle_high - 4 - (line + 0.5) * _KEY_LINE
        _draw_key_entry(figure, _MARGIN + start, y, **entry)

    axes = []
    for i in range(shape.n):
        row, col = divmod(i, shape.cols)
        x = _MARGIN + shape.left + col * (panel + shape.right + shape.gap)
        y = top - head - row * cell - shape.top - shape.height
        axis = figure.add_axes((x / full, y / total, panel / full, shape.height / total))
        axis.drawn = Drawn(
            kind, table.reset_index(drop=True), tuple(keys), value, look.title, look.subtitle or "", look.foot
        )
        _clear(axis, shape.x_axis)
        if shape.labels:
            axis.set_ylim(len(shape.labels) - 0.5, -0.5)  # rows of equal height, the first at the top
        if col == 0:
            _label_rows(axis, shape.labels, shape.left)
        axes.append(axis)
    return np.array(axes, dtype=object)


def draw_message(look: Look, kind: str, table: pd.DataFrame) -> np.ndarray:
    """Return Axes that say, in the words of `look.empty`, why there is nothing to draw."""
    axes = open_panels(look, Shape(height=40), f"{kind}: {look.empty}", table)
    write(axes[0], 0.5, 0.5, legible(look.empty), at="panel", ha="center", color=GREY)
    return axes


def write(
    ax: Axes, x: float, y: float, text: str, *, at: str = "data", size: float = LABEL, color: str = INK,
    offset: tuple[float, float] = (0, 0), ha: str = "left", va: str = "center", **options: Any,
) -> None:  # fmt: skip
    """Write `text` at a place moved by `offset` points, never as maths.

    `at` says what the place counts in: "data"; "panel" (0 to 1 of the panel, both ways); "row" (0 to 1 across, a row
    of the data down); "column" (a column of the data across, 0 to 1 up).
    """
    row, column = ax.get_yaxis_transform(), ax.get_xaxis_transform()
    places = {"data": "data", "panel": "axes fraction", "row": row, "column": column}
    ax.annotate(
        text, (x, y), xycoords=places[at], xytext=offset, textcoords="offset points", annotation_clip=False,
        parse_math=False, fontsize=size, color=color, ha=ha, va=va, **options,
    )  # fmt: skip


def head_panel(ax: Axes, text: str, up: float, **options: Any) -> None:
    """Write the name of a panel above its left edge."""
    write(ax, 0, 1, text, at="panel", offset=(0, up), va="bottom", size=SMALL, weight="bold", **options)


def note_rows(ax: Axes, notes: Iterable[str]) -> None:
    """Write a small note to the right of each row."""
    for y, text in enumerate(notes):
        write(ax, 1, y, text, at="row", offset=(4, 0), size=SMALL, color=GREY)


def _label_rows(ax: Axes, labels: Sequence[str], left: float) -> None:
    """Write the name of each row to the left of the plot, on two lines where one is too short."""
    for y, label in enumerate(labels):
        text = "\n".join(wrap(label, left - 6, lines=2))
        write(ax, 0, y, text, at="row", offset=(-5, 0), ha="right", linespacing=1.05)


def _clear(ax: Axes, x_axis: bool) -> None:
    """Take away what carries no information: spines, y ticks and, unless `x_axis`, the x axis."""
    if not x_axis:
        ax.set_axis_off()
        return
    ax.spines[:].set_visible(False)
    ax.yaxis.set_visible(False)
    ax.patch.set_visible(False)
    ax.tick_params(axis="x", pad=1.5, length=2, color=RULE)


def _place_key(key: Sequence[dict[str, Any]], points: float) -> list[tuple[int, float, dict[str, Any]]]:
    """Return each entry of a key with its line and its distance from the left, in lines no wider than `points`."""
    placed, line, used = [], 0, 0.0
    for entry in key:
        needed = text_width(entry["label"], SMALL) + 22
        if used and used + needed > points:
            line, used = line + 1, 0.0
        placed.append((line, used, entry))
        used += needed
    return placed


def _draw_key_entry(figure: Figure, x: float, y: float, label: str, **style: Any) -> None:
    if "marker" in style:
        figure.add_artist(Line2D([x + 4], [y], transform=_points_of(figure), linestyle="", **style))
    else:
        figure.add_artist(Rectangle((x, y - 3), 9, 6, transform=_points_of(figure), linewidth=0.6, **style))
    _put(figure, x + 12, y, label, SMALL, INK, va="center")


def _put_lines(figure: Figure, top: float, lines: list[str], size: float, color: str, **options: Any) -> None:
    for i, line in enumerate(lines):
        _put(figure, _MARGIN, top - i * size * _LEADING, line, size, color, va="top", **options)


def _put(figure: Figure, x: float, y: float, text: str, size: float, color: str, **options: Any) -> None:
    figure.text(x, y, text, transform=_points_of(figure), fontsize=size, color=color, parse_math=False, **options)


def _points_of(figure: Figure) -> Affine2D:
    """Return the transform from points, counted from the lower left corner of a figure."""
    return Affine2D().scale(1 / 72) + figure.dpi_scale_trans
