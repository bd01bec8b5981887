"""Train the attribution networks and measure them: python -m tests.benchmarks.train_attribution DATA --out FOLDER.

DATA holds PolNeAR's train/. FOLDER receives attribution_weights.npz, reporting_verbs.csv and, cross-validated over
articles (each is predicted by networks that never saw it), predictions.jsonl for the scorer.
"""

import argparse
import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from spacy.symbols import ADJ, ADV, NOUN, PROPN

from helpers.attribution.cues import FRAMES, describe_candidates, describe_context, find_candidates, name_frames
from helpers.attribution.features import mix
from helpers.attribution.lexicon import ANY, Rates, load_rows, rate_candidates
from helpers.attribution.network import score_rows
from helpers.attribution.roles import describe_pairs, pair_words
from helpers.attribution.scoring import LIKELY, Model, softmax
from helpers.attribution.words import Words, read_words
from tests.benchmarks.attribution import predict, write_predictions
from tests.benchmarks.polnear import FOLDS, Article, Spans, parse_articles
from tests.benchmarks.training import Recipe, build_network, pack_network, train_network

WORD = Recipe(hidden=24, least=25, epochs=8)
ROLE = Recipe(hidden=32, least=80, epochs=10, drop=0.4, drop_vectors=0.4)
CUE = Recipe(hidden=32, least=25, epochs=10)
_NOMINAL = (NOUN, PROPN, ADJ, ADV)


class Learned(NamedTuple):
    """One article, with what is learned from it."""

    article: Article
    words: Words
    fold: int
    at: np.ndarray  # candidates
    cue: np.ndarray  # is it one?
    held: np.ndarray  # does it lie in another's content?
    unused: np.ndarray  # in a discarded stretch, or a further word of a cue
    features: np.ndarray
    vectors: np.ndarray
    role_features: np.ndarray
    role_pairs: tuple[np.ndarray, np.ndarray]
    roles: np.ndarray


def fold_of(name: str) -> int:
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % FOLDS


def _cover(words: Words, spans: Spans) -> np.ndarray:
    covered = np.zeros(len(words.start), dtype=bool)
    for start, end in spans:
        covered |= (words.start < end) & (words.end > start)
    return covered


def _root(article: Article, spans: Spans) -> int:
    return article.doc.char_span(*spans[0], alignment_mode="expand").root.i


def count_nominal(articles: Sequence[Article]) -> np.ndarray:
    """Return the hashes of (lemma, part of speech) that head at least two cues and are no verbs."""
    roots = (article.doc[_root(article, coded.cue)] for article in articles for coded in article.coded)
    counts = Counter((token.lemma, token.pos) for token in roots if token.pos in _NOMINAL)
    kept = [key for key, n in counts.items() if n >= 2]
    lemmas, kinds = (np.array([key[k] for key in kept], dtype=np.uint64) for k in (0, 1))
    return np.sort(mix(lemmas, kinds))


