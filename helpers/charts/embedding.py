"""Embed the letters of a figure in its PDF in less time than it takes to draw it.

By itself matplotlib cuts the letters out of their font anew for each file, together with the font's rules for putting
letters together, which has been done by then. That took two thirds of writing a PDF.
"""

import functools
import inspect
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.backends import _backend_pdf_ps as backend

# tables of a font that say which letter joins, moves or replaces which
RULES = ["GDEF", "GPOS", "GSUB", "MATH", "kern"]


@contextmanager
def embed_letters() -> Iterator[None]:
    """Within it, the fonts in PDFs hold letters alone, and the same letters are cut out of a font once a process.

    A page looks the same to the pixel, and the same figure is the same bytes. What is replaced meanwhile is private to
    matplotlib and fontTools: where a version of theirs has it no more, or in another form, it is left alone.
    """
    cut = getattr(backend, "get_glyphs_subset", None)
    known = cut is not None and list(inspect.signature(cut).parameters) == ["fontfile", "glyphs"]
    options = getattr(getattr(backend, "subset", None), "Options", None)
    left_out = getattr(options, "_drop_tables_default", [])

    @contextmanager
    def find_letters(fontfile: Any, glyphs: Any) -> Iterator[Any]:
        found, content, kind = _cut_letters(cut, fontfile, frozenset(glyphs))
        with kind(io.BytesIO(content), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
            yield found._replace(font=font)

    with (
        _replace(backend if known else None, "get_glyphs_subset", find_letters),
        _replace(options, "_drop_tables_default", [*left_out, *RULES]),
    ):
        yield


@contextmanager
def _replace(owner: Any, name: str, value: Any) -> Iterator[None]:
    if not hasattr(owner, name):
        yield
        return
    old = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, old)


@functools.lru_cache(maxsize=64)
def _cut_letters(cut: Callable[..., Any], fontfile: Any, glyphs: frozenset[int]) -> tuple[Any, bytes, type]:
    """Return what a cutting gave, less the open font; the font's bytes; and the class that opens them."""
    content = io.BytesIO()
    with cut(fontfile, glyphs) as found:
        found.font.save(content, reorderTables=False)
    return found._replace(font=None), content.getvalue(), type(found.font)
