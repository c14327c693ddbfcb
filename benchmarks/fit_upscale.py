"""Fit the network that doubles photographs: on halves of photos, halved in many ways.

    python benchmarks/fit_upscale.py [--minutes 50] [--keep FILE] [--write]

Only pictures under terms that are stated count: OSIE's (MIT), and COCO's (under the Creative
Commons licences of their authors). They were JPEGs; at half their sides next to nothing is left of
that, and these are what is to be found again. Each step shrinks other parts of them: as areas,
bicubically, by Lanczos or linearly, some softer than that, some with a JPEG's traces. PyTorch is
needed beside Foveate (`pip install torch`); `--keep` saves all there is to go on from, with
`--write` the network in the package is replaced.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from masked import rows_of
from PIL import Image
from results import DATA
from torch import Tensor
from torch.nn import functional as nnf
from upscale_net import Doubler, numbers, write

from foveate.vision.doubler import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

HELD: Final = 16
"""Photos to judge by."""
SIDE: Final = 32
"""Of a part, in pixels of what is doubled."""
MARGIN: Final = 8
"""Pixels of the original beside a part that the softest of halvings looks at."""
EDGE: Final = 4
"""Pixels of the answer that lack surroundings, and do not count."""
BATCH: Final = 8
RATE, SPIN = 2e-3, 2e-2
"""What a step changes: numbers by Adam, and chained layers by Muon, as a share of their norm."""
FADING: Final = 0.998
"""What a step leaves of the average of all networks so far, which is the one that counts."""
ALIKE_FROM: Final = 0.6
"""Part of the time after which likeness counts beside the error."""
COMPRESSED: Final = 0.25
QUALITIES: Final = (40, 98)
SOFTENED: Final = 0.15
LIGHT: Final = (0.299, 0.587, 0.114)


def cubic(x: float) -> float:
    """Return Catmull and Rom's kernel."""
    x = abs(x)
    return (1.5 * x - 2.5) * x * x + 1 if x < 1 else max(0, 2 - x) ** 2 * (1 - x) / 2


def lanczos(x: float) -> float:
    """Return the kernel with three lobes."""
    return float(np.sinc(x) * np.sinc(x / 3)) if abs(x) < 3 else 0.0


HALVING: Final[Sequence[tuple[float, Callable[[float], float]]]] = (
    (0.45, lambda x: float(abs(x) < 0.5)),
    (0.22, cubic),
    (0.15, lanczos),
    (0.18, lambda x: max(0, 1 - abs(x))),
)
"""How often pictures are halved in each way, and its kernel."""


def taps(rnd: random.Random) -> NDArray[np.float64]:
    """Return what each of 2 x `MARGIN` pixels weighs, on a line, in one of half as many."""
    away = np.arange(2 * MARGIN) - MARGIN + 0.5
    (kernel,) = rnd.choices([each for _, each in HALVING], [often for often, _ in HALVING])
    line = np.array([kernel(x / 2) for x in away])
    if rnd.random() < SOFTENED:
        soft = np.exp(-0.5 * (np.arange(-3, 4) / rnd.uniform(0.3, 0.9)) ** 2)
        line = np.convolve(line, soft, "same")
    return line / line.sum()


def halved(parts: Tensor, lines: Tensor) -> Tensor:
    """Return (batch, 3, side, side) at half the sides, without what lacks surroundings."""
    batch, bands, side, _ = parts.shape
    each = lines.repeat_interleave(bands, 0)
    count = batch * bands
    x = nnf.conv2d(parts.reshape(1, count, side, side), each[:, None, :, None], None, (2, 1),
                   groups=count)  # fmt: skip
    x = nnf.conv2d(x, each[:, None, None, :], None, (1, 2), groups=count)
    return (x.reshape(batch, bands, *x.shape[2:]) * 255).round().clamp(0, 255) / 255


def compressed(part: Tensor, quality: int, rnd: random.Random) -> Tensor:
    """Return (3, side, side) as a JPEG shows it whose blocks lie anywhere."""
    side, (top, left) = part.shape[-1], (rnd.randrange(8), rnd.randrange(8))
    wide = nnf.pad(part, (left, 0, top, 0), "reflect")
    picture = Image.fromarray((wide.permute(1, 2, 0) * 255).byte().numpy())
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=rnd.choice((0, 2, 2)))
    seen = np.asarray(Image.open(out))[top : top + side, left : left + side]
    return torch.from_numpy(seen.copy()).permute(2, 0, 1) / 255


