"""Sentences -> a Reading, through the real reader: what the tests of reading, actors, attribution and agency share."""

from io import StringIO
from pathlib import Path

import pandas as pd

from helpers.reading import Reading, read_corpus, schemas
from helpers.reading.corpus import Corpus
from tests.pseudonyms import read_table
from tests.readings import describe_article

SEEDS = Path(__file__).parents[1] / "seeds"
ACTORS, SOURCES = read_table(SEEDS / "actors.csv"), read_table(SEEDS / "sources.csv")


def make_corpus(texts, actors=ACTORS, sources=SOURCES, settings=None):
    """A Corpus of {article_id: text}; the outlet is the article_id up to its first dash."""
    rows = [describe_article(article_id, article_id.split("-")[0], text) for article_id, text in texts.items()]
    articles = schemas.check(pd.DataFrame(rows), "articles")
    empty = {name: schemas.check(pd.DataFrame(), name) for name in ("removed", "rejected")}
    return Corpus(folder=SEEDS, articles=articles, actors=actors, sources=sources, settings=settings or {}, **empty)


def read_texts(texts, **parts) -> Reading:
    """What the real reader makes of some texts."""
    return read_corpus(make_corpus(texts, **parts), store=None)


def read_text(text, **parts) -> Reading:
    """What the real reader makes of one text."""
    return read_texts({"outlet-1": text}, **parts)


def read_each(table, texts, **parts) -> dict[str, pd.DataFrame]:
    """The rows of one table that each text has, all read at once: an article is read alike in any company."""
    rows = getattr(read_texts({f"outlet-{number}": text for number, text in enumerate(texts)}, **parts), table)
    return {text: rows[rows["article_id"] == f"outlet-{number}"] for number, text in enumerate(texts)}


def actors_csv(rows):
    """Rows of actors.csv typed as a person would."""
    return pd.read_csv(StringIO("actor,alias,kind,note\n" + rows), dtype=str, keep_default_na=False)
