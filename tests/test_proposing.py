"""Names of articles -> drafts of actors.csv and sources.csv, and the names that no actor covers."""

import importlib

import pandas as pd
import pytest

from helpers import answers, importing, reading
from helpers.reading import corpus, proposing
from helpers.reading.proposing import clean_name, find_acronyms, load_entities, make_pattern
from tests.imports import put
from tests.parsing import SEEDS, actors_csv, make_corpus, read_texts

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
NOBODY = actors_csv("")


@pytest.fixture(scope="module")
def proposed():
    return proposing.propose_actors(make_corpus(STRIKE).articles, progress=False)


def aliases(proposed, actor):
    return proposed.loc[proposed["actor"] == actor, ["alias", "kind"]].to_numpy().tolist()


def test_an_acronym_goes_to_the_name_that_defines_it(proposed):
    assert aliases(proposed, "Port Workers Union") == [["Port Workers Union", "name"], ["PWU", "acronym"]]
    [union] = proposed[proposed["alias"] == "PWU"].to_dict("records")
    assert (union["n"], union["n_articles"], union["n_outlets"]) == (3, 2, 2)
    assert union["example"].startswith("The Port Workers Union (PWU) called")


def test_a_surname_goes_to_the_one_full_name(proposed):
    assert aliases(proposed, "Anna Kessler") == [["Anna Kessler", "name"], ["Kessler", "name"]]
    two = {**STRIKE, "Times-2": "Otto Kessler met Anna Kessler. Kessler smiled. Otto Kessler left with Kessler."}
    both = proposing.propose_actors(make_corpus(two).articles, progress=False)
    assert aliases(both, "Anna Kessler") == [["Anna Kessler", "name"]]


def test_the_most_frequent_come_first_and_at_most_as_many_as_asked_for(proposed):
    totals = proposed.groupby("actor", sort=False)["n"].sum()
    assert totals.tolist() == sorted(totals, reverse=True)
    assert totals.min() >= 2
    few = proposing.propose_actors(make_corpus(STRIKE).articles, most=1, progress=False)
    assert few["actor"].nunique() == 1


@pytest.mark.parametrize(
    ("text", "acronyms"),
    [
        ("The Free Dockers of Ostrel (FDO) met.", {"FDO": "Free Dockers of Ostrel"}),
        ("On Monday the Harbour Police (HP) came.", {"HP": "Harbour Police"}),
        ("The Front for Rights and Work (FRW) met.", {"FRW": "Front for Rights and Work"}),
        ("The union (PWU) met. Anna Kessler (Free Dockers) met. The Harbour Police (XY) came.", {}),
    ],
)
def test_definitions_of_acronyms(text, acronyms):
    assert find_acronyms([text]) == acronyms


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("the Harbour Police's", "Harbour Police"),
        ("President Anna Kessler", "Anna Kessler"),
        ("“Velmora”", "Velmora"),
        ("President", "President"),
    ],
)
def test_names_are_compared_without_article_title_and_possessive(printed, name):
    assert clean_name(printed) == name


def test_a_draft_is_read_back_without_a_problem(tmp_path, proposed):
    folder = put(tmp_path, {"a.txt": STRIKE["Post-1"], "articles.csv": "article_id,source_file,outlet\na,a.txt,Post\n"})
    assert proposing.write_draft(proposed, folder, "actors.csv").name == "actors.csv"
    opened = corpus.open_corpus(folder)
    assert opened.rejected.empty
    assert set(opened.actors["actor"]) == set(proposed["actor"])


def test_nothing_that_is_there_is_overwritten(tmp_path, proposed):
    folder = put(tmp_path, {"actors.csv": "mine"})
    assert proposing.write_draft(proposed, folder, "actors.csv").name == "actors-proposed.csv"
    assert proposing.write_draft(proposed, folder, "actors.csv") is None
    assert (folder / "actors.csv").read_text() == "mine"


def test_frequent_names_that_no_actor_covers_are_listed():
    listed = actors_csv(
        "union,Port Workers Union,name,\nunion,PWU,acronym,\nkessler,Kessler,name,\n(other),Orlin,name,\n"
    )
    uncovered = proposing.list_uncovered(read_texts(STRIKE, actors=listed), progress=False)
    assert uncovered["name"].tolist() == ["Velmora"]
    assert (uncovered["n"][0], uncovered["n_articles"][0], uncovered["n_outlets"][0]) == (4, 2, 2)
    assert answers.answer_uncovered(uncovered) == (
        "**1 frequent name is no alias of any actor, most often Velmora (4).**"
    )


def test_no_articles_and_no_names_give_no_rows():
    empty = make_corpus({"A-1": "and so on, and so on."})
    for texts in (make_corpus({"A-1": "and so on, and so on."}).articles, empty.articles.iloc[:0]):
        assert proposing.propose_actors(texts, progress=False).empty
    read = reading.read_corpus(empty, store=None)
    assert proposing.list_uncovered(read, progress=False).empty
    assert proposing.propose_sources(read).empty
    assert answers.answer_uncovered(pd.DataFrame({"name": []})).startswith("**Every name")


