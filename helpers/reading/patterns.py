"""Regular expressions that people write into a corpus: refused with a reason, stopped where they would never end."""

import math
import re
from collections.abc import Callable
from time import process_time
from typing import Any

import regex

MOST_COPIES = 1_000  # of a group with an exact count, which is copied when it is compiled
PATIENCE = 2.0  # seconds that slow searches of one expression may take together
_SLOW = 0.05
_TRAPS = ("aa " * 20, "Aa " * 20, "a-" * 30, "1" * 60, " " * 60)  # what an expression that never ends stumbles over


class EndlessError(ValueError):
    """The searches for a pattern take too long."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"the search for {pattern[:80]!r} does not end: write it without a + or * inside another")
        self.pattern = pattern


class Pattern:
    """A compiled expression; a search raises EndlessError where searches take too long."""

    def __init__(self, text: str, flags: int = 0) -> None:
        """Compile an expression as `re` does. Raises ValueError, which says why, where it cannot be used."""
        try:
            re.compile(text, flags)
            copies = math.prod(int(count[:9]) for count in re.findall(r"\)\{(\d+)", text) if int(count[:9]))
            if copies > MOST_COPIES:
                raise ValueError(f"it repeats a group {copies:,} times: at most {MOST_COPIES:,}")
            self.compiled = regex.compile(text, flags)
        except (re.error, regex.error, OverflowError, RecursionError, TypeError) as error:
            raise ValueError(str(error)) from None
        self.text, self.left = text, PATIENCE

    def search(self, text: str) -> "regex.Match[str] | None":
        """Return the first match in a text, or None."""
        return self._time(self.compiled.search, text)

    def finditer(self, text: str) -> "list[regex.Match[str]]":
        """Return all matches in a text."""
        return self._time(lambda text, timeout: [*self.compiled.finditer(text, timeout=timeout)], text)

    def probe(self) -> None:
        """Raise EndlessError where the expression does not end on texts of its own words, which tempt it to."""
        words = re.findall(r"\w+", self.text)[:20]
        for trap in {*_TRAPS, *(word * 30 for word in words), *(f"{word} " * 20 for word in words)}:
            self.search(trap + "\0")

    def _time(self, ask: Callable[..., Any], text: str) -> Any:
        began = process_time()
        try:
            return ask(text, timeout=self.left)
        except TimeoutError:
            raise EndlessError(self.text) from None
        finally:
            if (spent := process_time() - began) > _SLOW:
                self.left = max(0.01, self.left - spent)
