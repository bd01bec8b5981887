"""Contrasts and their measures: against scikit-learn, worked examples and peers' numbers, by hand, on planted words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from sklearn.feature_extraction.text import TfidfVectorizer

from helpers import answers, evidence, terms
from helpers.reading import schemas
from helpers.reading.masking import NEUTRAL
from helpers.terms import find_dispersion, rank_log_odds, score_g2, score_log_odds, score_log_ratio
from tests.readings import build_reading

WORDS = ["rocket", "village", "border", "camp", "desert", "convoy", "winter", "market", "bridge", "harvest"]


def _contrast(read, **options):
    return terms.contrast_terms(read, **{"actor": "ISIS", "target": "North", "min_n": 1, **options})


def _random_reading(seed, sizes):
    """sizes: words of each article of each outlet."""
    random = np.random.default_rng(seed)
    articles = {}
    for outlet, lengths in sizes.items():
        for number, length in enumerate(lengths):
            words = [str(word) for word in random.choice(WORDS, length)]
            articles[f"{outlet}{number}"] = (outlet, [" ".join(["{ISIS|ISIS}", *words])])
    return build_reading(articles)


def _score_by_scikit(read, target, without=()):
    """The definition once more, densely and with scikit-learn's own class."""
    documents = read.passages.groupby("article_id").agg(
        outlet=("outlet", "first"), n=("n_words", "sum"), lemmas=("lemmas", list)
    )
    vectorizer = TfidfVectorizer(
        analyzer=lambda document: [term for lemmas in document for term in terms.find_terms(lemmas)]
    )
    vectors = vectorizer.fit_transform(documents["lemmas"]).toarray()
    kept = ~documents.index.isin(without)
    documents, vectors = documents[kept], vectors[kept]
    means = {
        outlet: np.average(vectors[documents["outlet"] == outlet], axis=0, weights=group["n"].clip(upper=100))
        for outlet, group in documents.groupby("outlet")
    }
    zero = np.zeros(vectors.shape[1])
    rest = [mean for outlet, mean in means.items() if outlet != target]
    score = means.get(target, zero) - (np.mean(rest, axis=0) if rest else zero)
    return dict(zip(vectorizer.get_feature_names_out(), score, strict=True))


SIZES = {"North": [30, 140, 3], "South": [20], "West": [60, 7]}


def test_scores_are_those_of_scikit_learn():
    read = _random_reading(1, SIZES)
    contrasts = _contrast(read)
    expected = _score_by_scikit(read, "North")
    assert set(contrasts["term"]) == set(expected)
    assert contrasts["score"].to_numpy() == pytest.approx([expected[term] for term in contrasts["term"]], abs=1e-9)


def test_a_score_by_hand():
    read = build_reading({
        "a": ("North", ["{ISIS|ISIS} rockets; village."]),
        "b": ("South", ["{ISIS|ISIS} village."]),
    })  # fmt: skip
    # idf(rockets) = ln(3/2) + 1, idf(village) = ln(3/3) + 1 = 1; North's vector has the length of the two
    rockets, village = np.log(1.5) + 1, 1.0
    length = np.sqrt(rockets**2 + village**2)
    contrasts = _contrast(read).set_index("term")
    assert contrasts.loc["rockets", "score"] == pytest.approx(rockets / length, abs=1e-11)
    assert contrasts.loc["village", "score"] == pytest.approx(village / length - 1, abs=1e-11)
    assert contrasts.index.tolist() == ["rockets", "village"]
    assert contrasts.loc["village", ["n_target", "n_rest", "articles_target", "articles_rest"]].tolist() == [1, 1, 1, 1]
    assert contrasts.loc["village", "rate_target"] == pytest.approx(10_000 / 3)
    assert contrasts.loc["village", "rate_rest"] == pytest.approx(10_000 / 2)


def test_a_long_article_weighs_as_100_words():
    sentence = "{ISIS|ISIS} rocket " + "the " * 48
    read = build_reading({
        "a0": ("North", [sentence.strip()] * 5),  # 250 words, counts as 100
        "a1": ("North", [("{ISIS|ISIS} village " + "the " * 48).strip()]),  # 50 words
        "b0": ("South", ["{ISIS|ISIS} winter."]),
    })  # fmt: skip
    scores = _contrast(read).set_index("term")["score"]
    assert scores["rocket"] == pytest.approx(100 / 150)
    assert scores["village"] == pytest.approx(50 / 150)


