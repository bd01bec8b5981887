"""Words of numbers and lists, as the answers use them."""

from collections.abc import Iterable

from helpers.page import safe

MOST_LISTED = 6  # outlets or words in one sentence
FEW_SENTENCES = 5  # an outlet with fewer has no mean worth comparing
NOBODY = "**No actor of actors.csv is named in any article: list there, a row each, the names that the articles use.**"


def list_words(values: Iterable[object], most: int = MOST_LISTED) -> str:
    """Return values joined as in a sentence; from the first too many on, their number."""
    shown = [safe(value) for value in values]
    rest = len(shown) - most
    if rest > 0:
        shown = [*shown[:most], f"{rest} more"]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}" if shown else "none"


def count_of(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
