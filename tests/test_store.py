"""The store of what was read: what it saves, what makes it read anew, and what may happen to it."""

import dataclasses
import importlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from helpers import reading
from helpers.reading import chunks, corpora, corpus, keys, parses, storing
from helpers.run import ROOT
from tests.following import follow_imports
from tests.parsing import ACTORS, SEEDS, SOURCES, make_corpus, read_texts

TEXTS = {"A-1": "ISIS fled. Kagan said that it would return.", "B-1": "“Daesh is gone from here,” Manna said."}
MORE = {f"C-{n}": f"ISIS took {n} villages, a monitor said." for n in range(40)}


@pytest.fixture(scope="module")
def paragraphs():
    """The seeds' paragraphs, two at a time, as articles of their own."""
    texts = corpus.open_corpus(SEEDS).articles["text"]
    lines = [line for text in texts for line in text.split("\n")]
    return {f"N-{n}": "\n".join(lines[n : n + 2]) for n in range(0, len(lines), 2)}


@pytest.fixture(scope="module")
def alone(paragraphs):
    """What returns what one of them gives when it is read alone."""
    return cache(lambda one: find_bytes(read_texts({one: paragraphs[one]})))


def find_bytes(read, ids=None):
    """What each table holds, byte for byte, of all articles or some."""
    tables = {name: getattr(read, name) for name in reading.READ_TABLES}
    return {
        name: (table if ids is None else table[table["article_id"].isin(ids)].reset_index(drop=True)).to_parquet()
        for name, table in tables.items()
    }


def count_parsed(monkeypatch):
    """The texts that are parsed from now on."""
    parsed, real = [], chunks.read_chunk

    def read(task, tell=None):
        parsed.extend(task.texts)
        return real(task, tell)

    monkeypatch.setattr(corpora, "read_chunk", read)
    return parsed


def test_what_was_read_is_found_again(tmp_path, monkeypatch):
    first = reading.read_corpus(make_corpus(TEXTS), store=tmp_path)
    parsed = count_parsed(monkeypatch)
    assert find_bytes(first) == find_bytes(reading.read_corpus(make_corpus(TEXTS), store=tmp_path))
    assert parsed == []


@settings(max_examples=10)
@given(data=st.data())
def test_an_article_gives_the_same_bytes_alone_in_any_company_in_any_order_and_stored(paragraphs, alone, data):
    ids = data.draw(st.lists(st.sampled_from(sorted(paragraphs)), min_size=1, max_size=12, unique=True))
    some = make_corpus({article_id: paragraphs[article_id] for article_id in ids})
    with tempfile.TemporaryDirectory() as store:
        for _ in ("read", "stored"):
            read = reading.read_corpus(some, store=Path(store))
            assert list(dict.fromkeys(read.sentences["article_id"])) == ids
            assert [find_bytes(read, [article_id]) for article_id in ids] == [alone(article_id) for article_id in ids]


def test_only_a_new_or_changed_article_is_read(tmp_path, monkeypatch):
    reading.read_corpus(make_corpus({**TEXTS, **MORE}), store=tmp_path)
    parsed = count_parsed(monkeypatch)
    changed = {**MORE, "B-2": "Russia left.", **TEXTS, "C-1": "ISIS left."}
    read = reading.read_corpus(make_corpus(changed), store=tmp_path)
    assert parsed == ["ISIS left.", "Russia left."]
    assert find_bytes(read) == find_bytes(reading.read_corpus(make_corpus(changed), store=None))


def test_the_same_text_is_read_once_and_is_of_each_article(tmp_path, monkeypatch):
    parsed = count_parsed(monkeypatch)
    read = reading.read_corpus(make_corpus({"A-1": TEXTS["A-1"], "B-1": "No.", "C-1": TEXTS["A-1"]}), store=tmp_path)
    assert parsed == [TEXTS["A-1"], "No."]
    assert read.mentions["article_id"].tolist() == ["A-1", "C-1"]
    assert read.mentions["outlet"].tolist() == ["A", "C"]
    assert read.attributions["attribution_id"].tolist() == ["A-1/0", "C-1/0"]


def test_an_outlet_or_article_of_another_name_costs_no_reading(tmp_path, monkeypatch):
    reading.read_corpus(make_corpus(TEXTS), store=tmp_path)
    parsed = count_parsed(monkeypatch)
    renamed = make_corpus({"X-7": TEXTS["A-1"], "Y-8": TEXTS["B-1"]})
    assert set(reading.read_corpus(renamed, store=tmp_path).attributions["attribution_id"]) == {"X-7/0", "Y-8/0"}
    assert parsed == []


