"""What opening a large corpus stores: found again while nothing changed, and never anything stale."""

import pandas as pd
import pytest

from helpers.reading import cleaning, corpus
from tests.test_importing import put

TABLE = "article_id,source_file,outlet,headline,rules_off\n" + "".join(f"{n},{n}.txt,Post,A strike,\n" for n in "123")
FILES = {f"{n}.txt": f"The {n}th harbour strike began.\n\nShare this\n\nIt ended on day {n}.\n" for n in "123"}
CHANGES = {
    "a row": {"articles.csv": TABLE.replace("2,2.txt,Post,A strike", "2,2.txt,Post,The 2th harbour strike")},
    "a line about a row": {"articles.csv": TABLE.replace("A strike,", "A strike,crosshed", 1)},
    "a text": {"2.txt": "Nothing of it was true.\n"},
    "an article": {"4.txt": "A fourth one.\n", "articles.csv": f"{TABLE}4,4.txt,Post,A fourth,\n"},
    "the rules": {"corpus.toml": '[[cleaning]]\nname = "ends"\nnote = "x"\nline = "^It ended"\n'},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "MANY", 3)
    return put(tmp_path / "corpus", {**FILES, "articles.csv": TABLE})


def check_same(one, other):
    for name in ("articles", "removed", "rejected"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_cleaned_is_found_again_and_what_changed_is_not(folder, tmp_path, monkeypatch, change):
    corpus.open_corpus(folder, store=tmp_path)
    put(folder, CHANGES[change])
    found = corpus.open_corpus(folder, store=tmp_path)
    check_same(found, corpus.open_corpus(folder, store=None))
    monkeypatch.setattr(cleaning, "clean_file", lambda *_: pytest.fail("cleaned again"))
    check_same(found, corpus.open_corpus(folder, store=tmp_path))


def test_what_is_damaged_is_made_again_with_a_line(folder, tmp_path, capsys):
    first = corpus.open_corpus(folder, store=tmp_path)
    (file,) = tmp_path.glob("opened/*/part-*")
    file.write_bytes(file.read_bytes()[:-9])
    for _ in range(2):
        check_same(first, corpus.open_corpus(folder, store=tmp_path))
    assert capsys.readouterr().err.count("is damaged and made again") == 1


def test_few_files_leave_nothing_behind_and_a_folder_that_cannot_be_written_stops_nobody(folder, tmp_path, monkeypatch):
    (tmp_path / "opened").write_text("a file where the folder should be")
    assert len(corpus.open_corpus(folder, store=tmp_path).articles) == 3
    monkeypatch.setattr(corpus, "MANY", 4)
    corpus.open_corpus(folder, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()
