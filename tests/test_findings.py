"""Findings: hand-written readings -> the sentences expected, and no others; their order and quotations."""

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers import evidence, findings, labels, page, telling
from tests.pseudonyms import read_table
from tests.readings import build_reading
from tests.test_labels import LISTED
from tests.test_page import displayed


def press(*texts):
    """Articles of North, South and West, each with its sentences."""
    return {name: (outlet, own) for name, outlet, own in zip("abc", ("North", "South", "West"), texts, strict=False)}


def find(articles, listed=LISTED, **tables):
    """The findings of a small reading, and the reading itself with its labels."""
    read = build_reading(articles, **tables)
    read.corpus.labels = listed
    read = labels.find_labels(read)
    return findings.find_all(read), read


def tell(articles, kind, **tables):
    found, _ = find(articles, **tables)
    return found[found["kind"].eq(kind)]["sentence"].tolist()


def say(name, n, actor="Ostrel", kind="name", text="{} came by night."):
    return [text.format(f"{{{name}|{actor}|{kind}}}")] * n


def cite(article_id, n, **row):
    first = {"named": "named", "source_type": "military", **row}
    return [{"article_id": article_id, "attribution_id": f"{article_id}-{row.get('source_name', '')}-{i}", **first}
            for i in range(n)]  # fmt: skip


def act(article_id, n, **row):
    return [{"article_id": article_id, "actor": "Ostrel", "role": "does", "verb": "go", "mention_start": 0,
             "mention_end": 1, "verb_start": i, "verb_end": i + 1, **row} for i in range(n)]  # fmt: skip


def harm(article_id, n, named, *span):
    return [{"article_id": article_id, "named": named, **dict(zip(("start", "end"), span, strict=False))}] * n


def introduce(*intros):
    """What three outlets say, and how each introduces one source."""
    rows = [cite(one, 2, source_name="Mars News", intro=intro) for one, intro in zip("abc", intros, strict=True)]
    return press(*[["It rained."]] * 3), {"attributions": [row for some in rows for row in some]}


MOST = say("Ostrel", 9) + say("Caliphate", 6)
OSTREL, DAESH, RAIN = say("Ostrel", 9), say("Daesh", 5), ["It rained a lot."] * 9
MIXED = say("Ostrel", 2) + say("Daesh", 2)
PARTY = say("Ostrels", 3, actor="Ostrel Party")
REGIME, PLACE = say("regime", 3, kind="description"), ["In {Ostrel|Ostrel|name|place} it rained."]
QUOTED = [[("outlet", "He said:"), ("quote", '"The {regime|Ostrel|description} will fall."')]] * 3
CALLS = "South calls Ostrel “Daesh” in its own words (5 of 5 times); elsewhere most often "
LEFT_OUT = "West never mentions Ostrel; North and South do, 18 times. At the others’ rate, 9 would be expected."
SOURCE = cite("a", 6, source_name="Ostrel", source_actor="Ostrel")
OTHER = {"source_name": "Vanda", "source_actor": "Vanda", "form": "direct"}
ANALYSTS = cite("a", 8, named="described", source_name="analyst", source_type="politician")
SHE = cite("a", 1, named="bare", source_name="unresolved", source_type="unresolved")
DESCRIBED = "Sources have no name more often in North than in South: 8 of 8 citations; elsewhere, 0 of 8."
TYPED = [
    *cite("b", 3, source_name="Storm", source_type="politician"),
    *(row for one in "cd" for row in cite(one, 6, source_name="Mud", source_type="other")),
]
TOLD_OF = cite("a", 3, source_name="Ostrel", source_actor="Ostrel", form="indirect")
GENERAL = cite("b", 8, source_name="General Storm")
SAID = cite("a", 8, source_name="Eva Lind", cue_lemma="say")
REBELS = "{} rebels came."
FOUGHT = [*say("Ostrel", 2, text=REBELS), "{Vanda|Vanda} rebels came."], say("Ostrel", 3, text=REBELS)
ANTI, RAID = ["The anti-{Vanda|Vanda|name|compound} rebels came."], harm("a", 1, "nobody", 8, 16)
DEEDS = [*act("a", 8), *act("a", 3, role="undergoes", voice_of_verb="passive"),
         *act("b", 8, role="undergoes", voice_of_verb="agentless")]  # fmt: skip
