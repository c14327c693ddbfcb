"""Whatever a program has in hand becomes a name or the bytes of a picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as Pil

from foveate.errors import NotAnImage
from foveate.imaging import Image
from foveate.imaging.given import name_or_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pixels(data: str | bytes) -> NDArray[np.uint8]:
    assert isinstance(data, bytes)
    array: NDArray[np.uint8] = Image.new_from_buffer(data, "").numpy()
    return array


def noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("given", ["a.jpg", Path("a.jpg"), "s3://bucket/a.jpg"])
def test_names_and_addresses_stay_names(given: Any) -> None:
    assert name_or_bytes(given) == str(given)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_in_any_shape_are_bytes(kind: Any) -> None:
    assert name_or_bytes(kind(b"picture")) == b"picture"


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (1, 1)])
def test_an_array_comes_back_as_it_was(shape: tuple[int, ...]) -> None:
    array = noise(*shape)
    back = pixels(name_or_bytes(array))
    assert np.array_equal(back.reshape(shape), array)


def test_floats_are_shares_of_white_and_views_need_not_be_contiguous() -> None:
    array = noise(8, 9, 3)
    assert np.array_equal(pixels(name_or_bytes(array / 255)), array)
    assert np.array_equal(pixels(name_or_bytes(array[::-1, ::2])), array[::-1, ::2])
    assert pixels(name_or_bytes(np.full((2, 2, 3), 1.0005))).max() == 255


@pytest.mark.parametrize(
    "array",
    [
        noise(3),
        noise(3, 3, 2),
        noise(3, 3, 3, 3),
        noise(0, 3, 3),
        noise(3, 3).astype(np.int64),
        np.full((3, 3), np.nan),
        np.full((3, 3), 128.0),
    ],
)
def test_an_array_that_is_no_picture_is_refused(array: NDArray[Any]) -> None:
    with pytest.raises(NotAnImage, match=r"height, width|floats in 0\.\.1"):
        name_or_bytes(array)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "F", "I"]
)
def test_a_pil_image_of_any_mode_is_a_picture(mode: str) -> None:
    image = Pil.fromarray(noise(6, 4, 3)).convert(mode)
    back = pixels(name_or_bytes(image))
    assert back.shape[:2] == (6, 4)


def test_a_pil_image_keeps_its_orientation() -> None:
    image = Pil.fromarray(noise(6, 4, 3))
    exif = image.getexif()
    exif[274] = 6
    image.info["exif"] = exif.tobytes()
    data = name_or_bytes(image)
    assert isinstance(data, bytes)
    assert Image.new_from_buffer(data, "").get("orientation") == 6


@pytest.mark.parametrize("given", [None, 7, ["a.jpg"], io.StringIO("words")])
def test_what_is_no_picture_is_named(given: Any) -> None:
    with pytest.raises(NotAnImage, match="Expected"):
        name_or_bytes(given)
