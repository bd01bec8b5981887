"""Draft actors.csv and sources.csv for a person to edit, and the frequent names that no actor covers."""

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from helpers.lexicons import index_lexicon
from helpers.reading import FEW, Reading, read_corpus, select_rows
from helpers.reading.accelerate import accelerate
from helpers.reading.aliases import compile_aliases, match_names
from helpers.reading.corpus import open_corpus, refuse_unreadable
from helpers.reading.files import write_csv
from helpers.reading.parsing import describe_model, find_model, hash_text
from helpers.reading.sentences import split_sentences
from helpers.reading.sheets import ACTOR_COLUMNS, SOURCE_COLUMNS
from helpers.reading.store import STORE, load_parts, save_part

MOST_ACTORS, MOST_SOURCES = 15, 30
POOL = 4  # times as many names are counted in the texts as can be proposed: spaCy misses some
FEWEST = 2  # mentions: a name printed once is no actor of a comparison
DRAWN = 350  # articles that are searched for names: this takes as long as reading them
NAME_LABELS = ("PERSON", "ORG", "GPE", "NORP")
LONGEST_EXAMPLE = 160  # characters


# ---------------------------------------------------------------- drafts


def draft_lists(folder: str | Path, *, progress: bool = True) -> list[str]:
    """Write drafts of actors.csv and sources.csv for a corpus folder; return what was written, a line each.

    The articles are read with the actors that are listed then. Where no article can be read, nothing is written.
    """
    folder = Path(folder)
    articles = refuse_unreadable(open_corpus(folder)).articles
    if articles.empty:
        return ["no article in English could be opened: there are no names to propose"]
    paths = [write_draft(propose_actors(articles, progress=progress), folder, "actors.csv")]
    read = read_corpus(open_corpus(folder), progress=progress)
    paths.append(write_draft(propose_sources(read), folder, "sources.csv"))
    return [f"drafted: {path.name}" for path in paths if path]


def write_draft(proposed: pd.DataFrame, folder: Path, name: str) -> Path | None:
    """Write proposed actors or sources as actors.csv or sources.csv (`name`) into a corpus folder; return its path.

    Where there is one, the draft is called actors-proposed.csv; where that is there too, nothing is written and None
    returned.
    """
    for path in (folder / name, folder / name.replace(".csv", "-proposed.csv")):
        if not path.exists():
            return write_csv(proposed.drop(columns="n"), path)
    return None


def propose_actors(articles: pd.DataFrame, *, most: int = MOST_ACTORS, progress: bool = True) -> pd.DataFrame:
    """Return the names that articles (article_id, outlet, text) mention most, each with the forms it is printed in.

    Names are spaCy's entities (persons, organisations, places, peoples). A surname goes to the one full name that
    ends with it, an acronym to the name it is defined beside ("Port Workers' Union (PWU)"), an adjective
    ("Ruritanian") to the place it starts like.

    One row is one alias of one of at most `most` actors: actor, alias, kind, note as in actors.csv; n, the alias's
    mentions. The actor mentioned most comes first, and of its aliases the fullest. Of very many articles some are
    drawn by chance, and counts are of these.
    """
    articles = draw_articles(articles)
    names = clean_names(load_entities(articles, progress=progress), articles["outlet"].unique())
    listed = group_names(names, find_acronyms(articles["text"]))
    found = listed["alias"].map(names["name"].value_counts()).fillna(0).groupby(listed["actor"]).sum()
    likely = found.sort_values(ascending=False, kind="stable").index[: most * POOL]
    matcher = compile_aliases(listed.set_index("actor").loc[likely].reset_index())
    printed = Counter(name.aliases[0].alias for text in articles["text"] for name in match_names(text, matcher))
    counted = listed.assign(n=listed["alias"].map(printed), is_other=listed["actor"].ne(listed["alias"]))
    counted = counted[counted["n"] > 0]
    counted["total"] = counted.groupby("actor")["n"].transform("sum")
    order = ["total", "actor", "is_other", "n", "alias"]
    ranks = counted[counted["total"] >= FEWEST].sort_values(order, ascending=[False, True, True, False, True])
    chosen = ranks[ranks["actor"].isin(ranks["actor"].unique()[:most])]
    return chosen.drop(columns=["total", "is_other"]).reset_index(drop=True)


