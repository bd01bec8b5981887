"""Contrasts of terms between two sides: as bars around a zero line, and as points by how often each is used."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator
from scipy.optimize import brentq

from helpers.charts import frame, style
from helpers.charts.style import FAINT, GREY, INK, LABEL, SMALL, legible, outlet_colors, shorten, signed, text_width

_TARGET = "#3f90da"  # the colour of a target that is no outlet of the corpus
_REST, _REST_POINT = "#dcdcdc", "#b4b4b4"  # no outlet's colours: the rest is several outlets
_OTHERS, _EMPTY = "the others", "no term to contrast"
_COLUMNS = ["term", "score", "n_target", "n_rest", "articles_target", "articles_rest"]

# the scatter
_HIGH = {"single": 240.0, "double": 310.0}  # points, at each width
_TRIED = 4  # times as many names as wanted are tried: many have no free place
# points: how near to its own point a line starts, how near to another any name ends, the air around a name
_OWN, _OTHER, _AIR = 2.3, 4.4, 0.6
_STEPS = (3.5, 7, 10, 14, 19, 25, 32, 40, 50)  # points from a point to its name
_WAYS = np.array([(1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1)])
# every step in every way, the nearest first
_AWAY, _SIDES = np.repeat(_STEPS, len(_WAYS))[:, None], np.tile(_WAYS, (len(_STEPS), 1))
_UNITS = _SIDES / np.hypot(*_SIDES.T)[:, None]


@frame.drawing
def diverging_bars(
    contrasts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, top: int = 10, target: str | None = None,
    heads: tuple[str, str] | None = None,
) -> Axes:  # fmt: skip
    """Draw the terms that are used more in the target (to the right of zero) and more in the rest (to the left).

    At most `top` terms per side, those with the largest score; terms with score 0 are not drawn. Beside each bar:
    times found in the target : in the rest. A hatched bar is based on a single article of its own side (the other
    side may have the term in more).

    Columns of `contrasts`: term, score, n_target, n_rest, articles_target, articles_rest, one row per term. `target`
    (else the column of that name) heads the right side and, with `look.outlets`, gives it its colour. `heads` are
    other words for the left and the right side, where a side is not where a term is used more; a bar is then hatched
    where its term is in a single article of all. Raises ValueError where a term has two rows (several targets or
    voices).
    """
    kind = "contrast of terms"
    if not frame.need(contrasts, _COLUMNS, kind)["score"].any():
        return frame.draw_message(look, kind, contrasts, _EMPTY)[0]
    target = _find_target(contrasts, target, kind)
    ranked = contrasts[_COLUMNS].sort_values(["score", "term"], ascending=[False, True])
    drawn = pd.concat([ranked[ranked["score"] > 0].head(top), ranked[ranked["score"] < 0].tail(top)])
    both = drawn["articles_target"] + drawn["articles_rest"]
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    drawn = drawn.assign(single=(both if heads else own) <= 1).reset_index(drop=True)

    n_single, here, where = drawn["single"].sum(), legible(target), "" if heads else " of its own side"
    what = f"Difference in weight; right: more in {here}, left: more in {_OTHERS}"
    what = f"What each word adds to the gap: {here} minus the mean of {_OTHERS}" if heads else what
    look = look.subtitled(what).noted(
        f"Beside each bar: times in {here} : times in {_OTHERS}.",
        f"Hatched: in one article{where} only ({n_single} of {len(drawn)} terms)." if n_single else "",
    )
    shape = frame.Shape(len(drawn) * 13.0 + 2, top=14, bottom=14, x_axis=True)
    axis = frame.open_panels(look, shape, kind, drawn, ("term",), "score")[0]

    left_head, right_head = heads or (f"more in {_OTHERS}", f"more in {target}")
    notes = [f"{n:,} : {n_rest:,}" for n, n_rest in zip(drawn["n_target"], drawn["n_rest"], strict=True)]
    points = shape.panel_width(look.width)
    left, right = _fit_sides(drawn, notes, (f"← {legible(left_head)}", f"{legible(right_head)} →"), points)
    a_point = (left + right) / points
    axis.set_xlim(-left, right)
    axis.set_ylim(len(drawn) - 0.5, -0.5)
    ticks = MaxNLocator(7).tick_values(-left, right)
    axis.set_xticks([tick for tick in ticks if 8 * a_point - left <= tick <= right - 8 * a_point])
    axis.axvline(0, color=INK, linewidth=0.8)
    color = outlet_colors(look.outlets or (), look.known).get(target, _TARGET)
    for y, (row, note) in enumerate(zip(drawn.itertuples(), notes, strict=True)):
        more, away = row.score > 0, np.sign(row.score)
        side, other = ("left", "right") if more else ("right", "left")
        fill = color if more else _REST
        axis.barh(
            y, row.score, 0.72, facecolor="white" if row.single else fill, edgecolor=color if more else GREY,
            hatch="/////" if row.single else None, linewidth=0.7,
        )  # fmt: skip
        term = shorten(row.term, (left if more else right) / a_point - 5)
        frame.write(axis, 0, y, term, offset=(-4 * away, 0), ha=other, size=LABEL)
        frame.write(axis, row.score, y, note, offset=(3 * away, 0), ha=side, color=GREY)
    arrow = text_width("→  ", SMALL, bold=True) + 6
    for head, form, room, x, side in ((right_head, "{} →", right, 6, "left"), (left_head, "← {}", left, -6, "right")):
        text = form.format(shorten(head, room / a_point - arrow, SMALL, bold=True))
        frame.write(axis, 0, 1, text, at="column", offset=(x, 3), ha=side, va="bottom", weight="bold")
    return axis


@frame.drawing
def term_scatter(
    contrasts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, label: int = 14, target: str | None = None
) -> Axes:
    """Draw each term as a point: to the right the more it is used, above zero where it is used more in the target.

    A hollow point is based on a single article of its own side. On each side of zero the `label` terms with the largest
    |z| that have a free place near their point are named, with their intervals (`labelled` in the table of what is
    drawn; `rate` is the mean of the two rates). Terms without a score or a rate are not drawn.

    Columns of `contrasts`: term, score (log odds), z, low and high (empty: no interval), rate_target and rate_rest (per
    10,000 words), n_target, n_rest, articles_target, articles_rest, one row per term. `target` (else the column of that
    name) names the upper side and, with `look.outlets`, gives it its colour. Raises ValueError where a term has two
    rows (several targets or voices).
    """
    kind, rates = "scatter of terms", ["rate_target", "rate_rest"]
    drawn = _prepare(frame.need(contrasts, [*_COLUMNS, *rates, "z", "low", "high"], kind), rates, label)
    if not drawn["score"].any():
        return frame.draw_message(look, kind, contrasts, _EMPTY)[0]
    target = _find_target(contrasts, target, kind)

    # everything is placed before the figure is opened: its foot counts the names that have a place
    high = _HIGH[look.width]
    shown = drawn[["score", "low", "high"]].where(drawn["ranged"], drawn["score"], axis=0).assign(zero=0.0)
    y, y_limits = _place(drawn[["score", "low", "high"]], shown.to_numpy().ravel(), high)
    scores = _mark_scores(*y_limits)
    shape = frame.Shape(high, left=frame.note_room(scores.values()), right=4, top=14, bottom=26, x_axis=True)
    wide = shape.panel_width(look.width)
    x, x_limits = _place(np.log10(drawn["rate"]), np.log10(drawn["rate"]), wide)
    zero = -y_limits[0] / (y_limits[1] - y_limits[0]) * high
    names = _place_names(drawn.assign(x=x, y=y[:, 0], y_low=y[:, 1], y_high=y[:, 2]), (wide, high), zero, label)
    drawn = drawn.assign(labelled=drawn.index.isin(list(names)))
    bars = drawn[drawn["ranged"] & drawn["labelled"]]

    what = f"How far each term leans to one side (log odds): above, to {legible(target)}; below, to {_OTHERS}"
    lines = ", intervals as lines" if len(bars) else ""
    named = f"Named{lines}: the clearest differences on each side ({len(names)} of {len(drawn)})."
    n_single, n_lost = drawn["single"].sum(), len(contrasts) - len(drawn)
    look = look.subtitled(what).noted(
        named if names else "",
        f"Hollow: in one article of its own side ({n_single})." if n_single else "",
        f"No score or rate: {n_lost}, not drawn." if n_lost else "",
    )
    table = drawn[[*_COLUMNS[:2], "rate", *rates, *_COLUMNS[2:], "low", "high", "single", "labelled"]]
    axis = frame.open_panels(look, shape, kind, table, ("term",), "score")[0]
    axis.set(xscale="log", xlim=10.0 ** np.array(x_limits), ylim=y_limits)
    _draw_axes(axis, scores, target, wide)
    color = outlet_colors(look.outlets or (), look.known).get(target, _TARGET)
    for (more, single), some in drawn.groupby([drawn["score"] > 0, "single"]):
        face, edge = (color, INK) if more else (_REST_POINT, GREY)
        axis.plot(
            some["rate"], some["score"], "o", markersize=3.6, markerfacecolor="white" if single else face,
            markeredgecolor=face if single and more else edge, markeredgewidth=0.8 if single else 0.3,
        )  # fmt: skip
    sides = np.where(bars["score"] > 0, color, _REST_POINT)
    axis.vlines(bars["rate"], bars["low"], bars["high"], color=sides, linewidth=0.9, zorder=1.5)
    for i, (name, offset, leader) in names.items():
        frame.write(axis, *drawn.loc[i, ["rate", "score"]], name, offset=offset, ha="center")
        axis.plot(*(leader / (wide, high)).T, color=GREY, linewidth=0.4, zorder=1.5, transform=axis.transAxes)
    return axis


def _find_target(contrasts: pd.DataFrame, target: str | None, chart: str) -> str:
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

    def measure(scale: float) -> list[float]:
        return [max(w, bar * scale + note if bar > 0 else 0.0) for w, bar in zip(words, longest, strict=True)]

    scale = brentq(lambda scale: sum(measure(scale)) - points, 0, points / max(longest))
    left = measure(scale)[0]
    return left / scale, (points - left) / scale


def _prepare(contrasts: pd.DataFrame, rates: list[str], label: int) -> pd.DataFrame:
    """Return the terms that can be drawn, by score, with their rate, and say which are to be named."""
    drawn = contrasts.assign(rate=contrasts[rates].mean(axis=1)).astype({"score": float, "low": float, "high": float})
    drawn = drawn[np.isfinite(drawn["score"]) & (drawn["rate"] > 0)]
    drawn = drawn.sort_values(["score", "term"], ascending=[False, True]).reset_index(drop=True)
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    weight = drawn["z"].abs()
    rank = weight.groupby(np.sign(drawn["score"])).rank(method="first", ascending=False)
    named = (rank <= _TRIED * label) & (weight > 0)
    ranged = named & np.isfinite(drawn["low"]) & np.isfinite(drawn["high"])
    return drawn.assign(single=own <= 1, weight=weight, named=named, ranged=ranged)


def _place(values: Any, shown: Iterable[float], room: float) -> tuple[np.ndarray, tuple[float, float]]:
    """Return where `values` are on an axis of `room` points that has room for all that is `shown`, and its limits."""
    pad, low, high = min(9.0, room / 10), min(shown), max(shown)
    low, high = (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)
    unit = (high - low) / (room - 2 * pad)
    return (np.asarray(values, float) - low) / unit + pad, (low - pad * unit, high + pad * unit)


def _mark_scores(low: float, high: float) -> dict[float, str]:
    """Return where to write a number on the score axis, and each number."""
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(low, high)
    digits = max(0, -int(np.floor(np.log10(ticks[1] - ticks[0]) + 1e-9)))
    return {tick: signed(tick, digits) for tick in ticks if low <= tick <= high}


def _draw_axes(axis: Axes, scores: dict[float, str], target: str, wide: float) -> None:
    """Number both axes, the log axis at 1, 2, 5, 10 … or 1, 10 …, and say what is above and below zero."""
    (low, high), most = axis.get_xlim(), max(2, int(wide / 23))
    subs = (1, 2, 5) if 3 * np.log10(high / low) <= most else (1,)
    rates = [rate for rate in LogLocator(subs=subs, numticks=most).tick_values(low, high) if low <= rate <= high]
    axis.set_xticks(rates, [f"{rate:,.9f}".rstrip("0").rstrip(".") for rate in rates], fontsize=SMALL, color=INK)
    axis.set_xticks([], minor=True)
    for tick, number in scores.items():
        axis.axhline(tick, color=FAINT, linewidth=0.4, zorder=0.5)
        frame.write(axis, 0, tick, number, at="row", offset=(-4, 0), ha="right")
    axis.axhline(0, color=INK, linewidth=0.8, zorder=1)
    across = "times per 10,000 words, log scale"
    frame.write(axis, 1, 0, across, at="panel", offset=(0, -15), ha="right", va="top")
    above = shorten(f"more in {target}", wide - 10, SMALL, bold=True)
    frame.write(axis, 0, 1, f"{above} ↑", at="panel", offset=(0, 3), va="bottom", weight="bold")
    frame.write(axis, 0, 0, f"more in {_OTHERS} ↓", at="panel", offset=(0, -15), va="top", weight="bold")


def _place_names(
    drawn: pd.DataFrame, size: tuple[float, float], zero: float, most: int
) -> dict[int, tuple[str, tuple[float, float], np.ndarray]]:
    """Return for each name that has a free place: the name, its middle seen from its point, and the line there.

    All in points. Each name in turn, the heaviest first, goes as near to its point as the edge, the other points, the
    zero line and what is already placed allow, at most `most` on either side. A name whose interval would cross one
    that is already placed has none. Boxes are (left, bottom, right, top).
    """
    points = drawn[["x", "y"]].to_numpy()
    dots, taken = np.hstack([points - _OTHER, points + _OTHER]), np.array([(0, zero - 0.5, size[0], zero + 0.5)])
    places, n_placed = {}, {True: 0, False: 0}
    for row in drawn[drawn["named"]].sort_values("weight", ascending=False, kind="stable").itertuples():
        bar = np.array([(row.x - 0.6, row.y_low, row.x + 0.6, row.y_high)] if row.ranged else []).reshape(-1, 4)
        if n_placed[row.score > 0] >= most or _touch(bar, taken[1:]).any():
            continue
        name, point = shorten(row.term, size[0] * 0.45, SMALL), points[row.Index]
        half = np.array(style.text_size(name, SMALL)) / 2 + _AIR
        others = np.vstack([dots[np.hypot(*(points - point).T) > 1], taken, bar])
        offsets = _UNITS * _AWAY + _SIDES * half
        boxes = np.hstack([point + offsets - half, point + offsets + half])
        free = (boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= size).all(axis=1)
        free[free] = ~_touch(boxes[free], others)
        for at in np.flatnonzero(free):
            reach = _AWAY[at, 0] if _AWAY[at, 0] > _STEPS[0] else 0
            leader = point + _UNITS[at] * np.arange(_OWN, reach)[:, None]
            dashes = np.hstack([leader - 0.5, leader + 0.5])
            if not _touch(dashes, others).any():
                places[row.Index] = name, tuple(offsets[at]), leader
                taken = np.vstack([taken, boxes[[at]], dashes, bar])
                n_placed[row.score > 0] += 1
                break
    return places


def _touch(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return of each box whether it lies over one of the others."""
    (left, low, right, high), (lefts, lows, rights, highs) = boxes.T[..., None], others.T
    return ((left < rights) & (lefts < right) & (low < highs) & (lows < high)).any(axis=1)
