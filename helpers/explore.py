"""Explore a corpus: pick actor, outlets, voice and measure; see the figure, its table, its sentences, their articles.

The article, annotated, is here and not on page one: the outputs of page one are stored and shared, where a picker
would be dead and a whole text would be published. Each run draws the widgets again and leaves nothing in the notebook.
"""

import contextlib
import html
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, display
from IPython.utils.capture import capture_output
from itables.widget import ITable
from traitlets import TraitError

from helpers import agency, answers, attribution, charts, evidence, naming, page, sentiment, terms, validation
from helpers.coding import read_tones
from helpers.comparability import frame
from helpers.inference import compare_tone
from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading import Reading, change_tables, check_name, narrow_reading, pick_actor, pick_target, select_rows
from helpers.reading.files import drop_controls
from helpers.reading.schemas import ALL_VOICES, UNRESOLVED, VOICES

SCORE = "masked_compound"  # of tone
CONTEXT = 80  # characters before a match, and after it
FEW_EACH = 3  # sentences of each row, where no row is picked
TOLD = "The numbers drawn. Click a row, or tab to it and press space, to see its sentences; again to see a few of each."
MOST_ROWS = 1_000  # more than anybody reads in a browser; the files of `export` hold all
SELECT = {"style": "single", "keys": "yes"}  # by a click, or by tab, arrow keys and space (itables takes text only)
SIDES = {"before": "dt-right around", "match": "dt-left found", "after": "dt-left around"}  # classes of columns
# what the picker says -> voice; an empty value would leave the picker blank
VOICE_CHOICES = {"every voice": ALL_VOICES, **{told: voice for voice, told in page.VOICE_NAMES.items()}}
# of each measure: key, the column that names a row beside its outlet; the columns shown; what there is none of where
# the table is empty; the method and the title of its figure; the instruments that may err; how far to trust it
MEASURES = {row["measure"]: row for row in read_lexicon("explore_measures.csv")}


@dataclass(frozen=True)
class Found:
    """A choice (voice None is every voice) and what it shows: a table, in Markdown what it says, and how it may err."""

    read: Reading  # of the chosen outlets; for sources, with the attributions in sentences that mention the actor alone
    actor: str
    outlets: tuple[str, ...]
    voice: str | None
    measure: str
    target: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    answer: str = ""
    error: str = ""
    scores: pd.DataFrame | None = None  # of tone: each sentence that mentions the actor


def look_up(
    read: Reading, *, actor: str | None = None, outlets: Iterable[str] | None = None, voice: str | None = None,
    measure: str = "names", target: str | None = None,
) -> Found:  # fmt: skip
    """Return what a choice shows. A choice that shows nothing is no error: `answer` says why, and the table is empty.

    `measure` is one of MEASURES: names (what the actor is called), words (which terms are near it in `target` more
    than in the other outlets; scores alone, without intervals), tone (of the sentences that mention it, names masked),
    sources (who is cited in those sentences) or roles (whether it acts or is acted upon). `actor=None` is the actor of
    corpus.toml, else the one that most outlets mention; `outlets=None` all; `voice=None` every voice; `target=None`
    that of corpus.toml, else the outlet with most to say.

    One row of `table` is what the measure counts; `find_lines` gives the sentences behind it.
    """
    chosen = tuple(dict.fromkeys(read.articles["outlet"].sort_values() if outlets is None else outlets))
    found = Found(read, actor or "", chosen, voice, measure, target or "")
    try:
        check_name(measure, MEASURES, "measure", "the picker")
        check_name(voice or VOICES[0], VOICES, "voice", "the picker")
        for outlet in chosen:
            check_name(outlet, {*read.articles["outlet"]}, "outlet", "articles.csv")
        if not chosen:
            raise ValueError("choose an outlet")
        if measure == "words" and len(chosen) < 2:
            raise ValueError("words are compared between outlets; choose two or more")
        own = read.articles["article_id"][read.articles["outlet"].isin(chosen)]
        found = replace(found, actor=pick_actor(read, actor), read=narrow_reading(read, own))
        found = _count(replace(found, target=pick_target(found.read, found.actor, target)))
    except ValueError as error:  # an unknown name, or nothing said of the actor
        return replace(found, answer=page.safe(f"Nothing to show: {error}."))
    if found.table.empty:
        where = f"in {page.VOICE_NAMES[voice]}" if voice else "in any voice"
        said = f"{MEASURES[measure]['nothing']} for this choice: {found.actor}, {where}, in {', '.join(chosen)}."
        return replace(found, answer=page.safe(said))
    none = [outlet for outlet in chosen if outlet not in set(found.table.get("outlet", chosen))]
    left = ", ".join(page.safe(outlet) for outlet in none if page.safe(outlet) not in found.answer)
    answer = found.answer + f" {MEASURES[measure]['nothing']} in: {left}." * bool(left)
    error = validation.tell_error(read, *MEASURES[measure]["instruments"].split("; "), scores=found.scores)
    return replace(found, answer=answer, error=error)


