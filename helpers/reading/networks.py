"""How the model's networks compute: with NumPy's products in blocks of one size, and alike words once.

Both leave every number as it is, whatever is parsed beside an article.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spacy.language import Language
    from thinc.api import Model, NumpyOps, Ragged

_BLOCK = 256  # rows that are multiplied together


def speed_up(nlp: "Language") -> None:
    """Let the networks of a pipeline multiply as `_make_ops` says, and read each distinct word of a batch once."""
    for name, component in nlp.pipeline:
        if name == "tok2vec":
            read_once(component.model)
    set_products(nlp)


def set_products(nlp: "Language") -> None:
    """Let the networks of a pipeline multiply as `_make_ops` says."""
    ops = _make_ops()
    for _, component in nlp.pipeline:
        network = getattr(component, "model", None)
        for node in network.walk() if hasattr(network, "walk") else ():
            node.ops = ops


def _make_ops() -> "NumpyOps":
    """Return how the model multiplies matrices: with NumPy's library, in blocks of one size.

    The library that comes with spaCy's wheels is slower by half on some processors. In blocks of one size an article
    gets the same numbers, to the last bit, whatever is parsed beside it.
    """
    from thinc.api import NumpyOps

    class _Blocks(NumpyOps):
        def gemm(self, x, y, *, out=None, trans1=False, trans2=False):  # type: ignore[no-untyped-def]
            if trans1:  # only training does
                return super().gemm(x, y, out=out, trans1=trans1, trans2=trans2)
            weights, n = y.T if trans2 else y, len(x)
            whole = n - n % _BLOCK
            product = np.empty((n, weights.shape[1]), x.dtype) if out is None else out
            for start in range(0, whole, _BLOCK):
                np.dot(x[start : start + _BLOCK], weights, out=product[start : start + _BLOCK])
            if whole < n:
                rest = np.zeros((_BLOCK, x.shape[1]), x.dtype)
                rest[: n - whole] = x[whole:]
                product[whole:] = np.dot(rest, weights)[: n - whole]
            return product

    return _Blocks(use_blis=False)


def read_once(network: "Model") -> None:
    """Let the layers that see a word without its neighbours see each distinct word once; the others stay.

    They are a third of the network's work, and three words of four stand elsewhere in the same batch.
    """
    from thinc.api import Model

    layers = network.layers[0].layers if network.layers else []
    names = [layer.name.partition("(")[0] for layer in layers]
    if names != ["extract_features", "list2ragged", "with_array", "with_array", "ragged2list"]:
        return  # another model is built in another way
    layers[2:4] = [Model("alike_words_once", _forward, layers=layers[2:4])]


def _forward(model: "Model", words: "Ragged", is_train: bool) -> tuple["Ragged", None]:
    from thinc.api import Ragged

    features = np.ascontiguousarray(words.dataXd)
    rows = features.view(f"V{features.dtype.itemsize * features.shape[1]}").ravel().tolist()
    place = {row: number for number, row in enumerate(rows)}
    number = {row: new for new, row in enumerate(place)}
    alike = Ragged(features[list(place.values())], np.array([len(place)], "i"))
    for layer in model.layers:
        alike = layer.predict(alike)
    return Ragged(alike.dataXd[[number[row] for row in rows]], words.lengths), None
