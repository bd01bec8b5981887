"""What the outlets call an actor, and which words they set around it."""

from typing import TYPE_CHECKING

import pandas as pd

from helpers.answers.articles import limit_articles
from helpers.answers.wording import NOBODY, list_words
from helpers.page import safe
from helpers.reading.schemas import UNRESOLVED

if TYPE_CHECKING:
    from helpers.reading import Reading

FEW = 3  # mentions below which an outlet has no "most often"


def answer_names(names: pd.DataFrame, actor: str) -> str:
    """Say which name each outlet uses most in its own voice; descriptions are no names."""
    if actor == UNRESOLVED:
        return NOBODY
    own = names[names["voice"].eq("outlet") & names["kind"].ne("description")]
    by_name: dict[str, list[str]] = {}
    few = []
    for outlet, used in own.groupby("outlet"):
        top = used.sort_values(["n", "variant"], ascending=[False, True]).iloc[0]
        total = int(used["n"].sum())
        if total < FEW:
            few.append(outlet)
        else:
            by_name.setdefault(top["variant"], []).append(f"{outlet} ({top['n']} of {total})")
    if not by_name:
        return (
            f"**No outlet names {safe(actor)} {FEW} times in its own voice: too few to say which name it uses most.**"
        )
    ordered = sorted(by_name.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    said = "; ".join(f"most often “{safe(name)}”: {list_words(outlets)}" for name, outlets in ordered)
    rest = f" Too few to say: {list_words(few)}." if few else ""
    return (
        f"**By name and in their own voice, the outlets call {safe(actor)} {said}.**{rest} Descriptions are left out."
    )


def answer_only_quoted(rows: pd.DataFrame) -> str:
    """Say which name stands only in others' words in one outlet and in the own prose of another."""
    rows = rows[(rows["n_quote"] + rows["n_paraphrase"]).ge(FEW) & rows["n_own_elsewhere"].ge(FEW)]
    if rows.empty:
        return (
            f"No name stands {FEW} times or more only in others' words in one outlet and in the own voice of another."
        )
    told = [
        f"“{safe(row.variant)}” ({safe(row.actor)}) stands in {safe(row.outlet)} only in others' words "
        f"({row.n_quote} in quotations, {row.n_paraphrase} paraphrased), and {row.n_own_elsewhere} times in the own "
        f"voice of {list_words(row.own_elsewhere.split(' | '))}"
        for row in rows.head(2).itertuples()
    ]
    return "**" + ". ".join(told) + ".**"


def answer_words(contrasts: pd.DataFrame, actor: str, target: str) -> str:
    """Say which words stand more around the actor in the target, and which more in the others."""
    if actor == UNRESOLVED:
        return NOBODY
    if contrasts.empty:
        return f"**Nothing to contrast: no other outlet than {safe(target)} has enough words around {safe(actor)}.**"
    single = int((contrasts["articles_target"] + contrasts["articles_rest"]).eq(1).sum())
    more, less = contrasts[contrasts["score"] > 0], contrasts[contrasts["score"] < 0].iloc[::-1]
    words = [list_words([f"“{term}”" for term in side["term"].head(5)], 5) for side in (more, less)]
    return (
        f"**Around {safe(actor)}, {safe(target)} gives more weight to {words[0]}; the others to {words[1]}.** "
        f"{single} of {len(contrasts)} terms come from a single article, of either side."
    )


def compare_terms(one: pd.DataFrame, other: pd.DataFrame) -> str:
    """Say which terms stand in only one of two contrasts: over all voices and over the outlets' own."""
    only = [sorted(set(a["term"]) - set(b["term"])) for a, b in ((one, other), (other, one))]
    told = [list_words([f"“{term}”" for term in terms], 10) for terms in only]
    return f"Only over all voices: {told[0]}. Only in the own voice: {told[1]}."


def limit_terms(contrasts: pd.DataFrame, read: "Reading") -> str:
    """Say how many of the terms rest on one article."""
    single = int((contrasts["articles_target"] + contrasts["articles_rest"]).eq(1).sum())
    return f"{single} of {len(contrasts)} terms stand in a single article. {limit_articles(read)}"


def answer_tested(contrasts: pd.DataFrame) -> str:
    """Say which terms hold beyond the articles at hand, or why none was tested."""
    if contrasts.empty:
        return "**Nothing to contrast.**"
    tested = contrasts[contrasts["p"].notna()]
    if tested.empty:
        return f"**No term is tested: {safe(contrasts['note'].iloc[0])}.** The words describe these articles only."
    held = tested[tested["p"].le(0.05)]
    words = list_words([f"“{term}”" for term in held["term"]], 12) if len(held) else "none"
    note = contrasts["note"].iloc[0]
    return f"**Terms that differ beyond chance, of {len(tested)}: {words}.**" + (f" {safe(note)}." if note else "")
