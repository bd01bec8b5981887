"""The frame around a plot: title, subtitle, key, panels at exact places, foot; and what is kept of what was drawn.

Everything is placed in points before anything is drawn. So a figure has the width that a journal asks for, a bar is as
thick in one figure as in the next, and no renderer is needed to lay it out.
"""

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.charts import style
from helpers.charts.style import GREY, INK, LABEL, SMALL, WIDTHS, legible, text_width, wrap

Plot = Axes | Figure | Sequence[Axes] | np.ndarray  # what a chart returns
MOST_OUTLETS = 20  # on one page; the other outlets have pages of their own
_MARGIN, _GAP, _BESIDE = 5.0, 6.0, 7.0  # points around the figure, between its panels, and beside a label
_ROWS_TOLD = 3  # in an alternative text
FEW = 5  # cases: fewer are shown as numbers, without a percentage or a place in an order
_LEADING, _KEY_LINE = 1.32, SMALL * 1.6  # from line to line: of a size of letters; points, in the key


@dataclass(frozen=True)
class Look:
    """The words around a plot, its width, and the outlets it shows.

    title: the finding or the question. subtitle: measure and unit (None: the chart's own words). foot: n, dates,
    method. also: what the alternative text says though no figure draws it. width: "single" (89 mm) or "double" (183
    mm). outlets: the rows or panels (None: those of the table). known: all outlets of the corpus with their number of
    articles: by these the colours are chosen, and the pages.
    """

    title: str = ""
    subtitle: str | None = None
    foot: str = ""
    also: str = ""
    width: str = "double"
    outlets: Sequence[str] | None = None
    known: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        if self.width not in WIDTHS:
            raise ValueError(f"width {self.width!r}: use {' or '.join(map(repr, WIDTHS))}")

    def titled(self, title: str, subtitle: str | None = None, *, also: str = "") -> "Look":
        """Return the same look with a title and, where the chart's own will not do, a subtitle."""
        return replace(self, title=title, subtitle=subtitle, also=also)

    def subtitled(self, subtitle: str) -> "Look":
        """Return the look with a chart's own subtitle where the caller has given none."""
        return replace(self, subtitle=subtitle) if self.subtitle is None else self

    def noted(self, *notes: str) -> "Look":
        """Return the look with more sentences in its foot."""
        return replace(self, foot=" ".join(filter(None, [self.foot, *notes])))

    def keep(self, table: pd.DataFrame) -> tuple[list[str], "Look"]:
        """Return the outlets to show that `table` has, and the look with these alone; its foot names the others."""
        asked = set(table["outlet"] if self.outlets is None else self.outlets)
        kept, absent = sorted(asked & {*table["outlet"]}), ", ".join(sorted(asked - {*table["outlet"]}))
        return kept, replace(self, outlets=kept).noted(f"Too few cases to draw: {absent}." if absent else "")

    def turn(self, table: pd.DataFrame, page: int) -> tuple["Look", int]:
        """Return the look with the outlets of one page alone, which its foot says, and how many pages there are."""
        names, look = self.keep(table) if "outlet" in table else ([], self)
        if len(names) <= MOST_OUTLETS:
            return look, 1
        pages, sizes = math.ceil(len(names) / MOST_OUTLETS), self.known or table["outlet"].value_counts()
        shown = sorted(names, key=lambda name: -sizes.get(name, 0))[(page - 1) * MOST_OUTLETS :][:MOST_OUTLETS]
        rule = f"Page {page} of {pages}: {len(names)} outlets, {MOST_OUTLETS} a page, those with most articles first."
        return replace(look, outlets=shown).noted(rule), pages