CALLED = [[f"{{{one}|Ostrel|description}} came." for one in some] for some in (("terrorists", "Takfiris"), ("army",))]
HARMS = [*harm("a", 8, "nobody"), *harm("a", 1, "weapon"), *harm("a", 1, "by"), *harm("b", 9, "subject"),
         *harm("b", 1, "nobody"), *harm("c", 8, "owner")]  # fmt: skip
MANY, CHILD = cite("b", 20, source_name="General Storm"), {**HARMS[0], "victim_kind": "children"}
MARKS = ["They will “liberate” it."], ["They liberate it. We liberate it."]
RETREAT = ["The retreat began. A retreat it is.", *say("Vanda", 6, actor="Vanda")], say("Ostrel", 3)
FOUND = [  # a kind, articles with the tables beside them, and what is told, if anything
    ("name", press(say("Ostrel", 4), DAESH, say("Ostrel", 3)), CALLS + "“Ostrel” (North and West: 7 of 7)."),
    ("name", {**press(MOST, DAESH, [*say("Ostrel", 3), *say("Caliphate", 4)]), "d": ("East", MOST)},
     CALLS + "“Ostrel” (East and North: 18 of 30) and “Caliphate” (West: 4 of 7)."),
    ("name", press(OSTREL, DAESH, [*say("Ostrel", 3), *say("Mob", 3)]),
     CALLS + "“Mob” as often as “Ostrel” (West: 3 of 6) and “Ostrel” (North: 9 of 9)."),
    ("name", {**press(OSTREL, DAESH, say("Daesh", 4)), "d": ("East", OSTREL)}, "East and North call Ostrel “Ostrel” in "
     "their own words (9 of 9 and 9 of 9 times); elsewhere most often “Daesh” (South and West: 9 of 9)."),
    ("name", press(say("O.U.", 5, actor="Ostrel Union"), say("Ostrel Union", 5, actor="Ostrel Union"),
                   say("Union", 5, actor="Ostrel Union")), ""),  # each a form of another's
    ("name", press(OSTREL, [*DAESH, "He said: “Ostrel [Daesh] must go.”"]), CALLS.replace(
        ";", ", also within quotations: “Ostrel [Daesh]”;") + "“Ostrel” (North: 9 of 9)."),
    ("name", press(OSTREL, DAESH[:2]), ""),  # two are few; then forms of one name, and what is no name
    *[("name", press(OSTREL, say(other, 5, kind=kind)), "") for other, kind in (
        ("Ostrel", "name"), ("the Ostrel", "name"), ("Daesh", "adjective"), ("Daesh", "metonym"))],
    ("name", press(say("mob", 5, kind="description"), say("army", 5, kind="description")), "North calls Ostrel “mob” "
     "in its own words (5 of 5 times); elsewhere most often “army” (South: 5 of 5)."),
    ("name", press(say("Ostrel", 4) + say("Mob", 3), say("Ostrel", 30)),  # not its usual name, but its own alone
     "North calls Ostrel “Mob” in its own words (3 of 7 times); elsewhere most often “Ostrel” (South: 30 of 30)."),
    ("name", press(say("Ostrel", 4) + say("Mob", 3), say("Ostrel", 5)), ""),
    ("whose word", press(REGIME, QUOTED, QUOTED[:1]), "North says “regime” for Ostrel in its own words (3 times); "
     "South and West print it only in the words of others (3 and 1 times)."),
    *[("whose word", press(own, [[("outlet", "He said:"), ("quote", f'"{own[0]}"')]] * 3, own), "")
      for own in (PARTY, DAESH[:3])],  # a form of its name, and a name that most print
    ("whose word", press(REGIME, QUOTED[:2]), ""), ("whose word", press(REGIME + QUOTED * 3, QUOTED), ""),
    ("whose word", press(REGIME, [*QUOTED, *REGIME[:1]]), ""),
    ("label", press(["The army won the town again."] * 6, ["The terrorists won the town again."] * 6),
     "South uses the word “terrorist” 6 times in its own words (1,667 per 10,000 words); North: never."),
    ("label", press(["The army won the town again."] * 6, ["The rebels won."] * 6), ""),  # a neutral one
    ("introduction", *introduce("pro-army outlet", "normally reliable", ""),
     "Mars News is called “pro-army outlet” in North and “normally reliable” in South; just a name in West."),
    ("introduction", *introduce("the agency", "the news agency", ""), ""),
    *[("introduction", *introduce(first, "", second), "") for first, second in (
        ("an agency", ""), ("worried by it", "the agency"), ("defensive", "the agency"), ("in Ostrel", "the agency"),
        ("MUD WINS", "the agency"), ("Mrs.", "the agency"), ("its agency", "the agency"), ("many rich", "the agency"),
        ("R-Ost.", "the agency"), ("out-shouting", "the agency"),
        ("party chairman", "Ostrel Council chairman"))],  # one office
    ("introduction", *introduce("pro-army outlet", "the agency", "the agency"), ""),
    ("left out", press(OSTREL, OSTREL, RAIN), LEFT_OUT),
    ("left out", press(OSTREL, OSTREL, RAIN), {"headlines": {"c": "Ostrel again"}}, ""),
    ("left out", press(OSTREL, OSTREL, RAIN), {"headlines": {"a": "Ostrel again"}}, LEFT_OUT),  # of text alone
    ("left out", {**press(OSTREL, OSTREL, RAIN), "d": ("East", ["Mud."])}, LEFT_OUT),
    ("left out", press(OSTREL, OSTREL, RAIN[:1]), ""),  # fewer than three would be expected
    ("left out", press(OSTREL, OSTREL, [*RAIN, *PLACE]), ""),
    ("never cited", press(OSTREL, OSTREL), {"attributions": SOURCE},
     "South mentions Ostrel 9 times, never as a source; North cites Ostrel 6 times in 9 mentions."),
    ("never cited", press(OSTREL, OSTREL[:2]), {"attributions": SOURCE}, ""),
    ("never cited", press(OSTREL, OSTREL), {"attributions": SOURCE + cite("b", 1, intro="King of Ostrel")}, ""),
    *[("marks", press([*MARKS[0], *more], MARKS[1]), f"North puts “liberate” in quotation marks{but}; South prints it "
       "without, citing nobody (twice).") for more, but in (
        ([], ""),
        ([[("paraphrase", "We liberate it,"), ("outlet", "he said.")]], " (though once without, in others’ words)"))],
    ("marks", press(MARKS[0], [[("quote", "They liberate it.")]]), ""),
    ("marks", {**press(*MARKS), "d": ("North", RAIN), "e": ("North", RAIN)}, ""),  # one of three articles
    ("marks", press(["A “caliphate” fell."], ["A so-called caliphate fell. The caliphate fell."] * 2), ""),
    ("marks", press(["They “liberate” it. We liberate it. You liberate it."], MARKS[1]), ""),  # it says so itself, too
    ("marks", press(["“We have come to ‘liberate’ all of it,” he said."], MARKS[1]), ""),
    ("marks", press([[("outlet", "He said"), ("paraphrase", "a “grave blow” fell.")]], ["A grave blow fell."]), ""),
    *[("called", press(*own), "Describing Ostrel, North writes “terrorists” and “Takfiris”; South writes “army”.")
      for own in (CALLED, (CALLED[1] + CALLED[0], CALLED[1]))],  # of one that judges, what judges
    *[("called", press(*own), "") for own in ((CALLED[0], CALLED[0]), (CALLED[1], CALLED[1]), (CALLED[0], OSTREL))],
    ("called", {**press(*CALLED), "d": ("North", RAIN), "e": ("North", RAIN)}, ""),  # one of three articles
    ("sure", press(["Clearly it fell.", "It surely fell.", "Of course it fell."], ["No doubt it fell."]),
     "North vouches for what it says with “clearly”, “surely” and “of course”; South writes “no doubt”."),
    ("sure", press(["Clearly it fell.", "It surely fell.", "Of course it fell."], ["It fell."]),
     "North vouches for what it says with “clearly”, “surely” and “of course”."),
    ("sure", press(["Clearly it fell.", "It surely fell."], ["It fell."]), ""),
    *[("doubts", press(["It is not clear who fell. Nobody knows why."], RAIN), {"headlines": {"a": head}}, told)
      for head, told in (("Who fell?", ""), ("Not clear who fell", ""), ("“All” fell", "A headline of North, “‘All’ "
                         "fell”, has none of the doubts of its article: “not clear” and “nobody knows”."))],
    ("doubts", press(["It is not clear who fell."], RAIN), {"headlines": {"a": "It fell"}}, ""),
    ("harm judged", press(["A cruel air raid came."], ["The brutal fight in which many were killed is over."]),
     {"harms": [*RAID, *harm("b", 1, "nobody", 36, 42)]}, "Judging attacks and other harms, "
     "North writes “cruel air raid”; South writes “brutal fight in which many were killed”."),
    *[("harm judged", press(["A cruel air raid came."], [text]), {"harms": [*RAID, *harm("b", 1, "nobody", *of)]}, "")
      for text, of in (("A brutal man talked about raids.", (26, 31)), ("Brutal, it raids.", (11, 16)),
                       ("A cruel air raid came.", (12, 16)))],
    ("two sides", press(*FOUGHT), "North uses the word “rebel” for Ostrel and Vanda; South uses it for Ostrel alone."),
    *[("two sides", press(*own), "") for own in (
        (FOUGHT[0][:2], FOUGHT[1]), (FOUGHT[0], RAIN), (FOUGHT[0], FOUGHT[0]), ([*FOUGHT[1], *ANTI], FOUGHT[1]))],
    *[("marks", press([f"They will “{word}” it."], [f"They {word} it. We {word} it."]), "")  # these need three
      for word in ("carry", "coordinate", "carry on")],
    ("headline", press(*RETREAT), {"headlines": {"a": "The ‘retreat’ begins"}},
     "North puts “retreat” in quotation marks in a headline and prints it without them in the article (twice)."),
    *[("headline quotes", press([[("quote", "“It was a rout,”")]], RAIN), {
        "headlines": {"a": "A “rout” in Ostrel"}, "attributions": cite("a", 1, attribution_id="", source=source, **of)
      }, told) for source, of, told in (
          ("an official", {"named": "described"}, "A headline of North, “A ‘rout’ in Ostrel”, quotes an official."),
          ("a farmer", {"named": "described"}, ""), ("Lind, an official", {}, ""))],
    ("headline", press(MARKS[0], MARKS[1] * 3), {"headlines": {"b": "They ‘liberate’ it"}}, ""),  # told as marks
    ("headline", press(*RETREAT), {"headlines": {"a": "The retreat begins", "b": "The ‘retreat’ begins"}}, ""),
    ("headline", press([*RETREAT[0], "A “retreat” of friends."], RETREAT[1]),
     {"headlines": {"a": "The ‘retreat’ begins"}}, ""),  # the article has the marks, too
    ("nobody quotes", press(OSTREL, OSTREL), {"attributions": cite("a", 1, **OTHER)},
     "No outlet quotes Ostrel, though each mentions Ostrel (18 times in all)."),
    ("nobody quotes", press(OSTREL, OSTREL), ""),  # nobody is quoted at all
    ("no civilians", press(*[RAIN] * 3), {"attributions": MANY, "harms": HARMS}, "No outlet cites anyone as a "
     "civilian (20 citations), and none calls a victim one (28 attacks, deaths and other harms)."),
    *[("no civilians", press(*[RAIN] * 3), {"attributions": cited, "harms": harms}, "") for cited, harms in (
        (MANY[1:], HARMS), (MANY, HARMS[:19]), (MANY, [*HARMS, CHILD]),
        ([*MANY, *cite("a", 1, source_type="civilian")], HARMS))],
    ("nobody quotes", press(OSTREL, say("Ostrel", 9, kind="adjective")), {"attributions": cite("a", 1, **OTHER)}, ""),
    ("nobody quotes", press(OSTREL, OSTREL), {"attributions": [*cite("a", 1, **OTHER), *TOLD_OF]}, ""),
    ("nobody quotes", press(OSTREL, OSTREL, ["Mud."]), {"attributions": cite("a", 1, **OTHER)}, ""),
    ("nobody quotes", press(OSTREL, OSTREL[:4]), {"attributions": cite("a", 1, **OTHER)}, ""),  # one hardly names it
    ("without a name", press(RAIN, RAIN), {"attributions": ANALYSTS + GENERAL}, DESCRIBED),
    ("without a name", press(RAIN, RAIN), {"attributions": ANALYSTS[:7] + SHE + GENERAL}, DESCRIBED),
    ("without a name", press(RAIN, RAIN), {"attributions": ANALYSTS[:2] + GENERAL[:2]}, ""),  # too few
    ("type of source", {**press(*[RAIN] * 3), "d": ("East", RAIN)}, {"attributions": ANALYSTS + TYPED},
     "North cites politicians more often than East and West: 8 of 8 citations; elsewhere, 0 of 12."),
    ("verb", press(RAIN, RAIN), {"attributions": [*SAID, *(row | {"cue_lemma": "note"} for row in GENERAL)]},
     "North writes that a source “says” something more often than South: 8 of 8 citations; elsewhere, 0 of 8."),
    ("verb", press(RAIN, RAIN), {"attributions": [*SAID, *(row | {"cue_lemma": "say"} for row in GENERAL)]}, ""),
    ("most cited", press(RAIN, RAIN), {"attributions": SOURCE + cite("a", 3, source_name="General Storm") + GENERAL},
     "North most often cites Ostrel (6 of 9); South cites General Storm (8 of 8)."),
    ("most cited", press(RAIN, RAIN), {"attributions": [*SOURCE, GENERAL[0] | {"named": "described"}, *GENERAL[1:]]},
     "North most often cites Ostrel (6 of 6); South cites General Storm (8 of 8)."),  # one is "the general"
    *[("most cited", press(RAIN, RAIN), {"attributions": some + GENERAL}, "")  # 3 of 31 are few, though the most
      for some in (ANALYSTS, [*cite("a", 3, source_name="Ostrel"), *cite("a", 28, named="described")])],
    ("acting", press(OSTREL, OSTREL), {"acts": DEEDS},
     "North shows Ostrel as acting more often than South: in 8 of 11 acts; elsewhere, in 0 of 8."),
    ("acting", press(OSTREL, OSTREL), {"acts": [*act("a", 8, negated=True), *DEEDS[8:]]}, ""),  # what it does not do
    ("acting", press(OSTREL, OSTREL), {"acts": [*act("a", 8), *DEEDS[11:]]}, ""),  # of eight, two misread decide
    ("harm", press(OSTREL, OSTREL, OSTREL), {"harms": HARMS},
     "North tells of harm without a doer named more often than South and West: 9 of 10 times; elsewhere, 1 of 18."),
    *[("nobody quotes", press(OSTREL, OSTREL), {"attributions": cite("a", 1, **OTHER) + cite("b", 1, **row)}, "")
      for row in ({"source_name": "General Storm", "source_actor": "Ostrel", "form": "direct"},
                  {"source_name": "Storm", "source_start": 0, "source_end": 20, "form": "mixed"})],  # "Storm of Ostrel"
]  # fmt: skip


