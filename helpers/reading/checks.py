"""What a person should look at before believing the tables: passages that repeat, aliases that match nothing."""

import difflib
from functools import cache

import pandas as pd

from helpers.reading import Reading, select_rows
from helpers.reading.aliases import OTHER, fold
from helpers.reading.cleaning.repair import REPEATED, WORD
from helpers.reading.corpus import Corpus
from helpers.reading.proposing import fold_name


def list_repeated(corpus: Corpus) -> pd.DataFrame:
    """Return the passages that the rule `repeated` cut, those in most articles first.

    One row is a passage: outlet, n_articles (that it was cut from), example (one of them), passage.
    """
    cut = corpus.removed[corpus.removed["rule"].eq(REPEATED)].merge(corpus.articles[["article_id", "outlet"]], "left")
    cut = cut.assign(outlet=cut["outlet"].fillna(""), passage=cut["text"].str.split().str.join(" "))
    counts = cut.groupby(["outlet", "passage"])["article_id"].agg(n_articles="nunique", example="first").reset_index()
    order = counts.sort_values(["n_articles", "outlet", "passage"], ascending=[False, True, True], ignore_index=True)
    return order[["outlet", "n_articles", "example", "passage"]]


def list_unmatched(read: Reading) -> pd.DataFrame:
    """Return the aliases of actors.csv that match nothing in the articles: actor, alias, kind, nearest.

    `nearest` is the longer name that the alias is only a part of, else what stands in the articles and is most like it;
    empty where nothing is.
    """
    variants, actors = select_rows(read, "mentions", ["variant"])["variant"].unique(), read.corpus.actors
    lost = actors[actors["actor"].ne(OTHER) & ~actors["alias"].map(fold).isin({*map(fold, variants)})]
    # "Mélin" is near "Melin", "Al-Karim" near "Karim", "Lind, Ada" near "Ada Lind"
    plain = cache(lambda name: " ".join(sorted(fold_name(name).split())))
    sizes = {len(words.split()) for alias in lost["alias"] for words in (alias, plain(alias))}
    starts = {part for alias in lost["alias"] for word in plain(alias).split() for part in (word[:2], word[-3:])}
    printed: dict[str, str] = {}  # the phrases whose first word begins or ends as one of an alias, by their folded form
    for text in read.articles["text"] if sizes else ():
        words = WORD.findall(text)
        for at in (at for at, word in enumerate(words) if not starts.isdisjoint((plain(word)[:2], plain(word)[-3:]))):
            for phrase in (" ".join(words[at : at + size]) for size in sizes):
                printed.setdefault(plain(phrase), phrase)
    near = (difflib.get_close_matches(plain(alias), printed, n=1, cutoff=0.7) for alias in lost["alias"])
    wholes = (next((one for one in variants if f" {fold(alias)} " in f" {fold(one)} "), "") for alias in lost["alias"])
    nearest = [whole or (printed[one[0]] if one else "") for whole, one in zip(wholes, near, strict=True)]
    lost = lost[["actor", "alias", "kind"]].assign(nearest=nearest)
    return lost.astype("str").reset_index(drop=True)
