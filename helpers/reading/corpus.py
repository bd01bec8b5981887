"""Open a corpus folder: its articles, what was cut from them, its actors and sources, and what could not be used.

Anything amiss gets one line in `rejected` that names file, row and column, what was found and how to mend it;
everything else is opened.
"""

import calendar
import datetime
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.reading import cache, cleaning, schemas
from helpers.reading.aliases import OTHER
from helpers.reading.copies import cluster_copies, find_copies
from helpers.reading.listings import check_choices, read_actors, read_settings, read_sources, unbar
from helpers.reading.sheets import ROW, read_sheet, suggest
from helpers.reading.textfiles import FileFinder, decode_text

ARTICLE_COLUMNS = (
    "article_id", "source_file", "starts_with", "ends_with", "outlet", "headline", "author", "published",
    "published_note", "language", "url", "sha256", "rules_off",
)  # fmt: skip
REQUIRED_COLUMNS = ("article_id", "source_file", "outlet")
TABLE_FILES = ("articles.csv", "actors.csv", "sources.csv", "corpus.toml")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


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
    """Open and check a corpus folder.

    Parameters
    ----------
    folder
        Holds articles.csv and the text files it lists; may hold actors.csv, sources.csv and corpus.toml.
    store
        Where the cleaning of a large corpus is kept and found again while file, rows, rules and code are the same.

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
    rejected: list[tuple[str, str]] = []
    settings = read_settings(folder, rejected)
    rules, problems = cleaning.load_rules(settings)
    rejected += [("corpus.toml", f"corpus.toml {problem}") for problem in problems]
    sheet = read_sheet(folder / "articles.csv", ARTICLE_COLUMNS, REQUIRED_COLUMNS)
    rejected += [("articles.csv", problem) for problem in sheet.problems]
    records = sheet.table.to_dict("records")
    rows = list(_check_rows(records, rules, rejected))
    rejected += _check_outlets(rules, rows)
    cleaned = cache.CleanedFiles(store, folder, settings)
    articles, removed = _read_files(folder, rows, rules, cleaned, rejected)
    cleaned.save()
    del cleaned  # as large as the texts
    articles = _group_copies(articles, store)
    rejected += _find_unlisted(folder, {record["source_file"] for record in records})
    actors = read_actors(folder, rejected)
    named = set(actors["actor"]) - {OTHER}
    sources = read_sources(folder, named, rejected)
    settings = check_choices(settings, {"actor": named, "target": {row["outlet"] for row in rows}}, rejected)
    return Corpus(
        folder,
        schemas.check(pd.DataFrame(articles), "articles"),
        schemas.check(pd.DataFrame(removed), "removed"),
        schemas.check(pd.DataFrame(rejected, columns=["source_file", "reason"]), "rejected"),
        actors,
        sources,
        settings,
    )


def hash_corpus(corpus: Corpus) -> str:
    """Return twelve hexadecimal digits that change with any text, table or setting of the corpus.

    They cover articles.csv, actors.csv, sources.csv, corpus.toml and the text files of `corpus.articles`, as they
    are in the folder now. The line ends of the tables do not count, those of the texts do.
    """
    digest = hashlib.sha256()
    finder = FileFinder(corpus.folder)
    tables = [corpus.folder / name for name in TABLE_FILES if (corpus.folder / name).is_file()]
    parts = [(path.name, path.read_bytes().replace(b"\r\n", b"\n")) for path in tables]
    texts = ((name, finder.find(name).read_bytes()) for name in sorted(corpus.articles["source_file"].unique()))
    for name, content in chain(parts, texts):
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


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


def _check_rows(
    records: list[dict[str, Any]], rules: cleaning.Rules, rejected: list[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows that name an article, their dates parsed; put a line in `rejected` for anything amiss."""
    seen: dict[str, int] = {}
    for record in records:
        at = f"articles.csv row {record[ROW]}, column"
        record = unbar(record, "outlet", "articles.csv", rejected)
        empty = next((column for column in REQUIRED_COLUMNS if not record[column]), None)
        if empty:
            rejected.append(("articles.csv", f"{at} {empty}: it is empty: fill it in; the article is not opened"))
            continue
        article_id = record["article_id"]
        if article_id in seen:
            reason = f"{at} article_id: {article_id!r} is already in row {seen[article_id]}: give each article its own"
            rejected.append(("articles.csv", reason))
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
                rejected.append(("articles.csv", f"{at} published: {reason}"))
        for name in cleaning.split_names(record["rules_off"]):
            if name not in rules.names:
                reason = f"there is no rule {name!r}{suggest(name, rules.names)}: separate names by semicolons"
                rejected.append(("articles.csv", f"{at} rules_off: {reason}"))
        yield {**record, "published": published, "published_from": dates[0], "published_to": dates[1]}


