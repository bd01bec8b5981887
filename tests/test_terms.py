"""Contrasts and their measures: against scikit-learn and scipy, worked examples, by hand, on planted words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from sklearn.feature_extraction.text import TfidfVectorizer

from helpers import answers, terms
from helpers.reading import change_tables
from helpers.reading.masking import NEUTRAL
from helpers.terms import score_g2, score_log_odds, score_log_ratio
from tests.readings import build_reading

WORDS = ["village", "border", "camp", "desert", "convoy", "winter", "market", "bridge"]
SIZES = {"North": [5, 25, 1], "South": [3], "West": [10, 1]}  # sentences of each article of each outlet


def _contrast(read, **options):
    return terms.contrast_terms(read, **{"actor": "ISIS", "target": "North", "min_n": 1, **options})


def _read(seed, sizes, planted=None):
    """Random words around the actor; a planted one stands in the given share of each outlet's sentences."""
    rng, articles = np.random.default_rng(seed), {}
    for outlet, lengths in sizes.items():
        for number, length in enumerate(lengths):
            sentences = []
            for _ in range(length):
                words = [str(word) for word in rng.choice(WORDS, 5)]
                if planted and rng.random() < planted[outlet]:
                    words.append("rocket")
                sentences.append(" ".join(["{ISIS|ISIS}", *words]) + ".")
            articles[f"{outlet}{number:02}"] = (outlet, sentences)
    return build_reading(articles)


def test_scores_are_those_of_scikit_learn():
    """The definition once more, densely and with scikit-learn's own class."""
    read = _read(7, {**SIZES, "East": [20, 3]})
    own = {"outlet": ("outlet", "first"), "n": ("n_words", "sum"), "lemmas": ("lemmas", list)}
    documents = read.passages.groupby("article_id").agg(**own)
    vectorizer = TfidfVectorizer(analyzer=lambda passages: [one for own in terms.find_terms(passages) for one in own])
    vectors = vectorizer.fit_transform(documents["lemmas"]).toarray()
    north, *rest = (
        np.average(vectors[documents["outlet"] == outlet], axis=0, weights=own["n"].clip(upper=100))
        for outlet, own in sorted(documents.groupby("outlet"), key=lambda pair: pair[0] != "North")
    )
    expected = pd.Series(north - np.mean(rest, axis=0), vectorizer.get_feature_names_out())
    found = _contrast(read).set_index("term")["score"]
    assert set(found.index) == set(expected.index) and (found - expected).abs().max() < 1e-9


def test_a_tf_idf_score_by_hand():
    read = build_reading({
        "a": ("North", ["{ISIS|ISIS} rockets; village."]), "b": ("South", ["{ISIS|ISIS} village."]),
    })  # fmt: skip
    # idf(rockets) = ln(3/2) + 1, idf(village) = ln(3/3) + 1 = 1; North's vector has the length of the two
    rockets, village = np.log(1.5) + 1, 1.0
    length = np.sqrt(rockets**2 + village**2)
    contrasts = _contrast(read).set_index("term")
    assert contrasts["score"].to_dict() == pytest.approx({"rockets": rockets / length, "village": village / length - 1})
    row = contrasts.loc["village"]
    assert row[["n_target", "n_rest", "articles_target", "articles_rest"]].tolist() == [1, 1, 1, 1]
    assert row[["rate_target", "rate_rest"]].tolist() == pytest.approx([10_000 / 3, 10_000 / 2])


@pytest.mark.parametrize(("lemmas", "ngrams", "found"), [
    (f"the surface missile , rocket {min(NEUTRAL)} village of doom x", (1, 2),
     ["surface", "surface missile", "missile", "rocket", "village", "doom"]),
    ("village of doom", (3, 3), ["village of doom"]),
    ("anti - war non - military", (1, 2), ["war", "military"]),
    ("village camp", (2, 2), ["village camp"]),
    # nouns and verbs among the stop words are terms
    ("open fire on the front", (1, 2), ["open", "open fire", "fire", "front"]),
])  # fmt: skip
def test_terms_do_not_cross_punctuation_names_or_begin_or_end_with_stop_words(lemmas, ngrams, found):
    assert [sorted(own) for own in terms.find_terms([lemmas, "of"], ngrams)] == [sorted(found), []]


