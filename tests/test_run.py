"""What a run does, what it never does, and what one that is cut short leaves behind."""

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
    """Write a notebook as an earlier run left it: each cell of code shows something."""
    cells = [nbformat.v4.new_markdown_cell("# Does it run?", id="title")]
    for number, code in enumerate(codes, 1):
        cell = nbformat.v4.new_code_cell(code, outputs=[nbformat.v4.new_output("stream", text="of the seeds")])
        cell = nbformat.v4.new_markdown_cell(code) if code.startswith("#") else cell
        cell.id, cell.metadata = f"code-{number}", {"tags": ["parameters"]} if code.startswith("CORPUS") else {}
        cells.append(cell)
    path = root / "notebooks" / name
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def read_texts(path):
    return [text.strip() for text in runs.read_texts(nbformat.read(path, as_version=4))]


PAGES = {  # the notebooks of a project, and the code of their cells
    "01-first.ipynb": [
        PARAMETERS, "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass", 'list({"actor", "outlet", "voice"})',
        WRITE_FIGURE, SHOW_FIGURE, "print(CORPUS, OUT)", "## How many?", "page.say(str(6 * 7))",
    ],
    "02-failing.ipynb": [PARAMETERS, "1", 'raise ValueError("row 3:\\nno date")', "4"],
    "03-passing.ipynb": [
        "import sys, os, matplotlib\nprint(sys.executable)",
        'print(*[os.environ[name] for name in ("PYTHONHASHSEED", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")])',
        'print(os.path.samefile(os.getcwd(), "../notebooks"), "inline" in matplotlib.get_backend())',
        "import helpers\nprint(helpers.__file__)",
    ],
    "explore-more.ipynb": [PARAMETERS, "6 * 7"],
}  # fmt: skip
FAILED = "02-failing.ipynb, cell 3: ValueError: row 3: no date"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A project whose notebooks were run in place, its notebooks before the run, and what the run said."""
    root = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "seeds", "kernels/python3"):
        (root / name).mkdir(parents=True)
    before = {name: write_notebook(root, name, *codes).read_bytes() for name, codes in PAGES.items()}
    (root / "notebooks" / "04-broken.ipynb").write_text('{"cells": [')
    kernel = '{"argv": ["/no/such/python"], "display_name": "x", "language": "python"}'  # of the user, not of ours
    (root / "kernels/python3/kernel.json").write_text(kernel)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(root))
        return root, before, notebooks.run_notebooks(root=root)


def test_default_corpus_is_run_in_place_and_a_second_run_changes_no_byte(ran):
    root, before, _ = ran
    path = root / "notebooks" / "01-first.ipynb"
    first = path.read_bytes()
    assert notebooks.run_notebooks(root=root, only=["01", "explore"]) == []
    assert path.read_bytes() == first != before[path.name]
    assert (root / "notebooks" / "explore-more.ipynb").read_bytes() == before["explore-more.ipynb"]  # never stored

    notebook = nbformat.read(path, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert codes[1].outputs == [] and {*notebook.metadata} == {"kernelspec", "language_info"}
    (picture,) = codes[4].outputs  # a figure of pyplot's is shown once, by no address in memory
    assert sorted(picture.data) == ["image/png", "text/plain"] and " at 0x" not in str(picture)
    assert (root / "figures" / "01-first.csv").read_text() == "corpus\n../seeds\n"
    assert b"\r" not in first and first.endswith(b"}\n")


def test_a_failing_notebook_is_one_line_and_the_others_still_run_in_a_kernel_of_this_interpreter(ran):
    root, before, (failed, broken) = ran
    assert failed == FAILED and broken.startswith("04-broken.ipynb: ")
    assert (root / "notebooks" / "02-failing.ipynb").read_bytes() == before["02-failing.ipynb"]
    checkout = str(run.ROOT / "helpers" / "__init__.py")  # the one that started the kernel, not one installed
    passed = read_texts(root / "notebooks" / "03-passing.ipynb")
    assert passed == [sys.executable, "0 1 1", "True True", checkout]


def test_another_corpus_goes_to_its_report_and_leaves_the_notebooks_alone(ran):
    root, *_ = ran
    before, corpus = {path: path.read_bytes() for path in root.glob("[nf]*/*.*")}, root / "mine of '26"
    assert notebooks.run_notebooks(corpus, root=root, only=["01", "02", "explore"]) == [FAILED]
    assert {path: path.read_bytes() for path in root.glob("[nf]*/*.*")} == before
    report = corpus / "report"
    assert read_texts(report / "explore-more.ipynb") == ["", "42"]
    edited = nbformat.read(report / "explore-more.ipynb", as_version=4)
    edited.cells[-1].source = "6 * 9"
    nbformat.write(edited, report / "explore-more.ipynb")
    (report / "explore-more-own.ipynb").write_text("kept before")
    assert len(notebooks.run_notebooks(corpus, root=root)) == 3
    own = nbformat.read(report / "explore-more-own-own.ipynb", as_version=4)
    assert own.cells[-1].source == "6 * 9" and (report / "explore-more-own.ipynb").read_text() == "kept before"
    explore = nbformat.read(report / "explore-more.ipynb", as_version=4)
    assert "CORPUS = '..'" in explore.cells[1].source and not any(cell.get("outputs") for cell in explore.cells)
    assert "row 3:\nno date" in read_texts(report / "02-failing.ipynb")
    told = (report / "02-failing.ipynb").read_text()
    assert "of the seeds" not in told and str(root) not in told
    assert read_texts(report / "01-first.ipynb")[5] == ".. ."  # as seen from where the notebook is opened
    (parameters, *_) = nbformat.read(report / "01-first.ipynb", as_version=4).cells[1:]
    assert parameters.source == f"{PARAMETERS}\nCORPUS = '..'\nOUT = '.'"
    # what it shows is recorded with its heading and cell
    question, *_, answer = json.loads((report / "results" / "01-first.json").read_text())
    assert question == {"kind": "question", "content": "Does it run?", "heading": "", "source": "01-first.ipynb"}
    assert answer == {"kind": "answer", "content": "42", "heading": "How many?", "source": "01-first.ipynb, cell 7"}


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
    # also where the tests run in the background, so that Ctrl-C is ignored
    code = "import sys, signal; signal.signal(signal.SIGINT, signal.default_int_handler); from helpers import run; "
    code += "run.ROOT = run.Path(sys.argv.pop(1)); sys.exit(run.main())"
    done = subprocess.run([sys.executable, "-c", code, project, "figures"], stderr=subprocess.PIPE, text=True)
    assert done.stderr == "stopped; notebooks that had not finished are unchanged, and what was read is stored\n"


def test_the_command_line_says_what_went_wrong_and_fails(project, command):
    write_notebook(project, "01-first.ipynb", "1 / 0")
    assert command("figures") == ["01-first.ipynb, cell 1: ZeroDivisionError: division by zero"]
    for name in ("figures", "report", "share"):
        assert "nowhere" in command(name, "--corpus", project / "nowhere")[0]
    assert "starts with 09" in command("figures", "--only", "09")[0]
    for address in ("bogus", "http://x", "tcp://x", ""):
        assert "write a Dask scheduler's address" in command("read", "--corpus", ".", "--scheduler", address)[0]
    for name, option in (("read", "--workers"), ("sheet", "--per-outlet")):
        assert "1 or more" in command(name, "--corpus", project / "seeds", option, "0")[0]
    made = subprocess.run(["make", "-n", "CORPSU=x"], cwd=notebooks.ROOT, stderr=subprocess.PIPE, text=True)
    assert "no variable CORPSU: write one of CORPUS" in made.stderr
    (project / "nothing").mkdir()
    assert "no file that can" in command("corpus", "--source", project / "nothing", "--target", project / "made")[0]
    (project / "seeds" / "a.txt").unlink()
    first, reason = command("figures")
    assert first == "seeds: no article could be used" and reason.startswith("articles.csv row 2") and "a.txt" in reason
    assert command("read", "--corpus", project / "seeds") == [first, reason]


CURES = {errno.EROFS: "make the folder writable", errno.EACCES: "make the folder writable", errno.ENOSPC: "make room"}


@pytest.mark.parametrize("code", CURES)
def test_a_folder_that_cannot_be_written_is_one_line(project, command, monkeypatch, code):
    def refuse(path, *_, **__):
        raise OSError(code, os.strerror(code), str(path))

    write_notebook(project, "01-first.ipynb", "open('ran', 'w').close()")
    monkeypatch.setattr(Path, "mkdir" if code == errno.EACCES else "write_bytes", refuse)
    (line,) = command("figures")
    assert line.startswith(str(project)) and f"{os.strerror(code)}; {CURES[code]}" in line
    assert "/." not in line and not [*project.rglob("ran")]


@pytest.mark.parametrize("place", ["a cell", "the notebook"])
def test_a_notebook_on_a_full_disk_names_the_file_and_the_cure(project, monkeypatch, place):
    def fill(path, content):
        if b"cells" in content:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # as `write` does, without a name
        path.touch()

    code = (
        "from helpers.reading import files\ndef fill(*_):\n    raise OSError(28, 'No space left')\n"
        "files.Path.write_bytes = fill; files.write_whole(files.Path('x.csv'), b'')"
    )
    write_notebook(project, "01-first.ipynb", code if place == "a cell" else "1")
    if place == "the notebook":
        monkeypatch.setattr(Path, "write_bytes", fill)
    (line,) = notebooks.run_notebooks(root=project)
    assert ("x.csv" if place == "a cell" else "01-first.ipynb: /") in line
    assert "No space left" in line and "make room on the disk and run again" in line


CALLS = 'create_connection(("192.0.2.1", 80))', 'getaddrinfo("example.org", 80)', 'socket().connect(("192.0.2.1", 80))'


def test_the_guard_refuses_the_network_in_a_kernel(project, monkeypatch):
    (project / "sitecustomize.py").write_text(runs.GUARD, encoding="utf-8")  # every interpreter that starts imports it
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(project), os.environ.get("PYTHONPATH", "")]))
    refused = "import pytest, socket\nwith pytest.raises(PermissionError, match='network: '):\n    socket."
    write_notebook(project, "01-out.ipynb", *(refused + call for call in CALLS))
    assert notebooks.run_notebooks(root=project) == []


def test_a_second_run_on_one_corpus_waits_for_the_first(project, capsys):
    write_notebook(project, "01-first.ipynb", "1")
    running = project / "figures" / "running"
    running.parent.mkdir(exist_ok=True)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2)"]) as other:
        running.write_text(str(other.pid))
        assert notebooks.run_notebooks(root=project) == [] and not running.exists()
        assert other.poll() is not None and "another run (process" in capsys.readouterr().out
    running.write_text("999999999")  # as one that was killed leaves it
    assert notebooks.run_notebooks(root=project) == [] and capsys.readouterr().out == ""


@pytest.mark.parametrize(("end", "code", "left"), [("os._exit(9)", 9, 1), ("raise OSError(28, 'full')", 1, 0)])
def test_a_write_that_is_cut_short_leaves_no_half_file(tmp_path, end, code, left):
    program = (
        "import os, sys; from pathlib import Path; from helpers.reading import files\n"
        f"real = Path.write_bytes\ndef die(path, content):\n    real(path, content[:3])\n    {end}\n"
        "Path.write_bytes = die; files.write_whole(Path(sys.argv[1]) / 'x.csv', b'new words')\n"
    )
    (tmp_path / "x.csv").write_text("old words")
    done = subprocess.run([sys.executable, "-c", program, tmp_path], cwd=run.ROOT, stderr=subprocess.DEVNULL)
    assert done.returncode == code and (tmp_path / "x.csv").read_text() == "old words"
    assert len([*tmp_path.glob(".*.part")]) == left
