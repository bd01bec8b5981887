"""Train the encoder of tone: python -m tests.benchmarks.train_tone NEWSMTSC TEXTS --coded CSV --out FOLDER.

NEWSMTSC is its training file; TEXTS are folders of .txt files or CSVs with a column article_content, any news without
labels; CSV the articles of war_codes.csv (coded.py). A fifth of NewsMTSC's sentences (newsmtsc.is_kept) and the
articles of the check are kept from every step, as are the sentences coded in seeds/. The steps; what each made stays
in FOLDER and is used again:

1. Pieces: the 12,000 of MPNet's vocabulary that news uses most (FOLDER/tone_pieces.txt).
2. Sentences without labels: names and groups in them as targets, at most two a sentence.
3. Two teachers: MPNet learns from the coded targets as printed; its embeddings and four lowest layers stay.
4. The student: six layers of the first teacher, its 3,072 units a layer cut to 2,048, learns from the codes, the mean
   of what both teachers say, and the first's vectors (distillation, Hinton et al. 2015). In most of the sentences the
   target's name is hidden, as reading hides those of actors. A head of 256 numbers imitates the first 256 principal
   axes of what the original MPNet makes of a sentence.
5. FOLDER/tone_piece_vectors.npy: of each piece what it adds to a sentence's meaning, by ridge regression of step 4's
   vectors of SKETCHED sentences on the mean of the student's embeddings of their pieces.
6. FOLDER/tone_encoder.onnx: its weights and sums in 8 bits.

The three belong into helpers/lexicons; `tests.benchmarks.sentiment` then measures tone. What ships was made in more
stages, of which this is the shorter account. The student learned for 56 minutes from one teacher, to which the last 942
codes were not known, with names shown; then from both, of which the second knew all codes: for 27 minutes with the
target's name hidden in half of the sentences, for 55 in most, other names by chance. Some targets without labels were
pronouns. Teachers and their answers too, it took four hours on two cores shared with other work, without a GPU (three
of processor time). What is needed stands in requirements.txt beside this file.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from helpers.lexicons import index_lexicon
from helpers.reading import tone_model
from helpers.reading.masking import find_names_to_mask
from helpers.reading.sentences import split_sentences
from helpers.reading.tone_model import END, START, UNKNOWN, Marked, cut_pieces
from tests.benchmarks.coded import read_codes
from tests.benchmarks.encoder import MEANING, Cut, Encoder, Said, ask, load_mpnet, narrow, write_encoder
from tests.benchmarks.newsmtsc import Target, is_kept, mark, parse_whole, read_targets

SEED, SEEDS = 0, Path(__file__).parents[2] / "seeds/labels/sentiment.csv"
PIECES, LAYERS, WIDE = 12_000, (0, 2, 4, 7, 9, 11), 2048
LENGTHS, A_SENTENCE, A_SOURCE = range(30, 400), 2, 10_000  # characters; targets of a sentence, of one of TEXTS
REPEATED = 2  # times that a hand code of war news is learned from
BATCH, WARM, TEACHER_PASSES, STUDENT_PASSES = 32, 60, 2, 5
TEACHER_RATE, STUDENT_RATE, FASTER = 4.5e-5, 5e-5, 10  # the heads learn so many times faster
HIDDEN, BARE = 0.8, 0.08  # shares of sentences with names hidden; without a target, for their meaning alone
SKETCHED = 10_000  # sentences; what ships saw none of those that train_alignment.py measures with
HEAT, GOLD, VECTORS = 1.5, 0.5, 0.2  # softens what teachers say; weights beside it: the codes, the first's vectors
UNCODED = -101  # label of a target that nobody coded


def keep(path: Path, make: Callable[..., Any], *given: object) -> Any:
    """Return what `make` returns, or what it returned in an earlier run."""
    if not path.exists():
        torch.save(make(*given), path)
        print(path, flush=True)
    return torch.load(path, weights_only=False)


def read_sentences(source: Path, without: set[str], most: int | None) -> list[str]:
    """Return the sentences of a folder of .txt files or of a CSV's articles; of `most` articles, not of `without`."""
    if source.is_dir():
        texts = [path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.txt"))]
    else:
        with source.open(encoding="utf-8", errors="replace", newline="") as file:
            texts = [row["article_content"] for row in csv.DictReader(file) if row["article_content"] not in without]
    return [text[s.start : s.end] for text in texts[:most] for s in split_sentences(text)]


def choose_pieces(tokenizer: Tokenizer, sources: Iterable[Sequence[str]]) -> list[str]:
    """Return the pieces that `sources` use most, each source with the same weight, and all letters."""
    vocabulary, counts = tokenizer.get_vocab(), Counter[str]()
    letters = (piece for piece in vocabulary if len(piece.removeprefix("##")) == 1 and ord(piece[-1]) < 0x2100)
    for sentences in sources:
        own = Counter(piece for cut in tokenizer.encode_batch(sentences) for piece in cut.tokens)
        for piece, n in own.items():
            counts[piece] += n / own.total()
    order = [START, "<pad>", END, UNKNOWN, *letters, *(piece for piece, _ in counts.most_common())]
    return list(dict.fromkeys([*order, *sorted(vocabulary, key=vocabulary.get)]))[:PIECES]


def find_targets(sentences: Iterable[str], coded: Sequence[Target]) -> list[Target]:
    """Return names and groups ("the army") in sentences as targets without a label, where none is coded."""
    known, chooser, found = Counter[tuple[str, int]](), random.Random(SEED), []
    for target in coded:
        known.update((target.text, place) for place in range(*target.span))
    groups = index_lexicon("through_nouns.csv").keys() | index_lexicon("member_nouns.csv").keys()
    for doc in parse_whole([text for text in dict.fromkeys(sentences) if len(text) in LENGTHS]):
        spans = [span[:2] for span in find_names_to_mask(doc, doc.text, [])]
        for chunk in doc.noun_chunks:
            first = next((word.idx for word in chunk if word.pos_ not in ("DET", "PRON")), chunk.end_char)
            if chunk.root.lemma_.lower() in groups and all(b <= first or a >= chunk.end_char for a, b in spans):
                spans.append((first, chunk.end_char))
        free = [span for span in spans if not any((doc.text, place) in known for place in range(*span))]
        for span in chooser.sample(free, min(A_SENTENCE, len(free))):
            found.append(Target("", UNCODED, doc.text, span, *mark(doc, span)))
    return chooser.sample(found, min(A_SOURCE, len(found)))


def cut_printed(tokenizer: Tokenizer, text: str, span: tuple[int, int] = (0, 0)) -> Cut:
    """Return a sentence as a teacher is shown it, the target's name too."""
    cut = tokenizer.encode(text)
    own = [a < b and a < span[1] and b > span[0] for a, b in cut.offsets]
    return cut.ids, own if any(own) or not any(span) else [True, *own[1:]]


def draw_batches(targets: Sequence[Target], numbers: Sequence[int], passes: int, seed: int) -> Iterator[list[int]]:
    """Yield numbers of targets whose sentences are alike in length, each of `numbers` once a pass."""
    chooser, near = random.Random(seed), 40 * BATCH
    for _ in range(passes):
        order = chooser.sample(numbers, len(numbers))
        for start in range(0, len(order), near):
            alike = sorted(order[start : start + near], key=lambda number: len(targets[number].text))
            batches = [alike[first : first + BATCH] for first in range(0, len(alike), BATCH)]
            yield from chooser.sample(batches, len(batches))


def learn(net: Encoder, rate: float, batches: Sequence[list[int]], find_loss: Callable[[list[int]], Tensor]) -> None:
    """Train a network; the rate rises over the first steps and falls to 0."""
    body, heads = net.body.parameters(), [*net.head.parameters(), *net.meaning.parameters(), net.mark]
    groups = [{"params": [weight for weight in body if weight.requires_grad], "lr": rate}]
    groups.append({"params": heads, "lr": rate * FASTER})
    optimiser, total = torch.optim.AdamW(groups, weight_decay=0.01), len(batches)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1, (step + 1) / WARM) * (1 - step / total))
    net.train()
    for number, batch in enumerate(batches):
        loss = find_loss(batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        pace.step()
        if number % 100 == 0:
            print(f"{number} of {total}: loss {loss.item():.3f}", flush=True)


def tune_teacher(coded: Sequence[Target], seed: int) -> Encoder:
    torch.manual_seed(seed)
    net, tokenizer = load_mpnet()
    net.freeze()
    cuts, labels = [cut_printed(tokenizer, t.text, t.span) for t in coded], torch.tensor([t.label + 1 for t in coded])

    def find_loss(batch: list[int]) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said = net(*net.pack([cuts[number] for number in batch]))
        return functional.cross_entropy(said.scores.float(), labels[batch])

    learn(net, TEACHER_RATE, list(draw_batches(coded, range(len(coded)), TEACHER_PASSES, seed)), find_loss)
    return net


def find_meanings(targets: Sequence[Target]) -> Tensor:
    """Return the original MPNet's vectors of sentences on the axes that hold most of them, of length 1."""
    net, tokenizer = load_mpnet()
    texts = list(dict.fromkeys(target.text for target in targets))
    vectors = functional.normalize(ask(net, [cut_printed(tokenizer, text) for text in texts]).sentence.float())
    axes = torch.linalg.eigh(vectors.T @ vectors).eigenvectors[:, -MEANING:]  # not centred: angles stay as they are
    row_of = {text: row for row, text in enumerate(texts)}
    return functional.normalize(vectors @ axes)[[row_of[target.text] for target in targets]]


def distil(net: Encoder, targets: Sequence[Target], told: Said, meanings: Tensor) -> Encoder:
    """Return the student `net`, taught what teachers told of targets and what their sentences mean."""
    torch.manual_seed(SEED)
    chooser, labels = random.Random(SEED), torch.tensor([target.label + 1 for target in targets])
    spread = [vectors[:4000].float().std(dim=0) + 1e-3 for vectors in told]
    uncoded = {"ignore_index": UNCODED + 1, "reduction": "none"}

    def find_loss(batch: list[int]) -> Tensor:
        hidden, bare = (torch.tensor([chooser.random() < share for _ in batch]) for share in (HIDDEN, BARE))
        shown = [
            Marked(own.text, () if without else own.target)
            for t, hide, without in zip([targets[n] for n in batch], hidden, bare, strict=True)
            for own in [t.marked if hide else Marked(t.text, (t.span,))]
        ]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said = net(*net.pack([cut_pieces(sentence) for sentence in shown]))
        cooled, wanted = said.scores.float() / HEAT, functional.softmax(told.scores[batch] / HEAT, dim=1)
        tone = functional.kl_div(functional.log_softmax(cooled, dim=1), wanted, reduction="none").sum(dim=1) * HEAT**2
        tone += GOLD * functional.cross_entropy(said.scores.float(), labels[batch], **uncoded)
        far = [((said[k] - told[k][batch]) / spread[k]).square().mean(dim=1) for k in (1, 2)]
        vectors = sum(far) / 2 * ~(hidden | bare)  # the teacher saw the names
        meaning = 1 - functional.cosine_similarity(net.meaning(said.sentence), meanings[batch])
        return (tone * ~bare + VECTORS * vectors + meaning).mean()

    numbers = [n for n, target in enumerate(targets) for _ in range(1 if target.label == UNCODED else 2)]
    learn(net, STUDENT_RATE, list(draw_batches(targets, numbers, STUDENT_PASSES, SEED)), find_loss)
    return net


@torch.no_grad()
def sketch_pieces(net: Encoder, targets: Sequence[Target], meanings: Tensor) -> np.ndarray:
    """Return a vector in 8 bits for each piece; their mean over a sentence points near to what the sentence means."""
    parts, rows = net.body.embeddings, {target.text: row for row, target in enumerate(targets)}
    places = parts.position_embeddings.weight[2:60].mean(dim=0)  # the mean place; the first two are never used
    pieces = parts.LayerNorm(parts.word_embeddings.weight + places).numpy()
    some = random.Random(SEED).sample(sorted(rows), min(SKETCHED, len(rows)))
    means = np.array([pieces[cut_pieces(Marked(text, ()))[0]].mean(axis=0) for text in some])
    model = make_pipeline(StandardScaler(), Ridge(0.01 * len(some)))
    vectors = model.fit(means, meanings[[rows[text] for text in some]].numpy()).predict(pieces)
    return (24 * vectors / vectors.std()).round().clip(-127, 127).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--coded", type=Path, required=True, help="the CSV with the articles of war_codes.csv")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--few", type=int, help="of each kind of target, to try whether the program runs")
    options = parser.parse_args()
    out, few = options.out, options.few
    out.mkdir(parents=True, exist_ok=True)
    news, war, (_, tokenizer) = read_targets(options.labelled), read_codes(options.coded), load_mpnet()
    coded = [target for target in news if not is_kept(target.text)][:few] + war.learn[:few] * REPEATED
    barred = {target.text for target in war.check} | {target.text for target in news if is_kept(target.text)}
    starts = tuple(pd.read_csv(SEEDS)["text"])
    sources = [read_sentences(source, war.articles, few) for source in options.texts]
    sources = [[s for s in sentences if s not in barred and not s.startswith(starts)] for sentences in sources]
    sources.append([target.text for target in coded])

    tone_model.PIECES = out / tone_model.PIECES.name  # the student is shown sentences cut into its own pieces
    pieces = keep(out / "pieces.pt", choose_pieces, tokenizer, sources)
    tone_model.PIECES.write_text("\n".join(pieces) + "\n", encoding="utf-8", newline="\n")
    free = keep(out / "free.pt", lambda: [target for own in sources for target in find_targets(own, coded)[:few]])
    targets = coded + free
    printed = [cut_printed(tokenizer, target.text, target.span) for target in targets]
    teachers = [keep(out / f"teacher{seed}.pt", tune_teacher, coded, seed) for seed in (0, 1)]
    said = keep(out / "said.pt", lambda: [ask(net, printed) for net in teachers])
    meanings = keep(out / "meanings.pt", find_meanings, targets)
    told = said[0]._replace(scores=torch.stack([one.scores for one in said]).mean(dim=0))
    rows = [tokenizer.token_to_id(piece) for piece in pieces]
    some = random.Random(SEED).sample(printed, min(350, len(printed)))
    start = narrow(teachers[0], some, rows, LAYERS, WIDE)
    student = keep(out / "student.pt", distil, start, targets, told, meanings)
    np.save(out / tone_model.PIECE_VECTORS.name, sketch_pieces(student, targets, meanings))
    write_encoder(student, out / tone_model.MODEL.name)


if __name__ == "__main__":
    main()