def _check_outlets(rules: cleaning.Rules, rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    outlets = {row["outlet"] for row in rows}
    for rule in rules.rules:
        if rule.outlet and rule.outlet not in outlets:
            reason = f"rule {rule.name!r} is limited to {rule.outlet!r}, an outlet of no article"
            yield "corpus.toml", f"corpus.toml {reason}{suggest(rule.outlet, outlets)}: write it as in articles.csv"


def _read_files(
    folder: Path, rows: list[dict[str, Any]], rules: cleaning.Rules, kept: cache.CleanedFiles,
    rejected: list[tuple[str, str]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    """Read and clean each file once; return the rows of `articles`, in the order of articles.csv, and of `removed`."""
    by_file: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_file.setdefault(row["source_file"], []).append(row)
    finder = FileFinder(folder)
    opened: dict[str, dict[str, Any]] = {}
    removed: list[dict[str, Any]] = []
    for name, listed in by_file.items():
        at = f"articles.csv row {listed[0][ROW]}, column source_file"
        try:
            content = finder.find(name).read_bytes()
            raw = decode_text(content, name)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            rejected.append((name, f"{at}: {reason}"))
            continue
        rejected += _check_hashes(name, content, listed)
        key = kept.name(raw, listed)
        cleaned = kept.find(key)
        if cleaned is None:
            cleaned = cleaning.clean_file(raw, listed, rules)
            kept.add(key, cleaned)
        for problem in cleaned.problems:
            row = listed[problem.row]
            rejected.append((name, f"articles.csv row {row[ROW]}, column {problem.column}: {problem.reason}"))
        for row in listed:
            article_id = row["article_id"]
            text = cleaned.texts.get(article_id)
            if text:
                start, end = cleaned.ranges[article_id]
                more = {"raw_start": start, "raw_end": end, "cluster_id": article_id, "text": text}
                opened[article_id] = {**row, **more, "n_words": cleaned.n_words[article_id]}
            elif text is not None:
                reason = f"nothing of {article_id!r} is left after cleaning: switch a rule off in rules_off"
                if not raw.strip():
                    reason = f"{name!r} is empty, so that nothing of {article_id!r} is left: put its text in the file"
                rejected.append((name, f"articles.csv row {row[ROW]}: {reason}"))
        removed += [
            {"source_file": name, "article_id": cut.article_id, "rule": cut.rule, "raw_start": cut.start,
             "raw_end": cut.end, "text": raw[cut.start : cut.end]}
            for cut in cleaned.removed
        ]  # fmt: skip
    return [opened[row["article_id"]] for row in rows if row["article_id"] in opened], removed


def _group_copies(articles: list[dict[str, Any]], store: Path | None) -> list[dict[str, Any]]:
    """Return the articles with the story each belongs to: its own, or that of the articles it shares its text with."""
    if len(articles) < 2:
        return articles
    frame = pd.DataFrame(articles)[["article_id", "outlet", "text"]]
    name = cache.name_texts(frame)
    clusters = cache.load_clusters(store, name)
    if clusters is None:
        clusters = cluster_copies(frame, find_copies(frame))
        cache.save_clusters(store, name, clusters)
    return [{**article, "cluster_id": clusters[article["article_id"]]} for article in articles]


def _check_hashes(name: str, content: bytes, listed: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    if not any(row["sha256"] for row in listed):
        return
    digest = hashlib.sha256(content).hexdigest()
    for row in listed:
        if row["sha256"] and row["sha256"].lower() != digest:
            reason = f"{name!r} is no longer the text recorded; opened all the same: if it is right, write {digest}"
            yield name, f"articles.csv row {row[ROW]}, column sha256: {reason}"


def _find_unlisted(folder: Path, listed: set[str]) -> Iterator[tuple[str, str]]:
    names = {unicodedata.normalize("NFC", name.replace("\\", "/")) for name in listed}
    for name in sorted(os.listdir(folder)):
        if unicodedata.normalize("NFC", name) in names or Path(name).suffix.lower() != ".txt":
            continue
        if (folder / name).is_file():
            yield name, f"{name}: not listed in articles.csv and not read: add a row with it as source_file"