def _count(found: Found) -> Found:
    """Return a choice with its result table and the sentence that says it."""
    read, actor, voice, scores = found.read, found.actor, found.voice, None
    match found.measure:
        case "names":
            table = naming.share_names(read, actor=actor, voice=voice, by_voice=False)
            answer = answers.answer_names(naming.share_names(read, actor=actor, voice=voice), actor, voice or "outlet")
        case "words":  # scores alone: a picker must answer at once; notebook 03 has the tests and intervals
            table = terms.contrast_terms(read, actor=actor, target=found.target, voice=voice, replicates=0)
            answer = answers.answer_words(table, actor, read.articles)
        case "tone":
            both = sentiment.score_sentences(read, actor=actor), sentiment.classify_targets(read, actor=actor)
            scores, toward = (one if voice is None else one[one["voice"].eq(voice)] for one in both)
            table = compare_tone(scores, read, column=SCORE, replicates=0).assign(actor=actor)
            table = table.rename(columns={"value": "tone", "n": "n_sentences", "total": "n_articles"})
            judged = validation.judge_tone(toward, read_tones(read.corpus), read, actor=actor)
            table, answer = table.drop(columns=["tone"] * bool(judged.doubt)), answers.answer_tone(judged, actor)
        case "sources":
            about = sentiment.select_sentences(read, actor=actor)[["article_id", "sentence_no"]]
            read = change_tables(read, attributions=select_rows(read, "attributions", among=about))
            table = attribution.count_sources(read, voice=voice)
            answer = answers.answer_sources(read, voice)
            answer = answer.replace("**In ", f"**In sentences that mention {page.safe(actor)}, in ", 1)
        case _:
            table = agency.count_roles(read, actor=actor, voice=voice)
            answer = answers.answer_roles(table, actor, read.articles)
    return replace(found, read=read, table=table, answer=answer, scores=scores)


def draw_found(found: Found) -> charts.Plot:
    """Return the figure of what was found."""
    measure = MEASURES[found.measure]
    voice = f" ({page.VOICE_NAMES[found.voice]})" if found.voice else ""
    title = measure["title"].format(actor=found.actor, target=found.target) + voice
    look = frame(found.read, f"{measure['method']}; {found.error}").titled(title)
    chart, options = {
        "names": (charts.share_bars, {}), "words": (charts.diverging_bars, {"target": found.target}),
        "tone": (charts.tone_dots, {"column": SCORE, "means": "tone" in found.table}),
    }.get(found.measure, (charts.count_bars, {"label": measure["key"]}))  # fmt: skip
    return chart(found.table if found.scores is None else found.scores, look, **options)


