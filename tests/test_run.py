"""The notebooks run from a clean kernel, and what they leave behind does not depend on where and how often."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers import notebooks, run
from tests import runs

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
    return [text.strip() for text in runs.read_texts(nbformat.read(path, as_version=4))]


def test_default_corpus_is_run_in_place_and_a_second_run_changes_no_byte(project):
    path = write_notebook(
        project, "01-first.ipynb", PARAMETERS, "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass",
        'list({"actor", "outlet", "voice"})', WRITE_FIGURE, SHOW_FIGURE,
    )  # fmt: skip
    assert notebooks.run_notebooks(root=project) == []
    first = path.read_bytes()
    assert notebooks.run_notebooks(root=project) == []
    assert path.read_bytes() == first

    notebook = nbformat.read(path, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.id, cell.execution_count) for cell in codes] == [(f"code-{number}", number) for number in range(1, 6)]
    assert {*notebook.metadata} == {"kernelspec", "language_info"}
    assert codes[1].outputs == []
    (picture,) = codes[4].outputs  # a figure of pyplot's is shown once, by no address in memory
    assert sorted(picture.data) == ["image/png", "text/plain"] and " at 0x" not in str(picture)
    assert (project / "figures" / "01-first.csv").read_text() == "corpus\n../seeds\n"
    assert b"\r" not in first and first.endswith(b"}\n")


def test_another_corpus_goes_to_its_report_and_leaves_the_notebooks_alone(project):
    show = "from helpers import page\nprint(CORPUS, OUT, sep=chr(10))", "## How many?", "page.say(str(6 * 7))"
    path = write_notebook(project, "01-first.ipynb", PARAMETERS, *show, WRITE_FIGURE)
    before, corpus = path.read_bytes(), project / "mine of '26"
    assert notebooks.run_notebooks(corpus, root=project) == []
    assert path.read_bytes() == before and not (project / "figures").exists()
    report = corpus / "report"
    assert sorted(made.name for made in report.iterdir()) == ["01-first.csv", "01-first.ipynb", "results"]
    assert read_texts(report / "01-first.ipynb")[1] == "..\n."  # as seen from where the notebook is opened
    (parameters, *_) = nbformat.read(report / "01-first.ipynb", as_version=4).cells[1:]
    assert parameters.source == f"{PARAMETERS}\nCORPUS = '..'\nOUT = '.'"
    # what it shows is recorded with its heading and cell
    question, answer = json.loads((report / "results" / "01-first.json").read_text())
    assert question == {"kind": "question", "content": "Does it run?", "heading": "", "source": "01-first.ipynb"}
    assert answer == {"kind": "answer", "content": "42", "heading": "How many?", "source": "01-first.ipynb, cell 3"}


def test_a_notebook_worked_in_by_hand_runs_when_asked_for_and_is_never_stored(project):
    by_hand = write_notebook(project, "explore-more.ipynb", PARAMETERS, "6 * 7")
    write_notebook(project, "01-first.ipynb", PARAMETERS)
    before = by_hand.read_bytes()
    assert notebooks.run_notebooks(out="out", root=project) == []
    assert [path.name for path in (project / "out").glob("*.ipynb")] == ["01-first.ipynb"]
    assert notebooks.run_notebooks(only=["explore"], root=project) == []
    assert by_hand.read_bytes() == before
    assert notebooks.run_notebooks(out="out", only=["explore"], root=project) == []
    assert read_texts(project / "out" / "explore-more.ipynb") == ["", "42"]


def test_a_failing_notebook_is_one_line_and_the_others_still_run(project):
    (project / "notebooks" / "01-broken.ipynb").write_text('{"cells": [')
    failing = write_notebook(project, "02-failing.ipynb", PARAMETERS, "1", 'raise ValueError("row 3:\\nno date")', "4")
    passing = write_notebook(project, "03-passing.ipynb", "6 * 7")
    stored = nbformat.read(failing, as_version=4)
    stored.cells[-1].outputs = [nbformat.v4.new_output("stream", text="of the seeds")]
    nbformat.write(stored, failing)
    before = failing.read_bytes()
    lines = notebooks.run_notebooks(root=project)
    assert len(lines) == 2 and lines[0].startswith("01-broken.ipynb: ")
    assert lines[1] == "02-failing.ipynb, cell 3: ValueError: row 3: no date"
    assert failing.read_bytes() == before
    assert read_texts(passing) == ["42"]
    assert notebooks.run_notebooks("other", only=["02"], root=project) == [lines[1]]
    made = project / "other" / "report" / "02-failing.ipynb"
    assert "row 3:\nno date" in read_texts(made)
    assert "of the seeds" not in made.read_text() and str(project) not in made.read_text()


def test_the_kernel_is_this_interpreter_with_settings_that_make_runs_equal(project, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(project))
    elsewhere = project / "kernels" / "python3" / "kernel.json"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text('{"argv": ["/no/such/python"], "display_name": "x", "language": "python"}')
    path = write_notebook(
        project, "01-kernel.ipynb", "import sys, os, matplotlib\nprint(sys.executable)",
        'print(*[os.environ[name] for name in ("PYTHONHASHSEED", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")])',
        'print(os.path.samefile(os.getcwd(), "../notebooks"), "inline" in matplotlib.get_backend())',
        "import helpers\nprint(helpers.__file__)",
    )  # fmt: skip
    assert notebooks.run_notebooks(root=project) == []
    checkout = str(run.ROOT / "helpers" / "__init__.py")  # the one that started the kernel, not one installed
    assert read_texts(path) == [sys.executable, "0 1 1", "True True", checkout]


@pytest.fixture
def command(project, monkeypatch, capsys):
    """Return the lines of the error that a command ends with, in a project whose corpus is one article."""
    monkeypatch.setattr(run, "ROOT", project)
    (project / "seeds" / "a.txt").write_text("The town was quiet.\n\nNobody was seen in the streets on Monday.")
    (project / "seeds" / "articles.csv").write_text("article_id,source_file,outlet\na,a.txt,A\n")

    def carry_out(*arguments):
        assert run.main([str(argument) for argument in arguments]) == 1
        return capsys.readouterr().err.splitlines()

    return carry_out


def test_ctrl_c_stops_the_whole_run(project, command):
    press = "import os, signal, time\nos.kill(os.getppid(), signal.SIGINT)\ntime.sleep(60)"
    for name in ("01-first.ipynb", "02-second.ipynb"):
        write_notebook(project, name, press)
    code = "import sys; from helpers import run; run.ROOT = run.Path(sys.argv.pop(1)); sys.exit(run.main())"
    done = subprocess.run([sys.executable, "-c", code, project, "figures"], stderr=subprocess.PIPE, text=True)
    assert done.stderr == "stopped; notebooks that had not finished are unchanged, and what was read is stored\n"


def test_the_command_line_says_what_went_wrong_and_fails(project, command):
    write_notebook(project, "01-first.ipynb", "1 / 0")
    assert command("figures") == ["01-first.ipynb, cell 1: ZeroDivisionError: division by zero"]
    for name in ("figures", "report", "share"):
        (line,) = command(name, "--corpus", project / "nowhere")
        assert "nowhere" in line
    assert "starts with 09" in command("figures", "--only", "09")[0]
    for address in ("bogus", "http://x", "tcp://x", ""):
        (line,) = command("read", "--corpus", project / "seeds", "--scheduler", address)
        assert "write a Dask scheduler's address" in line
    (project / "nothing").mkdir()
    (line,) = command("corpus", "--source", project / "nothing", "--target", project / "made")
    assert "holds no file that can be imported" in line
    (project / "seeds" / "a.txt").unlink()
    first, reason = command("figures")
    assert first == "seeds: no article could be used" and reason.startswith("articles.csv row 2") and "a.txt" in reason
    assert command("read", "--corpus", project / "seeds") == [first, reason]


@pytest.mark.parametrize(
    ("code", "cure"), [(errno.EROFS, "make the folder writable"), (errno.EACCES, "writable"), (errno.ENOSPC, "room")]
)
def test_a_folder_that_cannot_be_written_is_one_line(project, command, monkeypatch, code, cure):
    def refuse(path, *_, **__):
        raise OSError(code, os.strerror(code), str(path))

    write_notebook(project, "01-first.ipynb", "1")
    monkeypatch.setattr(Path, "mkdir", refuse)
    (line,) = command("figures")
    assert line.startswith(str(project)) and os.strerror(code) in line and cure in line
