"""Run the notebooks, each in a fresh kernel, so that the same articles give the same bytes; compare two runs."""

import ast
import asyncio
import json
import os
import tempfile
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from helpers.reading.files import drop_controls, write_whole
from helpers.results import RECORD, save_blocks, take_record

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CORPUS, DEFAULT_OUT = "seeds", "figures"
BY_HAND = "00-"  # a notebook whose name starts so is worked in, not read: it is kept without outputs
INJECTED = "injected-parameters"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What a rerun must not depend on: the order of sets, how threads split a sum, the user's settings of matplotlib, the
# last state of a progress bar, the platform's text encoding. The last entry silences the debugger.
KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TQDM_DISABLE": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class _Loop(asyncio.SelectorEventLoop):
    """Lets Ctrl-C stop the whole run: nbclient's own handler ends one kernel, and the next notebook starts."""

    def add_signal_handler(self, *_: object) -> None:
        raise NotImplementedError


def run_notebooks(
    corpus: str | Path = DEFAULT_CORPUS, out: str | Path | None = None, only: list[str] | None = None, *,
    root: Path = ROOT,
) -> list[str]:  # fmt: skip
    """Run the notebooks one after another, each in a fresh kernel; return one line for each that failed.

    On the default corpus the executed notebooks are written back in place and their figures go to figures/. On another
    corpus, or with `out`, both go to one folder (by default the corpus's report/) and notebooks/ stays as it is. `only`
    takes the notebooks whose names start with one of its entries; without it those that are worked in by hand (00-) are
    left out, and their outputs are never written in place. A notebook that fails does not stop the others; its copy in
    that folder shows the error, a notebook in place is left alone.

    Raises FileNotFoundError where there is no such corpus folder or no notebook to run.
    """
    folder, home = (root / corpus).resolve(), root / "notebooks"
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder '{corpus}'; name one that has an articles.csv in it")
    notebooks = sorted(home.glob("*.ipynb"))
    if only:
        notebooks = [path for path in notebooks if path.name.startswith(tuple(only))]
    else:
        notebooks = [path for path in notebooks if not path.name.startswith(BY_HAND)]
    if not notebooks:
        raise FileNotFoundError(f"notebooks/: none has a name that starts with {' or '.join(only or ['anything'])}")

    parameters = {}
    if folder != (root / DEFAULT_CORPUS).resolve():
        parameters["CORPUS"], out = folder.as_posix(), out or folder / "report"
    if out:
        parameters["OUT"] = (root / out).resolve().as_posix()
    figures = root / (out or DEFAULT_OUT)
    figures.mkdir(parents=True, exist_ok=True)
    failures = []
    with asyncio.Runner(loop_factory=_Loop) as runner:
        for path in tqdm(notebooks, unit="notebook", disable=None):
            try:
                failures += runner.run(_run_one(path, root / out if out else home, figures, parameters))
            except Exception as error:  # whatever stops one notebook, the others still run
                failures.append(f"{path.name}: {one_line(f'{type(error).__name__}: {error}')}")
    return failures


async def _run_one(path: Path, target: Path, figures: Path, parameters: dict[str, str]) -> list[str]:
    """Execute one notebook, write it to `target`, and what it showed to `figures`; return one line if it failed."""
    notebook = nbformat.read(path, as_version=4)
    inject_parameters(notebook, parameters)
    shown: dict[str, list[dict[str, Any]]] = {}
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),  # this Python, none installed
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",  # all is written by then, and a polite goodbye takes a second
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=lambda cell, **_: shown.update({cell.id: take_record(record)}),
    )
    with tempfile.TemporaryDirectory() as folder:
        # Settings of its own, which are empty: no start-up file and no style of the user's changes what it shows. Its
        # modules are those of this checkout, whichever one the environment has installed.
        record = Path(folder, "record.jsonl")
        for file in (Path(folder, "matplotlibrc"), record):
            file.touch()
        modules = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        own = {"IPYTHONDIR": folder, "MATPLOTLIBRC": folder, "PYTHONPATH": modules, RECORD: str(record)}
        failure = []
        try:
            await client.async_execute(cleanup_kc=True, env={**os.environ, **KERNEL_ENVIRONMENT, **own})
        except DeadKernelError:
            if asyncio.current_task().cancelling():  # by Ctrl-C
                raise asyncio.CancelledError from None
            raise
        except CellExecutionError as error:
            number = [cell.id for cell in own_cells(notebook)].index(list(shown)[-1]) + 1
            failure = [f"{path.name}, cell {number}: {one_line(f'{error.ename}: {error.evalue}')}"]
        by_hand = path.name.startswith(BY_HAND)
        if not (target == path.parent and (failure or by_hand)):
            # what a rerun would write again: no time, no version of Python, no state of a widget
            notebook.metadata = {"kernelspec": KERNELSPEC}
            for cell in notebook.cells:
                cell.metadata = {name: value for name, value in cell.metadata.items() if name == "tags"}
            write_whole(target / path.name, (nbformat.writes(notebook) + "\n").encode())
        if not (failure or by_hand):
            try:
                save_blocks([cell for cell in notebook.cells if cell.id != INJECTED], shown, path.stem, figures)
            except ValueError as error:  # a number that was typed
                failure = [str(error)]
    return failure


