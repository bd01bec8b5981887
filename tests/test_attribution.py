import pytest

from helpers import attribution
from tests.parsing import actors_csv, read_text, read_texts

TOWN = actors_csv("Orr,Ann Orr,name,\nOrr,Orr,name,\nGuild,Boat Guild,name,\nGuild,BG,acronym,\n")


def cited(text):
    """(source, cue, form, content parts) of each attribution and source."""
    rows = read_text(text).attributions
    parts = [text[row.content_start : row.content_end].strip() for row in rows.itertuples()]
    grouped = rows.assign(text=parts).groupby(["attribution_id", "source_no"], sort=False)
    return [(*own[["source", "cue", "form"]].iloc[0], own["text"].tolist()) for _, own in grouped]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kagan believes that the gains will be temporary, and could lead to further problems.",
         [("Kagan", "believes", "indirect", ["the gains will be temporary, and could lead to further problems"])]),
        ("According to Al Masdar News, the army took the last five kilometers.",
         [("Al Masdar News", "According to", "indirect", ["the army took the last five kilometers"])]),
        ("Key players will have a say, according to military analysts.",
         [("military analysts", "according to", "indirect", ["Key players will have a say"])]),
        ("“The regime is not likely to win,” said Dr. Frederick Kagan, “and it relies on help.”",
         [("Dr. Frederick Kagan", "said", "direct",
           ["“The regime is not likely to win,”", "“and it relies on help.”"])]),
        ("Townsend said the fight would “deliver a decisive blow to the idea”.",
         [("Townsend", "said", "mixed", ["the fight would", "“deliver a decisive blow to the idea”"])]),
        ("The army advanced into the province Tuesday, a monitor and a military source said.",
         [("a monitor", "said", "indirect", ["The army advanced into the province Tuesday"]),
          ("a military source", "said", "indirect", ["The army advanced into the province Tuesday"])]),
        ("ALEPPO: The army is advancing.\nThe spokesman: “We will not leave the city.”",
         [("The spokesman", ":", "direct", ["“We will not leave the city.”"])]),
        ("Activists accused the army of using chlorine gas.",
         [("Activists", "accused", "indirect", ["the army of using chlorine gas"])]),
        ("The army was urged by the UN to stop.", [("the UN", "urged", "indirect", ["to stop"])]),
        ("Turkey reportedly shelled the village.", [("", "reportedly", "indirect", ["shelled the village"])]),
        ("The leader is said to have fled.", [("", "said", "indirect", ["The leader", "to have fled"])]),
        ("“We will move quickly,” the analyst said. “The regime wants to show that it is serious.”",
         [("the analyst", "said", "direct",
           ["“We will move quickly,”", "“The regime wants to show that it is serious.”"])]),
        # at second hand, jointly, without a verb
        ("Ann Orr was quoted by the Echo as saying that boats sank.",
         [("Ann Orr", "quoted", "indirect", ["boats sank"])]),
        ("The Echo quoted Ann Orr as saying it was late.", [("Ann Orr", "quoted", "indirect", ["it was late"])]),
        ("An engineer, quoted by the Echo as saying that boats sank, has left.",
         [("An engineer", "quoted", "indirect", ["boats sank"])]),
        ("The pit was full of gas, the Echo reported, citing the mine inspector.",
         [("the Echo", "reported", "indirect", ["The pit was full of gas"])]),
        ("Ann Orr, along with Bo Lee, said it was late.",
         [("Ann Orr", "said", "indirect", ["it was late"]), ("Bo Lee", "said", "indirect", ["it was late"])]),
        ("The boats will stay, per Ann Orr.", [("Ann Orr", "per", "indirect", ["The boats will stay"])]),
        ("In the words of Ann Orr, the town was dead.", [("Ann Orr", "words", "indirect", ["the town was dead"])]),
        ("It was, in Orr's words, “a house of ghosts”.", [("Orr's", "words", "direct", ["“a house of ghosts”"])]),
        ("Orr accused of fraud.", [("", "accused", "indirect", ["of fraud"])]),
        ("He fled to the cleric, whom Orr accuses of leading the coup against his government.",
         [("Orr", "accuses", "indirect", ["of leading the coup against his government"])]),
        # a question and its answer; a block in marks, once
        ("The Echo asked Orr if she had seen boats.\n“Have I seen boats out there?” Orr replied. “The answer is yes.”",
         [("The Echo", "asked", "indirect", ["if she had seen boats"]),
          ("Orr", "replied", "direct", ["“Have I seen boats out there?”", "“The answer is yes.”"])]),
        ("The statement of the Boat Union said:\n“We shall not sail before every man has been paid.”",
         [("The statement of the Boat Union", "said", "direct",
           ["“We shall not sail before every man has been paid.”"])]),
        # not attributions
        ("Crews earn nine crowns per hour. In other words, they are poor, in our view.", []),
        ("It pays nine crowns, per worker, for the night shift.", []),
        ("Editor's note: this text was changed.", []),
        ("The ships lay in Ayton.\nAyton: The crews went home.", []),
        ("He is preparing to “liberate” the town.", []),
    ],
)  # fmt: skip
def test_sources_cues_and_contents(text, expected):
    assert cited(text) == expected


