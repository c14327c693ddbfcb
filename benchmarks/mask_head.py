"""The head that outlines the thing in a box, as PyTorch fits it and as ONNX that Foveate ships.

It reads what `gaze` knows of a crop around the box, 24 x 24 patches of two layers; where the box
lies in it; how alike each patch is to the middle of the box and to what surrounds it; and, for
edges, the colours of the crop at four cells to a patch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Tensors = Mapping[str, Tensor]

GRID: Final = 24
FINER: Final = 4
TOKEN: Final = 768
WIDTH: Final = 64
HEADS: Final = 4
POOL: Final = 4
"""Patches on each side of the regions that attention asks."""
PLACES: Final = 5
"""Maps that tell where the box lies: inside, and how far each of its sides is."""

H = TypeVar("H", bound=nn.Module)


class Residual(nn.Module):
    """Two convolutions beside the way, the first one dilated."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, width)
        self.far = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(nnf.relu(self.far(self.norm(x))))


class Attention(nn.Module):
    """What each patch takes from regions of `POOL` x `POOL` patches."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, width)
        self.ask = nn.Conv2d(width, width, 1)
        self.tell = nn.Conv2d(width, 2 * width, 1)
        self.mix = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm(x)
        each = (HEADS, WIDTH // HEADS)
        asked = self.ask(normed).flatten(2).unflatten(1, each)
        keys, values = self.tell(nnf.avg_pool2d(normed, POOL)).flatten(2).chunk(2, 1)
        keys, values = keys.unflatten(1, each), values.unflatten(1, each)
        share = (asked.transpose(2, 3) @ keys * (WIDTH // HEADS) ** -0.5).softmax(-1)
        taken = (share @ values.transpose(2, 3)).transpose(2, 3).reshape(x.shape)
        return x + self.mix(taken)


class Head(nn.Module):
    """Tokens, the box's place and colours in; log odds of the thing at 96 x 96 out."""

    def __init__(self, token: int = TOKEN) -> None:
        super().__init__()
        self.read = nn.Conv2d(token, WIDTH, 1)
        self.metric = nn.Conv2d(token, WIDTH, 1)
        self.colours = nn.Conv2d(3, 12, 3, padding=1)
        self.join = nn.Conv2d(WIDTH + 2 * HEADS + PLACES, WIDTH, 1)
        near = [Residual(WIDTH, 1), Residual(WIDTH, 2)]
        far = [Residual(WIDTH, 4), Residual(WIDTH, 1)]
        self.trunk = nn.Sequential(*near, Attention(WIDTH), *far)
        self.coarse = nn.Conv2d(WIDTH, 1, 1)
        self.shuffle = nn.Conv2d(WIDTH, 4 * FINER * FINER, 1)
        self.edges = nn.Conv2d(4 + 12 + 1, 16, 3, padding=1)
        self.wider = nn.Conv2d(16, 16, 3, padding=2, dilation=2)
        self.last = nn.Conv2d(16, 1, 1)

    def alike(self, tokens: Tensor, where: Tensor) -> Tensor:
        """Return how alike each patch is to those of a (batch, 1, GRID, GRID) map of shares."""
        told = self.metric(tokens).reshape(-1, HEADS, WIDTH // HEADS, GRID, GRID)
        told = told / (told.square().sum(2, keepdim=True) + 1e-6).sqrt()
        share = (where / (where.sum((2, 3), keepdim=True) + 1e-3))[:, :, None]
        mean = (told * share).sum((3, 4), keepdim=True)
        return (told * mean).sum(2)

    def forward(self, tokens: Tensor, places: Tensor, colours: Tensor) -> tuple[Tensor, Tensor]:
        inside = places[:, :1]
        middle = (places[:, 1:].amin(1, keepdim=True) * 4).clamp(0, 1)
        kin = self.alike(tokens, middle), self.alike(tokens, 1 - inside)
        x = self.join(torch.cat([self.read(tokens), *kin, places], 1))
        x = self.trunk(x)
        coarse = self.coarse(x)
        seen = nnf.relu(self.colours(colours))
        boxed = nnf.interpolate(inside, scale_factor=FINER, mode="nearest")
        fine = torch.cat([nnf.pixel_shuffle(self.shuffle(x), FINER), seen, boxed], 1)
        fine = nnf.relu(self.wider(nnf.relu(self.edges(fine))))
        smooth = nnf.interpolate(coarse, scale_factor=FINER, mode="bilinear", align_corners=False)
        return coarse, self.last(fine) + smooth


def folded(head: Head, mean: Tensor, axes: Tensor) -> Head:
    """Return a head for tokens as they are, of one for `(tokens - mean) @ axes`."""
    return folded_into(Head(), head, ("read", "metric"), mean, axes)


def folded_into(whole: H, head: H, reading: tuple[str, ...], mean: Tensor, axes: Tensor) -> H:
    """Return `whole` with a head's numbers; its `reading` layers take `(tokens - mean) @ axes`."""
    state = head.state_dict()
    for name in reading:
        weight = state[f"{name}.weight"][:, :, 0, 0] @ axes.T
        state[f"{name}.bias"] = state[f"{name}.bias"] - weight @ mean
        state[f"{name}.weight"] = weight[:, :, None, None]
    whole.load_state_dict(state)
    return whole.eval()


def unfolded_into(
    head: H, state: Tensors, reading: tuple[str, ...], mean: Tensor, axes: Tensor
) -> H:
    """Return `head` with the numbers of a folded one: its `reading` layers take whitened tokens."""
    back, state = torch.linalg.pinv(axes).T, dict(state)
    for name in reading:
        weight = state[f"{name}.weight"][:, :, 0, 0]
        state[f"{name}.bias"] = state[f"{name}.bias"] + weight @ mean
        state[f"{name}.weight"] = (weight @ back)[:, :, None, None]
    head.load_state_dict(state)
    return head


class Shipped(nn.Module):
    """The finer of both answers, for tokens as `Gaze.tokens` returns them."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = head

    def forward(self, tokens: Tensor, places: Tensor, colours: Tensor) -> Tensor:
        return self.head(tokens.permute(0, 3, 1, 2), places, colours)[1][:, 0]


def write(head: Head, path: Path) -> None:
    """Write a whole head as ONNX for any batch."""
    sides = (1, GRID, GRID, TOKEN), (1, PLACES, GRID, GRID), (1, 3, GRID * FINER, GRID * FINER)
    names = ["tokens", "places", "colours"]
    torch.onnx.export(
        Shipped(head),
        tuple(torch.zeros(side) for side in sides),
        str(path),
        input_names=names,
        output_names=["log_odds"],
        dynamic_axes={name: {0: "batch"} for name in [*names, "log_odds"]},
        opset_version=17,
        dynamo=False,
    )
