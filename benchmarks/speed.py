"""CPU time per request and requests per second, ours beside the peers'."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

import corpus
import peers
import pyvips
from results import Check, Outcome
from rounds import Measured, in_places, measure, ratio, table
from servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rounds import Places
    from servers import Launch, Server

OURS: Final = "foveate"
CONNECTIONS: Final = 4
"""Enough to keep two cores busy, few enough that nobody queues for long."""
CACHED_CONNECTIONS: Final = 16
CACHED_TARGET: Final = 15.0
LOOKED: Final = ("face", "saliency")
"""What `Foveate-Gravity` says after the network has run: faces, or none and its fallback."""


@dataclass(frozen=True, slots=True)
class Race:
    """One kind of work that everybody does: a URL pattern by server, and what we aim at."""

    name: str
    title: str
    patterns: Mapping[str, str]
    targets: Mapping[str, float]
    """The peer's CPU per request over ours, at least."""
    notes: tuple[str, ...]
    shape: str = "4x3"
    """Of the sources: see corpus.SHAPES."""
    looks: bool = False
    """Whether ours must look for faces, and say so."""
    analysis_bytes: int | None = None
    """Size of Foveate's analysis cache; None leaves it as installed."""
    out: tuple[int, int] = (400, 300)
    """Width and height that everybody must answer."""


def _foveate(options: str) -> str:
    return f"/cdn-cgi/image/{options},quality=80,format=baseline-jpeg/{{}}"


_FAIR: Final = (
    "Baseline JPEG of quality 80 for everybody; Foveate with its caches on, as installed."
)
_SHARP: Final = (
    "sharp-http is node's HTTP server around sharp and nothing else: the same libvips without a "
    "service. imgproxy publishes no package that could be installed here."
)

RACES: Final = (
    Race(
        "resize",
        "12 MP (4:3) to 400x300 JPEG, every URL distinct",
        {
            OURS: _foveate("fit=scale-down,width=400,height=300"),
            "thumbor": "/unsafe/fit-in/400x300/filters:quality(80)/{}",
            "ipx": "/fit_inside,s_400x300,f_jpeg,q_80/{}",
            "sharp-http": "/{}?w=400&h=300&f=jpeg&q=80",
        },
        {"thumbor": 4.0, "ipx": 1.0, "sharp-http": 0.95},
        (
            _FAIR,
            _SHARP,
            (
                "thumbor lets libjpeg shrink while it decodes when nothing has to be cropped "
                "first, as here; the next measurement shows it when something has."
            ),
        ),
    ),
    Race(
        "crop",
        "12 MP (3:2) cropped to 400x300 JPEG, every URL distinct",
        {
            OURS: _foveate("fit=cover,width=400,height=300"),
            "thumbor": "/unsafe/400x300/filters:quality(80)/{}",
            "ipx": "/fit_cover,s_400x300,f_jpeg,q_80/{}",
            "sharp-http": "/{}?w=400&h=300&fit=cover&f=jpeg&q=80",
        },
        {"thumbor": 4.0, "ipx": 1.0, "sharp-http": 0.95},
        (_FAIR, "thumbor decodes all pixels as soon as the ratio changes."),
        shape="3x2",
    ),
    Race(
        "faces",
        "12 MP (3:2) to a 400x300 face crop, every URL distinct",
        {
            OURS: _foveate("fit=cover,gravity=face,width=400,height=300"),
            "thumbor": "/unsafe/400x300/smart/filters:quality(80)/{}",
        },
        {"thumbor": 4.0},
        (
            "RetinaFace against thumbor's Haar cascades (smart).",
            "Foveate's analysis cache is off: it goes by content and would know the six pictures.",
        ),
        shape="3x2",
        looks=True,
        analysis_bytes=0,
    ),
    Race(
        "saliency",
        "12 MP (4:3) to a 400x400 crop of what matters, every URL distinct",
        {
            OURS: _foveate("fit=cover,gravity=auto,width=400,height=400"),
            "smartcrop-sharp": "/{}?w=400&h=400",
            "smartcrop.py": "/{}?w=400&h=400",
        },
        {"smartcrop-sharp": 2.0, "smartcrop.py": 4.0},
        (
            "Two networks, for faces and for looks, against edges, skin and saturation.",
            "The peers find the crop as their READMEs show, and cut it from the whole picture.",
            "Foveate's analysis cache is off: it goes by content and would know the six pictures.",
        ),
        looks=True,
        analysis_bytes=0,
        out=(400, 400),
    ),
)
CACHED: Final = {name: RACES[0].patterns[name] for name in (OURS, "thumbor")}


def analysis_cache(size: int | None) -> dict[str, str]:
    """Return the settings that bound Foveate's analysis caches, in bytes; None is no setting."""
    if size is None:
        return {}
    return {f"caching__analysis_{where}_bytes": str(size) for where in ("memory", "disk")}


