"""False alarms, power and coverage of every test, on groups made at random: python -m tests.benchmarks.differences.

Usage: ... differences CORPUS --actor ACTOR [--draws 300] [--only alarms,power,coverage,smallest] [--out FOLDER].
CORPUS is a corpus folder of several hundred dated articles. Each draw takes articles of all outlets and deals them to
made-up outlets, so that no difference is real but one that is planted. Printed, a row each, are the shares of draws in
which any difference of a table has p <= .05 (at most .07 wanted), in which a planted difference is found, in which one
planted at the size that the table calls `smallest` is found (.75 to .85 wanted), and in which an interval holds the
truth. `--out` receives contrast_error.csv, which is shipped in helpers/lexicons and shown in notebook 03.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import inference, labels, reading, sentiment, terms
from helpers.reading import corpus
from helpers.reading.sources import unite_types

TABLES = ("articles", "passages", "mentions", "attributions", "acts", "sentences", "labels")
Draw = SimpleNamespace
REPLICATES = 199
FRESH = 1000  # seed of the first draw: on those below it weights were chosen


def take_time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def deal(read: reading.Reading, ids: np.ndarray, outlets: np.ndarray | None = None, **articles: object) -> Draw:
    """Return a reading of some articles (some perhaps twice) as if these outlets had printed them, a story each."""
    own = read.articles.set_index("article_id")["outlet"].reindex(ids).to_numpy() if outlets is None else outlets
    rows = pd.DataFrame({"article_id": ids, "new": [f"d{n:06d}" for n in range(len(ids))], "side": own})
    copy = rows.groupby("article_id").cumcount().set_axis(rows["new"])
    tables = {}
    for name in vars(read).keys() & {*TABLES}:
        table = rows.merge(getattr(read, name), on="article_id").drop(columns=["article_id", "outlet"])
        tables[name] = table.rename(columns={"new": "article_id", "side": "outlet"})
    cited = unite_types(tables["attributions"])  # once: where none is named, none takes a planted type back
    cited["attribution_id"] = cited["article_id"] + cited["attribution_id"]  # none twice
    tables["attributions"] = cited.assign(named="")
    passages, stories = tables["passages"], tables["articles"]["article_id"]
    digits = passages["article_id"].map(copy).astype(str)  # as marks: no term, but each copy's passages are its own
    marks = [" " + " ".join("_" * (1 + int(digit)) for digit in number) for number in digits]
    tables["passages"] = passages.assign(lemmas=passages["lemmas"] + marks)
    tables["articles"] = tables["articles"].assign(**{"cluster_id": stories, "story_id": stories, **articles})
    return Draw(**tables, corpus=read.corpus)


def compare(read: Draw, actor: str) -> Iterator[tuple[str, pd.DataFrame]]:
    options = {"replicates": REPLICATES}
    yield "names", inference.compare_names(read, actor=actor, **options)
    yield "sources", inference.compare_sources(read, **options)
    yield "roles", inference.compare_roles(read, actor=actor, **options)
    for scope in terms.SCOPES:
        yield f"terms, {scope}", terms.contrast_terms(read, actor=actor, target=None, scope=scope, **options)
    scores = sentiment.score_sentences(read, actor=actor)
    yield "tone", inference.compare_tone(scores, read, column="masked_compound", **options)


def deal_randomly(read: reading.Reading, rng: np.random.Generator, outlets: int, k: int) -> Draw:
    ids = rng.choice(read.articles["article_id"], outlets * k, replace=False)
    return deal(read, ids, np.repeat([f"O{n:02}" for n in range(outlets)], k))


def deal_events(read: reading.Reading, rng: np.random.Generator) -> Draw:
    """Whole events to one of two outlets: what several outlets wrote of one story goes to one side."""
    articles = read.articles
    side = dict(zip(articles["story_id"].unique(), rng.random(articles["story_id"].nunique()) < 0.5, strict=True))
    outlets = np.where(articles["story_id"].map(side), "A", "B")
    stories = articles.set_index("article_id")["story_id"]
    groups = deal(read, articles["article_id"].to_numpy(), outlets)
    found = stories.reindex(articles["article_id"]).to_numpy()
    return Draw(**{**vars(groups), "articles": groups.articles.assign(story_id=found)})


def deal_many(read: reading.Reading, rng: np.random.Generator) -> Draw:
    """39 outlets, of which 13 have one article."""
    sizes = [1] * 13 + [9] * 26
    ids = rng.choice(read.articles["article_id"], sum(sizes), replace=False)
    return deal(read, ids, np.repeat([f"O{n:02}" for n in range(39)], sizes))


SCENES: dict[str, Callable[[reading.Reading, np.random.Generator], Draw]] = {
    "two outlets of 20": lambda read, rng: deal_randomly(read, rng, 2, 20),
    "ten outlets of 15": lambda read, rng: deal_randomly(read, rng, 10, 15),
    "whole events on one side": deal_events,
    "dates known to the year": lambda read, rng: _cut_dates(deal_randomly(read, rng, 4, 30)),
    "39 outlets, 13 of one article": deal_many,
}


def _cut_dates(groups: Draw) -> Draw:
    return Draw(**{**vars(groups), "articles": groups.articles.assign(published=groups.articles["published"].str[:4])})


def measure_alarms(read: reading.Reading, actor: str, draws: int) -> list[tuple]:
    rows = []
    for scene, make in SCENES.items():
        alarms: dict[str, list[bool]] = {}
        for seed in range(draws):
            for name, table in compare(make(read, np.random.default_rng(FRESH + seed)), actor):
                alarms.setdefault(name, []).append(bool(table["p"].le(0.05).any()))
        rows += [tell(f"false alarm: {scene}", name, 0, draws, np.mean(found)) for name, found in alarms.items()]
    return rows


def tell(what: str, table: str, k: int, draws: int, share: float) -> tuple:
    table = {"mentions": "names", "attributions": "sources", "acts": "roles"}.get(table, table)
    print(f"{what} | {table} | k = {k} | {draws} draws: {share:.3f}", flush=True)
    return what, table, k, draws, share


def repeat_word(groups: Draw, word: str, times: float, rng: np.random.Generator) -> Draw:
    """Return the groups with each occurrence of a word printed `times` times (as a mean) in the passages of A."""

    def repeat(lemmas: str) -> str:
        n = [int(times) + (rng.random() < times % 1) if one == word else 1 for one in lemmas.split()]
        return " ".join(" ".join([one] * copies) for one, copies in zip(lemmas.split(), n, strict=True))

    own = groups.passages["outlet"].eq("A")
    lemmas = groups.passages["lemmas"].where(~own, [repeat(one) for one in groups.passages["lemmas"]])
    return Draw(**{**vars(groups), "passages": groups.passages.assign(lemmas=lemmas)})


def move_share(groups: Draw, table: str, column: str, value: str, share: float, rng: np.random.Generator) -> Draw:
    """Return the groups with a share of A's other rows of a table turned into `value`."""
    rows = getattr(groups, table)
    moved = rows["outlet"].eq("A") & (rng.random(len(rows)) < share)
    return Draw(**{**vars(groups), table: rows.assign(**{column: rows[column].mask(moved, value)})})


