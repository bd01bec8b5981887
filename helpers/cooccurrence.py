"""How much of its mentions an outlet gives each actor, and whom it leaves out although others mention them."""

import pandas as pd

from helpers import inference
from helpers.naming import count_mentions
from helpers.reading import Reading, select_mentions
from helpers.reading.schemas import UNRESOLVED


def share_voice(read: Reading, **options: int) -> pd.DataFrame:
    """Return each actor's share of an outlet's mentions of all actors (share of voice).

    One row is outlet x actor, as in `inference.estimate_ratios` (value, low, high, difference, p, k, note, n, total).
    """
    mentions = select_mentions(read, columns=["article_id", "actor"])
    mentions = mentions[mentions["actor"].ne(UNRESOLVED)]
    return inference.compare_shares(read, mentions, "actor", **options)


def list_left_out(read: Reading, *, outlets: int = 2) -> pd.DataFrame:
    """Return the actors that an outlet never mentions although others do.

    `expected` is how many mentions the outlet would have at the others' rate per word: where only 0.4 are expected,
    their absence means nothing; where 12 are, it says something about these articles.

    One row is outlet x actor, the most expected first: outlet, actor, n_words (of the outlet), expected, n_outlets
    (others that mention the actor; at least `outlets`), n_others (their mentions).
    """
    counts = count_mentions(read)
    counts = counts[counts["actor"].ne(UNRESOLVED)]
    words = read.articles.groupby("outlet")["n_words"].sum()
    totals = counts.groupby("actor").agg(n_others=("n", "sum"), n_outlets=("n", lambda own: int((own > 0).sum())))
    never = counts[counts["n"].eq(0)][["outlet", "actor", "n_words"]].merge(totals.reset_index(), on="actor")
    never = never[never["n_outlets"] >= outlets]
    never["expected"] = never["n_others"] * never["n_words"] / (words.sum() - never["n_words"])
    never["size"] = never["expected"].round(9)
    order = never.sort_values(["size", "outlet", "actor"], ascending=[False, True, True])
    return order[["outlet", "actor", "n_words", "expected", "n_outlets", "n_others"]].reset_index(drop=True)
