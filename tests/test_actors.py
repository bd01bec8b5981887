import pytest

from tests.parsing import actors_csv, read_each, read_text


def tell(text, rows, column):
    """What is printed of each mention, and a column of it."""
    return [f"{text[start:end]}: {told}" for start, end, told in rows[["start", "end", column]].itertuples(index=False)]


CLEAR = {
    "Assad's badly mauled army fled.": "Assad: Assad, army: Syrian government",
    "Iraqi forces fled from the anti-Assad rebels.": "Assad: Assad, rebels: Syrian rebels",
    "They fight ISIS and other terrorist organizations.": "ISIS: ISIS",
    "The timing of SDF’s dash is odd because the militants have waited.": "SDF: SDF, militants: SDF",
    "ISIS lost. “The militants are fleeing,” he said.": "ISIS: ISIS, militants: ISIS",
    "A militia fled. The town fell to the Rebels of Dawn.": "",
    "A missile struck a rebel-held town.": "rebel: Syrian rebels",
    "Rebels fled after pro-government fighters came.": "Rebels: Syrian rebels",
    "The town fell to pro-regime forces.": "regime: Syrian government",
    "A source said that terrorists fired at the town.": "",  # this "that" does not point
    "ISIS lost the town. The source saw those terrorists flee.": "ISIS: ISIS, terrorists: ISIS",
    "Like the Jihadi counter-offensives against Aleppo.": "Jihadi counter-offensives: Syrian rebels",
    # a capital is a government or a place
    "The battle forced Damascus to shift.": "Damascus: Syrian government",
    "He lives in Damascus. A raid killed men outside the capital Damascus. A blast shook Damascus Airport.": "",
    "The Damascus Opera is by the University of Damascus. Allies of Damascus left.": "Damascus: Syrian government",
    "The offensive aims to shield the capital Damascus. They fled on the road to Damascus.": "",
    "DAMASCUS (AP) He left.\nDAMASCUS, Aug. 24 (AP) It flew back to Damascus.": "",
}


def test_descriptions_and_capitals_count_where_the_text_makes_the_actor_clear():
    found = read_each("mentions", CLEAR)
    assert {text: ", ".join(tell(text, rows, "actor")) for text, rows in found.items()} == CLEAR


ROLES = {
    "Russia bombed the town.": "Russia: head",
    "Russia’s bombing went on.": "Russia: possessive",
    "Russian-backed troops came.": "Russian: compound",
    "Turkish and Russian warplanes came.": "Russian: modifier",
    "They flew over southern Russia.": "Russia: place",
    "They fled near the border with Russia.": "Russia: place",
    "They entered Russia by night, off Syria.": "Russia: place",
    "They fled to the Turkish border.": "Turkish: place",
    "Turkish border guards voted.": "Turkish: modifier",
    "The allies of Russia spoke.": "Russia: head",
    "The Kurdish majority voted.": "Kurdish: place",
    "Kurdish fighters voted.": "Kurdish: modifier",
    "Manna, a member of the SDF, left.": "SDF: member",
    # the mention is the phrase: its role is that of "forces"
    "The regime forces attacked.": "regime forces: head",
    "The army offensive failed after the rebels’ absence.": "rebels: possessive",
}


def test_roles():
    found = read_each("mentions", ROLES)
    told = {text: tell(text, rows, "role") for text, rows in found.items()}
    assert [text for text in ROLES if told[text].count(ROLES[text]) != 1] == []


ORDINARY = {
    "In May the council met. Ann May spoke. May 5 was cold. May they leave? In May 2017 May met us.": "Ann May, May",
    "She came in May. May said no. Then May left. The May on the coast was cold. MAY THEY REST.": "May, May",
    "LET US GO NOW, THEY SHOUTED.": "",
    "IT IS LATE. IT WAS TOLD. IS IT THE END? IS THE WAR OVER? IT told its staff. Then IS fled.": "IT, IS",
    "The US army left. US TROOPS LEAVE. The States (US) said so. US in a statement denied it.": "US, US, US, US",
    "Hope is fading. Hope said no. HOPE WON. See Hope 3, Hope Cup. The Hope of a super PAC. The PAC": "Hope, Hope, PAC",
    "From May to July, by mid-May, the May talks end before May. The May government fell to May.": "May, May",
}


def test_a_name_that_is_also_an_ordinary_word():
    listed = "May,May,name,\nMay,Ann May,name,\nH,Ivo Hope,name,\nH,Hope,name,\n"
    listed += "".join(f"{name},{name},acronym,\n" for name in ("US", "IT", "IS", "PAC"))
    found = read_each("mentions", ORDINARY, actors=actors_csv(listed))
    assert {text: ", ".join(rows["variant"]) for text, rows in found.items()} == ORDINARY


GROUP = ("ISIS,ISIS,acronym,\nISIS,the group,description,\nNusra,Nusra,name,\nNusra,the group,description,\n"
         "(other),the group,description,\n(other),Syrian Observatory,name,\n")  # fmt: skip
LIND = "L,Ann Lind,name,\nL,Lind,name,\n"
ARMY = "army,the military,description,\n"
MEANT = [  # actors.csv, a text, and of each mention: its actor (or who it may be), words and role
    # a name that is no actor may be what a description stands for
    (GROUP, "ISIS lost a town, activists said. The Syrian Observatory confirmed it. The group gave no toll.",
     "ISIS: ISIS head"),
    (GROUP, "ISIS fought, the Syrian Observatory said. The group fled.", "ISIS: ISIS head, ISIS | Nusra: group head"),
    ("Noor,Noor,name,\n", "Al-Noor attacked. The anti-Noor forces fled.", "Noor: Noor head, Noor: Noor compound"),
    # somebody else's name, and another part of the world
    (LIND, "Bill Lind left. Lind won. Ms. Lind sang with Mr. Lind. Anne B. Lind and A. Lind met Crooked Lind in Lind "
     "Street with B. Lind of the Lind Global Initiative. Storm Lind hit Lind & Sons. The Linds left Bo Lind Jr. A "
     "Lind II met Andrew Lind.", ", ".join(["L: Lind head"] * 4)),
    (LIND, "Ann Lind left. Eva Lind-Orr met Orr-Lind in the town of Lind on Lake Lind. Lind Shipping is the Lind "
     "brothers'. The Lind-Orr debate and the Orr-Lind debate failed.",
     "L: Ann Lind head, " + ", ".join(["L: Lind compound"] * 2)),
    ("N,Norland,name,country\n", "New Norland and Emma Norland left. New Norland rules failed.", "N: Norland modifier"),
    (ARMY, "Dock Military men left. The military of Norland left. The military left.", "army: military head"),
    ("A,American,adjective,\n", "Central American and African-American men met American men.", "A: American modifier"),
    ("u,Dock Union,name,\n", "The Dock Union left the Dock Union Museum in Dock Union Street.", "u: Dock Union head"),
    # an actor with descriptions only is meant by them; "the" is the base's
    (ARMY, "The military said no. The military base burned. A military source said so.", "army: military head"),
]  # fmt: skip


@pytest.mark.parametrize(("listed", "text", "meant"), MEANT)
def test_who_is_meant_with_a_list_of_its_own(listed, text, meant):
    rows = read_text(text, actors=actors_csv(listed)).mentions
    who = rows["candidates"].where(rows["candidates"].ne(""), rows["actor"])
    found = [f"{who[n]}: {text[row.start : row.end]} {row.role}" for n, row in enumerate(rows.itertuples())]
    assert ", ".join(found) == meant