@pytest.mark.parametrize("row", FOUND, ids=lambda row: row[0])
def test_a_finding_and_no_other(row):
    kind, articles, *tables, told = row
    found, read = find(articles, **(tables[0] if tables else {}))
    rows = found[found["kind"].eq(kind)]
    assert rows["sentence"].tolist() == ([told] if told else [])
    assert {*findings.show_evidence(read, rows)["rank"]} == {*rows["rank"]}


def test_forms_of_a_name():
    assert all(telling.is_form(*pair) for pair in [("Assad", "Bashar al-Assad"), ("SDF", "Syrian Democratic Forces"),
                                                   ("Islamic State of Iraq and Syria", "ISIS")])  # fmt: skip
    assert telling.is_form("U.N.", "United Nations") and telling.is_form("U.N.", "UN")
    assert not telling.is_form("Daesh", "ISIS") and not telling.is_form("Syrian Army", "Syrian government")


def test_the_names_of_a_country_are_a_habit_of_style():
    found, read = find(press(OSTREL, DAESH))
    names = {"actor": "Ostrel", "alias": ["Ostrel", "Daesh"], "kind": "name", "note": "country"}
    read.corpus.actors = pd.DataFrame(names)
    assert "name" in {*found["kind"]} - {*findings.find_all(read)["kind"]}