def list_common(read: reading.Reading, actor: str, n: int = 10) -> list[str]:
    counted = terms.count_terms(read, terms.select_passages(read, actor=actor), ngrams=(1, 1))
    held = np.asarray((counted.counts > 0).sum(axis=0)).ravel()
    return [word for word in counted.terms[np.argsort(-held, kind="stable")] if word.isalpha()][:n]


def find_term(read: Draw, actor: str, word: str, **options: object) -> pd.Series:
    table = terms.contrast_terms(read, actor=actor, target="A", replicates=REPLICATES, **options)
    found = table[table["term"].eq(word)]
    return found.iloc[0] if len(found) else pd.Series({"p": 1.0, "smallest_times": np.nan})


def measure_power(read: reading.Reading, actor: str, draws: int) -> list[tuple]:
    rows, common = [], list_common(read, actor)
    about = np.array(sorted(reading.select_mentions(read, actor=actor)["article_id"].unique()))
    top = read.mentions[read.mentions["actor"].eq(actor)]["variant"].value_counts(normalize=True)
    name, source = top[top < 0.35].index[0], "media"
    for k in (10, 20, 40):
        found: dict[tuple[str, str], list[bool]] = {}
        for seed in range(draws):
            rng = np.random.default_rng(FRESH + seed)
            groups = deal(read, rng.choice(about, 2 * k, replace=False), np.repeat(["A", "B"], k), published="")
            word = common[seed % len(common)]
            doubled = repeat_word(groups, word, 2, rng)
            asked = {"terms, passages": {}, "terms, articles": {"scope": "articles"},
                     "planned words, articles": {"scope": "articles", "words": [*common[:5], word]},
                     "one planned word, articles": {"scope": "articles", "words": [word]}}  # fmt: skip
            for table, options in asked.items():
                p = find_term(doubled, actor, word, **options)["p"]
                found.setdefault(("a common word doubled", table), []).append(p <= 0.05)
            for what, table, key, value, moved, work in (
                ("a name's share doubled", "mentions", "variant", name, top[name] / (1 - top[name]),
                 lambda one: inference.compare_names(one, actor=actor, replicates=REPLICATES)),
                ("a type's share of sources doubled", "attributions", "source_type", source, None,
                 lambda one: inference.compare_sources(one, replicates=REPLICATES)),
                ("a role's share moved by .2", "acts", "role", "undergoes", 0.2 / 0.7,
                 lambda one: inference.compare_roles(one, actor=actor, replicates=REPLICATES)),
            ):  # fmt: skip
                if moved is None:
                    share = read.attributions["source_type"].eq(value).mean()
                    moved = share / (1 - share)
                changed = work(move_share(groups, table, key, value, moved, rng))
                p = changed.loc[changed["outlet"].eq("A") & changed[key].eq(value), "p"]
                found.setdefault((what, table), []).append(bool(p.le(0.05).any()))
        rows += [tell(what, table, k, draws, np.mean(own)) for (what, table), own in found.items()]
    return rows


