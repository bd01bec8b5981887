"""The sentences of findings: a difference between outlets filled in from its numbers, or told in the articles' words.

`tell` is given the shares of one fact, one row an outlet (`findings.compare_facts`), and decides who is set apart from
whom; where there are too few cases, or nothing but two forms of one name, there is no sentence. `describe` looks for
causes, joined actors, judging words, descriptions (`wording.find_words`), quotation marks, and whoever no outlet names
or lets speak. What it finds describes the articles at hand and is not tested: a page of tests leaves it out. The
sentences themselves are in `lexicons/findings.csv`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from helpers.attribution import compare_intros
from helpers.lexicons import compile_phrases, index_lexicon
from helpers.naming import is_form, list_usual, mark_loaded, split_words
from helpers.page import LEAST, SAID, WITHIN, count_in_words, count_of, join, name_actor
from helpers.reading import Reading, list_countries, select_mentions, select_rows, select_sources
from helpers.reading.aliases import compile_aliases, list_found
from helpers.reading.quotations import find_quotations
from helpers.reading.schemas import ALL_VOICES, ENOUGH, FEW, UNRESOLVED
from helpers.terms import find_planned
from helpers.wording import LIKE, PLACE, find_words

_KINDS = index_lexicon("findings.csv")
_SIDE = compile_phrases("wording.csv", only="side")[0]
_DOUBT = compile_phrases("hedges.csv", only="after")[0]  # "so-called"
_SHOWN = {"why": 1, "joined": 2, "judging": 3, "sure": 3, "called": 3, "harm judged": 2, "doubts": 3}  # of an outlet
_MOST_OUTLETS = 4  # in a sentence


class Told(NamedTuple):
    """A finding in words: whom it is about, its sentence, its numbers, rows for `evidence.show_lines`, its weight."""

    kind: str
    outlets: list[str]
    actor: str
    fact: str
    sentence: str
    n: str
    key: list[dict[str, Any]]
    weight: float  # added to the worth of its kind


def _fill(
    read: Reading, kind: str, about: list[str], actor: str = "", fact: str = "", *, key: list[dict[str, Any]],
    weight: float, who: Sequence[str] = (), **values: Any,
) -> Told:  # fmt: skip
    """Return a finding of a kind of findings.csv, its sentence filled in with `values`, its subject `who`, or all."""
    outlets, is_told = [*who] or about, kind in ("joined", "doubts")  # as it stands
    named = actor.translate(WITHIN) if is_told else name_actor(read, actor)
    values |= {"outlets": join(outlets), "s": "s" * (len(outlets) == 1), "own": "its" if len(outlets) == 1 else "their",
               "actor": named, "fact": name_actor(read, fact) if kind in ("one source", "why") else fact}  # fmt: skip
    sentence, n = (_KINDS[kind][column].format(**values) for column in ("sentence", "n"))
    return Told(kind, about, actor, fact, sentence, n, key, weight)


def tell(read: Reading, kind: str, actor: str, fact: str, cells: pd.DataFrame, *, more: bool = True) -> Told | None:
    """Return a finding in words, or None where there is none; `cells` are `findings.compare_facts` rows of one fact.

    Told are the outlets that say or do something more than the others or, without `more`, less.
    """
    up, rest = _choose(kind, cells, more=more)
    is_word = kind == "whose word"
    named = is_word and actor and "description" not in {*select_rows(read, "mentions", ["kind"], variant=fact)["kind"]}
    if up.empty or rest.empty or named:  # whoever prints a name takes no side
        return None
    outlets, is_one, n_rest = [*up["outlet"]], len(rest) == 1, rest["n"].sum()
    voices = [{"voice": voice} if is_word else {} for voice in ("outlet", ALL_VOICES)]  # one with no case has no line
    key = [_lead(kind, one, actor, fact) | voices[one not in outlets] for one in [*outlets, *rest["outlet"]]]
    rates = [f"{10_000 * side['n'].sum() / side['total'].sum():,.0f}" for side in (up, rest)]
    # of the others, one with most of their cases that comes near the outlets set apart is told
    top, least = rest.loc[rest["n"].idxmax()], (up["n"] / up["total"]).min()
    is_near = len(rest) > 2 and 2 * top["n"] > n_rest and 0 < least <= 2 * top["n"] / top["total"]
    others, n_apart = count_in_words(len(rest)), len(up) + len(rest)
    others = f"the other {others}" if n_apart == cells["n_outlets"].iloc[0] else f"{others} other outlets"
    is_about = cells["outlet"].isin(about := [*outlets, *(rest["outlet"] if is_word else [])])
    return _fill(
        read, kind, about, actor, fact, key=key, weight=min(cells[is_about]["surprise"].max(), 4) / 2 - (not more) / 10,
        who=outlets, more="more" if more else "less", whom=f" for {name_actor(read, actor)}" * bool(actor),
        near=f" ({top['n']:,} of {top['total']:,} in {top['outlet']})" if is_near else "",
        rest=join(rest["outlet"]) if len(rest) < 3 else others, rest_s="s" * is_one, do="do" + "es" * is_one,
        n=_each(up["n"]), total=_each(up["total"]), n_of=_each(up["n"], up["total"]), rest_each=_each(rest["total"]),
        times_rest=_say_times(n_rest) + f" ({rates[1]} per 10,000)" * bool(n_rest), n_rest=f"{n_rest:,}",
        total_rest=f"{rest['total'].sum():,}", rate=rates[0], rate_rest=rates[1],
        sources=SAID["source_type"].get(fact, f"{fact} sources"),
        expected=_each((up["n_rest"] * up["total"] / up["total_rest"]).round().astype(int)),
    )  # fmt: skip


def tell_names(read: Reading, actor: str, table: pd.DataFrame) -> Told | None:
    """Return in one finding what some outlets call an actor and others do not, and what those call it, or None.

    `table` has the rows of `findings.compare_facts` of all names of the actor.
    """
    most = table[table["n"].ge(LEAST) & table["n"].eq(table.groupby("outlet")["n"].transform("max"))]
    usual = {actor, *(name for name, n in most["fact"].value_counts().items() if 2 * n > len(most))}
    countries = {*read.corpus.actors.query("note == 'country'")["alias"]}  # forms of a country’s name: a habit of style
    apart, is_tested = [], table["p"].notna().any()  # else none is told that another outlet uses most, too
    for fact, cells in table.groupby("fact", sort=False):
        up = _choose("name", cells)[0]
        others = most[~most["outlet"].isin(up["outlet"])].groupby("fact")["n"].sum()
        is_own = (is_tested or fact not in others) and not any(is_form(fact, other) for other in others.index)
        is_own &= not {fact, *others.index} <= countries
        if len(up) and len(others) and is_own:
            apart.append((fact in usual, -up["surprise"].max(), up["outlet"].iloc[0], fact, up))
    if not apart:
        return None
    *_, fact, up = min(apart, key=lambda one: one[:4])
    rest = most[~most["outlet"].isin(up["outlet"])].sort_values(["outlet", "fact"])
    tops = sorted(list_usual(rest, "fact").groupby("fact"), key=lambda pair: -len(pair[1]))
    aliases = "|".join(map(re.escape, read.corpus.actors.loc[read.corpus.actors["actor"].eq(actor), "alias"]))
    texts = read.articles["text"][read.articles["outlet"].eq(up["outlet"].iloc[0])]
    quoted = "\n".join(text[one.start : one.end] for text in texts for one in find_quotations(text)[0])
    said = [one for one in re.findall(rf"\b({aliases}) \[{re.escape(fact)}]", quoted) if not is_form(one, fact)]
    added = f", also within quotations: “{said[0]} [{fact}]”" if said and len(up) == 1 else ""
    others = join(f"“{top}” ({join(own['outlet'])}: {own['n'].sum():,} of {own['total'].sum():,})" for top, own in tops)
    return _fill(
        read, "name", [*up["outlet"]], actor, fact, weight=min(up["surprise"].max(), 4) / 2,
        key=[_lead("name", row.outlet, actor, row.fact) for some in (up, rest) for row in some.itertuples()],
        n_of=_each(up["n"], up["total"]), others=others, added=added,
    )  # fmt: skip


def tell_cited(read: Reading, cells: pd.DataFrame) -> Told | None:
    """Return in one finding the sources that each of two outlets or more cites most, or None; two at most of an outlet.

    `cells` are the rows of `findings.compare_facts` of sources; of more than two cited as often, none is told.
    """
    kind = "most cited"
    cells = cells[cells["n"].ge(LEAST) & cells["n"].eq(cells.groupby("outlet")["n"].transform("max"))]
    cells = cells[cells.groupby("outlet")["n"].transform("size") <= 2].sort_values(["outlet", "fact"])
    cells = cells[cells["holds"] & (cells["n"] >= float(_KINDS[kind]["gap"]) * cells["total"])]
    if len(outlets := [*cells["outlet"].unique()]) < 2:
        return None
    one = {source_type: row["one"] for source_type, row in index_lexicon("source_types.csv").items()}
    listed = read.corpus.sources[["name", "source_type"]].replace({"source_type": one})  # the type of others is a guess
    types = {name: f"{of}, " for name, of in listed.itertuples(index=False) if of}
    words, told = _find_quoted(read).groupby(["outlet", "source_name"])["n_words"].sum(), []
    in_all = select_rows(read, "passages", ["outlet", "n_words"], voice="quote").groupby("outlet")["n_words"].sum()
    for row in cells.itertuples():
        own, every = words.get((row.outlet, row.fact), 0), in_all.get(row.outlet, 0)
        quoted = f", with {own:,} of the {every:,} words in quotations" if 2 * own > every else ""
        told.append(f"{name_actor(read, row.fact)} ({types.get(row.fact, '')}{row.n:,} of {row.total:,}{quoted})")
    said = cells.assign(told=told).groupby("outlet")["told"].agg(join)
    key = [_lead(kind, row.outlet, row.actor, row.fact) for row in cells.itertuples()]
    weight, counts = min(cells["surprise"].max(), 4) / 2, _each(cells["n"], cells["total"])
    return _fill(read, kind, outlets, key=key, weight=weight, counts=counts, **_say_each(kind, said))


def _find_quoted(read: Reading) -> pd.DataFrame:
    """Return the passages in quotation marks, each with its source: source, source_name and named are added."""
    keys = ["article_id", "attribution_id"]
    sources = select_sources(read, [*keys, "source", "source_name", "named"])
    return select_rows(read, "passages", [*PLACE, keys[1], "text", "n_words"], voice="quote").merge(sources, on=keys)


def _say_each(kind: str, said: pd.Series) -> dict[str, str]:
    """Return the first outlet with what is said of it, and the others, each with the verb of the kind."""
    (first, words), *rest = said.items()
    others = ("; " + _KINDS[kind]["again"].format(outlet=one, words=some) for one, some in rest)
    return {"first": first, "words": words, "others": "".join(others)}


def _lead(kind: str, outlet: str, actor: str, fact: str) -> dict[str, Any]:
    """Return the row that leads `evidence.show_lines` to what an outlet counts of a fact."""
    rows = _KINDS[kind]["evidence"] or ("actor={actor}; variant={fact}" if actor else "label={fact}")
    pairs = (one.split("=") for one in rows.split("; "))
    return {"outlet": outlet, **{name: text.format(actor=actor, fact=fact) for name, text in pairs}}


def _choose(kind: str, cells: pd.DataFrame, *, more: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the outlets that are set apart, and of those that they are set apart from."""
    is_tested, holds, n = cells["p"].notna().any(), cells["holds"], cells["n"]
    expected = cells["n_rest"] * cells["total"] / cells["total_rest"]
    if kind == "whose word":
        rest = cells[n.eq(0) & (holds | (not is_tested))]
        return cells[n.ge(LEAST)], rest if rest["total"].max() >= LEAST else rest.head(0)
    if kind in ("left out", "never cited"):
        is_known = n.gt(0).sum() > (kind == "left out")  # one outlet alone may have a subject of its own
        return cells[n.eq(0) & holds & expected.ge(LEAST)], cells[n.gt(0) & is_known]
    share, others = n / cells["total"], cells["n_rest"] / cells["total_rest"]
    high, low = (share, others) if more else (others, share)
    gap, least_gap = high - low, float(_KINDS[kind]["gap"])
    least = 2 * FEW if _KINDS[kind]["sheet"] in ("acts", "harms") else FEW  # of fewer, one or two misread decide
    is_up = holds & gap.gt(0) & (n if more else expected).ge(least / 2) & cells["total"].ge(least)
    is_much = high.ge((1.5 if least_gap else 2) * low) & cells["surprise"].ge(1.5)
    enough = least_gap * (0.5 if is_tested else 0.3)  # tested, half will do; untested, 4 of 100 for 1 are still nothing
    is_up &= gap.ge(enough) & (is_tested | is_much | (gap.ge(least_gap or 1) & more))
    if kind == "name" and not is_tested:  # in few articles: the name that it uses most, or that is its own alone
        is_up &= (2 * n).gt(cells["total"]) | cells["n_rest"].eq(0)
    # one with few cases may do it as often
    rest = cells[~is_up & (share.lt(share[is_up].min()) if more else share.gt(share[is_up].max()))]
    return cells[is_up], rest if rest["total"].sum() >= LEAST else rest.head(0)