def test_a_name_in_quotation_marks_though_nobody_is_quoted():
    _, read = find(press(say("Ostrel", 6), say("Ostrel", 6)))
    read.mentions["scare"] = read.mentions["outlet"].eq("South")
    found = findings.find_all(read)
    assert found["kind"][0] == "distance" and "quoted: 6 of 6 mentions of Ostrel; North: 0" in found["sentence"][0]
    told = "In North, statements about Ostrel are told as fact more often than in South: 6 of 6; elsewhere, 0 of 6."
    assert found["sentence"].tolist()[1:] == [told] and found["quotations"][1][0]["outlet"] == "North"


def test_the_sentences_behind_an_actor_left_out_hold_the_mentions_as_a_place_that_are_counted():
    found, read = find(press(PLACE * 9, PLACE * 9, RAIN))
    assert found["sentence"][0].startswith("West never mentions Ostrel; North and South do, 18 times.")
    assert findings.show_evidence(read, found, limit=9)["outlet"].value_counts().to_dict() == {"North": 9, "South": 9}
    assert [one["outlet"] for one in found["quotations"][0]] == ["North", "South"]
    read.corpus.actors["kind"] = "description"  # who has no name is a topic
    assert "left out" not in {*findings.find_all(read)["kind"]}


def test_what_an_outlet_never_does_though_others_do():
    rain, quoted = ["It rained a lot."] * 9, [[("quote", "The {Vanda|Vanda} fell.")]] * 3
    articles = press([*say("Ostrel", 9), *say("Vanda", 3, actor="Vanda")], [*say("Daesh", 5), *quoted], rain)
    never = findings.list_never(find(articles)[1])
    columns = ["kind", "outlet", "actor", "fact", "total", "n_rest", "n_with", "expected"]
    assert list(never) == columns and never.drop(columns="total").round(1).to_numpy().tolist() == [
        ["name", "North", "Ostrel", "Daesh", 5, 1, 9.0], ["left out", "West", "Ostrel", "", 14, 2, 6.5],
        ["name", "South", "Ostrel", "Ostrel", 9, 1, 5.0], ["whose word", "South", "Vanda", "Vanda", 3, 1, 3.0],
        ["left out", "West", "Vanda", "", 6, 2, 2.8],
    ]  # fmt: skip


