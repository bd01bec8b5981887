"""What changed since the last run on other articles: findings that are new, gone, reversed or no longer significant."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.reading.corpus import Corpus, hash_corpus
from helpers.reading.files import write_whole
from helpers.reading.schemas import LEVEL


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

    `out`/runs/ holds, by `name`, the newest result and the last one of other articles; a rerun on the same articles
    compares with that one again. Each question has a history of its own: `asked` is what was chosen for it (an actor, a
    target ...), and another result on the same articles was asked or read otherwise, so that it begins one. A row of
    `table` is identified by `keys`, its number is `value`; `p`, where there is one, says whether it is significant at
    .05.

    `Changes.table`: one row is a finding that changed: the keys, change (`new`, `gone`, `reversed`, `now beyond
    chance`, `no longer beyond chance`), before and after (the value).
    """
    name += f"-{hashlib.sha256(repr(tuple(asked)).encode()).hexdigest()[:8]}" if asked else ""
    path = Path(out) / "runs" / f"{name}.json"
    columns = [*keys, value, *["p"] * ("p" in table)]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = json.loads(table[columns].to_json(orient="records", double_precision=6))
    now = {"sha256": hash_corpus(corpus), "articles": sorted(corpus.articles["article_id"]), "rows": rows}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        last, before = kept["last"], kept["before"]
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or one that cannot be read
        last = before = None
    if last and last["sha256"] != now["sha256"]:
        before = last
    elif last and last["rows"] != rows:
        before = None
    write_whole(path, json.dumps({"last": now, "before": before}).encode())
    if before is None:
        return Changes(pd.DataFrame(), [], [], known=False)
    added, gone = (sorted({*one["articles"]} - {*other["articles"]}) for one, other in ((now, before), (before, now)))
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
    return Changes(rows.sort_values(["change", *keys], ignore_index=True), added, gone, known=True)
