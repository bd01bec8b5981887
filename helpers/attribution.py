"""Who is cited, with which verb, introduced how: the table of attributions in, counts out."""

from collections.abc import Sequence

import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading import Reading, select_rows
from helpers.reading.attribution import REPORTING, list_lemmas
from helpers.reading.schemas import UNRESOLVED


def select_sources(read: "Reading", columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the sources that are cited for saying or thinking something: rows of `read.attributions`, one a source.

    The cue has a stance in reporting_verbs.csv, or is "according to", a "Name:", or a report that a block quotation
    follows. The
    table of attributions holds others besides (attitudes, intentions, perceptions: "supported", "seeks to"), which
    nobody would call a citation.
    """
    needed = ["attribution_id", "source_no", "stance", "frame"]
    found = select_rows(read, "attributions", None if columns is None else list(dict.fromkeys([*columns, *needed])))
    spoken = found["stance"].ne("") | found["frame"].isin(REPORTING)
    sources = found[spoken].drop_duplicates(["attribution_id", "source_no"])
    return sources if columns is None else sources[list(columns)]


def count_sources(read: "Reading", *, by: str = "source_type", voice: str | None = None) -> pd.DataFrame:
    """Count who is cited by each outlet.

    One row is one outlet x one value of `by`; n counts sources cited, each (attribution_id, source_no) once, so a
    split quotation counts once and a joint statement once for each speaker.

    Parameters
    ----------
    read : what was read
    by : a column of `attributions`: source_type, source_name, named, form, stance, cue_lemma or source_actor
    voice : only cues that stand in this voice

    Returns
    -------
    DataFrame with outlet, `by`, voice ("all" or the one asked for), n, n_direct, n_articles,
    total (sources the outlet cites), share (n / total) and
    per_1000_words (n per 1,000 words of the outlet's articles).
    """
    cited = select_sources(read, list(dict.fromkeys(["outlet", by, "voice", "form", "source_no", "article_id"])))
    cited = cited if voice is None else cited[cited["voice"] == voice]
    words = read.articles.groupby("outlet")["n_words"].sum()
    counts = (
        cited.assign(direct=cited["form"] != "indirect")
        .groupby(["outlet", by], as_index=False)
        .agg(n=("source_no", "size"), n_direct=("direct", "sum"), n_articles=("article_id", "nunique"))
    )
    total = counts.groupby("outlet")["n"].transform("sum")
    counts = counts.assign(
        voice=voice or "all",
        total=total,
        share=counts["n"] / total,
        per_1000_words=1000 * counts["n"] / counts["outlet"].map(words).astype(float),
    )
    return counts.sort_values(["outlet", "n", by], ascending=[True, False, True], ignore_index=True)


def compare_intros(read: "Reading", *, outlets: int = 2) -> pd.DataFrame:
    """Return how each outlet introduces the sources that several of them cite.

    One row is one named source x outlet x words that introduce it ("" where the name stands alone).

    Parameters
    ----------
    read : what was read
    outlets : only sources that at least this many outlets cite

    Returns
    -------
    DataFrame with source_name, outlet, intro (the words printed before the name, or after it between commas), n
    (times the outlet cites the source so) and n_outlets (outlets that cite the source).
    """
    named = select_sources(read, ["source_name", "outlet", "intro", "named"])
    named = named[named["named"].eq("named") & ~named["source_name"].isin(["", UNRESOLVED])]
    n_outlets = named.groupby("source_name")["outlet"].transform("nunique")
    shared = named.assign(n_outlets=n_outlets)[n_outlets >= outlets]
    counts = shared.groupby(["source_name", "outlet", "intro", "n_outlets"], as_index=False).size()
    counts = counts.rename(columns={"size": "n"})[["source_name", "outlet", "intro", "n", "n_outlets"]]
    return counts.sort_values(
        ["n_outlets", "source_name", "outlet", "n"], ascending=[False, True, True, False], ignore_index=True
    )


def find_silent(read: "Reading", *, least: int = 5) -> pd.DataFrame:
    """Return the actors that an outlet mentions often and never cites.

    One row is outlet x actor with at least `least` mentions and no attribution of which the actor is the source:
    outlet, actor, n (mentions, places left out) and n_cited_elsewhere (times other outlets cite the actor).
    """
    mentions = select_rows(read, "mentions", ["outlet", "actor", "role"])
    mentions = mentions[mentions["role"].ne("place") & mentions["actor"].ne(UNRESOLVED)]
    n = mentions.groupby(["outlet", "actor"], as_index=False).size().rename(columns={"size": "n"})
    sources = select_sources(read, ["outlet", "source_actor"])
    cited = sources[sources["source_actor"].ne("")].groupby(["outlet", "source_actor"]).size()
    here = pd.MultiIndex.from_frame(n[["outlet", "actor"]]).isin(cited.index)
    elsewhere = n["actor"].map(cited.groupby("source_actor").sum()).fillna(0).astype("int64")
    silent = n.assign(n_cited_elsewhere=elsewhere)[~here & n["n"].ge(least)]
    return silent.sort_values(["n", "outlet", "actor"], ascending=[False, True, True], ignore_index=True)


def list_unlisted(read: "Reading") -> pd.DataFrame:
    """Return the cues found whose word has no stance in reporting_verbs.csv, so that they count as citing nobody.

    One row is a word: cue_lemma, n (attributions), n_outlets, cue (the first, as printed) and article_id (where it
    stands). To count one, give it a row with a stance; to be rid of it, a row whose `use` is never.
    """
    needed = ["attribution_id", "article_id", "outlet", "cue", "cue_lemma", "frame"]
    found = select_rows(read, "attributions", needed)
    listed = found["cue_lemma"].isin(list_lemmas()) | found["frame"].isin(REPORTING)
    cues = found[~listed].drop_duplicates("attribution_id")
    found = cues.groupby("cue_lemma", as_index=False).agg(
        n=("cue", "size"), n_outlets=("outlet", "nunique"), cue=("cue", "first"), article_id=("article_id", "first")
    )
    return found.sort_values(["n", "cue_lemma"], ascending=[False, True], ignore_index=True)


def load_error() -> pd.DataFrame:
    """Return how well the extractor agreed with the annotators of PolNeAR, in articles that it was not trained on.

    Cross-validated over the 840 political news articles of the training split: each is predicted by weights
    learned from the others. One row is a sort of attribution: row (all, speech: the cue has a word of communication,
    direct, mixed, indirect), n_coded, n_found, precision, recall and f1 of attributions whose cue, source and content
    all overlap, f1_low and f1_high (95 %, articles resampled), and strict_f1 (the source's head word and half of the
    content's words). Source: Newell, Margolin & Ruths 2018, "An Attribution Relations Corpus for Political News", LREC.
    """
    return pd.read_csv(LEXICONS / "attribution_error.csv")


def measure_diversity(read: "Reading") -> pd.DataFrame:
    """Return how varied the sources are that each outlet cites.

    Simpson's index in Hunter and Gaston's (1988) form: 1 - sum n(n-1) / N(N-1) over sources, the chance that two
    citations drawn at random are of different sources; 0 to 1, empty below two citations. Sources are canonical names;
    citations of nobody and of unresolved pronouns are left out.

    One row is one outlet: outlet, n (citations), n_sources (different ones), diversity, top_source, n_top.
    """
    sources = select_sources(read, ["outlet", "source_name"])
    sources = sources[sources["source_name"].ne("") & sources["source_name"].ne(UNRESOLVED)]
    rows = []
    for outlet, own in sources.groupby("outlet"):
        counts = own["source_name"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        n = int(counts.sum())
        diversity = 1 - (counts * (counts - 1)).sum() / (n * (n - 1)) if n > 1 else float("nan")
        rows.append((outlet, n, len(counts), diversity, counts.index[0], int(counts.iloc[0])))
    return pd.DataFrame(rows, columns=["outlet", "n", "n_sources", "diversity", "top_source", "n_top"])


def cross_sources(read: "Reading") -> pd.DataFrame:
    """Count sources by outlet, type and the stance of the verb that introduces them.

    One row is outlet x source_type x stance; stance is `none` where the cue has none ("according to"). Columns:
    outlet, source_type, stance, n, n_direct (in their own words, at least in part), n_unnamed (described or bare).
    """
    sources = select_sources(read, ["outlet", "source_type", "stance", "form", "named"])
    sources = sources.assign(
        stance=sources["stance"].replace("", "none"),
        direct=sources["form"].ne("indirect"),
        unnamed=sources["named"].ne("named"),
    )
    counts = sources.groupby(["outlet", "source_type", "stance"], as_index=False).agg(
        n=("direct", "size"), n_direct=("direct", "sum"), n_unnamed=("unnamed", "sum")
    )
    keys = ["outlet", "n", "source_type", "stance"]
    return counts.sort_values(keys, ascending=[True, False, True, True], ignore_index=True)
