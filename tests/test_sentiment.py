"""Tone: the library's own numbers, and means by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from helpers import sentiment
from tests.readings import build_reading

ANALYZER = SentimentIntensityAnalyzer()
SENTENCES = [
    "{Hope|ISIS} WON a great victory!!!",
    "{ISIS|ISIS} was not very happy, but the murder was GOOD?",
    "{ISIS|ISIS} moved trucks.",
    "{ISIS|ISIS} hates {Turkey|Turkey}, and {ISIS|ISIS} loves war :)",
]


@pytest.fixture(scope="module")
def read():
    return build_reading({
        "a1": ("North", SENTENCES),
        "a2": ("North", [[("outlet", "{ISIS|ISIS} lost;"), ("quote", '"the terrible {Daesh|ISIS}"')]]),
        "b1": ("South", ["{ISIS|ISIS} moved trucks.", "{Turkey|Turkey} smiled."]),
    })  # fmt: skip


def test_scores_equal_the_library_to_the_last_digit(read):
    scores = sentiment.score_sentences(read)
    for row in scores.itertuples():
        assert row.compound == ANALYZER.polarity_scores(row.text)["compound"]
        assert row.masked_compound == ANALYZER.polarity_scores(row.masked)["compound"]
    assert scores["compound"].nunique() > 4


def test_one_row_a_sentence_and_actor(read):
    scores = sentiment.score_sentences(read)
    assert not scores.duplicated(["actor", "article_id", "sentence_no"]).any()
    assert scores["actor"].value_counts().to_dict() == {"ISIS": 6, "Turkey": 2}
    texts = read.articles.set_index("article_id")["text"]
    assert all(texts[row.article_id][row.start : row.end] == row.text for row in scores.itertuples())


def test_voice_is_that_of_the_mention(read):
    scores = sentiment.score_sentences(read, actor="ISIS").set_index(["article_id", "sentence_no"])
    assert scores.loc[("a2", 0), "voice"] == "mixed"
    assert scores.loc[("a1", 0), "voice"] == "outlet"


def test_a_name_with_a_tone_is_masked(read):
    row = sentiment.score_sentences(read).query("article_id == 'a1' and sentence_no == 0").iloc[0]
    assert row["compound"] > row["masked_compound"] > 0


def test_hits_tell_no_word_from_a_balance(read):
    hits = sentiment.score_sentences(read, actor="ISIS").set_index(["article_id", "sentence_no"])["n_hits"]
    assert hits[("a1", 0)] == 2  # won and great: `victory` is not in the lexicon
    assert hits[("a1", 2)] == 0
    assert hits[("a1", 3)] == 4  # hates, loves, war, :)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["kind", "of", "good", "no", "very", "BAD", "least", "the", "but", "😀", "❤", "war!"])))
def test_no_hit_means_a_score_of_zero(words):
    text = " ".join(words)
    if sentiment._count_hits(ANALYZER, text) == 0:
        assert ANALYZER.polarity_scores(text)["compound"] == 0


def test_outlets_are_chosen_and_checked(read):
    assert set(sentiment.score_sentences(read, outlets="South")["outlet"]) == {"South"}
    assert len(sentiment.score_sentences(read, actor="ISIS", outlets=["South"])) == 1
    with pytest.raises(ValueError, match=r"no outlet 'Sud' in articles.csv \(there are: North, South\)"):
        sentiment.score_sentences(read, outlets=["Sud"])


def test_tone_is_the_mean_of_the_articles_means(read):
    scores = sentiment.score_sentences(read)
    tone = sentiment.average_tone(scores).set_index(["actor", "outlet"])
    value = {key: group["compound"].tolist() for key, group in scores.query("actor == 'ISIS'").groupby("article_id")}
    by_hand = (sum(value["a1"]) / 4 + value["a2"][0]) / 2
    north = tone.loc[("ISIS", "North")]
    assert north["tone"] == pytest.approx(by_hand, abs=1e-12)
    assert [north["n_sentences"], north["n_articles"], north["voice"]] == [5, 2, "all"]
    assert north["share_several_actors"] == pytest.approx(1 / 5)
    assert north["share_no_hit"] == pytest.approx(1 / 5)
    assert tone.loc[("ISIS", "South"), "share_no_hit"] == 1
    assert set(tone["score"]) == {"compound"}


def test_tone_by_voice_and_of_one_voice(read):
    scores = sentiment.score_sentences(read, actor="ISIS")
    assert set(sentiment.average_tone(scores, by_voice=True)["voice"]) == {"outlet", "mixed"}
    assert set(sentiment.average_tone(scores[scores["voice"] == "outlet"])["voice"]) == {"outlet"}
    with pytest.raises(ValueError, match="no column 'tone' in the scores"):
        sentiment.average_tone(scores, "tone")


def test_masking_difference_is_what_the_names_add(read):
    compared = sentiment.compare_masking(sentiment.score_sentences(read, actor="ISIS")).set_index("outlet")
    north = compared.loc["North"]
    assert north["difference"] == pytest.approx(north["printed"] - north["masked"]) and north["difference"] > 0
    assert north["n_changed"] == 1
    assert compared.loc["South", "difference"] == 0


def test_an_actor_nobody_mentions_gives_empty_tables():
    read = build_reading({"a": ("North", ["Nothing here."])}, actors=["ISIS"])
    scores = sentiment.score_sentences(read, actor="ISIS")
    assert scores.empty and scores["compound"].dtype == float
    assert sentiment.average_tone(scores).empty
    assert sentiment.compare_masking(scores).empty
