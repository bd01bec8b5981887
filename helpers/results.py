"""What a run found: recorded when a notebook shows or saves it, and named by an id that a report can ask for.

`results.json` is beside the figures. Its ids: `corpus.n_articles` and the like; `02-naming.question`, `.answer`
(the first sentence that the notebook computed), `.findings` and `.limits`; of a figure `02-naming-shares.caption`,
`.alt`, `.n_rows`, `.method`; of a cell of the table behind it `02-naming-shares/KEY/KEY/column`.
"""

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.reading.files import restore, write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

RECORD = "NOTEBOOK_RECORD"  # the environment variable that names the file in which a run records what is shown
FILE, FOLDER = "results.json", "results"
LIMITS = "What this cannot tell you"


def record_result(kind: str, **values: Any) -> None:
    """Append what a cell shows or saves to the record of its run, as one line of JSON.

    `kind` is answer (`content`, Markdown), table (`columns`, `rows`, `align`, `note`, all texts) or figure (`content`,
    the name it is saved under). A notebook that is worked in by hand, and code outside notebooks, record nothing.
    """
    if file := os.environ.get(RECORD):
        with open(file, "a", encoding="utf-8") as record:
            record.write(json.dumps({"kind": kind, **values}) + "\n")


def take_record(record: Path) -> list[dict[str, Any]]:
    """Return what was recorded since the last call, and empty the record."""
    lines = record.read_text(encoding="utf-8").splitlines()
    record.write_text("")
    return [json.loads(line) for line in lines]


def save_blocks(cells: "list[NotebookNode]", shown: dict[str, list[dict[str, Any]]], stem: str, out: Path) -> Path:
    """Write what an executed notebook says, in its order, to `out`/results/; return the path.

    `shown` has what each cell recorded, by its id. One block is one thing recorded (see `record_result`), the
    notebook's question (its title) or a limit (a line under "What this cannot tell you"), with its heading and its
    source (notebook and cell). Raises ValueError where a cell says a number that was typed and not computed.
    """
    blocks, heading, number = [], "", 0
    for cell in cells:
        if cell.cell_type == "code":
            number += 1
            source = f"{stem}.ipynb, cell {number}"
            _refuse_typed(cell.source, source)
            blocks += [{**one, "heading": heading, "source": source} for one in shown.get(cell.id, [])]
            continue
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else []:
            content = line.lstrip("#").removeprefix("- ").strip()
            if line.startswith("##"):
                heading = content
            elif line.startswith("# ") or (line.startswith("- ") and heading == LIMITS):
                kind = "question" if line.startswith("#") else "limit"
                blocks.append({"kind": kind, "content": content, "heading": heading, "source": f"{stem}.ipynb"})
    (out / FOLDER).mkdir(exist_ok=True)
    return write_whole(out / FOLDER / f"{stem}.json", json.dumps(blocks, indent=1).encode())