def test_a_changed_text_actor_source_mask_or_model_is_read_anew():
    one = reading.name_articles(make_corpus(TEXTS), "model 1")
    assert one == reading.name_articles(make_corpus(TEXTS), "model 1")
    changed = [
        make_corpus({**TEXTS, "A-1": "ISIS left."}),
        make_corpus(TEXTS, actors=ACTORS.iloc[1:]),
        make_corpus(TEXTS, sources=SOURCES.iloc[1:]),
        make_corpus(TEXTS, settings={"masking": {"names": ["Kagan"]}}),
    ]
    names = [reading.name_articles(articles, "model 1") for articles in changed]
    assert all(name[0] != one[0] for name in names)
    assert [name[1] != one[1] for name in names] == [False, True, True, False]
    assert set(one).isdisjoint(reading.name_articles(make_corpus(TEXTS), "model 2"))
    elsewhere = make_corpus(TEXTS, settings={"masking": {"names": ["Nobody Here", "Kag", "agan"]}})
    assert reading.name_articles(elsewhere, "model 1")[1] == one[1]
    assert len({reading.name_store(articles, "model 1") for articles in [make_corpus(TEXTS), *changed]}) == 5


@pytest.mark.parametrize("name", ["Al-Hayat Post", "“The” Post", "St. Ives", "...", "O'Brien"])
def test_a_name_to_mask_counts_where_it_stands(name):
    texts = {"A-1": f"He wrote to {name}, and left.", "B-1": "He left."}
    masks = keys.list_masks(make_corpus(texts, settings={"masking": {"names": [name]}}))
    assert masks == [[name], []]


