"""The profile: what several measures say of each outlet, side by side."""

import numpy as np
import pandas as pd

from helpers.charts import frame
from helpers.charts.style import GREY, INK, RULE, SMALL, outlet_colors, outlet_markers, wrap


@frame.drawing
def profile(table: pd.DataFrame, look: frame.Look = frame.PLAIN) -> np.ndarray:
    """Draw what several measures say of each outlet: one panel per measure, one row per outlet.

    Each panel has its own scale, which includes zero (the vertical line). Under each value is its n. A value that is
    missing is written "n too small".

    Columns of `table`: outlet, measure, value (empty where n is too small), n. Measures keep their order. Returns an
    array of Axes, one per measure.
    """
    kind = "profile of measures"
    look = look.completed(
        subtitle="A panel a measure, each on its own scale from zero; below each value, n, the number it is made of",
        empty="nothing to compare",
    )
    drawn = frame.need(table, ("outlet", "measure", "value", "n"), kind)[["outlet", "measure", "value", "n"]]
    if drawn.empty:
        return frame.draw_message(look, kind, table)
    twice = drawn[drawn.duplicated(["outlet", "measure"])]
    if len(twice):
        outlet, measure = twice.iloc[0][["outlet", "measure"]]
        raise ValueError(f"{kind}: two rows for outlet {outlet!r} and measure {measure!r}")
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
            value, n = values.get(name, np.nan), ns.get(name, 0)
            if np.isnan(value):
                frame.write(axis, 0.5, y, f"n too small\n(n {n:,.0f})", at="row", ha="center", size=SMALL, color=GREY,
                            bbox=frame.PAPER)  # fmt: skip
                continue
            axis.plot([0, value], [y, y], color=colors[name], linewidth=1.2)
            axis.plot([value], [y], markers[name], color=colors[name], markersize=5)
            for text, up, va, ink in ((_plain(value, digits), 4, "bottom", INK), (f"n {n:,.0f}", -4, "top", GREY)):
                frame.write(axis, value, y, text, offset=(0, up), ha="center", va=va, size=SMALL, color=ink,
                            bbox=frame.PAPER)  # fmt: skip
    return axes


def _plain(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}".replace("-", "−")
    return text.removeprefix("−") if float(f"{value:.{digits}f}") == 0 else text