def test_what_the_writer_says_is_the_outlets_and_does_not_count():
    read = read_text("We believe the town is safe. This newspaper believes it too, and I asked Ann Orr why.")
    assert set(read.attributions["stance"]) == {""} and set(read.passages["voice"]) == {"outlet"}


def test_a_block_quotation_without_marks_belongs_to_the_report_before_it():
    text = "This is the Defence Ministry’s report of the raid\nOn January 24 six bombers took off\n\nClearly they did."
    rows = read_text(text).attributions
    assert rows["frame"].tolist() == ["block"]
    assert rows["source"].str.contains("Ministry").all()
    assert text[rows["content_start"][0] : rows["content_end"][0]] == "On January 24 six bombers took off"


def test_whom_it_was_told_to_and_whom_it_cites():
    rows = read_text("“It is quite real now,” a diplomat told Malbrunot. He left, Heidu said, citing the SDF sources.")
    assert rows.attributions["via"].tolist() == ["Malbrunot", "the SDF sources"]


def test_the_likelier_of_two_that_hold_each_other_is_the_outer():
    rows = read_text("The ministry’s claim that the town had fallen was denied by the rebels.").attributions
    outer = rows[rows["parent_id"].eq("")]
    assert outer["cue"].tolist() == ["denied"]
    assert set(rows["parent_id"]) - {""} <= set(outer["attribution_id"])


def test_a_label_and_a_hearsay_word_report_and_a_listed_word_does_not_stay_unlisted():
    read = read_texts({
        "A-1": "The spokesman: “We will not leave the city.” Turkey reportedly shelled the village.",
        "B-1": "Kagan said that it was over. Kagan was worried about the town.",
    })  # fmt: skip
    assert attribution.select_sources(read)["frame"].tolist()[0] == "label"
    assert not {":", "say", "reportedly"} & set(attribution.list_unlisted(read)["cue_lemma"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("“Taking the city matters a lot,” said an analyst. He argued that it was urgent.", ["analyst"] * 2),
        ("Kagan said it was over. Manna said it was not. He warned that it would last.",
         ["Frederick Kagan", "Haytham Manna", "Haytham Manna"]),
        ("John Smith said it was over. Then Smith said it was not.", ["John Smith"] * 2),
        # whoever else is named: a subject, also of what is reported, a body; a title for the one cited last
        ("Ann Orr left. She ate. “It is late,” she said.", ["Ann Orr"]),
        ("Ann Orr was shocked, she said.", ["Ann Orr"]),
        ("Crews left the Boat Union. The union said it was late.", ["Boat Union"]),
        ("Bo Lee said it was over. The coast governor said it was not.", ["Bo Lee"] * 2),
        # who may not be a "he", an "it", a "they"
        ("Ann Orr said it was over. The Daily Echo said it was not. She said it rained.",
         ["Ann Orr", "Daily Echo", "Ann Orr"]),
        ("Bo Lee said it was over. His wife said it was not. He said it rained.", ["Bo Lee", "his wife", "Bo Lee"]),
        ("Mayor Bo Lee said it was over. Ann Orr left. She said it was not.", ["Bo Lee", "Ann Orr"]),
        ("Mr. Lee said it was over. She said it was not.", ["Lee", "unresolved"]),
        ("The storm showed that it was over. It said it was late.", ["storm", "unresolved"]),
        ("Two villagers said it was over. He said it was late.", ["villagers", "unresolved"]),
        # the monitor, the group, an acronym, a part of a name
        ("The Boat Observatory said it was over. The monitor said it was not. It added that it rained.",
         ["Boat Observatory"] * 3),
        ("The Ministry of Trade said it was over. The ministry said it was late.", ["Ministry of Trade"] * 2),
        ("The Boat Observatory said it was over. The Coast-based group said it was not.", ["Boat Observatory"] * 2),
        ("The Boat Observatory said it was over. The volunteer group said it was not.",
         ["Boat Observatory", "volunteer group"]),
        ("The World Boat Union said it was over. The WBU said it was late.", ["World Boat Union"] * 2),
        ("The Boat Ministry said it was over. The monitor said it was not.", ["Boat Ministry", "monitor"]),
        ("A boat source said it was over. The army said it was not. Earlier the source said it was late.",
         ["boat source", "army", "boat source"]),
    ],
)  # fmt: skip
def test_pronouns_pointers_and_parts_of_a_name_take_the_speaker_before_them_or_stay_open(text, names):
    assert read_text(text).attributions["source_name"].tolist() == names


