"""Which names could be actors or sources, and which frequent ones no actor covers."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.reading.aliases import compile_aliases, match_names
from helpers.reading.proposing.counting import count_aliases, show_example
from helpers.reading.proposing.entities import draw_articles, load_entities
from helpers.reading.proposing.names import count_names, find_acronyms, group_names
from helpers.reading.selecting import select_rows
from helpers.reading.sheets import ACTOR_COLUMNS, SOURCE_COLUMNS

if TYPE_CHECKING:
    from helpers.reading.corpora import Reading

MOST_ACTORS, MOST_SOURCES = 15, 30
POOL = 4  # times as many names are counted in the texts as can be proposed: spaCy misses some
FEWEST = 2  # mentions: a name printed once is no actor of a comparison
_COLUMNS = ("n", "n_articles", "n_outlets", "example")


def propose_actors(articles: pd.DataFrame, *, most: int = MOST_ACTORS, progress: bool = True) -> pd.DataFrame:
    """Propose the names that articles mention most, each with the forms it is printed in.

    Names are spaCy's entities (persons, organisations, places, peoples). A surname goes to the one full name that
    ends with it, an acronym to the name it is defined beside ("Port Workers' Union (PWU)"), an adjective
    ("Ruritanian") to the place it starts like.

    Parameters
    ----------
    articles
        article_id, outlet, text.
    most
        How many actors at most.

    Returns
    -------
    DataFrame
        One row is one alias: actor, alias, kind, note as in actors.csv; n, the alias's mentions, in n_articles and
        n_outlets; example, a sentence with it. The actor mentioned most comes first, and of its aliases the fullest.
        Of very many articles some are drawn by chance, and counts are of these.
    """
    articles = draw_articles(articles)
    entities = load_entities(articles, progress=progress)
    names = count_names(entities, articles["outlet"].unique())
    groups = group_names(names, find_acronyms(articles["text"]))
    found = names.set_index("name")["n"].to_dict()
    weights = {actor: sum(found.get(alias, 0) for alias, *_ in aliases) for actor, aliases in groups.items()}
    likely = sorted(groups, key=lambda actor: (-weights[actor], actor))[: most * POOL]
    rows = [(actor, *alias) for actor in likely for alias in groups[actor]]
    listed = pd.DataFrame(rows, columns=list(ACTOR_COLUMNS), dtype="str")
    counted = count_aliases(listed, articles)
    counted = counted[counted["n"] > 0]
    totals = counted.groupby("actor")["n"].sum()
    kept = totals[totals >= FEWEST].reset_index().sort_values(["n", "actor"], ascending=[False, True])["actor"][:most]
    order = {actor: place for place, actor in enumerate(kept)}
    chosen = counted[counted["actor"].isin(order)]
    ranks = chosen.assign(rank=chosen["actor"].map(order), first=chosen["actor"].ne(chosen["alias"]))
    ranks = ranks.sort_values(["rank", "first", "n", "alias"], ascending=[True, True, False, True])
    return ranks.drop(columns=["rank", "first"]).reset_index(drop=True)


def list_uncovered(read: "Reading", *, fewest: int = 3, progress: bool = True) -> pd.DataFrame:
    """Return the frequent names in the articles that are no alias of any actor.

    One row is one name: name, label (PERSON, ORG, GPE, NORP: what spaCy takes it for), n, n_articles, n_outlets,
    example; n_drawn, of how many articles, drawn by chance from very many, this is (0: of all). Names with fewer than
    `fewest` mentions are left out, and so are the outlets' own.
    """
    articles = draw_articles(read.articles)
    entities = load_entities(articles, progress=progress)
    matcher = compile_aliases(read.corpus.actors)
    covered = {
        row.article_id: [(name.start, name.end) for name in match_names(row.text, matcher, others=True)]
        for row in articles.itertuples()
    }
    free = [
        not any(start < row.end and row.start < end for start, end in covered[row.article_id])
        for row in entities.itertuples()
    ]
    counts = count_names(entities[pd.Series(free, dtype=bool)], read.articles["outlet"].unique())
    texts = dict(zip(articles["article_id"], articles["text"], strict=True))
    counts = counts[counts["n"] >= fewest].sort_values(["n", "name"], ascending=[False, True], ignore_index=True)
    examples = [show_example(texts[row.article_id], row.start) for row in counts.itertuples()]
    n_drawn = len(articles) if len(articles) < len(read.articles) else 0
    return counts.assign(example=examples, n_drawn=n_drawn)[["name", "label", *_COLUMNS, "n_drawn"]]


def propose_sources(read: "Reading", *, most: int = MOST_SOURCES) -> pd.DataFrame:
    """Propose the named sources that articles cite most and that are no actor.

    One row is one source: name, pattern, source_type, actor (empty) as in sources.csv; n citations, in n_articles and
    n_outlets; example, a sentence that cites it. `source_type` is empty where nothing tells it.
    """
    columns = ["source_name", "source_type", "source", "article_id", "outlet", "cue_start", "named", "source_actor"]
    cited = select_rows(read, "attributions", [*columns, "attribution_id", "source_no"])
    cited = cited.drop_duplicates(["attribution_id", "source_no"])
    cited = cited[cited["named"].eq("named") & cited["source_actor"].eq("") & cited["source_name"].ne("")]
    texts = dict(zip(read.articles["article_id"], read.articles["text"], strict=True))
    rows = []
    for name, own in cited.groupby("source_name"):
        types = Counter(own["source_type"]) - Counter(other=len(own), none=len(own))
        source_type = min(types, key=lambda kind: (-types[kind], kind), default="")
        first = own.iloc[0]
        example = show_example(texts[first["article_id"]], first["cue_start"])
        pattern = make_pattern(name, list(own["source"]))
        counts = (len(own), own["article_id"].nunique(), own["outlet"].nunique())
        rows.append((name, pattern, source_type, "", *counts, example))
    proposed = pd.DataFrame(rows, columns=[*SOURCE_COLUMNS, *_COLUMNS])
    proposed = proposed[proposed["n"] >= FEWEST].sort_values(["n", "name"], ascending=[False, True])
    return proposed.head(most).reset_index(drop=True)


def make_pattern(name: str, printed: Sequence[str]) -> str:
    """Return a regular expression for a source's name, its last word alone where it is printed so ("Smith said")."""
    words = [re.sub(r"[\\^$.|?*+()\[\]{}]", r"\\\g<0>", word) for word in name.split()]
    words = [re.sub("['’]", "['’]", word) for word in words]
    last = name.split()[-1]
    if len(words) > 1 and any(source.split()[-1:] == [last] and name.split()[0] not in source for source in printed):
        return f"(?:{' '.join(words[:-1])} )?{words[-1]}"
    return " ".join(words)
