"""Fit the matte of the thing in a box on masks: a head on what `gaze` knows of a crop.

    python benchmarks/fit_masks.py [--minutes 25] [--write]

Only pictures with masks under terms that are stated count: COCO's (annotations CC BY 4.0, pictures
under the Creative Commons licences of their authors), and those whose packages say MIT, CC BY or
public domain. Each mask is seen several times: in crops of other sizes, mirrored, with boxes as
loose as a detector's, and with other things pasted into the picture. PyTorch is needed beside
Foveate (`pip install torch`); with `--write` the network in the package is replaced.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
import torch
from mask_head import TOKEN, Head, folded, write
from masked import LEAST, photos
from torch.nn import functional as nnf

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.models import open_model
from foveate.settings import load
from foveate.vision.clicks import FINER
from foveate.vision.masks import GRAPH, GRID, SIDE, places
from foveate.vision.saliency import Gaze
from foveate.vision.select_head import shades
from foveate.vision.windows import around, box_seen_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from masked import Mask, Photo, Pixels
    from numpy.typing import NDArray

LOOSE: Final = 0.06
"""By how much of its length each side of a box is off, as a deviation."""
VIEWS: Final = 4
PASTED: Final = 0.35
"""Share of views with other things pasted over."""
KEPT: Final = 192
"""Principal components of a token that are fitted on; the head takes the token whole."""
BATCH: Final = 16
RATE: Final = 2e-3


@dataclass(frozen=True, slots=True)
class View:
    """One crop as the head sees it, and the share of each cell that is in the mask."""

    tokens: NDArray[np.float16]
    places: NDArray[np.float32]
    colours: NDArray[np.float16]
    truth: NDArray[np.uint8]


def box_of(mask: Mask) -> Box:
    """Return the box around a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    across, down = columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
    return Box(float(columns[0]), float(rows[0]), float(across), float(down))


def loosened(box: Box, rnd: random.Random, size: Size) -> Box:
    """Return a box as loose as a detector's."""
    off = [rnd.gauss(0.01, LOOSE) for _ in range(4)]
    left, top = box.left - off[0] * box.width, box.top - off[1] * box.height
    right, bottom = box.right + off[2] * box.width, box.bottom + off[3] * box.height
    return Box(left, top, right - left, bottom - top).overlap(Box.of(size)) or box


def resized(array: Pixels, size: Size) -> Pixels:
    """Return (height, width, bands) at a size."""
    image = pyvips.Image.new_from_array(array)
    image = image.thumbnail_image(size.width, height=size.height, size="force")
    made: Pixels = image.numpy().reshape(size.height, size.width, -1)
    return made


def part(array: Pixels, crop: Box, size: Size) -> Pixels:
    """Return a part of (height, width, bands) at a size."""
    left, top = round(crop.left), round(crop.top)
    right, bottom = max(left + 1, round(crop.right)), max(top + 1, round(crop.bottom))
    return resized(np.ascontiguousarray(array[top:bottom, left:right]), size)


def pasted(photo: Photo, number: int, donor: Photo, rnd: random.Random) -> tuple[Pixels, Mask]:
    """Return the picture with a thing of another one over it, and what is left of a mask."""
    rgb, mask = photo.rgb.copy(), photo.things[number][1].copy()
    thing = donor.things[rnd.randrange(len(donor.things))][1]
    place = box_of(thing)
    over = np.dstack([donor.rgb, np.where(thing, 255, 0).astype(np.uint8)])
    aim = box_of(mask)
    side = rnd.uniform(0.4, 1.1) * max(aim.width, aim.height)
    scale = side / max(place.width, place.height)
    sides = Size(max(4, round(place.width * scale)), max(4, round(place.height * scale)))
    cut = part(over, place, sides)
    if rnd.random() < 0.5:
        cut = np.ascontiguousarray(cut[:, ::-1])
    x = round(aim.middle[0] + rnd.choice((-1, 1)) * rnd.uniform(0.3, 0.9) * aim.width)
    y = round(aim.middle[1] + rnd.uniform(-0.5, 0.5) * aim.height)
    left, top = x - sides.width // 2, y - sides.height // 2
    rows = slice(max(0, top), min(rgb.shape[0], top + sides.height))
    columns = slice(max(0, left), min(rgb.shape[1], left + sides.width))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return rgb, mask
    seen = cut[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ].astype(np.float32)
    alpha = seen[..., 3:] / 255
    rgb[rows, columns] = seen[..., :3] * alpha + rgb[rows, columns] * (1 - alpha)
    mask[rows, columns] &= alpha[..., 0] < 0.5
    return rgb, mask


