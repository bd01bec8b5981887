"""Read NewsMTSC (Hamborg & Donnay, EACL 2021; fhamborg/NewsMTSC on GitHub), parsed and masked as reading masks."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Doc

from helpers.reading import load_model
from helpers.reading.masking import ACTOR, NAME, find_names_to_mask, mask_text
from helpers.reading.tone_model import Marked, hide_names

FOLDS = 5  # one sentence in so many is kept from all that learns

Span = tuple[int, int]


class Target(NamedTuple):
    """One target in one sentence."""

    key: str
    label: int  # -1, 0, 1
    text: str
    span: Span
    masked: str
    marked: Marked


def is_kept(text: str) -> bool:
    """Return whether a sentence belongs to the fifth that nothing learns from; equal sentences stay together."""
    return int(hashlib.sha256(" ".join(text.lower().split()).encode()).hexdigest(), 16) % FOLDS == 0


def mark(doc: Doc, span: Span) -> tuple[str, Marked]:
    """Return a sentence with its names masked, and as the encoder is shown it: with the target's name hidden."""
    names = [(start, end, NAME) for start, end, _ in find_names_to_mask(doc, doc.text, [])]
    others, before = [name for name in names if name[1] <= span[0] or span[1] <= name[0]], len(names)
    if len(others) < before:  # the target is a name, not a description
        names = sorted([*others, (*span, ACTOR)])
    masked = mask_text(doc.text, 0, len(doc.text), names)
    return masked, hide_names(doc.text, [span] * (len(others) < before), [span])


def parse_whole(texts: list[str]) -> Iterator[Doc]:
    """Parse texts as one sentence each."""
    nlp = load_model()

    def prepare() -> Iterator[Doc]:
        for text in texts:
            doc = nlp.make_doc(text)
            for token in doc:
                token.is_sent_start = token.i == 0
            yield doc

    yield from nlp.pipe(prepare(), batch_size=64)


def read_targets(path: Path) -> list[Target]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    targets = []
    for row, doc in zip(rows, parse_whole([row["sentence_normalized"] for row in rows]), strict=True):
        for target in row["targets"]:
            span = (target["from"], target["to"])
            label = int(float(target["polarity"])) // 2 - 2
            targets.append(Target(target["Input.gid"], label, doc.text, span, *mark(doc, span)))
    return targets
