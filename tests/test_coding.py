"""The sheet of sentences to code: drawn by chance, blind, read back with everything that can go wrong in it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers import coding, run, validation
from tests.readings import build_reading

OUTLETS = {f"{outlet}{n}": outlet.upper() for outlet in "ns" for n in range(6)}


def _score(read):
    rows = read.sentences[read.sentences["n_actors"] > 0][["article_id", "sentence_no"]]
    labels = [(-1, 0, 1)[n % 3] for n in range(len(rows))]
    chances = {"negative": 0.3, "neutral": 0.4, "positive": 0.3, "target_score": 0.0}
    return rows.merge(read.sentences).assign(actor="ISIS", target_label=labels, **chances)


@pytest.fixture(scope="module")
def read():
    return build_reading({
        article: (outlet, [f"{{ISIS|ISIS}} did deed “{n}” à {article}, told {outlet}." if n % 2
                           else f"=Rain {n} on {article}." for n in range(6)])
        for article, outlet in OUTLETS.items()
    })  # fmt: skip


@pytest.fixture(scope="module")
def drawn(read):
    return coding.draw_sheet(read, _score(read), actor="ISIS", per_outlet=12)


@pytest.fixture
def corpus(read, drawn, tmp_path):
    """A corpus with a sheet to code."""
    coding.write_sheet(drawn, tmp_path)
    return SimpleNamespace(folder=tmp_path, articles=read.articles)


@pytest.fixture
def fill(corpus):
    """A function that fills a copy of the sheet in and reads all codes."""
    folder = corpus.folder / "labels/coding"

    def fill_in(name, change=lambda rows: rows, **codes):
        sheet = pd.read_csv(folder / "sheet.csv", dtype=str, keep_default_na=False)
        sheet = sheet.assign(**{"tone": "-1"} | codes)
        pd.DataFrame(change(sheet.to_dict("records"))).to_csv(folder / name, index=False)
        return coding.read_codes(corpus)

    return fill_in


def test_a_sheet_is_blind_and_knows_its_chances(read, drawn, corpus):
    assert drawn["outlet"].value_counts().to_dict() == {"N": 12, "S": 12}
    assert set(drawn["stratum"]) == {"negative", "neutral", "positive"}
    assert drawn["number"].tolist() == list(range(1, 25))
    sentences = drawn["sentence"].str
    assert not sentences.contains(r"told [NS]\.").any() and sentences.contains(r"\[outlet\]").all()
    assert sentences.contains("deed").all() and drawn["after"].str.contains("Rain").any()
    assert (1 / drawn["probability"]).sum() == pytest.approx(len(read.sentences) / 2)
    sheet = (corpus.folder / "labels/coding/sheet.csv").read_bytes()
    assert sheet.count(b"\n") == 25 and b",'=Rain" in sheet  # what would run is defused


def test_the_draw_depends_on_the_seed_alone(read, drawn):
    same, other = (coding.draw_sheet(read, _score(read), actor="ISIS", per_outlet=12, seed=seed) for seed in (0, 1))
    pd.testing.assert_frame_equal(drawn, same)
    assert drawn["sentence"].tolist() != other["sentence"].tolist()
    with pytest.raises(ValueError, match="scores are of other actors"):
        coding.draw_sheet(read, _score(read).assign(actor="Iran"), actor="ISIS")


def test_codes_are_read_back(corpus, fill):
    codes = fill("anna.csv")
    assert codes.problems == [] and len(codes.table) == 24
    assert codes.table["tone"].eq(-1).all() and set(codes.table["coder"]) == {"anna"}
    assert coding.read_tones(corpus)["probability"].tolist() == codes.table["probability"].tolist()
    codes = fill("ben.csv", tone="0.0")
    assert len(codes.table) == 48 and set(codes.table["coder"]) == {"anna", "ben"}
    assert codes.table[codes.table["coder"] == "ben"]["tone"].eq(0).all()
    assert fill("anna.csv", tone="−1").table["tone"].eq(-1).sum() == 24  # a minus as word processors write it
    assert fill("anna.csv", tone="+1").table["tone"].eq(1).sum() == 24
    sheet = pd.read_csv(corpus.folder / "labels/coding/anna.csv", dtype=str).replace("”", '"', regex=True)
    text = sheet.to_csv(index=False, sep="\t")  # with marks as a spreadsheet corrects them; others are lost in ASCII
    (corpus.folder / "labels/coding/cy.txt").write_bytes(text.encode("ascii", "replace"))
    codes = coding.read_codes(corpus)
    assert codes.problems == [] and codes.table["coder"].eq("cy").sum() == 24


@pytest.mark.parametrize(("said", "change", "n"), [  # the first problem, what happened to the rows, the codes left
    ("labels/coding/anna.csv: nothing is coded", lambda rows: [row | {"tone": ""} for row in rows], 0),
    ("labels/coding/anna.csv row 3, tone: '2'; write -1, 0 or 1, or leave it empty: not used",
     lambda rows: [rows[0], rows[1] | {"tone": "2"}, *rows[2:]], 23),
    ("labels/coding/anna.csv: number 5 of key.csv is missing; it counts as not coded",
     lambda rows: rows[:4] + rows[5:], 23),
    ("row 2, sentence: not that of number 1 in key.csv; cells have slipped",
     lambda rows: [row | {"sentence": rows[n - 1]["sentence"]} for n, row in enumerate(rows)], 0),
    ("number: '1' appears twice", lambda rows: [*rows, rows[0]], 24),
    ("number: '99' is not in key.csv", lambda rows: [*rows, rows[0] | {"number": "99"}], 24),
])  # fmt: skip
def test_what_is_not_coded_or_wrong_has_its_line_and_the_rest_is_used(fill, said, change, n):
    codes = fill("anna.csv", change)
    assert said in codes.problems[0] and codes.table["tone"].count() == n


def test_a_changed_article_or_a_lost_key_is_told(corpus, fill):
    fill("anna.csv")
    texts = corpus.articles["text"].where(corpus.articles.index > 0, "Another text.")
    codes = coding.read_codes(SimpleNamespace(folder=corpus.folder, articles=corpus.articles.assign(text=texts)))
    first = corpus.articles["article_id"][0]
    assert "or the article or the key has changed since the sheet was drawn: not used" in codes.problems[0]
    assert first not in set(codes.table["article_id"]) and len(codes.table)
    key = corpus.folder / "labels/coding/key.csv"
    pd.read_csv(key, dtype=str).assign(probability="1/2").to_csv(key, index=False)
    assert coding.read_codes(corpus).table.empty
    for name in ("anna.xlsx", "sheet.csv.bak", ".~lock.sheet.csv#"):
        (key.parent / name).write_bytes(b"PK\3\4")
    said = " ".join(coding.read_codes(corpus).problems)
    assert "anna.xlsx is no CSV but a workbook" in said and ".bak" not in said and "lock" not in said
    key.unlink()
    codes = coding.read_codes(corpus)
    assert codes.table.empty and codes.problems[0].startswith("labels/coding/key.csv is missing")


def test_sentences_that_the_machine_is_unsure_of_are_drawn_first_and_any_may_be_drawn(read):
    scores = _score(read).assign(negative=0.0, neutral=1.0, positive=0.0)
    scores.loc[::4, ["negative", "neutral", "target_score"]] = 0.5, 0.5, -0.5
    chances = coding.find_chances(scores, 18)
    assert chances[::4] == pytest.approx([1.0] * 9) and chances.sum() == pytest.approx(18)
    assert coding.find_chances(scores, 99).min() == 1.0 and np.delete(chances, slice(None, None, 4)).min() > 0.3


def test_any_other_machine_is_one_more_instrument_with_its_error(read, corpus):
    scores = _score(read).astype({"sentence_no": "int64"})
    own = scores[["article_id", "sentence_no", "actor"]].assign(tone=0.5)
    place = corpus.folder / "labels/machines"
    place.mkdir()
    own.iloc[1:].to_csv(place / "big.csv", index=False)
    (place / "bad.csv").write_text("article_id,sentence_no,tone\nn0,1,0\n", encoding="utf-8")
    article, no = own.iloc[0][["article_id", "sentence_no"]]
    rows = pd.DataFrame({"article_id": article, "sentence_no": [no, 0, no, no], "actor": "ISIS", "tone": [2, 1, -1, 1]})
    rows.to_csv(place / "small.csv", index=False)
    added, problems = coding.add_machines(scores, corpus)
    assert added["machine big"].isna().tolist() == [True, *[False] * 35] and added["machine small"].count() == 1
    assert problems == [
        "labels/machines/bad.csv row 1: no column 'actor' (found: article_id, sentence_no, tone): add it",
        "labels/machines/small.csv row 2, tone: '2'; write a number from -1 to 1: not used",
        f"labels/machines/small.csv row 3, sentence_no: no sentence '0' of '{article}' mentions 'ISIS'; "
        "copy the three from 04-tone-toward-sentences.csv",
        "labels/machines/small.csv row 5: this sentence stands above already; the first is used",
    ]
    labels = added.assign(tone="1", problem="")
    measured = validation.measure_tone(added, labels).set_index("instrument")
    assert measured.loc["big", ["n_coded", "macro_f1"]].tolist() == pytest.approx([35, 1 / 3])


def test_two_coders_alpha_by_hand(fill):
    fill("anna.csv", tone="1")
    codes = fill("ben.csv", lambda rows: [row | {"tone": "0"} for row in rows[:6]] + rows[6:], tone="1")
    agreement = validation.measure_coders(codes.table)
    # 24 pairs, 6 of them 1/0: observed disagreement 12/48 of the pairable values; 42 ones and 6 zeros by chance
    observed, expected = 12 / 48, 2 * 42 * 6 / (48 * 47)
    tone = agreement.iloc[0]
    assert tone["alpha"] == pytest.approx(1 - observed / expected)
    assert tone[["n_coders", "n_both", "n_same"]].tolist() == [2, 24, 18]
    alike = validation.measure_coders(fill("ben.csv", tone="1").table)
    assert pd.isna(alike["alpha"][0])  # agreement cannot be told from chance
    assert validation.measure_coders(codes.table[codes.table["coder"] == "anna"]).empty


def test_the_command_draws_a_sheet_once(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("ISIS lost the town. It rained.\n", encoding="utf-8")
    (tmp_path / "articles.csv").write_text("article_id,source_file,outlet\na,a.txt,North\n", encoding="utf-8")
    (tmp_path / "actors.csv").write_text("actor,alias,kind\nISIS,ISIS,acronym\nIran,Iran,name\n", encoding="utf-8")
    sheet = tmp_path / "labels/coding/sheet.csv"
    for _ in range(2):  # a run that is killed leaves the key alone
        sheet.unlink(missing_ok=True)
        assert run.main(["sheet", "--corpus", str(tmp_path), "--per-outlet", "5"]) == 0
    assert sheet.read_text(encoding="utf-8").startswith("number,actor,before,sentence,after")
    assert "-1  against" in capsys.readouterr().out and sheet.with_name("rules.txt").stat().st_size
    refused = ("anna", "Iran", "mentions 'Iran'"), ("anna", "ISIS", "may hold codes"), ("key", "ISIS", "key.csv is")
    for name, actor, line in refused:
        sheet = sheet.replace(sheet.with_name(f"{name}.csv"))
        assert run.main(["sheet", "--corpus", str(tmp_path), "--actor", actor]) == 1 and line in capsys.readouterr().err