def list_uncovered(read: Reading, *, fewest: int = 3, progress: bool = True) -> pd.DataFrame:
    """Return the frequent names in the articles that are no alias of any actor.

    One row is one name: name, label (PERSON, ORG, GPE, NORP: what spaCy takes it for), n, n_articles, n_outlets;
    example, the sentence of the first; n_drawn, of how many articles, drawn by chance from very many, this is (0: of
    all). Names with fewer than `fewest` mentions are left out, and so are the outlets' own.
    """
    articles = draw_articles(read.articles)
    matcher = compile_aliases(read.corpus.actors)
    covered = {row.article_id: match_names(row.text, matcher, others=True) for row in articles.itertuples()}
    entities = load_entities(articles, progress=progress)
    is_free = [
        all(name.end <= row.start or row.end <= name.start for name in covered[row.article_id])
        for row in entities.itertuples()
    ]
    names = clean_names(entities[pd.Series(is_free, dtype=bool)], read.articles["outlet"].unique())
    counts = names.groupby(["name", "label"], as_index=False).agg(
        n=("start", "size"), n_articles=("article_id", "nunique"), n_outlets=("outlet", "nunique"),
        article_id=("article_id", "first"), start=("start", "first"),
    )  # fmt: skip
    counts = counts[counts["n"] >= fewest].sort_values(["n", "name"], ascending=[False, True], ignore_index=True)
    texts = articles.set_index("article_id")["text"]
    examples = [show_example(texts[row.article_id], row.start) for row in counts.itertuples()]
    n_drawn = len(articles) if len(articles) < len(read.articles) else 0
    return counts.drop(columns=["article_id", "start"]).assign(example=examples, n_drawn=n_drawn)


def propose_sources(read: Reading) -> pd.DataFrame:
    """Return the named sources that articles cite most and that are not actors.

    One row is one source: name, pattern, source_type, actor (empty) as in sources.csv; n citations. `source_type` is
    empty where nothing tells it.
    """
    columns = ["attribution_id", "source_no", "source_name", "source_type", "source"]
    cited = select_rows(read, "attributions", columns, named="named", source_actor="")
    cited = cited[cited["source_name"].ne("")].drop_duplicates(["attribution_id", "source_no"])
    rows = []
    for name, own in cited.groupby("source_name"):
        types = own.loc[~own["source_type"].isin(["other", "none"]), "source_type"].mode()
        rows.append((name, make_pattern(name, own["source"]), next(iter(types), ""), "", len(own)))
    proposed = pd.DataFrame(rows, columns=[*SOURCE_COLUMNS, "n"])
    proposed = proposed[proposed["n"] >= FEWEST].sort_values(["n", "name"], ascending=[False, True], ignore_index=True)
    return proposed.head(MOST_SOURCES)


def make_pattern(name: str, printed: Iterable[str]) -> str:
    """Return a regular expression for a source's name, its last word alone where it is printed so ("Smith said")."""
    first, last = name.split()[0], name.split()[-1]
    escaped = re.sub(r"[\\^$.|?*+()\[\]{}]", r"\\\g<0>", " ".join(name.split()))
    before, space, end = re.sub("['’]", "['’]", escaped).rpartition(" ")
    if space and any(source.split()[-1:] == [last] and first not in source for source in printed):
        return f"(?:{before} )?{end}"
    return before + space + end


# ---------------------------------------------------------------- names in the articles


