"""The notebooks run from a clean kernel, and what they leave behind does not depend on where and how often."""

import json
import os
import sys

import nbformat
import pytest

from helpers import notebooks, run

PARAMETERS = 'CORPUS = "../seeds"\nOUT = "../figures"'
SHOW_FIGURE = "import matplotlib.pyplot as plt\nfrom helpers import page\npage.figure(plt.figure())"
WRITE_FIGURE = 'open(f"{OUT}/01-first.csv", "w").write(f"corpus\\n{CORPUS}\\n");'


def write_notebook(root, name, *codes):
    cells = [nbformat.v4.new_markdown_cell("# Does it run?", id="title")]
    for number, code in enumerate(codes, 1):
        tags = {"tags": ["parameters"]} if code.startswith("CORPUS") else {}
        make = nbformat.v4.new_markdown_cell if code.startswith("#") else nbformat.v4.new_code_cell
        cells.append(make(code, id=f"code-{number}", metadata=tags))
    path = root / "notebooks" / name
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def read_texts(path):
    return ["\n".join(lines) for lines in notebooks.read_texts(nbformat.read(path, as_version=4)).values()]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "seeds").mkdir()
    return tmp_path


def test_default_corpus_is_run_in_place_and_a_second_run_changes_no_byte(project):
    path = write_notebook(
        project, "01-first.ipynb", PARAMETERS, "import pandas as pd\nfrom tqdm import tqdm",
        "for _ in tqdm(range(3)): pass", 'list({"actor", "outlet", "voice"})',
        'pd.DataFrame({"share": [0.25, 0.75]})', WRITE_FIGURE, SHOW_FIGURE,
    )  # fmt: skip
    assert notebooks.run_notebooks(root=project) == []
    first = path.read_bytes()
    assert notebooks.run_notebooks(root=project) == []
    assert path.read_bytes() == first

    notebook = nbformat.read(path, as_version=4)
    codes = notebooks.own_cells(notebook)
    assert [cell.execution_count for cell in codes] == [1, 2, 3, 4, 5, 6, 7]
    assert [cell.id for cell in codes] == [f"code-{number}" for number in range(1, 8)]
    assert notebook.metadata == {"kernelspec": notebooks.KERNELSPEC}
    assert codes[2].outputs == []
    assert "0.75" in codes[4].outputs[0].data["text/html"]
    (picture,) = codes[6].outputs  # a figure of pyplot's is shown once, by no address in memory
    assert sorted(picture.data) == ["image/png", "text/plain"] and " at 0x" not in str(picture)
    assert (project / "figures" / "01-first.csv").read_text() == "corpus\n../seeds\n"
    assert b"\r" not in first and first.endswith(b"}\n")


def test_another_corpus_goes_to_its_report_and_leaves_the_notebooks_alone(project):
    path = write_notebook(project, "01-first.ipynb", PARAMETERS, "print(CORPUS, OUT, sep=chr(10))", WRITE_FIGURE)
    before, corpus = path.read_bytes(), project / "mine of '26"
    corpus.mkdir()
    assert notebooks.run_notebooks(corpus, root=project) == []
    assert path.read_bytes() == before
    assert not (project / "figures").exists()
    report = corpus / "report"
    assert sorted(made.name for made in report.iterdir()) == ["01-first.csv", "01-first.ipynb", "results"]
    assert read_texts(report / "01-first.ipynb")[1] == f"{corpus}\n{report}"


def test_what_a_notebook_shows_is_recorded_with_its_heading_and_cell(project):
    show, told = (
        "from helpers import page\nimport pandas as pd",
        "page.say(str(6 * 7))\npage.show(pd.DataFrame({'n': [1]}))",
    )
    write_notebook(project, "01-first.ipynb", PARAMETERS, show, "## How many?", told)
    assert notebooks.run_notebooks(out="out", root=project) == []
    question, answer, table = json.loads((project / "out" / "results" / "01-first.json").read_text())
    assert question == {"kind": "question", "content": "Does it run?", "heading": "", "source": "01-first.ipynb"}
    assert answer == {"kind": "answer", "content": "42", "heading": "How many?", "source": "01-first.ipynb, cell 3"}
    assert (table["columns"], table["rows"], table["align"]) == (["n"], [["1"]], ["right"])
    write_notebook(project, "01-first.ipynb", show, 'page.say("6 articles")')
    assert notebooks.run_notebooks(out="out", root=project) == [
        "01-first.ipynb, cell 2: the number in '6 articles' is typed; take it from a table"
    ]


