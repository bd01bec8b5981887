import pytest

from helpers import agency, evidence
from helpers.reading import schemas
from tests.parsing import read_text, read_texts

ACTS, UNDERGOES, ATTACHED = schemas.ACTS, schemas.UNDERGOES, schemas.ATTACHED


def acts(text):
    rows = read_text(text).acts
    return [(a.actor, a.role, a.verb, a.voice_of_verb, a.negated) for a in rows.itertuples()]


def parts(text):
    """role, verb and through of every act in a text, in the order found."""
    return [tuple(row) for row in read_text(text).acts[["role", "verb", "through"]].itertuples(index=False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The SDF attacked the town.", [("SDF", ACTS, "attack", "active", False)]),
        ("The SDF did not attack the town.", [("SDF", ACTS, "attack", "active", True)]),
        ("They attacked the SDF.", [("SDF", UNDERGOES, "attack", "active", False)]),
        ("The SDF was attacked.", [("SDF", UNDERGOES, "attack", "agentless", False)]),
        ("The town was taken by the SDF.", [("SDF", ACTS, "take", "passive", False)]),
        ("Russian bombing went on.", [("Russia", ACTS, "bombing", "", False)]),
        ("They live in Russia.", []),
        ("The SDF was attacked and began to retreat.",
         [("SDF", UNDERGOES, "attack", "agentless", False), ("SDF", ACTS, "retreat", "active", False)]),
        ("Towns held by the SDF fell.", [("SDF", ACTS, "hold", "passive", False)]),
        ("The anti-Assad war went on.", [("Assad", ATTACHED, "war", "", False)]),
        ("The fight against the SDF went on.", [("SDF", UNDERGOES, "fight", "", False)]),
        ("The expulsion of the SDF followed.", [("SDF", UNDERGOES, "expulsion", "", False)]),
        ("The chief of the SDF left.", [("SDF", ATTACHED, "chief", "", False)]),
        ("They dealt a blow to the SDF.", [("SDF", UNDERGOES, "deal", "active", False)]),
        ("The SDF is able to win.", [("SDF", ACTS, "win", "active", False)]),
        ("Hundreds of rebels were killed.", [("Syrian rebels", UNDERGOES, "kill", "agentless", False)]),
        ("Russia and Iran took it.", [(actor, ACTS, "take", "active", False) for actor in ("Russia", "Iran")]),
        ("Russia entered and won.", [("Russia", ACTS, verb, "active", False) for verb in ("enter", "win")]),
        # clauses of a noun
        ("It was the SDF that attacked the town.", [("SDF", ACTS, "attack", "active", False)]),
        ("Attacked by thieves at dawn, the SDF left.",
         [("SDF", ACTS, "leave", "active", False), ("SDF", UNDERGOES, "attack", "passive", False)]),
    ],
)  # fmt: skip
def test_roles_of_an_actor(text, expected):
    assert acts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SDF fighters attacked the town.", [(ACTS, "attack", "fighter")]),
        ("The SDF's warplanes bombed the town.", [(ACTS, "bomb", "warplane")]),
        ("Two SDF soldiers were killed.", [(UNDERGOES, "kill", "soldier")]),
        ("The town was taken by SDF forces.", [(ACTS, "take", "force")]),
        # what is neither a member nor a means does nothing for its owner
        ("SDF towns burned.", [(ATTACHED, "town", "")]),
        # compounds say what something is
        ("The US-backed sailors left.", [(ATTACHED, "back", "")]),
        ("Pro-Assad snipers attacked the town.", [(ATTACHED, "sniper", "")]),
        # nouns that name an act, with their owner
        ("The advance of the SDF went on.", [(ACTS, "advance", "")]),
        ("ISIS’s defeat is near.", [(UNDERGOES, "defeat", "")]),
        ("Russia’s destruction of the town went on.", [(ACTS, "destruction", "")]),
        ("They fight in support of Assad.", [(UNDERGOES, "support", "")]),
        # passives with "by"
        ("The town, which was attacked by the SDF, fell.", [(ACTS, "attack", "")]),
        ("An attack by the SDF failed.", [(ACTS, "attack", "")]),
        # participles that share the subject
        ("Having seized the town, the SDF left.", [(ACTS, "leave", ""), (ACTS, "seize", "")]),
        ("While attacking the town, the SDF left.", [(ACTS, "leave", ""), (ACTS, "attack", "")]),
        ("After seizing the town, the SDF left.", [(ACTS, "leave", ""), (ACTS, "seize", "")]),
        ("The SDF attacked the town, killing ten people.", [(ACTS, "attack", ""), (ACTS, "kill", "")]),
        ("The SDF was attacked, killing ten people.", [(UNDERGOES, "attack", "")]),
        ("As expected, the SDF left.", [(ACTS, "leave", "")]),
        ("If attacked, the SDF will leave.", [(ACTS, "leave", "")]),
        # relative clauses and clefts
        ("The SDF, whose warplanes bombed the town, left.", [(ACTS, "leave", ""), (ACTS, "bomb", "warplane")]),
        ("It was Assad whom they accused.", [(UNDERGOES, "accuse", "")]),
        ("The town that the SDF seized burned.", [(ACTS, "seize", "")]),
        # verbs: particles, and those whose subject does nothing or bears the act
        ("The SDF was driven out of the town.", [(UNDERGOES, "drive out", "")]),
        ("The SDF were cut off.", [(UNDERGOES, "cut off", "")]),
        ("The SDF suffered heavy losses.", [(UNDERGOES, "suffer", "")]),
        ("The SDF came under fire.", [(UNDERGOES, "come", "")]),
        ("The SDF is based in the town.", []),
        # one actor does a thing once, under however many names
        ("The Syrian Democratic Forces (SDF) left.", [(ACTS, "leave", "")]),
    ],
)  # fmt: skip
def test_acts_through_members_and_means_are_told_from_attached_names(text, expected):
    assert parts(text) == expected


