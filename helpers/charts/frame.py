"""The frame around a plot: title, subtitle, key, panels at exact places, foot.

Everything is placed in points before anything is drawn, so a figure has the width a journal asks for, a bar is
as thick in one figure as in the next, and no renderer is needed to lay it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from helpers.charts.drawn import Drawn
from helpers.charts.style import GREY, INK, LABEL, RULE, SMALL, SUBTITLE, TITLE, WIDTHS, legible, text_width, wrap

_MARGIN = 5.0
_LEADING = 1.32


@dataclass(frozen=True)
class Page:
    """What a caller asks of the frame."""

    title: str = ""
    subtitle: str = ""
    foot: str = ""
    width: str = "double"

    def __post_init__(self) -> None:
        if self.width not in WIDTHS:
            raise ValueError(f"width {self.width!r}: use {' or '.join(map(repr, WIDTHS))}")


@dataclass(frozen=True)
class Shape:
    """The space a plot needs, in points: a grid of `n` panels in `cols` columns."""

    height: float
    n: int = 1
    cols: int = 1
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    gap: float = 10.0
    key: Sequence[dict[str, Any]] = field(default=())

    def panel_width(self, width: str) -> float:
        """Return the width of one panel in a figure of this `width`."""
        taken = 2 * _MARGIN + self.left + self.cols * self.right + (self.cols - 1) * self.gap
        return (WIDTHS[width] * 72 - taken) / self.cols


def need(table: pd.DataFrame, columns: Iterable[str], chart: str) -> None:
    """Raise ValueError where `table` lacks one of `columns`."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(f"{chart} needs column {missing[0]!r}; the table has: {', '.join(map(str, table.columns))}")


