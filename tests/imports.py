"""Files as other programs write them, built here: what the tests of importing share."""

import io
import json
import os
import time
import zipfile
from pathlib import Path

import docx
import openpyxl
import pandas as pd

from helpers.importing import files as reading_files

PROSE = (
    "The dockers of Port Ostrel walked out on Tuesday, their union said in a statement. The minister for harbours "
    "called the strike unlawful. Nobody was hurt, the police said, and the ferries went on sailing."
)
ENTITIES = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
BOM = b"\xff\xfe"
_read_file = reading_files.read_file


def make_html(title="Dockers walk out", body=PROSE, head=""):
    return (
        f"<html><head><title>{title}</title><meta charset='utf-8'>{head}</head><body><nav>Home | News</nav>"
        f"<article><h1>{title}</h1><p>{body}</p><p>It ended at noon.</p></article></body></html>"
    ).encode()


def make_docx(*lines, title=""):
    document, buffer = docx.Document(), io.BytesIO()
    if title:
        document.add_heading(title, level=1)
    for line in lines:
        document.add_paragraph(line)
    document.save(buffer)
    return buffer.getvalue()


def make_xlsx(*rows):
    return make_book({"Sheet": rows})


def make_book(sheets):
    """A workbook: name of a sheet -> its rows."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()


def make_parquet(rows):
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_parquet(buffer)
    return buffer.getvalue()


def make_pdf(*lines, title=""):
    """A PDF of one page."""
    return make_pages([(50, 780, lines)], title=title)


def make_pages(*pages, title=""):
    """A PDF written by hand; a page is its blocks of text: the place of the first line, the lines, a turn perhaps."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        f"<< /Title ({title}) >>".encode("latin-1"),
    ]
    for blocks in pages:
        shown = ""
        for x, y, lines, *turned in blocks:
            turn = "0 1 -1 0" if turned else "1 0 0 1"
            shown += f"BT /F1 11 Tf {turn} {x} {y} Tm {' '.join(f'({line}) Tj 0 -14 Td' for line in lines)} ET\n"
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            % (len(objects) + 2),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown.encode("latin-1")),
        ]
    made = b"".join(b"%d 0 obj\n%s\nendobj\n" % numbered for numbered in enumerate(objects, 1))
    return b"%PDF-1.4\n" + made + b"trailer\n<< /Root 1 0 R /Info 3 0 R >>\n%%EOF"  # readers find the objects


def read_pdf(name):
    """A PDF encrypted with AES-128 by pypdf: `locked`, a blank page, with a password; `aes`, PROSE, without one."""
    return Path(__file__).with_name(f"{name}.pdf").read_bytes()


def make_zip(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def add_member(packed, name, content):
    """A zip file with one member more, or another content of it."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    return make_zip({**members, name: content})


def make_csv(*rows, separator=","):
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows).encode()


def make_json(value):
    return json.dumps(value).encode()


def make_nexis(*articles, cover=()):
    """A delivery as a Word file: each article is (headline, outlet, date, body); keys are followed by a hard space."""
    lines = list(cover)
    for headline, outlet, date, body in articles:
        lines += [headline, outlet, date, "Copyright 2017 The Publishers All Rights Reserved"]
        lines += ["Section:\u00a0NEWS; Pg. 3", f"Length:\u00a0{len(body.split())} words", "Byline:\u00a0Ann Bo"]
        lines += ["Highlight:\u00a0What happened."]
        lines += ["Body", "", *body.split("\n"), "Graphic", "\u00a0", "A photograph.", "Classification", "\u00a0"]
        lines += ["Language:\u00a0ENGLISH", "Publication-Type:\u00a0Newspaper", "Subject:\u00a0STRIKES (90%)", "\u00a0"]
        lines += ["Load-Date:\u00a0May 9, 2019", "\u00a0", "End of Document"]
    return make_docx(*lines)


NEXIS_COVER = [
    "User Name:\u00a0Somebody", "Date and Time:\u00a0Monday, May 6, 2019 10:00:00 AM BST", "Documents (3)",
    "1. Dockers walk out", "Search Terms:\u00a0((dockers and port))", "Narrowed by", "News",
    "Timeline: Dec 01, 2009 to May 11, 2018; Location by Publication: Ostrel",
]  # fmt: skip


def put(folder: Path, files):
    """Write {path: bytes or text} into a folder; return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read_badly(root, path, columns):
    """Read a file as importing does, or do what its name says."""
    if path.stem == "hangs":
        time.sleep(600)
    if path.stem == "kills":
        os._exit(9)
    if path.stem == "eats memory":
        reading_files.ARTICLES[".txt"] = lambda text: bytearray(10_000_000_000)
    return _read_file(root, path, columns)
