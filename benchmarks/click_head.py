"""The head that turns clicks into masks, as PyTorch fits it and as ONNX that Foveate ships.

Two halves. `Reading` takes what `gaze` knows of each patch and the colours, once for a look.
`Answering` takes clicks: how alike each patch is to those that were clicked, in four ways; how far
it is from them; what lies in a box. Its answers are log odds at four cells to a patch, of the thing
and of all that it hangs together with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import torch
from mask_head import HEADS, TOKEN, WIDTH, Attention, Residual, folded_into, unfolded_into
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as nnf

from foveate.vision.clicks import FINER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAPS: Final = 5
SHADES: Final = 12
READING: Final = ("reading.known", "reading.metric")
"""Layers that take tokens."""
KINDS: Final = ("weight", "bias")
SMALL: Final = 64
"""Numbers in a tensor that keeps single precision."""


class Reading(nn.Module):
    """Tokens and colours in; what is known of a patch, what it is like, and edges out."""

    def __init__(self, token: int = TOKEN) -> None:
        super().__init__()
        self.known = nn.Conv2d(token, WIDTH, 1)
        self.metric = nn.Conv2d(token, WIDTH, 1)
        self.colours = nn.Conv2d(3, SHADES, 3, padding=1)

    def forward(self, tokens: Tensor, colours: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        kin = self.metric(tokens).flatten(2).unflatten(1, (HEADS, WIDTH // HEADS))
        return self.known(tokens), unit(kin, 2), nnf.relu(self.colours(colours))


def unit(values: Tensor, axis: int) -> Tensor:
    """Return vectors of length 1; what is 0 stays so."""
    return values / (values.square().sum(axis, keepdim=True) + 1e-6).sqrt()


class Answering(nn.Module):
    """What was read, and what was clicked, in; log odds of the thing and of its group out."""

    def __init__(self) -> None:
        super().__init__()
        self.join = nn.Conv2d(WIDTH + 2 * HEADS + MAPS, WIDTH, 1)
        near = [Residual(WIDTH, 1), Residual(WIDTH, 2)]
        far = [Residual(WIDTH, 4), Residual(WIDTH, 1)]
        self.trunk = nn.Sequential(*near, Attention(WIDTH), *far)
        self.coarse = nn.Conv2d(WIDTH, 2, 1)
        self.shuffle = nn.Conv2d(WIDTH, 4 * FINER * FINER, 1)
        self.edges = nn.Conv2d(4 + SHADES + 2, 16, 3, padding=1)
        self.wider = nn.Conv2d(16, 16, 3, padding=2, dilation=2)
        self.last = nn.Conv2d(16, 2, 1)

    def forward(  # noqa: PLR0913, PLR0917 - the inputs of a graph
        self,
        known: Tensor,
        kin: Tensor,
        edges: Tensor,
        positive: Tensor,
        negative: Tensor,
        maps: Tensor,
        discs: Tensor,
    ) -> tuple[Tensor, Tensor]:
        alike = torch.cat([most_alike(kin, positive), most_alike(kin, negative)], 1)
        alike = alike.reshape(-1, 2 * HEADS, known.shape[2], known.shape[3])
        x = self.trunk(self.join(torch.cat([known, alike, maps], 1)))
        coarse = self.coarse(x)
        fine = torch.cat([nnf.pixel_shuffle(self.shuffle(x), FINER), edges, discs], 1)
        fine = nnf.relu(self.wider(nnf.relu(self.edges(fine))))
        smooth = nnf.interpolate(coarse, scale_factor=FINER, mode="bilinear", align_corners=False)
        return coarse, self.last(fine) + smooth


def most_alike(kin: Tensor, shares: Tensor) -> Tensor:
    """Return (batch, heads, patches): the cosine with the click that is most like, -1 for none."""
    there = shares.sum(2)[:, None, :, None]
    clicked = unit(shares[:, None] @ kin.transpose(2, 3), 3)
    cosine = (clicked @ kin) * there + (there - 1)
    return cosine.amax(2)


class Head(nn.Module):
    """Both halves, for fitting."""

    def __init__(self, token: int = TOKEN) -> None:
        super().__init__()
        self.reading = Reading(token)
        self.answering = Answering()


def folded(head: Head, mean: Tensor, axes: Tensor) -> Head:
    """Return a head for tokens as they are, of one for `(tokens - mean) @ axes`."""
    return folded_into(Head(), head, READING, mean, axes)


def unfolded(files: Sequence[Path], mean: Tensor, axes: Tensor) -> Head:
    """Return the head that `write` wrote as these files, for `(tokens - mean) @ axes`.

    What the axes leave out of the tokens is lost.
    """
    head = Head(axes.shape[1])
    state: dict[str, Tensor] = {}
    for file in files:
        state |= numbers_in(onnx.load(str(file)).graph)
    return unfolded_into(head, state, READING, mean, axes)


def numbers_in(graph: Any) -> dict[str, Tensor]:  # noqa: ANN401 - onnx comes without types
    """Return the parameters that a graph stores, in single precision, by their names in PyTorch.

    Scale and shift of a normalisation lost their names; they are told by their order.
    """
    found, nameless = {}, []
    for tensor in graph.initializer:
        values = torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
        if tensor.name.startswith("onnx::"):
            nameless.append(values.flatten())
        else:
            found[tensor.name.removesuffix("_half")] = values
    norms = [f"answering.trunk.{number}.norm.{kind}" for number in range(5) for kind in KINDS]
    return found | dict(zip(norms, nameless, strict=bool(nameless)))


class Read(nn.Module):
    """`Reading` for tokens as `Gaze.tokens` returns them."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def forward(self, tokens: Tensor, colours: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        known, kin, edges = self.reading(tokens.permute(0, 3, 1, 2), colours)
        return known, kin, edges


