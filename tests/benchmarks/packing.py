"""Weights as training leaves them -> the arrays of lexicons/attribution_weights.npz, which reading unpacks."""

from typing import NamedTuple

import numpy as np

NAMES = ("lemma", "lower", "tag", "dep")


class Tables(NamedTuple):
    """What has a row in the network's tables."""

    hashes: dict[str, np.ndarray]
    glove: np.ndarray  # vectors of the forms in hashes["lower"], stored in steps as reading will load them
    cue_ids: np.ndarray
    role_ids: np.ndarray


def pack_network(
    weights: dict[str, np.ndarray], tables: Tables, mean: np.ndarray, spread: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the arrays that the weights file holds: tables as bytes, the rest as short floats."""
    tensor = weights["tensor.weight"].T / spread[:, None]
    packed = {f"{name}_hashes": tables.hashes[name] for name in NAMES}
    packed |= pack_table("flags", weights["tables.flags.weight"])
    for name in ("lemma", "tag", "dep"):
        packed |= pack_table(name, weights[f"tables.{name}.weight"][1:])
    packed |= pack_table("glove", tables.glove)
    packed |= {
        "glove_dense": weights["glove.weight"].T.astype(np.float16),
        "tensor": tensor.astype(np.float32),
        "first_bias": weights["tensor.bias"] - mean @ tensor,
        "first_gain": weights["norms.0.weight"],
        "first_shift": weights["norms.0.bias"],
        "null_dense": weights["null.weight"].T.astype(np.float16),
        "null_bias": weights["null.bias"],
    }
    for n in range(sum(name.startswith("layers.") and name.endswith(".weight") for name in weights)):
        packed |= {
            f"layer{n}_dense": weights[f"layers.{n}.weight"].T.astype(np.float16),
            f"layer{n}_bias": weights[f"layers.{n}.bias"],
            f"layer{n}_gain": weights[f"norms.{n + 1}.weight"],
            f"layer{n}_shift": weights[f"norms.{n + 1}.bias"],
        }
    for name, ids in (("cue", tables.cue_ids), ("role", tables.role_ids)):
        packed |= pack_table(f"{name}_table", weights[f"{name}.table.weight"][1:])
        packed |= {
            f"{name}_steps": np.diff(ids, prepend=0).astype(np.uint32),
            f"{name}_dense": weights[f"{name}.dense.weight"].T.astype(np.float16),
            f"{name}_bias": weights[f"{name}.dense.bias"],
            f"{name}_output": weights[f"{name}.output.weight"].T.astype(np.float16),
        }
    return packed


def pack_table(name: str, table: np.ndarray) -> dict[str, np.ndarray]:
    """Return a table as signed roots of its share of a column's largest weight, in steps of a 127th."""
    scale = np.abs(table).max(axis=0) + 1e-12
    rooted = np.sign(table) * np.sqrt(np.abs(table) / scale)
    return {name: np.round(127 * rooted).astype(np.int8), f"{name}_scale": scale.astype(np.float32)}
