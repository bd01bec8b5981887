"""Findings told in the words of the articles: causes, joined actors, judging words, quotation marks, headlines.

The words looked for are those of `lexicons/wording.csv`, where `*` stands for any ending and `...` for up to five
words. What is found here describes the articles at hand and is not tested: a page of tests leaves it out.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from helpers.attribution import compare_intros
from helpers.lexicons import compile_phrases, index_lexicon
from helpers.page import count_of
from helpers.reading import Reading, select_mentions, select_rows, select_sources
from helpers.reading.aliases import OTHER
from helpers.reading.quotations import find_quotations
from helpers.reading.schemas import ACTS, UNDERGOES
from helpers.telling import LEAST, Told, count_in_words, join, name_actor, split_words
from helpers.terms import find_planned

_KINDS = {"cause": "why", "help": "why"}  # a cause is told before a help
_SHOWN = {"why": 1, "joined": 2, "judging": 3}  # words of an outlet in a sentence
_MOST_OUTLETS, _MOST_ALIKE, _MOST_WORDS = 4, 2, 18  # in a sentence; findings of a kind; words of a cause
_NEAR, _APART = 60, 90  # characters from a word that joins two actors to the nearer one; between the two
_BESIDE = 45  # characters from a word that judges to the actor that it is told of, the next after it
_AND = re.compile(r"[^.;]*\band(?: [\w’'-]+){0,4}\s*")
_PLACE = ["article_id", "outlet", "sentence_no"]
_COLUMNS = ["use", "actor", *_PLACE, "words"]
Described = tuple[str, str, str, Told, float]  # kind, actor, fact, what is told, and what is added to its kind's worth


def describe(read: Reading) -> list[Described]:
    """Return the findings in words of a reading, two of a kind at most, those that weigh most (0 to 1) first."""
    tellers = (_tell_words, _tell_intros, _tell_marks, _tell_headlines, _tell_unquoted)
    found = sorted((one for tell in tellers for one in tell(read)), key=lambda one: -one[-1])
    kinds = [kind for kind, *_ in found]
    return [one for place, one in enumerate(found) if kinds[:place].count(one[0]) < _MOST_ALIKE]


def _fill(read: Reading, kind: str, outlets: list[str], places: pd.DataFrame, weight: float, actor: str = "",
          fact: str = "", n: int = 0, **values: Any) -> Described:  # fmt: skip
    """Return a finding; its evidence is the sentences of `places`, each with the words to look for in it."""
    row, times = index_lexicon("findings.csv")[kind], ("", "once", "twice")[n] if n < LEAST else f"{n:,} times"
    values |= {"outlets": join(outlets), "s": "s" * (len(outlets) == 1)}
    values |= {"actor": actor if kind == "joined" else name_actor(read, actor), "fact": fact}
    values |= {"times": times, "places": count_of(len(places), "place")}
    sentence, n_of = (row[column].format(**values) for column in ("sentence", "n"))
    key = places[[name for name in (*_PLACE, "words", "actor", "source_name") if name in places]].to_dict("records")
    return kind, actor, fact, Told(outlets, sentence, n_of, key), min(weight, 1)


def find_words(read: Reading) -> pd.DataFrame:
    """Return the words that explain, join or judge, without those of quotations: use, actor, their place, and words.

    Causes and helps are the outlet's own words, about the actor that the sentence names first. Words that join stand
    between two actors, or beside "A and B". Words that judge are the outlet's own, shortly before the actor.
    """
    pattern, uses = compile_phrases("wording.csv")
    mentions = select_mentions(read, columns=["article_id", "sentence_no", "actor", "kind", "role", "start", "end"])
    mentions = mentions[mentions["actor"].ne(OTHER)].sort_values("start")
    named = {place: list(rows.itertuples()) for place, rows in mentions.groupby(["article_id", "sentence_no"])}
    texts = read.articles.set_index("article_id")["text"]
    quoted = {one: [mark[:2] for mark in find_quotations(text)[0]] for one, text in texts.items()}  # a word or two, too
    passages = select_rows(read, "passages", [*_PLACE, "voice", "start", "text"], voice=["outlet", "paraphrase"])
    found = []
    for passage in passages.itertuples():
        near = named.get((passage.article_id, passage.sentence_no), [])
        heads = [one for one in near if one.kind != "adjective" and one.role != "compound"]
        for match in pattern.finditer(passage.text):
            use, words, start = uses[int(match.lastgroup[1:])], match[0], passage.start + match.start()
            is_quoted = any(begin < start < end for begin, end in quoted[passage.article_id])
            about = [heads[0].actor] if heads and heads[0].start < start else []
            if use in ("between", "around"):
                pair = _find_pair(heads, start, start + len(words), use, texts[passage.article_id])
                use, about = "joined", [_join_pair(read, pair)] if pair else []
                words = "".join(re.findall(r"\b(?:not|no|never) $", passage.text[: match.start()])) + words
            elif passage.voice != "outlet" or use == "side" or is_quoted:
                continue
            elif use == "judging":
                about = [one.actor for one in near if one.end > start and one.start - start < _BESIDE][:1]
            else:
                words = " ".join(re.split(r"[,;:()–—…]", passage.text[match.start() :])[0].split()[:_MOST_WORDS])
            place = (passage.article_id, passage.outlet, passage.sentence_no)
            words = words[0].lower() + words[1:].rstrip(" .")
            found += [(use, actor, *place, words) for actor in about]
    return pd.DataFrame(found + _find_deeds(read, texts), columns=_COLUMNS).sort_values("use", kind="stable")


def _find_deeds(read: Reading, texts: pd.Series) -> list[tuple[Any, ...]]:
    """Return the verbs with which one actor does something to another, as words that join; none of quotations."""
    acts = select_rows(read, "acts", [*_PLACE, "actor", "role", "verb_start", "verb_end", "voice"],
                       nominal=False, negated=False, voice=["outlet", "paraphrase"])  # fmt: skip
    targets = acts[acts["role"].eq(UNDERGOES)][["article_id", "verb_start", "actor"]]
    pairs = acts[acts["role"].eq(ACTS)].merge(targets, on=["article_id", "verb_start"], suffixes=("", "_of"))
    return [("joined", _join_pair(read, [one.actor, one.actor_of]), one.article_id, one.outlet, one.sentence_no,
             texts[one.article_id][one.verb_start : one.verb_end])
            for one in pairs[pairs["actor"].ne(pairs["actor_of"])].itertuples()]  # fmt: skip


def _join_pair(read: Reading, actors: Iterable[str]) -> str:
    """Return two actors as in a sentence: "Ostrel and the Vanda army"."""
    return " and ".join(name_actor(read, actor) for actor in sorted(actors))


def _find_pair(heads: Sequence[Any], start: int, end: int, use: str, text: str) -> set[str]:
    """Return the two actors that some words join, or none: those on both sides, or A and B before or after them."""
    before, after = [one for one in heads if one.end <= start], [one for one in heads if one.start >= end]
    if use == "between":
        pairs = [(before[-1], after[0])] if before and after and after[0].start - before[-1].end < _NEAR else []
    else:
        pairs = [(one, other) for one in after[:1] for other in after[1:] if one.start - end < _NEAR]
        pairs += [(one, other) for other in before[-1:] for one in before[-2::-1] if start - other.end < _NEAR]
        pairs = [(one, other) for one, other in pairs
                 if other.start - one.end < _APART and _AND.fullmatch(text, one.end, other.start)]  # fmt: skip
    return next(({one.actor, other.actor} for one, other in pairs if one.actor != other.actor), set())


def _tell_words(read: Reading) -> list[Described]:
    """Return the actors about whom two outlets or more use words that no other uses."""
    table, told, about = find_words(read), [], ["kind", "actor"]
    table = table.assign(kind=table["use"].replace(_KINDS), said=table["words"].str.casefold())
    table = table.drop_duplicates([*about, "outlet", "said"])
    table = table[table.groupby([*about, "said"])["outlet"].transform("size").eq(1)]
    table = table[table.groupby([*about, "outlet"]).cumcount() < table["kind"].map(_SHOWN).astype(int)]
    for (kind, actor), rows in table.groupby(about):
        outlets = [*rows.groupby("outlet").size().sort_values(ascending=False, kind="stable").index[:_MOST_OUTLETS]]
        rows = rows[rows["outlet"].isin(outlets)].drop(columns="actor")
        if len(outlets) > 1 and (kind in ("why", "joined") or len(rows) > LEAST):
            said = {outlet: join(f"“{one}”" for one in rows["words"][rows["outlet"].eq(outlet)]) for outlet in outlets}
            words = join(f"{some} in {outlet}" for outlet, some in said.items())
            told.append(_fill(read, kind, outlets, rows, len(outlets) / 5 + len(rows) / 50, actor, words=words))
    return told


def _tell_intros(read: Reading) -> list[Described]:
    """Return the sources that two outlets or more introduce in words that share none; the name alone is told last."""
    told, titles = [], {title.strip(".") for title in index_lexicon("titles.csv")}
    for source, rows in compare_intros(read).groupby("source_name"):
        alone = rows["intro"].eq("")
        main = rows.assign(alone=alone).sort_values(["alone", "n"], ascending=[True, False]).drop_duplicates("outlet")
        main = main.sort_values(["alone", "outlet"])
        words = [{*split_words(intro)} - titles for intro in main["intro"]]  # "Sen." and "Senator" are one
        apart = [one for one in words if one and sum(not one.isdisjoint(other) for other in words) == 1]
        if len(apart) > 1:
            said = [f"{f'“{row.intro}”' if row.intro else 'just a name'} in {row.outlet}" for row in main.itertuples()]
            values = {"n": main["n"].sum(), "many": count_in_words(main["intro"].nunique()), "words": join(said)}
            rows = main[["outlet", "source_name"]]
            told.append(_fill(read, "introduction", [*main["outlet"]], rows, len(apart) / 5, source, **values))
    return told


def _find_marked(read: Reading, column: str) -> pd.DataFrame:
    """Return the words in quotation marks of the articles' texts or headlines, without speech and names."""
    rows = []
    for article in read.articles[["article_id", "outlet", column]].itertuples(index=False):
        sentences = read.sentences[read.sentences["article_id"].eq(article.article_id)]
        marks = find_quotations(article[2])[0]
        speech = [(one.start, one.end) for one in marks if one.is_speech]
        for mark in (one for one in marks if not any(start < one.start < end for start, end in speech)):
            words = re.sub(r"^\W+|\W+$", "", article[2][mark.start : mark.end])
            if not mark.is_speech and len(words) > LEAST and (column == "headline" or words[0].islower()):
                number = max(0, sentences["start"].searchsorted(mark.start, side="right") - 1)
                rows.append((*article[:2], sentences["sentence_no"].iloc[number], words))
    return pd.DataFrame(rows, columns=[*_PLACE, "words"])


