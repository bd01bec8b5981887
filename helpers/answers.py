"""The sentences that answer a notebook's question, and the titles of its figures, from a result table.

Every number is taken from the table. A title tells a finding of page one or what its table shows, if there are three
cases of it; else it names the figure.
"""

import re
from collections.abc import Iterable

import pandas as pd

from helpers.charts import say_dates, signed
from helpers.comparability import compare_dates, warn_dates
from helpers.inference import Verdict, tell_smallest
from helpers.lexicons import read_lexicon
from helpers.naming import list_usual
from helpers.page import LEAST, count_in_words, count_of, join, list_words, safe
from helpers.reading import Reading, select_sources
from helpers.reading.copies import DAYS
from helpers.reading.schemas import ACTS, FEW, LEVEL, UNDERGOES, UNRESOLVED
from helpers.results import Changes
from helpers.stories import LABELLED, load_error

PROMISE = "The chance that any difference named here is false is at most 5 in 100."
NOBODY = "**No actor of actors.csv is named in any article: list there, a row each, the names that the articles use.**"


def list_found(found: pd.DataFrame, notebook: str) -> str:
    """Return a notebook's first four findings (`findings.find_all`) as a list, so that it says what page one says."""
    own = found[found["notebook"].eq(notebook)].sort_values("rank")["sentence"].head(4)
    if own.empty:
        return "No difference between the outlets is large or sure enough here for a sentence."
    return "\n".join(f"- {safe(sentence)}" for sentence in own)


def title_found(found: pd.DataFrame, name: str, *kinds: str, actor: str | None = None) -> str:
    """Return the title of a figure: the first finding of these kinds (about the actor) but for its last numbers."""
    about = found[found["kind"].isin(kinds) & (True if actor is None else found["actor"].eq(actor))]
    told = [*about.sort_values("rank")["sentence"], name][0]
    return re.split("; elsewhere, |[.] At the others’ rate, ", told)[0].removesuffix(".")


def answer_articles(articles: pd.DataFrame) -> str:
    """Return how many articles there are, from when, and whether the outlets published at the same time."""
    n, k = count_of(len(articles), "article"), count_of(articles["outlet"].nunique(), "outlet")
    said, pairs = f"**{n} from {k}, {safe(say_dates(articles['published']))}.", compare_dates(articles)
    if pairs.empty:
        return f"{said}** With fewer than two outlets there is nothing to compare."
    if not (warning := warn_dates(articles)):
        return f"{said} All outlets wrote in the same period.**"
    far = pairs[~pairs["overlap"] & pairs["months_apart"].ge(1)].sort_values(["months_apart", "outlet_a", "outlet_b"])
    gap = "".join(f"; {safe(row.outlet_a)} and {safe(row.outlet_b)} are {row.months_apart:.0f} months apart"
                  for row in far.tail(1).itertuples())  # fmt: skip
    rest = "Read everything below as a description of these articles alone."
    rest = "Where dates differ, so may the events." if pairs["overlap"].any() else rest
    return f"{said} {warning.capitalize()}{gap}.** {rest}"


def answer_names(names: pd.DataFrame, actor: str, voice: str = "outlet") -> str:
    """Return which name each outlet uses most in one voice, of all its mentions there but adjectives."""
    if actor == UNRESOLVED:
        return NOBODY
    where = {"outlet": "in the outlet’s own words", "paraphrase": "in paraphrases", "quote": "in quotations"}[voice]
    top = list_usual(names[names["voice"].eq(voice)])
    top = top.assign(told=[f"{row.outlet} {row.n} of {row.total}" for row in top.itertuples()])
    enough = top[top["total"] >= LEAST]
    if enough.empty:
        few = f"{count_in_words(LEAST)} times {where}: too few to say which name it uses most"
        return f"**No outlet names {safe(actor)} {few}.**"
    ordered = sorted(enough.groupby("variant"), key=lambda pair: (-len(pair[1]), pair[0]))
    told = join(f"“{safe(name)}” ({list_words(rows['told'])})" for name, rows in ordered)
    rest = name_few(names["outlet"], enough["outlet"], "mentions to say")
    return f"**{where.capitalize()}, {safe(actor)} is most often called {told}.**{rest}"


