"""Explore a corpus: pick actor, outlets, voice and measure; see the figure, the table and the sentences behind them."""

import contextlib
import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import ipywidgets as widgets
import itables
import numpy as np
import pandas as pd
from IPython.display import HTML, clear_output, display
from IPython.utils.capture import capture_output
from itables.widget import ITable
from matplotlib.axes import Axes

from helpers import agency, answers, attribution, charts, evidence, naming, page, sentiment, stories, terms
from helpers.comparability import frame
from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading import Reading, change_tables, pick_actor, pick_target, select_rows
from helpers.reading.aliases import OTHER
from helpers.reading.schemas import VOICES

SCORE = "masked_compound"  # of tone
CONTEXT = 80  # characters before a match, and after it
MORE = 40  # asked for besides, so that what is shorter than CONTEXT is known to be whole
LONGEST = 300  # characters of a quotation; the articles themselves are in the corpus folder
FEW_EACH = 3  # sentences of each row, where no row is picked
FEW_TOLD = f"At most {FEW_EACH} sentences of each row."
TOLD = "The numbers drawn. Click a row, or tab to it and press space, to see its sentences; again to see a few of each."
MOST_ROWS = 1_000  # more than anybody reads in a browser; the files of `export` hold all
SELECT = {"style": "single", "keys": "yes"}  # by a click, or by tab, arrow keys and space (itables takes text only)
SIDES = {"before": "dt-right around", "match": "dt-left found", "after": "dt-left around"}  # classes of columns
VOICE_NAMES = {"outlet": "own voice", "paraphrase": "paraphrases", "quote": "quotations"}
# what the picker says -> voice; an empty value would leave the picker blank
VOICE_CHOICES = {
    "every voice": naming.ALL_VOICES, "the outlet's own": "outlet", "paraphrase": "paraphrase", "quotation": "quote",
}  # fmt: skip
# of each measure: key, the column that names a row beside its outlet; size, the one that says how much a row is based
# on; the columns shown; what there is none of where the table is empty; the method and the title of its figure
MEASURES = {row["measure"]: row for row in read_lexicon("explore_measures.csv")}


@dataclass(frozen=True)
class Found:
    """A choice (voice None is every voice), and what it shows: a result table, and a Markdown sentence that says it."""

    read: Reading  # of the chosen outlets
    actor: str
    outlets: tuple[str, ...]
    voice: str | None
    measure: str
    target: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    answer: str = ""


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
        _check(found)
        found = replace(found, actor=pick_actor(read, actor), read=stories.keep_outlets(read, chosen))
        found = replace(found, target=pick_target(found.read, found.actor, target))
        found = replace(found, table=_count(found))
    except ValueError as error:  # an unknown name, or nothing said of the actor
        return replace(found, answer=page.safe(f"Nothing to show: {error}."))
    if found.table.empty:
        where = f"in {VOICE_NAMES[voice]}" if voice else "in any voice"
        said = f"{MEASURES[measure]['nothing']} for this choice: {found.actor}, {where}, in {', '.join(chosen)}."
        return replace(found, answer=page.safe(said))
    return replace(found, answer=_say(found))


def _check(found: Found) -> None:
    outlets, voices = sorted(set(found.read.articles["outlet"])), [None, *VOICES]
    asked = [("measure", found.measure, MEASURES), ("voice", found.voice, voices)]
    for what, name, known in [*asked, *(("outlet", outlet, outlets) for outlet in found.outlets)]:
        if name not in known:
            raise ValueError(f"no {what} {name!r}; there are: {', '.join(filter(None, known))}")
    if not found.outlets:
        raise ValueError("no outlet is chosen")
    if found.measure == "words" and len(found.outlets) < 2:
        raise ValueError("words are compared between outlets; choose two or more")


def _count(found: Found) -> pd.DataFrame:
    read, actor, voice = found.read, found.actor, found.voice
    match found.measure:
        case "names":
            return naming.share_names(read, actor=actor, voice=voice, by_voice=False)
        case "words":  # scores alone: a picker must answer at once; notebook 03 has the tests and intervals
            return terms.contrast_terms(read, actor=actor, target=found.target, voice=voice, replicates=0)
        case "tone":
            return sentiment.average_tone(_score_tone(found), SCORE).assign(voice=voice or naming.ALL_VOICES)
        case "sources":
            return attribution.count_sources(_narrow_sources(found), by="source_type", voice=voice)
        case _:
            return agency.count_roles(read, actor=actor, voice=voice)


