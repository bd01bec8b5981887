"""Which actor and which outlet a notebook compares where nobody says."""

from typing import TYPE_CHECKING

from helpers.reading import schemas
from helpers.reading.aliases import OTHER
from helpers.reading.selecting import select_rows

if TYPE_CHECKING:
    from helpers.reading.corpora import Reading


def pick_actor(read: "Reading", actor: str | None = None) -> str:
    """Return the actor to compare: the one asked for, else corpus.toml's, else the one most outlets mention.

    Where no actor is mentioned at all, the first of actors.csv. Raises ValueError for an actor that is not in it.
    """
    known = select_rows(read, "mentions", ["actor", "outlet"])
    known = known[known["actor"] != schemas.UNRESOLVED]
    chosen = actor or read.corpus.settings.get("actor")
    if chosen:
        if chosen not in set(read.corpus.actors["actor"]):
            raise ValueError(f"actor '{chosen}' is not in actors.csv; it has: {', '.join(sorted(set(known['actor'])))}")
        return chosen
    if known.empty:
        return min(set(read.corpus.actors["actor"]) - {OTHER}, default=schemas.UNRESOLVED)
    counts = known.groupby("actor").agg(outlets=("outlet", "nunique"), n=("outlet", "size")).reset_index()
    return counts.sort_values(["outlets", "n", "actor"], ascending=[False, False, True])["actor"].iloc[0]


def pick_target(read: "Reading", actor: str, target: str | None = None) -> str:
    """Return the outlet set against the others: the one asked for, else corpus.toml's, else the one with most to say.

    An outlet of corpus.toml that has no article about the actor gives way to the one that mentions it most.
    """
    outlets = set(read.articles["outlet"])
    about = select_rows(read, "mentions", ["outlet"], actor=actor)["outlet"].value_counts()
    if target:
        if target not in outlets:
            raise ValueError(f"outlet '{target}' has no article; there are: {', '.join(sorted(outlets))}")
        return target
    listed = read.corpus.settings.get("target")
    if listed in about.index:
        return listed
    ranked = sorted(about.items(), key=lambda pair: (-pair[1], pair[0])) or [(min(outlets, default=""), 0)]
    return ranked[0][0]
