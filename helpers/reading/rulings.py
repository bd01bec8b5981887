"""The model's rules for parts of speech, features and lemmas, looked up rather than tried one by one.

spaCy's attribute ruler tries each of its rules (179 in the English model) at each word, which takes a third of a
parse, and its lemmatizer asks one word after the other. But what a rule asks of a word (its form, tag, relation) has
few different answers, and a lemma follows from form, part of speech and features: each is worked out once, from the
rules of the model that is loaded, and looked up from then on. Every word gets what spaCy's own components give it;
those stay in their place where they hold a rule that cannot be looked up.
"""

import re
from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import AttributeRuler, Lemmatizer
    from spacy.strings import StringStore
    from spacy.tokens import Doc

_ASKED = ("ORTH", "LOWER", "TAG", "DEP", "IS_SPACE")  # what a rule that is looked up may ask of a word
_SET = ("TAG", "POS", "MORPH", "LEMMA", "DEP")  # what it may set
MOST = 100_000  # forms that are remembered, so that memory does not grow with the articles
_TESTS = ("IN", "NOT_IN", "REGEX")


class Pattern(NamedTuple):
    """Words that a rule is about: what it asks of each, and which of them it sets."""

    rule: int
    asks: list[dict[str, tuple[str, Any]]]  # a word each: attribute -> one of _TESTS, and the values or the expression
    index: int


class Bits(dict[int, int]):
    """Value of one attribute -> bits of the questions that it answers with yes, or that do not ask for it."""

    def __init__(self, asks: list[tuple[int, tuple[str, Any] | None]], strings: "StringStore") -> None:
        self.always, self.listed, self.tests, self.strings = 0, {}, [], strings
        for bit, ask in asks:
            if ask is None:
                self.always |= 1 << bit
            elif ask[0] == "IN":
                for value in ask[1]:
                    self.listed[value] = self.listed.get(value, 0) | 1 << bit
            else:
                self.tests.append((bit, *ask))

    def __missing__(self, value: int) -> int:
        bits = self.always | self.listed.get(value, 0)
        for bit, test, wanted in self.tests:
            if value not in wanted if test == "NOT_IN" else wanted.search(self.strings[value]):
                bits |= 1 << bit
        if len(self) >= MOST:
            self.clear()
        self[value] = bits
        return bits


def look_up_rules(nlp: "Language") -> None:
    """Put look-ups in the place of a pipeline's attribute ruler and rule lemmatizer, where these are spaCy's own."""
    from spacy.lang.en.lemmatizer import EnglishLemmatizer
    from spacy.pipeline import AttributeRuler

    parts = dict(nlp.pipeline)
    ruler, lemmatizer = parts.get("attribute_ruler"), parts.get("lemmatizer")
    if type(ruler) is AttributeRuler and read_patterns(ruler):
        _replace(nlp, "attribute_ruler", _make_ruler)
    if type(lemmatizer) is EnglishLemmatizer and lemmatizer.mode == "rule":
        _replace(nlp, "lemmatizer", _make_lemmatizer)


def _replace(nlp: "Language", name: str, make: "Callable[[Language, str], Callable[[Doc], Doc]]") -> None:
    from spacy.language import Language

    Language.factory(f"{name}_looked_up", func=make)
    nlp.add_pipe(f"{name}_looked_up", after=name)
    nlp.remove_pipe(name)


def _make_ruler(nlp: "Language", name: str) -> "Callable[[Doc], Doc]":
    return make_ruler(nlp.get_pipe("attribute_ruler"))


def _make_lemmatizer(nlp: "Language", name: str) -> "Callable[[Doc], Doc]":
    return make_lemmatizer(nlp.get_pipe("lemmatizer"))


def read_patterns(ruler: "AttributeRuler") -> list[Pattern]:
    """Return the patterns of an attribute ruler, in the order of its rules; none where one cannot be looked up."""
    from spacy.attrs import IDS

    if not {IDS[name] for name in _SET} >= set().union(*ruler.attrs):
        return []
    patterns = []
    for number, rule in enumerate(ruler.patterns):
        for words in rule["patterns"]:
            asks = [_read_ask(word, ruler.vocab.strings) for word in words]
            if not all(asks) or not -len(asks) <= rule["index"] < len(asks):
                return []
            patterns.append(Pattern(number, asks, rule["index"] % len(asks)))
    return patterns


