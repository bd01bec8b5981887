"""What a notebook puts on the page: sentences, tables and figures, with strange text made safe.

Everything is displayed as plain data without ids, times or object names, so that a rerun stores the same bytes. What is
said and shown is recorded for the report too (`results.record_result`).
"""

import base64
import html
import re
import sys
from collections.abc import Iterable, Sequence
from urllib.parse import quote as url

import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import charts
from helpers.lexicons import index_lexicon
from helpers.reading.files import drop_controls
from helpers.reading.schemas import FEW
from helpers.results import record_result

# what Markdown acts on: anywhere; at the start of a line, where it begins a list or underlines a heading; in an address
_MARKS = re.compile(r"[\\`*_\[\]<>#|~$&:@]|^(?:\d+[.)]|[-+=])|(?<=www)[.]", re.IGNORECASE)
_ALIGN = {"before": "right", "match": "left", "after": "left"}
MOST_LISTED = 6  # outlets or words in one sentence, cards on a page
_SCREEN_SCALE, _SCREEN_DPI = 128, 160
_CARDS = "display:grid;grid-template-columns:repeat(auto-fit,minmax(17em,1fr));gap:1em;margin:1em 0"
_CARD, _QUOTED = "border-top:3px solid;padding-top:6px", "font-style:italic;margin-left:1em"


def safe(value: object) -> str:
    """Return `value` as text for a Markdown sentence, on one line, with nothing in it that Markdown, HTML or MathJax
    would act on. Use it for every value that comes from the articles or their tables.
    """
    text = drop_controls(" ".join(str(value).split()))
    text = _MARKS.sub(lambda found: "".join(f"&#{ord(c)};" for c in found[0]), text)
    return re.sub(r"&#(36|92);", r"<span>&#\1;</span>", text)