def _say_times(n: int) -> str:
    return ("never", "once", "twice")[n] if n < LEAST else f"{n:,} times"


def _each(*numbers: Iterable[int]) -> str:
    return join(" of ".join(f"{n:,}" for n in some) for some in zip(*numbers, strict=True))


def describe(read: Reading) -> list[Told]:
    """Return the findings in words of a reading."""
    return [one for tell in (_tell_words, _tell_two, _tell_intros, _tell_marks, _tell_unquoted) for one in tell(read)]


def _weigh(rows: pd.DataFrame, weight: float, n: int = 0) -> dict[str, Any]:
    """Return the evidence of a finding in words, sentences with the words to look for; how many, how often; weight."""
    key = rows[[name for name in (*PLACE, "words", "actor", "source_name") if name in rows]].to_dict("records")
    return {"key": key, "places": count_of(len(rows), "place"), "times": _say_times(n), "weight": min(weight, 1)}


def _list_telling(read: Reading) -> pd.DataFrame:
    """Return the words of `find_words` that no other outlet uses, an outlet's best first, as many as are shown."""
    table, about = find_words(read), ["kind", "actor"]
    folded = table["words"].str.casefold().str.removesuffix("s")  # “rebel” and “rebels” are one
    kinds = table["use"].replace({"cause": "why", "help": "why"})
    table = mark_loaded(table.assign(kind=kinds, folded=folded, variant=table["words"]), read)
    both = table["actor"].map(lambda some: join(name_actor(read, one) for one in some.split(" | ")))
    table["actor"] = table["actor"].mask(table["kind"].eq("joined"), both)
    judges, is_called = table.groupby([*about, "outlet"])["loaded"].transform("any"), table["kind"].eq("called")
    table = table[table["loaded"].eq(judges) | ~is_called]  # of an outlet that judges, what judges
    table = _keep_habits(read, table, about).drop_duplicates([*about, "outlet", "folded"])
    table = table[~table.duplicated([*about, "folded"], keep=False) | table["kind"].eq("called")]
    order = table.groupby([*about, "outlet", "article_id"]).cumcount()  # of each article its first, then the second
    table = table.loc[order.sort_values(kind="stable").index].sort_values("use", kind="stable")
    return table[table.groupby([*about, "outlet"]).cumcount() < table["kind"].map(_SHOWN).astype(int)]


