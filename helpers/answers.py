"""Put a result table into the one sentence that answers a notebook's question. Every number is taken from a table."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.attribution import select_sources
from helpers.fairness import compare_dates, warn_dates
from helpers.page import safe
from helpers.schemas import UNRESOLVED

if TYPE_CHECKING:
    from helpers.reading import Reading

MOST_LISTED = 6  # outlets or words in one sentence
FEW_ARTICLES = 5  # an outlet with fewer is described by its articles only
FEW_SENTENCES = 5  # an outlet with fewer has no mean worth comparing
NOBODY = "**No actor of actors.csv is named in any article: list there, a row each, the names that the articles use.**"
FEW = 3  # mentions below which an outlet has no "most often"


def _list(values: Iterable[object], most: int = MOST_LISTED) -> str:
    """Values joined as in a sentence; from the first too many on, their number."""
    shown = [safe(value) for value in values]
    rest = len(shown) - most
    if rest > 0:
        shown = [*shown[:most], f"{rest} more"]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}" if shown else "none"


def _number(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def answer_articles(articles: pd.DataFrame) -> str:
    """Say which articles there are and whether the outlets write at the same time."""
    dates = sorted(articles.loc[articles["published"].ne(""), "published"])
    span = f", {safe(dates[0])} to {safe(dates[-1])}" if dates else ", undated"
    start = f"{_number(len(articles), 'article')} from {_number(articles['outlet'].nunique(), 'outlet')}{span}."
    pairs = compare_dates(articles)
    unknown = int(pairs["months_apart"].isna().sum())
    apart = pairs[~pairs["overlap"] & pairs["months_apart"].notna()]
    if pairs.empty:
        return f"**{start}** With fewer than two outlets there is nothing to compare."
    if apart.empty and unknown:
        those = "the outlets" if unknown == len(pairs) else f"{unknown} of {len(pairs)} pairs of outlets"
        return (
            f"**{start} For want of dates nothing says whether {those} write at the same time: what differs between "
            "them may be the event and not the outlet.**"
        )
    if apart.empty:
        return f"**{start} All outlets write at the same time.**"
    most = apart.sort_values(["months_apart", "outlet_a", "outlet_b"]).iloc[-1]
    gap = f"; {safe(most['outlet_a'])} and {safe(most['outlet_b'])} are {most['months_apart']:.0f} months apart" * bool(
        most["months_apart"] >= 1
    )
    gap += f"; of {unknown} pairs the dates are unknown" * bool(unknown)
    share = "No two outlets" if len(apart) == len(pairs) else f"{len(apart)} of {len(pairs)} pairs of outlets do not"
    return (
        f"**{start} {share} write at the same time{gap}: what differs between them may be the event and not the "
        "outlet, so nothing below is a statement about an outlet as such.**"
    )


def answer_names(names: pd.DataFrame, actor: str) -> str:
    """Say which name each outlet uses most in its own voice; descriptions are no names."""
    if actor == UNRESOLVED:
        return NOBODY
    own = names[names["voice"].eq("outlet") & names["kind"].ne("description")]
    by_name: dict[str, list[str]] = {}
    few = []
    for outlet, used in own.groupby("outlet"):
        top = used.sort_values(["n", "variant"], ascending=[False, True]).iloc[0]
        total = int(used["n"].sum())
        if total < FEW:
            few.append(outlet)
        else:
            by_name.setdefault(top["variant"], []).append(f"{outlet} ({top['n']} of {total})")
    if not by_name:
        return (
            f"**No outlet names {safe(actor)} {FEW} times in its own voice: too few to say which name it uses most.**"
        )
    ordered = sorted(by_name.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    said = "; ".join(f"most often “{safe(name)}”: {_list(outlets)}" for name, outlets in ordered)
    rest = f" Too few to say: {_list(few)}." if few else ""
    return (
        f"**By name and in their own voice, the outlets call {safe(actor)} {said}.**{rest} Descriptions are left out."
    )


def answer_only_quoted(rows: pd.DataFrame) -> str:
    """Say which name stands only in others' words in one outlet and in the own prose of another."""
    rows = rows[(rows["n_quote"] + rows["n_paraphrase"]).ge(FEW) & rows["n_own_elsewhere"].ge(FEW)]
    if rows.empty:
        return (
            f"No name stands {FEW} times or more only in others' words in one outlet and in the own voice of another."
        )
    told = [
        f"“{safe(row.variant)}” ({safe(row.actor)}) stands in {safe(row.outlet)} only in others' words "
        f"({row.n_quote} in quotations, {row.n_paraphrase} paraphrased), and {row.n_own_elsewhere} times in the own "
        f"voice of {_list(row.own_elsewhere.split(' | '))}"
        for row in rows.head(2).itertuples()
    ]
    return "**" + ". ".join(told) + ".**"


