"""Views of masked pictures to fit the head for clicks on: whole ones, windows, scenes made of them.

A view is what the head sees of a picture, encoded, with the mask of each thing in it. Two kinds of
scenes are made: things pasted into other pictures, and things that lie on something: a band or a
patch of another picture goes under their lower half, which teaches that what is under an animal is
not the animal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from masked import EVERY, STATED, photo_of, rows_of

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.vision.clicks import FINER
from foveate.vision.saliency import PATCH
from foveate.vision.select_head import shades
from foveate.vision.windows import CLOSE, around, look_size

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from masked import Mask, Pixels
    from numpy.typing import NDArray

    from foveate.vision.saliency import Gaze

ONE_SUBJECT: Final = frozenset({"animals", "dogs", "feralcat", "food_id"}) | (EVERY - STATED)
"""Sets whose things together are what a picture is about."""
FEW: Final = 3
"""Things in a picture of COCO of which surely all have masks."""
SUBJECT: Final = (0.04, 0.7)
"""Share of a picture that its subject fills, where nobody says which it is."""
SMALL: Final = 0.35
"""Things that stand out less than this much of the most are not of the subject."""
TOUCH: Final = 2
"""Cells of a view between things that hang together."""
LEAST: Final = 0.002
"""Share of a view that a mask must have to teach anything."""
PASTED, LAID = 0.3, 0.2
"""Share of windows into which things are pasted, and where something is laid under them."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, the mask of each thing in it, and of its subject where that is known."""

    rgb: Pixels
    things: tuple[tuple[str, Mask], ...]
    subject: Mask | None

    def mirrored(self) -> Scene:
        """Return it in the mirror."""
        things = tuple((name, mask[:, ::-1]) for name, mask in self.things)
        subject = None if self.subject is None else self.subject[:, ::-1]
        return Scene(np.ascontiguousarray(self.rgb[:, ::-1]), things, subject)


@dataclass(frozen=True, slots=True)
class View:
    """What the head sees of a scene; masks are shares of cells, 0..255."""

    origin: str
    tokens: NDArray[np.float16]
    colours: NDArray[np.float16]
    """(3, 4 rows, 4 columns)."""
    masks: NDArray[np.uint8]
    """(things, 4 rows, 4 columns)."""
    groups: NDArray[np.uint8]
    """Each thing with all that it hangs together with, or with its like."""
    subject: NDArray[np.uint8] | None


def catalogue(sets: frozenset[str], split: str = "fit") -> list[tuple[str, Path]]:
    """Return the set and the file of each picture."""
    found = {path: row["set"] for path, row in rows_of(split, sets)}
    return sorted(((name, path) for path, name in found.items()), key=lambda pair: pair[1])


@lru_cache(maxsize=256)
def scene_of(name: str, path: Path, split: str = "fit") -> Scene:
    """Return a picture with what is known of it."""
    photo, whole = photo_of(path, split)
    things = photo.things
    if name == "ccp":  # clothes are no things
        things = () if whole is None else (("person", whole),)
    if whole is not None and not things and in_one_piece(whole):
        things = (("object", whole),)
    subject = whole
    if subject is None and things:
        masks = [mask for _, mask in things]
        subject = np.any(masks, axis=0) if name in ONE_SUBJECT else standing_out(masks)
    return Scene(photo.rgb, things, subject)


def in_one_piece(mask: Mask) -> bool:
    """Return whether a mask is one region but for crumbs."""
    small = pyvips.Image.new_from_array(np.where(mask, 255, 0).astype(np.uint8))
    regions = small.labelregions()[0].numpy()
    counts = np.bincount(regions[mask])
    return bool(counts.max() >= 0.95 * counts.sum())


def standing_out(masks: Sequence[Mask]) -> Mask | None:
    """Return what a picture is probably about, of all its things: the large ones in the middle."""
    if len(masks) > FEW:
        return None
    scores = [weight(mask) for mask in masks]
    kept = [mask for mask, score in zip(masks, scores, strict=True) if score > SMALL * max(scores)]
    subject: Mask = np.any(kept, axis=0)
    return subject if SUBJECT[0] <= subject.mean() <= SUBJECT[1] else None


def weight(mask: Mask) -> float:
    """Return how much a thing stands out: by its size, and how near to the middle it is."""
    rows, columns = np.nonzero(mask)
    off = rows.mean() / mask.shape[0] - 0.5, columns.mean() / mask.shape[1] - 0.5
    return float(np.sqrt(mask.mean()) * (1 - np.hypot(*off)))


