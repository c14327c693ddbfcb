from __future__ import annotations

import subprocess
import sys

import pytest
import pyvips
from imaging_pictures import plain

from foveate.imaging import release_memory, start


def test_libvips_keeps_no_finished_operations_and_uses_one_thread_a_picture() -> None:
    plain(8, 8, 1, 2, 3).avg()
    assert pyvips.cache_get_size() == 0
    assert pyvips.concurrency_get() == 1


@pytest.mark.parametrize(
    "data", [b"P5 2 2 255\n\1\2\3\4", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n\0\0\0\0"]
)
def test_no_loader_but_ours_opens_a_file(data: bytes) -> None:
    with pytest.raises(pyvips.Error):
        pyvips.Image.new_from_buffer(data, "").avg()


def test_starting_again_and_releasing_memory_do_no_harm() -> None:
    start()
    release_memory()
    assert plain(4, 4, 9, 9, 9).avg() == 9


def test_importing_the_package_leaves_out_what_few_pictures_need() -> None:
    code = (
        "import sys, foveate.imaging.decode, foveate.imaging.encode, foveate.imaging.pixels;"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"numpy", "PIL", "pi_heif", "py_svg_hush"}.isdisjoint(done.stdout.split())
