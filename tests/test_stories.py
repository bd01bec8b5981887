"""Articles of one story: which they are, which of their sentences report the same fact, and what only one has."""

from math import log, sqrt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from helpers import answers, inference, stories
from helpers.reading import change_tables
from helpers.reading.copies import HEADLINE, LIKE, cluster_stories
from helpers.reading.corpus import parse_date
from helpers.stories import Sentence, align_sentences, compare_sentences, find_differences, pair_articles
from tests.parsing import actors_csv, read_texts

BRIDGE = "The bridge over the Orban river fell on Monday and nine drivers died, said mayor Ilka Varga of Tarnok."
VOTE = "Parliament in Sibor passed the grain bill by two votes after a night of quarrels over tariffs."
NORTH = """A bridge over the Orban river fell on Monday and killed nine drivers, mayor Ilka Varga said. \
Parliament in Sibor will debate a grain bill next month. Tarnok built the bridge in 1961."""
SOUTH = """Eleven drivers died when the Orban bridge collapsed, police said. \
Officials in Sibor denied that tariffs were discussed. Schools stayed closed because of heavy snow."""
WEST = "Nine drivers were killed when the bridge over the Orban river fell on Monday, mayor Ilka Varga said."
KEY = ["article_id", "sentence_no", "other_article_id", "other_sentence_no"]
ACTORS = actors_csv("Norland,Norland,name,\nNorland,Norlanders,name,\nSorland,Sorland,name,\n")


def _articles(*rows):
    """rows: (outlet, date, text)"""
    frame = pd.DataFrame(rows, columns=["outlet", "published", "text"])
    spans = [parse_date(date) if date else (pd.NaT, pd.NaT) for date in frame["published"]]
    return frame.assign(
        headline="", genre="news", article_id=[f"a{n}" for n in range(len(frame))],
        published_from=pd.to_datetime([a for a, _ in spans]), published_to=pd.to_datetime([b for _, b in spans]),
    )  # fmt: skip


def test_a_story_is_matched_across_outlets_within_days():
    matched = stories.match_stories(_articles(
        ("North", "2016-05-02", BRIDGE), ("South", "2016-05-04", "Nine died when the Orban river bridge fell."),
        ("South", "2016-05-03", VOTE), ("North", "2016-05-02", BRIDGE), ("South", "2016-05-20", BRIDGE),
        ("South", "2016-05", BRIDGE), ("North", "", BRIDGE), ("South", "", BRIDGE),  # a month or no date: not matched
        ("North", "2016-05-02", "..."), ("South", "2016-05-02", "of the"),
    ))  # fmt: skip
    assert matched[["article_a", "article_b", "days_apart"]].values.tolist() == [["a0", "a1", 2], ["a1", "a3", 2]]
    assert matched["likeness"].between(LIKE, 1).all()
    assert matched[["outlet_a", "outlet_b"]].values.tolist() == [["North", "South"], ["South", "North"]]


def _compare(one, day, other):
    found = stories.match_stories(_articles(("North", "2016-05-02", one), ("South", day, other)), like=0)
    return found["likeness"].tolist()


def test_likeness_is_a_cosine_less_for_days_apart_and_other_weekdays():
    """A word of one of two articles weighs 1 + ln(3 / 2) = 1.405465, a word of both weighs 1."""
    assert _compare("bridge fell", "2016-05-02", "bridge fell") == [1]
    assert _compare("bridge fell", "2016-05-04", "bridge fell") == [0.64]  # 0.8 squared
    assert _compare("bridge fell", "2016-05-02", "bridge fell monday") == [0.709297]  # 2 / sqrt(2 (2 + 1.405465 ** 2))
    # half of 2 / (2 + 1.405465 ** 2)
    assert _compare("bridge fell Tuesday", "2016-05-02", "bridge fell monday") == [0.251551]
    below = f"{'bridge ' * 150} The war began in spring."
    assert _compare(below, "2016-05-02", below.replace("bridge", "vote")) == [0]


