import io
import json
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pypdf
import pytest
from matplotlib.backends import _backend_pdf_ps as backend
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from PIL import Image
from pypdfium2 import PdfDocument

from helpers import charts, export
from helpers.charts import embedding

COUNTS = pd.DataFrame({
    "outlet": ["A", "B", "=cmd()"], "actor": "ISIS", "n": [3, 5, 1], "per_1000_words": [1 / 3, 5.0, 0.25],
})  # fmt: skip


def draw(**words):
    return charts.heat_map(COUNTS, **{"title": "Who is named? </title><script>$x_{", "foot": "n = 3 & more", **words})


def test_a_rerun_writes_the_same_bytes(tmp_path):
    first = export.save_figure(draw(), "02 naming", out=tmp_path / "a", sentences=COUNTS, corpus="abc")
    second = export.save_figure(draw(), "02 naming", out=tmp_path / "b", sentences=COUNTS, corpus="abc")
    assert [path.name for path in first] == [
        f"02-naming{ending}" for ending in (
            ".svg", ".pdf", ".png", ".csv", ".json", "-sentences.csv", "-89mm.svg", "-89mm.pdf", "-89mm.png",
        )
    ]  # fmt: skip
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(path.name for path in first)


def test_saving_twice_from_one_figure_changes_nothing(tmp_path):
    axes = draw()
    before = [path.read_bytes() for path in export.save_figure(axes, "x", out=tmp_path)]
    assert [path.read_bytes() for path in export.save_figure(axes, "x", out=tmp_path)] == before


