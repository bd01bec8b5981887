"""Agreement of harms with hand codes (harm_codes.csv): python -m tests.benchmarks.harms FAKES.csv POLNEAR_TEXTS.

Prints what helpers/lexicons/harm_error.csv keeps; the shares of harms without a doer, as found and as coded; and how
far these lie apart in an outlet with 10 coded or more, on average. With an ACTORS.csv behind them (seeds/actors.csv)
its names are known, as in every reading; without one, no name is. The sentences are not kept here: FA-KES (Abu Salem et
al. 2019, CC BY 4.0) as its CSV, PolNeAR (Newell et al. 2018) as the folder of its training texts (train/text). Rules of
the codes: seeds/labels/README.md. The parts `develop` and `outlets` were read while the rules were written, `check` was
not (later, totals over it were looked at), nor `outlets check`; in those of outlets no victims are coded.
"""

import sys
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path

import pandas as pd

from helpers.agency import UNNAMED
from tests.parsing import ACTORS, read_texts


def main(fakes: str, polnear: str, *actors: str) -> None:
    """Print F1 of the words of harm, and the shares of doers (how named) and victims (words overlap) found as coded."""
    texts = {path.stem: (path.stem.split("_")[0], path.read_text("utf-8")) for path in Path(polnear).glob("*.txt")}
    for row in pd.read_csv(fakes, dtype=str, keep_default_na=False, encoding_errors="replace").to_dict("records"):
        texts[row["unit_id"] + "body"] = row["source"], row["article_content"]
        texts[row["unit_id"] + "title"] = row["source"], row["article_title"]
    coded, sentences, sums = {}, {}, defaultdict(Counter)
    codes = pd.read_csv(Path(__file__).with_name("harm_codes.csv"), dtype=str, keep_default_na=False)
    for (unit, field, start, end), rows in codes.groupby(["unit_id", "field", "sentence_start", "sentence_end"]):
        outlet, text = texts.get(unit) or texts.get(unit + field) or ("", "")
        key, text = f"{outlet} {unit} {field} {start}", text[int(start) : int(end)]
        if sha256(text.encode()).hexdigest().startswith(rows["sha256"].iloc[0]):
            coded[key], sentences[key] = rows.to_dict("records"), text
    known = pd.concat([ACTORS[:0], *(pd.read_csv(one, keep_default_na=False) for one in actors)])
    harms = read_texts(sentences, actors=known).harms
    for key, rows in coded.items():
        found, count = harms[harms["article_id"].eq(key)].to_dict("records"), sums[rows[0]["part"], key.split()[0]]
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
    by_outlet = pd.DataFrame(sums).T.rename_axis(["part", "outlet"]).fillna(0)
    n, many = by_outlet.groupby("part").sum(), by_outlet[by_outlet["coded"].ge(10)]
    shares = {"n_coded": n["coded"], "n_found": n["found"], "n_both": n["both"]}
    victim = (n["victim"] / n["both"]).where(~n.index.str.startswith("outlets"))
    shares |= {"f1": 2 * n["both"] / (n["found"] + n["coded"]), "doer": n["doer"] / n["both"], "victim": victim}
    shares |= {"no_doer_found": n["unnamed"] / n["found"], "no_doer_coded": n["untold"] / n["coded"]}
    apart = (many["unnamed"] / many["found"] - many["untold"] / many["coded"]).abs()
    print(pd.DataFrame(shares | {"apart": apart.groupby("part").mean()}).to_csv(float_format="%.3f"))


if __name__ == "__main__":
    main(*sys.argv[1:])
