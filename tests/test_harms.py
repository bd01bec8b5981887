from helpers import agency, answers, evidence
from tests.parsing import make_corpus, read_corpus, read_each, read_text
from tests.readings import build_reading

ARTICLES = {f"{outlet}-{n}": (outlet, [f"Ten were killed on day {n}."]) for outlet in "AB" for n in range(8)}


HARMS = {  # word | victim | doer | how it is named
    "Rebels killed ten civilians. Ten civilians were killed by rebels.":
        "kill | ten civilians | Rebels | subject; kill | Ten civilians | rebels | by",
    "Ten civilians were killed in Russian air strikes.":
        "kill | Ten civilians | Russian | owner; strike |  | Russian | owner",
    "An air strike killed ten civilians.": "strike |  |  | nobody; kill | ten civilians | An air strike | weapon",
    "The army launched an attack on the village. The group claimed the bombing.":
        "attack | the village | The army | subject; bombing |  | The group | elsewhere",
    "A bomb exploded, killing ten people.": "explode |  | A bomb | weapon; kill | ten people | A bomb | weapon",
    "The regime-besieged town was calm.": "besiege | town | regime | owner",
    "Wounded fighters left the destroyed village.": "wound | fighters |  | nobody; destroy | village |  | nobody",
    "The army took three soldiers alive and captured the town.": "",
    "A man is accused of killing ten people.": "kill | ten people | A man | subject",
    "Army Kills 70 Militants in Two Days Near Border": "kill | 70 Militants | Army | subject",
    "Gunmen killed 12 people and wounded several others.":
        "kill | 12 people | Gunmen | subject; wound | several others | Gunmen | subject",
    "An attack by gunmen on the base killed ten.": "attack | the base | gunmen | by; kill | ten | gunmen | owner",
    "Clashes among rebels killed ten. Clashes broke out with rebels, killing ten.":
        "kill | ten | rebels | elsewhere; kill | ten | rebels | elsewhere",
    # the comma is lost
    "Elsewhere in the north rebels attacked a base. They lost it after it launched a raid.":
        "attack | a base | the north rebels | subject; raid |  | it | subject",
    "Rebels were behind the blast. The raid was the work of rebels.":
        "blast |  | Rebels | elsewhere; raid |  | rebels | elsewhere",
    "Airmen died when their jet was shot down.":
        "die | Airmen | when their jet was shot | weapon; shoot | their jet |  | nobody",
    "Russian warplanes bombed a road, lost in a battle in which Russian troops were killed.":  # not by Russia
        "bomb | a road | Russian | owner; kill | Russian troops | a battle | weapon",
    # who is blamed
    "Ten died in an attack that was blamed on rebels.":
        "die | Ten | rebels | elsewhere; attack |  | rebels | elsewhere",
    "Hundreds are dead. The wounded left.": "dead | Hundreds |  | nobody; wound | The wounded |  | nobody",
    "Army air strikes and artillery fire killed ten.":
        "strike |  | Army | owner; fire |  | Army | owner; kill | ten | Army | owner",
    "The jets of the army dropped bombs on a market.": "drop | a market | the army | owner",
    "Rebels shelled and burned the town.": "shell | the town | Rebels | subject; burn | the town | Rebels | subject",
    "Damage was caused to houses when rebels fired a number of rockets on the town.":
        "damage | houses | rebels | elsewhere; fire | the town | rebels | subject",
    "Ten died since the war began with protests. It is unclear who carried out the raid.":
        "die | Ten | the war | weapon; raid |  |  | nobody",
    "The shells left a child dead and two women wounded.":
        "dead | a child | The shells | weapon; wound | two women | The shells | weapon",
}  # fmt: skip


def tell(text, rows):
    """Word, victim, doer and how it is named, of every harm in a text."""
    cut = [[text[max(a, 0) : max(b, 0)] for a, b in rows[[f"{who}_start", f"{who}_end"]].to_numpy()]
           for who in ("victim", "doer")]  # fmt: skip
    return "; ".join(map(" | ".join, zip(rows["word"], *cut, rows["named"], strict=True)))