def test_headlines_count_beside_the_opening():
    """Unit vectors of the opening and, times HEADLINE, of the headline; both to the length 1."""
    articles = _articles(("North", "2016-05-02", "bridge fell"), ("South", "2016-05-02", "bridge fell"))
    opening = TfidfVectorizer(sublinear_tf=True).fit_transform(["vote. bridge fell", "snow. bridge fell"]).toarray()
    likeness = stories.match_stories(articles.assign(headline=["vote", "snow"]), like=0)["likeness"]
    assert likeness.tolist() == pytest.approx([opening[0] @ opening[1] / (1 + HEADLINE**2)], abs=1e-6)


def test_interviews_of_two_people_on_one_matter_are_two_stories_and_a_reprint_is_one():
    """Six of ten words are in both: a report of the interview is one story with it, another interview is none."""
    matter, asked = "dam broke flooded forty villages Monday", "Ann Lind built wall"
    one, other = f"{matter} {asked}", f"{matter} William Roe lost house"
    for genre, text, same in (("interview", other, 0), ("news", other, 1), ("interview", one, 1)):
        articles = _articles(("North", "2016-05-02", one), ("South", "2016-05-02", text))
        articles["genre"] = ["interview", genre]
        assert len(stories.match_stories(articles)) == same and len({*_cluster(articles)}) == 2 - same


def _cluster(articles, **shared):
    ids = pd.Index(articles["article_id"], name="article_id")
    return cluster_stories(articles, pd.Series(ids, ids).replace(shared)).tolist()


def test_a_story_is_one_event_within_and_across_outlets():
    articles = _articles(
        ("North", "2016-05-02", BRIDGE), ("South", "2016-05-03", "Nine died when the Orban river bridge fell."),
        ("North", "2016-05-03", f"Toll rises. {BRIDGE}"), ("South", "2016-05-03", VOTE), ("South", "2016-05", BRIDGE),
        ("North", "2016-05-20", BRIDGE),
    )  # fmt: skip
    assert _cluster(articles) == ["a0", "a0", "a0", "a3", "a4", "a5"]
    assert _cluster(articles, a5="a3") == ["a0", "a0", "a0", "a3", "a4", "a3"]  # they share a text, whatever the dates
    assert cluster_stories(articles.iloc[::-1], pd.Series(["a0"] * 6, articles["article_id"])).eq("a0").all()


def test_a_chain_of_days_is_not_one_story():
    """Each day's report is like those of the days before and after, never enough like all of the others."""
    words = [f"word{n}" for n in range(60)]
    rows = [(f"outlet {n}", f"2016-05-{n + 1:02}", " ".join(words[n * 6 : n * 6 + 12])) for n in range(9)]
    matched = stories.match_stories(_articles(*rows))
    assert len(matched) == 8 and matched["days_apart"].eq(1).all()
    sizes = pd.Series(_cluster(_articles(*rows))).value_counts()
    assert 1 < sizes.max() <= 4


def test_articles_of_matched_stories_alone_and_of_copies_the_earliest():
    """Two articles are of one story and share a text, the third is of another."""
    read = read_texts({"n-1": BRIDGE, "s-1": BRIDGE.replace("Monday", "a Monday"), "s-2": VOTE})
    dates = pd.to_datetime(["2016-05-03", "2016-05-02", "2016-05-02"])
    own = {"outlet": ["North", "South", "South"], "cluster_id": ["n-1", "n-1", "s-2"]}
    read = change_tables(read, articles=read.articles.assign(published_from=dates, published_to=dates, **own))
    kept = stories.keep_articles(read, "matched")
    assert set(kept.articles["article_id"]) == {"n-1", "s-1"} == set(kept.sentences["article_id"])
    assert stories.keep_articles(read, "unique").articles["article_id"].tolist() == ["s-1", "s-2"]
    assert stories.keep_articles(read) is read
    with pytest.raises(ValueError, match="set ARTICLES ="):
        stories.keep_articles(change_tables(read, articles=read.articles.iloc[1:]), "matched")
    with pytest.raises(ValueError, match="no ARTICLES 'some' in the choices: write one of all, matched, unique"):
        stories.keep_articles(read, "some")


