"""How each figure was made, in words: its method, its references and what was chosen."""

import re
from functools import cache
from typing import Any

import numpy as np

from helpers.charts import Drawn
from helpers.inference import ENOUGH, FEW
from helpers.lexicons import read_lexicon

# columns that say, by one value in all rows, what a result was asked for
CHOSEN = ("actor", "target", "against", "voice", "measure", "forms", "window", "by", "instrument")
RULES = {"rules.describe_only_below": FEW, "rules.intervals_from": ENOUGH}


def describe_method(name: str, drawn: Drawn, method: str = "") -> dict[str, Any]:
    """Return how a figure was made: measure (the function), method (a sentence or two), references (their keys).

    Taken from lexicons/methods.csv: the row of the figure's name, else of the kind of figure. `method` replaces its
    words. The keys are those of lexicons/references.bib.
    """
    rows = _load_methods()
    kind = "counts" if drawn.kind.startswith("counts by ") else drawn.kind.partition(":")[0]
    row = rows.get(name) or rows.get(kind)
    row = row or {"measure": "", "method": "", "references": ""}
    keys = [key for key in row["references"].split(";") if key]
    return {"measure": row["measure"], "method": method or fill_rules(row["method"]), "references": keys}


def find_parameters(drawn: Drawn) -> dict[str, Any]:
    """Return what was chosen for a figure: what all rows of the chart's table share, and the chart's options."""
    given = drawn.given
    found = {}
    for name in CHOSEN if given is not None and len(given) else ():
        if name in given.columns and len(values := given[name].drop_duplicates()) == 1:
            found[name] = values.iloc[0]
    options = {name: value for name, value in drawn.options.items() if name not in found}
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in (found | options).items()}


def fill_rules(text: str) -> str:
    """Return `text` with the numbers of the project's rules in place of their ids, such as `{{rules.intervals_from}}`.

    An id that is none of these stays as it is.
    """
    return re.sub(r"{{\s*(rules\.\w+)\s*}}", lambda found: str(RULES.get(found[1], found[0])), text)


@cache
def _load_methods() -> dict[str, dict[str, str]]:
    return {row["applies_to"]: row for row in read_lexicon("methods.csv")}
