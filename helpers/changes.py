"""What changed since the last run on other articles: findings that are new, gone, reversed or no longer significant."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.reading.corpus import Corpus, hash_corpus
from helpers.reading.files import csv_text, write_whole


class Changes(NamedTuple):
    """How a result differs from that of the last run on other articles."""

    table: pd.DataFrame
    added: list[str]  # articles that only this run has
    gone: list[str]
    known: bool  # whether there was such a run


def compare_run(
    table: pd.DataFrame, name: str, *, keys: Sequence[str], value: str, out: str | Path, corpus: Corpus,
    asked: Sequence[str] = (),
) -> Changes:  # fmt: skip
    """Return how a result differs from that of the last run on other articles, and save it for the next run.

    `out`/runs/ holds the newest result by `name`, and the last one of other articles beside it; a rerun on the same
    articles compares with that one again. Each question has a history of its own: `asked` is what was chosen for it
    (an actor, a target ...), and another result on the same articles was asked or read otherwise, so that it begins
    one. A row of `table` is identified by `keys`, its number is `value`; `p`, where there is one, says whether it is
    significant at .05; `driven_by`, which article it depends on most.

    `Changes.table`: one row is a finding that changed: the keys, change (`new`, `gone`, `reversed`, `now beyond
    chance`, `no longer beyond chance`), before and after (the value), articles (of those added or gone, the one it
    depends on most, where the table says so).
    """
    folder = Path(out) / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    record = {"sha256": hash_corpus(corpus), "articles": sorted(corpus.articles["article_id"])}
    name += f"-{hashlib.sha256(repr(tuple(asked)).encode()).hexdigest()[:8]}" if asked else ""
    last, columns = _read(folder, name), [column for column in (*keys, value, "p", "driven_by") if column in table]
    newest = csv_text(table[columns]).encode()
    if last is not None and last[1]["sha256"] != record["sha256"]:
        for ending in (".csv", ".json"):
            write_whole(folder / f"{name}-before{ending}", (folder / f"{name}{ending}").read_bytes())
    elif last is not None and (folder / f"{name}.csv").read_bytes() != newest:
        (folder / f"{name}-before.csv").unlink(missing_ok=True)
    write_whole(folder / f"{name}.csv", newest)
    write_whole(folder / f"{name}.json", (json.dumps(record, ensure_ascii=False) + "\n").encode())
    before = _read(folder, f"{name}-before")
    if before is None:
        return Changes(pd.DataFrame(columns=[*keys, "change", "before", "after", "articles"]), [], [], known=False)
    old, old_record = before
    added = sorted(set(record["articles"]) - set(old_record["articles"]))
    gone = sorted(set(old_record["articles"]) - set(record["articles"]))
    return Changes(_compare(old, table[columns], list(keys), value, {*added, *gone}), added, gone, known=True)


def _read(folder: Path, name: str) -> tuple[pd.DataFrame, dict[str, object]] | None:
    """Return a kept result and its record; None where there is none, or one that cannot be read."""
    try:
        table = pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values={"p": [""]}, encoding="utf-8")
        record = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (table, record) if isinstance(record, dict) and {"sha256", "articles"} <= set(record) else None


def _compare(old: pd.DataFrame, new: pd.DataFrame, keys: list[str], value: str, moved: set[str]) -> pd.DataFrame:
    old, new = (side.astype({key: "str" for key in keys}) for side in (old, new))
    old[keys] = old[keys].replace(r"^'(?=[=+\-@])", "", regex=True)  # put there by `write_csv` against formulas
    both = old.merge(new, on=keys, how="outer", suffixes=("_before", "_after"), indicator=True)
    before, after = (pd.to_numeric(both[f"{value}_{side}"], errors="coerce") for side in ("before", "after"))
    was, now = (both.get(f"p_{side}", pd.Series(1.0, both.index)).le(0.05) for side in ("before", "after"))
    changes = {
        "new": both["_merge"].eq("right_only"), "gone": both["_merge"].eq("left_only"),
        "reversed": before * after < 0, "now beyond chance": now & ~was, "no longer beyond chance": was & ~now,
    }  # fmt: skip
    change = np.select(list(changes.values()), list(changes), "")
    drivers = both.reindex(columns=["driven_by_before", "driven_by_after"]).astype("str").to_numpy()
    articles = [" | ".join(sorted(moved.intersection(own))) for own in drivers]
    rows = both[keys].assign(change=change, before=before, after=after, articles=articles)[change != ""]
    return rows.sort_values(["change", *keys], ignore_index=True)
