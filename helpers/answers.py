"""The sentences that answer a notebook's question, and the titles of its figures, from a result table.

Every number is taken from the table. A title tells a finding of page one or what its table shows, if there are three
cases of it; else it names the figure.
"""

from collections.abc import Iterable

import pandas as pd

from helpers.alignment import KINDS, load_error
from helpers.changes import Changes
from helpers.charts import say_dates, signed
from helpers.coding import Codes
from helpers.comparability import compare_dates, list_large, warn_dates
from helpers.inference import say_p, tell_smallest
from helpers.page import count_of, list_words, safe
from helpers.reading import Reading
from helpers.reading.copies import DAYS
from helpers.reading.schemas import ACTS, FEW, LEVEL, NOT_NAMED, UNDERGOES, UNRESOLVED
from helpers.telling import LEAST, count_in_words, join

MOST_FOUND = 4  # findings at the head of a notebook
PROMISE = "The chance that any difference named here is false is at most 5 in 100."
NOBODY = "**No actor of actors.csv is named in any article: list there, a row each, the names that the articles use.**"


def list_found(found: pd.DataFrame, notebook: str) -> str:
    """Return the first findings of a notebook (`findings.find_all`) as a list, so that it says what page one says."""
    own = found[found["notebook"].eq(notebook)].sort_values("rank")["sentence"].head(MOST_FOUND)
    if own.empty:
        return "No difference between the outlets is large or sure enough here for a sentence."
    return "\n".join(f"- {safe(sentence)}" for sentence in own)


def title_found(found: pd.DataFrame, name: str, *kinds: str, actor: str | None = None) -> str:
    """Return the title of a figure: what the first finding of these kinds (about the actor) says first, or `name`."""
    about = found[found["kind"].isin(kinds) & (True if actor is None else found["actor"].eq(actor))]
    return about.sort_values("rank")["sentence"].iloc[0].split("; ")[0].removesuffix(".") if len(about) else name


def answer_articles(articles: pd.DataFrame) -> str:
    """Return how many articles there are, from when, and whether the outlets published at the same time."""
    n, k = count_of(len(articles), "article"), count_of(articles["outlet"].nunique(), "outlet")
    said = f"**{n} from {k}, {safe(say_dates(articles['published']))}."
    pairs = compare_dates(articles)
    if pairs.empty:
        return f"{said}** With fewer than two outlets there is nothing to compare."
    if not (warning := warn_dates(articles)):
        return f"{said} All outlets published at the same time.**"
    far, gap = pairs[~pairs["overlap"] & pairs["months_apart"].ge(1)], ""
    for row in far.sort_values(["months_apart", "outlet_a", "outlet_b"]).tail(1).itertuples():
        gap = f"; {safe(row.outlet_a)} and {safe(row.outlet_b)} are {row.months_apart:.0f} months apart"
    return f"{said} {warning.capitalize()}{gap}.** Read all that follows as said of these articles alone."


def answer_names(names: pd.DataFrame, actor: str) -> str:
    """Return which name each outlet uses most in its own voice; descriptions and adjectives are not counted."""
    if actor == UNRESOLVED:
        return NOBODY
    own = names[names["voice"].eq("outlet") & names["kind"].ne("description")]
    own = own.assign(total=own.groupby("outlet")["n"].transform("sum"))
    top = own.sort_values(["outlet", "n", "variant"], ascending=[True, False, True]).drop_duplicates("outlet")
    top = top.assign(told=[f"{row.outlet} ({row.n} of {row.total})" for row in top.itertuples()])
    enough = top[top["total"] >= LEAST]
    few = sorted({*names["outlet"]} - {*enough["outlet"]})
    if enough.empty:
        often = f"{count_in_words(LEAST)} times in its own words"
        return f"**No outlet names {safe(actor)} {often}: too few to say which name it uses most.**"
    ordered = sorted(enough.groupby("variant"), key=lambda pair: (-len(pair[1]), pair[0]))
    told = "; ".join(f"“{safe(name)}” in {list_words(rows['told'])}" for name, rows in ordered)
    rest = f" Too few mentions to say: {list_words(few)}." if len(few) else ""
    return f"**What outlets most often call {safe(actor)} by name, in their own words: {told}.**{rest}"


