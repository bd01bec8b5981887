"""A table that a reader can search and sort, with nothing fetched from a network."""

import contextlib
import html
from collections.abc import Iterator
from typing import Any

import itables
import pandas as pd
from IPython.display import HTML, clear_output, display
from itables.widget import ITable

MOST_ROWS = 1_000  # more than anybody reads in a browser; the files of `export` hold all
_LAYOUT = {"topStart": "search", "topEnd": None, "bottomStart": "info", "bottomEnd": "paging"}
# MathJax stays out, also of the copy of the table for pages without scripts: a `$` in an article is no mathematics
_NO_MATHS = '<div class="tex2jax_ignore mathjax_ignore">{}</div>'
_SIDES = {"before": "dt-right around", "match": "dt-left found", "after": "dt-left around"}
_CSS = """
.dt-container { font-size: 13px; max-width: 100%; }
.dt-container table.dataTable { width: 100% !important; table-layout: auto !important; }
.dt-container caption { caption-side: top; text-align: left; padding: 4px 8px; color: inherit; }
.dt-container td, .dt-container th { padding: 4px 6px !important; }
.dt-container td { overflow-wrap: break-word; unicode-bidi: plaintext; }
.dt-container td.around { overflow-wrap: anywhere; }
.dt-container th.around { width: 30%; min-width: 100px; }
.dt-container td.found { font-weight: bold; background: #fff3bf; color: #1f1f1f; }
"""


def load_tables() -> None:
    """Put what draws the tables on the page, from the installed package; once a notebook, before the first table."""
    itables.init_notebook_mode(connected=False)


def show_table(frame: pd.DataFrame, caption: str = "", *, digits: int = 3, rows: int = 10) -> None:
    """Show a table with a search field, sorted by a click on a heading, `rows` rows a page.

    At most MOST_ROWS rows are shown, and the caption says so where there are more. Text is shown as it is, never read
    as HTML or mathematics; the match of lines in context is marked.
    """
    display(HTML(build_table(frame, caption, digits=digits, rows=rows)))


def build_table(frame: pd.DataFrame, caption: str = "", *, digits: int = 3, rows: int = 10) -> str:
    """Return the HTML of `show_table`."""
    shown, look = _prepare(frame, digits, rows)
    caption = say_first(caption, frame)
    table = itables.to_html_datatable(
        shown, caption=html.escape(caption) or None, connected=False, css=_CSS, display_logo_when_loading=False, **look
    )
    return _NO_MATHS.format(table)


def make_picker(frame: pd.DataFrame, *, digits: int = 3, rows: int = 10) -> ITable:
    """Return the table of `show_table` as a widget: a click picks a row, and its `selected_rows` says which.

    Rows are numbered as in `frame`, however the reader has sorted them; a second click picks none.
    """
    shown, look = _prepare(frame, digits, rows)
    return ITable(shown, select="single", **look)


def fill_picker(picker: ITable, frame: pd.DataFrame, *, digits: int = 3, rows: int = 10) -> None:
    """Put another table into the widget, with no row picked."""
    shown, look = _prepare(frame, digits, rows)
    picker.update(shown, select="single", selected_rows=[], **look)


def style_tables() -> None:
    """Put how tables look on the page, for those that are widgets."""
    display(HTML(f"<style>{_CSS}</style>"))


def say_first(caption: str, frame: pd.DataFrame) -> str:
    """Return a caption that says so where not all rows are shown."""
    if len(frame) <= MOST_ROWS:
        return caption
    return f"{caption} The first {MOST_ROWS:,} of {len(frame):,} rows.".strip()


def _prepare(frame: pd.DataFrame, digits: int, rows: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows that are shown, rounded and each cell on one line, and how itables is to show them."""
    shown = frame.head(MOST_ROWS).reset_index(drop=True)
    numbers = shown.select_dtypes("number").columns
    shown = shown.assign(
        **{name: shown[name].round(digits) for name in numbers},
        **{name: [" ".join(str(cell).split()) for cell in shown[name]] for name in shown.columns.difference(numbers)},
    )
    sides = [_SIDES.get(name, "dt-right" if name in numbers else "dt-left") for name in shown.columns]
    return shown, {
        "allow_html": False,
        "classes": "display compact",
        "style": "width:100%",
        "columnDefs": [{"targets": [i], "className": side} for i, side in enumerate(sides)],
        "pageLength": rows,
        "autoWidth": False,
        "showIndex": False,
        "maxBytes": 0,
        "text_in_header_can_be_selected": False,
        "layout": _LAYOUT,
    }


@contextlib.contextmanager
def announce(what: str) -> Iterator[None]:
    """Say what takes its time while it does, on a line that is gone afterwards."""
    print(f"{what} …", flush=True)
    try:
        yield
    finally:
        clear_output()
