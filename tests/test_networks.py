"""The networks of the model give the same numbers whether alike words are read once or again and again."""

import importlib

from thinc.api import chain, clone, list2ragged, ragged2list, with_array
from thinc.layers import Linear

from helpers import reading
from helpers.reading import corpus, networks
from tests.parsing import SEEDS


def load(monkeypatch, *, once: bool):
    nlp = importlib.import_module(reading.find_model()).load(exclude=["ner"])
    with monkeypatch.context() as patch:
        if not once:
            patch.setattr(networks, "read_once", lambda network: None)
        networks.speed_up(nlp)
    return nlp.get_pipe("tok2vec").model, nlp


def test_alike_words_are_read_once_to_the_last_bit(monkeypatch):
    (once, nlp), (again, _) = load(monkeypatch, once=True), load(monkeypatch, once=False)
    texts = [*corpus.open_corpus(SEEDS).articles["text"], "", "A word. A word."]
    docs = [reading.tokenize(nlp, text)[0] for text in texts]
    assert "alike_words_once" in [layer.name for layer in once.walk()]
    assert "alike_words_once" not in [layer.name for layer in again.walk()]
    for batch in (docs, docs[:1], docs[-2:-1]):
        for one, other in zip(once.predict(batch), again.predict(batch), strict=True):
            assert (one == other).all()


def test_a_network_of_another_build_stays_as_it_is():
    layer = with_array(chain(Linear(2, 2), clone(Linear(2, 2), 2)))
    network = chain(chain(list2ragged(), layer, ragged2list()), layer)
    before = [node.name for node in network.walk()]
    networks.read_once(network)
    assert [node.name for node in network.walk()] == before
