"""Draft actors.csv and sources.csv for a person to edit, and the frequent names that no actor covers."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import regex
from tqdm import tqdm

from helpers.lexicons import index_lexicon, list_words, read_lexicon
from helpers.reading import Reading, read_corpus, select_rows
from helpers.reading.aliases import MARKS, OTHER, PARTICLES, compile_aliases, fold, match_names, surname
from helpers.reading.corpus import open_corpus
from helpers.reading.files import write_csv
from helpers.reading.parsing import describe_model, load_model
from helpers.reading.sheets import ACTOR_COLUMNS, COLUMNS
from helpers.reading.source_words import NOUNS, TITLES
from helpers.reading.store import STORE, hash_text, recall

MOST_ACTORS, MOST_GROUPS, MOST_OTHERS, MOST_SOURCES = 15, 5, 12, 30
FEWEST = 2  # mentions of an actor, articles that cite a source: who is named once is nobody to compare
MANY = 4  # citations that make an actor of a group without a name ("the union")
SURE = 10  # mentions with at most one "in" it that tell a body from a place
DRAWN = 350  # articles that are searched for names: this takes as long as reading them
NAME_LABELS = ("PERSON", "ORG", "GPE", "NORP")
_PLACES = {"ORG": 0.4, "GPE": 0.1, "NORP": 0.1}  # what share of its mentions after "in" makes a name that of a place
_NO_GROUPS = ("", "document", "media", "politician", "expert or think tank")  # many who have nothing in common
_UNSURE = ("other", "civilian", "document", "international organisation")  # types that nobody who is named is surely of
_SMALL = ("of", "the", "for", "and", "de", "in", "on")
_ALSO = "|".join(map(re.escape, index_lexicon("other_names.csv")))
# between two names, but not "Lind, using another name for the Dockers"
_CALLED = re.compile(rf"(?: [a-z-]+){{0,3}}?,? \(?(?:(?!\w+ing )[a-z-]+ ){{0,3}}?(?:{_ALSO})(?: the)? \"?")
_BEFORE, _OF = ("|".join(list_words("place_words.csv", *uses)) for uses in (("place", "before"), ("noun",)))
_PLACED = re.compile(rf"(?i:\b(?:{_BEFORE}|told|(?:{_OF})s? of) |/)$")
_NAME = regex.compile(rf"{PARTICLES}\p{{Lu}}[\w.][^/]*")  # "al-Orr"; a script without capitals is left to a person
_TITLES = {title.strip(".") for title in TITLES} | {noun for noun, row in NOUNS.items() if row["kind"] == "person"}
_TITLED = re.compile(rf"^(?i:(?:{'|'.join(_TITLES)})\.? )+")  # "Ms Lind", "Constable Ivan Orr"
_DEFINED = re.compile(r"((?:[A-Z]\w+ (?:of |for |the |and )*){2,7})[(\[]([A-Z]{2,6})\b")  # "Free Dockers (FD)"
_PARTS = re.compile(rf"^(?i:the)\s+|^.*\s[-—]\s|'s?$|(?i: (?:{'|'.join(_SMALL)}))+$|"
                    r",? (?:(?:[JS]r|Inc|Ltd|LLC|Corp)\.?|I{2,3}|plc)$|[\s.,;:\"']+$|^[\s.,;:\"']+|[][]")  # fmt: skip


def draft_lists(folder: str | Path) -> list[str]:
    """Write drafts of actors.csv and sources.csv for a corpus folder; return what was written, a line each.

    The articles are read with the actors that are listed then. Where no article can be read, nothing is written.
    """
    read = read_corpus(open_corpus(folder := Path(folder)))
    if read.articles.empty:
        return ["no article in English could be opened, so no names are proposed: import some, or write actors.csv"]
    actors = propose_actors(read.articles, group_cited(read))
    drafts = {"actors.csv": actors.assign(group=""), "sources.csv": propose_sources(read, actors)}
    return [line for name, proposed in drafts.items() for line in write_draft(proposed, folder, name)]


def write_draft(proposed: pd.DataFrame, folder: Path, name: str) -> list[str]:
    """Write proposed actors or sources as actors.csv or sources.csv (`name`) into a corpus folder; return a line on it.

    Where there is one, the draft is called actors-proposed.csv; where that is there too, nothing is written, no line.
    """
    path = folder / (f"{name.removesuffix('.csv')}-proposed.csv" if (folder / name).exists() else name)
    return [] if path.exists() else [f"drafted: {write_csv(proposed.drop(columns='n'), path).name}"]


def propose_actors(articles: pd.DataFrame, cited: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the names that articles (article_id, outlet, text) mention most, each with the forms it is printed in.

    Names are spaCy's entities (persons, organisations, places, peoples), their forms joined by `group_names`; `cited`
    has those of `group_cited` ("the union"). Others whose names end so ("Otto Kessler" beside Anna) have the actor
    `(other)`: see `find_others`.

    One row is one alias of one of at most MOST_ACTORS named actors or of a group: actor, alias, kind, note as in
    actors.csv; n, the alias's mentions. The actor mentioned most comes first, and of its aliases the fullest; groups
    and others are last. Of very many articles some are drawn by chance, and counts are of these.
    """
    articles = draw_articles(articles)
    names = clean_names(load_entities(articles))
    named = group_names(names, articles["text"])
    named = named.assign(total=named.groupby("actor")["n"].transform("sum"), is_form=named["actor"].ne(named["alias"]))
    named = named.sort_values(["total", "actor", "is_form", "n", "alias"], ascending=[False, True, True, False, True])
    named = named[named["total"].ge(FEWEST) & named["actor"].isin(named["actor"].unique()[:MOST_ACTORS])]
    if cited is not None:  # "the Dock union" is the Dock Union
        matcher = compile_aliases(named)
        cited = cited[[not matcher.look_up(name) for name in cited["actor"]]]
    proposed = pd.concat([named, cited])[[*ACTOR_COLUMNS, "n"]]
    return pd.concat([proposed, find_others(names, proposed)], ignore_index=True)


