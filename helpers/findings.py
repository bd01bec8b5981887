"""What the measures find, one sentence a finding, over all actors, labels and sources at once.

All counts become one table of shares: of the times that an outlet names an actor, how often by this name; of the
sources that it cites, how many have no name; and so on (`count_facts`). Where two outlets or more have 5 stories, only
these are compared, and the table is tested as one family (`inference.estimate_ratios`): the chance that the page holds
any false difference is at most 5 %. Otherwise the findings describe the articles at hand, and a difference is worth a
sentence where it would be rare (1 in 10) if the cases had been dealt to the outlets at random. Of an outlet with three
articles, no single one may have more than half of these cases, and their shares must rank as high or low by chance in
1 in 20 draws at most (Mann & Whitney 1947): what a single article does is no habit. An outlet leaves out an actor, or
names it more or less, that at least half of the others' articles mention: any other is a topic. This is a sieve and no
test.
Where outlets of fewer than 20 stories are tested and nothing holds, the page says so, and then describes its articles.

The score that orders the findings is the worth of their kind (0 to 5, in `lexicons/findings.csv`) plus half the
surprise: minus the decimal logarithm of that chance, at most 4.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from helpers import agency, answers, evidence, inference, validation
from helpers.attribution import find_statements
from helpers.comparability import list_large
from helpers.lexicons import index_lexicon
from helpers.naming import JUDGING
from helpers.page import LEAST, count_in_words, count_of, list_words, name_actor
from helpers.permutation import REPLICATES
from helpers.reading import Reading, list_countries, narrow_reading, select_mentions, select_rows, select_sources
from helpers.reading.aliases import compile_aliases, list_found
from helpers.reading.schemas import ACTS, ENOUGH, FEW, LEVEL, UNDERGOES
from helpers.telling import Told, describe, tell, tell_cited, tell_names

COLUMNS = ["kind", "outlets", "actor", "sentence", "n", "status", "trust", "notebook", "score", "rank", "quotations",
           "key"]  # fmt: skip
CARDS, MOST_ALIKE = 6, 2  # the first findings, and how many of them may be of one kind or one outlet
_ANYWHERE = ("left out", "named more")  # these count places, too
_CELL = ["of", "kind", "actor", "fact"]
_RARE, _HABIT = 1, 0.05  # surprise of cases (1 in 10); p of the ranks of articles
_KINDS = index_lexicon("findings.csv")


def find_all(read: Reading, instruments: Iterable[str] = (), *, doubt: str = "") -> pd.DataFrame:
    """Return the findings of a reading, the first six (`rank` 1 to 6) chosen so that they differ.

    `read` comes from `labels.find_labels(labels.group_names(...))`; `instruments` (of instruments.csv) are those whose
    error is to be told where a finding rests on them; `doubt` says why no order of outlets by tone is claimed
    (`validation.judge_tone`), and is then told as refused. Tone itself is left to its notebook.

    One row is one finding: kind, outlets and actor (whom it is about; outlets separated by ` | `), sentence, n (its
    numbers), status (`tested`, `described` or `refused`), trust (how the instrument agrees with hand codes), notebook,
    score, rank (where fewer than six differ enough, the rest begin at 7), quotations (of the first six, up to two
    dicts: text, exact words, at most 25; outlet, article_id, sentence_no) and key (rows for `evidence.show_lines`).
    """
    large, every, refused = list_large(read.articles), read, {}
    if is_tested := len(large) > 1:
        read = narrow_reading(every, every.articles["article_id"][every.articles["outlet"].isin(large)])
    table = compare_facts(read, is_tested)
    if is_tested and table["p"].isna().all():  # no year has stories of two outlets
        read, is_tested, table = every, False, compare_facts(every, False)
    rows = _tell_facts(read, table, is_tested)
    if is_tested and not rows:
        refused["not found"] = _KINDS["not found"]["sentence"].format(n=f"{table['p'].notna().sum():,}")
        if read.articles.groupby("outlet")["story_id"].nunique().min() < ENOUGH:
            read, is_tested = every, False
            rows = _tell_facts(read, compare_facts(read, False), False)
    refused |= {"tone": _KINDS["tone"]["sentence"].format(doubt=doubt)} if doubt else {}
    rows += [Told(kind, [], "", "", sentence, "", [], 0.0) for kind, sentence in refused.items()]
    kinds = pd.DataFrame(_KINDS).T[["worth", "sheet", "notebook"]]
    found = pd.DataFrame(rows, columns=Told._fields).join(kinds, on="kind")
    score = (found["worth"].astype(float) + found["weight"]).round(2)
    found = found.assign(score=score, outlets=found["outlets"].map(" | ".join))
    order = ["score", "worth", "kind", "sentence"]  # no outlet's name decides between two kinds
    found = _rank(found.sort_values(order, ascending=[False, False, True, True], ignore_index=True))
    quotations: list[list[evidence.Line]] = []
    for row in found.itertuples():
        seen = [one["text"] for some in quotations for one in some]
        key = row.key if row.rank <= CARDS else []
        quotations.append(evidence.quote(read, key, places=row.kind in _ANYWHERE, seen=seen))
    is_refused = found["kind"].isin(refused)
    status = np.where(is_refused, "refused", "tested" if is_tested else "described")
    sheets, known = {name: name.split(" | ") for name in found["sheet"]}, {*instruments, "harms", "certainty"}
    trust = {name: validation.tell_error(read, *own) for name, own in sheets.items() if known.issuperset(own)}
    error = pd.Series([trust.get(name, validation.NOT_VALIDATED) for name in found["sheet"]]).mask(is_refused, "")
    return found.assign(status=status, trust=error, quotations=quotations)[COLUMNS]


def _tell_facts(read: Reading, compared: pd.DataFrame, is_tested: bool) -> list[Told]:
    """Return the findings of a table of `compare_facts`, and, where nothing is tested, those in words."""
    matcher, nameless = compile_aliases(read.corpus.actors), list_countries(read, nameless=True)
    # who is named in a headline alone is not left out, and "King Roe of Ostrel" speaks for Ostrel
    heads, intros = read.articles[["outlet", "headline"]], select_sources(read, ["outlet", "intro"])
    texts = {"left out": heads.to_numpy(), "never cited": intros.drop_duplicates().to_numpy()}
    heard = {(kind, outlet, name.actor) for kind, printed in texts.items()
             for outlet, text in printed for name in list_found(text, matcher)}  # fmt: skip
    keys = pd.MultiIndex.from_frame(compared[["kind", "outlet", "actor"]])
    is_topic = compared["kind"].isin(texts) & compared["actor"].isin(nameless)  # where it happens, and "companies"
    compared = compared[~is_topic & (compared["n"].gt(0) | ~keys.isin(heard))]
    forms = select_mentions(read, places=True, columns=["actor", "kind"])
    is_quality = forms["kind"].eq("adjective").groupby(forms["actor"]).mean().gt(0.5)  # "her Democratic rivals"
    is_name, is_cited = compared["kind"].eq("name"), compared["kind"].eq("one source")
    rows = [tell_names(read, actor, table) for actor, table in compared[is_name].groupby("actor", sort=False)]
    rows += [] if is_tested else [tell_cited(read, compared[is_cited]), *describe(read)]
    counted = compared[~is_name & (is_tested | ~is_cited)]
    for (kind, actor, fact), cells in counted.groupby(_CELL[1:], sort=False):
        sure = cells[cells["holds"]]
        is_named = kind == "left out" and sure["n"].all()  # by all, and so more or less often
        if sure.empty or (is_named and is_quality[actor]):
            continue
        kind = "named more" if is_named else kind
        row = _KINDS[kind]  # who acts less often is acted upon more often, and that is told
        sides = (True, False) if len(cells) > 2 and "{more}" in row["sentence"] and row["sheet"] != "acts" else (True,)
        told = [*filter(None, (tell(read, kind, actor, fact, cells, more=more) for more in sides))]
        rows += told if is_tested else sorted(told, key=lambda one: -one.weight)[:1]  # each tells the other
    return [*filter(None, rows)]


def show_evidence(read: Reading, found: pd.DataFrame, *, limit: int = 2) -> pd.DataFrame:
    """Return the lines that `evidence.show_lines` gives for the key of each finding, with its `rank`."""
    told, kept = found[found["key"].str.len().gt(0)], ["rank", *evidence.LINE]
    lines = [evidence.show_lines(read, pd.DataFrame(row.key), limit=limit, places=row.kind in _ANYWHERE)
             .assign(rank=row.rank)[kept] for row in told.itertuples()]  # fmt: skip
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=kept)


def answer_story(found: pd.DataFrame, read: Reading) -> str:
    """Return whether the outlets tell the same story (Yes, Partly, No, Too little to tell), and what that rests on.

    `found` is a table of `findings.find_all`. No: no actor is mentioned by more than half of them. Yes: nothing holds,
    though each compared outlet has the 20 stories of an interval.
    """
    every, missed = sorted(read.articles["outlet"].unique()), " ".join(found[found["kind"].eq("not found")]["sentence"])
    outlets = list_large(read.articles) if _sum_up(found) in ("tested", "not found") else every
    shown = found[found["status"].ne("refused")].sort_values("rank")["kind"][:CARDS]
    they = list_words([*filter(None, dict.fromkeys(_KINDS[kind]["differs"] for kind in shown))] or ["little"])
    if len(every) < 2:
        return answers.fill("story, one outlet")
    if missed and read.articles.groupby("outlet")["story_id"].nunique()[outlets].min() >= ENOUGH:
        return answers.fill("story, the same", missed=missed)
    mentions = select_mentions(read, columns=["outlet", "actor"]).query("outlet in @outlets")
    by_actor = mentions.groupby("actor")["outlet"].agg(["nunique", "size"])
    by_actor = by_actor.sort_values("size", ascending=False, kind="stable")["nunique"]
    shared, all_of = by_actor.index[by_actor.eq(len(outlets))], "both outlets"
    if len(outlets) > 2:
        all_of = "most outlets" if shared.empty else f"all {count_in_words(len(outlets))} outlets"
        shared = by_actor.index[2 * by_actor > len(outlets)][:1] if shared.empty else shared  # others: in other outlets
    all_of += " compared" * (len(outlets) < len(every))
    names = list_words([name_actor(read, actor) for actor in shared], 3)
    said = f"no actor is mentioned by {all_of}" if shared.empty else f"{all_of} mention {names}"
    if missed or shown.empty:
        nothing = missed or "No difference between these outlets is large enough for a sentence."
        which = "story, too little" if shown.empty else "story, none holds"
        return answers.fill(which, nothing=nothing, shared=said, they=they)
    n_shared = read.articles.groupby("story_id")["outlet"].nunique().gt(1).sum()
    rests = answers.fill("story, events" if n_shared else "story, no event", n=n_shared)
    values = {"shared": f"{said[0].upper()}{said[1:]}", "they": they, "rests": rests}
    return answers.fill("story, nobody shared" if shared.empty else "story", **values)


def limit_story(found: pd.DataFrame, read: Reading) -> str:
    """Return in a line what the findings are worth: they describe these articles, or are tested, of which outlets."""
    large, what = list_large(read.articles), _sum_up(found)
    if what == "described":
        return answers.fill("limits, described", n=count_of(len(read.articles), "article"))
    few = answers.name_few(read.articles["outlet"], large, f"stories to test ({FEW} are needed)")
    alike = sorted({*large} - {one for outlets in found["outlets"] for one in outlets.split(" | ")})
    few = f" No findings: {list_words(alike)}.{few}" if 0 < len(alike) < len(large) else few
    return answers.fill(f"limits, {what}") + few


def _sum_up(found: pd.DataFrame) -> str:
    """Return "tested" or "described", as the findings are; where no test holds, "none holds" or, alone, "not found"."""
    seen, is_missed = {*found["status"]}, found["kind"].eq("not found").any()
    if is_missed:
        return "none holds" if "described" in seen else "not found"
    return "tested" if "tested" in seen else "described"


def count_facts(read: Reading) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is counted, and what it is a share of, as `inference.estimate_ratios` takes them.

    The first table has one row an article x fact: article_id, of, kind, actor, fact, n; the second one an article x
    of: article_id, of, n. Which rows of which table count is said by findings.csv (columns cases to fact). What is
    hardly ever so, or hardly ever otherwise, is left out, whoever printed it.
    """
    tables = _list_tables(read)
    counts: tuple[list[pd.DataFrame], ...] = ([], [])
    for row in (row for row in _KINDS.values() if row["cases"]):
        for into, asked, keys in zip(counts, (row["counted"], row["cases"]), (_CELL, ["of"]), strict=True):
            name, _, where = asked.partition(": ")
            rows = tables[name].query(where) if where else tables[name]
            rows = rows.assign(kind=row["kind"])
            within = rows[["kind", *row["within"].split()]].itertuples(index=False, name=None)
            cell = {"actor": rows.get(row["actor"], ""), "fact": rows.get(row["fact"], ""), "n": rows.get("n", 1)}
            of = pd.Series([*map(" / ".join, within)], rows.index, "str")
            into.append(rows.assign(of=of, **cell)[["article_id", *keys, "n"]])
    above, below = (pd.concat(some).groupby([*some[0].columns[:-1]], as_index=False)["n"].sum() for some in counts)
    every = below.assign(every=below.groupby("of")["n"].transform("sum")).rename(columns={"n": "most"})
    above = above.merge(every, on=["article_id", "of"])
    above["n"] = above["n"].clip(upper=above.pop("most"))  # somebody can be cited more often than mentioned
    counted = above.groupby(_CELL)["n"].transform("sum")
    return above[counted.ge(LEAST) & (above.pop("every") - counted).ge(LEAST)], below


