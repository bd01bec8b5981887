"""Which articles report the same story, which of their sentences the same fact, how the two tell it, what one lacks.

Within one story everything is alike, so a pair of sentences is judged by what sets it apart: words, names and numbers
that are rare in the two articles, place in the article, and vectors less their mean. The encoder of tone makes better
vectors than `sketch_sentences` but costs more than reading: it is asked only where a sentence's likeliest partner is
in doubt. A logistic regression weighs these (`alignment_weights.csv`); it was learned from pairs coded by hand, and
`alignment_error.csv` says how often it errs. The program is tests/benchmarks/train_alignment.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from helpers.lexicons import LEXICONS, index_lexicon, list_words, read_measured
from helpers.reading import Reading, check_name, narrow_reading, select_mentions, select_rows
from helpers.reading.attribution import REPORTING
from helpers.reading.copies import DAYS, match_stories
from helpers.reading.masking import NEUTRAL
from helpers.reading.schemas import NAMED_BY, NOT_NAMED, UNRESOLVED
from helpers.reading.tone_model import STAND_IN, encode_sentences, sketch_sentences

KEPT = 0.005  # chance: below it a pair is not kept
UNSURE = 0.04, 0.9  # chances between which the likeliest partner of a sentence is looked at with the encoder
BEST = 3  # of a sentence in one article, at most
BLOCK = 300  # articles whose tables are in memory at once
MOST = 40  # sentences of an outlet about one actor that are compared with those of others
SHORT = 6  # words: a shorter sentence is no fact that could be missing
LONGEST = 300  # sentences of an article that are read: what stands further down is background
LABELLED = {"number": "a number", "name": "a name that takes sides", "source": "a source"}
KINDS = LABELLED | {"doer": "the doer of a harm", "hedge": "a word of doubt"}  # half of these two are right
PAIR = ["article_id", "outlet", "sentence_no", "other_article_id", "other_outlet", "other_sentence_no"]
_PLACE, _OF_PAIR = ["article_id", "sentence_no"], ["article_id", "other_article_id"]
_OTHER = ["other_article_id", "other_sentence_no"]
_PRINTED = re.compile(r"\w[\w-]*\w|\w")
_YEAR = re.compile(r"(?:19|20)\d\d$|.*[^\d.]|.*\..*\.")  # or a date in figures, or no plain number
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\W{0,2}(?:MONTH)\b|\b(?:MONTH)\W{0,2}(\d+)".replace(
    "MONTH", "|".join(sorted(list_words("alignment_words.csv", "month")))))  # fmt: skip


def keep_articles(read: Reading, which: str = "all") -> Reading:
    """Return a reading of the chosen articles: each table keeps only their rows.

    `which`: "all"; "matched", those that `match_stories` pairs with another outlet's; "unique", only the earliest of
    the articles that share a text (of the same day, the first by article_id).

    Raises ValueError where it is none of these, or nothing is left to compare.
    """
    check_name(which, ("all", "matched", "unique"), "ARTICLES", "the choices")
    articles = read.articles
    if which == "unique":
        articles = articles.sort_values(["published_from", "article_id"]).drop_duplicates("cluster_id")  # no date: last
    if which == "matched":
        pairs = match_stories(articles)
        articles = articles[articles["article_id"].isin({*pairs["article_a"], *pairs["article_b"]})]
        if articles.empty:
            raise ValueError('no two articles of different outlets report the same story: set ARTICLES = "all"')
    return narrow_reading(read, set(articles["article_id"]))


class Sentence(NamedTuple):
    """One sentence, by what others may share."""

    text: str
    marks: set[tuple[str, ...]]  # what stands in it, each with its kind, as `read_sentences` says


def load_error() -> pd.Series:
    """Return how the aligner agreed with hand codes of stories that it was not trained on: lexicons/README.md."""
    return read_measured("alignment_error.csv").iloc[0]


def pair_articles(read: Reading) -> pd.DataFrame:
    """Return the pairs of articles of different outlets on one story that are dated to the day, at most DAYS apart.

    One row is a pair: story_id, article_id, other_article_id. There is none where articles are months apart, or where
    only the month is known: whoever reports later may mean another event.
    """
    is_exact = read.articles["published_from"].eq(read.articles["published_to"])
    known = read.articles.loc[is_exact, ["article_id", "outlet", "story_id", "published_from"]]
    pairs = known.merge(known.add_prefix("other_"), left_on="story_id", right_on="other_story_id")
    near = (pairs["published_from"] - pairs["other_published_from"]).abs().dt.days.le(DAYS)
    pairs = pairs[near & pairs["article_id"].lt(pairs["other_article_id"]) & pairs["outlet"].ne(pairs["other_outlet"])]
    return pairs.sort_values(["story_id", *_OF_PAIR], ignore_index=True)[["story_id", *_OF_PAIR]]


def _read_blocks(read: Reading, pairs: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, dict[str, list[Sentence]]]]:
    """Yield pairs of articles with the sentences of their articles, BLOCK or fewer articles at a time."""
    for own in (pairs.iloc[start : start + BLOCK // 2] for start in range(0, len(pairs), BLOCK // 2)):
        yield own, read_sentences(read, sorted({*own["article_id"], *own["other_article_id"]}))


def read_sentences(read: Reading, ids: Sequence[str]) -> dict[str, list[Sentence]]:
    """Return the sentences of some articles by sentence_no, each with its marks.

    A mark is word, lemma; name, word; number, value, the word as printed; source, its kind ("" where nothing tells who
    that is), its words as printed, separated by |, its name; or doer, the words for who does a harm.
    """
    rows = select_rows(read, "sentences", [*_PLACE, "start", "end", "text"], article_id=list(ids)).sort_values(_PLACE)
    marks: dict[Any, set[tuple[str, ...]]] = {key: set() for key in rows[_PLACE].itertuples(index=False, name=None)}
    texts = dict(read.articles[["article_id", "text"]].itertuples(index=False, name=None))
    passages = select_rows(read, "passages", [*_PLACE, "lemmas", "lemma_starts", "lemma_ends"], article_id=list(ids))
    for article_id, number, *columns in passages.itertuples(index=False, name=None):
        for lemma, start, end in zip(*(column.split() for column in columns), strict=True):
            marks[article_id, number].update(_mark_word(lemma, texts[article_id][int(start) : int(end)]))
    cited = select_rows(read, "attributions", article_id=list(ids)).drop(columns=["sentence_no"])
    cited = cited[(cited["stance"].ne("") | cited["frame"].isin(REPORTING)) & cited["source_type"].ne(NOT_NAMED)]
    cited = cited.merge(rows, on="article_id").query("start < content_end and end > content_start")
    for row in cited.itertuples():
        is_unknown = row.source_type == "document" or (row.source_type, row.named) == ("other", "named")
        words = "|".join(sorted(_list_words(f"{row.source} {row.intro}") - list_words("alignment_words.csv", "link")))
        who = row.source_name if row.source_actor in ("", UNRESOLVED) else row.source_actor
        marks[row.article_id, row.sentence_no].add(("source", "" if is_unknown else row.source_type, words, who))
    harms = select_rows(read, "harms", [*_PLACE, "named", "doer_start", "doer_end"], article_id=list(ids))
    for article_id, number, _, start, end in harms[~harms["named"].isin(NAMED_BY[-2:])].itertuples(index=False):
        marks[article_id, number].add(("doer", texts[article_id][start:end]))
    found: dict[str, list[Sentence]] = {article_id: [] for article_id in ids}
    for article_id, number, *_, text in rows[rows["sentence_no"].lt(LONGEST)].itertuples(index=False):
        found[article_id].append(Sentence(text, marks[article_id, number]))
    return found


def _mark_word(lemma: str, printed: str) -> list[tuple[str, ...]]:
    """Return the marks of one lemma: a name's are its words as printed, a number has its value."""
    if lemma in NEUTRAL:
        return [("name", word.lower()) for word in _PRINTED.findall(printed)]
    value = index_lexicon("alignment_words.csv").get(lemma, {}).get("value") or lemma.replace(",", "")
    word = [("word", lemma)] * bool(_PRINTED.search(lemma))
    return [("number", value, printed.lower())] if value[:1].isdigit() else word


