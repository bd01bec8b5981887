"""What a person codes by reading: the codes in labels/, a sheet of sentences drawn blind, and its codes read back.

The folder labels/coding/ of a corpus holds sheet.csv (to be coded: outlets hidden, nothing of what the instruments
found), key.csv (which sentence each row is and how likely it was drawn), rules.txt (how to code) and the coded copies,
one per coder, under any name. No file in it is ever overwritten.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.correction import MACHINE, TONE_NAMES
from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading import Reading, select_rows
from helpers.reading.corpus import Corpus
from helpers.reading.files import csv_text, write_csv, write_whole
from helpers.reading.schemas import ACTS, ATTACHED, UNDERGOES
from helpers.reading.sheets import BOOKS, ROW, read_sheet
from helpers.reading.store import hash_text

LABELS = {row["sheet"]: row["columns"] for row in read_lexicon("code_sheets.csv")}  # the sheets in labels/
# Column with the start of a span -> column with the words there, or how they begin.
SPANS = {"start": "text", "mention_start": "text", "source_start": "source", "cue_start": "cue",
         "content_start": "content"}  # fmt: skip
FOLDER, SHEET, KEY, RULES = "labels/coding", "sheet.csv", "key.csv", "rules.txt"
OUTLET = "[outlet]"  # replaces every outlet's name on the sheet
FLOOR = 0.4  # of the average chance of being drawn, which every sentence about the actor has
MACHINES, GIVEN = "labels/machines", ["article_id", "sentence_no", "actor", "tone"]
SHOWN, FILLED = ["number", "actor", "before", "sentence", "after"], ["tone", "remark"]
TONE_CODES = ("-1", "0", "1")
CODES_OF_ACTS = (ACTS, UNDERGOES, ATTACHED, "none")  # none: neither
_DRAWN = ["number", "article_id", "sentence_no", "start", "end", "actor", "stratum", "probability"]
_MINUS = str.maketrans({"−": "-", "–": "-", "+": ""})
_MARKS = re.compile("[^0-9A-Za-z]+")  # what a spreadsheet corrects, and what its encoding may lack


class Codes(NamedTuple):
    """What was coded, and a line for each cell or row that could not be used."""

    table: pd.DataFrame
    problems: list[str]


def read_labels(corpus: Corpus, sheet: str) -> pd.DataFrame:
    """Return the codes in labels/<sheet>.csv of a corpus; empty where nobody coded.

    `sheet` is mentions, voices, acts, sentiment or attributions; one row is one mention, one mention with its voice,
    one act, one sentence x actor with its tone, or one source x one part of the content of an attribution. What each
    column means and how it was coded is in labels/README.md. Starts and ends are characters of the article's text, -1
    where there is none. The column `problem` is empty, or says why a row cannot be used: it names another article or
    actor, or the text has changed.
    """
    columns = LABELS[sheet].split()
    path = Path(corpus.folder) / "labels" / f"{sheet}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=[*columns, "problem"], dtype="str")
    labels, _ = read_sheet(path, columns, [])
    numbers = [column for column in columns if column.endswith(("start", "end"))]
    labels[numbers] = labels[numbers].apply(pd.to_numeric, errors="coerce").fillna(-1).astype("int64")
    texts, actors = corpus.articles.set_index("article_id")["text"].to_dict(), set(corpus.actors["actor"])
    rows = zip(labels.pop(ROW), labels.to_dict("records"), strict=True)
    problems = [_find_problem(f"labels/{sheet}.csv row {number}", row, texts, actors) for number, row in rows]
    return labels.assign(problem=problems)


def _find_problem(where: str, row: dict[str, Any], texts: dict[str, str], actors: set[str]) -> str:
    text = texts.get(row["article_id"])
    if text is None:
        return f"{where}, article_id: no article '{row['article_id']}'; name one of articles.csv"
    if "actor" in row and row["actor"] not in actors:
        return f"{where}, actor: '{row['actor']}' is not in actors.csv; write it as there"
    for start, words in SPANS.items():
        if start not in row:
            continue
        first, last = row[start], row[start.replace("start", "end")]
        found = " ".join(text[first:last].split()) if first >= 0 else ""
        if not found.startswith(row[words]) or bool(found) != bool(row[words]):
            return f"{where}, {words}: '{row[words]}' is not at {first}-{last}; the article has changed: code it again"
    for column, allowed in (("role", CODES_OF_ACTS), ("tone", TONE_CODES)):
        if column in row and row[column] not in allowed:
            return f"{where}, {column}: '{row[column]}'; write one of: {', '.join(allowed)}"
    return ""


def draw_sheet(read: Reading, scores: pd.DataFrame, *, actor: str, per_outlet: int = 60, seed: int = 0) -> pd.DataFrame:
    """Return the sentences to code by hand that say most about how outlets differ, drawn with known probabilities.

    `per_outlet` x outlets sentences that mention the actor. One is the likelier to be drawn the more it weighs in its
    outlet's mean and the less sure the classifier is of it (Neyman 1934; every one has at least FLOOR of the average
    chance). `scores` is a table of `classify_targets` for the actor. The draw depends on the seed and the texts alone:
    a larger sheet holds a smaller one but for sentences at its edge (sequential Poisson sampling, Ohlsson 1998).

    One row is a sentence: number (on the sheet, in random order), article_id, outlet, sentence_no, start, end,
    actor, stratum (negative, neutral, positive), probability (that this row was drawn), before, sentence, after (the
    text, with outlets' names hidden).

    Raises ValueError where scores are of another actor, or no sentence mentions this one.
    """
    if not set(scores["actor"]) <= {actor}:
        raise ValueError(f"the scores are of other actors than '{actor}': give classify_targets(read, actor=…)")
    if scores.empty:
        raise ValueError(f"no sentence mentions '{actor}': list in actors.csv the names that the articles use")
    keys = ["article_id", "sentence_no"]
    chances = find_chances(scores, per_outlet * read.articles["outlet"].nunique())
    frame = scores.assign(actor=actor, probability=chances, stratum=scores["target_label"].map(TONE_NAMES))
    frame["chance"] = [int(hash_text(f"{seed} {row.start} {row.text}")[:12], 16) / 16**12 for row in frame.itertuples()]
    frame = frame.assign(rank=frame["chance"] / chances).sort_values(["rank", *keys], ignore_index=True)
    of_outlet = frame.groupby("outlet")
    sheet = frame[of_outlet.cumcount().lt(of_outlet["probability"].transform("sum").round())]
    # an order other than the one drawn in: else the sheet would begin with the rows most likely to be drawn
    sheet = sheet.sort_values(["chance", *keys], key=lambda column: column.astype("str").str[::-1])
    hide = _make_hider(read.articles["outlet"])
    texts = select_rows(read, "sentences", [*keys, "text"]).set_index(keys)["text"].to_dict()
    for name, step in (("before", -1), ("sentence", 0), ("after", 1)):
        places = zip(sheet["article_id"], sheet["sentence_no"] + step, strict=True)
        sheet[name] = [hide(texts.get(place, "")) for place in places]
    sheet["number"] = range(1, len(sheet) + 1)
    return sheet[["outlet", *_DRAWN, "before", "sentence", "after"]].reset_index(drop=True)


def find_chances(scores: pd.DataFrame, n: int) -> np.ndarray:
    """Return the chance of each sentence to be among the n drawn: in proportion to what it may do to the interval.

    That is the classifier's doubt (the standard deviation of its three chances) times the weight of the sentence in the
    mean of its outlet. `scores` is a table of `classify_targets` for one actor.
    """
    doubt = np.sqrt((scores["negative"] + scores["positive"] - scores["target_score"] ** 2).clip(lower=0))
    n_articles = scores.groupby("outlet")["article_id"].transform("nunique")
    size = (doubt / scores.groupby("article_id")["actor"].transform("size") / n_articles).to_numpy(float)
    size = size + FLOOR * size.sum() / max(1, len(size)) + 1e-9
    chances, n_sure = np.minimum(1, size * n / size.sum()), -1
    while n_sure < (chances >= 1).sum() < min(n, len(size)):  # what is drawn for sure leaves more to the rest
        n_sure, rest = (chances >= 1).sum(), chances < 1
        chances[rest] = np.minimum(1, size[rest] * (n - n_sure) / size[rest].sum())
    return chances


def _make_hider(outlets: Sequence[str]) -> Callable[[str], str]:
    """Return a function that puts [outlet] in place of every outlet's name in a text."""
    names = "|".join(re.escape(name) for name in sorted(set(outlets), key=len, reverse=True) if name)
    pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if names else None
    return lambda text: " ".join((pattern.sub(OUTLET, text) if pattern else text).split())


def write_sheet(drawn: pd.DataFrame, folder: str | Path) -> list[Path]:
    """Return the paths of a drawn sheet, its key and the rules, written into labels/coding/ of a corpus folder.

    The sheet has the columns number, actor, before, sentence, after, and two empty ones: tone (of the sentence toward
    the actor: -1, 0 or 1; empty where it is not about the actor) and remark.

    Raises FileExistsError where a sheet, which may hold codes, or the key of another draw is there already.
    """
    place, key = Path(folder) / FOLDER, csv_text(drawn[_DRAWN]).encode()
    if there := sorted(one.name for one in place.glob("[!.]*.*") if one.name != RULES and one.read_bytes() != key):
        raise FileExistsError(f"{FOLDER}/{there[0]} is there already and may hold codes: move the folder first")
    place.mkdir(parents=True, exist_ok=True)
    sheet = drawn[SHOWN].assign(**dict.fromkeys(FILLED, ""))
    rules = write_whole(place / RULES, (LEXICONS / "code.txt").read_bytes())
    # the key first: a sheet without its key would be of no use
    return [write_whole(place / KEY, key), write_csv(sheet, place / SHEET), rules]


def read_codes(corpus: Corpus) -> Codes:
    """Return the codes in the coded copies of a sheet in labels/coding/ of a corpus; empty where there is none.

    Every table there but key.csv is a coder's, named after the file. A cell left empty is not coded.

    `table`: one row is a row of the sheet x coder: coder, number, article_id, sentence_no, start, end, actor, stratum,
    probability, tone (empty: not coded). `problems`: a line for each cell or row that cannot be used, with its file,
    row and column and what to do; the others are used.
    """
    place, coded, problems = Path(corpus.folder) / FOLDER, [], []
    ends = (".csv", ".tsv", ".txt", *BOOKS)  # no copy that a program keeps while a sheet is open
    files = sorted(one for one in place.glob("[!.~]*") if one.name not in (KEY, RULES) and one.suffix.lower() in ends)
    if files and not (place / KEY).exists():
        files, problems = [], [f"{FOLDER}/{KEY} is missing, without which no sheet can be read: put it back"]
    hide, key = _make_hider(corpus.articles["outlet"]), {}
    texts = corpus.articles.set_index("article_id")["text"].to_dict()
    for _, table in _read_sheets(FOLDER, [place / KEY] if files else [], _DRAWN, _DRAWN, problems):
        numbers = ["sentence_no", "start", "end", "probability"]
        table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce").fillna(-1)
        table = table.astype(dict.fromkeys(numbers[:3], "int64"))
        for row in table.to_dict("records"):
            text = texts.get(row["article_id"], "")[row["start"] : row["end"]] if 0 < row["probability"] <= 1 else ""
            key[row["number"]] = row | {"text": hide(text)}
    for path, table in _read_sheets(FOLDER, files, [*SHOWN, *FILLED], ["number", "sentence", "tone"], problems):
        rows = _read_coder(f"{FOLDER}/{path.name}", table, key, hide, problems)
        if any(row["tone"] is not None for row in rows):
            coded += [{"coder": path.stem, **row} for row in rows]
        elif path.name != SHEET:
            problems.append(f"{FOLDER}/{path.name}: nothing is coded")
    return Codes(pd.DataFrame(coded, columns=["coder", *_DRAWN, "tone"]).astype({"tone": float}), problems)


def _read_sheets(
    folder: str, files: Sequence[Path], columns: Sequence[str], required: Sequence[str], problems: list[str]
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Yield each file that can be read and its records, and add what is amiss in any to `problems`."""
    for path in files:
        try:
            table, amiss = read_sheet(path, columns, required)
        except ValueError as error:
            problems.append(f"{folder}/{error}")
            continue
        problems += [f"{folder}/{problem}" for problem in amiss]
        yield path, table


def _read_coder(
    name: str, table: pd.DataFrame, key: dict[str, dict], hide: Callable[[str], str], problems: list[str]
) -> list[dict]:
    """Return the rows of one coder's copy, None where a cell is empty, and add what cannot be used to `problems`."""
    rows, left = [], dict(key)
    for cells in table.to_dict("records"):
        where, number = f"{name} row {cells[ROW]}", cells["number"].removesuffix(".0")
        own = left.pop(number, None)
        if own is None:
            why = "appears twice, the first is read" if number in key else f"is not in {KEY}"
            problems.append(f"{where}, number: {cells['number']!r} {why}: not used")
            continue
        if not own["text"] or _MARKS.sub("", hide(cells["sentence"])) != _MARKS.sub("", own["text"]):
            why = "cells have slipped, or the article or the key has changed since the sheet was drawn"
            problems.append(f"{where}, sentence: not that of number {number} in {KEY}; {why}: not used")
            continue
        cell = cells["tone"].translate(_MINUS).lstrip("'").removesuffix(".0")
        if cell and cell not in TONE_CODES:
            problems.append(f"{where}, tone: {cells['tone'][:40]!r}; write -1, 0 or 1, or leave it empty: not used")
        rows.append({column: own[column] for column in _DRAWN} | {"tone": float(cell) if cell in TONE_CODES else None})
    if lost := [*left]:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        problems.append(f"{name}: number {', '.join(lost[:5])}{more} of {KEY} is missing; it counts as not coded")
    return rows


def add_machines(scores: pd.DataFrame, corpus: Corpus) -> Codes:
    """Return scores with what any other machine says of the same sentences, as more instruments, and what was amiss.

    Each labels/machines/NAME.csv of a corpus is one: article_id, sentence_no, actor, tone (a number from -1 to 1). Its
    column is `machine NAME`, empty where it says nothing. `problems`: a line for each row that cannot be used.
    """
    places = {key: n for n, key in enumerate(scores[GIVEN[:3]].astype("str").itertuples(index=False, name=None))}
    problems = []
    files = sorted((Path(corpus.folder) / MACHINES).glob("*.csv"))
    for path, table in _read_sheets(MACHINES, files, GIVEN, GIVEN, problems):
        tones = np.full(len(scores), np.nan)
        for *key, cell, row in table[[*GIVEN, ROW]].itertuples(index=False, name=None):
            where, place = f"{MACHINES}/{path.name} row {row}", places.get(tuple(key))
            found = pd.to_numeric(cell.translate(_MINUS).lstrip("'"), errors="coerce")
            if place is None:
                what = f"no sentence {key[1]!r} of '{key[0]}' mentions '{key[2]}'"
                problems.append(f"{where}, sentence_no: {what}; copy the three from 04-tone-toward-sentences.csv")
            elif not -1 <= found <= 1:
                problems.append(f"{where}, tone: {cell[:40]!r}; write a number from -1 to 1: not used")
            elif not np.isnan(tones[place]):
                problems.append(f"{where}: this sentence stands above already; the first is used")
            else:
                tones[place] = found
        scores = scores.assign(**{f"{MACHINE}{path.stem}": tones})
    return Codes(scores, problems)


def read_tones(corpus: Corpus) -> pd.DataFrame:
    """Return every tone coded by hand: labels/sentiment.csv and the coded sheet, in the form of `read_labels`.

    One row is a sentence x actor; a sentence coded in both, or by several coders, has its first code. `probability` is
    the chance with which it was drawn (1 where whole articles are coded): a sheet holds what the machine doubts most,
    so whatever is measured with these codes weighs each by 1 / probability.
    """
    whole, sheet = read_labels(corpus, "sentiment").assign(probability=1.0), read_codes(corpus).table
    drawn = sheet[sheet["tone"].notna()]
    drawn = drawn.assign(tone=drawn["tone"].astype(int).astype(str), problem="")
    both = pd.concat([whole, drawn]) if len(drawn) else whole
    both = both.drop_duplicates(["article_id", "start", "end", "actor"], ignore_index=True)
    return both.reindex(columns=whole.columns).fillna("")
