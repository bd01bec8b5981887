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
        ("The SDF was attacked and began to retreat.",
         [("SDF", "patient", "attack", "agentless", False), ("SDF", "agent", "begin", "active", False)]),
        ("Towns held by the SDF fell.", [("SDF", "agent", "hold", "passive", False)]),
        ("The SDF-held town fell.", [("SDF", "agent", "hold", "passive", False)]),
        ("The anti-Assad war went on.", []),
        ("The fight against the SDF went on.", [("SDF", "patient", "fight", "", False)]),
        ("The expulsion of the SDF followed.", [("SDF", "patient", "expulsion", "", False)]),
        ("The chief of the SDF left.", [("SDF", "possessor", "chief", "", False)]),
        ("They dealt a blow to the SDF.", [("SDF", "patient", "deal", "active", False)]),
        ("The SDF is able to win.", [("SDF", "agent", "win", "active", False)]),
        ("Hundreds of rebels were killed.", [("Syrian rebels", "patient", "kill", "agentless", False)]),
        ("Russia and Iran took it.", [(actor, "agent", "take", "active", False) for actor in ("Russia", "Iran")]),
        ("Russia entered and won.", [("Russia", "agent", verb, "active", False) for verb in ("enter", "win")]),
        # clauses of a noun
        ("It was the SDF that attacked the town.", [("SDF", "agent", "attack", "active", False)]),
        ("It was the SDF that was attacked.", [("SDF", "patient", "attack", "agentless", False)]),
        ("They met the SDF, which attacked the town.",
         [("SDF", "patient", "meet", "active", False), ("SDF", "agent", "attack", "active", False)]),
        ("Attacked by thieves at dawn, the SDF left.",
         [("SDF", "patient", "attack", "passive", False), ("SDF", "agent", "leave", "active", False)]),
        ("As the town fell, the SDF left.", [("SDF", "agent", "leave", "active", False)]),
        ("The SDF is an alliance.", []),
    ],
)  # fmt: skip
def test_roles_of_an_actor(text, expected):
    assert acts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SDF fighters attacked the town.", [("agent", "attack", "fighter")]),
        ("The SDF's warplanes bombed the town.", [("agent", "bomb", "warplane")]),
        ("Two SDF soldiers were killed.", [("patient", "kill", "soldier")]),
        ("The town was taken by SDF forces.", [("agent", "take", "force")]),
        ("The SDF attacked.", [("agent", "attack", "")]),
        # what is neither a member nor a means does nothing for its owner
        ("The SDF offensive failed.", [("modifier", "offensive", "")]),
        ("SDF towns burned.", [("modifier", "town", "")]),
        ("SDF fighters.", [("modifier", "fighter", "")]),
    ],
)
def test_an_actor_acts_through_its_members_and_means(text, expected):
    rows = read_text(text).acts
    assert rows[["role", "verb", "through"]].apply(tuple, axis=1).tolist() == expected


def test_count_roles_shares_sum_to_one_for_an_actor_in_an_outlet():
    read = read_texts({"A-1": "The SDF attacked. The SDF was attacked. The SDF left.", "B-1": "They hit the SDF."})
    counts = agency.count_roles(read, actor="SDF")
    assert counts[["outlet", "role", "n", "total"]].values.tolist() == [
        ["A", "agent", 2, 3], ["A", "patient", 1, 3], ["B", "patient", 1, 1],
    ]  # fmt: skip
    assert counts.groupby("outlet")["share"].sum().tolist() == pytest.approx([1, 1])


def test_nouns_that_name_an_act_are_nominal():
    acts = read_text("Russian air strikes hit Russian towns.").acts
    assert acts[["verb", "nominal"]].values.tolist() == [["strike", True], ["town", False]]


def test_the_verbs_of_an_actor_and_passives_without_a_doer():
    read = read_texts(
        {"A-1": "The SDF attacked. The SDF did not attack. The SDF was bombed by Russia.", "B-1": "The SDF was bombed."}
    )
    verbs = agency.count_verbs(read, actor="SDF")
    assert verbs[["outlet", "role", "verb", "n", "n_negated"]].values.tolist() == [
        ["A", "agent", "attack", 2, 1], ["A", "patient", "bomb", 1, 0], ["B", "patient", "bomb", 1, 0],
    ]  # fmt: skip
    agentless = agency.list_agentless(read)
    assert agentless[["outlet", "before", "match", "after"]].values.tolist() == [["B", "The ", "SDF was bombed", "."]]


def test_shares_of_acts_need_five_of_them():
    read = read_texts({"A-1": "The SDF attacked. " * 4 + "They hit the SDF.", "B-1": "The SDF attacked."})
    assert agency.share_agents(read)[["actor", "outlet", "n", "share"]].values.tolist() == [["SDF", "A", 5, 0.8]]
