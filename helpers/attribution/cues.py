"""Is this word a cue? Candidates and their features."""

from typing import TYPE_CHECKING

import numpy as np
from spacy.strings import hash_string
from spacy.symbols import AUX, PROPN, VERB

from helpers.attribution.features import bucket, mix, number_features, pick
from helpers.attribution.words import RELATIONS, Words

if TYPE_CHECKING:
    from spacy.strings import StringStore

_CORE = ("nsubj", "nsubjpass", "dobj", "ccomp", "xcomp", "agent", "dative", "attr", "acomp", "parataxis", "oprd", "prt")
_CLAUSE = ("ccomp", "xcomp", "advcl", "acl", "parataxis", "dobj", "attr", "acomp", "oprd")
_BINS = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85])
_COLON = np.uint64(hash_string(":"))
FRAMES = ("none", "quotation", "clause", "infinitive", "object", "preposition", "passive")
_HELP = ("aux", "auxpass", "neg", "expl", "mark")


def find_candidates(words: Words, strings: "StringStore", nominal: np.ndarray) -> np.ndarray:
    """Return the tokens that may be a cue: full verbs, colons and the words of other kinds that training met as cues.

    `nominal` holds the hashes of (lemma, part of speech) of the latter, sorted.
    """
    helping = np.isin(words.dep, [strings[name] for name in ("aux", "auxpass")])
    verbs = np.isin(words.pos, [VERB, AUX]) & ~helping
    listed = np.isin(mix(words.lemma, words.pos), nominal)
    return np.flatnonzero(verbs | listed | (words.lower == np.uint64(strings[":"])))


def _bits(words: Words, names: tuple[str, ...]) -> np.ndarray:
    keep = sum(1 << RELATIONS.index(name) for name in names)
    return words.frame & np.uint64(keep)


def name_frames(words: Words, at: np.ndarray) -> np.ndarray:
    """Return the number in FRAMES of each candidate: what stands beside it that can be a content."""
    has = {name: words.child[name][at] >= 0 for name in ("ccomp", "xcomp", "dobj", "prep", "nsubjpass", "auxpass")}
    n = len(words.start)
    quoted = np.concatenate([[0], np.cumsum((words.quote >= 0) & (words.quote_words >= 5))])
    low, high = np.maximum(at - 4, words.first[at]), np.minimum(at + 5, words.last[at] + 1)
    beside = (quoted[high] - quoted[low] > 0) & (words.quote[at] < 0) if n else np.zeros(0, bool)
    passive = has["nsubjpass"] | has["auxpass"]
    return np.select(
        [beside, has["ccomp"], passive, has["xcomp"], has["dobj"], has["prep"]], [1, 2, 6, 3, 4, 5], default=0
    )


