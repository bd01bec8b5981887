"""Rows of a table that hold no text -> the local file that does: by its path, else by its address."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from helpers.importing.items import MARKS, Item
from helpers.importing.walking import show_path
from helpers.reading.cleaning.locating import place_articles

_ABSOLUTE = re.compile(r"^(?:/|[A-Za-z]:|\\\\)")
_SHORTEST_SLUG = 8  # letters of an address that a file's name must share to tell it


class Found(NamedTuple):
    """An article and the file it was found in."""

    item: Item
    path: Path


def show_origin(one: Found, root: Path) -> str:
    """Return where an article comes from: its file, and its row."""
    return " ".join(filter(None, (show_path(one.path, root), one.item.at)))


class Joined(NamedTuple):
    """Rows with the texts of their files, the files so used, a reason for each row that has none; what was cut."""

    found: list[Found]
    used: set[Path]
    reasons: list[tuple[Found, str]]
    notes: list[tuple[Path, str]]


def join_rows(rows: Iterable[Found], files: Mapping[Path, Sequence[Item]], root: Path) -> Joined:
    """Give each row without a text that of the file it names, or whose address is its own.

    `files` are the articles read from the files beside the table. A row's own fields count more than its file's. Where
    rows have `starts_with` or `ends_with`, as in our articles.csv, each takes the part of its file that they mark.
    """
    joined = Joined([], set(), [], [])
    by_url, by_slug = _index(files)
    marked: dict[Path, list[Found]] = {}
    for row in rows:
        url = row.item.fields["url"].value if "url" in row.item.fields else ""
        named = row.item.fields["source_file"].value if "source_file" in row.item.fields else ""
        path, reason = _find_named(named, row.path.parent, root, files) if named else (None, "")
        if row.item.text.strip():
            joined.found.append(row)
            joined.used.update({path} - {None})  # the file that the text was taken from is no second article
            continue
        if path is None and url:
            path = by_url.get(fold_url(url)) or _find_slug(url, by_slug)
            reason = reason if path is None and reason else f"it has no text, and no file here is of {url[:120]!r}"
        if path is None:
            stated = row.item.problems[0] if row.item.problems and not (named or url) else ""
            reason = reason or stated or "it has no text, address or file"
            cure = "" if stated else ": put its page or text in the folder"
            joined.reasons.append((row, reason + cure))
        elif _is_marked(row) and len(files[path]) == 1 and (path not in joined.used or path in marked):
            marked.setdefault(path, []).append(row)
            joined.used.add(path)
        elif path in joined.used:
            joined.reasons.append(
                (row, f"its file {show_path(path, root)!r} is already that of another row: give it its own")
            )
        elif len(files[path]) != 1:
            reason = "could not be used" if not files[path] else "holds several articles"
            joined.reasons.append((row, f"its file {show_path(path, root)!r} {reason}: see there"))
            joined.used.add(path) if files[path] else None
        else:
            joined.used.add(path)
            joined.found.append(_join(row, files[path][0]))
    for path, parts in marked.items():
        _cut(parts, files[path][0], show_path(path, root), joined)
    return joined


def _join(row: Found, item: Item) -> Found:
    fields = {**item.fields, **row.item.fields}
    problems = [*row.item.problems, *item.problems]
    return Found(item._replace(fields=fields, at=row.item.at, problems=problems), row.path)


def _is_marked(row: Found) -> bool:
    return any(name in row.item.fields for name in MARKS)


def _cut(rows: Sequence[Found], item: Item, name: str, joined: Joined) -> None:
    """Give each row the part of one file that its words mark; what the file says of itself is not of every part."""
    marks = [
        {name: row.item.fields[name].value if name in row.item.fields else "" for name in MARKS}
        | {"article_id": row.item.at}
        for row in rows
    ]
    places, problems = place_articles(item.text, marks)
    own = {name: field for name, field in item.fields.items() if len(rows) == 1 or name in ("language", "url")}
    for place in sorted(places):
        part = item._replace(text=item.text[place.start : place.end], fields=own, starts_with="")
        joined.found.append(_join(rows[place.row], part))
    joined.reasons.extend((rows[one.row], f"column {one.column}: in {name!r} {one.reason}") for one in problems)
    if places:
        n_left = len(item.text) - sum(place.end - place.start for place in places)
        parts = "1 article is" if len(places) == 1 else f"{len(places):,} articles are"
        joined.notes.append(
            (rows[0].path, f"{parts} cut from {name} by starts_with and ends_with; {n_left:,} characters are left over")
        )


def fold_url(url: str) -> str:
    """Return an address without what differs between two links to one page."""
    bare = re.sub(r"^[a-z]+://", "", url.strip().casefold())
    return re.sub(r"^(?:www|m|amp)\.", "", re.split(r"[?#]", bare)[0]).rstrip("/")


def _index(files: Mapping[Path, Sequence[Item]]) -> tuple[dict[str, Path], dict[str, Path | None]]:
    by_url: dict[str, Path] = {}
    by_slug: dict[str, Path | None] = {}
    for path, items in files.items():
        for item in items:
            if "url" in item.fields:
                by_url.setdefault(fold_url(item.fields["url"].value), path)
        slug = re.sub(r"^(?:https?)?(?:www)?", "", _slug(path.stem))
        by_slug[slug] = None if slug in by_slug else path  # two files of one name tell nothing
    return by_url, by_slug


def _find_slug(url: str, by_slug: Mapping[str, Path | None]) -> Path | None:
    """Return the file whose name is the address, or its last part."""
    whole = fold_url(url)
    last = re.sub(r"\.\w{2,5}$", "", whole.rsplit("/", 1)[-1])
    for name in (whole, re.sub(r"\.\w{2,5}$", "", whole), last):
        slug = re.sub(r"^www", "", _slug(name))
        if len(slug) >= _SHORTEST_SLUG and by_slug.get(slug):
            return by_slug[slug]
    return None


def _slug(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _find_named(named: str, folder: Path, root: Path, files: Mapping[Path, Sequence[Item]]) -> tuple[Path | None, str]:
    """Return the file that a cell names, of several the first that can be used; none outside the folder."""
    by_place = {path.resolve(): path for path in files}
    found, reason = [], ""
    for name in filter(None, map(str.strip, named.split(";"))):
        parts = PurePosixPath(name.replace("\\", "/"))
        if ".." in parts.parts or "\0" in name:
            reason = f"{name[:120]!r} lies outside the folder: copy the file into it"
            continue
        absolute = bool(_ABSOLUTE.match(name))
        near = [by_place.get(_resolve(base / parts)) for base in ((Path(name),) if absolute else (folder, root))]
        near += [path for path in files if path.parts[-2:] == parts.parts[-2:] and len(parts.parts) > 1]
        near = [path for path in near if path] or (_find_alone(parts.name, files) if absolute else [])
        found += near[:1]
        if not near:
            outside = absolute and root.resolve() not in _resolve(Path(name)).parents
            why = "lies outside the folder" if outside else "is not in the folder, or of no format that is read"
            reason = f"its file {name[:120]!r} {why}"
    usable = [path for path in found if files[path]]
    return next(iter([*usable, *found]), None), reason


def _find_alone(name: str, files: Iterable[Path]) -> list[Path]:
    """Return the one file of that name: a path of another machine's whose file was copied without its folder."""
    same = [path for path in files if path.name == name]
    return same if len(same) == 1 and len(Path(name).stem) >= _SHORTEST_SLUG else []


def _resolve(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path
