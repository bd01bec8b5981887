"""Find articles that print the same text, wholly or in one passage, and group them: articles -> copies, clusters."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

N = 5  # words in a shingle
WORD = re.compile(r"\w+")
POWERS = np.uint64(0x9E3779B97F4A7C15) ** np.arange(N, dtype="uint64")  # odd: no word's share of a hash is lost
BLOCK, BATCH, TABLE = 2**21, 2**18, 2**22  # held at once: pairs of articles, words of partners, cells to look them up
MOST = 1000  # articles; a shingle that more of them hold is a notice, whose pairs would be their square
MATCHES = 4  # two texts with more pairs of equal shingles than this for each word are compared word by word
COLUMNS = {
    "article_a": "str", "outlet_a": "str", "article_b": "str", "outlet_b": "str", "kind": "str",
    "n_shared": "int64", "jaccard": "float64", "containment": "float64", "n_words": "int64",
    "start_a": "int64", "end_a": "int64", "start_b": "int64", "end_b": "int64",
    "text": pd.StringDtype("python", na_value=np.nan),  # Arrow would hold a much copied passage once a pair
}  # fmt: skip


class _Shingles(NamedTuple):
    column: np.ndarray  # for each word of all texts, the shingle that begins there; -1 where it stands nowhere else
    start: np.ndarray  # of each article in `column`, where four times -1 follow its words
    n_words: np.ndarray
    size: np.ndarray  # distinct shingles of each article
    held: sparse.csr_matrix  # article x shingle: how often it stands there


def find_copies(articles: pd.DataFrame, *, containment: float = 0.5, least_words: int = 20) -> pd.DataFrame:
    """Return the pairs of articles that print the same text.

    A text is the set of its shingles: five words on end in lower case, whatever marks part them (a shorter text is
    one shingle). None is sampled, so no pair is missed, but where what a pair shares stands in over 1,000 articles (a
    notice under each): the first article that prints it is paired with each of the others, and these are not paired
    with one another for its sake. `articles` has article_id, outlet, text, in any order.

    One row is a pair, article_a < article_b, the highest containment first: article_a, outlet_a, article_b,
    outlet_b; kind, `copy` where containment is the limit or more (jaccard is never above it), else `passage`: at
    least `least_words` words on end are the same, as where two long articles print one wire paragraph; n_shared
    (distinct shingles in both); jaccard (n_shared / distinct shingles in either, in (0, 1]); containment (n_shared /
    those of the shorter, in (0, 1]); the longest passage in both, the earliest of several: n_words, start_a, end_a,
    start_b, end_b (characters: text[start_a:end_a] is how a prints it) and text (as a prints it).

    Raises ValueError for a containment outside (0, 1] and for least_words below 5, which no shingle shows.
    Source: Broder 1997, On the resemblance and containment of documents.
    """
    if not 0 < containment <= 1:
        raise ValueError(f"containment={containment!r} is not a share above 0 and up to 1")
    if least_words < N:
        raise ValueError(f"least_words={least_words!r} is less than the {N} words of a shingle")
    articles = articles.sort_values("article_id")
    ids, outlets, texts = (articles[name].to_numpy("object") for name in ("article_id", "outlet", "text"))
    shingles = _number_shingles(texts)
    a, b, n_shared = _find_pairs(shingles, containment, least_words - N + 1)
    word_a, word_b, length = _find_passages(shingles, a, b)
    n_words = np.minimum(length + N - 1, shingles.n_words[a])
    share = n_shared / np.minimum(shingles.size[a], shingles.size[b])
    kept = np.lexsort((b, a, -share))
    kept = kept[((share >= containment) | (n_words >= least_words))[kept]]
    a, b, n_shared, share, n_words = a[kept], b[kept], n_shared[kept], share[kept], n_words[kept]
    words = np.concatenate([word_a[kept], word_b[kept]])
    starts, ends = _find_characters(texts, np.concatenate([a, b]), words, words + np.tile(n_words, 2))
    once: dict[str, str] = {}
    passages = (texts[article][start:end] for article, start, end in zip(a, starts, ends, strict=False))
    copies = pd.DataFrame({
        "article_a": ids[a], "outlet_a": outlets[a], "article_b": ids[b], "outlet_b": outlets[b],
        "kind": np.where(share >= containment, "copy", "passage"), "n_shared": n_shared,
        "jaccard": n_shared / (shingles.size[a] + shingles.size[b] - n_shared), "containment": share,
        "n_words": n_words, "start_a": starts[: len(a)], "end_a": ends[: len(a)],
        "start_b": starts[len(a) :], "end_b": ends[len(a) :],
        "text": pd.array([once.setdefault(text, text) for text in passages], dtype=COLUMNS["text"]),
    })  # fmt: skip
    return copies.astype(COLUMNS)


def cluster_copies(articles: pd.DataFrame, copies: pd.DataFrame) -> pd.Series:
    """Return the story cluster of each article: cluster_id by article_id, sorted.

    Articles are of one cluster where a chain of pairs of kind `copy` leads from one to the other, so its ends may
    share little; a shared passage binds nobody. cluster_id is the smallest article_id of the cluster. A pair counts
    where both its articles are in `articles`.
    """
    ids = pd.Index(articles["article_id"].unique(), name="article_id").sort_values()
    close = copies[copies["kind"].eq("copy") & copies["article_a"].isin(ids) & copies["article_b"].isin(ids)]
    ends = ids.get_indexer(close["article_a"]), ids.get_indexer(close["article_b"])
    links = sparse.coo_matrix((np.ones(len(close)), ends), shape=(len(ids), len(ids)))
    cluster = connected_components(links, directed=False)[1]
    smallest = np.unique(cluster, return_index=True)[1]
    return pd.Series(ids.take(smallest[cluster]), index=ids, name="cluster_id")


def show_passages(articles: pd.DataFrame, copies: pd.DataFrame, limit: int = 20) -> pd.DataFrame:
    """Return what is shared, to be read: the first `limit` pairs of which both articles are in `articles`.

    One row is a pair: outlet_a, outlet_b, containment (of the shorter article's shingles, in (0, 1], to three
    decimals), n_words and text (the longest passage in both, whole, as a prints it).
    """
    there = copies["article_a"].isin(articles["article_id"]) & copies["article_b"].isin(articles["article_id"])
    shown = copies.loc[there, ["outlet_a", "outlet_b", "containment", "n_words", "text"]].head(limit)
    return shown.round({"containment": 3}).reset_index(drop=True)


def _fold(text: str) -> str:
    """Return the text in lower case, character for character: only a capital I with a dot would become two."""
    return text.replace("\u0130", "I").lower()


def _number_shingles(texts: np.ndarray) -> _Shingles:
    number: defaultdict[str, int] = defaultdict(count(1).__next__)
    found = (WORD.findall(_fold(text)) for text in texts)
    parts = [np.fromiter(map(number.__getitem__, words), "int32", len(words)) for words in found]
    n_words = np.array([len(part) for part in parts], "int64")
    start = np.concatenate([[0], np.cumsum(n_words + N - 1)])
    # Zeros after each text: no shingle runs on into the next, and a text of fewer words has one too.
    gap = np.zeros(N - 1, "int32")
    words = np.concatenate([*(array for part in parts for array in (part, gap)), gap])
    begins = (words[: 1 - N] > 0) & (words[N - 1 :] > 0)
    begins[start[:-1]] = n_words > 0
    hashes = sum(words[step : len(words) - N + 1 + step].astype("uint64") * POWERS[step] for step in range(N))[begins]

    ordered = np.sort(hashes)
    again = np.zeros(len(begins), bool)
    again[begins] = pd.Index(pd.unique(ordered[1:][ordered[1:] == ordered[:-1]])).get_indexer(hashes) >= 0
    column = np.full(len(begins), -1, "int32")
    column[again], values = pd.factorize(hashes[again[begins]])  # in order of the texts: near words, near cells
    bounds = np.concatenate([[0], np.cumsum(again)])[start]
    held = sparse.csr_matrix((np.ones(bounds[-1], "int32"), column[again], bounds), (len(texts), len(values)))
    held.sum_duplicates()
    size = np.where(n_words > 0, np.maximum(n_words - N + 1, 1), 0) - np.diff(bounds) + np.diff(held.indptr)
    return _Shingles(column, start, n_words, size, held)


def _find_pairs(shingles: _Shingles, containment: float, least: int) -> np.ndarray:
    """Return the pairs that may be kept, sorted: their numbers a < b, and how many distinct shingles both hold.

    A passage of `least` shingles has fewer distinct ones where it repeats some, which both articles then hold more
    than once. The product of these further times, never less than a passage can repeat, is carried in the high half
    of each number.
    """
    n, n_columns = shingles.held.shape
    held, further = shingles.held.copy(), shingles.held.copy()
    held.data[:], further.data = 1, np.minimum(further.data - 1, least)
    further.eliminate_zeros()
    held = sparse.hstack([held, further], format="csr")
    # Most shingles of a passage are held by the same articles: one column for all of them makes the product small.
    holders = held.T @ np.random.default_rng(0).integers(2**62, size=n)
    _, first, group = np.unique(holders, return_index=True, return_inverse=True)
    weight = np.bincount(group, np.repeat([1, 2**32], n_columns), len(first)).astype("int64")
    held = held[:, first]
    holders = np.bincount(held.indices, minlength=len(first))
    everywhere, rest = (held[:, np.flatnonzero(chosen)] for chosen in (holders > MOST, holders <= MOST))
    common, weight = weight[holders > MOST], weight[holders <= MOST]

    def choose(a: np.ndarray, b: np.ndarray, product: np.ndarray, passage: np.ndarray) -> np.ndarray:
        n_shared = product & (2**32 - 1)
        shorter = np.minimum(shingles.size[a], shingles.size[b])
        kept = (n_shared / shorter >= containment) | ((passage & (2**32 - 1)) + (passage >> 32) >= least)
        return np.stack([a[kept], b[kept], n_shared[kept]])

    def add_common(a: np.ndarray, b: np.ndarray, product: np.ndarray) -> np.ndarray:
        return product + everywhere[a].multiply(everywhere[b]) @ common if len(common) else product

    found = []
    for a, b in _pair_with_first(everywhere):
        product = add_common(a, b, rest[a].multiply(rest[b]) @ weight)
        found.append(choose(a, b, product, product))
    others = rest.T.tocsr()
    most = np.minimum(rest @ np.diff(others.indptr), n)  # partners that a row can have
    others.data = others.data * np.repeat(weight, np.diff(others.indptr))
    ends = np.flatnonzero(np.diff(np.cumsum(most) // BLOCK)) + 1
    for low, high in pairwise([0, *ends, n]):
        product = (rest[low:high] @ others).tocoo()
        upper = product.col > product.row + low
        a, b, product = product.row[upper] + low, product.col[upper], product.data[upper]
        found.append(choose(a, b, add_common(a, b, product), product))  # a notice in both is no passage of theirs
    pairs = np.unique(np.concatenate(found, axis=1).astype("int64"), axis=1)
    return pairs


def _pair_with_first(everywhere: sparse.csr_matrix) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield, for each shingle that very many articles hold, the first of them with each of the others."""
    columns = everywhere.tocsc()
    columns.sort_indices()
    for start, end in pairwise(columns.indptr):
        b = columns.indices[start + 1 : end]
        yield np.full(len(b), columns.indices[start]), b