def read_letters(pdf):
    """The fonts of a PDF: name, size of the file in it, outline of each letter by its code."""
    fonts = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]
    found = {}
    for name, font in fonts.items():
        (one,) = font["/DescendantFonts"]
        content = one.get_object()["/FontDescriptor"]["/FontFile2"].get_data()
        glyphs = one.get_object()["/CIDToGIDMap"].get_data()
        places = {code // 2: int.from_bytes(glyphs[code : code + 2], "big") for code in range(0, len(glyphs), 2)}
        face, outlines = FT2Font(io.BytesIO(content)), {}
        for code, place in places.items():
            if place:
                face.load_glyph(place)
                outlines[code] = [part.tolist() for part in face.get_path()]
        found[name] = (len(content), outlines)
    return found


def save_pdf(figure):
    buffer = io.BytesIO()
    with mpl.rc_context({**charts.RC, "pdf.fonttype": 42}):
        figure.savefig(buffer, format="pdf", metadata={"CreationDate": None})
    return buffer.getvalue()


def rasterise(pdf):
    return PdfDocument(pdf)[0].render(scale=2).to_numpy()


def test_a_pdf_embeds_letters_without_the_rules_of_their_font():
    figure = charts.find_figure(draw(foot="Ångström – Жизнь, ffi «حرب» 北京 สวัสดี"))
    usual = save_pdf(figure)
    with embedding.embed_letters():
        ours = save_pdf(figure)
    texts = [pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text() for pdf in (usual, ours)]
    assert texts[0] == texts[1] and "Жизнь" in texts[0]
    before, after = read_letters(usual), read_letters(ours)
    assert before.keys() == after.keys() and len(after) >= 2
    for name, (size, outlines) in before.items():
        assert after[name][1] == outlines and after[name][0] < size
    assert (rasterise(ours) == rasterise(usual)).all() and len(ours) < len(usual)
    assert save_pdf(figure) == usual  # what was replaced is back


@pytest.mark.parametrize("name", ["get_glyphs_subset", "SubsetResults"])
def test_a_matplotlib_that_cuts_fonts_in_another_way_is_left_alone(monkeypatch, name):
    monkeypatch.setattr(backend, name, lambda *given: None)
    cut = backend.get_glyphs_subset
    with embedding.embed_letters():
        assert backend.get_glyphs_subset is cut


def test_a_font_that_harfbuzz_refuses_is_cut_as_usual(monkeypatch):
    def refuse(*given):
        raise RuntimeError("subsetting failed")

    figure = charts.find_figure(draw())
    usual = save_pdf(figure)
    monkeypatch.setattr(embedding, "cut_letters", refuse)
    with embedding.embed_letters():
        assert save_pdf(figure) == usual


def test_a_picture_shows_the_pdf_and_a_figure_is_drawn_again_only_once_changed(monkeypatch):
    axes = draw()
    figure, drawn = charts.find_figure(axes), []
    monkeypatch.setattr(Figure, "draw", count_calls(Figure.draw, drawn))
    pdf, png = charts.write_pdf(figure), charts.write_png(figure, 150)
    assert charts.write_pdf(figure) == pdf and charts.find_clash(figure) == "" and len(drawn) == 1
    picture = Image.open(io.BytesIO(png))
    wide, high = figure.get_size_inches() * 150
    assert 0 <= picture.size[0] - wide < 1 and 0 <= picture.size[1] - high < 1 and picture.mode == "RGB"
    assert picture.info["dpi"] == pytest.approx((150, 150), abs=0.1)
    assert (np.array(picture) == PdfDocument(pdf)[0].render(scale=150 / 72).to_numpy()[..., ::-1]).all()
    charts.write_svg(figure, "a")
    assert charts.write_pdf(figure) == pdf and len(drawn) == 2
    axes.texts[0].set_text("something else")
    changed = charts.write_pdf(figure)
    assert changed != pdf and len(drawn) == 3
    axes.set_title("and a title")
    assert charts.write_pdf(figure) != changed and len(drawn) == 4


def count_calls(draw, calls):
    def count(figure, renderer):
        calls.append(figure)
        return draw(figure, renderer)

    return count


def test_a_bar_without_width_is_not_drawn():
    counts = pd.DataFrame({"outlet": ["A", "B"], "source_type": "media", "n": [2, 0], "n_direct": [2, 0]})
    part = ("n_direct", "in their own words", "in the outlet's words")
    axes = charts.count_bars(counts, label="source_type", part=part)
    assert [bar.get_width() for axis in axes for bar in axis.patches] == [2]


def test_svg_is_small_wellformed_and_says_what_it_shows(tmp_path):
    path = export.save_figure(draw(), "x", out=tmp_path)[0]
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    names = [child.tag.split("}")[1] for child in root][:2]
    assert names == ["title", "desc"] and root.get("role") == "img"
    assert root[0].text == "Who is named? </title><script>$x_{"
    assert "highest 5 (B, ISIS), lowest 0.25 (=cmd(), ISIS)" in root[1].text
    assert "<script" not in text.replace("&lt;script", "") and "<text" not in text
    assert "<dc:date" not in text and "Matplotlib v" not in text
    assert "\r" not in text and path.stat().st_size < 150_000


def test_a_crowd_of_points_is_drawn_as_a_picture(tmp_path):
    n = 3000
    scores = pd.DataFrame({
        "outlet": "A", "article_id": [f"{i // 50:03}" for i in range(n)], "sentence_no": np.arange(n) % 50,
        "compound": np.sin(np.arange(n)),
    })  # fmt: skip
    files = export.save_figure(charts.tone_dots(scores), "x", out=tmp_path)
    assert "<image" in files[0].read_text(encoding="utf-8") and files[0].stat().st_size < 300_000
    assert len(pd.read_csv(files[3])) == n


def test_pdf_and_png_carry_no_date_and_no_program(tmp_path):
    _, pdf, png, *_ = export.save_figure(draw(), "x", out=tmp_path)
    assert b"CreationDate" not in pdf.read_bytes() and b"/Producer" not in pdf.read_bytes()
    assert b"Software" not in png.read_bytes() and png.read_bytes()[:4] == b"\x89PNG"


def test_the_record_holds_caption_and_provenance(tmp_path):
    path = export.save_figure(
        draw(), "x", out=tmp_path, note="Dates differ", corpus={"sha256": "abc"}, method="counts",
        parameters={"actor": "ISIS", "top": np.int64(3)},
    )[4]  # fmt: skip
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["caption"].endswith("below it, the number of mentions. n = 3 & more. Dates differ.")
    assert record["parameters"] == {"actor": "ISIS", "top": 3} and record["corpus"] == {"sha256": "abc"}
    assert set(record["versions"]) == {"matplotlib", "pandas", "scikit-learn", "spacy", "vaderSentiment"}
    assert record["n_rows"] == 3 and record["alt"].startswith("Who is named?")


def test_the_csv_is_what_is_drawn_unless_a_table_is_given(tmp_path):
    drawn = export.save_figure(draw(), "x", out=tmp_path)[3].read_text(encoding="utf-8")
    assert drawn == "outlet,actor,n,per_1000_words\n'=cmd(),ISIS,1,0.25\nA,ISIS,3,0.333333\nB,ISIS,5,5\n"
    given = export.save_figure(draw(), "x", COUNTS.head(1), out=tmp_path)[3].read_text(encoding="utf-8")
    assert given == "outlet,actor,n,per_1000_words\nA,ISIS,3,0.333333\n"


def test_a_figure_of_ones_own_is_saved_too(tmp_path):
    axes = Figure().subplots()
    axes.plot([1, 2])
    files = export.save_figure(axes.figure, "own", COUNTS, out=tmp_path)
    assert json.loads(files[4].read_text(encoding="utf-8"))["kind"] == "figure"
    with pytest.raises(TypeError, match="neither Axes nor Figure: str"):
        export.save_figure("axes", "own", out=tmp_path)


@pytest.mark.parametrize("name", ["../up", "/etc/x", "a/../../b", "..", "", "  ", "//", "..\\up"])
def test_a_name_cannot_leave_the_folder(name, tmp_path):
    with pytest.raises(ValueError, match="figure name"):
        export.save_figure(draw(), name, out=tmp_path / "figures")
    assert not list(tmp_path.rglob("*.svg"))


@pytest.mark.parametrize(("name", "stem"), [("02 naming: ISIS?", "02-naming-ISIS"), ("a/b", "a-b"), ("داعش", "داعش")])
def test_a_name_becomes_a_safe_file_name(name, stem, tmp_path):
    assert export.save_figure(draw(), name, out=tmp_path)[0] == tmp_path / f"{stem}.svg"


def test_csv_disarms_formulas_in_text_and_leaves_numbers(tmp_path):
    frame = pd.DataFrame({
        "text": ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "plain", None], "n": [-1, 2, 3, 4, 5, 6, 7, 8],
        "share": [-0.123456789, 1234567.0, 1e-9, np.nan, 0.5, 1.0, 0.1, 2 / 3], "flag": [True, False] * 4,
        "kind": pd.Categorical(["=a", "b"] * 4),
    })  # fmt: skip
    path = export.write_csv(frame, tmp_path / "x.csv")
    read = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")
    assert read["text"].tolist() == ["'=1+1", "'+x", "'-x", "'@x", "'\tx", "'\rx", "plain", ""]
    assert read["n"][0] == "-1" and read["kind"].tolist() == ["'=a", "b"] * 4
    assert read["share"].tolist() == ["-0.123457", "1.23457e+06", "1e-09", "", "0.5", "1", "0.1", "0.666667"]
    assert frame["text"][0] == "=1+1"
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


