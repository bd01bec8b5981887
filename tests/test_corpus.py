"""Opening a corpus folder: what is read, and one clear line for whatever cannot be."""

import os
from pathlib import Path

import pandas as pd
import pytest

from helpers.reading import checks, cleaning, corpus, files, schemas
from helpers.reading.sheets import split_rows
from helpers.run import ROOT
from tests.pseudonyms import read_table
from tests.test_importing import put

LONG = {r"\(4,000 letters\)": "W" * 4_000, r"\(5,000 brackets\)": "[" * 5_000, r"\(3,000 opened\)": "(" * 3_000}
LISTED = read_table(Path(__file__).with_name("lists.csv")).replace(LONG, regex=True)
TEXT = "The army said on Tuesday that it had taken the village.\nResidents fled, and aid workers followed them.\n"
ROW = {"article_id": "a", "source_file": "a.txt", "outlet": "Courier"}


@pytest.fixture
def make(tmp_path):
    """Make a corpus folder of these rows; each file they name holds TEXT unless `files` says otherwise."""

    def make_folder(*rows, files=None, tables=None):
        listed = pd.DataFrame([*rows] or [ROW]).to_csv(index=False)
        texts = {row["source_file"]: TEXT for row in rows or [ROW]}
        written = {"articles.csv": listed, **texts, **(files or {}), **(tables or {})}
        return put(tmp_path / "corpus", {name: one for name, one in written.items() if one is not None})

    return make_folder


def check_lines(opened, *words):
    """There is one line for each of these, in their order."""
    lines = opened.rejected["reason"].tolist()
    assert len(lines) == len(words) and all(one in line for one, line in zip(words, lines, strict=True)), lines
    assert not any("\n" in line or len(line) > 400 for line in lines)


GOOD = {"article_id": "b", "source_file": "b.txt", "outlet": "Herald"}


def test_a_folder_of_two_articles(make):
    opened = corpus.open_corpus(make({**ROW, "published": "2016-02", "headline": "nan"}, {**GOOD, "published": "2015"}))
    schemas.check(opened.articles, "articles")
    first = opened.articles.iloc[0]
    assert opened.articles["article_id"].tolist() == ["a", "b"]
    assert first["text"] == TEXT.strip()
    assert tuple(first[["n_words", "cluster_id", "story_id", "headline"]]) == (18, "a", "a", "nan")  # cells stay text
    assert (first["published_from"], first["published_to"]) == (pd.Timestamp("2016-02-01"), pd.Timestamp("2016-02-29"))
    assert (first["raw_start"], first["raw_end"]) == (0, len(TEXT) - 1)
    assert opened.articles["published_to"].iloc[1] == pd.Timestamp("2015-12-31")
    assert opened.rejected.empty and opened.actors.empty and opened.sources.empty and opened.settings == {}


@pytest.mark.parametrize("content", [
    "\ufeffarticle_id;source_file;outlet;headline;;\r\na;a.txt;Courier;„Fünf, sechs“;;\r\n;;;;;\r\n\r\n",
    "article_id\tsource_file\toutlet\theadline\na\ta.txt\tCourier\t„Fünf, sechs“\n",
    ' Article ID ,Source-File,OUTLET,Headline,Author\n\na,a.txt,Courier,"„Fünf, sechs“","""Bo"" and ""Al"\n,,,\n',
    'sep=;\narticle_id;source_file;outlet;headline\na;a.txt;Courier;"„Fünf,\n sechs“"\n',
])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_tables_as_spreadsheets_save_them(make, content, encoding):
    content = content if encoding == "utf-8" else content.lstrip("\ufeff")
    opened = corpus.open_corpus(make(tables={"articles.csv": content.encode(encoding)}))
    assert opened.articles[["article_id", "headline"]].values.tolist() == [["a", "„Fünf, sechs“"]]
    assert opened.rejected.empty


def test_a_table_of_one_line_has_the_separator_that_stands_in_it_most():
    assert split_rows("actor;alias;kind, note")[1] == [["actor", "alias", "kind, note"]]


