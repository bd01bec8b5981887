import pandas as pd
import pytest

from helpers import answers, attribution, naming, sentiment
from tests.parsing import read_texts
from tests.test_comparability import articles


def plain(text):
    return text.replace("**", "").replace("&#", "#")


def test_articles_of_different_or_unknown_times_are_no_statement_about_outlets():
    said = answers.answer_articles(articles(A=["2015-01"], B=["2016-02"]))
    assert "2 articles from 2 outlets" in said
    assert "Different dates, so perhaps different events; farthest apart are A and B (12 months)" in said
    assert "Read all that follows as said of these articles alone" in said
    assert "All outlets published at the same" in answers.answer_articles(articles(A=["2016-03"], B=["2016-03-09"]))
    for other in ("2016", "2016-03", "2016-03-09"):  # a year says nothing of a month
        said = answers.answer_articles(articles(A=["2016"], B=[other]))
        assert "same time" not in said and "Dates not known to the month. Read all" in said
    assert "nothing to compare" in answers.answer_articles(articles(A=["2016"]))
    said = answers.answer_articles(articles(A=[""], B=["2016"]))
    assert "Dates not known to the month. Read all" in said and "at the same time" not in said
    said = answers.answer_articles(articles(A=["2014"], B=["2016"], C=[""]))
    told = (
        "Different dates in 1 of 3 pairs of outlets, dates not known to the month in 2 of 3 pairs of outlets; farthest"
    )
    assert told in said


def test_the_most_used_name_is_of_the_outlets_own_voice():
    read = read_texts({
        "A-1": "ISIS fled. ISIS hid. ISIS ran. Daesh lost.",
        "B-1": "Daesh fled. Daesh hid. Daesh ran. “The ISIS men are all over the town,” Kagan said.",
        "C-1": "ISIS fled.",
    })  # fmt: skip
    said = plain(answers.answer_names(naming.share_names(read, actor="ISIS"), "ISIS"))
    assert "“Daesh” in B (3 of 3); “ISIS” in A (3 of 4)." in said
    assert "Too few to say: C." in said


def test_a_word_that_stands_only_in_others_words():
    quoted = "“The regime is not likely to win here,” Kagan said. "

    def answer(**texts):
        names = naming.share_names(read_texts({f"{outlet}-1": text for outlet, text in texts.items()}), actor=None)
        return answers.answer_only_quoted(naming.names_only_quoted(names))

    few = answer(A=quoted * 3 + "The Syrian army left.", B="The regime fell. The regime rose. A regime.")
    assert "No outlet prints a name" in few  # "a regime" is nobody's: two uses are too few
    said = answer(A=quoted * 3, B="The regime fell. The regime rose. The regime left.")
    assert "“regime” (Syrian government) is printed in A only in others' words (3 quoted, 0 paraphrased)" in said
    assert "in B 3 times in the outlet's own" in said


def test_no_order_of_outlets_where_masking_changes_it():
    table = pd.DataFrame({"outlet": ["A", "B"], "tone": [0.1, 0.2], "n_sentences": [9, 9]})
    scores = pd.DataFrame({"outlet": ["A", "A", "B", "B"], "masked_compound": [0.1, 0.1, -0.2, 0.6]})
    articles = pd.DataFrame({"outlet": list("AB") * 5 + ["C"], "story_id": range(11)})
    same = answers.answer_tone(table, table, scores, "X", articles)
    assert "they rank the same" in same
    assert "far more" not in same
    wide = scores.assign(masked_compound=[-0.4, 0.6, -0.2, 0.6])
    assert "Sentences within an outlet differ far more" in answers.answer_tone(table, table, wide, "X", articles)
    apart = answers.answer_tone(table.assign(tone=[0.2, 0.1]), table, scores, "X", articles)
    assert "cannot be compared by tone: they rank differently with the names as printed" in apart and "A (" not in apart
    assert same.endswith(" Too few stories or sentences: C.")
    few = answers.answer_tone(table, table.assign(n_sentences=[9, 4]), scores, "X", articles)
    assert "fewer than two outlets have 5 stories and 5 sentences about X" in few
    assert "outlets cannot be compared by tone" in answers.answer_tone(table, table, scores, "X", articles.tail(9))


def test_no_sentence_orders_outlets_by_a_tone_that_the_codes_contradict():
    table = pd.DataFrame({"outlet": ["A", "B"], "tone": [0.1, 0.2], "n_sentences": [9, 9]})
    scores = pd.DataFrame({"outlet": ["A", "B"], "masked_compound": [0.1, 0.6]})
    articles = pd.DataFrame({"outlet": list("AB") * 5 + ["C"], "story_id": range(11)})
    why = "against 40 hand codes, VADER does not tell the tone"
    said = answers.answer_tone(table, table, scores, "X", articles, why)
    assert said == f"**These outlets cannot be compared by tone: {why}.**"
    shift = pd.DataFrame({"term": ["good"], "score": [0.2], "n_rest": [1]})
    assert "nothing to compare" in answers.answer_shift(shift.assign(n_rest=0), "A")
    even = table.assign(tone=0.1)
    assert "mention X score alike in A and B (+0.10).**" in answers.answer_tone(even, even, scores, "X", articles)
    assert "warmer than" in answers.answer_shift(shift, "A") and "warmer than" not in answers.answer_shift(
        shift, "A", why
    )
    tested = pd.DataFrame({"outlet": ["A", "B", "C"], "score": "s", "value": 0.1, "difference": 0.1, "k": [9, 9, 2],
                           "p": [0.012, 0.5, None], "note": "", "n": 4, "total": 40, "smallest": 0.2})  # fmt: skip
    assert "1 of 2 tested differences hold, but none is claimed" in answers.answer_differences(tested, "score", why)
    told = "1 of 2 tested differences hold: A, s 0.10 (+0.10 against the others; n = 4 of 40 in 9 stories, p = .012)."
    assert told in (said := answers.answer_differences(tested, "score"))
    assert "finds a difference of 0.20 at the very best; in half of the rows it takes one of 0.20" in said
    assert said.endswith(" Too few stories to test: C.")


