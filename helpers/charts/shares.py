"""Shares that sum to 1: which names an outlet uses for one actor."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

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
from helpers.charts.style import FAINT, FILLS, GREY, INK, SMALL, legible, shorten, text_width

_OTHER = "all other names"
_VOICE_NAMES = {"outlet": "The outlet's own words", "paraphrase": "Paraphrase of a source", "quote": "Quotation"}


@drawing
def share_bars(
    names: pd.DataFrame,
    ax: Axes | Sequence[Axes] | None = None,
    *,
    by: str | None = None,
    top: int = 6,
    outlets: Iterable[str] | None = None,
    title: str = "",
    subtitle: str = "Share of each outlet's mentions, by the name used",
    foot: str = "",
    width: str = "double",
    empty: str = "no mention",
) -> Axes | np.ndarray:
    """Draw which names each outlet uses for one actor: a bar an outlet that sums to 1, a segment a name.

    The `top` names (by n over all outlets, at most 8) have a segment of their own, the rest share a grey one; n, at
    the right, is all mentions. `by="voice"` draws a panel a voice, side by side (in a single column, one below the
    other).

    Columns of `names`: actor, outlet, voice, variant, n, total (the outlet's mentions in that voice). Rows of several
    voices are added up where `by` is None. Returns the Axes, or with `by` an array of them. Raises ValueError where
    the table holds several actors.
    """
    kind = "shares of names"
    if len(names):
        need(names, ("actor", "outlet", "voice", "variant", "n", "total"), kind)
        if names["actor"].nunique() > 1:
            raise ValueError(f"{kind}: one actor at a time; the table holds {', '.join(sorted(set(names['actor'])))}")
    if by not in (None, "voice"):
        raise ValueError(f"{kind}: by={by!r}; use None or 'voice'")
    page = Page(title, subtitle, foot, width)
    if names.empty or not names["n"].sum():
        axes = draw_message(ax, page, kind, empty, names)
        return axes if by else axes[0]

    drawn, variants = _share_table(names, by, min(top, len(FILLS)))
    rows = sorted(set(outlets) if outlets is not None else set(drawn["outlet"]))
    panels = [voice for voice in _VOICE_NAMES if voice in set(drawn["voice"])] if by else [None]
    fills = dict(zip(variants, FILLS, strict=False)) | {_OTHER: FAINT}
    tables = [drawn if panel is None else drawn[drawn["voice"] == panel] for panel in panels]
    notes = [[_note(table, row) for row in rows] for table in tables]
    room = max(note_room(note) for note in notes)
    cols = len(panels) if width == "double" else 1
    shape = Shape(
        len(rows) * 19.0, n=len(panels), cols=cols, left=gutter(rows, width), right=room, gap=6,
        top=12 if by else 0, bottom=2 if cols > 1 or not by else 8,
    )  # fmt: skip
    points = panel_points(ax, page, shape)
    named = _names_that_fit(drawn, points)
    entries = [{"label": legible(name), "facecolor": fill, "edgecolor": "none"} for name, fill in fills.items()]
    used = set(drawn["variant"])
    if not used <= named:
        keyed = [entry for entry, name in zip(entries, fills, strict=True) if name in used]
        shape = Shape(**{**vars(shape), "key": keyed})
    keys = ("outlet", *([by] if by else []), "variant")
    axes = open_panels(ax, page, shape, kind, drawn, keys, "share")
    for axis, panel, table, note in zip(axes, panels, tables, notes, strict=True):
        clear(axis)
        set_rows(axis, len(rows))
        axis.set_xlim(0, 1)
        for y, row in enumerate(rows):
            _draw_shares(axis, y, table[table["outlet"] == row], fills, points, empty)
        axis.axvline(0, color=INK, linewidth=0.7)
        note_rows(axis, note)
        if panel:
            heading = shorten(_VOICE_NAMES[panel], points + room, SMALL, bold=True)
            write(axis, 0, 1, heading, xycoords="axes fraction", offset=(0, 2), va="bottom", fontsize=SMALL,
                  weight="bold")  # fmt: skip
    for axis in axes[::cols]:
        label_rows(axis, rows, shape.left)
    return axes if by else axes[0]


def _note(table: pd.DataFrame, outlet: str) -> str:
    total = table.loc[table["outlet"] == outlet, "total"]
    return f"n = {total.iloc[0]:,}" if len(total) else ""


def _share_table(names: pd.DataFrame, by: str | None, top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return outlet, (voice,) variant, n, total, share, the rest as one variant; and the variants shown by name."""
    ranked = names.groupby("variant", as_index=False)["n"].sum().sort_values(["n", "variant"], ascending=[False, True])
    shown = list(ranked["variant"])[: top if len(ranked) > top + 1 else len(FILLS)]
    keys = ["outlet", by] if by else ["outlet"]
    totals = (
        names.groupby(["outlet", "voice"], as_index=False)["total"].max().groupby(keys, as_index=False)["total"].sum()
    )
    counts = names[names["variant"].isin(shown)].groupby([*keys, "variant"], as_index=False)["n"].sum()
    rest = totals.merge(counts.groupby(keys, as_index=False)["n"].sum(), on=keys, how="left").fillna({"n": 0})
    rest = rest.assign(variant=_OTHER, n=(rest["total"] - rest["n"]).astype("int64")).query("n > 0")
    table = pd.concat([counts.merge(totals, on=keys), rest], ignore_index=True)
    table["share"] = table["n"] / table["total"]
    order = {name: i for i, name in enumerate([*shown, _OTHER])}
    table = table.sort_values([*keys, "variant"], key=lambda c: c.map(order) if c.name == "variant" else c)
    return table[[*keys, "variant", "n", "total", "share"]].reset_index(drop=True), shown


def _segment_label(variant: str, share: float, points: float) -> str:
    percent = f"{share:.0%}"
    for text in (f"{legible(variant)} {percent}", percent):
        if text_width(text, SMALL) + 4 <= share * points:
            return text
    return ""


def _names_that_fit(drawn: pd.DataFrame, points: float) -> set[str]:
    """Return the variants whose every segment is wide enough for its name: these need no key."""
    fits = [len(_segment_label(row.variant, row.share, points)) > len(f"{row.share:.0%}") for row in drawn.itertuples()]
    return set(drawn["variant"]) - set(drawn.loc[np.logical_not(fits), "variant"])


def _draw_shares(axis: Axes, y: int, rows: pd.DataFrame, fills: dict[str, str], points: float, empty: str) -> None:
    if rows.empty:
        write(axis, 0, y, empty, offset=(4, 0), fontsize=SMALL, color=GREY)
        return
    rows = rows[rows["n"] > 0]
    starts = rows["share"].cumsum() - rows["share"]
    fill = [fills[variant] for variant in rows["variant"]]
    axis.barh(y, rows["share"], 0.74, starts, facecolor=fill, edgecolor="white", linewidth=0.6)
    for start, row in zip(starts, rows.itertuples(), strict=True):
        if text := _segment_label(row.variant, row.share, points):
            write(axis, start + row.share / 2, y, text, ha="center", fontsize=SMALL)
