"""Who is cited, with which verb, introduced how; and what is told as a fact, attributed or hedged."""

import re
from collections.abc import Sequence
from functools import cache

import pandas as pd

from helpers.lexicons import compile_phrases, read_lexicon
from helpers.reading import Reading, check_name, select_mentions, select_rows, select_sources
from helpers.reading.attribution import REPORTING, list_lemmas
from helpers.reading.schemas import ALL_VOICES, NOT_NAMED, VOICES

CERTAINTY = ("told as fact", "attributed", "hedged")
_LIKE = {row["name"]: re.compile(row["pattern"]) for row in read_lexicon("phrase_patterns.csv")}
_STATEMENT = ["article_id", "statement", "actor"]


def count_sources(read: Reading, *, by: str | Sequence[str] = "source_type", voice: str | None = None) -> pd.DataFrame:
    """Return how often each outlet cites each kind of source.

    `by` is a column of `attributions`, or several: source_type, source_name, named, form, stance, cue_lemma or
    source_actor; `voice` keeps the cues in that voice. Each cited source (attribution_id, source_no) counts once, so a
    split quotation counts once and a joint statement once for each speaker. By source_type, cues that name nobody
    ("reportedly", "is said to") are a row of their own, "no source named", outside the total and without a share.

    One row is outlet x value of `by`. Columns: outlet, `by`, n (sources cited), n_direct (in their own words, at least
    in part), n_articles, voice (`all` or the one asked for), total (sources the outlet cites), share = n / total,
    per_1000_words = 1000 n / words of the outlet's articles.
    """
    keys = ["outlet", *([by] if isinstance(by, str) else by)]
    check_name(voice or VOICES[0], VOICES, "voice", "the attributions")
    cited = select_sources(read, not_named=by == "source_type")
    cited = cited if voice is None else cited[cited["voice"] == voice]
    grouped = cited.assign(direct=cited["form"] != "indirect").groupby(keys, as_index=False)
    counts = grouped.agg(n=("source_no", "size"), n_direct=("direct", "sum"), n_articles=("article_id", "nunique"))
    known = counts["n"].where(counts[keys[-1]].ne(NOT_NAMED), 0)
    total = known.groupby(counts["outlet"]).transform("sum")
    words = counts["outlet"].map(read.articles.groupby("outlet")["n_words"].sum()).astype(float)
    counts = counts.assign(voice=voice or ALL_VOICES, total=total, share=known.where(known > 0) / total)
    counts["per_1000_words"] = 1000 * counts["n"] / words
    order = ["outlet", "n", *keys[1:]]
    return counts.sort_values(order, ascending=[name != "n" for name in order], ignore_index=True)


def compare_intros(read: Reading) -> pd.DataFrame:
    """Return how each outlet introduces the named sources that two outlets or more cite.

    One row is source x outlet x introduction. Columns: source_name, outlet, intro (the words printed before the name,
    or after it between commas; "" where the name appears alone), n (times the outlet cites the source with these
    words), n_outlets (outlets that cite the source).
    """
    named = select_sources(read, ["source_name", "outlet", "intro", "named"]).query("named == 'named'")
    named["intro"] = named["intro"].mask(named["intro"].str.fullmatch(_LIKE["no introduction"]), "")
    counts = named.groupby(["source_name", "outlet", "intro"]).size().reset_index(name="n")
    counts["n_outlets"] = counts.groupby("source_name")["outlet"].transform("nunique")
    order = ["n_outlets", "source_name", "outlet", "n"]
    return counts[counts["n_outlets"] > 1].sort_values(order, ascending=[False, True, True, False], ignore_index=True)


def list_unlisted(read: Reading) -> pd.DataFrame:
    """Return the cues whose verb or noun has no stance in reporting_verbs.csv, which are therefore not counted.

    One row is a word: cue_lemma, n (attributions), n_outlets, cue (the first, as printed) and article_id (of the
    first). To count a word, add a row with a stance; to silence it, add a row whose `use` is `never`.
    """
    found = select_rows(read, "attributions", ["attribution_id", "article_id", "outlet", "cue", "cue_lemma", "frame"])
    listed = found["cue_lemma"].isin(list_lemmas()) | found["frame"].isin(REPORTING)
    cues = found[~listed].drop_duplicates("attribution_id").groupby("cue_lemma", as_index=False)
    first = {name: (name, "first") for name in ("cue", "article_id")}
    words = cues.agg(n=("cue", "size"), n_outlets=("outlet", "nunique"), **first)
    return words.sort_values(["n", "cue_lemma"], ascending=[False, True], ignore_index=True)


