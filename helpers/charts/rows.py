"""A row per outlet, article or term: dates, tone of sentences, estimates, contrasts of terms."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.ticker import MaxNLocator

from helpers.charts import layout
from helpers.charts.style import COLD, GREY, INK, RULE, WARM, legible, outlet_colors, say_dates, signed

_SPAN = ["outlet", "published_from", "published_to"]
_GOLDEN = (5**0.5 - 1) / 2  # multiples of it, without their whole parts, are spread evenly over 0 to 1
_DENSE = 2000  # sentences from which points are small, pale and drawn as pixels
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}  # behind a number that lies over lines or points
_KEYS = ["outlet", "article_id", "sentence_no"]
# dark to light, alternately full and hollow, so that they can be told apart in print
_MARKS = [
    {"marker": mark, "markersize": 4.5, "color": edge, "markerfacecolor": face, "markeredgecolor": edge}
    for marks in ("Dos^", "vPXh")
    for mark, face, edge in zip(marks, (INK, "white", "#9a9a9a", "white"), (INK, INK, GREY, GREY), strict=True)
]
_STEP = 11.0  # points between the marks of one row
# contrasts of terms
_TERMS = ["term", "score", "n_target", "n_rest", "articles_target", "articles_rest"]
_SHIFT = ("group", "in_target", "in_rest")  # of a word shift
_TOP = 10  # bars on each side
_NO_OUTLET, _OTHERS_FILL = "#3f90da", "#dcdcdc"  # a target that is no outlet of the corpus; the others, several outlets


@layout.drawing
def timeline(articles: pd.DataFrame, look: layout.Look) -> Axes:
    """Draw when each outlet's articles were published, one row per outlet, the earliest first.

    A bar covers the day, the month or the year that the date says; the more articles it has, the darker it is. Undated
    articles are counted in the foot.

    Columns of `articles`: outlet, published_from, published_to (dates; empty where unknown), one row per article.
    """
    look = look.subtitled("Date of publication")
    dated = layout.check_columns(articles, _SPAN, "timeline").dropna(subset=_SPAN)
    if dated.empty:
        return layout.draw_message(look, "timeline", articles, "no dated article")[0]

    spans = dated.groupby(_SPAN).size().reset_index(name="n")
    starts, ends = date2num(dated["published_from"]), date2num(dated["published_to"]) + 1
    spells = dated.groupby("outlet").agg({"published_from": "min", "published_to": "max"})
    names = list(spells["published_from"].reindex(look.outlets).sort_values(kind="stable").index)
    notes = [f"n = {n:,}" for n in articles["outlet"].value_counts().reindex(names, fill_value=0)]
    look = look.noted("A bar covers the day, month or year that is known; darker: several articles.")
    if n_undated := len(articles) - len(dated):
        look = look.noted(f"Without a date, so not drawn: {n_undated}.")
    space = layout.Space(look, names, 22.0, notes, bottom=13, x_axis=True)
    said = [f"{name} {say_dates(spells.loc[name].dt.strftime('%Y-%m'))}" for name in names if name in spells.index]
    axis = layout.open_panels(space, "timeline", spans[[*_SPAN, "n"]], _SPAN, "n", "; ".join(said))[0]

    first, last = starts.min(), ends.max()
    pad = max(3.0, 0.02 * (last - first))
    axis.set_xlim(first - pad, last + pad)
    a_day = space.width / (last - first + 2 * pad)
    most, is_short = 7 if space.width > 300 else 4, last - first < 90  # days
    locator = MaxNLocator(most - 1, integer=True) if is_short else AutoDateLocator(minticks=2, maxticks=most)
    form = "%d %b" if is_short else "%b %Y"
    axis.xaxis.set(major_locator=locator, major_formatter=lambda day, _: f"{num2date(day):{form}}".lstrip("0"))
    axis.grid(axis="x", color=RULE, linewidth=0.4)
    colors = outlet_colors(names, look.known)
    for y, name in enumerate(names):
        axis.axhline(y, color=RULE, linewidth=0.4, zorder=0.5)
        own, widths = dated["outlet"].eq(name), np.maximum(ends - starts, 2.5 / a_day)  # points that a day has at least
        axis.broken_barh([*zip(starts[own], widths[own], strict=True)], (y - 0.25, 0.5), color=colors[name], alpha=0.6)
    return axis


@layout.drawing
def tone_dots(scores: pd.DataFrame, look: layout.Look, *, column: str = "compound", means: bool = True) -> Axes:
    """Draw every scored sentence as a point, one row per outlet, with the mean of the article means if `means`.

    A hollow point is a sentence with no word of the word list (`n_hits` is 0). Height within a row means nothing: it
    only sets points apart. The mean weighs each article alike, however long.

    Columns of `scores`: outlet, article_id, sentence_no and the score `column`, -1 to 1; n_hits, if known. A sentence
    that stands in several rows is drawn once.
    """
    kind, columns = "tone of sentences", [*_KEYS, column]
    look = look.subtitled("Each point is a sentence, from −1 (coldest) to +1 (warmest)")
    scored = layout.check_columns(scores, columns, kind).dropna(subset=[column])
    names, look = look.keep(scored)
    if not names:
        return layout.draw_message(look, kind, scores, "no scored sentence")[0]

    drawn = scored.filter([*columns, "n_hits"]).drop_duplicates(_KEYS)
    drawn = drawn.sort_values(_KEYS, kind="stable", ignore_index=True)
    silent = drawn.reindex(columns=["n_hits"])["n_hits"].eq(0)
    averages = drawn.groupby(["outlet", "article_id"])[column].mean().groupby("outlet").mean()
    if means:
        drawn[f"outlet_mean_{column}"] = drawn["outlet"].map(averages)
    few, sizes = len(drawn) <= _DENSE, drawn.groupby("outlet")["article_id"].agg(["size", "nunique"]).loc[names]
    notes = [f"{n:,} sentence{'s' * (n != 1)}\n{k:,} article{'s' * (k != 1)}" for n, k in sizes.itertuples(index=False)]
    look = look.noted(
        "Thick line: mean of the articles’ means." if means else "",
        "Hollow points: no word of the sentence is in the list." if silent.any() else "",
        "Height within a row means nothing.",
    )
    space = layout.Space(look, names, 36.0, notes, bottom=14, x_axis=True)
    told = averages.map(signed) if means else sizes["size"].map("{:,}".format)
    said = f"{'Mean' if means else 'Sentences'}: {', '.join(f'{name} {number}' for name, number in told.items())}"
    axis = layout.open_panels(space, kind, drawn, _KEYS, column, said)[0]

    axis.set_xlim(-1.04, 1.04)
    axis.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    colors = outlet_colors(names, look.known)
    dots = {"markersize": 3.6, "alpha": 0.85} if few else {"markersize": 2.6, "alpha": 0.35, "rasterized": True}
    axis.hlines(np.arange(1, len(names)) - 0.5, 0, 1, color=RULE, linewidth=0.4, transform=axis.get_yaxis_transform())
    for y, name in enumerate(names):
        rows = drawn[drawn["outlet"] == name]
        heights = y - 0.06 + 0.44 * ((np.arange(len(rows)) * _GOLDEN) % 1)
        hollow = silent[rows.index]
        for some, face, edge, width in ((hollow, "none", colors[name], 0.7), (~hollow, colors[name], "white", 0.3)):
            how = {**dots, "markerfacecolor": face, "markeredgecolor": edge, "markeredgewidth": width}
            axis.plot(rows[column][some], heights[some], "o", **how)
        if means:  # under the points: where they are few, it would hide them
            mean, bold = averages[name], {"weight": "bold", "bbox": _PAPER}
            axis.plot([mean, mean], [y - 0.13, y + 0.44], color=INK, linewidth=2, solid_capstyle="butt", zorder=1.5)
            layout.write(axis, mean, y - 0.2, signed(mean), offset=(0, 1), ha="center", va="bottom", **bold)
    return axis


@layout.drawing
def forest(estimates: pd.DataFrame, look: layout.Look) -> Axes:
    """Draw estimates as marks, one row per outlet, with a line for the interval; a mark without a line has none.

    Columns of `estimates`: outlet, series (which mark; after eight they begin again), value, low and high
    (empty: no interval) and n (what the estimate is based on, written beside the row, as text: `n = 6`).
    """
    columns = ["outlet", "series", "value", "low", "high", "n"]
    drawn = layout.check_columns(estimates, columns, "estimates").dropna(subset=["value"])[columns]
    names, look = look.keep(drawn)
    if not names:
        return layout.draw_message(look, "estimates", estimates, "no estimate")[0]
    series = list(dict.fromkeys(drawn["series"]))
    marks = {one: {**mark, "linestyle": ""} for one, mark in zip(series, cycle(_MARKS), strict=False)}
    notes = drawn.drop_duplicates("outlet").set_index("outlet")["n"].astype("str")[names].tolist()
    key, height = list(marks.items()) if len(series) > 1 else [], max(20.0, _STEP * len(series) + 5)
    space = layout.Space(look, names, height, notes, bottom=14, x_axis=True, key=key)
    told = layout.tell_rows(drawn, "series", "value", "{value:z.2f}", look.title, ranked=False)
    axis = layout.open_panels(space, "estimates", drawn, ("outlet", "series"), "value", told)[0]

    axis.margins(x=0.08)
    axis.xaxis.set_major_locator(MaxNLocator(6 if look.width == "double" else 4, steps=[1, 2, 2.5, 5, 10]))
    axis.axvline(0, color=INK, linewidth=0.7, zorder=1)
    axis.hlines(np.arange(1, len(names)) - 0.5, 0, 1, color=RULE, linewidth=0.4, transform=axis.get_yaxis_transform())
    for y, name in enumerate(names):
        for one in drawn[drawn["outlet"] == name].itertuples():
            at = y + (series.index(one.series) - (len(series) - 1) / 2) * _STEP / height
            mark = marks[one.series]
            axis.plot([one.low, one.high], [at, at], color=mark["color"], linewidth=1.1, solid_capstyle="butt")
            axis.plot([one.value], [at], **mark)
    return axis


@layout.drawing
def diverging_bars(contrasts: pd.DataFrame, look: layout.Look, *, target: str) -> Axes:
    """Draw the terms that are used more in the target (to the right of zero) and more in the rest (to the left).

    At most ten terms per side, those with the largest z or, where there is none, score; terms with score 0 are not
    drawn. Beside each bar: times found in the target : in the rest. A hatched bar is based on a single article of its
    own side (the other side may have the term in more). A line over a bar is an interval.

    Columns of `contrasts`: term, score, n_target, n_rest, articles_target, articles_rest, one row per term; z, low and
    high, if known. `target` names the right side and, with `look.outlets`, gives it its colour. With the columns group,
    in_target and in_rest (a word shift of `sentiment.shift_words`), the right side is the warmer one: words have the
    colour of their warmth, filled where the target has more of them, hollow where it has less; none is hatched. Raises
    ValueError where a term has two rows (several targets or voices).
    """
    kind = "contrast of terms"
    if not layout.check_columns(contrasts, _TERMS, kind)["score"].any():
        return layout.draw_message(look, kind, contrasts, "no term to contrast")[0]
    if len(twice := contrasts.loc[contrasts["term"].duplicated(), "term"]):
        raise ValueError(f"{kind}: term {twice.iloc[0]!r} has two rows; keep one target and one voice")
    is_shift = "group" in contrasts
    ranked = contrasts.reindex(columns=[*_TERMS, "z", "low", "high", *_SHIFT])
    by = "z" if ranked["z"].notna().any() else "score"
    ranked = ranked.sort_values([by, "term"], ascending=[False, True])
    drawn = pd.concat([ranked[ranked["score"] > 0].head(_TOP), ranked[ranked["score"] < 0].tail(_TOP)])
    drawn = drawn.sort_values(["score", "term"], ascending=[False, True])
    own = drawn["articles_target"].where(drawn["score"] > 0, drawn["articles_rest"])
    drawn = drawn.assign(single=(own <= 1) & (not is_shift)).reset_index(drop=True)

    n_single = drawn["single"].sum()
    what = f"Makes the language of {legible(target)} colder (left) or warmer (right) than that of the others"
    look = look.subtitled(what if is_shift else "How much more weight a term has on one side").noted(
        f"Beside each bar: times in {legible(target)} : times in the others.",
        f"Hatched: in a single article of its side ({n_single} of {len(drawn)} terms)." if n_single else "",
    )
    left_head, right_head = ("colder", "warmer") if is_shift else ("more in the others", f"more in {target}")
    color = outlet_colors(look.outlets or (), look.known).get(target, _NO_OUTLET)
    square = {"marker": "s", "linestyle": ""}
    key = [(f"← {left_head}", {**square, "color": _OTHERS_FILL}), (f"{right_head} →", {**square, "color": color})]
    fills, faces = np.where(drawn["score"] > 0, color, _OTHERS_FILL), np.where(drawn["single"], "white", "")
    if is_shift:
        fills = np.where(drawn["in_target"] + drawn["in_rest"] > 0, WARM, COLD)
        faces = np.where(drawn["in_target"].abs() < drawn["in_rest"].abs(), "white", "")
        marks = {name: (fill, face or fill) for name, fill, face in zip(drawn["group"], fills, faces, strict=True)}
        key = [(name, {**square, "color": marks[name][0], "markerfacecolor": marks[name][1]}) for name in sorted(marks)]
    notes = [f"{n:,} : {n_rest:,}" for n, n_rest in zip(drawn["n_target"], drawn["n_rest"], strict=True)]
    space = layout.Space(look, list(drawn["term"]), 11.5, right=8, bottom=14, x_axis=True, key=key)
    said, n = [f"{term} ({note})" for term, note in zip(drawn["term"], notes, strict=True)], drawn["score"].gt(0).sum()
    more, less = (", ".join(some[:3]) or "none" for some in (said[:n], said[n:][::-1]))
    told = f"{right_head[0].upper()}{right_head[1:]}: {more}; {left_head}: {less}"
    axis = layout.open_panels(space, kind, drawn.dropna(axis="columns", how="all"), ("term",), "score", told)[0]

    least, most = (drawn[["low", "score", "high"]].agg(end, axis=1) for end in ("min", "max"))
    ends = most.where(drawn["score"] > 0, least)
    least, most = min(least.min(), 0), max(most.max(), 0)
    beside = layout.note_room(notes) + 3
    a_point = (most - least) / (space.width - 2 * beside)
    axis.set_xlim(least - beside * a_point, most + beside * a_point)
    axis.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.axvline(0, color=INK, linewidth=0.8)
    for y, (row, note, fill, face) in enumerate(zip(drawn.itertuples(), notes, fills, faces, strict=True)):
        side = 1 if row.score > 0 else -1
        axis.barh(
            y, row.score, 0.72, facecolor=face or fill, hatch="/////" if row.single else None,
            edgecolor=GREY if fill == _OTHERS_FILL else fill, linewidth=0.7,
        )  # fmt: skip
        axis.plot([row.low, row.high], [y, y], color=INK, linewidth=0.8)
        layout.write(axis, ends[y], y, note, offset=(3 * side, 0), ha="left" if side > 0 else "right", color=GREY)
    return axis
