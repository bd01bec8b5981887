"""The report says only what a run found, in words that cannot act."""

import json
import re

import nbformat
import pandas as pd
import pytest
from docx import Document

from helpers import charts, contact, export, page, report
from helpers.report import pages, typesetting
from helpers.report.filling import find_typed, list_references
from helpers.report.results import is_made_of
from helpers.report.typesetting import share_width
from tests.hostile import HOSTILE, Reader

COUNTS = pd.DataFrame({"outlet": ["A", "B"], "actor": "X", "n": [3, 5], "per_1000_words": [1.5, 2.5]})
CORPUS = {"n_articles": 2, "n_outlets": 2, "dates": "2016", "sha256": "abc"}


def make_run(out, name="01-first", outlet="A", said="**2 articles.**", figure="01-first-counts", extra=()):
    """Write one executed notebook with a sentence, a figure and a table, and the figure's files."""
    counts = COUNTS.replace({"outlet": {"A": outlet}})
    title = f"Who is named by {outlet}?"
    export.save_figure(charts.heat_map(counts, charts.Look(title)), figure, out=out, corpus=CORPUS)
    table = page._html(["outlet", "n"], [[outlet, "3"], ["B", "5"]], ["left", "right"], [False, False], "")
    outputs = [
        nbformat.v4.new_output("display_data", {"text/markdown": said, "text/plain": "x"}),
        nbformat.v4.new_output("display_data", {"text/html": table, "text/plain": "x"}),
    ]
    code = f'page.say(answers.answer(table))\nexport.save_figure(axes, "{figure}", out=OUT);'
    cells = [
        nbformat.v4.new_markdown_cell("# Which articles are these?\n\nProse."),
        nbformat.v4.new_markdown_cell("## Who is named?"),
        nbformat.v4.new_code_cell(code, outputs=outputs),
        nbformat.v4.new_markdown_cell("## What this cannot tell you\n\n- Names alone; notebook 02 has more."),
        *extra,
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), out / f"{name}.ipynb")
    return report.gather_results(out, out)


def write_template(folder, text):
    path = folder / "mine.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_results_have_ids_and_say_where_they_are_from(tmp_path):
    values = make_run(tmp_path).values
    assert values["corpus.n_articles"] == {"value": "2", "source": "01-first-counts.json"}
    assert values["01-first.question"]["value"] == "Which articles are these?"
    assert values["01-first.answer"] == {"value": "**2 articles.**", "source": "01-first.ipynb, cell 1"}
    assert values["01-first-counts/B/X/per_1000_words"] == {"value": "2.5", "source": "01-first-counts.csv"}
    assert values["01-first-counts.alt"]["value"].startswith("Who is named by A?")


def test_a_report_is_one_page_and_one_word_file_with_the_words_of_each_figure(tmp_path):
    results = make_run(tmp_path)
    template = write_template(
        tmp_path, "# {{corpus.title}}\n\n{{corpus.n_articles}} articles [@monroe2008].\n\n{{01-first.section}}\n\n"
        "In B {{01-first-counts/B/X/n}} times.\n\n## References\n\n::: {#refs}\n:::\n",
    )  # fmt: skip
    html, word = report.make_report(results, tmp_path, "A & B", template)
    text = html.read_text(encoding="utf-8")
    reader = Reader(text)
    words = " ".join(" ".join(reader.nodes).split())
    for said in (
        "A & B", "2 articles (Monroe et al. 2008)", "In B 5 times.", "Which articles are these?", "Fightin’ Words",
        "Names alone; notebook 02 has more.",
    ):  # fmt: skip
        assert said in words, said
    assert [name for name, _ in reader.attributes("img")] and "Who is named by A?" in dict(reader.images[0])["alt"]
    assert not re.search(r"""(src|href)=["'](?!data:image/|#|https://doi\.org/)""", text)
    assert "<nav" in text and 'href="#' in text
    document = Document(str(word))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [dict(reader.images[0])["alt"]]
    assert "In B 5 times." in [paragraph.text for paragraph in document.paragraphs]
    assert document.tables[0].cell(1, 1).text == "3"


