"""One choice of actor, outlets, voice and measure -> its table, its figure and its sentences. No widgets here."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from helpers import comparability, evidence, naming, page, sentiment, stories
from helpers.explore.measures import (
    MEASURES,
    SCORE,
    VOICE_NAMES,
    Choice,
    Found,
    name_figure,
    name_method,
    narrow_sources,
)
from helpers.reading import pick_actor, pick_target
from helpers.reading.schemas import VOICES

if TYPE_CHECKING:
    import numpy as np

    from helpers.reading import Reading

CONTEXT = 80  # characters before a match, and after it
MORE = 40  # asked for besides, so that what is shorter than CONTEXT is known to be whole
LONGEST = 300  # characters of a quotation; the articles themselves are in the corpus folder


def look_up(
    read: "Reading",
    *,
    actor: str | None = None,
    outlets: Iterable[str] | None = None,
    voice: str | None = None,
    measure: str = "names",
    target: str | None = None,
) -> Found:
    """Return what a choice shows. A choice that shows nothing is no error: `answer` says why, and the table is empty.

    `measure` is one of MEASURES: names (what the actor is called), words (which terms stand around it in `target` more
    than in the other outlets; scores alone, without intervals), tone (of the sentences that mention it, names masked),
    sources (who is cited in those sentences) or roles (whether it acts or is acted upon). `actor=None` is the actor of
    corpus.toml, else the one that most outlets mention; `outlets=None` all; `voice=None` every voice; `target=None`
    that of corpus.toml, else the outlet with most to say.

    One row of `table` is what the measure counts; `find_lines` gives the sentences behind it.
    """
    chosen = tuple(dict.fromkeys(read.articles["outlet"].sort_values() if outlets is None else outlets))
    choice = Choice(actor or "", chosen, voice, measure, target or "")
    try:
        _check(read, choice)
        kept = stories.keep_outlets(read, chosen)
        choice = choice._replace(actor=pick_actor(read, actor))
        choice = choice._replace(target=pick_target(kept, choice.actor, target))
        found = Found(choice, kept, MEASURES[measure].count(kept, choice), "")
    except ValueError as error:  # an unknown name, or nothing said of the actor
        return Found(choice, read, pd.DataFrame(), page.safe(f"Nothing to show: {error}."))
    if found.table.empty:
        return found._replace(answer=page.safe(_say_nothing(found)))
    return found._replace(answer=MEASURES[measure].say(found))


def draw_found(found: Found) -> "Axes | np.ndarray":
    """Return the figure of what was found. Raises ValueError where there is nothing to draw."""
    if found.table.empty:
        raise ValueError("nothing was found, so there is nothing to draw")
    look = comparability.frame(found.read, name_method(found.choice)).titled(name_figure(found.choice))
    return MEASURES[found.choice.measure].draw(found, look)


def show_figure(found: Found) -> None:
    """Show the answer and the figure; where nothing was found, the sentence that says why."""
    page.say(found.answer)
    if not found.table.empty:
        page.figure(draw_found(found))


def find_lines(found: Found, rows: pd.DataFrame | None = None, *, limit: int | None = None) -> pd.DataFrame:
    """Return the sentences behind rows of `found.table` (all of them by default), each match in its context.

    One row is one place: outlet, the column that names the result's row (for tone the sentence's score), voice,
    before, match, after. A match is cut to LONGEST characters, what stands around it to CONTEXT; for tone the match
    is the first mention of the actor. At most `limit` places a row of the result.
    """
    rows = found.table if rows is None else rows
    if rows.empty:
        return pd.DataFrame(columns=["outlet", "voice", "before", "match", "after"])
    measure = MEASURES[found.choice.measure]
    lines = evidence.show_lines(narrow_sources(found.read, found.choice), rows, limit=limit, context=CONTEXT + MORE)
    key = "tone" if found.choice.measure == "tone" else measure.key
    if found.choice.measure == "tone":
        lines = _mark_mentions(found, lines)
    for name, first in (("before", True), ("after", False)):
        lines[name] = [_cut_word(text, first=first) for text in lines[name]]
    cut = lines["match"].str.len() > LONGEST
    lines["match"] = lines["match"].where(~cut, lines["match"].str[: LONGEST - 1] + "…")
    return lines[["outlet", key, "voice", "before", "match", "after"]].reset_index(drop=True)


def _mark_mentions(found: Found, lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines that are sentences as lines around the first mention of the actor, with the sentence's score."""
    keys = ["article_id", "sentence_no"]
    scores = sentiment.score_sentences(found.read, actor=found.choice.actor)[[*keys, "voice", SCORE]]
    scores = scores.rename(columns={SCORE: "tone"})
    mentions = naming.select_mentions(found.read, actor=found.choice.actor).sort_values("start")
    first = mentions.drop_duplicates(keys)[[*keys, "start", "end"]].rename(columns={"start": "at", "end": "to"})
    lines = lines.drop(columns="voice").merge(scores, on=keys).merge(first, on=keys)
    at, to = lines["at"] - lines["start"], lines["to"] - lines["start"]
    parts = [(text[:a], text[a:b], text[b:]) for text, a, b in zip(lines["match"], at, to, strict=True)]
    return lines.assign(**pd.DataFrame(parts, columns=["before", "match", "after"], dtype="str"))