def inject_parameters(notebook: NotebookNode, parameters: dict[str, str]) -> None:
    """Insert a cell after the one tagged `parameters` that sets those of `parameters` which that cell assigns."""
    tagged = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])]
    for position in tagged[:1]:
        nodes = ast.walk(ast.parse(notebook.cells[position].source))
        assigned = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        given = {name: json.dumps(value, ensure_ascii=False) for name, value in parameters.items() if name in assigned}
        source = "\n".join(f"{name} = {value}" for name, value in given.items())
        new = nbformat.v4.new_code_cell(source, id=INJECTED, metadata={"tags": [INJECTED]})
        notebook.cells[position + 1 : position + 1] = [new] if given else []


def compare_run(root: Path, out: Path, only: list[str] | None = None) -> list[str]:
    """Return one line for each text, table, figure's CSV or record of the run in `out` that `root` does not have.

    `root` holds the project's notebooks/ and figures/; `only` compares what starts with one of its entries. A drawing
    is compared by its CSV: its own coordinates can differ in their last digits from one processor to another.
    """
    committed = root / "figures"
    lines = []
    for path in sorted(out.glob("*.ipynb")):
        if not path.name.startswith(BY_HAND):
            old, new = (nbformat.read(folder / path.name, as_version=4) for folder in (root / "notebooks", out))
            lines += [f"notebooks/{path.name}, {change}" for change in compare_outputs(old, new)]
    tables = {path.stem for folder in (committed, out) for path in folder.glob("*.csv")}
    for name in sorted(f"{table}{ending}" for table in tables for ending in (".csv", ".json")):
        files = [committed / name, out / name]
        texts = [path.read_text("utf-8").splitlines() if path.exists() else ["(no such file)"] for path in files]
        if name.startswith(tuple(only or [""])):
            lines += [f"figures/{name}: {change}" for change in _first_change(*texts)]
    return lines


def compare_outputs(old: NotebookNode, new: NotebookNode) -> list[str]:
    """Return one line for each cell whose text or table differs in two runs of a notebook; pictures are ignored."""
    before, after, missing = read_texts(old), read_texts(new), ["(no such cell)"]
    lines = []
    for cell_id in before | after:
        number = list(before if cell_id in before else after).index(cell_id) + 1
        changes = _first_change(before.get(cell_id, missing), after.get(cell_id, missing))
        lines += [f"cell {number}: {change}" for change in changes]
    return lines


def read_texts(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return the lines of text that each code cell shows, by the cell's id."""
    texts = {}
    for cell in own_cells(notebook):
        shown = []
        for output in cell.outputs:
            bundle = output.get("data", {})
            if not any(kind.startswith("image/") for kind in bundle):
                shown += [bundle[kind] for kind in ("text/markdown", "text/html", "text/plain") if kind in bundle]
            shown += [output.text] if "text" in output else []
            shown += [f"{output.ename}: {output.evalue}"] if output.output_type == "error" else []
        texts[cell.id] = "\n".join(shown).splitlines()
    return texts


def _first_change(before: list[str], after: list[str]) -> list[str]:
    """Return one line on the first line that differs, from shortly before the first differing character on."""
    for old, new in zip_longest(before, after, fillvalue="(nothing)"):
        if old != new:
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
            start = max(same - 40, 0)
            mark = "…" * (start > 0)
            return [f"was '{mark}{one_line(old[start:], 120)}', is '{mark}{one_line(new[start:], 120)}'"]
    return []


def own_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of the notebook as it was before a cell was inserted."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.get("id") != INJECTED]


def one_line(text: str, longest: int = 300) -> str:
    """Return a text as one line without control characters, cut at `longest` characters."""
    line = drop_controls(" ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1] + "…"
