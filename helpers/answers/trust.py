"""All measures side by side, and how far they can be trusted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.answers.wording import count_of, list_words
from helpers.charts import signed
from helpers.page import safe

if TYPE_CHECKING:
    from helpers.changes import Changes
    from helpers.coding.sheet import Codes


def answer_together(measures: pd.DataFrame, outlets: Sequence[str]) -> str:
    """Say for how many measures each end is held by which outlet; claims no more than that."""
    known = measures.dropna(subset=["value"])
    counted = known.groupby("measure").filter(lambda rows: len(rows) > 1 and rows["value"].nunique() > 1)
    if counted.empty:
        return "**Too little text to set two outlets side by side on any measure.**"
    shown, total = counted["measure"].nunique(), measures["measure"].nunique()
    by_measure = counted.groupby("measure")["value"]
    at_end = counted["value"].eq(by_measure.transform("min")) | counted["value"].eq(by_measure.transform("max"))
    ends = counted[at_end]["outlet"].value_counts()
    top = sorted(ends[ends == ends.max()].items())
    told = list_words([f"{outlet} ({n})" for outlet, n in top], 3)
    return (
        f"**On {shown} of {total} measures at least two of {count_of(len(outlets), 'outlet')} "
        f"have enough text to be set side by side; highest or lowest most often: {told}.**"
    )


def answer_tone_error(agreement: pd.DataFrame) -> str:
    """Say which instrument agrees best with the hand codes, and whether it beats calling every sentence neutral."""
    if agreement.empty or not agreement["n_coded"].iloc[0]:
        return "**Not validated on this corpus: no sentence has a coded tone (`labels/sentiment.csv`).**"
    best = agreement.sort_values(["macro_f1", "instrument"], ascending=[False, True]).iloc[0]
    beats = "more" if round(best["macro_f1"], 2) > round(best["always_neutral"], 2) else "no more"  # as shown
    return (
        f"**Of {count_of(int(best['n_coded']), 'coded sentence')}, {best['n_toned']} take a tone toward the actor. "
        f"Nearest to the codes: {safe(best['instrument'])}, macro-F1 {best['macro_f1']:.2f}, {beats} than calling "
        f"every sentence neutral ({best['always_neutral']:.2f}).**"
    )


def answer_agreement(labels: pd.DataFrame, what: str) -> str:
    """Say how many of `what` ("mention", "act", ...) were coded by hand, by whom, and which could not be used."""
    usable, unusable = labels[labels["problem"].eq("")], labels[labels["problem"].ne("")]
    left_out = ""
    if len(unusable):
        left_out = f" {count_of(len(unusable), 'code')} left out, the first: {safe(unusable['problem'].iloc[0])}."
    if usable.empty:
        return f"**Not validated on this corpus**: no {what} coded by hand (`labels/`).{left_out}"
    coders = list_words(f"“{coder}”" for coder in sorted(usable["coder"].unique()))
    n = usable["article_id"].nunique()
    return f"Coded by {coders}: {count_of(len(usable), what)} in {count_of(n, 'article')}.{left_out}"


def answer_codes(codes: "Codes") -> str:
    """Say how much of the drawn sheet is coded and by whom, and what in it could not be used."""
    table, problems = codes
    told = "".join(f" {safe(problem)}." for problem in problems[:3])
    more = f" ({len(problems)} in all)" if len(problems) > 3 else ""
    amiss = f" Not used: {told.strip()}{more}" if problems else ""
    if table.empty:
        return f"**No sheet is coded yet.**{amiss}"
    coders = list_words(f"“{coder}”" for coder in sorted(table["coder"].unique()))
    sheet, coded = table["number"].nunique(), table[table["tone"].notna()]["number"].nunique()
    return f"**{coded} of {count_of(sheet, 'sentence')} on the sheet have a tone, coded by {coders}.**{amiss}"


def answer_coders(agreement: pd.DataFrame) -> str:
    """Say how far two coders agree, or that there is one only."""
    if agreement.empty:
        return "**One coder at most: how far two readers would agree is not known.**"
    parts = []
    for row in agreement.itertuples():
        interval = f" [{row.low:.2f}, {row.high:.2f}]" if row.low == row.low else ""
        alpha = "alike throughout" if row.alpha != row.alpha else f"alpha {row.alpha:.2f}{interval}"
        parts.append(f"{row.code} {alpha} (n = {row.n_both})")
    return f"**Krippendorff's alpha: {'; '.join(parts)}.**"


def answer_corrected(corrected: pd.DataFrame) -> str:
    """Say for how many outlets the hand codes allow a corrected mean, and how far the raw ones are from it."""
    known = corrected[corrected["corrected"].notna()]
    n = corrected["outlet"].nunique()
    if known.empty:
        why = f": {safe(corrected['note'].iloc[0])}" if len(corrected) else ""
        return f"**Corrected for none of {count_of(n, 'outlet')}{why}.** The raw means are the instruments' own."
    far = (known["raw"] - known["corrected"]).abs().groupby(known["instrument"]).max()
    told = list_words([f"{name} {off:.2f}" for name, off in far.sort_values(kind="stable").items()])
    return f"**Corrected for {known['outlet'].nunique()} of {count_of(n, 'outlet')}; raw means miss by up to: {told}.**"


def answer_needed(needed: pd.DataFrame) -> str:
    """Say how many sentences an outlet needs for a difference of tone to be seen, by hand and by the best machine."""
    if needed.empty:
        return "**Without hand codes nobody can say how many sentences a difference would need.**"
    least = needed["difference"].min()
    rows = needed[needed["difference"].eq(least)].dropna(subset=["n_sentences"])
    hand, machine = rows.iloc[:1], rows.iloc[1:].sort_values(["n_sentences", "instrument"]).head(1)
    told = [f"{safe(row.instrument)}: {row.n_sentences:,}" for row in pd.concat([hand, machine]).itertuples()]
    none = "" if len(machine) else "; no instrument follows the codes beyond doubt"
    return f"**To see a difference of {least:g}, each outlet needs this many sentences: {'; '.join(told)}{none}.**"


def answer_differences(compared: pd.DataFrame, what: str) -> str:
    """Say which shares of outlets can be told from the others', or why none can; `what` names the column counted."""
    if compared.empty:
        return "**Nothing to compare.**"
    tested = compared[compared["p"].notna()]
    if tested.empty:
        least, most = int(compared["k"].min()), int(compared["k"].max())
        span = f"{least}" if least == most else f"{least} to {most}"
        why = safe(compared["note"].iloc[0])
        return (
            f"**These numbers describe the articles at hand, {span} an outlet: no interval, no test.**"
            + f" ({why}.)" * bool(why)
        )
    held = tested[tested["p"].le(0.05)]
    if held.empty:
        return f"**None of {count_of(len(tested), 'tested difference')} can be told from chance.**"
    order = held.assign(size=held["difference"].abs()).sort_values("size", ascending=False, kind="stable")
    told = [
        f"{row['outlet']}, {row[what]} {row['value']:.2f} ({signed(row['difference'])} against the others)"
        for row in order.to_dict("records")
    ]
    return f"**{len(held)} of {count_of(len(tested), 'tested difference')} hold: {list_words(told)}.**"


def answer_changes(changes: "Changes") -> str:
    """Say how many findings changed since the last run on other articles, and which articles came and went."""
    if not changes.known:
        return "**No earlier run on other articles to compare with.**"
    kinds = changes.table["change"].value_counts(sort=False)
    told = list_words(f"{n} {change}" for change, n in sorted(kinds.items())) if len(kinds) else "none"
    ids = f" Added: {list_words(changes.added)}; gone: {list_words(changes.gone)}."
    return (
        f"**Since the last run {count_of(len(changes.added), 'article')} added and {len(changes.gone)} gone; "
        f"findings that changed: {told}.**{ids}"
    )
