"""Read the PolNeAR corpus (Newell, Margolin & Ruths, LREC 2018; networkdynamics/PolNeAR on GitHub) and parse it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Doc

from helpers.reading import load_model, tokenize
from helpers.reading.attribution import Parsed
from helpers.reading.quotations import Quotation, find_quotations
from helpers.reading.sentences import Sentence
from helpers.reading.turns import find_turns

Spans = list[tuple[int, int]]
FOLDS = 5


class Coded(NamedTuple):
    """One attribution as an annotator coded it: character spans."""

    cue: Spans
    source: Spans
    content: Spans


class Article(NamedTuple):
    """One parsed article with the codes of its first annotator."""

    name: str
    doc: Doc
    sentences: list[Sentence]
    quotations: list[Quotation]
    coded: list[Coded]
    discarded: Spans  # stretches that were not to be coded

    @property
    def parsed(self) -> Parsed:
        """The article as the extractor takes it."""
        return Parsed(self.doc, self.doc.text, self.sentences, self.quotations, [], find_turns(self.doc.text))


def read_codes(path: Path) -> tuple[list[Coded], Spans]:
    """Return the attributions and the discarded stretches of one annotation file (brat standoff)."""
    spans: dict[str, tuple[str, Spans]] = {}
    events = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if re.match(r"T\d+\t", line):
            key, spec = line.split("\t")[:2]
            kind, where = spec.split(" ", 1)
            pairs = (piece.split() for piece in where.split(";"))
            spans[key] = kind, [(int(start), int(end)) for start, end in pairs]
        elif re.match(r"E\d+\t", line):
            events.append(line.split("\t")[1].split()[1:])
    coded = []
    for parts in events:
        roles: dict[str, Spans] = defaultdict(list)
        for role, key in (part.split(":") for part in parts):
            roles[role.rstrip("2")].extend(spans[key][1])
        if roles["Cue"]:
            coded.append(Coded(*(sorted(roles[role]) for role in ("Cue", "Source", "Content"))))
    return coded, [span for kind, where in spans.values() if kind == "Discard" for span in where]


def parse_articles(data: Path, split: str) -> Iterator[Article]:
    """Parse each article of a split with the project's own sentence breaks."""
    files = sorted((data / split / "text").glob("*.txt"))
    if not files:
        raise SystemExit(f"{data}: no {split}/text/*.txt; give the folder that holds PolNeAR's {split}/")
    nlp = load_model()

    def prepare() -> Iterator[tuple[Doc, tuple[Path, list[Sentence]]]]:
        for file in files:
            text = file.read_bytes().decode("utf-8")
            doc, sentences = tokenize(nlp, text)
            yield doc, (file, sentences)

    for doc, (file, sentences) in nlp.pipe(prepare(), as_tuples=True, batch_size=16):
        codes = sorted((data / split / "attributions").glob(f"{file.stem}_*.ann"))
        coded, discarded = read_codes(codes[0]) if codes else ([], [])
        yield Article(file.stem, doc, sentences, find_quotations(doc.text)[0], coded, discarded)
