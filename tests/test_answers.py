import pandas as pd
import pytest

from helpers import answers, naming, page
from helpers.reading.sheets import SOURCE_TYPES
from helpers.validation import Verdict
from tests.readings import build_reading
from tests.test_comparability import articles


@pytest.mark.parametrize(("dates", "told"), [
    ({"A": ["2015-01"], "B": ["2016-02"]},
     "2 articles from 2 outlets, January 2015 to February 2016. Different dates, so perhaps different "
     "events.** Read everything below as a description of these articles alone."),
    ({"A": ["2016-03"], "B": ["2016-03-09"]}, "9 March 2016. All outlets wrote in the same period."),
    ({"A": ["2016"], "B": ["2016-03"]}, "2016 to March 2016. Dates not known to the month.** Read everything"),
    ({"A": [""], "B": ["2016"]}, "2016. Dates not known to the month.** Read everything"),
    ({"A": ["2016"]}, "1 article from 1 outlet, 2016.** With fewer than two outlets there is nothing to compare."),
    ({"A": ["2014"], "B": ["2016"], "C": [""]}, "No week in common in 1 of 3 pairs of outlets, dates not known to "
     "the month in 2 of 3 pairs of outlets."),
])  # fmt: skip
def test_articles_of_different_or_unknown_times_are_no_statement_about_outlets(dates, told):
    assert told in answers.answer_articles(articles(**dates))


def test_the_most_used_name_is_of_the_outlets_own_voice():
    read = build_reading({
        "a": ("A", ["{ISIS|ISIS} fled."] * 3 + ["{Daesh|ISIS} lost."]), "c": ("C", ["{ISIS|ISIS} fled."]),
        "b": ("B", ["{Daesh|ISIS} fled."] * 3 + [[("quote", "{ISIS|ISIS} men are all over the town")]]),
        "d": ("D", ["{ISIS|ISIS} fled."] * 2 + ["{Daesh|ISIS} fled."] * 2),
    })  # fmt: skip
    said = answers.answer_names(naming.share_names(read, actor="ISIS"), "ISIS").replace("**", "")
    told = "ISIS is most often called “Daesh” (B 3 of 3), “Daesh” as often as “ISIS” (D 2 of 4) and “ISIS” (A 3 of 4)."
    assert told in said and "Too few mentions to say: C." in said


FOUND = [(2, "acting", "X", "06-acting", "A shows X as acting more often than B: in 4 of 5; elsewhere, in 0 of 5."),
         (1, "acted upon", "Y", "06-acting", "B shows *Y* more often so than A: in 3 of 4; elsewhere, in 0 of 9."),
         (3, "label", "", "02-naming", "A uses the word “mob” 9 times; B, once."),
         (5, "cited", "", "05-voices", "A most often cites Bo (military, 5 of 9); B cites Cy (2 of 9)."),
         (4, "left out", "", "01-articles", "A leaves X out; B does not. At the others’ rate, 9 ...")]  # fmt: skip
FOUND = pd.DataFrame(FOUND, columns=["rank", "kind", "actor", "notebook", "sentence"]).assign(status="tested")


def test_a_notebook_lists_its_findings_by_rank_and_a_title_tells_the_first():
    first, second = answers.list_found(FOUND, "06-acting").splitlines()
    assert first.startswith("- B shows &#42;Y&#42;") and second.startswith("- A shows X")
    assert answers.list_found(FOUND, "04-tone") == ""
    assert answers.title_found(FOUND, "Cited", "cited") == "A most often cites Bo; B cites Cy"
    assert answers.title_found(FOUND, "Who acts", "acting", "acted upon").endswith(" so than A: in 3 of 4")
    told = answers.title_found(FOUND, "Who acts", "acting", "acted upon", actor="X")
    assert told == "A shows X as acting more often than B: in 4 of 5"
    assert answers.title_found(FOUND, "Who acts", "acting", actor="Y") == "Who acts"
    assert answers.title_found(FOUND, "Labels", "label") == "A uses the word “mob” 9 times; B, once"  # it is not alone
    assert answers.title_found(FOUND, "Who is left out", "left out") == "A leaves X out; B does not"


