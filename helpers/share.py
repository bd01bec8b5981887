"""Results without the texts: tables, hashes, addresses, headlines and quotations up to a set length."""

import hashlib
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.export import describe_corpus
from helpers.reading.corpus import Corpus
from helpers.reading.files import FileFinder, write_csv, write_whole

FOLDER, LIST = "share", "files.csv"
WORDS = 25  # of one article on end
PART = 0.1  # of an article, quoted in all tables together
KEPT = ["article_id", "outlet", "headline", "author", "published", "published_note", "language", "url", "cluster_id"]
_QUOTED = ("before", "match", "after", "text", "masked", "sentence")  # columns that quote the article of their row
_CONTEXT = ["before", "match", "after"]
_TELLING = 8  # words on end that two articles do not share by chance
_PICTURES = (".svg", ".png", ".pdf")
_CUT = " […]"
_WORD = re.compile(r"\w+")


def share_results(corpus: Corpus, out: Path, *, words: int = WORDS, part: float = PART) -> list[Path]:
    """Write what may be shown to others of a run into `out`/share/; return the files.

    articles.csv (see `list_articles`), actors.csv, the figures with their tables and records, README.txt and files.csv
    (each file's SHA-256). A cell is cut before it holds more than `words` words of an article on end; so is a line in
    context (before, match, after) as a whole. Of one article no more than `part` of its words (but `words` at least)
    is quoted in all tables together: rows past that keep their numbers and lose their words. A file of an earlier call
    that is not written again is removed if nobody has changed it; other files in the folder stay.

    Raises ValueError where there are no figures yet, `words` is below 1 or `part` not from 0 to 1.
    """
    if words < 1:
        raise ValueError(f"quotations of {words} words: give at least 1")
    if not 0 <= part <= 1:
        raise ValueError(f"part {part:g} of an article: give a number from 0 to 1")
    records = sorted(out.glob("[0-9][0-9]-*.json"))
    if not records:
        raise ValueError(f"{out.name}/: no figures here yet; run `make figures` (with CORPUS=..., if it is your own)")
    place = out / FOLDER
    place.mkdir(exist_ok=True)
    stretches = find_stretches(corpus.articles["text"], words)
    written = [
        write_csv(cut_table(list_articles(corpus), stretches, words), place / "articles.csv"),
        write_csv(cut_table(corpus.actors, stretches, words), place / "actors.csv"),
    ]
    paths = sorted(out.glob("[0-9][0-9]-*.csv"))
    tables = [pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8") for path in paths]
    tables = ration_quotations([cut_table(table, stretches, words) for table in tables], corpus.articles, words, part)
    for path, table in zip(paths, tables, strict=True):  # `write_csv` has disarmed their cells once
        written.append(write_whole(place / path.name, table.to_csv(index=False, lineterminator="\n").encode()))
    for path in records:
        record = _cut_values(json.loads(path.read_text(encoding="utf-8")), stretches, words)
        content = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        written.append(write_whole(place / path.name, content.encode()))
    for path in sorted(path for path in out.glob("[0-9][0-9]-*") if path.suffix in _PICTURES):
        written.append(Path(shutil.copyfile(path, place / path.name)))
    written.append(write_whole(place / "README.txt", _describe(corpus, words, part).encode()))
    _remove_stale(place, {path.name for path in written})
    listed = pd.DataFrame({"file": [path.name for path in written], "sha256": [_hash_file(path) for path in written]})
    return [*written, write_csv(listed.sort_values("file"), place / LIST)]


def list_articles(corpus: Corpus) -> pd.DataFrame:
    """Return who published what, where and when, and the hashes that tell whether another has the same texts.

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
    """Return hashes of all stretches of `words` + 1 words in the texts; capitals and marks do not count."""
    stretches = set()
    for text in texts:
        found = _WORD.findall(text.lower())
        stretches |= {hash(tuple(found[i : i + words + 1])) for i in range(len(found) - words)}
    return stretches


def cut_text(text: str, stretches: set[int], words: int) -> str:
    """Return a text as far as it holds no more than `words` words of an article on end."""
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


def ration_quotations(
    tables: list[pd.DataFrame], articles: pd.DataFrame, words: int, part: float
) -> list[pd.DataFrame]:
    """Return tables in which no more than `part` of an article (but `words` words at least) is quoted altogether.

    The tables take turns: the first line of an article in each, then the second, and so on. Words that were quoted
    once may be quoted again.
    """
    left = {row.article_id: max(int(part * row.n_words), words) for row in articles.itertuples()}
    known = _index_texts(articles)
    turns = []
    for number, table in enumerate(tables):
        met: Counter[str] = Counter()
        for row, cells in enumerate(table.to_dict("records")):
            article, quoted = _find_quotation(cells, known)
            if article:
                turns.append((met[article], number, row, article, quoted))
                met[article] += 1
    given, refused = set(), []
    for _, number, row, article, quoted in sorted(turns, key=lambda one: one[:3]):
        said = (article, tuple(quoted.values()))
        cost = 0 if said in given else len(_WORD.findall(" ".join(quoted.values())))
        if cost > left.get(article, 0):
            refused.append((number, row, list(quoted)))
            continue
        left[article] = left.get(article, 0) - cost
        given.add(said)
    rationed = [table.copy() for table in tables]
    for number, row, columns in refused:
        rationed[number].iloc[row, [rationed[number].columns.get_loc(name) for name in columns]] = ""
    return rationed


def _index_texts(articles: pd.DataFrame) -> dict[int, str]:
    """Return of which article each stretch of `_TELLING` words is."""
    known = {}
    for row in articles.itertuples():
        found = _WORD.findall(row.text.lower())
        for i in range(len(found) - _TELLING + 1):
            known.setdefault(hash(tuple(found[i : i + _TELLING])), row.article_id)
    return known


def _find_quotation(cells: dict[str, Any], known: dict[int, str]) -> tuple[str, dict[str, str]]:
    """Return which article a row quotes, and its cells that do; an empty text where it quotes none."""
    article = str(cells.get("article_id", ""))
    quoted = {name: str(cells[name]) for name in _QUOTED if name in cells and (article or name in _CONTEXT)}
    for name, cell in cells.items():
        found = _WORD.findall(cell.lower()) if isinstance(cell, str) else []
        for i in range(len(found) - _TELLING + 1):
            if of := known.get(hash(tuple(found[i : i + _TELLING]))):
                article, quoted[name] = article or of, cell
                break
    return (article, quoted) if any(quoted.values()) else ("", {})


def _cut_line(before: str, match: str, after: str, words: int) -> tuple[str, str, str]:
    """Return a line in context with so many words around the match that `words` are left, as many on either side."""
    sides = [list(_WORD.finditer(side)) for side in (before, after)]
    room = max(words - len(_WORD.findall(match)), 0)
    left = min(len(sides[0]), max(room // 2, room - len(sides[1])))
    right = min(len(sides[1]), room - left)
    if left < len(sides[0]):
        before = "… " + before[sides[0][len(sides[0]) - left].start() :] if left else "…"
    if right < len(sides[1]):
        after = after[: sides[1][right - 1].end()] + _CUT if right else _CUT.strip()
    return before, match, after


def _cut_values(value: Any, stretches: set[int], words: int) -> Any:
    if isinstance(value, dict):
        return {key: _cut_values(one, stretches, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_cut_values(one, stretches, words) for one in value]
    return cut_text(value, stretches, words) if isinstance(value, str) else value


def _remove_stale(place: Path, written: set[str]) -> None:
    """Remove what an earlier call wrote and nobody changed since, where it was not written again."""
    if not (place / LIST).is_file():
        return
    for row in pd.read_csv(place / LIST, dtype=str, keep_default_na=False).to_dict("records"):
        path = place / Path(row.get("file", "")).name
        if path.name not in written and path.is_file() and _hash_file(path) == row.get("sha256"):
            path.unlink()


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _describe(corpus: Corpus, words: int, part: float) -> str:
    told = describe_corpus(corpus)
    return (
        f"Results from {told['n_articles']} articles of {told['n_outlets']} outlets, {told['dates']}.\n\n"
        f"No article's text is here: no table holds more than {words} words of one on end, and all together\n"
        f"quote no more than {part:.0%} of it (rows past that have numbers and no words). articles.csv says where\n"
        "each was published, and by its SHA-256 whether you have the same file (source_sha256) and the same prose\n"
        f"after cleaning (text_sha256). SHA-256 of all articles and actors together: {told['sha256']}\n\n"
        "Each figure (.svg, .pdf, .png; -89mm: for one column) has the table that it draws (.csv), the sentences\n"
        "behind it (-sentences.csv) and its caption, method and parameters (.json). files.csv: each file's SHA-256.\n"
    )
