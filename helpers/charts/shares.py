"""Shares that sum to 1: which names an outlet uses for one actor."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import frame
from helpers.charts.style import FAINT, FILLS, GREY, INK, SMALL, legible, shorten, text_width

_OTHER = "all other names"
_VOICE_NAMES = {"outlet": "The outlet's own words", "paraphrase": "Paraphrase of a source", "quote": "Quotation"}


@frame.drawing
def share_bars(
    names: pd.DataFrame, look: frame.Look = frame.PLAIN, *, by: str | None = None, top: int = 6
) -> Axes | np.ndarray:
    """Draw which names each outlet uses for one actor: one bar per outlet that sums to 1, one segment per name.

    The `top` names (by n over all outlets, at most 8) have a segment of their own, the rest share a grey one; n, at
    the right, is all mentions. `by="voice"` draws one panel per voice, side by side (in a single column, one below
    the other).

    Columns of `names`: actor, outlet, voice, variant, n, total (the outlet's mentions in that voice). Rows of several
    voices are added up where `by` is None. Returns the Axes, or with `by` an array of them. Raises ValueError where
    the table holds several actors.
    """
    kind = "shares of names"
    look = look.completed(subtitle="Share of each outlet's mentions, by the name used", empty="no mention")
    needed = frame.need(names, ("actor", "outlet", "voice", "variant", "n", "total"), kind)
    if needed["actor"].nunique() > 1:
        raise ValueError(f"{kind}: one actor at a time; the table holds {', '.join(sorted(set(names['actor'])))}")
    if by not in (None, "voice"):
        raise ValueError(f"{kind}: by={by!r}; use None or 'voice'")
    if not needed["n"].sum():
        axes = frame.draw_message(look, kind, names)
        return axes if by else axes[0]

    drawn, shown = _share_table(names, by, min(top, len(FILLS)))
    rows = look.names(drawn)
    panels = [voice for voice in _VOICE_NAMES if voice in set(drawn["voice"])] if by else [""]
    tables = [drawn[drawn["voice"] == voice] if by else drawn for voice in panels]
    totals = [table.groupby("outlet")["total"].first() for table in tables]
    notes = [[f"n = {total[row]:,}" if row in total else "" for row in rows] for total in totals]
    cols = len(panels) if look.width == "double" else 1
    shape = frame.row_shape(
        look, rows, 19.0, chain(*notes), n=len(panels), cols=cols, gap=6,
        top=12 if by else 0, bottom=8 if by and cols == 1 else 2,
    )  # fmt: skip
    points = shape.panel_width(look.width)
    texts = [_label(name, share, points) for name, share in zip(drawn["variant"], drawn["share"], strict=True)]
    fills = {name: fill for name, fill in zip(shown, FILLS, strict=False)} | {_OTHER: FAINT}
    if not all(" " in text for text in texts):  # a name has no room in its segment
        used = [name for name in fills if name in set(drawn["variant"])]
        key = [{"label": legible(name), "facecolor": fills[name], "edgecolor": "none"} for name in used]
        shape = replace(shape, key=key)
    keys = ["outlet", by, "variant"] if by else ["outlet", "variant"]
    axes = frame.open_panels(look, shape, kind, drawn, keys, "share")

    for axis, voice, table, note in zip(axes, panels, tables, notes, strict=True):
        axis.set_xlim(0, 1)
        for y, row in enumerate(rows):
            own = table[table["outlet"] == row]
            if own.empty:
                frame.write(axis, 0, y, look.empty, offset=(4, 0), size=SMALL, color=GREY)
            own = own[own["n"] > 0]
            starts = own["share"].cumsum() - own["share"]
            color = [fills[name] for name in own["variant"]]
            axis.barh([y] * len(own), own["share"], 0.74, starts, facecolor=color, edgecolor="white", linewidth=0.6)
            for i, middle in (starts + own["share"] / 2).items():
                if texts[i]:
                    frame.write(axis, middle, y, texts[i], ha="center", size=SMALL)
        axis.axvline(0, color=INK, linewidth=0.7)
        frame.note_rows(axis, note)
        if voice:
            frame.head_panel(axis, shorten(_VOICE_NAMES[voice], points + shape.right, SMALL, bold=True), 2)
    return axes if by else axes[0]


def _share_table(names: pd.DataFrame, by: str | None, top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return outlet, (voice,) variant, n, total, share, the rest as one variant; and the variants shown by name."""
    ranked = names.groupby("variant", as_index=False)["n"].sum().sort_values(["n", "variant"], ascending=[False, True])
    shown = list(ranked["variant"])[: top if len(ranked) > top + 1 else len(FILLS)]
    keys = ["outlet", by] if by else ["outlet"]
    totals = names.groupby(["outlet", "voice"])["total"].max().groupby(keys).sum()
    counts = names[names["variant"].isin(shown)].groupby([*keys, "variant"])["n"].sum()
    wide = counts.unstack("variant").reindex(index=totals.index, columns=pd.Index(shown, name="variant"))
    wide[_OTHER] = (totals - wide.sum(axis=1)).where(lambda rest: rest > 0)
    table = wide.stack().dropna().astype("int64").rename("n").reset_index().merge(totals.reset_index(), on=keys)
    return table.assign(share=table["n"] / table["total"]), shown


def _label(variant: str, share: float, points: float) -> str:
    """Return what is written in a segment: name and share, the share alone, or nothing where it has no room."""
    for text in (f"{legible(variant)} {share:.0%}", f"{share:.0%}"):
        if text_width(text, SMALL) + 4 <= share * points:
            return text
    return ""