@dataclass
class Space:
    """The space a plot needs, in points: `n` panels in `cols` columns, each with a row of this `height` a label.

    Labels are to the left of the first column, `notes` to the right of each panel, with room for either. Where a label
    is too wide for its share of the figure, labels are broken in two, and rows as high as that needs. `key` says what
    the colours mean: labels, each with the markers (options of `Axes.plot`) beside it, in one place.
    """

    look: Look
    labels: Sequence[str]
    height: float  # given: of a row; then, of a panel
    notes: Sequence[str] = ()
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    n: int = 1
    cols: int = 1
    x_axis: bool = False
    key: Sequence[tuple[Any, ...]] = ()

    def __post_init__(self) -> None:
        self.full, share = WIDTHS[self.look.width] * 72, 0.34 if self.look.width == "single" else 0.24
        longest = max((text_width(legible(label)) + _BESIDE for label in self.labels), default=0.0)
        self.left, self.right = min(longest, self.full * share + _BESIDE), self.right or note_room(self.notes)
        self.height = max(len(self.labels), 1) * max(self.height, 18.5 if longest > self.left else 0)
        taken = 2 * _MARGIN + self.left + self.cols * self.right + (self.cols - 1) * _GAP
        self.width = (self.full - taken) / self.cols  # of a panel


@dataclass(frozen=True)
class Drawn:
    """The kind of a figure, the table of exactly what is drawn, and the words around it.

    `told` says what is seen, for the alternative text. `given` is the table that the chart was given, `options` its
    options; `again` draws the figure at another width ("single" or "double") or another of its `pages` (None where no
    chart of this package made it).
    """

    kind: str = "figure"
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    keys: tuple[str, ...] = ()
    value: str = ""
    look: Look = field(default_factory=Look)
    told: str = ""
    given: pd.DataFrame = field(default_factory=pd.DataFrame)
    options: Mapping[str, Any] = field(default_factory=dict)
    pages: int = 1
    again: Callable[..., Any] | None = None


def drawing(chart: Callable[..., Any]) -> Callable[..., Any]:
    """Return the chart wrapped: it draws in the house style, a look given or not, and keeps that as `axes.drawn`."""

    @functools.wraps(chart)
    def draw(table: pd.DataFrame, look: Look | None = None, *, page: int = 1, **options: Any) -> Any:
        look = look or Look()
        shown, pages = look.turn(table, page)
        some = table if shown.outlets or "outlet" not in table else table.head(0)
        with mpl.rc_context(style.RC):
            made = chart(some, shown, **options)
        given = table.copy(deep=False)

        def again(width: str = look.width, page: int = 1) -> Any:
            return draw(given, replace(look, width=width), page=page, **options)

        for axes in np.ravel(made):
            axes.drawn = replace(axes.drawn, given=given, options=options, pages=pages, again=again)
        return made

    return draw


def find_figure(axes: Plot) -> Figure:
    """Return the Figure of what a chart returned: Axes, an array of them, or the Figure itself."""
    first = np.ravel(axes)[0]
    if not isinstance(first, Figure | Axes):
        raise TypeError(f"neither Axes nor Figure: {type(first).__name__}")
    return first.get_figure(root=True)


def find_drawn(axes: Plot) -> Drawn:
    """Return what a chart says it drew; an empty Drawn for a figure that no chart of this package made."""
    return next((one.drawn for one in find_figure(axes).axes if hasattr(one, "drawn")), Drawn())


def describe_figure(drawn: Drawn) -> str:
    """Return the alternative text: the title, the numbers that its chart tells, what is plotted and what is not."""
    plotted = ": ".join(filter(None, [drawn.kind.partition(" by ")[0].capitalize(), drawn.look.subtitle]))
    also = f"Not drawn: {drawn.look.also}" if drawn.look.also else ""
    return join_sentences([drawn.look.title, drawn.told, plotted, also])


