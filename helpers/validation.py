"""Compare what the instruments found with what a person coded by reading: the measured error of every count.

`judge_tone` is the gate: it alone decides whether outlets may be compared by tone. Estimates corrected by this error,
and how many sentences a difference would need, are in helpers/correction.py.
"""

from collections.abc import Sequence

import krippendorff
import numpy as np
import pandas as pd

from helpers.charts import signed
from helpers.coding import CODES_OF_ACTS, read_labels, read_tones
from helpers.comparability import list_large
from helpers.correction import INSTRUMENTS, LEAST_CODES, SPAN, TONE_NAMES, Z, join_codes, name_instruments, weigh_tones
from helpers.inference import Verdict, compare_tone
from helpers.lexicons import index_lexicon, read_measured
from helpers.reading import Reading, check_name, select_rows
from helpers.reading.schemas import FEW, LEVEL, UNRESOLVED, VOICES

NOT_VALIDATED = "not validated on this corpus"
# the columns of `measure_mentions` and `measure_attributions` that say how far to trust a count
RATES = ["what", "n_found", "n_coded", "precision", "precision_low", "precision_high", "recall", "recall_low",
         "recall_high"]  # fmt: skip
# groups of mentions -> whether they are descriptions
KINDS = {"names, acronyms and metonyms": [False], "descriptions": [True], "all": [False, True]}
TONES = [f"{tone}, by {who}" for tone in TONE_NAMES.values() for who in ("hand", "machine")]
BIAS = 0.05  # standard deviation of an outlet's mean error, beyond chance: war news of 12 outlets
LEAST_TO_JUDGE = 40  # codes, for them to say that the classifier does not follow them
CUT = 0.05  # VADER's own: scores between -0.05 and 0.05 are neutral
_SOURCE = ["article_id", "attribution_id", "source_no"]


