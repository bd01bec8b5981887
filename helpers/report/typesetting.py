"""The Word file's pages: paper, tables whose columns follow what stands in them, pictures as wide as the text."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import Table

PAPER, MARGIN = (210, 297), 20  # millimetres: A4
_SIZE = 8  # points, of a table's text
_LETTER = 0.62 * _SIZE * 0.3528  # millimetres: a letter's width, near enough for widths of columns
_PADDING = 4  # millimetres between the texts of two columns
_LONG = 60  # letters from which more of them make a column no wider
_BREAK = "\u200b"  # a place where a long name may be broken
_STYLE = "Table Text"
_STYLE_ID = _STYLE.replace(" ", "")


def typeset_docx(path: Path) -> None:
    """Set page, tables and pictures of a Word file that pandoc made, in place."""
    document = Document(str(path))
    width = PAPER[0] - 2 * MARGIN
    for section in document.sections:
        section.page_width, section.page_height = Mm(PAPER[0]), Mm(PAPER[1])
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    for title in [paragraph for paragraph in document.paragraphs if paragraph.style.name == "Title"]:
        title._p.getparent().remove(title._p)  # the first heading says it; the file's properties keep it
    _add_style(document)
    for table in document.tables:
        _set_table(table, width)
    for picture in document.inline_shapes:
        picture.height = Emu(round(picture.height * Mm(width) / picture.width))
        picture.width = Mm(width)
    document.save(str(path))


def share_width(columns: Sequence[Sequence[str]], width: float) -> list[float]:
    """Return how wide each column should be, in all `width` millimetres at most.

    Each is given its longest word first, then as much of the rest as its texts ask for. `columns` are the texts of a
    column's cells, the header's first.
    """
    least = [_LETTER * max(len(word) for text in texts for word in text.split() or [""]) for texts in columns]
    asked = [_LETTER * min(max(map(len, texts)), _LONG) for texts in columns]
    asked = [max(pair) for pair in zip(least, asked, strict=True)]
    room = width - _PADDING * len(columns)
    if sum(least) >= room:
        return [_PADDING + room * own / sum(least) for own in least]
    more = sum(asked) - sum(least)
    part = min(1, (room - sum(least)) / more) if more else 0
    return [_PADDING + own + part * (full - own) for own, full in zip(least, asked, strict=True)]


def _add_style(document: "Word") -> None:
    style = document.styles.add_style(_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.size = Pt(_SIZE)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1)


def _set_table(table: "Table", width: float) -> None:
    rows = [list(row.tc_lst) for row in table._tbl.tr_lst]
    n_columns = max(map(len, rows), default=0)
    if not n_columns:
        return
    for text in table._tbl.tr_lst[0].iter(qn("w:t")):  # names of columns are broken at their underscores
        text.text = (text.text or "").replace("_", f"_{_BREAK}")
    texts = [["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row] for row in rows]
    texts[0] = [text.replace(_BREAK, " ") for text in texts[0]]
    full = [row for row in texts if len(row) == n_columns]
    widths = share_width(list(zip(*full, strict=True)), width)
    table.autofit = False
    properties = table._tbl.tblPr
    for old in properties.findall(qn("w:tblW")):
        properties.remove(old)
    for column, own in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=False):
        column.w = Mm(own)
    for row, cells in zip(table._tbl.tr_lst, rows, strict=True):
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, own in zip(cells, widths, strict=False):
            cell.width = Mm(own)
            for paragraph in cell.p_lst:
                paragraph.style = _STYLE_ID
    between = OxmlElement("w:p")
    between.style = _STYLE_ID
    table._tbl.addnext(between)  # two tables without a line between them are one table to Word
