"""A figure with its numbers, sentences, caption, alternative text, method and provenance, written as files.

And what may be shown to others of a run: tables, hashes, addresses, headlines and short quotations, not the texts.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from helpers import charts
from helpers.lexicons import LEXICONS, index_lexicon
from helpers.permutation import REPLICATES
from helpers.reading.corpus import Corpus, hash_corpus
from helpers.reading.files import csv_text, defuse, drop_controls, find_file, write_csv, write_whole
from helpers.reading.schemas import ENOUGH, FEW, LEVEL
from helpers.results import CONTEXT, read_records, record_result

NARROW = "-89mm"
PACKAGES = ("matplotlib", "numpy", "pandas", "same-story", "scikit-learn", "scipy", "spacy", "vaderSentiment")
LONGEST_NAME = 120  # bytes: room for -89mm, -sentences.csv and the folder
# columns that say, by one value in all rows, what a result was asked for
CHOSEN = ("actor", "target", "against", "voice", "measure", "scope", "by", "instrument")
# ids that reports may use
RULES = {"rules.describe_only_below": FEW, "rules.intervals_from": ENOUGH, "rules.level": f"{100 * LEVEL:g} %"}
# the columns of articles.csv that are shared
KEPT = ["article_id", "outlet", "headline", "author", "published", "published_note", "language", "url", "cluster_id",
        "story_id"]  # fmt: skip
_CUT = " […]"
_WORD = re.compile(r"\w+")
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)(\..*)?", re.IGNORECASE)  # no file of Windows may be named so


def save_figure(
    axes: charts.Plot, name: str, table: pd.DataFrame | None = None, sentences: pd.DataFrame | None = None,
    out: str | Path = "../figures", corpus: object = None,
) -> list[Path]:  # fmt: skip
    """Write a figure and everything needed to use, check and cite it; return the files.

    <name>.svg, .pdf, .png (300 dpi), 183 mm wide as the charts draw; <name>-89mm.svg, .pdf, .png, drawn again for a
    single column (where helpers.charts drew the figure); <name>-page2.svg and so on, where outlets fill several pages;
    .csv, the table (without `table`: that of what the chart drew); with `sentences`, <name>-sentences.csv; and .json,
    the record: caption, alternative text, n of articles, outlets and rows, dates, method and its references,
    parameters, shuffles and seed of tests, corpus, model and versions (same-story: this
    tool). A rerun writes the same bytes, and removes what only an earlier one wrote.

    `corpus` is a Reading or a Corpus (described by `describe_corpus`) or a dict to record as it is. The method is
    that of lexicons/methods.csv for `name`, else for the kind of figure (measure, the function; method, a sentence or
    two; the keys of its references in lexicons/references.bib); the parameters are what the chart's own table says
    (actor, target, voice, measure ...) and its options. `name` becomes a safe file name in `out`. Raises ValueError
    where nothing of `name` is left, it is too long, or Windows keeps it for a device.
    """
    drawn = charts.find_drawn(axes)
    slug = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-. ")
    if not 0 < len(slug.encode()) <= LONGEST_NAME or _RESERVED.fullmatch(slug):
        raise ValueError(f"figure name {name!r}: write 1 to {LONGEST_NAME} letters, digits or dashes, such as 02-names")
    Path(out).mkdir(parents=True, exist_ok=True)
    stem = Path(out) / slug
    table = drawn.table if table is None else table
    words = {"title": drawn.look.title, "subtitle": drawn.look.subtitle or "", "foot": drawn.look.foot}
    title, alt = words["title"] or stem.name, drop_controls(charts.describe_figure(drawn))
    described = dict(corpus) if isinstance(corpus, Mapping) else describe_corpus(corpus) if corpus is not None else {}
    chosen = {name: own.iloc[0] for name, own in drawn.given.filter(CHOSEN).items() if len(own.drop_duplicates()) == 1}
    methods = index_lexicon("methods.csv")
    made = methods.get(name) or methods.get(drawn.kind.partition(" by ")[0], {})
    record = {
        "name": stem.name, **words, "caption": charts.join_sentences([*words.values()]), "alt": alt,
        "kind": drawn.kind, "n_rows": len(table), "columns": list(map(str, table)), "keys": list(drawn.keys),
        "value": drawn.value, "measure": made.get("measure", ""), "method": made.get("method", ""),
        "references": list(filter(None, made.get("references", "").split(";"))),
        "parameters": {**chosen, **drawn.options}, "corpus": described,
        "tests": {"replicates": REPLICATES, "seed": 0},
        "versions": {package: metadata.version(package) for package in PACKAGES},
    }  # fmt: skip
    text = json.dumps(record, ensure_ascii=False, indent=1, default=lambda value: value.item()) + "\n"  # NumPy's
    files = _render(axes, stem.name, title, alt)
    files |= {".csv": csv_text(table).encode(), ".json": text.encode("utf-8", "replace")}
    if sentences is not None:
        files["-sentences.csv"] = csv_text(sentences).encode()
    again = {NARROW: {"width": "single"}} if drawn.again else {}
    again |= {f"-page{page}": {"page": page} for page in range(2, drawn.pages + 1)}
    for part, how in again.items():
        files |= _render(drawn.again(**how), stem.name, title, alt, part)
    written = [write_whole(stem.with_name(stem.name + ending), content) for ending, content in files.items()]
    for path in set(find_files(stem)) - set(written):
        path.unlink()
    record_result("figure", content=stem.name)
    return written


def find_files(stem: Path) -> list[Path]:
    """Return the files of one figure, by its path without an ending."""
    own = re.compile(re.escape(stem.name) + r"(-sentences\.csv|\.csv|\.json|(-89mm|-page\d+)?\.(svg|pdf|png))")
    return sorted(path for path in stem.parent.glob("*") if own.fullmatch(path.name))


def describe_corpus(corpus: Any) -> dict[str, Any]:
    """Return n of articles and outlets, the dates as printed, and a hash of a Corpus or of a Reading.

    Of a Reading, the articles chosen for it alone, the hash of all too, and spaCy's model. `sha256` covers every
    article's id, outlet, date and text, the actors and labels; `opened_sha256` sources, words, settings and what was
    cut or left out as well; `codes_sha256` what is in labels/. With the same three, and the same versions of this tool
    and its packages, the measures saw the same.
    """
    articles, opened = corpus.articles, getattr(corpus, "corpus", corpus)
    n, n_all = len(articles), len(opened.articles)
    chosen = {"n_articles_in_corpus": n_all, "chosen_from_sha256": hash_corpus(opened)} if n < n_all else {}
    return {
        "n_articles": n, **chosen, "n_outlets": int(articles["outlet"].nunique()),
        "dates": charts.say_dates(articles["published"]), "sha256": hash_corpus(corpus),
        "opened_sha256": hash_corpus(opened, whole=True), "codes_sha256": _hash_folder(opened.folder / "labels"),
        **({"model": corpus.model} if hasattr(corpus, "model") else {}),
    }  # fmt: skip


def _render(axes: charts.Plot, name: str, title: str, alt: str, part: str = "") -> dict[str, bytes]:
    """Return the files of a figure, or a part of it, by their endings; the SVG has its title and alternative text."""
    figure, title = charts.find_figure(axes), escape(drop_controls(title))
    words = f' role="img">\n <title>{title}</title>\n <desc>{escape(alt)}</desc>\n'
    svg = charts.write_picture(figure, "svg", dpi=200, name=name + part).decode()
    svg = re.sub(r"(<svg [^>]*)>\n", lambda root: root[1] + words, svg, count=1)
    pictures = {kind: charts.write_picture(figure, kind) for kind in ("pdf", "png")}
    return {f"{part}.{kind}": content for kind, content in {"svg": svg.encode(), **pictures}.items()}


def share_results(corpus: Corpus, out: Path, *, words: int = 25) -> list[Path]:
    """Write what may be shown to others of a run into `out`/share/; return the files.

    articles.csv (who published what, where and when: the columns of `KEPT`, n_words; source_sha256 of the file it is
    from and text_sha256 of its prose after cleaning, which show whether somebody else has the same), actors.csv,
    labels.csv, sources.csv and words.csv, settings.json (corpus.toml without the author's name), each tested table, the
    figures with their tables and records, README.txt and files.csv (each file's SHA-256). A cell is cut before it holds
    more than `words` words of an article in a row; so is a line in context (before, match, after) as a whole. Left out
    are rows about an article that the corpus does not have, tables of sentences that do not say which article each is
    from, and files that belong to no figure. What an earlier call wrote is removed if nobody has changed it; other
    files in the folder stay.

    Raises ValueError where there are no figures yet, where one is of other articles or actors than `corpus` has (it
    could show what was withdrawn), or `words` is below 1.
    """
    if words < 1:
        raise ValueError(f"quotations of {words} words: write 1 or more (WORDS=25, --words 25)")
    made_of = {name: record.get("corpus", {}) for name, record in read_records(out).items()}
    current = hash_corpus(corpus)
    if old := [name for name, of in made_of.items() if current != of.get("chosen_from_sha256", of.get("sha256"))]:
        which = f"{old[0]} and {len(old) - 1} more" if len(old) > 1 else old[0]
        now = f"made of other articles or actors than {corpus.folder.resolve().name}/ has now, so not shared"
        raise ValueError(f"{which}: {now}: run `make figures`, then this again; give away no earlier share/")
    place = out / "share"
    place.mkdir(exist_ok=True)
    listing = place / "files.csv"
    for name, digest in pd.read_csv(listing, dtype=str).to_numpy() if listing.is_file() else []:
        path = place / Path(name).name
        if path.is_file() and _hash_file(path) == digest:
            path.unlink()
    stretches = find_stretches(corpus.articles["text"], words)
    cut = partial(cut_text, stretches=stretches, words=words)
    about, articles = (LEXICONS / "share.txt").read_text(encoding="utf-8"), corpus.articles
    files = {name: _hash_file(find_file(corpus.folder, name)) for name in articles["source_file"].unique()}
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in articles["text"]]
    listed = articles[[*KEPT, "n_words"]].assign(source_sha256=articles["source_file"].map(files), text_sha256=hashes)
    written = [
        write_csv(cut_table(listed, stretches, words), place / "articles.csv"),
        write_csv(cut_table(corpus.actors, stretches, words), place / "actors.csv"),
        write_whole(place / "README.txt", about.format(words=words, **describe_corpus(corpus)).encode()),
    ]
    words_listed = pd.DataFrame({"word": corpus.words}, dtype=object)
    lists = {"labels.csv": corpus.labels, "sources.csv": corpus.sources, "words.csv": words_listed}
    written += [write_csv(cut_table(table, stretches, words), place / name) for name, table in lists.items()]
    settings = {key: value for key, value in corpus.settings.items() if key != "author"}
    content = json.dumps(settings, ensure_ascii=False, indent=1, default=str) + "\n"
    written.append(write_whole(place / "settings.json", content.encode()))
    tests = sorted(out.glob("[0-9][0-9]-*-tests-*.csv"))
    for path in [*tests, *(path for name in made_of for path in find_files(out / name))]:
        content = path.read_bytes()
        if path.suffix == ".csv":  # `write_csv` has made its cells safe for spreadsheets already
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            if "article_id" in table:
                table = table[table["article_id"].isin({*corpus.articles["article_id"].map(defuse)})]
            elif path.stem.endswith("-sentences"):
                continue
            content = cut_table(table, stretches, words).to_csv(index=False, lineterminator="\n").encode()
        elif path.suffix == ".json":
            record = json.loads(content, object_hook=lambda found: {key: cut(one) for key, one in found.items()})
            content = (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()
        written.append(write_whole(place / path.name, content))
    listed = pd.DataFrame({"file": [path.name for path in written], "sha256": [_hash_file(path) for path in written]})
    return [*written, write_csv(listed.sort_values("file"), listing)]


def find_stretches(texts: pd.Series, words: int) -> set[int]:
    """Return hashes of all sequences of `words` + 1 words in the texts, without regard to capitals and punctuation."""
    stretches = set()
    for text in texts:
        found = _WORD.findall(text.lower())
        stretches |= {hash(tuple(found[i : i + words + 1])) for i in range(len(found) - words)}
    return stretches


def cut_text(text: Any, stretches: set[int], words: int) -> Any:
    """Return a text as far as it holds no more than `words` words of an article in a row; what is no text as it is."""
    places = list(_WORD.finditer(text)) if isinstance(text, str) else []
    found = [place[0].lower() for place in places]
    for i in range(len(found) - words):
        if hash(tuple(found[i : i + words + 1])) in stretches:
            return text[: places[i + words - 1].end()] + _CUT
    return text


def cut_table(table: pd.DataFrame, stretches: set[int], words: int) -> pd.DataFrame:
    """Return a table with each of its texts cut by `cut_text`, and each line in context cut as a whole."""
    cut = table.map(cut_text, stretches=stretches, words=words)
    if set(CONTEXT) <= set(table.columns) and len(table):
        lines = [_cut_line(*line, words) for line in cut[CONTEXT].astype(str).itertuples(index=False)]
        cut[CONTEXT] = pd.DataFrame(lines, columns=CONTEXT, index=cut.index, dtype="str")
    return cut


def _cut_line(before: str, match: str, after: str, words: int) -> tuple[str, str, str]:
    """Return a line in context: the match, and on either side of it half of the words that are left of `words`."""
    left, right = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    half = max(words - len(_WORD.findall(match)), 0) // 2
    if len(left) > half:
        before = "… " + before[left[-half].start() :] if half else "…"
    if len(right) > half:
        after = after[: right[half - 1].end()] + _CUT if half else _CUT.strip()
    return before, match, after


def _hash_folder(folder: Path) -> str:
    """Return the SHA-256 of the names and contents of all files in a folder; "" where there is none."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc"))
    listed = "\n".join(f"{path.relative_to(folder).as_posix()} {_hash_file(path)}" for path in paths)
    return hashlib.sha256(listed.encode()).hexdigest() if paths else ""


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
