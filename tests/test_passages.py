"""Whose words a passage is: the outlet's own, reported by it, or quoted."""

import re

from tests.parsing import read_text, read_texts

VOICES = [  # each passage of a text after its voice
    "|outlet| Townsend said |paraphrase| the fight would |quote| “deliver a decisive blow to the idea”. |outlet| Fine.",
    # a quoted word keeps the voice around it
    "|outlet| The SDF is preparing to “liberate” Raqqa from the “Islamic State” now.",
    # words in square brackets are the outlet's
    '|quote| "ISIS |outlet| [Daesh] |quote| not only faces an imminent defeat," |outlet| the media outlet emphasized.',
    "|quote| “[W]e were told nothing,” |outlet| she said.",
    # speech without a source is still a quotation
    "|outlet| There were signs. |quote| “It was all over by then,” |outlet| and so on.",
    "|quote| “One two three,” |outlet| he said. |outlet| X [y] |quote| “four five six” |outlet| z. "
    "|outlet| According to Kagan, |paraphrase| it is “over”.",
]


def test_each_voice_has_its_own_passages_which_tile_their_sentence():
    read = read_texts({f"outlet-{n}": re.sub(r"\|\w+\| ", "", told) for n, told in enumerate(VOICES)})
    passages = read.passages
    told = "|" + passages["voice"] + "| " + passages["text"].str.strip()
    assert told.groupby(passages["article_id"]).agg(" ".join).tolist() == VOICES
    assert passages.query("article_id == 'outlet-4' and voice == 'quote'")["attribution_id"].tolist() == [""]
    assert read.mentions[["variant", "voice", "scare"]].to_numpy().tolist() == [
        ["SDF", "outlet", False], ["Islamic State", "outlet", True],
        ["ISIS", "quote", False], ["Daesh", "outlet", False],
    ]  # fmt: skip
    own_passages = passages.groupby(["article_id", "sentence_no"])
    for sentence, (_, own) in zip(read.sentences.itertuples(), own_passages, strict=True):
        assert [sentence.start, *own["end"]] == [*own["start"], sentence.end]


def test_what_the_outlet_adds_to_a_turn_is_its_own():
    passages = read_text("Jo: Why?\nLind: I left [the port] then.\nJo: And?\nLind: It rained.").passages
    assert passages.loc[passages["voice"].eq("quote"), "text"].str.strip().tolist() == ["I left", "then.", "It rained."]
