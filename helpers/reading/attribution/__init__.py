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

The rows of the table `attributions` are made of them in reading/tables.py.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import compress, groupby, pairwise
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from helpers.lexicons import index_lexicon, list_words
from helpers.reading.attribution import features, network, spans
from helpers.reading.attribution.features import Parsed, Words
from helpers.reading.attribution.network import find_stance, list_lemmas
from helpers.reading.attribution.spans import REPORTING, Citation, Cue, Part, find_parts, find_phrase, span_of
from helpers.reading.source_words import is_place
from helpers.reading.turns import LABELS, Turn, find_turns

if TYPE_CHECKING:
    from spacy.strings import StringStore
    from spacy.tokens import Span, Token

    from helpers.reading.quotations import Quotation

__all__ = ["REPORTING", "Citation", "Parsed", "Part", "find_citations", "list_lemmas"]

# Log-odds from which a candidate is a cue: a chance of 0.25 for a word that is known to report (it has a stance in
# reporting_verbs.csv), of 0.35 for another. Cross-validated, no other pair gave a higher F1 with a rate of speech
# attributions nearer to the annotators' (0.7 per 1,000 words too few).
_THRESHOLD, _UNLISTED = -1.1, -0.6
_NESTED = 0.5  # log-odds for a cue inside another's content: no corpus says where annotators would draw the line
# whose words are the outlet's own
_WRITER = re.compile(
    r"(?:I|we|us|me|my|our|this (?:newspaper|paper|column|magazine|site))(?: (?:at|here|in|as|for)\b.*)?", re.IGNORECASE
)
_BLOCK = 0.9  # confidence of a block quotation: of 25 found in cross-validation, annotators had marked 23
_SURE = 0.9  # confidence of a report without a verb
_RELAYING = ("quote", "cite", "report")  # at second hand, before "as" and one of these
_UNNAMED = re.compile(r"(?:not to be (?:named|identified|quoted)|to (?:remain|stay) anonymous)\b")  # "asked ..."
_EMPTY = ("aux", "auxpass", "neg")  # a cue's own are no content: "did not reply"
_WORKS = ("write", "read", "publish", "release")  # with a title in quotation marks they report nothing
_SAYING = ("say", "tell", "claim", "warn", "write", "state", "add", "argue", "declare")
_PHRASE = re.compile(rf"\b(?:{'|'.join(index_lexicon('source_phrases.csv'))})\b", re.IGNORECASE)
_PHRASE_END, _BEFORE_PHRASE = re.compile(r"[,.;:—)]|$"), re.compile(r"(?:^|[,;:—(])[\s\"“‘]*$")
_PERSON = re.compile(r"(?:er|or|ist|ian|man|men|ee)$")  # how nouns for people end
_REPORT = re.compile(r"\b(?:report|reports|reported|statement|says|said|writes|wrote)\b", re.IGNORECASE)


def find_citations(articles: Sequence[Parsed], model: network.Network | None = None) -> list[list[Citation]]:
    """Return every attribution in each of some parsed articles, in the order of the cues.

    A cue is accepted where its log-odds pass the thresholds; its source and content are the words that the network
    gives it, completed to whole noun phrases and whole quotations. Quotations that continue in the next sentence
    join their speaker; a quoted speaker's own reports are read as that speaker's words; reports inside a paraphrase are
    returned with their `parent`. Block quotations without marks follow from the sentence that introduces them.
    `model` is the network shipped unless another is given.
    """
    full = [article for article in articles if len(article.doc)]
    if not full:
        return [[] for _ in articles]
    words = features.read_words(full)
    cues = score_words(words, full[0].doc.vocab.strings, model or network.load_network())
    bounds = [*np.searchsorted([cue.token for cue in cues], words.begin), len(cues)]
    found = (
        _cite_article(article, words, begin, cues[first:last])
        for article, begin, (first, last) in zip(full, words.begin.tolist(), pairwise(bounds), strict=True)
    )
    return [next(found) if len(article.doc) else [] for article in articles]