def answer_words(contrasts: pd.DataFrame, actor: str) -> str:
    """Return the words most typical of each target of some contrasts near the actor, of those in two articles."""
    if actor == UNRESOLVED:
        return NOBODY
    if contrasts.empty:
        return f"**Nothing to contrast: fewer than two outlets have enough words near {safe(actor)}.**"
    most, shared = 4 if contrasts["target"].nunique() == 1 else 2, contrasts[contrasts["articles_target"].gt(1)]
    lead = list_leading(shared, most, LEAST).groupby("target")["term"]
    told = "; ".join(f"{list_words(terms, quoted=True)} in {safe(outlet)}" for outlet, terms in lead)
    said = f"what weighs more than in the other outlets, whoever is speaking: {told or 'no word of two articles'}"
    few = name_few(contrasts["target"], lead.groups, "words that two articles of the outlet share")
    return f"**Near {safe(actor)}, {said}.**{few}"


def title_words(contrasts: pd.DataFrame, actor: str, target: str) -> str:
    """Return the title of a contrast of terms: two words of either side, each there 3 times and in 2 articles.

    Where one side has none, as an outlet with one article, the title tells of the other.
    """
    others = contrasts[::-1].assign(score=-contrasts["score"], n_target=contrasts["n_rest"])
    shared = contrasts[contrasts["articles_target"].gt(1)], others[others["articles_rest"].gt(1)]
    sides = [list_leading(side, 2, LEAST)["term"].map("“{}”".format) for side in shared]
    whose = (f"{target} gives", f"outlets other than {target} give")
    told = [f"{who} more weight to {join(side)}" for who, side in zip(whose, sides, strict=True) if len(side)]
    some = f"No words near {actor} set {target} apart in more than one article"
    return f"Near {actor}, {'; '.join(told)}" if told else some


def list_leading(contrasts: pd.DataFrame, most: int = 4, least: int = 2) -> pd.DataFrame:
    """Return the rows of the `most` first terms of each target that it uses `least` times, the most typical first.

    A word in a phrase among them ("air" beside "air strike") is left out: the phrase tells it.
    """
    often = contrasts["n_target"].ge(least) & contrasts["term"].str.contains("[^\\W\\d]")  # a number tells little
    kept = [contrasts.head(0)]
    for _, own in contrasts[contrasts["score"].gt(0) & often].groupby("target"):
        first = own.head(2 * most)
        padded = [f" {term} " for term in first["term"]]
        kept.append(first[[sum(term in other for other in padded) == 1 for term in padded]].head(most))
    return pd.concat(kept, ignore_index=True)


def name_few(outlets: Iterable[str], compared: Iterable[str], what: str) -> str:
    """Return a sentence that names the outlets that an answer leaves out because they have too few cases."""
    few = sorted({*outlets} - {*compared})
    return f" Too few {what}: {list_words(few)}." if few else ""


def answer_shares(shares: pd.DataFrame, articles: pd.DataFrame, said: str, what: str) -> str:
    """Return how many of its cases (`what`: "acts") each outlet has that are so, and who has too few to tell.

    `shares` has a row an outlet: outlet, n, total. `said` is what is so: "what Ostrel does is denied".
    """
    said, enough = safe(said), shares[shares["total"].ge(FEW)]
    if enough.empty:
        return f"**No outlet has {FEW} {what}: too few to say how often {said}.**"
    told = [f"{row.n:,} of {row.total:,} in {row.outlet}" for row in enough.itertuples()]
    told[0] = told[0].replace(" in ", f" {what} in ", 1)
    few = name_few(articles["outlet"], enough["outlet"], what)
    return f"**{said[:1].upper()}{said[1:]} in {list_words(told)}.**{few}"


def answer_tone(judged: Verdict, actor: str) -> str:
    """Return which outlets' sentences judge an actor more harshly or kindly than the others', or why none is named.

    `judged` is what `validation.judge_tone` returned.
    """
    if actor == UNRESOLVED:
        return NOBODY
    table = judged.table.sort_values("outlet")
    coded = table[table["by_hand"].notna()]
    told = list_words((f"{row.outlet} {signed(row.by_hand)}" for row in coded.itertuples()), most=len(coded))
    by_hand = f" A person’s codes, on average, from −1 to +1: {told}." if len(coded) else ""
    if judged.doubt:
        said = f"Tone toward {safe(actor)} cannot be read off these articles by machine"
        return f"**{said}: {safe(judged.doubt)}.**{by_hand}"
    held = table[table["note"].eq("")].sort_values("difference", kind="stable")
    sides = held["difference"].lt(0).map({True: "lower", False: "higher"})
    tested = {*table[table["p"].notna()]["outlet"]}
    named = (f"{side} in {row.outlet} than in {_name_others(tested, row.outlet)} (by {abs(row.difference):.2f}; "
             f"{count_of(row.n, 'sentence')})" for side, row in zip(sides, held.itertuples(), strict=True))  # fmt: skip
    about = f"sentences about {safe(actor)} score {list_words(named)}"
    others, rest = table[table["note"].ne("")]["outlet"], " Notebook 08 says how often the machine errs."
    rest += f" Nothing is said of {list_words(others)}." if len(others) else ""
    return f"**As a machine reads them, {about}.** {PROMISE}{rest}{by_hand}"


