from __future__ import annotations

from foveate.imaging.readable import READ, reference
from foveate.values import ImageFormat


def test_every_format_that_is_read_is_on_the_page() -> None:
    assert set(READ) == set(ImageFormat)
    assert "JPEG XL" in reference()
