"""Split a text into sentences by rules, so that the breaks do not depend on a model."""

from typing import NamedTuple

from helpers.lexicons import compile_speech

# what ends one, and is none all the same: "Dr.", "1. The ceasefire"
_BREAK, _NO_END, _LIST_NUMBER, _LINE = map(compile_speech, ("break", "no end", "list number", "words of a line"))


class Sentence(NamedTuple):
    """One sentence: its paragraph and its characters in the text."""

    paragraph_no: int
    start: int
    end: int


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, paragraph by paragraph (a line, without the asterisks of one in bold).

    A sentence ends at . ! ? or … with the closing marks after it, before white space and a word that does not begin in
    lower case, or a sign or address; but not after a title ("Dr."), an initial, or a dotted abbreviation ("U.S.")
    unless the next word usually begins a sentence: lexicons/sentence_ends.csv and speech_patterns.csv. Quotations are
    split too: a speech of three sentences is three sentences.
    """
    found: list[Sentence] = []
    for paragraph_no, line in enumerate(_LINE.finditer(text)):
        start, last = line.span("words")
        for match in _BREAK.finditer(text, start, last):
            if _NO_END.match(text, match.start("gap"), last) or _LIST_NUMBER.fullmatch(text, start, match.end("stop")):
                continue
            closes = match["apart"] and text.count(match["apart"], line.start(), match.start()) % 2
            found.append(Sentence(paragraph_no, start, match.end("apart") if closes else match.start("gap")))
            start = match.end() if closes else match.end("gap")
        found.append(Sentence(paragraph_no, start, last))
    return found
