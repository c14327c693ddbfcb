"""Some samples of a dataset on one sheet, with what is known of them drawn over them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.datasets.masks import pixels_of
from foveate.datasets.sample import Bitmap, Polygons
from foveate.datasets.shards.formats import read as read_shard
from foveate.errors import EncodeFailed, ImageError, SourceTooLarge, Unavailable
from foveate.geometry.box import Box
from foveate.imaging.decode import open_image
from foveate.imaging.drawing.canvas import rectangle, rgb_of, with_marks
from foveate.imaging.drawing.marks import SHADE, Colours, Labels, Style, crop_colour
from foveate.imaging.drawing.sheet import contact_sheet, resized
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.pixels import from_array, to_array
from foveate.imaging.probe import probe
from foveate.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.datasets.sample import Instance, Made
    from foveate.datasets.seams import OpenShard, ShardFile
    from foveate.imaging.engine import Image

PICTURES: Final = 24
SHARDS: Final = 8
"""Files that are looked into, at most."""
WIDE: Final = 1600
LONG_SIDE: Final = 420
QUALITY: Final = 85
MOST_THINGS: Final = 200
"""Of a picture: more of them hide it, and one another's names."""
MOST_LETTERS: Final = 64
"""Of a name: a longer one has no room beside its thing."""
OVER: Final = 0.45
"""How much of a mask's pixels is its colour."""


def contact_jpeg(
    format_name: str,
    shards: Sequence[ShardFile],
    classes: Sequence[str],
    opened: OpenShard,
    halt: Callable[[], None] = lambda: None,
) -> bytes | None:
    """Return samples from all over a dataset as a JPEG; None where none can be shown.

    Things are in the colour of their class. `halt` is called often, and may raise what ends it.
    """
    colours = {label: crop_colour(number) for number, label in enumerate(classes)}
    shown = [
        (made.key, _caption(made), drawn)
        for made in _chosen(format_name, shards, opened)
        if (drawn := _drawn(made, colours, halt)) is not None
    ]
    if not shown:
        return None
    return encode(contact_sheet(shown, WIDE), EncodeOptions(format="jpeg", quality=QUALITY))


def _chosen(name: str, shards: Sequence[ShardFile], opened: OpenShard) -> Iterator[Made]:
    """Yield samples at even distances, as of one list, from files at even distances.

    So those of one picture, which follow each other, are on it together only where there are few.
    """
    full = [each for each in shards if each.samples]
    files = [full[at] for at in spread(len(full), SHARDS)]
    wanted, before = spread(sum(each.samples for each in files), PICTURES), 0
    for file in files:
        places = frozenset(at - before for at in wanted if 0 <= at - before < file.samples)
        before += file.samples
        yield from islice(read_shard(name, file.name, opened, places), len(places))


def spread(count: int, wanted: int) -> list[int]:
    """Return as many numbers below `count` as are wanted, or are there, at even distances.

    >>> spread(100, 4), spread(2, 4)
    ([12, 37, 62, 87], [0, 1])
    """
    wanted = min(count, wanted)
    return [(2 * at + 1) * count // (2 * wanted) for at in range(wanted)]


def _caption(made: Made) -> str:
    said = [f"{made.size.width}x{made.size.height}", *made.labels, *sorted(made.targets)]
    return " · ".join(said)


def _drawn(made: Made, colours: Mapping[str, str], halt: Callable[[], None]) -> Image | None:
    """Return the picture with its things, as large as others; None for one that is none."""
    try:
        return _with_things(made, colours, halt)
    except (ImageError, SourceTooLarge, EncodeFailed, Unavailable):
        return None


@guard()
def _with_things(made: Made, colours: Mapping[str, str], halt: Callable[[], None]) -> Image:
    facts = probe(made.data, Limits())
    size = made.size.brought_to(LONG_SIDE)
    pixels = to_array(resized(open_image(made.data, facts), size))
    scale = (size.width / made.size.width, size.height / made.size.height)
    things = made.instances[:MOST_THINGS]
    for each in things:
        halt()
        if isinstance(each.mask, Bitmap):
            _tint(pixels, each.mask, colours[each.label])
    style = Style.of(1.4 * LONG_SIDE)
    labels = Labels(Box.of(size), style)
    masks = "".join(_outline(each, scale, colours[each.label]) for each in things)
    boxes = [(each.label, each.box.scaled(*scale)) for each in things if each.box]
    frames = "".join(_frame(box, colours[label], style) for label, box in boxes)
    names = "".join(_name(label, box, colours[label], labels) for label, box in boxes)
    return with_marks(from_array(pixels), masks + frames + names)


def _tint(pixels: NDArray[np.uint8], mask: Bitmap, colour: str) -> None:
    """Colour what lies in a mask, in a picture of another size, by the nearest of its pixels."""
    height, width = pixels.shape[:2]
    rows = (np.arange(height) * mask.size.height + mask.size.height // 2) // height
    columns = (np.arange(width) * mask.size.width + mask.size.width // 2) // width
    inside = pixels_of(mask)[rows[:, None], columns[None, :]]
    mixed = (1 - OVER) * pixels[inside] + OVER * np.array(rgb_of(colour))
    pixels[inside] = mixed.astype(np.uint8)


def _outline(instance: Instance, scale: tuple[float, float], colour: str) -> str:
    if not isinstance(instance.mask, Polygons):
        return ""
    paths = "".join(
        "M" + "L".join(f"{x * scale[0]:.1f} {y * scale[1]:.1f}" for x, y in ring) + "Z"
        for ring in instance.mask.rings
        if ring
    )
    return f'<path d="{paths}" fill="{colour}" fill-opacity="{OVER}" stroke="{colour}"/>'


def _frame(box: Box, colour: str, style: Style) -> str:
    under = rectangle(box, stroke=SHADE, stroke_opacity=0.55, stroke_width=2 * style.stroke)
    return under + rectangle(box, stroke=colour, stroke_width=style.stroke)


def _name(label: str, box: Box, colour: str, labels: Labels) -> str:
    label = label[:MOST_LETTERS]
    _, height = labels.size(label)
    corners = [(box.left, box.top - height), (box.left, box.top), (box.left, box.bottom - height)]
    return labels.place(label, corners, Colours(colour, "#0b0d11"))
