"""Precision and recall of stories: python -m tests.benchmarks.stories CORPUS [--codes CODES.csv].

CORPUS is made of FA-KES (Abu Salem et al., ICWSM 2019, Zenodo 2607278; 408 articles of 15 outlets) by `make corpus`.
CODES.csv names its pairs of articles that report the same event, of those dated at most three days apart, and those
where this is unclear, which are left out; all other pairs report different events. One person coded them, by reading
all headlines and first sentences by date, and the articles in full where these left it open, before anything was
measured. The same event: the headline or lead of each is about the same attack, battle, statement or decision,
later tolls and reactions included. Not the same: the next day's strikes on the same town, or one event as the
background of the other. Articles that share a text are left out, too.

LIKE, HEADLINE and the factors of copies.py were chosen on these articles: precision is .93 and recall .84 (.87 and .80
without headlines). With LIKE chosen on nine tenths of the stretches of days and measured on the rest they are .88 and
.84 (.82 and .89 without); at LIKE in corpora of 50 to 200 of the articles .82 to .91 and .82 to .84. Tried beside
headlines, without gain: names, rare names of one article alone, numbers, other lengths of the opening, whole texts,
pairs of words, vectors of headlines and leads, how many sentences are partners.

On 840 articles on a US campaign (PolNeAR), which nothing was chosen on, 62 pairs are joined. One person read the
headlines and leads of these and of 13 joined without headlines: 36 report one event (one speech, debate, night of
primaries, poll or decision, reactions included), 21 do not (two polls, two primaries, one quarrel on two days), 5 are
unclear (campaign_codes.csv); without headlines 39, 21 and 7 of 67.
"""

import argparse
from itertools import combinations
from pathlib import Path

import pandas as pd

from helpers.reading import open_corpus
from helpers.reading.copies import DAYS, match_stories


def list_pairs(table: pd.DataFrame) -> set[tuple[str, str]]:
    return set(table[["article_a", "article_b"]].itertuples(index=False, name=None))


def list_groups(articles: pd.DataFrame, by: str) -> set[tuple[str, str]]:
    return {pair for _, ids in articles.groupby(by)["article_id"] for pair in combinations(sorted(ids), 2)}


def print_scores(name: str, found: set[tuple[str, str]], same: set[tuple[str, str]]) -> None:
    right = len(found & same)
    print(f"{name}: precision {right / len(found):.3f} of {len(found)}, recall {right / len(same):.3f} of {len(same)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--codes", type=Path, default=Path(__file__).with_name("event_codes.csv"))
    options = parser.parse_args()
    articles = open_corpus(options.corpus).articles
    codes = pd.read_csv(options.codes, dtype=str)
    outlet, day = (articles.set_index("article_id")[name].to_dict() for name in ("outlet", "published_from"))
    out = list_pairs(codes[codes["same_event"].eq("unclear")]) | list_groups(articles, "cluster_id")
    coded = {pair for pair in combinations(sorted(day), 2) if abs(day[pair[0]] - day[pair[1]]).days <= DAYS} - out
    same = list_pairs(codes[codes["same_event"].eq("yes")])
    across = {pair for pair in coded if outlet[pair[0]] != outlet[pair[1]]}
    print_scores("match_stories", list_pairs(match_stories(articles)) & across, same & across)
    stories = list_groups(articles, "story_id") & coded
    print_scores("story_id", stories, same)
    print_scores("story_id, within outlets", stories - across, same - across)


if __name__ == "__main__":
    main()