def test_an_actor_of_one_outlet_is_not_ranked():
    articles = pd.DataFrame({"outlet": list("ABC") * 5, "story_id": range(15)})

    def answer(*rows, articles=articles):
        roles = pd.DataFrame(rows, columns=["outlet", "role", "n"])
        return answers.answer_roles(roles, "X", articles)

    assert answer(("A", "does", 9), ("B", "undergoes", 2)) == (
        "**Too little to compare: only A (9 of 9) has 5 acts done by or to X.** "
        "Too few acts: B (0 of 2) and C (0 of 0)."
    )
    rows = ("A", "does", 3), ("A", "undergoes", 3), ("B", "does", 6)
    assert answer(*rows) == (
        "**How often X acts rather than being acted upon, from most to least: B (6 of 6) and A (3 of 6).** "
        "Too few acts: C (0 of 0)."
    )
    few = answer(*rows, articles=articles.assign(story_id=articles["outlet"]))  # one story an outlet is no order
    assert "acted upon, in these articles: A (3 of 6) and B (6 of 6)" in few


def test_the_same_source_introduced_in_different_words():
    read = read_texts({
        "A-1": "According to a report by pro-government outlet Al-Masdar News, it fell.",
        "B-1": "A report by the normally reliable Al-Masdar news agency says it fell.",
        "C-1": "It fell on Sunday evening, Al Masdar News reported.",
    })  # fmt: skip
    intros = attribution.compare_intros(read)
    assert intros["n_outlets"].tolist() == [3, 3, 3]
    assert plain(answers.answer_intros(intros)) == (
        "How Al-Masdar News is introduced, most often: “pro-government outlet” in A (1 of 1), "
        "“normally reliable” in B (1 of 1), by its name alone in C (1 of 1)."
    )


def test_who_is_mentioned_and_never_cited():
    read = read_texts({"A-1": "ISIS fled. " * 5, "B-1": "ISIS fled. The SDF said that it had won."})
    silent = attribution.find_silent(read)
    assert silent.values.tolist() == [["A", "ISIS", 5, 0]]


@pytest.mark.parametrize("strange", ["<script>alert(1)</script>", "$x_{", "a*b_c`d", "=cmd()"])
def test_names_from_a_corpus_are_made_safe(strange):
    table = pd.DataFrame({"outlet": ["A", strange], "tone": [0.1, 0.2], "n_sentences": [9, 9]})
    scores = pd.DataFrame({"outlet": ["A", strange], "masked_compound": [0.1, 0.2]})
    articles = pd.DataFrame({"outlet": ["A", strange] * 5, "story_id": range(10)})
    said = answers.answer_tone(table, table, scores, strange, articles)
    assert "<script" not in said
    assert "$" not in said


def test_empty_tables_give_an_answer():
    read = read_texts({"A-1": "Nothing here."})
    names = naming.share_names(read, actor="ISIS")
    assert "too few" in answers.answer_names(names, "ISIS")
    assert "No outlet cites anybody" in answers.answer_sources(read, attribution.count_sources(read), pd.DataFrame())
    scores = sentiment.score_sentences(read, actor="ISIS")
    assert sentiment.average_tone(scores).empty
    assert answers.limit_tone(scores) == "No sentence mentions the actor."


def test_without_an_actor_the_answer_says_what_to_do():
    nobody, actor = pd.DataFrame(), "unresolved"
    assert answers.answer_names(nobody, actor) == answers.answer_words(nobody, actor, "A") == answers.NOBODY
    assert answers.answer_tone(nobody, nobody, nobody, actor, nobody) == answers.NOBODY
    assert "No actor of actors.csv is named in any article: list there" in answers.NOBODY


def test_articles_that_are_not_measured_are_counted_by_language():
    articles = pd.DataFrame({"article_id": ["a", "b", "c"], "language": ["en", "ru", "en"], "genre": "opinion"})
    assert answers.answer_measured(articles, articles) == "**All 3 articles are in English and analysed.**"
    assert answers.answer_measured(articles[:1], articles) == "**The one article is in English and analysed.**"
    assert answers.answer_measured(articles, articles[:1]) == (
        "**Of 3 articles, 2 are listed but not analysed: 1 in ru and 1 opinion; the end of this notebook says why.**"
    )