def label(article: Article, words: Words, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return for each candidate: is it a cue, in another's content, not to be used; and the cue of each code."""
    place = np.full(len(words.start), -1)
    place[at] = np.arange(len(at))
    cue, held, unused = (np.zeros(len(words.start), dtype=bool) for _ in range(3))
    owner = np.full(len(article.coded), -1)
    unused |= _cover(words, article.discarded)
    for number, coded in enumerate(article.coded):
        spanned = _cover(words, coded.cue)
        held |= _cover(words, coded.content)
        unused |= spanned
        inside = np.flatnonzero(spanned & (place >= 0))
        root = _root(article, coded.cue)
        if len(inside):
            owner[number] = root if place[root] >= 0 else inside[0]
            cue[owner[number]] = True
    return cue[at], held[at], (unused & ~cue)[at], owner


def count_rates(rows: Iterable[tuple[str, str, bool]]) -> Rates:
    """Return n and the share of cues of each (lemma, frame), of each lemma and of each frame."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for lemma, frame, cue in rows:
        for key in ((lemma, frame), (lemma, ANY), ("*", frame)):
            counts[key][0] += 1
            counts[key][1] += cue
    return {key: (n, k / n) for key, (n, k) in counts.items() if n >= 4}


def prepare(articles: list[Article]) -> tuple[list[Learned], list[np.ndarray], list[Rates]]:
    """Return what is learned from each article, and the nominal cues and rates without each fold; the last: of all."""
    words = [read_words(a.doc, a.sentences, a.quotations) for a in articles]
    folds = [fold_of(article.name) for article in articles]
    nominal = [count_nominal([a for a, f in zip(articles, folds, strict=True) if f != k]) for k in range(FOLDS + 1)]
    observed: list[list[tuple[str, str, bool]]] = [[] for _ in range(FOLDS)]
    for article, arrays, fold in zip(articles, words, folds, strict=True):
        at = find_candidates(arrays, article.doc.vocab.strings, nominal[fold])
        cue, held, *_ = label(article, arrays, at)
        for token, frame, is_cue, inside in zip(at.tolist(), name_frames(arrays, at), cue, held, strict=True):
            if is_cue or not inside:
                observed[fold].append((article.doc[token].lemma_.lower(), FRAMES[frame], bool(is_cue)))
    rates = [count_rates(r for f, rows in enumerate(observed) if f != k for r in rows) for k in range(FOLDS + 1)]
    learned = []
    for article, arrays, fold in zip(articles, words, folds, strict=True):
        strings = article.doc.vocab.strings
        at = find_candidates(arrays, strings, nominal[fold])
        cue, held, unused, owner = label(article, arrays, at)
        features, vectors = describe_candidates(arrays, at, rate_candidates(arrays, at, strings, rates[fold]))
        cues = np.unique(owner[owner >= 0])
        pairs = pair_words(arrays, cues)
        roles = np.zeros(len(pairs[0]), dtype=np.int8)
        for number, coded in enumerate(article.coded):
            mine = pairs[0] == owner[number]
            roles[mine & _cover(arrays, coded.source)[pairs[1]]] = 1
            roles[mine & _cover(arrays, coded.content)[pairs[1]]] = 2
        learned.append(Learned(
            article, arrays, fold, at, cue, held, unused, features, vectors.astype(np.float16),
            describe_pairs(arrays, cues, *pairs)[0], pairs, roles,
        ))  # fmt: skip
    return learned, nominal, rates


def _stack(parts: Sequence[Learned], field: Callable[[Learned], np.ndarray]) -> np.ndarray:
    return np.concatenate([field(part) for part in parts])


def train_first(parts: Sequence[Learned]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the networks of the first two steps: a candidate alone, and the roles around a cue."""
    used = _stack(parts, lambda p: ~p.unused & (p.cue | ~p.held))
    features, vectors = _stack(parts, lambda p: p.features), _stack(parts, lambda p: p.vectors)
    word = train_network(features, vectors, _stack(parts, lambda p: p.cue).astype(int), used, 2, WORD)
    vectors = _stack(parts, lambda p: np.concatenate([p.words.vectors[p.role_pairs[k]] for k in (1, 0)], axis=1))
    roles = _stack(parts, lambda p: p.roles)
    features = _stack(parts, lambda p: p.role_features)
    role = train_network(features, vectors.astype(np.float16), roles, np.ones(len(roles), bool), 3, ROLE)
    return word, role


def describe_again(part: Learned, first: tuple[dict[str, np.ndarray], ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of the third step, from networks that did not see the article."""
    word, role = (build_network(trained) for trained in first)
    alone = score_rows(word, part.features, part.vectors.astype(np.float32))[:, 0]
    likely = part.at[alone > LIKELY]
    pairs = pair_words(part.words, likely)
    chance = softmax(score_rows(role, *describe_pairs(part.words, likely, *pairs)))
    more, around = describe_context(part.words, part.at, alone, pairs, chance)
    vectors = np.concatenate([part.vectors, around.astype(np.float16)], axis=1)
    return np.concatenate([part.features, more], axis=1), vectors


def train_third(parts: Sequence[Learned], again: Sequence[tuple[np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    features, vectors = (np.concatenate([one[k] for one in again]) for k in (0, 1))
    labels, used = _stack(parts, lambda p: p.cue).astype(int), _stack(parts, lambda p: ~p.unused)
    return train_network(features, vectors, labels, used, 2, CUE)


def write_lexicon(path: Path, rates: Rates) -> None:
    """Write reliabilities beside the stances that reporting_verbs.csv has already."""
    known = {verb.lemma: (verb.stance, verb.taxonomy) for verb in load_rows() if verb.stance}
    cued = {lemma for (lemma, frame), (n, share) in rates.items() if frame == ANY and (n >= 20 or share > 0.1)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["lemma", "frame", "stance", "taxonomy", "n", "reliability"])
        for (lemma, frame), (n, share) in sorted(rates.items()):
            if lemma in cued or lemma in known or lemma == "*":
                writer.writerow([lemma, frame, *known.get(lemma, ("", "")), int(n), f"{share:.3f}"])
        for lemma in sorted(set(known) - {lemma for lemma, _ in rates}):
            writer.writerow([lemma, ANY, *known[lemma], "", ""])


class Folds(NamedTuple):
    """The first two networks without each fold, and what they say of its articles."""

    learned: list[Learned]
    nominal: list[np.ndarray]
    rates: list[Rates]
    first: list[tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]
    again: list[tuple[np.ndarray, np.ndarray]]


def train_folds(articles: Iterable[Article]) -> Folds:
    learned, nominal, rates = prepare(list(articles))
    first = [train_first([part for part in learned if part.fold != k]) for k in range(FOLDS)]
    return Folds(learned, nominal, rates, first, [describe_again(part, first[part.fold]) for part in learned])


def cross_validate(folds: Folds) -> Iterator[dict[str, Any]]:
    """Yield predictions for each article by a model that was trained on the other folds."""
    for k in range(FOLDS):
        others = [n for n, part in enumerate(folds.learned) if part.fold != k]
        third = train_third([folds.learned[n] for n in others], [folds.again[n] for n in others])
        networks = (build_network(trained) for trained in (*folds.first[k], third))
        model = Model(*networks, folds.nominal[k], folds.rates[k])
        for part in folds.learned:
            if part.fold == k:
                yield from predict(part.article, model)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    folds = train_folds(parse_articles(options.data, "train"))
    write_predictions(cross_validate(folds), options.out / "predictions.jsonl")
    trained = (*train_first(folds.learned), train_third(folds.learned, folds.again))
    arrays = {
        f"{name}_{key}": value
        for name, one in zip(("word", "role", "cue"), trained, strict=True)
        for key, value in pack_network(one).items()
    }
    np.savez_compressed(options.out / "attribution_weights.npz", nominal=folds.nominal[FOLDS], **arrays)
    write_lexicon(options.out / "reporting_verbs.csv", folds.rates[FOLDS])


if __name__ == "__main__":
    main()