def box_of(mask: Mask) -> Box:
    """Return the box around a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    across, down = columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
    return Box(float(columns[0]), float(rows[0]), float(across), float(down))


def shrunk(array: Pixels, size: Size) -> Pixels:
    """Return (height, width, bands) at a size."""
    image = pyvips.Image.new_from_array(array)
    image = image.thumbnail_image(size.width, height=size.height, size="force")
    made: Pixels = image.numpy().reshape(size.height, size.width, -1)
    return made


def cut_of(donor: Scene, rnd: random.Random, side: float) -> tuple[str, Pixels]:
    """Return a thing of a scene as RGBA, mirrored or not, so long on its longer side."""
    name, mask = donor.things[rnd.randrange(len(donor.things))]
    place = box_of(mask)
    top, left = int(place.top), int(place.left)
    rows, columns = slice(top, top + int(place.height)), slice(left, left + int(place.width))
    over = np.dstack([donor.rgb[rows, columns], np.where(mask[rows, columns], 255, 0)])
    scale = side / max(place.width, place.height)
    sides = Size(max(4, round(place.width * scale)), max(4, round(place.height * scale)))
    cut = shrunk(np.ascontiguousarray(over.astype(np.uint8)), sides)
    return name, cut[:, ::-1] if rnd.random() < 1 / 2 else cut


def pasted(scene: Scene, donor: Scene, rnd: random.Random, *, subject: bool) -> Scene:
    """Return a scene with a thing of another over it; as its subject, large and in the middle."""
    height, width = scene.rgb.shape[:2]
    share = rnd.uniform(0.35, 0.75) if subject else rnd.uniform(0.15, 0.6)
    spread = 0.16 if subject else 0.45
    name, cut = cut_of(donor, rnd, share * min(height, width) * (1.3 if subject else 1))
    x = round((0.5 + rnd.uniform(-spread, spread)) * width) - cut.shape[1] // 2
    y = round((0.5 + rnd.uniform(-spread, spread)) * height) - cut.shape[0] // 2
    rows = slice(max(0, y), min(height, y + cut.shape[0]))
    columns = slice(max(0, x), min(width, x + cut.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return scene
    seen = cut[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x]
    alpha = seen[..., 3:].astype(np.float32) / 255
    rgb, here = scene.rgb.copy(), np.zeros((height, width), bool)
    toned = (seen[..., :3] * rnd.uniform(0.8, 1.15) + rnd.uniform(-15, 15)).clip(0, 255)
    rgb[rows, columns] = (toned * alpha + rgb[rows, columns] * (1 - alpha)).astype(np.uint8)
    here[rows, columns] = alpha[..., 0] > 1 / 2
    things = [(label, mask & ~here) for label, mask in scene.things]
    kept = [(label, mask) for label, mask in things if mask.mean() >= LEAST]
    return Scene(rgb, (*kept, (name, here)), here if subject else None)


def lying(scene: Scene, donor: Scene, rnd: random.Random) -> Scene:
    """Return a scene in which the subject lies on a band or a patch of another picture."""
    assert scene.subject is not None
    height, width = scene.rgb.shape[:2]
    place, across = box_of(scene.subject), np.arange(width)[None]
    down = np.arange(height)[:, None]
    low = place.bottom - rnd.uniform(0.0, 0.25) * place.height
    middle = low + rnd.gauss(0, 0.3) * (across - place.middle[0])
    middle = middle + rnd.uniform(0, 0.03) * height * np.sin(across / width * rnd.uniform(3, 30))
    thick = rnd.uniform(0.08, 0.3) * place.height if rnd.random() < 0.6 else 2.0 * height
    band = (down > middle) & (down < middle + thick)
    if rnd.random() < 1 / 2:  # it ends beside the subject, as a cushion does
        reach = rnd.uniform(0.55, 1.2) * place.width
        band = band & (np.abs(across - place.middle[0]) < reach)
    band &= ~scene.subject
    texture = shrunk(patch_of(donor.rgb, rnd), Size(width, height))
    rgb = np.where(band[..., None], texture, scene.rgb)
    things = [(label, mask & ~band) for label, mask in scene.things]
    return Scene(rgb, tuple((n, m) for n, m in things if m.mean() >= LEAST), scene.subject)


def patch_of(rgb: Pixels, rnd: random.Random) -> Pixels:
    """Return a part of a picture, as a texture."""
    height, width = rgb.shape[:2]
    side = max(24, int(rnd.uniform(0.15, 0.6) * min(height, width)))
    top, left = rnd.randrange(max(1, height - side)), rnd.randrange(max(1, width - side))
    return np.ascontiguousarray(rgb[top : top + side, left : left + side])


def seen(gaze: Gaze, scene: Scene, origin: str, crop: Box | None = None) -> View | None:
    """Return a scene, or a window of it, as the head sees it; None where nothing is left in it."""
    size = Size(scene.rgb.shape[1], scene.rgb.shape[0])
    sides = look_size(size) if crop is None else Size(CLOSE * PATCH, CLOSE * PATCH)
    window = crop or Box.of(size)
    pixels = part_at(scene.rgb, window, sides)
    cells = Size(sides.width * FINER // PATCH, sides.height * FINER // PATCH)
    masks = [share_of(mask, window, cells) for _, mask in scene.things]
    kept = [(name, mask) for (name, _), mask in zip(scene.things, masks, strict=True)
            if (mask > 127).mean() >= LEAST]  # fmt: skip
    subject = None
    if scene.subject is not None and is_in(scene.subject, window):
        subject = share_of(scene.subject, window, cells)
    if not kept and subject is None:
        return None
    tokens = gaze.tokens(pixels)
    stacked = np.stack([mask for _, mask in kept]) if kept else np.zeros((0, 1, 1), np.uint8)
    return View(
        origin, tokens.astype(np.float16),
        shades(pixels, (cells.height, cells.width)).astype(np.float16), stacked,
        grouped([name for name, _ in kept], stacked), subject,
    )  # fmt: skip


def is_in(mask: Mask, window: Box) -> bool:
    """Return whether a window holds a mask but for crumbs."""
    rows = slice(round(window.top), round(window.bottom))
    cut = mask[rows, round(window.left) : round(window.right)]
    return bool(cut.sum() >= 0.97 * mask.sum() > 0)


def share_of(mask: Mask, window: Box, cells: Size) -> NDArray[np.uint8]:
    """Return the share of each cell of a window that is in a mask, 0..255."""
    left, top = round(window.left), round(window.top)
    right, bottom = max(left + 1, round(window.right)), max(top + 1, round(window.bottom))
    cut = np.where(mask[top:bottom, left:right], 255, 0).astype(np.uint8)[..., None]
    share: NDArray[np.uint8] = shrunk(np.ascontiguousarray(cut), cells)[..., 0]
    return share


def grouped(names: Sequence[str], masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return each thing with those that it touches; where it touches none, with its like."""
    groups = []
    inside = masks > 127
    for number, mask in enumerate(inside):
        wide = grown(mask)
        near = [other for other in range(len(masks)) if (inside[other] & wide).any()]
        alike = [other for other, name in enumerate(names) if name == names[number]]
        groups.append(masks[near if len(near) > 1 else alike].max(0))
    return np.stack(groups) if groups else masks