def _tell_words(read: Reading) -> list[Told]:
    """Return the actors about whom two outlets or more use words that no other uses; causes if one names an actor."""
    told, matcher = [], compile_aliases(read.corpus.actors)
    for (kind, actor), rows in _list_telling(read).groupby(["kind", "actor"]):
        outlets = [*rows.groupby("outlet").size().sort_values(ascending=False, kind="stable").index[:_MOST_OUTLETS]]
        rows = rows[rows["outlet"].isin(outlets)].drop(columns="actor")
        least = LEAST + (len(outlets) > 1) if kind in ("judging", "sure") else 2 * (kind == "doubts")  # words
        named = [{one.actor for one in list_found(words, matcher)} - {actor, UNRESOLVED} for words in rows["words"]]
        cause = max(sorted({""}.union(*named)), key=lambda one, named=named: sum(one in some for some in named))
        is_apart = {"why": bool(cause), "called": rows["loaded"].nunique() == 2}.get(kind, True)
        if len(rows) >= least and len(outlets) > bool(not least) and is_apart:
            who = {outlet for outlet, some in zip(rows["outlet"], named, strict=True) if cause in some}
            outlets.sort(key=who.__contains__, reverse=True)
            rows = rows.sort_values("outlet", key=pd.Index(outlets).get_indexer, kind="stable")  # quoted in this order
            said = ("“" + rows["words"] + "”").groupby(rows["outlet"]).agg(join)[outlets]
            said = said.mask(~said.index.isin(who) & (kind == "why"), "another cause: " + said)
            values = _weigh(rows, len(outlets) / 5 + len(rows) / 50) | _say_each(kind, said)
            told.append(_fill(read, kind, outlets, actor, cause, who=outlets[: len(who)], **values))
    return told


