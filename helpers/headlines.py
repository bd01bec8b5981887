"""Each headline beside its own article: the name of an actor, the doer of a harm, what is told as fact, and tone.

Asked is whether a headline differs from what a sentence of its article, drawn at random, would say: within each article
the headline changes places with its sentences, and the shares are taken again (a permutation test within articles, one
family). To flip the sign of the differences would be wrong: a headline is all or nothing, its article in between.
"""

import numpy as np
import pandas as pd
from scipy import sparse

from helpers import agency
from helpers.attribution import CERTAINTY, find_statements
from helpers.labels import group_names
from helpers.naming import read_headlines
from helpers.permutation import REPLICATES
from helpers.reading import Reading, select_mentions
from helpers.reading.quotations import find_quotations
from helpers.reading.schemas import FEW
from helpers.sentiment import classify_targets

COMPARED = ("usual name", "no doer named", "told as fact", "tone")
ALL = "all outlets"
_PLACE = ["compared", "article_id", "actor"]


def list_sentences(read: Reading, toward: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the headlines and the sentences of their articles that can be compared, each with its value.

    Of an actor, or of harms, only articles are kept whose headline and body both have one. `toward` is a table of
    `sentiment.classify_targets`, to be given only where `validation.judge_tone` has no doubt.

    One row is a headline or sentence x actor x what is compared: compared (one of COMPARED), article_id, actor ("" of
    harms), part (`headline` or `body`), sentence_no, value, said, outlet, story_id, cluster_id, headline. The value is
    the share of the mentions with a name that headline and body together use most; of the harms that happened without a
    doer named; of the statements told as fact (none in a headline with quotation marks: whoever said the words, not the
    outlet); or the tone, -1 to 1. `said` is the first name, "a doer" or "nobody", or certainty.
    """
    harms = agency.find_harm(read).assign(compared=COMPARED[1], actor="")
    unnamed = harms["named"].isin(agency.UNNAMED)
    found = [harms.assign(value=unnamed, said=unnamed.map({True: "nobody", False: "a doer"}))]
    heads, mentions = group_names(read_headlines(read)), []
    for part, table in (("headline", heads), ("body", read)):
        named = select_mentions(table, columns=["article_id", "actor", "sentence_no", "variant", "kind"])
        mentions.append(named[named["kind"].ne("adjective")].assign(part=part))
        told = find_statements(table).rename(columns={"certainty": "said"})
        if part == "headline":
            texts = told["article_id"].map(heads.articles.set_index("article_id")["text"])
            told.loc[[bool(find_quotations(text)[0]) for text in texts], "said"] = CERTAINTY[1]
        found.append(told.assign(compared=COMPARED[2], part=part, value=told["said"].eq(CERTAINTY[0])))
        for actor, scores in [] if toward is None else toward.groupby("actor"):
            scores = scores if part == "body" else classify_targets(table, actor=actor)
            found.append(scores.assign(compared=COMPARED[3], part=part, value=scores["target_score"], said=""))
    named = pd.concat(mentions).assign(compared=COMPARED[0])
    is_usual = named.groupby(_PLACE)["variant"].transform(lambda names: names.isin(names.mode()))
    found.append(named.assign(value=is_usual, said=named["variant"]))
    keys = [*_PLACE, "part", "sentence_no"]
    table = pd.concat([one[[*keys, "value", "said"]].astype({"value": float}) for one in found], ignore_index=True)
    table = table[table.groupby(_PLACE)["part"].transform("nunique").eq(2)]
    table = table.groupby(keys, as_index=False).agg(value=("value", "mean"), said=("said", "first"))
    return table.merge(read.articles[["article_id", "outlet", "story_id", "cluster_id", "headline"]], on="article_id")


def pair_headlines(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return each headline beside its own article; `sentences` is a table of `list_sentences`.

    One row is an article x actor x what is compared: outlet, headline, compared, article_id, actor, in_headline and
    in_body (what more than half of the sentences of each say, else ""), value and value_body (means), n_body
    (sentences).
    """
    grouped = sentences.groupby(["outlet", "headline", *_PLACE, "part"])
    pairs = grouped.agg(value=("value", "mean"), n=("value", "size"), said=("said", lambda said: said.mode()[0]),
                        often=("said", lambda said: said.value_counts(normalize=True).max()))  # fmt: skip
    pairs["said"] = pairs["said"].where(pairs["often"].gt(0.5), "")
    head, body = (pairs.query("part == @part").droplevel("part") for part in ("headline", "body"))
    table = head[["value"]].assign(in_headline=head["said"], in_body=body["said"])
    return table.assign(value_body=body["value"], n_body=body["n"]).reset_index()


def compare_headlines(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return by how much headlines differ from their own articles, by outlet and in all, tested as one family.

    `sentences` is a table of `list_sentences`; the actors of one sentence count as one, and the sentences of copies of
    a text change places alike: they are no more evidence than one. One row is an outlet (or "all outlets", where there
    are several) x what is compared: outlet, compared, headline and body (means of the articles' means), difference, p
    (largest standardised difference of any row: Westfall & Young 1993; from 5 stories on), n (articles), k (stories),
    note (why p is missing).
    """
    keys, parts = ["compared", "article_id", "outlet", "story_id", "cluster_id"], ["headline", "body"]
    items = sentences.groupby([*keys, "part", "sentence_no"], as_index=False)["value"].mean()
    means = items.groupby([*keys, "part"])["value"].mean().unstack().reindex(columns=parts).reset_index()
    rows = pd.concat([means, means.assign(outlet=ALL)]).groupby(["outlet", "compared"])
    table = rows[parts].mean().assign(n=rows.size(), k=rows["story_id"].nunique()).reset_index()
    table = table.assign(difference=table["headline"] - table["body"], p=np.nan)
    article, values = items.groupby(keys).ngroup().to_numpy(), items["value"].to_numpy()
    weight = np.where(items["part"].eq("headline"), 1, -1) / items.groupby([*keys, "part"])["value"].transform("size")
    row = rows.ngroup().to_numpy().reshape(2, -1)[:, article]  # of its outlet, and of all
    places = row.ravel(), np.tile(np.arange(len(items)), 2)
    adder = sparse.csr_matrix((np.tile(weight, 2), places), (len(table), len(items)))
    rng = np.random.default_rng(0)
    # the items are in the order of the articles, so that each draw stays within its own; those of copies move alike
    alike = items.groupby(["compared", "cluster_id", "part", "sentence_no"]).ngroup().to_numpy()
    draws = (np.lexsort((rng.random(len(items))[alike], article)) for _ in range(REPLICATES))
    sums = np.array([adder @ values, *(adder @ values[draw] for draw in draws)])  # of the articles' differences
    is_tested = table["k"].ge(FEW).to_numpy()
    spread = np.std(sums[1:], axis=0)
    scores = np.abs(sums) / np.where(spread > 0, spread, np.inf)
    most = scores[1:, is_tested].max(axis=1, initial=0)
    table.loc[is_tested, "p"] = [(1 + (most >= own - 1e-9).sum()) / (REPLICATES + 1) for own in scores[0, is_tested]]
    note = [f"only {k} of the {FEW} stories that a test needs" if k < FEW else "" for k in table["k"]]
    is_said = table["outlet"].ne(ALL) | (table["outlet"].nunique() > 2)  # of one outlet, "all" would say the same again
    return table.assign(note=note)[is_said].reset_index(drop=True)
