"""Strange words at every place where words of articles are shown or written: none acts, and none stops a run."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from helpers import charts, export, page
from helpers.notebooks import one_line
from helpers.reading import files
from tests.hostile import HOSTILE, Reader
from tests.test_page import displayed, read_tags

every_string = pytest.mark.parametrize("strange", HOSTILE.values(), ids=HOSTILE)


def cells_of(text, delimiter=","):
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]


def make_frame(strange):
    """Return a table with the words in a heading and in two cells, beside negative numbers."""
    heading = strange.encode("utf-8", "ignore").decode()  # no heading can hold half a character
    return pd.DataFrame({heading: [-1, -0.5], "words": pd.Series([strange, f"a{strange}"], dtype=object)})


def seen(text):
    """Return a text as a reader of a page sees it: white space is one space, what cannot be printed is not there."""
    return files.drop_controls(" ".join(text.split()))


@every_string
def test_a_table_on_the_page_shows_it(strange):
    data, _ = displayed(page.show, make_frame(strange))
    reader = Reader(data["text/html"])
    reader.check_harmless()
    assert read_tags(reader) <= {"table", "thead", "tbody", "tr", "th", "td", "span", "wbr", "p", "b"}
    assert "".join(seen(strange).split()) in "".join("".join(reader.nodes).split())
    assert all(node in ("$", "\\") or not set(node) & set("$\\") for node in reader.nodes)  # no maths
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\ud800-\udfff]", json.dumps(data, ensure_ascii=False))


@every_string
def test_a_sentence_on_the_page_shows_it(strange):
    data, _ = displayed(page.say, f"**{page.safe(strange)} leads**")
    assert not set(re.sub(r"\*\*|</?span>", "", data["text/markdown"])) & set("<>$[`\0")
    assert "\u202e" not in data["text/markdown"] and "\x1b" not in data["text/plain"]
    assert seen(data["text/plain"]) == f"{seen(strange)} leads".strip() or "*" in strange


@every_string
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_no_spreadsheet_runs_it(strange, delimiter):
    """Nor one that takes a comma's file for one of semicolons or tabs."""
    text = files.csv_text(make_frame(strange))
    text.encode()
    assert "\0" not in text
    cells = cells_of(text, delimiter)
    numbers = {"-1", "-0.5", "-1.0"}
    starts = [cell.lstrip("\t\r\n") for cell in cells if "," not in cell]
    assert not [cell for cell in starts if cell.startswith(("=", "+", "-", "@")) and cell not in numbers]
    if delimiter == ",":
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n")) and cell not in numbers]
        assert len(cells) == 6 and cells[2] in numbers and cells[4] in numbers


def test_negative_numbers_stay_numbers():
    frame = pd.DataFrame({
        "a": pd.Series([-1, -0.5, "-x", None], dtype=object), "b": [-0.123456789, 1234567.0, 1e-9, np.nan],
        -3: [1, 2, 3, 4], "c": pd.Categorical([-1, "=x", "б", True]), "d": [True, False] * 2,
    })  # fmt: skip
    rows = ["-1,-0.123457,1,-1,True", "-0.5,1.23457e+06,2,'=x,False", "'-x,1e-09,3,б,True", ",,4,True,False"]
    assert files.csv_text(frame) == "\n".join(["a,b,-3,c,d", *rows, ""]) and frame["a"][2] == "-x"
    twice = pd.DataFrame([["=a", "b"]], columns=["x", "x"])
    assert files.csv_text(twice) == "x,x\n'=a,b\n"


WHOLE = [word for name, word in HOSTILE.items() if name != "half a character"]  # which no table can hold


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("strange", [WHOLE[i::5] for i in range(5)], ids=range(5))
def test_a_figure_and_its_files_hold_them(strange, tmp_path):
    counts = pd.DataFrame({"outlet": strange, "actor": "X", "n": 1, "per_1000_words": -1.5})
    strange = " ".join(word[:200] for word in strange)
    axes = charts.heat_map(counts, charts.Look(title=strange, foot=strange))
    _, (words, _) = displayed(page.figure, axes, calls=2)
    assert read_tags(Reader(words["text/html"])) <= {"details", "summary", "p", "span"}
    files = {path.name: path for path in export.save_figure(axes, "x", sentences=counts, note=strange, out=tmp_path)}
    svg = files["x.svg"].read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "metadata", "defs", "style", "g", "path", "use", "rect", "clipPath", "RDF", "Work",
        "type", "date", "format", "creator", "Agent", "image",
    }  # fmt: skip
    handlers = [name for element in root.iter() for name in element.attrib if name.rpartition("}")[2].startswith("on")]
    assert not handlers and "<!ENTITY" not in svg
    pdf = PdfReader(files["x.pdf"])
    assert len(pdf.pages) == 1 and not pdf.pages[0].annotations and "/OpenAction" not in pdf.trailer["/Root"]
    record = json.loads(files["x.json"].read_text(encoding="utf-8"))
    assert record["title"] == strange
    assert not [cell for cell in cells_of(files["x.csv"].read_text(encoding="utf-8")) if cell.startswith(("=", "@"))]


@every_string
def test_a_figure_of_that_name_stays_in_its_folder(strange, tmp_path):
    out = tmp_path / "figures"
    try:
        place = export._place(strange, out)
    except ValueError as error:
        assert "figure name" in str(error) and "\n" not in str(error)
        return
    assert place.parent == out and len(f"{place.name}-sentences.csv".encode()) < 160
    assert not set(place.name) & set('<>:"/\\|?*\0\n\t=') and not place.name.startswith((".", "-"))
    place.with_name(f"{place.name}.csv").write_text("x")


@every_string
def test_a_line_of_an_error_is_one_line_of_plain_words(strange):
    line = one_line(f"row 3: {strange}")
    assert line.isprintable() or not re.search("[\x00-\x1f\x7f-\x9f]", line)
