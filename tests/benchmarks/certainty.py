"""Agreement of certainty with hand codes (certainty_codes.csv): python -m tests.benchmarks.certainty FAKES.csv.

Prints what helpers/lexicons/certainty_error.csv keeps. Articles are read whole, with the actors of the seeds; they are
not kept here: FA-KES (Abu Salem et al. 2019, CC BY 4.0) as its CSV. Rules of the codes: seeds/labels/README.md. The
part `develop` was read while the lexicon was written, `check` was not.
"""

import csv
import sys
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from sklearn.metrics import accuracy_score, f1_score

from helpers.attribution import CERTAINTY, find_statements
from tests.parsing import read_texts

CODES = Path(__file__).with_name("certainty_codes.csv")


def main(fakes: str) -> None:
    """Print the share of statements found as coded, and macro-F1, also of the voice alone: hedges told as facts."""
    with CODES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with Path(fakes).open(encoding="utf-8", errors="replace", newline="") as file:
        texts = {row["unit_id"]: row["article_content"] for row in csv.DictReader(file)}
    read = read_texts({row["unit_id"]: texts[row["unit_id"]] for row in rows})
    statements = find_statements(read)
    keys = ["article_id", "passage_no", "actor"]
    mentions = read.mentions[[*keys, "start", "end"]].merge(statements[[*keys, "voice", "certainty"]], on=keys)
    coded = defaultdict(list)
    for row in rows:
        first, last = int(row["sentence_start"]), int(row["sentence_end"])
        same = sha256(texts[row["unit_id"]][first:last].encode()).hexdigest().startswith(row["sha256"])
        of_article = mentions[mentions["article_id"].eq(row["unit_id"])]
        at, until = first + int(row["start"]), first + int(row["end"])
        found = of_article[of_article["start"].lt(until) & of_article["end"].gt(at)]
        if same:
            voice, certainty = found[["voice", "certainty"]].iloc[0] if len(found) else ("", "not found")
            coded[row["part"]].append((row["certainty"], certainty, CERTAINTY[voice != "outlet"]))
    print("part,n_coded,right,macro_f1,macro_f1_voice_alone")
    for part, three in sorted(coded.items(), reverse=True):
        codes, found, voices = zip(*three, strict=True)
        f1 = [f1_score(codes, some, labels=CERTAINTY, average="macro", zero_division=0) for some in (found, voices)]
        print(f"{part},{len(codes)},{accuracy_score(codes, found):.3f},{f1[0]:.3f},{f1[1]:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