def describe_candidates(words: Words, at: np.ndarray, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashed features (candidates x templates) and the vectors of candidate tokens."""
    n = len(words.start)
    lemma, pos, tag, dep, lower = words.lemma[at], words.pos[at], words.tag[at], words.dep[at], words.lower[at]
    inside = (words.sentence[at], words.first[at], words.last[at])
    head = words.head[at]
    grand = words.head[head]
    subject = np.max([words.child[name][at] for name in ("nsubj", "nsubjpass", "csubj")], axis=0)
    own_subject = subject
    governor = np.max([words.child[name][head] for name in ("nsubj", "nsubjpass")], axis=0)
    subject = np.where(subject < 0, np.where(governor == at, -1, governor), subject)
    obj, clause, open_clause = words.child["dobj"][at], words.child["ccomp"][at], words.child["xcomp"][at]
    prep = words.child["prep"][at]
    pobj = pick(words.child["pobj"], prep) if n else prep
    pobj = np.where(prep < 0, -1, pobj)
    predicate = np.max([words.child[name][at] for name in ("attr", "acomp", "oprd")], axis=0)
    core, helping = _bits(words, _CORE)[at], _bits(words, _HELP)[at]
    clausal = _bits(words, ("ccomp", "xcomp", "dobj", "parataxis", "prep"))[at]

    def near(step: int, values: np.ndarray) -> np.ndarray:
        place = at + step
        ok = (place >= inside[1]) & (place <= inside[2])
        return pick(values, np.where(ok, place, -1))

    quoted = words.quote >= 0
    speech = quoted & (words.quote_words >= 5)
    total = np.concatenate([[0], np.cumsum(quoted)])
    n_quoted = total[inside[2] + 1] - total[inside[1]]
    first, last = inside[1], inside[2]
    in_quote = quoted[at] * 1 + (speech[at] * 1)
    before = np.array([_run_to(quoted, place, -1, low) for place, low in zip(at, first, strict=True)])
    after = np.array([_run_to(quoted, place, 1, high) for place, high in zip(at, last, strict=True)])
    opens_next = np.where(last + 1 < n, quoted[np.minimum(last + 1, n - 1)], False)
    closed_before = np.where(first > 0, quoted[np.maximum(first - 1, 0)], False)
    quotes = mix(in_quote, np.minimum(before, 4), np.minimum(after, 4), n_quoted > 0)
    around = mix(in_quote, n_quoted > 5, opens_next, closed_before)
    place = bucket(at - first)
    left = bucket(last - at)
    side = np.where(clause >= 0, np.where(clause < at, 1, 2), 0) * 3 + np.where(
        subject >= 0, np.where(subject < at, 1, 2), 0
    )
    sl, sp, stag = pick(words.lemma, subject), pick(words.pos, subject), pick(words.tag, subject)
    ol, op = pick(words.lemma, obj), pick(words.pos, obj)
    cl, xl, pl, al = (pick(words.lemma, k) for k in (clause, open_clause, prep, predicate))
    mark = pick(words.lemma, np.where(clause >= 0, pick(words.child["mark"], clause), -1))
    mark_head = pick(words.lemma, words.child["mark"][at])
    aux = pick(words.lower, np.max([words.child["aux"][at], words.child["auxpass"][at]], axis=0))
    hl, hp = words.lemma[head], words.pos[head]
    zero = np.zeros(len(at), dtype=np.uint64)
    frames = name_frames(words, at)
    colon = lower == _COLON
    proper = np.concatenate([[0], np.cumsum(words.pos == PROPN)])
    named = (proper[at] - proper[first] == at - first) & colon
    chance = np.searchsorted(_BINS, prior) + 1
    w_1, w1, w_2, w2 = (near(k, words.lower) for k in (-1, 1, -2, 2))
    t_1, t1, t_2, t2 = (near(k, words.tag) for k in (-1, 1, -2, 2))
    heads_up = mix(dep, hp, words.dep[head], words.pos[grand])
    templates = [
        lemma, lower, mix(lemma, pos), mix(tag, dep), mix(lemma, tag), mix(lemma, dep), mix(lemma, core),
        mix(lemma, clausal), mix(core, tag), mix(lemma, sp), mix(lemma, sl), sl, mix(sp, stag, core), mix(lemma, ol),
        mix(ol, core), mix(lemma, op), mix(lemma, pl), mix(pl, core), mix(lemma, pl, pick(words.lemma, pobj)),
        mix(lemma, cl > 0, mark), mix(lemma, xl), mix(lemma, al), al, mix(cl, core), mix(lemma, quotes), quotes, around,
        mix(around, place), mix(lemma, around), mix(lemma, side), mix(side, tag, n_quoted > 0), mix(lemma, aux),
        mix(aux, tag, core), mix(lemma, helping), helping, mix(hl, dep), mix(hl, lemma, dep), heads_up,
        mix(lemma, heads_up), mix(w_1, lemma), mix(lemma, w1), w_1, w1, w_2, w2, mix(w1, w2), mix(w_1, w_2),
        mix(t_1, tag, t1), mix(t_2, t_1, t1, t2), mix(lemma, w1, w2), mix(lemma, t1), mix(lemma, place),
        mix(place, left), mix(dep, place, t_1), mark_head, mix(mark_head, lemma), mix(hl, dep, in_quote),
        mix(own_subject >= 0, dep, hp, hl), mix(words.child["prt"][at] >= 0, lemma), words.frame[at] + zero,
        mix(words.frame[at], lemma), mix(lemma, sl, core), mix(pick(words.lemma, pobj), pl), mix(xl, core),
        mix(colon, named, place, near(1, quoted * 1)), mix(colon, t_1, t_2, t1), mix(lemma, frames),
        mix(frames, tag, dep), mix(chance, zero), mix(chance, frames, in_quote), mix(chance, sp, tag),
        mix(chance, dep, hp), mix(chance, quotes),
        mix(lemma, in_quote, core), mix(pos, near(-1, words.pos), near(1, words.pos), in_quote),
    ]  # fmt: skip
    complement = np.max([words.child[name][at] for name in _CLAUSE], axis=0)
    vectors = np.concatenate(
        [
            prior[:, None].astype(np.float32),
            words.vectors[at],
            words.vectors[head],
            words.vectors[subject] * (subject >= 0)[:, None],
            words.vectors[complement] * (complement >= 0)[:, None],
        ],
        axis=1,
    )
    return number_features([t.astype(np.uint64) for t in templates]), vectors


def _run_to(flags: np.ndarray, place: int, step: int, end: int) -> int:
    """Tokens from a place to the next flagged one in its sentence; 9 when there is none within 4."""
    for distance in range(1, 5):
        at = place + step * distance
        if (at - end) * step > 0:
            return 9
        if flags[at]:
            return distance
    return 9


def describe_context(
    words: Words, at: np.ndarray, scores: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], chance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return features of what the first pass found: the roles of each candidate and whether another reports it.

    `pairs` and `chance` (pairs x none, source, content) may leave out candidates that the first pass rules out.
    """
    n, rows = len(words.start), len(at)
    number = np.full(n, -1)
    number[at] = np.arange(rows)
    likely = 1 / (1 + np.exp(-scores))
    cue, word = number[pairs[0]], pairs[1]
    step = 1 + np.searchsorted(np.array([-5, -3.5, -2, -1, 0, 1, 2, 4]), scores)
    known = np.bincount(cue, minlength=rows) > 0

    source, source_chance = _best(cue, word, chance[:, 1], rows)
    content, content_chance = _best(cue, word, chance[:, 2], rows)
    is_content = (chance[:, 2] > 0.5).astype(float)
    n_content = np.bincount(cue, is_content, rows)
    n_source = np.bincount(cue, chance[:, 1] > 0.5, rows)
    sure = np.bincount(cue, is_content * chance[:, 2], rows) / np.maximum(n_content, 1)
    speech = (words.quote >= 0) & (words.quote_words >= 4)
    quoted = np.bincount(cue, is_content * speech[word], rows) / np.maximum(n_content, 1)
    behind = np.bincount(cue, is_content * (word > at[cue]), rows) / np.maximum(n_content, 1)

    # reported by another: the chance that this word lies in the content, or the source, of another candidate
    own = number[word]
    other = (own >= 0) & (own != cue)
    held = np.zeros((3, rows))
    holder = np.full(rows, -1)
    weight = likely[cue] * chance[:, 2]
    np.maximum.at(held[0], own[other], weight[other])
    np.maximum.at(held[1], own[other], chance[other, 2])
    np.maximum.at(held[2], own[other], (likely[cue] * chance[:, 1])[other])
    for pair in np.flatnonzero(other & (weight > 0.05)):
        if weight[pair] >= held[0][own[pair]] - 1e-9:
            holder[own[pair]] = cue[pair]
    # how much of its content another, likelier candidate claims too
    best = np.zeros(n)
    np.maximum.at(best, word, weight)
    rival = np.bincount(cue, is_content * np.maximum(best[word] - weight, 0), rows) / np.maximum(n_content, 1)
    low, high = np.searchsorted(at, words.first[at]), np.searchsorted(at, words.last[at] + 1)
    around = np.array(
        [np.delete(likely[a:b], row - a).max(initial=0) for row, (a, b) in enumerate(zip(low, high, strict=True))]
    )
    crowd = np.minimum(high - low, 9)

    bins = np.array([0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97])
    held_bin, rival_bin, around_bin = (np.searchsorted(bins, x) for x in (held[0], rival, around))
    src_bin, content_bin = np.searchsorted(bins, source_chance), np.searchsorted(bins, content_chance)
    lemma, dep, tag = words.lemma[at], words.dep[at], words.tag[at]
    size = np.searchsorted(np.array([1, 2, 3, 5, 8, 14, 25]), n_content, side="right")
    side = np.searchsorted(bins, behind) * known
    quote_bin = np.searchsorted(bins, quoted)
    head_lemma, head_pos, head_tag = (pick(x, source) for x in (words.lemma, words.pos, words.tag))
    top_lemma, top_dep, top_pos = (pick(x, content) for x in (words.lemma, words.dep, words.pos))
    by = pick(at, holder) if rows else holder
    by_lemma = pick(words.lemma, np.where(holder >= 0, by, -1))
    in_quote = words.quote[at] >= 0
    templates = [
        step, mix(step, held_bin), mix(step, rival_bin), mix(step, src_bin), mix(step, content_bin), mix(step, size),
        mix(step, around_bin), mix(step, crowd), mix(held_bin, rival_bin, around_bin), mix(held_bin, dep, tag),
        mix(held_bin, lemma), mix(held_bin, by_lemma), mix(src_bin, lemma), mix(src_bin, content_bin, tag, dep),
        head_lemma, mix(head_lemma, lemma), mix(head_lemma, step), mix(head_pos, head_tag, step, src_bin),
        mix(head_pos, lemma), mix(top_lemma, lemma), top_lemma, mix(top_dep, top_pos, step), mix(top_dep, lemma, size),
        mix(size, side, step), mix(size, lemma), mix(quote_bin, size, lemma), mix(quote_bin, in_quote, step, held_bin),
        mix(quote_bin, lemma), mix(side, lemma), mix(around_bin, lemma), mix(around_bin, held_bin, in_quote, step),
        mix(np.searchsorted(bins, held[2]), step), mix(rival_bin, lemma), mix(rival_bin, held_bin, dep),
        mix(head_lemma, size, head_tag), mix(n_source > 3, head_pos, step),
    ]  # fmt: skip
    dense = [
        scores, source_chance, content_chance, np.log1p(n_content), np.log1p(n_source), sure, quoted, behind, *held,
        rival, around, known, crowd,
    ]  # fmt: skip
    vectors = np.concatenate(
        [
            np.stack(dense, axis=1).astype(np.float32),
            words.vectors[source] * (source >= 0)[:, None],
            words.vectors[content] * (content >= 0)[:, None],
        ],
        axis=1,
    )
    return number_features([np.asarray(t).astype(np.uint64) ^ np.uint64(0xABCD) for t in templates]), vectors


def _best(cue: np.ndarray, word: np.ndarray, chance: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each cue's likeliest word and its chance; -1 and 0 for a cue without words."""
    order = np.lexsort((-word, chance, cue))
    last = np.flatnonzero(np.append(cue[order][1:] != cue[order][:-1], True)) if len(cue) else order
    top, level = np.full(rows, -1), np.zeros(rows)
    top[cue[order[last]]], level[cue[order[last]]] = word[order[last]], chance[order[last]]
    return top, level