def test_the_lexicons_named_are_those_that_reading_opens():
    """The files that a process opens under lexicons/ while it reads."""
    code = """
import json, pathlib, sys
opened = set()
sys.addaudithook(lambda event, found: event == "open" and opened.add(str(found[0])))
from helpers import corpus, reading
from helpers.reading import keys, models, parses
from tests.parsing import SEEDS, read_texts
articles = corpus.open_corpus(SEEDS)
texts = dict(zip(articles.articles["article_id"], articles.articles["text"]))
opened.clear()
keys.hash_code = parses.hash_code = lambda *names: "none"  # it opens them all
texts["A-1"] = "He left for the U.S. The army stayed, said one of the members of ISIS."
nlp = models.load_model(models.find_model())
pairs = [models.tokenize(nlp, text) for text in texts.values()]
lists = [{pathlib.Path(path).name for path in opened if "lexicons" in path}]
parses.parse_articles(nlp, [*texts.values()], [None] * len(texts))
lists.append({pathlib.Path(path).name for path in opened if "lexicons" in path} - lists[0])
read_texts(texts)
lists.append({pathlib.Path(path).name for path in opened if "lexicons" in path})
print(json.dumps([sorted(names) for names in lists]))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    parser, citer, every = json.loads(run.stdout)
    assert (parser, citer) == (sorted(parses.PARSER_LEXICONS), sorted(parses.CITER_LEXICONS))
    assert every == sorted(reading.LEXICONS)


def test_the_modules_named_are_those_that_parsing_and_citing_import():
    parsers = follow_imports("reading/models")
    assert {*parsers, "reading/parses"} == set(parses.PARSERS)
    assert {name.split("/")[0] for name in follow_imports("attribution") - parsers} == set(parses.CITERS)


@pytest.fixture
def parsed(monkeypatch):
    """The texts that are parsed, and those of which citations are looked for, from now on."""
    seen, tokenize, find_citations = {"parsed": [], "cited": []}, parses.tokenize, parses.find_citations

    def parse(nlp, text):
        seen["parsed"].append(text)
        return tokenize(nlp, text)

    def cite(articles):
        seen["cited"] += [article.text for article in articles]
        return find_citations(articles)

    monkeypatch.setattr(parses, "tokenize", parse)
    monkeypatch.setattr(parses, "find_citations", cite)
    return seen


CHANGES = {
    "actors": {"actors": ACTORS.iloc[1:]},
    "sources": {"sources": SOURCES.iloc[1:]},
    "masks": {"settings": {"masking": {"names": ["Kagan", "Manna"]}}},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_what_changed_without_the_texts_is_read_from_their_parses(tmp_path, parsed, changed):
    reading.read_corpus(make_corpus(TEXTS), store=tmp_path)
    parsed.update(parsed=[], cited=[])
    texts = {**TEXTS, "C-1": "ISIS left, he said."}
    found = find_bytes(reading.read_corpus(make_corpus(texts, **changed), store=tmp_path))
    assert parsed == {"parsed": ["ISIS left, he said."], "cited": ["ISIS left, he said."]}
    assert found == find_bytes(reading.read_corpus(make_corpus(texts, **changed), store=None))


def test_a_changed_lexicon_of_attribution_costs_no_parse(tmp_path, parsed, monkeypatch):
    first = find_bytes(reading.read_corpus(make_corpus(TEXTS), store=tmp_path))
    for changed in ("citer 2", "citer 3"):
        parsed.update(parsed=[], cited=[])
        monkeypatch.setattr(parses, "name_citer", lambda name=changed: name)
        monkeypatch.setattr(keys, "name_rules", lambda name=changed: name)
        monkeypatch.setattr(chunks, "name_rules", lambda name=changed: name)
        assert find_bytes(reading.read_corpus(make_corpus(TEXTS), store=tmp_path)) == first
        assert parsed == {"parsed": [], "cited": list(TEXTS.values())}


def test_a_parse_is_the_same_from_the_store(paragraphs):
    nlp = reading.load_model(reading.find_model())
    texts = [*paragraphs.values(), "", " ", "😀 “Gone,” he said… 🇬🇧", "العربية هنا.", "can't  won't\tU.S.\n\nNew."]
    with threadpool_limits(1):
        first, cited, new = parses.parse_articles(nlp, texts, [None] * len(texts))
        stored, found, none = parses.parse_articles(nlp, texts, new)
        old = [parse._replace(citer="another") for parse in new]
        again, anew, same = parses.parse_articles(nlp, texts, old)
    columns = [*parses._WORD, "LOWER", "SHAPE", "PREFIX", "SUFFIX", "IDX", "IS_SPACE"]
    for one, two, three in zip(first, stored, again, strict=True):
        for other in (two, three):
            assert (one.doc.to_array(columns) == other.doc.to_array(columns)).all()
            assert one[1:] == other[1:]
        assert (one.doc.tensor == three.doc.tensor).all()
    assert repr(cited) == repr(found) == repr(anew)
    assert none == [None] * len(texts) and same == new


def test_a_stored_parse_that_does_not_fit_is_made_anew(tmp_path, monkeypatch):
    def load(place, names):
        return {name: parse._replace(words=b"1234") for name, parse in storing.load_parses(place, names).items()}

    articles = make_corpus(TEXTS, actors=ACTORS.iloc[1:])
    reading.read_corpus(make_corpus(TEXTS), store=tmp_path)
    monkeypatch.setattr(corpora, "load_parses", load)
    found = reading.read_corpus(articles, store=tmp_path)
    assert find_bytes(found) == find_bytes(reading.read_corpus(articles, store=None))
    assert found.corpus.rejected.empty


def turn_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 8] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("harm", [lambda file: file.write_bytes(b"half"), lambda file: file.unlink(), turn_a_bit])
@pytest.mark.parametrize("name", [*chunks.TABLES, "index"])
def test_a_damaged_store_is_mended(tmp_path, name, harm):
    articles = make_corpus(TEXTS)
    first = find_bytes(reading.read_corpus(articles, store=tmp_path))
    for file in tmp_path.rglob(f"{name}.parquet"):
        harm(file)
    assert first == find_bytes(reading.read_corpus(articles, store=tmp_path))
    assert len(storing.find_chunks(tmp_path, reading.name_articles(articles, reading.name_model()))) == 1


def test_a_table_of_other_rows_or_columns_is_not_taken_for_the_stored_one(tmp_path):
    articles = make_corpus(TEXTS)
    first = find_bytes(reading.read_corpus(articles, store=tmp_path))
    for name in ("mentions", "sentences"):
        for file in tmp_path.rglob(f"{name}.parquet"):
            table = pd.read_parquet(file)
            (table.iloc[1:] if name == "mentions" else table.rename(columns={"masked": "m"})).to_parquet(file)
        assert first == find_bytes(reading.read_corpus(articles, store=tmp_path))


def test_small_chunks_become_one(tmp_path, monkeypatch):
    made = {}
    for article_id, text in list(MORE.items())[: storing.MOST_SMALL + 1]:
        made[article_id] = text
        read = reading.read_corpus(make_corpus(made), store=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    parsed = count_parsed(monkeypatch)
    assert find_bytes(read) == find_bytes(reading.read_corpus(make_corpus(made), store=tmp_path))
    assert parsed == []


def test_what_was_used_longest_ago_goes_when_the_store_grows(tmp_path, monkeypatch):
    old, new = make_corpus({"A-1": TEXTS["A-1"]}), make_corpus({"B-1": TEXTS["B-1"]})
    reading.read_corpus(old, store=tmp_path)
    for place in tmp_path.iterdir():
        os.utime(place, (1, 1))
    (tmp_path / "part-left").mkdir()
    os.utime(tmp_path / "part-left", (1, 1))
    (tmp_path / "mine.txt").write_text("kept")
    monkeypatch.setattr(storing, "LARGEST", 1)
    reading.read_corpus(new, store=tmp_path)
    model = reading.name_model()
    assert storing.find_chunks(tmp_path, reading.name_articles(old, model)) == []
    assert len(storing.find_chunks(tmp_path, reading.name_articles(new, model))) == 1
    assert sorted(path.name.split("-")[0] for path in tmp_path.iterdir()) == ["chunk", "mine.txt"]


def _write_for_ever(store, chunk):
    number = 0
    while True:  # chunks that differ, until killed
        number += 1
        named = dataclasses.replace(chunk, keys=tuple(f"{key}{number}" for key in chunk.keys))
        storing.store_chunk(named, store)


@pytest.mark.parametrize("moment", [0.05, 0.11, 0.23])
def test_a_kill_in_mid_write_leaves_a_store_of_whole_chunks(tmp_path, moment):
    articles = make_corpus({**TEXTS, **MORE})
    reading.read_corpus(articles, store=tmp_path / "one")
    wanted = reading.name_articles(articles, reading.name_model())
    (chunk,) = map(storing.load_chunk, storing.find_chunks(tmp_path / "one", wanted))
    writer = multiprocessing.get_context("fork").Process(target=_write_for_ever, args=(tmp_path / "two", chunk))
    writer.start()
    while not list((tmp_path / "two").glob("chunk-*")):
        time.sleep(0.01)
    time.sleep(moment)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    places = list((tmp_path / "two").glob("chunk-*"))
    assert places
    for place in places:
        assert storing.load_chunk(storing._read_index(place)) is not None
    first = reading.read_corpus(articles, store=tmp_path / "one")
    assert find_bytes(first) == find_bytes(reading.read_corpus(articles, store=tmp_path / "two"))


def _read_into(store):
    reading.read_corpus(make_corpus({**TEXTS, **MORE}), store=store, progress=False)


def test_two_runs_at_once_leave_one_store(tmp_path):
    runs = [multiprocessing.get_context("fork").Process(target=_read_into, args=(tmp_path,)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0]
    assert len(list(tmp_path.iterdir())) == 1


def test_one_bad_article_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    real = chunks.read_rows

    def read(article, *rest):
        if "poison" in article.text:
            raise ValueError("a word\nthat kills")
        return real(article, *rest)

    monkeypatch.setattr(chunks, "read_rows", read)
    bad = make_corpus({"A-1": TEXTS["A-1"], "X-1": "A poison.", "B-1": TEXTS["B-1"]})
    found = reading.read_corpus(bad, store=tmp_path)
    assert found.corpus.rejected["reason"].tolist() == [
        "X-1.txt: article 'X-1' could not be read (ValueError: a word that kills); leave it out of articles.csv, "
        "or cut what is not prose"
    ]
    assert found.articles["article_id"].tolist() == ["A-1", "B-1"]
    assert find_bytes(found) == find_bytes(reading.read_corpus(make_corpus(TEXTS), store=None))
    monkeypatch.setattr(chunks, "read_rows", real)  # it is tried again, and the others are not
    parsed = count_parsed(monkeypatch)
    assert len(reading.read_corpus(bad, store=tmp_path).articles) == 3
    assert parsed == ["A poison."]


def test_a_corpus_without_articles_is_read(tmp_path):
    empty = make_corpus(TEXTS)
    empty = dataclasses.replace(empty, articles=empty.articles.iloc[:0])
    assert reading.read_corpus(empty, store=tmp_path).mentions.empty


def test_the_model_multiplies_as_the_library_of_its_wheels_does(paragraphs):
    """Another library gives other last bits; no annotation may differ."""
    fields = ["LEMMA", "POS", "TAG", "DEP", "HEAD", "SENT_START", "MORPH"]
    ours = reading.load_model(reading.find_model())
    theirs = importlib.import_module(reading.find_model()).load(exclude=["ner"])
    for text in paragraphs.values():
        one, other = (nlp(reading.tokenize(nlp, text)[0]) for nlp in (ours, theirs))
        assert (one.to_array(fields) == other.to_array(fields)).all()
        assert abs(one.tensor - other.tensor).max(initial=0) < 1e-4