def score_words(words: Words, strings: "StringStore", model: network.Network) -> list[Cue]:
    """Return the words that may be accepted as cues, with the network's chances for the words near them."""
    always = sorted({lemma for (lemma, _), row in network.load_rows().items() if row["use"] == "always"})
    at = features.find_candidates(words, strings, model["nominal"], always)
    frames = features.name_frames(words, at)
    # is it a cue?
    state = network.encode_words(model, words)
    seen = (at, words.near[at, 2], features.find_subjects(words, at))
    odds = network.score_cues(model, state, seen, features.describe_candidates(words, at, frames))
    lemmas, names = [strings[lemma] for lemma in words.lemma[at].tolist()], [network.FRAMES[frame] for frame in frames]
    odds += np.array([network.USES[use] for use in map(network.find_use, lemmas, names)])[:, None]
    listed = [find_stance(lemma.lower(), frame) != "" for lemma, frame in zip(lemmas, names, strict=True)]
    least = np.where(listed, _THRESHOLD, _UNLISTED)
    kept = (odds[:, 1] > least) | (odds[:, 0] > _NESTED)
    # if it is one, which of the words near it are its source and its content?
    cues, near = features.pair_words(words, at[kept])
    role, head = network.score_roles(model, state, cues, near, features.describe_pairs(words, cues, near))
    content = np.log(role[:, 2] + 1e-6) - np.log(1 - role[:, 2] + 1e-6)
    begins = np.searchsorted(cues, at[kept])  # where the pairs of each cue begin
    chances = (np.split(column, begins[1:]) for column in (head, role[:, 1], content))
    numbers = (*odds[kept].T.tolist(), least[kept].tolist(), near[begins].tolist())
    return list(map(Cue, at[kept].tolist(), compress(names, kept), *numbers, *chances))


def _cite_article(article: Parsed, words: Words, begin: int, cues: Sequence[Cue]) -> list[Citation]:
    """Return the citations of one article from its likely cues; `begin` is the number of its first token."""
    text, speech = article.text, [quotation for quotation in article.quotations if quotation.is_speech]
    outer = [_cite(article, words, begin, cue, cue.outer, speech) for cue in cues if cue.outer > cue.least]
    outer = [c for c in spans.continue_quotations(text, article.sentences, speech, outer) if c.parts]
    outer = [c for c in outer if not _is_relay(c, outer)]
    free = spans.paint(len(text), (part for citation in outer for part in citation.parts)) >= 0
    free[[citation.cue[0] for citation in outer]] = False
    likely = [cue for cue in cues if cue.alone > _NESTED and words.quote[cue.token] < 0]
    inner = [_cite(article, words, begin, c, c.alone, speech) for c in likely if free[words.start[c.token]]]
    found = [*outer, *(c for c in inner if c.parts)]
    found = [citation for citation in found if network.find_use(citation.lemma, citation.frame) != "never"]
    turns = find_turns(text)
    found = [c for c in _merge_relays(article, found, speech) if not _is_label(article, c, turns)]
    # the writer's own report is found, but it is not one that counts
    found = [c._replace(stance="") if _is_writers(article, c, turns) else c for c in found]
    blocks = [  # what is said in a turn of an interview, or in a post; an interviewer's questions are the outlet's
        Citation(turn.cue, ":", "label", find_stance(":", "label"), (turn.speaker,) if turn.speaker else (),
                 tuple(Part(*one, True) for one in turn.contents), None, _BLOCK)
        for turn in turns if not turn.asks
    ]  # fmt: skip
    blocks += [*_cite_blocks(article, found), *_cite_phrases(article, speech)]
    own = {block.cue for block in blocks}  # a word is the cue of one attribution
    found = [*blocks, *(citation for citation in found if citation.cue not in own)]
    return _name_parents(sorted(found, key=lambda citation: citation.cue))