def _read_ask(word: dict[str, Any], strings: "StringStore") -> dict[str, tuple[str, Any]]:
    """Return what a pattern asks of one word; nothing where that cannot be looked up."""
    ask = {}
    for name, wanted in word.items():
        wanted = wanted if isinstance(wanted, dict) else {"IN": [wanted]}
        test, value = next(iter(wanted.items()), ("", ""))
        if name not in _ASKED or len(wanted) != 1 or test not in _TESTS:
            return {}
        if test != "REGEX" and isinstance(value, list) and all(isinstance(one, str | bool) for one in value):
            value = frozenset(strings.add(one) if isinstance(one, str) else int(one) for one in value)
        elif test == "REGEX" and isinstance(value, str) and name != "IS_SPACE":
            value = re.compile(value)
        else:
            return {}
        ask[name] = test, value
    return ask


def make_ruler(ruler: "AttributeRuler") -> "Callable[[Doc], Doc]":
    """Return a function that sets in a parsed text what an attribute ruler sets; its patterns can all be looked up."""
    from spacy.attrs import IDS

    patterns = read_patterns(ruler)
    sets = [{name: attrs[IDS[name]] for name in _SET if IDS[name] in attrs} for attrs in ruler.attrs]
    # a pattern of one word has its own number as its bit; of those of several, each word has a bit behind these
    questions, runs = [], []
    for number, pattern in enumerate(patterns):
        if len(pattern.asks) == 1:
            questions.append((number, pattern.asks[0]))
        else:
            first = len(patterns) + sum(len(bits) for *_, bits in runs)
            bits = range(first, first + len(pattern.asks))
            runs.append((number, pattern.index, bits))
            questions.extend(zip(bits, pattern.asks, strict=True))
    asked = [name for name in _ASKED if any(name in ask for _, ask in questions)]
    answers = [Bits([(bit, ask.get(name)) for bit, ask in questions], ruler.vocab.strings) for name in asked]
    whole = (1 << len(patterns)) - 1
    begins = sum(1 << bits[0] for *_, bits in runs)
    rows: dict[int, int] = {}  # bits of the patterns that hold for a word -> row in both tables
    given, values = np.zeros((0, len(_SET)), bool), np.zeros((0, len(_SET)), np.uint64)

    def set_rules(doc: "Doc") -> "Doc":
        nonlocal given, values
        if not len(doc):
            return doc
        table = doc.to_array([*asked, *_SET])
        held: Any = repeat(-1)
        for bits, column in zip(answers, table[:, : len(asked)].T.tolist(), strict=True):
            held = [before & bits[value] for before, value in zip(held, column, strict=False)]
        hits = [bits & whole for bits in held]
        for at in [at for at, bits in enumerate(held) if bits & begins]:
            for number, index, bits in runs:
                words = held[at : at + len(bits)]
                if len(words) == len(bits) and all(word >> bit & 1 for word, bit in zip(words, bits, strict=True)):
                    hits[at + index] |= 1 << number
        for bits in set(hits) - rows.keys():
            rows[bits] = len(rows)
            merged = _merge(bits, patterns, sets)
            given = np.append(given, [[name in merged for name in _SET]], axis=0)
            values = np.append(values, np.array([[merged.get(name, 0) for name in _SET]], np.uint64), axis=0)
        at = np.array([rows[bits] for bits in hits])
        return doc.from_array([*_SET], np.where(given[at], values[at], table[:, len(asked) :]))

    return set_rules


def _merge(bits: int, patterns: list[Pattern], sets: list[dict[str, int]]) -> dict[str, int]:
    """Return what a word is given where these patterns hold; of two rules the later counts."""
    holding = (pattern.rule for number, pattern in enumerate(patterns) if bits >> number & 1)
    return {name: value for rule in holding for name, value in sets[rule].items()}


def make_lemmatizer(lemmatizer: "Lemmatizer") -> "Callable[[Doc], Doc]":
    """Return a function that gives each word of a parsed text the lemma that a rule lemmatizer gives it."""
    index = lemmatizer.lookups.get_table("lemma_index", {})
    for part, forms in list(index.items()):
        index[part] = frozenset(forms)  # spaCy only asks what is in it, and goes through a list of 57,000 nouns
    known: dict[tuple[int, ...], int] = {}

    def set_lemmas(doc: "Doc") -> "Doc":
        if not len(doc):
            return doc
        table = doc.to_array(["ORTH", "POS", "MORPH", "LEMMA"])
        lemmas = table[:, 3].tolist()
        for at, key in enumerate(zip(*table[:, :3].T.tolist(), strict=True)):
            if lemmatizer.overwrite or not lemmas[at]:
                if key not in known:
                    if len(known) >= MOST:
                        known.clear()
                    known[key] = doc.vocab.strings.add(lemmatizer.lemmatize(doc[at])[0])
                lemmas[at] = known[key]
        return doc.from_array(["LEMMA"], np.array(lemmas, np.uint64))

    return set_lemmas