def measure_smallest(read: reading.Reading, actor: str, draws: int) -> list[tuple]:
    """Plant a difference at the size that the table calls the smallest to be found, and look whether it is."""
    rows, common = [], list_common(read, actor)
    about = np.array(sorted(reading.select_mentions(read, actor=actor)["article_id"].unique()))
    compared = (
        ("mentions", "variant", lambda one: inference.compare_names(one, actor=actor, replicates=REPLICATES)),
        ("acts", "role", lambda one: inference.compare_roles(one, actor=actor, replicates=REPLICATES)),
        ("attributions", "source_type", lambda one: inference.compare_sources(one, replicates=REPLICATES)),
    )
    for k in (20, 40, 80):
        found: dict[str, list[bool]] = {}
        for seed in range(draws):
            rng = np.random.default_rng(FRESH + seed)
            groups = deal(read, rng.choice(about, 2 * k, replace=False), np.repeat(["A", "B"], k), published="")
            word, options = common[seed % len(common)], {"scope": "articles", "words": common}
            times = find_term(groups, actor, word, **options)["smallest_times"]
            if times < 8:
                planted = repeat_word(groups, word, times, rng)
                found.setdefault("terms", []).append(find_term(planted, actor, word, **options)["p"] <= 0.05)
            for table, key, work in compared:
                own = work(groups).query("outlet == 'A'").dropna(subset=["smallest"])
                own = own[own["value"].between(0.05, 0.6)]
                if len(own):
                    row = own.iloc[seed % len(own)]
                    moved = move_share(groups, table, key, row[key], row["smallest"] / (1 - row["value"]), rng)
                    after = work(moved)
                    p = after[after["outlet"].eq("A") & after[key].eq(row[key])]["p"]
                    found.setdefault(table, []).append(bool(p.le(0.05).any()))
        rows += [tell("planted at the smallest", name, k, len(own), np.mean(own)) for name, own in found.items()]
    return rows