def test_driven_by_is_the_article_without_which_the_score_changes_most():
    read = _random_reading(7, {"North": [9, 12, 40], "South": [5], "West": [20, 8], "East": [120, 15]})
    contrasts = _contrast(read)
    full = _score_by_scikit(read, "North")
    holders = {
        term: {row.article_id for row in read.passages.itertuples() if term in terms.find_terms(row.lemmas)}
        for term in contrasts["term"]
    }
    without = {a: _score_by_scikit(read, "North", without=[a]) for a in read.articles["article_id"]}
    for row in contrasts.itertuples():
        change = {a: round(abs(without[a][row.term] - full[row.term]), 10) for a in sorted(holders[row.term])}
        assert change[row.driven_by] == pytest.approx(max(change.values()), abs=1e-9)
    alone = build_reading({"a": ("North", ["{ISIS|ISIS} rocket."]), "b": ("South", ["{ISIS|ISIS} winter."])})
    assert _contrast(alone).set_index("term")["driven_by"].to_dict() == {"rocket": "a", "winter": "b"}


def test_terms_do_not_cross_punctuation_names_or_hold_stop_words():
    mask = min(NEUTRAL)
    found = terms.find_terms(f"the surface missile , rocket {mask} village of doom x")
    assert found == ["surface", "surface missile", "missile", "rocket", "village", "doom"]
    assert terms.find_terms("village of doom", (3, 3)) == ["village of doom"]
    assert terms.find_terms("village camp", (2, 2)) == ["village camp"]
    # nouns and verbs among the stop words are terms
    assert terms.find_terms("open fire on the front") == ["open", "open fire", "fire", "front"]


@given(st.lists(st.sampled_from(["rocket", "the", ".", min(NEUTRAL), "camp", "'s", "…"]), max_size=12))
def test_terms_are_the_tokens_they_say(tokens):
    for term in terms.find_terms(" ".join(tokens), (1, 3)):
        words = term.split()
        assert words in [tokens[first : first + len(words)] for first in range(len(tokens))]
        assert not {words[0], words[-1]} & {"the", "'s"}
        assert not set(words) & {".", "…", *NEUTRAL}


def test_only_sentences_about_the_actor_count_and_places_do_not():
    read = build_reading({
        "a": ("North", ["{ISIS|ISIS} rocket.", "{Turkey|Turkey} harvest.", "Road to {ISIS|ISIS|name|place} market."]),
        "b": ("South", ["{ISIS|ISIS} winter."]),
    })  # fmt: skip
    assert set(_contrast(read)["term"]) == {"rocket", "winter"}


def test_a_passage_concerns_every_actor_of_its_sentence_and_voice_selects_passages():
    read = build_reading({
        "a": ("North", [[("outlet", "{ISIS|ISIS} lost rocket:"), ("quote", '"harvest winter"')]]),
        "b": ("South", [[("outlet", "{ISIS|ISIS} market."), ("quote", '"village"')]]),
    })  # fmt: skip
    quoted = _contrast(read, voice="quote")
    assert set(quoted["term"]) == {"harvest", "winter", "harvest winter", "village"}
    assert set(quoted["voice"]) == {"quote"}
    assert {"harvest", "rocket"} < set(_contrast(read)["term"])


def test_min_n_and_top_cut_rows_not_scores():
    read = _random_reading(3, SIZES)
    full = _contrast(read).set_index("term")
    often = _contrast(read, min_n=3)
    assert (often["n_target"] + often["n_rest"] >= 3).all() and len(often) < len(full)
    assert often["score"].tolist() == full.loc[often["term"], "score"].tolist()
    pd.testing.assert_frame_equal(_contrast(read, top=5), _contrast(read).head(5))
    assert _contrast(read, top=0).empty


@pytest.mark.parametrize("order", [[5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 4, 3]])
def test_rows_are_sorted_by_score_then_term_whatever_the_order_of_the_passages(order):
    read = _random_reading(2, SIZES)
    before = read.passages.copy()
    contrasts = _contrast(read)
    pd.testing.assert_frame_equal(read.passages, before)
    assert contrasts.index.tolist() == contrasts.sort_values(["score", "term"], ascending=[False, True]).index.tolist()
    read.passages = before.iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(_contrast(read), contrasts)


