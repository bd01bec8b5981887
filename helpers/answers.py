"""The sentences that answer a notebook's question, and the titles of its figures, from a result table.

Every number is taken from the table; the sentences are in `lexicons/answers.csv`. A title tells a finding of page one
or what its table shows, if there are three cases of it; else it names the figure.
"""

import re
from collections.abc import Iterable

import pandas as pd

from helpers.charts import say_dates, signed
from helpers.comparability import compare_dates, warn_dates
from helpers.inference import Verdict
from helpers.lexicons import index_lexicon
from helpers.naming import list_usual
from helpers.page import LEAST, SAID, count_in_words, count_of, join, list_words, safe
from helpers.reading import Reading, select_sources
from helpers.reading.copies import DAYS
from helpers.reading.schemas import ACTS, FEW, LEVEL, UNDERGOES, UNRESOLVED
from helpers.results import Changes, record_tests
from helpers.stories import LABELLED, load_error


def fill(answer: str, **values: object) -> str:
    """Return a sentence of lexicons/answers.csv with values, made safe before, in place of its words in braces."""
    return index_lexicon("answers.csv")[answer]["sentence"].format(**values, few=FEW, days=DAYS)


def list_found(found: pd.DataFrame, notebook: str) -> str:
    """Return a notebook's first four findings (`findings.find_all`) as a list, as page one says them; "" if none is."""
    own = found[found["notebook"].eq(notebook)].sort_values("rank")["sentence"].head(4)
    return "\n".join(f"- {safe(sentence)}" for sentence in own)


def title_found(found: pd.DataFrame, name: str, *kinds: str, actor: str | None = None) -> str:
    """Return the title of a figure: the first finding of these kinds (about the actor), no brackets or last numbers."""
    about = found[found["kind"].isin(kinds) & (True if actor is None else found["actor"].eq(actor))]
    told = [*about.sort_values("rank")["sentence"], name][0]
    numbers = r", also [^;]*|(?:; elsewhere|[.] At the others’ rate), .*| \((?:[^()]*[:,] )?\d[^()]*\)"  # it has them
    return re.sub(numbers, "", told).removesuffix(".")


def answer_articles(articles: pd.DataFrame) -> str:
    """Return how many articles there are, from when, and whether the outlets published at the same time."""
    pairs, warning = compare_dates(articles), warn_dates(articles)
    which = ("some" if pairs["overlap"].any() else "all") + " dates differ" if warning else "same dates"
    n, k = count_of(len(articles), "article"), count_of(articles["outlet"].nunique(), "outlet")
    values = {"n": n, "k": k, "dates": safe(say_dates(articles["published"])), "warning": warning.capitalize()}
    return fill(f"articles, {'one outlet' if pairs.empty else which}", **values)


def answer_names(names: pd.DataFrame, actor: str, voice: str = "outlet") -> str:
    """Return which name each outlet uses most in one voice, of all its mentions there but adjectives."""
    if actor == UNRESOLVED:
        return fill("nobody")
    where = {"outlet": "in the outlet’s own words", "paraphrase": "in paraphrases", "quote": "in quotations"}[voice]
    top = list_usual(names[names["voice"].eq(voice)])
    top = top.assign(told=[f"{row.outlet} {row.n} of {row.total}" for row in top.itertuples()])
    enough = top[top["total"] >= LEAST]
    if enough.empty:
        return fill("names, few", actor=safe(actor), least=count_in_words(LEAST), where=where)
    ordered = sorted(enough.groupby("variant"), key=lambda pair: (-len(pair[1]), pair[0]))
    told = join(f"“{safe(name)}” ({list_words(rows['told'])})" for name, rows in ordered)
    few = name_few(names["outlet"], enough["outlet"], "mentions to say")
    return fill("names", where=where.capitalize(), actor=safe(actor), told=told) + few