def measure_coverage(read: reading.Reading, actor: str, draws: int) -> list[tuple]:
    """Return how often intervals hold what the same table says of all articles of two halves of the outlets."""
    read, rows, outlets = labels.find_labels(read), [], sorted(read.articles["outlet"].unique())
    about = reading.select_mentions(read, actor=actor)["article_id"].unique()
    side = read.articles.set_index("article_id")["outlet"].isin(outlets[::2]).loc[sorted(about)]
    pools = {"A": side.index[side].to_numpy(), "B": side.index[~side].to_numpy()}
    works: dict[str, tuple[Callable[[Draw], pd.DataFrame], list[str], list[tuple[str, str, str]]]] = {
        "names": (lambda one: inference.compare_names(one, actor=actor, replicates=1), ["outlet", "variant"], RATIOS),
        "sources": (lambda one: inference.compare_sources(one, replicates=1), ["outlet", "source_type"], RATIOS),
        "roles": (lambda one: inference.compare_roles(one, actor=actor, replicates=1), ["outlet", "role"], RATIOS),
        "labels": (labels.compare_labels, ["outlet", "label"], RATIOS),
        "connotations": (lambda one: labels.compare_labels(one, by="connotation"), ["outlet", "connotation"], RATIOS),
        "tone": (lambda one: inference.compare_tone(sentiment.score_sentences(one, actor=actor), one, replicates=1),
                 ["outlet", "score"], RATIOS),
    }  # fmt: skip  # one shuffle: with none the sides are not weighed
    for measure in SCORES:
        work = lambda one, measure=measure: terms.contrast_terms(  # noqa: E731
            one, actor=actor, target="A", measure=measure, replicates=0
        )
        works[measure] = work, ["term"], [("score", "low", "high")]
    everything = np.concatenate(list(pools.values()))
    whole = deal(read, everything, np.repeat(list(pools), [len(pool) for pool in pools.values()]), published="")
    truths = {name: work(whole).set_index(keys) for name, (work, keys, _) in works.items()}
    for k in (20, 40):
        held: dict[tuple[str, str], list[pd.Series]] = {}
        for seed in range(draws):
            rng = np.random.default_rng(seed)
            ids = np.concatenate([rng.choice(pool, k) for pool in pools.values()])
            groups = deal(read, ids, np.repeat(list(pools), k), published="")
            for name, (work, keys, columns) in works.items():
                table = work(groups).set_index(keys)
                truth = truths[name]
                if name in terms.MEASURES:
                    common = truth["articles_target"] + truth["articles_rest"] >= 0.14 * len(everything)
                    truth = truth[common]
                table = table.reindex(truth.index.intersection(table.index))
                for value, low, high in columns:
                    kept = table.dropna(subset=[low])
                    true = truth.loc[kept.index, value]
                    if len(kept):
                        held.setdefault((name, value), []).append((kept[low] <= true) & (true <= kept[high]))
        rows += [tell(f"intervals of {value} that hold", name, k, len(own), pd.concat(own).mean())
                 for (name, value), own in held.items()]  # fmt: skip
    return rows


SCORES = ("tfidf", "log_odds", "log_ratio")
RATIOS = [("value", "low", "high"), ("difference", "difference_low", "difference_high")]
WORKS = {"alarms": measure_alarms, "power": measure_power, "smallest": measure_smallest, "coverage": measure_coverage}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--actor", required=True)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--only", default=",".join(WORKS))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    read = reading.read_corpus(corpus.open_corpus(options.corpus))
    rows = [row for name in options.only.split(",") for row in WORKS[name](read, options.actor, options.draws)]
    if options.out:
        table = pd.DataFrame(rows, columns=["what", "table", "k", "draws", "share"]).round({"share": 3})
        table["k"] = table["k"].where(table["k"] > 0).astype("Int64")  # 0: the scene says how many
        table.to_csv(options.out / "contrast_error.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
