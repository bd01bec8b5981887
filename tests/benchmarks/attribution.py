"""Predict the attributions of a PolNeAR split: python -m tests.benchmarks.attribution DATA --split train --out FILE.

Outermost attributions only, as that corpus codes them; FILE is JSON lines, one attribution a line. The shipped
weights predict, and they have seen the training split: for a cross-validated figure give `--folds`, which trains
(tests/benchmarks/train_attribution.py).
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from helpers.reading.attribution import find_citations
from helpers.reading.attribution.network import Network
from tests.benchmarks.polnear import Article, parse_articles


def predict(article: Article, network: Network | None = None) -> Iterator[dict[str, Any]]:
    """Yield the outermost attributions of an article, one row each."""
    [citations] = find_citations([article.parsed], network)
    for citation in citations:
        if citation.parent is None:
            yield {
                "article": article.name,
                "cue_start": citation.cue[0],
                "cue_end": citation.cue[1],
                "source": [list(span) for span in citation.sources],
                "content": [[part.start, part.end] for part in citation.parts],
                "confidence": round(citation.confidence, 4),
            }


def write_predictions(rows: Iterable[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="train")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", action="store_true", help="cross-validate: train on the other articles first")
    options = parser.parse_args()
    if options.folds:
        from tests.benchmarks.train_attribution import Recipe, cross_validate

        articles = list(parse_articles(options.data, options.split))
        write_predictions(cross_validate(articles, Recipe()), options.out)
    else:
        articles = parse_articles(options.data, options.split)
        write_predictions((row for article in articles for row in predict(article)), options.out)


if __name__ == "__main__":
    main()