TOLD = {
    "why": "North and South name V as a cause or a backer in sentences about O: North, ",
    "joined": "Naming O and V together, North writes ",
    "judging": "Near O, North uses words that judge, ",
}
# a kind, a sentence each of North and South with Ostrel and Vanda as O and V, the words that are told; and why
WORDS = read_table(Path(__file__).with_name("words.csv")).drop(columns="why").to_numpy().tolist()


@pytest.mark.parametrize(("kind", "north", "south", "told"), WORDS)
def test_words_that_explain_link_and_judge(kind, north, south, told):
    marks, names = ({"O": mark.format("Ostrel"), "V": mark.format("Vanda")} for mark in ("{{{0}|{0}}}", "{0}"))
    north, south, start = (
        re.sub(r"\b[OV]\b", lambda found, of=of: of[found[0]], text)
        for text, of in ((north, marks), (south, marks), (TOLD[kind], names))
    )
    join = "; South, " if kind == "why" else "; South writes "
    told = [re.sub(r"\bV\b", "Vanda", f"{start}{told.replace(' | ', join)}.")] if told else []
    assert tell(press([north], [south]), kind) == told
    quoted = press([[("quote", north)]], [[("quote", south)]])
    assert tell(quoted, kind) == []  # others' words


def test_outlets_that_say_the_same_give_no_finding():
    found, read = find({name: (outlet, say("Ostrel", 9)) for name, outlet in (("a", "North"), ("b", "South"))})
    assert found.empty and list(found.columns) == findings.COLUMNS
    assert findings.answer_story(found, read).startswith("**Too little to tell.**")
    assert findings.show_evidence(read, found).empty