def _score_tone(found: Found) -> pd.DataFrame:
    scores = sentiment.score_sentences(found.read, actor=found.actor)
    return scores if found.voice is None else scores[scores["voice"].eq(found.voice)]


def _narrow_sources(found: Found) -> Reading:
    """Return the reading with only the attributions in sentences that mention the actor."""
    keys = ["article_id", "sentence_no"]
    about = naming.select_mentions(found.read, actor=found.actor)[keys].drop_duplicates()
    return change_tables(found.read, attributions=select_rows(found.read, "attributions", among=about))


def _say(found: Found) -> str:
    actor, voice, table = found.actor, found.voice, found.table
    match found.measure:
        case "names" if voice in (None, "outlet"):
            return answers.answer_names(naming.share_names(found.read, actor=actor, voice=voice), actor)
        case "names":
            counts = table.groupby("variant")["n"].sum()
            most = f"“{page.safe(counts.idxmax())}” ({counts.max()} of {counts.sum()})"
            return f"**{page.safe(actor)} in {VOICE_NAMES[voice]}, most often: {most}.**"
        case "words":
            return answers.answer_words(table, actor, found.target)
        case "tone":
            scores = _score_tone(found)
            return answers.answer_tone(sentiment.average_tone(scores), table, scores, actor)
        case "sources":
            named = attribution.count_sources(_narrow_sources(found), by="named", voice=voice)
            return answers.answer_sources(found.read, table, named)
        case _:
            return answers.answer_roles(table, actor)


def draw_found(found: Found) -> Axes | np.ndarray:
    """Return the figure of what was found. Raises ValueError where there is nothing to draw."""
    if found.table.empty:
        raise ValueError("nothing was found, so there is nothing to draw")
    measure = MEASURES[found.measure]
    voice = f" ({VOICE_NAMES[found.voice]})" if found.voice else ""
    title = measure["title"].format(actor=found.actor, target=found.target) + voice
    look = frame(found.read, measure["method"]).titled(title)
    match found.measure:
        case "names":
            return charts.share_bars(found.table, look)
        case "words":
            return charts.diverging_bars(found.table, look, target=found.target)
        case "tone":
            return charts.tone_dots(_score_tone(found), look, column=SCORE)
        case _:
            return charts.count_bars(found.table, look, label=measure["key"])


def show_figure(found: Found) -> None:
    """Show the answer and the figure; where nothing was found, the sentence that says why."""
    page.say(found.answer)
    if not found.table.empty:
        page.figure(draw_found(found))


def list_columns(found: Found) -> list[str]:
    """Return the columns of the result table that a reader is shown."""
    shown = MEASURES[found.measure]["columns"].split() if len(found.table) else []
    return [name for name in shown if name in found.table]


def find_lines(found: Found, rows: pd.DataFrame | None = None, *, limit: int | None = None) -> pd.DataFrame:
    """Return the sentences behind rows of `found.table` (all of them by default), each match in its context.

    One row is one place: outlet, the column that names the result's row (for tone the sentence's score), voice,
    before, match, after. A match is cut to LONGEST characters, its context to CONTEXT on each side; for tone the match
    is the first mention of the actor. At most `limit` places a row of the result.
    """
    rows = found.table if rows is None else rows
    if rows.empty:
        return pd.DataFrame(columns=["outlet", "voice", "before", "match", "after"])
    read = _narrow_sources(found) if found.measure == "sources" else found.read
    lines = evidence.show_lines(read, rows, limit=limit, context=CONTEXT + MORE)
    key = MEASURES[found.measure]["key"]
    if found.measure == "tone":
        key, lines = "tone", _mark_mentions(found, lines)
    lines = lines.assign(
        before=[_cut_word(text, first=True) for text in lines["before"]],
        match=[text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in lines["match"]],
        after=[_cut_word(text, first=False) for text in lines["after"]],
    )
    return lines[["outlet", key, "voice", "before", "match", "after"]].reset_index(drop=True)


