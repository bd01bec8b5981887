"""Find who is cited for what, and with which words: parsed articles in, citations out.

The terms are Pareti's (2015): a cue ("said", "according to") joins a source to its content. `find_citations` takes a
sentence through these stages:

1. words (features.py): the tokens become arrays, with head, relation and the quotation around each (`read_words`);
2. features (features.py): which tokens may be a cue (`find_candidates`), and the words around them as numbers
   (`describe_candidates`);
3. network (network.py): the log-odds that each is a cue (`score_cues`), to which it adds what a person decided
   in reporting_verbs.csv; then the chances of the words near likely cues to be source or content (`score_roles`);
4. spans (spans.py): from these chances to runs of tokens (`assign_roles`), and from runs to whole noun
   phrases (`find_sources`) and whole quotations (`find_parts`), as characters of the article;
5. articles (below): reports without a verb ("per X"), those at second hand ("Y quoted X as saying"), quotations that
   continue in the next sentence, citations inside others, block quotations.

The rows of the table `attributions` are made of them in reading/parsing.py.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress, pairwise
from math import exp
from typing import TYPE_CHECKING

import numpy as np
import regex

from helpers.lexicons import compile_speech, list_words, read_lexicon
from helpers.reading.attribution import features, network, spans
from helpers.reading.attribution.features import Parsed, Words
from helpers.reading.attribution.network import find_verb, list_lemmas
from helpers.reading.attribution.spans import REPORTING, Citation, Cue, Part, find_parts, find_phrase, span_of
from helpers.reading.source_words import NOUNS, find_row, kind_of
from helpers.reading.turns import LABELS, NOBODY

if TYPE_CHECKING:
    from spacy.strings import StringStore
    from spacy.tokens import Span

    from helpers.reading.quotations import Quotation

__all__ = ["REPORTING", "Citation", "Parsed", "Part", "find_citations", "list_lemmas"]

# Log-odds from which a candidate is a cue: a chance of 0.25 for a word that is known to report (it has a stance in
# reporting_verbs.csv), of 0.35 for another. Cross-validated, no other pair gave a higher F1 with a rate of speech
# attributions nearer to the annotators' (0.7 per 1,000 words too few).
_THRESHOLD, _UNLISTED = -1.1, -0.6
_NESTED = 0.5  # log-odds for a cue inside another's content: no corpus says where annotators would draw the line
_SURE = 0.9  # confidence of a report without a verb, and of a block quotation: annotators had marked 23 of 25 found
_WHO = r"[^\s,;:—()\"“”][^,;:—()\"“”\n]{0,80}?"  # who speaks or relays it in a phrase
_WRITER, _NOBODY, _UNNAMED, _OWN, _PERSON = map(compile_speech, ("writer", "nobody", "unnamed", "own words", "person"))
_REPORT, _GAP, _GOES_ON = map(compile_speech, ("report", "before a block", "goes on"))
_LEADS, _ENDS = map(compile_speech, ("speaker first", "speaker last"))


def find_citations(articles: Sequence[Parsed], model: network.Network | None = None) -> list[list[Citation]]:
    """Return every attribution in each of some parsed articles, in the order of the cues.

    A cue is accepted where its log-odds pass the thresholds; its source and content are the words that the network
    gives it, completed to whole noun phrases and whole quotations. Quotations that continue in the next sentence
    join their speaker; a quoted speaker's own reports are read as that speaker's words; reports inside a paraphrase are
    returned with their `parent`. Block quotations without marks follow from the sentence that introduces them.
    `model` is the network shipped unless another is given.
    """
    if not articles:
        return []
    words = features.read_words(articles)
    cues: list[list[Cue]] = [[] for _ in articles]
    for cue in score_words(words, articles[0].doc.vocab.strings, model or network.load_network()):
        cues[cue.article].append(cue)
    return list(map(_cite_article, articles, cues))


def score_words(words: Words, strings: "StringStore", model: network.Network) -> list[Cue]:
    """Return the words that may be accepted as cues, with the network's chances for the words near them."""
    at = features.find_candidates(words, strings, model["nominal"], list_words("reporting_verbs.csv", "always"))
    frames = features.name_frames(words, at)
    # is it a cue?
    state = network.encode_words(model, words)
    seen = (at, words.near[at, features.HEAD], words.near[at, features.SUBJECT])
    odds = network.score_cues(model, state, seen, features.describe_candidates(words, at, frames))
    names = [network.FRAMES[frame] for frame in frames]
    rows = [find_verb(strings[n].lower(), name) for n, name in zip(words.lemma[at].tolist(), names, strict=True)]
    odds += np.array([network.USES[row["use"]] for row in rows])[:, None]
    least = np.where([row["stance"] != "" for row in rows], _THRESHOLD, _UNLISTED)
    kept = (odds[:, 1] > least) | (odds[:, 0] > _NESTED)
    # if it is one, which of the words near it are its source and its content?
    cues, near = features.pair_words(words, at[kept])
    role, head = network.score_roles(model, state, cues, near, features.describe_pairs(words, cues, near))
    content = np.log(role[:, 2] + 1e-6) - np.log(1 - role[:, 2] + 1e-6)
    begins = np.searchsorted(cues, at[kept])  # where the pairs of each cue begin
    own = [slice(*edges) for edges in pairwise([*begins.tolist(), len(cues)])]
    chances = ([column[pairs] for pairs in own] for column in (head, role[:, 1], content))
    article = np.searchsorted(words.begin, at[kept], "right") - 1
    token, first = (places - words.begin[article] for places in (at[kept], near[begins]))  # numbers in the article
    numbers = (article, token, *odds[kept].T, least[kept], first)
    return list(map(Cue, compress(names, kept), *(column.tolist() for column in numbers), *chances))


