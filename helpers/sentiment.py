"""Tone of the sentences that mention an actor: VADER's scores, what they are made of, and an encoder beside them.

VADER's tone is that of a sentence, not a stance toward the actor: "the army was slaughtered" scores low no matter who
is sorry. `classify_targets` estimates the tone toward the actor.
"""

import re

import pandas as pd

from helpers.reading import Reading, check_name, select_mentions, select_rows
from helpers.reading.masking import place_words
from helpers.reading.tone_model import DIGITS, hide_names, score_targets
from helpers.reading.valences import weigh_text

MIXED = "mixed"  # in the column `voice`: several voices
_SHIFT = ["term", "group", "in_target", "in_rest", "score", "n_target", "n_rest", "articles_target", "articles_rest"]
_SENTENCE = ["article_id", "sentence_no"]


def select_sentences(read: Reading, *, actor: str | None = None) -> pd.DataFrame:
    """Return the sentences that mention an actor, one row a sentence x actor; mere places do not count as mentions.

    Columns: actor, outlet, article_id, sentence_no, start, end, text, masked; voice (the one in which the sentence
    mentions the actor, `mixed` where it does so in several); n_actors (different actors in the sentence).

    Raises ValueError where the actor is unknown.
    """
    keys = ["actor", *_SENTENCE]
    voices = select_mentions(read, actor=actor, columns=[*keys, "voice"]).drop_duplicates()
    several = voices.duplicated(keys, keep=False)
    voices = voices.assign(voice=voices["voice"].mask(several, MIXED)).drop_duplicates()
    columns = ["outlet", *_SENTENCE, "start", "end", "text", "masked", "n_actors"]
    sentences = read.sentences[columns].merge(voices, on=_SENTENCE)
    sentences = sentences.sort_values(["actor", "outlet", *_SENTENCE], ignore_index=True)
    return sentences[["actor", *columns[:-1], "voice", "n_actors"]]


def score_sentences(read: Reading, *, actor: str | None = None) -> pd.DataFrame:
    """Return VADER's score of each sentence that mentions an actor, as printed and with names masked.

    One row is sentence x actor (`actor=None`: every actor). Columns: those of `select_sentences`; compound, in
    [-1, 1]: the score of the sentence as printed, exactly as the library gives it; masked_compound, in [-1, 1]: of the
    sentence with neutral words in place of names, so that a name carries no tone; n_hits: words of the masked sentence
    that are in VADER's lexicon, which tells a 0 because there is no such word from a 0 because they cancel out.

    Raises ValueError where the actor is unknown. Source: Hutto & Gilbert 2014, "VADER: A Parsimonious
    Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM.
    """
    sentences = select_sentences(read, actor=actor)
    printed, masked = ([weigh_text(text) for text in sentences[column]] for column in ("text", "masked"))
    scores = {"compound": [one.compound for one in printed], "masked_compound": [one.compound for one in masked]}
    scored = sentences.assign(**scores, n_hits=[one.n_hits for one in masked])
    return scored.astype({**dict.fromkeys(scores, float), "n_hits": "int64"})


def classify_targets(read: Reading, *, actor: str | None = None, is_named: bool = False) -> pd.DataFrame:
    """Return the tone of each sentence toward the actor that it mentions, by an encoder.

    One row is sentence x actor, as in `score_sentences` and in the same order. Columns: those of `select_sentences`;
    negative, neutral, positive: probabilities, to three digits; target_score = positive - negative, -1 to 1;
    target_label: the likeliest of the three, -1, 0 or 1. Names of actors are hidden, so that none carries a tone;
    descriptions are not, but with `is_named` those of the actor are: as if it had its name there. It was trained
    on sentences about persons in the politics of one country and about the sides of one war: notebook 08 says how far
    it agrees with hand codes, lexicons/tone_error.csv how far on other articles.

    Raises ValueError where the actor is unknown.
    """
    sentences = select_sentences(read, actor=actor)
    among = sentences[_SENTENCE].drop_duplicates()
    mentions = select_rows(read, "mentions", [*_SENTENCE, "actor", "role", "kind", "start", "end"], among=among)
    mentioned, marked = {place: own.to_numpy().tolist() for place, own in mentions.groupby(_SENTENCE)}, []
    for row in sentences.itertuples():
        target, hidden = [], []
        for *_, named, role, kind, start, end in mentioned[row.article_id, row.sentence_no]:
            span, is_target = (start - row.start, end - row.start), named == row.actor and role != "place"
            target += [span] * is_target
            hidden += [span] * (kind != "description" or (is_named and is_target))
        marked.append(hide_names(row.text, hidden, sorted(target)))
    found = score_targets(marked)
    chances = dict(zip(("negative", "neutral", "positive"), found.T, strict=True))
    score, label = (found[:, 2] - found[:, 0]).round(DIGITS), found.argmax(axis=1) - 1
    return sentences.assign(**chances, target_score=score, target_label=label.astype("int64"))


