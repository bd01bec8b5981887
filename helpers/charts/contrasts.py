"""Contrasts of terms between two sides: as bars around a zero line, and as points by how often each is used."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from helpers.charts import frame
from helpers.charts.style import COLD, FAINT, GREY, INK, RULE, SMALL, WARM, legible, outlet_colors, shorten, text_width

_TARGET = "#3f90da"  # the colour of a target that is no outlet of the corpus
_REST, _REST_POINT = "#dcdcdc", "#b4b4b4"  # no outlet's colours: the rest is several outlets
_OTHERS, _EMPTY = "the others", "no term to contrast"
_COLUMNS = ["term", "score", "n_target", "n_rest", "articles_target", "articles_rest"]
_TOP = 10  # bars on each side
_HIGH, _NAMED, _LINE = 250.0, 12, 9.0  # points: the scatter; the names of each side in it; points: a name


@frame.drawing
def diverging_bars(contrasts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, target: str | None = None) -> Axes:
    """Draw the terms that are used more in the target (to the right of zero) and more in the rest (to the left).

    At most ten terms per side, those with the largest score; terms with score 0 are not drawn. Beside each bar:
    times found in the target : in the rest. A hatched bar is based on a single article of its own side (the other
    side may have the term in more).

    Columns of `contrasts`: term, score, n_target, n_rest, articles_target, articles_rest, one row per term. `target`
    (else the column of that name) names the right side and, with `look.outlets`, gives it its colour. With the columns
    group, in_target and in_rest (a word shift of `sentiment.shift_words`), the right side is the warmer one: words have
    the colour of their warmth, filled where the target has more of them, hollow where it has less; none is hatched.
    Raises ValueError where a term has two rows (several targets or voices).
    """
    kind = "contrast of terms"
    if not frame.need(contrasts, _COLUMNS, kind)["score"].any():
        return frame.draw_message(look, kind, contrasts, _EMPTY)[0]
    target = _find_target(contrasts, target, kind)
    ranked = contrasts.filter([*_COLUMNS, "group", "in_target", "in_rest"]).sort_values(
        ["score", "term"], ascending=[False, True]
    )
    drawn = pd.concat([ranked[ranked["score"] > 0].head(_TOP), ranked[ranked["score"] < 0].tail(_TOP)])
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    is_shift = "group" in drawn
    drawn = drawn.assign(single=(own <= 1) & (not is_shift)).reset_index(drop=True)

    n_single = drawn["single"].sum()
    what = f"Makes the language of {legible(target)} colder (left) or warmer (right) than that of {_OTHERS}"
    look = look.subtitled(what if is_shift else "How much more weight a term has on one side").noted(
        f"Beside each bar: times in {legible(target)} : times in {_OTHERS}.",
        f"Hatched: in one article of its own side only ({n_single} of {len(drawn)} terms)." if n_single else "",
    )
    left_head, right_head = ("colder", "warmer") if is_shift else (f"more in {_OTHERS}", f"more in {target}")
    color = outlet_colors(look.outlets or (), look.known).get(target, _TARGET)
    square = {"marker": "s", "linestyle": ""}
    key = [(f"← {left_head}", {**square, "color": _REST}), (f"{right_head} →", {**square, "color": color})]
    fills, faces = np.where(drawn["score"] > 0, color, _REST), np.where(drawn["single"], "white", "")
    if is_shift:
        fills = np.where(drawn["in_target"] + drawn["in_rest"] > 0, WARM, COLD)
        faces = np.where(drawn["in_target"].abs() < drawn["in_rest"].abs(), "white", "")
        marks = {name: (fill, face or fill) for name, fill, face in zip(drawn["group"], fills, faces, strict=True)}
        key = [(name, {**square, "color": marks[name][0], "markerfacecolor": marks[name][1]}) for name in sorted(marks)]
    notes = [f"{n:,} : {n_rest:,}" for n, n_rest in zip(drawn["n_target"], drawn["n_rest"], strict=True)]
    shape = frame.row_shape(look, list(drawn["term"]), 13.0, right=8, bottom=14, x_axis=True, key=key)
    axis = frame.open_panels(look, shape, kind, drawn, ("term",), "score", _say_ends(drawn, left_head, right_head))[0]

    least, most = min(drawn["score"].min(), 0), max(drawn["score"].max(), 0)
    beside = frame.note_room(notes) + 3
    a_point = (most - least) / (shape.panel_width(look.width) - 2 * beside)
    axis.set_xlim(least - beside * a_point, most + beside * a_point)
    axis.xaxis.set_major_locator(MaxNLocator(5))
    axis.axvline(0, color=INK, linewidth=0.8)
    for y, (row, note, fill, face) in enumerate(zip(drawn.itertuples(), notes, fills, faces, strict=True)):
        side = 1 if row.score > 0 else -1
        axis.barh(
            y, row.score, 0.72, facecolor=face or fill, hatch="/////" if row.single else None,
            edgecolor=GREY if fill == _REST else fill, linewidth=0.7,
        )  # fmt: skip
        frame.write(axis, row.score, y, note, offset=(3 * side, 0), ha="left" if side > 0 else "right", color=GREY)
    return axis


@frame.drawing
def term_scatter(contrasts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, target: str | None = None) -> Axes:
    """Draw each term as a point: to the right the more it is used, above zero where it is used more in the target.

    A hollow point is based on a single article of its own side. On each side of zero the twelve terms with the largest
    |z| are named at the right, in the order of their scores, and have their intervals (`labelled` in the table of what
    is drawn; `rate` is the mean of the two rates). Terms without a score or a rate are not drawn.

    Columns of `contrasts`: term, score (log odds), z, low and high (empty: no interval), rate_target and rate_rest (per
    10,000 words), n_target, n_rest, articles_target, articles_rest, one row per term. `target` (else the column of that
    name) names the upper side and, with `look.outlets`, gives it its colour. Raises ValueError where a term has two
    rows (several targets or voices).
    """
    kind, rates = "scatter of terms", ["rate_target", "rate_rest"]
    drawn = _prepare(frame.need(contrasts, [*_COLUMNS, *rates, "z", "low", "high"], kind), rates)
    if not drawn["score"].any():
        return frame.draw_message(look, kind, contrasts, _EMPTY)[0]
    target = _find_target(contrasts, target, kind)
    named = drawn[drawn["labelled"]]
    bars = named.dropna(subset=["low", "high"])
    n_single, n_lost = drawn["single"].sum(), len(contrasts) - len(drawn)
    lines = ", intervals as lines" if len(bars) else ""
    what = f"How far each term leans to one side (log odds): above, to {legible(target)}; below, to {_OTHERS}"
    look = look.subtitled(what).noted(
        f"Named{lines}: the clearest differences on each side ({len(named)} of {len(drawn)}).",
        f"Hollow: in one article of its own side ({n_single})." if n_single else "",
        f"No score or rate: {n_lost}, not drawn." if n_lost else "",
    )
    whole = frame.Shape(1).panel_width(look.width)
    names = [shorten(term, 0.3 * whole, SMALL) for term in named["term"]]
    right = max((text_width(name, SMALL) for name in names), default=0) + 16
    shape = frame.Shape(_HIGH, left=26, right=right, top=4, bottom=24, x_axis=True)
    table = drawn[[*_COLUMNS[:2], "rate", *rates, *_COLUMNS[2:], "low", "high", "single", "labelled"]]
    told = _say_ends(named, f"more in {_OTHERS}", f"more in {target}")
    axis = frame.open_panels(look, shape, kind, table, ("term",), "score", told)[0]

    color = outlet_colors(look.outlets or (), look.known).get(target, _TARGET)
    for (more, single), some in drawn.groupby([drawn["score"] > 0, "single"]):
        face, edge = (color, INK) if more else (_REST_POINT, GREY)
        axis.plot(
            some["rate"], some["score"], "o", markersize=3.6, markerfacecolor="white" if single else face,
            markeredgecolor=face if single and more else edge, markeredgewidth=0.8 if single else 0.3,
        )  # fmt: skip
    sides = np.where(bars["score"] > 0, color, _REST_POINT)
    axis.vlines(bars["rate"], bars["low"], bars["high"], color=sides, linewidth=0.9, zorder=1.5)
    wide = shape.panel_width(look.width)
    axis.set_xscale("log")
    (low, high), most = axis.get_xlim(), max(2, int(wide / 23))
    subs = (1, 2, 5) if 3 * np.log10(high / low) <= most else (1,)
    axis.xaxis.set(major_locator=LogLocator(subs=subs, numticks=most), minor_locator=NullLocator())
    axis.xaxis.set_major_formatter("{x:,g}")
    axis.yaxis.set(visible=True, major_locator=MaxNLocator(8, steps=[1, 2, 5, 10]))
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", color=FAINT, linewidth=0.4)
    axis.axhline(0, color=INK, linewidth=0.8, zorder=1)
    frame.write(axis, 1, 0, "times per 10,000 words, log scale", at="panel", offset=(0, -13), ha="right", va="top")
    low, high = axis.get_ylim()
    places = _spread((named["score"].to_numpy() - low) / (high - low) * _HIGH)
    for name, y, row in zip(names, places, named.itertuples(), strict=True):
        axis.annotate(
            name, (row.rate, row.score), xytext=(wide + 14, y), textcoords="axes points", annotation_clip=False,
            parse_math=False, fontsize=SMALL, color=INK, va="center", zorder=1,
            arrowprops={"arrowstyle": "-", "color": RULE, "linewidth": 0.4, "relpos": (0, 0.5), "shrinkB": 2},
        )  # fmt: skip
    return axis


def _find_target(contrasts: pd.DataFrame, target: str | None, chart: str) -> str:
    """Return the name of the target of some contrasts. Raises ValueError where a term has two rows."""
    twice = contrasts.loc[contrasts["term"].duplicated(), "term"]
    if len(twice):
        raise ValueError(f"{chart}: term {twice.iloc[0]!r} has two rows; keep one target and one voice")
    return str(contrasts.get("target", pd.Series("the target")).iloc[0]) if target is None else target


def _say_ends(drawn: pd.DataFrame, left: str, right: str) -> str:
    """Return the terms at both ends: "more in A: x, y, z; more in the others: u, v, w"."""
    ordered = drawn.sort_values(["score", "term"])
    highest, lowest = (ordered.loc[ordered["score"].mul(sign).gt(0), "term"] for sign in (1, -1))
    return f"{right}: {', '.join(highest[:-4:-1]) or 'none'}; {left}: {', '.join(lowest[:3]) or 'none'}"


def _prepare(contrasts: pd.DataFrame, rates: list[str]) -> pd.DataFrame:
    """Return the terms that can be drawn, by score, with their rate, and say which are to be named."""
    drawn = contrasts.assign(rate=contrasts[rates].mean(axis=1)).astype({"score": float, "low": float, "high": float})
    drawn = drawn[np.isfinite(drawn["score"]) & (drawn["rate"] > 0)]
    drawn = drawn.sort_values(["score", "term"], ascending=[False, True]).reset_index(drop=True)
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    weight = drawn["z"].abs()
    rank = weight.groupby(np.sign(drawn["score"])).rank(method="first", ascending=False)
    return drawn.assign(single=own <= 1, labelled=(rank <= _NAMED) & (weight > 0) & drawn["score"].ne(0))


def _spread(places: np.ndarray) -> np.ndarray:
    """Return where names are written, the highest first: as near to their `places` as leaves each a line."""
    step = _LINE * np.arange(len(places))
    # with every place raised by the lines above it, the order is all that must be kept
    lowest = _LINE / 2 + step.max(initial=0)
    return np.maximum(np.minimum.accumulate(places + step), lowest) - step