def answer_words(contrasts: pd.DataFrame, actor: str, articles: pd.DataFrame) -> str:
    """Return the words most typical of each target of some contrasts near the actor, of those in two articles.

    That there is no such word is told only where two outlets have two articles: else it could not be otherwise.
    """
    if actor == UNRESOLVED:
        return fill("nobody")
    if contrasts.empty:
        return fill("words, few", actor=safe(actor))
    most, shared = 4 if contrasts["target"].nunique() == 1 else 2, contrasts[contrasts["articles_target"].gt(1)]
    lead = list_leading(shared, most, FEW).groupby("target")["term"]
    told = "; ".join(f"{list_words(terms, quoted=True)} in {safe(outlet)}" for outlet, terms in lead)
    n_articles = articles["outlet"].value_counts()
    several = sorted(n_articles.index[n_articles.gt(1)])
    if not told and len(several) < 2:
        who = f"only {safe(several[0])} has" if several else "no outlet has"
        return fill("words, few articles", actor=safe(actor), who=who)
    few = name_few(contrasts["target"], lead.groups, "words used five times, in two articles") * bool(told)
    return fill("words" if told else "words, none", actor=safe(actor), told=told) + few


def title_words(contrasts: pd.DataFrame, actor: str, target: str) -> str:
    """Return the title of a contrast of terms: two words of the target, each there 5 times and in 2 articles."""
    shared = list_leading(contrasts[contrasts["articles_target"].gt(1)], 2, FEW)["term"].map("“{}”".format)
    some = f"The terms near {actor} that most set {target} apart"  # none in several articles
    return f"Near {actor}, {target} gives more weight to {join(shared)}" if len(shared) else some


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
        return fill("shares, few", what=what, said=said)
    told = [f"{row.n:,} of {row.total:,} in {row.outlet}" for row in enough.itertuples()]
    told[0] = told[0].replace(" in ", f" {what} in ", 1)
    few = name_few(articles["outlet"], enough["outlet"], what)
    return f"**{said[:1].upper()}{said[1:]} in {list_words(told)}.**{few}"


def answer_tone(judged: Verdict, actor: str) -> str:
    """Return which outlets' sentences judge an actor more harshly or kindly than the others', or why none is named.

    `judged` is what `validation.judge_tone` returned.
    """
    if actor == UNRESOLVED:
        return fill("nobody")
    record_tests(judged.table)
    table = judged.table.sort_values("outlet")
    coded, is_told = table[table["by_hand"].notna()], table["note"].eq("")
    codes = list_words((f"{row.outlet} {signed(row.by_hand)}" for row in coded.itertuples()), most=len(coded))
    by_hand = " " + fill("tone, by hand", told=codes) if len(coded) else ""
    if judged.doubt:
        return fill("tone, none", actor=safe(actor), doubt=safe(judged.doubt)) + by_hand
    tested, told = {*table[table["p"].notna()]["outlet"]}, []
    for row in table[is_told].sort_values("difference", kind="stable").itertuples():
        side, n = "lower" if row.difference < 0 else "higher", count_of(row.n, "sentence")
        others = _name_others(tested, row.outlet)
        told.append(f"{side} in {row.outlet} than in {others} (by {abs(row.difference):.2f}; {n})")
    rest = "" if is_told.all() else f" Nothing is said of {list_words(table[~is_told]['outlet'])}."
    higher = fill("tone, higher", actor=safe(actor)) * any(one.startswith("higher") for one in told)
    return fill("tone", actor=safe(actor), told=list_words(told), higher=higher) + rest + by_hand


def answer_sources(read: Reading, voice: str | None = None) -> str:
    """Return whom the outlets cite most (in a voice), with which words, and how many of the sources have no name."""
    cited = select_sources(read, ["voice", "source_type", "cue_lemma", "named"])
    cited = cited if voice is None else cited[cited["voice"].eq(voice)]
    if cited.empty:
        return fill("sources, none")
    types, verbs = cited["source_type"], ("“" + cited["cue_lemma"] + "”").replace({"“:”": "a colon"})
    known = types[~types.isin([UNRESOLVED, "other"])].replace(SAID["source_type"])
    counts = (some.value_counts().sort_index() for some in (known, verbs))
    who, how = (list_words(f"{name} ({n:,})" for name, n in some.nlargest(3, keep="all").items()) for some in counts)
    unknown = f"; of unknown type: {types.eq('other').sum():,}" if types.eq("other").any() else ""
    articles, times = count_of(len(read.articles), "article"), count_of(len(cited), "time")
    values = {"who": who, "how": how, "unknown": unknown, "unnamed": cited["named"].ne("named").sum()}
    return fill("sources", articles=articles, times=times, **values)


