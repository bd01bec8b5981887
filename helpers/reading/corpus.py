"""Open a corpus folder: its articles, what was removed from them, its actors and sources, and what could not be used.

Each problem gets one line in `rejected` that names file, row and column, what was found and how to correct it;
everything else is opened.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.reading import cleaning, schemas
from helpers.reading.aliases import OTHER
from helpers.reading.attribution.spans import paint
from helpers.reading.cleaning import Rules, load_rules
from helpers.reading.cleaning.repair import count_words
from helpers.reading.copies import find_repeats, group_articles
from helpers.reading.files import decode_text, find_file, normalize, suggest
from helpers.reading.quotations import find_quotations
from helpers.reading.sheets import COLUMNS, REQUIRED, ROW, Record, Rejected, read_list, read_rows, read_settings, reject
from helpers.reading.store import STORE, hash_files, hash_text, pack_rows, recall, unpack_tables
from helpers.reading.turns import find_turns

LONGEST = 200_000  # characters: the parser's memory grows with an article's length
UNBROKEN = 5_000  # characters without a space: not prose, and the tokenizer's time grows with their square
MANY = 100  # entries; what fewer give is made again in half a second, and not stored
EARLIEST = pd.Timestamp("1990-01-01")  # few outlets have texts from before: mostly a mistyped year
OWN, FEW, SHARE = 5, 3, 0.01  # of the writer's own words that make an opinion, and their share of all words; FEW where
FACTS = 1 / 3  # of the sentences, or fewer, hold a fact or are told by others
MOST_ALIKE = 100  # lines in `rejected` that say the same of other rows
Files = dict[str, tuple[str, list[Record]]]  # by name: the text, and the rows of articles.csv that are in it


@dataclass(frozen=True)
class Corpus:
    """A corpus folder as opened: `articles`, `removed` and `rejected` as in `schemas`, and what else it lists.

    `actors` has actor, alias, kind, note, group; `sources` has name, pattern, source_type, actor; `settings` is
    corpus.toml; `words` are those of words.csv; `labels` has label, alias, connotation, note.
    """

    folder: Path
    articles: pd.DataFrame
    removed: pd.DataFrame
    rejected: pd.DataFrame
    actors: pd.DataFrame
    sources: pd.DataFrame
    settings: dict[str, Any]
    words: tuple[str, ...] = ()
    labels: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COLUMNS["labels"]], dtype="str"))


def open_corpus(folder: str | Path, *, store: Path | None = STORE) -> Corpus:
    """Return a corpus folder, opened and checked.

    The folder holds articles.csv and the text files it lists; it may hold actors.csv, sources.csv, labels.csv,
    words.csv and corpus.toml. The tables come back as written, without the rows that are rejected. What cleaning
    a large corpus gives is kept in `store` until one of its articles changes; None: nowhere.

    Raises ValueError, in one line, if there is no such folder, or if its articles.csv cannot be used at all.
    """
    folder = Path(folder)
    if not (folder / "articles.csv").is_file():
        wanted, what = ("articles.csv", "holds no articles.csv") if folder.is_dir() else (folder.name, "is no folder")
        near = suggest(wanted, [at.name for at in (folder.glob("*") if folder.is_dir() else folder.parent.glob("*/"))])
        raise ValueError(f"{str(folder)!r} {what}{near}: give one with an articles.csv, a row for each article")
    rejected: Rejected = []
    records, actors = read_rows(folder, "articles", rejected), read_list(folder, "actors", rejected)
    named, outlets = set(actors["actor"]) - {OTHER}, {row["outlet"] for row in records}
    settings = read_settings(folder, {"leave_out": schemas.GENRES, "actor": named, "target": outlets}, rejected)
    rules, problems = load_rules(settings, outlets)
    rejected += [("corpus.toml", f"corpus.toml {problem}") for problem in problems]
    files = _read_files(folder, records, rules, rejected)
    asked = hash_text(hash_files("**/*.py", "*.csv", "cleaning.toml"), json.dumps([files, settings], default=str))
    kept = store / "opened" / asked if store and len(records) >= MANY else None
    tables = unpack_tables(recall(kept, ["all"], lambda _: [pack_rows({"all": _clean_files(files, rules)})]))
    rejected += tables["rejected"].itertuples(index=False, name=None)
    rejected += _list_unread(folder, {row["source_file"] for row in records})
    sources, words, labels = (read_list(folder, name, rejected, named) for name in ("sources", "words", "labels"))
    lines = sum_up(pd.DataFrame(rejected, columns=["source_file", "reason"]))
    words = tuple(words["word"].unique())
    return Corpus(folder, tables["articles"], tables["removed"], lines, actors, sources, settings, words, labels)


def _list_unread(folder: Path, listed: set[str]) -> Iterator[tuple[str, str]]:
    """Yield a line for each file of a corpus folder that is not read: a text without a row, a list misnamed."""
    ours = ("corpus.toml", "report.md", *(f"{name}.csv" for name in COLUMNS))
    for name in sorted({normalize(path.name) for path in folder.iterdir() if path.is_file()}.difference(ours, listed)):
        if not name.startswith((".", "~$", "Thumbs.db", "desktop.ini")):  # of a system, or a program
            near = suggest(name, ours, cutoff=0.7)
            cure = f"save it under its name, CSV UTF-8{near}" if near else "add a row with it, as .txt, as source_file"
            yield name, f"{name}: not listed in articles.csv and not read: {cure}"


def hash_corpus(corpus: Any, *, whole: bool = False) -> str:
    """Return the SHA-256 of a Corpus or a Reading (of a Reading, of the articles chosen for it alone).

    It covers every article's id, outlet, date and text, the actors and the labels. `whole`: it covers all that was
    opened, sources, words and settings too; hand codes and the lexicons of this tool are in neither.
    """
    articles = corpus.articles
    seen = articles if whole else articles[["article_id", "outlet", "published", "text"]].sort_values("article_id")
    corpus = getattr(corpus, "corpus", corpus)
    tables = [seen, corpus.actors, *([corpus.labels] if len(corpus.labels) else [])]
    if whole:
        settings = json.dumps([corpus.settings, corpus.words], default=str, sort_keys=True)
        tables += [corpus.sources, corpus.removed, corpus.rejected, pd.Series([settings], name="settings")]
    content = "\n".join(table.to_csv(index=False, lineterminator="\n") for table in tables)
    return hashlib.sha256(content.encode()).hexdigest()


@cache  # pandas takes a while for each
def parse_date(published: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day that an ISO date of a year, month or day can mean; of an empty one, NaT.

    Raises ValueError for anything else.
    """
    if not published:
        return pd.NaT, pd.NaT
    if not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", published):
        raise ValueError(published)
    period = pd.Period(published.removesuffix("-00").removesuffix("-00"))  # month or day 00: not known
    return period.start_time.as_unit("s"), period.end_time.normalize().as_unit("s")


