"""Rules that are looked up give each word what spaCy's own attribute ruler and lemmatizer give it."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc

from helpers import reading
from helpers.reading import corpus, rulings
from helpers.reading.rulings import look_up_rules, read_patterns
from tests.parsing import SEEDS

PARSER = ("tok2vec", "tagger", "parser")
FIELDS = ["TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START"]
SPACY, OURS = (importlib.import_module(reading.find_model()).load(exclude=["ner"]) for _ in range(2))
look_up_rules(OURS)
RULER = SPACY.get_pipe("attribute_ruler")
TAGS, RELATIONS = SPACY.get_pipe("tagger").labels, SPACY.get_pipe("parser").labels
ASKED = {  # the words that the model's rules name, and some that none names
    word
    for rule in RULER.patterns
    for pattern in rule["patterns"]
    for ask in pattern
    for wanted in [ask.get("LOWER", [])]
    for word in ([wanted] if isinstance(wanted, str) else wanted.get("IN", []) if wanted else [])
} | {
    "n't",
    "nt",
    "nothin'",
    "nuthin'",
    "y'",
    "y",
    "all",
    "na",
    "\n\n ",
    " ",
    "—",
    "’s",
    "الحرب",
    "reports",
    "Led",
    "x1",
}
WORDS = st.sampled_from(sorted(ASKED)).flatmap(lambda word: st.sampled_from([word, word.upper(), word.capitalize()]))


def finish(nlp: Language, doc: Doc) -> list[list[str | int]]:
    """What the components behind the parser make of a parsed text, with the words for spaCy's numbers."""
    doc = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    for name, component in nlp.pipeline:
        doc = doc if name in PARSER else component(doc)
    table = doc.to_array(FIELDS).tolist()
    return [[*(nlp.vocab.strings[value] for value in row[:5]), *row[5:]] for row in table]


def test_the_rules_of_the_model_are_looked_up():
    assert [name for name in OURS.pipe_names if name not in PARSER] == [
        "attribute_ruler_looked_up",
        "lemmatizer_looked_up",
    ]
    assert len(read_patterns(RULER)) >= len(RULER.patterns) > 100


@pytest.mark.parametrize("text", [*corpus.open_corpus(SEEDS).articles["text"], "", " \n\n  I  \t it's\n"])
def test_words_of_articles_get_what_spacy_gives_them(text):
    with SPACY.select_pipes(enable=PARSER):
        parsed = SPACY(text)
    assert finish(OURS, parsed) == finish(SPACY, parsed)


def test_forms_that_are_forgotten_are_worked_out_again(monkeypatch):
    monkeypatch.setattr(rulings, "MOST", 3)
    with SPACY.select_pipes(enable=PARSER):
        doc = SPACY("The men were fighting and the wars went on as they were.")
    assert finish(OURS, doc) == finish(SPACY, doc)


@given(st.lists(st.tuples(WORDS, st.sampled_from(TAGS), st.sampled_from([*RELATIONS, ""])), max_size=12))
def test_words_in_any_tag_and_relation_get_what_spacy_gives_them(words):
    doc = Doc(
        SPACY.vocab, words=[word for word, *_ in words], tags=[tag for _, tag, _ in words],
        deps=[relation for *_, relation in words], heads=[0] * len(words),
    )  # fmt: skip
    assert finish(OURS, doc) == finish(SPACY, doc)


def make_pipeline(*rules) -> Language:
    """An English pipeline with rules of one's own: patterns, what they set, and which word."""
    nlp = English()
    ruler = nlp.add_pipe("attribute_ruler")
    for patterns, sets, *index in rules:
        ruler.add(patterns, sets, *index)
    return nlp


@pytest.mark.parametrize(
    "rules",
    [
        [([[{"LOWER": "a"}]], {"POS": "X"}), ([[{"ORTH": "A"}]], {"POS": "NOUN", "LEMMA": "b"})],  # the later counts
        [([[{"LOWER": "a"}], [{"LOWER": "b"}, {"LOWER": "c"}]], {"POS": "X"}, 0)],  # one rule, several patterns
        [([[{"LOWER": "b"}, {}, {"LOWER": "a"}]], {"POS": "X"}, -1)],  # a word that is asked for nothing
        [([[{"LOWER": "a"}, {"LOWER": "a"}]], {"LEMMA": "one"}, 1), ([[{"LOWER": "a"}]], {"POS": "X"})],  # overlapping
        [([[{"LOWER": {"NOT_IN": ["a", "b"]}}]], {"POS": "X"}), ([[{"ORTH": {"REGEX": "[A-C]"}}]], {"MORPH": "A=b"})],
        [([[{"IS_SPACE": True}]], {"TAG": "_SP"}), ([[{"IS_SPACE": False}]], {"DEP": "dep"})],
    ],
)
def test_other_rules_hold_as_they_do_in_spacy(rules):
    theirs, ours = make_pipeline(*rules), make_pipeline(*rules)
    look_up_rules(ours)
    text = "a A  b a c C b c a a a"
    assert finish(ours, ours.make_doc(text)) == finish(theirs, theirs.make_doc(text))


@pytest.mark.parametrize(
    ("pattern", "sets"),
    [
        ([{"LOWER": "a", "OP": "+"}], {"POS": "X"}),
        ([{"LOWER": {"FUZZY": "abc"}}], {"POS": "X"}),
        ([{"LOWER": {"REGEX": {"IN": ["a"]}}}], {"POS": "X"}),
        ([{"LENGTH": {">=": 3}}], {"POS": "X"}),
        ([{"LOWER": 7}], {"POS": "X"}),
        ([{"LOWER": "a"}], {"NORM": "b"}),
    ],
)
def test_rules_that_cannot_be_looked_up_are_left_to_spacy(pattern, sets):
    nlp = make_pipeline(([[{"LOWER": "b"}]], {"POS": "X"}), ([pattern], sets))
    look_up_rules(nlp)
    assert nlp.pipe_names == ["attribute_ruler"]