def test_harms_with_victim_and_doer():
    assert {text: tell(text, rows) for text, rows in read_each("harms", HARMS).items()} == HARMS


FIGURES = [
    "The senators killed the bill.", "He attacked her record in a new attack ad.", "He had a heart attack.",
    "The deadline passed and the candidate fired back.", "They faced the death penalty.",
    "She died away from the trail she hit.",  # "hit the trail"
    "The plan to destroy her chances failed.", "Nine missiles and a bomb lay in the gun shop.",
]  # fmt: skip


def test_figures_of_speech_laws_and_weapons_are_no_harm():
    found = read_each("harms", FIGURES)
    assert [text for text, rows in found.items() if rows["word"].ne("die").any()] == []


DENIED = {
    "Rebels killed a soldier.": "",
    "Rebels did not kill the soldier.": "negated",
    "Moscow denied that its jets bombed the town.": "negated",
    "Rebels may kill the soldier.": "hypothetical",
    "The group threatened to rob and kill the soldier.": "hypothetical",
    "They need to kill the soldier.": "hypothetical",
    "It is not clear whether he was killed.": "hypothetical",
    "If rebels kill the soldier, all is lost.": "hypothetical",
    "Did rebels kill the soldier?": "hypothetical",
}


def test_what_did_not_happen_is_marked():
    marks = ["negated", "hypothetical"]
    found = read_each("harms", DENIED)
    assert {text: " ".join(mark for mark in marks if rows[mark].iloc[0]) for text, rows in found.items()} == DENIED


def test_victims_and_doers_are_actors_where_they_are_named():
    rows = read_text("Russia killed ten ISIS fighters. Russia killed ISIS.").harms
    assert rows["victim_kind"].tolist() == ["fighters", "actor"]
    assert rows[["doer_actor", "voice_of_verb"]].values.tolist() == [["Russia", "active"]] * 2


def test_headlines_are_read_too_and_lead_to_no_sentence():
    corpus = make_corpus({"A-1": "Rebels killed a soldier."})
    corpus.articles["headline"] = "Soldier killed in air strike"
    read = read_corpus(corpus, store=None)
    found = agency.find_harm(read)
    assert list(found["part"] + " " + found["word"]) == ["headline kill", "headline strike", "body kill"]
    lines = evidence.show_lines(read, found[found["part"].eq("body")])
    assert list(lines["match"]) == ["killed"]


def test_the_share_without_a_doer_counts_what_happened_and_is_tested():
    rows = [{"article_id": one, "named": "nobody" if one[0] == "A" else "subject"} for one in ARTICLES]
    rows += [{"article_id": "A-1", "named": "subject", **no} for no in ({"negated": True}, {"hypothetical": True})]
    rows += [{"article_id": "A-2", "named": "weapon", "voice": "quote"}, {"article_id": "B-1", "named": "elsewhere"}]
    read = build_reading(ARTICLES, harms=rows)
    found = agency.find_harm(read)
    shares = agency.share_unnamed(found, read)
    assert list(shares[["outlet", "n", "total"]].itertuples(index=False, name=None)) == [("A", 9, 9), ("B", 0, 9)]
    assert shares["p"].le(0.05).all()
    assert "or an attack: A (9 of 9) and B (0 of 9).**" in answers.answer_harm(shares, read.articles)
    by_voice = agency.share_unnamed(found, read, by=["voice"], replicates=0)
    assert set(by_voice["of"]) == {"voice: outlet", "voice: quote"}


def test_without_any_harm_there_are_no_shares():
    read = build_reading(ARTICLES)
    shares = agency.share_unnamed(agency.find_harm(read), read)
    assert shares.empty
    assert "or an attack: no outlet has 5 harms.**" in answers.answer_harm(shares, read.articles)
