"""Names of articles -> drafts of actors.csv and sources.csv, and the names that no actor covers."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import reading
from helpers.reading import proposing
from helpers.reading.proposing import clean_name, group_names, load_entities, make_pattern
from helpers.reading.sources import compile_sources
from tests.parsing import SOURCES, actors_csv, make_corpus, read_texts
from tests.pseudonyms import read_table
from tests.test_importing import put

STRIKE = {
    "Post-1": (
        "The Port Workers Union (PWU) called a strike in Velmora on Tuesday. Anna Kessler, who leads the PWU, said "
        "that the dockers would hold out. Kessler's union blamed the government of Velmora. Velmoran police watched."
    ),
    "Times-1": (
        "Dockers of the Port Workers Union went back to work on Friday. Anna Kessler said she was content. Velmora's "
        "minister Pavel Orlin disagreed. Orlin said that the PWU had broken the law of Velmora, and Orlin left."
    ),
}

NOBODY = {"actors": actors_csv(""), "sources": SOURCES.iloc[:0]}


def propose(texts, **options):
    return proposing.propose_actors(make_corpus(texts).articles, **options)


def name_table(names):
    return pd.DataFrame([name.split("/") for name in names.split("|")], columns=["name", "label"])


def test_the_most_frequent_come_acronym_or_surname():
    assert propose(STRIKE)[["actor", "alias", "kind", "note", "n"]].to_numpy().tolist() == [
        ["Port Workers Union", "Port Workers Union", "name", "", 2], ["Port Workers Union", "PWU", "acronym", "", 3],
        ["Velmora", "Velmora", "name", "", 4], ["Anna Kessler", "Anna Kessler", "name", "", 2],
        ["Anna Kessler", "Kessler", "name", "", 1], ["Pavel Orlin", "Pavel Orlin", "name", "", 1],
        ["Pavel Orlin", "Orlin", "name", "", 2],
    ]  # fmt: skip


def test_persons_with_an_actors_surname_are_other():
    names = 2 * "|Otto Kessler/PERSON|Free Ruhl Front/ORG|Tags Norway/ORG|J. Kessler/PERSON|Anne Kessler/PERSON"
    rows = "Anna Kessler,Anna Kessler,name,\nAnna Kessler,Kessler,name,\nn,Norway,name,country\nr,Ruhl Front,name,\n"
    names += 2 * "|Kessler Foundation/ORG|Anna Kessler/PERSON|U.S. Ruhl Front/ORG|Old Ruhl Fronts/ORG"
    names = name_table("Old Anna Kessler/PERSON|Old Anna Kessler/PERSON" + names)
    others = proposing.find_others(names, actors_csv(rows)).set_index("alias")["note"].to_dict()
    assert others == {"Free Ruhl Front": "not r"} | dict.fromkeys(["Otto Kessler", "J. Kessler"], "not Anna Kessler")


def test_groups_that_articles_cite_often_are_proposed():
    said = "The union said no. The ministry said no. Activists said no. A man said no. It is said to burn. "
    vague = "Officials said no. Experts said no. Leaders said no. Her campaign said no. A source in the army said no. "
    for text, groups in ((said, {"the ministry", "the union", "activists"}), (vague, {"the army"})):
        cited = proposing.group_cited(read_texts({"Post-1": text * 2, "Times-1": text * 2}, **NOBODY))
        assert {*cited["alias"]} == groups
        drafted = propose(dict.fromkeys(("Post-1", "Times-1"), text), cited=cited)["alias"]
        assert groups - {"the ministry"} <= {*drafted}
    union = pd.DataFrame([["Port workers union", "the Port workers union", "description", "", 9]], columns=[*cited])
    assert propose(STRIKE, cited=union).equals(propose(STRIKE))


# names with spaCy's labels, texts, the actors, each with its other names; and why
ACTORS = read_table(Path(__file__).with_name("names.csv")).drop(columns="why").to_numpy().tolist()


@pytest.mark.parametrize(("names", "texts", "actors"), ACTORS)
def test_who_is_one_actor_and_what_is_none(names, texts, actors):
    grouped = group_names(name_table(names), texts.split(" / ")).set_index("alias")["actor"].to_dict()
    own = [one.split("=") for one in actors.split("|")]
    assert grouped == {alias: names[0] for names in own for alias in names}


def test_names_without_article_and_possessive():
    printed = ["the Harbour Police's", "“Velmora”", "President", "The U.S.", "Ada Ruhl‘s", "Ada O‘Ruhl`s"]
    printed += ["Ivo Ruhl, Jr.", "Ivo Ruhl III", "Front Of", "Ivo] Ruhl"]
    cleaned = ["Harbour Police", "Velmora", "President", "U.S.", "Ada Ruhl", "Ada O'Ruhl", *["Ivo Ruhl"] * 2]
    assert [*map(clean_name, printed)] == [*cleaned, "Front", "Ivo Ruhl"]
    headline = "Ada Ruhl/PERSON|R.I.H./ORG|Ohio/GPE|Ms. Ruhl/PERSON|Detective Inspector Ivo Orr/PERSON"
    headline += "|al-Orr/ORG|Élise Roe/PERSON|General Docks/ORG|روه/PERSON|dock/ORG"
    headline += "|Mrs/PERSON|Courier/ORG|Vale Courier/ORG|Ada King/PERSON|King/PERSON"
    named = proposing.clean_names(name_table(headline).assign(outlet="The Vale Courier"))["name"]
    others = ["Ruhl", "Ivo Orr", "al-Orr", "Élise Roe", "General Docks", "Ada King", "King"]
    assert [*named] == ["Ada Ruhl", "R.I.H.", *others]


def test_frequent_names_that_no_actor_covers_are_listed():
    rows = "union,Port Workers Union,name,\nunion,PWU,acronym,\nkessler,Kessler,name,\n(other),Orlin,name,\n"
    uncovered = proposing.list_uncovered(read_texts(STRIKE, actors=actors_csv(rows)))
    assert uncovered.drop(columns="example").to_numpy().tolist() == [["Velmora", "GPE", 4, 2, 2, 0]]
    assert uncovered["example"][0] == "The Port Workers Union (PWU) called a strike in Velmora on Tuesday."


def test_no_articles_and_no_names_give_no_rows():
    empty = make_corpus({"A-1": "and so on, and so on."})
    read = reading.read_corpus(empty, store=None)
    assert proposing.propose_actors(empty.articles).empty and proposing.propose_actors(empty.articles.iloc[:0]).empty
    assert proposing.group_cited(read).empty and proposing.list_uncovered(read).empty
    assert proposing.propose_sources(read, empty.actors).empty


def test_sources_that_two_articles_cite_are_proposed_with_the_actor_that_they_are():
    texts = {"Post-2": "The minister Pavel Orlin said no, Orlin said."}
    texts |= STRIKE | {"Post-4": "Minister PAVEL ORLIN said he was ill."}
    assert proposing.propose_sources(read_texts(texts, **NOBODY), NOBODY["actors"]).to_numpy().tolist() == [
        ["Pavel Orlin", "(?:PAVEL ORLIN|Pavel Orlin|^(?:[Tt]he )?Orlin)(?=,|$)", "government", "", 5],
        ["Anna Kessler", "(?:Anna Kessler)(?=,|$)", "", "", 2],
    ]
    listed = actors_csv("k,Anna Kessler,name,\nk,Kessler,name,\no,Pavel Orlin,name,\no,Orlin,name,\n")
    drafted = proposing.propose_sources(read_texts(texts, actors=listed), listed)
    assert drafted[["name", "source_type", "actor"]].to_numpy().tolist() == [["o", "government", "o"], ["k", "", "k"]]


# names, how they are printed, sources that the pattern fits, others
PATTERNS = read_table(Path(__file__).with_name("patterns.csv")).to_numpy().tolist()


@pytest.mark.parametrize("case", PATTERNS)
def test_a_pattern_fits_the_source_and_nobody_near_it(case):
    names, printed, matching, others = (part.split("|") for part in case)
    [rule] = compile_sources(pd.DataFrame([("x", make_pattern(names, printed), "", "")], columns=SOURCES.columns))
    assert [text for text in matching + others if rule[1].search(text)] == matching
    # a surname of several sources is in no pattern
    assert "^" not in make_pattern(["Anna Kessler"], ["Anna Kessler", "Kessler"], shared=["Kessler"])


def test_a_type_is_drafted_where_two_articles_give_it_and_none_another():
    said = "The mayor Ada Ruhl said no. Union spokesman Ivo Brand said no. The docker Lea Falk said no. "
    texts = {"Post-1": said * 2, "Times-1": said.replace("mayor", "reporter").replace("docker", "reporter")}
    drafted = proposing.propose_sources(read_texts(texts, **NOBODY), NOBODY["actors"]).set_index("name")["source_type"]
    assert drafted.to_dict() == {"Ada Ruhl": "", "Ivo Brand": "NGO or monitor", "Lea Falk": ""}


def test_nothing_is_drafted_where_no_article_is_in_english(tmp_path):
    only_foreign = "article_id,source_file,outlet,language\nr,r.txt,Post,ru\n"
    foreign = put(tmp_path / "foreign", {"articles.csv": only_foreign, "r.txt": "Рабочие порта объявили забастовку."})
    assert proposing.draft_lists(foreign)[0].startswith("no article in English")
    assert not (foreign / "actors.csv").exists()


def test_names_are_found_once_and_kept_with_the_outlets_of_now(tmp_path, monkeypatch):
    loaded, own = [], proposing.load_model
    monkeypatch.setattr(proposing, "STORE", tmp_path / "store")
    monkeypatch.setattr(proposing, "load_model", lambda **part: loaded.append(part) or own(**part))
    articles = make_corpus({**STRIKE, "Mail-1": "No names here."}).articles
    load_entities(articles.iloc[1:])
    first = load_entities(articles)
    assert first["article_id"].drop_duplicates().tolist() == ["Post-1", "Times-1"]
    assert all(STRIKE[row.article_id][row.start : row.end] == row.name for row in first.itertuples(index=False))
    assert load_entities(articles.assign(outlet="X")).equals(first.assign(outlet="X"))
    assert len(loaded) == 2


def test_of_very_many_articles_some_are_drawn_by_their_texts(monkeypatch):
    read = read_texts(STRIKE, actors=actors_csv(""))
    monkeypatch.setattr(proposing, "MOST_ACTORS", 1)
    assert {*propose(STRIKE)["actor"]} == {"Port Workers Union"}
    monkeypatch.setattr(proposing, "DRAWN", 1)
    drawn, turned = (proposing.draw_articles(articles) for articles in (read.articles, read.articles.iloc[::-1]))
    assert len(drawn) == 1 and drawn.equals(turned)
    assert proposing.list_uncovered(read, fewest=1)["n_drawn"].eq(1).all()