def part(photo: Pixels, rnd: random.Random) -> Tensor:
    """Return a part of a photo, mirrored and turned: (3, side, side)."""
    side = 2 * (SIDE + MARGIN - 1)
    top, left = (rnd.randint(0, length - side) for length in photo.shape[:2])
    seen = photo[top : top + side, left : left + side, :: rnd.choice((1, -1))]
    if rnd.random() < 0.5:
        seen = seen.transpose(1, 0, 2)
    seen = seen[:: rnd.choice((1, -1)), :: rnd.choice((1, -1))]
    return torch.from_numpy(np.ascontiguousarray(seen[..., :3])).permute(2, 0, 1) / 255


def batch(photos: Sequence[Pixels], rnd: random.Random) -> tuple[Tensor, Tensor]:
    """Return parts as they are seen, with how strongly they were compressed, and as they were."""
    whole = torch.stack([part(rnd.choice(photos), rnd) for _ in range(BATCH)])
    lines = torch.from_numpy(np.stack([taps(rnd) for _ in range(BATCH)])).float()
    small, noise = halved(whole, lines), torch.zeros(BATCH, 1, SIDE, SIDE)
    for number in range(BATCH):
        if rnd.random() < COMPRESSED:
            quality = rnd.randint(*QUALITIES)
            small[number] = compressed(small[number], quality, rnd)
            noise[number] = 1 - quality / 100
    inside = slice(MARGIN - 1, 1 - MARGIN)
    return torch.cat([small, noise], 1), whole[:, :, inside, inside]


def unlike(one: Tensor, other: Tensor) -> Tensor:
    """Return 1 - SSIM of the lightness of pictures, at their size and at half of it."""
    weigh = torch.tensor(LIGHT)[None, :, None, None]
    one, other = ((each * weigh).sum(1, keepdim=True) for each in (one, other))
    total = torch.zeros(())
    for _ in range(2):
        both = torch.cat([one, other, one * one, other * other, one * other], 1)
        a, b, aa, bb, ab = nnf.avg_pool2d(nnf.avg_pool2d(both, 3, 1), 5, 1).unbind(1)
        alike = (2 * (ab - a * b) + 9e-4) / (aa - a * a + bb - b * b + 9e-4)
        total = total + 1 - alike.mean()
        one, other = nnf.avg_pool2d(one, 2), nnf.avg_pool2d(other, 2)
    return total / 2


def loss(made: Tensor, truth: Tensor, part_done: float) -> Tensor:
    """Return how far answers are off; late it counts, too, how unlike they look."""
    inside = slice(EDGE, -EDGE)
    made, truth = (each[:, :, inside, inside] for each in (made, truth))
    error = ((made - truth).square() + 1e-6).sqrt().mean()
    return error + 0.1 * unlike(made, truth) if part_done > ALIKE_FROM else error


def straightened(change: Tensor) -> Tensor:
    """Return the nearest matrix that turns and does not stretch, by five steps of Newton's."""
    x = change.flatten(1)
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.reshape(change.shape)


class Spun:
    """Muon (Jordan): each step turns the chained layers by the same amount in all directions."""

    def __init__(self, layers: Sequence[torch.nn.Parameter]) -> None:
        self.layers = [(each, torch.zeros_like(each)) for each in layers]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for layer, moving in self.layers:
            assert layer.grad is not None
            moving.mul_(0.95).add_(layer.grad)
            layer.sub_(straightened(layer.grad + 0.95 * moving), alpha=rate)


