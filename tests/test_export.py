"""A figure's files; and what is shared of them, which holds no article's text but says where and which it is."""

import csv
import hashlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pdfminer.high_level import extract_text
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import resolve1
from PIL import Image

from helpers import charts, evidence, export, naming, reading, run, sentiment
from helpers.reading.files import csv_text
from tests.hostile import WHOLE, every_string, make_frame
from tests.parsing import SEEDS
from tests.pseudonyms import read_table

COUNTS = pd.DataFrame({
    "outlet": ["A", "B", "=cmd()"], "actor": "ISIS", "n": [3, 5, 1], "per_1000_words": [1 / 3, 5.0, 0.25],
})  # fmt: skip


def draw(**words):
    look = charts.Look(**{"title": "Who is named? </title><script>$x_{", "foot": "Ångström – Жизнь & more", **words})
    return charts.heat_map(COUNTS, look)


def test_a_rerun_writes_the_same_bytes_without_a_date_in_the_width_of_a_column(tmp_path):
    axes, endings = draw(), (".svg", ".pdf", ".png", ".csv", ".json", "-sentences.csv")
    given = {"sentences": COUNTS, "corpus": {"sha256": "abc"}}
    first, again = (export.save_figure(axes, "02 naming", out=tmp_path / folder, **given) for folder in "ab")
    files = {path.name: path.read_bytes() for path in first}
    assert [*files] == [f"02-naming{ending}" for ending in (*endings, "-89mm.svg", "-89mm.pdf", "-89mm.png")]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(files)
    assert {path.name: path.read_bytes() for path in again} == files
    svg = files["02-naming.svg"].decode()
    root = ElementTree.fromstring(svg)
    assert [child.tag.split("}")[1] for child in root][:2] == ["title", "desc"] and root.get("role") == "img"
    assert root[0].text == "Who is named? </title><script>$x_{"
    assert "ISIS: B 5.0 (n 5), A 0.3 (n 3), =cmd() 0.2 (n 1). Heat map" in root[1].text
    assert not re.search("<text|<dc:date|Matplotlib v|\r", svg) and len(svg) < 150_000
    assert "Ångström – Жизнь & more" in extract_text(io.BytesIO(files["02-naming.pdf"]))
    assert b"CreationDate" not in files["02-naming.pdf"] and b"/Producer" not in files["02-naming.pdf"]
    for name, width in (("02-naming", 183), ("02-naming-89mm", 89)):
        root = ElementTree.fromstring(files[f"{name}.svg"].decode())
        picture = Image.open(io.BytesIO(files[f"{name}.png"]))
        assert float(root.get("width").removesuffix("pt")) * 25.4 / 72 == pytest.approx(width, abs=0.01)
        assert picture.size[0] == pytest.approx(width / 25.4 * 300, abs=1) and "Software" not in picture.info
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_a_crowd_of_points_is_drawn_as_a_picture(tmp_path):
    n = 3000
    scores = pd.DataFrame({
        "outlet": "A", "article_id": [f"{i // 50:03}" for i in range(n)], "sentence_no": np.arange(n) % 50,
        "compound": np.sin(np.arange(n)),
    })  # fmt: skip
    files = export.save_figure(charts.tone_dots(scores), "x", out=tmp_path)
    assert "<image" in files[0].read_text(encoding="utf-8") and files[0].stat().st_size < 300_000
    assert len(pd.read_csv(files[3])) == n


def test_the_csv_is_what_is_drawn_unless_a_table_is_given_and_any_figure_is_saved(tmp_path):
    drawn = export.save_figure(draw(), "x", out=tmp_path)[3].read_text(encoding="utf-8")
    assert drawn == "outlet,actor,n,per_1000_words\n'=cmd(),ISIS,1,0.25\nA,ISIS,3,0.333333\nB,ISIS,5,5\n"
    files = export.save_figure(Figure().subplots().figure, "own", COUNTS.head(1), out=tmp_path)
    assert files[3].read_text(encoding="utf-8") == "outlet,actor,n,per_1000_words\nA,ISIS,3,0.333333\n"
    assert json.loads(files[4].read_text(encoding="utf-8"))["kind"] == "figure"
    with pytest.raises(TypeError, match="neither Axes nor Figure: str"):
        export.save_figure("axes", "own", out=tmp_path)


