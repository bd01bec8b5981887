"""Say where two runs of the notebooks show other texts or tables."""

from itertools import zip_longest
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.reading.files import drop_controls

INJECTED = "injected-parameters"
BY_HAND = "00-"  # notebooks whose names start so are worked in, not read: kept without outputs


def compare_outputs(old: NotebookNode, new: NotebookNode) -> list[str]:
    """Return one line a cell whose text or table differs between two runs of a notebook; pictures are ignored."""
    before, after = read_texts(old), read_texts(new)
    numbers = {cell_id: number for texts in (after, before) for number, cell_id in enumerate(texts, 1)}
    missing = ["(no such cell)"]
    return [
        f"cell {numbers[cell_id]}: {change}"
        for cell_id in {**before, **after}
        for change in _first_change(before.get(cell_id, missing), after.get(cell_id, missing))
    ]


def read_texts(notebook: NotebookNode) -> dict[str, list[str]]:
    """The lines of text that each code cell shows, by the cell's id."""
    texts = {}
    for cell in own_code_cells(notebook):
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
    """One line on the first line that differs, from a little before its first other character; none if none does."""
    for old, new in zip_longest(before, after, fillvalue="(nothing)"):
        if old != new:
            same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
            start = max(same - 40, 0)
            mark = "…" * (start > 0)
            return [f"was '{mark}{one_line(old[start:], 120)}', is '{mark}{one_line(new[start:], 120)}'"]
    return []


def compare_run(root: Path, out: Path, only: list[str] | None = None) -> list[str]:
    """Return one line for each text, table, figure's CSV or record of the run in `out` that `root` has not.

    `root` holds the project's notebooks/ and figures/; `only` compares what starts with one of its entries. A drawing
    is compared by its CSV: its own coordinates can differ in their last digits from one processor to another.
    """
    committed = root / "figures"
    lines = []
    for path in sorted(out.glob("*.ipynb")):
        if path.name.startswith(BY_HAND):
            continue
        old, new = (nbformat.read(folder / path.name, as_version=4) for folder in (root / "notebooks", out))
        lines += [f"notebooks/{path.name}, {change}" for change in compare_outputs(old, new)]
    tables = {path.stem for folder in (committed, out) for path in folder.glob("*.csv")}
    for name in sorted(f"{table}{ending}" for table in tables for ending in (".csv", ".json")):
        before, after = _read_lines(committed / name), _read_lines(out / name)
        if name.startswith(tuple(only or [""])):
            lines += [f"figures/{name}: {change}" for change in _first_change(before, after)]
    return lines


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else ["(no such file)"]


def own_code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells of the notebook as it was before a cell was inserted."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.get("id") != INJECTED]


def one_line(text: str, longest: int = 300) -> str:
    line = drop_controls(" ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1] + "…"