def test_against_one_outlet_leaves_the_others_out():
    read = _random_reading(4, SIZES)
    one = _contrast(read, against="South")
    assert set(one["against"]) == {"South"}
    assert set(_contrast(read)["against"]) == {"South | West"}
    assert one["n_rest"].sum() < _contrast(read)["n_rest"].sum()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"measure": "chi2"}, "measure='chi2' is not one of 'tfidf', 'log_odds'"),
        ({"target": "South"}, r"no passage about 'ISIS' in 'South' \(these have: North\)"),
        ({"target": "Nord"}, r"no outlet 'Nord' in articles.csv \(there are: North, South\)"),
        ({"actor": "Daesh"}, "no actor 'Daesh'"),
    ],
)
def test_errors_say_what_there_is(options, error):
    read = build_reading({"a": ("North", ["{ISIS|ISIS} rocket."]), "b": ("South", ["{Turkey|Turkey} harvest."])})
    with pytest.raises(ValueError, match=error):
        _contrast(read, **options)


@pytest.mark.parametrize(("actor", "sentence"), [("Unseen", "Rain fell."), ("ISIS", "")])
def test_an_actor_nobody_mentions_or_one_outlet_alone_has_no_terms(actor, sentence):
    articles = {"a": ("North", ["{ISIS|ISIS} rocket."])} | ({"b": ("South", [sentence])} if sentence else {})
    read = build_reading(articles, actors=["Unseen"])
    contrasts = _contrast(read, actor=actor)
    assert contrasts.empty and list(contrasts.columns) == list(terms.COLUMNS)
    assert evidence.place_terms(read, contrasts).empty


each_measure = pytest.mark.parametrize("measure", ["tfidf", "log_odds", "g2", "log_ratio"])
COMMON = ["village", "border", "camp", "desert", "convoy", "winter", "market", "bridge"]


def _read(seed, k, planted=None, dates=False):
    """k articles an outlet of 8 sentences; a planted word stands in the given share of each outlet's sentences."""
    rng = np.random.default_rng(seed)
    articles = {}
    for outlet in ("North", "South"):
        for number in range(k):
            sentences = []
            for _ in range(8):
                words = [str(word) for word in rng.choice(COMMON, 5)]
                if planted and rng.random() < planted[outlet]:
                    words.append("rocket")
                sentences.append(" ".join(["{ISIS|ISIS}", *words]) + ".")
            articles[f"{outlet}{number:02}"] = (outlet, sentences)
    read = build_reading(articles, check=schemas.cast)
    read.articles["published"] = "2016-05" if dates else ""
    return read


@pytest.mark.parametrize(
    ("strength", "delta", "z"), [(50, 1.2007, 1.9368), (500, 0.8428, 1.7448), (5000, 0.2252, 0.9682)]
)
def test_log_odds_are_those_of_the_worked_example(strength, delta, z):
    """12 of 800 words against 3 of 700, background rate .006."""
    a, b, n_a, n_b, prior, total = map(np.array, (12.0, 3.0, 800.0, 700.0, strength * 0.006, float(strength)))
    found = score_log_odds(a, b, n_a, n_b, prior, total)
    assert found == pytest.approx(delta, abs=5e-5)
    assert rank_log_odds(a, b, prior, found) == pytest.approx(z, abs=5e-5)


def test_g2_ranks_the_published_example_of_quanteda_as_quanteda_does():
    """quanteda.textstats, test-textstat_keyness.R: "basic textstat_keyness lr works on two rows"."""
    letters = "abcdefgh"
    sides = ("aaabbccccccdefghh", "aabccddddefh")
    a, b = (np.array([float(side.count(letter)) for letter in letters]) for side in sides)
    for (one, other), expected in (((a, b), "cgbhaefd"), ((b, a), "defabhgc")):
        found = score_g2(one, other, one.sum(), other.sum())
        assert "".join(letters[at] for at in np.argsort(-found, kind="stable")) == expected


@given(st.integers(0, 40), st.integers(0, 40), st.integers(41, 900), st.integers(41, 900))
def test_g2_is_the_likelihood_ratio_of_the_table(a, b, n_a, n_b):
    found = float(score_g2(*(np.array(float(x)) for x in (a, b, n_a, n_b))))
    if a + b == 0:
        assert found == 0
        return
    expected = chi2_contingency([[a, b], [n_a - a, n_b - b]], correction=False, lambda_="log-likelihood").statistic
    assert abs(found) == pytest.approx(expected, abs=1e-6)
    assert np.sign(found) == np.sign(a / n_a - b / n_b) or abs(found) < 1e-9


@pytest.mark.parametrize(("counts", "expected"), [((8.0, 2.0, 1000.0, 500.0), 1), ((0.0, 2.0, 500.0, 500.0), -2)])
def test_log_ratio_by_hand(counts, expected):
    assert score_log_ratio(*map(np.array, counts)) == pytest.approx(expected)


