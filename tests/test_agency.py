import re
from pathlib import Path

from helpers import agency, answers, charts, comparability, evidence, export, page, validation
from helpers.reading import schemas
from helpers.run import ROOT
from tests.parsing import make_corpus, read_corpus, read_each, read_text, read_texts
from tests.pseudonyms import read_table
from tests.readings import build_reading

ACTS, UNDERGOES = schemas.ACTS, schemas.UNDERGOES
# by text: the acts of its actors, as role, verb and means; its harms, each as word | victim | doer | how it is named
ROLES, HARMS = (read_table(Path(__file__).with_name(f"{of}.csv")).set_index("text")[of] for of in ("acts", "harms"))


def test_roles_of_an_actor():
    found = read_each("acts", ROLES.index)
    for text, rows in found.items():
        told = rows[["actor", "role", "verb", "voice_of_verb", "through"]].values.tolist()
        assert "; ".join(" ".join(filter(None, row)) for row in told) == ROLES[text]
    assert [text for text, rows in found.items() if rows["negated"].any()] == [*ROLES.index[:2]]  # what is denied


def test_harms_with_victim_and_doer():
    found = read_each("harms", HARMS.index)
    for text, rows in found.items():
        told = []
        for row in rows.to_dict("records"):
            spans = (text[max(row[f"{who}_start"], 0) : max(row[f"{who}_end"], 0)] for who in ("victim", "doer"))
            unreal = (mark for mark in ("negated", "hypothetical") if row[mark])
            told.append(" | ".join([row["word"], *spans, " ".join([row["named"], *unreal])]))
        assert "; ".join(told) == HARMS[text]
    rows = next(rows for text, rows in found.items() if "ISIS-held" in text)  # who holds a town is not harmed in it
    told = rows[["victim_kind", "victim_actor", "doer_actor"]].agg("/".join, axis=1).tolist()
    assert told == ["fighters/ISIS/Russia", "actor/ISIS/Russia", "place//Russia", "people//"]


def test_headlines_are_read_too_and_lead_to_no_sentence():
    corpus = make_corpus({"A-1": "Rebels killed a soldier."})
    corpus.articles["headline"] = "Soldier killed in air strike"
    found = agency.find_harm(read := read_corpus(corpus, store=None))
    assert list(found["part"] + " " + found["word"]) == ["headline kill", "headline strike", "body kill"]
    assert list(evidence.show_lines(read, found[found["part"].eq("body")])["match"]) == ["killed"]


def test_the_share_without_a_doer_counts_what_happened_and_is_tested():
    articles = {f"{outlet}-{n}": (outlet, [f"Ten were killed on day {n}."]) for outlet in "AB" for n in range(8)}
    rows = [{"article_id": one, "named": "nobody" if one[0] == "A" else "subject"} for one in articles]
    rows += [{"article_id": "A-1", "named": "subject", unreal: True} for unreal in ("negated", "hypothetical")]
    rows += [{"article_id": "A-2", "named": "weapon", "voice": "quote"}, {"article_id": "B-1", "named": "elsewhere"}]
    found = agency.find_harm(read := build_reading(articles, harms=rows))
    shares = agency.share_unnamed(found, read)
    assert shares[["outlet", "n", "total"]].values.tolist() == [["A", 9, 9], ["B", 0, 9]]
    assert shares["p"].le(0.05).all()
    assert set(agency.share_unnamed(found, read, by=["voice"], replicates=0)["of"]) == {"voice: outlet", "voice: quote"}
    said = answers.answer_shares(shares, read.articles, "none named", "harms")
    assert said == "**None named in 9 of 9 harms in A and 0 of 9 in B.**"
    said = answers.answer_shares(shares[:0], read.articles, "no doer is named", "harms")
    assert said == "**No outlet has 5 harms: too few to say how often no doer is named.**"


def test_the_roles_and_verbs_of_an_actor_and_passives_without_a_doer():
    told = "The SDF attacked. The SDF did not attack. The SDF was bombed by Russia."
    read = read_texts({"A-1": told, "B-1": "The SDF was bombed."})
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
    assert "right in 92% (85 to 96%) of 100 coded by hand" in (tmp_path / "06-acting-denied.json").read_text("utf-8")
