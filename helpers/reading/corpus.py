"""Open a corpus folder: its articles, what was removed from them, its actors and sources, and what could not be used.

Each problem gets one line in `rejected` that names file, row and column, what was found and how to correct it;
everything else is opened.
"""

import calendar
import datetime
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.reading import cache, cleaning, schemas, sheets
from helpers.reading.aliases import OTHER
from helpers.reading.copies import cluster_copies, find_copies
from helpers.reading.files import FileFinder, decode_text, suggest
from helpers.reading.sheets import ROW, Rejected, reject

ARTICLE_COLUMNS = (
    "article_id", "source_file", "starts_with", "ends_with", "outlet", "headline", "author", "published",
    "published_note", "language", "url", "sha256", "rules_off",
)  # fmt: skip
REQUIRED_COLUMNS = ("article_id", "source_file", "outlet")
LONGEST = 200_000  # characters: the parser's memory grows with an article's length
UNBROKEN = 5_000  # characters without a space: not prose, and the tokenizer's time grows with their square
_CLEANED_BY = ("article_id", "starts_with", "ends_with", "outlet", "headline", "author", "rules_off")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_ENGLISH = re.compile(r"(?:en|eng)(?:[-_].*)?|english")
_UNBROKEN = re.compile(rf"\S{{{UNBROKEN}}}")


@dataclass(frozen=True)
class Corpus:
    """A corpus folder as opened: its tables (see `schemas`), and its settings from corpus.toml."""

    folder: Path
    articles: pd.DataFrame
    removed: pd.DataFrame
    rejected: pd.DataFrame
    actors: pd.DataFrame
    sources: pd.DataFrame
    settings: dict[str, Any]


def open_corpus(folder: str | os.PathLike[str], *, store: Path | None = cache.STORE) -> Corpus:
    """Return a corpus folder, opened and checked.

    Parameters
    ----------
    folder
        Holds articles.csv and the text files it lists; may hold actors.csv, sources.csv and corpus.toml.
    store
        Where the cleaned files and story clusters of a large corpus are cached; None: nowhere.

    Returns
    -------
    Corpus
        `articles`, `removed` and `rejected` as in `schemas`; `actors` (actor, alias, kind, note) and `sources`
        (name, pattern, source_type, actor) as written, without the rows that are rejected; `settings`.

    Raises
    ------
    ValueError
        In one line, where there is no such folder or its articles.csv cannot be used at all.
    """
    folder = Path(folder)
    _require_folder(folder)
    rejected: Rejected = []
    settings = sheets.read_settings(folder, rejected)
    rules, problems = cleaning.load_rules(settings)
    rejected += [("corpus.toml", f"corpus.toml {problem}") for problem in problems]
    sheet = sheets.read_sheet(folder / "articles.csv", ARTICLE_COLUMNS, REQUIRED_COLUMNS)
    rejected += [("articles.csv", problem) for problem in sheet.problems]
    records = sheet.table.to_dict("records")
    rows = list(_check_rows(records, rules, rejected))
    outlets = {row["outlet"] for row in rows}
    for rule in rules.rules:
        if rule.outlet and rule.outlet not in outlets:
            reason = f"rule {rule.name!r} is limited to {rule.outlet!r}, an outlet of no article"
            cure = f"{suggest(rule.outlet, outlets)}: write it as in articles.csv"
            rejected.append(("corpus.toml", f"corpus.toml {reason}{cure}"))
    cached = cache.load_cache(store, folder)
    articles, removed, entries = _clean_files(folder, rows, rules, cached, rejected, json.dumps(settings, default=str))
    articles = _group_copies(articles, cached, entries)
    if entries.keys() != cached.keys():
        cache.save_cache(store, folder, entries)
    del cached, entries  # as large as the texts
    rejected += _find_unlisted(folder, {record["source_file"] for record in records})
    actors = sheets.read_actors(folder, rejected)
    named = set(actors["actor"]) - {OTHER}
    sources = sheets.read_sources(folder, named, rejected)
    settings = sheets.check_choices(settings, {"actor": named, "target": outlets}, rejected)
    return Corpus(
        folder,
        schemas.check(pd.DataFrame(articles), "articles"),
        schemas.check(pd.DataFrame(removed), "removed"),
        schemas.check(pd.DataFrame(rejected, columns=["source_file", "reason"]), "rejected"),
        actors,
        sources,
        settings,
    )


