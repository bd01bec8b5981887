"""What opening a large corpus caches: found again while nothing changed, and never anything stale."""

import pandas as pd
import pytest

from helpers.reading import cleaning, corpus

TABLE = "article_id,source_file,outlet,headline,rules_off\n" + "".join(f"{n},{n}.txt,Post,A strike,\n" for n in "123")
TEXT = "The {0}th harbour strike began on Monday.\n\nShare this\n\nIt ended on day {0}.\n"
TEXTS = {f"{n}.txt": TEXT.format(n) for n in "123"}
CHANGES = {  # files -> how many are cleaned again
    "a row": ({"articles.csv": TABLE.replace("2,2.txt,Post,A strike", "2,2.txt,Post,The 2th harbour strike")}, 1),
    "a text": ({"2.txt": "Nothing of it was true.\n"}, 1),
    "an article": ({"4.txt": "A fourth one.\n", "articles.csv": f"{TABLE}4,4.txt,Post,A fourth,\n"}, 1),
    "the rules": ({"corpus.toml": '[[cleaning]]\nname = "ends"\nnote = "x"\nline = "^It ended"\n'}, 3),
}


def write_files(folder, files):
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "corpus"
    made.mkdir()
    write_files(made, {**TEXTS, "articles.csv": TABLE})
    return made


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "MANY", 1)
    return tmp_path / "store"


@pytest.fixture
def cleaned(monkeypatch):
    """The files that are cleaned from now on."""
    files, real = [], cleaning.clean_file
    monkeypatch.setattr(cleaning, "clean_file", lambda raw, *rest: files.append(raw) or real(raw, *rest))
    return files


def same(one, other):
    for name in ("articles", "removed", "rejected"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_what_was_cleaned_is_found_again_as_it_is_computed(folder, store, cleaned, monkeypatch):
    first = corpus.open_corpus(folder, store=store)
    same(first, corpus.open_corpus(folder, store=None))
    cleaned.clear()
    monkeypatch.setattr(corpus, "group_articles", lambda *_: pytest.fail("searched again"))
    same(first, corpus.open_corpus(folder, store=store))
    assert cleaned == []


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_cleaned_again_and_nothing_else(folder, store, cleaned, change):
    files, n = CHANGES[change]
    corpus.open_corpus(folder, store=store)
    write_files(folder, files)
    cleaned.clear()
    found = corpus.open_corpus(folder, store=store)
    assert len(cleaned) == n
    same(found, corpus.open_corpus(folder, store=None))
    cleaned.clear()
    same(found, corpus.open_corpus(folder, store=store))
    assert cleaned == []


@pytest.mark.parametrize(
    "harm", [lambda all_: b"half", lambda all_: all_[:-9], lambda all_: all_[:40] + b"x" + all_[41:], None]
)
def test_what_is_damaged_is_computed_again(folder, store, harm):
    first = corpus.open_corpus(folder, store=store)
    (file,) = store.iterdir()
    file.write_bytes(harm(file.read_bytes())) if harm else file.unlink()
    for _ in range(2):
        same(first, corpus.open_corpus(folder, store=store))


def test_few_files_leave_nothing_behind_and_a_folder_that_cannot_be_written_stops_nobody(folder, tmp_path, monkeypatch):
    corpus.open_corpus(folder, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()
    monkeypatch.setattr(corpus, "MANY", 1)
    (tmp_path / "store").write_text("a file where the folder should be")
    assert len(corpus.open_corpus(folder, store=tmp_path / "store").articles) == 3