def draw_articles(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the articles that are searched for names: all, or of very many DRAWN, drawn by their texts."""
    if len(articles) <= DRAWN:
        return articles
    chance = articles["text"].map(hash_text)
    return articles.loc[chance.sort_values(kind="stable").index[:DRAWN].sort_values()]


def load_entities(articles: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return the names that spaCy's entity recogniser finds in articles (article_id, outlet, text).

    One row is one name: article_id, name (as printed), label (one of NAME_LABELS), start, end (characters into the
    article's text), outlet. What it finds in a text is stored and found again while the model is the same.
    """
    import pyarrow as pa

    folder = STORE / "names" / hash_text(describe_model())
    keyed = articles[["article_id", "outlet", "text"]].assign(key=articles["text"].map(hash_text))
    kept = [table for _, table in load_parts(folder, "names")]
    known = {key for table in kept for key in table["key"]}
    missing = keyed[~keyed["key"].isin(known)].drop_duplicates("key")
    if len(missing):
        kept.append(find_entities(missing["key"].tolist(), missing["text"].tolist(), progress=progress))
        save_part(folder, {"names": pa.Table.from_pandas(kept[-1], preserve_index=False)})
    found = pd.concat([pd.DataFrame(columns=["key", "name"]), *kept]).drop_duplicates(["key", "start", "end"])
    named = keyed.drop(columns="text").merge(found[found["name"].ne("")], on="key")
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64", "outlet": "str"}
    return named[list(types)].astype(types)


def find_entities(keys: Sequence[str], texts: Sequence[str], *, progress: bool = True) -> pd.DataFrame:
    """Return the names in texts, with `key` for the text; a row without a name says that a text has none.

    Columns else as in `load_entities`.
    """
    from tqdm import tqdm

    nlp = accelerate(importlib.import_module(find_model()).load(enable=["ner"]))
    docs = nlp.pipe(texts, batch_size=32)
    hidden = not progress or len(texts) <= FEW
    shown = tqdm(docs, "names", len(texts), unit=" articles", leave=False, disable=hidden)
    rows: list[tuple[str, str, str, int, int]] = []
    for key, doc in zip(keys, shown, strict=True):
        named = [one for one in doc.ents if one.label_ in NAME_LABELS]
        rows += [(key, one.text, one.label_, one.start_char, one.end_char) for one in named] or [(key, "", "", 0, 0)]
    return pd.DataFrame(rows, columns=["key", "name", "label", "start", "end"])


def show_example(text: str, start: int) -> str:
    """Return the sentence around a place, shortened around it to whole words."""
    sentence = next((one for one in split_sentences(text) if one.start <= start < one.end), None)
    if sentence is None:
        return ""
    low = max(sentence.start, start - LONGEST_EXAMPLE // 2)
    high = min(sentence.end, low + LONGEST_EXAMPLE)
    if low > sentence.start:
        low += text[low:start].find(" ") + 1
    if high < sentence.end:
        high = text.rfind(" ", start, high) if " " in text[start:high] else high
    before, after = "…" if low > sentence.start else "", "…" if high < sentence.end else ""
    return f"{before}{' '.join(text[low:high].split())}{after}"


# ---------------------------------------------------------------- which names are forms of one

_WORD = r"(?:[A-Z][\w’'-]+|of|the|for|and|de|in|on)"
_DEFINED = re.compile(rf"({_WORD}(?: {_WORD}){{1,9}}) \(([A-Z][A-Za-z]{{1,8}})\)")
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_PARTS = re.compile(r"^[Tt]he\s+|['’]s?$|[\s.,;:“”\"‘’']+$|^[\s.,;:“”\"‘’']+")


def clean_names(entities: pd.DataFrame, outlets: Iterable[str]) -> pd.DataFrame:
    """Return entities with cleaned names (see `clean_name`), each name with its most frequent label.

    What is no name, or is an outlet's, is left out.
    """
    names = entities.assign(name=entities["name"].map(clean_name).astype("str"))
    own = {clean_name(outlet).casefold() for outlet in outlets}
    names = names[names["name"].str.match(r"[A-Z]\w") & ~names["name"].str.casefold().isin(own)]
    labels = names.groupby("name")["label"].agg(lambda own: own.mode().iloc[0])
    return names.assign(label=names["name"].map(labels))


def clean_name(name: str) -> str:
    """Return a name without article, possessive, titles and marks around it."""
    name = " ".join(name.split())
    before = None
    while before != name:
        before, name = name, _PARTS.sub("", name)
    words = name.split()
    while len(words) > 1 and words[0].strip(".").lower() in index_lexicon("titles.csv"):
        words.pop(0)
    return " ".join(words)


def find_acronyms(texts: Iterable[str]) -> dict[str, str]:
    """Return acronym -> the name it is defined beside: the shortest whose capitals or words it stands for."""
    found: dict[str, Counter[str]] = {}
    for match in (match for text in texts for match in _DEFINED.finditer(text)):
        words, acronym = match[1].split(), match[2]
        letters = re.sub(r"[a-z]", "", acronym) or acronym
        for start in range(len(words) - 2, -1, -1):
            pieces = "-".join(word for word in words[start:] if word not in _SMALL).split("-")
            initials = "".join(piece[:1] for piece in pieces)
            if words[start] not in _SMALL and initials.upper() == letters.upper():
                found.setdefault(acronym, Counter())[clean_name(" ".join(words[start:]))] += 1
                break
    return {acronym: min(names, key=lambda name: (-names[name], name)) for acronym, names in found.items()}


def group_names(names: pd.DataFrame, acronyms: dict[str, str]) -> pd.DataFrame:
    """Return names (see `clean_names`) and acronyms as aliases of actors: actor, alias, kind, note."""
    labels = names.set_index("name")["label"].to_dict()
    n = Counter(names["name"])
    for acronym, name in acronyms.items():
        if acronym in labels or name in labels:
            labels.setdefault(name, "ORG")
            labels.setdefault(acronym, "ORG")
    for name in [name for name, label in labels.items() if label == "PERSON" and " " in name]:
        labels.setdefault(name.split()[-1], "PERSON")  # spaCy misses many a surname on its own
    labels = {name: label for name, label in labels.items() if not (name.endswith("s") and name[:-1] in labels)}
    people: dict[str, list[str]] = {}  # by surname
    for name, label in labels.items():
        if label == "PERSON" and " " in name:
            people.setdefault(name.split()[-1], []).append(name)
    rows = []
    for name in sorted(labels, key=lambda one: (-len(one.split()), one)):
        actor = name
        if name in acronyms:
            actor = acronyms[name]
        elif len(people.get(name, ())) == 1:
            actor = people[name][0]
        elif labels[name] == "NORP" and " " not in name:
            places = [place for place, label in labels.items() if label == "GPE" and _is_adjective(name, place)]
            actor = min(places, key=lambda place: (-n[place], place), default=name)
        kind = "acronym" if name in acronyms or (name.isupper() and " " not in name) else "name"
        rows.append((actor, name, kind, "country" if labels[name] == "GPE" and actor == name else ""))
    return pd.DataFrame(rows, columns=list(ACTOR_COLUMNS), dtype="str")


def _is_adjective(name: str, place: str) -> bool:
    """Return whether a name is a place's adjective: it starts like it and ends as such words do."""
    stem = place.rstrip("aeiouy") if len(place) > 4 else place
    plain = name.removesuffix("s")
    is_derived = len(stem) >= 3 and " " not in place and plain.startswith(stem)
    return is_derived and plain.endswith(("n", "ese", "ish", "i", "ic"))