def answer_words(contrasts: pd.DataFrame, actor: str, target: str) -> str:
    """Return which words are more typical of the target near the actor, and which of the other outlets."""
    if actor == UNRESOLVED:
        return NOBODY
    if contrasts.empty:
        return f"**Nothing to contrast: no outlet but {safe(target)} has enough words near {safe(actor)}.**"
    return f"**{safe(title_words(contrasts, actor, target, most=4))}.**"


def title_words(contrasts: pd.DataFrame, actor: str, target: str, most: int = 2) -> str:
    """Return the title of a contrast of terms: `most` words of either side that are there three times or more."""
    others = contrasts[::-1].assign(score=-contrasts["score"], n_target=contrasts["n_rest"])
    sides = [list_leading(side, most, LEAST)["term"] for side in (contrasts, others)]
    if not all(map(len, sides)):
        return f"Few words near {actor} set {target} apart"
    more, less = (join(f"“{term}”" for term in side) for side in sides)
    return f"Near {actor}, {target} gives more weight to {more}, the others to {less}"


def list_leading(contrasts: pd.DataFrame, most: int = 4, least: int = 2) -> pd.DataFrame:
    """Return the rows of the `most` first terms of each target that it uses `least` times, the most typical first.

    A word in a phrase among them ("air" beside "air strike") is left out: the phrase tells it.
    """
    kept = [contrasts.head(0)]
    for _, own in contrasts[contrasts["score"].gt(0) & contrasts["n_target"].ge(least)].groupby("target"):
        first = own.head(2 * most)
        padded = [f" {term} " for term in first["term"]]
        kept.append(first[[sum(term in other for other in padded) == 1 for term in padded]].head(most))
    return pd.concat(kept, ignore_index=True)


def answer_tested(contrasts: pd.DataFrame) -> str:
    """Return which terms differ beyond chance, and what the test could find."""
    if contrasts.empty:
        return "**Nothing to contrast.**"
    tested, note = contrasts[contrasts["p"].notna()], contrasts["note"].iloc[0]
    if tested.empty:
        return f"**No term is tested: {safe(note)}.** The words describe these articles only."
    held = tested[tested["p"].le(LEVEL)].sort_values(["p", "term"])
    told = list_words([f"{row.term} ({row.n_target} and {row.n_rest}, {say_p(row.p)})" for row in held.itertuples()])
    said = f"{len(held)} of {count_of(len(tested), 'tested term')} differ beyond chance"
    return f"**{said}{f': {told}' if len(held) else ''}.** {PROMISE if len(held) else ''} {tell_smallest(tested)}"


def name_few(outlets: Iterable[str], compared: Iterable[str], what: str) -> str:
    """Return a sentence that names the outlets that an answer leaves out because they have too few cases."""
    few = sorted({*outlets} - {*compared})
    return f" Too few {what}: {list_words(few)}." if few else ""


