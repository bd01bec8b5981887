"""Join rows of a table that hold no text to the saved files that do: the file a row names, or one with its address."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from helpers.importing.items import MARKS, Item, show
from helpers.reading.cleaning.locating import place_articles

_ABSOLUTE = re.compile(r"^(?:/|[A-Za-z]:|\\\\)")
_SHORTEST_NAME = 8  # letters that a file name needs to identify the file without its folder

_Files = Mapping[Path, Sequence[Item]]


class Joined(NamedTuple):
    """Rows with their texts, the files these come from, (row, reason) for rows without, notes on cut files."""

    found: list[Item]
    used: set[Path]
    rejected: list[tuple[Item, str]]
    notes: list[str]


def join_rows(rows: Iterable[Item], files: _Files, root: Path) -> Joined:
    """Return the rows, each with its own text, or that of the file it names, or that of the file with its address.

    `files` are the articles read from the files beside the table. A row's own fields override its file's. Where rows
    have `starts_with` or `ends_with`, as in our articles.csv, each takes the part of its file that they mark.
    """
    joined = Joined([], set(), [], [])
    by_url: dict[str, Path] = {}
    for path, items in files.items():
        for item in items:
            by_url.setdefault(_fold_url(item.get("url")), path)
    marked: dict[Path, list[Item]] = {}
    for row in rows:
        path, reason = _find_named(row, files, root)
        if row.text.strip():
            joined.found.append(row)
            joined.used.update({path} - {None})  # the file its text was taken from is not a second article
            continue
        url = row.get("url")
        path = path or (by_url.get(_fold_url(url)) if url else None)
        is_marked = any(row.get(mark) for mark in MARKS)
        if path is None:
            lacking = f", and no file here is of {url[:120]!r}" if url else ", address or file"
            joined.rejected.append((row, f"{reason or f'it has no text{lacking}'}: put its page or text in the folder"))
        elif len(files[path]) != 1:
            state = "holds several articles" if files[path] else "could not be used"
            joined.rejected.append((row, f"its file {show(path)!r} {state}: see there"))
            joined.used.update([path] if files[path] else [])
        elif path in joined.used and not (is_marked and path in marked):
            joined.rejected.append((row, f"its file {show(path)!r} is already that of another row: give it its own"))
        elif is_marked:
            marked.setdefault(path, []).append(row)
            joined.used.add(path)
        else:
            joined.used.add(path)
            joined.found.append(_join(row, files[path][0]))
    for path, parts in marked.items():
        _cut(parts, files[path][0], show(path), joined)
    return joined


def _join(row: Item, item: Item) -> Item:
    fields, problems = {**item.fields, **row.fields}, [*row.problems, *item.problems]
    return item._replace(fields=fields, problems=problems, at=row.at, path=row.path)


def _cut(rows: Sequence[Item], item: Item, name: str, joined: Joined) -> None:
    """Add each row with the part of one file that it marks; the file's own headline, author and date are left out."""
    marks = [{"article_id": row.at, **{mark: row.get(mark) for mark in MARKS}} for row in rows]
    places, problems = place_articles(item.text, marks)
    fields = {field: known for field, known in item.fields.items() if len(rows) == 1 or field in ("language", "url")}
    for place in sorted(places):
        part = item._replace(text=item.text[place.start : place.end], fields=fields, starts_with="")
        joined.found.append(_join(rows[place.row], part))
    joined.rejected.extend((rows[one.row], f"column {one.column}: in {name!r} {one.reason}") for one in problems)
    if places:
        n_left = len(item.text) - sum(place.end - place.start for place in places)
        parts = "1 article is" if len(places) == 1 else f"{len(places):,} articles are"
        cut = f"{parts} cut from {name} by starts_with and ends_with; {n_left:,} characters are left over"
        joined.notes.append(f"{show(rows[0].path)}: {cut}")


def _fold_url(url: str) -> str:
    """Return an address without the parts that differ between links to the same page."""
    bare = re.sub(r"^(?:[a-z]+://)?(?:(?:www|m|amp)\.)?", "", url.strip().casefold())
    return re.split(r"[?#]", bare)[0].rstrip("/")


def _find_named(row: Item, files: _Files, root: Path) -> tuple[Path | None, str]:
    """Return the file that a row names (of several, the first that can be used), or the reason why there is none."""
    found, reason, inside = [], "", root.resolve()
    for name in filter(None, map(str.strip, row.get("source_file").split(";"))):
        path = PurePosixPath(name.replace("\\", "/"))
        if ".." in path.parts:
            reason = f"{name[:120]!r} lies outside the folder: copy the file into it"
            continue
        is_absolute = bool(_ABSOLUTE.match(name))
        near = [file for file in (row.path.parent / path, Path(path)) if file in files]
        near = near or [file for file in files if (inside / file).parts[-2:] == path.parts[-2:]]
        alone = [file for file in files if file.name == path.name]  # from another machine, copied without its folder
        if is_absolute and not near and len(alone) == 1 and len(path.stem) >= _SHORTEST_NAME:
            near = alone
        found += near[:1]
        if not near:
            is_outside = is_absolute and inside not in Path(name).parents
            why = "lies outside the folder" if is_outside else "is not in the folder, or of no format that is read"
            reason = f"its file {name[:120]!r} {why}"
    usable = [path for path in found if files[path]]
    return next(iter([*usable, *found]), None), reason