def answer_sources(read: Reading, voice: str | None = None) -> str:
    """Return whom the outlets cite most (in a voice), with which words, and how many of the sources have no name."""
    cited = select_sources(read, ["voice", "source_type", "cue_lemma", "named"])
    cited = cited if voice is None else cited[cited["voice"].eq(voice)]
    if cited.empty:
        return "**No outlet cites anybody.**"
    types, verbs = cited["source_type"], "“" + cited["cue_lemma"] + "”"
    counts = (some.value_counts().sort_index() for some in (types[~types.isin([UNRESOLVED, "other"])], verbs))
    who, how = (list_words(f"{name} ({n:,})" for name, n in some.nlargest(3, keep="all").items()) for some in counts)
    articles, times = count_of(len(read.articles), "article"), count_of(len(cited), "time")
    unknown = f"; of unknown type: {types.eq('other').sum():,}" if types.eq("other").any() else ""
    said = f"Cited most often: {who}{unknown}. Introduced most often by {how}."
    unnamed = f"{cited['named'].ne('named').sum():,} of them without a name"
    return f"**In {articles}, sources are cited {times}, {unnamed}.** {said}"


def answer_roles(roles: pd.DataFrame, actor: str, articles: pd.DataFrame) -> str:
    """Return how many of the acts that an actor does or undergoes it does, in the order of the outlets."""
    acts = roles[roles["role"].isin([ACTS, UNDERGOES])]
    counts = acts.assign(total=acts["n"], n=acts["n"].where(acts["role"].eq(ACTS), 0))
    counts = counts.groupby("outlet", as_index=False)[["n", "total"]].sum()
    return answer_shares(counts, articles, f"{actor} is the one acting", "acts")


def answer_tone_error(agreement: pd.DataFrame, judged: Verdict, actor: str) -> str:
    """Return how far a machine may be trusted here with the tone toward an actor.

    `agreement` is a table of `validation.measure_tone` (all actors).
    """
    compared = f"It does not say which outlet is harder on {safe(actor)} than the others: {safe(judged.doubt)}."
    if not judged.doubt:
        compared = f"On {safe(actor)}, some outlets differ by more than chance and its error: notebook 04 names them."
    rows = agreement[agreement["n_coded"].gt(0)]
    if rows.empty:
        said = "Nobody has coded these articles, so how often the machine errs on them is not known"
        return f"**{said}.** {compared} `make sheet` draws the sentences whose codes would tell most."
    best = rows.sort_values(["macro_f1", "instrument"], ascending=[False, True]).iloc[0]
    n, right, neutral = best["n_coded"], best["n_right"], best["n_coded"] - best["n_toned"]
    said = "No machine can tell who is for or against an actor in these articles: read the sentences, or code them"
    if rows["tells"].any():
        said = "The machine can tell better than chance who is for or against an actor in these articles"
        said += ", but it sees sides where a person saw none" * bool(right < neutral)
    measured = f"The best ({safe(best['instrument'])}) reads {right:,} of {count_of(n, 'sentence')} as a person did"
    return f"**{said}.** {measured}; calling all neutral would be right {neutral:,} times. {compared}"


def answer_agreement(labels: pd.DataFrame, what: str, error: str = "") -> str:
    """Return the `error` (`validation.note_error`), how many of `what` ("act") a person coded, and which are unused."""
    usable, left_out = labels[labels["problem"].eq("")], ""
    if len(unused := labels["problem"][labels["problem"].ne("")]):
        left_out = f" {count_of(len(unused), 'code')} left out, the first: {safe(unused.iloc[0])}."
    if usable.empty:
        return f"**Not validated on this corpus**: no {what} coded by hand (`labels/`).{left_out}"
    where, coders = count_of(usable["article_id"].nunique(), "article"), sorted(usable["coder"].unique())
    said = f"**{error[0].upper()}{error[1:]}.** " if error else ""
    return f"{said}{count_of(len(usable), what)} in {where}, coded by {list_words(coders, quoted=True)}.{left_out}"