def find_statements(read: Reading) -> pd.DataFrame:
    """Return each statement about an actor, and whether it is told as a fact, attributed or hedged.

    A statement is a passage, the longest stretch of a sentence in one voice, with a mention of the actor that is not
    the source of a report ("the army said"): whole sentences often mix what is told with what somebody says. Words in
    brackets inside a quotation, and what is after them in the sentence, belong to the statement before. It is
    attributed in a quotation (a name in brackets, too) or paraphrase; hedged where nobody is cited for it ("is said
    to"), where its name is in quotation marks of distance, in a question, or where the clause of the mention has a word
    of hedges.csv or a word or two in quotation marks; otherwise told as a fact, in the outlet's own words.

    One row is a passage x actor: article_id, outlet, sentence_no, passage_no, actor, voice, certainty (one of
    CERTAINTY), hedge (the words that hedge it; "" where there are none), start, end (of the mention that is hedged,
    else of the first).
    """
    place, keys = ["article_id", "passage_no"], ["article_id", "outlet", "sentence_no", "passage_no", "actor", "voice"]
    columns = [*keys, "scare", "attribution_id", "as_source", "start", "end"]
    nobody = select_rows(read, "attributions", ["attribution_id"], source_type=NOT_NAMED, parent_id="")
    passages = select_rows(read, "passages", [*place, "sentence_no", "start", "text"])
    inserted = passages["text"].str.fullmatch(_LIKE["inserted"])
    goes_on = (inserted | inserted.shift(fill_value=False)) & passages.duplicated(["article_id", "sentence_no"])
    passages = passages.assign(inserted=inserted, statement=passages["passage_no"].mask(goes_on).ffill())
    found = select_mentions(read, columns=columns).query("~as_source")
    found = found.merge(passages.drop(columns="sentence_no"), on=place, suffixes=("", "_passage"))
    is_own, scope = found["voice"].eq("outlet") & ~found["inserted"].astype(bool), cache(_scope_hedges)
    places = found.assign(own=is_own, first=found["start"] - found["start_passage"]).itertuples()
    near = ([words for begin, until, words in scope(row.text)
             if row.own and row.first < until and begin < row.end - row.start_passage] for row in places)  # fmt: skip
    hedge = pd.Series([next(iter(words), "") for words in near], found.index, dtype="str")
    is_hedged = is_own & (found["scare"] | hedge.ne(""))
    is_hedged |= ~is_own & found["attribution_id"].isin(nobody["attribution_id"])
    certainty = is_own.map({True: CERTAINTY[0], False: CERTAINTY[1]}).mask(is_hedged, CERTAINTY[2])
    found = found.assign(certainty=certainty, hedge=hedge).sort_values([*_STATEMENT, "certainty", "start"])
    return found.drop_duplicates(_STATEMENT, ignore_index=True)[[*keys, "certainty", "hedge", "start", "end"]]


def _scope_hedges(text: str) -> list[tuple[int, int, str]]:
    """Return how far each hedge of a text reaches (from, to), and its words.

    Most hedge the clause that they stand in, and what of it is before an insertion; "if" and those that describe a
    noun ("alleged") what comes after them in it, and an owner just before them ("the army's alleged ...").
    """
    if text.rstrip("\n \"”’')").endswith("?"):
        return [(0, len(text), "?")]
    pattern, uses = compile_phrases("hedges.csv", 0)  # not "May", but for the first word
    words = [(uses[int(match.lastgroup[1:])], match) for match in pattern.finditer(text[:1].lower() + text[1:])]
    hedges = [(use, *match.span()) for use, match in words if use not in ("edge", "none")]
    hedges += [("beside", *match.span()) for match in _LIKE["word in marks"].finditer(text)]
    marks = _LIKE["clause edge"].finditer(text) if hedges else ()
    edges = [0, *(match.start() for use, match in words if use == "edge"), *(mark.end() for mark in marks), len(text)]
    scopes = []
    for use, start, end in hedges:
        first, last = max(edge for edge in edges if edge <= start), min(edge for edge in edges if edge >= end)
        before = _LIKE["insertion" if use == "clause" else "hedge owner"].search(text, 0, start)
        if use != "clause":
            first = before.start() if before else start
        elif before:  # "Roe, who came, may leave"
            scopes.append((max(edge for edge in edges if edge <= before.start()), before.start(), text[start:end]))
        scopes.append((first, end + 2 if use == "beside" else last, text[start:end]))
    return scopes
