"""Articles in, the tables of schemas.py out: everything below the seam.

    open_corpus   a corpus folder -> its articles, actors and sources         corpus.py, cleaning/
    read_corpus   articles -> the tables, each article read once              here, parsing.py, store.py
    select_rows   rows and columns of a table

An article on its way: cleaning/ cuts what is not prose, sentences.py and spaCy parse it, attribution/ finds who said
what, actors.py finds mentions, sources.py says who is cited, acts.py and harms.py who does what, masking.py hides the
names, and parsing.py makes the rows.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
from tqdm import tqdm

from helpers.reading import parsing
from helpers.reading.aliases import OTHER
from helpers.reading.attribution import REPORTING
from helpers.reading.cluster import open_client, read_on_cluster
from helpers.reading.corpus import Corpus, leave_out, open_corpus, refuse_unreadable
from helpers.reading.files import suggest
from helpers.reading.masking import list_names
from helpers.reading.parsing import Article, load_model, tokenize
from helpers.reading.schemas import NOT_NAMED, ROLES, UNRESOLVED, VOICES
from helpers.reading.sources import unite_types
from helpers.reading.store import READ_TABLES, STORE, hash_text, recall, save_part, tidy_store, unpack_tables

if TYPE_CHECKING:
    from distributed import Client

__all__ = [
    "READ_TABLES", "STORE", "Corpus", "Reading", "change_tables", "check_name", "load_model",
    "narrow_reading", "open_client", "open_corpus", "pick_actor", "pick_target", "read_corpus", "select_mentions",
    "select_rows", "select_sources", "tokenize",
]  # fmt: skip

QUICK = 2  # seconds before a progress bar is of use
TASK = 300_000  # characters that are read, sent and stored together: some two seconds' work
_WORD = re.compile(r"\w+")


class Reading(SimpleNamespace):
    """Everything that was read from a corpus, as the tables of schemas.py."""

    articles: pd.DataFrame
    sentences: pd.DataFrame
    passages: pd.DataFrame
    mentions: pd.DataFrame
    attributions: pd.DataFrame
    acts: pd.DataFrame
    harms: pd.DataFrame
    odd_marks: pd.DataFrame
    corpus: Corpus
    model: str
    stored: bool  # under a folder, to be found again


def read_corpus(
    corpus: Corpus, *, store: Path | None = STORE, progress: bool = True, client: "Client | None" = None
) -> Reading:
    """Return everything that was read from a corpus, as tables; each article is read once.

    What an article gives is kept under `store` and found again while its text, the names masked in it, the actors,
    the sources, the lexicons, the model and the code that reads are the same; parses are kept for longer, so that only
    a new text is parsed. `store=None` keeps nothing. The folder can be deleted at any time. `progress` shows a bar
    after two seconds. With a `client` of Dask's, its workers read, and the tables are the same. An article too
    long to parse, in another language than English, or that cannot be read becomes a line of `corpus.rejected` in the
    Reading, and the others are read. Raises OSError where the store cannot be written, TypeError where `corpus`
    is not an opened one.
    """
    if not isinstance(corpus, Corpus):
        raise TypeError(f"read_corpus takes an opened corpus: read_corpus(open_corpus({str(corpus)!r}))")
    corpus = refuse_unreadable(corpus)
    articles = _list_articles(corpus)
    shared = [table.to_json(orient="values") for table in (corpus.actors, corpus.sources)]
    reader, parser = map(parsing.hash_code, ("reader", "parser"))
    folder, parses = store and store / "tables" / hash_text(*shared, reader), store and store / "parses" / parser
    read = partial(parsing.read_articles, actors=corpus.actors, sources=corpus.sources, reader=reader, keep=bool(store))
    hidden = {} if progress else {"disable": True}  # else as TQDM_DISABLE says
    failed: dict[str, str] = {}  # why some could not be read, by key

    def read_in_tasks(keys: list[str]) -> Iterator[pa.Table]:
        """Yield the rows of the articles with these keys, packed, a task at a time."""
        missing = (articles[key] for key in keys)
        tasks = parsing.cut_batches(parsing.add_parses(missing, parses) if parses else missing, TASK)
        with tqdm(total=len(keys), desc="reading", unit=" articles", leave=False, delay=QUICK, **hidden) as bar:
            for rows, new, unread in read_on_cluster(read, tasks, client) if client else map(read, tasks):
                if parses and len(new):
                    save_part(parses, new)
                failed.update(unread)
                if rows:
                    yield rows
                bar.update(len(rows) + len(unread))
        if store:
            tidy_store(store, {folder, parses})

    tables = unpack_tables(recall(folder, [*articles], read_in_tasks, must_save=True))
    reasons = [failed.get(key, "") for key in articles]
    cure = "leave it out of articles.csv, or cut what is not prose"
    corpus = leave_out(corpus, [reason and f"could not be read ({reason}); {cure}" for reason in reasons])
    model, stored = parsing.describe_model(), store is not None
    return Reading(articles=corpus.articles, **tables, corpus=corpus, model=model, stored=stored)


def change_tables(read: Reading, **tables: Any) -> Reading:
    """Return a reading with other tables in place of some; the others stay where they are."""
    return Reading(**{**vars(read), **tables})


def narrow_reading(read: Reading, kept: Collection[str]) -> Reading:
    """Return a reading of the articles with these ids alone: every table keeps their rows, one that was added, too."""
    if read.articles["article_id"].isin(kept).all():
        return read
    tables = {name: table for name, table in vars(read).items() if isinstance(table, pd.DataFrame)}
    own = {name: table[table["article_id"].isin(kept)].reset_index(drop=True) for name, table in tables.items()}
    return change_tables(read, **own)


def select_rows(
    read: Reading, table: str, columns: Sequence[str] | None = None, *, among: pd.DataFrame | None = None, **values: Any
) -> pd.DataFrame:
    """Return rows of a table of a Reading, in their order, each under its number in the table.

    `columns` are those wanted, in this order (None: all). `values` say what a column must hold: one value, a list of
    those it may hold, or None for anything. With `among` only those rows are returned that agree with one of its rows
    in all its columns. Raises KeyError for an unknown column.
    """
    frame = getattr(read, table)
    keep = pd.Series(True, index=frame.index)
    for name, wanted in values.items():
        listed = isinstance(wanted, Collection) and not isinstance(wanted, str)
        keep &= frame[name].isin(wanted if listed else [wanted]) | (wanted is None)
    if among is not None:
        keep &= pd.MultiIndex.from_frame(frame[list(among.columns)]).isin(pd.MultiIndex.from_frame(among))
    return frame[keep] if columns is None else frame.loc[keep, list(columns)]


def select_mentions(
    read: Reading, *, actor: str | None = None, voice: str | None = None, places: bool = False,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the mentions that the measures count: rows of `read.mentions`, all columns or those asked for.

    `actor=None` takes every actor, without the unresolved mentions (ask for those with `actor="unresolved"`);
    `voice=None` takes every voice. Mentions with role `place` are left out unless `places=True`: where a
    capital is only where something happens, no actor is named.

    Raises ValueError where the actor or the voice is unknown.
    """
    if actor is not None:
        known = {UNRESOLVED, *read.mentions["actor"].unique(), *read.corpus.actors["actor"]} - {OTHER}
        check_name(actor, known, "actor", "actors.csv")
    check_name(voice or VOICES[0], VOICES, "voice", "the reading")
    actors = actor or {*read.mentions["actor"].unique()} - {UNRESOLVED}
    roles = None if places else {*ROLES} - {"place"}
    return select_rows(read, "mentions", columns, actor=actors, voice=voice, role=roles)


