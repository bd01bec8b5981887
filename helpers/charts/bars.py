"""Outlets by category: counts, the names for one actor as squares or shares, and a heat map of outlets by actors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize

from helpers.charts import layout, style
from helpers.charts.style import GREY, INK, SMALL, legible, outlet_colors, text_width, wrap

_Marks = dict[str, tuple[str, str, str]]  # of each name its colour, its sign and its words in the key
_OTHER, _JUDGING = "all other names", "all other names that judge"
_MOST_SQUARES = 50  # of one outlet; where one has more, bars
_BAR, _SQUARE = 13.0, 8.0  # points a bar and a square take
_FILLED = " Filled: the outlet’s own words. Outlined: a source, paraphrased or quoted."
_MOST_COUNTED, _MOST_ACTORS = 10, 20  # categories of counts, rows of a heat map
_AMOUNT = ("#f4f4f4", "#8f8f8f")  # dark letters can be read on every tone
RATE = "per_1000_words"
_RATE_NAMES = {RATE: "Mentions per 1,000 words", "per_10000_words": "Times per 10,000 words"}


@layout.drawing
def count_bars(counts: pd.DataFrame, look: layout.Look, *, label: str, order: Sequence[str] = ()) -> np.ndarray:
    """Draw counts by category: one panel per outlet, the same categories and the same scale in each.

    The ten largest categories (by sum over the outlets) are drawn, the others added up in a last row; those of `order`
    come first, whatever their size. At each bar's end is its value; under each outlet's name, n.

    Columns of `counts`: outlet, `label`, n. Returns an array of Axes, one per outlet.
    """
    kind, look = f"counts by {label}", look.subtitled("Number in each outlet; all panels share one scale; n: total")
    if not layout.check_columns(counts, ("outlet", label, "n"), kind)["n"].any():
        return layout.draw_message(look, kind, counts, "nothing to count")

    table, keys = counts.assign(**{label: counts[label].astype(str).replace("", "(none)")}), ["outlet", label]
    sums = table.groupby(label)["n"].sum().sort_values(ascending=False, kind="stable")
    categories = [*dict.fromkeys([*order, *sums.index])]
    if len(categories) > _MOST_COUNTED + 1:
        lumped = f"all others ({len(categories) - _MOST_COUNTED})"
        categories = [*categories[:_MOST_COUNTED], lumped]
        table = table.assign(**{label: table[label].where(table[label].isin(categories), lumped)})
    drawn = table.groupby(keys, as_index=False)["n"].sum()

    names, colors = look.outlets, outlet_colors(look.outlets, look.known)
    biggest = drawn["n"].max()
    n_lines = -(-len(names) // (5 if look.width == "double" else 2))
    cols, right = -(-len(names) // n_lines), layout.note_room([f"{biggest:,.0f}"])  # lines as even as can be
    space = layout.Space(look, categories, 12.5, n=len(names), cols=cols, right=right, top=26, bottom=2)
    total, how = ("total", "first") if "total" in counts else ("n", "sum")
    totals = counts.groupby("outlet")[total].agg(how)
    said = drawn.assign(total=drawn["outlet"].map(totals), share=drawn["n"] / drawn["outlet"].map(totals))
    told = layout.tell_rows(said, label, "share", "{n:,} of {total:,}", look.title, "none")
    axes = layout.open_panels(space, kind, drawn, keys, "n", told)
    for axis, name in zip(axes, names, strict=True):
        axis.set_xlim(0, biggest)
        ends = drawn[drawn["outlet"] == name].set_index(label)["n"].reindex(categories, fill_value=0).to_numpy()
        there = np.flatnonzero(ends)  # a bar without width shows in a PDF, as a hairline
        axis.barh(there, ends[there], 0.72, color=colors[name], linewidth=0)
        for y, end in enumerate(ends):
            layout.write(axis, end, y, f"{end:,.0f}", offset=(2.5, 0), color=INK if end else GREY)
        axis.axvline(0, color=INK, linewidth=0.7)
        head = "\n".join(wrap(name, space.width + right - 2, SMALL, bold=True, lines=2))
        layout.write(axis, 0, 1, head, at="panel", offset=(0, 10), va="bottom", weight="bold")
        layout.write(axis, 0, 1, f"n = {totals.get(name, 0):,.0f}", at="panel", offset=(0, 2), va="bottom", color=GREY)
    return axes


@layout.drawing
def share_bars(names: pd.DataFrame, look: layout.Look) -> Axes:
    """Draw which names each outlet uses for one actor: a square for each mention, or bars that sum to 1.

    Squares where no outlet has more than 50 mentions: the outlet's own words, filled, stand above those that a source
    is paraphrased or quoted with, outlined. Where an outlet has more, a filled and an outlined bar for each
    outlet. A bar of fewer than 5 has counts in place of percentages.

    The six most frequent names have a colour and a sign each. Names that judge and are rarer, or used fewer than 5
    times, share one and are listed in the key; the rest is grey, listed in the foot. The outlet whose names (in its own
    words, if there are any) differ most from all the others', by the sum of the differences between their shares, comes
    first; outlets with fewer than 5 mentions come last.

    Columns of `names`: actor, outlet, voice ("all": no matter whose words), variant, n, total (the outlet's mentions in
    that voice); loaded (whether the name judges), if known. Raises ValueError where the table holds several actors.
    """
    kind = "shares of names"
    needed = layout.check_columns(names, ("actor", "outlet", "voice", "variant", "n", "total"), kind)
    if needed["actor"].nunique() > 1:
        raise ValueError(f"{kind}: one actor at a time; the table holds {', '.join(sorted(set(names['actor'])))}")
    there, look = look.keep(needed[needed["n"] > 0])
    if not there:
        return layout.draw_message(look, kind, names, "not named")[0]

    drawn, marks, rest = _mark_names(names)
    is_own = drawn["voice"].eq("outlet")
    main, where = (drawn[is_own], "In own words: ") if is_own.any() else (drawn, "")
    every = main.pivot_table(index="outlet", columns="variant", values="n", aggfunc="sum", fill_value=0)
    wide = every.reindex(there, fill_value=0)
    others, n = every.sum() - wide, wide.sum(axis=1)
    apart = (wide.div(n, axis=0) - others.div(others.sum(axis=1), axis=0)).abs().sum(axis=1).round(9)
    ordered = apart.where(n >= layout.FEW).sort_values(ascending=False, kind="stable")
    last = f"; those with fewer than {layout.FEW} mentions are last" if ordered.isna().any() else ""
    look = look.noted(
        f"All other names: {', '.join(style.list_first(rest, 12))}." if rest else "",
        f"First: the outlet whose names differ most from the others’{last}." if ordered.gt(0).sum() > 2 else "",
    )
    each = drawn.assign(group=drawn["voice"].isin(["paraphrase", "quote"]), rank=drawn["variant"].map([*marks].index))
    told = where + layout.tell_rows(main, "variant", "share", "{n:,} of {total:,}", look.title, "none")
    kept = {"kind": kind, "table": drawn, "keys": ["outlet", "voice", "variant"], "value": "share", "told": told}
    draw = _draw_squares if each.groupby("outlet")["n"].sum().max() <= _MOST_SQUARES else _draw_shares
    return draw(each, [*ordered.index], look, marks, kept)


def _draw_squares(each: pd.DataFrame, rows: list[str], look: layout.Look, marks: _Marks, kept: dict[str, Any]) -> Axes:
    """Draw a square for each mention (`each`: by outlet and voice) and, after each group, how many there are."""
    what = " In anyone’s words, the outlet’s own or a source’s." if "all" in set(each["voice"]) else _FILLED
    look = look.subtitled(f"Each square is one mention.{what}")
    squares = each.loc[each.index.repeat(each["n"])].sort_values(["outlet", "group", "rank"])
    squares["place"] = squares.groupby(["outlet", "group"]).cumcount()

    right = layout.note_room([f"{_MOST_SQUARES}"])
    room = layout.Space(look, rows, 1, right=right).width / _SQUARE  # squares on a line
    cols, n_own = int(room), squares["place"].where(~squares["group"], -1).max() + 1
    squares["line"] = squares["place"] // cols + squares["group"] * -(-n_own // cols)
    key = [(words, *_mark_square(*mark)) for name, (*mark, words) in marks.items() if name in set(each["variant"])]
    space = layout.Space(look, rows, (squares["line"].max() + 1) * _SQUARE + 5, right=right, key=key)
    axis = layout.open_panels(space, **kept)[0]

    axis.set_xlim(0, room)
    squares = squares[squares["outlet"].isin(rows)]
    lower = squares["line"] - squares.groupby("outlet")["line"].transform("max") / 2  # than the middle of the row
    squares["x"] = squares["place"] % cols + 0.5
    squares["y"] = squares["outlet"].map(rows.index) + lower * _SQUARE * len(rows) / space.height
    for (name, is_outlined), own in squares.groupby(["variant", "group"]):
        for mark in _mark_square(*marks[name][:2], is_outlined):
            axis.plot(own["x"], own["y"], **mark)
    for last in squares.drop_duplicates(["outlet", "group"], keep="last").itertuples():
        layout.write(axis, last.x, last.y, f"{last.place + 1}", offset=(_SQUARE / 2 + 2, 0), color=GREY)
    return axis


def _draw_shares(each: pd.DataFrame, rows: list[str], look: layout.Look, marks: _Marks, kept: dict[str, Any]) -> Axes:
    """Draw a bar that sums to 1 for each outlet and group of voices; n, at the right, is all mentions."""
    bars = each.groupby(["outlet", "group", "rank", "variant"], as_index=False)["n"].sum()
    by_bar, lines = bars.groupby(["outlet", "group"])["n"], bars["group"].nunique()
    bars["total"] = by_bar.transform("sum")
    bars["share"], bars["start"] = bars["n"] / bars["total"], (by_bar.cumsum() - bars["n"]) / bars["total"]
    look = look.subtitled(f"Share of each outlet’s mentions, by the name used.{_FILLED if lines > 1 else ''}")
    look = look.noted(f"Bars of fewer than {layout.FEW} show numbers." if bars["total"].lt(layout.FEW).any() else "")
    right, height = layout.note_room([f"n = {bars['total'].max():,}"]), _BAR * lines + 6
    key = [(words, *_mark_square(color)) for name, (color, _, words) in marks.items() if name in set(each["variant"])]
    space, lower = layout.Space(look, rows, height, right=right, key=key), _BAR / height
    axis = layout.open_panels(space, **kept)[0]

    axis.set_xlim(0, 1)
    bars["y"] = bars["outlet"].map({row: y for y, row in enumerate(rows)}) + (bars["group"] - (lines - 1) / 2) * lower
    for row in bars.itertuples():
        size = f"{row.share:.0%}" if row.total >= layout.FEW else str(row.n)
        texts = (f"{legible(row.variant)} {size}", size)  # what has room
        text = next((text for text in texts if text_width(text, SMALL) + 4 <= row.share * space.width), "")
        color, edge = marks[row.variant][0], 0.7 / space.width
        fill = "white" if row.group else color
        bar = {"y": row.y, "width": max(row.share - 2 * edge, 0), "height": 0.84 * lower, "left": row.start + edge}
        axis.barh(**bar, facecolor=fill, edgecolor=color, linewidth=0.8)
        ink = INK if fill in style.PALE else "white"
        layout.write(axis, row.start + row.share / 2, row.y, text, ha="center", color=ink)
    for bar in bars.drop_duplicates(["outlet", "group"]).itertuples():
        layout.write(axis, 1, bar.y, f"n = {bar.total:,}", at="row", offset=(4, 0), color=GREY)
    return axis


def _mark_names(names: pd.DataFrame) -> tuple[pd.DataFrame, _Marks, list[str]]:
    """Return what is drawn of names, the marks of each `variant` drawn, in their order, and those in the grey rest.

    Drawn are outlet, voice, variant, n, total and share; what the table does not name is of the rest.
    """
    sums = names.groupby("variant")["n"].sum().sort_values(ascending=False, kind="stable")
    loaded = set(names["variant"][names["loaded"]]) if "loaded" in names else set()
    shown = [name for name in sums.index if name not in loaded or sums[name] >= layout.FEW][: len(style.NAME_MARKS)]
    lumped = {name: _JUDGING if name in loaded else _OTHER for name in sums.index if name not in shown}
    judging, rest = ([name for name, group in lumped.items() if group == which] for which in (_JUDGING, _OTHER))
    marks = {name: (*mark, name) for name, mark in zip(shown, style.NAME_MARKS, strict=False)}
    marks |= {_JUDGING: (style.LOADED, "D", ", ".join(style.list_first(judging, 4))), _OTHER: (style.REST, "", _OTHER)}
    names, keys = names.assign(variant=names["variant"].astype("str").replace(lumped)), ["outlet", "voice"]
    totals, counts = names.groupby(keys)["total"].max(), names.groupby([*keys, "variant"])["n"].sum()
    wide = counts.unstack("variant").reindex(index=totals.index, columns=pd.Index([*marks], name="variant"))
    wide[_OTHER] = (totals - wide.drop(columns=_OTHER).sum(axis=1)).where(lambda rest: rest > 0)
    table = wide.stack().dropna().astype("int64").rename("n").reset_index().merge(totals.reset_index(), on=keys)
    return table.assign(share=table["n"] / table["total"]), marks, rest


def _mark_square(color: str, sign: str = "", is_outlined: bool = False) -> list[dict[str, Any]]:
    """Return the markers of a square: the square, filled or outlined, and the sign in it."""
    fill, ink = ("white", color) if is_outlined else (color, "white")
    square = {"marker": "s", "markersize": _SQUARE - 2.2, "markerfacecolor": fill, "markeredgecolor": color}
    inside = {"marker": sign or "None", "markersize": 3.0, "color": ink, "markeredgewidth": 0.9}
    return [{**mark, "linestyle": ""} for mark in ({**square, "markeredgewidth": 1.1}, inside)]


@layout.drawing
def heat_map(
    counts: pd.DataFrame, look: layout.Look, *, value: str = RATE, of: str = "actor", order: Sequence[str] = ()
) -> Axes:
    """Draw a value of each outlet x actor (or `of`, a column), by default how often it is mentioned, with its n.

    Actors are in `order`, after them the others in that of their mean value over the outlets, the most mentioned first,
    and at most 20 of them; outlets by name. The longer of the two lists runs down, so that names can be read without
    turning the head. Cells without a mention stay white.

    Columns of `counts`: outlet, actor, n, and `value`: per_1000_words, per_10000_words or share (0 to 1). A pair that
    has no row has a rate of 0, and no share; an outlet without any has no line.
    """
    counts = layout.check_columns(counts, ("outlet", of, "n", value), "heat map").rename(columns={of: "actor"})
    (names, look), is_rate = look.keep(counts.dropna(subset=[value])), value in _RATE_NAMES
    if not (names and counts["n"].sum()):
        return layout.draw_message(look, "heat map", counts, "no outlet has enough cases")[0]
    keys, no_row = ["outlet", "actor"], 0 if is_rate else np.nan
    sums = counts.groupby(keys)[["n", value]].sum(min_count=1)
    means = sums[value].unstack(fill_value=no_row).mean().round(12)
    ranked = means.sort_values(ascending=False, kind="stable").index
    every = [one for one in dict.fromkeys([*order, *ranked]) if one in ranked]
    pairs = pd.MultiIndex.from_product([sums.index.unique(0), every], names=keys)
    drawn = sums.reindex(pairs, fill_value=no_row).reset_index()
    drawn["n"], actors = drawn["n"].where(drawn[value].notna(), 0).astype(int), every[:_MOST_ACTORS]
    if len(actors) < len(every):
        look = look.noted(f"Of {len(every)} {of}s, the {len(actors)} with the largest mean over the outlets.")
    rows, across = (names, actors) if len(names) > len(actors) else (actors, names)

    points = layout.Space(look, rows, 1).width
    widest = max(text_width(legible(name), SMALL) for name in across)
    cell = min(points / len(across), max(90.0, 0.6 * widest))  # a heading has two lines
    is_flat = all(" ".join(wrap(name, cell - 3, SMALL, lines=2)) == legible(name) for name in across)
    headings = [wrap(name, cell - 3 if is_flat else 110, SMALL, lines=1 + (cell > 18)) for name in across]
    longest = max(text_width(line, SMALL) for lines in headings for line in lines)
    top = 6 + (8.6 * max(map(len, headings)) if is_flat else longest)
    shown = drawn[drawn["outlet"].isin(names) & drawn["actor"].isin(actors)]
    number, pairs = "{:,.1f}" if is_rate else "{:.0%}", shown[[value, "n"]].to_numpy()
    forms = f"{number} (n {{:,.0f}})", f"{number}\nn {{:,.0f}}", number, number.replace(".1", ".0"), ""
    for form in forms:  # as much as has room
        texts = [form.format(*pair) if pair[1] else "–" if np.isnan(pair[0]) else "0" for pair in pairs]
        if max(text_width(line, SMALL) for text in texts for line in text.split("\n")) <= cell - 2:
            break
    below = f"; n: {'number of mentions' if value == RATE else 'how many'}" if "n {" in form else ""
    look = look.subtitled(f"{_RATE_NAMES.get(value, 'Share')} (darker: more){below}")
    space = layout.Space(look, rows, 21.0 if "\n" in form else 13.0, right=points - cell * len(across), top=top)
    form = number.replace("{", f"{{{value}") + (" (n {n:,})" if is_rate else " of {n:,}")
    told = layout.tell_rows(drawn, "actor", value, form, look.title, "none" * is_rate)
    kept = drawn.dropna().rename(columns={"actor": of})
    axis = layout.open_panels(space, "heat map", kept, ("outlet", of), value, told)[0]

    axis.set_xlim(-0.5, len(across) - 0.5)
    colors, scale = LinearSegmentedColormap.from_list("ramp", _AMOUNT), Normalize(0, drawn[value].max() or 1.0)
    for text, row in zip(texts, shown.to_dict("records"), strict=True):
        down, right = (row["outlet"], row["actor"]) if rows is names else (row["actor"], row["outlet"])
        x, y = across.index(right), rows.index(down)
        if row["n"]:
            axis.bar(x, 1, 1, y - 0.5, facecolor=colors(scale(row[value])), edgecolor="white", linewidth=1)
        layout.write(axis, x, y, text, ha="center", color=INK if row["n"] else GREY)
    for x, lines in enumerate(headings):
        turned = {"ha": "center", "va": "bottom", "rotation": 0 if is_flat else 90}
        layout.write(axis, x, 1, "\n".join(lines), at="column", offset=(0, 3), **turned)
    return axis
