"""The report says only what a run found, in words that cannot act."""

import os
import re
from pathlib import Path
from unittest import mock

import nbformat
import pandas as pd
import pytest
from docx import Document

from helpers import charts, export, notebooks, page, report, results
from helpers.lexicons import LEXICONS
from tests.hostile import HOSTILE, WHOLE, Reader

COUNTS = pd.DataFrame({"outlet": ["A", "B"], "actor": "X", "n": [3, 5], "per_1000_words": [1.5, 2.5]})
LINES = [("A", "It was so. Mr. Bo’s ", "rebels", " left. They"), ("B", "and all the ", "rebels", " fled."),
         ("A", "The ", "army", " held"), ("C", "The ", "men", " fled."), ("C", "Two ", "men", " fled.")]  # fmt: skip
LINES = pd.DataFrame(LINES, columns=["outlet", "before", "match", "after"])
CORPUS = {"n_articles": 2, "n_outlets": 2, "dates": "2016", "sha256": "abc"}


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    """Where the cells of a run record what they show."""
    monkeypatch.setenv(results.RECORD, str(tmp_path / "record.jsonl"))
    (tmp_path / "record.jsonl").touch()


def make_run(out, extra=()):
    """Leave what a run leaves whose notebook says, asks and shows something and saves a figure; return its results.

    `extra` are further cells: one of Markdown, or what one shows, a function.
    """

    def show():
        page.say("**2 articles.**")
        page.show(COUNTS[["outlet", "n"]])
        axes = charts.heat_map(COUNTS, charts.Look("Who is named by A?"))
        export.save_figure(axes, "01-first-counts", out=out, corpus=CORPUS, sentences=LINES)

    limit = "## What this cannot tell you\n\n- Names alone; [notebook 02](02-naming.ipynb) has more."
    contents = ["# Which articles are these?\n\nProse.", show, limit, *extra]
    cells, shown = [], {}
    for content in contents:
        if isinstance(content, str):
            cells.append(nbformat.v4.new_markdown_cell(content))
            continue
        cells.append(nbformat.v4.new_code_cell("code"))
        with mock.patch.object(page, "display"):
            content()
        shown[cells[-1].id] = results.take_record(Path(os.environ[results.RECORD]))
        cells[-1].execution_count = len(shown)
    notebooks.save_blocks(nbformat.v4.new_notebook(cells=cells), shown, "01-first", out)
    return results.write_results(out, "abc")


def write_report(results, out, template, title="T"):
    path = out / "mine.md"
    path.write_text(template, encoding="utf-8")
    return report.make_report(results, out, title, path)


def test_a_report_is_one_page_and_one_word_file_with_the_words_of_each_figure(tmp_path):
    template = (
        "# {{corpus.title}}\n\n{{corpus.n_articles}} articles [@monroe2008].\n\n{{01-first.section}}\n\n"
        "In B {{01-first-counts/B/X/n}} times.\n\n::: {#contents}\n:::\n\n## Appendix\n\n{{appendix.tables}}\n\n"
        "## References\n\n::: {#refs}\n:::\n"
    )
    found = make_run(tmp_path)
    html, word = write_report(found, tmp_path, template, "A & B")
    text = html.read_text(encoding="utf-8")
    reader = Reader(text)
    words = " ".join(" ".join(reader.nodes).split())
    for said in (
        "A & B", "2 articles (Monroe et al. 2008)", "In B 5 times.", "Which articles are these?", "Fightin’ Words",
        "Figure 1. The value of each outlet and actor, as given", "A: Mr. Bo’s rebels left.", "Table 1.",
    ):  # fmt: skip
        assert said in words, said
    assert "Who is named by A?" in dict(reader.attributes("img"))["alt"]
    assert not re.search(r"""(src|href)=["'](?!data:image/|#|https://doi\.org/)""", text)
    assert 'scope="col"' in text and "<nav" in text and 'href="#' in text
    document = Document(str(word))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [
        dict(reader.attributes("img"))["alt"]
    ]
    assert not {one for one in document.element.xpath("//@descr") if one.startswith("data:")}
    assert "In B 5 times." in [paragraph.text for paragraph in document.paragraphs]
    assert document.core_properties.title == "A & B"
    assert document.tables[0].cell(1, 1).text == "3"
    assert document.element.xpath("//w:hyperlink[@w:anchor='references']")  # the contents
    assert text.count("<picture>") == 1 and "(max-width: 40rem)" in text  # the drawing for one column, on a phone