def answer_roles(roles: pd.DataFrame, actor: str, articles: pd.DataFrame) -> str:
    """Return how many of the acts that an actor does or undergoes it does, in the order of the outlets."""
    of_each = roles.pivot_table("n", "outlet", "role", "sum", 0).reindex(columns=[ACTS, UNDERGOES], fill_value=0)
    counts = pd.DataFrame({"n": of_each[ACTS], "total": of_each.sum(axis=1)}).reset_index()
    return answer_shares(counts, articles, f"{actor} is the one acting", "acts")


def answer_tone_error(agreement: pd.DataFrame, judged: Verdict, actor: str) -> str:
    """Return how far a machine may be trusted here with the tone toward an actor.

    `agreement` is a table of `validation.measure_tone` (all actors).
    """
    doubt = safe(judged.doubt)
    compared = fill("tone, not compared" if doubt else "tone, compared", actor=safe(actor), doubt=doubt)
    rows = agreement[agreement["n_coded"].gt(0)]
    if rows.empty:
        return fill("tone error, no codes", compared=compared)
    best = rows.sort_values(["macro_f1", "instrument"], ascending=[False, True]).iloc[0]
    right, neutral, n = best["n_right"], best["n_coded"] - best["n_toned"], count_of(best["n_coded"], "sentence")
    told = {"right": right, "neutral": neutral, "n": n, "best": safe(best["instrument"]), "compared": compared}
    measured = fill("tone error, measured", **told)
    if not rows["tells"].any():
        return fill("tone error, large", measured=measured)
    sides = []
    for tone, side in (("negative", "against"), ("positive", "for")):
        n, right = best[f"n_{tone}"], best[f"right_{tone}"]
        which = "none such" if n == 0 else "found" if 2 * right >= n else "missed"
        sides.append(fill(f"tone error, {which}", side=side, n=n, right=right))
    but = ", and sees sides where a person saw none" * bool(told["right"] < neutral)
    return fill("tone error", told=", ".join(sides), but=but, measured=measured)


def answer_agreement(labels: pd.DataFrame, what: str, error: str = "") -> str:
    """Return the `error` (`validation.note_error`), how many of `what` ("act") a person coded, and which are unused."""
    usable, unused = labels[labels["problem"].eq("")], labels["problem"][labels["problem"].ne("")]
    left_out = [fill("codes, left out", n=count_of(len(unused), "code"), first=safe(one)) for one in unused.head(1)]
    if usable.empty:
        return " ".join([fill("codes, none", what=what), *left_out])
    where, coders = count_of(usable["article_id"].nunique(), "article"), sorted(usable["coder"].unique())
    said = f"**{error[0].upper()}{error[1:]}.** " if error else ""
    told = {"n": count_of(len(usable), what), "where": where, "coders": list_words(coders, quoted=True)}
    n_drawn = usable["probability"].lt(1).sum() if "probability" in usable else 0
    drawn = [fill("codes, drawn", n=f"{n_drawn:,}")] * bool(n_drawn)
    return " ".join([fill("codes", error=said, **told), *drawn, *left_out])