def _cite(
    article: Parsed, words: Words, begin: int, accepted: Cue, odds: float, speech: "Sequence[Quotation]"
) -> Citation:
    """Return the citation of an accepted cue."""
    doc, text, frame = article.doc, article.text, accepted.frame
    token = doc[accepted.token - begin]
    lemma = spans.name_verb(token, network.load_rows())
    cue, via = span_of(token, token), spans.find_recipient(token)
    following = doc[token.i + 1] if token.i + 1 < len(doc) else token
    if token.lower_ == "according" and following.lower_ == "to":
        cue, lemma, frame, via = span_of(token, following), "according to", "according", None
    elif token.lower_ == ":":
        frame = "label"
    elif following.dep_ == "prt" and following.head == token:
        cue = span_of(token, following)
    source, runs = spans.assign_roles(words, accepted)
    first, end = source or (0, 0)
    sources = spans.find_sources(spans.widen_source(doc[first - begin]), doc[end - begin]) if source else ()
    stance, by_speakers = find_stance(lemma, frame), network.find_use(lemma, frame) == "speakers"
    patients = [one.i + begin for one in token.children if one.dep_ == "nsubjpass"]
    if stance not in ("", "cognitive", "emotive") and any(first <= one <= end for one in patients):
        sources = ()  # "X was reported dead", but "X was worried"
    if lemma == "according to" or by_speakers:
        speakers = (doc.char_span(*one, alignment_mode="expand") for one in sources)
        if not all(_may_speak(one, unlisted=not by_speakers) for one in speakers):
            frame, stance = (frame, "") if by_speakers else ("preposition", stance)
    runs = [run for run in runs if (last := doc[run[1] - begin]).head != token or last.dep_ not in _EMPTY]
    content = [(int(words.start[first]), int(words.end[last])) for first, last in runs]
    parts = find_parts(text, token.idx, content, speech) if content else ()
    if via and text[: via[0]].endswith("citing "):  # "X reported, citing Y": Y is no content
        parts = tuple(part for part in parts if part.start < via[0] or part.end > via[1])
    if frame == "clause" and parts and parts[0].end <= cue[0]:
        frame = "parenthetical"
    # a phrase of the parse may hold its cue too
    sources = tuple(spans.trim(text, one[0], cue[0]) if one[0] < cue[0] < one[1] else one for one in sources)
    return Citation(cue, lemma, frame, stance, sources, parts, via, 1 / (1 + exp(-odds)))


def _may_speak(source: "Span", unlisted: bool = False) -> bool:
    """Return whether a source is somebody or a document: a name, a pronoun, a noun of source_nouns.csv or in "-er".

    A noun that is not listed is one only where `unlisted` says so.
    """
    nouns, forms = index_lexicon("source_nouns.csv"), {source.root.lemma_.lower(), source.root.lower_}
    listed = [nouns[form]["kind"] for form in forms & nouns.keys()]
    if listed:
        return "none" not in listed
    return unlisted or source.root.pos_ != "NOUN" or any(map(_PERSON.search, forms))


def _is_relay(citation: Citation, others: Sequence[Citation]) -> bool:
    """Return whether "citing Y" only says from whom another citation has its words: it follows the other's cue."""
    return citation.lemma == "cite" and any(
        other.cue[1] == citation.cue[0] - 1
        or (other.via and any(part.start < other.via[1] and other.via[0] < part.end for part in citation.parts))
        for other in others
        if other is not citation
    )


def _is_label(article: Parsed, citation: Citation, turns: Sequence[Turn]) -> bool:
    """Return whether a label or name reports nothing: "Q:", "AYTON:", "Editor's note:", a title."""
    text, cue = article.text, citation.cue[0]
    titles = [one for one in article.quotations if not one.is_speech and text.count(" ", *one[:2]) > 1]
    titled = [any(one.start <= part.start and part.end <= one.end for one in titles) for part in citation.parts]
    if (citation.lemma in _WORKS and all(titled)) or _UNNAMED.match(text, citation.parts[0].start):
        return True
    if any(turn.label[0] <= citation.sources[0][0] < turn.cue[1] for turn in turns if citation.sources):
        return True
    begin = max(text.rfind(mark, 0, cue) for mark in "\n.!?") + 1
    label = text[begin : max(text.find(":", cue), begin)].strip()
    if text[slice(*citation.cue)] == "Said" and cue > begin:  # a person's name, as in credits
        return True
    is_town = citation.frame == "label" and (label.isupper() or is_place(label, text))
    return is_town or label.casefold() in list_words(LABELS, "nobody")


