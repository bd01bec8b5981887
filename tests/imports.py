"""Files as other programs write them, built here: what the tests of importing share."""

import base64
import io
import json
import os
import time
import zipfile
import zlib
from email.message import EmailMessage
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


def make_mail(text="", page="", attached=b"", **headers):
    mail = EmailMessage()
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text)
    if page:
        mail.add_alternative(page, subtype="html")
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="pdf", filename="a.pdf")
    return mail.as_bytes()


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
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    n, start = len(objects) + 1, len(made)
    end = b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF" % (n, start)
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % n + table + end


# encrypted with AES-128 by pypdf 7.1.1: a blank page with a password, and PROSE in two lines without one
LOCKED_PDF, AES_PDF = map(zlib.decompress, map(base64.b85decode, (
    "c-oCp%WhLK5Z(JLyvdS!{Jhsv6shDPA*fO%&<*Osk8v6l?u~A4P|HuU;1B4JU?(Mw2n#IP@{H%48K0TK?PT_bUr93f_59-};S^}=zmVaOu-mSU"
    "`+yxCis-peK>#E!0wPBnQi`ccIwpt}V2UEh%7rAn3jvi>CfJyG9a5$Ah>S)An^>5|S%!~KTcqsPt#C)!xZO8B<%GRo#~uAlRSsOx`!lG#fR0`7"
    "HtmWWIcVWtoB`B7a}l<{UAyl>M&y?q&TcTS-P`str-dsxY!1hLU&uSmrTxvW&)Dy%%CzP9fX%9Zpj^}$NR_b4no3wf*lfM&vzlz#yC%9W5;mtp"
    "h+fxPr=X=U+E}cNwqSxwMxn}ZS9FgCtu-lPvPPoy8fr)up_aM$PjqO&bBj?M$?IA;1GTl@qw%1n44_5rlR}LOD_uLqjRMHFNhvwtP-m9$tca0|"
    "i!Zn9eg821RzA)qZJ2MdDM2@sT~C*H;`O7ZNK!;x_Frf8NKlOKWV}lD*kK|-4T005Mr)~Qq9-5E!X93llaF(G>8r$rPY8bDljnSW=hhqS4n140"
    "zhf?iE!wuH^3YuNu1PKBFZW3vhhg9-Ee7SmCjkaS0@Nb6pvb8!JNloHJVetbbWhu!>OWJo>s{9$1TjL8!C*R{k>7*Z?6d",
    "c-oCrZ)hAv6h}h)VYDi->IYG$!J}zn-JPA;on1JNrk6YX7n9tXSV*g#-I-0!UUuW&UQ8@R&<bK(inP$u(nwoDY%LmEskIfUK|eH-22%}1<g_i)"
    "3YJ2_KUl@tyKC;?{NU}e%=^uo-+S|W?`^E7Grbx;MnLT1rE~KDK^6M;iy$5cN>AYPq9Xzr*E!d)&;&A(POybI77pgz#)8;3#*}eEIb|lZ9F8!P"
    "59idB+l(RC)yxD)B!KXE#H`gtcy@e5K&6KbiULrQe$fjd0?Jc4UVsCTNXHD^P<IqJ98I#2<^4fW;eZi$1}NRdFrV|JZItaA0r}6^K<N@Z$JY8|"
    "GO8*c-O`~+G#Oha<%Plv3sA36XGFm-29D&8IMQ;rvOuuL8KFSQ7VWTXMxeaaT2>Hcf8}wJ9~EKFVNqt4zsw_$VX7CXC9Kya{Iu`}!y%}dX5>%^"
    "1Hpzt>7$m{P6K~#;{3ifU!DZb(|##=|JL0rW_usKuieV->YClKF#eab<G}~I);BM4b{@Lg_UDfFJHD~^zG}}O=w0<p=}h8-k6Sl4orFKV|I5_C"
    "vEbVar_XFZ@q=@AoiZ_6_^Roi+m<cwJ2s3j&L6q<>$?3Ilv4KbPv31h>?E%D(rsT%9X$^|AGkWUEi<#V<-?oTSAGA+n^#IxZ=F4U`|G(s(4_%A"
    "`Mke*=Z`^CpW3#uXVZH>pO{+t^>-T|KJ;?4H`BiR)X~9rmXH3nWah4sn|ChVvu1z)u4|X~UTGcLbR%fpp53?pGy7buZ_6W}%>MI2=a$Lm9y)dR"
    "ismOnFPVJXnwXngd13lsYT@sRX>@sVVbXwmZoG7FvF-Pz?b(h4V%h3Q$f{ITNsXGMHJxdl&i#<cI!CXn;z%=PfgsT=Vi{DkG+FOlK9qx@WJBh0"
    "7I4{fa!L%tWhTW!VC+zfIvm@UN?gvkYa+s2h6#5qhE3NHoFLmWiO?K_GmSCB)nyy>!8lP(hf<6UN=@cq%XSUNK@`j52G=#BnYK%WE{LGI$p|ut"
    "s!H2%U6-jym9wTK)8%f=hP=A!D279+(Wt?cPT%Ps5nklf1(l9ewqL7V)VS4-*>E@wD+G}dEE+Y*#sc926`DX@{6Rz4u?}6hh#}d)<sEMkLkKrw"
    "RBOOAOdBwQNCQUoMm|dG{KA0c@**hLHk*4z$dr|g?}rdqM*0cQ^&zURJLM-Ju3`%dY+&8eY*!V!YPm$iI<|BsOvYH^|G3DHN6K@8@sSYHTT@*K"
    "SrC?mlZ8Sc7E5)f!N1{mv$X",
)))  # fmt: skip


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