def view(gaze: Gaze, rgb: Pixels, mask: Mask, box: Box, room: float) -> View:
    """Return a crop around a box as the head sees it."""
    crop = around(box, Size(rgb.shape[1], rgb.shape[0]), room)
    pixels = part_at(rgb, crop, SIDE)
    cells = Size(GRID * FINER, GRID * FINER)
    truth = part(np.where(mask, 255, 0).astype(np.uint8)[..., None], crop, cells)
    tokens = gaze.tokens(pixels).astype(np.float16)
    shown = shades(pixels, (cells.height, cells.width)).astype(np.float16)
    return View(tokens, places(box_seen_from(box, crop)), shown, truth[..., 0])


def views(gaze: Gaze, seen: Sequence[Photo], rnd: random.Random) -> Iterator[View]:
    """Yield every thing of every photo several times, never twice the same."""
    donors = [photo for photo in seen if photo.things]
    for photo in donors:
        for number, (_, mask) in enumerate(photo.things):
            for _ in range(VIEWS):
                rgb, left = photo.rgb, mask
                if rnd.random() < PASTED:
                    rgb, left = pasted(photo, number, rnd.choice(donors), rnd)
                if left.mean() < LEAST:
                    continue
                if rnd.random() < 0.5:
                    rgb, left = np.ascontiguousarray(rgb[:, ::-1]), left[:, ::-1]
                box = loosened(box_of(left), rnd, Size(rgb.shape[1], rgb.shape[0]))
                yield view(gaze, rgb, left, box, rnd.uniform(1.35, 1.7))


