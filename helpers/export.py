"""A figure with its numbers, sentences, caption, alternative text, method and provenance, written as files."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pathvalidate import sanitize_filename

from helpers import charts
from helpers.lexicons import read_lexicon
from helpers.reading.corpus import hash_corpus
from helpers.reading.files import csv_text, drop_controls, write_whole
from helpers.reading.schemas import ENOUGH, FEW, LEVEL
from helpers.results import record_result

NARROW = "-89mm"
PACKAGES = ("matplotlib", "pandas", "scikit-learn", "spacy", "vaderSentiment")
LONGEST_NAME = 120  # bytes: room for -89mm, -sentences.csv and the folder
# columns that say, by one value in all rows, what a result was asked for
CHOSEN = ("actor", "target", "against", "voice", "measure", "scope", "by", "instrument")
# ids that methods and reports may use
RULES = {"rules.describe_only_below": FEW, "rules.intervals_from": ENOUGH, "rules.level": f"{100 * LEVEL:g} %"}


def save_figure(
    axes: Axes | Figure | Sequence[Axes] | np.ndarray, name: str, table: pd.DataFrame | None = None,
    sentences: pd.DataFrame | None = None, out: str | Path = "../figures", corpus: object = None,
    *, parameters: Mapping[str, Any] | None = None,
) -> list[Path]:  # fmt: skip
    """Write a figure and everything needed to use, check and cite it; return the files.

    <name>.svg, .pdf, .png (300 dpi), 183 mm wide as the charts draw; <name>-89mm.svg, .pdf, .png, drawn again for a
    single column (where helpers.charts drew the figure); <name>-page2.svg and so on, where outlets fill several pages;
    .csv, the table (without `table`: that of what the chart drew); with `sentences`, <name>-sentences.csv; and .json,
    the record: caption, alternative text, n of articles, outlets and rows, dates, method and its references,
    parameters, corpus and package versions. A rerun writes the same bytes, and removes what only an earlier one wrote.

    `corpus` is a Reading or a Corpus (described by `describe_corpus`) or a dict to record as it is. The method is
    that of lexicons/methods.csv for `name`, else for the kind of figure; `parameters` are added to what the chart's own
    table says (actor, target, voice, measure ...). `name` becomes a safe file name. Raises ValueError where nothing of
    `name` is left, it is too long, or it would leave `out`.
    """
    figure, drawn = charts.find_figure(axes), charts.find_drawn(axes)
    stem = _place(name, Path(out))
    table = drawn.table if table is None else table
    caption = charts.join_sentences([drawn.title, drawn.subtitle, drawn.foot])
    title, alt = drawn.title or stem.name, charts.describe_figure(drawn)
    described = dict(corpus) if isinstance(corpus, Mapping) else describe_corpus(corpus) if corpus is not None else {}
    given = pd.DataFrame() if drawn.given is None else drawn.given
    chosen = {name: given[name].iloc[0] for name in CHOSEN if name in given and len(given[name].drop_duplicates()) == 1}
    options = {name: value for name, value in drawn.options.items() if name not in chosen}
    record = {
        "name": stem.name, "title": drawn.title, "subtitle": drawn.subtitle, "foot": drawn.foot,
        "caption": caption, "alt": alt, "kind": drawn.kind, "n_rows": len(table), "columns": list(map(str, table)),
        "keys": list(drawn.keys), "value": drawn.value, **_describe_method(name, drawn.kind),
        "parameters": {**chosen, **options, **(parameters or {})}, "corpus": described,
        "versions": {package: metadata.version(package) for package in PACKAGES},
    }  # fmt: skip
    text = json.dumps(record, ensure_ascii=False, indent=1, default=_plain) + "\n"
    files = _render(figure, stem.name, title, alt)
    files |= {".csv": csv_text(table).encode(), ".json": text.encode("utf-8", "replace")}
    if sentences is not None:
        files["-sentences.csv"] = csv_text(sentences).encode()
    again = {NARROW: {"width": "single"}} if drawn.again else {}
    for part, how in {**again, **{f"-page{page}": {"page": page} for page in range(2, drawn.pages + 1)}}.items():
        rendered = _render(charts.find_figure(drawn.again(**how)), stem.name + part, title, alt)
        files |= {part + ending: content for ending, content in rendered.items()}
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
    """Return n of articles and outlets, first and last possible date, and a hash of a Corpus or of a Reading.

    Of a Reading, the articles chosen for it alone, and the hash of all too. The SHA-256 covers every article's id,
    outlet, date and text and the actors: with the same hash, the measures saw the same.
    """
    articles, n_all = corpus.articles, len(getattr(corpus, "corpus", corpus).articles)
    n, chosen = len(articles), {}
    if n < n_all:
        chosen = {"n_articles_in_corpus": n_all, "chosen_from_sha256": hash_corpus(corpus.corpus)}
    dated = articles.dropna(subset=["published_from", "published_to"])
    return {
        "n_articles": n, **chosen, "n_outlets": int(articles["outlet"].nunique()), "n_undated": n - len(dated),
        "published_from": f"{dated['published_from'].min():%Y-%m-%d}" if len(dated) else "",
        "published_to": f"{dated['published_to'].max():%Y-%m-%d}" if len(dated) else "",
        "dates": charts.say_dates(articles["published"]), "sha256": hash_corpus(corpus),
    }  # fmt: skip


def _describe_method(name: str, kind: str) -> dict[str, Any]:
    """Return how a figure was made: measure (the function), method (a sentence or two), references (their keys).

    They are in lexicons/methods.csv, in the row of the figure's name, else of its kind. The keys are those of
    lexicons/references.bib, and `{{rules.intervals_from}}` is a number of `RULES`.
    """
    rows = {row["applies_to"]: row for row in read_lexicon("methods.csv")}
    kind = "counts" if kind.startswith("counts by ") else kind.partition(":")[0]
    row = rows.get(name) or rows.get(kind) or {"measure": "", "method": "", "references": ""}
    method = re.sub(r"{{\s*(rules\.\w+)\s*}}", lambda found: str(RULES.get(found[1], found[0])), row["method"])
    return {"measure": row["measure"], "method": method, "references": list(filter(None, row["references"].split(";")))}


def _place(name: str, out: Path) -> Path:
    """Return the path of a figure without its ending: a file name that every system takes, within `out`."""
    slug = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-. ")
    is_outside = Path(name).is_absolute() or ".." in Path(name.replace("\\", "/")).parts
    if is_outside or not 0 < len(slug.encode()) <= LONGEST_NAME:
        raise ValueError(f"figure name {name!r}: give at most {LONGEST_NAME} letters, digits or dashes, and no folder")
    out.mkdir(parents=True, exist_ok=True)
    return out / sanitize_filename(slug, platform="universal")  # CON, aux and the like get an underscore


def _render(figure: Figure, name: str, title: str, alt: str) -> dict[str, bytes]:
    """Return the files of a figure by their endings; the SVG holds its title and its alternative text."""
    title, alt = escape(drop_controls(title)), escape(drop_controls(alt))
    words = f' role="img">\n <title>{title}</title>\n <desc>{alt}</desc>\n'
    head, root, rest = charts.write_picture(figure, "svg", dpi=200, name=name).decode().partition("<svg ")
    attributes, _, body = rest.partition(">\n")
    svg = f"{head}{root}{attributes}{words}{body}".encode()
    return {".svg": svg, **{f".{kind}": charts.write_picture(figure, kind) for kind in ("pdf", "png")}}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)