def answer_differences(compared: pd.DataFrame, what: str) -> str:
    """Return which rows of a tested table hold, each named by its column `what`, or why none is tested.

    The table is of `inference` (shares of outlets), `terms.contrast_terms` or `headlines.compare_headlines`.
    """
    if compared.empty:
        return fill("differences, nothing")
    record_tests(compared)
    tested = compared[compared["p"].notna()]
    if tested.empty:
        most = compared["k" if "k" in compared else "k_target"].idxmax()
        return fill("differences, not tested", why=safe(compared["note"][most].removeprefix("not testable: ")))
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
        return fill("differences, none holds", said=said, smallest=smallest).rstrip() + few
    kind = next(column for column in ("n_target", "other_outlet", "headline", "outlet") if column in held)
    by = "difference" if "difference" in held else "score"
    far = held[by].abs()  # of one row, the outlet farthest from the rest makes the others differ, too
    row = held.assign(far=far).groupby(what).agg(first=("p", "min"), most=("far", "max"))
    held = held.assign(far=far).join(row, on=what)
    held = held.sort_values(["first", "most", what, "far"], ascending=[True, False, True, False], kind="stable")
    of, per = (" words", " per 10,000") if "smallest_times" in held else ("", "")
    p = held["p"].map("p = {:.3f}".format).str.replace("0.", ".")  # .049 and .051 differ
    rows = held.assign(p=p, by=held[by].map(signed), what=held[what], of=of, per=per).to_dict("records")
    others = [_name_others({*large}, row.get("outlet", "")) for row in rows]
    apart = " " + fill("differences, apart") if kind == "outlet" and held[what].duplicated().any() else ""
    told = (fill(f"differences of {kind}", **row, others=rest) for row, rest in zip(rows, others, strict=True))
    return fill("differences", said=said, told=list_words(told), smallest=smallest).rstrip() + apart + few


def tell_smallest(tested: pd.DataFrame) -> str:
    """Return a sentence on the smallest difference that half of a table's tests would find in four of five cases."""
    what = "rates" if "smallest_times" in tested else "shares"
    half = tested["smallest_times" if what == "rates" else "smallest"].fillna(float("inf")).median()
    return fill(f"smallest {what}", half=half) if half < float("inf") else fill("smallest, none")


def _name_others(compared: set[str], outlet: str) -> str:
    """Return with whom an outlet was compared: the names of one or two others, else "the others together"."""
    others = sorted(compared - {outlet})
    return join(others) if 0 < len(others) < LEAST else "the others together"


def answer_changes(changes: Changes) -> str:
    """Return which articles came, went or changed since the last run on others, and how many findings; "" at first."""
    if not changes.known:
        return ""
    told = list_words(f"{n} {change}" for change, n in changes.table["change"].value_counts().sort_index().items())
    ids = {"added": changes.added, "removed": changes.gone, "changed": changes.changed}
    which = (f"{count_of(len(some), 'article')} {what} ({list_words(some)})" for what, some in ids.items() if some)
    return fill("changes" if any(ids.values()) else "changes, same articles", which=", ".join(which), told=told)


def answer_same_story(articles: pd.DataFrame, pairs: pd.DataFrame, partners: pd.DataFrame) -> str:
    """Return how many facts outlets on one story share (`stories.list_partners`), or why none can be compared."""
    if pairs.empty:
        dated = articles["published_from"].eq(articles["published_to"]).sum()
        return fill("same story, none", dated=dated, articles=count_of(len(articles), "article"))
    error, of_sentence = load_error(), partners.groupby(["article_id", "sentence_no"])  # in any other outlet
    shown, absent = of_sentence["shown"].any(), of_sentence["chance"].max().le(error["absent"])
    n = error[["checked", "checked_same", "campaign", "campaign_same"]].astype(int).to_dict()
    n |= {"shown": shown.sum(), "absent": absent.sum()}
    n_stories, n_sentences = count_of(pairs["story_id"].nunique(), "story"), count_of(len(shown), "sentence")
    return fill("same story", stories=n_stories, sentences=n_sentences, **n)


def answer_facts(differ: pd.DataFrame) -> str:
    """Return in how many facts of a story its outlets differ, and in what; `differ`: such rows of `tabulate_facts`."""
    if differ.empty:
        return ""
    n = {kind: int(differ["differs"].str.contains(rf"(?:^|; ){kind}: ").sum()) for kind in LABELLED}
    kinds = list_words(f"{LABELLED[kind]} ({some:,})" for kind, some in n.items() if some)
    outlets, n_facts = list_words(differ.columns.drop("differs")), count_of(len(differ), "fact")
    return fill("facts", outlets=outlets, n=n_facts, kinds=kinds)
