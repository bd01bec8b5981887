import dataclasses

import pandas as pd
import pytest

from helpers import answers, coding, reading, validation
from helpers.reading import corpus
from tests.parsing import SEEDS, make_corpus, read_text


def sheet(columns, rows):
    return pd.DataFrame(rows, columns=columns.split()).assign(problem="")


def coded(*spans):
    """Coded mentions of one article: (start, end, actor, kind)."""
    return sheet("start end actor kind", spans).assign(article_id="outlet-1")


def test_precision_and_recall_by_hand():
    read = read_text("ISIS fled. The regime won. Russia left.")
    codes = coded(
        (0, 4, "ISIS", "acronym"),
        (15, 21, "Assad", "description"),  # another actor: wrong and missed
        (27, 38, "Russia", "name"),  # an overlap is enough
    )
    rows = validation.measure_mentions(read, codes).set_index("what")
    assert rows.loc["all", ["n_found", "n_coded", "right_found", "right_coded"]].tolist() == [3, 3, 2, 2]
    assert rows.loc["all", "precision"] == rows.loc["all", "recall"] == pytest.approx(2 / 3)
    assert rows.loc["names, acronyms and metonyms", "recall"] == 1
    assert rows.loc["descriptions", "recall"] == 0
    # Wilson's interval for 2 of 3
    assert rows.loc["all", ["recall_low", "recall_high"]].tolist() == pytest.approx([0.2077, 0.9385], abs=1e-4)


def test_a_mention_is_taken_once():
    read = read_text("ISIS fled.")
    twice = coded((0, 4, "ISIS", "acronym"), (0, 4, "ISIS", "acronym"))
    assert validation.measure_mentions(read, twice).set_index("what").loc["all", "right_coded"] == 1


def test_a_corpus_without_codes_has_no_error_measured(tmp_path):
    codes = coding.read_labels(dataclasses.replace(corpus.open_corpus(SEEDS), folder=tmp_path), "mentions")
    assert codes.empty
    rows = validation.measure_mentions(read_text("ISIS fled."), codes)
    assert rows["n_coded"].tolist() == [0, 0, 0]
    assert rows["recall"].isna().all()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{first},0,4,ISIS,ISIS,acronym,,A", "row 2, text: 'ISIS' is not at 0-4; the article has changed"),
        ("{first},x,4,ISIS,ISIS,acronym,,A", "row 2, text: 'ISIS' is not at -1-4"),
        ("nowhere,0,4,ISIS,ISIS,acronym,,A", "row 2, article_id: no article 'nowhere'"),
        ("{first},2,13,Syrian army,Nobody,name,,A", "row 2, actor: 'Nobody' is not in actors.csv"),
        ("{first},2,13,Syrian army,Syrian government,name,,A", ""),
    ],
)
def test_codes_that_do_not_fit_are_named_and_left_out(tmp_path, row, problem):
    articles = corpus.open_corpus(SEEDS)
    (tmp_path / "labels").mkdir()
    line = row.format(first=articles.articles["article_id"][0])
    header = "article_id,start,end,text,actor,kind,place,coder\n"
    (tmp_path / "labels" / "mentions.csv").write_text(header + line + "\n", encoding="utf-8")
    codes = coding.read_labels(dataclasses.replace(articles, folder=tmp_path), "mentions")
    assert problem in codes["problem"][0]
    assert bool(codes["problem"][0]) == bool(problem)
    said = answers.answer_agreement(codes, "mention")
    assert ("1 code left out" in said) == bool(problem)


def test_the_seeds_mentions_agree_with_the_hand_codes():
    """A floor, not a target: the aliases were written with these articles in view."""
    articles = corpus.open_corpus(SEEDS)
    read = reading.read_corpus(articles, store=None)
    rows = validation.measure_mentions(read, coding.read_labels(articles, "mentions")).set_index("what")
    assert rows.loc["all", "precision"] >= 0.95
    assert rows.loc["names, acronyms and metonyms", "recall"] >= 0.95
    assert rows.loc["descriptions", "recall"] >= 0.8


ATTRIBUTIONS = (
    "article_id attribution_no source_no source_start source_end cue_start cue_end content_start content_end "
    "source_type named nested_in certain"
)


def test_attributions_by_hand():
    read = read_text("Kagan said that it was over. The army left, a monitor said. It rained.")
    codes = sheet(ATTRIBUTIONS, [
        ("outlet-1", "1", "1", 0, 5, 6, 10, 16, 27, "expert or think tank", "named", "", "yes"),  # right in all
        ("outlet-1", "2", "1", 44, 53, 54, 58, 29, 42, "media", "described", "", "yes"),  # right, but of another type
        ("outlet-1", "3", "1", -1, -1, 63, 69, 60, 69, "none", "bare", "", "yes"),  # not found
        ("outlet-1", "4", "1", -1, -1, 63, 69, 60, 69, "none", "bare", "", "no"),  # nobody asks for it
    ])  # fmt: skip
    rows = validation.measure_attributions(read, codes).set_index("what")
    assert rows.loc["attributions", ["n_found", "n_coded", "right_found"]].tolist() == [2, 3, 2]
    assert rows.loc["attributions", "f1"] == pytest.approx(4 / 5)
    assert rows.loc["source type", "precision"] == 1 / 2
    assert rows.loc["named", "precision"] == 1


