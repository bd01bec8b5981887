"""Contrasts: against scikit-learn itself, by hand, and by taking articles out."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from helpers import terms
from helpers.reading.masking import NEUTRAL
from tests.readings import build_reading

WORDS = ["rocket", "village", "border", "camp", "desert", "convoy", "winter", "market", "bridge", "harvest"]


def _contrast(read, **options):
    options = {"actor": "ISIS", "target": "North", "min_n": 1, **options}
    return terms.contrast_terms(read, **options)


def _random_reading(seed, sizes):
    """sizes: words of each article of each outlet."""
    random = np.random.default_rng(seed)
    articles = {}
    for outlet, lengths in sizes.items():
        for number, length in enumerate(lengths):
            words = [str(word) for word in random.choice(WORDS, length)]
            articles[f"{outlet}{number}"] = (outlet, [" ".join(["{ISIS|ISIS}", *words])])
    return build_reading(articles)


def _score_by_scikit(read, target, without=(), idf_from=None):
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


def test_removing_the_only_articles():
    read = build_reading({"a": ("North", ["{ISIS|ISIS} rocket."]), "b": ("South", ["{ISIS|ISIS} winter."])})
    assert _contrast(read).set_index("term")["driven_by"].to_dict() == {"rocket": "a", "winter": "b"}


def test_terms_do_not_cross_punctuation_names_or_hold_stop_words():
    mask = min(NEUTRAL)
    found = terms.find_terms(f"the surface missile , rocket {mask} village of doom x")
    assert found == ["surface", "surface missile", "missile", "rocket", "village", "doom"]
    assert terms.find_terms("village of doom", (3, 3)) == ["village of doom"]
    assert terms.find_terms("village camp", (2, 2)) == ["village camp"]


@given(st.lists(st.sampled_from(["rocket", "the", ".", min(NEUTRAL), "camp", "'s", "…"]), max_size=12))
def test_terms_are_the_tokens_they_say(tokens):
    for term in terms.find_terms(" ".join(tokens), (1, 3)):
        words = term.split()
        assert words in [tokens[first : first + len(words)] for first in range(len(tokens))]
        assert not {words[0], words[-1]} & {"the", "'s"}
        assert not set(words) & {".", "…", *NEUTRAL}


def test_nouns_and_verbs_among_the_stop_words_are_terms():
    assert terms.find_terms("open fire on the front") == ["open", "open fire", "fire", "front"]


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


def test_sorted_by_score_then_term():
    contrasts = _contrast(_random_reading(5, SIZES))
    pairs = [(-score, term) for score, term in zip(contrasts["score"], contrasts["term"], strict=True)]
    assert pairs == sorted(pairs)


@pytest.mark.parametrize("order", [[5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 4, 3]])
def test_the_order_of_the_rows_changes_nothing(order):
    read = _random_reading(2, SIZES)
    shuffled = SimpleNamespace(**{**vars(read), "passages": read.passages.iloc[order].reset_index(drop=True)})
    pd.testing.assert_frame_equal(_contrast(read), _contrast(shuffled))


def test_against_one_outlet_leaves_the_others_out():
    read = _random_reading(4, SIZES)
    one = _contrast(read, against="South")
    assert set(one["against"]) == {"South"}
    assert set(_contrast(read)["against"]) == {"South | West"}
    assert one["n_rest"].sum() < _contrast(read)["n_rest"].sum()


def test_errors_say_what_there_is():
    read = build_reading({
        "a": ("North", ["{ISIS|ISIS} rocket."]), "b": ("South", ["{Turkey|Turkey} harvest."]),
    })  # fmt: skip
    with pytest.raises(ValueError, match="measure='chi2' is not one of 'tfidf', 'log_odds'"):
        _contrast(read, measure="chi2")
    with pytest.raises(ValueError, match=r"no passage about 'ISIS' in 'South' \(these have: North\)"):
        _contrast(read, target="South")
    with pytest.raises(ValueError, match=r"no outlet 'Nord' in articles.csv \(there are: North, South\)"):
        _contrast(read, target="Nord")
    with pytest.raises(ValueError, match="no actor 'Daesh'"):
        _contrast(read, actor="Daesh")


def test_one_outlet_has_nothing_to_be_contrasted_with():
    read = build_reading({"a": ("North", ["{ISIS|ISIS} rocket."])})
    contrasts = _contrast(read)
    assert contrasts.empty and list(contrasts.columns) == list(terms.COLUMNS)


def test_an_actor_that_nobody_mentions_has_no_terms():
    read = build_reading({"a": ("North", ["{ISIS|ISIS} rocket."]), "b": ("South", ["Rain fell."])}, actors=["Unseen"])
    assert _contrast(read, actor="Unseen").empty


def test_nothing_given_is_changed():
    read = _random_reading(6, SIZES)
    before = read.passages.copy()
    _contrast(read)
    pd.testing.assert_frame_equal(read.passages, before)
