"""In what tone, made of which words, and whether the order of outlets holds."""

import pandas as pd

from helpers.answers.wording import FEW_SENTENCES, NOBODY, count_of, list_words
from helpers.charts import signed
from helpers.page import safe
from helpers.reading.schemas import UNRESOLVED


def answer_tone(printed: pd.DataFrame, masked: pd.DataFrame, scores: pd.DataFrame, actor: str) -> str:
    """Say which outlets' sentences score lowest and highest, and whether that survives masking the names."""
    if actor == UNRESOLVED:
        return NOBODY
    printed, masked = (table[table["n_sentences"] >= FEW_SENTENCES] for table in (printed, masked))
    order = [table.sort_values(["tone", "outlet"])["outlet"].tolist() for table in (printed, masked)]
    if len(order[1]) < 2:
        needed = f"{FEW_SENTENCES} sentences that mention {safe(actor)}"
        return f"**Fewer than two outlets have {needed}: too little to compare.**"
    low, high = masked.sort_values(["tone", "outlet"]).iloc[[0, -1]].itertuples()
    lowest, highest = (
        f"{safe(row.outlet)} ({signed(row.tone)}, {count_of(row.n_sentences, 'sentence')})" for row in (low, high)
    )
    said = f"With names masked, sentences that mention {safe(actor)} score lowest in {lowest} and highest in {highest}"
    if order[0] != order[1]:
        return f"**{said}; as printed the outlets stand in another order, so no order is claimed.**"
    spread = scores.groupby("outlet")["masked_compound"].agg(lambda own: own.max() - own.min())
    wide = (
        " Within each outlet the sentences differ by far more than the outlets do."
        if (spread.reindex(order[1]).min() > 2 * (high.tone - low.tone))
        else ""
    )
    return f"**{said}; the order is the same with the names as printed.**{wide}"


def answer_shift(shift: pd.DataFrame, target: str) -> str:
    """Say how large the gap between an outlet and the others is, and which words make most of it."""
    gap = shift["score"].sum()
    if not len(shift):
        return "**No word of the list stands in these sentences.**"
    side = "warmer" if gap > 0 else "colder"
    words = shift[shift["score"].mul(gap).gt(0)].head(4)
    told = list_words([f"“{row.term}” ({signed(row.score, 3)})" for row in words.itertuples()])
    return (
        f"**The sentences of {safe(target)} score {abs(gap):.2f} {side} than the mean of the others; "
        f"the words that add most to that side: {told}.**"
    )


def answer_order(ranks: pd.DataFrame) -> str:
    """Say whether the ways of measuring tone put the outlets in one order; where they do not, claim nothing."""
    compared = ranks[ranks["variant"].ne("names masked") & ranks["n_outlets"].ge(2)]
    against = compared[~compared["agrees"]]
    few = ranks[ranks["n_outlets"].lt(2)]["variant"].tolist()
    missing = f" Too few outlets have a value for: {list_words(few)}." if few else ""
    if compared.empty:
        return f"**Too few outlets to put in an order.**{missing}"
    if against.empty:
        return (
            f"**All {len(compared) + 1} ways to measure that can be compared give the same order of outlets.**{missing}"
        )
    return (
        f"**{len(against)} of {len(compared)} other ways to measure ({list_words(against['variant'])}) put the outlets "
        f"in another order than the masked sentences do: no order of outlets is claimed.**{missing}"
    )


def limit_tone(scores: pd.DataFrame) -> str:
    """Say how many sentences the word list is silent on and how many mention other actors too."""
    if scores.empty:
        return "No sentence mentions the actor."
    silent, several = int(scores["n_hits"].eq(0).sum()), int(scores["n_actors"].gt(1).sum())
    return (
        f"{silent} of {len(scores)} sentences hold no word of the list and score 0; {several} of {len(scores)} mention "
        "other actors as well, so that their tone may belong to those."
    )
