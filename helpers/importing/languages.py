"""Which language an article is in: as its file says, else by py3langid."""

import re
from functools import cache
from typing import TYPE_CHECKING

from helpers.importing.items import Field, Item
from helpers.importing.limits import read_rules

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_CODE = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z]{2,4})?", re.IGNORECASE)
_READ = 20_000  # characters: enough to tell


def add_language(item: Item) -> Item:
    """Return the article with its language as an ISO code: the file's, where it is one, else by its words."""
    stated = item.fields.get("language")
    code = _CODE.fullmatch(stated.value) if stated else None
    if code:
        return _with(item, Field(code[1].lower(), "found", stated.where))
    rules = read_rules()["languages"]
    text = item.text[:_READ]
    if sum(map(str.isalpha, text)) < rules["least_letters"]:
        return _with(item, None)
    chances = dict(load_identifier().rank(text))
    language = max(chances, key=chances.get)
    # of two kindred languages neither may be likely, and English is out of the question all the same
    sure = chances[language] >= rules["sure"] or chances["en"] <= 1 - rules["sure"]
    return _with(item, Field(language, "guessed", "its words") if sure else None)


@cache
def load_identifier() -> "LanguageIdentifier":
    """Load py3langid once, giving chances."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_modelpath(MODEL_DIR / MODEL_FILE, norm_probs=True)


def _with(item: Item, language: Field | None) -> Item:
    fields = {name: field for name, field in item.fields.items() if name != "language"}
    return item._replace(fields={**fields, "language": language} if language else fields)
