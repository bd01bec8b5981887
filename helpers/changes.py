"""What changed since the last run on other articles: findings that appeared, went, turned round or lost their test."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.export import describe_corpus
from helpers.reading.files import write_csv, write_whole

if TYPE_CHECKING:
    from helpers.reading.corpus import Corpus

FOLDER = "runs"
COLUMNS = ["change", "before", "after", "articles"]


class Changes(NamedTuple):
    """How a result differs from that of the last run on other articles."""

    table: pd.DataFrame
    added: list[str]  # articles that this run has and that one had not
    gone: list[str]
    known: bool  # there was such a run


def compare_run(
    table: pd.DataFrame, name: str, *, keys: Sequence[str], value: str, out: str | Path, corpus: "Corpus"
) -> Changes:
    """Keep a result for the next run and say how it differs from that of the last run on other articles.

    `out`/runs/ holds the newest result by `name`, and the last one of other articles beside it; a rerun on the same
    articles compares with that one again. One row of `table` is named by `keys`, its number is `value`; `p`, where
    there is one, says whether it is told apart at .05; `driven_by`, which article it rests on most.

    `Changes.table`: one row is a finding that changed: the keys, change (`new`, `gone`, `turned round`, `now told
    apart`, `no longer told apart`), before and after (the value), articles (of those added or gone, the one it rests
    on most, where the table says so).
    """
    place = Path(out) / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    newest, earlier = (place / f"{name}{ending}" for ending in ("", "-before"))
    record = {
        "sha256": describe_corpus(corpus)["sha256"],
        "articles": sorted(corpus.articles["article_id"]),
    }
    last = _read(newest)
    if last is not None and last[1]["sha256"] != record["sha256"]:
        for ending in (".csv", ".json"):
            write_whole(_add(earlier, ending), _add(newest, ending).read_bytes())
    columns = [name for name in (*keys, value, "p", "driven_by") if name in table]
    write_csv(table[columns], _add(newest, ".csv"))
    write_whole(_add(newest, ".json"), (json.dumps(record, ensure_ascii=False) + "\n").encode())
    before = _read(earlier)
    if before is None:
        return Changes(pd.DataFrame(columns=[*keys, *COLUMNS]), [], [], known=False)
    old, old_record = before
    added = sorted(set(record["articles"]) - set(old_record["articles"]))
    gone = sorted(set(old_record["articles"]) - set(record["articles"]))
    return Changes(_compare(old, table[columns], list(keys), value, {*added, *gone}), added, gone, known=True)


def _add(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _read(path: Path) -> tuple[pd.DataFrame, dict[str, object]] | None:
    """Return a kept result and its record; None where there is none, or one that cannot be read."""
    try:
        table = pd.read_csv(_add(path, ".csv"), keep_default_na=False, na_values={"p": [""]}, encoding="utf-8")
        record = json.loads(_add(path, ".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (table, record) if isinstance(record, dict) and {"sha256", "articles"} <= set(record) else None


def _compare(old: pd.DataFrame, new: pd.DataFrame, keys: list[str], value: str, moved: set[str]) -> pd.DataFrame:
    old, new = (side.astype({key: "str" for key in keys}) for side in (old, new))
    old[keys] = old[keys].replace(r"^'(?=[=+\-@])", "", regex=True)  # as `write_csv` defused them
    both = old.merge(new, on=keys, how="outer", suffixes=("_before", "_after"), indicator=True)
    rows = []
    for row in both.to_dict("records"):
        before, after = (pd.to_numeric(row[f"{value}_{side}"], errors="coerce") for side in ("before", "after"))
        change = _name_change(row, before, after)
        if change:
            drivers = {str(row.get(f"driven_by_{side}", "")) for side in ("before", "after")}
            rows.append((*(row[key] for key in keys), change, before, after, " | ".join(sorted(drivers & moved))))
    table = pd.DataFrame(rows, columns=[*keys, *COLUMNS])
    return table.sort_values(["change", *keys], ignore_index=True)


def _name_change(row: dict[str, object], before: float, after: float) -> str:
    if row["_merge"] != "both":
        return "new" if row["_merge"] == "right_only" else "gone"
    if before * after < 0:
        return "turned round"
    told = [row.get(f"p_{side}", 1.0) <= 0.05 for side in ("before", "after")]
    return "" if told[0] == told[1] else "now told apart" if told[1] else "no longer told apart"
