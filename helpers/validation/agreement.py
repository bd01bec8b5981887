"""Hold what the instruments found against what a person coded by reading: the measured error of every count."""

from typing import TYPE_CHECKING

import pandas as pd

from helpers.reading import select_rows
from helpers.reading.schemas import UNRESOLVED, VOICES

if TYPE_CHECKING:
    from helpers.reading import Reading

NOT_VALIDATED = "not validated on this corpus"
# the columns of `measure_mentions` and `measure_attributions` that say how far to trust a count
RATES = (
    "what", "n_found", "n_coded", "precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high",
)  # fmt: skip


def measure_mentions(read: "Reading", labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well the mentions found agree with those a person coded.

    A mention found is right when it overlaps a coded one of the same actor, each taken once. Only articles with
    codes count, and only codes without a problem; unresolved mentions are left out of precision (they claim no
    actor) and cost recall.

    Returns
    -------
    DataFrame, one row a group of kinds: what ("names, acronyms and metonyms", "descriptions", "all"), n_found,
    n_coded, right_found and right_coded (matched ones of either side; they differ where finder and coder give a
    match another kind), precision (right_found / n_found), recall (right_coded / n_coded), and the 95 % intervals
    (Wilson) precision_low, precision_high, recall_low, recall_high. The intervals treat mentions as independent, which
    those of one article are not: read them as a lower bound of the doubt.
    """
    labels = labels[labels["problem"].eq("")].reset_index(drop=True)
    found = _take_coded(read, "mentions", labels)
    found = found[found["actor"].ne(UNRESOLVED)]
    pairs = _pair(found, labels)
    right_found, right_coded = {a for a, _ in pairs}, {b for _, b in pairs}
    groups = {
        "names, acronyms and metonyms": ("name", "acronym", "metonym"),
        "descriptions": ("description",),
        "all": ("name", "acronym", "metonym", "description"),
    }
    rows = []
    for what, kinds in groups.items():
        of_found, of_coded = found.index[found["kind"].isin(kinds)], labels.index[labels["kind"].isin(kinds)]
        row = {"what": what, "n_found": len(of_found), "n_coded": len(of_coded)}
        row["right_found"] = sum(number in right_found for number in of_found)
        row["right_coded"] = sum(number in right_coded for number in of_coded)
        row |= _share("precision", row["right_found"], len(of_found))
        row |= _share("recall", row["right_coded"], len(of_coded))
        rows.append(row)
    return pd.DataFrame(rows)


def _take_coded(read: "Reading", table: str, labels: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table in the articles that a person coded."""
    return select_rows(read, table, among=labels[["article_id"]].drop_duplicates())


def _pair(found: pd.DataFrame, labels: pd.DataFrame) -> list[tuple[int, int]]:
    """Match each mention found with a coded one of its actor that it overlaps, the best overlap first."""
    keys = ["article_id", "actor"]
    both = (
        found[[*keys, "start", "end"]]
        .reset_index(names="found")
        .merge(labels[[*keys, "start", "end"]].reset_index(names="coded"), on=keys, suffixes=("", "_coded"))
    )
    overlap = both[["end", "end_coded"]].min(axis=1) - both[["start", "start_coded"]].max(axis=1)
    both = both.assign(overlap=overlap)[overlap > 0].sort_values(
        ["overlap", "found", "coded"], ascending=[False, True, True]
    )
    pairs, used_found, used_coded = [], set(), set()
    for row in both.itertuples():
        if row.found not in used_found and row.coded not in used_coded:
            pairs.append((row.found, row.coded))
            used_found.add(row.found)
            used_coded.add(row.coded)
    return pairs


def _share(name: str, right: int, n: int) -> dict[str, float]:
    """A share with its Wilson interval; empty where there is nothing to share."""
    from scipy.stats import binomtest

    if n == 0:
        return {name: float("nan"), f"{name}_low": float("nan"), f"{name}_high": float("nan")}
    interval = binomtest(right, n).proportion_ci(method="wilson")
    return {name: right / n, f"{name}_low": interval.low, f"{name}_high": interval.high}


def measure_attributions(read: "Reading", labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well the attributions found agree with those a person coded.

    Compared are sources: one row a source of an attribution, whatever the parts of its content, outermost ones only.
    A pair is right when cue, source and content each overlap (a cue or a source that neither has counts as agreeing).
    Codes that the coder was not certain of are asked for by nobody: they cost no recall, and what is found there
    costs no precision.

    Returns
    -------
    DataFrame, one row a question: what ("attributions": all three overlap; "source type" and "named": of the right
    ones, those with the same type and the same way of naming), n_found, n_coded, right_found, right_coded,
    precision, recall, f1 and the 95 % Wilson intervals, as in `measure_mentions`. For the two last, precision and
    recall are the same share.
    """
    labels = labels[labels["problem"].eq("")]
    coded = _by_source(labels.rename(columns={"attribution_no": "attribution_id", "nested_in": "parent_id"}))
    found = _by_source(_take_coded(read, "attributions", labels))
    pairs = _pair_sources(found, coded)
    doubtful = {b for b, row in enumerate(coded) if row["certain"] != "yes" or row["parent_id"]}
    excused = {a for a, b in pairs if b in doubtful}
    right = [(a, b) for a, b in pairs if b not in doubtful]
    n_found = sum(not row["parent_id"] for a, row in enumerate(found) if a not in excused)
    rows = [_agreement("attributions", len(right), n_found, len(coded) - len(doubtful))]
    for what, column in (("source type", "source_type"), ("named", "named")):
        same = sum(found[a][column] == coded[b][column] for a, b in right)
        rows.append(_agreement(what, same, len(right), len(right)))
    return pd.DataFrame(rows)


def _agreement(what: str, right: int, n_found: int, n_coded: int) -> dict[str, object]:
    row = {"what": what, "n_found": n_found, "n_coded": n_coded, "right_found": right, "right_coded": right}
    row |= _share("precision", right, n_found) | _share("recall", right, n_coded)
    return row | {"f1": 2 * right / (n_found + n_coded) if n_found + n_coded else float("nan")}


def _by_source(rows: pd.DataFrame) -> list[dict[str, object]]:
    """One record a source of an attribution, with the spans of all parts of its content."""
    keys = ["article_id", "attribution_id", "source_no"]
    records = []
    for _, parts in rows.groupby(keys, sort=False):
        record = parts.iloc[0].to_dict()
        record["contents"] = list(zip(parts["content_start"], parts["content_end"], strict=True))
        records.append(record)
    return records


def _pair_sources(found: list[dict[str, object]], coded: list[dict[str, object]]) -> list[tuple[int, int]]:
    """Match records whose cue, source and content overlap, the longest overlap of contents first."""
    candidates = []
    for a, one in enumerate(found):
        for b, other in enumerate(coded):
            if one["article_id"] != other["article_id"]:
                continue
            same = all(
                _overlap((one[f"{role}_start"], one[f"{role}_end"]), (other[f"{role}_start"], other[f"{role}_end"])) > 0
                or one[f"{role}_start"] == other[f"{role}_start"] == -1
                or (role == "cue" and other["cue_start"] == -1)
                for role in ("cue", "source")
            )
            shared = sum(max(0, _overlap(x, y)) for x in one["contents"] for y in other["contents"])
            if same and shared > 0:
                candidates.append((-shared, a, b))
    pairs, used_found, used_coded = [], set(), set()
    for _, a, b in sorted(candidates):
        if a not in used_found and b not in used_coded:
            pairs.append((a, b))
            used_found.add(a)
            used_coded.add(b)
    return pairs


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return min(one[1], other[1]) - max(one[0], other[0])


def measure_voices(read: "Reading", labels: pd.DataFrame) -> pd.DataFrame:
    """Return for how many coded mentions the voice found is the one a person coded.

    Of the coded mentions that were found at all (`measure_mentions` says how many were not). One row is one coded
    voice, and one for all: voice, n_coded (found mentions coded so), n_right, agreement (n_right / n_coded) with its
    95 % Wilson interval agreement_low, agreement_high.
    """
    labels = labels[labels["problem"].eq("")].reset_index(drop=True)
    found = _take_coded(read, "mentions", labels).reset_index(drop=True)
    pairs = _pair(found, labels)
    both = pd.DataFrame({
        "voice": [labels["voice"][b] for _, b in pairs],
        "right": [labels["voice"][b] == found["voice"][a] for a, b in pairs],
    })  # fmt: skip
    rows = []
    for voice in (*VOICES, "all"):
        own = both if voice == "all" else both[both["voice"].eq(voice)]
        right = int(own["right"].sum())
        rows.append({"voice": voice, "n_coded": len(own), "n_right": right} | _share("agreement", right, len(own)))
    return pd.DataFrame(rows)


def measure_acts(read: "Reading", labels: pd.DataFrame) -> pd.DataFrame:
    """Return for how many coded mentions the role found is the one a person coded.

    One row is one coded role (`none`: the mention neither acts nor is acted upon), and one for all: role, n_coded,
    n_right (the role is among those found for the mention, or none was found where none was coded), n_right_verb
    (and so is the lemma of the verb or noun), agreement (n_right / n_coded) with its 95 % Wilson interval.
    """
    labels = labels[labels["problem"].eq("")]
    found = _take_coded(read, "acts", labels)
    rows = []
    for row in labels.itertuples():
        acts = found[
            found["article_id"].eq(row.article_id) & found["actor"].eq(row.actor)
            & found["mention_start"].lt(row.mention_end) & found["mention_end"].gt(row.mention_start)
        ]  # fmt: skip
        same = acts[acts["role"].eq(row.role)]
        right = acts.empty if row.role == "none" else not same.empty
        rows.append((row.role, right, right and (row.role == "none" or row.verb in set(same["verb"]))))
    coded = pd.DataFrame(rows, columns=["role", "right", "right_verb"])
    table = []
    for role in ("agent", "patient", "possessor", "modifier", "none", "all"):
        own = coded if role == "all" else coded[coded["role"].eq(role)]
        n, right = len(own), int(own["right"].sum())
        table.append(
            {"role": role, "n_coded": n, "n_right": right, "n_right_verb": int(own["right_verb"].sum())}
            | _share("agreement", right, n)
        )
    return pd.DataFrame(table)


def note_error(agreement: pd.DataFrame, instrument: str = "VADER, names masked") -> str:
    """Return the measured error in the words of a caption, from any table of this module.

    "not validated on this corpus" where nothing was coded; else precision and recall, the share that agrees, or the
    macro-F1 of one instrument of tone, with the number coded.
    """
    if "macro_f1" in agreement:
        tone = agreement[agreement["instrument"].eq(instrument)].iloc[0]
        if not tone["n_coded"]:
            return NOT_VALIDATED
        return f"against {tone['n_coded']} hand codes: macro-F1 {tone['macro_f1']:.2f}"
    row = agreement.iloc[0] if "f1" in agreement else agreement.iloc[-1]
    if row["n_coded"] == 0:
        return NOT_VALIDATED
    if "agreement" in agreement:
        return f"as coded by hand in {row['agreement']:.0%} of {row['n_coded']}"
    return f"against {row['n_coded']} hand codes: precision {row['precision']:.2f}, recall {row['recall']:.2f}"