def test_only_passages_of_sentences_about_the_actor_count():
    read = build_reading({
        "a": ("North", [[("outlet", "{ISIS|ISIS} lost rocket:"), ("quote", '"harvest winter"')],
                        "{Turkey|Turkey} convoy.", "Road to {ISIS|ISIS|name|place} desert."]),
        "b": ("South", [[("outlet", "{ISIS|ISIS} market."), ("quote", '"village"')]]),
    })  # fmt: skip
    quoted = _contrast(read, voice="quote")
    assert set(quoted["term"]) == {"harvest winter", "village"}  # its words stand only in the longer term
    found = " ".join(_contrast(read)["term"])
    assert "harvest" in found and "rocket" in found and not {"convoy", "desert"} & set(found.split())


def test_rows_are_sorted_whatever_the_order_of_the_passages_and_min_n_cuts_rows_not_scores():
    read = _read(2, SIZES)
    contrasts = _contrast(read)
    assert contrasts.index.tolist() == contrasts.sort_values(["score", "term"], ascending=[False, True]).index.tolist()
    read.passages = read.passages.sample(frac=1, random_state=0, ignore_index=True)
    pd.testing.assert_frame_equal(_contrast(read), contrasts)
    often = contrasts[contrasts["n_target"] + contrasts["n_rest"] >= 3].drop(columns=["low", "high", "p", "note"])
    pd.testing.assert_frame_equal(_contrast(read, min_n=3)[often.columns], often.reset_index(drop=True))
    every = _contrast(read, target=None, replicates=0)  # each outlet in turn
    assert every["against"].unique().tolist() == ["South | West", "North | West", "North | South"]


@pytest.mark.parametrize(("options", "error"), [
    ({"measure": "chi2"}, "no measure 'chi2' in terms.MEASURES: write one of g2, log_odds"),
    ({"ngrams": (2, 1)}, "write the words of the shortest and of the longest term"),
    ({"target": "Nord"}, r"no outlet 'Nord' in the passages about 'ISIS' \(nearest: 'North'\)"),
])  # fmt: skip
def test_an_unknown_measure_or_outlet_is_refused_with_those_that_there_are(options, error):
    read = build_reading({"a": ("North", ["{ISIS|ISIS} rocket."]), "b": ("South", ["{Turkey|Turkey} harvest."])})
    with pytest.raises(ValueError, match=error):
        _contrast(read, **options)


@pytest.mark.parametrize(("actor", "sentence"), [("Unseen", "Rain fell."), ("ISIS", "")])
def test_an_actor_nobody_mentions_or_one_outlet_alone_has_no_terms(actor, sentence):
    articles = {"a": ("North", ["{ISIS|ISIS} rocket."])} | ({"b": ("South", [sentence])} if sentence else {})
    contrasts = _contrast(build_reading(articles, actors=["Unseen"]), actor=actor)
    assert contrasts.empty and list(contrasts.columns) == list(terms.COLUMNS)


def test_log_odds_are_those_of_the_worked_example():
    """12 of 800 words against 3 of 700, background rate .006; three strengths of the prior."""
    strength = np.array([50.0, 500, 5000])
    a, b, n_a, n_b = np.repeat([[12.0], [3], [800], [700]], 3, axis=1)
    delta, z = score_log_odds(a, b, n_a, n_b, strength * 0.006, strength)
    assert delta == pytest.approx([1.2007, 0.8428, 0.2252], abs=5e-5)
    assert z == pytest.approx([1.9368, 1.7448, 0.9682], abs=5e-5)
    alone = score_log_odds(*np.array([[3.0], [5], [3], [5], [3], [3]]))  # no other term of its length on either side
    assert np.ravel(alone).tolist() == [0, 0]
    assert score_log_ratio(*np.array([[8.0, 2, 1000, 500], [0, 2, 500, 500]]).T) == pytest.approx([1, -2])


@given(st.integers(0, 40), st.integers(0, 40), st.integers(41, 900), st.integers(41, 900))
def test_g2_is_the_likelihood_ratio_of_the_table(a, b, n_a, n_b):
    found = float(score_g2(*(np.array(float(x)) for x in (a, b, n_a, n_b))))
    if a + b == 0:
        assert found == 0
        return
    expected = chi2_contingency([[a, b], [n_a - a, n_b - b]], correction=False, lambda_="log-likelihood").statistic
    assert abs(found) == pytest.approx(expected, abs=1e-6)
    assert np.sign(found) == np.sign(a / n_a - b / n_b) or abs(found) < 1e-9