def _find_passages(shingles: _Shingles, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return each pair's longest run of equal shingles, the first of several: its word in a, in b (from 0), its length.

    Pairs are sorted by a. Each a of a batch has a stretch of the table of places by shingle, so that the words of
    all their partners are looked up at once.
    """
    passages = np.zeros((3, len(a)), "int64")
    width = shingles.held.shape[1] + 1  # the first cell of a stretch is for words that begin no shingle
    n_rows = max(1, TABLE // width)
    first, times = np.zeros((2, n_rows * width), "int32")
    row, read = np.cumsum(np.diff(a, prepend=a[:1]) > 0) // n_rows, np.cumsum(shingles.n_words[b]) // BATCH
    ends = np.flatnonzero((np.diff(row) > 0) | (np.diff(read) > 0)) + 1
    for low, high in pairwise([0, *ends, len(a)] if len(a) else []):
        rows, row = np.unique(a[low:high], return_inverse=True)
        own, own_start = _join_columns(shingles, rows, np.arange(len(rows)) * width)
        other, start = _join_columns(shingles, b[low:high], row * width)
        order = np.argsort(own, kind="stable")
        cells = own[order]
        heads = np.flatnonzero(np.diff(cells, prepend=-1))
        first[cells[heads]], times[cells[heads]] = heads, np.diff(heads, append=len(own))
        times[::width] = 0
        n = times[other]
        times[cells] = 0
        own[own % width == 0] = -1  # equal to no word of a partner

        for pair in np.flatnonzero(np.add.reduceat(n, start[:-1]) > MATCHES * np.diff(start)):
            here, there = slice(*own_start[row[pair] :][:2]), slice(*start[pair:][:2])
            passages[:, low + pair] = _scan_words(own[here], other[there])
            n[there] = 0
        there = np.repeat(np.arange(len(other)), n)
        here = order[(first[other] - np.cumsum(n, dtype="int32") + n)[there] + np.arange(len(there))]
        edges = own[here - 1] != other[there - 1], own[here + 1] != other[there + 1]
        heads, tails = (edge[np.lexsort((there[edge], (there - here)[edge]))] for edge in map(np.flatnonzero, edges))
        length, here, there = there[tails] - there[heads] + 1, here[heads], there[heads]
        pair = np.searchsorted(start, there, side="right") - 1
        best = np.lexsort((there, here, -length, pair))
        best = best[np.diff(pair[best], prepend=-1) > 0]
        pair = pair[best]
        passages[:, low + pair] = here[best] - own_start[row[pair]], there[best] - start[pair], length[best]
    return passages


def _join_columns(shingles: _Shingles, articles: np.ndarray, stretch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shingles of the articles end to end, as cells of each one's stretch, and where each article starts."""
    parts = [shingles.column[shingles.start[article] : shingles.start[article + 1]] for article in articles]
    length = [len(part) for part in parts]
    return np.concatenate(parts) + np.repeat(stretch.astype("int32") + 1, length), np.cumsum([0, *length])


def _scan_words(own: np.ndarray, other: np.ndarray) -> tuple[int, int, int]:
    """Return the longest passage of two texts that repeat themselves: their matches would fill the memory."""
    best, run = (0, 0, 0), np.zeros(len(other) + 1, "int64")
    for place, cell in enumerate(own):
        run[1:] = np.where(other == cell, run[:-1] + 1, 0)
        end = run.argmax()
        if run[end] > best[2]:
            best = (place - run[end] + 1, end - run[end], run[end])
    return best


def _find_characters(
    texts: np.ndarray, article: np.ndarray, first: np.ndarray, after: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first character of each passage, and the one after its last, for words `first` to before `after`."""
    starts, ends = np.zeros((2, len(article)), "int64")
    order = np.argsort(article, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(article[order])) + 1) if len(order) else []:
        codes = np.frombuffer(_fold(texts[article[rows[0]]]).encode("utf-32-le", "surrogatepass"), "uint32")
        inside = _mark_word_characters(int(codes.max()).bit_length())[codes]
        edges = np.flatnonzero(np.diff(inside, prepend=False, append=False))
        starts[rows], ends[rows] = edges[2 * first[rows]], edges[2 * after[rows] - 1]
    return starts, ends


@cache
def _mark_word_characters(bits: int) -> np.ndarray:
    """Return for each character of at most so many bits whether it is part of a word."""
    return np.array([bool(WORD.match(chr(code))) for code in range(min(2**bits, sys.maxunicode + 1))])
