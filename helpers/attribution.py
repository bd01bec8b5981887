"""Who is cited, with which verb, and how they are introduced: the table of attributions in, counts out."""

import pandas as pd

from helpers.lexicons import LEXICONS
from helpers.reading import Reading, select_mentions, select_rows, select_sources
from helpers.reading.attribution import REPORTING, list_lemmas
from helpers.reading.schemas import NOT_NAMED, UNRESOLVED


def count_sources(read: Reading, *, by: str = "source_type", voice: str | None = None) -> pd.DataFrame:
    """Return how often each outlet cites each kind of source.

    `by` is a column of `attributions`: source_type, source_name, named, form, stance, cue_lemma or source_actor;
    `voice` keeps the cues in that voice. Each cited source (attribution_id, source_no) counts once, so a split
    quotation counts once and a joint statement once for each speaker. By source_type, cues that name nobody
    ("reportedly", "is said to") are a row of their own, "no source named", outside the total and without a share.

    One row is outlet x value of `by`. Columns: outlet, `by`, n (sources cited), n_direct (in their own words, at least
    in part), n_articles, voice (`all` or the one asked for), total (sources the outlet cites), share = n / total,
    per_1000_words = 1000 n / words of the outlet's articles.
    """
    columns = dict.fromkeys(["outlet", by, "voice", "form", "source_no", "article_id"])
    cited = select_sources(read, list(columns), not_named=by == "source_type")
    cited = cited if voice is None else cited[cited["voice"] == voice]
    grouped = cited.assign(direct=cited["form"] != "indirect").groupby(["outlet", by], as_index=False)
    counts = grouped.agg(n=("source_no", "size"), n_direct=("direct", "sum"), n_articles=("article_id", "nunique"))
    known = counts["n"].where(counts[by].ne(NOT_NAMED), 0)
    total = known.groupby(counts["outlet"]).transform("sum")
    words = counts["outlet"].map(read.articles.groupby("outlet")["n_words"].sum()).astype(float)
    counts = counts.assign(voice=voice or "all", total=total, share=known.where(known > 0) / total)
    counts["per_1000_words"] = 1000 * counts["n"] / words
    return counts.sort_values(["outlet", "n", by], ascending=[True, False, True], ignore_index=True)


def compare_intros(read: Reading, *, outlets: int = 2) -> pd.DataFrame:
    """Return how each outlet introduces the named sources that at least `outlets` outlets cite.

    One row is source x outlet x introduction. Columns: source_name, outlet, intro (the words printed before the name,
    or after it between commas; "" where the name appears alone), n (times the outlet cites the source with these
    words), n_outlets (outlets that cite the source).
    """
    named = select_sources(read, ["source_name", "outlet", "intro", "named"])
    named = named[named["named"].eq("named") & ~named["source_name"].isin(["", UNRESOLVED])]
    n_outlets = named.groupby("source_name")["outlet"].transform("nunique")
    shared = named.assign(n_outlets=n_outlets)[n_outlets >= outlets]
    counts = shared.groupby(["source_name", "outlet", "intro", "n_outlets"], as_index=False).size()
    counts = counts.rename(columns={"size": "n"})[["source_name", "outlet", "intro", "n", "n_outlets"]]
    order = ["n_outlets", "source_name", "outlet", "n"]
    return counts.sort_values(order, ascending=[False, True, True, False], ignore_index=True)


def find_silent(read: Reading, *, least: int = 5) -> pd.DataFrame:
    """Return the actors that an outlet mentions often but never cites.

    One row is outlet x actor with at least `least` mentions and no citation of the actor: outlet, actor, n (mentions
    without places) and n_cited_elsewhere (times that other outlets cite the actor).
    """
    mentions = select_mentions(read, columns=["outlet", "actor"])
    n = mentions.groupby(["outlet", "actor"], as_index=False).size().rename(columns={"size": "n"})
    sources = select_sources(read, ["outlet", "source_actor"])
    cited = sources[sources["source_actor"].ne("")].groupby(["outlet", "source_actor"]).size()
    here = pd.MultiIndex.from_frame(n[["outlet", "actor"]]).isin(cited.index)
    elsewhere = n["actor"].map(cited.groupby("source_actor").sum()).fillna(0).astype("int64")
    silent = n.assign(n_cited_elsewhere=elsewhere)[~here & n["n"].ge(least)]
    return silent.sort_values(["n", "outlet", "actor"], ascending=[False, True, True], ignore_index=True)


def list_unlisted(read: Reading) -> pd.DataFrame:
    """Return the cues whose verb or noun has no stance in reporting_verbs.csv, which are therefore not counted.

    One row is a word: cue_lemma, n (attributions), n_outlets, cue (the first, as printed) and article_id (of the
    first). To count a word, add a row with a stance; to silence it, add a row whose `use` is `never`.
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
    trained on the others. One row is a kind of attribution: row (all, speech: the cue is a word of communication,
    direct, mixed, indirect), n_coded, n_found, precision, recall and f1 of attributions whose cue, source and content
    all overlap, f1_low and f1_high (95%, articles resampled), and strict_f1 (the source's head word and half of the
    content's words). Source: Newell, Margolin & Ruths 2018, "An Attribution Relations Corpus for Political News", LREC.
    """
    return pd.read_csv(LEXICONS / "attribution_error.csv")


def cross_sources(read: Reading) -> pd.DataFrame:
    """Return how often each outlet cites each type of source with a verb of each stance.

    One row is outlet x source_type x stance; stance is `none` where the cue has none ("according to"). Columns:
    outlet, source_type, stance, n, n_direct (in their own words, at least in part), n_unnamed (described or bare).
    """
    sources = select_sources(read, ["outlet", "source_type", "stance", "form", "named"])
    sources = sources.assign(direct=sources["form"].ne("indirect"), unnamed=sources["named"].ne("named"))
    sources["stance"] = sources["stance"].replace("", "none")
    grouped = sources.groupby(["outlet", "source_type", "stance"], as_index=False)
    counts = grouped.agg(n=("direct", "size"), n_direct=("direct", "sum"), n_unnamed=("unnamed", "sum"))
    keys = ["outlet", "n", "source_type", "stance"]
    return counts.sort_values(keys, ascending=[True, False, True, True], ignore_index=True)
