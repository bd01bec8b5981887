"""What is read of articles: every table as its schema says, what cannot be read named, and rows chosen."""

import dataclasses
import time

import pandas as pd
import pytest

from helpers import reading
from helpers.reading import narrow_reading, select_rows
from tests.parsing import make_corpus, read_texts
from tests.test_store import MORE, TEXTS, assert_same_tables


def test_every_span_shows_the_words_of_its_row(seeds):
    texts = seeds.articles.set_index("article_id")["text"]
    for table, start, end, words in (
        ("sentences", "start", "end", "text"), ("passages", "start", "end", "text"),
        ("attributions", "cue_start", "cue_end", "cue"), ("attributions", "source_start", "source_end", "source"),
        ("attributions", "intro_start", "intro_end", "intro"),
    ):  # fmt: skip
        for row in getattr(seeds, table).to_dict("records"):
            assert row[start] == -1 or texts[row["article_id"]][row[start] : row[end]] == row[words]
    columns = [seeds.passages[name].str.split().str.len() for name in ("lemma_starts", "lemma_ends", "lemmas")]
    assert columns[0].equals(columns[1]) and columns[0].equals(columns[2])
    for table, key in (("sentences", "sentence_no"), ("passages", "passage_no")):  # and mentions stand in theirs
        homes = getattr(seeds, table)[["article_id", key, "start", "end"]]
        joined = seeds.mentions.merge(homes, on=["article_id", key], suffixes=("", "_home"))
        assert len(joined) == len(seeds.mentions)
        assert (joined["start_home"] <= joined["start"]).all() and (joined["start"] < joined["end_home"]).all()


LANGUAGES = {"ru": False, "de-AT": False, "enm": False, "EN-gb": True, "English": True, "": True}
TOO_LONG = {
    "Word. " * 33_334: "has 200,004 characters; split it into articles",
    f"A start. {'“' * 9_000} An end.": "has 5,000 characters without a space, '““““““““““““““““““““...'; cut",
    f"A start. {'said,' * 2_000} An end.": "has 5,000 characters without a space, 'said,said,said,said,...'; cut what",
}


def test_articles_that_cannot_be_read_are_named_and_kept_out_of_the_measures():
    texts = {"L": [TEXTS["A-1"]] * len(LANGUAGES), "D": TOO_LONG}
    articles = make_corpus({f"{kind}-{n}": text for kind, own in texts.items() for n, text in enumerate(own)})
    frame = articles.articles.assign(language=[*LANGUAGES, *["en"] * len(TOO_LONG)])
    before = frame.copy()
    read = reading.read_corpus(dataclasses.replace(articles, articles=frame), store=None)
    assert frame.equals(before)
    assert set(read.mentions["article_id"]) == {*read.articles["article_id"]} == {"L-3", "L-4", "L-5"}
    foreign = [f"is in '{one}'; the instruments read English only: kept" for one in LANGUAGES if not LANGUAGES[one]]
    for name, said, line in zip(["L-0", "L-1", "L-2", "D-0", "D-1", "D-2"], [*foreign, *TOO_LONG.values()],
                                read.corpus.rejected["reason"], strict=True):  # fmt: skip
        assert line.startswith(f"{name}.txt: article '{name}' {said}") and "\n" not in line


@pytest.mark.slow
@pytest.mark.parametrize("text", ["The band moved on, he said, and then ", "“He said it is so” and "])
def test_one_paragraph_of_50_kb_is_read_in_a_time_that_grows_with_its_length(text):
    def measure(n):
        start = time.process_time()  # whatever else the machine does
        read = read_texts({"A-1": text * (n // len(text)), "B-1": "ISIS fled."})
        assert read.mentions["article_id"].tolist() == ["B-1"]
        return time.process_time() - start

    measure(2_000)
    assert measure(50_000) < 10 * measure(10_000)  # five times as long; 25 would be the square


def test_strange_articles_are_read_and_come_back_as_they_were_stored(tmp_path):
    strange = ["", "…", "“”“”", "«»", "no stop", "По-русски. Да.", "He said it fell, and " * 150,
               "He said: \x00 “a\u202eb” <script> 'x' \U0001f600 العربية. It left."]  # fmt: skip
    texts = {**{f"A-{n}": text for n, text in enumerate(strange)}, "B-1": "ISIS fled."}
    read, again = (reading.read_corpus(make_corpus(texts), store=tmp_path) for _ in range(2))
    assert_same_tables(read, again)
    assert read.mentions["article_id"].tolist() == ["B-1"]
    for row in read.sentences.itertuples():
        assert texts[row.article_id][row.start : row.end] == row.text
    assert "\x00" in "".join(read.sentences["text"])


def test_actor_and_target_are_chosen_from_the_corpus():
    read = read_texts({"A-1": "ISIS fled. ISIS hid.", "B-1": "ISIS fled Russia and Assad."})
    assert reading.pick_actor(read) == "ISIS"
    named = {"A-1": "Russia won. Moscow hid.", "B-1": "Russia said that ISIS fled."}
    assert reading.pick_actor(read_texts(named)) == "ISIS"  # a country has one name
    assert reading.pick_target(read, "ISIS") == "A"
    assert reading.pick_target(read, "Assad") == "B"
    with pytest.raises(ValueError, match=r"no actor 'Nobody' in actors\.csv"):
        reading.pick_actor(read, "Nobody")
    with pytest.raises(ValueError, match=r"no outlet 'C' in articles\.csv: write one of A, B"):
        reading.pick_target(read, "ISIS", "C")


SAME = {**TEXTS, "C-1": "No.", "D-1": TEXTS["A-1"], **MORE}  # two print one text


@pytest.fixture(scope="module")
def same():
    return read_texts(SAME)


def test_rows_are_chosen_by_values_and_by_other_rows_and_keep_their_numbers(same):
    read, whole, among = same, same.mentions, pd.DataFrame({"article_id": ["D-1", "C-7"], "sentence_no": [0, 0]})
    found = select_rows(read, "mentions", ["actor", "start"], article_id=["A-1", "D-1"], voice="outlet", kind=None)
    pd.testing.assert_frame_equal(found, whole[whole["article_id"].isin(["A-1", "D-1"])][["actor", "start"]])
    found = select_rows(read, "mentions", among=among, actor="ISIS")
    assert found["article_id"].tolist() == ["D-1", "C-7"] and found.equals(whole.loc[found.index])
    assert select_rows(read, "mentions", actor="nobody").empty
    for asked in ({"columns": ["nonsense"]}, {"nonsense": 1}):
        with pytest.raises(KeyError, match="nonsense"):
            select_rows(read, "mentions", **asked)


def test_a_reading_of_some_outlets_has_the_rows_of_theirs(same):
    for outlets in (["A"], ["A", "C"], []):
        found = narrow_reading(same, same.articles["article_id"][same.articles["outlet"].isin(outlets)])
        ids = [article_id for article_id in SAME if article_id[0] in outlets]
        assert found.articles["article_id"].tolist() == ids
        assert_same_tables(found, same, ids)
