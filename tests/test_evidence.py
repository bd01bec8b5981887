"""Evidence: as many lines as a row counts, each cut from the text by its span."""

import pandas as pd
import pytest

from helpers import attribution, evidence, inference, naming, sentiment, terms
from tests.readings import build_reading

ARTICLES = {
    "a1": ("North", [
        "{ISIS|ISIS|acronym} fired rockets, and {Islamic State|ISIS} lost desert camp after desert camp.",
        [("outlet", "{ISIS|ISIS|acronym} fled, he said:"), ("quote", '"{Daesh|ISIS} left the desert camp."')],
        "A {Damascus|Syrian government|metonym|place} road; {the militants|unresolved|description|head|ISIS;Turkey}."
    ]),
    "a2": ("North", ["{ISIS|ISIS|acronym} in a desert.", "Camp life under {Daesh|ISIS} was desert life."]),
    "b1": ("South", ["{Daesh|ISIS} lost a desert camp.", "{Turkey|Turkey} fired rockets."]),
    "c1": ("West", ["{ISIS|ISIS|acronym} camp, camp camp camp."]),  # a term that overlaps itself
}  # fmt: skip
SAID = {"attribution_id": "a1:0", "article_id": "a1", "sentence_no": 1, "source_name": "he", "cue_lemma": "say",
        "cue_start": 104, "cue_end": 108, "content_start": 110, "content_end": 140}  # fmt: skip
CITED = [
    SAID, SAID | {"part": 1, "content_start": 140, "content_end": 145},
    {"attribution_id": "b1:0", "article_id": "b1", "source_name": "Agency", "source_type": "media", "frame": "block",
     "content_start": 0, "content_end": 5},
]  # fmt: skip
FIRE = {"article_id": "a1", "actor": "ISIS", "mention_start": 0, "mention_end": 4, "role": "does", "verb": "fire",
        "verb_start": 5, "verb_end": 10}  # fmt: skip
ACTS = [
    FIRE, FIRE | {"mention_start": 24, "mention_end": 37, "verb": "lose", "verb_start": 38, "verb_end": 42},
    FIRE | {"article_id": "b1", "actor": "Turkey", "mention_start": 26, "mention_end": 32, "verb_start": 33,
            "verb_end": 38, "sentence_no": 1, "voice": "quote"},
]  # fmt: skip


@pytest.fixture(scope="module")
def read():
    return build_reading(ARTICLES, CITED, ACTS)


def _check_spans(read, lines):
    texts = read.articles.set_index("article_id")["text"]
    assert all(texts[line.article_id][line.start : line.end] == line.match for line in lines.itertuples())
    assert list(lines.columns[:9]) == [*evidence.LINE, "row"]


def _sizes(rows, lines):
    return lines.groupby("row").size().reindex(range(len(rows)), fill_value=0).tolist()


def _count(read):
    """Results, and the column that counts what is behind each of their rows."""
    counts = [naming.count_mentions(read), attribution.count_sources(read), inference.share_voice(read)]
    counts += [inference.compare_names(read, actor="ISIS", voice="outlet"), inference.compare_roles(read, actor="ISIS")]
    counts += [inference.compare_sources(read, by=by) for by in ("source_type", "source_name", "stance")]
    for options in ({}, {"by_voice": False}, {"voice": "quote"}):
        counts.append(naming.share_names(read, actor=None, **options))
    for rows in counts:
        yield rows, "n"
    yield read.acts.groupby(["actor", "outlet", "role"], as_index=False).size(), "size"
    scores = sentiment.score_sentences(read)
    for one in (scores, sentiment.score_sentences(read, actor="unresolved")):
        yield one.groupby(["actor", "outlet"], as_index=False).agg(tone=("compound", "mean"), n=("text", "size")), "n"
    named = read.mentions[read.mentions["role"].ne("place")]
    for rows in (named, read.sentences, read.acts, scores, scores[["article_id", "sentence_no"]]):
        yield rows.assign(one=1), "one"


def test_every_row_of_a_result_leads_to_as_many_sentences_as_it_counts(read):
    for rows, n in _count(read):
        lines = evidence.show_lines(read, rows)
        assert len(rows) and _sizes(rows, lines) == rows[n].tolist()
        _check_spans(read, lines)


