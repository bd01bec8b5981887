"""Propose actors and sources for articles nobody has listed any for: drafts for a person to edit."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers import corpus
from helpers.aliases import OTHER, compile_aliases, match_names
from helpers.listings import ACTOR_COLUMNS, SOURCE_COLUMNS
from helpers.reading import find_entities, read_corpus
from helpers.refusals import refuse_unreadable
from helpers.sentences import split_sentences
from helpers.sources import read_titles
from helpers.writing import write_csv

if TYPE_CHECKING:
    from helpers.reading import Reading

MOST_ACTORS, MOST_SOURCES = 15, 30
FEWEST = 2  # mentions: a name printed once is no actor of a comparison
LONGEST_EXAMPLE = 160
_WORD = r"(?:[A-Z][\w’'-]+|of|the|for|and|de|in|on)"
_DEFINED = re.compile(rf"({_WORD}(?: {_WORD}){{1,9}}) \(([A-Z][A-Za-z]{{1,8}})\)")
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_PARTS = re.compile(r"^[Tt]he\s+|['’]s?$|[\s.,;:“”\"‘’']+$|^[\s.,;:“”\"‘’']+")
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
    """
    entities = find_entities(articles, progress=progress)
    groups = _group_names(_count_names(entities, articles["outlet"].unique()), _find_acronyms(articles["text"]))
    rows = [(actor, *alias) for actor, aliases in groups.items() for alias in aliases]
    listed = pd.DataFrame(rows, columns=list(ACTOR_COLUMNS), dtype="str")
    counted = _count_aliases(listed, articles)
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
    example. Names with fewer than `fewest` mentions are left out, and so are the outlets' own.
    """
    entities = find_entities(read.articles, progress=progress)
    matcher = compile_aliases(read.corpus.actors)
    covered = {
        row.article_id: [(name.start, name.end) for name in match_names(row.text, matcher, others=True)]
        for row in read.articles.itertuples()
    }
    free = [
        not any(start < row.end and row.start < end for start, end in covered[row.article_id])
        for row in entities.itertuples()
    ]
    counts = _count_names(entities[pd.Series(free, dtype=bool)], read.articles["outlet"].unique())
    texts = dict(zip(read.articles["article_id"], read.articles["text"], strict=True))
    counts = counts[counts["n"] >= fewest].sort_values(["n", "name"], ascending=[False, True], ignore_index=True)
    examples = [_show_example(texts[row.article_id], row.start) for row in counts.itertuples()]
    return counts.assign(example=examples)[["name", "label", *_COLUMNS]]


def propose_sources(read: "Reading", *, most: int = MOST_SOURCES) -> pd.DataFrame:
    """Propose the named sources that articles cite most and that are no actor.

    One row is one source: name, pattern, source_type, actor (empty) as in sources.csv; n citations, in n_articles and
    n_outlets; example, a sentence that cites it. `source_type` is empty where nothing tells it.
    """
    cited = read.attributions.drop_duplicates(["attribution_id", "source_no"])
    cited = cited[cited["named"].eq("named") & cited["source_actor"].eq("") & cited["source_name"].ne("")]
    texts = dict(zip(read.articles["article_id"], read.articles["text"], strict=True))
    rows = []
    for name, own in cited.groupby("source_name"):
        types = Counter(own["source_type"]) - Counter(other=len(own), none=len(own))
        source_type = min(types, key=lambda kind: (-types[kind], kind), default="")
        first = own.iloc[0]
        example = _show_example(texts[first["article_id"]], first["cue_start"])
        pattern = _make_pattern(name, list(own["source"]))
        counts = (len(own), own["article_id"].nunique(), own["outlet"].nunique())
        rows.append((name, pattern, source_type, "", *counts, example))
    proposed = pd.DataFrame(rows, columns=[*SOURCE_COLUMNS, *_COLUMNS])
    proposed = proposed[proposed["n"] >= FEWEST].sort_values(["n", "name"], ascending=[False, True])
    return proposed.head(most).reset_index(drop=True)


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


def _count_names(entities: pd.DataFrame, outlets: Iterable[str]) -> pd.DataFrame:
    """Return each name, without article and possessive: label (the most frequent), n, ..., and its first place."""
    named = entities.assign(name=entities["name"].map(_clean).astype("str"))
    own = {_clean(outlet).casefold() for outlet in outlets}
    is_name = named["name"].str.match(r"[A-Z]\w") & ~named["name"].str.casefold().isin(own)
    rows = []
    for name, group in named[is_name].groupby("name"):
        labels = Counter(group["label"])
        label = min(labels, key=lambda one: (-labels[one], one))
        first = group.iloc[0]
        counts = (len(group), group["article_id"].nunique(), group["outlet"].nunique())
        rows.append((name, label, *counts, first["article_id"], first["start"]))
    return pd.DataFrame(rows, columns=["name", "label", "n", "n_articles", "n_outlets", "article_id", "start"])


def _clean(name: str) -> str:
    """Return a name without article, possessive, titles and marks around it."""
    name = " ".join(name.split())
    before = None
    while before != name:
        before, name = name, _PARTS.sub("", name)
    words = name.split()
    while len(words) > 1 and words[0].strip(".").lower() in read_titles():
        words.pop(0)
    return " ".join(words)


def _find_acronyms(texts: Iterable[str]) -> dict[str, str]:
    """Return acronym -> the name it is defined beside: the shortest whose capitals or words it stands for."""
    found: dict[str, Counter[str]] = {}
    for text in texts:
        for match in _DEFINED.finditer(text):
            words, acronym = match[1].split(), match[2]
            letters = re.sub(r"[a-z]", "", acronym) or acronym
            for start in range(len(words) - 1, -1, -1):
                part = words[start:]
                pieces = [piece for word in part if word not in _SMALL for piece in word.split("-") if piece]
                initials = "".join(piece[0] for piece in pieces)
                if words[start] not in _SMALL and initials.upper() == letters.upper() and len(part) > 1:
                    found.setdefault(acronym, Counter())[_clean(" ".join(part))] += 1
                    break
    return {acronym: min(names, key=lambda name: (-names[name], name)) for acronym, names in found.items()}


def _group_names(counts: pd.DataFrame, acronyms: dict[str, str]) -> dict[str, list[tuple[str, str, str]]]:
    """Return actor -> its aliases (alias, kind, note)."""
    labels = dict(zip(counts["name"], counts["label"], strict=True))
    n = dict(zip(counts["name"], counts["n"], strict=True))
    for acronym, name in acronyms.items():
        if acronym in labels or name in labels:
            labels.setdefault(name, "ORG")
            labels.setdefault(acronym, "ORG")
    for name in [name for name, label in labels.items() if label == "PERSON" and " " in name]:
        labels.setdefault(name.split()[-1], "PERSON")  # spaCy misses many a surname on its own
    groups: dict[str, list[tuple[str, str, str]]] = {}
    labels = {name: label for name, label in labels.items() if not (name.endswith("s") and name[:-1] in labels)}
    for name in sorted(labels, key=lambda one: (-len(one.split()), one)):
        actor = _find_owner(name, labels, acronyms, n)
        kind = "acronym" if name in acronyms or (name.isupper() and " " not in name) else "name"
        note = "country" if labels[name] == "GPE" and actor == name else ""
        groups.setdefault(actor, []).append((name, kind, note))
    return groups


def _find_owner(name: str, labels: dict[str, str], acronyms: dict[str, str], n: dict[str, int]) -> str:
    """Return the name that this one is another form of, itself where it is of none."""
    if name in acronyms:
        return acronyms[name]
    if " " not in name:
        whole = [other for other in labels if other.endswith(f" {name}") and labels[other] == "PERSON"]
        if len(whole) == 1:
            return whole[0]
        if labels[name] == "NORP":
            places = [place for place in labels if labels[place] == "GPE" and _is_adjective(name, place)]
            if places:
                return min(places, key=lambda place: (-n.get(place, 0), place))
    return name


def _is_adjective(name: str, place: str) -> bool:
    """Tell whether a name is a place's adjective: it starts like it and ends as such words do."""
    stem = place.rstrip("aeiouy") if len(place) > 4 else place
    plain = name.removesuffix("s")
    ends = re.search(r"(?:n|ese|ish|i|ic)$", plain)
    return len(stem) >= 3 and plain.startswith(stem) and bool(ends) and " " not in place