NAMES = {  # a name that a figure is given, and that of its files
    "02 naming: ISIS?": "02-naming-ISIS", "a/b": "a-b", "داعش": "داعش", "CONs": "CONs",
    "null.x": "null.x", "COM": "COM", "con-x": "con-x", "a. . .": "a", "a\0b": "a-b", "~/x": "x",
    "C:\\x": "C-x", "a\u202eb": "a-b", "file:///x": "file-x", "../up": "up", "/etc/x": "etc-x",
    "a/../../b": "a-..-..-b", "..\\up": "up",
}  # fmt: skip


def test_a_name_becomes_a_file_name_that_every_system_takes_or_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "_render", lambda *_: {})  # the tables alone
    saved = {name: export.save_figure(Figure(), name, out=tmp_path)[0] for name in NAMES}
    assert saved == {name: tmp_path / f"{NAMES[name]}.csv" for name in NAMES}
    for name in (
        "..",
        "",
        "  ",
        "//",
        "ж" * 61,
        "CON",
        "aux.",
        "nul.x",
        "COM1",
    ):  # nothing is left, too long, kept by Windows
        with pytest.raises(ValueError, match="figure name"):
            export.save_figure(draw(), name, out=tmp_path / "figures")
    assert not list(tmp_path.rglob("*.svg"))


