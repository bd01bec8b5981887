"""Tone: every scored sentence as a point, with the mean of the article means."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import frame
from helpers.charts.style import GREY, INK, RULE, outlet_colors, outlet_markers, signed

_GOLDEN = (5**0.5 - 1) / 2
_DENSE = 2000  # sentences from which points are small, pale and drawn as pixels
_KEYS = ["outlet", "article_id", "sentence_no"]
_PRINTED = {"marker": "D", "markersize": 4.5, "color": INK}
_MASKED = {**_PRINTED, "markerfacecolor": "white", "markeredgecolor": INK}


@frame.drawing
def tone_dots(
    scores: pd.DataFrame, look: frame.Look = frame.PLAIN, *, column: str = "compound", both: bool = False
) -> Axes:
    """Draw every scored sentence as a point, one row per outlet, with the mean of the article means.

    A hollow point is a score of 0 because the sentence has no word of the word list (without `n_hits`: any 0). Height
    within a row means nothing: it only sets points apart. The mean weighs each article alike, however long. With
    `both`, the means as printed (filled) and with names masked (hollow) are joined by a line; where both round to
    the same number, it is written once.

    Columns of `scores`: outlet, article_id, sentence_no and the score `column` (both `compound` and
    `masked_compound` with `both`), -1 to 1; n_hits, if known. A sentence that stands in several rows is drawn once.
    """
    kind = "tone of sentences"
    look = look.completed(subtitle="Tone of each sentence, −1 (coldest) to +1 (warmest)", empty="no scored sentence")
    means_of = ["compound", "masked_compound"] if both else [column]
    columns = list(dict.fromkeys([*_KEYS, column, *means_of]))
    scored = frame.need(scores, columns, kind).dropna(subset=[column])
    if scored.empty:
        return frame.draw_message(look, kind, scores)[0]

    has_hits = "n_hits" in scores.columns
    drawn = scored[[*columns, "n_hits"] if has_hits else columns].drop_duplicates(_KEYS)
    drawn = drawn.sort_values(_KEYS, kind="stable").reset_index(drop=True)
    means = drawn.groupby(["outlet", "article_id"])[means_of].mean().groupby("outlet").mean()
    drawn = drawn.assign(**{f"outlet_mean_{name}": drawn["outlet"].map(means[name]) for name in means_of})
    names, few = look.names(drawn), len(drawn) <= _DENSE
    found = drawn.groupby("outlet")["article_id"].agg(["size", "nunique"])
    counted = {
        name: f"{n:,} sentence{'s' * (n != 1)}\n{k:,} article{'s' * (k != 1)}" for name, n, k in found.itertuples()
    }
    notes = [counted.get(name, "") for name in names]
    whose = {"compound": "as printed", "masked_compound": "with names masked"}.get(column, column)
    look = look.noted(
        f"Points: sentences {whose}. One number: both means are alike." if both else "",
        f"{'Diamonds' if both else 'Thick line'}: mean of the articles' means.",
        f"Hollow points: {'no word of the sentence is in the word list' if has_hits else 'score 0'}.",
        "Height within a row has no meaning.",
    )
    key = [("mean as printed", _PRINTED), ("mean with names masked", _MASKED)] if both else []
    shape = frame.row_shape(look, names, 42.0 if both else 36.0, notes, bottom=14, x_axis=True, key=key)
    axis = frame.open_panels(look, shape, kind, drawn, _KEYS, column)[0]

    axis.set_xlim(-1.04, 1.04)
    axis.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    colors, markers = outlet_colors(names, look.known), outlet_markers(names, look.known)
    low, high = (-0.42, 0.1) if both else (-0.06, 0.38)
    dots = {"markersize": 3.6 if few else 2.6, "alpha": 0.85 if few else 0.35, "rasterized": not few}
    for y, name in enumerate(names):
        if y:
            axis.axhline(y - 0.5, color=RULE, linewidth=0.4)
        rows = drawn[drawn["outlet"] == name]
        if rows.empty:
            frame.write(axis, 0.02, y, look.empty, color=GREY)
            continue
        heights = y + low + (high - low) * ((np.arange(len(rows)) * _GOLDEN) % 1)
        hollow = rows[column].eq(0) & (rows["n_hits"].eq(0) if has_hits else True)
        for some, face, edge, width in ((hollow, "none", colors[name], 0.7), (~hollow, colors[name], "white", 0.3)):
            axis.plot(rows[column][some], heights[some], markers[name], markerfacecolor=face, markeredgecolor=edge,
                      markeredgewidth=width, **dots)  # fmt: skip
        if both:
            _draw_two_means(axis, y + 0.3, *means.loc[name])
        else:
            mean = means.loc[name, column]
            # under the points: where they are few, it would hide them
            axis.plot([mean, mean], [y - 0.13, y + 0.44], color=INK, linewidth=2, solid_capstyle="butt", zorder=1.5)
            frame.write(axis, mean, y - 0.2, signed(mean), offset=(0, 1), ha="center", va="bottom",
                        weight="bold", bbox=frame.PAPER)  # fmt: skip
    frame.note_rows(axis, notes)
    return axis


def _draw_two_means(axis: Axes, y: float, printed: float, masked: float) -> None:
    """Draw both means, joined, each with its number outside; one number where both are written alike."""
    axis.plot([printed, masked], [y, y], color=INK, linewidth=1)
    axis.plot([printed], [y], linestyle="", **_PRINTED)
    axis.plot([masked], [y], linestyle="", **_MASKED)
    alike = signed(printed) == signed(masked)
    for value, other in [(printed, masked)] if alike else [(printed, masked), (masked, printed)]:
        if not np.isnan(value):
            right = alike or value > other
            frame.write(axis, value, y, signed(value), offset=(5, 0) if right else (-5, 0),
                        ha="left" if right else "right", bbox=frame.PAPER)  # fmt: skip