def test_texts_and_cells_are_in_one_normal_form_and_two_articles_may_be_in_one_file(make):
    tables = {"actors.csv": "actor,alias,kind\nRe\u0301mi,Re\u0301mi O\ufb03\u200bcer,name\n"}
    texts = "\ufeff\u200b\uff21n\U0001d41d Re\u0301\u00admi O\ufb03cer\ufeff left.\r\nResidents fled.\r\n"
    rows = [{**ROW, "ends_with": "left."}, {**GOOD, "source_file": "a.txt", "starts_with": "Residents fled"}]
    opened = corpus.open_corpus(make(*rows, files={"a.txt": texts}, tables=tables))
    assert opened.articles["text"].tolist() == ["And Rémi Officer left.", "Residents fled."]
    assert opened.articles["raw_start"].tolist() == [0, 25]
    assert opened.actors["alias"].tolist() == ["Rémi Officer"]
    emoji = "👨\u200d👩 می\u200cخواهم"  # joiners that make a letter or a picture stay
    assert files.normalize(emoji) == emoji


def test_names_that_differ_by_capitals_spaces_or_signs_alone_are_one(make):
    names = ["Reader’s Post", "reader's  post", "Readers Post", "READER’S POST", "Reader’s Post", "This|That"]
    names += ["The Reader’s Post"]
    rows = [{**ROW, "article_id": f"{n}", "source_file": f"{n}.txt", "outlet": name} for n, name in enumerate(names)]
    tables = {
        "actors.csv": "actor,alias,kind\nRed Army,Red Army,name\nred army,Reds,name\n(Other),Red Army Hotel,name\n",
        "sources.csv": "name,pattern,source_type,actor\nStaff,Red Army staff,military,RED ARMY\n",
    }
    opened = corpus.open_corpus(make(*rows, tables=tables))
    assert opened.articles["outlet"].tolist() == [*names[:1] * 2, names[2], *names[:1] * 2, "This/That", names[6]]
    assert opened.actors["actor"].tolist() == ["Red Army", "Red Army", "(other)"]
    assert opened.sources["actor"].tolist() == ["Red Army"]
    first, *others = opened.rejected["reason"]
    assert "row 3, column outlet: \"reader's post\" is read as 'Reader’s Post'" in first and len(others) == 7
    assert "row 8, column outlet: 'The Reader’s Post' is taken for one of its own (nearest: 'Rea" in others[3]
    assert "row 7, column outlet: 'This|That' is read as 'This/That'" in "".join(others)
    assert "row 4, column outlet: 'Readers Post' is taken for one of its own (nearest: 'Reader’s Post')" in others[0]


def test_a_genre_is_guessed_overruled_and_left_out(make):
    rows = [{**ROW, "headline": "Editorial: enough"}, {**GOOD, "headline": "Editorial: no", "genre": "News"},
            {**GOOD, "article_id": "c", "source_file": "c.txt", "genre": "opinon"}]  # fmt: skip
    folder = make(*rows, tables={"corpus.toml": 'leave_out = ["opinion", "comentary", "liveblog"]\n'})
    opened = corpus.open_corpus(folder)
    found = opened.articles[["genre", "genre_note"]].values.tolist()
    assert found == [["opinion", "its headline says so"], ["news", "as articles.csv says"], ["news", ""]]
    guessed = f"row 4, column genre: 'opinon' is none of {', '.join(schemas.GENRES)} (nearest: 'opinion'); guessed"
    check_lines(opened, guessed, "'leave_out' must be a list of genres", "(nearest: 'live blog')")
    measured = corpus.refuse_unreadable(opened)
    assert measured.articles["article_id"].tolist() == ["b", "c"]
    assert "'a' is left out by corpus.toml (opinion: its headline says so)" in measured.rejected["reason"].iloc[-1]


def test_a_notice_that_is_cut_tells_an_interview_and_a_foot_no_opinion(make):
    met = "Ann Bo leads the crews.", " This interview has been edited for length and clarity."
    foot = "The gate was shut on Friday. Nobody came.", "\n\nTerms of Use | Disclaimer | Contact\n"
    opened = corpus.open_corpus(make(ROW, GOOD, files={"a.txt": "".join(met), "b.txt": "".join(foot)}))
    assert opened.articles[["text", "genre"]].to_numpy().tolist() == [[met[0], "interview"], [foot[0], "news"]]


