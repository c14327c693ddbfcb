"""A picture of raw data and what is known of it, and what is made of it for a training set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from foveate.geometry.affine import around

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.geometry.box import Box, Size

SPLIT: Final = re.compile(r"[a-z0-9](?:[a-z0-9_]{0,30}[a-z0-9])?")
"""What a split may be called: files are called by it."""
Ring: TypeAlias = "tuple[tuple[float, float], ...]"
"""Corners of a closed line, x and y in pixels."""


@dataclass(frozen=True, slots=True)
class Polygons:
    """A mask as outlines, each filled; fractions of a pixel are allowed."""

    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A mask as runs of pixels, column by column, the first of them outside.

    COCO's uncompressed RLE: https://cocodataset.org/#format-data.
    """

    size: Size
    counts: tuple[int, ...]


Mask: TypeAlias = "Polygons | Bitmap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One thing in a picture, in pixels of the upright picture that it is told with."""

    label: str
    box: Box | None = None
    mask: Mask | None = None
    attributes: Mapping[str, str | float | bool] = field(default_factory=dict)
    """What its annotation says beside: `iscrowd`, `difficult`, `truncated` and the like."""

    @property
    def bounds(self) -> Box | None:
        """Return its box, or the one around its outlines; None of what has neither."""
        if self.box is not None or not isinstance(self.mask, Polygons):
            return self.box
        corners = [corner for ring in self.mask.rings for corner in ring]
        return around(corners) if corners else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A raw picture, and what is known of it."""

    key: str
    """What it is called in its raw data, without its ending: unique, and the same every time."""
    source: str
    """What is read: a name below the place of its raw data, or an address."""
    digest: str
    """SHA-256 of its bytes, in hex."""
    group: str = ""
    """Those of one group are never parted by a split: pictures of one person, frames of one film.
    Empty is a group of its own."""
    split: str = ""
    """`train`, `val`, `test` or another word, where its raw data or a handler says so."""
    labels: tuple[str, ...] = ()
    """Of the whole picture."""
    instances: tuple[Instance, ...] = ()
    attributes: Mapping[str, str | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A picture of a training set, and what is known of it, in its own pixels."""

    key: str
    """The key of its sample, and which variation it is: `cats/7-003`."""
    data: bytes = field(repr=False)
    ext: str
    """The ending that its bytes go by: `jpg`, `png`, `webp`."""
    size: Size
    group: str = ""
    labels: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()
    targets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Pictures to be learnt, by the ending that they go by: `matte.png`, `depth.png`."""
    attributes: Mapping[str, str | float | bool] = field(default_factory=dict)