@pytest.mark.parametrize(
    ("source", "name", "source_type"),
    [
        # as texts print them that have lost their commas
        ("Lee Moss head of the Boat Guild", "Lee Moss", "other"),
        ("The president of France Lee Moss", "Lee Moss", "government"),
        ("The head of the Boat Ministry Lee Moss", "Lee Moss", "government"),
        ("Boat Observatory director Lee Moss", "Lee Moss", "NGO or monitor"),
        ("Coast Governor Lee Moss", "Lee Moss", "government"),
        ("Secretary of State Lee Moss", "Lee Moss", "government"),
        ("The director of the Boat Guild", "director", "other"),
        ("The Ministry of Trade", "Ministry of Trade", "government"),
        ("The Organisation for the Repair of Boats (ORB)", "Organisation for the Repair of Boats",
         "international organisation"),
        ("REUTERS/Stringer A harbour activist", "harbour activist", "NGO or monitor"),
        # a type only where the words say it
        ("A Boat Guild director", "Boat Guild director", "other"),
        ("A harbour photographer", "harbour photographer", "media"),
        ("Victims of the police", "victims", "civilian"),
        ("A spokesman", "spokesman", "other"),
        ("An army spokesman", "army spokesman", "military"),
        ("France", "France", "government"),
        ("French officials", "French officials", "government"),
    ],
)  # fmt: skip
def test_the_name_and_type_of_a_source(source, name, source_type):
    row = read_text(f"{source} said the talks were over.").attributions.iloc[0]
    assert (row["source_name"], row["source_type"]) == (name, source_type)


@pytest.mark.parametrize(
    ("text", "name", "source_type", "named", "intro"),
    [
        ("Coalition commander Lieutenant General Steve Townsend said it was over.", "Steve Townsend", "military",
         "named", "Coalition commander Lieutenant General"),
        ("A report by the normally reliable Al-Masdar news agency says it is over.", "Al-Masdar News", "media",
         "named", "normally reliable"),
        ("A military source confirmed the army had advanced.", "military source", "military", "described", ""),
        ("The Cham TV network said it had advanced.", "Cham TV network", "media", "named", ""),
        ("A Damascus newspaper said it had advanced.", "Damascus newspaper", "media", "described", ""),
        ("Moscow says it will stay.", "Moscow", "government", "named", ""),
        ("Sources said the army had advanced.", "sources", "other", "bare", ""),
    ],
)  # fmt: skip
def test_who_the_source_is(text, name, source_type, named, intro):
    row = read_text(text).attributions.iloc[0]
    assert (row["source_name"], row["source_type"], row["named"], row["intro"]) == (name, source_type, named, intro)


@pytest.mark.parametrize(
    ("text", "voices"),
    [
        ("Ann Orr has declared war on the boats.", ["outlet"]),
        ("We say it plainly: Orr has declared war on the boats.", ["outlet"]),
        ("Orr called off the talks.", ["outlet"]),
        ("Orr declared that the talks were off.", ["outlet", "paraphrase"]),
        ("The band is known as the Boat Guild.", ["outlet"]),
        ("The report shows that the town is dead.", ["outlet", "paraphrase"]),
        ("The storm suggests that summer is over.", ["outlet"]),
        ("The organisers suggest that summer is over.", ["outlet", "paraphrase"]),
        ("The blast claimed the lives of two men.", ["outlet"]),
        ("Orr agreed to a truce.", ["outlet"]),
        ("Orr agreed that it was late.", ["outlet", "paraphrase"]),
    ],
)
def test_what_reports_nothing_is_the_outlets_own(text, voices):
    assert read_text(text).passages["voice"].tolist() == voices


