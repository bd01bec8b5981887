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
    "The regime-besieged town was calm.": "besiege | The regime-besieged town | regime | owner",
    "Wounded men left the burned town.": "wound | Wounded men |  | nobody; burn | the burned town |  | nobody",
    "A man is accused of killing ten people.": "kill | ten people | A man | subject",
    "Army Kills 70 Militants in Two Days Near Border": "kill | 70 Militants | Army | subject",
    "Unknown gunmen killed 12 people and beat my brother.":
        "kill | 12 people | Unknown gunmen | subject; beat | my brother | Unknown gunmen | subject",
    "An attack by gunmen on the base killed ten.": "attack | the base | gunmen | by; kill | ten | gunmen | owner",
    "Clashes among rebels killed ten. Clashes broke out with rebels, killing ten.":
        "kill | ten | rebels | elsewhere; kill | ten | rebels | elsewhere",
    # the comma is lost
    "Elsewhere in the north rebels attacked a base. They lost it after it launched a raid. The army said it shot ten.":
        "attack | a base | the north rebels | subject; raid |  | it | subject; shoot | ten | it | subject",
    "Rebels were behind the blast. The raid was the work of rebels. Rebels denied responsibility for the raid.":
        "blast |  | Rebels | elsewhere; raid |  | rebels | elsewhere; raid |  | Rebels | elsewhere negated",
    "Rebels shelled and burned the town.": "shell | the town | Rebels | subject; burn | the town | Rebels | subject",
    "Men died when their jet was shot down. Gangs died while attacking it.":
        "die | Men |  | nobody; shoot | their jet |  | nobody; die | Gangs |  | nobody; attack | it | Gangs | subject",
    "Russian warplanes bombed a road, lost in a battle in which Russian troops were killed.":  # not by Russia
        "bomb | a road | Russian | owner; kill | Russian troops | a battle | weapon",
    "Some of the Danish aircraft involved in the raids left. Six Danish bombers took off to deal a massive strike.":
        "raid |  | Danish | elsewhere; strike |  | Six Danish bombers | subject",
    "Ten died in an attack that was blamed on rebels.":  # who is blamed
        "die | Ten | rebels | elsewhere; attack |  | rebels | elsewhere",
    "Hundreds are dead. The wounded left.": "dead | Hundreds |  | nobody; wound | The wounded |  | nobody",
    "Army air strikes and artillery fire killed ten.":
        "strike |  | Army | owner; fire |  | Army | owner; kill | ten | Army | owner",
    "The jets of the army dropped bombs on a market.": "drop | a market | the army | owner",
    "They met rebels shelling the town. Police saw a man suspected of killing ten. The army's killing of ten went on.":
        "shell | the town | rebels | subject; kill | ten | a man | subject; killing | ten | The army | owner",
    "Damage was caused to houses when rebels fired a number of rockets on the town.":
        "damage | houses | rebels | elsewhere; fire | the town | rebels | subject",
    "Ten died since the war began with protests. It is unclear who carried out the raid.":
        "die | Ten |  | nobody; raid |  |  | nobody",
    "The troops will move quickly in Ostrel's direction to expel rebels before he does.":
        "expel | rebels | The troops | subject",
    "It can hit ships, including Danish combat jets.": "hit | ships | It | weapon hypothetical",
    "Su-35 fighters bombed the town.": "bomb | the town | Su-35 fighters | weapon",
    "The shells left a child dead and two women wounded.":
        "dead | a child | The shells | weapon; wound | two women | The shells | weapon",
    "No group claimed the bombing. It launched a counteroffensive by rebels. The raid he led killed 10.":
        "bombing |  |  | nobody; counteroffensive |  | rebels | by; raid |  | he | subject; kill | 10 | he | elsewhere",
    "Ten died in a bombing claimed by rebels.": "die | Ten | rebels | elsewhere; bombing |  | rebels | elsewhere",
    "A man was shot and killed by police. Kessler was convicted of murdering ten men.":
        "shoot | A man | police | by; kill | A man | police | by; murder | ten men | Kessler | subject",
    "Rebels shelled a town, leaving ten dead and causing damage to it.":
        "shell | a town | Rebels | subject; dead | ten | Rebels | subject; damage | it | Rebels | subject",
    "Rebel shelling of the town killed ten. Army or Russian jets bombed the town.":
        "shelling | the town | Rebel | owner; kill | ten | Rebel | owner; bomb | the town | Army | owner",
    "The idea of bombing the town is old. The town is under siege by rebels.":
        "bomb | the town |  | nobody; siege | The town | rebels | by",
    "Lind's army left. Ten were killed following a raid that Kessler blamed on rebels.":
        "kill | Ten | rebels | elsewhere; raid |  | rebels | elsewhere",
    "The monitor reported a bombing killing ten. Ten died as army jets flew over.":
        "bombing |  |  | nobody; kill | ten | a bombing | weapon; die | Ten | army | owner",
    "A jet was downed. Ten were taken prisoner. Rebels detonated a bomb. The raids of the army went on.":
        "down | A jet |  | nobody; take | Ten |  | nobody; detonate |  | Rebels | subject; raid |  | the army | by",
    "He said that men positioned in hills fired shells at the town killing two.":  # a comma is lost
        "fire | the town | men | subject; kill | two | men | subject",
    "Some live in Eastern Ostrel which has been under siege.": "siege | Eastern Ostrel |  | nobody",
    "Ten were killed and many more wounded.": "kill | Ten |  | nobody; wound | many more |  | nobody",
    # what is said not to have happened, or may
    "Rebels did not kill the soldier.": "kill | the soldier | Rebels | subject negated",
    "Moscow denied that its jets bombed the town.": "bomb | the town | its | owner negated",
    "Rebels may kill the soldier.": "kill | the soldier | Rebels | subject hypothetical",
    "The group threatened to rob and kill the soldier.": "kill | the soldier | The group | subject hypothetical",
    "They are capable of killing the soldier.": "kill | the soldier | They | subject hypothetical",
    "It is not clear whether he was killed.": "kill | he |  | nobody hypothetical",
    "If rebels kill the soldier, all is lost.": "kill | the soldier | rebels | subject hypothetical",
    "Did rebels kill the soldier?": "kill | the soldier | rebels | subject hypothetical",
    # figures of speech, laws and weapons
    "The senators killed the bill. He attacked her record in a new attack ad. He had a heart attack.": "",
    "The deadline passed and the candidate fired back. They faced the death penalty. He left the trail she hit.": "",
    "The bill that they killed was old. He shot down the proposal. The deal is dead. Ads bombarded us with calls.": "",
    "The plan to destroy her chances failed.": "", "The states eliminated a rule, attacking her.": "",
    "Nine missiles and a bomb lay in the gun shop. The army took three soldiers alive and captured the town.": "",
    "Soldiers say people claim that the dockers' strike killed the game; he attacked her ideas. Strike jets left.": "",
}  # fmt: skip


