"""Train the network of helpers/reading/attribution/network.py in PyTorch: the same sums, with gradients."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.reading.attribution.features import FLAGS, Words
from tests.benchmarks.packing import NAMES, Tables, pack_network

_N_FLAGS, _N_NEAR = 6, 9


class Recipe(NamedTuple):
    """How the network is built and trained; chosen on the first of the five folds."""

    width: int = 64
    layers: int = 2
    hidden: int = 48
    epochs: int = 12
    batch: int = 8  # articles
    rate: float = 3e-3
    decay: float = 1e-3
    drop: float = 0.3  # share of a word's vector left out in each step
    drop_words: float = 0.15  # share of lemmas left out: the network must not lean on single words
    drop_features: float = 0.5
    average: float = 0.995  # weights are averaged over the last steps (Polyak & Juditsky 1992)
    pointer: float = 0.3  # weight of the loss of the source's head
    least_lemma: int = 6  # times a lemma, a cue's feature, a pair's feature must be met
    least_cue: int = 15
    least_role: int = 60
    seed: int = 0


class Example(NamedTuple):
    """One article to learn from; token numbers count within it."""

    words: Words
    at: np.ndarray  # candidates
    seen: tuple[np.ndarray, ...]  # they and their heads and subjects
    features: np.ndarray
    cue: np.ndarray  # is it one?
    held: np.ndarray  # does it lie in another's content?
    unused: np.ndarray  # in a discarded stretch, or a further word of a cue
    pairs: tuple[np.ndarray, np.ndarray]  # annotated cue, word near it
    role_features: np.ndarray
    roles: np.ndarray  # of a pair: 0 neither, 1 source, 2 content


def list_tables(examples: Sequence[Example], glove: tuple[np.ndarray, np.ndarray], recipe: Recipe) -> Tables:
    """Return what training meets often enough to have a row; `glove` is the hashes of forms and their vectors."""

    def kept(arrays: list[np.ndarray], least: int) -> np.ndarray:
        values, n = np.unique(np.concatenate([array.ravel() for array in arrays]), return_counts=True)
        return values[n >= least]

    lemma = kept([e.words.lemma for e in examples], recipe.least_lemma)
    tag, dep = (kept([getattr(e.words, name) for e in examples], 1) for name in ("tag", "dep"))
    hashes = {"lemma": lemma, "lower": glove[0], "tag": tag, "dep": dep}
    cue_ids = kept([e.features for e in examples], recipe.least_cue)
    role_ids = kept([e.role_features for e in examples], recipe.least_role)
    return Tables(hashes, glove[1], cue_ids, role_ids)


class _Head(nn.Module):
    def __init__(self, rows: int, seen: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.table = nn.EmbeddingBag(rows + 1, hidden + outputs, mode="sum", padding_idx=0)
        nn.init.normal_(self.table.weight, 0, 0.05)
        self.dense, self.output = nn.Linear(seen, hidden + outputs), nn.Linear(hidden, outputs, bias=False)

    def forward(self, features: Tensor, seen: Tensor, drop: float) -> Tensor:
        width, kept = features.shape[1], 1.0
        if self.training:
            features, kept = features * (torch.rand(features.shape) > drop), 1 - drop
        summed = self.table(features) / width**0.5 / kept + seen
        return summed[:, self.hidden :] + self.output(functional.relu(summed[:, : self.hidden]))


class _Net(nn.Module):
    def __init__(self, tables: Tables, recipe: Recipe, n_tensor: int) -> None:
        super().__init__()
        width = recipe.width
        sizes = {"lemma": len(tables.hashes["lemma"]) + 1, "tag": len(tables.hashes["tag"]) + 1,
                 "dep": len(tables.hashes["dep"]) + 1, "flags": _N_FLAGS * FLAGS}  # fmt: skip
        self.tables = nn.ModuleDict({name: nn.Embedding(size, width) for name, size in sizes.items()})
        for name, table in self.tables.items():
            nn.init.normal_(table.weight, 0, 0.1 if name == "lemma" else 0.3)
        self.glove = nn.Linear(tables.glove.shape[1], width, bias=False)
        self.tensor = nn.Linear(n_tensor, width)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(recipe.layers + 1)])
        self.layers = nn.ModuleList([nn.Linear(width * (_N_NEAR + 2), width) for _ in range(recipe.layers)])
        for layer in self.layers:
            nn.init.normal_(layer.weight, 0, (5 * width) ** -0.5)
        self.cue = _Head(len(tables.cue_ids), 3 * width, recipe.hidden, 2)
        self.role = _Head(len(tables.role_ids), 2 * width, recipe.hidden, 4)
        self.null = nn.Linear(width, 1)
        self.register_buffer("vectors", torch.tensor(np.pad(tables.glove, ((1, 0), (0, 0)))))
        self.recipe = recipe

    def encode(self, batch: dict[str, Tensor]) -> Tensor:
        recipe, lemma = self.recipe, batch["lemma"]
        if self.training:
            lemma = lemma * (torch.rand(lemma.shape) > recipe.drop_words)
        state = self.tensor(batch["tensor"]) + self.glove(self.vectors[batch["lower"]])
        known = (lemma > 0)[:, None]
        state = state + self.tables["lemma"](lemma) * known
        state = state + sum(self.tables[name](batch[name]) for name in ("tag", "dep"))
        state = functional.relu(self.norms[0](state + self.tables["flags"](batch["flags"]).sum(dim=1)))
        state = functional.dropout(state, recipe.drop, self.training)
        number, n = batch["sentence"], int(batch["sentence"].max()) + 1
        for layer, norm in zip(self.layers, self.norms[1:], strict=True):
            padded = torch.cat([state, torch.zeros_like(state[:1])])
            around = padded[batch["near"]].flatten(1)
            highest = torch.zeros(n, state.shape[1]).scatter_reduce(
                0, number[:, None].expand_as(state), state, "amax", include_self=False
            )
            learned = functional.relu(norm(layer(torch.cat([state, around, highest[number]], dim=1))))
            state = state + functional.dropout(learned, recipe.drop, self.training)
        return state

    def score_cues(self, state: Tensor, batch: dict[str, Tensor]) -> Tensor:
        padded = torch.cat([state, torch.zeros_like(state[:1])])
        seen = self.cue.dense(torch.cat([padded[batch[f"seen{k}"]] for k in range(3)], dim=1))
        return self.cue(batch["features"], seen, self.recipe.drop_features)

    def score_roles(self, state: Tensor, batch: dict[str, Tensor]) -> Tensor:
        weight, width = self.role.dense.weight, state.shape[1]
        seen = (state @ weight[:, :width].T)[batch["pair_cue"]] + (state @ weight[:, width:].T)[batch["pair_word"]]
        return self.role(batch["role_features"], seen + self.role.dense.bias, self.recipe.drop_features)


def _index(hashes: np.ndarray, values: np.ndarray) -> np.ndarray:
    place = np.minimum(np.searchsorted(hashes, values), len(hashes) - 1)
    return np.where(hashes[place] == values, place + 1, 0)


def _gather(examples: Sequence[Example], tables: Tables) -> dict[str, Tensor]:
    """Return the arrays of some articles one after the other."""
    parts: dict[str, list[np.ndarray]] = {}
    begin = 0

    def add(name: str, array: np.ndarray, shift: int = 0) -> None:
        moved = np.where(array >= 0, array + shift, -1) if shift else array
        parts.setdefault(name, []).append(moved)

    for e in examples:
        for name in NAMES:
            add(name, _index(tables.hashes[name], getattr(e.words, name)))
        add("tensor", e.words.vectors)
        add("flags", e.words.flags)
        add("near", e.words.near, begin)
        add("first", e.words.first, begin)
        for k, at in enumerate(e.seen):
            add(f"seen{k}", at, begin)
        add("pair_cue", e.pairs[0], begin)
        add("pair_word", e.pairs[1], begin)
        add("features", _index(tables.cue_ids, e.features))
        add("role_features", _index(tables.role_ids, e.role_features))
        for name in ("cue", "held", "unused", "roles"):
            add(name, getattr(e, name))
        begin += len(e.words.first)
    batch = {name: torch.as_tensor(np.concatenate(arrays)) for name, arrays in parts.items()}
    batch = {
        name: value if value.dtype in (torch.bool, torch.float32) else value.long() for name, value in batch.items()
    }
    batch["near"] = torch.where(batch["near"] < 0, begin, batch["near"])
    for k in range(3):
        batch[f"seen{k}"] = torch.where(batch[f"seen{k}"] < 0, begin, batch[f"seen{k}"])
    batch["sentence"] = torch.unique(batch["first"], return_inverse=True)[1]
    cues, batch["pair_number"] = torch.unique(batch["pair_cue"], return_inverse=True)
    batch["pair_cues"] = cues
    return batch


def _log_total(scores: Tensor, number: Tensor, n: int, extra: Tensor | None = None) -> Tensor:
    """Return the logarithm of the sum of raised scores of each group, and of one score more a group."""
    highest = torch.full((n,), -1e9).scatter_reduce(0, number, scores.detach(), "amax")
    highest = highest if extra is None else torch.maximum(highest, extra.detach())
    total = torch.zeros(n).index_add(0, number, torch.exp(scores - highest[number]))
    total = total if extra is None else total + torch.exp(extra - highest)
    return highest + torch.log(total + 1e-20)


def _lose(net: _Net, batch: dict[str, Tensor]) -> Tensor:
    """Return the loss: of a cue at all, of an outermost one, of roles, and of the source's head or nobody."""
    state = net.encode(batch)
    scores, cue = net.score_cues(state, batch), batch["cue"].float()
    outer = ~batch["unused"]
    alone = outer & (batch["cue"] | ~batch["held"])  # inside another's content nobody says whether it is one
    loss = functional.binary_cross_entropy_with_logits(scores[alone, 0], cue[alone])
    loss = loss + functional.binary_cross_entropy_with_logits(scores[outer, 1], cue[outer])
    found, roles, number = net.score_roles(state, batch), batch["roles"], batch["pair_number"]
    loss = loss + functional.cross_entropy(found[:, :3], roles)
    n, source = len(batch["pair_cues"]), roles == 1
    nobody = net.null(state[batch["pair_cues"]])[:, 0]
    named = torch.zeros(n, dtype=torch.bool)
    named[number[source]] = True
    wanted = torch.where(named, _log_total(found[source, 3], number[source], n), nobody)
    return loss + net.recipe.pointer * (_log_total(found[:, 3], number, n, nobody) - wanted).mean()


