"""Tell an article's paragraphs from the lines that a page sets between and around them.

Each function takes the paragraphs still kept (number -> text, in order), a rule's parameters and what is known of
the article, and returns the numbers of those to cut. Their parameters stand in `lexicons/cleaning.toml`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from helpers.reading.cleaning.repair import OPENING_MARKS, WORD, count_words, ends_sentence

Texts = Mapping[int, str]
Options = Mapping[str, Any]

_LONGEST_WORD = 40
_MOST_PLACE_WORDS = 4
_FINAL_STOP = re.compile(r"[.…][\"'”’»)\]]*$")  # a headline may ask or exclaim
_EDGE_LINES = 4  # how far from the start or end of an article a byline may stand


@dataclass(frozen=True)
class Context:
    """What is known of an article: its row, its file's headlines (squeezed), its captions already cut."""

    row: Mapping[str, str]
    headlines: frozenset[str]
    captions: tuple[str, ...] = ()


def squeeze(text: str) -> str:
    """Return the letters and digits of `text` in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def find_headlines(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find lines that are a headline of articles.csv, and a line without a final stop that opens the article."""
    longest = max(map(len, context.headlines), default=0)
    short = {number: text for number, text in texts.items() if len(text) <= 2 * longest}
    found = {number for number, text in short.items() if squeeze(text) in context.headlines}
    rest = [number for number in texts if number not in found]
    if len(rest) > 1 and _is_line(texts[rest[0]], options["max_words"]) and ends_sentence(texts[rest[1]]):
        first = texts[rest[0]]
        unlisted = not context.row["headline"] and count_words(first) <= options["max_words_unlisted"]
        if count_words(first) > 3 and (
            (unlisted and not ends_sentence(first)) or _is_title_case(first, options["small_words"], 5)
        ):
            found.add(rest[0])
    return found