def answer_tone(
    printed: pd.DataFrame, masked: pd.DataFrame, scores: pd.DataFrame, actor: str, articles: pd.DataFrame,
    doubt: str = "",
) -> str:  # fmt: skip
    """Return which outlets' sentences score lowest and highest, and whether that survives masking the names.

    `doubt` says why outlets may not be compared (`validation.doubt_order`); of `articles`, outlets with fewer than 5
    stories, or 5 sentences about the actor, take no part.
    """
    if actor == UNRESOLVED:
        return NOBODY
    large = list_large(articles)
    printed, masked = (
        table[table["n_sentences"].ge(FEW) & table["outlet"].isin(large)].sort_values(["tone", "outlet"])
        for table in (printed, masked)
    )
    if not doubt and len(masked) < 2:  # as many of one voice
        doubt = f"fewer than two outlets have {FEW} stories and {FEW} sentences about {actor}"
    if doubt:
        return f"**These outlets cannot be compared by tone: {safe(doubt)}.**"
    few = name_few(articles["outlet"], masked["outlet"], "stories or sentences")
    if signed(masked["tone"].min()) == signed(masked["tone"].max()):
        said = f"With names masked, sentences that mention {safe(actor)} score alike in {list_words(masked['outlet'])}"
        return f"**{said} ({signed(masked['tone'].min())}).**{few}"
    lowest, highest = (
        f"{safe(row.outlet)} ({signed(row.tone)}, {count_of(row.n_sentences, 'sentence')})"
        for row in masked.iloc[[0, -1]].itertuples()
    )
    said = f"With names masked, sentences that mention {safe(actor)} score lowest in {lowest} and highest in {highest}"
    if printed["outlet"].tolist() != masked["outlet"].tolist():
        return f"**These outlets cannot be compared by tone: they rank differently with the names as printed.**{few}"
    by_outlet = scores.groupby("outlet")["masked_compound"]
    within = (by_outlet.max() - by_outlet.min()).reindex(masked["outlet"]).min()
    is_wide = within > 2 * (masked["tone"].max() - masked["tone"].min())
    wide = " Sentences within an outlet differ far more than the outlets do from each other." if is_wide else ""
    return f"**{said}; they rank the same with the names as printed.**{wide}{few}"


def answer_shift(shift: pd.DataFrame, target: str, doubt: str = "") -> str:
    """Return how far an outlet's tone is from the others', and which words account for most of it."""
    if shift.empty:
        return "**No word of the list occurs in these sentences.**"
    if not shift["n_rest"].any():
        return f"**No outlet but {safe(target)} has a word of the list in these sentences: nothing to compare.**"
    if doubt:
        return "**No outlet is called warmer or colder here.** The words show what scores are made of."
    gap = shift["score"].sum()
    words = shift[shift["score"].mul(gap).gt(0)].head(4)
    told = list_words(f"“{row.term}” ({signed(row.score, 3)})" for row in words.itertuples())
    said = f"{abs(gap):.2f} {'warmer' if gap > 0 else 'colder'} than the mean of the others"
    return f"**The sentences of {safe(target)} score {said}; the words that add most to that side: {told}.**"


def limit_tone(scores: pd.DataFrame) -> str:
    """Return how many sentences have no word of the word list, and how many mention other actors too."""
    if scores.empty:
        return "No sentence mentions the actor."
    silent, several = (int(some.sum()) for some in (scores["n_hits"].eq(0), scores["n_actors"].gt(1)))
    said = f"Of {count_of(len(scores), 'sentence')}, {silent} contain no word of the list and score 0"
    return f"{said}; {several} mention other actors too, so the tone may be theirs."


def answer_sources(read: Reading, types: pd.DataFrame, named: pd.DataFrame) -> str:
    """Return whom the outlets cite most and how many of the sources have no name."""
    if types.empty:
        return "**No outlet cites anybody.**"
    totals = types[~types["source_type"].isin([NOT_NAMED, UNRESOLVED, "other"])].groupby("source_type")["n"].sum()
    told = list_words(f"{name} ({n})" for name, n in totals.nlargest(3).items())
    total, unnamed = int(named["n"].sum()), named[named["named"] != "named"]["n"].sum()
    articles, cited = count_of(len(read.articles), "article"), count_of(total, "time")
    return f"**In {articles}, sources are cited {cited}, most often: {told}. Without a name: {unnamed:,}.**"