def _cut_word(text: str, *, first: bool) -> str:
    """Return what stands around a match cut to CONTEXT, without the half word at its cut end, and marked as cut."""
    if len(text) < CONTEXT:
        return text
    text = text[-CONTEXT:] if first else text[:CONTEXT]
    at = (text.find(" ") if first else text.rfind(" ")) if " " in text else None
    return f"…{text[at:]}" if first else f"{text[:at]} …"


def list_columns(found: Found) -> list[str]:
    """Return the columns of the result table that a reader is shown."""
    if found.table.empty:
        return []
    return [name for name in MEASURES[found.choice.measure].columns if name in found.table.columns]


def name_rows(found: Found) -> list[str]:
    """Return a name for each row of the result table, as a list to pick from shows it."""
    if found.table.empty:
        return []
    measure = MEASURES[found.choice.measure]
    names = []
    for row in found.table.to_dict("records"):
        parts = [str(row[name]) for name in ("outlet", measure.key) if name in row and name != measure.size]
        names.append(" ".join(f"{' · '.join(dict.fromkeys(parts))} ({_say_size(row, measure.size)})".split()))
    return names


def _say_size(row: dict[str, object], size: str) -> str:
    return f"{row['n_target']} : {row['n_rest']}" if size == "n_target" else f"{row[size]}"


def _check(read: "Reading", choice: Choice) -> None:
    if choice.measure not in MEASURES:
        raise ValueError(f"no measure {choice.measure!r}; there are: {', '.join(MEASURES)}")
    if choice.voice is not None and choice.voice not in VOICES:
        raise ValueError(f"no voice {choice.voice!r}; there are: {', '.join(VOICES)}")
    known = sorted(set(read.articles["outlet"]))
    if unknown := [outlet for outlet in choice.outlets if outlet not in known]:
        raise ValueError(f"no outlet {unknown[0]!r} in the articles; there are: {', '.join(known)}")
    if not choice.outlets:
        raise ValueError("no outlet is chosen")
    if choice.measure == "words" and len(choice.outlets) < 2:
        raise ValueError("words are compared between outlets; choose two or more")


def _say_nothing(found: Found) -> str:
    where = f"in {VOICE_NAMES[found.choice.voice]}" if found.choice.voice else "in any voice"
    what = {"words": "No word to compare", "sources": "No source is cited", "roles": "No act"}
    what = what.get(found.choice.measure, "No sentence")
    return f"{what} for this choice: {found.choice.actor}, {where}, in {', '.join(found.choice.outlets)}."
