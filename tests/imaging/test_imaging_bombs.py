"""What decoding takes, measured in a process of its own, against what was foretold."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import imagecodecs
import numpy as np
import pytest
from exif_blocks import chunk, in_png
from imaging_pictures import Image
from test_imaging_tiff_bounds import of_bands

from foveate.imaging.probe import probe
from foveate.imaging.sandbox import MEMORY_BYTES, PROGRAM
from foveate.service.memory import decoded_bytes
from foveate.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.values import Facts

PEAK: Final = Path("/proc/self/clear_refs")
pytestmark = pytest.mark.skipif(not PEAK.exists(), reason="only Linux says how much was held")

MIB: Final = 1024 * 1024
MOST_MIB: Final = 512
SLACK_MIB: Final = 12
"""Codecs load their tables, and lines are on their way through libvips."""
SIDE: Final = 1500

MEASURE: Final = """
import json, pathlib, sys
from foveate.errors import ImageError
from foveate.imaging.decode import open_image, to_memory
from foveate.imaging.engine import start
from foveate.imaging.probe import probe
from foveate.service.memory import decoded_bytes
from foveate.settings import Limits

def memory(name):
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.partition(name)[2].split()[0]) / 1024

def measured(file):
    data = file.read_bytes()
    before = memory("VmRSS:")
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    try:
        facts = probe(data, Limits())
        foretold = decoded_bytes(facts) / 2**20
        to_memory(open_image(data, facts).shrink(8, 8))
    except ImageError:
        foretold = None
    return foretold, memory("VmHWM:") - before

start()
print(json.dumps({file.name: measured(file) for file in pathlib.Path(sys.argv[1]).iterdir()}))
"""


def measured(folder: Path, files: dict[str, bytes]) -> dict[str, tuple[float | None, float]]:
    """Return what was foretold for each, None where it was refused, and what it took, in MiB."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = [sys.executable, "-c", MEASURE, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, tuple[float | None, float]] = json.loads(done.stdout)
    return found


def black(bands: int = 3) -> Image:
    return Image.black(SIDE, SIDE, bands=bands).copy(interpretation="srgb")


def deep(bands: int = 3) -> Image:
    return black(bands).cast("ushort").copy(interpretation="rgb16")


def avif(image: Image, **options: object) -> bytes:
    return bytes(image.heifsave_buffer(compression="av1", effort=0, **options))


HELD_WHOLE: Final[dict[str, Callable[[], bytes]]] = {
    "avif": lambda: avif(black()),
    "avif-12": lambda: avif(deep(4), subsample_mode="off", bitdepth=12),
    "webp": lambda: black().webpsave_buffer(effort=0),
    "gif": lambda: black().gifsave_buffer(effort=1),
    "png": lambda: deep(4).pngsave_buffer(interlace=True, compression=1, bitdepth=16),
    "jpeg-444": lambda: black().jpegsave_buffer(interlace=True, subsample_mode="off"),
}


def test_decoders_take_no_more_than_was_foretold(tmp_path: Path) -> None:
    found = measured(tmp_path, {name: make() for name, make in HELD_WHOLE.items()})
    assert set(found) == set(HELD_WHOLE)
    for name, (foretold, taken) in found.items():
        assert foretold is not None, name
        assert taken < foretold + SLACK_MIB, name


# A child begins with the peak of whoever started it, so that one must be small.
MEASURE_CHILD: Final = """
import os, sys
given, said, *command = sys.argv[1:]
files = [os.open(given, os.O_RDONLY), os.open(said, os.O_RDWR | os.O_CREAT)]
opened = [(os.POSIX_SPAWN_DUP2, file, number) for number, file in enumerate(files)]
command = [str(os.getpid()) if word == "PARENT" else word for word in command]
child = os.posix_spawn(command[0], command, {}, file_actions=opened)
_, status, usage = os.wait4(child, 0)
assert status == 0, status
print(usage.ru_maxrss)
"""


def taken_apart(data: bytes, facts: Facts, folder: Path) -> int:
    """Return the bytes that decoding such a picture in a process of its own takes everywhere."""
    given, said = folder / "given", folder / "said"
    given.write_bytes(data)
    size = [str(facts.stored.width), str(facts.stored.height), "1"]
    bounds = [str(MEMORY_BYTES), "60", "PARENT"]
    program = [sys.executable, "-I", str(PROGRAM), *bounds, facts.decoder, str(facts.format), *size]
    command = [sys.executable, "-I", "-c", MEASURE_CHILD, str(given), str(said), *program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert not done.returncode, done.stderr
    return int(done.stdout) * 1024 + 2 * len(data) + said.stat().st_size


def heights() -> bytes:
    """Return numbers that have to be stretched before they are brightness."""
    high = np.linspace(-5, 9_000, SIDE * SIDE * 3, dtype="<f4")
    return b"PF\n%d %d\n-1.0\n" % (SIDE, SIDE) + high.tobytes()


def zipped() -> bytes:
    planes = np.full((4, SIDE, SIDE), 0.5, ">f4").tobytes()
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 4, SIDE, SIDE, 32, 3)
    return head + bytes(12) + struct.pack(">H", 2) + zlib.compress(planes, 1)


def ten_bits() -> bytes:
    pixels = np.full((SIDE, SIDE, 4), 700, np.uint16)
    return bytes(imagecodecs.jpegxl_encode(pixels, lossless=True, bitspersample=10, effort=1))


def bitmap() -> bytes:
    head = struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, SIDE, SIDE, 1, 24, *[0] * 6)
    return b"BM" + head + bytes(SIDE * SIDE * 3)


@pytest.mark.parametrize("make", [heights, zipped, ten_bits, bitmap])
def test_decoders_in_a_process_of_their_own_take_no_more_than_was_foretold(
    make: Callable[[], bytes], tmp_path: Path
) -> None:
    data = make()
    facts = probe(data, Limits())
    taken, foretold = taken_apart(data, facts, tmp_path), decoded_bytes(facts)
    assert taken < foretold < 3 * taken


def inflating(kind: bytes, head: bytes) -> bytes:
    text = zlib.compress(b"a" * 20 * MIB, 1)
    return in_png(*(chunk(kind, b"k%d" % i + head + text) for i in range(20)))


def progressive() -> bytes:
    """Return a JPEG whose header says that it is much larger than it is."""
    small = Image.black(64, 64, bands=3).copy(interpretation="srgb")
    data = bytearray(small.jpegsave_buffer(interlace=True, subsample_mode="off"))
    at = data.index(b"\xff\xc2") + 5
    data[at : at + 4] = 2 * (9_800).to_bytes(2, "big")
    return bytes(data)


BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    "bands": lambda: of_bands(4000, side=300),
    "zTXt": lambda: inflating(b"zTXt", b"\0\0"),
    "iTXt": lambda: inflating(b"iTXt", b"\0\1\0\0\0"),
    "progressive": progressive,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_small_file_takes_much_memory(name: str, tmp_path: Path) -> None:
    data = BOMBS[name]()
    assert len(data) < 5 * MIB
    _, taken = measured(tmp_path, {name: data})[name]
    assert taken < MOST_MIB