def stories(outlet, sentences, n=8):
    return {f"{outlet}-{i}": (outlet, sentences) for i in range(n)}


def test_from_five_stories_on_a_finding_is_tested_and_small_outlets_take_no_part():
    large = stories("North", say("Ostrel", 4)) | stories("South", say("Daesh", 4))
    found, read = find(large | {"w": ("West", say("Vanda", 9))})
    assert set(found["status"]) == {"tested"}
    assert found["sentence"][0].startswith("South calls Ostrel “Daesh” in its own words (32 of 32 times); elsewhere")
    assert not found["outlets"].str.contains("West").any()
    assert "Too few stories to test (5 are needed): West." in findings.limit_story(found, read)
    assert not {"why", "joined", "judging", "marks", "headline", "called", "nobody quotes"} & {*found["kind"]}


def test_a_page_on_which_no_test_holds_says_so_and_describes_its_articles():
    found, read = find({**stories("North", MIXED), **stories("South", MIXED)})
    asked = "None of 6 differences, tested together, can be told from chance."
    assert found["status"].tolist() == ["refused"] and found["sentence"][0].startswith(asked)
    assert findings.answer_story(found, read).startswith(f"**Too little to tell.** {asked}")
    assert findings.limit_story(found, read).startswith("No tested difference holds; each")
    causes = ("North", "because of {Vanda|Vanda}."), ("South", "thanks to rain.")
    few = {f"{outlet}-{i}": (outlet, ["{Ostrel|Ostrel} came " + why]) for outlet, why in causes for i in "xy"}
    once = find({**stories("North", MIXED), **stories("South", MIXED), **{name: few[name] for name in [*few][::2]}})[0]
    assert "why" not in set(once["kind"])  # what one of nine articles says
    found, read = find({**stories("North", MIXED), **stories("South", MIXED), **few})
    assert set(found["status"]) == {"described", "refused"} and "why" in set(found["kind"])
    assert findings.answer_story(found, read).endswith(" in what they give as causes and support.")
    assert findings.limit_story(found, read).startswith("No tested difference holds: what is found describes")
    assert "**Yes,**" in findings.answer_story(*find(stories("North", MIXED, 20) | stories("South", MIXED, 20)))
    read = find({**stories("North", OSTREL), **stories("South", DAESH)})[1]  # never in the same year
    read.articles["published"] = read.articles["outlet"].map({"North": "2015-03", "South": "2016-03"})
    assert findings.limit_story(findings.find_all(read), read).startswith("This describes 16 articles and no outlet as")


