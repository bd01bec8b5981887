"""Write proposed actors and sources into a corpus folder, over nothing that is there."""

from pathlib import Path

import pandas as pd

from helpers.reading import corpus, read_corpus
from helpers.reading.corpus import refuse_unreadable
from helpers.reading.files import write_csv
from helpers.reading.proposing.proposals import propose_actors, propose_sources
from helpers.reading.sheets import ACTOR_COLUMNS, SOURCE_COLUMNS


def draft_lists(folder: str | Path, *, progress: bool = True) -> list[str]:
    """Write drafts of actors.csv and sources.csv for a corpus folder; return what was written, a line each.

    The articles are read with the actors that are listed then. Where no article can be read, nothing is written.
    """
    folder = Path(folder)
    opened = corpus.open_corpus(folder)
    articles = refuse_unreadable(opened).articles
    if articles.empty:
        return ["no article in English could be opened: there are no names to propose"]
    paths = [write_draft(propose_actors(articles, progress=progress), folder, "actors.csv")]
    read = read_corpus(corpus.open_corpus(folder), progress=progress)
    paths.append(write_draft(propose_sources(read), folder, "sources.csv"))
    return [f"drafted: {path.name}" for path in paths if path]


def write_draft(proposed: pd.DataFrame, folder: Path, name: str) -> Path | None:
    """Write proposed actors or sources as a draft into a corpus folder; return its path.

    `name` is "actors.csv" or "sources.csv". Where there is one, the draft is called actors-proposed.csv; where that is
    there too, nothing is written and None returned.
    """
    columns = ACTOR_COLUMNS if name == "actors.csv" else SOURCE_COLUMNS
    for path in (folder / name, folder / name.replace(".csv", "-proposed.csv")):
        if not path.exists():
            return write_csv(proposed[list(columns)], path)
    return None