def test_a_section_is_an_answer_a_figure_and_three_sentences_and_limits_and_tables_an_appendix(tmp_path):
    answers = "**2 articles.**", "**Three.** See notebook 02."
    found = make_run(tmp_path, extra=["## And how many?", lambda: [*map(page.say, answers)]])
    template = "{{01-first.section}}|{{appendix.limits}}|{{appendix.tables}}"
    section, limits, tables = report.fill_template(template, "x", found).split("|", 2)
    assert section.split("\n\n") == [
        "## Which articles are these&#63; {#01-first}", "**2 articles.**",
        "![Figure&nbsp;1. The value of each outlet and actor&#44; as given&#59; a cell without cases is left open&#46;]"
        f'(figure/01-first-counts){{alt="{section.split(chr(34))[1]}"}}',
        "\nFrom the articles:",
        "- A&#58; Mr&#46; Bo’s **rebels** left&#46;\n- C&#58; The **men** fled&#46;\n"
        "- B&#58; … and all the **rebels** fled&#46;",
    ]  # fmt: skip
    assert "Three" not in section and ": Table&nbsp;1." in tables
    assert limits == "- Names alone; this report has more."
    found["blocks"]["01-first"][2]["note"] = "showing 2 of 9 rows"  # no reader could get at the others
    assert "Table" not in report.fill_template("{{appendix.tables}}", "x", found)
    blocks, card = found["blocks"]["01-first"], {"kind": "card", "heading": "", "notebook": "01-first", "source": "x"}
    cards = [card | {"content": f"**{one}.** So"} for one in "AB"]
    later = [{**block, "content": "01-first-other"} for block in blocks if block["kind"] == "figure"]
    other = {key.replace("counts", "other"): value for key, value in found["values"].items()}
    found["values"] |= other | {"01-first-other.actor": {"value": "Y", "source": "x"}}  # else it is like the first
    found["blocks"]["02-more"] = [*blocks[:2], *cards, *blocks[2:], *later]
    shown = report.fill_template("{{02-more.page}}", "x", found)
    assert "::: cards\n\n**A.** So [→&nbsp;first](#01-first)\n\n**B.**" in shown and "(figure/01-first-other)" in shown
    assert "first-counts" not in shown and "rebels" not in shown


def test_a_figure_of_nothing_has_no_sentences(tmp_path):
    for number, lines in enumerate((LINES[:0], LINES.drop(columns="outlet"))):
        lines.to_csv(tmp_path / f"{number}.csv", index=False)
        assert results.choose_sentences(tmp_path / f"{number}.csv", "A") == ""
    assert results.mark_cut("The **men**'s “boats” left.") == "The **men**'s “boats” left."


def test_a_value_goes_through_filters_and_a_mistake_in_them_has_its_line(tmp_path):
    found, values = make_run(tmp_path), {"share": "0.25", "corpus.dates": "2016 or so"}
    found["values"] |= {key: {"value": value, "source": "x"} for key, value in values.items()}
    template = "{{share | percent}}{% if true %} {{corpus.title | e}}{% endif %}"
    assert report.fill_template(template, "x", found, "*") == "25&#37; &#42;"
    for template, told in {
        "a\n{{corpus.dates | lower | percent}}": "x line 2: could not convert string to float: '2016 or so'",
        "a\n\n{{share | percentage}}": "x line 3: No filter named 'percentage'.",
        "{{share}}\n{% if nothing.at.all %}x{% endif %}": "x line 2: 'nothing' is undefined",
        "{% for letter in ''.__class__.__mro__ %}x{% endfor %}": "x line 1: access to attribute '__class__'",
    }.items():
        with pytest.raises(ValueError, match=re.escape(told)):
            report.fill_template(template, "x", found)


