"""Every notebook keeps its shape and runs: on the seeds, under other names, on a single article."""

import ast
import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import notebooks, report, run
from tests.runs import SAME_BYTES, read_texts

NOTEBOOKS = sorted((run.ROOT / "notebooks").glob("*.ipynb"))
BY_HAND = [path for path in NOTEBOOKS if path.name.startswith(notebooks.BY_HAND)]
STORED = [path.read_bytes() for path in BY_HAND]  # before anything has run
read_notebook = partial(nbformat.read, as_version=4)
every_notebook, every_stored_notebook = (
    pytest.mark.parametrize("path", some, ids=lambda path: path.stem)
    for some in (NOTEBOOKS, [path for path in NOTEBOOKS if path not in BY_HAND])
)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]


@every_notebook
def test_code_is_short_and_defines_nothing_but_its_parameters(path):
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for cell in code_cells(path):
        tree = ast.parse(cell.source)
        only_imports = all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
        n_lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        assert n_lines <= (8 if only_imports else 5), cell.source
        assert not any(isinstance(node, definitions) for node in ast.walk(tree)), cell.source
        assert "frame(read).titled" not in cell.source, "no figure without the error of its instrument"
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert 'CORPUS = "../seeds"' in tagged[0].source


@every_stored_notebook
def test_no_number_that_a_run_could_change_is_typed(path):
    cells = read_notebook(path).cells
    for _, said in re.findall(r"""page\.say\(f?(["'])(.*?)\1""", "\n".join(cell.source for cell in cells)):
        assert not re.search(r"\d", re.sub(r"{.*?}", "", said)), said
    assert report.find_typed(" ".join(re.findall(r"^- .*", cells[-1].source, re.MULTILINE))) == []


def test_notebooks_worked_in_by_hand_are_kept_without_outputs():
    assert [path.stem for path in BY_HAND] == ["explore"]
    for cell in code_cells(BY_HAND[0]):
        assert cell.outputs == [] and cell.execution_count is None
    assert json.loads(BY_HAND[0].read_text(encoding="utf-8"))["metadata"]["kernelspec"] == notebooks.KERNELSPEC


def test_titles_are_questions_and_the_readme_lists_them():
    readme = (run.ROOT / "README.md").read_text(encoding="utf-8")
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        title = read_notebook(path).cells[0]
        question = title.source.splitlines()[0].removeprefix("# ")
        assert title.cell_type == "markdown" and title.source.startswith("# ") and question.endswith("?")
        assert f"| [{path.stem}](notebooks/{path.name}) | {question} |" in readme