def find_lines(found: Found, rows: pd.DataFrame, *, limit: int | None = None) -> pd.DataFrame:
    """Return the sentences behind rows of `found.table`, each match in its context.

    One row is one place: outlet, the column that names the result's row (for tone the sentence's score), voice,
    before, match, after, article_id. The context is of at most CONTEXT characters on each side; for tone, of twice as
    many around the first mention of the actor in its sentence. At most `limit` places a row of the result.
    """
    if rows.empty:
        return pd.DataFrame(columns=["outlet", "voice", "before", "match", "after", "article_id"])
    key = MEASURES[found.measure]["key"]
    if found.measure == "tone":
        key, place = "tone", ["article_id", "sentence_no"]
        scores = found.scores[[*place, "voice", SCORE]].rename(columns={SCORE: "tone"})
        lines = evidence.show_lines(found.read, rows[["actor", "outlet"]], context=2 * CONTEXT)
        lines = lines.drop_duplicates(place).merge(scores, on=place)
        lines = lines if limit is None else lines.groupby("outlet").head(limit)
    else:
        lines = evidence.show_lines(found.read, rows, limit=limit, context=CONTEXT)
    return lines[["outlet", key, "voice", "before", "match", "after", "article_id"]].reset_index(drop=True)


def prepare_table(table: pd.DataFrame) -> dict[str, Any]:
    """Return what itables needs to show a table: its rows, numbers rounded, and how they look.

    It has a search field, ten rows a page, and is sorted by a click on a heading. Of more than MOST_ROWS rows the
    first and the last are shown, and below the table it says so. Text is shown as it is, never read as HTML; the match
    of lines in context is marked.
    """
    numbers = table.select_dtypes("number").columns
    sides = [SIDES.get(name, "dt-right" if name in numbers else "dt-left") for name in table.columns]
    return {
        "df": table.reset_index(drop=True).round(3).replace(page.SAID), "allow_html": False,
        "columnDefs": [{"targets": [i], "className": side} for i, side in enumerate(sides)],
        "classes": "display compact", "style": "width:100%", "autoWidth": False,
        "maxRows": MOST_ROWS, "maxBytes": 0, "text_in_header_can_be_selected": False,
        "layout": {"topStart": "search", "topEnd": None, "bottomStart": "info", "bottomEnd": "paging"},
    }  # fmt: skip