def photos() -> list[Pixels]:
    """Return all photos at half their sides, shrunk by areas or by Lanczos, in a fixed order."""
    osie = (DATA / "osie_fit/images").glob("*.jpg")
    coco = {path for path, _ in rows_of("fit", frozenset({"coco", "coco_person"}))}
    found, rnd = [], random.Random(0)
    for path in [*sorted(osie), *sorted(coco)]:
        image = Image.open(path).convert("RGB")
        size, least = (image.width // 2, image.height // 2), 2 * (SIDE + MARGIN)
        if min(size) > least:
            kernel = rnd.choice((Image.Resampling.BOX, Image.Resampling.LANCZOS))
            found.append(np.asarray(image.resize(size, kernel)))
    rnd.shuffle(found)
    return found


def fit(
    doubler: Doubler, seen: Sequence[Pixels], minutes: float, reached: Callable[[Doubler], None]
) -> Doubler:
    """Return the average of what so many minutes of fitting pass through."""
    rnd = random.Random(1)
    spun = [layer.weight for layer in doubler.chain[1:-1]]
    plain = [each for each in doubler.parameters() if all(each is not one for one in spun)]
    adam, muon = torch.optim.Adam(plain, betas=(0.9, 0.99)), Spun(spun)
    mean = copy.deepcopy(doubler)
    start, step, recent = time.monotonic(), 0, [0.0]
    while (part_done := (time.monotonic() - start) / (60 * minutes)) < 1:
        rate = min(1, (step + 1) / 50) * (0.5 * (1 + math.cos(math.pi * part_done)) + 0.01)
        adam.param_groups[0]["lr"] = RATE * rate
        small, truth = batch(seen, rnd)
        off = loss(doubler(small.contiguous(memory_format=torch.channels_last)), truth, part_done)
        doubler.zero_grad()
        off.backward()
        adam.step()
        muon.step(SPIN * rate)
        step += 1
        fading = min(FADING, 1 - 1 / step)
        for kept, new in zip(mean.parameters(), doubler.parameters(), strict=True):
            kept.data.lerp_(new.data, 1 - fading)
        recent.append(off.item())
        if step % 250 == 0:
            print(f"step {step}: {part_done:.0%}, {np.mean(recent[-250:]):.5f}", flush=True)
            if step % 1000 == 0:
                reached(mean)
    return mean


def gains(doubler: Doubler, held: Sequence[Pixels]) -> str:
    """Return the decibels gained over Lanczos on photos halved by areas and bicubically."""
    found = []
    for kernel in (Image.Resampling.BOX, Image.Resampling.BICUBIC):
        pairs = []
        for photo in held:
            truth = photo[: photo.shape[0] // 2 * 2, : photo.shape[1] // 2 * 2]
            size = truth.shape[1] // 2, truth.shape[0] // 2
            small = Image.fromarray(truth).resize(size, kernel)
            plain = np.asarray(small.resize((truth.shape[1], truth.shape[0]), 1))
            pairs.append(decibels(truth, doubled(doubler, small)) - decibels(truth, plain))
        found.append(f"{np.mean(pairs):+.3f}")
    return "dB over Lanczos: " + ", ".join(found)


@torch.no_grad()
def doubled(doubler: Doubler, small: Image.Image) -> Pixels:
    """Return a picture at twice its sides."""
    seen = torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1)[None] / 255
    made = doubler(torch.cat([seen, torch.zeros_like(seen[:, :1])], 1))
    whole: Pixels = (made[0].permute(1, 2, 0) * 255).round().clamp(0, 255).byte().numpy()
    return whole


def decibels(truth: Pixels, made: Pixels) -> float:
    """Return PSNR, of all but the rim."""
    rim = slice(8, -8)
    error = np.square(truth[rim, rim].astype(np.float64) - made[rim, rim]).mean()
    return float(10 * np.log10(255**2 / error))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=50, help="how long to fit")
    parser.add_argument(
        "--keep", type=Path, help="where to go on from, and to keep what was fitted"
    )
    parser.add_argument("--write", action="store_true", help="replace the network of the package")
    asked = parser.parse_args()
    torch.manual_seed(0)
    seen = photos()
    doubler = Doubler().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if asked.keep and asked.keep.exists():
        doubler.load_state_dict(torch.load(asked.keep))
    print(f"{len(seen)} photos, {numbers(doubler)} numbers", flush=True)

    def reached(mean: Doubler) -> None:
        print(gains(mean, seen[:HELD]), flush=True)
        if asked.keep:
            torch.save(mean.state_dict(), asked.keep)

    doubler = fit(doubler, seen[HELD:], asked.minutes, reached)
    reached(doubler)
    if asked.write:
        write(doubler, GRAPH)


if __name__ == "__main__":
    main()
