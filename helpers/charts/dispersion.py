"""Where in each article a word is: one line per article, one tick per occurrence."""

import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import frame
from helpers.charts.style import GREY, INK, LABEL, RULE, SMALL, WIDTHS, outlet_colors, shorten, wrap

_MOST = 60  # articles that fit on a page
_ROW, _LINE, _GAP = 10.0, 8.5, 4.0  # points: an article, a line of an outlet's name, between outlets
_TICK, _APART = 7.2, 1.2  # points: the ticks of a row, those of one term above those of the next
# Paul Tol's high-contrast scheme, distinguishable in grey print, too, and no outlet's colours
_INKS = ("#004488", "#ddaa33", "#bb5566", INK)


@frame.drawing
def dispersion_strips(places: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw each article as a line from its first to its last word, with a tick at each occurrence of the word.

    Articles are grouped by outlet and keep their order; to the right of each, the number of occurrences.
    Ticks have the outlet's colour or, where there are several terms (at most four), the term's, each term's a little
    lower than the one before. Of more than 60 articles the first of each outlet are drawn, as many of one as of the
    other where there are enough.

    Columns of `places`: outlet, article_id, position (0 to 1; empty: the word is not in this article, which is then a
    line without ticks), one row per occurrence; term, if there are several.
    """
    kind, empty, columns = "dispersion of words", "no occurrence", ["outlet", "article_id", "position"]
    look = look.subtitled("Where in each article the word stands, from its first to its last word")
    needed = frame.need(places, columns, kind)
    names = look.names(needed)
    given = needed[needed["outlet"].isin(names)]
    if not given["position"].notna().any():
        return frame.draw_message(look, kind, places, empty)[0]
    wrong = given.loc[given["position"].lt(0) | given["position"].gt(1), "position"]
    if len(wrong):
        raise ValueError(f"{kind}: position {wrong.iloc[0]:g}; it goes from 0, the first word, to 1, the last")
    terms = list(dict.fromkeys(given["term"].dropna())) if "term" in given.columns else []
    if len(terms) > len(_INKS):
        raise ValueError(f"{kind}: {len(terms)} terms; draw at most {len(_INKS)}")
    columns += ["term"] if terms else []
    inks = dict(zip(terms, _INKS, strict=False)) if len(terms) > 1 else {}

    drawn, n_more = _choose_articles(given[columns])
    articles = drawn.drop_duplicates("row").set_index("row")
    counts = drawn.groupby("row")["position"].count()
    look = look.noted(
        "To the right: number of occurrences.",
        "A line without ticks: not in this article." if (counts == 0).any() else "",
        f"{n_more:,} more article{'s' * (n_more > 1)} not drawn." if n_more else "",
    )

    left, n_rows = frame.gutter(names, look.width), articles["outlet"].value_counts()
    labels = {name: wrap(name, left - 6, lines=2) for name in names}
    rooms = [max(_ROW * n_rows.get(name, 1), _LINE * len(labels[name]) + 1.5) + _GAP for name in names]
    heights = pd.Series(rooms, names)
    tops = heights.cumsum() - heights
    middles = articles["outlet"].map(tops) + (articles.groupby("outlet").cumcount() + 0.5) * _ROW
    high = heights.sum() - _GAP
    tick, room = {"marker": "|", "markersize": 6, "markeredgewidth": 1.5}, WIDTHS[look.width] * 72 - 40
    key = [(shorten(term, room, SMALL), {**tick, "color": ink}) for term, ink in inks.items()]
    right = max(frame.note_room(f"{n:,}" for n in counts), 12)
    shape = frame.Shape(high, left=left, right=right, bottom=24, x_axis=True, key=key)
    axis = frame.open_panels(look, shape, kind, drawn[columns], ("outlet", "article_id"), "position")[0]

    axis.set_ylim(high, 0)
    axis.set_xlim(-0.005, 1.005)
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"], fontsize=SMALL, color=INK)
    unit = "of the article's words"
    frame.write(axis, 1, 0, unit, at="panel", offset=(0, -13), ha="right", va="top")
    axis.hlines(middles, 0, 1, color=RULE, linewidth=0.8, zorder=1)
    found = drawn.dropna(subset=["position"])
    half = (_TICK - _APART * max(len(inks) - 1, 0)) / 2
    lower = found["term"].map(terms.index) * _APART if inks else 0.0
    y = found["row"].map(middles) - _TICK / 2 + half + lower
    colors = found["term"].map(inks) if inks else found["outlet"].map(outlet_colors(names, look.known))
    axis.vlines(found["position"], y - half, y + half, linewidth=1.1, zorder=2, color=colors)
    for row, n in counts.items():
        frame.write(axis, 1, middles[row], f"{n:,}", at="row", offset=(4, 0), color=GREY)
    for name in names:
        label = "\n".join(labels[name])
        frame.write(axis, 0, tops[name] + 1.2, label, at="row", offset=(-5, 0), ha="right", va="top", size=LABEL,
                    linespacing=1.05)  # fmt: skip
        if tops[name]:
            outside = -left / shape.panel_width(look.width)
            axis.axhline(tops[name] - _GAP / 2, outside, color=RULE, linewidth=0.4, clip_on=False)
        if name not in n_rows:
            frame.write(axis, 0, tops[name] + _ROW / 2, empty, color=GREY)
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
