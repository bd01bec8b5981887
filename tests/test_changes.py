"""What changed since the last run on other articles."""

import pandas as pd

from helpers import answers, results
from tests.parsing import make_corpus

FIRST = make_corpus({"a": "One.", "b": "Two."})
SECOND = make_corpus({"a": "One.", "c": "Three."})


def _table(**rows):
    """term -> (score, p)"""
    return pd.DataFrame([(term, *row) for term, row in rows.items()], columns=["term", "score", "p"])


def _run(table, corpus, out, **asked):
    return results.compare_run(table, "words", keys=["term"], value="score", out=out, corpus=corpus, **asked)


def test_the_first_run_has_nothing_to_compare_with(tmp_path):
    found = _run(_table(x=(1.0, 0.5)), FIRST, tmp_path)
    assert not found.known and found.table.empty
    assert answers.answer_changes(found) == ""
    assert not _run(_table(x=(2.0, 0.5)), FIRST, tmp_path).known  # the same articles: a rerun
    older = '{"sha256": "0", "articles": ["a"]', '"rows": []}'  # as versions before wrote them
    for spoilt in ("{", "[1]", older[0] + "}", f'{{"last": {", ".join(older)}, "before": null}}'):
        (tmp_path / "runs" / "words.json").write_text(spoilt, encoding="utf-8")
        assert not _run(_table(x=(1.0, 0.5)), SECOND, tmp_path).known


def test_another_question_on_the_same_articles_is_no_change(tmp_path):
    one, other = _table(x=(1.0, 0.5)), _table(y=(2.0, 0.5))
    _run(one, FIRST, tmp_path)
    assert _run(one, SECOND, tmp_path).known
    assert not _run(other, SECOND, tmp_path).known
    _run(one, FIRST, tmp_path, asked=["X", "all"])
    assert not _run(other, SECOND, tmp_path, asked=["Y", "all"]).known  # both are new
    assert _run(one, SECOND, tmp_path, asked=["X", "all"]).added == ["c"]
    again = make_corpus({"a": "One, and more.", "b": "Two."})
    changed = _run(other, again, tmp_path, asked=["X", "all"])
    assert "1 article added, 1 removed, 1 changed" in answers.answer_changes(changed) and changed.changed == ["a"]
    _run(one, FIRST, tmp_path)
    told = answers.answer_changes(_run(other, again, tmp_path))
    assert "the same articles, but a text, a date" in told and told.endswith("Articles that changed: a.")


def test_findings_appear_go_turn_and_lose_their_test(tmp_path):
    before = _table(turns=(1.0, 0.5), goes=(1.0, 0.5), loses=(1.0, 0.01), stays=(1.0, None), **{"=cmd()": (1.0, 0.5)})
    after = _table(turns=(-1.0, 0.5), comes=(2.0, 0.5), loses=(0.5, 0.2), stays=(1.1, None), **{"=cmd()": (2.0, 0.5)})
    _run(before, FIRST, tmp_path)
    found = _run(after, SECOND, tmp_path)
    assert found.known and found.added == ["c"] and found.gone == ["b"]
    told = {"turns": "reversed", "comes": "new", "goes": "gone", "loses": "no longer beyond chance"}
    assert found.table.set_index("term")["change"].to_dict() == told
    again = _run(after, SECOND, tmp_path)
    pd.testing.assert_frame_equal(again.table, found.table)  # a rerun still compares with the other articles
    assert "1 article added, 1 removed" in answers.answer_changes(found)
