import pytest

from helpers.aliases import compile_aliases, find_names
from tests.parsing import ACTORS, read_text


def mentions(text, actors=ACTORS):
    rows = read_text(text, actors=actors).mentions
    return [(text[m.start : m.end], m.actor, m.role) for m in rows.itertuples()]


def named(text):
    return [(words, actor) for words, actor, _ in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Assad’s regime attacked.", [("Assad", "Assad"), ("regime", "Syrian government")]),
        ("Assad's badly mauled army fled.", [("Assad", "Assad"), ("army", "Syrian government")]),
        ("The regime troops fled.", [("regime troops", "Syrian government")]),
        ("ISIS militants fled.", [("ISIS", "ISIS")]),
        ("Neither American nor British troops fought.", [("American", "United States")]),
        ("Iraqi forces fled from the anti-Assad rebels.", [("Assad", "Assad"), ("rebels", "Syrian rebels")]),
        ("A militia fled.", []),
        ("Daesh will send its forces south.", [("Daesh", "ISIS"), ("forces", "ISIS")]),
        ("The timing of SDF’s dash is odd because the militants have waited.", [("SDF", "SDF"), ("militants", "SDF")]),
        (
            "The Syrian opposition groups whose militants joined the SDF.",
            [("Syrian opposition", "Syrian rebels"), ("militants", "Syrian rebels"), ("SDF", "SDF")],
        ),
        (
            "The coalition struck ISIS after the militants seized a town.",
            [("coalition", "US-led coalition"), ("ISIS", "ISIS"), ("militants", "ISIS")],
        ),
        ("Like the Jihadi counter-offensives against Aleppo.", [("Jihadi counter-offensives", "Syrian rebels")]),
    ],
)
def test_descriptions_count_where_the_text_makes_the_actor_clear(text, expected):
    assert named(text) == expected


def test_what_stays_open_is_kept_with_its_candidates():
    rows = read_text("US-backed forces fought ISIS. The militants fled.").mentions
    last = rows.iloc[-1]
    assert (last["actor"], last["candidates"]) == ("unresolved", "ISIS | SDF | Syrian rebels")


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Neither Damascus nor the SDF can decide.", True),
        ("The battle forced Damascus to shift.", True),
        ("He lives in Damascus.", False),
        ("A Damascus-based journalist wrote it.", False),
        ("Shells fell on the Damascus suburbs.", False),
    ],
)
def test_a_capital_is_a_government_or_a_place(text, counts):
    assert (("Damascus", "Syrian government") in named(text)) is counts


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Russia bombed the town.", "head"),
        ("Russia’s bombing went on.", "possessive"),
        ("Russian warplanes came.", "modifier"),
        ("Russian-backed troops came.", "compound"),
        ("They flew over southern Russia.", "place"),
        ("Weapons came from Russia.", "place"),
    ],
)
def test_roles(text, role):
    assert [r for _, actor, r in mentions(text) if actor == "Russia"] == [role]


def test_a_member_of_an_armed_group():
    assert ("SDF", "SDF", "member") in mentions("Manna, a member of the SDF, left.")


def test_headlines_need_no_parse():
    names = find_names("Putin sends in missiles, gunships", ACTORS)
    assert names["actor"].tolist() == ["Putin"]


def test_a_deleted_actor_leaves_the_others_alone():
    fewer = ACTORS[ACTORS["actor"] != "SDF"]
    assert [a for _, a, _ in mentions("The SDF fought ISIS.", fewer)] == ["ISIS"]
    assert "SDF" not in compile_aliases(fewer).aliases
