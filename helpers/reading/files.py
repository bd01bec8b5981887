"""Write a file whole or not at all, and a table as CSV that no spreadsheet runs."""

import errno
import os
import re
import time
from pathlib import Path
from typing import Any

import pandas as pd

_CURES = {
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), "make the folder writable, or copy the project to one that is"
    ),
    errno.ENOSPC: "make room on the disk and run again; no file was left half written",
}
_OLD = 3600  # seconds after which nobody writes any more
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A spreadsheet set to semicolons or tabs opens a comma's file too, and takes what follows these marks for a cell.
_HIDDEN = re.compile(r"(?<=[;\t\r\n])(?=[=+\-@])")
# No file of text may hold them (XML forbids them, a terminal acts on some): control characters but for tab and line
# ends, halves of characters, non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # turn the direction of all that follows them


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write `frame` as UTF-8 CSV that any program reads alike and no spreadsheet runs; return the path.

    Lines end with "\\n", floats have 6 significant digits, the index is left out. A text that begins with = + - @,
    a tab or a line break, which a spreadsheet could run as a formula, gets a leading apostrophe.
    """
    return write_whole(Path(path), csv_text(frame).encode())


def csv_text(frame: pd.DataFrame) -> str:
    """Return what `write_csv` writes."""
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]  # by place: two may have one name
    safe = [[defuse(cell) for cell in column] if _holds_text(column) else column.to_numpy() for column in columns]
    table = pd.DataFrame(dict(enumerate(safe)), index=range(len(frame)))
    table.columns = [defuse(name) for name in frame.columns]
    return table.to_csv(index=False, lineterminator="\n", float_format="%.6g")


def _holds_text(column: pd.Series) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype)


def defuse(cell: Any) -> Any:
    """Return a cell as it may stand in a spreadsheet; what is no text stays as it is."""
    if not isinstance(cell, str):
        return cell
    text = _HIDDEN.sub("'", drop_controls(cell, turns=False))
    return f"'{text}" if text.startswith(_FORMULA) else text


def drop_controls(text: str, *, turns: bool = True) -> str:
    """Return a text without control characters, broken characters and, with `turns`, marks that turn its direction."""
    text = _CONTROLS.sub("", text)
    return _TURNS.sub("", text) if turns else text


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


def clear_parts(folder: Path) -> None:
    """Remove what `write_whole` left beside its places where a run was killed."""
    for part in folder.glob(".*.part"):
        if part.is_file() and time.time() - part.stat().st_mtime > _OLD:
            part.unlink(missing_ok=True)


def say_error(error: Exception) -> str:
    """Return what went wrong in a line; where the system refused, what to do as well."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    cure = _CURES.get(error.errno)
    return f"{error.filename or 'a file'}: {error.strerror}" + (f"; {cure}" if cure else "")