def _is_writers(article: Parsed, citation: Citation, turns: Sequence[Turn]) -> bool:
    """Return whether a report is the writer's own: "we believe" outside quotations is the outlet's voice."""
    cue, said = citation.cue[0], [article.text[slice(*one)] for one in citation.sources]
    if not said or not all(map(_WRITER.fullmatch, said)):
        return False
    answers = [span for turn in turns if not turn.asks for span in turn.contents]
    return not any(start <= cue < end for start, end, *_ in (*article.quotations, *answers))


def _cite_blocks(article: Parsed, found: Sequence[Citation]) -> Iterator[Citation]:
    """Yield paragraphs quoted without marks: the sentence before one has no final stop and names a report."""
    doc, text = article.doc, article.text
    paragraphs = [list(own) for _, own in groupby(article.sentences, key=lambda sentence: sentence.paragraph_no)]
    for before, paragraph in pairwise(paragraphs):
        intro, start, end = before[-1], paragraph[0].start, paragraph[-1].end
        said = text[intro.start : intro.end]
        cue = None if said[-1] in '.!?…”"’)' else _REPORT.search(said)
        if not cue or (said[-1] != ":" and any(start <= citation.cue[0] < end for citation in found)):
            continue
        at = intro.start + cue.start()
        token = doc.char_span(at, at + 1, alignment_mode="expand")[0]
        same = [citation for citation in found if intro.start <= citation.cue[0] < intro.end]
        sources, lemma = (same[0].sources, same[0].lemma) if same else ((), token.lemma_.lower())
        agents = [t for t in doc.char_span(intro.start, intro.end) if t.dep_ == "agent" and t.idx > at]
        via = next((find_phrase(one) for agent in agents for one in agent.children if one.dep_ == "pobj"), None)
        own, parts = span_of(token, token), (Part(start, end, True),)
        for citation in found:  # it is in marks, and cited already: that citation is taken for it
            if any(part.start == start for part in citation.parts):
                own, parts = citation.cue, citation.parts
        yield Citation(own, lemma, "block", find_stance(lemma, "block"), sources, parts, via, _BLOCK)


def _cite_phrases(article: Parsed, speech: "Sequence[Quotation]") -> Iterator[Citation]:
    """Yield what is reported with a phrase of source_phrases.csv, set off by commas: "per X", "in X's view".

    Its content is what follows in the sentence, or what is before it where nothing follows. After "per" comes
    a name or a source ("per the minister"), no "per hour"; "in his own words", "in our view" report nothing.
    """
    phrases, nouns = (index_lexicon(name) for name in ("source_phrases.csv", "source_nouns.csv"))
    for match in _PHRASE.finditer(article.text):
        token = article.doc.char_span(*match.span(), alignment_mode="expand")[0]
        if token.lower_ not in phrases or any(one.start <= token.idx < one.end for one in speech):
            continue
        if phrases[token.lower_]["kind"] == "preposition":
            preposition, found = token, [one for one in token.children if one.pos_ == "PROPN"]
            known = [one for one in token.children if one.lemma_ in nouns]
            found += [one for one in known if one.tag_ == "NNS" or any(word.dep_ == "det" for word in one.children)]
        else:
            ofs = [child for child in token.children if child.lower_ == "of"]
            preposition, found = token.head, [child for child in token.children if child.dep_ == "poss"]
            found += [one for child in ofs for one in child.children if one.dep_ == "pobj"]
            own = any(child.lower_ in ("own", "my", "our") for child in token.children)
            if token.dep_ != "pobj" or preposition.lower_ not in ("in", "by", "from", "to") or own:
                continue
        before = article.text[token.sent.start_char : preposition.idx]
        if not found or not _BEFORE_PHRASE.search(before):
            continue
        last = token.sent.end_char
        end = _PHRASE_END.search(article.text, max(one.idx + len(one) for one in (token, found[0])), last).start()
        beside = [one for one in ((end, last), (token.sent.start_char, preposition.idx)) if one[1] - one[0] > 2]
        if parts := next(filter(None, (find_parts(article.text, token.idx, [one], speech) for one in beside)), ()):
            start, stop = find_phrase(found[0])
            name = (start, min(stop, end))
            yield Citation(span_of(token, token), token.lower_, "according", "", (name,), parts, None, _SURE)