def answer_differences(compared: pd.DataFrame, what: str) -> str:
    """Return which rows of a tested table hold, each named by its column `what`, or why none is tested.

    The table is of `inference` (shares of outlets), `terms.contrast_terms` or `headlines.compare_headlines`.
    """
    if compared.empty:
        return "**Nothing to compare.**"
    tested = compared[compared["p"].notna()]
    if tested.empty:
        k = compared["k" if "k" in compared else "k_target"]
        has = "none has more than" if "outlet" in compared else f"{compared['target'].iloc[0]} has"
        why = compared["note"][k.idxmax()].removeprefix("not testable: ")
        why = safe(why if k.max() >= FEW else f"a test needs {FEW} stories of an outlet, and {has} {k.max()}")
        return f"**Not tested: {why}.** The numbers describe the articles at hand."
    if {"outlet", "total"} <= {*tested} and tested["outlet"].nunique() == 2:  # what the one does more, the other less
        tested = tested.sort_values("difference", ascending=False, kind="stable").drop_duplicates(what)
    held = tested[tested["p"].le(LEVEL)]
    n = f"{len(held) or 'None'} of {count_of(len(tested), 'tested difference')} hold{'s' * (len(held) < 2)}"
    one = "The one tested difference does not hold" if held.empty else "The one tested difference holds"
    said = n if len(tested) > 1 else one
    smallest = tell_smallest(tested) if tested.columns.str.startswith("smallest").any() else ""
    large = compared[compared["k"].ge(FEW)]["outlet"] if "outlet" in compared else ()
    few = name_few(compared.get("outlet", ()), large, "stories to test")
    if held.empty:
        return f"**{said} beyond chance.** {smallest}".rstrip() + few
    told = next(row["sentence"] for row in read_lexicon("differences.csv") if row["column"] in held)
    by = "difference" if "difference" in held else "score"
    held = held.sort_values(["p", by], key=abs, ascending=[True, False], kind="stable")
    of, per = (" words", " per 10,000") if "smallest_times" in held else ("", "")
    p = held["p"].map("p = {:.3f}".format).str.replace("0.", ".")  # .049 and .051 differ
    written = {"p": p, "by": held[by].map(signed), "what": held[what], "of": of, "per": per}
    rows = held.assign(**written).to_dict("records")
    told = list_words(told.format(**row, others=_name_others({*large}, row.get("outlet", ""))) for row in rows)
    return f"**{said}: {told}.** {PROMISE} {smallest}".rstrip() + few


def _name_others(compared: set[str], outlet: str) -> str:
    """Return with whom an outlet was compared: the names of one or two others, else "the others together"."""
    others = sorted(compared - {outlet})
    return join(others) if 0 < len(others) < LEAST else "the others together"


def answer_changes(changes: Changes) -> str:
    """Return how many findings changed since the last run on other articles, if any, and which articles came, went."""
    if not changes.known:
        return ""
    told = list_words(f"{n} {change}" for change, n in changes.table["change"].value_counts().sort_index().items())
    moved = f"{count_of(len(changes.added), 'article')} added, {len(changes.gone):,} removed"
    ids = f"Added: {list_words(changes.added)}; gone: {list_words(changes.gone)}."
    if not (changes.added or changes.gone):
        moved, ids = "the same articles, but some text, date or outlet or actors.csv has changed", ""
    return f"**Since the last run: {moved}. Findings that changed: {told}.** {ids}"


def answer_same_story(articles: pd.DataFrame, pairs: pd.DataFrame, partners: pd.DataFrame) -> str:
    """Return how many facts outlets on one story share (`stories.list_partners`), or why none can be compared."""
    if pairs.empty:
        dated = articles["published_from"].eq(articles["published_to"]).sum()
        known = f"dated to the day: {dated:,} of {count_of(len(articles), 'article')}"
        said = f"No two outlets are known to report the same story within {DAYS} days ({known})"
        return f"**{said}, so no facts are compared.**"
    error, of_sentence = load_error(), partners.groupby(["article_id", "sentence_no"])  # in any other outlet
    shown, absent = of_sentence["shown"].any(), of_sentence["chance"].max().le(error["absent"])
    said = f"In {count_of(pairs['story_id'].nunique(), 'story')} told by several outlets within {DAYS} days"
    found = f"{shown.sum():,} of {count_of(len(shown), 'sentence')} have a partner in another outlet that reports the"
    found += f" same fact (a person agreed in {error['precision']:.0%} of coded pairs)"
    return f"**{said}, {found}; for {absent.sum():,} none was found; the others are open.**"


def answer_facts(differ: pd.DataFrame) -> str:
    """Return in how many facts of a story its outlets differ, and in what; `differ`: such rows of `tabulate_facts`."""
    n = {kind: int(differ["differs"].str.contains(rf"(?:^|; ){kind}: ").sum()) for kind in LABELLED}
    kinds = list_words(f"{LABELLED[kind]} ({some:,})" for kind, some in n.items() if some)
    said = f"{list_words(differ.columns.drop('differs'))} tell one story and differ in {count_of(len(differ), 'fact')}"
    return f"**{said}:** {kinds}." if len(differ) else ""
