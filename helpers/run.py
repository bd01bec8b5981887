"""Make a corpus, run the notebooks, the tests or JupyterLab: what stands behind each target of the Makefile."""

import argparse
import ast
import asyncio
import json
import os
import sys
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

from helpers import commands
from helpers.commands import DEFAULT_CORPUS, DEFAULT_OUT
from helpers.compare import BY_HAND, INJECTED, compare_run, one_line, own_code_cells
from helpers.writing import drop_controls, say_error

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
    turns, read = asyncio.Semaphore(workers), asyncio.Event()
    with tempfile.TemporaryDirectory() as settings, tqdm(total=len(notebooks), unit="notebook", disable=None) as bar:
        # The first reads the articles and so fills the store that the others read from: they wait for its first answer.
        async def tell(cell: NotebookNode, **_: object) -> None:
            if any(output.output_type == "display_data" for output in cell.outputs):
                read.set()

        async def wait(cell: NotebookNode, **_: object) -> None:
            if "parameters" in cell.metadata.get("tags", []):  # its imports are done
                await read.wait()

        async def take_turn(path: Path) -> str | None:
            first = path == notebooks[0]
            async with turns:
                hooks = {"on_cell_executed": tell} if first else {"on_cell_start": wait}
                failure = await _run_one(path, folder, parameters, Path(settings), hooks)
            if first:
                read.set()
            bar.update()
            return failure

        failures = await asyncio.gather(*map(take_turn, notebooks))
    return [failure for failure in failures if failure]


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
        own = {"IPYTHONDIR": str(settings / "ipython"), "MATPLOTLIBRC": str(settings)}
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


def make_figures(corpus: Path | None, only: list[str] | None, check: bool) -> list[str]:
    """Run the notebooks as the command line asks; return what went wrong, or with `check` what differs as well."""
    if not check:
        folder = Path.cwd() / (corpus or ROOT / DEFAULT_CORPUS)
        problems = run_notebooks(folder, only=only, root=ROOT)
        if problems:
            return commands.explain_empty(folder) or problems
        return commands.finish_run(folder, ROOT, whole=not only)
    with tempfile.TemporaryDirectory() as out:
        return run_notebooks(out=out, only=only, root=ROOT) + compare_run(ROOT, Path(out), only)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m helpers.run", description=__doc__)
    kinds = parser.add_subparsers(dest="command", required=True)
    figures = kinds.add_parser("figures", help="run every notebook and write its figures")
    place = figures.add_mutually_exclusive_group()
    place.add_argument("--corpus", type=Path, help="a folder with articles.csv in it (default: the seeds)")
    place.add_argument("--check", action="store_true", help="change nothing; say what differs from the committed run")
    figures.add_argument("--only", nargs="+", metavar="NAME", help="only notebooks whose names start so")
    report = kinds.add_parser("report", help="make report.html and report.docx of the last run, and run if needed")
    report.add_argument("--corpus", type=Path, default=ROOT / DEFAULT_CORPUS, help="a folder with articles.csv in it")
    report.add_argument("--template", type=Path, help="Markdown with ids of results.json (default: report.md there)")
    shared = kinds.add_parser("share", help="write tables, hashes, addresses and short quotations, but no full text")
    shared.add_argument("--corpus", type=Path, default=ROOT / DEFAULT_CORPUS, help="a folder with articles.csv in it")
    shared.add_argument("--words", type=int, default=25, help="the longest quotation, in words (default: 25)")
    shared.add_argument("--part", type=float, default=0.1, help="the most of an article that is quoted (default: 0.1)")
    sheet = kinds.add_parser("sheet", help="draw sentences of a corpus to code by hand, into its labels/coding/")
    sheet.add_argument("--corpus", type=Path, required=True, help="a folder with articles.csv in it")
    sheet.add_argument("--actor", help="whom the sentences are about (default: the actor of corpus.toml)")
    sheet.add_argument("--per-outlet", type=int, default=60, help="how many sentences of each outlet (default: 60)")
    sheet.add_argument("--seed", type=int, default=0, help="another number draws other sentences")
    made = kinds.add_parser("corpus", help="make a corpus folder from articles as they come, or add new ones to it")
    made.add_argument("--source", type=Path, required=True, help="a folder of articles, or a table of them")
    made.add_argument("--target", type=Path, required=True, help="the corpus folder, new or old")
    made.add_argument("--outlet", help="the outlet of all these articles")
    made.add_argument(
        "--column", action="append", default=[], metavar="OURS=THEIRS", help="a table's column: body=Text, date=Day ..."
    )
    read = kinds.add_parser("read", help="read a corpus into the store, on one processor, several or a cluster")
    read.add_argument("--corpus", type=Path, required=True, help="a folder with articles.csv in it")
    read.add_argument("--workers", type=int, default=1, help="processes of this machine that read (default: 1)")
    read.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that reads, by its address: tcp://...")
    kinds.add_parser("test", help="run the tests; further options go to pytest")
    kinds.add_parser("lab", help="open JupyterLab on the notebooks; further options go to JupyterLab")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line and return its exit code."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if options.command == "test":
        return run_tests(rest)
    if options.command == "lab":
        return open_lab(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if options.command == "sheet":
            print(*commands.draw_sheet(options.corpus, options.actor, options.per_outlet, options.seed), sep="\n")
            return 0
        if options.command == "report":
            problems = [] if commands.is_current(options.corpus, ROOT) else make_figures(options.corpus, None, False)
            if problems:
                raise ValueError("\n".join(problems))
            print(*commands.make_report(options.corpus, ROOT, options.template), sep="\n")
            return 0
        if options.command == "share":
            print(commands.share(options.corpus, ROOT, options.words, options.part)[0].parent)
            return 0
        if options.command == "read":
            print(commands.read_articles(options.corpus, options.workers, options.scheduler))
            return 0
        if options.command == "corpus":
            if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a letter of a name shows "?" for it
                sys.stdout.reconfigure(errors="replace")
            print(*commands.make_corpus(options.source, options.target, options.outlet, options.column), sep="\n")
            return 0
        problems = make_figures(options.corpus, options.only, options.check)
    except (OSError, ValueError) as error:  # no such corpus, a folder that cannot be written, a full disk
        problems = [say_error(error)]
    except KeyboardInterrupt:
        problems = ["stopped; notebooks that had not ended are as they were, and what was read is stored"]
    problems = [drop_controls(problem) for problem in problems]  # a terminal acts on some
    print(*problems, sep="\n", end="\n" * bool(problems), file=sys.stderr)
    return 1 if problems else 0


def run_tests(options: list[str]) -> int:
    """Run pytest on the project's tests."""
    import pytest

    os.chdir(ROOT)
    return pytest.main(options)


def open_lab(options: list[str]) -> int:
    """Open JupyterLab on the notebooks, without its requests for news and newer versions."""
    from jupyterlab.labapp import LabApp

    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    LabApp.launch_instance(
        [f"--ServerApp.root_dir={ROOT}", "--LabApp.default_url=/lab/tree/notebooks", *quiet, *options]
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