def test_dispersion_by_hand():
    sizes = np.array([100.0, 300.0])
    even = find_dispersion(np.array([1, 3]), np.array([0, 0]), np.array([0, 1]), sizes, 1)
    single = find_dispersion(np.array([4]), np.array([0]), np.array([0]), sizes, 1)
    assert even == pytest.approx([0]) and single == pytest.approx([0.75 / 0.75])


@each_measure
def test_below_five_articles_nothing_is_tested(measure):
    contrasts = _contrast(_read(0, 4), measure=measure)
    assert contrasts[["low", "high", "p"]].isna().all(axis=None)
    assert set(contrasts["note"]) == {"stories: 4 and 4, 5 a side are needed for a test"}
    assert answers.answer_tested(contrasts).startswith("**No term is tested: stories&#58; 4 and 4")


@each_measure
def test_a_planted_word_is_found_and_no_other(measure):
    read = _read(3, 20, {"North": 0.8, "South": 0.2}, dates=True)
    contrasts = _contrast(read, min_n=2, measure=measure, ngrams=(1, 1))
    contrasts = contrasts.set_index("term")
    assert contrasts.loc["rocket", "p"] <= 0.01 and (contrasts.drop("rocket")["p"] > 0.05).all()
    assert 0 < contrasts.loc["rocket", "low"] < contrasts.loc["rocket", "score"] < contrasts.loc["rocket", "high"]
    assert set(contrasts["note"]) == {""} and set(contrasts["k_target"]) == {20}


def test_false_alarms_are_as_rare_as_promised():
    alarms = [
        _contrast(_read(seed, 6), min_n=2, measure="log_odds", replicates=199)["p"].min() <= 0.05 for seed in range(60)
    ]
    assert np.mean(alarms) <= 0.1


def test_outlets_of_other_months_are_not_tested():
    read = _read(1, 8)
    read.articles["published"] = ["2016-02" if outlet == "North" else "2017-06" for outlet in read.articles["outlet"]]
    contrasts = _contrast(read, min_n=2)
    assert contrasts["p"].isna().all() and contrasts["note"].str.contains("outlet and event cannot be told apart").all()


def test_each_outlet_in_turn():
    read = _read(2, 5)
    every = _contrast(read, target=None, replicates=0)
    assert set(every["target"]) == {"North", "South"}
    for target, own in every.groupby("target"):
        one = _contrast(read, target=target, replicates=0)
        pd.testing.assert_frame_equal(own.reset_index(drop=True), one)
    assert len(_contrast(read, target=None, replicates=0, top=3)) == 6


def test_strength_draws_to_nothing():
    read = _read(4, 5, {"North": 0.9, "South": 0.1})
    scores = [
        _contrast(read, measure="log_odds", strength=strength, replicates=0)
        .set_index("term")["score"]["rocket"]
        for strength in (0.1, 1, 10)
    ]  # fmt: skip
    assert scores[0] > scores[1] > scores[2] > 0


@each_measure
@pytest.mark.parametrize("forms", ["lemmas", "words"])
@pytest.mark.parametrize("window", [None, 3])
def test_every_count_has_its_lines(measure, forms, window):
    read = _read(5, 2, {"North": 0.5, "South": 0.5})
    contrasts = _contrast(read, measure=measure, forms=forms, window=window, min_n=2).head(4)
    lines = evidence.show_lines(read, contrasts)
    assert lines.groupby("row").size().tolist() == (contrasts["n_target"] + contrasts["n_rest"]).tolist()
    places = evidence.place_terms(read, contrasts)
    assert places["position"].notna().sum() == len(lines) and places["position"].dropna().between(0, 1).all()
    assert set(places["article_id"]) == set(read.articles["article_id"])


def test_a_window_keeps_the_words_near_a_mention():
    read = build_reading({
        "n": ("North", ["rocket village {ISIS|ISIS} border camp desert {ISIS|ISIS} convoy."]),
        "s": ("South", [[("outlet", "market {ISIS|ISIS} bridge:"), ("quote", '"winter harvest"')]]),
    })  # fmt: skip
    contrasts = _contrast(read, window=1)
    assert set(contrasts["term"]) == {"village", "border", "desert", "convoy", "market", "bridge"}
    assert set(contrasts["window"]) == {1}
    wide = _contrast(read, window=3)
    assert {"border camp", "camp desert", "bridge"} < set(wide["term"]) and "winter harvest" not in set(wide["term"])
    quoted = _contrast(read, target="South", window=9, voice="quote")
    assert quoted.empty  # North quotes nothing, so there is nothing to set it against
