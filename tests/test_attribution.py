import re

from helpers import attribution
from tests.parsing import actors_csv, read_each, read_text, read_texts
from tests.readings import build_reading

TOWN = actors_csv(
    "Orr,Ann Orr,name,\nOrr,Orr,name,\nGuild,Boat Guild,name,\nGuild,BG,acronym,\nAnna Sanders,Sanders,name,\n"
    "Union,Boat Coalition,name,\nNavy,coalition,description,\n"
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


MARKED = {  # a text, and how each attribution in it is printed
    "[Kagan] <believes> that {the gains will be temporary, and could lead to further problems}.": "indirect",
    "<According to> [Al Masdar], {it won}. {Key players have a say}, <according to> [analysts].": "indirect indirect",
    "{“The regime is not likely to win,”} <said> [Dr. Frederick Kagan], {“and it relies on help.”}": "direct",
    "[Townsend] <said> {the fight would} {“deliver a decisive blow to the idea”}.": "mixed",
    "{The army advanced into the province Tuesday}, [a monitor] and [a military source] <said>.": "indirect",
    "ALEPPO: The army is advancing.\n[The spokesman]<:> {“We will not leave the city.”}": "direct",
    "[Activists] <accused> {the army of using gas}. The army was <urged> by [the UN] {to stop}.": "indirect indirect",
    "Turkey <reportedly> {shelled the village}. {The boats will stay}, <per> [Ann Orr].": "indirect indirect",
    "{“We will move quickly,”} [the analyst] <said>. {“The regime wants to show that it is serious.”}": "direct",
    # at second hand, jointly, without a verb
    "[Ann Orr] was <quoted> by the Echo as saying that {boats sank}.": "indirect",
    "The Echo <quoted> [Ann Orr] as saying {it was late}.": "indirect",
    "[An engineer], <quoted> by the Echo as saying that {boats sank}, has left.": "indirect",
    "{The pit was full of gas}, [the Echo] <reported>, citing the mine inspector.": "indirect",
    "[Ann Orr], along with [Bo Lee], <said> {it was late}.": "indirect",
    "Oddly [a report by the Boat Union] <says> that {boats sank}.": "indirect",
    "{At least ten men died near the old town of Ayton} [a monitor] <said>.": "indirect",
    "In the <words> of [Ann Orr], {it was dead}. It was, in [Orr's] <words>, {“a den of it”}.": "indirect direct",
    "As [Ann Orr] <put> it, {the town was dead}. [Orr's] <view> is that {it is late}.": "indirect indirect",
    "{“The town is dead.\n“Nobody cares now,”} [Ann Orr] <said>. It was late.": "direct",
    "{“We would have stayed all night, but the lights went out ...”} [Ann Orr] <said>. It rained.": "direct",
    "[Men] <mocked> {her}.\n{“We will remember this.”} — [Ann Orr] (<@orr>) May 3\nIt rained.": "indirect direct",
    # a question and its answer; a block in marks, once, and one without marks
    "{“Who did it?”} <asked> [Ann Orr]. {« And why ? »} <asked> [the judge].": "direct direct",
    "[The Echo] <asked> Orr {if she had}.\n{“Have I seen boats?”} [Orr] <replied>. {“I have.”}": "indirect direct",
    "[The statement of the Boat Union] <said>:\n{“We shall not sail before every man is paid.”}": "direct",
    "[Orr] <tweeted>:\n{The board has sold our bread and our town.}\nIt was shared 400 times.": "direct",
    "This is a <statement> by [the Boat Union]:\n{“The sale is void.\n“We shall not sail.”}\nNobody came.": "direct",
    "This is [the Defence Ministry’s] <report> of the raid\n{On May 4 six bombers took off}\n\nThey did.": "direct",
    "9:45am: “The sale is final, and you know it.”\n- {“We sit here,”} <says> [Orr]\nThe crews left.": "direct",
    "[She] <said>: {『We shall see about it, I told them.』}\nBy night the hall was dark.": "direct",
    "[The Boat Union] <replied> on its channel:\n{We sail at six.}\nBy seven it was late.": "direct",
    # what leads to a whole quotation or follows it; a question and its cue
    "[Orr] <said> over the noise of the pumps, {“We stay.”} {“We stay,”} [Orr] <said> on the radio.": "direct direct",
    "The plan was rejected, {“We had no choice,”} [Orr] <said>. It was late.": "direct",
    "{“Where were you?”} [Orr] <shouted> at the crew. {“Why?”} [The old cook] <asked>.": "direct direct",
    "{The bridge}, in [Orr’s] <view>, {should never have been built}.": "indirect",
    # what goes on around its speaker; whoever does not say, whose view it is; a headline
    "{The talks}, [Orr] <said>, {have failed}. {Men died}, [Orr] <said>, {as it rained}.": "indirect indirect",
    "[Orr] <refused> {to say who paid}. <To> [Orr], {the yard is a grave}. To be sure, it is old.": "indirect indirect",
    "[Minister]<:> {Dam is safe}\nOstrel: The dam is old\nWeight: The dam is heavy": "indirect",
    # not attributions
    "Also read: Orr says sorry\nThe cranes were sold.\nRead next: the statement in full\nIt was late.": "",
    "Crews earn nine crowns per hour. In other words, they are poor. It pays, per worker, a crown.": "",
    "Editor's note: this text was changed.\nShips lay in Ayton.\nAyton: The crews went home.": "",
    "He is preparing to “liberate” the town. She wrote “The Miller and the River” and “A Winter in the Low Town”.": "",
}  # fmt: skip


def test_sources_cues_and_contents():
    texts = {re.sub(r"[][<>{}]", "", marked): marked for marked in MARKED}
    found = read_each("attributions", texts)
    assert {text: mark(text, rows) for text, rows in found.items()} == texts
    forms = [" ".join(rows.drop_duplicates("attribution_id")["form"]) for rows in found.values()]
    assert dict(zip(MARKED, forms, strict=True)) == MARKED


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


NAMES = {  # a text, and the names of those it cites
    "“Taking the city matters a lot,” said an analyst. He argued that it was urgent.": "analyst | analyst",
    "John Smith said it was over. Then Smith said it was not.": "John Smith | John Smith",
    # whoever else is named: a subject, also of what is reported, a body; a title for the one cited last
    "Fri 07 Apr 2017 at 0914 Dock governor says no. Ann Orr left. She said it was late.": "Dock governor | Ann Orr",
    "Crews left the Boat Union. The union said no. It burned in northern France OBG said.": "Boat Union | OBG",
    # named in full elsewhere, in passing; nobody
    "The talks with Mayor Ann Orr failed. Orr said it was late. No group said so.": "Ann Orr | ",
    "Coordinator Bo Lee left. Bo Lee said it was over. The coast governor said it was not.": "Bo Lee | Bo Lee",
    "Bo Lee said it was over. The coast governor said it was not.": "Bo Lee | coast governor",
    "Ann Orr of Ayton, Bo Lee of Barrow and Jo Moss of Clane said no. No firm spoke.": "Ann Orr | Bo Lee | Jo Moss",
    "One resident, who asked not to be named, said it was over. The judge ruled that it was not.": "resident | judge",
    # who may not be a "he", an "it", a "they"
    "Ann Orr said it was over. The Daily Echo said it was not. She said it rained.": "Ann Orr | Daily Echo | Ann Orr",
    "Bo Lee said it was over. His wife said it was not. He said it rained.": "Bo Lee | his wife | Bo Lee",
    "Rep. Sarah Orr said yes. Paul Lee left. She said it was late. It said no.": "Sarah Orr | Sarah Orr | unresolved",
    "House Democrats left. Democrats said Paul Lind left. They said that he lied.": "Democrats | Democrats",
    "Mr. Lee said it was over. Prince Orr said no. She said it was not.": "Lee | Orr | unresolved",
    "Jo Lee said no. Bo Orr, an old man, said no. Orr said yes. She said yes.": "Jo Lee | Bo Orr | Bo Orr | Jo Lee",
    "Harbour forces said it was over. They said no. Their ally France said no. He said yes.":
        "harbour forces | harbour forces | France | unresolved",
    "The crew left, as the Trade Office said when it told us that it was late.": "Trade Office | Trade Office",
    "The storm showed that it was over. It said no. Two men left. He said no.": "storm | unresolved | unresolved",
    "Raids hit the Golan Heights the Boat Union for Human Rights group said on Monday.": "Boat Union for Human Rights",
    # the monitor, the group, an acronym, a part of a name
    "A raid killed at least 10 men said the Boat Monitor. The monitor said it was late.": "Boat Monitor | Boat Monitor",
    "The Ministry of Trade said it was over. The ministry said it was late.": "Ministry of Trade | Ministry of Trade",
    "The Boat Observatory said it was over. The Coast-based group said no. The volunteer group said it was not.":
        "Boat Observatory | Boat Observatory | volunteer group",
    "The World Boat Union said no. The WBU said it was late. WHO said no.": "World Boat Union | World Boat Union | WHO",
    "President Orr left. World Bank President Jo Kim sat. Orr said no. The president said yes.": "Orr | Orr",
    "Sen. Ann Orr said it was over. The senator said no.": "Ann Orr | Ann Orr",
    # who owns a subject; an office beside a name that looks like a plural; not near, but for what is quoted
    "Four men of the Boat Relief Union sat in a boat the group said.": "Boat Relief Union",
    "Police said no. They said it was late.": "police | police",
    "Lind's plan failed. He said it was late. The Union, the Guild and the Hub said no.": "Lind | Union | Guild | Hub",
    "Ann Deans, the chairwoman of the guild, left. She said it was late.": "Ann Deans",
    "Bo Lee left. “" + "It was long. " * 35 + "It is late,” he said.": "Bo Lee",
    "The army moved from the province of Deir ez-Zor to Raqqa, fearing the sailors might beat them.": "",
    # full names that are only told of; whoever is called so more often
    "Crews met the Harbour Workers Guild. The HWG said it was late.": "Harbour Workers Guild",
    "The crew met Vice President Bo B. Lee Jr. at sea. Mr. Lee said it was late.": "Bo B. Lee Jr.",
    # of two who share a surname the one named first has it alone
    "Northern Donor Lee and Orr meet in Ayton. The mill owner, Bo Lee, met Orr. Lee said it was late.": "Bo Lee",
    "Bo Lee left. Ann Lee said it was over. Bo Lee smiled at Bo Lee. Mr. Lee said it was late.": "Ann Lee | Bo Lee",
    "Ann Orr left. Ann Orr said it was over. The candidate said it was late.": "Ann Orr | Ann Orr",
    "Ann Orr left. In her view it was late. Aides to Ann Orr of Ayton and Bo Lee of Clane said no.": "Ann Orr | aides",
    "SPEAKER 1: We go.\nSPEAKER 2: No.\nSPEAKER 1: The mayor said no.": "SPEAKER 1 | SPEAKER 2 | SPEAKER 1 | mayor",
    # of two with a surname "Mrs." is nobody with a man's first name; a place is no "he"
    "Bill Lee left with Ann Lee. Mrs. Lee said it was late.": "Ann Lee",
    "Bo Lee, the mayor, came to Ayton. He went to live in Ayton. Ayton was kind. He said it was late.": "Bo Lee",
    "Three economists wrote it. They said it was late. The envoy to the Guild Jo Orr said no.": "economists | Jo Orr",
    "Opponents of President Bo Lee said no. A source close to the ministry said yes. Aides to Orr said no.":
        "opponents | source close to the ministry | aides",
    "Ostrel's Foreign Minister Anna Kessler and Defence Minister Bo Lind said it was late.": "Anna Kessler | Bo Lind",
    # a subject comes before who is named aside; who is not to be named has no name; a company
    "Bo Lind, a baker, was asked by a caller why men came. “They want boats,” he said.": "caller | Bo Lind",
    "Bo Lee said it was over. The nurse left the boat. He said it was late.": "Bo Lee | nurse",
    "A nurse said no. Ann Lind, a nurse, said yes. It is late, said the nurse who asked for anonymity.":
        "nurse | Ann Lind | nurse",
    "Kessler Motors said it was over. The company said it was late. The team said no.":
        "Kessler Motors | Kessler Motors | team",
    "A boat source said so. The army said no. Earlier the source said so.": "boat source | army | boat source",
}  # fmt: skip


def test_pronouns_pointers_and_parts_of_a_name_take_the_speaker_before_them_or_stay_open():
    assert {text: " | ".join(rows["source_name"]) for text, rows in read_each("attributions", NAMES).items()} == NAMES


SOURCES = {  # a source as printed; its name, its type and the actor that it is
    # as texts print them that have lost their commas
    "Lee Moss head of the Boat Guild": "Lee Moss | other | Guild",
    "In eastern Ostrel UNICEF": "UNICEF | international organisation | ",
    "The raid killed six men including a guard and a cook the Boat Observatory": "Boat Observatory | NGO or monitor | ",
    "Lee Moss a former sailor": "Lee Moss | other | ",
    "He met Sara\" Lee Moss": "Lee Moss | other | ",
    "Ann Moss, whose husband, Colonel Bo Lee, died,": "Ann Moss | other | ",
    "Some 31 percent of those surveyed": "those surveyed | other | ",
    "The president of France Lee Moss": "Lee Moss | government | ",
    "Secretary of State Lee Moss": "Lee Moss | government | ",
    "The Organisation for Boat Repair (OBR)": "Organisation for Boat Repair | international organisation | ",
    "REUTERS/Stringer A harbour activist": "harbour activist | NGO or monitor | ",
    # a type only where the words say it
    "Victims of the police": "victims | civilian | ",
    "An average of 10 percent of villagers": "villagers | civilian | ",
    "Some 74 percent": "74 percent | other | ",
    "In a letter to SANA a source at Orland Police Command": "source at Orland Police Command | government | ",
    "A Northern Republican": "Northern Republican | politician | ",
    "Lee Moss, who runs the Boat Observatory,": "Lee Moss | NGO or monitor | ",
    "Lee Moss, the head of a government watchdog,": "Lee Moss | NGO or monitor | ",
    "Echo President Lee Moss": "Lee Moss | other | ",
    "Lee Moss, the president of the Boat Guild,": "Lee Moss | other | Guild",
    "Lee Moss, the president of the Ayton Charity,": "Lee Moss | NGO or monitor | ",
    "The Medical Guild": "Medical Guild | other | ",
    "Kabul": "Kabul | government | ",
    "Lee Moss (R-Ohio)": "Lee Moss | politician | ",
    "Speaker of the House Rep. Lee Moss (R-OH)": "Lee Moss | government | ",
    "Kessler & Sons": "Kessler & Sons | other | ",
    "The Boat Ministry's envoy to Ostrel, Anna Moss,": "Anna Moss | government | ",
    "The Harbour Relief Organisation": "Harbour Relief Organisation | NGO or monitor | ",
    "Moss lost. Moss's advisers failed. Lee Moss": "Lee Moss | politician | ",
    "The group Orland": "Orland | other | ",
    "Sen. Lee Moss": "Lee Moss | government | ",
    # whoever carries a name is not its owner
    "An Orr surrogate": "Orr surrogate | politician | ",
    "Orr's lawyer": "Orr's lawyer | civilian | ",
    "Ann Moss's group": "Ann Moss's group | other | ",
    "The Moss news agency": "Moss | media | ",
    "Orr spokeswoman Kay Moss": "Kay Moss | other | ",
    "Ann Orr's brother, Ben,": "Ben | civilian | ",
    "Ann Orr's statement": "Ann Orr's statement | document | Orr",
    "A Boat Guild director": "Boat Guild director | other | Guild",
    # who speaks for a name is of its type; what is after a name, and what its words tell
    "Sen. Moss left. Moss spokesman Bo Lee": "Bo Lee | government | ",
    "The Boat Observatory left. Its head Bo Lee": "Bo Lee | NGO or monitor | ",
    "OBG fighters left. OBG": "OBG | armed group | ",
    "The Harbour Post’s Lee Moss": "Lee Moss | media | ",
    "The Ostrel-led coalition": "Ostrel-led coalition | military | ",
    "A spokesman for Mr. Moss": "spokesman | other | ",
    "Lee Moss, a Democrat and former state senator,": "Lee Moss | politician | ",
    # nouns of two words
    "The general manager of the Orland Hotel Lee Moss": "Lee Moss | other | ",
    "Defence Secretary Lee Moss left. Moss's press secretary, Ann Orr,": "Ann Orr | government | Orr",
    "The secretary-general": "secretary-general | international organisation | ",
    "Aid agencies": "aid agencies | NGO or monitor | ",
    "Civil defence forces": "civil defence forces | NGO or monitor | ",
    "A number of northern states": "northern states | government | ",
    "Sanders lost Ostrel. Sanders": "Sanders | other | Anna Sanders",  # the parser takes it for a noun
    "The Boat Coalition left. The Coalition": "Boat Coalition | other | Union",
}  # fmt: skip
DESCRIBED = {  # a text; name and type of its source, how it is named and with which words introduced
    "Coalition commander General Bo Moss said no.": "Bo Moss | military | named | Coalition commander General",
    "A report by the normally reliable Al-Masdar agency says so.": "Al-Masdar News | media | named | normally reliable",
    "A military source confirmed the army had advanced.": "military source | military | described | ",
    "Sources said the army had advanced.": "sources | other | bare | ",
}


def test_who_the_source_is():
    def tell(rows, columns):
        return " | ".join(rows[["source_name", "source_type", *columns]].iloc[0])

    found = read_each("attributions", [f"{source} said the talks were over." for source in SOURCES], actors=TOWN)
    named = [tell(rows, ["source_actor"]) for rows in found.values()]
    assert dict(zip(SOURCES, named, strict=True)) == SOURCES
    found = read_each("attributions", DESCRIBED)
    assert {text: tell(rows, ["named", "intro"]) for text, rows in found.items()} == DESCRIBED


VOICES = {
    "Ann Orr has declared war on the boats. Orr called off the talks. The judge calls a break.": "outlet outlet outlet",
    "We say it plainly: Orr has declared war. This newspaper says so, and in our view it is.": "outlet outlet",
    "Orr declared that the talks were off. Orr agreed that it was late.": "outlet paraphrase outlet paraphrase",
    "The report shows that the town is dead. Orr was blunt: he had lost.": "outlet paraphrase outlet paraphrase",
    "The storm suggests that summer is over. The organisers suggest that it is.": "outlet outlet paraphrase",
    "The blast claimed the lives of two men. By noon Orr had replied. She told them.": "outlet outlet outlet",
    "The inquiry documented that men died. They found themselves in a storm.": "outlet paraphrase outlet",
    "The dockers were threatened with prison. The band is known as the Boat Guild.": "outlet outlet",
    "Nobody said that the town had fallen. Orr has written three books.": "outlet outlet",
    "It is said that the crane moves at night. It should be noted that it is old.": "outlet paraphrase outlet",
    "Who told you that the town had fallen? You say that it has.": "outlet outlet",
}


def test_what_reports_nothing_is_the_outlets_own():
    assert {text: " ".join(rows["voice"]) for text, rows in read_each("passages", VOICES).items()} == VOICES


def test_a_cue_that_names_nobody_is_a_row_of_its_own_and_no_source():
    read = read_text("The boat is said to have sunk. It was reported that it burned. Ann Orr said it was late.")
    counts = attribution.count_sources(read)
    assert counts[["source_type", "n", "total"]].values.tolist() == [["no source named", 2, 1], ["other", 1, 1]]
    assert counts["share"].isna().tolist() == [True, False]
    assert len(attribution.select_sources(read)) == 1
    # nor do an interview's answers name one: it is reported
    assert read_text("Q: Why?\nA: I left.\nQ: And now?\nA: I rest.").odd_marks["mark"].tolist() == [":", ":"]


def test_count_sources_counts_speakers_not_parts():
    read = read_texts({"A-1": "“We move now,” Kagan said, “and it shows.”", "B-1": "Heidu said it was late."})
    counts = attribution.count_sources(read, by="source_name")
    columns = ["outlet", "source_name", "n", "n_direct", "total", "per_1000_words"]
    told = [["A", "Frederick Kagan", 1, 1, 1, 1000 / 8], ["B", "Raizan Heidu", 1, 0, 1, 1000 / 5]]
    assert counts[columns].values.tolist() == told


def test_only_saying_and_thinking_counts_as_citing():
    read = read_text("Kagan said that it was over. The judge calls a break.")
    assert read.attributions["source"].tolist() == ["Kagan", "The judge"]
    assert attribution.select_sources(read)["source"].tolist() == ["Kagan"]


def test_words_beside_a_name_that_do_not_say_who_it_is_are_no_introduction():
    words = {"Even": "", "24-year-old": "", "six of them": "", "speaking at a rally": "", "Even-handed broker": "same",
             "just-retired general": "same", "ruling party": "same", "Senate leader": "same"}  # fmt: skip
    articles = {f"a{n}": (outlet, ["Roe spoke."]) for n, outlet in enumerate("NS")}
    row = {"source_name": "Roe", "named": "named"}
    cited = [{"article_id": name, "attribution_id": f"{name}-{n}", "intro": intro, **row}
             for name in articles for n, intro in enumerate(words)]  # fmt: skip
    intros = attribution.compare_intros(build_reading(articles, cited))
    assert {*intros["intro"]} == {"", *(intro for intro, told in words.items() if told)}
    assert intros.set_index(["outlet", "intro"]).loc[("N", ""), "n"] == 4
