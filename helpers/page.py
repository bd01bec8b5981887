"""What a notebook puts on the page: sentences, tables and figures, with strange text made safe.

Everything is displayed as plain data without ids, times or object names, so that a rerun stores the same bytes. What is
said and shown is recorded for the report too (`results.record_result`).
"""

import base64
import html
import os
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import HTML, display
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers import charts
from helpers.lexicons import LEXICONS, index_lexicon
from helpers.reading import Reading, check_name, select_mentions, select_rows
from helpers.reading.files import drop_controls
from helpers.reading.schemas import ACTS, FEW, UNDERGOES
from helpers.results import RECORD, mark_cut, record_result

# what Markdown acts on: anywhere; at the start of a line, where it begins a list or underlines a heading; in an address
_MARKS = re.compile(r"[\\`*_\[\]<>#|~$&:@]|^(?:\d+[.)]|[-+=])|(?<=www)[.]", re.IGNORECASE)
_ALIGN = {"before": "right", "match": "left", "after": "left"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
QUOTES = "“\"'‘"  # what begins with one has marks of its own
WITHIN = str.maketrans("“”", "‘’")  # marks within marks
VOICE_NAMES = {"outlet": "own words", "paraphrase": "paraphrases", "quote": "quotations"}
_TYPE_NAMES = {source_type: row["told"] for source_type, row in index_lexicon("source_types.csv").items()}
SAID = {"voice": VOICE_NAMES, "source_type": _TYPE_NAMES}  # by column: its values as a reader calls them
LEAST = 3  # cases: one or two of anything are no finding
MOST_LISTED = 6  # outlets or words in one sentence, cards on a page
_TEMPLATES = Environment(
    loader=FileSystemLoader(LEXICONS), trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
    finalize=lambda value: value if isinstance(value, Markup) else Markup(_escape(str(value))), autoescape=True,
)  # fmt: skip


def safe(value: object) -> str:
    """Return `value` as text for a Markdown sentence, on one line, with nothing in it that Markdown, HTML or MathJax
    would act on. Use it for every value that comes from the articles or their tables.
    """
    text = keep_order(" ".join(str(value).split()))
    text = _MARKS.sub(lambda found: "".join(f"&#{ord(c)};" for c in found[0]), text)
    return re.sub(r"&#(36|92);", r"<span>&#\1;</span>", text)


def keep_order(text: str) -> str:
    """Return a text without control characters in which a number after a word in Arabic or Hebrew stays behind it."""
    return re.sub(r"(?<=[\u0590-\u08ff])(?=\W+\d)", "\N{LEFT-TO-RIGHT MARK}", drop_controls(text))


def count_of(n: int, noun: str) -> str:
    """Return a number with its noun, in the plural where needed: 1 article, 2,000 articles, 3 stories."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{n:,} {noun if n == 1 else plural}"


def list_words(values: Iterable[object], most: int = MOST_LISTED, *, quoted: bool = False) -> str:
    """Return values made safe and joined as in a sentence: a, b and c. After `most` values it says how many more."""
    shown = [safe(f"“{value}”" if quoted else value) for value in values]
    most += len(shown) == most + 1  # whose name is as short as "one more"
    more = [f"{count_in_words(len(shown) - most)} more"] * (len(shown) > most)
    return join([*shown[:most], *more] or ["none"])


def join(values: Iterable[object]) -> str:
    """Return values as in a sentence: a, b and c. They are not made safe."""
    *first, last = map(str, values)
    return f"{', '.join(first)} and {last}" if first else last


def count_in_words(n: int) -> str:
    """Return a number as a newspaper prints it: in letters below ten."""
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"


def name_actor(read: Reading, actor: str) -> str:
    """Return an actor's name as in a sentence: with "the" before a singular noun or where articles mostly print it."""
    texts = dict(zip(read.articles["article_id"], read.articles["text"], strict=True))
    asked = {"actor": actor, "kind": ["name", "acronym"], "role": ["head", "place"]}
    printed = select_rows(read, "mentions", ["article_id", "start", "end"], **asked).to_numpy()
    whole = [one for one in printed if texts[one[0]][one[1] : one[2]] == actor]  # "GOP" has no "the" of the party's
    before = [texts[article_id][max(0, start - 4) : start].lower() for article_id, start, _ in whole or printed]
    bodies = "" if whole else "|".join(index_lexicon("group_nouns.csv"))
    is_noun = re.search(rf"^(?!the ).* (?:[a-z-]*[a-rt-z]|(?i:{bodies}))$", actor)
    return f"the {actor}" if is_noun or 2 * before.count("the ") >= len(before) > 0 else actor


def say(text: str, *, boxed: bool = False) -> None:
    """Show a sentence of Markdown, if asked in a box. The values in it go through `safe`; a `$` that did not is shown.

    The plain-text form says the same without the marks. Where there is nothing to say, nothing is shown.
    """
    if not text:
        return
    markdown = re.sub(r"\\?\$", "<span>&#36;</span>", text)
    plain = html.unescape(re.sub(r"</?span>", "", re.sub(r"\*\*(.+?)\*\*", r"\1", text)))
    record_result("answer", content=markdown)
    bundle = {"text/markdown": markdown, "text/plain": plain}
    if boxed:
        bundle["text/html"] = _fill("box.html", text=Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", markdown)))
    display(bundle, raw=True)


def show(
    frame: pd.DataFrame, rows: int = 12, columns: Sequence[str] | None = None, *,
    names: dict[str, str] | None = None, digits: int = 2, each: str | None = None, none: str = "Nothing to list.",
) -> None:  # fmt: skip
    """Show the first `rows` rows of a table, and say so where there are more; of a table without rows, say `none`.

    With `each`, a column, the rows shown are the first of each of its values (of each outlet), as many of each as
    there is room for. `columns` chooses columns, `names` gives some of them a heading of their own. Numbers are
    rounded to `digits` (shares of a whole to as many as they need to differ from 0), long text is wrapped, and lines
    in context (before, match, after) are set around their match. A column with nothing in it is left out.
    """
    names, chosen = names or {}, frame if columns is None else frame[list(columns)]
    chosen = chosen.replace(SAID)
    if {"share", "total"} <= {*chosen}:  # of a handful there is no percentage
        chosen = chosen.assign(share=chosen["share"].where(chosen["total"].ge(FEW)))
    chosen = chosen.loc[:, (chosen.notna() & chosen.ne("")).any() | frame.empty | chosen.columns.isin([*_ALIGN])]
    turns = frame.groupby(each, sort=False, dropna=False).cumcount() if each else pd.Series(range(len(frame)))
    places = np.sort(np.argsort(turns.to_numpy(), kind="stable")[:rows])
    exact = [3 if name == "p" else digits for name in chosen]  # .049 and .051 differ
    cells = [[*map(_write, row, exact)] for row in chosen.iloc[places].itertuples(index=False, name=None)]
    headings, numbers = [drop_controls(_head(name, names)) for name in chosen], {*chosen.select_dtypes("number")}
    align = [_ALIGN.get(name, "right" if name in numbers else "left") for name in chosen]
    of_each = f", the first of each {_head(each, names)}" if each else ""
    note = f"showing {rows:,} of {len(frame):,} rows{of_each}" if len(frame) > rows else ""
    record_result("table", columns=headings, rows=cells, align=align, note=note)
    text = pd.DataFrame(cells, columns=headings, dtype="str").to_string(index=False, max_colwidth=60) if cells else none
    names = ["wide" if name in ("before", "after") and {*_ALIGN} <= {*chosen} else name for name in chosen.columns]
    columns = [*zip(headings, align, names, strict=True)]
    page = _fill("table.html", columns=columns, rows=cells, note=note, nothing=none)
    if text:
        display({"text/html": page, "text/plain": f"{text}\n{note}" if note else text}, raw=True)


def _head(column: object, names: dict[str, str]) -> str:
    """Return the heading of a column: the one given, that of lexicons/headings.csv, or its name in words."""
    listed = index_lexicon("headings.csv").get(str(column), {})
    return str(names.get(column) or listed.get("heading") or str(column).replace("_", " "))


def show_cards(found: pd.DataFrame, lines: pd.DataFrame | None = None) -> None:
    """Show findings as cards, the first six by rank: what was found, a quotation, a link; folded below, its sentences.

    `found` is a table of `findings.find_all`, `lines` one of `findings.show_evidence`. A report shows the same as
    paragraphs, each with a link to its section, without these sentences.
    """
    cards = []
    for row in found[found["rank"].le(MOST_LISTED)].sort_values("rank").to_dict("records"):
        mark = ": " if ": " in row["sentence"].partition("“")[0] else r"; (?![^“]*”)"  # not within quoted words
        parts = [*re.split(mark, row["sentence"], maxsplit=1), ""]
        head, rest = (" ".join(part.split()) for part in parts[:2])
        is_name = rest.startswith(tuple(one["outlet"] for one in row.get("key", ())))  # printed as the outlet prints it
        head, rest = (f"{head}.", rest if is_name else f"{rest[:1].upper()}{rest[1:]}") if rest else (head, rest)
        told = [words for words in re.findall("“([^”]+)”", row["sentence"]) if words.count(" ") > LEAST]
        said, is_enough = [], len(told) >= LEAST
        new = [one for one in row["quotations"] if not (is_enough or any(words in one["text"] for words in told))]
        for one in new[:1]:
            cut = mark_cut(one["text"])
            said.append(f"{cut if cut[:1] in QUOTES else f'“{cut.translate(WITHIN)}”'} ({one['outlet']})")
        content = " ".join([f"**{safe(head)}**", *map(safe, [rest, *said])])
        record_result("card", content=content, notebook=row["notebook"])
        behind = [] if lines is None else lines[lines["rank"].eq(row["rank"])].to_dict("records")
        cards.append({**row, "head": head, "rest": rest, "said": said, "lines": behind})
    _show_html(_fill("cards.html", cards=cards))


def show_profiles(profiles: Iterable[pd.DataFrame]) -> None:
    """Show a card an actor, folded under its name: a part an outlet, and who hardly or never mentions it.

    A card is a table of `profiles.profile_actor`. A report has none: they are for the screen.
    """
    _show_html(_fill("profiles.html", cards=[table.to_dict("records") for table in profiles], few=FEW))


def _fill(template: str, **values: Any) -> str:
    """Return a template of lexicons/ as HTML; every value is shown as it is: it acts neither as HTML nor as maths."""
    return _TEMPLATES.get_template(template).render(values)


def _show_html(page: str) -> None:
    """Show HTML of our own templates, and its words alone as plain text."""
    words = html.unescape(re.sub(r"<[^<>]*>", "", page))
    display({"text/html": page, "text/plain": re.sub(r"\s*\n\s*", "\n", words).strip()}, raw=True)


def show_article(read: Reading, article_id: str) -> HTML:
    """Return an article for display, with its voices, actors, acts and sources marked, below a legend.

    No mark is a colour alone: an actor has a number, the same in every article, and the eight most mentioned a colour
    each; quotations [Q ... Q] and paraphrases [P ... P] a background; sources (S) and cues (C) a letter; who acts
    (1→) and who is acted upon (→1) an underline, as the verb has. What was cut from the article's file is folded below.

    It is the whole text, for whoever runs the cell and no one else: it is never recorded for the report, and in a
    notebook that `make figures` runs a sentence is in its place. Use it in `explore`, which is kept without outputs;
    elsewhere, clear the cell's output before you save or share the notebook. Raises ValueError where there is no such
    article.
    """
    articles, removed = read.articles.set_index("article_id"), read.corpus.removed
    check_name(article_id, articles.index, "article", "articles.csv")
    if RECORD in os.environ:
        return HTML("<p>Whole articles are shown only where you run the cell yourself.</p>")
    article, text = articles.loc[article_id], articles.loc[article_id, "text"]
    often = select_mentions(read, places=True, columns=["actor"])["actor"].value_counts()  # the most mentioned first
    actors = {name: place for place, name in enumerate(often.index, 1)}
    marks, on, pieces = _find_marks(read, article_id), [], []
    edges = {0, len(text), *(mark[edge] for mark in marks for edge in ("start", "end"))}
    edges |= {place + after for place, letter in enumerate(text) if letter == "\n" for after in (0, 1)}
    for start, end in pairwise(sorted(edges)):
        begins = [mark for mark in marks if mark["start"] == start]
        on = [mark for mark in on if mark["end"] > start] + begins
        ends = [mark for mark in on if mark["end"] == end]
        pieces.append({"text": text[start:end], "marks": on, "begins": begins, "ends": ends})
    about = [article["headline"] or article_id, *filter(None, article[["outlet", "published", "genre", "url"]])]
    cuts = removed[removed["article_id"].eq(article_id)].to_dict("records")
    return HTML(_fill("article.html", about=about, pieces=pieces, marks=marks, actors=actors, cuts=cuts))


def show_articles(read: Reading, ids: Iterable[str]) -> HTML:
    """Return some articles for display, each folded under its outlet and headline until clicked (`show_article`)."""
    pages, known = [show_article(read, one).data for one in ids], read.articles.set_index("article_id")
    heads = [f"{known.at[one, 'outlet']}: {known.at[one, 'headline'] or one}" for one in ids]
    folds = zip(map(_escape, heads), pages, strict=True)
    return HTML("".join(f"<details><summary>{head}</summary>{page}</details>" for head, page in folds))


def _find_marks(read: Reading, article_id: str) -> list[dict[str, Any]]:
    """Return what is marked in an article: rows of its tables with start, end and kind; mentions with their roles."""
    tables = "passages", "mentions", "attributions", "acts"
    passages, mentions, cited, acts = (select_rows(read, name, article_id=article_id) for name in tables)
    acts = acts[acts["role"].isin([ACTS, UNDERGOES])]
    roles = acts.groupby(["mention_start", "mention_end"])["role"].agg(lambda some: " ".join(sorted({*some})))
    spans = zip(mentions["start"], mentions["end"], strict=True)  # a name within a name may begin where that does
    found = pd.concat([
        passages[passages["voice"].ne("outlet")].assign(kind=lambda own: own["voice"]),
        mentions.assign(kind="mention", roles=[roles.get(span, "") for span in spans]),
        acts.assign(kind=acts["role"], start=acts["verb_start"], end=acts["verb_end"]),
        cited.assign(kind="source", start=cited["source_start"], end=cited["source_end"]),
        cited.assign(kind="cue", start=cited["cue_start"], end=cited["cue_end"]),
    ]).astype({"start": "int64", "end": "int64"})  # fmt: skip
    found = found[found["start"].between(0, found["end"] - 1)].drop_duplicates(["kind", "start", "end", "actor"])
    columns = ["start", "end", "kind", "roles", "actor", "verb", "source_name", "source_type", "cue_lemma"]
    return found[columns].astype("object").fillna("").to_dict("records")


def figure(axes: charts.Plot) -> None:
    """Show a figure, all its pages, as pictures with their alternative text; takes what a chart returns.

    A picture is a third larger than in print. JupyterLab gives no picture its alternative text, so the same words are
    below it, folded. A figure made with pyplot is closed, so that it is not shown again.
    """
    first = charts.find_drawn(axes)
    for one in [axes, *(first.again(page=page) for page in range(2, first.pages + 1))]:
        shown, drawn = charts.find_figure(one), charts.find_drawn(one)
        alt = drop_controls(charts.describe_figure(drawn))
        picture = charts.write_picture(shown, "png", dpi=160)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(shown)
        width, height = (round(inches * 128) for inches in shown.get_size_inches())
        shape = {"image/png": {"width": width, "height": height, "alt": alt}}
        display({"image/png": base64.b64encode(picture).decode(), "text/plain": alt}, metadata=shape, raw=True)
        if drawn.keys:
            words = f"<details><summary>The figure in words</summary><p>{_escape(alt)}</p></details>"
            display({"text/html": words, "text/plain": alt}, raw=True)


def _write(cell: object, digits: int) -> str:
    """Return a cell as a person would write it: numbers rounded and grouped, nothing for what is missing."""
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, int | float | np.number):
        shown = f"{cell:z,.{0 if isinstance(cell, int | np.integer) else digits}f}"
        tiny = abs(cell) > 1e-12 and float(shown.replace(",", "")) == 0
        return (f"{cell:.1g}" if tiny else shown).replace("-", "−")
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    return drop_controls(" ".join(str(cell).split()))


def _escape(text: str) -> str:
    """Return text as HTML that shows it as it is; within an attribute, a template escapes it (`|e`).

    MathJax finds no maths in it: each of its delimiters is alone in a span, without a partner.
    """
    return re.sub(r"[$\\]", r"<span>\g<0></span>", html.escape(keep_order(text), quote=False))
