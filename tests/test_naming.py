"""Names: counts and shares against numbers counted by hand."""

import pytest

from helpers import inference, naming
from tests.readings import build_reading


@pytest.fixture(scope="module")
def read():
    return build_reading({
        "a1": ("North", [
            "{ISIS|ISIS|acronym} fled and {Islamic State|ISIS} fell.",
            [("outlet", "{ISIS|ISIS|acronym} lost, he said:"), ("quote", '"{Daesh|ISIS} is over."')],
            "The {Damascus|Syrian government|metonym|place} road; {Damascus|Syrian government|metonym} agreed.",
        ]),
        "a2": ("North", ["{ISIS|ISIS|acronym} and {the militants|unresolved|description|head|ISIS;Syrian rebels}."]),
        "b1": ("South", ["{Daesh|ISIS} fled from {Daesh|ISIS} town."]),
    }, actors=["Turkey"])  # fmt: skip


def test_an_adjective_is_a_mention_but_no_name_that_an_outlet_calls_the_actor_by():
    said = "{Ostrel|Ostrel} fell. {Ostrelian|Ostrel|adjective|modifier} troops fled from {Ostrelian|Ostrel|adjective}."
    read = build_reading({"a1": ("North", [said])})
    assert naming.share_names(read, actor="Ostrel")[["variant", "n", "total"]].values.tolist() == [["Ostrel", 1, 1]]
    assert naming.count_mentions(read)["n"].tolist() == [3]
    assert inference.compare_names(read, actor="Ostrel")["variant"].tolist() == ["Ostrel"]


def test_shares_are_by_actor_outlet_and_voice(read):
    names = naming.share_names(read, actor="ISIS")
    assert names[["outlet", "voice", "variant", "kind", "n", "total", "n_articles"]].values.tolist() == [
        ["North", "outlet", "ISIS", "acronym", 3, 4, 2], ["North", "outlet", "Islamic State", "name", 1, 4, 1],
        ["North", "quote", "Daesh", "name", 1, 1, 1], ["South", "outlet", "Daesh", "name", 2, 2, 1],
    ]  # fmt: skip
    assert names["share"].tolist() == [0.75, 0.25, 1.0, 1.0]
    # words: North 6 + 4 + 5 + 4 = 19 of its own and 3 quoted, South 5
    assert names["n_words"].tolist() == [19, 19, 3, 5]
    assert names["per_10000_words"].tolist() == pytest.approx([3e4 / 19, 1e4 / 19, 1e4 / 3, 2e4 / 5])
    # places are no names, and an actor whom nobody mentions has no rows
    assert naming.share_names(read, actor="Syrian government")["n"].tolist() == [1]
    assert set(naming.share_names(read, actor=None)["actor"]) == {"ISIS", "Syrian government"}
    assert naming.share_names(read, actor="Turkey").empty


def test_an_unknown_actor_or_voice_is_named_with_the_nearest(read):
    with pytest.raises(ValueError, match=r"no actor 'Isis' in actors.csv \(nearest: 'ISIS'\)"):
        naming.share_names(read, actor="Isis")
    with pytest.raises(ValueError, match=r"no voice 'quotes' in the reading \(nearest: 'quote'\)"):
        naming.share_names(read, actor="ISIS", voice="quotes")


def test_counts_per_1000_words_of_the_outlet(read):
    counted = naming.count_mentions(read).set_index(["outlet", "actor"])
    words = read.articles.groupby("outlet")["n_words"].sum()
    columns = ["n", "n_articles", "n_words", "per_1000_words"]
    assert counted.loc[("North", "ISIS"), columns[:3]].tolist() == [5, 2, words["North"]]
    assert counted.loc[("South", "ISIS"), columns].tolist() == [2, 1, 5, 400]
    assert counted.loc[("South", "Syrian government"), "n"] == 0 and counted.loc[("North", "unresolved"), "n"] == 1


def test_share_of_voice_sums_to_one(read):
    shares = inference.share_voice(read)
    assert shares.groupby("outlet")["value"].sum().to_dict() == pytest.approx({"North": 1, "South": 1})
    north = shares.set_index(["outlet", "actor"])["value"]
    assert north[("North", "ISIS")] == pytest.approx(5 / 6) and north[("South", "Syrian government")] == 0
    assert "unresolved" not in set(shares["actor"])