def _find_straight(passages: pd.DataFrame, words: str) -> tuple[str, pd.DataFrame]:
    """Return the lemma that some words are, and the passages that print it `n` times without a mark before it."""
    forms = sorted(find_planned(passages, [words]), key=lambda form: (form == words.lower(), form))
    pattern = rf"(?<![\w-])(?<![\"“‘'«] )(?:{'|'.join(map(re.escape, forms))})(?![\w-])"
    printed = passages.assign(words=words, n=passages["lemmas"].str.count(pattern))
    return forms[0], printed[printed["n"].gt(0)]


def _tell_marks(read: Reading) -> list[Described]:
    """Return the words that some outlets print in quotation marks, and others as their own."""
    passages, told, marked = select_rows(read, "passages"), [], _find_marked(read, "text")
    found = {words: _find_straight(passages, words) for words in dict.fromkeys(marked["words"])}
    for stem, marks in marked.groupby(marked["words"].map(lambda words: found[words][0])):
        straight = pd.concat(found[words][1] for words in marks["words"].unique())
        straight = straight[straight["voice"].ne("quote")].drop_duplicates(["article_id", "start"])
        own = straight.groupby("outlet")["n"].sum()
        outlets = [one for one in marks["outlet"].value_counts().index if one not in own]
        rest = sorted({*own.index} - {*marks["outlet"]})
        n, pattern = own[rest].sum(), compile_phrases("wording.csv")[0]
        is_telling = " " in stem or any(map(pattern.fullmatch, marks["words"]))
        if outlets and n >= (1 if is_telling else LEAST):
            places = pd.concat([straight[straight["outlet"].isin(rest)], marks[marks["outlet"].isin(outlets)]])
            weight, words = min(n, 5) / 10 + 0.3 * is_telling, {"rest": join(rest), "rest_s": "s" * (len(rest) == 1)}
            told.append(_fill(read, "marks", outlets, places, weight, fact=stem, n=n, **words))
    return told


