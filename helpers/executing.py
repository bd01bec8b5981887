"""Execute notebooks in clean kernels, two at a time, so that every run of the same articles writes the same bytes."""

import ast
import asyncio
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm
from traitlets import default

from helpers.commands import DEFAULT_CORPUS, DEFAULT_OUT
from helpers.compare import BY_HAND, INJECTED, one_line, own_code_cells

ROOT = Path(__file__).resolve().parent.parent
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What a rerun must not depend on: the order of sets, the split of a sum over threads, the user's settings of
# matplotlib, a progress bar's last state, the platform's text encoding. The last entry silences the debugger.
KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TQDM_DISABLE": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# Python looks through all that is loaded again and again for what nothing refers to any more: a tenth of a run.
_FEWER_SEARCHES = "import gc; gc.set_threshold(10_000, 10, 10); del gc"


class _OwnKernel(AsyncKernelManager):
    """Starts the interpreter that runs this module, whatever kernels are installed elsewhere."""

    @default("kernel_spec_manager")
    def _no_installed_kernels(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


class _Loop(asyncio.SelectorEventLoop):
    """Leaves Ctrl-C to asyncio: nbclient's handler would stop one kernel and let the other notebooks go on."""

    def add_signal_handler(self, *_: object) -> None:
        raise NotImplementedError


def run_notebooks(
    corpus: str | Path = DEFAULT_CORPUS,
    out: str | Path | None = None,
    only: list[str] | None = None,
    *,
    root: Path = ROOT,
) -> list[str]:
    """Run the notebooks, each from a clean kernel, and return one line for each that failed.

    On the default corpus the executed notebooks are written back in place and their figures go to figures/.
    On another corpus, or with `out`, both go to one folder (by default the corpus's report/) and notebooks/
    stays as it is. `only` takes the notebooks whose names start with one of its entries; without it those that are
    worked in by hand (00-) are left out, and their outputs are never written in place. A notebook that fails
    does not stop the others; its copy in that folder shows the error, a notebook in place is left alone.

    Raises FileNotFoundError where there is no such corpus folder or no notebook to run.
    """
    folder, home = (root / corpus).resolve(), root / "notebooks"
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder '{corpus}'; name one that has an articles.csv in it")
    notebooks = [path for path in sorted(home.glob("*.ipynb")) if _is_asked(path.name, only)]
    if not notebooks:
        raise FileNotFoundError(f"notebooks/: none has a name that starts with {' or '.join(only or ['anything'])}")

    parameters = {}
    if folder != (root / DEFAULT_CORPUS).resolve():
        parameters["CORPUS"], out = folder.as_posix(), out or folder / "report"
    if out:
        parameters["OUT"] = (root / out).resolve().as_posix()
    (root / (out or DEFAULT_OUT)).mkdir(parents=True, exist_ok=True)
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(_run_all(notebooks, root / out if out else home, parameters))


def _is_asked(name: str, only: list[str] | None) -> bool:
    return name.startswith(tuple(only)) if only else not name.startswith(BY_HAND)


async def _run_all(notebooks: list[Path], folder: Path, parameters: dict[str, str], workers: int = 2) -> list[str]:
    turns, kernels, read = asyncio.Semaphore(workers), asyncio.Semaphore(workers + 1), asyncio.Event()
    with tempfile.TemporaryDirectory() as settings, tqdm(total=len(notebooks), unit="notebook", disable=None) as bar:
        # The first reads the articles and so fills the store that the others read from: they wait for its first answer,
        # and meanwhile another one loads what it imports.
        async def tell(cell: NotebookNode, **_: object) -> None:
            if any(output.output_type == "display_data" for output in cell.outputs):
                read.set()

        async def wait(cell: NotebookNode, **_: object) -> None:
            if "parameters" in cell.metadata.get("tags", []) and not read.is_set():  # its imports are done
                turns.release()
                await read.wait()
                await turns.acquire()

        async def take_turn(path: Path) -> str | None:
            first = path == notebooks[0]
            async with kernels, turns:
                hooks = {"on_cell_executed": tell} if first else {"on_cell_start": wait}
                failure = await _run_one(path, folder, parameters, Path(settings), hooks)
            if first:
                read.set()
            bar.update()
            return failure

        # After it, those that wrote most last time: a long one that came last would run alone.
        order = [notebooks[0], *sorted(notebooks[1:], key=lambda path: -path.stat().st_size)]
        failures = await asyncio.gather(*map(take_turn, order))
    return sorted(failure for failure in failures if failure)


def find_modules() -> str:
    """Return PYTHONPATH for a kernel: the checkout that starts it, whichever one the environment has installed."""
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


async def _run_one(
    path: Path, folder: Path, parameters: dict[str, str], settings: Path, hooks: dict[str, Callable]
) -> str | None:
    """Execute one notebook and write it to `folder`; return one line if it failed."""
    try:
        notebook = nbformat.read(path, as_version=4)
        inject_parameters(notebook, parameters)
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            kernel_manager_class=_OwnKernel,
            extra_arguments=["--log-level=ERROR", f"--IPKernelApp.exec_lines={_FEWER_SEARCHES}"],
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            # all is written by then, and to take a loaded interpreter apart takes a second
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(path.parent)}},
            **hooks,
        )
        # An empty settings folder: no start-up file and no style of the user's changes what a notebook shows.
        (settings / "matplotlibrc").touch()
        own = {"IPYTHONDIR": str(settings / "ipython"), "MATPLOTLIBRC": str(settings), "PYTHONPATH": find_modules()}
        failure = None
        try:
            await client.async_execute(env={**os.environ, **KERNEL_ENVIRONMENT, **own})
        except CellExecutionError as error:
            failure = f"{path.name}, cell {_find_failed_cell(notebook)}: {one_line(f'{error.ename}: {error.evalue}')}"
        in_place = folder == path.parent
        if not (in_place and (failure or path.name.startswith(BY_HAND))):
            _write_notebook(notebook, folder / path.name)
        return failure
    except Exception as error:  # whatever stops one notebook, the others still run
        if asyncio.current_task().cancelling():  # except Ctrl-C, which nbclient takes for a dead kernel
            raise asyncio.CancelledError from error
        return f"{path.name}: {one_line(f'{type(error).__name__}: {error}')}"


def inject_parameters(notebook: NotebookNode, parameters: dict[str, str]) -> None:
    """Insert a cell after the one tagged `parameters` that sets those of `parameters` which that cell assigns."""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            nodes = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)]
            targets = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
            lines = [
                f"{name} = {json.dumps(value, ensure_ascii=False)}"
                for name, value in parameters.items()
                if name in targets
            ]
            if lines:
                new = nbformat.v4.new_code_cell("\n".join(lines), id=INJECTED, metadata={"tags": [INJECTED]})
                notebook.cells.insert(position + 1, new)
            return


def _find_failed_cell(notebook: NotebookNode) -> int:
    """The number of the cell with an error, counted as in an unchanged run; 0 for the inserted one."""
    failed = [any(output.output_type == "error" for output in cell.outputs) for cell in own_code_cells(notebook)]
    return failed.index(True) + 1 if any(failed) else 0


def _write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write what a rerun would write again, beside the old file first: an interruption leaves no half notebook."""
    notebook.metadata = {"kernelspec": KERNELSPEC}
    for cell in notebook.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
    beside = path.with_name(f"{path.name}.tmp")
    try:
        beside.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
