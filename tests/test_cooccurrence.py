"""Whom an outlet mentions, beside whom, and whom it leaves out: counted by hand."""

import pytest

from helpers import cooccurrence
from tests.readings import build_reading


@pytest.fixture(scope="module")
def read():
    return build_reading({
        "n": ("North", ["{ISIS|ISIS} met {Iran|Iran} and {Iran|Iran}.", "{ISIS|ISIS} left.", "{Iran|Iran} stayed."]),
        "s": ("South", ["{ISIS|ISIS} met {Iran|Iran}.", "{Turkey|Turkey} watched {ISIS|ISIS}."]),
        "w": ("West", ["{Turkey|Turkey} slept all day long.", "{ISIS|unresolved|description|head|ISIS;Iran} too."]),
    })  # fmt: skip


def test_left_out_says_what_was_to_be_expected(read):
    left = cooccurrence.list_left_out(read).set_index(["outlet", "actor"])
    assert set(left.index) == {("North", "Turkey"), ("West", "ISIS"), ("West", "Iran")}
    words = read.articles.set_index("outlet")["n_words"]
    expected = 4 * words["West"] / (words["North"] + words["South"])
    row = left.loc[("West", "Iran"), ["expected", "n_outlets", "n_others"]]
    assert row.tolist() == pytest.approx([expected, 2, 4])
    assert cooccurrence.list_left_out(read, outlets=3).empty


def test_share_of_voice_sums_to_one(read):
    shares = cooccurrence.share_voice(read)
    assert shares.groupby("outlet")["value"].sum().to_dict() == pytest.approx({"North": 1, "South": 1, "West": 1})
    north = shares.set_index(["outlet", "actor"])["value"]
    assert north[("North", "Iran")] == pytest.approx(3 / 5) and north[("North", "Turkey")] == 0
    assert "unresolved" not in set(shares["actor"])
