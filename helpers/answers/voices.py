"""Who is cited and who acts."""

from typing import TYPE_CHECKING

import pandas as pd

from helpers.answers.wording import FEW_SENTENCES, MOST_LISTED, count_of, list_words
from helpers.attribution import select_sources
from helpers.page import safe
from helpers.reading import select_rows
from helpers.reading.schemas import UNRESOLVED

if TYPE_CHECKING:
    from helpers.reading import Reading


def answer_sources(read: "Reading", types: pd.DataFrame, named: pd.DataFrame) -> str:
    """Say whom the outlets cite most and how many of the sources have no name."""
    if types.empty:
        return "**No outlet cites anybody.**"
    totals = types.groupby("source_type")["n"].sum().sort_values(ascending=False, kind="stable")
    totals = totals[~totals.index.isin(["none", "unresolved", "other"])]
    unnamed = named[named["named"] != "named"]["n"].sum()
    total = named["n"].sum()
    told = list_words([f"{name} ({n})" for name, n in totals.head(3).items()])
    return (
        f"**{count_of(int(total), 'source')} cited in {count_of(len(read.articles), 'article')}, most often: {told}; "
        f"{unnamed} of {total} without a name, unresolved pronouns among them.**"
    )


def answer_intros(intros: pd.DataFrame) -> str:
    """Say which source, cited by most outlets, is introduced in different words, with each outlet's most frequent."""
    differing = intros.groupby("source_name").filter(lambda rows: rows["intro"].nunique() > 1)
    if differing.empty:
        return "No source that several outlets name is introduced in different words."
    name = differing.sort_values(["n_outlets", "source_name"], ascending=[False, True])["source_name"].iloc[0]
    rows = differing[differing["source_name"] == name].assign(plain=lambda own: own["intro"].eq(""))
    rows = rows.sort_values(["outlet", "n", "plain", "intro"], ascending=[True, False, True, True])
    total = rows.groupby("outlet")["n"].sum()
    told = [
        f"{safe(row.outlet)} "
        + (f"as “{safe(row.intro)}”" if row.intro else "by its name alone")
        + f" ({row.n} of {total[row.outlet]})"
        for row in rows.drop_duplicates("outlet").itertuples()
    ]
    more = f" and {len(told) - MOST_LISTED} more outlets" if len(told) > MOST_LISTED else ""
    return f"**{safe(name)} is introduced, most often, by {', '.join(told[:MOST_LISTED])}{more}.**"


def limit_sources(read: "Reading") -> str:
    """Say how many sources stay unresolved and how many quotation marks have no partner."""
    sources = select_sources(read, ["source_name"])
    unresolved = int(sources["source_name"].eq(UNRESOLVED).sum())
    bare = select_rows(read, "passages", ["passage_no"], voice="quote", attribution_id="")
    odd = len(select_rows(read, "odd_marks", ["start"]))
    return (
        f"Sources that are pronouns and stay unresolved: {unresolved} of {len(sources)}; quoted passages without a "
        f"source: {len(bare)}; quotation marks without a partner: {odd}."
    )


def answer_roles(roles: pd.DataFrame, actor: str) -> str:
    """Say in which outlets an actor acts more often than it is acted upon."""
    parts = roles.pivot_table(index="outlet", columns="role", values="n", aggfunc="sum", fill_value=0)
    parts = parts.reindex(columns=["agent", "patient"], fill_value=0)
    parts = parts[parts.sum(axis=1) >= FEW_SENTENCES]
    if parts.empty:
        return f"**No outlet tells {FEW_SENTENCES} acts that {safe(actor)} does or undergoes: too few to compare.**"
    ordered = parts.assign(share=parts["agent"] / parts.sum(axis=1)).sort_values(
        "share", ascending=False, kind="stable"
    )
    told = [f"{safe(row.Index)} ({row.agent} of {row.agent + row.patient})" for row in ordered.itertuples()]
    shown = ", ".join(told[:MOST_LISTED])
    return f"**Of the acts that {safe(actor)} does or undergoes, it does, from most to least: {shown}.**"


def answer_agentless(agentless: pd.DataFrame, read: "Reading") -> str:
    """Say how many of the passives have no doer."""
    passives = select_rows(read, "acts", ["role"], voice_of_verb=["passive", "agentless"], role="patient")
    return f"{len(agentless)} of {count_of(len(passives), 'passive')} with an actor as the patient name no doer."
