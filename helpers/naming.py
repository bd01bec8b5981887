"""What each outlet calls an actor, and how often it mentions it: mentions -> counts and shares."""

import re
from dataclasses import replace

import pandas as pd

from helpers.lexicons import read_lexicon
from helpers.reading import STORE, Reading, read_corpus, select_mentions, select_rows
from helpers.reading.aliases import compile_aliases, list_found
from helpers.reading.schemas import ALL_VOICES, ROLES

JUDGING = ("loaded", "rejected")  # how the connotation of a word begins that judges, or that those it names reject
_LINKS = {"al", "el", "the", "of", "in", "and", "for"}  # words that two forms of a name may differ in


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
    mentions = select_mentions(read, actor=actor, voice=voice, columns=[*keys, "variant", "kind", "article_id"])
    mentions = mentions[mentions["kind"].ne("adjective")]
    words = select_rows(read, "passages", [*keys[1:], "n_words"], voice=voice)
    if not by_voice:
        mentions, words = (table.assign(voice=voice or ALL_VOICES) for table in (mentions, words))
    words = words.groupby(keys[1:], as_index=False)["n_words"].sum()
    names = count_rows(mentions, [*keys, "variant", "kind"]).merge(words, on=keys[1:])
    total = names.groupby(keys)["n"].transform("sum")
    names = names.assign(total=total, share=names["n"] / total, per_10000_words=10_000 * names["n"] / names["n_words"])
    names = names.sort_values([*keys, "n", "variant", "kind"], ascending=[True] * 3 + [False, True, True])
    columns = [*keys, "variant", "kind", "n", "total", "share", "n_articles", "n_words", "per_10000_words"]
    return names[columns].reset_index(drop=True)


def mark_loaded(names: pd.DataFrame, read: Reading) -> pd.DataFrame:
    """Return names (column `variant`) with `loaded`: a word of the name judges, or is rejected by those it names.

    So says labels.csv or, where there is none, lexicons/label_words.csv.
    """
    words = read.corpus.labels if len(read.corpus.labels) else pd.DataFrame(read_lexicon("label_words.csv"))
    judging = words[words["connotation"].str.startswith(JUDGING)]
    matcher = compile_aliases(judging.assign(actor="loaded", kind="description", note=""))
    return names.assign(loaded=[bool(list_found(variant, matcher)) for variant in names["variant"]])


def list_usual(names: pd.DataFrame, name: str = "variant") -> pd.DataFrame:
    """Return the name that each outlet uses most (outlet, `name`, n, total); of those used as often, all: “A” or “B”.

    `names` has a row an outlet x name, with n and total; `name` is the column of the names.
    """
    most = names[names["n"].eq(names.groupby("outlet")["n"].transform("max"))].sort_values(["outlet", name])
    first = {column: (column, "first") for column in ("n", "total")}
    return most.groupby("outlet", as_index=False).agg(**{name: (name, "” as often as “".join)}, **first)


def count_mentions(read: Reading) -> pd.DataFrame:
    """Return how often each outlet mentions each actor.

    One row is outlet x actor, for every outlet and every actor that anyone mentions: 0 is an answer. Unresolved
    mentions have a row of their own. Mentions with role `place` are left out.

    Columns: outlet, actor; n (mentions); n_articles; n_words (all words of the outlet's articles, the denominator);
    per_1000_words = 1000 n / n_words, missing where the outlet has no words.
    """
    keys = ["outlet", "actor"]
    mentions = select_rows(read, "mentions", [*keys, "article_id"], role=[role for role in ROLES if role != "place"])
    words = read.articles.groupby("outlet")["n_words"].sum()
    grid = pd.MultiIndex.from_product([words.index, sorted(mentions["actor"].unique())], names=keys)
    counted = count_rows(mentions, keys).set_index(keys).reindex(grid, fill_value=0).reset_index()
    counted["n_words"] = counted["outlet"].map(words).astype("int64")
    return counted.assign(per_1000_words=1000 * counted["n"] / counted["n_words"].where(counted["n_words"] > 0))


def count_rows(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return how many rows have the same keys, and in how many articles: the keys, n, n_articles."""
    return rows.groupby(keys, as_index=False).agg(n=("article_id", "size"), n_articles=("article_id", "nunique"))


def read_headlines(read: Reading) -> Reading:
    """Return the headlines as read like articles: a reading of the articles that have one, whose texts they are."""
    heads = read.articles[read.articles["headline"].str.strip().ne("")]
    titles = replace(read.corpus, articles=heads.assign(text=heads["headline"]))
    return read_corpus(titles, store=STORE if read.stored else None, progress=False)


def is_form(one: str, other: str) -> bool:
    """Return whether two names are forms of one: the words of one are all in the other, or one is an acronym of it."""
    parts = [[re.sub(r"(?<=\w{4})s$", "", word) for word in split_words(name)] for name in (one, other)]  # "Greens"
    initials = ["".join(word[0] for word in words) for words in parts]
    is_acronym = initials[0] == "".join(parts[1]) or initials[1] == "".join(parts[0])  # "U.N." of "UN"
    return is_acronym or {*parts[0]} <= {*parts[1]} or {*parts[1]} <= {*parts[0]}


def split_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without those that two forms of a name may differ in."""
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in _LINKS]
