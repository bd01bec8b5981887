"""Which column of a stranger's table is which of ours: by option, else by lexicons/import_columns.csv."""

import difflib
from collections.abc import Mapping, Sequence
from functools import cache

from helpers.importing.limits import Refused
from helpers.lexicons import read_lexicon

OPTION_NAMES = {"body": "text", "title": "headline", "date": "published", "file": "source_file"}


def fold(name: str) -> str:
    """Return a heading as headings are compared: its letters and digits, case folded."""
    return "".join(character for character in name.casefold() if character.isalnum())


@cache
def read_names() -> dict[str, str]:
    """Return a folded name in the wild -> our column, the likelier names first."""
    names: dict[str, str] = {}
    for row in read_lexicon("import_columns.csv"):
        names.setdefault(fold(row["name"]), row["column"])
    return names


def find_field(name: str) -> str | None:
    """Return our column for a heading, None where it is none of ours."""
    return read_names().get(fold(name))


def check_options(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the options by our names; raise ValueError for a name that is not ours."""
    ours = sorted(set(read_names().values()))
    checked = {}
    for name, heading in (columns or {}).items():
        field = OPTION_NAMES.get(name, name)
        if field not in ours:
            raise ValueError(f"column {name!r} is none of ours: give one of {', '.join(['body', *ours])}")
        checked[field] = heading
    return checked


def map_columns(headings: Sequence[str], columns: Mapping[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return our column -> place in `headings`: those asked for, and those guessed.

    Raises Refused where a column that is asked for is not there.
    """
    folded = [fold(heading) for heading in headings]
    asked = {}
    for field, heading in columns.items():
        exact = [place for place, one in enumerate(headings) if one.strip() == heading.strip()]
        near = exact or [place for place, one in enumerate(folded) if one == fold(heading)]
        if not near:
            close = difflib.get_close_matches(heading, headings, n=1)
            hint = f" (nearest: {close[0]!r})" if close else ""
            raise Refused(f"it has no column {heading!r}{hint}: it has {', '.join(map(repr, headings[:20]))}")
        asked[field] = near[0]
    guessed: dict[str, int] = {}
    for name, field in read_names().items():
        if field not in asked and field not in guessed and name in folded and folded.index(name) not in asked.values():
            guessed[field] = folded.index(name)
    return asked, guessed
