"""The cards of the actors: what each outlet calls one, has it do and lets it say; and all names in one matrix."""

import pandas as pd

from helpers import evidence, naming
from helpers.coding import read_tones
from helpers.correction import TONE_NAMES
from helpers.naming import JUDGING, mark_loaded
from helpers.page import LEAST, count_of
from helpers.reading import Reading, select_mentions, select_rows, select_sources
from helpers.reading.schemas import ACTS, FEW, UNDERGOES, UNRESOLVED

MOST_WORDS, MOST_QUOTED = 4, 3  # in one cell
MOST_OUTLETS, MOST_ACTORS = 8, 8  # columns of the matrix
LOADED = "*: a loaded word, one that judges or that the people it names reject (see `labels.csv`)."
_PLACE, _ACT = ["article_id", "sentence_no"], ["outlet", "role", "verb", "nominal"]


def list_profiled(read: Reading) -> list[str]:
    """Return the actors with a card, the most mentioned first: two outlets or more mention them 5 times."""
    counts = naming.count_mentions(read).pivot(index="actor", columns="outlet", values="n")
    total = counts[counts.ge(FEW).sum(axis=1).gt(1)].sum(axis=1).drop(UNRESOLVED, errors="ignore")
    return total.sort_values(ascending=False, kind="stable").index.tolist()


def profile_actor(read: Reading, actor: str) -> pd.DataFrame:
    """Return what each outlet makes of an actor, as text with counts: "seize (3), retake (2)", the most frequent first.

    `read` comes from `labels.find_labels`. One row is one outlet, also one that never mentions it: actor, outlet, n
    (mentions, without places); names and names_of_others (in its own words; in what it paraphrases and quotes; a name
    with * is loaded, see `naming.mark_loaded`); labels (in its own words, in the sentences that mention the actor);
    does and undergoes (verbs, and nouns that name an act; "not" where always negated); speaks (sources that are the
    actor) and beside (other sources cited in these sentences); tone (of these sentences, as a person coded it; empty
    without codes: no instrument stands in); company (other actors, by sentences); quotations, a list of up to three
    dicts: before, match, after and article_id of a mention in its context. A cell with nothing to tell is empty; "seize
    (5, in one article)" is told of an outlet that has others. Raises ValueError where the actor is unknown.
    """
    mentions = select_mentions(read, actor=actor, columns=["outlet", *_PLACE, "variant", "kind", "voice"])
    about = mentions[_PLACE].drop_duplicates()
    names = mark_loaded(mentions[mentions["kind"].ne("adjective")], read)
    names["variant"] += names["loaded"].map({True: "*", False: ""})
    is_own = names["voice"].eq("outlet")
    labels = read.labels[read.labels["voice"].eq("outlet")].merge(about, on=_PLACE)
    labels["label"] += labels["connotation"].str.startswith(JUDGING).map({True: "*", False: ""})
    acts = select_rows(read, "acts", [*_ACT, "article_id", "negated"], actor=actor)
    is_denied = acts.groupby(_ACT)["negated"].transform("all").astype(bool)
    acts["verb"] = acts["verb"].mask(is_denied, "not " + acts["verb"])
    cited = select_sources(read, ["outlet", *_PLACE, "source_name", "source_actor"])
    is_it, is_known = cited["source_actor"].eq(actor), ~cited["source_name"].isin(["", UNRESOLVED])
    tones = read_tones(read.corpus).merge(read.articles[["article_id", "outlet"]], on="article_id")
    tones = tones[tones["actor"].eq(actor) & tones["problem"].eq("")]
    tones["tone"] = tones["tone"].astype("int64").map(TONE_NAMES)
    others = select_rows(read, "mentions", ["outlet", *_PLACE, "actor"], among=about).drop_duplicates()
    others = others[~others["actor"].isin([actor, UNRESOLVED])]
    cells = {
        "names": (names[is_own], "variant"), "names_of_others": (names[~is_own], "variant"),
        "labels": (labels, "label"),
        "does": (acts[acts["role"].eq(ACTS)], "verb"), "undergoes": (acts[acts["role"].eq(UNDERGOES)], "verb"),
        "speaks": (cited[is_it], "source_name"),
        "beside": (cited[is_known & ~is_it].merge(about, on=_PLACE), "source_name"),
        "tone": (tones, "tone"), "company": (others, "actor"),
    }  # fmt: skip
    sizes = read.articles["outlet"].value_counts().sort_index().rename_axis("outlet")
    told = {name: _list_most(*cell, sizes).reindex(sizes.index, fill_value="") for name, cell in cells.items()}
    table = pd.DataFrame(told).reset_index()
    table = table.assign(actor=actor, n=mentions["outlet"].value_counts().reindex(sizes.index, fill_value=0).to_numpy())
    lines = evidence.show_lines(read, table[["actor", "outlet"]], limit=MOST_QUOTED, context=70)
    lines = lines[["row", "before", "match", "after", "article_id"]]
    table["quotations"] = [lines[lines["row"].eq(row)].iloc[:, 1:].to_dict("records") for row in table.index]
    return table[["actor", "outlet", "n", *cells, "quotations"]]


