"""How every figure looks and is saved: fonts and sizes, the one colour of each outlet, text that cannot harm a plot."""

import bisect
import functools
import io
import unicodedata
from calendar import month_name
from collections.abc import Collection, Iterable, Mapping, Sequence

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from helpers.lexicons import LEXICONS, read_lexicon

_CONTROLS, _JOINERS = ("Cc", "Cf", "Cs"), "\u200c\u200d"
_LONGEST = 2_000  # characters: more than any figure has room for; laying out text takes time
WIDTHS = {"single": 89 / 25.4, "double": 183 / 25.4}
# DejaVu Sans comes with matplotlib (Latin, Greek, Cyrillic, Arabic, Hebrew and more). After it matplotlib looks for a
# letter in the fonts for Chinese, Japanese and Korean that are installed both regular and bold: a missing weight makes
# it warn at every figure.
_FACES = {(face.name, face.weight) for face in font_manager.fontManager.ttflist}
FONT = ["DejaVu Sans"]
FONT += [row["font"] for row in read_lexicon("fonts.csv") if {(row["font"], 400), (row["font"], 700)} <= _FACES]
_FILES = [font_manager.findfont(FontProperties(family=name)) for name in FONT]
_LETTERS = {code for file in _FILES for code in font_manager.get_font(file).get_charmap()}  # that can be drawn

RC = {**mpl.rc_params_from_file(LEXICONS / "charts.mplstyle", use_default_template=False), "font.family": FONT}
INK, GREY, RULE = RC["text.color"], "#565656", "#c9c9c9"
TITLE, SUBTITLE, LABEL, SMALL = 9.0, 7.5, RC["font.size"], RC["xtick.labelsize"]

# no dates and no program names: the same figure is the same bytes
_LEFT_OUT = {"svg": ("Date", "Creator", "Format", "Type"), "pdf": ("CreationDate", "Creator", "Producer"),
             "png": ("Software",)}  # fmt: skip

# Each family of colours means one thing on a page: outlets; names and terms; cold and warm.
_OUTLETS, _MORE_OUTLETS = RC["axes.prop_cycle"].by_key()["color"], "#8c8c8c"
# names and terms: dark enough for an outline on white; the sign inside tells them apart in grey
NAME_MARKS = (("#2f6da8", ""), ("#e0591c", "."), ("#1c6b4b", "x"), ("#b58900", "|"), ("#7c4a9e", "_"), ("#5b3a1e", "+"))
LOADED, REST = "#8a1538", "#a8a199"  # names that judge; all other names
PALE = {"#e0591c", "#b58900", REST, "white"}  # on these, dark letters read better (a luminance over .21, as in WCAG)
COLD, WARM = "#2a5995", "#b3560b"


def outlet_colors(outlets: Collection[str], known: Mapping[str, int] | None = None) -> dict[str, str]:
    """Return the colour of each outlet: the same in every figure that is given the same outlets as `known`.

    `known` are all the outlets of the corpus, of which a figure may show a few, with their number of articles; without
    it, those shown. Of more than eight, those with most articles have a colour, else the first by name; the others are
    grey. No chart tells outlets apart by colour alone: each has a row or a panel with its name.
    """
    sizes = known or {}
    names = sorted({*outlets, *sizes}, key=lambda name: (-sizes.get(name, 0), name))
    colors = dict(zip(sorted(names[: len(_OUTLETS)]), _OUTLETS, strict=False))
    return {name: colors.get(name, _MORE_OUTLETS) for name in outlets}


def signed(value: float) -> str:
    """Return a number with its sign, a true minus, and none where it rounds to zero."""
    text = f"{value:+z.2f}".replace("-", "−")  # z: no minus where it rounds to zero
    return text if text.strip("+0.") else text[1:]


def say_dates(published: Iterable[str]) -> str:
    """Return the first and last of some ISO dates as a newspaper prints them: February 2016 to 7 June 2017."""
    known, said = sorted({*published} - {""}), []
    for date in [*known[:1], *known[-1:]]:  # 2016, 2016-02 or 2016-02-27
        year, month, day = (int(part) for part in [*date.split("-"), "0", "0"][:3])
        said.append(f"{day or ''} {month_name[month]} {year}".strip())
    return " to ".join(dict.fromkeys(said)) or "undated"


def list_first(values: Sequence[str], most: int) -> list[str]:
    """Return the first `most` values and, where there are more, how many: "and 3 more"."""
    return [*values[:most], *[f"and {len(values) - most:,} more"] * (len(values) > most)]


def legible(value: object) -> str:
    """Return `value` as one line that the font can draw.

    White space is collapsed; control and direction marks go (joiners stay: Persian and Urdu need them). What the fonts
    lack is a box, so that a picture or a name in a rare script does not warn.
    """
    text = " ".join(str(value).split())
    kept = [c for c in text if c in _JOINERS or unicodedata.category(c) not in _CONTROLS]
    return "".join(c if c in _JOINERS or ord(c) in _LETTERS else "\N{WHITE SQUARE}" for c in kept)


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float = LABEL, bold: bool = False) -> float:
    """Return how wide one line of `text` is, in points, as matplotlib lays it out."""
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    width = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    return 1.03 * float(width)  # 3% more than the outlines: a rasterised glyph may be a fraction of a pixel wider


def wrap(value: object, points: float, size: float = LABEL, bold: bool = False, lines: int = 99) -> list[str]:
    """Return `value` in at most `lines` lines no wider than `points`; what does not fit is cut with an ellipsis."""
    words, done = legible(value)[:_LONGEST].split(), []
    while words:
        n = 1 if len(done) < lines - 1 else len(words)
        while n < len(words) and text_width(" ".join(words[: n + 1]), size, bold) <= points:
            n += 1
        line, words = " ".join(words[:n]), words[n:]
        if text_width(line, size, bold) > points:
            cuts = [line[:end].rstrip() + "…" for end in range(1, len(line))] or ["…"]
            fit = bisect.bisect_right(cuts, points, key=lambda cut: text_width(cut, size, bold))
            line = cuts[max(fit - 1, 0)]
        done.append(line)
    return done


def write_picture(figure: Figure, kind: str, *, dpi: int = 300, name: str | None = None) -> bytes:
    """Return a figure as an SVG, a PDF (with its letters as text) or a PNG (`kind`).

    The ids of an SVG depend on `name`: two figures on one page must not share them. In an SVG or a PDF, `dpi` is that
    of points too many to draw one by one.
    """
    buffer = io.BytesIO()
    with mpl.rc_context({**RC, "svg.fonttype": "path", "svg.hashsalt": name, "pdf.fonttype": 42, "savefig.bbox": None}):
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=dict.fromkeys(_LEFT_OUT[kind]))
    return buffer.getvalue()