def refuse_unreadable(corpus: Corpus) -> Corpus:
    """Return the corpus without the articles that cannot be read, with a line in `rejected` for each.

    These are articles in a language other than English (an empty `language` counts as English), too long to parse or
    too long without a space, or of a genre that corpus.toml leaves out.
    """
    reasons = []
    for row in corpus.articles.itertuples():
        reason, unbroken = "", re.search(rf"\S{{{UNBROKEN}}}", row.text)
        if not re.fullmatch(r"|(?:en|eng)(?:[-_].*)?|english", row.language.strip().lower()):
            cure = "kept, not measured; if it is English, write en in articles.csv, column language"
            reason = f"is in '{row.language}'; the instruments read English only: {cure}"
        elif row.genre in corpus.settings.get("leave_out", []):
            cure = "to measure it, write its genre in articles.csv, column genre"
            reason = f"is left out by corpus.toml ({row.genre}: {row.genre_note}); {cure}"
        elif len(row.text) > LONGEST:
            reason = f"has {len(row.text):,} characters; split it into articles of at most {LONGEST:,}"
        elif unbroken:
            reason = f"has {UNBROKEN:,} characters without a space, '{unbroken[0][:20]}...'; cut what is not prose"
        reasons.append(reason)
    return leave_out(corpus, reasons)


