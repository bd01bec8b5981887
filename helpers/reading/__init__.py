"""Articles in, the tables of schemas.py out: everything below the seam.

    open_corpus   a corpus folder -> its articles, actors and sources         corpus.py, cleaning/
    read_corpus   articles -> the tables, each article read once              reading.py, parsing.py, store.py
    select_rows   rows and columns of a table, without loading the rest

An article on its way: cleaning/ cuts what is not prose, sentences.py and spaCy parse it, attribution/ finds who said
what, actors.py finds mentions, and tables.py makes the rows.
"""

from helpers.reading.cluster import open_client
from helpers.reading.corpus import Corpus, open_corpus
from helpers.reading.parsing import find_model, load_model, tokenize
from helpers.reading.reading import (
    Reading,
    change_tables,
    narrow_reading,
    pick_actor,
    pick_target,
    read_corpus,
    select_rows,
)
from helpers.reading.store import READ_TABLES, STORE

__all__ = [
    "READ_TABLES",
    "STORE",
    "Corpus",
    "Reading",
    "change_tables",
    "find_model",
    "load_model",
    "narrow_reading",
    "open_client",
    "open_corpus",
    "pick_actor",
    "pick_target",
    "read_corpus",
    "select_rows",
    "tokenize",
]
