"""Embed the letters of a figure in its PDF in less time than it takes to draw it.

By itself matplotlib cuts the letters out of their font in Python, together with the font's rules for putting letters
together, which has been done by then. That took two thirds of writing a PDF; HarfBuzz does it in a millisecond.
"""

import functools
import inspect
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import uharfbuzz
from fontTools.ttLib import TTFont
from matplotlib.backends import _backend_pdf_ps as backend

# tables of a font that say which letter joins, moves or replaces which
RULES = ["GDEF", "GPOS", "GSUB", "MATH", "kern"]


@contextmanager
def embed_letters() -> Iterator[None]:
    """Within it, the fonts in PDFs hold letters alone, and HarfBuzz cuts them out.

    A page looks the same to the pixel. What is replaced meanwhile is private to matplotlib: where a version of it has
    it no more, or in another form, it is left alone.
    """
    cut, kind = getattr(backend, "get_glyphs_subset", None), getattr(backend, "SubsetResults", None)
    given = list(inspect.signature(cut).parameters) if cut else []
    if given != ["fontfile", "glyphs"] or getattr(kind, "_fields", None) != ("font", "glyph_index_map"):
        yield
        return

    @contextmanager
    def find_letters(fontfile: Any, glyphs: Iterable[int]) -> Iterator[Any]:
        try:
            content, places = cut_letters(str(fontfile), fontfile.face_index, glyphs)
        except RuntimeError:  # a font that HarfBuzz refuses, in somebody's own figure
            with cut(fontfile, glyphs) as found:
                yield found
            return
        with TTFont(io.BytesIO(content), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
            yield kind(font, places)

    backend.get_glyphs_subset = find_letters
    try:
        yield
    finally:
        backend.get_glyphs_subset = cut


def cut_letters(path: str, face: int, glyphs: Iterable[int]) -> tuple[bytes, dict[int, int]]:
    """Return a font that has some letters of another one alone, and their numbers in it by those in the other."""
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(int.from_bytes(rule.encode(), "big") for rule in RULES)
    plan = uharfbuzz.SubsetPlan(_open_face(path, face), wanted)
    return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)


@functools.lru_cache(maxsize=16)
def _open_face(path: str, face: int) -> uharfbuzz.Face:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), face)