def _list_tables(read: Reading) -> dict[str, pd.DataFrame]:
    """Return the tables whose rows findings.csv counts, by the names that it gives them."""
    columns = ["article_id", "actor", "variant", "kind", "voice", "scare"]
    mentions = select_mentions(read, columns=columns).rename(columns={"kind": "form"})
    judging = read.labels[read.labels["connotation"].str.startswith(JUDGING)]
    judging = judging.rename(columns={"label": "variant"}).assign(actor="", scare=False)
    sources = select_sources(read, ["article_id", "source_name", "source_type", "source_actor", "named", "cue_lemma"])
    # "the chairman" is counted for the name, if the article gives one
    sources["has_name"] = sources["source_name"].isin(sources.query("named == 'named'")["source_name"])
    statements, countries = find_statements(read), list_countries(read)
    most = statements["actor"].value_counts().drop(countries, errors="ignore")  # nobody hedges where it rains
    harms = select_rows(read, "harms", negated=False, hypothetical=False)
    told = np.where(harms["named"].isin(agency.UNNAMED), "without", "with")
    return {
        "mentions": mentions, "labels": judging, "printed": pd.concat([mentions.query("form != 'adjective'"), judging]),
        "places": select_mentions(read, places=True, columns=columns[:2]),
        "passages": select_rows(read, "passages", ["article_id", "voice", "n_words"]).rename(columns={"n_words": "n"}),
        "sources": sources.rename(columns={"source_actor": "actor"}),
        "statements": statements[statements["actor"].isin(most.index[:2])],  # two sides: each test weakens all others
        "acts": select_rows(read, "acts", ["article_id", "actor", "role"], role=[ACTS, UNDERGOES], negated=False),
        "harms": harms.assign(told=told),
    }  # fmt: skip