def test_whom_an_outlet_names_more_is_told_of_several_articles():
    rain = [*say("Ostrel", 1), *["It rained in the town."] * 3]
    articles = {**stories("North", say("Ostrel", 4)), **stories("South", rain)}
    told = "North mentions Ostrel more often than South: "
    assert [one.startswith(told) for one in tell(articles, "named more")] == [True]
    assert tell({name: articles[name] for name in ("North-1", "South-1")}, "named more") == []
    few = {**stories("North", say("Ostrel", 4), 4), **stories("South", rain, 4)}  # too few to be tested
    assert [one.startswith(told) for one in tell(few, "named more")] == [True]
    single = {**stories("North", rain, 4), **stories("South", rain, 4)}
    single |= {"North-0": ("North", say("Ostrel", 30)), "North-1": ("North", say("Ostrel", 2))}
    assert tell(single, "named more") == []  # more than half of them in one article


def rank(*rows):
    """Findings (kind, outlets, actor, fact, score) in their order; a name of x is told beside C's, which is “x’s Y”."""
    found = pd.DataFrame(rows, columns=["kind", "outlets", "actor", "fact", "score"])
    return findings._rank(found.assign(key=[[{"outlet": "C", "variant": f"{actor}’s Y"}] for actor in found["actor"]]))


def test_the_first_six_hold_no_more_than_two_of_a_kind_or_an_outlet():
    ranked = rank(("name", "A", "x", "", 7.0), ("name", "B", "y", "", 6.9), ("name", "C", "z", "", 6.8),
                  ("left out", "A", "x", "", 5.0), ("left out", "A | B", "y", "", 4.9),
                  ("one source", "C", "", "", 4.0), ("without a name", "A | B | C", "", "", 3.9))  # fmt: skip
    assert ranked["score"].tolist() == [7.0, 6.9, 5.0, 4.0, 3.9, 6.8, 4.9]
    assert ranked["rank"].tolist() == [1, 2, 3, 4, 5, 7, 8]
    # and nothing is said twice
    kept = rank(("whose word", "A | B", "x", "Regime", 6), ("label", "A", "", "regime", 5), ("name", "C", "x", "IS", 4),
                ("label", "C", "", "regime", 4), ("name", "C", "x", "Daesh", 3), ("acting", "C", "x", "", 3),
                ("acted upon", "C", "x", "", 2))  # fmt: skip
    assert kept["fact"].tolist() == ["Regime", "IS", "regime", ""]


def test_a_quotation_is_printed_in_25_words_at_most_and_its_rows_lead_to_the_sentences():
    long = "So {} and " + "then it rained and rained " * 9 + "at last."
    found, read = find(press(say("Ostrel", 5), say("Daesh", 5, text=long)))
    first, second = found["quotations"][0]
    text = read.articles.set_index("article_id")["text"]["b"]
    assert first["outlet"] == "South" and first["text"] in text and len(first["text"].split()) == 25
    assert first["text"].startswith("So Daesh") and second["text"] == "Ostrel came by night."  # each from its start
    lines = findings.show_evidence(read, found, limit=9)
    assert lines[lines["rank"].eq(1)]["match"].value_counts().to_dict() == {"Daesh": 5, "Ostrel": 5}
    assert evidence.quote(read, []) == [] == evidence.quote(read, [{"outlet": "North", "named": "described"}])


def test_a_card_keeps_a_headline_whole():
    sentence = "In North, the headline “Mud; rain” leaves out Ostrel, which its article names most often (6 times)."
    said = [{"text": '"We stay in Vanda', "outlet": "North"}]  # cut before its closing mark
    card = {"rank": 1, "sentence": sentence, "n": "6 times", "notebook": "01-articles", "quotations": said}
    shown = displayed(page.show_cards, pd.DataFrame([card]))[0]["text/plain"]
    assert sentence in shown and "“We stay in Vanda …” (North)" in shown
    assert displayed(page.show_cards, pd.DataFrame([card]).head(0))[0]["text/plain"] == "no findings"


