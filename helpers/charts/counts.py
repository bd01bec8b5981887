"""Counts by category, one panel per outlet: who is cited, with which verbs."""

import numpy as np
import pandas as pd

from helpers.charts import frame
from helpers.charts.style import FILLS, GREY, INK, SMALL, legible, outlet_colors, wrap


@frame.drawing
def count_bars(
    counts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, label: str,
    part: tuple[str, str, str] | None = None, top: int = 10,
) -> np.ndarray:  # fmt: skip
    """Draw counts by category: one panel per outlet, the same categories and the same scale in each.

    The `top` categories (by sum over the outlets) are drawn, the others added up in a last row. At each bar's end is
    its value; under each outlet's name, n. `part=(column, its name, name of the remainder)` divides the bars by a
    column that counts a part of n.

    Columns of `counts`: outlet, `label`, n. Returns an array of Axes, one per outlet.
    """
    kind = f"counts by {label}"
    what = "How many in each outlet, on one scale; n: all of that outlet"
    look = look.completed(subtitle=what, empty="nothing to count")
    if not frame.need(counts, ("outlet", label, "n", *(part or ())[:1]), kind)["n"].any():
        return frame.draw_message(look, kind, counts)

    table, keys = counts.assign(**{label: counts[label].astype(str).replace("", "(none)")}), ["outlet", label]
    if part:
        column, inside, outside = part
        within = table.assign(part=inside, n=table[column])
        beyond = table.assign(part=outside, n=table["n"] - table[column])
        table, keys = pd.concat([within, beyond]), ["outlet", label, "part"]
    ranked = table.groupby(label, as_index=False)["n"].sum().sort_values(["n", label], ascending=[False, True])
    categories = list(ranked[label])
    if len(categories) > top + 1:
        lumped = f"all others ({len(categories) - top})"
        categories = [*categories[:top], lumped]
        table = table.assign(**{label: table[label].where(table[label].isin(categories), lumped)})
    drawn = table.groupby(keys, as_index=False)["n"].sum()

    names = look.names(drawn)
    fills = dict(zip(part[1:], FILLS, strict=False)) if part else {}
    biggest = drawn.groupby(["outlet", label])["n"].sum().max()
    cols = frame.spread_columns(len(names), 5 if look.width == "double" else 2)
    key = [{"label": legible(level), "facecolor": fill, "edgecolor": "none"} for level, fill in fills.items()]
    shape = frame.row_shape(
        look, categories, 12.5, [f"{biggest:,.0f}"], n=len(names), cols=cols, top=26, bottom=2, gap=6, key=key
    )
    axes = frame.open_panels(look, shape, kind, drawn, keys, "n")
    colors = outlet_colors(names, look.known)
    totals = counts.groupby("outlet")["n"].sum()
    for axis, name in zip(axes, names, strict=True):
        axis.set_xlim(0, biggest)
        rows = drawn[drawn["outlet"] == name]
        ends = np.zeros(len(categories))
        for level, color in (fills or {"": colors[name]}).items():
            own = rows[rows["part"] == level] if part else rows
            amounts = own.set_index(label)["n"].reindex(categories, fill_value=0).to_numpy()
            there = np.flatnonzero(amounts)  # a bar without width shows in a PDF, as a hairline
            axis.barh(there, amounts[there], 0.72, ends[there], color=color, linewidth=0)
            ends = ends + amounts
        for y, end in enumerate(ends):
            frame.write(axis, end, y, f"{end:,.0f}", offset=(2.5, 0), size=SMALL, color=INK if end else GREY)
        axis.axvline(0, color=INK, linewidth=0.7)
        room = shape.panel_width(look.width) + shape.right - 2
        frame.head_panel(axis, "\n".join(wrap(name, room, SMALL, bold=True, lines=2)), 10, linespacing=1.05)
        n = f"n = {totals.get(name, 0):,.0f}"
        frame.write(axis, 0, 1, n, at="panel", offset=(0, 2), va="bottom", size=SMALL, color=GREY)
    return axes