def grown(mask: Mask) -> Mask:
    """Return a mask with what is near to it."""
    for _ in range(TOUCH):
        wide = np.pad(mask, 1)
        mask = (
            wide[1:-1, 1:-1] | wide[2:, 1:-1] | wide[:-2, 1:-1] | wide[1:-1, 2:] | wide[1:-1, :-2]
        )
    return mask


def window_of(scene: Scene, rnd: random.Random) -> Box:
    """Return a window around one of the things, as clicks lead to one."""
    place = box_of(scene.things[rnd.randrange(len(scene.things))][1])
    size = Size(scene.rgb.shape[1], scene.rgb.shape[0])
    shift = [rnd.uniform(-0.2, 0.2) * side for side in (place.width, place.height)]
    moved = replace(place, left=place.left + shift[0], top=place.top + shift[1])
    side = max(place.width, place.height, 0.08 * size.long_side)
    room = rnd.uniform(1.15, 2.4) * side / max(place.width, place.height)
    return around(moved, size, room)


def views(
    gaze: Gaze, pictures: Sequence[tuple[str, Path]], share: float, rnd: random.Random
) -> Iterator[View]:
    """Yield views of pictures, never twice the same: `share` of the usual number of each."""
    donors = [pair for pair in pictures if scene_of(*pair).things]
    for name, path in pictures:
        scene, origin = scene_of(name, path), f"{name}/{path.stem}"
        if not scene.things and scene.subject is None:
            continue
        for one in whole_ones(scene, donors, share, rnd):
            yield from filter(None, [seen(gaze, one, origin)])
        for _ in range(round(share * min(6, 1 + len(scene.things)))):
            one = changed(scene, donors, rnd)
            if one.things:
                yield from filter(None, [seen(gaze, one, origin, window_of(one, rnd))])


def whole_ones(
    scene: Scene, donors: Sequence[tuple[str, Path]], share: float, rnd: random.Random
) -> Iterator[Scene]:
    """Yield a scene as it is, perhaps with something under its subject, perhaps with another."""
    plain = scene if rnd.random() < 1 / 2 else scene.mirrored()
    yield plain
    if scene.subject is not None and scene.subject.any() and rnd.random() < 0.5 * share:
        yield lying(plain, scene_of(*rnd.choice(donors)), rnd)
    if rnd.random() < 0.9 * share:
        for _ in range(rnd.randint(0, 2)):
            plain = pasted(plain, scene_of(*rnd.choice(donors)), rnd, subject=False)
        yield pasted(plain, scene_of(*rnd.choice(donors)), rnd, subject=True)


def changed(scene: Scene, donors: Sequence[tuple[str, Path]], rnd: random.Random) -> Scene:
    """Return a scene for a window: as it is, on something, or with something pasted into it."""
    one = scene if rnd.random() < 1 / 2 else scene.mirrored()
    if not one.things:
        return one
    if one.subject is not None and one.subject.any() and rnd.random() < LAID:
        return lying(one, scene_of(*rnd.choice(donors)), rnd)
    if rnd.random() < PASTED:
        return pasted(one, scene_of(*rnd.choice(donors)), rnd, subject=False)
    return one
