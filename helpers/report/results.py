"""What a run found, by id: sentences, figures, tables and limits, each with the notebook's cell or the file it is from.

`results.json` lies beside the figures. Its ids: `corpus.n_articles` and the like; `02-naming.question`, `.answer`
(the first sentence that the notebook computed), `.findings` and `.limits`; of a figure `02-naming-shares.caption`,
`.alt`, `.n_rows`, `.method`; of a cell of the table behind it `02-naming-shares/KEY/KEY/column`.
"""

import ast
import csv
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.compare import INJECTED
from helpers.reading.files import write_whole

FILE = "results.json"
LIMITS = "What this cannot tell you"
_MOST_ROWS, _MOST_COLUMNS = 20, 10  # of a table that is small
# columns that hold stretches of articles: these tables are for reading on screen, the report has none
_TEXTS = {"before", "match", "after", "text", "sentence", "passage", "shared", "a", "b", "headline", "masked"}
_SAVED = re.compile(r"""save_figure\(\s*\w+,\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Block:
    """One thing a notebook shows: its kind (say, table or figure), its content, the question and the cell it is of."""

    kind: str
    content: str
    heading: str
    source: str


@dataclass(frozen=True)
class Results:
    """All that a run found: figures' records by name, notebooks' blocks by stem, and the values by id."""

    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)


def gather_results(notebooks: Path, out: Path) -> Results:
    """Collect what executed notebooks and the figures' records say.

    Raises ValueError, in one line, where nothing was run, the figures are of different articles (one notebook was run
    on others) or a notebook shows a number that was typed and not computed.
    """
    figures = _read_records(out)
    values = _describe_corpus(figures)
    blocks: dict[str, list[Block]] = {}
    for path in sorted(notebooks.glob("[0-9][0-9]-*.ipynb")):
        if path.name.startswith("00"):  # for exploring: it is stored without outputs
            continue
        notebook = nbformat.read(path, as_version=4)
        blocks[path.stem] = _list_blocks(notebook, path.name, figures)
        values |= _name_blocks(path.stem, notebook, blocks[path.stem])
    for name, record in figures.items():
        for key in ("title", "caption", "alt", "method", "measure", "n_rows", "kind"):
            values[f"{name}.{key}"] = {"value": str(record.get(key, "")), "source": f"{name}.json"}
        for key, value in record.get("parameters", {}).items():
            values[f"{name}.{key}"] = {"value": str(value), "source": f"{name}.json"}
        values |= _name_cells(name, record, out)
    return Results(figures, blocks, values)


def write_results(results: Results, out: Path, made_of: str = "") -> Path:
    """Write results.json: every value by its id with where it is from, and the blocks of each notebook.

    `made_of` is the hash of the corpus that all notebooks were run on, as `corpus.hash_corpus` gives it.
    """
    blocks = {stem: [asdict(block) for block in found] for stem, found in results.blocks.items()}
    content = {"made_of": made_of, "values": results.values, "blocks": blocks}
    return write_whole(out / FILE, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def is_made_of(out: Path, corpus_hash: str) -> bool:
    """Say whether the results in `out` are of a whole run on that corpus, with their pictures."""
    try:
        made_of = json.loads((out / FILE).read_text(encoding="utf-8")).get("made_of")
    except (OSError, ValueError, AttributeError):
        return False
    records = list(out.glob("[0-9][0-9]-*.json"))
    return made_of == corpus_hash and all(path.with_suffix(".png").is_file() for path in records)


def _read_records(out: Path) -> dict[str, dict[str, Any]]:
    records = {}
    for path in sorted(out.glob("[0-9][0-9]-*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(record, dict) and {"name", "caption", "alt"} <= set(record):
            records[path.stem] = record
    if not records:
        raise ValueError(f"{out.name}/: no figures here yet; run `make figures` (with CORPUS=..., if it is your own)")
    return records


def _describe_corpus(figures: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
    values, sources = {}, {}
    for name, record in figures.items():
        for key, value in (record.get("corpus") or {}).items():
            seen = values.setdefault(f"corpus.{key}", {"value": str(value), "source": f"{name}.json"})
            sources.setdefault(f"corpus.{key}", name)
            if key == "sha256" and seen["value"] != str(value):
                raise ValueError(
                    f"{name} and {sources['corpus.sha256']} are of different articles; run all notebooks on the same "
                    "ones with `make figures`"
                )
    for key in ("actor", "target"):
        chosen = {str(r["parameters"][key]) for r in figures.values() if key in r.get("parameters", {})}
        if len(chosen) == 1:
            values[f"corpus.{key}"] = {"value": chosen.pop(), "source": "the figures' parameters"}
    for package, version in next(iter(figures.values())).get("versions", {}).items():
        values[f"versions.{package}"] = {"value": version, "source": "the figures' records"}
    return values


def _list_blocks(notebook: NotebookNode, name: str, figures: dict[str, dict[str, Any]]) -> list[Block]:
    blocks, heading, number = [], "", 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = next(reversed(re.findall(r"^##+ (.+)$", cell.source, re.MULTILINE)), heading)
            if heading == LIMITS:
                blocks += [Block("limit", line, heading, name) for line in re.findall(r"^- (.+)$", cell.source, re.M)]
            continue
        if cell.cell_type != "code" or cell.get("id") == INJECTED:
            continue
        number += 1
        source = f"{name}, cell {number}"
        _refuse_typed(cell.source, source)
        blocks += [Block(kind, content, heading, source) for kind, content in _list_outputs(cell.outputs)]
        saved = [figure for figure in _SAVED.findall(cell.source) if figure in figures]
        blocks += [Block("figure", figure, heading, source) for figure in saved]
    return blocks


def _list_outputs(outputs: Iterable[NotebookNode]) -> Iterable[tuple[str, str]]:
    for output in outputs:
        data = output.get("data", {})
        if "text/markdown" in data:
            yield "say", data["text/markdown"]
        elif "<table" in data.get("text/html", "") and _is_small(data["text/html"]):
            yield "table", data["text/html"]


def _is_small(table: str) -> bool:
    head, _, body = table.partition("</thead>")
    columns = [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<th[ >].*?</th>", head)]
    rows = body.count("<tr>")
    return 0 < rows <= _MOST_ROWS and len(columns) <= _MOST_COLUMNS and not _TEXTS & set(columns)


def _refuse_typed(source: str, where: str) -> None:
    """Raise ValueError where a sentence is shown with a number that no table gave."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic of Jupyter's: it shows no sentence
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "page.say":
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(r"\d", part.value):
                    if any(isinstance(call, ast.Call) and part in ast.walk(call) for call in node.args):
                        continue  # an argument of the function that computes the sentence
                    raise ValueError(f"{where}: the number in {part.value!r} is typed; take it from a table")


def _name_blocks(stem: str, notebook: NotebookNode, blocks: list[Block]) -> dict[str, dict[str, str]]:
    title = re.search(r"^# (.+)$", notebook.cells[0].source, re.MULTILINE) if notebook.cells else None
    values = {f"{stem}.question": {"value": title[1] if title else stem, "source": f"{stem}.ipynb"}}
    said = [block for block in blocks if block.kind == "say"]
    found = [block for block in said if block.heading != LIMITS]
    limits = [b for b in said if b.heading == LIMITS] + [b for b in blocks if b.kind == "limit"]
    for key, some in (("answer", found[:1]), ("findings", found[1:]), ("limits", limits)):
        if some:
            where = "; ".join(dict.fromkeys(block.source for block in some))
            values[f"{stem}.{key}"] = {"value": "\n\n".join(block.content for block in some), "source": where}
    return values


def _name_cells(name: str, record: dict[str, Any], out: Path) -> dict[str, dict[str, str]]:
    """Return the cells of the table behind a figure; of a table with a row a sentence, none."""
    keys, path, values = record.get("keys") or [], out / f"{name}.csv", {}
    if not keys or "sentence_no" in keys or not path.is_file():
        return values
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = "/".join([name, *(row.get(key, "").removeprefix("'") for key in keys)])
            for column in row.keys() - set(keys):
                values[f"{at}/{column}"] = {"value": row[column], "source": f"{name}.csv"}
    return dict(sorted(values.items()))
