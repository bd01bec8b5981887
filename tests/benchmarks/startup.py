"""What a run of the notebooks costs beside its imports: python -m tests.benchmarks.startup.

Printed are, as rows of results.md: all notebooks on the seeds, from an empty store and from a full one, against as many
empty notebooks that import the same packages, run by the same program in turn; and a figure's files against drawing it
and writing one PNG. The empty ones hold the cell of imports of each notebook, and then import all modules of other
people's packages that it has loaded when it ends: `import scipy` alone loads next to nothing of what it uses of it.
"""

import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd

from helpers import charts, export, notebooks, run
from helpers.notebooks import BY_HAND

Row = tuple[str, str, str]
_TELL = """import sys, importlib.metadata as about
others = about.packages_distributions().keys() - {"helpers"}
print(*[name for name in sys.modules if name.partition(".")[0] in others])"""
# in the order in which they were loaded; of two modules that import each other, one comes with the other alone
_IMPORT = """import contextlib, importlib
for name in "{names}".split():
    with contextlib.suppress(ImportError):
        importlib.import_module(name)"""


def copy_project(folder: Path) -> Path:
    """Return a copy of what a run needs, with a store of its own, which is empty."""
    for part in ("helpers", "notebooks", "seeds"):
        shutil.copytree(run.ROOT / part, folder / part, ignore=shutil.ignore_patterns("report"))
    return folder


def empty_notebooks(project: Path, store: str) -> Path:
    """Leave in each notebook the imports of what it has loaded when it ends, run from an empty or a full store."""
    if store == "full":
        run_once(project)
    for path in sorted((project / "notebooks").glob("*.ipynb")):
        if path.name.startswith(BY_HAND):
            path.unlink()
            continue
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(_TELL, id="tell"))
        nbformat.write(notebook, path)
    run_once(project)
    for path in sorted((project / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        names = notebook.cells[-1].outputs[0].text.strip()
        imports = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
        cells = [nbformat.v4.new_code_cell(code) for code in (imports, _IMPORT.format(names=names))]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return project


def run_once(project: Path) -> float:
    """Run the notebooks of a copy with its own helpers; return the seconds."""
    os.environ["PYTHONPATH"] = str(project)
    start = time.perf_counter()
    if failures := notebooks.run_notebooks(root=project):
        raise RuntimeError("\n".join(failures))
    return time.perf_counter() - start


def take_time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_notebooks(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        whole = copy_project(Path(place) / "whole")
        bases = {store: empty_notebooks(copy_project(Path(place) / store), store) for store in ("empty", "full")}
        ratios: dict[str, list[float]] = {store: [] for store in bases}
        for _ in range(rounds):
            shutil.rmtree(whole / ".cache", ignore_errors=True)  # the first of the two fills it
            for store, base in bases.items():
                alone = run_once(base)
                ratios[store].append(run_once(whole) / alone)
    against = "as many that only import the same"
    return [
        (f"all notebooks on the seeds, from {store} store", against, f"{statistics.median(found):.2f} times")
        for store, found in zip(("an empty", "a full"), ratios.values(), strict=True)
    ]


def measure_figure(rounds: int) -> list[Row]:
    outlets, actors = [f"Outlet {number}" for number in range(6)], [f"Actor {number}" for number in range(15)]
    counts = pd.DataFrame([
        {"outlet": outlet, "actor": actor, "n": 9, "per_1000_words": number / 9}
        for outlet in outlets for number, actor in enumerate(actors)
    ])  # fmt: skip

    def draw_one() -> None:
        charts.find_figure(charts.heat_map(counts)).savefig(io.BytesIO(), format="png", dpi=300)

    def draw_three() -> None:
        export._render(charts.find_figure(charts.heat_map(counts)), "a", "", "")

    with tempfile.TemporaryDirectory() as out:

        def save_all() -> None:
            export.save_figure(charts.heat_map(counts), "01-a", out=out)

        rows = []
        for what, work in (
            ("a figure in three formats, at one width", draw_three),
            ("all files of a figure: three formats at two widths, table, record", save_all),
        ):
            found = [take_time(work) / take_time(draw_one) for _ in range(rounds + 1)][1:]
            rows.append((what, "drawing it and one PNG", f"{statistics.median(found):.2f} times"))
    return rows


if __name__ == "__main__":
    for row in [*measure_figure(9), *measure_notebooks(3)]:
        print(" | ".join(row), flush=True)