def tell_rows(
    table: pd.DataFrame, of: str, value: str, form: str, title: str, rest: str = "", *, ranked: bool = True
) -> str:
    """Return the rows of a figure in words: "X: B 3 of 4, A 1 of 5, the others none"; `form` writes a number.

    Told are three values of the column `of`: those that the title names, then those in which outlets differ most. The
    outlets are in order of `value`, of many those at both ends, or, where no order is claimed (not `ranked`), by name;
    `rest` is said of outlets without a number. Outlets with fewer than 5 cases (`total`) are named at the end; where
    all have so few, their numbers are told, in no order.
    """
    enough = table[table["total"].ge(FEW)] if "total" in table else table
    ranked, every, table = ranked and len(enough) > 0, table, enough if len(enough) else table
    few = sorted({*every["outlet"]} - {*table["outlet"]})
    wide = table[~table[of].astype("str").str.startswith("all other")].pivot_table(value, of, "outlet", sort=False)
    wide = wide.fillna(0) if rest else wide
    apart = (wide.max(axis=1) - wide.min(axis=1)).round(9)
    whole = r"(?<![\w-]){}(?!\w)"  # with a capital, and not as a part of another word
    named = {row for row in wide.index if f"“{row}”" in title or (
        of == "actor" and row[:1].isupper() and re.search(whole.format(re.escape(row)), title)
    )}  # fmt: skip
    said = []
    for row in sorted(wide.index, key=lambda row: (row not in named, -apart[row]))[:_ROWS_TOLD]:
        own = table[table[of].eq(row) & table["n"].ne(0) & table[value].notna()].sort_values("outlet")
        own = own.sort_values(value, ascending=False, kind="stable") if ranked else own
        cells = [f"{one['outlet']} {form.format(**one).replace('-', '−')}" for one in own.to_dict("records")]
        cells = [*cells[:3], f"{len(cells) - 5} outlets between", *cells[-2:]] if ranked and len(cells) > 6 else cells
        others = sorted({*table["outlet"]} - {*own["outlet"]}) if rest else []
        cells += [f"{' and '.join(others) if len(others) < 3 else 'the others'} {rest}"] if others else []
        said.append(f"{row}: {', '.join(cells)}")
    return ". ".join([*said, *[f"Fewer than {FEW}, so not told: {', '.join(few)}"] * bool(few)]) or "none"


def join_sentences(parts: Sequence[str]) -> str:
    """Return the parts as running text, each with a full stop where it has no mark of its own."""
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def check_columns(table: pd.DataFrame, columns: Iterable[str], chart: str) -> pd.DataFrame:
    """Return `table`; an empty one gets the columns it lacks. Raises ValueError where rows lack one of `columns`."""
    missing = [name for name in columns if name not in table.columns]
    if missing and len(table):
        raise ValueError(f"{chart} needs column {missing[0]!r}; the table has: {', '.join(map(str, table.columns))}")
    return table.reindex(columns=[*table.columns, *missing]) if missing else table


def note_room(notes: Iterable[str]) -> float:
    """Return the room that right-hand notes need; 0 without notes."""
    return max((text_width(line, SMALL) + 5 for note in notes for line in note.split("\n")), default=0.0)