def write(ax: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Write `text` at a place in the data, or where `xycoords` says, moved by `offset` points; never as maths."""
    options = {"fontsize": LABEL, "color": INK, "va": "center", "ha": "left", "offset": (0, 0), **options}
    ax.annotate(
        text,
        (x, y),
        xytext=options.pop("offset"),
        textcoords="offset points",
        annotation_clip=False,
        parse_math=False,
        **options,
    )


def label_rows(ax: Axes, labels: Sequence[str], left: float) -> None:
    """Write the name of each row to the left of the plot, on two lines where one is too short."""
    for y, label in enumerate(labels):
        text = "\n".join(wrap(label, left - 6, lines=2))
        write(ax, 0, y, text, xycoords=ax.get_yaxis_transform(), offset=(-5, 0), ha="right", linespacing=1.05)


def note_rows(ax: Axes, notes: Sequence[str]) -> None:
    """Write a small note to the right of each row."""
    for y, text in enumerate(notes):
        write(ax, 1, y, text, xycoords=ax.get_yaxis_transform(), offset=(4, 0), fontsize=SMALL, color=GREY)


def gutter(labels: Iterable[str], width: str, size: float = LABEL) -> float:
    """Return the room that row labels need; a label wider than a third of the figure is broken in two."""
    longest = max((text_width(legible(label), size) for label in labels), default=0.0)
    return min(longest, WIDTHS[width] * 72 * (0.34 if width == "single" else 0.24)) + 7


def note_room(notes: Iterable[str]) -> float:
    """Return the room that right-hand notes need."""
    return max((text_width(line, SMALL) for note in notes for line in note.split("\n")), default=0.0) + 5


def clear(ax: Axes, *, x_axis: bool = False) -> None:
    """Take away what carries no information: spines, y ticks and, unless `x_axis`, the x axis."""
    if not x_axis:
        ax.set_axis_off()
        return
    ax.spines[:].set_visible(False)
    ax.yaxis.set_visible(False)
    ax.patch.set_visible(False)
    ax.tick_params(axis="x", pad=1.5, length=2, color=RULE)


def set_rows(ax: Axes, n: int) -> None:
    """Give the plot `n` rows of equal height, the first at the top."""
    ax.set_ylim(n - 0.5, -0.5)


def _key_lines(key: Sequence[dict[str, Any]], points: float) -> list[list[dict[str, Any]]]:
    lines: list[list[dict[str, Any]]] = [[]]
    used = 0.0
    for entry in key:
        needed = text_width(entry["label"], SMALL) + 22
        if lines[-1] and used + needed > points:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += needed
    return lines if key else []


def _draw_key(figure: Figure, lines: list[list[dict[str, Any]]], top: float) -> None:
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    for i, line in enumerate(lines):
        x, y = _MARGIN, top - (i + 0.5) * SMALL * 1.6
        for entry in line:
            style = {name: value for name, value in entry.items() if name != "label"}
            if "marker" in style:
                figure.add_artist(Line2D([x + 4], [y], transform=points, linestyle="", **style))
            else:
                figure.add_artist(Rectangle((x, y - 3), 9, 6, transform=points, linewidth=0.6, **style))
            _put(figure, x + 12, y, entry["label"], SMALL, INK, va="center")
            x += text_width(entry["label"], SMALL) + 22


def _put(figure: Figure, x: float, y: float, text: str, size: float, color: str, **options: Any) -> None:
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    figure.text(
        x, y, text, transform=points, fontsize=size, color=color, parse_math=False,
        **{"va": "top", "ha": "left", **options},
    )  # fmt: skip


def panel_points(ax: Axes | Sequence[Axes] | None, page: Page, shape: Shape) -> float:
    """Return how wide a panel will be, in points: measured where the caller gave Axes."""
    if ax is None:
        return shape.panel_width(page.width)
    first = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()[0]
    return float(first.get_window_extent().width * 72 / first.get_figure(root=True).dpi)


def open_panels(
    ax: Axes | Sequence[Axes] | None,
    page: Page,
    shape: Shape,
    kind: str,
    table: pd.DataFrame,
    keys: tuple[str, ...] = (),
    value: str = "",
) -> np.ndarray:
    """Return the Axes to draw in, with everything around them already drawn.

    Without `ax` a new Figure of the page's width is made, as high as its content needs (it is not registered with
    pyplot, so nothing shows it twice and nothing has to close it). With `ax` the caller's own Axes are used, and
    title, subtitle and foot are written around the first of them.
    """
    if ax is not None:
        axes = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
        if len(axes) < shape.n:
            raise ValueError(f"{kind}: {shape.n} panels, but {len(axes)} axes were given")
        axes = axes[: shape.n]
        _surround(axes[0], page, shape)
    else:
        axes = _new_figure(page, shape)
    for one in axes:
        one.drawn = Drawn(kind, table.reset_index(drop=True), keys, value, page.title, page.subtitle, page.foot)
    return axes


def _new_figure(page: Page, shape: Shape) -> np.ndarray:
    panel = shape.panel_width(page.width)
    full = WIDTHS[page.width] * 72
    inner = full - 2 * _MARGIN
    blocks = [
        (wrap(page.title, inner, TITLE, bold=True), TITLE, INK, "bold"),
        (wrap(page.subtitle, inner, SUBTITLE), SUBTITLE, INK, "normal"),
        (wrap(page.foot, inner, SMALL), SMALL, GREY, "normal"),
    ]
    heights = [len(lines) * size * _LEADING for lines, size, _, _ in blocks]
    key = _key_lines(shape.key, inner)
    head = heights[0] + heights[1] + (len(key) * SMALL * 1.6 + 4 if key else 0) + 5
    grid_rows = -(-shape.n // shape.cols)
    cell = shape.top + shape.height + shape.bottom
    total = _MARGIN + head + grid_rows * cell + 5 + heights[2] + _MARGIN

    figure = Figure(figsize=(full / 72, total / 72), dpi=200, layout="none")
    FigureCanvasAgg(figure)
    starts = [total - _MARGIN, total - _MARGIN - heights[0], _MARGIN + heights[2]]
    for (lines, size, color, weight), start in zip(blocks, starts, strict=True):
        for i, line in enumerate(lines):
            _put(figure, _MARGIN, start - i * size * _LEADING, line, size, color, weight=weight)
    _draw_key(figure, key, total - _MARGIN - heights[0] - heights[1] - 4)

    axes = []
    for i in range(shape.n):
        row, col = divmod(i, shape.cols)
        x = _MARGIN + shape.left + col * (panel + shape.right + shape.gap)
        y = total - _MARGIN - head - row * cell - shape.top - shape.height
        axes.append(figure.add_axes((x / full, y / total, panel / full, shape.height / total)))
    return np.array(axes, dtype=object)


def _surround(ax: Axes, page: Page, shape: Shape) -> None:
    above = [(page.title, TITLE, "bold"), (page.subtitle, SUBTITLE, "normal")]
    y = shape.top + 4
    for text, size, weight in reversed(above):
        if text:
            write(ax, 0, 1, legible(text), xycoords="axes fraction", offset=(0, y), va="bottom", fontsize=size,
                  weight=weight)  # fmt: skip
            y += size * _LEADING
    if page.foot:
        write(ax, 0, 0, legible(page.foot), xycoords="axes fraction", offset=(0, -shape.bottom - 4), va="top",
              fontsize=SMALL, color=GREY)  # fmt: skip
    if shape.key:
        handles = [
            Line2D([], [], linestyle="", **entry) if "marker" in entry else Rectangle((0, 0), 1, 1, **entry)
            for entry in shape.key
        ]
        legend = ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=SMALL)
        for text in legend.get_texts():
            text.set_parse_math(False)


def draw_message(ax: Axes | Sequence[Axes] | None, page: Page, kind: str, text: str, table: pd.DataFrame) -> np.ndarray:
    """Return Axes that say why there is nothing to draw."""
    axes = open_panels(ax, page, Shape(height=40), f"{kind}: {text}", table)
    clear(axes[0])
    write(axes[0], 0.5, 0.5, legible(text), xycoords="axes fraction", ha="center", color=GREY)
    return axes
