"""The names that spaCy finds in articles, kept so that they are not found twice."""

import hashlib
import io

import pandas as pd

from helpers import reading
from helpers.writing import write_whole


def load_entities(articles: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return what `reading.find_entities` finds in articles (article_id, outlet, text), with each article's outlet.

    It is kept beside what was read and found again while the texts and the model are the same.
    """
    parts = [articles[["article_id", "text"]].to_json(orient="values"), reading.name_model()]
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
    kept = reading.STORE / f"names-{name}.parquet"
    try:
        found = pd.read_parquet(kept)
    except (OSError, ValueError):  # none yet, or half of one
        found = reading.find_entities(articles, progress=progress)
        kept.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        found.to_parquet(buffer, index=False)
        write_whole(kept, buffer.getvalue())
    return found.merge(articles[["article_id", "outlet"]], on="article_id", how="left")
