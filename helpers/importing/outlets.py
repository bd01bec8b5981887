"""Which outlet an article is of: as asked for, as its file says, else by folder, address or file name."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from helpers.importing.columns import fold
from helpers.importing.items import Field, Item
from helpers.importing.joining import Found
from helpers.importing.limits import read_rules
from helpers.importing.walking import guess_outlet, show

_DATE = re.compile(r"^(?:\d{4}(?:-?\d\d){0,2})[ _.-]+")
_PREFIX = re.compile(r"^(.{2,40}?)(?:_| - | – )")
_SUFFIX = re.compile(r".* (?:[-–—|]|_) (.{2,40})$")  # as browsers name a page that they save: `Headline - Outlet`


def settle_outlets(found: Sequence[Found], root: Path, outlet: str | None) -> list[Found]:
    """Return the articles, each with an outlet.

    A guess that is another spelling of an outlet found elsewhere ("northmark-herald") takes its spelling; where all
    that is found in a sub-folder is one outlet, the sub-folder's other articles are of it.
    """
    if outlet:
        return [_give(one, Field(show(outlet).strip(), "found", "as asked for")) for one in found]
    stated = [one.item.fields["outlet"].value for one in found if _is_found(one.item)]
    placed = [guess_outlet(one.path, root) for one in found]
    spelling = {_key(name): name for name in (*filter(None, placed), *reversed(stated))}
    folders = _name_folders(found, root)
    in_names = Counter(_key(name) for one in found if not one.item.at for name in _read_name(one.path))
    settled = []
    for one in found:
        if _is_found(one.item):
            settled.append(one)
            continue
        folder = guess_outlet(one.path, root)
        names = [] if one.item.at else _read_name(one.path)
        named = next((name for name in names if in_names[_key(name)] > 1 or _key(name) in spelling), "")
        own = one.item.fields.get("outlet")
        host = _host(one.item)
        if folder:
            guess = Field(folders.get(folder, folder), "guessed", f"the sub-folder {folder!r}")
        elif own:
            guess = own
        elif host:
            guess = Field(host, "guessed", "its address")
        elif named:
            guess = Field(named, "guessed", "the file's name")
        else:
            guess = Field(read_rules()["names"]["unknown_outlet"], "missing", "nothing in the file or its place says")
        settled.append(_give(one, guess._replace(value=spelling.get(_key(guess.value), guess.value))))
    return settled


def _is_found(item: Item) -> bool:
    return "outlet" in item.fields and item.fields["outlet"].status == "found"


def _name_folders(found: Sequence[Found], root: Path) -> dict[str, str]:
    """Return the sub-folders whose files name one outlet and no other, with its name."""
    names: dict[str, set[str]] = {}
    for one in found:
        folder = guess_outlet(one.path, root)
        if folder and _is_found(one.item):
            names.setdefault(folder, set()).add(one.item.fields["outlet"].value)
    return {folder: next(iter(own)) for folder, own in names.items() if len(own) == 1}


def _give(one: Found, outlet: Field) -> Found:
    return one._replace(item=one.item._replace(fields={**one.item.fields, "outlet": outlet}))


def _key(name: str) -> str:
    return fold(re.sub(r"^the[ _-]", "", name.casefold()))


def _read_name(path: Path) -> list[str]:
    """Return what stands before and after the headline in a file's name, where it has such parts."""
    stem = _DATE.sub("", show(path.stem))
    parts = [found[1].strip() for pattern in (_PREFIX, _SUFFIX) if (found := pattern.match(stem))]
    return [part for part in dict.fromkeys(parts) if any(map(str.isalpha, part))]


def _host(item: Item) -> str:
    if "url" not in item.fields:
        return ""
    try:
        host = urlsplit(item.fields["url"].value).hostname or ""
    except ValueError:
        return ""
    parts = [part for part in host.split(".") if part not in read_rules()["names"]["no_host"]]
    return max(parts, key=len, default="")
