"""Open and check what a corpus lists beside its articles: settings, actors, sources."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.reading import schemas
from helpers.reading.sheets import ROW, read_sheet, suggest

ACTOR_COLUMNS = ("actor", "alias", "kind", "note")
SOURCE_COLUMNS = ("name", "pattern", "source_type", "actor")
SETTINGS = {"title": str, "actor": str, "target": str, "cleaning": list, "masking": dict}
BAR, UNBARRED = "|", "/"  # a bar separates names in a cell of the tables, so that none can stand in a name
UNSHARED_KINDS = ("name", "acronym")


def read_settings(folder: Path, rejected: list[tuple[str, str]]) -> dict[str, Any]:
    path = folder / "corpus.toml"
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        rejected.append(("corpus.toml", f"corpus.toml is not read: byte {error.start} is not UTF-8: save it as UTF-8"))
        return {}
    except tomllib.TOMLDecodeError as error:
        rejected.append(("corpus.toml", f"corpus.toml is not TOML and not read: {' '.join(str(error).split())}"))
        return {}
    used = {}
    for key, value in settings.items():
        if key not in SETTINGS:
            reason = f"is not known, not read{suggest(key, SETTINGS)}: rename or delete it"
            rejected.append(("corpus.toml", f"corpus.toml key {key!r} {reason}"))
        elif key != "cleaning" and not isinstance(value, SETTINGS[key]):
            wanted = {str: "text in quotation marks", dict: "a [table]"}[SETTINGS[key]]
            rejected.append(("corpus.toml", f"corpus.toml key {key!r} must be {wanted}: not read"))
        elif key == "masking" and not _is_list_of_names(value.get("names", [])):
            reason = 'must be a list of names in quotation marks, ["A", "B"]: not read'
            rejected.append(("corpus.toml", f"corpus.toml [masking] names {reason}"))
        else:
            used[key] = value
    return used


def _is_list_of_names(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) and name.strip() for name in names)


def check_choices(
    settings: dict[str, Any], known: Mapping[str, set[str]], rejected: list[tuple[str, str]]
) -> dict[str, Any]:
    """Leave out an `actor` or `target` that the corpus has not; the notebooks then choose one themselves."""
    used = dict(settings)
    for key, names in known.items():
        if key in used and used[key] not in names:
            where = "an actor of actors.csv" if key == "actor" else "an outlet of articles.csv"
            reason = f"{used.pop(key)!r} is not {where}{suggest(settings[key], names)}; not used: write it as there"
            rejected.append(("corpus.toml", f"corpus.toml key {key!r}: {reason}"))
    return used


def unbar(row: dict[str, Any], column: str, file: str, rejected: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the row with the bar in a name replaced."""
    name = row[column]
    if BAR not in name:
        return row
    read = name.replace(BAR, UNBARRED)
    reason = f"{name!r} holds {BAR!r}, which separates names in the tables: read as {read!r}; write it so"
    rejected.append((file, f"{file} row {row[ROW]}, column {column}: {reason}"))
    return {**row, column: read}


def read_optional(
    folder: Path, name: str, columns: tuple[str, ...], required: tuple[str, ...], rejected: list[tuple[str, str]]
) -> pd.DataFrame:
    empty = pd.DataFrame(columns=[*columns, ROW]).astype(dict.fromkeys(columns, "str"))
    if not (folder / name).is_file():
        return empty
    try:
        sheet = read_sheet(folder / name, columns, required)
    except ValueError as error:
        rejected.append((name, f"{error}; not read"))
        return empty
    rejected += [(name, problem) for problem in sheet.problems]
    return sheet.table


def read_actors(folder: Path, rejected: list[tuple[str, str]]) -> pd.DataFrame:
    table = read_optional(folder, "actors.csv", ACTOR_COLUMNS, ("actor", "alias", "kind"), rejected)
    kept: list[dict[str, Any]] = []
    owners: dict[str, Mapping[str, Any]] = {}
    for row in table.to_dict("records"):
        row["kind"] = row["kind"].lower()
        row = unbar(row, "actor", "actors.csv", rejected)
        reason = _check_actor(row, owners)
        if reason:
            rejected.append(("actors.csv", f"actors.csv row {row[ROW]}, column {reason}; the row is not read"))
        else:
            kept.append(row)
            if row["kind"] in UNSHARED_KINDS:
                owners.setdefault(row["alias"], row)
    return pd.DataFrame(kept, columns=list(ACTOR_COLUMNS)).astype("str").drop_duplicates(ignore_index=True)


def _check_actor(row: Mapping[str, Any], owners: Mapping[str, Mapping[str, Any]]) -> str:
    if not row["actor"]:
        return f"actor: it is empty beside the alias {row['alias']!r}: name the actor"
    if row["actor"] == schemas.UNRESOLVED:
        return f"actor: {row['actor']!r} stands for mentions whose actor is open: choose another name"
    if not row["alias"]:
        return f"alias: {row['actor']!r} has none here: write a name it goes by"
    if not any(character.isalnum() for character in row["alias"]):
        return f"alias: {row['alias']!r} has no letter: write a name that {row['actor']!r} goes by"
    if row["kind"] not in schemas.KINDS:
        return f"kind: {row['kind']!r} is none of {', '.join(schemas.KINDS)}{suggest(row['kind'], schemas.KINDS)}"
    owner = owners.get(row["alias"]) if row["kind"] in UNSHARED_KINDS else None
    if owner and owner["actor"] != row["actor"]:
        return (
            f"alias: {row['alias']!r} is already a name of {owner['actor']!r} (row {owner[ROW]}) and cannot be one of "
            f"{row['actor']!r} too: delete one, or make both a description"
        )
    return ""


def read_sources(folder: Path, actors: set[str], rejected: list[tuple[str, str]]) -> pd.DataFrame:
    table = read_optional(folder, "sources.csv", SOURCE_COLUMNS, ("name", "pattern"), rejected)
    kept: list[dict[str, Any]] = []
    for row in table.to_dict("records"):
        row = unbar(unbar(row, "actor", "sources.csv", rejected), "name", "sources.csv", rejected)
        reason = _check_source(row)
        if reason:
            rejected.append(("sources.csv", f"sources.csv row {row[ROW]}, column {reason}; the row is not read"))
            continue
        if row["actor"] and row["actor"] not in actors:
            reason = f"{row['actor']!r} is not in actors.csv{suggest(row['actor'], actors)}: write it as there"
            rejected.append(("sources.csv", f"sources.csv row {row[ROW]}, column actor: {reason}; left empty"))
            row = {**row, "actor": ""}
        kept.append(row)
    return pd.DataFrame(kept, columns=list(SOURCE_COLUMNS)).astype("str")


def _check_source(row: Mapping[str, Any]) -> str:
    if not row["name"]:
        return f"name: it is empty beside the pattern {row['pattern']!r}: name the source"
    if not row["pattern"]:
        return f"pattern: {row['name']!r} has none: write the name as it stands in the articles"
    try:
        found = re.compile(f"(?:{row['pattern']})").search("")
    except re.error as error:
        return f"pattern: {row['pattern']!r} is no regular expression ({error}): write \\ before ( ) [ ] * + ? . |"
    return f"pattern: {row['pattern']!r} fits everything: write the words of a name" if found else ""