def leave_out(corpus: Corpus, reasons: Sequence[str]) -> Corpus:
    """Return the corpus without the articles that have a reason, which is put in `rejected`; an empty one is none."""
    rows = zip(corpus.articles["source_file"], corpus.articles["article_id"], reasons, strict=True)
    lines = [(file, f"{file}: article '{article_id}' {reason}") for file, article_id, reason in rows if reason]
    rejected = sum_up(pd.concat([corpus.rejected, pd.DataFrame(lines, columns=[*corpus.rejected])], ignore_index=True))
    articles = corpus.articles.loc[[not reason for reason in reasons]].reset_index(drop=True)
    return replace(corpus, articles=articles, rejected=rejected)


def sum_up(rejected: pd.DataFrame) -> pd.DataFrame:
    """Return the lines, checked; of lines that are alike but for names and numbers, MOST_ALIKE and how many more."""
    kinds = rejected["reason"].str.replace(r"^[^:]*: |'[^']*'|\"[^\"]*\"|\d+", "", regex=True)
    number, more = rejected.groupby(kinds).cumcount(), kinds.groupby(kinds).transform("size") - MOST_ALIKE
    is_last = number.eq(MOST_ALIKE - 1) & more.gt(0)
    reasons = rejected["reason"] + more.map(" ... and {:,} more like it".format).where(is_last, "")
    return schemas.check(rejected.assign(reason=reasons)[number < MOST_ALIKE], "rejected")


def _read_files(folder: Path, records: list[Record], rules: Rules, rejected: Rejected) -> Files:
    """Return the files that rows of articles.csv name, as decoded, with those of their rows that can be used.

    The dates of the rows are parsed. `rejected` gets a line for each problem.
    """
    known, files, listed = {rule.name for rule in rules}, {}, {}
    for record in records:
        if not all(record[column] for column in REQUIRED["articles"]):
            continue
        tell, published = partial(reject, rejected, "articles.csv", record), record["published"]
        try:
            first, last = parse_date(published)
        except ValueError:
            tell("published", f"{published!r} is not a date: write it as 2016, 2016-02 or 2016-02-27; left empty")
            published, (first, last) = "", parse_date("")
        if first < EARLIEST or first > pd.Timestamp.now():
            when = "in the future" if first > EARLIEST else f"before {EARLIEST.year}"
            tell("published", f"{published!r} is {when}: used as it is; correct it if it is mistyped")
        for name in sorted({*map(str.strip, record["rules_off"].split(";"))} - {"", *known}):
            tell("rules_off", f"there is no rule {name!r}{suggest(name, known)}: separate names by semicolons")
        row = {**record, "published": published, "published_from": first, "published_to": last}
        listed.setdefault(row["source_file"], []).append(row)
    for name, rows in listed.items():
        try:
            content = find_file(folder, name).read_bytes()
            files[name] = decode_text(content, name), rows
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            reject(rejected, "articles.csv", rows[0], "source_file", reason, name)
            continue
        digest = hashlib.sha256(content).hexdigest()
        reason = f"{name!r} is no longer the text recorded; opened anyway: if it is right, write {digest}"
        for row in (row for row in rows if row["sha256"].lower() not in ("", digest)):
            reject(rejected, "articles.csv", row, "sha256", reason, name)
    return files


