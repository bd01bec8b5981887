"""Open a corpus folder: its articles, what was removed from them, its actors and sources, and what could not be used.

Each problem gets one line in `rejected` that names file, row and column, what was found and how to correct it;
everything else is opened.
"""

import contextlib
import functools
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading import cleaning, schemas, sheets
from helpers.reading.aliases import OTHER
from helpers.reading.copies import cluster_copies, find_copies
from helpers.reading.files import FileFinder, decode_text, suggest, write_whole
from helpers.reading.sheets import ROW, Rejected, reject

ARTICLE_COLUMNS = (
    "article_id", "source_file", "starts_with", "ends_with", "outlet", "headline", "author", "published",
    "published_note", "language", "url", "sha256", "rules_off",
)  # fmt: skip
REQUIRED_COLUMNS = ("article_id", "source_file", "outlet")
LONGEST = 200_000  # characters: the parser's memory grows with an article's length
UNBROKEN = 5_000  # characters without a space: not prose, and the tokenizer's time grows with their square
STORE = Path(__file__).parents[2] / ".cache" / "opened"  # cleaned files and story clusters of large corpora
MANY = 500  # entries; so few are computed again in less than a second
_CLEANED_BY = ("article_id", "starts_with", "ends_with", "outlet", "headline", "author", "rules_off")
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_ENGLISH = re.compile(r"(?:en|eng)(?:[-_].*)?|english")
_UNBROKEN = re.compile(rf"\S{{{UNBROKEN}}}")


@dataclass(frozen=True)
class Corpus:
    """A corpus folder as opened: `articles`, `removed` and `rejected` as in `schemas`, and what else it lists.

    `actors` has actor, alias, kind, note; `sources` has name, pattern, source_type, actor; `settings` is corpus.toml.
    """

    folder: Path
    articles: pd.DataFrame
    removed: pd.DataFrame
    rejected: pd.DataFrame
    actors: pd.DataFrame
    sources: pd.DataFrame
    settings: dict[str, Any]


def open_corpus(folder: str | os.PathLike[str], *, store: Path | None = STORE) -> Corpus:
    """Return a corpus folder, opened and checked.

    The folder holds articles.csv and the text files it lists; it may hold actors.csv, sources.csv and corpus.toml.
    `actors` and `sources` come back as written, without the rows that are rejected. In `store` the cleaned files and
    story clusters of a large corpus are cached; None: nowhere.

    Raises ValueError, in one line, if there is no such folder, or if its articles.csv cannot be used at all.
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
            reason = f"rule {rule.name!r} is limited to {rule.outlet!r}, an outlet that no article has"
            cure = f"{suggest(rule.outlet, outlets)}: write it as in articles.csv"
            rejected.append(("corpus.toml", f"corpus.toml {reason}{cure}"))
    cached = load_cache(store, folder)
    articles, removed, entries = _clean_files(folder, rows, rules, json.dumps(settings, default=str), cached, rejected)
    articles = _group_copies(articles, cached, entries)
    if entries.keys() != cached.keys():
        save_cache(store, folder, entries)
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

    Raises ValueError for anything else.
    """
    if not _DATE.fullmatch(published):
        raise ValueError(published)
    period = pd.Period(published.removesuffix("-00").removesuffix("-00"))  # month or day 00: not known
    return period.start_time.as_unit("s"), period.end_time.normalize().as_unit("s")


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
                reason = f"{record['published']!r} is not a date: write it as 2016, 2016-02 or 2016-02-27; left empty"
                reject(rejected, "articles.csv", record, "published", reason)
        for name in map(str.strip, record["rules_off"].split(";")):
            if name and name not in rules.names:
                reason = f"there is no rule {name!r}{suggest(name, rules.names)}: separate names by semicolons"
                reject(rejected, "articles.csv", record, "rules_off", reason)
        yield {**record, "published": published, "published_from": dates[0], "published_to": dates[1]}