def compare_facts(read: Reading, is_tested: bool) -> pd.DataFrame:
    """Return each share of each outlet beside that of all others: the table that findings are chosen from.

    One row is outlet x fact: the columns of `inference.estimate_ratios` (kind, actor, fact, n, total, p ...); n_rest
    and total_rest, the others'; is_more (than theirs); n_outlets, compared; n_articles, its own; surprise, see above;
    holds (p is at most .05, or, where nothing is tested, cases and articles pass the sieve).
    """
    from scipy.stats import hypergeom  # slow to import

    replicates, (above, below) = REPLICATES if is_tested else 0, count_facts(read)
    table = inference.estimate_ratios(above, below, read.articles, keys=_CELL, replicates=replicates)
    rest = table.groupby(_CELL)[["n", "total"]].transform("sum") - table[["n", "total"]]
    table = table.join(rest.add_suffix("_rest")).query("total > 0 and total_rest > 0")
    n, total, n_rest, total_rest = table[["n", "total", "n_rest", "total_rest"]].to_numpy(float).T
    drawn, is_more = (total + total_rest, n + n_rest, total), n * total_rest > n_rest * total
    chance = np.where(is_more, hypergeom.sf(n - 1, *drawn), hypergeom.cdf(n, *drawn))
    table = table.assign(is_more=is_more, surprise=-np.log10(np.clip(chance, 1e-9, 1)))
    table["n_outlets"] = table["outlet"].nunique()
    table["n_articles"] = table["outlet"].map(read.articles["outlet"].value_counts())
    if is_tested:
        return table.assign(holds=table["p"].le(LEVEL))
    rare = table[table["surprise"].ge(_RARE)]
    each = below.rename(columns={"n": "total"}).merge(rare[_CELL].drop_duplicates()).merge(above, how="left")
    each = each.fillna({"n": 0}).merge(read.articles[["article_id", "outlet"]])
    of_each = dict(list(each.groupby(_CELL)))
    is_habit = [_is_habit(row, of_each[row.of, row.kind, row.actor, row.fact]) for row in rare.itertuples()]
    return table.assign(holds=table.index.isin(rare.index[is_habit]))


