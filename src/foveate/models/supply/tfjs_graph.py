"""TensorFlow.js graph models as they are written: nodes, weights and the outputs that they name."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_KINDS: Final = {"float32": np.float32, "int32": np.int64, "bool": np.bool_}
_PADDINGS: Final[Mapping[str, dict[str, str]]] = {"SAME": {"auto_pad": "SAME_UPPER"}, "VALID": {}}


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of a graph model, its attributes by their kind."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Node:
        """Return the node that a graph model describes; inputs that only order work are left."""
        data = (name for name in node.get("input", ()) if not name.startswith("^"))
        inputs = tuple(name.removesuffix(":0") for name in data)
        return cls(node["name"], node["op"], inputs, node.get("attr", {}))

    @property
    def needs(self) -> list[str]:
        """Return the names of the nodes whose outputs it works with."""
        return [name.partition(":")[0] for name in self.inputs]

    def number(self, name: str, usual: float) -> float:
        """Return a number, or the usual one where it is not said."""
        return float(self.attributes.get(name, {}).get("f", usual))

    def flag(self, name: str) -> bool:
        """Return a truth value; what is not said is false."""
        return bool(self.attributes.get(name, {}).get("b"))

    def side(self, name: str) -> list[int]:
        """Return the numbers for height and width of a list for all four dimensions."""
        return [int(i) for i in self.attributes[name]["list"]["i"]][1:3]

    def words(self, name: str) -> list[str]:
        """Return a list of words; what is not said is empty."""
        coded = self.attributes.get(name, {}).get("list", {}).get("s", [])
        return [base64.b64decode(word).decode() for word in coded]

    def padding(self) -> dict[str, str]:
        """Return the attributes that say how borders are padded, in the words of ONNX.

        Not at all is what is usual: where it is said, engines leave a Pad before it by itself.
        """
        return _PADDINGS[base64.b64decode(self.attributes["padding"]["s"]).decode()]


def read_weights(entries: Iterable[Mapping[str, Any]], data: bytes) -> dict[str, NDArray[Any]]:
    """Return the weights of a manifest by name. Raises ValueError unless every byte is used."""
    weights: dict[str, NDArray[Any]] = {}
    used = 0
    for entry in entries:
        coding = entry.get("quantization", {})
        kind = np.dtype(coding.get("dtype", entry["dtype"])).newbyteorder("<")
        shape = tuple(entry["shape"])
        stored = np.frombuffer(data, kind, math.prod(shape), used).reshape(shape)
        used += stored.nbytes
        values = stored * coding["scale"] + coding["min"] if "scale" in coding else stored
        weights[entry["name"]] = values.astype(_KINDS[entry["dtype"]])
    if used != len(data):
        raise ValueError(f"expected {used} bytes of weights, got {len(data)}")
    return weights


def outputs_of(model: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    """Return what is known of the outputs with these names, or of all that a model signs.

    Converters put signatures in either of two places. Raises ValueError for a name that is none.
    """
    told = model.get("signature") or model["userDefinedMetadata"]["signature"]
    signed = {name.removesuffix(":0"): fact for name, fact in told["outputs"].items()}
    if strange := [name for name in names if name not in signed]:
        raise ValueError(f"expected outputs of {', '.join(signed)}; got {', '.join(strange)}")
    return {name: signed[name] for name in names or signed}


def nodes_for(nodes: Iterable[Node], outputs: Iterable[str]) -> list[Node]:
    """Return the nodes that outputs depend on, in the order of the model."""
    by_name = {node.name: node for node in nodes}
    wanted: set[str] = set()
    left = [name.partition(":")[0] for name in outputs]
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            left += by_name[name].needs
    return [node for node in by_name.values() if node.name in wanted]