def find_bylines(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find lines near an edge that start with the article's author, or with `By` and a name."""
    author = squeeze(context.row["author"])
    edges = [*list(texts)[:_EDGE_LINES], *list(texts)[-_EDGE_LINES:]]
    return {
        number
        for number in edges
        if _is_line(texts[number], options["max_words"])
        and (options["pattern"].search(texts[number]) or (author and squeeze(texts[number]).startswith(author)))
    }


def find_other_scripts(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find short lines none of whose letters are in the script of the article."""
    scripts = {number: count_scripts(text) for number, text in texts.items()}
    whole = sum(scripts.values(), Counter())
    if len(whole) < 2:
        return set()
    main = whole.most_common(1)[0][0]
    return {
        number
        for number, found in scripts.items()
        if found and main not in found and count_words(texts[number]) <= options["max_words"]
    }


def find_repeated_captions(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find lines whose words stand in a caption that was cut."""
    captions = _join_words(context.captions)
    return {
        number
        for number, text in texts.items()
        if count_words(text) >= options["min_words"] and f" {_join_words([text]).strip()} " in captions
    }


def find_pull_quotes(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find blocks whose words stand again inside a longer paragraph."""
    words = {number: WORD.findall(text.lower()) for number, text in texts.items()}
    n_first = options["min_words"]
    blocks: dict[tuple[str, ...], list[int]] = {}  # by their first words, so that one pass over the text finds them
    for number, block in words.items():
        if n_first <= len(block) <= options["max_words"]:
            blocks.setdefault(tuple(block[:n_first]), []).append(number)
    openings = {first[0] for first in blocks}
    found: set[int] = set()
    for whole in words.values():
        for at, word in enumerate(whole):
            if word in openings:
                for number in blocks.get(tuple(whole[at : at + n_first]), ()):
                    block = words[number]
                    if len(block) < len(whole) and whole[at : at + len(block)] == block:
                        found.add(number)
    return found


def find_teasers(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find paragraphs that break off before a section label, and the line without a final stop above each."""
    teasers = [
        number
        for number, text in texts.items()
        if count_words(text) >= options["min_words"] and options["pattern"].search(text)
    ]
    if len(teasers) < options["min_count"]:
        return set()
    before = dict(zip(list(texts)[1:], texts, strict=False))
    above = {before[number] for number in teasers if number in before}
    return {*teasers, *(number for number in above if _is_line(texts[number], options["headline_max_words"]))}


def find_related_headlines(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find lines in Title Case without a final stop that stand after the first paragraph."""
    numbers = list(texts)
    return {
        number
        for before, number in pairwise(numbers)
        if _is_line(texts[number], options["max_words"])
        and not texts[before].endswith((":", ","))
        and texts[number].count(",") < 3
        and _is_title_case(texts[number], options["small_words"], options["min_words"])
    }


def find_crossheads(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find short lines without a final stop between two full paragraphs, of which the first ends a sentence.

    A line that closes with a colon or comma, or after one, introduces something; one that opens with a pronoun or
    conjunction is prose; short lines in a row are a list. These are kept.
    """
    numbers = list(texts)
    return {
        number
        for before, number, after in zip(numbers, numbers[1:], numbers[2:], strict=False)
        if _is_line(texts[number], options["max_words"])
        and not ends_sentence(texts[number])
        and not texts[number].endswith((":", ",", ";", "-", "–", "—"))
        and _words(texts[number]).split(" ")[0] not in options["prose_openings"]
        and ends_sentence(texts[before])
        and count_words(texts[after]) > options["max_words"]
    }


def find_datelines(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find a line with nothing but a place, below something that was cut and directly above the first paragraph."""
    numbers = list(texts)
    if len(numbers) < 2 or not numbers[0] or numbers[1] != numbers[0] + 1:
        return set()
    return {numbers[0]} if is_place(texts[numbers[0]]) and ends_sentence(texts[numbers[1]]) else set()


def find_section_labels(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find lines of a few words at the very start or end, where longer text remains."""
    numbers, found = list(texts), set()
    if not any(count_words(text) > options["max_words"] for text in texts.values()):
        return found
    for side in (numbers, numbers[::-1]):
        for number in side:
            text = texts[number]
            if ends_sentence(text) or text[0] in OPENING_MARKS or count_words(text) > options["max_words"]:
                break
            found.add(number)
    return found


def find_bios(texts: Texts, options: Options, context: Context) -> set[int]:
    """Find a last paragraph that introduces the author."""
    if len(texts) < 2:
        return set()
    number, text = list(texts.items())[-1]
    if count_words(text) > options["max_words"]:
        return set()
    named = options["pattern"].search(text)
    is_author = bool(named) and squeeze(named["name"]) in squeeze(context.row["author"])
    return {number} if is_author or options["self_evident"].search(text) else set()


EDGE_FINDERS: dict[str, Callable[[Texts, Options, Context], set[int]]] = {
    "headline": find_headlines,
    "byline": find_bylines,
    "dateline": find_datelines,
    "section label": find_section_labels,
    "author bio": find_bios,
}
# The order in which they run, what is surest first. Those at the edges run again until nothing more is found.
FINDERS = {
    "headline": find_headlines,
    "byline": find_bylines,
    "other script": find_other_scripts,
    "repeated caption": find_repeated_captions,
    "pull quote": find_pull_quotes,
    "teaser": find_teasers,
    "related headline": find_related_headlines,
    **EDGE_FINDERS,
    "crosshead": find_crossheads,
}


def is_place(text: str) -> bool:
    """Tell whether a line could be a place and nothing else: a few capitalised words without a final stop."""
    return _is_line(text, _MOST_PLACE_WORDS) and all(word[0].isupper() for word in WORD.findall(text))


def measure_headline(text: str, headline: str) -> int:
    """Return how many characters at the start of `text` spell `headline`, whatever the punctuation; 0 if none."""
    wanted, at = squeeze(headline), 0
    for end, letter in enumerate(text):
        if not letter.isalnum():
            continue
        spelled = letter.lower()
        if not wanted.startswith(spelled, at):
            return 0
        at += len(spelled)
        if at == len(wanted):
            whole_word = end + 1 == len(text) or not text[end + 1].isalnum()
            return end + 1 if whole_word else 0
    return 0


def count_scripts(text: str) -> Counter[str]:
    """Return how many letters of `text` belong to each script (LATIN, CYRILLIC, ARABIC …)."""
    scripts: Counter[str] = Counter()
    for letter, n in Counter(text).items():
        if letter.isalpha():
            scripts["LATIN" if letter.isascii() else unicodedata.name(letter, "?").split()[0]] += n
    return scripts


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def _join_words(texts: tuple[str, ...] | list[str]) -> str:
    return "".join(f" {_words(text)} " for text in texts)


def _is_line(text: str, max_words: int) -> bool:
    """Tell whether `text` could be a heading: it has words, but few, no final stop and no quotation mark first."""
    is_marked = text[0] in '"“«„•-–—' or text[0].islower()
    if is_marked or len(text) > _LONGEST_WORD * max_words or _FINAL_STOP.search(text):
        return False
    return 0 < count_words(text) <= max_words


def _is_title_case(text: str, small_words: list[str], min_words: int) -> bool:
    words = [word for word in WORD.findall(text) if word not in small_words]
    raised = [word[0].isdigit() or any(part[0].isupper() for part in word.split("-")) for word in words]
    return len(words) >= min_words and all(raised)
