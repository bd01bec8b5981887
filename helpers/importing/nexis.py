"""The articles of a Nexis delivery: many in one Word or text file.

Two forms are in use. A Word file closes each article with `End of Document`, and gives headline, outlet, date and
copyright, then `Length: 512 words` and other keys, then `Body`. An older text file opens each with `1 of 9 DOCUMENTS`,
and gives outlet, date and edition, headline, then `BYLINE: ...`, `LENGTH: ...`, the text, and `LOAD-DATE: ...`, with
empty lines between them.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, groupby, pairwise

from helpers.importing.guessing import parse_date
from helpers.importing.items import Field, Item, make_item

_END = re.compile(r"^(?:End of Document|Ende des Dokuments|Fin du document)$", re.IGNORECASE)
_START = re.compile(r"^(?:\d+ of \d+ DOCUMENTS?|Dokument \d+ von \d+|Document \d+ de \d+)$", re.IGNORECASE)
_LENGTH = re.compile(r"^(?:Length|Länge|Longueur): ?[\d.,]+(?: \w+)?$", re.IGNORECASE)
_BODY = re.compile(r"^Body$", re.IGNORECASE)
_KEYS = (
    "Section|Length|Länge|Longueur|Byline|Highlight|Dateline|Copyright|Load-Date|Language|Publication-Type|Graphic"
    "|Notes|Classification|URL|Link|Subject|Journal[ -]Code|Series|Correction|Correction-Date"
)
_KEY = re.compile(rf"^({_KEYS})\b:?\s*(.*)$", re.IGNORECASE)
_OURS = {"url": ("link", "url"), "author": ("byline",), "language": ("language",)}  # the last key counts most
# What comes below a body. The second is used if the first finds nothing: a paragraph of a body may start that way.
_BELOW = (
    re.compile(r"^(?:Classification|Graphic|Notes)$|^Load-Date: ?", re.IGNORECASE),
    re.compile(r"^(?:Language|Publication-Type|Subject): ?", re.IGNORECASE),
)
_BELOW_OLD = (re.compile(r"^(?:LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|SUBJECT|GRAPHIC|URL|JOURNAL-CODE): ?"),)
_LONGEST_DATE = 80  # characters: `January 11, 2010 Monday Edition 1; Scotland` says more than the day

_Block = list[str]  # the lines between two empty ones


def is_nexis(lines: Sequence[str]) -> bool:
    """Return whether the lines of a document are a Nexis delivery."""
    separated = any(_END.match(line) or _START.match(line) for line in lines)
    return separated and any(_LENGTH.match(line) or _BODY.match(line) for line in lines)


def split_nexis(lines: Sequence[str]) -> list[Item]:
    """Return the articles of a delivery in order; a part without a text is an article whose text is empty."""
    ends = [place for place, line in enumerate(lines) if _END.match(line)]
    starts = [place for place, line in enumerate(lines) if _START.match(line)]
    bounds = [-1, *ends, len(lines)] if ends else [*starts, len(lines)]
    parts = [lines[before + 1 : after] for before, after in pairwise(bounds)]
    if ends and not any(_LENGTH.match(line) or _BODY.match(line) for line in parts[-1]):
        parts.pop()
    return [_read_article(part, f"article {number}", not ends) for number, part in enumerate(parts, 1)]


def _read_article(lines: Sequence[str], at: str, is_old: bool) -> Item:
    blocks = [list(block) for has_text, block in groupby(lines, bool) if has_text]
    if not is_old or len(blocks) == 1:  # one block: a copy of an old delivery without its empty lines
        blocks = [[line] for line in lines if line]
    below = _BELOW_OLD if is_old else _BELOW
    length = next((place for place, block in enumerate(blocks) if any(map(_LENGTH.match, block))), None)
    body = next((place for place, block in enumerate(blocks) if _BODY.match(block[0])), None) if not is_old else None
    if length is None and body is None:
        shown = f" ({blocks[-1][-1][:60]!r})" if blocks else ""
        return make_item("", {}, at=at, problems=[f"the delivery holds no text of it{shown}: get it again"])
    first = (length if body is None else body) + 1
    while body is None and first < len(blocks) and _is_key(blocks[first]) and not below[0].match(blocks[first][0]):
        first += 1
    places = range(first, len(blocks))
    last = next((place for rule in below for place in places if rule.match(blocks[place][0])), len(blocks))
    if first == last:
        return make_item("", {}, at=at, problems=["the delivery holds no text of it: get it again"])
    if is_old:
        fields = _read_old_top(blocks[: next((place for place in range(first) if _is_key(blocks[place])), first)])
    else:
        fields = _read_top(list(chain.from_iterable(blocks[: length if length is not None else first])))
    problems = [] if fields else ["no line with a date is above the text: headline, outlet and date are left empty"]
    text = ("\n\n" if is_old else "\n").join("\n".join(block) for block in blocks[first:last])
    return make_item(text, {**_read_keys([*blocks[last:], *blocks[:first]]), **fields}, at=at, problems=problems)


def _is_key(block: _Block) -> bool:
    return bool(_KEY.match(block[0]))


def _read_keys(blocks: Iterable[_Block]) -> dict[str, Field]:
    """Return what the keys above and below the body say about the article."""
    found = [match for block in blocks if (match := _KEY.match(" ".join(block)))]
    said = {match[1].casefold(): re.sub(r"^(?:By|BY) ", "", match[2]) for match in found if match[2]}
    return {
        name: Field(said[key], "found", f"the line {key.capitalize()}")
        for name, keys in _OURS.items()
        for key in keys
        if key in said
    }


def _read_date(line: str) -> str:
    return "" if _KEY.match(line) else parse_date(line[:_LONGEST_DATE])


def _read_top(top: Sequence[str]) -> dict[str, Field]:
    """Return headline, outlet and date, which come in this order above the copyright line.

    The cover of the delivery is above the first article, so the last date is taken, and the two lines above it.
    """
    rights = (place for place, line in enumerate(top) if _KEY.match(line) and "copyright" in line.lower())
    dated = [place for place in range(next(rights, len(top))) if _read_date(top[place])]
    if not dated:
        return {}
    at = dated[-1]
    fields = {"published": Field(_read_date(top[at]), "found", "the line below the outlet")}
    if at >= 1:
        fields["outlet"] = Field(top[at - 1], "found", "the line above the date")
    if at >= 2:
        fields["headline"] = Field(top[at - 2], "found", "the line above the outlet")
    return fields


def _read_old_top(top: Sequence[_Block]) -> dict[str, Field]:
    """Return outlet, date and headline, which come in this order, each a block; the edition is below the date."""
    dated = next((place for place, block in enumerate(top) if place and _read_date(block[0])), None)
    if dated is None:
        return {}
    outlet, headline = (" ".join(chain.from_iterable(blocks)) for blocks in (top[:dated], top[dated + 1 :]))
    return {
        "outlet": Field(outlet, "found", "the line above the date"),
        "published": Field(_read_date(top[dated][0]), "found", "the line below the outlet"),
        "headline": Field(headline, "found", "the lines below the date"),
    }