def _tell_two(read: Reading) -> list[Told]:
    """Return the words for fighters that an outlet uses for two actors and others for one of them alone."""
    fighters = {noun for noun, row in index_lexicon("through_nouns.csv").items() if row["kind"] in ("foe", "member")}
    labels = read.labels[read.labels["label"].isin(fighters) & read.labels["voice"].ne("quote")]
    mentions = select_mentions(read).query("role != 'compound' and actor != @UNRESOLVED")  # "anti-Lind rebels"
    both = labels.merge(mentions, on="article_id", suffixes=("", "_of")).rename(columns={"label": "words"})
    is_of = both["start"].between(both["start_of"], both["end_of"] + 1)  # "Lind rebels"
    both, told = _keep_habits(read, both[is_of], ["words"]), []
    for word, rows in both.groupby("words"):
        used = rows.groupby("outlet")["actor"].agg(["unique", "size"])
        for outlet, own in used["unique"][used["unique"].map(len).eq(2) & used["size"].ge(LEAST)].items():
            alone = max(own, key=lambda actor, used=used: sum({*some} == {actor} for some in used["unique"]))
            if rest := [one for one, some in used["unique"].items() if {*some} == {alone}]:
                values = _weigh(rows[rows["outlet"].isin([outlet, *rest])], 0.5) | {"rest": join(rest)}
                values |= {"both": join(name_actor(read, one) for one in own), "alone": name_actor(read, alone)}
                told.append(_fill(read, "two sides", [outlet], fact=word, rest_s="s" * (len(rest) == 1), **values))
    return told


