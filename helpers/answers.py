"""The one sentence that answers a notebook's question, from a result table. Every number is taken from the table."""

from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.changes import Changes
from helpers.charts import say_dates, signed
from helpers.coding import Codes
from helpers.comparability import compare_dates, list_large, warn_dates
from helpers.inference import say_p, tell_smallest
from helpers.page import MOST_LISTED, count_of, list_words, safe
from helpers.reading import Reading, select_rows, select_sources
from helpers.reading.schemas import ACTS, ENOUGH, FEW, LEVEL, NOT_NAMED, UNDERGOES, UNRESOLVED

FEW_MENTIONS = 3  # an outlet with fewer has no "most often"
PROMISE = "The chance that any difference named here is false is at most 5 in 100."
NOBODY = "**No actor of actors.csv is named in any article: list there, a row each, the names that the articles use.**"


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
        gap = f"; farthest apart are {safe(row.outlet_a)} and {safe(row.outlet_b)} ({row.months_apart:.0f} months)"
    return f"{said} {warning.capitalize()}{gap}. Read all that follows as said of these articles alone.**"


def answer_measured(articles: pd.DataFrame, measured: pd.DataFrame) -> str:
    """Return how many of a corpus's articles are measured, and in what languages the others are."""
    others, n = articles[~articles["article_id"].isin(measured["article_id"])], len(articles)
    if others.empty:
        return f"**{'The one article is' if n == 1 else f'All {n:,} articles are'} in English and analysed.**"
    languages = "in " + others["language"].replace("", "no known language")
    counts = languages.mask(others["language"].eq("en"), others["genre"]).value_counts().sort_index()
    listed = f"{len(others):,} {'is' if len(others) == 1 else 'are'} listed but not analysed"
    which = list_words(f"{n:,} {name}" for name, n in counts.items())
    return f"**Of {count_of(n, 'article')}, {listed}: {which}; the end of this notebook says why.**"


def limit_articles(read: Reading) -> str:
    """Return what the number of articles and their dates do not allow."""
    sizes = read.articles.groupby("outlet").size()
    if sizes.empty:
        return "No article could be opened: notebook 01 says why, a line each."
    few, apart, limits = sizes[sizes < FEW].index, warn_dates(read.articles), []
    if len(few):
        have = f"{list_words(few)} {'has' if len(few) == 1 else 'have'} fewer than {FEW} articles here"
        limits.append(f"{have}: what is said of them describes these articles only.")
    if apart:
        limits.append(f"The articles have {apart}: a difference may be due to the event or to the outlet.")
    return " ".join(limits) or "Every outlet has several articles, and they are of the same time."


def answer_copies(articles: pd.DataFrame, shared: pd.DataFrame) -> str:
    """Return how many articles share their text or a passage with another."""
    if shared.empty:
        return "**No two articles share 20 words in a row.**"
    whole, across = shared[shared["kind"].eq("copy")], int(shared["outlet_a"].ne(shared["outlet_b"]).sum())
    n = len({*whole["article_a"], *whole["article_b"]})
    copied = f"{n:,} of {count_of(len(articles), 'article')} share their text with another"
    passages = f"{count_of(len(shared) - len(whole), 'further pair')} share a passage"
    return f"**{copied if n else 'No two are copies'}; {passages}. Pairs across outlets: {across} of {len(shared):,}.**"


def answer_stories(articles: pd.DataFrame) -> str:
    """Return how many stories the articles report, and how many articles one that another outlet reports too."""
    k, n = articles["story_id"].nunique(), articles.groupby("story_id")["outlet"].transform("nunique").gt(1).sum()
    told = f"{count_of(len(articles), 'article')} on {count_of(k, 'story')}"
    if not n:
        return f"**{told}. No two outlets report the same one, so what differs may be the event.**"
    return f"**{told}; {n:,} of them on one that another outlet reports too.**"


