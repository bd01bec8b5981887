"""Tone toward a target: what a sentence says of one actor, by a small encoder. Sentences in, chances out.

The encoder has six of the twelve layers of all-mpnet-base-v2 (Song et al. 2020, "MPNet"; Apache 2.0), narrowed, with a
vocabulary of 12,000 pieces. It was fine-tuned on NewsMTSC (Hamborg & Donnay 2021: persons in the politics of one
country) and on coded sentences about armies, states and armed groups in news of a war, by way of two larger networks
(distillation, Hinton et al. 2015). A vector marks the target's words. The program is tests/benchmarks/train_tone.py.

Weights are stored and summed in 8 bits, for half the time; no result depends on a processor's order of sums
(shorten_sums in encoder.py there) or on the sentences beside one, since each runs alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from onnxruntime import InferenceSession, SessionOptions
from scipy.special import softmax

from helpers.lexicons import LEXICONS
from helpers.reading.parsing import hash_code
from helpers.reading.store import STORE, hash_text, recall

STAND_IN = "X"  # for every name: the encoder learned to read it as one
MODEL, PIECES = LEXICONS / "tone_encoder.onnx", LEXICONS / "tone_pieces.txt"
PIECE_VECTORS = LEXICONS / "tone_piece_vectors.npy"
DIGITS = 3  # of a chance: the digits after them depend on the processor
COOLING = 1.4  # divides the scores, so that chances are those found on sentences kept out of the training
LONGEST = 112  # pieces of a sentence
START, END, UNKNOWN = "<s>", "</s>", "[UNK]"
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
    pieces, found, before = _load_pieces(), [], ""
    rest = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(char) != "Mn")
    while rest:
        end = next((end for end in range(len(rest), 0, -1) if before + rest[:end] in pieces), None)
        if end is None:
            return (pieces[UNKNOWN],)
        found.append(pieces[before + rest[:end]])
        rest, before = rest[end:], "##"
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
def _load_encoder() -> InferenceSession:
    options = SessionOptions()
    options.intra_op_num_threads = 1  # processors share out the sentences, not the sums of one
    return InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])


def _run_alone(sentence: Marked) -> list[np.ndarray]:
    ids, own = cut_pieces(sentence)
    given = {"ids": np.array([ids]), "mask": np.ones((1, len(ids)), np.int64), "target": np.array([own], np.float32)}
    return _load_encoder().run(["logits", "sentence"], given)


def run_encoder(sentences: Sequence[Marked]) -> tuple[np.ndarray, np.ndarray]:
    """Return of each sentence the chances of negative, neutral and positive, and the vector of what it says."""
    _load_encoder()  # once, before there are threads
    with ThreadPoolExecutor() as pool:
        scores, vectors = map(np.concatenate, zip(*pool.map(_run_alone, sentences), strict=True))
    return softmax(scores.astype(float) / COOLING, axis=1), vectors.astype(float)


def score_targets(sentences: Sequence[Marked]) -> np.ndarray:
    """Return the chances of negative, neutral and positive (rows x 3), from the store where they are known."""
    return _find_numbers("tones", 3, sentences)


def encode_sentences(texts: Sequence[str]) -> np.ndarray:
    """Return a vector of length 1 for each sentence, names as printed (rows x 256); alike in sense, cosine near 1."""
    return _find_numbers("vectors", 256, [Marked(text, ()) for text in texts])  # no target: the first piece is marked


def sketch_sentences(texts: Sequence[str]) -> np.ndarray:
    """Return a guess at what `encode_sentences` returns, 70 times as fast: the mean of the pieces' vectors."""
    table = np.load(PIECE_VECTORS)
    means = [table[cut_pieces(Marked(text, ()))[0]].mean(axis=0) for text in texts]
    vectors = np.reshape(means, (-1, table.shape[1]))
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _find_numbers(name: str, width: int, sentences: Sequence[Marked]) -> np.ndarray:
    """Return `width` numbers for each sentence, "tones" or "vectors": as stored, or as the encoder gives them."""
    keys = [hash_text(text, str(target)) for text, target in sentences]
    keyed, columns = dict(zip(keys, sentences, strict=True)), [str(n) for n in range(width)]

    def score(missing: list[str]) -> Iterator[pa.Table]:
        chances, vectors = run_encoder([keyed[key] for key in missing])
        found = pd.DataFrame(chances if name == "tones" else vectors, columns=columns).round(DIGITS)
        yield pa.Table.from_pandas(found.assign(key=missing))

    found = recall(STORE / name / hash_code("toner"), keys, score)
    return found.to_pandas().reindex(columns=columns).to_numpy(float)
