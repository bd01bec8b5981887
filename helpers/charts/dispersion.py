"""Where in each article a word stands: a line an article, a tick an occurrence."""

from collections.abc import Iterable

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
    gutter,
    need,
    note_room,
    open_panels,
    panel_points,
    write,
)
from helpers.charts.style import GREY, INK, RULE, SMALL, WIDTHS, outlet_colors, shorten, wrap

_MOST = 60  # articles that fit on a page
_ROW, _LINE, _GAP = 10.0, 8.5, 4.0  # points: an article, a line of an outlet's name, between outlets
_TICK, _APART = 7.2, 1.2  # points: the ticks of a row, those of one term above those of the next
# Paul Tol's high-contrast scheme, told apart in grey print, too, and no outlet's colours
_INKS = ("#004488", "#ddaa33", "#bb5566", INK)


@drawing
def dispersion_strips(
    places: pd.DataFrame,
    ax: Axes | None = None,
    *,
    length: bool = False,
    outlets: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    title: str = "",
    subtitle: str = "Where in each article the word stands, from its first to its last word",
    foot: str = "",
    width: str = "double",
    empty: str = "no occurrence",
) -> Axes:
    """Draw each article as a line from its first to its last word, with a tick where the word stands.

    Articles are grouped by outlet, within it in the order they come; to the right of each, how often the word stands
    in it. All lines are equally long or, with `length`, as long as the article. Ticks have the outlet's colour or,
    where there are several terms (at most four), the term's, each term's a little lower than the one before. Of more
    than 60 articles the first of each outlet are drawn, as many of one as of the other where there are enough.

    Columns of `places`: outlet, article_id, position (0 to 1; empty: the word does not stand in this article, which is
    then a line without ticks), one row an occurrence; term, if there are several; n_words (of the article), with
    `length`. `outlets` are the outlets to show (without it, those of the table); `known`, all there are, settle the
    colours.
    """
    kind = "dispersion of words"
    page = Page(title, subtitle, foot, width)
    if len(places):
        need(places, ("outlet", "article_id", "position", *(["n_words"] if length else [])), kind)
    names = sorted(set(outlets) if outlets is not None else set(places.get("outlet", ())))
    given = places[places["outlet"].isin(names)] if len(places) else places
    if given.empty or not given["position"].notna().any():
        return draw_message(ax, page, kind, empty, places)[0]
    for wrong in given.loc[given["position"].lt(0) | given["position"].gt(1), "position"]:
        raise ValueError(f"{kind}: position {wrong:g}; it goes from 0, the first word, to 1, the last")
    terms = list(dict.fromkeys(given["term"].dropna())) if "term" in given.columns else []
    if len(terms) > len(_INKS):
        raise ValueError(f"{kind}: {len(terms)} terms; draw at most {len(_INKS)}")

    left = gutter(names, width)
    labels = {name: wrap(name, left - 6, lines=2) for name in names}
    columns = ["outlet", "article_id", "position", *(["term"] if terms else []), *(["n_words"] if length else [])]
    drawn, more = _choose_articles(given[columns])
    articles = drawn.drop_duplicates("row")
    rows = articles["outlet"].value_counts().reindex(names, fill_value=0)
    heights = [max(_ROW * max(n, 1), _LINE * len(labels[name]) + 1.5) + _GAP for name, n in rows.items()]
    tops = dict(zip(names, np.cumsum([0.0, *heights]), strict=False))
    high = sum(heights) - _GAP
    nth = articles.groupby("outlet").cumcount()
    middles = dict(zip(articles["row"], articles["outlet"].map(tops) + (nth + 0.5) * _ROW, strict=True))
    counts = drawn.groupby("row")["position"].count()

    said = ["To the right: number of occurrences."]
    said += ["A line without ticks: not in this article."] if (counts == 0).any() else []
    said += [f"{more:,} more article{'s' if more > 1 else ''} not drawn."] if more else []
    page = Page(title, subtitle, " ".join(filter(None, [foot, *said])), width)
    inks = dict(zip(terms, _INKS, strict=False)) if len(terms) > 1 else {}
    key = [
        {"label": shorten(term, WIDTHS[width] * 72 - 40, SMALL), "marker": "|", "markersize": 6,
         "markeredgewidth": 1.5, "color": ink}
        for term, ink in inks.items()
    ]  # fmt: skip
    shape = Shape(high, left=left, right=max(note_room(f"{n:,}" for n in counts), 12), bottom=24, key=key)
    points = panel_points(ax, page, shape)
    axis = open_panels(ax, page, shape, kind, drawn[columns], ("outlet", "article_id"), "position")[0]
    clear(axis, x_axis=True)
    axis.set_ylim(high, 0)
    lengths = articles["n_words"].to_numpy(float) if length else np.ones(len(articles))
    axis.set_xlim(-0.005 * lengths.max(), 1.005 * lengths.max())
    ticks = [tick for tick in MaxNLocator(5, integer=True).tick_values(0, lengths.max()) if 0 <= tick <= lengths.max()]
    ticks = ticks if length else [0, 0.25, 0.5, 0.75, 1]
    numbers = [f"{tick:,.0f}" if length else f"{tick:.0%}" for tick in ticks]
    axis.set_xticks(ticks, numbers, fontsize=SMALL, color=INK)
    write(axis, 1, 0, "words into the article" if length else "of the article's words", xycoords="axes fraction",
          offset=(0, -13), ha="right", va="top", fontsize=SMALL)  # fmt: skip

    at = articles["row"].map(middles).to_numpy()
    axis.hlines(at, 0, lengths, color=RULE, linewidth=0.8, zorder=1)
    found = drawn.dropna(subset=["position"])
    x = found["position"].to_numpy(float) * (found["n_words"].to_numpy(float) if length else 1)
    colors, half = outlet_colors(names, known), (_TICK - _APART * max(len(inks) - 1, 0)) / 2
    lower = found["term"].map(terms.index).to_numpy() * _APART if inks else 0.0
    y = found["row"].map(middles).to_numpy() - _TICK / 2 + half + lower
    axis.vlines(x, y - half, y + half, linewidth=1.1, zorder=2,
                color=found["term"].map(inks) if inks else found["outlet"].map(colors))  # fmt: skip
    for row, n in counts.items():
        write(axis, 1, middles[row], f"{n:,}", xycoords=axis.get_yaxis_transform(), offset=(4, 0), fontsize=SMALL,
              color=GREY)  # fmt: skip
    for name in names:
        write(axis, 0, tops[name] + 1.2, "\n".join(labels[name]), xycoords=axis.get_yaxis_transform(), offset=(-5, 0),
              ha="right", va="top", linespacing=1.05)  # fmt: skip
        if tops[name]:
            axis.axhline(tops[name] - _GAP / 2, -left / points, color=RULE, linewidth=0.4, clip_on=False)
        if not rows[name]:
            write(axis, 0, tops[name] + _ROW / 2, empty, fontsize=SMALL, color=GREY)
    return axis


def _choose_articles(places: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the occurrences in the articles to draw, by `row`, and how many articles are left out.

    An article without an occurrence keeps one row. Outlets take turns until there are as many articles as can be drawn.
    """
    articles = places[["outlet", "article_id"]].drop_duplicates()
    turn = articles.groupby("outlet").cumcount()
    chosen = articles.assign(turn=turn).sort_values(["turn", "outlet"], kind="stable").head(_MOST)
    chosen = chosen.sort_values(["outlet", "turn"], kind="stable").assign(row=range(len(chosen)))
    drawn = chosen.drop(columns="turn").merge(places, on=["outlet", "article_id"])
    drawn = drawn.sort_values(["row", "position"], kind="stable")
    return drawn[drawn["position"].notna() | ~drawn["row"].duplicated()], len(articles) - len(chosen)