def weigh_words(read: Reading, *, actor: str | None = None, masked: bool = True) -> pd.DataFrame:
    """Return what each word adds to VADER's score of the sentences that mention an actor, `masked` or as printed.

    One row is one word with a valence in one sentence x actor, or what exclamation and question marks add there.
    Columns: actor, outlet, article_id, sentence_no, term (the word in lower case, "not … stab" where a negation turns
    it), start (its first character in `articles.text`; -1 for marks), voice (of the passage with the word; for marks
    that of the sentence's first word with a valence) and share: its valence after boosters, negation and "but", over
    the root that the library divides by. The shares of a sentence sum to its score, rounded there to four digits.
    """
    sentences = select_sentences(read, actor=actor)
    about = select_rows(read, "passages", [*_SENTENCE, "start", "voice"], among=sentences[_SENTENCE].drop_duplicates())
    passages, rows = dict([*about.groupby(_SENTENCE)]), []
    for row in sentences.itertuples():
        text, own, found = row.masked if masked else row.text, passages[row.article_id, row.sentence_no], []
        weighed, places = weigh_text(text), place_words(row.text, text)
        *shares, emphasis = weighed.shares
        for (word, at, _, is_turned), share in zip(weighed.words, shares, strict=True):
            start = row.start + places[at]
            voice = own["voice"].iloc[max(0, own["start"].searchsorted(start, "right") - 1)]
            found.append((f"not … {word}" if is_turned else word, start, voice, share))
        found += [("(! and ?)", -1, found[0][2], emphasis)] if emphasis else []
        rows += [(row.actor, row.outlet, row.article_id, row.sentence_no, *one) for one in found]
    table = pd.DataFrame(rows, columns=["actor", "outlet", *_SENTENCE, "term", "start", "voice", "share"])
    return table.astype({"start": "int64", "share": float})


def shift_words(read: Reading, *, actor: str, target: str) -> pd.DataFrame:
    """Return which words make up the gap between the tone of one outlet and that of the others around an actor.

    An exact word shift (Gallagher et al. 2021 draw such; here the shares are VADER's own). The gap is the target's
    tone minus the mean of the other outlets' tones, each the mean of its articles' means, names masked.

    One row is a word, or marks: term ("not … stab" where a negation turns the word), group ("warm words it uses more":
    warm or cold, and whether the target has more of it than the others or less), in_target and in_rest (what it adds to
    either side), score (the difference: what it adds to the gap), n_target, n_rest (occurrences), articles_target,
    articles_rest; the largest first. The scores sum to the gap, to four digits. A word that both sides have alike has
    no row; no rows where no outlet, or the target alone, has a sentence about the actor. Raises ValueError where others
    have and the target has none.
    """
    scores = score_sentences(read, actor=actor)
    if set(scores["outlet"]) <= {target}:
        return pd.DataFrame(columns=_SHIFT)
    outlets = {*scores["outlet"]}
    check_name(target, outlets, "outlet", f"the sentences about {actor!r}")
    shares = weigh_words(read, actor=actor)  # of an outlet's mean of its articles' means
    sentences, articles = scores["article_id"].value_counts(), scores.groupby("outlet")["article_id"].nunique()
    shares["in"] = shares["share"] / shares["article_id"].map(sentences) / shares["outlet"].map(articles)
    is_own = shares["outlet"].eq(target)
    summed = {"in": ("in", "sum"), "n": ("in", "size"), "articles": ("article_id", "nunique")}
    own, rest = (shares[side].groupby("term").agg(**summed) for side in (is_own, ~is_own))
    rest["in"] /= len(outlets) - 1
    shift = own.merge(rest, on="term", how="outer", suffixes=("_target", "_rest")).fillna(0).reset_index()
    shift = shift.assign(score=shift["in_target"] - shift["in_rest"])
    is_warm = (shift["in_target"] + shift["in_rest"]).gt(0)
    is_more = is_warm.eq(shift["score"].gt(0)).map({True: "more", False: "less"})
    shift["group"] = is_warm.map({True: "warm", False: "cold"}) + " words it uses " + is_more
    shift = shift[_SHIFT].astype(dict.fromkeys(_SHIFT[5:], "int64")).assign(size=-shift["score"].abs().round(12))
    return shift[shift["size"].lt(0)].sort_values(["size", "term"], ignore_index=True)[_SHIFT]  # else by rounding alone


def show_words(read: Reading, shift: pd.DataFrame, *, actor: str) -> pd.DataFrame:
    """Return the sentences with the words of a shift, at most two an outlet and word.

    One row is one occurrence: term, outlet, article_id, sentence_no, voice, share (what it adds to its sentence's
    score), before, match, after. Of `shift` only the column `term` is used.
    """
    shares = weigh_words(read, actor=actor)
    shares = shares[shares["start"].ge(0)].merge(shift[["term"]].assign(rank=range(len(shift))), on="term")
    shares = shares.sort_values(["rank", "outlet", "article_id", "start"]).groupby(["rank", "outlet"]).head(2)
    sentences = read.sentences[[*_SENTENCE, "start", "end", "text"]]
    lines = shares.merge(sentences, on=_SENTENCE, suffixes=("", "_sentence"))
    places = zip(lines["text"], lines["start"] - lines["start_sentence"], strict=True)
    cut = [(text[:first], *re.match(r"(?s)(\S+)(.*)", text[first:]).groups()) for text, first in places]
    lines[["before", "match", "after"]] = pd.DataFrame(cut, columns=["before", "match", "after"], dtype="str")
    return lines[["term", "outlet", *_SENTENCE, "voice", "share", "before", "match", "after"]].reset_index(drop=True)
