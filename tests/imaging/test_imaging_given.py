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


def handed_over(given: Any) -> str | bytes:
    return name_or_bytes(given, most_pixels=100)


def pixels(data: str | bytes) -> NDArray[np.uint8]:
    assert isinstance(data, bytes)
    array: NDArray[np.uint8] = Image.new_from_buffer(data, "").numpy()
    return array


def noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("given", ["a.jpg", Path("a.jpg"), "s3://bucket/a.jpg"])
def test_names_and_addresses_stay_names(given: Any) -> None:
    assert handed_over(given) == str(given)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_in_any_shape_are_bytes(kind: Any) -> None:
    assert handed_over(kind(b"picture")) == b"picture"


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (1, 1)])
def test_an_array_comes_back_as_it_was(shape: tuple[int, ...]) -> None:
    array = noise(*shape)
    back = pixels(handed_over(array))
    assert np.array_equal(back.reshape(shape), array)


def test_floats_are_shares_of_white_and_views_need_not_be_contiguous() -> None:
    array = noise(8, 9, 3)
    assert np.array_equal(pixels(handed_over(array / 255)), array)
    assert np.array_equal(pixels(handed_over(array[::-1, ::2])), array[::-1, ::2])
    assert pixels(handed_over(np.full((2, 2, 3), 1.0005))).max() == 255


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
        handed_over(array)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "F", "I"]
)
def test_a_pil_image_of_any_mode_is_a_picture(mode: str) -> None:
    image = Pil.fromarray(noise(6, 4, 3)).convert(mode)
    back = pixels(handed_over(image))
    assert back.shape[:2] == (6, 4)


def test_a_pil_image_keeps_its_orientation() -> None:
    image = Pil.fromarray(noise(6, 4, 3))
    exif = image.getexif()
    exif[274] = 6
    image.info["exif"] = exif.tobytes()
    data = handed_over(image)
    assert isinstance(data, bytes)
    assert Image.new_from_buffer(data, "").get("orientation") == 6


@pytest.mark.parametrize("given", [None, 7, ["a.jpg"], io.StringIO("words")])
def test_what_is_no_picture_is_named(given: Any) -> None:
    with pytest.raises(NotAnImage, match="Expected"):
        handed_over(given)


@pytest.mark.parametrize("shape", [(11, 10), (11, 10, 3)])
def test_more_pixels_than_the_limit_are_refused_before_anything_is_made_of_them(
    shape: tuple[int, ...],
) -> None:
    for given in (noise(*shape), Pil.fromarray(noise(*shape))):
        with pytest.raises(NotAnImage, match="1 to 100 pixels, got 10x11"):
            handed_over(given)


def test_a_pil_image_that_cannot_be_read_is_refused_in_a_sentence() -> None:
    whole = io.BytesIO()
    Pil.fromarray(noise(9, 9, 3)).save(whole, "PNG")
    with pytest.raises(NotAnImage, match="can be read"):
        handed_over(Pil.open(io.BytesIO(whole.getvalue()[:-60])))


def test_what_a_file_raises_passes_through() -> None:
    class Interrupted:
        def read(self) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        handed_over(Interrupted())
