"""Find who acts and who is acted upon: a parsed article and its mentions in, acts out. Pure."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.schemas import UNRESOLVED

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from helpers.actors import Mention
    from helpers.reading import Reading


class Act(NamedTuple):
    """One actor mention in one act, or as the owner or qualifier of a noun."""

    mention: "Mention"
    role: str
    verb: str
    verb_start: int
    verb_end: int
    voice_of_verb: str
    nominal: bool
    negated: bool


def find_acts(doc: "Doc", mentions: Sequence["Mention"]) -> list[Act]:
    """Return what each actor mention does, undergoes, owns or qualifies.

    Subjects of active verbs and "by" agents are agents; objects and subjects of passives are patients; "X's
    advance" makes X the possessor, "X air strikes" the modifier. Joined subjects and joined verbs count for each.
    Mentions that stand for a place, or for somebody left open, have no role.
    """
    acts = []
    for mention in mentions:
        if mention.role == "place" or mention.actor == UNRESOLVED:
            continue
        span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if span is not None:
            acts.extend(_acts_of(mention, span.root))
    return acts


def _acts_of(mention: "Mention", token: "Token") -> Iterator[Act]:
    if token.dep_ == "poss" or mention.role == "possessive":
        yield _act(mention, "possessor", token.head, "", nominal=True)
        return
    if token.dep_ in ("compound", "amod", "nmod"):
        yield _act(mention, "modifier", token.head, "", nominal=True)
        return
    while token.dep_ in ("conj", "appos") and token.head is not token and token.head.pos_ in ("NOUN", "PROPN", "PRON"):
        token = token.head
    relation, head = token.dep_, token.head
    if relation == "nsubj":
        for verb in _joined_verbs(head):
            yield _act(mention, "agent", verb, "active")
    elif relation == "nsubjpass":
        for verb in _joined_verbs(head):
            by = any(child.dep_ == "agent" for child in verb.children)
            yield _act(mention, "patient", verb, "passive" if by else "agentless")
    elif relation in ("dobj", "dative"):
        yield _act(mention, "patient", head, "active")
    elif relation == "pobj" and head.dep_ == "agent":
        yield _act(mention, "agent", head.head, "passive")


def _joined_verbs(verb: "Token") -> list["Token"]:
    """The verb and those joined to it that have no subject of their own ("entered and took")."""
    joined = [
        child
        for child in verb.children
        if child.dep_ == "conj"
        and child.pos_ == "VERB"
        and not any(grandchild.dep_.startswith("nsubj") for grandchild in child.children)
    ]
    return [verb, *joined]


def _act(mention: "Mention", role: str, word: "Token", voice: str, nominal: bool = False) -> Act:
    negated = any(child.dep_ == "neg" for child in word.children)
    return Act(mention, role, word.lemma_.lower(), word.idx, word.idx + len(word), voice, nominal, negated)


def count_roles(read: "Reading", *, actor: str | None = None, voice: str | None = None) -> pd.DataFrame:
    """Count how often each actor acts and is acted upon, by outlet.

    One row is one actor x outlet x role.

    Parameters
    ----------
    read : what was read
    actor, voice : count only this actor, only mentions in this voice

    Returns
    -------
    DataFrame with actor, outlet, voice ("all" or the one asked for), role (agent, patient, possessor, modifier), n,
    n_articles, total (all acts of the actor in the outlet) and share (n / total, 0 to 1).
    """
    acts = read.acts
    acts = acts if actor is None else acts[acts["actor"] == actor]
    acts = acts if voice is None else acts[acts["voice"] == voice]
    counts = acts.groupby(["actor", "outlet", "role"], as_index=False).agg(
        n=("role", "size"), n_articles=("article_id", "nunique")
    )
    total = counts.groupby(["actor", "outlet"])["n"].transform("sum")
    counts = counts.assign(voice=voice or "all", total=total, share=counts["n"] / total)
    return counts[["actor", "outlet", "voice", "role", "n", "n_articles", "total", "share"]]