def test_a_title_of_words_needs_five_uses_in_two_articles_and_a_phrase_tells_its_words():
    rows = [("30", 0.6, 9, 0), ("air strike", 0.5, 6, 0), ("air", 0.4, 7, 1), ("flee", 0.3, 5, 0), ("run", 0.2, 4, 0),
            ("once", 0.1, 1, 0), ("calm", -0.2, 0, 2), ("talk", -0.3, 1, 3)]  # fmt: skip
    contrasts = pd.DataFrame(rows, columns=["term", "score", "n_target", "n_rest"]).assign(target="A")
    contrasts = contrasts.assign(articles_target=2, articles_rest=2)
    assert answers.title_words(contrasts, "X", "A") == "Near X, A gives more weight to “air strike” and “flee”"
    none = "The terms near X that most set A apart"
    assert answers.title_words(contrasts.assign(articles_target=1), "X", "A") == none
    articles = pd.DataFrame({"outlet": ["A", "A", "B", "B", "C"]})
    told = "**Near X, what sets an outlet apart, whoever is speaking, is “air strike” and “flee” in A.**"
    assert answers.answer_words(contrasts, "X", articles) == told
    none = "**Near X, no word that an outlet uses five times, in two articles, sets it apart.**"
    once = contrasts.assign(articles_target=1)
    assert answers.answer_words(once, "X", articles) == none
    few = "**Too few articles to say which words near X are an outlet’s habit: {} two.**"  # it could not be otherwise
    assert answers.answer_words(once, "X", articles[1:]) == few.format("only B has")
    assert answers.answer_words(once, "X", articles[3:]) == few.format("no outlet has")
    assert answers.answer_words(contrasts, "X", articles[3:]) == told


def test_of_one_row_the_outlet_farthest_from_the_rest_comes_first_and_what_that_means_is_said():
    rows = [("A", "x", -0.34, 0.001), ("B", "x", -0.23, 0.010), ("C", "x", 0.61, 0.002), ("A", "y", 0.2, 0.005)]
    tested = pd.DataFrame(rows, columns=["outlet", "score", "difference", "p"])
    tested = tested.assign(value=0.5, n=10, total=20, k=20, note="", smallest=0.2)
    said = answers.answer_differences(tested, "score")
    order = ["“x” in C", "“x” in A", "“x” in B", "“y” in A"]
    assert sorted(order, key=said.index) == order and "so one that stands apart makes the others differ, too" in said
    assert "stands apart" not in answers.answer_differences(tested[1:2], "score")
    assert "stands apart" not in answers.answer_differences(tested[2:], "score")


def test_outlets_with_too_few_stories_or_fewer_than_five_acts_are_named_apart():
    tested = pd.DataFrame({"outlet": ["A", "B", "C"], "score": "s", "value": 0.1, "difference": 0.1, "k": [9, 9, 2],
                           "p": [0.012, 0.5, None], "note": "", "n": 4, "total": 40, "smallest": 0.2})  # fmt: skip
    told = "The one tested difference holds: “s” in A (4 of 40, 0.10; +0.10 against B; 9 stories, p = .012)."
    assert told in (said := answers.answer_differences(tested, "score"))
    assert "shares that differ by 0.20 or more in half of the rows." in said
    assert said.endswith(" Too few stories to test: C.")
    articles = pd.DataFrame({"outlet": list("ABC") * 5, "story_id": range(15)})
    rows = ("A", "does", 3), ("A", "undergoes", 3), ("A", "name attached", 9), ("B", "does", 6)
    roles = pd.DataFrame(rows, columns=["outlet", "role", "n"])
    told = "**X is the one acting in 3 of 6 acts in A and 6 of 6 in B.** Too few acts: C."
    assert answers.answer_roles(roles, "X", articles) == told
    assert page.list_words("abcdefg")[-7:] == "f and g" and page.list_words("abcdefgh")[-14:] == "f and two more"
    few = "**No outlet has 5 acts: too few to say how often X is the one acting.**"
    assert {answers.answer_roles(roles.head(n), "X", articles) for n in (0, 1)} == {few}


@pytest.mark.parametrize("strange", ["<script>alert(1)</script>", "$x_{", "a*b_c`d", "=cmd()"])
def test_names_from_a_corpus_are_made_safe(strange):
    rows = pd.DataFrame({"outlet": ["A", strange], "note": ["", strange]})
    table = rows.assign(difference=1.0, n=9, p=0.0, by_hand=0.0)
    said = answers.answer_tone(Verdict(table, ""), strange) + answers.answer_tone(Verdict(table, strange), strange)
    assert "<script" not in said and "$" not in said


def test_empty_tables_give_an_answer_and_no_actor_one_that_says_what_to_do():
    read = build_reading({"a": ("A", ["Nothing here."])}, actors=["ISIS"])
    assert "too few" in answers.answer_names(naming.share_names(read, actor="ISIS"), "ISIS")
    assert "No outlet cites anybody" in answers.answer_sources(read)
    row = {"article_id": "a", "attribution_id": "a", "source_name": "unresolved", "source_type": "unresolved"}
    cited = build_reading({"a": ("A", ["So he said."])}, attributions=[{**row, "cue_lemma": "say"}])
    assert "cited 1 time, 1 of them without a name.** Cited most often" in answers.answer_sources(cited)
    assert {*SOURCE_TYPES, "no source named", "unresolved", "other"} - {""} == {*page.SAID["source_type"]}
    nobody, actor = pd.DataFrame(), "unresolved"
    assert answers.answer_names(nobody, actor) == answers.answer_words(nobody, actor, nobody) == answers.fill("nobody")
    assert "No article names an actor of actors.csv: add a row" in answers.answer_tone(Verdict(nobody, ""), actor)
