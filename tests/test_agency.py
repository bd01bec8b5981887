import pytest

from helpers import agency
from tests.parsing import read_text, read_texts


def acts(text):
    rows = read_text(text).acts
    return [(a.actor, a.role, a.verb, a.voice_of_verb, a.negated) for a in rows.itertuples()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The SDF attacked the town.", [("SDF", "agent", "attack", "active", False)]),
        ("The SDF did not attack the town.", [("SDF", "agent", "attack", "active", True)]),
        ("They attacked the SDF.", [("SDF", "patient", "attack", "active", False)]),
        ("The SDF was attacked.", [("SDF", "patient", "attack", "agentless", False)]),
        ("The town was taken by the SDF.", [("SDF", "agent", "take", "passive", False)]),
        ("Russian bombing went on.", [("Russia", "modifier", "bombing", "", False)]),
        ("Russia’s advance went on.", [("Russia", "possessor", "advance", "", False)]),
        ("They live in Russia.", []),
    ],
)
def test_roles_of_an_actor(text, expected):
    assert acts(text) == expected


def test_joined_subjects_and_joined_verbs_count_for_each():
    found = acts("Russia and Iran entered the town and took the bridge.")
    assert {(actor, verb) for actor, _, verb, _, _ in found} == {
        ("Russia", "enter"), ("Russia", "take"), ("Iran", "enter"), ("Iran", "take"),
    }  # fmt: skip


def test_count_roles_shares_sum_to_one_for_an_actor_in_an_outlet():
    read = read_texts({"A-1": "The SDF attacked. The SDF was attacked. The SDF left.", "B-1": "They hit the SDF."})
    counts = agency.count_roles(read, actor="SDF")
    assert counts[["outlet", "role", "n", "total"]].values.tolist() == [
        ["A", "agent", 2, 3], ["A", "patient", 1, 3], ["B", "patient", 1, 1],
    ]  # fmt: skip
    assert counts.groupby("outlet")["share"].sum().tolist() == pytest.approx([1, 1])