def basis(tokens: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the mean of tokens, and the axes on which they are whitened: (768, KEPT)."""
    mean = tokens.mean(0)
    spread, vectors = np.linalg.eigh(np.cov((tokens - mean).T))
    best = np.argsort(spread)[::-1]
    floor = spread[best[KEPT]]
    axes = vectors[:, best[:KEPT]] / np.sqrt(0.5 * spread[best[:KEPT]] + floor)
    return mean.astype(np.float32), axes.astype(np.float32)


def loss(answers: tuple[torch.Tensor, torch.Tensor], truth: torch.Tensor) -> torch.Tensor:
    """Return cross entropy, heavier where it is wrong, and the soft IoU, at both finenesses."""
    total = torch.zeros(())
    for logs, step, heavy in ((answers[1], 1, 1.0), (answers[0], FINER, 0.4)):
        aim = nnf.avg_pool2d(truth, step) if step > 1 else truth
        share = torch.sigmoid(logs)
        wrong = nnf.binary_cross_entropy_with_logits(logs, aim, reduction="none")
        weight = (share.detach() - aim).abs() + 0.15
        entropy = (wrong * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3))
        both = (share * aim).sum((1, 2, 3))
        either = (share + aim - share * aim).sum((1, 2, 3))
        total = total + heavy * (entropy + 1 - (both + 1) / (either + 1)).mean()
    return total


def batch(
    seen: Sequence[View], chosen: NDArray[np.intp], rnd: np.random.Generator
) -> tuple[torch.Tensor, ...]:
    """Return tokens, places, colours and truth of some views, colours varied a little."""
    some = [seen[index] for index in chosen]
    tokens = np.stack([one.tokens for one in some]).astype(np.float32).transpose(0, 3, 1, 2)
    shade = np.stack([one.colours for one in some]).astype(np.float32)
    shade = shade * rnd.uniform(0.8, 1.2, (len(some), 1, 1, 1)) + rnd.normal(
        0, 0.15, (len(some), 3, 1, 1)
    )
    where = np.stack([one.places for one in some])
    truth = np.stack([one.truth for one in some]).astype(np.float32)[:, None] / 255
    arrays = tokens, where, shade.astype(np.float32), truth
    held = (torch.from_numpy(np.ascontiguousarray(array)) for array in arrays)
    return tuple(one.contiguous(memory_format=torch.channels_last) for one in held)


def fit(seen: Sequence[View], minutes: float) -> Head:
    """Return a head for whitened tokens, fitted for so many minutes."""
    torch.manual_seed(0)
    rnd = np.random.default_rng(0)
    head = Head(KEPT).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.02)
    start, step, recent = time.monotonic(), 0, []
    while (part_done := (time.monotonic() - start) / (60 * minutes)) < 1:
        rate = RATE * min(1, (step + 1) / 60) * (0.5 * (1 + np.cos(np.pi * part_done)) + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = rate
        tokens, where, shade, truth = batch(seen, rnd.integers(len(seen), size=BATCH), rnd)
        with torch.autocast("cpu", torch.bfloat16):
            answers = head(nnf.dropout2d(tokens, 0.1), where, shade)
        answers = answers[0].float(), answers[1].float()
        off = loss(answers, truth)
        optimiser.zero_grad()
        off.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            found, there = answers[1] > 0, truth > 0.5
            recent.append(_iou(found, there))
        step += 1
        if step % 100 == 0:
            print(f"step {step}: {part_done:.0%}, IoU {np.mean(recent[-200:]):.3f}", flush=True)
    return head.eval()


def _iou(found: torch.Tensor, there: torch.Tensor) -> float:
    both, either = (found & there).sum((1, 2, 3)), (found | there).sum((1, 2, 3))
    return float((both / either.clamp(min=1)).mean())


def judge(head: Head, seen: Sequence[tuple[str, View]]) -> dict[str, float]:
    """Return the mean IoU of each class, in crops around true boxes."""
    found: dict[str, list[float]] = defaultdict(list)
    rnd = np.random.default_rng(1)
    with torch.no_grad():
        for name, one in seen:
            tokens, where, _, truth = batch([one], np.array([0]), rnd)
            shade = torch.from_numpy(one.colours.astype(np.float32)[None])
            found[name].append(_iou(head(tokens, where, shade)[1] > 0, truth > 0.5))
    return {name: float(np.mean(values)) for name, values in found.items()} | {
        "all": float(np.mean([value for values in found.values() for value in values]))
    }


def whitened(seen: View, mean: NDArray[np.float32], axes: NDArray[np.float32]) -> View:
    """Return a view with whitened tokens."""
    tokens = (seen.tokens.astype(np.float32) - mean) @ axes
    return View(tokens.astype(np.float16), seen.places, seen.colours, seen.truth)


def looked_at(
    gaze: Gaze,
) -> tuple[list[View], list[tuple[str, View]], NDArray[np.float32], NDArray[np.float32]]:
    """Return the views to fit on and to judge by, whitened, and what whitens them."""
    rnd = random.Random(0)
    seen = [photo for _, photo in photos("fit")]
    rnd.shuffle(seen)
    sample = np.concatenate(
        [one.tokens.reshape(-1, TOKEN)[::9] for one in views(gaze, seen[:60], rnd)]
    )
    mean, axes = basis(sample.astype(np.float32))
    fitted = []
    for one in views(gaze, seen, rnd):
        fitted.append(whitened(one, mean, axes))
        if len(fitted) % 500 == 0:
            print(f"{len(fitted)} views", flush=True)
    judged = [
        (name, whitened(view(gaze, photo.rgb, mask, box_of(mask), 1.5), mean, axes))
        for _, photo in photos("visible")
        for name, mask in photo.things
    ]
    return fitted, judged, mean, axes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=25, help="how long to fit")
    parser.add_argument("--write", action="store_true", help="replace the network of the package")
    asked = parser.parse_args()
    settings = load()
    gaze = Gaze(partial(open_model, "gaze", settings.models, settings.runtime))
    fitted, judged, mean, axes = looked_at(gaze)
    print(f"{len(fitted)} views to fit on, {len(judged)} things to judge by")
    head = fit(fitted, asked.minutes)
    told = judge(head, judged)
    print(", ".join(f"{name} {value:.3f}" for name, value in sorted(told.items())))
    if asked.write:
        write(folded(head, torch.from_numpy(mean), torch.from_numpy(axes)), GRAPH)


if __name__ == "__main__":
    main()