def answer_uncovered(uncovered: pd.DataFrame) -> str:
    """Return which frequent names in the articles are not an alias of any actor."""
    if uncovered.empty:
        return "**Every name that appears three times or more belongs to an actor on your list.**"
    most = list_words(f"{row.name} ({row.n:,})" for row in uncovered.head(MOST_LISTED).itertuples(index=False))
    n, drawn = len(uncovered), int(uncovered["n_drawn"].max())
    where = f" in {count_of(drawn, 'article')} drawn at random" if drawn else ""
    used = f"{count_of(n, 'name')} used three times or more{where} {'belongs' if n == 1 else 'belong'}"
    return f"**{used} to no actor on your list: {most}.**"


def answer_names(names: pd.DataFrame, actor: str) -> str:
    """Return which name each outlet uses most in its own voice; descriptions and adjectives are not counted."""
    if actor == UNRESOLVED:
        return NOBODY
    own = names[names["voice"].eq("outlet") & names["kind"].ne("description")]
    own = own.assign(total=own.groupby("outlet")["n"].transform("sum"))
    top = own.sort_values(["outlet", "n", "variant"], ascending=[True, False, True]).drop_duplicates("outlet")
    top = top.assign(told=[f"{row.outlet} ({row.n} of {row.total})" for row in top.itertuples()])
    enough = top[top["total"] >= FEW_MENTIONS]
    few = sorted({*names["outlet"]} - {*enough["outlet"]})
    if enough.empty:
        often = f"{FEW_MENTIONS} times in its own words"
        return f"**No outlet names {safe(actor)} {often}: too few to say which name it uses most.**"
    ordered = sorted(enough.groupby("variant"), key=lambda pair: (-len(pair[1]), pair[0]))
    told = "; ".join(f"“{safe(name)}” in {list_words(rows['told'])}" for name, rows in ordered)
    rest = f" Too few to say: {list_words(few)}." if len(few) else ""
    said = f"The name that outlets most often use for {safe(actor)} in their own words: {told}."
    return f"**{said}**{rest} Descriptions and adjectives are not counted here."


def answer_only_quoted(rows: pd.DataFrame) -> str:
    """Return which names an outlet prints only when quoting or paraphrasing while another uses them itself."""
    often = (rows["n_quote"] + rows["n_paraphrase"]).ge(FEW_MENTIONS) & rows["n_own_elsewhere"].ge(FEW_MENTIONS)
    if not often.any():
        times = f"{FEW_MENTIONS} times or more"
        return f"No outlet prints a name {times} only in others' words that another prints {times} in its own."
    told = (
        f"“{safe(row.variant)}” ({safe(row.actor)}) is printed in {safe(row.outlet)} only in others' words "
        f"({row.n_quote} quoted, {row.n_paraphrase} paraphrased), in {list_words(row.own_elsewhere.split(' | '))} "
        f"{row.n_own_elsewhere} times in the outlet's own"
        for row in rows[often].head(2).itertuples()
    )
    return f"**{'. '.join(told)}.**"


def answer_words(contrasts: pd.DataFrame, actor: str, target: str) -> str:
    """Return which words are more typical of the target near the actor, and which of the other outlets."""
    if actor == UNRESOLVED:
        return NOBODY
    if contrasts.empty:
        return f"**Nothing to contrast: no outlet but {safe(target)} has enough words near {safe(actor)}.**"
    single = int((contrasts["articles_target"] + contrasts["articles_rest"]).eq(1).sum())
    more = list_words(contrasts[contrasts["score"] > 0]["term"].head(5), quoted=True)
    less = list_words(contrasts[contrasts["score"] < 0]["term"].iloc[:-6:-1], quoted=True)
    said = f"Near {safe(actor)}, {safe(target)} gives more weight to {more}; the others to {less}."
    return f"**{said}** {single} of the {count_of(len(contrasts), 'term')} appear in one article only."


