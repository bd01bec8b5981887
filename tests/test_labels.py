"""Labels: sentences -> expected rows, and rates against numbers counted by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from helpers import evidence, labels, naming
from helpers.reading import change_tables, narrow_reading
from helpers.reading.sheets import read_list
from tests.parsing import actors_csv, make_corpus, read_text, read_texts
from tests.readings import build_reading

LISTED = pd.DataFrame(
    [("terrorist", "terrorist", "loaded", ""), ("(other)", "terrorist attack", "", ""), ("army", "army", "neutral", ""),
     ("army", "armies", "neutral", ""), ("Takfiri", "Takfiri", "rejected", ""), ("rebel", "rebel", "", "")],
    columns=["label", "alias", "connotation", "note"], dtype="str",
)  # fmt: skip


def with_labels(read):
    """The reading of a corpus whose labels.csv is LISTED."""
    read.corpus.labels = LISTED
    return labels.find_labels(read)


FOUND = {  # (other), a name and another word are no labels
    "The terrorists fled.": ["terrorist"],
    "Terrorists fled; the terrorist groups won.": ["terrorist", "terrorist"],
    "A terrorist attack killed ten.": [],
    "Two armies met the Takfiris.": ["army", "Takfiri"],
    "The Free Army met.": [],
    "It was terror.": [],
    "The terrorists' chief left.": ["terrorist"],
}


def test_labels_are_found_as_printed_whoever_they_mean():
    read = with_labels(build_reading({text: ("North", [text]) for text in FOUND}))
    found = read.labels.groupby("article_id")["label"].agg(list)
    assert found.to_dict() == {text: told for text, told in FOUND.items() if told}
    assert all(row.article_id[row.start : row.end].lower().startswith(row.label[:3].lower())
               for row in read.labels.itertuples())  # fmt: skip


@pytest.fixture
def read():
    return with_labels(build_reading({
        "a1": ("North", ["The terrorists fled from rebels.", [("outlet", "He said:"), ("quote", '"Terrorists!"')]]),
        "a2": ("North", ["The army won."]),
        "b1": ("South", ["The rebels won again today."]),
    }))  # fmt: skip


def test_rates_of_labels_by_hand(read):
    counts = labels.count_labels(read)
    columns = ["outlet", "voice", "label", "connotation", "n", "n_articles", "n_words"]
    assert counts[columns].values.tolist() == [
        ["North", "outlet", "army", "neutral", 1, 1, 10],
        ["North", "outlet", "rebel", "(not given)", 1, 1, 10],
        ["North", "outlet", "terrorist", "loaded", 1, 1, 10],
        ["North", "quote", "terrorist", "loaded", 1, 1, 1],
        ["South", "outlet", "rebel", "(not given)", 1, 1, 5],
    ]
    assert counts["per_10000_words"].tolist() == [1000, 1000, 1000, 10_000, 2000]
    assert narrow_reading(read, {"a2", "b1"}).labels["label"].tolist() == ["army", "rebel"]
    lines = evidence.show_lines(read, counts)
    assert lines["match"].tolist() == ["army", "rebels", "terrorists", "Terrorists", "rebels"]


def test_rates_are_compared_per_10000_words_of_one_voice(read):
    compared = labels.compare_labels(read).set_index(["outlet", "label"])
    assert compared.loc[("North", "terrorist"), ["n", "total", "value"]].tolist() == [1, 10, 1000]
    assert compared.loc[("South", "rebel"), ["value", "difference"]].tolist() == [2000, 1000]
    assert compared.loc[("South", "terrorist"), "value"] == 0 and compared["p"].isna().all()
    texts = {f"{outlet}{n}": (outlet, [f"{word} won on day {n} there."])
             for outlet, word in (("North", "Terrorists"), ("South", "Rebels")) for n in range(8)}  # fmt: skip
    tested = labels.compare_labels(with_labels(build_reading(texts)), by="connotation", replicates=99)
    assert tested["p"].eq(0.01).all()  # as printed, and none of 99 shuffles


def test_a_draft_lists_people_and_bodies_and_only_suggests_a_connotation():
    text = (
        "The militants attacked. Two gunmen shot the gunman. The walkers who left said no. "
        "A terrorist attack hit a terrorist group. The attack failed. The bread was sold. The report said it. "
        "The majority who left said no."
    )
    draft = labels.propose_labels(make_corpus({"A-1": text}).articles)
    assert draft[["label", "alias", "connotation"]].values.tolist() == [
        ["gunman", "gunman", "neutral?"], ["gunman", "gunmen", "neutral?"], ["terrorist", "terrorist", "loaded?"],
        ["(other)", "terrorist attack", ""], ["group", "group", "neutral?"], ["militant", "militant", "neutral?"],
    ]  # fmt: skip
    found = labels.find_labels(read_text(text))  # the corpus has no labels.csv: the draft counts
    counts = {"gunman": 2, "terrorist": 1, "group": 1, "militant": 1}
    assert found.labels["label"].value_counts().to_dict() == counts


def test_a_draft_is_written_once(tmp_path):
    (tmp_path / "articles.csv").write_text("article_id,source_file,outlet\na,a.txt,A\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("The militants attacked the town and the gunmen fled from it.", encoding="utf-8")
    assert labels.draft_labels(tmp_path) == ["drafted: labels.csv"]
    (tmp_path / "labels.csv").write_text("label,alias,connotation\nmine,mine,neutral?\n", encoding="utf-8")
    assert labels.draft_labels(tmp_path) == ["drafted: labels-proposed.csv"]
    assert labels.draft_labels(tmp_path) == []
    rejected = []
    assert read_list(tmp_path, "labels", rejected)["label"].tolist() == ["mine"] and rejected == []


def test_a_connotation_that_is_none_is_left_empty_and_its_row_read(tmp_path):
    (tmp_path / "labels.csv").write_text("label,alias,connotation\nrebel,rebel,loadd\n", encoding="utf-8")
    rejected = []
    assert read_list(tmp_path, "labels", rejected)[["alias", "connotation"]].values.tolist() == [["rebel", ""]]
    assert [reason for _, reason in rejected] == [
        "labels.csv row 2, column connotation: 'loadd' is none of neutral, loaded, rejected, neutral?, loaded?, "
        "rejected? (nearest: 'loaded'); left empty"
    ]


def test_names_of_one_group_are_counted_as_one():
    actors = actors_csv("Ostrel,Ostrel,name,\nOstrel,Ostrelian regime,description,\nOstrel,regime,description,\n"
                        "Ostrel,Ostrelian,adjective,")  # fmt: skip
    texts = {"A-1": "The regime fell. The Ostrelian regime fled. Ostrel won. Ostrelian tea was sold."}
    plain = read_texts(texts, actors=actors)
    assert labels.group_names(plain) is plain  # no column group
    actors["group"] = ["", "regime", "regime", "regime"]
    read = labels.group_names(change_tables(plain, corpus=replace(plain.corpus, actors=actors)))
    names = naming.share_names(read, actor="Ostrel", by_voice=False)
    assert names[["variant", "kind", "n"]].values.tolist() == [["regime", "description", 2], ["Ostrel", "name", 1]]
    assert evidence.show_lines(read, names.head(1))["match"].tolist() == ["regime", "Ostrelian regime"]
    assert plain.mentions["variant"].tolist()[:2] == ["regime", "Ostrelian regime"]  # nothing given is changed


def test_a_notebook_and_make_draft_the_same_three_lists(monkeypatch, tmp_path):
    monkeypatch.setattr(labels.proposing, "draft_lists", lambda folder: [f"actors {folder}"])
    monkeypatch.setattr(labels, "draft_labels", lambda folder: [f"labels {folder}"])
    assert labels.draft_lists(str(tmp_path)) == [f"actors {tmp_path}", f"labels {tmp_path}"]
