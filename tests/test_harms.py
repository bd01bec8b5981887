from pathlib import Path

from helpers import agency, answers, evidence
from tests.parsing import make_corpus, read_corpus, read_each, read_text
from tests.pseudonyms import read_table
from tests.readings import build_reading

ARTICLES = {f"{outlet}-{n}": (outlet, [f"Ten were killed on day {n}."]) for outlet in "AB" for n in range(8)}
# text -> its harms, each as: word | victim | doer | how it is named
HARMS = read_table(Path(__file__).with_name("harms.csv")).set_index("text")["harms"].to_dict()


def tell(text, rows):
    """Word, victim, doer, how it is named and whether it happened, of every harm in a text."""
    cut = [[text[max(a, 0) : max(b, 0)] for a, b in rows[[f"{who}_start", f"{who}_end"]].to_numpy()]
           for who in ("victim", "doer")]  # fmt: skip
    unreal = [" ".join(mark for mark in ("negated", "hypothetical") if row[mark]) for _, row in rows.iterrows()]
    named = (" ".join(filter(None, both)) for both in zip(rows["named"], unreal, strict=True))
    return "; ".join(map(" | ".join, zip(rows["word"], *cut, named, strict=True)))


def test_harms_with_victim_and_doer():
    assert {text: tell(text, rows) for text, rows in read_each("harms", HARMS).items()} == HARMS


def test_victims_and_doers_are_actors_where_they_are_named():
    rows = read_text("Russia killed ten ISIS fighters. Russia killed ISIS.").harms
    assert rows["victim_kind"].tolist() == ["fighters", "actor"]
    assert rows[["doer_actor", "voice_of_verb"]].values.tolist() == [["Russia", "active"]] * 2


def test_headlines_are_read_too_and_lead_to_no_sentence():
    corpus = make_corpus({"A-1": "Rebels killed a soldier."})
    corpus.articles["headline"] = "Soldier killed in air strike"
    read = read_corpus(corpus, store=None)
    found = agency.find_harm(read)
    assert list(found["part"] + " " + found["word"]) == ["headline kill", "headline strike", "body kill"]
    lines = evidence.show_lines(read, found[found["part"].eq("body")])
    assert list(lines["match"]) == ["killed"]


def test_the_share_without_a_doer_counts_what_happened_and_is_tested():
    rows = [{"article_id": one, "named": "nobody" if one[0] == "A" else "subject"} for one in ARTICLES]
    rows += [{"article_id": "A-1", "named": "subject", **no} for no in ({"negated": True}, {"hypothetical": True})]
    rows += [{"article_id": "A-2", "named": "weapon", "voice": "quote"}, {"article_id": "B-1", "named": "elsewhere"}]
    read = build_reading(ARTICLES, harms=rows)
    found = agency.find_harm(read)
    shares = agency.share_unnamed(found, read)
    assert list(shares[["outlet", "n", "total"]].itertuples(index=False, name=None)) == [("A", 9, 9), ("B", 0, 9)]
    assert shares["p"].le(0.05).all()
    said = "**None named in 9 of 9 harms in A and 0 of 9 in B.**"
    assert answers.answer_shares(shares, read.articles, "none named", "harms") == said
    by_voice = agency.share_unnamed(found, read, by=["voice"], replicates=0)
    assert set(by_voice["of"]) == {"voice: outlet", "voice: quote"}
    nothing = agency.share_unnamed(agency.find_harm(build_reading(ARTICLES)), read)
    said = answers.answer_shares(nothing, read.articles, "no doer is named", "harms")
    assert said == "**No outlet has 5 harms: too few to say how often no doer is named.**"
