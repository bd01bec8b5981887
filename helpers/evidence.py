"""The sentences behind any row of any result: rows -> lines in context (KWIC)."""

import re
from collections.abc import Collection
from typing import Any

import pandas as pd

from helpers.attribution import find_statements
from helpers.reading import Reading, select_rows, select_sources
from helpers.reading.attribution import list_lemmas
from helpers.reading.schemas import ALL_VOICES, NAMED_BY, ROLES, TABLES
from helpers.results import QUOTED
from helpers.sentiment import select_sentences
from helpers.terms import SCOPES, drop_repeated, select_passages

LINE = ["article_id", "outlet", "sentence_no", "before", "match", "after", "start", "end"]
# what a row of a result and a place may have in common, in the order shown
KEYS = [
    "harm", "label", "connotation", "actor", "certainty", "outlet", "voice", "variant", "kind", "candidates", "role",
    "verb", "voice_of_verb", "nominal", "source_name", "source_type", "source_actor", "victim_actor", "doer_actor",
    "named", "told", "intro", "cue_lemma", "stance", "frame", "form", "negated", "hypothetical", "hedge", "article_id",
    "sentence_no", "start", "end", "attribution_id", "source_no", "mention_start", "verb_start",
]  # fmt: skip
_CITED = {*KEYS} & {*TABLES["attributions"].columns} - {*TABLES["mentions"].columns}
Line = dict[str, Any]  # by the name of its columns


def show_lines(
    read: Reading, rows: pd.DataFrame, *, context: int = 60, limit: int | None = None, places: bool = False
) -> pd.DataFrame:
    """Return every place in the articles that the rows of a result count, in context.

    What a row counts follows from its columns: `term` (contrasts), `variant` (names; with `places` also where an actor
    is only a place), `label` or `connotation` (labels), `harm` or `told` (harms in articles), `certainty` (statements),
    `verb` or `role` (acts), `source_name`, `source_type`, `cue_lemma` or the like (citations, each source of a cue
    once), a tone or a sentence number (sentences, of which only the `words`, if they are asked for and there), else
    `actor` (mentions). A line matches all keys of its row; voice `all` matches every voice.
    Without `limit` a row has as many lines as it counts (a contrast n_target + n_rest, see `side`); with it, at most
    `limit` lines, taken from as many articles as possible, and of copies of one text from the first.

    One row is one occurrence, by row, then in reading order. Columns: article_id, outlet, sentence_no; before, match,
    after (whole words of at most `context` characters, line breaks as spaces); start, end: `articles.text[start:end]
    == match`; row (number of the row in `rows`, from 0); then the keys of the row as they are at that place.

    Raises ValueError where the columns do not say what to look for.
    """
    rows = rows.assign(row=range(len(rows)))
    found, keys = _find_places(read, rows, places)
    articles = read.articles.set_index("article_id")
    if "words" in rows:
        texts, told = found["article_id"].map(articles["text"]), found["row"].map(rows.set_index("row")["words"])
        spans = map(_find_told, texts, found["start"], found["end"], told)
        found[["start", "end"]] = pd.DataFrame(spans, found.index, ["start", "end"], "int64")
    found = found.assign(article_no=articles.index.get_indexer(found["article_id"]), side=found.get("side", ""))
    found = found.sort_values(["row", "side", "article_no", "start", "end"], ascending=[True, False, True, True, True])
    if limit is not None:  # of each row the first place of each text, then the second of each, and so on
        texts = found["article_id"].map(articles["cluster_id"])
        turns = found.assign(turn=found.groupby(["row", texts]).cumcount())
        taken = turns.sort_values(["row", "turn"], kind="stable").groupby("row").head(limit)
        found = found[found.index.isin(taken.index)]
    spans = zip(found["article_id"].map(articles["text"]), found["start"], found["end"], strict=True)
    side = re.compile(rf"(?s).{{0,{context - 1}}}\S(?!\S)|.{{0,{context}}}")  # whole words, if one has room
    parts = [(side.match(text[::-1], len(text) - start)[0][::-1], text[start:end], side.match(text, end)[0])
             for text, start, end in spans]  # fmt: skip
    lines = found.join(pd.DataFrame(parts, found.index, ["before", "match", "after"], "str"))
    lines[["before", "after"]] = lines[["before", "after"]].replace("\n", " ", regex=True)
    return lines[[*LINE, "row", *(key for key in keys if key not in LINE)]].reset_index(drop=True)


