import pandas as pd
import pytest

from helpers.reading.masking import ACTOR, NAME, list_names, mask_text, place_words
from tests.parsing import read_each, read_text, read_texts

MASKED = {
    "ISIS was defeated by the Islamic State’s foes.": f"{ACTOR} was defeated by the {ACTOR}’s foes.",
    "The regime fell.": "The regime fell.",  # a description is a choice of words, not a name
    "Damascus thanked President Bashar al-Assad.": f"{ACTOR} thanked {NAME} {ACTOR}.",  # the space stays
    "The United Nations met in Geneva.": f"The {NAME} met in {NAME}.",
    "the rafah crossing closed.": f"the {NAME} crossing closed.",  # listed in corpus.toml
}


def test_names_are_masked_and_descriptions_stay():
    found = read_each("sentences", MASKED, settings={"masking": {"names": ["rafah"]}})
    assert {text: " ".join(rows["masked"]) for text, rows in found.items()} == MASKED


def test_outlets_and_bylines_are_names_to_mask():
    articles = pd.DataFrame({"outlet": ["sana", "Time", "B"], "author": ["Jo Reed and Al Poe, Editor", "Staff", ""]})
    assert list_names(articles, ["rafah"]) == ["Al Poe", "Jo Reed", "SANA", "Sana", "TIME", "Time", "rafah"]
    # the tagger takes such letters for no name: "sana" stood among the terms of a state agency's reports
    text = "The official SANA news agency said ISIS fled, and for the first time it won."
    lemmas = " ".join(read_texts({"sana-1": text, "time-1": "ISIS fled this time."}).passages["lemmas"]).split()
    assert "sana" not in lemmas and lemmas.count("time") == 2


def test_lemmas_mask_every_alias_and_know_their_place():
    read = read_text("The militants fled ISIS towns.")
    text, row = read.articles["text"][0], read.passages.iloc[0]
    lemmas = row["lemmas"].split()
    spans = zip(row["lemma_starts"].split(), row["lemma_ends"].split(), strict=True)
    words = [text[int(start) : int(end)] for start, end in spans]
    assert list(zip(lemmas, words, strict=True)) == [
        ("the", "The"), (ACTOR, "militants"), ("flee", "fled"), (ACTOR, "ISIS"), ("town", "towns"), (".", "."),
    ]  # fmt: skip


PLACED = [
    ("The Free Army won.", "The _actor_ won.", ["The", "Free", "won."]),
    ("Bank of England of old", "_name_ of old", ["Bank", "of", "old"]),
    ("Ada and Bo-backed men", "_name_ and _actor_-backed men", ["Ada", "and", "Bo-backed", "men"]),
    ("Only Names", "_name_", ["Only"]),
]


@pytest.mark.parametrize(("text", "masked", "words"), PLACED)
def test_the_words_of_a_masked_text_are_found_in_the_text(text, masked, words):
    assert mask_text("New York is big", 4, 15, [(0, 8, NAME)]) == f"{NAME} is big"  # cut to the stretch asked for
    assert [text[place:][: len(word)] for place, word in zip(place_words(text, masked), words, strict=True)] == words
