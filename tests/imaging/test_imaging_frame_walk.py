from __future__ import annotations

import io

import numpy as np
import pytest
from imaging_pictures import animation, plain
from PIL import Image as PilImage

from foveate.errors import BrokenImage
from foveate.imaging.frame_walk import Walked, first_frame, walk
from foveate.values import ImageFormat

GIF, WEBP = ImageFormat.GIF, ImageFormat.WEBP
HEAD = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
IMAGE = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
CONTROL = b"\x21\xf9\x04\0\x01\0\0\0"
COMMENT = b"\x21\xfe\x02hi\0"


def noisy(frames: int = 6) -> bytes:
    """Return a GIF whose frames are long chains of sub-blocks, with palettes of their own."""
    rng = np.random.default_rng(0)
    pictures = [
        PilImage.frombytes("RGB", (40, 20), rng.bytes(2400)).quantize(64) for _ in range(frames)
    ]
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=50)
    return out.getvalue()


def counted(data: bytes, kind: ImageFormat = GIF, most: int = 100) -> int:
    found = walk(data, kind, most)
    assert found
    return found.frames


def test_frames_are_counted_in_files_of_several_writers() -> None:
    assert counted(noisy()) == 6
    assert counted(animation([10] * 7).gifsave_buffer()) == 7
    assert counted(animation([10] * 7).webpsave_buffer(), WEBP) == 7
    assert counted(plain(4, 4, 9, 9, 9).gifsave_buffer()) == 1
    assert counted(plain(4, 4, 9, 9, 9).webpsave_buffer(), WEBP) == 1
    assert walk(plain(4, 4, 9, 9, 9).pngsave_buffer(), ImageFormat.PNG, 100) is None


def test_a_gif_cut_anywhere_is_refused_unless_it_ends_with_a_frame() -> None:
    data = noisy(4)
    passed = []
    for end in range(800, len(data)):
        try:
            passed.append((counted(data[:end]), end))
        except BrokenImage:
            continue
    # Behind a frame, and behind its last sub-block: never with a frame begun.
    assert [frames for frames, _ in passed] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert passed[-1][1] == len(data) - 1


@pytest.mark.parametrize(
    ("rest", "frames"),
    [
        (IMAGE + b";", 1),
        (IMAGE, 1),
        (IMAGE[:-1], 1),
        (CONTROL + IMAGE + COMMENT, 1),
        (CONTROL + IMAGE + b";junk" + IMAGE, 1),
        (CONTROL + IMAGE + b"\0\0" + CONTROL + IMAGE + b";", 2),
        (IMAGE + CONTROL + b";", 1),
        (IMAGE + b"\x99" + IMAGE, 1),
    ],
)
def test_what_browsers_show_completely_is_whole(rest: bytes, frames: int) -> None:
    assert counted(HEAD + rest) == frames


@pytest.mark.parametrize(
    "rest",
    [
        IMAGE + CONTROL,
        IMAGE + CONTROL[:5],
        IMAGE + CONTROL + IMAGE[:6],
        IMAGE + IMAGE[:11],
        IMAGE + IMAGE[:-2],
        IMAGE + IMAGE[:-4] + b"\xff" + b"a" * 255,
        IMAGE + COMMENT[:-2],
    ],
)
def test_what_ends_inside_of_a_block_is_cut(rest: bytes) -> None:
    with pytest.raises(BrokenImage):
        walk(HEAD + rest, GIF, 100)


def test_a_webp_shorter_than_it_says_is_cut() -> None:
    data = animation([10] * 4).webpsave_buffer()
    with pytest.raises(BrokenImage, match="WebP"):
        walk(data[:-1], WEBP, 100)


def test_counting_stops_where_it_is_told_to() -> None:
    assert counted(HEAD + IMAGE * 1000, most=10) == 11
    assert counted(HEAD + IMAGE * 20 + IMAGE[:8], most=10) == 11  # the rest is not looked at


CHUNKS = b"WEBPVP8X\x0a\0\0\0\x02" + b"\0" * 9 + b"abcd\0\0\0\0" * 60_000


@pytest.mark.parametrize(
    ("kind", "crumbs"),
    [
        (GIF, HEAD + IMAGE[:11] + b"\x01a" * 100_000 + b"\0;"),
        (GIF, HEAD + b"\0" * 200_000),
        (GIF, HEAD + COMMENT * 40_000 + b";"),
        (WEBP, b"RIFF" + len(CHUNKS).to_bytes(4, "little") + CHUNKS),
    ],
    ids=["sub-blocks", "fill", "comments", "chunks"],
)
def test_files_made_of_crumbs_are_not_walked_to_their_end(kind: ImageFormat, crumbs: bytes) -> None:
    with pytest.raises(BrokenImage, match="crumbs"):
        walk(crumbs, kind, 100)


def test_the_first_frame_alone_is_a_file() -> None:
    for kind, data in ((GIF, noisy()), (WEBP, animation([10] * 5).webpsave_buffer())):
        found = walk(data, kind, 2)
        assert found
        alone = first_frame(data, kind, found.first_end)
        assert counted(alone, kind) == 1
        with PilImage.open(io.BytesIO(alone)) as first, PilImage.open(io.BytesIO(data)) as whole:
            assert first.convert("RGB").tobytes() == whole.convert("RGB").tobytes()


@pytest.mark.parametrize("length", range(12, 20))
def test_a_webp_that_ends_in_its_first_chunk_is_one_picture(length: int) -> None:
    cut = b"RIFF\x1a\1\0\0WEBPVP8X\n\0\0\0\2"[:length]
    assert walk(cut, WEBP, 9) == Walked(1, length)