def align_sentences(read: Reading, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of sentences of two articles that may report the same fact; `pairs` as of `pair_articles`.

    One row is a pair, the likeliest of two articles first: the columns of PAIR; chance (KEPT to 1: that they report the
    same fact and not different ones); shown: it is high enough (`load_error`), and neither has BEST likelier partners.
    """
    found, limit = [], load_error()["shown"]
    weights = pd.read_csv(LEXICONS / "alignment_weights.csv", index_col=0)
    outlets = read.articles.set_index("article_id")["outlet"]
    for own, sentences in _read_blocks(read, pairs):
        texts = [one.text for some in sentences.values() for one in some]
        vectors, encoded = sketch_sentences(texts), np.zeros(len(texts), bool)
        ends, chances = np.cumsum([len(some) for some in sentences.values()])[:-1], {}
        given, known = (dict(zip(sentences, np.split(rows, ends), strict=True)) for rows in (vectors, encoded))  # views
        for a, b in own[_OF_PAIR].itertuples(index=False, name=None):
            chances[a, b] = _weigh(weights["sketched"], sentences[a], sentences[b], given[a], given[b])
            for article_id, axis in ((a, 1), (b, 0)):
                known[article_id] |= find_unsure(chances[a, b]).any(axis=axis)
        vectors[encoded] = encode_sentences([text for text, unsure in zip(texts, encoded, strict=True) if unsure])
        for (a, b), sketched in chances.items():
            chance = _weigh(weights["encoded"], sentences[a], sentences[b], given[a], given[b])
            chance = np.where(np.logical_and.outer(known[a], known[b]), chance, sketched).round(3)
            ranks = [(-chance).argsort(axis=axis, kind="stable").argsort(axis=axis) for axis in (0, 1)]
            shown = (np.maximum(*ranks) < BEST) & (chance >= limit)
            for x, y in np.argwhere((chance >= KEPT) & (np.minimum(*ranks) < BEST)).tolist():
                found.append((a, outlets[a], x, b, outlets[b], y, chance[x, y], shown[x, y]))
    table = pd.DataFrame(found, columns=[*PAIR, "chance", "shown"]).astype({"chance": float, "shown": bool})
    return table.sort_values([*_OF_PAIR, "chance"], ascending=[True, True, False], kind="stable", ignore_index=True)


def _weigh(weights: pd.Series, *given: Any) -> np.ndarray:
    return expit(weights["constant"] + sum(weights[name] * one for name, one in compare_sentences(*given).items()))


def find_unsure(chance: np.ndarray) -> np.ndarray:
    """Return which pairs the encoder is to judge: the likeliest of either sentence, with a chance in UNSURE."""
    likeliest = (chance == chance.max(axis=0)) | (chance == chance.max(axis=1, keepdims=True))
    return likeliest & (chance >= UNSURE[0]) & (chance < UNSURE[1])


def compare_sentences(a: Sequence[Sentence], b: Sequence[Sentence], *vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Return each feature of every pair of a sentence of `a` and one of `b`: a matrix, `a` x `b`.

    rare_words: cosine by how rare words, names and numbers are in the two articles, less its mean over all pairs;
    numbers: how many are shared; late: place in the article of the one further down (0 to 1); length: ln of the number
    of pairs; meaning: cosine of the `vectors` of `a` and `b`; own_meaning: of the vectors less their mean.
    """
    from sklearn.metrics.pairwise import cosine_similarity  # slow to import

    marks = [{mark[:2] for mark in own.marks if mark[0] in ("word", "name", "number")} for own in (*a, *b)]
    known, n = {mark: place for place, mark in enumerate(sorted({("", "")}.union(*marks)))}, len(a)
    has = np.zeros((len(marks), len(known)))  # a column at least, of a mark that none has
    for row, own in zip(has, marks, strict=True):
        row[[known[mark] for mark in own]] = 1
    numbers = has[:, [kind == "number" for kind, _ in known]]
    has *= np.log((len(marks) + 1) / (has.sum(axis=0) + 0.5)) ** 1.5
    rare = cosine_similarity(has[:n], has[n:])
    mean = np.vstack(vectors).mean(axis=0)
    return {
        "rare_words": rare - rare.mean(), "numbers": numbers[:n] @ numbers[n:].T,
        "late": np.maximum.outer(np.arange(n) / n, np.arange(len(b)) / len(b)),
        "length": np.full(rare.shape, np.log(n * len(b))),
        "meaning": cosine_similarity(*vectors), "own_meaning": cosine_similarity(*(own - mean for own in vectors)),
    }  # fmt: skip


def describe_differences(read: Reading, aligned: pd.DataFrame) -> pd.DataFrame:
    """Return how two sentences that report one fact differ; `aligned` as of `align_sentences`, its shown rows.

    One row is a difference: the columns of PAIR; kind (one of LABELLED); here, there: what stands in each, separated by
    ` | `.
    """
    found = [(*row, kind, *(" | ".join(sorted(side)) for side in sides))
             for row, *pair in _read_pairs(read, aligned) for kind, *sides in find_differences(*pair)]  # fmt: skip
    return pd.DataFrame(found, columns=[*PAIR, "kind", "here", "there"])


def _read_pairs(read: Reading, aligned: pd.DataFrame) -> Iterator[tuple[tuple[Any, ...], Sentence, Sentence]]:
    """Yield the columns of PAIR of each row that is shown, and its two sentences."""
    for own, sentences in _read_blocks(read, aligned.loc[aligned["shown"], PAIR]):
        for row in own.itertuples(index=False, name=None):
            yield row, sentences[row[0]][row[2]], sentences[row[3]][int(row[5])]  # a float where others have none


def list_tellings(read: Reading, aligned: pd.DataFrame) -> pd.DataFrame:
    """Return what a sentence tells and its partner does not; `aligned` as of `align_sentences`, its shown rows.

    Two rows are a pair, one for each outlet: article_id, outlet, other_outlet, and for each of KINDS whether that
    outlet alone gives a number, takes sides in naming people, cites a source, names the doer of a harm or uses a word
    of doubt. `inference.compare_tellings` tests them.
    """
    rows = []
    for row, *pair in _read_pairs(read, aligned):
        sides = list(zip(row[::3], row[1::3], map(list_told, pair), strict=True))
        for (article_id, outlet, told), (_, other_outlet, others) in (sides, sides[::-1]):
            has = [bool(told[kind]) and not others[kind] for kind in KINDS]
            rows.append((article_id, outlet, other_outlet, *has))
    return pd.DataFrame(rows, columns=["article_id", "outlet", "other_outlet", *KINDS])


def list_told(own: Sentence) -> dict[str, set[tuple[str, ...]]]:
    """Return what a sentence has of each of KINDS: numbers but dates and one, with their words; words that take sides
    in naming people; sources, each with its kind and words; words for doers of harm; words of doubt."""
    told = {kind: {mark[1:] for mark in own.marks if mark[0] == kind} for kind in KINDS}
    left = {"1", *(day for found in _DAY.findall(own.text.lower()) for day in found)}
    told["number"] = {one for one in told["number"] if one[0] not in left and not _YEAR.match(one[0])}
    printed = {word.removesuffix("s") for word in _list_words(own.text)} | _list_words(own.text)
    for kind in ("name", "hedge"):
        told[kind] = {(word,) for word in printed & list_words("alignment_words.csv", kind)}
    return told


def find_differences(one: Sentence, other: Sentence) -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield kind (of LABELLED) and what each of two sentences has: a number or name of its own; sources of known,
    other kinds, and no word of the one in the other's sentence."""
    told = [list_told(own) for own in (one, other)]
    for kind in ("number", "name"):
        has = [{mark[0]: mark[-1] for mark in sorted(own[kind])} for own in told]  # as printed
        here, there = has[0].keys() - has[1].keys(), has[1].keys() - has[0].keys()
        if here and there:
            yield kind, {has[0][value] for value in here}, {has[1][value] for value in there}
    kinds, words, names = ([{source[at] for source in own["source"]} for own in told] for at in range(3))
    here, there = ({word for own in some for word in own.split("|")} for some in words)
    alike = kinds[0] & kinds[1] or names[0] & names[1] or here & (there | _list_words(other.text))
    if all(names) and not (alike or there & _list_words(one.text) or "" in kinds[0] | kinds[1]):
        yield "source", *names  # else they are the same, or who knows


def _list_words(text: str) -> set[str]:
    return {*_PRINTED.findall(text.lower().replace(".", ""))}


def list_partners(read: Reading, aligned: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return for each sentence the likeliest partner in each other outlet on the story; those below SHORT take no part.

    `aligned` are all rows of `align_sentences`. One row is a sentence and an outlet: story_id; the columns of PAIR
    (other_article_id and other_sentence_no empty where nothing comes near); text; chance (0 to 1) and shown, as there;
    chance_missed (0 to 1): that it has a partner there all the same, though none is shown; n_others: other outlets with
    a partner that is shown, of n_outlets on the story.
    """
    both = pd.concat([pairs, pairs.rename(columns=dict(zip(_OF_PAIR, _OF_PAIR[::-1], strict=True)))])
    both = both.merge(read.articles[["article_id", "outlet"]].add_prefix("other_"))
    facts = select_rows(read, "sentences", [*PAIR[:3], "text", "n_words"], article_id=[*both["article_id"].unique()])
    facts = facts[facts.pop("n_words").ge(SHORT) & facts["sentence_no"].lt(LONGEST)]
    swapped = aligned.rename(columns=dict(zip(PAIR, [*PAIR[3:], *PAIR[:3]], strict=True)))
    scores = pd.concat([aligned, swapped]).drop(columns=["outlet", "other_outlet"])
    scores = scores.merge(facts[_PLACE].add_prefix("other_"))
    facts = facts.merge(both, on="article_id").merge(scores, on=[*_OF_PAIR, "sentence_no"], how="left")
    facts = facts.assign(chance=facts["chance"].fillna(KEPT), shown=facts["shown"].eq(True))
    facts = facts.sort_values(["shown", "chance"], ascending=False, kind="stable")
    facts = facts.drop_duplicates([*_PLACE, "other_outlet"]).sort_values([*_PLACE, "other_outlet"], ignore_index=True)
    error, others = load_error(), facts.groupby(_PLACE)["shown"]
    missed = expit(error["missed_a"] + error["missed_b"] * logit(facts["chance"])).round(2)
    facts = facts.assign(chance_missed=missed, n_others=others.transform("sum"), n_outlets=others.transform("size"))
    return facts[["story_id", *PAIR, "text", "chance", "shown", "chance_missed", "n_others", "n_outlets"]]


def list_absences(partners: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `list_partners` without a partner, those first that most other outlets have.

    A sentence has none where its chance is at most `absent` of `load_error`; above it, up to `shown`, it is open.
    """
    found, order = partners[partners["chance"].le(load_error()["absent"])], ["chance_missed", *_PLACE, "other_outlet"]
    return found.sort_values(["n_others", *order], ascending=[False, *[True] * 4], ignore_index=True)


def tabulate_facts(read: Reading, partners: pd.DataFrame, story: str) -> pd.DataFrame:
    """Return a story as facts, those first that most outlets have: one row is a fact, one column an outlet.

    A row is a sentence with its likeliest partner in each other outlet, or the words that none was found. Left out are
    sentences whose partners all stand in rows above, and those without one of which that is open (`list_absences`).
    The last column, differs, says what is labelled and stands in that sentence, and what in another outlet's.
    """
    check_name(story, {*partners["story_id"], ""}, "story", "the table of stories")  # "": there is none
    own, absent, taken, facts = partners[partners["story_id"].eq(story)], load_error()["absent"], set(), []
    texts = own.drop_duplicates(_PLACE).set_index(_PLACE)["text"]
    differ: dict[tuple[str, int], dict[str, dict[str, None]]] = defaultdict(dict)
    for row in describe_differences(read, own).itertuples():
        told = {f"{row.here} ({row.outlet})": None, f"{row.there} ({row.other_outlet})": None}
        differ[row.article_id, row.sentence_no].setdefault(row.kind, {}).update(told)
    for place, cells in own.sort_values("n_others", ascending=False, kind="stable").groupby(_PLACE, sort=False):
        others = {*cells.loc[cells["shown"], _OTHER].itertuples(index=False, name=None)}
        if (place in taken or others <= taken) if others else cells["chance"].max() > absent:
            continue
        taken |= {place, *others}
        differs = "; ".join(f"{kind}: {', '.join(told)}" for kind, told in differ[place].items())
        row = {cells["outlet"].iloc[0]: texts[place], "differs": differs}
        for cell in cells.itertuples():
            none = f"no sentence found (chance that it was missed: {cell.chance_missed:.2f})"
            row[cell.other_outlet] = texts[cell.other_article_id, cell.other_sentence_no] if cell.shown else none
        facts.append(row)
    return pd.DataFrame(facts, columns=[*sorted({*own["outlet"]}), "differs"])


def find_near_statements(read: Reading, *, actor: str) -> pd.DataFrame:
    """Return up to 12 pairs of sentences about one actor, of two outlets and stories, that are most alike in sense.

    They are said of the same actor, and are not the same fact. One row is a pair, each nearest the other: article_id,
    outlet, sentence_no, text, the same of the other (other_...), likeness (cosine of the vectors, names masked).
    Compared are MOST sentences of each outlet, drawn by a hash. Raises ValueError where the actor is unknown.
    """
    about = select_mentions(read, actor=actor, columns=_PLACE).drop_duplicates()
    rows = select_rows(read, "sentences", [*_PLACE, "outlet", "text", "masked"], among=about)
    rows = rows.sort_values(["text", *_PLACE], key=lambda column: pd.util.hash_pandas_object(column, index=False))
    rows = rows.groupby("outlet").head(MOST).merge(read.articles[["article_id", "story_id"]])
    vectors = encode_sentences(rows.pop("masked").str.replace("|".join(sorted(NEUTRAL)), STAND_IN, regex=True))
    near = rows.merge(rows.add_prefix("other_"), how="cross").assign(likeness=(vectors @ vectors.T).ravel().round(3))
    near = near[near["outlet"].ne(near["other_outlet"]) & near["story_id"].ne(near["other_story_id"])]
    near = near.sort_values("likeness", ascending=False, kind="stable")
    near = near[~near.duplicated(_PLACE) & ~near.duplicated(_OTHER) & near["outlet"].lt(near["other_outlet"])]
    return near[[*PAIR[:3], "text", *PAIR[3:], "other_text", "likeness"]].head(12).reset_index(drop=True)