def _cite_article(article: Parsed, cues: Sequence[Cue]) -> list[Citation]:
    """Return the citations of one article from its likely cues."""
    text, doc, speech = article.text, article.doc, [one for one in article.quotations if one.is_speech]
    cues = [cue for cue in cues if doc[cue.token].lower_ != "citing"]  # only from whom another report has it
    outer = [_cite(article, cue, cue.outer, speech) for cue in cues if cue.outer > cue.least]
    outer = sorted((*_cite_headlines(article, speech), *outer), key=lambda one: one.cue)
    blocks = [  # what is said in a turn of an interview, or in a post; an interviewer's questions are the outlet's
        Citation(turn.cue, ":", "label", find_verb(":", "label")["stance"], (turn.speaker,) if turn.speaker else (),
                 tuple(Part(*one, True) for one in turn.contents), None, _SURE)
        for turn in article.turns if not turn.asks
    ]  # fmt: skip
    quoted = spans.paint(len(text), article.quotations) >= 0
    said = spans.paint(len(text), (part for block in blocks for part in block.parts)) >= 0  # it has its speaker
    unsaid = [one for one in speech if not said[one.start]]
    outer = [c for c in spans.continue_quotations(text, article.sentences, unsaid, outer) if c.parts]
    held = spans.paint(len(text), (part for citation in outer for part in citation.parts)) >= 0
    held &= ~quoted  # a quoted speaker's own reports are that speaker's words
    held[[citation.cue[0] for citation in outer]] = False
    inner = [_cite(article, cue, cue.alone, speech) for cue in cues if cue.alone > _NESTED and held[doc[cue.token].idx]]
    found = []
    for one in (*outer, *(c for c in inner if c.parts)):
        if find_verb(one.lemma, one.frame)["use"] != "never" and not _is_label(article, one):
            told = quoted[one.cue[0]] or not one.sources  # in a turn "I" is whose turn it is
            is_own = not told and all(_WRITER.fullmatch(text, *span) for span in one.sources)
            found.append(one._replace(stance="") if is_own else one)  # "we believe" is found, but does not count
    found = _cite_phrases(article, found, speech)
    blocks += _cite_blocks(article, found)
    own = {citation.cue: citation for citation in (*found, *blocks)}  # a word is the cue of one attribution
    named = ((one, tuple(span for span in one.sources if not _NOBODY.match(text, span[0]))) for one in own.values())
    return _name_parents(sorted(one._replace(sources=sources) for one, sources in named))


