"""One decode for all sizes of a picture."""

from __future__ import annotations

from foveate.deadline import NEVER
from foveate.imaging import Image
from foveate.imaging.mezzanine import Undecoded
from foveate.imaging.one_decode import MOST_BYTES, OneDecode


def wanted(name: str, asked: list[int], size: int = 1) -> Undecoded:
    def decode(shrink: int) -> Image:
        asked.append(shrink)
        return Image.black(64 // shrink, 32 // shrink, bands=3).linear([1], [shrink]).cast("uchar")

    return Undecoded(name, decode, lambda _: size, NEVER)


def test_the_finest_is_decoded_and_the_others_follow_from_it() -> None:
    asked: list[int] = []
    one = OneDecode("a")
    sizes = []
    for shrink in (2, 8, 4, 2):
        image = one.pixels(wanted("a", asked), shrink)
        assert image is not None
        sizes.append((image.width, image.height, image(0, 0)[0]))
    assert asked == [2]
    assert sizes == [(32, 16, 2), (8, 4, 2), (16, 8, 2), (32, 16, 2)]


def test_who_wants_it_finer_decodes_again() -> None:
    asked: list[int] = []
    one = OneDecode("a")
    for shrink in (4, 1, 2):
        one.pixels(wanted("a", asked), shrink)
    assert asked == [4, 1]


def test_other_sources_and_pictures_beyond_all_measure_are_not_kept() -> None:
    asked: list[int] = []
    one = OneDecode("a")
    assert one.pixels(wanted("b", asked), 1) is None
    assert one.pixels(wanted("a", asked, MOST_BYTES + 1), 1) is None
    assert asked == []