def test_sources_that_are_no_actor_are_proposed_with_a_pattern():
    sources = proposing.propose_sources(
        read_texts(STRIKE, actors=NOBODY, sources=pd.DataFrame(columns=["name", "pattern", "source_type", "actor"]))
    )
    assert sources[["name", "source_type", "n"]].to_numpy().tolist() == [
        ["Anna Kessler", "", 2],
        ["Pavel Orlin", "government", 2],
    ]
    own = read_texts(STRIKE, actors=actors_csv("k,Kessler,name,\no,Orlin,name,\n"))
    assert proposing.propose_sources(own).empty


@pytest.mark.parametrize(
    ("name", "printed", "pattern"),
    [
        ("Anna Kessler", ["Anna Kessler", "Kessler"], "(?:Anna )?Kessler"),
        ("Ostrel News", ["Ostrel News"], "Ostrel News"),
        ("Orlin's (Bureau)", ["x"], r"Orlin['’]s \(Bureau\)"),
    ],
)
def test_a_pattern_fits_the_name_and_no_more(name, printed, pattern):
    assert make_pattern(name, printed) == pattern


def test_the_seeds_name_their_actors():
    proposed = proposing.propose_actors(corpus.open_corpus(SEEDS).articles, progress=False)
    assert proposed["actor"].iloc[0] == "ISIS"
    assert ["SDF", "acronym"] in aliases(proposed, "Syrian Democratic Forces")
    assert ["Russian", "name"] in aliases(proposed, "Russia")


def test_lists_are_drafted_for_a_corpus_that_was_imported(tmp_path):
    files = {f"{name.split('-')[0]}/{name}.txt": text for name, text in STRIKE.items()}
    importing.import_articles(put(tmp_path / "s", files), tmp_path / "made", progress=False)
    assert proposing.draft_lists(tmp_path / "made", progress=False) == ["drafted: actors.csv", "drafted: sources.csv"]
    opened = corpus.open_corpus(tmp_path / "made")
    assert opened.rejected.empty
    assert "Port Workers Union" in set(opened.actors["actor"])
    only_foreign = "article_id,source_file,outlet,language\nr,r.txt,Post,ru\n"
    foreign = put(tmp_path / "foreign", {"articles.csv": only_foreign, "r.txt": "Рабочие порта объявили забастовку."})
    [line] = proposing.draft_lists(foreign)
    assert line.startswith("no article in English")
    assert not (foreign / "actors.csv").exists()


@pytest.fixture
def searched(tmp_path, monkeypatch):
    """The texts in which names are looked for from now on, with an empty store."""
    texts, find = [], proposing.find_entities
    monkeypatch.setattr(proposing, "STORE", tmp_path / "store")
    monkeypatch.setattr(
        proposing, "find_entities", lambda keys, some, **options: texts.extend(some) or find(keys, some)
    )
    return texts


def test_names_are_found_once_and_kept_with_the_outlets_of_now(tmp_path, searched):
    articles = make_corpus({**STRIKE, "Mail-1": "No names here."}).articles
    first = load_entities(articles, progress=False)
    assert len(searched) == 3
    renamed = load_entities(articles.assign(outlet="X"), progress=False)
    assert len(searched) == 3
    assert renamed.drop(columns="outlet").equals(first.drop(columns="outlet"))
    assert set(renamed["outlet"]) == {"X"}
    for kept in (tmp_path / "store").rglob("*.parquet"):
        kept.write_bytes(b"half")
    assert load_entities(articles, progress=False).equals(first)


def test_one_article_more_costs_the_names_of_one(searched):
    articles = make_corpus(STRIKE).articles
    load_entities(articles.iloc[1:], progress=False)
    both = load_entities(articles, progress=False)
    assert searched == [articles["text"][1], articles["text"][0]]
    assert both["article_id"].drop_duplicates().tolist() == articles["article_id"].tolist()


def test_names_are_those_that_spacy_finds_by_itself():
    texts = [*corpus.open_corpus(SEEDS).articles["text"], *STRIKE.values(), "", " \n", "Velmora", "‏“Anna\x00 Kessler…”"]
    nlp = importlib.import_module(reading.find_model()).load(enable=["ner"])
    own = [
        (str(number), one.text, one.label_, one.start_char, one.end_char)
        for number, doc in enumerate(nlp.pipe(texts))
        for one in doc.ents
        if one.label_ in proposing.NAME_LABELS
    ]
    found = proposing.find_entities([str(number) for number in range(len(texts))], texts, progress=False)
    assert [*found[found["name"].ne("")].itertuples(index=False, name=None)] == own
    assert proposing.find_entities(["1"], [""])["name"].tolist() == [""]
    assert proposing.find_entities([], []).empty


def test_of_very_many_articles_some_are_drawn_by_their_texts(monkeypatch):
    read = read_texts(STRIKE, actors=NOBODY)
    assert proposing.list_uncovered(read, progress=False)["n_drawn"].eq(0).all()
    monkeypatch.setattr(proposing, "DRAWN", 1)
    drawn = proposing.draw_articles(read.articles)
    assert len(drawn) == 1
    turned = proposing.draw_articles(read.articles.iloc[::-1])
    assert set(turned["article_id"]) == set(drawn["article_id"])
    some = proposing.list_uncovered(read, fewest=1, progress=False)
    assert some["n_drawn"].eq(1).all()
    assert answers.answer_uncovered(some).endswith(", in 1 article drawn by chance.**")