def read_story(texts, day="2016-05-02", story="s", until=None):
    read = read_texts(texts, actors=ACTORS)
    days = pd.to_datetime([day] * len(texts) if isinstance(day, str) else day)
    dates = {"published_from": days, "published_to": days if until is None else pd.to_datetime([until] * len(texts))}
    return change_tables(read, articles=read.articles.assign(story_id=story, **dates))


@pytest.fixture(scope="module")
def read():
    return read_story({"North-1": NORTH, "South-1": SOUTH, "West-1": WEST})


def test_the_same_fact_is_found_and_another_of_the_same_story_is_not(read):
    aligned = align_sentences(read, pair_articles(read))
    assert list(aligned.columns) == [*stories.PAIR, "chance", "shown"]
    assert aligned["chance"].between(stories.KEPT, 1).all() and aligned["outlet"].ne(aligned["other_outlet"]).all()
    chance = aligned.set_index(KEY)["chance"]
    others = [chance.get(("North-1", x, "South-1", y), 0) for x in (1, 2) for y in (1, 2)]
    assert chance["North-1", 0, "West-1", 0] > 0.9 and chance["North-1", 0, "South-1", 0] > max(others)
    shown = set(aligned.loc[aligned["shown"], KEY].itertuples(index=False, name=None))
    assert ("North-1", 0, "West-1", 0) in shown
    assert not shown & {("North-1", 1, "South-1", 1), ("North-1", 1, "South-1", 2), ("North-1", 2, "South-1", 2)}
    assert {*stories.describe_differences(read, aligned)[KEY].itertuples(index=False, name=None)} <= shown


def test_what_a_pair_of_sentences_has_in_common_by_hand():
    """Two sentences against one: `bridge` in all three, `fall` in two of three, the numbers in one each."""
    bridge, fall, nine, ten = ("word", "bridge"), ("word", "fall"), ("number", "9", "nine"), ("number", "10", "10")
    one = [Sentence("", {bridge, fall, nine}), Sentence("", {bridge})]
    other, vectors = [Sentence("", {bridge, fall, ten})], (np.array([[1.0, 0], [0, 1]]), np.array([[1, 0]]))
    found = {name: matrix.ravel() for name, matrix in compare_sentences(one, other, *vectors).items()}
    b, f, n = (log(4 / held) ** 1.5 for held in (3.5, 2.5, 1.5))
    total = b**2 + f**2 + n**2
    rare = np.array([(b**2 + f**2) / total, b / sqrt(total)])
    assert found["rare_words"] == pytest.approx(rare - rare.mean())
    assert found["numbers"].tolist() == [0, 0] and found["late"].tolist() == [0, 0.5]
    assert found["length"] == pytest.approx([log(2)] * 2) and found["meaning"].tolist() == [1, 0]
    b, c = np.array([-2, 2]) / 3, np.array([1, -1]) / 3  # less the mean of the three vectors
    assert found["own_meaning"] == pytest.approx([1, b @ c / sqrt(b @ b * (c @ c))])
    assert compare_sentences(one, one, vectors[0], vectors[0])["numbers"].tolist() == [[1, 0], [0, 0]]
    chance = np.array([[0.9, 0.5, 0.2], [0.3, 0.6, 0.02]])  # 0.9 is beyond doubt, 0.5 and 0.3 are nobody's likeliest
    assert stories.find_unsure(chance).tolist() == [[False, False, True], [False, True, False]]  # for the encoder


