"""What takes long and is made once: above all the notebooks on several corpora. Each run is asked for in one file.

A run of notebooks returns its folder, a line for each that failed, and what else a test needs to know.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat

from helpers import charts, export, importing, notebooks, page, run
from helpers.importing.items import LIMITS
from tests.pseudonyms import read_table, rename_corpus

SEEDS = run.ROOT / "seeds"
# another place to run in; kernels get their hash seed from the project, so here it is taken from them first
ELSEWHERE = {"LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4242"}
RUN_ELSEWHERE = """
import sys
from helpers import notebooks
for name in ("PYTHONHASHSEED", "PYTHONUTF8"):
    notebooks.KERNEL_ENVIRONMENT.pop(name)
failures = notebooks.run_notebooks("renamed")
failures += notebooks.run_notebooks(out="out", only=sys.argv[1:])
raise SystemExit("".join(failures) or 0)
"""
# refuses the network to every interpreter that imports it (test_run.py proves it)
GUARD = """
import socket
LOCAL = ("127.", "localhost", "::1", "0.0.0.0")
def refuse(call):
    def guarded(*args, **options):
        where = next((a[0] if isinstance(a, tuple) else a for a in args if isinstance(a, (tuple, str))), "")
        if isinstance(where, str) and where and not where.startswith(LOCAL) and not where.startswith("/"):
            raise PermissionError(f"network: {where}")
        return call(*args, **options)
    return guarded
class Guarded(socket.socket):
    connect = refuse(socket.socket.connect)
    connect_ex = refuse(socket.socket.connect_ex)
socket.socket = Guarded
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse(getattr(socket, name)))
"""
SAME_BYTES = ["02", "03"]  # the notebooks whose files are compared byte by byte with those of a run elsewhere


def run_once(place: Path, corpus: Path = SEEDS, only: list[str] | None = None) -> dict[str, Any]:
    """Run the notebooks, `only` as for `run_notebooks`; without a corpus, on the seeds."""
    return {"out": str(place / "report"), "failures": notebooks.run_notebooks(corpus, place / "report", only)}


def run_single(place: Path) -> dict[str, Any]:
    """On the first article of the seeds, with the notebook that is worked in by hand."""
    corpus = place / "corpus"
    shutil.copytree(SEEDS, corpus, ignore=shutil.ignore_patterns("*.txt", "labels", "report"))
    first = read_table(SEEDS / "articles.csv").head(1)
    first.to_csv(corpus / "articles.csv", index=False)
    shutil.copy(SEEDS / first["source_file"].item(), corpus)
    return run_once(place, corpus, [""])


def run_elsewhere(place: Path) -> dict[str, Any]:
    """In another locale, time zone and order of hashes, without a network, with nothing read before.

    All notebooks on the seeds under other names of outlets and actors, and some on the seeds themselves.
    """
    for part in ("helpers", "notebooks", "seeds"):  # a project of its own: its store of what was read is empty
        shutil.copytree(run.ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "report"))
    names = rename_corpus(SEEDS, place / "renamed")
    (place / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    own = {**os.environ, **ELSEWHERE, "PYTHONPATH": str(place)}
    command = [sys.executable, "-c", RUN_ELSEWHERE, *SAME_BYTES]
    done = subprocess.run(command, cwd=place, env=own, capture_output=True, text=True)
    failures = [done.stderr] if done.returncode else []
    return {"out": str(place / "out"), "renamed": str(place / "renamed/report"), "names": names, "failures": failures}


def draw_again(place: Path) -> dict[str, list[str]]:
    """What lies over another thing in the figures of each notebook, drawn in both widths: "" where nothing does."""
    from tests.test_charts import find_clash

    shown, clashes, nothing = [], {}, lambda *given, **options: []
    show = mock.patch.multiple(page, display=nothing, figure=lambda axes, *given, **options: shown.append(axes))
    with show, mock.patch.object(export, "save_figure", nothing), contextlib.chdir(run.ROOT / "notebooks"):
        for path in sorted(Path().glob("0[1-9]*.ipynb")):
            shown.clear()
            space = {"display": nothing}
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    exec(cell.source.replace('"../figures"', repr(str(place))), space)
            figures = [charts.find_drawn(axes).again(width) for axes in shown for width in ("double", "single")]
            clashes[path.stem] = [find_clash(charts.find_figure(axes)) for axes in figures]
    return clashes


def import_hostile(place: Path) -> tuple[Path, list[str], importing.Imported]:
    """A folder of hostile files, each beside a good one; what it held before they were imported, and the import."""
    from tests.test_importing import HOSTILE, PROSE, put

    (place / "outside.txt").write_text("outside")
    source = place / "source"
    for number, (files, _, _) in enumerate(HOSTILE.values()):
        folder = put(source / f"case{number:02}", {"good.txt": f"{PROSE} This was day {number} of the strike."})
        files(folder) if callable(files) else put(folder, files)
    before = sorted(str(path) for path in place.rglob("*"))
    return place, before, importing.import_articles(source, place / "made", progress=False)


def import_hanging(place: Path) -> importing.Imported:
    """The import of two good files and of those that hang, kill their reader or eat memory."""
    from tests.test_importing import OTHER, PROSE, put, read_badly

    bad = {f"{name}.txt": "x" for name in ("hangs", "kills", "eats memory")}
    source = put(place / "source", {"a.txt": PROSE, **bad, "z.txt": OTHER})
    with mock.patch.object(importing, "read_file", read_badly), mock.patch.dict(LIMITS, seconds=8):
        return importing.import_articles(source, place / "made", progress=False)


RUNS = {
    "seeds": run_once, "drawn": draw_again, "hostile": import_hostile, "hanging": import_hanging, "single": run_single,
    "elsewhere": run_elsewhere,
}  # fmt: skip


def read_texts(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what each code cell of a notebook shows, pictures apart."""
    texts = []
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code"]:
        shown = [output.get("data", {}) | output for output in cell.outputs]
        plain = [bundle for bundle in shown if "image/png" not in bundle]
        kinds = ("text/markdown", "text/html", "text/plain", "text", "evalue")
        texts.append("\n".join(bundle[kind] for bundle in plain for kind in kinds if kind in bundle))
    return texts
