"""Read the codes that a person gave by reading, and name each one that no longer fits the articles."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from helpers.reading.corpus import Corpus


TONES = ("-1", "0", "1")


class _Sheet(NamedTuple):
    """What a sheet of codes holds: its columns, and where in them stand spans and their words."""

    columns: tuple[str, ...]
    spans: tuple[tuple[str, str, str], ...]  # start, end, the words there (or how they begin)


SHEETS = {
    "mentions": _Sheet(
        ("article_id", "start", "end", "text", "actor", "kind", "place", "coder"), (("start", "end", "text"),)
    ),
    "voices": _Sheet(
        ("article_id", "start", "end", "text", "actor", "voice", "scare", "coder"), (("start", "end", "text"),)
    ),
    "acts": _Sheet(
        ("article_id", "mention_start", "mention_end", "text", "actor", "role", "verb", "verb_start", "verb_end",
         "voice_of_verb", "negated", "coder"),
        (("mention_start", "mention_end", "text"),),
    ),
    "sentiment": _Sheet(
        ("article_id", "start", "end", "text", "actor", "tone", "voice", "coder", "note"), (("start", "end", "text"),)
    ),
    "attributions": _Sheet(
        ("article_id", "attribution_no", "source_no", "part", "source_start", "source_end", "source", "cue_start",
         "cue_end", "cue", "content_start", "content_end", "content", "form", "source_name", "source_type", "named",
         "nested_in", "via", "coder", "certain"),
        (("source_start", "source_end", "source"), ("cue_start", "cue_end", "cue"),
         ("content_start", "content_end", "content")),
    ),
}  # fmt: skip


def read_labels(corpus: "Corpus", sheet: str) -> pd.DataFrame:
    """Return the codes in labels/<sheet>.csv of a corpus; empty where nobody coded.

    `sheet` is mentions, voices, acts, sentiment or attributions; one row is one mention, one mention with its voice,
    one act, one sentence x actor with its tone, or one source x one part of the content of an attribution. What each
    column means and how it was coded stands in labels/README.md. Starts and ends are characters of the article's
    text, -1 where there is none. The column `problem` is empty, or says why a row cannot be used: it names another
    article or actor, or the text has changed.
    """
    columns, spans = SHEETS[sheet]
    path = Path(corpus.folder) / "labels" / f"{sheet}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=[*columns, "problem"], dtype="str")
    labels = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    labels = labels.reindex(columns=list(columns), fill_value="")
    for column in columns:
        if column.endswith(("start", "end")):
            labels[column] = pd.to_numeric(labels[column], errors="coerce").fillna(-1).astype("int64")
    texts = corpus.articles.set_index("article_id")["text"].to_dict()
    actors = set(corpus.actors["actor"])
    problems = [
        _find_problem(f"labels/{sheet}.csv row {number}", row, spans, texts, actors)
        for number, row in enumerate(labels.to_dict("records"), start=2)
    ]
    return labels.assign(problem=problems)


def _find_problem(
    where: str, row: dict[str, Any], spans: tuple[tuple[str, str, str], ...], texts: dict[str, str], actors: set[str]
) -> str:
    text = texts.get(row["article_id"])
    if text is None:
        return f"{where}, article_id: no article '{row['article_id']}'; name one of articles.csv"
    if "actor" in row and row["actor"] not in actors:
        return f"{where}, actor: '{row['actor']}' is not in actors.csv; write it as there"
    for start, end, words in spans:
        found = text[row[start] : row[end]] if row[start] >= 0 else ""
        if not found.startswith(row[words]) or bool(found) != bool(row[words]):
            at = f"{row[start]}-{row[end]}"
            return f"{where}, {words}: '{row[words]}' is not at {at}; the article has changed: code it again"
    if "tone" in row and row["tone"] not in TONES:
        return f"{where}, tone: '{row['tone']}'; write -1, 0 or 1"
    return ""
