"""Agreement of harms with hand codes (harm_codes.csv): python -m tests.benchmarks.harms FAKES.csv POLNEAR_TEXTS.

Prints what helpers/lexicons/harm_error.csv keeps, and the shares of harms without a doer, as found and as coded. With
an ACTORS.csv behind them (seeds/actors.csv) its names are known, as in every reading; without one, no name is. The
sentences are not kept here: FA-KES (Abu Salem et al. 2019, CC BY 4.0) as its CSV, PolNeAR (Newell et al. 2018) as the
folder of its training texts (train/text). Rules of the codes: seeds/labels/README.md. The part `develop` was read while
the rules were written, `check` was not (later, totals over it were looked at).
"""

import csv
import sys
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path

import pandas as pd

from helpers.agency import UNNAMED
from helpers.reading.actors import find_mentions
from helpers.reading.aliases import compile_aliases
from helpers.reading.attribution import Parsed
from helpers.reading.harms import find_harms
from helpers.reading.parsing import load_model, tokenize
from helpers.reading.quotations import find_quotations
from helpers.reading.schemas import UNRESOLVED

CODES = Path(__file__).with_name("harm_codes.csv")
NO_ACTORS = pd.DataFrame(columns=["actor", "alias", "kind", "note"], dtype=str)


def main(fakes: str, polnear: str, *actors: str) -> None:
    """Print F1 of the words of harm, and the shares of doers (how named) and victims (words overlap) found as coded."""
    bodies = {path.stem: path.read_text(encoding="utf-8") for path in Path(polnear).glob("*.txt")}
    with Path(fakes).open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            bodies |= {row["unit_id"]: row["article_content"], row["unit_id"] + "title": row["article_title"]}
    coded, nlp, sums = defaultdict(list), load_model(), defaultdict(Counter)
    matcher = compile_aliases(pd.concat([NO_ACTORS, *(pd.read_csv(one, keep_default_na=False) for one in actors)]))
    with CODES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            coded[
                row["unit_id"] + row["field"].removeprefix("body"), row["sentence_start"], row["sentence_end"]
            ].append(row)
    for (unit, start, end), rows in coded.items():
        text = bodies.get(unit, "")[int(start) : int(end)]
        if not sha256(text.encode()).hexdigest().startswith(rows[0]["sha256"]):
            continue
        doc, sentences = tokenize(nlp, text)
        mentions = find_mentions(Parsed(nlp(doc), text, sentences, find_quotations(text)[0]), matcher)
        named = [(one, doc.char_span(one.start, one.end, alignment_mode="expand")) for one in mentions
                 if one.actor != UNRESOLVED and one.role != "place"]  # fmt: skip
        found, count = find_harms(doc, named), sums[rows[0]["part"]]
        count["found"] += len(found)
        count["unnamed"] += sum(one["named"] in UNNAMED for one in found)
        for row in (row for row in rows if row["start"]):
            same = [one for one in found if one["start"] < int(row["end"]) and int(row["start"]) < one["end"]]
            count["coded"] += 1
            count["untold"] += row["doer"] in UNNAMED
            if same:
                low, high = int(row["victim_start"] or -1), int(row["victim_end"] or -1)
                bears = same[0]["victim_start"], same[0]["victim_end"]
                count["both"] += 1
                count["doer"] += same[0]["named"] == row["doer"]
                count["victim"] += bears == (low, high) if low < 0 else bears[0] < high and low < bears[1]
    print("part,n_coded,n_found,f1,doer,victim,no_doer_found,no_doer_coded")
    for part, n in sums.items():
        shares = ",".join(f"{n[what] / n['both']:.3f}" for what in ("doer", "victim"))
        shares += f",{n['unnamed'] / n['found']:.3f},{n['untold'] / n['coded']:.3f}"
        print(f"{part},{n['coded']},{n['found']},{2 * n['both'] / (n['found'] + n['coded']):.3f},{shares}")


if __name__ == "__main__":
    main(*sys.argv[1:])
