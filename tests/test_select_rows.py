"""Rows and columns asked of a reading, and what happens to its store while it is open."""

import shutil

import pandas as pd
import pytest

from helpers import reading, stories
from helpers.reading import corpus, select_rows
from tests.parsing import SEEDS, make_corpus, read_texts
from tests.test_store import MORE, TEXTS, assert_same_tables

SAME = {**TEXTS, "C-1": "No.", "D-1": TEXTS["A-1"], **MORE}  # two print one text


@pytest.fixture(scope="module")
def same():
    return read_texts(SAME)


def test_rows_are_chosen_by_values_and_by_other_rows_and_keep_their_numbers(same):
    read, whole, among = same, same.mentions, pd.DataFrame({"article_id": ["D-1", "C-7"], "sentence_no": [0, 0]})
    found = select_rows(read, "mentions", ["actor", "start"], article_id=["A-1", "D-1"], voice="outlet")
    pd.testing.assert_frame_equal(found, whole[whole["article_id"].isin(["A-1", "D-1"])][["actor", "start"]])
    found = select_rows(read, "mentions", among=among, actor="ISIS")
    assert found["article_id"].tolist() == ["D-1", "C-7"] and found.equals(whole.loc[found.index])
    assert select_rows(read, "mentions", actor="nobody").empty
    for asked in ({"columns": ["nonsense"]}, {"nonsense": 1}):
        with pytest.raises(KeyError, match="nonsense"):
            select_rows(read, "mentions", **asked)


def test_a_reading_of_some_outlets_is_the_same_loaded_or_stored(tmp_path):
    seeds = corpus.open_corpus(SEEDS)
    loaded = reading.read_corpus(seeds, store=None)
    for outlets in (["Sputnik"], ["Sputnik", "Daily Caller"], []):
        one, other = (
            stories.keep_outlets(read, outlets) for read in (reading.read_corpus(seeds, store=tmp_path), loaded)
        )
        assert one.articles.equals(other.articles) and vars(one).keys().isdisjoint(reading.READ_TABLES)
        assert_same_tables(one, other)


@pytest.mark.parametrize("what", ["the store", "a part", "a table", "half a table"])
def test_a_store_that_is_lost_while_a_reading_is_open_is_read_again(tmp_path, same, what):
    folder = tmp_path / "store"
    reading.read_corpus(make_corpus(dict([*SAME.items()][20:])), store=folder)
    read = reading.read_corpus(make_corpus(SAME), store=folder)
    assert len(read.sentences)
    part, _ = folder.glob("tables/*/part-*")
    table = part / "mentions.parquet"
    if what in ("a table", "half a table"):
        table.write_bytes(table.read_bytes()[:-30]) if what == "half a table" else table.unlink()
    else:
        shutil.rmtree(folder if what == "the store" else part)
    assert_same_tables(read, same)


def test_strange_letters_come_back_as_they_were_stored(tmp_path):
    texts = {"A-1": "ISIS said: \x00 “a\u202eb” <script> 'x' \U0001f600 العربية. It left."}
    read = reading.read_corpus(make_corpus(texts), store=tmp_path)
    found = read.sentences
    assert [texts["A-1"][row.start : row.end] for row in found.itertuples()] == found["text"].tolist()
    assert "\x00" in "".join(found["text"])
