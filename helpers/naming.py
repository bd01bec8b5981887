"""What each outlet calls an actor, how often it mentions it, and whom it leaves out: mentions -> counts and shares."""

from dataclasses import replace

import pandas as pd

from helpers.reading import STORE, Reading, read_corpus, select_mentions, select_rows
from helpers.reading.schemas import ALL_VOICES, ROLES, UNRESOLVED

NO_PLACES = [role for role in ROLES if role != "place"]  # what the counts of mentions count


def share_names(read: Reading, *, actor: str | None, voice: str | None = None, by_voice: bool = True) -> pd.DataFrame:
    """Return which names each outlet uses for an actor, as shares of its mentions of that actor.

    One row is actor x outlet x voice x variant, for the variants that the outlet uses. `by_voice=False` adds the
    voices up: `voice` is then `all` (or the one asked for). No table has both parts and their sum. `actor=None` takes
    every actor. Mentions with role `place` are left out, and so are adjectives: "Ruritanian troops" says nothing of
    what an outlet calls Ruritania.

    Columns: actor, outlet, voice, variant, kind; n (mentions); total (the outlet's mentions of the actor in that
    voice); share = n / total, in [0, 1], summing to 1 for an actor x outlet x voice; n_articles (articles with that
    variant); n_words (the outlet's words in that voice, about whatever); per_10000_words = 10,000 n / n_words.

    Raises ValueError where the actor or the voice is unknown.
    """
    keys = ["actor", "outlet", "voice"]
    columns = [*keys, "variant", "kind", "article_id"]
    mentions = select_mentions(read, actor=actor, voice=voice, columns=columns)
    mentions = mentions[mentions["kind"].ne("adjective")]
    words = select_rows(read, "passages", [*keys[1:], "n_words"], **({"voice": voice} if voice else {}))
    if not by_voice:
        mentions, words = (table.assign(voice=voice or ALL_VOICES) for table in (mentions, words))
    names = count_rows(mentions, [*keys, "variant", "kind"])
    names["total"] = names.groupby(keys)["n"].transform("sum")
    names["share"] = names["n"] / names["total"]
    names = names.merge(words.groupby(keys[1:], as_index=False)["n_words"].sum(), on=keys[1:])
    names["per_10000_words"] = 10_000 * names["n"] / names["n_words"]
    order = [*keys, "n", "variant", "kind"]
    names = names.sort_values(order, ascending=[name != "n" for name in order], ignore_index=True)
    columns = ["variant", "kind", "n", "total", "share", "n_articles", "n_words", "per_10000_words"]
    return names[[*keys, *columns]]


def names_never_used(names: pd.DataFrame) -> pd.DataFrame:
    """Return the names that an outlet never uses for an actor though other outlets do.

    `names` is a table of `share_names`; "never" means in none of the voices in it. An outlet that does not mention
    the actor at all has no row: it chose no name.

    One row is actor x outlet x variant. Columns: actor, outlet, voice (the one counted, or `all`), variant, kind;
    total (the outlet's mentions of the actor: never in 40 says more than never in 2); n_others (times that the
    others use the variant); used_by (the outlets that do, separated by ` | `).
    """
    voice = names["voice"].iloc[0] if names["voice"].nunique() == 1 else ALL_VOICES
    used = names.groupby(["actor", "outlet", "variant", "kind"], as_index=False)["n"].sum()
    totals = used.groupby(["actor", "outlet"], as_index=False)["n"].sum().rename(columns={"n": "total"})
    by_variant = used.groupby(["actor", "variant", "kind"], as_index=False)
    variants = by_variant.agg(n_others=("n", "sum"), used_by=("outlet", " | ".join))
    every = totals.merge(variants, on="actor").merge(used, on=["actor", "outlet", "variant", "kind"], how="left")
    never = every[every["n"].isna()].assign(voice=voice)
    never = never.sort_values(["actor", "outlet", "n_others", "variant"], ascending=[True, True, False, True])
    columns = ["actor", "outlet", "voice", "variant", "kind", "total", "n_others", "used_by"]
    return never[columns].reset_index(drop=True)


