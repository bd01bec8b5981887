"""Contrasts of terms between two sides, as bars around a zero line."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.charts import layout
from helpers.charts.style import COLD, GREY, INK, WARM, legible, outlet_colors

_TARGET = "#3f90da"  # the colour of a target that is no outlet of the corpus
_REST = "#dcdcdc"  # no outlet's colour: the rest is several outlets
_OTHERS, _EMPTY = "the others", "no term to contrast"
_COLUMNS = ["term", "score", "n_target", "n_rest", "articles_target", "articles_rest"]
_TOP = 10  # bars on each side


@layout.drawing
def diverging_bars(
    contrasts: pd.DataFrame, look: layout.Look = layout.PLAIN, *, target: str | None = None,
    heads: tuple[str, str] | None = None,
) -> Axes:  # fmt: skip
    """Draw the terms that are used more in the target (to the right of zero) and more in the rest (to the left).

    At most ten terms per side, those with the largest z or, where there is none, score; terms with score 0 are not
    drawn. Beside each bar: times found in the target : in the rest. A hatched bar is based on a single article of its
    own side (the other side may have the term in more). A line over a bar is an interval.

    Columns of `contrasts`: term, score, n_target, n_rest, articles_target, articles_rest, one row per term; z, low and
    high, if known. `target` (else the column of that name) names the right side and, with `look.outlets`, gives it its
    colour. `heads` are other words for the left and the right side, a cold and a warm one, where a side is not where a
    term is used more; a bar is then hatched where its term is in a single article of all. Raises ValueError where a
    term has two rows (several targets or voices).
    """
    kind = "contrast of terms"
    if not layout.need(contrasts, _COLUMNS, kind)["score"].any():
        return layout.draw_message(look, kind, contrasts, _EMPTY)[0]
    target = _find_target(contrasts, target, kind)
    by = "z" if "z" in contrasts and contrasts["z"].notna().any() else "score"
    ranked = contrasts.reindex(columns=dict.fromkeys([*_COLUMNS, by, "low", "high"]))
    ranked = ranked.sort_values([by, "term"], ascending=[False, True])
    drawn = pd.concat([ranked[ranked["score"] > 0].head(_TOP), ranked[ranked["score"] < 0].tail(_TOP)])
    drawn = drawn.sort_values(["score", "term"], ascending=[False, True])
    both = drawn["articles_target"] + drawn["articles_rest"]
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    drawn = drawn.assign(single=(both if heads else own) <= 1).reset_index(drop=True)

    n_single, where = drawn["single"].sum(), "" if heads else " of its own side"
    what = f"What each word adds to the gap: {legible(target)} minus the mean of {_OTHERS}"
    look = look.subtitled(what if heads else "How much more weight a term has on one side").noted(
        f"Beside each bar: times in {legible(target)} : times in {_OTHERS}.",
        f"Hatched: in one article{where} only ({n_single} of {len(drawn)} terms)." if n_single else "",
    )
    left_head, right_head = heads or (f"more in {_OTHERS}", f"more in {target}")
    color = outlet_colors(look.outlets or (), look.known).get(target, _TARGET)
    left, right = (COLD, WARM) if heads else (_REST, color)
    square = {"marker": "s", "linestyle": ""}
    key = [(f"← {left_head}", {**square, "color": left}), (f"{right_head} →", {**square, "color": right})]
    notes = [f"{n:,} : {n_rest:,}" for n, n_rest in zip(drawn["n_target"], drawn["n_rest"], strict=True)]
    shape = layout.row_shape(look, list(drawn["term"]), 11.5, right=8, bottom=14, x_axis=True, key=key)
    told, known = _say_ends(drawn, left_head, right_head), drawn.dropna(axis="columns", how="all")
    axis = layout.open_panels(look, shape, kind, known, ("term",), "score", told)[0]

    least, most = (drawn[["low", "score", "high"]].agg(end, axis=1) for end in ("min", "max"))
    ends = most.where(drawn["score"] > 0, least)
    least, most = min(least.min(), 0), max(most.max(), 0)
    beside = layout.note_room(notes) + 3
    a_point = (most - least) / (shape.panel_width(look.width) - 2 * beside)
    axis.set_xlim(least - beside * a_point, most + beside * a_point)
    axis.xaxis.set_major_locator(MaxNLocator(5))
    axis.axvline(0, color=INK, linewidth=0.8)
    for y, (row, note) in enumerate(zip(drawn.itertuples(), notes, strict=True)):
        side, fill = (1, right) if row.score > 0 else (-1, left)
        axis.barh(
            y, row.score, 0.72, facecolor="white" if row.single else fill, hatch="/////" if row.single else None,
            edgecolor=GREY if fill == _REST else fill, linewidth=0.7,
        )  # fmt: skip
        axis.plot([row.low, row.high], [y, y], color=INK, linewidth=0.8)
        layout.write(axis, ends[y], y, note, offset=(3 * side, 0), ha="left" if side > 0 else "right", color=GREY)
    return axis


def _find_target(contrasts: pd.DataFrame, target: str | None, chart: str) -> str:
    """Return the name of the target of some contrasts. Raises ValueError where a term has two rows."""
    twice = contrasts.loc[contrasts["term"].duplicated(), "term"]
    if len(twice):
        raise ValueError(f"{chart}: term {twice.iloc[0]!r} has two rows; keep one target and one voice")
    return str(contrasts.get("target", pd.Series("the target")).iloc[0]) if target is None else target


def _say_ends(drawn: pd.DataFrame, left: str, right: str) -> str:
    """Return the terms at both ends: "More in A: x, y, z; more in the others: u, v, w"."""
    ordered = drawn.sort_values(["score", "term"])
    highest, lowest = (ordered["term"][ordered["score"].mul(sign).gt(0)] for sign in (1, -1))
    more, less = (", ".join(some) or "none" for some in (highest[:-4:-1], lowest[:3]))
    return f"{right[0].upper()}{right[1:]}: {more}; {left}: {less}"
