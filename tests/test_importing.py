"""Articles as they come -> a corpus folder, with nothing lost, nothing invented and nothing of the user's changed."""

import datetime
import hashlib
import io
import json
import os
import string
import time
import zipfile
from pathlib import Path

import docx
import matplotlib
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from helpers import importing, run
from helpers.importing import read_file
from helpers.importing.formats import read_page
from helpers.importing.items import Item, decode, find_order, mend_text, parse_date
from helpers.reading import corpus
from tests.pseudonyms import read_table

# ---- files as other programs write them

PROSE = (
    "The dockers of Port Ostrel walked out on Tuesday, their union said in a statement. The minister for harbours "
    "called the strike unlawful. Nobody was hurt, the police said, and the ferries went on sailing."
)
ENTITIES = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
BOM8 = b"\xef\xbb\xbf"


def make_html(title="Dockers walk out", body=PROSE, head=""):
    return (
        f"<html><head><title>{title}</title><meta charset='utf-8'>{head}</head><body><nav>Home | News</nav>"
        f"<article><h1>{title}</h1><p>{body}</p><p>It ended at noon.</p></article></body></html>"
    ).encode()


def save(write):
    """The bytes that a function writes into a file."""
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def make_docx(*lines):
    """A Word file as German programs write it; a line that begins with # is a heading, one between ** is bold."""
    document = docx.Document()
    document.styles["Heading 1"].element.styleId = "berschrift1"
    for line in lines:
        words = document.add_paragraph("", "Heading 1" if line.startswith("#") else None)
        words.add_run(line.strip("#*")).bold = line.startswith("**") or None
    return save(document.save)


def make_book(sheets):
    """A workbook: name of a sheet -> its rows."""
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as book:
        for name, rows in sheets.items():
            table = pd.DataFrame([dict(enumerate(row)) for row in rows])
            table.to_excel(book, sheet_name=name, header=False, index=False)
    return buffer.getvalue()


def make_pages(*pages):
    """A PDF; a page is its blocks of text: the place of the first line in points, the lines, a turn perhaps."""
    buffer = io.BytesIO()
    fonts = {"pdf.use14corefonts": True, "font.family": "Helvetica", "font.size": 11}
    with matplotlib.rc_context(fonts), PdfPages(buffer, metadata={"Title": "x"}) as file:
        for blocks in pages:
            figure = Figure(figsize=(595 / 72, 842 / 72))
            for x, y, lines, *turned in blocks:
                for number, line in enumerate(lines):
                    figure.text(x / 595, (y - 14 * number) / 842, line, rotation=90 * len(turned))
            file.savefig(figure)
    return buffer.getvalue()


def read_pdf(name):
    """A PDF encrypted with AES-128 by pypdf: `locked`, a blank page, with a password; `aes`, PROSE, without one."""
    return Path(__file__).with_name(f"{name}.pdf").read_bytes()


