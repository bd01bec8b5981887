"""Articles in, the tables of schemas.py out: everything below the seam. The only room that runs spaCy."""

from helpers.reading.choosing import pick_actor, pick_target
from helpers.reading.chunks import READ_TABLES
from helpers.reading.corpora import Reading, change_tables, narrow_reading, read_corpus
from helpers.reading.corpus import open_corpus
from helpers.reading.keys import LEXICONS, READERS, name_articles, name_store
from helpers.reading.models import find_model, load_model, name_model, tokenize
from helpers.reading.recognising import NAME_LABELS, find_entities
from helpers.reading.selecting import select_rows
from helpers.reading.spreading import open_client
from helpers.reading.storing import STORE

__all__ = [
    "LEXICONS",
    "NAME_LABELS",
    "READERS",
    "READ_TABLES",
    "STORE",
    "Reading",
    "change_tables",
    "find_entities",
    "find_model",
    "load_model",
    "name_articles",
    "name_model",
    "name_store",
    "narrow_reading",
    "open_client",
    "open_corpus",
    "pick_actor",
    "pick_target",
    "read_corpus",
    "select_rows",
    "tokenize",
]
