"""Rows asked in the store are those of the whole tables, and every measure is the same either way."""

import shutil
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import agency, attribution, evidence, inference, naming, reading, sentiment, stories, terms
from helpers.reading import corpus, schemas, select_rows
from tests.parsing import SEEDS, make_corpus
from tests.test_store import MORE, TEXTS, assert_same_tables

ABOUT = {"actor": "ISIS", "target": "Sputnik"}
SAME = {"A-1": TEXTS["A-1"], "B-1": TEXTS["B-1"], "C-1": "No.", "D-1": TEXTS["A-1"], **MORE}  # two print one text
OF_ALL = (
    naming.count_mentions, naming.count_unresolved, inference.share_voice, naming.list_left_out,
    sentiment.score_sentences, sentiment.classify_targets, sentiment.weigh_words, attribution.count_sources,
    attribution.cross_sources, attribution.compare_intros, attribution.find_silent, attribution.list_unlisted,
    attribution.find_statements, agency.count_roles, agency.share_agents, agency.count_passives,
)  # fmt: skip
OF_AN_ACTOR = (
    naming.share_names, inference.compare_names, inference.compare_roles,
    terms.select_passages, agency.count_verbs,
)  # fmt: skip
MEASURES = {
    **{measure.__name__: measure for measure in OF_ALL},
    **{measure.__name__: partial(measure, actor="ISIS") for measure in OF_AN_ACTOR},
    "words": lambda read: terms.contrast_terms(read, **ABOUT),
    "lines of names": lambda read: evidence.show_lines(read, naming.share_names(read, actor="ISIS")),
    "lines of words": lambda read: evidence.show_lines(read, terms.contrast_terms(read, **ABOUT, replicates=0).head(9)),
    "actor": lambda read: pd.DataFrame([reading.pick_actor(read), reading.pick_target(read, "ISIS")]),
}


@pytest.fixture(scope="module", autouse=True)
def as_if_large():
    """The store is asked even for the few articles of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.reading.LOADED", -1)
        yield


def load_tables(read):
    """The same reading with every table loaded."""
    return reading.change_tables(read, stored=None, **{name: getattr(read, name) for name in reading.READ_TABLES})


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The seeds, left in a store of several parts."""
    folder, seeds = tmp_path_factory.mktemp("store"), corpus.open_corpus(SEEDS)
    reading.read_corpus(replace(seeds, articles=seeds.articles.iloc[3:].reset_index(drop=True)), store=folder)
    return lambda: reading.read_corpus(seeds, store=folder)


@pytest.fixture(scope="module")
def loaded(stored):
    return load_tables(stored())


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_the_same_from_the_store_and_from_whole_tables(stored, loaded, name):
    lazy = stored()
    pd.testing.assert_frame_equal(MEASURES[name](lazy), MEASURES[name](loaded), check_exact=True)
    assert vars(lazy).keys().isdisjoint(reading.READ_TABLES), "a table was loaded whole"


@pytest.mark.parametrize("outlets", [["Sputnik"], ["Sputnik", "Daily Caller"], []])
def test_a_reading_of_some_outlets_is_the_same_either_way(stored, loaded, outlets):
    one, other = stories.keep_outlets(stored(), outlets), stories.keep_outlets(loaded, outlets)
    assert one.articles.equals(other.articles)
    assert_same_tables(one, other)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A reading left in its store, of a corpus in which two articles print one text, and its whole tables."""
    folder = tmp_path_factory.mktemp("both")
    reading.read_corpus(make_corpus(dict(list(SAME.items())[20:])), store=folder)  # two parts
    lazy, other = (reading.read_corpus(make_corpus(SAME), store=folder) for _ in range(2))
    whole = load_tables(other)
    return lambda: (lazy, whole)  # what fails is shown without the tables


VALUES = {
    "actor": ["ISIS", "Russia", "nobody"], "role": ["head", "place"], "article_id": ["A-1", "C-7", "D-1"],
    "attribution_id": ["", "D-1/0", "A-1/0"], "scare": [True, False], "sentence_no": [0, 1],
}  # fmt: skip


@settings(max_examples=20)
@given(data=st.data())
def test_rows_asked_in_the_store_are_those_of_the_whole_table(both, data):
    lazy, whole = both()
    asked = data.draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True))
    values = {name: data.draw(st.sampled_from([*VALUES[name], VALUES[name]])) for name in asked}
    columns = data.draw(st.none() | st.lists(st.sampled_from(list(schemas.TABLES["mentions"].columns)), unique=True))
    keys = data.draw(st.sampled_from([None, ["article_id"], ["article_id", "sentence_no"], ["voice", "actor"]]))
    among = None if keys is None else whole.mentions[keys].iloc[:: data.draw(st.integers(2, 9))].drop_duplicates()
    given_either_way = {"columns": columns, "among": among, **values}
    found, wanted = (select_rows(one, "mentions", **given_either_way) for one in (lazy, whole))
    assert list(found.columns) == list(wanted.columns)
    pd.testing.assert_frame_equal(found, wanted, check_index_type=False, check_column_type=False)
    assert "mentions" not in vars(lazy)


def test_a_column_that_is_not_there_is_named(both):
    for read in both():
        with pytest.raises(KeyError, match="nonsense"):
            select_rows(read, "mentions", ["nonsense"])
        with pytest.raises(KeyError, match="nowhere"):
            select_rows(read, "mentions", ["actor"], nowhere=1)


@pytest.mark.parametrize("what", ["the store", "a part", "a table", "half a table"])
def test_a_store_that_is_lost_while_a_reading_is_open_is_read_again(tmp_path, what):
    folder = tmp_path / "store"
    whole = load_tables(reading.read_corpus(make_corpus(SAME), store=folder))
    read = reading.read_corpus(make_corpus(SAME), store=folder)
    assert len(select_rows(read, "sentences", ["sentence_no"]))
    (part,) = folder.glob("tables/*/part-*")
    table = part / "mentions.parquet"
    if what in ("a table", "half a table"):
        table.write_bytes(table.read_bytes()[:-30]) if what == "half a table" else table.unlink()
    else:
        shutil.rmtree(folder if what == "the store" else part)
    assert_same_tables(read, whole)


def test_strange_letters_come_back_as_they_were_stored(tmp_path):
    texts = {"A-1": "ISIS said: \x00 “a\u202eb” <script> 'x' \U0001f600 العربية. It left."}
    read = reading.read_corpus(make_corpus(texts), store=tmp_path)
    found = select_rows(read, "sentences", ["start", "end", "text"])
    assert [texts["A-1"][row.start : row.end] for row in found.itertuples()] == found["text"].tolist()
    assert "\x00" in "".join(found["text"])
