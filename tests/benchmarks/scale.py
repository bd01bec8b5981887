"""What each step of a notebook costs in a large corpus: seconds, processor seconds and peak memory.

    python -m tests.benchmarks.scale FOLDER --articles 1000 4000 16000 50000

FOLDER is what tests.benchmarks.resampling made. The corpus is opened in one process, and each step runs in a fork of
it, so that its memory is its own; what a step needs of the store it loads itself, as the first cell of a notebook does.
The exponent says how processor seconds grow to the largest size, from 4,000 articles where that is measured.

    python -m tests.benchmarks.scale CORPUS --whole --articles 1000

resamples CORPUS, reads it anew, and prints as rows of results.md what the dearest step costs against reading, and one
process that does everything against the sum of its parts, each done alone.
"""

import argparse
import contextlib
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import (
    agency,
    attribution,
    comparability,
    cooccurrence,
    evidence,
    inference,
    naming,
    reading,
    sentiment,
    stories,
    summary,
    terms,
)
from helpers.inference import differences
from helpers.reading import copies, corpus, proposing
from tests.benchmarks.copies import read_memory

ROWS = {"limit": 2}
FROM = 4000  # articles: in fewer what is done once hides how a step grows
Row = tuple[str, str, str]


def list_steps(read: reading.Reading, actor: str, target: str) -> dict[str, Callable[[], Any]]:
    """Return what is measured, by name: the calls of the notebooks."""
    about = {"actor": actor, "target": target}
    return {
        "01 dates": lambda: comparability.frame(read),
        "01 headlines": lambda: naming.name_headlines(read),
        "01 which actors": lambda: naming.count_mentions(read),
        "01 share of voice, intervals": lambda: cooccurrence.share_voice(read),
        "01 same stories": lambda: stories.match_stories(read.articles),
        "01 shared passages": lambda: copies.find_copies(read.articles),
        "01 names no actor covers": lambda: proposing.list_uncovered(read, progress=False),
        "02 names": lambda: naming.share_names(read, actor=actor),
        "02 names of everybody": lambda: naming.share_names(read, actor=None),
        "02 names, intervals": lambda: inference.compare_names(read, actor=actor, voice="outlet"),
        "02 sentences behind names": lambda: evidence.show_lines(read, naming.share_names(read, actor=actor), **ROWS),
        "03 words, scores alone": lambda: terms.contrast_terms(read, **about, replicates=0),
        "03 words, tfidf, 999 replicates": lambda: terms.contrast_terms(read, **about),
        "03 words, log odds, 999 replicates": lambda: terms.contrast_terms(read, **about, measure="log_odds"),
        "03 sentences behind words": lambda: evidence.show_lines(
            read, terms.contrast_terms(read, **about, replicates=0, top=3), limit=4
        ),
        "04 tone, one actor": lambda: sentiment.score_sentences(read, actor=actor),
        "04 tone, intervals": lambda: differences.compare_tone(sentiment.score_sentences(read, actor=actor), read),
        "04 tone of everybody": lambda: sentiment.score_sentences(read),
        "04 classifier, one actor": lambda: sentiment.classify_targets(read, actor=actor),
        "04 classifier, everybody": lambda: sentiment.classify_targets(read),
        "04 word shift": lambda: sentiment.shift_words(read, **about),
        "04 baselines": lambda: sentiment.compare_baselines(read, actor=actor),
        "05 sources": lambda: attribution.count_sources(read),
        "05 sources, intervals": lambda: inference.compare_sources(read),
        "05 introductions": lambda: attribution.compare_intros(read),
        "05 never cited": lambda: attribution.find_silent(read),
        "05 sentences behind sources": lambda: evidence.show_lines(read, attribution.count_sources(read), **ROWS),
        "06 roles": lambda: agency.count_roles(read, actor=actor),
        "06 roles, intervals": lambda: inference.compare_roles(read, actor=actor),
        "06 who acts": lambda: agency.share_agents(read),
        "06 passives without doer": lambda: agency.list_agentless(read),
        "06 sentences behind roles": lambda: evidence.show_lines(read, agency.count_roles(read, actor=actor), **ROWS),
        "07 together": lambda: summary.collect_measures(read, actor=actor),
    }  # fmt: skip