def test_csv_is_written_with_plain_line_ends_and_utf8(tmp_path):
    path = export.write_csv(pd.DataFrame({"=a": ["داعش", "б"]}), tmp_path / "x.csv")
    assert path.read_bytes() == "'=a\nداعش\nб\n".encode()


def test_describe_corpus_changes_with_what_the_measures_see():
    articles = pd.DataFrame({
        "article_id": ["a", "b"], "outlet": ["A", "B"], "published": ["2016-02", ""], "text": ["x", "y"],
        "published_from": pd.to_datetime(["2016-02-01", None]), "published_to": pd.to_datetime(["2016-02-29", None]),
    })  # fmt: skip
    actors = pd.DataFrame({"actor": ["ISIS"], "alias": ["IS"]})
    told = export.describe_corpus(SimpleNamespace(articles=articles, actors=actors))
    assert {k: v for k, v in told.items() if k != "sha256"} == {
        "n_articles": 2, "n_outlets": 2, "n_undated": 1, "published_from": "2016-02-01", "published_to": "2016-02-29",
        "dates": "2016-02",
    }  # fmt: skip
    turned = export.describe_corpus(SimpleNamespace(articles=articles.iloc[::-1], actors=actors))
    changed = export.describe_corpus(SimpleNamespace(articles=articles.assign(text="z"), actors=actors))
    assert turned == told and changed["sha256"] != told["sha256"]


