"""The store of what was read: what it saves, what is read again after a change, and what may happen to it."""

import dataclasses
import multiprocessing
import os
import tempfile
import time
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import reading
from helpers.reading import open_corpus, parsing, store
from tests.parsing import ACTORS, SEEDS, SOURCES, make_corpus, read_texts

TEXTS = {"A-1": "ISIS fled. Kagan said that it would return.", "B-1": "＂Daesh is gone from here,＂ Manna said."}
FORK = multiprocessing.get_context("fork")
MORE = {f"C-{n}": f"ISIS took {n} villages, a monitor said." for n in range(40)}


@pytest.fixture(scope="module")
def paragraphs():
    """The seeds' paragraphs, two at a time, as articles of their own."""
    texts = open_corpus(SEEDS).articles["text"]
    lines = [line for text in texts for line in text.split("\n")]
    return {f"N-{n}": "\n".join(lines[n : n + 2]) for n in range(0, len(lines), 2)}


@pytest.fixture(scope="module")
def alone(paragraphs):
    """What returns what one of them gives when it is read alone."""
    return cache(lambda one: read_texts({one: paragraphs[one]}))


def assert_same_tables(one, other, ids=None):
    """Assert that two readings hold the same, of all articles or some; a confidence may differ in its last digit."""
    for name in reading.READ_TABLES:
        tables = [getattr(read, name) for read in (one, other)]
        if ids is not None:
            tables = [table[table["article_id"].isin(ids)].reset_index(drop=True) for table in tables]
        pd.testing.assert_frame_equal(*tables, rtol=0, atol=0.0101, check_index_type=False)


def count_parsed(monkeypatch):
    """The texts that are parsed from now on."""
    parsed, nlp = [], parsing.load_model()
    pipe = nlp.pipe
    monkeypatch.setattr(nlp, "pipe", lambda docs, **how: parsed.extend(map(str, docs)) or pipe(docs, **how))
    return parsed


@settings(max_examples=6)
@given(data=st.data())
def test_an_article_gives_the_same_alone_in_any_company_in_any_order_and_stored(paragraphs, alone, data):
    ids = data.draw(st.lists(st.sampled_from(sorted(paragraphs)), min_size=1, max_size=6, unique=True))
    some = make_corpus({article_id: paragraphs[article_id] for article_id in ids})
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for _ in ("read", "stored"):
            read = reading.read_corpus(some, store=Path(folder))
            assert list(dict.fromkeys(read.sentences["article_id"])) == ids
            for article_id in ids:
                assert_same_tables(read, alone(article_id), [article_id])
            patch.setattr(parsing, "read_articles", lambda *_: pytest.fail("read again"))


