"""Pictures and what is in them, as COCO says it: https://cocodataset.org/#format-data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.areas import covered
from foveate.datasets.masks import bounds_of_runs
from foveate.datasets.raw.rle import bitmap
from foveate.datasets.rle import compressed
from foveate.datasets.sample import Bitmap, Instance, Polygons
from foveate.errors import BadOption, BadRaw
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.datasets.sample import Mask

FIRST_CLASS: Final = 1
"""The number of the first class, in COCO: nothing is 0."""
AROUND: Final = "bbox_around_mask"
"""Says of a thing that it has no box of its own: tools need one."""


def segmentation(mask: Mask) -> Any:  # noqa: ANN401 - a list or an object of JSON
    """Return a mask as COCO has it: polygons as lists of numbers, or runs."""
    if isinstance(mask, Polygons):
        return [[number for corner in ring for number in corner] for ring in mask.rings]
    return {"size": [mask.size.height, mask.size.width], "counts": compressed(mask.counts)}


def mask_of(said: Any) -> Mask:  # noqa: ANN401
    """Return the mask that COCO's JSON says. Raises BadOption for what is none."""
    try:
        if isinstance(said, list):
            return Polygons(tuple(tuple(zip(r[::2], r[1::2], strict=True)) for r in said))
        height, width = said["size"]
        return bitmap(Size(width, height), said["counts"])
    except (BadRaw, KeyError, TypeError, ValueError) as why:
        raise BadOption(f"Expected polygons or runs of COCO, got {said!r:.40}.") from why


def numbered(classes: Sequence[str]) -> dict[str, int]:
    """Return the number of each class."""
    return {label: number for number, label in enumerate(classes, FIRST_CLASS)}


def annotation(instance: Instance, classes: Mapping[str, int]) -> dict[str, Any]:
    """Return a thing as an annotation, without its numbers; what is not known is left out.

    `classes` are `numbered`.
    """
    box, told = _box(instance), dict(sorted(instance.attributes.items()))
    said: dict[str, Any] = {"category_id": classes[instance.label]}
    if box:
        said["bbox"] = [box.left, box.top, box.width, box.height]
    if instance.mask:
        said["segmentation"] = segmentation(instance.mask)
    if box and not instance.box:
        said[AROUND] = 1
    said |= {"area": _area(instance), "iscrowd": int(bool(told.get("iscrowd")))}
    return said | ({"attributes": told} if told else {})


def instance_of(said: Mapping[str, Any], classes: Sequence[str]) -> Instance:
    """Return the thing that an annotation is of."""
    return Instance(
        label=classes[said["category_id"] - FIRST_CLASS],
        box=Box(*said["bbox"]) if "bbox" in said and AROUND not in said else None,
        mask=mask_of(said["segmentation"]) if "segmentation" in said else None,
        attributes=said.get("attributes", {}),
    )


def _box(instance: Instance) -> Box | None:
    """Return the box of a thing, or the one around its mask; None of what is nowhere."""
    if instance.box is None and isinstance(instance.mask, Bitmap):
        return bounds_of_runs(instance.mask)
    return instance.bounds


def _area(instance: Instance) -> float:
    mask = instance.mask
    if isinstance(mask, Polygons):
        return covered(mask.rings)
    if mask:
        return sum(mask.counts[1::2])
    return instance.box.area if instance.box else 0