def names_only_quoted(names: pd.DataFrame) -> pd.DataFrame:
    """Return the names that an outlet prints only when quoting or paraphrasing while another uses them itself.

    `names` is a table of `share_names` by voice, of one actor or of all. One row is actor x variant x outlet, for
    outlets that never use the variant in their own voice. Columns: actor, variant, kind, outlet, n_quote and
    n_paraphrase (times in quotations and in paraphrases); n_own_elsewhere (times in the own voice of the others) and
    own_elsewhere (those outlets, separated by ` | `). Sorted by the smaller of the two counts, here and elsewhere, so
    that one chance word does not lead.
    """
    keys = ["actor", "variant", "kind", "outlet"]
    counts = names.pivot_table(index=keys, columns="voice", values="n", aggfunc="sum", fill_value=0)
    counts = counts.reindex(columns=["outlet", "paraphrase", "quote"], fill_value=0)
    counts = counts.set_axis(["own", "n_paraphrase", "n_quote"], axis=1).reset_index()
    own = counts[counts["own"] > 0].groupby(keys[:3], as_index=False)
    elsewhere = own.agg(n_own_elsewhere=("own", "sum"), own_elsewhere=("outlet", " | ".join))
    rows = counts[counts["own"] == 0].merge(elsewhere, on=keys[:3])
    rows["fewest"] = (rows["n_quote"] + rows["n_paraphrase"]).clip(upper=rows["n_own_elsewhere"])
    rows = rows.sort_values(["fewest", *keys], ascending=[False, True, True, True, True], ignore_index=True)
    return rows[[*keys, "n_quote", "n_paraphrase", "n_own_elsewhere", "own_elsewhere"]]


def count_mentions(read: Reading) -> pd.DataFrame:
    """Return how often each outlet mentions each actor.

    One row is outlet x actor, for every outlet and every actor that anyone mentions: 0 is an answer. Unresolved
    mentions have a row of their own. Mentions with role `place` are left out.

    Columns: outlet, actor; n (mentions); n_articles; n_words (all words of the outlet's articles, the denominator);
    per_1000_words = 1000 n / n_words, missing where the outlet has no words.
    """
    keys = ["outlet", "actor"]
    mentions = select_rows(read, "mentions", [*keys, "article_id"], role=NO_PLACES)
    words = read.articles.groupby("outlet")["n_words"].sum()
    grid = pd.MultiIndex.from_product([words.index, sorted(mentions["actor"].unique())], names=keys)
    counted = count_rows(mentions, keys).set_index(keys).reindex(grid, fill_value=0).reset_index()
    counted["n_words"] = counted["outlet"].map(words).astype("int64")
    counted["per_1000_words"] = 1000 * counted["n"] / counted["n_words"].where(counted["n_words"] > 0)
    return counted


def count_unresolved(read: Reading) -> pd.DataFrame:
    """Return the mentions that could not be assigned to one of several actors, by outlet.

    One row is outlet x variant x candidates. Columns: actor (`unresolved`), outlet, variant, kind, candidates
    (separated by ` | `); n; n_articles; total (all the outlet's mentions, resolved or not); share = n / total.
    Mentions with role `place` are left out.
    """
    keys = ["actor", "outlet", "variant", "kind", "candidates"]
    every = select_rows(read, "mentions", [*keys, "article_id"], role=NO_PLACES)
    counted = count_rows(every[every["actor"].eq(UNRESOLVED)], keys)
    counted["total"] = counted["outlet"].map(every.groupby("outlet").size()).astype("int64")
    counted["share"] = counted["n"] / counted["total"]
    order = ["outlet", "n", "variant", "candidates"]
    return counted.sort_values(order, ascending=[True, False, True, True], ignore_index=True)


def count_rows(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return how many rows have the same keys, and in how many articles: the keys, n, n_articles."""
    return rows.groupby(keys, as_index=False).agg(n=("article_id", "size"), n_articles=("article_id", "nunique"))


def read_headlines(read: Reading) -> Reading:
    """Return the headlines as read like articles: a reading of the articles that have one, whose texts they are."""
    heads = read.articles[read.articles["headline"].str.strip().ne("")]
    titles = replace(read.corpus, articles=heads.assign(text=heads["headline"]))
    return read_corpus(titles, store=STORE if read.stored else None, progress=False)


def list_left_out(read: Reading) -> pd.DataFrame:
    """Return the actors that an outlet never mentions although two others or more do.

    `expected` is how many mentions the outlet would have at the others' rate per word: where only 0.4 are expected,
    their absence means nothing; where 12 are, it says something about these articles.

    One row is outlet x actor, the most expected first: outlet, actor, n_words (of the outlet), expected, n_outlets
    (others that mention the actor), n_others (their mentions).
    """
    counts = count_mentions(read)
    counts = counts[counts["actor"].ne(UNRESOLVED)]
    totals = counts[counts["n"].gt(0)].groupby("actor").agg(n_others=("n", "sum"), n_outlets=("n", "size"))
    never = counts[counts["n"].eq(0)][["outlet", "actor", "n_words"]].join(totals[totals["n_outlets"].gt(1)], "actor")
    never["expected"] = never["n_others"] * never["n_words"] / (read.articles["n_words"].sum() - never["n_words"])
    never = never.dropna().astype({"n_outlets": "int64", "n_others": "int64"}).assign(size=never["expected"].round(9))
    order = never.sort_values(["size", "outlet", "actor"], ascending=[False, True, True])
    return order[["outlet", "actor", "n_words", "expected", "n_outlets", "n_others"]].reset_index(drop=True)
