"""The limits and names of lexicons/importing.toml."""

import tomllib
from functools import cache
from typing import Any

from helpers.lexicons import LEXICONS


@cache
def read_rules() -> dict[str, Any]:
    """Return lexicons/importing.toml: limits, formats, names, languages."""
    return tomllib.loads((LEXICONS / "importing.toml").read_text(encoding="utf-8"))


def limit(name: str) -> int:
    """Return one limit."""
    return read_rules()["limits"][name]


class Refused(ValueError):
    """A file or row that is left out; its message is the reason, with the cure."""
