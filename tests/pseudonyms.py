"""A copy of a corpus in which every outlet and every actor has another name of the same shape."""

import csv
import re
import shutil
from pathlib import Path

ROWS = "aeiou", "bcdfghjklmnpqrstvwxz"
NEXT_LETTER = str.maketrans(
    {old: new for row in (*ROWS, *map(str.upper, ROWS)) for old, new in zip(row, row[1:] + row[0], strict=True)}
)
NO_ACTOR = ("", "(other)")
NAMING_COLUMNS = {"outlet", "actor", "source_actor"}


def rename_corpus(source: Path, folder: Path) -> dict[str, str]:
    """Copy the corpus in `source` to `folder` under pseudonyms and return each pseudonym's true name.

    The articles and the aliases stay as they are: only what the corpus calls its outlets and actors changes.
    """
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("report"))
    outlets = {row["outlet"] for row in read_rows(source / "articles.csv")}
    actors = {row["actor"] for row in read_rows(source / "actors.csv")} - set(NO_ACTOR)
    pseudonyms = make_pseudonyms(outlets | actors)
    for table in folder.rglob("*.csv"):
        rows = read_rows(table)
        for row in rows:
            row.update({column: pseudonyms.get(row[column], row[column]) for column in NAMING_COLUMNS & row.keys()})
        write_rows(table, rows)
    settings = folder / "corpus.toml"
    chosen = re.compile(r'^(actor|target|outlet)(\s*=\s*)"(.*)"', re.MULTILINE)
    renamed = chosen.sub(lambda m: f'{m[1]}{m[2]}"{pseudonyms[m[3]]}"', settings.read_text(encoding="utf-8"))
    settings.write_text(renamed, encoding="utf-8")
    return {pseudonym: name for name, pseudonym in pseudonyms.items()}


def make_pseudonyms(names: set[str]) -> dict[str, str]:
    """Give each name one of the same length, capitals and punctuation, in the same alphabetical order.

    Same length and order, so that tables are laid out and sorted alike and can be compared line by line.
    """
    ranked = sorted(names)
    pseudonyms = {}
    for rank, name in enumerate(ranked):
        first = chr(ord("A") + rank * 20 // len(ranked))
        pseudonyms[name] = (first if name[0].isupper() else first.lower()) + name[1:].translate(NEXT_LETTER)
    assert sorted(pseudonyms.values()) == [pseudonyms[name] for name in ranked], "not in the same order"
    assert len({*pseudonyms.values(), *names}) == 2 * len(names), "a pseudonym is taken"
    return pseudonyms


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