def answer_words(contrasts: pd.DataFrame, actor: str, target: str) -> str:
    """Say which words stand more around the actor in the target, and which more in the others."""
    if actor == UNRESOLVED:
        return NOBODY
    if contrasts.empty:
        return f"**Nothing to contrast: no other outlet than {safe(target)} has enough words around {safe(actor)}.**"
    single = int((contrasts["articles_target"] + contrasts["articles_rest"]).eq(1).sum())
    more, less = contrasts[contrasts["score"] > 0], contrasts[contrasts["score"] < 0].iloc[::-1]
    words = [_list([f"“{term}”" for term in side["term"].head(5)], 5) for side in (more, less)]
    return (
        f"**Around {safe(actor)}, {safe(target)} gives more weight to {words[0]}; the others to {words[1]}.** "
        f"{single} of {len(contrasts)} terms come from a single article, of either side."
    )


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
    said = (
        f"With names masked, sentences that mention {safe(actor)} score lowest in {safe(low.outlet)} ({low.tone:+.2f}, "
        f"{_number(low.n_sentences, 'sentence')}) and highest in {safe(high.outlet)} ({high.tone:+.2f}, "
        f"{_number(high.n_sentences, 'sentence')})"
    )
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
    told = _list([f"“{row.term}” ({row.score:+.3f})" for row in words.itertuples()])
    return (
        f"**The sentences of {safe(target)} score {abs(gap):.2f} {side} than the mean of the others; "
        f"the words that add most to that side: {told}.**"
    )


def answer_tone_error(agreement: pd.DataFrame) -> str:
    """Say which instrument agrees best with the hand codes, and whether it beats calling every sentence neutral."""
    if agreement.empty or not agreement["n_coded"].iloc[0]:
        return "**Not validated on this corpus: no sentence has a coded tone (`labels/sentiment.csv`).**"
    best = agreement.sort_values(["macro_f1", "instrument"], ascending=[False, True]).iloc[0]
    beats = "more" if best["macro_f1"] > best["always_neutral"] else "no more"
    return (
        f"**Of {_number(int(best['n_coded']), 'coded sentence')}, {best['n_toned']} take a tone toward the actor. "
        f"Nearest to the codes: {safe(best['instrument'])}, macro-F1 {best['macro_f1']:.2f}, {beats} than calling "
        f"every sentence neutral ({best['always_neutral']:.2f}).**"
    )


def answer_order(ranks: pd.DataFrame) -> str:
    """Say whether the ways of measuring tone put the outlets in one order; where they do not, claim nothing."""
    compared = ranks[ranks["variant"].ne("names masked") & ranks["n_outlets"].ge(2)]
    against = compared[~compared["agrees"]]
    few = ranks[ranks["n_outlets"].lt(2)]["variant"].tolist()
    missing = f" Too few outlets have a value for: {_list(few)}." if few else ""
    if compared.empty:
        return f"**Too few outlets to put in an order.**{missing}"
    if against.empty:
        return (
            f"**All {len(compared) + 1} ways to measure that can be compared give the same order of outlets.**{missing}"
        )
    return (
        f"**{len(against)} of {len(compared)} other ways to measure ({_list(against['variant'])}) put the outlets in "
        f"another order than the masked sentences do: no order of outlets is claimed.**{missing}"
    )


