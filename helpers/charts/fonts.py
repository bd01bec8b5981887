"""Which fonts a figure is written in, and how they are read."""

import functools
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from matplotlib import font_manager, ft2font
from matplotlib.font_manager import FontProperties, findfont, get_font

from helpers.lexicons import read_lexicon


def find_fonts(installed: Iterable[tuple[str, object]]) -> list[str]:
    """Return the fonts of every figure, in the order in which a letter is looked for in them.

    DejaVu Sans comes with matplotlib (Latin, Greek, Cyrillic, Arabic, Hebrew and more). After it, for Chinese, Japanese
    and Korean, those of lexicons/fonts.csv that are `installed` (family, weight) both regular and bold: for want of a
    weight matplotlib warns at every figure. Right-to-left letters it joins and orders by itself.
    """
    listed = [row["font"] for row in read_lexicon("fonts.csv")]
    faces = set(installed)
    return ["DejaVu Sans", *(name for name in listed if {(name, 400), (name, 700)} <= faces)]


FONT = find_fonts((face.name, face.weight) for face in font_manager.fontManager.ttflist)


def find_fonts_of(text: str) -> list[str]:
    """Return the fonts that a text needs: the first alone where it has all letters, since each that a text is given
    is looked up anew.
    """
    first = _find_letters(FONT[0])
    return FONT[:1] if all(ord(letter) in first or letter == "\n" for letter in text) else FONT


def is_drawable(letter: str) -> bool:
    """Return whether one of the fonts has a letter."""
    return any(ord(letter) in _find_letters(font) for font in FONT)


@functools.cache
def _find_letters(font: str) -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=font))).get_charmap())


class _Held(io.BytesIO):
    """A font file in memory that gives its path as its name."""

    def __init__(self, path: Any) -> None:
        super().__init__(Path(path).read_bytes())
        self.path = str(path)

    def __str__(self) -> str:
        return self.path


def hold_fonts() -> None:
    """Let matplotlib keep the first font in memory, regular and bold.

    By itself it reads each letter from the file whenever it is set, through Python: that is two thirds of setting a
    text. Fonts that it has opened before, and those of a version that wants their names in another way, stay as they
    are.
    """
    usual = ft2font.FT2Font
    paths = [findfont(FontProperties(family=FONT[0], weight=weight)) for weight in ("normal", "bold")]
    if str(usual(_Held(paths[0])).fname) != str(paths[0]):
        return
    ft2font.FT2Font = lambda path, **options: usual(_Held(path), **options)
    try:
        for path in paths:
            get_font([path])
    finally:
        ft2font.FT2Font = usual


hold_fonts()