def _launches(race: Race, places: Places) -> list[Launch]:
    openers = {
        OURS: lambda: peers.foveate(
            places.origin, places.work, **analysis_cache(race.analysis_bytes)
        ),
        "thumbor": lambda: peers.thumbor(places.origin, places.work),
        "ipx": lambda: peers.node_peer("ipx", places.origin),
        "sharp-http": lambda: peers.node_peer("sharp", places.origin),
        "smartcrop-sharp": lambda: peers.node_peer("smartcrop", places.origin),
        "smartcrop.py": lambda: peers.smartcrop_py(places.origin),
    }
    return [openers[name]() for name in race.patterns]


def _urls(pattern: str, names: Iterator[str], count: int) -> Iterator[str]:
    return (pattern.format(name) for name in islice(names, count))


def _inspect(race: Race, server: Server, path: str) -> None:
    """Raise RuntimeError unless the server really does the work that it is measured on."""
    answer = server.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{server.name} {path}: expected 200, got {answer.status}")
    image = pyvips.Image.new_from_buffer(answer.body, "")
    if (image.width, image.height) != race.out:
        raise RuntimeError(f"{path}: expected {race.out}, got {image.width}x{image.height}")
    gravity = answer.headers.get("foveate-gravity")
    if race.looks and server.name == OURS and gravity not in LOOKED:
        raise RuntimeError(f"{path}: expected Foveate-Gravity {LOOKED}, got {gravity}")


def _interleaved(race: Race, places: Places, *, quick: bool) -> dict[str, Measured]:
    """Measure all servers, each picture equally often, every request with a URL of its own."""
    rounds, requests = (2, 12) if quick else (5, 24)
    names = corpus.links(places.origin, corpus.build(race.shape))
    measured = {name: Measured() for name in race.patterns}
    with ExitStack() as stack:
        running = [stack.enter_context(serving(launch)) for launch in _launches(race, places)]
        for server in running:  # models and codecs load outside the measurement
            for path in _urls(race.patterns[server.name], names, 6):
                _inspect(race, server, path)
        for _ in range(rounds):
            for server in running:
                paths = _urls(race.patterns[server.name], names, requests)
                measure(server, paths, measured[server.name], connections=CONNECTIONS)
    return measured


def _cpu_checks(race: Race, measured: Mapping[str, Measured]) -> list[Check]:
    checks = []
    for peer, target in race.targets.items():
        value, shown = ratio(measured[OURS].cpu_ms, measured[peer].cpu_ms)
        what = f"CPU per request, {peer} / {OURS}"
        checks.append(Check(what, f">= {target:g}x", shown, value >= target))
    return checks


def _answered(measured: Mapping[str, Measured]) -> Check:
    failures = measured[OURS].failures
    return Check("every request answered with 200", "0 failures", str(failures), failures == 0)


def run_race(race: Race, *, quick: bool) -> Outcome:
    """Return what one kind of uncached work costs, ours and the peers'."""

    def measurement(places: Places) -> Outcome:
        measured = _interleaved(race, places, quick=quick)
        return Outcome(
            race.name,
            race.title,
            checks=[*_cpu_checks(race, measured), _answered(measured)],
            tables=[table(f"{CONNECTIONS} connections, medians of the rounds", measured)],
            notes=list(race.notes),
        )

    return in_places(measurement)


def _repeat(running: Sequence[Server], names: Sequence[str], *, quick: bool) -> dict[str, Measured]:
    rounds, seconds = (2, 1.0) if quick else (5, 3.0)
    measured = {server.name: Measured() for server in running}
    urls = {server.name: [CACHED[server.name].format(name) for name in names] for server in running}
    for server in running:
        measure(server, iter(urls[server.name]), Measured(), connections=1)
    for _ in range(rounds):
        for server in running:
            paths, into = cycle(urls[server.name]), measured[server.name]
            measure(server, paths, into, connections=CACHED_CONNECTIONS, seconds=seconds)
    return measured


def cached(*, quick: bool) -> Outcome:
    """Return how fast renditions that were made before are served, ours and thumbor's."""

    def measurement(places: Places) -> Outcome:
        names = list(islice(corpus.links(places.origin, corpus.build()), 6))
        ours = peers.foveate(places.origin, places.work)
        theirs = peers.thumbor(places.origin, places.work, results=True)
        with serving(ours) as us, serving(theirs) as them:
            return _cached_outcome(_repeat([us, them], names, quick=quick))

    return in_places(measurement)


def _cached_outcome(measured: Mapping[str, Measured]) -> Outcome:
    value, shown = ratio(measured["thumbor"].rps, measured[OURS].rps)
    what = f"requests/s, {OURS} / thumbor's result storage"
    check = Check(what, f">= {CACHED_TARGET:g}x", shown, value >= CACHED_TARGET)
    return Outcome(
        "cached",
        "The same renditions again",
        checks=[check, _answered(measured)],
        tables=[table(f"{CACHED_CONNECTIONS} connections, medians of the rounds", measured)],
        notes=[
            (
                "The load generator runs on the same machine and counts as foreign here. ipx and "
                "sharp-http keep no results: a repeat costs them a whole transform."
            )
        ],
    )
