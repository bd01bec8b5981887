"""Names for what is stored: a hash of all that the tables of an article depend on."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence

from helpers.reading.corpus import Corpus
from helpers.reading.hashing import hash_code
from helpers.reading.masking import list_names

# the modules and lexicons that the stored tables depend on; tests hold both against what reading imports and opens
READERS = (
    "acts", "actors", "aliases", "attribution", "arcs", "chunks", "masking", "models", "networks", "parses", "passages",
    "quotations", "rulings", "schemas", "sentences", "sources", "tables",
)  # fmt: skip
LEXICONS = (
    "abbreviations.csv", "act_nouns.csv", "attribution_weights.npz", "member_nouns.csv", "place_words.csv",
    "reporting_verbs.csv", "sentence_starters.csv", "source_nouns.csv", "titles.csv",
)  # fmt: skip
_WORD = re.compile(r"\w+")


def name_rules() -> str:
    """Return a name for the code and the lexicons that read."""
    return hash_code(READERS, LEXICONS)


def name_articles(corpus: Corpus, model: str, masks: Sequence[Sequence[str]] | None = None) -> list[str]:
    """Return a name for the tables of each article: a hash of text, actors, sources, masked names, rules and model.

    Of the names to mask only those count that stand in the text. Which article it is and whose does not count: it is
    said when the tables are put together. `masks` are what `list_masks` returned, where the caller has it.
    """
    parts = [corpus.actors.to_json(orient="values"), corpus.sources.to_json(orient="values"), model, name_rules()]
    shared = hashlib.sha256("\0".join(parts).encode())
    keys = []
    for text, names in zip(corpus.articles["text"], masks or list_masks(corpus), strict=True):
        own = shared.copy()
        own.update("\0".join(["", json.dumps(names), text]).encode("utf-8", "surrogatepass"))
        keys.append(own.hexdigest()[:32])
    return keys


def name_store(corpus: Corpus, model: str) -> str:
    """Return one name for all that was read from a corpus: its articles with ids and outlets, and what read them."""
    ids = corpus.articles[["article_id", "outlet"]].to_json(orient="values")
    return hashlib.sha256("\0".join([ids, *name_articles(corpus, model)]).encode()).hexdigest()[:24]


def list_masks(corpus: Corpus) -> list[list[str]]:
    """Return, for each article, the names of `masking.list_names` that stand in its text."""
    listed = list_names(corpus.articles, corpus.settings.get("masking", {}).get("names", []))
    by_word: dict[str, list[str]] = {}
    for name in listed:
        first = _WORD.search(name)
        by_word.setdefault(first[0] if first else "", []).append(name)
    return [_find_names(text, by_word) for text in corpus.articles["text"]]


def _find_names(text: str, by_word: dict[str, list[str]]) -> list[str]:
    """Names whose first word is a word of the text, so that the cost does not grow with the list."""
    words: Iterable[str] = by_word.keys() & {*_WORD.findall(text), ""}
    names: Sequence[str] = [name for word in words for name in by_word[word] if name in text]
    return sorted(names)
