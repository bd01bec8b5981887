"""The accelerated pipeline annotates as spaCy's own does, and without it everything works."""

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from helpers.reading import accelerate as room
from helpers.reading import open_corpus, parsing, tokenize
from helpers.reading.accelerate import SentenceParser, accelerate
from tests.parsing import SEEDS, read_texts
from tests.test_store import assert_same_tables

FIELDS = ["TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START"]
STRANGE = ["", " ", "Gone.", "\n\n", " \n He left.\n\nShe, too.", "“”“”", "One two. No. " * 40, "no stop " * 1200, ""]
RULED = ["n't", "nt", "nothin'", "y'", "all", "na", "gon", "got", "ta", "let", "'s", "ai", "there", "is", "\n\n ", "—"]
WORDS = st.sampled_from([*RULED, "’s", "الحرب", "reports", "led", "x1", "be", "have"]).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.capitalize()])
)


def load(**options):
    return importlib.import_module(parsing.MODEL).load(exclude=["ner"], **options)


@pytest.fixture(scope="module")
def spacys():
    return load()


@pytest.fixture(scope="module")
def ours():
    return accelerate(load())


@pytest.fixture(scope="module")
def texts():
    return [*open_corpus(SEEDS, store=None).articles["text"], *STRANGE, " \n\n  I  \t it's\n", "Let's go. There's one."]


def read_words(doc, fields=FIELDS):
    """What is set of each word, with the words for spaCy's numbers."""
    table, strings = doc.to_array(fields).tolist(), doc.vocab.strings
    return [[*map(strings.__getitem__, row[:5]), *row[5:]] for row in table]


def read_annotations(doc):
    """All that a parse sets: annotations, children of each word, sentences."""
    edges = [(token.n_lefts, token.n_rights, token.left_edge.i, token.right_edge.i) for token in doc]
    return read_words(doc), edges, [str(part) for part in doc.sents]


def test_annotations_are_those_of_spacy(spacys, ours, texts, monkeypatch):
    assert {"accelerated_parser", "accelerated_attribute_ruler"} < {*ours.pipe_factories.values()}
    wanted = list(spacys.pipe([tokenize(spacys, text)[0] for text in texts]))
    for size, forms in ((3, 300), (256, 100_000)):
        monkeypatch.setattr(room, "MOST_FORMS", forms)
        found = ours.pipe([tokenize(ours, text)[0] for text in texts], batch_size=size)
        for mine, theirs in zip(found, wanted, strict=True):
            assert read_annotations(mine) == read_annotations(theirs)
            np.testing.assert_allclose(mine.tensor, theirs.tensor, rtol=0, atol=1e-4)


def parse(nlp, parser, texts):
    docs = [tokenize(nlp, text)[0] for text in texts]
    return [read_annotations(doc) for doc in parser.pipe(nlp.get_pipe("tok2vec").pipe(docs), batch_size=len(docs))]


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32 - 1), shift=st.sampled_from([0, 20, 40]), reduce=st.sampled_from([0, 20, 40]))
def test_whatever_the_moves_score_they_do_what_they_do_in_spacy(spacys, texts, seed, shift, reduce):
    """Random weights lead where no text does: words put back again and again, stacks that grow and grow."""
    parser, draw = spacys.get_pipe("parser"), np.random.default_rng(seed)
    upper = parser.model.get_ref("upper")
    learned = {name: upper.get_param(name).copy() for name in ("W", "b")}
    kinds = [parser.moves.get_class_name(n)[0] for n in range(parser.moves.n_moves)]
    favoured = [{"S": shift, "D": reduce}.get(kind, 0) for kind in kinds]
    try:
        upper.set_param("W", draw.normal(size=learned["W"].shape).astype("f"))
        upper.set_param("b", (draw.normal(size=len(favoured)) + favoured).astype("f"))
        some = [text[:3000] for text in (texts[0], *STRANGE)]
        ours = SentenceParser(parser)
        assert parse(spacys, ours, some) == parse(spacys, parser, some)
    finally:
        for name, values in learned.items():
            upper.set_param(name, values)


def test_what_is_of_another_version_stays_as_it_is(spacys, monkeypatch):
    for place, name in ((room.spacy, "__version__"), (room, "MADE_FOR")):
        with monkeypatch.context() as other:
            other.setattr(place, name, "3.9.1")
            assert accelerate(load()).pipe_names == spacys.pipe_names


@given(data=st.data())
def test_words_of_any_tag_and_relation_get_what_spacys_rules_give_them(spacys, ours, data):
    tags, relations = spacys.get_pipe("tagger").labels, spacys.get_pipe("parser").labels
    word = st.tuples(WORDS, st.sampled_from(tags), st.sampled_from([*relations, ""]))
    words = data.draw(st.lists(word, max_size=12))
    annotated = []
    for nlp in (spacys, ours):
        printed, tagged, related = ([one[part] for one in words] for part in range(3))
        doc = Doc(nlp.vocab, words=printed, tags=tagged, deps=related, heads=[0] * len(words))
        for _, component in nlp.pipeline[3:]:
            doc = component(doc)
        annotated.append(read_words(doc))
    assert annotated[0] == annotated[1]


def test_a_corpus_is_read_alike_without_this_room(monkeypatch):
    articles = open_corpus(SEEDS, store=None).articles
    some = dict(zip(articles["article_id"], articles["text"].str[:800], strict=True))
    with_it = read_texts(some)
    monkeypatch.setattr(room, "accelerate", lambda nlp: nlp)
    monkeypatch.setattr(parsing, "load_model", parsing.load_model.__wrapped__)
    assert_same_tables(read_texts(some), with_it)