def count_of(n: int, noun: str) -> str:
    """Return a number with its noun, in the plural where needed: 1 article, 2,000 articles, 3 stories."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{n:,} {noun if n == 1 else plural}"


def list_words(values: Iterable[object], most: int = MOST_LISTED, *, quoted: bool = False) -> str:
    """Return values made safe and joined as in a sentence: a, b and c. After `most` values it says how many more."""
    shown = [safe(f"“{value}”" if quoted else value) for value in values]
    if len(shown) > most:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    *first, last = shown or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def say(text: str) -> None:
    """Show a sentence of Markdown. The values in it go through `safe`; a `$` that did not is shown, not read as maths.

    The plain-text form says the same without the marks.
    """
    markdown = re.sub(r"\\?\$", "<span>&#36;</span>", text)
    plain = html.unescape(re.sub(r"</?span>", "", re.sub(r"\*\*(.+?)\*\*", r"\1", text)))
    record_result("answer", content=markdown)
    display({"text/markdown": markdown, "text/plain": plain}, raw=True)


def show(
    frame: pd.DataFrame, rows: int = 12, columns: Sequence[str] | None = None, *,
    names: dict[str, str] | None = None, digits: int = 2, each: str | None = None, none: str = "Nothing to list.",
) -> None:  # fmt: skip
    """Show the first `rows` rows of a table, and say so where there are more; of a table without rows, say `none`.

    With `each`, a column, the rows shown are the first of each of its values (of each outlet), as many of each as
    there is room for. `columns` chooses columns, `names` gives some of them a heading of their own. Numbers are
    rounded to `digits` (shares of a whole to as many as they need to differ from 0), long text is wrapped, and lines
    in context (before, match, after) are set around their match. A column `x_low` or `x_high` beside `x` is headed low
    or high; a column with nothing in it is left out.
    """
    names, chosen = names or {}, frame if columns is None else frame[list(columns)]
    if {"share", "total"} <= {*chosen}:  # of a handful there is no percentage
        chosen = chosen.assign(share=chosen["share"].where(chosen["total"].ge(FEW)))
    chosen = chosen.loc[:, (chosen.notna() & chosen.ne("")).any() | frame.empty | chosen.columns.isin([*_ALIGN])]
    turns = frame.groupby(each, sort=False, dropna=False).cumcount() if each else pd.Series(range(len(frame)))
    places = np.sort(np.argsort(turns.to_numpy(), kind="stable")[:rows])
    cells = [[_write(cell, digits) for cell in row] for row in chosen.iloc[places].itertuples(index=False, name=None)]
    headings, align = [], []
    for name in chosen.columns:
        base, _, end = str(name).rpartition("_")
        heading = end if end in ("low", "high") and base in chosen and name not in names else _head(name, names)
        headings.append(drop_controls(heading))
        numeric = pd.api.types.is_numeric_dtype(chosen[name]) and not pd.api.types.is_bool_dtype(chosen[name])
        align.append(_ALIGN.get(name, "right" if numeric else "left"))
    note = ""
    if len(frame) > rows:
        of_each = f", the first of each {_head(each, names)}" if each else ""
        note = f"showing {rows:,} of {len(frame):,} rows{of_each}"
    record_result("table", columns=headings, rows=cells, align=align, note=note)
    text = pd.DataFrame(cells, columns=headings, dtype="str").to_string(index=False, max_colwidth=60) if cells else none
    page = _write_html(headings, cells, align, list(chosen.columns), note) if cells else f"<p>{none}</p>"
    if text:
        display({"text/html": page, "text/plain": f"{text}\n{note}" if note else text}, raw=True)


def _head(column: object, names: dict[str, str]) -> str:
    """Return the heading of a column: the one given, that of lexicons/headings.csv, or its name in words."""
    listed = index_lexicon("headings.csv").get(str(column), {})
    return str(names.get(column) or listed.get("heading") or str(column).replace("_", " "))


def show_cards(found: pd.DataFrame) -> None:
    """Show findings as cards, the first six by rank: what was found, its numbers, a quotation, a link to its notebook.

    `found` is a table of `findings.find_all`. A report shows the same as paragraphs, without the link.
    """
    cards, texts = [], []
    for row in found[found["rank"].le(MOST_LISTED)].sort_values("rank").to_dict("records"):
        head, _, rest = (" ".join(part.split()) for part in row["sentence"].partition("; "))
        head, rest = (f"{head}.", f"{rest[:1].upper()}{rest[1:]}") if rest else (head, rest)
        said = [f"{_mark_cut(one['text'])} ({one['outlet']})" for one in row["quotations"][:1]]
        record_result("card", content=" ".join([f"**{safe(head)}**", *map(safe, [rest, *said])]))
        texts.append(
            "\n  ".join(map(drop_controls, [head, *filter(None, [rest]), *said, f"{row['n']} → {row['notebook']}"]))
        )
        head, rest, n, name, *said = map(_write_safe, (head, rest, row["n"], row["notebook"], *said))
        quoted = "".join(f'<p style="{_QUOTED}">{one}</p>' for one in said)
        link = f'<p>{n} <a href="{url(row["notebook"])}.ipynb">→ {name}</a></p>'
        cards.append(f'<div style="{_CARD}" dir="auto"><b>{head}</b><p>{rest}</p>{quoted}{link}</div>')
    page = f'<div style="{_CARDS}">{"".join(cards)}</div>' if cards else "<p>no findings</p>"
    display({"text/html": page, "text/plain": "\n\n".join(texts) or "no findings"}, raw=True)


def _mark_cut(text: str) -> str:
    """Return words in quotation marks, unless they have some, with dots where they begin or end within a sentence."""
    begins, ends = text[:1].islower(), not re.search(r"[.!?][\"'”’)]*$", text)
    marks = ("", "") if text[:1] in "“\"'‘" else ("“", "”")
    return f"{marks[0]}{'… ' * begins}{text}{' …' * ends}{marks[1]}"


def _write_safe(text: str) -> str:
    """Return text as HTML that shows it as it is, on one line."""
    return _keep_maths_apart(html.escape(drop_controls(" ".join(text.split()))))


def figure(axes: Axes | Figure | Sequence[Axes] | np.ndarray, *, page: int = 1) -> None:
    """Show a figure, all its pages from `page` on, as a picture with its alternative text; takes what a chart returns.

    The picture is a third larger than in print. JupyterLab gives no picture its alternative text, so the same words
    are below it, folded. A figure made with pyplot is closed, so that it is not shown again.
    """
    shown, drawn = charts.find_figure(axes), charts.find_drawn(axes)
    alt = charts.describe_figure(drawn)
    picture = charts.write_picture(shown, "png", dpi=_SCREEN_DPI)
    width, height = (round(inches * _SCREEN_SCALE) for inches in shown.get_size_inches())
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(shown)
    display(
        {"image/png": base64.b64encode(picture).decode("ascii"), "text/plain": alt},
        metadata={"image/png": {"width": width, "height": height, "alt": alt}},
        raw=True,
    )
    if drawn.keys:
        words = f"<details><summary>The figure in words</summary><p>{_keep_maths_apart(html.escape(alt))}</p></details>"
        display({"text/html": words, "text/plain": alt}, raw=True)
    if page < drawn.pages:
        figure(drawn.again(page=page + 1), page=page + 1)


def _write(cell: object, digits: int) -> str:
    """Return a cell as a person would write it: numbers rounded and grouped, nothing for what is missing."""
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, float | np.floating):
        shown = f"{cell:,.{digits}f}"
        tiny = cell != 0 and float(shown.replace(",", "")) == 0
        return (f"{cell:.1g}" if tiny else shown).replace("-", "−")
    if isinstance(cell, int | np.integer):
        return f"{cell:,}".replace("-", "−")
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    return drop_controls(" ".join(str(cell).split()))


def _write_html(
    headings: list[str], rows: list[list[str]], align: list[str], names: list[object], caption: str
) -> str:  # fmt: skip
    """Return a table of texts as HTML: cells aligned, in the direction of their script, without maths; matches bold."""
    wide = {"before", "after"} if set(_ALIGN) <= set(names) else set()  # else a long match leaves them a few letters

    lines = ['<table class="dataframe">', *([f'  <caption align="bottom">{caption}</caption>'] if caption else [])]
    for number, row in enumerate([headings, *rows]):
        lines.append("    <tr>" if number else "  <thead>\n    <tr>")
        for text, side, name in zip(row, align, names, strict=True):
            text, width, tag = _keep_maths_apart(html.escape(text, quote=False)), "", "td"
            if not number:  # a long heading may break where its words meet
                text, width, tag = text.replace("_", "_<wbr>"), ";width:34%" if name in wide else "", 'th scope="col"'
            elif name == "match":
                text = f"<b>{text}</b>"
            lines.append(f'      <{tag} dir="auto" align="{side}" style="text-align:{side}{width}">{text}</{tag[:2]}>')
        lines.append("    </tr>" if number else "    </tr>\n  </thead>\n  <tbody>")
    return "\n".join([*lines, "  </tbody>", "</table>"])


def _keep_maths_apart(text: str) -> str:
    """Return HTML in which MathJax finds no maths: each of its delimiters is alone in a span, without a partner."""
    return re.sub(r"[$\\]", r"<span>\g<0></span>", text)
