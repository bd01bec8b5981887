"""Sentences that are parsed together get the relations that spaCy's parser finds one after the other."""

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import reading
from helpers.reading import arcs, corpus
from tests.parsing import SEEDS

FIELDS = ["HEAD", "DEP", "SENT_START"]
STRANGE = ["", " ", "Gone.", "\n\n", " \n He left.\n\nShe, too.", "“”“”", "One two. Three. " * 30, "no stop " * 200]


@pytest.fixture(scope="module")
def nlp():
    return importlib.import_module(reading.find_model()).load(exclude=["ner"])


@pytest.fixture(scope="module")
def texts():
    return [*corpus.open_corpus(SEEDS).articles["text"], *STRANGE]


def find_tree(doc):
    """All that a parse sets: heads, relations, breaks, and what is at the left and right of each word."""
    edges = [(token.n_lefts, token.n_rights, token.left_edge.i, token.right_edge.i) for token in doc]
    return doc.to_array(FIELDS).tolist(), edges, [(part.start, part.end) for part in doc.sents]


def parse(nlp, parser, texts, broken=True):
    docs = [reading.tokenize(nlp, text)[0] if broken else nlp.make_doc(text) for text in texts]
    return [find_tree(doc) for doc in parser.pipe(nlp.get_pipe("tok2vec").pipe(docs), batch_size=len(docs))]


@pytest.mark.parametrize("most", [1, 300, 20_000])
def test_sentences_parsed_together_are_parsed_as_by_spacy(nlp, texts, monkeypatch, most):
    monkeypatch.setattr(arcs, "MOST", most)
    parser = nlp.get_pipe("parser")
    assert parse(nlp, arcs.SentenceParser(parser), texts) == parse(nlp, parser, texts)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), shift=st.sampled_from([0, 20, 40]), reduce=st.sampled_from([0, 20, 40]))
def test_whatever_the_moves_weigh_they_do_what_they_do_in_spacy(nlp, texts, seed, shift, reduce):
    """Weights drawn by chance lead where no text does: words put back again and again, stacks that grow and grow."""
    parser, draw, texts = nlp.get_pipe("parser"), np.random.default_rng(seed), [texts[0][:3000], *STRANGE]
    upper = parser.model.get_ref("upper")
    learned = {name: upper.get_param(name).copy() for name in ("W", "b")}
    favoured = {"S": shift, "D": reduce}
    names = [parser.moves.get_class_name(number) for number in range(parser.moves.n_moves)]
    try:
        upper.set_param("W", draw.normal(size=learned["W"].shape).astype("f"))
        upper.set_param("b", np.array([draw.normal() + favoured.get(name[0], 0) for name in names], "f"))
        assert parse(nlp, arcs.SentenceParser(parser), texts) == parse(nlp, parser, texts)
    finally:
        for name, values in learned.items():
            upper.set_param(name, values)


def test_texts_whose_breaks_are_not_set_are_left_to_spacy(nlp, monkeypatch):
    parser, texts = nlp.get_pipe("parser"), ["He left. She stayed, too.", "", "Gone."]
    monkeypatch.setattr(arcs, "find_arcs", lambda docs, moves: pytest.fail("parsed together"))
    assert parse(nlp, arcs.SentenceParser(parser), texts, False) == parse(nlp, parser, texts, False)


@pytest.mark.parametrize("change", ["beam", "places", "word parts"])
def test_a_parser_of_another_build_stays_in_its_place(monkeypatch, change):
    nlp = importlib.import_module(reading.find_model()).load(exclude=["ner"])
    if change == "beam":
        nlp.get_pipe("parser").cfg["beam_width"] = 4
    elif change == "places":
        monkeypatch.setattr(arcs, "_ASKED", 13)
    else:
        nlp.get_pipe("parser").add_label("subtok")
    arcs.parse_together(nlp)
    assert "parser" in nlp.pipe_names and "sentence_parser" not in nlp.pipe_names


def test_the_parser_is_put_in_the_place_of_spacys_own(nlp):
    names = reading.load_model(reading.find_model()).pipe_names
    assert names[:3] == ["tok2vec", "tagger", "sentence_parser"] and "parser" not in names