def _mark_mentions(found: Found, lines: pd.DataFrame) -> pd.DataFrame:
    """Return whole sentences as lines around their first mention of the actor, with the sentence's score."""
    keys = ["article_id", "sentence_no"]
    scores = sentiment.score_sentences(found.read, actor=found.actor)[[*keys, "voice", SCORE]]
    mentions = naming.select_mentions(found.read, actor=found.actor).sort_values("start")
    first = mentions.drop_duplicates(keys)[[*keys, "start", "end"]].rename(columns={"start": "at", "end": "to"})
    lines = lines.drop(columns="voice").merge(scores.rename(columns={SCORE: "tone"}), on=keys).merge(first, on=keys)
    at, to = lines["at"] - lines["start"], lines["to"] - lines["start"]
    parts = [(text[:a], text[a:b], text[b:]) for text, a, b in zip(lines["match"], at, to, strict=True)]
    return lines.assign(**pd.DataFrame(parts, columns=["before", "match", "after"], dtype="str"))


def _cut_word(text: str, *, first: bool) -> str:
    """Return the context of a match cut to CONTEXT at a whole word, with a mark where it is cut."""
    if len(text) < CONTEXT:
        return text
    text = text[-CONTEXT:] if first else text[:CONTEXT]
    at = (text.find(" ") if first else text.rfind(" ")) if " " in text else None
    return f"…{text[at:]}" if first else f"{text[:at]} …"


@contextlib.contextmanager
def announce(what: str) -> Iterator[None]:
    """Show a line that says what is being done, and clear it when that is done."""
    print(f"{what} …", flush=True)
    try:
        yield
    finally:
        clear_output()


def load_tables() -> None:
    """Load what draws the tables, from the installed package: once in a notebook, before its first table."""
    itables.init_notebook_mode(connected=False)
    display(HTML((LEXICONS / "explore.html").read_text(encoding="utf-8")))


def show_table(table: pd.DataFrame, caption: str = "") -> None:
    """Show a table with a search field, sorted by a click on a heading, ten rows a page; a saved notebook keeps it.

    At most MOST_ROWS rows are shown, and the caption says so where there are more. Text is shown as it is, never read
    as HTML or mathematics; the match of lines in context is marked.
    """
    look, told = prepare_table(table), _caption(table, caption) or None
    shown = itables.to_html_datatable(**look, caption=told, connected=False, display_logo_when_loading=False)
    # MathJax stays out, also of the copy of the table for pages without scripts: a `$` in an article is no mathematics
    display(HTML(f'<div class="tex2jax_ignore mathjax_ignore">{shown}</div>'))


def _caption(table: pd.DataFrame, caption: str) -> str:
    """Return a caption as HTML; where not all rows are shown, it says so."""
    cut = f" The first {MOST_ROWS:,} of {len(table):,} rows." if len(table) > MOST_ROWS else ""
    return html.escape(f"{caption}{cut}".strip())


def prepare_table(table: pd.DataFrame) -> dict[str, Any]:
    """Return what itables needs to show a table: its first rows, rounded, each cell on one line, and how they look."""
    shown = table.head(MOST_ROWS).reset_index(drop=True)
    numbers = shown.select_dtypes("number").columns
    words = {name: [" ".join(str(cell).split()) for cell in shown[name]] for name in shown.columns.difference(numbers)}
    sides = [SIDES.get(name, "dt-right" if name in numbers else "dt-left") for name in shown.columns]
    return {
        "df": shown.assign(**shown[numbers].round(3), **words),
        "allow_html": False,
        "classes": "display compact",
        "style": "width:100%",
        "columnDefs": [{"targets": [i], "className": side} for i, side in enumerate(sides)],
        "autoWidth": False,
        "showIndex": False,
        "maxBytes": 0,
        "text_in_header_can_be_selected": False,
        "layout": {"topStart": "search", "topEnd": None, "bottomStart": "info", "bottomEnd": "paging"},
    }


