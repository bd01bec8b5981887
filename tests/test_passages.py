from tests.parsing import read_text


def test_outlet_paraphrase_and_quotation_are_kept_apart():
    read = read_text("Townsend said the fight would “deliver a decisive blow to the idea”. It went on.")
    assert [(p.voice, p.text.strip()) for p in read.passages.itertuples()] == [
        ("outlet", "Townsend said"), ("paraphrase", "the fight would"),
        ("quote", "“deliver a decisive blow to the idea”."), ("outlet", "It went on."),
    ]  # fmt: skip


def test_a_quoted_word_keeps_the_voice_around_it_and_is_marked():
    read = read_text("The SDF is preparing to “liberate” Raqqa from the “Islamic State” now.")
    assert read.passages["voice"].tolist() == ["outlet"]
    assert read.mentions.set_index("actor")["scare"].to_dict() == {"SDF": False, "ISIS": True}


def test_words_in_square_brackets_are_the_outlets():
    read = read_text('"ISIS [Daesh] not only faces an imminent defeat," the media outlet emphasized.')
    assert read.mentions[["variant", "voice"]].values.tolist() == [["ISIS", "quote"], ["Daesh", "outlet"]]


def test_speech_without_a_source_is_still_a_quotation():
    passages = read_text("There were signs. “It was all over by then,” and so on.").passages
    assert passages[passages["voice"] == "quote"]["attribution_id"].tolist() == [""]


def test_passages_tile_each_sentence():
    read = read_text("“One two three,” he said.\nX [y] “four five six” z. According to Kagan, it is “over”.")
    for sentence in read.sentences.itertuples():
        inside = read.passages[read.passages["sentence_no"] == sentence.sentence_no]
        assert [sentence.start, *inside["end"]] == [*inside["start"], sentence.end]