def _cite(article: Parsed, accepted: Cue, odds: float, speech: "Sequence[Quotation]") -> Citation:
    """Return the citation of an accepted cue."""
    doc, text, frame = article.doc, article.text, accepted.frame
    token = doc[accepted.token]
    lemma = spans.name_verb(token, network.load_rows())
    cue, via = span_of(token, token), spans.find_recipient(token)
    following = doc[token.i + 1] if token.i + 1 < len(doc) else token
    if token.lower_ == "according" and following.lower_ == "to":
        cue, lemma, frame, via = span_of(token, following), "according to", "according", None
    elif token.lower_ == ":":
        frame = "label"
    elif following.dep_ == "prt" and following.head == token:
        cue = span_of(token, following)
    after = spans.find_inverted(token, list_words("speech_tags.csv", "inverted"))
    source, runs = spans.assign_roles(accepted, after if after and _may_speak(doc[after.i : after.i + 1]) else None)
    first, last = source or (0, -1)
    whose = doc[first : last + 1].root if source else token
    while whose.dep_ == "pobj" and (above := find_row(whose.head.head))["kind"] == "person" and above["speaks_for"]:
        whose = whose.head.head
        first = min(first, whose.left_edge.i)  # "[a source at] the ministry"
    sources = spans.find_sources(doc[first : last + 1], token) if source else ()
    row = find_verb(lemma, frame)
    stance, by_speakers = row["stance"], row["use"] == "speakers"
    patients = [one.i for one in token.children if one.dep_ == "nsubjpass"]
    if stance not in ("", "cognitive", "emotive") and any(first <= one <= last for one in patients):
        sources = ()  # "X was reported dead", but "X was worried"
    if lemma == "according to" or by_speakers:
        speakers = (doc.char_span(*one, alignment_mode="expand") for one in sources)
        if not all(_may_speak(one, unlisted=not by_speakers) for one in speakers):
            frame, stance = (frame, "") if by_speakers else ("preposition", stance)
    runs = [(doc[left], spans.complete(doc[right], {token.i, *range(first, last + 1)})) for left, right in runs]
    whom = ("me", "you", "him", "us", "them") if lemma == "tell" else ()
    empty = {"aux", "auxpass", "neg", *whom}  # no content: "[did] [not] reply", "told [them]"
    content = [span_of(*run) for run in runs if run[1].head != token or empty.isdisjoint((run[1].dep_, run[1].lower_))]
    parts = find_parts(doc, text, token.idx, content, speech) if content else ()
    helping = {one.dep_ for one in token.children if one.dep_ == "auxpass" or one.tag_ == "MD"}
    if frame in ("none", "quotation") and parts and parts[0].quoted and not by_speakers:
        frame, is_whole = "quotation", spans.WHOLE.fullmatch(text, *parts[0][:2])  # or short: “Stop!” shouted Orr
        stance = find_verb(lemma, frame)["stance"] or ("neutral" if is_whole else "")  # Orr rose: “We stay.”
    elif frame in ("clause", "passive") and not sources and "auxpass" in helping:
        frame = "clause" if "aux" in helping else "passive"  # "it should be said that", but "it is said that"
    elif frame == "clause" and parts and parts[0].end <= cue[0]:
        frame = "parenthetical"
    # a phrase of the parse may hold its cue too
    sources = tuple(spans.trim(text, one[0], cue[0]) if one[0] < cue[0] < one[1] else one for one in sources)
    return Citation(cue, lemma, frame, stance, sources, parts, via, 1 / (1 + exp(-odds)))


def _may_speak(source: "Span", unlisted: bool = False) -> bool:
    """Return whether a source is somebody or a document: a name, a pronoun, a noun of source_nouns.csv or in "-er".

    A noun that is not listed is one only where `unlisted` says so.
    """
    root, row = source.root, find_row(source.root)
    if row["noun"]:
        return row["kind"] != "none"
    return unlisted or root.pos_ != "NOUN" or any(map(_PERSON.search, (root.lemma_.lower(), root.lower_)))


def _is_label(article: Parsed, citation: Citation) -> bool:
    """Return whether a label or name reports nothing: "Q:", "AYTON:", "9:45:", "Editor's note:", a title."""
    text, (cue, end) = article.text, citation.cue
    begin = max(text.rfind(mark, 0, cue) for mark in "\n.!?") + 1
    head, label = text[begin:cue].partition(":")[0].strip(), text[begin : max(text.find(":", cue), begin)].strip(" ([")
    is_nobody = label.casefold() in list_words(LABELS, *NOBODY) or head.casefold() in list_words(LABELS, "elsewhere")
    is_name = text[cue:end] == "Said" and bool(head)  # a person's, as in credits
    is_capital = label.isupper() and label.lower() not in NOUNS  # a town, but not "UN:"
    named = (article.doc.char_span(*one, alignment_mode="expand") for one in citation.sources)
    # "The good news: ...", but not "Roe: ..." or "His answer: “No.”"
    is_topic = not all(citation.parts[0].quoted or one.root.text[0].isupper() or _may_speak(one) for one in named)
    is_thing = citation.frame == "label" and (is_topic or is_capital or label in spans.THERE.findall(text))
    at = citation.sources[0][0] if citation.sources else -1
    is_turn = any(one.label[0] <= at < max(one.label[1], one.cue[0]) for one in article.turns)
    written = ("write", "read", "publish", "release") if cue < citation.parts[0].start else ()
    is_work = citation.lemma in ("reply", "answer", "respond", *written)  # "wrote three books", "replied by noon"
    is_work &= not any(one.quoted or spans.is_told(article.doc, one) for one in citation.parts)
    return is_nobody or is_name or is_thing or is_turn or is_work or bool(_UNNAMED.match(text, citation.parts[0].start))


