"""Measure the gate of tone (`validation.judge_tone`): python -m tests.benchmarks.tone_gate TRAIN.jsonl NEWS.csv OUT.csv

Outlets are drawn from coded sentences that the encoder did not learn from: a fifth of NewsMTSC's train split, in made
articles of one to six sentences, and the part `check` of war_codes.csv, in its own articles (with 6 positive sentences,
too few to draw from: there no praise is planted). In one outlet, a share of the sentences that are not negative is
replaced by negative ones, or of those that are not positive by positive ones; of 0, all outlets are random draws of one
pool, so that errors which differ from outlet to outlet are not in this test. Praise planted in political news is named
as often as blame (with 20 stories, .6 replaced: .84 and .81).

One row of OUT.csv is sentences x code planted x outlets x stories of each x share replaced: draws, gap (in the mean
codes, between that outlet and the others), opened (share of draws in which some outlet is told apart), answered (in
which that outlet is).
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers.coding import LABELS
from helpers.reading.tone_model import score_targets
from helpers.validation import judge_tone
from tests.benchmarks.coded import read_codes
from tests.benchmarks.newsmtsc import Target, is_kept, read_targets

DRAWS, OUTLETS, STORIES, SHARES = 60, (2, 5, 12), (5, 10, 20), (0, 0.3, 0.6)


def score(targets: list[Target]) -> pd.DataFrame:
    """Return the chances and the code (`tone`) of each target, and the article it is from."""
    chances = score_targets([target.marked for target in targets])
    table = pd.DataFrame(chances, columns=["negative", "neutral", "positive"])
    codes, articles = [target.label for target in targets], [target.key.split(":")[0] for target in targets]
    found = table.assign(code=codes, article=articles, target_score=chances[:, 2] - chances[:, 0])
    return found.assign(target_label=chances.argmax(axis=1) - 1, actor="X")


def draw(
    rng: np.random.Generator, pool: pd.DataFrame, n_stories: int, share: float, planted: int, *, is_made: bool
) -> pd.DataFrame:
    """Return the sentences of one outlet, by article (`story`); a share is replaced by sentences coded `planted`."""
    places, stories, own = [], [], pool.groupby("article").indices
    by_code = [np.flatnonzero(pool["code"] == code) for code in (-1, 0, 1)]
    for story in range(n_stories):
        if is_made:  # the sentences of an article are alike
            mix = rng.dirichlet([3 * len(rows) / len(pool) for rows in by_code])
            chosen = [rng.choice(by_code[code]) for code in rng.choice(3, rng.integers(1, 7), p=mix)]
        else:
            chosen = own[rng.choice(list(own))]
        places += [*chosen]
        stories += [story] * len(chosen)
    places = np.array(places)
    moved = (pool["code"].to_numpy()[places] != planted) & (rng.random(len(places)) < share)
    places[moved] = rng.choice(by_code[planted + 1], moved.sum())
    return pool.iloc[places].assign(story=stories)


def measure(
    pool: pd.DataFrame, planted: int, n_outlets: int, n_stories: int, share: float, *, is_made: bool
) -> tuple[float, ...]:
    """Return gap, opened and answered over DRAWS draws."""
    rng, rows = np.random.default_rng(0), []
    for _ in range(DRAWS):
        shares = [share, *[0.0] * (n_outlets - 1)]
        parts = [draw(rng, pool, n_stories, one, planted, is_made=is_made).assign(outlet=f"o{n}")
                 for n, one in enumerate(shares)]  # fmt: skip
        scores = pd.concat(parts, ignore_index=True).reset_index(names="start")
        scores = scores.assign(article_id=scores["outlet"] + "-" + scores["story"].astype(str), end=scores["start"] + 1)
        articles = scores[["article_id", "outlet"]].drop_duplicates()
        read = SimpleNamespace(articles=articles.assign(story_id=articles["article_id"], published="2016", text=""))
        judged = judge_tone(scores, pd.DataFrame(columns=[*LABELS["sentiment"].split(), "problem"]), read, actor="X")
        codes = scores.groupby(["outlet", "article_id"])["code"].mean().groupby("outlet").mean()
        told = set(judged.table["outlet"][judged.table["note"].eq("")])
        rows.append((codes["o0"] - codes.drop("o0").mean(), len(told) > 0, "o0" in told))
    return tuple(np.mean(rows, axis=0))


def main(news: str, war: str, out: str) -> None:
    fifth = [one for one in read_targets(Path(news)) if is_kept(one.text)]
    made, own = score(fifth), score(read_codes(Path(war)).check)
    scenes = [("news, kept out", made, True, -1, SHARES), ("news, kept out", made, True, 1, SHARES[1:]),
              ("war news, kept out", own, False, -1, SHARES)]  # fmt: skip
    rows = [(name, planted, n, k, share, DRAWS, *measure(pool, planted, n, k, share, is_made=is_made))
            for name, pool, is_made, planted, shares in scenes for n in OUTLETS for k in STORIES
            for share in shares]  # fmt: skip
    columns = ["sentences", "planted", "outlets", "stories", "replaced", "draws", "gap", "opened", "answered"]
    pd.DataFrame(rows, columns=columns).round(3).to_csv(out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
