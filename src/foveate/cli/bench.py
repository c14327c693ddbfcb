"""How fast this machine is at a few typical requests, beside what it should be."""

from __future__ import annotations

import bz2
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from foveate.cli.examination import Finding, Severity
from foveate.cli.measuring import BUSY, Speed, speed, without_caches
from foveate.errors import WeightsMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.app import App
    from foveate.settings import Settings
    from foveate.storage.source import Source

SECONDS: Final = 1.5
"""For each request."""
SLOW: Final = 1.5
"""Times the processor time that is expected, from which on something is wrong."""
PHOTO: Final = (4000, 3000)
"""Pixels of the photo that is made: 12 megapixels, as telephones take them."""
OCTAVES: Final = ((4, 80), (20, 60), (100, 40), (1000, 25), (4000, 12))
"""Of what it is made: how many places across, and how strong; about as photos are."""
PORTRAIT: Final = "width=2000,height=2000,fit=cover,format=jpeg"
"""The sample, as large as people upload them."""
UNIT_MS: Final = 12.3
"""What `unit_ms` was on the core on which `Request.cpu_ms` were measured."""
UNIT: Final = 60_000
"""Bytes of that work."""


class Of(Enum):
    """What is rendered."""

    PHOTO = "a photo that is made"
    PORTRAIT = "the sample portrait, in which networks find a face"


class Request(NamedTuple):
    """A typical request, and what it takes."""

    name: str
    options: str
    of: Of
    cpu_ms: float
    """Measured on an AMD EPYC with AVX2, with networks in onnxruntime."""
    cure: str


REINSTALL: Final = "take the libvips that comes along: pip install --force-reinstall pyvips-binary"
LOWER: Final = "lower encoding.%s_effort, or let foveate tune find what pays"
ENGINES: Final = "foveate doctor --check, and see above what networks run in"
FACE: Final = "width=400,height=400,fit=cover,gravity=face,format=jpeg"
CUT_OUT: Final = "width=800,segment=foreground,segment.quality=fast,format=webp"
REQUESTS: Final = (
    Request("JPEG", "width=800,format=jpeg", of=Of.PHOTO, cpu_ms=100, cure=REINSTALL),
    Request("WebP", "width=800,format=webp", of=Of.PHOTO, cpu_ms=145, cure=LOWER % "webp"),
    Request("AVIF", "width=800,format=avif", of=Of.PHOTO, cpu_ms=190, cure=LOWER % "avif"),
    Request("face crop", FACE, of=Of.PORTRAIT, cpu_ms=65, cure=ENGINES),
    Request("cut-out", CUT_OUT, of=Of.PORTRAIT, cpu_ms=360, cure=ENGINES),
)


@dataclass(frozen=True, slots=True)
class Timed:
    """What became of one request: how fast it was, or what it lacked."""

    request: Request
    expected_ms: float
    """Processor time that it should take on a core as fast as these."""
    speed: Speed | None = None
    lacks: str = ""

    @property
    def slow(self) -> bool:
        """Return whether it takes more than the core explains."""
        return self.speed is not None and self.speed.cpu_ms > SLOW * self.expected_ms

    def to_json(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        told: dict[str, Any] = {"request": self.request.name, "options": self.request.options}
        if self.speed is None:
            return told | {"lacks": self.lacks}
        return told | {
            "renditions_per_s": round(self.speed.rate, 2),
            "cpu_ms": round(self.speed.cpu_ms, 2),
            "expected_cpu_ms": round(self.expected_ms, 2),
            "busy": round(self.speed.busy, 2),
            "slow": self.slow,
        }


def unit_ms() -> float:
    """Return how long a core takes for a fixed piece of work as codecs do it, at its best."""
    data = bytes((place * place >> 7) & 255 for place in range(UNIT))
    return min(_unit_ms(data) for _ in range(25))


def _unit_ms(data: bytes) -> float:
    before = time.thread_time()
    bz2.compress(data)
    return 1000 * (time.thread_time() - before)


def pictures(portrait: Source | None) -> dict[Of, Source | None]:
    """Return what there is to render; without the sample portrait, none with a face."""
    from foveate.library import read, render

    large = render(portrait, PORTRAIT).data if portrait else None
    return {Of.PHOTO: read(photo()), Of.PORTRAIT: read(large) if large else None}


def bench(
    settings: Settings,
    rendered: dict[Of, Source | None],
    *,
    seconds: float = SECONDS,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Timed, ...]:
    """Return how fast each of `REQUESTS` is, told of before it is tried. Raises FoveateError."""
    slower = unit_ms() / UNIT_MS
    with without_caches(settings) as app:
        return tuple(_timed(app, rendered, slower, seconds, tell))


def _timed(
    app: App,
    rendered: dict[Of, Source | None],
    slower: float,
    seconds: float,
    tell: Callable[[str], None],
) -> Iterator[Timed]:
    for request in REQUESTS:
        tell(request.name)
        expected, picture = request.cpu_ms * slower, rendered[request.of]
        if picture is None:
            yield Timed(request, expected, lacks="the sample portrait: foveate models pull")
            continue
        try:
            taken = speed(app, [picture], [request.options], seconds=seconds)
        except WeightsMissing as why:
            yield Timed(request, expected, lacks=str(why))
        else:
            yield Timed(request, expected, taken)


def photo() -> bytes:
    """Return a JPEG with about as much detail as a photo, the same on every machine."""
    import numpy as np

    from foveate.imaging.pixels import from_array

    width, height = PHOTO
    random, image, before = np.random.default_rng(0), from_array(np.zeros((1, 1, 3), np.uint8)), 1
    for across, strength in OCTAVES:
        noise = random.integers(0, 256, (across * height // width, across, 3), dtype=np.uint8)
        grown = image.resize(across / before, vscale=noise.shape[0] / image.height, kernel="linear")
        image, before = grown + from_array(noise) * (strength / 256), across
    data: bytes = image.cast("uchar").write_to_buffer(".jpg[Q=90]")
    return data


def findings(timed: Sequence[Timed]) -> tuple[Finding, ...]:
    """Return what is slower than it should be, and what to do about it."""
    measured = [(each, each.speed) for each in timed if each.speed]
    idle = [taken for _, taken in measured if taken.busy < BUSY]
    if len(idle) * 2 > len(measured):
        least = min(taken.busy for taken in idle)
        what = f"only {least:.0%} of the cores worked for the benchmark"
        cure = (
            "run it while nothing else does; in a container, see its limit on processors, and set "
            "load.workers to that"
        )
        return (Finding(Severity.WARNING, what, cure),)
    return tuple(
        Finding(
            Severity.WARNING,
            f"{each.request.name} takes {taken.cpu_ms:.0f} ms of processor time, which is "
            f"{taken.cpu_ms / each.expected_ms:.1f} times what such a core needs",
            each.request.cure,
        )
        for each, taken in measured
        if each.slow
    )


def table(timed: Sequence[Timed]) -> Table:
    """Return what was measured as people read it."""
    shown = Table("benchmark", box=SIMPLE_HEAD)
    for name in ("renditions/s", "CPU ms", "expected"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("asks for")
    for each in timed:
        asked = Text(each.request.options, "dim")
        if each.speed is None:
            shown.add_row(each.request.name, "-", "-", "-", Text(f"lacks {each.lacks}", "yellow"))
            continue
        style = "yellow" if each.slow else "green"
        shown.add_row(
            each.request.name,
            f"{each.speed.rate:.1f}",
            Text(f"{each.speed.cpu_ms:.0f}", style),
            f"{each.expected_ms:.0f}",
            asked,
        )
    return shown