def add_member(packed, name, content):
    """A zip file with one member more, or another content of it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for one, held in ({one: old.read(one) for one in old.namelist()} | {name: content}).items():
            new.writestr(one, held)
    return buffer.getvalue()


def make_csv(*rows, separator=","):
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows).encode()


def put(folder, files):
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
        importing.READERS[".txt"] = lambda text: bytearray(10_000_000_000)
    return read_file(root, path, columns)


OTHER = PROSE.replace("Tuesday", "Friday")
RUSSIAN = "Рабочие порта объявили забастовку во вторник"
NO_DATE = "'soon' is no date, or could mean two days: left empty; write it as 2016, 2016-02 or 2016-02-27"
DAY, HEADER = datetime.date(2017, 3, 4), "Ostrel Post | 4 March 2017"


def read_here(root, found, columns, progress):
    """Read each file in this process."""
    return [item for file in found for item in ([file] if file.refused else read_file(root, file.path, columns))]


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(importing, "read_files", read_here)


def bring(tmp_path, files, **options):
    source = put(tmp_path / "source", files)
    return importing.import_articles(source, tmp_path / "made", progress=False, **options)


def read_made(tmp_path, imported):
    return [(tmp_path / "made" / name).read_text(encoding="utf-8") for name in imported.accepted["source_file"]]


def only(imported):
    assert imported.rejected.empty, imported.rejected["reason"].tolist()
    [row] = imported.accepted.to_dict("records")
    return row


# ---- hostile and broken: each its line, and the good article beside it is imported ------------------------------

BODY_ROW = ("Title", "Text", "Source")
XML, BOOK = f"{ENTITIES}<a>&b;</a>", make_book({"S": [["x"]]})


def link(place, target):
    return lambda folder: os.symlink(target, folder / place)


def add_to_word(name, content):
    return {"a.docx": add_member(make_docx(PROSE), f"word/{name}", content)}


def lie_about_size(folder):
    packed = add_member(make_docx(PROSE), "word/document.xml", b"<a>" + b" " * 1_000_000 + b"</a>")
    put(folder, {"a.docx": packed.replace((1_000_007).to_bytes(4, "little"), (7).to_bytes(4, "little"))})


ROWS = {}  # importing.csv: what is given and what is expected, by the test; a file that is refused, by its name
for row in read_table(Path(__file__).with_name("importing.csv")).to_dict("records"):
    ROWS.setdefault(row["test"], []).append((row["given"], row["expected"], row["file"]))
HOSTILE = {
    **{f"{n} {line}": ({file: given}, line, 0) for n, (given, line, file) in enumerate(ROWS["refused"])},
    **{f"{n} beside: {line}": ({file: given}, line, 1) for n, (given, line, file) in enumerate(ROWS["refused beside"])},
    # name: (files or what makes them, words of the line, articles taken beside the good one)
    "UTF-16 without mark": ({"a.txt": OTHER.encode("utf-16-le"), "b.txt": PROSE[:60].encode("utf-16-be")}, "", 2),
    "half UTF-16": ({"a.txt": b"\xff\xfea\0b"}, "a.txt: it is not plain text (a NUL byte", 0),
    "endless text": ({"a.txt": "word " * 250_000}, "a.txt: its text has 1,250,000 characters", 0),
    "400 MB": (lambda at: os.truncate(put(at, {"a.csv": ""}) / "a.csv", 400_000_000), "more than 300,000,000", 0),
    "old Word as new": ({"a.docx": b"\xd0\xcf\x11\xe0\xa1\xb1" * 9}, "a Word or Excel file from before 2007", 0),
    "100,000 nested tags": ({"a.html": "<html><body>" + "<div>" * 100_000 + PROSE}, "a.html", 0),
    "locked PDF": ({"a.pdf": read_pdf("locked")}, "a.pdf: it is locked with a password", 0),
    "scanned PDF": ({"a.pdf": make_pages([], [])}, "a.pdf: it holds no text (a scan?)", 0),
    "Word bomb": (add_to_word("media/a.bin", b"\0" * 20_000_000), "times its size, more than 100: not opened", 0),
    "entities in Word": (add_to_word("document.xml", XML), "a.docx: it is damaged", 0),
    "UTF-16 entities in Word": (add_to_word("document.xml", XML.encode("utf-16")), "a.docx: it is damaged", 0),
    "size that lies": (lie_about_size, "a.docx: it is damaged", 0),
    "entities in Excel": ({"a.xlsx": add_member(BOOK, "xl/workbook.xml", XML)}, "a.xlsx: it is damaged", 0),
    "60,000 rows": ({"a.csv": "Text\n" + "x\n" * 60_000}, "a.csv: it has more than 50,000 rows", 0),
    "endless cell": ({"a.csv": make_csv(BODY_ROW, ["a", "x" * 1_100_000, "b"])}, "no column holds articles", 0),
    "quotation mark without end": ({"a.csv": 'Title,Text\n"a,' + "x\n" * 600_000}, "a.csv: it has more than 50,000", 0),
    "deep JSON": ({"a.json": "[" * 100_000}, "a.json: it is not JSON", 0),
    "link outside": (link("a.txt", "/etc/passwd"), "a.txt: it is a link out of the folder", 0),
    "link in a circle": (link("round", "."), "round: a linked or hidden folder", 0),
    "link to nothing": (link("a.txt", "nowhere.txt"), "a.txt: it is no file (a link to nothing", 0),
    "pipe": (lambda folder: os.mkfifo(folder / "a.txt"), "a.txt: it is no file (a link to nothing", 0),
    "14 folders deep": ({"d/" * 14 + "a.txt": OTHER}, ": more than 12 folders deep", 0),
    "name that is no UTF-8": ({os.fsdecode(b"a\xff.txt"): OTHER}, "", 1),
    "name of a device": ({"con.txt": PROSE.replace("Tuesday", "Monday"), "x.exe": ""}, "x.exe", 1),
}


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=HOSTILE)
def test_a_hostile_file_has_its_line_and_the_article_beside_it_is_taken(hostile_run, number):
    _, words, n_taken = list(HOSTILE.values())[number]
    imported = hostile_run[2]
    own = imported.accepted[imported.accepted["outlet"] == f"case{number:02}"]
    assert len(own) == 1 + n_taken
    reasons = [reason for reason in imported.rejected["reason"] if reason.startswith(f"case{number:02}/")]
    assert not words or [reason for reason in reasons if words in reason], reasons
    assert len(reasons) == bool(words), reasons
    assert all(reason.isprintable() and len(reason) < 400 for reason in reasons)


def test_nothing_is_written_outside_the_corpus_and_it_opens_without_a_problem(hostile_run):
    home, before, imported = hostile_run
    made = home / "made"
    assert sorted(str(path) for path in home.rglob("*") if made not in (path, *path.parents)) == before
    assert (home / "outside.txt").read_text() == "outside"
    assert all(path.parent == made and path.is_file() for path in made.rglob("*"))
    opened = corpus.open_corpus(made)
    assert opened.rejected["reason"].tolist() == []
    assert len(opened.articles) == len(imported.accepted)


def test_a_file_that_takes_too_long_or_kills_its_reader_does_not_stop_the_others(hanging_run, tmp_path):
    assert len(hanging_run.accepted) == 2
    assert hanging_run.rejected["reason"].tolist() == [
        "eats memory.txt: it takes more memory than importing.toml allows: split it",
        "hangs.txt: reading it took longer than 8 seconds: save it as .txt, or split it",
        "kills.txt: reading it broke off: save it as .txt, or split it",
    ]
    [gone] = importing.read_files(tmp_path, [Item(path=Path("a.txt"))], {}, False)
    assert gone.refused.startswith("it cannot be opened (No such file")


# ---- formats: what the file says is found, what it does not is guessed or missing -------------------------------

UNSAID = {"headline": "Dockers walk out", "author": "", "published": "", "outlet": "unknown outlet", "url": ""}
TALK = next(expected for _, expected, name in ROWS["article"] if name == "questions.md")
TALKED = TALK.removeprefix("whole: ").replace("**You", "#You").split("¶")  # with a question as a heading
FORMATS = [  # name, content, what is filled in beside the headline
    *((name, given, expected) for given, expected, name in ROWS["article"]),
    ("word.docx", make_docx("#Dockers walk out", PROSE), ""),
    ("at 2017-03-04.pdf", make_pages([(50, 800, ["Dockers", "walk out"]), (50, 765, ["By Ann Bo"]),
                                      (50, 740, [PROSE[:82], PROSE[83:]])]), "author: Ann Bo\npublished: 2017-03-04"),
    ("aes.pdf", read_pdf("aes"), "headline:"),
    ("talk.docx", make_docx("#Dockers walk out", *TALKED), TALK),
    ("a.parquet", save(pd.DataFrame([{"text": PROSE, "title": "null", "media": "P"}]).to_parquet),
     "headline: null\noutlet: P"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "expected"), FORMATS, ids=[name for name, _, _ in FORMATS])
def test_what_a_file_says_is_filled_in_and_nothing_of_its_text_is_lost(name, content, expected, here, tmp_path):
    imported = bring(tmp_path, {name: content})
    assert imported.rejected.empty
    row = imported.accepted.iloc[0]
    said = {field: value.strip() for field, _, value in (line.partition(":") for line in expected.split("\n"))}
    assert [row[field] for field in UNSAID] == [said.get(field, value) for field, value in UNSAID.items()]
    assert row["language"] == "en"
    text = (tmp_path / "made" / row["source_file"]).read_bytes()
    assert row["sha256"] == hashlib.sha256(text).hexdigest()
    opened = corpus.open_corpus(tmp_path / "made").articles["text"][0].replace("\n", "¶")
    assert opened.startswith(said.get("text", "The dockers of Port Ostrel walked" if "whole" not in said else ""))
    assert opened == said.get("whole", opened)
    assert "Source:" not in opened and "<p>" not in opened


def test_every_sheet_of_articles_is_read_and_every_other_has_its_line(here, tmp_path):
    times = [["body", "headline", "date", "outlet"], [OTHER, "Ferries sail on", DAY, "Times"], [PROSE, "", "", "Times"]]
    sheets = {"Notes": [["Collected in March"], [], ["Ask Ann about the rest"]], "Empty": [], "Times": times}
    sheets |= {"Post": [["Title", "Text", "Source"], ["Dockers walk out", PROSE, "Post"]]}
    sheets |= {name: [["Text"], [f"{PROSE} {name}."]] for name in ("World news", "Ostrel Star")}
    sheets |= {"Headings": [["Title", "Text"]], "<i>Words": [["text"], ["a few words"]]}
    imported = bring(tmp_path, {"all.xlsx": make_book(sheets)})
    assert imported.accepted[["headline", "outlet", "published"]].to_numpy().tolist() == [
        ["Ferries sail on", "Times", "2017-03-04"], ["", "Times", ""], ["Dockers walk out", "Post", ""],
        ["", "unknown outlet", ""], ["", "Ostrel Star", ""],
    ]  # fmt: skip
    origins = imported.guesses.query("field == 'text' and status == 'found'")["origin"].tolist()
    assert origins[:3] == [
        "all.xlsx sheet 'Times' row 2",
        "all.xlsx sheet 'Times' row 3",
        "all.xlsx sheet 'Post' row 2",
    ]
    said = "columns guessed: headline = 'headline', outlet = 'outlet', published = 'date', text = 'body'"
    assert said in "; ".join(imported.guesses["origin"])
    lines = [f"all.xlsx sheet {name!r}: no column holds articles (12 words a r" for name in ("Notes", "<i>Words")]
    lines.insert(1, "all.xlsx sheet 'Headings': it has no row below its headings: put a row")
    assert [reason[: len(line)] for reason, line in zip(imported.rejected["reason"], lines, strict=True)] == lines


def test_what_the_pages_of_a_pdf_repeat_is_kept_at_import_and_cut_where_all_can_see_it(here, tmp_path):
    lines = [text[at : at + 70] for text in (PROSE, OTHER) for at in range(0, 210, 70)]
    pages = [
        [(50, 780, [HEADER, *page, f"https://post.example/dockers {number}/2"])]
        for number, page in enumerate([["Dockers walk out in the port", "By Ann Bo", *lines[:3]], lines[3:]], 1)
    ]
    row = only(bring(tmp_path, {"a.pdf": make_pages(*pages)}))
    assert (row["headline"], row["published"]) == ("Dockers walk out in the port", "")
    assert (tmp_path / "made" / row["source_file"]).read_text().count("\f") == 1
    opened = corpus.open_corpus(tmp_path / "made")
    assert "".join(opened.articles["text"][0].split()) == "".join((PROSE + OTHER).split())
    cut = opened.removed.query("rule == 'running head'")["text"].tolist()
    assert cut == [line for n in (1, 2) for line in (HEADER, f"https://post.example/dockers {n}/2")]


COLUMN = [
    "The dockers of Port Ostrel walked out on Tues-", "day, their union said.",
    "The minister for harbours called the strike", "unlawful, and asked the judges of the upper", "court to forbid it.",
    "Nobody was hurt, the police said that night,", "and the ferries went on sailing as they had", "done before.",
]  # fmt: skip
PARAGRAPHS = ["".join(lines).replace("-", "") for lines in (COLUMN[:2], COLUMN[2:5], COLUMN[5:])]
TOP, BOTTOM = (50, 800, ["Dockers walk out in the port of Ostrel on a cold Tuesday"]), (280, 30, ["Ostrel Post 7"])
BY_LINE = [(x, 760 - 14 * n, [line]) for n, line in enumerate(COLUMN) for x in (50, 310)]
PDFS = {  # blocks of a page, and the paragraphs of its article
    "written line by line, with a foot": ([TOP, *BY_LINE, BOTTOM], PARAGRAPHS * 2),
    "a sentence goes on in the next, which is written first": ([TOP, (310, 760, COLUMN[4:]), (50, 760, COLUMN[:4])],
                                                               PARAGRAPHS),
    "a turned line beside them": ([(580, 300, ["Photo: Cy Doe"], "turned"), (50, 760, COLUMN)], PARAGRAPHS),
}  # fmt: skip


@pytest.mark.parametrize("name", PDFS)
def test_the_columns_of_a_pdf_are_read_one_after_the_other(name, here, tmp_path):
    blocks, paragraphs = PDFS[name]
    only(bring(tmp_path, {"a.pdf": make_pages(blocks)}))
    read = corpus.open_corpus(tmp_path / "made").articles["text"][0].split("\n")
    assert ["".join(one.split()) for one in read[: len(paragraphs)]] == ["".join(one.split()) for one in paragraphs]


CUT, SAID = {end: said for end, said, _ in ROWS["end"]}, ROWS["said"]


def test_what_is_odd_about_an_article_has_a_line(here, tmp_path):
    cut = {32_767: "Excel", 2045: "Stata"}
    rows = [*([(f"{PROSE} " * 200)[:n], "2099-01"] for n in cut), ["Two were hurt.", "1950"]]
    rows += [[OTHER.rjust(255), "03/04/2017"]]  # an end: it is whole
    rows += [[f"{PROSE} Number {n}.\n{end}", f"03/04/{2000 + n}"] for n, end in enumerate(CUT)]
    link = "<time datetime='{0}:30'></time><h3><a href='/{0}'>Dockers of pier {0} walk out for pay</a></h3><p>So.</p>"
    home = "".join(map(link.format, range(9, 0, -1)))
    page = f"<html><body><table>{f'<tr><td>A</td><td>{PROSE}</td></tr>' * 3}</table></body></html>"
    files = {"a.xlsx": make_book({"S": [["text", "date"], *rows]}), "b.html": f"<html><body>{home}</body></html>"}
    files |= {"d.html": page, "e.docx": make_docx("#A", f"{PROSE} E.", "#B", OTHER)}
    files |= {"f.md": f"---\ntitle: F\n---\n\n{PROSE} F.", "g.pdf": make_pages([(50, 780, [PROSE[:9], PROSE[9:]])], [])}
    files |= {f"n{n}.{name}": given for n, (given, _, name) in enumerate(SAID)}
    imported = bring(tmp_path, files)
    cut = [f"no: {n:,} characters, the most that {most} puts in a cell" for n, most in cut.items()]
    assert imported.accepted["complete"].tolist() == [*cut, "", "", *CUT.values(), *[""] * (5 + len(SAID))]
    assert importing.PATTERNS["cut"]["it ends with dots"].search("So […] The post A walk appeared first on The Post.")
    said = "\n".join(importing.describe_import(imported))
    expected = ["it has 3 words", " more: published: '03/04/2017'"]
    expected += ["outlet_b, unknown-outlet_d, unknown-outlet_unread: text: it looks like a page of headlines or links"]
    expected += ["2 paragraphs are headlines"]
    expected += ["(scans?): 1 of 2", "cut off (a program left", *(words for _, words, _ in SAID)]
    assert [words for words in expected if words not in said] == []
    assert "unknown-outlet_f" not in said and "outlet_b, unknown-outlet_n" not in said  # Markdown's head, headlines
    opened = corpus.open_corpus(tmp_path / "made")
    told = "\n".join(opened.rejected["reason"])
    assert "'2099-01' is in the future: used as it is" in told and "'1950' is before 1990: used as it is" in told
    opened = opened.articles["complete"].tolist()
    assert sorted(filter(None, opened)) == sorted([*cut, *filter(None, CUT.values())])


def test_word_files_give_all_that_a_reader_sees_once(here, tmp_path):
    inner = "<w:r><w:t xml:space='preserve'>{} </w:t></w:r>"
    box = f"<w:txbxContent><w:p>{inner.format('box')}</w:p></w:txbxContent>"
    tags = [f"<w:{tag}>{inner.format(tag)}</w:{tag}>" for tag in ("ins", "moveTo", "smartTag", "moveFrom", "del")]
    tags += [f"<w:sdt><w:sdtContent>{inner.format('sdt')}</w:sdtContent></w:sdt>"]
    tags += [inner.replace("<w:t", f"<w:rPr><w:vanish{no}/></w:rPr><w:t").format(f"h{no}") for no in ("", " w:val='0'")]
    both = f"<w:Choice>{box}</w:Choice><w:Fallback>{box}</w:Fallback>"
    tags += [f"<w:r><w:AlternateContent>{both}</w:AlternateContent></w:r>"]
    packed = make_docx(PROSE, "Last.")
    xml = zipfile.ZipFile(io.BytesIO(packed)).read("word/document.xml").decode()
    xml = xml.replace("</w:p><w:sectPr", f"{''.join(tags)}</w:p><w:sectPr")
    row = only(bring(tmp_path, {"a.docx": add_member(packed, "word/document.xml", xml)}))
    text = (tmp_path / "made" / row["source_file"]).read_text()
    assert text.split("\n")[1:] == ["Last.ins moveTo smartTag sdt h w:val='0' ", "box "]


READ = {  # what is given in a row of importing.csv -> what comes of it
    "markup": lambda given: "\n".join(
        read_page(make_html(body=f"{PROSE}</p>{given}<p>The end.").decode())[0].text.split("\n")[2:-2]
    ),
    "mended": lambda given: mend_text(given)[0],
    "genre": lambda given: read_page(make_html(head=given).decode())[0].get("genre"),
    "dates": lambda given: "|".join(parse_date(one, find_order(given.split("|"))) for one in given.split("|")),
}


@pytest.mark.parametrize(("test", "given", "expected"), [(one, *row[:2]) for one in READ for row in ROWS[one]])
def test_quotations_and_genres_of_pages_garbled_texts_and_dates_are_read(test, given, expected):
    assert READ[test](given) == expected
    assert test != "mended" or bool(mend_text(given)[1]) == (given != expected)


def test_an_article_has_the_language_of_most_of_its_text_and_the_charset_of_a_page_counts(here, tmp_path):
    page = make_html(body=f"Čapek wrote. {PROSE}").decode().replace("utf-8", "cp1250").encode("cp1250")
    files = {"a.txt": f"{OTHER}\n\n{RUSSIAN * 4}\n\n{OTHER}", "b.txt": f"{RUSSIAN * 18}\n\n{PROSE}", "c.html": page}
    imported = bring(tmp_path, files | {"d.txt": "\u200b".join(f"{OTHER} Ends.")})
    assert imported.accepted["language"].tolist() == ["en", "ru", "en", "en"]
    assert "Čapek wrote." in read_made(tmp_path, imported)[2]


def test_each_field_is_marked_found_guessed_or_missing(here, tmp_path):
    text = f"Title: Dockers walk out\nDesk: News\nDate: soon\n\n{PROSE}\n\nTitle: B\n\n{OTHER}"
    bring(tmp_path, {"post/a.txt": text})
    rows = pd.read_csv(tmp_path / "made" / "import.csv", dtype=str, keep_default_na=False)
    rows = rows[~rows["field"].isin(["author", "url"])]
    several = "2 lines begin with Title: if they are several articles, save each in its own file"
    assert rows[["value", "status", "origin"]].to_numpy().tolist() == [
        ["", "found", "post/a.txt"], ["", "guessed", several],
        ["", "guessed", "lines left out at its top: 'Desk: News'"],
        ["Dockers walk out", "found", "line 1 of the text"], ["", "missing", NO_DATE],
        ["post", "guessed", "the sub-folder 'post'"], ["en", "guessed", "its words"],
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "note", "encoding"), ROWS["encoding"])
def test_encodings_are_read_and_what_was_guessed_is_said(text, note, encoding):
    assert decode(text.encode(encoding)) == (text, note)
    assert "characters are lost" in mend_text("It\ufffds late")[1][0]
    stray = decode("“It@s” at @@@ café".encode().replace(b"@", b"\x92"))
    assert stray == ("“It’s” at ’’’ café", "bytes that are not UTF-8, read as Windows-1252: 4; look at them")


@given(st.lists(st.dates(datetime.date(1600, 1, 1), datetime.date(2099, 12, 31)), max_size=6), st.booleans())
def test_a_date_read_from_numbers_is_the_day_or_nothing(days, day_first):
    form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    written = [day.strftime(form) for day in days]
    read = [parse_date(one, find_order(written)) for one in written]
    assert all(iso in ("", day.isoformat()) for iso, day in zip(read, days, strict=True))


SORRY = "We are sorry but there is an error in this document and it is not possible to display it."
NEW = "A|Post|4 March 2017|Correction Appended|Length: 20 words|Body|{}|Load-Date: March 4, 2017|End of Document"
LONG = (  # keys are followed by a hard space
    "{}|{}|{}|Copyright 2017 The Publishers All Rights Reserved|Section:\u00a0NEWS; Pg. 3|Length:\u00a012 words|"
    "Byline:\u00a0Ann Bo|Highlight:\u00a0What happened.|Body||{}|Graphic|\u00a0|A photograph.|Classification|\u00a0|"
    "Language:\u00a0ENGLISH|Subject:\u00a0STRIKES (90%)|\u00a0|Load-Date:\u00a0May 9, 2019|"
    "\u00a0|End of Document|"
)
COVER = (
    "User Name:\u00a0Somebody|Date and Time:\u00a0Monday, May 6, 2019|Documents (3)|1. Dockers walk out|"
    "Search Terms:\u00a0((dockers and port))|Narrowed by|News|Timeline: Dec 01, 2009 to May 11, 2018; Location: Ostrel|"
)
OLD = "Post||March 4, 2017|Late Edition||{}|out||BYLINE: By ANN BO||SECTION: A||LENGTH: 9 words||{}||LOAD-DATE: x|"
OLD = OLD.replace("|", "\n")
BODY = f"{PROSE}\nSubject: none was given\n{OTHER}"
EDITION = "March 4, 2017 Saturday\u00a0Edition 1; National Edition"
DELIVERY = COVER + LONG.format("Dockers walk out", "The Ostrel Post", EDITION, BODY.replace("\n", "|"))
DELIVERY += LONG.format("Ferries", "Harbour Times (Ostrel)", "5 March 2017", OTHER)
ITEM = {  # columns of Zotero's CSV: those that are ours, and those most like ours
    "Key": "", "Publication Year": "2016", "Author": "Bo, Ann; Cu, Dan", "Title": "", "Publication Title": "Post",
    "Url": "https://post.example/t", "Abstract Note": "Dockers, in short.", "Date": "2017-03", "Publisher": "A Group",
    "Date Added": "2019-05-06 10:00:00", "Short Title": "Out", "Language": "en-US", "Library Catalog": "post.example",
    "Notes": "<p>Read again</p>", "File Attachments": "", "Link Attachments": "", "Book Author": "", "Section": "News",
}  # fmt: skip
ATTACHED = ["/x/storage/AB/a.html; /x/storage/AB/a.pdf", "C:\\me\\storage\\EF\\b.txt", "/me/Bo - 2017 - Alone.txt"]
ATTACHED += ["/etc/passwd", ""]
ROWS = [{**ITEM, "Title": f"T{n}", "File Attachments": file}.values() for n, file in enumerate(ATTACHED)]
OURS = ["source_file", "starts_with", "outlet", "headline", "published", "published_note", "rules_off"]
ARTICLES = [["twice.txt", start, "Post", "", "", "", ""] for start in ("The dockers", "Nobody was hurt")]
ARTICLES += [["one.txt", "The dockers of", "Post", "C", "2017-03-04", "typed", "credit"], ["gone.txt", *[""] * 6]]
PARTS = make_csv(["article_id", "part_of", "file"], ["a", "", "1.txt"], ["b", "a", "2.txt"], ["c", "", "3.txt"])
JOINED = {
    # name: (files, the text and some fields of each article, how each line about another begins)
    "Nexis": (
        {"a.DOCX": make_docx(*DELIVERY.replace("Ostrel|Dockers", "Ostrel||Dockers").split("|")),
         "b.docx": make_docx(*NEW.format(PROSE).split("|"), "B", SORRY, "End of Document")},
        [[BODY, "Dockers walk out", "The Ostrel Post", "2017-03-04", "Ann Bo"],
         [OTHER, "Ferries", "Harbour Times (Ostrel)", "2017-03-05", "Ann Bo"], [PROSE, "A", "Post", "2017-03-04", ""]],
        ["b.docx article 2: the delivery holds no text of it ('We are sorry but there is"],
    ),
    "Nexis before 2020": (
        {"a.TXT": f"1 of 2 DOCUMENTS\n\n{OLD}\n2 of 2 DOCUMENTS\n\n{OLD}".format("Dockers walk", PROSE, "They", OTHER)},
        [[PROSE, "Dockers walk out", "Post", "2017-03-04", "ANN BO"],
         [OTHER, "They out", "Post", "2017-03-04", "ANN BO"]],
        [],
    ),
    "one article of Nexis alone": (
        {"b.txt": OLD.format("Dockers walk", PROSE), "c.docx": make_docx(*NEW.format(OTHER).split("|")[:-1])},
        [[PROSE, "Dockers walk out", "Post", "2017-03-04", "ANN BO"], [OTHER, "A", "Post", "2017-03-04", ""]], [],
    ),
    "Zotero": (
        {"z.csv": BOM8 + make_csv(ITEM, *ROWS), "storage/AB/a.html": make_html(), "storage/AB/a.pdf": make_pages([]),
         "storage/EF/b.txt": OTHER, "Bo - 2017 - Alone.txt": f"{OTHER} Alone."},
        [[f"Dockers walk out\n{PROSE}\nIt ended at noon.", "T0", "Post", "2017-03", "Bo, Ann; Cu, Dan"],
         *([text, f"T{n}", "Post", "2017-03", "Bo, Ann; Cu, Dan"] for n, text in ((1, OTHER), (2, f"{OTHER} Alone.")))],
        ["z.csv row 5: its file '/etc/passwd' is not in the folder", "z.csv row 6: it has no text: put",
         "storage/AB/a.pdf: it holds no text (a scan?)"],
    ),
    "another corpus": (
        {"articles.csv": make_csv(OURS, *ARTICLES), "twice.txt": PROSE, "one.txt": OTHER, "corpus.toml": ""},
        [[OTHER, "C", "Post", "2017-03-04", ""]],
        [*(f"articles.csv row {n}: 2 rows have its file 'twice.txt'" for n in (2, 3)),
         "articles.csv row 5: its file 'gone.txt' is not in the folder", "corpus.toml: .toml files are not read"],
    ),
    "files of one article": (
        {"t.csv": PARTS, "1.txt": PROSE, "2.txt": OTHER, "3.txt": f"{PROSE} Alone."},
        [[f"{PROSE}\n\n{OTHER}", "", "unknown outlet", "", ""], [f"{PROSE} Alone.", "", "unknown outlet", "", ""]], [],
    ),
    "ids alike in two outlets and of a part of a text, and words for nothing": (
        {"t.csv": make_csv(["article_id", "outlet", "text", "author"], [1, "Post", PROSE[:82], ""],
                           [1, "", PROSE, "nan"], [1, "Star", OTHER, "NULL"], [2, "None", "NULL", ""])},
        [[PROSE, "", "Post", "", ""], [OTHER, "", "Star", "", ""]], ["t.csv row 5: it has no text"],
    ),
    "one text in two outlets is two articles and twice in one is one": (
        {"a/1.txt": PROSE, "b/1.txt": f"{PROSE}\n", "b/2.txt": f"{PROSE}\r\n"},
        [[PROSE, "", "a", "", ""], [f"{PROSE}\n", "", "b", "", ""]],
        ["b/2.txt: already in the corpus, as 'b_"],
    ),
    "a row with a text and its file": (
        {"p/t.csv": make_csv(["Title", "Text", "File", "Outlet"], ["B", PROSE, "b.txt", "Post"]),
         "p/b.txt": PROSE[:82], "p/c.txt": OTHER},
        [[PROSE, "B", "Post", "", ""], [OTHER, "", "p", "", ""]], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JOINED)
def test_each_article_has_its_text_and_fields_once(name, here, tmp_path):
    files, articles, lines = JOINED[name]
    imported = bring(tmp_path, files)
    fields = imported.accepted[["headline", "outlet", "published", "author"]].to_numpy().tolist()
    assert [[text, *own] for text, own in zip(read_made(tmp_path, imported), fields, strict=True)] == articles
    reasons = zip(sorted(imported.rejected["reason"]), sorted(lines), strict=True)
    assert all(reason.startswith(line) for reason, line in reasons)
    assert corpus.open_corpus(tmp_path / "made").rejected.empty
    assert bring(tmp_path, {}).accepted.empty


def test_columns_are_taken_as_asked_for_and_the_guess_is_said(here, tmp_path):
    table = make_csv(["Title", "Text", "Full story", "Weekday"], ["Café", "short", PROSE, "4 March 2017"])
    table = table.decode().encode("cp1252")
    imported = bring(tmp_path, {"t.csv": table}, columns={"body": "Full story", "date": "Weekday"}, outlet="Post")
    row = only(imported)
    assert (row["published"], row["outlet"]) == ("2017-03-04", "Post")
    assert (tmp_path / "made" / row["source_file"]).read_text() == PROSE
    lines = {"columns guessed: headline = 'Title'; columns not read: 'Text'", "encoding guessed: Windows-1252"}
    assert lines <= {*imported.guesses["origin"]}
    wrong = bring(tmp_path, {}, columns={"body": "Ful story"})
    assert "it has no column 'Ful story' (nearest: 'Full story')" in wrong.rejected["reason"][0]


def test_an_outlet_in_several_spellings_is_one_as_in_the_corpus_or_as_most_have_it(here, tmp_path):
    names = ["OSTREL POST", "Ostrel Post", "Ostrel-Post", "Post", "Ostrel Post, The", "Ostrel Post", "Post (Ostrel)"]
    rows = [[name, f"{PROSE} {n}."] for n, name in enumerate(names)]
    said = "\n".join(importing.describe_import(bring(tmp_path, {"t.csv": make_csv(["outlet", "text"], *rows)})))
    assert "'OSTREL POST', is read as 'Ostrel Post'" in said and "'Ostrel-Post', is read as 'Ostrel Post'" in said
    assert said.count(" is read as ") == said.count(" is kept apart from ") == 2
    assert "'The Ostrel Post', is kept apart from 'Ostrel Post'" in said and "'Post (Ostrel)', is kept apart" in said
    bring(tmp_path, {"t.csv": make_csv(["outlet", "text"], ["ostrel post", f"{OTHER} So."], ["post", "So " * 40])})
    written = read_table(tmp_path / "made" / "articles.csv")["outlet"].tolist()
    assert "|".join(written) == "Ostrel Post|" * 3 + "Post|The Ostrel Post|Ostrel Post|Post (Ostrel)|Ostrel Post|Post"


def test_an_outlet_is_guessed_from_the_folder_in_which_a_file_lies(here, tmp_path):
    outlets = {
        "2016-02/x.txt": "", "Batch 2/x.txt": "", "March 2017/x.txt": "", "Tech Week/x.txt": "Tech Week",
        "Tech Week/y.html": "The Ostrel Post",
        "a times/x.txt": "a times", "excel/x.txt": "", "my clips (to read)/x.txt": "",
        "ostrel/a.html": "The Ostrel Post", "ostrel/b.txt": "The Ostrel Post",  # as its page says
        "post/2017/x.txt": "post", "post/y.txt": "post", "storage/ABCD1234/x.txt": "",
        "z.txt": "Tech Week",
    }  # fmt: skip
    head = '<meta property="og:site_name" content="The Ostrel Post">'
    files = {name: make_html(head=head) if "html" in name else f"{PROSE} {name}." for name in outlets}
    other = {"Tech Week/y.html": make_html(body=OTHER, head=head)}
    imported = bring(tmp_path, {**files, "z.txt": f"Outlet: Tech Week\n\n{PROSE}", **other})
    assert imported.accepted["outlet"].tolist() == [outlet or "unknown outlet" for outlet in outlets.values()]
    said = imported.guesses.query("field == 'outlet'")["status"].tolist()
    assert "".join(status[0] for status in said) == "mmmgfgmmfgggmf"  # missing, guessed or found
    lines = "\n".join(importing.describe_import(imported))
    assert " and 3 more: outlet: none is known: write it into" in lines


@pytest.mark.parametrize(
    ("encoding", "separator", "line_end"),
    [("utf-8", ",", "\n"), ("utf-8-sig", ";", "\r\n"), ("cp1252", ";", "\r\n"), ("utf-16", "\t", "\r\n")],
)
def test_a_rerun_adds_only_what_is_new_to_a_saved_table(encoding, separator, line_end, here, tmp_path):
    first = only(bring(tmp_path, {"post/a.txt": f"“Café” walks out\n\n{PROSE}"}))
    table = tmp_path / "made" / "articles.csv"
    edited = {**first, "outlet": "Mine; “é”", "published": "2017"}
    lines = [separator.join(f'"{cell}"' for cell in cells) for cells in (edited.keys(), edited.values())]
    saved = line_end.join(lines).encode(encoding)  # and no line end at the end
    table.write_bytes(saved)
    actors = put(tmp_path / "made", {"actors.csv": "actor,alias,kind,note\n"}) / "actors.csv"
    again = bring(tmp_path, {"post/b.txt": f"Порт Острел закрыт\n\n{OTHER}"})
    assert again.accepted["headline"].tolist() == ["Порт Острел закрыт"]  # letters that cp1252 lacks
    assert again.rejected["reason"].tolist() == [f"post/a.txt: already in the corpus, as '{first['article_id']}'"]
    newer = bring(tmp_path, {"post/b.txt": f"Порт Острел закрыт\n\n{OTHER} It was Friday."}).guesses["origin"]
    assert "'post_порт-острел-закрыт' is an older text from the same place: delete its row in articles.csv" in [*newer]
    assert table.read_bytes().startswith(saved if "utf-8" in encoding else BOM8 + line_end.join(lines).encode())
    opened = corpus.open_corpus(tmp_path / "made")
    assert opened.rejected.empty and opened.articles["outlet"].tolist() == ["Mine; “é”", "post", "post"]
    assert actors.read_text() == "actor,alias,kind,note\n"


def test_a_stopped_import_is_taken_up_again_and_a_target_inside_the_source_is_not_read(here, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(importing, "add_rows", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            bring(tmp_path, {"a.txt": PROSE})
    row = only(bring(tmp_path, {}))
    assert sorted(path.name for path in (tmp_path / "made").glob("*.txt")) == [row["source_file"]]
    inside = put(tmp_path / "s", {"a.txt": PROSE})
    first, again = (importing.import_articles(inside, inside / "made", progress=False) for _ in range(2))
    assert len(first.accepted) == len(again.rejected) == 1 and again.accepted.empty


def test_names_are_readable_safe_and_never_the_same(here, tmp_path):
    titles = ["CON", "con", "Ärger am Hafen?", "ärger am hafen", "../../x", "a" * 300, "\u202eevil", "=cmd()", "😀"]
    rows = [[title, f"{PROSE} Number {n}.", "x|y"] for n, title in enumerate(titles)]
    imported = bring(tmp_path, {"t.csv": make_csv(BODY_ROW, *rows)})
    assert len(imported.accepted) == len(titles)
    names = imported.accepted["source_file"].tolist()
    assert len({name.casefold() for name in names}) == len(names)
    letters = {*string.ascii_lowercase, *string.digits, *"ä_-."}
    assert all({*name} <= letters and len(name) < 90 for name in names)
    opened = corpus.open_corpus(tmp_path / "made")
    assert opened.rejected.empty and opened.articles["headline"].tolist()[:5] == titles[:5]
    assert opened.articles["headline"].tolist()[6:8] == ["evil", "=cmd()"]
    assert "'=cmd()" in (tmp_path / "made" / "articles.csv").read_text(encoding="utf-8")


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60)
COLUMNS = {"body": "Text"}
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=6)
ENDINGS = st.sampled_from(["txt", "html", "md", "docx", "pdf", "doc", "exe"])
FILES = st.dictionaries(st.builds("{}/{}.{}".format, st.sampled_from(["a", "B", "html"]), NAMES, ENDINGS), WORDS)


@settings(max_examples=15)
@given(FILES, st.lists(st.fixed_dictionaries({"Title": WORDS, "Text": WORDS}), min_size=1, max_size=5), st.booleans())
def test_articles_in_are_articles_accepted_and_rejected(tmp_path_factory, files, rows, by_columns):
    home = tmp_path_factory.mktemp("any")
    put(home / "source", {**files, "rows.json": json.dumps(pd.DataFrame(rows).to_dict("list") if by_columns else rows)})
    n_rows = sum(any(cell.strip() for cell in row.values()) for row in rows)
    n_in = len(files) + (n_rows or 1)  # a table without rows is one thing that could not be used
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "read_files", read_here)
        first = importing.import_articles(home / "source", home / "made", columns=COLUMNS, progress=False)
        again = importing.import_articles(home / "source", home / "made", columns=COLUMNS, progress=False)
    assert len(first.accepted) + len(first.rejected) == n_in
    assert again.accepted.empty and len(again.rejected) == n_in
    opened = corpus.open_corpus(home / "made")
    left = opened.rejected["reason"]
    assert left.str.contains("is left after cleaning").all()  # a text that is nothing but a headline
    assert len(opened.articles) + len(left) == len(first.accepted)


@pytest.mark.parametrize(("source", "target", "columns", "words"), [
    ("artikles", "made", {}, r"there is no .*artikles' \(nearest: 'articles'\)"),
    ("articles", "articles/a.txt", {}, "is a file: give a folder"),
    ("articles", "articles", {}, "is where the articles come from"),
    ("articles", "made", {"colour": "x"}, "column 'colour' is not one of ours: give one of body, article_id"),
])  # fmt: skip
def test_places_that_cannot_be_used_are_named_in_one_line(tmp_path, source, target, columns, words):
    put(tmp_path / "articles", {"a.txt": PROSE})
    with pytest.raises(ValueError, match=words):
        importing.import_articles(tmp_path / source, tmp_path / target, columns=columns)
    assert not (tmp_path / "made").exists()


def test_the_command_says_what_it_did_and_what_is_next(tmp_path, capsys):
    texts = {"post/a.txt": PROSE, "post/b.txt": OTHER, "times/ru.txt": RUSSIAN * 3}
    put(tmp_path / "s", {**texts, "c.doc": "x"})
    made = tmp_path / "made"
    assert run.main(["corpus", "--source", str(tmp_path / "s"), "--target", str(made), "--column", "body=Text"]) == 0
    said = capsys.readouterr().out
    expected = ["accepted: 3; rejected: 1", "c.doc: .doc files are not read", "post: 2", "drafted: actors.csv"]
    expected += ["language ru: kept, not measured", "outlet: 3 guessed", f'make figures CORPUS="{made}"']
    assert [words for words in expected if words not in said] == []
    assert {"corpus.toml", "sources.csv"} <= {*os.listdir(made)} and corpus.open_corpus(made).rejected.empty
    actors = (made / "actors.csv").read_bytes()
    again = ["corpus", "--source", str(tmp_path / "s"), "--target", str(made)]
    (made / "actors.csv").unlink()  # as where the disk was full after the articles were written
    assert run.main(again) == 0 and (made / "actors.csv").read_bytes() == actors
    assert "accepted: 0" in (said := capsys.readouterr().out) and "drafted: actors.csv" in said
    assert run.main(again) == 0 and "drafted" not in capsys.readouterr().out
    assert run.main([*again, "--column", "Text"]) == 1
    assert "write OURS=THEIRS, such as body=Text" in capsys.readouterr().err