def test_what_the_coder_was_not_certain_of_costs_nothing():
    read = read_text("Kagan said that it was over.")
    row = ("outlet-1", "1", "1", 0, 5, 6, 10, 16, 27, "expert or think tank", "named", "", "no")
    rows = validation.measure_attributions(read, sheet(ATTRIBUTIONS, [row])).set_index("what")
    assert rows.loc["attributions", ["n_found", "n_coded"]].tolist() == [0, 0]


def test_voices_and_acts_by_hand():
    read = read_text("Kagan said that ISIS was beaten. Russia bombed the town. The SDF slept.")
    voices = sheet("article_id start end actor voice", [
        ("outlet-1", 16, 20, "ISIS", "paraphrase"), ("outlet-1", 33, 39, "Russia", "quote"),
    ])  # fmt: skip
    rows = validation.measure_voices(read, voices.assign(text="")).set_index("voice")
    assert rows.loc["all", ["n_coded", "n_right"]].tolist() == [2, 1]
    assert rows.loc["paraphrase", "agreement"] == 1
    acts = sheet("article_id mention_start mention_end actor role verb", [
        ("outlet-1", 16, 20, "ISIS", "patient", "beat"),
        ("outlet-1", 33, 39, "Russia", "agent", "attack"),  # the role is right, the verb is not
        ("outlet-1", 61, 64, "SDF", "none", ""),
    ])  # fmt: skip
    rows = validation.measure_acts(read, acts).set_index("role")
    assert rows.loc["all", ["n_coded", "n_right", "n_right_verb"]].tolist() == [3, 2, 1]
    assert rows.loc["none", "agreement"] == 0


def test_a_caption_carries_the_measured_error():
    read = read_text("ISIS fled. The regime won.")
    mentions = coded((0, 4, "ISIS", "acronym"))
    note = validation.note_error(validation.measure_mentions(read, mentions))
    assert note == "against 1 hand codes: precision 0.50, recall 1.00"
    acts = sheet("article_id mention_start mention_end actor role verb", [("outlet-1", 0, 4, "ISIS", "agent", "flee")])
    assert validation.note_error(validation.measure_acts(read, acts)) == "as coded by hand in 100% of 1"
    nothing = validation.note_error(validation.measure_mentions(read, mentions.iloc[:0]))
    assert nothing == "not validated on this corpus"


def test_the_seeds_sheets_fit_their_articles():
    articles = corpus.open_corpus(SEEDS)
    for name, n in (("mentions", 330), ("voices", 330), ("acts", 100), ("attributions", 99)):
        codes = coding.read_labels(articles, name)
        assert len(codes) == n
        assert set(codes["problem"]) == {""}


def test_tone_agreement_by_hand():
    scores = pd.DataFrame({
        "article_id": "a", "start": [0, 10, 20, 30], "end": [9, 19, 29, 39], "actor": "X", "outlet": "North",
        "voice": "outlet", "text": ["one", "two", "three", "four"], "compound": [0.5, -0.5, 0.0, 0.04],
    })  # fmt: skip
    codes = scores[["article_id", "start", "end", "actor"]].assign(tone=["1", "-1", "-1", "0"], problem="")
    row = validation.measure_tone(scores, codes).iloc[0]
    assert (row["instrument"], row["n_coded"], row["n_toned"]) == ("VADER, as printed", 4, 3)
    # negative: found 1 of 2 -> 2/3; neutral: 2 found, 1 right -> 2/3; positive: 1
    assert row[["f1_negative", "f1_neutral", "f1_positive"]].tolist() == pytest.approx([2 / 3, 2 / 3, 1])
    assert row["macro_f1"] == pytest.approx(7 / 9)
    assert row["always_neutral"] == pytest.approx((2 * 1 / (4 + 1)) / 3)
    misses = validation.list_misses(scores, codes, "compound")
    assert misses["miss"].tolist() == [1.0, -0.5, 0.5, 0.04]
    codes["problem"] = "changed"
    nothing = validation.measure_tone(scores, codes)
    assert validation.note_error(nothing, "VADER, as printed") == validation.NOT_VALIDATED


def test_a_tone_that_is_no_tone_is_named_with_its_cure(tmp_path):
    (tmp_path / "labels").mkdir()
    header = "article_id,start,end,text,actor,tone,voice,coder,note\n"
    rows = "outlet-1,0,10,ISIS fled.,ISIS,minus,outlet,A,\noutlet-1,0,10,ISIS fled.,ISIS,-1,outlet,A,\n"
    (tmp_path / "labels" / "sentiment.csv").write_text(header + rows, encoding="utf-8")
    own = dataclasses.replace(make_corpus({"outlet-1": "ISIS fled."}), folder=tmp_path)
    problems = coding.read_labels(own, "sentiment")["problem"].tolist()
    assert problems == ["labels/sentiment.csv row 2, tone: 'minus'; write -1, 0 or 1", ""]