def test_every_saved_figure_has_a_method():
    for path in sorted((run.ROOT / "figures").glob("[0-9]*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        assert record["method"] and "{{" not in record["method"] and record["measure"], path.name
        assert record["alt"] and record["caption"] and record["corpus"]["dates"], path.name


@every_string
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_no_cell_of_a_csv_file_runs_as_a_formula(strange, delimiter):
    """Nor one that takes a comma's file for one of semicolons or tabs."""
    text = csv_text(make_frame(strange))
    text.encode()
    assert "\0" not in text
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
    numbers = {"-1", "-0.5", "-1.0"}
    starts = [cell.lstrip("\t\r\n") for cell in cells if "," not in cell]
    assert not [cell for cell in starts if cell.startswith(("=", "+", "-", "@")) and cell not in numbers]
    if delimiter == ",":
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n")) and cell not in numbers]
        assert len(cells) == 6 and cells[2] in numbers and cells[4] in numbers


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("strange", [WHOLE[i::2] for i in range(2)], ids=["even", "odd"])
def test_strange_words_do_nothing_in_the_files_of_a_figure(strange, tmp_path):
    counts = pd.DataFrame({"outlet": strange, "actor": "X", "n": 1, "per_1000_words": 1.5})
    strange = " ".join(word[:200] for word in strange)
    axes = charts.heat_map(counts, charts.Look(title=strange, foot=strange))
    files = {path.name: path for path in export.save_figure(axes, "x", sentences=counts, out=tmp_path)}
    svg = files["x.svg"].read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "metadata", "defs", "style", "g", "path", "use", "rect", "clipPath", "RDF", "Work",
        "type", "date", "format", "creator", "Agent", "image",
    }  # fmt: skip
    handlers = [name for element in root.iter() for name in element.attrib if name.rpartition("}")[2].startswith("on")]
    assert not handlers and "<!ENTITY" not in svg
    [page] = PDFPage.get_pages(io.BytesIO(files["x.pdf"].read_bytes()))
    assert not resolve1(page.annots) and "OpenAction" not in page.doc.catalog
    record = json.loads(files["x.json"].read_text(encoding="utf-8"))
    assert record["title"] == strange


def test_beyond_twenty_outlets_there_are_pages_and_a_rerun_leaves_none_of_an_earlier_one(tmp_path):
    many = pd.DataFrame({"outlet": [f"O{n:02}" for n in range(39)], "actor": "X", "n": 1, "per_1000_words": 1.0})
    axes = charts.heat_map(many, charts.Look("T", known={f"O{n:02}": n for n in range(39)}))
    assert axes.drawn.look.foot == "Page 1 of 2: 39 outlets, 20 a page, those with most articles first."
    assert axes.drawn.again(page=2).drawn.look.foot.startswith("Page 2 of 2") and axes.figure.get_size_inches()[1] < 8
    names = [path.name for path in export.save_figure(axes, "x", sentences=many, out=tmp_path)]
    assert "x-page2.svg" in names and len(pd.read_csv(tmp_path / "x.csv")) == 39
    export.save_figure(charts.heat_map(many.head(20)), "x", out=tmp_path)
    assert not {"x-page2.svg", "x-sentences.csv"} & {path.name for path in tmp_path.iterdir()}


@pytest.fixture(scope="module")
def shared(seeds, tmp_path_factory):
    """The seeds with one figure a shape of table, the sentences whole and in long context; shared."""
    out, counts = tmp_path_factory.mktemp("out"), naming.count_mentions(seeds).assign(scope=seeds.articles["text"][0])
    everything = seeds.articles[["article_id", "outlet", "text"]].rename(columns={"text": "full"})
    scores = sentiment.score_sentences(seeds, actor=None)
    lines = evidence.show_lines(seeds, counts.query("n > 0"), context=2000)
    whole = seeds.sentences[["article_id", "outlet", "text", "masked"]].rename(columns={"text": "anything"})
    for number, sentences in enumerate((everything, scores, lines, whole)):
        export.save_figure(charts.heat_map(counts), f"0{number}-x", sentences=sentences, out=out, corpus=seeds)
    return seeds.corpus, out, export.share_results(seeds.corpus, out), seeds


def find_stretches(text):
    """All sequences of forty words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 40]) for i in range(len(words) - 39)}


def test_no_forty_words_of_an_article_stand_in_any_file(shared):
    opened, out, files, _ = shared
    known = set().union(*map(find_stretches, opened.articles["text"]))
    assert {path.suffix for path in files} == {".csv", ".json", ".svg", ".png", ".pdf", ".txt"}
    for path in [path for path in files if path.suffix != ".png"]:
        text = extract_text(path) if path.suffix == ".pdf" else path.read_text(encoding="utf-8")
        assert not known & find_stretches(text), path.name
    assert known & find_stretches((out / "00-x-sentences.csv").read_text(encoding="utf-8"))  # a figure's own file
    before, after = (pd.read_csv(folder / "01-x-sentences.csv") for folder in (out, out / "share"))
    assert before.select_dtypes("number").equals(after.select_dtypes("number"))


def test_every_article_is_listed_with_its_address_and_hashes(shared):
    opened, out, files, _ = shared
    listed = read_table(out / "share" / "articles.csv")
    columns = ["article_id", "outlet", "headline", "url", "published"]
    assert listed[columns].values.tolist() == opened.articles[columns].values.tolist()
    for hashed, name in zip(listed["source_sha256"], opened.articles["source_file"], strict=True):
        assert hashed == hashlib.sha256((SEEDS / name).read_bytes()).hexdigest()
    assert set(listed["text_sha256"].str.len()) == {64}
    assert "text" not in listed and len(pd.read_csv(out / "share" / "actors.csv")) == len(opened.actors)
    hashes = pd.read_csv(out / "share" / "files.csv").set_index("file")["sha256"]
    assert {path.name for path in files} == {*hashes.index, "files.csv"}
    found = {name: hashlib.sha256((out / "share" / name).read_bytes()).hexdigest() for name in hashes.index}
    assert found == hashes.to_dict()


def test_a_text_is_cut_where_it_holds_too_much_and_a_line_in_context_around_its_match():
    cut = {"Two THREE, four": "Two THREE, four", "two three four five": "two three four […]",
           "zero one two three four": "zero one two three […]", "four three two one": "four three two one"}  # fmt: skip
    stretches = export.find_stretches(pd.Series(["one two three four five six seven"]), 3)
    assert {text: export.cut_text(text, stretches, 3) for text in cut} == cut
    line = pd.DataFrame({"before": ["a b c d "], "match": ["e"], "after": [" f g h i."]})
    assert export.cut_table(line, set(), 5).values.tolist() == [["… c d ", "e", " f g […]"]]
    assert export.cut_table(line, set(), 9).equals(line)


def test_only_its_own_files_are_removed_and_refusals_are_one_line(shared, tmp_path):
    opened, *_ = shared
    with pytest.raises(ValueError, match="no figures here yet"):
        export.share_results(opened, tmp_path)
    axes = charts.heat_map(pd.DataFrame({"outlet": ["A"], "actor": ["X"], "n": [1], "per_1000_words": [1.0]}))
    for name in ("01-old", "02-new"):
        export.save_figure(axes, name, out=tmp_path, corpus=opened)
    first = export.share_results(opened, tmp_path)
    own = [tmp_path / "share" / name for name in ("01-mine.txt", "01-old.csv")]  # the second is changed by hand
    for path in own:
        path.write_text("mine")
    for path in tmp_path.glob("01-*"):
        path.unlink()
    second = export.share_results(opened, tmp_path)
    assert {path.name[:6] for path in set(first) - set(second)} == {"01-old"}
    assert {*second, *own} == set((tmp_path / "share").iterdir())
    with pytest.raises(ValueError, match="write 1 or more"):
        export.share_results(opened, tmp_path, words=0)


def test_nothing_withdrawn_is_shared(shared, tmp_path):
    opened, _, _, read = shared
    axes = charts.heat_map(naming.count_mentions(read))
    first, *others = opened.articles["article_id"]
    lines = evidence.show_lines(read, naming.count_mentions(read).query("n > 0"))
    export.save_figure(axes, "01-x", sentences=lines, out=tmp_path, corpus=read)
    export.save_figure(axes, "02-y", sentences=lines.drop(columns="article_id"), out=tmp_path, corpus=read)
    (tmp_path / "03-orphan.csv").write_text("text\nwithdrawn\n")
    (tmp_path / "01-x-sentences.csv").write_text(f"article_id,match\n{first},kept\ngone,withdrawn\n")
    names = {path.name for path in export.share_results(opened, tmp_path)}
    assert not names & {"03-orphan.csv", "02-y-sentences.csv"} and "02-y.csv" in names
    assert "withdrawn" not in (tmp_path / "share" / "01-x-sentences.csv").read_text()
    less = replace(opened, articles=opened.articles[opened.articles["article_id"].isin(others)])
    with pytest.raises(ValueError, match="01-x and 1 more: made of other articles or actors than seeds/ has now"):
        export.share_results(less, tmp_path)
    for name in ("01-x", "02-y"):  # of chosen articles of the same corpus
        chosen = reading.narrow_reading(read, set(others))
        export.save_figure(axes, name, out=tmp_path, corpus=chosen)
    assert not (tmp_path / "01-x-sentences.csv").exists()  # an earlier run wrote it
    assert export.share_results(opened, tmp_path)


def test_the_record_and_the_share_hold_what_a_replication_needs(shared, tmp_path):
    opened, _, _, read = shared
    axes = charts.heat_map(naming.count_mentions(read))
    mine = replace(opened, settings={**opened.settings, "author": "Lind"}, words=("strike",))
    both = (mine, replace(mine, words=("raid",)))
    of = [SimpleNamespace(articles=read.articles, corpus=each, model=read.model) for each in both]
    one, other = (export.describe_corpus(each) for each in of)
    assert one["sha256"] == other["sha256"] and one["opened_sha256"] != other["opened_sha256"]
    assert one["model"] == read.model and len(one["codes_sha256"]) == 64
    export.save_figure(axes, "01-x", out=tmp_path, corpus=of[0])
    record = json.loads((tmp_path / "01-x.json").read_text())
    assert record["tests"] == {"replicates": 999, "seed": 0}
    assert {"same-story", "numpy", "scipy"} < {*record["versions"]}
    long = " ".join(opened.articles["text"][0].split()[:30])
    (tmp_path / "02-naming-tests-1.csv").write_text(f'outlet,p,variant\nA,.04,"{long}"\n')
    names = {path.name for path in export.share_results(mine, tmp_path)}
    assert {"labels.csv", "sources.csv", "words.csv", "settings.json", "02-naming-tests-1.csv"} < names
    place = tmp_path / "share"
    assert (place / "words.csv").read_text() == "word\nstrike\n" and "Lind" not in (place / "settings.json").read_text()
    assert pd.read_csv(place / "02-naming-tests-1.csv")["variant"][0].endswith(" […]")
