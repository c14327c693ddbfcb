"""The network that doubles photographs, as PyTorch fits it and as ONNX that Foveate ships.

A chain of 3 x 3 convolutions adds to a straight way, one small filter for each of the four pixels
that become of one: it starts as bicubic interpolation, so only what that lacks is left to learn.
Beside the colours the network sees how strongly a JPEG was compressed, the same number everywhere.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

if TYPE_CHECKING:
    from pathlib import Path

WIDTH: Final = 32
DEPTH: Final = 6
"""Convolutions between the first and the last one."""
CONTEXT: Final = DEPTH + 2
"""Pixels around a tile that are looked at."""
STRAIGHT: Final = 5
SLOPE: Final = 0.1


def bicubic() -> Tensor:
    """Return the four filters of bicubic interpolation to twice the sides: (4, 1, 5, 5)."""
    near = torch.tensor([-0.0703125, 0.8671875, 0.2265625, -0.0234375])  # a quarter pixel away
    late = nnf.pad(near, (1, 0))
    lines = torch.stack([late.flip(0), late])
    return torch.einsum("iy,jx->ijyx", lines, lines).reshape(4, 1, STRAIGHT, STRAIGHT)


class Doubler(nn.Module):
    """(batch, 4, height, width) in, RGB and noise in 0..1; (batch, 3, 2 height, 2 width) out.

    Without padding 2 x `CONTEXT` pixels of each side are not doubled.
    """

    def __init__(self, padding: int = 1) -> None:
        super().__init__()
        sides = [4, *[WIDTH] * (DEPTH + 1), 12]
        self.chain = nn.ModuleList(nn.Conv2d(a, b, 3, padding=padding) for a, b in pairwise(sides))
        self.straight = nn.Conv2d(3, 12, STRAIGHT, padding=2 * padding, groups=3, bias=False)
        self.margin = 0 if padding else CONTEXT - STRAIGHT // 2
        self._start()

    @torch.no_grad()
    def _start(self) -> None:
        self.straight.weight.copy_(bicubic().repeat(3, 1, 1, 1))
        for layer in self.chain[1:-1]:
            layer.weight *= 0.5
            layer.weight += nn.init.dirac_(torch.empty_like(layer.weight)) * 0.7
        self.chain[-1].weight *= 0.1
        for layer in self.chain:
            layer.bias.zero_()

    def forward(self, seen: Tensor) -> Tensor:
        x = seen
        for layer in self.chain[:-1]:
            x = nnf.leaky_relu(layer(x), SLOPE)
        cut = slice(self.margin, -self.margin) if self.margin else slice(None)
        straight = self.straight(seen[:, :3, cut, cut])
        return nnf.pixel_shuffle(self.chain[-1](x) + straight, 2)


def numbers(doubler: Doubler) -> int:
    """Return how many numbers were fitted."""
    return sum(each.numel() for each in doubler.parameters())


def write(doubler: Doubler, path: Path) -> None:
    """Write it as ONNX for tiles of any size that bring what is around them."""
    whole = Doubler(padding=0)
    whole.load_state_dict(doubler.state_dict())
    torch.onnx.export(
        whole.eval(),
        (torch.zeros(1, 4, 84, 84),),
        str(path),
        input_names=["seen"],
        output_names=["doubled"],
        dynamic_axes={name: {0: "batch", 2: "height", 3: "width"} for name in ("seen", "doubled")},
        opset_version=17,
        dynamo=False,
    )
