"""Masks as Pascal VOC has them: a PNG for each picture, in which a pixel says which thing it is of.

    SegmentationObject/NAME.png    0 is nothing, 1 the first object of Annotations/NAME.xml, and so
                                   on; 255 is what nobody decided

Numbers are those of pixels, or of VOC's palette where a file has colours.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zlib import compress, decompress

from foveate.datasets.raw.rle import bitmap
from foveate.errors import BadRaw, ImageError, SourceError
from foveate.settings import Limits
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.datasets.sample import Bitmap
    from foveate.geometry.box import Size

FOLDER: Final = "SegmentationObject"
UNDECIDED: Final = 255
MOST_SIDE: Final = 65_500
MOST_BYTES: Final = 64 * MIB
"""Of all masks that are remembered."""
ONE: Final = 512
"""What any of them counts beside: names, and the digest of its file."""
RGB: Final = 3
Packed: TypeAlias = "Mapping[int, bytes]"


def masks_of(data: bytes, file: str, size: Size) -> dict[int, Bitmap]:
    """Return the masks in the file of a picture of that size, by number. Raises BadRaw."""
    try:
        packed = REMEMBERED.packed(data, size)
    except (ImageError, SourceError, BadRaw) as why:
        raise BadRaw(f"{file}: expected masks of {size}, as VOC has them: {why}") from why
    return {number: bitmap(size, decompress(text).decode()) for number, text in packed.items()}


@dataclass(slots=True)
class Remembered:
    """Masks of files as COCO's texts, deflated, the last ones: raw data is looked at often.

    Thread-safe.
    """

    most: int = MOST_BYTES
    held: int = 0
    _texts: OrderedDict[tuple[bytes, Size], Packed] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def packed(self, data: bytes, size: Size) -> Packed:
        """Return the masks in a file, by number."""
        key = sha256(data).digest(), size
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                return self._texts[key]
        texts = _packed(data, size)
        with self._lock:
            self.held += 0 if key in self._texts else _bytes(texts)
            self._texts[key] = texts
            while self.held > self.most:
                self.held -= _bytes(self._texts.popitem(last=False)[1])
        return texts


REMEMBERED: Final = Remembered()


def _bytes(texts: Packed) -> int:
    return sum(map(len, texts.values())) + ONE * (1 + len(texts))


def _packed(data: bytes, size: Size) -> Packed:
    import numpy as np  # noqa: PLC0415 - with the first mask

    from foveate.datasets.masks import runs_of  # noqa: PLC0415
    from foveate.datasets.rle import compressed  # noqa: PLC0415

    numbers = _numbers(data, size)
    found = [int(each) for each in np.unique(numbers) if each not in {0, UNDECIDED}]
    texts = {each: compressed(runs_of(numbers == each).counts) for each in found}
    return {each: compress(text.encode(), 1) for each, text in texts.items()}


def _numbers(data: bytes, size: Size) -> Any:  # noqa: ANN401 - an array
    """Return which thing each pixel is of, (height, width); nothing is decoded of another size."""
    from foveate.imaging.decode import open_image  # noqa: PLC0415
    from foveate.imaging.guard import guard  # noqa: PLC0415
    from foveate.imaging.probe import probe  # noqa: PLC0415

    facts = probe(data, Limits(max_side=MOST_SIDE))
    if facts.stored != size:
        raise BadRaw(f"got one of {facts.stored}.")
    with guard():
        image = open_image(data, facts)
        pixels = image.numpy()
    if pixels.dtype != "uint8":
        raise BadRaw("got pixels of more than 8 bits.")
    if image.bands >= RGB:
        return _by_colour(pixels)
    return pixels.reshape(size.height, size.width, -1)[:, :, 0]


def _by_colour(pixels: Any) -> Any:  # noqa: ANN401 - arrays
    import numpy as np  # noqa: PLC0415

    codes = pixels[..., :RGB].astype(np.uint32) @ np.array([65_536, 256, 1], np.uint32)
    seen, places = np.unique(codes, return_inverse=True)
    numbers = [palette().get(int(each)) for each in seen]
    if None in numbers:
        colour = int(seen[numbers.index(None)])
        raise BadRaw(f"got the colour {colour:06x}, which VOC's palette has not.")
    return np.array(numbers, np.uint8)[places.reshape(codes.shape)]


@cache
def palette() -> Mapping[int, int]:
    """Return the number of each colour of VOC's palette.

    >>> {number: f"{colour:06x}" for colour, number in palette().items() if number in (1, 2, 255)}
    {1: '800000', 2: '008000', 255: 'e0e0c0'}
    """
    return {_colour(number): number for number in range(256)}


def _colour(number: int) -> int:
    """Return a colour: the bits of its number, the lowest first, in turns of red, green, blue."""
    colour = 0
    for bit in range(8):
        place = 7 - bit // RGB
        colour |= (number >> bit & 1) << (place + 8 * (2 - bit % RGB))
    return colour
