"""Find the files of a folder that can be read, and say why the others cannot; nothing outside it is opened."""

import os
from collections.abc import Collection
from pathlib import Path

from helpers.importing.items import LIMITS, RULES, show


def suffix_of(path: Path) -> str:
    """Return the ending of a file's name in lower case: `pdf`."""
    return path.suffix.lower().lstrip(".")


def refuse_format(suffix: str) -> str:
    """Return why files with this ending cannot be read, and what to do."""
    kind = f".{show(suffix)} files are" if suffix else "files without an ending in their name are"
    return f"{kind} not read: {RULES['cures'].get(suffix, 'where it is an article, save it as .txt')}"


def find_files(root: Path, skip: Path, suffixes: Collection[str]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the files below a folder that can be read, in order, and (file, line) for everything else.

    Paths are relative to the folder. Files can be read if their ending is one of `suffixes`; `skip` is a folder that
    is left out: the corpus that is being made.
    """
    files: list[Path] = []
    refused: list[tuple[str, str]] = []
    closed = {skip.resolve()}
    for path in sorted(root.resolve().rglob("*"), key=lambda path: [os.fsencode(part) for part in path.parts]):
        if path in closed or not closed.isdisjoint(path.parents):
            continue
        inside = path.relative_to(root.resolve())
        reason = _refuse(path, inside, suffixes)
        if not reason and path.is_dir():
            continue
        if not reason and len(files) == LIMITS["files"]:
            reason = f": not read, as the folder has more than {LIMITS['files']:,} files: split it"
        if reason:
            closed.add(path)
            refused.append((show(inside), f"{show(inside)}{reason}"))
        else:
            files.append(inside)
    return files, refused


def _refuse(path: Path, inside: Path, suffixes: Collection[str]) -> str:
    """Return why a file or folder is not read, in words that follow its name; empty where it is."""
    root = path.parents[len(inside.parts) - 1]
    if not os.path.exists(path):
        return ": it cannot be opened (a link to nothing?): copy the file itself"
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return ": it is a link out of the folder, not followed: copy the file itself"
    if path.is_dir():
        if path.is_symlink() or path.name.startswith("."):
            return "/: a linked or hidden folder, not looked into"
        if path.name.endswith("_files"):
            return "/: what a browser saves beside a page, not looked into"
        if len(inside.parts) > LIMITS["depth"]:
            return f"/: more than {LIMITS['depth']} folders deep, not looked into: move it up"
        return "" if os.access(path, os.R_OK | os.X_OK) else "/ cannot be opened (Permission denied)"
    if not path.is_file():
        return ": it is not a file but a device or pipe, not opened"
    if path.name.startswith((".", "~$")) or path.name in ("Thumbs.db", "desktop.ini"):
        return ": a file of the system or of an open program, not an article"
    if path.name in RULES["names"]["corpus_files"] and path.with_name("articles.csv").is_file():
        cure = f"copy what you need of it; give {show(inside.with_name('articles.csv'))} to import its rows alone"
        return f": it belongs to a corpus and holds no articles: {cure}"
    return "" if suffix_of(path) in suffixes else f": {refuse_format(suffix_of(path))}"