def check_name(name: object, known: Collection[str], what: str, where: str) -> None:
    """Raise ValueError where a name is none of those `known`; it says what to write instead."""
    if name not in known:
        hint = suggest(str(name), known) or f": write one of {', '.join(sorted(known)[:20]) or '... (it has none)'}"
        raise ValueError(f"no {what} {name!r} in {where}{hint}")


def select_sources(read: Reading, columns: Sequence[str] | None = None, *, not_named: bool = False) -> pd.DataFrame:
    """Return the sources that are cited for saying or thinking something: rows of `read.attributions`, one a source.

    With `not_named` also the cues that name nobody ("reportedly", "is said to"), each with that as its `source_type`.
    A name is of one type in all articles (`unite_types`).

    The cue has a stance in reporting_verbs.csv, or is "according to", a "Name:", or a report that introduces a block
    quotation. The table of attributions also has attitudes, intentions and perceptions ("supported", "seeks to"),
    which are not citations.
    """
    found = read.attributions
    spoken = found["stance"].ne("") | found["frame"].isin(REPORTING)
    spoken &= not_named | found["source_type"].ne(NOT_NAMED)
    sources = unite_types(found[spoken].drop_duplicates(["attribution_id", "source_no"]))
    return sources if columns is None else sources[list(columns)]