def test_columns_of_the_word_file_are_as_wide_as_their_texts_ask():
    letter, padding = typesetting._LETTER, typesetting._PADDING
    name, number = ["outlet", "The Arab Weekly"], ["n", "12"]
    assert share_width([name, number], 170) == pytest.approx([padding + 15 * letter, padding + 2 * letter])
    sentence = ["text", "word " * 80]
    narrow, wide = share_width([number, sentence], 170)
    assert wide == pytest.approx(padding + 60 * letter) and narrow == pytest.approx(padding + 2 * letter)
    assert sum(share_width([name, sentence, sentence], 170)) == pytest.approx(170)
    assert sum(share_width([["x" * 40]] * 30, 170)) == pytest.approx(170)


def test_the_word_files_tables_fit_the_page_and_stay_apart(tmp_path):
    path, row = tmp_path / "a.docx", "<tr><td>daily-news-one</td><td>" + "a sentence " * 40 + "</td></tr>"
    table = f"<table><thead><tr><th>article_id</th><th>text</th></tr></thead><tbody>{row}</tbody></table>"
    pages.write_docx(f"<h1>T</h1>{table}{table}", "T", tmp_path, path)
    typesetting.typeset_docx(path)
    document = Document(str(path))
    assert [paragraph.text for paragraph in document.paragraphs if paragraph.text] == ["T"]
    first, second = document.tables
    assert first._tbl.getnext() is not second._tbl
    widths = [cell.width.mm for cell in first.rows[1].cells]
    assert widths[0] > 20 and widths[1] > 3 * widths[0] and sum(widths) <= 170.1
    assert first.rows[0].cells[0].text == "article_\u200bid" and first.rows[1].cells[0].text == "daily-news-one"


@pytest.mark.parametrize(
    ("prose", "typed"),
    [
        ("6 articles of 5 outlets", ["6", "5"]), ("a share of 12% or .5", ["12%", ".5"]), ("in 2016", ["2016"]),
        ("{{corpus.n_articles}} articles", []), ("as in [@monroe2008, p. 3] and @newell2018", []),
        ("see [there](https://x.org/2016/1)", []), ("`top=5` and notebooks 02 to 06", []), ("<!-- 5 -->", []),
    ],
)  # fmt: skip
def test_a_typed_number_is_found(prose, typed):
    assert find_typed(prose) == typed


def test_a_typed_number_or_an_unknown_id_stops_the_report(tmp_path):
    results = make_run(tmp_path)
    prose = "# X\n\n7 articles\n\n{{corpus.n_artikles}}; {{01-first-counts/B/X/n|percent}}\n\n"
    prose += "[@nobody99; @hutto2014] me@x.org"
    template = write_template(tmp_path, prose)
    with pytest.raises(ValueError) as error:
        report.make_report(results, tmp_path, "T", template)
    first, second, third = str(error.value).splitlines()
    assert first.startswith("mine.md line 3: '7' is a number that no result gives")
    assert second == "mine.md line 5: no result 'corpus.n_artikles'; nearest: 'corpus.n_articles'"
    assert third == "mine.md line 7: no reference 'nobody99' in lexicons/references.bib"
    assert not (tmp_path / "report.html").exists() and not (tmp_path / "report.docx").exists()


def test_a_typed_number_in_a_notebook_stops_it_too(tmp_path):
    typed = nbformat.v4.new_code_cell('page.say("6 articles")')
    with pytest.raises(ValueError, match=r"01-first.ipynb, cell 2: the number in '6 articles' is typed"):
        make_run(tmp_path, extra=[typed])
    computed = nbformat.v4.new_code_cell('page.say(answers.answer_changes(changed, "02-names"))')
    make_run(tmp_path, extra=[computed])
    limit = nbformat.v4.new_markdown_cell("## What this cannot tell you\n\n- Fewer than 40 articles.")
    results = make_run(tmp_path, extra=[limit])
    with pytest.raises(ValueError, match=r"'40' in 'Fewer than 40 articles\.' is typed"):
        report.make_report(results, tmp_path, "T", write_template(tmp_path, "{{01-first.section}}"))


def test_figures_of_different_articles_make_no_report(tmp_path):
    make_run(tmp_path)
    export.save_figure(charts.heat_map(COUNTS), "02-other", out=tmp_path, corpus={**CORPUS, "sha256": "def"})
    with pytest.raises(ValueError, match="02-other and 01-first-counts are of different articles"):
        report.gather_results(tmp_path, tmp_path)
    with pytest.raises(ValueError, match="no figures here yet"):
        report.gather_results(tmp_path, tmp_path / "empty")