def answer_roles(roles: pd.DataFrame, actor: str, articles: pd.DataFrame) -> str:
    """Return how many of the acts that an actor does or undergoes it does, in the order of the outlets."""
    parts = roles.pivot_table(index="outlet", columns="role", values="n", aggfunc="sum", fill_value=0)
    parts = parts.reindex(sorted({*articles["outlet"]}), columns=[ACTS, UNDERGOES], fill_value=0)
    parts = parts.assign(total=parts.sum(axis=1))
    told = [f"{row.Index} ({row.does} of {row.total})" for row in parts.itertuples()]
    most, least = ([one for one, n in zip(told, parts["total"], strict=True) if (n >= FEW) == is_enough]
                   for is_enough in (True, False))  # fmt: skip
    few = f" Too few acts: {list_words(least)}." if least else ""
    if len(most) < 2:
        one = f"only {safe(most[0])}" if most else "no outlet"
        return f"**Too little to compare: {one} has {FEW} acts done by or to {safe(actor)}.**{few}"
    return f"**How often {safe(actor)} acts rather than being acted upon: {list_words(most)}.**{few}"


def answer_agentless(passives: pd.DataFrame) -> str:
    """Return how many passives do not say who did it; `passives` is a table of `agency.count_passives`."""
    n = passives["n"][passives["voice_of_verb"].eq("agentless")].sum()
    return f"{n:,} of {count_of(passives['n'].sum(), 'passive clause')} about an actor do not say who did it."


def answer_tone_error(agreement: pd.DataFrame, needed: pd.DataFrame) -> str:
    """Return whether any instrument may be trusted with the tone toward an actor here, and what coding by hand takes.

    `agreement` is a table of `validation.measure_tone`, `needed` of `correction.count_needed`.
    """
    if agreement.empty or not agreement["n_coded"].iloc[0]:
        said = "Nobody has coded the tone of these articles, so no machine’s tone may be used to compare the outlets"
        return f"**{said}: `make sheet` draws sentences to code.**"
    best = agreement.sort_values(["macro_f1", "instrument"], ascending=[False, True]).iloc[0]
    telling = agreement[agreement["tells"]]["instrument"]
    said = "no machine can tell who is for or against an actor: read the sentences, or code them by hand"
    if len(telling):
        said = f"{list_words(telling)} can tell better than chance whether a sentence is for or against an actor"
    toned = f"Of {count_of(int(best['n_coded']), 'coded sentence')}, {best['n_toned']} take a side."
    rank = "not known" if pd.isna(best["spearman"]) else signed(best["spearman"])
    measured = f"macro-F1 {best['macro_f1']:.2f}, rank correlation {rank}"
    baseline = f"calling every sentence neutral gives {best['always_neutral']:.2f}"
    nearest = f"Nearest to the codes: {safe(best['instrument'])} ({measured}; {baseline})."
    takes = "".join(  # codes by hand, the smallest difference
        f" To show a difference of {row.difference:g}, code {row.n_sentences:,} sentences of each outlet."
        for row in needed.head(1).itertuples()
    )
    return f"**On these articles {said}.** {toned} {nearest}{takes}"


def answer_agreement(labels: pd.DataFrame, what: str) -> str:
    """Return how many of `what` ("mention", "act", ...) were coded by hand, by whom, and which could not be used."""
    usable, problems = labels[labels["problem"].eq("")], labels["problem"][labels["problem"].ne("")].tolist()
    left_out = f" {count_of(len(problems), 'code')} left out, the first: {safe(problems[0])}." if problems else ""
    if usable.empty:
        return f"**Not validated on this corpus**: no {what} coded by hand (`labels/`).{left_out}"
    where, coders = count_of(usable["article_id"].nunique(), "article"), sorted(usable["coder"].unique())
    return f"{count_of(len(usable), what)} in {where}, coded by {list_words(coders, quoted=True)}.{left_out}"


def answer_codes(codes: Codes) -> str:
    """Return how much of the drawn sheet is coded and by whom, and what in it could not be used."""
    table, problems = codes
    more = f" ({len(problems)} in all)" if len(problems) > 3 else ""
    amiss = f" Not used: {' '.join(f'{safe(problem)}.' for problem in problems[:3])}{more}" if problems else ""
    if table.empty:
        return f"**No sheet is coded yet.**{amiss}"
    drawn, coded = table["number"].nunique(), table[table["tone"].notna()]["number"].nunique()
    coders = list_words(sorted(table["coder"].unique()), quoted=True)
    return f"**{coded} of {count_of(drawn, 'sentence')} on the sheet have a tone, coded by {coders}.**{amiss}"