@pytest.mark.parametrize(
    ("source", "name", "source_type", "actor"),
    [
        ("Ann Orr", "Ann Orr", "other", "Orr"),
        ("An Orr surrogate", "Orr surrogate", "politician", ""),
        ("Orr's lawyer", "Orr's lawyer", "civilian", ""),
        ("Orr spokeswoman Kay Moss", "Kay Moss", "other", ""),
        ("Ann Orr's brother, Ben,", "Ben", "civilian", ""),
        ("Sara Orr's brief", "Sara Orr's brief", "document", ""),
        ("Ann Orr's statement", "Ann Orr's statement", "document", "Orr"),
        ("A statement from Orr", "statement", "document", "Orr"),
        ("A Boat Guild spokesman", "Boat Guild spokesman", "other", "Guild"),
        ("Critics of the Boat Guild", "critics", "other", ""),
    ],
)  # fmt: skip
def test_whoever_carries_a_name_is_not_its_owner(source, name, source_type, actor):
    row = read_text(f"{source} said the talks were over.", actors=TOWN).attributions.iloc[0]
    assert (row["source_name"], row["source_type"], row["source_actor"]) == (name, source_type, actor)


def test_a_name_that_the_parser_takes_for_a_noun_names():
    listed = actors_csv("Anna Sanders,Sanders,name,\n")
    row = read_text("Sanders lost Ostrel. Sanders says it was late.", actors=listed).attributions.iloc[0]
    assert (row["source_name"], row["named"]) == ("Sanders", "named")


def test_a_name_cut_from_that_of_a_place_is_no_source():
    read = read_text("The army moved from the province of Deir ez-Zor to Raqqa, fearing the sailors might beat them.")
    assert not read.attributions["source_name"].str.contains("Zor").any()


def test_a_part_of_a_name_is_the_actor_of_the_whole_name():
    listed = actors_csv("Union,Boat Coalition,name,\nNavy,coalition,description,\n")
    read = read_text("The Boat Coalition said it was over. The Coalition said it was late.", actors=listed)
    assert read.attributions[["source_actor", "source_name"]].values.tolist() == [["Union", "Boat Coalition"]] * 2


def test_a_cue_that_names_nobody_is_a_row_of_its_own_and_no_source():
    read = read_texts(
        {"A-1": "The boat is said to have sunk. It was reported that it burned. Ann Orr said it was late."}
    )
    counts = attribution.count_sources(read)
    assert counts[["source_type", "n", "total"]].values.tolist() == [["no source named", 2, 1], ["other", 1, 1]]
    assert counts["share"].isna().tolist() == [True, False]
    assert len(attribution.select_sources(read)) == 1


def test_count_sources_counts_speakers_not_parts():
    read = read_texts({
        "A-1": "“We will move quickly,” Kagan said, “and the regime wants to show it.”",
        "B-1": "Heidu warned that the war would last.",
    })  # fmt: skip
    counts = attribution.count_sources(read, by="source_name")
    columns = ["outlet", "source_name", "n", "n_direct", "total", "per_1000_words"]
    assert counts[columns].values.tolist() == [
        ["A", "Frederick Kagan", 1, 1, 1, 1000 / 13], ["B", "Raizan Heidu", 1, 0, 1, 1000 / 7],
    ]  # fmt: skip


def test_only_saying_and_thinking_counts_as_citing():
    read = read_texts({"A-1": "Kagan said that it was over. The SDF seeks to take the town."})
    read.attributions.loc[len(read.attributions)] = {
        **read.attributions.iloc[0].to_dict(), "attribution_id": "A-1/9", "stance": "", "frame": "infinitive",
    }  # fmt: skip
    assert attribution.select_sources(read)["source"].tolist() == ["Kagan"]
    assert attribution.count_sources(read, by="source_name")["n"].sum() == 1