def test_a_typed_number_or_an_unknown_id_stops_the_report(tmp_path):
    said = "{{corpus.n_articles}} [@monroe2008, p. 3] @newell2018 [there](https://x.org/1) `top=5` notebooks 02 to 06"
    assert report.find_typed(said) == [] and report.find_typed("6 in 2016, 12% or .5") == ["6", "2016,", "12%", ".5"]
    prose = "# X\n\n7 articles\n\n{{corpus.n_artikles}}; {{01-first-counts/B/X/n|percent}}\n\n"
    prose += "[@nobody99; @hutto2014] me@x.org"
    with pytest.raises(ValueError) as error:
        write_report(make_run(tmp_path), tmp_path, prose)
    first, second, third = str(error.value).splitlines()
    assert first.startswith("mine.md line 3: '7' is a number that no result gives")
    assert second == "mine.md line 5: no result 'corpus.n_artikles' (nearest: 'corpus.n_articles')"
    assert third == "mine.md line 7: no reference 'nobody99' in lexicons/references.bib"
    assert not (tmp_path / "report.html").exists() and not (tmp_path / "report.docx").exists()


def test_the_projects_own_template_has_no_typed_number_and_every_reference_is_listed():
    template = (LEXICONS / "report.md").read_text(encoding="utf-8")
    methods = pd.read_csv(LEXICONS / "methods.csv", dtype=str, keep_default_na=False)
    assert [typed for line in [*template.splitlines(), *methods["method"]] for typed in report.find_typed(line)] == []
    named = {key for cell in methods["references"] for key in cell.split(";")} - {""}
    listed = re.findall(r"^@\w+{(\w+),", (LEXICONS / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert named | set(re.findall(r"@(\w+)", template)) == set(listed)


def test_results_know_the_one_corpus_that_they_are_of(tmp_path):
    assert not results.is_made_of(tmp_path, "abc", tmp_path)
    notebook = tmp_path / "01-first.ipynb"
    notebook.touch()
    make_run(tmp_path)
    assert results.is_made_of(tmp_path, "abc", tmp_path) and not results.is_made_of(tmp_path, "def", tmp_path)
    for path in (notebook, tmp_path / "01-first-counts.json"):  # run by hand after the run
        os.utime(path, (2e9, 2e9))
        assert not results.is_made_of(tmp_path, "abc", tmp_path)
        os.utime(path, (1e9, 1e9))
    assert results.is_made_of(tmp_path, "abc", tmp_path)
    (tmp_path / "01-first-counts.png").unlink()  # as in a fresh clone
    assert not results.is_made_of(tmp_path, "abc", tmp_path)
    export.save_figure(charts.heat_map(COUNTS), "02-other", out=tmp_path, corpus={**CORPUS, "sha256": "def"})
    with pytest.raises(ValueError, match="01-first-counts and 02-other are of different articles"):
        results.write_results(tmp_path)
    with pytest.raises(ValueError, match="no figures here yet"):
        results.write_results(tmp_path / "empty")


def test_words_of_articles_cannot_act_in_the_report(tmp_path):
    """They stand in answers, captions, tables, alternative texts and the title."""
    counts = pd.DataFrame({"outlet": WHOLE[::4], "actor": "X", "n": 3, "per_1000_words": 1.5})
    axes = charts.heat_map(counts, charts.Look(" ".join(WHOLE)[:400]))
    tables = [pd.DataFrame({"outlet": WHOLE[i : i + 9], "n": 3}) for i in range(0, len(WHOLE), 9)]

    def show():
        for word in WHOLE:
            page.say(f"**{page.safe(word)} leads.**")
        for table in tables:
            page.show(table)
        export.save_figure(axes, "01-first-strange", out=tmp_path, corpus=CORPUS)

    found = make_run(tmp_path, extra=["## More", show])
    template = "# {{corpus.title}}\n\n{{01-first.section}}\n\n{{01-first-strange.title}}{{01-first-strange}}\n\n"
    template += "{{appendix.tables}}"
    ends = " ".join(HOSTILE[name] for name in ("closes a title", "nul", "half a character"))
    html, word = write_report(found, tmp_path, template, f"{ends} {' '.join(WHOLE)}"[:3000])
    reader = Reader(html.read_text(encoding="utf-8"))
    reader.check_harmless()
    text = " ".join(" ".join(reader.nodes).split())
    for name in ("script", "comment", "maths", "placeholder", "token", "reference", "link", "arabic", "formula"):
        assert " ".join(HOSTILE[name].split()) in text, name
    parts = [str(part.partname) for part in Document(str(word)).part.package.iter_parts()]
    assert not [name for name in parts if "embed" in name or name.endswith((".bin", ".html"))]
    links = [rel for rel in Document(str(word)).part.rels.values() if rel.is_external]
    assert not links, links
    assert results.read_results(tmp_path) == found


@pytest.mark.parametrize(("content", "told"), [
    ("# Größe".encode("cp1252"), r"byte 4 of 'strange.md' \(0xf6\) is not UTF-8"),
    (b"word " * 300_000, "strange.md: 1,500,000 bytes, at most 1,000,000 are read"),
    (b"[" * 50_000, "strange.md: pandoc was stopped after 1 seconds; is there a long run of brackets"),
    (b"{{" * 25_000, "strange.md line 1: maximum recursion depth exceeded"),
    (b"{{" + b" " * 50_000, "strange.md line 1: unexpected 'end of template'"),
    (b"{{nothing}} " * 3_000, "strange.md line 1: no result 'nothing'"),
])  # fmt: skip
def test_a_template_that_cannot_be_used_is_one_line(content, told, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "_PATIENCE", 1)
    (tmp_path / "strange.md").write_bytes(content)
    with pytest.raises(ValueError, match=told) as refused:
        report.make_report({"values": {}, "blocks": {}}, tmp_path, "T", tmp_path / "strange.md")
    assert "\n" not in str(refused.value)


def test_each_tested_table_is_written_whole_counted_and_told_in_the_methods(tmp_path):
    one = {"outlet": ["A", "B"], "value": [0.5, 0.25], "difference": 0.25, "difference_low": [0.1, None], "k": 20}
    tested = pd.DataFrame(one).assign(p=[0.01, None], note=["", "rare"])
    template = (LEXICONS / "report.md").read_text(encoding="utf-8")
    methods = next(line for line in template.splitlines() if "The unit of every interval" in line)

    def tell(*tables):
        found = make_run(tmp_path, [lambda table=table: results.record_tests(table) for table in tables])
        written = {path.name: pd.read_csv(path, keep_default_na=False) for path in tmp_path.glob("*-tests-*")}
        return report.fill_template(methods, "x", found), written

    told, written = tell(tested.assign(p=None))
    assert "No table was tested: with fewer" in told and "permutation" not in told + "".join(written)
    told, written = tell(tested, tested.assign(low=0.1, value=0.6), tested)
    assert "Besides page one, 2 tables were tested" in told and "there are intervals" in told
    assert [*written] and sorted(written) == ["01-first-tests-1.csv", "01-first-tests-2.csv"]
    assert [*written["01-first-tests-1.csv"]] == [*tested] and len(written["01-first-tests-1.csv"]) == 2
    told, written = tell(tested)
    assert "1 table was tested" in told and "there are intervals" not in told and len(written) == 1
