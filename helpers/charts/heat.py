"""The heat map: how often each outlet mentions each actor, or another value of each outlet x actor."""

import itertools
from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from helpers.charts.drawn import drawing
from helpers.charts.frame import (
    Page,
    Shape,
    clear,
    draw_message,
    gutter,
    label_rows,
    need,
    open_panels,
    panel_points,
    set_rows,
    write,
)
from helpers.charts.style import GREY, SMALL, ink_on, legible, text_width, wrap

# equal steps of lightness in OKLab, from near white to dark blue
_RAMP = ("#eef3fa", "#c4d9f3", "#9ebfe8", "#7ba5d8", "#5c8bc5", "#4172ae", "#2a5995", "#184179", "#0b2a5b")
# below zero cold, above it warm; told apart in the common colour blindnesses
_TWO_SIDED = ("#2a5995", "#7ba5d8", "#c4d9f3", "#f6f6f6", "#f5d9b8", "#e39a4f", "#b3560b")
RATE = "per_1000_words"
# what a cell says, the fullest first; `z` writes a value that rounds to 0 without a minus
_RATES = ("{value:.1f}\nn {n:,}", "{value:.1f}", "{value:.0f}", "")
_SIGNED = ("{value:z.2f}\nn {n:,}", "{value:z.2f}", "{value:z.1f}", "")


@drawing
def heat_map(
    counts: pd.DataFrame,
    ax: Axes | None = None,
    *,
    value: str = RATE,
    outlets: Iterable[str] | None = None,
    title: str = "",
    subtitle: str | None = None,
    foot: str = "",
    width: str = "double",
    empty: str = "no mention of any actor",
) -> Axes:
    """Draw a value of each outlet x actor, by default how often it is mentioned; value and n stand in the cell.

    Actors stand in order of their mean value over the outlets, the most mentioned first; outlets by name. The
    longer of the two lists runs down, so that names can be read without turning the head. Cells without a mention
    stay white.

    Columns of `counts`: outlet, actor, n, and `value`. A pair without a row counts as 0 mentions per 1,000 words; any
    other value (a tone) may be negative, is coloured from its zero to both sides, and is left open for such a pair.
    """
    kind = "heat map"
    page = Page(title, subtitle or "", foot, width)
    if len(counts):
        need(counts, ("outlet", "actor", "n", value), kind)
    if counts.empty or not counts["n"].sum():
        return draw_message(ax, page, kind, empty, counts)[0]

    names = sorted(set(outlets) if outlets is not None else set(counts["outlet"]))
    wide = counts.pivot_table(index="actor", columns="outlet", values=[value, "n"], aggfunc="sum")
    values = wide[value].reindex(columns=names)
    values = values.fillna(0) if value == RATE else values
    ns = wide["n"].reindex(columns=names).fillna(0).astype("int64")
    actors = list(values.mean(axis=1).round(12).rename("mean").reset_index().sort_values(
        ["mean", "actor"], ascending=[False, True])["actor"])  # fmt: skip
    values, ns = values.loc[actors], ns.loc[actors]
    if len(names) > len(actors):
        values, ns = values.T, ns.T
    rows, columns = list(values.index), list(values.columns)

    left = gutter(rows, width)
    points = panel_points(ax, page, Shape(1, left=left))
    cell = min(points / len(columns), 74.0)
    headings = [wrap(name, cell - 3, SMALL, lines=2) for name in columns]
    flat = all(" ".join(lines) == legible(name) for lines, name in zip(headings, columns, strict=True))
    slanted = max(text_width(legible(name), SMALL) for name in columns)
    deepest = max(len(lines) for lines in headings)
    top = 8.6 * deepest + 6 if flat else min(slanted, 110) + 6
    texts = _cell_texts(values, ns, cell, _RATES if value == RATE else _SIGNED, "0" if value == RATE else "–")
    two_lines = any("\n" in text for text in texts.to_numpy().ravel())
    shape = Shape(len(rows) * (21.0 if two_lines else 13.0), left=left, right=points - cell * len(columns), top=top)
    if subtitle is None:
        page = Page(title, _describe_cells(value, two_lines), foot, width)
    drawn = pd.DataFrame([
        {"outlet": name, "actor": actor, "n": ns.at[at], value: values.at[at]}
        for name in names
        for actor in actors
        for at in [(name, actor) if name in rows and len(names) > len(actors) else (actor, name)]
    ])  # fmt: skip
    axis = open_panels(ax, page, shape, kind, drawn, ("outlet", "actor"), value)[0]
    clear(axis)
    set_rows(axis, len(rows))
    axis.set_xlim(-0.5, len(columns) - 0.5)
    most = values.abs().max(axis=None) or 1.0
    colors = LinearSegmentedColormap.from_list("ramp", _RAMP if value == RATE else _TWO_SIDED)
    scale = Normalize(0 if value == RATE else -most, most)
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            n, amount = ns.at[row, column], values.at[row, column]
            fill = colors(scale(amount)) if n else "white"
            if n:
                axis.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=fill, edgecolor="white", linewidth=1))
            write(
                axis,
                x,
                y,
                texts.at[row, column],
                ha="center",
                fontsize=SMALL,
                color=ink_on(fill) if n else GREY,
                linespacing=1.1,
            )
    for x, (column, lines) in enumerate(zip(columns, headings, strict=True)):
        turn = {} if flat else {"rotation": 90}
        text = "\n".join(lines) if flat else wrap(column, 110, SMALL, lines=1)[0]
        write(axis, x, 1, text, xycoords=axis.get_xaxis_transform(), offset=(0, 3), ha="center", va="bottom",
              fontsize=SMALL, linespacing=1.05, **turn)  # fmt: skip
    label_rows(axis, rows, left)
    return axis


def _describe_cells(value: str, two_lines: bool) -> str:
    if value == RATE:
        return "Mentions per 1,000 words (darker: more)" + "; below it, the number of mentions" * two_lines
    name = value.replace("_", " ")
    return f"{name[:1].upper()}{name[1:]} (blue: below 0; orange: above; –: none)" + "; below it, n" * two_lines


def _cell_texts(
    values: pd.DataFrame, ns: pd.DataFrame, cell: float, forms: tuple[str, ...], absent: str
) -> pd.DataFrame:
    """Return what each cell says: its value and n, or as much of it as the narrowest cell has room for."""
    for form in forms:
        texts = values.copy().astype(object)
        for row, column in itertools.product(values.index, values.columns):
            n, amount = ns.at[row, column], values.at[row, column]
            texts.at[row, column] = form.format(value=amount, n=n).replace("-", "−") if n else absent
        lines = [line for text in texts.to_numpy().ravel() for line in text.split("\n")]
        if max(text_width(line, SMALL) for line in lines) <= cell:
            break
    return texts
