"""PDF and Word files -> articles (pypdf, python-docx); zip files are checked before they are opened."""

import io
import logging
import re
import unicodedata
import zipfile

import docx
import pypdf

from helpers.importing.items import Field, Item
from helpers.importing.limits import Refused, limit
from helpers.importing.nexis import is_nexis, split_nexis
from helpers.importing.texts import describe_text
from helpers.reading.cleaning.repair import PAGE, find_running_heads
from helpers.reading.cleaning.rules import find_options

_ENTITIES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")]
# letters that a font prints as one, which no word list has; a page break is ours to set
_PRINTED = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)} | {ord(PAGE): "\n"}
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


def read_pdf(content: bytes, stem: str) -> list[Item]:
    """Return the one article of a PDF: the text of its pages."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("it is locked with a password: print it to a PDF without one")
    if len(reader.pages) > limit("pages"):
        raise Refused(f"it has {len(reader.pages):,} pages, more than {limit('pages'):,}: split it into articles")
    pages, n_letters = [], 0
    for page in reader.pages:
        pages.append(_CONTROLS.sub("", page.extract_text().translate(_PRINTED)))
        n_letters += len(pages[-1])
        if n_letters > limit("article_characters"):
            break  # the caller refuses it by its length
    text = PAGE.join(pages)
    if not text.strip():
        raise Refused("it holds no text (a scan?): recognise its text with OCR first")
    known = {}
    title = str((reader.metadata or {}).get("/Title") or "")
    if title and " ".join(title.split()).casefold() in " ".join(text[:2000].split()).casefold():
        known["headline"] = Field(title, "found", "the file's properties, and its text")
    # running heads stay in the text, where cleaning cuts them for all to see; they say nothing about the article
    described = describe_text(_drop_heads(text), stem, known=known)
    return [described._replace(text=text)]


def _drop_heads(text: str) -> str:
    heads = sorted(find_running_heads(text, find_options("running head")))
    edges = [0, *(edge for head in heads for edge in head), len(text)]
    return "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def read_docx(content: bytes, stem: str) -> list[Item]:
    """Return the articles of a Word file: one, or those of a Nexis delivery."""
    check_zip(content)
    try:
        document = docx.Document(io.BytesIO(content))
    except KeyError as error:
        raise Refused(f"it is no Word file ({error}): save it as .docx again") from None
    blocks = [(_CONTROLS.sub("", block.text), _style(block)) for block in _paragraphs(document)]
    lines = [" ".join(text.split()) for text, _ in blocks]
    if is_nexis(lines):
        return split_nexis(lines)
    text = "\n".join(text for text, _ in blocks if text.strip())
    if not text.strip():
        raise Refused("it holds no text: save it as .docx again")
    known = {}
    title = next((text for text, style in blocks if text.strip() and style in ("Title", "Heading 1")), "")
    if title:
        known["headline"] = Field(title, "found", "the document's title")
    return [describe_text(text, stem, known=known)]


def _paragraphs(document: docx.document.Document) -> list[docx.text.paragraph.Paragraph]:
    found = []
    for block in document.iter_inner_content():
        if isinstance(block, docx.table.Table):
            found += [line for row in block.rows for cell in row.cells for line in cell.paragraphs]
        else:
            found.append(block)
    return found


def _style(block: docx.text.paragraph.Paragraph) -> str:
    return str(block.style.name) if block.style is not None else ""


def check_zip(content: bytes) -> None:
    """Raise Refused for a zip file that would unpack to too much, or whose XML defines entities."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        raise Refused(f"it is damaged or of another format ({error}): save it again") from None
    unpacked, most = sum(member.file_size for member in members), limit("unpacked_bytes")
    if len(members) > limit("members"):
        raise Refused(f"it packs {len(members):,} files, more than {limit('members'):,}: not opened")
    if unpacked > most:
        raise Refused(f"it unpacks to {unpacked:,} bytes, more than {most:,}: not opened")
    ratio = unpacked / max(len(content), 1)
    if unpacked > limit("ratio_from") and ratio > limit("ratio"):
        raise Refused(f"it unpacks to {ratio:,.0f} times its size, more than {limit('ratio')}: not opened")
    left = most
    for member in members:
        if member.flag_bits & 1:
            raise Refused("it is locked with a password: save it without one")
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        with archive.open(member) as packed:
            xml = packed.read(left + 1)  # what a header says of the size may be a lie
        left -= len(xml)
        if left < 0:
            raise Refused(f"it unpacks to more than {most:,} bytes: not opened")
        if any(mark in xml for mark in _ENTITIES):
            raise Refused(f"{member.filename!r} in it defines XML entities, which no word processor writes: not opened")