def _refuse_typed(source: str, where: str) -> None:
    """Raise ValueError where a sentence is shown with a number that no table gave."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:  # a magic of Jupyter's: it shows no sentence
        return
    for call in calls:
        computed = {part for inner in call.args for part in ast.walk(inner) if isinstance(inner, ast.Call)}
        for part in ast.walk(call) if ast.unparse(call.func) == "page.say" else []:
            typed = isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(r"\d", part.value)
            if typed and part not in computed:
                raise ValueError(f"{where}: the number in {part.value!r} is typed; take it from a table")


def gather_results(out: Path) -> dict[str, Any]:
    """Return all that a run found: figures (records by name), blocks (by notebook) and values (by id, with source).

    Raises ValueError, in one line, where nothing was run, or the figures are of different articles: one notebook was
    run on others.
    """
    figures = {path.stem: record for path in sorted(out.glob("[0-9][0-9]-*.json")) if "alt" in (record := _read(path))}
    if not figures:
        raise ValueError(f"{out.name}/: no figures here yet; run `make figures` (with CORPUS=..., if it is your own)")
    blocks = {path.stem: json.loads(path.read_text()) for path in sorted((out / FOLDER).glob("[0-9][0-9]-*.json"))}
    values: dict[str, dict[str, str]] = {}
    for key, value, source in [*_name_blocks(blocks), *_name_figures(figures, out)]:
        known = values.setdefault(key, {"value": str(value), "source": source})
        if key == "corpus.sha256" and known["value"] != value:
            one, other = (name.removesuffix(".json") for name in (source, known["source"]))
            raise ValueError(
                f"{one} and {other} are of different articles; run all notebooks on the same ones with `make figures`"
            )
    for key in ("actor", "target"):
        chosen = {str(r["parameters"][key]) for r in figures.values() if key in r.get("parameters", {})}
        if len(chosen) == 1:
            values[f"corpus.{key}"] = {"value": chosen.pop(), "source": "the figures' parameters"}
    return {"figures": figures, "blocks": blocks, "values": values}


def _name_blocks(blocks: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str, str]]:
    """Yield id, value and source of what each notebook says in words."""
    for stem, found in blocks.items():
        answers = [block for block in found if block["kind"] == "answer" and block["heading"] != LIMITS]
        limits = [block for block in found if block["heading"] == LIMITS and block["kind"] in ("answer", "limit")]
        question = [block for block in found if block["kind"] == "question"][:1]
        parts = {"question": question, "answer": answers[:1], "findings": answers[1:], "limits": limits}
        for key, some in parts.items():
            if some:
                source = "; ".join(dict.fromkeys(block["source"] for block in some))
                yield f"{stem}.{key}", "\n\n".join(block["content"] for block in some), source


def _name_figures(figures: dict[str, dict[str, Any]], out: Path) -> Iterator[tuple[str, Any, str]]:
    """Yield id, value and source of each figure's record and of the cells of its table, unless a row is a sentence."""
    for name, record in figures.items():
        told = {key: record.get(key, "") for key in ("title", "caption", "alt", "method", "measure", "n_rows", "kind")}
        groups = {"corpus": record.get("corpus", {}), "versions": record.get("versions", {})}
        for group, entries in {**groups, name: told | record.get("parameters", {})}.items():
            yield from ((f"{group}.{key}", value, f"{name}.json") for key, value in entries.items())
        keys, path = record.get("keys") or [], out / f"{name}.csv"
        if not keys or "sentence_no" in keys or not path.is_file():
            continue
        for row in pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records"):
            at = "/".join([name, *(restore(row.pop(key, "")) for key in keys)])
            yield from ((f"{at}/{column}", value, f"{name}.csv") for column, value in row.items())


def write_results(results: dict[str, Any], out: Path, made_of: str = "") -> Path:
    """Write results.json: every value by its id with where it is from, and the blocks of each notebook.

    `made_of` is the hash of the corpus that all notebooks were run on, as `corpus.hash_corpus` gives it.
    """
    content = {"made_of": made_of, "values": results["values"], "blocks": results["blocks"]}
    return write_whole(out / FILE, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def is_made_of(out: Path, corpus_hash: str, notebooks: Path) -> bool:
    """Return whether the results in `out` are of a whole run on that corpus, as it left its notebooks and figures."""
    if _read(out / FILE).get("made_of") != corpus_hash:
        return False
    written = (out / FILE).stat().st_mtime
    records = list(out.glob("[0-9][0-9]-*.json"))
    run = [notebooks / f"{path.stem}.ipynb" for path in (out / FOLDER).glob("[0-9][0-9]-*.json")]
    by_hand = [path for path in [*records, *run] if not path.is_file() or path.stat().st_mtime > written]
    return not by_hand and all(path.with_suffix(".png").is_file() for path in records)


def _read(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds; nothing where it is not there, cannot be read or holds something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
