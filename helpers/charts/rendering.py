"""A figure -> PDF, SVG and pictures in pixels. The PDF is drawn once, and the pictures are made of it.

To draw is what a figure costs: matplotlib places every text anew for each format. PDFium, which draws PDFs in browsers,
makes a picture of one in a quarter of the time; so what is seen on the page and in the PNG is what is in the PDF.
"""

import io
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib as mpl
from matplotlib.figure import Figure
from pypdfium2 import PdfDocument

from helpers.charts.embedding import embed_letters
from helpers.charts.style import RC

# no dates and no program names: the same figure is the same bytes; no bounding box is looked for: that draws again
_SAVE = {**RC, "svg.fonttype": "path", "pdf.fonttype": 42, "pdf.compression": 6, "savefig.bbox": None}
_UNSIGNED = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_CROWD = {"svg": 200, "pdf": 300}  # dots per inch of points too many to draw one by one: the PNG is made of the PDF
_pdfs: WeakKeyDictionary[Figure, bytes] = WeakKeyDictionary()


def write_pdf(figure: Figure) -> bytes:
    """Return a figure as a PDF; it is drawn again only after something of it was changed (`figure.stale`)."""
    if figure.stale or figure not in _pdfs:
        with mpl.rc_context(_SAVE), embed_letters():
            _pdfs[figure] = _draw(figure, "pdf")
        figure.stale = False  # what was changed meanwhile is the resolution, and it was set back
    return _pdfs[figure]


def write_svg(figure: Figure, salt: str) -> str:
    """Return a figure as an SVG whose ids depend on `salt`: two figures on one page must not share them."""
    was_stale = figure.stale
    with mpl.rc_context({**_SAVE, "svg.hashsalt": salt}):
        svg = _draw(figure, "svg").decode()
    figure.stale = was_stale
    return svg


def write_png(figure: Figure, dpi: int) -> bytes:
    """Return a figure as a PNG of so many dots per inch."""
    page = PdfDocument(write_pdf(figure))
    buffer = io.BytesIO()
    picture = page[0].render(scale=dpi / 72).to_pil()
    page.close()
    picture.save(buffer, "png", dpi=(dpi, dpi), compress_level=3)  # at 6 a tenth smaller, in a third more time
    return buffer.getvalue()


def _draw(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    options: dict[str, Any] = {"format": kind, "metadata": _UNSIGNED[kind], "dpi": _CROWD[kind]}
    figure.savefig(buffer, **options)
    return buffer.getvalue()