def measure_mentions(read: Reading, labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well the mentions found agree with those a person coded.

    A mention found is right when it overlaps a coded one of the same actor, each taken once. Only articles with
    codes count, and only codes without a problem; unresolved mentions are left out of precision (they claim no
    actor) and cost recall.

    One row is a group of kinds: what ("names, acronyms and metonyms", adjectives too; "descriptions"; "all"), n_found,
    n_coded, right_found and right_coded (matched ones of either side; they differ where finder and coder give a
    match another kind), precision (right_found / n_found), recall (right_coded / n_coded), and the 95% intervals
    (Wilson) precision_low, precision_high, recall_low, recall_high. The intervals treat mentions as independent, which
    those of one article are not: the true uncertainty is at least as large.
    """
    found, labels, both = _join_coded(read, "mentions", labels)
    found, pairs = found[found["actor"].ne(UNRESOLVED)], _take_once(both)
    rows, sides = [], ((found, "found"), (labels, "coded"))
    for what, kinds in KINDS.items():
        rights = [side.index.isin(pairs[name])[side["kind"].eq("description").isin(kinds)] for side, name in sides]
        rows.append((what, *map(len, rights), *map(sum, rights)))
    return _rate(rows)


def _join_coded(
    read: Reading, table: str, labels: pd.DataFrame, part: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a table in the articles that a person coded, the codes that can be used, and what overlaps of the two.

    In the third, a row found stands beside one coded (`..._coded`), of the same actor if the codes name any: `found`
    and `coded` are their row numbers, `shared` is how many characters their spans (`part`: content_ ...) share.
    """
    labels = labels[labels["problem"].eq("")].reset_index(drop=True)
    found = select_rows(read, table, among=labels[["article_id"]].drop_duplicates()).reset_index(drop=True)
    numbered, keys = found.reset_index(names="found"), ["article_id", *["actor"] * ("actor" in labels)]
    both = numbered.merge(labels.reset_index(names="coded"), on=keys, suffixes=("", "_coded"))
    return found, labels, both.assign(shared=_overlap(both, part)).query("shared > 0")


def _overlap(both: pd.DataFrame, part: str) -> pd.Series:
    """Return how many characters the span found and the one coded share in each row; 0 or less: none."""
    start, end = f"{part}start", f"{part}end"
    return both[[end, f"{end}_coded"]].min(axis=1) - both[[start, f"{start}_coded"]].max(axis=1)


def _take_once(both: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with most characters `shared` first; no number of one `found`, or `coded`, is in two of them."""
    ordered = both.assign(shared=-both["shared"]).sort_values(["shared", "found", "coded"])
    return ordered.drop_duplicates("found").drop_duplicates("coded")


def _rate(rows: list[tuple]) -> pd.DataFrame:
    """Return precision and recall; a row is what is found, n_found, n_coded and how many of either are right."""
    table = pd.DataFrame(rows, columns=["what", "n_found", "n_coded", "right_found", "right_coded"])
    return _add_share(_add_share(table, "precision", "right_found", "n_found"), "recall", "right_coded", "n_coded")


def _add_share(table: pd.DataFrame, name: str, right: str, n: str) -> pd.DataFrame:
    """Return a table with a share, right / n, and its 95% Wilson interval; empty where there is nothing to share."""
    share, n, square = table[right] / table[n], table[n], Z**2
    middle, reach = table[right] + square / 2, np.sqrt(square * (n * share * (1 - share) + square / 4))
    ends = {f"{name}_low": (middle - reach) / (n + square), f"{name}_high": (middle + reach) / (n + square)}
    return table.assign(**{name: share}, **ends)


def measure_attributions(read: Reading, labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well the attributions found agree with those a person coded.

    The unit is a source of an attribution, however many parts its content has; only outermost attributions count.
    A pair is right when cue, source and content each overlap (a cue or a source that neither has counts as agreeing).
    Codes that the coder was not certain of are left out: missing them costs no recall, and finding them costs no
    precision.

    One row is a question: what ("attributions": all three overlap; "source type" and "named": of the right ones, those
    with the same type and the same way of naming), n_found, n_coded, right_found, right_coded, precision, recall, f1
    and the 95% Wilson intervals, as in `measure_mentions`. For the last two, precision and recall are the same share.
    """
    labels = labels.rename(columns={"attribution_no": "attribution_id", "nested_in": "parent_id"})
    found, coded, both = _join_coded(read, "attributions", labels, "content_")
    for role in ("cue", "source"):
        start, other = both[f"{role}_start"], both[f"{role}_start_coded"]
        # where the coder marked no cue, any cue agrees; a source must be missing on both sides
        without = other.eq(-1) if role == "cue" else start.eq(-1) & other.eq(-1)
        both = both[without | _overlap(both, f"{role}_").gt(0)]
    keys = ["article_id", *(f"{name}_coded" for name in _SOURCE[1:])]
    sources = {"found": both.groupby(_SOURCE).ngroup(), "coded": both.groupby(keys).ngroup()}
    pairs = _take_once(both.assign(**sources))
    is_sure = pairs["certain"].eq("yes") & pairs["parent_id_coded"].eq("")
    right, excused = pairs[is_sure], pairs[~is_sure]
    sides = (side[side["parent_id"].eq("")] for side in (found, coded[coded["certain"].eq("yes")], excused))
    n_found, n_coded, n_excused = (len(side.drop_duplicates(_SOURCE)) for side in sides)
    rows, n = [("attributions", n_found - n_excused, n_coded, len(right), len(right))], len(right)
    for column in ("source_type", "named"):
        same = int(right[column].eq(right[f"{column}_coded"]).sum())
        rows.append((column.replace("_", " "), n, n, same, same))
    table = _rate(rows)
    return table.assign(f1=2 * table["right_found"] / (table["n_found"] + table["n_coded"]))


def measure_voices(read: Reading, labels: pd.DataFrame) -> pd.DataFrame:
    """Return for how many coded mentions the voice found is the one a person coded.

    Only coded mentions that were found count (`measure_mentions` says how many were not). One row is one coded
    voice, and one for all: voice, n_coded (found mentions coded so), n_right, agreement (n_right / n_coded) with its
    95% Wilson interval agreement_low, agreement_high.
    """
    pairs = _take_once(_join_coded(read, "mentions", labels)[2])
    coded = pairs.assign(voice=pairs["voice_coded"], right=pairs["voice"].eq(pairs["voice_coded"]))
    return _count_right(coded[["voice", "right"]], "voice", VOICES)


def _count_right(coded: pd.DataFrame, column: str, values: Sequence[str]) -> pd.DataFrame:
    """Return for each coded value, and for all, how many codes there are and how many, in what share, are right."""
    both = pd.concat([coded, coded.assign(**{column: "all"})])
    both.insert(1, "coded", True)
    counts = both.groupby(column).sum().reindex([*values, "all"], fill_value=0).astype("int64")
    return _add_share(counts.add_prefix("n_").reset_index(), "agreement", "n_right", "n_coded")


def measure_acts(read: Reading, labels: pd.DataFrame) -> pd.DataFrame:
    """Return for how many coded mentions the role found is the one a person coded.

    One row is one coded role (`none`: the mention neither acts nor is acted upon), and one for all: role, n_coded,
    n_right (the role is among those found for the mention, or none was found where none was coded), n_right_verb
    (and so is the lemma of the verb or noun), agreement (n_right / n_coded) with its 95% Wilson interval.
    """
    _, labels, both = _join_coded(read, "acts", labels, "mention_")
    same = both[both["role"].eq(both["role_coded"])]
    idle = labels["role"].eq("none") & ~labels.index.isin(both["coded"])
    right = idle | labels.index.isin(same["coded"])
    right_verb = idle | labels.index.isin(same.loc[same["verb"].eq(same["verb_coded"]), "coded"])
    return _count_right(labels[["role"]].assign(right=right, right_verb=right_verb), "role", CODES_OF_ACTS)


def measure_tone(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well instruments of tone agree with the tone toward an actor that a person coded.

    `scores` is a table of `score_sentences` (all actors), `labels` of `coding.read_labels(corpus, "sentiment")`;
    sentences that either lacks are left out. A score counts as negative up to -0.05 and positive from 0.05 on; of the
    classifier, where `scores` has it, the label counts.

    One row is an instrument: instrument, n_coded (sentences x actors), n_toned (coded other than 0), n_right (called as
    coded); n_negative, right_negative, f1_negative (coded so, of these called so, F1; likewise neutral and positive);
    macro_f1 (mean of the three), spearman (rank correlation of score and code, empty where all codes are alike), slope
    (how much of a difference between codes shows in the scores), always_neutral (the macro-F1 of calling every sentence
    neutral: the baseline) and tells (whether it tells the tone toward an actor on these sentences: it agrees with the
    codes better than the baseline, at the digits shown, and its scores rise with them beyond chance, sentences taken as
    independent). F1 weighs each code by how many sentences it stands for; all else is of the coded sentences.
    """
    from scipy.stats import linregress, spearmanr  # slow to import
    from sklearn.metrics import f1_score

    joined, rows = join_codes(scores, labels), []
    for column, instrument in name_instruments(scores).items():
        both = joined[joined[column].notna()]
        coded, score = both["tone"], both[column].astype(float)
        found = both["target_label"] if column == "target_score" else np.sign(score.where(score.abs().ge(CUT), 0.0))
        three = {"labels": [*TONE_NAMES], "average": None, "zero_division": 0, "sample_weight": both["weight"]}
        said, none = (found, found * 0), np.full(3, np.nan)
        each, neutral = (f1_score(coded, one, **three) if len(both) else none for one in said)
        varied = coded.nunique() > 1 and score.nunique() > 1
        rank = spearmanr(score, coded).statistic if varied else np.nan
        slope = linregress(coded, score).slope if varied else np.nan
        row = {"instrument": instrument, "n_coded": len(both), "n_toned": int(coded.ne(0).sum())}
        row |= {"n_right": int(coded.eq(found).sum()), "macro_f1": each.mean(), "spearman": rank, "slope": slope}
        row["always_neutral"] = neutral.mean()
        for (tone, name), f1 in zip(TONE_NAMES.items(), each, strict=True):
            own = coded.eq(tone)
            row |= {f"n_{name}": int(own.sum()), f"right_{name}": int(found[own].eq(tone).sum()), f"f1_{name}": f1}
        rows.append(row)
    table = pd.DataFrame(rows)
    better = table["macro_f1"].round(2) > table["always_neutral"].round(2)
    z = np.arctanh(table["spearman"].clip(-0.999, 0.999)) * np.sqrt((table["n_coded"] - 3).clip(lower=0))  # Fisher's
    return table.assign(tells=better & z.ge(Z))


def judge_tone(scores: pd.DataFrame, labels: pd.DataFrame, read: Reading, *, actor: str) -> Verdict:
    """Return which outlets may be said to speak of an actor in another tone than the others: the gate of all notebooks.

    `scores` is a table of `classify_targets`, `labels` of `coding.read_tones`. An outlet may where its mean score
    differs from that of the others beyond chance (stories shuffled between outlets, one family: `compare_tone`), by
    more than the classifier errs from outlet to outlet (`BIAS`), and the hand codes, where it and the others have 5,
    do not say the reverse. None may where the classifier does not follow 40 codes or more (`measure_tone`), or calls
    fewer than 5 sentences positive or negative.

    `table` is that of `compare_tone`, with `by_hand` (mean code: `weigh_tones`; empty where `correct_tone` gives none:
    of fewer than 20 codes that are not all) and `note` ("": it may be said; else why not). Tuned and measured by
    tests/benchmarks/tone_gate.py: lexicons/tone_gate.csv.
    """
    about = scores[scores["actor"].eq(actor)].reset_index(drop=True)
    table, coded = compare_tone(about, read, column="target_score"), join_codes(about, labels)
    n_coded = coded.groupby("outlet").size()
    means = weigh_tones(about, labels)[n_coded.ge(FEW)]
    by_hand = table["outlet"].map(means).astype(float)
    n, reach = table["p"].notna().sum(), Z * BIAS
    rest = pd.Series([means.drop(outlet, errors="ignore").mean() for outlet in table["outlet"]], dtype=float)
    reasons = {
        "it may be chance": table["p"].gt(LEVEL),
        "the classifier’s own error may be as large": table["difference"].abs().lt(reach * np.sqrt(n / max(n - 1, 1))),
        "the hand codes say the reverse": (by_hand - rest).mul(table["difference"]).lt(0),
    }
    why = table["note"].where(table["p"].isna(), "")
    for reason, is_so in reasons.items():
        why = why.mask(why.eq("") & is_so, reason)
    row = measure_tone(about, labels).set_index("instrument").loc[INSTRUMENTS["target_score"]]
    n_large = len(list_large(about.merge(read.articles[["article_id", "story_id"]], on="article_id")))
    rank = "" if pd.isna(row["spearman"]) else f"; rank correlation {signed(row['spearman'])}"
    measured = f"macro-F1 {row['macro_f1']:.2f}; “neutral” every time scores {row['always_neutral']:.2f}{rank}"
    whose, held = f"the {row['n_coded']:,} hand codes of the tone toward {actor}", why[table["p"].le(LEVEL)]
    chance = f"where outlets differ, {held.iloc[0]}" if len(held) else "what differs between outlets may be chance"
    doubts = {
        f"the classifier does not follow {whose} ({measured})": row["n_coded"] >= LEAST_TO_JUDGE and not row["tells"],
        f"{'only one outlet has' if n_large else 'no outlet has'} {FEW} stories about {actor}": n_large < 2,
        f"hardly any sentence is for or against {actor}": about["target_label"].ne(0).sum() < FEW,
        chance: not why.eq("").any(),
    }
    doubt = next((told for told, is_so in doubts.items() if is_so), "")
    by_hand = by_hand.where(table["outlet"].map(n_coded).ge(table["n"].clip(upper=LEAST_CODES)))
    return Verdict(table.assign(by_hand=by_hand, note=why.mask(why.eq("") & bool(doubt), doubt)), doubt)


def count_tones(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return how many coded sentences each outlet has of each tone, by hand and by machine, side by side.

    `scores` is a table of `classify_targets`. Of a drawn sheet these are the sentences drawn, not all. One row is
    outlet x tone: outlet, tone (one of TONES), n, total (the outlet's coded sentences).
    """
    both = join_codes(scores, labels)
    sides = (("tone", "by hand"), ("target_label", "by machine"))
    codes = pd.concat([both.assign(tone=both[column].map(TONE_NAMES) + f", {who}") for column, who in sides])
    counts = codes.groupby(["outlet", "tone"]).size().reset_index(name="n")
    return counts.assign(total=counts["outlet"].map(both["outlet"].value_counts()))


def measure_chances(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return whether the classifier is as often right as it says: its calibration on the coded sentences.

    One row is a span of the chance it gives to what it calls a sentence: span, n_coded, share (of all sentences: each
    code counts for as many as it stands for, here and in what follows), chance (mean), right (share called as coded).
    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", ICML.
    """
    both = join_codes(scores, labels)
    chance, right = both[[*TONE_NAMES.values()]].max(axis=1), both["tone"].eq(both["target_label"])
    span = pd.cut(chance, [0, 0.6, 0.8, 0.95, 1], labels=["below 60%", "60 to 80%", "80 to 95%", "above 95%"])
    share = both["weight"] / both["weight"].sum()
    table = pd.DataFrame({"span": span, "n_coded": 1, "share": share, "chance": chance * share, "right": right * share})
    sums = table.groupby("span", observed=True).sum()
    return sums.assign(chance=sums["chance"] / sums["share"], right=sums["right"] / sums["share"]).reset_index()


def note_error(agreement: pd.DataFrame, row: str = "") -> str:
    """Return the measured error in the words of a caption, from any table of this module.

    "not validated on this corpus" where nothing was coded; else precision and recall (one share where they are the
    same), the share that agrees, or the macro-F1, with the number coded. `row` is one in the first column, or all.
    """
    check_name(row, {"", *agreement.iloc[:, 0]}, "row", "the agreement (instruments.csv, column row)")
    asked = agreement[agreement.iloc[:, 0].eq(row)] if row else agreement
    found = asked.iloc[0 if "f1" in agreement else -1]
    n = found["n_coded"]
    if n == 0:
        return NOT_VALIDATED
    if "macro_f1" in agreement:
        return f"macro-F1 {found['macro_f1']:.2f} ({found['always_neutral']:.2f} if always neutral), {n} coded by hand"
    if "agreement" in agreement or (found["precision"], n) == (found["recall"], found["n_found"]):
        share = "agreement" if "agreement" in agreement else "recall"
        return f"right in {found[share]:.0%} ({_say_ends(found, share)}) of {n} coded by hand"
    right = f"{found['precision']:.0%} of {found['n_found']} found are right"
    return f"{right}, {found['recall']:.0%} of {n} coded by hand are found"


def _say_ends(row: pd.Series, share: str) -> str:
    return f"{100 * row[f'{share}_low']:.0f} to {row[f'{share}_high']:.0%}"


def tell_error(read: Reading, *instruments: str, scores: pd.DataFrame | None = None) -> str:
    """Return how often some instruments err, for the foot of a figure: on this corpus, if coded, and on others.

    `instruments` are rows of lexicons/instruments.csv, which says with which codes each is compared and which error was
    measured on other articles: it stands beside that of the corpus, since the rules may have been written with its
    articles in view. Those of tone need `scores` (as `measure_tone`).
    """
    measures = {"mentions": measure_mentions, "voices": measure_voices,  # by the name of the sheet in labels/
                "attributions": measure_attributions, "acts": measure_acts}  # fmt: skip
    told: dict[str, list[str]] = {}
    for name in instruments:
        check_name(name, index_lexicon("instruments.csv"), "instrument", "lexicons/instruments.csv")
        row = index_lexicon("instruments.csv")[name]
        error, sheet = NOT_VALIDATED, row["sheet"]
        if sheet == "tone":
            error = note_error(measure_tone(scores, read_tones(read.corpus)), row["row"])
        elif sheet:
            error = note_error(measures[sheet](read, read_labels(read.corpus, sheet)), row["row"])
        if row["file"]:
            measured = read_measured(row["file"]).query(row["where"])
            if row["of"]:  # a share whose interval is told, and its n
                share, n = row["of"].split()
                measured = _add_share(measured.assign(n_right=measured[share] * measured[n]), share, "n_right", n)
                measured["ends"] = _say_ends(measured.iloc[0], share)
            [known] = measured.to_dict("records")
            elsewhere = row["elsewhere"].format(**known)
            error = f"{error} ({elsewhere})" if sheet else elsewhere
        told.setdefault(error, []).append(row["told"])
    return "; ".join(f"{' and '.join(names)}: {error}" for error, names in told.items())


def measure_coders(codes: pd.DataFrame) -> pd.DataFrame:
    """Return Krippendorff's alpha of the tone that two or more coders coded; empty with one coder.

    `codes` is the table of `read_codes`. The row has n_coders, n_both (sentences that at least two coded), n_same (of
    those, coded alike by all) and alpha (1: perfect agreement; 0: as by chance; empty where all codes are alike: chance
    cannot be told from agreement). Tone counts as ordinal.

    Source: Krippendorff 2018, "Content Analysis", 4th ed., ch. 12; package krippendorff.
    """
    own = codes[codes["tone"].notna()]
    wide = own.pivot_table(index=SPAN, columns="coder", values="tone", aggfunc="first")
    wide = wide[wide.notna().sum(axis=1) >= 2]
    row = {"n_coders": wide.shape[1], "n_both": len(wide), "n_same": int(wide.nunique(axis=1).eq(1).sum())}
    if wide.stack().nunique() > 1:
        row["alpha"] = float(krippendorff.alpha(wide.to_numpy(float).T, level_of_measurement="ordinal"))
    return pd.DataFrame([row] if len(wide) else [], columns=["n_coders", "n_both", "n_same", "alpha"])
