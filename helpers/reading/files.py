"""What is safe with people's files: texts and patterns that others wrote, files written whole, CSV without formulas."""

import codecs
import difflib
import errno
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import regex

_READ_ONLY = "make the folder writable, or copy the project to one that is"
_FULL = "make room on the disk and run again; no file was left half written"
_CURES = {errno.EACCES: _READ_ONLY, errno.EPERM: _READ_ONLY, errno.EROFS: _READ_ONLY, errno.ENOSPC: _FULL}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A spreadsheet set to semicolons or tabs opens a comma's file too, and takes what follows these marks for a cell.
_HIDDEN = re.compile(r"(?<=[;\t\r\n])(?=[=+\-@])")
# No text file may hold these (XML forbids them, a terminal acts on some): control characters except tab and line
# ends, halves of characters, non-characters; and marks that change the direction of all the text after them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# What no reader sees: marks of no width, joiners, the byte order mark; and letters in another dress: ligatures,
# those of full width and those of mathematics (as posts have for bold ones).
_UNSEEN = re.compile(
    "[\u180e\u200b-\u200f\u2060-\u2064\ufeff\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]"
)
MOST_COPIES = 1_000  # of a group with an exact count, which compiling copies
PATIENCE = 0.5  # seconds a search may take
_TRAPS = ("aa " * 20, "Aa " * 20, "a-" * 30, "1" * 60, " " * 60)  # what an expression that does not end stumbles over
STRAY = "stray bytes"  # how to decode a byte that is not UTF-8: as the letter that it is in Windows-1252
codecs.register_error(STRAY, lambda e: (e.object[e.start : e.end].decode("cp1252", errors="replace"), e.end))


def find_file(folder: Path, name: str) -> Path:
    """Return the file of a folder that is called `name`; raise ValueError where there is none in it."""
    root = folder.resolve()
    path = (root / name.replace("\\", "/").replace("\0", "")).resolve()
    if root in path.parents and not path.is_file():  # accents are spelt in two ways
        path = {normalize(one.name): one.resolve() for one in root.iterdir()}.get(normalize(name), path)
    if root not in path.parents:
        cure = "copy the file itself into it and give its name alone"
        raise ValueError(f"{name!r} lies outside the corpus folder or is a link out of it: {cure}")
    if not path.is_file():
        hint = suggest(name, os.listdir(root), cutoff=0.5)
        raise ValueError(f"no file {name!r} in {root.name}/{hint}: correct the name or add the file")
    return path


def suggest(found: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return ` (nearest: '…')` with the known name most like `found`, or nothing."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(found.lower(), by_lower, n=1, cutoff=cutoff)
    return f" (nearest: {by_lower[near[0]]!r})" if near else ""


def normalize(text: str) -> str:
    """Return a text in Unicode's composed form (NFC), letters and digits in plain form, without what no reader sees.

    Joiners stay where letters need them: beside other than Latin ones.
    """

    def spell(found: re.Match[str]) -> str:
        if found[0] in "\u200c\u200d" and text[max(0, found.start() - 1)] > "\u0250":
            return found[0]
        return unicodedata.normalize("NFKC", found[0]) if found[0].isprintable() else ""

    return unicodedata.normalize("NFC", _UNSEEN.sub(spell, text))


def decode_text(content: bytes, name: str) -> str:
    """Return the text of the file `name`, normalized; ValueError, which says where, if it is not text in UTF-8."""
    at = content.find(b"\0")
    try:
        if at < 0:
            return normalize(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        at = error.start
    found = f"byte {at} of {name!r} (0x{content[at]:02x}) is not UTF-8 text"
    raise ValueError(f"{found}: open it in an editor and save it as plain text in UTF-8")


def find_utf16(content: bytes) -> str:
    """Return as which UTF-16 a file is to be decoded, as marked or by its NUL bytes; empty where it is none."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    first, second = (content[start::2].count(0) for start in (0, 1))  # of two bytes one is NUL in Latin letters, spaces
    is_wide = max(first, second) > max(4 + len(content) / 20, 9 * min(first, second))
    return ("utf-16-le" if first < second else "utf-16-be") * is_wide


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there, so that no reader ever sees half of it; return the path."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:  # which names no file, or one that nobody knows
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        if part.exists():  # where nothing can be written, unlink fails, too
            part.unlink()
    return path


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write `frame` as UTF-8 CSV that every program reads the same way; return the path.

    Lines end with "\\n", floats have 6 significant digits, the index is left out. A text that begins with = + - @,
    a tab or a line break, which a spreadsheet could run as a formula, gets a leading apostrophe.
    """
    return write_whole(Path(path), csv_text(frame).encode())


def csv_text(frame: pd.DataFrame) -> str:
    """Return what `write_csv` writes."""
    table = frame.map(defuse).set_axis([defuse(name) for name in frame.columns], axis=1)
    return table.to_csv(index=False, lineterminator="\n", float_format="%.6g")


def defuse(cell: Any) -> Any:
    """Return a cell as it may appear in a spreadsheet; non-text cells are left unchanged."""
    if not isinstance(cell, str):
        return cell
    text = _HIDDEN.sub("'", drop_controls(cell))
    return f"'{text}" if text.startswith(_FORMULA) else text


def restore(cell: str) -> str:
    """Return a cell as it was before `defuse`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def drop_controls(text: str) -> str:
    """Return a text without control and broken characters, and without marks that change its direction."""
    return _CONTROLS.sub("", text)


def say_error(error: Exception) -> str:
    """Return what went wrong in a line; where the system refused, what to do as well."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    cure = _CURES.get(error.errno)
    return f"{error.filename or 'a file'}: {error.strerror}" + (f"; {cure}" if cure else "")


# ---- patterns that people write into a corpus: refused with a reason, stopped where they do not end ----------------


class Pattern:
    """A compiled expression; a search that does not end in time raises ValueError, which says so."""

    def __init__(self, text: str, flags: int = 0) -> None:
        """Compile an expression and try it. Raises ValueError, which says why, where it cannot be used."""
        self.shown = repr(str(text)[:80])
        try:
            copies = math.prod(max(1, int(count[:9])) for count in re.findall(r"\)\{(\d+)", text))
            if copies > MOST_COPIES:
                raise ValueError(f"it repeats a group {copies:,} times, at most {MOST_COPIES:,}")
            self.compiled = regex.compile(text, flags)
        except (regex.error, OverflowError, RecursionError, TypeError, ValueError) as error:
            cure = "write \\ before ( ) [ ] * + ? . |"
            raise ValueError(f"{self.shown} is not a regular expression that can be used ({error}): {cure}") from None
        words = [word[:99] for word in re.findall(r"\w+", text)[:20]]
        for trap in {*_TRAPS, *(word * 30 for word in words), *(f"{word} " * 20 for word in words)}:
            list(self.finditer(f"{trap}\0\n{' '.join(words)}"))  # a text without them all may be given up at once

    def finditer(self, text: str) -> "Iterator[regex.Match[str]]":
        """Yield all matches in a text."""
        try:
            yield from self.compiled.finditer(text, timeout=PATIENCE)
        except TimeoutError:
            cure = "write it without a + or * inside another"
            raise ValueError(f"the search for {self.shown} does not end: {cure}") from None

    def search(self, text: str) -> "regex.Match[str] | None":
        """Return the first match in a text, or None."""
        return next(self.finditer(text), None)
