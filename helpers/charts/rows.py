"""A row per outlet or article: dates, tone of sentences, estimates, measures, and where in each article a word is."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers.charts import frame
from helpers.charts.style import GREY, INK, LABEL, RULE, WORDS, outlet_colors, outlet_markers, say_dates, signed

_SPAN = ["outlet", "published_from", "published_to"]
_GOLDEN = (5**0.5 - 1) / 2  # multiples of it, without their whole parts, are spread evenly over 0 to 1
_DENSE = 2000  # sentences from which points are small, pale and drawn as pixels
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}  # behind a number that lies over lines or points
_KEYS = ["outlet", "article_id", "sentence_no"]
# dark to light, alternately full and hollow, so that they can be told apart in print
_MARKS = [
    {"marker": mark, "markersize": 4.5, "color": edge, "markerfacecolor": face, "markeredgecolor": edge}
    for mark, face, edge in (("D", INK, INK), ("o", "white", INK), ("s", "#9a9a9a", GREY), ("^", "white", GREY))
]
_STEP = 11.0  # points between the marks of one row
# the strips
_MOST, _MOST_TERMS = 60, 4  # articles whose strips fit on a page; terms whose ticks can be told apart
_ROW = 10.5  # points: an article, or an outlet's name
_TICK, _APART = 0.7, 0.12  # of a row: its ticks, those of one term above those of the next


@frame.drawing
def timeline(articles: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw when each outlet's articles were published, one row per outlet, the earliest first.

    A marker is an article dated to the day. A bar is as long as the date is uncertain (a month, a year), with the
    number of articles above it where there are several. Undated articles are counted in the foot.

    Columns of `articles`: outlet, published_from, published_to (dates; empty where unknown), one row per article.
    """
    look = look.subtitled("Date of publication")
    dated = frame.need(articles, _SPAN, "timeline").dropna(subset=_SPAN)
    if dated.empty:
        return frame.draw_message(look, "timeline", articles, "no dated article")[0]

    spans = dated.groupby(_SPAN, as_index=False).size().rename(columns={"size": "n"})
    exact = spans["published_from"] == spans["published_to"]
    spans = spans.assign(start=date2num(spans["published_from"]), end=date2num(spans["published_to"]) + 1)
    by_outlet, totals = dated.groupby("outlet"), articles["outlet"].value_counts()
    firsts, lasts = by_outlet["published_from"].min(), by_outlet["published_to"].max()
    names = list(firsts.reindex(look.names(articles)).sort_values(kind="stable").index)
    notes = [f"n = {totals.get(name, 0):,}" for name in names]
    if not exact.all():
        look = look.noted("A bar covers the month or year that is known; a number above it counts articles.")
    if n_undated := len(articles) - len(dated):
        look = look.noted(f"Without a date, so not drawn: {n_undated}.")
    shape = frame.row_shape(look, names, 22.0, notes, bottom=13, x_axis=True)
    spells = [(name, [f"{day:%Y-%m}" for day in (firsts[name], lasts[name])]) for name in names if name in firsts]
    said = [f"{name} {say_dates(months)}" for name, months in spells]
    axis = frame.open_panels(look, shape, "timeline", spans[[*_SPAN, "n"]], _SPAN, "n", "; ".join(said))[0]

    first, last = spans["start"].min(), spans["end"].max()
    pad, points = max(3.0, 0.02 * (last - first)), shape.panel_width(look.width)
    axis.set_xlim(first - pad, last + pad)
    a_day = points / (last - first + 2 * pad)
    most, is_short = 7 if points > 300 else 4, last - first < 90  # days
    locator = MaxNLocator(most - 1, integer=True) if is_short else AutoDateLocator(minticks=2, maxticks=most)
    form = "%d %b" if is_short else "%b %Y"
    axis.xaxis.set(major_locator=locator, major_formatter=lambda day, _: f"{num2date(day):{form}}".lstrip("0"))
    axis.grid(axis="x", color=RULE, linewidth=0.4)
    colors, markers = outlet_colors(names, look.known), outlet_markers(names, look.known)
    for y, name in enumerate(names):
        axis.axhline(y, color=RULE, linewidth=0.4, zorder=0.5)
        for row in spans[(spans["outlet"] == name) & ~exact].itertuples():
            axis.barh(y, row.end - row.start, 0.36, row.start, facecolor=colors[name], alpha=0.4, linewidth=0)
            axis.plot([row.start, row.end], [y, y], color=colors[name], marker="|", markersize=8, linewidth=1.2)
            if row.n > 1:
                middle = (row.start + row.end) / 2
                frame.write(axis, middle, y, str(row.n), offset=(0, 7), ha="center", color=GREY)
        days = spans[(spans["outlet"] == name) & exact]
        x = np.repeat(days["start"].to_numpy(), days["n"]) + 0.5
        rank = pd.Series(x).groupby(x // (4.2 / a_day)).cumcount()  # of points that would lie over one another
        axis.plot(
            x, y + 0.8 * ((0.5 + rank * _GOLDEN) % 1 - 0.5), markers[name], color=colors[name], markersize=3.6,
            markeredgecolor="white", markeredgewidth=0.3, alpha=0.85, linestyle="",
        )  # fmt: skip
    return axis


@frame.drawing
def tone_dots(
    scores: pd.DataFrame, look: frame.Look = frame.PLAIN, *, column: str = "compound", means: bool = True
) -> Axes:
    """Draw every scored sentence as a point, one row per outlet, with the mean of the article means if `means`.

    A hollow point is a score of 0 because the sentence has no word of the word list (without `n_hits`: any 0). Height
    within a row means nothing: it only sets points apart. The mean weighs each article alike, however long.

    Columns of `scores`: outlet, article_id, sentence_no and the score `column`, -1 to 1; n_hits, if known. A sentence
    that stands in several rows is drawn once.
    """
    kind, empty, columns = "tone of sentences", "no scored sentence", [*_KEYS, column]
    look = look.subtitled("Tone of each sentence, −1 (coldest) to +1 (warmest)")
    scored = frame.need(scores, columns, kind).dropna(subset=[column])
    if scored.empty:
        return frame.draw_message(look, kind, scores, empty)[0]

    drawn = scored.filter([*columns, "n_hits"]).drop_duplicates(_KEYS)
    drawn = drawn.sort_values(_KEYS, kind="stable", ignore_index=True)
    has_hits = "n_hits" in drawn
    averages = drawn.groupby(["outlet", "article_id"])[column].mean().groupby("outlet").mean()
    if means:
        drawn[f"outlet_mean_{column}"] = drawn["outlet"].map(averages)
    names, few = look.names(drawn), len(drawn) <= _DENSE
    sizes = drawn.groupby("outlet")["article_id"].agg(["size", "nunique"]).itertuples()
    counted = {name: f"{n:,} sentence{'s' * (n != 1)}\n{k:,} article{'s' * (k != 1)}" for name, n, k in sizes}
    notes = [counted.get(name, "") for name in names]
    look = look.noted(
        "Thick line: mean of the articles’ means." if means else "",
        f"Hollow points: {'no word of the sentence is in the word list' if has_hits else 'score 0'}.",
        "Height within a row has no meaning.",
    )
    shape = frame.row_shape(look, names, 36.0, notes, bottom=14, x_axis=True)
    told = ", ".join(f"{name} {signed(mean)}" for name, mean in averages.items())
    said = f"mean: {told}" if means else f"{len(drawn):,} sentences"
    axis = frame.open_panels(look, shape, kind, drawn, _KEYS, column, said)[0]

    axis.set_xlim(-1.04, 1.04)
    axis.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    colors, markers = outlet_colors(names, look.known), outlet_markers(names, look.known)
    dots = {"markersize": 3.6 if few else 2.6, "alpha": 0.85 if few else 0.35, "rasterized": not few}
    axis.hlines(np.arange(1, len(names)) - 0.5, 0, 1, color=RULE, linewidth=0.4, transform=axis.get_yaxis_transform())
    for y, name in enumerate(names):
        rows = drawn[drawn["outlet"] == name]
        if rows.empty:
            frame.write(axis, 0.02, y, empty, color=GREY)
            continue
        heights = y - 0.06 + 0.44 * ((np.arange(len(rows)) * _GOLDEN) % 1)
        hollow = rows[column].eq(0) & (rows["n_hits"].eq(0) if has_hits else True)
        for some, face, edge, width in ((hollow, "none", colors[name], 0.7), (~hollow, colors[name], "white", 0.3)):
            axis.plot(rows[column][some], heights[some], markers[name], markerfacecolor=face, markeredgecolor=edge,
                      markeredgewidth=width, **dots)  # fmt: skip
        if not means:
            continue
        mean = averages[name]  # under the points: where they are few, it would hide them
        axis.plot([mean, mean], [y - 0.13, y + 0.44], color=INK, linewidth=2, solid_capstyle="butt", zorder=1.5)
        frame.write(axis, mean, y - 0.2, signed(mean), offset=(0, 1), ha="center", va="bottom",
                    weight="bold", bbox=_PAPER)  # fmt: skip
    return axis


@frame.drawing
def forest(estimates: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw estimates as marks, one row per outlet, with a line for the interval; a mark without a line has none.

    Columns of `estimates`: outlet, series (which mark; at most four, in the order they come), value, low and high
    (empty: no interval) and n (what the estimate is based on, written beside the row, as text). With `look.outlets`,
    outlets without a value keep their row.
    """
    empty, columns = "no estimate", ["outlet", "series", "value", "low", "high", "n"]
    drawn = frame.need(estimates, columns, "estimates").dropna(subset=["value"])[columns]
    if drawn.empty:
        return frame.draw_message(look, "estimates", estimates, empty)[0]
    names = list(dict.fromkeys(drawn["outlet"])) if look.outlets is None else look.names(drawn)
    series = list(dict.fromkeys(drawn["series"]))
    if len(series) > len(_MARKS):
        raise ValueError(f"estimates: {len(series)} series; draw at most {len(_MARKS)}")
    if drawn["low"].isna().all():
        look = look.noted("No intervals: too few stories.")
    marks = {one: {**mark, "linestyle": ""} for one, mark in zip(series, _MARKS, strict=False)}
    sizes = drawn.drop_duplicates("outlet").set_index("outlet")["n"]
    notes = [str(sizes.get(name, "")) for name in names]
    key, height = list(marks.items()) if len(series) > 1 else [], max(20.0, _STEP * len(series) + 5)
    shape = frame.row_shape(look, names, height, notes, bottom=14, x_axis=True, key=key)
    said = [f"{one.outlet} {one.series} {signed(one.value)}" for one in drawn.itertuples()]
    axis = frame.open_panels(look, shape, "estimates", drawn, ("outlet", "series"), "value", "; ".join(said))[0]

    axis.margins(x=0.08)
    axis.xaxis.set_major_locator(MaxNLocator(6 if look.width == "double" else 4))
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    axis.hlines(np.arange(1, len(names)) - 0.5, 0, 1, color=RULE, linewidth=0.4, transform=axis.get_yaxis_transform())
    for y, name in enumerate(names):
        own = drawn[drawn["outlet"] == name]
        if own.empty:
            frame.write(axis, 0.5, y, empty, at="row", ha="center", color=GREY)
        for one in own.itertuples():
            at = y + (series.index(one.series) - (len(series) - 1) / 2) * _STEP / height
            mark = marks[one.series]
            axis.plot([one.low, one.high], [at, at], color=mark["color"], linewidth=1.1, solid_capstyle="butt")
            axis.plot([one.value], [at], **mark)
    return axis


@frame.drawing
def dispersion_strips(places: pd.DataFrame, look: frame.Look = frame.PLAIN) -> Axes:
    """Draw each article as a line from its first to its last word, with a tick at each occurrence of the word.

    Articles are grouped by outlet and keep their order; to the right of each, the number of occurrences.
    Ticks have the outlet's colour or, where there are several terms (at most four), the term's, each term's a little
    lower than the one before. Of more than 60 articles the first of each outlet are drawn, at most as many of one as of
    the other.

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
    if len(terms) > _MOST_TERMS:
        raise ValueError(f"{kind}: {len(terms)} terms; draw at most {_MOST_TERMS}")
    columns += ["term"] if terms else []
    inks = {term: color for term, (color, _) in zip(terms, WORDS, strict=False)} if len(terms) > 1 else {}

    drawn, n_more = _choose_articles(given[columns])
    n_rows = drawn.drop_duplicates("row")["outlet"].value_counts().reindex(names, fill_value=0)
    heads = (n_rows.shift(fill_value=0) + 1).cumsum() - 1  # each outlet's name has a line of its own above its articles
    drawn = drawn.assign(y=drawn["row"] + drawn["outlet"].map(names.index) + 1)
    found, counts = drawn.dropna(subset=["position"]), drawn.groupby("y")["position"].count()
    look = look.noted(
        "To the right: number of occurrences.",
        "A line without ticks: not in this article." if (counts == 0).any() else "",
        f"{n_more:,} more article{'s' * (n_more > 1)} not drawn." if n_more else "",
    )
    tick = {"marker": "|", "markersize": 6, "markeredgewidth": 1.5, "linestyle": ""}
    key, n_lines = [(term, {**tick, "color": ink}) for term, ink in inks.items()], len(names) + n_rows.sum()
    notes = [f"{counts[y]:,}" if y in counts else "" for y in range(n_lines)]
    right = max(frame.note_room(notes), 12)
    shape = frame.Shape(n_lines * _ROW, right=right, bottom=24, notes=notes, x_axis=True, key=key)
    times = found["outlet"].value_counts().reindex(names, fill_value=0)
    told = f"times found: {', '.join(f'{name} {n:,}' for name, n in times.items())}"
    axis = frame.open_panels(look, shape, kind, drawn[columns], ("outlet", "article_id"), "position", told)[0]

    axis.set(xlim=(-0.005, 1.005), ylim=(n_lines - 0.5, -0.5))
    axis.xaxis.set_major_formatter(PercentFormatter(1))
    frame.write(axis, 1, 0, "of the article’s words", at="panel", offset=(0, -13), ha="right", va="top")
    axis.hlines(counts.index, 0, 1, color=RULE, linewidth=0.8, zorder=1)
    lower = (found["term"].map(terms.index) - (len(inks) - 1) / 2) * _APART if inks else 0.0
    half, y = (_TICK - _APART * max(len(inks) - 1, 0)) / 2, found["y"] + lower
    colors = found["term"].map(inks) if inks else found["outlet"].map(outlet_colors(names, look.known))
    axis.vlines(found["position"], y - half, y + half, linewidth=1.1, zorder=2, color=colors)
    room = shape.panel_width(look.width) - 80
    for name, y in heads.items():
        text = frame.shorten(name, room, LABEL) + ("" if n_rows[name] else f": {empty}")
        frame.write(axis, 0, y, text, at="row", size=LABEL)
    return axis


def _choose_articles(places: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the occurrences in the articles to draw, by `row`, and how many articles are left out.

    An article without an occurrence keeps one row.
    """
    articles = places[["outlet", "article_id"]].drop_duplicates()
    each = articles["outlet"].value_counts()
    most = next(n for n in range(each.max(), 0, -1) if each.clip(upper=n).sum() <= max(_MOST, len(each)))
    chosen = articles.groupby("outlet").head(most).sort_values("outlet", kind="stable")
    drawn = chosen.assign(row=range(len(chosen))).merge(places, on=["outlet", "article_id"])
    drawn = drawn.sort_values(["row", "position"], kind="stable")
    return drawn[drawn["position"].notna() | ~drawn["row"].duplicated()], len(articles) - len(chosen)