def test_what_repeats_is_removed_and_listed(make):
    foot = "Prices are delayed.\nADVERTISEMENT LINE logo\nReprints need consent of the publisher."
    texts = [f"Harbour {n} was shut on day {n}. Ships turned back from pier {n}.\n{foot}\n" for n in range(4)] + [foot]
    rows = [{**ROW, "article_id": f"n{n}", "source_file": f"{n}.txt"} for n in range(5)]
    opened = corpus.open_corpus(make(*rows, files={f"{n}.txt": text for n, text in enumerate(texts)}))
    assert opened.articles["text"].tolist() == [text.split("\n")[0] for text in texts[:4]]
    first = opened.removed[opened.removed["article_id"].eq("n0")]
    assert first[["rule", "text"]].values.tolist() == [["repeated", foot]]  # with the logo, cut before
    assert all(texts[0][cut.raw_start : cut.raw_end] == cut.text for cut in first.itertuples())
    assert "nothing of 'n4' is left after cleaning (rules that cut: repeated)" in opened.rejected["reason"].item()
    shown = checks.list_repeated(opened)
    assert shown[["outlet", "n_articles", "example"]].values.tolist()[0] == ["Courier", 4, "n0"]


def test_thousands_of_alike_lines_are_summed_up(make):
    rows = [{**ROW, "article_id": f"n{n}", "published": f"{n}/13"} for n in range(1200)]
    lines = corpus.open_corpus(make(GOOD, *rows), store=None).rejected["reason"].tolist()
    assert len(lines) < 250 and "... and 1,100 more like it" in "".join(lines)


@pytest.mark.parametrize(("cells", "files", "reason", "is_opened"), [
    *(({row.column: row.given}, {}, row.expected, row.column not in ("outlet", "article_id", "starts_with"))
      for row in LISTED[LISTED["list"].eq("articles")].itertuples()),
    ({"source_file": "a-2017.txt"}, {"a-2017.txt": None, "a_2017.txt": TEXT}, "(nearest: 'a_2017.txt')", 0),
    ({}, {"a.txt": "\n \xa0\n"}, "'a' is left after cleaning (rules that cut: none, the file has no text)", 0),
    ({}, {"a.txt": "Fünf".encode("cp1252")}, "byte 1 of 'a.txt' (0xfc) is not UTF-8 text", 0),
    ({}, {"articles.csv": 'article_id,source_file,outlet,headline\nb,b.txt,Herald,\na,a.txt,Courier,"Open\n'},
     "row 3: a quotation mark is not closed", 1),
    ({}, {"a.txt": "F\0nf"}, "byte 1 of 'a.txt' (0x00) is not UTF-8 text", 0),
    ({"source_file": "/etc/hostname"}, {"/etc/hostname": None}, "lies outside the corpus folder", 0),
    ({"source_file": "../a.txt"}, {"../a.txt": None}, "lies outside the corpus folder", 0),
    ({"source_file": "C:\\a.txt"}, {"C:\\a.txt": None}, "no file 'C:\\\\a.txt' in corpus/", 0),
])  # fmt: skip
def test_one_line_for_what_is_amiss_and_the_rest_is_opened(make, cells, files, reason, is_opened):
    opened = corpus.open_corpus(make(GOOD, {**ROW, **cells}, files=files))
    assert opened.articles["article_id"].tolist() == ["b", "a"][: 1 + is_opened]
    unlisted = ["a_2017.txt: not listed in articles.csv and not read: add a row"] * ("a_2017.txt" in files)
    check_lines(opened, reason, *unlisted)
    if date := cells.get("published"):
        kept = opened.articles[["published", "published_from"]].astype("str").fillna("").values.tolist()[1]
        assert kept == ["", ""] if "left empty" in reason else kept == [date, f"{date}-01-01"[:10]]
    where = "articles.csv column 'titel'" if "titel" in cells else "articles.csv row 3"
    assert opened.rejected["reason"][0].startswith(where)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_the_folder(make, tmp_path):
    (tmp_path / "secret.txt").write_text(TEXT)
    folder = make(ROW, GOOD, files={"a.txt": None})
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    opened = corpus.open_corpus(folder)
    assert opened.articles["article_id"].tolist() == ["b"]
    check_lines(opened, "row 2, column source_file: 'a.txt' lies outside the corpus folder or is a link out")


