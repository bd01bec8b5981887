"""Run the notebooks, each in a fresh kernel, so that the same articles give the same bytes."""

import json
import os
import re
import shutil
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import psutil
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm

from helpers.reading.files import drop_controls, say_error, write_whole
from helpers.results import FOLDER, LIMITS, RECORD, take_record

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CORPUS, DEFAULT_OUT = "seeds", "figures"
BY_HAND = "explore"  # a notebook whose name starts so is worked in, not read: it is kept without outputs
LAST = "00-"  # one whose name starts so is read first and begun last
AT_ONCE = min(2, os.cpu_count() or 1)  # notebooks: each holds all tables in memory
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
FOLDED = {"jupyter": {"source_hidden": True}}  # a cell whose code JupyterLab shows on a click
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


def find_places(corpus: Path, root: Path) -> tuple[Path, Path]:
    """Return the folder of the executed notebooks of a corpus, and that of its figures."""
    if corpus.resolve() == (root / DEFAULT_CORPUS).resolve():
        return root / "notebooks", root / DEFAULT_OUT
    return corpus / "report", corpus / "report"


def run_notebooks(
    corpus: str | Path = DEFAULT_CORPUS, out: str | Path | None = None, only: list[str] | None = None, *,
    root: Path = ROOT,
) -> list[str]:  # fmt: skip
    """Run the notebooks, two at once, each in a fresh kernel; return one line for each that failed.

    On the default corpus the executed notebooks are written back in place and their figures go to figures/. On another
    corpus, or with `out`, both go to one folder (by default the corpus's report/) and notebooks/ stays as it is; they
    run in that folder and name corpus and figures from there, so that they work where they are opened. `only` takes the
    notebooks whose names start with one of its entries; without it those that are worked in by hand (explore) are not
    run, but copied beside the others, and their outputs are never written in place. The first of them runs alone: it
    reads the articles, which the others find in the store. A notebook that fails does not stop the others; its copy in
    that folder shows the error, a notebook in place is left alone. Where another run writes to that folder, this one
    begins when it has ended.

    Raises FileNotFoundError where there is no notebook to run.
    """
    folder, home = (root / corpus).resolve(), root / "notebooks"
    every = sorted(home.glob("*.ipynb"), key=lambda path: (path.name.startswith(LAST), path.name))
    asked = tuple(only or {path.name for path in every if not path.name.startswith(BY_HAND)})
    notebooks = [path for path in every if path.name.startswith(asked)]
    if not notebooks:
        there = f"there are: {', '.join(path.stem for path in every) or 'none'}"
        raise FileNotFoundError(f"notebooks/: none has a name that starts with {' or '.join(only or ['it'])}; {there}")

    target, figures = (root / out, root / out) if out else find_places(folder, root)
    figures.mkdir(parents=True, exist_ok=True)
    running = figures / "running"
    _await_other(running)
    write_whole(running, str(os.getpid()).encode())  # where this fails, each notebook would run, and fail then
    if not only:  # what a notebook said that is no longer there
        shutil.rmtree(figures / FOLDER, ignore_errors=True)
    places = {} if target == home else {"CORPUS": folder, "OUT": figures.resolve()}
    parameters = {name: Path(os.path.relpath(place, target.resolve())).as_posix() for name, place in places.items()}

    def run(path: Path) -> list[str]:
        try:
            failure = _run_one(path, target, figures, parameters)
        except Exception as error:  # whatever stops one notebook, the others still run
            failure = f": {say_error(error)}" if isinstance(error, OSError) else f": {type(error).__name__}: {error}"
        line = textwrap.shorten(f"{path.name}{failure}", 300, placeholder="…")  # control characters would act
        return [drop_controls(line)] if failure else []

    for path in every:
        if places and not only and path.name.startswith(BY_HAND):  # beside those that point to it
            _write(target / path.name, _prepare(path, parameters))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = (lines for some in (notebooks[:1], notebooks[1:]) for lines in pool.map(run, some))
        try:
            return [line for lines in tqdm(done, total=len(notebooks), unit="notebook", disable=None) for line in lines]
        except KeyboardInterrupt:  # a notebook ends with its kernel
            pool.shutdown(wait=False, cancel_futures=True)
            for kernel in psutil.Process().children():
                kernel.kill()
            raise
        finally:
            running.unlink(missing_ok=True)