@every_stored_notebook
def test_stored_outputs_are_one_clean_run(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for output in [output for cell in cells for output in cell.outputs]:
        assert output.output_type != "error" and output.get("name") != "stderr", output
    raw = json.loads(path.read_text(encoding="utf-8"))
    language = raw["metadata"].pop("language_info")  # else JupyterLab adds it, and the notebook opens as unsaved
    assert raw["metadata"] == {"kernelspec": notebooks.KERNELSPEC} and language["name"] == "python"
    assert {cell.source[:6] for cell in cells if cell.metadata != notebooks.FOLDED} == {"CORPUS"}
    for text in read_texts(read_notebook(path)):  # no address of an object and no path of a machine
        assert not re.search(r"\bat 0x[0-9a-f]{6,}|(?<![\w.])/(home|Users|root|tmp)/|[A-Z]:\\", text)


def read_drawing(path: Path) -> tuple[list[str], list[float]]:
    """What an SVG file says between its numbers, without the names made of them, and its numbers."""
    nameless = re.sub(r'(?<=id=")\w+|(?<=href="#)\w+|(?<=url\(#)\w+', "", path.read_text(encoding="utf-8"))
    words = re.split(r"(-?\d+(?:\.\d+)?)", nameless)
    return words[::2], [float(number) for number in words[1::2]]


@every_stored_notebook
def test_seeds_give_the_committed_tables_and_drawings(path, seeds_run):
    """Coordinates may differ in their last digits between processors."""
    assert [line for line in seeds_run["failures"] if path.stem in line] == []
    out = Path(seeds_run["out"])
    for figure in (run.ROOT / "figures").glob(f"{path.stem}-*.svg"):
        (words, numbers), (kept_words, kept_numbers) = read_drawing(out / figure.name), read_drawing(figure)
        assert words == kept_words and np.allclose(numbers, kept_numbers, rtol=0, atol=0.05), figure.name
    assert read_texts(read_notebook(out / path.name)) == read_texts(read_notebook(path))
    made, kept = (
        {file.name: file.read_text(encoding="utf-8") for file in folder.glob(f"{path.stem}-*.[cj]s*")}  # csv and json
        for folder in (out, run.ROOT / "figures")
    )
    assert made == kept


def test_a_fresh_run_elsewhere_writes_the_same_bytes(seeds_run, elsewhere_run):
    """In another locale, time zone and order of hashes, without a network, with nothing kept of an earlier reading."""
    assert elsewhere_run["failures"] == []
    elsewhere, here = Path(elsewhere_run["out"]), Path(seeds_run["out"])
    assert any((elsewhere.parent / ".cache" / "reading").iterdir())  # it did read
    names = [path.name for path in elsewhere.glob("*.*")]
    assert len(names) > 20 and {path.name for path in here.glob(f"{SAME_BYTES[0]}-*.*")} <= {*names}
    for name in names:  # a notebook names its corpus as seen from its own folder
        one, other = (re.sub(rb"CORPUS = '[^']*'", b"", (out / name).read_bytes()) for out in (here, elsewhere))
        assert one == other, name


def test_a_single_article_is_enough_to_run(single_run):
    """Also for a notebook worked in by hand, without a widget's state and without a change to the stored notebook."""
    assert single_run["failures"] == []
    made = {path.name: path for path in Path(single_run["out"]).glob("*.ipynb")}
    assert [*made] and made.keys() == {path.name for path in NOTEBOOKS}
    for path in BY_HAND:
        kinds = [output.output_type for cell in code_cells(made[path.name]) for output in cell.outputs]
        assert "display_data" in kinds and "error" not in kinds and "stream" not in kinds
    assert [path.read_bytes() for path in BY_HAND] == STORED


@every_stored_notebook
def test_answers_follow_the_names_of_outlets_and_actors(path, seeds_run, elsewhere_run):
    """With the true names put back, the tables of the renamed seeds are those of the seeds, also in another locale."""
    seeds, renamed, names = Path(seeds_run["out"]), Path(elsewhere_run["renamed"]), elsewhere_run["names"]
    restored = restore_names((renamed / path.name).read_text(encoding="utf-8"), names)
    assert read_texts(read_notebook(seeds / path.name)) == read_texts(nbformat.reads(restored, as_version=4))
    for csv in seeds.glob(f"{path.stem}*.csv"):
        restored = restore_names((renamed / csv.name).read_text(encoding="utf-8"), names)
        assert restored == csv.read_text(encoding="utf-8"), csv.name


def restore_names(text: str, names: dict[str, str]) -> str:
    """Put the true names back, also where a table's column cut a name short."""
    for pseudonym, name in names.items():
        text = text.replace(pseudonym, name)
        for length in range(len(name) - 1, 2, -1):
            text = text.replace(f"{pseudonym[:length]}...", f"{name[:length]}...")
    return text


def test_imports_load_nothing_heavy_that_a_cell_may_not_need():
    """spaCy, scikit-learn and the like take longer than all else; they are loaded by the functions that need them."""
    first = [next(cell.source for cell in code_cells(path) if cell.source.startswith("from ")) for path in NOTEBOOKS]
    ask = "import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*first, ask])], cwd=run.ROOT, capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    assert "helpers.charts" in loaded, done.stderr
    assert not loaded & {"spacy", "thinc", "sklearn", "scipy.stats", "distributed", "docx", "trafilatura"}