def test_a_notebook_worked_in_by_hand_runs_when_asked_for_and_is_never_stored(project):
    by_hand = write_notebook(project, "00-look.ipynb", PARAMETERS, "6 * 7")
    write_notebook(project, "01-first.ipynb", PARAMETERS)
    before = by_hand.read_bytes()
    assert notebooks.run_notebooks(out="out", root=project) == []
    assert [path.name for path in (project / "out").glob("*.ipynb")] == ["01-first.ipynb"]
    assert notebooks.run_notebooks(only=["00"], root=project) == []
    assert by_hand.read_bytes() == before
    assert notebooks.run_notebooks(out="out", only=["00"], root=project) == []
    assert read_texts(project / "out" / "00-look.ipynb") == ["", "42"]
    assert notebooks.compare_run(project, project / "out", ["00"]) == []


def test_only_parameters_that_the_notebook_assigns_are_set():
    for source, expected in {
        'CORPUS = "../seeds"': ['CORPUS = "/c"'],
        'CORPUS, OUT = "../seeds", "../figures"': ['CORPUS = "/c"', 'OUT = "/o"'],
        "ACTOR = None": None,
    }.items():
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
        notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell("CORPUS = 1")])
        notebooks.inject_parameters(notebook, {"CORPUS": "/c", "OUT": "/o"})
        lines = [cell.source.splitlines() for cell in notebook.cells[1:-1]]
        assert lines == ([expected] if expected else [])


def test_a_failing_notebook_is_one_line_and_the_others_still_run(project):
    broken = project / "notebooks" / "01-broken.ipynb"
    broken.write_text('{"cells": [')
    failing = write_notebook(project, "02-failing.ipynb", PARAMETERS, "1", 'raise ValueError("row 3:\\nno date")', "4")
    passing = write_notebook(project, "03-passing.ipynb", "6 * 7")
    before = failing.read_bytes()
    lines = notebooks.run_notebooks(root=project)
    assert len(lines) == 2
    assert lines[0].startswith("01-broken.ipynb: ")
    assert lines[1] == "02-failing.ipynb, cell 3: ValueError: row 3: no date"
    assert failing.read_bytes() == before
    assert read_texts(passing) == ["42"]

    (project / "other").mkdir()
    assert notebooks.run_notebooks("other", only=["02"], root=project) == [lines[1]]
    assert "ValueError: row 3:\nno date" in read_texts(project / "other" / "report" / "02-failing.ipynb")


def test_the_kernel_is_this_interpreter_with_settings_that_make_runs_equal(project, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(project / "share"))
    elsewhere = project / "share" / "kernels" / "python3"
    elsewhere.mkdir(parents=True)
    spec = '{"argv": ["/no/such/python"], "display_name": "x", "language": "python"}'
    elsewhere.joinpath("kernel.json").write_text(spec)
    path = write_notebook(
        project, "01-kernel.ipynb", "import sys, os, matplotlib\nprint(sys.executable)",
        'print(*[os.environ[name] for name in ("PYTHONHASHSEED", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")])',
        'print(os.path.samefile(os.getcwd(), "../notebooks"), "inline" in matplotlib.get_backend())',
        "import helpers\nprint(helpers.__file__)",
    )  # fmt: skip
    assert notebooks.run_notebooks(root=project) == []
    checkout = str(run.ROOT / "helpers" / "__init__.py")  # the one that started the kernel, not one installed
    assert read_texts(path) == [sys.executable, "0 1 1", "True True", checkout]


def test_an_interrupted_write_leaves_the_old_notebook_whole(project, monkeypatch):
    path = write_notebook(project, "01-first.ipynb", "1")
    before = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    assert notebooks.run_notebooks(root=project) == ["01-first.ipynb: OSError: disk full"]
    assert path.read_bytes() == before
    assert [left.name for left in path.parent.iterdir()] == ["01-first.ipynb"]