UNUSABLE = {"article_id,outlet\na,Courier\n": "no column 'source_file'", "": "no column 'article_id'"}
UNUSABLE["PK\3\4"] = "articles.csv is no CSV but a workbook"
FOLDERS = {"seed": r"is no folder \(nearest: 'seeds'\)", "note.txt": "is no folder", "seeds": "holds no articles"}


def test_folders_and_tables_that_cannot_be_used(make, tmp_path):
    folder = make()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "note.txt").write_text("x")
    for name, words in FOLDERS.items():
        with pytest.raises(ValueError, match=words):
            corpus.open_corpus(str(tmp_path / name))
    for content, words in UNUSABLE.items():
        (folder / "articles.csv").write_text(content)
        with pytest.raises(ValueError, match=words) as error:
            corpus.open_corpus(folder)
        assert "\n" not in str(error.value)


def test_actors_and_sources(make):
    """Each row is read as tests/lists.csv says, its cells apart by semicolons, or has one line about a column."""
    given = LISTED.groupby("list")["given"].agg("\n".join)
    tables = {"actors.csv": f"actor,alias,kind,note\n{given['actors']}", "labels.csv": "label,note\nX,x\n"}
    tables |= {"sources.csv": f"name,pattern,source_type,actor\n{given['sources']}"}
    tables |= {"words.csv": 'word\n"war,\npeace,\n', "words.xlsx": ""}
    opened = corpus.open_corpus(make(tables=tables))
    said = "".join(opened.rejected["reason"])
    assert "words.xlsx: not listed in articles.csv and not read: save it under its name" in said
    assert "words.csv row 2: a quotation mark is not closed" in said and opened.words == ("peace",)
    assert opened.labels.empty and "labels.csv row 1: no column 'alias'" in said
    for name, columns in (("actors", ["actor", "alias", "kind"]), ("sources", ["pattern", "actor"])):
        own = LISTED[LISTED["list"].eq(name)].reset_index(drop=True)
        read = own.loc[own["column"].eq(""), "expected"].str.split(";").tolist()
        assert getattr(opened, name)[columns].values.tolist()[: len(read)] == read
        for number, row in own[own["column"].ne("")].iterrows():
            start = f"{name}.csv row {number + 2}, column {row['column']}: "
            [line] = [line for line in opened.rejected["reason"] if line.startswith(start)]
            assert row["expected"] in line
    assert opened.sources["source_type"].tolist() == ["media", "media", "military", "bakers", "Goverment", "NGO"]
    assert opened.sources.iloc[-4].tolist() == ["Chief", "Chief", "military", ""]
    assert "write \\ before (" in said and said.count("those known are") == 1


def test_a_source_of_two_types_has_a_line(make):
    rows = "Lind,Mara Lind,politician,\nLind,Ann Lind,civilian,\nLind,Al Lind,politician,\n"
    opened = corpus.open_corpus(make(tables={"sources.csv": f"name,pattern,source_type,actor\n{rows}"}))
    check_lines(opened, "sources.csv row 3, column source_type: 'Lind' is 'politician' in row 2: give one")
    assert opened.sources["source_type"].tolist() == ["politician", "civilian", "politician"]


def test_settings(make):
    settings = 'title = "T"\n[masking]\nnames = ["X"]\n'
    opened = corpus.open_corpus(make(tables={"corpus.toml": settings}))
    assert opened.settings == {"title": "T", "masking": {"names": ["X"]}} and opened.rejected.empty
    for row in LISTED[LISTED["list"].eq("settings")].itertuples():
        tables = {"corpus.toml": row.given, "actors.csv": "actor,alias,kind\nRed Army,R,name\n"}
        opened = corpus.open_corpus(make(tables=tables))
        assert opened.settings.keys() <= {"cleaning"} and opened.articles["text"].tolist() == [TEXT.strip()]
        check_lines(opened, row.expected)


ADDED = {  # what is removed is shown too, and of a row that overlaps with another there is a line in notebook 01
    "a.txt": "More of it.\n", "b.txt": "Subscribe\n", "articles.csv": "c,a.txt,Courier\r\n",
    "corpus.toml": 'actor = "A"\n', "actors.csv": "A,As,name\n", "sources.csv": "Wire,Wire\n",
}  # fmt: skip


