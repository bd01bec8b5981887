"""Write a file whole or not at all, and a table as CSV that no spreadsheet runs."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write `frame` as UTF-8 CSV that any program reads alike and no spreadsheet runs; return the path.

    Lines end with "\\n", floats have 6 significant digits, the index is left out. A text that begins with = + - @,
    a tab or a line break, which a spreadsheet could run as a formula, gets a leading apostrophe.
    """
    return write_whole(Path(path), csv_text(frame).encode())


def csv_text(frame: pd.DataFrame) -> str:
    """Return what `write_csv` writes."""
    safe = frame.rename(columns=defuse)
    texts = {name: [defuse(cell) for cell in safe[name]] for name in safe.columns if _holds_text(safe[name])}
    safe = safe.assign(**texts) if texts else safe
    return safe.to_csv(index=False, lineterminator="\n", float_format="%.6g")


def _holds_text(column: pd.Series) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype)


def defuse(cell: Any) -> Any:
    """Return a cell as it may stand in a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def restore(cell: str) -> str:
    """Return a cell as it was before `defuse`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there, so that no reader ever sees half of it; return the path."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path
