"""Read NewsMTSC (Hamborg & Donnay, EACL 2021; fhamborg/NewsMTSC on GitHub), parsed and masked as reading masks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Doc

from helpers.reading import load_model
from helpers.reading.masking import NAME, find_names_to_mask, mask_text
from helpers.reading.tone_model import TARGET

Span = tuple[int, int]


class Target(NamedTuple):
    """One target in one sentence."""

    key: str
    sentence_key: str
    label: int  # -1, 0, 1
    text: str
    span: Span
    marked: str  # masked, the target as one word


def mark(doc: Doc, span: Span) -> str:
    """Return a sentence with its target and all other names masked."""
    names = [(a, b, NAME) for a, b, _ in find_names_to_mask(doc, doc.text, []) if b <= span[0] or span[1] <= a]
    return mask_text(doc.text, 0, len(doc.text), sorted([*names, (*span, TARGET)]))


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
            marked = mark(doc, span)
            targets.append(Target(target["Input.gid"], row["primary_gid"], label, doc.text, span, marked))
    return targets