def _clean_files(
    folder: Path, rows: list[dict[str, Any]], rules: cleaning.Rules, settings: str, cached: Mapping[str, str],
    rejected: Rejected,
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
                reason = f"{name!r} is no longer the text recorded; opened anyway: if it is right, write {digest}"
                reject(rejected, "articles.csv", row, "sha256", reason, name)
        key = hash_parts(raw, json.dumps([[row[column] for column in _CLEANED_BY] for row in listed]), settings)
        entries[key] = cached.get(key) or json.dumps(vars(cleaning.clean_file(raw, listed, rules)))
        cleaned = json.loads(entries[key])
        for number, column, reason in cleaned["problems"]:
            reject(rejected, "articles.csv", listed[number], column, reason, name)
        for article_id, rule, start, end in cleaned["removed"]:
            place = {"raw_start": start, "raw_end": end, "text": raw[start:end]}
            removed.append({"source_file": name, "article_id": article_id, "rule": rule, **place})
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
    return [opened[row["article_id"]] for row in rows if row["article_id"] in opened], removed, entries


def _group_copies(
    articles: list[dict[str, Any]], cached: Mapping[str, str], entries: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the articles with the story each belongs to: its own, or that of the articles it shares its text with."""
    if len(articles) < 2:
        return articles
    frame = pd.DataFrame(articles)[["article_id", "outlet", "text"]]
    key = hash_parts(*frame.to_numpy().ravel())
    entries[key] = cached.get(key) or json.dumps(cluster_copies(frame, find_copies(frame)).to_dict())
    clusters = json.loads(entries[key])
    return [{**article, "cluster_id": clusters[article["article_id"]]} for article in articles]


def _find_unlisted(folder: Path, listed: set[str]) -> Iterator[tuple[str, str]]:
    names = {unicodedata.normalize("NFC", name.replace("\\", "/")) for name in listed}
    for name, path in sorted(FileFinder(folder).names.items()):
        if name not in names and path.suffix.lower() == ".txt":
            yield path.name, f"{path.name}: not listed in articles.csv and not read: add a row with it as source_file"


# ---- the cache ---------------------------------------------------------------------------------------------------
# Each entry is found by a hash of all that it depends on, so nothing stale is used. The folder can be deleted at any
# time; where it cannot be written, nothing is cached.


def hash_parts(*parts: str) -> str:
    """Return a hash of texts, and of the code and the lexicon that clean and compare articles."""
    digest = hashlib.sha256(_read_code())
    for part in parts:
        digest.update(json.dumps(part).encode())
    return digest.hexdigest()[:32]


@functools.cache  # what a running kernel has loaded stays as it was
def _read_code() -> bytes:
    code = sorted(Path(__file__).parent.rglob("*.py"))
    return b"\0".join(file.read_bytes() for file in [*code, LEXICONS / "cleaning.toml"])


def load_cache(store: Path | None, folder: Path) -> dict[str, str]:
    """Return what an earlier opening of a corpus folder cached, hash -> JSON; nothing where there is none."""
    if not store:
        return {}
    try:
        cached = pd.read_parquet(_find_file(store, folder), page_checksum_verification=True)
    except (OSError, ValueError):  # missing or damaged
        return {}
    return dict(zip(cached["hash"], cached["entry"], strict=True))


def save_cache(store: Path | None, folder: Path, entries: Mapping[str, str]) -> None:
    """Cache the entries of a corpus folder in place of earlier ones, if there are many."""
    if not store or len(entries) < MANY:
        return
    table = pd.DataFrame({"hash": list(entries), "entry": list(entries.values())})
    with contextlib.suppress(OSError):
        store.mkdir(parents=True, exist_ok=True)
        content = table.to_parquet(index=False, compression="zstd", write_page_checksum=True)
        write_whole(_find_file(store, folder), content)


def _find_file(store: Path, folder: Path) -> Path:
    return store / f"{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}.parquet"