def find_others(names: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Return persons with an actor's surname and bodies whose name ends with an actor's, most frequent first.

    Columns: actor (`(other)`), alias, kind, note; n, how often spaCy finds it. What is only named after an actor, such
    as "Kessler Foundation", is told apart where articles are read.
    """
    matcher, rows, counts = compile_aliases(actors), [], names.groupby(["name", "label"]).size()
    for (name, label), n in counts[counts >= FEWEST].items():
        *_, last = match_names(name, matcher) or [None]
        alias, lead = (last.aliases[0], name[: last.start]) if last and last.end == len(name) else (None, "")
        if not lead or alias.kind != "name" or alias.country or alias.actor.startswith(lead[:2].strip(". ")):
            continue  # "A. Kessler" may be Anna
        is_body = label == "ORG" and lead.istitle() and name[-1] != "s" and lead.strip() not in KNOWN_FORMS
        if is_body or (label == "PERSON" and " " not in fold_name(alias.alias)):  # "Senior Anna Kessler" is she
            rows.append((OTHER, name, "name", f"not {alias.actor}", n))
    rows = sorted(rows, key=lambda row: (-row[-1], row[1]))[:MOST_OTHERS]
    return pd.DataFrame(rows, columns=[*ACTOR_COLUMNS, "n"])


def group_cited(read: Reading) -> pd.DataFrame:
    """Return the groups without a name that articles cite MANY times or more: actor, alias, kind, note; n citations.

    These are bodies ("the union") and members ("activists"). At most MOST_GROUPS, the one cited most comes first.
    """
    columns = ["attribution_id", "source_no", "article_id", "source_name"]
    cited = select_rows(read, "attributions", columns, source_actor="").drop_duplicates(columns[:2])
    cited = cited.assign(group=cited["source_name"].map(_find_group)).query("group != ''")
    groups = cited.groupby("group")["article_id"].agg(["size", "nunique"])
    groups = groups[groups["size"].ge(MANY) & groups["nunique"].ge(FEWEST)]["size"].sort_values(ascending=False)
    bodies = index_lexicon("group_nouns.csv")  # "the military" is a body, "military" also an adjective
    rows = [(name, f"the {name}" if name.split()[-1] in bodies else name, "description", f"cited {n} times", n)
            for name, n in groups.head(MOST_GROUPS).items()]  # fmt: skip
    return pd.DataFrame(rows, columns=[*ACTOR_COLUMNS, "n"])


def _find_group(source: str) -> str:
    """Return the group that a source without a name is or stands in: a body, or people; empty where it is none."""
    words = source.rpartition(" the ")[2].split() or [""]  # "a man in the military"; "it is said"
    *before, head = words
    if (head := head.lower()) in index_lexicon("group_nouns.csv"):
        return "" if words[0].lower() in index_lexicon("pronouns.csv") else " ".join([*before, head])
    noun = index_lexicon("source_nouns.csv").get(head[:-1], {"source_type": "", "noun": ""})
    is_vague = noun["source_type"] in _NO_GROUPS or noun["noun"] in index_lexicon("vague_sources.csv")
    return head if head.endswith("s") and all(map(str.islower, before)) and not is_vague else ""


def list_uncovered(read: Reading, *, fewest: int = 3) -> pd.DataFrame:
    """Return the frequent names in the articles that are no alias of any actor.

    One row is one name: name, label (PERSON, ORG, GPE, NORP: what spaCy takes it for), n, n_articles, n_outlets;
    example, the sentence of the first; n_drawn, of how many articles, drawn by chance from very many, this is (0: of
    all). Names with fewer than `fewest` mentions are left out, and so are the outlets' own.
    """
    articles, matcher = draw_articles(read.articles), compile_aliases(read.corpus.actors)
    names = clean_names(load_entities(articles))
    names = names.loc[[not match_names(name, matcher) for name in names["name"]]]
    counts = names.groupby(["name", "label"], as_index=False).agg(
        n=("start", "size"), n_articles=("article_id", "nunique"), n_outlets=("outlet", "nunique"),
        article_id=("article_id", "first"), start=("start", "first"),
    )  # fmt: skip
    sentences = select_rows(read, "sentences", ["article_id", "start", "text"]).rename(columns={"text": "example"})
    counts, sentences = (table.sort_values("start") for table in (counts[counts["n"] >= fewest], sentences))
    counts = pd.merge_asof(counts, sentences, on="start", by="article_id").drop(columns=["article_id", "start"])
    counts = counts.assign(n_drawn=len(articles) if len(articles) < len(read.articles) else 0)
    return counts.sort_values(["n", "name"], ascending=[False, True], ignore_index=True)


def propose_sources(read: Reading, actors: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the named sources that articles cite most, actors of the corpus or of `actors` among them.

    Countries are left out. One row is one source: name, pattern, source_type, actor (empty where it is none) as in
    sources.csv; n citations, in FEWEST articles at least. `source_type` is empty unless the words beside the name
    ("mayor") are all of one type, in as many.
    """
    columns = ["attribution_id", "source_no", "article_id", "source_name", "source", "source_type"]
    cited = select_rows(read, "attributions", columns, named="named").drop_duplicates(columns[:2])
    cited = cited.assign(name=[clean_name(name) for name in cited["source_name"]])
    actors = read.corpus.actors if actors is None else actors
    matcher, rows = compile_aliases(actors[actors["kind"].ne("description")]), []
    names = [one for one in cited["name"].unique() if KNOWN_FORMS.keys().isdisjoint({one, one.removesuffix("s")})]
    forms = {fold(name): name for name in cited["name"].value_counts(ascending=True).index}  # "PWU" and "Pwu" are one
    owners = {name: next((one.actor for one in matcher.look_up(name) if one.actor != OTHER), forms[fold(name)])
              for name in names if name[:1].isupper()}  # fmt: skip
    bearers = Counter(map(surname, {*owners.values()}))
    for name, own in cited.groupby(cited["name"].map(owners)):
        typed = own[~own["source_type"].isin(_UNSURE)]
        is_sure = typed["source_type"].nunique() == 1 and typed["article_id"].nunique() >= FEWEST
        pattern = make_pattern(own["name"].unique(), own["source"], {one for one, n in bearers.items() if n > 1})
        actor = name if name in set(actors["actor"]) else ""
        if own["article_id"].nunique() >= FEWEST and bearers[name] < 3:  # no "Mr Roe" of two Roes
            rows.append((name, pattern, typed["source_type"].iloc[0] if is_sure else "", actor, len(own)))
    proposed = pd.DataFrame(rows, columns=[*COLUMNS["sources"], "n"])
    return proposed.sort_values(["n", "name"], ascending=[False, True], ignore_index=True).head(MOST_SOURCES)


def make_pattern(names: Iterable[str], printed: Iterable[str], shared: Collection[str] = ()) -> str:
    """Return a regular expression that matches a source where it is named, up to a comma, by one of its names.

    "the mayor Anna Kessler" and "Anna Kessler, the mayor" are the source, "Anna Kessler's brother" is not. The last
    word is enough where it is printed alone, unless it is one of those `shared` by other sources.
    """
    heads, names = {re.sub("^[Tt]he ", "", source.split(",")[0].strip()) for source in printed}, [*names]
    full, ends = [name for name in names if " " in name], {*map(surname, names)}
    alone = (ends & {*heads, *names}) - ({*shared} if full else set())
    full = full or [head for head in heads if surname(head) in ends and " " in head]  # "Mrs Justice Lind"
    plain = {name: re.sub(r"[^\w\s'’-]", r"\\\g<0>", name) for name in {*full, *alone}}
    forms = [*(plain[name] for name in sorted(full)), *(f"^(?:[Tt]he )?{plain[name]}" for name in sorted(alone))]
    return f"(?:{'|'.join(forms)})(?=,|$)"


def draw_articles(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the articles that are searched for names: all, or of very many DRAWN, drawn by their texts."""
    return articles.sort_values("text", key=lambda texts: texts.map(hash_text), kind="stable").head(DRAWN).sort_index()


def load_entities(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the names that spaCy's entity recogniser finds in articles (article_id, outlet, text).

    One row is one name: article_id, name (as printed), label (one of NAME_LABELS), start, end (characters into the
    article's text), outlet. What it finds in a text is stored and found again while the model is the same.
    """
    keys = [hash_text(text) for text in articles["text"]]
    texts = dict(zip(keys, articles["text"], strict=True))

    def find(missing: list[str]) -> "Iterator[pa.Table]":
        docs = load_model(for_names=True).pipe([texts[key] for key in missing], batch_size=32)
        rows = [[(one.text, one.label_, one.start_char, one.end_char) for one in doc.ents if one.label_ in NAME_LABELS]
                for doc in tqdm(docs, "names", len(missing), unit=" articles", leave=False)]  # fmt: skip
        yield pa.table({"key": missing, "names": map(json.dumps, rows)})

    found = recall(STORE / "entities" / hash_text(describe_model()), keys, find).to_pydict()
    own = zip(articles["article_id"], map(json.loads, found.get("names", [])), articles["outlet"], strict=True)
    rows = [(article_id, *name, outlet) for article_id, names, outlet in own for name in names]
    types = {"article_id": "str", "name": "str", "label": "str", "start": "int64", "end": "int64", "outlet": "str"}
    return pd.DataFrame(rows, columns=[*types]).astype(types)


def clean_names(entities: pd.DataFrame) -> pd.DataFrame:
    """Return entities with cleaned names (see `clean_name`), each name with its most frequent label.

    What is no name, or is a title, a state's (not "Georgia") or an outlet's, in full or its last word, is left out.
    """
    names = entities.assign(name=entities["name"].map(clean_name).astype("str"))
    untitled = names["name"].str.replace(_TITLED, "", regex=True)
    names = names.assign(name=names["name"].mask(names["label"].eq("PERSON"), untitled))
    outlets = {*map(clean_name, entities["outlet"].unique())}
    outlets |= {outlet.split()[-1] for outlet in outlets if outlet and {*_SMALL}.isdisjoint(outlet.split())}
    none = {one.casefold() for one in outlets | list_words("place_words.csv", "state") if one not in KNOWN_FORMS}
    held = {surname(name) for name in names["name"] if " " in name}  # "King" is a title, and Ada King's
    names = names[names["name"].map(_NAME.fullmatch).notna() & ~names["name"].str.casefold().isin(none)]
    names = names[names["name"].isin(held) | names["label"].ne("PERSON") | ~names["name"].str.lower().isin(_TITLES)]
    return names.assign(label=names.groupby("name")["label"].transform(lambda own: own.mode().iloc[0]))


def clean_name(name: str) -> str:
    """Return a name without article, possessive and marks around it, with plain apostrophes."""
    name = _PARTS.sub("", " ".join(name.translate(MARKS).split()))
    return re.sub(r"^((?:[A-Z]\.)+[A-Z])$", r"\1.", name)  # "U.N." keeps its stop


def fold_name(name: str) -> str:
    """Return a name as names are compared: small letters, without accents, hyphens, stops and Arabic articles."""
    words = re.findall(r"\w+", fold(name).replace(".", ""))
    return " ".join([word for word in words if word not in index_lexicon("name_particles.csv")] or words)


# each name in countries.csv, as `clean_name` leaves it and in capitals -> its row of actors.csv
KNOWN_FORMS = {clean_name(row["alias"]): tuple(row.values()) for row in read_lexicon("countries.csv")}
KNOWN_FORMS = {name.upper(): row for name, row in KNOWN_FORMS.items()} | KNOWN_FORMS


def find_printed(actors: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """Return where texts print an alias, the longest that stands there: alias, n (1), placed, last, gap.

    `placed` says whether it stands where a place does ("in X"), or is told or credited ("via X"). Between it and
    `last`, the alias before it, stands `gap`.
    """
    matcher, rows = compile_aliases(actors), []
    for text in texts:
        last, end = "", 0
        for name in match_names(text := text.translate(MARKS), matcher):
            alias, gap = name.aliases[0].alias, text[end : name.start]
            rows.append((alias, 1, bool(_PLACED.search(gap)), last, gap if last else ""))
            last, end = alias, name.end
    return pd.DataFrame(rows, columns=["alias", "n", "placed", "last", "gap"])


def find_other_names(printed: pd.DataFrame, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return pairs of names of one actor: "X, also known as Y", and an acronym in brackets, or after "or".

    `printed` is as `find_printed` returns it, `labels` is name -> spaCy's label. An acronym has half its letters from
    the initials of the name, which is no person's, or stands so twice (as of a name in another language).
    """
    pairs, found = printed.groupby(["gap", "last", "alias"], as_index=False)["n"].sum(), []
    for gap, *pair, n in pairs.itertuples(index=False):
        short, long = sorted(pair, key=lambda name: not name.isupper())
        is_own = long not in KNOWN_FORMS and labels.get(long) != "PERSON"  # no "CITY (AGENCY)", "Front of Ostrel (FO)"
        is_acronym = short.isupper() and is_own and n + (2 * len({*short} & {*long}) >= len({*short})) > 1
        is_people = any(labels.get(name) == "NORP" and not name.isupper() for name in pair)  # "Norlandic acronym for"
        if not is_people and (_CALLED.fullmatch(gap) or (is_acronym and gap in (" (", " [", ", or "))):
            found.append((short, long))
    return found


def group_names(names: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """Return the names (name, label) as aliases of actors: actor, alias, kind, note; n, how often texts print it.

    A name that countries.csv knows has its actor from there. Forms of one name are: names that differ only by capitals,
    hyphens and "al-"; those that an article says are one ("X, also known as Y"), an acronym and the name it is defined
    beside among them; and those that `join_names` joins. Left out are what often stands where a place does ("in
    Ostrel"), and the agency that is told or credited ("via Reuters", "Kessler/Reuters").
    """
    labels = {name: "ORG" for text in texts for name in _find_defined(text)}
    labels |= dict(zip(names["name"], names["label"], strict=True))
    bodies = {"", *(KNOWN_FORMS[name][0] for name in KNOWN_FORMS.keys() & labels.keys())}
    rows = [row for row in dict.fromkeys(KNOWN_FORMS.values()) if row[0] in bodies]
    unknown = [name for name in labels if KNOWN_FORMS.keys().isdisjoint({name, name.removesuffix("s")})]
    rows += [("", name, "acronym" if name.isupper() and " " not in name else "name", "") for name in unknown]
    named = pd.DataFrame(rows, columns=[*ACTOR_COLUMNS], dtype="str")
    printed = find_printed(named, texts)
    named = named.merge(printed.groupby("alias", as_index=False)[["n", "placed"]].sum())
    is_body = named["placed"].lt(2) & named["n"].ge(SURE) & named["alias"].map(labels).eq("GPE")
    labels |= dict.fromkeys(named["alias"][is_body], "ORG")  # much happens in a town that is told of so often
    is_place = named["placed"].ge((named["alias"].map(labels).map(_PLACES) * named["n"]).clip(lower=2))
    is_other = is_place & named["actor"].eq("")
    named = named.assign(fold=named["alias"].map(fold), key=named["alias"].map(fold_name))[~is_other]
    named.loc[named["fold"].duplicated(keep=False) & named["actor"].eq(""), "kind"] = "name"  # "ROPE" and "Rope"
    named = named.sort_values(["actor", "n", "alias"], ascending=[False, False, True]).drop_duplicates("fold")
    new = named[named["actor"].eq("")].drop_duplicates("key")
    types = new["alias"].map(labels).set_axis(new["key"])
    counts = named.groupby("key")["n"].sum()
    owners = join_names(counts[types.index].to_dict(), types.to_dict())
    owners |= {fold_name(name): actor for name, (actor, *_) in KNOWN_FORMS.items()}
    owner = named["key"].map(owners).set_axis(named["fold"])
    for pair in find_other_names(printed, labels):
        one, other = sorted((owner.get(fold(name), "") for name in pair), key=bodies.__contains__)
        if one not in bodies and other:
            owner = owner.replace(one, other)
    named = named.assign(owner=[*owner], full=named["key"].str.contains(" "), ink=named["n"] * named["alias"].str.len())
    named = named[named["owner"].ne("")].sort_values(["full", "ink", "alias"], ascending=[False, False, True])
    fullest = named.groupby("owner")["alias"].transform("first")
    return named.assign(actor=named["owner"].where(named["owner"].isin(bodies), fullest))[[*ACTOR_COLUMNS, "n"]]


def _find_defined(text: str) -> Iterator[str]:
    """Yield the names whose initials stand in brackets behind them, and these: "Free Dockers (FD)"."""
    for long, short in _DEFINED.findall(text):
        starts = [one.start() for one in re.finditer(r"\b[A-Z]", long)][-len(short) :]
        if "".join(long[at] for at in starts) == short:
            yield from (clean_name(long[starts[0] :]), short)


def join_names(counts: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, str]:
    """Return name -> the name it is a form of: itself where it is no other's, empty where two persons share it.

    `counts` is name -> how often it is printed; `labels` are spaCy's. One name is: a name and what it begins ("Free
    Dockers", "Free Dockers of Ostrel"); a person's names where one holds the other; and a name of one word with the
    body that alone holds it, or the person that nearly does; a surname with who has three fifths of all its mentions.
    """
    owners, ordinary = {}, index_lexicon("ordinary_words.csv").keys()
    holders: dict[str, Counter[str]] = defaultdict(Counter)  # of a word: the names that hold it, with their mentions
    for name in sorted(counts, key=lambda name: (" " not in name, -counts[name], name)):
        if " " in name:
            near = (main for word in name.split() for main in holders[word] if _is_form(name, main, labels))
            owners[name] = next(near, name)
            for word in name.split():
                if labels[name] == "PERSON" or word not in ordinary:  # "House" is no White House
                    holders[word][owners[name]] += counts[name]
            continue
        family = {main for main in holders[name] if main.endswith(f" {name}") and labels[main] == "PERSON"}
        held = Counter({main: n for main, n in holders[name].items() if main in (family or holders[name])})
        n, [(top, most)] = counts[name], held.most_common(1) or [(name, 0)]
        is_one = len(held) == 1 or (labels[top] == "PERSON" and most >= 0.8 * held.total())
        is_part = is_one and most >= 0.1 * n  # nobody is known by a word that is printed far more
        is_theirs = labels[name] != "NORP" and (family or (is_part and labels[name] != "GPE"))
        owners[name] = (top if most >= 0.6 * held.total() else "") if is_theirs else name
    return owners


def _is_form(one: str, other: str, labels: Mapping[str, str]) -> bool:
    """Return whether two names of several words are forms of one."""
    short, long = sorted((one.split(), other.split()), key=len)
    if "PERSON" not in (labels[one], labels[other]):
        return long[: len(short)] == short and long[len(short)] in ("of", "for", "in")
    rest = iter(long)  # "anna b kessler" holds "anna kessler", in this order
    return short[-1] == long[-1] and all(word in rest for word in short) and {*_SMALL}.isdisjoint(long)