def _clean_files(files: Files, rules: Rules) -> dict[str, list[Record]]:
    """Return the rows of `articles`, in the order of articles.csv, of `removed` and, of what is wrong, of `rejected`.

    Each file is cleaned alone, then what repeats over an outlet is cut; where nothing is left, there is a line instead.
    What articles.csv says of a genre stays. Where a search of a rule of corpus.toml does not end, none of them is used.
    """
    rejected, pieces = [], []
    for name, (raw, rows) in files.items():
        try:
            own, problems = cleaning.clean_file(raw, rows, rules)
        except ValueError as error:
            rejected.append((name, f"corpus.toml [[cleaning]]: {error}; {name} is cleaned without the corpus's rules"))
            own, problems = cleaning.clean_file(raw, rows, load_rules({})[0])
        pieces += [(name, one) for one in sorted(own, key=lambda one: one.start)]
        for number, column, reason in problems:
            reject(rejected, "articles.csv", rows[number], column, reason, name)
    listed = {row["article_id"]: row for _, rows in files.values() for row in rows}
    opened = [(listed[one.article_id], one) for _, one in pieces if one.article_id]
    opened.sort(key=lambda pair: pair[0][ROW])
    repeats = find_repeats([{**row, "text": one.text} for row, one in opened if one.text], rules)
    articles = []
    for row, one in opened:
        article_id, name, genre, note = row["article_id"], row["source_file"], row["genre"], "as articles.csv says"
        one.cut(repeats.get(article_id, ()))
        if not one.text:
            cut = ", ".join(sorted({rule for _, _, rule in one.cuts})) or "none, the file has no text"
            reason = f"nothing of {article_id!r} is left after cleaning (rules that cut: {cut})"
            cure = "put its text in the file, or write a rule that cut it in rules_off"
            rejected.append((name, f"articles.csv row {row[ROW]}: {reason}: {cure}"))
            continue
        if not genre:
            cut = [said for start, end, rule in one.cuts for said in (rule, one.raw[start:end])]
            genre, note = guess_genre(one.text, row["headline"], row["url"], cut)
        place = {"n_words": count_words(one.text), "raw_start": one.start, "raw_end": one.end}
        articles.append({**row, "text": one.text, **place, "genre": genre, "genre_note": note})
    groups = group_articles(pd.DataFrame(articles)).to_dict("index") if articles else {}
    removed = [
        {"source_file": name, "article_id": one.article_id, "rule": rule, "raw_start": start, "raw_end": end,
         "text": one.raw[start:end]}
        for name, one in pieces
        for start, end, rule in sorted(one.cuts)
    ]  # fmt: skip
    return {
        "articles": [{**row, **groups[row["article_id"]]} for row in articles],
        "removed": removed,
        "rejected": [{"source_file": name, "reason": reason} for name, reason in rejected],
    }


def guess_genre(text: str, headline: str, url: str, removed: Iterable[str] = ()) -> tuple[str, str]:
    """Return one of `schemas.GENRES` and why: a sign of lexicons/genres.csv, else turns, else what the writer thinks.

    `removed` are the names of the rules that cut something from the article, one for each cut, and what they cut.
    """
    places = {"headline": headline, "url": url, "removed": "; ".join(sorted(removed)), "text": text}
    signs = {row["where"]: row for row in read_lexicon("genres.csv")}
    for row in read_lexicon("genres.csv"):
        if re.search(row["pattern"], places.get(row["where"], ""), re.IGNORECASE):
            return row["genre"], row["note"]
    turns, said = [turn for turn in find_turns(text) if turn.asks is not None], find_quotations(text)[0]
    heads = ", ".join(dict.fromkeys(text[slice(*turn.label)] for turn in turns))[:60]
    if turns and all(turn.asks for turn in turns):  # the outlet answers itself
        return "news", ""
    if turns:
        is_asked = any(turn.asks for turn in turns) or re.match(r"\W|[QA]\b", heads, re.IGNORECASE)
        return "interview" if is_asked else "transcript", f"{len(turns)} turns, each behind one of: {heads}"
    others = paint(len(text), [*said, *(part for turn in find_turns(text) for part in turn.contents)])  # posts, letters
    text = "".join(text[place] for place in np.flatnonzero(others < 0))
    told, facts, own = (re.compile(signs[where]["pattern"]) for where in ("told", "facts", "own words"))
    sentences = re.split(r"(?<=[.!?])\s", text)
    views = [view for words in sentences if not told.search(words) for view in own.findall(words)]
    n_facts = sum(bool(told.search(words) or facts.search(words)) for words in sentences)
    if len(views) >= max(OWN if FACTS * len(sentences) < n_facts else FEW, SHARE * len(places["text"].split())):
        often = ", ".join(f"{word} ({n})" for word, n in Counter(views).most_common(3))
        return "opinion", f"{len(views)} {signs['own words']['note']}: {often}"
    return "news", ""
