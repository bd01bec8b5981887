import re
from pathlib import Path

from helpers import attribution
from tests.parsing import actors_csv, read_each, read_text, read_texts
from tests.pseudonyms import read_table
from tests.readings import build_reading

# by test: a text and what is read of it. marked: the form of each attribution, printed with its [source], <cue> and
# {content}; names: of those it cites; sources: name, type and actor of a source as printed; described: name and type
# of a source, how it is named and with which words introduced; voices: of each passage
RIGHT = {
    test: dict(zip(own["text"], own["expected"], strict=True))
    for test, own in read_table(Path(__file__).with_name("attributions.csv")).groupby("test")
}
TOWN = actors_csv(
    "Orr,Ann Orr,name,\nOrr,Orr,name,\nGuild,Boat Guild,name,\nGuild,BG,acronym,\nAnna Sanders,Sanders,name,\n"
    "Union,Boat Coalition,name,\nNavy,coalition,description,\nLucy Reed,Mrs Reed,name,\nTom Reed,Mr Reed,name,\n"
)


def mark(text, rows):
    """The text with its [sources], <cues> and {what they say}."""
    places = set()
    for part, (opens, closes) in {"source": "[]", "cue": "<>", "content": "{}"}.items():
        for start, end in rows.loc[rows[f"{part}_start"].ge(0), [f"{part}_start", f"{part}_end"]].to_numpy():
            places |= {(start, 1, opens), (start + len(text[start:end].rstrip()), 0, closes)}
    for place, _, sign in sorted(places, reverse=True):
        text = text[:place] + sign + text[place:]
    return text


def test_sources_cues_and_contents():
    texts = {re.sub(r"[][<>{}]", "", marked): marked for marked in RIGHT["marked"]}
    found = read_each("attributions", texts)
    assert {text: mark(text, rows) for text, rows in found.items()} == texts
    forms = [" ".join(rows.drop_duplicates("attribution_id")["form"]) for rows in found.values()]
    assert forms == [*RIGHT["marked"].values()]


def test_whom_it_was_told_to_and_whom_it_cites_and_which_of_two_holds_the_other():
    rows = read_text("“It is quite real now,” a diplomat told Malbrunot. He left, Heidu said, citing the SDF sources.")
    assert rows.attributions["via"].tolist() == ["Malbrunot", "the SDF sources"]
    rows = read_text("The ministry’s claim that the town had fallen was denied by the rebels.").attributions
    assert rows.loc[rows["parent_id"].eq(""), "cue"].tolist() == ["denied"]  # the likelier one


def test_a_label_and_a_hearsay_word_report_and_a_listed_word_does_not_stay_unlisted():
    texts = "The spokesman: “We will not leave the city.” Turkey reportedly shelled it.", "Kagan said that it was over."
    read = read_texts({"A-1": texts[0], "B-1": f"{texts[1]} Kagan was worried about the town."})
    assert attribution.select_sources(read)["frame"].tolist()[0] == "label"
    assert not {":", "say", "reportedly"} & set(attribution.list_unlisted(read)["cue_lemma"])


def test_pronouns_pointers_and_parts_of_a_name_take_the_speaker_before_them_or_stay_open():
    found = read_each("attributions", RIGHT["names"])
    assert {text: " | ".join(rows["source_name"]) for text, rows in found.items()} == RIGHT["names"]


def test_who_the_source_is():
    def tell(rows, columns):
        return " | ".join(rows[["source_name", "source_type", *columns]].iloc[0])

    said = {f"{source} said the talks were over.": told for source, told in RIGHT["sources"].items()}
    found = read_each("attributions", said, actors=TOWN)
    assert {text: tell(rows, ["source_actor"]) for text, rows in found.items()} == said
    found = read_each("attributions", RIGHT["described"])
    assert {text: tell(rows, ["named", "intro"]) for text, rows in found.items()} == RIGHT["described"]


def test_what_reports_nothing_is_the_outlets_own():
    found = read_each("passages", RIGHT["voices"])
    assert {text: " ".join(rows["voice"]) for text, rows in found.items()} == RIGHT["voices"]


