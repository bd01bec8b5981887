"""Outlets by category: bars of counts, of shares of the names for one actor, and a heat map of outlets by actors."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from helpers.charts import frame
from helpers.charts.style import FAINT, FILLS, GREY, INK, SMALL, ink_on, legible, outlet_colors, text_width, wrap

_OTHER = "all other names"
_FEW = 5  # mentions: a bar of fewer shows how often, not percentages
_MOST_NAMED, _MOST_ACTORS = 12, 40  # names of the grey rest in the foot, rows of a heat map
_VOICE_NAMES = {"outlet": "The outlet's own words", "paraphrase": "Paraphrase of a source", "quote": "Quotation"}
# equal steps of lightness in OKLab, from near white to dark blue
_RAMP = ("#eef3fa", "#c4d9f3", "#9ebfe8", "#7ba5d8", "#5c8bc5", "#4172ae", "#2a5995", "#184179", "#0b2a5b")
# below zero cold, above it warm; distinguishable in the common colour blindnesses
_TWO_SIDED = ("#2a5995", "#7ba5d8", "#c4d9f3", "#f6f6f6", "#f5d9b8", "#e39a4f", "#b3560b")
RATE = "per_1000_words"
_RATE_NAMES = {RATE: "Mentions per 1,000 words", "per_10000_words": "Times per 10,000 words"}
# what a cell says, the fullest first; `z` writes a value that rounds to 0 without a minus
_RATES = ("{value:.1f}\nn {n:,}", "{value:.1f}", "{value:.0f}", "")
_SIGNED = ("{value:z.2f}\nn {n:,}", "{value:z.2f}", "{value:z.1f}", "")
_SHARES = ("{value:.0%}\nn {n:,}", "{value:.0%}", "")


@frame.drawing
def count_bars(
    counts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, label: str,
    part: tuple[str, str, str] | None = None, top: int = 10, order: Sequence[str] = (),
) -> np.ndarray:  # fmt: skip
    """Draw counts by category: one panel per outlet, the same categories and the same scale in each.

    The `top` categories (by sum over the outlets) are drawn, the others added up in a last row; `order` names all of
    them where they have an order of their own. At each bar's end is its value; under each outlet's name, n.
    `part=(column, its name, name of the remainder)` divides the bars by a column that counts a part of n.

    Columns of `counts`: outlet, `label`, n. Returns an array of Axes, one per outlet.
    """
    kind, look = f"counts by {label}", look.subtitled("Number in each outlet; all panels share one scale; n: total")
    if not frame.need(counts, ("outlet", label, "n", *(part or ())[:1]), kind)["n"].any():
        return frame.draw_message(look, kind, counts, "nothing to count")

    table, keys = counts.assign(**{label: counts[label].astype(str).replace("", "(none)")}), ["outlet", label]
    if part:
        column, inside, outside = part
        parts = table[keys].assign(**{inside: table[column], outside: table["n"] - table[column]})
        table, keys = parts.melt(keys, var_name="part", value_name="n"), [*keys, "part"]
    categories = [*order] or _rank(table, label)
    if len(categories) > top + 1:
        lumped = f"all others ({len(categories) - top})"
        categories = [*categories[:top], lumped]
        table = table.assign(**{label: table[label].where(table[label].isin(categories), lumped)})
    drawn = table.groupby(keys, as_index=False)["n"].sum()

    names = look.names(drawn)
    fills = dict(zip(part[1:], FILLS, strict=False)) if part else {}
    biggest = drawn.groupby(["outlet", label])["n"].sum().max()
    cols = frame.spread_columns(len(names), 5 if look.width == "double" else 2)
    shape = frame.row_shape(
        look, categories, 12.5, [f"{biggest:,.0f}"], n=len(names), cols=cols, top=26, bottom=2, gap=6, key=_key(fills)
    )
    axes = frame.open_panels(look, shape, kind, drawn, keys, "n")
    colors, totals = outlet_colors(names, look.known), counts.groupby("outlet")["n"].sum()
    totals = counts.groupby("outlet")["total"].first() if "total" in counts else totals
    for axis, name in zip(axes, names, strict=True):
        axis.set_xlim(0, biggest)
        rows = drawn[drawn["outlet"] == name]
        ends = np.zeros(len(categories))
        for level, color in (fills or {"": colors[name]}).items():
            own = rows[rows["part"] == level] if part else rows
            amounts = own.set_index(label)["n"].reindex(categories, fill_value=0).to_numpy()
            there = np.flatnonzero(amounts)  # a bar without width shows in a PDF, as a hairline
            axis.barh(there, amounts[there], 0.72, ends[there], color=color, linewidth=0)
            ends = ends + amounts
        for y, end in enumerate(ends):
            frame.write(axis, end, y, f"{end:,.0f}", offset=(2.5, 0), color=INK if end else GREY)
        axis.axvline(0, color=INK, linewidth=0.7)
        frame.head_panel(axis, name, shape.panel_width(look.width) + shape.right - 2, 10)
        n = f"n = {totals.get(name, 0):,.0f}"
        frame.write(axis, 0, 1, n, at="panel", offset=(0, 2), va="bottom", color=GREY)
    return axes


@frame.drawing
def share_bars(
    names: pd.DataFrame, look: frame.Look = frame.PLAIN, *, by: str | None = None, top: int = 6
) -> Axes | np.ndarray:
    """Draw which names each outlet uses for one actor: one bar per outlet that sums to 1, one segment per name.

    The `top` names (by n over all outlets, at most 8) and those that judge have a segment of their own, the rest share
    a grey one, named in the foot; n, at the right, is all mentions. A bar of fewer than 5 has counts in place of
    percentages. `by="voice"` draws one panel per voice, side by side (in a single column, one below the other).

    Columns of `names`: actor, outlet, voice, variant, n, total (the outlet's mentions in that voice); loaded (whether
    the name judges), if known. Rows of several voices are added up where `by` is None. Returns the Axes, or with `by`
    an array of them. Raises ValueError where the table holds several actors.
    """
    kind, empty = "shares of names", "no mention"
    look = look.subtitled("Share of each outlet's mentions, by the name used")
    needed = frame.need(names, ("actor", "outlet", "voice", "variant", "n", "total"), kind)
    if needed["actor"].nunique() > 1:
        raise ValueError(f"{kind}: one actor at a time; the table holds {', '.join(sorted(set(names['actor'])))}")
    if by not in (None, "voice"):
        raise ValueError(f"{kind}: by={by!r}; use None or 'voice'")
    if not needed["n"].sum():
        axes = frame.draw_message(look, kind, names, empty)
        return axes if by else axes[0]

    keys = ["outlet", by] if by else ["outlet"]
    drawn, shown, rest = _share_names(names, keys, min(top, len(FILLS)))
    few = f"Bars of fewer than {_FEW} show numbers, not percentages." if drawn["total"].lt(_FEW).any() else ""
    more = f" and {len(rest) - _MOST_NAMED} more" if len(rest) > _MOST_NAMED else ""
    look = look.noted(f"Grey: {', '.join(rest[:_MOST_NAMED])}{more}." if rest else "", few)
    rows = look.names(drawn)
    panels = {voice: drawn[drawn["voice"] == voice] for voice in _VOICE_NAMES} if by else {"": drawn}
    panels = {voice: table for voice, table in panels.items() if len(table)}
    totals = [table.groupby("outlet")["total"].first() for table in panels.values()]
    notes = [[f"n = {total[row]:,}" if row in total else "" for row in rows] for total in totals]
    cols = len(panels) if look.width == "double" else 1
    shape = frame.row_shape(
        look, rows, 19.0, chain(*notes), n=len(panels), cols=cols, gap=6,
        top=12 if by else 0, bottom=8 if by and cols == 1 else 2,
    )  # fmt: skip
    points = shape.panel_width(look.width)
    texts = [_label(row, points) for row in drawn.itertuples()]
    fills = {name: fill for name, fill in zip(shown, FILLS, strict=False)} | {_OTHER: FAINT}
    if not all(" " in text for text in texts):  # a name has no room in its segment
        used = set(drawn["variant"])
        shape = replace(shape, key=_key({name: fill for name, fill in fills.items() if name in used}))
    axes = frame.open_panels(look, shape, kind, drawn, [*keys, "variant"], "share")

    for axis, (voice, table), note in zip(axes, panels.items(), notes, strict=True):
        axis.set_xlim(0, 1)
        for y, row in enumerate(rows):
            own = table[table["outlet"] == row]
            if own.empty:
                frame.write(axis, 0, y, empty, offset=(4, 0), color=GREY)
            own = own[own["n"] > 0]
            starts = own["share"].cumsum() - own["share"]
            color = [fills[name] for name in own["variant"]]
            axis.barh([y] * len(own), own["share"], 0.74, starts, facecolor=color, edgecolor="white", linewidth=0.6)
            for i, middle in (starts + own["share"] / 2).items():
                frame.write(axis, middle, y, texts[i], ha="center")
        axis.axvline(0, color=INK, linewidth=0.7)
        frame.note_rows(axis, note)
        if voice:
            frame.head_panel(axis, _VOICE_NAMES[voice], points + shape.right, 2, lines=1)
    return axes if by else axes[0]


def _share_names(names: pd.DataFrame, keys: list[str], top: int) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Return `keys`, variant, n, total, share, the rest as one variant; the variants shown by name; and the rest."""
    ranked, loaded = _rank(names, "variant"), set(names["variant"][names.get("loaded", names["n"].lt(0))])
    first = ranked[: top if len(ranked) > top + 1 else len(FILLS)]
    kept = sorted({*first, *loaded}, key=lambda name: (name not in loaded, ranked.index(name)))[: len(FILLS)]
    shown, rest = ([name for name in ranked if (name in kept) == is_kept] for is_kept in (True, False))
    totals = names.groupby(["outlet", "voice"])["total"].max().groupby(keys).sum()
    counts = names[names["variant"].isin(shown)].groupby([*keys, "variant"])["n"].sum()
    wide = counts.unstack("variant").reindex(index=totals.index, columns=pd.Index(shown, name="variant"))
    wide[_OTHER] = (totals - wide.sum(axis=1)).where(lambda rest: rest > 0)
    table = wide.stack().dropna().astype("int64").rename("n").reset_index().merge(totals.reset_index(), on=keys)
    return table.assign(share=table["n"] / table["total"]), shown, rest


