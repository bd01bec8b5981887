"""Replace names by neutral words, so that a name adds neither tone nor topic."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.reading.attribution.spans import paint

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from helpers.reading.actors import Mention

ACTOR = "_actor_"
NAME = "_name_"
NEUTRAL = frozenset({ACTOR, NAME})  # words that replace a name and never count as a term

_JOINT = re.compile(r" ?[-.]?")  # between the words of a name
_SOLID = re.compile(r"\S(?:[\s\S]*\S)?")  # the white space beside a name stays: neutral words never run together

Spans = list[tuple[int, int, str]]


def find_names_to_mask(doc: "Doc", text: str, mentions: Sequence["Mention"], listed: Iterable[str] = ()) -> Spans:
    """Return what is masked in a parsed text, without overlaps: (start, end, neutral word).

    Actors' names, acronyms and metonyms; proper names as the part-of-speech tagger sees them (people, places,
    organisations, offices, days and months), whose parts "-" and "." join; and the names `listed` (`list_names`). A
    description ("the regime") is a choice of words, not a name, and stays. Where two overlap, an actor comes first,
    then the one that begins first; of the other the rest is masked.
    """
    spans = [(m.start, m.end, ACTOR) for m in mentions if m.kind != "description"]
    words, end = doc.to_array(["IDX", "LENGTH", "POS"]), None
    for start, length, _ in words[words[:, 2] == doc.vocab.strings["PROPN"]].tolist():
        if text[start].isalnum():
            first = spans.pop()[0] if end and _JOINT.fullmatch(text, end, start) else start
            end = start + length
            spans.append((first, end, NAME))
    if names := "|".join(re.escape(name) for name in sorted(listed, key=len, reverse=True)):
        spans += [(*match.span(), NAME) for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text)]
    spans.sort(key=lambda span: (span[2] != ACTOR, span[0], -span[1]), reverse=True)
    owner = paint(len(text), spans)  # number of the span that each character belongs to
    edges = pairwise([0, *(np.flatnonzero(owner[1:] != owner[:-1]) + 1).tolist(), len(text)] if text else ())
    pieces = [(_SOLID.search(text, *piece), spans[owner[piece[0]]][2]) for piece in edges if owner[piece[0]] >= 0]
    return [(*solid.span(), word) for solid, word in pieces if solid]


def list_names(articles: pd.DataFrame, listed: Iterable[str]) -> list[str]:
    """Return the names that a corpus itself knows, sorted: its outlets, its bylines and those `listed` in corpus.toml.

    An outlet's name counts with a capital only, or one called "Time" would hide a common word; a byline of one word
    ("Staff") is left to the tagger.
    """
    outlets = {form for name in articles["outlet"].unique() for form in (name, name.title(), name.upper())}
    bylines = {name.strip() for line in articles["author"].unique() for name in re.split(r",|;|&| and ", line)}
    outlets = {name for name in outlets if name != name.lower() and len(name) > 2}
    return sorted({*outlets, *(" ".join(name.split()) for name in bylines if " " in name), *listed})


def mask_text(text: str, start: int, end: int, spans: Spans) -> str:
    """Return `text[start:end]` with each of `spans` replaced by its neutral word."""
    parts, at, ends_before = [], start, bisect_left(spans, start, key=itemgetter(1))
    for left, right, word in spans[ends_before : bisect_left(spans, end, key=itemgetter(0))]:
        left, right = max(left, start), min(right, end)
        if re.search(r"\w", text[left:right]):
            parts += [text[at:left], word]
            at = right
    return "".join([*parts, text[at:end]])


def place_words(text: str, masked: str) -> list[int]:
    """Return for each word of a masked text (separated by white space) the first of its characters in the text.

    A neutral word has the place where its name begins.
    """
    pieces = re.split(f"({'|'.join(sorted(NEUTRAL))})", masked)  # every second is a neutral word
    form = "".join("(.+?)" if at % 2 else f"({re.escape(piece)})" for at, piece in enumerate(pieces))
    found = re.fullmatch(form, text, re.DOTALL)
    places = [found.start(at) + n * (at % 2) for at, piece in enumerate(pieces, 1) for n in range(len(piece))]
    return [places[word.start()] for word in re.finditer(r"\S+", masked)]
