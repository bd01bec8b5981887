"""An article on its way into a corpus, and where each thing known of it comes from."""

import re
from typing import Any, NamedTuple

FIELDS = ("headline", "author", "published", "outlet", "language", "url")
MARKS = ("starts_with", "ends_with")  # of our articles.csv: the part of its file that a row is
KEPT = ("published_note", "rules_off")  # of our articles.csv: what only a person can have written

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class Field(NamedTuple):
    """A value, whether it was `found` or `guessed`, and where."""

    value: str
    status: str
    where: str


class Item(NamedTuple):
    """An article as read: its text, what is known of it, and its place in the file ("row 7"; empty: all of it)."""

    text: str
    fields: dict[str, Field]
    at: str
    note: str
    starts_with: str
    problems: list[str]


def make_item(
    text: str, fields: dict[str, Field], *, at: str = "", note: str = "", starts_with: str = "", problems: Any = ()
) -> Item:
    """Return an Item without the fields that are empty, each value on one line; an address is no outlet."""
    squeezed = {name: field._replace(value=" ".join(field.value.split())) for name, field in fields.items()}
    kept = {name: field for name, field in squeezed.items() if field.value}
    if "outlet" in kept and _ADDRESS.fullmatch(kept["outlet"].value):  # a column `source` may hold addresses
        address = kept.pop("outlet")
        kept.setdefault("url", address)
    return Item(text, kept, at, note, starts_with, list(problems))


def load_item(raw: dict[str, Any]) -> Item:
    """Return an Item from its JSON."""
    return Item(**{**raw, "fields": {name: Field(*field) for name, field in raw["fields"].items()}})


def dump_item(item: Item) -> dict[str, Any]:
    """Return an Item as JSON can hold it."""
    return item._asdict()
