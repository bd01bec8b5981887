"""Hold instruments of tone against the tone toward an actor that a person coded."""

import pandas as pd

CUT = 0.05  # VADER's own: scores between -0.05 and 0.05 are neutral
TARGET, LABEL = "target_score", "target_label"  # of classify_targets, with its own idea of neutral
INSTRUMENTS = {
    "compound": "VADER, as printed", "masked_compound": "VADER, names masked",
    "weighted_compound": "VADER, masked, near the mention",
    TARGET: "classifier of tone toward a target",
}  # fmt: skip
_KEYS = ["article_id", "start", "end", "actor"]


def measure_tone(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return how well instruments of tone agree with the tone toward an actor that a person coded.

    `scores` is a table of `score_sentences` (all actors), `labels` of `coding.read_labels(corpus, "sentiment")`;
    sentences that either lacks are left out. A score is taken as negative up to -0.05 and positive from 0.05 on, the
    classifier's label, where `scores` has one, as it is.

    One row is an instrument: instrument, n_coded (sentences x actors), n_toned (coded other than 0), macro_f1 (mean of
    the three F1 below), f1_negative, f1_neutral, f1_positive, spearman (rank correlation of score and code, empty
    where all codes are alike) and always_neutral (the macro-F1 of calling every sentence neutral: a bar to pass).
    """
    from scipy.stats import spearmanr

    both = join_codes(scores, labels)
    rows = []
    for column, instrument in INSTRUMENTS.items():
        if column in both:
            found = both[column].ge(CUT).astype(int) - both[column].le(-CUT).astype(int)
            found = both[LABEL] if column == TARGET and LABEL in both else found
            classes, neutral = _score_classes(both["tone"], found), _score_classes(both["tone"], found * 0)
            varied = both["tone"].nunique() > 1 and both[column].nunique() > 1
            rank = spearmanr(both[column], both["tone"]).statistic if varied else float("nan")
            toned = int(both["tone"].ne(0).sum())
            rows.append((instrument, len(both), toned, sum(classes) / 3, *classes, rank, sum(neutral) / 3))
    columns = ["instrument", "n_coded", "n_toned", "macro_f1", "f1_negative", "f1_neutral", "f1_positive", "spearman",
               "always_neutral"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def list_misses(scores: pd.DataFrame, labels: pd.DataFrame, column: str = "masked_compound") -> pd.DataFrame:
    """Return the coded sentences by how far an instrument's score is from the code, the farthest first.

    One row is one sentence x actor: outlet, actor, tone (the code), the score, miss (score - code), voice, text.
    """
    both = join_codes(scores, labels)
    both = both.assign(miss=(both[column] - both["tone"]).round(12))
    order = both.assign(far=both["miss"].abs()).sort_values(["far", *_KEYS], ascending=[False, *[True] * len(_KEYS)])
    return order[["outlet", "actor", "tone", column, "miss", "voice", "text"]].reset_index(drop=True)


def join_codes(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the coded sentences, with the code as the column tone."""
    usable = labels[labels["problem"].eq("")]
    return scores.merge(usable[[*_KEYS, "tone"]].astype({"tone": "int64"}), on=_KEYS)


def _score_classes(coded: pd.Series, found: pd.Series) -> list[float]:
    """Return the F1 of negative, neutral and positive; 0 where nothing was coded."""
    if coded.empty:
        return [0.0] * 3
    from sklearn.metrics import f1_score

    return f1_score(coded, found, labels=[-1, 0, 1], average=None, zero_division=0).tolist()
