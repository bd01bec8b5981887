"""Pickers of actor, outlets, voice and measure, with the figure, the table and the sentences of what is picked."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, display
from IPython.utils.capture import capture_output

from helpers import page
from helpers.explore.choices import find_lines, list_columns, look_up, name_rows, show_figure
from helpers.explore.measures import MEASURES, Found
from helpers.explore.tables import MOST_ROWS, fill_picker, make_picker, say_first, show_table, style_tables
from helpers.naming import ALL_VOICES
from helpers.reading.aliases import OTHER

if TYPE_CHECKING:
    from helpers.reading import Reading

# an empty value would leave the picker blank
VOICES = {"every voice": ALL_VOICES, "the outlet's own": "outlet", "paraphrase": "paraphrase", "quotation": "quote"}
FEW_EACH = 3  # sentences of each row, where no row is picked
# JupyterLab takes the arrow keys and letters for its own commands, even from a list that has the focus; it leaves
# alone what bears this mark, which no widget can set by itself.
_KEYS = """<script>
document.addEventListener('focusin', (event) => {
    if (event.target.closest('.explore')) event.target.setAttribute('data-lm-suppress-shortcuts', 'true');
});
</script>"""
_TOLD = "The numbers drawn. A click on a row shows its sentences below; a second click, a few of each row again."
_ALL = "(all rows, a few sentences of each)"
_FIELD = {"description_width": "110px"}


def show_pickers(read: "Reading", found: Found) -> widgets.VBox:
    """Return the pickers, set to a choice, above what they show. Figure, table and sentences change together.

    Each picker can be reached by the tab key and set by the arrow keys. A choice that shows nothing shows a sentence
    that says why.
    """
    pickers = _build_pickers(read, found)
    figure, lines = (widgets.Output(layout={"overflow": "auto"}) for _ in range(2))
    table, told = make_picker(pd.DataFrame()), widgets.HTML()
    table.layout.margin = "0 20px 0 0"  # as the other tables end
    # the same by the keyboard
    rows = widgets.Dropdown(description="Row to read", style=_FIELD, layout={"width": "98%", "max_width": "760px"})
    status = widgets.Label(layout={"height": "24px"})
    shown = {"found": found}

    def show_all(_: Any = None) -> None:
        status.value = "Counting …"
        shown["found"] = _ask(read, pickers)
        _fill(figure, show_figure, shown["found"])
        rows.unobserve(pick_row, "index")
        table.unobserve(click_row, "selected_rows")
        fill_picker(table, shown["found"].table[list_columns(shown["found"])])
        told.value = say_first(_TOLD, shown["found"].table)
        rows.options = [_ALL, *name_rows(shown["found"])[:MOST_ROWS]]
        rows.index = 0
        for part in (told, table, rows):
            part.layout.display = "none" if shown["found"].table.empty else None
        rows.observe(pick_row, "index")
        table.observe(click_row, "selected_rows")
        show_rows()
        status.value = ""

    def show_rows() -> None:
        _fill(lines, _show_lines, shown["found"], rows.index)

    def pick_row(_: Any) -> None:
        table.selected_rows = [rows.index - 1] if rows.index else []
        show_rows()

    def click_row(_: Any) -> None:
        picked = table.selected_rows[:1]
        rows.index = picked[0] + 1 if picked and 0 <= picked[0] < len(rows.options) - 1 else 0

    def change_outlets(_: Any) -> None:
        target = pickers["target"]
        kept = target.value if target.value in pickers["outlets"].value else None
        target.unobserve(show_all, "value")
        target.options = pickers["outlets"].value or [""]
        target.value = kept or target.options[0]
        target.observe(show_all, "value")
        show_all()

    def change_measure(_: Any) -> None:
        pickers["target"].disabled = pickers["measure"].value != "words"
        show_all()

    for name in ("actor", "voice", "target"):
        pickers[name].observe(show_all, "value")
    pickers["outlets"].observe(change_outlets, "value")
    pickers["measure"].observe(change_measure, "value")
    rows.observe(pick_row, "index")
    table.observe(click_row, "selected_rows")
    show_all()
    left = widgets.VBox([pickers[name] for name in ("actor", "measure", "voice", "target")])
    top = widgets.HBox([left, pickers["outlets"]], layout={"flex_flow": "row wrap"})
    display(HTML(_KEYS))
    style_tables()
    return widgets.VBox([top, status, figure, told, table, rows, lines]).add_class("explore")


def _build_pickers(read: "Reading", found: Found) -> dict[str, Any]:
    choice = found.choice
    actors = sorted(set(read.corpus.actors["actor"]) - {OTHER})
    outlets = sorted(set(read.articles["outlet"]))
    chosen = [outlet for outlet in choice.outlets if outlet in outlets] or outlets
    look = {"style": _FIELD, "layout": {"width": "380px"}}
    return {
        "actor": widgets.Dropdown(
            options=actors, value=choice.actor if choice.actor in actors else None, description="Actor", **look
        ),
        "measure": widgets.Dropdown(
            options=list(MEASURES), value=choice.measure if choice.measure in MEASURES else next(iter(MEASURES)),
            description="Measure", **look,
        ),
        "voice": widgets.Dropdown(
            options=list(VOICES.items()), value=choice.voice if choice.voice in VOICES.values() else ALL_VOICES,
            description="Voice", **look,
        ),
        "target": widgets.Dropdown(
            options=chosen, value=choice.target if choice.target in chosen else chosen[0] if chosen else None,
            description="Outlet set apart", disabled=choice.measure != "words", tooltip="words only",
            **look,
        ),
        "outlets": widgets.SelectMultiple(
            options=outlets, value=chosen, rows=min(max(len(outlets), 3), 7), description="Outlets", **look
        ),
    }  # fmt: skip


def _ask(read: "Reading", pickers: dict[str, Any]) -> Found:
    asked = {name: pickers[name].value for name in ("actor", "outlets", "measure")}
    voice = None if pickers["voice"].value == ALL_VOICES else pickers["voice"].value
    return look_up(read, **asked, voice=voice, target=pickers["target"].value or None)


def _show_lines(found: Found, picked: int | None) -> None:
    if found.table.empty:
        return
    if picked:
        row = found.table.iloc[[picked - 1]]
        show_table(find_lines(found, row), f"The sentences behind {name_rows(found)[picked - 1]}.")
    else:
        show_table(find_lines(found, limit=FEW_EACH), f"At most {FEW_EACH} sentences of each row.")


def _fill(output: widgets.Output, show: Callable[..., None], *asked: Any) -> None:
    """Put what a function shows in place of what stood there, at once: nothing flickers.

    Whatever goes wrong is one sentence, since a traceback in a picker helps no reader.
    """
    with capture_output() as captured:
        try:
            show(*asked)
        except Exception as error:
            page.say(page.safe(f"This choice cannot be shown: {type(error).__name__}: {error}"))
    output.outputs = tuple(
        {"output_type": "display_data", "data": one.data, "metadata": one.metadata or {}} for one in captured.outputs
    )
