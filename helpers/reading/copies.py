"""Find articles that print the same text, wholly or in one passage, and group them: articles -> copies, clusters."""

import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

N = 5  # words in a shingle
WORD = re.compile(r"\w+")
MOST = 1000  # articles; a shingle in more of them is a notice: to pair them all would take their square
BLOCK = 500  # articles compared with all others at once
COLUMNS = {
    "article_a": "str", "outlet_a": "str", "article_b": "str", "outlet_b": "str", "kind": "str",
    "n_shared": "int64", "jaccard": "float64", "containment": "float64", "n_words": "int64",
    "start_a": "int64", "end_a": "int64", "start_b": "int64", "end_b": "int64",
    "text": pd.StringDtype("python", na_value=np.nan),  # Arrow would store a passage again for each pair
}  # fmt: skip


def find_copies(articles: pd.DataFrame, *, containment: float = 0.5, least_words: int = 20) -> pd.DataFrame:
    """Return the pairs of articles that print the same text.

    A text is the set of its shingles: five words in a row in lower case, punctuation ignored (a shorter text is one
    shingle). All are compared, so no pair is missed, with one exception: a shingle in over 1,000 articles (a notice
    under each) pairs the first of them with each of the others, but these are not paired with one another because of
    it. `articles` has article_id, outlet, text, in any order.

    One row is a pair, article_a < article_b, the highest containment first: article_a, outlet_a, article_b,
    outlet_b; kind, `copy` where containment is the limit or more (jaccard is never above it), else `passage`: at
    least `least_words` words in a row are the same, as where two long articles print one wire paragraph; n_shared
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
    ids, outlets, texts = (articles[name].tolist() for name in ("article_id", "outlet", "text"))
    shingles = [_hash_shingles(text) for text in texts]
    distinct = [np.unique(one) for one in shingles]
    spans = [np.array([word.span() for word in WORD.finditer(text)], "int32") for text in texts]
    matcher, last, rows = SequenceMatcher(autojunk=False), -1, []
    for a, b in _find_candidates(shingles, containment, least_words - N + 1):
        if b != last:  # it is prepared once for all its partners
            matcher.set_seq2(shingles[b].tolist())
            last = b
        matcher.set_seq1(shingles[a].tolist())
        passage = matcher.find_longest_match()
        n_words = min(passage.size + N - 1, len(spans[a]))
        n_shared = len(np.intersect1d(distinct[a], distinct[b], assume_unique=True))
        share = n_shared / min(len(distinct[a]), len(distinct[b]))
        if share < containment and n_words < least_words:
            continue
        kind = "copy" if share >= containment else "passage"
        jaccard = n_shared / (len(distinct[a]) + len(distinct[b]) - n_shared)
        start_a, end_a = spans[a][passage.a, 0], spans[a][passage.a + n_words - 1, 1]
        start_b, end_b = spans[b][passage.b, 0], spans[b][passage.b + n_words - 1, 1]
        text = sys.intern(texts[a][start_a:end_a])  # one string, however many pairs share it
        rows.append((ids[a], outlets[a], ids[b], outlets[b], kind, n_shared, jaccard, share, n_words,
                     start_a, end_a, start_b, end_b, text))  # fmt: skip
    rows.sort(key=lambda row: (-row[7], row[0], row[2]))  # containment, article_a, article_b
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype(COLUMNS)


def cluster_copies(articles: pd.DataFrame, copies: pd.DataFrame) -> pd.Series:
    """Return the story cluster of each article: cluster_id by article_id, sorted.

    Articles are in one cluster where a chain of pairs of kind `copy` leads from one to the other, so its ends may
    share little; a shared passage does not join a cluster. cluster_id is the smallest article_id of the cluster. A pair
    counts where both its articles are in `articles`.
    """
    ids = pd.Index(articles["article_id"].unique(), name="article_id").sort_values()
    close = copies[copies["kind"].eq("copy") & copies["article_a"].isin(ids) & copies["article_b"].isin(ids)]
    ends = ids.get_indexer(close["article_a"]), ids.get_indexer(close["article_b"])
    links = sparse.coo_matrix((np.ones(len(close)), ends), shape=(len(ids), len(ids)))
    cluster = connected_components(links, directed=False)[1]
    smallest = np.unique(cluster, return_index=True)[1]
    return pd.Series(ids.take(smallest[cluster]), index=ids, name="cluster_id")


def show_passages(articles: pd.DataFrame, copies: pd.DataFrame, limit: int = 20) -> pd.DataFrame:
    """Return the shared passages, to be read: the first `limit` pairs of which both articles are in `articles`.

    One row is a pair: outlet_a, outlet_b, containment (of the shorter article's shingles, in (0, 1], to three
    decimals), n_words and text (the longest passage in both, whole, as a prints it).
    """
    there = copies["article_a"].isin(articles["article_id"]) & copies["article_b"].isin(articles["article_id"])
    shown = copies.loc[there, ["outlet_a", "outlet_b", "containment", "n_words", "text"]].head(limit)
    return shown.round({"containment": 3}).reset_index(drop=True)


def _hash_shingles(text: str) -> np.ndarray:
    """Return the hash of the five words that begin at each word, of all words where there are fewer."""
    words = WORD.findall(text.replace("\u0130", "I").lower())  # the one character that lower() would make two of
    shingles = [" ".join(words[start : start + N]) for start in range(max(1, len(words) - N + 1))] if words else []
    return pd.util.hash_array(np.array(shingles, dtype=object), categorize=False)


def _find_candidates(shingles: list[np.ndarray], containment: float, least: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers a < b of the pairs that may be copies or share a passage, in order of b.

    Two articles are compared by how many pairs of equal shingles they hold. That is never less than their distinct
    shared shingles, nor than the shingles of a passage (at least `least`), even if it repeats itself.
    """
    article = np.repeat(np.arange(len(shingles)), [len(one) for one in shingles])
    column, distinct = pd.factorize(np.concatenate([*shingles, np.zeros(0, "uint64")]))
    shape = len(shingles), len(distinct)
    held = sparse.csr_matrix((np.ones(len(column), "int64"), (article, column)), shape)  # how often: article x shingle
    size, others = np.diff(held.indptr), held.tocsc()
    n_articles = np.diff(others.indptr)
    # a notice stays in its first article only: this one is paired with all others, but these are not with one another
    first = np.repeat(others.indices[others.indptr[:-1]], n_articles)
    others.data[np.repeat(n_articles > MOST, n_articles) & (others.indices != first)] = 0
    others.eliminate_zeros()
    for start in range(0, len(shingles), BLOCK):
        pairs = sparse.tril(held[start : start + BLOCK] @ others.T, k=start - 1)
        a, b = pairs.col, pairs.row + start
        enough = (pairs.data >= least) | (pairs.data / np.minimum(size[a], size[b]) >= containment)
        order = np.lexsort((a[enough], b[enough]))
        yield from zip(a[enough][order].tolist(), b[enough][order].tolist(), strict=True)