# ---------------------------------------------------------------- what a notebook compares where nobody says


def pick_actor(read: Reading, actor: str | None = None) -> str:
    """Return the actor to compare: the one asked for, else corpus.toml's, else the one most outlets mention.

    A country, which all call by its name, is the last choice. Where no actor is mentioned at all, the first of
    actors.csv. Raises ValueError for an actor that is not in it.
    """
    if chosen := actor or read.corpus.settings.get("actor"):
        check_name(chosen, {*read.corpus.actors["actor"]}, "actor", "actors.csv")
        return chosen
    counts = read.mentions.groupby("actor")["outlet"].agg(["nunique", "size"])
    counts = counts.reindex(sorted({*read.corpus.actors["actor"]} - {OTHER}), fill_value=0)  # ties: the first by name
    counts = counts.assign(country=counts.index.isin(list_countries(read)) | counts["size"].eq(0))
    order = counts.sort_values(["country", "nunique", "size"], ascending=[True, False, False], kind="stable").index
    return order[0] if len(order) else UNRESOLVED


def list_countries(read: Reading, *, nameless: bool = False) -> set[str]:
    """Return the actors that are countries: each is a place, too, and many speak and act for it.

    With `nameless` added are those that have no name, such as "companies".
    """
    actors = read.corpus.actors
    named = actors["actor"][actors["kind"].isin(["name", "acronym"])]
    return {*actors["actor"][actors["note"].eq("country")], *(set(actors["actor"]) - {*named} if nameless else ())}


def pick_target(read: Reading, actor: str, target: str | None = None) -> str:
    """Return the outlet to compare with the others: the one asked for, else corpus.toml's, else the likeliest.

    That is the outlet that mentions the actor most; it also replaces an outlet of corpus.toml that never does.
    Raises ValueError for an outlet without an article.
    """
    outlets = set(read.articles["outlet"])
    if target:
        check_name(target, outlets, "outlet", "articles.csv")
        return target
    about = select_rows(read, "mentions", ["outlet"], actor=actor)["outlet"].value_counts()
    listed = read.corpus.settings.get("target")
    most = min(about.index, key=lambda outlet: (-about[outlet], outlet), default=min(outlets, default=""))
    return listed if listed in about.index else most


def _list_articles(corpus: Corpus) -> dict[str, Article]:
    """Return the articles to be read, each with the names that are masked in it, by the key of its stored rows."""
    by_word: dict[str, list[str]] = {}  # names by their first words, so that the cost does not grow with the list
    for name in list_names(corpus.articles, corpus.settings.get("masking", {}).get("names", [])):
        by_word.setdefault(next(iter(_WORD.findall(name)), ""), []).append(name)
    listed = {}
    for article_id, outlet, text in corpus.articles[["article_id", "outlet", "text"]].itertuples(index=False):
        near = (name for word in {*_WORD.findall(text), ""} for name in by_word.get(word, ()))
        names = tuple(sorted(name for name in near if name in text))
        key = hash_text(article_id, outlet, *names, "", text)
        listed[key] = Article(key, article_id, outlet, text, names)
    return listed
