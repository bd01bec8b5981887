import re

from helpers import agency, answers, charts, comparability, evidence, export, page, validation
from helpers.reading import schemas
from helpers.run import ROOT
from tests.parsing import read_each, read_text, read_texts

ACTS, UNDERGOES = schemas.ACTS, schemas.UNDERGOES


ROLES = {
    "The SDF did not attack the town.": "SDF does attack active",
    "The SDF was attacked.": "SDF undergoes attack agentless",
    "Russian bombing went on.": "Russia does bombing",
    "The SDF was attacked and began to retreat.": "SDF undergoes attack agentless; SDF does retreat active",
    "The fight against the SDF and the expulsion of Russia went on.": "SDF undergoes fight; Russia undergoes expulsion",
    "The anti-Assad war and the chief of the SDF left.": "Assad name attached war; SDF name attached chief",
    "The SDF, bombed and hit, won.": "SDF undergoes bomb agentless; SDF undergoes hit agentless; SDF does win active",
    "They dealt a blow to the SDF.": "SDF undergoes deal active",
    "The SDF is able to win. A raid killed at least 10 men said Assad.": "SDF does win active; Assad does say active",
    "Hundreds of rebels were killed.": "Syrian rebels undergoes kill agentless",
    "Russia and Iran took it.": "Russia does take active; Iran does take active",
    "I know Assad's going to leave. They live in Russia.": "Assad does go active",
    # clauses of a noun
    "The town that the SDF seized burned.": "SDF does seize active",
    "It hit the town and SDF fighters who left.": "SDF does leave active fighter; SDF undergoes hit active fighter",
    "It was the SDF that attacked the town.": "SDF does attack active",
    "Attacked by thieves at dawn, the SDF left.": "SDF undergoes attack passive; SDF does leave active",
    # through members and means
    "SDF fighters attacked. The town was taken by the SDF.": "SDF does attack active fighter; SDF does take passive",
    "The SDF's warplanes bombed the town.": "SDF does bomb active warplane",
    "Turkish and Russian jets bombed it.": "Turkey does bomb active jet; Russia does bomb active jet",
    "They shot dead six SDF suicide bombers.": "SDF undergoes shoot active bomber",
    "Putin's campaign criticized them.": "Putin does criticize active campaign",
    # what is neither a member nor a means does nothing for its owner
    "Russian rebels and Russian rebel forces left.": "Russia name attached rebel; Russia name attached force",
    # compounds say what something is
    "Pro-Assad snipers attacked the town.": "Assad name attached sniper",
    # nouns that name an act, with their owner
    "ISIS’s defeat is near.": "ISIS undergoes defeat",
    "Russia’s destruction of the town went on.": "Russia does destruction",
    "They fight in support of Assad.": "Assad undergoes support",
    # passives with "by"
    "An attack by the SDF failed.": "SDF does attack",
    # participles that share the subject
    "Having seized the town, the SDF left.": "SDF does seize active; SDF does leave active",
    "While attacking the town, the SDF left.": "SDF does attack active; SDF does leave active",
    "The SDF hit a bus killing ten and hurting two.": "SDF does hit active; SDF does kill active; SDF does hurt active",
    "The SDF was attacked, killing ten people.": "SDF undergoes attack agentless",
    "They engaged SDF forces triggering clashes.": "SDF undergoes engage active force",
    "As expected, the SDF left. If attacked, Russia will leave.": "SDF does leave active; Russia does leave active",
    # verbs: particles, and those whose subject does nothing or bears the act
    "The SDF was driven out of the town.": "SDF undergoes drive out agentless",
    "The SDF suffered heavy losses.": "SDF undergoes suffer active",
    "The SDF's jet crashed.": "SDF undergoes crash active jet",
    "The SDF came under fire. Russia is based in the town.": "SDF undergoes come active",
    # one actor does a thing once, under however many names
    "The Syrian Democratic Forces (SDF) left.": "SDF does leave active",
}


def tell(rows, *columns):
    return "; ".join(" ".join(filter(None, row)) for row in rows[[*columns]].itertuples(index=False))


def test_roles_of_an_actor():
    found = read_each("acts", ROLES)
    told = {text: tell(rows, "actor", "role", "verb", "voice_of_verb", "through") for text, rows in found.items()}
    assert told == ROLES
    assert [text for text, rows in found.items() if rows["negated"].any()] == ["The SDF did not attack the town."]


def test_the_roles_and_verbs_of_an_actor_and_passives_without_a_doer():
    read = read_texts(
        {"A-1": "The SDF attacked. The SDF did not attack. The SDF was bombed by Russia.", "B-1": "The SDF was bombed."}
    )
    counts = agency.count_roles(read, actor="SDF")
    assert counts[["outlet", "role", "n", "total", "share"]].values.tolist() == [
        ["A", ACTS, 1, 2, 1 / 2], ["A", UNDERGOES, 1, 2, 1 / 2], ["B", UNDERGOES, 1, 1, 1],
    ]  # fmt: skip
    assert len(evidence.show_lines(read, counts)) == counts["n"].sum()  # none shows what is denied
    assert not read.acts["nominal"].any() and read_text("Russian air strikes went on.").acts["nominal"].all()
    verbs = agency.count_verbs(read, actor="SDF")
    assert verbs[["outlet", "role", "verb", "n", "n_articles", "n_negated"]].values.tolist() == [
        ["A", ACTS, "attack", 2, 1, 1], ["A", UNDERGOES, "bomb", 1, 1, 0], ["B", UNDERGOES, "bomb", 1, 1, 0],
    ]  # fmt: skip
    lines = evidence.show_lines(read, read.acts[["role", "voice_of_verb"]].query("voice_of_verb == 'agentless'"))
    assert lines[["outlet", "before", "match", "after"]].values.tolist() == [["B", "The SDF was ", "bombed", "."]]
    read = read_texts({"A-1": "The SDF attacked. " * 4 + "They hit the SDF.", "B-1": "The SDF attacked."})
    assert agency.share_agents(read)[["actor", "outlet", "n", "share"]].values.tolist() == [["SDF", "A", 5, 0.8]]


def test_the_example_of_a_new_measure_in_the_map_runs(seeds, tmp_path, monkeypatch):
    function, *cells = re.findall(r"(?s)```python\n((?!@reads).*?)```", (ROOT / "helpers/README.md").read_text("utf-8"))
    exec(function, made := {**vars(agency)})
    monkeypatch.setattr(agency, "share_denied", made["share_denied"], raising=False)
    assert agency.share_denied(read_text("ISIS did not attack. ISIS fled."))[["n", "total"]].values.tolist() == [[1, 2]]
    modules = agency, answers, charts, comparability, evidence, export, page, validation
    known = {module.__name__.split(".")[1]: module for module in modules}
    exec("\n".join(cells), {**known, "read": seeds, "ACTOR": "ISIS", "OUT": tmp_path})
    assert "right in 92% of 100 coded by hand" in (tmp_path / "06-acting-denied.json").read_text("utf-8")