@pytest.mark.parametrize(
    "options", [{}, {"voice": "outlet"}, {"voice": "quote"}, {"ngrams": (1, 3)}, {"scope": "articles"}]
)
def test_contrasts_have_as_many_lines_as_they_count_on_each_side(read, options):
    if options.get("voice") == "quote":
        read = build_reading({**ARTICLES, "d1": ("East", [[("quote", '"{ISIS|ISIS} desert"')]])})  # to compare with
    contrasts = terms.contrast_terms(read, **{"actor": "ISIS", "target": "North", "min_n": 1, **options})
    lines = evidence.show_lines(read, contrasts)
    assert len(contrasts) > 1
    if not options:  # what a row does not say is as usual
        assert evidence.show_lines(read, contrasts[["actor", "target", "term"]])["start"].equals(lines["start"])
    assert _sizes(contrasts, lines[lines["side"] == "target"]) == contrasts["n_target"].tolist()
    assert _sizes(contrasts, lines[lines["side"] == "rest"]) == contrasts["n_rest"].tolist()
    assert [contrasts["term"][row] for row in lines["row"]] == lines["match"].str.lower().tolist()
    _check_spans(read, lines)


def test_sources_are_one_line_however_many_parts_and_acts_are_found_by_role_verb_and_voice(read):
    rows = read.attributions[["outlet", "source_type"]].drop_duplicates()
    assert evidence.show_lines(read, rows)["match"].tolist() == [read.articles["text"][0][104:108], "Daesh"]
    assert evidence.show_lines(read, rows.iloc[[0]].assign(cue_lemma="deny")).empty
    role = read.acts[["role"]].head(1)
    fired = evidence.show_lines(read, role.assign(verb="fire", voice="all"))
    assert fired[["match", "voice"]].values.tolist() == [["fired", "outlet"], ["fired", "quote"]]
    assert len(evidence.show_lines(read, role.assign(voice="outlet"))) == 2


@pytest.mark.parametrize("context", range(1, 40))
def test_context_is_whole_words_of_the_article(read, context):
    texts = dict(zip(read.articles["article_id"], read.articles["text"], strict=True))
    for line in evidence.show_lines(read, read.mentions, places=True, context=context).itertuples():
        text = texts[line.article_id].replace("\n", " ")
        for side, cut in ((text[: line.start], line.before), (text[line.end :][::-1], line.after[::-1])):
            assert len(cut) <= context and side.endswith(cut)
            edge = side.removesuffix(cut)
            assert not edge or edge[-1] == " " or " " not in cut.rstrip()


def test_a_limit_takes_lines_from_as_many_articles_as_can_be_and_one_of_copies(read):
    counts = naming.share_names(read, actor="ISIS", by_voice=False).query("outlet == 'North' and variant == 'ISIS'")
    assert counts["n"].tolist() == [3]
    assert evidence.show_lines(read, counts, limit=2)["article_id"].tolist() == ["a1", "a2"]
    assert evidence.show_lines(read, counts, limit=0).empty
    names = naming.share_names(read, actor="ISIS")
    assert len(evidence.show_lines(read, names, limit=1)) == len(names)
    copies = build_reading({name: ("North", ["{ISIS|ISIS} fled.", "{ISIS|ISIS} lost."]) for name in "ab"})
    rows = copies.mentions[["actor"]].head(1)
    assert evidence.show_lines(copies, rows, limit=2)["article_id"].tolist() == ["a", "b"]
    copies.articles["cluster_id"] = "a"
    assert evidence.show_lines(copies, rows, limit=2)["article_id"].tolist() == ["a", "a"]


def test_rows_that_name_nothing_are_refused_and_no_rows_give_the_columns(read):
    with pytest.raises(ValueError, match="nothing to look for"):
        evidence.show_lines(read, read.articles[["outlet"]])
    with pytest.raises(ValueError, match="headline"):
        evidence.show_lines(read, read.articles[["article_id", "headline"]])
    contrasts = terms.contrast_terms(read, actor="ISIS", target="North")
    for rows in (naming.share_names(read, actor="ISIS"), contrasts, sentiment.score_sentences(read)):
        lines = evidence.show_lines(read, rows.head(0))
        assert lines.empty and list(lines.columns[:8]) == evidence.LINE


@pytest.mark.parametrize(("words", "match"), [("Lost  desert", "lost desert"), ("fired rock", "fired rockets")])
def test_of_a_sentence_the_words_that_are_asked_for_are_shown_or_else_all_of_it(read, words, match):
    place = {"article_id": "a1", "outlet": "North", "sentence_no": 0}
    rows = pd.DataFrame([place | {"words": some} for some in (words, "", "ire", "Turkey")])  # "ire": a part of a word
    first, *others = evidence.show_lines(read, rows)["match"]
    whole = "ISIS fired rockets, and Islamic State lost desert camp after desert camp."
    assert (first, others) == (match, [whole] * 3)
