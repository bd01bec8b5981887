"""Articles -> mentions: who is meant, by which words, in which role."""

from pathlib import Path

import pytest

from tests.parsing import ACTORS, actors_csv, read_each
from tests.pseudonyms import read_table

# with rows of actors.csv (none: the seeds'), of each mention its words, its actor, or who it may be, and its role
CASES = read_table(Path(__file__).with_name("mentions.csv"))


@pytest.mark.parametrize("listed", CASES["actors"].unique())
def test_who_is_meant_and_in_which_role(listed):
    actors = actors_csv(listed.replace("; ", "\n")) if listed else ACTORS
    right = CASES[CASES["actors"] == listed].set_index("text")["mentions"].to_dict()
    found = read_each("mentions", right, actors=actors)
    told = {}
    for text, rows in found.items():
        who = rows["candidates"].where(rows["candidates"].str.contains("|", regex=False), rows["actor"])
        spans = zip(rows["start"], rows["end"], who, rows["role"], strict=True)
        told[text] = " · ".join(f"{text[start:end]}: {one} {role}" for start, end, one, role in spans)
    assert told == right
