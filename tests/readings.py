"""Small readings written by hand: marked-up sentences -> the tables of a Reading, checked against their schemas.

A sentence is one string, or a list of (voice, string) where it has passages in several voices. A mention is
`{printed|actor}`, `{printed|actor|kind}`, `{printed|actor|kind|role}` or, for one left open,
`{printed|unresolved|description|head|ISIS;Syrian rebels}`.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from helpers.reading import schemas
from helpers.reading.masking import NEUTRAL
from tests.pseudonyms import read_table

MENTION = re.compile(r"\{([^{}|]+)\|([^{}|]+)(?:\|([^{}|]+))?(?:\|([^{}|]+))?(?:\|([^{}|]+))?\}")
TOKEN = re.compile(r"\w+|[^\w\s]")
MASK = min(NEUTRAL)

DEFAULTS = {}  # by table and column: what a row has where nothing is said, the first or the least that is allowed
for _row in read_table(Path(schemas.__file__).with_suffix(".csv")).to_dict("records"):
    _least = {"day": None, "yes or no": False, "number": 1.0}.get(_row["type"], int(_row["lowest"] or 0))
    _first = "" if "text" in _row["type"] else _least
    DEFAULTS.setdefault(_row["table"], {})[_row["column"]] = _row["values"].split("|")[0] or _first
DEFAULTS["articles"] |= {"language": "en", "genre": ""}
DEFAULTS["attributions"] |= {
    "source_type": "other", "named": "bare", "frame": "clause", "stance": "neutral", "form": "indirect"
}  # fmt: skip
DEFAULTS["harms"] |= {"word": "kill", "end": 1, "voice_of_verb": "passive", "victim_kind": "", "named": "nobody"}


def build_reading(articles, attributions=(), acts=(), headlines=None, actors=(), harms=()):
    """articles: {article_id: (outlet, [sentence, ...])}; attributions, acts, harms: partial rows with an article_id."""
    parts = [
        _read_article(article_id, *article, (headlines or {}).get(article_id, ""))
        for article_id, article in articles.items()
    ]
    tables = {
        name: schemas.check(pd.DataFrame([row for part in parts for row in part[name]]), name)
        for name in ("articles", "sentences", "passages", "mentions")
    }
    outlets = {article_id: outlet for article_id, (outlet, _) in articles.items()}
    for name, rows in {"attributions": attributions, "acts": acts, "harms": harms}.items():
        full = [{**DEFAULTS[name], "outlet": outlets[row["article_id"]], **row} for row in rows]
        tables[name] = schemas.check(pd.DataFrame(full), name)
    known = sorted({*tables["mentions"]["actor"], *actors} - {schemas.UNRESOLVED})
    known = pd.DataFrame({"actor": known, "alias": known, "kind": "name", "note": ""}, dtype="str")
    removed = pd.DataFrame(columns=list(schemas.TABLES["removed"].columns))
    sources = pd.DataFrame(columns=["name", "source_type"])
    known = {"actors": known, "sources": sources, "articles": tables["articles"], "settings": {}}
    corpus = SimpleNamespace(**known, folder="none", removed=removed, labels=())
    return SimpleNamespace(**tables, corpus=corpus, model="none", stored=None)


def describe_article(article_id, outlet, text, headline=""):
    """A row of `articles`: all that a test does not ask for is empty."""
    ids = dict.fromkeys(("article_id", "cluster_id", "story_id"), article_id)
    shown = {"outlet": outlet, "headline": headline, "text": text, "n_words": len(text.split()), "raw_end": len(text)}
    return {**DEFAULTS["articles"], **ids, **shown, "source_file": f"{article_id}.txt"}


def _read_article(article_id, outlet, sentences, headline):
    rows = {"sentences": [], "passages": [], "mentions": []}
    text, keys = "", {"article_id": article_id, "outlet": outlet}
    for sentence_no, sentence in enumerate(sentences):
        text += "\n" if text else ""
        start, masked, actors = len(text), [], set()
        for voice, marked in [("outlet", sentence)] if isinstance(sentence, str) else sentence:
            text += " " if len(text) > start else ""
            passage = {**keys, "sentence_no": sentence_no, "passage_no": len(rows["passages"]), "voice": voice,
                       "attribution_id": "", "start": len(text)}  # fmt: skip
            printed, mentions = _strip_mentions(marked, len(text))
            text += printed
            place = {**keys, "sentence_no": sentence_no, "passage_no": passage["passage_no"], "voice": voice}
            rows["mentions"] += [{**DEFAULTS["mentions"], **place, **mention} for mention in mentions]
            actors |= {mention["actor"] for mention in mentions}
            masked.append(MENTION.sub(MASK, marked))
            lemmas = _find_lemmas(printed, passage["start"], mentions)
            rows["passages"].append({
                **passage, "end": len(text), "text": printed, "masked": masked[-1], "n_words": len(printed.split()),
                **{name: " ".join(str(lemma[i]) for lemma in lemmas)
                   for i, name in enumerate(("lemmas", "lemma_starts", "lemma_ends"))},
            })  # fmt: skip
        rows["sentences"].append({
            **keys, "paragraph_no": sentence_no, "sentence_no": sentence_no, "start": start, "end": len(text),
            "text": text[start:], "masked": " ".join(masked), "n_words": len(text[start:].split()),
            "n_actors": len(actors - {schemas.UNRESOLVED}),
        })  # fmt: skip
    return {"articles": [describe_article(article_id, outlet, text, headline)], **rows}


def _strip_mentions(marked, offset):
    printed, mentions, last = "", [], 0
    for found in MENTION.finditer(marked):
        printed += marked[last : found.start()]
        words, actor, kind, role, candidates = found.groups()
        start = offset + len(printed)
        mentions.append({"actor": actor, "variant": words, "kind": kind or "name", "role": role or "head",
                         "candidates": (candidates or "").replace(";", " | "), "start": start,
                         "end": start + len(words)})  # fmt: skip
        printed, last = printed + words, found.end()
    return printed + marked[last:], mentions


def _find_lemmas(printed, offset, mentions):
    """(lemma, start, end) of each word: a name's words become one neutral word that keeps the name's span."""
    names = {mention["start"]: mention["end"] for mention in mentions}
    lemmas, free = [], 0
    for token in TOKEN.finditer(printed):
        start, end = token.start() + offset, token.end() + offset
        if start in names:
            free = names[start]
            lemmas.append((MASK, start, free))
        elif start >= free:
            lemmas.append((token.group().lower(), start, end))
    return lemmas
