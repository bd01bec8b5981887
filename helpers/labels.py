"""What an outlet calls anybody: labels per 10,000 words, no matter who is meant; and names counted in groups.

A label is a word that describes people or bodies ("militants", "terrorists", "regime"). Unlike the descriptions of
actors.csv it counts wherever it is printed: that an outlet says "terrorists" is a finding where nobody can tell whom
it means, too. Which words count is a choice, made in labels.csv of the corpus; where there is none, they are drafted
from the articles.
"""

from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd

from helpers import inference
from helpers.lexicons import index_lexicon, read_lexicon
from helpers.naming import count_rows
from helpers.naming import mark_loaded as mark_loaded  # a call of notebooks
from helpers.reading import Reading, change_tables, load_model, open_corpus, proposing, select_rows, tokenize
from helpers.reading.aliases import OTHER, compile_aliases, list_found
from helpers.reading.corpus import refuse_unreadable
from helpers.reading.proposing import draw_articles, write_draft
from helpers.reading.sheets import COLUMNS

MOST_LABELS = 40  # of a draft
RATE = 10_000  # words
NOT_GIVEN = "(not given)"  # as a connotation: nothing to compare
_PLACES = ("nsubj", "nsubjpass", "dobj", "dative")  # subjects and objects; what stands after "by" is added
_FOUND = ["article_id", "outlet", "sentence_no", "voice", "label", "connotation", "start", "end"]


def group_names(read: Reading) -> Reading:
    """Return the reading with aliases counted under their `group` in actors.csv, where they have one.

    In `mentions`, `variant` is then the group and `kind` that of its first alias, so that "regime" and "the king's
    regime" are one name in every count of names. Adjectives stay what they are.
    """
    actors = read.corpus.actors
    grouped = actors[actors.get("group", pd.Series("", actors.index)).ne("") & actors["kind"].ne("adjective")]
    if grouped.empty:
        return read
    first = grouped.groupby("group")["kind"].transform("first")
    group, kind = (dict(zip(grouped["alias"], column, strict=True)) for column in (grouped["group"], first))
    variant = read.mentions["variant"]
    named = {"variant": variant.replace(group), "kind": variant.map(kind).fillna(read.mentions["kind"]).astype("str")}
    return change_tables(read, mentions=read.mentions.assign(**named))


def find_labels(read: Reading) -> Reading:
    """Return the reading with one more table, `labels`: every label of labels.csv, or of a draft, in its articles.

    A label is found as its aliases are printed, singular or plural, the longest first; an alias of `(other)`
    ("terrorist attack") is none, and neither is a part of a name ("the Free Army"). One row is one label: article_id,
    outlet, sentence_no, voice (whose words), label, connotation, start, end (characters of the article's text).
    """
    listed = read.corpus.labels if len(read.corpus.labels) else propose_labels(read.articles)
    matcher = compile_aliases(listed.assign(actor=listed["label"], kind="description"))
    connotation = dict(zip(listed["label"], listed["connotation"].replace("", NOT_GIVEN), strict=True))
    passages = select_rows(read, "passages", [*_FOUND[:4], "start", "text"])
    rows = [
        (*place, one.actor, connotation[one.actor], first + one.start, first + one.end)
        for *place, first, text in passages.itertuples(index=False, name=None)
        for one in list_found(text, matcher)
        # no part of a name, in capitals ("the Free Army"), but for the first word of a passage
        if not (one.inside or (one.common and text[one.start].isupper() and any(map(str.isalpha, text[: one.start]))))
    ]
    return change_tables(read, labels=pd.DataFrame(rows, columns=_FOUND))


def count_labels(read: Reading) -> pd.DataFrame:
    """Return how often each outlet uses each label, whoever is meant.

    `read` comes from `find_labels`. One row is outlet x voice x label. Columns: outlet, voice, label, connotation, n,
    n_articles, n_words (the outlet's words in that voice), per_10000_words = 10,000 n / n_words.
    """
    keys = ["outlet", "voice", "label", "connotation"]
    words = select_rows(read, "passages", ["outlet", "voice", "n_words"]).groupby(keys[:2], as_index=False).sum()
    counts = count_rows(read.labels, keys).merge(words, on=keys[:2])
    counts["per_10000_words"] = RATE * counts["n"] / counts["n_words"]
    return counts.sort_values([*keys[:2], "n", *keys[2:]], ascending=[True, True, False, True, True], ignore_index=True)


