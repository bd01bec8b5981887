import pandas as pd
import pytest

from helpers import answers, corpus, reading, validation
from tests.parsing import SEEDS, read_text


def coded(rows):
    columns = ["article_id", "start", "end", "text", "actor", "kind", "place", "coder"]
    return pd.DataFrame(rows, columns=columns).assign(problem="")


def test_precision_and_recall_by_hand():
    read = read_text("ISIS fled. The regime won. Russia left.")
    labels = coded([
        ("outlet-1", 0, 4, "ISIS", "ISIS", "acronym", "", "A"),
        ("outlet-1", 15, 21, "regime", "Assad", "description", "", "A"),  # another actor: wrong and missed
        ("outlet-1", 27, 38, "Russia left", "Russia", "name", "", "A"),  # an overlap is enough
    ])  # fmt: skip
    rows = validation.measure_mentions(read, labels).set_index("what")
    assert rows.loc["all", ["n_found", "n_coded", "right_found", "right_coded"]].tolist() == [3, 3, 2, 2]
    assert rows.loc["all", "precision"] == rows.loc["all", "recall"] == pytest.approx(2 / 3)
    assert rows.loc["names, acronyms and metonyms", "recall"] == 1
    assert rows.loc["descriptions", "recall"] == 0
    # Wilson's interval for 2 of 3
    assert rows.loc["all", ["recall_low", "recall_high"]].tolist() == pytest.approx([0.2077, 0.9385], abs=1e-4)


def test_a_mention_is_taken_once():
    read = read_text("ISIS fled.")
    twice = coded([("outlet-1", 0, 4, "ISIS", "ISIS", "acronym", "", "A")] * 2)
    assert validation.measure_mentions(read, twice).set_index("what").loc["all", "right_coded"] == 1


def test_a_corpus_without_codes_has_no_error_measured(tmp_path):
    (tmp_path / "articles.csv").write_text("article_id,source_file,outlet\n", encoding="utf-8")
    articles = corpus.open_corpus(SEEDS)
    labels = validation.read_mention_labels(corpus.Corpus(**{**vars(articles), "folder": tmp_path}))
    assert labels.empty
    rows = validation.measure_mentions(read_text("ISIS fled."), labels)
    assert rows["n_coded"].tolist() == [0, 0, 0]
    assert rows["recall"].isna().all()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{first},0,4,ISIS,ISIS,acronym,,A", "row 2, text: 'ISIS' is not at 0-4; the article has changed"),
        ("{first},x,4,ISIS,ISIS,acronym,,A", "row 2, text: 'ISIS' is not at -1-4"),
        ("nowhere,0,4,ISIS,ISIS,acronym,,A", "row 2, article_id: no article 'nowhere'"),
        ("{first},2,13,Syrian army,Nobody,name,,A", "row 2, actor: 'Nobody' is not in actors.csv"),
        ("{first},2,13,Syrian army,Syrian government,name,,A", ""),
    ],
)
def test_codes_that_do_not_fit_are_named_and_left_out(tmp_path, row, problem):
    articles = corpus.open_corpus(SEEDS)
    (tmp_path / "labels").mkdir()
    line = row.format(first=articles.articles["article_id"][0])
    header = "article_id,start,end,text,actor,kind,place,coder\n"
    (tmp_path / "labels" / "mentions.csv").write_text(header + line + "\n", encoding="utf-8")
    labels = validation.read_mention_labels(corpus.Corpus(**{**vars(articles), "folder": tmp_path}))
    assert problem in labels["problem"][0]
    assert bool(labels["problem"][0]) == bool(problem)
    said = answers.answer_agreement(labels)
    assert ("1 code left out" in said) == bool(problem)


def test_the_seeds_mentions_agree_with_the_hand_codes():
    """A floor, not a target: the aliases were written with these articles in view."""
    articles = corpus.open_corpus(SEEDS)
    read = reading.read_corpus(articles, store=None)
    rows = validation.measure_mentions(read, validation.read_mention_labels(articles)).set_index("what")
    assert rows.loc["all", "precision"] >= 0.95
    assert rows.loc["names, acronyms and metonyms", "recall"] >= 0.95
    assert rows.loc["descriptions", "recall"] >= 0.8