def _keep_habits(read: Reading, rows: pd.DataFrame, about: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows of what an outlet does in two articles; of one or two articles, any will do."""
    n_articles = rows.groupby([*about, "outlet"])["article_id"].transform("nunique")
    return rows[n_articles.gt(1) | rows["outlet"].map(read.articles["outlet"].value_counts()).lt(LEAST)]


def _tell_intros(read: Reading) -> list[Told]:
    """Return the sources that two outlets or more introduce in words that share none; the name alone is told last."""
    told, titles = [], {title.strip(".") for title in index_lexicon("titles.csv")}
    intros = compare_intros(read)  # "Mrs." introduces nobody, nor does "its" say whose
    is_none = intros["intro"].map(lambda intro: {*split_words(intro)} <= titles or bool(LIKE["felt"].match(intro)))
    shown = intros["intro"].mask(is_none.astype(bool), "")
    intros["intro"] = shown.str.replace("^(?:its|his|her|their) ", "", regex=True)
    for source, rows in intros.groupby("source_name"):
        main = rows.assign(alone=rows["intro"].eq("")).sort_values(["alone", "n"], ascending=[True, False])
        main = main.drop_duplicates("outlet").sort_values(["alone", "outlet"])
        # "Sen." and "Senator" are one, and so are two kinds of chairman
        words = [{*one} - titles and {*one} - titles | {one[-1]} for one in map(split_words, main["intro"])]
        apart = [one for one in words if one and sum(not one.isdisjoint(other) for other in words) == 1]
        if len(apart) > 1 and main["alone"].sum() <= len(apart):  # else a name that most readers know
            said = main.groupby("intro", sort=False)["outlet"].agg(join)
            words = join(f"“{intro}” in {outlets}" for intro, outlets in said.items() if intro)
            values = _weigh(main.rename(columns={"intro": "words"}), len(apart) / 5, main["n"].sum())
            values |= {"words": words, "alone": f"; just a name in {said['']}" if "" in said else ""}
            told.append(_fill(read, "introduction", [*main["outlet"]], source, **values))
    return told


def _find_marked(read: Reading, column: str = "text") -> pd.DataFrame:
    """Return the words in quotation marks of headlines, or of texts where the outlet speaks; no speech, no names."""
    rows = []
    for article in read.articles[["article_id", "outlet", column]].itertuples(index=False):
        passages = read.passages[read.passages["article_id"].eq(article.article_id)]
        marks = find_quotations(article[2])[0]
        speech = [(one.start, one.end) for one in marks if one.is_speech]
        for mark in (one for one in marks if not any(start < one.start < end for start, end in speech)):
            words = re.sub(r"^\W+|\W+$", "", article[2][mark.start : mark.end])
            at = passages.iloc[max(0, passages["start"].searchsorted(mark.start, side="right") - 1)]
            # in what is attributed, they are the source's, but of a word that takes sides
            is_own = words[:1].islower() and (at["voice"] == "outlet" or _SIDE.fullmatch(words))
            if not mark.is_speech and len(words) > LEAST and (column == "headline" or is_own):
                rows.append((*article[:2], at["sentence_no"], words))
    return pd.DataFrame(rows, columns=[*PLACE, "words"])


def _find_straight(passages: pd.DataFrame, words: str) -> tuple[str, pd.DataFrame]:
    """Return the lemma of some words, and the passages that print it `n` times without marks or a word of doubt."""
    forms = sorted(find_planned(passages, [words]), key=lambda form: (form == words.lower(), form))
    pattern = rf"(?<![\w-])(?<![\"“‘'«] )(?:{'|'.join(map(re.escape, forms))})(?![\w-]){LIKE['unclosed'].pattern}"
    printed = passages.assign(words=words, n=passages["lemmas"].str.count(pattern))
    doubted = re.compile(rf"{_DOUBT.pattern} {re.escape(words[:5])}", re.IGNORECASE)
    is_straight = printed["text"].map(lambda text: not doubted.search(text)).astype(bool)
    return forms[0].replace(" - ", "-"), printed[printed["n"].gt(0) & is_straight]


def _tell_marks(read: Reading) -> list[Told]:
    """Return the words in quotation marks that others print as their own, or, of a headline, its article (twice)."""
    passages, told, marked = select_rows(read, "passages"), [], _find_marked(read)
    texts, heads = (read.articles.set_index("article_id")[name] for name in ("text", "headline"))
    quoted = _find_quoted(read).query("named != 'named'")
    quoted = quoted[quoted["source"].str.contains(LIKE["unnamed"])]
    for mark in _find_marked(read, "headline").itertuples():
        said = quoted[quoted["article_id"].eq(mark.article_id)].assign(words=mark.words)
        said = said[said["text"].str.contains(f"(?i){re.escape(mark.words)}")].head(1)
        values = {"fact": heads[mark.article_id].translate(WITHIN), **_weigh(said[[*PLACE, "words"]], 0.5)}
        told += [_fill(read, "headline quotes", [mark.outlet], source=source, **values) for source in said["source"]]
        below = passages[passages["article_id"].eq(mark.article_id) & passages["voice"].ne("quote")]
        own = _find_straight(below, mark.words)[1]
        is_marked = re.search(rf"[\"“‘'«]{re.escape(mark.words)}[\"”’'»]", texts[mark.article_id], re.IGNORECASE)
        if own["n"].sum() > 1 and not is_marked:
            told.append(_fill(read, "headline", [mark.outlet], fact=mark.words, **_weigh(own, 0.5, own["n"].sum())))
    found = {words: _find_straight(passages, words) for words in dict.fromkeys(marked["words"])}
    for stem, marks in marked.groupby(marked["words"].map(lambda words: found[words][0])):
        straight = pd.concat(found[one][1] for one in marks["words"].unique()).drop_duplicates(["article_id", "start"])
        is_own = straight["voice"].eq("outlet")
        own, reported = (straight[side].groupby("outlet")["n"].sum() for side in (is_own, ~is_own))
        rest = sorted({*_keep_habits(read, straight[is_own])["outlet"]} - {*marks["outlet"]})
        marks = _keep_habits(read, marks)
        outlets = [one for one in marks["outlet"].value_counts().index if one not in own]
        n, is_telling = own[rest].sum(), any(map(_SIDE.fullmatch, marks["words"]))
        if outlets and rest and (is_telling or (n > (" " not in stem) and len(marks) > 1)):  # else a word of a speech
            places = pd.concat([marks[marks["outlet"].isin(outlets)], straight[is_own & straight["outlet"].isin(rest)]])
            values = _weigh(places, min(n, 5) / 10 + 0.8 * is_telling, n) | {"rest_s": "s" * (len(rest) == 1)}
            without = sum(reported.get(outlet, 0) for outlet in outlets)
            values["but"] = f" (though {_say_times(without)} without, in others’ words)" if without else ""
            told.append(_fill(read, "marks", outlets, fact=stem, rest=join(rest), **values))
    return told


def _tell_unquoted(read: Reading) -> list[Told]:
    """Return the sides that every outlet names 5 times or more and none quotes, and whether none tells of civilians.

    No countries: who speaks for one ("an officer", "state media") is not always known to.
    """
    spans = ["source_start", "source_end"]
    cited = select_sources(read, ["article_id", "source_name", "source_actor", "source_type", "form", *spans])
    quoted = cited[cited["source_name"].isin(cited[cited["form"].ne("indirect")]["source_name"])]
    mentions = select_mentions(read, columns=["article_id", "outlet", "actor", "kind", "start"])
    named = mentions.merge(quoted[["article_id", *spans]], on="article_id")  # "a Union officer"
    named = named[named["start"].between(named["source_start"], named["source_end"], inclusive="left")]
    reported = cited["source_actor"].value_counts().loc[lambda n: n.ge(LEAST)]  # some are quoted by a member's name
    heard = {*reported.index, *quoted["source_actor"], *named["actor"], *list_countries(read)}
    mentions = mentions[mentions["kind"].ne("adjective") & ~mentions["actor"].isin(heard)]  # "Union ships" cannot speak
    outlets = sorted(read.articles["outlet"].unique())
    counts = mentions.groupby(["actor", "outlet"]).size().unstack(fill_value=0).reindex(columns=outlets, fill_value=0)
    often = counts[counts.ge(FEW).all(axis=1)].sum(axis=1)
    harms, few = select_rows(read, "harms", negated=False, hypothetical=False), len(outlets) < 2
    told = [_fill(read, "nobody quotes", outlets, actor,
                  **_weigh(pd.DataFrame({"outlet": outlets, "actor": actor}), n / 100, n))
            for actor, n in often.items() if len(quoted) and not few]  # fmt: skip
    is_told = cited["source_type"].eq("civilian").any() or harms["victim_kind"].isin(["children", "civilians"]).any()
    if few or is_told or min(len(cited), len(harms)) < ENOUGH:
        return told
    shown = harms.rename(columns={"word": "words"}).drop_duplicates("outlet")
    values = {"cited": len(cited), "harms": len(harms), **_weigh(shown, 0.5)}
    return [*told, _fill(read, "no civilians", outlets, **values)]
