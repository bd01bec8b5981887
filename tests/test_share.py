"""What is shared holds no article's text, and says of every article where it is and which."""

import hashlib
import re
from dataclasses import replace

import pandas as pd
import pytest
from pdfminer.high_level import extract_text

from helpers import charts, evidence, export, naming, reading, sentiment
from tests.parsing import SEEDS
from tests.pseudonyms import read_table


@pytest.fixture(scope="module")
def shared(seeds, tmp_path_factory):
    """The seeds with one figure a shape of table, the sentences whole and in long context; shared."""
    out, counts = tmp_path_factory.mktemp("out"), naming.count_mentions(seeds)
    everything = seeds.articles[["article_id", "outlet", "text"]].rename(columns={"text": "full"})
    scores = sentiment.score_sentences(seeds, actor=None)
    lines = evidence.show_lines(seeds, counts.query("n > 0"), context=2000)
    whole = seeds.sentences[["article_id", "outlet", "text", "masked"]].rename(columns={"text": "anything"})
    chosen = {"parameters": {"note": seeds.articles["text"][0]}, "out": out, "corpus": seeds}
    for number, sentences in enumerate((everything, scores, lines, whole)):
        export.save_figure(charts.heat_map(counts), f"0{number}-x", sentences=sentences, **chosen)
    return seeds.corpus, out, export.share_results(seeds.corpus, out), seeds


def find_stretches(text):
    """All sequences of forty words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 40]) for i in range(len(words) - 39)}


def test_no_forty_words_of_an_article_stand_in_any_file(shared):
    opened, out, files, _ = shared
    known = set().union(*map(find_stretches, opened.articles["text"]))
    assert {path.suffix for path in files} == {".csv", ".json", ".svg", ".png", ".pdf", ".txt"}
    for path in [path for path in files if path.suffix != ".png"]:
        text = extract_text(path) if path.suffix == ".pdf" else path.read_text(encoding="utf-8")
        assert not known & find_stretches(text), path.name
    assert known & find_stretches((out / "00-x-sentences.csv").read_text(encoding="utf-8"))  # a figure's own file
    before, after = (pd.read_csv(folder / "01-x-sentences.csv") for folder in (out, out / "share"))
    assert before.select_dtypes("number").equals(after.select_dtypes("number"))


def test_every_article_is_listed_with_its_address_and_hashes(shared):
    opened, out, files, _ = shared
    listed = read_table(out / "share" / "articles.csv")
    columns = ["article_id", "outlet", "headline", "url", "published"]
    assert listed[columns].values.tolist() == opened.articles[columns].values.tolist()
    for row, name in zip(listed.itertuples(), opened.articles["source_file"], strict=True):
        assert row.source_sha256 == hashlib.sha256((SEEDS / name).read_bytes()).hexdigest()
        assert len(row.text_sha256) == 64
    assert "text" not in listed and len(pd.read_csv(out / "share" / "actors.csv")) == len(opened.actors)
    hashes = pd.read_csv(out / "share" / "files.csv").set_index("file")["sha256"]
    assert {path.name for path in files} == {*hashes.index, "files.csv"}
    for name, value in hashes.items():
        assert hashlib.sha256((out / "share" / name).read_bytes()).hexdigest() == value


def test_a_text_is_cut_where_it_holds_too_much_and_a_line_in_context_around_its_match():
    cut = {"Two THREE, four": "Two THREE, four", "two three four five": "two three four […]",
           "zero one two three four": "zero one two three […]", "four three two one": "four three two one"}  # fmt: skip
    stretches = export.find_stretches(pd.Series(["one two three four five six seven"]), 3)
    assert {text: export.cut_text(text, stretches, 3) for text in cut} == cut
    line = pd.DataFrame({"before": ["a b c d "], "match": ["e"], "after": [" f g h i."]})
    assert export.cut_table(line, set(), 5).values.tolist() == [["… c d ", "e", " f g […]"]]
    assert export.cut_table(line, set(), 9).equals(line)


def test_only_its_own_files_are_removed_and_refusals_are_one_line(shared, tmp_path):
    opened, *_ = shared
    with pytest.raises(ValueError, match="no figures here yet"):
        export.share_results(opened, tmp_path)
    axes = charts.heat_map(pd.DataFrame({"outlet": ["A"], "actor": ["X"], "n": [1], "per_1000_words": [1.0]}))
    for name in ("01-old", "02-new"):
        export.save_figure(axes, name, out=tmp_path, corpus=opened)
    first = export.share_results(opened, tmp_path)
    own = [tmp_path / "share" / name for name in ("01-mine.txt", "01-old.csv")]  # the second is changed by hand
    for path in own:
        path.write_text("mine")
    for path in tmp_path.glob("01-*"):
        path.unlink()
    second = export.share_results(opened, tmp_path)
    assert {path.name[:6] for path in set(first) - set(second)} == {"01-old"}
    assert {*second, *own} == set((tmp_path / "share").iterdir())
    with pytest.raises(ValueError, match="give at least 1"):
        export.share_results(opened, tmp_path, words=0)


def test_nothing_withdrawn_is_shared(shared, tmp_path):
    opened, _, _, read = shared
    axes = charts.heat_map(naming.count_mentions(read))
    first, *others = opened.articles["article_id"]
    lines = evidence.show_lines(read, naming.count_mentions(read).query("n > 0"))
    export.save_figure(axes, "01-x", sentences=lines, out=tmp_path, corpus=read)
    export.save_figure(axes, "02-y", sentences=lines.drop(columns="article_id"), out=tmp_path, corpus=read)
    (tmp_path / "03-orphan.csv").write_text("text\nwithdrawn\n")
    (tmp_path / "01-x-sentences.csv").write_text(f"article_id,match\n{first},kept\ngone,withdrawn\n")
    names = {path.name for path in export.share_results(opened, tmp_path)}
    assert not names & {"03-orphan.csv", "02-y-sentences.csv"} and "02-y.csv" in names
    assert "withdrawn" not in (tmp_path / "share" / "01-x-sentences.csv").read_text()
    less = replace(opened, articles=opened.articles[opened.articles["article_id"].isin(others)])
    with pytest.raises(ValueError, match="01-x and 1 more: not made of the articles and actors that seeds/ has now"):
        export.share_results(less, tmp_path)
    for name in ("01-x", "02-y"):  # of chosen articles of the same corpus
        chosen = reading.narrow_reading(read, set(others))
        export.save_figure(axes, name, out=tmp_path, corpus=chosen)
    assert not (tmp_path / "01-x-sentences.csv").exists()  # an earlier run wrote it
    assert export.share_results(opened, tmp_path)
