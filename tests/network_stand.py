"""The smallest networks there are, written by hand, and cards for them."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import onnx

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

if TYPE_CHECKING:
    from foveate.settings import Models


def field(number: int, value: bytes | int) -> bytes:
    """Encode one protobuf field; lengths and numbers here are all below 128."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def negation(*sides: int | None, name: bytes = b"x") -> bytes:
    """Return the ONNX network `y = -x`; a side that is None is free, without sides there is one."""
    dims = (field(2, b"n") if side is None else field(1, side) for side in sides or (None,))
    shape = field(2, b"".join(field(1, dim) for dim in dims))
    floats = field(2, field(1, field(1, 1) + shape))
    node = field(1, name) + field(2, b"y") + field(4, b"Neg")
    ends = field(11, field(1, name) + floats) + field(12, field(1, b"y") + floats)
    graph = field(1, node) + field(2, b"g") + ends
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def endless(side: int = 400, products: int = 4000) -> bytes:
    """Return an ONNX network that multiplies a (side, side) matrix by itself, for half a minute."""
    shape = [side, side]
    names = ["x", *(f"y{number}" for number in range(1, products)), "y"]
    steps = [
        onnx.helper.make_node("MatMul", [before, "x"], [after])
        for before, after in itertools.pairwise(names)
    ]
    x, y = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name in "xy"
    )
    graph = onnx.helper.make_graph(steps, "endless", [x], [y])
    opsets = [onnx.helper.make_opsetid("", 13)]
    model = onnx.helper.make_model(graph, ir_version=8, opset_imports=opsets)
    data: bytes = model.SerializeToString()
    return data


def network_card(name: str, data: bytes, *, shape: tuple[int, ...] = (1,)) -> ModelCard:
    sha256 = hashlib.sha256(data).hexdigest()
    file = f"{name}.onnx"
    return ModelCard(
        name=name,
        task=Task.ATTRIBUTES,
        file=file,
        sha256=sha256,
        bytes=len(data),
        artefact=Artefact(file=file, sha256=sha256, sources=("file:/nowhere",)),
        reference=Reference(shape=shape, firsts=((0.0,),)),
        licence="MIT",
        upstream="a test",
    )


def own_card(settings: Models, name: str, data: bytes, **more: str) -> Path:
    """Write a card of the operator's own, and return where its file belongs."""
    sha256 = hashlib.sha256(data).hexdigest()
    cards = Path(settings.folder, "cards")
    cards.mkdir(parents=True, exist_ok=True)
    lines = [f'{key} = "{value}"' for key, value in more.items()]
    (cards / f"{name}.toml").write_text(
        "\n".join(
            [
                f'name = "{name}"\nbytes = {len(data)}\nlicence = "MIT"\nupstream = "a test"',
                *lines,
                f'[artefact]\nfile = "{name}.onnx"\nsha256 = "{sha256}"',
                'sources = ["file:/nowhere"]',
            ]
        )
    )
    return Path(settings.folder, f"{name}.onnx")