def test_count_roles_shares_sum_to_one_for_an_actor_in_an_outlet():
    read = read_texts({"A-1": "The SDF attacked. The SDF was attacked. The SDF left.", "B-1": "They hit the SDF."})
    counts = agency.count_roles(read, actor="SDF")
    assert counts[["outlet", "role", "n", "total"]].values.tolist() == [
        ["A", ACTS, 2, 3], ["A", UNDERGOES, 1, 3], ["B", UNDERGOES, 1, 1],
    ]  # fmt: skip
    assert counts.groupby("outlet")["share"].sum().tolist() == pytest.approx([1, 1])


def test_the_verbs_of_an_actor_and_passives_without_a_doer():
    read = read_texts(
        {"A-1": "The SDF attacked. The SDF did not attack. The SDF was bombed by Russia.", "B-1": "The SDF was bombed."}
    )
    assert not read.acts["nominal"].any() and read_text("Russian air strikes went on.").acts["nominal"].all()
    verbs = agency.count_verbs(read, actor="SDF")
    assert verbs[["outlet", "role", "verb", "n", "n_articles", "n_negated"]].values.tolist() == [
        ["A", ACTS, "attack", 2, 1, 1], ["A", UNDERGOES, "bomb", 1, 1, 0], ["B", UNDERGOES, "bomb", 1, 1, 0],
    ]  # fmt: skip
    lines = evidence.show_lines(read, read.acts[["role", "voice_of_verb"]].query("voice_of_verb == 'agentless'"))
    assert lines[["outlet", "before", "match", "after"]].values.tolist() == [["B", "The SDF was ", "bombed", "."]]


def test_shares_of_acts_need_five_of_them():
    read = read_texts({"A-1": "The SDF attacked. " * 4 + "They hit the SDF.", "B-1": "The SDF attacked."})
    assert agency.share_agents(read)[["actor", "outlet", "n", "share"]].values.tolist() == [["SDF", "A", 5, 0.8]]