def test_articles_months_apart_are_refused_in_one_sentence_and_statements_about_the_actor_are_offered():
    texts = {"North-1": "Norland shelled the old harbour at night.", "South-1": "Norland has shelled a harbour."}
    month = {"day": "2016-05-01", "until": "2016-05-31"}
    for dates in ({"day": ["2016-05-02", "2016-07-02"]}, month, {"day": [None, None]}):
        read = read_story(texts, story=["s", "t"], **dates)
        pairs = pair_articles(change_tables(read, articles=read.articles.assign(story_id="s")))
        aligned = align_sentences(read, pairs)
        partners = stories.list_partners(read, aligned, pairs)
        assert pairs.empty and aligned.empty and partners.empty and stories.list_absences(partners).empty
        assert "no facts are compared" in answers.answer_same_story(read.articles, pairs, partners)
        assert answers.answer_facts(stories.tabulate_facts(read, partners, "")) == ""
        near = stories.find_near_statements(read, actor="Norland")
        assert near["text"].tolist() == [texts["North-1"]] and near["other_text"].tolist() == [texts["South-1"]]
    assert len(pair_articles(read_story(texts, day=["2016-05-02", "2016-05-05"]))) == 1
    assert pair_articles(read_story({"North-1": NORTH, "North-2": SOUTH})).empty  # one outlet
    assert stories.find_near_statements(read_story(texts), actor="Norland").empty  # one story


def test_near_statements_hang_neither_on_the_order_of_articles_nor_on_the_names_of_outlets(monkeypatch):
    texts = {
        "a-1": "Norland shelled the old harbour at night.", "a-2": "Norland shelled an old harbour.",
        "b-1": "Norland has shelled a harbour. Norland taxes salt.", "c-1": "Norland's salt tax will rise.",
    }  # fmt: skip
    names = {"North": "West", "South": "East", "Old": "New"}
    outlets = dict(zip("abc", names, strict=True))
    found = []
    for order in (1, -1):
        for told in (outlets, {key: names[name] for key, name in outlets.items()}):
            some = {f"{told[key[0]]}-{key[2]}": texts[key] for key in list(texts)[::order]}
            for most in (1, 40):
                monkeypatch.setattr(stories, "MOST", most)
                near = stories.find_near_statements(read_story(some, story=list(some)), actor="Norland")
                pairs = {frozenset(pair) for pair in near[["text", "other_text"]].itertuples(index=False)}
                found.append((most, pairs))
    assert found[0] != found[1] and found == found[:2] * 4
    assert frozenset(("Norland taxes salt.", texts["c-1"])) in found[1][1]


def test_two_sentences_differ_in_their_numbers_names_and_sources_alone():
    differ = [
        ("Nine men died in Tarnok.", "Eleven men died in Tarnok.", ("number", {"nine"}, {"eleven"})),
        ("Rebels left Tarnok.", "The terrorists left Tarnok.", ("name", {"rebel"}, {"terrorist"})),
        ("The port burned, police said.", "The port burned, a monitor said.", ("source", {"police"}, {"monitor"})),
    ]
    same = [
        ("Nine men died in Tarnok in 2016.", "9 men died in Tarnok."),
        ("Nine men died in Tarnok.", "Nine of 20 men died in Tarnok."),  # the one is only more exact
        ("Norland left.", "Norland withdrew."),
        ("On 9 May the port burned.", "The port burned on May 11th."),
        ("The port burned.", "The port burned, Sorland said."),  # who says it is not another
        ("The port burned, a monitor said.", "The port burned, the war monitor said."),
    ]
    told_alone = [("Norland killed nine men.", "doer", "Norland")]
    told_alone += [("The port reportedly burned.", "hedge", "reportedly")]
    texts = {text for one, other, *_ in (*differ, *same) for text in (one, other)} | {text for text, *_ in told_alone}
    read = read_texts({f"North-{n}": text for n, text in enumerate(sorted(texts))}, actors=ACTORS)
    found = stories.read_sentences(read, read.articles["article_id"].tolist())
    known = {some[0].text: some[0] for some in found.values()}
    for one, other, (kind, here, there) in differ:
        for a, b, wanted in ((one, other, (kind, here, there)), (other, one, (kind, there, here))):
            assert wanted in list(find_differences(known[a], known[b]))
    for one, other in [*same, *((one, one) for one in texts)]:
        assert not list(find_differences(known[one], known[other]))
    for text, kind, told in told_alone:
        assert stories.list_told(known[text])[kind] == {(told,)}


