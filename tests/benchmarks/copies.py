"""Measure near-copies: python -m tests.benchmarks.copies CSV, a CSV with a column article_content.

Prints the time of `find_copies` over that of tokenising (lower-case words, each text's set of hashed 5-word shingles),
recall and precision against all pairs of sets, and memory above the start, in a process of its own, at 12,900 articles
of which each has 16 copies: letter for letter, with three words changed, and with the sentences shuffled.
"""

import argparse
import ctypes
import random
import re
import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path

import pandas as pd

from helpers.reading.copies import find_copies

SEED = 1
LARGE = 12_900
FAMILY = 17
KINDS = ("identical", "edited", "shuffled")


def read_texts(path: Path) -> list[str]:
    return pd.read_csv(path, dtype=str, keep_default_na=False)["article_content"].tolist()


def make_articles(texts: list[str]) -> pd.DataFrame:
    ids = [f"{number:06}" for number in range(len(texts))]
    return pd.DataFrame({"article_id": ids, "outlet": "A", "text": texts})


def split_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def hash_shingles(text: str) -> set[int]:
    words = split_words(text)
    return {hash(shingle) for shingle in zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)}


def join_shingles(text: str) -> set[str]:
    words = split_words(text)
    return {" ".join(words[start : start + 5]) for start in range(max(1, len(words) - 4)) if words}


def edit_words(text: str, n: int, draw: random.Random) -> str:
    words = text.split(" ")
    for place in draw.sample(range(len(words)), min(n, len(words))):
        words[place] = f"w{draw.randrange(10**9)}"
    return " ".join(words)


def shuffle_parts(text: str, mark: str, draw: random.Random) -> str:
    parts = text.split(mark)
    return mark.join(draw.sample(parts, len(parts)))


def plant_copies(texts: list[str], draw: random.Random) -> list[str]:
    """Return texts that share from next to nothing to all with one of `texts`: edited, cut, or set inside another."""
    planted = []
    for text in draw.sample(texts, len(texts) // 2):
        words, other = text.split(" "), draw.choice(texts).split(" ")
        part = words[: int(len(words) * draw.uniform(0.3, 1))]
        place = draw.randrange(len(other))
        planted += [
            edit_words(text, draw.randrange(len(words) // 8 + 1), draw),
            " ".join(part),
            " ".join(other[:place] + part + other[place:]),
        ]
    return planted


def enlarge(texts: list[str], kind: str, draw: random.Random) -> list[str]:
    """Return 12,900 texts in families of 17. Every other family is of a text whose words were shuffled."""
    large = []
    while len(large) < LARGE:
        base = texts[len(large) // FAMILY // 2 % len(texts)]
        if len(large) // FAMILY % 2:
            base = shuffle_parts(base, " ", draw)
        large.append(base)
        for _ in range(FAMILY - 1):
            copy = edit_words(base, 3, draw) if kind == "edited" else base
            large.append(shuffle_parts(base, ". ", draw) if kind == "shuffled" else copy)
    return large[:LARGE]


def measure_time(texts: list[str], rounds: int) -> None:
    """Print the best time of each, taken in turn."""
    articles = make_articles(texts)
    work = {
        "find_copies": lambda: find_copies(articles),
        "tokenising, shingles hashed": lambda: [hash_shingles(text) for text in texts],
        "tokenising, shingles joined": lambda: [join_shingles(text) for text in texts],
    }
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    for name, seconds in best.items():
        print(f"  {name:<28} {seconds:8.3f} s   find_copies / this {best['find_copies'] / seconds:.2f}")


def measure_recall(texts: list[str]) -> None:
    """Print what is found of the pairs whose sets of shingles, as strings, say so."""
    sets = [join_shingles(text) for text in texts]
    found = find_copies(make_articles(texts))
    pairs = list(zip(found["article_a"].astype(int), found["article_b"].astype(int), strict=True))
    wanted = {"jaccard": set(), "containment": set()}
    for a, b in combinations(range(len(texts)), 2):
        if n_shared := len(sets[a] & sets[b]):
            if n_shared / (len(sets[a]) + len(sets[b]) - n_shared) >= 0.5:
                wanted["jaccard"].add((a, b))
            if n_shared / min(len(sets[a]), len(sets[b])) >= 0.5:
                wanted["containment"].add((a, b))
    for name, true in wanted.items():
        said = {pair for pair, value in zip(pairs, found[name], strict=True) if value >= 0.5}
        print(f"  {name} of .5 or more: {len(true)} pairs, recall {len(true & said) / max(1, len(true)):.4f}, "
              f"precision {len(true & said) / max(1, len(said)):.4f}")  # fmt: skip
    print(f"  and {found['kind'].eq('passage').sum()} pairs that share a passage only")


def read_memory(name: str) -> float:
    """Return VmRSS (now) or VmHWM (the most so far) in MiB."""
    return int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def measure_memory(texts: list[str]) -> None:
    articles = make_articles(texts)
    del texts
    find_copies(articles.head(50))  # what is loaded once is no memory of the articles
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # the most so far is now what there is
    before, start = read_memory("VmRSS"), time.perf_counter()
    found = find_copies(articles)
    seconds = time.perf_counter() - start
    peak, kept = read_memory("VmHWM") - before, read_memory("VmRSS") - before
    print(f"  {len(articles)} articles, {len(found)} pairs: {peak:.0f} MiB above start, "
          f"{kept:.0f} of them the table and unreturned, {seconds:.1f} s")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--kind", choices=KINDS, help="measure this kind's memory only")
    options = parser.parse_args()
    texts, draw = read_texts(options.csv), random.Random(SEED)
    if options.kind:
        measure_memory(enlarge(texts, options.kind, draw))
        return
    print(f"Time, {len(texts)} articles:")
    measure_time(texts, rounds=15)
    print("Recall, these and planted ones:")
    measure_recall(texts + plant_copies(texts, draw))
    for kind in KINDS:
        print(f"Memory and time, {LARGE} articles in families of {FAMILY}, {kind}:", flush=True)
        subprocess.run([sys.executable, "-m", "tests.benchmarks.copies", options.csv, "--kind", kind], check=True)
        measure_time(enlarge(texts, kind, draw), rounds=2)


if __name__ == "__main__":
    main()
