"""What a run found, by ids that a report can ask for, and what changed since the last run on other articles.

It is recorded when a notebook shows or saves it. `results.json` is beside the figures. Its ids: `corpus.n_articles` and
the like; `02-naming.question`, `.answer` (the first sentence that the notebook computed); of a figure
`02-naming-labels.caption`, `.title`, `.alt`, `.n_rows`, `.method`, `.sentences`; of a cell of the table behind it
`02-naming-labels/KEY/KEY/column`.
"""

import contextlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.reading.corpus import Corpus, hash_corpus
from helpers.reading.files import csv_text, restore, write_whole
from helpers.reading.quotations import find_quotations
from helpers.reading.schemas import LEVEL
from helpers.reading.sentences import split_sentences
from helpers.reading.store import hash_text

RECORD = "NOTEBOOK_RECORD"  # the environment variable that names the file in which a run records what is shown
FILE, FOLDER = "results.json", "results"
LIMITS = "What this cannot tell you"
CONTEXT = ["before", "match", "after"]  # of a line
QUOTED = 25  # words of a sentence that a report prints


def record_result(kind: str, **values: Any) -> None:
    """Append what a cell shows or saves to the record of its run, as one line of JSON.

    `kind` is answer or card (`content`, Markdown; a card's `notebook`), table (`columns`, `rows`, `align`, `note`),
    figure (`content`, the name it is saved under) or tested (`content`, a tested table whole, as CSV).
    What is worked in by hand, and code elsewhere, records nothing.
    """
    if file := os.environ.get(RECORD):
        with open(file, "a", encoding="utf-8") as record:
            record.write(json.dumps({"kind": kind, **values}) + "\n")


def record_tests(table: pd.DataFrame) -> None:
    """Record a table whole, with its intervals and notes, where any of its rows is tested."""
    if "p" in table and table["p"].notna().any():
        record_result("tested", content=csv_text(table))


def take_record(record: Path) -> list[dict[str, Any]]:
    """Return what was recorded since the last call, and empty the record."""
    lines = record.read_text(encoding="utf-8").splitlines()
    record.write_text("")
    return [json.loads(line) for line in lines]


def read_records(out: Path) -> dict[str, dict[str, Any]]:
    """Return the record of each figure in a folder, by its name. Raises ValueError where there is none."""
    records = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(out.glob("[0-9][0-9]-*.json"))}
    if not records:
        raise ValueError(f"{out.name}/: no figures here yet; run `make figures` (with CORPUS=..., if it is your own)")
    return records