def answer_sources(read: "Reading", types: pd.DataFrame, named: pd.DataFrame) -> str:
    """Say whom the outlets cite most and how many of the sources have no name."""
    if types.empty:
        return "**No outlet cites anybody.**"
    totals = types.groupby("source_type")["n"].sum().sort_values(ascending=False, kind="stable")
    totals = totals[~totals.index.isin(["none", "unresolved", "other"])]
    unnamed = named[named["named"] != "named"]["n"].sum()
    total = named["n"].sum()
    told = _list([f"{name} ({n})" for name, n in totals.head(3).items()])
    return (
        f"**{_number(int(total), 'source')} cited in {_number(len(read.articles), 'article')}, most often: {told}; "
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
    passives = read.acts[read.acts["voice_of_verb"].isin(["passive", "agentless"]) & read.acts["role"].eq("patient")]
    return f"{len(agentless)} of {_number(len(passives), 'passive')} with an actor as the patient name no doer."


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
    told = _list([f"{outlet} ({n})" for outlet, n in top], 3)
    return (
        f"**On {shown} of {total} measures at least two of {_number(len(outlets), 'outlet')} "
        f"have enough text to be set side by side; highest or lowest most often: {told}.**"
    )


def answer_agreement(labels: pd.DataFrame, what: str) -> str:
    """Say how many of `what` ("mention", "act", ...) were coded by hand, by whom, and which could not be used."""
    usable, unusable = labels[labels["problem"].eq("")], labels[labels["problem"].ne("")]
    left_out = ""
    if len(unusable):
        left_out = f" {_number(len(unusable), 'code')} left out, the first: {safe(unusable['problem'].iloc[0])}."
    if usable.empty:
        return f"**Not validated on this corpus**: no {what} coded by hand (`labels/`).{left_out}"
    coders = _list(f"“{coder}”" for coder in sorted(usable["coder"].unique()))
    n = usable["article_id"].nunique()
    return f"Coded by {coders}: {_number(len(usable), what)} in {_number(n, 'article')}.{left_out}"


def compare_terms(one: pd.DataFrame, other: pd.DataFrame) -> str:
    """Say which terms stand in only one of two contrasts: over all voices and over the outlets' own."""
    only = [sorted(set(a["term"]) - set(b["term"])) for a, b in ((one, other), (other, one))]
    told = [_list([f"“{term}”" for term in terms], 10) for terms in only]
    return f"Only over all voices: {told[0]}. Only in the own voice: {told[1]}."


def limit_articles(read: "Reading") -> str:
    """Say what the number of articles and their dates do not allow."""
    articles = read.articles.groupby("outlet").size()
    if articles.empty:
        return "No article could be opened: notebook 01 says why, a line each."
    few = sorted(articles[articles < FEW_ARTICLES].index)
    limits = []
    if few:
        limits.append(
            f"{_list(few)} {'has' if len(few) == 1 else 'have'} fewer than {FEW_ARTICLES} articles here: read what is "
            "said of them as a description of these articles only."
        )
    if warn_dates(read.articles):
        limits.append(
            f"Of the articles compared: {warn_dates(read.articles)}; so outlet and event cannot be told apart."
        )
    return " ".join(limits) or "Every outlet has several articles, and they are of the same time."


def limit_terms(contrasts: pd.DataFrame, read: "Reading") -> str:
    """Say how many of the terms rest on one article."""
    single = int((contrasts["articles_target"] + contrasts["articles_rest"]).eq(1).sum())
    return f"{single} of {len(contrasts)} terms stand in a single article. {limit_articles(read)}"


def limit_tone(scores: pd.DataFrame) -> str:
    """Say how many sentences the word list is silent on and how many mention other actors too."""
    if scores.empty:
        return "No sentence mentions the actor."
    silent, several = int(scores["n_hits"].eq(0).sum()), int(scores["n_actors"].gt(1).sum())
    return (
        f"{silent} of {len(scores)} sentences hold no word of the list and score 0; {several} of {len(scores)} mention "
        "other actors as well, so that their tone may belong to those."
    )


def limit_sources(read: "Reading") -> str:
    """Say how many sources stay unresolved and how many quotation marks have no partner."""
    sources = select_sources(read)
    unresolved = int(sources["source_name"].eq(UNRESOLVED).sum())
    bare = read.passages[read.passages["voice"].eq("quote") & read.passages["attribution_id"].eq("")]
    return (
        f"Sources that are pronouns and stay unresolved: {unresolved} of {len(sources)}; quoted passages without a "
        f"source: {len(bare)}; quotation marks without a partner: {len(read.odd_marks)}."
    )
