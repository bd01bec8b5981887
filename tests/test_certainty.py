"""What is told as fact, attributed or hedged, in articles and in their headlines."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import answers, attribution, evidence, headlines, inference, lexicons
from helpers.reading import read_corpus
from tests.parsing import actors_csv, make_corpus, read_texts
from tests.pseudonyms import read_table
from tests.readings import build_reading

ACTORS = actors_csv("Orr,Ann Orr,name,\nOrr,Orr,name,\nGuild,Boat Guild,name,\nGuild,Guild,name,\n")
FACT, ATTRIBUTED, HEDGED = attribution.CERTAINTY

# how every statement about an actor in a text is told, and the hedge
TOLD = read_table(Path(__file__).with_name("statements.csv")).drop(columns="why")


def test_how_each_statement_about_an_actor_is_told():
    texts = {f"outlet-{n}": text for n, text in enumerate(TOLD["text"].unique())}
    found = attribution.find_statements(read_texts(texts, actors=ACTORS))
    found = found.assign(text=found["article_id"].map(texts))[[*TOLD]]
    assert {*found.itertuples(index=False, name=None)} == {*TOLD.itertuples(index=False, name=None)}
    assert len(found) == len(TOLD)


def write(outlet, facts, attributed, hedged):
    paraphrase = [("paraphrase", "{Orr|Orr} came,"), ("outlet", "he said.")]
    told = ["{Orr|Orr} came and {Orr|Orr} saw."] * facts + [paraphrase] * attributed + ["{Orr|Orr} may come."] * hedged
    return outlet, told


def test_shares_are_of_the_outlets_statements_and_lead_to_their_sentences():
    read = build_reading({"n": write("North", 3, 1, 0), "s": write("South", 1, 2, 2)})
    found = attribution.find_statements(read)
    assert len(found) == 9 and not found.duplicated(["article_id", "passage_no", "actor"]).any()
    shares = inference.compare_certainty(found, read).set_index(["outlet", "certainty"])
    counts = {("North", FACT): 3, ("North", ATTRIBUTED): 1, ("North", HEDGED): 0,
              ("South", FACT): 1, ("South", ATTRIBUTED): 2, ("South", HEDGED): 2}  # fmt: skip
    assert shares["n"].to_dict() == counts
    assert shares.groupby("outlet")["value"].sum().to_dict() == pytest.approx({"North": 1, "South": 1})
    assert shares["p"].isna().all()  # one story each
    lines = evidence.show_lines(read, shares.reset_index().query("certainty == @HEDGED"))
    assert lines[["outlet", "match", "after"]].to_numpy().tolist() == [["South", "Orr", " may come. Orr may come."],
                                                                       ["South", "Orr", " may come."]]  # fmt: skip


def test_a_headline_is_set_beside_its_own_article():
    corpus = make_corpus({"A-1": "Ann Orr killed two men, the mayor said. Ann Orr was seen, he said. Ann Orr left.",
                          "A-2": "Nobody came.", "B-1": "The Boat Guild slept."}, actors=ACTORS)  # fmt: skip
    corpus.articles["headline"] = ["Two men killed as Orr flees", "Guild sleeps", ""]
    read = read_corpus(corpus, store=None)
    pairs = headlines.pair_headlines(headlines.list_sentences(read)).set_index("compared")
    assert pairs["headline"].unique().tolist() == ["Two men killed as Orr flees"]  # the others name nobody in both
    assert pairs[["in_headline", "in_body", "value", "value_body"]].T.to_dict("list") == {
        "usual name": ["Orr", "Ann Orr", 0, 1], "no doer named": ["nobody", "a doer", 1, 0],
        "told as fact": [FACT, ATTRIBUTED, 1, pytest.approx(1 / 3)],
    }  # fmt: skip
    compared = headlines.compare_headlines(headlines.list_sentences(read))
    assert set(compared["note"]) == {"only 1 of the 5 stories that a test needs"} and compared["p"].isna().all()
    told = answers.answer_differences(compared, "compared")
    assert told.startswith("**Not tested: only 1 of the 5 stories that a test needs.**")
    corpus.articles["headline"] = ""
    none = headlines.list_sentences(read_corpus(corpus, store=None))
    assert headlines.pair_headlines(none).empty and headlines.compare_headlines(none).empty
    assert answers.answer_differences(headlines.compare_headlines(none), "compared") == "**Nothing to compare.**"


def test_a_headline_with_words_in_quotation_marks_tells_nothing_as_fact():
    told = {"Ann Orr ‘will fight, not leave the harbour’": ATTRIBUTED, "Talks With Orr 'Quite Real'": ATTRIBUTED,
            "Orr leaves the sailors' camp": FACT}  # fmt: skip
    corpus = make_corpus({f"A-{number}": "Ann Orr left." for number in range(len(told))}, actors=ACTORS)
    corpus.articles["headline"] = [*told]
    found = headlines.list_sentences(read_corpus(corpus, store=None))
    found = found.query("compared == 'told as fact' and part == 'headline'")
    assert dict(zip(found["headline"], found["said"], strict=True)) == told


def sentences(outlet, headline, body, n=8):
    """Of n stories: the value of the headline, and those of the sentences."""
    keys = {"compared": "told as fact", "actor": "Orr", "outlet": outlet, "said": "", "headline": ""}
    items = pd.DataFrame([("headline", 0, headline), *(("body", no, value) for no, value in enumerate(body))])
    items = items.set_axis(["part", "sentence_no", "value"], axis=1).assign(**keys)
    ids = [f"{outlet}{i}" for i in range(n)]
    return pd.concat([items.assign(article_id=one, story_id=one, cluster_id=one) for one in ids])


def test_headlines_that_differ_from_their_articles_are_found_and_others_are_not():
    rows = sentences("North", 1, [0, 0, 0, 1]), sentences("South", 1, [1, 1, 0, 1]), sentences("West", 1, [0], n=4)
    compared = headlines.compare_headlines(pd.concat(rows)).set_index("outlet")
    assert compared.loc["North", ["headline", "body", "difference", "n", "k"]].tolist() == [1, 0.25, 0.75, 8, 8]
    assert compared.loc["North", "p"] <= 0.05 < compared.loc["South", "p"]
    assert pd.isna(compared.loc["West", "p"]) and compared.loc["all outlets", "n"] == 20
    said = answers.answer_differences(compared.reset_index(), "compared")
    assert "“told as fact” in North (headlines 1.00, their articles 0.25; 8 articles" in said
    same = headlines.compare_headlines(sentences("North", 1, [1, 1]))
    assert same["p"].tolist() == [1] and same["outlet"].tolist() == ["North"]  # "all outlets" would say it again
    assert answers.answer_differences(same, "compared").startswith("**The one tested difference does not hold beyond")


def test_a_text_that_four_outlets_print_is_no_more_evidence_than_one():
    apart = pd.concat([sentences(outlet, 1, [0, 1], n=5) for outlet in "ABCD"])
    copies = apart.assign(cluster_id=apart["article_id"].str[1:])
    p = [headlines.compare_headlines(table).set_index("outlet").loc["all outlets", "p"] for table in (apart, copies)]
    assert p[0] <= 0.01 < 0.05 < p[1]


@pytest.mark.parametrize("row", ["allegedly", ",clause", "allegedly,clause,more"])
def test_a_broken_row_of_a_lexicon_is_named(row, tmp_path, monkeypatch):
    (tmp_path / "broken.csv").write_text(f"phrase,use\nperhaps,clause\n{row}\n", encoding="utf-8")
    monkeypatch.setattr(lexicons, "LEXICONS", tmp_path)
    with pytest.raises(ValueError, match=r"lexicons/broken\.csv, row 3: found"):
        lexicons.read_lexicon("broken.csv")
