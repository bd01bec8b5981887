"""What each measure of 00-explore counts, draws and says, for one choice of actor, outlets and voice."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from helpers import agency, answers, attribution, charts, naming, page, reading, sentiment, terms
from helpers.reading import select_rows

if TYPE_CHECKING:
    import numpy as np

    from helpers.reading import Reading

SCORE = "masked_compound"
VOICE_NAMES = {"outlet": "own voice", "paraphrase": "paraphrases", "quote": "quotations"}


class Choice(NamedTuple):
    """What is looked at; voice None is every voice."""

    actor: str
    outlets: tuple[str, ...]
    voice: str | None
    measure: str
    target: str


class Found(NamedTuple):
    """What a choice shows: the articles it is about, the result table, and a Markdown sentence that says it."""

    choice: Choice
    read: "Reading"
    table: pd.DataFrame
    answer: str


class Measure(NamedTuple):
    count: Callable[["Reading", Choice], pd.DataFrame]
    draw: Callable[[Found, dict[str, str]], "Axes | np.ndarray"]
    say: Callable[[Found], str]
    columns: tuple[str, ...]  # of the result table, as it is shown
    key: str  # the column that names a row beside its outlet
    size: str  # the column that says how much a row rests on


def name_figure(choice: Choice) -> str:
    """Return the title of a choice's figure."""
    titles = {
        "names": f"What each outlet calls {choice.actor}",
        "words": f"Words around {choice.actor}: {choice.target} and the others",
        "tone": f"Tone of sentences that mention {choice.actor}",
        "sources": f"Who is cited in sentences that mention {choice.actor}",
        "roles": f"The part of {choice.actor}",
    }
    return titles[choice.measure] + (f" ({VOICE_NAMES[choice.voice]})" if choice.voice else "")


def name_method(choice: Choice) -> str:
    """Return how a choice's numbers are made, for the foot of its figure."""
    return {
        "names": "mentions by alias",
        "words": "mean TF-IDF, target minus the others; names masked",
        "tone": "VADER, names masked",
        "sources": "attributions",
        "roles": "roles by rules over a parse",
    }[choice.measure]


def narrow_sources(read: "Reading", choice: Choice) -> "Reading":
    """Return the reading that the measure counts in: for sources, what is cited in sentences that mention the actor."""
    if choice.measure != "sources":
        return read
    keys = ["article_id", "sentence_no"]
    about = naming.select_mentions(read, actor=choice.actor)[keys].drop_duplicates()
    return reading.change_tables(read, attributions=select_rows(read, "attributions", among=about))


def _count_names(read: "Reading", choice: Choice) -> pd.DataFrame:
    return naming.share_names(read, actor=choice.actor, voice=choice.voice, by_voice=False)


def _count_words(read: "Reading", choice: Choice) -> pd.DataFrame:
    # scores alone: a picker must answer at once; notebook 03 has the tests and intervals
    return terms.contrast_terms(read, actor=choice.actor, target=choice.target, voice=choice.voice, replicates=0)


def _score_tone(read: "Reading", choice: Choice) -> pd.DataFrame:
    scores = sentiment.score_sentences(read, actor=choice.actor)
    return scores if choice.voice is None else scores[scores["voice"].eq(choice.voice)]


def _count_tone(read: "Reading", choice: Choice) -> pd.DataFrame:
    scores = _score_tone(read, choice)
    return sentiment.average_tone(scores, SCORE).assign(voice=choice.voice or naming.ALL_VOICES)


def _count_sources(read: "Reading", choice: Choice) -> pd.DataFrame:
    return attribution.count_sources(narrow_sources(read, choice), by="source_type", voice=choice.voice)


def _count_roles(read: "Reading", choice: Choice) -> pd.DataFrame:
    return agency.count_roles(read, actor=choice.actor, voice=choice.voice)


def _draw_words(found: Found, look: charts.Look) -> Axes:
    return charts.diverging_bars(found.table, look, target=found.choice.target)


def _draw_tone(found: Found, look: charts.Look) -> Axes:
    return charts.tone_dots(_score_tone(found.read, found.choice), look, column=SCORE)


def _say_names(found: Found) -> str:
    actor, voice = found.choice.actor, found.choice.voice
    if voice in (None, "outlet"):
        return answers.answer_names(naming.share_names(found.read, actor=actor, voice=voice), actor)
    counts = found.table.groupby("variant")["n"].sum()
    top, n = counts.idxmax(), counts.max()
    return f"**{page.safe(actor)} in {VOICE_NAMES[voice]}, most often: “{page.safe(top)}” ({n} of {counts.sum()}).**"


def _say_tone(found: Found) -> str:
    scores = _score_tone(found.read, found.choice)
    return answers.answer_tone(sentiment.average_tone(scores), found.table, scores, found.choice.actor)


def _say_sources(found: Found) -> str:
    read, voice = narrow_sources(found.read, found.choice), found.choice.voice
    named = attribution.count_sources(read, by="named", voice=voice)
    return answers.answer_sources(found.read, found.table, named)


MEASURES = {
    "names": Measure(
        _count_names,
        lambda found, look: charts.share_bars(found.table, look),
        _say_names,
        ("outlet", "variant", "kind", "n", "total", "share", "n_articles"), "variant", "n",
    ),
    "words": Measure(
        _count_words,
        _draw_words,
        lambda found: answers.answer_words(found.table, found.choice.actor, found.choice.target),
        ("term", "score", "n_target", "n_rest", "articles_target", "articles_rest"), "term", "n_target",
    ),
    "tone": Measure(
        _count_tone, _draw_tone, _say_tone,
        ("outlet", "tone", "n_sentences", "n_articles", "share_no_hit"), "outlet", "n_sentences",
    ),
    "sources": Measure(
        _count_sources,
        lambda found, look: charts.count_bars(found.table, look, label="source_type"),
        _say_sources,
        ("outlet", "source_type", "n", "n_direct", "n_articles", "total", "share"), "source_type", "n",
    ),
    "roles": Measure(
        _count_roles,
        lambda found, look: charts.count_bars(found.table, look, label="role"),
        lambda found: answers.answer_roles(found.table, found.choice.actor),
        ("outlet", "role", "n", "n_articles", "total", "share"), "role", "n",
    ),
}  # fmt: skip