def _cite_headlines(article: Parsed, speech: "Sequence[Quotation]") -> Iterator[Citation]:
    """Yield lines that begin or end with a noun for who says so: "Minister: Dam is safe", "Dam is safe: minister"."""
    doc, text, stance = article.doc, article.text, find_verb(":", "label")["stance"]
    for line in (*_LEADS.finditer(text), *_ENDS.finditer(text)):
        cue, (start, end) = line.span("cue"), line.span("name")
        parts = find_parts(doc, text, cue[0], [line.span("content")], speech)
        told = any(one.quoted or spans.is_told(doc, one) for one in parts)
        told &= kind_of(doc.char_span(start, end, alignment_mode="expand")) in ("person", "people", "body")
        if told and not spans.is_told(doc, Part(start, end, False)):  # but "Mr. Orr said: ..." is no label
            yield Citation(cue, ":", "label", stance, ((start, end),), parts, None, _SURE)


def _cite_blocks(article: Parsed, found: Sequence[Citation]) -> Iterator[Citation]:
    """Yield paragraphs quoted without marks: the sentence before names a report and has no stop, or ends "in full"."""
    doc, text, labels = article.doc, article.text, [turn.cue[0] for turn in article.turns]
    for gap in _GAP.finditer(text):  # most paragraphs end with a stop
        intro = max(text.rfind(mark, 0, gap.start() - 1) for mark in "\n.!?") + 1
        reports, (start, end) = _REPORT.finditer(text, intro, gap.start()), gap.span(1)
        words = [doc.char_span(*one.span(), alignment_mode="expand")[0] for one in reports]
        # the report is whole (“It is final,” says Orr), or the paragraph has one of its own
        near = [one for one in found if intro <= one.cue[0] < end]
        told = any(one.cue[0] >= start or one.parts[0].quoted for one in near) and text[gap.start() - 1] not in ":."
        if not words or told or any(intro <= label < end for label in labels):
            continue
        # "[Orr] tweeted", "this statement by [the union]", "[her] speech"
        below = [(word, one) for word in words for child in word.children for one in (child, *child.children)]
        speakers = [(word, one) for word, one in below if (one.dep_ == "pobj" and one.head.lower_ in ("by", "from"))
                    or (one.dep_ == "nsubj" and one.head.pos_ == "VERB" and one.tag_[0] != "W")
                    or (one.dep_ == "poss" and one.head == word)]  # fmt: skip
        token, *by = (*speakers, words[:1])[0]
        same = next((one for one in near if one.cue[0] < start), None)
        sources, lemma = (same.sources, same.lemma) if same else (tuple(map(find_phrase, by)), token.lemma_.lower())
        marked = [(one.cue, one.parts) for one in found if any(part.start == start for part in one.parts)]
        if not any(map(_OWN.fullmatch, text[:intro].split("\n"))):  # where the outlet says no "I", who does is quoted
            end = _GOES_ON.match(text, start).end()
        last = max([end, *(one.end for one in article.quotations if start <= one.start < end)])  # of a longer speech
        own, parts = marked[-1] if marked else (span_of(token, token), (Part(start, last, True),))
        yield Citation(own, lemma, "block", find_verb(lemma, "block")["stance"], sources, parts, None, _SURE)