def train_network(
    examples: Sequence[Example], glove: tuple[np.ndarray, np.ndarray], recipe: Recipe
) -> dict[str, np.ndarray]:
    """Return the arrays of a network trained on articles, as `unpack_network` takes them."""
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    tables = list_tables(examples, glove, recipe)
    vectors = np.concatenate([e.words.vectors for e in examples])
    mean, spread = torch.tensor(vectors.mean(axis=0)), torch.tensor(vectors.std(axis=0) + 1e-3)
    net = _Net(tables, recipe, vectors.shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.99))
    total = recipe.epochs * -(-len(examples) // recipe.batch)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: min(1, (t + 1) / 50) * max(0.02, 1 - t / total))
    averaged = {name: value.detach().clone() for name, value in net.named_parameters()}
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(len(examples))
        for start in range(0, len(order), recipe.batch):
            batch = _gather([examples[k] for k in order[start : start + recipe.batch]], tables)
            batch["tensor"] = (batch["tensor"] - mean) / spread
            loss = _lose(net, batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            pace.step()
            step += 1
            keep = min(recipe.average, (1 + step) / (10 + step))
            with torch.no_grad():
                for name, value in net.named_parameters():
                    averaged[name].mul_(keep).add_(value, alpha=1 - keep)
    return pack_network({name: value.numpy() for name, value in averaged.items()}, tables, mean.numpy(), spread.numpy())
