"""Widths of 12 MP photos at equal looks: processor time a request and bytes, beside sharp and ipx.

Each width has the lowest quality of ours at which the six pictures together score no less than
sharp's at its own default. The score is against all pixels of the original, brought to that width
by Lanczos; what a decoder's shrink costs counts as well.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from io import BytesIO
from itertools import islice
from statistics import fmean, median
from typing import TYPE_CHECKING, Final, NamedTuple

import corpus
import numpy as np
import peers
import pyvips
from PIL import Image
from results import Check, Outcome, Table
from rounds import Measured, in_places, measure, ratio, three_digits
from servers import serving

from foveate.vision.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rounds import Places
    from servers import Server

OURS, SHARP, IPX = "foveate", "sharp-http", "ipx"
WIDTHS: Final = (200, 400, 800, 1200, 1600)
QUALITIES: Final = range(74, 88)
PATTERNS: Final = {
    OURS: "/cdn-cgi/image/width={width},quality={quality},format=baseline-jpeg/{name}",
    IPX: "/w_{width},f_jpeg,q_80/{name}",
    SHARP: "/{name}?w={width}&f=jpeg&q=80",
}
TARGETS: Final = {SHARP: 1.0, IPX: 1.1}
SMALL: Final = "/cdn-cgi/image/width={width},quality=80,compression=small/{name}"
PLAIN: Final = "/cdn-cgi/image/width={width},quality=80,format=jpeg/{name}"
SMALL_WIDTH, SMALL_COSTS = 800, 1.45
CONNECTIONS: Final = 2


class Look(NamedTuple):
    """What the pictures of one width are like."""

    score: float
    bytes: float


class Matched(NamedTuple):
    """A quality of ours that looks as good as sharp's default."""

    quality: int
    ours: Look
    sharp: Look


@cache
def _score(path: Path, width: int) -> Score:
    whole = pyvips.Image.new_from_file(str(path))
    return Score(np.asarray(whole.resize(width / whole.width).cast("uchar").numpy()))


def _look(server: Server, width: int, quality: int, names: Iterator[str]) -> Look:
    """Return the mean score and bytes of the six pictures at that width."""
    originals, scores, weights = corpus.build(), [], []
    for path, name in zip(originals, islice(names, len(originals)), strict=True):
        path_ = PATTERNS[server.name].format(width=width, quality=quality, name=name)
        body = server.get(path_).body
        shown = np.asarray(Image.open(BytesIO(body)).convert("RGB"))
        scores.append(_score(path, width)(shown))
        weights.append(len(body))
    return Look(fmean(scores), fmean(weights))


def _matched(ours: Server, sharp: Server, width: int, names: Iterator[str]) -> Matched:
    theirs = _look(sharp, width, 80, names)
    for quality in QUALITIES:
        look = _look(ours, width, quality, names)
        if look.score >= theirs.score:
            return Matched(quality, look, theirs)
    raise RuntimeError(f"no quality up to {QUALITIES[-1]} scores {theirs.score:.1f} at {width} px")


def _raced(
    running: Sequence[Server], width: int, quality: int, names: Iterator[str], *, quick: bool
) -> dict[str, Measured]:
    """Measure all servers in turns, every request with a URL of its own."""
    measured = {server.name: Measured() for server in running}
    for _ in range(2 if quick else 5):
        for server in running:
            paths = (
                PATTERNS[server.name].format(width=width, quality=quality, name=name)
                for name in islice(names, 12)
            )
            measure(server, paths, measured[server.name], connections=CONNECTIONS)
    return measured


def _costs_small(ours: Server, names: Iterator[str], *, quick: bool) -> Check:
    """Return how much more `compression=small` takes than what is answered without it."""
    plain, small = Measured(), Measured()
    for _ in range(2 if quick else 5):
        for pattern, into in ((PLAIN, plain), (SMALL, small)):
            paths = (pattern.format(width=SMALL_WIDTH, name=name) for name in islice(names, 12))
            measure(ours, paths, into, connections=CONNECTIONS)
    value, shown = ratio(plain.cpu_ms, small.cpu_ms)
    what = f"{SMALL_WIDTH} px: CPU per request, compression=small / without"
    return Check(what, f"<= {SMALL_COSTS:g}x", shown, value <= SMALL_COSTS)


def _checks(width: int, matched: Matched, measured: Mapping[str, Measured]) -> Iterator[Check]:
    for peer, target in TARGETS.items():
        value, shown = ratio(measured[OURS].cpu_ms, measured[peer].cpu_ms)
        what = f"{width} px: CPU per request, {peer} / {OURS}"
        yield Check(what, f">= {target:g}x", shown, value >= target)
    fewer = matched.ours.bytes / matched.sharp.bytes
    yield Check(f"{width} px: bytes, {OURS} / {SHARP}", "< 1x", f"{fewer:.3f}x", fewer < 1)


def _row(width: int, matched: Matched, measured: Mapping[str, Measured]) -> tuple[str, ...]:
    times = (three_digits(median(measured[name].cpu_ms)) for name in PATTERNS)
    looks = f"{matched.sharp.score:.1f}", f"{matched.ours.score:.1f}"
    return (str(width), *looks, str(matched.quality), *times)


def _measured(places: Places, *, quick: bool) -> Outcome:
    names = corpus.links(places.origin, corpus.build())
    launches = (
        peers.foveate(places.origin, places.work),
        peers.node_peer("ipx", places.origin),
        peers.node_peer("sharp", places.origin),
    )
    checks, rows = [], []
    with ExitStack() as stack:
        running = [stack.enter_context(serving(launch)) for launch in launches]
        for width in WIDTHS:
            matched = _matched(running[0], running[2], width, names)
            measured = _raced(running, width, matched.quality, names, quick=quick)
            checks.extend(_checks(width, matched, measured))
            rows.append(_row(width, matched, measured))
        checks.append(_costs_small(running[0], names, quick=quick))
    header = ("px", "sharp's score", "our score", "our quality", *(f"{n}, ms" for n in PATTERNS))
    return Outcome(
        "widths",
        "12 MP to JPEGs of five widths that look alike, every URL distinct",
        checks=checks,
        tables=[Table("CPU per request, medians of the rounds", header, rows)],
        notes=[" ".join(__doc__.split("\n\n")[1].split()), "Baseline JPEG for everybody."],
    )


def widths(*, quick: bool) -> Outcome:
    """Return what five widths cost where they look alike, ours and the peers'."""
    return in_places(lambda places: _measured(places, quick=quick))
