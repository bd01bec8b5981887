"""Contrasts around a zero line: which terms stand more on one side than on the other."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.charts.drawn import drawing
from helpers.charts.frame import (
    Page,
    Shape,
    clear,
    draw_message,
    need,
    note_room,
    open_panels,
    panel_points,
    set_rows,
    write,
)
from helpers.charts.style import GREY, INK, SMALL, legible, outlet_colors, shorten, text_width

_REST = "#dcdcdc"  # no outlet's colour: the others are several


@drawing
def diverging_bars(
    contrasts: pd.DataFrame,
    ax: Axes | None = None,
    *,
    top: int = 10,
    target: str | None = None,
    rest: str = "the others",
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    heads: tuple[str, str] | None = None,
    title: str = "",
    subtitle: str | None = None,
    foot: str = "",
    width: str = "double",
    empty: str = "no term to contrast",
) -> Axes:
    """Draw the terms that stand more in the target (to the right of zero) and more in the rest (to the left).

    At most `top` terms a side, those with the largest score; terms with score 0 are not drawn. Beside each bar:
    times found in the target : in the rest. A hatched bar rests on a single article of the side it stands on (the
    other side may have the term in more).

    Columns of `contrasts`: term, score, n_target, n_rest, articles_target, articles_rest, one row a term. `target`
    (else the column of that name) heads the right side and, with `outlets`, gives it its colour. `heads` are other
    words for the left and the right side, where a side is not where a term stands more; a bar is then hatched where
    its term stands in a single article of all.
    Raises ValueError where a term has two rows (several targets or voices in one table).
    """
    kind = "contrast of terms"
    page = Page(title, subtitle or "", foot, width)
    columns = ["term", "score", "n_target", "n_rest", "articles_target", "articles_rest"]
    if len(contrasts):
        need(contrasts, columns, kind)
    if contrasts.empty or not contrasts["score"].fillna(0).any():
        return draw_message(ax, page, kind, empty, contrasts)[0]
    if contrasts["term"].duplicated().any():
        twice = contrasts.loc[contrasts["term"].duplicated(), "term"].iloc[0]
        raise ValueError(f"{kind}: term {twice!r} has two rows; keep one target and one voice")

    if target is None:
        target = str(contrasts["target"].iloc[0]) if "target" in contrasts.columns else "the target"
    ranked = contrasts[columns].sort_values(["score", "term"], ascending=[False, True])
    drawn = pd.concat([ranked[ranked["score"] > 0].head(top), ranked[ranked["score"] < 0].tail(top)])
    both = drawn["articles_target"] + drawn["articles_rest"]
    own = np.where(drawn["score"] > 0, drawn["articles_target"], drawn["articles_rest"])
    drawn = drawn.assign(single=(both if heads else own) <= 1).reset_index(drop=True)
    method = f"Beside each bar: times in {legible(target)} : times in {legible(rest)}."
    if drawn["single"].any():
        where = "" if heads else "on its own side, "
        method += f" Hatched: {where}in a single article ({drawn['single'].sum()} of {len(drawn)} terms)."
    if subtitle is None:
        here, there = legible(target), legible(rest)
        adds = f"What each word adds to the gap: {here} less the mean of {there}"
        subtitle = adds if heads else f"Score of each term; right: more weight in {here}, left: in {there}"
    page = Page(title, subtitle, f"{foot} {method}".strip(), width)
    shape = Shape(len(drawn) * 13.0 + 2, top=14, bottom=14)
    notes = [f"{row.n_target:,} : {row.n_rest:,}" for row in drawn.itertuples()]
    axis = open_panels(ax, page, shape, kind, drawn, ("term",), "score")[0]
    clear(axis, x_axis=True)
    set_rows(axis, len(drawn))
    names = heads or (f"more in {rest}", f"more in {target}")
    sides = _fit_sides(
        drawn, notes, {1: f"{legible(names[1])} →", -1: f"← {legible(names[0])}"}, panel_points(ax, page, shape)
    )
    scale = sum(sides) / panel_points(ax, page, shape)
    axis.set_xlim(-sides[0], sides[1])
    edge = 8 * scale
    ticks = MaxNLocator(7).tick_values(-sides[0], sides[1])
    axis.set_xticks([tick for tick in ticks if edge - sides[0] <= tick <= sides[1] - edge])
    colors = outlet_colors(outlets, known) if outlets is not None else {}
    side_colors = {True: colors.get(target, "#3f90da"), False: _REST}
    for y, row in enumerate(drawn.itertuples()):
        more = row.score > 0
        color = side_colors[more]
        axis.barh(
            y, row.score, 0.72, facecolor="white" if row.single else color, edgecolor=color if more else GREY,
            hatch="/////" if row.single else None, linewidth=0.7,
        )  # fmt: skip
        away = 1 if more else -1
        write(
            axis,
            0,
            y,
            shorten(row.term, sides[0 if more else 1] / scale - 5),
            offset=(-4 * away, 0),
            ha="right" if more else "left",
        )
        write(axis, row.score, y, notes[y], offset=(3 * away, 0), ha="left" if more else "right", fontsize=SMALL,
              color=GREY)  # fmt: skip
    axis.axvline(0, color=INK, linewidth=0.8)
    for sign, name in ((1, names[1]), (-1, names[0])):
        text = shorten(name, sides[sign > 0] / scale - text_width("→  ", SMALL, bold=True) - 6, SMALL, bold=True)
        heading = f"{text} →" if sign > 0 else f"← {text}"
        write(axis, 0, 1, heading, xycoords=axis.get_xaxis_transform(), offset=(6 * sign, 3), va="bottom",
              ha="left" if sign > 0 else "right", fontsize=SMALL, weight="bold")  # fmt: skip
    return axis


def _fit_sides(drawn: pd.DataFrame, notes: Sequence[str], heads: dict[int, str], points: float) -> tuple[float, float]:
    """Return how far the axis reaches on each side of zero, so that bars are as long as their labels allow.

    One scale for both sides; a side holds its heading and either its own bars with their notes or the terms of the
    other side.
    """
    more = drawn["score"] > 0
    longest = {sign: float((drawn["score"] * sign).max()) for sign in (-1, 1)}
    terms = {1: drawn.loc[~more, "term"], -1: drawn.loc[more, "term"]}
    names = {s: min(points * 0.45, max((text_width(legible(t)) for t in terms[s]), default=0.0) + 8) for s in (-1, 1)}
    heads_room = {s: min(points * 0.45, text_width(heads[s], SMALL, bold=True) + 12) for s in (-1, 1)}
    notes_room = note_room(notes) + 3

    def taken(per_unit: float, sign: int) -> float:
        own = longest[sign] * per_unit + notes_room if longest[sign] > 0 else 0.0
        return max(names[sign], own, heads_room[sign])

    low, high = 0.0, points / max(longest.values())
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if taken(middle, -1) + taken(middle, 1) <= points else (low, middle)
    left = taken(low, -1)
    return left / low, (points - left) / low