def write_results(out: Path, made_of: str = "") -> dict[str, Any]:
    """Write and return results.json: every value by its id with where it is from, and the blocks of each notebook.

    Each tested table is written whole, as NOTEBOOK-tests-1.csv and so on, and `tests.n` says how many there are.

    `made_of` is the hash of the corpus that all notebooks were run on, as `corpus.hash_corpus` gives it. Raises
    ValueError, in one line, where nothing was run, or the figures are of different articles: one notebook was run on
    others.
    """
    blocks = {path.stem: json.loads(path.read_text()) for path in sorted((out / FOLDER).glob("[0-9][0-9]-*.json"))}
    drawn = {block["content"] for found in blocks.values() for block in found if block["kind"] == "figure"}
    figures = {name: record for name, record in read_records(out).items()
               if name in drawn or not name.startswith(tuple(blocks))}  # fmt: skip  # else of an old run
    made_from = {record["corpus"].get("sha256", ""): name for name, record in figures.items() if record["corpus"]}
    if len(made_from) > 1:
        differ = " and ".join(sorted(made_from.values()))
        raise ValueError(f"{differ} are of different articles; run all notebooks on the same ones with `make figures`")
    values: dict[str, dict[str, str]] = {}
    tests = _write_tests(out, blocks)

    def add(group: str, entries: Mapping[str, Any], source: str) -> None:
        for key, value in entries.items():
            values.setdefault(f"{group}{key}", {"value": str(value), "source": source})

    intervals = sum(table["low"].notna().any() for table in tests if "low" in table)
    add("tests.", {"n": len(tests), "n_intervals": intervals}, FILE)
    for stem, found in blocks.items():  # its title, and the first sentence that it computed
        for block in found:
            if block["kind"] in ("question", "answer") and block["heading"] != LIMITS:
                add(f"{stem}.", {block["kind"]: block["content"]}, block["source"])
    for name, record in figures.items():
        told = {key: record[key] for key in ("title", "caption", "alt", "method", "measure", "n_rows", "kind")}
        told |= {"references": ";".join(record["references"]), **record["parameters"]}
        told["sentences"] = choose_sentences(out / f"{name}-sentences.csv", record["title"])
        for group, entries in {"corpus": record["corpus"], "versions": record["versions"], name: told}.items():
            add(f"{group}.", entries, f"{name}.json")
        if record["keys"] and "sentence_no" not in record["keys"]:  # the cells of its table, unless a row is a sentence
            for row in pd.read_csv(out / f"{name}.csv", dtype=str, keep_default_na=False).to_dict("records"):
                at = "/".join([name, *(restore(row.pop(key, "")) for key in record["keys"])])
                add(f"{at}/", row, f"{name}.csv")
    found = {"made_of": made_of, "values": values, "blocks": blocks}
    write_whole(out / FILE, (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode())
    return found


def _write_tests(out: Path, blocks: dict[str, list[dict[str, Any]]]) -> list[pd.DataFrame]:
    """Write the tested tables of each notebook into `out` and return them; those of an earlier run are removed."""
    for path in out.glob("[0-9][0-9]-*-tests-*.csv"):
        path.unlink()
    tests = []
    for stem, found in blocks.items():
        own = dict.fromkeys(block["content"] for block in found if block["kind"] == "tested")
        for number, content in enumerate(own, 1):
            path = write_whole(out / f"{stem}-tests-{number}.csv", content.encode())
            tests.append(pd.read_csv(path))
    return tests


def read_results(out: Path) -> dict[str, Any]:
    """Return what `write_results` wrote."""
    return json.loads((out / FILE).read_text(encoding="utf-8"))


def is_made_of(out: Path, corpus_hash: str, notebooks: Path) -> bool:
    """Return whether the results in `out` are of a whole run on that corpus, as it left its notebooks and figures."""
    if not (out / FILE).is_file() or read_results(out)["made_of"] != corpus_hash:
        return False
    records = list(out.glob("[0-9][0-9]-*.json"))
    run = [notebooks / f"{path.stem}.ipynb" for path in (out / FOLDER).glob("[0-9][0-9]-*.json")]
    left = [*records, *run, *(path.with_suffix(".png") for path in records)]
    return all(path.is_file() and path.stat().st_mtime <= (out / FILE).stat().st_mtime for path in left)


def choose_sentences(path: Path, title: str) -> str:
    """Return three of the lines behind a figure: of outlets and words in its title, whole, of different words, first.

    A line begins with its outlet and is cut to its sentence, its match between two **; a sentence without a match is
    cut to 25 words. Nothing without a file.
    """
    lines = pd.read_csv(path, dtype=str, keep_default_na=False).map(restore) if path.is_file() else pd.DataFrame()
    if lines.empty or "outlet" not in lines or not ({*CONTEXT} <= {*lines} or "text" in lines):
        return ""  # somebody's own table, or a figure of nothing
    if "match" not in lines:
        lines = lines.assign(before="", match="", after=lines["text"].str.split().str[:QUOTED].str.join(" "))
    told, lines = [], lines.assign(start=pd.to_numeric(lines.get("start", "0"), errors="coerce"))
    for outlet, before, match, after, place in lines[["outlet", *CONTEXT, "start"]].itertuples(index=False):
        line, start = f"{before}{match}{after}", len(before)
        first, last = next((one[1:] for one in split_sentences(line) if one.end > start), (0, 0))  # with its beginning
        end, lead = min(start + len(match), last), "… " * (first == 0 and place > start > 0)  # begun before the line
        mark = "**" * (0 < end - start < last - first)  # not around a whole sentence
        said = mark_cut(f"{lead}{line[first:start]}{mark}{line[start:end]}{mark}{line[end:last]}")
        rank = (title + outlet).find(outlet), f"“{match}”" not in title, said.count("…") * bool(match)
        told.append({"outlet": outlet, "match": match, "said": f"{outlet}: {said}", "rank": rank})
    lines = pd.DataFrame(told).sort_values("rank", kind="stable")  # what the title does not name is last
    chosen = [lines.drop_duplicates("match").drop_duplicates("outlet"), lines.drop_duplicates("outlet"), lines]
    return "\n".join(pd.concat(chosen)["said"].drop_duplicates().head(3))


def mark_cut(text: str) -> str:
    """Return words of an article (some perhaps between **) with "…" where they begin or end within a sentence.

    Quotation marks whose partner was cut off are left out.
    """
    for odd in reversed(find_quotations(text.replace("**", "xx"))[1]):  # as letters: in "**Lind**'s" it is none
        text = text[: odd.start] + text[odd.start + len(odd.mark) :]
    begins, ends = text.lstrip("*")[:1].islower(), not re.search(r"[.!?][\"'”’)*]*$", text)
    return f"{'… ' * begins}{text}{' …' * ends}"


class Changes(NamedTuple):
    """How a result differs from that of the last run on other articles."""

    table: pd.DataFrame
    added: list[str]  # articles that only this run has
    gone: list[str]
    known: bool  # whether there was such a run
    changed: list[str]  # articles of both with another text, date or outlet


def compare_run(
    table: pd.DataFrame, name: str, *, keys: Sequence[str], value: str, out: str | Path, corpus: Corpus,
    asked: Sequence[str] = (),
) -> Changes:  # fmt: skip
    """Return how a result differs from that of the last run on other articles, and save it for the next run.

    `out`/runs/ holds, by `name`, the newest result and the last one of other articles; a rerun on the same articles
    compares with that one again. Each question has a history of its own: `asked` is what was chosen for it (an actor, a
    target ...), and another result on the same articles was asked or read otherwise, so that it begins one. A row of
    `table` is identified by `keys`, its number is `value`; `p`, where there is one, says whether it is significant at
    .05.

    `Changes.table`: one row is a finding that changed: the keys, change (`new`, `gone`, `reversed`, `now beyond
    chance`, `no longer beyond chance`), before and after (the value).
    """
    name += f"-{hash_text(repr(tuple(asked)))[:8]}" if asked else ""
    path = Path(out) / "runs" / f"{name}.json"
    columns = [*keys, value, *["p"] * ("p" in table)]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = json.loads(table[columns].to_json(orient="records", double_precision=6))
    seen = corpus.articles[["article_id", "outlet", "published", "text"]].itertuples(index=False, name=None)
    texts = {article_id: hash_text(*parts) for article_id, *parts in seen}
    now, before, known = {"sha256": hash_corpus(corpus), "texts": texts, "rows": rows}, None, {}
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # none yet, or one that cannot be read
        kept = json.loads(path.read_text(encoding="utf-8"))
        is_other, is_same = kept["last"]["sha256"] != now["sha256"], kept["last"]["rows"] == rows
        last = kept["last"] if is_other else kept["before"] if is_same else None
        before, known = last, last["texts"]
    write_whole(path, json.dumps({"last": now, "before": before}).encode())
    if before is None:
        return Changes(pd.DataFrame(), [], [], known=False, changed=[])
    added, gone = sorted(texts.keys() - known.keys()), sorted(known.keys() - texts.keys())
    changed = sorted(one for one in texts.keys() & known.keys() if texts[one] != known[one])
    sides = (pd.DataFrame(side["rows"], columns=columns).astype(dict.fromkeys(keys, "str")) for side in (before, now))
    both = next(sides).merge(next(sides), on=[*keys], how="outer", suffixes=("_before", "_after"), indicator=True)
    names = [f"{name}_{side}" for name in (value, "p") for side in ("before", "after")]
    old, new, p_old, p_new = both.reindex(columns=names).apply(pd.to_numeric).to_numpy().T
    was, holds = p_old <= LEVEL, p_new <= LEVEL
    changes = {
        "new": both["_merge"].eq("right_only"), "gone": both["_merge"].eq("left_only"), "reversed": old * new < 0,
        "now beyond chance": holds & ~was, "no longer beyond chance": was & ~holds,
    }  # fmt: skip
    change = np.select(list(changes.values()), list(changes), "")
    rows = both[[*keys]].assign(change=change, before=old, after=new)[change != ""]
    return Changes(rows.sort_values(["change", *keys], ignore_index=True), added, gone, known=True, changed=changed)