CHANGED = {"X-1": TEXTS["A-1"], "B-1": TEXTS["B-1"], "C-1": "ISIS left, he said."}
CHANGES = {  # what is read again of texts that were read before: only what is new in them is parsed
    "texts": {"texts": {**MORE, **CHANGED, "A-1": TEXTS["A-1"]}},
    "actors": {"actors": ACTORS.iloc[1:]},
    "sources": {"sources": SOURCES.iloc[1:]},
    "masks": {"settings": {"masking": {"names": ["Kagan", "Manna"]}}},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_only_a_new_text_is_parsed(tmp_path, monkeypatch, changed):
    reading.read_corpus(make_corpus({**TEXTS, **MORE}), store=tmp_path)
    parsed, cited, find_citations = count_parsed(monkeypatch), [], parsing.find_citations
    monkeypatch.setattr(parsing, "find_citations", lambda some: cited.extend(some) or find_citations(some))
    articles = make_corpus(**{"texts": CHANGED, **changed})
    found = reading.read_corpus(articles, store=tmp_path)
    assert parsed == [one.text for one in cited] == ["ISIS left, he said."]
    assert_same_tables(found, reading.read_corpus(articles, store=None))


@pytest.mark.parametrize(
    ("name", "end"), [("tables", -30), ("parses", -30), ("parses", 9), ("tables", 9), ("tables", 0)]
)
def test_a_damaged_store_is_mended(tmp_path, name, end):
    articles = make_corpus(TEXTS)
    first = reading.read_corpus(articles, store=tmp_path)
    assert len(first.mentions) and len(first.sentences)
    for file in tmp_path.glob(f"{name}/*/*"):
        file.write_bytes(file.read_bytes()[:end]) if end else file.unlink()
    assert_same_tables(first, reading.read_corpus(articles, store=tmp_path))
    other = make_corpus(TEXTS, actors=ACTORS.iloc[1:])
    assert_same_tables(reading.read_corpus(other, store=tmp_path), reading.read_corpus(other, store=None))


def test_what_was_used_longest_ago_goes_when_the_store_grows(tmp_path, monkeypatch):
    reading.read_corpus(make_corpus(TEXTS, actors=ACTORS.iloc[1:]), store=tmp_path)
    (old,) = (tmp_path / "tables").iterdir()
    os.utime(old, (1, 1))
    (tmp_path / "mine.txt").write_text("kept")
    (old.parent / "0").mkdir()
    (old.parent / "0" / "part-1").symlink_to("nowhere")  # as one that another run removes meanwhile
    reading.read_corpus(make_corpus({**TEXTS, "C-1": "No."}), store=tmp_path)
    assert [part.name[:5] for part in old.iterdir()] == ["part-"]
    monkeypatch.setattr(store, "LARGEST", 1)
    reading.read_corpus(make_corpus({**TEXTS, "C-1": "Yes."}), store=tmp_path)
    assert not old.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt", "parses", "tables"]
    assert len(list(tmp_path.glob("parses/*/*"))) == 3


def _write_for_ever(folder, table):
    while True:  # until killed
        store.save_part(folder, table)


def test_a_kill_in_mid_write_leaves_a_store_of_whole_parts(tmp_path):
    articles = make_corpus({**TEXTS, **MORE})
    first = reading.read_corpus(articles, store=tmp_path / "one")
    (part,) = (tmp_path / "one").glob("tables/*/part-*")
    table = pa.parquet.read_table(part)
    folder = tmp_path / "two" / part.parent.relative_to(tmp_path / "one")
    writer = FORK.Process(target=_write_for_ever, args=(folder, table))
    writer.start()
    while not list(folder.glob("part-*")):
        time.sleep(0.01)
    time.sleep(0.1)
    writer.kill()
    writer.join()
    for part in folder.glob("part-*"):
        assert pa.parquet.read_table(part).equals(table)
    assert_same_tables(first, reading.read_corpus(articles, store=tmp_path / "two"))


def test_two_runs_at_once_leave_one_set_of_rows(tmp_path):
    articles = make_corpus({**TEXTS, **MORE})
    runs = [FORK.Process(target=reading.read_corpus, args=(articles,), kwargs={"store": tmp_path}) for _ in range(2)]
    for do in (FORK.Process.start, FORK.Process.join):
        for run in runs:
            do(run)
    assert [run.exitcode for run in runs] == [0, 0]
    assert_same_tables(reading.read_corpus(articles, store=tmp_path), reading.read_corpus(articles, store=None))


def test_one_bad_article_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    real = parsing.find_mentions

    def find(parsed, matcher):
        if "poison" in parsed.text:
            raise ValueError("a word\nthat kills")
        return real(parsed, matcher)

    monkeypatch.setattr(parsing, "find_mentions", find)
    bad = make_corpus({"A-1": TEXTS["A-1"], "X-1": "A poison.", "B-1": TEXTS["B-1"]})
    found = reading.read_corpus(bad, store=tmp_path)
    said = "X-1.txt: article 'X-1' could not be read (ValueError: a word that kills); leave it out of articles.csv, or"
    assert found.corpus.rejected["reason"].item().startswith(said)
    assert found.articles["article_id"].tolist() == ["A-1", "B-1"]
    assert_same_tables(found, reading.read_corpus(make_corpus(TEXTS), store=None))
    monkeypatch.setattr(parsing, "find_mentions", real)  # it is tried again, and the others are not
    parsed = count_parsed(monkeypatch)
    assert len(reading.read_corpus(bad, store=tmp_path).articles) == 3
    assert parsed == ["A poison."]


@pytest.mark.parametrize("name", ["parses", "tables"])
def test_a_corpus_without_articles_is_read_and_a_store_that_cannot_be_written_is_said(tmp_path, name):
    articles = make_corpus(TEXTS)
    empty = dataclasses.replace(articles, articles=articles.articles.iloc[:0])
    assert reading.read_corpus(empty, store=tmp_path).mentions.empty
    (tmp_path / name).write_text("in the way")
    with pytest.raises(OSError, match=name):
        reading.read_corpus(articles, store=tmp_path)