def open_panels(
    space: Space, kind: str, table: pd.DataFrame, keys: Sequence[str] = (), value: str = "", told: str = ""
) -> np.ndarray:
    """Return the Axes to draw in, one per panel, with everything around them already drawn.

    The figure is as high as its content needs. It is not registered with pyplot, so nothing shows it twice and nothing
    has to close it. `table`, `keys`, `value` and `told` are kept as what is drawn.
    """
    look, full, inner = space.look, space.full, space.full - 2 * _MARGIN
    figure = Figure(dpi=200, layout="none")
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, full))  # in points from the upper left corner
    sheet.set_axis_off()
    top = _write_lines(sheet, _MARGIN, wrap(look.title, inner, style.TITLE, bold=True), style.TITLE, weight="bold")
    top = _write_lines(sheet, top, wrap(look.subtitle or "", inner, style.SUBTITLE), style.SUBTITLE)
    top = (_draw_key(sheet, top, space.key) if space.key else top) + 5
    cell = space.top + space.height + space.bottom
    foot = top + math.ceil(space.n / space.cols) * cell + 5
    total = _write_lines(sheet, foot, wrap(look.foot, inner, SMALL), SMALL, color=GREY) + _MARGIN
    figure.set_size_inches(full / 72, total / 72)
    sheet.set_ylim(total, 0)

    drawn = Drawn(kind, table.reset_index(drop=True), tuple(keys), value, look, told)
    axes = []
    for i in range(space.n):
        row, col = divmod(i, space.cols)
        x = _MARGIN + space.left + col * (space.width + space.right + _GAP)
        y = total - top - row * cell - space.top - space.height
        axis = figure.add_axes((x / full, y / total, space.width / full, space.height / total))
        axis.drawn = drawn
        axis.patch.set_visible(False)
        axis.yaxis.set_visible(False)
        if not space.x_axis:
            axis.set_axis_off()
        axis.set_ylim(max(len(space.labels), 1) - 0.5, -0.5)  # rows of equal height, the first at the top
        for y, label in enumerate(space.labels if col == 0 else ()):
            text = "\n".join(wrap(label, space.left - 6, lines=2))
            write(axis, 0, y, text, at="row", offset=(-5, 0), ha="right", size=LABEL)
        for y, note in enumerate(space.notes):
            write(axis, 1, y, note, at="row", offset=(4, 0), color=GREY)
        axes.append(axis)
    return np.array(axes, dtype=object)


def _write_lines(sheet: Axes, top: float, lines: list[str], size: float, **options: Any) -> float:
    """Write lines from `top` on and return where the last one ends."""
    for i, line in enumerate(lines):
        write(sheet, _MARGIN, top + i * size * _LEADING, line, size=size, va="top", **options)
    return top + len(lines) * size * _LEADING


def _draw_key(sheet: Axes, top: float, key: Sequence[tuple[Any, ...]]) -> float:
    """Draw a key from `top` on, in as many lines as it needs, and return where the last one ends."""
    x, y, right = _MARGIN, top + 4 + 0.5 * _KEY_LINE, sheet.get_xlim()[1] - _MARGIN
    for name, *marks in key:
        label = " ".join(wrap(name, right - _MARGIN - 22, SMALL, lines=1))
        needed = text_width(label, SMALL) + 22
        if x > _MARGIN and x + needed > right:
            x, y = _MARGIN, y + _KEY_LINE
        for mark in marks:
            sheet.plot([x + 4], [y], **mark)
        write(sheet, x + 12, y, label)
        x += needed
    return y + 0.5 * _KEY_LINE


def draw_message(look: Look, kind: str, table: pd.DataFrame, empty: str) -> np.ndarray:
    """Return Axes that say why there is nothing to draw: `empty`."""
    axes = open_panels(Space(look, (), 40), kind, table, told=empty)
    write(axes[0], 0.5, 0.5, empty, at="panel", ha="center", size=LABEL, color=GREY)
    return axes


def write(
    ax: Axes, x: float, y: float, text: str, *, at: str = "data", size: float = SMALL, color: str = INK,
    offset: tuple[float, float] = (0, 0), ha: str = "left", va: str = "center", **options: Any,
) -> None:  # fmt: skip
    """Write `text` at a place moved by `offset` points, never as maths.

    `at` says what the place counts in: "data"; "panel" (0 to 1 of the panel, both ways); "row" (0 to 1 across, a row
    of the data down); "column" (a column of the data across, 0 to 1 up).
    """
    row, column = ax.get_yaxis_transform(), ax.get_xaxis_transform()
    places = {"data": "data", "panel": "axes fraction", "row": row, "column": column}
    spacing = {"linespacing": 1.05} if "\n" in text else {}  # with it, one line alone is placed by its own letters
    ax.annotate(
        text, (x, y), xycoords=places[at], xytext=offset, textcoords="offset points", annotation_clip=False,
        parse_math=False, fontsize=size, color=color, ha=ha, va=va, **spacing, **options,
    )  # fmt: skip
