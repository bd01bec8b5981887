"""A copy of a corpus in which every outlet and every actor has another name of the same shape."""

import re
import shutil
from pathlib import Path

import pandas as pd

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
    outlets, actors = read_table(source / "articles.csv")["outlet"], read_table(source / "actors.csv")["actor"]
    pseudonyms = make_pseudonyms({*outlets, *actors} - set(NO_ACTOR))
    for table in folder.rglob("*.csv"):
        rows = read_table(table)
        for column in NAMING_COLUMNS.intersection(rows):
            rows[column] = rows[column].replace(pseudonyms)
        rows.to_csv(table, index=False, lineterminator="\n")
    settings = folder / "corpus.toml"
    chosen = re.compile(r'^(actor|target|outlet)(\s*=\s*)"(.*)"', re.MULTILINE)
    renamed = chosen.sub(lambda m: f'{m[1]}{m[2]}"{pseudonyms[m[3]]}"', settings.read_text(encoding="utf-8"))
    settings.write_text(renamed, encoding="utf-8")
    return {pseudonym: name for name, pseudonym in pseudonyms.items()}


def make_pseudonyms(names: set[str]) -> dict[str, str]:
    """Give each name one of the same length, capitals, punctuation and plural "s", in the same alphabetical order.

    Same length and order, so that tables are laid out and sorted alike and can be compared line by line; a singular
    noun is told with "the".
    """
    ranked = sorted(names)
    pseudonyms = {}
    for rank, name in enumerate(ranked):
        first = chr(ord("A") + rank * 20 // len(ranked))
        rest = name[1:].removesuffix("s").translate(NEXT_LETTER) + "s" * name.endswith("s")
        pseudonyms[name] = (first if name[0].isupper() else first.lower()) + rest
    assert sorted(pseudonyms.values()) == [pseudonyms[name] for name in ranked], "not in the same order"
    assert len({*pseudonyms.values(), *names}) == 2 * len(names), "a pseudonym is taken"
    return pseudonyms


def read_table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)
