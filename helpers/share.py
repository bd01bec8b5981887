"""Results without the texts: tables, hashes, addresses, headlines and quotations up to a set length."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.export import describe_corpus, find_files
from helpers.lexicons import LEXICONS
from helpers.reading.corpus import Corpus, hash_corpus
from helpers.reading.files import FileFinder, defuse, write_csv, write_whole

KEPT = [
    "article_id", "outlet", "headline", "author", "published", "published_note", "language", "url", "cluster_id",
    "story_id",
]  # fmt: skip
ENDINGS = (".csv", ".json", ".svg", ".png", ".pdf")
_CONTEXT = ["before", "match", "after"]
_CUT = " […]"
_WORD = re.compile(r"\w+")


def share_results(corpus: Corpus, out: Path, *, words: int = 25) -> list[Path]:
    """Write what may be shown to others of a run into `out`/share/; return the files.

    articles.csv (see `list_articles`), actors.csv, the figures with their tables and records, README.txt and files.csv
    (each file's SHA-256). A cell is cut before it holds more than `words` words of an article in a row; so is a line in
    context (before, match, after) as a whole. Left out are rows about an article that the corpus does not have, tables
    of sentences that do not say which article each is from, and files that belong to no figure. What an earlier call
    wrote is removed if nobody has changed it; other files in the folder stay.

    Raises ValueError where there are no figures yet, where one is of other articles or actors than `corpus` has (it
    could show what was withdrawn), or `words` is below 1.
    """
    if words < 1:
        raise ValueError(f"quotations of {words} words: give at least 1")
    records = {path: json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.glob("[0-9][0-9]-*.json"))}
    if not records:
        raise ValueError(f"{out.name}/: no figures here yet; run `make figures` (with CORPUS=..., if it is your own)")
    made_of = {path.stem: record.get("corpus", {}) for path, record in records.items()}
    current = hash_corpus(corpus)
    old = [name for name, of in made_of.items() if current != of.get("chosen_from_sha256", of.get("sha256"))]
    if old:
        which = f"{old[0]} and {len(old) - 1} more" if len(old) > 1 else old[0]
        now = f"not made of the articles and actors that {corpus.folder.resolve().name}/ has now"
        raise ValueError(f"{which}: {now}: run `make figures` first; an earlier share/ is not of them either")
    place = out / "share"
    place.mkdir(exist_ok=True)
    listing = place / "files.csv"
    for name, digest in pd.read_csv(listing, dtype=str).to_numpy() if listing.is_file() else []:
        path = place / Path(name).name
        if path.is_file() and _hash_file(path) == digest:
            path.unlink()
    stretches = find_stretches(corpus.articles["text"], words)

    def cut_record(group: dict[str, Any]) -> dict[str, Any]:
        return {key: cut_text(text, stretches, words) if isinstance(text, str) else text for key, text in group.items()}

    about = (LEXICONS / "share.txt").read_text(encoding="utf-8")
    written = [
        write_csv(cut_table(list_articles(corpus), stretches, words), place / "articles.csv"),
        write_csv(cut_table(corpus.actors, stretches, words), place / "actors.csv"),
        write_whole(place / "README.txt", about.format(words=words, **describe_corpus(corpus)).encode()),
    ]
    for path in [path for record in records for path in find_files(record.with_suffix(""))]:
        content = path.read_bytes()
        if path.suffix == ".csv":  # `write_csv` has made its cells safe for spreadsheets already
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            if "article_id" in table:
                table = table[table["article_id"].isin({*corpus.articles["article_id"].map(defuse)})]
            elif path.stem.endswith("-sentences"):
                continue
            content = cut_table(table, stretches, words).to_csv(index=False, lineterminator="\n").encode()
        elif path.suffix == ".json":
            record = json.loads(content, object_hook=cut_record)
            content = (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()
        written.append(write_whole(place / path.name, content))
    listed = pd.DataFrame({"file": [path.name for path in written], "sha256": [_hash_file(path) for path in written]})
    return [*written, write_csv(listed.sort_values("file"), listing)]


def list_articles(corpus: Corpus) -> pd.DataFrame:
    """Return who published what, where and when, with hashes that show whether somebody else has the same texts.

    One row is one article: the columns of `KEPT`, n_words, source_sha256 (of the file it is from), text_sha256 (of its
    own prose after cleaning).
    """
    finder, articles = FileFinder(corpus.folder), corpus.articles
    files = {name: _hash_file(finder.find(name)) for name in articles["source_file"].unique()}
    return articles[[*KEPT, "n_words"]].assign(
        source_sha256=articles["source_file"].map(files),
        text_sha256=[hashlib.sha256(text.encode()).hexdigest() for text in articles["text"]],
    )


def find_stretches(texts: pd.Series, words: int) -> set[int]:
    """Return hashes of all sequences of `words` + 1 words in the texts, without regard to capitals and punctuation."""
    stretches = set()
    for text in texts:
        found = _WORD.findall(text.lower())
        stretches |= {hash(tuple(found[i : i + words + 1])) for i in range(len(found) - words)}
    return stretches


def cut_text(text: str, stretches: set[int], words: int) -> str:
    """Return a text as far as it holds no more than `words` words of an article in a row."""
    places = list(_WORD.finditer(text))
    found = [place[0].lower() for place in places]
    for i in range(len(found) - words):
        if hash(tuple(found[i : i + words + 1])) in stretches:
            return text[: places[i + words - 1].end()] + _CUT
    return text


def cut_table(table: pd.DataFrame, stretches: set[int], words: int) -> pd.DataFrame:
    """Return a table with each of its texts cut by `cut_text`, and each line in context cut as a whole."""
    cut = table.map(lambda cell: cut_text(cell, stretches, words) if isinstance(cell, str) else cell)
    if set(_CONTEXT) <= set(table.columns) and len(table):
        lines = [_cut_line(*line, words) for line in cut[_CONTEXT].astype(str).itertuples(index=False)]
        cut[_CONTEXT] = pd.DataFrame(lines, columns=_CONTEXT, index=cut.index, dtype="str")
    return cut


def _cut_line(before: str, match: str, after: str, words: int) -> tuple[str, str, str]:
    """Return a line in context with `words` words at most: the match, and as many as fit on either side of it."""
    sides = [list(_WORD.finditer(side)) for side in (before, after)]
    room = max(words - len(_WORD.findall(match)), 0)
    left = min(len(sides[0]), max(room // 2, room - len(sides[1])))
    right = min(len(sides[1]), room - left)
    if left < len(sides[0]):
        before = "… " + before[sides[0][len(sides[0]) - left].start() :] if left else "…"
    if right < len(sides[1]):
        after = after[: sides[1][right - 1].end()] + _CUT if right else _CUT.strip()
    return before, match, after


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