def hash_corpus(corpus: Any, *, whole: bool = False) -> str:
    """Return the SHA-256 of a Corpus or a Reading (of a Reading, of the articles chosen for it alone).

    It covers every article's id, outlet, date and text, and the actors: with the same hash, the measures saw the
    same. `whole`: it covers all that was opened, so that a run on it shows the same in every table and figure.
    """
    articles = corpus.articles
    corpus = getattr(corpus, "corpus", corpus)
    tables = [articles[["article_id", "outlet", "published", "text"]].sort_values("article_id"), corpus.actors]
    if whole:
        settings = pd.DataFrame({"settings": [json.dumps(corpus.settings, default=str, sort_keys=True)]})
        tables = [articles, corpus.actors, corpus.sources, corpus.removed, corpus.rejected, settings]
    content = "\n".join(table.to_csv(index=False, lineterminator="\n") for table in tables)
    return hashlib.sha256(content.encode()).hexdigest()


def parse_date(published: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day that an ISO date of a year, month or day can mean.

    Raises ValueError where it is no such date.
    """
    found = _DATE.fullmatch(published)
    if not found:
        raise ValueError(published)
    year, month, day = (int(part) if part else None for part in found.groups())
    first = datetime.date(year, month or 1, day or 1)
    last_month = month or 12
    last = datetime.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return pd.Timestamp(first).as_unit("s"), pd.Timestamp(last).as_unit("s")


def refuse_unreadable(corpus: Corpus) -> Corpus:
    """Return the corpus without the articles that cannot be read, with a line in `rejected` for each.

    These are articles in a language other than English (an empty `language` counts as English), too long to parse, or
    too long without a space.
    """
    readable: list[int] = []
    foreign, long = [], []
    for row in corpus.articles.itertuples():
        at, language = f"{row.source_file}: article '{row.article_id}'", row.language.strip().lower()
        if language and not _ENGLISH.fullmatch(language):
            cure = "kept, not measured; if it is English, write en in articles.csv, column language"
            foreign.append((row.source_file, f"{at} is in '{row.language}'; the instruments read English only: {cure}"))
        elif len(row.text) > LONGEST:
            cure = f"split it into articles of at most {LONGEST:,}"
            long.append((row.source_file, f"{at} has {len(row.text):,} characters; {cure}"))
        elif unbroken := _UNBROKEN.search(row.text):
            found = f"{UNBROKEN:,} characters without a space, '{unbroken[0][:20]}...'"
            long.append((row.source_file, f"{at} has {found}; cut what is not prose"))
        else:
            readable.append(row.Index)
    if not foreign and not long:
        return corpus
    refused = pd.DataFrame([*foreign, *long], columns=["source_file", "reason"])
    rejected = schemas.check(pd.concat([corpus.rejected, refused]), "rejected")
    return replace(corpus, articles=corpus.articles.loc[readable].reset_index(drop=True), rejected=rejected)


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        near = ""
        if folder.parent.is_dir():
            near = suggest(folder.name, [path.name for path in folder.parent.iterdir() if path.is_dir()])
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise ValueError(f"corpus folder {str(folder)!r} {kind}{near}: give the folder that holds articles.csv")
    if not (folder / "articles.csv").is_file():
        near = suggest("articles.csv", [path.name for path in folder.iterdir()])
        raise ValueError(f"{folder.name}/ holds no articles.csv{near}: make one with a row for each article")


def _check_rows(records: list[dict[str, Any]], rules: cleaning.Rules, rejected: Rejected) -> Iterator[dict[str, Any]]:
    """Yield the rows that name an article, their dates parsed, and add a line to `rejected` for each problem."""
    seen: dict[str, int] = {}
    for record in records:
        record = sheets.replace_bar(record, "outlet", "articles.csv", rejected)
        empty = next((column for column in REQUIRED_COLUMNS if not record[column]), None)
        if empty:
            reject(rejected, "articles.csv", record, empty, "it is empty: fill it in; the article is not opened")
            continue
        article_id = record["article_id"]
        if article_id in seen:
            reason = f"{article_id!r} is already in row {seen[article_id]}: give each article its own"
            reject(rejected, "articles.csv", record, "article_id", reason)
            continue
        seen[article_id] = record[ROW]
        dates = (pd.NaT, pd.NaT)
        published = record["published"]
        if published:
            try:
                dates = parse_date(published)
            except ValueError:
                published = ""
                reason = f"{record['published']!r} is no date: write it as 2016, 2016-02 or 2016-02-27; left empty"
                reject(rejected, "articles.csv", record, "published", reason)
        for name in cleaning.split_names(record["rules_off"]):
            if name not in rules.names:
                reason = f"there is no rule {name!r}{suggest(name, rules.names)}: separate names by semicolons"
                reject(rejected, "articles.csv", record, "rules_off", reason)
        yield {**record, "published": published, "published_from": dates[0], "published_to": dates[1]}


def _clean_files(
    folder: Path, rows: list[dict[str, Any]], rules: cleaning.Rules, cached: dict[str, str], rejected: Rejected,
    settings: str,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str]]:  # fmt: skip
    """Return the rows of `articles`, in the order of articles.csv, and of `removed`, and what to cache."""
    by_file: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_file.setdefault(row["source_file"], []).append(row)
    finder = FileFinder(folder)
    opened: dict[str, dict[str, Any]] = {}
    removed: list[dict[str, Any]] = []
    entries: dict[str, str] = {}
    for name, listed in by_file.items():
        try:
            content = finder.find(name).read_bytes()
            raw = decode_text(content, name)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            reject(rejected, "articles.csv", listed[0], "source_file", reason, name)
            continue
        digest = hashlib.sha256(content).hexdigest()
        for row in listed:
            if row["sha256"] and row["sha256"].lower() != digest:
                reason = f"{name!r} is no longer the text recorded; opened all the same: if it is right, write {digest}"
                reject(rejected, "articles.csv", row, "sha256", reason, name)
        key = cache.hash_parts(raw, json.dumps([[row[column] for column in _CLEANED_BY] for row in listed]), settings)
        cleaned = json.loads(cached[key]) if key in cached else vars(cleaning.clean_file(raw, listed, rules))
        entries[key] = cached.get(key) or json.dumps(cleaned)
        for number, column, reason in cleaned["problems"]:
            reject(rejected, "articles.csv", listed[number], column, reason, name)
        for row in listed:
            article_id = row["article_id"]
            text = cleaned["texts"].get(article_id)
            if text:
                start, end = cleaned["ranges"][article_id]
                place = {"raw_start": start, "raw_end": end, "cluster_id": article_id}
                opened[article_id] = {**row, **place, "text": text, "n_words": cleaned["n_words"][article_id]}
            elif text is not None:
                reason = f"nothing of {article_id!r} is left after cleaning: switch a rule off in rules_off"
                if not raw.strip():
                    reason = f"{name!r} is empty, so that nothing of {article_id!r} is left: put its text in the file"
                rejected.append((name, f"articles.csv row {row[ROW]}: {reason}"))
        for article_id, rule, start, end in cleaned["removed"]:
            place = {"raw_start": start, "raw_end": end, "text": raw[start:end]}
            removed.append({"source_file": name, "article_id": article_id, "rule": rule, **place})
    return [opened[row["article_id"]] for row in rows if row["article_id"] in opened], removed, entries


def _group_copies(
    articles: list[dict[str, Any]], cached: dict[str, str], entries: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the articles with the story each belongs to: its own, or that of the articles it shares its text with."""
    if len(articles) < 2:
        return articles
    frame = pd.DataFrame(articles)[["article_id", "outlet", "text"]]
    key = cache.hash_parts(*frame.to_numpy().ravel())
    clusters = json.loads(cached[key]) if key in cached else cluster_copies(frame, find_copies(frame)).to_dict()
    entries[key] = cached.get(key) or json.dumps(clusters)
    return [{**article, "cluster_id": clusters[article["article_id"]]} for article in articles]


def _find_unlisted(folder: Path, listed: set[str]) -> Iterator[tuple[str, str]]:
    names = {unicodedata.normalize("NFC", name.replace("\\", "/")) for name in listed}
    for name in sorted(os.listdir(folder)):
        if unicodedata.normalize("NFC", name) in names or Path(name).suffix.lower() != ".txt":
            continue
        if (folder / name).is_file():
            yield name, f"{name}: not listed in articles.csv and not read: add a row with it as source_file"
