"""Regular expressions that people write into a corpus: refused with a reason, stopped where they do not end."""

import math
import re

import regex

MOST_COPIES = 1_000  # of a group with an exact count, which compiling copies
PATIENCE = 0.5  # seconds a search may take
_TRAPS = ("aa " * 20, "Aa " * 20, "a-" * 30, "1" * 60, " " * 60)  # what an expression that does not end stumbles over


class EndlessError(ValueError):
    """The search for a pattern does not end in time."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"the search for {pattern[:80]!r} does not end: write it without a + or * inside another")
        self.pattern = pattern


class Pattern:
    """A compiled expression; a search that does not end in time raises EndlessError."""

    def __init__(self, text: str, flags: int = 0) -> None:
        """Compile an expression as `re` does. Raises ValueError, which says why, where it cannot be used."""
        try:
            re.compile(text, flags)
            copies = math.prod(max(1, int(count[:9])) for count in re.findall(r"\)\{(\d+)", text))
            if copies > MOST_COPIES:
                raise ValueError(f"it repeats a group {copies:,} times: at most {MOST_COPIES:,}")
            self.text, self.compiled = text, regex.compile(text, flags)
        except (re.error, regex.error, OverflowError, RecursionError, TypeError) as error:
            raise ValueError(str(error)) from None

    def finditer(self, text: str) -> "list[regex.Match[str]]":
        """Return all matches in a text."""
        try:
            return list(self.compiled.finditer(text, timeout=PATIENCE))
        except TimeoutError:
            raise EndlessError(self.text) from None

    def search(self, text: str) -> "regex.Match[str] | None":
        """Return the first match in a text, or None."""
        return next(iter(self.finditer(text)), None)

    def probe(self) -> None:
        """Raise EndlessError where a search does not end in texts of the pattern's own words, which tempt it to."""
        words = re.findall(r"\w+", self.text)[:20]
        for trap in {*_TRAPS, *(word * 30 for word in words), *(f"{word} " * 20 for word in words)}:
            self.search(f"{trap}\0")
