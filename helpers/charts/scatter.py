"""Terms by how often they are used and by which side uses them more, the most prominent of them named."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from helpers.charts.drawn import drawing
from helpers.charts.frame import Page, Shape, clear, draw_message, need, note_room, open_panels, panel_points, write
from helpers.charts.style import FAINT, FONT, GREY, INK, SMALL, legible, outlet_colors, shorten, signed, text_width

_COLUMNS = ["term", "score", "rate_target", "rate_rest", "n_target", "n_rest", "articles_target", "articles_rest"]
_REST = "#b4b4b4"  # no outlet's colour: the others are several
_HIGH = {"single": 240.0, "double": 310.0}
_OWN, _OTHER, _AIR = 2.3, 4.4, 0.6  # how near to its own point a line starts, to another any name ends; around a name
_TRIED = 4  # times as many names as are wanted: many have no free place
_STEPS = (3.5, 7, 10, 14, 19, 25, 32, 40, 50)  # from a point to its name
_WAYS = np.array([(1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1)])
# every step in every way, the nearest first
_AWAY, _SIDES = np.repeat(_STEPS, len(_WAYS))[:, None], np.tile(_WAYS, (len(_STEPS), 1))
_UNITS = _SIDES / np.hypot(*_SIDES.T)[:, None]


@drawing
def term_scatter(
    contrasts: pd.DataFrame,
    ax: Axes | None = None,
    *,
    label: int = 14,
    target: str | None = None,
    rest: str = "the others",
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    title: str = "",
    subtitle: str | None = None,
    foot: str = "",
    width: str = "double",
    empty: str = "no term to contrast",
) -> Axes:
    """Draw each term as a point: to the right the more it is used, above zero where it stands more in the target.

    A hollow point rests on a single article of the side it stands on. On each side of zero the `label` terms with the
    largest |z| (without a column z: |score| × √rate) that have a free place near their point are named, with their
    intervals (`labelled` in the table of what is drawn). Terms without a score or a rate are not drawn.

    Columns of `contrasts`: term, score (log odds), rate_target, rate_rest, n_target, n_rest, articles_target,
    articles_rest, one row a term; if known, rate (per 10,000 words of both sides; else the mean of the two rates), low
    and high (empty: no interval). `target` (else the column of that name) names the upper side and, with `outlets`,
    gives it its colour. Raises ValueError where a term has two rows (several targets or voices in one table).
    """
    kind = "scatter of terms"
    page = Page(title, subtitle or "", foot, width)
    drawn = _prepare(contrasts, label, kind) if len(contrasts) else contrasts
    if drawn.empty or not drawn["score"].any():
        return draw_message(ax, page, kind, empty, contrasts)[0]
    target = str(contrasts.get("target", pd.Series("the target")).iloc[0]) if target is None else target
    method = f"Log odds of each term: above zero more in {legible(target)}, below more in {legible(rest)}"
    ranged = drawn["named"] & np.isfinite(drawn["low"]) & np.isfinite(drawn["high"])
    ends = [0.0, *drawn["score"], *drawn.loc[ranged, "low"], *drawn.loc[ranged, "high"]]
    high = _HIGH[width] if ax is None else ax.get_window_extent().height * 72 / ax.get_figure(root=True).dpi
    (zero, *y), y_limits = _place([0, *drawn["score"], *drawn["low"], *drawn["high"]], ends, high)
    y, lows, highs = np.array(y).reshape(3, -1)
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(*y_limits)
    digits = max(0, -int(np.floor(np.log10(ticks[1] - ticks[0]) + 1e-9)))
    numbers = {tick: signed(tick, digits) for tick in ticks if y_limits[0] <= tick <= y_limits[1]}
    shape = Shape(high, left=note_room(numbers.values()), right=4, top=14, bottom=26)
    wide = panel_points(ax, page, shape)
    x, x_limits = _place(np.log10(drawn["rate"]), np.log10(drawn["rate"]), wide)
    points = np.column_stack([x, y])
    bars = {i: (x[i] - 0.6, lows[i], x[i] + 0.6, highs[i]) for i in np.flatnonzero(ranged)}
    chosen = drawn[drawn["named"]].sort_values("weight", ascending=False, kind="stable")["term"]
    names = {i: shorten(term, wide * 0.45, SMALL) for i, term in chosen.items()}
    above = (drawn["score"] > 0).to_dict()
    places = place_names(points, names, (wide, high), (0, zero - 0.5, wide, zero + 0.5), bars, above, label)
    drawn["labelled"] = drawn.index.isin(list(places))
    ranged &= drawn["labelled"]
    by = "|z|" if _has_z(drawn) else "|score| × √rate"
    how = f"Named{', intervals as lines' if ranged.any() else ''}: the largest {by} on each side"
    said = [f"{how} ({len(places)} of {len(drawn)} terms)."] if places else []
    said += [f"Hollow: on its own side, in a single article ({n})."] if (n := drawn["single"].sum()) else []
    said += [f"No score or rate: {n}, not drawn."] if (n := len(contrasts) - len(drawn)) else []
    page = Page(title, method if subtitle is None else subtitle, " ".join(filter(None, [foot, *said])), width)
    optional = contrasts.columns.intersection(["low", "high"])
    table = drawn[["term", "score", "rate", *_COLUMNS[2:], *optional, "single", "labelled"]]
    axis = open_panels(ax, page, shape, kind, table, ("term",), "score")[0]
    axis.set(xscale="log", xlim=10.0 ** np.array(x_limits), ylim=y_limits)
    marks = _mark_rates(*x_limits, most=max(2, int(wide / 23)))
    axis.set_xticks(marks, [f"{mark:,.9f}".rstrip("0").rstrip(".") for mark in marks], fontsize=SMALL, color=INK)
    axis.set_xticks([], minor=True)
    clear(axis, x_axis=True)
    for tick, number in numbers.items():
        axis.axhline(tick, color=FAINT, linewidth=0.4, zorder=0.5)
        write(axis, 0, tick, number, xycoords=axis.get_yaxis_transform(), offset=(-4, 0), ha="right", fontsize=SMALL)
    axis.axhline(0, color=INK, linewidth=0.8, zorder=1)
    color = outlet_colors(outlets if outlets is not None else [], known).get(target, "#3f90da")
    for (more, single), some in drawn.groupby([drawn["score"] > 0, "single"]):
        face, edge = (color, INK) if more else (_REST, GREY)
        axis.plot(
            some["rate"], some["score"], "o", markersize=3.6, markerfacecolor="white" if single else face,
            markeredgecolor=face if single and more else edge, markeredgewidth=0.8 if single else 0.3,
        )  # fmt: skip
    sides = np.where(drawn["score"] > 0, color, _REST)[ranged]
    axis.vlines(*drawn.loc[ranged, ["rate", "low", "high"]].T.to_numpy(), color=sides, linewidth=0.9, zorder=1.5)
    for i, (offset, leader) in places.items():
        write(axis, *drawn.loc[i, ["rate", "score"]], names[i], offset=offset, ha="center", fontsize=SMALL)
        axis.plot(*(leader / (wide, high)).T, color=GREY, linewidth=0.4, zorder=1.5, transform=axis.transAxes)
    across = "times per 10,000 words, log scale"
    write(axis, 1, 0, across, xycoords="axes fraction", offset=(0, -15), ha="right", va="top", fontsize=SMALL)
    for up, name, room in ((1, target, wide - 10), (0, rest, wide - text_width(across, SMALL) - 22)):
        heading = shorten(f"more in {name}", room, SMALL, bold=True)
        write(axis, 0, up, f"{heading} {'↓↑'[up]}", xycoords="axes fraction", offset=(0, 3 if up else -15),
              va="bottom" if up else "top", fontsize=SMALL, weight="bold")  # fmt: skip
    return axis


def _prepare(contrasts: pd.DataFrame, label: int, kind: str) -> pd.DataFrame:
    """Return the terms that can be drawn, by score, with rate and interval, and say which are to be named."""
    need(contrasts, _COLUMNS, kind)
    for twice in contrasts.loc[contrasts["term"].duplicated(), "term"]:
        raise ValueError(f"{kind}: term {twice!r} has two rows; keep one target and one voice")
    mean = contrasts[["rate_target", "rate_rest"]].mean(axis=1)
    drawn = contrasts.assign(**{"rate": mean, "low": np.nan, "high": np.nan, **contrasts})
    drawn = drawn.astype(dict.fromkeys(["score", "rate", "low", "high"], float))
    drawn = drawn[np.isfinite(drawn["score"]) & np.isfinite(drawn["rate"]) & (drawn["rate"] > 0)]
    drawn = drawn.sort_values(["score", "term"], ascending=[False, True]).reset_index(drop=True)
    own = np.where(drawn["score"] > 0, drawn["articles_target"], drawn["articles_rest"])
    weight = drawn["z"].abs() if _has_z(drawn) else drawn["score"].abs() * np.sqrt(drawn["rate"])
    rank = weight.groupby(np.sign(drawn["score"])).rank(method="first", ascending=False)
    return drawn.assign(single=own <= 1, weight=weight, named=(rank <= _TRIED * label) & (weight > 0))


def _has_z(contrasts: pd.DataFrame) -> bool:
    return "z" in contrasts and bool(contrasts["z"].notna().all())


def _place(values: Sequence[float], ends: Sequence[float], room: float) -> tuple[np.ndarray, tuple[float, float]]:
    """Return where `values` stand on an axis of `room` points on which `ends` are to be seen, and its limits."""
    pad, low, high = min(9.0, room / 10), min(ends), max(ends)
    low, high = (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)
    unit = (high - low) / (room - 2 * pad)
    return (np.asarray(values, float) - low) / unit + pad, (low - pad * unit, high + pad * unit)


def _mark_rates(low: float, high: float, most: int) -> list[float]:
    """Return where to write a number on the log axis: at 1, 2, 5, 10 … or 1, 10 …, or at round ones in between."""
    powers = range(int(low) - 1, int(high) + 2)
    for every in ([s * 10.0**p for p in powers for s in (1, 2, 5)], [10.0**p for p in powers]):
        marks = [mark for mark in every if low <= np.log10(mark) <= high]
        if 1 < len(marks) <= most:
            return marks
    between = [mark for mark in MaxNLocator(3).tick_values(10**low, 10**high) if 10**low <= mark <= 10**high]
    return marks[:: -(-len(marks) // most)] if len(marks) > 1 else between


def place_names(
    points: np.ndarray, names: dict[int, str], size: tuple[float, float], line: Sequence[float],
    bars: dict[int, Sequence[float]], side: dict[int, bool], most: int,
) -> dict:  # fmt: skip
    """Return for each name that has a free place, in points: its middle seen from its point, and the line there.

    Each in turn goes as near as the edge, other points, the zero `line` and what is placed allow (boxes: left, bottom,
    right, top), at most `most` on either side. A name whose interval (`bars`) would cross one that is placed has none.
    """
    dots, taken, places = np.column_stack([points - _OTHER, points + _OTHER]), np.array([line]), {}
    placed = {True: 0, False: 0}
    for i, name in names.items():
        bar = np.array([bars[i]]) if i in bars else np.zeros((0, 4))
        if placed[side[i]] >= most or _touch(bar, taken[1:]).any():
            continue
        font = FontProperties(family=FONT, size=SMALL)
        _, height, below = text_to_path.get_text_width_height_descent(name, font, ismath=False)
        height = max(height - below, 0.76 * SMALL) + max(below, 0.24 * SMALL)  # as Matplotlib lays out a line
        half = np.array([text_width(name, SMALL), height]) / 2 + _AIR
        others = np.vstack([dots[np.hypot(*(points - points[i]).T) > 1], taken, bar])
        offsets = _UNITS * _AWAY + _SIDES * half
        boxes = np.hstack([points[i] + offsets - half, points[i] + offsets + half])
        free = (boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= size).all(axis=1)
        free[free] = ~_touch(boxes[free], others)
        for at in np.flatnonzero(free):
            reach = _AWAY[at, 0] if _AWAY[at, 0] > _STEPS[0] else 0
            leader = points[i] + _UNITS[at] * np.arange(_OWN, reach)[:, None]
            dashes = np.hstack([leader - 0.5, leader + 0.5])
            if not _touch(dashes, others).any():
                places[i], taken = (tuple(offsets[at]), leader), np.vstack([taken, boxes[[at]], dashes, bar])
                placed[side[i]] += 1
                break
    return places


def _touch(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return of each box whether it lies over one of the others."""
    (left, low, right, high), (lefts, lows, rights, highs) = boxes.T[..., None], others.T
    return ((left < rights) & (lefts < right) & (low < highs) & (lows < high)).any(axis=1)