def quote(read: Reading, key: list[Line], *, places: bool = False, seen: Collection[str] = ()) -> list[Line]:
    """Return up to two quotations of at most 25 words, exactly as printed: a line each of the first two outlets.

    `key` has rows of results as dicts, each with its outlet and, to be shown of a long sentence, `words`; `places` is
    that of `show_lines`. One dict is a quotation: text, outlet, article_id, sentence_no. Preferred are whole sentences
    of 8 words or more and, for the outlet's own voice, those that report nobody; first of all what is not in `seen`,
    the texts quoted before. A longer sentence ends, if it can, where a clause does.
    """
    if not key:
        return []
    texts, place, found = read.articles.set_index("article_id")["text"], ["article_id", "sentence_no"], []
    rows = pd.DataFrame(key).drop_duplicates("outlet", ignore_index=True)
    asked = rows.reindex(columns=["voice", "words"], fill_value="").add_prefix("asked_")
    bounds = read.sentences.set_index(place)[["start", "end", "n_words"]].add_prefix("of_")
    lines = show_lines(read, rows, limit=99, places=places).join(bounds, on=place).join(asked, on="row")
    if lines.empty:
        return []
    parts = select_rows(read, "passages", [*place, "lemmas"], article_id=[*lines["article_id"]])
    reporting, words = list_lemmas(), parts.groupby(place)["lemmas"].agg(" ".join)
    says = words.map(lambda some: not reporting.isdisjoint(some.split())).rename("is_report")
    lines = lines.join(says, on=place)
    lines["is_report"] &= lines["asked_voice"].eq("outlet")
    lines["is_odd"] = lines["before"].str.contains(r"\b(?:he|she|it|they|who) $", case=False)  # of a source: who?
    lines["is_odd"] |= ~lines["of_n_words"].between(8, QUOTED)
    lines["text"] = [_cut(texts[line.article_id], line, line.asked_words) for line in lines.itertuples()]
    lines["lacks"] = [line.asked_words not in line.text for line in lines.itertuples()]
    for _, own in [*lines.groupby("row")][:2]:
        own = own.assign(is_seen=own["text"].isin([*seen, *(one["text"] for one in found)]))
        first = own.sort_values(["lacks", "is_seen", "is_report", "is_odd"], kind="stable").head(1)
        found += first[["text", "outlet", *place]].to_dict("records")
    return found


def _find_told(text: str, start: int, end: int, words: str) -> tuple[int, int]:
    """Return where some words stand in a part of a text, in whatever capitals; where they do not, the whole part."""
    printed = r"\s+".join(map(re.escape, words.split()))
    told = words and re.compile(rf"(?<!\w){printed}\w*", re.IGNORECASE).search(text, start, end)
    return told.span() if told else (start, end)