@pytest.mark.parametrize("measure", terms.MEASURES)
def test_a_planted_word_is_found_and_no_other(measure):
    read = _read(3, {"North": [8] * 20, "South": [8] * 20}, planted={"North": 0.8, "South": 0.2})
    read.articles["published"] = "2016-05"
    contrasts = _contrast(read, min_n=2, measure=measure, ngrams=(1, 1)).set_index("term")
    assert contrasts.loc["rocket", "p"] <= 0.01 and (contrasts.drop("rocket")["p"] > 0.05).all()
    low, score, high = contrasts.loc["rocket", ["low", "score", "high"]]
    assert 0 < low < score < high if measure != "g2" else np.isnan(low)
    told = answers.answer_differences(contrasts.reset_index(), "term")
    assert told.startswith("**1 of 9 tested differences holds: “rocket” (")
    assert set(contrasts["note"]) == {""} and set(contrasts["k_target"]) == {20}
    read.articles["published"] = ["2016-02" if outlet == "North" else "2017-06" for outlet in read.articles["outlet"]]
    apart = _contrast(read, min_n=2, measure=measure)
    assert apart["p"].isna().all() and apart["note"].str.contains("outlet and event cannot be told apart").all()


def test_whole_articles_and_words_planned_beforehand():
    read = build_reading({
        "n": ("North", ["{ISIS|ISIS} border camp desert.", "Harvest came."]), "s": ("South", ["{ISIS|ISIS} convoy."]),
        "w": ("West", ["Harvest came."]),
    })  # fmt: skip
    found, whole = (set(_contrast(read, scope=scope)["term"]) for scope in terms.SCOPES)
    assert "harvest" not in found and whole == found | {"harvest came"}  # each word stands only in the longer term
    planned = _contrast(read, scope="articles", words=["Harvest", "border", "never"])
    assert planned[["term", "n_target", "n_rest"]].values.tolist() == [["border", 1, 0], ["harvest", 1, 0]]
    sentence = "{ISIS|ISIS} held the old border camp in the desert."  # printed again by one outlet, it counts once
    read = build_reading({"n": ("North", [sentence]), "m": ("North", [sentence]), "s": ("South", [sentence])})
    contrasts = _contrast(read, ngrams=(1, 1)).set_index("term")
    assert contrasts.loc["camp", ["n_target", "n_rest"]].tolist() == [1, 1]
    planned = _contrast(read, words="Camp in the desert")  # of four words, though other terms have at most two
    assert planned[["term", "n_target", "n_rest"]].values.tolist() == [["camp in the desert", 1, 1]]


def test_a_sentence_that_an_outlet_prints_again_counts_once():
    pasted, short = "the war have kill half a million", "a monitor say so"
    rows = [("N", pasted, 7), ("N", f"{pasted} .", 7), ("S", pasted, 7), ("N", short, 4), ("N", short, 4)]
    passages = pd.DataFrame(rows, columns=["outlet", "lemmas", "n_words"])
    assert terms.drop_repeated(passages).index.tolist() == [0, 2, 3, 4]
    assert terms.drop_repeated(passages.iloc[::-1]).index.tolist() == [4, 3, 2, 1]
    assert terms.drop_repeated(passages.iloc[:0]).empty


def test_a_repeated_passage_stays_in_the_first_article_by_date_whatever_the_order_of_articles_csv():
    sentence = "{ISIS|ISIS} held the old border camp in the desert."
    for order, days, first in (("nm", ["2016-05-03", "2016-05-02"], "m"), ("mn", ["2016-05-03", "2016-05-02"], "n"),
                               ("nm", [None, "2016-05-02"], "m"), ("nm", ["2016-05-02"] * 2, "m")):  # fmt: skip
        read = build_reading({article_id: ("North", [sentence]) for article_id in order})
        read = change_tables(read, articles=read.articles.assign(published_from=pd.to_datetime(days)))
        kept = terms.drop_repeated(terms.select_passages(read, actor="ISIS"))
        assert kept["article_id"].tolist() == [first]


def test_terms_that_never_stand_alone_are_joined_with_the_longest():
    """`strike` is also found without `air`, `kill` twice where `strike kill` is once; `rebel` is part of no term."""
    counts = {"air": 3, "strike": 4, "air strike": 3, "kill": 2, "strike kill": 1, "rebel": 3, "mass": 1, "grave": 1,
              "mass grave": 1, "find mass grave": 1}  # fmt: skip
    kept = np.array(list(counts))[terms.stand_alone(list(counts), np.array(list(counts.values())))]
    assert kept.tolist() == ["strike", "air strike", "kill", "strike kill", "rebel", "find mass grave"]
    assert terms.stand_alone([], np.zeros(0)).size == 0
