import pandas as pd

from tests.parsing import ACTORS, actors_csv, read_each, read_text


def tell(text, rows, column):
    """What is printed of each mention, and a column of it."""
    return [f"{text[start:end]}: {told}" for start, end, told in rows[["start", "end", column]].itertuples(index=False)]


CLEAR = {
    "Assad's badly mauled army fled.": "Assad: Assad, army: Syrian government",
    "Iraqi forces fled from the anti-Assad rebels.": "Assad: Assad, rebels: Syrian rebels",
    "A militia fled.": "",
    "They fight ISIS and other terrorist organizations.": "ISIS: ISIS",
    "The timing of SDF’s dash is odd because the militants have waited.": "SDF: SDF, militants: SDF",
    "ISIS lost. “The militants are fleeing,” he said.": "ISIS: ISIS, militants: ISIS",
    "Rebels whose militants joined.": "Rebels: Syrian rebels, militants: Syrian rebels",
    "The town fell to the Rebels of Dawn.": "",
    "A missile struck a rebel-held town.": "rebel: Syrian rebels",
    "Rebels fled after pro-government fighters came.": "Rebels: Syrian rebels",
    "The town fell to pro-regime forces.": "regime: Syrian government",
    "A source said that terrorists fired at the town.": "",  # this "that" does not point
    "ISIS lost the town. The source saw those terrorists flee.": "ISIS: ISIS, terrorists: ISIS",
    "Like the Jihadi counter-offensives against Aleppo.": "Jihadi counter-offensives: Syrian rebels",
}


def test_descriptions_count_where_the_text_makes_the_actor_clear():
    found = read_each("mentions", CLEAR)
    assert {text: ", ".join(tell(text, rows, "actor")) for text, rows in found.items()} == CLEAR


def test_what_stays_open_is_kept_with_its_candidates():
    last = read_text("US-backed forces fought ISIS. The militants fled.").mentions.iloc[-1]
    assert (last["actor"], last["candidates"]) == ("unresolved", "ISIS | Nusra Front | SDF | Syrian rebels")


def test_a_name_that_is_no_actor_may_be_what_a_description_stands_for():
    shared = pd.concat([ACTORS, actors_csv("(other),the group,description,\n")])
    text = "ISIS lost a town, activists said. The Syrian Observatory confirmed it. The group gave no toll."
    assert read_text(text, actors=shared).mentions["actor"].tolist() == ["ISIS"]
    rows = read_text("ISIS fought, the Syrian Observatory said. The group fled.", actors=shared).mentions
    assert rows[["actor", "candidates"]].values.tolist() == [["ISIS", ""], ["unresolved", "ISIS | Nusra Front"]]


CAPITAL = {
    "The battle forced Damascus to shift.": True,
    "He lives in Damascus.": False,
    "A Damascus-based journalist wrote it.": False,
    "A blast shook Damascus Airport on Sunday.": False,
    "The offensive aims to shield the capital Damascus.": False,
    "The allies of Damascus agreed.": True,
    "They fled on the road to Damascus.": False,
    "DAMASCUS (AP) The army left.": False,
}


def test_a_capital_is_a_government_or_a_place():
    found = read_each("mentions", CAPITAL)
    assert {text: "Damascus" in set(rows["variant"]) for text, rows in found.items()} == CAPITAL


ROLES = {
    "Russia bombed the town.": "Russia: head",
    "Russia’s bombing went on.": "Russia: possessive",
    "Russian-backed troops came.": "Russian: compound",
    "Turkish and Russian warplanes came.": "Russian: modifier",
    "They flew over southern Russia.": "Russia: place",
    "They fled near the border with Russia.": "Russia: place",
    "The allies of Russia spoke.": "Russia: head",
    "The Kurdish majority voted.": "Kurdish: place",
    "Kurdish fighters voted.": "Kurdish: modifier",
    "Manna, a member of the SDF, left.": "SDF: member",
    # the mention is the phrase: its role is that of "forces"
    "The regime forces attacked.": "regime forces: head",
    "The army offensive failed.": "army: modifier",
}


def test_roles():
    found = read_each("mentions", ROLES)
    told = {text: tell(text, rows, "role") for text, rows in found.items()}
    assert [text for text in ROLES if told[text].count(ROLES[text]) != 1] == []


ORDINARY = {
    "In May the council met. Ann May spoke. May 5 was cold. May they leave?": "Ann May",
    "May said no. Then May left. The May on the coast was cold. MAY THEY REST.": "May, May",
    "LET US GO NOW, THEY SHOUTED.": "",
    "The US army left. US TROOPS LEAVE. The States (US) said so. US in a statement denied it.": "US, US, US, US",
    "From May to July, by mid-May or before May the May talks end. The May government fell to May.": "May, May",
}


def test_a_name_that_is_also_an_ordinary_word():
    listed = actors_csv("May,May,name,\nMay,Ann May,name,\nAmerica,US,acronym,\n")
    found = read_each("mentions", ORDINARY, actors=listed)
    assert {text: ", ".join(rows["variant"]) for text, rows in found.items()} == ORDINARY


def test_a_name_behind_al_is_the_name_itself():
    read = read_text("Al-Noor attacked. The anti-Noor forces fled.", actors=actors_csv("Noor,Noor,name,\n"))
    assert read.mentions["role"].tolist() == ["head", "compound"]


def test_an_actor_with_descriptions_only_is_meant_by_them():
    text = "The military said no. The military base burned. A military source said so."  # "the" is the base's
    read = read_text(text, actors=actors_csv("army,the military,description,\n"))
    assert read.mentions[["actor", "start", "end"]].to_numpy().tolist() == [["army", 4, 12]]
