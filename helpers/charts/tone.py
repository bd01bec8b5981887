"""Tone: every scored sentence as a point, with the mean of the article means."""

from collections.abc import Iterable

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
from helpers.charts.style import GREY, INK, RULE, SMALL, outlet_colors, outlet_markers, signed

_GOLDEN = (5**0.5 - 1) / 2
_DENSE = 2000
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}


@drawing
def tone_dots(
    scores: pd.DataFrame,
    ax: Axes | None = None,
    *,
    column: str = "compound",
    both: bool = False,
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    title: str = "",
    subtitle: str = "Tone of each sentence, −1 (coldest) to +1 (warmest)",
    foot: str = "",
    width: str = "double",
    empty: str = "no scored sentence",
) -> Axes:
    """Draw every scored sentence as a point, a row an outlet, with the mean of the article means.

    A hollow point is a score of 0 for want of any word of the word list (without `n_hits`: any 0). Height within a
    row means nothing: it only sets points apart. The mean weighs each article alike, however long. With `both`, the
    means as printed (filled) and with names masked (hollow) are joined by a line; where both are written alike,
    one number stands for the two.

    Columns of `scores`: outlet, article_id, sentence_no and the score `column` (both `compound` and
    `masked_compound` with `both`), -1 to 1; n_hits, if known. A sentence that stands in several rows is drawn once.
    """
    kind = "tone of sentences"
    page = Page(title, subtitle, foot, width)
    means_of = ["compound", "masked_compound"] if both else [column]
    if len(scores):
        need(scores, ("outlet", "article_id", "sentence_no", column, *means_of), kind)
    if scores.empty or not scores[column].notna().any():
        return draw_message(ax, page, kind, empty, scores)[0]

    keys = ["outlet", "article_id", "sentence_no"]
    hits = ["n_hits"] if "n_hits" in scores.columns else []
    drawn = scores[[*keys, *dict.fromkeys([column, *means_of]), *hits]].dropna(subset=[column])
    drawn = drawn.drop_duplicates(keys).sort_values(keys, kind="stable").reset_index(drop=True)
    means = drawn.groupby(["outlet", "article_id"])[means_of].mean().groupby("outlet").mean()
    drawn = drawn.assign(**{f"outlet_mean_{name}": drawn["outlet"].map(means[name]) for name in means_of})
    names = sorted(set(outlets) if outlets is not None else set(drawn["outlet"]))
    sentences = drawn.groupby("outlet").size()
    articles = drawn.groupby("outlet")["article_id"].nunique()
    notes = [
        f"{_count(sentences[name], 'sentence')}\n{_count(articles[name], 'article')}" if name in means.index else ""
        for name in names
    ]
    mark = "Diamonds: mean" if both else "Thick line: mean"
    hollow_means = "Hollow points: no word of the sentence is in the word list." if hits else "Hollow points: score 0."
    whose = {"compound": "as printed", "masked_compound": "with names masked"}.get(column, column)
    points_of = f"Points: sentences {whose}. One number: both means are alike. " if both else ""
    method = f"{points_of}{mark} of the articles' means. {hollow_means} Height within a row has no meaning."
    page = Page(title, subtitle, f"{foot} {method}".strip(), width)
    entries = [
        {"label": "mean as printed", "marker": "D", "markersize": 4.5, "color": INK},
        {"label": "mean with names masked", "marker": "D", "markersize": 4.5, "markeredgecolor": INK,
         "markerfacecolor": "white", "color": INK},
    ]  # fmt: skip
    shape = Shape(
        len(names) * (42.0 if both else 36.0), left=gutter(names, width), right=note_room(notes), bottom=14,
        key=entries if both else (),
    )  # fmt: skip
    axis = open_panels(ax, page, shape, kind, drawn, tuple(keys), column)[0]
    points = panel_points(ax, page, shape)
    clear(axis, x_axis=True)
    set_rows(axis, len(names))
    axis.set_xlim(-1.04, 1.04)
    axis.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    colors, markers = outlet_colors(names, known), outlet_markers(names, known)
    dense = len(drawn) > _DENSE
    low, high = (-0.42, 0.1) if both else (-0.06, 0.38)
    for y, name in enumerate(names):
        if y:
            axis.axhline(y - 0.5, color=RULE, linewidth=0.4)
        rows = drawn[drawn["outlet"] == name]
        if rows.empty:
            write(axis, 0.02, y, empty, fontsize=SMALL, color=GREY)
            continue
        x = rows[column].to_numpy(float)
        spread = y + low + (high - low) * ((np.arange(len(x)) * _GOLDEN) % 1)
        unscored = (x == 0) & (rows["n_hits"].to_numpy() == 0 if hits else True)
        for hollow in (True, False):
            chosen = unscored == hollow
            axis.plot(
                x[chosen], spread[chosen], markers[name], markersize=2.6 if dense else 3.6,
                markerfacecolor="none" if hollow else colors[name], markeredgecolor=colors[name] if hollow else "white",
                markeredgewidth=0.7 if hollow else 0.3, alpha=0.35 if dense else 0.85, rasterized=dense,
            )  # fmt: skip
        if both:
            _draw_two_means(axis, y + 0.3, *means.loc[name], points)
        else:
            mean = means.loc[name, column]
            # under the points: where they are few, it would hide them
            axis.plot([mean, mean], [y - 0.13, y + 0.44], color=INK, linewidth=2, solid_capstyle="butt", zorder=1.5)
            write(axis, mean, y - 0.2, signed(mean), offset=(0, 1), ha="center", va="bottom", fontsize=SMALL,
                  weight="bold", bbox=_PAPER)  # fmt: skip
    label_rows(axis, names, shape.left)
    note_rows(axis, notes)
    return axis


def _draw_two_means(axis: Axes, y: float, printed: float, masked: float, points: float) -> None:
    axis.plot([printed, masked], [y, y], color=INK, linewidth=1)
    axis.plot([printed], [y], "D", markersize=4.5, color=INK)
    axis.plot([masked], [y], "D", markersize=4.5, markerfacecolor="white", markeredgecolor=INK)
    for value, other in ((printed, masked), (masked, printed)):
        if np.isnan(value) or (value is masked and signed(masked) == signed(printed)):
            continue
        right = value > other or signed(value) == signed(other)
        write(axis, value, y, signed(value), offset=(5, 0) if right else (-5, 0), ha="left" if right else "right",
              fontsize=SMALL, bbox=_PAPER)  # fmt: skip


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