def _label(row: tuple, points: float) -> str:
    """Return what is written in a segment: name and share, the share alone, or nothing where it has no room."""
    size = f"{row.share:.0%}" if row.total >= _FEW else str(row.n)
    texts = (f"{legible(row.variant)} {size}", size)
    return next((text for text in texts if text_width(text, SMALL) + 4 <= row.share * points), "")


def _rank(counts: pd.DataFrame, label: str) -> list[str]:
    """Return the categories in a column, the most frequent first."""
    summed = counts.groupby(label, as_index=False)["n"].sum()
    return list(summed.sort_values(["n", label], ascending=[False, True])[label])


def _key(fills: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return what the colours mean, as `frame.Shape` takes it."""
    return [(legible(name), {"facecolor": fill, "edgecolor": "none"}) for name, fill in fills.items()]


@frame.drawing
def heat_map(
    counts: pd.DataFrame, look: frame.Look = frame.PLAIN, *, value: str = RATE, of: str = "actor"
) -> Axes:  # fmt: skip
    """Draw a value of each outlet x actor (or `of`, a column), by default how often it is mentioned, with its n.

    Actors are in order of their mean value over the outlets, the most mentioned first, and at most 40 of them; outlets
    by name. The longer of the two lists runs down, so that names can be read without turning the head. Cells without a
    mention stay white.

    Columns of `counts`: outlet, actor, n, and `value`. A pair without a row counts as 0 per 1,000 or 10,000 words; any
    other value (a tone) may be negative, is coloured from its zero to both sides, and is left open for such a pair.
    """
    if not frame.need(counts, ("outlet", of, "n", value), "heat map")["n"].sum():
        return frame.draw_message(look, "heat map", counts, f"no mention of any {of}")[0]
    counts, is_rate, names = counts.rename(columns={of: "actor"}), value in _RATE_NAMES, look.names(counts)
    drawn, every = _fill_pairs(counts, value, sorted({*names, *counts["outlet"]}))
    actors = every[:_MOST_ACTORS]
    if len(actors) < len(every):
        look = look.noted(f"Of {len(every)} {of}s, the {len(actors)} with the largest mean over the outlets.")
    rows, across = (names, actors) if len(names) > len(actors) else (actors, names)

    left = frame.gutter(rows, look.width)
    points = frame.Shape(1, left=left).panel_width(look.width)
    cell = min(points / len(across), 74.0)
    headings = [wrap(name, cell - 3, SMALL, lines=2) for name in across]
    flat = all(" ".join(lines) == legible(name) for lines, name in zip(headings, across, strict=True))
    slanted = max(text_width(legible(name), SMALL) for name in across)
    top = 8.6 * max(map(len, headings)) + 6 if flat else min(slanted, 110) + 6
    shown = drawn[drawn["outlet"].isin(names) & drawn["actor"].isin(actors)]
    forms = _RATES if is_rate else _SHARES if value == "share" else _SIGNED
    texts = _write_cells(shown["n"], shown[value], cell, forms)
    two_lines = any("\n" in text for text in texts)
    colors = "blue: below 0; orange: above; –: none" if forms is _SIGNED else "darker: more"
    what = f"{_RATE_NAMES.get(value, value.replace('_', ' ').capitalize())} ({colors})"
    below = f"; n: {'number of mentions' if value == RATE else 'how many'}" if two_lines else ""
    look, high = look.subtitled(what + below), len(rows) * (21.0 if two_lines else 13.0)
    shape = frame.Shape(high, left=left, right=points - cell * len(across), top=top, labels=rows)
    axis = frame.open_panels(look, shape, "heat map", drawn, ("outlet", "actor"), value)[0]

    axis.set_xlim(-0.5, len(across) - 0.5)
    most = drawn[value].abs().max() or 1.0
    colors = LinearSegmentedColormap.from_list("ramp", _TWO_SIDED if forms is _SIGNED else _RAMP)
    scale = Normalize(-most if forms is _SIGNED else 0, most)
    for text, row in zip(texts, shown.to_dict("records"), strict=True):
        down, right = (row["outlet"], row["actor"]) if rows is names else (row["actor"], row["outlet"])
        x, y, fill = across.index(right), rows.index(down), "white"
        if row["n"]:
            fill = colors(scale(row[value]))
            axis.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=fill, edgecolor="white", linewidth=1))
        ink = ink_on(fill) if row["n"] else GREY
        frame.write(axis, x, y, text, ha="center", color=ink)
    for x, (name, lines) in enumerate(zip(across, headings, strict=True)):
        text = "\n".join(lines) if flat else wrap(name, 110, SMALL, lines=1)[0]
        frame.write(axis, x, 1, text, at="column", offset=(0, 3), ha="center", va="bottom",
                    rotation=0 if flat else 90)  # fmt: skip
    return axis


def _fill_pairs(counts: pd.DataFrame, value: str, names: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return outlet, actor, n and `value` of every pair, and the actors, the one with the largest mean first."""
    keys, absent = ["outlet", "actor"], {"n": 0, value: 0.0} if value in _RATE_NAMES else {"n": 0}
    summed = counts.groupby(keys)[["n", value]].sum()
    pairs = summed.reindex(pd.MultiIndex.from_product([names, summed.index.unique("actor")], names=keys)).fillna(absent)
    means = pairs[value].groupby("actor").mean().round(12)
    actors = list(means.sort_values(ascending=False, kind="stable").index)
    ordered = pairs.reindex(pd.MultiIndex.from_product([names, actors], names=keys))
    return ordered.astype({"n": "int64"}).reset_index(), actors


def _write_cells(ns: pd.Series, values: pd.Series, cell: float, forms: Sequence[str]) -> list[str]:
    """Return what each cell says: its value and n, or as much of it as the narrowest cell has room for."""
    for form in forms:
        texts = [
            form.format(value=amount, n=n).replace("-", "−") if n else "0" if forms is _RATES else "–"
            for n, amount in zip(ns, values, strict=True)
        ]
        if max(text_width(line, SMALL) for text in texts for line in text.split("\n")) <= cell:
            break
    return texts
