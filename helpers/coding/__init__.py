"""The sheet that a person codes by hand, and codes read back."""

from helpers.coding.labels import read_labels
from helpers.coding.sheet import Codes, draw_sheet, read_codes, read_tones, write_sheet

__all__ = ["Codes", "draw_sheet", "read_codes", "read_labels", "read_tones", "write_sheet"]
