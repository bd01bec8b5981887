"""Find the words with which articles explain, join, judge, assure or describe: `lexicons/wording.csv`, actors.csv.

In wording.csv `*` stands for any ending and `...` for up to five words.
"""

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from helpers.lexicons import compile_phrases, read_lexicon
from helpers.reading import Reading, select_mentions, select_rows
from helpers.reading.quotations import find_quotations

LIKE = {row["name"]: re.compile(row["pattern"]) for row in read_lexicon("phrase_patterns.csv")}
PLACE = ["article_id", "outlet", "sentence_no"]
_OPPONENT = compile_phrases("wording.csv", only="opponent")[0]
_MOST_WORDS, _BESIDE = 18, 3  # of a cause; characters from an actor to what helps it
_NEAR, _APART = 45, 90  # characters from a word to the actor that it judges, or the nearer that it joins; between two


def find_words(read: Reading) -> pd.DataFrame:
    """Return the words that explain, join, judge, assure or describe, none of quotations: use, actor, place, and words.

    Causes and helps are the outlet's own words, about the actor that the sentence names first. Words that join stand
    between two actors, or beside "A and B" (`actor` is "A | B"). Words that judge are the outlet's own, shortly before
    the actor, or a harm (`harm judged`); those of certainty ("clearly") are about no actor. Those of doubt are
    the outlet's own, and not in its headline (as `actor`). Descriptions (`called`) are those of actors.csv.
    """
    pattern, uses = compile_phrases("wording.csv")
    keys = ["article_id", "sentence_no"]
    mentions = select_mentions(read, columns=["actor", *PLACE, "kind", "role", "voice", "scare", "start", "end"])
    named = {place: list(rows.itertuples()) for place, rows in mentions.sort_values("start").groupby(keys)}
    texts, headlines = (read.articles.set_index("article_id")[name] for name in ("text", "headline"))
    quoted = {one: [mark[:2] for mark in find_quotations(text)[0]] for one, text in texts.items()}  # a word or two, too
    passages = select_rows(read, "passages", [*PLACE, "voice", "start", "text"], voice=["outlet", "paraphrase"])
    called = mentions.query("kind == 'description' and voice == 'outlet' and not scare").itertuples()
    struck = read.harms.groupby("article_id")["end"].agg(list)
    found = [("called", *one[1:5], texts[one.article_id][one.start : one.end]) for one in called]
    for passage in passages.itertuples():
        near = named.get((passage.article_id, passage.sentence_no), [])
        heads = [one for one in near if one.kind != "adjective" and one.role != "compound"]
        text = texts[passage.article_id]
        for match in pattern.finditer(passage.text):
            use, words, start = uses[int(match.lastgroup[1:])], match[0], passage.start + match.start()
            is_quoted = any(begin < start < end for begin, end in quoted[passage.article_id])
            about = [heads[0].actor] if heads and heads[0].start < start else []
            if use == "help" and words.endswith("by"):  # "backed by" tells of what stands before it
                about = [one.actor for one in heads if 0 <= start - one.end < _BESIDE]
            if use in ("between", "around"):
                pair = _find_pair(heads, start, start + len(words), use, text)
                use, about = "joined", [" | ".join(sorted(pair))] if pair else []
                words = "".join(re.findall(r"\b(?:not|no|never) $", passage.text[: match.start()])) + words
            elif passage.voice != "outlet" or use in ("side", "opponent") or is_quoted:
                continue
            elif use == "doubts":  # that its headline has none of
                head = headlines[passage.article_id]
                about = [head] * ("?" not in head and words.lower() not in head.lower())
            elif use in ("judging", "sure"):  # "A's cruel war on B" judges A
                if _OPPONENT.search(re.split(r"[,;:.(]", text[start + len(words) :][:_NEAR])[0]):
                    continue  # "the cruel critics of A", "A's cruel critics"
                judged = [one for one in heads if one.end > start and one.start - start < _NEAR
                          and not LIKE["apart"].search(text, start + len(words), one.start)]  # fmt: skip
                if not judged or judged[0].start > start + len(words) + 1:
                    judged = [one for one in near if LIKE["owner"].fullmatch(text, one.end, start)] + judged
                about = [one.actor for one in judged[:1]] if use == "judging" else [""]
                after, ends = start + len(words), struck.get(passage.article_id, ())
                if done := [end for end in ends if not about and LIKE["judged harm"].fullmatch(text, after, end)]:
                    use, about, words = "harm judged", [""], " ".join(text[start : done[0]].split())
            else:
                words = " ".join(LIKE["cause end"].split(passage.text[match.start() :])[0].split())
                is_open = re.search(r"\b(?:his|her|its|their)\b", words) and len({one.actor for one in near}) > 1
                if is_open or words.count(" ") >= _MOST_WORDS:  # whose? or too much to be said at once
                    continue
            words = words[0].lower() + words[1:].rstrip(" .")
            found += [(use, actor, passage.article_id, passage.outlet, passage.sentence_no, words) for actor in about]
    return pd.DataFrame(found, columns=["use", "actor", *PLACE, "words"]).sort_values("use", kind="stable")


def _find_pair(heads: Sequence[Any], start: int, end: int, use: str, text: str) -> set[str]:
    """Return the two actors that some words join, or none: those on both sides, or A and B before or after them."""
    before, after = [one for one in heads if one.end <= start], [one for one in heads if one.start >= end]
    if use == "between":
        pairs = [(before[-1], after[0])] if before and after and after[0].start - before[-1].end < _NEAR else []
    else:
        pairs = [(one, other) for one in after[:1] for other in after[1:] if one.start - end < _NEAR]
        pairs += [(one, other) for other in before[-1:] for one in before[-2::-1] if start - other.end < _NEAR]
        pairs = [(one, other) for one, other in pairs
                 if other.start - one.end < _APART and LIKE["and"].fullmatch(text, one.end, other.start)]  # fmt: skip
    return next(({one.actor, other.actor} for one, other in pairs if one.actor != other.actor), set())