def show_pickers(read: Reading, **chosen: Any) -> widgets.VBox:
    """Return the pickers, set to a choice (as `look_up` takes it), above what they show, which changes together.

    Each picker can be reached by the tab key and set by the arrow keys, and so can the rows of the tables, which the
    space bar picks: a row of the numbers shows its sentences, a sentence its article, annotated. A choice that shows
    nothing shows a sentence that says why.
    """
    display(HTML((LEXICONS / "explore.html").read_text(encoding="utf-8")))
    found, places = look_up(read, **chosen), pd.DataFrame()
    pickers = _build_pickers(found, read)
    status, figure = widgets.Label(layout={"height": "24px"}), widgets.Output(layout={"overflow": "auto"})
    table, lines = (ITable(**prepare_table(pd.DataFrame())) for _ in range(2))
    table_told, lines_told = widgets.HTML(TOLD), widgets.HTML()  # ITable loses its own caption when its table changes
    article, text = pickers.pop("article"), widgets.HTML()

    def show_all(_: Any = None) -> None:
        nonlocal found
        status.value = "Counting …"
        asked = {name: picker.value for name, picker in pickers.items()}
        asked["voice"] = None if asked["voice"] == ALL_VOICES else asked["voice"]
        pickers["target"].disabled = asked["measure"] != "words"
        asked["target"] = None if pickers["target"].disabled else asked["target"]
        found = replace(found, table=pd.DataFrame())  # should counting fail
        with capture_output() as shown:
            try:
                found = look_up(read, **asked)
                page.say(found.answer)
                if not found.table.empty:
                    page.say(f"*How far to trust it.* {MEASURES[found.measure]['trust']}")
                    page.figure(draw_found(found))
            except Exception as error:  # in one sentence: a reader has no use for a traceback
                why = f"{type(error).__name__}: {error}".removesuffix(": ")
                page.say(page.safe(f"This choice cannot be shown ({why}): pick another actor, measure or voice."))
        figure.outputs = tuple(  # all at once: nothing flickers
            {"output_type": "display_data", "data": one.data, "metadata": one.metadata or {}} for one in shown.outputs
        )
        columns = MEASURES[found.measure]["columns"].split()
        table.update(**prepare_table(found.table.filter(columns)), select=SELECT, selected_rows=[])
        show_lines()
        for part in (table_told, table, lines_told, lines):
            part.layout.display = "none" if found.table.empty else None
        status.value = ""

    def show_lines(_: Any = None) -> None:
        nonlocal places
        picked = [number for number in table.selected_rows[:1] if 0 <= number < len(found.table)]
        rows, limit = (found.table.iloc[picked], None) if picked else (found.table, FEW_EACH)
        places = find_lines(found, rows, limit=limit)
        lines.update(**prepare_table(places.drop(columns="article_id")), select=SELECT, selected_rows=[])
        names = dict.fromkeys(["outlet", MEASURES[found.measure]["key"]]) if picked else ()
        row = " · ".join(str(rows[name].iloc[0]) for name in names if name in rows)
        told = f"The sentences behind {row}." if picked else f"At most {FEW_EACH} sentences of each row."
        lines_told.value = html.escape(f"{told} Click a sentence to read its article below.")

    def pick_article(_: Any = None) -> None:
        for number in lines.selected_rows[:1]:
            article.value = places["article_id"].get(number, "")

    def show_article(_: Any = None) -> None:
        text.value = page.show_article(read, article.value).data if article.value else ""

    for picker in pickers.values():
        picker.observe(show_all, "value")
    table.observe(show_lines, "selected_rows")
    lines.observe(pick_article, "selected_rows")
    article.observe(show_article, "value")
    show_all()
    left = widgets.VBox([pickers[name] for name in ("actor", "measure", "voice", "target")])
    top = widgets.HBox([left, pickers["outlets"]], layout={"flex_flow": "row wrap"})
    shown = [top, status, figure, table_told, table, lines_told, lines, article, text]
    return widgets.VBox(shown).add_class("explore")


def _build_pickers(found: Found, read: Reading) -> dict[str, Any]:
    """Return a picker for each argument of `look_up`, set to what was found where the corpus has it, and of articles.

    Actors are listed with their mentions, the most mentioned first; whoever is never mentioned cannot be picked.
    """
    counts = naming.count_mentions(read).groupby("actor")["n"].sum().drop(UNRESOLVED, errors="ignore")
    counts = counts.sort_values(ascending=False, kind="stable")
    actors = [(drop_controls(f"{actor} ({page.count_of(n, 'mention')})"), actor) for actor, n in counts.items()]
    articles = read.articles.sort_values(["outlet", "published", "article_id"])
    titles = articles["outlet"] + ": " + articles["headline"].where(articles["headline"].ne(""), articles["article_id"])
    outlets = sorted(set(read.articles["outlet"]))
    look = {"style": {"description_width": "110px"}, "layout": {"width": "380px", "max_width": "97%"}}
    named = {"actor": ("Actor", actors), "measure": ("Measure", [*MEASURES]), "voice": ("Voice", VOICE_CHOICES)}
    named["target"] = ("Outlet set apart", outlets)
    pickers = {name: widgets.Dropdown(description=of, options=some, **look) for name, (of, some) in named.items()}
    pickers["outlets"] = widgets.SelectMultiple(description="Outlets", options=outlets, value=outlets, rows=7, **look)
    titled = [("none: choose one, or click a sentence", "")]
    titled += zip(map(drop_controls, titles), articles["article_id"], strict=True)
    wide = {**look, "layout": {"width": "97%", "margin": "16px 0 0"}}
    pickers["article"] = widgets.Dropdown(description="Article", options=titled, **wide)
    for name, picker in pickers.items():
        with contextlib.suppress(TraitError):  # the corpus has no such name
            picker.value = getattr(found, name, "") or picker.value
    return pickers