def take_costs(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return what a step returns, and what it cost this process."""
    wall, processor = time.perf_counter(), time.process_time()
    done = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return done, {"seconds": wall, "processor": processor, "peak_mib": read_memory("VmHWM")}


def fork(work: Callable[[], Any], patience: int) -> dict[str, float]:
    """Run a step in a process of its own and return what it cost; NaN where it fails, or takes too long a time."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        try:
            os.write(into, json.dumps(take_costs(work)[1]).encode())
        except Exception:
            traceback.print_exc()
        os._exit(0)
    os.close(into)
    said = os.read(out, 4096)
    os.waitpid(child, 0)
    os.close(out)
    return json.loads(said) if said else dict.fromkeys(("seconds", "processor", "peak_mib"), math.nan)


def double_articles(articles: corpus.Corpus) -> corpus.Corpus:
    """Return a corpus in which each article stands twice, by another name and as a story of its own."""
    own = articles.articles
    other = own.assign(article_id=own["article_id"] + "b", cluster_id=own["cluster_id"] + "b")
    return replace(articles, articles=pd.concat([own, other], ignore_index=True))


def measure(folder: Path, n: int, only: str, patience: int, twice: bool) -> None:
    """Print a line of JSON for each step on the corpus of n articles, or with each of them twice."""
    size = 2 * n if twice else n

    def tell(step: str, costs: dict[str, float]) -> None:
        print(json.dumps({"n": size, "step": step, **costs}), flush=True)

    articles, costs = take_costs(lambda: corpus.open_corpus(folder / f"corpus-{n}"))
    tell("open_corpus", costs)
    articles = double_articles(articles) if twice else articles
    read, costs = take_costs(lambda: reading.read_corpus(articles, store=folder / f"store-{n}", progress=False))
    tell("read_corpus", costs)
    (actor, target), costs = take_costs(lambda: pick(read))
    tell("pick actor and outlet", costs)
    with forget_names():
        for step, work in list_steps(read, actor, target).items():
            if step.startswith(only):
                tell(step, fork(work, patience))


@contextlib.contextmanager
def forget_names() -> Iterator[None]:
    """Let the names that an earlier run found be found anew."""
    kept = reading.STORE
    with tempfile.TemporaryDirectory() as empty:
        reading.STORE = Path(empty)
        yield
    reading.STORE = kept


def compare_whole(folder: Path, n: int, patience: int) -> list[Row]:
    """Return what the dearest step costs against reading n resampled articles, and all at once against its parts."""
    from tests.benchmarks.resampling import open_base, write_corpus

    with tempfile.TemporaryDirectory() as place:
        write_corpus(open_base(folder), Path(place) / "corpus", n)

        def open_anew(store: str) -> corpus.Corpus:
            return corpus.open_corpus(Path(place) / "corpus", store=Path(place) / store)

        def run_all() -> None:
            read = reading.read_corpus(open_anew("whole"), store=Path(place) / "whole", progress=False)
            for work in list_steps(read, *pick(read)).values():
                work()

        with forget_names():
            whole = fork(run_all, patience)["processor"]
        articles, opening = take_costs(lambda: open_anew("parts"))
        read, own = take_costs(lambda: reading.read_corpus(articles, store=Path(place) / "parts", progress=False))
        named, picking = take_costs(lambda: pick(read))
        with forget_names():
            steps = {name: fork(work, patience)["processor"] for name, work in list_steps(read, *named).items()}
    dearest = max(steps, key=steps.__getitem__)
    parts = sum(steps.values()) + sum(one["processor"] for one in (opening, own, picking))
    what = f"{n:,} resampled articles"
    return [
        (f"the dearest other step: {dearest}", f"reading, {what}", f"{steps[dearest] / own['processor']:.2f} times"),
        ("whole run: opening, reading, every step", f"the sum of its parts, {what}", f"{whole / parts:.2f} times"),
    ]


def pick(read: reading.Reading) -> tuple[str, str]:
    actor = reading.pick_actor(read)
    return actor, reading.pick_target(read, actor)


def write_table(costs: pd.DataFrame) -> str:
    """Return the costs as Markdown: processor seconds at each size, their exponent, and peak memory at the largest."""
    seconds = costs.pivot(index="step", columns="n", values="processor").reindex(costs["step"].drop_duplicates())
    sizes = list(seconds.columns)
    first = next((n for n in sizes[:-1] if n >= FROM), sizes[0])
    peak = costs[costs["n"].eq(sizes[-1])].set_index("step")["peak_mib"]
    head = ["step", *(f"{n:,}" for n in sizes), "exponent", f"MiB at {sizes[-1]:,}"]
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    for step, row in seconds.iterrows():
        grown = math.log(row[sizes[-1]] / row[first]) / math.log(sizes[-1] / first) if len(sizes) > 1 else math.nan
        cells = [f"{own:.2f}" if own < 10 else f"{own:.0f}" for own in row]
        lines.append(f"| {' | '.join([step, *cells, f'{grown:.2f}', f'{peak.get(step, math.nan):.0f}'])} |")
    return "\n".join(lines).replace("nan", "–")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000])
    parser.add_argument("--only", default="", help="the steps that begin so")
    parser.add_argument("--patience", type=int, default=600, help="processor seconds that a step may take")
    parser.add_argument("--twice", action="store_true", help="each article twice: of one size alone")
    parser.add_argument("--whole", action="store_true", help="resample a corpus, read it, compare steps and the whole")
    options = parser.parse_args()
    if options.whole:
        for row in compare_whole(options.folder, options.articles[0], options.patience):
            print(" | ".join(row))
        return
    if len(options.articles) == 1:
        measure(options.folder, options.articles[0], options.only, options.patience, options.twice)
        return
    program = [sys.executable, "-m", "tests.benchmarks.scale", str(options.folder), "--only", options.only,
               "--patience", str(options.patience)]  # fmt: skip
    said = []
    for n in options.articles:
        run = subprocess.run([*program, "--articles", str(n)], check=True, capture_output=True, text=True)
        print(run.stdout, run.stderr, flush=True)
        said += [json.loads(line) for line in run.stdout.splitlines()]
    print(write_table(pd.DataFrame(said)))


if __name__ == "__main__":
    main()
