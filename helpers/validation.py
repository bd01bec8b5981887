"""Hold what the instruments found against what a person coded by reading: the measured error of every count."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.schemas import UNRESOLVED

if TYPE_CHECKING:
    from helpers.corpus import Corpus
    from helpers.reading import Reading

_MENTION_COLUMNS = ("article_id", "start", "end", "text", "actor", "kind", "place", "coder")


def read_mention_labels(corpus: "Corpus") -> pd.DataFrame:
    """Return the mentions that a person coded (labels/mentions.csv of the corpus); empty where nobody did.

    One row is one mention of one actor: article_id, start, end (characters of the article's text), text (the words
    there), actor, kind, place (yes where a country is only where something happens) and coder.

    Raises ValueError, naming the row, where the words are not at that place: the text or the codes have changed.
    """
    path = Path(corpus.folder) / "labels" / "mentions.csv"
    if not path.is_file():
        return pd.DataFrame(columns=_MENTION_COLUMNS).astype({"start": "int64", "end": "int64"})
    labels = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    labels = labels.astype({"start": "int64", "end": "int64"})
    texts = corpus.articles.set_index("article_id")["text"]
    for number, row in enumerate(labels.itertuples(), start=2):
        words = texts.get(row.article_id, "")[row.start : row.end]
        if words != row.text:
            raise ValueError(
                f"labels/mentions.csv row {number}: expected '{row.text}' at {row.start}-{row.end} of article "
                f"'{row.article_id}', found '{words}': the article has changed since it was coded; code it again"
            )
    return labels


def measure_mentions(read: "Reading", labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well the mentions found agree with those a person coded.

    A mention found is right when it overlaps a coded one of the same actor, each taken once. Only articles with
    codes count; unresolved mentions are left out of precision (they claim no actor) and cost recall.

    Returns
    -------
    DataFrame, one row a group of kinds: what ("names, acronyms and metonyms", "descriptions", "all"), n_found,
    n_coded, n_right, precision (n_right / n_found), recall (n_right / n_coded), and the 95 % Wilson intervals
    precision_low, precision_high, recall_low, recall_high. The intervals treat mentions as independent, which
    those of one article are not: read them as a lower bound of the doubt.
    """
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
        row["n_right"] = sum(number in right_coded for number in of_coded)
        row |= _share("precision", sum(number in right_found for number in of_found), len(of_found))
        row |= _share("recall", row["n_right"], len(of_coded))
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
