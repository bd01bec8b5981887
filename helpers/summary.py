"""All measures of an actor side by side: one row is one measure of one outlet."""

import pandas as pd

from helpers import agency, naming, sentiment
from helpers.attribution import count_sources
from helpers.reading import Reading, select_mentions

TONE = "tone, names masked"
SMALLEST_N = 5  # with fewer cases a value is left out: one more or less would move it by a fifth


def collect_measures(read: Reading, *, actor: str, tone: bool = True) -> pd.DataFrame:
    """Return the value of each measure of one actor in each outlet.

    One row is outlet x measure, in the order of the notebooks. Columns: outlet, measure, value (empty where n is
    below 5, but for counts per 1,000 words, where a small count is an answer) and n, the number of cases behind
    the value: mentions of the actor, sentences that mention it, sources cited, or acts. Without `tone`, the tone of
    these sentences is left out: an instrument that does not hold on these articles shows nothing.
    """
    outlets = sorted(read.articles["outlet"].unique())
    mentions = naming.count_mentions(read)
    mentions = mentions[mentions["actor"] == actor].set_index("outlet")
    own = select_mentions(read, actor=actor).groupby(["outlet", "voice"]).size().unstack(fill_value=0)
    n_mentions, own = own.sum(axis=1), own.reindex(columns=["outlet"], fill_value=0)["outlet"]
    tones = sentiment.average_tone(sentiment.score_sentences(read, actor=actor), "masked_compound").set_index("outlet")
    acts = agency.share_agents(read, least=1)
    acts = acts[acts["actor"] == actor].set_index("outlet")
    sources = count_sources(read, by="named")
    cited = sources.groupby("outlet")[["n", "per_1000_words"]].sum()
    unnamed = sources[sources["named"] != "named"].groupby("outlet")["n"].sum().reindex(cited.index, fill_value=0)
    measures = {
        "mentions per 1,000 words": (mentions["per_1000_words"], mentions["n"], 0),
        "share in own voice": (own / n_mentions, n_mentions, SMALLEST_N),
        **({TONE: (tones["tone"], tones["n_sentences"], SMALLEST_N)} if tone else {}),
        "share acting": (acts["share"], acts["n"], SMALLEST_N),
        "sources per 1,000 words": (cited["per_1000_words"], cited["n"], 0),
        "share unnamed": (unnamed / cited["n"], cited["n"], SMALLEST_N),
    }
    tables = []
    for measure, (values, counts, smallest) in measures.items():
        n = counts.reindex(outlets, fill_value=0).astype("int64")
        value = values.reindex(outlets).astype(float).where(n >= smallest)
        tables.append(pd.DataFrame({"outlet": outlets, "measure": measure, "value": value.array, "n": n.array}))
    return pd.concat(tables, ignore_index=True)