def _cut(text: str, line: Any, words: str) -> str:
    """Return at most 25 words of the sentence of a line: from its start, or from shortly before the words, on."""
    start = max(line.start, text.find(words, line.start, line.of_end))
    parts = list(re.compile(r"\S+").finditer(text, line.of_start, line.of_end))
    at = next((place for place, part in enumerate(parts) if part.end() > start), 0)
    least = at + max(3, len(words.split()))  # the first word that may be cut off
    first = 0 if least <= QUOTED else max(0, min(at - (4 if words else QUOTED // 2), len(parts) - QUOTED))
    while first and not parts[first][0][:1].islower() and first - 1 + QUOTED >= least:  # else it looks like a whole one
        first -= 1
    last = min(first + QUOTED, len(parts))
    if last < len(parts):
        clauses = range(last, max(least, last - QUOTED // 2) - 1, -1)
        last = next((place for place in clauses if parts[place - 1][0][-1] in ",;:–—"), last)
    return text[parts[first].start() : parts[last - 1].end()].rstrip(",;:–— ")


def _find_places(read: Reading, rows: pd.DataFrame, places: bool) -> tuple[pd.DataFrame, list[str]]:
    """Return the places that agree with each row in every key that it has, and the names of these keys.

    The places have article_id, outlet, sentence_no, start, end, row and the keys.
    """
    columns, is_name = set(rows.columns), "variant" in rows
    actors = rows["actor"].unique().tolist() if "actor" in rows else None
    if "headline" in columns:
        raise ValueError("rows with a column 'headline': a headline is not in its article's text, only in the row")
    if "term" in columns:
        return _find_terms(read, rows)
    if columns & {"label", "connotation"}:  # of `labels.find_labels`
        table = read.labels
    elif columns & {"harm", "told"}:  # of `agency.find_harm`; told with or without a doer
        harms = select_rows(read, "harms").drop(columns="voice_of_verb")
        table = harms.assign(told=harms["named"].isin(NAMED_BY[-2:]).map({True: "without", False: "with"}))
    elif "certainty" in columns:
        table = find_statements(read)
    elif not is_name and columns & {"verb", "role"}:
        denied = None if columns & {"verb", "verb_start", "negated"} else False  # no role is counted where it is denied
        acts = select_rows(read, "acts", actor=actors, negated=denied)
        table = acts.assign(start=acts["verb_start"], end=acts["verb_end"])
    elif not is_name and columns & _CITED:  # the place is the cue, else the source, else the content
        table = select_sources(read, not_named="source_type" in columns)
        for edge in ("start", "end"):
            spans = table[[f"{part}_{edge}" for part in ("cue", "source", "content")]]  # -1: there is none
            table[edge] = spans.where(spans >= 0).bfill(axis=1).iloc[:, 0].astype("int64")
    elif not is_name and columns & {"compound", "masked_compound", "tone", "sentence_no"}:
        of_each = [select_sentences(read, actor=actor) for actor in actors or []]
        table = pd.concat(of_each) if of_each else read.sentences
    elif is_name or actors is not None:
        table = select_rows(read, "mentions", actor=actors, role=None if places else {*ROLES} - {"place"})
    else:
        known = "term, variant, verb, role, source_name, source_type, cue_lemma, sentence_no or actor"
        told = ", ".join(map(str, rows.columns.drop("row")))
        cure = f"keep the columns that name the result ({known})"
        raise ValueError(f"rows with the columns {told}: nothing to look for; {cure}")
    keys = [key for key in KEYS if key in rows and key in table]
    wanted = rows[[*keys, "row"]].astype({key: table[key].dtype for key in keys}).rename(columns={"voice": "asked"})
    found = wanted.merge(table, on=[key for key in keys if key != "voice"])
    if "voice" in keys:
        found = found[found["asked"].eq(found["voice"]) | found["asked"].eq(ALL_VOICES)]
    return found, keys


def _find_terms(read: Reading, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    keys = ["actor", "voice", "term", "side"]
    columns = ["article_id", "outlet", "sentence_no", "start", "end", "row", *keys]
    found = []
    rows = rows.assign(**{name: rows.get(name, usual) for name, usual in (("voice", ALL_VOICES), ("scope", SCOPES[0]))})
    for (actor, voice, scope), group in rows.groupby(["actor", "voice", "scope"]):
        asked = {"actor": actor, "voice": None if voice == ALL_VOICES else voice, "scope": scope}
        passages = drop_repeated(select_passages(read, **asked))
        for row in group.to_dict("records"):
            rest = row["against"].split(" | ") if "against" in row else passages["outlet"]
            here = passages[passages["outlet"].isin([row["target"], *rest])]
            words = row["term"].split()
            for passage in here[here["lemmas"].str.contains(row["term"], regex=False)].itertuples():
                shared = (actor, passage.voice, row["term"], "target" if passage.outlet == row["target"] else "rest")
                lemmas, starts, ends = map(str.split, (passage.lemmas, passage.lemma_starts, passage.lemma_ends))
                for first in (at for at in range(len(lemmas)) if lemmas[at : at + len(words)] == words):
                    span = int(starts[first]), int(ends[first + len(words) - 1])
                    found.append((passage.article_id, passage.outlet, passage.sentence_no, *span, row["row"], *shared))
    return pd.DataFrame(found, columns=columns), keys
