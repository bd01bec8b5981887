"""Rows and columns asked of a reading, and what happens to its store while it is open."""


import pandas as pd
import pytest

from helpers import reading, stories
from helpers.reading import select_rows
from tests.parsing import make_corpus, read_texts
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


def test_a_reading_of_some_outlets_has_the_rows_of_theirs(same):
    for outlets in (["A"], ["A", "C"], []):
        found = stories.keep_outlets(same, outlets)
        ids = [article_id for article_id in SAME if article_id[0] in outlets]
        assert found.articles["article_id"].tolist() == ids
        assert_same_tables(found, same, ids)


def test_strange_letters_come_back_as_they_were_stored(tmp_path):
    texts = {"A-1": "ISIS said: \x00 “a\u202eb” <script> 'x' \U0001f600 العربية. It left."}
    read = reading.read_corpus(make_corpus(texts), store=tmp_path)
    found = read.sentences
    assert [texts["A-1"][row.start : row.end] for row in found.itertuples()] == found["text"].tolist()
    assert "\x00" in "".join(found["text"])