def _merge_relays(article: Parsed, found: Sequence[Citation], speech: "Sequence[Quotation]") -> list[Citation]:
    """Return citations with those at second hand as one: "X was quoted by Y as saying" has the source X and the via Y.

    The content is that of both verbs, outside the words from X, Y and the first verb to the second.
    """
    merged = {citation.cue[0]: citation for citation in found}
    for citation in found:
        relay = _find_relay(article.doc.char_span(*citation.cue, alignment_mode="expand")[0])
        if not relay:
            continue
        saying, speaker, via = relay
        told = [citation.cue, span_of(saying, saying), speaker, *([via] if via else [])]
        low, high = min(span[0] for span in told), max(span[1] for span in told)
        parts = [part for cue in (citation.cue[0], saying.idx) if cue in merged for part in merged[cue].parts]
        outside = {(part.start, min(part.end, low)) for part in parts}
        outside |= {(max(part.start, high), part.end) for part in parts}
        content = sorted(span for span in outside if span[1] - span[0] > 2)
        if content and (whole := find_parts(article.text, citation.cue[0], content, speech)):
            merged.pop(saying.idx, None)
            merged[citation.cue[0]] = citation._replace(sources=(speaker,), via=via, parts=whole)
    return list(merged.values())


def _find_relay(verb: "Token") -> tuple["Token", tuple[int, int], tuple[int, int] | None] | None:
    """Return the second verb, who speaks and who relays it in "X was quoted by Y as saying", "Y quoted X as saying"."""
    ways = [child for child in verb.children if child.lower_ == "as"] if verb.lemma_ in _RELAYING else []
    later = [one for way in ways for one in way.children if one.dep_ == "pcomp" and one.lemma_ in _SAYING]
    people: dict[str, Token] = {}
    for child in (*verb.children, *later[0].children) if later else ():
        if child.dep_ in ("agent", "prep"):
            people.update((child.lower_, one) for one in child.children if one.dep_ == "pobj")
        else:
            people.setdefault(child.dep_, child)
    passive = "nsubjpass" in people or (verb.dep_ == "acl" and "nsubj" not in people)  # "X, quoted by Y as saying"
    speaker = people.get("nsubjpass", verb.head) if passive else people.get("dobj")
    via = people.get("by", people.get("in")) if passive else people.get("nsubj")
    return (later[0], find_phrase(speaker, [verb]), find_phrase(via) if via else None) if later and speaker else None


def _name_parents(citations: list[Citation]) -> list[Citation]:
    """Return citations with their `parent`: the innermost one whose content holds their cue.

    Of two that hold each other's cue ("his claim that X was denied by Y") the likelier one is the outer.
    """
    parts = [(part, number) for number, citation in enumerate(citations) for part in citation.parts]
    parts.sort(key=lambda owned: owned[0].end - owned[0].start)  # the shortest first: it is the innermost
    parents: dict[int, int] = {}
    for number in sorted(range(len(citations)), key=lambda n: citations[n].confidence):
        at = citations[number].cue[0]
        for holder in [owner for part, owner in parts if part.start <= at < part.end and owner != number]:
            outer: int | None = holder
            while outer is not None and outer != number:
                outer = parents.get(outer)
            if outer is None:  # nobody that holds the holder is held by this one
                parents[number] = holder
                break
    return [citation._replace(parent=parents.get(number)) for number, citation in enumerate(citations)]