def _await_other(running: Path) -> None:
    """Return when the process has ended whose number a file holds: a run at work in the same folder, not killed."""
    with suppress(OSError, ValueError, psutil.Error):
        other = psutil.Process(int(running.read_text()))
        is_later = other.create_time() > running.stat().st_mtime + 60  # seconds: it has a killed one's number
        if other.pid != os.getpid() and not is_later and other.status() != psutil.STATUS_ZOMBIE:
            print(f"another run (process {other.pid}) writes to {running.parent}: this one begins when it has ended")
            other.wait()


def _prepare(path: Path, parameters: dict[str, str]) -> NotebookNode:
    """Return a notebook without outputs, which must not stand below the error of a new run, with its parameters."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += "".join(f"\n{name} = {value!r}" for name, value in parameters.items())
    return notebook


def _write(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook; what stands there with other cells, as a person changes them, is kept beside it."""
    with suppress(FileNotFoundError, ValueError):
        theirs, own = nbformat.read(path, as_version=4), path.with_stem(f"{path.stem}-own")
        while own.exists():  # of a change before
            own = own.with_stem(f"{own.stem}-own")
        if [cell.source for cell in theirs.cells] != [cell.source for cell in notebook.cells]:
            print(f"{path} has other cells than the project's: kept as {path.replace(own).name}")
    write_whole(path, (nbformat.writes(notebook) + "\n").encode())


def _run_one(path: Path, target: Path, figures: Path, parameters: dict[str, str]) -> str:
    """Execute one notebook, write it to `target`, and what it showed to `figures`; return where and why it failed."""
    notebook, by_hand = _prepare(path, parameters), path.name.startswith(BY_HAND)
    shown: dict[str, list[dict[str, Any]]] = {}
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),  # this Python, none installed
        extra_arguments=["--log-level=ERROR", "--InteractiveShell.xmode=Minimal"],  # an error without paths of files
        coalesce_streams=True,
        shutdown_kernel="immediate",  # all is written by then, and a polite goodbye takes a second
        resources={"metadata": {"path": str(target)}},
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
        failure = ""
        try:
            client.execute(cleanup_kc=True, env={**os.environ, **KERNEL_ENVIRONMENT, **own})
        except CellExecutionError as error:
            refused = re.fullmatch(r"\[Errno (\d+)\] (.*?)(?:: '(.*)')?", error.evalue)  # by the system
            said = say_error(OSError(int(refused[1]), refused[2], refused[3])) if refused else error.evalue
            failure = f", cell {client.code_cells_executed}: {error.ename}: {said}"
        if not (target == path.parent and (failure or by_hand)):
            # what a rerun would write again, no time and no state of a widget; and what JupyterLab would add on opening
            notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": notebook.metadata.language_info}
            for cell in notebook.cells:  # a reader sees answers, and what there is to set
                cell.metadata = {name: value for name, value in cell.metadata.items() if name in ("tags", "jupyter")}
                cell.metadata.update(FOLDED if cell.cell_type == "code" and not cell.metadata else {})
            _write(target / path.name, notebook)
        if not (failure or by_hand):
            save_blocks(notebook, shown, path.stem, figures)
    return failure


def save_blocks(notebook: NotebookNode, shown: dict[str, list[dict[str, Any]]], stem: str, out: Path) -> Path:
    """Write what an executed notebook says, in its order, to `out`/results/; return the path.

    `shown` has what each cell recorded, by its id. One block is one thing recorded (see `results.record_result`), the
    notebook's question (its title) or a limit (a line under "What this cannot tell you"), with its heading and its
    source (notebook and cell).
    """
    blocks, heading = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            at = f"{stem}.ipynb, cell {cell.execution_count}"
            blocks += [{**one, "heading": heading, "source": at} for one in shown.get(cell.id, [])]
            continue
        for line in cell.source.splitlines():
            content = line.lstrip("#").removeprefix("- ").strip()
            if line.startswith("##"):
                heading = content
            elif line.startswith("# ") or (line.startswith("- ") and heading == LIMITS):
                kind = "question" if line.startswith("#") else "limit"
                blocks.append({"kind": kind, "content": content, "heading": heading, "source": f"{stem}.ipynb"})
    (out / FOLDER).mkdir(exist_ok=True)
    return write_whole(out / FOLDER / f"{stem}.json", json.dumps(blocks, indent=1).encode())
