"""The columns of every table: what each one means and what it may hold.

One pandera schema a table. The README's lists of columns are made from these, and each table is checked
against its schema where it is made, so a column can be relied on by name.
"""

import pandas as pd
from pandera.pandas import Check, Column, DataFrameSchema

VOICES = ("outlet", "paraphrase", "quote")
ALL_VOICES = "all"  # where several are added up
KINDS = ("name", "acronym", "metonym", "description")
ROLES = ("head", "possessive", "modifier", "compound", "member", "place")
UNRESOLVED = "unresolved"

# Rules of honesty. In story clusters: below FEW nothing is claimed, from ENOUGH on there are intervals. LEVEL: of tests
# and, as 1 - LEVEL, of intervals.
FEW, ENOUGH, LEVEL = 5, 20, 0.05


def _text(description: str, one_of: tuple[str, ...] | None = None, unique: bool = False) -> Column:
    check = Check.isin(one_of) if one_of else None
    return Column(str, check, unique=unique, description=description)


def _count(description: str, lowest: int = 0) -> Column:
    return Column("int64", Check.ge(lowest), description=description)


def _flag(description: str) -> Column:
    return Column(bool, description=description)


def _span(of: str, prefix: str = "", optional: bool = False) -> dict[str, Column]:
    """Where `of` stands: characters into `articles.text`; -1 where there is none."""
    lowest, note = (-1, "; -1: none") if optional else (0, "")
    return {
        f"{prefix}start": _count(f"first character of {of}, counted in `articles.text`{note}", lowest),
        f"{prefix}end": _count(f"character after the last of {of}{note}", lowest),
    }


_ARTICLE = _text("the article, as named in articles.csv")
_OUTLET = _text("who published it")
_SENTENCE = _count("number of the sentence in its article, from 0")
_VOICE = _text("whose words: the outlet's own, a paraphrase of a source, or a quotation", VOICES)

TABLES: dict[str, DataFrameSchema] = {}


def _table(name: str, one_row: str, /, **columns: Column) -> None:
    TABLES[name] = DataFrameSchema(columns, strict=True, name=name, description=one_row)