def show_pickers(read: Reading, found: Found) -> widgets.VBox:
    """Return the pickers, set to a choice, above what they show. Figure, table and sentences change together.

    Each picker can be reached by the tab key and set by the arrow keys, and so can the rows of the table, which the
    space bar picks. A choice that shows nothing shows a sentence that says why.
    """
    pickers = _build_pickers(found, read)
    status, figure = widgets.Label(layout={"height": "24px"}), widgets.Output(layout={"overflow": "auto"})
    table, lines = (ITable(**prepare_table(pd.DataFrame())) for _ in range(2))
    table_told, lines_told = widgets.HTML(), widgets.HTML()  # a caption of ITable's own is lost when its table changes

    def show_all(_: Any = None) -> None:
        nonlocal found
        status.value = "Counting …"
        pickers["target"].disabled = pickers["measure"].value != "words"
        asked = {name: picker.value for name, picker in pickers.items()}
        voice, target = asked.pop("voice"), asked.pop("target") or None
        found = look_up(read, **asked, voice=None if voice == naming.ALL_VOICES else voice, target=target)
        with capture_output() as captured:
            try:
                show_figure(found)
            except Exception as error:
                page.say(page.safe(_excuse(error)))
        figure.outputs = tuple(  # all at once: nothing flickers
            {"output_type": "display_data", "data": one.data, "metadata": one.metadata or {}}
            for one in captured.outputs
        )
        table.update(**prepare_table(found.table[list_columns(found)]), select=SELECT, selected_rows=[])
        table_told.value = _caption(found.table, TOLD)
        show_lines()
        status.value = ""

    def show_lines(_: Any = None) -> None:
        picked = [number for number in table.selected_rows[:1] if 0 <= number < len(found.table)]
        told = f"The sentences behind {_name_row(found, picked[0])}." if picked else FEW_TOLD
        try:
            rows = found.table.iloc[picked] if picked else found.table
            shown = find_lines(found, rows, limit=None if picked else FEW_EACH)
        except Exception as error:
            told, shown = _excuse(error), pd.DataFrame()
        lines.update(**prepare_table(shown))
        lines_told.value = _caption(shown, told)
        for part in (table_told, table, lines_told, lines):
            part.layout.display = "none" if found.table.empty else None

    def change_outlets(_: Any) -> None:
        target, outlets = pickers["target"], pickers["outlets"].value
        kept = target.value if target.value in outlets else None
        target.unobserve(show_all, "value")
        target.options = outlets or [""]
        target.value = kept or target.options[0]
        target.observe(show_all, "value")
        show_all()

    for name, picker in pickers.items():
        picker.observe(change_outlets if name == "outlets" else show_all, "value")
    table.observe(show_lines, "selected_rows")
    show_all()
    left = widgets.VBox([pickers[name] for name in ("actor", "measure", "voice", "target")])
    top = widgets.HBox([left, pickers["outlets"]], layout={"flex_flow": "row wrap"})
    return widgets.VBox([top, status, figure, table_told, table, lines_told, lines]).add_class("explore")


def _build_pickers(found: Found, read: Reading) -> dict[str, Any]:
    """Return a picker for each argument of `look_up`, set to what was found where the corpus has it."""
    actors, outlets = sorted(set(read.corpus.actors["actor"]) - {OTHER}), sorted(set(read.articles["outlet"]))
    chosen = [outlet for outlet in found.outlets if outlet in outlets] or outlets
    look = {"style": {"description_width": "110px"}, "layout": {"width": "380px"}}

    def pick(description: str, options: Any, value: str | None, otherwise: str | None) -> widgets.Dropdown:
        known = options.values() if isinstance(options, dict) else options
        value = value if value in known else otherwise
        return widgets.Dropdown(description=description, options=options, value=value, **look)

    pickers = {
        "actor": pick("Actor", actors, found.actor, None),
        "measure": pick("Measure", list(MEASURES), found.measure, "names"),
        "voice": pick("Voice", VOICE_CHOICES, found.voice, naming.ALL_VOICES),
        "target": pick("Outlet set apart", chosen, found.target, next(iter(chosen), None)),
        "outlets": widgets.SelectMultiple(options=outlets, value=chosen, description="Outlets", **look),
    }
    pickers["outlets"].rows = min(max(len(outlets), 3), 7)
    return pickers


def _excuse(error: Exception) -> str:
    """Return what went wrong in one sentence: a reader has no use for a traceback."""
    return f"This choice cannot be shown: {type(error).__name__}: {error}"


def _name_row(found: Found, number: int) -> str:
    """Return the name of a row of the result table, for the caption of its sentences."""
    row, measure = found.table.iloc[number], MEASURES[found.measure]
    size = f"{row['n_target']} : {row['n_rest']}" if found.measure == "words" else row[measure["size"]]
    parts = [str(row[name]) for name in ("outlet", measure["key"]) if name in row]
    return " ".join(f"{' · '.join(dict.fromkeys(parts))} ({size})".split())
