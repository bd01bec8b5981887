"""Tone: the library's own numbers, and means by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from helpers import inference, sentiment
from helpers.reading.valences import weigh_text
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


def test_one_row_a_sentence_and_actor_with_its_voice_and_hits(read):
    scores = sentiment.score_sentences(read)
    assert scores["masked_compound"].tolist() == [ANALYZER.polarity_scores(one)["compound"] for one in scores["masked"]]
    assert not scores.duplicated(["actor", "article_id", "sentence_no"]).any()
    assert scores["actor"].value_counts().to_dict() == {"ISIS": 6, "Turkey": 2}
    texts = read.articles.set_index("article_id")["text"]
    assert all(texts[row.article_id][row.start : row.end] == row.text for row in scores.itertuples())
    rows = sentiment.score_sentences(read, actor="ISIS").set_index(["article_id", "sentence_no"])
    assert rows.loc[("a2", 0), "voice"] == "mixed" and rows.loc[("a1", 0), "voice"] == "outlet"
    named = rows.loc[("a1", 0)]  # Hope, a name with a tone, is masked
    assert named["compound"] > named["masked_compound"] > 0
    hits = {number: rows.loc[("a1", number), "n_hits"] for number in (0, 2, 3)}
    assert hits == {0: 2, 2: 0, 3: 4}  # won and great (`victory` is not in the lexicon); none; hates, loves, war, :)
    value = rows["compound"].groupby("article_id").agg(list)  # tone is the mean of the articles' means
    tone = inference.compare_tone(rows.reset_index(), read, column="compound", replicates=0).set_index("outlet")
    mean = pytest.approx((sum(value["a1"]) / 4 + value["a2"][0]) / 2, abs=1e-12)
    assert tone.loc["North", ["value", "n", "total", "score"]].tolist() == [mean, 5, 2, "compound"]


PIECES = """
kind of good no very BAD least the but 😀 ❤ war! at never so this without doubt nor or isn't not VERY yeah right kiss
death to die for bad ass sort hand upper shit bomb badass bus beating heart broken just enough killed great? ?? :) ’
’good’ don’t despite Most less awful why?? GREAT
"""


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=12))
def test_scores_are_the_librarys_and_the_sums_of_the_words_shares(words):
    text = " ".join(words)
    weighed = weigh_text(text)
    assert weighed.compound == ANALYZER.polarity_scores(text)["compound"]
    assert weighed.n_hits or weighed.compound == 0
    assert sum(weighed.shares) == pytest.approx(weighed.compound, abs=0.00005 + 1e-12)


def test_a_word_has_the_share_of_its_valence_by_hand():
    weighed = weigh_text("The plan was good but the war is bad")  # good 1.9 * .5, war -2.9 * 1.5, bad -2.5 * 1.5
    assert [word for word, *_ in weighed.words] == ["good", "war", "bad"]
    root = (7.15**2 + 15) ** 0.5
    assert weighed.shares == pytest.approx([0.95 / root, -4.35 / root, -3.75 / root, 0])


def test_the_words_shares_sum_to_the_gap_and_to_each_tone(read):
    scores = sentiment.score_sentences(read, actor="ISIS")
    tone = inference.compare_tone(scores, read, replicates=0).set_index("outlet")["value"]
    shift = sentiment.shift_words(read, actor="ISIS", target="North")
    assert shift["score"].sum() == pytest.approx(tone["North"] - tone["South"], abs=1e-4)
    assert (shift["score"].abs().diff().dropna() <= 1e-12).all()
    groups, other = (sentiment.shift_words(read, actor="ISIS", target=x).set_index("term")["group"] for x in tone.index)
    assert groups["hates"] == "cold words it uses more" and groups["loves"] == "warm words it uses more"
    assert other["hates"] == "cold words it uses less" and other["not … happy"] == "cold words it uses less"
    alone = {"a": ("North", SENTENCES)}
    for others in ({}, {"b": ("South", SENTENCES)}):  # nobody to set it apart from, or alike but for rounding
        assert sentiment.shift_words(build_reading(alone | others), actor="ISIS", target="North").empty
    with pytest.raises(ValueError, match="no outlet 'East' in the sentences about 'ISIS': write one of North, South"):
        sentiment.shift_words(read, actor="ISIS", target="East")
    lines = sentiment.show_words(read, shift.head(3), actor="ISIS")
    assert (lines["match"].str.lower().str.strip(".,;:!?\"'") == lines["term"].str.removeprefix("not … ")).all()


@pytest.mark.parametrize(
    "text", ["A terrible 👩‍👩‍👧 war lost 😀 friends.", "  😂 bad", "a\u00a0😀b good", "😀😂", "no emoji, a war"]
)
def test_words_are_numbered_as_printed_though_an_emoji_is_read_as_several(text):
    printed = text.split()
    for word, at, *_ in weigh_text(text).words:
        assert word in printed[at].lower() or not printed[at].isascii()
