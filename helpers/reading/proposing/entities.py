"""The names that spaCy finds in articles, kept so that they are not found twice."""

import hashlib
import io
from pathlib import Path

import pandas as pd

from helpers.reading.files import write_whole
from helpers.reading.models import name_model
from helpers.reading.recognising import find_entities
from helpers.reading.storing import STORE

MOST = 350  # articles that are looked through: an article's names take more than half of the time of reading it
_FEW, _KEPT = 20_000, "names.parquet"  # articles whose names are kept, and where


def draw_articles(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the articles that are looked through for names: all, or of very many `MOST`, drawn by their texts."""
    if len(articles) <= MOST:
        return articles
    chance = articles["text"].map(lambda text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    return articles.loc[chance.sort_values(kind="stable").index[:MOST].sort_values()]


def load_entities(articles: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return what `find_entities` finds in articles (article_id, outlet, text), with each article's outlet.

    What it finds in a text is kept beside what was read and found again while the model is the same.
    """
    model = name_model()
    keys = [
        hashlib.sha256(f"{model}\0{text}".encode("utf-8", "surrogatepass")).hexdigest() for text in articles["text"]
    ]
    file = STORE / _KEPT
    kept = _load(file)
    texts = pd.DataFrame({"article_id": keys, "text": articles["text"].to_numpy()}).drop_duplicates("article_id")
    missing = texts[~texts["article_id"].isin(kept["key"])]
    if len(missing):
        found = find_entities(missing, progress=progress).rename(columns={"article_id": "key"})
        none = pd.DataFrame({"key": missing.loc[~missing["article_id"].isin(found["key"]), "article_id"]})
        parts = [kept, found, none.assign(name="", label="", start=0, end=0)]
        kept = pd.concat([part for part in parts if len(part)], ignore_index=True)
        if kept["key"].nunique() > _FEW:
            kept = kept[kept["key"].isin(keys)]
        buffer = io.BytesIO()
        kept.to_parquet(buffer, index=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, buffer.getvalue())
    named = articles[["article_id", "outlet"]].assign(key=keys).merge(kept[kept["name"].ne("")], on="key")
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64", "outlet": "str"}
    return named[list(types)].astype(types)


def _load(file: Path) -> pd.DataFrame:
    columns = ["key", "name", "label", "start", "end"]
    try:
        return pd.read_parquet(file)[columns]
    except (OSError, ValueError, KeyError):  # none yet, or half of one
        return pd.DataFrame(columns=columns)