def _list_most(rows: pd.DataFrame, word: str, sizes: pd.Series) -> pd.Series:
    """Return the most frequent words of a column with their counts, as text, by outlet; `sizes` are its articles.

    Where all cases but one or two (and most of them) are in one article of several, that is said: it is no habit.
    """
    counts = rows.groupby(["outlet", word, "article_id"]).size().groupby(level=[0, 1]).agg(["sum", "max"]).reset_index()
    counts = counts.sort_values(["outlet", "sum", word], ascending=[True, False, True])
    n, top = counts["sum"], counts["max"]
    is_one = n.gt(LEAST) & n.lt(top + LEAST) & n.lt(2 * top) & counts["outlet"].isin(sizes.index[sizes > 1])
    where = (", " + (top.astype("str") + " ").where(top < n, "") + "in one article").where(is_one, "")
    told = counts[word].astype("str") + " (" + n.astype("str") + where + ")"
    return told.groupby(counts["outlet"]).agg(lambda some: ", ".join(some.head(MOST_WORDS))).astype("object")


def tabulate_names(read: Reading) -> pd.DataFrame:
    """Return a matrix of what each outlet calls each actor in its own words, the most mentioned actor first.

    One row is one actor (`actor`, with its mentions), one column an outlet. A cell has the name most used (all that are
    used as often), of how many mentions it is, and other loaded names (*, see `naming.mark_loaded`); or it says why
    there is none: "not mentioned", "only as a place", only as an adjective (which), or the name in others' words. Of
    more than eight outlets, a row is an outlet and a column one of the eight actors most mentioned: no page is wide
    enough for all.
    """
    counts = naming.count_mentions(read).set_index(["actor", "outlet"])["n"].unstack().drop(UNRESOLVED, errors="ignore")
    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    names = mark_loaded(naming.share_names(read, actor=None), read)
    names = names.sort_values(["n", "variant"], ascending=[False, True])
    keys = ["actor", "outlet"]
    anywhere = select_mentions(read, places=True, columns=[*keys, "variant", "role"])
    anywhere = anywhere.sort_values("role", key=lambda role: role.eq("place"), kind="stable").drop_duplicates(keys)
    cells = {(row.actor, row.outlet): "only as a place" if row.role == "place" else f"only as “{row.variant}”"
             for row in anywhere.itertuples()}  # fmt: skip
    cells |= {cell: _tell_names(rows) for cell, rows in names.groupby(keys)}
    table = pd.DataFrame({
        outlet: [cells.get((actor, outlet), "not mentioned") for actor in own.index] for outlet, own in counts.items()
    }, index=[f"{actor} ({count_of(n, 'mention')})" for actor, n in counts.sum(axis=1).items()])  # fmt: skip
    is_turned = len(table.columns) > MOST_OUTLETS
    table = table.head(MOST_ACTORS).T if is_turned else table
    return table.rename_axis(index="outlet" if is_turned else "actor").reset_index()


def _tell_names(names: pd.DataFrame) -> str:
    """Return the cell of the matrix for an actor in an outlet, from its rows of `naming.share_names`."""
    own = names[names["voice"].eq("outlet")]
    if own.empty:
        return f"in others’ words: {names['variant'].iloc[0]} ({names['n'].iloc[0]})"
    told, is_top = own["variant"] + own["loaded"].map({True: "*", False: ""}), own["n"].eq(own["n"].max())
    most = f"{' or '.join(told[is_top])} ({own['n'].max()} of {own['total'].iloc[0]}{' each' * (sum(is_top) > 1)})"
    rest = (told + " (" + own["n"].astype("str") + ")")[own["loaded"] & ~is_top]
    return ", ".join([most, *rest.head(MOST_WORDS - 1)])
