"""A sheet of sentences for a person to code, drawn blind and by chance, and the codes read back from it.

The folder labels/coding/ of a corpus holds sheet.csv (to be coded: outlets hidden, nothing of what the instruments
found), key.csv (which sentence each row is and how likely it was drawn) and the coded copies, one a coder, by any
name. Nothing in it is ever written twice.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from helpers.coding.labels import read_labels
from helpers.naming import select_mentions
from helpers.reading import select_rows
from helpers.reading.files import defuse, write_csv
from helpers.reading.sheets import ROW, read_sheet

if TYPE_CHECKING:
    from helpers.reading import Reading
    from helpers.reading.corpus import Corpus

FOLDER, SHEET, KEY = "coding", "sheet.csv", "key.csv"
OUTLET = "[outlet]"  # stands for every outlet's name on the sheet
STRATA = {"negative": 4, "neutral": 4, "positive": 4, "no mention": 3}  # parts of an outlet's share of the sheet
SHOWN = ["number", "actor", "before", "sentence", "after"]
CODES = ["mentions", "tone", "voice", "sources"]
_KEY = ["number", "article_id", "sentence_no", "start", "end", "actor", "stratum", "probability", "digest"]
_TONES, _VOICES = {"-1": -1.0, "0": 0.0, "1": 1.0}, ("outlet", "paraphrase", "quote", "mixed")
_MINUS = str.maketrans({"−": "-", "–": "-", "+": ""})


class Codes(NamedTuple):
    """What was coded, and a line for each thing that could not be used."""

    table: pd.DataFrame
    problems: list[str]


def draw_sheet(
    read: "Reading", scores: pd.DataFrame, *, actor: str, per_outlet: int = 60, seed: int = 0
) -> pd.DataFrame:
    """Draw sentences to code by hand, by chance within each outlet and what the classifier said of them.

    At most `per_outlet` sentences from each outlet: those that mention the actor in equal numbers from what was scored
    negative, neutral and positive, so that the rare ones are seen; a fifth are sentences in which no mention was
    found, so that missed ones are. `scores` is a table of `classify_targets` for the actor. The draw depends on the
    seed and the texts alone.

    One row is a sentence: number (on the sheet, in random order), article_id, outlet, sentence_no, start, end,
    actor, stratum (negative, neutral, positive, no mention), probability (that this row was drawn), digest (of the
    text), before, sentence, after (the text, with outlets' names hidden).

    Raises ValueError where the actor is unknown or scores are of another.
    """
    if not set(scores["actor"]) <= {actor}:
        raise ValueError(f"the scores are of other actors than '{actor}': give classify_targets(read, actor=…)")
    select_mentions(read, actor=actor, columns=[])
    keys = ["article_id", "sentence_no"]
    labels = scores.set_index(keys)["target_label"].map({-1: "negative", 0: "neutral", 1: "positive"})
    frame = select_rows(read, "sentences", ["outlet", *keys, "start", "end", "text"]).reset_index(drop=True)
    stratum = labels.reindex(pd.MultiIndex.from_frame(frame[keys])).fillna("no mention").to_numpy()
    frame = frame.assign(stratum=stratum, actor=actor, digest=frame["text"].map(digest))
    chance = [digest(f"{seed} {row.start} {row.text}") for row in frame.itertuples()]
    frame = frame.assign(chance=chance).sort_values(["chance", *keys])
    drawn = []
    for _, own in frame.groupby("outlet"):
        sizes = own["stratum"].value_counts()
        taken = _allot(sizes.to_dict(), per_outlet)
        for name, rows in own.groupby("stratum"):
            drawn.append(rows.head(taken[name]).assign(probability=taken[name] / len(rows)))
    sheet = pd.concat(drawn).sort_values(["chance", *keys], key=lambda column: column.map(_turn), ignore_index=True)
    hide = _hide(read.articles["outlet"].unique())
    drawn_from = select_rows(read, "sentences", [*keys, "text"], among=sheet[["article_id"]].drop_duplicates())
    texts = drawn_from.set_index(keys)["text"].to_dict()
    around = {
        name: [hide(texts.get((row.article_id, row.sentence_no + step), "")) for row in sheet.itertuples()]
        for name, step in (("before", -1), ("after", 1))
    }
    sheet = sheet.assign(number=range(1, len(sheet) + 1), sentence=sheet["text"].map(hide), **around)
    return sheet[["outlet", *_KEY, "before", "sentence", "after"]]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _turn(value: object) -> object:
    """Another order than the one drawn in: else the sheet would begin with what was likeliest drawn."""
    return value[::-1] if isinstance(value, str) else value


def _allot(sizes: dict[str, int], n: int) -> dict[str, int]:
    """Share n rows out over strata by STRATA, as far as each has rows."""
    taken = dict.fromkeys(sizes, 0)
    for _ in range(min(n, sum(sizes.values()))):
        free = [name for name in STRATA if taken.get(name, 0) < sizes.get(name, 0)]
        taken[min(free, key=lambda name: (taken[name] + 1) / STRATA[name])] += 1
    return taken


def _hide(outlets: Sequence[str]) -> Callable[[str], str]:
    names = "|".join(re.escape(name) for name in sorted(outlets, key=len, reverse=True) if name)
    pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if names else None
    return lambda text: " ".join((pattern.sub(OUTLET, text) if pattern else text).split())


def write_sheet(drawn: pd.DataFrame, folder: str | Path) -> list[Path]:
    """Write a drawn sheet and its key into labels/coding/ of a corpus folder; return the paths.

    The sheet has the columns number, actor, before, sentence, after, and empty ones for the codes: mentions (how often
    the sentence mentions the actor: 0, 1, …), tone (of the sentence toward the actor: -1, 0, 1), voice (whose words
    mention it: outlet, paraphrase, quote, mixed), sources (how many sources the sentence cites), remark.

    Raises FileExistsError where there is a sheet already: it may hold codes.
    """
    place = Path(folder) / "labels" / FOLDER
    for name in (SHEET, KEY):
        if (place / name).exists():
            raise FileExistsError(f"labels/{FOLDER}/{name} is there already and may hold codes: move the folder first")
    place.mkdir(parents=True, exist_ok=True)
    sheet = drawn[SHOWN].assign(**dict.fromkeys([*CODES, "remark"], ""))
    # the key first: a sheet without its key would be of no use
    return [write_csv(drawn[_KEY], place / KEY), write_csv(sheet, place / SHEET)]


def read_codes(corpus: "Corpus") -> Codes:
    """Read the coded copies of a sheet from labels/coding/ of a corpus; empty where there is none.

    Every CSV there but key.csv is a coder's, named after the file. A cell left empty is not coded.

    `table`: one row is a row of the sheet x coder: coder, number, article_id, sentence_no, start, end, actor, stratum,
    probability, mentions, tone, voice, sources (empty: not coded). `problems`: a line for each cell or row that
    cannot be used, with its file, row and column and what to do; the others are.
    """
    place = Path(corpus.folder) / "labels" / FOLDER
    files = sorted(path for path in place.glob("*.csv") if path.name != KEY)
    columns = ["coder", *_KEY[:-1], *CODES]
    nothing = pd.DataFrame(columns=columns).astype({"tone": float, "mentions": float, "sources": float})
    if not (place / KEY).exists():
        lost = f"labels/{FOLDER}/{KEY} is missing, without which no sheet can be read: put it back"
        return Codes(nothing, [lost] if files else [])
    hide = _hide(corpus.articles["outlet"].unique())
    key, problems = _read_key(place / KEY, corpus, hide)
    tables = []
    for path in files:
        rows, amiss = _read_coder(path, key, hide)
        problems += amiss
        coded = any(row[name] not in ("", None) for row in rows for name in CODES)
        if coded:
            tables += [{"coder": path.stem, **row} for row in rows]
        elif path.name != SHEET:
            problems.append(f"labels/{FOLDER}/{path.name}: nothing is coded")
    table = pd.DataFrame(tables, columns=columns) if tables else nothing
    return Codes(table.astype({"tone": float, "mentions": float, "sources": float}), problems)


def _read_key(path: Path, corpus: "Corpus", hide: Callable[[str], str]) -> tuple[dict[str, dict], list[str]]:
    """Return number -> what the key says, for rows whose sentence still stands where it stood."""
    sheet = read_sheet(path, _KEY, _KEY)
    texts = corpus.articles.set_index("article_id")["text"].to_dict()
    key, problems = {}, []
    for row in sheet.table.to_dict("records"):
        try:
            row |= {name: int(row[name]) for name in ("sentence_no", "start", "end")}
            row["probability"] = float(row["probability"])
            text = texts.get(row["article_id"], "")[row["start"] : row["end"]]
        except ValueError:
            text = ""
        if digest(text) != row["digest"] or not text:
            problems.append(
                f"labels/{FOLDER}/{KEY} row {row[ROW]}: article '{row['article_id']}' has changed since the sheet was "
                "drawn, or the key has: not used"
            )
            continue
        key[row["number"]] = {**row, "hidden": hide(text)}
    return key, problems


def _read_coder(path: Path, key: dict[str, dict], hide: Callable[[str], str]) -> tuple[list[dict], list[str]]:
    name = f"labels/{FOLDER}/{path.name}"
    try:
        sheet = read_sheet(path, [*SHOWN, *CODES, "remark"], ["number", "sentence", *CODES])
    except ValueError as error:
        return [], [f"labels/{FOLDER}/{error}"]
    problems, rows, seen = [f"labels/{FOLDER}/{problem}" for problem in sheet.problems], [], set()
    for cells in sheet.table.to_dict("records"):
        where, number = f"{name} row {cells[ROW]}", cells["number"].removesuffix(".0")
        own = key.get(number)
        if own is None or number in seen:
            why = "stands twice, the first is read" if number in seen else "is none of the key's"
            problems.append(f"{where}, number: {cells['number']!r} {why}: not used")
            continue
        seen.add(number)
        if hide(cells["sentence"]) not in (own["hidden"], defuse(own["hidden"])):
            problems.append(f"{where}, sentence: not the one of number {number} in {KEY}; cells have slipped: not used")
            continue
        codes, amiss = _read_cells(cells, where)
        problems += amiss
        rows.append({column: own[column] for column in _KEY[:-1]} | codes)
    lost = sorted(set(key) - seen, key=int)
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        problems.append(f"{name}: number {', '.join(lost[:5])}{more} of {KEY} is missing; it counts as not coded")
    return rows, problems


def _read_cells(cells: dict[str, str], where: str) -> tuple[dict[str, object], list[str]]:
    codes, problems = dict.fromkeys(CODES), []
    for name in CODES:
        cell = cells[name].lower().translate(_MINUS).lstrip("'").strip()
        cell = cell.removesuffix(".0") if name != "voice" else cell
        if not cell:
            continue
        if name == "tone":
            codes[name], allowed = _TONES.get(cell), "-1, 0 or 1"
        elif name == "voice":
            codes[name], allowed = cell if cell in _VOICES else None, ", ".join(_VOICES[:-1]) + " or mixed"
        else:
            codes[name], allowed = float(cell) if re.fullmatch(r"\d{1,3}", cell) else None, "0, 1, 2 …"
        if codes[name] is None:
            problems.append(f"{where}, {name}: {cells[name][:40]!r}; write {allowed}, or leave it empty: not used")
    return codes, problems


def read_tones(corpus: "Corpus") -> pd.DataFrame:
    """Return every tone coded by hand: labels/sentiment.csv and the coded sheet, in the form of `coding.read_labels`.

    One row is a sentence x actor; a sentence coded in both, or by several coders, has its first code. A sheet drawn by
    strata over-represents the rare tones: F1 and correlations are then those on the sheet.
    """
    keys = ["article_id", "start", "end", "actor"]
    whole, sheet = read_labels(corpus, "sentiment"), read_codes(corpus).table
    drawn = sheet[sheet["tone"].notna()]
    drawn = drawn.assign(tone=drawn["tone"].astype(int).astype(str), voice=drawn["voice"].fillna(""), problem="")
    both = pd.concat([whole, drawn]) if len(drawn) else whole
    return both.drop_duplicates(keys, ignore_index=True).reindex(columns=whole.columns).fillna("")


def first_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """Return one row a sentence: the mean of the coders' numbers, and the first coder's voice."""
    numbers = {name: (name, "mean") for name in ("mentions", "tone", "sources")}
    keys = ["article_id", "sentence_no", "start", "end", "actor", "stratum", "probability"]
    return codes.groupby(keys, as_index=False, sort=True).agg(**numbers, voice=("voice", "first"), n=("coder", "size"))


def weigh_rows(coded: pd.DataFrame, code: str, outlets: pd.Series) -> np.ndarray:
    """Return for each row how many sentences of its outlet it stands for, those with no code made up for.

    `coded` is a table of `first_codes`, `outlets` the outlet of each of its rows. Rows without the code get 0.
    """
    drawn = (1 / coded["probability"]).groupby([outlets, coded["stratum"]]).transform("sum")
    has = coded[code].notna()
    answered = has.groupby([outlets, coded["stratum"]]).transform("sum")
    return np.where(has, drawn / answered.where(answered > 0, np.nan), 0.0)