def _tell_headlines(read: Reading) -> list[Described]:
    """Return headlines that quote what their article says itself or has from nobody named."""
    passages, told = select_rows(read, "passages"), []
    nameless = read.attributions.query("named == 'described'").drop_duplicates("attribution_id")
    nameless = nameless.set_index("attribution_id")["source"]
    for mark in _find_marked(read, "headline").itertuples():
        printed = _find_straight(passages[passages["article_id"].eq(mark.article_id)], mark.words)[1]
        own, said = printed[printed["voice"].ne("quote")], printed[printed["attribution_id"].isin(nameless.index)]
        if len(own):
            told.append(_fill(read, "headline", [mark.outlet], own, 0.5, fact=mark.words, n=own["n"].sum()))
        elif len(said):
            who = nameless[said["attribution_id"].iloc[0]]
            told.append(_fill(read, "headline quote", [mark.outlet], said[:1], 0.5, fact=mark.words, who=who))
    return told


def _tell_unquoted(read: Reading) -> list[Described]:
    """Return the sides, countries left out, that every outlet names and none quotes."""
    spans = ["source_start", "source_end"]
    sources = select_sources(read, ["article_id", "source_name", "source_actor", "form", *spans])
    sources = sources[sources["source_name"].isin(sources[sources["form"].ne("indirect")]["source_name"])]
    mentions = select_mentions(read, columns=["article_id", "outlet", "actor", "start"])
    named = mentions.merge(sources[["article_id", *spans]], on="article_id")
    named = named[named["start"].between(named["source_start"], named["source_end"], inclusive="left")]
    actors = read.corpus.actors  # who speaks for a country is not always known to do so
    heard = {OTHER, *sources["source_actor"], *named["actor"], *actors[actors["note"].eq("country")]["actor"]}
    mentions, outlets = mentions[~mentions["actor"].isin(heard)], sorted(read.articles["outlet"].unique())
    return [_fill(read, "nobody quotes", outlets, rows[["outlet", "actor"]].drop_duplicates(), len(rows) / 100, actor,
                  n=len(rows), all_of="both" if len(outlets) == 2 else f"all {count_in_words(len(outlets))}")
            for actor, rows in mentions.groupby("actor")
            if len(sources) and len(rows) >= 3 * LEAST and rows["outlet"].nunique() == len(outlets) > 1]  # fmt: skip
