"""Contrasts around a zero line: which terms are used more on one side than on the other."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.charts import frame
from helpers.charts.style import GREY, INK, SMALL, legible, outlet_colors, shorten, text_width

TARGET = "#3f90da"  # the colour of a target that is no outlet of the corpus
_REST = "#dcdcdc"  # no outlet's colour: the rest is several outlets
_COLUMNS = ["term", "score", "n_target", "n_rest", "articles_target", "articles_rest"]


@frame.drawing
def diverging_bars(
    contrasts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, top: int = 10, target: str | None = None,
    rest: str = "the others", heads: tuple[str, str] | None = None,
) -> Axes:  # fmt: skip
    """Draw the terms that are used more in the target (to the right of zero) and more in the rest (to the left).

    At most `top` terms per side, those with the largest score; terms with score 0 are not drawn. Beside each bar:
    times found in the target : in the rest. A hatched bar rests on a single article of its own side (the other side
    may have the term in more).

    Columns of `contrasts`: term, score, n_target, n_rest, articles_target, articles_rest, one row per term. `target`
    (else the column of that name) heads the right side and, with `look.outlets`, gives it its colour. `heads` are
    other words for the left and the right side, where a side is not where a term is used more; a bar is then hatched
    where its term is in a single article of all.
    Raises ValueError where a term has two rows (several targets or voices).
    """
    kind = "contrast of terms"
    look = look.completed(empty="no term to contrast")
    if not frame.need(contrasts, _COLUMNS, kind)["score"].any():
        return frame.draw_message(look, kind, contrasts)[0]
    target = find_target(contrasts, target, kind)
    ranked = contrasts[_COLUMNS].sort_values(["score", "term"], ascending=[False, True])
    drawn = pd.concat([ranked[ranked["score"] > 0].head(top), ranked[ranked["score"] < 0].tail(top)])
    both = drawn["articles_target"] + drawn["articles_rest"]
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    drawn = drawn.assign(single=(both if heads else own) <= 1).reset_index(drop=True)

    here, there = legible(target), legible(rest)
    if heads:
        what = f"What each word adds to the gap: {here} less the mean of {there}"
    else:
        what = f"Score of each term; right: more weight in {here}, left: in {there}"
    look = look.completed(subtitle=what)
    look = look.noted(f"Beside each bar: times in {here} : times in {there}.")
    if n_single := drawn["single"].sum():
        where = "" if heads else "on its own side, "
        look = look.noted(f"Hatched: {where}in a single article ({n_single} of {len(drawn)} terms).")
    shape = frame.Shape(len(drawn) * 13.0 + 2, top=14, bottom=14, x_axis=True)
    axis = frame.open_panels(look, shape, kind, drawn, ("term",), "score")[0]

    left_head, right_head = heads or (f"more in {rest}", f"more in {target}")
    notes = [f"{n:,} : {n_rest:,}" for n, n_rest in zip(drawn["n_target"], drawn["n_rest"], strict=True)]
    points = shape.panel_width(look.width)
    left, right = _fit_sides(drawn, notes, (f"← {legible(left_head)}", f"{legible(right_head)} →"), points)
    a_point = (left + right) / points
    axis.set_xlim(-left, right)
    axis.set_ylim(len(drawn) - 0.5, -0.5)
    ticks = MaxNLocator(7).tick_values(-left, right)
    axis.set_xticks([tick for tick in ticks if 8 * a_point - left <= tick <= right - 8 * a_point])
    axis.axvline(0, color=INK, linewidth=0.8)
    color = outlet_colors(look.outlets or (), look.known).get(target, TARGET)
    for y, (row, note) in enumerate(zip(drawn.itertuples(), notes, strict=True)):
        more, away = row.score > 0, np.sign(row.score)
        side, other = ("left", "right") if more else ("right", "left")
        fill = color if more else _REST
        axis.barh(
            y, row.score, 0.72, facecolor="white" if row.single else fill, edgecolor=color if more else GREY,
            hatch="/////" if row.single else None, linewidth=0.7,
        )  # fmt: skip
        term = shorten(row.term, (left if more else right) / a_point - 5)
        frame.write(axis, 0, y, term, offset=(-4 * away, 0), ha=other)
        frame.write(axis, row.score, y, note, offset=(3 * away, 0), ha=side, size=SMALL, color=GREY)
    arrow = text_width("→  ", SMALL, bold=True) + 6
    right_head = shorten(right_head, right / a_point - arrow, SMALL, bold=True)
    left_head = shorten(left_head, left / a_point - arrow, SMALL, bold=True)
    style = {"at": "column", "va": "bottom", "size": SMALL, "weight": "bold"}
    frame.write(axis, 0, 1, f"{right_head} →", offset=(6, 3), ha="left", **style)
    frame.write(axis, 0, 1, f"← {left_head}", offset=(-6, 3), ha="right", **style)
    return axis


def find_target(contrasts: pd.DataFrame, target: str | None, chart: str) -> str:
    """Return the name of the target of some contrasts. Raises ValueError where a term has two rows."""
    twice = contrasts.loc[contrasts["term"].duplicated(), "term"]
    if len(twice):
        raise ValueError(f"{chart}: term {twice.iloc[0]!r} has two rows; keep one target and one voice")
    return str(contrasts.get("target", pd.Series("the target")).iloc[0]) if target is None else target


def _fit_sides(drawn: pd.DataFrame, notes: Iterable[str], heads: tuple[str, str], points: float) -> tuple[float, float]:
    """Return how far the axis reaches on each side of zero, so that bars are as long as their labels allow.

    Both sides have one scale. A side holds its heading and either its own bars with their notes or the terms of the
    other side, whichever is wider.
    """
    note, words, longest = frame.note_room(notes) + 3, [], []
    for sign, head in zip((-1, 1), heads, strict=True):
        others = drawn.loc[drawn["score"] * sign < 0, "term"]
        terms = max((text_width(legible(term)) for term in others), default=0.0) + 8
        words.append(min(points * 0.45, max(terms, text_width(head, SMALL, bold=True) + 12)))
        longest.append((drawn["score"] * sign).max())

    def measure(per_unit: float) -> list[float]:
        return [max(w, bar * per_unit + note if bar > 0 else 0.0) for w, bar in zip(words, longest, strict=True)]

    low, high = 0.0, points / max(longest)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(measure(middle)) <= points else (low, middle)
    left = measure(low)[0]
    return left / low, (points - left) / low