@cache
def _compile_phrases() -> "regex.Pattern[str]":
    """Return a pattern for the phrases of source_phrases.csv where a clause may begin.

    Raises ValueError for a phrase that names no source or lacks its cue.
    """
    forms = []
    for row in read_lexicon("source_phrases.csv"):
        if "{source}" not in row["phrase"] or row["cue"] not in row["phrase"]:
            raise ValueError(f"source_phrases.csv: '{row['phrase']}' needs {{source}} and its cue, '{row['cue']}'")
        form = re.escape(row["phrase"].removesuffix(",")).replace(r"\{", "{").replace(r"\}", "}")
        form = form.replace(row["cue"], f"(?P<cue>{row['cue']})", 1)
        form = form.replace("{source}'s", rf"(?P<source>{_WHO}['’]s?|his|her|its|their)").replace("saying", r"\w+ing")
        form = form.replace("{source}", f"(?P<source>{_WHO})").replace("{via}", f"(?P<via>{_WHO})")
        flag = "" if row["cue"].istitle() else "i"  # a capital typed is a capital asked for
        forms.append(f"(?{flag}:{form})" + (r"(?=[,.;:—)]|$)" if row["phrase"].endswith(",") else r"(?!\w)"))
    opening = r"(?:\G|[,;:—(\"”])[\s\"“”‘’]*\K"
    return regex.compile(rf"{opening}(?:{'|'.join(forms)})")


def _cite_phrases(article: Parsed, found: Sequence[Citation], speech: "Sequence[Quotation]") -> list[Citation]:
    """Return the citations with those of source_phrases.csv: "per X", "in X's view", "X was quoted by Y as saying".

    Who speaks is a name, a pronoun or a source ("per the minister", no "per hour"). The content is what follows in the
    sentence, or what is before it where nothing follows; of a verb that runs on ("quoted X as saying ..."), what the
    network gives it.
    """
    doc, text, phrases, cited = article.doc, article.text, _compile_phrases(), list(found)
    cues = {doc.vocab.strings[row["cue"]] for row in read_lexicon("source_phrases.csv")}
    starts = [sentence.start for sentence in article.sentences]
    near = {bisect_right(starts, at) - 1 for at, word, lower in doc.to_array(["IDX", "ORTH", "LOWER"]).tolist()
            if word in cues or lower in cues}  # fmt: skip
    for sentence in (article.sentences[number] for number in sorted(near)):
        for match in phrases.finditer(text, sentence.start, sentence.end):
            cue, who = match.span("cue"), doc.char_span(*match.span("source"), alignment_mode="expand")
            root, last = who.root, match.end("source")
            sources = tuple((first, min(end, last)) for first, end in spans.find_sources(who, who[0]))
            counted = len(who) == 1 and root.tag_ in ("NN", "DT")  # "per worker", "to that"
            inside = any(one.start <= cue[0] < one.end for one in speech)
            speaks = _may_speak(who, unlisted=root.dep_ != "pobj") and not _WRITER.fullmatch(who.text)
            if inside or counted or root.pos_ in ("AUX", "VERB") or not speaks:
                continue
            start, end = match.span()
            before = doc.char_span(sentence.start, start, alignment_mode="expand") or ()
            known = [citation for citation in cited if start <= citation.cue[0] < end]
            told = [one for other in known for one in other.parts if one.end <= start or end <= one.start]
            said = [one for one in known if one.cue[0] == cue[0] and one.stance]
            ways = [[one[:2] for one in told]] if told and said and text.startswith(" ", end) else []
            if any(one.dep_ in ("nsubj", "nsubjpass") and one.head.idx >= end for one in before):
                ways += [[(sentence.start, start), (end, sentence.end)]]  # "The sale, in his view, was void."
            ways += [[(end, sentence.end)], [(sentence.start, start)]]
            if parts := next(filter(None, (find_parts(doc, text, cue[0], way, speech) for way in ways)), ()):
                relay = match["via"] and doc.char_span(*match.span("via"), alignment_mode="expand").root
                via = find_phrase(relay) if relay else None
                new = Citation(cue, match["cue"].lower(), "according", "", sources, parts, via, _SURE)
                cited = [one for one in cited if one not in known]
                cited += [one._replace(sources=sources, parts=parts, via=via) for one in said] or [new]
    return cited


def _name_parents(citations: list[Citation]) -> list[Citation]:
    """Return citations with their `parent`: the innermost one whose content holds their cue.

    Of two that hold each other's cue ("his claim that X was denied by Y") the likelier one is the outer.
    """
    parts = [(part.start, part.end, number) for number, one in enumerate(citations) for part in one.parts]
    holders = [{m: end - start for start, end, m in parts if start <= one.cue[0] < end} for one in citations]
    named = []
    for n, one in enumerate(citations):
        outer = [(size, m) for m, size in holders[n].items() if m != n
                 and (n not in holders[m] or (citations[m].confidence, m) > (one.confidence, n))]  # fmt: skip
        named.append(one._replace(parent=min(outer)[1] if outer else None))
    return named
