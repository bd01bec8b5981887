"""Look around in a corpus: pick actor, outlets, voice and measure; see figure, table and sentences."""

from helpers.explore.choices import draw_found, find_lines, list_columns, look_up, name_rows, show_figure
from helpers.explore.measures import MEASURES, Found
from helpers.explore.pickers import show_pickers
from helpers.explore.tables import announce, build_table, fill_picker, load_tables, make_picker, show_table

__all__ = [
    "MEASURES",
    "Found",
    "announce",
    "build_table",
    "draw_found",
    "fill_picker",
    "find_lines",
    "list_columns",
    "load_tables",
    "look_up",
    "make_picker",
    "name_rows",
    "show_figure",
    "show_pickers",
    "show_table",
]