def tell(text, rows):
    """Word, victim, doer, how it is named and whether it happened, of every harm in a text."""
    cut = [[text[max(a, 0) : max(b, 0)] for a, b in rows[[f"{who}_start", f"{who}_end"]].to_numpy()]
           for who in ("victim", "doer")]  # fmt: skip
    unreal = [" ".join(mark for mark in ("negated", "hypothetical") if row[mark]) for _, row in rows.iterrows()]
    named = (" ".join(filter(None, both)) for both in zip(rows["named"], unreal, strict=True))
    return "; ".join(map(" | ".join, zip(rows["word"], *cut, named, strict=True)))


def test_harms_with_victim_and_doer():
    assert {text: tell(text, rows) for text, rows in read_each("harms", HARMS).items()} == HARMS


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
    said = "**None named in 9 of 9 harms in A and 0 of 9 in B.**"
    assert answers.answer_shares(shares, read.articles, "none named", "harms") == said
    by_voice = agency.share_unnamed(found, read, by=["voice"], replicates=0)
    assert set(by_voice["of"]) == {"voice: outlet", "voice: quote"}
    nothing = agency.share_unnamed(agency.find_harm(build_reading(ARTICLES)), read)
    said = answers.answer_shares(nothing, read.articles, "no doer is named", "harms")
    assert said == "**No doer is named in none of the harms of any outlet that has 5.**"
