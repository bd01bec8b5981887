"""Read the hand codes of tone in war news (war_codes.csv beside this file) with the sentences that they are about.

The codes are 3,500 of sentence x actor in 374 articles of FA-KES (Abu Salem et al. 2019, CC BY 4.0), coded by reading
by coder "A" by the rules of seeds/labels/README.md, with two more: a sentence that makes an actor answerable for the
death of civilians is -1; "US" in "US-led coalition" is 0 where the coalition's deed is told (an evaluation does not
pass to an ally), but -1 in "US strikes", where the deed is its own. `second` is a second reading of the part `check`,
from its end to its beginning: it says how far a reading is repeatable, not how far others agree (Krippendorff's alpha
.97). The sentences are not kept here: the corpus's CSV (unit_id, article_content) is needed, in whole or in part.

Of the part `learn`, 942 were coded later, and were chosen by a network that had learned from the others: of 1,000
targets it was least sure of 700, and thought 150 perhaps positive; 150 were drawn at random. 54 could not be decided
and 4 were coded already. They say nothing of how frequent a tone is. Their `actor` was guessed from the words. A second
reading of every fifth, minutes later and so not cold, gave an alpha of .97.

The last 320 of `learn` were coded after what ships had learned, which knows none of them: 119 drawn at random, 112 of
which it is least sure, 89 that it thinks likeliest to be positive; 65 more were no actor, a place or undecided. It has
a macro-F1 of .68 there (negative .70, neutral .89, positive .46: 3 of 9 found) and a Spearman of .67; of those drawn at
random it has 111 right, but of their 20 negative ones 14. A second reading of 80, minutes later, gave an alpha of .98.
Cross-validated on them by article, nothing that leaves the encoder as it is gains .02: offsets of the classes (.00),
priors guessed from the corpus (-.2), other stand-ins for the name (-.02), a head on its scores, its vector, VADER and
words near the target (-.03 to +.02; on NewsMTSC -.01 to .00).
"""

import csv
import hashlib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.newsmtsc import Span, Target, mark, parse_whole

CODES = Path(__file__).with_name("war_codes.csv")


class Codes(NamedTuple):
    """Coded targets, and the articles of those that are kept for the check."""

    learn: list[Target]
    check: list[Target]
    articles: set[str]  # texts of the articles that hold `check`


def read_codes(texts: Path, codes: Path = CODES) -> Codes:
    """Return the coded targets whose articles stand in the CSV `texts`; no sentence of `check` is in `learn`."""
    bodies: dict[str, list[str]] = defaultdict(list)
    with texts.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            bodies[row["unit_id"]].append(row["article_content"])
    found: list[tuple[dict[str, str], str, str]] = []
    with codes.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for body in bodies[row["unit_id"]]:
                text = body[int(row["sentence_start"]) : int(row["sentence_end"])]
                if hashlib.sha256(text.encode()).hexdigest().startswith(row["sha256"]):
                    found.append((row, text, body))
                    break
    checked = {text for row, text, _ in found if row["part"] == "check"}
    parts: dict[str, list[Target]] = {"learn": [], "check": []}
    for (row, text, _), doc in zip(found, parse_whole([text for _, text, _ in found]), strict=True):
        if row["part"] == "check" or text not in checked:
            span: Span = (int(row["start"]), int(row["end"]))
            key = f"{row['unit_id']}:{row['sentence_start']}:{row['start']}"
            parts[row["part"]].append(Target(key, int(row["tone"]), text, span, *mark(doc, span)))
    return Codes(parts["learn"], parts["check"], {body for row, _, body in found if row["part"] == "check"})
