"""Hold what the instruments found against what a person coded by reading: the measured error of every count."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.schemas import UNRESOLVED

if TYPE_CHECKING:
    from helpers.corpus import Corpus
    from helpers.reading import Reading

_MENTION_COLUMNS = ("article_id", "start", "end", "text", "actor", "kind", "place", "coder")


def read_mention_labels(corpus: "Corpus") -> pd.DataFrame:
    """Return the mentions that a person coded (labels/mentions.csv of the corpus); empty where nobody did.

    One row is one mention of one actor: article_id, start, end (characters of the article's text), text (the words
    there), actor, kind, place (yes where a country is only where something happens), coder, and problem: empty, or
    why the row cannot be used (it names another article or actor, or the text has changed since it was coded).
    """
    path = Path(corpus.folder) / "labels" / "mentions.csv"
    if not path.is_file():
        return pd.DataFrame(columns=[*_MENTION_COLUMNS, "problem"])
    labels = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    labels = labels.reindex(columns=list(_MENTION_COLUMNS), fill_value="")
    for column in ("start", "end"):
        labels[column] = pd.to_numeric(labels[column], errors="coerce").fillna(-1).astype("int64")
    texts = corpus.articles.set_index("article_id")["text"]
    actors = set(corpus.actors["actor"])
    problems = [
        _find_problem(f"labels/mentions.csv row {number}", row, texts.get(row.article_id), actors)
        for number, row in enumerate(labels.itertuples(), start=2)
    ]
    return labels.assign(problem=problems)


def _find_problem(where: str, row: Any, text: str | None, actors: set[str]) -> str:
    if text is None:
        return f"{where}, article_id: no article '{row.article_id}'; name one of articles.csv"
    if row.actor not in actors:
        return f"{where}, actor: '{row.actor}' is not in actors.csv; write it as there"
    found = text[row.start : row.end] if row.start >= 0 else ""
    if found != row.text:
        return f"{where}, text: '{row.text}' is not at {row.start}-{row.end}; the article has changed: code it again"
    return ""


def measure_mentions(read: "Reading", labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well the mentions found agree with those a person coded.

    A mention found is right when it overlaps a coded one of the same actor, each taken once. Only articles with
    codes count, and only codes without a problem; unresolved mentions are left out of precision (they claim no
    actor) and cost recall.

    Returns
    -------
    DataFrame, one row a group of kinds: what ("names, acronyms and metonyms", "descriptions", "all"), n_found,
    n_coded, right_found and right_coded (matched ones of either side; they differ where finder and coder give a
    match another kind), precision (right_found / n_found), recall (right_coded / n_coded), and the 95 % intervals
    (Wilson) precision_low, precision_high, recall_low, recall_high. The intervals treat mentions as independent, which
    those of one article are not: read them as a lower bound of the doubt.
    """
    labels = labels[labels["problem"].eq("")].reset_index(drop=True)
    found = read.mentions[read.mentions["actor"].ne(UNRESOLVED)]
    found = found[found["article_id"].isin(labels["article_id"])]
    pairs = _pair(found, labels)
    right_found, right_coded = {a for a, _ in pairs}, {b for _, b in pairs}
    groups = {
        "names, acronyms and metonyms": ("name", "acronym", "metonym"),
        "descriptions": ("description",),
        "all": ("name", "acronym", "metonym", "description"),
    }
    rows = []
    for what, kinds in groups.items():
        of_found, of_coded = found.index[found["kind"].isin(kinds)], labels.index[labels["kind"].isin(kinds)]
        row = {"what": what, "n_found": len(of_found), "n_coded": len(of_coded)}
        row["right_found"] = sum(number in right_found for number in of_found)
        row["right_coded"] = sum(number in right_coded for number in of_coded)
        row |= _share("precision", row["right_found"], len(of_found))
        row |= _share("recall", row["right_coded"], len(of_coded))
        rows.append(row)
    return pd.DataFrame(rows)


def _pair(found: pd.DataFrame, labels: pd.DataFrame) -> list[tuple[int, int]]:
    """Match each mention found with a coded one of its actor that it overlaps, the best overlap first."""
    keys = ["article_id", "actor"]
    both = (
        found[[*keys, "start", "end"]]
        .reset_index(names="found")
        .merge(labels[[*keys, "start", "end"]].reset_index(names="coded"), on=keys, suffixes=("", "_coded"))
    )
    overlap = both[["end", "end_coded"]].min(axis=1) - both[["start", "start_coded"]].max(axis=1)
    both = both.assign(overlap=overlap)[overlap > 0].sort_values(
        ["overlap", "found", "coded"], ascending=[False, True, True]
    )
    pairs, used_found, used_coded = [], set(), set()
    for row in both.itertuples():
        if row.found not in used_found and row.coded not in used_coded:
            pairs.append((row.found, row.coded))
            used_found.add(row.found)
            used_coded.add(row.coded)
    return pairs


def _share(name: str, right: int, n: int) -> dict[str, float]:
    """A share with its Wilson interval; empty where there is nothing to share."""
    from scipy.stats import binomtest

    if n == 0:
        return {name: float("nan"), f"{name}_low": float("nan"), f"{name}_high": float("nan")}
    interval = binomtest(right, n).proportion_ci(method="wilson")
    return {name: right / n, f"{name}_low": interval.low, f"{name}_high": interval.high}