def compare_labels(read: Reading, *, by: str = "label", **options: int) -> pd.DataFrame:
    """Return labels (or connotations) per 10,000 of an outlet's own words, tested against all other outlets.

    Columns: those of `inference.estimate_ratios`, with values, differences and their intervals per 10,000 words; n
    (times used), total (words), voice. `options` are replicates and seed.
    """
    below = select_rows(read, "passages", ["article_id", "n_words"], voice="outlet").rename(columns={"n_words": "n"})
    above = read.labels[read.labels["voice"].eq("outlet") & read.labels[by].ne(NOT_GIVEN)].assign(n=1)
    table = inference.estimate_ratios(above, below, read.articles, keys=[by], what="rate", **options)
    columns = ["value", "low", "high", "difference", "difference_low", "difference_high"]
    rates = table[columns].astype("float64") * RATE
    return table.assign(voice="outlet", **rates)


def propose_labels(articles: pd.DataFrame) -> pd.DataFrame:
    """Return a draft of labels.csv: the nouns of articles that describe people or bodies, the most frequent first.

    These are subjects, objects and doers that are listed as people or bodies in the lexicons, and the words of
    label_words.csv anywhere. One row is an alias: label, alias, connotation, note as in labels.csv; n, how often the
    label was found so. A connotation with a "?" is only a suggestion of that lexicon: whoever agrees deletes the "?".
    """
    articles, nlp, printed, rows = draw_articles(articles), load_model(), defaultdict(Counter), []
    text = " ".join(articles["text"]).lower()
    suggested = index_lexicon("label_words.csv")
    means = {row["noun"] for row in read_lexicon("through_nouns.csv") if row["kind"] == "means"}
    things = {row["noun"] for row in read_lexicon("source_nouns.csv") if row["source_type"] in ("document", "media")}
    counts = {noun for noun, row in suggested.items() if not row["connotation"]}  # "majority"
    files = ("through_nouns.csv", "member_nouns.csv", "group_nouns.csv", "source_nouns.csv", "label_words.csv")
    known = {next(iter(row.values())) for file in files for row in read_lexicon(file)}
    known -= {*means, *things, *counts, *index_lexicon("act_nouns.csv"), "source"}  # neither people nor bodies
    for doc in nlp.pipe(tokenize(nlp, one)[0] for one in articles["text"]):
        for noun in doc:
            word = noun.lemma_ if noun.text.islower() else noun.text.removesuffix("s")
            is_placed = noun.dep_ in _PLACES or (noun.dep_ == "pobj" and noun.head.dep_ == "agent")
            is_noun = noun.text.islower() and noun.tag_ in ("NN", "NNS") and is_placed
            if word in known and (is_noun or (word in suggested and noun.tag_[:2] in ("NN", "JJ"))):  # "rebel groups"
                printed[word][noun.text] += 1
    for label in sorted(printed, key=lambda noun: (-printed[noun].total(), noun))[:MOST_LABELS]:
        connotation = f"{suggested[label]['connotation']}?" if label in suggested else ""
        odd = sorted({*printed[label]} - {label, f"{label}s", f"{label}es"})  # "gunmen"
        rows += [(label, alias, connotation, "", printed[label].total()) for alias in (label, *odd)]
        acts = [words for words in suggested if words.startswith(f"{label} ") and words in text]
        rows += [(OTHER, words, "", "calls nobody anything", 0) for words in acts]  # "terrorist attack"
    return pd.DataFrame(rows, columns=[*COLUMNS["labels"], "n"])


def draft_lists(folder: str | Path) -> list[str]:
    """Write drafts of actors.csv, sources.csv and labels.csv for a corpus folder; return what was written."""
    return [*proposing.draft_lists(folder), *draft_labels(Path(folder))]


def draft_labels(folder: Path) -> list[str]:
    """Write a draft of labels.csv into a corpus folder, as `proposing.draft_lists` does; return what was written."""
    return write_draft(propose_labels(refuse_unreadable(open_corpus(folder)).articles), folder, "labels.csv")