def test_a_cue_that_names_nobody_is_a_row_of_its_own_and_no_source():
    read = read_text("The boat is said to have sunk. It was reported that it burned. Ann Orr said it was late.")
    counts = attribution.count_sources(read)
    assert counts[["source_type", "n", "total"]].values.tolist() == [["no source named", 2, 1], ["other", 1, 1]]
    assert counts["share"].isna().tolist() == [True, False] and len(attribution.select_sources(read)) == 1
    # nor do an interview's answers name one: it is reported
    assert read_text("Q: Why?\nA: I left.\nQ: And now?\nA: I rest.").odd_marks["mark"].tolist() == [":", ":"]
    # an answer is where its words are, not where the question is
    read = read_text("Bo Roe met Ann Lind.\n**You left?**\nI was ill.\n**Who told?**\nMy son.\n**You go?**\nI do.")
    assert read.attributions.query("frame == 'label'")["cue"].tolist() == ["I", "My", "I"]
    assert "*" not in "".join(read.passages["text"])
    lost = read_text(f'They {"have " * 9}left.\n"Every month in court costs a lot of money.')
    assert lost.odd_marks["text"].tolist() == ['have have have have have left.\n"Every month in court costs a lot']


def test_count_sources_counts_speakers_not_parts():
    read = read_texts({"A-1": "“We move now,” Kagan said, “and it shows.”", "B-1": "Heidu said it was late."})
    columns = ["outlet", "source_name", "n", "n_direct", "total", "per_1000_words"]
    told = [["A", "Frederick Kagan", 1, 1, 1, 1000 / 8], ["B", "Raizan Heidu", 1, 0, 1, 1000 / 5]]
    assert attribution.count_sources(read, by="source_name")[columns].values.tolist() == told


def test_a_named_source_is_of_one_type_in_all_articles():
    texts = ["The politician Bo Roe said no.", "Police chief Bo Roe said so.", "The politician Bo Roe said yes.",
             "Bo Roe said why.", "A police officer said so."]  # fmt: skip
    read = read_texts({f"A-{n}": text for n, text in enumerate(texts)})
    assert read.attributions["source_type"].tolist()[1:4:2] == ["government", "other"]
    assert attribution.select_sources(read)["source_type"].tolist() == ["politician"] * 4 + ["government"]


def test_only_saying_and_thinking_counts_as_citing():
    read = read_text("Kagan said that it was over. The judge calls a break.")
    assert read.attributions["source"].tolist() == ["Kagan", "The judge"]
    assert attribution.select_sources(read)["source"].tolist() == ["Kagan"]
    read = read_text(
        "MOSS: Why?\nORR: I think that it is late.\nMOSS: And?\nORR: Bo Lee said that it was. I know it is."
    )
    assert attribution.select_sources(read)["cue"].tolist() == [":", ":", "said"]  # "I" is whose turn it is


def test_an_outlet_does_not_cite_itself():
    text = "The Gazette asked Ann Orr whether it was late. She told the Gazette that it was. The Old Gazette said so."
    read = read_texts({"Ayton Gazette-1": text}, actors=actors_csv("Gazette,Gazette,name,\n"))
    assert read.attributions["source_name"].tolist() == ["Ann Orr", "Old Gazette"]
    assert read.passages["voice"].tolist()[0] == "outlet" and len(read.mentions) == 3


def test_words_beside_a_name_that_do_not_say_who_it_is_are_no_introduction():
    words = {"Even": "", "24-year-old": "", "six of them": "", "speaking at a rally": "", "Even-handed broker": "same",
             "just-retired general": "same", "ruling party": "same", "Senate leader": "same",
             "Bo Roe via Getty Images rivals": "", "vast majority of": ""}  # fmt: skip
    articles = {f"a{n}": (outlet, ["Roe spoke."]) for n, outlet in enumerate("NS")}
    cited = [{"article_id": one, "attribution_id": f"{one}-{n}", "intro": intro, "source_name": "Roe", "named": "named"}
             for one in articles for n, intro in enumerate(words)]  # fmt: skip
    intros = attribution.compare_intros(build_reading(articles, cited))
    assert {*intros["intro"]} == {"", *(intro for intro, told in words.items() if told)}
    assert intros.set_index(["outlet", "intro"]).loc[("N", ""), "n"] == 6