def answer_differences(compared: pd.DataFrame, what: str, doubt: str = "") -> str:
    """Return whose shares of `what`, a column, differ from the others' beyond chance, or why none is tested.

    `doubt` says why no outlet may be said to be higher or lower (`validation.doubt_order`).
    """
    if compared.empty:
        return "**Nothing to compare.**"
    tested = compared[compared["p"].notna()]
    if tested.empty:
        why = safe(compared["note"].mode()[0].removeprefix("not testable: "))
        return f"**Not tested: {why}.** The numbers describe the articles at hand."
    held, total = tested[tested["p"].le(LEVEL)], count_of(len(tested), "tested difference")
    few = name_few(compared["outlet"], compared[compared["k"].ge(FEW)]["outlet"], "stories to test")
    if held.empty or doubt:
        claim = f"{len(held)} of {total} hold, but none is claimed: {safe(doubt)}"
        said = claim if len(held) else f"None of {total} can be distinguished from chance"
        return f"**{said}.** {tell_smallest(tested)}{few}"
    held = held.sort_values(["p", "difference"], key=abs, ascending=[True, False], kind="stable")
    told = list_words(
        f"{row['outlet']}, {row[what]} {row['value']:.2f} ({signed(row['difference'])} against the others; n = "
        f"{row['n']:,.0f} of {row['total']:,.0f} in {row['k']} stories, {say_p(row['p'])})"
        for row in held.to_dict("records")
    )
    return f"**{len(held)} of {total} hold: {told}.** {PROMISE} {tell_smallest(tested)}{few}"


def answer_changes(changes: Changes) -> str:
    """Return how many findings changed since the last run on other articles, and which articles came and went."""
    if not changes.known:
        return "**No earlier run on other articles to compare with.**"
    told = list_words(f"{n} {change}" for change, n in changes.table["change"].value_counts().sort_index().items())
    moved = f"{count_of(len(changes.added), 'article')} added, {len(changes.gone):,} removed"
    ids = f"Added: {list_words(changes.added)}; gone: {list_words(changes.gone)}."
    if not (changes.added or changes.gone):
        moved, ids = "the same articles, but some text, date or outlet or actors.csv has changed", ""
    return f"**Since the last run: {moved}. Findings that changed: {told}.** {ids}"


def answer_same_story(articles: pd.DataFrame, pairs: pd.DataFrame, partners: pd.DataFrame) -> str:
    """Return how many facts outlets on one story share (`alignment.list_partners`), or why none can be compared."""
    if pairs.empty:
        dated = articles["published_from"].eq(articles["published_to"]).sum()
        known = f"dated to the day: {dated:,} of {count_of(len(articles), 'article')}"
        said = f"No two outlets are known to report the same story within {DAYS} days ({known})"
        return f"**{said}, so no facts are compared; below is what is said of the same actor.**"
    shown, absent = partners["shown"].mean(), partners["chance"].le(load_error()["absent"]).mean()
    said = f"{count_of(pairs['story_id'].nunique(), 'story')} told by several outlets within {DAYS} days"
    found = f"{shown:.0%} of sentences have a partner in another outlet that reports the same fact"
    return f"**In {said}, {found}; for {absent:.0%} none was found; the others are open.**"


def limit_facts() -> str:
    """Return how often partners, their absence and the labels of differences were right in coded pairs."""
    error = load_error()
    told = f"{error['precision']:.0%} of the partners shown were right and {error['recall']:.0%} of all were shown"
    less = f"{error['recall_differs']:.0%} where the two differ"
    alone = f"of sentences said to have none, {error['absent_right']:.0%} had none"
    kinds = list_words(f"{kind} {error[f'right_{kind}']:.0%}" for kind in KINDS)
    return f"On {error['n']:.0f} coded pairs, {told} ({less}); {alone}. A person saw the same difference: {kinds}."
