import re
from pathlib import Path

from helpers import agency, answers, charts, comparability, evidence, export, page, validation
from helpers.reading import schemas
from helpers.run import ROOT
from tests.parsing import read_each, read_text, read_texts
from tests.pseudonyms import read_table

ACTS, UNDERGOES = schemas.ACTS, schemas.UNDERGOES
ROLES = read_table(Path(__file__).with_name("acts.csv")).set_index("text")["acts"].to_dict()


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
    written = (ROOT / "helpers/README.md").read_text("utf-8")
    function, *cells = re.findall(r"(?s)```python\n((?!def read_).*?)```", written)
    exec(function, made := {**vars(agency)})
    monkeypatch.setattr(agency, "share_denied", made["share_denied"], raising=False)
    assert agency.share_denied(read_text("ISIS did not attack. ISIS fled."))[["n", "total"]].values.tolist() == [[1, 2]]
    modules = agency, answers, charts, comparability, evidence, export, page, validation
    known = {module.__name__.split(".")[1]: module for module in modules}
    exec("\n".join(cells), {**known, "read": seeds, "ACTOR": "ISIS", "OUT": tmp_path})
    assert "right in 92% of 100 coded by hand" in (tmp_path / "06-acting-denied.json").read_text("utf-8")