def test_the_projects_own_template_has_no_typed_number():
    text = (report.pages.LEXICONS / "report.md").read_text(encoding="utf-8")
    assert [typed for line in text.splitlines() for typed in find_typed(line)] == []
    methods = (report.pages.LEXICONS / "methods.csv").read_text(encoding="utf-8").splitlines()
    assert [typed for line in methods for typed in find_typed(line.partition(",")[2].rpartition(",")[0])] == []


def test_every_reference_of_a_method_is_listed():
    methods = pd.read_csv(report.pages.LEXICONS / "methods.csv", dtype=str, keep_default_na=False)
    named = {key for cell in methods["references"] for key in cell.split(";")} - {""}
    template = (report.pages.LEXICONS / "report.md").read_text(encoding="utf-8")
    assert named | set(re.findall(r"@(\w+)", template)) == list_references()


def test_results_know_the_corpus_that_they_are_of(tmp_path):
    results = make_run(tmp_path)
    assert not is_made_of(tmp_path, "abc")
    report.write_results(results, tmp_path, "abc")
    assert is_made_of(tmp_path, "abc") and not is_made_of(tmp_path, "def")
    (tmp_path / "01-first-counts.png").unlink()  # as in a fresh clone
    assert not is_made_of(tmp_path, "abc")


def test_the_contact_sheet_shows_every_figure_with_its_name(tmp_path):
    assert contact.write_contact_sheet(tmp_path) is None
    make_run(tmp_path, outlet="<b>&")
    (tmp_path / "results.json").write_text("{}")
    (tmp_path / "broken.json").write_text("{")
    reader = Reader(contact.write_contact_sheet(tmp_path).read_text(encoding="utf-8"))
    assert [dict(image)["src"] for image in reader.images] == ["01-first-counts.svg"]
    assert "01-first-counts" in reader.nodes and "Who is named by <b>&? " in reader.nodes


def test_words_of_articles_cannot_act_in_the_report(tmp_path):
    """They stand in answers, captions, tables, alternative texts and the title."""
    strange = [word for name, word in HOSTILE.items() if name != "half a character"]  # which no table can hold
    counts = pd.DataFrame({"outlet": strange, "actor": "X", "n": 3, "per_1000_words": 1.5})
    axes = charts.heat_map(counts, charts.Look(" ".join(strange)[:400]))
    export.save_figure(axes, "01-first-strange", out=tmp_path, note=" ".join(strange), corpus=CORPUS)
    rows = [[page._text(word, 2), "3"] for word in strange]
    tables = [page._html(["outlet", "n"], rows[i : i + 9], ["left", "right"], [0, 0], "") for i in range(0, 42, 9)]
    said = [{"text/markdown": f"**{page.safe(word)} leads.**"} for word in strange]
    outputs = [
        nbformat.v4.new_output("display_data", data) for data in [*said, *({"text/html": table} for table in tables)]
    ]
    cell = nbformat.v4.new_code_cell('export.save_figure(axes, "01-first-strange")', outputs=outputs)
    results = make_run(tmp_path, extra=[nbformat.v4.new_markdown_cell("## More"), cell])
    template = write_template(tmp_path, "# {{corpus.title}}\n\n{{01-first.section}}\n\n{{01-first-strange.title}}")
    ends = " ".join(HOSTILE[name] for name in ("closes a title", "nul", "half a character"))
    for title in (ends, f"{ends} {' '.join(strange)}"[:3000]):
        html, word = report.make_report(results, tmp_path, title, template)
    reader = Reader(html.read_text(encoding="utf-8"))
    reader.check_harmless()
    text = " ".join(" ".join(reader.nodes).split())
    for name in ("script", "comment", "maths", "placeholder", "token", "reference", "link", "arabic", "formula"):
        assert " ".join(HOSTILE[name].split()) in text, name
    parts = [str(part.partname) for part in Document(str(word)).part.package.iter_parts()]
    assert not [name for name in parts if "embed" in name or name.endswith((".bin", ".html"))]
    links = [rel for rel in Document(str(word)).part.rels.values() if rel.is_external]
    assert not links, links
    json.loads(report.write_results(results, tmp_path).read_text(encoding="utf-8"))