def answer_tested(contrasts: pd.DataFrame, words: Sequence[str] | None = None) -> str:
    """Return which terms, or `words` asked about beforehand, differ beyond chance, and what the test could find."""
    if words is not None and not words:
        return "No word was asked about beforehand: the corpus has no `words.csv`."
    if contrasts.empty:
        return "**Nothing to contrast.**"
    tested, note = contrasts[contrasts["p"].notna()], contrasts["note"].iloc[0]
    if tested.empty:
        return f"**No term is tested: {safe(note)}.** The words describe these articles only."
    held = tested[tested["p"].le(LEVEL)].sort_values(["p", "term"])
    told = list_words(
        (f"{row.term} ({row.n_target} and {row.n_rest}, {say_p(row.p)})" for row in held.itertuples()), 12
    )
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

    `doubt` says why no order may be claimed (`validation.doubt_order`); of `articles`, outlets with fewer than 5
    stories, or 5 sentences about the actor, take no part.
    """
    if actor == UNRESOLVED:
        return NOBODY
    if doubt:
        return f"**No ranking of outlets is claimed: {safe(doubt)}.**"
    large = list_large(articles)
    printed, masked = (
        table[table["n_sentences"].ge(FEW) & table["outlet"].isin(large)].sort_values(["tone", "outlet"])
        for table in (printed, masked)
    )
    if len(masked) < 2:
        have = f"{FEW} stories and {FEW} sentences that mention {safe(actor)}"
        return f"**No ranking of outlets is claimed: fewer than two have {have}.**"
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
        return f"**{said}; with the names as printed they rank differently, so no ranking is claimed.**{few}"
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
        return "**No outlet is called warmer or colder, for the reason above.** The words show what scores are made of."
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
    totals = types[~types["source_type"].isin([NOT_NAMED, UNRESOLVED])].groupby("source_type")["n"].sum()
    told = list_words(f"{name} ({n})" for name, n in totals.nlargest(3).items())
    total, unnamed = int(named["n"].sum()), named[named["named"] != "named"]["n"].sum()
    cited = f"{count_of(total, 'source')} in {count_of(len(read.articles), 'article')}, most often: {told}"
    return f"**{cited}. Without a name, unresolved pronouns included: {unnamed}.**"


def answer_intros(intros: pd.DataFrame) -> str:
    """Return how each outlet introduces a source: the one that most outlets cite and introduce in different words."""
    differing = intros.groupby("source_name").filter(lambda rows: rows["intro"].nunique() > 1)
    if differing.empty:
        return "No source that several outlets name is introduced in different words."
    name = differing.sort_values(["n_outlets", "source_name"], ascending=[False, True])["source_name"].iloc[0]
    rows = differing[differing["source_name"] == name]
    rows = rows.assign(plain=rows["intro"].eq(""), total=rows.groupby("outlet")["n"].transform("sum"))
    rows = rows.sort_values(["outlet", "n", "plain", "intro"], ascending=[True, False, True, True])
    told = [
        f"{f'“{safe(row.intro)}”' if row.intro else 'by its name alone'} in {safe(row.outlet)} ({row.n} of {row.total})"
        for row in rows.drop_duplicates("outlet").itertuples()
    ]
    more = f" and {len(told) - MOST_LISTED} more outlets" if len(told) > MOST_LISTED else ""
    return f"**How {safe(name)} is introduced, most often: {', '.join(told[:MOST_LISTED])}{more}.**"


def limit_sources(read: Reading) -> str:
    """Return how many sources stay unresolved and how many quotation marks have no partner."""
    sources = select_sources(read, ["source_name"])
    unresolved = f"{int(sources['source_name'].eq(UNRESOLVED).sum())} of {len(sources)}"
    bare = select_rows(read, "passages", ["passage_no"], voice="quote", attribution_id="")
    odd = len(select_rows(read, "odd_marks", ["start"]))
    said = f"Sources that are pronouns and stay unresolved: {unresolved}; quotations without a source: {len(bare)}"
    return f"{said}; quotation marks without a partner: {odd}."


def answer_roles(roles: pd.DataFrame, actor: str, articles: pd.DataFrame) -> str:
    """Return how many of the acts that an actor does or undergoes it does; in order where all have 5 stories."""
    parts = roles.pivot_table(index="outlet", columns="role", values="n", aggfunc="sum", fill_value=0)
    parts = parts.reindex(sorted({*articles["outlet"]}), columns=[ACTS, UNDERGOES], fill_value=0)
    parts = parts.assign(total=parts.sum(axis=1), share=parts[ACTS] / parts.sum(axis=1))
    enough = parts["total"].ge(FEW)
    is_ranked = set(parts.index[enough]) <= set(list_large(articles))
    parts = parts.sort_values("share", ascending=False, kind="stable") if is_ranked else parts
    told = {row.Index: f"{row.Index} ({row.does} of {row.total})" for row in parts.itertuples()}
    most, least = ([told[one] for one in parts.index if enough[one] == kept] for kept in (True, False))
    few = f" Too few acts: {list_words(least)}." if least else ""
    if len(most) < 2:
        one = f"only {safe(most[0])}" if most else "no outlet"
        return f"**Too little to compare: {one} has {FEW} acts done by or to {safe(actor)}.**{few}"
    order = "in these articles" if not is_ranked else "from most to least"
    order = "alike" if is_ranked and parts["share"][enough].nunique() == 1 else order
    return f"**How often {safe(actor)} acts rather than being acted upon, {order}: {list_words(most)}.**{few}"


def answer_agentless(passives: pd.DataFrame) -> str:
    """Return how many passives do not say who did it; `passives` is a table of `agency.count_passives`."""
    n = passives["n"][passives["voice_of_verb"].eq("agentless")].sum()
    return f"In {n} of {count_of(passives['n'].sum(), 'passive clause')} about an actor, the doer is not named."


def answer_tone_error(agreement: pd.DataFrame) -> str:
    """Return which instruments tell the tone toward an actor, and how near to the hand codes the best of all comes."""
    if agreement.empty or not agreement["n_coded"].iloc[0]:
        return "**Not validated on this corpus: no sentence has a coded tone (`labels/sentiment.csv`).**"
    best = agreement.sort_values(["macro_f1", "instrument"], ascending=[False, True]).iloc[0]
    telling = agreement[agreement["tells"]]["instrument"]
    named = list_words(telling) if len(telling) else "no instrument"
    toned = f"Of {count_of(int(best['n_coded']), 'coded sentence')}, {best['n_toned']} take a tone toward the actor."
    rank = "not known" if pd.isna(best["spearman"]) else signed(best["spearman"])
    measured = f"macro-F1 {best['macro_f1']:.2f}, rank correlation {rank}"
    baseline = f"calling every sentence neutral gives {best['always_neutral']:.2f}"
    nearest = f"Nearest to the codes: {safe(best['instrument'])} ({measured}; {baseline})."
    return f"**On these articles {named} shows the tone toward an actor.** {toned} {nearest}"


def answer_agreement(labels: pd.DataFrame, what: str) -> str:
    """Return how many of `what` ("mention", "act", ...) were coded by hand, by whom, and which could not be used."""
    usable, problems = labels[labels["problem"].eq("")], labels["problem"][labels["problem"].ne("")].tolist()
    left_out = f" {count_of(len(problems), 'code')} left out, the first: {safe(problems[0])}." if problems else ""
    if usable.empty:
        return f"**Not validated on this corpus**: no {what} coded by hand (`labels/`).{left_out}"
    where = count_of(usable["article_id"].nunique(), "article")
    coders = list_words(sorted(usable["coder"].unique()), quoted=True)
    return f"Coded by {coders}: {count_of(len(usable), what)} in {where}.{left_out}"


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
        fewest, most = int(compared["k"].min()), int(compared["k"].max())
        if most < FEW:
            have = f"each has {most}" if fewest == most else f"they have {fewest} to {most}"
            why = f"a test needs {FEW} stories from each outlet, an interval {ENOUGH}; here {have}"
            return f"**These numbers describe the articles at hand: {why}.**"
        return f"**Not tested: {safe(compared['note'].mode()[0])}.** The numbers describe the articles at hand."
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
    moved = f"{count_of(len(changes.added), 'article')} added, {len(changes.gone)} removed"
    ids = f"Added: {list_words(changes.added)}; gone: {list_words(changes.gone)}."
    if not (changes.added or changes.gone):
        moved, ids = "the same articles, but some text, date or outlet or actors.csv has changed", ""
    return f"**Since the last run: {moved}. Findings that changed: {told}.** {ids}"