def test_a_figure_is_written_for_one_column_too_or_the_record_says_why_not(tmp_path):
    files = {path.name: path for path in export.save_figure(draw(), "x", out=tmp_path)}
    for name, width in (("x.svg", 183), ("x-89mm.svg", 89)):
        root = ElementTree.fromstring(files[name].read_text(encoding="utf-8"))
        assert float(root.get("width").removesuffix("pt")) * 25.4 / 72 == pytest.approx(width, abs=0.01)
    assert json.loads(files["x.json"].read_text(encoding="utf-8"))["not_at_89_mm"] == ""
    rows = [(f"Outlet {i}", f"Actor {j}", 5, 1234.5) for i in range(24) for j in range(25)]
    wide = charts.heat_map(pd.DataFrame(rows, columns=["outlet", "actor", "n", "per_1000_words"]))
    files = [path.name for path in export.save_figure(wide, "x", out=tmp_path)]
    assert files == ["x.svg", "x.pdf", "x.png", "x.csv", "x.json"]
    assert not list(tmp_path.glob("*-89mm*"))  # the old ones showed something else
    record = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert record["not_at_89_mm"] == "24 columns leave no room for the numbers in the cells"


def test_the_record_says_how_it_was_made_and_what_was_chosen(tmp_path):
    contrasts = pd.DataFrame({
        "term": ["a", "b"], "score": [0.5, -0.5], "n_target": [2, 0], "n_rest": [0, 2], "articles_target": [1, 0],
        "articles_rest": [0, 1], "actor": "X", "target": "A", "measure": "log_odds", "window": [5, 5],
    })  # fmt: skip
    axes = charts.diverging_bars(contrasts, top=5, title="T", target="A")
    files = export.save_figure(axes, "03-words-odds", out=tmp_path, parameters={"articles": "matched"})
    record = json.loads(files[4].read_text(encoding="utf-8"))
    assert record["parameters"] == {
        "actor": "X", "target": "A", "measure": "log_odds", "window": 5, "top": 5, "articles": "matched",
    }  # fmt: skip
    assert record["measure"] == "terms.contrast_terms" and "Dirichlet" in record["method"]
    assert record["references"] == ["monroe2008", "westfall1993"]
    mine = json.loads(export.save_figure(axes, "mine", out=tmp_path)[4].read_text(encoding="utf-8"))
    assert mine["method"].startswith("The score of each term")


def test_every_saved_figure_has_a_method():
    from helpers.run import ROOT

    for path in sorted((ROOT / "figures").glob("*.json")):
        if path.name != "results.json":
            record = json.loads(path.read_text(encoding="utf-8"))
            assert record["method"] and "{{" not in record["method"] and record["measure"], path.name
            assert record["alt"] and record["caption"] and record["corpus"]["dates"], path.name
