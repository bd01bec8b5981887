"""The files of a folder of strangers', and none outside it."""

import os
import re
import stat
import unicodedata
from pathlib import Path

from helpers.importing.dates import parse_dates
from helpers.importing.limits import limit, read_rules

# marks that turn the direction of text, spaces without width, control characters, halves of a character
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_KEY = re.compile(r"[A-Z0-9]{8}")  # a reference manager's


def show(name: str) -> str:
    """Return a name as it may be shown: without marks that turn or hide text."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", name))


def show_path(path: Path, root: Path) -> str:
    """Return a file's path inside the folder as it may be shown."""
    return "/".join(show(part) for part in path.relative_to(root).parts)


def suffix_of(path: Path) -> str:
    """Return a name's ending as formats are listed: `pdf`."""
    return path.suffix.lower().lstrip(".")


def is_table(path: Path) -> bool:
    """Tell whether a file is a table by its name."""
    return suffix_of(path) in read_rules()["formats"]["table"]


def refuse_format(path: Path) -> str:
    """Return why a file of this name cannot be read, empty where it can."""
    formats, suffix = read_rules()["formats"], suffix_of(path)
    if suffix in [*formats["article"], *formats["table"]]:
        return ""
    kind = f".{show(suffix)} files are" if suffix else "files without an ending in their name are"
    return f"{kind} not read: {formats['cures'].get(suffix, 'where it is an article, save it as .txt')}"


def find_files(root: Path, skip: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the files of a folder and its sub-folders that can be read, in order, and a line for each other one.

    `skip` is a folder that is not looked into: the corpus that is being made.
    """
    files: list[Path] = []
    lines: list[tuple[str, str]] = []
    _walk(root, root.resolve(), skip.resolve(), 0, files, lines, root)
    most = limit("files")
    for path in files[most:]:
        name = show_path(path, root)
        lines.append((name, f"{name}: not read, as the folder has {len(files):,} files, more than {most:,}: split it"))
    return files[:most], lines


def _walk(
    folder: Path, inside: Path, skip: Path, depth: int, files: list[Path], lines: list[tuple[str, str]], root: Path
) -> None:
    if len(files) > limit("files"):
        name = show_path(folder, root)
        lines.append((name, f"{name}/: not looked into, as there are more than {limit('files'):,} files before it"))
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        lines.append((show_path(folder, root), f"{show_path(folder, root)}/ cannot be opened ({error.strerror})"))
        return
    for entry in entries:
        path = folder / entry.name
        name = show_path(path, root)
        try:
            kind = path.stat().st_mode
            target = path.resolve()
        except (OSError, RuntimeError, ValueError):
            lines.append((name, f"{name}: it cannot be opened (a link to nothing?): copy the file itself"))
            continue
        if entry.is_symlink() and inside not in target.parents:
            lines.append((name, f"{name}: it is a link out of the folder, not followed: copy the file itself"))
        elif stat.S_ISDIR(kind):
            if target == skip:
                continue
            if entry.is_symlink() or entry.name.startswith("."):
                lines.append((name, f"{name}/: a linked or hidden folder, not looked into"))
            elif entry.name.endswith("_files"):
                lines.append((name, f"{name}/: what a browser saves beside a page, not looked into"))
            elif depth >= limit("depth"):
                lines.append((name, f"{name}/: more than {limit('depth')} folders deep, not looked into: move it up"))
            else:
                _walk(path, inside, skip, depth + 1, files, lines, root)
        elif not stat.S_ISREG(kind):
            lines.append((name, f"{name}: it is no file but a device or pipe, not opened"))
        elif entry.name.startswith((".", "~$")) or entry.name in ("Thumbs.db", "desktop.ini"):
            lines.append((name, f"{name}: a file of the system's or of an open program, no article"))
        elif entry.name in read_rules()["names"]["corpus_files"] and (folder / "articles.csv").is_file():
            cure = f"copy what you need of it; give {show_path(folder / 'articles.csv', root)} to import its rows alone"
            lines.append((name, f"{name}: it belongs to a corpus and holds no articles: {cure}"))
        elif reason := refuse_format(path):
            lines.append((name, f"{name}: {reason}"))
        else:
            files.append(path)


def guess_outlet(path: Path, root: Path) -> str:
    """Return the name of the sub-folder that may be an outlet's, empty where none is."""
    for part in path.relative_to(root).parts[:-1]:
        name = show(part).strip()
        if may_be_outlet(name) and not _KEY.fullmatch(name):
            return name
    return ""


def may_be_outlet(name: str) -> bool:
    """Tell whether the name of a folder or sheet can be an outlet's: it has letters, is no date and no `Sheet1`."""
    bare = re.sub(r"[\d\W_]+$", "", name.casefold())
    return bool(bare) and bare not in read_rules()["names"]["no_outlet"] and not parse_dates([name])[0][0]
