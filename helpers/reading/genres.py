"""Guess the genre of an article, with the reason, so that opinion, interviews and live blogs can be told from news."""

import re
from collections.abc import Iterable

from helpers.lexicons import read_lexicon
from helpers.reading.quotations import find_quotations
from helpers.reading.turns import FIRST_PERSON, find_talk

_SIGNS = read_lexicon("genres.csv")
FEWEST, SHARE = 5, 0.01  # first persons outside quotations that make an opinion: so many, and this share of the words


def guess_genre(text: str, headline: str, url: str, removed: Iterable[str] = ()) -> tuple[str, str]:
    """Return one of `schemas.GENRES` and why: a sign of lexicons/genres.csv, else turns, else the first person.

    `removed` are the names of the rules that cut something from the article.
    """
    places = {"headline": [headline], "url": [url], "removed": removed, "text": [text]}
    for row in _SIGNS:
        if any(re.search(row["pattern"], place, re.IGNORECASE) for place in places[row["where"]]):
            return row["genre"], row["note"]
    turns = find_talk(text)
    if turns and text[turns[0].cue[0]] == "?":
        return "interview", f"{len(turns)} questions to somebody, answered in the first person"
    if not all(turn.asks for turn in turns):
        labels = list(dict.fromkeys(text[slice(*turn.label)] for turn in turns))
        genre = "interview" if any(turn.asks for turn in turns) else "transcript"
        return genre, f"paragraphs begin with {', '.join(labels)[:60]}"
    quotations, persons = find_quotations(text)[0], FIRST_PERSON.finditer(text)
    found = sum(not any(one.start <= person.start() < one.end for one in quotations) for person in persons)
    if found >= FEWEST and found >= SHARE * len(text.split()):
        return "opinion", f"{found} times I or we outside quotations"
    return "news", ""