def test_what_one_outlet_alone_tells_is_tested_by_story():
    """North alone gives a number, in seven stories: of parts swapped at random, once in 64 all are on one side."""
    rows = [(f"{outlet}-{n}", outlet, other, outlet == "North") for n in range(7) for _ in range(4)
            for two in [("North", ("South", "West")[n == 6])] for outlet, other in (two, two[::-1])]  # fmt: skip
    told = pd.DataFrame(rows, columns=["article_id", "outlet", "other_outlet", "number"])
    articles = told[["article_id", "outlet"]].drop_duplicates().assign(published="", text="")
    articles["story_id"] = articles["article_id"].str[-1]
    assert inference.compare_tellings(told.head(0), SimpleNamespace(articles=articles)).empty
    told = inference.compare_tellings(told, SimpleNamespace(articles=articles))
    told = told.set_index(["outlet", "other_outlet"]).sort_index()
    assert told.index.tolist() == [("North", "South"), ("North", "West"), ("North", inference.ALL), ("South", "North"),
                                   ("South", inference.ALL), ("West", "North"), ("West", inference.ALL)]  # fmt: skip
    assert told["n"].tolist() == [24, 4, 28, 0, 0, 0, 0] and told["k"].tolist() == [6, 1, 7, 6, 6, 1, 1]
    assert told["total"].tolist() == [24, 4, 28, 24, 24, 4, 4] and told.loc[("North", inference.ALL), "p"] < 0.05
    assert {*told.index[told["p"].isna()]} == {("North", "West"), ("West", "North"), ("West", inference.ALL)}


def test_what_no_article_of_an_outlet_reports_is_absent_there(read):
    rows = [("North-1", 0, "South-1", 0, 0.9), ("North-1", 0, "West-1", 0, 0.95), ("North-1", 2, "South-1", 1, 0.8)]
    aligned = pd.DataFrame(rows, columns=[*KEY, "chance"]).assign(shown=True)
    for side in ("", "other_"):
        aligned[f"{side}outlet"] = aligned[f"{side}article_id"].str.split("-").str[0]
    partners = stories.list_partners(read, aligned, pair_articles(read))
    absent = stories.list_absences(partners)
    cells = set(absent[["article_id", "sentence_no", "other_outlet"]].itertuples(index=False, name=None))
    alone = {("North-1", 1, "South"), ("North-1", 1, "West"), ("South-1", 2, "North"), ("South-1", 2, "West")}
    told_by_one = {("North-1", 2, "West"), ("South-1", 0, "West"), ("South-1", 1, "West"), ("West-1", 0, "South")}
    assert cells == alone | told_by_one
    first = absent.iloc[:4]  # ranked by how many others have it; of two other outlets one has it
    assert first["n_others"].eq(1).all() and absent.iloc[4:]["n_others"].eq(0).all()
    error = stories.load_error()
    odds = error["missed_a"] + error["missed_b"] * log(stories.KEPT / (1 - stories.KEPT))
    assert absent["chance_missed"].tolist() == pytest.approx([1 / (1 + np.exp(-odds))] * 8, abs=0.005)
    facts = stories.tabulate_facts(read, partners, "s")
    assert list(facts.columns) == ["North", "South", "West", "differs"]
    assert facts["North"].iloc[0].startswith("A bridge")
    assert "number: nine (North), eleven (South)" in facts["differs"].iloc[0]
    assert facts["West"].tolist()[1].startswith("no sentence found (chance that it was missed: 0.0")
    assert answers.answer_facts(facts).endswith("and West tell one story and differ in 4 facts:** a number (1).")
    assert len(facts) == 4  # two facts that others have, and what North and South have alone
    told = stories.list_tellings(read, aligned)
    assert told["outlet"].tolist() == ["North", "South", "North", "West", "North", "South"]
    assert told["source"].sum() == 1 and not told["number"].any()  # 1961 is a date; officials denied something
    said = answers.answer_same_story(read.articles, pair_articles(read), partners)
    assert "within 3 days, 5 of 7 sentences have a partner in another outlet" in said  # in whichever
