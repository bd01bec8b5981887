"""The cards of the actors and the matrix of names, on readings made by hand."""

import pandas as pd
import pytest

from helpers import labels, page, profiles
from tests.hostile import WHOLE, Reader
from tests.readings import build_reading
from tests.test_page import displayed

SIX = ["The {Ostrel|Ostrel} army moved."] * 6


def build(articles, **tables):
    made = build_reading(articles, **tables)
    made.corpus.labels = pd.DataFrame([{"label": "regime", "alias": "regime", "connotation": "loaded", "note": ""}])
    made.labels = labels.find_labels(made).labels
    return made


@pytest.fixture(scope="module")
def read():
    spoken = [("outlet", "A clerk said"), ("quote", "the {regime|Ostrel|description} fell to {Vanda|Vanda}.")]
    acts = [
        {"article_id": "a", "actor": "Ostrel", "mention_start": 4, "mention_end": 10, "role": role, "verb": verb,
         "verb_start": start, "verb_end": start + 5, "negated": negated}
        for role, verb, start, negated in (("does", "move", 16, False), ("does", "flee", 60, True),
                                           ("undergoes", "bomb", 90, False), ("name attached", "army", 11, False))
    ]  # fmt: skip
    cited = [
        {"article_id": "b", "attribution_id": "t1", "sentence_no": 5, "source_name": "clerk", "cue": "said"},
        {"article_id": "b", "attribution_id": "t2", "sentence_no": 4, "source_name": "envoy", "source_actor": "Ostrel"},
    ]
    south = ["The {regime|Ostrel|description} and {Ostrel|Ostrel} spoke."] * 5
    articles = {"a": ("North", SIX), "b": ("South", [*south, spoken]), "c": ("West", ["The {Vanda|Vanda} sat."])}
    return build(articles, acts=acts, attributions=cited, actors=["Silent"])


@pytest.fixture(scope="module")
def card(read):
    return profiles.profile_actor(read, "Ostrel")


def test_a_card_tells_what_each_outlet_makes_of_an_actor(read, card):
    card = card.set_index("outlet")
    assert card["n"].to_dict() == {"North": 6, "South": 11, "West": 0}
    assert card["names"].to_dict() == {"North": "Ostrel (6)", "South": "Ostrel (5), regime* (5)", "West": ""}
    assert card.loc["South", ["names_of_others", "labels"]].tolist() == ["regime* (1)", "regime* (5)"]
    assert card.loc["North", ["does", "undergoes"]].tolist() == ["move (1), not flee (1)", "bomb (1)"]
    assert card.loc["South", ["speaks", "beside", "company"]].tolist() == ["envoy (1)", "clerk (1)", "Vanda (1)"]
    assert card["tone"].eq("").all()  # nobody coded it, and no instrument stands in
    assert [len(lines) for lines in card["quotations"]] == [3, 3, 0]
    line = card.loc["North", "quotations"][0]
    assert line == {"before": "The ", "match": "Ostrel", "after": line["after"], "article_id": "a"}
    with pytest.raises(ValueError, match="no actor 'Nobody'"):
        profiles.profile_actor(read, "Nobody")


@pytest.mark.parametrize(("sizes", "told"), [
    ((4, 0), "Ostrel (4, in one article)"), ((3, 1), "Ostrel (4, 3 in one article)"), ((2, 2), "Ostrel (4)"),
    ((9, 2), "Ostrel (11, 9 in one article)"), ((9, 3), "Ostrel (12)"), ((3, 0), "Ostrel (3)"), ((9,), "Ostrel (9)"),
])  # fmt: skip
def test_a_cell_says_where_one_article_of_several_has_nearly_all_of_it(sizes, told):
    articles = {f"a{i}": ("North", ["It rained.", *SIX[:1] * n]) for i, n in enumerate(sizes)}
    assert profiles.profile_actor(build(articles), "Ostrel")["names"].tolist() == [told]


def test_tone_is_as_a_person_coded_it(read, tmp_path, monkeypatch):
    (tmp_path / "labels").mkdir()
    rows = "article_id,start,end,text,actor,tone,voice\na,0,23,The Ostrel army moved.,Ostrel,-1,outlet\n"
    (tmp_path / "labels" / "sentiment.csv").write_text(rows, encoding="utf-8")
    monkeypatch.setattr(read.corpus, "folder", tmp_path)
    assert profiles.profile_actor(read, "Ostrel")["tone"].tolist() == ["negative (1)", "", ""]


def test_a_card_needs_five_mentions_in_each_of_two_outlets(read):
    assert profiles.list_profiled(read) == ["Ostrel"]
    assert profiles.list_profiled(build({"a": ("North", SIX + SIX)})) == []
    data, _ = displayed(page.show_profiles, [])
    assert data["text/plain"].startswith("No actor has a card.\nAn actor has a card where two outlets or more")


def test_the_matrix_marks_loaded_names_and_says_why_a_cell_has_none(read):
    matrix = profiles.tabulate_names(read).set_index("actor")
    assert matrix.T.to_dict("list") == {
        "Ostrel (17 mentions)": ["Ostrel (6 of 6)", "Ostrel or regime* (5 of 10 each)", "not mentioned"],
        "Vanda (2 mentions)": ["not mentioned", "in others’ words: Vanda (1)", "Vanda (1 of 1)"],
    }  # nobody calls the third anything
    texts = ["An {Ostrelian|Ostrel|adjective} jet."], ["It rained in {Ostrel|Ostrel|name|place}."]
    [row] = profiles.tabulate_names(build({"a": ("North", texts[0]), "b": ("South", texts[1])})).to_dict("records")
    assert (row["North"], row["South"]) == ("only as “Ostrelian”", "only as a place")
    many, rain = {f"a{i}": (f"Outlet {i}", ["{Vanda|Vanda} won."]) for i in range(9)}, {"a": ("North", ["It rained."])}
    nine, nobody = (list(profiles.tabulate_names(build(articles))) for articles in (many, rain))
    assert nine == ["outlet", "Vanda (9 mentions)"] and nobody == ["actor"]  # no page is wide enough for nine


@pytest.mark.parametrize("name", [name for name in WHOLE if name.strip()])
def test_cards_show_strange_text_as_it_is(name, card):
    strange = f"{name[:200]} x"
    card = card.assign(outlet=strange, actor=strange, names=strange)
    finding = {"rank": 1, "sentence": f"{strange} calls it so; the others, {strange}.", "n": strange, "notebook": "01"}
    finding["quotations"] = [{"text": strange, "outlet": strange}]
    for show, shown in ((page.show_profiles, [card]), (page.show_cards, pd.DataFrame([finding]))):
        reader = Reader(displayed(show, shown)[0]["text/html"])
        reader.check_shown(strange, "details", "summary", "div", "b", "i", "p", "span", "a")