def _count_aliases(listed: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Return the aliases with how often each stands in the articles, the longest winning, and an example."""
    matcher = compile_aliases(listed)
    found = [
        (name.aliases[0].alias, row.article_id, row.outlet, row.text, name.start)
        for row in articles.itertuples()
        for name in match_names(row.text, matcher)
        if name.aliases[0].actor != OTHER
    ]
    frame = pd.DataFrame(found, columns=["alias", "article_id", "outlet", "text", "start"])
    grouped = frame.groupby("alias")
    counts = grouped.agg(n=("start", "size"), n_articles=("article_id", "nunique"), n_outlets=("outlet", "nunique"))
    examples = {alias: _show_example(own["text"].iloc[0], own["start"].iloc[0]) for alias, own in grouped}
    joined = listed.merge(counts.reset_index(), on="alias", how="left")
    numbers = {name: joined[name].fillna(0).astype("int64") for name in ("n", "n_articles", "n_outlets")}
    return joined.assign(**numbers, example=joined["alias"].map(examples).fillna(""))


def _show_example(text: str, start: int) -> str:
    """Return the sentence around a place, shortened around it."""
    sentence = next((one for one in split_sentences(text) if one.start <= start < one.end), None)
    if sentence is None:
        return ""
    low = max(sentence.start, start - LONGEST_EXAMPLE // 2)
    high = min(sentence.end, low + LONGEST_EXAMPLE)
    before, after = "…" if low > sentence.start else "", "…" if high < sentence.end else ""
    return f"{before}{' '.join(text[low:high].split())}{after}"


def _make_pattern(name: str, printed: Sequence[str]) -> str:
    """Return a regular expression for a source's name, its last word alone where it is printed so ("Smith said")."""
    words = [re.sub(r"[\\^$.|?*+()\[\]{}]", r"\\\g<0>", word) for word in name.split()]
    words = [re.sub("['’]", "['’]", word) for word in words]
    last = name.split()[-1]
    if len(words) > 1 and any(source.split()[-1:] == [last] and name.split()[0] not in source for source in printed):
        return f"(?:{' '.join(words[:-1])} )?{words[-1]}"
    return " ".join(words)