def test_the_hash_of_all_that_was_opened_follows_every_file(make):
    tables = {"actors.csv": "actor,alias,kind\nA,A,name\n", "sources.csv": "name,pattern\n"}
    folder = make(ROW, GOOD, tables={**tables, "corpus.toml": 'title = "T"\n'})

    def take_hashes():
        return [corpus.hash_corpus(corpus.open_corpus(folder), whole=whole) for whole in (True, False)]

    whole, seen = take_hashes()
    table = folder / "articles.csv"
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))  # as a spreadsheet saves it
    assert [whole, seen] == take_hashes()
    for name, more in ADDED.items():
        before = whole, seen
        with (folder / name).open("a") as file:
            file.write(more)
        whole, seen = take_hashes()
        assert whole != before[0] and (seen != before[1]) == (name in {"a.txt", "actors.csv"}), name


def test_seeds_open_without_a_word_and_without_boilerplate_and_nothing_else_is_cut():
    seeds = corpus.open_corpus(ROOT / "seeds")
    assert seeds.rejected.empty
    assert seeds.articles["n_words"].tolist() == [576, 623, 798, 759, 682, 418]  # not a word more or less is cut
    assert seeds.articles["published_note"].str.startswith("inferred").all()
    assert {"actor", "target"} <= seeds.settings.keys()  # else there would be a line
    texts = seeds.articles.set_index("article_id")["text"]
    blog = texts["pro-russian-blog-deir-ezzor"].split("\n")
    assert blog[2].endswith("than Khmeimim") and blog[3].startswith("Russian fighter jets")
    assert blog[4].endswith("as reported by Al-Masda") and blog[5].endswith("in Deir ez-Zor province")
    assert not texts.str.contains("trig-|T he|A mid|de-pot|counterof-").any()


# What opening a large corpus stores is found again while nothing changed, and never stale.
FIRST = "article_id,source_file,outlet,headline,rules_off\n" + "".join(f"{n},{n}.txt,Post,A strike,\n" for n in "123")
LARGE = {f"{n}.txt": f"The {n}th harbour strike began.\n\nShare this\n\nIt ended on day {n}.\n" for n in "123"}
EDITS = [  # one after the other: a row, a line about one, a text, an article, the rules
    {"articles.csv": FIRST.replace("2,2.txt,Post,A strike", "2,2.txt,Post,The 2th harbour strike")},
    {"articles.csv": FIRST.replace("A strike,", "A strike,crosshed", 1)},
    {"2.txt": "Nothing of it was true.\n"},
    {"4.txt": "A fourth one.\n", "articles.csv": f"{FIRST}4,4.txt,Post,A fourth,\n"},
    {"corpus.toml": '[[cleaning]]\nname = "ends"\nnote = "x"\nline = "^It ended"\n'},
]


def assert_same_opening(one, other):
    for name in ("articles", "removed", "rejected"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_what_was_cleaned_is_found_again_and_what_changed_or_is_damaged_is_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(corpus, "MANY", 3)
    folder = put(tmp_path / "corpus", {**LARGE, "articles.csv": FIRST})
    for change in ({}, *EDITS):
        put(folder, change)
        found = corpus.open_corpus(folder, store=tmp_path)
        assert_same_opening(found, corpus.open_corpus(folder, store=None))
        with monkeypatch.context() as patch:
            patch.setattr(cleaning, "clean_file", lambda *_: pytest.fail("cleaned again"))
            assert_same_opening(found, corpus.open_corpus(folder, store=tmp_path))
    for file in tmp_path.glob("opened/*/part-*"):
        file.write_bytes(file.read_bytes()[:-9])
    for _ in range(2):
        assert_same_opening(found, corpus.open_corpus(folder, store=tmp_path))
    assert capsys.readouterr().err.count("is damaged and made again") == 1
    (tmp_path / "file").write_text("where the store should be")  # nothing can be written there
    assert_same_opening(found, corpus.open_corpus(folder, store=tmp_path / "file"))
    monkeypatch.setattr(corpus, "MANY", 9)  # few files leave nothing behind
    corpus.open_corpus(folder, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()