def _is_habit(row: Any, each: pd.DataFrame) -> bool:
    """Return whether the articles of an outlet differ from the others', too; `each`: n of total of each article."""
    from scipy.stats import mannwhitneyu  # slow to import

    is_own, share, is_few = each["outlet"].eq(row.outlet), each["n"] / each["total"], row.n_articles < LEAST
    if row.kind == "left out" and (share[~is_own].gt(0).mean() < 0.5 or (is_few and row.n)):
        return False  # a topic: fewer than half of the others' articles mention it, or one or two articles are about it
    if is_few or (row.is_more and 2 * each["n"][is_own].max() > row.n):
        return is_few  # of one or two articles, any will do
    ranks = mannwhitneyu(share[is_own], share[~is_own], alternative="greater" if row.is_more else "less")
    return ranks.pvalue <= _HABIT


def list_never(read: Reading) -> pd.DataFrame:
    """Return what an outlet never does though others do, first what the others' rate would lead one to expect most.

    `read` comes from `labels.find_labels`. One row is outlet x actor x fact of a kind: `left out` (it never mentions
    the actor), `never cited` (it mentions the actor, and never as a source), `name` (it never calls the actor so in its
    own words), `whose word` (it prints the name or label only in the words of others). Columns: kind, outlet, actor,
    fact (the name; "" where the actor is meant), total (its words; its mentions of the actor, all or own; its uses of
    the word), n_rest (times that the others do), n_with (outlets that do) and expected (total x n_rest / the others'
    total): where 0.4 are expected, their absence means nothing. What is hardly ever done is left out (`count_facts`).
    """
    facts = compare_facts(read, False).query("kind in ['left out', 'never cited', 'name', 'whose word']")
    n_with = facts["n"].gt(0).groupby([facts[name] for name in _CELL]).transform("sum")
    expected = (facts["total"] * facts["n_rest"] / facts["total_rest"]).round(9)
    never = facts.assign(n_with=n_with, expected=expected)[facts["n"].eq(0)]
    order = ["expected", "kind", "outlet", "actor", "fact"]
    never = never.sort_values(order, ascending=[False, *[True] * 4], ignore_index=True)
    return never[[*order[1:], "total", "n_rest", "n_with", "expected"]]


