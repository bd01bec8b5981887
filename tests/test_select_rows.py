"""Rows asked in the store are those of the whole tables, and every measure is the same either way."""

import shutil  # noqa: I001 (two lines of imports read better than fifteen)
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import agency, attribution, coding, comparability, evidence, findings, inference
from helpers import labels, naming, reading, sentiment, stories, terms, validation
from helpers.coding import read_labels
from helpers.reading import corpus, schemas, select_rows, store
from tests.parsing import SEEDS, make_corpus
from tests.test_store import MORE, TEXTS, assert_same_tables

ABOUT = {"actor": "ISIS", "target": "Sputnik"}
SAME = {"A-1": TEXTS["A-1"], "B-1": TEXTS["B-1"], "C-1": "No.", "D-1": TEXTS["A-1"], **MORE}  # two print one text
OF_ALL = (
    naming.count_mentions, inference.share_voice, attribution.compare_intros,
    sentiment.score_sentences, sentiment.classify_targets, sentiment.weigh_words, attribution.count_sources,
    attribution.list_unlisted, attribution.find_statements, agency.count_roles, agency.share_agents,
)  # fmt: skip
OF_AN_ACTOR = (
    naming.share_names, inference.compare_names, inference.compare_roles,
    terms.select_passages, agency.count_verbs,
)  # fmt: skip
MEASURES = {
    **{measure.__name__: measure for measure in OF_ALL},
    **{measure.__name__: partial(measure, actor="ISIS") for measure in OF_AN_ACTOR},
    "words": lambda read: terms.contrast_terms(read, **ABOUT),
    "shift": lambda read: sentiment.shift_words(read, **ABOUT),
    "tone, intervals": lambda read: inference.compare_tone(sentiment.score_sentences(read, actor="ISIS"), read),
    "sources, intervals": lambda read: inference.compare_sources(read, by="stance"),
    "lines of names": lambda read: evidence.show_lines(read, naming.share_names(read, actor="ISIS")),
    "lines of words": lambda read: evidence.show_lines(read, terms.contrast_terms(read, **ABOUT, replicates=0).head(9)),
    "lines of sources": lambda read: evidence.show_lines(read, attribution.count_sources(read)),
    "coded mentions": lambda read: validation.measure_mentions(read, read_labels(read.corpus, "mentions")),
    "coded voices": lambda read: validation.measure_voices(read, read_labels(read.corpus, "voices")),
    "a sheet": lambda read: coding.draw_sheet(read, sentiment.classify_targets(read, actor="ISIS"), actor="ISIS"),
    "foot": lambda read: pd.DataFrame([comparability.frame(read).foot]),
    "never": lambda read: findings.list_never(labels.find_labels(read)),
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
    "actor": ["ISIS", "Russia", "nobody", "x' OR '1'='1"], "voice": ["outlet", "quote"], "role": ["head", "place"],
    "article_id": ["A-1", "C-7", "D-1"], "outlet": ["A", "C"], "attribution_id": ["", "D-1/0", "A-1/0"],
    "scare": [True, False], "sentence_no": [0, 1],
}  # fmt: skip


@settings(max_examples=40)
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
        with pytest.raises(KeyError, match='x"'):
            select_rows(read, "mentions", ["actor"], **{'x" OR 1=1': 1})


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


def test_the_engine_downloads_nothing_and_writes_nothing_of_its_own(tmp_path, monkeypatch):
    import duckdb

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    read = reading.read_corpus(make_corpus(TEXTS), store=tmp_path / "store")
    assert len(select_rows(read, "mentions", ["actor"], among=read.sentences[["article_id", "sentence_no"]]))
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    with duckdb.connect(":memory:", config=store._DUCKDB) as engine:
        assert engine.sql("SELECT current_setting('autoinstall_known_extensions')").fetchall() == [(False,)]
        asked = "SELECT install_mode FROM duckdb_extensions() WHERE extension_name = 'parquet'"
        assert engine.sql(asked).fetchall() == [("STATICALLY_LINKED",)]
