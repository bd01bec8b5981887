"""What a notebook puts on the page: sentences, tables and figures, with strange text made safe.

Everything is displayed as plain data without ids, times or object names, so that a rerun stores the same bytes.
"""

import base64
import html
import re
import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import charts
from helpers.reading.files import drop_controls

_MARKDOWN = "\\`*_[]<>#|~$&:@"
# what starts a list or underlines a heading at the start of a line; a bare web address
_STARTS = re.compile(r"^(?:\d+[.)]|[-+=])|(?<=www)[.]", re.IGNORECASE)
# MathJax looks for its delimiters within one text node: alone in its own span, a delimiter has no partner
_MATHS = {"$": "<span>$</span>", "\\": "<span>\\</span>"}
_ALIGN = {"before": "right", "match": "left", "after": "left"}
_CONTEXT_WIDTH = ";width:34%"  # of the table, for each side of a match: else a long match leaves them a few letters
_SCREEN_SCALE, _SCREEN_DPI = 128, 160


def safe(value: object) -> str:
    """Return `value` as text for a Markdown sentence, on one line, with nothing in it that Markdown, HTML or MathJax
    would act on. Use it for every value that comes from the articles or their tables.
    """
    text = drop_controls(" ".join(str(value).split()))
    starts = {i for found in _STARTS.finditer(text) for i in range(*found.span())}
    text = "".join(f"&#{ord(c)};" if c in _MARKDOWN or i in starts else c for i, c in enumerate(text))
    return re.sub(r"&#(36|92);", r"<span>&#\1;</span>", text)


def say(text: str) -> None:
    """Show a sentence of Markdown. The values in it go through `safe`; a `$` that did not is shown, not read as maths.

    The plain-text form says the same without the marks.
    """
    markdown = re.sub(r"\\?\$", "<span>&#36;</span>", text)
    plain = html.unescape(re.sub(r"</?span>", "", re.sub(r"\*\*(.+?)\*\*", r"\1", text)))
    display({"text/markdown": markdown, "text/plain": plain}, raw=True)


def show(
    frame: pd.DataFrame,
    rows: int = 12,
    columns: Sequence[str] | None = None,
    *,
    names: dict[str, str] | None = None,
    digits: int = 2,
    each: str | None = None,
) -> None:
    """Show the first `rows` rows of a table, and say so where there are more.

    With `each`, a column, the rows shown are the first of each of its values (of each outlet), as many of each as
    there is room for. `columns` chooses columns, `names` gives some of them a heading of their own. Numbers are
    rounded to `digits` (shares of a whole to as many as they need to differ from 0), long text is wrapped, and lines
    in context (before, match, after) are set around their match. A column `x_low` or `x_high` beside `x` is headed low
    or high.
    """
    chosen = frame if columns is None else frame[list(columns)]
    kept = chosen.iloc[_choose_rows(frame, rows, each)]
    cells = [[_text(cell, digits) for cell in row] for row in kept.itertuples(index=False, name=None)]
    headings = [drop_controls(str((names or {}).get(name, _shorten(name, chosen.columns)))) for name in chosen.columns]
    line = _count_line(len(frame), rows, (names or {}).get(each, each) if each else "")
    aligns = [_alignment(chosen, name) for name in chosen.columns]
    bold = [name == "match" for name in chosen.columns]
    is_context = set(_ALIGN) <= set(chosen.columns)
    widths = [_CONTEXT_WIDTH if is_context and name in ("before", "after") else "" for name in chosen.columns]
    page = _html(headings, cells, aligns, bold, line, widths)
    display({"text/html": page, "text/plain": _plain(headings, cells, line)}, raw=True)


def figure(axes: Axes | Figure | Sequence[Axes] | np.ndarray) -> None:
    """Show a figure once, as a picture with its alternative text; takes what any chart returns.

    The picture stands a third larger than in print. JupyterLab gives no picture its alternative text, so the same
    words stand below it, folded. A figure made with pyplot is closed, so that it is not shown again.
    """
    shown, drawn = charts.find_figure(axes), charts.find_drawn(axes)
    alt = charts.describe_figure(drawn)
    picture = charts.write_png(shown, _SCREEN_DPI)
    width, height = (round(inches * _SCREEN_SCALE) for inches in shown.get_size_inches())
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(shown)
    display(
        {"image/png": base64.b64encode(picture).decode("ascii"), "text/plain": alt},
        metadata={"image/png": {"width": width, "height": height, "alt": alt}},
        raw=True,
    )
    if drawn.keys:
        words = f"<details><summary>The figure in words</summary><p>{_escape(alt)}</p></details>"
        display({"text/html": words, "text/plain": alt}, raw=True)


def _text(cell: object, digits: int) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
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


def _shorten(name: object, columns: Sequence[object]) -> object:
    """Return a column's heading: of an interval beside its value, which end it is."""
    base, _, end = str(name).rpartition("_")
    return end if end in ("low", "high") and base in columns else name


def _alignment(frame: pd.DataFrame, name: str) -> str:
    numeric = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
    return _ALIGN.get(name, "right" if numeric else "left")


def _choose_rows(frame: pd.DataFrame, rows: int, each: str | None) -> np.ndarray:
    """Return the places of the rows to show, in their order."""
    places = np.arange(len(frame))
    if each is None:
        return places[:rows]
    turns = frame.groupby(each, sort=False, dropna=False).cumcount().to_numpy()
    return np.sort(np.argsort(turns, kind="stable")[:rows])


def _count_line(n: int, rows: int, each: str = "") -> str:
    if n == 0:
        return "no rows"
    return f"showing {rows:,} of {n:,} rows{f', the first of each {each}' if each else ''}" if n > rows else ""


def _escape(text: str) -> str:
    return re.sub(r"[$\\]", lambda found: _MATHS[found[0]], html.escape(text))


def _html(
    headings: list[str],
    cells: list[list[str]],
    aligns: list[str],
    bold: list[bool],
    line: str,
    widths: Sequence[str] = (),
) -> str:
    def cell(tag: str, text: str, align: str, strong: bool = False, width: str = "") -> str:
        inner = f"<b>{_escape(text)}</b>" if strong else _escape(text)
        return f'<{tag} dir="auto" align="{align}" style="text-align:{align}{width}">{inner}</{tag}>'

    columns = zip(headings, aligns, widths or [""] * len(headings), strict=True)
    head = "".join(cell("th", text, align, width=width) for text, align, width in columns)
    head = head.replace("_", "_<wbr>")  # a long heading may break where its words meet
    body = ["<tr>" + "".join(map(cell, ["td"] * len(row), row, aligns, bold)) + "</tr>" for row in cells]
    foot = f"<p>{line}</p>" if line else ""
    return "\n".join([f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>", *body, f"</tbody>\n</table>{foot}"])


def _plain(headings: list[str], cells: list[list[str]], line: str) -> str:
    table = pd.DataFrame(cells, columns=headings, dtype="str")
    text = table.to_string(index=False, max_colwidth=60) if cells else ", ".join(headings)
    return f"{text}\n{line}" if line else text