class Answer(nn.Module):
    """The finer of both answers."""

    def __init__(self, answering: Answering) -> None:
        super().__init__()
        self.answering = answering

    def forward(self, *told: Tensor) -> Tensor:
        fine: Tensor = self.answering(*told)[1]
        return fine


def write(head: Head, read: Path, answer: Path) -> None:
    """Write a whole head as two ONNX files for any grid, its large tensors in half precision."""
    rows, columns = 24, 28
    finer = rows * FINER, columns * FINER
    tokens, colours = torch.zeros(1, rows, columns, TOKEN), torch.zeros(1, 3, *finer)
    _export(
        Read(head.reading), {"tokens": tokens, "colours": colours}, ["known", "kin", "edges"],
        {
            "tokens": {1: "rows", 2: "columns"}, "colours": {2: "down", 3: "across"},
            "known": {2: "rows", 3: "columns"}, "kin": {3: "patches"},
            "edges": {2: "down", 3: "across"},
        }, read,
    )  # fmt: skip
    known, kin, edges = (each.detach() for each in Read(head.reading)(tokens, colours))
    inputs = {
        "known": known, "kin": kin, "edges": edges,
        "positive": torch.zeros(1, 2, rows * columns),
        "negative": torch.zeros(1, 3, rows * columns),
        "maps": torch.zeros(1, MAPS, rows, columns), "discs": torch.zeros(1, 2, *finer),
    }  # fmt: skip
    _export(
        Answer(head.answering), inputs, ["log_odds"],
        {
            "known": {2: "rows", 3: "columns"}, "kin": {3: "patches"},
            "edges": {2: "down", 3: "across"}, "positive": {1: "clicks", 2: "patches"},
            "negative": {1: "others", 2: "patches"}, "maps": {2: "rows", 3: "columns"},
            "discs": {2: "down", 3: "across"}, "log_odds": {2: "down", 3: "across"},
        }, answer,
    )  # fmt: skip


def _export(
    module: nn.Module,
    inputs: dict[str, Tensor],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
    path: Path,
) -> None:
    torch.onnx.export(
        module,
        tuple(inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    onnx.save(halved(onnx.load(str(path))), str(path))


def halved(model: Any) -> Any:  # noqa: ANN401 - onnx comes without types
    """Return a graph that stores its large tensors in half precision, and works in single."""
    graph, kept, casts = model.graph, [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size <= SMALL:
            kept.append(tensor)
            continue
        stored = f"{tensor.name}_half"
        kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(
            onnx.helper.make_node("Cast", [stored], [tensor.name], to=onnx.TensorProto.FLOAT)
        )
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    return model