def _rank(found: pd.DataFrame) -> pd.DataFrame:
    """Return findings, the best first, in their order and without those that a better one tells; with their rank.

    Of one kind about one outlet two are kept: who leaves out five actors has another subject. The second of a kind
    surprises less, by half a point, that of an outlet by a quarter, and so on. Of the first six, no more than two are
    of one kind or one outlet; what is refused (score 0) is none of them.
    """
    seen: set[str] = set()
    used: Counter[Any] = Counter()
    score = {}
    for row in found.itertuples():
        facts, about = _list_facts(row), (row.kind, row.outlets.split(" | ")[0])
        if not facts & seen and used[about] < MOST_ALIKE:
            score[row.Index] = row.score - used[row.kind] / 2 - used[about[1]] / 4
            used.update([about, row.kind, about[1]])
            seen |= facts
    found, first, used = found.loc[sorted(score, key=score.get, reverse=True)], [], Counter()
    most = min(3, len({*" | ".join(found["outlets"]).split(" | ")} - {""}))
    for row in found.itertuples():
        outlets = row.outlets.split(" | ")  # what is about three, or about both of two, sets none apart
        about = {row.kind, *(outlets if len(outlets) < most else [])} - {""}
        if len(first) < CARDS and row.score > 0 and all(used[one] < MOST_ALIKE for one in about):
            first.append(row.Index)
            used.update(about)
    found = pd.concat([found.loc[first], found.drop(first)], ignore_index=True)
    return found.assign(rank=[n + 1 + (CARDS - len(first)) * (n >= len(first)) for n in found.index])


def _list_facts(row: Any) -> set[str]:
    """Return what a finding tells that no other may tell again: of an outlet the same word, or name of an actor.

    So says the column `tells` of findings.csv: of the outlets that are set apart, or of any outlet that is named.
    """
    values, named = {"outlets": row.outlets, "kind": row.kind, "actor": row.actor, "fact": row.fact}, "any outlet"
    rows = [{"outlet": one} for one in row.outlets.split(" | ")] + [{**one, named: one["outlet"]} for one in row.key]
    parts = [(part, one) for part in _KINDS[row.kind]["tells"].split("; ") for one in rows]
    return {part.format(**values | one).casefold() for part, one in parts if (named in part) == (named in one)}
