"""Tone toward a target: what a sentence says of one actor, by a small encoder. Sentences in, chances out.

The encoder has six of the twelve layers of all-mpnet-base-v2 (Song et al. 2020, "MPNet"; Apache 2.0), narrowed, with a
vocabulary of 12,000 pieces. It was fine-tuned on NewsMTSC (Hamborg & Donnay 2021: persons in the politics of one
country) and on coded sentences about armies, states and armed groups in news of a war, by way of two larger networks
(distillation, Hinton et al. 2015). A vector marks the target's words. The program is tests/benchmarks/train_tone.py.

Weights are stored and summed in 8 bits, for half the time. Each piece of a sentence has a scale of its own, and no
result depends on the sentences beside it or on a processor's order of sums (shorten_sums in encoder.py there).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import softmax

from helpers.lexicons import LEXICONS
from helpers.reading.parsing import hash_code
from helpers.reading.store import STORE, hash_text, recall

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

STAND_IN = "X"  # for every name: the encoder learned to read it as one
MODEL, PIECES = LEXICONS / "tone_encoder.onnx", LEXICONS / "tone_pieces.txt"
PIECE_VECTORS = LEXICONS / "tone_piece_vectors.npy"
DIGITS = 3  # of a chance: the digits after them depend on the processor
COOLING = 1.4  # divides the scores, so that chances are those found on sentences kept out of the training
LONGEST, BATCH = 112, 16  # pieces of a sentence, sentences scored at once
TONES, VECTORS = "tones", "vectors"  # in the store
CHANCES = ["negative", "neutral", "positive"]
START, END, PADDING, UNKNOWN = "<s>", "</s>", "<pad>", "[UNK]"
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
Span = tuple[int, int]


class Marked(NamedTuple):
    """A sentence with its names hidden, and where in it the target stands."""

    text: str
    target: tuple[Span, ...]


def hide_names(text: str, names: Iterable[Span], target: Iterable[Span]) -> Marked:
    """Return a sentence with a stand-in for each of `names`, so that none carries a tone, and the target's places.

    A description of the target ("the brutal regime") is a choice of words: it is no name and stays.
    """
    letters, reached = [*text], 0
    for start, end in sorted(set(names), key=lambda span: (span[0], -span[1])):
        if start >= reached:
            letters[start:end], reached = [STAND_IN, *[""] * (end - start - 1)], end
    places = [0, *accumulate(map(len, letters))]
    return Marked("".join(letters), tuple((places[a], max(places[b], places[a] + 1)) for a, b in target))


@cache
def _load_pieces() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(PIECES.read_text(encoding="utf-8").splitlines())}


@lru_cache(maxsize=50_000)
def _split_word(word: str) -> tuple[int, ...]:
    """Return the pieces of a word, the longest first (WordPiece, as BERT has it: lower case, without accents).

    The library for this brings a client that downloads models; here nothing is downloaded.
    """
    pieces, found, at = _load_pieces(), [], 0
    plain = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(char) != "Mn")
    while at < len(plain):
        ends = (end for end in range(len(plain), at, -1) if ("##" if at else "") + plain[at:end] in pieces)
        end = next(ends, None)
        if end is None:
            return (pieces[UNKNOWN],)
        found.append(pieces[("##" if at else "") + plain[at:end]])
        at = end
    return tuple(found)


def cut_pieces(sentence: Marked) -> tuple[list[int], list[bool]]:
    """Return the numbers of a sentence's pieces, and which belong to the target; beyond LONGEST it is cut off."""
    pieces = _load_pieces()
    ids, own = [pieces[START]], [False]
    for word in _WORD.finditer(sentence.text):
        split = _split_word(word[0])
        ids += split
        own += [any(word.start() < end and word.end() > start for start, end in sentence.target)] * len(split)
    ids, own = [*ids[: LONGEST - 1], pieces[END]], [*own[: LONGEST - 1], False]
    return ids, own if any(own) else [True, *own[1:]]


@cache
def _load_encoder() -> "InferenceSession":
    import onnxruntime  # slow to import

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a thread that waits takes no processor
    return onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])


def run_encoder(sentences: Sequence[Marked]) -> tuple[np.ndarray, np.ndarray]:
    """Return of each sentence the scores of negative, neutral and positive, and the vector of what it says."""
    cut = [cut_pieces(sentence) for sentence in sentences]
    order = sorted(range(len(cut)), key=lambda number: len(cut[number][0]))
    found = []
    for start in range(0, len(order), BATCH):
        own, marks = zip(*(cut[number] for number in order[start : start + BATCH]), strict=True)
        ids = np.array([*zip(*zip_longest(*own, fillvalue=_load_pieces()[PADDING]), strict=True)], np.int64)
        target = np.array([*zip(*zip_longest(*marks, fillvalue=False), strict=True)], np.float32)
        mask = (ids != _load_pieces()[PADDING]).astype(np.int64)
        found.append(_load_encoder().run(["logits", "sentence"], {"ids": ids, "mask": mask, "target": target}))
    scores, vectors = map(np.concatenate, zip(*found, strict=True))
    back = np.argsort(order)
    return scores[back], vectors[back]


def score_targets(sentences: Sequence[Marked]) -> np.ndarray:
    """Return the chances of negative, neutral and positive (rows x 3), from the store where they are known."""
    return _find_numbers(TONES, CHANCES, sentences, lambda scores, _: softmax(scores / COOLING, axis=1))


def encode_sentences(texts: Sequence[str]) -> np.ndarray:
    """Return a vector of length 1 for each sentence, names as printed (rows x 256); alike in sense, cosine near 1."""
    marked = [Marked(text, ()) for text in texts]  # without a target, the first piece is marked
    return _find_numbers(VECTORS, [str(n) for n in range(256)], marked, lambda _, vectors: _to_unit(vectors))


def sketch_sentences(texts: Sequence[str]) -> np.ndarray:
    """Return a guess at what `encode_sentences` returns, 70 times as fast: the mean of the pieces' vectors."""
    table = np.load(PIECE_VECTORS)
    means = [table[cut_pieces(Marked(text, ()))[0]].mean(axis=0) for text in texts]
    return _to_unit(np.array(means).reshape(-1, table.shape[1]))


def _to_unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _find_numbers(
    name: str, columns: list[str], sentences: Sequence[Marked], convert: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return a row of numbers for each sentence: as stored under a name, or as made of what the encoder gives."""
    keys = [hash_text(text, str(target)) for text, target in sentences]
    keyed = dict(zip(keys, sentences, strict=True))

    def score(missing: list[str]) -> "Iterator[pa.Table]":
        scores, vectors = run_encoder([keyed[key] for key in missing])
        found = convert(scores.astype(float), vectors.astype(float)).round(DIGITS)
        yield pa.Table.from_pandas(pd.DataFrame(found, columns=columns).assign(key=missing))

    found = recall(STORE / name / hash_code("toner"), keys, score)
    return found.to_pandas().reindex(columns=columns).to_numpy(float)