def test_the_answer_names_what_all_mention_and_what_they_do_differently():
    read = build_reading(press(say("Ostrel", 1), say("Vanda", 1, actor="Vanda")))
    found = pd.DataFrame({"kind": ["name", "left out"], "status": "described", "rank": [1, 2], "sentence": ""})
    told = ("differ in what they call the same actors and whom they leave out. No two of them are known to report the "
            "same event: the answer rests on whom they name, and how.")  # fmt: skip
    assert findings.answer_story(found, read) == f"**No.** No actor is mentioned by both outlets, and they {told}"
    read = build_reading(press(say("Ostrel", 1), say("Ostrel", 1)))
    assert findings.answer_story(found, read) == f"**Partly.** Both outlets mention Ostrel, but they {told}"
    vanda = say("Vanda", 1, actor="Vanda")  # another two mention it
    read = build_reading(press(say("Ostrel", 2) + vanda, say("Ostrel", 1), vanda))
    assert findings.answer_story(found, read).startswith("**Partly.** Most outlets mention Ostrel, but they")
    read.articles["story_id"] = "s"
    assert findings.answer_story(found, read).endswith("leave out. Events that several of them report: 1.")
    alone = build_reading({"a": ("North", say("Ostrel", 1))})
    assert "one outlet" in findings.answer_story(found.head(0), alone)


def test_a_noun_in_the_singular_has_its_article():
    names = ["Ruritanian government", "Ostrel-led coalition", "Ostrel Party", "Ostrels", "the regime", "Free Army"]
    read = build_reading({"a": ("North", say("Free Army", 2, actor="Free Army", text="So the {} came."))})
    told = [f"the {name}" for name in names[:3]] + names[3:-1] + ["the Free Army"]  # as the article prints it
    assert [page.name_actor(read, name) for name in names] == told


@pytest.fixture(scope="module")
def told(seeds):
    read = labels.find_labels(labels.group_names(seeds))
    instruments = ("mentions", "voices", "attributions", "source_type", "named", "acts")
    return SimpleNamespace(read=read, found=findings.find_all(read, instruments, doubt="it does not tell"))


KNOWN = """Sputnik calls ISIS “Daesh” in its own words (5 of 9 times
The Arab Weekly says “regime” for the Syrian government in its own words
Al Arabiya and Daily Caller print it only in the words of others (1 and 3 times)
Al-Masdar News is called “pro-Syrian government outlet” in Daily Caller and “normally reliable” in
Pro-Russian blog, another cause: “because of the courage and discipline of the Syrian soldiers there”.
Sputnik writes “simultaneously” and “double-offensive”; The Arab Weekly writes “competition”.
Describing ISIS, Sputnik writes “terrorist organization”, “jihadists” and “extremists”; Al Arabiya writes “jihadists”;
Daily Caller writes “terrorist group”; Pro-Russian blog writes “fighters”.
No outlet quotes ISIS, though each mentions ISIS (85 times in all).
Daily Caller cites Frederick Kagan (expert, 3 of 6, with 132 of the 162 words in quotations)
in its own words (5 of 9 times), also within quotations: “ISIS [Daesh]”
Coordination Between Syrian Army and Rebels 'Quite Real'”, quotes an unnamed UN diplomat with knowledge of the matter.
No outlet cites anyone as a civilian (58 citations), and none calls a victim one (44 attacks, deaths and other harms).
The Arab Weekly puts “liberate” in quotation marks (though once without, in others’ words); Sputnik""".splitlines()


def test_the_known_findings_of_the_seeds_are_among_the_first_and_each_quotation_is_in_its_article(told):
    first, more = (" ".join(told.found["sentence"][:n]) for n in (6, 18))
    assert [known for known in KNOWN if known not in (first if known in KNOWN[:5] else more)] == []
    assert not any(told.found["sentence"].str.contains("decisive blow"))  # words of the source they are attributed to
    assert told.found["status"].tolist()[-1] == "refused" and "by hand" in told.found["trust"][0]
    assert set(told.found["status"]) == {"described", "refused"}
    texts = told.read.articles.set_index("article_id")["text"]
    quotations = [one for row in told.found["quotations"] for one in row]
    assert len(quotations) > 10
    assert all(one["text"] in texts[one["article_id"]] and len(one["text"].split()) <= 25 for one in quotations)
    assert {*findings.show_evidence(told.read, told.found)["rank"]} == {*told.found["rank"][:-1]}
