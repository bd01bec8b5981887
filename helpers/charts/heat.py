"""The heat map: how often each outlet mentions each actor, or another value of each outlet x actor."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from helpers.charts import frame
from helpers.charts.style import GREY, SMALL, ink_on, legible, text_width, wrap

# equal steps of lightness in OKLab, from near white to dark blue
_RAMP = ("#eef3fa", "#c4d9f3", "#9ebfe8", "#7ba5d8", "#5c8bc5", "#4172ae", "#2a5995", "#184179", "#0b2a5b")
# below zero cold, above it warm; distinguishable in the common colour blindnesses
_TWO_SIDED = ("#2a5995", "#7ba5d8", "#c4d9f3", "#f6f6f6", "#f5d9b8", "#e39a4f", "#b3560b")
RATE = "per_1000_words"
# what a cell says, the fullest first; `z` writes a value that rounds to 0 without a minus
_RATES = ("{value:.1f}\nn {n:,}", "{value:.1f}", "{value:.0f}", "")
_SIGNED = ("{value:z.2f}\nn {n:,}", "{value:z.2f}", "{value:z.1f}", "")


@frame.drawing
def heat_map(counts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, value: str = RATE) -> Axes:
    """Draw a value of each outlet x actor, by default how often it is mentioned; value and n are in the cell.

    Actors are in order of their mean value over the outlets, the most mentioned first; outlets by name. The longer of
    the two lists runs down, so that names can be read without turning the head. Cells without a mention stay white.

    Columns of `counts`: outlet, actor, n, and `value`. A pair without a row counts as 0 mentions per 1,000 words; any
    other value (a tone) may be negative, is coloured from its zero to both sides, and is left open for such a pair.
    """
    if not frame.need(counts, ("outlet", "actor", "n", value), "heat map")["n"].sum():
        return frame.draw_message(look, "heat map", counts, "no mention of any actor")[0]
    is_rate, names = value == RATE, look.names(counts)
    drawn, actors = _fill_pairs(counts, value, names)
    rows, across = (names, actors) if len(names) > len(actors) else (actors, names)

    left = frame.gutter(rows, look.width)
    points = frame.Shape(1, left=left).panel_width(look.width)
    cell = min(points / len(across), 74.0)
    headings = [wrap(name, cell - 3, SMALL, lines=2) for name in across]
    flat = all(" ".join(lines) == legible(name) for lines, name in zip(headings, across, strict=True))
    slanted = max(text_width(legible(name), SMALL) for name in across)
    top = 8.6 * max(map(len, headings)) + 6 if flat else min(slanted, 110) + 6
    texts = _write_cells(drawn["n"], drawn[value], cell, is_rate)
    two_lines = any("\n" in text for text in texts)
    what = f"{value.replace('_', ' ').capitalize()} (blue: below 0; orange: above; –: none)"
    what = "Mentions per 1,000 words (darker: more)" if is_rate else what
    below = f"; below it, {'the number of mentions' if is_rate else 'n'}" if two_lines else ""
    look, high = look.subtitled(what + below), len(rows) * (21.0 if two_lines else 13.0)
    shape = frame.Shape(high, left=left, right=points - cell * len(across), top=top, labels=rows)
    axis = frame.open_panels(look, shape, "heat map", drawn, ("outlet", "actor"), value)[0]

    axis.set_xlim(-0.5, len(across) - 0.5)
    most = drawn[value].abs().max() or 1.0
    colors = LinearSegmentedColormap.from_list("ramp", _RAMP if is_rate else _TWO_SIDED)
    scale = Normalize(0 if is_rate else -most, most)
    for text, row in zip(texts, drawn.to_dict("records"), strict=True):
        down, right = (row["outlet"], row["actor"]) if rows is names else (row["actor"], row["outlet"])
        x, y, fill = across.index(right), rows.index(down), "white"
        if row["n"]:
            fill = colors(scale(row[value]))
            axis.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=fill, edgecolor="white", linewidth=1))
        ink = ink_on(fill) if row["n"] else GREY
        frame.write(axis, x, y, text, ha="center", color=ink, linespacing=1.1)
    for x, (name, lines) in enumerate(zip(across, headings, strict=True)):
        text = "\n".join(lines) if flat else wrap(name, 110, SMALL, lines=1)[0]
        frame.write(axis, x, 1, text, at="column", offset=(0, 3), ha="center", va="bottom", linespacing=1.05,
                    rotation=0 if flat else 90)  # fmt: skip
    return axis


def _fill_pairs(counts: pd.DataFrame, value: str, names: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return outlet, actor, n and `value` of every pair, and the actors, the one with the largest mean first."""
    keys, absent = ["outlet", "actor"], {"n": 0, value: 0.0} if value == RATE else {"n": 0}
    summed = counts.groupby(keys)[["n", value]].sum()
    pairs = summed.reindex(pd.MultiIndex.from_product([names, summed.index.unique("actor")], names=keys)).fillna(absent)
    means = pairs[value].groupby("actor").mean().round(12)
    actors = list(means.sort_values(ascending=False, kind="stable").index)
    ordered = pairs.reindex(pd.MultiIndex.from_product([names, actors], names=keys))
    return ordered.astype({"n": "int64"}).reset_index(), actors


def _write_cells(ns: pd.Series, values: pd.Series, cell: float, is_rate: bool) -> list[str]:
    """Return what each cell says: its value and n, or as much of it as the narrowest cell has room for."""
    for form in _RATES if is_rate else _SIGNED:
        texts = [
            form.format(value=amount, n=n).replace("-", "−") if n else "0" if is_rate else "–"
            for n, amount in zip(ns, values, strict=True)
        ]
        if max(text_width(line, SMALL) for text in texts for line in text.split("\n")) <= cell:
            break
    return texts