def test_nothing_to_run_is_said_in_one_line(project):
    with pytest.raises(FileNotFoundError, match="starts with 09"):
        notebooks.run_notebooks(only=["09"], root=project)


def test_a_run_elsewhere_equals_the_committed_one_until_a_table_changes(project, tmp_path):
    path = write_notebook(
        project, "01-first.ipynb", PARAMETERS, "'share of names'", 'open(f"{OUT}/01-a.csv", "w").write("n\\n5\\n");'
    )
    notebooks.run_notebooks(root=project)
    assert notebooks.run_notebooks(out="fresh", root=project) == []
    assert notebooks.compare_run(project, project / "fresh") == []

    path.write_text(path.read_text().replace("\"'share of names'\"\n", "\"'share of acronyms'\"\n"))
    (project / "figures" / "01-a.csv").write_text("n\n6\n")
    (project / "figures" / "01-gone.csv").write_text("n\n")
    (project / "figures" / "01-a.svg").write_text('<path d="M 1.25 3"/>\n')  # drawn on another processor
    (project / "fresh" / "01-a.svg").write_text('<path d="M 1.26 3"/>\n')
    (project / "figures" / "01-a.json").write_text("[3]\n")
    (project / "fresh" / "01-a.json").write_text("[4]\n")
    assert notebooks.compare_run(project, project / "fresh") == [
        "notebooks/01-first.ipynb, cell 2: was ''share of acronyms'', is ''share of names''",
        "figures/01-a.csv: was '6', is '5'",
        "figures/01-a.json: was '[3]', is '[4]'",
        "figures/01-gone.csv: was 'n', is '(no such file)'",
    ]
    assert notebooks.compare_run(project, project / "fresh", only=["02"])[1:] == []


def make_notebook(**data):
    output = nbformat.v4.new_output("display_data", {kind.replace("_", "/"): value for kind, value in data.items()})
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show()", id="only", outputs=[output])])


def test_pictures_are_ignored_and_tables_are_not():
    picture = make_notebook(image_png="AAAA", text_plain="<Figure 1>")
    assert notebooks.compare_outputs(picture, make_notebook(image_png="BBBB", text_plain="<Figure 2>")) == []
    table = make_notebook(text_html="<td>1</td>\n<td>2</td>", text_plain="1 2")
    assert notebooks.compare_outputs(table, make_notebook(text_html="<td>1</td>\n<td>3</td>", text_plain="1 2")) == [
        "cell 1: was '<td>2</td>', is '<td>3</td>'"
    ]
    assert notebooks.compare_outputs(table, picture) == ["cell 1: was '<td>1</td>', is '(nothing)'"]
    empty = nbformat.v4.new_notebook()
    assert notebooks.compare_outputs(empty, table) == ["cell 1: was '(no such cell)', is '<td>1</td>'"]


def test_the_command_line_says_what_went_wrong_and_fails(project, monkeypatch, capsys):
    write_notebook(project, "01-first.ipynb", "1 / 0")
    monkeypatch.setattr(run, "ROOT", project)
    assert run.main(["figures"]) == 1
    assert capsys.readouterr().err == "01-first.ipynb, cell 1: ZeroDivisionError: division by zero\n"
    assert run.main(["figures", "--corpus", "nowhere"]) == 1
    assert "name one that has an articles.csv in it" in capsys.readouterr().err
    write_notebook(project, "01-first.ipynb", "1")
    assert run.main(["figures", "--check"]) == 1
    assert capsys.readouterr().err == "notebooks/01-first.ipynb, cell 1: was '(nothing)', is '1'\n"
    for command in ("report", "share"):
        assert run.main([command, "--corpus", str(project / "nowhere")]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "nowhere" in line


def test_a_corpus_without_a_usable_article_is_one_line(project, monkeypatch, capsys):
    write_notebook(project, "01-first.ipynb", PARAMETERS, "1 / 0")
    (project / "seeds" / "articles.csv").write_text("article_id,source_file,outlet\na,a.txt,A\n")
    monkeypatch.setattr(run, "ROOT", project)
    assert run.main(["figures"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("seeds: no article could be used. articles.csv row 2") and "a.txt" in line