_table(
    "articles",
    "one article",
    article_id=_text("the article, as named in articles.csv", unique=True),
    outlet=_OUTLET,
    headline=_text("as printed; empty where the file has none"),
    author=_text("as printed; empty where unknown"),
    published=_text("ISO date, as exact as known: 2016, 2016-02 or 2016-02-27; empty where unknown"),
    published_from=Column("datetime64[s]", nullable=True, description="first day that `published` can mean"),
    published_to=Column("datetime64[s]", nullable=True, description="last day that `published` can mean"),
    published_note=_text("how the date is known"),
    language=_text("ISO 639 code"),
    url=_text("where it was published; empty where unknown"),
    source_file=_text("the file in the corpus folder that it was taken from"),
    raw_start=_count("first character of the article in its file"),
    raw_end=_count("character after its last"),
    cluster_id=_text("the story cluster: articles that share a text; alone, the article's own id"),
    text=_text("the article's own prose, one paragraph a line"),
    n_words=_count("words in `text`"),
)
_table(
    "removed",
    "one stretch of a file that is not part of any article's prose",
    source_file=_text("the file"),
    article_id=_text("the article it was cut from; empty outside any article"),
    rule=_text("the rule that cut it"),
    raw_start=_count("first character in the file"),
    raw_end=_count("character after the last"),
    text=_text("what was cut"),
)
_table(
    "rejected",
    "one thing that could not be used",
    source_file=_text("the file it concerns"),
    reason=_text("file, row and column, what was found and how to mend it"),
)
_table(
    "sentences",
    "one sentence",
    article_id=_ARTICLE,
    outlet=_OUTLET,
    paragraph_no=_count("number of the paragraph in its article, from 0"),
    sentence_no=_SENTENCE,
    **_span("the sentence"),
    text=_text("the sentence as printed"),
    masked=_text("the sentence with names replaced by neutral words"),
    n_words=_count("words in the sentence"),
    n_actors=_count("different actors mentioned in it"),
)
_table(
    "passages",
    "the longest stretch of one sentence in one voice; it concerns every actor in its sentence",
    article_id=_ARTICLE,
    outlet=_OUTLET,
    sentence_no=_SENTENCE,
    passage_no=_count("number of the passage in its article, from 0"),
    voice=_VOICE,
    attribution_id=_text("the attribution whose content it is; empty in the outlet's own voice or without a source"),
    **_span("the passage"),
    text=_text("the passage as printed"),
    masked=_text("the passage with names replaced by neutral words"),
    lemmas=_text("lower-case lemmas separated by spaces; an actor's alias or another name is one neutral word"),
    lemma_starts=_text("for each lemma, the first character of its words in `articles.text`"),
    lemma_ends=_text("for each lemma, the character after the last"),
    n_words=_count("words in the passage"),
)
_table(
    "mentions",
    "one mention of one actor",
    article_id=_ARTICLE,
    outlet=_OUTLET,
    sentence_no=_SENTENCE,
    passage_no=_count("the passage it stands in"),
    actor=_text("the actor; `unresolved` where the text leaves several open"),
    variant=_text("the alias matched, as written in actors.csv"),
    kind=_text("what sort of alias it is", KINDS),
    role=_text("its place in the phrase", ROLES),
    voice=_VOICE,
    scare=_flag("in inverted commas too short to be speech"),
    attribution_id=_text("the attribution whose content it stands in; empty if none"),
    as_source=_flag("part of the name of the source of an attribution"),
    inside=_text("`start:end` of the mention it is nested in; empty if none"),
    candidates=_text("the actors it could be, separated by ` | `; empty where the alias has one actor"),
    **_span("the mention, without article, title or 's"),
)
_table(
    "attributions",
    "one source x one part of its content; count distinct (attribution_id, source_no)",
    attribution_id=_text("one per cue"),
    source_no=_count("number of the source, from 0 (a cue may have several)"),
    part=_count("number of the part of the content, from 0 (a quotation may be split)"),
    parent_id=_text("the attribution it is nested in; empty if none"),
    via=_text("the source that relays it, or to whom it was said; empty if none"),
    article_id=_ARTICLE,
    outlet=_OUTLET,
    sentence_no=_count("number of the sentence with the cue"),
    source=_text("the source as printed; empty where none is named"),
    source_name=_text("the source's canonical name; empty where there is no source"),
    source_type=_text("what sort of source, as in sources.csv or by its head noun; `other` where neither says"),
    source_actor=_text("the actor that is the source; empty if none"),
    named=_text("whether a name, a description or neither stands for the source", ("named", "described", "bare")),
    intro=_text("words that introduce the source, before or after its name"),
    cue=_text("the cue as printed"),
    cue_lemma=_text("its lemma"),
    frame=_text(
        "the construction: clause, quotation, parenthetical, infinitive, object, preposition, "
        "passive, according, label, block or none"
    ),
    stance=_text("what the cue implies, as in reporting_verbs.csv; empty where not listed"),
    form=_text("how the content is given", ("direct", "mixed", "indirect")),
    confidence=Column(
        float,
        Check.in_range(0, 1),
        nullable=True,
        description="chance that an annotator would call it a cue, as the network puts it; "
        "1 where reporting_verbs.csv says always",
    ),
    voice=_text("the voice that the cue itself stands in", VOICES),
    **_span("the source", "source_", True),
    **_span("the cue", "cue_", True),
    **_span("the content", "content_"),
    **_span("the introducing words", "intro_", True),
)
_table(
    "acts",
    "one actor mention in one act or as owner or modifier",
    article_id=_ARTICLE,
    outlet=_OUTLET,
    sentence_no=_SENTENCE,
    actor=_text("the actor"),
    **_span("the mention", "mention_"),
    role=_text("does, undergoes, owns or qualifies", ("agent", "patient", "possessor", "modifier")),
    verb=_text("lemma of the verb, or of the noun owned or qualified"),
    **_span("the verb", "verb_"),
    voice_of_verb=_text("empty for nouns", ("active", "passive", "agentless", "")),
    nominal=_flag("the word is a noun that names an act (`advance`)"),
    negated=_flag("the verb is negated"),
    voice=_VOICE,
)
_table(
    "odd_marks",
    "one quotation mark without a partner: what it may enclose is read as the outlet's own prose",
    article_id=_ARTICLE,
    outlet=_OUTLET,
    start=_count("where it stands, counted in `articles.text`"),
    mark=_text("the mark"),
    text=_text("the words around it"),
)


def check(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return `frame` with the columns of `table` in their order and types.

    Raises pandera.errors.SchemaError, which names column and value, where a column is missing, unknown or
    holds what it must not.
    """
    return TABLES[table].validate(cast(frame, table))


def cast(frame: pd.DataFrame, table: str, only: list[str] | None = None) -> pd.DataFrame:
    """Return what `check` returns, of rows that were checked before; of some of the columns where `only` names them."""
    columns = TABLES[table].columns
    columns = columns if only is None else {name: columns[name] for name in only}
    typed = frame.reindex(columns=list(columns)) if frame.empty else frame[list(columns)]
    types = {name: "str" if "string" in str(column.dtype) else str(column.dtype) for name, column in columns.items()}
    return typed.astype(types).reset_index(drop=True)


def describe_columns(table: str) -> str:
    """Return the columns of `table` as a Markdown table, for the README."""
    schema = TABLES[table]
    rows = [f"| `{name}` | {column.description} |" for name, column in schema.columns.items()]
    return "\n".join([f"**`{table}`**: {schema.description}", "", "| column | meaning |", "|---|---|", *rows])
